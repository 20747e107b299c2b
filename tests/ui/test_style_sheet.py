"""Walks the style sheet as Qt cascades it: text on its own ground, borders and focus that can be told apart."""

import re
from typing import NamedTuple

import pytest

from ui.theme import APPEARANCES, COLOURS
from ui.theme import style_sheet as module
from ui.theme.contrast import contrast
from ui.theme.tokens import LEAST_CONTRAST, LEAST_EDGE, Tokens

TEXT = {"ink", "muted", "accent", "accent_hover", "look", "stop", "done"}
PAGE = ("paper", "card", "sunken", "accent_soft")
# What can have the focus in this program, by the type the sheet names.
FOCUSED = (
    "QPushButton",
    "QToolButton",
    "QLineEdit",
    "QComboBox",
    "QPlainTextEdit",
    "QTableWidget",
    "QAbstractScrollArea",
)
# Its focus is an underline or a line of its own, drawn beside the sheet.
FOCUS_ELSEWHERE = {"QRadioButton", "QCheckBox", "QFrame", "QSlider"}


class Rule(NamedTuple):
    selector: str
    kind: str
    part: str
    conditions: frozenset
    declared: dict

    def covers(self, other):
        return self.kind in ("*", other.kind) and self.part == other.part and self.conditions <= other.conditions


def rules():
    found = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", module._SHEET):
        declared = {}
        for line in filter(None, (part.strip() for part in body.split(";"))):
            name, value = line.split(":", 1)
            declared[name.strip()] = value.strip()
        for selector in (one.strip() for one in selectors.split(",")):
            if " " in selector:
                continue
            head, _, part = selector.partition("::")
            kind = re.match(r"[\w*]+", head)[0]
            part, *states = part.split(":")
            conditions = frozenset([*re.findall(r"\[[^\]]+\]", head), *re.findall(r":[\w-]+", head), *states])
            found.append(Rule(selector, kind, part, conditions, declared))
    return found


RULES = rules()


def in_force(rule):
    """What holds where ``rule`` does: of all that cover it, the more particular and the later wins."""
    held = {}
    for other in sorted((one for one in RULES if one.covers(rule)), key=lambda one: len(one.conditions)):
        held.update(other.declared)
    return held


def token(value):
    names = [name for name in re.findall(r"\$(\w+)", value or "") if name in Tokens._fields]
    return names[-1] if names else None


def border_of(held):
    for name in ("border-color", "border", "border-bottom"):
        if (colour := token(held.get(name))) is not None:
            return colour
    return None


def width_of(held):
    found = re.search(r"(\d+)(?:px|dp)", held.get("border-width", held.get("border", "")))
    return int(found[1]) if found else 0


def ground_of(rule, held):
    """The token of its ground: its own, or that of the frame of the same role, in which such a label lies."""
    if (own := token(held.get("background"))) is not None:
        return own
    frames = [other for other in RULES if other.kind == "QFrame" and other.conditions == rule.conditions]
    return token(frames[-1].declared.get("background")) if frames and rule.conditions else None


def test_the_sheet_is_read_whole():
    assert len(RULES) > 80
    named = {name for rule in RULES for value in rule.declared.values() for name in re.findall(r"\$(\w+)", value)}
    assert {"paper", "card", "ink", "on_accent", "stop"} <= named
    assert in_force(next(rule for rule in RULES if rule.selector == 'QPushButton[role="primary"]:focus')) == {
        "outline": "none",
        "background": "$accent",
        "color": "$on_accent",
        "border": "2px solid $line",
        "border-color": "$ink",
        "border-radius": "8px",
        "padding": "9px 26px",
    }


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_rule_has_text_that_is_read_on_its_ground(appearance):
    colours, least = COLOURS[appearance], LEAST_CONTRAST[appearance]
    pairs = 0
    for rule in RULES:
        held = in_force(rule)
        text, ground = token(held.get("color")), ground_of(rule, held)
        if text is None:
            continue
        for under in (ground,) if ground is not None else PAGE:
            pairs += 1
            ratio = contrast(getattr(colours, text), getattr(colours, under))
            assert ratio >= least, (rule.selector, text, under)
        if ground is None:
            assert text in TEXT, rule.selector
    assert pairs > 60


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_whatever_can_have_the_focus_shows_it(appearance):
    """Another border than at rest, seen against the ground around it and against the border before."""
    colours = COLOURS[appearance]
    for rule in RULES:
        if rule.part or rule.kind not in FOCUSED or ":focus" in rule.conditions:
            continue
        if rule.conditions & {":disabled", ":read-only", ":pressed"}:
            # Without a focus, or for the moment of a press.
            continue
        rest = in_force(rule)
        focused = in_force(rule._replace(conditions=rule.conditions | {":focus"}))
        before, after = border_of(rest), border_of(focused)
        wider = width_of(focused) > width_of(rest)
        assert after is not None, rule.selector
        assert before != after or wider, rule.selector
        for ground in PAGE:
            assert contrast(getattr(colours, after), getattr(colours, ground)) >= LEAST_EDGE, (rule.selector, ground)


def test_every_kind_with_a_focus_is_looked_at():
    kinds = {rule.kind for rule in RULES if ":focus" in rule.conditions}
    assert kinds <= {*FOCUSED, *FOCUS_ELSEWHERE}
    assert kinds >= {"QPushButton", "QLineEdit"}
