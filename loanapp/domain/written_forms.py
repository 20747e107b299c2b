"""Money, percentages, days and times as a language writes them; every form's words come from its catalogue.

A catalogue ``formats`` has the keys used here; :class:`WrittenForms` is given what looks a key up. The window and the
headless commands share these forms, the contract has its own by law (:mod:`loanapp.backend.contracts`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from string import Formatter
from typing import Final, Protocol

from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.money import to_cents

_AMOUNTS: Final = {ErrorCode.AMOUNT_OUT_OF_RANGE: ("minimum", "maximum")}
_MOMENTS: Final = {ErrorCode.CODES_LOCKED: ("retry_at",), ErrorCode.RECOVERY_WAITS: ("retry_at",)}
_DAYS: Final = {ErrorCode.APPLICATION_TOO_SOON: ("retry_after",), ErrorCode.PROFILE_EXPIRED: ("last",)}


class Say(Protocol):
    """Looks a sentence of the ``formats`` catalogue up and fills it in."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence."""


class WrittenForms:
    """The forms of whatever language ``say`` speaks when a form is asked for."""

    def __init__(self, say: Say) -> None:
        self._say: Final = say

    def money(self, amount: Decimal, *, places: int | None = None) -> str:
        """Yuan: ``10,797.05元`` or ``CNY 10,797.05``; whole yuan without cents unless ``places`` says so."""
        return self._say("money", figure=figure(amount, places=places))

    def around_money(self) -> tuple[str, str]:
        """What stands before the figure of an amount, and what after it: one of the two is empty."""
        before, _, after = self._say("money", figure="\0").partition("\0")
        return before.strip(), after.strip()

    def money_column(self, name: str) -> str:
        """The heading of a column of figures, with the currency that the figures then go without."""
        return self._say("money_column", name=name)

    def percent(self, value: Decimal, places: int = 2) -> str:
        """``14.40%``, halves rounded up."""
        return self._say("percent", figure=f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}")

    def day(self, value: date) -> str:
        """``2026年11月26日`` or ``26 November 2026``."""
        return self._say("day", year=value.year, month=self._say(f"month_{value.month}"), day=value.day)

    def short_day(self, value: date) -> str:
        """A day of the weeks to come: ``11月26日 周四`` or ``Thu 26 Nov``."""
        month, weekday = self.short_month(value), self.weekday(value)
        return self._say("short_day", month=month, day=value.day, weekday=weekday)

    def short_month(self, value: date) -> str:
        """``11月`` or ``Nov``."""
        return self._say(f"short_month_{value.month}")

    def weekday(self, value: date) -> str:
        """``周四`` or ``Thu``."""
        return self._say(f"weekday_{value.isoweekday()}")

    def time(self, value: datetime) -> str:
        """A time of day in China, to the minute."""
        return f"{value.astimezone(CHINA):%H:%M}"

    def moment(self, value: datetime) -> str:
        """A day and a time in China, to the minute."""
        return self._say("moment", day=self.day(value.astimezone(CHINA).date()), time=self.time(value))

    def sentences(self, *sentences: str) -> str:
        """Whole sentences one after the other; empty ones count for nothing."""
        return self._say("between_sentences").join(sentence for sentence in sentences if sentence)

    def sentence_and_fix(self, sentence: str, fix: str) -> str:
        """What is said without a full stop, then the sentence about what to do."""
        return self.sentences(sentence + self._say("full_stop"), fix)

    def details(self, error: LoanAppError) -> dict[str, str | int]:
        """What an error knows, as its sentence shows it: amounts, days and moments written out, the rest as it is."""
        shown = dict(error.details)
        for name in _AMOUNTS.get(error.code, ()):
            if name in shown:
                shown[name] = self.money(Decimal(shown[name]))
        for name in _DAYS.get(error.code, ()):
            if name in shown:
                shown[name] = self.day(date.fromisoformat(str(shown[name])))
        for name in _MOMENTS.get(error.code, ()):
            if name in shown:
                shown[name] = self.moment(datetime.fromisoformat(str(shown[name])))
        return shown


def figure(amount: Decimal, *, places: int | None = None) -> str:
    """An amount without its currency: ``10,797.05``; whole yuan without cents unless ``places`` says so."""
    if places is None:
        places = 0 if amount == amount.to_integral_value() else 2
    return f"{to_cents(amount):,.{places}f}"


def counted(entry: str | Mapping[str, str], details: Mapping[str, str | int]) -> str | None:
    """The form of an error's detailed sentence for the number it names; ``None`` where a detail is not there.

    A sentence in two forms names exactly one number.
    """
    other = entry if isinstance(entry, str) else entry["other"]
    names = [name for _, name, _, _ in Formatter().parse(other) if name]
    if any(name not in details for name in names):
        return None
    if isinstance(entry, str):
        return entry
    return entry["one"] if "one" in entry and [details[name] for name in names] == [1] else other
