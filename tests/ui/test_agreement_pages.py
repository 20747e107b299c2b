"""Cost table, contract, signing, payout and the loan: what has to be read is read, what is done is shown."""

import time
from dataclasses import replace

import pytest
import typst
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from loanapp.journey.signing_acts import SigningStep
from tests.ui.loan_in_hand import JourneyInHand, application, code_sent, disclosure, loan
from ui.components import ProgressLine
from ui.translations import translator


def texts(page) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if not label.isHidden())


@pytest.fixture
def show(qtbot, page_context):
    shown = []

    def make(kind, journey):
        page = kind(page_context(journey))
        qtbot.addWidget(page)
        page.resize(1100, 640)
        page.show()
        page.load()
        shown.append(page)
        return page

    yield make
    for page in shown:
        page.leave()
        page.hide()


@pytest.fixture(scope="module")
def paper(tmp_path_factory) -> bytes:
    source = tmp_path_factory.mktemp("typst") / "paper.typ"
    source.write_text("\n#pagebreak()\n".join(f"= Part {n}\n#lorem(250)" for n in (1, 2, 3)), encoding="utf-8")
    return typst.compile(source, format="pdf")


class TestCostDisclosure:
    @pytest.fixture
    def journey(self):
        journey = JourneyInHand(application("signing"), reading_seconds=1)
        journey.answers.update(cost_disclosure=disclosure, confirm_disclosure=lambda *_: Page.CONTRACT)
        return journey

    @pytest.fixture
    def page(self, show, qtbot, journey):
        from ui.pages.cost_disclosure import CostDisclosurePage

        page = show(CostDisclosurePage, journey)
        qtbot.waitUntil(lambda: page.dialog.isVisible() and page.dialog.scrolls_on)
        return page

    @pytest.fixture
    def sheet(self, page):
        return page.dialog

    def test_the_table_holds_what_the_rules_ask_for(self, sheet):
        words = texts(sheet)
        for part in (
            "个人贷款综合融资成本明示表",
            "贷款本金",
            "10,000.00元",
            "利息",
            "797.05元",
            "年化综合融资成本（单利）",
            "14.40%",
            "只有违约时才会收取",
            "逾期罚息",
            "21.60%",
            "演示放款机构（模拟）",
            "除上述以外不再收取任何费用",
        ):
            assert part in words

    def test_it_is_modal_for_the_whole_program(self, sheet, qapp):
        assert sheet.isModal()
        assert sheet.windowModality() is Qt.WindowModality.ApplicationModal
        assert qapp.activeModalWidget() is sheet

    def test_time_alone_is_not_enough(self, sheet, qtbot):
        qtbot.waitUntil(lambda: sheet.ring.time_over)
        assert not sheet.end_reached
        assert not sheet.confirm.isEnabled()
        qtbot.waitUntil(lambda: "请看到表的最后" in sheet.note.text())

    def test_the_end_alone_is_not_enough(self, sheet, qtbot):
        qtbot.keyClick(sheet.scroll, Qt.Key.Key_End)
        qtbot.waitUntil(lambda: sheet.end_reached)
        if not sheet.ring.time_over:
            assert not sheet.confirm.isEnabled()

    def test_both_together_open_the_way(self, page, sheet, journey, qtbot):
        for _ in range(20):
            qtbot.keyClick(sheet.scroll, Qt.Key.Key_PageDown)
        qtbot.waitUntil(sheet.confirm.isEnabled)
        with qtbot.waitSignal(page.completed) as done:
            qtbot.mouseClick(sheet.confirm, Qt.MouseButton.LeftButton)
        assert done.args == [Page.CONTRACT]
        name, seconds, end = journey.acts[-1]
        assert name == "confirm_disclosure"
        assert seconds >= 1
        assert end is True

    def test_enter_confirms_nothing_before_it_was_read_and_puts_nothing_away(self, sheet, journey, qtbot):
        qtbot.keyClick(sheet.scroll, Qt.Key.Key_Return)
        assert sheet.isVisible()
        assert [act[0] for act in journey.acts] == ["cost_disclosure"]
        sheet.later.setFocus()
        qtbot.keyClick(sheet.later, Qt.Key.Key_Return)
        assert not sheet.isVisible()

    @pytest.mark.parametrize("how", ["escape", "later", "close"])
    def test_it_is_no_trap_and_what_was_read_counts(self, page, sheet, journey, qtbot, how):
        qtbot.keyClick(sheet.scroll, Qt.Key.Key_End)
        qtbot.waitUntil(lambda: sheet.end_reached)
        qtbot.waitUntil(lambda: sheet.ring.seconds_on_screen > 0.05)
        {
            "escape": lambda: qtbot.keyClick(sheet.scroll, Qt.Key.Key_Escape),
            "later": lambda: qtbot.mouseClick(sheet.later, Qt.MouseButton.LeftButton),
            "close": sheet.close,
        }[how]()
        assert not sheet.isVisible()
        assert page.focusWidget() is page.scaffold.primary
        assert page.scaffold.primary.text() == "打开明示表"
        for part in ("总共还 10,797.05元", "所以要等 1 秒", "报价保留到 2026年11月23日 10:00"):
            assert part in texts(page)
        assert [act[0] for act in journey.acts] == ["cost_disclosure"]  # the lender is told nothing: the offer stays
        read = sheet.ring.seconds_on_screen
        qtbot.wait(60)
        assert sheet.ring.seconds_on_screen == read
        page.scaffold.primary.click()
        assert sheet.isVisible()
        assert sheet.end_reached
        assert sheet.ring.seconds_on_screen >= read
        assert sheet.scroll.hasFocus() or sheet.focusWidget() is sheet.scroll

    def test_tab_goes_round_inside_and_reaches_every_control(self, sheet, qtbot):
        qtbot.keyClick(sheet.scroll, Qt.Key.Key_End)
        qtbot.waitUntil(sheet.confirm.isEnabled)
        sheet.focus_first()
        stops = [sheet.focusWidget()]
        for _ in range(10):
            qtbot.keyClick(sheet.focusWidget(), Qt.Key.Key_Tab)
            stops.append(sheet.focusWidget())
        first_round = stops[: stops.index(stops[0], 1)]
        assert {sheet.scroll, sheet.later, sheet.confirm} <= set(first_round)
        assert all(sheet.isAncestorOf(stop) for stop in stops)
        usable = [button for button in sheet.findChildren(QPushButton) if button.isVisible() and button.isEnabled()]
        assert set(usable) <= set(first_round)
        qtbot.keyClick(sheet.scroll, Qt.Key.Key_Backtab)
        assert sheet.isAncestorOf(sheet.focusWidget())

    def test_a_reader_is_told_what_it_is_and_how_to_leave_it(self, sheet):
        assert sheet.windowTitle() == "个人贷款综合融资成本明示表"
        assert sheet.scroll.accessibleName() == "个人贷款综合融资成本明示表"
        assert "End" in sheet.scroll.accessibleDescription()
        assert "Esc" in sheet.scroll.accessibleDescription()
        assert "报价不会丢" in sheet.later.accessibleDescription()

    def test_every_cell_is_told_with_its_row_and_column(self, sheet):
        told = {label.accessibleName() for label in sheet.findChildren(QLabel)}
        for cell in ("利息, 年化标准: 14.40%", "利息, 收取方: 演示放款机构（模拟）", "逾期罚息, 年化标准: 21.60%"):
            assert cell in told, cell
        assert "等额本息，12 期" in texts(sheet)
        assert "不算利滚利" in texts(sheet)

    def test_it_does_not_stay_in_front_of_another_page(self, page, sheet):
        page.leave()
        assert not sheet.isVisible()

    def test_a_confirmation_that_is_refused_is_told_on_the_page(self, page, sheet, journey, qtbot):
        def refused(*_):
            raise LoanAppError(ErrorCode.READING_TIME_NOT_REACHED, needed_seconds=15)

        journey.answers["confirm_disclosure"] = refused
        qtbot.keyClick(sheet.scroll, Qt.Key.Key_End)
        qtbot.waitUntil(sheet.confirm.isEnabled)
        sheet.confirm.click()
        qtbot.waitUntil(page.scaffold.problem.isVisible)
        assert not sheet.isVisible()
        page.scaffold.primary.click()
        assert sheet.isVisible()

    def test_the_other_language_keeps_what_was_read(self, sheet, qtbot):
        for _ in range(20):
            qtbot.keyClick(sheet.scroll, Qt.Key.Key_PageDown)
        qtbot.waitUntil(lambda: sheet.end_reached)
        translator().set_language("en")
        assert sheet.end_reached
        assert "Nothing else is charged" in texts(sheet)


