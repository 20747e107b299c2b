"""What a contract says: the facts attached for machines, and the text a person sees on its pages.

The borrower's guard compares both with the offer. A lender that attached honest facts to dishonest pages, or the
other way round, is found out.
"""

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from threading import Lock
from typing import Any, Final

FACTS_NAME: Final = "contract.json"
FACTS_FORMAT: Final = "loanapp/contract-facts/v1"
SETTLEMENT_NAME: Final = "settlement.json"
SETTLEMENT_FORMAT: Final = "loanapp/settlement-facts/v1"

PDFIUM_LOCK: Final = Lock()
"""PDFium is not thread-safe: whoever uses pypdfium2 outside this module must hold this lock."""

_MAX_FACTS_BYTES: Final = 1_000_000


class ContractFactsError(ValueError):
    """The file has no readable contract facts, or more than one set of them."""


def shown_amount(amount: Decimal) -> str:
    """An amount as the contract's pages show it: ``10,000.00``."""
    return f"{amount:,.2f}"


def shown_percent(rate: Decimal) -> str:
    """A yearly percentage as the pages show it, with two to four decimals: ``12.00%``, ``7.2075%``."""
    rounded = rate.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    text = f"{rounded:f}"
    return f"{text[:-2] + text[-2:].rstrip('0')}%"


def read_facts(pdf: bytes) -> dict[str, Any]:
    """The facts attached to a contract, as :func:`loanapp.backend.contracts.contract_facts` made them.

    Values are as in JSON: amounts and percentages are decimal strings. Raises :class:`ContractFactsError`.
    """
    return _read(pdf, FACTS_NAME, FACTS_FORMAT)


def read_settlement_facts(pdf: bytes) -> dict[str, Any]:
    """The same of a settlement certificate."""
    return _read(pdf, SETTLEMENT_NAME, SETTLEMENT_FORMAT)


def _read(pdf: bytes, wanted: str, form: str) -> dict[str, Any]:
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 - heavy; most users of this module want text only

    try:
        found = [data for name, data in _attachments(pdf) if name == wanted]
        if len(found) != 1 or len(found[0]) > _MAX_FACTS_BYTES:
            raise ContractFactsError("there is not exactly one set of facts")
        facts = json.loads(found[0])
    except (PdfError, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise ContractFactsError("the facts cannot be read") from error
    if not isinstance(facts, dict) or facts.get("format") != form:
        raise ContractFactsError("the facts have an unknown format")
    return facts


def visible_text(pdf: bytes) -> str:
    """The text of all pages, as a reader's search would find it; about 15 ms.

    Raises :class:`ContractFactsError` when the file cannot be opened.
    """
    import pypdfium2  # noqa: PLC0415 - loads a native library

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise ContractFactsError("the pages cannot be read") from error
        try:
            return "\n".join(_page_text(document, index) for index in range(len(document)))
        finally:
            document.close()


def _page_text(document: Any, index: int) -> str:  # noqa: ANN401 - pypdfium2 has no types
    page = document[index]
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_bounded()
        return text
    finally:
        text_page.close()
        page.close()


def _attachments(pdf: bytes) -> Iterator[tuple[str, bytes]]:
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    root = PdfFileReader(BytesIO(pdf)).root
    if "/Names" in root and "/EmbeddedFiles" in root["/Names"]:
        yield from _named(root["/Names"]["/EmbeddedFiles"], 0)


def _named(node: Any, depth: int) -> Iterator[tuple[str, bytes]]:  # noqa: ANN401
    if depth > 8:
        raise ContractFactsError("the attachments are nested too deeply")
    for kid in node.get("/Kids", ()):
        yield from _named(kid.get_object(), depth + 1)
    names = list(node.get("/Names", ()))
    for name, item in zip(names[::2], names[1::2], strict=True):
        yield str(name), item.get_object()["/EF"]["/F"].data
