"""Policies are data: dated TOML read and validated once at start (design decision 6)."""

from loanapp.backend.policy.loader import load_policies
from loanapp.backend.policy.models import Policies
from loanapp.backend.policy.rows import PolicyError

__all__ = ["Policies", "PolicyError", "load_policies"]
