"""Every code and every page has exactly one article in both languages, in plain words."""

import re
from collections import Counter

import pytest

from loanapp.domain.decision import DecisionReason
from loanapp.domain.errors import ErrorCode
from loanapp.domain.failure_causes import FailureCause
from loanapp.domain.liveness import HintCode, VerdictReason
from loanapp.help import article, article_for, articles, page_article, search
from loanapp.help.articles import ArticleFormatError, _parse, folder_of
from loanapp.journey.pages import Page

LANGUAGES = ("zh_CN", "en")
KINDS = (ErrorCode, HintCode, VerdictReason, FailureCause, DecisionReason)
CODES = sorted({code.value for kind in KINDS for code in kind})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_exactly_one_article(language):
    answered = Counter(code for one in articles(language) for code in one.codes)
    assert sorted(answered) == CODES
    assert [code for code, count in answered.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", list(Page))
def test_every_page_has_its_article(page, language):
    assert page_article(page, language).title


def test_both_languages_have_the_same_articles_with_the_same_codes():
    chinese, english = articles("zh"), articles("en")
    assert [(one.id, one.codes) for one in chinese] == [(one.id, one.codes) for one in english]


@pytest.mark.parametrize("one", [one for language in LANGUAGES for one in articles(language)], ids=lambda one: one.id)
def test_an_article_says_what_why_and_what_to_do_calmly(one):
    headings = re.findall(r"^## .+$", one.body, flags=re.MULTILINE)
    assert len(headings) == 3
    assert "\n- " in one.body.split(headings[2])[1]
    assert not re.search("[!\uff01]", one.title + one.body)
    assert one.keywords
    assert len(one.asked) >= 2, "what people would type"
    if one.language == "zh_CN":
        assert not re.search("[你亲]", one.title + one.body), "您"
        assert not re.search(r"[\u3400-\u9fff][,;:?]", one.title + one.body), "full-width punctuation"


def test_a_cause_of_failure_is_taken_for_no_other_code():
    """A camera that shows black is a hint and an error alike; a cause must not shadow anything."""
    others = {code.value for kind in KINDS if kind is not FailureCause for code in kind}
    assert others.isdisjoint(FailureCause)


def test_a_code_finds_its_article_in_either_language():
    assert article_for(ErrorCode.CAMERA_BUSY, "zh").id == "camera-busy"
    assert article_for("camera_busy", "en_GB").title == article("camera-busy", "en").title


def test_a_code_this_program_does_not_know_gets_an_answer_all_the_same():
    assert article_for("made_up_by_a_newer_lender", "en").id == "unexpected"


def test_an_article_that_does_not_exist_is_a_key_error():
    with pytest.raises(KeyError):
        article("no-such-article", "en")


@pytest.mark.parametrize(
    ("words", "language", "best"),
    [
        ("camera busy", "en", "camera-busy"),
        ("验证码过期", "zh", "one-time-code"),
        ("card_gateway_down", "en", "bank-card-check"),
        ("光线 太暗", "zh", "face-light"),
        ("passphrase", "en", "keyring-and-passphrase"),
    ],
)
def test_search_finds_what_people_ask_for(words, language, best):
    matches = search(words, language)
    assert matches[0].article.id == best
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "no fence",
        "---\nid: other\ntitle: t\ncodes:\nkeywords: k\nasked: a\nrelated:\nreviewed: 2026-01-01\n---\n\ntext\n",
        "---\nid: name\ncodes:\nkeywords: k\nasked: a\nrelated:\nreviewed: 2026-01-01\n---\n\ntext\n",
        "---\nid: name\ntitle: t\ncodes:\nkeywords: k\nasked: a\nrelated:\nreviewed: soon\n---\n\ntext\n",
        "---\nid: name\ntitle: t\ncodes:\nkeywords: k\nasked: a\nrelated:\nreviewed: 2026-01-01\n---\n\n\n",
    ],
)
def test_a_broken_article_is_named(text):
    with pytest.raises(ArticleFormatError, match="en/name"):
        _parse("name", folder_of("en"), text)


def test_an_article_without_what_people_type_is_named():
    text = "---\nid: name\ntitle: t\ncodes:\nkeywords: k\nrelated:\nreviewed: 2026-01-01\n---\n\ntext\n"
    with pytest.raises(ArticleFormatError, match="en/name: 'asked'"):
        _parse("name", folder_of("en"), text)
