"""What the result says for each outcome: why, what helps, what to check again, and which way on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from loanapp.client.answers import Identity, Verdict
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.failure_causes import FailureCause, failure_causes
from loanapp.domain.liveness import FaceWay, VerdictOutcome, VerdictReason
from ui.camera.face_words import Step, title_of
from ui.camera.ready import CONNECTION_ICONS, Connection
from ui.camera.result import Outcome, Reason
from ui.camera.ways import Way
from ui.formats import clock, sentence_and_fix, sentences
from ui.messages import Level
from ui.translations import error_fix, error_sentence, tr

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
        ErrorCode.PROXY_REFUSED,
        ErrorCode.LENDER_TROUBLE,
        ErrorCode.LENDER_ANSWER_UNREADABLE,
        ErrorCode.LENDER_CERTIFICATE_WRONG,
        ErrorCode.PROGRAM_OUTDATED,
        ErrorCode.CHALLENGE_EXPIRED,
    }
)
# Where the reason says it already, the cause adds nothing.
_SAID: Final = {
    VerdictReason.TOO_DARK_TO_JUDGE: FailureCause.LIGHT,
    VerdictReason.FACE_COVERED: FailureCause.COVERED,
}
# Their advice is a new card or the way of a changed face: neither is open any more before a payout.
_WHILE_FILLED_IN: Final = frozenset({FailureCause.AGEING, FailureCause.SURGERY})
_VISIT_TITLES: Final = {
    Step.CALL_ASK: "face_verification.ways.visit.name",
    Step.CALL: "face_verification.once_more.visit_title",
}
_UNLIKE: Final = frozenset({VerdictReason.FACE_UNLIKE_DOCUMENT, VerdictReason.FACE_MATCH_UNSURE})


@dataclass(frozen=True, slots=True)
class Found:
    """What is known when the result is shown; ``connection`` is ``None`` where nobody looked."""

    now: datetime
    verdict: Verdict | None = None
    error: LoanAppError | None = None
    identity: Identity | None = None
    ways: tuple[Way, ...] = ()
    simulated: bool = False
    connection: Connection | None = None
    because: tuple[str, ...] | None = None  # why it is asked once more, before a payout
    support: str = ""
    offered: tuple[FaceWay, ...] = ()
    number: str = ""

    @property
    def visit(self) -> bool:
        """Whether, before a payout, the other way is a branch: a call would prove nothing."""
        return self.because is not None and FaceWay.BRANCH in self.offered


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
        Step.AGAIN: _again,
        Step.CALL_ASK: _call_ask,
        Step.CALL: _call,
        Step.CALL_REFUSED: _call_refused,
    }
    maker = makers.get(step)
    return maker(found) if maker is not None else Outcome(Level.INFORMATION)


def heading_for(step: Step, found: Found) -> str:
    """The page's largest words at ``step``: after a failure they name it, and no two failures alike."""
    error = found.error
    if step is Step.NO_MORE and error is not None:
        return error_sentence(error)
    if step is Step.TROUBLE and error is not None and error.code in _CAMERA_ERRORS:
        return tr("face_verification.trouble.title")
    if step is Step.TROUBLE and error is not None and error.code in STUCK:
        return tr("face_verification.trouble.stuck")
    if step in {Step.RETRY, Step.NO_MORE} and _told_unlike(found):
        return tr("face_verification.unlike.title")
    if step is Step.REVIEW and found.because is not None:
        return _other_way(found, "review_title")
    return tr(_VISIT_TITLES[step]) if found.visit and step in _VISIT_TITLES else title_of(step)


def _passed(_found: Found) -> Outcome:
    return Outcome(Level.DONE, text=tr("face_verification.passed.lead"))


def _review(found: Found) -> Outcome:
    lead = tr("face_verification.review.lead") if found.because is None else _other_way(found, "review_lead")
    return Outcome(Level.LOOK, text=lead, reasons=_reasons(found.verdict), support=True)


def _retry(found: Found) -> Outcome:
    left = found.verdict.attempts_left if found.verdict else 0
    if _told_unlike(found):
        return _not_passed(found, tr("face_verification.unlike.left", count=left), ways_first=True)
    return _not_passed(found, tr("face_verification.retry.text", count=left), ways_first=False)


def _no_more(found: Found) -> Outcome:
    error, verdict = found.error, found.verdict
    if error is not None:
        locked = error.code is ErrorCode.FACE_ATTEMPTS_LOCKED
        return _not_passed(found, _locked_until(error, found) if locked else error_fix(error), ways_first=True)
    refused = verdict is not None and verdict.outcome is VerdictOutcome.REFUSED
    text = "" if _told_unlike(found) else tr(f"face_verification.{'refused.text' if refused else 'retry.no_left'}")
    return _not_passed(found, text, ways_first=True)


