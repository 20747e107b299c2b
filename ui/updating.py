"""A quiet notice about new versions: offered, fetched behind the borrower's work, in place at the next start."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from loanapp.domain.errors import ErrorCode
from ui import crash
from ui.components.notice_area import NoticeArea
from ui.messages import Level
from ui.operations import Operations
from ui.translations import tr, translator

if TYPE_CHECKING:
    from loanapp.updates.client import Offer
    from loanapp.updates.refusal import UpdateRefusedError
    from loanapp.updates.updating import Updating

NOTICE = "updates"
# Long enough after the window is in use that a program that breaks at once has broken, and nothing is slowed down.
_SETTLED_MS = 4_000


class _Found:
    """What a worker brings back: ``failed`` did not start, ``offer`` or ``refused`` is what was found."""

    def __init__(self) -> None:
        self.updating: Updating | None = None
        self.failed: str | None = None
        self.offer: Offer | None = None
        self.refused: UpdateRefusedError | None = None


class UpdateNotices(QObject):
    """``open_again`` closes the program and lets it start anew; ``make`` is called in a worker."""

    def __init__(
        self,
        home: Path,
        notices: NoticeArea,
        operations: Operations,
        parent: QObject,
        *,
        make: "Callable[[Path], Updating | None] | None" = None,
        open_again: Callable[[], object] = crash.open_again,
    ) -> None:
        super().__init__(parent)
        self._home, self._notices, self._operations = home, notices, operations
        self._make, self._open_again = make, open_again
        self._updating: Updating | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Look once the window has been in use for a moment."""
        self._timer.start()

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    def look(self) -> None:
        """Say to the disk that this version works, then ask for a newer one."""
        self._operations.run(self._look, self._looked)

    def _look(self) -> _Found:
        from loanapp.updates.refusal import UpdateRefusedError
        from loanapp.updates.updating import settle, updating_of_this_program

        found = _Found()
        found.failed = settle(self._home)
        found.updating = (self._make or updating_of_this_program)(self._home)
        if found.updating is None:
            return found
        try:
            found.offer = found.updating.look()
        except UpdateRefusedError as error:
            found.refused = error
        return found

    def _looked(self, found: _Found) -> None:
        self._updating = found.updating
        if found.failed is not None:
            failed = found.failed
            self._tell(
                Level.LOOK,
                lambda: (tr("updates.failed", version=failed), tr("updates.failed_text")),
                self._help(ErrorCode.UPDATE_NOT_STARTED),
            )
        elif found.refused is not None and found.refused.is_suspicious:
            self._tell_refused(found.refused)
        elif found.offer is not None:
            self.offer(found.offer)

    def offer(self, offer: "Offer", *, whole: bool = False) -> None:
        """Say that there is something new, and the way to it in this installation; ``whole`` says what changed."""
        from loanapp.updates.installation import Form

        updating = self._updating
        form = Form.OTHER if updating is None else updating.form
        ways = {Form.FOLDER: "updates.way_here", Form.PACKAGE: "updates.way_package"}
        way = ways.get(form, "updates.way_other")

        def words() -> tuple[str, str]:
            lines = [tr("updates.line", line=line) for line in offer.notes[translator().language]] if whole else []
            text = "\n".join((*lines, tr(way, size=_megabytes(offer.size))))
            return tr("updates.offered", version=offer.version), text

        fetch = (("updates.fetch", lambda: self._fetch(offer)),) if form is Form.FOLDER else ()
        more = () if whole else (("updates.changes", lambda: self.offer(offer, whole=True)),)
        self._tell(Level.INFORMATION, words, *fetch, *more)

    def _fetch(self, offer: "Offer") -> None:
        size = _megabytes(offer.size)
        self._tell(
            Level.INFORMATION,
            lambda: (tr("updates.fetching", version=offer.version), tr("updates.fetching_text", size=size)),
        )
        self._operations.run(lambda: self._prepare(offer), lambda refused: self._fetched(offer, refused))

    def _prepare(self, offer: "Offer") -> "UpdateRefusedError | None":
        from loanapp.updates.refusal import UpdateRefusedError

        if self._updating is not None:
            try:
                self._updating.prepare(offer)
            except UpdateRefusedError as error:
                return error
        return None

    def _fetched(self, offer: "Offer", refused: "UpdateRefusedError | None") -> None:
        if refused is None:
            self._tell(
                Level.DONE,
                lambda: (tr("updates.ready", version=offer.version), tr("updates.ready_text")),
                ("updates.open_again", self._open_again),
            )
        elif refused.is_suspicious:
            self._tell_refused(refused)
        else:
            self._tell_refused(refused, ("common.retry", lambda: self._fetch(offer)))

    def _tell_refused(self, refused: "UpdateRefusedError", *ways: tuple[str, Callable[[], object]]) -> None:
        reason = refused.reason.value
        mend = self._help(ErrorCode.UPDATE_REFUSED)
        self._tell(Level.LOOK, lambda: (tr("updates.refused"), tr(f"updates.refused_{reason}")), *ways, mend)

    def _help(self, code: ErrorCode) -> tuple[str, Callable[[], object]]:
        """The way to the article that answers ``code``."""
        return "common.open_help", lambda: self._notices.help_wanted.emit(code.value)

    def _tell(
        self, level: Level, words: Callable[[], tuple[str, str]], *ways: tuple[str, Callable[[], object]]
    ) -> None:
        self._notices.tell(NOTICE, level, words, *ways)


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6))} MB"
