"""Asking for a printer without holding the window, and then printing."""

from collections.abc import Callable

from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from ui.translations import tr


def print_document(
    parent: QWidget, name: str, print_on: Callable[[QPrinter], object], *, margin_mm: float = 0
) -> QPrintDialog:
    """``name`` is what the printer's list calls it; ``margin_mm`` 0 where the pages bring their own margins."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    printer.setPageMargins(QMarginsF(*[margin_mm] * 4), QPageLayout.Unit.Millimeter)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(tr("help.print"))
    dialog.accepted.connect(lambda: print_on(printer))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.show()
    return dialog
