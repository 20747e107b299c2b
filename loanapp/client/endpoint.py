"""Where a lender answers and which roots prove it."""

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from loanapp.client.errors import LenderCertificateWrongError, LenderUnreachableError
from loanapp.client.reading import AnswerUnreadableError, JsonObject
from loanapp.proof.contract_roots import ContractRoots

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LARGEST_FILE: Final = 256 * 1024
FILE_NAME: Final = "endpoint.json"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Address and roots of one lender.

    ``ca_pem`` is the only root TLS accepts. ``document_root_pem`` and ``time_root_pem`` are the roots of contract
    signatures and time-stamps; they are separate on purpose. ``borrower_root_pem`` is there where another authority
    than the lender's own certifies borrowers' keys. ``instance_token`` is the embedded lender's alone.
    """

    base_url: str
    ca_pem: str
    instance_token: str | None = None
    document_root_pem: str = ""
    time_root_pem: str = ""
    borrower_root_pem: str = ""

    @property
    def contract_roots(self) -> ContractRoots:
        """The roots a contract is verified against, each in its own role."""
        named = (self.document_root_pem, self.time_root_pem, self.borrower_root_pem)
        return ContractRoots(*((pem,) if pem else () for pem in named))

    def __repr__(self) -> str:
        return f"Endpoint(base_url={self.base_url!r})"


class EmbeddedEndpoint:
    """Reads ``endpoint.json`` of the embedded lender anew at each call: it may have come back on another port.

    Only an owner-only file and a loopback address are believed (design decision 10).
    """

    def __init__(self, data_folder: Path) -> None:
        self._file = data_folder / FILE_NAME

    def __call__(self) -> Endpoint:
        """The address now.

        Raises :class:`LenderUnreachableError` while there is none, :class:`LenderCertificateWrongError` for a file
        somebody else could have written or an address that is not this computer.
        """
        try:
            with self._file.open("rb") as file:
                if sys.platform != "win32":
                    facts = os.fstat(file.fileno())
                    if facts.st_uid != os.getuid() or facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                        raise LenderCertificateWrongError
                answer = JsonObject(json.loads(file.read(_LARGEST_FILE)), FILE_NAME)
            endpoint = Endpoint(
                base_url=answer.text("url"),
                ca_pem=answer.text("transport_root"),
                instance_token=answer.text("instance_token"),
                document_root_pem=answer.text("document_root"),
                time_root_pem=answer.text("time_root"),
                borrower_root_pem=answer.text("borrower_root") if answer.has("borrower_root") else "",
            )
        except (OSError, ValueError, AttributeError, RecursionError, AnswerUnreadableError):
            raise LenderUnreachableError from None
        if urlsplit(endpoint.base_url).hostname not in _LOOPBACK:
            raise LenderCertificateWrongError
        return endpoint
