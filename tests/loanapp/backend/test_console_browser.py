"""The console as the lender's people use it: a real browser, real TLS, a mouse and a keyboard."""

import os
import ssl
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from loanapp.backend.staff.tables import StaffRole
from loanapp.backend.store.tables import LedgerRow
from tests.browser import CHROMIUM, WITHOUT, Browser
from tests.loanapp.backend.desk import PASSWORD
from tests.loanapp.backend.tls_server import served_over_tls

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)

NOTE = "证件与填写一致，收入有流水。"
TOLD = "收入和银行流水对不上，请核对后重填。"
PICTURES = os.environ.get("LOANAPP_CONSOLE_PICTURES")  # a folder: every page that is looked at is drawn there
WIDER = "document.documentElement.scrollWidth > innerWidth"
CUT_OFF = """[...document.querySelectorAll("button, a, dd, td, th, label, h1, h2, h3, p, select")]
  .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth
    && getComputedStyle(one).display !== "inline").map(one => one.innerText)"""


@pytest.fixture(scope="module")
def browser(http, tmp_path_factory):
    address = urlsplit(http.url)
    shown = ssl.get_server_certificate((address.hostname, address.port), ca_certs=http.verify)  # by the lender's root
    with Browser(tmp_path_factory.mktemp("browser"), shown) as one:
        yield one


class Person:
    """A member before a window of their own."""

    def __init__(self, window, member, base):
        self.window, self.member, self.base = window, member, base

    def go(self, path=""):
        return self.window.go(self.base + path)

    def at(self, path):
        return self.window.url() == self.base + path

    def sign_in(self):
        window = self.window
        assert self.go("/sign-in") == 200
        for name, text in (("login", self.member.login), ("password", PASSWORD), ("code", self.member.code())):
            window.write(f"#{name}", text)
        window.loading(lambda: window.click("button.main"))
        assert self.at(""), window.text()
        return self

    def press(self, selector, containing="", status=200):
        assert self.window.loading(lambda: self.window.click(selector, containing)) == status, self.window.text()

    def looked_at(self, name):
        """Nothing is wrong with the page, it fits at 100 % and at 200 %, and nothing in it is cut off."""
        window = self.window
        for scale in (2, 1):
            window.size(1366, 768, scale)
            assert not window.run(WIDER), f"{name} at {scale}00 % is wider than the window"
            assert window.run(CUT_OFF) == [], f"{name} at {scale}00 %"
            if PICTURES:
                Path(PICTURES, f"{name}-{scale}00.png").write_bytes(window.picture())
        assert window.run("document.querySelectorAll('main h1').length") == 1
        assert window.faults == [], name


@pytest.fixture(scope="module")
def person(browser, member, http):
    """``person(login, *roles)``: a member at a window; nothing went wrong on any of their pages."""
    base = http.url.replace("127.0.0.1", "localhost") + "/console"
    made = {}

    def person_of(login, *roles):
        if login not in made:
            made[login] = Person(browser.person(), member(login, *roles), base)
        return made[login]

    yield person_of
    assert [fault for one in made.values() for fault in one.window.faults] == []


@pytest.fixture(scope="module")
def reviewer(person):
    return person("reviewer", StaffRole.REVIEWER).sign_in()


def handed_in(walker, **terms):
    """An application that waits for a person, because the borrower chose one."""
    one = walker()
    one.ready_to_submit(**terms)
    one.act("/submit")
    one.wait("in_review")
    return one


@pytest.fixture(scope="module")
def waiting(reviewer, walker):
    """One that is looked at again and again, and decided by the last test."""
    return handed_in(walker)


def tab_to(window, wanted, at_most=80):
    """Press Tab until ``wanted`` holds for what has the focus; everything on the way can be seen to have it."""
    for _ in range(at_most):
        window.press("Tab")
        found = window.focused()
        assert found["tag"] != "BODY", "the end of the page"
        assert found["seen"], found
        if wanted(found):
            return found
    raise AssertionError("not to be reached by keyboard")


async def _nothing(_scope, _receive, _send):
    raise AssertionError("nobody comes in here")


def test_the_browser_believes_no_lender_but_ours(browser, reviewer, http):
    def context():
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("localhost").configure_cert(made)
        return made

    with served_over_tls(_nothing, context) as url, pytest.raises(ConnectionError, match="AUTHORITY_INVALID"):
        browser.person().go(url.replace("127.0.0.1", "localhost"))


def test_a_member_signs_in_and_is_told_when_something_is_wrong(person, reviewer):
    one = person("newcomer", StaffRole.REVIEWER)
    assert one.go() == 200
    assert one.at("/sign-in")
    one.looked_at("sign-in")
    window = one.window
    for name, text in (("login", "newcomer"), ("password", "not the password"), ("code", one.member.code())):
        window.write(f"#{name}", text)
    one.press("button.main", status=401)
    assert "登录名、密码或动态口令不对" in window.text('[role="alert"]')
    assert window.run("document.querySelector('#login').value") == "newcomer"
    assert window.run("document.querySelector('#password').value") == ""
    one.looked_at("sign-in-refused")


