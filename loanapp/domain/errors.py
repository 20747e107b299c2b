"""Every code the program can show, and the one exception that carries it to the borrower.

Sentences live in the translations (``codes.<code>``) and each code has exactly one help article.
"""

from enum import StrEnum
from typing import Final


class ErrorCode(StrEnum):
    """What went wrong, named by what the borrower can do about it."""

    # signing in
    PHONE_INVALID = "phone_invalid"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    CODES_LOCKED = "codes_locked"
    MESSAGE_NOT_SENT = "message_not_sent"
    SIGNED_OUT = "signed_out"
    SIGN_IN_WRONG = "sign_in_wrong"
    SECOND_FACTOR_NEEDED = "second_factor_needed"
    SECOND_FACTOR_WRONG = "second_factor_wrong"
    SECURITY_KEY_WRONG = "security_key_wrong"
    SECURITY_KEY_COPIED = "security_key_copied"
    SECURITY_KEY_KNOWN = "security_key_known"
    SECURITY_KEY_TIMEOUT = "security_key_timeout"
    SECURITY_KEY_NOT_FOUND = "security_key_not_found"
    SECURITY_KEY_FORBIDDEN = "security_key_forbidden"
    SECURITY_KEY_PIN = "security_key_pin"
    PHONE_CODE_NEEDED = "phone_code_needed"
    PASSWORD_WEAK = "password_weak"
    SESSION_REUSED = "session_reused"
    REQUEST_UNPROVEN = "request_unproven"
    # what was typed
    INPUT_INVALID = "input_invalid"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    TERM_NOT_OFFERED = "term_not_offered"
    PURPOSE_NOT_ALLOWED = "purpose_not_allowed"
    NAME_INVALID = "name_invalid"
    IDENTITY_NUMBER_LENGTH = "identity_number_length"
    IDENTITY_NUMBER_CHECKSUM = "identity_number_checksum"
    IDENTITY_NUMBER_DATE = "identity_number_date"
    IDENTITY_NUMBER_REGION = "identity_number_region"
    UNDER_AGE = "under_age"
    IDENTITY_MISMATCH = "identity_mismatch"
    # identity document photos
    PHOTO_NOT_AN_IMAGE = "photo_not_an_image"
    PHOTO_TOO_LARGE = "photo_too_large"
    PHOTO_TOO_MANY_PIXELS = "photo_too_many_pixels"
    PHOTO_UNREADABLE = "photo_unreadable"
    PHOTO_BLURRED = "photo_blurred"
    PHOTO_TOO_DARK = "photo_too_dark"
    PHOTO_GLARE = "photo_glare"
    PHOTO_CUT_OFF = "photo_cut_off"
    PHOTO_OF_COPY = "photo_of_copy"
    PHOTO_SIDES_SWAPPED = "photo_sides_swapped"
    DOCUMENT_EXPIRED = "document_expired"
    # camera
    CAMERA_NOT_FOUND = "camera_not_found"
    CAMERA_BUSY = "camera_busy"
    CAMERA_FORBIDDEN = "camera_forbidden"
    CAMERA_LOST = "camera_lost"
    CAMERA_BLACK = "camera_black"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_SLOW = "camera_slow"
    VIDEO_UNREADABLE = "video_unreadable"
    # face verification
    CONSENT_MISSING = "consent_missing"
    CHALLENGE_EXPIRED = "challenge_expired"
    ACTION_TIMEOUT = "action_timeout"
    FACE_LOST = "face_lost"
    FACE_NOT_ALONE = "face_not_alone"
    EVIDENCE_INVALID = "evidence_invalid"
    FACE_ATTEMPTS_LOCKED = "face_attempts_locked"
    SOURCE_NOT_ACCEPTED = "source_not_accepted"
    # bank card
    CARD_NUMBER_INVALID = "card_number_invalid"
    CARD_NOT_DEBIT = "card_not_debit"
    CARD_MISMATCH = "card_mismatch"
    CARD_GATEWAY_DOWN = "card_gateway_down"
    # order of things
    NOT_ALLOWED_NOW = "not_allowed_now"
    NOT_FOUND = "not_found"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    OFFER_EXPIRED = "offer_expired"
    APPLICATION_TOO_SOON = "application_too_soon"
    READING_TIME_NOT_REACHED = "reading_time_not_reached"
    SIGNING_CODE_NEEDED = "signing_code_needed"
    CERTIFICATE_AUTHORITY_DOWN = "certificate_authority_down"
    TIME_AUTHORITY_DOWN = "time_authority_down"
    STEP_UP_NEEDED = "step_up_needed"
    RECOVERY_NEEDED = "recovery_needed"
    RECOVERY_WAITS = "recovery_waits"
    CONTRACT_SIGNATURE_INVALID = "contract_signature_invalid"
    REPAYMENT_AMOUNT_CHANGED = "repayment_amount_changed"
    REPAYMENT_NOT_OPEN = "repayment_not_open"
    PART_OUT_OF_RANGE = "part_out_of_range"
    DEBIT_REFUSED = "debit_refused"
    HARDSHIP_NOT_OPEN = "hardship_not_open"
    NEW_SCHEDULE_NOT_OPEN = "new_schedule_not_open"
    # what the guard refuses, on the borrower's side
    GUARD_SCHEDULE_DIFFERS = "guard_schedule_differs"
    GUARD_NEW_SCHEDULE_DIFFERS = "guard_new_schedule_differs"
    GUARD_FREE_RETURN_DIFFERS = "guard_free_return_differs"
    GUARD_RATE_DIFFERS = "guard_rate_differs"
    GUARD_COST_OVER_CAP = "guard_cost_over_cap"
    GUARD_PAYOUT_DIFFERS = "guard_payout_differs"
    GUARD_FEE_BEFORE_PAYOUT = "guard_fee_before_payout"
    GUARD_OFFER_NOT_AS_ASKED = "guard_offer_not_as_asked"
    GUARD_PERMISSION_FORBIDDEN = "guard_permission_forbidden"
    GUARD_CONTRACT_DIFFERS = "guard_contract_differs"
    GUARD_PENALTY_OVER_CAP = "guard_penalty_over_cap"
    GUARD_DISCLOSURE_DIFFERS = "guard_disclosure_differs"
    GUARD_CONSENT_DIFFERS = "guard_consent_differs"
    GUARD_SIGNATURE_INVALID = "guard_signature_invalid"
    GUARD_FEE_NOT_IN_TABLE = "guard_fee_not_in_table"
    GUARD_TABLE_INCOMPLETE = "guard_table_incomplete"
    GUARD_CAP_EXPIRED = "guard_cap_expired"
    GUARD_PAGE_RATE_DIFFERS = "guard_page_rate_differs"
    GUARD_SIGNING_BEFORE_READING = "guard_signing_before_reading"
    GUARD_NO_BASIS = "guard_no_basis"
    GUARD_ITEM_UNFOUNDED = "guard_item_unfounded"
    GUARD_LEDGER_REWRITTEN = "guard_ledger_rewritten"
    GUARD_ACCOUNT_NOT_OWN = "guard_account_not_own"
    # the wire and this computer
    LENDER_UNREACHABLE = "lender_unreachable"
    LENDER_CERTIFICATE_WRONG = "lender_certificate_wrong"
    LENDER_TROUBLE = "lender_trouble"
    LENDER_ANSWER_UNREADABLE = "lender_answer_unreadable"
    LENDER_START_FAILED = "lender_start_failed"
    ALREADY_OPEN = "already_open"
    INSTANCE_TOKEN_REQUIRED = "instance_token_required"
    PROGRAM_OUTDATED = "program_outdated"
    PROFILE_EXPIRED = "profile_expired"
    UPDATE_REFUSED = "update_refused"
    UPDATE_NOT_STARTED = "update_not_started"
    CLOCK_WRONG = "clock_wrong"
    KEYRING_UNAVAILABLE = "keyring_unavailable"
    PASSPHRASE_WRONG = "passphrase_wrong"
    PASSPHRASE_TOO_SHORT = "passphrase_too_short"
    DRAFT_UNREADABLE = "draft_unreadable"
    DISK_TROUBLE = "disk_trouble"
    ASSET_MISSING = "asset_missing"
    ASSET_DAMAGED = "asset_damaged"
    UNEXPECTED = "unexpected"


class LoanAppError(Exception):
    """An error the borrower sees; ``code`` picks its sentence, fix and help article.

    ``details`` are values for the sentence (limits, seconds, a field's name). Never personal data:
    the text of an exception may reach a log.
    """

    def __init__(self, code: ErrorCode, **details: str | int) -> None:
        super().__init__(code.value)
        self.code: Final = code
        self.details: Final = details
