"""The four tables of the articles this product answers to, and their advice, told row by row in both languages."""

import re

import pytest

from loanapp.help import article, search
from loanapp.resource_files import read_toml

LANGUAGES = ("zh", "en")


def points(name, language):
    return re.findall(r"^- (.+)$", article(name, language).body, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        # S1-S7: the seven steps of a loan
        (
            "how-a-loan-goes",
            ["身份证.*照片", "核验本人.*储蓄卡", "评估", "结果", "签合同", "放款.*绑定", "人工"],
            [
                "photos of both sides",
                "it is you.*debit card",
                "assessment",
                "result",
                "contract",
                "payout.*card",
                "a person",
            ],
        ),
        # S74-S78, S68: when a face check is asked for, and once more
        (
            "when-face-is-asked",
            ["第一次借", "金额较大", "金额小", "以前借过", "合作", "放款前.*再确认一次", "可以选人脸、人工或网点"],
            [
                "first loan",
                "large amount",
                "small and short",
                "borrowed before",
                "partner",
                "before .*once more",
                "a person, or a branch",
            ],
        ),
        # S199-S203: what to check before borrowing, three rows of high and two of middling weight
        (
            "self-check",
            ["来源（要紧）", "隐私（要紧）", "权限（要紧）", "费用（一般）", "联系（一般）"],
            [
                "source \\(matters most",
                "privacy \\(matters most",
                "permissions \\(matters most",
                "cost \\(m",
                "contact \\(m",
            ],
        ),
    ],
)
def test_a_table_is_told_row_by_row(name, zh, en):
    for language, rows in (("zh", zh), ("en", en)):
        said = points(name, language)
        assert len(said) >= len(rows)
        for row, point in zip(rows, said, strict=False):
            assert re.search(row, point.lower()), (row, point)


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (
            "extra-checks",
            ["不是为难您", "不等于拒绝", "不收费"],
            ["not meant to be difficult", "no refusal", "costs nothing"],
        ),
        (
            "credit-bureau",
            ["书面同意", "先告诉您", "五年", "核对更正"],
            ["written consent", "must be told", "five years", "correct it"],
        ),
        ("illegal-lending", ["禁止高利", "预先从本金里扣"], ["forbids usury", "in advance"]),
        ("harassing-calls", ["转卖", "不出售"], ["leaked or sold", "sells nothing"]),
        ("illegal-collection", ["威胁", "不收集通讯录", "110"], ["threats", "collects no contacts", "110"]),
        ("scam-inside-channel", ["内部渠道", "无条件", "加急费"], ["inside channel", "no conditions", "express"]),
        (
            "after-a-fraud",
            ["110", "止付", "派出所", "回执", "96110"],
            ["110", "stop the payment", "police station", "receipt"],
        ),
        ("after-a-leak", ["截图", "挂失", "征信报告"], ["screenshots", "blocked", "credit report"]),
        ("complain", ["12378", "工单号", "期限", "110"], ["12378", "ticket number", "in writing", "110"]),
        ("official-program", ["官方网站", "应用商店", "短信"], ["official site", "store", "link"]),
        ("clear-debts", ["年化最高", "结清证明", "不再借"], ["dearest", "in writing", "borrow nothing"]),
        ("borrow-sensibly", ["每月收入", "三分之一", "不要替别人借"], ["income", "third", "for somebody else"]),
        ("public-network", ["热点", "证书"], ["hotspot", "certificate"]),
        (
            "never-asked",
            ["安全码", "通讯录", "相册", "验证码"],
            ["security code|code on the back", "contacts", "album"],
        ),
        ("older-people", ["字号", "慢一点", "朗读", "网点"], ["text 100%", "more time", "read aloud", "branch"]),
        ("scam-screen-sharing", ["共享屏幕", "远程", "冻结"], ["share", "remote", "freeze"]),
        ("scam-fake-staff", ["安全账户", "官方电话", "警察"], ["safe account", "official number", "police"]),
        ("scam-photo-by-chat", ["微信", "手持身份证", "骗子"], ["chat", "holding your card", "fraud"]),
        ("early-payoff", ["实际借用的时间", "不收违约金"], ["really had the money", "no penalty"]),
        ("annual-rate", ["单利", "irr", "日息", "365"], ["simple", "irr", "daily", "365"]),
        ("human-review", ["由人来决定", "说明理由", "申诉"], ["a person to decide", "reasons", "appeal"]),
    ],
)
def test_advice_says_what_it_is_for(name, zh, en):
    for language, words in (("zh", zh), ("en", en)):
        text = article(name, language).body.lower()
        assert [word for word in words if not re.search(word, text)] == []


def test_privacy_answers_six_questions_with_a_word_for_each():
    for language, questions in (
        ("zh", ["放在哪里", "怎么保护", "用来做什么", "给谁", "留多久", "怎么收回"]),
        ("en", ["Where", "How protected", "What for", "Who", "How long", "Taking it back"]),
    ):
        said = points("privacy", language)
        assert [point.split("：")[0].split(":")[0] for point in said] == questions


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_each_system_has_its_camera_setting(language):
    said = " ".join(points("camera-forbidden", language))
    assert all(system in said for system in ("Windows", "macOS", "Linux"))


@pytest.mark.parametrize(
    ("name", "kind"), [("human-review", "human_review"), ("after-a-leak", "leak_report"), ("complain", "complaint")]
)
def test_the_written_way_names_the_days_the_lender_promises(name, kind):
    days = read_toml("policy", "rights.toml")["days"][kind]
    zh, en = article(name, "zh").body, article(name, "en").body
    assert re.search(rf"点“写给放款机构”，最迟 {days} 天答复", zh)
    assert f'press "Write to the lender"; you are answered within {days} days' in en


@pytest.mark.parametrize(
    ("words", "language", "best"),
    [
        ("想死", "zh", "cannot-repay"),
        ("不想活了", "zh", "cannot-repay"),
        ("suicide", "en", "cannot-repay"),
        ("I want to die", "en", "cannot-repay"),
        ("已经交了保证金", "zh", "after-a-fraud"),
        ("I already paid the deposit", "en", "after-a-fraud"),
        ("钱打给别人了", "zh", "payout-not-arrived"),
        ("my money never showed up", "en", "payout-not-arrived"),
        ("they are calling my mother", "en", "illegal-collection"),
    ],
)
def test_in_the_worst_moments_the_right_article_comes_first(words, language, best):
    assert search(words, language)[0].article.id == best


@pytest.mark.parametrize(("language", "trusted"), [("zh", "信得过的人"), ("en", "one person you trust")])
def test_despair_is_answered_before_anything_about_money(language, trusted):
    first = points("cannot-repay", language)[0]
    assert trusted in first
    assert "110" in first
