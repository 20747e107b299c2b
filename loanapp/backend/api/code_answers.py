"""What every answer about a one-time code says."""

from typing import Any

from loanapp.backend.auth.one_time_codes import IssuedCode
from loanapp.backend.http.models.common import Words
from loanapp.backend.http.models.public import SimulatedMessage
from loanapp.backend.services import Services


def code_values(services: Services, issued: IssuedCode) -> dict[str, Any]:
    """The members of :class:`loanapp.backend.http.models.public.CodeAnswer`; the message only where it is simulated."""
    sign_in = services.policies.sign_in
    message = SimulatedMessage(sender=Words.of(sign_in.message.sender), text=Words.of(issued.text), code=issued.code)
    return {
        "challenge_id": issued.challenge_id,
        "expires_at": issued.expires_at,
        "resend_after_seconds": sign_in.resend_seconds,
        "simulated_message": message if services.policies.profile.simulated else None,
    }
