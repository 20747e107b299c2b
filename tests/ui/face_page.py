"""The page of face verification with a journey in hand: nothing it opens outlives its test."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel

from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.clock import SystemClock
from loanapp.domain.consent import ConsentScope
from loanapp.domain.liveness import Action, Challenge, SourceKind
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import NOW, JourneyInHand, application, lender
from ui.pages.face_verification import FaceVerificationPage
from ui.theme import theme

CONSENT = lender().consent(ConsentScope.FACE_VERIFICATION)
GRANTED = [{"scope": CONSENT.scope.value, "granted": True, "text_version": CONSENT.version, "recorded_at": NOW}]
_PAPER = lender().consent(ConsentScope.CHANGED_FACE_CERTIFICATE)
PAPER_GRANTED = [
    *GRANTED,
    {"scope": _PAPER.scope.value, "granted": True, "text_version": _PAPER.version, "recorded_at": NOW},
]


def once_more(state: str) -> dict[str, object]:
    """What the lender asks before a payout, so far."""
    because = [{"zh": "这笔钱要打到一张和上次不同的银行卡", "en": "the money would go to another card than last time"}]
    return {"state": state, "because": because, "until": None}


def texts(page) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def challenge(*actions: Action) -> Challenge:
    now = SystemClock().now()
    return Challenge(
        "session", "application-1", "n" * 43, actions, now, now + timedelta(minutes=3), 12, tuple(SourceKind), "s"
    )


@dataclass
class Kit:
    source: object

    def identities(self) -> tuple[()]:
        return ()

    def camera(self) -> object:
        return self.source or DemonstrationBorrower()


@pytest.fixture
def open_face_page(qtbot, page_context, monkeypatch):
    """Opens the page for an application that has agreed; ``changes`` replace members of the lender's answer."""
    monkeypatch.setattr("loanapp.capture.sources.list_cameras", list)
    shown = []

    def make(source: object = None, *, flash: bool = False, **changes):
        status = changes.pop("status", "draft")
        journey = JourneyInHand(application(status, **{"consents": GRANTED, **changes}))
        journey.lender = replace(journey.lender, flash=flash)
        journey.answers.update(
            record_consent=lambda *_, **__: None,
            begin_liveness=lambda _kind, **_wishes: challenge(Action.OPEN_MOUTH),
            connect=lambda: journey.lender,
            choose_manual_verification=lambda **_told: Page.BANK_CARD,
            refresh=lambda: Page.BANK_CARD,
        )
        page = FaceVerificationPage(page_context(journey, Kit(source)))
        qtbot.addWidget(page)
        page.resize(1100, 640)
        page.show()
        page.load()
        shown.append(page)
        return page, journey

    yield make
    for page in shown:
        page.leave()
        page.hide()


@pytest.fixture
def styled(qapp):
    theme().choose(mode="light", scale=100)
    yield
    theme().choose(scale=100)
    qapp.setStyleSheet("")
