"""Every amount and every rate a text states, in whatever digits: a charge must not hide in how it is written.

Amounts are numbers with two decimals, and any number beside a word for money; rates are numbers beside a sign or word
for parts of a hundred, a thousand or ten thousand. Digits may be full-width, of another script, or Chinese numerals,
those of bills included. What cannot be read equals nothing that anybody agreed to: :data:`UNREADABLE`.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

UNREADABLE: Final = Decimal(-1)
"""Stands for a number that is there and cannot be read; no amount and no rate of a contract is negative."""

_DIGITS: Final = {
    character: value
    for value, characters in enumerate(
        ("〇零", "一壹", "二贰貳两兩", "三叁參叄", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_SMALL: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERALS: Final = "".join((*_DIGITS, *_SMALL, *_LARGE))
# Each is taken once, from left to right: a page of digits costs no more than its length. A space may part digits.
_NUMBER: Final = re.compile(rf"[\d{_NUMERALS}](?:[\d,.{_NUMERALS}点]|[ \t]{{1,4}}(?=[\d{_NUMERALS}]))*")
_ARABIC: Final = re.compile(r"\d+(?:[,.]\d+)*")
_TWO_DECIMALS: Final = re.compile(r".*\.\d\d", re.DOTALL)
# How far from a number the word for money or for a rate may stand, in characters, and the longest number there is.
_NEAR: Final = 24
_LONGEST: Final = 64
_MONEY_BEFORE: Final = re.compile(r"(?:¥|人民币|RMB|CNY|yuan)\s{0,4}\Z", re.IGNORECASE)
_NO_PRICE: Final = re.compile(r"\s{0,4}[年月日期个次种]")
_MONEY_AFTER: Final = re.compile(
    rf"\s{{0,4}}(?:[元圆圓块¥]|yuan|RMB|CNY)"
    rf"(?:[零〇]?(?P<jiao>[\d{_NUMERALS}])角)?(?:[零〇]?(?P<fen>[\d{_NUMERALS}])分)?",
    re.IGNORECASE,
)
# The numerals of bills are written for amounts alone; one by itself may be part of a name.
_BILL: Final = re.compile(r"[壹贰叁肆伍陆柒捌玖][拾佰仟万亿]")
# A quarter of a town is no price.
_SANYUAN: Final = re.compile(r"元[桥里区村东西]")
_RATE_AFTER: Final = re.compile(r"\s{0,4}(?P<sign>%|‰|‱|个?百分点|per\s?cent|厘)", re.IGNORECASE)
_PARTS_OF: Final = re.compile(r"\s{0,4}分\s{0,4}之\s{0,4}")
_PARTS: Final = {"%": Decimal(1), "‰": Decimal("0.1"), "‱": Decimal("0.01")}
# Control and format characters, characters that are none, and marks: none of them parts two digits for a reader.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Mn", "Me"})


def amounts_in(text: str) -> frozenset[Decimal]:
    """Every amount in a text, in yuan; percentages are not amounts."""
    return frozenset(_amounts(_plain(text)))


def percentages_in(text: str) -> frozenset[Decimal]:
    """Every rate in a text, in percent; ``万分之五`` is 0.05."""
    return frozenset(_rates(_plain(text)))


def _plain(text: str) -> str:
    """One form for each character (NFKC), and nothing that a reader does not see between two digits."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        character for character in folded if character.isspace() or unicodedata.category(character) not in _UNSEEN
    )


def _amounts(text: str) -> Iterator[Decimal]:
    for match in _NUMBER.finditer(text):
        written, after = match.group(), text[match.end() : match.end() + _NEAR]
        before = text[max(0, match.start() - _NEAR) : match.start()]
        is_rate = _RATE_AFTER.match(after) is not None
        for number in _ARABIC.finditer(written):
            if _TWO_DECIMALS.fullmatch(number.group()) and not (is_rate and number.end() == len(written)):
                yield _read(number.group())
        money = _MONEY_AFTER.match(after)
        if money is not None and not (written == "三" and _SANYUAN.match(after)):
            whole = _read(written)
            small = _read(money["jiao"] or "0") / 10 + _read(money["fen"] or "0") / 100
            yield whole if whole == UNREADABLE else whole + small
        elif _BILL.search(written) or (_MONEY_BEFORE.search(before) and not is_rate and not _NO_PRICE.match(after)):
            yield _read(written)


def _rates(text: str) -> Iterator[Decimal]:
    for match in _NUMBER.finditer(text):
        after = text[match.end() : match.end() + _NEAR]
        if sign := _RATE_AFTER.match(after):
            number, parts = _read(match.group()), _PARTS.get(sign["sign"])
            yield UNREADABLE if parts is None or number == UNREADABLE else number * parts
        elif parted := _PARTS_OF.match(after):
            taken = _NUMBER.match(text, match.end() + parted.end())
            whole, part = _read(match.group()), _read(taken.group() if taken is not None else "")
            yield UNREADABLE if UNREADABLE in {whole, part} or not whole else part * 100 / whole


def _read(written: str) -> Decimal:
    """The value of one number, or :data:`UNREADABLE`."""
    compact = re.sub(r"[\s,]", "", written).rstrip(".点")
    if len(compact) > _LONGEST:
        return UNREADABLE
    try:
        if not any(character in _NUMERALS or character == "点" for character in compact):
            # All dots but the last can only be separators of thousands.
            whole, _, places = compact.rpartition(".")
            return Decimal(f"{whole.replace('.', '')}.{places}" if whole else compact)
        integer, _, places = compact.partition("点")
        return _chinese(integer) + _places(places)
    except (InvalidOperation, KeyError):
        return UNREADABLE


def _places(places: str) -> Decimal:
    digits = "".join(str(_DIGITS[place]) if place in _DIGITS else place for place in places)
    return Decimal(f"0.{digits or '0'}")


def _chinese(number: str) -> Decimal:
    """``壹万零五十`` and mixtures such as ``5万``; raises :class:`InvalidOperation` for what is none."""
    total = section = Decimal(0)
    pending = ""
    for part in re.findall(r"[\d.]+|[^\d.]", number):
        if part in _SMALL:
            section += Decimal(pending or 1) * _SMALL[part]
            pending = ""
        elif part in _LARGE:
            section += Decimal(pending or 0)
            total = (total + (section or 1)) * _LARGE[part] if _LARGE[part] > 10**4 else total + (section or 1) * 10**4
            section, pending = Decimal(0), ""
        else:
            pending += str(_DIGITS[part]) if part in _DIGITS else part
    return total + section + Decimal(pending or 0)
