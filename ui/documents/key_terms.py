"""The terms of a contract that matter (Civil Code 496): each in one sentence, explained, and asked about by itself."""

from decimal import Decimal
from typing import Any, Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.client.answers import Application
from loanapp.domain.money import to_cents
from loanapp.domain.offer import Offer
from ui.components import LinkButton, Rule, label
from ui.components.labels import empty
from ui.components.tick_box import TickBox
from ui.formats import percent, yuan
from ui.translations import tr

_LATE_DAYS: Final = 10
_HUNDRED: Final = Decimal(100)
_DAYS_A_YEAR: Final = 365


class TermWords(NamedTuple):
    """A term: its name, its sentence, its explanation in plain words."""

    name: str
    text: str
    explanation: str


def key_terms(application: Application, offer: Offer) -> list[TermWords]:
    """The terms of this offer, in the language in force."""
    first = offer.schedule.rows[0]
    rate = offer.cost.simple_total
    card = application.bank_card
    # The penalty runs on the overdue principal alone, as clause 6.1 of the contract has it.
    late = first.principal
    penalty = to_cents(late * offer.penalty_annual_pct / _HUNDRED * _LATE_DAYS / _DAYS_A_YEAR)
    amount = (
        tr("contract.term.amount.text", amount=yuan(offer.payout), last4=card.last4)
        if card
        else tr("contract.term.amount.text_plain", amount=yuan(offer.payout))
    )
    interest = yuan(offer.schedule.total_interest)
    texts: dict[str, tuple[str, dict[str, Any]]] = {
        "amount": (amount, {}),
        "repay": (tr("contract.term.repay.text", amount=yuan(first.total), count=offer.terms.months), {}),
        "cost": (
            tr("contract.term.cost.text", rate=percent(rate), interest=interest),
            {"hundred": yuan(_HUNDRED), "per_hundred": yuan(rate)},
        ),
        "late": (
            tr("contract.term.late.text", rate=percent(offer.penalty_annual_pct)),
            {"example": yuan(late), "penalty": yuan(penalty), "count": _LATE_DAYS},
        ),
        "early": (tr("contract.term.early.text"), {}),
    }
    return [
        TermWords(tr(f"contract.term.{name}"), text, tr(f"contract.term.{name}.explain", **values))
        for name, (text, values) in texts.items()
    ]


class KeyTerm(QWidget):
    """A term in one sentence, its explanation folded under it, and the question whether it is understood."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 2)
        box.setSpacing(4)
        self._name = label("", "small")
        self._text = label("")
        self.explanation = label("", "small-ink")
        self.explanation.hide()
        self.button = LinkButton()
        self.button.clicked.connect(self._toggle)
        self.understood = TickBox(tight=True)
        for words in (self._name, self._text, self.explanation):
            box.addWidget(words)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.understood)

    def say(self, words: TermWords) -> None:
        """Set the words; folded or not, ticked or not, it stays as it is."""
        for shown, said in ((self._name, words.name), (self._text, words.text), (self.explanation, words.explanation)):
            shown.setText(said)
        self.understood.setText(tr("contract.understood"))
        self.understood.box.setAccessibleName(f"{words.name}: {tr('contract.understood')}")
        self.understood.box.setAccessibleDescription(words.text)
        self._name_button()

    def _toggle(self) -> None:
        self.explanation.setVisible(self.explanation.isHidden())
        self._name_button()

    def _name_button(self) -> None:
        self.button.setText(tr("contract.explain" if self.explanation.isHidden() else "contract.explain_hide"))
        self.button.setAccessibleName(f"{self.button.text()}: {self._name.text()}")


class KeyTerms(QWidget):
    """All of them; ``changed`` comes with every answer."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self.terms: list[KeyTerm] = []

    @property
    def left(self) -> int:
        """How many are not answered yet."""
        return sum(not term.understood.isChecked() for term in self.terms)

    def next_unanswered(self) -> KeyTerm | None:
        """The first that is not answered yet."""
        return next((term for term in self.terms if not term.understood.isChecked()), None)

    def say(self, words: list[TermWords]) -> None:
        """Show these; those that stand keep their answers."""
        if len(words) != len(self.terms):
            self._make(len(words))
        for term, said in zip(self.terms, words, strict=True):
            term.say(said)

    def forget(self) -> None:
        """Ask all of them again."""
        for term in self.terms:
            term.understood.setChecked(False)

    def _make(self, count: int) -> None:
        empty(self._box)
        self.terms = [KeyTerm() for _ in range(count)]
        for place, term in enumerate(self.terms):
            if place:
                self._box.addWidget(Rule())
            self._box.addWidget(term)
            term.understood.toggled.connect(lambda _on: self.changed.emit())
