"""The checks, in an order a person would ask, each with the seconds it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loanapp.domain.errors import LoanAppError
from loanapp.help.diagnosis import (
    cameras,
    graphics,
    input_methods,
    network,
    processes,
    program,
    screen_sharing,
    storage,
)
from loanapp.help.diagnosis.check import Check, CheckState


@dataclass(frozen=True, slots=True)
class Kind:
    """A check: how it is made from the program's data folder, its limit, and whether it opens a camera."""

    make: Callable[[Path], Check]
    seconds: float = 8.0
    opens_camera: bool = False


CHECKS: Final[dict[str, Kind]] = {
    "program": Kind(lambda _folder: program.version()),
    "genuine": Kind(lambda _folder: program.genuine(), seconds=60.0),
    "assets": Kind(lambda _folder: program.assets(), seconds=30.0),
    "fonts": Kind(lambda _folder: program.fonts()),
    "display": Kind(lambda _folder: program.display()),
    "graphics": Kind(lambda _folder: graphics.graphics()),
    "input_method": Kind(lambda _folder: input_methods.input_method()),
    "disk": Kind(storage.disk),
    "data_folder": Kind(storage.data_folder),
    "keyring": Kind(storage.keyring, seconds=15.0),
    "clock": Kind(network.clock, seconds=10.0),
    "tls": Kind(lambda _folder: network.tls()),
    "names": Kind(network.names),
    "interception": Kind(network.interception, seconds=10.0),
    "lender": Kind(network.lender, seconds=15.0),
    "upload": Kind(network.upload, seconds=20.0),
    "camera": Kind(lambda _folder: cameras.present(), seconds=15.0),
    "camera_in_use": Kind(lambda _folder: cameras.in_use()),
    "camera_picture": Kind(lambda _folder: cameras.picture(), seconds=20.0, opens_camera=True),
    "remote_control": Kind(lambda _folder: processes.remote_control()),
    "screen_sharing": Kind(lambda _folder: screen_sharing.screen_sharing()),
}


def check_now(name: str, folder: Path) -> Check:
    """Make one check here, however long it takes. A check that itself fails is a finding, not an exception."""
    try:
        return CHECKS[name].make(folder)
    except (OSError, ImportError, RuntimeError, ValueError, ArithmeticError, LoanAppError) as error:
        return Check(name, CheckState.BAD, "failed", "unexpected", {"error": type(error).__name__})
