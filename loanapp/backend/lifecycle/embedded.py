"""The embedded lender: one process on loopback for one folder, gone when its parent is (design decision 9)."""

import json
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Final

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from loanapp.backend.app import create_app
from loanapp.backend.http.middleware import failure_place
from loanapp.backend.lifecycle.assembly import Lender, assemble
from loanapp.backend.lifecycle.folder import FolderInUseError, LenderFolder
from loanapp.backend.lifecycle.late_start import LateStartServer
from loanapp.backend.policy import PolicyError, load_policies
from loanapp.backend.signing.roots import published_roots
from loanapp.backend.store.schema_version import SchemaError
from loanapp.backend.vault.vault import ForeignVaultError
from loanapp.domain.clock import SystemClock

log = logging.getLogger(__name__)

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_IN_USE: Final = 3
_GRACE_SECONDS: Final = 3
_BACKLOG: Final = 128


def run_embedded(data: Path, *, parent_pipe: bool) -> int:
    """Serve until told to stop; the exit code says how it went.

    Prints one line of JSON: ``{"ready": true, "url": ...}``, or ``{"ready": false, "reason": ...}``.
    """
    _quiet_logging()
    if os.name == "posix":
        os.umask(0o077)  # databases and their logs are made by libraries
    try:
        policies = load_policies()
        folder = LenderFolder.made(data)
        folder.lock()
        folder.endpoint_file.unlink(missing_ok=True)  # a killed predecessor's
        lender = assemble(folder, policies, SystemClock())
    except FolderInUseError:
        _say({"ready": False, "reason": "in_use"})
        return EXIT_IN_USE
    except PolicyError as error:
        log.error("the lender cannot start: %s", error)  # noqa: TRY400 - the sentence names file and fault
        _say({"ready": False, "reason": "policy"})
        return EXIT_FAILED
    except (ForeignVaultError, SchemaError) as error:
        log.error("the lender cannot start: %s", error)  # noqa: TRY400 - the sentence says what to put back
        _say({"ready": False, "reason": "disk"})
        return EXIT_FAILED
    except (OSError, SQLAlchemyError, ValueError) as error:
        log.error("the lender cannot start: %s", failure_place(error))  # noqa: TRY400 - a path may name a person
        _say({"ready": False, "reason": "disk"})
        return EXIT_FAILED
    try:
        return EXIT_OK if _serve(folder, lender, parent_pipe=parent_pipe) else EXIT_FAILED
    finally:
        folder.endpoint_file.unlink(missing_ok=True)
        lender.close()
        folder.unlock()


def _serve(folder: LenderFolder, lender: Lender, *, parent_pipe: bool) -> bool:
    token = secrets.token_urlsafe(32)
    keys = lender.services.keys
    roots = published_roots(lender.services)
    keys.publish(roots)
    listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
    url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        create_app(lender.services, token),
        ssl_context_factory=lambda _config, _default: keys.server_context(),
        access_log=False,
        log_config=None,
        lifespan="off",
        proxy_headers=False,  # it would believe a header of anybody on this computer; see http/client_address.py
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=60,
    )
    server = _AnnouncingServer(
        config, folder, {"url": url, "pid": os.getpid(), "instance_token": token, **roots}, lender
    )
    if parent_pipe:
        threading.Thread(target=_follow_parent, args=(server,), name="parent-pipe", daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        # The server stops gracefully at either and then raises it again, which must not cut our own end short.
        signal.signal(number, lambda _number, _frame: None)
    server.run(sockets=[listener])
    return not server.failed


class _AnnouncingServer(LateStartServer):
    """Says that it is ready once it really is."""

    def __init__(
        self, config: uvicorn.Config, folder: LenderFolder, endpoint: dict[str, str | int], lender: Lender
    ) -> None:
        super().__init__(config, lender)
        self._folder = folder
        self._endpoint = endpoint

    def announce(self) -> None:
        """Write the endpoint file, and one line to whoever started this process."""
        self._folder.write_private(self._folder.endpoint_file, json.dumps(self._endpoint).encode())
        _say({"ready": True, "url": self._endpoint["url"]})


def _follow_parent(server: uvicorn.Server) -> None:
    """End when standard input does: the parent closed it or is no more."""
    try:
        while sys.stdin.buffer.read(4096):
            pass
    except (OSError, ValueError):
        log.info("standard input is gone")
    server.should_exit = True


def _say(line: dict[str, object]) -> None:
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except OSError:
        log.info("nobody listens to standard output")


def _quiet_logging() -> None:
    """Warnings and errors of our own to standard error; libraries say only what is wrong, and never what was sent."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("uvicorn", "uvicorn.error", "sqlalchemy", "dbos"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Its errors come with a traceback, which may hold what was sent; the net logs them already.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
