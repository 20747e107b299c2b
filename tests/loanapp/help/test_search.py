"""Search finds the right article for what borrowers type: complaints, other words, slips, pinyin, half words."""

import json
import re
import subprocess
import sys
import threading
import time

import pytest

from loanapp.help import articles, search
from tests.loanapp.help.asking import missed, place, questions

OPEN = questions("open")
# What a stranger typed that articles had said word for word before the stranger wrote it.
_SAID_ALREADY = {
    *("身份证过期了", "收不到验证码", "camera not working", "somebody took a loan in my name"),
    *("合同太长看不懂", "不想刷脸"),
}
# A character that stands in no article's head, so that it is wrong wherever it stands.
_WRONG = "鑫"


def test_the_questions_are_in_both_languages_and_half_of_them_complaints():
    every = [*OPEN, *questions("sealed")]
    assert len(every) == 150
    assert len(OPEN) == 100
    for language in ("zh", "en"):
        of_it = [one for one in every if one.language == language]
        assert len(of_it) == 75
        assert abs(sum(one.kind == "complaint" for one in of_it) - len(of_it) / 2) <= 1
    known = {one.id for one in articles("zh")}
    assert {name for one in every for name in one.wanted} <= known


def test_no_article_has_a_question_copied_into_what_people_type():
    """Otherwise the figures would measure copying."""
    asked = {phrase.lower() for language in ("zh", "en") for one in articles(language) for phrase in one.asked}
    every = [*OPEN, *questions("sealed"), *questions("stranger_open"), *questions("stranger_sealed")]
    copied = {one.words for one in every if one.kind == "complaint" and one.words.lower() in asked}
    assert copied == _SAID_ALREADY


def test_the_right_article_is_among_the_first_three():
    assert len(missed(OPEN)) <= 0.05 * len(OPEN), missed(OPEN)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("sealed", 0.95),
        ("later", 0.9),
        ("fresh", 0.95),
        ("once", 0.95),
        ("english", 0.93),
        ("stranger_open", 0.95),
        ("stranger_sealed", 0.94),
    ],
)
def test_so_it_is_for_the_questions_that_were_set_aside(name, least):
    """What they measured when they were first opened is in docs/decisions/0013: less than now that they are known."""
    asked = questions(name)
    assert len(missed(asked)) <= (1 - least) * len(asked), missed(asked)


def test_it_is_mostly_the_very_first():
    assert len(missed(OPEN, first=1)) <= 0.25 * len(OPEN)


def _chinese_phrases(least, *, every):
    """One in ``every`` of what articles say and find themselves by: all of them take minutes."""
    said = [
        (one.id, re.sub(r"[^\u4e00-\u9fff]", "", phrase))
        for one in articles("zh")
        for phrase in (one.title, *one.asked, *one.keywords)
    ]
    for name, run in [(name, run) for name, run in said if len(run) >= least][::every]:
        if place(run, "zh", {name}) < 3:
            yield name, run


def test_one_wrong_character_is_forgiven_wherever_it_stands():
    tried = [
        (name, run[:at] + _WRONG + run[at + 1 :])
        for name, run in _chinese_phrases(5, every=8)
        for at in (0, len(run) // 2)
    ]
    lost = [wrong for name, wrong in tried if place(wrong, "zh", {name}) >= 3]
    assert len(tried) > 400
    assert len(lost) <= 0.05 * len(tried), lost


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("tiqianhuankuan", "early-payoff"),
        ("tiqianhuank", "early-payoff"),
        ("yuanchengkongzhi", "remote-control"),
        ("guo qi shen fen zheng", "document-expired"),
        ("hetong qianming", "contract-signature"),
        ("pmgx", "scam-screen-sharing"),
        ("zxxf", "scam-credit-repair"),
    ],
)
def test_pinyin_whole_and_in_first_letters(typed, wanted):
    assert place(typed, "zh", {wanted}) < 3


