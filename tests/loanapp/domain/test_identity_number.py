"""Resident identity numbers after GB 11643."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.identity_number import (
    IdentityNumber,
    Sex,
    check_character,
    mask_identity_number,
    parse_identity_number,
)

TODAY = date(2026, 11, 22)


def parse(text: str) -> IdentityNumber:
    return parse_identity_number(text, TODAY)


def test_vector_c1_a_valid_number_tells_region_birth_and_sex():
    number = parse("11010519491231002X")
    assert number.region == "110105"
    assert number.birth == date(1949, 12, 31)
    assert number.sex is Sex.FEMALE


def test_vector_c1_a_birth_in_1880_has_a_right_check_digit_and_no_living_owner():
    assert check_character("44052418800101001") == "4"
    with pytest.raises(LoanAppError) as caught:
        parse("440524188001010014")
    assert caught.value.code is ErrorCode.IDENTITY_NUMBER_DATE


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", ErrorCode.IDENTITY_NUMBER_CHECKSUM),
        ("110105194913310021", ErrorCode.IDENTITY_NUMBER_DATE),  # month 13, check digit right
        ("110105209912310029", ErrorCode.IDENTITY_NUMBER_DATE),  # in the future, check digit right
        ("110105194902300020", ErrorCode.IDENTITY_NUMBER_DATE),  # 30 February, check digit right
        ("", ErrorCode.IDENTITY_NUMBER_LENGTH),
        ("1101051949123100", ErrorCode.IDENTITY_NUMBER_LENGTH),
        ("11010519491231002XX", ErrorCode.IDENTITY_NUMBER_LENGTH),
        ("1101051949123100AX", ErrorCode.IDENTITY_NUMBER_LENGTH),
        ("X1010519491231002X", ErrorCode.IDENTITY_NUMBER_LENGTH),
        ("\uff11\uff1010519491231002X", ErrorCode.IDENTITY_NUMBER_LENGTH),  # full-width digits
        ("٣١٠١٠٥١٩٤٩١٢٣١٠٠٢X", ErrorCode.IDENTITY_NUMBER_LENGTH),
    ],
)
def test_what_does_not_hold_is_named(number, code):
    with pytest.raises(LoanAppError) as caught:
        parse(number)
    assert caught.value.code is code


def test_an_unknown_region_is_refused():
    body = "99010519491231002"
    with pytest.raises(LoanAppError) as caught:
        parse(body + check_character(body))
    assert caught.value.code is ErrorCode.IDENTITY_NUMBER_REGION


def test_small_x_and_spaces_are_accepted_and_stored_tidily():
    assert parse("110105 19491231 002x").number == "11010519491231002X"


def test_someone_born_today_and_someone_born_tomorrow():
    today, tomorrow = "11010520261122001", "11010520261123001"
    assert parse(today + check_character(today)).age_on(TODAY) == 0
    with pytest.raises(LoanAppError):
        parse(tomorrow + check_character(tomorrow))


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 28), 19), (date(2028, 2, 29), 20)],
)
def test_a_birthday_on_29_february_counts_from_1_march(day, age):
    body = "11010520080229001"
    assert parse(body + check_character(body)).age_on(day) == age


def test_neither_repr_nor_exception_shows_the_number():
    number = parse("11010519491231002X")
    assert "19491231" not in repr(number)
    assert mask_identity_number(number.number) == "1101**********002X"
    with pytest.raises(LoanAppError) as caught:
        parse("110105194912310021")
    assert "110105" not in str(caught.value)


@given(
    region=st.sampled_from(["110105", "440524", "650102", "830000"]),
    birth=st.dates(date(1900, 1, 1), TODAY),
    order=st.integers(0, 999),
)
def test_every_well_made_number_is_read_back(region, birth, order):
    body = f"{region}{birth:%Y%m%d}{order:03d}"
    read = parse(body + check_character(body))
    assert read.birth == birth
    assert read.sex is (Sex.MALE if order % 2 else Sex.FEMALE)


@given(place=st.integers(0, 16), step=st.integers(1, 9))
def test_one_wrong_digit_never_passes(place, step):
    number = "11010519491231002X"
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    with pytest.raises(LoanAppError):
        parse(wrong)
