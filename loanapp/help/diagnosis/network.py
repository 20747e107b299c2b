"""The way to the lender: the clock, names, the certificate, an answer. Only the lender itself is ever asked."""

import ipaddress
import os
import socket
import ssl
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from loanapp.client.endpoint import FILE_NAME, Endpoint
from loanapp.client.installed_profile import EMBEDDED_LENDER_FOLDER, installed_endpoint
from loanapp.domain.clock import Clock, SystemClock
from loanapp.domain.errors import LoanAppError
from loanapp.help.articles import articles
from loanapp.help.diagnosis.check import Check, CheckState, graded
from loanapp.help.diagnosis.interception import Connection, look
from loanapp.resource_files import has_lender_profile

if TYPE_CHECKING:
    from loanapp.client.lender_client import LenderClient

# As long as the wire allows before it stops (client.transport); a day of doubt where only dates are compared.
_CLOCK_APART: Final = timedelta(minutes=5)
_DAY: Final = timedelta(days=1)
_TRIAL_BYTES: Final = 192 * 1024
# Megabits a second: the 1.5 MB of a face attempt then take twelve seconds, which is what people wait before they ask.
_SPEED_ENOUGH: Final = 1.0
# Which article says more about each way a connection can be wrong.
_ARTICLES: Final = {
    "not_yet_valid": "computer-clock",
    "expired": "computer-clock",
    "self_signed": "lender-certificate",
    "other_root": "lender-certificate",
    "other_name": "lender-certificate",
}


def known_endpoint(folder: Path) -> Endpoint | None:
    """The lender this computer knows, or ``None`` while the embedded one rests. Raises for a file not to be trusted."""
    return None if _rests(folder) else installed_endpoint(folder)()


def _rests(folder: Path) -> bool:
    """Whether the lender is the demonstration's own and is not running; another one is always somewhere."""
    return not (has_lender_profile() or (folder / EMBEDDED_LENDER_FOLDER / FILE_NAME).is_file())


def tls() -> Check:
    """Whether this program can speak TLS 1.3."""
    return Check("tls", *graded(good=ssl.HAS_TLSv1_3), "lender-certificate", {"library": ssl.OPENSSL_VERSION})


def before_the_program(now: datetime) -> bool:
    """Whether ``now`` lies before the day the help was last read, so that the computer's date must be wrong."""
    newest = max(one.reviewed for one in articles("en"))
    return now < datetime(newest.year, newest.month, newest.day, tzinfo=UTC) - _DAY


def clock(folder: Path, own: Clock | None = None) -> Check:
    """The computer's clock against the lender's, or, without one, against the day the help was last read."""
    own = own or SystemClock()
    now = own.now()
    if before_the_program(now):
        return Check("clock", CheckState.BAD, "before_program", "computer-clock", {"day": now.date().isoformat()})
    offset = _lenders_offset(folder, own)
    if offset is None:
        return Check("clock", CheckState.GOOD, "alone", "computer-clock")
    seconds = round(abs(offset).total_seconds())
    values = {"minutes": str(round(seconds / 60)), "seconds": str(seconds)}
    return Check("clock", *graded(good=abs(offset) < _CLOCK_APART), "computer-clock", values)


def names(folder: Path) -> Check:
    """Whether the lender's name, or this computer's own, leads to an address."""
    endpoint = known_endpoint(folder)
    host = (urlsplit(endpoint.base_url).hostname if endpoint else None) or "localhost"
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)}
    except OSError:
        return Check("names", CheckState.BAD, "bad", "lender-unreachable", {"host": host})
    if host == "localhost" and not all(ipaddress.ip_address(one.split("%")[0]).is_loopback for one in found):
        return Check("names", CheckState.BAD, "astray", "network-interception", {"host": host})
    return Check("names", CheckState.GOOD, "good", "lender-unreachable", {"host": host})


def interception(folder: Path) -> Check:
    """Whether the lender itself answers, or something in between, and of what kind it is."""
    endpoint = known_endpoint(folder)
    if endpoint is None:
        return Check("interception", CheckState.GOOD, "resting", "network-interception")
    found = look(endpoint)
    values = {"issuer": found.issuer, "product": found.product}
    if found.kind == Connection.SILENT:
        return Check("interception", CheckState.WARNING, "silent", "lender-unreachable")
    state = CheckState.GOOD if found.kind == Connection.GENUINE else CheckState.BAD
    return Check("interception", state, found.kind.value, _ARTICLES.get(found.kind, "network-interception"), values)


def lender(folder: Path) -> Check:
    """Whether the lender says who it is."""
    if _rests(folder):
        return Check("lender", CheckState.GOOD, "resting", "demonstration-lender")
    article = "lender-unreachable" if has_lender_profile() else "demonstration-lender"
    with closing(_client(folder)) as client:
        try:
            name = client.lender().name
        except LoanAppError as error:
            outcome = "silent" if has_lender_profile() else "warning"
            return Check("lender", CheckState.WARNING, outcome, article, {"code": error.code.value})
    outcome = "answers" if has_lender_profile() else "good"
    return Check("lender", CheckState.GOOD, outcome, article, {"name_zh": name.zh, "name_en": name.en})


def upload(folder: Path, size: int = _TRIAL_BYTES) -> Check:
    """Whether pictures leave this computer fast enough: the lender is sent bytes that say nothing, and drops them."""
    if _rests(folder):
        return Check("upload", CheckState.GOOD, "resting", "slow-or-stuck")
    with closing(_client(folder)) as client:
        try:
            client.upload_trial(b"0")  # so that shaking hands is not counted
            began = time.perf_counter()
            client.upload_trial(os.urandom(size))
            seconds = max(time.perf_counter() - began, 1e-6)  # some clocks stand still for that long
        except LoanAppError:
            return Check("upload", CheckState.WARNING, "silent", "lender-unreachable")
    speed = size * 8 / 1_000_000 / seconds
    values = {"speed": f"{speed:.1f}", "enough": f"{_SPEED_ENOUGH:.0f}"}
    return Check("upload", *graded(good=speed >= _SPEED_ENOUGH, otherwise=CheckState.WARNING), "slow-or-stuck", values)


def _lenders_offset(folder: Path, own: Clock) -> timedelta | None:
    if _rests(folder):
        return None
    client = _client(folder, own)
    with closing(client), suppress(LoanAppError):  # whatever it answers, its answer is dated
        client.lender()
    return client.clock_offset


def _client(folder: Path, clock: Clock | None = None) -> "LenderClient":
    from loanapp.client.lender_client import LenderClient  # noqa: PLC0415 - only the checks that call it
    from loanapp.client.transport import RetryPolicy  # noqa: PLC0415

    return LenderClient(installed_endpoint(folder), retries=RetryPolicy(attempts=1), clock=clock)
