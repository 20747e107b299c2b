"""What a visible signature looks like: a small page set by typst, placed into the signature's box."""

import json
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from loanapp.domain.clock import CHINA
from loanapp.proof.typesetting import typeset


@dataclass(frozen=True, slots=True)
class SignatureWords:
    """The words of a visible signature: whose it is, when, and the note beneath; ``reason`` goes into the signature."""

    name: str
    role: str
    moment: datetime
    note: str
    reason: str

    def render(self) -> bytes:
        """A one-page PDF of the size of a signature box."""
        words = {
            "name": self.name,
            "role": self.role,
            "time": self.moment.astimezone(CHINA).isoformat(sep=" ", timespec="seconds"),
            "note": self.note,
        }
        inputs = {"words": json.dumps(words, ensure_ascii=False)}
        return typeset("signature.typ", inputs, self.moment, "a-2b")


def borrower_words(name: str, moment: datetime, *, simulated: bool) -> SignatureWords:
    """What the borrower's signature says."""
    note = "证书由模拟 (TEST) 机构签发" if simulated else ""
    return SignatureWords(name, "借款人签名", moment, note, "同意并签署借款合同")


class ImportedPage(ImportedPdfPage):
    """The first page of a PDF held in memory: a document never touches the disk to be stamped."""

    def __init__(self, pdf: bytes) -> None:
        ImportedPdfPage.__init__(self, "memory")
        self._pdf = pdf

    def render(self) -> bytes:
        """Import the page into the writer; returns the operators that draw it."""
        writer: BasePdfFileWriter = self._ensure_writer
        page: Any = writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject["/Page"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Page Do"
