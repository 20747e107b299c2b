"""Deletion that is one: no byte of it is left, a receipt says so, and no kill makes the lender forget what is due."""

import base64
import sqlite3
import time
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    event,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import sqlite

from loanapp.backend.applications.store import Sealed
from loanapp.backend.data_uses import retention
from loanapp.backend.data_uses.copy import _OF_APPLICATION
from loanapp.backend.data_uses.erasure import _keep_waiting, erase
from loanapp.backend.data_uses.erasure_rules import (
    GO_WITH_ACCOUNT,
    GO_WITH_APPLICATION,
    GO_WITH_ASSESSMENT,
    GO_WITH_PROOFS,
)
from loanapp.backend.data_uses.kept import _unchanged_since, over, years_after
from loanapp.backend.data_uses.retention import sweep
from loanapp.backend.rights.account import _gone
from loanapp.backend.signals.tables import PhotoBand
from loanapp.backend.staff.tables import Base, StaffMember
from loanapp.backend.store.tables import (
    Application,
    ApplicationEvent,
    Borrower,
    Check,
    ContractRecord,
    DeletionReceipt,
    HardshipRecord,
    LedgerRow,
    LivenessSession,
    Loan,
    RetryWait,
)
from loanapp.backend.store.types import EnumWord, Moment, Money
from loanapp.backend.vault.vault import VaultItem
from loanapp.domain.clock import CHINA
from loanapp.domain.hardship import HardshipReason, HardshipState
from loanapp.domain.status import ApplicationStatus
from loanapp.proof.signed_message import verify_message
from tests.loanapp.backend.test_kills import LenderProcess
from tests.loanapp.backend.test_refusals import refused
from tests.loanapp.backend.walk import TERMS, Walker

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


def test_what_was_asked_for_again_and_never_came_goes_like_a_draft(walker, lender):
    one, services = filled(walker()), lender.services
    for days, left in ((29, "needs_more"), (2, "expired")):
        with services.database.write() as session:
            application = session.get_one(Application, one.id)
            application.status = ApplicationStatus.NEEDS_MORE
            application.updated_at -= timedelta(days=days)
        sweep(services)
        assert one.get()["status"] == left
    assert (one.get()["identity"], one.get()["bank_card"]) == (None, None)


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
    parts = one.done("POST", "/v1/my-data/copies", body={})["deletion_receipts"]
    assert [(one["reason"], "identity_document" in one["items"]) for one in parts] == [
        ("retention", False), ("retention", True),
    ]  # fmt: skip
    assert one.get()["status"] == "expired"
    assert rows_of(services, one.id) == LEFT_OF_AN_APPLICATION


def test_what_it_was_decided_by_goes_five_years_after_repayment_and_the_rest_stays(walker, lender, clock):
    one, services = walker(), lender.services
    one.borrow(clock)
    one.pay("payoff", "10000.00")
    with services.database.write() as session:
        session.add(hardship_of(one.id, services.clock.now()))
    with services.database.read() as session:
        application = session.get_one(Application, one.id)
        held = [application.card_sealed, application.profile_sealed, application.decision_sealed]
        held.append(session.get_one(Check, (one.id, "credit")).answer_sealed)
    root, days = services.database.path.parent, services.policies.retention_days("assessment")
    for past, left in ((days - 1, True), (2, False)):
        with services.database.write() as session:
            session.get_one(Loan, one.id).settled_at -= timedelta(days=past)
        sweep(services)
        assert bool(left_of(held, root)) is left
        assert bool(one.get()["bank_card"]) is bool(one.get()["profile"]) is left
        assert ("hardship" in rows_of(services, one.id)) is left
    assert one.get()["identity"] is not None
    assert one.get()["kept"]["fixed"]
    sweep(services)
    told = [entry["content"]["act"] for entry in one.done("GET", "/v1/data-uses")["entries"]]
    assert told.count("deletion.assessment") == 1
    (receipt,) = one.done("POST", "/v1/my-data/copies", body={})["deletion_receipts"]
    public = services.keys.message.public_key().public_bytes_raw()
    kept_so_long = {item.id for item in services.policies.data_items if item.kept == "assessment"}
    assert set(verify_message(public, receipt)["items"]) == kept_so_long
    with services.database.write() as session:  # whose card is forgotten is asked once more next time: not here
        session.get_one(Loan, one.id).settled_at -= timedelta(days=2000)
    sweep(services)


