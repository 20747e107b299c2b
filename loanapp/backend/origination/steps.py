"""What the workflow does in the database: each function is one transaction, and safe to find already done."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import (
    BureauRecord,
    InsuranceRecord,
    PortraitAnswer,
    RegistryAnswer,
    ScreeningAnswer,
)
from loanapp.backend.applications.standing import Standing
from loanapp.backend.applications.store import Sealed, set_status
from loanapp.backend.branches.appointments import booked, confirm_visit
from loanapp.backend.offers.offer import make_offer, rows_from
from loanapp.backend.origination.assessment import Assessment, Facts, assess
from loanapp.backend.origination.income import IncomeCheck, hold_income, read
from loanapp.backend.origination.what_changes import Rules, instalment, retry_after, what_changes
from loanapp.backend.policy import checks
from loanapp.backend.repayment.account import has_overdue
from loanapp.backend.services import Services
from loanapp.backend.signals.found import found_signals
from loanapp.backend.staff.asking import times_asked
from loanapp.backend.staff.members import reviewer_simulated
from loanapp.backend.store import ledger
from loanapp.backend.store.ledger import Actor
from loanapp.backend.store.tables import Application, Check, ContractRecord, FaceState, Loan
from loanapp.backend.verification.demands import demands, situation
from loanapp.backend.verification.review_facts import facts_sha256, review_facts
from loanapp.backend.verification.withdrawal import stands
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import ConsentScope
from loanapp.domain.decision import DecisionOutcome, DecisionReason
from loanapp.domain.identity_number import parse_identity_number
from loanapp.domain.status import ApplicationStatus

_S = ApplicationStatus
CheckState = Literal["running", "done", "failed"]

# The checks that tell a source outside the lender who the borrower is.
_SHARED = ("identity", "credit", "income")
# Those that rest on an authorisation of the borrower's.
_ON_CONSENT = {"credit": ConsentScope.BUREAU_QUERY, "income": ConsentScope.SOCIAL_INSURANCE_QUERY}


def _application(session: Session, application_id: str) -> Application:
    found = session.get(Application, application_id)
    if found is None:
        raise LookupError("the application is gone")
    return found


def begin(services: Services, session: Session, application_id: str) -> dict[str, Any]:
    """Submitted becomes verifying; the ``status`` from which there is something to do, or not.

    ``leaves_out``: the checks that this loan does not need, or that its borrower has not authorised.
    """
    application = _application(session, application_id)
    if application.status is _S.SUBMITTED:
        set_status(session, application, _S.VERIFYING, services.clock.now())
    asks = demands(services, session, application).needs(checks.Check.INCOME)
    asks = asks and stands(session, application_id, ConsentScope.SOCIAL_INSURANCE_QUERY)
    return {"status": application.status.value, "leaves_out": [] if asks else ["income"]}


def note_check(
    services: Services,
    session: Session,
    application_id: str,
    step: str,
    state: CheckState,
) -> bool:
    """Write how far a check is; ``False`` when the borrower has withdrawn meanwhile."""
    application = _application(session, application_id)
    if application.status is not _S.VERIFYING:
        return False
    now = services.clock.now()
    check = session.get(Check, (application_id, step)) or Check(application_id=application_id, step=step)
    check.state, check.at = state, now
    if state == "running":
        check.answer_sealed = None
    session.add(check)
    if state != "running":
        ledger.append(session, now, "check", application_id, {"check": step, "state": state})
    return True


def leave_out(session: Session, application_id: str, step: str) -> bool:
    """Take off the record a check whose source may no longer be asked; ``False`` as :func:`is_verifying`."""
    going_on = is_verifying(session, application_id)
    check = session.get(Check, (application_id, step))
    if going_on and check is not None:
        session.delete(check)
    return going_on


def is_verifying(session: Session, application_id: str) -> bool:
    """Whether the checks go on; ``False`` when the borrower has withdrawn meanwhile."""
    return _application(session, application_id).status is _S.VERIFYING


def may_share(services: Services, session: Session, application_id: str, step: str, asking: str) -> bool:
    """Whether a source may be asked now; where it is told who the borrower is, the ledger says so before it is.

    Right and entry are one transaction: no source is asked without an entry, and none has one that was not allowed.
    ``asking`` is the same when a question is repeated because the process was killed: its entry stands already.
    """
    if not may_ask(session, application_id, step):
        return False
    detail = {"what": step, "asking": asking}
    if step in _SHARED and not ledger.stands(session, "share", application_id, detail):
        ledger.append(session, services.clock.now(), "share", application_id, detail)
    return True


def may_ask(session: Session, application_id: str, step: str) -> bool:
    """Whether a source may still be asked, and its answer kept: not once the borrower has taken back what allows it."""
    application = _application(session, application_id)
    scope = _ON_CONSENT.get(step)
    return application.status is _S.VERIFYING and (scope is None or stands(session, application_id, scope))


def keep_answer(services: Services, session: Session, application_id: str, step: str, answer: dict[str, Any]) -> None:
    """Keep what a source said, sealed; the workflow's own log hears only whether it said anything.

    What comes after its authorisation was taken back is not kept.
    """
    check = session.get(Check, (application_id, step))
    if check is not None and may_ask(session, application_id, step):
        check.answer_sealed = services.cipher.encrypt_json(answer, _check_place(application_id, step))


def _check_place(application_id: str, step: str) -> str:
    return f"verification_check|{application_id}|{step}"


def goes_to_branch(session: Session, application_id: str) -> bool:
    """Whether the borrower is verified at a branch."""
    return booked(session, _application(session, application_id)) is not None


def face_state(services: Services, session: Session, application_id: str) -> str:
    """How the borrower's face was checked; for a visit to a branch the clerk is asked first."""
    application = _application(session, application_id)
    confirm_visit(services, session, application)
    return application.face_state.value


