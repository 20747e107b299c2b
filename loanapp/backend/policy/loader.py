"""Read the policy files and hold them against each other before anybody can borrow by them."""

from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from loanapp.backend.policy.bank_issuers import BankIssuers
from loanapp.backend.policy.checks import CheckPolicy
from loanapp.backend.policy.fraud_signals import FraudSignalPolicy
from loanapp.backend.policy.kept_words import kept_words
from loanapp.backend.policy.models import (
    Branches,
    Consent,
    DataItem,
    DisclosureWords,
    Face,
    HardshipTerms,
    KeptByLaw,
    Limit,
    Limits,
    NetworkIdentityRules,
    Passwords,
    Policies,
    Product,
    Profile,
    RetentionClass,
    Rights,
    Scorecard,
    SignIn,
    Simulation,
    Staff,
    SupportTickets,
)
from loanapp.backend.policy.rows import PolicyError
from loanapp.backend.policy.sources import SourcePolicy
from loanapp.backend.policy.step_up import StepUpPolicy
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import ApplicationPhase, ConsentScope, WithdrawalEffect
from loanapp.domain.rights import RightKind
from loanapp.domain.schedule import loan_schedule
from loanapp.proof.signing_times import signing_times
from loanapp.resource_files import read_toml, row_in_force

Model = TypeVar("Model", bound=BaseModel)


def load_policies(profile: str = "demonstration", today: date | None = None) -> Policies:
    """All policies of a lender's profile, with the limits in force ``today`` (in China; by default the present day).

    Raises :class:`PolicyError` naming the file that does not hold.
    """
    policies = Policies(
        profile=_read(Profile, "profiles", profile),
        products=_rows(Product, "products"),
        limits=_limits(today or datetime.now(CHINA).date()),
        scorecard=_read(Scorecard, "policy", "scorecard"),
        challenger=_read(Scorecard, "policy", "scorecard_challenger"),
        sign_in=_read(SignIn, "policy", "sign_in"),
        passwords=_read(Passwords, "policy", "passwords"),
        face=_read(Face, "policy", "face"),
        simulation=_read(Simulation, "policy", "simulation"),
        checks=_read(CheckPolicy, "policy", "checks"),
        step_up=_read(StepUpPolicy, "policy", "step_up"),
        fraud_signals=_read(FraudSignalPolicy, "policy", "fraud_signals"),
        sources=_read(SourcePolicy, "policy", "sources"),
        hardship=_read(HardshipTerms, "policy", "hardship"),
        issuers=_read(BankIssuers, "policy", "bank_issuers"),
        consents=_rows(Consent, "consents"),
        data_items=_rows(DataItem, "data_items"),
        disclosure=_read(DisclosureWords, "policy", "disclosure"),
        branches=_read(Branches, "policy", "branches"),
        network_identity=_read(NetworkIdentityRules, "policy", "network_identity"),
        retention=tuple(
            _validated(RetentionClass, "policy/retention.toml", row)
            for row in _parsed("policy", "retention")["classes"]
        ),
        kept_by_law=_validated(KeptByLaw, "policy/retention.toml", _parsed("policy", "retention")["kept_by_law"]),
        support=_read(SupportTickets, "policy", "support"),
        staff=_read(Staff, "policy", "staff"),
        rights=_read(Rights, "policy", "rights"),
    )
    check(policies)
    return policies


def _read(model: type[Model], folder: str, name: str) -> Model:
    return _validated(model, f"{folder}/{name}.toml", _parsed(folder, name))


def _limits(today: date) -> Limits:
    """Of each limit the row in force; every row must hold, the coming ones too."""
    parsed = _parsed("policy", "limits")
    rows = {name: value for name, value in parsed.items() if isinstance(value, list)}
    for row in chain.from_iterable(rows.values()):
        _validated(Limit, "policy/limits.toml", row)
    chosen = {name: row_in_force(of_one, today) for name, of_one in rows.items()}
    return _validated(Limits, "policy/limits.toml", {**parsed, **chosen})


def _rows(model: type[Model], name: str) -> tuple[Model, ...]:
    parsed = _parsed("policy", name)
    return tuple(_validated(model, f"policy/{name}.toml", row) for row in parsed.get(name, []))


def _parsed(folder: str, name: str) -> dict[str, Any]:
    try:
        return read_toml(folder, f"{name}.toml")
    except (OSError, ValueError) as error:
        raise PolicyError(f"{folder}/{name}.toml cannot be read") from error


