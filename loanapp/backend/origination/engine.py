"""The durable workflow on dbos: kill the process at any moment, and the next start goes on where it was.

Database work runs in datasource transactions, whose checkpoint commits with the work itself. What happens outside
(asking a source, paying) is a plain step that may run twice after a kill; paying therefore carries a key.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, SQLAlchemyDatasource, WorkflowStatus
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from loanapp.backend.adapters.ports import OrderState, SourceDownError
from loanapp.backend.applications.store import Identity, Sealed
from loanapp.backend.http.middleware import failure_place
from loanapp.backend.origination import steps
from loanapp.backend.origination.income import written
from loanapp.backend.origination.payout_keys import payout_key, payout_of
from loanapp.backend.origination.workers import Workers
from loanapp.backend.repeating import Repeating
from loanapp.backend.services import Services
from loanapp.backend.signing.contract import prepare_signing
from loanapp.backend.staff.asking import times_asked
from loanapp.backend.staff.payouts import waits
from loanapp.backend.store.database import Place, address, workflow_engine
from loanapp.backend.store.tables import Application
from loanapp.backend.verification.documents import PORTRAIT
from loanapp.domain.status import ApplicationStatus

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

# The shape of the workflow: change it with every change of the order of steps. Workflows under way finish under the
# version they began with while a process of it runs; after that each gets a successor, whose steps find what was done.
# The library's own default would be a hash of the source and strand them.
WORKFLOW_VERSION: Final = "origination-4"
_EXECUTOR: Final = "lender"  # the one process that has a folder of SQLite files
_RECOVERIES: Final = 100_000
_DOWN: Final = "down"
_TAKEN_BACK: Final = "taken_back"  # by the borrower, since the step began: nothing leaves, and the next step stops
_PAY_TRIES: Final = 5  # at 1, 2, 4 and 8 seconds; after that the next look at what is under way begins anew
_NOTICE: Final = "payout"  # the topic on which the bank's notices wake a payout
_LOOK_AGAIN_SECONDS: Final = 30.0
_FAILED: Final = frozenset({"ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
# Over PostgreSQL a snapshot would be older than the turn its transaction waited for.
_OF_EACH_STATEMENT: Final = "READ COMMITTED"
_OF_ONE_MOMENT: Final = "SERIALIZABLE"
# What a status means for the workflows: an offer waits for the borrower as a row and holds no thread.
_TO_ASSESS: Final = (ApplicationStatus.SUBMITTED, ApplicationStatus.VERIFYING, ApplicationStatus.IN_REVIEW)
_TO_PAY_OUT: Final = (ApplicationStatus.SIGNED, ApplicationStatus.DISBURSING)

# Whether the bank has the order is not known: asking again under the same key settles it.
_UNKNOWN: Final[dict[str, str]] = {"state": "unknown", "reference": ""}

_active: "DurableOrigination | None" = None


def _engine() -> "DurableOrigination":
    if _active is None:
        raise RuntimeError("the workflow engine is not up")
    return _active


class DurableOrigination:
    """One per process: the library keeps its state globally."""

    def __init__(self, services: Services, place: Place) -> None:
        global _active  # noqa: PLW0603 - the workflow functions are found by name, not by object
        _quiet()
        self.services: Final = services
        self._engine: Final[Engine] = workflow_engine(place)
        self._workers: Final = None if isinstance(place, Path) else Workers(self._engine)
        self._isolation: Final = _OF_EACH_STATEMENT if self._workers else _OF_ONE_MOMENT
        config: DBOSConfig = {
            "name": "loanapp-lender",
            "system_database_url": address(place),
            "system_database_engine": self._engine,
            "application_version": WORKFLOW_VERSION,
            "executor_id": self._workers.name if self._workers else _EXECUTOR,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "CRITICAL",
        }
        DBOS(config=config)
        self._datasource: Final = SQLAlchemyDatasource.create(
            address(services.database.place),
            engine=services.database.write_engine,
            serializer=DBOSPortableJSONSerializer(),
        )
        _active = self
        self._looking: Final = Repeating("origination-look-again", _LOOK_AGAIN_SECONDS, self.resume)
        DBOS.launch()

    def transact(self, name: str, work: Callable[[Session], _Result]) -> _Result:
        """Run ``work`` once, ever, in this workflow's place: its checkpoint commits with it."""

        def act() -> _Result:
            return work(self._datasource.sql_session())

        with self.services.database.write_lock:
            return self._datasource.run_tx_step({"name": name, "isolation_level": self._isolation}, act)

    def advance(self, application_id: str) -> None:
        """Begin the workflow that the application's status asks for; one that was begun already goes on by itself."""
        try:
            with self.services.database.read() as session:
                application = session.get_one(Application, application_id)
                status, waiting = application.status, waits(self.services, session, application)
                asked = times_asked(session, application_id)
            if waiting:
                return  # for people; the last of them asks again
            if status in _TO_ASSESS:
                again = f":more{asked}" if asked else ""
                self._begin(f"{application_id}{again}", _assess, application_id)
            elif status in _TO_PAY_OUT:
                self._begin(f"{application_id}:payout", _pay_out, application_id)
        except Exception as error:  # noqa: BLE001 - a request must not fail for this; the next start looks again
            log.warning("the workflow could not be begun: %s", failure_place(error))

    def _begin(self, base: str, workflow: Callable[[str], str], application_id: str) -> None:
        """Begin the workflow unless it was begun; one that failed for good, or is stranded, gets a successor."""
        workflow_id, count = base, 1
        while (found := DBOS.get_workflow_status(workflow_id)) is not None:
            if found.status not in _FAILED and not self._stranded(found):
                return
            count += 1
            workflow_id = f"{base}:{count}"
        with SetWorkflowID(workflow_id):
            DBOS.start_workflow(workflow, application_id)

    def _stranded(self, found: WorkflowStatus) -> bool:
        """Whether a workflow has another shape than this program's, and whoever began it runs no more."""
        if found.status != "PENDING" or found.app_version == WORKFLOW_VERSION:
            return False
        # A folder of SQLite files has one process, and this is it.
        return self._workers is None or bool(self._workers.ended([found.executor_id or ""]))

    def payout_notice(self, key: str) -> None:
        """Wake the payout that waits for the bank's word on ``key``; it asks the bank itself."""
        application_id = payout_of(key)
        if application_id is None:
            return
        try:
            waiting = DBOS.list_workflows(
                workflow_id_prefix=f"{application_id}:payout", status=["PENDING"], load_input=False, load_output=False
            )
            for one in waiting:
                DBOS.send(one.workflow_id, key, topic=_NOTICE)
        except Exception as error:  # noqa: BLE001 - the payout looks by itself as well
            log.warning("a notice of the bank's was lost: %s", failure_place(error))

    def watch(self) -> None:
        """Look at what is under way now, and again from time to time: nobody must restart the lender for a loan."""
        self.resume()
        self._looking.start()

    def resume(self) -> None:
        """Look at every application under way.

        A kill may have come between a commit and the workflow's beginning, and a workflow may have failed for good.
        """
        statuses = [status.value for status in (*_TO_ASSESS, *_TO_PAY_OUT)]
        with self.services.database.read() as session:
            under_way = list(session.scalars(select(Application.id).where(Application.status.in_(statuses))))
        for application_id in under_way:
            self.advance(application_id)
        self._take_over()

    def _take_over(self) -> None:
        """Have the workflows go on that a worker had begun which lives no more: whichever worker is free takes each."""
        if self._workers is None:
            return
        pending = DBOS.list_workflows(status=["PENDING"], load_input=False, load_output=False)
        ended = self._workers.ended({one.executor_id for one in pending if one.executor_id})
        if ended:
            DBOS._recover_pending_workflows(ended)  # noqa: SLF001 - the library has no public door to it

    def stop(self) -> None:
        """End the threads; what was going on is taken up at the next start."""
        global _active  # noqa: PLW0603 - see above
        self._looking.stop()
        DBOS.destroy()
        _active = None
        if self._workers is not None:
            self._workers.close()
        self._engine.dispose()


