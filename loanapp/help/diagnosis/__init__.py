"""Whether this computer is ready for a loan: each check finds one thing and names what mends it. Nothing is sent."""

from loanapp.help.diagnosis.check import Check, CheckState
from loanapp.help.diagnosis.checks import CHECKS, check_now
from loanapp.help.diagnosis.run import diagnose, watch

__all__ = ["CHECKS", "Check", "CheckState", "check_now", "diagnose", "watch"]
