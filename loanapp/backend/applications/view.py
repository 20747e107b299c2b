"""An application as the borrower sees it: masked, with what may be done next."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final, Literal

from sqlalchemy.orm import Session

from loanapp.backend.applications.around import Around
from loanapp.backend.applications.store import Sealed, grants, missing_for_submit
from loanapp.backend.branches.appointments import branch_of, branch_open
from loanapp.backend.data_uses.kept import kept_until, taken_at
from loanapp.backend.http.models import application as wire
from loanapp.backend.http.models.common import Words
from loanapp.backend.policy.checks import Check as Needed
from loanapp.backend.policy.checks import Demands
from loanapp.backend.services import Services
from loanapp.backend.signing.authorisation import authorised_until
from loanapp.backend.staff.asking import asked_of
from loanapp.backend.store.tables import (
    Application,
    AppointmentState,
    FaceState,
)
from loanapp.backend.verification.credential import credential_lapsed
from loanapp.backend.verification.step_up import step_up
from loanapp.domain.clock import CHINA
from loanapp.domain.consent import ConsentScope
from loanapp.domain.identity_number import mask_identity_number, parse_identity_number
from loanapp.domain.liveness import FaceWay, StepUpState
from loanapp.domain.phone import mask_phone
from loanapp.domain.status import FILLING, ApplicationStatus, BorrowerAction

_S, _A = ApplicationStatus, BorrowerAction
WaitingFor = Literal["borrower", "lender", "reviewer", "bank"]
STEPS = ("identity", "face", "card", "credit", "decision")

_WAITING_FOR: Final[Mapping[ApplicationStatus, WaitingFor]] = {
    _S.DRAFT: "borrower",
    _S.SUBMITTED: "lender",
    _S.VERIFYING: "lender",
    _S.NEEDS_MORE: "borrower",
    _S.IN_REVIEW: "reviewer",
    _S.OFFERED: "borrower",
    _S.SIGNING: "borrower",
    _S.SIGNED: "lender",
    _S.DISBURSING: "bank",
}

_FILLS: Final[Mapping[str, tuple[BorrowerAction, ...]]] = {
    "identity_document": (_A.UPLOAD_DOCUMENT,),
    "identity": (_A.UPLOAD_DOCUMENT, _A.CONFIRM_IDENTITY),
    "profile": (_A.SET_PROFILE,),
    "face": (_A.START_LIVENESS, _A.CHOOSE_MANUAL_VERIFICATION),
    "bank_card": (_A.BIND_CARD,),
}


def show(services: Services, session: Session, application: Application) -> wire.ApplicationAnswer:
    """The whole answer."""
    around = Around(services, session, application)
    offer, decision = application.offer, Sealed(services, application).decision
    asked = asked_of(services, session, application)
    return wire.ApplicationAnswer(
        id=application.id,
        number=application.number,
        status=application.status,
        allowed_actions=tuple(allowed_actions(services, session, application, around)),
        product_id=application.product_id,
        amount=application.amount,
        months=application.months,
        method=application.method,
        purpose=application.purpose,
        created_at=application.created_at,
        updated_at=application.updated_at,
        simulated=services.policies.profile.simulated,
        document=wire.DocumentSides(front=application.has_front, back=application.has_back),
        identity=_identity(services, application),
        profile=_profile(services, application),
        consents=_consents(around),
        face=face_answer(services, application, around),
        face_ways=face_ways(services, session, application, around),
        demands=_demands(around.demands),
        appointment=_appointment(services, application, around),
        bank_card=_card(services, application),
        timeline=_timeline(around),
        waiting_for="borrower" if asked is not None else _WAITING_FOR.get(application.status),
        expected_seconds=None if asked is not None else _expected_seconds(services, application, around),
        progress=_progress(around),
        decision=wire.DecisionAnswer.model_validate({**decision, "score": None}) if decision else None,
        offer=wire.OfferAnswer.model_validate(offer) if offer else None,
        disclosure_confirmed=application.disclosure_confirmed_at is not None,
        contract=_contract(services, around),
        step_up=_step_up(services, session, application),
        kept=_kept(services, session, application) if around.lent else None,
        erased_at=None if around.erased else taken_at(services, application, around.ended),
        asked=None if asked is None else wire.AskedAnswer(text=asked.text, at=asked.at),
    )


def _kept(services: Services, session: Session, application: Application) -> wire.KeptAnswer | None:
    rule = services.policies.kept_by_law
    kept = kept_until(session, application, rule)
    return None if kept is None else wire.KeptAnswer(until=kept[0], fixed=kept[1], law=Words.of(rule.law))


def _demands(found: Demands) -> tuple[wire.DemandAnswer, ...]:
    return tuple(
        wire.DemandAnswer(
            check=demand.check.value,
            waived=waived,
            because=Words.of(demand.because),
        )
        for waived, of_kind in ((False, found.needed), (True, found.waived))
        for demand in of_kind
    )


def _step_up(services: Services, session: Session, application: Application) -> wire.StepUpAnswer | None:
    found = step_up(services, session, application)
    if found is None:
        return None
    because = tuple(Words.of(rule.because) for rule in found.rules if rule.because is not None)
    return wire.StepUpAnswer(state=found.state, because=because, until=found.until)


def allowed_actions(
    services: Services, session: Session, application: Application, around: Around
) -> list[BorrowerAction]:
    """What the borrower may do now; the first is what should be done next where that is known."""
    if application.status is _S.DRAFT:
        return _draft_actions(services, application, around)
    if application.status is _S.NEEDS_MORE:
        return _asked_actions(services, application, around)
    if application.status is _S.OFFERED:
        return [_A.ACCEPT_OFFER, _A.WITHDRAW]
    if application.status is _S.SIGNING:
        return _signing_actions(services, session, application, around)
    if application.status in {_S.SUBMITTED, _S.VERIFYING, _S.IN_REVIEW, _S.INTERVIEW}:
        return [_A.WITHDRAW]
    return {_S.ACTIVE: [_A.VIEW_LOAN, _A.REPAY], _S.SETTLED: [_A.VIEW_LOAN]}.get(application.status, [])


def _asked_actions(services: Services, application: Application, around: Around) -> list[BorrowerAction]:
    """Only what is missing since more was asked, then handing in."""
    missing = missing_for_submit(services, application, around.consents, verified=around.verified)
    if not missing:
        return [_A.SUBMIT, _A.WITHDRAW]
    wanted = {_A.WITHDRAW, *(act for step in missing for act in _FILLS.get(step, (_A.GIVE_CONSENT,)))}
    return [act for act in _draft_actions(services, application, around) if act in wanted]


def _signing_actions(
    services: Services, session: Session, application: Application, around: Around
) -> list[BorrowerAction]:
    if application.disclosure_confirmed_at is None:
        return [_A.CONFIRM_DISCLOSURE, _A.WITHDRAW]
    more = step_up(services, session, application)
    if more is not None and more.state is not StepUpState.SHOWN:
        ways = _ways_once_more(services, session, application, around)
        camera = [_A.START_LIVENESS] if FaceWay.CAMERA in ways else []
        person = [_A.CHOOSE_MANUAL_VERIFICATION] if more.state is StepUpState.NEEDED else []
        return [*camera, *person, _A.WITHDRAW]
    contract = around.contract
    if contract is None or authorised_until(services, contract) is None:
        return [_A.AUTHORISE_SIGNING, _A.WITHDRAW]
    certified = contract.certificate_pem is not None
    return [*([_A.SIGN_CONTRACT] if certified else []), _A.CERTIFY_KEY, _A.WITHDRAW]


def _draft_actions(services: Services, application: Application, around: Around) -> list[BorrowerAction]:
    actions = [_A.SET_TERMS, _A.UPLOAD_DOCUMENT]
    if application.has_front and application.has_back:
        actions.append(_A.CONFIRM_IDENTITY)
    actions += [_A.SET_PROFILE, _A.GIVE_CONSENT]
    identified = application.identity_sealed is not None
    if identified and application.face_state is not FaceState.PASSED:
        agreed = grants(services, around.consents, ConsentScope.FACE_VERIFICATION)
        ways = [_A.START_LIVENESS] if agreed and not around.locked_seconds else []
        tired = around.face_failures >= services.policies.face.attempts_before_manual
        # After three failures the other way is put first (design decision 7).
        actions += [_A.CHOOSE_MANUAL_VERIFICATION, *ways] if tired else [*ways, _A.CHOOSE_MANUAL_VERIFICATION]
    if identified and grants(services, around.consents, ConsentScope.BANK_ACCOUNT_CHECK):
        actions.append(_A.BIND_CARD)
    if not missing_for_submit(services, application, around.consents, verified=around.verified):
        actions.append(_A.SUBMIT)
    return [*actions, _A.WITHDRAW]


def face_answer(services: Services, application: Application, around: Around) -> wire.FaceAnswer:
    """Face verification so far; failures and lock are the borrower's, whichever application they came in."""
    late, wanted = around.visit_missed or credential_lapsed(services, application), around.demands
    # At a branch alone: what was done elsewhere is not enough.
    elsewhere = wanted.needs(Needed.BRANCH) and around.appointment is None
    return wire.FaceAnswer(
        state=FaceState.NONE.value if late or elsewhere else application.face_state.value,
        needed=wanted.needs(Needed.FACE) or wanted.needs(Needed.BRANCH),
        attempts_left=max(0, services.policies.face.attempts_before_manual - around.face_failures),
        locked_seconds=around.locked_seconds or None,
        way=None if late else _way(application, around),
        changed_face=bool(application.changed_face),
        certificate_received=application.certificate_at is not None,
    )


