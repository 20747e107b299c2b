"""Deletion that is one: no byte of it is left, a receipt says so, and no kill makes the lender forget what is due."""

import base64
import sqlite3
import time
import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select

from loanapp.backend.data_uses.copy import _OF_APPLICATION
from loanapp.backend.data_uses.kept import years_after
from loanapp.backend.data_uses.retention import sweep
from loanapp.backend.staff.tables import Base
from loanapp.backend.store.tables import Application, Check, ContractRecord, DeletionReceipt, Loan
from loanapp.backend.vault.vault import VaultItem
from loanapp.domain.clock import CHINA
from loanapp.proof.signed_message import verify_message
from tests.loanapp.backend.test_kills import LenderProcess
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import Walker

SEALED = ("profile_sealed", "reading_sealed", "identity_sealed", "card_sealed")


def filled(one):
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    one.profile()
    one.consents()
    one.card()
    return one


def bytes_of(database, vault_database, root, application_id):
    """Every byte string that holds something of an application, as it lies on the disk: columns, keys, files."""
    with database.read() as session:
        application = session.get_one(Application, application_id)
        held = [getattr(application, name) for name in SEALED]
    with vault_database.read() as session:
        items = list(session.scalars(select(VaultItem).where(VaultItem.owner == application_id)))
    held += [item.key_sealed for item in items]
    held += [(root / "vault" / f"{item.id}.sealed").read_bytes() for item in items]
    assert len(held) > 8
    assert all(held)
    return held


def left_of(held, root):
    files = [path for path in root.rglob("*") if path.is_file()]
    return [path.name for path in files for one in held if one in path.read_bytes()]


def test_after_a_deletion_no_byte_of_it_is_on_any_disk(walker, lender):
    one = filled(walker())
    services, root = lender.services, lender.services.database.path.parent
    held = bytes_of(services.database, services.vault._database, root, one.id)
    assert left_of(held, root)
    receipt = one.done("POST", one.at("/erasure"), body={})
    assert left_of(held, root) == []
    public = services.keys.message.public_key().public_bytes_raw()
    assert verify_message(public, receipt)["application_id"] == one.id
    assert one.done("POST", one.at("/erasure"), body={}) == receipt
    assert one.get()["status"] == "expired"
    told = one.done("GET", "/v1/data-uses")["entries"]
    assert told[-1]["content"]["act"] == "deletion.application"


def test_a_contract_that_was_never_signed_goes_too(walker, lender, clock):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    one.accept()
    one.read_disclosure(clock)
    assert one.call("GET", one.at("/contract")).status_code == 200
    services = lender.services
    query = select(ContractRecord).where(ContractRecord.application_id == one.id)
    with services.database.read() as session:
        held = [session.scalars(query).one().prepared_sealed]
    one.act("/withdraw")
    one.done("POST", one.at("/erasure"), body={})
    with services.database.read() as session:
        assert session.scalars(query).first() is None
    assert left_of(held, services.database.path.parent) == []


def finished(lender, one):
    with lender.services.database.read() as session:
        query = select(DeletionReceipt).where(DeletionReceipt.application_id == one.id)
        return session.scalars(query).one().finished_at is not None


def test_a_deletion_is_not_called_finished_while_a_reader_keeps_the_log_busy(walker, lender):
    one, services = filled(walker()), lender.services
    with services.database.read() as reader:
        reader.get_one(Application, one.id)  # its snapshot keeps the old pages in the log
        one.done("POST", one.at("/erasure"), body={})
        assert not finished(lender, one)
    sweep(services)
    assert finished(lender, one)