def decide(services: Services, session: Session, application_id: str) -> str:
    """The assessment, written with its outcome; returns the outcome or ``stopped``."""
    application = _application(session, application_id)
    if application.status is not _S.VERIFYING:
        return "stopped"
    policies, now = services.policies, services.clock.now()
    facts = gather(services, session, application)
    assessment = assess(facts, policies.scorecard, policies.limits)
    check = Check(application_id=application_id, step="decision", state="done", at=now)
    session.merge(check)
    _write_decision(services, session, application, assessment, facts=facts)
    match assessment.outcome:
        case DecisionOutcome.APPROVED:
            _offer(services, session, application)
        case DecisionOutcome.DECLINED:
            set_status(session, application, _S.DECLINED, now)
        case DecisionOutcome.REVIEW:
            set_status(session, application, _S.IN_REVIEW, now)
    return assessment.outcome.value


def gather(services: Services, session: Session, application: Application) -> Facts:
    """What the decision is made by."""
    registry = _answer(services, session, application.id, "identity")
    screening = _answer(services, session, application.id, "screening")
    credit = _answer(services, session, application.id, "credit")
    product = services.policies.product(application.product_id)
    sealed = Sealed(services, application)
    identity, profile = sealed.identity, sealed.profile
    if identity is None or profile is None or product is None:
        raise LookupError("a submitted application has an identity, a profile and a product")
    today = services.clock.now().astimezone(CHINA).date()
    wanted = demands(services, session, application)
    return Facts(
        registry=RegistryAnswer(registry["answer"]) if registry else None,
        portrait=PortraitAnswer(registry["portrait"]) if registry else PortraitAnswer.NOT_COMPARED,
        screening=ScreeningAnswer(screening["answer"]) if screening else None,
        bureau=BureauRecord(**credit) if credit else None,
        face_by_person=(application.face_state is FaceState.MANUAL or application.face_by_person)
        and not confirm_visit(services, session, application),
        number_corrected="identity_number" in application.identity_corrections,
        age=parse_identity_number(identity.identity_number, today).age_on(today),
        monthly_income=profile.monthly_income,
        monthly_debt=profile.monthly_debt,
        instalment=instalment(product, application.amount, application.months),
        amount=application.amount,
        outstanding=Standing(services, session, application.borrower_id, application.identity_index).owed,
        interview=wanted.needs(checks.Check.INTERVIEW),
        paid_before=not situation(services.policies, session, application, services.clock.now()).first_loan,
        own_overdue=has_overdue(session, application.borrower_id, application.identity_index, today),
        signs=found_signals(services, session, application),
        asked=times_asked(session, application.id) > 0,
        income=_income(services, session, application.id, profile.monthly_income)
        if wanted.needs(checks.Check.INCOME)
        else IncomeCheck.NOT_NEEDED,
    )


