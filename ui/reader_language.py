"""Tells a screen reader in which language something is written; Qt passes on the locale of a widget."""

import unicodedata
from typing import Final

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QWidget

from ui.translations import Language, translator

_LOCALES: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en_GB"}


def tell_language(widget: QWidget, language: Language | None = None) -> None:
    """``widget`` and all in it are in ``language``, or in that in force; a part may be told apart afterwards."""
    widget.setLocale(QLocale(_LOCALES[language or translator().language]))


def language_of(text: str) -> Language:
    """Chinese as soon as there is one Chinese character in what somebody wrote."""
    return "zh" if any(unicodedata.name(one, "").startswith("CJK UNIFIED") for one in text) else "en"
