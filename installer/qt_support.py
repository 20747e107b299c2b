"""What PySide6 runs of Python when it is imported, packed as code instead of text.

PySide6 carries that text in a library and compiles it at every start, a tenth of the time to an empty window. Where a
folder ``files.dir`` lies beside its library it takes the modules from there (``SBK_EMBED`` of shiboken6 makes one).
"""

import sys
from importlib.util import MAGIC_NUMBER
from marshal import dumps
from pathlib import Path
from typing import Final

_PACKAGE: Final = "shibokensupport"
_PLACE: Final = "shiboken6/files.dir"
# Of a compiled file (PEP 552): it is held against a hash of its text, which is not asked for.
_UNCHECKED: Final = (1).to_bytes(4, "little") + bytes(8)


def compiled_support(work: Path) -> list[tuple[str, str, str]]:
    """Entries of PyInstaller's for every module, written to ``work``; none where PySide6 keeps no text to compile."""
    import PySide6.QtCore  # noqa: F401, PLC0415 - it opens the archive of its text

    archive = getattr(getattr(sys.modules.get(_PACKAGE), "__loader__", None), "zfile", None)
    if archive is None:
        return []
    entries = []
    for name in sorted(archive.namelist()):
        if not (name.startswith(f"{_PACKAGE}/") and name.endswith(".py")):
            continue
        made = work / f"{name}c"
        made.parent.mkdir(parents=True, exist_ok=True)
        code = compile(archive.read(name), name, "exec", dont_inherit=True, optimize=0)
        made.write_bytes(MAGIC_NUMBER + _UNCHECKED + dumps(code))
        entries.append((f"{_PLACE}/{name}c", str(made), "DATA"))
    return entries
