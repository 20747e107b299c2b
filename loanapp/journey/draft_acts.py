"""What the borrower fills in before handing the application in."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from loanapp.client.answers import BankCard, Branch, ConsentReceipt, DocumentReading, FieldReading, Verdict
from loanapp.client.application import Application
from loanapp.client.errors import NotAllowedNowError
from loanapp.client.lender_client import Side
from loanapp.client.reading import JsonObject
from loanapp.client.wishes import AttemptWishes, TermsWanted
from loanapp.domain.consent import ConsentScope, LoanPurpose
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Challenge, SourceKind
from loanapp.domain.money import wire
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import BorrowerAction
from loanapp.domain.text_change import LineChange, changes
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.core import JourneyCore
from loanapp.journey.pages import Page
from loanapp.journey.route import over, shows_once_more
from loanapp.vision.bare_photo import bare_photo

_Act = Callable[[str, str], Application]

_PDF = b"%PDF-"


class DraftActs(JourneyCore):
    """From the terms to handing in."""

    def save_terms(self, amount: Decimal, months: int, method: RepaymentMethod, purpose: LoanPurpose) -> Page:
        """Begin an application, or change what is asked for; the guard holds the offer to this."""

        def work() -> Page:
            product = self._profile().products[0]
            terms = TermsWanted(product.id, amount, months, method, purpose)
            if self._may_begin():
                application = self._begin(terms)
            else:
                application = self.client.set_terms(self._application_id(), terms)
            with self._lock:
                kept = self.draft.asked if self.draft.asked.get("application_id") == application.id else {}
                self.draft.asked = {
                    **kept,
                    "application_id": application.id,
                    "amount": wire(amount),
                    "months": str(months),
                    "method": method.value,
                    "purpose": purpose.value,
                }
            return self._arrived(application)

        return self._guarded(work)

    def upload_document(self, side: Side, image: bytes) -> DocumentReading:
        """Send a photo of one side, sealed; returns what the lender read in it.

        Where, when and with what it was taken stays here. Raises :class:`LoanAppError` with ``PHOTO_NOT_AN_IMAGE``.
        """

        def work() -> DocumentReading:
            key, bare = self._profile().vault_public_key, bare_photo(image)
            reading, application = self.client.put_document(self._application_id(), side, bare, key)
            with self._lock:
                self._hold(application)
                self.draft.readings[side] = {
                    name: [field.value, str(field.confidence)] for name, field in reading.fields.items()
                }
            self._save()
            return reading

        return self._guarded(work)

    def confirm_identity(self, fields: dict[str, str]) -> Page:
        """Confirm or correct every field that was read."""
        return self._guarded(lambda: self._arrived(self.client.set_identity(self._application_id(), fields)))

    def save_profile(self, employment: str, monthly_income: Decimal, monthly_debt: Decimal) -> Page:
        """Tell work, income and debts, in yuan a month."""
        return self._guarded(
            lambda: self._arrived(
                self.client.set_profile(self._application_id(), employment, monthly_income, monthly_debt)
            )
        )

    def record_consent(
        self,
        scope: ConsentScope,
        granted: bool,  # noqa: FBT001  (named by the interface)
        text_version: str,
        text_sha256: str,
        language: str,
    ) -> ConsentReceipt:
        """Record one authorisation, given or refused; the receipt is checked and kept in the draft.

        Raises :class:`GuardRefusal` with ``GUARD_CONSENT_DIFFERS`` when version or hash is not of the text the lender
        serves now.
        """

        def work() -> ConsentReceipt:
            profile = self._profile()
            text = profile.consent(scope)
            if text is None or (text.version, text.sha256.in_language(language)) != (text_version, text_sha256):
                raise GuardRefusal(ErrorCode.GUARD_CONSENT_DIFFERS, scope.value)
            application_id = self._application_id()
            receipt = self._answer_consent(
                application_id, scope, granted=granted, version=text_version, digest=text_sha256, language=language
            )
            application = self.client.application(application_id)
            with self._lock:
                self._hold(application)
                self.draft.receipts[receipt.receipt_id] = json.dumps(dict(receipt.raw), ensure_ascii=False)
            self._save()
            return receipt

        return self._guarded(work)

    def finish_permissions(self) -> Page:
        """Go on from the authorisations; leads back to them while a required one is missing."""
        return self.finish_page()

    def begin_liveness(
        self,
        source_kind: SourceKind = SourceKind.CAMERA,
        *,
        flash_accepted: bool = False,
        unhurried: bool = False,
    ) -> Challenge:
        """Ask for a challenge. The consent is on record before: without it no camera may open.

        ``flash_accepted`` is the borrower's answer to the photosensitivity question, asked only where
        ``LenderProfile.flash`` says so; ``unhurried`` asks for more time. Neither changes the price.

        Raises :class:`LoanAppError` with ``CONSENT_MISSING``.
        """

        def work() -> Challenge:
            application = self._required()
            consent = application.consent(ConsentScope.FACE_VERIFICATION)
            if consent is None or not consent.granted:
                raise NotAllowedNowError(ErrorCode.CONSENT_MISSING)
            wishes = AttemptWishes(source_kind, flash_accepted=flash_accepted, unhurried=unhurried)
            challenge = self._challenge(application.id, wishes)
            if challenge.expires_at <= self._lender_now():
                challenge = self._challenge(application.id, wishes)  # an old attempt's answer came back
            return challenge

        return self._guarded(work)

    def send_evidence(self, challenge: Challenge, evidence: bytes) -> Verdict:
        """Send the evidence of an attempt, sealed to the lender's vault; returns the lender's verdict."""

        def work() -> Verdict:
            verdict = self.client.put_evidence(challenge, evidence, self._profile().vault_public_key)
            self._arrived(self.client.application(self._application_id()))
            return verdict

        return self._guarded(work)

    def choose_manual_verification(self, *, changed_face: bool = False, certificate: bytes | None = None) -> Page:
        """Take the other way: a person compares documents and card; at the same price.

        ``changed_face``: the face is no longer as on the document. ``certificate`` (JPEG, PNG or PDF, optional) is a
        hospital's word of that; it is sent first, sealed. Raises :class:`LoanAppError` with ``PHOTO_NOT_AN_IMAGE`` or
        ``PHOTO_TOO_LARGE``.
        """

        def work() -> Page:
            application_id = self._application_id()
            # Asked again before the payout it is another act, not the first one repeated.
            place = ["signing"] if shows_once_more(self._required()) else []
            if certificate is not None:
                paper = certificate if certificate.startswith(_PDF) else bare_photo(certificate)
                self.client.put_certificate(application_id, paper, self._profile().vault_public_key)
            return self._arrived(
                self._keyed(
                    "manual",
                    [application_id, changed_face, *place],
                    lambda key: self.client.choose_manual_verification(application_id, key, changed_face=changed_face),
                )
            )

        return self._guarded(work)

    def present_network_code(self, code: str) -> Page:
        """Take the way by the national network identity service with a code of its app; at the same price.

        Raises :class:`InputRejectedError` with the field ``code`` for one that is wrong, expired, used or another's.
        """
        return self._guarded(lambda: self._arrived(self.client.present_network_code(self._application_id(), code)))

    def branches(self) -> tuple[Branch, ...]:
        """The branches that can be visited, with their free times."""
        return self._guarded(lambda: self.client.branches(self._application_id()))

    def book_branch(self, branch_id: str, slot: datetime) -> Page:
        """Take the way to a branch, or change the time; at the same price.

        Raises :class:`InputRejectedError` with the field ``slot`` where that time has been taken meanwhile: ask
        :meth:`branches` again.
        """

        def work() -> Page:
            application_id, body = self._application_id(), [branch_id, slot.isoformat()]
            # Booked, changed and booked again is a third act, not the first one repeated.
            self._drop_other_keys("branch", [application_id, *body])
            return self._arrived(
                self._keyed(
                    "branch",
                    [application_id, *body],
                    lambda key: self.client.book_branch(application_id, branch_id, slot, key),
                )
            )

        return self._guarded(work)

    def cancel_branch(self) -> Page:
        """Cancel the visit; leads back to choosing a way."""
        return self._act("branch.cancel", self.client.cancel_branch)

    def bind_card(self, number: str, phone: str) -> BankCard:
        """Bind the borrower's own debit card; ``phone`` is the one left with the bank.

        Its last four digits are kept: the contract and the payout are held against the card that was typed here.
        """

        def work() -> BankCard:
            card, application = self.client.bind_card(self._application_id(), number, phone)
            with self._lock:
                kept = self.draft.asked if self.draft.asked.get("application_id") == application.id else {}
                last4 = re.sub(r"\D", "", number)[-4:]
                self.draft.asked = {**kept, "application_id": application.id, "card_last4": last4}
            self._arrived(application)
            return card

        return self._guarded(work)

    def submit(self) -> Page:
        """Hand the application in."""
        return self._act("submit", self.client.submit)

    def document_readings(self) -> dict[str, DocumentReading]:
        """What the lender read in the photos of this application, by side; kept in the draft."""
        with self._lock:
            kept = {
                side: {name: FieldReading(value, float(sure)) for name, (value, sure) in fields.items()}
                for side, fields in self.draft.readings.items()
            }
        return {side: DocumentReading(side, fields) for side, fields in kept.items()}

    def consent_receipts(self) -> list[dict[str, object]]:
        """The borrower's proofs of what was authorised or refused, each as the lender signed it, oldest first.

        Kept through sign-out and beyond the draft's life; never sent anywhere.
        """
        with self._lock:
            kept = [json.loads(receipt) for receipt in self.draft.receipts.values()]
        return sorted(kept, key=lambda receipt: str(receipt["recorded_at"]))

    def consent_changes(self, scope: ConsentScope, language: str) -> tuple[LineChange, ...]:
        """What has changed in an authorisation since it was last answered; nothing where it has not, or never was.

        The text answered to is taken from the borrower's own signed receipt, not from the lender's word.
        """
        text = self._profile().consent(scope)
        own = [one for one in self.consent_receipts() if one["scope"] == scope.value and one["language"] == language]
        if text is None or not own or own[-1]["text_version"] == text.version:
            return ()
        receipt = JsonObject(own[-1])
        if not receipt.has("record"):
            return ()
        notice = receipt.inner("record").inner("dpv:hasRecordOfActivity").inner("dpv:hasNotice")
        return changes(notice.text("dct:description"), text.text.in_language(language))

    def withdraw(self) -> Page:
        """End the application."""
        return self._act("withdraw", self.client.withdraw)

    # Inside

    def _act(self, name: str, call: _Act) -> Page:
        def work() -> Page:
            application_id = self._application_id()
            return self._arrived(self._keyed(name, [application_id], lambda key: call(application_id, key)))

        return self._guarded(work)

    def _may_begin(self) -> bool:
        return self.application is None or over(self.application, self._local())

    def _begin(self, terms: TermsWanted) -> Application:
        """A new application; where the lender holds a live draft already (from another machine), that one changes."""
        try:
            return self._keyed("apply", terms.body(), lambda key: self.client.create_application(terms, key))
        except NotAllowedNowError:
            self._take(self.client.applications())
            if self.application is None or not self.application.allows(BorrowerAction.SET_TERMS):
                raise
            return self.client.set_terms(self.application.id, terms)

    def _challenge(self, application_id: str, wishes: AttemptWishes) -> Challenge:
        message_key = self._profile().message_public_key
        return self._keyed(
            "liveness",
            [application_id, wishes.body()],
            lambda key: self.client.create_challenge(application_id, wishes, key, message_key),
        )
