"""What a borrower asks about their data has a number, a day and an answer; an account that is closed is gone."""

import json
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from loanapp.backend.auth.tables import Device, RefreshToken
from loanapp.backend.data_uses.erasure_rules import GO_WITH_ACCOUNT, theirs
from loanapp.backend.data_uses.retention import sweep
from loanapp.backend.rights.account import closed_over
from loanapp.backend.rights.requests import answer, open_requests
from loanapp.backend.staff.tables import Base
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import (
    Application,
    Borrower,
    DeletionReceipt,
    LedgerRow,
    Loan,
    OneTimeCode,
    RightRecord,
)
from loanapp.domain.rights import RightKind
from loanapp.proof.signed_message import verify_message
from loanapp.resource_files import read_toml, resource_path
from tests.loanapp.backend.test_erasure import any_row, bytes_of, filled, left_of, rows_of
from tests.loanapp.backend.test_refusals import refused

TEXT = "住址写错了，应为测试路 2 号。"


@pytest.fixture
def signed_in(walker):
    one = walker()
    one.sign_in()
    return one


def ask(one, kind="correction", text=TEXT, request=None, status=200):
    body = {"kind": kind, "text": text}
    return one.done("PUT", f"/v1/rights-requests/{request or uuid.uuid4()}", body=body, status=status)["requests"]


@pytest.mark.parametrize("kind", list(RightKind))
def test_a_request_has_a_number_and_a_day_from_the_policy(signed_in, lender, kind):
    asked = ask(signed_in, kind.value)[0]
    waits = datetime.fromisoformat(asked["answer_by"]) - datetime.fromisoformat(asked["asked_at"])
    assert waits == timedelta(days=lender.services.policies.rights.days[kind])
    assert (asked["kind"], asked["state"], asked["number"][:2]) == (kind.value, "received", "QL")
    assert signed_in.done("GET", "/v1/data-uses")["entries"][-1]["content"]["act"] == f"right.{kind.value}"


@pytest.mark.parametrize(("language", "folder"), [("zh", "zh_CN"), ("en", "en")])
def test_the_days_the_window_promises_are_those_of_the_policy(language, folder):
    words = json.loads((resource_path("translations", folder) / "my_data.json").read_text("utf-8"))
    for kind, days in read_toml("policy", "rights.toml")["days"].items():
        assert f" {days} " in words[f"request_{kind}_lead"]


def test_the_same_id_asks_once_and_nobody_sees_anothers(signed_in, walker):
    request = uuid.uuid4()
    assert len(ask(signed_in, request=request)) == len(ask(signed_in, request=request)) == 1
    other = walker()
    other.sign_in()
    assert other.done("GET", "/v1/rights-requests")["requests"] == []
    body = {"kind": "complaint", "text": TEXT}
    refused(other.call("PUT", f"/v1/rights-requests/{request}", body=body), 404, "not_found")


@pytest.mark.parametrize("text", ["", "  ", "字" * 4001])
def test_nothing_and_too_much_are_refused(signed_in, text):
    body = {"kind": "complaint", "text": text}
    assert signed_in.call("PUT", f"/v1/rights-requests/{uuid.uuid4()}", body=body).status_code == 422


def test_nobody_asks_without_end(signed_in, lender):
    for _ in range(lender.services.policies.rights.requests_a_day):
        ask(signed_in)
    body = {"kind": "complaint", "text": TEXT}
    refused(signed_in.call("PUT", f"/v1/rights-requests/{uuid.uuid4()}", body=body), 429, "too_many_attempts")


def test_the_words_are_sealed_and_a_persons_answer_is_read_by_whoever_asked(signed_in, lender):
    request = str(uuid.uuid4())
    ask(signed_in, request=request)
    with lender.services.database.read() as session:
        assert TEXT.encode() not in session.get_one(RightRecord, request).text_sealed
    assert request in [one.id for one in open_requests(lender.services)]
    answer(lender.services, request, "已经改正，见资料页。", "S0001")
    (told,) = signed_in.done("GET", "/v1/rights-requests")["requests"]
    assert (told["state"], told["answer"], told["simulated"]) == ("answered", "已经改正，见资料页。", False)
    last = signed_in.done("GET", "/v1/data-uses")["entries"][-1]["content"]
    assert (last["act"], last["actor"]) == ("right.request_answered", "staff")


def test_a_request_is_forgotten_when_its_time_is_over(signed_in, lender):
    request = str(uuid.uuid4())
    ask(signed_in, request=request)
    kept = timedelta(days=lender.services.policies.retention_days("right_request"))
    for past, there in ((kept - timedelta(hours=1), True), (timedelta(hours=2), False)):
        with lender.services.database.write() as session:
            session.get_one(RightRecord, request).asked_at -= past
        sweep(lender.services)
        with lender.services.database.read() as session:
            assert (session.get(RightRecord, request) is not None) is there


def test_where_nobody_works_the_answer_is_called_simulated(signed_in, clock):
    ask(signed_in)
    clock.move(seconds=2)
    (told,) = signed_in.done("GET", "/v1/rights-requests")["requests"]
    assert (told["state"], told["answer"], told["simulated"]) == ("answered", None, True)


