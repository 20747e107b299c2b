"""The contract: shown only after the guard has read it, signed on this machine, verified when it comes back.

Every step can be cut off and taken up again: the key rests in the secret store, the certificate in the draft, and the
lender's status tells whether the signed contract has arrived. A key that is lost is made anew and certified anew.
"""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from loanapp.client.answers import Certificate, CodeSent, SigningCodeSent
from loanapp.client.application import Application
from loanapp.client.errors import NotAllowedNowError
from loanapp.client.secrets import SecretName
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.status import ApplicationStatus
from loanapp.guard.contracts import Agreed, check_contract
from loanapp.guard.loans import SignedTerms
from loanapp.guard.reading import check_reading_before_signing
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.offer_acts import OfferActs
from loanapp.journey.pages import Page

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from loanapp.proof.handwriting import Handwriting
    from loanapp.proof.verification import Stage


# A signature takes seconds; with less than this left another code is asked for before the work, not after it.
_TO_HAND_IN = timedelta(seconds=30)


class SigningStep(StrEnum):
    """What happens between pressing "sign" and a contract both have signed, in this order."""

    CODE = "code"
    KEY = "key"
    CERTIFICATE = "certificate"
    SIGNATURE = "signature"
    COUNTERSIGN = "countersign"
    VERIFIED = "verified"


def _tell_nobody(_step: SigningStep) -> None:
    """Nobody watches."""


