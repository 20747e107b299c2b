"""Saving a contract or another file where the borrower says; nothing is written anywhere else."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.file_saving import replace_whole
from ui.pages.page import JourneyPage
from ui.translations import tr


def save_contract(page: JourneyPage, pdf: bytes, number: str = "") -> QFileDialog:
    """Ask where, then write ``pdf`` there; a failure is shown on ``page`` and loses nothing."""
    name = tr("contract.save.name", number=number) if number else tr("contract.save.name_plain")
    return save_file(page, pdf, tr("contract.save"), name, tr("contract.save.filter"))


def save_file(page: JourneyPage, content: bytes, title: str, name: str, kind: str) -> QFileDialog:
    """Ask where to put ``content``, by default as ``name`` among the documents; ``kind`` names such files."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    suffix = Path(name).suffix
    dialog = QFileDialog(page, title, str(Path(documents) / name), f"{kind} (*{suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: write_contract(page, content, Path(chosen)))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()
    return dialog


def write_contract(page: JourneyPage, pdf: bytes, path: Path) -> None:
    """Write ``pdf`` to ``path`` off the GUI thread, and say where it is; begun once, it is finished even at the end."""

    def work() -> Path:
        try:
            replace_whole(path, pdf)
        except OSError as error:
            raise LoanAppError(ErrorCode.DISK_TROUBLE) from error
        return path

    def saved(where: Path) -> None:
        page.context.messages.show_toast("contract.saved", name=where.name)

    page.context.operations.save(work, saved, busy=page)
