"""How a member comes in and goes: a password with a code, or a passkey; and the page of one's own passkeys.

These pages alone run a script, ``resources/console/passkey.js``: nothing else can ask a browser for a passkey.
"""

import json
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response

from loanapp.backend.auth.webauthn import ALGORITHMS
from loanapp.backend.http.dependencies import ServicesDep
from loanapp.backend.staff import passkeys
from loanapp.backend.staff.answering import COOKIE, ElsewhereError, FormDep, acting, answered, rendered, to, who_is
from loanapp.backend.staff.members import SignInRefusedError, code_shown, sign_in, sign_out
from loanapp.backend.staff.pages import language_of, page, part
from loanapp.backend.staff.passkeys import PasskeyRefusedError
from loanapp.domain.base64url import written_bytes

router = APIRouter()
_THIS_PAGE: Final = ("same-origin", "none")


@router.get("/console.css")
def get_style(request: Request, services: ServicesDep) -> Response:
    """The style sheet."""
    return answered(request, services, lambda: part("console.css"))


@router.get("/icon.svg")
def get_icon(request: Request, services: ServicesDep) -> Response:
    """The icon in a browser's tab."""
    return answered(request, services, lambda: part("icon.svg"))


@router.get("/passkey.js")
def get_script(request: Request, services: ServicesDep) -> Response:
    """The script that asks a browser for a passkey."""
    return answered(request, services, lambda: part("passkey.js"))


@router.get("/sign-in")
def get_sign_in(request: Request, services: ServicesDep) -> Response:
    """The form to sign in."""
    return answered(request, services, lambda: _sign_in(request, services))


def _sign_in(request: Request, services: ServicesDep, fault: str = "", login: str = "") -> Response:
    status = HTTPStatus.UNAUTHORIZED if fault else HTTPStatus.OK
    asked = json.dumps({
        "get": {
            "challenge": written_bytes(passkeys.ask_sign_in(services)),
            "rpId": services.host,
            "userVerification": "required",
            "timeout": services.policies.staff.passkey_seconds * 1000,
        }
    })  # fmt: skip
    return rendered("sign_in", request, status, fault=fault, login=login, asked=asked, script=True)


@router.post("/sign-in")
def post_sign_in(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Sign in with a password and a code; what was wrong is not said."""

    def act() -> Response:
        _of_this_page(request)
        login = form.get("login", "")
        try:
            token = sign_in(services, login, form.get("password", ""), form.get("code", "").replace(" ", ""))
        except SignInRefusedError:
            return _sign_in(request, services, "sign_in_refused", login)
        return _signed_in(token)

    return answered(request, services, act)


@router.post("/sign-in/passkey")
def post_passkey_sign_in(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Sign in with a passkey; what was wrong is not said."""

    def act() -> Response:
        _of_this_page(request)
        try:
            token = passkeys.sign_in(services, passkeys.read_shown(form), _origins(request, services))
        except PasskeyRefusedError:
            return _sign_in(request, services, "passkey_refused")
        return _signed_in(token)

    return answered(request, services, act)


def _of_this_page(request: Request) -> None:
    """Refuse a sign-in that another site's page sends: it would put a member to work in a session of the sender's.

    W3C Fetch Metadata: ``none`` is the address bar. A browser that does not say where a request comes from is let on.
    """
    if request.headers.get("sec-fetch-site", "none") not in _THIS_PAGE:
        language = language_of(request.headers.get("accept-language", ""))
        raise ElsewhereError(page("refused", language, HTTPStatus.FORBIDDEN, why="form"))


def _signed_in(token: str) -> Response:
    answer = to("")
    answer.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")
    return answer


@router.post("/sign-out")
def post_sign_out(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Sign out."""

    def act() -> Response:
        acting(request, services, form, None)
        sign_out(services, request.cookies.get(COOKIE, ""))
        answer = to("/sign-in")
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
        return answer

    return answered(request, services, act)


@router.get("/passkeys")
def get_passkeys(request: Request, services: ServicesDep) -> Response:
    """One's own passkeys, and the form that begins to add one."""
    return answered(request, services, lambda: _passkeys(request, services))


def _passkeys(request: Request, services: ServicesDep, fault: str = "", label: str = "") -> Response:
    who = who_is(request, services)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    keys, most = passkeys.own(services, who), services.policies.staff.passkeys
    return rendered("passkeys", request, status, who=who, keys=keys, most=most, fault=fault, label=label)


@router.post("/passkeys/new")
def post_new_passkey(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """With a code of the authenticator: the page on which a passkey is made."""

    def act() -> Response:
        who, label = acting(request, services, form, None), form.get("label", "").strip()
        if not 0 < len(label) <= passkeys.LABEL_CHARACTERS:
            return _passkeys(request, services, "label", label)
        if not code_shown(services, who, form.get("code", "").replace(" ", "")):
            return _passkeys(request, services, "code", label)
        asked = passkeys.ask_new(services, who)
        made = {
            "create": {
                "challenge": written_bytes(asked.challenge),
                "rp": {"id": services.host, "name": services.policies.profile.name.zh},
                "user": {"id": written_bytes(asked.user), "name": who.login, "displayName": who.login},
                "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in ALGORITHMS],
                "excludeCredentials": [{"type": "public-key", "id": written_bytes(one)} for one in asked.known],
                "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
                "attestation": "none",
                "timeout": services.policies.staff.passkey_seconds * 1000,
            }
        }
        return rendered("passkey_new", request, who=who, label=label, asked=json.dumps(made), script=True)

    return answered(request, services, act)


@router.post("/passkeys")
def post_passkey(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Let the passkey count that was made."""

    def act() -> Response:
        who, label = acting(request, services, form, None), form.get("label", "").strip()
        if not 0 < len(label) <= passkeys.LABEL_CHARACTERS:
            return _passkeys(request, services, "label", label)
        try:
            passkeys.add(services, who, label, passkeys.read_made(form), _origins(request, services))
        except PasskeyRefusedError:
            return _passkeys(request, services, "passkey", label)
        return to("/passkeys")

    return answered(request, services, act)


@router.post("/passkeys/{passkey_id}/removal")
def post_removal(passkey_id: str, request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Remove one of one's own."""

    def act() -> Response:
        passkeys.remove(services, acting(request, services, form, None), passkey_id)
        return to("/passkeys")

    return answered(request, services, act)


def _origins(request: Request, services: ServicesDep) -> tuple[str, ...]:
    """Where the console is: the lender's name, and at the port this very socket listens on; no header says it."""
    host, server = f"https://{services.host}", request.scope.get("server")
    return (host, f"{host}:{server[1]}") if server is not None and server[1] else (host,)
