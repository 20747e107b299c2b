"""The reference lender keeps every rule; a lender that breaks one is found, and by the rule it breaks."""

import json
import re
from contextlib import contextmanager
from datetime import datetime

import pytest

from loanapp.backend.app import create_app
from loanapp.backend.openapi import openapi_document
from loanapp.backend.signing.roots import published_roots
from loanapp.client.endpoint import Endpoint
from loanapp.commands import main
from loanapp.conformance.borrower_rules import BORROWER_RULES
from loanapp.conformance.contract import Contract
from loanapp.conformance.open_rules import OPEN_RULES
from loanapp.conformance.run import Context, RuleId, run_rules
from loanapp.conformance.wire import Wire
from loanapp.domain.clock import CHINA
from tests.loanapp.backend.tls_server import served_over_tls

CONTRACT = Contract(openapi_document())
_phones = iter(range(13922220000, 13922229999))


class Mutated:
    """The lender behind something that spoils what it is asked or what it says."""

    def __init__(self, app, asked=None, told=None):
        self.app, self.asked, self.told = app, asked, told

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.asked is not None:
            scope = self.asked(dict(scope))
        start, body = {}, b""

        async def kept(message):
            nonlocal body
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await self._finish(scope, start, body, send)

        await self.app(scope, receive, kept)

    async def _finish(self, scope, start, body, send):
        status, headers = start["status"], dict(start["headers"])
        if self.told is not None:
            status, headers, body = self.told(scope, status, headers, body)
        headers.pop(b"content-length", None)
        await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def served(lender, asked=None, told=None):
    keys = lender.services.keys
    keys.publish(published_roots(lender.services))
    with served_over_tls(Mutated(create_app(lender.services), asked, told), keys.server_context) as url:
        yield url


def root_of(lender):
    return lender.services.database.path.parent / "public" / "transport_root.pem"


def held_against(lender, rules, asked=None, told=None):
    """The faults by rule."""
    with served(lender, asked, told) as url:
        wire = Wire(Endpoint(url, root_of(lender).read_text()))
        context = Context(wire, CONTRACT, datetime.now(CHINA).date(), {}, phone=str(next(_phones)))
        try:
            findings = run_rules(context, rules)
        finally:
            wire.close()
    return {finding.rule: finding for finding in findings}


@pytest.fixture(scope="module", autouse=True)
def at_the_present(clock):
    """Requests are signed by this computer's clock, as any lender's tester does."""
    from datetime import timedelta

    away, clock.away = clock.away, timedelta(0)
    yield
    clock.away = away


def test_the_reference_lender_keeps_every_rule(lender):
    found = held_against(lender, OPEN_RULES | BORROWER_RULES)
    assert [(rule, fault) for rule, finding in found.items() for fault in finding.faults] == []
    assert set(found) == set(RuleId)
    assert found[RuleId.SIGN_IN_NEEDED].asked >= 30
    assert all(finding.asked for finding in found.values())


def only(*rules):
    """Some of the rules, in their order."""
    return {rule: act for rule, act in (OPEN_RULES | BORROWER_RULES).items() if rule in rules}


def _json(change, path):
    """Answers of a path, changed by ``change``."""

    def told(scope, status, headers, body):
        if re.fullmatch(path, scope["path"]) and body.startswith(b"{") and status < 300:
            whole = json.loads(body)
            change(whole)
            body = json.dumps(whole).encode()
        return status, headers, body

    return told


def _status(path, wanted, to, body=b"{}"):
    def told(scope, status, headers, old):
        if re.fullmatch(path, scope["path"]) and status == wanted:
            return to, {**headers, b"content-type": b"application/json"}, body
        return status, headers, old

    return told


def _without_header(name):
    def told(_scope, status, headers, body):
        return status, {key: value for key, value in headers.items() if key != name}, body

    return told


def _plain_problems(_scope, status, headers, body):
    if status == 404:
        headers = {**headers, b"content-type": b"text/html"}
    return status, headers, body


