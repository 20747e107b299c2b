"""Every page from face verification to the loan: nothing cut off, every control named, in both languages and sizes."""

import pytest
import typst

from loanapp.journey.pages import Page
from tests.ui.loan_in_hand import JourneyInHand, application, disclosure, loan
from tests.ui.looking import cut_off, markup, nameless
from ui.pages.registry import make_page
from ui.theme import theme
from ui.translations import translator

DECLINED = {"outcome": "declined", "reasons": ["repayment_burden_too_high"], "retry_after": "2026-12-22"}
CASES = {
    "consent": (Page.FACE_VERIFICATION, lambda: application("draft")),
    "progress": (Page.PROGRESS, lambda: application("verifying")),
    "offer": (Page.DECISION, lambda: application("offered")),
    "refusal": (Page.DECISION, lambda: application("declined", decision=DECLINED, allowed_actions=[])),
    "cost_disclosure": (Page.COST_DISCLOSURE, lambda: application("signing")),
    "contract": (Page.CONTRACT, lambda: application("signing")),
    "signing": (Page.SIGNING, lambda: application("signing")),
    "waiting_for_money": (Page.PAYOUT, lambda: application("disbursing")),
    "payout": (Page.PAYOUT, lambda: application("active")),
    "my_loan": (Page.MY_LOAN, lambda: application("active")),
}


@pytest.fixture(scope="module")
def paper(tmp_path_factory) -> bytes:
    source = tmp_path_factory.mktemp("typst") / "paper.typ"
    source.write_text("= Part 1\n#lorem(200)\n= Part 2\n#lorem(300)", encoding="utf-8")
    return typst.compile(source, format="pdf")


@pytest.fixture
def looks(qapp):
    yield theme()
    theme().choose(mode="light", scale=100)
    qapp.setStyleSheet("")


@pytest.mark.parametrize(("scale", "mode"), [(100, "light"), (200, "dark")])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_cut_off_and_everything_has_a_name(case, language, scale, mode, qtbot, page_context, looks, paper):
    which, made = CASES[case]
    held = made()
    journey = JourneyInHand(held)
    journey.answers.update(
        refresh=lambda: which,
        offer=lambda: held.offer,
        cost_disclosure=disclosure,
        contract_pdf=lambda: paper,
        loan=loan,
    )
    looks.choose(mode=mode, scale=scale)
    context = page_context(journey)
    translator().set_language(language)
    page = make_page(which, context)
    qtbot.addWidget(page)
    # What is left of 1366 x 768 beside the stepper (folded to its marks at 200 %) and between top and bottom line.
    width = 1146 if scale == 100 else 1270
    page.resize(width, 676)
    page.show()
    page.load()
    qtbot.waitUntil(lambda: not context.operations.active)
    qtbot.wait(60)
    assert page.width() == width, f"the page asks for {page.minimumSizeHint().width()} px"
    assert page.height() == 676, f"the page asks for {page.minimumSizeHint().height()} px"
    assert cut_off(page) == []
    assert nameless(page) == []
    assert markup(page) == []
    primary = page.scaffold.primary
    if primary.isVisible():
        assert page.rect().contains(primary.mapTo(page, primary.rect().center()))
    page.leave()
    page.hide()
