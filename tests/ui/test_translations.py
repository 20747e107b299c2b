import json
import re
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

from loanapp.client.application import Employment
from loanapp.domain.consent import ConsentScope, LegalBasis, LoanPurpose
from loanapp.domain.decision import DecisionReason
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.failure_causes import FailureCause
from loanapp.domain.identity_number import Sex
from loanapp.domain.liveness import HintCode, VerdictReason
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import ApplicationStatus
from loanapp.journey.pages import Page, StepGroup
from loanapp.resource_files import resource_path
from ui.translations import Texts, Translator, error_fix, error_sentence, tr, translator

NAMESPACES = sorted(path.stem for path in resource_path("translations", "zh_CN").glob("*.json"))
LANGUAGES = {"zh": "zh_CN", "en": "en"}


def read(folder: str, namespace: str) -> dict[str, object]:
    return json.loads(resource_path("translations", folder, f"{namespace}.json").read_text(encoding="utf-8"))


def sentences(folder: str, namespace: str) -> dict[str, str]:
    found = {}
    for key, entry in read(folder, namespace).items():
        for form, text in entry.items() if isinstance(entry, dict) else [("", entry)]:
            found[f"{key}/{form}" if form else key] = text
    return found


def names_in(text: str) -> set[str]:
    """The values a sentence takes; ``name_zh`` and ``name_en`` are one value in two languages."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return {re.sub("_(zh|en)$", "", name) for name in names} - {"count"}


def test_both_languages_have_the_same_files():
    assert sorted(path.stem for path in resource_path("translations", "en").glob("*.json")) == NAMESPACES


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_both_languages_have_the_same_keys_and_values(namespace):
    zh, en = read("zh_CN", namespace), read("en", namespace)
    assert set(zh) == set(en)
    for key, text in sentences("en", namespace).items():
        twin = sentences("zh_CN", namespace).get(key) or next(
            text for other, text in sentences("zh_CN", namespace).items() if other.split("/")[0] == key.split("/")[0]
        )
        assert names_in(text) == names_in(twin), key


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_chinese_is_set_as_chinese(namespace):
    for key, text in sentences("zh_CN", namespace).items():
        assert not re.search(r"[\u4e00-\u9fff][,:;?!]|[,;?!][\u4e00-\u9fff]", text), (key, text)
        assert "！" not in text, (key, text)
        assert "亲" not in text.replace("亲属", ""), (key, text)
        assert "秒批" not in text, (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [ErrorCode, HintCode, VerdictReason, FailureCause, DecisionReason, ApplicationStatus])
def test_every_code_says_what_and_what_to_do(kind: type[StrEnum], language):
    codes = read(LANGUAGES[language], "codes")
    for member in kind:
        assert codes[member.value]["sentence"], member
        assert codes[member.value]["fix"], member


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "prefix"),
    [
        (LoanPurpose, "common.purpose_"),
        (RepaymentMethod, "common.method_"),
        (Employment, "common.employment_"),
        (Sex, "common.sex_"),
        (StepGroup, "common.group_"),
        (Page, "common.step_name_"),
        (ConsentScope, "permissions.scope_"),
        (ConsentScope, "check_answers.scope_"),
        (LegalBasis, "permissions.basis_"),
    ],
)
def test_every_choice_has_words(kind: type[StrEnum], prefix, language):
    words = Translator(language)
    assert [member for member in kind if not words.has(f"{prefix}{member.value}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_a_title(language):
    words = Translator(language)
    assert [page for page in Page if not words.has(f"{page.value}.title")] == []


def test_plural_forms_follow_the_count():
    words = Translator("en")
    assert words.sentence("common.months", count=1) == "1 month"
    assert words.sentence("common.months", count=12) == "12 months"


def test_a_missing_key_shows_itself_and_is_logged(expect_log):
    expect_log("no translation: key=common.nowhere")
    assert tr("common.nowhere") == "common.nowhere"


def test_an_error_says_its_limits_when_it_knows_them():
    known = LoanAppError(ErrorCode.CODE_WRONG, attempts_left=2)
    assert "2" in error_sentence(known)
    assert error_sentence(LoanAppError(ErrorCode.CODE_WRONG)) == "验证码不对"
    assert error_fix(known)


@pytest.mark.parametrize("code", [ErrorCode.CERTIFICATE_AUTHORITY_DOWN, ErrorCode.TIME_AUTHORITY_DOWN])
@pytest.mark.parametrize("details", [{}, {"retry_after_seconds": 30}])
def test_a_signature_that_waits_is_told_without_the_words_of_the_trade(code, details):
    said = error_sentence(error := LoanAppError(code, **details)) + error_fix(error)
    assert [word for word in ("证书机构", "时间戳", "盖", "签发", "CA", "TSA") if word in said] == []
    assert ("30 秒" in said) is bool(details)


def test_bound_texts_follow_the_language():
    shown: list[str] = []
    texts = Texts()
    texts.bind(shown.append, "common.back")
    translator().set_language("en")
    texts.apply()
    translator().set_language("zh")
    assert shown == ["返回上一步", "Back"]


def test_every_icon_in_code_exists():
    names = set()
    for path in Path(resource_path().parent, "ui").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r'icon(?:_name)?=?\(?"([a-z-]+)"', text)) | set(
            re.findall(r'IconView\("([a-z-]+)"', text)
        )
    assert {name for name in names if not resource_path("icons", f"{name}.svg").is_file()} == set()


def test_english_quotes_are_those_the_typeface_draws_narrow():
    """Curly quotation marks are Chinese ones in the program's typeface, as wide as a character."""
    curly = [
        text for namespace in NAMESPACES for text in sentences("en", namespace).values() if set(text) & set("“”‘’")
    ]
    assert curly == []
