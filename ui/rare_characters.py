"""The typeface of very rare characters, loaded when the first of them is seen: 30 MB that most borrowers never need.

The program's own face has some 30,000 characters; the CJK Extensions B to F have 60,000 more, and people are called by
some of them. Whoever shows a name or lets one be typed says so here first.
"""

import os
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QRawFont

from loanapp.resource_files import assets_folder

_RARE_FAMILY: Final = "HanaMinB"
_MAIN_FAMILY: Final = "Noto Sans SC"
# Nearly all of the planes below are in the program's own face.
_FIRST_RARE: Final = "\U00020000"

_asked = False


def prepare_for(text: str) -> None:
    """Load the face where ``text`` has a character that the program's own face lacks; costs nothing otherwise."""
    if not _asked and text and max(text) >= _FIRST_RARE:
        _load_if_needed(text)


def _load_if_needed(text: str) -> None:
    global _asked  # noqa: PLW0603
    from loanapp.proof.typeface import RARE_FACE

    main = QRawFont.fromFont(QFont(_MAIN_FAMILY))
    if all(main.supportsCharacter(ord(character)) for character in text if character >= _FIRST_RARE):
        return
    _asked = True
    path = os.fspath(assets_folder() / RARE_FACE)
    if os.path.isfile(path):  # noqa: PTH113 - see ui.shell
        # Every font of the program's own family asks this one next; loading it makes all fonts look anew.
        QFont.insertSubstitution(_MAIN_FAMILY, _RARE_FAMILY)
        QFontDatabase.addApplicationFont(path)
