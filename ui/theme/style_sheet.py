"""The style sheet, written once with names of tokens and lengths that grow with the text."""

import re
from typing import Final

from loanapp.resource_files import resource_path
from ui.theme.contrast import luminance
from ui.theme.tokens import STRONG, Tokens

# `$name` is a token; `24px` is a length at 100 %, `24px-2` the same less two pixels of the screen. Lines of 1 and 2 px
# stay as they are, and so does what is in `dp`: where the focus is, a line gets two pixels thicker to the inside.
_SHEET: Final = """
* { outline: none; }
QWidget { color: $ink; font-size: 16px; }
QMainWindow, QWidget[ground="paper"], QDialog { background: $paper; }
QWidget[ground="card"] { background: $card; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QAbstractScrollArea[reading="true"] { border: 2px solid transparent; border-radius: 4px; }
QAbstractScrollArea[reading="true"]:focus { border-color: $accent; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 28px; }
QLabel[role="line-large"] { font-size: 36px; }
QLabel[role="heading"] { font-size: 20px; }
QLabel[role="strong"] { font-weight: $strong; }
QLabel[role="lead"], QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: 14px; }
QLabel[role="small-ink"] { font-size: 14px; }
QLabel[role="money"] { font-size: 40px; color: $ink; }
QLabel[role="figure"] { font-size: 28px; }
QLabel[role="figure-accent"] { font-size: 28px; color: $accent; }
QLabel[role="error"] { color: $stop; font-size: 14px; }
QLabel[role="warn"] { color: $stop; }
QLabel[role="warn-strong"] { color: $stop; font-weight: $strong; }
QLabel[role="look"] { color: $look; }
QLabel[role="done"] { color: $done; }
QLabel[role="small-done"] { color: $done; font-size: 14px; }
QLabel[role="small-look"] { color: $look; font-size: 14px; }
QLabel[role="toast"] { color: $paper; }
QFrame[role="toast"] { background: $ink; border: none; border-radius: 8px; }
QLabel[tone="look"] { color: $look; }

QFrame[role="card"] { background: $card; border: 1px solid $line; border-radius: 8px; }
QFrame[role="paper-sheet"] { background: $card; border: 1px solid $line; border-radius: 2px; }
QFrame[role="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="topline"] { background: $paper; border: none; border-bottom: 1px solid $line; }
QFrame[role="bottomline"], QFrame[role="actions"] { background: $paper; border: none; border-top: 1px solid $line; }
QFrame[role="stepper"] { background: $paper; border: none; border-right: 1px solid $line; }
QFrame[role="help"] { background: $card; border: none; border-left: 1px solid $line; }

QFrame[role="banner"] { border: none; border-left: 4px solid $accent;
  border-top-right-radius: 6px; border-bottom-right-radius: 6px; background: $accent_soft; }
QFrame[role="banner"][level="look"] { border-left-color: $look; background: $look_soft; }
QFrame[role="banner"][level="stop"] { border-left-color: $stop; background: $stop_soft; }
QFrame[role="banner"][level="done"] { border-left-color: $done; background: $done_soft; }
QFrame[role="error-summary"] { background: $card; border: 2px solid $stop; border-radius: 8px; padding: 2dp; }
QFrame[role="error-summary"]:focus { border: 4dp solid $ink; padding: 0; }
QFrame[role="message"] { background: $card; border: 1px solid $border; border-radius: 8px; }

QPushButton { background: $card; color: $ink; border: 2px solid $line; border-radius: 8px; padding: 8px 18px; }
QPushButton:hover { border-color: $border; }
QPushButton:focus { border-color: $ink; }
QPushButton:pressed { background: $sunken; border-color: $border; }
QPushButton:disabled { color: $muted; background: $sunken; border-color: $line; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; padding: 9px 26px; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $ink; border-color: $ink; color: $paper; }
QPushButton[role="primary"]:focus { border-color: $ink; }
QPushButton[role="primary"]:disabled { background: $sunken; color: $muted; border-color: $line; }
QPushButton[role="primary"][busy="true"]:disabled { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="secondary"] { border-color: $border; }
QPushButton[role="secondary"]:focus { border-color: $accent; border-width: 4dp; padding: 8px-2 18px-2; }
QPushButton[role="secondary"]:pressed { border-color: $ink; }
QPushButton[role="secondary"][busy="true"]:disabled { background: $card; color: $ink; border-color: $border; }
QPushButton[role="answer"] { border-color: $border; padding: 6px 22px; }
QPushButton[role="answer"]:checked { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="answer"]:focus { border-color: $ink; border-width: 4dp; padding: 6px-2 22px-2; }
QPushButton[role="link"] { background: transparent; border: 2px solid transparent; border-radius: 4px; color: $accent;
  padding: $pad_link 4px; text-align: left; text-decoration: underline; }
QPushButton[role="link"]:hover { color: $accent_hover; }
QPushButton[role="link"]:focus { border-color: $accent; }
QPushButton[role="link"]:pressed { background: $accent_soft; color: $accent_hover; }
QPushButton[role="link"]:disabled { color: $muted; text-decoration: none; }
QPushButton[role="link"][danger="true"] { color: $stop; }
QPushButton[role="quiet"], QToolButton[role="quiet"] { background: transparent; border: 2px solid transparent;
  border-radius: 6px; padding: $pad_quiet 8px; font-size: 14px; color: $ink; }
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover { background: $sunken; }
QPushButton[role="quiet"]:pressed, QToolButton[role="quiet"]:pressed { background: $track; }
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus { border-color: $accent; }
QToolButton[role="quiet"]::menu-indicator { image: none; width: 0; }
QPushButton[role="step"] { background: transparent; border: 2px solid transparent; border-radius: 4px;
  padding: $pad_step 6px; text-align: left; font-size: 14px; color: $muted; }
QPushButton[role="step-head"] { background: transparent; border: 2px solid transparent; border-radius: 4px;
  padding: $pad_step 6px; text-align: left; }
QPushButton[role="step-head"]:hover { background: $sunken; }
QPushButton[role="step-head"]:focus { border-color: $accent; }
QPushButton[role="step"][state="current"] { color: $ink; }
QPushButton[role="step"]:enabled:hover { background: $sunken; color: $ink; }
QPushButton[role="step"]:focus { border-color: $accent; }

QLineEdit, QComboBox, QPlainTextEdit { background: $card; color: $ink; placeholder-text-color: $muted;
  border: 1px solid $border; border-radius: 6px;
  padding: 8px 10px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus { border: 3dp solid $accent; padding: 8px-2 10px-2; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border: 2px solid $stop; padding: 8px-1 10px-1; }
QLineEdit[invalid="true"]:focus, QPlainTextEdit[invalid="true"]:focus { border: 4dp solid $accent;
  padding: 8px-3 10px-3; }
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled { color: $muted; background: $sunken; }
QLineEdit:read-only, QPlainTextEdit:read-only { background: $sunken; border-color: $line; }
QPlainTextEdit[role="document"] { background: $card; border-color: $border; }
QPlainTextEdit[role="document"]:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox QAbstractItemView { background: $card; color: $ink; border: 1px solid $border;
  selection-background-color: $accent_soft; selection-color: $ink; }

QFrame[role="choice"] { background: $card; border: 2px solid $line; border-radius: 8px; padding: 2dp; }
QFrame[role="choice"]:hover { border-color: $border; }
QFrame[role="choice"][wrong="true"] { border-color: $stop; }
QFrame[role="choice"][chosen="true"] { border-color: $accent; background: $accent_soft; }
QFrame[role="choice"][focused="true"] { border: 4dp solid $ink; padding: 0; }
QRadioButton, QCheckBox { background: transparent; spacing: 8px; padding: $pad_tick 0; }
QFrame[role="choice"]:disabled { background: $sunken; }
QRadioButton:disabled, QCheckBox:disabled, QFrame[role="choice"] QLabel:disabled { color: $muted; }
QRadioButton:focus, QCheckBox:focus { text-decoration: underline; }
QCheckBox { border: 2px solid transparent; border-radius: 4px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox::indicator { width: 16px; height: 16px; border-radius: 4px; border: 2px solid $border; background: $card; }
QCheckBox::indicator:focus { border-color: $ink; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url($check); }
QRadioButton::indicator { width: $dot; height: $dot; border-radius: $dot_round; border: $ring solid $border;
  background: $card; }
QRadioButton::indicator:focus { border-color: $ink; }
QRadioButton::indicator:checked { border: $ring_full solid $accent; width: $dot_inner; height: $dot_inner;
  background: $card; }

QSlider { min-height: 32px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $track; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: $knob; height: $knob; margin: -10px 0; border-radius: $knob_round;
  background: $card;  border: $ring solid $accent; }
QSlider::handle:horizontal:hover { background: $accent_soft; }
QSlider::handle:horizontal:focus { border: $ring solid $ink; background: $accent; }

QTableWidget { background: $card; border: 1px solid $line; border-radius: 8px; padding: 2dp; gridline-color: $line;
  font-size: 14px;
  selection-background-color: $accent_soft; selection-color: $ink; }
QTableWidget:focus { border: 3dp solid $accent; padding: 0; }
QTableWidget::item { padding: 2px 8px; }
QHeaderView { background: transparent; }
QHeaderView::section { background: $sunken; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 6px 8px; font-size: 14px; }
QProgressBar { background: $track; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical { background: $border; min-height: 32px; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal { background: $border; min-width: 32px; border-radius: 4px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QMenu { background: $card; color: $ink; border: 1px solid $border; padding: 4px; font-size: 14px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::item:selected { background: $accent_soft; }
QToolTip { background: $ink; color: $paper; border: none; padding: 6px; font-size: 14px; }
"""