def face_ways(services: Services, session: Session, application: Application, around: Around) -> tuple[FaceWay, ...]:
    """The ways that can be begun and finished now, best first; the camera's needs its authorisation besides.

    After three failures the other ways come first (design decision 7); a way that cannot be finished is not here.
    """
    if application.status is _S.SIGNING:
        return _ways_once_more(services, session, application, around)
    identified = application.identity_sealed is not None
    if application.status not in FILLING or not identified or application.face_state is FaceState.PASSED:
        return ()
    at_branch = (FaceWay.BRANCH,) if branch_open(services, session) else ()
    if around.demands.needs(Needed.BRANCH):
        return at_branch
    by_network = () if services.sources.network_identity is None else (FaceWay.NETWORK_IDENTITY,)
    others = (FaceWay.MANUAL, *by_network, *at_branch)
    if around.locked_seconds:
        return others
    tired = around.face_failures >= services.policies.face.attempts_before_manual
    return (*others, FaceWay.CAMERA) if tired else (FaceWay.CAMERA, *others)


def _ways_once_more(
    services: Services, session: Session, application: Application, around: Around
) -> tuple[FaceWay, ...]:
    """The ways to show once more who one is before the payout; the camera's rests on the authorisation given before."""
    asked = step_up(services, session, application)
    if asked is None or asked.state not in {StepUpState.NEEDED, StepUpState.WAITING}:
        return ()
    agreed = grants(services, around.consents, ConsentScope.FACE_VERIFICATION)
    if not agreed or around.locked_seconds:
        return (asked.person_way,)
    tired = around.face_failures >= services.policies.face.attempts_before_manual
    return (asked.person_way, FaceWay.CAMERA) if tired else (FaceWay.CAMERA, asked.person_way)


