import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanapp.domain.consent import ConsentScope
from loanapp.proof.canonical_json import canonical, canonical_sha256
from loanapp.proof.keys import new_message_key, raw_public_bytes
from loanapp.proof.signed_message import SignedMessageError, sign_message, verify_message

KEY = new_message_key()
PUBLIC = raw_public_bytes(KEY.public_key())
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_the_canonical_form_is_json_and_has_one_form(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


def test_keys_are_ordered_by_utf16_as_rfc_8785_says():
    # RFC 8785, 3.2.3: the euro sign, carriage return, Hebrew, one, an emoji, a control and o with diaeresis
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical(dict.fromkeys(keys, 0)), object_pairs_hook=lambda pairs: [key for key, _ in pairs])
    assert written == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_words_of_an_enum_are_written_as_text():
    assert canonical({"b": ConsentScope.FACE_VERIFICATION, "a": (1, True)}) == (
        b'{"a":[1,true],"b":"face_verification"}'
    )


@pytest.mark.parametrize("value", [1.0, 2**53, {1: "a"}, {"a": b"x"}, {"a": {1, 2}}, "\ud800"])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


def test_the_hash_is_lower_case_hexadecimal():
    assert canonical_sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_a_statement_is_verified_and_its_fields_come_back():
    signed = sign_message(KEY, {"scope": "face_verification", "granted": True, "no": 1})
    assert verify_message(PUBLIC, json.loads(json.dumps(signed))) == {
        "scope": "face_verification",
        "granted": True,
        "no": 1,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"granted": False},
        {"granted": 1},
        {"no": "1"},
        {"more": None},
        {"signature": None},
        {"signature": ""},
        {"signature": "AAAA"},
        {"signature": "\u00e9"},
    ],
)
def test_a_changed_statement_is_refused(change):
    signed = sign_message(KEY, {"granted": True, "no": 1})
    with pytest.raises(SignedMessageError):
        verify_message(PUBLIC, {**signed, **change})


def test_a_missing_field_another_key_and_another_base64_form_are_refused():
    signed = sign_message(KEY, {"granted": True, "no": 1})
    stranger = raw_public_bytes(new_message_key().public_key())
    for public, message in (
        (PUBLIC, {key: value for key, value in signed.items() if key != "no"}),
        (stranger, signed),
        (b"short", signed),
        (PUBLIC, {**signed, "signature": str(signed["signature"]) + "\n"}),
        (PUBLIC, {**signed, "signature": str(signed["signature"]).rstrip("=")}),
    ):
        with pytest.raises(SignedMessageError):
            verify_message(public, message)


def test_a_statement_is_not_signed_twice():
    with pytest.raises(ValueError, match="signed already"):
        sign_message(KEY, {"signature": "x"})