def _quiet() -> None:
    """The library prints a banner and calls SQLite "for development"; its failures are logged here by place."""
    logger = logging.getLogger("dbos")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


@DBOS.workflow(name="assess", max_recovery_attempts=_RECOVERIES)
def _assess(application_id: str) -> str:
    return _watched(_run_assessment, application_id)


@DBOS.workflow(name="pay_out", max_recovery_attempts=_RECOVERIES)
def _pay_out(application_id: str) -> str:
    return _watched(_run_payout, application_id)


def _watched(run: Callable[["DurableOrigination", str], str], application_id: str) -> str:
    try:
        return run(_engine(), application_id)
    except Exception as error:
        log.error("a workflow stopped: %s", failure_place(error))  # noqa: TRY400 - its text may hold personal data
        raise


def _run_assessment(engine: DurableOrigination, application_id: str) -> str:
    services = engine.services
    begun = engine.transact("begin", lambda session: steps.begin(services, session, application_id))
    status = begun["status"]
    if status == ApplicationStatus.IN_REVIEW:
        return _review(engine, application_id)  # the workflow before this one failed after its decision
    if status != ApplicationStatus.VERIFYING:
        return "stopped"
    for step, ask in _CHECKS:
        if step not in begun["leaves_out"] and not _check(engine, application_id, step, ask):
            return "stopped"
    if not _note(engine, application_id, "decision", "running"):
        return "stopped"
    DBOS.sleep(services.policies.simulation.decision_seconds)
    outcome = engine.transact("decide", lambda session: steps.decide(services, session, application_id))
    if outcome == "review":
        return _review(engine, application_id)
    if outcome == "approved":
        prepare_signing(services)
    return outcome