def _way(application: Application, around: Around) -> FaceWay | None:
    if application.face_state is FaceState.PASSED:
        return FaceWay.CAMERA
    if application.face_state is FaceState.CREDENTIAL:
        return FaceWay.NETWORK_IDENTITY
    if application.face_state is not FaceState.MANUAL:
        return None
    return FaceWay.MANUAL if around.appointment is None else FaceWay.BRANCH


def _appointment(services: Services, application: Application, around: Around) -> wire.AppointmentAnswer | None:
    appointment = around.appointment
    branch = None if appointment is None else branch_of(services, appointment)
    if appointment is None or branch is None:
        return None
    late = around.visit_missed and application.status in FILLING
    return wire.AppointmentAnswer(
        branch_id=branch.id,
        name=Words.of(branch.name),
        address=Words.of(branch.address),
        hours=Words.of(branch.hours),
        slot=appointment.slot.astimezone(CHINA),
        minutes=services.policies.branches.slot_minutes,
        state="missed" if late else "confirmed" if appointment.state is AppointmentState.CONFIRMED else "booked",
        simulated=branch.simulated,
    )


def mask_name(name: str) -> str:
    """``测试甲`` -> ``测**``: the family name's first character stays."""
    return name[:1] + "*" * (len(name) - 1)


def bank_words(services: Services, key: str | None) -> Words | None:
    """The bank's name, if the prefix table knows it."""
    words = services.policies.issuers.banks.get(key) if key else None
    return Words.of(words) if words else None