def _not_passed(found: Found, text: str, *, ways_first: bool) -> Outcome:
    """A face unlike the card's is named by the heading: the banner gives its fix, and the list leaves it out."""
    unlike = VerdictReason.FACE_UNLIKE_DOCUMENT if _told_unlike(found) else None
    fix = _unlike_fix(found) if unlike is not None else ""
    return Outcome(
        Level.LOOK,
        text=sentences(fix, text) if unlike is not None else text,
        help_code=unlike.value if unlike is not None else "",
        reasons=_reasons(found.verdict, told=unlike),
        causes=_causes(found),
        recheck=_recheck(found),
        ways=_sorted_ways(found),
        ways_first=ways_first,
        support=True,
    )


def _unlike_fix(found: Found) -> str:
    """Before a payout neither the card nor the way of a changed face is open any more: a person is."""
    if found.because is not None:
        return _other_way(found, "unlike_fix")
    return error_fix(VerdictReason.FACE_UNLIKE_DOCUMENT)


def _locked_until(error: LoanAppError, found: Found) -> str:
    """Until when, by this computer's clock, and what goes on meanwhile."""
    words = "locked" if found.because is None else f"once_more.{'visit_' * found.visit}locked"
    seconds = error.details.get("retry_after_seconds")
    if not isinstance(seconds, int):
        return tr(f"face_verification.{words}.some_time")
    until = found.now.astimezone(CHINA) + timedelta(seconds=seconds + 59)
    return tr(f"face_verification.{words}.until", until=clock(until))


def _trouble(found: Found) -> Outcome:
    error = found.error or LoanAppError(ErrorCode.UNEXPECTED)
    return Outcome(
        Level.LOOK,
        error_sentence(error),
        error_fix(error),
        help_code=error.code.value,
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
    told = tr("face_verification.manual.text", simulated=who)
    return Outcome(
        Level.INFORMATION, text=told, note=tr("face_verification.manual.never_asks"), support=True, promises=True
    )


def _again(found: Found) -> Outcome:
    """Why it is asked once more, that nothing is signed yet, and the other way."""
    because = sentences(*(tr("face_verification.once_more.because", why=one) for one in found.because or ()))
    camera = FaceWay.CAMERA in found.offered
    return Outcome(
        Level.INFORMATION,
        text=sentences(because, tr("face_verification.once_more.text")),
        note=tr("face_verification.once_more.note") if camera else _other_way(found, "no_camera"),
        ways=found.ways,
        ways_first=not camera,
        support=True,
    )


def _call_ask(found: Found) -> Outcome:
    """What is asked on the phone and from which number, or at a branch; in the demonstration, that nobody does."""
    if found.visit:
        kind = "simulated" if found.simulated else "person"
        told = tr(f"face_verification.once_more.visit_{kind}", number=found.number)
    elif found.simulated:
        told = tr("face_verification.once_more.person_simulated")
    else:
        told = tr("face_verification.once_more.person", phone=found.support)
    return Outcome(Level.INFORMATION, text=told, support=True, promises=True)


def _call(found: Found) -> Outcome:
    kind = "simulated" if found.simulated else "real"
    who = f"visit_wait_{kind}" if found.visit else f"call_{kind}"
    return Outcome(
        Level.INFORMATION,
        text=tr(f"face_verification.once_more.{who}", number=found.number),
        note=tr(f"face_verification.once_more.{'visit' if found.visit else 'call'}_note", phone=found.support),
        support=True,
        promises=True,
    )


def _other_way(found: Found, words: str) -> str:
    """Words about a person's way before a payout: a visit to a branch, else a call."""
    return tr(f"face_verification.once_more.{'visit_' * found.visit}{words}")


def _call_refused(_found: Found) -> Outcome:
    return Outcome(Level.STOP, text=tr("face_verification.once_more.refused_text"), support=True)


def _reasons(verdict: Verdict | None, told: VerdictReason | None = None) -> tuple[Reason, ...]:
    reasons = verdict.reasons if verdict is not None else ()
    return tuple(
        Reason(error_sentence(reason), error_fix(reason), reason.value) for reason in reasons if reason is not told
    )


def _told_unlike(found: Found) -> bool:
    """Whether the lender finds the face unlike the card's: another try helps less than another way."""
    return found.verdict is not None and VerdictReason.FACE_UNLIKE_DOCUMENT in found.verdict.reasons


def _unlike(found: Found) -> bool:
    return found.verdict is not None and not _UNLIKE.isdisjoint(found.verdict.reasons)


def _causes(found: Found) -> tuple[str, ...]:
    """Possibilities, told so: nothing measures make-up, surgery or age."""
    reasons = found.verdict.reasons if found.verdict is not None else ()
    said = {_SAID.get(reason) for reason in reasons} | (_WHILE_FILLED_IN if found.because is not None else set())
    causes = [cause for cause in failure_causes(reasons) if cause not in said]
    return tuple(sentence_and_fix(error_sentence(cause), error_fix(cause)) for cause in causes)


def _recheck(found: Found) -> tuple[tuple[str, str], ...]:
    """Whose card it is that the face is compared with: a card taken for another is found while it can be changed."""
    identity = found.identity
    if identity is None or found.because is not None or not _unlike(found):
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
