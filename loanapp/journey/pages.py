"""The pages of the borrower's road, their order, and the groups a stepper shows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Page(StrEnum):
    """One thing each, in the order in which they are walked."""

    COST = "cost"
    SIGN_IN = "sign_in"
    TERMS = "terms"
    IDENTITY_DOCUMENT = "identity_document"
    ABOUT_YOU = "about_you"
    PERMISSIONS = "permissions"
    FACE_VERIFICATION = "face_verification"
    BANK_CARD = "bank_card"
    CHECK_ANSWERS = "check_answers"
    PROGRESS = "progress"
    DECISION = "decision"
    COST_DISCLOSURE = "cost_disclosure"
    CONTRACT = "contract"
    SIGNING = "signing"
    PAYOUT = "payout"
    MY_LOAN = "my_loan"


class StepGroup(StrEnum):
    """A line of the stepper: pages that belong together in the borrower's mind."""

    WORK_IT_OUT = "work_it_out"
    YOUR_DETAILS = "your_details"
    PERMISSIONS = "permissions"
    VERIFICATION = "verification"
    AGREEMENT = "agreement"
    MONEY = "money"


class StepState(StrEnum):
    """How far a line of the stepper is."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the stepper; ``revisitable`` are its pages that may be opened again now."""

    group: StepGroup
    pages: tuple[Page, ...]
    state: StepState
    revisitable: tuple[Page, ...]


ORDER: Final[tuple[Page, ...]] = tuple(Page)

GROUPS: Final[dict[StepGroup, tuple[Page, ...]]] = {
    StepGroup.WORK_IT_OUT: (Page.COST, Page.SIGN_IN, Page.TERMS),
    StepGroup.YOUR_DETAILS: (Page.IDENTITY_DOCUMENT, Page.ABOUT_YOU),
    StepGroup.PERMISSIONS: (Page.PERMISSIONS,),
    StepGroup.VERIFICATION: (
        Page.FACE_VERIFICATION,
        Page.BANK_CARD,
        Page.CHECK_ANSWERS,
        Page.PROGRESS,
        Page.DECISION,
    ),
    StepGroup.AGREEMENT: (Page.COST_DISCLOSURE, Page.CONTRACT, Page.SIGNING),
    StepGroup.MONEY: (Page.PAYOUT, Page.MY_LOAN),
}

# What the borrower fills in while the application is a draft, in order; only these may be opened again.
DRAFT_PAGES: Final[tuple[Page, ...]] = (
    Page.TERMS,
    Page.IDENTITY_DOCUMENT,
    Page.ABOUT_YOU,
    Page.PERMISSIONS,
    Page.FACE_VERIFICATION,
    Page.BANK_CARD,
    Page.CHECK_ANSWERS,
)


def place(page: Page) -> int:
    """The position of ``page`` on the road, from 0."""
    return ORDER.index(page)


def steps(current: Page, revisitable: frozenset[Page]) -> tuple[Step, ...]:
    """The stepper for somebody who stands on ``current``."""
    here = place(current)
    lines = []
    for group, pages in GROUPS.items():
        if current in pages:
            state = StepState.CURRENT
        else:
            state = StepState.DONE if place(pages[-1]) < here else StepState.AHEAD
        lines.append(Step(group, pages, state, tuple(page for page in pages if page in revisitable)))
    return tuple(lines)
