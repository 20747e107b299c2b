"""Who lends, and how to find out that it is them: licence, address, the number to call, the promise, three steps."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from ui.components.banner import Banner
from ui.components.buttons import LinkButton, PrimaryButton, SecondaryButton
from ui.components.card import Card
from ui.components.dialog import Dialog
from ui.components.flow_row import FlowRow
from ui.components.labels import label
from ui.components.summary_list import SummaryList, SummaryRow
from ui.messages import Level
from ui.translations import tr, translator

if TYPE_CHECKING:
    from loanapp.client.profile import LenderProfile
    from ui.products import LocalLender

_STEPS: Final = 4
_PROMISES: Final = 5
# What says more of it, in the order of the links.
_ARTICLES: Final = {"licence": "licence", "program": "official-program", "scams": "stay-safe"}


class AboutLender(Dialog):
    """``help_wanted`` comes with an article, ``complain_wanted`` when the borrower has a complaint."""

    help_wanted = Signal(str)
    complain_wanted = Signal()
    copied = Signal(str)

    def __init__(self, parent: QWidget, lender: "LenderProfile | LocalLender") -> None:
        super().__init__(parent, width=640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._lender = lender
        self.simulated = Banner(Level.LOOK)
        self.simulated.setVisible(lender.simulated)
        self.facts = SummaryList(changeable=False)
        self.facts.title.hide()
        self.facts.copied.connect(self.copied)
        self.body.addWidget(self.simulated)
        self.body.addWidget(self.facts)
        self._lists = {name: self._list(count) for name, count in (("check", _STEPS), ("promise", _PROMISES))}
        links = FlowRow(spacing=20)
        self.links = {name: LinkButton() for name in _ARTICLES}
        for name, link in self.links.items():
            link.clicked.connect(lambda _=False, article=_ARTICLES[name]: self._open(article))
            links.add(link)
        links.close_up()
        self.body.addWidget(links)
        self.complain, self.close_button = SecondaryButton(), PrimaryButton()
        self.answers.addWidget(self.complain)
        self.answers.addStretch(1)
        self.answers.addWidget(self.close_button)
        self.complain.clicked.connect(self.accept)
        self.complain.clicked.connect(self.complain_wanted)
        self.close_button.clicked.connect(self.accept)
        self._retranslate()
        self.close_button.setFocus()

    def _list(self, count: int) -> list[QLabel]:
        card = Card(padding=16, spacing=6)
        lines = [label("", "strong"), *(label("") for _ in range(count))]
        for line in lines:
            card.body.addWidget(line)
        self.body.addWidget(card)
        return lines

    def _open(self, article: str) -> None:
        self.accept()
        self.help_wanted.emit(article)

    def _retranslate(self) -> None:
        lender, in_english = self._lender, translator().language == "en"
        self.set_heading(tr("about_lender.title"))
        self.simulated.say(tr("about_lender.simulated"), tr("about_lender.simulated_text"))
        rows = [
            SummaryRow(tr("about_lender.name"), lender.name.en if in_english else lender.name.zh, copies=True),
            SummaryRow(tr("about_lender.licence"), lender.licence, copies=True),
        ]
        address = getattr(lender, "address", None)
        if address is not None:
            rows.append(SummaryRow(tr("about_lender.address"), address.en if in_english else address.zh))
        support = lender.support
        rows += [
            SummaryRow(tr("about_lender.phone"), support.phone, copies=True),
            SummaryRow(tr("about_lender.hours"), support.hours),
            SummaryRow(tr("about_lender.email"), support.email),
        ]
        self.facts.set_rows(rows)
        for name, (title, *lines) in self._lists.items():
            title.setText(tr(f"about_lender.{name}"))
            for number, line in enumerate(lines, 1):
                line.setText(tr(f"about_lender.{name}_{number}"))
        for name, link in self.links.items():
            link.setText(tr(f"about_lender.more_{name}"))
        self.complain.setText(tr("about_lender.complain"))
        self.close_button.setText(tr("about_lender.close"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "close_button"):
            self._retranslate()
        super().changeEvent(event)
