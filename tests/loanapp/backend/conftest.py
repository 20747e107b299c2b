"""One lender for the whole package: every part is the real one, only the simulated sources answer at once."""

import base64
import contextlib
import dataclasses
import itertools
import os
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from loanapp.backend.staff.members import add_member
from loanapp.backend.staff.tables import StaffMember
from loanapp.backend.store.tables import Application, Loan
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend.desk import PASSWORD, Desk
from tests.loanapp.backend.remembering_inference import RememberingInference
from tests.loanapp.backend.walk import MovableClock, Walker, serving
from tests.postgresql import cluster

_INSTANT = {
    "registry_seconds": 0.0,
    "face_seconds": 0.0,
    "card_seconds": 0.0,
    "bureau_seconds": 0.0,
    "social_insurance_seconds": 0.0,
    "network_identity_seconds": 0.0,
    "decision_seconds": 0.0,
    "reviewer_seconds": 0.3,
    "clerk_seconds": 0.0,
    "bank_seconds": 0.0,
    "authority_seconds": 0.0,
    "payout_seconds": 0.3,
}
_IMPATIENT = {"waits": (0.05, 0.05)}
_phones = itertools.count(13911110000)
_lenders = []


@pytest.fixture(scope="session")
def clock():
    # Some minutes back, so that moving forward through reading times never leaves the real present behind.
    return MovableClock(timedelta(minutes=-9))


@pytest.fixture(scope="session")
def lender(tmp_path_factory, clock):
    from loanapp.backend.lifecycle.assembly import assemble
    from loanapp.backend.lifecycle.folder import LenderFolder
    from loanapp.backend.policy import load_policies

    policies = load_policies()
    policies = dataclasses.replace(policies, simulation=policies.simulation.model_copy(update=_INSTANT))
    policies = dataclasses.replace(policies, sources=policies.sources.model_copy(update=_IMPATIENT))
    # The whole package signs in from one address.
    unhurried = policies.sign_in.model_copy(update={"codes_network_an_hour": 10_000, "wrong_codes_network": 10_000})
    policies = dataclasses.replace(policies, sign_in=unhurried)
    # All borrowers here are one test person under hundreds of phones, which would be a sign each time.
    unlooked = tuple(rule.model_copy(update={"on": False}) for rule in policies.fraud_signals.rules)
    quiet = policies.fraud_signals.model_copy(update={"rules": unlooked})
    policies = dataclasses.replace(policies, fraud_signals=quiet)
    folder = LenderFolder.made(tmp_path_factory.mktemp("lender") / "data")
    with contextlib.ExitStack() as stack:
        if os.environ.get("LOANAPP_TEST_DATABASE") == "postgresql":
            (folder.root / "database.toml").write_text(stack.enter_context(cluster()).stores())
            from loanapp.backend.served.migrating import migrate
            from loanapp.backend.store.stores import stores

            migrate(stores(folder.root))
        built = assemble(folder, policies, clock)
        yield from _running(built)


def _running(built):
    inference = RememberingInference()
    built = dataclasses.replace(built, services=dataclasses.replace(built.services, inference=inference))
    built.origination.start(built.services)
    _lenders.append(built)
    yield built
    _lenders.remove(built)
    built.close()


@pytest.fixture(scope="module", autouse=True)
def no_loan_stays_open():
    """All borrowers are one test person, who would soon owe as much as one person may."""
    yield
    for lender in _lenders:
        with lender.services.database.write() as session:
            now = lender.services.clock.now()
            session.execute(update(Loan).where(Loan.settled_at.is_(None)).values(settled_at=now))
            paid_out = update(Application).where(Application.status == ApplicationStatus.ACTIVE)
            session.execute(paid_out.values(status=ApplicationStatus.SETTLED))


@pytest.fixture
def paid_out_earlier(lender):
    """``paid_out_earlier(one, days)``: as if the money had come so many days before today; over when the test is.

    All borrowers here are one test person: an overdue loan left behind would rightly stop the next one's application.
    """
    moved = []

    def move(one, days):
        with lender.services.database.write() as session:
            session.get_one(Loan, one.id).disbursed_at -= timedelta(days=days)
        moved.append(one)

    yield move
    for one in moved:
        with lender.services.database.write() as session:
            session.get_one(Loan, one.id).settled_at = lender.services.clock.now()


@pytest.fixture(scope="session")
def http(lender):
    """The lender over TLS 1.3."""
    with serving(lender) as wire:
        yield wire


@pytest.fixture(scope="session")
def walker(http):
    """``walker(key)``: a borrower with the documents of a test identity and a phone nobody used before."""
    return lambda key="approved": Walker(http, key, phone=str(next(_phones)))


@pytest.fixture(scope="module")
def member(lender, http):
    """``member(login, *roles)``: one who has not signed in, made at the first call; gone with the module."""
    services, made = lender.services, {}

    def member_of(login, *roles):
        if login not in made:
            uri = add_member(services, login, PASSWORD, roles).totp_uri
            secret = base64.b32decode(re.search("secret=([A-Z2-7]+)", uri)[1])
            made[login] = Desk(http, lender, login, secret)
        return made[login]

    yield member_of
    for one in made.values():
        one.wire.close()
    with services.database.write() as session:
        # Their names are free again for the next module's desk.
        session.execute(update(StaffMember).values(ended_at=services.clock.now(), login=StaffMember.id))


@pytest.fixture(scope="module")
def desk(member):
    """``desk(login, *roles)``: a member who has signed in."""
    signed_in = set()

    def open_desk(login, *roles):
        one = member(login, *roles)
        if login not in signed_in:
            signed_in.add(login)
            assert one.sign_in().status_code == 303
        return one

    return open_desk


@pytest.fixture
def face_policy(lender, monkeypatch):
    """``face_policy(**changes)``: for this test the lender's policy on faces, and on their upload, is another."""

    services = lender.services
    usual = services.policies

    def change(upload=None, **changes):
        upload = usual.face.upload.model_copy(update=upload or {})
        face = usual.face.model_copy(update={"upload": upload, **changes})
        policies = dataclasses.replace(usual, face=face)
        monkeypatch.setattr(type(services), "policies", property(lambda _services: policies), raising=False)

    return change


@pytest.fixture
def asked(walker):
    """A borrower who may begin a face attempt."""
    one = walker()
    one.sign_in()
    one.create()
    one.documents()
    one.identify()
    one.consents()
    return one
