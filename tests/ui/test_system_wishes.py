"""What the system says of its user, asked of a real bus; and what the program makes of it."""

import os
import shutil
import subprocess
import sys

import pytest

from ui.components.frame_lines import BottomLine
from ui.home import WindowSettings
from ui.system_wishes import SystemWishes, ask_the_system
from ui.theme import theme
from ui.translations import tr

# A settings portal on a bus of its own, that knows the keys it is given; then the program asks.
PORTAL = """
import sys, threading
from jeepney import MatchRule, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import Proxy, open_dbus_connection
from ui.system_wishes import ask_the_system

known = {key: (sign, eval(value)) for key, sign, value in (entry.split("=") for entry in sys.argv[1:])}

def serve(connection):
    while True:
        asked = connection.receive()
        if asked.header.message_type is not MessageType.method_call:
            continue
        _, key = asked.body
        if key in known:
            connection.send(new_method_return(asked, "v", (("v", known[key]),)))
        else:
            connection.send(new_error(asked, "org.freedesktop.portal.Error.NotFound"))

connection = open_dbus_connection()
for name in ("org.freedesktop.portal.Desktop", "org.a11y.Bus"):
    assert Proxy(message_bus, connection).RequestName(name)[0] == 1
threading.Thread(target=serve, args=(connection,), daemon=True).start()
wishes = ask_the_system()
print(wishes.less_motion, wishes.screen_reader)
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="no D-Bus on this computer")
@pytest.mark.parametrize(
    ("known", "told"),
    [
        ([], [False, False]),
        (["reduced-motion=u=0", "enable-animations=b=True", "ScreenReaderEnabled=b=False"], [False, False]),
        (["reduced-motion=u=1"], [True, False]),
        (["enable-animations=b=False"], [True, False]),
        (["reduced-motion=u=7"], [False, False]),
        (["ScreenReaderEnabled=b=True"], [False, True]),
    ],
)
def test_a_desktop_tells_by_its_bus(tmp_path, known, told):
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", PORTAL, *known],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == [str(one) for one in told], done.stderr


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="asks another way")
@pytest.mark.parametrize("address", [None, "unix:path=/nowhere/at/all", "not an address"])
def test_without_a_desktop_nothing_is_asked_for(monkeypatch, address):
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert ask_the_system() == SystemWishes()


def test_motion_rests_for_the_system_and_for_the_borrower(qapp):
    look = theme()
    assert not look.reduced_motion
    look.take_system_wishes(SystemWishes(less_motion=True))
    try:
        assert look.reduced_motion
    finally:
        look.take_system_wishes(SystemWishes())
    look.choose(still=True)
    try:
        assert look.reduced_motion
        assert look.still
    finally:
        look.choose(still=False)
    assert not look.reduced_motion


def test_the_borrowers_choice_is_remembered(tmp_path):
    settings = WindowSettings("zh")
    assert settings.still is False
    settings.still = True
    settings.save(tmp_path)
    assert WindowSettings.load(tmp_path).still is True


def test_the_menu_of_colours_switches_motion_off_and_on(qtbot):
    bottom = BottomLine()
    qtbot.addWidget(bottom)
    with qtbot.waitSignal(bottom.still_chosen) as chosen:
        switch = switch_of(bottom)
        assert not switch.isChecked()
        switch.trigger()
    assert chosen.args == [True]
    theme().choose(still=True)
    try:
        assert switch_of(bottom).isChecked()
    finally:
        theme().choose(still=False)


def switch_of(bottom):
    bottom.mode._prepare()
    return next(action for action in bottom.mode._offered.actions() if action.text() == tr("common.less_motion"))