def test_one_deletion_that_fails_keeps_no_other_from_being_made(walker, lender, monkeypatch, expect_log):
    first, second = filled(walker()), filled(walker())
    services = lender.services
    with services.database.write() as session:
        for one in (first, second):
            session.get_one(Application, one.id).updated_at -= timedelta(days=31)
    stubborn, destroy = first.id, services.vault.destroy

    def fails_for_one(owner, kind):
        if owner == stubborn:
            raise OSError("the disk says no")
        return destroy(owner, kind)

    with monkeypatch.context() as broken:
        broken.setattr(services.vault, "destroy", fails_for_one)
        sweep(services)
    expect_log("a deletion failed and comes again")
    assert (finished(lender, first), finished(lender, second)) == (False, True)
    sweep(services)
    assert finished(lender, first)


def test_what_is_being_worked_on_or_lent_is_not_deleted(walker):
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    refused(one.call("POST", one.at("/erasure"), body={}), 409, "not_allowed_now")
    other = walker()
    other.sign_in()
    refused(other.call("POST", one.at("/erasure"), body={}), 404, "not_found")


def test_a_draft_goes_thirty_days_after_its_last_change(walker, lender):
    one, fresh = filled(walker()), walker()
    fresh.sign_in()
    fresh.create()
    services = lender.services
    told = datetime.fromisoformat(one.get()["erased_at"]) - datetime.fromisoformat(one.get()["updated_at"])
    assert told == timedelta(days=30)
    with services.database.write() as session:
        session.get_one(Application, one.id).updated_at -= timedelta(days=29, hours=23)
    sweep(services)
    assert one.get()["status"] == "draft"
    with services.database.write() as session:
        session.get_one(Application, one.id).updated_at -= timedelta(hours=2)
    sweep(services)
    assert one.get()["status"] == "expired"
    assert one.get()["identity"] is None
    assert one.get()["erased_at"] is None
    assert fresh.get()["status"] == "draft"
    with services.database.read() as session:
        query = select(DeletionReceipt).where(DeletionReceipt.application_id == one.id)
        row = session.scalars(query).one()
    assert (row.receipt["reason"], row.finished_at is not None) == ("retention", True)


def test_what_law_keeps_says_until_when_and_goes_by_itself_on_the_day_after(walker, lender, clock):
    one, services = walker(), lender.services
    one.borrow(clock)
    planned = one.get()["kept"]
    assert (planned["fixed"], planned["law"]["zh"]) == (False, "反洗钱法 34")
    one.pay("payoff", "10000.00")
    settled = services.clock.now().astimezone(CHINA).date()
    kept = one.get()["kept"]
    assert (kept["fixed"], kept["until"]) == (True, years_after(settled, 10).isoformat())
    refused(one.call("POST", one.at("/erasure"), body={}), 409, "not_allowed_now")
    held = bytes_of(services.database, services.vault._database, services.database.path.parent, one.id)
    with services.database.write() as session:
        loan = session.get_one(Loan, one.id)
        loan.settled_at = loan.settled_at.replace(year=loan.settled_at.year - 10)
    sweep(services)  # the last day of the ten years: nothing goes yet
    assert one.get()["identity"] is not None
    with services.database.write() as session:
        session.get_one(Loan, one.id).settled_at -= timedelta(days=2)
    sweep(services)
    assert one.get()["identity"] is None
    assert left_of(held, services.database.path.parent) == []
    (receipt,) = one.done("POST", "/v1/my-data/copies", body={})["deletion_receipts"]
    assert receipt["reason"] == "retention"


def test_card_and_credit_record_go_five_years_after_repayment_and_the_rest_stays(walker, lender, clock):
    one, services = walker(), lender.services
    one.borrow(clock)
    one.pay("payoff", "10000.00")
    with services.database.read() as session:
        held = [
            session.get_one(Application, one.id).card_sealed,
            session.get_one(Check, (one.id, "credit")).answer_sealed,
        ]
    root = services.database.path.parent
    for days, left in ((1825, True), (2, False)):
        with services.database.write() as session:
            session.get_one(Loan, one.id).settled_at -= timedelta(days=days)
        sweep(services)
        assert bool(left_of(held, root)) is left
        assert bool(one.get()["bank_card"]) is left
    assert one.get()["identity"] is not None
    told = [entry["content"]["act"] for entry in one.done("GET", "/v1/data-uses")["entries"]]
    assert told.count("deletion.card_and_credit") == 1
    sweep(services)
    told = [entry["content"]["act"] for entry in one.done("GET", "/v1/data-uses")["entries"]]
    assert told.count("deletion.card_and_credit") == 1


