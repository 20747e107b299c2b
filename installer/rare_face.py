"""The typeface of rare characters, cut to what people are most likely called by: 1.5 of its 31 MB (decision 0017)."""

import logging
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter, load_font, save_font

from loanapp.proof.typeface import RARE_FACE
from loanapp.resource_files import assets_folder

_CHARACTERS: Final = Path(__file__).with_name("rare_characters.txt")


def wanted_characters() -> str:
    """The characters that a package can draw beyond those of the main faces; lines that begin with # are notes."""
    lines = _CHARACTERS.read_text(encoding="utf-8").splitlines()
    return "".join(line for line in lines if not line.startswith("#"))


def small_rare_face(work: Path) -> Path | None:
    """The cut typeface, in ``work`` under the name of the whole; ``None`` where set-up could not fetch that one."""
    whole = assets_folder() / RARE_FACE
    if not whole.is_file():
        return None
    # Hints, features and vertical metrics are not needed; the names hold the licence.
    options = Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["FFTM", "GSUB", "GPOS", "vhea", "vmtx"]
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # a build's output is read; each glyph's name is not
    cutter = Subsetter(options)
    cutter.populate(text=wanted_characters())
    work.mkdir(parents=True, exist_ok=True)
    with load_font(str(whole), options) as face:
        cutter.subset(face)
        save_font(face, str(work / RARE_FACE), options)
    return work / RARE_FACE
