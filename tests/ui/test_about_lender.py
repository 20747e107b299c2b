"""Who lends, one press from every page: what to hold against the regulator's list, and what is promised."""

import json

import pytest
from PySide6.QtWidgets import QLabel

from loanapp.resource_files import resource_path
from tests.ui.loan_in_hand import application
from tests.ui.typed_journey import TypedJourney
from ui.components.about_lender import AboutLender
from ui.main_window import MainWindow
from ui.translations import translator


@pytest.fixture
def window(page_context, qtbot):
    journey = TypedJourney(application("verifying"))
    made = MainWindow(page_context(journey))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show_lender(journey.lender)
    made.show()
    return made


def opened(window):
    window.top.about.click()
    return next(one for one in window.findChildren(AboutLender) if one.isVisible())


def words(dialog):
    return " ".join(one.text() for one in dialog.findChildren(QLabel) if not one.isHidden())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_name_licence_number_to_call_and_steps_are_there_in_both_languages(window, language):
    dialog = opened(window)
    translator().set_language(language)
    said, lender = words(dialog), window.lender
    for fact in (getattr(lender.name, language), lender.licence, lender.support.phone, lender.support.email):
        assert fact in said
    folder = "zh_CN" if language == "zh" else "en"
    every = json.loads(resource_path("translations", folder, "about_lender.json").read_text("utf-8"))
    for name, text in every.items():
        if name.startswith(("check_", "promise_")):
            assert text in said
    dialog.reject()


def test_a_simulated_lender_says_that_there_is_no_such_lender(window):
    dialog = opened(window)
    assert dialog.simulated.isVisible() is window.lender.simulated
    dialog.reject()


def test_its_ways_lead_to_help_and_to_a_complaint(window):
    dialog = opened(window)
    asked = []
    dialog.help_wanted.connect(asked.append)
    dialog.links["licence"].click()
    assert asked == ["licence"]
    dialog = opened(window)
    complained = []
    dialog.complain_wanted.connect(lambda: complained.append(1))
    window.keys.open_my_data = lambda **_: None
    dialog.complain.click()
    assert complained == [1]
