"""Which passwords are taken: length and guesses count, kinds of characters do not."""

import pytest

from loanapp.proof.password_strength import Weakness, password_strength


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("", Weakness.TOO_SHORT),
        ("xK9#mq2", Weakness.TOO_SHORT),
        ("password", Weakness.COMMON),
        ("PASSWORD", Weakness.COMMON),
        ("12345678", Weakness.COMMON),
        ("qwertyuiop", Weakness.COMMON),
        ("woaini1314", Weakness.COMMON),
        ("Taobao123456", Weakness.COMMON),
        ("aaaaaaaaaa", Weakness.GUESSABLE),
        ("password1234", Weakness.GUESSABLE),
        ("19900101", Weakness.GUESSABLE),
        ("13800000001", Weakness.GUESSABLE),
        ("x" * 129, Weakness.TOO_LONG),
        ("correcthorsebatterystaple", None),
        ("mian bao che zhan hong cha", None),
        ("面包车站红茶蓝色梯子", None),
        ("zk vq mwt ohd", None),
    ],
)
def test_what_is_taken_and_what_is_not(password, weakness):
    assert password_strength(password, ("13800000001",)).weakness is weakness


def test_sixty_four_characters_and_more_are_taken_in_good_time():
    from time import perf_counter

    password_strength("warm up the lists")
    begun = perf_counter()
    assert password_strength("quiet ladder " * 9).weakness is None
    assert perf_counter() - begun < 1


def test_the_owners_own_number_adds_nothing():
    assert password_strength("13912345678zq", ("13912345678",)).score < password_strength("13912345678zq").score or (
        password_strength("13912345678zq", ("13912345678",)).weakness is Weakness.GUESSABLE
    )
