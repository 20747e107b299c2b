"""The contract's text: complete, the same every time, and the same for machines and people."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loanapp.backend.contracts import LoanPrimeRate, capital_amount, contract_facts, render_contract
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.money import wire
from loanapp.domain.schedule import equal_instalment_schedule
from loanapp.proof.contract_facts import (
    ContractFactsError,
    read_facts,
    shown_amount,
    shown_percent,
    visible_text,
)
from loanapp.proof.written_numbers import amounts_in, percentages_in


def plain(pdf):
    """The visible text without any white space: line breaks fall anywhere in Chinese."""
    return re.sub(r"\s", "", visible_text(pdf))


def test_the_same_data_gives_the_same_bytes(contract):
    assert render_contract(contract.data) == contract.rendered
    assert render_contract(replace(contract.data, contract_number="LC20261122-0002")) != contract.rendered


def test_threads_may_typeset_at_the_same_time(contract):
    numbers = [f"LC20261122-{number:04}" for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda number: render_contract(replace(contract.data, contract_number=number)), numbers))
    assert [read_facts(pdf)["contract_number"] for pdf in made] == numbers


def test_it_is_tagged_pdf_a_3b_and_names_only_its_two_fonts(contract):
    pdf = contract.rendered
    assert b"/MarkInfo" in pdf
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    fonts = set(re.findall(rb"/FontName */[A-Z]{6}\+([\w-]+)", pdf))
    assert fonts
    assert all(font.startswith((b"NotoSansSC", b"NotoSerifSC")) for font in fonts)


def test_every_variable_of_a_loan_contract_is_on_the_pages(contract):
    data, text = contract.data, plain(contract.rendered)
    wanted = {
        "principal": "10,000.00元",
        "in capitals": "人民币壹万元整",
        "method": "等额本息",
        "yearly rate": "借款年利率为12.00%",
        "terms": "12个月",
        "total interest": f"{shown_amount(data.schedule.total_interest)}元",
        "total": f"{shown_amount(data.schedule.total_repayment)}元",
        "start": "2026年11月22日",
        "expiry": "2027年11月22日",
        "name": "测试甲",
        "identity number": "1101**********002X",
        "phone": "138****0001",
        "address": "北京市东城区******",
        "card": "****0001",
        "bank": "演示银行",
        "overdue rate": "按年利率18.00%计收逾期利息",
        "misuse": "未按照约定用途使用借款",
        "fees": "没有任何手续费",
        "purpose": "教育支出",
        "early repayment": "提前还款的",
        "no interest in advance": "利息不得预先在本金中扣除",
        "disclosure": data.disclosure_sha256,
        "signature": "电子签名",
        "disputes": "人民法院",
        "lender": "演示放款机构",
        "licence": "TEST-0001",
        "numbers": data.contract_number + "",
        "application": data.application_number,
        "simple cost": shown_percent(data.cost.simple_total),
        "effective cost": shown_percent(data.cost.effective_irr),
        "test authority": "模拟（TEST）证书机构",
    }
    assert {name: words for name, words in wanted.items() if words.replace(" ", "") not in text} == {}
    for row in data.schedule.rows:
        for shown in (row.due.isoformat(), *map(shown_amount, (row.payment, row.principal, row.interest, row.balance))):
            assert shown in text
    assert "日息" not in text
    assert "日利率" not in text


def test_what_was_not_given_is_left_out(contract):
    text = plain(contract.rendered)
    assert "公布的一年期贷款市场报价利率" not in text
    assert "小时内归还全部本金" not in text
    promised = render_contract(replace(contract.data, free_return_hours=24))
    assert "自放款之时起24小时内归还全部本金的，贷款人不收取利息和任何费用" in plain(promised)
    assert "罚息。" in text
    assert "数据使用记录树根" not in text
    given = replace(
        contract.data,
        prime_rate=LoanPrimeRate(annual_rate_pct=Decimal("3.10"), published=date(2026, 11, 20)),
        misuse_annual_pct=Decimal("20.00"),
        ledger_head="f" * 64,
    )
    text = plain(render_contract(given))
    assert "2026年11月20日公布的一年期贷款市场报价利率（LPR）为3.10%" in text
    assert "按年利率20.00%计收罚息" in text
    assert "f" * 64 in text


@pytest.mark.parametrize("months", [1, 3, 24, 36, 60])
def test_any_term_fits_and_the_signatures_have_their_place(contract, months):
    schedule = equal_instalment_schedule(Decimal(200000), Decimal("23.9"), months, date(2027, 1, 31))
    data = replace(contract.data, schedule=schedule, payout=schedule.principal, cost=annualised_cost(schedule))
    pdf = render_contract(data)
    assert plain(pdf).count("双方确认已阅读并同意本合同全部条款") == 1
    assert schedule.total_repayment in amounts_in(visible_text(pdf))
    assert {row["payment"] for row in read_facts(pdf)["rows"]} == {wire(row.payment) for row in schedule.rows}


def test_facts_are_attached_and_agree_with_the_pages(contract):
    for pdf in (contract.rendered, contract.prepared, contract.borrower_signed, contract.complete):
        facts = read_facts(pdf)
        assert facts == json.loads(json.dumps(contract_facts(contract.data)))
        amounts, rates = amounts_in(visible_text(pdf)), percentages_in(visible_text(pdf))
        assert {Decimal(facts[name]) for name in ("principal", "payout")} <= amounts
        assert {Decimal(value) for value in facts["totals"].values()} <= amounts
        assert {Decimal(row["payment"]) for row in facts["rows"]} <= amounts
        assert {Decimal(facts["annual_rate_pct"]), Decimal(facts["penalty_annual_pct"])} <= rates


@pytest.mark.parametrize("pdf", [b"", b"hello", b"%PDF-1.7\n%%EOF"])
def test_a_file_without_facts_or_pages_is_refused(pdf):
    with pytest.raises(ContractFactsError):
        read_facts(pdf)
    with pytest.raises(ContractFactsError):
        visible_text(pdf)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("1005", "壹仟零伍元整"),
        ("10000", "壹万元整"),
        ("10000.50", "壹万元伍角"),
        ("10500.07", "壹万零伍佰元零柒分"),
        ("100010", "壹拾万零壹拾元整"),
        ("123456.78", "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        ("1000100", "壹佰万零壹佰元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
    ],
)
def test_amounts_in_capitals(amount, words):
    assert capital_amount(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-1", "1e12", "0.001"])
def test_amounts_that_have_no_capitals(amount):
    with pytest.raises(ValueError, match="capitals"):
        capital_amount(Decimal(amount))


@pytest.mark.parametrize("purpose", list(LoanPurpose))
def test_every_purpose_has_words(contract, purpose):
    assert contract_facts(replace(contract.data, purpose=purpose))["purpose"] == purpose.value
    assert render_contract(replace(contract.data, purpose=purpose))


def test_percentages_are_shown_with_two_to_four_decimals():
    assert [shown_percent(Decimal(rate)) for rate in ("12", "7.2", "7.2075", "12.68250301", "0")] == [
        "12.00%",
        "7.20%",
        "7.2075%",
        "12.6825%",
        "0.00%",
    ]
