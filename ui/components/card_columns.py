"""Cards of one width, as many side by side as there is room for."""

from collections.abc import Iterable

from PySide6.QtWidgets import QGridLayout, QWidget


def widest(cards: Iterable[QWidget]) -> int:
    """The width that every card can be shown in."""
    return max((card.minimumSizeHint().width() for card in cards), default=0)


def arrange_columns(grid: QGridLayout, cards: Iterable[QWidget], width: int, now: int, most: int) -> int:
    """Put ``cards``, which stand in ``now`` columns, into as many as ``width`` has room for; how many these are."""
    cards = list(cards)
    gap = grid.horizontalSpacing()
    columns = max(1, min(most, (width + gap) // max(1, widest(cards) + gap)))
    if columns != now:
        for place, card in enumerate(cards):
            grid.removeWidget(card)
            grid.addWidget(card, place // columns, place % columns)
    for column in range(most):
        grid.setColumnStretch(column, 1 if column < columns else 0)
    return columns
