"""The frame: pages in it, back and forth, help, messages, and that all of it fits a small screen."""

from types import SimpleNamespace

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.localised import LocalisedText
from loanapp.journey.pages import Page
from tests.ui.face_page import once_more
from tests.ui.loan_in_hand import application
from tests.ui.looking import cut_off, inside, markup, nameless
from tests.ui.typed_journey import Kit, TypedJourney
from ui.camera.face_words import Step
from ui.help_text import article_text
from ui.main_window import MainWindow
from ui.messages import Level
from ui.products import local_lender
from ui.shell import Shell
from ui.theme import theme
from ui.translations import tr, translator

MINE = (
    Page.COST,
    Page.SIGN_IN,
    Page.TERMS,
    Page.IDENTITY_DOCUMENT,
    Page.ABOUT_YOU,
    Page.PERMISSIONS,
    Page.BANK_CARD,
    Page.CHECK_ANSWERS,
)


@pytest.fixture
def window(page_context, qtbot):
    journey = TypedJourney(application("draft", document={"front": True, "back": True}))
    journey.open_pages = frozenset({Page.COST, Page.TERMS})
    journey.answers = {"open_page": lambda page: page, "go_back": lambda: Page.TERMS}
    theme().choose(mode="light", scale=100)
    made = MainWindow(page_context(journey, Kit()))
    made.show_local_lender(local_lender())
    made.resize(1366, 768)
    made.show_page(Page.COST)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made, timeout=30_000):
        made.show()
    qtbot.waitUntil(lambda: made._help is not None)
    yield made
    theme().choose(mode="light", scale=100)


def settle(qtbot) -> None:
    for _ in range(4):
        QApplication.processEvents()
    qtbot.wait(20)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", MINE)
def test_every_page_fits_a_small_screen(window, qtbot, page, language):
    translator().set_language(language)
    window.show_page(page)
    settle(qtbot)
    assert window.size().toTuple() == (1366, 768)
    assert cut_off(window) == []
    assert nameless(window) == []
    assert markup(window) == []
    assert inside(window.page.scaffold.primary, window)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", MINE)
def test_the_main_action_stays_in_view_with_text_at_200_percent(window, qtbot, page, language):
    translator().set_language(language)
    theme().choose(scale=200)
    window.show_page(page)
    settle(qtbot)
    window.resize(1366, 768)
    settle(qtbot)
    assert window.size().toTuple() == (1366, 768)
    assert inside(window.page.scaffold.primary, window)
    assert cut_off(window.top) == []
    assert cut_off(window.bottom) == []
    assert cut_off(window.page) == []


def test_done_pages_open_again_from_the_road_and_by_going_back(window, qtbot):
    window.show_page(Page.ABOUT_YOU)
    assert window.page.scaffold.back.isVisible()
    window.stepper.opened.emit("cost")
    qtbot.waitUntil(lambda: window.page.page_id is Page.COST)
    assert not window.page.scaffold.back.isVisible()
    window.show_page(Page.ABOUT_YOU)
    window.page.scaffold.back.click()
    qtbot.waitUntil(lambda: window.page.page_id is Page.TERMS)


def test_a_page_that_is_done_leads_to_the_next(window, qtbot):
    window.page.done(Page.SIGN_IN)
    assert window.page.page_id is Page.SIGN_IN


def test_help_belongs_to_the_page_and_folds(window, qtbot):
    title = window._help._scroll.accessibleName()
    window.show_page(Page.PERMISSIONS)
    assert window._help._scroll.accessibleName() != title
    window._help._fold.click()
    assert not window._help.isVisible()
    assert window.top.help.isVisible()
    window.top.help.click()
    assert window._help.isVisible()
    window.open_help("code_wrong")
    assert "验证码" in window._help._scroll.accessibleName()


