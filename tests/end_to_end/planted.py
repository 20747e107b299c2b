"""What of the tour's borrower must be nowhere in the clear, in every encoding a program of ours writes."""

from typing import Final

from loanapp.demonstration.identities import find_identity

_ENCODINGS: Final = ("utf-8", "utf-16-le", "gb18030")
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
NAMES: Final = ("name", "identity_number", "phone", "card_number", "address")


def planted() -> dict[str, tuple[bytes, ...]]:
    """The borrower's values by name, as bytes."""
    who = find_identity("approved")
    values = {name: str(getattr(who, name)) for name in NAMES}
    return {name: tuple({value.encode(encoding) for encoding in _ENCODINGS}) for name, value in values.items()}


def found_in(content: bytes) -> set[str]:
    """Which of them stand in ``content``; ``picture`` for one that begins as a photo does."""
    found = {name for name, forms in planted_once().items() if any(form in content for form in forms)}
    return found | ({"picture"} if content.startswith(_PICTURES) else set())


_once: dict[str, tuple[bytes, ...]] = {}


def planted_once() -> dict[str, tuple[bytes, ...]]:
    """The same, read from the resources once."""
    if not _once:
        _once.update(planted())
    return _once
