"""A slot for one thing, always the newest: a slow reader skips, a fast writer never waits."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """One slot between one writing and one reading thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._content: T | None = None
        self._closed = False

    def put(self, content: T) -> None:
        """Leave the newest; what was not taken is gone."""
        with self._condition:
            self._content = content
            self._condition.notify()

    def take(self, timeout_s: float) -> T | None:
        """Wait for something new; None when nothing came in time or the box is closed."""
        with self._condition:
            if self._content is None and not self._closed:
                self._condition.wait(timeout_s)
            content, self._content = self._content, None
            return content

    def close(self) -> None:
        """Wake the reader for good."""
        with self._condition:
            self._closed = True
            self._content = None
            self._condition.notify_all()
