"""Answers are read strictly: the agreed shape or one clear error, and nothing of their content in it."""

import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.client.answers import Application, DocumentReading, LenderProfile
from loanapp.client.offer_answers import read_disclosure
from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.domain.consent import ConsentScope, LoanPurpose
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import BorrowerAction
from tests.loanapp.client import answers_data

DAY = date(2026, 11, 22)


def read(kind, whole):
    return kind.read(JsonObject.parse(json.dumps(whole).encode()))


def test_a_lender_as_agreed():
    profile = read(LenderProfile, {**answers_data.lender(), "of_tomorrow": [1]})
    assert profile.products[0].purposes == (LoanPurpose.TRAVEL,)
    assert profile.vault_public_key == b"v" * 32
    assert profile.flash is False
    assert read(LenderProfile, answers_data.lender(face_verification={"flash": True})).flash is True
    assert profile.name.in_language("en_GB") == "e"
    assert profile.name.in_language("zh_CN") == "中"


def test_an_application_as_agreed():
    whole = answers_data.application(status="offered", offer=answers_data.offer(DAY))
    application = read(Application, whole)
    assert application.allowed_actions == {BorrowerAction.SET_TERMS, BorrowerAction.UPLOAD_DOCUMENT}
    assert application.offer.schedule.total_repayment == application.stated_totals.repayment


def test_an_answer_counts_for_the_text_it_was_given_to_and_the_last_one_for_all():
    told = [
        {
            "scope": "bureau_query",
            "granted": granted,
            "text_version": version,
            "recorded_at": f"2026-11-2{day}T10:00:00Z",
        }
        for day, granted, version in ((3, False, "v2"), (1, True, "v1"), (2, True, "v2"))
    ]
    application = read(Application, answers_data.application(consents=told))
    assert application.answered(ConsentScope.BUREAU_QUERY, "v2").granted is False
    assert application.answered(ConsentScope.BUREAU_QUERY, "v1") is None
    assert application.answered(ConsentScope.FACE_VERIFICATION, "v2") is None


def test_a_reading_as_agreed():
    whole = {"side": "front", "fields": {"name": {"value": "测试甲", "confidence": 0.9}}}
    assert read(DocumentReading, whole).fields["name"].value == "测试甲"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b'{"a": "b", "c": 1e999}',
        b'{"a": "b", "c": {"d": [-1e400]}}',
        b'{"a": "b", "c": ' + b"9" * 400 + b"}",
        b'{"a": "b", "c": "\\ud800"}',
        b'{"a": "b", "\\udfff": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_not_an_object_is_refused(body):
    with pytest.raises(AnswerUnreadableError):
        JsonObject.parse(body).text("a")


def test_escapes_of_whole_characters_are_read():
    assert JsonObject.parse(b'{"a": "\\u6d4b\\ud83d\\ude00"}').text("a") == "测\U0001f600"


@pytest.mark.parametrize("confidence", ["1" * 400, "1e999"])
def test_a_reading_that_is_sure_beyond_measure_is_unreadable(confidence):
    body = '{"side": "front", "fields": {"name": {"value": "x", "confidence": ' + confidence + "}}}"
    with pytest.raises(AnswerUnreadableError):
        DocumentReading.read(JsonObject.parse(body.encode()))


@pytest.mark.parametrize("due", ["0001-01-01", "9999-12-31"])
def test_a_day_outside_anybodys_loan_is_unreadable(due):
    with pytest.raises(AnswerUnreadableError):
        JsonObject({"due": due, "at": f"{due}T00:00:00+08:00"}).day("due")
    with pytest.raises(AnswerUnreadableError):
        JsonObject({"due": due, "at": f"{due}T00:00:00+08:00"}).moment("at")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["amount"], 10000.0),
        (["amount"], 10000),
        (["amount"], "1e9"),
        (["amount"], "-1.00"),
        (["amount"], "NaN"),
        (["amount"], "１0.00"),
        (["amount"], "9" * 40),
        (["months"], "12"),
        (["months"], True),
        (["months"], -1),
        (["status"], "paid_to_somebody_else"),
        (["allowed_actions"], "submit"),
        (["allowed_actions"], [1]),
        (["created_at"], "2026-11-22T10:00:00"),
        (["created_at"], "yesterday"),
        (["document"], None),
        (["document", "front"], 1),
        (["face", "state"], None),
        (["consents"], {}),
        (["consents"], [[]]),
        (["offer", "payout"], None),
        (["offer", "schedule", 0, "due"], "2026-13-01"),
        (["offer", "terms"], []),
        (["id"], "x" * 30_000),
        (["timeline"], [{"status": "draft", "at": answers_data.NOW}] * 1001),
    ],
)
def test_every_other_shape_is_refused_by_place_and_never_by_value(path, value):
    whole = answers_data.application(status="offered", offer=answers_data.offer(DAY))
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(AnswerUnreadableError) as caught:
        read(Application, whole)
    assert caught.value.code is ErrorCode.LENDER_ANSWER_UNREADABLE
    assert path[0] in str(caught.value.details["field"])
    assert str(value)[:20] not in str(caught.value)


@pytest.mark.parametrize("name", sorted(answers_data.application()))
def test_a_missing_field_is_refused_unless_it_may_be_null(name):
    whole = answers_data.application()
    may_be_null = whole.pop(name) is None or name == "waiting_for"
    if may_be_null:
        read(Application, whole)
    else:
        with pytest.raises(AnswerUnreadableError):
            read(Application, whole)


def test_keys_have_the_right_length():
    with pytest.raises(AnswerUnreadableError):
        read(LenderProfile, answers_data.lender(vault_public_key="AAAA"))


def test_a_lender_without_products_is_unreadable():
    with pytest.raises(AnswerUnreadableError):
        read(LenderProfile, answers_data.lender(products=[]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.attack("nothing-but-that-one-error-ever-comes-out")
@given(st.sampled_from(sorted(answers_data.application())), json_values)
def test_nothing_but_that_one_error_ever_comes_out(name, value):
    whole = copy.deepcopy(answers_data.application())
    whole[name] = value
    try:
        read(Application, whole)
    except AnswerUnreadableError:
        return


def test_a_disclosure_keeps_what_its_hash_is_of():
    table = {
        "lender": "某机构",
        "principal": "10000.00",
        "method": "equal_instalment",
        "months": 12,
        "items": [],
        "annualised_total_pct": "14.40",
        "nominal_irr_pct": "14.40",
        "effective_irr_pct": "15.39",
        "total_repayment": "10000.00",
        "contingent": [],
        "nothing_else": {"zh": "无", "en": "none"},
        "schedule": [],
    }
    whole = JsonObject.parse(json.dumps({"disclosure": table, "sha256": "0" * 64}).encode())
    assert dict(read_disclosure(whole).raw) == table
