"""A bare FastAPI endpoint over the rows the lender has, and nothing else: no check, no rule, no seal, no signature.

``python -m tests.benchmarks.bare_endpoint DATA PORT ROWS`` serves it over the same TLS, on the same kind of file.
``ROWS``: ``whole`` for one that also reads what the lender must read (who sends, what came before, what an answer is
made of), each row asked for as anybody would; ``writing`` for one that only writes. A caller is ``Bearer 0`` to ``15``.
"""

import itertools
import secrets
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import insert, select, update

from loanapp.backend.auth.tables import Device, RequestNonce
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.lifecycle.lender_keys import LenderKeys
from loanapp.backend.store.database import Database
from loanapp.backend.store.tables import (
    AccessSession,
    Application,
    ApplicationEvent,
    Base,
    Borrower,
    BranchAppointment,
    Check,
    ConsentRecord,
    ContractRecord,
    Counter,
    DeletionReceipt,
    IdempotencyRecord,
    LedgerRow,
    Loan,
    RetryWait,
)
from loanapp.domain.clock import SystemClock
from loanapp.domain.status import ApplicationStatus

_CALLERS = 16
_AROUND = (BranchAppointment, ConsentRecord, Check, ContractRecord, Loan, DeletionReceipt)
_NOT_LIVE = (ApplicationStatus.WITHDRAWN, ApplicationStatus.ACTIVE)


class Terms(BaseModel):
    product_id: str
    amount: str
    months: int
    method: str
    purpose: str


class Rows:
    """What both endpoints do with the database; ``whole`` reads too."""

    def __init__(self, database, *, whole):
        self.database, self.whole = database, whole
        self._numbers = itertools.count(1)

    def sender(self, request):
        token = request.headers["Authorization"].partition(" ")[2]
        if self.whole:
            with self.database.read() as session:
                return session.get(Device, session.get(AccessSession, token).device_id).borrower_id
        return token

    def number(self, session, owner, now):
        """Of a new application, once nothing of this borrower's is under way."""
        if not self.whole:
            return str(uuid.uuid4())
        mine = select(Application).where(Application.borrower_id == owner, Application.status.not_in(_NOT_LIVE))
        assert session.scalars(mine).first() is None
        session.scalars(select(RetryWait).where(RetryWait.person == owner)).first()
        counter = session.get(Counter, ("application", now.date()))
        if counter is None:
            counter = Counter(name="application", day=now.date(), value=0)
            session.add(counter)
        counter.value += 1
        return str(counter.value)

    def end(self, session, one):
        if self.whole:
            session.get(Application, one).status = ApplicationStatus.WITHDRAWN
            session.flush()
        else:
            session.execute(update(Application).where(Application.id == one).values(status=ApplicationStatus.WITHDRAWN))

    def around(self, session, request, owner, one, status):
        """The rows beside an act, and its answer."""
        key = request.headers.get("Idempotency-Key", secrets.token_hex(16))
        now, digest = datetime.now(UTC), secrets.token_hex(32)
        session.execute(insert(RequestNonce).values(key_sha256=digest, nonce=digest, at=now))
        if self.whole:
            assert session.get(IdempotencyRecord, (owner, key)) is None
            session.scalars(select(LedgerRow).order_by(LedgerRow.no.desc()).limit(1)).first()
        session.execute(insert(ApplicationEvent).values(application_id=one, status=status, at=now))
        chain = {"commitment": digest, "previous_sha256": digest, "leaf_sha256": digest, "salt": b"s" * 32}
        entry = {"no": next(self._numbers), "at": now, "kind": "status", "application_id": one, "actor": "borrower"}
        session.execute(insert(LedgerRow).values(**entry, **chain, detail={"status": "x"}, act="status", data=[]))
        answer = self._shown(session, owner, one) if self.whole else {"id": one}
        record = {"key": key, "fingerprint": digest, "status": 200, "body_sealed": b"s" * 3000, "created_at": now}
        session.execute(insert(IdempotencyRecord).values(borrower_id=owner, **record))
        return answer

    @staticmethod
    def _shown(session, owner, one):
        """What an answer is made of, and as many bytes."""
        borrower, row = session.get(Borrower, owner), session.get(Application, one)
        others = select(Application.updated_at).where(Application.borrower_id == owner, Application.id != one)
        before = session.scalars(others.order_by(Application.updated_at.desc()).limit(1)).first()
        for kind in _AROUND:
            session.scalars(select(kind).where(kind.application_id == one)).first()
        events = session.scalars(select(ApplicationEvent).where(ApplicationEvent.application_id == one)).all()
        return {
            "id": one,
            "status": row.status,
            "failures": borrower.face_failures,
            "timeline": [{"status": event.status, "at": event.at.isoformat()} for event in events],
            "before": None if before is None else before.isoformat(),
            "more": "m" * 1500,
        }


def make_app(rows):
    app = FastAPI()

    @app.post("/v1/applications", status_code=201)
    def create(body: Terms, request: Request):
        owner, one, now = rows.sender(request), str(uuid.uuid4()), datetime.now(UTC)
        with rows.database.write() as session:
            terms = {"product_id": body.product_id, "amount": 1000, "months": body.months, "method": body.method}
            made = {"created_at": now, "updated_at": now, "purpose": body.purpose, "status": ApplicationStatus.DRAFT}
            number = rows.number(session, owner, now)
            session.add(Application(id=one, number=number, borrower_id=owner, **terms, **made))
            session.flush()
            return rows.around(session, request, owner, one, ApplicationStatus.DRAFT)

    @app.post("/v1/applications/{one}/withdraw")
    def withdraw(one: str, request: Request):
        owner = rows.sender(request)
        with rows.database.write() as session:
            rows.end(session, one)
            return rows.around(session, request, owner, one, ApplicationStatus.WITHDRAWN)

    return app


def fill(database):
    Base.metadata.create_all(database.write_engine)
    now = datetime.now(UTC)
    later = now + timedelta(hours=1)
    with database.write() as session:
        for one in map(str, range(_CALLERS)):
            session.add(Borrower(id=one, phone_index=one, phone_sealed=b"", created_at=now))
            session.flush()
            device = {"id": one, "borrower_id": one, "public_key": "k" * 124, "key_sha256": one, "system": "linux"}
            session.add(Device(**device, signed_in_at=now, used_at=now, expires_at=later))
            access = {"token_sha256": one, "borrower_id": one, "device_id": one}
            session.add(AccessSession(**access, created_at=now, expires_at=later))


def main():
    folder = LenderFolder.made(Path(sys.argv[1]))
    database, keys = Database(folder.root / "bare.sqlite"), LenderKeys(folder, "bare", SystemClock())
    fill(database)
    keys.publish({"transport_root": keys.transport_root.certificate_pem})
    uvicorn.run(
        make_app(Rows(database, whole=sys.argv[3] == "whole")),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        ssl_context_factory=lambda _config, _default: keys.server_context(),
        access_log=False,
        log_config=None,
    )


if __name__ == "__main__":
    main()
