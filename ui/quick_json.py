"""A JSON file read by Qt before the first picture: Python's own module compiles patterns first, which takes longer."""

import os
from typing import Any


def read_object(file: str | os.PathLike[str]) -> dict[str, Any]:
    """The object in ``file``; an empty one where there is none or it is damaged. Raises :class:`OSError`."""
    from PySide6.QtCore import QJsonDocument

    with open(file, "rb") as content:  # noqa: PTH123 - before anything else is loaded
        found = QJsonDocument.fromJson(content.read()).toVariant()
    return found if isinstance(found, dict) else {}
