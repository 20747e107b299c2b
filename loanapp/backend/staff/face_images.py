"""A face is shown to a member only after another has agreed, for some minutes, and the borrower sees each step.

The images are those the vault still has: the portrait side of the identity card, and the portrait cut out of it.
Frames of a face verification are never stored, so there is nothing to show of them.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.staff.members import AtWork
from loanapp.backend.staff.tables import FaceLook
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application
from loanapp.backend.verification.documents import PORTRAIT, photo_kind
from loanapp.domain.errors import ErrorCode
from loanapp.domain.status import ApplicationStatus

FaceImage = Literal["front", "portrait"]
FACE_IMAGES: Final[Mapping[FaceImage, str]] = {"front": photo_kind("front"), "portrait": PORTRAIT}
_WAITING: Final = ApplicationStatus.IN_REVIEW


@dataclass(frozen=True, slots=True)
class AskedLook:
    """A member asks to be shown a face; nothing in it is personal but ``why``."""

    look_id: str
    number: str
    image: str
    asked_by: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class OwnLook:
    """How far one's own wish to be shown ``image`` is: none, asked, agreed, refused or expired."""

    image: FaceImage
    state: str
    until: datetime | None


def ask(services: Services, who: AtWork, application_id: str, image: FaceImage, why: str) -> None:
    """Ask a colleague to agree; asked again while that waits, it is asked once.

    Raises ``NOT_FOUND`` where no case waits, or the vault has no such image any more.
    """
    now = services.clock.now()
    with services.database.write() as session:
        application = _case(services, session, application_id, image)
        newest = _newest(session, application.id, image, who)
        if newest is not None and _state(newest, now) in {"asked", "agreed"}:
            return
        look_id = str(uuid.uuid4())
        session.add(
            FaceLook(
                id=look_id,
                application_id=application.id,
                image=image,
                asked_by=who.member_id,
                why_sealed=services.cipher.encrypt(why.encode(), _place(look_id)),
                asked_at=now,
                expires_at=now + timedelta(minutes=services.policies.staff.face_answer_minutes),
            )
        )
        _noted(session, (application.id, image), "face_image_asked", who, now)


def asked_looks(services: Services, who: AtWork) -> list[AskedLook]:
    """What colleagues ask and ``who`` may answer, the first asked first."""
    now = services.clock.now()
    with services.database.read() as session:
        query = select(FaceLook, Application).join(Application, Application.id == FaceLook.application_id)
        rows = session.execute(
            query.where(
                FaceLook.answered_at.is_(None),
                FaceLook.expires_at > now,
                FaceLook.asked_by != who.member_id,
                Application.status == _WAITING,
            ).order_by(FaceLook.asked_at)
        )
        return [
            AskedLook(look.id, application.number, look.image, look.asked_by, look.expires_at, _why(services, look))
            for look, application in rows
        ]


def answer(services: Services, who: AtWork, look_id: str, *, agreed: bool) -> None:
    """Another member's yes or no.

    Raises ``NOT_FOUND`` for what was answered, is too late, or waits no more; ``NOT_ALLOWED_NOW`` for one's own.
    """
    now = services.clock.now()
    with services.database.write() as session:
        look = session.get(FaceLook, look_id)
        if look is None or _state(look, now) != "asked":
            raise RefusedError(ErrorCode.NOT_FOUND)
        application = _case(services, session, look.application_id, _known(look.image))
        if look.asked_by == who.member_id:
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
        look.answered_by, look.answered_at, look.agreed = who.member_id, now, agreed
        if agreed:
            look.expires_at = now + timedelta(minutes=services.policies.staff.face_open_minutes)
        act = "face_image_agreed" if agreed else "face_image_refused"
        _noted(session, (application.id, _known(look.image)), act, who, now)


def show(services: Services, who: AtWork, application_id: str, image: FaceImage) -> bytes:
    """The image, to whoever asked, while a colleague's yes holds; the look is written before it is given.

    Raises ``NOT_FOUND``, or ``NOT_ALLOWED_NOW`` without that yes.
    """
    now = services.clock.now()
    with services.database.write() as session:
        application = _case(services, session, application_id, image)
        newest = _newest(session, application.id, image, who)
        if newest is None or _state(newest, now) != "agreed":
            raise RefusedError(ErrorCode.NOT_ALLOWED_NOW, status=application.status.value)
        _noted(session, (application.id, image), "face_image", who, now)
    found = services.vault.load(application_id, FACE_IMAGES[image])
    if found is None:
        raise RefusedError(ErrorCode.NOT_FOUND)
    return found


def own_looks(services: Services, who: AtWork, application_id: str) -> tuple[OwnLook, ...]:
    """Each image there still is, and how far one's own wish to see it is."""
    now, found = services.clock.now(), []
    with services.database.read() as session:
        for image, kind in FACE_IMAGES.items():
            if not services.vault.holds(application_id, kind):
                continue
            newest = _newest(session, application_id, image, who)
            state = _state(newest, now) if newest is not None else "none"
            until = newest.expires_at if newest is not None and state in {"asked", "agreed"} else None
            found.append(OwnLook(image, state, until))
    return tuple(found)


def _case(services: Services, session: Session, application_id: str, image: FaceImage) -> Application:
    found = session.get(Application, application_id)
    if found is None or found.status is not _WAITING or not services.vault.holds(found.id, FACE_IMAGES[image]):
        raise RefusedError(ErrorCode.NOT_FOUND)
    return found


def _newest(session: Session, application_id: str, image: str, who: AtWork) -> FaceLook | None:
    """The member's own newest wish."""
    query = select(FaceLook).where(
        FaceLook.application_id == application_id, FaceLook.image == image, FaceLook.asked_by == who.member_id
    )
    return session.scalars(query.order_by(FaceLook.asked_at.desc())).first()


def _state(look: FaceLook, now: datetime) -> str:
    if look.answered_at is not None and not look.agreed:
        return "refused"
    if look.expires_at <= now:
        return "expired"
    return "asked" if look.answered_at is None else "agreed"


def _known(image: str) -> FaceImage:
    return "front" if image == "front" else "portrait"


def _why(services: Services, look: FaceLook) -> str:
    return services.cipher.decrypt(look.why_sealed, _place(look.id)).decode()


def _noted(session: Session, look: tuple[str, FaceImage], what: str, who: AtWork, now: datetime) -> None:
    application_id, image = look
    detail = {"what": what, "image": image, "member": who.member_id}
    ledger.append(session, now, "access", application_id, detail, actor="staff")


def _place(look_id: str) -> str:
    return f"staff_face_look|{look_id}"
