"""A bare FastAPI endpoint that writes the rows the lender writes, and nothing else: no check, no seal, no signature.

``python -m tests.benchmarks.bare_endpoint DATA PORT`` serves it over the same TLS, on the same kind of file.
"""

import secrets
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import insert, update

from loanapp.backend.auth.tables import RequestNonce
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.lifecycle.lender_keys import LenderKeys
from loanapp.backend.store.database import Database
from loanapp.backend.store.tables import Application, ApplicationEvent, Base, Borrower, IdempotencyRecord, LedgerRow
from loanapp.domain.clock import SystemClock
from loanapp.domain.status import ApplicationStatus


class Terms(BaseModel):
    product_id: str
    amount: str
    months: int
    method: str
    purpose: str


def make_app(database):
    app, numbers = FastAPI(), iter(range(1, 10**9))

    def around(session, application_id, status):
        now, digest = datetime.now(UTC), secrets.token_hex(32)
        session.execute(insert(RequestNonce).values(key_sha256=digest, nonce=digest, at=now))
        session.execute(insert(ApplicationEvent).values(application_id=application_id, status=status, at=now))
        entry = {"no": next(numbers), "at": now, "kind": "status", "commitment": digest, "previous_sha256": digest}
        more = {"leaf_sha256": digest, "salt": b"s" * 32, "application_id": application_id, "detail": {"status": "x"}}
        session.execute(insert(LedgerRow).values(**entry, **more, actor="borrower", act="status", data=[]))
        record = {"key": digest, "fingerprint": digest, "status": 200, "body_sealed": b"s" * 3000, "created_at": now}
        session.execute(insert(IdempotencyRecord).values(borrower_id="b", **record))

    @app.post("/v1/applications", status_code=201)
    def create(body: Terms):
        one, now = str(uuid.uuid4()), datetime.now(UTC)
        with database.write() as session:
            row = Application(id=one, number=one, borrower_id="b", created_at=now, updated_at=now)
            row.status, row.product_id, row.amount, row.months = (
                ApplicationStatus.DRAFT,
                body.product_id,
                1000,
                body.months,
            )
            row.method, row.purpose = body.method, body.purpose
            session.add(row)
            session.flush()
            around(session, one, ApplicationStatus.DRAFT)
        return {"id": one}

    @app.post("/v1/applications/{one}/withdraw")
    def withdraw(one: str):
        with database.write() as session:
            session.execute(update(Application).where(Application.id == one).values(status=ApplicationStatus.WITHDRAWN))
            around(session, one, ApplicationStatus.WITHDRAWN)
        return {"id": one}

    return app


def main():
    folder = LenderFolder.made(Path(sys.argv[1]))
    database, keys = Database(folder.root / "bare.sqlite"), LenderKeys(folder, "bare", SystemClock())
    Base.metadata.create_all(database.write_engine)
    with database.write() as session:
        session.add(Borrower(id="b", phone_index="b", phone_sealed=b"", created_at=datetime.now(UTC)))
    keys.publish({"transport_root": keys.transport_root.certificate_pem})
    uvicorn.run(
        make_app(database),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        ssl_context_factory=lambda _config, _default: keys.server_context(),
        access_log=False,
        log_config=None,
    )


if __name__ == "__main__":
    main()
