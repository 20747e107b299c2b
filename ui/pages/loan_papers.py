"""Papers about a loan that the borrower takes home, each fetched and checked when it is asked for."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.client.answers import Loan
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
        self._loan: Loan | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._row = FlowRow(spacing=12)
        self._row.add(first)
        self.evidence = self._button(self._fetch_evidence, "papers.evidence")
        self.settlement = self._button(self._fetch_settlement, "papers.settlement")
        self._row.close_up()
        box.addWidget(self._row)
        self._about = label("", "small")
        box.addWidget(self._about)

    def show_loan(self, loan: Loan) -> None:
        """The loan the papers are about; once it is settled there is a certificate of that."""
        self._loan = loan
        self.settlement.setVisible(loan.settled_at is not None)

    def retranslate(self) -> None:
        """Change the words."""
        self.evidence.setText(tr("papers.evidence"))
        self.settlement.setText(tr("papers.settlement"))
        self._about.setText(tr("papers.evidence_about"))

    def _fetch_evidence(self) -> bytes:
        return self._page.journey.evidence_bundle()

    def _fetch_settlement(self) -> bytes:
        if self._loan is None:
            raise ValueError("no loan yet")
        return self._page.journey.settlement_certificate(self._loan)

    def _button(self, fetch: Callable[[], bytes], words: str) -> SecondaryButton:
        button = SecondaryButton()
        button.clicked.connect(lambda: self._save(button, fetch, words))
        self._row.add(button)
        return button

    def _save(self, button: SecondaryButton, fetch: Callable[[], bytes], words: str) -> None:
        page = self._page
        number = self._loan.contract_number if self._loan is not None else ""
        page.at_work = button

        def came(content: bytes) -> None:
            save_file(page, content, tr(words), tr(f"{words}.name", number=number), tr(f"{words}.kind"))

        page.context.operations.run(fetch, came, page.show_problem, busy=page)
