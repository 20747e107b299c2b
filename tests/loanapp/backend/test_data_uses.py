"""A borrower's own history over the wire: the real client, the real lender, and a computer that remembers."""

import json
import re
from pathlib import Path

import pytest

from loanapp.backend.store import ledger
from loanapp.backend.store.tables import LedgerRow
from loanapp.client.endpoint import Endpoint
from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.journey import Journey
from loanapp.resource_files import read_toml


@pytest.fixture
def program(lender, http, tmp_path):
    """``program(walker)``: the program of a borrower who is signed in already, on one computer."""
    started = []

    def start(one):
        root = lender.services.keys.transport_root.certificate_pem
        journey = Journey(lambda: Endpoint(http.url, root), tmp_path, clock=lender.services.clock)
        started.append(journey)
        journey.connect()
        journey._open()
        journey.client.access_token = one.token
        journey.draft.borrower_id = "somebody"
        return journey

    yield start
    for journey in started:
        journey.close()


def test_a_borrower_sees_every_use_and_nobody_elses(walker, program):
    one, other = walker(), walker()
    one.ready_to_submit()
    other.sign_in()
    other.create()
    one.act("/submit")
    one.wait("offered")
    found = program(one).data_uses()
    assert {use.application_id for use in found.uses} == {one.id}
    told = [use.act for use in found.uses]
    assert {"status.draft", "check.document_read", "consent.face_verification", "share.bank_card"} <= set(told)
    assert {"share.identity", "share.credit", "decision", "status.offered"} <= set(told)
    assert [use.no for use in found.uses] == sorted(use.no for use in found.uses)
    bureau = next(use for use in found.uses if use.act == "share.credit")
    assert (bureau.recipient, bureau.data) == ("credit_bureau", ("identity_number",))


def test_a_history_rewritten_between_two_visits_is_found_and_kept_as_evidence(walker, program, lender):
    one = walker()
    one.sign_in()
    one.create()
    journey = program(one)
    first = journey.data_uses()
    assert journey.data_uses().size >= first.size
    number = first.uses[0].no
    with lender.services.database.write() as session:
        row = session.get_one(LedgerRow, number)
        was, row.recipient = row.recipient, "nobody"
    try:
        with pytest.raises(GuardRefusal) as caught:
            program(one).data_uses()
        assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_LEDGER_REWRITTEN, "edited")
        kept = json.loads(journey.ledger_evidence())
        assert kept["heads"]
        assert kept["conflict"]["fault"] == "edited"
        assert kept["conflict"]["answer"]["head"]["signature"]
        (contradicts,) = [entry for entry in kept["conflict"]["entries"] if entry["entry"]["no"] == number]
        assert set(contradicts) == {"entry", "size", "path"}  # what an entry says goes to nobody with the evidence
    finally:
        with lender.services.database.write() as session:
            session.get_one(LedgerRow, number).recipient = was


def test_a_long_history_comes_in_pages(walker, program, monkeypatch):
    from loanapp.backend.data_uses import history

    one = walker()
    one.sign_in()
    one.create()
    one.consents()
    whole = program(one).data_uses()
    monkeypatch.setattr(history, "PAGE", 1)
    assert [use.no for use in program(one).data_uses().uses] == [use.no for use in whole.uses]
    assert len(whole.uses) > 2


def test_what_is_written_while_pages_are_read_moves_none_of_them(walker, program, monkeypatch):
    from loanapp.backend.data_uses import history

    one = walker()
    one.sign_in()
    one.create()
    one.consents()
    journey = program(one)
    whole = journey.data_uses()
    monkeypatch.setattr(history, "PAGE", 2)
    asked, ask = [], journey.client.data_uses

    def ask_while_others_write(**more):
        asked.append(more)
        one.profile()
        one.consent("bureau_query")
        return ask(**more)

    monkeypatch.setattr(journey.client, "data_uses", ask_while_others_write)
    found = journey.data_uses()
    numbers = [use.no for use in found.uses]
    assert numbers[: len(whole.uses)] == [use.no for use in whole.uses]
    assert len(asked) == -(-len(numbers) // 2)  # no page is read twice


def test_the_contract_names_a_head_of_the_ledger(walker, lender, monkeypatch):
    from loanapp.backend import contracts
    from loanapp.backend.store.ledger_tree import LedgerTree

    written, render = [], contracts.render_contract
    monkeypatch.setattr(contracts, "render_contract", lambda data: written.append(data.ledger_head) or render(data))
    one = walker()
    one.ready_to_submit()
    one.act("/submit")
    one.wait("offered")
    one.accept()
    size, _, root = written[0].partition(":")
    with lender.services.database.read() as session:
        assert LedgerTree(session).root(int(size)) == root


def test_every_act_of_the_program_is_explained():
    """Whatever the lender's code writes into the ledger has a row that says which data it used and who had them."""
    items = {item["id"] for item in read_toml("policy", "data_items.toml")["data_items"]}
    recipients = read_toml("policy", "data_uses.toml")["recipients"]
    items |= set(read_toml("policy", "data_uses.toml")["parts"])
    for act, use in ledger.uses().items():
        assert set(use["data"]) <= items, act
        assert use["recipient"] in recipients, act
    backend = Path(ledger.__file__).parents[1]
    source = "\n".join(path.read_text("utf-8") for path in backend.rglob("*.py"))
    named = set(re.findall(r'"check": "(\w+)"', source)) | set(re.findall(r'"what": "(\w+)"', source))
    explained = {act.partition(".")[2] for act in ledger.uses()}
    assert named <= explained
    assert len(named) > 10
