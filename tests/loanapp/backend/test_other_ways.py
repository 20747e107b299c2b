"""The ways without a camera: branch, changed face; each can be finished, at the same price as with the camera."""

import base64
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from loanapp.backend.branches.slots import slots_of
from loanapp.backend.inference.client import FaceResult
from loanapp.backend.policy import load_policies
from loanapp.backend.store.tables import LedgerRow
from loanapp.backend.verification.changed_face import CERTIFICATE, destroy_expired
from loanapp.domain.clock import CHINA
from loanapp.proof.envelope import seal
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import blank_evidence, sealed_evidence

PDF = b"%PDF-1.7\nfrom a hospital"


@pytest.fixture
def ready(walker):
    """Everything but the face and the card."""

    def build():
        one = walker()
        one.sign_in()
        one.create()
        one.documents()
        one.identify()
        one.profile()
        one.consents()
        return one

    return build


def branches(one):
    return one.done("GET", one.at("/branches"))["branches"]


def book(one, branch, slot, **more):
    return one.act("/branch-appointment", {"branch_id": branch["id"], "slot": slot}, **more)


def offered(one):
    assert one.card().status_code == 200
    one.act("/submit")
    return one.wait("offered")


def test_a_visit_can_be_booked_changed_cancelled_and_a_clerk_called_simulated_confirms_it(ready, lender):
    one = ready()
    assert one.get()["face_ways"] == ["camera", "manual", "network_identity", "branch"]
    first, second = branches(one)
    assert first["simulated"] is True
    shown = book(one, first, first["slots"][0])
    assert shown["appointment"]["state"] == "booked"
    assert shown["face"]["way"] == "branch"
    assert shown["face"]["state"] == "manual"
    shown = book(one, second, second["slots"][3])
    assert (shown["appointment"]["name"], shown["appointment"]["slot"]) == (second["name"], second["slots"][3])
    cancelled = one.act("/branch-appointment/cancel")
    assert (cancelled["appointment"], cancelled["face"]["state"]) == (None, "none")
    answer = one.call("POST", one.at("/branch-appointment/cancel"), body={}, key=str(uuid.uuid4()))
    refused(answer, 409, "not_allowed_now")
    book(one, first, first["slots"][1])
    shown = offered(one)
    assert shown["appointment"]["state"] == "confirmed"
    assert shown["appointment"]["simulated"] is True
    # The clerk has compared face and document: nobody need do it again.
    assert "in_review" not in [entry["status"] for entry in shown["timeline"]]
    with lender.services.database.read() as session:
        rows = session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)).all()
    visits = [row.actor for row in rows if row.detail.get("check") == "branch_visit"]
    assert visits == ["simulated_clerk"]


def test_a_place_is_given_once_and_freed_when_it_is_not_needed(ready, lender):
    places = lender.services.policies.branches.places
    holders = [ready() for _place in range(places)]
    branch = branches(holders[0])[0]
    slot = branch["slots"][-1]
    for one in holders:
        book(one, branch, slot)
    late = ready()
    assert slot not in branches(late)[0]["slots"]
    assert slot in branches(holders[0])[0]["slots"]
    taken = book(late, branch, slot, status=422)
    assert taken["fields"] == {"slot": "input_invalid"}
    holders[0].act("/manual-verification")
    book(late, branch, slot)
    holders[1].act("/withdraw")
    assert slot in branches(ready())[0]["slots"]


@pytest.mark.parametrize(
    "slot", ["2020-01-01T10:00:00+08:00", "2026-11-25T03:07:00+08:00", "2099-01-01T10:00:00+08:00"]
)
def test_only_times_of_the_branch_can_be_booked(ready, slot):
    one = ready()
    branch = branches(one)[0]
    assert book(one, branch, slot, status=422)["fields"] == {"slot": "input_invalid"}
    assert book(one, {"id": "nowhere"}, branch["slots"][0], status=422)["fields"] == {"branch_id": "input_invalid"}


def test_a_time_that_passed_before_handing_in_asks_for_another(ready, clock):
    one = ready()
    branch = branches(one)[0]
    book(one, branch, branch["slots"][0])
    assert one.card().status_code == 200
    assert "submit" in one.get()["allowed_actions"]
    away = clock.away
    clock.move(seconds=(datetime.fromisoformat(branch["slots"][0]) - clock.now()).total_seconds() + 1)
    one.sign_in()
    shown = one.get()
    assert (shown["appointment"]["state"], shown["face"]["state"], shown["face"]["way"]) == ("missed", "none", None)
    assert "submit" not in shown["allowed_actions"]
    refused(one.call("POST", one.at("/submit"), body={}, key=str(uuid.uuid4())), 409, "not_allowed_now")
    book(one, branch, branches(one)[0]["slots"][0])
    assert "submit" in one.get()["allowed_actions"]
    clock.away = away


