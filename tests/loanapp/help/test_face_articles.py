"""What the help says of the face check: each fault with its cause and its mending, what becomes of the pictures, and
nothing that nobody has verified."""

import re

import pytest

from loanapp.help import article, article_for, search
from loanapp.resource_files import resource_path

LANGUAGES = ("zh", "en")


@pytest.mark.parametrize(
    ("said", "codes", "answer"),
    [
        ("光线不足", ["too_dark", "backlit", "too_dark_to_judge"], "face-light"),
        ("面部遮挡", ["mask", "brows_covered", "face_covered"], "face-covered"),
        ("非本人操作", ["face_flat", "liveness_unsure"], "not-me"),
        ("卡顿 无响应", [], "slow-or-stuck"),
        ("身份信息不符", ["identity_mismatch"], "identity-mismatch"),
    ],
)
def test_each_usual_fault_is_answered_and_found_by_the_words_people_use(said, codes, answer):
    assert answer in [match.article.id for match in search(said, "zh")[:2]]
    for language in LANGUAGES:
        assert {article_for(code, language).id for code in codes} <= {answer}
    body = article(answer, "zh").body
    assert all(heading in body for heading in ("## 发生了什么", "## 为什么", "## 怎么办"))


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("face-light", ["面向窗户", "灯"], ["facing a window", "lamp"]),
        ("face-covered", ["口罩", "刘海|头发", "帽子", "眼镜"], ["mask", "hair", "hat", "glasses"]),
        (
            "not-me",
            ["照片或视频", "整容", "不是说您做了什么", "换一种方式核验"],
            ["photo", "surgery", "accuses you of nothing"],
        ),
        ("slow-or-stuck", ["网络", "版本", "更新"], ["network", "update"]),
        ("identity-mismatch", ["姓名", "18 位", "客服"], ["name", "18 characters", "support"]),
        (
            "changed-face",
            ["浓妆", "整容", "证件照片", "医院证明", "网点"],
            ["make-up", "surgery", "medical certificate"],
        ),
        (
            "face-flash",
            ["癫痫", "不影响价格", "不会因此被拒", "四个动作"],
            ["seizures", "costs nothing", "four actions"],
        ),
        ("why-liveness", ["身份证", "照片做不出来"], ["card", "a photo cannot do them"]),
        ("face-other-ways", ["人工核验", "网点", "价格相同"], ["a person", "branch", "same price"]),
        (
            "branch-visit",
            ["身份证原件", "医院证明", "价格相同", "模拟"],
            ["medical certificate", "same price", "simulated"],
        ),
    ],
)
def test_an_article_names_cause_and_way_out(name, zh, en):
    for language, words in (("zh", zh), ("en", en)):
        text = article(name, language).body.lower()
        assert [word for word in words if not re.search(word, text)] == []


def test_the_seven_causes_stand_together():
    causes = {
        "zh": ["光线", "挡住", "妆", "整容", "年龄", "摄像头不清楚", "网络"],
        "en": ["light", "covered", "make-up", "surgery", "age", "unclear camera", "network"],
    }
    for language, words in causes.items():
        text = article("why-face-failed", language).body.lower()
        assert [word for word in words if word not in text] == []


def test_the_questions_about_the_pictures_of_a_face_are_answered():
    answers = {
        "zh": [
            "放在哪里",
            "怎么保护",
            "用来做什么",
            "给谁",
            "留多久",
            "最迟不超过 7 天",
            "本次采集仅用于身份核验",
            "不出售",
        ],
        "en": ["Where:", "How protected:", "What for:", "Who:", "How long:", "7 days", "identity verification only"],
    }
    for language, words in answers.items():
        assert [word for word in words if word not in article("face-data", language).body] == []
    assert search("人脸 滥用", "zh")[0].article.id == "face-data"


# The articles this product answers to name figures without a source, a wrong article of law and grades that nobody
# has given; only the seven days are said, as a promise of our own.
_UNVERIFIED = re.compile(
    r"0\.3 ?[%％]|60 ?[%％]|230 ?万|百万分之一|one in a million|第 ?23 ?条|第二十三条|article 23"
    r"|ISO ?认证|ISO.certified|iBeta",
    re.IGNORECASE,
)


def test_nothing_unverified_is_printed():
    assert _UNVERIFIED.search("不到 0.3%")
    files = [path for folder in ("help", "translations") for path in resource_path(folder).rglob("*.*")]
    texts = {str(path): path.read_text(encoding="utf-8") for path in files if path.suffix in {".md", ".json"}}
    assert texts
    assert {name: found[0] for name, text in texts.items() if (found := _UNVERIFIED.search(text))} == {}
