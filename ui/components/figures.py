"""The few figures that matter, large, each under its name; one below another where there is no room beside."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.components.flow_row import FlowRow
from ui.components.labels import label


def figure_cell(name: str, figure: str, note: str, role: str = "figure") -> QVBoxLayout:
    """A figure, large, under its name and over what is to be known of it; read out with its name."""
    cell = QVBoxLayout()
    cell.setSpacing(0)
    cell.addWidget(label(name, "muted"))
    large = label(figure, role)
    large.setAccessibleName(f"{name}: {figure}")
    cell.addWidget(large)
    cell.addWidget(label(note, "small"))
    return cell


class Figures(FlowRow):
    """``captions`` and ``figures`` by name; ``roles`` gives each figure its look and its share of the width."""

    def __init__(self, roles: dict[str, tuple[str, int]], parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=24, line_spacing=12)
        self.captions: dict[str, QLabel] = {}
        self.figures: dict[str, QLabel] = {}
        for name, (role, share) in roles.items():
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addStretch(1)
            self.captions[name] = label("", "muted", wrap=False)
            self.figures[name] = label("", role, wrap=False)
            column.addWidget(self.captions[name])
            column.addWidget(self.figures[name])
            self.add(holder, stretch=share)
