"""What is asked for: the permissions of this computer, and every data item with its reasons; red where it has none."""

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from loanapp.guard.permissions import unfounded
from ui.components import Card, FlowRow, Rule, SectionHeading, label
from ui.components.labels import empty
from ui.my_data.view import DataView
from ui.translations import tr, translator

if TYPE_CHECKING:
    from loanapp.client.answers import DataItem, LenderProfile

DEVICE: Final = ("camera", "files", "network")


class AskedItems(Card):
    """One block for each data item: what, why, at which step, by what right, who, how long, needed or not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=10)

    def show_lender(self, lender: "LenderProfile | None") -> None:
        """Show what ``lender`` asks for, in the language in force."""
        empty(self.body)
        for number, item in enumerate(lender.data_items if lender is not None else ()):
            if number:
                self.body.addWidget(Rule())
            self.body.addWidget(_block(*_words(item)))


class DevicePermissions(Card):
    """The same for what the program uses of this computer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=20, spacing=10)

    def show_words(self) -> None:
        """In the language in force."""
        empty(self.body)
        for number, name in enumerate(DEVICE):
            if number:
                self.body.addWidget(Rule())
            key = f"my_data.device_{name}"
            self.body.addWidget(_block(tr(key), tr(f"{key}_tag"), tr(f"{key}_why"), tr(f"{key}_facts"), ""))


class Asked(DataView):
    """Both of them, and what is never asked for; reached from every page."""

    def build(self) -> None:
        """Make the widgets."""
        self._never = label("", "strong")
        self._device_heading, self.device = SectionHeading(), DevicePermissions()
        self._items_heading, self.items = SectionHeading(), AskedItems()
        for part in (self._never, self._device_heading, self.device, self._items_heading, self.items):
            self.body.addWidget(part)

    def load(self) -> bool:
        """What the lender says now."""
        self.show_words()
        return False

    def show_words(self) -> None:
        """Every word in the language in force."""
        lender = self.context.journey.lender if self.context.journey is not None else None
        self._never.setText(tr("my_data.never"))
        self._device_heading.setText(tr("my_data.device"))
        self._items_heading.setText(tr("my_data.items"))
        self._items_heading.setVisible(lender is not None)
        self.items.setVisible(lender is not None)
        self.device.show_words()
        self.items.show_lender(lender)


def _words(item: "DataItem") -> tuple[str, str, str, str, str]:
    pick = translator().pick
    step = f"common.step_name_{item.step}"
    need = "needed" if item.required else "optional"
    facts = tr(
        "my_data.item_facts",
        step=tr(step) if translator().has(step) else item.step,
        basis=tr(f"permissions.basis_{item.basis.value}"),
        recipient=pick(item.recipient),
        retention=pick(item.retention),
        without=tr(f"my_data.without_{need}"),
    )
    fault = unfounded(item)
    return (
        pick(item.name),
        tr(f"my_data.{need}"),
        pick(item.why),
        facts,
        tr("my_data.not_sent", fault=tr(f"my_data.unfounded_{fault}")) if fault else "",
    )


def _block(name: str, tag: str, why: str, facts: str, fault: str) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(2)
    head = FlowRow(spacing=12, line_spacing=0)
    head.add(label(name, "strong"), stretch=1)
    head.add(label(tag, "small", wrap=False))
    box.addWidget(head)
    box.addWidget(label(why, "small-ink"))
    box.addWidget(label(facts, "small"))
    if fault:
        box.addWidget(label(fault, "error"))
    return holder
