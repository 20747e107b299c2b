"""The routes of /v1, one module for each stretch of the journey."""

from typing import Final

from fastapi import APIRouter

from loanapp.backend.api import (
    account,
    applications,
    contract,
    credentials,
    data_uses,
    loan,
    other_ways,
    public,
    rights,
    security_keys,
    support,
    verification,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    applications.router,  # a request is held against one after another: those asked most come first
    verification.router,
    contract.router,
    loan.router,
    other_ways.router,
    public.router,
    account.router,
    credentials.router,
    security_keys.router,
    data_uses.router,
    support.router,
    rights.router,
)
