"""What can be asked of any lender without signing in: it describes itself, is honest, and refuses well."""

import secrets
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from loanapp.client.answers import LenderProfile
from loanapp.client.errors import AnswerUnreadableError
from loanapp.client.reading import JsonObject
from loanapp.conformance.contract import Operation
from loanapp.conformance.run import Context, Rule, RuleId, StoppedError
from loanapp.conformance.wire import Asked, Reply
from loanapp.domain.schedule import loan_schedule
from loanapp.guard.offers import cost_cap_pct, own_cost
from loanapp.guard.permissions import check_consent_text, check_data_items, check_founded
from loanapp.guard.refusal import GuardRefusal

_PHONE: Final = "13800009999"
_LARGE: Final = 9 << 20


def describes_itself(context: Context) -> Iterator[str]:
    """What anybody may ask for is there, as the contract writes it, and this program can read it."""
    for path in ("/v1/health", "/v1/lender"):
        operation = context.contract.operation("GET", path)
        reply = context.wire.call(Asked("GET", path, signed=False))
        faults = context.contract.faults(operation, reply)
        yield from faults or [""]
        yield "" if reply.status == 200 else f"{reply.call}: status {reply.status}"
    if not isinstance(reply.json, dict):
        raise StoppedError("a lender that does not describe itself cannot be asked anything")
    context.lender = reply.json
    try:
        LenderProfile.read(JsonObject(reply.json))
    except AnswerUnreadableError as error:
        yield f"{reply.call}: this program cannot read it: {error}"


def products_are_honest(context: Context) -> Iterator[str]:
    """No fee before the money, no cost over the cap of today, over any term and amount that is offered."""
    cap = cost_cap_pct(context.today)
    for product in context.lender.get("products", []):
        name = f"product {product.get('id')}"
        if Decimal(product.get("fee_before_payout", "0")) != 0:
            yield f"{name}: a fee before the payout"
        if Decimal(product["penalty_annual_pct"]) > cap:
            yield f"{name}: its penalty is over {cap} %"
        for months in product["months"]:
            for amount in (product["amount_min"], product["amount_max"]):
                yield _cost(context, product, Decimal(amount), months, cap)


def _cost(context: Context, product: dict[str, Any], amount: Decimal, months: int, cap: Decimal) -> str:
    from loanapp.domain.schedule import RepaymentMethod  # noqa: PLC0415 - beside its one use

    schedule = loan_schedule(
        amount,
        Decimal(product["annual_rate_pct"]),
        months,
        RepaymentMethod(product["method"]),
        context.today,
        fee_per_instalment=Decimal(product["fee_per_instalment"]),
    )
    cost = own_cost(schedule, schedule.principal).headline
    return "" if cost <= cap else f"product {product['id']}: {cost} % over {months} months is over the cap of {cap} %"


def questions_are_honest(context: Context) -> Iterator[str]:
    """Nothing forbidden is asked for, all of it for a stated reason, and each consent's hash is of the words shown."""
    try:
        profile = LenderProfile.read(JsonObject(context.lender))
    except AnswerUnreadableError:
        return  # the rule before says so
    for check in (lambda: check_data_items(profile.data_items), lambda: check_founded(profile.data_items)):
        yield _refused(check)
    for consent in profile.consents:
        yield _refused(lambda consent=consent: check_consent_text(consent))


def _refused(check: Any) -> str:  # noqa: ANN401 - a call without arguments
    try:
        check()
    except GuardRefusal as error:
        return f"GET /v1/lender: the guard refuses it: {error}"
    return ""


def nothing_is_stored(context: Context) -> Iterator[str]:
    """No cache keeps an answer, and no browser guesses its type."""
    for path in ("/v1/lender", "/v1/applications"):
        reply = context.wire.call(Asked("GET", path, signed=False))
        for header, value in (("cache-control", "no-store"), ("x-content-type-options", "nosniff")):
            held = value in reply.headers.get(header, "")
            yield "" if held else f"{reply.call}: {header} is not {value}"


