"""What a visible signature looks like: a small page set by typst, placed into the signature's box."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

import typst
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from loanapp.domain.clock import CHINA
from loanapp.resource_files import asset_path, resource_path

FONTS = ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf")


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
        page = _compiler().compile(
            format="pdf",
            sys_inputs={"words": json.dumps(words, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=int(self.moment.timestamp()),
        )
        if not isinstance(page, bytes):
            raise TypeError("the appearance is one PDF")
        return page


def borrower_words(name: str, moment: datetime, *, simulated: bool) -> SignatureWords:
    """What the borrower's signature says."""
    note = "证书由模拟 (TEST) 机构签发" if simulated else ""
    return SignatureWords(name, "借款人签名", moment, note, "同意并签署借款合同")


def lender_words(name: str, moment: datetime, *, simulated: bool) -> SignatureWords:
    """What the lender's signature says."""
    note = "证书由模拟 (TEST) 机构签发" if simulated else ""
    return SignatureWords(name, "贷款人签章", moment, note, "贷款人签署借款合同")


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


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(asset_path(FONTS[0]).parent)]
    )
    return typst.Compiler(str(resource_path("contract", "signature.typ")), font_paths=fonts)