def _review(engine: DurableOrigination, application_id: str) -> str:
    services = engine.services
    DBOS.sleep(services.policies.simulation.reviewer_seconds)
    outcome = engine.transact("review", lambda session: steps.review(services, session, application_id))
    if outcome == "approved":
        prepare_signing(services)  # for an approval of a person's, the first who asks waits a moment longer
    return outcome


def _run_payout(engine: DurableOrigination, application_id: str) -> str:
    services = engine.services
    if not engine.transact("begin_payout", lambda session: steps.begin_payout(services, session, application_id)):
        return "stopped"
    reference = _paid(engine, application_id)
    engine.transact("finish_payout", lambda session: steps.finish_payout(services, session, application_id, reference))
    return ApplicationStatus.ACTIVE.value


def _paid(engine: DurableOrigination, application_id: str) -> str:
    """The reference of the payment, once the bank has made it: it may take the order first, or refuse it."""
    rules = engine.services.policies.sources.payout
    order, looks = 1, 0
    while True:
        key = payout_key(application_id, order)
        told = _look_at_payment(key) if looks else _UNKNOWN
        if told["state"] == _UNKNOWN["state"]:
            told = _pay(application_id, key)
        if told["state"] == OrderState.PAID:
            return told["reference"]
        if told["state"] == OrderState.REFUSED:
            _note_refused(engine, application_id, order)
            DBOS.recv(_NOTICE, timeout_seconds=rules.refused_again)
            order, looks = order + 1, 0
        else:
            DBOS.recv(_NOTICE, timeout_seconds=rules.after(looks))
            looks += 1


def _note_refused(engine: DurableOrigination, application_id: str, order: int) -> None:
    engine.transact(
        "payout_refused", lambda session: steps.note_refused_payout(engine.services, session, application_id, order)
    )


def _check(engine: DurableOrigination, application_id: str, step: str, ask: Callable[[str], str]) -> bool:
    """One check; a silent source is waited for and asked again, and after the last wait left to a person."""
    if not _note(engine, application_id, step, "running"):
        return False
    answer = ask(application_id)
    for seconds in engine.services.policies.sources.waits:
        if answer != _DOWN:
            break
        DBOS.sleep(seconds)
        if not engine.transact("waited", lambda session: steps.is_verifying(session, application_id)):
            return False  # withdrawn while the source was silent: it is asked nothing more
        answer = ask(application_id)
    if answer == _TAKEN_BACK:  # no use to note: where the loan goes on, it goes on as if this were left out
        return engine.transact(f"{step}_left_out", lambda session: steps.leave_out(session, application_id, step))
    return _note(engine, application_id, step, "failed" if answer == _DOWN else "done")


def _note(engine: DurableOrigination, application_id: str, step: str, state: steps.CheckState) -> bool:
    return engine.transact(
        f"{step}_{state}",
        lambda session: steps.note_check(engine.services, session, application_id, step, state),
    )


@DBOS.step(name="registry")
def _ask_registry(application_id: str) -> str:
    services = _engine().services

    def question(identity: Identity) -> dict[str, Any]:
        portrait = (
            services.vault.load(application_id, PORTRAIT) if services.policies.sources.compares_portrait else None
        )
        return asdict(services.sources.registry.confirm(identity.name, identity.identity_number, portrait))

    return _ask(application_id, "identity", question)


