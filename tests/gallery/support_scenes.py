"""What may be told to support: written, sent, or waiting."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from loanapp.client.support_queue import Ticket
from loanapp.domain.clock import CHINA
from loanapp.help.diagnosis import Check, CheckState
from loanapp.help.support_bundle import SupportReport, support_text
from tests.gallery.stage import Room, Scene
from ui.components.about_lender import AboutLender
from ui.components.support_sheet import SupportSheet
from ui.formats import moment
from ui.messages import Level
from ui.products import local_lender
from ui.translations import tr

_TICKET: Final = Ticket(
    "KF20261126-0001", datetime(2026, 11, 26, 12, 0, tzinfo=CHINA), datetime(2026, 11, 27, 12, 0, tzinfo=CHINA)
)


def support_scenes() -> tuple[Scene, ...]:
    """The sheet in each of its states."""
    states = {"": None, "-sent": Level.DONE, "-waiting": Level.LOOK}
    helped = Scene("component-support-help", _sheet(None, helped=True), fresh=True)
    sheets = tuple(Scene(f"component-support{name}", _sheet(level), fresh=True) for name, level in states.items())
    return (*sheets, helped, Scene("component-about-lender", _about, fresh=True))


def _about(room: Room) -> QWidget:
    """Whether this lender is real."""
    holder = _holder(room)
    AboutLender(holder, local_lender()).open()
    return holder


def _holder(room: Room) -> QWidget:
    holder = QWidget()
    holder.setProperty("ground", "paper")
    holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    holder.resize(1366, 768)
    room.show(holder)
    return holder


def _sheet(level: Level | None, *, helped: bool = False) -> Callable[[Room], QWidget]:
    def set_it(room: Room) -> QWidget:
        holder = _holder(room)
        sheet = SupportSheet(holder, local_lender().support)
        checks = [Check("disk", CheckState.GOOD, "good", "draft-and-disk", {"free": "73876", "enough": "1024"})]
        report = SupportReport(_TICKET.received_at, checks, page="bank_card", words=tr("help.support.write_hint"))
        sheet.show_report(support_text(report, lambda key, **values: tr(f"commands.{key}", **values)).strip())
        if level is Level.DONE:
            title = tr("help.support.sent", number=_TICKET.number)
            sheet.show_outcome(level, lambda: (title, tr("help.support.answer", time=moment(_TICKET.answer_by))))
        elif level is not None:
            sheet.show_outcome(level, lambda: (tr("help.support.queued"), tr("help.support.queued_text")))
        sheet.open()
        if helped:
            sheet.words.help_wanted.emit("contact-support")
        return holder

    return set_it
