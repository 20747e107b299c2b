"""Column types: moments always with a zone, money never as a float, enums by their value."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

Word = TypeVar("Word", bound=StrEnum)

LONG: Final = BigInteger().with_variant(Integer, "sqlite")
"""Numbers that pass 2**31 at ten million borrowers; SQLite's own integers are as long."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, as text that sorts in time order; a moment without a zone is refused."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Sorted by its bytes, also where a database knows a language's order."""
        text = String(32, collation="C") if dialect.name == "postgresql" else String(32)
        return dialect.type_descriptor(text)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Python to database."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Database to Python."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Money(TypeDecorator[Decimal]):
    """Yuan, as text."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Python to database."""
        del dialect
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Database to Python."""
        del dialect
        return None if value is None else Decimal(value)


class EnumWord(TypeDecorator[Word]):
    """A member of a domain enum, stored as its value; an unknown value raises ``ValueError``."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[Word]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:
        """Python to database."""
        del dialect
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        """Database to Python."""
        del dialect
        return None if value is None else self.kind(value)
