"""The models of the inference process and what they are asked; imported by that process alone."""

from datetime import datetime
from typing import Any, Final

import cv2
import numpy as np

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import Challenge, SourceKind, VerdictOutcome
from loanapp.vision.arrays import Image
from loanapp.vision.documents import DocumentReader
from loanapp.vision.evidence import unpack_evidence
from loanapp.vision.face_match import FaceMatcher, load_match_policy
from loanapp.vision.models import FaceModels
from loanapp.vision.verdict import judge

# OCR and nets would use every core they find; the web process needs some of them too.
_THREADS: Final = 2

FieldsRead = dict[str, tuple[str, float]]
Judgement = tuple[str, tuple[str, ...], dict[str, float], str | None]


class Engine:
    """The models, each loaded when first needed."""

    def __init__(self) -> None:
        cv2.setNumThreads(_THREADS)
        self._reader: Final = DocumentReader()
        self._matcher: Final = FaceMatcher()
        self._models: FaceModels | None = None

    def preload(self) -> None:
        """Load everything, by reading a blank picture among other things. Raises as a real question would."""
        blank = np.full((480, 640, 3), 255, np.uint8)
        self._face_models()
        self._matcher.preload()
        try:
            self._reader.read(cv2.imencode(".png", blank)[1].tobytes(), "front")
        except LoanAppError as error:
            if error.code in {ErrorCode.ASSET_MISSING, ErrorCode.ASSET_DAMAGED}:
                raise

    def read_document(self, photo: bytes, side: str) -> tuple[FieldsRead, bytes | None]:
        """Fields with their confidence and, from the front, the portrait as PNG."""
        reading = self._reader.read(photo, side)
        fields = {name: (one.value, float(one.confidence)) for name, one in reading.fields.items()}
        if reading.portrait is None:
            return fields, None
        return fields, cv2.imencode(".png", reading.portrait)[1].tobytes()

    def judge(
        self, content: bytes, challenge: Challenge, source_kind: str, portrait: bytes, received_at: datetime
    ) -> Judgement:
        """Liveness from the evidence alone; then, if it passed, whether it is the face on the document.

        ``received_at`` is when the evidence came, by the clock that issued the challenge. Raises ``EVIDENCE_INVALID``,
        or ``SOURCE_NOT_ACCEPTED`` when the frames come from elsewhere than announced.
        """
        evidence = unpack_evidence(content)
        if evidence.header.source_kind is not SourceKind(source_kind):
            raise LoanAppError(ErrorCode.SOURCE_NOT_ACCEPTED)
        report = judge(evidence, challenge, self._face_models(), received_at=received_at, matcher=self._matcher)
        outcome, reasons = report.outcome.value, tuple(reason.value for reason in report.reasons)
        measures = {name: float(value) for name, value in report.measures.items()}
        if report.outcome is not VerdictOutcome.PASSED or report.best_face is None:
            return outcome, reasons, measures, None
        return outcome, reasons, measures, self._match(report.best_face, portrait, measures)

    def _match(self, face: Image, portrait: bytes, measures: dict[str, float]) -> str:
        picture: Any = cv2.imdecode(np.frombuffer(portrait, np.uint8), cv2.IMREAD_COLOR)
        try:
            similarity = self._matcher.similarity(face, picture)
        except LoanAppError as error:
            if error.code is not ErrorCode.FACE_LOST:
                raise
            return "unsure"  # nothing to compare is nobody's fault: a person looks
        measures["document_similarity"] = round(similarity, 4)
        return load_match_policy().outcome(similarity).value

    def _face_models(self) -> FaceModels:
        if self._models is None:
            self._models = FaceModels.load()
        return self._models
