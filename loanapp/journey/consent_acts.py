"""Authorisations in force, in every application, and taking one back: with one act, as it was given."""

import contextlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from loanapp.client.answers import ConsentReceipt
from loanapp.client.application import ConsentRecord
from loanapp.client.errors import LenderTroubleError, LenderUnreachableError
from loanapp.domain.consent import ApplicationPhase, ConsentScope, phase_of
from loanapp.domain.errors import ErrorCode
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.core import JourneyCore


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """One authorisation that is in force; what taking it back does depends on ``phase``."""

    application_id: str
    number: str
    scope: ConsentScope
    recorded_at: datetime
    phase: ApplicationPhase


class ConsentActs(JourneyCore):
    """Looking at what one has agreed to, and taking it back."""

    def given_consents(self) -> tuple[GivenConsent, ...]:
        """What is in force now, the newest application first; asked of the lender."""

        def work() -> tuple[GivenConsent, ...]:
            return tuple(
                GivenConsent(one.id, one.number, scope, record.recorded_at, phase_of(one.status))
                for one in self.client.applications()
                for scope in ConsentScope
                if (record := one.consent(scope)) is not None and record.granted
            )

        return self._guarded(work)

    def withdraw_consent(self, application_id: str, scope: ConsentScope, language: str) -> ConsentReceipt:
        """Take an authorisation back, at any time; the signed receipt is checked and kept.

        From the answer on the lender does nothing more under it, and this program sends nothing more under it. Raises
        :class:`GuardRefusal` with ``GUARD_CONSENT_DIFFERS`` for a lender that no longer knows the authorisation.
        """

        def work() -> ConsentReceipt:
            profile = self._profile()
            text = profile.consent(scope)
            if text is None:
                raise GuardRefusal(ErrorCode.GUARD_CONSENT_DIFFERS, scope.value)
            digest = text.sha256.in_language(language)
            receipt = self._answer_consent(
                application_id, scope, granted=False, version=text.version, digest=digest, language=language
            )
            with self._lock:
                self.draft.receipts[receipt.receipt_id] = json.dumps(dict(receipt.raw), ensure_ascii=False)
                held = self.application if self.application and self.application.id == application_id else None
                if held is not None:
                    others = tuple(one for one in held.consents if one.scope is not scope)
                    taken = ConsentRecord(scope, False, receipt.text_version, receipt.recorded_at)  # noqa: FBT003
                    self.application = replace(held, consents=(*others, taken))
            self._save()
            if held is not None:
                # It is taken back whether or not the lender answers to the look that follows.
                with contextlib.suppress(LenderUnreachableError, LenderTroubleError):
                    self._looked(self.client.application(application_id))
            return receipt

        return self._guarded(work)
