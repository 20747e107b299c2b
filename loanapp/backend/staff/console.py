"""The console over HTTPS: the queue, a case with its documents, decisions, and payouts above the limit.

For a lender without members of staff there is no console: every address answers as one that is not there.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response

from loanapp.backend.auth.recovery import answer_at_branch
from loanapp.backend.http.dependencies import ServicesDep
from loanapp.backend.refusal import RefusedError
from loanapp.backend.rights.requests import answer, open_requests, read_request
from loanapp.backend.staff import calls, cases, face_images, payouts, recoveries, sign_in_pages
from loanapp.backend.staff.answering import PREFIX, FormDep, acting, answered, rendered, to, who_is
from loanapp.backend.staff.asking import TOLD_CHARACTERS, Again, ask_more, ask_visit
from loanapp.backend.staff.pages import HEADERS
from loanapp.backend.staff.tables import StaffRole
from loanapp.backend.verification.step_up import answer_by_person
from loanapp.domain.decision import NEVER_DECLINES, DecisionReason
from loanapp.domain.errors import ErrorCode

_NOTE_AT_LEAST: Final = 10
_ANSWERS: Final = frozenset({"confirm", "refuse"})

router = APIRouter(prefix=PREFIX, include_in_schema=False)
router.include_router(sign_in_pages.router)


def _status(fault: str) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK


@router.get("")
def get_queue(request: Request, services: ServicesDep) -> Response:
    """What waits for a person."""

    def act() -> Response:
        who = who_is(request, services)
        rows = cases.queue(services) if StaffRole.REVIEWER in who.roles else []
        waiting = payouts.waiting_payouts(services) if StaffRole.PAYOUT in who.roles else []
        asked = open_requests(services) if StaffRole.REVIEWER in who.roles else []
        looks = face_images.asked_looks(services, who) if StaffRole.REVIEWER in who.roles else []
        return rendered(
            "queue",
            request,
            who=who,
            rows=rows,
            payouts=waiting,
            eyes=payouts.EYES,
            requests=asked,
            looks=looks,
            recoveries=recoveries.waiting_recoveries(services) if StaffRole.REVIEWER in who.roles else [],
            calls=calls.waiting_calls(services) if StaffRole.REVIEWER in who.roles else [],
        )

    return answered(request, services, act)


@router.get("/cases/{application_id}")
def get_case(application_id: str, request: Request, services: ServicesDep) -> Response:
    """A case; looking at it is an entry of the ledger."""
    return answered(request, services, lambda: _case(request, services, application_id))


def _case(
    request: Request, services: ServicesDep, application_id: str, fault: str = "", form: dict[str, str] | None = None
) -> Response:
    who = who_is(request, services, StaffRole.REVIEWER)
    typed = form or {}
    return rendered(
        "case",
        request,
        _status(fault),
        who=who,
        case=cases.open_case(services, who, application_id),
        looks=face_images.own_looks(services, who, application_id),
        why=typed.get("why", ""),
        all_reasons=[reason.value for reason in DecisionReason if reason not in NEVER_DECLINES],
        fault=fault,
        note=typed.get("note", ""),
        chosen=typed.get("reasons", "").split("\n"),
        again=[one.value for one in Again],
        wanted=typed.get("items", "").split("\n"),
        told=typed.get("told", ""),
        told_in="visit" if "visit" in typed else "more",
        told_characters=TOLD_CHARACTERS,
        branches={one.id: one.name for one in services.policies.branches.branches},
        note_characters=cases.NOTE_CHARACTERS,
    )


@router.post("/cases/{application_id}/faces/{image}")
def post_face_wish(
    application_id: str, image: face_images.FaceImage, request: Request, services: ServicesDep, form: FormDep
) -> Response:
    """Ask a colleague to agree to being shown a face; why it is needed is said to them."""

    def act() -> Response:
        who, why = acting(request, services, form, StaffRole.REVIEWER), form.get("why", "").strip()
        if not _NOTE_AT_LEAST <= len(why) <= cases.NOTE_CHARACTERS:
            return _case(request, services, application_id, "why", form)
        face_images.ask(services, who, application_id, image, why)
        return to(f"/cases/{application_id}")

    return answered(request, services, act)


@router.get("/cases/{application_id}/faces/{image}")
def get_face(application_id: str, image: face_images.FaceImage, request: Request, services: ServicesDep) -> Response:
    """A face, to whoever asked, while a colleague's yes holds; each look is an entry of the ledger."""

    def act() -> Response:
        who = who_is(request, services, StaffRole.REVIEWER)
        return _picture(face_images.show(services, who, application_id, image))

    return answered(request, services, act)


