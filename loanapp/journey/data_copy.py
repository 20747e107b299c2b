"""Packs what the lender holds about a borrower into a zip that any program opens."""

import base64
import copy
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

_ENDINGS: Final = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"%PDF", "pdf"))


def packed_copy(held: Mapping[str, object], receipts: Sequence[str], readme: str) -> bytes:
    """``data.json`` with what the lender told, pictures and contracts as files, ``receipts.json`` and the readme."""
    told: dict[str, Any] = copy.deepcopy(dict(held))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, application in enumerate(told.get("applications", ()), 1):
            _take_out(archive, f"{number:02d}", application)
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        archive.writestr("receipts.json", f"[{','.join(receipts)}]")
        archive.writestr("README.txt", readme)
    return packed.getvalue()


def _take_out(archive: zipfile.ZipFile, folder: str, application: dict[str, Any]) -> None:
    """Write pictures and contract as files, and leave their names in their place."""
    pictures = application.get("pictures") or {}
    files = {name: pictures[name] for name in sorted(pictures)}
    if application.get("contract"):
        files["contract"] = application["contract"]
    for name, text in files.items():
        content = base64.b64decode(text)
        ending = next((ending for start, ending in _ENDINGS if content.startswith(start)), "bin")
        path = f"{folder}/{''.join(one for one in name if one.isalnum() or one == '_')}.{ending}"
        archive.writestr(path, content)
        if name == "contract":
            application["contract"] = path
        else:
            pictures[name] = path