def test_every_way_leads_to_the_same_offer(ready, lender, monkeypatch):
    by_camera, by_person, at_branch = ready(), ready(), ready()
    monkeypatch.setattr(lender.services.inference, "judge", lambda *_asked: FaceResult("passed", (), {}, "same"))
    challenge = by_camera.act("/liveness-sessions", {"source_kind": "demonstration"}, status=201)
    path = f"/v1/liveness-sessions/{challenge['session_id']}/evidence"
    assert (
        by_camera.done("PUT", path, content=sealed_evidence(by_camera, challenge, blank_evidence(challenge)))["outcome"]
        == "passed"
    )
    assert by_camera.get()["face"]["way"] == "camera"
    by_person.act("/manual-verification", {"changed_face": True})
    branch = branches(at_branch)[1]
    book(at_branch, branch, branch["slots"][5])
    by_network = ready()
    by_network.done("PUT", by_network.at("/network-identity"), body={"code": "19999999"})
    offers = [offered(one)["offer"] for one in (by_camera, by_person, at_branch, by_network)]
    for offer in offers:
        del offer["offer_id"], offer["valid_until"]
    assert all(offer == offers[0] for offer in offers)


def test_no_branch_is_shown_where_nobody_would_be_there(ready, lender, monkeypatch):
    one = ready()
    branch = branches(one)[0]
    monkeypatch.setattr(type(lender.services.sources), "clerk", None)
    assert one.get()["face_ways"] == ["camera", "manual", "network_identity"]
    assert branches(one) == []
    assert book(one, branch, branch["slots"][0], status=404)["code"] == "not_found"


def certificate(one, content, *, info=None):
    info = info or f"loanapp/certificate/v1|{one.id}"
    sealed = seal(base64.b64decode(one.lender["vault_public_key"]), content, info.encode())
    return one.call("PUT", one.at("/changed-face-certificate"), content=sealed)


def test_a_changed_face_may_come_with_a_certificate_that_is_kept_no_longer_than_needed(ready, lender, clock):
    one = ready()
    refused(certificate(one, PDF), 403, "consent_missing")
    given = one.consent(CERTIFICATE)
    assert given["record"]["kantara"]["services"][0]["purposes"][0]["piiCategory"] == [CERTIFICATE]
    answer = certificate(one, PDF)
    assert answer.json()["face"]["certificate_received"] is True
    shown = one.act("/manual-verification", {"changed_face": True})
    assert (shown["face"]["way"], shown["face"]["changed_face"]) == ("manual", True)
    vault = lender.services.vault
    assert vault.load(one.id, CERTIFICATE) == PDF
    assert destroy_expired(lender.services) == 0
    withdrawn = ready()
    withdrawn.consent(CERTIFICATE)
    assert certificate(withdrawn, b"\xff\xd8\xff a photo").status_code == 200
    withdrawn.act("/withdraw")
    assert destroy_expired(lender.services) == 1
    assert vault.load(withdrawn.id, CERTIFICATE) is None
    away = clock.away
    clock.move(days=lender.services.policies.retention_days(CERTIFICATE), seconds=1)
    assert destroy_expired(lender.services) == 1
    clock.away = away
    assert vault.load(one.id, CERTIFICATE) is None
    assert one.get()["face"]["certificate_received"] is False


def test_a_certificate_is_a_photo_or_a_pdf_sealed_for_this_application(ready):
    one = ready()
    one.consent(CERTIFICATE)
    refused(certificate(one, b"MZ a program"), 422, "photo_not_an_image")
    refused(certificate(one, PDF, info="loanapp/certificate/v1|another"), 422, "input_invalid")
    assert one.get()["face"]["certificate_received"] is False


def test_times_lie_within_the_opening_hours_and_never_at_once():
    policy = load_policies().branches
    now = datetime(2026, 11, 27, 10, 40, tzinfo=CHINA)  # a Friday
    for branch in policy.branches:
        slots = list(slots_of(branch, policy, now))
        assert slots == sorted(set(slots))
        assert slots[0] >= now + timedelta(minutes=policy.notice_minutes)
        assert {slot.isoweekday() for slot in slots} == set(branch.days)
        ends = [(slot + timedelta(minutes=policy.slot_minutes)).time() for slot in slots]
        for slot, end in zip(slots, ends, strict=True):
            assert any(opens <= slot.time() and end <= closes for opens, closes in branch.open)
    assert next(slots_of(policy.branches[0], policy, now)).isoformat() == "2026-11-27T13:30:00+08:00"
