"""Papers about a loan that the borrower takes home, each fetched and checked when it is asked for."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.components import SecondaryButton, label
from ui.components.flow_row import FlowRow
from ui.pages.page import JourneyPage
from ui.pages.save_contract import save_file
from ui.translations import tr


class LoanPapers(QWidget):
    """A button for each paper beside ``first``, and below what the bundle is for."""

    def __init__(self, page: JourneyPage, first: QWidget) -> None:
        super().__init__()
        self._page = page
        self._number = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._row = FlowRow(spacing=12)
        self._row.add(first)
        self.evidence = self._button(self._fetch_evidence, "papers.evidence")
        self._row.close_up()
        box.addWidget(self._row)
        self._about = label("", "small")
        box.addWidget(self._about)

    def show_contract(self, number: str) -> None:
        """The contract the papers are about."""
        self._number = number

    def retranslate(self) -> None:
        """Change the words."""
        self.evidence.setText(tr("papers.evidence"))
        self._about.setText(tr("papers.evidence_about"))

    def _fetch_evidence(self) -> bytes:
        return self._page.journey.evidence_bundle()

    def _button(self, fetch: Callable[[], bytes], words: str) -> SecondaryButton:
        button = SecondaryButton()
        button.clicked.connect(lambda: self._save(button, fetch, words))
        self._row.add(button)
        return button

    def _save(self, button: SecondaryButton, fetch: Callable[[], bytes], words: str) -> None:
        page = self._page
        page.at_work = button

        def came(content: bytes) -> None:
            save_file(page, content, tr(words), tr(f"{words}.name", number=self._number), tr(f"{words}.kind"))

        page.context.operations.run(fetch, came, page.show_problem, busy=page)
