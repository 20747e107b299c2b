"""Two cores for one question: nets that exist twice, and work that is done two pieces at a time."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import LifoQueue
from typing import Final, Generic, TypeVar

import cv2

# More would steal time from the rest of the machine: two cores are what the program promises to run on.
COPIES: Final = 2

_T = TypeVar("_T")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_single = threading.Lock()
_depth = 0
_threads_before = 0


class Pool(Generic[_T]):
    """Up to two equal objects that serve one thread at a time each; the second is made when two ask at once."""

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make: Final = make
        self._idle: Final[LifoQueue[_T | None]] = LifoQueue()
        for _ in range(COPIES):
            self._idle.put(None)

    @contextmanager
    def lend(self) -> Iterator[_T]:
        """One of them, waiting until one is free. Raises what making it raises; the next who asks tries again."""
        thing = self._idle.get()
        try:
            if thing is None:
                thing = self._make()
            yield thing
        finally:
            self._idle.put(thing)

    def fill(self) -> None:
        """Make all of them now, once nobody uses them. Raises what making one raises."""
        with ExitStack() as stack:
            for _ in range(COPIES):
                stack.enter_context(self.lend())


def in_parallel(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """``work`` of each item in their order, two at a time; the first error is raised once all are done.

    Each piece runs on one core: two nets side by side take half the time, one net on two cores nine tenths (measured).
    """
    workers = min(COPIES, os.cpu_count() or 1, len(items))
    if workers < 2:
        return [work(item) for item in items]
    with _one_core_each(), ThreadPoolExecutor(workers, thread_name_prefix="vision") as executor:
        return list(executor.map(work, items))


@contextmanager
def _one_core_each() -> Iterator[None]:
    """OpenCV's own threads off, for the whole process, until the last who asked is done."""
    global _depth, _threads_before  # noqa: PLW0603 - so is OpenCV's own setting
    with _single:
        if _depth == 0:
            _threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _depth += 1
    try:
        yield
    finally:
        with _single:
            _depth -= 1
            if _depth == 0:
                cv2.setNumThreads(_threads_before)
