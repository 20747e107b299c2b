"""The models of the inference process and what they are asked; imported by that process alone."""

import logging
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from loanapp.backend.inference.client import Question
from loanapp.backend.inference.early import EarlyLooks, Watched, digests_of
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import SourceKind, VerdictOutcome, VerdictReason
from loanapp.resource_files import asset_path, resource_path
from loanapp.vision.arrays import Image
from loanapp.vision.documents import DocumentReader
from loanapp.vision.evidence import Evidence, EvidenceFormatError, EvidenceFrame, unpack_evidence
from loanapp.vision.face_match import FaceMatcher, load_match_policy
from loanapp.vision.models import FaceModels
from loanapp.vision.pad_model import OnnxPadModel, load_pad_model
from loanapp.vision.verdict import LivenessReport, judge

log = logging.getLogger(__name__)

# OCR and nets would use every core they find; the web process needs some of them too.
_THREADS: Final = 2

# By these files a verdict is made; their digests are kept with it.
_MODELS: Final = (
    "face_landmarker.task",
    "face_detection_yunet_2023mar_int8bq.onnx",
    "face_recognition_sface_2021dec_int8bq.onnx",
)
_THRESHOLDS: Final = (
    ("vision", "verdict.toml"),
    ("vision", "thresholds.toml"),
    ("vision", "flash.toml"),
    ("policy", "face_match.toml"),
)

FieldsRead = dict[str, tuple[str, float]]
Judgement = dict[str, Any]


class Engine:
    """The models, each loaded when first needed."""

    def __init__(self) -> None:
        cv2.setNumThreads(_THREADS)
        self._reader: Final = DocumentReader()
        self._matcher: Final = FaceMatcher()
        self._models: FaceModels | None = None
        self._early: Final = EarlyLooks()
        self._pad_models: Final[dict[str, OnnxPadModel]] = {}

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

    def read_document(self, photo: bytes, side: str) -> tuple[FieldsRead, bytes | None, tuple[str, ...]]:
        """Fields with their confidence, from the front the portrait as PNG, and the photograph's fingerprint."""
        reading = self._reader.read(photo, side)
        fields = {name: (one.value, float(one.confidence)) for name, one in reading.fields.items()}
        if reading.portrait is None:
            return fields, None, reading.fingerprint
        return fields, cv2.imencode(".png", reading.portrait)[1].tobytes(), reading.fingerprint

    def watch(self, key: str, start: int, frames: tuple[EvidenceFrame, ...]) -> bool:
        """Look at frames of an attempt that is still arriving; whether they could be kept in mind."""
        return self._early.watch(key, start, frames, self._face_models())

    def forget(self, key: str) -> None:
        """Forget what was seen under ``key``."""
        self._early.take(key)

    def tidy(self) -> None:
        """Forget what nobody has asked about for long."""
        self._early.tidy()

    def judge(self, asked: Question) -> Judgement:
        """Liveness from the evidence alone; then, if a person may be in it, whether it is the face on the document.

        Raises ``EVIDENCE_INVALID``, or ``SOURCE_NOT_ACCEPTED`` when the frames come from elsewhere than announced.
        """
        seen = self._early.take(asked.early_key)
        pad_model = self._pad_model(asked.pad_manifest)
        evidence = unpack_evidence(asked.evidence)
        if evidence.header.source_kind is not SourceKind(asked.source_kind):
            raise LoanAppError(ErrorCode.SOURCE_NOT_ACCEPTED)
        report = self._report(asked, evidence, seen, pad_model)
        models = digests_of([asset_path(name) for name in _MODELS])
        if pad_model is not None:
            models[pad_model.name] = pad_model.sha256
        measures = {name: float(value) for name, value in report.measures.items()}
        rules = report.rules_as_json()
        match = None
        if report.outcome in {VerdictOutcome.PASSED, VerdictOutcome.REVIEW} and report.best_face is not None:
            match = self._match(report.best_face, asked.portrait, measures)
            rules += _match_rules(measures)
        return {
            "outcome": report.outcome.value,
            "reasons": tuple(reason.value for reason in report.reasons),
            "measures": measures,
            "match": match,
            "rules": tuple(rules),
            "models": models,
            "thresholds": digests_of([resource_path(*parts) for parts in _THRESHOLDS]),
        }

    def _report(
        self, asked: Question, evidence: Evidence, seen: Watched | None, pad_model: OnnxPadModel | None
    ) -> LivenessReport:
        """The report, from what was seen early where that holds, else from the beginning."""
        given: dict[str, Any] = {
            "received_at": asked.received_at,
            "matcher": self._matcher,
            "pad_model": pad_model,
        }
        if seen is not None and seen.began(evidence.frames):
            try:
                seen.watcher.add(evidence.frames[seen.count :])
                return seen.watcher.finish(evidence.header, asked.challenge, **given)
            except EvidenceFormatError:
                raise
            except Exception as error:  # noqa: BLE001 - an early look may save time and must cost nothing
                log.warning("an early look was of no use: %s", type(error).__name__)
        return judge(evidence, asked.challenge, self._face_models(), **given)

    def _pad_model(self, manifest: str) -> OnnxPadModel | None:
        """The lender's own model, loaded once; asked for and not there, it stops the verdict."""
        if not manifest:
            return None
        if manifest not in self._pad_models:
            self._pad_models[manifest] = load_pad_model(Path(manifest))
        return self._pad_models[manifest]

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


def _match_rules(measures: dict[str, float]) -> list[dict[str, Any]]:
    """How the face was held against the document, in the form of the other rules."""
    if "document_similarity" not in measures:
        return []
    policy, value = load_match_policy(), measures["document_similarity"]
    return [
        {
            "name": "document_similarity",
            "value": value,
            "comparison": "at_least",
            "limit": limit,
            "passed": value >= limit,
            "reason": reason.value,
            "outcome": outcome.value,
        }
        for limit, reason, outcome in (
            (policy.pass_from, VerdictReason.FACE_MATCH_UNSURE, VerdictOutcome.REVIEW),
            (policy.review_from, VerdictReason.FACE_UNLIKE_DOCUMENT, VerdictOutcome.RETRY),
        )
    ]
