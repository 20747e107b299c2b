"""Questions wait on this computer until the lender can be reached, are sent once, and leave only their number."""

import os
from datetime import UTC, datetime

import pytest

from loanapp.client.errors import InputRejectedError, LenderUnreachableError
from loanapp.client.support_queue import SupportQueue, Ticket
from loanapp.domain.errors import ErrorCode

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


class Lender:
    """Gives a number to each id; ``reached`` calls at most."""

    def __init__(self, reached=99):
        self.reached, self.known, self.texts = reached, {}, []

    def put_support_ticket(self, ticket_id, text):
        if self.reached == 0:
            raise LenderUnreachableError
        self.reached -= 1
        self.texts.append(text)
        number = self.known.setdefault(ticket_id, f"KF20261126-{len(self.known) + 1:04d}")
        return Ticket(number, NOW, NOW)


@pytest.fixture
def queue(tmp_path):
    return SupportQueue(tmp_path / "data")


def test_what_waits_is_there_after_a_start_and_its_owners_alone(queue, tmp_path):
    queue.add("一", NOW)
    queue.add("二", NOW)
    again = SupportQueue(tmp_path / "data")
    assert [one.text for one in again.waiting()] == ["一", "二"]
    assert again.sent() == []
    assert os.name != "posix" or not (tmp_path / "data" / "support.json").stat().st_mode & 0o077


def test_what_was_sent_leaves_its_number_and_no_word(queue, tmp_path):
    queue.add("摄像头", NOW)
    lender = Lender()
    assert [one.number for one in queue.deliver(lender).sent] == ["KF20261126-0001"]
    assert queue.waiting() == []
    assert [one.number for one in queue.sent()] == ["KF20261126-0001"]
    assert "摄像头" not in (tmp_path / "data" / "support.json").read_text(encoding="utf-8")
    assert queue.deliver(lender).sent == ()
    assert lender.texts == ["摄像头"]


def test_where_the_lender_goes_away_in_between_the_rest_still_waits(queue):
    queue.add("一", NOW)
    queue.add("二", NOW)
    with pytest.raises(LenderUnreachableError):
        queue.deliver(Lender(reached=1))
    assert [one.text for one in queue.waiting()] == ["二"]
    assert len(queue.sent()) == 1


def test_a_question_whose_answer_was_lost_is_not_asked_twice(queue, tmp_path):
    lender, file = Lender(), tmp_path / "data" / "support.json"
    queue.add("一", NOW)
    before = file.read_bytes()
    queue.deliver(lender)
    file.write_bytes(before)
    queue.deliver(lender)
    assert len(lender.known) == 1


def test_a_question_that_no_waiting_mends_does_not_hold_up_the_others(queue):
    class Refusing(Lender):
        def put_support_ticket(self, ticket_id, text):
            if text == "一":
                raise InputRejectedError(ErrorCode.INPUT_INVALID, {})
            return super().put_support_ticket(ticket_id, text)

    first = queue.add("一", NOW)
    queue.add("二", NOW)
    delivery = queue.deliver(Refusing())
    assert queue.waiting() == []
    assert len(delivery.sent) == len(queue.sent()) == 1
    assert delivery.refused[first.id].code is ErrorCode.INPUT_INVALID


def test_nothing_stays_once_whoever_asked_has_signed_out(queue, tmp_path):
    queue.add("一", NOW)
    queue.forget()
    queue.forget()
    assert queue.waiting() == []
    assert not (tmp_path / "data" / "support.json").exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"waiting": [{}], "sent": []}', b"\xff"])
def test_a_damaged_file_holds_nobody_up(queue, tmp_path, damage):
    queue.add("一", NOW)
    (tmp_path / "data" / "support.json").write_bytes(damage)
    assert queue.waiting() == queue.sent() == []
    assert queue.add("二", NOW) in queue.waiting()
