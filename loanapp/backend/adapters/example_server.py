"""An example of sources behind HTTP: whatever answers the ports, such as the simulators, in front of the network.

It is what the HTTP adapters are tested against, and what an integrator may hold an own server beside.
"""

import base64
import hmac
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from loanapp.backend.adapters.ports import (
    CertificateRefusedError,
    DebitRefusedError,
    IssuedCertificate,
    OrderState,
    Receipt,
    RevocationProofs,
    SourceDownError,
    Sources,
)


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonQuestion(_Question):
    """Who is asked about; ``portrait`` is a PNG or JPEG in Base64."""

    name: str
    identity_number: str
    portrait: str | None = None


class CredentialQuestion(_Question):
    """A code of the national app's, and whose it should be."""

    code: str
    name: str
    identity_number: str


class RecordQuestion(_Question):
    """Whose record is asked for."""

    identity_number: str


class CardQuestion(_Question):
    """The four elements."""

    name: str
    identity_number: str
    card_number: str
    phone: str


class MoneyQuestion(_Question):
    """An order to move money, at most once for each key."""

    key: str = Field(min_length=1)
    card_number: str
    name: str
    amount: Decimal = Field(gt=0)


class KeyQuestion(_Question):
    """Which order is meant."""

    key: str


class DayQuestion(_Question):
    """Which day in China."""

    day: date


class CertificateQuestion(_Question):
    """A PKCS #10 request in PEM, and for whom: the name as checked, and a pseudonym."""

    request: str
    name: str
    reference: str


class RevocationQuestion(_Question):
    """Which certificate, with the authorities above it, each in PEM."""

    certificate: str
    chain: str


def example_server(sources: Sources, secret: str) -> FastAPI:
    """The server; every question needs ``secret`` as its bearer token."""
    app = FastAPI(title="Example sources", openapi_url=None)

    def known(request: Request) -> None:
        sent = request.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {secret}".encode()):
            raise HTTPException(401)

    def asked(request: Request) -> str:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise HTTPException(400)
        return key

    @app.exception_handler(SourceDownError)
    def down(_request: Request, error: Exception) -> Response:
        seconds = error.retry_after_seconds if isinstance(error, SourceDownError) else 1
        return JSONResponse({}, 503, {"Retry-After": str(seconds)})

    router = APIRouter(dependencies=[Depends(known)])
    _persons(router, sources, asked)
    _money(router, sources)
    _keys(router, sources, asked)
    _times(router, sources)
    app.include_router(router)
    return app


def _persons(router: APIRouter, sources: Sources, asked: Callable[[Request], str]) -> None:
    @router.post("/registry/confirm")
    def registry(question: PersonQuestion) -> dict[str, str]:
        portrait = None if question.portrait is None else base64.b64decode(question.portrait)
        reply = sources.registry.confirm(question.name, question.identity_number, portrait)
        return {"answer": reply.answer.value, "portrait": reply.portrait.value}

    @router.post("/screening/screen")
    def screening(question: PersonQuestion) -> dict[str, str]:
        return {"answer": sources.screening.screen(question.name, question.identity_number).value}

    @router.post("/bureau/query")
    def bureau(question: RecordQuestion, key: Annotated[str, Depends(asked)]) -> dict[str, int | None]:
        record = sources.bureau.query(key, question.identity_number)
        return {
            "overdue_count": record.overdue_count,
            "open_loans": record.open_loans,
            "score": record.score,
            "new_loans": record.new_loans,
        }

    @router.post("/social-insurance/query")
    def social_insurance(
        question: RecordQuestion, key: Annotated[str, Depends(asked)]
    ) -> dict[str, bool | int | str | None]:
        record = sources.social_insurance.query(key, question.identity_number)
        base = None if record.base is None else f"{record.base:.2f}"
        return {"months_paid": record.months_paid, "base": base, "capped": record.capped}

    @router.post("/network-identity/present")
    def network_identity(question: CredentialQuestion, key: Annotated[str, Depends(asked)]) -> dict[str, str]:
        if sources.network_identity is None:
            raise HTTPException(404)
        name, number = question.name, question.identity_number
        return {"answer": sources.network_identity.present(key, question.code, name, number).value}

    @router.post("/gateway/confirm")
    def gateway(question: CardQuestion) -> dict[str, str]:
        answer = sources.gateway.confirm(question.name, question.identity_number, question.card_number, question.phone)
        return {"answer": answer.value}


def _money(router: APIRouter, sources: Sources) -> None:
    bank = sources.bank

    @router.post("/bank/pay")
    def pay(question: MoneyQuestion) -> dict[str, str]:
        return _told(bank.pay(question.key, question.card_number, question.name, question.amount))

    @router.post("/bank/payment")
    def payment(question: KeyQuestion) -> dict[str, str]:
        found = bank.payment(question.key)
        return {"state": "none", "reference": "", "at": ""} if found is None else _told(found)

    @router.post("/bank/debit")
    def debit(question: MoneyQuestion) -> dict[str, str]:
        try:
            return _told(bank.debit(question.key, question.card_number, question.name, question.amount))
        except DebitRefusedError:
            return _told(Receipt("", "", OrderState.REFUSED))

    @router.post("/bank/statement")
    def statement(question: DayQuestion) -> dict[str, list[dict[str, str]]]:
        lines = bank.statement(question.day)
        return {"lines": [{"key": one.key, "reference": one.reference, "amount": f"{one.amount:.2f}"} for one in lines]}


def _keys(router: APIRouter, sources: Sources, asked: Callable[[Request], str]) -> None:
    authority = sources.authority

    @router.post("/authority/certify")
    def certify(question: CertificateQuestion, key: Annotated[str, Depends(asked)]) -> dict[str, str | bool]:
        try:
            issued = authority.certify(key, question.request, question.name, question.reference)
        except CertificateRefusedError:
            return {"refused": True}
        return {"certificate": issued.certificate_pem, "chain": issued.chain_pem}

    @router.post("/authority/revocation")
    def revocation(question: RevocationQuestion) -> dict[str, list[str]]:
        return _proofs(authority.revocation(IssuedCertificate(question.certificate, question.chain)))


def _times(router: APIRouter, sources: Sources) -> None:
    @router.post("/timestamps/query")
    async def query(request: Request) -> Response:
        sent = await request.body()
        reply = await run_in_threadpool(sources.timestamps.answer, sent)
        return Response(reply, media_type="application/timestamp-reply")

    @router.post("/timestamps/revocation")
    def proofs() -> dict[str, list[str]]:
        return _proofs(sources.timestamps.revocation())


def _proofs(proofs: RevocationProofs) -> dict[str, list[str]]:
    return {
        "lists": [base64.b64encode(one).decode() for one in proofs.lists],
        "responses": [base64.b64encode(one).decode() for one in proofs.responses],
    }


def _told(receipt: Receipt) -> dict[str, str]:
    return {"state": receipt.state.value, "reference": receipt.reference, "at": receipt.at}
