"""What is asked of a lender by one borrower who signs in, begins an application and withdraws it."""

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from loanapp.client.answers import Application
from loanapp.client.errors import AnswerUnreadableError
from loanapp.client.reading import JsonObject
from loanapp.conformance.contract import NOBODYS
from loanapp.conformance.run import Context, Rule, RuleId, StoppedError
from loanapp.conformance.wire import Asked, Reply
from loanapp.domain.errors import ErrorCode
from loanapp.proof.request_proof import written_device_key

_APPLICATIONS: Final = "/v1/applications"
_ONE: Final = "/v1/applications/{application_id}"


def signing_in(context: Context) -> Iterator[str]:
    """A code, a wrong code refused, the right one exchanged for a session bound to this computer's key."""
    codes = context.contract.operation("POST", "/v1/auth/codes")
    reply = context.wire.call(Asked("POST", codes.path, body={"phone": context.phone, "purpose": "sign_in"}))
    yield from context.contract.faults(codes, reply) or [""]
    if reply.status != 201:
        raise StoppedError(f"{reply.call}: status {reply.status}, so nobody can sign in")
    told = reply.json
    code = _code(context, told)
    wrong = "000000" if code != "000000" else "111111"
    sessions = context.contract.operation("POST", "/v1/auth/sessions")
    reply = context.wire.call(Asked("POST", sessions.path, body=_session(context, told, wrong)))
    yield "" if 400 <= reply.status < 500 else f"{reply.call}: status {reply.status} for a wrong code"
    yield from context.contract.faults(sessions, reply) or [""]
    reply = context.wire.call(Asked("POST", sessions.path, body=_session(context, told, code)))
    yield from context.contract.faults(sessions, reply) or [""]
    if reply.status != 201:
        raise StoppedError(f"{reply.call}: status {reply.status} for the right code")
    context.token = reply.json["access_token"]
    reply = context.wire.call(Asked("POST", sessions.path, body=_session(context, told, code)))
    yield "" if 400 <= reply.status < 500 else f"{reply.call}: status {reply.status} for a code that was used"


def _code(context: Context, told: dict[str, Any]) -> str:
    message = told.get("simulated_message")
    if message:
        return str(message["code"])
    if context.ask_code is None:
        raise StoppedError("the code went to the phone, and nobody is here to type it")
    return context.ask_code()


def _session(context: Context, told: dict[str, Any], code: str) -> dict[str, str]:
    key = written_device_key(context.wire.key.public_key())
    return {"challenge_id": told["challenge_id"], "code": code, "device_key": key, "system": "linux"}


def requests_are_signed(context: Context) -> Iterator[str]:
    """The token alone opens nothing: the request must be signed by the computer's key, once, and as it was sent."""
    signed = Asked("POST", "/v1/my-data/copies", body={}, token=context.token, signed=False)
    reply = context.wire.call(signed)
    yield _unproven(reply, "without a signature")
    body = {"text": "", "kind": "explanation"}
    path = f"/v1/rights-requests/{uuid.uuid4()}"
    context.wire.call(Asked("PUT", path, body=body, token=context.token, template="/v1/rights-requests/{request_id}"))
    proof = context.wire.last_proof
    replayed = Asked("PUT", path, body=body, token=context.token, proof=proof, template=f"{path[:20]} (replayed)")
    reply = context.wire.call(replayed)
    yield _unproven(reply, "for a signature that was used")
    altered = Asked("PUT", path, body=body | {"text": "x"}, token=context.token, proof=proof, template="(altered)")
    reply = context.wire.call(altered)
    yield _unproven(reply, "for another body under a signature")


def _unproven(reply: Reply, of_what: str) -> str:
    told = reply.json
    refused = reply.status == 403 and isinstance(told, dict) and told.get("code") == ErrorCode.REQUEST_UNPROVEN
    return "" if refused else f"{reply.call}: status {reply.status} {of_what}"


