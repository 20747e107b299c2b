"""Logs for machines: one line of JSON for each record, with fields that are known to hold nothing of a person's.

Our own sentences are written as they are: they name places and counts. Of a library's only who it was and where:
its text may repeat what somebody sent. Of an exception its kind and line, never its text.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

from loanapp.backend.http.middleware import failure_place

_OURS: Final = "loanapp"
_FIELDS: Final = ("method", "route", "status", "milliseconds")
_requests: Final = logging.getLogger("loanapp.requests")


class JsonLines(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII: no record can begin another."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name.partition(".")[0] == _OURS:
            said["message"] = record.getMessage()
        else:
            said["place"] = f"{record.filename}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            said["failure"] = failure_place(record.exc_info[1])
        said |= {name: record.__dict__[name] for name in _FIELDS if name in record.__dict__}
        return json.dumps(said)


def log_as_json() -> None:
    """From here on everything that is logged goes to standard error in lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    # Its errors come with a traceback, which may hold what was sent; the net logs them already.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


def access_log(method: str, route: str, status: int, seconds: float) -> None:
    """One request that was answered; the route as it is declared, so that no identifier is in it."""
    said = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
    _requests.info("answered", extra=said)
