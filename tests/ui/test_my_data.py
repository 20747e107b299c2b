"""The borrower's own data in the window: every act in words, in three orders, and a red line where it does not hold."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from loanapp.domain.consent import ApplicationPhase, ConsentScope
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.guard.refusal import GuardRefusal
from loanapp.help import article_for
from loanapp.journey.consent_acts import GivenConsent
from loanapp.proof.ledger_proof import LedgerFault
from loanapp.resource_files import read_toml
from tests.gallery import my_data_scenes
from tests.gallery.my_data_scenes import contacts, devices, history, own_keys, protection, taken_back, withdrawal_row
from tests.ui.loan_in_hand import NOW, application
from tests.ui.test_filling_pages import recording
from tests.ui.typed_journey import TypedJourney, draft
from ui.components import LinkButton
from ui.components.help_sheet import HelpSheet
from ui.main_window import MainWindow
from ui.my_data.dialog import MyDataDialog
from ui.my_data.network import size
from ui.my_data.save import write_file
from ui.my_data.visit import HistoryWatch
from ui.pages.confirm import ConfirmDialog
from ui.pages.permissions import PermissionsPage
from ui.translations import Translator


@pytest.fixture
def journey():
    made = TypedJourney(application("verifying"))
    made.signed_in = True
    made.answers = {
        "may_erase": lambda: False,
        "may_close_account": lambda: False,
        "my_requests": tuple,
        "devices": devices,
        "protection": protection,
        "keys_here": lambda: True,
        "security_keys": own_keys,
        "recoveries": tuple,
        "data_uses": history,
        "given_consents": tuple,
        "ledger_evidence": lambda: b'{"heads": []}',
    }
    made.client = type("Client", (), {"contacts": staticmethod(contacts)})
    return made


@pytest.fixture
def opened(page_context, qtbot):
    def make(journey, **named):
        context = page_context(journey)
        window = MainWindow(context)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        dialog = MyDataDialog(window, context, **named)
        dialog.open()
        qtbot.waitUntil(lambda: not context.operations.active)
        return dialog

    return make


def words(dialog):
    for _ in range(3):
        QApplication.processEvents()

    return [one.text() for one in dialog.view.findChildren(QLabel) if one.isVisible()]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_recipient_and_fault_has_words(language):
    known = Translator(language)
    uses = read_toml("policy", "data_uses.toml")
    acts = [f"my_data.act_{act.replace('.', '_')}" for act in uses["acts"]]
    recipients = [f"my_data.recipient_{recipient}" for recipient in uses["recipients"]]
    parts = [f"my_data.item_{part}" for part in uses["parts"]]
    faults = [f"my_data.fault_{fault}" for fault in LedgerFault]
    assert [key for key in (*acts, *recipients, *parts, *faults) if not known.has(key)] == []


def test_every_use_is_told_newest_first_with_data_and_recipient(opened, journey):
    dialog = opened(journey)
    said = words(dialog)
    assert "您的 12 条记录完整，没有被更改" in said
    assert said.index("做出了审批决定") < said.index("您开始了一次申请")
    assert "用到：身份证号。接收方：征信机构（模拟）" in said


def test_they_can_be_ordered_by_data_and_by_recipient(opened, journey):
    dialog = opened(journey)
    dialog.view.orders["recipient"].setChecked(True)
    assert words(dialog).count("征信机构（模拟）") == 1
    dialog.view.orders["data"].setChecked(True)
    said = words(dialog)
    # What uses two items stands under both.
    assert said.count("把您的姓名、身份证号、卡号和预留手机号提供给银行核验通道核对") == 2


def test_a_rewritten_history_is_said_in_red_and_its_evidence_can_be_saved(opened, journey, tmp_path, qtbot):
    def rewritten():
        raise GuardRefusal(ErrorCode.GUARD_LEDGER_REWRITTEN, "truncated")

    journey.answers["data_uses"] = rewritten
    dialog = opened(journey)
    banner = dialog.view.verdict
    assert banner.is_urgent
    assert "记录比以前短了" in banner.text.text()
    assert [one.text() for one in banner.findChildren(LinkButton)] == ["保存证据", "怎样解决"]
    write_file(dialog.view, journey.ledger_evidence, tmp_path / "evidence.json")
    qtbot.waitUntil((tmp_path / "evidence.json").exists)
    assert json.loads((tmp_path / "evidence.json").read_bytes()) == {"heads": []}


def test_before_signing_in_nothing_is_asked(opened, journey):
    journey.signed_in = False
    dialog = opened(journey)
    assert "登录之后，您可以在这里看到每一次使用。" in words(dialog)
    assert journey.did("data_uses") == []


def test_a_lender_that_cannot_be_reached_is_asked_again(opened, journey, qtbot):
    def gone():
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    journey.answers["data_uses"] = gone
    dialog = opened(journey)
    assert dialog.problem.isVisible()
    dialog.problem.findChildren(LinkButton)[1].click()
    (shown,) = dialog.findChildren(HelpSheet)
    assert shown.windowTitle() == article_for("lender_unreachable", "zh").title
    shown.back.click()
    journey.answers["data_uses"] = history
    dialog.problem.findChildren(LinkButton)[0].click()
    qtbot.waitUntil(lambda: not dialog._context.operations.active)
    assert not dialog.problem.isVisible()
    assert "您的 12 条记录完整，没有被更改" in words(dialog)


def test_every_address_is_told_with_when_and_how_much(opened, journey):
    dialog = opened(journey, first="network")
    said = words(dialog)
    assert {"127.0.0.1:40123", "41 次", "2.5 兆字节", "86.2 千字节"} <= set(said)
    assert size(12) == "12 字节"


def test_it_is_one_press_away_from_every_page(page_context, journey, qtbot):
    window = MainWindow(page_context(journey))
    qtbot.addWidget(window)
    window.show()
    window.bottom.my_data.click()
    dialog = next(one for one in window.findChildren(MyDataDialog) if one.isVisible())
    qtbot.waitUntil(lambda: not window.context.operations.active)
    dialog.close_button.click()


def test_each_visit_checks_once_and_speaks_only_of_a_fault(page_context, journey, qtbot):
    context = page_context(journey)
    told = []
    context.messages.error.connect(told.append)
    watch = HistoryWatch(context)
    watch.look()
    watch.look()
    qtbot.waitUntil(lambda: not context.operations.active)
    assert (len(journey.did("data_uses")), told) == (1, [])
    journey.signed_in = False
    watch.look()
    journey.signed_in = True
    journey.answers["data_uses"] = my_data_scenes.rewritten
    watch.look()
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].code is ErrorCode.GUARD_LEDGER_REWRITTEN
    journey.signed_in = False
    watch.look()
    journey.signed_in = True

    def gone():
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    journey.answers["data_uses"] = gone
    watch.look()
    qtbot.waitUntil(lambda: not context.operations.active)
    assert len(told) == 1


def test_every_item_says_why_when_by_what_right_for_whom_and_how_long(opened, journey):
    from loanapp.client.profile import DataItem
    from loanapp.client.reading import JsonObject

    rows = read_toml("policy", "data_items.toml")["data_items"]
    items = tuple(DataItem.read(JsonObject(row)) for row in rows)
    journey.lender = replace(journey.lender, data_items=items)
    dialog = opened(journey, first="asked")
    said = words(dialog)
    for row in rows:
        place = said.index(row["name"]["zh"])
        block = "".join(said[place : place + 4])
        assert row["why"]["zh"] in block
        assert row["recipient"]["zh"] in block
        assert row["retention"]["zh"] in block
        assert ("必须" if row["required"] else "可选") in block
        assert len(block) <= 600
    assert {"摄像头", "您自己选的文件", "网络"} <= set(said)
    assert any(text.startswith("从不索要：通讯录") for text in said)
    assert not any(text.startswith("不会发送") for text in said)


def test_an_item_without_reason_is_marked_red_and_explained(opened, journey):
    from loanapp.client.profile import DataItem
    from loanapp.client.reading import JsonObject

    row = dict(read_toml("policy", "data_items.toml")["data_items"][0])
    journey.lender = replace(
        journey.lender, data_items=(DataItem.read(JsonObject({**row, "retention": {"zh": "永久", "en": "forever"}})),)
    )
    assert "不会发送：没有写明保存多久" in words(opened(journey, first="asked"))


def given(phase, *scopes):
    at = datetime.fromisoformat(NOW)
    return tuple(GivenConsent("ap-1", "LA20261122-0001", ConsentScope(scope), at, phase) for scope in scopes)


def test_one_press_takes_an_authorisation_back_as_one_gave_it_and_says_before_what_stops(opened, journey, qtbot):
    left = [list(given(ApplicationPhase.DECIDING, *ConsentScope))]
    journey.answers |= {
        "given_consents": lambda: tuple(left[0]),
        "withdraw_consent": lambda *_: taken_back(left[0].pop(0).scope, "deciding"),
    }
    dialog = opened(journey, first="consents")
    said = words(dialog)
    assert any(text.startswith("撤回后：人脸核验的结果不再使用") and "价格相同" in text for text in said)
    assert any(text.startswith("不变的：身份证照片") and "反洗钱法 34" in text for text in said)
    names = [button.text() for button in dialog.view.taking_back.buttons.values()]
    assert names == ["撤回", "撤回，结束这次申请", "撤回，结束这次申请", "撤回", "撤回"]
    assert not any(button.hasFocus() for button in dialog.view.taking_back.buttons.values())
    behind = []
    dialog.changed.connect(lambda: behind.append(1))
    next(iter(dialog.view.taking_back.buttons.values())).click()  # giving is one press too: permissions page, "agree"
    qtbot.waitUntil(dialog.view.taking_back.result.isVisible)
    assert journey.did("withdraw_consent") == [("ap-1", ConsentScope.FACE_VERIFICATION, "zh")]
    assert dialog.view.taking_back.result.title.text() == "已撤回：人脸核验"
    assert (len(dialog.view.taking_back.buttons), behind) == (4, [1])


def of_the_history(*given_to):
    """What the lender answers where the history ends with the giving of these, newest last."""
    newest = history().uses[-1]
    entries = tuple(
        replace(newest, no=newest.no + place, act=f"consent.{one.scope.value}", application_id=one.application_id)
        for place, one in enumerate(given_to, start=1)
    )
    return {
        "data_uses": lambda: replace(history(), uses=(*history().uses, *entries)),
        "given_consents": lambda: given_to,
    }


def test_one_press_on_the_card_gives_and_one_takes_back(open_page, qtbot):
    filling = TypedJourney(draft())
    filling.answers = {"record_consent": recording(filling)}
    page = open_page(PermissionsPage, filling)
    card = page.cards[ConsentScope.BUREAU_QUERY]
    for acts, (button, granted) in enumerate(((card.yes, True), (card.no, False)), start=1):
        button.click()
        qtbot.waitUntil(lambda: not page.busy)
        assert filling.application.consent(ConsentScope.BUREAU_QUERY).granted is granted
        assert len(filling.did("record_consent")) == acts


def test_from_who_used_my_data_one_press_takes_back_too(opened, journey, qtbot):
    (one,) = given(ApplicationPhase.DECIDING, ConsentScope.BUREAU_QUERY)
    journey.answers |= of_the_history(one)

    def take(*_what):
        journey.answers["given_consents"] = tuple
        return taken_back(one.scope, "deciding")

    journey.answers["withdraw_consent"] = take
    dialog = opened(journey)
    assert any(text.startswith("撤回后：不再查询") for text in words(dialog))
    (button,) = dialog.view.taking_back.buttons.values()
    button.click()
    qtbot.waitUntil(dialog.view.taking_back.result.isVisible)
    assert journey.did("withdraw_consent") == [("ap-1", ConsentScope.BUREAU_QUERY, "zh")]
    assert dialog.view.taking_back.buttons == {}


def test_of_two_applications_each_authorisation_has_its_press(opened, journey):
    (one,) = given(ApplicationPhase.DECIDING, ConsentScope.BUREAU_QUERY)
    journey.answers |= of_the_history(one, replace(one, application_id="ap-2"))
    dialog = opened(journey)
    assert sorted(dialog.view.taking_back.buttons) == ["ap-1|bureau_query", "ap-2|bureau_query"]
    dialog.view.set_busy(True)  # while one is taken back, none other is
    assert not any(button.isEnabled() for button in dialog.view.taking_back.buttons.values())


@pytest.mark.parametrize("first", ["uses", "consents"])
def test_what_was_taken_back_is_told_in_both_languages_and_though_nothing_more_can_be_read(
    opened, journey, qtbot, first
):
    (one,) = given(ApplicationPhase.DECIDING, ConsentScope.BUREAU_QUERY)
    journey.answers |= of_the_history(one)

    def gone():
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    def take(*_what):
        journey.answers |= {"data_uses": gone, "given_consents": gone}
        return taken_back(one.scope, "deciding")

    journey.answers["withdraw_consent"] = take
    dialog = opened(journey, first=first)
    (button,) = dialog.view.taking_back.buttons.values()
    button.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    result = dialog.view.taking_back.result
    assert result.isVisible()
    assert result.title.text() == "已撤回：查询征信"
    assert dialog.view.taking_back.buttons == {}
    dialog._context.translator.set_language("en")
    dialog.view.show_words()
    assert result.title.text() == "Withdrawn: Credit bureau query"
    journey.answers |= {"data_uses": history, "given_consents": tuple}
    dialog.problem.findChildren(QAbstractButton)[0].click()
    qtbot.waitUntil(lambda: not dialog.problem.isVisible())
    assert result.isVisible()  # asking again takes back nothing of what was done
    dialog.show_view(first)
    assert not result.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_receipt_says_happened_is_told_and_not_what_the_card_had_loaded(opened, journey, qtbot, language):
    journey.answers |= {
        "given_consents": lambda: given(ApplicationPhase.DECIDING, ConsentScope.BANK_ACCOUNT_CHECK),
        "withdraw_consent": lambda *_: taken_back("bank_account_check", "lent"),  # paid out meanwhile
    }
    dialog = opened(journey, first="consents")
    (button,) = dialog.view.taking_back.buttons.values()
    assert button.text() == "撤回，结束这次申请"
    button.click()
    qtbot.waitUntil(dialog.view.taking_back.result.isVisible)
    dialog._context.translator.set_language(language)
    dialog.view.show_words()
    said, row = dialog.view.taking_back.result.text.text(), withdrawal_row("bank_account_check", "lent")
    assert row["stops"][language] in said
    assert row["keeps"][language] in said
    assert Translator(language).sentence("my_data.consent_withdrawn_ended") not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_of_an_authorisation_has_at_most_six_hundred_characters(language):
    known = Translator(language)
    for row in read_toml("policy", "consents.toml")["consents"]:
        for one in row["withdrawals"]:
            parts = [
                known.sentence(f"permissions.scope_{row['scope']}"),
                known.sentence("my_data.consent_given", when="2026-11-22 10:00"),
                known.sentence("my_data.consent_of", number="LA20261122-0001"),
                known.sentence("my_data.consent_stops", text=one["stops"][language]),
                known.sentence("my_data.consent_keeps", text=one["keeps"][language]),
                known.sentence("my_data.consent_withdraw_ends"),
            ]
            assert len("".join(parts)) <= 600, (row["scope"], one["phase"])


def corrected(opened, journey, qtbot, corrections):
    """The sheet on which data are corrected, over the rights."""
    from ui.my_data.correct import CorrectData

    journey.answers["my_corrections"] = lambda: corrections
    dialog = opened(journey, first="rights")
    dialog.view.correct.click()
    qtbot.waitUntil(lambda: bool(dialog.view.findChildren(CorrectData)))
    return dialog, dialog.view.findChildren(CorrectData)[-1]


def test_what_no_check_rests_on_is_corrected_at_once_and_only_what_was_changed_is_sent(opened, journey, qtbot):
    dialog, sheet = corrected(opened, journey, qtbot, my_data_scenes.corrections())
    journey.answers["correct_my_data"] = lambda _changed: None
    assert (sheet.address.isVisible(), sheet.money["monthly_income"].isVisible()) == (True, False)
    shown = [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]
    assert "每月收入：审批正在用它。" in shown
    assert shown[shown.index("2026年11月22日 改过：住址") + 1] == "测试路 1 号 → 测试路 2 号"
    sheet.save.click()
    assert (journey.did("correct_my_data"), sheet.problem.title.text()) == ([], "没有改动")
    sheet.address.set_text("")
    sheet.save.click()
    assert (journey.did("correct_my_data"), sheet.address.error.text()) == ([], "请写住址")
    sheet.address.set_text("测试路 3 号")
    sheet.save.click()
    qtbot.waitUntil(dialog.view.result.isVisible)
    assert journey.did("correct_my_data") == [({"address": "测试路 3 号"},)]
    assert dialog.view.result.title.text() == "已经改正"


def test_an_income_is_sent_as_an_amount_and_what_was_refused_stays_typed(opened, journey, qtbot):
    def refuses(_changed):
        raise LoanAppError(ErrorCode.NOT_ALLOWED_NOW)

    _, sheet = corrected(opened, journey, qtbot, my_data_scenes.corrections(lent=True))
    journey.answers["correct_my_data"] = refuses
    sheet.money["monthly_income"].set_text("")
    sheet.save.click()
    assert journey.did("correct_my_data") == []
    sheet.money["monthly_income"].set_text("18,000")
    sheet.save.click()
    qtbot.waitUntil(sheet.problem.isVisible)
    assert journey.did("correct_my_data") == [({"monthly_income": "18000.00"},)]
    assert sheet.money["monthly_income"].value() == 18000


def test_what_must_be_checked_leads_to_the_request_and_a_draft_to_its_steps(opened, journey, qtbot):
    from ui.my_data.ask_right import AskRight

    dialog, sheet = corrected(opened, journey, qtbot, my_data_scenes.corrections())
    sheet.write.click()
    qtbot.waitUntil(lambda: bool(dialog.view.findChildren(AskRight)))
    assert dialog.view.findChildren(AskRight)[-1]._kind == "correction"
    journey.application = application("draft")
    dialog.show_view("rights")
    assert not dialog.view.correct.isVisible()
    assert any("点左边的步骤就能改" in text for text in words(dialog))


def test_a_lender_that_does_not_say_what_stops_lets_it_be_taken_back_all_the_same(opened, journey, qtbot):
    bare = tuple(replace(text, withdrawals=()) for text in journey.lender.consents)
    journey.lender = replace(journey.lender, consents=bare)
    journey.answers["given_consents"] = lambda: given(ApplicationPhase.LENT, "bureau_query")
    dialog = opened(journey, first="consents")
    assert any("没有写明会停下什么" in text for text in words(dialog))
    journey.answers["given_consents"] = tuple
    journey.answers["withdraw_consent"] = lambda *_: SimpleNamespace(withdrawal=None)
    next(iter(dialog.view.taking_back.buttons.values())).click()
    qtbot.waitUntil(dialog.view.taking_back.result.isVisible)
    assert "现在没有有效的授权" in words(dialog)


def test_the_right_to_withdraw_leads_to_the_authorisations(opened, journey, qtbot):
    journey.answers["given_consents"] = tuple
    dialog = opened(journey, first="rights")
    dialog.view.withdraw.click()
    qtbot.waitUntil(lambda: not dialog._context.operations.active)
    assert dialog.view is dialog.views["consents"]
    journey.signed_in = False
    dialog.show_view("consents")
    assert "登录之后，您可以在这里看到和撤回。" in words(dialog)


def test_a_copy_is_saved_and_data_are_deleted_after_a_question(opened, journey, tmp_path, qtbot):
    journey.answers |= {
        "may_erase": lambda: True,
        "erase_application": lambda: None,
        "copy_of_my_data": lambda _readme: b"a zip",
    }
    dialog = opened(journey, first="rights")
    write_file(dialog.view, lambda: journey.copy_of_my_data("read me"), tmp_path / "copy.zip")
    qtbot.waitUntil((tmp_path / "copy.zip").exists)
    dialog.view.delete.click()
    question = next(one for one in dialog.view.findChildren(ConfirmDialog) if one.isVisible())
    assert journey.did("erase_application") == []
    question.confirm.click()
    qtbot.waitUntil(dialog.view.result.isVisible)
    assert journey.did("erase_application") == [()]


def test_what_law_keeps_is_said_and_not_offered_for_deletion(opened, journey):
    journey.answers["may_erase"] = lambda: False
    dialog = opened(journey, first="rights")
    assert not dialog.view.delete.isVisible()
    assert any("法律要求留下的依法保存" in text for text in words(dialog))


@pytest.mark.parametrize("fixed", [True, False])
def test_what_law_keeps_names_the_day_and_the_law(opened, journey, fixed):
    law = {"zh": "反洗钱法 34", "en": "Anti-Money Laundering Law 34"}
    kept = {"until": "2036-11-22", "fixed": fixed, "law": law}
    journey.application = application("settled" if fixed else "active", kept=kept)
    journey.answers["may_erase"] = lambda: False
    journey.answers["may_close_account"] = lambda: fixed
    dialog = opened(journey, first="rights")
    said = [text for text in words(dialog) if "2036年11月22日" in text]
    assert len(said) == (2 if fixed else 1)  # deleting, and closing the account of a repaid loan
    assert all("反洗钱法 34" in text and "自动删除" in text for text in said)
    assert all(("按计划" in text) is not fixed for text in said)
    assert dialog.view.close_account.isVisible() is fixed
    if fixed:
        dialog.view.close_account.click()
        asked = next(one for one in dialog.findChildren(ConfirmDialog) if one.isVisible())
        said = [one.text() for one in asked.findChildren(QLabel)]
        assert any("2036年11月22日" in text and "反洗钱法 34" in text for text in said)
        dialog._context.translator.set_language("en")
        QApplication.sendEvent(asked, QEvent(QEvent.Type.LanguageChange))
        said = [one.text() for one in asked.findChildren(QLabel)]
        assert any("22 November 2036" in text and law["en"] in text for text in said)


def test_every_other_right_leads_to_what_to_do(opened, journey):
    from loanapp.resource_files import resource_path

    journey.answers["may_erase"] = lambda: False
    wanted = []
    dialog = opened(journey, first="rights")
    dialog._context.messages.help_wanted.connect(wanted.append)
    for link in dialog.view.links.values():
        link.click()
    assert len(wanted) == len(dialog.view.links)
    assert all(resource_path("help", "zh_CN", f"{article}.md").is_file() for article in wanted)


def test_a_complaint_is_written_sent_and_shown_with_its_day(opened, journey, qtbot):
    from tests.gallery.my_data_scenes import requests
    from ui.my_data.ask_right import AskRight

    journey.answers["ask_about_my_data"] = lambda _id, _kind, _text: requests()
    dialog = opened(journey, first="rights")
    journey.answers["my_requests"] = requests
    dialog.view.writing["complain"].click()
    sheet = next(one for one in dialog.view.findChildren(AskRight) if one.isVisible())
    sheet.send.click()
    assert journey.did("ask_about_my_data") == []  # nothing was written yet, and the field says so
    sheet.words.set_text("等了三天没有人答复。")
    sheet.send.click()
    qtbot.waitUntil(lambda: "我提过的要求" in words(dialog))
    ((_, kind, text),) = journey.did("ask_about_my_data")
    assert (kind, text) == ("complaint", "等了三天没有人答复。")
    shown = words(dialog)
    assert "投诉，编号 QL20261122-0003" in shown
    assert any("模拟" in one for one in shown)


def test_what_could_not_be_sent_stays_in_the_field_and_is_sent_under_the_same_id(opened, journey, qtbot):
    from ui.my_data.ask_right import AskRight

    def down(*_):
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    journey.answers["ask_about_my_data"] = down
    dialog = opened(journey, first="rights")
    dialog.view.writing["leak"].click()
    sheet = next(one for one in dialog.view.findChildren(AskRight) if one.isVisible())
    sheet.words.set_text("收到冒充短信")
    for _ in range(2):
        sheet.send.click()
        qtbot.waitUntil(sheet.problem.isVisible)
        qtbot.waitUntil(sheet.send.isEnabled)
    assert sheet.words.text() == "收到冒充短信"
    first, second = journey.did("ask_about_my_data")
    assert first[0] == second[0]
    sheet.reject()
    dialog.view.writing["leak"].click()
    again = next(one for one in dialog.view.findChildren(AskRight) if one.isVisible())
    assert again.words.text() == "收到冒充短信"
    asked = []
    dialog.view.context.messages.help_wanted.connect(asked.append)
    again.send.click()
    qtbot.waitUntil(again.problem.isVisible)
    again.problem.findChildren(LinkButton)[0].click()
    assert asked == ["lender_unreachable"]


def test_an_account_is_closed_only_after_a_question_and_where_it_may_be(opened, journey, qtbot):
    dialog = opened(journey, first="rights")
    assert dialog.view.close_account.isHidden()
    assert any("现在不能注销" in one for one in words(dialog))
    journey.answers["may_close_account"] = lambda: True
    dialog.show_view("rights")
    asked = []
    dialog.closing_wanted.connect(lambda: asked.append(1))
    dialog.view.close_account.click()
    question = next(one for one in dialog.view.findChildren(ConfirmDialog) if one.isVisible())
    assert asked == []
    question.confirm.click()
    assert asked == [1]


@pytest.mark.parametrize("status", ["draft", "needs_more"])
def test_what_is_filled_in_says_when_it_goes_by_itself(opened, journey, status):
    going = journey.clock.now() + timedelta(days=12, hours=1)
    journey.application = application(status, erased_at=going.isoformat())
    journey.answers["may_erase"] = lambda: True
    assert any("不再改动的话" in one and "还有 12 天" in one for one in words(opened(journey, first="rights")))


def test_an_account_that_is_kept_says_why_in_front_of_the_borrower(opened, journey):
    dialog = opened(journey, first="rights")
    dialog.refuse_closing(LoanAppError(ErrorCode.NOT_ALLOWED_NOW))
    assert dialog.problem.isVisible()
    assert "还清之后就能注销" in dialog.problem.text.text()
    dialog.refuse_closing(LoanAppError(ErrorCode.LENDER_UNREACHABLE))
    wanted = []
    dialog.closing_wanted.connect(lambda: wanted.append(1))
    dialog.problem.findChildren(LinkButton)[0].click()
    assert wanted == [1]


def confirm(dialog):
    next(one for one in dialog.findChildren(ConfirmDialog) if one.isVisible()).confirm.click()


def test_a_computer_one_does_not_know_is_signed_out_after_a_question(opened, journey, qtbot):
    journey.answers["sign_out_device"] = lambda _id: devices()[:1]
    dialog = opened(journey, first="security")
    assert {"一台 Linux 电脑", "就是这一台", "一台 Windows 电脑"} <= set(words(dialog))
    assert list(dialog.view.buttons) == ["d-2"]  # this one is left where one signs out
    dialog.view.buttons["d-2"].click()
    assert journey.did("sign_out_device") == []
    confirm(dialog)
    qtbot.waitUntil(lambda: journey.did("sign_out_device") == [("d-2",)])
    qtbot.waitUntil(lambda: not dialog.view.buttons)
    assert not dialog.view.others.isVisible()


def test_all_other_computers_are_signed_out_at_once(opened, journey, qtbot):
    journey.answers["sign_out_others"] = lambda: devices()[:1]
    dialog = opened(journey, first="security")
    dialog.view.others.click()
    confirm(dialog)
    qtbot.waitUntil(lambda: journey.did("sign_out_others") == [()])


def test_a_sign_in_that_was_copied_is_said_first(opened, journey):
    journey.answers["devices"] = lambda: devices(copied=True)
    dialog = opened(journey, first="security")
    assert dialog.view.copied.is_urgent
    assert "有一次登录被人用过第二次" in dialog.view.copied.text.text() + " ".join(words(dialog))
    assert dialog.view.buttons == {}


def test_signed_out_nothing_is_asked_about_computers(opened, journey):
    journey.signed_in = False
    dialog = opened(journey, first="security")
    assert "登录之后，您可以在这里看到登录着的电脑。" in words(dialog)
    assert journey.did("devices") == []
