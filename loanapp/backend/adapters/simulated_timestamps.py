"""The simulated time-stamping authority: this program's own, called a test in its certificate."""

from collections.abc import Callable

from loanapp.backend.adapters.ports import RevocationProofs
from loanapp.backend.adapters.simulated_line import SimulatedLine
from loanapp.domain.clock import Clock
from loanapp.proof.authorities import Credential, make_revocation_list


class SimulatedTimestampingAuthority:
    """Certifies the lender's own clock; ``root`` and ``signer`` give root and signing key when first needed."""

    def __init__(
        self, root: Callable[[], Credential], signer: Callable[[], Credential], line: SimulatedLine, clock: Clock
    ) -> None:
        self._root, self._signer, self._line, self._clock = root, signer, line, clock

    @property
    def roots_pem(self) -> str:
        """See the port."""
        return self._root().certificate_pem

    def answer(self, query: bytes) -> bytes:
        """See the port."""
        from loanapp.proof.timestamp import TimestampAuthority  # noqa: PLC0415 - loads slowly

        self._line.reach("timestamps")
        return TimestampAuthority(self._signer(), self._clock).answer(query)

    def revocation(self) -> RevocationProofs:
        """See the port; it is this computer's own list, always at hand."""
        return RevocationProofs((make_revocation_list(self._root(), self._clock.now()),))
