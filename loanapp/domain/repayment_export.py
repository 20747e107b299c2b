"""A repayment plan for other programs: a calendar (RFC 5545) with reminders, and a table as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from loanapp.domain.schedule import Instalment

_PRODUCT: Final = "-//LoanApp//Repayment plan//EN"
_LINE_BYTES: Final = 75
_BYTE_ORDER_MARK: Final = "\ufeff"

REMINDERS: Final = (timedelta(days=-3, hours=9), timedelta(days=-1, hours=9))
"""When a calendar reminds, counted from the beginning of the day that is due: at nine, three days and a day before."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """One entry of the calendar: a day, what it says in short and in full."""

    no: int
    on: date
    summary: str
    description: str


def calendar_file(name: str, identifier: str, entries: Sequence[DueDay], written_at: datetime) -> bytes:
    """A calendar of whole days, each with its reminders, in UTF-8.

    ``identifier`` names the loan: the same entry exported again replaces itself. Whatever the texts hold is text.
    """
    stamp = written_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(identifier)}-{entry.no}@loanapp.invalid",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(entry.summary)}",
            f"DESCRIPTION:{_text(entry.description)}",
            "TRANSP:TRANSPARENT",
        ]
        for reminder in REMINDERS:
            lines += [
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                f"TRIGGER:{_duration(reminder)}",
                f"DESCRIPTION:{_text(entry.summary)}",
                "END:VALARM",
            ]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def table_file(headings: Sequence[str], rows: Sequence[Instalment]) -> bytes:
    """Number, day, payment, principal, interest, fees and balance of each row, under ``headings``.

    UTF-8 with a byte order mark: without it, spreadsheets in Chinese read the headings as GBK. Amounts in yuan.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        amounts = (row.total, row.principal, row.interest, row.fees, row.balance)
        writer.writerow([row.no, row.due.isoformat(), *(f"{amount:.2f}" for amount in amounts)])
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()


def _text(value: str) -> str:
    """As RFC 5545 3.3.11 writes text: nothing in it ends a line or begins a property."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never broken inside a character (RFC 5545 3.1)."""
    parts, part, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part, size = part + character, size + width
    return "\r\n".join([*parts, part])


def _duration(before: timedelta) -> str:
    """``-P2DT15H``: whole hours before."""
    hours = -int(before.total_seconds()) // 3600
    return f"-P{hours // 24}DT{hours % 24}H"
