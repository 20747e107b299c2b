"""A password and a second factor, seen, set and turned off."""

from fastapi import APIRouter, Response

from loanapp.backend.auth import passwords, recovery, sessions
from loanapp.backend.auth.passwords import SignedIn
from loanapp.backend.auth.tables import BorrowerPassword, BorrowerSecondFactor
from loanapp.backend.http.dependencies import AddressDep, BorrowerDep, ServicesDep, TokenDep
from loanapp.backend.http.models import credentials as wire
from loanapp.backend.http.models.account import NothingRequest
from loanapp.backend.http.routes import problems
from loanapp.backend.services import Services

router = APIRouter(prefix="/v1/auth")


@router.get("/protection", responses=problems(401))
def protection(services: ServicesDep, borrower_id: BorrowerDep) -> wire.ProtectionAnswer:
    """What protects the account beside the phone code."""
    return _protection(services, borrower_id)


@router.put("/password", responses=problems(401, 409, 429))
def put_password(
    body: wire.PasswordRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep, address: AddressDep
) -> wire.ProtectionAnswer:
    """Set or change the password; every other computer is signed out.

    On a computer that is new to the account another proof than the phone is asked for.
    """
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    passwords.set_password(services, who, body.passphrase, body.current)
    return _protection(services, borrower_id)


@router.post("/password-checks", status_code=204, responses=problems(401, 429))
def check_password(
    body: wire.PasswordCheckRequest,
    services: ServicesDep,
    token: TokenDep,
    borrower_id: BorrowerDep,
    address: AddressDep,
) -> Response:
    """Whether this is the password, for a window that has covered itself."""
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    passwords.check_password(services, who, body.passphrase)
    return Response(status_code=204)


@router.post("/second-factor", responses=problems(401, 409))
def begin_second_factor(
    _body: NothingRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep, address: AddressDep
) -> wire.NewSecondFactorAnswer:
    """Make a secret for an authenticator; it counts once a code of it was shown.

    On a computer that is new to the account another proof than the phone is asked for.
    """
    made = passwords.begin_second_factor(services, SignedIn(borrower_id, sessions.device_of(services, token), address))
    return wire.NewSecondFactorAnswer(uri=made.uri, secret=made.secret)


@router.post("/second-factor/confirmation", responses=problems(401, 409))
def confirm_second_factor(
    body: wire.SecondFactorRequest,
    services: ServicesDep,
    token: TokenDep,
    borrower_id: BorrowerDep,
    address: AddressDep,
) -> wire.RecoveryCodesAnswer:
    """Let it count; the recovery codes are told this once."""
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    return wire.RecoveryCodesAnswer(recovery_codes=tuple(passwords.confirm_second_factor(services, who, body.code)))


@router.post("/second-factor/removal", responses=problems(401, 409, 429))
def remove_second_factor(
    body: wire.FactorRemovalRequest,
    services: ServicesDep,
    token: TokenDep,
    borrower_id: BorrowerDep,
    address: AddressDep,
) -> wire.ProtectionAnswer:
    """Turn it off with a code of it or a recovery code; without, by another proof than the phone."""
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    passwords.remove_second_factor(services, who, body.code)
    return _protection(services, borrower_id)


@router.get("/recoveries", responses=problems(401))
def get_recoveries(services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep) -> wire.RecoveriesAnswer:
    """What was asked on whichever computer without showing a password or second factor, and is open."""
    return _recoveries(services, token, borrower_id)


@router.post("/recoveries/stop", responses=problems(401, 409))
def stop_recoveries(
    _body: NothingRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep
) -> wire.RecoveriesAnswer:
    """Stop what other computers have asked, and sign them out."""
    recovery.stop_recoveries(services, borrower_id, sessions.key_of(services, token))
    return _recoveries(services, token, borrower_id)


def _recoveries(services: Services, token: str, borrower_id: str) -> wire.RecoveriesAnswer:
    found = recovery.open_recoveries(services, borrower_id, sessions.key_of(services, token))
    return wire.RecoveriesAnswer(
        recoveries=tuple(
            wire.RecoveryAnswer(
                act=one.act,
                number=one.number,
                asked_at=one.asked_at,
                ready_at=one.ready_at,
                here=one.here,
                may_stop=one.may_stop,
            )
            for one in found
        )
    )


def _protection(services: Services, borrower_id: str) -> wire.ProtectionAnswer:
    with services.database.read() as session:
        password = session.get(BorrowerPassword, borrower_id)
        factor = session.get(BorrowerSecondFactor, borrower_id)
    counts = factor is not None and factor.confirmed_at is not None
    return wire.ProtectionAnswer(
        password_set_at=password.set_at if password is not None else None,
        second_factor_since=factor.confirmed_at if factor is not None else None,
        recovery_codes_left=len(factor.recovery) if factor is not None and counts else 0,
    )
