"""The door for operators: is the worker alive, is it ready, and its metrics; a port of its own, on loopback as a rule.

* ``/health/live``: 200 while the process answers. Whoever gets none restarts it.
* ``/health/ready``: 200 while it may be sent requests; 503 with the first reason else. The balancer asks this.
* ``/metrics``: Prometheus' text.
"""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from loanapp.backend.http.middleware import failure_place
from loanapp.backend.lifecycle.assembly import Lender
from loanapp.backend.served.metrics import Metrics

log = logging.getLogger(__name__)

_ENDING_SECONDS: Final = 5


class Readiness:
    """Whether a worker may be sent requests."""

    def __init__(self, lender: Lender) -> None:
        self._lender = lender
        self.stopping = False

    def reason_against(self) -> str | None:
        """The first thing that keeps it from working, or ``None``."""
        if self.stopping:
            return "stopping"
        if not self._lender.origination.running:
            return "workflow_starting"
        try:
            with self._lender.services.database.read() as session:
                session.execute(text("SELECT 1"))
            self._lender.services.vault.holds("", "")
        except SQLAlchemyError as error:
            log.warning("not ready: %s", failure_place(error))
            return "database"
        return None


def operations_app(readiness: Readiness, metrics: Metrics) -> Starlette:
    """The door's three paths."""

    def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    def ready(_request: Request) -> Response:
        reason = readiness.reason_against()
        if reason is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not_ready", "reason": reason}, 503)

    def measured(_request: Request) -> Response:
        return PlainTextResponse(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    paths = {"/health/live": live, "/health/ready": ready, "/metrics": measured}
    return Starlette(routes=[Route(path, answer) for path, answer in paths.items()])


@contextmanager
def serving_operations(app: Starlette, listener: socket.socket) -> Iterator[str]:
    """Serve the door from a thread over a socket that listens; its address."""
    config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="operations", daemon=True)
    thread.start()
    try:
        host, port = listener.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(_ENDING_SECONDS)
