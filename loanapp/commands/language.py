"""The language of headless commands: the system's own, Chinese or English, and their sentences."""

import json
import locale
import os
import sys
from functools import cache
from typing import Final, Literal

from loanapp.domain.errors import LoanAppError
from loanapp.domain.written_forms import WrittenForms, counted
from loanapp.resource_files import resource_path

Language = Literal["zh", "en"]
FOLDERS: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en"}
# The order of gettext: the first that is set decides.
_VARIABLES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# Windows primary language identifier (winnt.h LANG_CHINESE).
_WINDOWS_CHINESE: Final = 0x04


def system_language() -> Language:
    """Chinese where the system speaks Chinese, English everywhere else."""
    return "zh" if _system_locale().lower().replace("-", "_").startswith(("zh", "chinese")) else "en"


def _system_locale() -> str:
    for variable in _VARIABLES:
        if value := os.environ.get(variable):
            return value.split(":")[0]
    if sys.platform == "win32":
        import ctypes

        identifier = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return "zh" if identifier & 0x3FF == _WINDOWS_CHINESE else "en"
    return locale.getlocale()[0] or ""


@cache
def _sentences(language: Language, namespace: str) -> dict[str, object]:
    path = resource_path("translations", FOLDERS[language], f"{namespace}.json")
    loaded: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return loaded


def text(language: Language, key: str, *, catalogue: str = "commands", **values: object) -> str:
    """The sentence ``key`` of a catalogue with ``values`` filled in.

    Raises :class:`KeyError` for a key that is not there: a test walks all of them.
    """
    return str(_sentences(language, catalogue)[key]).format(**values)


def forms(language: Language) -> WrittenForms:
    """How money, percentages and days are written; a terminal may have no space that does not break."""

    def say(key: str, /, **values: object) -> str:
        return text(language, key, catalogue="formats", **values).replace("\u00a0", " ")

    return WrittenForms(say)


def code_sentence(language: Language, error: LoanAppError) -> str:
    """What an error code means and what to do, as the window would say it; the bare code where there is none."""
    entry = _sentences(language, "codes").get(error.code.value)
    if not isinstance(entry, dict):
        return error.code.value
    return forms(language).sentence_and_fix(_detailed(language, error) or entry["sentence"], entry["fix"])


def _detailed(language: Language, error: LoanAppError) -> str:
    """The sentence with the error's own figures, where it has one and all its figures are there; else empty."""
    entry = _sentences(language, "code_details").get(error.code.value)
    pattern = counted(entry, error.details) if isinstance(entry, (str, dict)) else None
    return pattern.format(**forms(language).details(error)) if pattern is not None else ""