def test_a_closed_account_is_gone_from_every_disk_and_whoever_returns_is_a_stranger(walker, lender):
    one = filled(walker())
    ask(one)
    services, root = lender.services, lender.services.database.path.parent
    held = bytes_of(services.database, services.vault._database, root, one.id)
    with services.database.read() as session:
        (borrower,) = session.scalars(select(Borrower).order_by(Borrower.created_at.desc()).limit(1))
        held.append(borrower.phone_sealed)
        mine = list(session.scalars(select(LedgerRow).where(LedgerRow.application_id == one.id)))
        assert len(mine) > 5
        held += [row.salt for row in mine]
    closed = one.done("POST", "/v1/account/closure", body={})
    (receipt,) = closed["deletion_receipts"]
    public = services.keys.message.public_key().public_bytes_raw()
    assert verify_message(public, receipt)["reason"] == "account_closed"
    assert left_of(held, root) == []
    assert tables_of(services, borrower.id) == {"borrower", "application", "deletion_receipt"}
    with services.database.read() as session:
        assert ledger.first_broken(session) is None
        assert all(session.get_one(LedgerRow, row.no).act is None for row in mine)
    refused(one.call("GET", "/v1/data-uses"), 401, "signed_out")
    one.sign_in()
    assert one.done("GET", "/v1/applications")["applications"] == []
    assert one.done("GET", "/v1/data-uses")["entries"] == []


def test_every_table_of_an_account_is_empty_once_it_is_closed(walker, lender):
    """A row in every table that goes with an account: the closure finds each by the rule that names it."""
    one, services = walker(), lender.services
    one.sign_in()
    with services.database.write() as session:
        (borrower,) = session.scalars(select(Borrower).order_by(Borrower.created_at.desc()).limit(1))
        (device,) = session.scalars(select(Device).where(Device.borrower_id == borrower.id))
        known = {"borrower_id": borrower.id, "person": borrower.id, "phone_index": borrower.phone_index}
        known["device_id"] = device.id
        for table in GO_WITH_ACCOUNT:
            if session.scalars(select(table).where(theirs(table, borrower))).first() is None:
                session.execute(insert(table).values(any_row(table, known, services.clock.now())))
        for table in GO_WITH_ACCOUNT:
            assert session.scalars(select(table).where(theirs(table, borrower))).first() is not None, table
    one.done("POST", "/v1/account/closure", body={})
    with services.database.read() as session:
        for table in GO_WITH_ACCOUNT:
            assert session.scalars(select(table).where(theirs(table, borrower))).first() is None, table
        # A token's computer is gone, and the phone names nobody any more: found by what they were.
        assert session.scalars(select(RefreshToken).where(RefreshToken.device_id == device.id)).first() is None
        by_phone = select(OneTimeCode).where(OneTimeCode.phone_index == known["phone_index"])
        assert session.scalars(by_phone).first() is None


def test_an_account_with_an_open_loan_is_kept_and_nothing_is_touched(walker, clock):
    one = walker()
    one.borrow(clock)
    refused(one.call("POST", "/v1/account/closure", body={}), 409, "not_allowed_now")
    assert one.get()["status"] == "active"
    assert one.get()["identity"] is not None


def test_a_repaid_loan_does_not_keep_an_account_open_and_its_records_go_when_law_lets_them(walker, lender, clock):
    one, services = walker(), lender.services
    one.borrow(clock)
    one.pay("payoff", "10000.00")
    ask(one)
    with services.database.read() as session:
        borrower = session.get_one(Application, one.id).borrower_id
        held = [session.get_one(Borrower, borrower).phone_sealed]
    until = one.get()["kept"]["until"]
    closed = one.done("POST", "/v1/account/closure", body={})
    (kept,) = closed["kept"]
    assert (kept["until"], kept["law"]["zh"], closed["deletion_receipts"]) == (until, "反洗钱法 34", [])
    refused(one.call("GET", "/v1/applications"), 401, "signed_out")
    assert left_of(held, services.database.path.parent) == []
    assert "right_request" not in tables_of(services, borrower)
    assert "loan" in rows_of(services, one.id)
    held = bytes_of(services.database, services.vault._database, services.database.path.parent, one.id)
    with services.database.write() as session:
        session.get_one(Loan, one.id).settled_at -= timedelta(days=3654)
    assert borrower not in closed_over(services)
    sweep(services)
    assert left_of(held, services.database.path.parent) == []
    assert borrower not in closed_over(services)  # done: no later sweep writes anything to it
    assert rows_of(services, one.id) == {"application", "application_event", "consent", "deletion_receipt"}
    assert tables_of(services, borrower) == {"borrower", "application", "deletion_receipt"}
    with services.database.write() as session:
        past = timedelta(days=services.policies.retention_days("account") + 1)
        session.get_one(Borrower, borrower).closed_at -= past
        for receipt in session.scalars(select(DeletionReceipt).where(DeletionReceipt.borrower_id == borrower)):
            receipt.at -= past
    assert closed_over(services) == [borrower]
    sweep(services)
    assert closed_over(services) == []
    assert tables_of(services, borrower) == rows_of(services, one.id) == set()
    with services.database.read() as session:
        assert ledger.first_broken(session) is None


def tables_of(services, borrower_id):
    """The names of the tables that still hold a row of a borrower."""
    found = set()
    with services.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for name in ("id", "borrower_id", "person"):
                column = table.columns.get(name)
                if column is not None and session.execute(select(column).where(column == borrower_id)).first():
                    found.add(table.name)
    return found