_TOKEN: Final = re.compile(r"\$(\w+)")
_LENGTH: Final = re.compile(r"(\d+)px(?:-(\d))?")
_HAIRLINE: Final = 2
# Room above and below the words of what is pressed, in px at 100 %: as usual, and where targets are large. A least
# height would let a layout press them together.
_ROOM: Final = {"pad_link": (2, 4), "pad_quiet": (3, 6), "pad_step": (2, 6), "pad_tick": (0, 5)}
# Stands for "px" in lengths that are not to be scaled, or are so already.
_DONE: Final = "dp"


def _round_parts(scale: int) -> dict[str, str]:
    """Sizes of what has to be exactly round: Qt draws a square where the radius is larger than half the box."""
    ring, ring_full, dot, knob = (round(pixels * scale / 100) for pixels in (2, 5, 14, 20))
    lengths = {
        "ring": ring,
        "ring_full": ring_full,
        "dot": dot,
        "dot_inner": dot + 2 * ring - 2 * ring_full,
        "dot_round": (dot + 2 * ring) // 2,
        "knob": knob,
        "knob_round": (knob + 2 * ring) // 2,
    }
    return {name: f"{pixels}{_DONE}" for name, pixels in lengths.items()}


def style_sheet(tokens: Tokens, scale: int, *, large: bool = False) -> str:
    """The sheet with colours filled in, lengths at ``scale`` percent, more room in what is pressed where ``large``."""

    def length(match: re.Match[str]) -> str:
        pixels = int(match[1])
        scaled = pixels if pixels <= _HAIRLINE else round(pixels * scale / 100)
        return f"{scaled - int(match[2] or 0)}px"

    colours = tokens._asdict()
    tick = "check-light.svg" if luminance(tokens.on_accent) > luminance(tokens.accent) else "check-dark.svg"
    colours["check"] = resource_path("icons", tick).as_posix()
    colours["strong"] = str(STRONG)
    colours.update(_round_parts(scale))
    colours.update({name: f"{room[large]}px" for name, room in _ROOM.items()})
    colours["check"], check = "$check", colours["check"]
    sheet = _LENGTH.sub(length, _TOKEN.sub(lambda match: colours[match[1]], _SHEET))
    return re.sub(rf"\b(\d+){_DONE}\b", r"\1px", sheet).replace("$check", check)