def _identity(services: Services, application: Application) -> wire.IdentityAnswer | None:
    identity = Sealed(services, application).identity
    if identity is None:
        return None
    number = parse_identity_number(identity.identity_number, services.clock.now().astimezone(CHINA).date())
    return wire.IdentityAnswer(
        name_masked=mask_name(identity.name),
        identity_number_masked=mask_identity_number(number.number),
        sex=number.sex,
        birth_year=number.birth.year,
        valid_until=identity.valid_until,
    )


def _profile(services: Services, application: Application) -> wire.ProfileAnswer | None:
    profile = Sealed(services, application).profile
    return None if profile is None else wire.ProfileAnswer.model_validate(asdict(profile))


def _consents(around: Around) -> tuple[wire.ConsentState, ...]:
    return tuple(
        wire.ConsentState(
            scope=record.scope,
            granted=record.granted,
            text_version=record.text_version,
            recorded_at=record.recorded_at,
        )
        for record in around.consents.values()
    )


def _card(services: Services, application: Application) -> wire.CardState | None:
    card = Sealed(services, application).card
    if card is None:
        return None
    return wire.CardState(
        bank=bank_words(services, application.card_bank), last4=card.number[-4:], phone_masked=mask_phone(card.phone)
    )


def _timeline(around: Around) -> tuple[wire.TimelineEntry, ...]:
    return tuple(wire.TimelineEntry(status=status, at=at) for status, at in around.events)


def _expected_seconds(services: Services, application: Application, around: Around) -> int | None:
    at_branch = around.appointment is not None
    simulation = services.policies.simulation
    checks = (
        simulation.registry_seconds
        + max(simulation.face_seconds, simulation.clerk_seconds if at_branch else 0.0)
        + simulation.card_seconds
        + simulation.bureau_seconds
        + simulation.decision_seconds
    )
    seconds = {
        _S.SUBMITTED: checks + 1,
        _S.VERIFYING: checks,
        _S.IN_REVIEW: simulation.reviewer_seconds + 1,
        _S.SIGNED: simulation.bank_seconds + 1,
        _S.DISBURSING: simulation.bank_seconds + 1,
    }.get(application.status)
    return None if seconds is None else max(1, round(seconds))


def _progress(around: Around) -> tuple[wire.ProgressEntry, ...]:
    states = around.check_states
    return tuple(
        wire.ProgressEntry.model_validate({"step": step, "state": states.get(step, "waiting")}) for step in STEPS
    )


def _contract(services: Services, around: Around) -> wire.ContractState | None:
    record = around.contract
    if record is None:
        return None
    return wire.ContractState(
        number=record.number,
        sha256=record.final_sha256 or record.prepared_sha256,
        signed=record.final_sha256 is not None,
        authorised_until=authorised_until(services, record),
    )
