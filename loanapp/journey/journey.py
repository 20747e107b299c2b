"""The borrower's journey without a screen: every act of it as one blocking call that tells the next page.

Thread-safe. Calls over the wire block: run them in a worker. The server leads (design decision 1): each act takes over
the lender's answer, and the page is derived from it and from the draft.
"""

import contextlib
from collections.abc import Callable
from functools import partial

from loanapp.client.answers import CodeSent, DemonstrationIdentityNote, LenderProfile, Session, Tokens
from loanapp.client.drafts import Draft
from loanapp.client.errors import ProgramOutdatedError, SignedOutError
from loanapp.client.secrets import SecretName
from loanapp.client.security_key import ShownKey, Waiting
from loanapp.client.versions import speaks
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.relying_party import relying_party
from loanapp.domain.status import ENDED
from loanapp.guard.permissions import check_consent_text, check_founded
from loanapp.journey.account_acts import AccountActs
from loanapp.journey.consent_acts import ConsentActs
from loanapp.journey.draft_acts import DraftActs
from loanapp.journey.evidence_acts import EvidenceActs
from loanapp.journey.history_acts import HistoryActs
from loanapp.journey.pages import Page


class Journey(ConsentActs, DraftActs, EvidenceActs, HistoryActs, AccountActs):
    """One borrower, one lender."""

    # Before signing in

    def connect(self) -> LenderProfile:
        """Ask the lender who it is, and refuse one that asks for too much or misquotes an authorisation.

        A clock that differs from the lender's is a notice (:meth:`take_notice`): filling in does not need the time.
        Raises :class:`ProgramOutdatedError`, :class:`GuardRefusal`, or what the wire raises.
        """
        with self._acts:
            profile = self.client.lender()
            if not speaks(profile.minimum_client_version):
                raise ProgramOutdatedError(profile.minimum_client_version)
            check_founded(profile.data_items)
            for consent in profile.consents:
                check_consent_text(consent)
            with self._lock:
                self.lender = profile
                self._notice = self._notice or self._clock_problem()
            return profile

    def resume(self) -> Page:
        """Come back to the exact page: opens store and draft, asks the lender for the application.

        The draft is open even if the lender cannot be reached (the error comes through; call again). A session that
        has ended leads to signing in, without an error.
        """
        with self._acts:
            self._open()
            if self.lender is None:
                self.connect()
            if self.signed_in:
                try:
                    self._take(self.client.applications())
                except SignedOutError:
                    self._signed_out()
            return self.current_page()

    def demonstration_identities(self) -> tuple[DemonstrationIdentityNote, ...]:
        """The test people of a demonstration lender; empty for any other."""
        return self.client.demonstration_identities()

    def cost_understood(self) -> Page:
        """The borrower goes on from the page that says what it costs."""
        with self._lock:
            self.draft.cost_seen = True
        return self.finish_page()

    def request_code(self, phone: str) -> CodeSent:
        """Have a one-time code sent to ``phone`` (eleven digits)."""

        def work() -> CodeSent:
            sent = self.client.send_code(phone)
            self._about_to_sign_in(phone)
            with self._lock:
                self.draft.code_challenge_id = sent.challenge_id
            self._save()
            return sent

        return self._guarded(work)

    def sign_in(self, code: str, second_factor: str = "", *, factor_lost: bool = False) -> Page:
        """Trade the code for a session; somebody else's draft on this computer is not shown to the newcomer.

        Raises :class:`InputRejectedError`: with ``SECOND_FACTOR_NEEDED`` call again with the same code and one of the
        authenticator. ``factor_lost``, where there is none any more: :class:`NotAllowedNowError` with
        ``RECOVERY_NEEDED`` or ``RECOVERY_WAITS`` until the lender has another proof for this computer.
        """

        def work() -> Page:
            if not self.draft.code_challenge_id:
                raise LoanAppError(ErrorCode.CODE_EXPIRED)
            self._keep_key()
            challenge = self.draft.code_challenge_id
            return self._signed_in(self.client.create_session(challenge, code, second_factor, factor_lost=factor_lost))

        return self._guarded(work)

    def sign_in_by_password(self, phone: str, password: str, second_factor: str = "") -> Page:
        """Sign in by password; see :meth:`sign_in`.

        Raises :class:`InputRejectedError`, with ``PHONE_CODE_NEEDED`` where this computer is new to the account.
        """

        def work() -> Page:
            self._about_to_sign_in(phone)
            self._keep_key()
            return self._signed_in(self.client.create_session_by_password(phone, password, second_factor))

        return self._guarded(work)

    def sign_in_by_key(self, code: str, ticket: str, waiting: Waiting) -> Page:
        """As :meth:`sign_in`, with a security key for the second step; waits for its being touched.

        ``ticket`` is the ``key_challenge`` of ``SECOND_FACTOR_NEEDED``. Raises what :class:`SecurityKey` raises, and
        ``SECURITY_KEY_WRONG`` or ``SECURITY_KEY_COPIED`` where the lender does not take what it signed.
        """
        shown = self._signed_by_key(ticket, waiting)
        challenge = self.draft.code_challenge_id
        return self._guarded(lambda: self._signed_in(self.client.create_session(challenge, code, key=shown)))

    def sign_in_by_password_and_key(self, phone: str, password: str, ticket: str, waiting: Waiting) -> Page:
        """As :meth:`sign_in_by_password`, with a security key; see :meth:`sign_in_by_key`."""
        shown = self._signed_by_key(ticket, waiting)
        return self._guarded(
            lambda: self._signed_in(self.client.create_session_by_password(phone, password, key=shown))
        )

    def _signed_by_key(self, ticket: str, waiting: Waiting) -> ShownKey:
        asked = self._guarded(lambda: self.client.ask_key(ticket))
        host = relying_party(self.client.endpoint().base_url)
        return ShownKey(ticket, self.security_key.sign(asked, host, waiting))

    def sign_out(self) -> None:
        """End the session and remove what was typed, the keys and the session itself from this computer.

        What the lender holds can be resumed. What was agreed stays, encrypted, for when the borrower signs in again:
        the signed receipts, the terms asked for, the marks of the contract. This computer forgets first, whatever the
        lender answers. Raises :class:`LoanAppError` with ``KEYRING_UNAVAILABLE`` or ``DISK_TROUBLE`` where something
        could not be removed, once all the rest is.
        """
        with self._acts:
            store = self._open()
            with self._lock:
                self.draft, self.application = self.draft.signed_out(), None
            # By name and not all of them: the draft's key goes with the draft, which may hold what was agreed.
            gone = (SecretName.ACCESS_TOKEN, SecretName.REFRESH_TOKEN, SecretName.DEVICE_KEY, SecretName.SIGNING_KEY)
            problem = _first_problem(*(partial(store.delete, name) for name in gone), self._save_or_discard)
            # A session nobody could end ends by itself; what matters is that this computer has forgotten it.
            with contextlib.suppress(LoanAppError):
                if self.signed_in:
                    self.client.delete_session()
            with self._lock:
                self.client.forget_session()
                self.client.device_key = None
            if problem is not None:
                raise problem

    def close_account(self) -> None:
        """Have the lender close the account, then forget it here as :meth:`sign_out` does.

        Raises :class:`LoanAppError` with ``NOT_ALLOWED_NOW`` where an application is being worked on or law keeps a
        loan's records: then nothing has changed.
        """
        self._closed_at_the_lender()
        with self._lock:
            self.client.forget_session()  # every session has ended there
        self.sign_out()

    # At any time

    def refresh(self) -> Page:
        """Look again where the application stands; a contract both have signed is verified as soon as it is there."""

        def work() -> Page:
            application = self.client.application(self._application_id())
            page = self._looked(application)
            self._verify_if_signed(application)
            return page

        return self._guarded(work)

    def start_over(self) -> Page:
        """Put an application that has ended behind, so that a new one may begin."""
        with self._lock:
            if self.application is not None and self.application.status in ENDED:
                draft = self.draft
                draft.left_application_id = self.application.id
                draft.values, draft.readings, draft.asked, draft.keys, draft.contract = {}, {}, {}, {}, {}
        self._save()
        return self.current_page()

    # Inside

    def _about_to_sign_in(self, phone: str) -> None:
        if self.draft.phone not in {"", phone}:
            self._forget_device()
        with self._lock:
            self.draft.phone = phone

    def _signed_in(self, session: Session) -> Page:
        self._begin_session(session.tokens)
        with self._lock:
            somebody_else = self.draft.borrower_id not in {"", session.borrower_id}
            self.draft = self.draft.signed_in(session.borrower_id)
            self.draft.code_challenge_id = ""
            self.draft.cost_seen = True
        if somebody_else:
            self._open().delete(SecretName.SIGNING_KEY)
        self._save()
        self._take(self.client.applications())
        return self.current_page()

    def _begin_session(self, tokens: Tokens) -> None:
        """Use the tokens of a sign-in, and keep them beside the key they are bound to."""
        store = self._open()
        store.write(SecretName.ACCESS_TOKEN, tokens.access_token)
        store.write(SecretName.REFRESH_TOKEN, tokens.refresh_token)
        with self._lock:
            self.client.use_session(tokens)

    def _keep_key(self) -> None:
        """Before anything is sent: a program that dies meanwhile comes back as the same computer, known to the account.

        What is asked for at the door is bound to it, too, for days.
        """
        self._open().write(SecretName.DEVICE_KEY, self.client.key_of_this_computer().pem)

    def _forget_device(self) -> None:
        """Whoever signs in with another phone gets a key of their own: the two are not to be told as one."""
        self._open().delete(SecretName.DEVICE_KEY)
        with self._lock:
            self.client.device_key = None

    def _save_or_discard(self) -> None:
        """Keep the draft's file only where something is left to keep."""
        with self._writing:
            with self._lock:
                nothing_left = self.draft == Draft()
            if not nothing_left:
                self._save()
            elif self._draft_file is not None:
                self._draft_file.discard()


def _first_problem(*acts: Callable[[], object]) -> LoanAppError | None:
    """Run every act whatever becomes of the others; the first error."""
    first: LoanAppError | None = None
    for act in acts:
        try:
            act()
        except LoanAppError as error:
            first = first or error
    return first
