"""The ports over HTTPS and JSON: an example to replace the simulators by (docs/adapters.md).

The wire is this program's own and stands in :mod:`loanapp.backend.adapters.example_server`; a real source has another,
and its adapter translates here what it says into the words of the ports. What cannot be translated is no answer.
"""

import base64
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from loanapp.backend.adapters.http_line import HttpLine
from loanapp.backend.adapters.ports import (
    BureauRecord,
    CardAnswer,
    CertificateRefusedError,
    CredentialAnswer,
    DebitRefusedError,
    InsuranceRecord,
    IssuedCertificate,
    OrderState,
    PortraitAnswer,
    Receipt,
    RegistryAnswer,
    RegistryReply,
    RevocationProofs,
    ScreeningAnswer,
    SourceDownError,
    StatementLine,
)

Answer = TypeVar("Answer")
_RETRY_SECONDS: Final = 5
_MOST_SCORE: Final = 1000


def _read(found: dict[str, Any], reading: Callable[[dict[str, Any]], Answer]) -> Answer:
    """What an answer means; one that means nothing is no answer."""
    try:
        return reading(found)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise SourceDownError(_RETRY_SECONDS) from None


class HttpRegistry:
    """See :class:`loanapp.backend.adapters.ports.Registry`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def confirm(self, name: str, identity_number: str, portrait: bytes | None = None) -> RegistryReply:
        """See the port."""
        question: dict[str, object] = {"name": name, "identity_number": identity_number}
        if portrait is not None:
            question["portrait"] = base64.b64encode(portrait).decode()
        found = self._line.ask("/registry/confirm", question)
        return _read(found, lambda it: RegistryReply(RegistryAnswer(it["answer"]), PortraitAnswer(it["portrait"])))


class HttpBureau:
    """See :class:`loanapp.backend.adapters.ports.CreditBureau`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def query(self, key: str, identity_number: str) -> BureauRecord:
        """See the port."""
        return _read(self._line.ask("/bureau/query", {"identity_number": identity_number}, key=key), _record)


def _record(found: dict[str, Any]) -> BureauRecord:
    score = found["score"]
    return BureauRecord(
        _count(found["overdue_count"]),
        _count(found["open_loans"]),
        None if score is None else _count(score, _MOST_SCORE),
        _count(found["new_loans"]),
    )


def _count(value: object, most: int = 10_000) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("no count")
    return value


class HttpSocialInsurance:
    """See :class:`loanapp.backend.adapters.ports.SocialInsurance`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def query(self, key: str, identity_number: str) -> InsuranceRecord:
        """See the port."""
        found = self._line.ask("/social-insurance/query", {"identity_number": identity_number}, key=key)
        return _read(found, _insurance)


def _insurance(found: dict[str, Any]) -> InsuranceRecord:
    base, capped = found["base"], found["capped"]
    if type(capped) is not bool:
        raise ValueError("no yes or no")
    return InsuranceRecord(_count(found["months_paid"]), None if base is None else Decimal(_text(base)), capped)


class HttpScreening:
    """See :class:`loanapp.backend.adapters.ports.Screening`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def screen(self, name: str, identity_number: str) -> ScreeningAnswer:
        """See the port."""
        found = self._line.ask("/screening/screen", {"name": name, "identity_number": identity_number})
        return _read(found, lambda it: ScreeningAnswer(it["answer"]))


class HttpCardGateway:
    """See :class:`loanapp.backend.adapters.ports.CardGateway`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def confirm(self, name: str, identity_number: str, card_number: str, phone: str) -> CardAnswer:
        """See the port."""
        question = {"name": name, "identity_number": identity_number, "card_number": card_number, "phone": phone}
        return _read(self._line.ask("/gateway/confirm", question), lambda it: CardAnswer(it["answer"]))


class HttpNetworkIdentity:
    """See :class:`loanapp.backend.adapters.ports.NetworkIdentity`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def present(self, key: str, code: str, name: str, identity_number: str) -> CredentialAnswer:
        """See the port."""
        question = {"code": code, "name": name, "identity_number": identity_number}
        found = self._line.ask("/network-identity/present", question, key=key)
        return _read(found, lambda it: CredentialAnswer(it["answer"]))


