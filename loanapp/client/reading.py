"""Strict reading of JSON answers: the right shape or ``LENDER_ANSWER_UNREADABLE``; unknown fields are ignored."""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText

_Member = TypeVar("_Member", bound=StrEnum)
_Item = TypeVar("_Item")

# Plain digits with at most four decimals: no exponent, no sign, no NaN; longer figures are not money.
_DECIMAL: Final = re.compile(r"\d{1,12}(\.\d{1,4})?")
_LONGEST_TEXT: Final = 20_000
_LONGEST_LIST: Final = 1_000
# RFC 8259, 6: beyond 64 bits no two readers agree; nor are there days outside these years in a loan.
_LONGEST_NUMBER: Final = 19
_YEARS: Final = range(1900, 3000)


class AnswerUnreadableError(LoanAppError):
    """The lender's answer does not have the agreed shape; ``details['field']`` names the place, never its value."""

    def __init__(self, field: str) -> None:
        super().__init__(ErrorCode.LENDER_ANSWER_UNREADABLE, field=field)


class JsonObject:
    """A JSON object whose members are read by name and type; every reader raises :class:`AnswerUnreadableError`."""

    def __init__(self, members: Mapping[str, object], where: str = "answer") -> None:
        self._members = members
        self._where = where

    @classmethod
    def parse(cls, body: bytes) -> "JsonObject":
        """Read UTF-8 JSON whose top is an object; text must be writable again, numbers finite."""
        try:
            text = body.decode("utf-8")
            value: object = json.loads(
                text, parse_constant=_refuse_constant, parse_int=_whole_number, parse_float=_finite_number
            )
            if "\\u" in text:  # only an escape can smuggle half a surrogate pair past the decoder
                json.dumps(value, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError):
            raise AnswerUnreadableError("answer") from None
        if not isinstance(value, dict):
            raise AnswerUnreadableError("answer")
        return cls(value)

    def place(self, name: str) -> str:
        """The dotted path of a member, for error details."""
        return f"{self._where}.{name}"

    def has(self, name: str) -> bool:
        """Whether the member is there and not null."""
        return self._members.get(name) is not None

    def raw(self) -> Mapping[str, object]:
        """The members as they came, for hashing."""
        return self._members

    def text(self, name: str) -> str:
        """A string that is not absurdly long."""
        value = self._members.get(name)
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise AnswerUnreadableError(self.place(name))
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings."""
        found: list[str] = []
        for value in self._list(name):
            if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
                raise AnswerUnreadableError(self.place(name))
            found.append(value)
        return tuple(found)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._members.get(name)
        if not isinstance(value, bool):
            raise AnswerUnreadableError(self.place(name))
        return value

    def count(self, name: str) -> int:
        """A whole number from 0."""
        value = self._members.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise AnswerUnreadableError(self.place(name))
        return value

    def counts(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers from 0."""
        found: list[int] = []
        for value in self._list(name):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise AnswerUnreadableError(self.place(name))
            found.append(value)
        return tuple(found)

    def number(self, name: str) -> float:
        """A JSON number, as a measure (never money)."""
        value = self._members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise AnswerUnreadableError(self.place(name))
        return float(value)

    def decimal(self, name: str) -> Decimal:
        """Money or percent: a decimal string, never a JSON number."""
        value = self._members.get(name)
        if not isinstance(value, str) or not value.isascii() or not _DECIMAL.fullmatch(value):
            raise AnswerUnreadableError(self.place(name))
        try:
            return Decimal(value)
        except InvalidOperation:
            raise AnswerUnreadableError(self.place(name)) from None

    def moment(self, name: str) -> datetime:
        """An RFC 3339 time with an offset."""
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise AnswerUnreadableError(self.place(name)) from None
        if value.tzinfo is None or value.year not in _YEARS:
            raise AnswerUnreadableError(self.place(name))
        return value

    def moments(self, name: str) -> tuple[datetime, ...]:
        """A list of times with an offset."""
        items = [JsonObject({"moment": value}, self.place(name)) for value in self._list(name)]
        return tuple(item.moment("moment") for item in items)

    def day(self, name: str) -> date:
        """A date, ``YYYY-MM-DD``."""
        try:
            value = date.fromisoformat(self.text(name))
        except ValueError:
            raise AnswerUnreadableError(self.place(name)) from None
        if value.year not in _YEARS:
            raise AnswerUnreadableError(self.place(name))
        return value

    def member(self, name: str, kind: type[_Member]) -> _Member:
        """A member of an enum."""
        try:
            return kind(self.text(name))
        except ValueError:
            raise AnswerUnreadableError(self.place(name)) from None

    def members(self, name: str, kind: type[_Member], *, drop_unknown: bool = False) -> tuple[_Member, ...]:
        """A list of members of an enum; a newer lender's unknown ones may be dropped where that is safe."""
        known = {member.value for member in kind}
        found = []
        for value in self._list(name):
            if isinstance(value, str) and value in known:
                found.append(kind(value))
            elif not (drop_unknown and isinstance(value, str)):
                raise AnswerUnreadableError(self.place(name))
        return tuple(found)

    def inner(self, name: str) -> "JsonObject":
        """An object."""
        value = self._members.get(name)
        if not isinstance(value, dict):
            raise AnswerUnreadableError(self.place(name))
        return JsonObject(value, self.place(name))

    def localised(self, name: str) -> LocalisedText:
        """A text in both languages."""
        inner = self.inner(name)
        return LocalisedText(inner.text("zh"), inner.text("en"))

    def objects(self, name: str, read: Callable[["JsonObject"], _Item]) -> tuple[_Item, ...]:
        """A list of objects, each read by ``read``."""
        found = []
        for position, value in enumerate(self._list(name)):
            if not isinstance(value, dict):
                raise AnswerUnreadableError(self.place(name))
            found.append(read(JsonObject(value, f"{self.place(name)}.{position}")))
        return tuple(found)

    def optional(self, name: str, read: Callable[["JsonObject", str], _Item]) -> _Item | None:
        """``read(self, name)`` where the member is there and not null, else ``None``."""
        return read(self, name) if self.has(name) else None

    def names(self, name: str) -> tuple[str, ...]:
        """The names of an object's members."""
        value = self._members.get(name)
        if not isinstance(value, dict) or len(value) > _LONGEST_LIST:
            raise AnswerUnreadableError(self.place(name))
        return tuple(value)

    def _list(self, name: str) -> list[object]:
        value = self._members.get(name)
        if not isinstance(value, list) or len(value) > _LONGEST_LIST:
            raise AnswerUnreadableError(self.place(name))
        return value


def _refuse_constant(_name: str) -> object:
    raise ValueError


def _whole_number(written: str) -> int:
    if len(written) > _LONGEST_NUMBER:
        raise ValueError
    return int(written)


def _finite_number(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise ValueError
    return value