def test_a_large_loan_is_approved_by_keyboard_alone_and_paid_out_by_two_people(person, reviewer, walker, lender, clock):
    one, borrower = person("by_keys", StaffRole.REVIEWER), handed_in(walker, amount="31000.00", months=24)
    first, second = (person(login, StaffRole.PAYOUT) for login in ("first", "second"))
    approve_by_keyboard(one, borrower)
    assert borrower.wait("offered")["decision"]["reviewer_simulated"] is False
    with lender.services.database.read() as session:
        looks = [row.act for row in session.query(LedgerRow).where(LedgerRow.application_id == borrower.id)]
    assert (looks.count("access.case"), looks.count("access.document_photo")) == (2, 1)
    borrower.accept()
    away = clock.away
    try:
        borrower.read_disclosure(clock)
        borrower.act("/manual-verification")
        reviewer.go()
        reviewer.looked_at("queue-with-call")
        reviewer.press("main a", borrower.get()["number"])
        assert borrower.phone in reviewer.window.text("main")
        reviewer.looked_at("call")
        reviewer.press("button", "是本人，可以签")
        assert borrower.hand_in(borrower.sign()).status_code == 200
        lender.services.origination.advance(borrower.id)
        assert borrower.get()["status"] == "signed"
        for payer, name in ((first, "payout"), (second, "payout-second")):
            payer.sign_in()
            payer.looked_at(name)
            payer.press("button", "同意放款")
            assert "同意放款" not in payer.window.text("main"), "one person says yes once"
        borrower.wait("active")
    finally:
        clock.away = away


def approve_by_keyboard(one, borrower):
    window = one.window
    one.go("/sign-in")
    for name, text in (("login", one.member.login), ("password", PASSWORD), ("code", one.member.code())):
        tab_to(window, lambda found, name=name: found["name"] == name)
        window.type(text)
    window.loading(lambda: window.press("Enter"))
    assert one.at("")
    window.press("Tab")
    assert window.focused()["text"] == "跳到正文", "the first stop leads past the head of the page"
    assert borrower.get()["number"] in window.text("main table")
    one.looked_at("queue")
    tab_to(window, lambda found: found["href"].endswith(borrower.id))
    window.loading(lambda: window.press("Enter"))
    assert one.at(f"/cases/{borrower.id}")
    for needed in (borrower.who.name, borrower.who.identity_number, "31,000.00"):
        assert needed in window.text("main")
    one.looked_at("case")
    tab_to(window, lambda found: found["href"].endswith("/photos/back"))
    window.loading(lambda: window.press("Enter"))
    assert window.run("document.images[0].naturalWidth") > 300, "the photo is there to be looked at"
    one.looked_at("photo")
    tab_to(window, lambda found: found["href"].endswith(borrower.id))
    window.loading(lambda: window.press("Enter"))
    tab_to(window, lambda found: found["name"] == "note")
    window.type(NOTE)
    tab_to(window, lambda found: found["value"] == "approve")
    window.loading(lambda: window.press("Enter"))
    assert one.at("")


def test_half_a_form_is_asked_again_and_keeps_what_was_typed(reviewer, waiting):
    assert reviewer.go(f"/cases/{waiting.id}") == 200
    reviewer.window.write("#note", NOTE)
    reviewer.press("button", "不通过", status=422)
    assert "至少选一个原因" in reviewer.window.text('[role="alert"]')
    assert reviewer.window.run("document.querySelector('#note').value") == NOTE
    reviewer.looked_at("case-asked-again")
    assert waiting.get()["status"] == "in_review"


def test_a_face_is_shown_once_a_colleague_at_another_window_agrees(reviewer, person, waiting):
    colleague = person("colleague", StaffRole.REVIEWER)
    reviewer.go(f"/cases/{waiting.id}")
    reviewer.window.write("#why-portrait", "证件上的人像看不清，需要放大核对。")
    reviewer.press(".wish:last-of-type button")
    colleague.sign_in()
    assert "需要放大核对" in colleague.window.text("main")
    colleague.looked_at("queue-with-wish")
    colleague.press("button", "同意")
    reviewer.go(f"/cases/{waiting.id}")
    reviewer.looked_at("case-face-agreed")
    reviewer.press("a", "打开人像")
    assert reviewer.window.run("document.images[0].naturalWidth") > 50
    reviewer.looked_at("face")