class HttpBank:
    """See :class:`loanapp.backend.adapters.ports.Bank`."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """See the port."""
        question = {"key": key, "card_number": card_number, "name": name, "amount": f"{amount:.2f}"}
        return _read(self._line.ask("/bank/pay", question, key=key), _receipt)

    def payment(self, key: str) -> Receipt | None:
        """See the port."""
        found = self._line.ask("/bank/payment", {"key": key})
        return _read(found, lambda it: None if it["state"] == "none" else _receipt(it))

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        """See the port."""
        return _read(self._line.ask("/bank/statement", {"day": day.isoformat()}), _lines)

    def debit(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """See the port."""
        question = {"key": key, "card_number": card_number, "name": name, "amount": f"{amount:.2f}"}
        receipt = _read(self._line.ask("/bank/debit", question, key=key), _receipt)
        if receipt.state is OrderState.REFUSED:
            raise DebitRefusedError
        return receipt


def _receipt(found: dict[str, Any]) -> Receipt:
    state, reference, at = OrderState(found["state"]), found["reference"], found["at"]
    if state is OrderState.PAID and (not reference or datetime.fromisoformat(at).tzinfo is None):
        raise ValueError("a payment has a reference and a time with its zone")
    return Receipt(str(reference), str(at), state)


def _lines(found: dict[str, Any]) -> tuple[StatementLine, ...]:
    return tuple(
        StatementLine(str(one["key"]), str(one["reference"]), Decimal(one["amount"])) for one in found["lines"]
    )


class HttpCertificateAuthority:
    """See :class:`loanapp.backend.adapters.ports.CertificateAuthority`; ``roots_pem`` is what its chains lead to."""

    own: Final = False

    def __init__(self, line: HttpLine, roots_pem: str) -> None:
        self._line = line
        self.roots_pem: Final = roots_pem

    def certify(self, key: str, request_pem: str, name: str, reference: str) -> IssuedCertificate:
        """See the port: a PKCS #10 request goes out, a certificate and its chain come back, all of it PEM."""
        question = {"request": request_pem, "name": name, "reference": reference}
        found = self._line.ask("/authority/certify", question, key=key)
        if found.get("refused") is True:
            raise CertificateRefusedError
        return _read(found, lambda it: IssuedCertificate(_text(it["certificate"]), _text(it["chain"])))

    def revocation(self, issued: IssuedCertificate) -> RevocationProofs:
        """See the port."""
        question = {"certificate": issued.certificate_pem, "chain": issued.chain_pem}
        found = self._line.ask("/authority/revocation", question)
        return _read(found, lambda it: RevocationProofs(_binary(it["lists"]), _binary(it["responses"])))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _binary(values: object) -> tuple[bytes, ...]:
    if not isinstance(values, list):
        raise TypeError("no list")
    return tuple(base64.b64decode(_text(one), validate=True) for one in values)


class HttpTimestampingAuthority:
    """See :class:`loanapp.backend.adapters.ports.TimestampingAuthority`: RFC 3161 over HTTP (its section 3.4)."""

    def __init__(self, line: HttpLine, roots_pem: str) -> None:
        self._line = line
        self.roots_pem: Final = roots_pem

    def answer(self, query: bytes) -> bytes:
        """See the port."""
        return self._line.send("/timestamps/query", query, "application/timestamp-query")

    def revocation(self) -> RevocationProofs:
        """See the port."""
        found = self._line.ask("/timestamps/revocation", {})
        return _read(found, lambda it: RevocationProofs(_binary(it["lists"]), _binary(it["responses"])))
