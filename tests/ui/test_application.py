"""The whole program with the real lender process: started, killed, started again, closed; and how it starts."""

import json
import os
import signal
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from loanapp.client.errors import LenderUnreachableError
from loanapp.client.secrets import PassphrasePrompt
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import application, loan
from ui.application import Desktop
from ui.embedded_lender import EmbeddedLender
from ui.home import WindowSettings
from ui.main_window import MainWindow
from ui.passphrase import PassphraseDialog
from ui.shell import Shell, first_title
from ui.translations import tr, translator

STARTS_WITHIN_MS = 40_000


@pytest.fixture
def start(qtbot, own_home):
    shells = []

    def open_program(ask=lambda _prompt: None) -> Desktop:
        shell = Shell(first_title("zh"))
        shells.append(shell)
        desktop = Desktop(own_home, shell, WindowSettings("zh"), None, ask)
        with qtbot.waitSignal(desktop.arrived, timeout=STARTS_WITHIN_MS):
            shell.show()
            desktop.open()
        return desktop

    yield open_program
    for shell in shells:
        shell.close()
        shell.deleteLater()
    translator().set_language("zh")


def test_the_lender_is_started_again_when_it_dies_and_ends_with_the_window(start, qtbot):
    desktop = start()
    window, lender = desktop.window, desktop.lender
    assert window.page.page_id is Page.COST
    assert window.context.journey.lender is not None
    first = lender.process_id
    with qtbot.waitSignal(lender.lost):
        os.kill(first, signal.SIGKILL)
    assert window.bottom._offline.isVisible()
    with qtbot.waitSignal(lender.ready, timeout=STARTS_WITHIN_MS):
        pass
    qtbot.waitUntil(lambda: not window.bottom._offline.isVisible())
    assert lender.process_id not in (0, first)
    window.page.proceed()
    qtbot.waitUntil(lambda: window.page.page_id is Page.SIGN_IN)
    second = lender.process_id
    desktop.shell.close()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_draft_behind_a_passphrase_comes_back_to_its_page(start, qtbot):
    asked: list[PassphrasePrompt] = []

    def passphrase(prompt):
        asked.append(prompt)
        return "a sentence to remember"

    desktop = start(passphrase)
    window = desktop.window
    assert asked == []
    window.page.proceed()
    qtbot.waitUntil(lambda: window.page.page_id is Page.SIGN_IN)
    window.page.phone.set_text("13800000001")
    desktop.shell.close()
    if not asked:
        pytest.skip("this computer has a credential store: nobody is asked for a passphrase")
    again = start(passphrase)
    assert again.window.page.page_id is Page.SIGN_IN
    assert again.window.page.phone.text() == "13800000001"
    assert [prompt.first_time for prompt in asked] == [True, False]


def test_a_lender_that_cannot_start_is_said_with_a_way_to_try_again(qtbot, own_home, monkeypatch):
    monkeypatch.setattr("ui.embedded_lender.command", lambda _data: [str(own_home / "nothing-here")])
    lender = EmbeddedLender(own_home)
    with qtbot.waitSignal(lender.failed) as failed:
        lender.start()
    assert failed.args[0].code is ErrorCode.LENDER_START_FAILED
    lender.stop()
    lender.deleteLater()


def test_a_second_window_on_the_same_folder_is_told_at_once_and_goes_on_when_the_first_has_closed(
    start, own_home, qtbot
):
    first = start()
    shell = Shell(first_title("zh"))
    second = Desktop(own_home, shell, WindowSettings("zh"), None, lambda _prompt: None)
    shell.show()
    second.open()
    qtbot.waitUntil(lambda: "lender" in second.window.notices.banners, timeout=STARTS_WITHIN_MS)
    assert len(second.lender._starts) == 1
    assert "LoanApp 已经打开" in second.window.notices.banners["lender"].title.text()
    assert not second.window.bottom._offline.isVisible()
    first.shell.close()
    with qtbot.waitSignal(second.arrived, timeout=STARTS_WITHIN_MS):
        second.lender.retry()
    assert "lender" not in second.window.notices.banners
    shell.close()
    shell.deleteLater()


