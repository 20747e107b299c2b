"""Windows looked at offscreen leave nothing behind; the screen reader's desk is a process of its own."""

from tests.qt_rules import no_work_left, nothing_left_on_screen
from tests.ui.loan_in_hand import page_context
from tests.ui.patience import qtbot
from tests.ui.typed_journey import open_page

__all__ = ["no_work_left", "nothing_left_on_screen", "open_page", "page_context", "qtbot"]