class SigningActs(OfferActs):
    """Contract, key, signature."""

    def contract_pdf(self) -> bytes:
        """The contract. Before signing: checked against offer and cost table. After: every signature verified.

        Raises :class:`GuardRefusal` with ``CONTRACT_SIGNATURE_INVALID`` or a reason of
        :func:`loanapp.guard.contracts.check_contract`.
        """

        def work() -> bytes:
            application = self._required()
            pdf = self.client.contract(application.id)
            if application.status is ApplicationStatus.SIGNING:
                self._check_prepared(pdf)
            else:
                self._verify_final(pdf)
            with self._lock:
                self.draft.contract["shown"] = f"{len(pdf)}:{sha256(pdf).hexdigest()}"
            self._save()
            return pdf

        return self._guarded(work)

    def contract_read(self) -> Page:
        """The borrower has read the contract that was shown, and goes on to sign these very bytes."""
        with self._lock:
            application = self._required()
            if application.contract is not None and self.draft.contract.get("shown"):
                self.draft.contract["read"] = application.contract.number
                self.draft.contract["read_bytes"] = self.draft.contract["shown"]
        self._save()
        return self.current_page()

    def request_signing_code(self) -> CodeSent:
        """Have a one-time code sent that authorises signing the contract that was read.

        Raises :class:`GuardRefusal` where the code would authorise another contract or other amounts.
        """

        def work() -> CodeSent:
            application, offer = self._required(), self._checked_offer()
            contract = application.contract
            with self._lock:
                self.draft.signing_challenge_id = ""  # were the answer lost, the code before would count no more
            sent = self._send_signing_code(application.id)
            if sent.code.expires_at <= self._lender_now():  # asked for long ago, and the answer was lost on the way
                sent = self._send_signing_code(application.id)
            if contract is None or sent.contract_number != contract.number:
                raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "code_for_another_contract")
            if (sent.payout, sent.total_repayment) != (offer.payout, offer.schedule.total_repayment):
                raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "code_for_other_amounts")
            with self._lock:
                self.draft.signing_challenge_id = sent.code.challenge_id
            self._save()
            return sent.code

        return self._guarded(work)

    def _send_signing_code(self, application_id: str) -> SigningCodeSent:
        return self._keyed(
            "signing_code", [application_id], lambda key: self.client.send_signing_code(application_id, key)
        )

    def confirm_signing_code(self, code: str) -> None:
        """Confirm the code; one that was confirmed and whose answer was lost on the way is not asked for again."""

        def work() -> None:
            application = self.client.application(self._application_id())
            if not self._authorised(application):
                if not self.draft.signing_challenge_id:
                    raise LoanAppError(ErrorCode.CODE_EXPIRED)
                application = self.client.confirm_signing_code(application.id, self.draft.signing_challenge_id, code)
            self._hold(application)
            with self._lock:
                self.draft.signing_challenge_id = ""
            self._save()

        self._guarded(work)

    @property
    def signing_authorised(self) -> bool:
        """Whether the lender takes the signature now without another code, as far as was last heard."""
        return self.application is not None and self._authorised(self.application)

    def _authorised(self, application: Application) -> bool:
        if application.status is not ApplicationStatus.SIGNING:
            return True  # handed in: no signature is asked for any more
        contract = application.contract
        return (
            contract is not None
            and contract.authorised_until is not None
            and contract.authorised_until > self._lender_now() + _TO_HAND_IN
        )

    def sign_contract(
        self, tell: Callable[[SigningStep], object] = _tell_nobody, handwriting: "Handwriting | None" = None
    ) -> Page:
        """Make or load the key, have it certified, sign (PAdES B-T), hand in, and verify what comes back.

        ``tell`` hears of each step when it begins, in the calling thread. ``handwriting`` is drawn into the visible
        signature; without it the name is printed there.
        Raises :class:`GuardRefusal` where the contract is not the one that was read, and :class:`LoanAppError` with
        ``SIGNING_CODE_NEEDED`` where no code was confirmed a short while ago; whatever the wire raises may be
        answered by calling again.
        """

        def work() -> Page:
            application = self.client.application(self._application_id())
            if self._hold(application):  # a program killed after handing in finds it signed
                self._save()
            if not self._authorised(application):
                raise LoanAppError(ErrorCode.SIGNING_CODE_NEEDED)
            if application.status is ApplicationStatus.SIGNING:
                application = self._sign_and_hand_in(application, tell, handwriting)
            page = self._arrived(application)
            tell(SigningStep.VERIFIED)
            self._verify_if_signed(application)
            return page

        return self._guarded(work)

    # Inside

    def _signed_terms(self, application: Application) -> SignedTerms:
        """What the verified contract says; fetched and verified where this machine does not hold it yet."""
        if application.contract is None or not application.contract.signed:
            raise NotAllowedNowError
        for _attempt in range(2):
            with self._lock:
                kept = dict(self.draft.contract)
            if kept.get("verified") == application.contract.sha256 and "terms" in kept:
                with contextlib.suppress(ValueError):
                    return SignedTerms.from_text(kept["terms"])
            self._verify_final(self.client.contract(application.id))
        raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "facts")

    def _agreed(self, application: Application) -> Agreed:
        if application.contract is None or application.bank_card is None:
            raise NotAllowedNowError
        own = self._own(application)  # on another machine only the lender knows what was chosen
        table = self._checked_disclosure()
        check_reading_before_signing(
            table.sha256,
            self.draft.contract.get("table"),
            confirmed=application.disclosure_confirmed,
            begun_here=bool(own),
        )
        return Agreed(
            offer=self._checked_offer(),
            disclosure_sha256=table.sha256,
            contract_number=application.contract.number,
            licence=self._profile().licence,
            purpose=own.get("purpose", application.purpose.value),
            card_last4=own.get("card_last4", application.bank_card.last4),
            free_return_hours=self._promised_hours(application),
        )

    def _promised_hours(self, application: Application) -> int:
        """What the lender promises of the product elsewhere; nothing where it offers that product no more."""
        found = (one.free_return_hours for one in self._profile().products if one.id == application.product_id)
        return next(found, 0)

    def _check_prepared(self, pdf: bytes) -> None:
        application = self._required()
        check_contract(pdf, self._agreed(application), self._now().astimezone(CHINA).date())

    def _sign_and_hand_in(
        self, application: Application, tell: Callable[[SigningStep], object], handwriting: "Handwriting | None"
    ) -> Application:
        from loanapp.proof.verification import Stage  # noqa: PLC0415  (pyHanko: never before the first paint)

        prepared = self.client.contract(application.id)
        if f"{len(prepared)}:{sha256(prepared).hexdigest()}" != self.draft.contract.get("read_bytes"):
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "not_as_read")
        self._check_prepared(prepared)
        signed = self._sign(application.id, prepared, tell, handwriting)
        self._verify(signed, Stage.BORROWER_SIGNED, prepared)
        with self._lock:
            # The answer to an earlier attempt may still be on its way: the lender may hold any of those handed in.
            marks = [
                *self.draft.contract.get("signed_bytes", "").split(),
                f"{len(signed)}:{sha256(signed).hexdigest()}",
            ]
            self.draft.contract["signed_bytes"] = " ".join(marks)
        self._save()
        tell(SigningStep.COUNTERSIGN)
        try:
            return self.client.put_signed_contract(application.id, signed)
        except NotAllowedNowError:
            # The answer to an earlier attempt may have been lost on the way: the lender's status decides.
            now = self.client.application(application.id)
            if now.status is ApplicationStatus.SIGNING:
                raise
            return now

    def _sign(
        self,
        application_id: str,
        prepared: bytes,
        tell: Callable[[SigningStep], object],
        handwriting: "Handwriting | None",
    ) -> bytes:
        from cryptography.x509.oid import NameOID  # noqa: PLC0415  (pyHanko and x509: never before the first paint)

        from loanapp.proof.authorities import load_certificates  # noqa: PLC0415
        from loanapp.proof.pdf_signature import SigningError, sign_as_borrower  # noqa: PLC0415
        from loanapp.proof.signature_appearance import borrower_words  # noqa: PLC0415
        from loanapp.proof.timestamp import RemoteTimestamper  # noqa: PLC0415

        key, certified = self._certified_key(application_id, tell)
        tell(SigningStep.SIGNATURE)
        certificate = load_certificates(certified.certificate_pem)[0]
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        now = self._now()
        name, simulated = str(names[0].value) if names else "", self._required().simulated
        words = borrower_words(name, now, simulated=simulated, handwriting=handwriting)
        try:
            return sign_as_borrower(
                prepared,
                key,
                certificate,
                load_certificates(certified.chain_pem),
                RemoteTimestamper(self.client.timestamp),
                now=now,
                words=words,
            )
        except SigningError:
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "not_signable") from None

    def _certified_key(
        self, application_id: str, tell: Callable[[SigningStep], object]
    ) -> "tuple[EllipticCurvePrivateKey, Certificate]":
        """The key of this machine and its certificate; either is made anew where it is missing or does not belong."""
        from loanapp.proof.authorities import load_certificates  # noqa: PLC0415  (x509: never before the first paint)
        from loanapp.proof.keys import (  # noqa: PLC0415
            UnusableKeyError,
            load_contract_key,
            new_signing_key,
            private_key_pem,
        )

        tell(SigningStep.KEY)
        store = self._open()
        kept = store.read(SecretName.SIGNING_KEY)
        try:
            key = load_contract_key(kept.encode()) if kept is not None else None
        except UnusableKeyError:
            key = None
        if key is None:
            key = new_signing_key()
            store.write(SecretName.SIGNING_KEY, private_key_pem(key).decode())
        tell(SigningStep.CERTIFICATE)
        held = self.draft.certificate
        if held.get("application_id") == application_id:
            certified = Certificate(held["certificate_pem"], held["chain_pem"])
            if load_certificates(certified.certificate_pem)[0].public_key() == key.public_key():
                return key, certified
        request = self._request_for(key)
        certified = self._keyed(
            "certify",
            [application_id, request],
            lambda act_key: self.client.certify(application_id, request, act_key),
        )
        if load_certificates(certified.certificate_pem)[0].public_key() != key.public_key():
            raise GuardRefusal(ErrorCode.GUARD_SIGNATURE_INVALID, "certificate")
        with self._lock:
            self.draft.certificate = {
                "request": request,
                "application_id": application_id,
                "certificate_pem": certified.certificate_pem,
                "chain_pem": certified.chain_pem,
            }
        self._save()
        return key, certified

    def _request_for(self, key: "EllipticCurvePrivateKey") -> str:
        """The one request for this key: two requests differ in their signatures, and a repeated act must not."""
        from cryptography import x509  # noqa: PLC0415  (never before the first paint)

        from loanapp.proof.keys import certificate_request  # noqa: PLC0415

        kept = self.draft.certificate.get("request")
        if kept and x509.load_pem_x509_csr(kept.encode()).public_key() == key.public_key():
            return kept
        request = certificate_request(key, "LoanApp")  # the authority names the signer, not the request
        with self._lock:
            self.draft.certificate = {"request": request}
        self._save()
        return request

    def _verify_if_signed(self, application: Application) -> None:
        """Once both have signed, fetch and verify the final contract; done once for each contract."""
        contract = application.contract
        if contract is None or not contract.signed or self.draft.contract.get("verified") == contract.sha256:
            return
        self._verify_final(self.client.contract(application.id))

    def _verify_final(self, pdf: bytes) -> None:
        from loanapp.proof.verification import Stage  # noqa: PLC0415  (pyHanko: never before the first paint)

        contract = self._required().contract
        if contract is None:
            raise NotAllowedNowError
        for mark in ("read_bytes", "signed_bytes"):
            if not _starts_as(pdf, self.draft.contract.get(mark)):
                raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, mark)
        if contract.signed and sha256(pdf).hexdigest() != contract.sha256:
            raise GuardRefusal(ErrorCode.GUARD_CONTRACT_DIFFERS, "sha256")
        self._verify(pdf, Stage.COMPLETE if contract.signed else Stage.BORROWER_SIGNED)
        if contract.signed:
            terms = SignedTerms.of_contract(pdf)
            with self._lock:
                self.draft.contract.update(verified=contract.sha256, terms=terms.to_text())
            self._save()

    def _verify(self, pdf: bytes, stage: "Stage", must_start_with: bytes | None = None) -> None:
        from loanapp.proof.verification import verify_contract  # noqa: PLC0415  (see _verify_final)

        roots = self.client.endpoint().contract_roots
        report = verify_contract(pdf, roots, stage=stage, must_start_with=must_start_with, at=self._now())
        if not report.valid:
            problem = report.first_problem.value if report.first_problem is not None else "unknown"
            raise GuardRefusal(ErrorCode.CONTRACT_SIGNATURE_INVALID, problem)


def _starts_as(pdf: bytes, marks: str | None) -> bool:
    """Whether ``pdf`` begins with bytes marked as ``length:sha256``, any of them; nothing marked asks for nothing."""
    if not marks:
        return True
    return any(
        len(pdf) >= int(length) and sha256(pdf[: int(length)]).hexdigest() == digest
        for length, digest in (mark.split(":") for mark in marks.split())
    )
