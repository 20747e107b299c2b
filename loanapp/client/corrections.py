"""What of an application the borrower can correct at once, and what was corrected, as the lender tells it."""

from dataclasses import dataclass, field
from datetime import datetime

from loanapp.client.reading import JsonObject
from loanapp.domain.localised import LocalisedText


@dataclass(frozen=True, slots=True)
class Correctable:
    """One field; ``value`` as it is held (money in yuan), empty where the lender does not show it here."""

    name: str
    value: str = field(repr=False)
    at_once: bool
    why_not: LocalisedText

    @classmethod
    def read(cls, answer: JsonObject) -> "Correctable":
        """From the answer's shape."""
        return cls(
            name=answer.text("field"),
            value=answer.text("value") if answer.has("value") else "",
            at_once=answer.flag("at_once"),
            why_not=answer.localised("why_not"),
        )


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction, as it was made."""

    name: str
    at: datetime
    before: str = field(repr=False)
    after: str = field(repr=False)

    @classmethod
    def read(cls, answer: JsonObject) -> "Corrected":
        """From the answer's shape."""
        return cls(answer.text("field"), answer.moment("at"), answer.text("before"), answer.text("after"))


@dataclass(frozen=True, slots=True)
class Corrections:
    """Fields in the lender's order, corrections oldest first."""

    fields: tuple[Correctable, ...]
    history: tuple[Corrected, ...]

    @classmethod
    def read(cls, answer: JsonObject) -> "Corrections":
        """From the answer's shape."""
        return cls(answer.objects("fields", Correctable.read), answer.objects("history", Corrected.read))