def answer(page):
    """Say of every key term that it is understood."""
    for term in page.key_terms.terms:
        term.understood.setChecked(True)


class TestContract:
    @pytest.fixture
    def page(self, show, qtbot, paper):
        from ui.pages.contract import ContractPage

        journey = JourneyInHand(application("signing"))
        journey.answers.update(contract_pdf=lambda: paper, contract_read=lambda: Page.SIGNING)
        page = show(ContractPage, journey)
        qtbot.waitUntil(lambda: page.view.is_painted)
        return page

    def test_signing_waits_for_the_end(self, page, qtbot):
        assert not page.scaffold.primary.isEnabled()
        answer(page)
        assert not page.scaffold.primary.isEnabled()
        qtbot.keyClick(page.view, Qt.Key.Key_End)
        qtbot.waitUntil(page.scaffold.primary.isEnabled)
        assert "100%" in texts(page)
        with qtbot.waitSignal(page.completed) as done:
            page.scaffold.primary.click()
        assert done.args == [Page.SIGNING]

    def test_signing_waits_for_every_key_term(self, page, qtbot):
        qtbot.keyClick(page.view, Qt.Key.Key_End)
        qtbot.waitUntil(lambda: page.view.end_reached)
        terms = page.key_terms.terms
        assert len(terms) == 5
        for left, term in zip(range(5, 0, -1), terms, strict=True):
            assert page.scaffold.note.text() == f"还有 {left} 条关键条款没有确认，请在右边逐条看过"
            assert not page.scaffold.primary.isEnabled()
            term.understood.setChecked(True)
        assert page.scaffold.primary.isEnabled()
        terms[2].understood.setChecked(False)
        assert not page.scaffold.primary.isEnabled()

    def test_what_was_answered_stands_in_another_language_and_not_for_another_contract(self, page):
        page.key_terms.terms[0].understood.setChecked(True)
        translator().set_language("en")
        assert page.key_terms.terms[0].understood.box.accessibleName() == "Amount: I understand"
        assert page.key_terms.left == 4
        page.leave()
        page.load()
        assert page.key_terms.left == 4
        state = replace(page.journey.application.contract, number="HT20261122-0002")
        page.journey.application = replace(page.journey.application, contract=state)
        page.load()
        assert page.key_terms.left == 5
        page.leave()

    def test_contents_lead_to_their_place(self, page):
        entries = [found for found in page.findChildren(QPushButton) if found.text().startswith("Part ")]
        assert [entry.text() for entry in entries] == ["Part 1", "Part 2", "Part 3"]
        entries[2].click()
        assert page.view.current_entry() == 2

    def test_words_are_looked_for_in_the_sheets_and_in_the_plain_words(self, page, qtbot):
        page.activateWindow()
        qtbot.keyClick(page.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert page.find_bar.isVisible()
        qtbot.keyClicks(page.find_bar.field, "Part 3")
        qtbot.waitUntil(lambda: page.find_bar.told.text() == "第 1 处，共 1 处")
        assert page.view.current_entry() == 2
        page.find_bar.field.setText("没有这几个字")
        qtbot.waitUntil(lambda: page.find_bar.told.text() == "没有找到")
        assert not page.find_bar.after.isEnabled()
        qtbot.keyClick(page.find_bar.field, Qt.Key.Key_Escape)
        assert page.find_bar.isHidden()
        qtbot.waitUntil(lambda: page.view.found == (0, 0))
        page.as_text.click()
        qtbot.waitUntil(lambda: "Part 3" in page.text.toPlainText())
        page.find_button.click()
        page.find_bar.field.setText("Part")
        qtbot.waitUntil(lambda: page.find_bar.told.text().startswith("第 1 处"))
        qtbot.keyClick(page.find_bar.field, Qt.Key.Key_Return)
        assert page.find_bar.told.text().startswith("第 2 处")
        assert page.text.textCursor().selectedText() == "Part"

    def test_printing_asks_for_the_printer(self, page, qtbot):
        from PySide6.QtPrintSupport import QPrintDialog

        page.print_button.click()
        dialog = page.findChild(QPrintDialog)
        assert dialog is not None
        dialog.reject()
        qtbot.waitUntil(lambda: page.findChild(QPrintDialog) is None)

    def test_every_key_term_explains_itself(self, page):
        terms = [found for found in page.findChildren(QPushButton) if found.text() == "解释"]
        assert len(terms) == 5
        before = texts(page)
        terms[0].click()
        assert len(texts(page)) > len(before)
        assert terms[0].text() == "收起"

    def test_a_copy_is_saved_where_the_borrower_says(self, page, qtbot, paper, tmp_path):
        assert page.scaffold.aside.isVisible()
        page.scaffold.aside.click()
        dialog = page.findChild(QFileDialog)
        target = tmp_path / "mine.pdf"
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        name.setText(str(target))
        qtbot.keyClick(name, Qt.Key.Key_Return)
        qtbot.waitUntil(target.is_file)
        qtbot.waitUntil(lambda: not page.busy)
        assert target.read_bytes() == paper

    def test_a_folder_that_refuses_is_told(self, page, qtbot):
        from pathlib import Path

        from ui.pages.save_contract import write_contract

        write_contract(page, b"x", Path("/nowhere/at/all.pdf"))
        qtbot.waitUntil(page.scaffold.problem.isVisible)

    def test_a_disk_that_fills_up_leaves_the_copy_that_was_there(self, page, qtbot, tmp_path, monkeypatch):
        from ui.pages.save_contract import write_contract

        def full(_handle: int) -> None:
            raise OSError(28, "no space left")

        target = tmp_path / "mine.pdf"
        target.write_bytes(b"the first copy")
        monkeypatch.setattr("os.fsync", full)
        write_contract(page, b"the second", target)
        qtbot.waitUntil(page.scaffold.problem.isVisible)
        assert target.read_bytes() == b"the first copy"
        assert [one.name for one in tmp_path.iterdir()] == ["mine.pdf"]

    def test_a_copy_being_saved_is_finished_when_the_program_ends(self, page, tmp_path):
        from ui.pages.save_contract import write_contract

        target = tmp_path / "mine.pdf"
        page.context.operations.save(lambda: time.sleep(0.2))
        write_contract(page, b"%PDF", target)
        page.context.operations.shutdown()
        assert target.read_bytes() == b"%PDF"


class TestSigning:
    @pytest.fixture
    def journey(self):
        journey = JourneyInHand(application("signing"))

        def sign(tell, handwriting):
            journey.written = handwriting
            for step in SigningStep:
                tell(step)
            return Page.PAYOUT

        journey.answers["sign_contract"] = sign
        journey.answers["request_signing_code"] = code_sent
        journey.answers["confirm_signing_code"] = lambda _code: None
        return journey

    @pytest.fixture
    def page(self, show, journey):
        from ui.pages.signing import SigningPage

        return show(SigningPage, journey)

    def test_who_signs_what_with_whose_certificate(self, page):
        words = texts(page)
        for part in ("测**", "HT20261122-0001", "TEST CA", "10,797.05元"):
            assert part in words

    def test_nothing_is_signed_before_the_tick(self, page, journey):
        assert not page.scaffold.primary.isEnabled()
        page.proceed()
        assert not journey.acts

    def test_tick_and_sign_with_every_step_in_sight(self, page, qtbot):
        qtbot.mouseClick(page.tick, Qt.MouseButton.LeftButton)
        assert page.tick.isChecked()
        page.take_code("123456")
        with qtbot.waitSignal(page.completed) as done:
            page.scaffold.primary.click()
            assert page.under_way
        assert done.args == [Page.PAYOUT]
        assert len(page.findChildren(ProgressLine)) == len(SigningStep)

    def test_the_name_is_printed_unless_it_is_written_by_hand(self, page, journey, qtbot):
        page.tick.setChecked(True)
        page.take_code("123456")
        with qtbot.waitSignal(page.completed):
            page.scaffold.primary.click()
        assert journey.written is None

    def test_what_is_written_on_the_pad_goes_into_the_signature(self, page, journey, qtbot):
        def write():
            for start, end in ((QPoint(40, 30), QPoint(140, 90)), (QPoint(160, 40), QPoint(160, 40))):
                qtbot.mousePress(page.pad, Qt.MouseButton.LeftButton, pos=start)
                qtbot.mouseMove(page.pad, end)
                qtbot.mouseRelease(page.pad, Qt.MouseButton.LeftButton, pos=end)

        empty = page.pad.grab().toImage()
        write()
        assert page.pad.grab().toImage() != empty
        again = next(found for found in page.findChildren(QPushButton) if found.text() == "重写")
        again.click()
        assert page.pad.strokes == ()
        assert page.pad.grab().toImage() == empty
        write()
        page.tick.setChecked(True)
        page.take_code("123456")
        with qtbot.waitSignal(page.completed):
            page.scaffold.primary.click()
        first, second = journey.written.strokes
        assert first[0] == pytest.approx((40 / page.pad.height(), 30 / page.pad.height()), abs=1e-3)
        assert len(second) >= 1

    def test_a_signing_that_fails_says_where_and_can_be_repeated(self, page, journey, qtbot):
        good = journey.answers["sign_contract"]

        def fail(tell, _handwriting):
            tell(SigningStep.KEY)
            tell(SigningStep.CERTIFICATE)
            raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

        journey.answers["sign_contract"] = fail
        page.tick.setChecked(True)
        page.take_code("123456")
        page.scaffold.primary.click()
        qtbot.waitUntil(page.scaffold.problem.isVisible)
        assert page.tick.isChecked()
        journey.answers["sign_contract"] = good
        with qtbot.waitSignal(page.completed):
            page.scaffold.primary.click()

    def test_nothing_is_signed_before_the_code(self, page, journey, qtbot):
        page.tick.setChecked(True)
        assert not page.scaffold.primary.isEnabled()
        assert page.scaffold.note.text() == "请获取验证码并填在上面"
        page.code_card.code.set_text("12345")
        assert not page.scaffold.primary.isEnabled()
        page.code_card.code.set_text("123456")
        assert page.scaffold.primary.isEnabled()
        with qtbot.waitSignal(page.completed):
            page.scaffold.primary.click()
        assert [act[0] for act in journey.acts] == ["confirm_signing_code", "sign_contract"]
        assert journey.acts[0][1] == "123456"

    def test_the_page_says_what_the_message_must_name(self, page, qtbot):
        told = []
        page.context.messages.simulated_message.connect(told.append)
        words = texts(page)
        for part in ("138****0001", "尾号 0001", "10,000.00元", "10,797.05元"):
            assert part in words
        page.code_card.countdown.button.click()
        qtbot.waitUntil(lambda: bool(told))
        assert not page.code_card.countdown.button.isEnabled()
        assert "5 分钟内有效" in texts(page)

    def test_a_wrong_code_is_told_at_its_field_and_what_was_written_by_hand_stays(self, page, journey, qtbot):
        def wrong(_code):
            raise LoanAppError(ErrorCode.CODE_WRONG, attempts_left=4)

        journey.answers["confirm_signing_code"] = wrong
        qtbot.mousePress(page.pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 30))
        qtbot.mouseMove(page.pad, QPoint(140, 90))
        qtbot.mouseRelease(page.pad, Qt.MouseButton.LeftButton, pos=QPoint(140, 90))
        written = page.pad.strokes
        page.tick.setChecked(True)
        page.take_code("000000")
        page.scaffold.primary.click()
        qtbot.waitUntil(lambda: not page.busy and not page.under_way)
        assert "还可以再试 4 次" in texts(page)
        assert page.code_card.isVisible()
        assert page.code_card.code.text() == ""
        assert page.pad.strokes == written
        assert page.tick.isChecked()
        assert all(act[0] != "sign_contract" for act in journey.acts)

    def test_a_network_that_is_cut_at_the_code_is_told_on_the_line_of_the_code(self, page, journey, qtbot):
        def cut(_code):
            raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

        journey.answers["confirm_signing_code"] = cut
        page.tick.setChecked(True)
        page.take_code("123456")
        page.scaffold.primary.click()
        qtbot.waitUntil(lambda: not page.busy and not page.under_way)
        first = page.findChildren(ProgressLine)[0]
        assert "核对验证码" in first.accessibleName()
        assert "需要留意" in first.accessibleName()
        assert page.code_card.isVisible()
        assert page.code_card.code.text() == "123456"

    def test_a_code_that_was_confirmed_is_not_asked_for_again(self, show, journey, qtbot):
        from ui.pages.signing import SigningPage

        journey.signing_authorised = True
        page = show(SigningPage, journey)
        assert "验证码已经确认过" in texts(page)
        assert page.code_card.code.isHidden()
        page.tick.setChecked(True)
        with qtbot.waitSignal(page.completed):
            page.scaffold.primary.click()
        assert [act[0] for act in journey.acts] == ["sign_contract"]

    def test_a_message_that_cannot_be_sent_is_told_with_the_seconds_to_wait(self, page, journey, qtbot):
        def down():
            raise LoanAppError(ErrorCode.MESSAGE_NOT_SENT, retry_after_seconds=7)

        journey.answers["request_signing_code"] = down
        page.code_card.countdown.button.click()
        qtbot.waitUntil(page.scaffold.problem.isVisible)
        assert "短信暂时发不出去" in texts(page)
        assert page.code_card.countdown.button.text() == "7 秒后可重发"


