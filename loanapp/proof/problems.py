"""What can be wrong with something signed."""

from enum import StrEnum


class ProofProblem(StrEnum):
    """The first thing that is wrong with a contract; each has its sentence in the translations (``verify``)."""

    NOT_A_PDF = "not_a_pdf"
    STRUCTURE_DAMAGED = "structure_damaged"
    NOT_SIGNED = "not_signed"
    BORROWER_SIGNATURE_MISSING = "borrower_signature_missing"
    LENDER_SIGNATURE_MISSING = "lender_signature_missing"
    ARCHIVE_TIMESTAMP_MISSING = "archive_timestamp_missing"
    UNEXPECTED_SIGNATURE = "unexpected_signature"
    CONTENT_CHANGED = "content_changed"
    CHANGED_AFTER_SIGNING = "changed_after_signing"
    NOT_WHOLLY_COVERED = "not_wholly_covered"
    SIGNATURE_FORGED = "signature_forged"
    SIGNER_UNKNOWN = "signer_unknown"
    SIGNER_REVOKED = "signer_revoked"
    SIGNER_WRONG_ROLE = "signer_wrong_role"
    PROOF_MISSING = "proof_missing"
    TIMESTAMP_INVALID = "timestamp_invalid"
    FORM_NOT_CANONICAL = "form_not_canonical"
    NOT_THE_AGREED_DOCUMENT = "not_the_agreed_document"
