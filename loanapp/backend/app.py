"""The web application of the lender: routes, problems and layers, given its services."""

from fastapi import FastAPI
from fastapi.routing import APIRoute

import loanapp
from loanapp.backend.adapters import bank_notices
from loanapp.backend.api import ROUTERS
from loanapp.backend.http import problems
from loanapp.backend.http.middleware import BodyLimit, InstanceToken, Net
from loanapp.backend.services import Services
from loanapp.backend.staff import console


def create_app(services: Services | None, instance_token: str | None = None) -> FastAPI:
    """The application; without services it can only describe itself (for the OpenAPI document)."""
    app = FastAPI(
        title="LoanApp lender",
        version="1",
        description=f"The contract between a borrower's LoanApp and a lender. Reference lender {loanapp.__version__}.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    app.state.services = services
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(console.router)
    app.include_router(bank_notices.router)
    problems.install(app)
    if instance_token is not None:
        app.add_middleware(InstanceToken, token=instance_token)
    app.add_middleware(BodyLimit)
    app.add_middleware(Net)
    return app


def operation_id(route: APIRoute) -> str:
    """A short stable name for each operation."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"
