"""What a lender may not ask for, what never leaves, and that a consent is to the words shown."""

from dataclasses import dataclass
from hashlib import sha256

import pytest

from loanapp.domain.errors import ErrorCode
from loanapp.domain.localised import LocalisedText
from loanapp.guard.permissions import check_consent_text, check_data_items, check_outgoing
from loanapp.guard.refusal import GuardRefusal
from loanapp.guard.signatures import check_signed
from loanapp.proof.keys import new_message_key, raw_public_bytes
from loanapp.proof.signed_message import sign_message
from loanapp.resource_files import read_toml


@dataclass
class Item:
    id: str
    name: LocalisedText = LocalisedText("一项资料", "an item")  # noqa: RUF009 - frozen


@dataclass
class Consent:
    text: LocalisedText
    sha256: LocalisedText


@pytest.mark.attack("what-no-loan-needs-is-refused-by-whatever-name")
@pytest.mark.parametrize(
    ("item", "found"),
    [
        (Item("contacts"), "contacts"),
        (Item("emergency_contacts"), "contacts"),
        (Item("addressBook"), "contacts"),
        (Item("phone-book"), "contacts"),
        (Item("SMS"), "messages"),
        (Item("text_messages"), "messages"),
        (Item("call_log"), "call_log"),
        (Item("call.history"), "call_log"),
        (Item("photo_album"), "album"),
        (Item("gallery"), "album"),
        (Item("gps"), "location"),
        (Item("device_location"), "location"),
        (Item("card_pin"), "card_pin"),
        (Item("bankPassword"), "card_pin"),
        (Item("cvv2"), "card_security_code"),
        (Item("card_security_code"), "card_security_code"),
        (Item("clipboard"), "installed_programs"),
        (Item("extra", LocalisedText("手机通讯录", "extra data")), "contacts"),
        (Item("extra", LocalisedText("资料", "Your location")), "location"),
        (Item("extra", LocalisedText("银行卡密码", "extra data")), "card_pin"),
    ],
)
def test_what_no_loan_needs_is_refused_by_whatever_name(item, found):
    with pytest.raises(GuardRefusal) as caught:
        check_data_items([Item("phone"), item])
    assert caught.value.code is ErrorCode.GUARD_PERMISSION_FORBIDDEN
    assert caught.value.what == found


def test_what_the_demonstration_lender_asks_for_passes():
    rows = read_toml("policy", "data_items.toml")["data_items"]
    assert rows
    check_data_items([Item(row["id"], LocalisedText(row["name"]["zh"], row["name"]["en"])) for row in rows])


@pytest.mark.parametrize("name", ["phone", "identity_document", "pinyin_name", "spin", "branch_locations", "passport"])
def test_words_that_only_look_alike_pass(name):
    check_data_items([Item(name)])


def test_nothing_of_it_leaves_even_inside():
    check_outgoing({"number": "6222", "phone": "138", "text_sha256": "0"})
    for body in ({"cvv": "1"}, {"card": {"pin": "1"}}, {"contacts": []}):
        with pytest.raises(GuardRefusal):
            check_outgoing(body)


def hashed(text):
    return sha256(text.encode()).hexdigest()


def test_a_consent_is_to_the_words_shown():
    check_consent_text(Consent(LocalisedText("同意", "agree"), LocalisedText(hashed("同意"), hashed("agree"))))


@pytest.mark.parametrize(("zh", "en", "what"), [("别的", "agree", "zh"), ("同意", "other", "en")])
def test_a_hash_of_other_words_is_refused(zh, en, what):
    with pytest.raises(GuardRefusal) as caught:
        check_consent_text(Consent(LocalisedText("同意", "agree"), LocalisedText(hashed(zh), hashed(en))))
    assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_CONSENT_DIFFERS, what)


class TestSignedStatements:
    key = new_message_key()
    public = raw_public_bytes(key.public_key())
    message = sign_message(key, {"scope": "face_verification", "granted": True, "count": 1})

    def test_as_signed_and_as_expected(self):
        check_signed(self.message, self.public, {"scope": "face_verification", "granted": True})

    @pytest.mark.attack("changed-is-refused")
    @pytest.mark.parametrize(
        "changes", [{"granted": False}, {"more": "x"}, {"signature": ""}, {"signature": None}, {"count": 1.0}]
    )
    def test_changed_is_refused(self, changes):
        with pytest.raises(GuardRefusal) as caught:
            check_signed({**self.message, **changes}, self.public, {})
        assert caught.value.code is ErrorCode.GUARD_SIGNATURE_INVALID

    @pytest.mark.attack("of-somebody-else-is-refused")
    def test_of_somebody_else_is_refused(self):
        with pytest.raises(GuardRefusal):
            check_signed(self.message, raw_public_bytes(new_message_key().public_key()), {})

    @pytest.mark.parametrize("expected", [{"scope": "bureau_query"}, {"granted": 1}, {"application_id": "a"}])
    def test_of_something_else_is_refused(self, expected):
        with pytest.raises(GuardRefusal):
            check_signed(self.message, self.public, expected)