def test_before_the_first_page_there_is_no_help_to_show(page_context, qtbot):
    made = MainWindow(page_context(None))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show_waiting("common.resuming")
    with qtbot.waitExposed(made):
        made.show()
    settle(qtbot)
    assert made._help is None
    assert not made.top.help.isVisible()
    page = made.show_page(Page.COST)
    qtbot.waitUntil(lambda: made._help is not None and made._help.isVisible())
    assert made._help._scroll.accessibleName() == article_text(page.help_article(), "zh").title


def test_narrow_windows_fold_help_and_road(window, qtbot):
    window.resize(820, 700)
    settle(qtbot)
    assert not window._help.isVisible()
    assert window.stepper.width() < 100
    assert inside(window.page.scaffold.primary, window)


def test_errors_and_notices_are_told_once_and_can_be_closed(window, qtbot):
    messages = window.context.messages
    for _ in range(2):
        messages.show_error(LoanAppError(ErrorCode.CODE_WRONG))
    messages.show_notice(Level.DONE, "common.progress_done")
    assert set(window.notices.banners) == {"code.code_wrong", "common.progress_done"}
    window.notices.banners["common.progress_done"]._buttons[0].click()
    assert set(window.notices.banners) == {"code.code_wrong"}


def test_after_two_failures_of_a_kind_the_checks_offer_themselves(window, qtbot):
    window.context.messages.show_error(LoanAppError(ErrorCode.DISK_TROUBLE))
    window.page.show_problem(LoanAppError(ErrorCode.CAMERA_BUSY))
    assert "common.check_offer" not in window.notices.banners
    window.page.show_problem(LoanAppError(ErrorCode.DISK_TROUBLE))
    window.notices.banners["common.check_offer"]._buttons[0].click()
    assert "common.check_offer" not in window.notices.banners
    assert window._help._scroll.accessibleName() == tr("help.checks")
    running = window._desk._running
    window._desk.show_home()
    qtbot.waitUntil(lambda: running.settled, timeout=20_000)


def test_support_is_in_sight_and_says_how_to_reach_a_person(window, qtbot):
    window.show_lender(window.context.journey.lender)
    window.bottom.support.click()
    assert "400-000-0000" in window.notices.banners["support"].text.text()


def test_a_simulated_message_says_so_and_fills_the_code(window, qtbot):
    window.show_page(Page.SIGN_IN)
    message = SimpleNamespace(
        sender=LocalisedText("演示", "Demonstration"), text=LocalisedText("验证码 123456", "Code 123456"), code="123456"
    )
    window.context.messages.show_simulated_message(message)
    assert "模拟短信" in window.notices.message_card.accessibleName()
    settle(qtbot)
    bar = window.notices._area.verticalScrollBar()
    assert bar.maximum() == 0, "the way to fill in the code is out of sight"
    window.notices.message_card._fill.click()
    assert window.page.code.text() == "123456"
    window.show_page(Page.TERMS)
    assert not window.notices.message_card.isVisible()


def test_signed_out_leads_to_signing_in_with_the_reason(window, qtbot):
    window.show_page(Page.ABOUT_YOU)
    window.page.show_problem(LoanAppError(ErrorCode.SIGNED_OUT))
    assert window.page.page_id is Page.SIGN_IN
    assert "重新登录" in window.page.scaffold.problem.accessibleName()


def test_an_application_that_moved_on_is_followed(window, qtbot):
    window.context.journey.answers["refresh"] = lambda: Page.TERMS
    window.show_page(Page.ABOUT_YOU)
    window.page.show_problem(LoanAppError(ErrorCode.NOT_ALLOWED_NOW))
    qtbot.waitUntil(lambda: window.page.page_id is Page.TERMS)
    assert "code.not_allowed_now" in window.notices.banners


