"""The life of an application: statuses, which may follow which, and what the borrower may do in each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ApplicationStatus(StrEnum):
    """Where one request for a loan stands, from draft to payout or end."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFYING = "verifying"
    NEEDS_MORE = "needs_more"
    IN_REVIEW = "in_review"
    INTERVIEW = "interview"
    OFFERED = "offered"
    DECLINED = "declined"
    SIGNING = "signing"
    SIGNED = "signed"
    DISBURSING = "disbursing"
    ACTIVE = "active"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class BorrowerAction(StrEnum):
    """What the lender lets the borrower do next; every application answer lists the live ones."""

    SET_TERMS = "set_terms"
    UPLOAD_DOCUMENT = "upload_document"
    CONFIRM_IDENTITY = "confirm_identity"
    SET_PROFILE = "set_profile"
    GIVE_CONSENT = "give_consent"
    START_LIVENESS = "start_liveness"
    CHOOSE_MANUAL_VERIFICATION = "choose_manual_verification"
    BIND_CARD = "bind_card"
    SUBMIT = "submit"
    ACCEPT_OFFER = "accept_offer"
    CONFIRM_DISCLOSURE = "confirm_disclosure"
    AUTHORISE_SIGNING = "authorise_signing"
    CERTIFY_KEY = "certify_key"
    SIGN_CONTRACT = "sign_contract"
    VIEW_LOAN = "view_loan"
    REPAY = "repay"
    WITHDRAW = "withdraw"


_S = ApplicationStatus

TRANSITIONS: Final[Mapping[ApplicationStatus, frozenset[ApplicationStatus]]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.SUBMITTED: frozenset({_S.VERIFYING, _S.WITHDRAWN}),
    _S.VERIFYING: frozenset(
        {_S.NEEDS_MORE, _S.IN_REVIEW, _S.INTERVIEW, _S.OFFERED, _S.DECLINED, _S.WITHDRAWN},
    ),
    _S.NEEDS_MORE: frozenset({_S.VERIFYING, _S.WITHDRAWN, _S.EXPIRED}),
    _S.IN_REVIEW: frozenset({_S.NEEDS_MORE, _S.INTERVIEW, _S.OFFERED, _S.DECLINED, _S.WITHDRAWN}),
    _S.INTERVIEW: frozenset({_S.IN_REVIEW, _S.OFFERED, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.OFFERED: frozenset({_S.SIGNING, _S.WITHDRAWN, _S.EXPIRED}),
    _S.DECLINED: frozenset({_S.IN_REVIEW, _S.EXPIRED}),
    _S.SIGNING: frozenset({_S.SIGNED, _S.OFFERED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.SIGNED: frozenset({_S.DISBURSING}),
    _S.DISBURSING: frozenset({_S.ACTIVE}),
    _S.ACTIVE: frozenset({_S.SETTLED}),
    _S.SETTLED: frozenset({_S.EXPIRED}),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
}

FILLING: Final = frozenset({_S.DRAFT, _S.NEEDS_MORE})
"""What the borrower fills in: all of a draft, and of an application that more was asked of what is missing."""
ERASABLE: Final = frozenset({_S.DRAFT, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED})
"""What may go when the borrower asks: nothing was lent, and no duty to keep it has begun. It is then expired."""
CLOSABLE: Final = ERASABLE | {_S.SETTLED}
"""What does not keep an account open: nothing is being worked on, and nothing is owed."""
ENDED: Final = frozenset({_S.DECLINED, _S.SETTLED, _S.WITHDRAWN, _S.EXPIRED})


class TransitionError(ValueError):
    """A status change the lifecycle does not know."""

    def __init__(self, current: ApplicationStatus, wanted: ApplicationStatus) -> None:
        super().__init__(f"{current.value} cannot become {wanted.value}")
        self.current = current
        self.wanted = wanted


def advance(current: ApplicationStatus, wanted: ApplicationStatus) -> ApplicationStatus:
    """Return ``wanted``, or raise :class:`TransitionError` when ``current`` may not become it."""
    if wanted not in TRANSITIONS[current]:
        raise TransitionError(current, wanted)
    return wanted
