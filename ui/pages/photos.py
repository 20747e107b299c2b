"""Photo files as the identity page takes them: read in a worker, checked before anything is sent, kept in memory."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.resource_files import read_toml

_THUMBNAIL = QSize(520, 330)


def read_photo(path: Path) -> bytes:
    """The file's bytes; its size is looked at first.

    Raises :class:`LoanAppError` with ``PHOTO_TOO_LARGE`` or ``PHOTO_NOT_AN_IMAGE`` (also for a file that cannot be
    read).
    """
    limit = int(read_toml("policy", "document_photos.toml")["largest_bytes"])
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError:
        raise LoanAppError(ErrorCode.PHOTO_NOT_AN_IMAGE) from None
    if len(data) > limit:
        raise LoanAppError(ErrorCode.PHOTO_TOO_LARGE, limit_mb=limit // (1024 * 1024))
    return data


def thumbnail(data: bytes) -> QImage:
    """A small upright picture of the photo, decoded no larger than it is shown.

    Raises :class:`LoanAppError` with ``PHOTO_NOT_AN_IMAGE``.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(_THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise LoanAppError(ErrorCode.PHOTO_NOT_AN_IMAGE)
    return image
