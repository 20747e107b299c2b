"""A connection to a security key that has an end: a device that falls silent, or is busy for ever, holds nobody up.

CTAP 2.1, 11.2.9.2.1: a key at work says so ten times a second, so that seconds of silence are a fault.
"""

import select
import sys
import time
from typing import Final

from fido2.hid.base import CtapHidConnection, FileCtapHidConnection

SILENT_S: Final = 3.0


class BoundedConnection(CtapHidConnection):
    """``inner`` until ``until`` (of :func:`time.monotonic`), and at most ``silent_s`` for each packet.

    Where the system has no file to wait for (macOS) the library's own bound for a packet holds. Reading raises
    :class:`TimeoutError`.
    """

    def __init__(self, inner: CtapHidConnection, until: float, silent_s: float = SILENT_S) -> None:
        self._inner, self._until, self._silent_s = inner, until, silent_s

    def read_packet(self) -> bytes:
        """The next packet."""
        left = min(self._silent_s, self._until - time.monotonic())
        if left <= 0:
            raise TimeoutError
        if isinstance(self._inner, FileCtapHidConnection) and sys.platform != "win32":
            ready, _, _ = select.select([self._inner.handle], [], [], left)
            if not ready:
                raise TimeoutError
        return self._inner.read_packet()

    def write_packet(self, data: bytes) -> None:
        """Send one."""
        self._inner.write_packet(data)

    def close(self) -> None:
        """Let it go."""
        self._inner.close()
