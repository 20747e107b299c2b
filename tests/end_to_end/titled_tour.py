"""The tour as ``python -m ui tour`` runs it, telling every window title it shows: ``... TITLES --out DIR ...``."""

import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget


def main(titles: Path, arguments: list[str]) -> int:
    from ui.__main__ import main as program

    usual = QWidget.setWindowTitle

    def told(window: QWidget, title: str) -> None:
        with titles.open("a", encoding="utf-8") as file:
            file.write(f"{title}\n")
        usual(window, title)

    QWidget.setWindowTitle = told  # type: ignore[method-assign]  # every title of ours is set through it
    return program(["tour", *arguments])


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2:]))
