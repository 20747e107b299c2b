"""The lender's people: who gets in, what they see, what they decide, and that the borrower can see it."""

import getpass
import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from loanapp.backend.branches.appointments import free_slots
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.staff.__main__ import main
from loanapp.backend.staff.members import MemberError, add_member, end_member
from loanapp.backend.staff.tables import StaffNote, StaffRole
from loanapp.backend.store.tables import BranchAppointment, LedgerRow
from loanapp.domain.decision import DecisionReason
from loanapp.resource_files import resource_path
from tests.loanapp.backend.desk import PASSWORD
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import TERMS

NOTE = "证件与填写一致，收入有流水。"


@pytest.fixture(scope="module")
def reviewer(desk):
    return desk("reviewer", StaffRole.REVIEWER)


@pytest.fixture
def waiting(reviewer, walker, request):
    """An application that waits for a person: the borrower chose to have documents compared."""
    one = walker(getattr(request, "param", "approved"))
    one.ready_to_submit()
    one.act("/submit")
    one.wait("in_review")
    yield one
    if one.get()["status"] == "in_review":
        one.act("/withdraw")


def test_a_lender_without_people_has_no_console(http):
    for path in ("", "/sign-in", "/console.css", "/cases/1"):
        assert http.get(f"/console{path}", allow_redirects=False).status_code == 404


def test_a_member_needs_a_long_password_a_role_and_a_name_of_their_own(lender, reviewer):
    for login, password, roles in (
        ("short", "short", [StaffRole.REVIEWER]),
        ("idle", PASSWORD, []),
        ("a name", PASSWORD, [StaffRole.REVIEWER]),
        ("reviewer", PASSWORD, [StaffRole.REVIEWER]),
    ):
        with pytest.raises(MemberError):
            add_member(lender.services, login, password, roles)
    with pytest.raises(MemberError, match="nobody else"):
        end_member(lender.services, "reviewer")  # whatever waits would wait for ever


@pytest.mark.attack("whoever-has-not-signed-in-sees-the-form-alone")
def test_whoever_has_not_signed_in_sees_the_form_alone(reviewer, http, waiting):
    for path in ("", f"/cases/{waiting.id}", f"/cases/{waiting.id}/document/back"):
        answer = http.get(f"/console{path}", allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")
    answer = http.post(f"/console/cases/{waiting.id}/decision", data={"outcome": "approve"}, allow_redirects=False)
    assert answer.headers["location"] == "/console/sign-in"
    assert waiting.get()["status"] == "in_review"


@pytest.mark.attack("a-code-opens-one-session-and-what-was-wrong-is-not-said")
def test_a_code_opens_one_session_and_what_was_wrong_is_not_said(desk, clock, lender):
    one = desk("careful", StaffRole.REVIEWER)
    away = clock.away
    try:
        clock.move(minutes=2)
        wrong_password = one.sign_in("another long sentence")
        code = one.code()
        assert one.sign_in(code=code).status_code == 303
        again = one.sign_in(code=code)
        nobody = one.wire.post("/console/sign-in", data={"login": "nobody", "password": PASSWORD, "code": code})
        assert [answer.status_code for answer in (wrong_password, again, nobody)] == [401, 401, 401]
        texts = {re.sub('(value|data-asked)="[^"]*"', "", answer.text) for answer in (wrong_password, again, nobody)}
        assert len(texts) == 1
        assert PASSWORD not in again.text
        for _ in range(lender.services.policies.staff.tries):
            assert one.sign_in("another long sentence").status_code == 401
        clock.move(minutes=1)
        assert one.sign_in().status_code == 401  # right, but held back
        clock.move(minutes=lender.services.policies.staff.locked_minutes)
        assert one.sign_in().status_code == 303
    finally:
        clock.away = away


def test_a_session_ends_when_nobody_uses_it(desk, clock, lender):
    one = desk("tired", StaffRole.REVIEWER)
    away = clock.away
    try:
        clock.move(minutes=lender.services.policies.staff.idle_minutes + 1)
        one.page(status=303)
    finally:
        clock.away = away
    one.page(status=303)  # ended for good, not only while the clock says so


def test_a_case_shows_what_a_decision_needs_and_the_borrower_sees_each_look(reviewer, waiting, lender):
    assert waiting.id in reviewer.page()
    shown = reviewer.page(f"/cases/{waiting.id}")
    for needed in (waiting.who.name, waiting.who.identity_number, "人像面", "国徽面", "10,000.00"):
        assert needed in shown
    photo = reviewer.wire.get(f"/console/cases/{waiting.id}/document/back")
    assert photo.headers["content-type"] in {"image/jpeg", "image/png"}
    assert photo.content[:2] in {b"\xff\xd8", b"\x89P"}
    looks = [(row.act, row.detail["member"]) for row in _entries(lender, waiting) if row.actor == "staff"]
    assert [act for act, _ in looks] == ["access.case", "access.document_photo"]
    entries = waiting.done("GET", "/v1/data-uses?seen=0&after=0")["entries"]
    assert [one["content"]["actor"] for one in entries].count("staff") == 2


def test_pages_run_no_script_and_are_kept_nowhere(reviewer, waiting):
    answer = reviewer.wire.get(f"/console/cases/{waiting.id}")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    english = reviewer.page(f"/cases/{waiting.id}", headers={"Accept-Language": "en-GB,en"})
    assert "Record of data uses" in english
    cookie = next(iter(reviewer.wire.cookies))
    assert (cookie.name, cookie.secure, cookie.has_nonstandard_attr("HttpOnly")) == ("__Host-console", True, True)
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    told = {name: answer.headers[name] for name in ("x-content-type-options", "referrer-policy", "content-type")}
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert told == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-type": "text/html; charset=utf-8",
    }
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.attack("a-form-from-elsewhere-changes-nothing")
def test_a_form_from_elsewhere_changes_nothing(reviewer, waiting):
    path = f"/cases/{waiting.id}/decision"
    answer = reviewer.send(path, form_token="forged", outcome="approve", note=NOTE)
    assert answer.status_code == 403
    assert waiting.get()["status"] == "in_review"


