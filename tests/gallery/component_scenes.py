"""Every component of ``ui/components`` in every state it has; each says something of the program's own words."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from loanapp.client.answers import SimulatedMessage
from loanapp.domain.affordability import Household
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode
from loanapp.domain.localised import LocalisedText
from loanapp.domain.offer import LoanTerms
from loanapp.domain.schedule import RepaymentMethod, equal_instalment_schedule
from loanapp.guard.burden import weigh_loan
from loanapp.resource_files import resource_path
from tests.gallery.sheet import Build, Sheet, Specimen, beside, hovered, rows
from tests.gallery.stage import Room, Scene
from tests.ui.loan_in_hand import DAY, SCHEDULE, lender
from ui.components import (
    AmountSlider,
    BankCardField,
    Banner,
    BurdenCard,
    Card,
    ChoiceQuestion,
    CodeField,
    ConsentCard,
    ContentsEntry,
    CopyLink,
    CostBar,
    DateField,
    EmptyState,
    ErrorSummary,
    ExpectedTime,
    Field,
    FieldError,
    Figures,
    FlowRow,
    HelpPanel,
    IconView,
    IdentityNumberField,
    LinkButton,
    MoneyField,
    MonthChart,
    PhoneField,
    PhotoSide,
    PrimaryButton,
    ProgressLine,
    ProgressState,
    QuietButton,
    SafetyLine,
    ScheduleTable,
    SecondaryButton,
    SentenceLink,
    SimulatedMessageCard,
    SimulatedTag,
    Skeleton,
    Stepper,
    SummaryList,
    SummaryRow,
    TaskList,
    TestIdentityRow,
    TextField,
    Toast,
)
from ui.components.call_person import CallPerson
from ui.components.choice_cards import Choice, ChoiceCards
from ui.components.choice_menu import ChoiceMenu
from ui.components.illustration import DRAWINGS, Illustration
from ui.components.reading_ring import ReadingRing
from ui.components.schedule_strip import ScheduleStrip
from ui.components.stepper import StepGroupView, StepPage
from ui.components.task_list import Task
from ui.components.tick_box import TickBox
from ui.formats import yuan
from ui.help_text import article_text
from ui.messages import Level
from ui.pages.confirm import ConfirmDialog, Question
from ui.theme import theme
from ui.theme.theme import MODES
from ui.translations import error_sentence, tr, translator

WITH_FEES: Final = equal_instalment_schedule(Decimal(24000), Decimal("18.00"), 24, DAY, Decimal(20))
NOON: Final = datetime(2026, 11, 22, 12, 0, tzinfo=CHINA)


def _busy(button: Any) -> None:
    """As after a moment of work, with the ring standing still."""
    button.set_busy(True)
    button.setEnabled(False)
    button._turning.stop()
    button._turning.start = lambda *_: None
    button._turned = 60.0


def _button(kind: type, key: str) -> Build:
    def build() -> Iterator[Specimen]:
        states = ("rest", "hover", "focus", "pressed", "busy", "disabled")
        made: dict[str, Any] = {state: kind(tr(key)) for state in states if kind.margin or state != "busy"}
        hovered(made["hover"])
        made["pressed"].setDown(True)
        made["disabled"].setEnabled(False)
        if kind.margin:
            _busy(made["busy"])
        for state, button in made.items():
            yield Specimen(state, beside(button), button if state == "focus" else None)

    return build


def _field(make: Callable[[], Field], typed: str, wrong: ErrorCode) -> Build:
    def build() -> Iterator[Specimen]:
        for state in ("rest", "focus", "filled", "error", "read_only", "disabled"):
            field: Any = make()
            if state not in ("rest", "focus"):
                field.set_text(typed)
            if state == "error":
                field.set_error(error_sentence(wrong))
            if state == "read_only":
                field.set_read_only(True)
            field.setEnabled(state != "disabled")
            yield Specimen(state, field, field.editor if state == "focus" else None)

    return build


def _choices() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus", "chosen", "disabled"):
        cards = ChoiceCards(2)
        cards.set_choices(
            [
                Choice(str(months), tr("common.months", count=months), tr("terms.each_month", amount=yuan(each)))
                for months, each in ((6, Decimal("1737.36")), (12, Decimal("899.75")))
            ]
        )
        first = cards._cards["6"]
        if state == "hover":
            hovered(first)
        if state == "chosen":
            cards.choose("6")
        cards.setEnabled(state != "disabled")
        yield Specimen(state, cards, first.button if state == "focus" else None)


def _question() -> Iterator[Specimen]:
    for state in ("rest", "error"):
        question = ChoiceQuestion(3)
        question.set_question(tr("about_you.employment"))
        names = ("employed", "self_employed", "student", "retired", "other")
        question.set_choices([Choice(name, tr(f"common.employment_{name}")) for name in names])
        if state == "error":
            question.set_error(tr("about_you.employment_missing"))
        yield Specimen(state, question)


def _sentence_link() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus", "pressed", "error", "disabled"):
        link = SentenceLink(error_sentence(ErrorCode.FACE_ATTEMPTS_LOCKED) * 2)
        if state == "hover":
            hovered(link)
        if state == "error":
            link.setProperty("danger", "true")
        link.setDown(state == "pressed")
        link.setEnabled(state != "disabled")
        yield Specimen(state, link, link if state == "focus" else None)


def _contents() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus", "chosen"):
        entry = ContentsEntry(tr("contract.contents") * 6)
        entry.setMaximumWidth(theme().px(180))
        if state == "hover":
            hovered(entry)
        if state == "chosen":
            entry.setProperty("state", "current")
        yield Specimen(state, entry, entry if state == "focus" else None)


def _expected_time() -> Iterator[Specimen]:
    for state, waited in (("rest", 0), ("running", 5), ("late", 400)):
        wait = ExpectedTime()
        usual = tr("progress.usual", time=tr("progress.usual.seconds"))
        wait.begin(lambda: NOON, NOON - timedelta(seconds=waited), 8, usual)
        yield Specimen(state, wait)


def _skeleton() -> Iterator[Specimen]:
    skeleton = Skeleton()
    skeleton._strength = lambda: 1.0
    yield Specimen("rest", skeleton)


def _empty() -> Iterator[Specimen]:
    state = EmptyState("calendar")
    state.say(tr("face_verification.branch.none"), tr("common.support_unknown"), tr("common.retry"))
    yield Specimen("rest", state)


def _tasks() -> Iterator[Specimen]:
    tasks = TaskList()
    tasks.set_heading(tr("permissions.left", count=2))
    names = ("face_verification", "bureau_query", "bank_account_check")
    tasks.set_tasks(
        [
            Task(name, tr(f"permissions.scope_{name}"), "done" if not place else "open", tr("common.consent_open"))
            for place, name in enumerate(names)
        ]
    )
    yield Specimen("rest", tasks)


def _copy() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus"):
        link = CopyLink()
        link.offer(tr("payout.paid.reference"), "SIM202611220001")
        if state == "hover":
            hovered(link)
        yield Specimen(state, beside(link), link if state == "focus" else None)


def _flow() -> Iterator[Specimen]:
    for width in (600, 150):
        row = FlowRow()
        row.add(SecondaryButton(tr("one_time_code.send")))
        row.add(LinkButton(tr("common.change")))
        row.close_up()
        row.setMaximumWidth(theme().px(width))
        yield Specimen("rest" if width > 300 else "compact", row)


def _tick() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus", "chosen", "disabled"):
        box = TickBox(tr("signing.confirm"))
        box.setChecked(state == "chosen")
        if state == "hover":
            hovered(box)
        box.setEnabled(state != "disabled")
        yield Specimen(state, box, box.box if state == "focus" else None)


def _banners() -> Iterator[Specimen]:
    for level in Level:
        banner = Banner(level)
        banner.say(tr("common.support"), tr("common.support_unknown"))
        banner.show_actions((tr("common.close"), lambda: None))
        yield Specimen(level.value, banner)


def _consents() -> Iterator[Specimen]:
    consent = lender().consents[0]
    for state in ("rest", "unfolded", "busy", "granted", "refused"):
        card, pick = ConsentCard("face"), translator().pick
        facts = {
            "recipient": pick(consent.recipient),
            "retention": pick(consent.retention),
            "refuse_effect": pick(consent.refuse_effect),
        }
        card.say(tr("permissions.scope_face_verification"), pick(consent.purpose), facts, pick(consent.text))
        given = {"granted": True, "refused": False}.get(state)
        card.show_state(granted=given, when="2026-11-22 10:00" if given is not None else "", working=state == "busy")
        if state == "unfolded":
            card.more.click()
        yield Specimen(state, card)


def _cost_bar() -> Iterator[Specimen]:
    bar = CostBar()
    bar.show_sum(Decimal(10000), Decimal("797.05"), Decimal("120.00"))
    yield Specimen("rest", bar)


def _figures() -> Iterator[Specimen]:
    sums = Figures({"monthly": ("money", 3), "total": ("figure", 2), "annual": ("figure-accent", 2)})
    for name, figure in (("monthly", Decimal("899.75")), ("total", Decimal("10797.05"))):
        sums.captions[name].setText(tr(f"cost.{name}"))
        sums.figures[name].setText(yuan(figure, places=2))
    sums.captions["annual"].setText(tr("cost.annual"))
    sums.figures["annual"].setText("14.40%")
    yield Specimen("rest", sums)


def _errors() -> Iterator[Specimen]:
    summary = ErrorSummary()
    sentences = [error_sentence(code) for code in (ErrorCode.PHONE_INVALID, ErrorCode.IDENTITY_NUMBER_LENGTH)]
    summary.show_errors([FieldError(sentence, None) for sentence in sentences], take_focus=False)
    yield Specimen("rest", summary)
    focused = ErrorSummary()
    focused.show_errors([FieldError(sentence, None) for sentence in sentences], take_focus=False)
    yield Specimen("focus", focused, focused)


def _progress() -> Iterator[Specimen]:
    for state in ProgressState:
        yield Specimen(state.value, ProgressLine(tr("progress.step.card"), state))


def _stepper() -> Iterator[Specimen]:
    for state in ("rest", "compact"):
        stepper = Stepper()
        names = ("cost", "sign_in", "terms")
        done = tuple(StepPage(one, tr(f"common.step_name_{one}"), "done", opens=True) for one in names)
        here = tuple(
            StepPage(one, tr(f"common.step_name_{one}"), "current" if one == "about_you" else "done", opens=False)
            for one in ("identity_document", "about_you")
        )
        groups = (("work_it_out", "done", done), ("your_details", "current", here), ("permissions", "ahead", ()))
        stepper.set_steps([StepGroupView(tr(f"common.group_{one}"), state, pages) for one, state, pages in groups])
        stepper.set_compact(compact=state == "compact")
        yield Specimen(state, beside(_tall(stepper)))


def _tall(widget: QWidget) -> QWidget:
    """Room for what would scroll inside the frame."""
    widget.setMinimumHeight(theme().px(320))
    return widget


def _help() -> Iterator[Specimen]:
    panel = HelpPanel()
    panel.show_article(article_text("page-cost", translator().language))
    yield Specimen("rest", beside(_tall(panel)))


def _summary() -> Iterator[Specimen]:
    for state in ("rest", "focus", "read_only"):
        group = SummaryList(changeable=state != "read_only")
        group.set_title(tr("common.step_name_terms"))
        rows = (("amount", "¥10,000"), ("months", tr("common.months", count=12)))
        group.set_rows([SummaryRow(tr(f"check_answers.{name}"), value) for name, value in rows])
        yield Specimen(state, group, group.button if state == "focus" else None)
    kept = SummaryList(changeable=False)
    kept.set_title(tr("common.step_name_payout"))
    kept.set_rows([SummaryRow(tr("payout.paid.reference"), "SIM202611220001", copies=True)])
    yield Specimen("copied", kept)


def _table() -> Iterator[Specimen]:
    for state, schedule in (("rest", SCHEDULE), ("focus", SCHEDULE), ("chosen", SCHEDULE), ("with_fees", WITH_FEES)):
        table = ScheduleTable()
        table.show_rows(schedule.rows[:3])
        if state in ("focus", "chosen"):
            table.setCurrentCell(1, 0)
        yield Specimen(state, table, table if state == "focus" else None)


def _menus() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus", "pressed", "disabled"):
        menu = _menu()
        if state == "hover":
            hovered(menu)
        menu.setDown(state == "pressed")
        menu.setEnabled(state != "disabled")
        yield Specimen(state, beside(menu), menu if state == "focus" else None)


def _menu() -> ChoiceMenu[Any]:
    menu = ChoiceMenu(MODES, lambda: "light", lambda mode: tr(f"common.appearance_{mode}"), lambda _: None)
    menu.show_words(tr("common.appearance"), tr("common.appearance_choose"), "contrast")
    return menu


def _chart() -> Iterator[Specimen]:
    for state, schedule in (("rest", SCHEDULE), ("focus", SCHEDULE), ("chosen", WITH_FEES)):
        chart = MonthChart()
        chart.show_rows(schedule.rows)
        if state == "chosen":
            chart.columns.look_at(17)
        yield Specimen(state, chart, chart.columns if state == "focus" else None)


def _burdens() -> Iterator[Specimen]:
    product = lender().products[0]
    terms = LoanTerms(Decimal(10000), 12, RepaymentMethod.EQUAL_INSTALMENT)
    for state, income in (("light", 15000), ("heavy", 2500)):
        card = BurdenCard(asks_living=True)
        household = Household(Decimal(income), Decimal(200), Decimal(1000))
        card.show_burden(weigh_loan(household, product, terms, DAY))
        yield Specimen(state, card)


def _strip() -> Iterator[Specimen]:
    from ui.formats import short_month

    for state, following in (("rest", 1), ("next", 5), ("repaid", None)):
        strip = ScheduleStrip(short_month)
        strip.show_schedule(SCHEDULE.rows, following)
        yield Specimen(state, strip)


def _slider() -> Iterator[Specimen]:
    for state in ("rest", "hover", "focus", "disabled"):
        slider = AmountSlider(range(1000, 50001, 100))
        slider.put(10000)
        slider.setAccessibleName(tr("terms.amount_slider"))
        if state == "hover":
            hovered(slider)
        slider.setEnabled(state != "disabled")
        yield Specimen(state, slider, slider if state == "focus" else None)


def _photos() -> Iterator[Specimen]:
    for state, key in (("rest", "none"), ("busy", "reading"), ("done", "read"), ("error", "none")):
        side = PhotoSide("front")
        side.show_state(f"common.photo_{key}", done=state == "done")
        if state == "error":
            side.show_error(error_sentence(ErrorCode.PHOTO_UNREADABLE))
        yield Specimen(state, side)


def _message() -> Iterator[Specimen]:
    card = SimulatedMessageCard()
    words = LocalisedText(
        "【演示放款机构】验证码 123456，5 分钟内有效。", "[Demonstration Lender] Code 123456, 5 minutes."
    )
    card.show_message(SimulatedMessage(LocalisedText("演示放款机构", "Demonstration Lender"), words, "123456"))
    yield Specimen("rest", card)


def _identity() -> Iterator[Specimen]:
    from loanapp.demonstration.identities import load_identities

    row = TestIdentityRow("sign_in.take_test_identity")
    row.set_people(load_identities())
    yield Specimen("rest", row)


def _small() -> Iterator[Specimen]:
    yield Specimen("rest", beside(SimulatedTag()))
    yield Specimen("look", SafetyLine(tr("sign_in.warning")))


def _ring() -> Iterator[Specimen]:
    for state, left in (("waiting", 9.0), ("done", 0.0)):
        button = PrimaryButton(tr("cost_disclosure.action"))
        button.setEnabled(not left)
        ring = ReadingRing(button)
        ring._needed_s, ring._before_s = 15.0, 15.0 - left
        # Its clock would run on while it is looked at.
        ring._resume = lambda: None
        yield Specimen(state, beside(ring))


def _card() -> Iterator[Specimen]:
    from ui.components import SectionHeading, label

    card = Card()
    card.body.addWidget(SectionHeading(tr("terms.plan")))
    card.body.addWidget(label(tr("terms.method"), "muted"))
    yield Specimen("rest", card)


def _icons() -> Iterator[Specimen]:
    names = sorted(path.stem for path in resource_path("icons").glob("*.svg") if not path.stem.startswith("check-"))
    for state, side, in_a_row in (("beside_words", 20, 16), ("enlarged", 48, 8)):
        views = [IconView(name, size=side) for name in names]
        yield Specimen(state, rows(views, in_a_row))


def _drawings() -> Iterator[Specimen]:
    yield Specimen("rest", rows([Illustration(name) for name in DRAWINGS], 3))


BUILDS: Final[dict[str, Build]] = {
    "icons": _icons,
    "illustrations": _drawings,
    "button-primary": _button(PrimaryButton, "cost.action"),
    "button-secondary": _button(SecondaryButton, "one_time_code.send"),
    "button-link": _button(LinkButton, "common.change"),
    "button-quiet": _button(QuietButton, "common.support"),
    "field": _field(
        lambda: Field(tr("identity_document.name"), tr("identity_document.unsure")), "测试甲", ErrorCode.NAME_INVALID
    ),
    "field-text": _field(
        lambda: TextField(tr("identity_document.address"), at_most=40),
        "北京市示范区模拟路一百二十三号院四号楼五单元六层六〇一室",
        ErrorCode.INPUT_INVALID,
    ),
    "field-money": _field(
        lambda: MoneyField(tr("about_you.income"), tr("about_you.income_hint")), "15,000", ErrorCode.INPUT_INVALID
    ),
    "field-date": _field(
        lambda: DateField(tr("identity_document.valid_from"), tr("identity_document.date_hint"), width=160),
        "2018-05-10",
        ErrorCode.DOCUMENT_EXPIRED,
    ),
    "field-identity-number": _field(
        lambda: IdentityNumberField(tr("identity_document.identity_number"), width=260, exactly=18),
        "11010119900307",
        ErrorCode.IDENTITY_NUMBER_LENGTH,
    ),
    "field-phone": _field(
        lambda: PhoneField(tr("sign_in.phone"), tr("sign_in.phone_hint"), width=260),
        "13800000001",
        ErrorCode.PHONE_INVALID,
    ),
    "field-code": _field(
        lambda: CodeField(tr("one_time_code.code"), tr("one_time_code.code_hint"), width=160),
        "123456",
        ErrorCode.CODE_WRONG,
    ),
    "field-bank-card": _field(
        lambda: BankCardField(tr("bank_card.number"), tr("bank_card.number_hint"), width=320),
        "6222020000000000018",
        ErrorCode.CARD_NUMBER_INVALID,
    ),
    "button-sentence": _sentence_link,
    "button-contents": _contents,
    "button-copy": _copy,
    "choice-menu": _menus,
    "flow-row": _flow,
    "choice-cards": _choices,
    "choice-question": _question,
    "expected-time": _expected_time,
    "skeleton": _skeleton,
    "empty-state": _empty,
    "task-list": _tasks,
    "tick-box": _tick,
    "banner": _banners,
    "consent-card": _consents,
    "cost-bar": _cost_bar,
    "figures": _figures,
    "error-summary": _errors,
    "progress-line": _progress,
    "stepper": _stepper,
    "help-panel": _help,
    "summary-list": _summary,
    "schedule-table": _table,
    "month-chart": _chart,
    "burden-card": _burdens,
    "schedule-strip": _strip,
    "amount-slider": _slider,
    "photo-side": _photos,
    "simulated-message": _message,
    "test-identity": _identity,
    "tag-and-safety-line": _small,
    "reading-ring": _ring,
    "card": _card,
}


def _paper(room: Room) -> QWidget:
    holder = QWidget()
    holder.setProperty("ground", "paper")
    holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    holder.resize(1366, 768)
    return room.show(holder)


def _toast(words: int) -> Callable[[Room], QWidget]:
    def set_it(room: Room) -> QWidget:
        holder = _paper(room)
        toast = Toast(holder)
        toast.say(tr("components.copied", what=tr("payout.paid.reference") * words), holder)
        toast._going.stop()
        return holder

    return set_it


def _dialog(room: Room) -> QWidget:
    holder = _paper(room)
    dialog: QDialog = ConfirmDialog(holder, Question(*(f"progress.withdraw.{part}" for part in Question._fields)))
    dialog.open()
    return holder


def _call(room: Room) -> QWidget:
    holder = _paper(room)
    CallPerson(holder, lender().support, tr("common.step_name_face_verification")).open()
    return holder


def component_scenes() -> tuple[Scene, ...]:
    """One sheet a component."""
    sheets = [
        Scene(f"component-{name}", lambda room, name=name, build=build: room.show(Sheet(name, build)), fresh=True)
        for name, build in BUILDS.items()
    ]
    return (
        *sheets,
        Scene("component-toast", _toast(1), fresh=True),
        Scene("component-toast-long", _toast(9), fresh=True),
        Scene("component-dialog", _dialog, fresh=True),
        Scene("component-call-person", _call, fresh=True),
    )
