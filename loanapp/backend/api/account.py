"""Sessions renewed and ended, and the computers a borrower is signed in on."""

import uuid

from fastapi import APIRouter, Response

from loanapp.backend.auth import sessions
from loanapp.backend.http.dependencies import BorrowerDep, SentDep, ServicesDep, TokenDep
from loanapp.backend.http.models import account as wire
from loanapp.backend.http.routes import problems
from loanapp.backend.services import Services
from loanapp.domain.devices import DeviceEnd, DeviceSystem

router = APIRouter(prefix="/v1/auth")


@router.post("/refresh", responses=problems(401))
def refresh(body: wire.RefreshRequest, services: ServicesDep, sent: SentDep) -> wire.TokensAnswer:
    """Renew a session; a token that comes twice ends the whole sign-in."""
    tokens = sessions.refresh(services, body.refresh_token, sent)
    return wire.TokensAnswer.model_validate(tokens, from_attributes=True)


@router.delete("/sessions/current", status_code=204, responses=problems(401))
def sign_out(services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep) -> Response:
    """End the session on this computer, with everything that could renew it."""
    here = sessions.device_of(services, token)
    sessions.sign_out_device(services, borrower_id, here, by=here)
    return Response(status_code=204)


@router.get("/devices", responses=problems(401))
def devices(services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep) -> wire.DevicesAnswer:
    """The computers the borrower is signed in on."""
    return _devices(services, token, borrower_id)


@router.post("/devices/{device_id}/sign-out", responses=problems(401, 404))
def sign_out_one(
    device_id: uuid.UUID, _body: wire.NothingRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep
) -> wire.DevicesAnswer:
    """End the sign-in on one computer; the others stay."""
    before = sessions.device_of(services, token)
    sessions.sign_out_device(services, borrower_id, str(device_id), by=before)
    return _shown(services, before, borrower_id)


@router.post("/devices/sign-out-others", responses=problems(401))
def sign_out_others(
    _body: wire.NothingRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep
) -> wire.DevicesAnswer:
    """End the sign-in on every computer but this one."""
    sessions.sign_out_others(services, borrower_id, sessions.device_of(services, token))
    return _devices(services, token, borrower_id)


def _devices(services: Services, token: str, borrower_id: str) -> wire.DevicesAnswer:
    return _shown(services, sessions.device_of(services, token), borrower_id)


def _shown(services: Services, current: str, borrower_id: str) -> wire.DevicesAnswer:
    return wire.DevicesAnswer(
        devices=tuple(
            wire.DeviceAnswer(
                device_id=one.id,
                system=DeviceSystem(one.system),
                signed_in_at=one.signed_in_at,
                used_at=one.used_at,
                ended_at=one.ended_at,
                ended_why=DeviceEnd(one.ended_why) if one.ended_why is not None else None,
                current=one.id == current,
            )
            for one in sessions.devices_of(services, borrower_id)
        )
    )
