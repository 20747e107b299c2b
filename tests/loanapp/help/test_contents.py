"""Every article is reached, every link lands, every drawing is of one hand, every law and telephone has its source."""

import re
import xml.etree.ElementTree as ET

import pytest

from loanapp.help import article_for, articles, contents
from loanapp.journey.pages import Page
from loanapp.resource_files import resource_path

LANGUAGES = ("zh", "en")
EVERY = [one for language in LANGUAGES for one in articles(language)]
DRAWINGS = sorted(resource_path("help", "drawings").glob("*.svg"))


def test_the_contents_page_names_every_article_once():
    named = [name for section in contents() for name in section.articles]
    assert sorted(named) == sorted(one.id for one in articles("zh"))
    assert all(section.title.zh and section.title.en and section.articles for section in contents())


def test_there_are_enough_of_them_in_both_languages():
    assert len(articles("zh")) == len(articles("en")) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_lands_and_none_leads_back_to_itself(language):
    known = {one.id for one in articles(language)}
    wrong = {one.id: link for one in articles(language) for link in one.related if link not in known or link == one.id}
    assert wrong == {}
    assert all(len(set(one.related)) == len(one.related) >= 1 for one in articles(language))


def test_both_languages_link_and_draw_alike():
    pairs = zip(articles("zh"), articles("en"), strict=True)
    assert [zh.id for zh, en in pairs if (zh.related, zh.drawing) != (en.related, en.drawing)] == []


def test_from_the_pages_and_their_messages_links_reach_every_article():
    links = {one.id: one.related for one in articles("zh")}
    reached: set[str] = set()
    waiting = [f"page-{page.value}" for page in Page] + [one.id for one in articles("zh") if one.codes]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += links[name]
    assert set(links) - reached == set()


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.language}/{one.id}")
def test_a_named_article_is_named_rightly(one):
    """Where a sentence sends the reader to another article, it gives that article's own title."""
    pattern = (
        r"[见看按]“([^”]+)”(?=[。，；]|处理)"
        if one.language == "zh_CN"
        else r'(?:[Ss]ee|[Rr]ead|do as in) "([^"]+?)[.;]?"'
    )
    titles = {other.title for other in articles(one.language)}
    for named in re.findall(pattern, one.body):
        assert any(title.startswith(named) for title in titles), named


@pytest.mark.parametrize("one", [one for one in EVERY if one.drawing], ids=lambda one: f"{one.language}/{one.id}")
def test_a_drawing_is_there_and_told_in_words(one):
    assert one.drawing in {path.stem for path in DRAWINGS}
    assert len(one.pictured) >= 10


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_drawings_are_of_the_hand_of_the_icons(path):
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert {name: root.get(name) for name in ("stroke", "stroke-width", "stroke-linecap", "stroke-linejoin")} == {
        "stroke": "currentColor",
        "stroke-width": "1.75",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    assert {element.get("stroke") for element in root.iter()} <= {"currentColor", "#accent", None}
    assert path.stem in {one.drawing for one in EVERY}


_FACT = re.compile(r"法律(?!效力)|\b(?:the|by) law\b|96110|12378|五年|five years", re.IGNORECASE)
# Named as a law in articles of the first day that say no more than what their page does.
_WITHOUT = {"page-identity_document", "illegal-collection"}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.language}/{one.id}")
def test_a_fact_of_law_or_a_telephone_has_its_source(one):
    if _FACT.search(one.body) and one.id not in _WITHOUT:
        assert re.search("SEEN-(LAW|2)", one.sources)
    assert "MEM" not in one.sources


def test_the_self_check_can_be_ticked_off():
    for language in LANGUAGES:
        found = next(one for one in articles(language) if one.id == "self-check")
        assert len(re.findall(r"^- \[ \] \S", found.body, re.MULTILINE)) == 5


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("profile_expired", ("过了有效期", "新版"), ("past its last day", "newer version")),
        ("certificate_authority_down", ("证书没有办下来", "等一等"), ("certificate", "wait the seconds")),
        ("time_authority_down", ("签署时间的机构", "等一等"), ("records the time", "wait the seconds")),
        ("codes_locked", ("输错太多次", "用密码登录"), ("too many wrong codes", "password")),
    ],
)
def test_an_article_says_what_to_do_about_the_message_that_leads_to_it(code, zh, en):
    assert [word for word in zh if word not in article_for(code, "zh").body] == []
    assert [word for word in en if word not in article_for(code, "en").body] == []
