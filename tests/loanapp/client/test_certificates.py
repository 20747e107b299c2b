"""A lender's certificates over the years: run out, renewed, replaced root and all; and who hopes for the moment."""

from datetime import UTC, datetime, timedelta

import pytest
import trustme

from loanapp.client.errors import LenderCertificateWrongError
from loanapp.client.transport import Call

GET = Call("GET", "/v1/applications")
SECRET = "the borrower's sign-in"


@pytest.mark.attack("a-certificate-that-has-run-out-is-refused-unsent")
def test_a_certificate_that_has_run_out_is_refused_unsent(lenders, wire):
    now = datetime.now(UTC)
    lender = lenders(not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))
    with pytest.raises(LenderCertificateWrongError):
        wire(lender.endpoint).send(GET)
    assert lender.requests == []


@pytest.mark.attack("a-certificate-of-the-right-root-for-another-name-is-refused")
@pytest.mark.parametrize("name", ["lender.example", "127.0.0.2", "*.0.0.1"])
def test_a_certificate_of_the_right_root_for_another_name_is_refused(lenders, wire, name):
    lender = lenders(host=name)
    with pytest.raises(LenderCertificateWrongError):
        wire(lender.endpoint).send(GET)
    assert lender.requests == []


@pytest.mark.attack("an-authority-under-another-root-with-the-same-name-is-refused")
def test_an_authority_under_another_root_with_the_same_name_is_refused(lenders, wire):
    named = {"organization_name": "Lender", "organization_unit_name": "Roots"}
    lender, look_alike = lenders(authority=trustme.CA(**named)), lenders(authority=trustme.CA(**named))
    elsewhere = look_alike.endpoint(ca_pem=lender.endpoint().ca_pem)
    with pytest.raises(LenderCertificateWrongError):
        wire(lambda: elsewhere).send(GET)
    assert look_alike.requests == []


def test_a_renewed_key_and_certificate_are_taken_without_a_word(lenders, wire):
    lender = lenders()
    transport = wire(lender.endpoint)
    transport.send(GET)
    lender.renew()
    lender.hang_up()
    assert transport.send(GET).status == 200


@pytest.mark.attack("a-new-root-counts-once-the-profile-names-it-and-the-old-one-no-more")
def test_a_new_root_counts_once_the_profile_names_it_and_the_old_one_no_more(lenders, wire):
    lender, before = lenders(), trustme.CA()
    told = [lender.endpoint()]
    transport = wire(lambda: told[-1])
    transport.send(GET)
    old_root = lender.authority
    lender.renew(before)
    lender.hang_up()
    with pytest.raises(LenderCertificateWrongError):
        transport.send(GET)
    told.append(lender.endpoint())
    assert transport.send(GET).status == 200
    lender.renew(old_root)
    lender.hang_up()
    with pytest.raises(LenderCertificateWrongError):
        transport.send(GET)


def test_both_roots_count_while_one_takes_over_from_the_other(lenders, wire):
    lender, coming = lenders(), trustme.CA()
    both = lender.endpoint().ca_pem + coming.cert_pem.bytes().decode()
    transport = wire(lambda: lender.endpoint(ca_pem=both))
    transport.send(GET)
    lender.renew(coming)
    lender.hang_up()
    assert transport.send(GET).status == 200


@pytest.mark.attack("a-stranger-hears-no-sign-in")
def test_a_stranger_hears_no_sign_in(lenders, wire):
    lender, stranger = lenders(), lenders()
    where = [lender.endpoint()]
    transport = wire(lambda: where[-1])
    transport.access_token = SECRET
    transport.send(GET)
    assert SECRET in lender.requests[0].headers["Authorization"]
    lender.hang_up()
    where.append(stranger.endpoint(ca_pem=lender.endpoint().ca_pem))
    lender.renew(trustme.CA())
    with pytest.raises(LenderCertificateWrongError):
        transport.send(GET)
    assert stranger.requests == []