class TestPayoutAndLoan:
    def test_the_bank_is_waited_for_and_then_the_money_is_there(self, show, qtbot):
        from ui.pages.payout import PayoutPage

        journey = JourneyInHand(application("disbursing"))

        def paid():
            journey.application = application("active")
            return Page.PAYOUT

        journey.answers.update(refresh=paid, loan=loan, payout_seen=lambda: Page.MY_LOAN)
        page = show(PayoutPage, journey)
        assert "等待银行答复" in texts(page)
        assert page.scaffold.primary.isHidden()
        qtbot.waitUntil(page.scaffold.primary.isVisible)
        for part in ("10,000.00元", "SIM202611220001", "这是模拟放款", "测试银行 尾号 0018"):
            qtbot.waitUntil(lambda part=part: part in texts(page))
        with qtbot.waitSignal(page.completed) as done:
            page.scaffold.primary.click()
        assert done.args == [Page.MY_LOAN]

    def test_the_next_payment_is_large_and_the_plan_unfolds(self, show, qtbot):
        from ui.components import ScheduleTable
        from ui.pages.my_loan import MyLoanPage

        journey = JourneyInHand(application("active"))
        journey.answers["loan"] = loan
        page = show(MyLoanPage, journey)
        qtbot.waitUntil(lambda: "899.75元" in texts(page))
        assert "还有 30 天" in texts(page)
        table = page.findChild(ScheduleTable)
        assert table.isHidden()
        next(found for found in page.findChildren(QPushButton) if found.text() == "查看每一期").click()
        assert not table.isHidden()
        assert table.rowCount() == 12
        translator().set_language("en")
        assert "in 30 days" in texts(page)
