"""What every act of the journey needs: state under one lock, the draft, idempotency keys, the session."""

import contextlib
import copy
import json
import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

from loanapp.client.answers import ConsentReceipt, LenderProfile, Tokens
from loanapp.client.application import Application
from loanapp.client.device_key import DeviceKey
from loanapp.client.drafts import Draft, DraftFile
from loanapp.client.endpoint import Endpoint
from loanapp.client.errors import (
    AnswerUnreadableError,
    LenderCertificateWrongError,
    LenderTroubleError,
    LenderUnreachableError,
    SignedOutError,
)
from loanapp.client.hid_security_key import HidSecurityKey
from loanapp.client.lender_client import LenderClient
from loanapp.client.secrets import MemorySecrets, SecretName, SecretsKind, SecretStore
from loanapp.client.security_key import SecurityKey
from loanapp.client.transport import RetryPolicy
from loanapp.domain.clock import Clock, SystemClock
from loanapp.domain.consent import ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.status import ENDED, FILLING
from loanapp.guard.permissions import unfounded
from loanapp.guard.wire import Standing
from loanapp.journey.pages import Page, Step, steps
from loanapp.journey.route import ConsentAsked, LocalState, page_for, previous, revisitable, shows_once_more

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

# After these nobody knows whether the lender acted: the key of the act is kept, so that a repetition is the same act.
_UNKNOWN_OUTCOME: Final = (
    LenderUnreachableError,
    LenderTroubleError,
    LenderCertificateWrongError,
    AnswerUnreadableError,
    SignedOutError,
)

# Signing times and due dates bear some minutes; beyond, what is right would look wrong, and the other way round.
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)

# Once handed in, the lender has what was typed: nothing of it stays on this computer.
_STILL_FILLING: Final = FILLING