def test_most_keywords_are_found_by_their_pinyin():
    from loanapp.help.pinyin import _readings

    readings, tried, lost = _readings(), 0, []
    for name, run in _chinese_phrases(3, every=4):
        if len(run) <= 6 and all(character in readings for character in run):
            tried += 1
            letters = "".join(readings[character][0] for character in run)
            lost += [letters] if place(letters, "zh", {name}) >= 3 else []
    assert tried > 300
    assert len(lost) <= 0.05 * tried, lost


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("paspshrase", "keyring-and-passphrase"),
        ("certficate", "lender-certificate"),
        ("repayed erly", "early-payoff"),
        ("scren sharing", "scam-screen-sharing"),
        ("contarct signature", "contract-signature"),
    ],
)
def test_a_slip_in_an_english_word_is_forgiven(typed, wanted):
    assert place(typed, "en", {wanted}) < 3


@pytest.mark.parametrize(
    ("typed", "language", "wanted"),
    [("passphr", "en", "keyring-and-passphrase"), ("屏幕共", "zh", "scam-screen-sharing"), ("overd", "en", "overdue")],
)
def test_an_unfinished_word_finds_already(typed, language, wanted):
    assert place(typed, language, {wanted}) < 3


@pytest.mark.parametrize("words", ["", "   ", "\x00", "(", '"', "*", "AND", "NEAR(", "a OR", "-", "*" * 1000, "\ud800"])
def test_what_means_nothing_to_fts5_or_something_finds_nothing_or_something_without_trouble(words):
    for language in ("zh", "en"):
        assert len(search(words, language)) <= 10


@pytest.mark.parametrize("words", ["", "   ", "\x00", "(", "*" * 1000])
def test_no_words_find_nothing(words):
    assert search(words, "en") == search(words, "zh") == []


def test_words_of_no_article_find_nothing():
    assert search("zzzqqq", "en") == []


def test_scores_fall_and_the_same_words_give_the_same_answer():
    first, again = search("camera", "en", limit=5), search("camera", "en", limit=5)
    assert [match.score for match in first] == sorted((match.score for match in first), reverse=True)
    assert first == again
    assert len(first) == 5


def test_any_thread_may_search():
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(search("摄像头", "zh"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [search("摄像头", "zh")] * 4


def test_a_query_is_answered_in_thirty_milliseconds():
    """The best of three, each from the beginning: other programs may hold the processor in one of them."""
    kept = sys.modules["loanapp.help.search"]._expressions
    search("x", "zh"), search("x", "en")
    took = []
    for one in OPEN:
        tries = []
        for _ in range(3):
            kept.cache_clear()
            started = time.perf_counter()
            search(one.words, one.language)
            tries.append(time.perf_counter() - started)
        took.append(min(tries))
    assert sorted(took)[len(took) * 95 // 100] < 0.03


@pytest.mark.parametrize(
    ("words", "best"),
    [("被骗了", "after-a-fraud"), ("还不上怎么办", "cannot-repay"), ("钱没到账", "payout-not-arrived")],
)
def test_chinese_typed_into_the_english_help_finds_the_chinese_articles(words, best):
    found = search(words, "en")
    assert (found[0].article.language, found[0].article.id) == ("zh_CN", best)
    assert found == search(words, "zh")


def test_what_english_articles_fit_stays_english_and_nonsense_finds_nothing():
    assert {match.article.language for match in search("被骗了 scam", "en")} == {"en"}
    assert search("zzzqqq", "en") == []
    assert {match.article.language for match in search("scam", "zh")} == {"zh_CN"}


def test_showing_an_article_makes_no_index():
    code = (
        "import sys, json, loanapp.help as h; h.article('stay-safe', 'zh'); print(json.dumps('sqlite3' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False


def test_every_character_people_type_has_its_sound():
    from loanapp.help.pinyin import _readings

    heads = "".join(f"{one.title}{''.join(one.asked)}{''.join(one.keywords)}" for one in articles("zh"))
    assert {character for character in heads if "\u4e00" <= character <= "\u9fff"} - set(_readings()) == set()
