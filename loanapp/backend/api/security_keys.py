"""FIDO2 security keys, added, used and removed."""

from fastapi import APIRouter

from loanapp.backend.auth import key_acts, security_keys, sessions
from loanapp.backend.auth.key_acts import MadeKey
from loanapp.backend.auth.passwords import SignedIn
from loanapp.backend.auth.proofs import check_device_key, key_digest, require_proof
from loanapp.backend.auth.security_keys import KeyPurpose
from loanapp.backend.auth.webauthn import ALGORITHMS
from loanapp.backend.http.dependencies import AddressDep, BorrowerDep, SentDep, ServicesDep, TokenDep
from loanapp.backend.http.models import security_keys as wire
from loanapp.backend.http.routes import problems
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.base64url import read_bytes, written_bytes
from loanapp.domain.errors import ErrorCode

router = APIRouter(prefix="/v1/auth/security-keys")


@router.get("", responses=problems(401))
def get_keys(services: ServicesDep, borrower_id: BorrowerDep) -> wire.SecurityKeysAnswer:
    """The keys of the account."""
    return _keys(services, borrower_id)


@router.post("/registration", responses=problems(401, 409, 429))
def begin_key(
    body: wire.BeginKeyRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep, address: AddressDep
) -> wire.NewKeyQuestionAnswer:
    """Ask a new key; a code of the authenticator or a recovery code comes with it, and is used up."""
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    made = key_acts.begin_key(services, who, body.code)
    return wire.NewKeyQuestionAnswer(
        challenge_id=made.ticket,
        challenge=written_bytes(made.question.challenge),
        host=made.question.host,
        known=tuple(written_bytes(one) for one in made.question.known),
        seconds=made.question.seconds,
        user_id=written_bytes(made.user),
        user_name=made.phone_masked,
        algorithms=ALGORITHMS,
    )


@router.post("", status_code=201, responses=problems(401, 409))
def add_key(
    body: wire.KeyRequest, services: ServicesDep, token: TokenDep, borrower_id: BorrowerDep, address: AddressDep
) -> wire.SecurityKeysAnswer:
    """Let a new key count that has answered."""
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    made = MadeKey(body.challenge_id, body.label, signed_bytes(body.client_data), signed_bytes(body.attestation))
    key_acts.add_key(services, who, made)
    return _keys(services, borrower_id)


@router.post("/{key_id}/removal", responses=problems(401, 404, 409, 429))
def remove_key(
    *,
    key_id: str,
    body: wire.KeyRemovalRequest,
    services: ServicesDep,
    token: TokenDep,
    borrower_id: BorrowerDep,
    address: AddressDep,
) -> wire.SecurityKeysAnswer:
    """Remove a key with a code; without, by another proof than the phone."""
    who = SignedIn(borrower_id, sessions.device_of(services, token), address)
    key_acts.remove_key(services, who, key_id, body.code)
    return _keys(services, borrower_id)


@router.post("/authentication", responses=problems(401))
def ask_key(body: wire.KeyQuestionRequest, services: ServicesDep, sent: SentDep) -> wire.KeyQuestionAnswer:
    """What a key is to sign, for the computer whose sign-in was answered ``second_factor_needed``."""
    check_device_key(body.device_key)
    with services.database.write() as session:
        require_proof(services, session, body.device_key, sent, "")
        asked = security_keys.question(
            services, session, body.challenge_id, key_digest(body.device_key), KeyPurpose.SIGN_IN
        )
    return wire.KeyQuestionAnswer(
        challenge=written_bytes(asked.challenge),
        host=asked.host,
        known=tuple(written_bytes(one) for one in asked.known),
        seconds=asked.seconds,
    )


def _keys(services: Services, borrower_id: str) -> wire.SecurityKeysAnswer:
    return wire.SecurityKeysAnswer(
        keys=tuple(
            wire.SecurityKeyAnswer(id=one.id, label=one.label, added_at=one.added_at, used_at=one.used_at)
            for one in key_acts.own_keys(services, borrower_id)
        ),
        most=services.policies.passwords.security_keys,
    )


def signed_bytes(text: str) -> bytes:
    """Bytes from base64url; raises ``SECURITY_KEY_WRONG`` for what is none."""
    try:
        return read_bytes(text)
    except ValueError:
        raise RefusedError(ErrorCode.SECURITY_KEY_WRONG) from None
