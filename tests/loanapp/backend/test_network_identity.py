"""Verified by the national network identity service: once, for this application and person, at the price of a face."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import update

from loanapp.backend.adapters.ports import SourceDownError
from loanapp.backend.applications.store import Sealed
from loanapp.backend.auth.tables import FailedTry
from loanapp.backend.auth.tries import forget_tries
from loanapp.backend.store.tables import Application, Check, LedgerRow
from loanapp.backend.verification.credential import STEP
from loanapp.backend.verification.demands import demands, is_verified
from loanapp.demonstration.identities import find_identity
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.test_consent_withdrawal import FACE, seen_by_camera
from tests.loanapp.backend.test_refusals import refused


@pytest.fixture
def ready(walker):
    """Everything but the face and the card."""

    def build(key="approved"):
        one = walker(key)
        one.sign_in()
        one.create()
        one.documents()
        one.identify()
        one.profile()
        one.consents()
        return one

    return build


codes = iter(range(10_000_000, 20_000_000))


def code():
    """A code that nobody presented yet."""
    return str(next(codes))


def present(one, text):
    return one.call("PUT", one.at("/network-identity"), body={"code": text})


def tries_kept(lender):
    with lender.services.database.read() as session:
        return session.query(FailedTry).filter_by(scope=STEP).count()


def entries(lender, one):
    with lender.services.database.read() as session:
        rows = session.query(LedgerRow).filter_by(application_id=one.id).order_by(LedgerRow.no)
        return [(row.act, row.detail) for row in rows]


def test_a_match_verifies_at_once_and_costs_what_a_face_costs(ready, lender):
    one = ready()
    shown = present(one, code()).json()
    assert (shown["face"]["state"], shown["face"]["way"]) == ("credential", "network_identity")
    assert one.card().status_code == 200
    one.act("/submit")
    offered = one.wait("offered")
    assert "in_review" not in [entry["status"] for entry in offered["timeline"]]  # nobody need look for that
    assert offered["offer"]["annual_rate_pct"] == one.lender["products"][0]["annual_rate_pct"]
    told = [act for act, _detail in entries(lender, one)]
    assert told.index("share.network_identity") < told.index("check.network_identity")
    (answer,) = (detail for act, detail in entries(lender, one) if act == "check.network_identity")
    assert answer == {"check": "network_identity", "answer": "match"}  # and not the code
    one.act("/withdraw")


def test_full_width_digits_and_gaps_are_no_fault(ready):
    one = ready()
    typed = code()
    assert present(one, f"１{typed[1:4]} {typed[4:]}").status_code == 200
    one.act("/withdraw")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("20000000", "network_code_expired"),
        ("30000000", "network_code_used"),
        ("40000000", "network_code_mismatch"),
        ("50000000", "network_code_wrong"),
        ("1000", "network_code_wrong"),
        ("abcdefgh", "network_code_wrong"),
    ],
)
def test_any_other_code_is_refused_with_its_reason_and_the_ways_stay(ready, text, told):
    one = ready()
    answer = present(one, text)
    refused(answer, 422, told)
    assert answer.json()["fields"] == {"code": told}
    shown = one.get()
    assert shown["face"]["state"] == "none"
    assert {"camera", "manual", "network_identity"} <= set(shown["face_ways"])
    one.act("/withdraw")


def test_a_code_is_good_for_one_application_and_the_same_one_again_is_no_fault(ready):
    first, second, typed = ready(), ready("card_gateway_down"), code()
    assert present(first, typed).status_code == 200
    assert present(first, typed).status_code == 200  # as after an answer that was lost
    refused(present(second, typed), 422, "network_code_used")
    first.act("/withdraw")
    second.act("/withdraw")


def test_tries_are_counted_by_borrower_and_by_person_and_end_in_a_wait(ready, lender, walker, clock):
    one = ready("review")
    tries = lender.services.policies.network_identity.tries
    for _time in range(tries):
        refused(present(one, "50000000"), 422, "network_code_wrong")
    locked = present(one, code())
    refused(locked, 429, "too_many_attempts")
    assert 0 < locked.json()["retry_after_seconds"] <= 24 * 3600
    assert "manual" in one.get()["face_ways"]
    again = ready("review")  # the same person, under another phone
    assert again.phone != one.phone
    refused(present(again, code()), 429, "too_many_attempts")
    with lender.services.database.write() as session:  # a day later
        session.execute(update(FailedTry).where(FailedTry.scope == STEP).values(at=clock.now() - timedelta(hours=25)))
    forget_tries(lender.services)
    assert tries_kept(lender) == 0  # swept, whoever never comes again
    assert present(again, code()).status_code == 200
    for walked in (one, again):
        walked.act("/withdraw")


def test_a_silent_service_refuses_nobody_and_counts_no_try(ready, lender, monkeypatch):
    one, service = ready(), lender.services.sources.network_identity

    def silent(*_):
        raise SourceDownError(7)

    with monkeypatch.context() as down:
        down.setattr(service, "present", silent)
        for _time in range(lender.services.policies.network_identity.tries + 1):
            answer = present(one, code())
            refused(answer, 503, "network_identity_down")
            assert answer.json()["retry_after_seconds"] == 7
    assert present(one, code()).status_code == 200
    one.act("/withdraw")


def test_a_match_goes_with_its_card_and_with_time(ready, lender, clock):
    one = ready()
    assert present(one, code()).json()["face"]["state"] == "credential"
    with lender.services.database.write() as session:  # a day later
        session.get_one(Check, (one.id, STEP)).at = clock.now() - timedelta(hours=25)
    late = one.get()
    assert (late["face"]["state"], late["face"]["way"]) == ("none", None)
    assert "submit" not in late["allowed_actions"]
    services = lender.services
    with services.database.write() as session:
        application = session.get_one(Application, one.id)
        wanted = demands(services, session, application)
        assert not is_verified(services, application, wanted, None)
        assert is_verified(services, application, dataclasses.replace(wanted, needed=()), None)  # no face needed
        application.status = ApplicationStatus.NEEDS_MORE  # the lender's time is not the borrower's
        assert is_verified(services, application, wanted, None)
        session.rollback()
    assert present(one, code()).json()["face"]["state"] == "credential"
    one.documents()  # another photo is another person's until they say otherwise
    assert one.get()["face"]["state"] == "none"
    refused(present(one, code()), 409, "not_allowed_now")  # nobody to confirm yet
    one.act("/withdraw")


def named(one, key):
    """Confirm the name and number of the test identity ``key``, whatever the card says."""
    who = find_identity(key)
    fields = one.identity_fields() | {"name": who.name, "identity_number": who.identity_number}
    return one.done("PUT", one.at("/identity"), body=fields)


def test_a_match_is_not_of_whoever_is_named_after_it_nor_is_its_code(ready, lender):
    one, typed = ready(), code()
    named(one, "review")
    assert present(one, typed).json()["face"]["state"] == "credential"
    one.identify()  # as the card says
    assert one.card().status_code == 200
    shown = one.get()
    assert shown["face"]["state"] == "none"
    assert "submit" not in shown["allowed_actions"]
    assert one.act("/submit", status=409)["missing"] == "face"
    refused(present(one, typed), 422, "network_code_used")
    named(one, "review")  # nor does it come back
    assert one.get()["face"]["state"] == "none"
    one.act("/withdraw")


def test_a_match_is_compared_with_the_name_and_number_and_goes_with_the_back_of_the_card(ready, lender):
    one = ready()
    assert present(one, code()).json()["face"]["state"] == "credential"
    one.identify()  # the same once more
    assert one.get()["face"]["state"] == "credential"
    services = lender.services
    with services.database.write() as session:  # whichever way it was changed
        sealed = Sealed(services, session.get_one(Application, one.id))
        mine = sealed.identity
        sealed.identity = dataclasses.replace(mine, name="另一人")
    assert one.get()["face"]["state"] == "none"
    with services.database.write() as session:
        Sealed(services, session.get_one(Application, one.id)).identity = mine
    assert one.get()["face"]["state"] == "credential"
    assert one.upload("back").status_code == 200
    one.identify()
    assert one.get()["face"]["state"] == "none"
    one.act("/withdraw")


def test_taking_back_the_face_changes_nothing_for_whoever_showed_none(ready):
    one = ready()
    present(one, code())
    one.consent(FACE, granted=False)
    assert one.get()["face"]["state"] == "credential"
    assert one.card().status_code == 200
    one.act("/submit")
    assert one.wait("offered")["face"]["way"] == "network_identity"
    one.act("/withdraw")


def test_it_is_refused_where_a_face_has_passed_and_not_there_without_a_service(ready, lender, monkeypatch):
    one = ready()
    seen_by_camera(lender, one)
    refused(present(one, code()), 409, "not_allowed_now")
    other = ready()
    services = lender.services
    without = dataclasses.replace(services.sources, network_identity=None)
    monkeypatch.setattr(type(services), "sources", property(lambda _services: without), raising=False)
    assert "network_identity" not in other.get()["face_ways"]
    refused(present(other, code()), 404, "not_found")
    monkeypatch.undo()
    for walked in (one, other):
        walked.act("/withdraw")


def test_what_changes_while_it_is_asked_is_not_verified_and_the_answer_is_on_record(ready, lender, monkeypatch):
    one, service = ready(), lender.services.sources.network_identity
    usual, before = service.present, tries_kept(lender)

    def renamed():
        with lender.services.database.write() as session:
            sealed = Sealed(lender.services, session.get_one(Application, one.id))
            sealed.identity = dataclasses.replace(sealed.identity, name="另一人")

    def withdrawn():
        one.identify()
        one.act("/withdraw")

    for count, meanwhile in enumerate((renamed, withdrawn), start=1):

        def asked(*arguments, meanwhile=meanwhile):
            meanwhile()
            return usual(arguments[0], arguments[1], one.who.name, one.who.identity_number)

        monkeypatch.setattr(service, "present", asked)
        refused(present(one, code()), 409, "not_allowed_now")
        assert one.get()["face"]["state"] == "none"
        assert [act for act, _detail in entries(lender, one)].count("check.network_identity") == count
        assert tries_kept(lender) == before


def test_a_stranger_presents_nothing_in_anothers_application(ready, walker):
    one, stranger = ready(), walker("review")
    stranger.sign_in()
    stranger.id = one.id
    refused(present(stranger, code()), 404, "not_found")
    one.act("/withdraw")
