import threading
from contextlib import ExitStack

import cv2
import pytest

from loanapp.vision.parallel import COPIES, Pool, in_parallel


def test_results_keep_their_order_and_two_run_at_once():
    meeting = threading.Barrier(2, timeout=10)

    def work(item):
        meeting.wait()
        return item * 10

    assert in_parallel(work, [1, 2, 3, 4]) == [10, 20, 30, 40]
    assert in_parallel(str, [7]) == ["7"]
    assert in_parallel(str, []) == []


def test_opencv_uses_one_core_a_piece_and_its_own_setting_again_afterwards():
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        assert in_parallel(lambda _item: cv2.getNumThreads(), [1, 2]) == [1, 1]
        assert cv2.getNumThreads() == 2
        with pytest.raises(ZeroDivisionError):
            in_parallel(lambda item: 1 // item, [0, 1])
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)


def test_pool_makes_a_second_only_for_two_who_ask_at_once():
    made = []
    pool = Pool(lambda: made.append(1) or len(made))
    for _ in range(3):
        with pool.lend() as thing:
            assert thing == 1
    with ExitStack() as stack:
        assert {stack.enter_context(pool.lend()) for _ in range(COPIES)} == {1, 2}
    pool.fill()
    assert len(made) == COPIES


def test_pool_tries_again_what_could_not_be_made():
    answers = iter([OSError("missing"), "made"])

    def make():
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    pool = Pool(make)
    with pytest.raises(OSError, match="missing"), pool.lend():
        pass
    with pool.lend() as thing:
        assert thing == "made"
