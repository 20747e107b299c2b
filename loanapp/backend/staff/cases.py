"""What a person sees of an application that waits for one, and decides; every look is an entry of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import InsuranceRecord
from loanapp.backend.applications.store import Identity, Profile, Sealed
from loanapp.backend.branches.appointments import booked, confirm_visit
from loanapp.backend.origination import steps
from loanapp.backend.policy.checks import Because, Demands
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.asking import free_visits
from loanapp.backend.staff.members import AtWork
from loanapp.backend.staff.notes import new_note, notes_of, waiting
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ApplicationEvent, BranchAppointment, Check, LedgerRow
from loanapp.backend.verification.demands import demands
from loanapp.backend.verification.documents import photo_kind
from loanapp.backend.verification.review_facts import review_facts
from loanapp.domain.decision import DecisionReason
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus

Side = Literal["back"]  # the other shows a face: loanapp.backend.staff.face_images
NOTE_CHARACTERS: Final = 2000


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue: nothing in it is personal."""

    application_id: str
    number: str
    amount: str
    since: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a decision needs."""

    application: Application
    identity: Identity
    profile: Profile
    insurance: InsuranceRecord | None
    corrections: tuple[str, ...]
    reasons: tuple[str, ...]
    demands: Demands
    score: int | None
    points: tuple[tuple[str, int], ...]
    signs: tuple[Because, ...]
    checks: tuple[tuple[str, str], ...]
    attempts: list[dict[str, Any]]
    sides: tuple[Side, ...]
    visit: BranchAppointment | None
    visits: Mapping[str, Sequence[datetime]]
    history: tuple[tuple[int, datetime, str, str], ...]
    notes: tuple[tuple[datetime, str, str, str], ...]

    def __repr__(self) -> str:
        return "Case(...)"


def queue(services: Services) -> list[QueueRow]:
    """What waits for a person, the longest first."""
    with services.database.read() as session:
        in_review = session.scalars(select(Application).where(Application.status == ApplicationStatus.IN_REVIEW))
        rows = [
            QueueRow(
                one.id,
                one.number,
                f"{one.amount:,.2f}",
                _since(session, one),
                tuple((Sealed(services, one).decision or {}).get("reasons", ())),
            )
            for one in in_review
        ]
    return sorted(rows, key=lambda row: row.since)


def open_case(services: Services, who: AtWork, application_id: str) -> Case:
    """Look at a case, which the ledger then says; raises ``NOT_FOUND``."""
    with services.database.write() as session:
        application = waiting(session, application_id)
        _noted(services, session, who, application, "case")
        sealed = Sealed(services, application)
        identity, profile, decision = sealed.identity, sealed.profile, sealed.decision or {}
        if identity is None or profile is None:
            raise LookupError("a submitted application has an identity and a profile")
        checks = session.scalars(select(Check).where(Check.application_id == application.id).order_by(Check.at))
        entries = session.scalars(
            select(LedgerRow).where(LedgerRow.application_id == application.id).order_by(LedgerRow.no)
        )
        visit = booked(session, application)
        if visit is not None and visit.slot <= services.clock.now():
            confirm_visit(services, session, application)
        case = Case(
            application=application,
            identity=identity,
            profile=profile,
            insurance=steps.kept_insurance(services, session, application.id),
            corrections=tuple(application.identity_corrections),
            reasons=tuple(decision.get("reasons", ())),
            demands=demands(services, session, application),
            score=decision.get("score"),
            points=tuple((str(name), int(points)) for name, points in decision.get("points", ())),
            signs=tuple(_sign(services, kind, count) for kind, count in decision.get("signs", ())),
            checks=tuple((one.step, one.state) for one in checks),
            attempts=review_facts(session, application.id),
            sides=_sides(application),
            visit=visit,
            visits=free_visits(services, session, application),
            history=tuple((one.no, one.at, one.act or "", one.actor or "") for one in entries),
            notes=notes_of(services, session, application),
        )
        session.expunge_all()
    return case


def _sign(services: Services, kind: str, count: int) -> Because:
    """What was counted and why it may mean something, in the words of ``fraud_signals.toml``."""
    rule = next(one for one in services.policies.fraud_signals.rules if one.id == kind)
    told = {"count": count, "days": rule.window_days}
    return Because(zh=rule.because.zh.format(**told), en=rule.because.en.format(**told))


def document_photo(services: Services, who: AtWork, application_id: str, side: Side) -> bytes:
    """The photo of one side; the look is written before the picture is given. Raises ``NOT_FOUND``."""
    with services.database.write() as session:
        application = waiting(session, application_id)
        _noted(services, session, who, application, "document_photo")
    photo = services.vault.load(application_id, photo_kind(side))
    if photo is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return photo


def decide(
    services: Services, who: AtWork, application_id: str, *, reasons: tuple[DecisionReason, ...], note: str
) -> ApplicationStatus:
    """Decline for ``reasons``, or approve where there are none; raises ``NOT_FOUND`` where nothing waits any more."""
    with services.database.write() as session:
        application = waiting(session, application_id)
        act = "declined" if reasons else "approved"
        session.add(new_note(services, who, application.id, act, note))
        steps.decide_by_person(services, session, application, who.member_id, reasons)
        status = application.status
    services.origination.advance(application_id)
    return status


def _noted(services: Services, session: Session, who: AtWork, application: Application, what: str) -> None:
    detail = {"what": what, "member": who.member_id}
    ledger.append(session, services.clock.now(), "access", application.id, detail, actor="staff")


def _sides(application: Application) -> tuple[Side, ...]:
    return ("back",) if application.has_back else ()


def _since(session: Session, application: Application) -> datetime:
    query = select(ApplicationEvent.at).where(
        ApplicationEvent.application_id == application.id, ApplicationEvent.status == ApplicationStatus.IN_REVIEW
    )
    return max(session.scalars(query), default=application.updated_at)
