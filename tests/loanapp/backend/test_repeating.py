import threading
import time

import pytest

from loanapp.backend.repeating import Repeating


class FatalError(Exception):
    pass


def test_what_fails_is_tried_again_and_told_without_its_words(expect_log):
    expect_log("sweeping failed: RuntimeError at .*test_repeating")
    done, calls = threading.Event(), []

    def act():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("13800000001")
        done.set()

    sweeping = Repeating("sweeping", 0.01, act)
    sweeping.start()
    assert done.wait(5)
    sweeping.stop()
    ended = len(calls)
    time.sleep(0.05)
    assert len(calls) == ended


@pytest.mark.parametrize("at_once", [True, False])
def test_the_first_time_is_at_once_or_after_a_wait(at_once):
    called = threading.Event()
    looking = Repeating("looking", 30.0, called.set, at_once=at_once)
    looking.start()
    assert called.wait(5 if at_once else 0.1) is at_once
    looking.stop()


def test_what_is_fatal_ends_it(expect_log):
    expect_log("signing has ended: FatalError at .*test_repeating")
    calls = []

    def act():
        calls.append(1)
        raise FatalError

    signing = Repeating("signing", 0.01, act, fatal=FatalError)
    signing.start()
    signing._thread.join(5)
    assert calls == [1]
    signing.stop()
