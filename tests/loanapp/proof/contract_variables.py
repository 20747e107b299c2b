"""Every variable that loan contracts in China are seen to have, where ours states it and what its pages say of it.

The list is that of what large lenders' contracts fill in, beside what the law and this product add. A variable that a
loan of this product has not is stated as such, for machines and on the pages: silence would leave room for one.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from loanapp.backend.contracts import written_day
from loanapp.proof.contract_facts import shown_amount, shown_percent

Facts = Mapping[str, Any]
_METHODS: Final = {
    "equal_instalment": "等额本息",
    "equal_principal": "等额本金",
    "interest_first": "先息后本",
    "bullet": "到期一次还本付息",
}
_PURPOSES: Final = {"daily_consumption": "日常消费", "education": "教育支出", "travel": "旅行"}


def _plainly(value: object) -> list[str]:
    return [str(value)]


def _yuan(value: str) -> list[str]:
    return [f"{shown_amount(Decimal(value))}元"]


def _rate(before: str) -> Callable[[str], list[str]]:
    return lambda value: [f"{before}{shown_percent(Decimal(value))}"]


def _day(value: str) -> list[str]:
    return [written_day(date.fromisoformat(value))]


def _rows(rows: list[Facts]) -> list[str]:
    amounts = ("payment", "principal", "interest", "fees", "balance")
    return [words for row in rows for words in (row["due"], *(shown_amount(Decimal(row[name])) for name in amounts))]


def _misuse(value: str | None) -> list[str]:
    return ["不另行约定挪用罚息"] if value is None else [f"挪用部分自挪用之日起按年利率{shown_percent(Decimal(value))}"]


def _prime(value: Facts | None) -> list[str]:
    if value is None:
        return ["利率不以贷款市场报价利率（LPR）加减基点确定"]
    published, rate = _day(value["published"])[0], shown_percent(Decimal(value["annual_rate_pct"]))
    return [f"{published}公布的一年期贷款市场报价利率（LPR）为{rate}", f"相差{value['basis_points']}个基点"]


def _free_return(hours: int) -> list[str]:
    return [f"自放款之时起{hours}小时内归还全部本金的，贷款人不收取利息和任何费用"] if hours else []


VARIABLES: Final[dict[str, tuple[str, Callable[[Any], list[str]]]]] = {
    "principal": ("principal", _yuan),
    "how it is repaid": ("method", lambda value: [_METHODS[value]]),
    "rate in force": ("annual_rate_pct", _rate("借款年利率为")),
    "rate before a discount": ("before_discount.annual_rate_pct", _rate("折扣前后的年利率同为")),
    "term": ("months", lambda value: [f"借款期限{value}个月"]),
    "interest in all": ("totals.interest", _yuan),
    "first day": ("start", _day),
    "last day": ("expires", _day),
    "every instalment": ("rows", _rows),
    "plan before a discount": ("before_discount.rows", lambda _: ["还款计划也没有折扣前后之分"]),
    "borrower's name": ("borrower.name", _plainly),
    "identity number": ("borrower.identity_number_masked", _plainly),
    "telephone": ("borrower.phone_masked", _plainly),
    "address": ("borrower.address_masked", _plainly),
    "card": ("borrower.card_masked", _plainly),
    "bank": ("borrower.bank_name", _plainly),
    "rate when overdue": ("penalty_annual_pct", _rate("按年利率")),
    "rate when misused": ("misuse_annual_pct", _misuse),
    "prime rate, its day, points beside it": ("prime_rate", _prime),
    "rate of fees": ("cost.simple_fees", _rate("费用折合年化")),
    "guarantors": ("guarantors", lambda _: ["没有担保人、增信机构或者其他第三方"]),
    "fixed for the term": ("rate_kind", lambda _: ["在借款期限内固定不变"]),
    # What the law and this product add.
    "number": ("contract_number", _plainly),
    "application": ("application_number", _plainly),
    "lender": ("lender.name", _plainly),
    "licence": ("lender.licence", _plainly),
    "lender's address": ("lender.address", _plainly),
    "lender's telephone": ("lender.phone", _plainly),
    "purpose": ("purpose", lambda value: [f"借款用途为{_PURPOSES[value]}"]),
    "paid out": ("payout", lambda value: [f"实际到账金额为{shown_amount(Decimal(value))}元"]),
    "repaid in all": ("totals.repayment", _yuan),
    "all-in cost, simple": ("cost.simple_total", _rate("")),
    "all-in cost, twelve months of return": ("cost.nominal_irr", _rate("")),
    "all-in cost, compounded": ("cost.effective_irr", _rate("")),
    "cost disclosure": ("disclosure_sha256", _plainly),
    "more time to pay": ("months", lambda _: ["未还各期顺延相同的月数，各期金额不变，展期的时间不计收利息和逾期利息"]),
    "free return": ("free_return_hours", _free_return),
}


def missing(facts: Facts, text: str) -> Iterator[str]:
    """The variables that the facts have not, or the pages do not say; ``text`` is the visible text."""
    seen = "".join(text.split())
    for name, (path, written) in VARIABLES.items():
        value: Any = facts
        try:
            for step in path.split("."):
                value = value[step]
        except KeyError:
            yield f"{name}: no fact"
            continue
        if value == "":
            yield f"{name}: empty"
        for words in written(value):
            if "".join(words.split()) not in seen:
                yield f"{name}: {words}"