def _validated(model: type[Model], file: str, values: dict[str, Any]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise PolicyError(f"{file} does not hold: {error}") from error


def check(policies: Policies) -> None:
    """Hold the files against each other; raises :class:`PolicyError` at the first contradiction."""
    limits = policies.limits
    if not policies.products:
        raise PolicyError("policy/products.toml offers nothing")
    for product in policies.products:
        _check_product(product, limits.cost_cap_pct.value, limits.consumer_balance_cap.value)
    if {consent.scope for consent in policies.consents} != set(ConsentScope):
        raise PolicyError("policy/consents.toml must hold every scope once")
    for consent in policies.consents:
        _check_withdrawals(consent)
    _check_kept(policies)
    if not limits.burden_green_pct.value <= limits.burden_review_pct.value <= limits.burden_refuse_pct.value:
        raise PolicyError("policy/limits.toml: the burden's steps must rise")
    if set(policies.rights.days) != set(RightKind):
        raise PolicyError("policy/rights.toml must name days for every kind of request")
    _check_signing(policies.sign_in)
    _check_corrections(policies.rights)
    _check_face(policies.face)
    _check_branches(policies.branches)
    _check_scorecard("scorecard", policies.scorecard)
    if policies.challenger is not None:
        _check_scorecard("scorecard_challenger", policies.challenger)
        if policies.challenger.version == policies.scorecard.version:
            raise PolicyError("policy/scorecard_challenger.toml has the version of the scorecard it challenges")
    if unknown := {row.bank for row in policies.issuers.prefixes.values()} - set(policies.issuers.banks):
        raise PolicyError(f"policy/bank_issuers.toml names banks it does not know: {sorted(unknown)}")


_CHARACTERISTICS: Final = frozenset({"burden_pct", "monthly_income", "overdue_count", "open_loans", "bureau_score"})


def _check_scorecard(file: str, scorecard: Scorecard) -> None:
    """Bands rise and end open; nothing is judged but stated income and debts and the bureau's record."""
    if not scorecard.review_at <= scorecard.accept_at:
        raise PolicyError(f"policy/{file}.toml: a person looks below the score that is accepted, not above it")
    names = [line.id for line in scorecard.characteristics]
    if set(names) - _CHARACTERISTICS or len(set(names)) < len(names):
        raise PolicyError(f"policy/{file}.toml: each of {sorted(_CHARACTERISTICS)} once, and nothing else")
    for characteristic in scorecard.characteristics:
        steps = [band.up_to for band in characteristic.bands]
        limited = [step for step in steps if step is not None]
        if steps[-1] is not None or None in steps[:-1] or limited != sorted(limited):
            raise PolicyError(f"policy/{file}.toml: the bands of {characteristic.id} must rise and end open")


_BY_A_PERSON: Final = frozenset({ConsentScope.FACE_VERIFICATION, ConsentScope.SOCIAL_INSURANCE_QUERY})


def _check_withdrawals(consent: Consent) -> None:
    """Each phase once; nothing but an undecided or unsigned application ends, and only two have another way."""
    if sorted(one.phase for one in consent.withdrawals) != sorted(ApplicationPhase):
        raise PolicyError(f"policy/consents.toml: {consent.scope.value} must say for every phase what withdrawing does")
    for one in consent.withdrawals:
        ends = one.effect is WithdrawalEffect.APPLICATION_ENDS
        if ends and one.phase not in {ApplicationPhase.DECIDING, ApplicationPhase.OFFERED}:
            raise PolicyError(f"policy/consents.toml: nothing can end in the phase {one.phase.value}")
        if one.effect is WithdrawalEffect.ANOTHER_WAY and (
            consent.scope not in _BY_A_PERSON or one.phase is not ApplicationPhase.DECIDING
        ):
            raise PolicyError(f"policy/consents.toml: there is no other way for {consent.scope.value} in that phase")


def _check_signing(policy: SignIn) -> None:
    if policy.signing_seconds > signing_times().code_to_signature.total_seconds():
        raise PolicyError("policy/sign_in.toml: signing_seconds allows more than whoever verifies the evidence does")


def _check_corrections(rights: Rights) -> None:
    for one in rights.corrections:
        if sorted([*one.at_once, *one.why_not]) != sorted(ApplicationPhase):
            raise PolicyError(f"policy/rights.toml: {one.field} must have each phase once, or a reason for it")
        if unknown := set(one.why_not.values()) - set(rights.reasons):
            raise PolicyError(f"policy/rights.toml: {one.field} names reasons it does not know: {sorted(unknown)}")


def _check_kept(policies: Policies) -> None:
    """Cards and authorisations promise what the timer of deletions does."""
    said = [("consents", one.scope.value, one.kept, one.retention) for one in policies.consents]
    said += [("data_items", one.id, one.kept, one.retention) for one in policies.data_items]
    for file, name, kept, retention in said:
        if retention != kept_words(policies, kept):
            raise PolicyError(f"policy/{file}.toml: {name} does not say how long retention.toml keeps {kept}")
    if policies.fraud_signals.longest_window_days > policies.retention_days("application_origin"):
        raise PolicyError("policy/fraud_signals.toml looks further back than retention.toml keeps anything to look at")


def _check_branches(policy: Branches) -> None:
    for branch in policy.branches:
        if any(opens >= closes for opens, closes in branch.open):
            raise PolicyError(f"policy/branches.toml: {branch.id} closes before it opens")
    if len({branch.id for branch in policy.branches}) < len(policy.branches):
        raise PolicyError("policy/branches.toml names a branch twice")


def _check_face(face: Face) -> None:
    for fewest, most in (face.actions_with_flash, face.actions_without_flash):
        if fewest > most:
            raise PolicyError("policy/face.toml: fewer actions at most than at least")
    hurried = face.action_timeout_seconds, face.challenge_seconds
    unhurried = face.unhurried_action_timeout_seconds, face.unhurried_challenge_seconds
    if not all(slow >= usual for slow, usual in zip(unhurried, hurried, strict=True)):
        raise PolicyError("policy/face.toml: slow mode must not be faster")


def _check_product(product: Product, cost_cap: Decimal, balance_cap: Decimal) -> None:
    if not product.amount_min <= product.amount_default <= product.amount_max <= balance_cap:
        raise PolicyError(f"policy/products.toml: the amounts of {product.id} contradict each other or the cap")
    if product.months_default not in product.months:
        raise PolicyError(f"policy/products.toml: the usual term of {product.id} is not among its terms")
    if product.penalty_annual_pct > cost_cap:
        raise PolicyError(f"policy/products.toml: the penalty of {product.id} is over the cap")
    for months in product.months:
        for amount in (product.amount_min, product.amount_max):
            schedule = loan_schedule(
                amount,
                product.annual_rate_pct,
                months,
                product.method,
                date(2026, 1, 31),
                fee_per_instalment=product.fee_per_instalment,
            )
            if annualised_cost(schedule).headline > cost_cap:
                raise PolicyError(f"policy/products.toml: {product.id} costs more than the cap over {months} months")