def what_can_be_read(context: Context) -> Iterator[str]:
    """Every list of the borrower's own is there and written as the contract says."""
    for path in (_APPLICATIONS, "/v1/auth/devices", "/v1/data-uses", "/v1/rights-requests"):
        reply = context.wire.call(Asked("GET", path, token=context.token))
        yield from context.contract.faults(context.contract.operation("GET", path), reply) or [""]
        yield "" if reply.status == 200 else f"{reply.call}: status {reply.status}"


def _terms(context: Context, **changes: object) -> dict[str, object]:
    product = context.lender["products"][0]
    terms: dict[str, object] = {
        "product_id": product["id"],
        "amount": product["amount_min"],
        "months": product["months"][0],
        "method": product["method"],
        "purpose": product["purposes"][0],
    }
    return terms | changes


def limits_are_kept(context: Context) -> Iterator[str]:
    """Terms that are not offered are refused, with what would be possible, and nothing begins."""
    product = context.lender["products"][0]
    over = Decimal(product["amount_max"]) + Decimal(product["amount_step"])
    wrong: dict[str, dict[str, object]] = {
        "amount above": {"amount": f"{over:.2f}"},
        "amount as a number": {"amount": 1000},
        "months": {"months": max(product["months"]) + 1},
        "product": {"product_id": "no-such-product"},
        "purpose": {"purpose": "speculation"},
    }
    operation = context.contract.operation("POST", _APPLICATIONS)
    for name, change in wrong.items():
        body, key = _terms(context, **change), str(uuid.uuid4())
        asked = Asked("POST", _APPLICATIONS, body=body, key=key, token=context.token)
        asked.template = f"{_APPLICATIONS} ({name})"
        reply = context.wire.call(asked)
        yield "" if reply.status == 422 else f"{reply.call}: status {reply.status}"
        yield from context.contract.faults(operation, reply) or [""]


def an_application(context: Context) -> Iterator[str]:
    """Begun once, one at a time, a draft that says what may be done, and read by this program."""
    operation = context.contract.operation("POST", _APPLICATIONS)
    reply = _create(context, str(uuid.uuid4()))
    yield from context.contract.faults(operation, reply) or [""]
    if reply.status != 201:
        raise StoppedError(f"{reply.call}: status {reply.status}; the test borrower must have nothing under way")
    context.application = str(reply.json["id"])
    yield "" if reply.json["status"] == "draft" else f"{reply.call}: it begins as {reply.json['status']}"
    yield "" if "withdraw" in reply.json["allowed_actions"] else f"{reply.call}: it cannot be withdrawn"
    yield "" if "submit" not in reply.json["allowed_actions"] else f"{reply.call}: it may be handed in empty"
    try:
        Application.read(JsonObject(reply.json))
    except AnswerUnreadableError as error:
        yield f"{reply.call}: this program cannot read it: {error}"
    reply = _create(context, str(uuid.uuid4()))
    yield "" if reply.status == 409 else f"{reply.call}: status {reply.status} for a second one under way"
    one = context.contract.operation("GET", _ONE)
    reply = context.wire.call(Asked("GET", one.at(application_id=context.application), token=context.token))
    yield from context.contract.faults(one, reply) or [""]


def _create(context: Context, key: str, **changes: object) -> Reply:
    return context.wire.call(
        Asked("POST", _APPLICATIONS, body=_terms(context, **changes), key=key, token=context.token)
    )


def keys_are_kept(context: Context) -> Iterator[str]:
    """The same key is the same act: answered as before, refused for another body, asked for where it is missing."""
    scope = context.lender["consents"][0]
    body = {
        "scope": scope["scope"],
        "granted": False,
        "text_version": scope["version"],
        "text_sha256": scope["sha256"]["zh"],
        "language": "zh",
    }
    operation = context.contract.operation("POST", f"{_ONE}/consents")
    path, key = operation.at(application_id=context.application), str(uuid.uuid4())

    def answer(sent: dict[str, object], key: str | None) -> Reply:
        return context.wire.call(Asked("POST", path, body=sent, key=key, token=context.token, template=operation.path))

    first, second = answer(body, key), answer(body, key)
    yield from context.contract.faults(operation, first) or [""]
    same = (first.status, first.content) == (second.status, second.content)
    yield "" if same else f"{second.call}: another answer under the same key"
    reply = answer(body | {"granted": True}, key)
    told = reply.json if isinstance(reply.json, dict) else {}
    used = reply.status == 422 and told.get("code") == ErrorCode.IDEMPOTENCY_KEY_REUSED
    yield "" if used else f"{reply.call}: status {reply.status} for another body under a key"
    reply = answer(body, None)
    yield "" if reply.status == 422 else f"{reply.call}: status {reply.status} without a key"


