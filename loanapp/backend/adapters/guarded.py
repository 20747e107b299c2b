"""The ports with the lender's patience round them: every question goes through the source's own caller."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from loanapp.backend.adapters.calling import Caller
from loanapp.backend.adapters.ports import (
    Bank,
    BureauRecord,
    CardAnswer,
    CardGateway,
    CertificateAuthority,
    CredentialAnswer,
    CreditBureau,
    InsuranceRecord,
    IssuedCertificate,
    NetworkIdentity,
    Receipt,
    Registry,
    RegistryReply,
    RevocationProofs,
    Screening,
    ScreeningAnswer,
    SocialInsurance,
    SourceDownError,
    Sources,
    StatementLine,
    TimestampingAuthority,
)
from loanapp.backend.policy.sources import SourceName, SourcePolicy
from loanapp.domain.clock import Clock

if TYPE_CHECKING:
    from cryptography import x509

log = logging.getLogger(__name__)

_RETRY_SECONDS = 5


def guarded(sources: Sources, policy: SourcePolicy, clock: Clock) -> Sources:
    """The same sources, asked by the rules of ``sources.toml``; ``clock`` says whether a certificate is valid."""
    callers: Mapping[SourceName, Caller] = {name: Caller.by(rules) for name, rules in policy.rules.items()}
    network = sources.network_identity
    return Sources(
        registry=GuardedRegistry(sources.registry, callers[SourceName.REGISTRY]),
        bureau=GuardedBureau(sources.bureau, callers[SourceName.BUREAU]),
        social_insurance=GuardedSocialInsurance(sources.social_insurance, callers[SourceName.SOCIAL_INSURANCE]),
        screening=GuardedScreening(sources.screening, callers[SourceName.SCREENING]),
        gateway=GuardedCardGateway(sources.gateway, callers[SourceName.GATEWAY]),
        bank=GuardedBank(sources.bank, callers[SourceName.BANK]),
        authority=GuardedCertificateAuthority(sources.authority, callers[SourceName.AUTHORITY], clock),
        timestamps=GuardedTimestampingAuthority(sources.timestamps, callers[SourceName.TIMESTAMPS], clock),
        messages=sources.messages,  # never asked again by itself: two messages would carry two codes
        clerk=sources.clerk,
        network_identity=network and GuardedNetworkIdentity(network, callers[SourceName.NETWORK_IDENTITY]),
    )


class GuardedRegistry:
    """See :class:`loanapp.backend.adapters.ports.Registry`."""

    def __init__(self, inner: Registry, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def confirm(self, name: str, identity_number: str, portrait: bytes | None = None) -> RegistryReply:
        """See the port."""
        return self._caller.call(lambda: self._inner.confirm(name, identity_number, portrait))


class GuardedBureau:
    """See :class:`loanapp.backend.adapters.ports.CreditBureau`."""

    def __init__(self, inner: CreditBureau, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def query(self, key: str, identity_number: str) -> BureauRecord:
        """See the port."""
        return self._caller.call(lambda: self._inner.query(key, identity_number))


class GuardedSocialInsurance:
    """See :class:`loanapp.backend.adapters.ports.SocialInsurance`."""

    def __init__(self, inner: SocialInsurance, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def query(self, key: str, identity_number: str) -> InsuranceRecord:
        """See the port."""
        return self._caller.call(lambda: self._inner.query(key, identity_number))


class GuardedScreening:
    """See :class:`loanapp.backend.adapters.ports.Screening`."""

    def __init__(self, inner: Screening, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def screen(self, name: str, identity_number: str) -> ScreeningAnswer:
        """See the port."""
        return self._caller.call(lambda: self._inner.screen(name, identity_number))


class GuardedCardGateway:
    """See :class:`loanapp.backend.adapters.ports.CardGateway`."""

    def __init__(self, inner: CardGateway, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def confirm(self, name: str, identity_number: str, card_number: str, phone: str) -> CardAnswer:
        """See the port."""
        return self._caller.call(lambda: self._inner.confirm(name, identity_number, card_number, phone))


class GuardedNetworkIdentity:
    """See :class:`loanapp.backend.adapters.ports.NetworkIdentity`; only a key makes it right to present again."""

    def __init__(self, inner: NetworkIdentity, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def present(self, key: str, code: str, name: str, identity_number: str) -> CredentialAnswer:
        """See the port."""
        return self._caller.call(lambda: self._inner.present(key, code, name, identity_number))


class GuardedBank:
    """See :class:`loanapp.backend.adapters.ports.Bank`; only a key makes it right to ask for money again."""

    def __init__(self, inner: Bank, caller: Caller) -> None:
        self._inner, self._caller = inner, caller

    def pay(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """See the port."""
        return self._caller.call(lambda: self._inner.pay(key, card_number, name, amount))

    def payment(self, key: str) -> Receipt | None:
        """See the port."""
        return self._caller.call(lambda: self._inner.payment(key))

    def statement(self, day: date) -> tuple[StatementLine, ...]:
        """See the port."""
        return self._caller.call(lambda: self._inner.statement(day))

    def debit(self, key: str, card_number: str, name: str, amount: Decimal) -> Receipt:
        """See the port."""
        return self._caller.call(lambda: self._inner.debit(key, card_number, name, amount))


class GuardedCertificateAuthority:
    """See :class:`loanapp.backend.adapters.ports.CertificateAuthority`.

    A certificate nobody could sign this contract with is no answer: the fault is the authority's, never the borrower's.
    """

    def __init__(self, inner: CertificateAuthority, caller: Caller, clock: Clock) -> None:
        self._inner, self._caller, self._clock = inner, caller, clock

    @property
    def roots_pem(self) -> str:
        """See the port."""
        return self._inner.roots_pem

    @property
    def own(self) -> bool:
        """See the port."""
        return self._inner.own

    def certify(self, key: str, request_pem: str, name: str, reference: str) -> IssuedCertificate:
        """See the port; the certificate holds under the authority's roots, and the chain is whole and in order."""
        return self._caller.call(
            lambda: self._checked(request_pem, self._inner.certify(key, request_pem, name, reference))
        )

    def revocation(self, issued: IssuedCertificate) -> RevocationProofs:
        """See the port; what it says is of now and of the whole chain, and may be that it is revoked."""
        return self._caller.call(lambda: self._proving(issued, self._inner.revocation(issued)))

    def _proving(self, issued: IssuedCertificate, proofs: RevocationProofs) -> RevocationProofs:
        from loanapp.proof.authorities import load_certificates  # noqa: PLC0415 - loads slowly

        chain = load_certificates(issued.certificate_pem + issued.chain_pem)
        _require_proving(chain, self.roots_pem, proofs, self._clock.now())
        return proofs

    def _checked(self, request_pem: str, issued: IssuedCertificate) -> IssuedCertificate:
        from loanapp.proof.issued_certificate import (  # noqa: PLC0415 - loads slowly
            UnusableCertificateError,
            usable_chain,
        )

        certificate, roots, now = issued.certificate_pem, (self.roots_pem,), self._clock.now()
        try:
            chain = usable_chain(request_pem, certificate, issued.chain_pem, roots, now, own=self.own)
        except UnusableCertificateError as error:
            log.warning("the certificate authority's answer is not used: %s", error)
            raise SourceDownError(_RETRY_SECONDS) from None
        return IssuedCertificate(certificate, chain)


