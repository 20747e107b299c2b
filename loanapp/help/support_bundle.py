"""What a borrower may send to support: facts of the program and the computer, and their own words without persons.

The text is built from what is known to be harmless, not cut from what is not: of each check only the values named here,
no file, no log, no picture. What is shown is exactly what is saved or sent.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import loanapp
from loanapp.client.drafts import Draft
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.help.diagnosis.check import Check
from loanapp.help.redaction import Redactor

Say = Callable[..., str]
"""``say(key, **values)``: a sentence of the ``commands`` catalogue in the borrower's language."""

# The values of a check that tell nothing of a person. Names of folders, cameras and signers of certificates may hold
# one ("Li Ming's phone"), and are left out.
_HARMLESS: Final[dict[str, frozenset[str]]] = {
    "program": frozenset({"version", "python", "system"}),
    "assets": frozenset({"count"}),
    "display": frozenset({"width", "height", "scale"}),
    "graphics": frozenset({"names"}),
    "input_method": frozenset({"names"}),
    "disk": frozenset({"free", "enough"}),
    "clock": frozenset({"minutes", "seconds", "day"}),
    "tls": frozenset({"library"}),
    "interception": frozenset({"product"}),
    "lender": frozenset({"code"}),
    "upload": frozenset({"speed", "enough"}),
    "camera": frozenset({"count"}),
    "camera_picture": frozenset({"width", "height", "pace", "light"}),
    "remote_control": frozenset({"names"}),
}
_ALWAYS: Final = frozenset({"check", "error", "seconds"})
_TELLING: Final = re.compile(r"[\u3400-\u9fff]{2}|\d{6}|@")
_LONGEST_WORDS: Final = 2000


@dataclass(frozen=True, slots=True)
class SupportReport:
    """What is to be told: when, where in the program, which errors, how the computer is, and the borrower's words."""

    made_at: datetime
    checks: Sequence[Check]
    page: str = ""
    errors: Sequence[ErrorCode] = ()
    words: str = ""


def support_text(report: SupportReport, say: Say, known: Iterable[str] = ()) -> str:
    """The whole text, ready to be shown, saved or sent. ``known`` is what the program knows of the borrower."""
    redactor = Redactor(known, mark=say("support.left_out"))
    lines = [
        say("support.title"),
        say("support.program", version=loanapp.__version__, time=f"{report.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
    ]
    if report.page:
        lines.append(say("support.page", page=report.page))
    if report.errors:
        lines.append(say("support.errors", codes=", ".join(report.errors)))
    if report.words.strip():
        lines += ["", say("support.words"), redactor.taken_out(report.words[:_LONGEST_WORDS]).strip()]
    lines += ["", say("support.checks")]
    lines += [_line(check, say) for check in report.checks]
    return redactor.known_taken_out("\n".join(lines)) + "\n"


def known_of(draft: Draft) -> list[str]:
    """What a draft tells of its borrower: whatever was typed or read that is in Chinese or a long number."""
    said = [value for page in draft.values.values() for value in page.values()]
    said += [value for side in draft.readings.values() for values in side.values() for value in values]
    return [value for value in (*said, draft.phone) if _TELLING.search(value)]


def _line(check: Check, say: Say) -> str:
    harmless = harmless_values(check, say("support.left_out"))
    sentence = say(harmless.finding_key, check=check.id, **harmless.values)
    return f"- {say(f'doctor.state.{check.state}')} {sentence} [{check.id}/{check.outcome}]"


def harmless_values(check: Check, left_out: str) -> Check:
    """The check with ``left_out`` in the place of each value that might tell who somebody is."""
    allowed = _HARMLESS.get(check.id, frozenset()) | _ALWAYS
    return replace(check, values={key: value if key in allowed else left_out for key, value in check.values.items()})
