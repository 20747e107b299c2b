"""Saving a file about one's data where the borrower says."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.file_saving import replace_whole
from ui.my_data.view import DataView
from ui.translations import tr


def save_file(view: DataView, name_key: str, content: Callable[[], bytes]) -> QFileDialog:
    """Ask where; ``content`` is then made and written off the GUI thread, whole or not at all."""
    name = tr(name_key)
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(view, tr("my_data.save"), str(Path(documents) / name))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: write_file(view, content, Path(chosen)))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()
    return dialog


def write_file(view: DataView, content: Callable[[], bytes], path: Path) -> None:
    """Make and write; a disk that refuses is said in the view."""

    def work() -> Path:
        made = content()
        try:
            replace_whole(path, made)
        except OSError as error:
            raise LoanAppError(ErrorCode.DISK_TROUBLE) from error
        return path

    def saved(where: Path) -> None:
        view.context.messages.show_toast("my_data.saved", name=where.name)

    view.context.operations.save(work, saved, busy=view)
