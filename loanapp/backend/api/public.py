"""What anybody may ask: health, the lender, the demonstration's identities; and signing in."""

import base64

from fastapi import APIRouter

from loanapp.backend.adapters.simulated import identity_rows
from loanapp.backend.api.code_answers import code_values
from loanapp.backend.api.security_keys import signed_bytes
from loanapp.backend.auth.key_sign_in import of_code, of_phone, offering, take_shown
from loanapp.backend.auth.passwords import ByPassword, open_session_by_password
from loanapp.backend.auth.security_keys import ShownKey
from loanapp.backend.auth.sessions import NewDevice
from loanapp.backend.auth.sign_in import OpenedSession, Shown, open_session, send_sign_in_code
from loanapp.backend.auth.webauthn import Signed
from loanapp.backend.http.dependencies import AddressDep, SentDep, ServicesDep
from loanapp.backend.http.models import public as wire
from loanapp.backend.http.models.common import WithdrawalWords, Words
from loanapp.backend.http.routes import problems
from loanapp.backend.policy import models as policy
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.domain.errors import ErrorCode
from loanapp.proof.keys import raw_public_bytes

router = APIRouter(prefix="/v1")


@router.get("/health", responses=problems())
def health() -> wire.Health:
    """Whether the lender is up."""
    return wire.Health(status="ok")


@router.get("/lender", responses=problems())
def lender(services: ServicesDep) -> wire.LenderAnswer:
    """Who lends, what, at which price, and what is asked for and why."""
    policies, profile = services.policies, services.policies.profile
    return wire.LenderAnswer(
        name=Words.of(profile.name),
        licence=profile.licence,
        simulated=profile.simulated,
        support=wire.SupportAnswer(
            phone=profile.support.phone, hours=profile.support.hours, email=profile.support.email
        ),
        address=Words.of(profile.address),
        vault_public_key=base64.b64encode(raw_public_bytes(services.keys.vault[0].public_key())).decode("ascii"),
        message_public_key=base64.b64encode(raw_public_bytes(services.keys.message.public_key())).decode("ascii"),
        minimum_client_version=profile.minimum_client_version,
        products=tuple(
            wire.ProductAnswer.model_validate(product, from_attributes=True) for product in policies.products
        ),
        cost_cap_pct=policies.limits.cost_cap_pct.value,
        reading_seconds=int(policies.limits.reading_seconds.value),
        consents=tuple(_consent(consent) for consent in policies.consents),
        data_items=tuple(wire.DataItemAnswer.model_validate(item.model_dump()) for item in policies.data_items),
        face_verification=wire.FaceVerificationAnswer(flash=policies.face.flash),
    )


def _consent(consent: policy.Consent) -> wire.ConsentAnswer:
    return wire.ConsentAnswer(
        scope=consent.scope,
        version=consent.version,
        required=consent.required,
        text=Words.of(consent.text),
        sha256=Words(zh=consent.text_sha256("zh"), en=consent.text_sha256("en")),
        recipient=Words.of(consent.recipient),
        retention=Words.of(consent.retention),
        refuse_effect=Words.of(consent.refuse_effect),
        purpose=Words.of(consent.purpose),
        withdrawals=tuple(
            WithdrawalWords(phase=one.phase, effect=one.effect, stops=Words.of(one.stops), keeps=Words.of(one.keeps))
            for one in consent.withdrawals
        ),
    )


@router.get("/demonstration/identities", responses=problems(404))
def demonstration_identities(services: ServicesDep) -> wire.DemonstrationIdentities:
    """The test identities; a lender that is no demonstration has none."""
    if not services.demonstration:
        raise RefusedError(ErrorCode.NOT_FOUND)
    known = wire.DemonstrationIdentityAnswer.model_fields
    rows = ({name: value for name, value in row.items() if name in known} for row in identity_rows())
    return wire.DemonstrationIdentities(
        identities=tuple(wire.DemonstrationIdentityAnswer.model_validate(row) for row in rows)
    )


@router.post("/auth/codes", status_code=201, responses=problems(429, 503))
def send_code(body: wire.CodeRequest, services: ServicesDep, address: AddressDep) -> wire.CodeAnswer:
    """Send a one-time code to a phone; the demonstration shows the simulated message instead."""
    issued = send_sign_in_code(services, body.phone, address)
    services.inference.warm_up()
    return wire.CodeAnswer(**code_values(services, issued))


@router.post("/auth/sessions", status_code=201, responses=problems(401, 409, 429))
def sign_in(body: wire.SessionRequest, services: ServicesDep, sent: SentDep, address: AddressDep) -> wire.SessionAnswer:
    """Exchange a code for a session on this computer."""
    device, lost = NewDevice(body.device_key, body.system), body.second_factor_lost
    with offering(services, body.device_key, of_code(body.challenge_id)):
        shown = Shown(body.challenge_id, body.code, _second_factor(services, body), address, factor_lost=lost)
        return _opened(open_session(services, shown, device, sent))


@router.post("/auth/password-sessions", status_code=201, responses=problems(401, 429))
def sign_in_by_password(
    body: wire.PasswordSessionRequest, services: ServicesDep, sent: SentDep, address: AddressDep
) -> wire.SessionAnswer:
    """Sign in by password; the answer is the same for a phone nobody has and for a wrong password."""
    with offering(services, body.device_key, of_phone(services, body.phone)):
        shown = ByPassword(body.phone, body.passphrase, _second_factor(services, body), address)
        return _opened(open_session_by_password(services, shown, NewDevice(body.device_key, body.system), sent))


def _second_factor(services: Services, body: wire.WithSecondFactor) -> str | ShownKey | None:
    key = body.security_key
    if key is None:
        return body.second_factor
    signed = Signed(signed_bytes(key.client_data), signed_bytes(key.authenticator_data), signed_bytes(key.signature))
    return take_shown(services, key.challenge_id, signed_bytes(key.credential_id), signed, body.device_key)


def _opened(opened: OpenedSession) -> wire.SessionAnswer:
    return wire.SessionAnswer(
        access_token=opened.tokens.access_token,
        expires_at=opened.tokens.expires_at,
        refresh_token=opened.tokens.refresh_token,
        device_id=opened.tokens.device_id,
        borrower_id=opened.borrower_id,
        phone_masked=opened.phone_masked,
    )
