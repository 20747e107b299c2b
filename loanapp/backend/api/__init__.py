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
    public.router,
    account.router,
    credentials.router,
    security_keys.router,
    applications.router,
    verification.router,
    other_ways.router,
    contract.router,
    loan.router,
    data_uses.router,
    support.router,
    rights.router,
)
