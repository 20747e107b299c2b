import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from loanapp.proof.envelope import OVERHEAD_BYTES, EnvelopeError, seal
from loanapp.proof.keys import raw_public_bytes
from loanapp.proof.sealed_stream import SEGMENT_BYTES, SealedStream, StreamOpener, evidence_context

KEY = X25519PrivateKey.generate()
PUBLIC = raw_public_bytes(KEY.public_key())
CONTEXT = evidence_context("s", "a", "b", "n")
MESSAGE = bytes(range(256)) * 800  # three whole segments and a part


def opened(parts, *, context=CONTEXT, most=3_000_000, piece=None):
    whole = b"".join(parts)
    opener = StreamOpener(KEY, context, most)
    step = piece or len(whole) or 1
    found = [part for start in range(0, len(whole), step) for part in opener.feed(whole[start : start + step])]
    opener.finish()
    return b"".join(found)


@pytest.mark.parametrize("size", [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, len(MESSAGE)])
def test_what_is_sealed_opens_whatever_pieces_it_comes_in(size):
    stream = SealedStream(PUBLIC, MESSAGE[:size], CONTEXT)
    parts = list(stream)
    assert sum(map(len, parts)) == len(stream)
    assert MESSAGE[:16] not in b"".join(parts)
    for piece in (None, 997, 1) if size <= 1 else (None, 997, 65_536):
        assert opened(parts, piece=piece) == MESSAGE[:size]
    again = list(stream)
    assert again != parts
    assert opened(again) == MESSAGE[:size]


def test_parts_come_out_before_the_end():
    opener = StreamOpener(KEY, CONTEXT, 3_000_000)
    parts = list(SealedStream(PUBLIC, MESSAGE, CONTEXT))
    assert list(opener.feed(parts[0])) == [MESSAGE[:SEGMENT_BYTES]]
    assert list(opener.feed(parts[1][:-1])) == []
    with pytest.raises(EnvelopeError, match="cut short"):
        opener.finish()


def _changed(parts, change):
    copy = list(parts)
    change(copy)
    return copy


@pytest.mark.attack("what-was-changed-on-the-way-does-not-open")
@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.pop(),
        lambda parts: parts.pop(0),
        lambda parts: parts.pop(1),
        lambda parts: parts.insert(1, parts[0]),
        lambda parts: parts.append(parts[-1]),
        lambda parts: parts.append(b"\0"),
        lambda parts: parts.reverse(),
        lambda parts: parts.__setitem__(slice(0, 2), [parts[1], parts[0]]),
        lambda parts: parts.__setitem__(-1, parts[-1][:-1]),
        lambda parts: parts.__setitem__(1, bytes([parts[1][0] | 0x80, *parts[1][1:]])),
        lambda parts: parts.__setitem__(-1, bytes([parts[-1][0] & 0x7F, *parts[-1][1:]])),
        lambda parts: parts.__setitem__(0, parts[0][:100] + bytes([parts[0][100] ^ 1]) + parts[0][101:]),
        lambda parts: parts.__setitem__(0, b"\xff\xff\xff\xff" + parts[0][4:]),
        lambda parts: parts.clear(),
        # A part of another attempt of the same borrower.
        lambda parts: parts.__setitem__(
            0, next(iter(SealedStream(PUBLIC, MESSAGE, evidence_context("s", "a", "b", "other"))))
        ),
        # Cut short, and marked as whole by somebody who has no key but the public one.
        lambda parts: parts.__setitem__(slice(1, None), [bytes([parts[1][0] | 0x80, *parts[1][1:]])]),
    ],
)
def test_what_was_changed_on_the_way_does_not_open(change):
    parts = _changed(SealedStream(PUBLIC, MESSAGE, CONTEXT), change)
    with pytest.raises(EnvelopeError):
        opened(parts)


@pytest.mark.attack("it-is-bound-to-session-application-borrower-and-nonce")
@pytest.mark.parametrize("part", range(4))
def test_it_is_bound_to_session_application_borrower_and_nonce(part):
    other = ["s", "a", "b", "n"]
    other[part] = "x"
    with pytest.raises(EnvelopeError):
        opened(SealedStream(PUBLIC, MESSAGE, CONTEXT), context=evidence_context(*other))


@pytest.mark.attack("no-more-segments-are-opened-than-the-message-may-have")
def test_no_more_segments_are_opened_than_the_message_may_have():
    with pytest.raises(EnvelopeError):
        opened(SealedStream(PUBLIC, MESSAGE, CONTEXT), most=SEGMENT_BYTES)
    # Many short segments would cost many key agreements: only the last may be short.
    short = seal(PUBLIC, b"x", f"{CONTEXT}|0|more".encode())
    assert len(short) == OVERHEAD_BYTES + 1
    with pytest.raises(EnvelopeError, match="another length"):
        opened([len(short).to_bytes(4, "big") + short])
