"""The window closed in the middle of a page: the next start leads there again, with what was typed."""

from pathlib import Path

import pytest

from loanapp.journey.pages import Page
from tests.qt_rules import nothing_left_on_screen
from ui.__main__ import demonstration_kit
from ui.theme import theme
from ui.tour.driver import WindowDriver
from ui.tour.kit import TourKit
from ui.tour.tour import prepare_platform
from ui.tour.walk import Walk

__all__ = ["nothing_left_on_screen"]


@pytest.fixture
def no_keyring(monkeypatch, qapp):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    prepare_platform()
    yield
    theme().choose(mode="light", scale=100)
    qapp.setStyleSheet("")


@pytest.mark.timeout(150)
@pytest.mark.qt_log_level_fail("CRITICAL")
def test_closed_in_the_middle_of_a_page_and_opened_again(no_keyring, own_home):
    kit = TourKit(demonstration_kit())

    def walk() -> Walk:
        return Walk(WindowDriver(Path(own_home), "zh", kit), kit, None)

    first = walk()
    first.driver.open()
    try:
        first.to(Page.IDENTITY_DOCUMENT)
        page = first.driver.arrive(Page.ABOUT_YOU)
        first.driver.type(page.income.editor, "12345", "the income")
    finally:
        first.driver.close()
    second = walk()
    second.driver.open()
    try:
        page = second.driver.arrive(Page.ABOUT_YOU, 60)
        assert page.income.text().replace(",", "").startswith("12345")
        second.about_you()
        second.driver.arrive(Page.PERMISSIONS)
    finally:
        second.driver.close()
