"""What draws the screen: the card, or the processor in its stead."""

import pytest

from loanapp.help.diagnosis import CHECKS, CheckState, check_now, watch
from loanapp.help.diagnosis.graphics import is_forced, is_stand_in, linux_cards, mac_cards, named


def _card(root, name, driver, *ways):
    """A card as the Linux kernel shows it, and its ways to draw."""
    cards, nodes, drivers = root / "drm", root / "dri", root / "drivers" / driver
    device = root / "devices" / name
    for folder in (cards / name, nodes, drivers, device / "drm"):
        folder.mkdir(parents=True, exist_ok=True)
    (cards / f"{name}-HDMI-A-1").mkdir()
    (device / "driver").symlink_to(drivers)
    (cards / name / "device").symlink_to(device)
    for way in ways:
        (device / "drm" / way).mkdir()
        (nodes / way).touch()
    return cards, nodes


@pytest.mark.parametrize(
    ("driver", "ways", "draws"),
    [("i915", ["renderD128"], True), ("i915", [], False), ("simpledrm", [], False), ("vgem", ["renderD129"], False)],
)
def test_a_card_draws_where_its_driver_has_a_way_to(tmp_path, driver, ways, draws):
    assert list(linux_cards(*_card(tmp_path, "card0", driver, *ways))) == [(driver, draws)]


def test_a_way_that_this_person_may_not_use_is_none(tmp_path):
    cards, nodes = _card(tmp_path, "card0", "amdgpu", "renderD128")
    (nodes / "renderD128").unlink()
    assert list(linux_cards(cards, nodes)) == [("amdgpu", False)]


@pytest.mark.parametrize(
    ("cards", "forced", "outcome", "state", "names"),
    [
        ([("i915", True)], False, "good", CheckState.GOOD, "i915"),
        ([("bochs-drm", False), ("nvidia", True)], False, "good", CheckState.GOOD, "nvidia"),
        ([("i915", True)], True, "forced", CheckState.WARNING, "i915"),
        ([("simpledrm", False)], False, "software", CheckState.WARNING, "simpledrm"),
        ([], False, "none", CheckState.WARNING, ""),
    ],
)
def test_what_draws_is_named(cards, forced, outcome, state, names):
    check = named(cards, forced=forced)
    assert (check.outcome, check.state, check.values["names"]) == (outcome, state, names)


@pytest.mark.parametrize(
    ("environment", "forced"),
    [
        ({}, False),
        ({"LIBGL_ALWAYS_SOFTWARE": "0"}, False),
        ({"LIBGL_ALWAYS_SOFTWARE": "1"}, True),
        ({"GALLIUM_DRIVER": "llvmpipe"}, True),
        ({"GALLIUM_DRIVER": "iris"}, False),
    ],
)
def test_a_system_told_to_draw_with_the_processor_is_known(environment, forced):
    assert is_forced(environment) is forced


def test_windows_own_driver_is_no_cards():
    assert is_stand_in("Microsoft Basic Display Adapter")
    assert is_stand_in("Microsoft 基本显示适配器")
    assert not is_stand_in("NVIDIA GeForce RTX 3060")


def test_macs_say_the_name_of_their_card():
    said = "Graphics/Displays:\n\n    Apple M2:\n\n      Chipset Model: Apple M2\n      Type: GPU\n"
    assert list(mac_cards(said)) == [("Apple M2", True)]


def test_the_check_is_made_here():
    check = check_now("graphics", None)
    assert "graphics" in CHECKS
    assert check.outcome in {"good", "forced", "software", "none"}


@pytest.mark.parametrize(
    ("screen", "state", "scale"),
    [("1366x768@100", CheckState.GOOD, "100"), ("1920x1080@200", CheckState.WARNING, "200")],
)
def test_a_window_tells_the_check_of_its_screen_and_scaling(tmp_path, screen, state, scale):
    *_, check = watch(tmp_path, names=["display"], screen=screen)
    assert (check.state, check.values["scale"]) == (state, scale)
    assert check.values["width"] == screen.partition("x")[0]


def test_what_is_no_screen_is_not_believed(monkeypatch):
    monkeypatch.setenv("LOANAPP_SCREEN", "wide")
    assert "wide" not in check_now("display", None).values.values()
