"""Fields for what has a fixed shape: identity number, phone, bank card, one-time code, date.

Each takes what people type, paste or read off a card (full-width digits, gaps, dots) and hands on the plain value.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from loanapp.domain.typed_days import day_as_typed, day_characters, half_width, parse_day
from ui.components.fields import Field
from ui.components.grouped_edit import GroupedEdit, grouped

_ELEVEN: Final = 11


def digits(text: str) -> str:
    """The digits of a text, full-width ones too."""
    return re.sub(r"[^0-9]", "", half_width(text))


def phone_digits(text: str) -> str:
    """A mobile number without its country code."""
    found = digits(text).removeprefix("00")
    return found.removeprefix("86") if len(found) > _ELEVEN else found


def identity_characters(text: str) -> str:
    """Digits, and an X where it may stand: at the very end."""
    found = re.sub(r"[^0-9X]", "", half_width(text).upper())
    return found[:-1].replace("X", "") + found[-1:]


CODE_LENGTH: Final = 6


def code_digits(text: str) -> str:
    """The code, also out of the whole message that was pasted."""
    whole = re.findall(r"(?<![0-9])[0-9]{6}(?![0-9])", half_width(text))
    return whole[0] if len(whole) == 1 else digits(text)


class GroupedField(Field):
    """``text`` and ``edited`` carry the value without gaps; what is shown has them."""

    keep: ClassVar[Callable[[str], str]] = staticmethod(digits)
    sizes: ClassVar[tuple[int, ...]] = (4,)

    def _make_editor(self) -> QWidget:
        kind = type(self)
        edit = GroupedEdit(kind.keep, partial(grouped, sizes=kind.sizes))
        edit.setInputMethodHints(self._hints())
        return edit

    def _hints(self) -> Qt.InputMethodHint:
        return Qt.InputMethodHint.ImhDigitsOnly

    def _edit(self) -> GroupedEdit:
        assert isinstance(self.editor, GroupedEdit)  # noqa: S101 - made above
        return self.editor

    def _on_edited(self, _text: str) -> None:
        super()._on_edited(self._edit().value())

    def text(self) -> str:
        """The value, without gaps."""
        return self._edit().value()

    def set_text(self, text: str) -> None:
        """Show ``text``, grouped."""
        self._edit().set_value(text)


class PhoneField(GroupedField):
    """A mobile number, 3-4-4."""

    keep = staticmethod(phone_digits)
    sizes = (3, 4, 4)


class BankCardField(GroupedField):
    """A card number in fours, 16 to 19 digits."""


class IdentityNumberField(GroupedField):
    """Eighteen characters: region, birth, order and check character."""

    keep = staticmethod(identity_characters)
    sizes = (6, 8, 4)

    def _hints(self) -> Qt.InputMethodHint:
        return Qt.InputMethodHint.ImhUppercaseOnly | Qt.InputMethodHint.ImhPreferNumbers


class CodeField(GroupedField):
    """The six digits of a text message; the whole message may be pasted."""

    keep = staticmethod(code_digits)
    sizes = (CODE_LENGTH,)

    @property
    def complete(self) -> bool:
        """Whether all digits stand there."""
        code = self.text()
        return len(code) == CODE_LENGTH and code.isascii() and code.isdigit()


class _DateEdit(GroupedEdit):
    left = Signal()

    def _arranges(self) -> bool:
        """Only what is written at the end falls into place: a month that is mended in the middle is not finished."""
        return self.cursorPosition() == len(self.text())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that typing has ended."""
        super().focusOutEvent(event)
        self.left.emit()


class DateField(Field):
    """A day as ``2018-05-10``; the lines appear by themselves, words such as "long term" stay as they are."""

    def _make_editor(self) -> QWidget:
        edit = _DateEdit(day_characters, day_as_typed, "-")
        edit.left.connect(self._tidy)
        return edit

    def _on_edited(self, _text: str) -> None:
        super()._on_edited(self.text())

    def _tidy(self) -> None:
        if (found := parse_day(super().text())) is not None and found.isoformat() != super().text():
            self.set_text(found.isoformat())

    def set_text(self, text: str) -> None:
        """Show a day or a word."""
        if isinstance(self.editor, GroupedEdit) and self.editor.text() != text:
            self.editor.set_value(text)

    def value(self) -> date | None:
        """The day, or ``None`` while it is none."""
        return parse_day(self.text())