def steps_come_in_order(context: Context) -> Iterator[str]:
    """What comes later cannot be had from a draft: no submission, offer, contract, loan or evidence."""
    later = [
        ("POST", "submit", {}),
        ("POST", "offer/accept", {"offer_id": NOBODYS}),
        ("GET", "cost-disclosure", None),
        ("GET", "contract", None),
        ("GET", "loan", None),
        ("GET", "evidence", None),
        ("GET", "loan/settlement-certificate", None),
    ]
    for method, rest, body in later:
        operation = context.contract.operation(method, f"{_ONE}/{rest}")
        path = operation.at(application_id=context.application)
        asked = Asked(method, path, body=body, key=str(uuid.uuid4()), token=context.token, template=operation.path)
        reply = context.wire.call(asked)
        yield "" if reply.status in {404, 409, 422} else f"{reply.call}: status {reply.status} from a draft"
        yield from context.contract.faults(operation, reply) or [""]


def other_people_do_not_exist(context: Context) -> Iterator[str]:
    """An application that is not the borrower's own is not there, by whatever operation."""
    for operation in context.contract.operations():
        if operation.method != "GET" or "{application_id}" not in operation.path:
            continue
        reply = context.wire.call(Asked("GET", operation.at(), token=context.token, template=operation.path))
        yield "" if reply.status == 404 else f"{reply.call}: status {reply.status} for nobody's application"


def withdrawing(context: Context) -> Iterator[str]:
    """A draft can be withdrawn at any time, is over then, and nothing more can be done with it."""
    operation = context.contract.operation("POST", f"{_ONE}/withdraw")
    path, key = operation.at(application_id=context.application), str(uuid.uuid4())
    asked = Asked("POST", path, body={}, key=key, token=context.token, template=operation.path)
    reply = context.wire.call(asked)
    yield from context.contract.faults(operation, reply) or [""]
    told = reply.json if isinstance(reply.json, dict) else {}
    yield "" if told.get("status") == "withdrawn" else f"{reply.call}: status {told.get('status')}"
    asked.key = str(uuid.uuid4())
    reply = context.wire.call(asked)
    yield "" if reply.status == 409 else f"{reply.call}: status {reply.status} for one that is over"


def signing_out(context: Context) -> Iterator[str]:
    """After signing out the token opens nothing."""
    reply = context.wire.call(Asked("DELETE", "/v1/auth/sessions/current", token=context.token))
    yield "" if reply.status == 204 else f"{reply.call}: status {reply.status}"
    reply = context.wire.call(Asked("GET", _APPLICATIONS, token=context.token))
    yield "" if reply.status == 401 else f"{reply.call}: status {reply.status} after signing out"


BORROWER_RULES: Final[dict[RuleId, Rule]] = {
    RuleId.SIGN_IN: signing_in,
    RuleId.SIGNED_REQUESTS: requests_are_signed,
    RuleId.READING: what_can_be_read,
    RuleId.LIMITS: limits_are_kept,
    RuleId.APPLICATION: an_application,
    RuleId.IDEMPOTENCY: keys_are_kept,
    RuleId.ORDER_OF_STEPS: steps_come_in_order,
    RuleId.OTHER_PEOPLE: other_people_do_not_exist,
    RuleId.WITHDRAWAL: withdrawing,
    RuleId.SIGN_OUT: signing_out,
}
