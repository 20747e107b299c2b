"""The notice about a new version, against a real repository: offered, fetched, ready; refused; told after a failure."""

import time

import pytest

from loanapp.help import article_for
from loanapp.updates.installation import (
    WATCHED_VARIABLE,
    Form,
    State,
    Step,
    make_ready,
    neighbour,
    read_state,
    write_state,
)
from loanapp.updates.refusal import Reason
from loanapp.updates.updating import Updating
from tests.loanapp.client.tls_lender import Reply
from tests.loanapp.updates.repositories import Publisher, archive, tls_server
from ui.__main__ import _take_update
from ui.components.notice_area import NoticeArea
from ui.messages import MessageBridge
from ui.one_window import OneWindow
from ui.operations import Operations
from ui.translations import tr, translator
from ui.updating import NOTICE, UpdateNotices


@pytest.fixture(scope="module")
def server():
    made = tls_server()
    yield made
    made.close()


@pytest.fixture
def publisher(server, tmp_path, monkeypatch):
    monkeypatch.setattr("loanapp.updates.source.this_system", lambda: "linux-x86_64")
    return Publisher(tmp_path, server)


@pytest.fixture
def folder(tmp_path):
    archive(tmp_path, "0.1.0")
    (tmp_path / "made-0.1.0").rename(tmp_path / "loanapp")
    return tmp_path / "loanapp"


@pytest.fixture
def notices(qtbot, publisher, folder, tmp_path):
    area = NoticeArea()
    qtbot.addWidget(area)
    operations = Operations(MessageBridge(area), area)
    asked = []

    def make(home):
        return Updating(publisher.source(), home, folder)

    made = UpdateNotices(
        tmp_path / "home", area, operations, area, make=make, open_again=lambda: asked.append("open again")
    )
    made.asked, made.area = asked, area
    area.show()
    yield made
    made.stop()
    operations.shutdown()


def words(notices):
    banner = notices.area.banners[NOTICE]
    return banner.title.text(), banner.text.text(), [button.text() for button in banner._buttons]


def press(notices, number):
    notices.area.banners[NOTICE]._buttons[number].click()


def led_to(qtbot, notices, number):
    """The id of the article that a button of the notice opens."""
    with qtbot.waitSignal(notices.area.help_wanted) as wanted:
        press(notices, number)
    return article_for(wanted.args[0], "zh").id


def looked(qtbot, notices):
    notices.look()
    qtbot.waitUntil(lambda: NOTICE in notices.area.banners, timeout=10_000)


def test_it_is_offered_fetched_and_opened_again(qtbot, notices, publisher, folder, tmp_path):
    publisher.offer("0.2.0")
    looked(qtbot, notices)
    title, text, ways = words(notices)
    assert title == "有新版本 0.2.0"
    assert text == "可以一边用一边下载（1 MB），下次打开程序时换上。"
    assert ways == ["下载新版本", "改了什么", "关闭"]
    press(notices, 1)
    assert words(notices)[1].splitlines()[0] == "· 还款日可以改了"
    assert words(notices)[2] == ["下载新版本", "关闭"]
    translator().set_language("en")
    assert "The day of repayment can be changed" in words(notices)[1]
    translator().set_language("zh")
    assert not neighbour(folder).exists()
    press(notices, 0)
    assert words(notices)[0] == "正在下载 0.2.0"
    qtbot.waitUntil(lambda: words(notices)[0] == "新版本 0.2.0 已核对无误", timeout=10_000)
    assert read_state(tmp_path / "home").step is Step.READY
    press(notices, 0)
    assert notices.asked == ["open again"]
    assert NOTICE not in notices.area.banners


def test_nothing_new_and_a_silent_server_say_nothing(qtbot, notices, publisher, server):
    for route in (publisher.server.route, lambda _request: Reply(hang_up=True)):
        server.route = route
        notices.look()
        qtbot.waitUntil(lambda: not notices._operations.active, timeout=10_000)
        assert notices._updating is not None
        assert NOTICE not in notices.area.banners


