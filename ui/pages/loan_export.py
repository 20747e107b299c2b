"""The rest of the plan for the borrower's calendar, and the whole of it for a spreadsheet."""

from datetime import datetime

from PySide6.QtWidgets import QFileDialog

from loanapp.client.answers import Loan
from loanapp.domain.repayment_export import DueDay, calendar_file, table_file
from ui.formats import yuan, yuan_column
from ui.pages.page import JourneyPage
from ui.pages.save_contract import save_file
from ui.translations import tr


def calendar_of(loan: Loan, now: datetime) -> bytes:
    """Every instalment still to pay, with reminders, in the language in force."""
    account = loan.account
    rows = account.schedule.rows[account.paid :] if account is not None else loan.schedule.rows
    entries = [
        DueDay(
            row.no,
            row.due,
            tr("loan_export.due", amount=yuan(row.total, places=2)),
            tr("loan_export.due_text", no=row.no, last4=loan.card_last4, number=loan.contract_number),
        )
        for row in rows
    ]
    return calendar_file(tr("loan_export.calendar_name"), loan.contract_number, entries, now)


def table_of(loan: Loan) -> bytes:
    """Every instalment of the plan as it stands, under the headings of the language in force."""
    rows = loan.account.schedule.rows if loan.account is not None else loan.schedule.rows
    columns = ("payment", "principal", "interest", "fees", "balance")
    money = [yuan_column(tr(f"common.schedule_{name}")) for name in columns]
    return table_file([tr("common.schedule_no"), tr("common.schedule_due"), *money], rows)


def save_calendar(page: JourneyPage, loan: Loan, now: datetime) -> QFileDialog:
    """Ask where, then write the calendar."""
    name = f"{tr('loan_export.name', number=loan.contract_number)}.ics"
    return save_file(page, calendar_of(loan, now), tr("loan_export.calendar"), name, tr("loan_export.calendar_kind"))


def save_table(page: JourneyPage, loan: Loan) -> QFileDialog:
    """Ask where, then write the table."""
    name = f"{tr('loan_export.name', number=loan.contract_number)}.csv"
    return save_file(page, table_of(loan), tr("loan_export.table"), name, tr("loan_export.table_kind"))