@pytest.mark.parametrize(
    "form",
    [
        {"outcome": "approve", "note": "ok"},
        {"outcome": "approve", "note": NOTE, "reason": ["income_too_low"]},
        {"outcome": "decline", "note": NOTE},
        {"outcome": "decline", "note": NOTE, "reason": ["their_face"]},
        {"outcome": "", "note": NOTE},
    ],
)
def test_half_a_decision_is_asked_again_and_keeps_what_was_typed(reviewer, waiting, form):
    answer = reviewer.send(f"/cases/{waiting.id}/decision", **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f">{form['note']}</textarea>" in answer.text
    assert waiting.get()["status"] == "in_review"


def test_an_approval_is_an_offer_by_a_person_and_not_a_simulated_one(reviewer, waiting, lender):
    assert reviewer.send(f"/cases/{waiting.id}/decision", outcome="approve", note=NOTE).status_code == 303
    shown = waiting.wait("offered")
    assert shown["decision"]["reviewer_simulated"] is False
    (decided,) = [row for row in _entries(lender, waiting) if row.kind == "decision" and row.actor == "staff"]
    assert decided.detail["outcome"] == "approved"
    assert NOTE not in str(shown)
    with lender.services.database.read() as session:
        note = session.scalars(select(StaffNote).where(StaffNote.application_id == waiting.id)).one()
        assert NOTE.encode() not in note.text_sealed
    # Decided once: a second window finds nothing to decide.
    assert reviewer.send(f"/cases/{waiting.id}/decision", outcome="approve", note=NOTE).status_code == 404
    waiting.act("/withdraw")


TOLD = "收入和银行流水对不上，请核对后重填。"


def test_what_is_asked_for_again_is_told_handed_in_and_checked_anew(reviewer, desk, waiting, lender):
    path = f"/cases/{waiting.id}/more"
    assert desk("another", StaffRole.PAYOUT).send(path, item="profile", told=TOLD).status_code == 403
    for half in ({"told": TOLD}, {"item": "their_face", "told": TOLD}, {"item": "profile", "told": "重填"}):
        shown = reviewer.send(path, **half)
        assert (shown.status_code, f">{half['told']}</textarea>" in shown.text) == (422, True)
    assert reviewer.send(path, item=["identity_document", "profile"], told=TOLD).status_code == 303
    told = waiting.get()
    assert (told["status"], told["asked"]["text"], told["waiting_for"]) == ("needs_more", TOLD, "borrower")
    assert set(told["allowed_actions"]) == {"upload_document", "set_profile", "withdraw"}
    assert (told["document"], told["profile"]) == ({"front": False, "back": False}, None)
    kept = [lender.services.vault.holds(waiting.id, kind) for kind in ("document_front", "document_back", "portrait")]
    assert kept == [False] * 3, "what was asked for again is gone at once"
    assert told["erased_at"]  # nobody's data wait for ever for what was asked
    refused(waiting.call("PUT", waiting.at("/terms"), body=TERMS), 409, "not_allowed_now")
    early = waiting.call("POST", waiting.at("/submit"), body={}, key=str(uuid.uuid4()))
    assert refused(early, 409, "not_allowed_now")["missing"].startswith("identity_document")
    waiting.profile()
    once_more = {"employment": "employed", "monthly_income": "99999.00", "monthly_debt": "0.00"}
    refused(waiting.call("PUT", waiting.at("/profile"), body=once_more), 409, "not_allowed_now")
    waiting.documents()
    waiting.identify()
    assert {"set_profile", "upload_document"}.isdisjoint(waiting.get()["allowed_actions"])
    waiting.act("/manual-verification")
    assert waiting.card().status_code == 200
    assert waiting.get()["allowed_actions"] == ["submit", "withdraw"]
    assert waiting.act("/submit")["status"] == "verifying"
    again = waiting.wait("in_review")
    assert (again["asked"], [one["state"] for one in again["progress"]]) == (None, ["done"] * 5)
    decided = [row.detail["reasons"] for row in _entries(lender, waiting) if row.kind == "decision"]
    assert "asked_by_person" in decided[-1], "no machine goes on where a person has asked"
    (asked,) = [row for row in _entries(lender, waiting) if row.act == "check.more_asked"]
    assert (asked.actor, asked.detail["items"]) == ("staff", ["identity_document", "profile"])
    assert TOLD in reviewer.page(f"/cases/{waiting.id}")
    assert reviewer.send(f"/cases/{waiting.id}/decision", outcome="approve", note=NOTE).status_code == 303
    waiting.wait("offered")
    waiting.act("/withdraw")


def test_a_visit_is_booked_for_the_borrower_who_reads_where_when_and_why(reviewer, waiting, lender, clock):
    path, why = f"/cases/{waiting.id}/visit", "请带身份证原件来一次，照片上的字看不清。"
    with lender.services.database.read() as session:
        free = free_slots(lender.services, session)
    branch = next(iter(free))
    first, later = (f"{branch}|{slot.isoformat()}" for slot in free[branch][:2])
    for half in ({"told": why}, {"visit": "nowhere|x", "told": why}, {"visit": first, "told": "来"}):
        assert reviewer.send(path, **half).status_code == 422
    assert waiting.get()["appointment"] is None
    for visit in (first, later):  # the second instead of the first
        assert reviewer.send(path, visit=visit, told=why).status_code == 303
    told = waiting.get()
    assert (told["status"], told["asked"]["text"], told["appointment"]["state"]) == ("in_review", why, "booked")
    assert f"{branch}|{told['appointment']['slot']}" == later
    assert (told["waiting_for"], told["expected_seconds"]) == ("borrower", None)
    asked = [row.detail for row in _entries(lender, waiting) if row.act == "check.visit_asked"]
    assert [(one["branch"], one["slot"]) for one in asked] == [tuple(one.split("|")) for one in (first, later)]
    seen = [entry["content"] for entry in waiting.done("GET", "/v1/data-uses")["entries"]]
    assert [one["recipient"] for one in seen if one["act"] == "check.visit_asked"] == ["branch"] * 2
    with lender.services.database.write() as session:
        session.get_one(BranchAppointment, waiting.id).slot -= timedelta(days=30)
    over = waiting.get()
    assert (over["asked"], over["waiting_for"]) == (None, "reviewer"), "once its time is over nobody waits for them"
    assert "网点确认人来过" in reviewer.page(f"/cases/{waiting.id}")
    shown = waiting.get()
    assert (shown["appointment"]["state"], shown["asked"], shown["waiting_for"]) == ("confirmed", None, "reviewer")
    assert reviewer.send(path, visit=later, told=why).status_code == 422, "they came: nobody sends them again"


def test_a_visit_that_staff_booked_is_moved_by_the_borrower_until_it_begins(reviewer, waiting, lender):
    path, why = f"/cases/{waiting.id}", "请带身份证原件来一次，照片上的字看不清。"
    with lender.services.database.read() as session:
        free = free_slots(lender.services, session)
    branch = next(iter(free))
    first, later, last = ({"branch_id": branch, "slot": slot.isoformat()} for slot in free[branch][:3])

    def move(visit):
        return waiting.call("POST", waiting.at("/branch-appointment"), body=visit, key=str(uuid.uuid4()))

    refused(move(later), 409, "not_allowed_now")  # nobody asked them to come
    assert reviewer.send(f"{path}/visit", visit=f"{branch}|{first['slot']}", told=why).status_code == 303
    before = waiting.get()
    refused(move(later | {"slot": "2026-01-01T03:00:00+08:00"}), 422, "input_invalid")
    moved = move(later)
    assert moved.status_code == 200, moved.text
    told = moved.json()
    assert (told["status"], told["asked"]["text"], told["face"]) == ("in_review", why, before["face"])
    assert (told["appointment"]["slot"], told["appointment"]["state"]) == (later["slot"], "booked")
    assert later["slot"][:10] in reviewer.page(path)
    moves = [(row.actor, row.detail["slot"]) for row in _entries(lender, waiting) if row.act == "check.branch_booked"]
    assert [actor for actor, _ in moves] == ["borrower"]
    with lender.services.database.write() as session:
        session.get_one(BranchAppointment, waiting.id).slot -= timedelta(days=30)
    refused(move(last), 409, "not_allowed_now")  # its time is over: the branch is asked


def test_a_visit_that_staff_booked_is_confirmed_at_its_time_and_taken_back_by_nobody(reviewer, waiting, lender):
    path, why = f"/cases/{waiting.id}", "请带身份证原件来一次，照片上的字看不清。"
    with lender.services.database.read() as session:
        free = free_slots(lender.services, session)
    branch = next(iter(free))
    first, later = free[branch][:2]
    assert reviewer.send(f"{path}/visit", visit=f"{branch}|{first.isoformat()}", told=why).status_code == 303
    assert reviewer.send(f"{path}/more", item="profile", told=TOLD).status_code == 303
    waiting.profile()
    waiting.act("/submit")
    told = waiting.wait("in_review")
    assert told["appointment"]["state"] == "booked", "nobody can have come before the time"
    with lender.services.database.write() as session:
        session.get_one(BranchAppointment, waiting.id).slot -= timedelta(days=30)
    reviewer.page(path)
    assert waiting.get()["appointment"]["state"] == "confirmed"
    assert reviewer.send(f"{path}/more", item="profile", told=TOLD).status_code == 303
    again = {"branch_id": branch, "slot": later.isoformat()}
    for act, body in (("/branch-appointment", again), ("/branch-appointment/cancel", {})):
        answer = waiting.call("POST", waiting.at(act), body=body, key=str(uuid.uuid4()))
        refused(answer, 409, "not_allowed_now")
    assert waiting.get()["appointment"]["state"] == "confirmed", "they were there"


@pytest.mark.parametrize("waiting", ["approved_long_term"], indirect=True)  # who is declined may not come back today
def test_a_refusal_has_reasons_the_borrower_is_told(reviewer, waiting):
    for silent in ("source_unavailable", "screening_by_person", "face_check_by_person"):  # these decline nobody
        assert f'value="{silent}"' not in reviewer.page(f"/cases/{waiting.id}")
        form = {"outcome": "decline", "note": NOTE, "reason": [silent]}
        assert reviewer.send(f"/cases/{waiting.id}/decision", **form).status_code == 422
    form = {"outcome": "decline", "note": NOTE, "reason": ["income_too_low", "credit_record_overdue"]}
    assert reviewer.send(f"/cases/{waiting.id}/decision", **form).status_code == 303
    decision = waiting.wait("declined")["decision"]
    assert set(decision["reasons"]) == {DecisionReason.INCOME_TOO_LOW, DecisionReason.CREDIT_RECORD_OVERDUE}
    assert decision["retry_after"]


@pytest.mark.attack("a-large-payout-waits-for-two-people-who-did-not-approve-the-loan")
def test_a_large_payout_waits_for_two_people_who_did_not_approve_the_loan(reviewer, desk, walker, clock, lender):
    first, second = desk("first", StaffRole.PAYOUT), desk("second", StaffRole.PAYOUT)
    both = desk("both", StaffRole.REVIEWER, StaffRole.PAYOUT)
    for one in (first, second, both, reviewer):
        clock.move(minutes=1)
        one.sign_in()
    borrower = walker("approved")
    borrower.ready_to_submit(amount="31000.00", months=24)
    borrower.act("/submit")
    borrower.wait("in_review")
    case = reviewer.page(f"/cases/{borrower.id}")
    assert "缴费月数 12 / 12" in case  # what the income was held against
    assert "月缴费基数 15,000.00" in case
    clock.move(minutes=1)
    both.sign_in()
    assert both.send(f"/cases/{borrower.id}/decision", outcome="approve", note=NOTE).status_code == 303
    borrower.accept()
    borrower.read_disclosure(clock)
    borrower.act("/manual-verification")  # so large a payout asks once more who signs
    call = f"/calls/{borrower.id}"
    assert reviewer.send(call, answer="confirm", record=reviewer.asked(call)).status_code == 303
    assert borrower.hand_in(borrower.sign()).status_code == 200
    path = f"/payouts/{borrower.id}/approval"
    lender.services.origination.advance(borrower.id)
    assert reviewer.send(path).status_code == 403  # another role
    assert both.send(path).status_code == 409  # approved the loan
    assert first.send(path).status_code == 303
    assert first.send(path).status_code == 409  # one person has two eyes
    lender.services.origination.advance(borrower.id)
    assert borrower.get()["status"] == "signed"
    assert borrower.get()["number"] in second.page()
    assert second.send(path).status_code == 303
    borrower.wait("active")
    agreed = [row.detail["member"] for row in _entries(lender, borrower) if row.act == "check.payout_approved"]
    assert len(set(agreed)) == 2


def test_what_a_borrower_asks_is_answered_here(reviewer, walker):
    one = walker()
    one.sign_in()
    request = str(uuid.uuid4())
    body = {"kind": "complaint", "text": "<b>等了三天</b>没有人答复。"}
    one.done("PUT", f"/v1/rights-requests/{request}", body=body)
    assert request in reviewer.page()
    shown = reviewer.page(f"/requests/{request}")
    looks = [entry["content"] for entry in one.done("GET", "/v1/data-uses")["entries"]]
    assert [(look["act"], look["actor"]) for look in looks][-1] == ("access.right_request", "staff")
    assert "&lt;b&gt;等了三天" in shown
    short = reviewer.send(f"/requests/{request}/answer", answer="好")
    assert (short.status_code, ">好</textarea>" in short.text) == (422, True)
    assert reviewer.send(f"/requests/{request}/answer", answer="已经联系您，见来信。对不起。").status_code == 303
    (told,) = one.done("GET", "/v1/rights-requests")["requests"]
    assert told["answer"].startswith("已经联系您")
    assert reviewer.send(f"/requests/{request}/answer", answer="已经联系您，见来信。对不起。").status_code == 404


def test_signing_out_ends_the_session(desk, clock):
    one = desk("leaving", StaffRole.REVIEWER)
    clock.move(minutes=1)
    one.sign_in()
    cookie = one.wire.cookies.get("__Host-console")
    assert one.send("/sign-out").status_code == 303
    one.wire.cookies.set("__Host-console", cookie)
    one.page(status=303)


def test_every_page_takes_its_tables_from_one_place():
    pages = {path.name: path.read_text(encoding="utf-8") for path in resource_path("console").glob("*.html")}
    assert [name for name, text in sorted(pages.items()) if "<table" in text] == ["table.html"]


def _entries(lender, one):
    with lender.services.database.read() as session:
        return list(session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id).order_by(LedgerRow.no)))


def test_members_are_made_and_ended_by_whoever_holds_the_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PASSWORD)
    folder = str(tmp_path / "lender")
    assert main([folder, "add", "anna", "--role", "reviewer"]) == 1
    assert "there is no lender in this folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [], "a path that was mistyped makes no lender"
    LenderFolder.made(tmp_path / "lender")
    assert main([folder, "add", "anna", "--role", "reviewer"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("S0001\notpauth://totp/LoanApp:anna?")
    assert "role payout; there are 0" in told.err  # nobody could agree to a large payout yet
    assert "role reviewer agree; there are 1" in told.err  # nor to a look at a face
    assert main([folder, "add", "anna", "--role", "payout"]) == 1
    assert main([folder, "end", "anna"]) == 1  # the last reviewer
    assert main([folder, "add", "berta", "--role", "reviewer"]) == 0
    assert main([folder, "end", "anna"]) == 0
    assert main([folder, "end", "nobody"]) == 1
    stored = b"".join(path.read_bytes() for path in (tmp_path / "lender").rglob("*.sqlite*"))
    assert PASSWORD.encode() not in stored
