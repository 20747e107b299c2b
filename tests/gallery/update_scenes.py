"""A new version in each of its states, and what "Check the computer" says of the program itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.help.diagnosis import Check, CheckState
from loanapp.updates.client import Offer
from loanapp.updates.installation import Form
from loanapp.updates.refusal import Reason, UpdateRefusedError
from tests.gallery.stage import Room, Scene
from ui.components.help_views import ChecksView
from ui.components.notice_area import NoticeArea
from ui.messages import MessageBridge
from ui.operations import Operations
from ui.theme import theme
from ui.updating import UpdateNotices

_OFFER: Final = Offer(
    "0.2.0",
    {
        "zh": ("还款日可以改了。", "身份证照片反光时，说明怎样拿才不反光。"),
        "en": ("The day of repayment can be changed.", "Where a photo of the card has glare, how to hold it is said."),
    },
    101_000_000,
)
_FINGERPRINT: Final = "3f9a 01c4 77de 8b52 e60d 19ac 5527 f048"
_SIGNED: Final = {"version": "0.1.0", "signer": "Mybank", "count": "1874", "fingerprint": _FINGERPRINT}


class _Updating:
    """A program in a folder of its own; what is asked of it is answered at once."""

    form = Form.FOLDER

    def prepare(self, _offer: Offer) -> None:
        """Everything was as it was signed."""


def update_scenes() -> tuple[Scene, ...]:
    """The notice as a borrower meets it, step by step; then the line about the program."""
    states: dict[str, Callable[[UpdateNotices], object]] = {
        "offered": lambda notices: notices.offer(_OFFER),
        "changes": lambda notices: notices.offer(_OFFER, whole=True),
        "ready": lambda notices: notices._fetched(_OFFER, None),
        "refused": lambda notices: notices._fetched(_OFFER, UpdateRefusedError(Reason.TAMPERED)),
    }
    told = tuple(Scene(f"component-updates-{name}", _notice(tell), fresh=True) for name, tell in states.items())
    return (*told, Scene("component-genuine", _genuine, fresh=True))


def _holder(room: Room) -> tuple[QWidget, QVBoxLayout]:
    holder = QWidget()
    holder.setProperty("ground", "paper")
    holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    box = QVBoxLayout(holder)
    box.setContentsMargins(24, 24, 24, 24)
    return holder, box


def _notice(tell: Callable[[UpdateNotices], object]) -> Callable[[Room], QWidget]:
    def set_it(room: Room) -> QWidget:
        holder, box = _holder(room)
        area = NoticeArea()
        box.addWidget(area)
        box.addStretch(1)
        notices = UpdateNotices(Path(), area, Operations(MessageBridge(area), area), area)
        notices._updating = _Updating()  # type: ignore[assignment]
        holder.resize(1366, 768)
        room.show(holder)
        tell(notices)
        return holder

    return set_it


def _genuine(room: Room) -> QWidget:
    """Signed and whole, and one with a file that is not as it was signed."""
    holder, box = _holder(room)
    for state, finding, more in (
        (CheckState.GOOD, "good", {}),
        (CheckState.BAD, "altered", {"names": "_internal/base_library.zip"}),
    ):
        view = ChecksView(lambda _article: None, lambda: None)
        view.show_check(Check("genuine", state, finding, "official-program", {**_SIGNED, **more}))
        view.end("good" if state is CheckState.GOOD else "bad", looked=True)
        # As wide as the help beside a page.
        view.setFixedWidth(theme().px(360))
        box.addWidget(view)
    holder.resize(1366, 768)
    room.show(holder)
    return holder