def hardship_of(application_id, now):
    day = now.date()
    return HardshipRecord(
        id=str(uuid.uuid4()),
        application_id=application_id,
        reason=HardshipReason.ILLNESS,
        months=1,
        since=day,
        until=day,
        state=HardshipState.ASKED,
        asked_at=now,
        answer_by=now,
    )


def ended(lender, one, days):
    """As if every status had been reached so many days earlier."""
    with lender.services.database.write() as session:
        for event in session.scalars(select(ApplicationEvent).where(ApplicationEvent.application_id == one.id)):
            event.at -= timedelta(days=days)


def test_what_led_to_no_loan_goes_by_itself_when_its_class_is_over(walker, lender):
    services = lender.services
    for kind, end in (("ended", "withdrawn"), ("declined", "declined")):
        one = filled(walker())
        decline(lender, one) if end == "declined" else one.act("/withdraw")
        held = bytes_of(services.database, services.vault._database, services.database.path.parent, one.id)
        days = services.policies.retention_days(kind)
        ended(lender, one, days - 1)
        sweep(services)
        assert left_of(held, services.database.path.parent)
        told = datetime.fromisoformat(one.get()["erased_at"]) - services.clock.now()
        assert timedelta() < told <= timedelta(days=1)
        ended(lender, one, 1)
        sweep(services)
        assert left_of(held, services.database.path.parent) == []
        assert one.get()["erased_at"] is None
        assert one.done("POST", "/v1/my-data/copies", body={})["deletion_receipts"][0]["reason"] == "retention"


def decline(lender, one, retry_after=None):
    services = lender.services
    with services.database.write() as session:
        application = session.get_one(Application, one.id)
        Sealed(services, application).decision = {
            "outcome": "declined",
            "reasons": [],
            "retry_after": retry_after,
            "changes": [],
            "score": None,
            "reviewer_simulated": False,
        }
        application.status = ApplicationStatus.DECLINED
        session.add(ApplicationEvent(application_id=one.id, status=ApplicationStatus.DECLINED, at=services.clock.now()))


def test_a_declined_application_goes_on_request_and_the_day_to_come_back_on_stays(walker, lender):
    one, services = filled(walker()), lender.services
    again = (services.clock.now().astimezone(CHINA).date() + timedelta(days=3)).isoformat()
    decline(lender, one, again)
    held = bytes_of(services.database, services.vault._database, services.database.path.parent, one.id)
    one.done("POST", one.at("/erasure"), body={})
    assert left_of(held, services.database.path.parent) == []
    assert (one.get()["status"], one.get()["decision"]) == ("expired", None)
    anew = one.call("POST", "/v1/applications", body=TERMS, key=str(uuid.uuid4()))
    assert refused(anew, 409, "application_too_soon")["retry_after"] == again
    other = walker()  # the same person with another phone
    other.sign_in()
    other.create()
    other.documents()
    named = other.call("PUT", other.at("/identity"), body=other.identity_fields())
    assert refused(named, 409, "application_too_soon")["retry_after"] == again
    with services.database.write() as session:
        for wait in session.scalars(select(RetryWait)):
            wait.until -= timedelta(days=3)
    sweep(services)
    with services.database.read() as session:
        assert session.scalars(select(RetryWait)).first() is None
    other.identify()


