"""Whether what a time-stamping authority sent back is a time-stamp everybody will accept."""

from datetime import datetime, timedelta
from typing import Final

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimestampRequestError

from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.statement import StatementError, check_token
from loanapp.proof.timestamp import granted

_CLOCKS_DIFFER: Final = timedelta(minutes=1)
_REFUSED: Final = frozenset({"rejection", "waiting", "revocation_warning", "revocation_notification"})


class UnusableTimestampError(ValueError):
    """The token answers another query, is of another time, under no trusted root, or has more than one form."""


def check_reply(query: bytes, reply: bytes, roots_pem: str, now: datetime) -> None:
    """Hold a reply (DER) against the query and ``now``; a refusal of the query passes, for it is an answer.

    Raises :class:`UnusableTimestampError`.
    """
    try:
        request = tsp.TimeStampReq.load(query, strict=True)
        digest = request["message_imprint"]["hashed_message"].native
        whole = bool(request["cert_req"].native)
    except (ValueError, TypeError, KeyError):
        return  # no query at all: whatever was said to it, nobody signs with it
    if _refuses(reply):
        return
    try:
        token = granted(request, reply)["time_stamp_token"].dump()
        moment = check_token(token, digest, ContractRoots(time=(roots_pem,)), now) if whole else now
    except (TimestampRequestError, StatementError, ValueError, TypeError, KeyError) as error:
        raise UnusableTimestampError("the time-stamp does not hold") from error
    if abs(moment - now) > _CLOCKS_DIFFER:
        raise UnusableTimestampError("the time-stamp is of another time")


def _refuses(reply: bytes) -> bool:
    try:
        # Read by itself: a refusal has no token, which the parser of replies holds to be mandatory.
        return tsp.PKIStatusInfo.load(tsp.TimeStampResp.load(reply)[0].dump())["status"].native in _REFUSED
    except (ValueError, TypeError, KeyError):
        return False
