"""A long message as sealed segments: its reader need not wait for the end, and notices everything that is wrong.

Each segment is an envelope of its own (``envelope.py``) after four bytes that tell its length; the topmost bit of these
marks the last. Every segment but the last holds exactly :data:`SEGMENT_BYTES` of the message. What an envelope is bound
to names its place and whether it is the last: a segment that was left out, repeated, moved or brought over from another
message does not open, and a message that was cut short has no last one.
"""

import struct
from collections.abc import Iterator
from typing import Final

from loanapp.proof.envelope import OVERHEAD_BYTES, EnvelopeError, PrivateKeys, open_sealed, seal

SEGMENT_BYTES: Final = 65_536
_HEAD: Final = struct.Struct(">I")
_LAST: Final = 0x8000_0000


def evidence_context(session_id: str, application_id: str, borrower_id: str, nonce: str) -> str:
    """What the segments of one attempt's evidence are bound to."""
    return f"loanapp/evidence/v2|{session_id}|{application_id}|{borrower_id}|{nonce}"


def stream_length(message_bytes: int) -> int:
    """How long a message of so many bytes is once sealed."""
    return message_bytes + _segments(message_bytes) * (_HEAD.size + OVERHEAD_BYTES)


def _segments(message_bytes: int) -> int:
    return max(1, -(-message_bytes // SEGMENT_BYTES))


def _info(context: str, index: int, *, last: bool) -> bytes:
    return f"{context}|{index}|{'last' if last else 'more'}".encode()


class SealedStream:
    """The sealed form of a message; each time it is gone through it is sealed anew, segment by segment."""

    def __init__(self, recipient_public: bytes, message: bytes, context: str) -> None:
        """``recipient_public`` is a raw X25519 key; ``context`` is what the reader must know to open it."""
        self._public = recipient_public
        self._message = message
        self._context = context

    def __len__(self) -> int:
        return stream_length(len(self._message))

    def __iter__(self) -> Iterator[bytes]:
        """Each segment with its head. Raises :class:`EnvelopeError` when the key is not one."""
        count = _segments(len(self._message))
        for index in range(count):
            last = index == count - 1
            part = self._message[index * SEGMENT_BYTES : (index + 1) * SEGMENT_BYTES]
            sealed = seal(self._public, part, _info(self._context, index, last=last))
            yield _HEAD.pack(len(sealed) | (_LAST if last else 0)) + sealed


class StreamOpener:
    """Opens a sealed message while it arrives, in pieces of any size; keeps at most one segment.

    Every method raises :class:`EnvelopeError` for what is not exactly such a message.
    """

    def __init__(self, private: PrivateKeys, context: str, most_bytes: int) -> None:
        """``most_bytes`` is how long the message may be."""
        self._private = private
        self._context = context
        self._most = _segments(most_bytes)
        self._held = bytearray()
        self._index = 0
        self._ended = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take the next piece; each part of the message that can be opened now."""
        self._held += piece
        while self._held:
            if self._ended:
                raise EnvelopeError("something follows the last segment")
            if len(self._held) < _HEAD.size:
                return
            (head,) = _HEAD.unpack_from(self._held)
            last, length = bool(head & _LAST), head & ~_LAST
            self._check(length, last=last)
            if len(self._held) < _HEAD.size + length:
                return
            sealed = bytes(self._held[_HEAD.size : _HEAD.size + length])
            del self._held[: _HEAD.size + length]
            part = open_sealed(self._private, sealed, _info(self._context, self._index, last=last))
            self._index, self._ended = self._index + 1, last
            yield part

    def finish(self) -> None:
        """Nothing follows: the last segment must have been there."""
        if not self._ended:
            raise EnvelopeError("the message was cut short")

    def _check(self, length: int, *, last: bool) -> None:
        whole = SEGMENT_BYTES + OVERHEAD_BYTES
        if self._index >= self._most or not (OVERHEAD_BYTES <= length <= whole if last else length == whole):
            raise EnvelopeError("a segment has another length")