def _income(services: Services, session: Session, application_id: str, stated: Decimal) -> IncomeCheck:
    if not stands(session, application_id, ConsentScope.SOCIAL_INSURANCE_QUERY):
        return IncomeCheck.NOT_AUTHORISED
    record = kept_insurance(services, session, application_id)
    return IncomeCheck.UNANSWERED if record is None else hold_income(stated, record, services.policies.limits)


def kept_insurance(services: Services, session: Session, application_id: str) -> InsuranceRecord | None:
    """What social insurance said; ``None`` where it was not asked, was silent, or was taken back."""
    kept = _answer(services, session, application_id, "income")
    return None if kept is None else read(kept)


def _answer(services: Services, session: Session, application_id: str, step: str) -> dict[str, Any] | None:
    """What the source said; ``None`` when it was down."""
    check = session.get(Check, (application_id, step))
    if check is None or check.answer_sealed is None:
        return None
    found: dict[str, Any] = services.cipher.decrypt_json(check.answer_sealed, _check_place(application_id, step))
    return found


def _write_decision(
    services: Services,
    session: Session,
    application: Application,
    assessment: Assessment,
    *,
    facts: Facts | None = None,
    by_reviewer: bool = False,
    member: str | None = None,
) -> None:
    now, limits = services.clock.now(), services.policies.limits
    declined = assessment.outcome is DecisionOutcome.DECLINED
    retry = retry_after(assessment.reasons, limits, now.astimezone(CHINA).date())
    Sealed(services, application).decision = {
        "outcome": assessment.outcome.value,
        "reasons": [reason.value for reason in assessment.reasons],
        "retry_after": retry.isoformat() if declined else None,
        "changes": _changes(services, session, application, assessment, retry, facts=facts) if declined else [],
        "score": assessment.score,
        "points": [[line.characteristic, line.points] for line in assessment.lines],
        "signs": [[one.kind.value, one.count] for one in (facts.signs if facts is not None else ())],
        "reviewer_simulated": by_reviewer,
    }
    detail: dict[str, object] = {
        "outcome": assessment.outcome.value,
        "reasons": [reason.value for reason in assessment.reasons],
        "checks": demands(services, session, application).as_written(),
        "scorecard": f"{services.policies.scorecard.id} {services.policies.scorecard.version}",
    }
    if facts is not None:
        detail |= _challenged(services, facts)
    if member is not None:
        detail["member"] = member
    if by_reviewer or member is not None:
        # What lay before whoever decided, provable while it is kept; the figures stay in rows that are deleted.
        detail["face_attempts_sha256"] = facts_sha256(review_facts(session, application.id))
    actor: Actor = "staff" if member is not None else "simulated_reviewer" if by_reviewer else "lender"
    ledger.append(session, now, "decision", application.id, detail, actor=actor)


def _challenged(services: Services, facts: Facts) -> dict[str, object]:
    """What the challenger would have said; it decides nothing."""
    challenger = services.policies.challenger
    if challenger is None:
        return {}
    found = assess(facts, challenger, services.policies.limits)
    return {"challenger": f"{challenger.id} {challenger.version}", "challenger_outcome": found.outcome.value}


def _changes(
    services: Services,
    session: Session,
    application: Application,
    assessment: Assessment,
    again: date,
    *,
    facts: Facts | None,
) -> list[dict[str, Any]]:
    policies, identity = services.policies, Sealed(services, application).identity
    product = policies.product(application.product_id)
    if identity is None or product is None:
        raise LookupError("a submitted application has an identity and a product")
    return what_changes(
        assessment.reasons,
        facts or gather(services, session, application),
        Rules(policies.scorecard, policies.limits, product, application.months),
        parse_identity_number(identity.identity_number, services.clock.now().astimezone(CHINA).date()),
        again,
    )