def test_a_look_that_ran_out_on_the_signing_page_leads_to_another_one(window, qtbot):
    journey = window.context.journey
    journey.application = application("signing", step_up=once_more("shown"))

    def ran_out(_tell, _handwriting):
        raise LoanAppError(ErrorCode.STEP_UP_NEEDED)

    def refresh():
        journey.application = application("signing", step_up=once_more("needed"), face_ways=["camera", "manual"])
        return Page.FACE_VERIFICATION

    journey.answers.update(confirm_signing_code=lambda _code: None, sign_contract=ran_out, refresh=refresh)
    page = window.show_page(Page.SIGNING)
    page.tick.setChecked(True)
    page.take_code("123456")
    page.scaffold.primary.click()
    qtbot.waitUntil(lambda: window.page.page_id is Page.FACE_VERIFICATION)
    assert window.page.step is Step.AGAIN
    assert "code.step_up_needed" in window.notices.banners


def test_the_lender_and_the_tag_are_always_in_sight(window, qtbot):
    assert window.top.name.text() == local_lender().name.zh
    assert "DEMO" in window.top.licence.text()
    assert window.top.simulated.isVisible()
    translator().set_language("en")
    assert window.top.name.text() == local_lender().name.en


def test_offline_is_said_in_words(window, qtbot):
    window.bottom.show_offline(offline=True)
    assert window.bottom._offline.isVisible()
    assert window.bottom._offline.text() == "离线"


def test_colours_and_size_change_while_running(window, qtbot):
    window.show_page(Page.ABOUT_YOU)
    window.page.income.set_text("4321")
    theme().choose(mode="dark", scale=150)
    settle(qtbot)
    assert window.page.income.text() == "4321"
    assert not window.bottom.mode.icon().isNull()
    assert "150" in window.bottom.text_size.text()


def test_pages_are_loaded_when_they_are_first_shown(page_context, qtbot):
    import subprocess
    import sys

    code = (
        "import sys; import ui.main_window; "
        "print([name for name in sys.modules if name in ('cv2', 'numpy', 'requests', 'keyring', 'cryptography')"
        " or name.startswith('ui.pages.') and name.split('.')[-1] not in ('page', 'registry')])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "[]"


def test_nothing_of_the_application_before_stays_on_a_page(window, qtbot):
    journey = window.context.journey
    page = window.show_page(Page.IDENTITY_DOCUMENT)
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    page.sides["front"].show_image(picture)
    page.sides["front"].show_state("common.photo_read", done=True)
    journey.application = None
    window.show_page(Page.TERMS)
    journey.application = application("draft", id="application-2", document={"front": False, "back": False})
    again = window.show_page(Page.IDENTITY_DOCUMENT)
    assert again is not page
    assert again.sides["front"]._thumbnail.image is None
    assert again.sides["front"].state.text() != translator().sentence("common.photo_read")


def test_a_photo_the_lender_no_longer_holds_is_no_longer_shown(window, qtbot):
    page = window.show_page(Page.IDENTITY_DOCUMENT)
    page.sides["back"].show_image(QImage(8, 8, QImage.Format.Format_RGB32))
    page.sides["back"].show_state("common.photo_read", done=True)
    window.context.journey.application = application("draft", document={"front": True, "back": False})
    page.load()
    assert page.sides["back"]._thumbnail.image is None
    assert page.sides["back"].state.text() == translator().sentence("common.photo_none")


def test_a_page_opened_before_the_lender_answers_says_that_it_waits_and_tells_the_program(page_context, qtbot):
    window = MainWindow(page_context(None))
    qtbot.addWidget(window)
    wanted = []
    window.start_wanted.connect(lambda: wanted.append(True))
    window.show_page(Page.COST)
    window.page.proceed()
    assert wanted == [True]
    assert window.page.scaffold.note.text()


def test_the_window_is_gone_from_the_screen_before_the_program_ends(qtbot):
    shell, seen = Shell("title"), []
    shell.closing.connect(lambda: seen.append(shell.isVisible()))
    with qtbot.waitExposed(shell, timeout=30_000):
        shell.show()
    shell.close()
    assert seen == [False]
    shell.deleteLater()
