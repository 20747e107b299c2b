"""Whether this computer is ready for a loan application: each check finds one thing and names what mends it."""

import hashlib
import os
import platform
import shutil
import ssl
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import loanapp
from loanapp.domain.errors import LoanAppError
from loanapp.resource_files import assets_folder, read_toml

_MEGABYTE: Final = 1024 * 1024
# Room for drafts, the embedded lender's store and a signed contract; below the second figure writing may fail.
_DISK_ENOUGH_MB: Final = 1024
_DISK_LEAST_MB: Final = 200
_OLDEST_PYTHON: Final = (3, 11)
_FONTS: Final = ("NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf")
EMBEDDED_LENDER_FOLDER: Final = "lender"


class CheckState(StrEnum):
    """How a check came out."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    ``outcome`` names the sentence (``doctor.<id>.<outcome>``, its fix ``doctor.<id>.<outcome>.fix``), ``values``
    fill it in, ``article`` is the help article that says more.
    """

    id: str
    state: CheckState
    outcome: str
    article: str
    values: dict[str, str] = field(default_factory=dict)


def diagnose(data_folder: Path) -> list[Check]:
    """Run every check, in an order a person would ask; slow (up to a few seconds), nothing is sent anywhere.

    Reads cameras' names without opening one. A check that itself fails is a finding, not an exception.
    """
    checks: list[tuple[str, Callable[[], Check]]] = [
        ("program", _program),
        ("assets", _assets),
        ("fonts", _fonts),
        ("disk", lambda: _disk(data_folder)),
        ("data_folder", lambda: _data_folder(data_folder)),
        ("tls", _tls),
        ("keyring", lambda: _keyring(data_folder)),
        ("camera", _camera),
        ("lender", lambda: _lender(data_folder / EMBEDDED_LENDER_FOLDER)),
    ]
    return [_guarded(name, check) for name, check in checks]


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (OSError, ImportError, RuntimeError, ValueError, LoanAppError) as error:
        return Check(name, CheckState.BAD, "failed", "unexpected", {"error": type(error).__name__})


def _program() -> Check:
    values: dict[str, str] = {
        "version": loanapp.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    good = sys.version_info >= _OLDEST_PYTHON
    return Check("program", *_graded(good=good), "program-files", values)


def _graded(*, good: bool, otherwise: CheckState = CheckState.BAD) -> tuple[CheckState, str]:
    state = CheckState.GOOD if good else otherwise
    return state, state.value


def _assets() -> Check:
    folder, wrong = assets_folder(), []
    listed = read_toml("assets.toml")["asset"]
    for asset in listed:
        path = folder / asset["name"]
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != asset["sha256"]:
            wrong.append(asset["name"])
    values: dict[str, str] = {"count": str(len(listed)), "names": ", ".join(wrong), "folder": str(folder)}
    return Check("assets", *_graded(good=not wrong), "program-files", values)


def _fonts() -> Check:
    from PIL import ImageFont  # noqa: PLC0415 - only this check draws

    names = []
    for name in _FONTS:
        path = assets_folder() / name
        if not path.is_file():
            return Check("fonts", CheckState.BAD, "bad", "program-files", {"names": name})
        names.append(" ".join(part for part in ImageFont.truetype(str(path), 12).getname() if part))
    return Check("fonts", CheckState.GOOD, "good", "program-files", {"names": ", ".join(names)})


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(_existing(folder)).free // _MEGABYTE
    values: dict[str, str] = {"free": str(free), "enough": str(_DISK_ENOUGH_MB)}
    if free < _DISK_LEAST_MB:
        return Check("disk", CheckState.BAD, "bad", "draft-and-disk", values)
    return Check("disk", *_graded(good=free >= _DISK_ENOUGH_MB, otherwise=CheckState.WARNING), "draft-and-disk", values)


def _data_folder(folder: Path) -> Check:
    values: dict[str, str] = {"folder": str(folder)}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"loanapp")
    except OSError:
        return Check("data_folder", CheckState.BAD, "bad", "draft-and-disk", values)
    private = os.name != "posix" or not folder.stat().st_mode & 0o077
    state = _graded(good=private, otherwise=CheckState.WARNING)
    return Check("data_folder", *state, "draft-and-disk", values)


def _tls() -> Check:
    return Check("tls", *_graded(good=ssl.HAS_TLSv1_3), "lender-certificate", {"library": ssl.OPENSSL_VERSION})


def _keyring(folder: Path) -> Check:
    from loanapp.client.secrets import SecretsKind, open_secrets  # noqa: PLC0415 - keyring takes 80 ms

    kind = open_secrets(folder).kind
    good = kind is SecretsKind.KEYRING
    return Check("keyring", *_graded(good=good, otherwise=CheckState.WARNING), "keyring-and-passphrase")


def _camera() -> Check:
    from loanapp.capture.sources import list_cameras  # noqa: PLC0415 - OpenCV takes 150 ms

    names = [camera.name for camera in list_cameras()]
    state = _graded(good=bool(names), otherwise=CheckState.WARNING)
    return Check("camera", *state, "camera-not-found", {"names": ", ".join(names), "count": str(len(names))})


def _lender(folder: Path) -> Check:
    from loanapp.client.endpoint import FILE_NAME, EmbeddedEndpoint  # noqa: PLC0415 - only this check calls
    from loanapp.client.lender_client import LenderClient  # noqa: PLC0415
    from loanapp.client.transport import RetryPolicy  # noqa: PLC0415

    if not (folder / FILE_NAME).is_file():
        return Check("lender", CheckState.GOOD, "resting", "demonstration-lender")
    client = LenderClient(EmbeddedEndpoint(folder), retries=RetryPolicy(attempts=1))
    try:
        name = client.lender().name
    except LoanAppError as error:
        return Check("lender", CheckState.WARNING, "warning", "demonstration-lender", {"code": error.code.value})
    finally:
        client.close()
    return Check("lender", CheckState.GOOD, "good", "demonstration-lender", {"name_zh": name.zh, "name_en": name.en})
