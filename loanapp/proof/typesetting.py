"""Setting a template with typst: the program's own fonts only, nothing from the system, repeatable bytes."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Final

import typst

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.proof.typeface import MAIN_FACE, RARE_FACE, document_faces, without_glyph
from loanapp.resource_files import asset_path, resource_path

# A compiler keeps the fonts and what it read, so it is kept; it refuses a second thread while one is in it.
_one_at_a_time: Final = Lock()


def typeset(template: str, inputs: Mapping[str, str], moment: datetime) -> bytes:
    """Set ``resources/contract/<template>`` with ``inputs`` (``sys.inputs``) as a PDF/A-3b dated ``moment``.

    Safe to call from any thread. Raises :class:`LoanAppError` with ``ASSET_MISSING`` without the fonts, or where a
    character would be drawn as a box because the face of rare characters is not there.
    """
    if without_glyph("".join(inputs.values()), document_faces()):
        raise LoanAppError(ErrorCode.ASSET_MISSING, asset=RARE_FACE)
    with _one_at_a_time:
        result = _compiler(template).compile(
            format="pdf", sys_inputs=dict(inputs), pdf_standards=["a-3b"], timestamp=int(moment.timestamp())
        )
    if not isinstance(result, bytes):
        raise TypeError("a template is one PDF")
    return result


@cache
def _compiler(template: str) -> typst.Compiler:
    folder = str(asset_path(MAIN_FACE).parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return typst.Compiler(str(resource_path("contract", template)), font_paths=fonts)
