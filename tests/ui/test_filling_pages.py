"""The pages on which something is filled in, each with a journey that remembers and answers."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from loanapp.client.errors import InputRejectedError
from loanapp.domain.consent import ASKED_BESIDE, ConsentScope, is_asked
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.text_change import LineChange
from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from tests.ui.loan_in_hand import NOW, application
from tests.ui.looking import markup, nameless
from tests.ui.typed_journey import Kit, TypedJourney, done_with, draft
from ui.components.amount_slider import AmountSlider
from ui.pages.about_you import AboutYouPage
from ui.pages.bank_card import BankCardPage
from ui.pages.check_answers import CheckAnswersPage
from ui.pages.cost import CostPage
from ui.pages.identity_document import IdentityDocumentPage
from ui.pages.permissions import PermissionsPage
from ui.pages.sign_in import SignInPage
from ui.pages.terms import TermsPage
from ui.translations import translator

# cost


def test_the_cost_is_a_sum_done_here(open_page):
    page = open_page(CostPage, TypedJourney())
    assert page.figures["monthly"].text() == "899.75元"
    assert page.figures["total"].text() == "10,797.05元"
    assert page.figures["annual"].text() == "14.40%"
    assert "诈骗" in page.scam.text()
    page.months_slider.setFocus()
    page.amount.set_text("20000")
    assert page.amount_slider.number() == 20000
    assert page.figures["monthly"].text() == "1,799.51元"


def test_the_cost_page_needs_no_journey(page_context, qtbot):
    context = page_context(None)
    page = CostPage(context)
    qtbot.addWidget(page)
    page.load()
    with qtbot.waitSignal(page.retry_wanted):
        page.proceed()


def test_an_amount_nobody_lends_is_said_beside_the_field(open_page):
    page = open_page(CostPage, TypedJourney())
    page.amount.set_text("999")
    page.proceed()
    assert "1,000元" in page.amount.error.text()
    assert page.scaffold.error_summary.isVisible()
    assert page.amount.text() == "999"


def test_going_on_opens_the_journey_and_saves(open_page, qtbot):
    journey = TypedJourney()
    journey.answers = {"resume": lambda: Page.COST, "cost_understood": lambda: Page.SIGN_IN}
    page = open_page(CostPage, journey)
    page.amount_slider.triggerAction(AmountSlider.SliderAction.SliderSingleStepAdd)
    assert done_with(qtbot, page, page.proceed) is Page.SIGN_IN
    qtbot.waitUntil(lambda: journey.kept.get(Page.COST) == {"amount": "10100", "months": "12"})


# sign in


def code_sent(*_):
    return SimpleNamespace(
        challenge_id="c",
        expires_at=__import__("datetime").datetime.fromisoformat(NOW),
        resend_after_seconds=30,
        simulated_message=SimpleNamespace(sender=None, text=None, code="123456"),
    )


def test_a_code_is_sent_counted_down_and_typed(open_page, qtbot):
    journey = TypedJourney()
    journey.answers = {"request_code": code_sent, "sign_in": lambda code: Page.TERMS}
    page = open_page(SignInPage, journey)
    messages = []
    page.context.messages.simulated_message.connect(messages.append)
    page.phone.set_text("138 0000 0001")
    page.request_code()
    qtbot.waitUntil(lambda: bool(messages))
    assert journey.did("request_code") == [("13800000001",)]
    assert not page.send.isEnabled()
    assert "30" in page.send.text()
    page.take_code("123456")
    assert done_with(qtbot, page, page.proceed) is Page.TERMS
    page.leave()
    assert page.code.text() == ""
    assert "code" not in journey.kept.get(Page.SIGN_IN, {})


@pytest.mark.parametrize(
    ("code", "field"),
    [(ErrorCode.CODE_WRONG, "code"), (ErrorCode.CODE_EXPIRED, "code"), (ErrorCode.PHONE_INVALID, "phone")],
)
def test_a_refused_code_loses_nothing(open_page, qtbot, code, field):
    journey = TypedJourney()

    def refuse(_code):
        raise LoanAppError(code, attempts_left=2)

    journey.answers = {"sign_in": refuse}
    page = open_page(SignInPage, journey)
    page.phone.set_text("13800000001")
    page.code.set_text("000000")
    page.proceed()
    qtbot.waitUntil(lambda: bool(getattr(page, field).error.text()))
    assert (page.phone.text(), page.code.text()) == ("13800000001", "000000")
    assert page.scaffold.error_summary.isVisible()


def test_a_lender_that_is_down_is_said_above_with_its_help(open_page, qtbot):
    journey = TypedJourney()

    def down(_phone):
        raise LoanAppError(ErrorCode.LENDER_UNREACHABLE)

    journey.answers = {"request_code": down}
    page = open_page(SignInPage, journey)
    page.phone.set_text("13800000001")
    page.request_code()
    qtbot.waitUntil(page.scaffold.problem.isVisible)
    assert page.send.isEnabled()
    wanted = []
    page.context.messages.help_wanted.connect(wanted.append)
    page.scaffold.problem._buttons[0].click()
    assert wanted == ["lender_unreachable"]


# terms


def test_terms_follow_at_once_and_are_sent(open_page, qtbot):
    journey = TypedJourney()
    journey.kept[Page.COST] = {"amount": "20000", "months": "6"}
    journey.answers = {"save_terms": lambda *_: Page.IDENTITY_DOCUMENT}
    page = open_page(TermsPage, journey)
    assert page.figures["monthly"].text() == "3,474.72元"
    assert len(page.chart.columns.months) == page.table.rowCount() == 6
    page.proceed()
    assert page.scaffold.error_summary.isVisible()
    page.months.choose("12")
    page.purpose.choose("education")
    assert len(page.chart.columns.months) == page.table.rowCount() == 12
    assert done_with(qtbot, page, page.proceed) is Page.IDENTITY_DOCUMENT
    amount, months, _method, purpose = journey.did("save_terms")[0]
    assert (amount, months, purpose.value) == (Decimal(20000), 12, "education")


def test_an_amount_the_lender_refuses_stays_and_is_marked(open_page, qtbot):
    journey = TypedJourney()

    def refuse(*_):
        raise InputRejectedError(
            ErrorCode.INPUT_INVALID, {"amount": ErrorCode.AMOUNT_OUT_OF_RANGE}, minimum="1000", maximum="50000"
        )

    journey.answers = {"save_terms": refuse}
    page = open_page(TermsPage, journey)
    page.purpose.choose("travel")
    page.proceed()
    qtbot.waitUntil(lambda: "1,000元 至 50,000元" in page.amount.error.text())
    assert page.amount.value() == Decimal(10000)


# about you


def test_about_you_asks_three_things(open_page, qtbot):
    journey = TypedJourney(draft())
    journey.answers = {"save_profile": lambda *_: Page.PERMISSIONS}
    page = open_page(AboutYouPage, journey)
    page.proceed()
    assert len(page.missing()) == 3
    page.employment.choose("retired")
    page.income.set_text("6,000")
    page.debt.set_text("0")
    assert done_with(qtbot, page, page.proceed) is Page.PERMISSIONS
    assert journey.did("save_profile") == [("retired", Decimal("6000.00"), Decimal("0.00"))]


# permissions


def recording(journey):
    def record(scope, granted, *_):
        consents = [
            {"scope": one.scope.value, "granted": one.granted, "text_version": one.text_version, "recorded_at": NOW}
            for one in journey.application.consents
            if one.scope is not scope
        ]
        version = journey.lender.consent(scope).version
        consents.append({"scope": scope.value, "granted": granted, "text_version": version, "recorded_at": NOW})
        journey.application = draft(consents=consents)

    return record


def test_each_permission_is_a_decision_of_its_own(open_page, qtbot):
    journey = TypedJourney(draft())
    journey.answers = {"record_consent": recording(journey), "finish_permissions": lambda: Page.FACE_VERIFICATION}
    page = open_page(PermissionsPage, journey)
    assert all(is_asked(scope, ()) for scope in page.cards)  # nobody is asked for what they do not choose or need
    count = len(page.cards)
    assert str(count) in page.tasks.heading.text()
    assert not any(card.yes.isChecked() or card.no.isChecked() for card in page.cards.values())
    for scope, card in page.cards.items():
        said = {label.text() for label in card.findChildren(QLabel) if label.isVisible()}
        promised = {"本次采集仅用于身份核验", "切勿向他人透露验证码"} <= said
        assert promised == (scope is ConsentScope.FACE_VERIFICATION)
    page.proceed()
    assert page.scaffold.error_summary.isVisible()
    page.cards[ConsentScope.BUREAU_QUERY].no.click()
    qtbot.waitUntil(lambda: not page.busy)
    page.cards[ConsentScope.FACE_VERIFICATION].no.click()
    qtbot.waitUntil(lambda: not page.busy)
    page.cards[ConsentScope.BANK_ACCOUNT_CHECK].yes.click()
    qtbot.waitUntil(lambda: not page.busy)
    page.proceed()
    assert "不能继续办理" in page.tasks.heading.text()
    assert "查询征信" in page.scaffold.error_summary.accessibleName()
    assert "人脸" not in page.scaffold.error_summary.accessibleName()
    page.cards[ConsentScope.BUREAU_QUERY].yes.click()
    qtbot.waitUntil(lambda: not page.busy)
    assert done_with(qtbot, page, page.proceed) is Page.FACE_VERIFICATION
    granted = {scope: answer for scope, answer, *_ in journey.did("record_consent")}
    assert granted[ConsentScope.FACE_VERIFICATION] is False
    texts = {row["scope"]: row["text"]["zh"] for row in read_toml("policy", "consents.toml")["consents"]}
    assert texts["face_verification"].strip() == page.cards[ConsentScope.FACE_VERIFICATION].text.text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_permission_is_said_in_six_hundred_characters_and_answered_by_one_key(open_page, qtbot, language):
    journey = TypedJourney(draft())
    journey.answers = {"record_consent": recording(journey)}
    page = open_page(PermissionsPage, journey)
    page.context.translator.set_language(language)
    for _ in range(3):
        QApplication.processEvents()
    for scope, card in page.cards.items():
        parts = [*card.findChildren(QLabel), *card.findChildren(QPushButton)]
        said = "".join(part.text() for part in parts if part.isVisible())
        assert card.text.text() not in said  # the details open on their own
        assert 50 < len(said) <= 600, (scope, len(said))
        for answer, key in ((False, Qt.Key.Key_N), (True, Qt.Key.Key_Y)):
            page._go_to(scope)  # as a press on the list at the top, or coming to the page, does
            QTest.keyClick(QApplication.focusWidget(), key)
            qtbot.waitUntil(lambda: not page.busy)
            assert (card.yes.isChecked(), card.no.isChecked()) == (answer, not answer)
    assert len(journey.did("record_consent")) == 2 * len(page.cards)
    qtbot.keyClick(page.cards[ConsentScope.FACE_VERIFICATION].more, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert len(journey.did("record_consent")) == 2 * len(page.cards)


# bank card


def test_a_card_is_grouped_named_warned_about_and_bound(open_page, qtbot):
    journey = TypedJourney(draft())
    journey.answers = {"bind_card": lambda *_: None, "current_page": lambda: Page.CHECK_ANSWERS}
    page = open_page(BankCardPage, journey, Kit())
    page.number.set_text("6222020000000000019")
    assert page.number.editor.text() == "6222 0200 0000 0000 019"
    assert page.issuer.text() == "中国工商银行"
    assert page.luhn.isVisible()
    page.test_people.button.click()
    assert not page.luhn.isVisible()
    assert done_with(qtbot, page, page.proceed) is Page.CHECK_ANSWERS
    assert journey.did("bind_card") == [("6222020000000000018", "13800000001")]
    assert page.number.text() == ""
    qtbot.waitUntil(lambda: journey.kept.get(Page.BANK_CARD, {}).get("number") == "")


@pytest.mark.parametrize("code", [ErrorCode.CARD_MISMATCH, ErrorCode.CARD_NOT_DEBIT, ErrorCode.CARD_GATEWAY_DOWN])
def test_a_refused_card_keeps_what_was_typed(open_page, qtbot, code):
    journey = TypedJourney(draft())

    def refuse(*_):
        raise LoanAppError(code, retry_after_seconds=5)

    journey.answers = {"bind_card": refuse}
    page = open_page(BankCardPage, journey)
    page.number.set_text("6222020000000000018")
    page.phone.set_text("13800000001")
    page.proceed()
    scaffold = page.scaffold
    qtbot.waitUntil(lambda: scaffold.problem.isVisible() or scaffold.error_summary.isVisible())
    assert page.number.editor.text() == "6222 0200 0000 0000 018"
    assert page.phone.text() == "13800000001"


ICBC = {"bank": {"zh": "中国工商银行", "en": "ICBC"}, "last4": "0018", "phone_masked": "138****0001"}


def test_a_card_bound_already_is_shown_and_nothing_is_typed_again(open_page, qtbot):
    journey = TypedJourney(draft(bank_card=ICBC))
    journey.answers = {"open_page": lambda page: page}
    page = open_page(BankCardPage, journey, Kit())
    assert page.bound_name.text() == "已绑定：中国工商银行 尾号 0018"
    assert page.scaffold.primary.text() == "用这张卡继续"
    assert not page.fields.isVisible()
    assert not page.test_people.isVisible()
    assert page.complete
    translator().set_language("en")
    assert page.bound_name.text() == "Bound: ICBC, ending 0018"
    assert page.scaffold.primary.text() == "Go on with this card"
    assert page.change.text() == "Use another card"
    assert done_with(qtbot, page, page.proceed) is Page.CHECK_ANSWERS
    assert not journey.did("bind_card")


def test_another_card_may_be_bound_instead_and_the_change_may_be_left(open_page, qtbot):
    journey = TypedJourney(draft(bank_card=ICBC))
    journey.answers = {"bind_card": lambda *_: None, "current_page": lambda: Page.CHECK_ANSWERS}
    page = open_page(BankCardPage, journey, Kit())
    assert page.change.text() == "换一张卡"
    page.change.click()
    qtbot.waitUntil(page.number.isVisible)
    assert page.number.text() == ""
    assert page.scaffold.primary.text() == "核对并绑定这张卡"
    page.number.set_text("6222")
    page.change.click()
    assert page.goes_on_with_bound
    assert page.number.text() == ""
    page.change.click()
    qtbot.waitUntil(page.number.isVisible)
    page.number.set_text("6222020000000000018")
    page.phone.set_text("13800000001")
    assert done_with(qtbot, page, page.proceed) is Page.CHECK_ANSWERS
    assert journey.did("bind_card") == [("6222020000000000018", "13800000001")]


def test_a_lender_that_asks_for_a_card_again_wants_one_typed(open_page):
    page = open_page(BankCardPage, TypedJourney(application("needs_more", bank_card=ICBC)))
    assert not page.bound.isVisible()
    assert page.number.isVisible()


# check answers


def test_answers_are_read_back_masked_and_can_be_changed(open_page, qtbot):
    journey = TypedJourney(application("draft", face={"state": "manual", "attempts_left": 3}))
    journey.open_pages = frozenset({Page.TERMS, Page.ABOUT_YOU})
    journey.answers = {"submit": lambda: Page.PROGRESS, "open_page": lambda page: page}
    page = open_page(CheckAnswersPage, journey)
    assert page.groups[Page.TERMS].button.isVisible()
    assert not page.groups[Page.BANK_CARD].button.isVisible()
    with qtbot.waitSignal(page.open_page) as opened:
        page.groups[Page.TERMS].button.click()
    assert opened.args == [Page.TERMS]
    assert done_with(qtbot, page, page.proceed) is Page.PROGRESS


# all of them


ALL = {
    CostPage: TypedJourney,
    SignInPage: TypedJourney,
    TermsPage: TypedJourney,
    IdentityDocumentPage: lambda: TypedJourney(draft(document={"front": True, "back": True})),
    AboutYouPage: lambda: TypedJourney(draft()),
    PermissionsPage: lambda: TypedJourney(draft()),
    BankCardPage: lambda: TypedJourney(draft()),
    CheckAnswersPage: lambda: TypedJourney(application("draft")),
}


@pytest.mark.parametrize("kind", ALL)
def test_every_control_has_a_name_and_no_text_is_markup(open_page, kind):
    page = open_page(kind, ALL[kind](), Kit())
    assert nameless(page) == []
    assert markup(page) == []


def test_switching_the_language_keeps_what_is_typed(open_page, qtbot):
    page = open_page(AboutYouPage, TypedJourney(draft()))
    page.employment.choose("student")
    page.income.set_text("1234")
    translator().set_language("en")
    assert page.scaffold.title.text() == "About you"
    assert page.employment.value() == "student"
    assert page.income.text() == "1234"


def test_what_is_to_be_mended_is_said_in_the_language_switched_to(open_page, qtbot):
    page = open_page(CostPage, TypedJourney())
    page.amount.set_text("999")
    page.proceed()
    assert "1,000元" in page.scaffold.error_summary.accessibleName()
    summary = page.scaffold.error_summary
    qtbot.waitUntil(summary._links[0].isVisible)
    summary._links[0].setFocus()
    translator().set_language("en")
    assert summary.accessibleName().startswith("Please mend 1 thing Between CNY")
    assert summary._links[0].hasFocus()
    assert page.amount.error.text().startswith("Between CNY")
    assert page.amount.text() == "999"


def test_what_the_lender_refused_is_said_again_until_it_is_changed(open_page, qtbot):
    journey = TypedJourney(draft())
    refused = {"monthly_income": ErrorCode.INPUT_INVALID, "monthly_debt": ErrorCode.INPUT_INVALID}

    def refuse(*_):
        raise InputRejectedError(ErrorCode.INPUT_INVALID, refused)

    journey.answers = {"save_profile": refuse}
    page = open_page(AboutYouPage, journey)
    page.employment.choose("employed")
    page.income.set_text("9000")
    page.debt.set_text("0")
    page.proceed()
    qtbot.waitUntil(lambda: bool(page.debt.error.text()))
    before = page.debt.error.text()
    page.income.set_text("9001")
    translator().set_language("en")
    assert not page.income.error.text()
    assert page.debt.error.text() not in ("", before)
    assert len(page.scaffold.error_summary._links) == 1


def test_typing_is_saved_soon_and_on_leaving(open_page, qtbot):
    journey = TypedJourney(draft())
    page = open_page(AboutYouPage, journey)
    page.income.set_text("77")
    qtbot.waitUntil(lambda: journey.kept.get(Page.ABOUT_YOU, {}).get("income") == "77", timeout=900)
    page.debt.set_text("88")
    page.leave()
    qtbot.waitUntil(lambda: journey.kept[Page.ABOUT_YOU]["debt"] == "88", timeout=200)


def test_enter_in_a_field_does_the_main_action(open_page, qtbot):
    page = open_page(AboutYouPage, TypedJourney(draft()))
    page.income.setFocus(Qt.FocusReason.OtherFocusReason)
    QTimer.singleShot(0, page, lambda: None)
    qtbot.keyClick(page.income.editor, Qt.Key.Key_Return)
    assert page.scaffold.error_summary.isVisible()


def test_a_larger_loan_is_asked_for_social_insurance_with_why_and_may_refuse(open_page, qtbot):
    because = {"zh": "金额较大，要核对您填的收入", "en": "the sum is large"}
    demands = [{"check": "income", "waived": False, "because": because}]
    journey = TypedJourney(draft())
    *given, refused = (
        {"scope": one.scope.value, "granted": one.required, "text_version": one.version, "recorded_at": NOW}
        for one in journey.lender.consents
        if one.scope not in ASKED_BESIDE
    )
    journey.application = draft(amount="30000.00", demands=demands, consents=given)

    def record(*_):
        journey.application = draft(amount="30000.00", demands=demands, consents=[*given, refused])

    journey.answers = {"record_consent": record}
    page = open_page(PermissionsPage, journey)
    card = page.cards[ConsentScope.SOCIAL_INSURANCE_QUERY]
    assert "这次要问，是因为金额较大" in card.why.text()
    assert page.optional_heading.isVisible()
    assert len(page.missing()) == 1
    card.no.click()
    qtbot.waitUntil(lambda: not page.busy)
    assert page.missing() == []  # refusing it does not stop the loan
    journey.application = draft(consents=given)  # a smaller amount
    page.load()
    assert not card.isVisible()
    assert not page.optional_heading.isVisible()


def test_a_changed_authorisation_asks_again_and_shows_the_difference(open_page):
    given = [{"scope": "face_verification", "granted": True, "text_version": "2020-01-01", "recorded_at": NOW}]
    journey = TypedJourney(draft(consents=given))
    journey.answers = {"consent_changes": lambda *_: (LineChange("保存 3 天", "保存 7 天"),)}
    page = open_page(PermissionsPage, journey)
    card = page.cards[ConsentScope.FACE_VERIFICATION]
    assert not card.yes.isChecked()
    said = [label.text() for label in card.findChildren(QLabel) if label.isVisible()]
    assert "授权内容有变化，请重新决定" in said
    assert "原来：保存 3 天\n现在：保存 7 天" in said
    assert len(page.missing()) == len(page.cards) == sum(is_asked(one.scope, ()) for one in journey.lender.consents)
