"""Every state of the face page: nothing cut off, every control named and reached with the keyboard, in its order."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QRadioButton, QVBoxLayout, QWidget

from loanapp.capture.sources import CameraInfo
from loanapp.client.answers import Verdict
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.liveness import HintCode, VerdictOutcome, VerdictReason
from tests.ui.face_page import GRANTED
from tests.ui.loan_in_hand import JourneyInHand, application
from tests.ui.looking import controls, cut_off, inside
from tests.ui.test_face_ways import BRANCHES, FIRST, VISIT, WAYS
from ui.camera.consent_dialog import ConsentDialog
from ui.camera.face_words import Step, hint_line
from ui.camera.figures import drawing_for
from ui.camera.ways import Way
from ui.pages.face_verification import FaceVerificationPage
from ui.reader_order import move_focus
from ui.theme import theme
from ui.translations import translator

CAMERAS = [CameraInfo(0, "Integrated Camera"), CameraInfo(2, "IR Camera"), CameraInfo(5, "OBS Virtual Camera")]
R = VerdictReason


def verdict(outcome, left, *reasons):
    return lambda page, _qtbot: page.show_verdict(Verdict(outcome, reasons, left))


def trouble(code):
    def enter(page, qtbot):
        page._step = Step.MIRROR
        page.attempt.failed.emit(LoanAppError(code))
        qtbot.waitUntil(lambda: page.context.operations.active == 0)

    return enter


def branch(page, qtbot):
    page._take_way(Way.BRANCH.value)
    qtbot.waitUntil(page.steps.branch.where.isVisible)
    page.steps.branch.where.choose("east")
    page.steps.branch.day.choose("2026-11-26")
    page.steps.branch.time.choose(FIRST.isoformat())


def mirror(*, unhurried):
    def enter(page, qtbot):
        page.steps.ready.slowly.setChecked(unhurried)
        page._enter(Step.MIRROR)
        qtbot.wait(30)
        heights = set()
        for hint in HintCode:
            page.steps.mirror.say(hint_line(hint), drawing_for(hint), look=True)
            QApplication.processEvents()
            heights.add((page.steps.mirror.preview.geometry().getRect(), page.steps.mirror.promises.y()))
        assert len(heights) == 1, "what is said moves the mirror"

    return enter


STATES = {
    "flash": lambda page, _qtbot: page._enter(Step.FLASH),
    "ready": lambda page, qtbot: (
        page.steps.flash.cards.choose("with_flash"),
        page.proceed(),
        qtbot.waitUntil(lambda: page.choice.possible and page.context.operations.active == 0),
    ),
    "mirror": mirror(unhurried=False),
    "mirror_unhurried": mirror(unhurried=True),
    "retry": verdict(VerdictOutcome.RETRY, 2, R.TOO_DARK_TO_JUDGE, R.FACE_COVERED),
    "unlike": verdict(VerdictOutcome.RETRY, 1, R.FACE_UNLIKE_DOCUMENT),
    "no_more": verdict(VerdictOutcome.RETRY, 0, R.FLASH_NOT_SEEN),
    "review": verdict(VerdictOutcome.REVIEW, 1, R.LIVENESS_UNSURE),
    "passed": verdict(VerdictOutcome.PASSED, 1),
    "stuck": trouble(ErrorCode.LENDER_UNREACHABLE),
    "busy": trouble(ErrorCode.CAMERA_BUSY),
    "ways": lambda page, _qtbot: page._choose_other_way(),
    "manual": lambda page, _qtbot: page._take_way(Way.MANUAL.value),
    "changed": lambda page, _qtbot: page._take_way(Way.CHANGED.value),
    "branch": branch,
}
AT_ONCE = {
    "consent": {"consents": []},
    "booked": {"appointment": VISIT},
    "locked": {"face": {"state": "retry", "attempts_left": 0, "locked_seconds": 900}},
}


def calendar(page, qtbot):
    """Ten days with twelve times each."""
    times = [FIRST + timedelta(days=day, minutes=30 * slot) for day in range(10) for slot in range(12)]
    full = tuple(replace(branch, slots=tuple(times)) for branch in BRANCHES)
    page.journey.answers["branches"] = lambda: full
    page._take_way(Way.BRANCH.value)
    qtbot.waitUntil(page.steps.branch.where.isVisible)


class Windows(QObject):
    """Notes every window that appears: a part shown before it is in its place would be one, and take the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and watched.isWidgetType() and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


class NoPictures:
    """Stands for devices that are not on the computer of the test."""

    def __init__(self, cameras) -> None:
        self.cameras = cameras

    def start(self) -> None:
        """Nothing to open."""

    def latest(self) -> tuple[()]:
        return ()

    def stop(self) -> None:
        """Nothing is open."""


class Holder(QWidget):
    """Goes on by Tab as the program's window does."""

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        return move_focus(self, forward=forward)


@pytest.fixture
def show(qtbot, page_context, monkeypatch, qapp):
    monkeypatch.setattr("loanapp.capture.sources.list_cameras", lambda: list(CAMERAS))
    monkeypatch.setattr("loanapp.capture.thumbnails.CameraThumbnails", NoPictures)
    shown, windows = [], Windows()

    def make(state: str, language: str, scale: int, mode: str, width: int) -> FaceVerificationPage:
        theme().choose(mode=mode, scale=scale)
        changes = {"consents": GRANTED, "face_ways": WAYS, **AT_ONCE.get(state, {})}
        journey = JourneyInHand(application("draft", **changes))
        journey.lender = replace(journey.lender, flash=True)
        journey.answers.update(connect=lambda: journey.lender, branches=lambda: BRANCHES)
        context = page_context(journey)
        translator().set_language(language)
        qapp.installEventFilter(windows)
        page = FaceVerificationPage(context)
        holder = Holder()
        qtbot.addWidget(holder)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page)
        holder.resize(width, 676)
        with qtbot.waitActive(holder):
            holder.show()
            holder.activateWindow()
        shown.append((page, holder))
        page.load()
        page.scaffold.back.show()
        if state in STATES:
            STATES[state](page, qtbot)
        qtbot.wait(60)
        qapp.removeEventFilter(windows)
        assert windows.seen == ["Holder", *(["ConsentDialog"] if state == "consent" else [])]
        return page

    yield make
    qapp.removeEventFilter(windows)
    for page, holder in shown:
        page.leave()
        holder.hide()
    theme().choose(mode="light", scale=100)
    qapp.setStyleSheet("")


