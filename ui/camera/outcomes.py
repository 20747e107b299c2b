"""What the result says for each outcome: why, what helps, what to check again, and which way on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from loanapp.client.answers import Identity, Verdict
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.failure_causes import FailureCause, failure_causes
from loanapp.domain.liveness import VerdictReason
from ui.camera.face_words import Step
from ui.camera.ready import CONNECTION_ICONS, Connection
from ui.camera.result import Outcome, Reason
from ui.camera.ways import Way
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr, translator

_CAMERA_ERRORS: Final = frozenset(
    {
        *(ErrorCode.CAMERA_NOT_FOUND, ErrorCode.CAMERA_BUSY, ErrorCode.CAMERA_FORBIDDEN, ErrorCode.CAMERA_LOST),
        *(ErrorCode.CAMERA_BLACK, ErrorCode.CAMERA_FROZEN, ErrorCode.CAMERA_SLOW),
    }
)
# Nothing moves on: the way to the lender, or a program too old for it. Which of them is looked up and said.
STUCK: Final = frozenset(
    {
        ErrorCode.LENDER_UNREACHABLE,
        ErrorCode.LENDER_TROUBLE,
        ErrorCode.LENDER_ANSWER_UNREADABLE,
        ErrorCode.LENDER_CERTIFICATE_WRONG,
        ErrorCode.PROGRAM_OUTDATED,
        ErrorCode.CHALLENGE_EXPIRED,
    }
)
_BETWEEN: Final = {"zh": "。", "en": ". "}
# Where the reason says it already, the cause adds nothing.
_SAID: Final = {
    VerdictReason.TOO_DARK_TO_JUDGE: FailureCause.LIGHT,
    VerdictReason.FACE_COVERED: FailureCause.COVERED,
}
_UNLIKE: Final = frozenset({VerdictReason.FACE_UNLIKE_DOCUMENT, VerdictReason.FACE_MATCH_UNSURE})


@dataclass(frozen=True, slots=True)
class Found:
    """What is known when the result is shown; ``connection`` is ``None`` where nobody looked."""

    verdict: Verdict | None = None
    error: LoanAppError | None = None
    identity: Identity | None = None
    ways: tuple[Way, ...] = ()
    simulated: bool = False
    connection: Connection | None = None


def outcome_for(step: Step, found: Found) -> Outcome:
    """The result at ``step``."""
    makers = {
        Step.PASSED: _passed,
        Step.REVIEW: _review,
        Step.RETRY: _retry,
        Step.NO_MORE: _no_more,
        Step.TROUBLE: _trouble,
        Step.WAYS: _ways,
        Step.MANUAL: _manual,
    }
    maker = makers.get(step)
    return maker(found) if maker is not None else Outcome(Level.INFORMATION)


def _passed(_found: Found) -> Outcome:
    return Outcome(Level.DONE, text=tr("face_verification.passed.lead"))


def _review(found: Found) -> Outcome:
    title, lead = tr("face_verification.review.title"), tr("face_verification.review.lead")
    return Outcome(Level.LOOK, title, lead, _reasons(found.verdict), support=True)


def _retry(found: Found) -> Outcome:
    left = tr("face_verification.retry.left", count=found.verdict.attempts_left if found.verdict else 0)
    return Outcome(
        Level.LOOK,
        tr("face_verification.retry.title"),
        left,
        _reasons(found.verdict),
        causes=_causes(found),
        recheck=_recheck(found),
        ways=_sorted_ways(found),
        support=True,
    )


def _no_more(found: Found) -> Outcome:
    if found.error is not None and found.error.code is ErrorCode.FACE_ATTEMPTS_LOCKED:
        title, text = error_sentence(found.error), _locked_until(found.error)
    elif found.error is not None:
        title, text = error_sentence(found.error), error_fix(found.error)
    else:
        title, text = tr("face_verification.refused.title"), tr("face_verification.retry.no_left")
    return Outcome(
        Level.LOOK,
        title,
        text,
        _reasons(found.verdict),
        causes=_causes(found),
        recheck=_recheck(found),
        ways=_sorted_ways(found),
        ways_first=True,
        support=True,
    )


def _locked_until(error: LoanAppError) -> str:
    """Until when, by this computer's clock, and that everything else goes on."""
    seconds = error.details.get("retry_after_seconds")
    if not isinstance(seconds, int):
        return tr("face_verification.locked.some_time")
    until = datetime.now(CHINA) + timedelta(seconds=seconds + 59)
    return tr("face_verification.locked.until", until=until.strftime("%H:%M"))


