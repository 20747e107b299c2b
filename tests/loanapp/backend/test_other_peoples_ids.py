"""Somebody else's numbers at every endpoint of the contract: each answers as if there were no such thing.

The list is read from the contract itself, so an endpoint that is added is attacked the day it is added.
"""

import itertools
import re
import uuid

import pytest

from loanapp.backend.auth.key_tables import SecurityKey
from loanapp.backend.auth.tables import Device
from tests.loanapp.backend.contract_requests import address_of, bodies, operations, owned
from tests.loanapp.backend.walk import Walker

# The only numbers a borrower chooses, for what is being made: an unused one is nobody's, a used one is the maker's.
_CHOSEN_BY_CLIENT = {"repayment_id", "request_id", "ticket_id"}


def _name(one):
    return f"{one[0]} {one[1]}" if isinstance(one, tuple) else str(one)


@pytest.fixture(scope="module")
def victim(http, lender):
    one = Walker(http, phone="13955550001")
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    one.consents()
    session = one.act("/liveness-sessions", {"source_kind": "camera"}, status=201)
    one.session_id = session["session_id"]
    one.key_id = str(uuid.uuid4())
    with lender.services.database.write() as session:
        borrower_id = session.get_one(Device, one.device_id).borrower_id
        more = {"credential_id": b"c", "public_key": b"k", "counter": 0, "label_sealed": b"l"}
        now = lender.services.clock.now()
        session.add(SecurityKey(id=one.key_id, borrower_id=borrower_id, added_at=now, **more))
    return one


@pytest.fixture(scope="module")
def stranger(http):
    one = Walker(http, "review", phone="13955550002")
    one.sign_in()
    return one


def test_every_number_in_an_address_is_accounted_for():
    used = set(itertools.chain(*(re.findall(r"{(\w+)}", path) for _, path, _ in operations())))
    assert used <= {"application_id", "session_id", "device_id", "key_id", "side"} | _CHOSEN_BY_CLIENT


def test_addresses_hold_numbers_without_a_meaning_alone():
    """Addresses end up in logs; a telephone, a name or a token has no place in one, nor behind its question mark."""
    asked = {
        parameter["name"]
        for _, _, told in operations()
        for parameter in told.get("parameters", ())
        if parameter["in"] == "query"
    }
    assert asked <= {"seen", "after", "size"}


@pytest.mark.attack("another-borrowers-number-is-nobodys")
@pytest.mark.parametrize("operation", owned(), ids=_name)
def test_another_borrowers_number_is_nobodys(operation, victim, stranger):
    method, path, told = operation
    before = victim.get()
    address = address_of(path, victim)
    for sent in bodies(told, stranger):
        answer = stranger.call(method, address, key=str(uuid.uuid4()), **sent)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text
        nobodys = address.replace(victim.id, str(uuid.uuid4())).replace(victim.session_id, str(uuid.uuid4()))
        nobodys = nobodys.replace(victim.device_id, str(uuid.uuid4())).replace(victim.key_id, str(uuid.uuid4()))
        other = stranger.call(method, nobodys, key=str(uuid.uuid4()), **sent)
        # Not a word tells a number that is somebody's from one that is nobody's.
        assert _shape(other) == _shape(answer)
        assert victim.who.name not in answer.text
        assert victim.phone not in answer.text
    assert victim.get() == before


def _shape(answer):
    told = answer.json()
    return answer.status_code, {name: told[name] for name in told if name not in ("instance", "correlation_id")}


# An empty requirement among them says that a sign-in is not needed.
_SIGNED_IN = [one for one in operations() if one[2].get("security") and {} not in one[2]["security"]]


@pytest.mark.attack("without-a-token-of-the-lenders-nothing-is-told")
@pytest.mark.parametrize("operation", _SIGNED_IN, ids=_name)
@pytest.mark.parametrize("token", [None, "x", "ey.ey.ey", "0" * 4096], ids=["none", "short", "shaped", "long"])
def test_without_a_token_of_the_lenders_nothing_is_told(operation, token, victim, http):
    method, path, told = operation
    nobody = Walker(http)
    for sent in bodies(told, victim):
        answer = nobody.call(method, address_of(path, victim), key=str(uuid.uuid4()), token=token, **sent)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out"), answer.text
        assert victim.id not in answer.text.replace(answer.json().get("instance", ""), "")


@pytest.mark.attack("what-needs-no-sign-in-is-a-short-list")
def test_what_needs_no_sign_in_is_a_short_list():
    assert {(method, path) for method, path, told in operations() if {} in told.get("security", [{}])} == {
        ("GET", "/v1/health"),
        ("GET", "/v1/lender"),
        ("GET", "/v1/demonstration/identities"),
        ("POST", "/v1/auth/codes"),
        ("POST", "/v1/auth/sessions"),
        ("POST", "/v1/auth/refresh"),
        ("POST", "/v1/auth/password-sessions"),
        ("POST", "/v1/auth/security-keys/authentication"),
        ("PUT", "/v1/upload-trial"),
        ("PUT", "/v1/support-tickets/{ticket_id}"),
    }


@pytest.mark.attack("a-number-in-the-address-is-no-way-into-files")
def test_a_number_in_the_address_is_no_way_into_files(victim, stranger):
    for trick in ("..%2f..%2fetc%2fpasswd", "%00", "%2e%2e", "'%20or%201=1--", "x" * 4000):
        for one in (victim, stranger):
            answer = one.call("GET", f"/v1/applications/{trick}")
            assert answer.status_code in {401, 404, 422}, trick
            assert "root:" not in answer.text


@pytest.fixture(autouse=True, scope="module")
def nothing_stays_open(victim):
    yield
    victim.act("/withdraw")