@router.post("/face-wishes/{look_id}")
def post_face_answer(look_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Another member's yes or no."""

    def act() -> Response:
        who = acting(request, services, form, StaffRole.REVIEWER)
        face_images.answer(services, who, look_id, agreed=form.get("answer") == "agree")
        return to("")

    return answered(request, services, act)


def _picture(content: bytes) -> Response:
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return Response(content, 200, HEADERS, kind)


@router.get("/cases/{application_id}/photos/{image}")
def get_photo(
    application_id: uuid.UUID, image: cases.Side | face_images.FaceImage, request: Request, services: ServicesDep
) -> Response:
    """A page for one picture, which is the look that counts: the page by itself shows nothing."""

    def act() -> Response:
        who, case = who_is(request, services, StaffRole.REVIEWER), f"{PREFIX}/cases/{application_id}"
        source = f"{case}/document/{image}" if image == "back" else f"{case}/faces/{image}"
        return rendered("photo", request, who=who, application_id=application_id, image=image, source=source)

    return answered(request, services, act)


@router.get("/cases/{application_id}/document/{side}")
def get_document(application_id: str, side: cases.Side, request: Request, services: ServicesDep) -> Response:
    """The photo of the side without a face; the look is an entry of its own."""

    def act() -> Response:
        who = who_is(request, services, StaffRole.REVIEWER)
        return _picture(cases.document_photo(services, who, application_id, side))

    return answered(request, services, act)


@router.post("/cases/{application_id}/decision")
def post_decision(application_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Approve or decline; a decline names its reasons, and either says why."""

    def act() -> Response:
        who = acting(request, services, form, StaffRole.REVIEWER)
        note, outcome = form.get("note", "").strip(), form.get("outcome", "")
        try:
            reasons = tuple(DecisionReason(one) for one in form["reasons"].split("\n") if one)
        except ValueError:
            reasons = ()
        if NEVER_DECLINES & set(reasons):
            reasons = ()
        fault = ""
        if not _NOTE_AT_LEAST <= len(note) <= cases.NOTE_CHARACTERS:
            fault = "note"
        elif outcome not in {"approve", "decline"}:
            fault = "outcome"
        elif (outcome == "decline") != bool(reasons):
            fault = "reasons_missing" if outcome == "decline" else "reasons_too_many"
        if fault:
            return _case(request, services, application_id, fault, form)
        cases.decide(services, who, application_id, reasons=reasons, note=note)
        return to("")

    return answered(request, services, act)


def _told(form: Mapping[str, str]) -> str | None:
    """The words to the borrower; ``None`` where they are too few or too many."""
    told = form.get("told", "").strip()
    return told if _NOTE_AT_LEAST <= len(told) <= TOLD_CHARACTERS else None


@router.post("/cases/{application_id}/more")
def post_more(application_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Ask the borrower to hand something in once more; they read why."""

    def act() -> Response:
        who, told = acting(request, services, form, StaffRole.REVIEWER), _told(form)
        named = form["items"].split("\n")
        wanted = frozenset(one for one in Again if one.value in named)
        if not wanted:
            return _case(request, services, application_id, "items", form)
        if told is None:
            return _case(request, services, application_id, "told", form)
        ask_more(services, who, application_id, wanted, told)
        return to("")

    return answered(request, services, act)


@router.post("/cases/{application_id}/visit")
def post_visit(application_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Book a visit to a branch for the borrower; they read why."""

    def act() -> Response:
        who, told = acting(request, services, form, StaffRole.REVIEWER), _told(form)
        branch, _, slot = form.get("visit", "").partition("|")
        if told is None:
            return _case(request, services, application_id, "told", form)
        try:
            ask_visit(services, who, application_id, (branch, datetime.fromisoformat(slot)), told)
        except ValueError:
            return _case(request, services, application_id, "visit", form)
        except RefusedError as refused:
            if refused.code is not ErrorCode.INPUT_INVALID:
                raise
            return _case(request, services, application_id, "visit", form)
        return to(f"/cases/{application_id}")

    return answered(request, services, act)


@router.get("/calls/{application_id}")
def get_call(application_id: str, request: Request, services: ServicesDep) -> Response:
    """Whom to call, with the whole number; the look is an entry of the ledger."""
    return answered(request, services, lambda: _call(request, services, application_id))


def _call(request: Request, services: ServicesDep, application_id: str, fault: str = "") -> Response:
    who = who_is(request, services, StaffRole.REVIEWER)
    call = calls.open_call(services, who, application_id)
    return rendered("call", request, _status(fault), who=who, call=call, fault=fault)


@router.post("/calls/{application_id}")
def post_call(application_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """A member's word, after the call, on whether it is the borrower who wants to sign."""

    def act() -> Response:
        who, said = acting(request, services, form, StaffRole.REVIEWER), form.get("answer")
        if said not in _ANSWERS:
            return _call(request, services, application_id, "answer_missing")
        record_id, confirmed = form.get("record", ""), said == "confirm"
        try:
            answer_by_person(services, application_id, record_id, who.member_id, confirmed=confirmed)
        except RefusedError:  # where nobody waits at all, the page says so
            return _call(request, services, application_id, "call_changed")
        return to("")

    return answered(request, services, act)


@router.get("/recoveries/{recovery_id}")
def get_recovery(recovery_id: str, request: Request, services: ServicesDep) -> Response:
    """Who stands at a branch, with the whole number; the look is an entry of the ledger."""
    return answered(request, services, lambda: _recovery(request, services, recovery_id))


def _recovery(
    request: Request, services: ServicesDep, recovery_id: str, fault: str = "", form: dict[str, str] | None = None
) -> Response:
    who = who_is(request, services, StaffRole.REVIEWER)
    asked, holder = recoveries.open_recovery(services, who, recovery_id)
    return rendered(
        "recovery",
        request,
        _status(fault),
        who=who,
        asked=asked,
        holder=holder,
        fault=fault,
        why=(form or {}).get("why", ""),
        note_characters=cases.NOTE_CHARACTERS,
    )


@router.post("/recoveries/{recovery_id}")
def post_recovery(recovery_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """A member's word at a branch, with its reason, on whether it is the borrower who stands there."""

    def act() -> Response:
        who, why = acting(request, services, form, StaffRole.REVIEWER), form.get("why", "").strip()
        said = form.get("answer")
        if said not in _ANSWERS:
            return _recovery(request, services, recovery_id, "answer_missing", form)
        if not _NOTE_AT_LEAST <= len(why) <= cases.NOTE_CHARACTERS:
            return _recovery(request, services, recovery_id, "recovery_why", form)
        answer_at_branch(services, recovery_id, who.member_id, why, confirmed=said == "confirm")
        return to("")

    return answered(request, services, act)


@router.post("/payouts/{application_id}/approval")
def post_approval(application_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """One member's yes to a payout above the limit."""

    def act() -> Response:
        who = acting(request, services, form, StaffRole.PAYOUT)
        payouts.approve(services, who, application_id)
        return to("")

    return answered(request, services, act)


@router.get("/requests/{request_id}")
def get_request(request_id: str, request: Request, services: ServicesDep) -> Response:
    """What a borrower asks about their data."""
    return answered(request, services, lambda: _request(request, services, request_id))


def _request(
    request: Request, services: ServicesDep, request_id: str, fault: str = "", form: dict[str, str] | None = None
) -> Response:
    who = who_is(request, services, StaffRole.REVIEWER)
    asked, text = read_request(services, request_id, who.member_id)
    return rendered(
        "request",
        request,
        _status(fault),
        who=who,
        asked=asked,
        text=text,
        fault=fault,
        answer=(form or {}).get("answer", ""),
        note_characters=cases.NOTE_CHARACTERS,
    )


@router.post("/requests/{request_id}/answer")
def post_answer(request_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Answer it; the borrower reads the words."""

    def act() -> Response:
        who = acting(request, services, form, StaffRole.REVIEWER)
        text = form.get("answer", "").strip()
        if not _NOTE_AT_LEAST <= len(text) <= cases.NOTE_CHARACTERS:
            return _request(request, services, request_id, "answer", form)
        answer(services, request_id, text, who.member_id)
        return to("")

    return answered(request, services, act)
