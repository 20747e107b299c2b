"""Money, phone, card, clock, statuses, error codes."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.bank_card import issuer_of, luhn_valid, mask_card, parse_card_number
from loanapp.domain.clock import CHINA, ManualClock, SystemClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.money import parse_money, to_cents, wire
from loanapp.domain.phone import mask_phone, parse_phone
from loanapp.domain.status import CLOSABLE, ENDED, TRANSITIONS, ApplicationStatus, TransitionError, advance

S = ApplicationStatus


# --- money -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10000", "10000.00"),
        (" ¥10,000.00 ", "10000.00"),
        ("10,797.05元", "10797.05"),
        ("CNY\u00a010,797.05", "10797.05"),
        ("rmb 5", "5.00"),
        ("人民币 5 元", "5.00"),
        ("\uffe5\uff11\uff0c\uff15\uff10\uff10", "1500.00"),
        ("0.1", "0.10"),
        ("1,234,567.8", "1234567.80"),
    ],
)
def test_money_as_people_write_it(text, amount):
    assert parse_money(text) == Decimal(amount)


# What Python reads as a number and no person means as an amount.
NOT_MONEY = [
    "10,5",
    "1,0000",
    "1,000,00",
    ",5",
    "1e3",
    "1_000",
    "-5",
    "+5",
    "٥٠٠",
    "५",
    ".5",
    "5.",
    "9" * 30,
    "元",
    "5元元",
]
NOT_MONEY += ["¥CNY 5", "5美元", "元5", "USD 5"]


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.234", "NaN", "Infinity", "1e40", "--1", "1 000", "$5", "元", "5元元", "¥CNY 5", "5美元", *NOT_MONEY],
)
def test_what_is_no_money_is_a_value_error(text):
    with pytest.raises(ValueError, match="not an amount"):
        parse_money(text)


def test_halves_are_rounded_up():
    assert to_cents(Decimal("0.005")) == Decimal("0.01")
    assert to_cents(Decimal("2.675")) == Decimal("2.68")
    assert wire(Decimal("1234567.5")) == "1234567.50"


@given(st.decimals(min_value="0", max_value="1000000", places=2))
def test_money_survives_the_wire(amount):
    assert parse_money(wire(amount)) == amount


# --- phone and card ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["13800000001", "138 0000 0001", "+86 138-0000-0001"])
def test_phones_as_people_write_them(text):
    assert parse_phone(text) == "13800000001"
    assert mask_phone("13800000001") == "138****0001"


@pytest.mark.parametrize(
    "text", ["", "1380000000", "12800000001", "138000000011", "1380000000a", "\uff11\uff13800000001"]
)
def test_what_is_no_mainland_mobile(text):
    with pytest.raises(LoanAppError) as caught:
        parse_phone(text)
    assert caught.value.code is ErrorCode.PHONE_INVALID


@pytest.mark.parametrize("number", ["6222020000000000018", "6217000000000006", "4111111111111111"])
def test_vector_c2_luhn_holds(number):
    assert luhn_valid(parse_card_number(number))


def test_vector_c2_luhn_fails_without_refusing():
    assert not luhn_valid(parse_card_number("6222020000000000010"))


@given(st.text("0123456789", min_size=15, max_size=18))
def test_luhn_has_exactly_one_check_digit(body):
    assert sum(luhn_valid(body + digit) for digit in "0123456789") == 1


@pytest.mark.parametrize("text", ["", "123456789012345", "12345678901234567890", "6222 0200 0000 000a"])
def test_what_is_no_card_number(text):
    with pytest.raises(LoanAppError) as caught:
        parse_card_number(text)
    assert caught.value.code is ErrorCode.CARD_NUMBER_INVALID


def test_the_longest_prefix_names_the_bank():
    issuers = {"62": "unionpay", "622202": "icbc"}
    assert issuer_of("6222020000000000018", issuers) == "icbc"
    assert issuer_of("6217000000000006", issuers) == "unionpay"
    assert issuer_of("4111111111111111", issuers) is None
    assert mask_card("6222020000000000018") == "**** 0018"


# --- clock -------------------------------------------------------------------------------------------------------


def test_clocks_tell_a_zone():
    assert SystemClock().now().tzinfo is UTC
    assert CHINA.utcoffset(datetime(2026, 7, 1)) == timedelta(hours=8)  # noqa: DTZ001 - the zone is asked about it
    with pytest.raises(ValueError, match="zone"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the mistake


def test_a_manual_clock_stands_still_until_moved():
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.move(timedelta(days=7))
    assert clock.now() == datetime(2026, 1, 8, tzinfo=UTC)


# --- statuses ----------------------------------------------------------------------------------------------------


def test_every_status_has_its_row_and_the_road_leads_to_money():
    assert set(TRANSITIONS) == set(S)
    road = [S.DRAFT, S.SUBMITTED, S.VERIFYING, S.OFFERED, S.SIGNING, S.SIGNED, S.DISBURSING, S.ACTIVE, S.SETTLED]
    for current, wanted in itertools.pairwise(road):
        assert advance(current, wanted) is wanted


@pytest.mark.parametrize("current", list(S))
@pytest.mark.parametrize("wanted", list(S))
def test_only_listed_changes_are_possible(current, wanted):
    if wanted in TRANSITIONS[current]:
        assert advance(current, wanted) is wanted
        return
    with pytest.raises(TransitionError) as caught:
        advance(current, wanted)
    assert (caught.value.current, caught.value.wanted) == (current, wanted)


def test_every_status_can_be_reached_and_an_end_is_an_end():
    reached, frontier = {S.DRAFT}, [S.DRAFT]
    while frontier:
        following = TRANSITIONS[frontier.pop()] - reached
        reached |= following
        frontier += following
    assert reached == set(S)
    assert all(not TRANSITIONS[status] for status in ENDED - {S.DECLINED, S.SETTLED})
    assert TRANSITIONS[S.DECLINED] == {S.IN_REVIEW, S.EXPIRED}  # a borrower may ask for a person
    assert TRANSITIONS[S.SETTLED] == {S.EXPIRED}  # what is erased once nothing has to be kept is expired


def test_an_account_closes_where_nothing_is_owed_and_nobody_works_on_it():
    assert ENDED | {S.DRAFT} == CLOSABLE


def test_money_never_goes_out_before_the_signature():
    for status, following in TRANSITIONS.items():
        if S.DISBURSING in following:
            assert status is S.SIGNED
        if S.SIGNED in following:
            assert status is S.SIGNING


# --- errors ------------------------------------------------------------------------------------------------------


def test_an_error_shows_its_code_and_nothing_of_the_person():
    error = LoanAppError(ErrorCode.AMOUNT_OUT_OF_RANGE, minimum="1000.00", maximum=20000)
    assert str(error) == "amount_out_of_range"
    assert error.details == {"minimum": "1000.00", "maximum": 20000}