def test_twenty_ninth_of_february_is_kept_a_day_longer():
    assert years_after(date(2028, 2, 29), 10) == date(2038, 3, 1)


def test_a_copy_holds_everything_in_the_open_and_leaves_an_entry(walker):
    one = filled(walker())
    ticket = {"text": "我的钱什么时候到？"}
    one.done("PUT", f"/v1/support-tickets/{uuid.uuid4()}", body=ticket)
    copy = one.done("POST", "/v1/my-data/copies", body={})
    (application,) = copy["applications"]
    assert copy["phone"] == one.phone
    assert copy["questions"][0]["text"] == ticket["text"]
    assert application["identity"]["name"] == one.who.name
    assert application["bank_card"]["number"] == one.who.card_number
    assert len(application["consent_receipts"]) == 3
    assert base64.b64decode(application["pictures"]["document_front"])[:2] in {b"\xff\xd8", b"\x89P"}
    assert [event["status"] for event in application["events"]] == ["draft"]
    assert one.done("GET", "/v1/data-uses")["entries"][-1]["content"]["act"] == "right.copy"


def test_the_copy_of_a_loan_holds_contract_and_payments(walker, clock):
    one = walker()
    one.borrow(clock)
    (application,) = one.done("POST", "/v1/my-data/copies", body={})["applications"]
    assert base64.b64decode(application["contract"]).startswith(b"%PDF")
    (loan,) = application["loan"]
    assert (loan["principal"], len(loan["schedule"])) == ("10000.00", 12)
    assert application["repayments"] == application["hardships"] == []


def test_no_table_about_a_person_is_left_out_of_the_copy_unthought_of():
    about = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"application_id", "borrower_id"} & set(table.columns.keys())
    }
    elsewhere = {
        "application": "shown as the borrower sees it, its sealed parts opened",
        "consent": "as receipts",
        "contract": "as a PDF",
        "deletion_receipt": "as receipts",
        "support_ticket": "as questions, opened",
        "right_request": "as requests, opened",
        "ledger_entry": "the whole history, with proofs, is GET /v1/data-uses",
        "verification_check": "what a source said is the source's; that it was asked is in the history",
        "access_session": "a digest that signs in",
        "device": "as sign-ins",
        "borrower_password": "that there is one, and since when, is GET /v1/auth/protection; nobody can tell the rest",
        "borrower_second_factor": "the same",
        "idempotency": "answers given before, as they were",
        "staff_note": "a colleague's own words; decision and reasons are in it",
        "payout_approval": "in the history",
        "staff_face_look": "in the history",
        "correction": "as corrections, opened",
    }
    assert about - {table.__tablename__ for table in _OF_APPLICATION.values()} == set(elsewhere)


def test_a_killed_lender_has_not_forgotten_what_is_due(tmp_path):
    process = LenderProcess(tmp_path / "data")
    one = Walker(process.start(), phone="13955550001")
    one.sign_in()
    one.create()
    one.documents()
    assert list((process.data / "vault").glob("*.sealed"))
    process.kill()
    connection = sqlite3.connect(process.data / "lender.sqlite")
    with connection:
        connection.execute("UPDATE application SET updated_at = '2020-01-01T00:00:00.000000+00:00'")
    connection.close()
    process.start()
    deadline = time.monotonic() + 20
    while list((process.data / "vault").glob("*.sealed")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.leave()
    assert not list((process.data / "vault").glob("*.sealed"))
    connection = sqlite3.connect(process.data / "lender.sqlite")
    assert connection.execute("SELECT reading_sealed, status FROM application").fetchall() == [(None, "expired")]
    connection.close()
