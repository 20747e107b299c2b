"""The simulated network identity service: the first digit of a code says what becomes of it.

``1``: of the test identity that presents it, once. ``2``: expired. ``3``: used before. ``4``: somebody else's. Others
are unknown. What was used is forgotten when the lender stops.
"""

import threading
from collections.abc import Mapping
from typing import Final

from loanapp.backend.adapters.ports import CredentialAnswer
from loanapp.backend.adapters.simulated import SimulatedIdentity
from loanapp.backend.adapters.simulated_line import UP, SimulatedLine
from loanapp.backend.policy.sources import SourceName

_FIRST: Final = {
    "1": CredentialAnswer.MATCH,
    "2": CredentialAnswer.EXPIRED,
    "3": CredentialAnswer.USED,
    "4": CredentialAnswer.MISMATCH,
}


class SimulatedNetworkIdentity:
    """Every test identity has a credential; nobody else has."""

    def __init__(self, identities: Mapping[str, SimulatedIdentity], line: SimulatedLine) -> None:
        self._identities, self._line = identities, line
        self._used: dict[str, str] = {}
        self._lock = threading.Lock()

    def present(self, key: str, code: str, name: str, identity_number: str) -> CredentialAnswer:
        """See the port."""
        known = self._identities.get(identity_number)
        self._line.reach(identity_number, known.line(SourceName.NETWORK_IDENTITY) if known else UP)
        answer = _FIRST.get(code[:1], CredentialAnswer.UNKNOWN)
        if answer is not CredentialAnswer.MATCH:
            return answer
        if known is None or known.name != name:
            return CredentialAnswer.MISMATCH
        with self._lock:
            return answer if self._used.setdefault(code, key) == key else CredentialAnswer.USED
