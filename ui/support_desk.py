"""Writes to support: looks at the computer, shows all that would be told, saves or sends it, or lets it wait."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from loanapp.client.support_queue import FOR_GOOD, Delivery, SupportQueue, Ticket
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import data_folder
from ui.components.support_sheet import SupportSheet
from ui.file_saving import replace_whole
from ui.formats import moment
from ui.messages import Level
from ui.screen_told import screen_told
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.help.diagnosis import Check
    from ui.main_window import MainWindow
    from ui.operations import Operation


class SupportDesk(QObject):
    """One sheet, from opening to closing."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._context = window.context
        self._queue = SupportQueue(data_folder())
        self._checks: list[Check] | None = None
        self._words = ""
        self.sheet = SupportSheet(window, window.lender.support if window.lender is not None else None)
        self.sheet.written.connect(self._write)
        self.sheet.save_wanted.connect(self._save)
        self.sheet.send_wanted.connect(self._send)
        self.sheet.copied.connect(lambda what: self._context.messages.show_toast("components.copied", what=what))
        self._screen = screen_told()
        self._looking: Operation = self._context.operations.run_with_progress(
            self._look, self._looked, lambda _: self._looked([]), on_progress=lambda _: None
        )
        self._asking: Operation = self._context.operations.run(self._queue_facts, self._show_earlier)
        self.sheet.finished.connect(self._end)

    def open(self) -> None:
        """Show the sheet without blocking."""
        self.sheet.open()

    def _look(self, operation: "Operation", _report: object) -> "list[Check]":
        from loanapp.help.diagnosis import CheckState, watch

        def stop() -> bool:
            return operation.cancelled or self._context.operations.closing

        with closing(watch(data_folder(), stop=stop, screen=self._screen)) as checks:
            return [check for check in checks if check.state is not CheckState.RUNNING]

    def _looked(self, checks: "list[Check]") -> None:
        self._checks = checks
        self._write(self._words)

    def _write(self, words: str) -> None:
        """Make the text anew from the words; nothing else than what is shown is ever saved or sent."""
        from loanapp.help.support_bundle import SupportReport, known_of, support_text

        self._words = words
        if self._checks is None:
            return
        journey, page = self._context.journey, self._window.page
        report = SupportReport(
            self._context.clock.now(),
            self._checks,
            page=page.page_id.value if page is not None else "",
            errors=self._window.failures.seen,
            words=words,
        )
        known = known_of(journey.draft) if journey is not None else ()
        say = lambda key, **values: tr(f"commands.{key}", **values)  # noqa: E731
        self.sheet.show_report(support_text(report, say, known).strip())

    def _send(self, text: str) -> None:
        self.sheet.send.set_busy(True)
        self.sheet.send.setEnabled(False)
        journey = self._context.journey

        def work() -> Ticket:
            asked = self._queue.add(text, self._context.clock.now())
            if journey is None:
                raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)
            delivery = self._queue.deliver(journey.client)
            if (refusal := delivery.refused.get(asked.id)) is not None:
                raise refusal
            return delivery.sent[-1]

        self._context.operations.save(work, self._sent, self._not_sent)

    def _sent(self, ticket: Ticket) -> None:
        journey, lender = self._context.journey, self._window.lender
        key = "answer_signed_in" if journey is not None and journey.signed_in else "answer"

        def said() -> tuple[str, str]:
            text = tr(f"help.support.{key}", time=moment(ticket.answer_by))
            if lender is not None and lender.simulated:
                text = f"{text} {tr('help.support.simulated')}"
            return tr("help.support.sent", number=ticket.number), text

        self.sheet.show_outcome(Level.DONE, said)

    def _not_sent(self, error: LoanAppError) -> None:
        if error.code in FOR_GOOD or error.code is ErrorCode.DISK_TROUBLE:
            said = lambda: (error_sentence(error), error_fix(error))  # noqa: E731
            self.sheet.show_outcome(Level.STOP, said, error.code)
        else:
            said = lambda: (tr("help.support.queued"), tr("help.support.queued_text"))  # noqa: E731
            self.sheet.show_outcome(Level.LOOK, said)

    def _queue_facts(self) -> tuple[int, list[Ticket]]:
        return len(self._queue.waiting()), self._queue.sent()[:3]

    def _show_earlier(self, facts: tuple[int, list[Ticket]]) -> None:
        waiting, sent = facts

        def said() -> str:
            lines = [tr("help.support.waiting", count=waiting)] if waiting else []
            lines += [tr("help.support.earlier")] if sent else []
            lines += [tr("help.support.earlier_line", number=one.number, time=moment(one.answer_by)) for one in sent]
            return "\n".join(lines)

        self.sheet.show_earlier(said)

    def _save(self, text: str) -> None:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = tr("help.support.file")
        dialog = QFileDialog(
            self.sheet, tr("help.support.save"), str(Path(documents) / name), f"{tr('help.support.filter')} (*.txt)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.write_file(text, Path(chosen)))
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()

    def write_file(self, text: str, path: Path) -> None:
        """Write what is shown to ``path``, and say so."""

        def work() -> Path:
            try:
                replace_whole(path, f"{text}\n".encode())
            except OSError as error:
                raise LoanAppError(ErrorCode.DISK_TROUBLE) from error
            return path

        messages = self._context.messages
        self._context.operations.save(work, lambda where: messages.show_toast("help.support.saved", name=where.name))

    def _end(self, _result: int) -> None:
        self._looking.cancel()
        self._asking.cancel()
        self.sheet.deleteLater()
        self.deleteLater()


def deliver_waiting(window: "MainWindow") -> None:
    """The lender has answered: send what waited for that, and say so. What fails again goes on waiting."""
    journey, context = window.context.journey, window.context
    queue = SupportQueue(data_folder())
    if journey is None:
        return

    def delivered(delivery: Delivery) -> None:
        if delivery.refused:
            context.messages.show_notice(Level.STOP, "help.support.refused")
        for ticket in delivery.sent:
            context.messages.show_notice(
                Level.DONE, "help.support.delivered", number=ticket.number, time=moment(ticket.answer_by)
            )

    context.operations.save(lambda: queue.deliver(journey.client), delivered, lambda _: None)
