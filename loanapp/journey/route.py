"""Which page is next: pure functions of what the lender holds and of what only this computer knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from loanapp.client.application import Application, FaceState
from loanapp.domain.consent import ConsentScope
from loanapp.domain.liveness import StepUpState
from loanapp.domain.status import ENDED, ApplicationStatus, BorrowerAction
from loanapp.journey.pages import DRAFT_PAGES, Page, place


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """One authorisation the lender asks for, by scope and version of its text."""

    scope: ConsentScope
    version: str
    required: bool


@dataclass(frozen=True, slots=True)
class LocalState:
    """What no answer of the lender's says.

    ``open_again`` is an earlier page the borrower went back to; ``contract_read`` and ``payout_seen`` belong to the
    application at hand; ``left`` means the borrower has put an ended application behind them.
    """

    signed_in: bool = False
    cost_seen: bool = False
    open_again: Page | None = None
    contract_read: bool = False
    payout_seen: bool = False
    left: bool = False
    consents: tuple[ConsentAsked, ...] = ()


_S: Final = ApplicationStatus
_A: Final = BorrowerAction

_BY_STATUS: Final[dict[ApplicationStatus, Page]] = {
    _S.SUBMITTED: Page.PROGRESS,
    _S.VERIFYING: Page.PROGRESS,
    _S.IN_REVIEW: Page.PROGRESS,
    _S.INTERVIEW: Page.PROGRESS,
    _S.OFFERED: Page.DECISION,
    _S.DECLINED: Page.DECISION,
    _S.SIGNED: Page.PAYOUT,
    _S.DISBURSING: Page.PAYOUT,
    _S.SETTLED: Page.MY_LOAN,
    _S.WITHDRAWN: Page.DECISION,
    _S.EXPIRED: Page.DECISION,
}

# A page may be opened again only while the lender takes what it asks for.
_ACTIONS: Final[dict[Page, frozenset[BorrowerAction]]] = {
    Page.TERMS: frozenset({_A.SET_TERMS}),
    Page.IDENTITY_DOCUMENT: frozenset({_A.UPLOAD_DOCUMENT, _A.CONFIRM_IDENTITY}),
    Page.ABOUT_YOU: frozenset({_A.SET_PROFILE}),
    Page.PERMISSIONS: frozenset({_A.GIVE_CONSENT}),
    Page.FACE_VERIFICATION: frozenset({_A.START_LIVENESS, _A.CHOOSE_MANUAL_VERIFICATION}),
    Page.BANK_CARD: frozenset({_A.BIND_CARD}),
    Page.CHECK_ANSWERS: frozenset({_A.SUBMIT}),
}


def page_for(application: Application | None, local: LocalState) -> Page:
    """The page the borrower belongs on."""
    derived = _derived(application, local)
    if local.open_again is not None and local.open_again in revisitable(application, local):
        return local.open_again
    return derived


def revisitable(application: Application | None, local: LocalState) -> frozenset[Page]:
    """The pages before the derived one that may be opened again now."""
    derived = _derived(application, local)
    if derived is Page.COST:
        return frozenset()
    if application is None or over(application, local):
        return frozenset({Page.COST})
    if application.status is not _S.DRAFT:
        return frozenset()
    pages = {
        page for page in DRAFT_PAGES if place(page) < place(derived) and application.allowed_actions & _ACTIONS[page]
    }
    if application.face.state is FaceState.PASSED:
        pages.discard(Page.FACE_VERIFICATION)
    return frozenset(pages | {Page.COST})


def previous(current: Page, pages: frozenset[Page]) -> Page | None:
    """The nearest page before ``current`` among ``pages``."""
    before = [page for page in pages if place(page) < place(current)]
    return max(before, key=place) if before else None


def consents_settled(application: Application, asked: tuple[ConsentAsked, ...]) -> bool:
    """Whether every authorisation has been answered to its present text, and each required one given.

    Face verification may be refused: there is another way at the same price (design decision 7).
    """
    for consent in asked:
        if not application.asks(consent.scope):
            continue
        record = application.answered(consent.scope, consent.version)
        if record is None:
            return False
        may_refuse = not consent.required or consent.scope is ConsentScope.FACE_VERIFICATION
        if not (record.granted or may_refuse):
            return False
    return True


def shows_once_more(application: Application) -> bool:
    """Whether the borrower has to show once more who they are before the contract may be signed."""
    asked = application.step_up
    return application.status is _S.SIGNING and asked is not None and asked.state is not StepUpState.SHOWN


def over(application: Application, local: LocalState) -> bool:
    """Whether the borrower has put an ended application behind them, so that a new one may begin."""
    return local.left and application.status in ENDED


def _derived(application: Application | None, local: LocalState) -> Page:
    if not local.signed_in:
        return Page.SIGN_IN if local.cost_seen else Page.COST
    if application is None or over(application, local):
        return Page.TERMS
    by_state = {
        _S.DRAFT: _first_missing,
        _S.NEEDS_MORE: _asked_for,
        _S.SIGNING: _signing,
        _S.ACTIVE: _paid_out,
    }
    if choose := by_state.get(application.status):
        return choose(application, local)
    return _BY_STATUS[application.status]


def _paid_out(_application: Application, local: LocalState) -> Page:
    return Page.MY_LOAN if local.payout_seen else Page.PAYOUT


def _first_missing(application: Application, local: LocalState) -> Page:
    return next((page for page in DRAFT_PAGES if not _filled(page, application, local)), Page.CHECK_ANSWERS)


def _filled(page: Page, application: Application, local: LocalState) -> bool:
    checks: dict[Page, Callable[[], bool]] = {
        Page.TERMS: lambda: True,
        Page.IDENTITY_DOCUMENT: lambda: (
            application.document.front and application.document.back and application.identity is not None
        ),
        Page.ABOUT_YOU: lambda: application.profile is not None,
        Page.PERMISSIONS: lambda: consents_settled(application, local.consents),
        Page.FACE_VERIFICATION: lambda: (
            not application.face.needed
            or application.face.state in {FaceState.PASSED, FaceState.MANUAL, FaceState.CREDENTIAL}
        ),
        Page.BANK_CARD: lambda: application.bank_card is not None,
    }
    return page in checks and checks[page]()


def _asked_for(application: Application, local: LocalState) -> Page:
    """The first page the lender asks for again: one not filled, else any it takes; else there is only waiting."""
    taken = [page for page in DRAFT_PAGES if application.allowed_actions & _ACTIONS[page]]
    missing = [page for page in taken if not _filled(page, application, local)]
    return next(iter(missing or taken), Page.PROGRESS)


def _signing(application: Application, local: LocalState) -> Page:
    if not application.disclosure_confirmed:
        return Page.COST_DISCLOSURE
    if not local.contract_read:
        return Page.CONTRACT
    return Page.FACE_VERIFICATION if shows_once_more(application) else Page.SIGNING
