"""Correcting in place: at once where no check rests on it, with the value before kept; otherwise a request."""

import io
import zipfile

import pytest
from sqlalchemy import select

from loanapp.backend.applications.store import Sealed
from loanapp.backend.store.tables import Application, Correction, LedgerRow
from loanapp.journey.data_copy import packed_copy
from tests.loanapp.backend.test_erasure import left_of
from tests.loanapp.backend.test_refusals import refused

ADDRESS = "测试省测试市新迁路 9 号"


@pytest.fixture
def lent(walker, clock):
    one = walker()
    one.borrow(clock)
    return one


def correct(one, **changed):
    return one.call("PUT", one.at("/corrections"), body=changed)


def told(lender, one):
    with lender.services.database.read() as session:
        query = select(LedgerRow).where(LedgerRow.application_id == one.id).order_by(LedgerRow.no)
        return [row for row in session.scalars(query) if (row.act or "").startswith("right.corrected")]


def sealed(lender, one):
    with lender.services.database.read() as session:
        application = session.get_one(Application, one.id)
        session.expunge(application)
    return Sealed(lender.services, application)


def now_correctable(one):
    return {field["field"] for field in one.done("GET", one.at("/corrections"))["fields"] if field["at_once"]}


def test_an_address_is_corrected_at_once_and_the_one_before_is_kept(lent, lender):
    before = sealed(lender, lent).identity.address
    answer = correct(lent, address=f" {ADDRESS} ")
    assert answer.status_code == 200, answer.text
    (was,) = answer.json()["history"]
    assert (was["field"], was["before"], was["after"]) == ("address", before, ADDRESS)
    assert sealed(lender, lent).identity.address == ADDRESS
    assert correct(lent, address=ADDRESS).json()["history"] == [was]  # said twice, done once
    (entry,) = told(lender, lent)
    assert (entry.act, entry.actor, entry.data) == (
        "right.corrected_identity_document",
        "borrower",
        ["identity_document"],
    )
    assert ADDRESS not in str(entry.detail)
    copied = lent.done("POST", "/v1/my-data/copies", body={})
    assert copied["applications"][0]["corrections"][0]["after"] == ADDRESS
    with zipfile.ZipFile(io.BytesIO(packed_copy(copied, [], ""))) as packed:
        assert ADDRESS in packed.read("data.json").decode()


def test_income_and_work_are_corrected_after_the_payout_and_decide_nothing_anew(lent, lender):
    decision, offer = lent.get()["decision"], lent.get()["offer"]
    assert now_correctable(lent) == {"address", "employment", "monthly_income", "monthly_debt"}
    answer = correct(lent, employment="retired", monthly_income="9000", monthly_debt="10.5")
    assert {one["field"]: one["after"] for one in answer.json()["history"]} == {
        "employment": "retired",
        "monthly_income": "9000.00",
        "monthly_debt": "10.50",
    }
    assert lent.get()["profile"]["monthly_income"] == "9000.00"
    assert (lent.get()["decision"], lent.get()["offer"]) == (decision, offer)
    assert {entry.act for entry in told(lender, lent)} == {
        "right.corrected_employment",
        "right.corrected_income_and_debt",
    }


def test_what_a_check_rests_on_takes_a_request_and_nothing_is_changed(walker, lender, clock):
    one = walker()
    one.ready_to_submit()
    assert now_correctable(one) == set()  # in a draft its steps are open
    one.act("/submit")
    one.wait("offered")
    assert now_correctable(one) == {"employment"}  # the offer and the contract to be signed use the rest
    before = sealed(lender, one).identity.address
    for changed in ({"address": ADDRESS}, {"monthly_income": "1"}, {"employment": "retired", "address": ADDRESS}):
        answer = refused(correct(one, **changed), 409, "not_allowed_now")
        assert answer["field"] in {"address", "monthly_income"}
    assert (sealed(lender, one).identity.address, sealed(lender, one).profile.employment) == (before, "employed")
    assert told(lender, one) == []
    why = {field["field"]: field["why_not"]["zh"] for field in one.done("GET", one.at("/corrections"))["fields"]}
    assert all(why.values())
    assert {"identity", "bank_card", "phone"} <= set(why)
    assert (why["address"], why["monthly_income"]) == ("报价和要签的合同正在用它", "审批和报价是按它做出的")
    one.act("/withdraw")
    ended = one.done("GET", one.at("/corrections"))["fields"]
    assert {row["field"]: row["why_not"]["zh"] for row in ended}["address"] == "申请已经结束"


@pytest.mark.parametrize(
    "changed", [{}, {"address": "   "}, {"employment": "king"}, {"monthly_income": "-1"}, {"name": "x"}]
)
def test_what_is_no_value_is_refused(lent, changed):
    assert correct(lent, **changed).status_code == 422


def test_somebody_elses_application_is_as_absent(lent, walker):
    other = walker()
    other.sign_in()
    other.id = lent.id
    refused(correct(other, address=ADDRESS), 404, "not_found")
    refused(other.call("GET", other.at("/corrections")), 404, "not_found")


def test_the_values_before_go_with_the_application(walker, lender):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    assert correct(one, employment="retired").status_code == 200
    with lender.services.database.read() as session:
        query = select(Correction).where(Correction.application_id == one.id)
        row = session.scalars(query).one()
    held = [row.before_sealed, row.after_sealed]
    one.act("/withdraw")
    one.done("POST", one.at("/erasure"), body={})
    with lender.services.database.read() as session:
        assert session.scalars(query).first() is None
    assert left_of(held, lender.services.database.path.parent) == []
