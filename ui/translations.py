"""The words of the window, in Chinese and English, loaded by namespace and switched while the program runs.

``tr("cost.title")`` reads key ``title`` of ``resources/translations/<folder>/cost.json``. A key may hold
``{"one": ..., "other": ...}``; then ``count`` picks the form. Widgets change their words in ``changeEvent`` on
``LanguageChange``, which Qt hands down from every window; nothing is translated at import.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from PySide6.QtCore import QEvent, QObject, Signal

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText
from loanapp.resource_files import resource_path

Language = Literal["zh", "en"]
FOLDERS: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en"}

_log = logging.getLogger(__name__)

Entry = str | dict[str, str]


class Translator(QObject):
    """Holds the language and the catalogues read so far."""

    language_changed = Signal(str)

    def __init__(self, language: Language = "zh") -> None:
        super().__init__()
        self._language: Language = language
        self._catalogues: dict[tuple[Language, str], dict[str, Entry]] = {}
        self._shape: Callable[[str], str] = str

    @property
    def language(self) -> Language:
        """``zh`` or ``en``."""
        return self._language

    def set_language(self, language: Language) -> None:
        """Switch, and tell every window so that it changes its words in place."""
        if language == self._language:
            return
        self._language = language
        self.language_changed.emit(language)
        self.tell_windows()

    def shape_words(self, shape: Callable[[str], str]) -> None:
        """Let every sentence go through ``shape`` before it is filled in: for :mod:`ui.pseudo_language`."""
        self._shape = shape

    def shaped(self, text: str) -> str:
        """Words that come from elsewhere than the catalogues, such as help, as they are shown."""
        return self._shape(text)

    def tell_windows(self) -> None:
        """Send ``LanguageChange`` down every window."""
        from PySide6.QtWidgets import QApplication

        for window in QApplication.topLevelWidgets():
            QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))

    def catalogue(self, namespace: str, language: Language | None = None) -> dict[str, Entry]:
        """All entries of a namespace; read once."""
        language = language or self._language
        found = self._catalogues.get((language, namespace))
        if found is None:
            path = resource_path("translations", FOLDERS[language], f"{namespace}.json")
            found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
            self._catalogues[language, namespace] = found
        return found

    def has(self, key: str) -> bool:
        """Whether the current language knows ``namespace.key``."""
        return self._entry(key) is not None

    def _entry(self, key: str) -> Entry | None:
        """``codes.<code>.fix`` is the entry ``fix`` inside the entry ``<code>``."""
        namespace, _, rest = key.partition(".")
        catalogue = self.catalogue(namespace)
        if (found := catalogue.get(rest)) is not None:
            return found
        outer, _, inner = rest.rpartition(".")
        holder = catalogue.get(outer)
        return holder.get(inner) if isinstance(holder, dict) else None

    def sentence(self, key: str, /, *, count: int | None = None, **values: object) -> str:
        """The sentence of ``namespace.key`` with its values filled in; the key itself when there is none."""
        entry = self._entry(key)
        if entry is None:
            _log.warning("no translation: key=%s", key)
            return key
        if isinstance(entry, dict):
            entry = entry["one" if count == 1 and "one" in entry else "other"]
        if count is not None:
            values["count"] = count
        entry = self._shape(entry)
        return entry.format_map(_Values(values)) if values else entry

    def in_both(self, key: str) -> tuple[str, ...]:
        """A sentence in each language, for what the borrower may have typed before switching."""
        namespace, _, rest = key.partition(".")
        return tuple(str(self.catalogue(namespace, language).get(rest, "")) for language in FOLDERS)

    def pick(self, both: LocalisedText | None) -> str:
        """The current language's half of what the lender says in both."""
        return self._shape(both.in_language(self._language)) if both is not None else ""


class _Values(dict[str, Any]):
    """A missing value shows as nothing rather than failing in front of the borrower."""

    def __missing__(self, key: str) -> str:
        _log.warning("no value for a sentence: name=%s", key)
        return ""


_translator: Translator | None = None


def translator() -> Translator:
    """The program's translator."""
    global _translator  # noqa: PLW0603
    if _translator is None:
        _translator = Translator()
    return _translator


def tr(key: str, /, *, count: int | None = None, **values: object) -> str:
    """Short for :meth:`Translator.sentence` of the program's translator."""
    return translator().sentence(key, count=count, **values)


def error_sentence(error: LoanAppError | StrEnum) -> str:
    """What an error, a hint, a reason or a status says, in one sentence."""
    if isinstance(error, LoanAppError) and error.details:
        from loanapp.domain.written_forms import counted
        from ui.formats import FORMS

        entry = translator().catalogue("code_details").get(error.code.value)
        if entry is not None and (pattern := counted(entry, error.details)) is not None:
            return translator().shaped(pattern).format(**FORMS.details(error))
    return _code_text(error, "sentence")


def error_fix(error: LoanAppError | StrEnum) -> str:
    """What the borrower can do about it."""
    return _code_text(error, "fix")


def _code_text(error: LoanAppError | StrEnum, part: str) -> str:
    code = error.code if isinstance(error, LoanAppError) else error
    key = f"codes.{code.value}.{part}"
    return tr(key if translator().has(key) else f"codes.{ErrorCode.UNEXPECTED.value}.{part}")


@dataclass(slots=True)
class _Bound:
    setter: Callable[[str], object]
    key: str
    values: dict[str, object]


class Texts:
    """Remembers which setter shows which sentence, so that one call changes them all.

    Values that are callables are asked anew each time. Binding the same setter again replaces the sentence.
    """

    def __init__(self) -> None:
        self._bound: dict[tuple[int, str], _Bound] = {}

    def bind(self, setter: Callable[[str], object], key: str, **values: object) -> None:
        """Show ``key`` now and after every change of language."""
        owner = getattr(setter, "__self__", setter)
        bound = _Bound(setter, key, values)
        self._bound[id(owner), getattr(setter, "__name__", repr(setter))] = bound
        self._show(bound)

    def apply(self) -> None:
        """Show every bound sentence in the current language."""
        for bound in self._bound.values():
            self._show(bound)

    @staticmethod
    def _show(bound: _Bound) -> None:
        values = {name: value() if callable(value) else value for name, value in bound.values.items()}
        count = values.pop("count", None)
        bound.setter(tr(bound.key, count=count if isinstance(count, int) else None, **values))
