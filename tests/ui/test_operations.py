import threading
import time

import pytest

from loanapp.domain.errors import ErrorCode, LoanAppError
from ui.messages import MessageBridge
from ui.operations import Operations


class Waiting:
    def __init__(self) -> None:
        self.busy = 0
        self.problems: list[ErrorCode] = []

    def set_busy(self, busy: bool) -> None:
        self.busy += 1 if busy else -1

    def show_problem(self, error: LoanAppError | None) -> None:
        if error is not None:
            self.problems.append(error.code)


@pytest.fixture
def operations(qapp):
    made = Operations(MessageBridge())
    yield made
    assert made.shutdown()
    made.deleteLater()


def fail() -> None:
    raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)


def test_work_runs_elsewhere_and_its_result_arrives_here(operations, qtbot):
    threads = []
    operations.run(threading.current_thread, lambda worker: threads.extend([worker, threading.current_thread()]))
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


def test_whoever_waits_is_busy_meanwhile_and_shows_the_error(operations, qtbot):
    page, release = Waiting(), threading.Event()
    operations.run(lambda: release.wait(5), busy=page)
    assert page.busy == 1
    release.set()
    qtbot.waitUntil(lambda: page.busy == 0)
    operations.run(fail, busy=page)
    qtbot.waitUntil(lambda: page.problems == [ErrorCode.LENDER_UNREACHABLE])
    assert page.busy == 0


def test_an_error_nobody_takes_reaches_the_messages(qapp, qtbot):
    messages = MessageBridge()
    operations, seen = Operations(messages), []
    messages.error.connect(lambda error: seen.append(error.code))
    operations.run(fail)
    qtbot.waitUntil(lambda: seen == [ErrorCode.LENDER_UNREACHABLE])
    assert operations.shutdown()


def test_a_strange_exception_keeps_its_text_to_itself(operations, qtbot, expect_log, caplog):
    expect_log("unexpected in a worker: type=ValueError")
    page = Waiting()

    def strange() -> None:
        raise ValueError("11010519491231002X")

    operations.run(strange, busy=page)
    qtbot.waitUntil(lambda: page.problems == [ErrorCode.UNEXPECTED])
    assert "11010519491231002X" not in caplog.text


def test_a_cancelled_result_is_forgotten(operations, qtbot):
    release, page, got = threading.Event(), Waiting(), []
    operation = operations.run(lambda: release.wait(5), got.append, busy=page)
    operation.cancel()
    assert page.busy == 0
    release.set()
    qtbot.waitUntil(lambda: operations.active == 0)
    assert got == []


def test_progress_arrives_in_order_and_work_sees_that_it_is_cancelled(operations, qtbot):
    seen, ended = [], threading.Event()

    def work(operation, report):
        report(1)
        report(2)
        while not operation.cancelled:
            time.sleep(0.005)
        ended.set()

    operation = operations.run_with_progress(work, on_progress=seen.append)
    qtbot.waitUntil(lambda: seen == [1, 2])
    operation.cancel()
    assert ended.wait(5)


def test_saving_keeps_its_order_and_ends_even_at_shutdown(qapp):
    operations, saved = Operations(MessageBridge()), []
    for number in range(30):
        operations.save(lambda number=number: saved.append(number))
    assert operations.shutdown()
    assert saved == list(range(30))
