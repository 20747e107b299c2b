"""How the scorecard treats groups it cannot see: outcomes by sex, age band and region on a generated population.

``python -m loanapp.backend.origination.fairness [--size N] [--seed N]``. The people are drawn at random; how incomes
and records differ between groups is an assumption, written down in :data:`SEXES`, :data:`AGES` and :data:`REGIONS`, and
no statistic of any country's. What the report shows is what the scorecard makes of such differences.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from loanapp.backend.adapters.ports import BureauRecord, RegistryAnswer, ScreeningAnswer
from loanapp.backend.origination.assessment import Facts, assess
from loanapp.backend.origination.what_changes import instalment
from loanapp.backend.policy import Policies, load_policies
from loanapp.domain.decision import DecisionOutcome, DecisionReason

Dimension = Literal["sex", "age", "region"]
# Median monthly income in yuan times these; assumptions, chosen wide enough to show.
MEDIAN_INCOME: Final = 8000
SEXES: Final[Mapping[str, float]] = {"male": 1.05, "female": 0.92}
REGIONS: Final[Mapping[str, float]] = {"east": 1.20, "centre": 0.90, "west": 0.82, "north_east": 0.86}
# From, to, income, and the share of people without any record.
AGES: Final[Mapping[str, tuple[int, int, float, float]]] = {
    "18-24": (18, 24, 0.65, 0.55),
    "25-34": (25, 34, 1.00, 0.20),
    "35-44": (35, 44, 1.15, 0.10),
    "45-54": (45, 54, 1.05, 0.12),
    "55-65": (55, 65, 0.85, 0.25),
}
_SMALL: Final = "small"
FOUR_FIFTHS: Final = 0.8  # 29 CFR 1607.4 (D): a rate below four fifths of the best group's asks for a look


@dataclass(frozen=True, slots=True)
class Person:
    """One generated person; what judges is given ``facts`` and nothing else."""

    sex: str
    age: str
    region: str
    facts: Facts


def population(size: int, seed: int, policies: Policies) -> list[Person]:
    """``size`` people, the same for the same ``seed``."""
    chance = random.Random(seed)  # noqa: S311 - the same people again, on purpose
    return [_person(chance, policies) for _one in range(size)]


def _person(chance: random.Random, policies: Policies) -> Person:
    sex, region = chance.choice(list(SEXES)), chance.choice(list(REGIONS))
    band = chance.choice(list(AGES))
    youngest, oldest, factor, without_record = AGES[band]
    income = MEDIAN_INCOME * SEXES[sex] * REGIONS[region] * factor * chance.lognormvariate(0, 0.45)
    product = policies.products[0]
    amount = Decimal(chance.randrange(2, 41) * 1000 // 2)
    amount = max(product.amount_min, amount)
    months = chance.choice(product.months)
    facts = Facts(
        registry=RegistryAnswer.MATCH,
        bureau=_record(chance, without_record),
        screening=ScreeningAnswer.CLEAR,
        face_by_person=False,
        number_corrected=False,
        age=chance.randint(youngest, oldest),
        monthly_income=Decimal(round(income)),
        monthly_debt=Decimal(round(income * max(0.0, chance.gauss(0.15, 0.12)))),
        instalment=instalment(product, amount, months),
        amount=amount,
        outstanding=Decimal(0),
    )
    return Person(sex, band, region, facts)


def _record(chance: random.Random, without: float) -> BureauRecord:
    if chance.random() < without:
        return BureauRecord(0, 0, None)
    overdue = chance.choices((0, 1, 2), (0.88, 0.09, 0.03))[0]
    score = round(min(850, max(300, chance.gauss(660 - 90 * overdue, 70))))
    return BureauRecord(overdue, min(9, round(chance.expovariate(0.6))), score, min(5, round(chance.expovariate(1.5))))


@dataclass(frozen=True, slots=True)
class Group:
    """What became of one group; rates are shares of it, ``ratio`` is its approvals beside the best group's.

    ``small``: declined for this amount and approved at once for a smaller one, because nobody knows the person yet.
    """

    dimension: Dimension
    name: str
    people: int
    approved: float
    review: float
    small: float
    declined: float
    ratio: float


def report(people: Iterable[Person], policies: Policies) -> list[Group]:
    """Every group of every dimension."""
    outcomes: dict[Dimension, dict[str, Counter[str]]] = {"sex": {}, "age": {}, "region": {}}
    for person in people:
        found = assess(person.facts, policies.scorecard, policies.limits)
        outcome = _SMALL if found.reasons == (DecisionReason.START_SMALL,) else found.outcome.value
        own: dict[Dimension, str] = {"sex": person.sex, "age": person.age, "region": person.region}
        for dimension, name in own.items():
            outcomes[dimension].setdefault(name, Counter())[outcome] += 1
    return [group for dimension, groups in outcomes.items() for group in _groups(dimension, groups)]


def _groups(dimension: Dimension, groups: Mapping[str, Counter[str]]) -> list[Group]:
    rates = {name: counts[DecisionOutcome.APPROVED] / counts.total() for name, counts in groups.items()}
    best = max(rates.values()) or 1.0
    return [
        Group(
            dimension,
            name,
            counts.total(),
            rates[name],
            counts[DecisionOutcome.REVIEW] / counts.total(),
            counts[_SMALL] / counts.total(),
            counts[DecisionOutcome.DECLINED] / counts.total(),
            rates[name] / best,
        )
        for name, counts in sorted(groups.items())
    ]


def lines(groups: Iterable[Group]) -> list[str]:
    """The report as it is printed; a group below four fifths of the best is marked."""
    said = [f"{'':22}{'people':>8}{'approved':>10}{'person':>9}{'small':>8}{'declined':>10}{'ratio':>8}"]
    for one in groups:
        mark = "  < 4/5" if one.ratio < FOUR_FIFTHS else ""
        said.append(
            f"{one.dimension + ' ' + one.name:22}{one.people:8}{one.approved:10.1%}{one.review:9.1%}{one.small:8.1%}"
            f"{one.declined:10.1%}{one.ratio:8.2f}{mark}"
        )
    return said


def main(arguments: list[str] | None = None) -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m loanapp.backend.origination.fairness")
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    policies = load_policies()
    sys.stdout.write(f"scorecard {policies.scorecard.id} {policies.scorecard.version}, seed {args.seed}\n")
    sys.stdout.write("\n".join(lines(report(population(args.size, args.seed, policies), policies))) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