def grouped(button: QWidget) -> bool:
    """One of several of which Tab only reaches the chosen one; arrows move between them."""
    return isinstance(button, QRadioButton) and not button.isChecked()


@pytest.mark.parametrize("state", [*STATES, *AT_ONCE])
def test_the_keyboard_reaches_everything_from_top_to_bottom(show, state, qtbot):
    page = show(state, "zh", 100, "light", 1146)
    root = page.findChild(ConsentDialog) or page
    wanted = [one for one in controls(root) if one.isEnabled() and not grouped(one)]
    root.setFocus() if root is page else None
    reached = []
    for _ in range(len(wanted) + 3):
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton) and focus not in reached:
            reached.append(focus)
        assert focus is not None, "nothing has the focus"
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert {one.accessibleName() for one in wanted} <= {one.accessibleName() for one in reached}
    bar = page.scaffold.action_bar
    inner = [one for one in reached if one in wanted and not bar.isAncestorOf(one) and root is page]
    rows = [one.mapTo(page, one.rect().center()).y() for one in inner]
    start = rows.index(min(rows)) if rows else 0
    ordered = rows[start:] + rows[:start]
    assert all(lower - upper > -12 for upper, lower in pairwise(ordered)), ordered


@pytest.mark.parametrize(("scale", "width"), [(100, 1146), (200, 1270)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_refusing_and_the_other_ways_stand_beside_agreeing_and_never_scroll_away(show, language, scale, width):
    dialog = show("consent", language, scale, "light", width).findChild(ConsentDialog)
    heights = {one.mapTo(dialog, one.rect().center()).y() for one in (dialog.later, dialog.another, dialog.agree)}
    assert max(heights) - min(heights) <= 1
    assert all(inside(one, dialog) for one in (dialog.later, dialog.another, dialog.agree))


@pytest.mark.parametrize(("scale", "width"), [(100, 1146), (200, 1270)])
@pytest.mark.parametrize("state", ["consent", "flash", "ready", "mirror", "manual", "changed"])
def test_what_it_serves_and_the_warning_about_codes_are_in_sight_without_scrolling(show, state, scale, width):
    page = show(state, "zh", scale, "light", width)
    root = page.findChild(ConsentDialog) or page
    for sentence in ("本次采集仅用于身份核验", "切勿向他人透露验证码"):
        seen = [one for one in root.findChildren(QLabel) if one.isVisible() and one.text() == sentence]
        assert [one for one in seen if one.visibleRegion().boundingRect() == one.rect()], sentence


@pytest.mark.parametrize(("scale", "width"), [(100, 1146), (200, 1270)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_calendar_is_no_wider_than_the_page_and_the_next_question_comes_into_view(
    show, language, scale, width, qtbot
):
    page = show("ready", language, scale, "light", width)
    calendar(page, qtbot)
    area = page.steps.branch
    for cards, value, following in (
        (area.where, "east", area.day),
        (area.day, "2026-11-30", area.time),
        (area.time, (FIRST + timedelta(days=4, minutes=330)).isoformat(), None),
    ):
        cards.choose(value)
        if following is not None:
            first = following.findChildren(QRadioButton)[0].parentWidget()
            qtbot.waitUntil(lambda seen=first: seen.visibleRegion().boundingRect() == seen.rect())
    assert page.scaffold.primary.isEnabled()
    right = area.viewport().mapToGlobal(area.viewport().rect().topRight()).x()
    inner = [one for one in area.widget().findChildren(QWidget) if one.isVisible()]
    assert len(inner) > 44
    assert [type(one).__name__ for one in inner if one.mapToGlobal(one.rect().topRight()).x() > right] == []
    qtbot.waitUntil(lambda: cut_off(page) == [])


@pytest.mark.parametrize(("scale", "width"), [(100, 1146), (200, 1270)])
def test_the_mark_of_a_camera_stands_on_the_first_line_of_its_name(show, scale, width):
    page = show("ready", "zh", scale, "light", width)
    for card in page.steps.ready.cameras.cards.values():
        mark = card.button.mapTo(card, card.button.rect().center()).y()
        line = card._name.mapTo(card, QPoint(0, card._name.fontMetrics().height() // 2)).y()
        assert abs(mark - line) <= 1


@pytest.mark.parametrize(("scale", "width"), [(100, 1146), (200, 1270)])
def test_why_a_code_of_the_national_app_is_refused_is_in_sight_beside_its_field(show, scale, width, qtbot):
    page = show("ready", "zh", scale, "light", width)
    page._take_way(Way.NETWORK.value)
    area = page.steps.network
    area.code.set_text("20000000")
    page.others._refused_code(LoanAppError(ErrorCode.NETWORK_CODE_EXPIRED))
    said = next(one for one in area.code.findChildren(QLabel) if "认证码已过期" in one.text())
    for seen in (area.code.editor, said):
        qtbot.waitUntil(lambda seen=seen: seen.visibleRegion().boundingRect() == seen.rect())
