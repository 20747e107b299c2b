"""Window tests run offscreen and leave nothing behind."""

import pytest

from loanapp.help.diagnosis.onlookers import Onlookers
from tests.qt_rules import no_work_left, nothing_left_on_screen, words_and_looks_as_at_the_start
from tests.ui.face_page import open_face_page, styled
from tests.ui.loan_in_hand import open_my_loan, page_context
from tests.ui.patience import qtbot
from tests.ui.typed_journey import open_page

__all__ = [
    "no_work_left",
    "nothing_left_on_screen",
    "open_face_page",
    "open_my_loan",
    "open_page",
    "page_context",
    "qtbot",
    "styled",
    "words_and_looks_as_at_the_start",
]


@pytest.fixture(autouse=True)
def nobody_else_at_this_computer(monkeypatch):
    """What happens to run where the tests do is not what they are about."""
    monkeypatch.setattr("loanapp.help.diagnosis.onlookers.look", Onlookers)
