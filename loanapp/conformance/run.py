"""One run of the rules against a lender, and what it found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from loanapp.conformance.contract import Contract
from loanapp.conformance.schema import UnknownKeywordError
from loanapp.conformance.wire import LenderUnreachableError, Wire


class RuleId(StrEnum):
    """Every rule; its sentence stands in the translations under ``rule.``."""

    DESCRIPTION = "description"
    HONEST_PRODUCTS = "honest_products"
    HONEST_QUESTIONS = "honest_questions"
    NOT_STORED = "not_stored"
    UNKNOWN_ADDRESS = "unknown_address"
    SPOILED_BODY = "spoiled_body"
    SIGN_IN_NEEDED = "sign_in_needed"
    FORGED_TOKEN = "forged_token"  # noqa: S105 - the name of a rule
    NOTHING_REPEATED = "nothing_repeated"
    SIGN_IN = "sign_in"
    SIGNED_REQUESTS = "signed_requests"
    READING = "reading"
    APPLICATION = "application"
    IDEMPOTENCY = "idempotency"
    LIMITS = "limits"
    ORDER_OF_STEPS = "order_of_steps"
    OTHER_PEOPLE = "other_people"
    WITHDRAWAL = "withdrawal"
    SIGN_OUT = "sign_out"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's outcome: ``faults`` is empty where it holds; ``asked`` counts what was looked at."""

    rule: RuleId
    asked: int
    faults: tuple[str, ...]


@dataclass(slots=True)
class Context:
    """What the rules share: the lender, the contract, and what earlier rules learned."""

    wire: Wire
    contract: Contract
    today: date
    lender: dict[str, Any]
    phone: str = ""
    ask_code: Callable[[], str] | None = None
    token: str = ""
    application: str = ""


# A rule yields a fault, or "" for each thing that held.
Rule = Callable[[Context], Iterator[str]]
_MOST_FAULTS: Final = 20


class StoppedError(RuntimeError):
    """A rule could not go on, and neither can those after it."""


def run_rules(context: Context, rules: dict[RuleId, Rule]) -> list[Finding]:
    """Every rule in its order; those after one that could not go on are left out.

    Raises :class:`LenderUnreachableError` where nothing answers at all.
    """
    found: list[Finding] = []
    for rule_id, rule in rules.items():
        asked, faults, stopped = 0, list[str](), False
        try:
            for outcome in rule(context):
                asked += 1
                if outcome and len(faults) < _MOST_FAULTS:
                    faults.append(outcome)
        except StoppedError as error:
            faults.append(str(error))
            stopped = True
        except LenderUnreachableError as error:
            if not found and not asked:
                raise
            faults.append(f"no answer: {error}")
            stopped = True
        except UnknownKeywordError as error:
            faults.append(f"the contract uses {error}, which cannot be judged")
        found.append(Finding(rule_id, max(asked, len(faults)), tuple(faults)))
        if stopped:
            break
    return found
