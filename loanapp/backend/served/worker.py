"""One worker of a lender that is served: any number of them stand behind a balancer, over the same databases."""

import contextlib
import gc
import importlib
import logging
import os
import signal
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from loanapp.backend.app import create_app
from loanapp.backend.http.middleware import failure_place
from loanapp.backend.lifecycle.assembly import Lender, assemble
from loanapp.backend.lifecycle.folder import FolderInUseError, LenderFolder
from loanapp.backend.lifecycle.late_start import LateStartServer
from loanapp.backend.policy import Policies, PolicyError, load_policies
from loanapp.backend.served.metrics import Measured, Metrics
from loanapp.backend.served.operations import Readiness, operations_app, serving_operations
from loanapp.backend.signing.roots import published_roots
from loanapp.backend.store.schema_version import SchemaError
from loanapp.backend.store.stores import FILE, stores
from loanapp.backend.vault.vault import ForeignVaultError
from loanapp.domain.clock import SystemClock

log = logging.getLogger(__name__)

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
_BACKLOG: Final = 2048
_SLOWLY: Final = (
    "loanapp.backend.origination.engine",
    "loanapp.proof.timestamp",
    "loanapp.proof.issued_timestamp",
    "loanapp.proof.verification",
)


@dataclass(frozen=True)
class Serving:
    """Where a worker listens, and with what: ``certificate`` is a PEM file of chain and key, else the lender's own.

    ``operations_*``: where health and metrics are asked for, in clear (:mod:`loanapp.backend.served.operations`).
    ``drain_seconds``: once it was told to end, how long it still takes requests while it says that it is not ready, so
    that a balancer can turn to others. ``grace_seconds``: how long requests under way may take after that.
    """

    host: str = "127.0.0.1"
    port: int = 8443
    certificate: Path | None = None
    operations_host: str = "127.0.0.1"
    operations_port: int = 9464
    drain_seconds: float = 0.0
    grace_seconds: int = 20


def run_worker(data: Path, serving: Serving, policies: Policies | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. Says why it cannot start in one sentence of the log."""
    os.umask(0o077)
    with contextlib.ExitStack() as closing:
        try:
            policies = policies or load_policies()
            folder = LenderFolder.made(data)
            folder.lock(shared=stores(folder.root).shared)
            closing.callback(folder.unlock)
            lender = assemble(folder, policies, SystemClock())
            closing.callback(lender.close)
        except FolderInUseError:
            log.error("the worker cannot start: another lender works in this folder; PostgreSQL lets many do so")  # noqa: TRY400
            return EXIT_FAILED
        except (PolicyError, ForeignVaultError, SchemaError) as error:
            log.error("the worker cannot start: %s", error)  # noqa: TRY400 - the sentence says what to do
            return EXIT_FAILED
        except SQLAlchemyError as error:
            log.error(  # noqa: TRY400 - its own text may hold an address
                "the worker cannot start: its database cannot be used; see that it runs and that %s names it: %s",
                FILE,
                failure_place(error),
            )
            return EXIT_FAILED
        except (OSError, ValueError) as error:
            log.error("the worker cannot start: %s", failure_place(error))  # noqa: TRY400 - it may hold an address
            return EXIT_FAILED
        try:
            return EXIT_OK if _serve(lender, serving) else EXIT_FAILED
        except _CannotServeError as error:
            log.error("the worker cannot start: %s", error)  # noqa: TRY400 - the sentence says what to do
            return EXIT_FAILED


class _CannotServeError(Exception):
    """Neither port nor certificate is a secret: the sentence says which one, and what to do."""


def _listening(host: str, port: int, option: str) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=_BACKLOG)
    except OSError as error:
        sentence = (
            f"nobody can listen at {host} port {port} ({error.strerror}): end what does, or name another {option}"
        )
        raise _CannotServeError(sentence) from None


def _serve(lender: Lender, serving: Serving) -> bool:
    keys = lender.services.keys
    keys.publish(published_roots(lender.services))
    context = _context(lender, serving.certificate)
    with (
        _listening(serving.host, serving.port, "--port") as listener,
        _listening(serving.operations_host, serving.operations_port, "--operations-port") as door,
    ):
        return _answer(lender, serving, context, listener, door)


def _answer(
    lender: Lender, serving: Serving, context: ssl.SSLContext, listener: socket.socket, door: socket.socket
) -> bool:
    metrics, readiness = Metrics(lender.services.database), Readiness(lender)
    app = create_app(lender.services)
    app.add_middleware(Measured, metrics=metrics)
    config = uvicorn.Config(
        app,
        ssl_context_factory=lambda _config, _default: context,
        access_log=False,
        log_config=None,
        lifespan="off",
        proxy_headers=False,  # network.toml names the proxies that are believed
        server_header=False,
        timeout_graceful_shutdown=serving.grace_seconds,
        timeout_keep_alive=60,
    )
    server = _Server(config, lender, readiness, serving.drain_seconds)
    operations = operations_app(readiness, metrics)
    for number in (signal.SIGINT, signal.SIGTERM):
        # The server stops gracefully at either and then raises it again, which must not cut our own end short.
        signal.signal(number, lambda _number, _frame: None)
    threading.Thread(target=_load_what_loads_slowly, name="late-loading", daemon=True).start()
    with serving_operations(operations, door):
        log.info("the worker serves")
        server.run(sockets=[listener])
    log.info("the worker ends")
    return not server.failed


def _load_what_loads_slowly() -> None:
    """What the embedded lender loads when it is first needed would here hold up whoever asks meanwhile.

    What is loaded stays for good: the garbage collector, which holds up every thread, need not walk through it.
    """
    for name in _SLOWLY:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _context(lender: Lender, certificate: Path | None) -> ssl.SSLContext:
    if certificate is None:
        return lender.services.keys.server_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(certificate)
    except (OSError, ValueError):  # among them what TLS says of a file that is no certificate
        raise _CannotServeError(
            "--certificate needs a PEM file of the chain and its key, for this user to read"
        ) from None
    return context


class _Server(LateStartServer):
    """Says that it is not ready before it takes no more."""

    def __init__(self, config: uvicorn.Config, lender: Lender, readiness: Readiness, drain_seconds: float) -> None:
        super().__init__(config, lender)
        self._readiness = readiness
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say first that no more should be sent, then take no more; told a second time, end at once."""
        if self._readiness.stopping or not self._drain_seconds:
            self._readiness.stopping = True
            super().handle_exit(sig, frame)
            return
        self._readiness.stopping = True
        draining = threading.Timer(self._drain_seconds, super().handle_exit, (sig, None))
        draining.daemon = True
        draining.start()
