"""What keeps others out: the computers one is signed in on, what they asked for, and the ways to stop them."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.domain.devices import DeviceEnd
from ui.components import Banner, Card, FlowRow, LinkButton, Rule, SecondaryButton, SectionHeading, label
from ui.components.labels import empty
from ui.formats import moment, sentences
from ui.messages import Level
from ui.my_data.lock_choice import LockChoice
from ui.my_data.protection import ProtectionCard
from ui.my_data.view import DataView
from ui.translations import tr

if TYPE_CHECKING:
    from loanapp.client.devices import SignedInDevice
    from loanapp.client.protection import OpenRecovery, Protection


class Security(DataView):
    """One block for each computer; a sign-in that was copied is said above them."""

    def build(self) -> None:
        """Make the widgets."""
        self.copied = Banner(Level.STOP)
        self.copied.hide()
        self.asked = Banner(Level.STOP)
        self.asked.hide()
        self.before = label("", "muted")
        self.heading, self.card = SectionHeading(), Card(padding=20, spacing=12)
        self.card.hide()
        self.others, self.more = SecondaryButton(), LinkButton()
        self.others.clicked.connect(self._ask_others)
        self.more.clicked.connect(self._open_help)
        self.devices: tuple[SignedInDevice, ...] = ()
        self.recoveries: tuple[OpenRecovery, ...] = ()
        self.buttons: dict[str, SecondaryButton] = {}
        ways = FlowRow(spacing=16)
        for part in (self.others, self.more):
            ways.add(part)
        ways.close_up()
        self.protection = ProtectionCard(self.context)
        self.protection.changed.connect(self.load)
        self.protection.hide()
        self.lock = LockChoice(self.context)
        for part in (self.asked, self.copied, self.before, self.heading, self.card, ways, self.protection, self.lock):
            self.body.addWidget(part)

    def load(self) -> bool:
        """Where the borrower is signed in now."""
        journey = self.context.journey
        self.devices, self.recoveries = (), ()
        self.protection.show_protection(None)
        self.show_words()
        if journey is None or not journey.signed_in:
            return False
        self.ask(lambda: (journey.devices(), journey.protection(), journey.recoveries()), self._all_came)
        return True

    def _all_came(self, found: "tuple[tuple[SignedInDevice, ...], Protection, tuple[OpenRecovery, ...]]") -> None:
        devices, protection, self.recoveries = found
        self.protection.show_protection(protection)
        self._came(devices)

    def _came(self, devices: "tuple[SignedInDevice, ...]") -> None:
        self.devices = devices
        self.show_words()

    def show_words(self) -> None:
        """Every word in the language in force."""
        journey = self.context.journey
        signed_in = journey is not None and journey.signed_in
        live = [one for one in self.devices if one.ended_why is None]
        copied = next((one for one in self.devices if one.ended_why is DeviceEnd.REUSED), None)
        self._show_asked()
        self.before.setText(tr("security.before"))
        self.before.setHidden(signed_in)
        self.copied.setHidden(copied is None)
        if copied is not None:
            signed_in_at = moment(copied.signed_in_at)
            self.copied.say(tr("security.copied"), tr("security.copied_text", signed_in=signed_in_at))
        self.heading.setText(tr("security.devices"))
        self.heading.setVisible(bool(live))
        self.card.setVisible(bool(live))
        self.others.setText(tr("security.others"))
        self.others.setVisible(any(not one.current for one in live))
        self.more.setText(tr("security.more"))
        self.protection.show_words()
        self.lock.show_words(signed_in=signed_in)
        self._show_devices(live)

    def _show_asked(self) -> None:
        """What other computers asked by the phone alone; one press stops all of it where this computer came before."""
        asked = [one for one in self.recoveries if not one.here]
        self.asked.setHidden(not asked)
        if not asked:
            return
        said = [
            tr(
                "security.asked_until" if one.ready_at is not None else "security.asked_branch",
                what=tr(f"security.asked_{one.act.value}"),
                asked=moment(one.asked_at),
                ready=moment(one.ready_at) if one.ready_at is not None else "",
            )
            for one in asked
        ]
        may_stop = any(one.may_stop for one in asked)
        said.append(tr("security.asked_stop_text" if may_stop else "security.asked_elsewhere"))
        self.asked.say(tr("security.asked"), sentences(*said))
        self.asked.show_actions(*(((tr("security.asked_stop"), self._stop),) if may_stop else ()))

    def _stop(self) -> None:
        journey = self.context.journey
        if journey is not None:
            self.ask(lambda: (journey.stop_recoveries(), journey.devices()), self._stopped)

    def _stopped(self, found: "tuple[tuple[OpenRecovery, ...], tuple[SignedInDevice, ...]]") -> None:
        self.recoveries, devices = found
        self._came(devices)
        self.context.messages.show_toast("security.asked_stopped")

    def _show_devices(self, live: "list[SignedInDevice]") -> None:
        empty(self.card.body)
        self.buttons = {}
        for number, one in enumerate(live):
            if number:
                self.card.body.addWidget(Rule())
            self.card.body.addWidget(self._block(one))

    def _block(self, one: "SignedInDevice") -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        head = FlowRow(spacing=12, line_spacing=4)
        name = tr("security.device", system=tr(f"security.system_{one.system.value}"))
        head.add(label(name, "strong"), stretch=1)
        if one.current:
            head.add(label(tr("security.this"), "small", wrap=False))
        else:
            button = self.buttons[one.device_id] = SecondaryButton(tr("security.sign_out"))
            button.setAccessibleName(f"{button.text()} {name}")
            button.clicked.connect(partial(self._ask_one, one))
            head.add(button)
        box.addWidget(head)
        times = tr("security.times", signed_in=moment(one.signed_in_at), used=moment(one.used_at))
        box.addWidget(label(times, "small-ink"))
        return holder

    def _ask_one(self, one: "SignedInDevice") -> None:
        from ui.pages.confirm import Question, ask

        words = ("security.one_title", "security.one_text", "security.sign_out", "security.keep")
        ask(self, Question(*words), lambda: self._sign_out(one.device_id))

    def _ask_others(self) -> None:
        from ui.pages.confirm import Question, ask

        words = ("security.others_title", "security.others_text", "security.others", "security.keep")
        ask(self, Question(*words), lambda: self._sign_out(None))

    def _sign_out(self, device_id: str | None) -> None:
        journey = self.context.journey
        if journey is None:
            return
        act = journey.sign_out_others if device_id is None else partial(journey.sign_out_device, device_id)
        self.ask(act, self._ended)

    def _ended(self, devices: "tuple[SignedInDevice, ...]") -> None:
        self._came(devices)
        self.context.messages.show_toast("security.done")

    def _open_help(self) -> None:
        self.window().close()
        self.context.messages.help_wanted.emit("account-security")
