"""Where applications came from, as keyed digests, and photographs by what they look like; of limited age."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from loanapp.backend.store.tables import Base


class ApplicationOrigin(Base):
    """What an application had in common with others when it was handed in: digests that say nothing by themselves."""

    __tablename__ = "application_origin"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    computer_index: Mapped[str] = mapped_column(index=True)
    network_index: Mapped[str | None] = mapped_column(index=True)  # none where it came from this very computer


class PhotoBand(Base):
    """One part of the fingerprint of a card's photograph (:mod:`loanapp.vision.photo_fingerprint`)."""

    __tablename__ = "photo_band"
    application_id: Mapped[str] = mapped_column(ForeignKey("application.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    bits: Mapped[str] = mapped_column(index=True)  # hexadecimal
    at: Mapped[datetime]
