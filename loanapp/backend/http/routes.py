"""What gives every route its declared problems."""

from typing import Any, Final

from loanapp.backend.http.problems import PROBLEM_TYPE

_MEANING: Final = {
    400: "The request is not well formed",
    401: "Not signed in, or the code does not fit",
    403: "Not allowed: a token or an authorisation is missing",
    404: "Not there, or not this borrower's",
    408: "What was sent came too slowly",
    409: "Not at this point of the application",
    413: "Too large",
    422: "The request does not fit the contract or the policy",
    429: "Too often; see retry_after_seconds",
    500: "The lender failed",
    503: "A source of the lender is down; see retry_after_seconds",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer with these problems."""
    return {
        status: {
            "description": _MEANING[status],
            "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, 403, 422, 500})
    }


def binary(media_type: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers with bytes of this type."""
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}}
