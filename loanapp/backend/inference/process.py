"""The inference process itself: answers one question after the other, and ends when its parent does.

It holds the models and nothing else: no database, no keys, no network. Pictures arrive through the pipe and are
forgotten with the answer.
"""

import os
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Challenge, SourceKind, VerdictOutcome

DONE: Final = "done"
REFUSED: Final = "refused"
FAILED: Final = "failed"
# OCR and nets use every core they are given; one stays for the web process.
_THREADS: Final = 2


def serve(connection: Connection) -> None:
    """Answer until the pipe closes, which it does when the parent ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = Engine()
    work: dict[str, Callable[..., Any]] = {
        "preload": engine.preload,
        "read_document": engine.read_document,
        "judge": engine.judge,
    }
    while True:
        try:
            name, arguments = connection.recv()
            connection.send(_answer(work[name], arguments))
        except (EOFError, OSError):
            os._exit(0)


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return DONE, work(*arguments)
    except LoanAppError as error:
        return REFUSED, (error.code.value, dict(error.details))
    except Exception as error:  # noqa: BLE001 - one bad picture must not end the process
        last = traceback.extract_tb(error.__traceback__)[-1]
        # The text of the error may hold what was read; kind and place are enough to find it.
        return FAILED, f"{type(error).__name__} at {last.name}:{last.lineno}"


class Engine:
    """The models, each loaded when first needed."""

    def __init__(self) -> None:
        self._reader: Any = None
        self._matcher: Any = None
        self._models: Any = None

    def preload(self) -> None:
        """Load everything, by reading a blank picture among other things."""
        import cv2
        import numpy as np

        cv2.setNumThreads(_THREADS)
        _done, blank = cv2.imencode(".png", np.full((480, 640, 3), 255, np.uint8))
        self._load_face()
        try:
            self._load_reader().read(blank.tobytes(), "front")
        except LoanAppError as error:
            if error.code in {ErrorCode.ASSET_MISSING, ErrorCode.ASSET_DAMAGED}:
                raise

    def read_document(self, photo: bytes, side: str) -> tuple[dict[str, tuple[str, float]], bytes | None]:
        """Fields and, from the front, the portrait as PNG."""
        import cv2

        reading = self._load_reader().read(photo, side)
        fields = {name: (one.value, float(one.confidence)) for name, one in reading.fields.items()}
        if reading.portrait is None:
            return fields, None
        return fields, cv2.imencode(".png", reading.portrait)[1].tobytes()

    def judge(
        self, content: bytes, challenge: Challenge, source_kind: str, portrait: bytes
    ) -> tuple[str, tuple[str, ...], dict[str, float], str | None]:
        """Liveness from the evidence alone; then, if it passed, whether it is the face on the document."""
        import cv2
        import numpy as np

        from loanapp.vision.evidence import unpack_evidence
        from loanapp.vision.verdict import judge

        self._load_face()
        evidence = unpack_evidence(content)
        if evidence.header.source_kind is not SourceKind(source_kind):
            raise LoanAppError(ErrorCode.SOURCE_NOT_ACCEPTED)
        report = judge(evidence, challenge, self._models, matcher=self._matcher)
        outcome, reasons = report.outcome.value, tuple(reason.value for reason in report.reasons)
        measures = {name: float(value) for name, value in report.measures.items()}
        if report.outcome is not VerdictOutcome.PASSED or report.best_face is None:
            return outcome, reasons, measures, None
        picture = cv2.imdecode(np.frombuffer(portrait, np.uint8), cv2.IMREAD_COLOR)
        return outcome, reasons, measures, self._match(report.best_face, picture, measures)

    def _match(self, face: Any, portrait: Any, measures: dict[str, float]) -> str:  # noqa: ANN401 - pictures
        from loanapp.vision.face_match import load_match_policy

        try:
            similarity = self._matcher.similarity(face, portrait)
        except LoanAppError as error:
            if error.code is not ErrorCode.FACE_LOST:
                raise
            return "unsure"  # nothing to compare is nobody's fault: a person looks
        measures["document_similarity"] = round(similarity, 4)
        return load_match_policy().outcome(similarity).value

    def _load_reader(self) -> Any:  # noqa: ANN401 - imported late
        if self._reader is None:
            from loanapp.vision.documents import DocumentReader

            self._reader = DocumentReader()
        return self._reader

    def _load_face(self) -> None:
        if self._models is None:
            from loanapp.vision.face_match import FaceMatcher
            from loanapp.vision.models import FaceModels

            self._models = FaceModels.load()
            self._matcher = FaceMatcher()
