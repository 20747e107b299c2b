"""Amounts and rates are found however they are written, and nothing else is taken for one."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.backend.contracts import capital_amount
from loanapp.proof.written_numbers import UNREADABLE, amounts_in, percentages_in

AMOUNTS = {
    "另收服务费 500 元": "500",
    "an extra fee of 500.00.": "500",
    "加收 1,234.5 元": "1234.5",
    "收 1.500.00": "1500",
    "收 5 00 元": "500",
    "收 5\u200b00 元": "500",
    "收 500\n元": "500",
    "收５００元": "500",
    "收 ٥٠٠ 元": "500",
    "收 ¥500": "500",
    "收￥ 500": "500",
    "收 RMB 500": "500",
    "500 yuan": "500",
    "收 500 块": "500",
    "收 5 百元": "500",
    "收 0.5 万元": "5000",
    "收五百元": "500",
    "收两百五十元": "250",
    "收伍佰元": "500",
    "收伍佰": "500",
    "收人民币伍佰整": "500",
    "收三元": "3",
    "收壹万零伍拾元伍角零叁分": "10050.53",
    "收壹亿贰仟万元": "120000000",
    "收 1.2.3.4.5,6 元": "1234.56",
}
RATES = {
    "罚息 36％": "36",
    "罚息 36 %": "36",
    "罚息 36.": None,
    "每日万分之五": "0.05",
    "每日 万 分之 5": "0.05",
    "百分之三十": "30",
    "百分之十四点四": "14.4",
    "千分之1.5": "0.15",
    "3.6‰": "0.36",
    "5‱": "0.05",
    "三十%": "30",
    "百分之若干": str(UNREADABLE),
    "2 个百分点": str(UNREADABLE),
    "月息 5 厘": str(UNREADABLE),
}
NEITHER = [
    "2026年11月22日",
    "共 12 期，每月 22 日",
    "第六百七十三条",
    "第 1 页，共 3 页",
    "三元桥东街 5 号楼 3 单元",
    "人民币一年期贷款市场报价利率",
    "四舍五入到分",
    "400-000-0000",
    "**** 0018",
    "陆先生",
    "金额单位：人民币元。",
]


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_is_found(text):
    assert amounts_in(text) == {Decimal(AMOUNTS[text])}
    assert not percentages_in(text)


@pytest.mark.parametrize("text", RATES)
def test_a_rate_is_found(text):
    assert percentages_in(text) == ({Decimal(RATES[text])} if RATES[text] else set())
    assert not amounts_in(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither_is_left_alone(text):
    assert not amounts_in(text)
    assert not percentages_in(text)


def test_several_on_one_line_are_all_found():
    text = "本金 10,000.00 元，每期888.49元,费用 0.05元 837.89 737.89 100.00，年利率 12.00%；7.2075%"
    assert amounts_in(text) == {Decimal(one) for one in ("10000", "888.49", "0.05", "837.89", "737.89", "100")}
    assert percentages_in(text) == {Decimal("12.00"), Decimal("7.2075")}


@given(st.integers(0, 10**14 - 1))
def test_the_capitals_of_a_bill_are_read_back(cents):
    amount = Decimal(cents) / 100
    if amount >= 1:
        assert amounts_in(f"（大写：人民币{capital_amount(amount)}）") == {amount}


@pytest.mark.parametrize("text", ["1" * 100_000, "1 " * 50_000, "1,1." * 25_000, "伍佰" * 50_000, " " * 100_000 + "1"])
def test_a_page_of_digits_costs_no_more_than_its_length(text):
    began = time.process_time()
    for one in (text, f"{text}x元", f"¥ {text}x%"):
        amounts_in(one)
        percentages_in(one)
    assert time.process_time() - began < 5