LENDER = "/v1/lender"
OPEN = {
    "a member of the description is missing": (RuleId.DESCRIPTION, _json(lambda it: it.pop("support"), LENDER)),
    "money as a number": (
        RuleId.DESCRIPTION,
        _json(lambda it: it["products"][0].update(amount_min=1000), LENDER),
    ),
    "a rate over the cap": (
        RuleId.HONEST_PRODUCTS,
        _json(lambda it: it["products"][0].update(annual_rate_pct="30.00"), LENDER),
    ),
    "a penalty over the cap": (
        RuleId.HONEST_PRODUCTS,
        _json(lambda it: it["products"][0].update(penalty_annual_pct="36.00"), LENDER),
    ),
    "contacts are asked for": (
        RuleId.HONEST_QUESTIONS,
        _json(lambda it: it["data_items"][0].update(name={"zh": "通讯录", "en": "Contacts"}), LENDER),
    ),
    "another text than the hash": (
        RuleId.HONEST_QUESTIONS,
        _json(lambda it: it["consents"][0]["text"].update(zh="另一段话"), LENDER),
    ),
    "answers may be cached": (RuleId.NOT_STORED, _without_header(b"cache-control")),
    "a web server's own error page": (RuleId.UNKNOWN_ADDRESS, _plain_problems),
    "a crash on spoiled bodies": (RuleId.SPOILED_BODY, _status("/v1/auth/codes", 422, 500)),
    "an open list of applications": (RuleId.SIGN_IN_NEEDED, _status("/v1/applications", 401, 200)),
    "a loan open to forged tokens": (RuleId.FORGED_TOKEN, _status("/v1/applications/[^/]+/loan", 401, 200)),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_an_open_lender_breaks_is_found(lender, name):
    rule, told = OPEN[name]
    # The description comes first, for the others work by it; the rest of them is run on the lender that keeps all.
    found = held_against(lender, only(RuleId.DESCRIPTION, rule), told=told)
    assert found[rule].faults, name


def test_a_refusal_that_repeats_what_was_sent_is_found(lender):
    def told(scope, status, headers, body):
        if scope["path"] == "/v1/auth/codes" and status == 422:
            body = body[:-1] + b', "said": "' + scope["extensions"]["sent"].encode() + b'"}'
        return status, headers, body

    sent = {}
    real = Wire.call

    def remembered(self, asked):
        if isinstance(asked.body, dict):
            sent["all"] = " ".join(str(value) for value in asked.body.values())
        return real(self, asked)

    def asked(scope):
        scope["extensions"] = {"sent": sent.get("all", "")}
        return scope

    Wire.call = remembered
    try:
        found = held_against(lender, only(RuleId.DESCRIPTION, RuleId.NOTHING_REPEATED), asked=asked, told=told)
    finally:
        Wire.call = real
    assert found[RuleId.NOTHING_REPEATED].faults


ONE = "/v1/applications/[0-9a-f-]{36}"
BORROWER = {
    "a used code opens again": (RuleId.SIGN_IN, _status("/v1/auth/sessions", 401, 200)),
    "a member of an application is missing": (
        RuleId.APPLICATION,
        _json(lambda it: it.pop("allowed_actions", None), ONE),
    ),
    "a draft that may be handed in": (
        RuleId.APPLICATION,
        _json(lambda it: it.get("allowed_actions", []).append("submit"), "/v1/applications"),
    ),
    "another answer under the same key": (RuleId.IDEMPOTENCY, None),
    "limits are not kept": (RuleId.LIMITS, _status("/v1/applications", 422, 201)),
    "a contract from a draft": (RuleId.ORDER_OF_STEPS, _status(f"{ONE}/contract", 404, 200, b"%PDF-")),
    "another's loan": (RuleId.OTHER_PEOPLE, _status("/v1/applications/0{8}-[0-9a-f-]+/loan", 404, 200)),
    "withdrawn and not over": (RuleId.WITHDRAWAL, _status(f"{ONE}/withdraw", 409, 200)),
    "a token that outlives the session": (RuleId.SIGN_OUT, _status("/v1/auth/sessions/current", 204, 200)),
    "signatures that nobody looks at": (RuleId.SIGNED_REQUESTS, _status("/v1/rights-requests/.*", 403, 200)),
    "devices as text": (RuleId.READING, _json(lambda it: it.update(devices="one"), "/v1/auth/devices")),
}


@pytest.mark.parametrize("name", BORROWER)
def test_what_a_lender_breaks_for_a_borrower_is_found(lender, name):
    rule, told = BORROWER[name]
    asked = None
    if rule is RuleId.IDEMPOTENCY:
        counter = iter(range(99))

        def told(scope, status, headers, body):
            if scope["path"].endswith("/consents") and status == 201:
                body = body[:-1] + f', "again": {next(counter)}}}'.encode()
            return status, headers, body

    needed = only(RuleId.DESCRIPTION, RuleId.SIGN_IN, RuleId.APPLICATION, rule)
    found = held_against(lender, needed, asked=asked, told=told)
    assert found[rule].faults, {one: finding.faults for one, finding in found.items() if finding.faults}


class TestCommand:
    def test_all_kept(self, lender, capsys, monkeypatch):
        monkeypatch.setenv("LANGUAGE", "en")
        with served(lender) as url:
            arguments = ["conformance", url, "--root", str(root_of(lender)), "--phone", str(next(_phones))]
            assert main(arguments) == 0
        shown = capsys.readouterr().out
        assert f"All {len(RuleId)} rules are kept." in shown
        assert shown.count("[kept]") == len(RuleId)

    def test_broken_and_in_json(self, lender, capsys):
        with served(lender, told=_without_header(b"cache-control")) as url:
            assert main(["conformance", url, "--root", str(root_of(lender)), "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["kept"], told["signed_in"]) == (False, False)
        (broken,) = [one for one in told["rules"] if one["faults"]]
        assert (broken["rule"], "cache-control" in broken["faults"][0]) == ("not_stored", True)

    def test_what_cannot_be_asked_is_said_in_one_sentence(self, lender, capsys, tmp_path, monkeypatch):
        monkeypatch.setenv("LANGUAGE", "en")
        root = str(root_of(lender))
        nowhere = "https://127.0.0.1:9"
        for arguments, part in (
            (["https://127.0.0.1:1", "--root", str(tmp_path / "none.pem")], "cannot be used"),
            (["http://127.0.0.1:1", "--root", root], "cannot be used"),
            ([nowhere, "--root", root, "--contract", root], "cannot be used"),
            ([nowhere, "--root", root], "does not answer"),
        ):
            assert main(["conformance", *arguments]) == 2
            shown = capsys.readouterr().err
            assert part in shown
            assert shown.count("\n") == 1

    def test_a_committed_contract_is_the_same(self, lender, capsys):
        from loanapp.resource_files import resource_path

        contract = resource_path().parent / "docs" / "openapi.json"
        with served(lender) as url:
            arguments = ["conformance", url, "--root", str(root_of(lender)), "--contract", str(contract), "--json"]
            assert main(arguments) == 0
        assert json.loads(capsys.readouterr().out)["kept"] is True
