"""The web process's side of inference: one question at a time, with a time limit; a process that dies is replaced."""

import contextlib
import logging
import multiprocessing
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, Final

from loanapp.backend.inference import process
from loanapp.backend.refusal import RefusedError
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Challenge
from loanapp.vision.evidence import EvidenceFrame

log = logging.getLogger(__name__)

_DOCUMENT_SECONDS: Final = 40.0
_VERDICT_SECONDS: Final = 60.0
_WATCH_SECONDS: Final = 20.0
_RETRY_SECONDS: Final = 2
# Nothing that a borrower could do anything about.
_LENDERS_OWN: Final = frozenset({ErrorCode.ASSET_MISSING.value, ErrorCode.ASSET_DAMAGED.value})


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """Fields read from one photo (value, confidence) and, of the front alone, the portrait as a picture file.

    ``fingerprint``: what the photograph looks like, in bands (:mod:`loanapp.domain.photo_fingerprint`).
    """

    fields: dict[str, tuple[str, float]] = field(repr=False)
    portrait: bytes | None = field(repr=False)
    fingerprint: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One attempt to judge: the evidence, what was asked, where it should come from, and the document's portrait.

    ``received_at`` is when the evidence came, by the clock that issued the challenge; ``early_key`` names what was seen
    of it while it arrived. ``pad_manifest`` is the path of the manifest of the lender's own model; empty for none.
    """

    evidence: bytes = field(repr=False)
    challenge: Challenge
    source_kind: str
    portrait: bytes = field(repr=False)
    received_at: datetime
    early_key: str = ""
    pad_manifest: str = ""


@dataclass(frozen=True, slots=True)
class FaceResult:
    """What the engine makes of one attempt, before policy: liveness and similarity to the document's portrait.

    ``outcome`` and ``reasons`` are values of the domain's enums; ``match`` is ``same``, ``unsure``, ``different``,
    or ``None`` when the attempt did not get that far. ``rules`` are plain values, one for each rule applied; ``models``
    and ``thresholds`` are the SHA-256 of the files it was judged by.
    """

    outcome: str
    reasons: tuple[str, ...]
    measures: dict[str, float]
    match: str | None
    rules: tuple[dict[str, Any], ...] = ()
    models: dict[str, str] = field(default_factory=dict)
    thresholds: dict[str, str] = field(default_factory=dict)


class InferenceTroubleError(RuntimeError):
    """The inference process died or did not answer in time."""


class InferenceClient:
    """Starts the process when first needed; safe to use from any thread."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._process: Any = None
        self._connection: Connection | None = None
        self._stopped = False
        self._warm = False

    def warm_up(self) -> None:
        """Start the process and load its models in the background, so that the first photo does not wait for them.

        Asked for when a borrower comes who will need them, not at the lender's start, where the window's first
        picture competes for the same cores.
        """
        if not self._warm and not self._stopped:
            self._warm = True
            threading.Thread(target=self._preload, name="inference-warm-up", daemon=True).start()

    def _preload(self) -> None:
        try:
            self._ask("preload", (), _VERDICT_SECONDS)
        except (InferenceTroubleError, LoanAppError):
            if not self._stopped:
                log.warning("the inference process could not load its models yet")

    def read_document(self, photo: bytes, side: str) -> DocumentResult:
        """Read one side; raises the reader's refusals, or ``LENDER_TROUBLE`` when there is no answer."""
        return DocumentResult(*self._answer("read_document", (photo, side), _DOCUMENT_SECONDS))

    def judge(self, question: Question) -> FaceResult:
        """Judge one attempt; raises ``EVIDENCE_INVALID`` or ``LENDER_TROUBLE``."""
        return FaceResult(**self._answer("judge", (question,), _VERDICT_SECONDS))

    def watch(self, key: str, start: int, frames: Sequence[EvidenceFrame]) -> bool:
        """Look at frames of an attempt while others are on their way; ``start`` is how many came before these.

        ``False``: there is no room, or what was seen so far is lost; the verdict is then made on the whole alone.
        """
        return bool(self._answer("watch", (key, start, tuple(frames)), _WATCH_SECONDS))

    def forget(self, key: str) -> None:
        """Nothing more comes under ``key``. Never fails: what is not forgotten now goes when it has grown old."""
        if self._connection is not None:
            with contextlib.suppress(InferenceTroubleError, LoanAppError):
                self._ask("forget", (key,), _WATCH_SECONDS)

    def stop(self) -> None:
        """End the process, whatever it is doing; whoever waits for it gets ``LENDER_TROUBLE``."""
        self._stopped = True
        running = self._process
        if running is not None:
            with contextlib.suppress(ValueError):  # it ended by itself meanwhile
                running.kill()
        with self._lock:
            self._end()

    def _answer(self, work: str, arguments: tuple[Any, ...], seconds: float) -> Any:  # noqa: ANN401 - picked by work
        try:
            return self._ask(work, arguments, seconds)
        except InferenceTroubleError:
            raise RefusedError(ErrorCode.LENDER_TROUBLE, retry_after_seconds=_RETRY_SECONDS) from None

    def _ask(self, work: str, arguments: tuple[Any, ...], seconds: float) -> Any:  # noqa: ANN401 - picked by work
        with self._lock:
            try:
                kind, value = self._exchange(work, arguments, seconds)
            except (EOFError, OSError):
                self._end()
                if self._stopped:
                    raise InferenceTroubleError(work) from None
                log.warning("the inference process died; starting another")
                try:
                    kind, value = self._exchange(work, arguments, seconds)
                except (EOFError, OSError):
                    self._end()
                    raise InferenceTroubleError(work) from None
        if kind == process.REFUSED:
            code, details = value
            if code in _LENDERS_OWN:
                log.error("a file of the lender's is missing or damaged: %s", details.get("asset"))
                raise InferenceTroubleError(work)
            raise LoanAppError(ErrorCode(code), **details)
        if kind == process.FAILED:
            log.error("inference failed: %s", value)
            raise InferenceTroubleError(work)
        return value

    def _exchange(self, work: str, arguments: tuple[Any, ...], seconds: float) -> tuple[str, Any]:
        connection = self._start()
        connection.send((work, arguments))
        if not connection.poll(seconds):
            self._end()
            raise InferenceTroubleError(work)
        kind, value = connection.recv()
        return kind, value

    def _start(self) -> Connection:
        if self._stopped:
            raise InferenceTroubleError("stopped")
        if self._connection is None:
            ours: Any  # Windows has another class for the ends of a pipe
            ours, theirs = self._context.Pipe()
            self._process = self._context.Process(
                target=process.serve, args=(theirs,), name="loanapp-inference", daemon=True
            )
            self._process.start()
            theirs.close()
            self._connection = ours
        return self._connection

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
            self._process.close()
            self._process = None
