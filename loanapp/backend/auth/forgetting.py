"""What of signing in is forgotten with time."""

from loanapp.backend.auth.one_time_codes import forget_codes
from loanapp.backend.auth.proofs import forget_nonces
from loanapp.backend.auth.recovery import forget_recoveries
from loanapp.backend.auth.security_keys import forget_challenges
from loanapp.backend.auth.sessions import forget_tokens
from loanapp.backend.auth.tries import forget_tries
from loanapp.backend.services import Services


def forget_old_sign_ins(services: Services) -> None:
    """Delete what can open or prove nothing any more."""
    forget_codes(services)
    forget_nonces(services)
    forget_tokens(services)
    forget_tries(services)
    forget_recoveries(services)
    forget_challenges(services)
