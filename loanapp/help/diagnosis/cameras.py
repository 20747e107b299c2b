"""The cameras: which there are, who has one, and, only where that is asked for, what one shows just now."""

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loanapp.domain.errors import ErrorCode
from loanapp.help.diagnosis.check import Check, CheckState
from loanapp.help.diagnosis.processes import holders
from loanapp.resource_files import read_toml

if TYPE_CHECKING:
    from loanapp.capture.sources import CameraInfo, FrameSource

_DEVICES: Final = "/dev/video"
_SYSTEM_DEVICES: Final = Path("/sys/class/video4linux")
_WINDOWS_CONSENT: Final = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
# A camera adjusts its exposure first; then so long is enough to count pictures.
_SETTLE_S, _COUNT_S = 0.8, 1.5
_ARTICLES: Final = {
    ErrorCode.CAMERA_BUSY: ("busy", "camera-busy"),
    ErrorCode.CAMERA_FORBIDDEN: ("forbidden", "camera-forbidden"),
    ErrorCode.CAMERA_NOT_FOUND: ("none", "camera-not-found"),
}


def present() -> Check:
    """Which cameras there are; those that programs make are told apart."""
    from loanapp.capture.sources import list_cameras  # noqa: PLC0415 - OpenCV takes 150 ms

    cameras = list_cameras()
    programs = set(_without_hardware())
    virtual = [camera.name for camera in cameras if camera.virtual or camera.name in programs]
    real = [camera.name for camera in cameras if camera.name not in virtual]
    values = {"names": ", ".join(real), "virtual": ", ".join(virtual), "count": str(len(real))}
    if not cameras:
        return Check("camera", CheckState.WARNING, "warning", "camera-not-found", values)
    if not real:
        return Check("camera", CheckState.WARNING, "only_virtual", "camera-choice", values)
    return Check("camera", CheckState.GOOD, "with_virtual" if virtual else "good", "camera-choice", values)


def virtual_cameras() -> tuple[str, ...]:
    """The cameras whose pictures a program gives, known by their names, on Linux also by what is behind the device."""
    if sys.platform not in {"win32", "darwin"}:
        if not (devices := _devices()):
            return ()
        from loanapp.vision.camera_names import is_virtual_name  # noqa: PLC0415 - OpenCV takes 150 ms

        named = {name for name, _ in devices if is_virtual_name(name)}
        return tuple(sorted(named.union(_without_hardware())))
    from loanapp.capture.sources import list_cameras  # noqa: PLC0415

    return tuple(sorted({camera.name for camera in list_cameras() if camera.virtual}))


def in_use() -> Check:
    """Whether another program has a camera just now, and which."""
    found = _windows_users() if sys.platform == "win32" else holders(_DEVICES)
    state = CheckState.WARNING if found else CheckState.GOOD
    return Check("camera_in_use", state, state.value, "camera-busy", {"names": ", ".join(found)})


def picture() -> Check:
    """Open the first real camera for two seconds and measure it. No picture is kept or sent."""
    from loanapp.capture.sources import CameraSource, list_cameras  # noqa: PLC0415

    camera = next((one for one in list_cameras() if not one.virtual), None)
    if camera is None:
        return Check("camera_picture", CheckState.WARNING, "none", "camera-not-found")
    return measured(CameraSource(camera), camera)


def measured(source: "FrameSource", camera: "CameraInfo") -> Check:
    """What a source shows: its size, its pace, its light."""
    from loanapp.capture.sources import CameraError  # noqa: PLC0415

    values = {"name": camera.name}
    try:
        source.open()
        size, pace, luma = _measure(source)
    except CameraError as error:
        outcome, article = _ARTICLES.get(error.code, ("lost", "camera-not-found"))
        return Check("camera_picture", CheckState.BAD, outcome, article, values)
    finally:
        source.close()
    limits = read_toml("vision", "camera.toml")["doctor"]
    values |= {"width": str(size[0]), "height": str(size[1]), "pace": f"{pace:.0f}", "light": f"{luma:.0f}"}
    if luma < limits["black_mean"]:
        return Check("camera_picture", CheckState.BAD, "black", "camera-black", values)
    if pace < limits["slow_frames_a_second"]:
        return Check("camera_picture", CheckState.WARNING, "slow", "camera-stuck", values)
    if min(size) < limits["small_side"]:
        return Check("camera_picture", CheckState.WARNING, "small", "face-sharp", values)
    if luma < limits["dim_mean"]:
        return Check("camera_picture", CheckState.WARNING, "dim", "face-light", values)
    return Check("camera_picture", CheckState.GOOD, "good", "camera-choice", values)


def _devices() -> list[tuple[str, bool]]:
    """Name of each video device of Linux, and whether there is hardware behind it."""
    found = []
    for device in sorted(_SYSTEM_DEVICES.glob("video*")):
        try:
            name = (device / "name").read_text(encoding="utf-8", errors="replace").strip()
            found.append((name, "virtual" not in device.resolve().parts))
        except OSError:  # it was taken out meanwhile
            continue
    return found


def _without_hardware() -> list[str]:
    """Devices of v4l2loopback and its like, but for those that hand on the camera of a phone."""
    phones = read_toml("policy", "screen_sharing.toml")["virtual_camera"]["phones"]
    return [name for name, real in _devices() if not real and not any(one in name.casefold() for one in phones)]


def _measure(source: "FrameSource") -> tuple[tuple[int, int], float, float]:
    """Width and height, pictures a second, mean brightness 0..255."""
    began = time.monotonic()
    times: list[float] = []
    lights: list[float] = []
    size = (0, 0)
    while time.monotonic() - began < _SETTLE_S + _COUNT_S:
        frame = source.read()
        if frame is None:
            break
        size = (frame.image.shape[1], frame.image.shape[0])
        if time.monotonic() - began >= _SETTLE_S:
            times.append(time.monotonic())
            lights.append(float(frame.image[::8, ::8].mean()))
    pace = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
    return size, pace, statistics.median(lights) if lights else 0.0


def _windows_users() -> list[str]:
    if sys.platform != "win32":
        return []
    import winreg  # noqa: PLC0415 - there is none elsewhere

    found = set()
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"{_WINDOWS_CONSENT}\NonPackaged") as users:
            for number in range(winreg.QueryInfoKey(users)[0]):
                program = winreg.EnumKey(users, number)
                with winreg.OpenKey(users, program) as user:
                    if winreg.QueryValueEx(user, "LastUsedTimeStop")[0] == 0:
                        found.add(program.rpartition("#")[2])
    except OSError:
        pass
    return sorted(found)
