"""What the program promises to explain: the usual frauds, what a face check is for, and what it never claims."""

import re

import pytest

from loanapp.help import article, search
from loanapp.resource_files import resource_path

SAFE = ("stay-safe", "fee-before-payout")


def told(*names: str, language: str = "zh") -> str:
    return "\n".join(article(name, language).body for name in names)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("放款前", "before"),
        ("手续费", "handling fee"),
        ("保证金", "deposit"),
        ("解冻费", "unfreez"),
        ("包装费", "packaging"),
        ("刷流水", "turnover"),
        ("修复征信", "credit repair"),
        ("不向任何人透露验证码和银行卡密码", "code"),
        ("链接", "link"),
        ("不通过聊天软件发送手持身份证照片", "chat"),
        ("公安机关", "police"),
    ],
)
def test_the_usual_frauds_are_named_in_both_languages(zh, en):
    assert zh in told(*SAFE)
    assert en in told(*SAFE, language="en").lower()


@pytest.mark.parametrize(
    ("words", "best"),
    [("刷流水", "scam-turnover"), ("修复征信", "scam-credit-repair"), ("保证金", "fee-before-payout")],
)
def test_somebody_in_doubt_finds_them(words, best):
    assert search(words, "zh")[0].article.id == best


def test_why_a_photo_is_not_enough_is_explained():
    assert "光有证件照片不能说明操作的人就是您" in told("page-face_verification")
    assert "照片和录像做不到" in told("page-face_verification")
    assert "光线充足" in told("page-face_verification")


def test_no_grade_of_protection_is_claimed_that_nobody_has_given():
    claims = re.compile("等保|等级保护|国家级|multi-level protection|MLPS", re.IGNORECASE)
    files = [path for folder in ("help", "translations", "contract") for path in resource_path(folder).rglob("*.*")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files if path.suffix in {".md", ".json", ".typ"}}
    assert [name for name, text in texts.items() if claims.search(text)] == []
    assert texts
