"""Papers to take home from the loan's page: fetched, checked, and written where the borrower says."""

from dataclasses import replace

from PySide6.QtWidgets import QFileDialog

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.loan_account import RepaymentKind
from tests.ui.loan_in_hand import DAY, after, loan
from ui.translations import translator


def test_the_evidence_is_saved_under_the_contracts_number(open_my_loan, qtbot, tmp_path):
    page = open_my_loan(evidence_bundle=lambda: b"PK the evidence")
    page.papers.evidence.click()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    chosen = dialog.selectedFiles()[0]
    assert chosen.endswith(f"证据包-{loan().contract_number}.zip")
    assert dialog.nameFilters() == ["证据包 (*.zip)"]
    dialog.fileSelected.emit(str(tmp_path / "mine.zip"))
    dialog.close()
    qtbot.waitUntil((tmp_path / "mine.zip").exists)
    assert (tmp_path / "mine.zip").read_bytes() == b"PK the evidence"
    translator().set_language("en")
    assert page.papers.evidence.text() == "Save the evidence"


def test_evidence_that_does_not_hold_is_not_saved(open_my_loan, qtbot):
    def refused():
        raise LoanAppError(ErrorCode.CONTRACT_SIGNATURE_INVALID)

    page = open_my_loan(evidence_bundle=refused)
    page.papers.evidence.click()
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    assert page.findChild(QFileDialog) is None


def test_a_settled_loan_offers_its_certificate(open_my_loan, qtbot, tmp_path):
    page = open_my_loan()
    assert page.papers.settlement.isHidden()
    held = loan()
    over = replace(after(held, held.account.owed(RepaymentKind.PAYOFF, DAY)), settled_at=held.disbursed_at)
    asked = []

    def made_out(about):
        asked.append(about)
        return b"%PDF settled"

    page = open_my_loan(loan=lambda: over, settlement_certificate=made_out)
    page.papers.settlement.click()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith(f"结清证明-{held.contract_number}.pdf")
    dialog.fileSelected.emit(str(tmp_path / "settled.pdf"))
    dialog.close()
    qtbot.waitUntil((tmp_path / "settled.pdf").exists)
    assert asked == [over]
