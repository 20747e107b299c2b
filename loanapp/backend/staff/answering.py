"""What stands round every answer of the console: whether there is one, who asks, in which language, and refusals."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from loanapp.backend.http.dependencies import ServicesDep
from loanapp.backend.refusal import RefusedError
from loanapp.backend.staff.members import AtWork, anybody, at_work, same_form
from loanapp.backend.staff.pages import HEADERS, language_of, page
from loanapp.backend.staff.tables import StaffRole
from loanapp.domain.errors import ErrorCode

PREFIX: Final = "/console"
COOKIE: Final = "__Host-console"


class ElsewhereError(Exception):
    """Ends a request with this answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


async def sent_form(request: Request) -> dict[str, str]:
    """What a form sends; ``reasons`` and ``items`` are the ticks of those names, one a line."""
    body = (await request.body()).decode("utf-8", "replace")
    many = parse_qs(body)
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()} | {
        "reasons": "\n".join(many.get("reason", [])),
        "items": "\n".join(many.get("item", [])),
    }


FormDep = Annotated[dict[str, str], Depends(sent_form)]


def answered(request: Request, services: ServicesDep, act: Callable[[], Response]) -> Response:
    """What ``act`` answers; every address of a lender without people is one that is not there."""
    with services.database.read() as session:
        there = anybody(session)
    language = language_of(request.headers.get("accept-language", ""))
    if not there:
        return page("absent", language, HTTPStatus.NOT_FOUND)
    try:
        return act()
    except ElsewhereError as early:
        return early.answer
    except RefusedError as refused:
        gone = refused.code is ErrorCode.NOT_FOUND
        status = HTTPStatus.NOT_FOUND if gone else HTTPStatus.CONFLICT
        return page("refused", language, status, why="gone" if gone else "not_you")


def who_is(request: Request, services: ServicesDep, role: StaffRole | None = None) -> AtWork:
    """Whoever is at work; the sign-in page for nobody, a refusal for somebody of another role."""
    found = at_work(services, request.cookies.get(COOKIE, ""))
    if found is None:
        raise ElsewhereError(to("/sign-in"))
    if role is not None and role not in found.roles:
        language = language_of(request.headers.get("accept-language", ""))
        raise ElsewhereError(page("refused", language, HTTPStatus.FORBIDDEN, why="role"))
    return found


def acting(request: Request, services: ServicesDep, form: dict[str, str], role: StaffRole | None) -> AtWork:
    """The same for what changes something: only from a page of this very session."""
    who = who_is(request, services, role)
    if not same_form(who, form.get("form_token", "")):
        language = language_of(request.headers.get("accept-language", ""))
        raise ElsewhereError(page("refused", language, HTTPStatus.FORBIDDEN, why="form"))
    return who


def to(path: str) -> Response:
    """On to another address of the console."""
    return RedirectResponse(PREFIX + path, HTTPStatus.SEE_OTHER, HEADERS)


def rendered(name: str, request: Request, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - a template's
    """One page in the language that is asked for."""
    return page(name, language_of(request.headers.get("accept-language", "")), status, **values)
