from datetime import UTC, date, datetime

import pytest

from loanapp.demonstration.identities import DemonstrationIdentity, LeadsTo, find_identity, load_identities
from loanapp.domain.bank_card import luhn_valid, parse_card_number
from loanapp.domain.identity_number import parse_identity_number
from loanapp.domain.phone import parse_phone

TODAY = datetime.now(UTC).date()


@pytest.mark.parametrize("identity", load_identities(), ids=lambda identity: identity.key)
def test_every_identity_is_well_formed_and_plainly_a_test(identity: DemonstrationIdentity):
    number = parse_identity_number(identity.identity_number, TODAY)
    assert number.age_on(TODAY) >= 22
    assert number.region.endswith("99"), "a county code that belongs to no county"
    assert parse_phone(identity.phone) == identity.phone
    assert identity.phone.startswith("1380000")
    assert luhn_valid(parse_card_number(identity.card_number))
    assert identity.name.startswith("测试")
    assert identity.note["zh"]
    assert identity.note["en"]
    assert identity.monthly_income > identity.monthly_debt


def test_keys_numbers_phones_and_cards_are_each_used_once():
    identities = load_identities()
    for field in ("key", "name", "identity_number", "phone", "card_number"):
        values = [getattr(identity, field) for identity in identities]
        assert len(set(values)) == len(values), field


def test_every_outcome_has_an_identity_that_leads_to_it():
    assert {identity.leads_to for identity in load_identities()} == set(LeadsTo)


def test_only_the_refused_have_reasons():
    for identity in load_identities():
        refused = identity.leads_to in {LeadsTo.DECLINED, LeadsTo.IDENTITY_MISMATCH}
        assert bool(identity.reasons) == refused, identity.key


def test_expired_and_long_term_documents_are_among_them():
    assert find_identity("approved_long_term").valid_until is None
    expired = find_identity("document_expired").valid_until
    assert expired is not None
    assert expired < date(2026, 1, 1)


def test_unknown_key():
    with pytest.raises(KeyError):
        find_identity("nobody")
