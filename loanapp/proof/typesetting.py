"""Setting a template with typst: the program's own fonts only, nothing from the system, repeatable bytes."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Final, Literal

import typst

from loanapp.resource_files import asset_path, resource_path

_FONT: Final = "NotoSerifSC-Regular.otf"
# A compiler keeps the fonts and what it read, so it is kept; it refuses a second thread while one is in it.
_one_at_a_time: Final = Lock()


def typeset(template: str, inputs: Mapping[str, str], moment: datetime, standard: Literal["a-2b", "a-3b"]) -> bytes:
    """Set ``resources/contract/<template>`` with ``inputs`` (``sys.inputs``) as a PDF dated ``moment``.

    Safe to call from any thread. Raises :class:`LoanAppError` with ``ASSET_MISSING`` without the fonts.
    """
    with _one_at_a_time:
        result = _compiler(template).compile(
            format="pdf", sys_inputs=dict(inputs), pdf_standards=[standard], timestamp=int(moment.timestamp())
        )
    if not isinstance(result, bytes):
        raise TypeError("a template is one PDF")
    return result


@cache
def _compiler(template: str) -> typst.Compiler:
    folder = str(asset_path(_FONT).parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return typst.Compiler(str(resource_path("contract", template)), font_paths=fonts)
