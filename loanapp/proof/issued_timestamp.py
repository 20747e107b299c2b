"""Whether what a time-stamping authority sent back is a time-stamp everybody will accept."""

from datetime import datetime
from typing import Final

from asn1crypto import core, tsp
from cryptography import x509
from pyhanko.sign.timestamps import TimestampRequestError

from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.signing_times import signing_times
from loanapp.proof.statement import StatementError, check_token
from loanapp.proof.timestamp import granted

_REFUSED: Final = frozenset({"rejection", "waiting", "revocation_warning", "revocation_notification"})


class UnusableTimestampError(ValueError):
    """The token answers another query, is of another time, under no trusted root, or has more than one form."""


def check_reply(query: bytes, reply: bytes, roots_pem: str, asked: datetime, answered: datetime) -> None:
    """Hold a reply (DER) against the query and the moments around it; a refusal of the query passes as an answer.

    The authority's clock may differ from ``asked`` and ``answered`` by what whoever verifies a bundle forgives.

    Raises :class:`UnusableTimestampError`.
    """
    try:
        request = tsp.TimeStampReq.load(query, strict=True)
        digest = request["message_imprint"]["hashed_message"].native
        whole = bool(request["cert_req"].native)
    except (ValueError, TypeError, KeyError):
        return  # no query at all: whatever was said to it, nobody signs with it
    if refuses(reply):
        return
    try:
        token = granted(request, reply)["time_stamp_token"].dump()
        moment = check_token(token, digest, ContractRoots(time=(roots_pem,)), answered) if whole else answered
    except (TimestampRequestError, StatementError, ValueError, TypeError, KeyError) as error:
        raise UnusableTimestampError("the time-stamp does not hold") from error
    apart = signing_times().clocks_differ
    # A token tells whole seconds.
    if not asked.replace(microsecond=0) - apart <= moment <= answered + apart:
        raise UnusableTimestampError("the time-stamp is of another time")


def carried_chain(reply: bytes) -> list[x509.Certificate]:
    """The certificates in a checked reply's token, the signer's first; none where the query asked for none."""
    if refuses(reply):
        return []
    try:
        content = tsp.TimeStampResp.load(reply)["time_stamp_token"]["content"]
        found = [x509.load_der_x509_certificate(one.chosen.dump()) for one in content["certificates"]]
        serial = content["signer_infos"][0]["sid"].chosen["serial_number"].native
    except (ValueError, TypeError, KeyError):
        return []
    return sorted(found, key=lambda one: one.serial_number != serial)


def refuses(reply: bytes) -> bool:
    """Whether a reply (DER) says that no time-stamp is given, for whatever reason."""
    try:
        # Read by itself: a refusal has no token, which the parser of replies holds to be mandatory.
        return tsp.PKIStatusInfo.load(core.Sequence.load(reply, strict=True)[0].dump())["status"].native in _REFUSED
    except (ValueError, TypeError, KeyError):
        return False