def test_of_two_days_to_come_back_on_the_later_one_stays(walker, lender):
    services, told = lender.services, []
    today = services.clock.now().astimezone(CHINA).date()
    one = filled(walker())
    with services.database.write() as session:
        application = session.get_one(Application, one.id)
        people = (application.identity_index, application.borrower_id)
        for days in (9, 3):
            application.status = ApplicationStatus.DECLINED
            Sealed(services, application).decision = {"retry_after": (today + timedelta(days=days)).isoformat()}
            _keep_waiting(services, session, application)
            session.flush()
            told.append([session.get_one(RetryWait, person).until for person in people])
        session.rollback()
    assert told == [[today + timedelta(days=9)] * 2] * 2


LEFT_OF_AN_APPLICATION = {"application", "application_event", "consent", "deletion_receipt", "ledger_entry"}


def rows_of(services, application_id):
    """The names of the tables that still hold a row of an application."""
    found = set()
    with services.database.read() as session:
        for table in Base.metadata.sorted_tables:
            column = table.columns.get("application_id", table.columns.get("id"))
            if column is not None and session.execute(select(column).where(column == application_id)).first():
                found.add(table.name)
    return found


OF_NOBODY = {
    "counter": "running numbers of a day",
    "face_count": "counts of a day",
    "failed_try": "a keyed digest, forgotten by time",
    "ledger_head": "a signed root",
    "ledger_node": "a hash of hashes",
    "request_nonce": "a key's digest, forgotten by time",
    "staff_challenge_used": "digests of random numbers",
    "staff_member": "the lender's people",
    "staff_passkey": "the lender's people",
    "staff_session": "the lender's people",
}
"""Tables without a row about a borrower that anybody could tell, and why."""
RULED = {*GO_WITH_APPLICATION, *GO_WITH_ASSESSMENT, *GO_WITH_ACCOUNT, *GO_WITH_PROOFS, LedgerRow}


def unruled(tables):
    return sorted({table.name for table in tables} - {one.__tablename__ for one in RULED} - set(OF_NOBODY))


def test_the_timer_reads_what_is_due_and_not_all_there_is(walker, lender):
    due, fresh, over_now, services = filled(walker()), filled(walker()), filled(walker()), lender.services
    over_now.act("/withdraw")
    with services.database.write() as session:
        session.get_one(Application, due.id).updated_at -= timedelta(days=31)
        # Ended just now, whatever else is said to have been long ago.
        session.get_one(Application, over_now.id).updated_at -= timedelta(days=400)
    read = []
    with services.database.read() as session:
        event.listen(session, "loaded_as_persistent", lambda _session, one: read.append(one))
        found = over(services, session, services.clock.now())
        plans = (
            [
                " ".join(row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {written(query)}")))
                for query in (select(Borrower.id).where(_gone()), select(Application.id).where(_drafts_over(services)))
            ]
            if session.get_bind().dialect.name == "sqlite"
            else []
        )
    assert due.id in found
    assert {fresh.id, over_now.id}.isdisjoint(one.id for one in read if isinstance(one, Application))
    for plan, index in zip(plans, ("ix_borrower_closed_at", "ix_application_status_updated_at"), strict=False):
        assert index in plan
    sweep(services)
    assert [one.get()["status"] for one in (due, fresh, over_now)] == ["expired", "draft", "withdrawn"]


def _drafts_over(services):
    return _unchanged_since(ApplicationStatus.DRAFT, services.clock.now() - timedelta(days=30))


def written(query):
    return query.compile(compile_kwargs={"literal_binds": True}, dialect=sqlite.dialect())


def test_no_table_is_left_out_of_the_erasure_unthought_of():
    assert unruled(Base.metadata.sorted_tables) == []
    made = MetaData()
    left_out = Table("diary", made, Column("application_id", String))
    assert unruled([*Base.metadata.sorted_tables, left_out]) == ["diary"]
    about = {"application_id", "borrower_id", "phone_index", "phone_sealed", "device_id"}
    for of_nobody in OF_NOBODY:
        assert not about & set(Base.metadata.tables[of_nobody].columns.keys())


def test_each_deletion_looks_at_its_own_application_once_more_and_at_no_other(walker, lender, monkeypatch):
    due, fresh, services = [filled(walker()), filled(walker())], filled(walker()), lender.services
    with services.database.write() as session:
        for one in due:
            session.get_one(Application, one.id).updated_at -= timedelta(days=31)
    asked = []

    def first_seen(of_all):
        def wrapped(*given):
            asked.append(of_all.__name__)
            return [*of_all(*given), fresh.id]  # as if it had been due, and was changed since

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(retention, "over", first_seen(retention.over))
        sweep(services)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "assessments_over", first_seen(retention.assessments_over))
        sweep(services)
    assert asked == ["over", "assessments_over"]
    assert [one.get()["status"] for one in (*due, fresh)] == ["expired", "expired", "draft"]
    assert fresh.get()["profile"] is not None


