"""A visit to a branch: which one, which day, what time; and the visit that is booked."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from loanapp.client.answers import Appointment, AppointmentState, Branch
from loanapp.domain.clock import CHINA
from ui.camera.column import ColumnArea
from ui.components import Banner, Card, EmptyState, IconView, LinkButton, SimulatedTag, Skeleton, label
from ui.components.choice_cards import Choice, ChoiceCards
from ui.formats import clock, short_day, weekday
from ui.formats import day as day_in_full
from ui.messages import Level
from ui.translations import tr, translator

_DAYS_ACROSS: Final = 5
_TIMES_ACROSS: Final = 6
_MARGIN: Final = 8


def visit_time(slot: datetime, minutes: int) -> str:
    """``2026年11月26日 周四 10:00，约 30 分钟``."""
    local = slot.astimezone(CHINA)
    return tr(
        "face_verification.branch.when",
        count=minutes,
        day=day_in_full(local.date()),
        weekday=weekday(local),
        time=clock(local),
    )


def slots_by_day(branch: Branch | None) -> dict[date, list[datetime]]:
    """The free times of a branch, by the day they are on in China."""
    slots = sorted(branch.slots) if branch is not None else []
    return {day: list(group) for day, group in groupby(slots, key=lambda slot: slot.astimezone(CHINA).date())}


class BranchStep(ColumnArea):
    """Three questions, each shown once the one before is answered; ``chosen`` whenever an answer changes."""

    chosen = Signal()
    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._branches: tuple[Branch, ...] = ()
        self._notice = Banner(Level.LOOK)
        self._notice.hide()
        self.body.addWidget(self._notice)
        self._lead = label("")
        self.body.addWidget(self._lead)
        self._skeleton = Skeleton()
        self._skeleton.hide()
        self.body.addWidget(self._skeleton)
        self._none = EmptyState("calendar")
        self._none.action.clicked.connect(self.again_wanted)
        self.body.addWidget(self._none)
        self._names = {part: label("", "strong") for part in ("where", "day", "time")}
        self.where = ChoiceCards(columns=1)
        self.day = ChoiceCards(columns=_DAYS_ACROSS, flowing=True)
        self.time = ChoiceCards(columns=_TIMES_ACROSS, flowing=True)
        for part, cards in self._parts():
            self.body.addWidget(self._names[part])
            self.body.addWidget(cards)
        self.body.addStretch(1)
        self.where.chosen.connect(lambda _value: self._branch_chosen())
        self.day.chosen.connect(lambda _value: self._day_chosen())
        self.time.chosen.connect(lambda _value: self.chosen.emit())

    def _parts(self) -> tuple[tuple[str, ChoiceCards], ...]:
        return (("where", self.where), ("day", self.day), ("time", self.time))

    def show_branches(self, branches: Sequence[Branch], *, looking: bool = False) -> None:
        """Offer these; while ``looking`` they are still asked for."""
        self._branches = tuple(branches)
        self._lead.setVisible(looking or bool(branches))
        self._skeleton.setVisible(looking)
        self._none.setVisible(not branches and not looking)
        self.retranslate()

    def show_taken(self, *, taken: bool) -> None:
        """Say above the branches that the time that was chosen has been taken by somebody, or stop saying so."""
        self._notice.setVisible(taken)

    def retranslate(self) -> None:
        """Change the words; what is chosen stays where it is still free."""
        self._notice.say("", tr("face_verification.branch.taken"))
        self._lead.setText(tr("face_verification.branch.lead"))
        none = "face_verification.branch.none"
        self._none.say(tr(none), tr(f"{none}_why"), tr("face_verification.branch.again"))
        pick = translator().pick
        for part, name in self._names.items():
            name.setText(tr(f"face_verification.branch.{part}"))
        for part, cards in self._parts():
            cards.setAccessibleName(self._names[part].text())
        self.where.set_choices(
            [
                Choice(
                    branch.id,
                    pick(branch.name),
                    f"{pick(branch.address)}\n{pick(branch.hours)}",
                )
                for branch in self._branches
            ]
        )
        self._fill_days()

    def branch(self) -> Branch | None:
        """The branch that is chosen."""
        return next((branch for branch in self._branches if branch.id == self.where.value()), None)

    def slot(self) -> datetime | None:
        """The time that is chosen."""
        branch = self.branch()
        slots = branch.slots if branch is not None else ()
        return next((slot for slot in slots if slot.isoformat() == self.time.value()), None)

    def _branch_chosen(self) -> None:
        self._fill_days()
        self.chosen.emit()
        self._bring_into_view("day", self.day)

    def _day_chosen(self) -> None:
        self._fill_times()
        self.chosen.emit()
        self._bring_into_view("time", self.time)

    def _bring_into_view(self, part: str, cards: ChoiceCards) -> None:
        """Scroll until the next question is seen, and no further: what has just been chosen stays in view beside it."""
        name, bar = self._names[part], self.verticalScrollBar()

        def scroll() -> None:
            if not cards.isVisible():
                return
            top, height = name.mapTo(self.widget(), QPoint(0, 0)).y(), self.viewport().height()
            end = min(cards.mapTo(self.widget(), QPoint(0, cards.height())).y() + _MARGIN, top + height)
            bar.setValue(max(bar.value(), end - height))

        # Once the new cards have their places, and after the area has followed the focus.
        QTimer.singleShot(0, self, lambda: QTimer.singleShot(0, self, scroll))

    def _fill_days(self) -> None:
        days = slots_by_day(self.branch())
        self.day.set_choices([Choice(one.isoformat(), short_day(one)) for one in days])
        self._show("day", self.day, shown=bool(days))
        self._fill_times()

    def _fill_times(self) -> None:
        slots = slots_by_day(self.branch()).get(date.fromisoformat(self.day.value()), []) if self.day.value() else []
        self.time.set_choices([Choice(slot.isoformat(), clock(slot)) for slot in slots])
        self._show("time", self.time, shown=bool(slots))
        self._show("where", self.where, shown=bool(self._branches))

    def _show(self, part: str, cards: ChoiceCards, *, shown: bool) -> None:
        self._names[part].setVisible(shown)
        cards.setVisible(shown)

    def focus_first(self) -> None:
        """Start at the branches, once there are any."""
        if self.where.isVisible():
            self.where.setFocus(Qt.FocusReason.TabFocusReason)


class BookedStep(ColumnArea):
    """The visit that is booked: where, when, what to bring; it can be changed or cancelled until it begins."""

    change_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._banner = Banner(Level.DONE)
        self.body.addWidget(self._banner)
        card = Card(padding=20, spacing=12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconView("calendar", "accent", 24))
        self._name = label("", "strong")
        head.addWidget(self._name, 1)
        self._tag = SimulatedTag()
        head.addWidget(self._tag)
        card.body.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._rows = {row: (label("", "muted", wrap=False), label("")) for row in ("when", "address", "hours", "bring")}
        for place, pair in enumerate(self._rows.values()):
            for column, words in enumerate(pair):
                grid.addWidget(words, place, column, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(grid)
        ways = QHBoxLayout()
        ways.setSpacing(16)
        self.change, self.cancel = LinkButton(), LinkButton()
        self.change.clicked.connect(self.change_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)
        ways.addWidget(self.change)
        ways.addWidget(self.cancel)
        ways.addStretch(1)
        card.body.addLayout(ways)
        self.body.addWidget(card)
        self.body.addStretch(1)

    def show_appointment(self, appointment: Appointment) -> None:
        """Show it in the language in force."""
        pick = translator().pick
        missed = appointment.state is AppointmentState.MISSED
        self._banner.set_level(Level.LOOK if missed else Level.DONE)
        self._banner.say("", tr(f"face_verification.branch.{'missed' if missed else 'booked'}"))
        self._name.setText(pick(appointment.name))
        self._tag.setVisible(appointment.simulated)
        told = {
            "when": visit_time(appointment.slot, appointment.minutes),
            "address": pick(appointment.address),
            "hours": pick(appointment.hours),
            "bring": tr("face_verification.branch.bring_text"),
        }
        for row, (name, value) in self._rows.items():
            name.setText(tr(f"face_verification.branch.row_{row}"))
            value.setText(told[row])
        self.change.setText(tr("face_verification.branch.change"))
        self.cancel.setText(tr("face_verification.branch.cancel"))