def test_a_folder_that_stays_in_use_is_said_once_and_never_as_a_lender_that_does_not_start(
    qtbot, own_home, monkeypatch
):
    says = "import json, sys; print(json.dumps({'ready': False, 'reason': 'in_use'})); sys.exit(3)"
    monkeypatch.setattr("ui.embedded_lender.command", lambda _data: [sys.executable, "-c", says])
    monkeypatch.setattr("ui.embedded_lender._PAUSE_MS", 1)
    monkeypatch.setattr("ui.embedded_lender._MOST_RESTARTS", 2)
    lender = EmbeddedLender(own_home)
    told = []
    lender.failed.connect(lambda error: told.append(error.code))
    lender.start()
    qtbot.waitUntil(lambda: len(lender._starts) == 2 and lender.process_id == 0, timeout=STARTS_WITHIN_MS)
    assert told == [ErrorCode.ALREADY_OPEN]
    lender.stop()
    lender.deleteLater()


def test_a_window_without_lender_shows_the_cost_and_a_retry(page_context, qtbot):
    window = MainWindow(page_context(None))
    qtbot.addWidget(window)
    window.show_page(Page.COST)
    window.show()
    tried = []
    window.notices.show_retry(LoanAppError(ErrorCode.LENDER_START_FAILED), lambda: tried.append(1))
    banner = window.notices.banners["lender"]
    assert "没有启动" in banner.title.text()
    banner._buttons[0].click()
    assert tried == [1]


def test_a_page_that_missed_its_answer_asks_again_when_the_lender_is_back(own_home, page_context, qtbot):
    from tests.ui.typed_journey import TypedJourney

    shell = Shell("title")
    desktop = Desktop(own_home, shell, WindowSettings("zh"))
    shell.furnish(desktop.window)
    journey = desktop.context.journey = TypedJourney(application("active"))
    journey.answers["loan"] = unreachable
    desktop._arrived = True
    page = desktop.window.show_page(Page.MY_LOAN)
    qtbot.waitUntil(lambda: page.load_failed)
    support = journey.lender.support
    assert support.phone in page.scaffold.meanwhile.text()
    shell.show()
    shell.activateWindow()
    qtbot.waitUntil(shell.isActiveWindow)
    page.focus_first()
    qtbot.waitUntil(page.scaffold.problem._buttons[0].hasFocus)
    journey.answers["loan"] = loan
    desktop._connected(None)
    qtbot.waitUntil(lambda: not page.busy)
    assert page.scaffold.problem.isHidden()
    assert page.scaffold.meanwhile.isHidden()
    assert len(journey.did("loan")) == 2
    journey.answers["close"] = lambda: None
    shell.close()
    shell.deleteLater()


def test_going_on_before_the_lender_answers_is_remembered_even_after_it_failed_to_start(own_home, qtbot):
    from tests.ui.typed_journey import TypedJourney

    shell = Shell("title")
    desktop = Desktop(own_home, shell, WindowSettings("zh"))
    shell.furnish(desktop.window)
    desktop._lender_failed(LoanAppError(ErrorCode.LENDER_START_FAILED))
    page = desktop.window.page
    assert page.page_id is Page.COST
    page.proceed()
    assert page.scaffold.note.text()
    journey = desktop.context.journey = TypedJourney()
    journey.answers.update(
        take_notice=lambda: None,
        resume=lambda: Page.COST,
        cost_understood=lambda: Page.SIGN_IN,
        close=lambda: None,
    )
    desktop._connected(None)
    qtbot.waitUntil(lambda: desktop.window.page.page_id is Page.SIGN_IN)
    shell.close()
    shell.deleteLater()