def _trouble(found: Found) -> Outcome:
    error = found.error or LoanAppError(ErrorCode.UNEXPECTED)
    kind = "title" if error.code in _CAMERA_ERRORS else "stuck" if error.code in STUCK else "stopped"
    return Outcome(
        Level.LOOK,
        tr(f"face_verification.trouble.{kind}"),
        reasons=(_reason(error),),
        connection=_connection(found.connection),
        ways=_sorted_ways(found),
        support=True,
    )


def _connection(state: Connection | None) -> tuple[tuple[str, str, str], ...]:
    """Which of the two it is: the way to the lender, or the version of this program."""
    if state is None:
        return ()
    if state is Connection.LOOKING:
        return ((*CONNECTION_ICONS[state], tr("face_verification.connection.looking")),)
    way = Connection.BAD if state is Connection.BAD else Connection.GOOD
    lines = [(*CONNECTION_ICONS[way], tr(f"face_verification.connection.{way.value}"))]
    if state is not Connection.BAD:
        old = state is Connection.OUTDATED
        words = tr(f"face_verification.connection.{'outdated' if old else 'version_good'}")
        lines.append((*CONNECTION_ICONS[Connection.OUTDATED if old else Connection.GOOD], words))
    return tuple(lines)


def _ways(found: Found) -> Outcome:
    return Outcome(Level.INFORMATION, text=tr("face_verification.ways.lead"), ways=found.ways, support=True)


def _manual(found: Found) -> Outcome:
    who = tr(f"face_verification.manual.{'simulated' if found.simulated else 'real'}")
    return Outcome(Level.INFORMATION, text=tr("face_verification.manual.text", simulated=who), support=True)


def _reason(code: LoanAppError | VerdictReason) -> Reason:
    name = code.code.value if isinstance(code, LoanAppError) else code.value
    return Reason(error_sentence(code), error_fix(code), name)


def _reasons(verdict: Verdict | None) -> tuple[Reason, ...]:
    return tuple(_reason(reason) for reason in verdict.reasons) if verdict is not None else ()


def _unlike(found: Found) -> bool:
    return found.verdict is not None and not _UNLIKE.isdisjoint(found.verdict.reasons)


def _causes(found: Found) -> tuple[str, ...]:
    """Possibilities, told so: nothing measures make-up, surgery or age."""
    reasons = found.verdict.reasons if found.verdict is not None else ()
    said = {_SAID.get(reason) for reason in reasons}
    causes = [cause for cause in failure_causes(reasons) if cause not in said]
    between = _BETWEEN[translator().language]
    return tuple(f"{error_sentence(cause)}{between}{error_fix(cause)}" for cause in causes)


def _recheck(found: Found) -> tuple[tuple[str, str], ...]:
    """Whose card it is that the face is compared with: a card taken for another is found here."""
    identity = found.identity
    if identity is None or not _unlike(found):
        return ()
    return (
        (tr("face_verification.recheck.name"), identity.name_masked),
        (tr("face_verification.recheck.number"), identity.identity_number_masked),
        (tr("face_verification.recheck.photo"), tr("face_verification.recheck.photo_text")),
    )


def _sorted_ways(found: Found) -> tuple[Way, ...]:
    """A changed face comes first where the face is unlike the card, else last: most faces have not changed."""
    changed = [way for way in found.ways if way is Way.CHANGED]
    others: Sequence[Way] = [way for way in found.ways if way is not Way.CHANGED]
    return (*changed, *others) if _unlike(found) else (*others, *changed)
