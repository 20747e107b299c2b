"""Whom the program speaks to: every address since it was opened, when, and how much."""

from ui.components import Banner, SummaryList, SummaryRow, label
from ui.formats import moment
from ui.messages import Level
from ui.my_data.view import DataView
from ui.translations import tr

_KIBIBYTE = 1024


class Network(DataView):
    """Counted where every call leaves, so nothing can be spoken to unseen."""

    def build(self) -> None:
        """Make the widgets."""
        self.promise = Banner(Level.INFORMATION)
        self.body.addWidget(self.promise)
        self.lists: list[SummaryList] = []
        self.nothing = label("", "muted")
        self.body.addWidget(self.nothing)

    def load(self) -> bool:
        """Count again."""
        self.show_words()
        return False

    def show_words(self) -> None:
        """One list for each address."""
        journey = self.context.journey
        contacts = journey.client.contacts() if journey is not None else ()
        self.promise.say(tr("my_data.network_promise"), tr("my_data.network_promise_text"))
        self.nothing.setText(tr("my_data.network_nothing"))
        self.nothing.setVisible(not contacts)
        while len(self.lists) < len(contacts):
            self.lists.append(SummaryList(changeable=False))
            self.body.addWidget(self.lists[-1])
        for contact, shown in zip(contacts, self.lists, strict=False):
            own = contact.address.startswith(("127.0.0.1:", "localhost:", "[::1]:"))
            shown.set_title(contact.address)
            rows = [
                SummaryRow(tr("my_data.network_who"), tr("my_data.network_own" if own else "my_data.network_lender")),
                SummaryRow(tr("my_data.network_first"), moment(contact.first)),
                SummaryRow(tr("my_data.network_last"), moment(contact.last)),
                SummaryRow(tr("my_data.network_calls"), tr("my_data.times", count=contact.calls)),
                SummaryRow(tr("my_data.network_sent"), size(contact.sent)),
                SummaryRow(tr("my_data.network_received"), size(contact.received)),
            ]
            if contact.failed:
                rows.append(SummaryRow(tr("my_data.network_failed"), tr("my_data.times", count=contact.failed)))
            shown.set_rows(rows)


def size(count: int) -> str:
    """Bytes as people read them."""
    if count < _KIBIBYTE:
        return tr("my_data.bytes", count=count)
    if count < _KIBIBYTE**2:
        return tr("my_data.kilobytes", figure=f"{count / _KIBIBYTE:.1f}")
    return tr("my_data.megabytes", figure=f"{count / _KIBIBYTE**2:.1f}")