def test_who_has_gone_on_before_the_answer_came_is_not_thrown_back(own_home, qtbot):
    from tests.ui.typed_journey import TypedJourney

    shell = Shell("title")
    desktop = Desktop(own_home, shell, WindowSettings("zh"))
    shell.furnish(desktop.window)
    journey = desktop.context.journey = TypedJourney()
    journey.answers.update(
        take_notice=lambda: None, resume=lambda: Page.COST, cost_understood=lambda: Page.SIGN_IN, close=lambda: None
    )
    desktop.window.show_page(Page.COST).proceed()
    qtbot.waitUntil(lambda: desktop.window.page.page_id is Page.SIGN_IN)
    desktop._connected(None)
    assert desktop.window.page.page_id is Page.SIGN_IN
    shell.close()
    shell.deleteLater()


def unreachable():
    raise LenderUnreachableError


def test_a_passphrase_is_chosen_or_declined_knowingly(qtbot):
    dialog = PassphraseDialog(PassphrasePrompt(first_time=True))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.field.set_text("short")
    dialog.use.click()
    assert dialog.isVisible()
    assert "8" in dialog.field.error.text()
    dialog.field.set_text("long enough to keep")
    dialog.use.click()
    assert dialog.result() == PassphraseDialog.DialogCode.Accepted
    assert dialog.passphrase() == "long enough to keep"
    wrong = PassphraseDialog(PassphrasePrompt(first_time=False, problem=ErrorCode.PASSPHRASE_WRONG))
    qtbot.addWidget(wrong)
    assert "不对" in wrong.field.error.text()


@pytest.mark.parametrize(("language", "button"), [("zh", "暂不打开草稿"), ("en", "Leave it closed for now")])
def test_unlocking_can_be_left_for_later_in_its_own_words(qtbot, language, button):
    translator().set_language(language)
    dialog = PassphraseDialog(PassphrasePrompt(first_time=False))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.decline.text() == button
    words = [one.text() for one in dialog.findChildren(QLabel)]
    assert tr("common.passphrase_unlock_decline_text") in words
    assert tr("common.passphrase_decline_text") not in words
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.field.editor, Qt.Key.Key_Escape)
    again = PassphraseDialog(PassphrasePrompt(first_time=False))
    qtbot.addWidget(again)
    with qtbot.waitSignal(again.rejected):
        again.decline.click()
    translator().set_language("zh")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )


def test_the_first_picture_is_reported_for_the_bench():
    answer = run("-m", "ui", LOANAPP_REPORT_FIRST_PAINT="1")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["first_paint_ms"] > 0


def test_the_first_picture_waits_for_nothing_heavy():
    code = (
        "import sys; from ui.__main__ import main; main([]); heavy = ('cv2', 'numpy', 'requests', 'keyring', "
        "'cryptography', 'ui.application', 'ui.main_window', 'loanapp.domain', 'tomllib', 'PySide6.QtSvg'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    answer = run("-c", code, LOANAPP_REPORT_FIRST_PAINT="1")
    assert answer.stdout.splitlines()[-1] == "[]", answer.stderr


def test_headless_commands_never_load_qt():
    code = (
        "import sys; from ui.__main__ import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('PySide6')])"
    )
    assert run("-c", code).stdout.splitlines()[-1] == "[]"


def test_an_unforeseen_error_is_told_without_its_text():
    code = (
        "import sys, logging; logging.basicConfig()\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from PySide6.QtCore import QTimer\n"
        "from ui import crash\n"
        "from ui.crash_dialog import CrashDialog\n"
        "application = QApplication([]); crash.install()\n"
        "def fail(): raise ValueError('11010519491231002X')\n"
        "def look():\n"
        "    boxes = [box for box in application.topLevelWidgets() if isinstance(box, CrashDialog)]\n"
        "    if boxes: print(boxes[0].report, boxes[0].heading.text()); boxes[0].again.click()\n"
        "again = QTimer(); again.timeout.connect(look); again.start(20)\n"
        "QTimer.singleShot(0, fail); application.exec()\n"
        "print(crash.wants_to_open_again())\n"
    )
    answer = run("-c", code)
    assert "程序遇到了问题" in answer.stdout
    assert "ValueError" in answer.stdout
    assert answer.stdout.endswith("True\n")
    assert "11010519491231002X" not in answer.stdout + answer.stderr
    assert "type=ValueError" in answer.stderr
