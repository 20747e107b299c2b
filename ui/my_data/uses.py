"""Who used my data: every entry of the lender's ledger about the borrower, by time, by data or by recipient."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QVBoxLayout, QWidget

from loanapp.client.data_uses import DataUse
from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.components import (
    Banner,
    Card,
    EmptyState,
    FlowRow,
    LinkButton,
    Rule,
    SectionHeading,
    label,
)
from ui.components.buttons import AnswerButton
from ui.components.help_sheet import way_to_help
from ui.components.labels import empty
from ui.formats import moment, sentence_and_fix
from ui.messages import Level
from ui.my_data.taking_back import TakingBack, stops_and_keeps
from ui.my_data.view import DataView
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.journey.consent_acts import GivenConsent
    from loanapp.journey.history_acts import CheckedHistory

ORDERS: Final = ("time", "data", "recipient")
# More at once would only be scrolled past; the rest is one press away.
_AT_ONCE: Final = 40


class WhoUsed(DataView):
    """What the guard has checked, and a red line with the evidence where it does not hold."""

    def build(self) -> None:
        """Make the widgets."""
        self._history: CheckedHistory | None = None
        self._fault: LoanAppError | None = None
        self._all = False
        self._given: tuple[GivenConsent, ...] = ()
        self.taking_back = TakingBack(self, self._taken)
        self.body.addWidget(self.taking_back.result)
        self.verdict = Banner(Level.DONE)
        self.body.addWidget(self.verdict)
        self._orders = FlowRow(spacing=8)
        self._order_word = label("", "muted", wrap=False)
        self._orders.add(self._order_word)
        self._group = QButtonGroup(self)
        self.orders: dict[str, AnswerButton] = {}
        for name in ORDERS:
            button = self.orders[name] = AnswerButton()
            self._group.addButton(button)
            button.toggled.connect(lambda on: self._show_entries() if on else None)
            self._orders.add(button)
        self._orders.close_up()
        self.body.addWidget(self._orders)
        self.nothing = EmptyState("eye")
        self.body.addWidget(self.nothing)
        self._entries = QVBoxLayout()
        self._entries.setSpacing(12)
        self.body.addLayout(self._entries)
        self.more = LinkButton()
        self.more.clicked.connect(self._show_all)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.orders["time"].setChecked(True)

    def load(self) -> bool:
        """Ask and have it checked; whoever is not signed in has no history yet."""
        self.taking_back.begin()
        return self.load_again()

    def load_again(self) -> bool:
        """The same, where it did not come: what was taken back stays said."""
        journey = self.context.journey
        if journey is None or not journey.signed_in:
            self._history = None
            self.show_words()
            return False
        self._ask()
        return self._history is None

    def show_problem(self, error: LoanAppError | None) -> None:
        """A rewritten history is not a failure of this view but what it is there to show."""
        if error is not None and error.code is ErrorCode.GUARD_LEDGER_REWRITTEN:
            self._fault = error
            self.came.emit()
            self.show_words()
        else:
            super().show_problem(error)

    def _came(self, answer: "tuple[CheckedHistory, tuple[GivenConsent, ...]]") -> None:
        (self._history, self._given), self._fault = answer, None
        self.show_words()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - the protocol of operations
        """One at a time."""
        self.taking_back.set_busy(busy)

    def _ask(self) -> None:
        if (journey := self.context.journey) is not None:
            self.ask(lambda: (journey.data_uses(), journey.given_consents()), self._came)

    def _taken(self, taken: "GivenConsent") -> None:
        """No longer to be taken back; the entry about that is asked for."""
        self._given = tuple(one for one in self._given if one != taken)
        self.show_words()
        self._ask()

    def show_words(self) -> None:
        """The verdict, the orders, the entries."""
        self._order_word.setText(tr("my_data.order"))
        for name, button in self.orders.items():
            button.setText(tr(f"my_data.order_{name}"))
        signed_in = self.context.journey is not None and self.context.journey.signed_in
        self.nothing.say(tr("my_data.nothing_title"), tr("my_data.nothing" if signed_in else "my_data.sign_in_first"))
        self._show_verdict()
        self._show_entries()
        self.taking_back.show_words()

    def _show_verdict(self) -> None:
        history = self._history
        self.verdict.setVisible(self._fault is not None or history is not None)
        if self._fault is not None:
            self.verdict.set_level(Level.STOP)
            fault = tr(f"my_data.fault_{self._fault.details.get('what')}")
            self.verdict.say(error_sentence(self._fault), sentence_and_fix(fault, error_fix(self._fault)))
            evidence = (tr("my_data.save_evidence"), self._save_evidence)
            self.verdict.show_actions(evidence, way_to_help(self, self._fault.code))
        elif history is not None:
            self.verdict.set_level(Level.DONE)
            key = "my_data.whole_stamped" if history.stamped_at else "my_data.whole"
            when = moment(history.stamped_at) if history.stamped_at else ""
            text = tr(key, size=history.size, when=when)
            self.verdict.say(tr("my_data.whole_title", count=len(history.uses)), text)
            self.verdict.show_actions((tr("my_data.save_heads"), self._save_evidence))

    def _save_evidence(self) -> None:
        from ui.my_data.save import save_file

        if self.context.journey is not None:
            save_file(self, "my_data.evidence_name", self.context.journey.ledger_evidence)

    def _show_all(self) -> None:
        self._all = True
        self._show_entries()

    def _show_entries(self) -> None:
        empty(self._entries)
        self.taking_back.buttons.clear()
        uses = self._history.uses[::-1] if self._history is not None else ()
        self.nothing.setVisible(not uses and self._fault is None)
        self._orders.setVisible(bool(uses))
        shown = uses if self._all else uses[:_AT_ONCE]
        self.more.setVisible(len(shown) < len(uses))
        self.more.setText(tr("my_data.more", count=len(uses) - len(shown)))
        for heading, group in self._grouped(shown):
            if heading:
                self._entries.addWidget(SectionHeading(heading))
            self._entries.addWidget(self._card(group))

    def _grouped(self, uses: tuple[DataUse, ...]) -> Iterator[tuple[str, list[DataUse]]]:
        if not uses:
            return
        if self.orders["time"].isChecked():
            yield "", list(uses)
        elif self.orders["recipient"].isChecked():
            for recipient in dict.fromkeys(use.recipient for use in uses):
                yield self._recipient(recipient), [use for use in uses if use.recipient == recipient]
        else:
            for item in dict.fromkeys(item for use in uses for item in use.data):
                yield self._item(item), [use for use in uses if item in use.data]

    def _card(self, uses: Iterable[DataUse]) -> Card:
        card = Card(padding=16, spacing=8)
        for number, use in enumerate(uses):
            if number:
                card.body.addWidget(Rule())
            card.body.addWidget(self._row(use))
        return card

    def _row(self, use: DataUse) -> QWidget:
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        when = label(moment(use.at), "small", wrap=False)
        what = label(self._sentence(use))
        grid.addWidget(when, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(what, 0, 1)
        said = [what.text()]
        if use.data:
            data = tr("my_data.list_separator").join(self._item(item) for item in use.data)
            used = label(tr("my_data.used", data=data, recipient=self._recipient(use.recipient)), "small")
            grid.addWidget(used, 1, 1)
            said.append(used.text())
        given = self._in_force(use)
        if given is not None:
            for text in stops_and_keeps(self.context, given):
                words = label(text, "small-ink")
                grid.addWidget(words, grid.rowCount(), 1)
            grid.addWidget(self.taking_back.button(given), grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        what.setAccessibleName(" ".join([when.text(), *said]))
        return row

    def _in_force(self, use: DataUse) -> "GivenConsent | None":
        """The authorisation this entry gave, where it is in force and this is the newest entry of it."""
        history = self._history.uses if self._history is not None else ()
        if any(one.no > use.no and (one.act, one.application_id) == (use.act, use.application_id) for one in history):
            return None
        return next(
            (
                one
                for one in self._given
                if (one.application_id, f"consent.{one.scope.value}") == (use.application_id, use.act)
            ),
            None,
        )

    def _sentence(self, use: DataUse) -> str:
        key = f"my_data.act_{use.act.replace('.', '_')}"
        return tr(key) if self.context.translator.has(key) else tr("my_data.act_unknown", act=use.act)

    def _recipient(self, recipient: str) -> str:
        key = f"my_data.recipient_{recipient}"
        return tr(key) if self.context.translator.has(key) else recipient

    def _item(self, item: str) -> str:
        if self.context.translator.has(f"my_data.item_{item}"):
            return tr(f"my_data.item_{item}")
        lender = self.context.journey.lender if self.context.journey is not None else None
        known = next((one for one in lender.data_items if one.id == item), None) if lender is not None else None
        return self.context.translator.pick(known.name) if known is not None else item
