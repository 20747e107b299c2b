"""The shape most acts share: done once, answered with the application as it is afterwards."""

from collections.abc import Callable

from fastapi import Response
from sqlalchemy.orm import Session

from loanapp.backend.applications.view import show
from loanapp.backend.http.dependencies import Idempotency
from loanapp.backend.http.models.application import ApplicationAnswer
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application


def act_on_application(
    services: Services, idempotency: Idempotency, act: Callable[[Session], Application], status: int = 200
) -> Response:
    """Run ``act`` once, in one transaction with its answer."""

    def run(session: Session) -> ApplicationAnswer:
        application = act(session)
        session.flush()
        return show(services, session, application)

    return idempotency.run(status, run)
