"""No step needs a face: the other way, in the real window, against the real lender, at the same price."""

from decimal import Decimal
from pathlib import Path

import pytest

from loanapp.domain.status import ApplicationStatus
from loanapp.journey.pages import Page
from tests.qt_rules import nothing_left_on_screen
from ui.__main__ import demonstration_kit
from ui.camera.face_words import Step
from ui.camera.ways import Way
from ui.formats import yuan
from ui.pages.decision import DecisionPage
from ui.pages.face_verification import FaceVerificationPage
from ui.theme import theme
from ui.tour.driver import WindowDriver
from ui.tour.kit import TourKit
from ui.tour.tour import prepare_platform
from ui.tour.walk import Walk
from ui.translations import tr

__all__ = ["nothing_left_on_screen"]


@pytest.fixture
def walk(monkeypatch, qapp, own_home):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    prepare_platform()
    kit = TourKit(demonstration_kit())
    driver = WindowDriver(Path(own_home), "zh", kit)
    driver.open()
    yield Walk(driver, kit, None)
    driver.close()
    theme().choose(mode="light", scale=100)
    qapp.setStyleSheet("")


@pytest.mark.timeout(150)
@pytest.mark.slow  # its halves: tests/ui/test_face_ways.py, tests/loanapp/backend/test_network_identity.py
@pytest.mark.qt_log_level_fail("CRITICAL")
def test_a_code_of_the_national_app_verifies_instead_and_no_person_waits(walk):
    driver = walk.driver
    walk.to(Page.PERMISSIONS)
    page = driver.arrive(Page.FACE_VERIFICATION)
    assert isinstance(page, FaceVerificationPage)
    driver.click(page.scaffold.aside)
    driver.wait(lambda: page.step is Step.WAYS, "the other ways")
    driver.click(page.steps.result.way_buttons[Way.NETWORK])
    driver.wait(lambda: page.step is Step.NETWORK, "the code")
    said = "\n".join(driver.look())
    assert "价格相同" in said
    assert "1 开头的 8 位数字通过一次" in said
    code = page.steps.network.code.editor
    driver.type(code, "20000001")
    driver.click(page.scaffold.primary)
    driver.wait(lambda: "认证码已过期" in "\n".join(driver.look()), "why it is refused")
    driver.type(code, "10000001")
    driver.click(page.scaffold.primary)
    assert walk.kit.borrower is None
    walk.bank_card()
    walk.check_answers()
    journey = driver.desktop.context.journey
    offer = driver.arrive(Page.DECISION, 60)
    assert isinstance(offer, DecisionPage)
    driver.wait(offer.scaffold.primary.isVisible, "the offer")
    driver.look((yuan(Decimal("899.75")), "14.40%"))
    assert ApplicationStatus.IN_REVIEW not in {entry.status for entry in journey.application.timeline}


@pytest.mark.timeout(150)
@pytest.mark.qt_log_level_fail("CRITICAL")
def test_a_person_verifies_instead_and_no_camera_opens(walk):
    driver = walk.driver
    walk.to(Page.PERMISSIONS)
    page = driver.arrive(Page.FACE_VERIFICATION)
    assert isinstance(page, FaceVerificationPage)
    assert page.step is Step.FLASH
    driver.click(page.scaffold.aside)
    driver.wait(lambda: page.step is Step.WAYS, "the other ways")
    assert set(page.steps.result.way_buttons) == {
        Way.MANUAL,
        Way.CHANGED,
        Way.NETWORK,
        Way.BRANCH,
    }  # a call is for later
    driver.click(page.steps.result.way_buttons[Way.MANUAL])
    driver.wait(lambda: page.step is Step.MANUAL, "the other way")
    assert "价格相同" in "\n".join(driver.look())
    driver.click(page.scaffold.primary)
    assert walk.kit.borrower is None
    walk.bank_card()
    walk.check_answers()
    journey = driver.desktop.context.journey
    waiting = tr("progress.who.reviewer")
    driver.wait(
        lambda: waiting in driver.look() or journey.application.status is ApplicationStatus.OFFERED, "the reviewer", 60
    )
    offer = driver.arrive(Page.DECISION, 60)
    assert isinstance(offer, DecisionPage)
    driver.wait(offer.scaffold.primary.isVisible, "the offer")
    driver.look((yuan(Decimal("899.75")), "14.40%"))
    assert {entry.status for entry in journey.application.timeline} >= {ApplicationStatus.IN_REVIEW}
