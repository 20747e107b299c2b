"""Every page in every state it can be in, with a journey in hand; the day is always 22 November 2026."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from loanapp.client.answers import CodeSent, DocumentReading, FieldReading, SimulatedMessage
from loanapp.domain.clock import ManualClock
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.domain.loan_account import RepaymentKind
from loanapp.domain.localised import LocalisedText
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.pages import DRAFT_PAGES, Page, place
from loanapp.journey.signing_acts import SigningStep
from loanapp.resource_files import assets_folder, read_toml
from tests.gallery.stage import TODAY, Room, Scene, settle, until
from tests.ui.loan_in_hand import NOW, after, application, disclosure, hardship, loan, new_schedule, offer
from tests.ui.test_face_ways import BRANCHES, VISIT
from tests.ui.typed_journey import TypedJourney, draft
from ui.__main__ import demonstration_kit
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.pages.repay import RepayDialog
from ui.theme import theme

PERSON: Final = ("测试甲", "11010119900307002X", "13800000001", "6222020000000000018")
FIELDS: Final = {
    "name": PERSON[0],
    "identity_number": PERSON[1],
    "ethnic_group": "汉",
    "address": "北京市示范区模拟路一百二十三号院四号楼五单元六层六〇一室",
    "authority": "北京市公安局示范分局",
    "valid_from": "2018-05-10",
    "valid_until": "2038-05-10",
}
CHANGES: Final = [
    {"reason": "repayment_burden_too_high", "up_to": None, "income_at_least": None, "after": "2026-12-22"},
    {"reason": "income_too_low", "up_to": None, "income_at_least": "2000.00", "after": "2026-12-22"},
    {"reason": "limit_reached", "up_to": None, "income_at_least": None, "after": "2026-12-22"},
]
BURDEN: Final = {"outcome": "declined", "reasons": ["repayment_burden_too_high", "income_too_low", "limit_reached"]}


def journey(page: Page, held: Any = None, **answers: Callable[..., object]) -> TypedJourney:
    """A journey that stands on ``page``: what lies before it may be opened again, the clock stands still."""
    made = TypedJourney(held)
    made.clock = ManualClock(TODAY)
    made.signed_in = held is not None
    before = [one for one in DRAFT_PAGES if place(one) < place(page)]
    made.open_pages = frozenset([Page.COST, *before] if held is not None and held.status.value == "draft" else [])
    made.answers = {
        "refresh": lambda: page,
        "connect": lambda: made.lender,
        "offer": lambda: held.offer,
        "cost_disclosure": disclosure,
        "contract_pdf": paper,
        "loan": loan,
        **answers,
    }
    return made


@cache
def paper() -> bytes:
    """A contract of three pages."""
    import typst

    parts = "\n#pagebreak()\n".join(
        f"= {title}\n{'本合同由双方在模拟环境中签署，仅用于演示。' * 40}"
        for title in ("合同双方", "贷款金额、期限与还款方式", "违约责任")
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.typ"
        source.write_text(f'#set text(font: "Noto Serif SC", lang: "zh")\n{parts}', encoding="utf-8")
        return typst.compile(source, format="pdf", font_paths=[assets_folder()], ignore_system_fonts=True)


def scene(
    page: Page, held: Callable[[], Any] | None = None, act: Callable[[Any, Room], object] | None = None, **more: Any
) -> Callable[[Room], Any]:
    """A setting: ``page`` with a journey that holds ``held()``, and then ``act(page, room)``."""
    kept = more.pop("kept", {})

    def set_it(room: Room) -> Any:
        made = journey(page, held() if held is not None else None, **more)
        made.kept.update(kept)
        shown = room.open(page, made, demonstration_kit())
        room.rest()
        if act is not None:
            settle(room.shell)
            act(shown, room)
            room.rest()
        return room.shell

    return set_it


def refuse(code: ErrorCode, **details: object) -> Callable[..., Any]:
    """An act the lender refuses."""

    def act(*_: object, **__: object) -> None:
        raise LoanAppError(code, **details)

    return act


def go_on(page: JourneyPage, _room: Room) -> None:
    """Press the main action: where something is missing, the page says what."""
    page.proceed()


# the first pages


def _amount_wrong(page: Any, room: Room) -> None:
    page.amount.set_text("999")
    page.proceed()


def _compared(page: Any, room: Room) -> None:
    page.compare.click()
    room.rest()
    bar = page.scaffold.scroll.verticalScrollBar()
    until(lambda: bar.maximum() > page.comparison.height() > 400, "the comparison to be laid out")
    settle(room.shell)
    bar.setValue(bar.maximum())


def _no_lender(page: Any, room: Room) -> None:
    window = room.window
    if window is not None:
        window.bottom.show_offline(offline=True)
        window.notices.show_retry(LoanAppError(ErrorCode.LENDER_UNREACHABLE), lambda: None)


def _notices(page: Any, room: Room) -> None:
    window = room.window
    if window is not None:
        page.context.messages.show_notice(Level.LOOK, "common.memory_only")
        page.context.messages.show_error(LoanAppError(ErrorCode.CLOCK_WRONG))
        page.context.messages.show_support()


def _message() -> SimulatedMessage:
    words = LocalisedText(
        "【演示放款机构】验证码 123456，5 分钟内有效。", "[Demonstration Lender] Code 123456, 5 minutes."
    )
    return SimulatedMessage(LocalisedText("演示放款机构", "Demonstration Lender"), words, "123456")


def _code_sent(*_: object) -> CodeSent:
    return CodeSent("c", TODAY + timedelta(minutes=5), 60, _message())


def _signing_code_sent() -> CodeSent:
    words = read_toml("policy", "sign_in.toml")["message"]["sign_contract"]
    told = {"code": "123456", "tail": "0001", "payout": "10,000.00", "total": "10,797.05", "support": "400-000-0000"}
    text = LocalisedText(words["zh"].format(**told), words["en"].format(**told))
    return replace(_code_sent(), simulated_message=replace(_message(), text=text))


def _ask_code(page: Any, room: Room) -> None:
    page.phone.set_text(PERSON[2])
    page.request_code()
    room.rest()
    page._countdown._clock.stop()


def _code_wrong(page: Any, room: Room) -> None:
    _ask_code(page, room)
    page.code.set_text("000000")
    page.proceed()


def _chosen_terms(page: Any, room: Room) -> None:
    page.months.choose("12")
    page.purpose.choose("education")


@cache
def _photo(side: str) -> Any:
    """As small as the page shows it; drawing the card takes a second."""
    from loanapp.demonstration.identities import find_identity
    from loanapp.demonstration.identity_card import render_card
    from ui.pages.photos import thumbnail

    return thumbnail(render_card(find_identity("approved"), side))


def _read_card(page: Any, room: Room) -> None:
    for side in ("front", "back"):
        page.sides[side].show_image(_photo(side))
        page.sides[side].show_state("common.photo_read", done=True)
    unsure = {name: FieldReading(value, 0.5 if name == "ethnic_group" else 0.99) for name, value in FIELDS.items()}
    for side in ("front", "back"):
        page._read(side, (page.sides[side]._thumbnail.image, DocumentReading(side, unsure)))
    page.scaffold.show_top()


def _card_replaced(page: Any, room: Room) -> None:
    """Another photo was read otherwise than what stood there."""
    _read_card(page, room)
    page.fields["address"].set_text("示范省示范市示范区模拟路一百二十三号")
    found = {name: FieldReading(page.fields[name].text(), 0.99) for name in ("name", "identity_number", "ethnic_group")}
    found["address"] = FieldReading("示范省示范市示范区模拟路128号", 0.99)
    page._read("front", (page.sides["front"]._thumbnail.image, DocumentReading("front", found)))
    room.rest()
    page.scaffold.reveal(page.replaced)


def _card_wrong(page: Any, room: Room) -> None:
    _read_card(page, room)
    page.fields["identity_number"].set_text("110101199003070021")
    page.fields["address"].set_text("")
    page.proceed()


def _photo_refused(page: Any, room: Room) -> None:
    page._not_read("front", LoanAppError(ErrorCode.PHOTO_UNREADABLE))
    page.sides["back"].show_state("common.photo_reading")


def _about_tight(page: Any, room: Room) -> None:
    page.employment.choose("employed")
    page.income.set_text("3,000")
    page.debt.set_text("500")
    page.burden.living.set_text("1,700")
    room.rest()
    bar = page.scaffold.scroll.verticalScrollBar()
    until(lambda: bar.maximum() > 0, "the page to be laid out")
    bar.setValue(bar.maximum())


def _social_insurance(page: Any, room: Room) -> None:
    from loanapp.domain.consent import ConsentScope

    until(page.items.isVisible, "the items")
    room.rest()
    page._go_to(ConsentScope.SOCIAL_INSURANCE_QUERY)


def _about_filled(page: Any, room: Room) -> None:
    page.employment.choose("self_employed")
    page.income.set_text("15,000")
    page.debt.set_text("2,000.50")


TIGHT: Final = {"employment": "employed", "monthly_income": "2800.00", "monthly_debt": "500.00"}
HELD: Final = {"document": {"front": True, "back": True}}


def _consents(*answers: tuple[str, bool]) -> list[dict[str, object]]:
    from loanapp.domain.consent import ConsentScope
    from tests.ui.loan_in_hand import lender

    profile = lender()
    return [
        {
            "scope": scope,
            "granted": granted,
            "text_version": profile.consent(ConsentScope(scope)).version,
            "recorded_at": NOW,
        }
        for scope, granted in answers
    ]


def _open_text(page: Any, room: Room) -> None:
    next(iter(page.cards.values())).more.click()


def _typed_card(page: Any, room: Room) -> None:
    page.number.set_text(PERSON[3])
    page.phone.set_text(PERSON[2])


def _card_odd(page: Any, room: Room) -> None:
    page.number.set_text("6222020000000000019")
    page.phone.set_text("1380000")
    page.proceed()


# waiting and the answer


def _out_of_reach(page: Any, room: Room) -> None:
    page._watch.stop()
    page._trouble(LoanAppError(ErrorCode.LENDER_UNREACHABLE))


def _another_time(page: Any, room: Room) -> None:
    from ui.pages.move_visit import MoveVisitDialog

    page.ask_move()
    (dialog,) = page.findChildren(MoveVisitDialog)
    until(dialog.where.isVisible, "the branches")
    dialog.where.choose("east")
    dialog.day.choose("2026-11-27")
    room.rest()


def _guarded(*_: object) -> None:
    raise GuardRefusal(ErrorCode.GUARD_RATE_DIFFERS, "annual_rate_pct")


# the agreement


def _still(page: Any, room: Room) -> None:
    """The reading time stands still, so that the picture does not depend on the moment."""
    sheet = page.dialog
    sheet.ring._timer.stop()
    sheet.ring._before_s = 0.0
    sheet.ring._clock.invalidate()
    sheet.ring._needed_s = 15.0
    sheet._settled.stop()
    sheet._follow()


def _read_to_the_end(page: Any, room: Room) -> None:
    sheet = page.dialog
    bar = sheet.scroll.verticalScrollBar()
    sheet.ring._timer.stop()
    sheet.ring._clock.invalidate()
    sheet.ring._before_s = 60.0
    until(lambda: bar.maximum() > 0, "the sheet")
    bar.setValue(bar.maximum())
    sheet._end_reached = True
    sheet._follow()


def _put_away(page: Any, room: Room) -> None:
    page.dialog.reject()


def _decided_later(page: Any, room: Room) -> None:
    page.later.click()


def _painted(page: Any, room: Room) -> None:
    until(lambda: page.view.is_painted, "the contract to be painted")


def _found(page: Any, room: Room) -> None:
    """Two words looked for in the sheets."""
    until(lambda: page.view.page_count, "the contract to be open")
    page.find_button.click()
    page.find_bar.field.setText("模拟环境中签署")
    until(lambda: page.view.found[1], "the words to be found")
    until(lambda: page.view.is_painted, "the page to be painted")


def _as_text(page: Any, room: Room) -> None:
    _painted(page, room)
    page.as_text.click()
    room.rest()


def _explained(page: Any, room: Room) -> None:
    from ui.documents.key_terms import KeyTerm

    _painted(page, room)
    page.findChildren(KeyTerm)[0].button.click()
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_End)
    until(lambda: page.view.is_painted and page.view.end_reached, "the end of the contract")
    for term in page.key_terms.terms[:2]:
        term.understood.setChecked(True)


def _signing(page: Any, room: Room) -> None:
    """In the middle of the signing, as it reports itself."""
    page.tick.setChecked(True)
    page._under_way = True
    page.tick.setEnabled(False)
    page.scaffold.aside.setEnabled(False)
    for hidden in (page._scam, page._hand, page.code_card):
        hidden.hide()
    page._steps.show()
    page._reached(list(SigningStep)[2])
    page._follow()
    page.scaffold.reveal(page._steps)


def _signing_code(page: Any, room: Room) -> None:
    """The message has come, the field waits for its code."""
    page.tick.setChecked(True)
    page.request_code()
    room.rest()
    page._countdown._clock.stop()
    scaffold, card = page.scaffold, page.code_card
    settle(page)
    scaffold.reveal_top(card)
    # Following the focus may have moved it by the frame's edge.
    until(lambda: card.mapTo(scaffold.scroll.viewport(), QPoint()).y() == theme().px(16), "the card at the top")


def _broken(page: Any, room: Room) -> None:
    _signing(page, room)
    page._failed(LoanAppError(ErrorCode.CONTRACT_SIGNATURE_INVALID))


def _verified(page: Any, room: Room) -> None:
    page._verified = (("BorrowerSignature", TODAY), ("LenderSignature", TODAY + timedelta(seconds=4)))
    page._show_result()
    room.rest()
    page.bring_papers_into_view()


def _quoted(page: Any, room: Room) -> None:
    from ui.pages.payoff_quote import PayoffQuoteDialog

    page.more_ways.quote.click()
    page.findChild(PayoffQuoteDialog).on.set_text("2027-03-15")


def _asked_for_time(page: Any, room: Room) -> None:
    from ui.pages.hardship import HardshipDialog

    page.more_ways.hardship.click()
    dialog = page.findChild(HardshipDialog)
    dialog.reason.choose("illness")
    dialog.months.choose("2")


def _granted(*_: object) -> Any:
    """More time was granted, and the first instalment has gone by."""
    return loan(hardships=[hardship("granted")], hardship_offer={"months": [], "reply_hours": 72})


def _new_schedule(*, accepted: bool = False) -> Callable[..., Any]:
    """Granted time came with a new plan, to be accepted or in force."""
    new = new_schedule(accepted=accepted)
    more = {"next_due": {"no": 1, "due": new["rows"][0]["due"], "amount": "899.75"}} if accepted else {}
    return lambda *_: loan(
        hardships=[hardship("granted", new)], hardship_offer={"months": [], "reply_hours": 72}, **more
    )


def _to_the_new_schedule(page: Any, room: Room) -> None:
    room.rest()
    page.scaffold.scroll.ensureWidgetVisible(page.new_schedule, 0, 40)


def _unfolded(page: Any, room: Room) -> None:
    page.new_schedule.fold.click()
    _to_the_new_schedule(page, room)


def repaid(*_: object, **__: object) -> Any:
    """Given back whole two days after the payout."""
    held = loan()
    return after(held, held.account.owed(RepaymentKind.PAYOFF, TODAY.date() + timedelta(days=2)))


def _paying(kind: RepaymentKind) -> Callable[[Room], Any]:
    """The question before the card is debited."""

    def set_it(room: Room) -> Any:
        page = room.open(Page.MY_LOAN, journey(Page.MY_LOAN, application("active", **SIGNED)))
        room.rest()
        page.ways[kind].click()
        dialog = page.findChild(RepayDialog)
        if kind is RepaymentKind.PART:
            dialog.part.set_value(Decimal(3000))
            dialog.part.edited.emit("3000")
        return room.shell

    return set_it


SIGNED: Final = {"contract": {"number": "HT20261122-0001", "sha256": "0" * 64, "signed": True}}


def _of_all() -> Iterator[tuple[str, Callable[[Room], Any]]]:
    yield "cost", scene(Page.COST)
    yield "cost-compared", scene(Page.COST, act=_compared)
    yield "cost-wrong", scene(Page.COST, act=_amount_wrong)
    yield "cost-offline", scene(Page.COST, act=_no_lender)
    yield "cost-notices", scene(Page.COST, act=_notices)
    yield "sign-in", scene(Page.SIGN_IN)
    yield "sign-in-code", scene(Page.SIGN_IN, act=_ask_code, request_code=_code_sent)
    yield (
        "sign-in-wrong",
        scene(
            Page.SIGN_IN,
            act=_code_wrong,
            request_code=_code_sent,
            sign_in=refuse(ErrorCode.CODE_WRONG, attempts_left=2),
        ),
    )
    yield "sign-in-missing", scene(Page.SIGN_IN, act=go_on)
    yield "terms", scene(Page.TERMS, act=_chosen_terms)
    yield "terms-missing", scene(Page.TERMS, act=go_on)
    yield "identity", scene(Page.IDENTITY_DOCUMENT, draft)
    yield "identity-refused", scene(Page.IDENTITY_DOCUMENT, draft, _photo_refused)
    yield "identity-read", scene(Page.IDENTITY_DOCUMENT, lambda: draft(**HELD), _read_card)
    yield "identity-replaced", scene(Page.IDENTITY_DOCUMENT, lambda: draft(**HELD), _card_replaced)
    yield "identity-wrong", scene(Page.IDENTITY_DOCUMENT, lambda: draft(**HELD), _card_wrong)
    yield "about-you", scene(Page.ABOUT_YOU, draft, _about_filled)
    yield "about-you-tight", scene(Page.ABOUT_YOU, draft, _about_tight)
    yield "about-you-missing", scene(Page.ABOUT_YOU, draft, go_on)
    yield "permissions", scene(Page.PERMISSIONS, draft, _open_text)
    answers = (("face_verification", True), ("bureau_query", False))
    yield "permissions-refused", scene(Page.PERMISSIONS, lambda: draft(consents=_consents(*answers)), go_on)
    three = (("face_verification", True), ("bureau_query", True), ("bank_account_check", True))
    income = {
        "amount": "30000.00",
        "demands": [{"check": "income", "waived": False, "because": {"zh": "金额较大", "en": "the sum is large"}}],
    }
    yield (
        "permissions-income",
        scene(Page.PERMISSIONS, lambda: draft(consents=_consents(*three), **income), _social_insurance),
    )
    yield "bank-card", scene(Page.BANK_CARD, draft, _typed_card)
    yield "bank-card-wrong", scene(Page.BANK_CARD, draft, _card_odd)
    bound = {"bank": {"zh": "中国工商银行", "en": "ICBC"}, "last4": "0018", "phone_masked": "138****0001"}
    yield "bank-card-bound", scene(Page.BANK_CARD, lambda: draft(bank_card=bound))
    given = _consents(*three)
    yield "check-answers", scene(Page.CHECK_ANSWERS, lambda: application("draft", consents=given))
    yield "question-burden", scene(Page.CHECK_ANSWERS, lambda: application("draft", profile=TIGHT), go_on)
    yield "progress", scene(Page.PROGRESS, lambda: application("verifying"))
    yield "progress-review", scene(Page.PROGRESS, lambda: application("in_review", expected_seconds=7200))
    visit = {"asked": {"text": "照片上的字看不清，请带身份证原件来一次。", "at": NOW}, "appointment": VISIT}
    yield "progress-visit", scene(Page.PROGRESS, lambda: application("in_review", expected_seconds=7200, **visit))
    yield (
        "progress-visit-move",
        scene(Page.PROGRESS, lambda: application("in_review", **visit), _another_time, branches=lambda: BRANCHES),
    )
    asked = {"text": "收入和银行流水对不上，请核对后重填。", "at": NOW}
    more = {"asked": asked, "profile": None, "allowed_actions": ["set_profile", "withdraw"]}
    more["erased_at"] = "2026-12-22T10:00:00+08:00"
    yield "about-you-asked", scene(Page.ABOUT_YOU, lambda: application("needs_more", **more))
    yield "progress-offline", scene(Page.PROGRESS, lambda: application("verifying"), _out_of_reach)
    yield "decision-offer", scene(Page.DECISION, lambda: application("offered"))
    yield "decision-review", scene(Page.DECISION, lambda: application("in_review", expected_seconds=7200))
    declined = {"decision": {**BURDEN, "retry_after": "2026-12-22", "changes": CHANGES}, "allowed_actions": []}
    yield "decision-declined", scene(Page.DECISION, lambda: application("declined", **declined))
    small = {"outcome": "declined", "reasons": ["start_small"], "retry_after": NOW[:10]}
    change = {"reason": "start_small", "up_to": "5000.00", "income_at_least": None, "after": small["retry_after"]}
    start = {"decision": {**small, "changes": [change]}, "allowed_actions": []}
    yield "decision-start-small", scene(Page.DECISION, lambda: application("declined", **start))
    yield "decision-guarded", scene(Page.DECISION, lambda: application("offered"), offer=_guarded)
    yield "decision-withdrawn", scene(Page.DECISION, lambda: application("withdrawn", allowed_actions=[]))
    yield "cost-disclosure", scene(Page.COST_DISCLOSURE, lambda: application("signing"), _still)
    yield "cost-disclosure-later", scene(Page.COST_DISCLOSURE, lambda: application("signing"), _put_away)
    yield "question-later", scene(Page.DECISION, lambda: application("offered"), _decided_later)
    yield "cost-disclosure-end", scene(Page.COST_DISCLOSURE, lambda: application("signing"), _read_to_the_end)
    yield "contract", scene(Page.CONTRACT, lambda: application("signing"), _painted)
    yield "contract-found", scene(Page.CONTRACT, lambda: application("signing"), _found)
    yield "contract-text", scene(Page.CONTRACT, lambda: application("signing"), _as_text)
    yield "contract-end", scene(Page.CONTRACT, lambda: application("signing"), _explained)
    yield "signing", scene(Page.SIGNING, lambda: application("signing"))
    yield (
        "signing-code",
        scene(Page.SIGNING, lambda: application("signing"), _signing_code, request_signing_code=_signing_code_sent),
    )
    yield "signing-steps", scene(Page.SIGNING, lambda: application("signing"), _signing)
    yield "signing-failed", scene(Page.SIGNING, lambda: application("signing"), _broken)
    yield "payout-waiting", scene(Page.PAYOUT, lambda: application("disbursing", offer=offer(), **SIGNED))
    yield "payout", scene(Page.PAYOUT, lambda: application("active", **SIGNED))
    yield "my-loan", scene(Page.MY_LOAN, lambda: application("active", **SIGNED))
    yield "question-payoff-quote", scene(Page.MY_LOAN, lambda: application("active", **SIGNED), _quoted)
    yield "question-hardship", scene(Page.MY_LOAN, lambda: application("active", **SIGNED), _asked_for_time)
    yield "my-loan-granted", scene(Page.MY_LOAN, lambda: application("active", **SIGNED), loan=_granted)
    yield (
        "my-loan-new-schedule",
        scene(Page.MY_LOAN, lambda: application("active", **SIGNED), _to_the_new_schedule, loan=_new_schedule()),
    )
    accepted = _new_schedule(accepted=True)
    yield (
        "my-loan-new-schedule-accepted",
        scene(Page.MY_LOAN, lambda: application("active", **SIGNED), _unfolded, loan=accepted),
    )
    yield "my-loan-over", scene(Page.MY_LOAN, lambda: application("settled", **SIGNED), loan=repaid)
    yield "my-loan-papers", scene(Page.MY_LOAN, lambda: application("active", **SIGNED), _verified)
    for page, state, act in (
        (Page.DECISION, "offered", "offer"),
        (Page.MY_LOAN, "active", "loan"),
    ):
        answer = {act: refuse(ErrorCode.LENDER_UNREACHABLE)}
        name = f"{page.value.replace('_', '-')}-unreachable"
        yield name, scene(page, lambda state=state: application(state, **SIGNED), **answer)


def page_scenes() -> tuple[Scene, ...]:
    """All of them, in the order of the road."""
    asked = (kind for kind in RepaymentKind if kind is not RepaymentKind.ARREARS)
    return (
        *(Scene(name, setting) for name, setting in _of_all()),
        *(Scene(f"question-repay-{kind.value}", _paying(kind), fresh=True) for kind in asked),
    )