def test_a_request_is_answered_in_english(person, walker, reviewer):
    borrower, one = walker(), person("in_english", StaffRole.REVIEWER, StaffRole.PAYOUT)
    borrower.sign_in()
    asked = {"kind": "complaint", "text": "<b>等了三天</b>没有人答复。"}
    borrower.done("PUT", f"/v1/rights-requests/{uuid.uuid4()}", body=asked)
    one.window.speaks("en-GB")
    one.sign_in()
    assert "Applications that wait for a person" in one.window.text("main")
    one.looked_at("queue-english")
    one.press("a[href*=requests]")
    assert asked["text"] in one.window.text("main"), "what a borrower writes is words, and no markup"
    one.looked_at("request-english")
    one.window.write("#answer", "已经联系您，见来信。对不起。")
    one.press("button.main")
    assert borrower.done("GET", "/v1/rights-requests")["requests"][0]["answer"].startswith("已经联系您")


def test_a_passkey_is_added_and_signs_in_and_stays_out_of_other_hands(person, clock):
    one, away = person("with_key", StaffRole.REVIEWER).sign_in(), clock.away
    window = one.window
    key = window.with_security_key()
    one.press("header a", "通行密钥")
    one.looked_at("passkeys-none")
    try:
        clock.move(minutes=1)
        window.write("#label", "蓝色钥匙")
        window.write("#code", "000000")
        one.press("form.narrow button", status=422)
        window.write("#code", one.member.code())
        one.press("form.narrow button")
    finally:
        clock.away = away
    one.looked_at("passkey-new")
    one.press("form.narrow button", "现在创建")
    assert one.at("/passkeys")
    assert "蓝色钥匙" in window.text("table")
    one.looked_at("passkeys")
    one.press("header button")
    one.press("button", "用通行密钥登录")
    assert one.at(""), window.text()
    assert "with_key" in window.text("header")
    one.press("header button")
    window.call("WebAuthn.setUserVerified", authenticatorId=key, isUserVerified=False)
    window.click("button", "用通行密钥登录")
    told = window.until("[role=alert]:not([hidden])")
    assert "没有完成" in told
    one.looked_at("passkey-stopped")
    assert one.at("/sign-in"), "nothing was sent"
    window.call("WebAuthn.setUserVerified", authenticatorId=key, isUserVerified=True)
    one.press("button", "用通行密钥登录")
    one.go("/passkeys")
    one.press("button.danger", "删除")
    one.press("header button")
    one.press("button", "用通行密钥登录", status=401)
    assert "没能登录" in window.text("[role=alert]")


def test_what_is_over_is_shown_to_nobody(person, waiting, clock, lender):
    """After signing out, with the back button too, and after a session ran out."""
    one, away = person("leaving", StaffRole.REVIEWER).sign_in(), clock.away
    one.press("header button")
    assert one.at("/sign-in")
    one.window.loading(lambda: one.window.run("history.back()"))
    assert one.at("/sign-in"), "nothing of what was there is shown again"
    slow = person("slow", StaffRole.REVIEWER).sign_in()
    slow.go(f"/cases/{waiting.id}")
    slow.window.write("#note", NOTE)
    try:
        clock.move(minutes=lender.services.policies.staff.idle_minutes + 1)
        slow.press("button.main")
        assert slow.at("/sign-in")
    finally:
        clock.away = away
    assert waiting.get()["status"] == "in_review"


def test_a_visit_is_booked_more_is_asked_for_and_the_borrower_is_declined(reviewer, waiting):
    window = reviewer.window
    reviewer.go(f"/cases/{waiting.id}")
    window.run("document.querySelector('#visit').focus()")
    window.press("ArrowDown")
    chosen = window.run("document.querySelector('#visit').value")
    window.write("#told-visit", TOLD)
    reviewer.press("button", "约好并告诉借款人")
    assert reviewer.at(f"/cases/{waiting.id}")
    booked = waiting.get()
    assert (booked["appointment"]["slot"], booked["asked"]["text"]) == (chosen.partition("|")[2], TOLD)
    window.click("summary")
    assert "为您约了网点" in window.text("details")
    acts = window.run("[...document.querySelectorAll('details td:nth-child(3)')].map(one => one.innerText)")
    assert [act for act in acts if "." in act] == [], "every act is told in words"
    reviewer.looked_at("case-with-visit")
    window.click("label.tick", "工作和收入")
    window.write("#told-more", TOLD)
    reviewer.press("button", "发给借款人")
    assert reviewer.at("")
    asked = waiting.get()
    assert (asked["status"], asked["profile"]) == ("needs_more", None)
    waiting.profile()
    waiting.act("/submit")
    waiting.wait("in_review")
    reviewer.go(f"/cases/{waiting.id}")
    window.click("label.tick", "第一笔要从小额开始")
    window.write("#note", NOTE)
    reviewer.press("button", "不通过")
    assert reviewer.at("")
    assert waiting.wait("declined")["decision"]["reasons"] == ["start_small"]
    assert reviewer.go(f"/cases/{waiting.id}") == 404
    reviewer.looked_at("decided-already")