class JourneyCore:
    """State, locks and bookkeeping.

    ``_lock`` guards the state and is held for moments only: never during a call over the wire, to the disk or to the
    credential store. ``_writing`` lets one thread at the draft's file and is taken before ``_lock``, never inside it.
    ``_acts`` lets one act run at a time.
    """

    def __init__(
        self,
        provider: Callable[[], Endpoint],
        home: Path,
        open_store: Callable[[], SecretStore] = MemorySecrets,
        *,
        clock: Clock | None = None,
        retries: RetryPolicy | None = None,
    ) -> None:
        """Costs nothing; the first act opens store and draft.

        ``provider`` tells where the lender answers (asked again after a failure to connect); ``home`` is the data
        folder; ``open_store`` runs once, in the worker of the first act, and may ask for a passphrase.
        """
        self.clock: Final = clock or SystemClock()
        self.client: Final = LenderClient(provider, retries=retries, clock=self.clock)
        self.client.standing = self._standing
        self.security_key: SecurityKey = HidSecurityKey()
        self._home = home
        self._open_store = open_store
        self._lock = threading.RLock()
        self._writing = threading.RLock()
        self._acts = threading.RLock()
        self._store: SecretStore | None = None
        self._draft_file: DraftFile | None = None
        self._notice: LoanAppError | None = None
        self.lender: LenderProfile | None = None
        self.application: Application | None = None
        self.draft = Draft()

    # Where the borrower stands; none of these waits for the wire

    def current_page(self) -> Page:
        """The page the borrower belongs on now."""
        with self._lock:
            return page_for(self.application, self._local())

    def revisitable_pages(self) -> frozenset[Page]:
        """Pages already done that may be opened again."""
        with self._lock:
            return revisitable(self.application, self._local())

    def stepper(self) -> list[Step]:
        """The lines of the stepper."""
        with self._lock:
            local = self._local()
            page = page_for(self.application, local)
            if self.application is not None and shows_once_more(self.application):
                page = Page.SIGNING if page is Page.FACE_VERIFICATION else page  # a part of it, not a step back
            return list(steps(page, revisitable(self.application, local)))

    def open_page(self, page: Page) -> Page:
        """Open an earlier page again, to look or to change; any other request leads where the borrower belongs."""
        with self._lock:
            self.draft.page = page.value if page in self.revisitable_pages() else ""
        self._save()
        return self.current_page()

    def go_back(self) -> Page:
        """The page before, if it may be opened again."""
        with self._lock:
            before = previous(self.current_page(), self.revisitable_pages())
        return self.open_page(before) if before is not None else self.current_page()

    def finish_page(self) -> Page:
        """Leave a page that was opened again, nothing changed."""
        with self._lock:
            self.draft.page = ""
        self._save()
        return self.current_page()

    def remember(self, page: Page, values: dict[str, str]) -> None:
        """Keep what is typed on ``page``, encrypted, at once: a few milliseconds, longer while the disk is slow.

        Half a character, which a keyboard or a paste may leave, is kept as U+FFFD.

        Raises :class:`LoanAppError` with ``DISK_TROUBLE`` or ``KEYRING_UNAVAILABLE``; the values then stay in memory.
        """
        kept = {name: _whole_characters(value) for name, value in values.items()}
        with self._lock:
            if self.draft.values.get(page.value) == kept:
                return
            self.draft.values[page.value] = kept
        self._save(flush=None)

    def remembered(self, page: Page) -> dict[str, str]:
        """What was typed on ``page``."""
        with self._lock:
            return dict(self.draft.values.get(page.value, {}))

    def take_notice(self) -> LoanAppError | None:
        """Something to tell once, such as a draft that could not be read; ``None`` from then on."""
        with self._lock:
            notice, self._notice = self._notice, None
            return notice

    @property
    def secrets_kind(self) -> SecretsKind | None:
        """How secrets are kept, once the store is open; with ``MEMORY`` only what the lender holds is resumed."""
        return self._store.kind if self._store is not None else None

    @property
    def signed_in(self) -> bool:
        """Whether there is a session."""
        return self.client.access_token is not None

    def close(self) -> None:
        """Give up waiting calls; the draft is saved already."""
        self.client.close()

    # For the acts

    def _standing(self) -> Standing:
        """What whatever leaves is held against: consents count only to the text in force."""
        with self._lock:
            lender, application = self.lender, self.application
        items = [item for item in lender.data_items if unfounded(item) is None] if lender is not None else []
        if application is None:
            return Standing(items, frozenset(), None)
        given = {
            consent.scope
            for consent in (lender.consents if lender is not None else ())
            if (record := application.answered(consent.scope, consent.version)) is not None and record.granted
        }
        return Standing(items, frozenset(given), application.status)

    def _local(self) -> LocalState:
        application, draft = self.application, self.draft
        contract = application.contract if application is not None else None
        own_id = application.id if application is not None else ""
        return LocalState(
            signed_in=self.signed_in,
            cost_seen=draft.cost_seen,
            open_again=Page(draft.page) if draft.page in set(Page) else None,
            contract_read=contract is not None and draft.contract.get("read") == contract.number,
            payout_seen=bool(own_id) and draft.payout_seen == own_id,
            left=bool(own_id) and draft.left_application_id == own_id,
            consents=tuple(
                ConsentAsked(consent.scope, consent.version, consent.required)
                for consent in (self.lender.consents if self.lender is not None else ())
            ),
        )

    def _save(self, *, flush: bool | None = True) -> None:
        """Write the draft as it is now; ``flush=None`` leaves the waiting for the disk to once a second.

        Not to be called with ``_lock`` held: whoever only looks would wait for the disk.
        """
        with self._writing:
            with self._lock:
                file, draft = self._draft_file, copy.deepcopy(self.draft)
            if file is not None:
                file.save(draft, flush=flush)

    def _open(self) -> SecretStore:
        """Open store and draft once; what was typed before that is kept."""
        if self._store is None:
            store = self._open_store()
            file = DraftFile(self._home, store, self.clock)
            draft, notice = file.load()
            token, refresh_token = store.read(SecretName.ACCESS_TOKEN), store.read(SecretName.REFRESH_TOKEN)
            key = store.read(SecretName.DEVICE_KEY)
            with self._lock:
                typed, self.draft = self.draft, draft
                self.draft.values.update(typed.values)
                self._store, self._draft_file, self._notice = store, file, notice or self._notice
                self.client.access_token = token
                self.client.device_key = DeviceKey(key) if key is not None else None
                self.client.renew_with(refresh_token, self._keep_tokens)
        return self._store

    def _keep_tokens(self, tokens: Tokens) -> None:
        """Keep what a renewal brought. Where the store fails, they hold until the program ends."""
        with contextlib.suppress(LoanAppError):
            if self._store is not None:
                self._store.write(SecretName.ACCESS_TOKEN, tokens.access_token)
                self._store.write(SecretName.REFRESH_TOKEN, tokens.refresh_token)

    def _signed_out(self) -> None:
        """Forget a session that has ended; the draft stays. A token that cannot be removed now opens nothing."""
        with self._lock:
            self.client.forget_session()
            self.application = None
        if self._store is not None:
            for name in (SecretName.ACCESS_TOKEN, SecretName.REFRESH_TOKEN):
                with contextlib.suppress(LoanAppError):
                    self._store.delete(name)

    def _guarded(self, work: Callable[[], _T]) -> _T:
        """Run one act at a time; a session that has ended is forgotten on the way out."""
        with self._acts:
            self._open()
            try:
                return work()
            except SignedOutError:
                self._signed_out()
                raise

    def _keyed(self, act: str, body: object, work: Callable[[str], _T]) -> _T:
        """Run ``work`` with the idempotency key of this very act, made and saved before anything is sent.

        The key is dropped once the outcome is known; a program killed in between repeats the act with it.
        """
        name = _key_name(act, body)
        with self._lock:
            key = self.draft.keys.setdefault(name, str(uuid.uuid4()))
        self._save()
        try:
            result = work(key)
        except _UNKNOWN_OUTCOME:
            raise
        except LoanAppError:
            self._drop_key(name)
            raise
        self._drop_key(name)
        return result

    def _drop_key(self, name: str) -> None:
        with self._lock:
            self.draft.keys.pop(name, None)
        self._save()

    def _drop_other_keys(self, act: str, body: object) -> None:
        """Forget the keys of the same act with another content: what it said last is what counts now."""
        own, prefix = _key_name(act, body), f"{act}:"
        with self._lock:
            keys = self.draft.keys
            self.draft.keys = {name: key for name, key in keys.items() if name == own or not name.startswith(prefix)}

    def _hold(self, application: Application | None) -> bool:
        """Take over the lender's state, every way it comes; tells whether the draft has changed and is to be saved.

        What was typed goes once it is handed in; the keys of acts go once the lender shows that the state they were
        meant for is over; what was kept of another application's contract goes with that application.
        """
        with self._lock:
            self.application, draft = application, self.draft
            if application is None:
                return False
            before = copy.deepcopy(draft)
            if draft.application_id not in {"", application.id}:
                draft.readings = {}
            draft.application_id = application.id
            if draft.contract and draft.contract.setdefault("application_id", application.id) != application.id:
                draft.contract = {}
            seen = f"{application.id}:{application.status.value}"
            if draft.seen not in {"", seen}:
                draft.keys = {name: key for name, key in draft.keys.items() if name.startswith("apply:")}
            draft.seen = seen
            if application.status not in _STILL_FILLING and draft.left_application_id != application.id:
                draft.values, draft.readings = {}, {}
            return draft != before

    def _arrived(self, application: Application) -> Page:
        """Take over the lender's state after an act; an earlier page that was open again is done."""
        with self._lock:
            self._hold(application)
            self.draft.page = ""
        self._save()
        return self.current_page()

    def _looked(self, application: Application) -> Page:
        """Take over the lender's state after a look; an earlier page that is open stays open."""
        if self._hold(application):
            self._save()
        return self.current_page()

    def _take(self, applications: Sequence[Application]) -> None:
        """Take over the application the borrower is at: the newest live one, else the newest not put behind."""
        with self._lock:
            live = [one for one in applications if one.status not in ENDED]
            ended = [one for one in applications if one.id != self.draft.left_application_id]
            newest = max(live or ended, key=lambda one: one.created_at, default=None)
            if not live and newest is not None and any(one.created_at > newest.created_at for one in applications):
                newest = None  # what was put behind is newer: older endings are no news
            self._hold(newest)
            if live:
                self.draft.keys = {name: key for name, key in self.draft.keys.items() if not name.startswith("apply:")}
        self._save()

    def _application_id(self) -> str:
        """The application at hand; raises :class:`LoanAppError` with ``NOT_ALLOWED_NOW`` where there is none."""
        return self._required().id

    def _required(self) -> Application:
        if self.application is None:
            raise LoanAppError(ErrorCode.NOT_ALLOWED_NOW)
        return self.application

    def _profile(self) -> LenderProfile:
        if self.lender is None:
            raise LenderUnreachableError
        return self.lender

    # The time

    def _clock_problem(self) -> LoanAppError | None:
        """``CLOCK_WRONG`` with the ``minutes`` between this computer's clock and the lender's, as last measured."""
        offset = self.client.clock_offset
        if offset is None or abs(offset) <= _CLOCK_TOLERANCE:
            return None
        return LoanAppError(ErrorCode.CLOCK_WRONG, minutes=round(abs(offset).total_seconds() / 60))

    def _now(self) -> datetime:
        """The present moment, for signing and for judging dates and signatures.

        Raises :class:`LoanAppError` with ``CLOCK_WRONG``, measured again first: it may have been set right meanwhile.
        """
        if self._clock_problem() is not None:
            self.client.lender()
            if (problem := self._clock_problem()) is not None:
                raise problem
        return self.clock.now()

    def _answer_consent(
        self,
        application_id: str,
        scope: ConsentScope,
        *,
        granted: bool,
        version: str,
        digest: str,
        language: str,
    ) -> ConsentReceipt:
        """The lender's signed receipt of an answer; given, refused and given again is a third act, not the first."""
        act, body = f"consent.{scope.value}", [application_id, granted, version, digest, language]
        self._drop_other_keys(act, body)
        return self._keyed(
            act,
            body,
            lambda key: self.client.record_consent(
                application_id,
                scope,
                granted=granted,
                text_version=version,
                text_sha256=digest,
                language=language,
                key=key,
                message_public_key=self._profile().message_public_key,
            ),
        )

    def _lender_now(self) -> datetime:
        """The present moment by the lender's clock, for what expires there."""
        return self.clock.now() + (self.client.clock_offset or timedelta())


def _key_name(act: str, body: object) -> str:
    return f"{act}:{sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]}"


def _whole_characters(text: str) -> str:
    """The text with halves of surrogate pairs joined or, where one is alone, replaced: UTF-8 cannot hold them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
