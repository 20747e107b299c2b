"""The evidence bundle of a contract both have signed: gathered from the lender's store, signed and time-stamped."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from loanapp.backend.applications.store import own_application
from loanapp.backend.data_uses.heads import stamp_head
from loanapp.backend.evidence.parts import gather_parts
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.signing.certificates import contract_of
from loanapp.backend.signing.time import time_authority
from loanapp.backend.store.tables import Application, ContractRecord
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode

if TYPE_CHECKING:
    from loanapp.proof.evidence_bundle import BundleFacts


def evidence_bundle(services: Services, borrower_id: str, application_id: uuid.UUID) -> bytes:
    """The bundle as it stands now; each call makes a new one under the newest head of the ledger.

    Raises ``NOT_FOUND``, and ``NOT_ALLOWED_NOW`` before both have signed.
    """
    from loanapp.proof.evidence_bundle import make_bundle  # noqa: PLC0415 - loads slowly
    from loanapp.proof.statement import SignedStatement, sign_statement  # noqa: PLC0415

    with services.database.read() as session:
        _signed(session, borrower_id, application_id)
    head = stamp_head(services)
    with services.database.read() as session:
        application, record, final = _signed(session, borrower_id, application_id)
        pdf = services.cipher.decrypt(final, f"contract|{record.number}|final")
        parts = gather_parts(services, session, application, record, pdf=pdf, head=head)
        facts = _facts(services, application, record, pdf)
    keys, now = services.keys, services.clock.now()

    def sign(manifest: bytes) -> SignedStatement:
        authority = time_authority(services)
        return sign_statement(manifest, keys.document_signer, [keys.document_root.certificate], authority, now)

    return make_bundle(facts, parts, sign)


def _signed(session: Session, borrower_id: str, application_id: uuid.UUID) -> tuple[Application, ContractRecord, bytes]:
    application = own_application(session, borrower_id, application_id)
    record = contract_of(session, application)
    if record.final_sealed is None:
        raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
    return application, record, record.final_sealed


def _facts(services: Services, application: Application, record: ContractRecord, pdf: bytes) -> "BundleFacts":
    from loanapp.proof.evidence_bundle import BundleFacts, revisions_of  # noqa: PLC0415

    profile = services.policies.profile
    return BundleFacts(
        contract_number=record.number,
        application_number=application.number,
        made_at=services.clock.now().astimezone(CHINA),
        lender_name=profile.name.zh,
        licence=profile.licence,
        message_key=services.keys.message.public_key().public_bytes_raw(),
        revisions=revisions_of(pdf),
        simulated=profile.simulated,
    )