@DBOS.step(name="screening")
def _ask_screening(application_id: str) -> str:
    screening = _engine().services.sources.screening
    return _ask(
        application_id,
        "screening",
        lambda identity: {"answer": screening.screen(identity.name, identity.identity_number).value},
    )


@DBOS.step(name="bureau")
def _ask_bureau(application_id: str) -> str:
    services = _engine().services
    bureau = services.sources.bureau
    with services.database.read() as session:
        asked = times_asked(session, application_id)
    # What was handed in again may be of somebody else: another question, which has another key.
    key = f"{application_id}:credit:{asked}" if asked else f"{application_id}:credit"
    return _ask(application_id, "credit", lambda identity: asdict(bureau.query(key, identity.identity_number)))


@DBOS.step(name="social_insurance")
def _ask_social_insurance(application_id: str) -> str:
    services = _engine().services
    insurance, key = services.sources.social_insurance, f"{application_id}:income"
    with services.database.read() as session:
        asked = times_asked(session, application_id)
    key = f"{key}:{asked}" if asked else key
    return _ask(application_id, "income", lambda identity: written(insurance.query(key, identity.identity_number)))


def _ask(application_id: str, step: str, question: Callable[[Identity], dict[str, Any]]) -> str:
    """Ask a source about the borrower and keep its answer; what is returned goes into the workflow's log in clear."""
    services = _engine().services
    with services.database.write() as session:
        if not steps.may_share(services, session, application_id, step, _asking(application_id)):
            return _TAKEN_BACK
        identity = Sealed(services, session.get_one(Application, application_id)).identity
    if identity is None:
        raise LookupError("a submitted application has an identity")
    try:
        answer = question(identity)
    except SourceDownError:
        log.warning("the source for the check of %s does not answer", step)
        return _DOWN
    with services.database.write() as session:
        steps.keep_answer(services, session, application_id, step, answer)
    return "answered"


def _asking(application_id: str) -> str:
    """Names the step under way, alike when it is repeated after a kill: which run of the workflow, which step in it."""
    workflow_id, step = DBOS.workflow_id, DBOS.step_id
    if workflow_id is None or step is None:
        raise RuntimeError("a source is asked by a step of a workflow")
    run = workflow_id.removeprefix(application_id).removeprefix(":") or "1"
    return f"{run}.{step}"


def _look_at_face(application_id: str) -> str:
    engine = _engine()
    services, simulation = engine.services, engine.services.policies.simulation
    with services.database.read() as session:
        at_branch = steps.goes_to_branch(session, application_id)
    DBOS.sleep(simulation.clerk_seconds if at_branch else simulation.face_seconds)
    return engine.transact("face", lambda session: steps.face_state(services, session, application_id))


def _look_at_card(_application_id: str) -> str:
    # The four elements were checked when the card was bound; nothing can have changed since submission.
    DBOS.sleep(_engine().services.policies.simulation.card_seconds)
    return "bound"


@DBOS.step(name="pay", retries_allowed=True, max_attempts=_PAY_TRIES)
def _pay(application_id: str, key: str) -> dict[str, str]:
    services = _engine().services
    with services.database.read() as session:
        application = session.get_one(Application, application_id)
        sealed = Sealed(services, application)
        identity, card, offer = sealed.identity, sealed.card, application.offer
    if identity is None or card is None or offer is None:
        raise LookupError("a signed application has an identity, a card and an offer")
    try:
        receipt = services.sources.bank.pay(key, card.number, identity.name, Decimal(offer["payout"]))
    except SourceDownError:
        log.warning("the bank does not answer")
        return _UNKNOWN
    return {"state": receipt.state.value, "reference": receipt.reference}


@DBOS.step(name="look_at_payment", retries_allowed=True, max_attempts=_PAY_TRIES)
def _look_at_payment(key: str) -> dict[str, str]:
    try:
        receipt = _engine().services.sources.bank.payment(key)
    except SourceDownError:
        log.warning("the bank does not answer")
        return {"state": OrderState.UNDER_WAY.value, "reference": ""}
    return _UNKNOWN if receipt is None else {"state": receipt.state.value, "reference": receipt.reference}


_CHECKS: Final = (
    ("identity", _ask_registry),
    ("screening", _ask_screening),
    ("face", _look_at_face),
    ("card", _look_at_card),
    ("credit", _ask_bureau),
    ("income", _ask_social_insurance),
)
