"""A question to support: a number and a time, once for each id, signed in or not, and not without limit."""

import dataclasses
import re
import uuid
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from loanapp.backend.data_uses.retention import sweep
from loanapp.backend.store.tables import SupportTicket
from loanapp.client.endpoint import Endpoint
from loanapp.client.lender_client import LenderClient
from loanapp.client.transport import RetryPolicy


@pytest.fixture
def limits(lender, monkeypatch):
    """``limits(**changes)``: for this test the lender promises or takes something else."""
    services, usual = lender.services, lender.services.policies

    def change(**changes):
        policies = dataclasses.replace(usual, support=usual.support.model_copy(update=changes))
        monkeypatch.setattr(type(services), "policies", property(lambda _services: policies), raising=False)

    return change


def ask(http, text="摄像头打不开", ticket=None, token=None, one=None):
    path, body = f"/v1/support-tickets/{ticket or uuid.uuid4()}", {"text": text}
    if one is not None:
        return one.call("PUT", path, body=body)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return http.put(path, json=body, headers=headers)


def kept(lender, number):
    with lender.services.database.read() as session:
        return session.scalars(select(SupportTicket).where(SupportTicket.number == number)).one_or_none()


def test_a_question_gets_a_number_to_name_and_a_time_it_is_answered_by(http, lender):
    answer = ask(http).json()
    assert re.fullmatch(r"KF\d{8}-\d{4}", answer["number"])
    waits = datetime.fromisoformat(answer["answer_by"]) - datetime.fromisoformat(answer["received_at"])
    assert waits == timedelta(hours=lender.services.policies.support.answer_within_hours)


def test_the_words_are_kept_sealed_and_nobody_needs_to_be_signed_in(http, lender):
    one = kept(lender, ask(http, "我的口令记不得了").json()["number"])
    assert "口令".encode() not in one.text_sealed
    assert one.borrower_id is None
    assert ask(http, token="of nobody").status_code == 200


def test_who_is_signed_in_is_known_and_called_back(http, lender, walker):
    one = walker()
    one.sign_in()
    assert kept(lender, ask(http, one=one).json()["number"]).borrower_id
    # A token without its computer is taken for nobody's.
    assert kept(lender, ask(http, token=one.token).json()["number"]).borrower_id is None


def test_the_same_id_is_one_question_however_often_it_is_sent(http):
    ticket = uuid.uuid4()
    assert ask(http, "一", ticket).json() == ask(http, "二", ticket).json()


@pytest.mark.parametrize("text", ["", "   ", "字" * 24_001])
def test_nothing_and_too_much_are_refused(http, text):
    assert ask(http, text).status_code == 422


@pytest.mark.attack("strangers-cannot-fill-the-disk-and-a-borrower-is-not-held-back-by-them")
def test_strangers_cannot_fill_the_disk_and_a_borrower_is_not_held_back_by_them(http, limits, walker):
    limits(unknown_an_hour=0)
    refused = ask(http)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    one = walker()
    one.sign_in()
    assert ask(http, one=one).status_code == 200
    limits(borrower_a_day=1)
    assert ask(http, one=one).status_code == 429


def test_a_question_is_forgotten_when_its_time_is_over(http, lender, clock):
    number = ask(http).json()["number"]
    clock.move(days=181)
    try:
        sweep(lender.services)
        assert kept(lender, number) is None
    finally:
        clock.move(days=-181)


def test_bytes_to_try_the_connection_are_counted_and_gone(http):
    assert http.put("/v1/upload-trial", data=bytes(100_000)).json() == {"bytes": 100_000}
    assert http.put("/v1/upload-trial", data=bytes(256 * 1024 + 1)).status_code == 413


def test_the_program_itself_asks_and_tries_through_its_one_way_out(http):
    root = Path(http.verify).read_text(encoding="utf-8")
    with closing(LenderClient(lambda: Endpoint(http.url, root), retries=RetryPolicy(attempts=1))) as client:
        ticket_id = str(uuid.uuid4())
        ticket = client.put_support_ticket(ticket_id, "摄像头打不开")
        assert ticket == client.put_support_ticket(ticket_id, "摄像头打不开")
        assert ticket.answer_by > ticket.received_at
        client.upload_trial(bytes(200_000))
