import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.proof.envelope import OVERHEAD_BYTES, EnvelopeError, open_sealed, seal
from loanapp.proof.keys import new_envelope_key, raw_public_bytes

INFO = b"loanapp/document/v1|LA1|front"
KEY = new_envelope_key()
PUBLIC = raw_public_bytes(KEY.public_key())


@given(st.binary(max_size=4096), st.binary(max_size=64))
def test_what_is_sealed_comes_back(plaintext, info):
    sealed = seal(PUBLIC, plaintext, info)
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES
    assert open_sealed(KEY, sealed, info) == plaintext


@pytest.mark.attack("any-flipped-bit-is-refused")
@given(st.data())
def test_any_flipped_bit_is_refused(data):
    sealed = bytearray(seal(PUBLIC, b"face" * 100, INFO))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeError):
        open_sealed(KEY, bytes(sealed), INFO)


@pytest.mark.attack("another-purpose-is-refused")
@pytest.mark.parametrize("info", [b"", INFO + b"x", b"loanapp/document/v1|LA2|front", b"loanapp/document/v1|LA1|back"])
def test_another_purpose_is_refused(info):
    with pytest.raises(EnvelopeError):
        open_sealed(KEY, seal(PUBLIC, b"face", INFO), info)


@pytest.mark.attack("another-recipient-cannot-open-it")
def test_another_recipient_cannot_open_it():
    with pytest.raises(EnvelopeError):
        open_sealed(new_envelope_key(), seal(PUBLIC, b"face", INFO), INFO)


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 47])
def test_a_stump_is_refused(cut):
    with pytest.raises(EnvelopeError):
        open_sealed(KEY, seal(PUBLIC, b"face", INFO)[:cut], INFO)


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33, bytes(32)])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(EnvelopeError):
        seal(key, b"face", INFO)


def test_sealing_twice_never_gives_the_same_bytes():
    assert seal(PUBLIC, b"face", INFO) != seal(PUBLIC, b"face", INFO)