def test_every_table_of_an_application_is_empty_once_it_is_erased(walker, lender):
    """A row in every table that an application can have one in, and none but those that name nobody afterwards."""
    one, services = filled(walker()), lender.services
    now = services.clock.now()
    known = {"application_id": one.id, "member_id": "S1", "asked_by": "S1"}
    with services.database.write() as session:
        known["borrower_id"] = session.get_one(Application, one.id).borrower_id
        session.execute(insert(StaffMember).values(any_row(StaffMember, {"id": "S1", "ended_at": now}, now)))
        for table in (*reversed(GO_WITH_APPLICATION), LivenessSession):
            if table is PhotoBand:  # it came with the photo
                continue
            session.execute(insert(table).values(any_row(table, known, now)))
    before = rows_of(services, one.id)
    assert before >= {one.__tablename__ for one in GO_WITH_APPLICATION}
    with services.database.write() as session:
        erase(services, session, session.get_one(Application, one.id), "retention")
    assert rows_of(services, one.id) - {"liveness_session"} == LEFT_OF_AN_APPLICATION
    with services.database.read() as session:
        application = session.get_one(Application, one.id)
        (attempt,) = session.scalars(select(LivenessSession).where(LivenessSession.application_id == one.id))
    assert (attempt.measures, attempt.verdict, attempt.reasons, attempt.evidence_sha256) == (None, None, None, None)
    plain = {"id", "number", "borrower_id", "status", "product_id", "method", "purpose", "created_at", "updated_at"}
    for column in inspect(Application).columns:
        if column.key not in plain | {"face_state", "face_by_person", "offer_valid_until"}:
            assert not getattr(application, column.key) or column.key.startswith("disclosure_"), column.key
    with services.database.write() as session:
        session.get_one(LivenessSession, attempt.id).issued_at -= timedelta(days=2)
    sweep(services)
    assert rows_of(services, one.id) == LEFT_OF_AN_APPLICATION
    with services.database.write() as session:
        session.execute(delete(StaffMember).where(StaffMember.id == "S1"))


def any_row(table, known, now):
    """Values for every column that must have one, besides those that are known."""
    columns = inspect(table).columns
    wanted = [one for one in columns if not (one.nullable or (one.primary_key and isinstance(one.type, Integer)))]
    made = {column.key: _any_value(column.type, now) for column in wanted}
    return made | {name: value for name, value in known.items() if name in columns}


def _any_value(kind, now):
    known = {Moment: now, Money: Decimal(1), LargeBinary: b"sealed", JSON: [], Date: now.date(), Integer: 1}
    known[Boolean] = False
    for of_kind, value in known.items():
        if isinstance(kind, of_kind):
            return value
    return next(iter(kind.kind)) if isinstance(kind, EnumWord) else str(uuid.uuid4())


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
        "account_recovery": "in the history",
        "security_key": "shown with its label by GET /v1/auth/security-keys; the rest names nobody",
        "security_key_challenge": "a digest that counts for minutes",
        "idempotency": "answers given before, as they were",
        "staff_note": "a colleague's own words; decision and reasons are in it",
        "payout_approval": "in the history",
        "staff_face_look": "in the history",
        "step_up": "in the history",
        "application_origin": "digests under the lender's own key, of use to nobody; the list of items names them",
        "photo_band": "a fingerprint of the photo, which is in the copy itself",
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