def _offer(services: Services, session: Session, application: Application) -> None:
    product = services.policies.product(application.product_id)
    if product is None:
        raise LookupError("the product is gone")
    now = services.clock.now()
    application.offer = make_offer(application, product, services.policies.limits, now)
    application.offer_valid_until = now + timedelta(hours=float(services.policies.limits.offer_valid_hours.value))
    set_status(session, application, _S.OFFERED, now)


def review(services: Services, session: Session, application_id: str) -> str:
    """The simulated reviewer: confirms what documents and card show, and says that it is simulated.

    Anywhere but in a demonstration without reviewers, the application waits for a person: :func:`decide_by_person`.
    """
    application = _application(session, application_id)
    if application.status is not _S.IN_REVIEW:
        return "stopped"
    if not reviewer_simulated(services, session):
        return "waiting"
    now, seen = services.clock.now(), {"what": "review"}
    ledger.append(session, now, "access", application_id, seen, actor="simulated_reviewer")
    before = Sealed(services, application).decision or {}
    registry = _answer(services, session, application.id, "identity") or {}
    if registry.get("answer") == RegistryAnswer.MISMATCH:
        # The second look found the same: the register knows this number under another name.
        reasons = (DecisionReason.IDENTITY_NOT_CONFIRMED,)
        assessment = Assessment(DecisionOutcome.DECLINED, reasons, before.get("score"))
        _write_decision(services, session, application, assessment, by_reviewer=True)
        set_status(session, application, _S.DECLINED, now, actor="simulated_reviewer")
        return assessment.outcome.value
    if DecisionReason.SIGNS_BY_PERSON in before.get("reasons", ()):
        # Nobody real has looked at the sign: it must not turn what would have been a refusal into a loan either.
        plain = replace(gather(services, session, application), signs=())
        found = assess(plain, services.policies.scorecard, services.policies.limits)
        if found.outcome is DecisionOutcome.DECLINED:
            _write_decision(services, session, application, found, by_reviewer=True)
            set_status(session, application, _S.DECLINED, now, actor="simulated_reviewer")
            return found.outcome.value
    assessment = Assessment(DecisionOutcome.APPROVED, (), before.get("score"))
    _write_decision(services, session, application, assessment, by_reviewer=True)
    _offer(services, session, application)
    return assessment.outcome.value


def decide_by_person(
    services: Services,
    session: Session,
    application: Application,
    member: str,
    reasons: tuple[DecisionReason, ...],
) -> None:
    """What a reviewer decided: declined for ``reasons``, or an offer where there are none."""
    before = Sealed(services, application).decision or {}
    outcome = DecisionOutcome.DECLINED if reasons else DecisionOutcome.APPROVED
    assessment = Assessment(outcome, reasons, before.get("score"))
    _write_decision(services, session, application, assessment, member=member)
    if reasons:
        set_status(session, application, _S.DECLINED, services.clock.now(), actor="staff")
    else:
        _offer(services, session, application)


def begin_payout(services: Services, session: Session, application_id: str) -> bool:
    """Signed becomes disbursing."""
    application = _application(session, application_id)
    if application.status is _S.SIGNED:
        set_status(session, application, _S.DISBURSING, services.clock.now())
    return application.status is _S.DISBURSING


def note_refused_payout(services: Services, session: Session, application_id: str, order: int) -> None:
    """The bank will not pay this order: the ledger says so, and a further one is made later."""
    detail = {"check": "payout_refused", "order": order}
    ledger.append(session, services.clock.now(), "check", application_id, detail)


def finish_payout(services: Services, session: Session, application_id: str, reference: str) -> None:
    """The bank has paid: the loan begins."""
    application = _application(session, application_id)
    if application.status is not _S.DISBURSING:
        return
    if application.offer is None:
        raise LookupError("a signed application has an offer")
    now = services.clock.now()
    contract = session.query(ContractRecord).filter_by(application_id=application_id).one()
    session.add(
        Loan(
            application_id=application_id,
            contract_number=contract.number,
            borrower_id=application.borrower_id,
            principal=Decimal(application.offer["terms"]["amount"]),
            disbursed_at=now,
            reference=reference,
            schedule=rows_from(application.offer, now.astimezone(CHINA).date()),
        )
    )
    ledger.append(session, now, "payout", application_id, {"reference": reference})
    set_status(session, application, _S.ACTIVE, now)
