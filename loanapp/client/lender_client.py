"""The lender's API as typed calls; each raises one of :mod:`loanapp.client.errors` or a ``GuardRefusal``."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from loanapp.client.account_calls import AccountCalls
from loanapp.client.answers import (
    Application,
    BankCard,
    Branch,
    Certificate,
    ConsentReceipt,
    CostDisclosure,
    DemonstrationIdentityNote,
    DocumentReading,
    LenderProfile,
    Loan,
    SigningCodeSent,
    Verdict,
    read_challenge,
)
from loanapp.client.corrections import Corrections
from loanapp.client.data_uses import HistoryPage
from loanapp.client.errors import InputRejectedError, LenderRefusedError
from loanapp.client.lender_wire import HEAVY_READ_TIMEOUT_S, path_of, segment, written
from loanapp.client.offer_answers import read_disclosure
from loanapp.client.reading import JsonObject
from loanapp.client.rights import RightRequest
from loanapp.client.support_queue import Ticket
from loanapp.client.transport import MEBIBYTE, Call
from loanapp.client.wishes import AttemptWishes, TermsWanted
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode
from loanapp.domain.hardship import HardshipReason
from loanapp.domain.liveness import Challenge
from loanapp.domain.loan_account import Repayment
from loanapp.domain.money import wire
from loanapp.domain.rights import RightKind
from loanapp.guard.signatures import check_signed

Side = Literal["front", "back"]

# What the API takes for one sealed photo; the envelope adds 48 bytes.
PHOTO_LIMIT: Final = 20 * MEBIBYTE - 1024
EVIDENCE_LIMIT: Final = 3_000_000
_PDF_LIMIT: Final = 20 * MEBIBYTE
_COPY_LIMIT: Final = 256 * MEBIBYTE  # the photos of every application


class LenderClient(AccountCalls):
    """One lender's API. Thread-safe; blocking: call it in a worker. Import costs nothing heavy, the first call does."""

    # Without signing in

    def lender(self) -> LenderProfile:
        """The lender's description of itself."""
        return self._get("/v1/lender", LenderProfile.read)

    def demonstration_identities(self) -> tuple[DemonstrationIdentityNote, ...]:
        """The test people of a demonstration lender; any other lender has none."""
        try:
            return self._get(
                "/v1/demonstration/identities",
                lambda answer: answer.objects("identities", DemonstrationIdentityNote.read),
            )
        except LenderRefusedError as error:
            if error.code is ErrorCode.NOT_FOUND:
                return ()
            raise

    def put_support_ticket(self, ticket_id: str, text: str) -> Ticket:
        """Ask support, signed in or not; the same id asks once."""
        return self._send("PUT", f"/v1/support-tickets/{segment(ticket_id)}", {"text": text}, Ticket.read)

    def upload_trial(self, data: bytes) -> None:
        """Send bytes that the lender forgets at once, at most 256 KiB."""
        self._put_raw("/v1/upload-trial", data)

    # The application

    def applications(self) -> tuple[Application, ...]:
        """All applications of the borrower."""
        return self._get("/v1/applications", lambda answer: answer.objects("applications", Application.read))

    def application(self, application_id: str) -> Application:
        """One application."""
        return self._get(path_of(application_id), Application.read)

    def create_application(self, terms: TermsWanted, key: str) -> Application:
        """Begin an application."""
        return self._send("POST", "/v1/applications", terms.body(), Application.read, key)

    def set_terms(self, application_id: str, terms: TermsWanted) -> Application:
        """Change amount, term or purpose of a draft."""
        return self._send("PUT", path_of(application_id, "terms"), terms.body(), Application.read)

    def put_document(
        self, application_id: str, side: Side, image: bytes, vault_public_key: bytes
    ) -> tuple[DocumentReading, Application]:
        """Send a photo of one side, sealed to the vault; the answer is what was read."""
        if len(image) > PHOTO_LIMIT:
            raise InputRejectedError(
                ErrorCode.PHOTO_TOO_LARGE, {side: ErrorCode.PHOTO_TOO_LARGE}, limit_mb=PHOTO_LIMIT // MEBIBYTE + 1
            )
        answer = self._upload(
            path_of(application_id, "document", side),
            image,
            vault_public_key,
            f"loanapp/document/v1|{application_id}|{side}",
        )
        return DocumentReading.read(answer), Application.read(answer.inner("application"))

    def set_identity(self, application_id: str, fields: Mapping[str, str]) -> Application:
        """Confirm or correct what was read."""
        return self._send("PUT", path_of(application_id, "identity"), dict(fields), Application.read)

    def set_profile(
        self, application_id: str, employment: str, monthly_income: Decimal, monthly_debt: Decimal
    ) -> Application:
        """Tell work, income and debts."""
        body: dict[str, object] = {
            "employment": employment,
            "monthly_income": wire(monthly_income),
            "monthly_debt": wire(monthly_debt),
        }
        return self._send("PUT", path_of(application_id, "profile"), body, Application.read)

    def record_consent(
        self,
        application_id: str,
        scope: ConsentScope,
        *,
        granted: bool,
        text_version: str,
        text_sha256: str,
        language: str,
        key: str,
        message_public_key: bytes,
    ) -> ConsentReceipt:
        """Record one authorisation given or refused; the receipt's signature and content are checked.

        So are those of the receipt of a deletion inside it, which has to stand without the one around it.
        """
        body: dict[str, object] = {
            "scope": scope.value,
            "granted": granted,
            "text_version": text_version,
            "text_sha256": text_sha256,
            "language": language,
        }

        def read(answer: JsonObject) -> ConsentReceipt:
            check_signed(answer.raw(), message_public_key, expected=body)
            if answer.raw().get("deletion") is not None:
                told = {"type": "deletion_receipt", "application_id": application_id}
                check_signed(answer.inner("deletion").raw(), message_public_key, expected=told)
            return ConsentReceipt.read(answer)

        return self._send("POST", path_of(application_id, "consents"), body, read, key)

    def create_challenge(
        self, application_id: str, wishes: AttemptWishes, key: str, message_public_key: bytes
    ) -> Challenge:
        """Begin one face verification attempt; the challenge's signature is checked."""

        def read(answer: JsonObject) -> Challenge:
            check_signed(answer.raw(), message_public_key, expected={"application_id": application_id})
            return read_challenge(answer)

        return self._send("POST", path_of(application_id, "liveness-sessions"), wishes.body(), read, key)

    def put_evidence(self, challenge: Challenge, evidence: bytes, vault_public_key: bytes) -> Verdict:
        """Send the evidence of an attempt, sealed to the vault and bound to this challenge and its borrower.

        It is sealed and sent segment by segment, so that the lender looks at the first while the next is under way.
        """
        from loanapp.proof.sealed_stream import SealedStream, evidence_context  # noqa: PLC0415  (see _upload)

        if len(evidence) > EVIDENCE_LIMIT:
            raise InputRejectedError(ErrorCode.EVIDENCE_INVALID, {})
        context = evidence_context(
            challenge.session_id, challenge.application_id, challenge.borrower_id, challenge.nonce
        )
        path = f"/v1/liveness-sessions/{segment(challenge.session_id)}/evidence"
        return Verdict.read(self._put_raw(path, SealedStream(vault_public_key, evidence, context)))

    def choose_manual_verification(self, application_id: str, key: str, *, changed_face: bool = False) -> Application:
        """Have a person compare documents and card instead of a camera; at the same price."""
        path = path_of(application_id, "manual-verification")
        return self._send("POST", path, {"changed_face": changed_face}, Application.read, key)

    def put_certificate(self, application_id: str, certificate: bytes, vault_public_key: bytes) -> Application:
        """Send a hospital's certificate (JPEG, PNG or PDF) for a face that has changed, sealed to the vault."""
        if len(certificate) > PHOTO_LIMIT:
            limit = PHOTO_LIMIT // MEBIBYTE + 1
            raise InputRejectedError(
                ErrorCode.PHOTO_TOO_LARGE, {"certificate": ErrorCode.PHOTO_TOO_LARGE}, limit_mb=limit
            )
        path = path_of(application_id, "changed-face-certificate")
        info = f"loanapp/certificate/v1|{application_id}"
        return Application.read(self._upload(path, certificate, vault_public_key, info))

    def present_network_code(self, application_id: str, code: str) -> Application:
        """Present a code of the national network identity app, instead of a camera; at the same price."""
        return self._send("PUT", path_of(application_id, "network-identity"), {"code": code}, Application.read)

    def branches(self, application_id: str) -> tuple[Branch, ...]:
        """The branches that can be visited, with their free times; none where that way cannot be finished."""
        return self._get(path_of(application_id, "branches"), lambda answer: answer.objects("branches", Branch.read))

    def book_branch(self, application_id: str, branch_id: str, slot: datetime, key: str) -> Application:
        """Book a visit, or change the one that is booked; at the same price."""
        body: dict[str, object] = {"branch_id": branch_id, "slot": slot.isoformat()}
        return self._send("POST", path_of(application_id, "branch-appointment"), body, Application.read, key)

    def cancel_branch(self, application_id: str, key: str) -> Application:
        """Cancel the visit."""
        return self._act(application_id, "branch-appointment/cancel", key)

    def bind_card(self, application_id: str, number: str, phone: str) -> tuple[BankCard, Application]:
        """Bind the borrower's own debit card by four elements."""
        answer = self._send(
            "PUT", path_of(application_id, "bank-card"), {"number": number, "phone": phone}, lambda whole: whole
        )
        return BankCard.read(answer), Application.read(answer.inner("application"))

    def submit(self, application_id: str, key: str) -> Application:
        """Hand the application in."""
        return self._act(application_id, "submit", key)

    def withdraw(self, application_id: str, key: str) -> Application:
        """End the application."""
        return self._act(application_id, "withdraw", key)

    # From offer to payout

    def accept_offer(self, application_id: str, offer_id: str, key: str) -> Application:
        """Take the offer; the lender then writes the contract."""
        path = path_of(application_id, "offer", "accept")
        return self._send("POST", path, {"offer_id": offer_id}, Application.read, key)

    def cost_disclosure(self, application_id: str) -> CostDisclosure:
        """The mandatory cost table."""
        return self._get(path_of(application_id, "cost-disclosure"), read_disclosure)

    def confirm_disclosure(
        self, application_id: str, sha256: str, seconds_on_screen: int, key: str, *, end_reached: bool
    ) -> Application:
        """Tell that the table was read: how long it stood on the screen, and that its end was reached."""
        body: dict[str, object] = {
            "sha256": sha256,
            "seconds_on_screen": seconds_on_screen,
            "end_reached": end_reached,
        }
        path = path_of(application_id, "cost-disclosure", "confirmation")
        return self._send("POST", path, body, Application.read, key)

    def certify(self, application_id: str, csr_pem: str, key: str) -> Certificate:
        """Have the signing key made on this machine certified; the certificate takes the place of an earlier one."""
        return self._send("POST", path_of(application_id, "certificate"), {"csr_pem": csr_pem}, Certificate.read, key)

    def contract(self, application_id: str) -> bytes:
        """The contract as PDF: prepared for signing, or final once both have signed."""
        path = path_of(application_id, "contract")
        return self._wire.send(Call("GET", path, accept="application/pdf", answer_limit=_PDF_LIMIT)).body

    def evidence(self, application_id: str) -> bytes:
        """The evidence bundle of the contract both have signed."""
        path = path_of(application_id, "evidence")
        call = Call("GET", path, accept="application/zip", answer_limit=_PDF_LIMIT, read_timeout_s=HEAVY_READ_TIMEOUT_S)
        return self._wire.send(call).body

    def settlement_certificate(self, application_id: str) -> bytes:
        """The lender's signed certificate that nothing is owed any more."""
        path = path_of(application_id, "loan", "settlement-certificate")
        return self._wire.send(Call("GET", path, accept="application/pdf", answer_limit=_PDF_LIMIT)).body

    def timestamp(self, query: bytes) -> bytes:
        """An RFC 3161 reply to an RFC 3161 query, both DER."""
        from loanapp.proof.timestamp import QUERY_TYPE, REPLY_TYPE  # noqa: PLC0415  (pyHanko, which asks for it)

        call = Call("POST", "/v1/timestamps", body=query, content_type=QUERY_TYPE, accept=REPLY_TYPE)
        return self._out(call).body

    def send_signing_code(self, application_id: str, key: str) -> SigningCodeSent:
        """Have a code sent that authorises signing; under one key it is one message, and the same answer again."""
        return self._send("POST", path_of(application_id, "contract", "code"), {}, SigningCodeSent.read, key)

    def confirm_signing_code(self, application_id: str, challenge_id: str, code: str) -> Application:
        """Confirm the code; never repeated by itself, lest an attempt is lost."""
        body = {"challenge_id": challenge_id, "code": code}
        return self._send("POST", path_of(application_id, "contract", "code", "confirmation"), body, Application.read)

    def put_signed_contract(self, application_id: str, pdf: bytes) -> Application:
        """Hand in the contract with the borrower's signature."""
        call = Call(
            "PUT",
            path_of(application_id, "contract", "signed"),
            body=pdf,
            content_type="application/pdf",
            read_timeout_s=HEAVY_READ_TIMEOUT_S,
        )
        return Application.read(JsonObject.parse(self._out(call).body))

    def loan(self, application_id: str) -> Loan:
        """The loan that was paid out."""
        return self._get(path_of(application_id, "loan"), Loan.read)

    def pay(self, application_id: str, repayment_id: str, what: Repayment) -> Loan:
        """Pay from the bound card; the same id pays once, however often it is sent."""
        body: dict[str, object] = {"kind": what.kind.value, "total": wire(what.amount)}
        if what.choice is not None:
            body |= {"part": wire(what.principal), "choice": what.choice.value}
        return self._send("PUT", path_of(application_id, "loan", "repayments", repayment_id), body, Loan.read)

    def ask_for_time(self, application_id: str, request_id: str, reason: HardshipReason, months: int) -> Loan:
        """Ask for more time to pay; the same id asks once."""
        body: dict[str, object] = {"reason": reason.value, "months": months}
        return self._send("PUT", path_of(application_id, "loan", "hardships", request_id), body, Loan.read)

    def accept_schedule(self, application_id: str, request_id: str, sha256: str) -> Loan:
        """Accept the new schedule that came with granted time; repeating it changes nothing more."""
        path = path_of(application_id, "loan", "hardships", request_id, "schedule")
        return self._send("PUT", path, {"sha256": sha256}, Loan.read)

    # The borrower's data

    def data_uses(self, *, seen: int, after: int, size: int = 0) -> HistoryPage:
        """Own entries of the ledger above number ``after``, with the proof of growth from the head of ``seen``.

        They stand under the newest head, or under the one of ``size`` entries where that is named.
        """
        under = f"&size={size:d}" if size else ""
        return self._get(f"/v1/data-uses?seen={seen:d}&after={after:d}{under}", HistoryPage.read)

    def my_data(self) -> Mapping[str, object]:
        """A copy of everything the lender holds; pictures and contract are in it, as base64."""
        call = Call("POST", "/v1/my-data/copies", body=written({}), answer_limit=_COPY_LIMIT, repeatable=True)
        return JsonObject.parse(self._out(call, {}).body).raw()

    def corrections(self, application_id: str) -> Corrections:
        """What of an application can be corrected, and what was."""
        return self._get(path_of(application_id, "corrections"), Corrections.read)

    def correct(self, application_id: str, changed: Mapping[str, str]) -> Corrections:
        """Correct these fields at once (money as the wire has it); said twice, it is done once."""
        return self._send("PUT", path_of(application_id, "corrections"), dict(changed), Corrections.read)

    def rights_requests(self) -> tuple[RightRequest, ...]:
        """What the borrower has asked, the newest first."""
        return self._get("/v1/rights-requests", _read_requests)

    def ask_right(self, request_id: str, kind: RightKind, text: str) -> tuple[RightRequest, ...]:
        """Ask the lender something about the borrower's data; the same id asks once."""
        body = {"kind": kind.value, "text": text}
        return self._send("PUT", f"/v1/rights-requests/{segment(request_id)}", body, _read_requests)

    def close_account(self, message_public_key: bytes) -> tuple[Mapping[str, object], ...]:
        """Have the account closed; the signature of each deletion receipt is checked."""

        def read(answer: JsonObject) -> tuple[Mapping[str, object], ...]:
            receipts = answer.objects("deletion_receipts", JsonObject.raw)
            for receipt in receipts:
                check_signed(receipt, message_public_key, expected={"type": "deletion_receipt"})
            return receipts

        return self._send("POST", "/v1/account/closure", {}, read)

    def erase(self, application_id: str, message_public_key: bytes) -> Mapping[str, object]:
        """Have an application's data deleted; the receipt's signature is checked."""

        def read(answer: JsonObject) -> Mapping[str, object]:
            expected = {"type": "deletion_receipt", "application_id": application_id}
            check_signed(answer.raw(), message_public_key, expected=expected)
            return answer.raw()

        return self._send("POST", path_of(application_id, "erasure"), {}, read)


def _read_requests(answer: JsonObject) -> tuple[RightRequest, ...]:
    return answer.objects("requests", RightRequest.read)
