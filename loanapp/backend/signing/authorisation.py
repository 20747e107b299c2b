"""Whether a one-time code lets this contract be signed now."""

from datetime import datetime, timedelta

from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import ContractRecord
from loanapp.domain.errors import ErrorCode


def authorised_until(services: Services, contract: ContractRecord) -> datetime | None:
    """How long the confirmed code lets the contract be signed; ``None`` where none does any more, or it is signed."""
    if contract.authorised_at is None or contract.signed_at is not None:
        return None
    if contract.authorised_sha256 != contract.prepared_sha256:
        return None
    until = contract.authorised_at + timedelta(seconds=services.policies.sign_in.signing_seconds)
    return until if until > services.clock.now() else None


def require_authorised(services: Services, contract: ContractRecord, device_id: str) -> None:
    """Raise ``SIGNING_CODE_NEEDED`` unless a code was confirmed for this file, on this computer, a short while ago."""
    if authorised_until(services, contract) is None or contract.authorised_device_id != device_id:
        raise RefusedError(ErrorCode.SIGNING_CODE_NEEDED)
