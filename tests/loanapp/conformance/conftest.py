"""The lender that the rules are held against is the one of the backend's tests."""

from tests.loanapp.backend.conftest import clock, lender

__all__ = ["clock", "lender"]
