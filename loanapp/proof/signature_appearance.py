"""What a visible signature looks like: a few lines drawn into the signature's box, the same on every computer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import BoxConstraints

from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.proof.drawn_text import DrawnText
from loanapp.proof.handwriting import Handwriting
from loanapp.proof.typeface import RARE_FACE, signature_faces, without_glyph

WIDTH: Final = 230
HEIGHT: Final = 90
_MARGIN: Final = 8
_SMALL: Final = 8.0
# Where handwriting goes: between the role and the time.
_BY_HAND: Final = (_MARGIN, 36.0, WIDTH - _MARGIN, 70.0)
_NAME: Final = 18.0
# Ink, the paler ink of what only names the line, and the blue of a signature, of 1.
_INK: Final = (0.122, 0.161, 0.216)
_PALE: Final = (0.294, 0.333, 0.388)
_BLUE: Final = (0.078, 0.220, 0.361)


@dataclass(frozen=True, slots=True)
class SignatureWords:
    """The words of a visible signature: whose it is, when, and the note beneath; ``reason`` goes into the signature.

    With ``handwriting`` that stands in the place of the printed name, which is then small beside the role.
    """

    name: str
    role: str
    moment: datetime
    note: str
    reason: str
    handwriting: Handwriting | None = None

    def drawing(self) -> "SignatureDrawing":
        """The drawing of these words.

        Raises :class:`LoanAppError` with ``ASSET_MISSING`` where a character would be drawn as a box, because the face
        of rare characters is not there.
        """
        return SignatureDrawing(self)


def borrower_words(
    name: str, moment: datetime, *, simulated: bool, handwriting: Handwriting | None = None
) -> SignatureWords:
    """What the borrower's signature says."""
    note = "证书由模拟 (TEST) 机构签发" if simulated else ""
    return SignatureWords(name, "借款人签名", moment, note, "同意并签署借款合同", handwriting)


class SignatureDrawing(PdfContent):
    """The size of a signature box; a name of any length stays in one line inside it."""

    def __init__(self, words: SignatureWords) -> None:
        super().__init__(box=BoxConstraints(width=WIDTH, height=HEIGHT))
        time = f"签名时间 {words.moment.astimezone(CHINA).isoformat(sep=' ', timespec='seconds')}"
        texts = (words.role, "　", words.name, time, words.note)
        faces = signature_faces()
        if without_glyph("".join(texts), faces):
            raise LoanAppError(ErrorCode.ASSET_MISSING, asset=RARE_FACE)
        self._letters = DrawnText("".join(texts), faces)
        room = WIDTH - 2 * _MARGIN
        whose = f"{words.role}　{words.name}"
        small = min(_SMALL, room / max(self._letters.width(whose), 1.0))
        size = min(_NAME, room / max(self._letters.width(words.name), 1.0))
        self._handwriting = words.handwriting
        written_by_hand = words.handwriting is not None
        self._lines = (
            (whose if written_by_hand else words.role, small if written_by_hand else _SMALL, 74.0, _PALE),
            ("" if written_by_hand else words.name, size, 49.0, _BLUE),
            (time, _SMALL, 25.0, _INK),
            (words.note, _SMALL, 12.0, _INK),
        )

    def render(self) -> bytes:
        """Put the letters into the writer; returns the operators that draw the lines."""
        self.resources.font["/Words"] = self._letters.font(self._ensure_writer)
        drawn = [
            f"{red} {green} {blue} rg /Words {size:.3f} Tf 1 0 0 1 {_MARGIN} {baseline} Tm ".encode()
            + self._letters.encoded(text)
            + b" Tj"
            for text, size, baseline, (red, green, blue) in self._lines
            if text
        ]
        by_hand = [self._handwriting.drawn(_BY_HAND, _BLUE)] if self._handwriting is not None else []
        return b"\n".join([*by_hand, b"BT", *drawn, b"ET"])
