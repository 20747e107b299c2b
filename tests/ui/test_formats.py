"""Figures in the window: one place writes them, they follow the language, and each digit takes the same room."""

import ast
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetricsF

from loanapp.resource_files import resource_path
from ui.components.cost_bar import CostBar
from ui.components.fields import MoneyField
from ui.components.schedule_table import ScheduleTable
from ui.formats import day, yuan
from ui.theme import theme
from ui.translations import translator

UI = Path(resource_path().parent, "ui")
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")
_BY_HAND = re.compile(r"\u00a5|\bCNY\b|\bRMB\b|%[HYmdbB]")


def literals(path: Path) -> list[tuple[int, str]]:
    """Every string of a module that is not a docstring, pieces and forms of f-strings among them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _first(node)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def _first(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


def test_no_chinese_and_no_form_of_money_or_time_stands_in_the_code_of_the_window():
    found = [
        (path.name, line, text)
        for path in UI.rglob("*.py")
        for line, text in literals(path)
        if _CHINESE.search(text) or _BY_HAND.search(text) or re.fullmatch(r",\.\S*f?", text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "attribute", ["setText", "label", "setAccessibleName", "setToolTip", "setPlaceholderText", "say"]
)
def test_no_sentence_is_shown_that_stands_in_the_code(attribute):
    found = []
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or attribute != getattr(node.func, "attr", getattr(node.func, "id", "")):
                continue
            shown = [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
            found += [(path.name, node.lineno, text) for text in shown if re.search("[A-Za-z]{2}", str(text))]
    assert found == []


def test_money_and_days_follow_the_language():
    assert (yuan(Decimal("10797.05")), day(date(2026, 11, 26))) == ("10,797.05元", "2026年11月26日")
    translator().set_language("en")
    assert (yuan(Decimal("10797.05")), day(date(2026, 11, 26))) == ("CNY\u00a010,797.05", "26 November 2026")
    translator().set_language("zh")


def test_every_digit_is_equally_wide(qapp):
    for size, strong in ((16, False), (28, True)):
        metrics = QFontMetricsF(theme().font(size, strong=strong))
        assert len({round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


def test_a_field_for_money_names_its_unit_where_the_language_puts_it(qtbot):
    field = MoneyField("x")
    qtbot.addWidget(field)
    field.show()
    field.editor.setText("1234")
    before, after = field._units
    assert (before.isVisible(), after.text()) == (False, "元")
    translator().set_language("en")
    assert (before.text(), after.isVisible()) == ("CNY", False)
    assert field.editor.text() == "1234"
    translator().set_language("zh")
    assert (before.isVisible(), after.isVisible()) == (False, True)


def test_a_table_of_figures_names_its_currency_once_and_a_screen_reader_hears_it_each_time(qtbot):
    from PySide6.QtCore import Qt

    from tests.ui.loan_in_hand import SCHEDULE

    table = ScheduleTable()
    qtbot.addWidget(table)
    table.show_rows(SCHEDULE.rows)
    assert table.horizontalHeaderItem(2).text().endswith("（元）")
    assert table.item(0, 6).text() == "9,220.25"
    assert table.item(0, 6).data(Qt.ItemDataRole.AccessibleTextRole) == "9,220.25元"
    assert table.item(0, 1).text() == "2026年12月22日"


def test_the_bar_changes_its_currency(qtbot):
    bar = CostBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_sum(Decimal(10000), Decimal("797.05"), Decimal(0))
    translator().set_language("en")
    assert "CNY\u00a0797.05" in bar.accessibleName()
    translator().set_language("zh")
