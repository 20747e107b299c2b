"""A borrower who walks the whole journey without a window: the real client, camera pipeline, guard and signature.

``ScriptedBorrower(journey, identity).walk(Page.MY_LOAN)`` does on each page what a person would. ``before`` and
``after`` are called around every page, so a test can look, change something or kill a process there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from loanapp.capture.guided_capture import CapturePhase, GuidedCapture
from loanapp.client.answers import CodeSent, DocumentReading, Verdict
from loanapp.client.errors import TooManyAttemptsError
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.demonstration.identities import DemonstrationIdentity
from loanapp.demonstration.identity_card import render_card
from loanapp.domain.consent import ConsentScope, LoanPurpose
from loanapp.domain.liveness import Challenge, VerdictOutcome
from loanapp.journey.journey import Journey
from loanapp.journey.pages import Page

_STEP_LIMIT = 60
_CAPTURE_LIMIT_S = 60.0
_FRONT_FIELDS = ("name", "identity_number", "address", "ethnic_group")
_BACK_FIELDS = ("authority", "valid_from", "valid_until")


class StuckError(AssertionError):
    """The journey did not move on; the message names the page."""


@dataclass
class ScriptedBorrower:
    """Acts for one test identity. ``manual``: refuse the face consent and take the other way."""

    journey: Journey
    identity: DemonstrationIdentity
    manual: bool = False
    poll_s: float = 0.1
    wait_s: float = 60.0
    before: Callable[[Page], None] = lambda page: None
    after: Callable[[Page], None] = lambda page: None
    pages: list[Page] = field(default_factory=list)
    disclosure_opened_at: float | None = None

    def walk(self, until: Page) -> Page:
        """Go on until the borrower stands on ``until`` (nothing is done there); returns that page."""
        page = self.journey.resume()
        for _ in range(_STEP_LIMIT):
            if not self.pages or self.pages[-1] is not page:
                self.pages.append(page)
            if page is until:
                return page
            self.before(page)
            following = self.act(page)
            self.after(page)
            page = following
        raise StuckError(f"still on {page.value}: {[one.value for one in self.pages]}")

    def act(self, page: Page) -> Page:
        """Do what ``page`` asks for; returns where that leads."""
        acts: dict[Page, Callable[[], Page]] = {
            Page.COST: self.journey.cost_understood,
            Page.SIGN_IN: self.sign_in,
            Page.TERMS: self.choose_terms,
            Page.IDENTITY_DOCUMENT: self.show_document,
            Page.ABOUT_YOU: self.tell_about_work,
            Page.PERMISSIONS: self.answer_consents,
            Page.FACE_VERIFICATION: self.verify_face,
            Page.BANK_CARD: self.bind_card,
            Page.CHECK_ANSWERS: self.journey.submit,
            Page.PROGRESS: self.wait_for_news,
            Page.DECISION: self.journey.accept_offer,
            Page.COST_DISCLOSURE: self.read_disclosure,
            Page.CONTRACT: self.read_contract,
            Page.SIGNING: self.sign_contract,
            Page.PAYOUT: self.wait_for_money,
        }
        return acts[page]()

    def sign_in(self) -> Page:
        try:
            sent: CodeSent = self.journey.request_code(self.identity.phone)
        except TooManyAttemptsError as error:
            time.sleep((error.retry_after_seconds or 0) + 1)  # as the page's countdown does
            sent = self.journey.request_code(self.identity.phone)
        assert sent.simulated_message is not None
        return self.journey.sign_in(sent.simulated_message.code)

    def sign_contract(self) -> Page:
        if not self.journey.signing_authorised:
            sent: CodeSent = self.journey.request_signing_code()
            assert sent.simulated_message is not None
            self.journey.confirm_signing_code(sent.simulated_message.code)
        return self.journey.sign_contract()

    def choose_terms(self) -> Page:
        product = self.journey.lender.products[0]
        amount = product.amount_min * 10
        self.journey.remember(Page.TERMS, {"amount": str(amount), "months": "12"})
        return self.journey.save_terms(amount, 12, product.method, LoanPurpose.TRAVEL)

    def show_document(self) -> Page:
        front: DocumentReading = self.journey.upload_document("front", render_card(self.identity, "front"))
        back: DocumentReading = self.journey.upload_document("back", render_card(self.identity, "back"))
        fields = {name: front.fields[name].value for name in _FRONT_FIELDS}
        fields |= {name: back.fields[name].value for name in _BACK_FIELDS}
        fields["name"] = self.identity.name  # the borrower always confirms the name
        return self.journey.confirm_identity(fields)

    def tell_about_work(self) -> Page:
        return self.journey.save_profile("employed", self.identity.monthly_income, self.identity.monthly_debt)

    def answer_consents(self) -> Page:
        for consent in self.journey.lender.consents:
            if not self.journey.application.asks(consent.scope):
                continue
            granted = not (self.manual and consent.scope is ConsentScope.FACE_VERIFICATION)
            self.journey.record_consent(consent.scope, granted, consent.version, consent.sha256.zh, "zh")
        return self.journey.finish_permissions()

    def verify_face(self) -> Page:
        if self.manual:
            return self.journey.choose_manual_verification()
        verdict = self.attempt()
        assert verdict.outcome in {VerdictOutcome.PASSED, VerdictOutcome.RETRY}, verdict
        return self.journey.current_page()

    def attempt(self) -> Verdict:
        """One attempt in front of the (demonstration) camera."""
        source = DemonstrationBorrower()
        challenge = self.journey.begin_liveness(source.kind)
        return self.journey.send_evidence(challenge, film(source, challenge))

    def bind_card(self) -> Page:
        self.journey.bind_card(self.identity.card_number, self.identity.phone)
        return self.journey.current_page()

    def wait_for_news(self) -> Page:
        return self._wait_while(Page.PROGRESS)

    def read_disclosure(self) -> Page:
        """Read as long as the lender asks for: the time is real."""
        if self.disclosure_opened_at is None:
            self.disclosure_opened_at = time.monotonic()
        self.journey.cost_disclosure()
        needed = self.journey.lender.reading_seconds
        while (seconds := time.monotonic() - self.disclosure_opened_at) < needed + 0.2:
            time.sleep(min(self.poll_s, needed + 0.2 - seconds))
        return self.journey.confirm_disclosure(seconds, True)

    def read_contract(self) -> Page:
        self.journey.contract_pdf()
        return self.journey.contract_read()

    def wait_for_money(self) -> Page:
        page = self._wait_while(Page.PAYOUT, lambda: self.journey.application.status.value != "active")
        return self.journey.payout_seen() if page is Page.PAYOUT else page

    def _wait_while(self, page: Page, unfinished: Callable[[], bool] = lambda: True) -> Page:
        deadline = time.monotonic() + self.wait_s
        now = self.journey.refresh()
        while now is page and unfinished():
            if time.monotonic() > deadline:
                raise StuckError(f"waited too long on {page.value}: {self.journey.application.status.value}")
            time.sleep(self.poll_s)
            now = self.journey.refresh()
        return now


def film(source: DemonstrationBorrower, challenge: Challenge) -> bytes:
    """Run the camera pipeline for one challenge, as the page does; returns the packed evidence."""
    capture = GuidedCapture(source)
    capture.start()
    try:
        capture.begin(challenge)
        deadline = time.monotonic() + _CAPTURE_LIMIT_S
        while (view := capture.latest()).phase is not CapturePhase.DONE:
            if view.error is not None:
                raise view.error
            assert view.phase is not CapturePhase.FAILED, view.phase
            assert time.monotonic() < deadline, (view.phase, view.hint, view.action)
            time.sleep(0.03)
        return capture.evidence()
    finally:
        capture.stop()