def test_what_was_tampered_with_is_refused_in_plain_words(qtbot, notices, publisher, folder):
    publisher.offer("0.2.0")
    looked(qtbot, notices)
    publisher.target().write_bytes(b"something else")
    press(notices, 0)
    qtbot.waitUntil(lambda: words(notices)[0] == "没有安装新版本", timeout=10_000)
    assert words(notices)[1] == tr("updates.refused_tampered")
    assert words(notices)[2] == ["怎样解决", "关闭"]
    assert led_to(qtbot, notices, 0) == "update-trouble"
    assert not neighbour(folder).exists()


def test_a_broken_download_can_be_tried_again(qtbot, notices, publisher):
    made = publisher.offer("0.2.0")
    looked(qtbot, notices)
    target = publisher.target()
    target.unlink()
    press(notices, 0)
    qtbot.waitUntil(lambda: words(notices)[0] == "没有安装新版本", timeout=10_000)
    assert words(notices)[2] == ["重试", "怎样解决", "关闭"]
    target.write_bytes(made.read_bytes())
    press(notices, 0)
    qtbot.waitUntil(lambda: words(notices)[0] == "新版本 0.2.0 已核对无误", timeout=10_000)


def test_a_version_that_did_not_open_is_told_once(qtbot, notices, tmp_path):
    write_state(tmp_path / "home", State(failed=("0.2.0",), told=False))
    looked(qtbot, notices)
    assert words(notices)[0] == "新版本 0.2.0 没能打开"
    assert words(notices)[2] == ["怎样解决", "关闭"]
    assert led_to(qtbot, notices, 0) == "update-trouble"
    notices.look()
    qtbot.waitUntil(lambda: not notices._operations.active, timeout=10_000)
    assert NOTICE not in notices.area.banners


@pytest.mark.parametrize(("form", "key"), [(Form.PACKAGE, "way_package"), (Form.OTHER, "way_other")])
def test_who_cannot_put_it_in_place_is_told_where_to_get_it(qtbot, notices, publisher, form, key):
    publisher.offer("0.2.0")
    looked(qtbot, notices)
    offer = notices._updating.look()
    notices._updating.form = form
    notices.offer(offer)
    assert words(notices)[1] == tr(f"updates.{key}")
    assert words(notices)[2] == ["改了什么", "关闭"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("reason", Reason)
def test_each_refusal_has_its_words(language, reason):
    translator().set_language(language)
    key = f"updates.refused_{reason.value}"
    assert tr(key) != key
    translator().set_language("zh")


@pytest.fixture
def packed(monkeypatch, folder):
    """This process as if it were the packed program in ``folder``."""
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(folder / "loanapp"))
    monkeypatch.delenv(WATCHED_VARIABLE, raising=False)
    return folder


@pytest.mark.parametrize("step", [Step.NONE, Step.TRYING, Step.STANDS])
def test_a_start_with_nothing_to_put_in_place_keeps_its_window(tmp_path, packed, step):
    home = tmp_path / "home"
    write_state(home, State(step, "0.2.0", 1))
    one = OneWindow(home)
    assert one.is_ours()
    began = time.monotonic()
    assert _take_update(home, one)
    assert time.monotonic() - began < 5
    assert not OneWindow(home).is_ours()
    one.release()


def test_a_start_whose_new_version_breaks_goes_on_with_its_window(tmp_path, packed):
    home = tmp_path / "home"
    archive(tmp_path, "0.2.0", start="#!/bin/sh\nexit 3\n")
    (tmp_path / "made-0.2.0").rename(neighbour(packed))
    make_ready(neighbour(packed), home, "0.2.0")
    one = OneWindow(home)
    assert one.is_ours()
    assert _take_update(home, one)
    assert not OneWindow(home).is_ours()
    assert read_state(home).failed == ("0.2.0",)
    one.release()
