"""Evidence as it arrives: opened and read piece by piece, looked at while the rest is still on its way.

What is sent stays in memory: the sealed segment at hand, the evidence once, and frames on their way to the inference
process. Nothing of it touches a disk, and all of it goes when the verdict is there or the upload ends otherwise.
"""

import asyncio
import contextlib
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final

from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from loanapp.backend.policy.models import Upload
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.verification.face import Attempt, Received, Verdict, conclude, open_attempt, told_again
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.proof.envelope import EnvelopeError
from loanapp.proof.sealed_stream import StreamOpener, evidence_context, stream_length
from loanapp.vision.evidence import MOST_BYTES, EvidenceFrame, EvidenceHeader, EvidenceReader

UPLOAD_LIMIT: Final = stream_length(MOST_BYTES)
# Frames handed over at once: few enough that another borrower's question need not wait long, and that they are looked
# at on one core, each once.
_FRAMES_AT_ONCE: Final = 6
# Nobody refused may go on sending for longer.
_READ_OUT_SECONDS: Final = 10.0


async def take_evidence(
    services: Services, borrower_id: str, session_id: uuid.UUID, body: AsyncIterator[bytes]
) -> Verdict:
    """The verdict on the evidence that arrives as ``body``; the same evidence sent again gets the same verdict.

    Raises what :func:`open_attempt` and :func:`conclude` raise, ``EVIDENCE_INVALID`` for what is not evidence sealed
    for this attempt, ``LENDER_UNREACHABLE`` when it comes too slowly, or ``LENDER_TROUBLE`` while evidence
    of this borrower is being judged already.
    """
    pieces = _timely(body, services.policies.face.upload)
    try:
        with services.intake.place(borrower_id):
            attempt = await run_in_threadpool(open_attempt, services, borrower_id, session_id)
            return await _judged(services, borrower_id, attempt, pieces)
    except LoanAppError:
        await _read_out(pieces)
        raise


async def _judged(services: Services, borrower_id: str, attempt: Attempt, pieces: AsyncIterator[bytes]) -> Verdict:
    early = _EarlyLook(services)
    arriving = _Arriving(services, attempt)
    try:
        async for piece in pieces:
            for frames in arriving.take(piece):
                if attempt.open and arriving.belongs:
                    early.show(frames)
        received = arriving.finish(early.key)
        await early.end()
        if not attempt.open:
            return await run_in_threadpool(told_again, services, borrower_id, attempt, received.sha256)
        return await run_in_threadpool(conclude, services, borrower_id, attempt, received)
    except BaseException:
        await early.end()
        if early.told:
            await run_in_threadpool(services.inference.forget, early.key)
        raise


class _Arriving:
    """What has come of one attempt's evidence."""

    def __init__(self, services: Services, attempt: Attempt) -> None:
        challenge = attempt.challenge
        context = evidence_context(
            challenge.session_id, challenge.application_id, challenge.borrower_id, challenge.nonce
        )
        self._opener = StreamOpener(services.keys.vault, context, MOST_BYTES)
        self._reader = EvidenceReader()
        self._content = bytearray()
        self._clock = services.clock
        self._attempt = attempt
        self._header_at = services.clock.now()

    def take(self, piece: bytes) -> list[list[EvidenceFrame]]:
        """The frames that are whole now; raises ``EVIDENCE_INVALID``."""
        found = []
        try:
            for part in self._opener.feed(piece):
                if self._reader.header is None:
                    self._header_at = self._clock.now()
                self._content += part
                found.append(self._reader.feed(part))
        except EnvelopeError:
            raise RefusedError(ErrorCode.EVIDENCE_INVALID) from None
        return found

    @property
    def belongs(self) -> bool:
        """Whether it says that it is this attempt's; what does not is not looked at before the verdict on it."""
        header, challenge = self._reader.header, self._attempt.challenge
        return header is not None and (header.session_id, header.nonce, header.source_kind) == (
            challenge.session_id,
            challenge.nonce,
            self._attempt.source,
        )

    def finish(self, key: str) -> Received:
        """The whole; raises ``EVIDENCE_INVALID`` where something is missing."""
        try:
            self._opener.finish()
        except EnvelopeError:
            raise RefusedError(ErrorCode.EVIDENCE_INVALID) from None
        header: EvidenceHeader = self._reader.finish()
        content = bytes(self._content)
        return Received(content, header, sha256(content).hexdigest(), self._header_at, key)


class _EarlyLook:
    """Hands frames to the inference process while others are on their way.

    It saves time and nothing else: whatever becomes of it, the verdict is made on the whole evidence.
    """

    def __init__(self, services: Services) -> None:
        self.key: Final = uuid.uuid4().hex
        self.told = 0
        self._inference = services.inference
        self._waiting: deque[EvidenceFrame] = deque()
        self._work: asyncio.Task[None] | None = None
        self._ended = False

    def show(self, frames: list[EvidenceFrame]) -> None:
        """Frames that are whole, in order."""
        if self._ended or not frames:
            return
        self._waiting.extend(frames)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._hand_over())

    async def end(self) -> None:
        """Hand over no more; what is being looked at is waited for."""
        self._ended = True
        self._waiting.clear()
        if self._work is not None:
            await self._work

    async def _hand_over(self) -> None:
        while self._waiting and not self._ended:
            count = min(_FRAMES_AT_ONCE, len(self._waiting))
            frames = tuple(self._waiting.popleft() for _frame in range(count))
            try:
                kept = await run_in_threadpool(self._inference.watch, self.key, self.told, frames)
            except LoanAppError:
                kept = False
            self.told += count
            self._ended = self._ended or not kept


async def _timely(body: AsyncIterator[bytes], policy: Upload) -> AsyncIterator[bytes]:
    """The pieces of ``body``, while they come fast enough and are not too many."""
    began, taken = time.monotonic(), 0
    while True:
        left = began + policy.most_seconds - time.monotonic()
        try:
            async with asyncio.timeout(min(policy.idle_seconds, left)):
                piece = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise RefusedError(ErrorCode.LENDER_UNREACHABLE) from None
        except ClientDisconnect:
            raise RefusedError(ErrorCode.INPUT_INVALID) from None
        taken += len(piece)
        if taken > UPLOAD_LIMIT:
            raise RefusedError(ErrorCode.EVIDENCE_INVALID, maximum_bytes=UPLOAD_LIMIT)
        lasted = time.monotonic() - began - policy.grace_seconds
        if lasted > 0 and taken < policy.least_bytes_a_second * lasted:
            raise RefusedError(ErrorCode.LENDER_UNREACHABLE)
        yield piece


async def _read_out(pieces: AsyncIterator[bytes]) -> None:
    """Let a client that is refused finish sending, within the limits: it would not hear the answer else."""
    with contextlib.suppress(LoanAppError, TimeoutError):
        async with asyncio.timeout(_READ_OUT_SECONDS):
            async for _piece in pieces:
                pass
