"""What a worker counts for its operators: of requests, of loans that wait, of the one writer's turn; of nobody.

A label is a route as it is declared, a method, a status or a word of the domain: never what somebody sent.
"""

import logging
import time
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loanapp.backend.http.middleware import failure_place
from loanapp.backend.served.logs import access_log
from loanapp.backend.store.database import Database
from loanapp.backend.store.tables import Application, LedgerHead, LedgerRow
from loanapp.domain.status import ApplicationStatus

log = logging.getLogger(__name__)

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_UNMATCHED: Final = "unmatched"
# Each is found by the index on the status, however many loans there ever were.
_WAITING: Final = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.VERIFYING,
    ApplicationStatus.IN_REVIEW,
    ApplicationStatus.SIGNED,
    ApplicationStatus.DISBURSING,
)


class Metrics:
    """One worker's counts."""

    def __init__(self, database: Database) -> None:
        self.registry: Final = CollectorRegistry()
        by_route = ("method", "route")
        self.requests: Final = Counter(
            "loanapp_requests", "Answers given", (*by_route, "status"), registry=self.registry
        )
        self.seconds: Final = Histogram(
            "loanapp_request_seconds",
            "From a request to its answer",
            by_route,
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.under_way: Final = Gauge("loanapp_requests_under_way", "Not answered yet", registry=self.registry)
        self.turn: Final = Histogram(
            "loanapp_writer_turn_seconds",
            "Waited for the database's one turn to write",
            buckets=_SECONDS,
            registry=self.registry,
        )
        database.waited = self.turn.observe
        self.registry.register(_Stored(database))


class _Stored(Collector):
    """What the database says at the moment it is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self) -> list[Metric]:
        """Nothing is looked up while this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Applications at the statuses in which the lender has something to do, and the ledger's length.

        While the database does not answer there is nothing of it; what the worker itself counts is told all the same.
        """
        try:
            found, entries, covered = self._looked_up()
        except SQLAlchemyError as error:
            log.warning("nothing of the database is measured: %s", failure_place(error))
            return
        waiting = GaugeMetricFamily("loanapp_applications_waiting", "Where the lender has to act", labels=("status",))
        for status in _WAITING:
            waiting.add_metric([status.value], found.get(status, 0))
        yield waiting
        yield GaugeMetricFamily("loanapp_ledger_entries", "Entries of the ledger", value=entries)
        yield GaugeMetricFamily(
            "loanapp_ledger_uncovered", "Entries no signed head covers yet", value=entries - covered
        )

    def _looked_up(self) -> tuple[dict[ApplicationStatus, int], int, int]:
        with self._database.read() as session:
            counted = select(Application.status, func.count()).where(Application.status.in_(_WAITING))
            found = {status: count for status, count in session.execute(counted.group_by(Application.status))}  # noqa: C416 - rows are no pairs
            entries = session.scalar(select(func.max(LedgerRow.no))) or 0
            covered = session.scalar(select(func.max(LedgerHead.size))) or 0
        return found, entries, covered


class Measured:
    """Counts and logs every answer by its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request and note what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 0, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.under_way.track_inprogress():
            await self._app(scope, receive, watched)
        took = time.perf_counter() - started
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", _UNMATCHED)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(took)
        access_log(method, route, status, took)