class GuardedTimestampingAuthority:
    """See :class:`loanapp.backend.adapters.ports.TimestampingAuthority`; a token nobody will accept is no answer."""

    def __init__(self, inner: TimestampingAuthority, caller: Caller, clock: Clock) -> None:
        self._inner, self._caller, self._clock = inner, caller, clock
        self._chain: list[x509.Certificate] = []  # of the last token: only tokens name it

    @property
    def roots_pem(self) -> str:
        """See the port."""
        return self._inner.roots_pem

    def answer(self, query: bytes) -> bytes:
        """See the port."""
        return self._caller.call(lambda: self._checked(query, self._clock.now(), self._inner.answer(query)))

    def revocation(self) -> RevocationProofs:
        """See the port; what it says is of now, and of the certificate of the last token where there was one."""
        return self._caller.call(lambda: self._proving(self._inner.revocation()))

    def _proving(self, proofs: RevocationProofs) -> RevocationProofs:
        _require_proving(self._chain, self.roots_pem, proofs, self._clock.now())
        return proofs

    def _checked(self, query: bytes, asked: datetime, reply: bytes) -> bytes:
        from loanapp.proof.issued_timestamp import (  # noqa: PLC0415 - loads slowly
            UnusableTimestampError,
            carried_chain,
            check_reply,
        )

        try:
            check_reply(query, reply, self.roots_pem, asked, self._clock.now())
        except UnusableTimestampError as error:
            log.warning("the time-stamping authority's answer is not used: %s", error)
            raise SourceDownError(_RETRY_SECONDS) from None
        self._chain = carried_chain(reply) or self._chain
        return reply


def _require_proving(
    issued: "Sequence[x509.Certificate]", roots_pem: str, proofs: RevocationProofs, now: datetime
) -> None:
    """Raise :class:`SourceDownError` for proofs that prove nothing: that is the authority's fault, nobody else's."""
    from loanapp.proof.issued_revocation import (  # noqa: PLC0415 - loads slowly
        UnusableProofsError,
        check_proofs,
        check_readable,
    )

    try:
        if issued:
            check_proofs(issued, roots_pem, proofs.lists, proofs.responses, now)
        else:
            check_readable(proofs.lists, proofs.responses)
    except UnusableProofsError as error:
        log.warning("what an authority says of revocation is not used: %s", error)
        raise SourceDownError(_RETRY_SECONDS) from None