def unknown_addresses(context: Context) -> Iterator[str]:
    """What is not there is a 404 with a problem, and another method a refusal."""
    for method, path in (("GET", "/v1/no-such-thing"), ("DELETE", "/v1/lender"), ("GET", "/v1/lender/../lender2")):
        reply = context.wire.call(Asked(method, path, signed=False))
        if not 400 <= reply.status < 500:
            yield f"{reply.call}: status {reply.status}"
        else:
            yield from context.contract.problem_faults(reply) or [""]


def spoiled_bodies(context: Context) -> Iterator[str]:
    """A body that is none is refused with 4xx and a problem, whatever is wrong with it."""
    path = "/v1/auth/codes"
    spoiled: dict[str, bytes] = {
        "cut off": b'{"phone": "1380',
        "not UTF-8": b'{"phone": "\xff\xfe", "purpose": "sign_in"}',
        "a list": b"[]",
        "another type": b'{"phone": 13800000000, "purpose": "sign_in"}',
        "a member missing": b'{"purpose": "sign_in"}',
        "another word": b'{"phone": "13800009999", "purpose": "conformance"}',
        "too deep": b'{"phone": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        "nothing": b"",
        "too large": b'{"phone": "' + b"1" * _LARGE + b'"}',
    }
    for name, content in spoiled.items():
        reply = context.wire.call(Asked("POST", path, content=content, signed=False, template=f"{path} ({name})"))
        if not 400 <= reply.status < 500:
            yield f"{reply.call}: status {reply.status}"
        else:
            yield from context.contract.problem_faults(reply) or [""]


def nothing_is_repeated(context: Context) -> Iterator[str]:
    """A refusal does not say again what was sent: it may stand in somebody's log."""
    sent = f"1{secrets.randbelow(10**10):010d}9"  # a digit too many: no phone of anybody's
    for body in ({"phone": sent, "purpose": "sign_in"}, {"phone": _PHONE, "purpose": sent}):
        reply = context.wire.call(Asked("POST", "/v1/auth/codes", body=body, signed=False))
        if reply.status < 400:
            yield f"{reply.call}: status {reply.status}"
        else:
            yield f"{reply.call}: the refusal says again what was sent" if sent.encode() in reply.content else ""


def sign_in_is_needed(context: Context) -> Iterator[str]:
    """Whoever is not signed in gets 401 from every operation that is about a borrower."""
    for operation in context.contract.operations():
        if operation.needs_sign_in:
            yield from _unauthorised(context, operation, _empty(context, operation, None))


def forged_tokens(context: Context) -> Iterator[str]:
    """So does whoever brings a token nobody gave out."""
    for operation in context.contract.operations():
        if operation.needs_sign_in:
            yield from _unauthorised(context, operation, _empty(context, operation, secrets.token_urlsafe(32)))


def _empty(context: Context, operation: Operation, token: str | None) -> Reply:
    """The operation with as little as its kind of body takes: who asks must be known before what is asked."""
    content = b"" if operation.media and operation.media != "application/json" else None
    return context.wire.call(
        Asked(
            operation.method,
            operation.at(),
            body={} if operation.media == "application/json" else None,
            content=content,
            media=operation.media or "application/json",
            token=token,
            template=operation.path,
        )
    )


def _unauthorised(context: Context, operation: Operation, reply: Reply) -> Iterator[str]:
    del operation
    if reply.status != 401:
        yield f"{reply.call}: status {reply.status} without a sign-in"
    else:
        yield from context.contract.problem_faults(reply) or [""]


OPEN_RULES: Final[dict[RuleId, Rule]] = {
    RuleId.DESCRIPTION: describes_itself,
    RuleId.HONEST_PRODUCTS: products_are_honest,
    RuleId.HONEST_QUESTIONS: questions_are_honest,
    RuleId.NOT_STORED: nothing_is_stored,
    RuleId.UNKNOWN_ADDRESS: unknown_addresses,
    RuleId.SPOILED_BODY: spoiled_bodies,
    RuleId.NOTHING_REPEATED: nothing_is_repeated,
    RuleId.SIGN_IN_NEEDED: sign_in_is_needed,
    RuleId.FORGED_TOKEN: forged_tokens,
}
