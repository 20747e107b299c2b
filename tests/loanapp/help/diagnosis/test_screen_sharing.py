"""Whether the screen is shared, a program runs that could, or a camera is a program: by real processes and windows."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from loanapp.help.diagnosis import cameras, check_now, onlookers, open_windows, screen_casts, screen_sharing
from loanapp.help.diagnosis.open_windows import OpenWindow
from loanapp.resource_files import read_toml
from tests.loanapp.help.diagnosis.renamed_process import running_as
from tests.loanapp.help.diagnosis.x11_screen import titled_window, virtual_screen

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc and /sys")
XVFB = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb, which dev.py test installs where it may")
POLICY = read_toml("policy", "screen_sharing.toml")
KINDS = {"meeting", "studio", "chat", "browser"}


@pytest.fixture(scope="module")
def screen():
    with virtual_screen() as display:
        yield display


@pytest.fixture
def nothing_else(monkeypatch, tmp_path):
    """What runs and is plugged in where the tests run is not what they are about."""
    monkeypatch.setattr(screen_sharing, "_names", list)
    monkeypatch.setattr(cameras, "_SYSTEM_DEVICES", tmp_path / "none")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)


def shows(title, kind=""):
    return screen_sharing.sharing_programs([OpenWindow(title, kind)])


def test_every_entry_has_a_kind_a_source_and_something_to_be_known_by():
    names = [row["name"] for row in POLICY["program"]]
    assert len(names) == len(set(names)) >= 15
    for row in POLICY["program"]:
        assert row["kind"] in KINDS
        assert row["source"]
        assert row["mark"] in {"SEEN-2", "MEM"}
        assert row["processes"] or row["windows"]
        for name in row["processes"]:
            assert name == name.casefold()
            assert not name.endswith(".exe")
            assert "*" not in name[:-1]
            assert len(name.removesuffix("*")) <= 15, "Linux tells no more of a name"
    assert set(POLICY["noted_when_running"]) < KINDS


@pytest.mark.parametrize(
    ("title", "kind", "found"),
    [
        ("Screen sharing meeting controls", "ZPFloatToolbarClass", ["Zoom"]),
        ("as_toolbar", "zoom", ["Zoom"]),
        ("Sharing control bar | Microsoft Teams | Pinned window", "TeamsWebView", ["Microsoft Teams"]),
        ("meet.example is sharing your screen.", "Chrome_WidgetWin_1", ["Chrome / Edge"]),
        ("meeting.example 正在共享你的屏幕。", "Chrome_WidgetWin_1", ["Chrome / Edge"]),
        ("您正在共享屏幕", "wemeetapp", ["腾讯会议 Tencent Meeting"]),
        (" 正在共享屏幕 ", "Qt5152QWindowToolSaveBits", [screen_sharing.UNNAMED]),
        ("YOU ARE SCREEN SHARING", "", [screen_sharing.UNNAMED]),
        ("meet.example is sharing your screen.", "Google-chrome", ["Chrome / Edge"]),
        ("Somebody is sharing your screen.", "gedit", []),
        ("为什么总提示正在共享您的屏幕。", "wps", []),
        ("meet.example is sharing your screen.", "", []),
        ("为什么正在共享屏幕不安全 - Google Chrome", "Chrome_WidgetWin_1", []),
        ("Who is sharing your screen? How to know - Microsoft Edge", "Chrome_WidgetWin_1", []),
        ("Zoom Meeting", "zoom", []),
        ("[as]_toolbar", "zoom", []),
        ("", "", []),
    ],
)
def test_a_window_is_known_by_its_whole_title(title, kind, found):
    assert shows(title, kind) == found


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["wemeetapp.exe", "DingTalk.exe", "explorer.exe"], ["腾讯会议 Tencent Meeting", "钉钉 DingTalk"]),
        (["com.alibabainc.", "zoom", "ms-teams.exe", "obs64.exe"], ["Microsoft Teams", "OBS", "Zoom", "钉钉 DingTalk"]),
        (["WeChat.exe", "QQ.exe"], []),
        (["zoomer", "qqmusic", "larkin", "python3"], []),
    ],
)
def test_what_could_share_is_known_by_its_process(names, found):
    assert screen_sharing.programs_of(names, POLICY["noted_when_running"]) == found


@pytest.mark.attack("a-meeting-program-is-seen-by-its-process")
@LINUX
def test_a_meeting_program_is_seen_by_its_process(tmp_path):
    with running_as("wemeetapp", tmp_path, lambda: "腾讯会议 Tencent Meeting" in screen_sharing.meetings()):
        assert "腾讯会议" in check_now("screen_sharing", tmp_path).values["names"]


@pytest.mark.attack("a-window-that-shows-the-screen-to-somebody-is-seen")
@LINUX
@XVFB
def test_a_window_that_shows_the_screen_to_somebody_is_seen(nothing_else, screen, monkeypatch, tmp_path):
    monkeypatch.setenv("DISPLAY", screen)
    with titled_window(screen, "as_toolbar", "zoom", shown=False):
        assert screen_sharing.sharing() == (), "a window that is kept ready says nothing"
    with titled_window(screen, "", "frame") as frame, titled_window(screen, "正在共享屏幕", "wemeetapp", inside=frame):
        assert screen_sharing.sharing() == ("腾讯会议 Tencent Meeting",)
        assert onlookers.look().stop
        found = check_now("screen_sharing", tmp_path)
        assert (found.outcome, found.article) == ("warning", "scam-screen-sharing")
    assert onlookers.look().sharing == ()


def test_a_title_stands_in_no_log():
    assert "张三" not in repr(OpenWindow("张三的会议", "x"))


def node(number, name, kind="Stream/Output/Video", **more):
    properties = {"node.name": name, "media.class": kind, **more}
    return {"id": number, "type": "PipeWire:Interface:Node", "info": {"state": "running", "props": properties}}


def link(source, taker):
    return {"id": 99, "type": "PipeWire:Interface:Link", "info": {"output-node-id": source, "input-node-id": taker}}


CAST = node(51, "gnome-shell")
CAMERA = node(40, "v4l2_input.pci-0000_00_14.0-usb-0_6_1.0", "Video/Source")
ZOOM = node(60, "zoom", "Stream/Input/Video", **{"application.process.binary": "zoom"})
OTHER = node(61, "recorder", "Stream/Input/Video")
RECORDER = node(62, "Kooha", "Stream/Input/Video", **{"application.process.binary": "kooha"})


@pytest.mark.parametrize(
    ("objects", "found"),
    [
        ([CAMERA, ZOOM, link(40, 60)], []),
        ([CAST, CAMERA, ZOOM, link(51, 60)], ["Zoom"]),
        ([node(7, "xdg-desktop-portal-wlr"), OTHER, link(7, 61)], [screen_casts.UNNAMED]),
        ([CAST], [screen_casts.UNNAMED]),
        ([{**CAST, "info": {**CAST["info"], "state": "suspended"}}], []),
        ([CAST, RECORDER, link(51, 62)], []),
        ([CAST, RECORDER, OTHER, link(51, 62), link(51, 61)], [screen_casts.UNNAMED]),
        ([CAST, RECORDER, node(52, "kwin_wayland"), ZOOM, link(51, 62), link(52, 60)], ["Zoom"]),
        ([CAST, link(51, 63)], [screen_casts.UNNAMED]),
        ([{**CAST, "id": []}, CAST, ZOOM, link([], {}), link(51, 60)], ["Zoom"]),
        ([1, None, {"type": "PipeWire:Interface:Node"}, {"info": []}, {"info": {"props": 3}}], []),
    ],
)
def test_who_takes_the_pictures_of_the_desktop_is_told(objects, found):
    assert screen_casts.takers(objects) == found


@pytest.mark.attack("a-screen-cast-of-the-desktop-is-seen")
@LINUX
def test_a_screen_cast_of_the_desktop_is_seen(nothing_else, tmp_path, monkeypatch):
    said = tmp_path / "said.json"
    command = tmp_path / "pw-dump"
    command.write_text(f"#!/bin/sh\nexec cat {said}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    said.write_text(json.dumps([CAST, ZOOM, link(51, 60)]), encoding="utf-8")
    assert screen_sharing.sharing() == (), "without PipeWire nobody is asked"
    (tmp_path / "pipewire-0").touch()
    assert screen_sharing.sharing() == ("Zoom",)
    said.write_text("[" * 5000, encoding="utf-8")
    assert screen_sharing.sharing() == ()


def devices(folder, **found):
    """Devices as Linux shows them: a link each, to below ``virtual`` where no hardware is behind it."""
    shown = folder / "class"
    shown.mkdir()
    for device, (name, place) in found.items():
        real = folder / "devices" / place / device
        real.mkdir(parents=True)
        (real / "name").write_text(f"{name}\n", encoding="utf-8")
        (shown / device).symlink_to(real)
    return shown


@pytest.mark.attack("a-camera-that-is-a-program-is-seen-by-name-and-by-what-is-behind-it")
def test_a_camera_that_is_a_program_is_seen_by_name_and_by_what_is_behind_it(nothing_else, tmp_path, monkeypatch):
    shown = devices(
        tmp_path,
        video0=("Integrated Camera: Integrated C", "pci0000:00"),
        video1=("Living room", "virtual"),
        video2=("OBS Virtual Camera", "usb1"),
        video3=("DroidCam", "virtual"),
    )
    monkeypatch.setattr(cameras, "_SYSTEM_DEVICES", shown)
    assert cameras.virtual_cameras() == ("Living room", "OBS Virtual Camera")
    found = onlookers.look()
    assert found.virtual_cameras == ("Living room", "OBS Virtual Camera")
    assert found.note
    assert not found.stop


def test_the_doctor_tells_a_camera_without_hardware_apart(tmp_path, monkeypatch):
    from loanapp.capture import sources

    monkeypatch.setattr(cameras, "_SYSTEM_DEVICES", devices(tmp_path, video1=("Living room", "virtual")))
    both = [sources.CameraInfo(0, "Integrated Camera"), sources.CameraInfo(1, "Living room")]
    monkeypatch.setattr(sources, "list_cameras", lambda: both)
    found = check_now("camera", Path())
    assert (found.outcome, found.values["virtual"]) == ("with_virtual", "Living room")


def test_nothing_is_asked_where_there_is_no_screen(nothing_else):
    assert open_windows.open_windows() == []
    assert onlookers.look() == onlookers.Onlookers(remote=onlookers.look().remote)


def test_a_part_that_fails_hides_no_other(monkeypatch, expect_log):
    def fail():
        raise OSError("no camera layer")

    monkeypatch.setattr(onlookers.processes, "running_remote_control", lambda: ("ToDesk",))
    monkeypatch.setattr(onlookers.screen_sharing, "sharing", fail)
    monkeypatch.setattr(onlookers.screen_sharing, "meetings", tuple)
    monkeypatch.setattr(onlookers.cameras, "virtual_cameras", fail)
    expect_log("one part of the look who else is there failed: OSError")
    assert onlookers.look() == onlookers.Onlookers(remote=("ToDesk",))
