"""The borrower's own data: who used them, whom the program contacted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

from PySide6.QtWidgets import QScrollArea

from loanapp.client.application import Application
from loanapp.client.corrections import Correctable, Corrected, Corrections
from loanapp.client.data_uses import DataUse
from loanapp.client.devices import SignedInDevice
from loanapp.client.network_log import Contact
from loanapp.client.profile import DataItem, Withdrawal
from loanapp.client.protection import OpenRecovery, Protection
from loanapp.client.reading import JsonObject
from loanapp.client.rights import RightRequest
from loanapp.client.security_key import OwnKey, OwnKeys
from loanapp.domain.consent import ApplicationPhase, ConsentScope
from loanapp.domain.devices import DeviceEnd, DeviceSystem
from loanapp.domain.errors import ErrorCode
from loanapp.domain.localised import LocalisedText
from loanapp.domain.protection import ProtectionAct
from loanapp.domain.rights import RightKind, RightState
from loanapp.guard.refusal import GuardRefusal
from loanapp.journey.consent_acts import GivenConsent
from loanapp.journey.history_acts import CheckedHistory
from loanapp.journey.pages import Page
from loanapp.resource_files import read_toml
from tests.gallery.page_scenes import SIGNED, journey, repaid
from tests.gallery.stage import Room, Scene, settle
from tests.ui.loan_in_hand import NOW, application
from ui.my_data.ask_right import AskRight
from ui.my_data.correct import CorrectData
from ui.my_data.dialog import MyDataDialog
from ui.translations import translator

ACTS: Final = (
    ("status.draft", "borrower"),
    ("check.document_read", "lender"),
    ("check.identity_confirmed", "borrower"),
    ("consent.face_verification", "borrower"),
    ("consent.bank_account_check", "borrower"),
    ("check.liveness_verdict", "lender"),
    ("share.bank_card", "lender"),
    ("check.card_four_elements", "lender"),
    ("status.submitted", "borrower"),
    ("share.identity", "lender"),
    ("share.credit", "lender"),
    ("decision", "lender"),
)


def history() -> CheckedHistory:
    """A dozen entries, seven minutes apart, under a head whose time is certified."""
    rows, start = read_toml("policy", "data_uses.toml")["acts"], datetime.fromisoformat(NOW)
    uses = tuple(
        DataUse(
            no=31 + 3 * number,
            at=start + timedelta(minutes=7 * number),
            act=act,
            actor=actor,
            data=tuple(rows[act]["data"]),
            recipient=rows[act]["recipient"],
            application_id="application-1",
            proof={},
        )
        for number, (act, actor) in enumerate(ACTS)
    )
    return CheckedHistory(uses, 70, "0" * 64, start + timedelta(hours=2))


def contacts() -> tuple[Contact, ...]:
    """The embedded lender, which once did not answer."""
    start = datetime.fromisoformat(NOW)
    return (Contact("127.0.0.1:40123", start, start + timedelta(minutes=9), 41, 1, 2_640_120, 88_231),)


def rewritten() -> CheckedHistory:
    """What the guard says of a history that was changed."""
    raise GuardRefusal(ErrorCode.GUARD_LEDGER_REWRITTEN, "forked")


def requests() -> tuple[RightRequest, ...]:
    """One that waits, one that a person answered, one that the demonstration answered."""
    at = datetime.fromisoformat(NOW)
    by, done = at + timedelta(days=15), at + timedelta(days=2)
    kinds, states = RightKind, RightState
    in_chinese = translator().language == "zh"
    answered = "住址已经改为测试路 2 号，合同不受影响。" if in_chinese else "The address is 2 Test Road now."
    return (
        RightRequest("QL20261122-0003", kinds.COMPLAINT, states.RECEIVED, at, by, None, "", simulated=False),
        RightRequest("QL20261122-0002", kinds.CORRECTION, states.ANSWERED, at, by, done, answered, simulated=False),
        RightRequest("QL20261122-0001", kinds.EXPLANATION, states.ANSWERED, at, by, done, "", simulated=True),
    )


def devices(*, copied: bool = False) -> tuple[SignedInDevice, ...]:
    """This computer, and one at home; or one whose sign-in was copied."""
    at = datetime.fromisoformat(NOW)
    here = SignedInDevice("d-1", DeviceSystem.LINUX, at, at + timedelta(minutes=4), None, current=True)
    earlier, used = at - timedelta(hours=19), at - timedelta(hours=2)
    there = SignedInDevice(
        "d-2", DeviceSystem.WINDOWS, earlier, used, DeviceEnd.REUSED if copied else None, current=False
    )
    return here, there


def given(phase: ApplicationPhase) -> tuple[GivenConsent, ...]:
    """All three authorisations in force, the application in that phase."""
    at = datetime.fromisoformat(NOW)
    return tuple(GivenConsent("application-1", "LA20261122-0001", scope, at, phase) for scope in ConsentScope)


def withdrawal_row(scope: str, phase: str) -> dict[str, Any]:
    """What the lender's policy says taking it back does in that phase."""
    (consent,) = (one for one in read_toml("policy", "consents.toml")["consents"] if one["scope"] == scope)
    row: dict[str, Any] = next(one for one in consent["withdrawals"] if one["phase"] == phase)
    return row


def taken_back(scope: str, phase: str) -> Any:
    """The receipt of it, as far as the page needs it."""
    return SimpleNamespace(withdrawal=Withdrawal.read(JsonObject(withdrawal_row(scope, phase))))


def withdrawn(room: Room) -> Any:
    """One of them was just taken back."""
    left = [given(ApplicationPhase.DECIDING)]

    def take(*_: Any) -> Any:
        taken, left[0] = left[0][0], left[0][1:]
        return taken_back(taken.scope, taken.phase)

    shell = asking("consents", given_consents=lambda: left[0], withdraw_consent=take)(room)
    dialog = room.window.findChildren(MyDataDialog)[-1]
    next(iter(dialog.view.taking_back.buttons.values())).click()
    room.rest()
    settle(shell)
    return shell


def corrections(*, lent: bool = False) -> Corrections:
    """While it is decided, or after the payout; the address was corrected once."""
    at, phase = datetime.fromisoformat(NOW), ApplicationPhase.LENT if lent else ApplicationPhase.DECIDING
    one, two = ("测试路 1 号", "测试路 2 号") if translator().language == "zh" else ("1 Test Road", "2 Test Road")
    values = {"address": two, "employment": "employed", "monthly_income": "15000.00", "monthly_debt": "0.00"}
    policy = read_toml("policy", "rights.toml")
    fields = tuple(
        Correctable(
            row["field"],
            values.get(row["field"], ""),
            phase in row["at_once"],
            LocalisedText(**policy["reasons"][row["why_not"].get(phase, "gone")]),
        )
        for row in policy["corrections"]
    )
    return Corrections(fields, (Corrected("address", at, one, two),))


def correcting(*, lent: bool = False) -> Any:
    """The sheet on which data are corrected."""

    def set_it(room: Room) -> Any:
        shown = room.open(Page.PROGRESS, journey(Page.PROGRESS, application("verifying")))
        CorrectData(room.window, shown.context, corrections(lent=lent)).open()
        room.rest()
        settle(room.shell)
        return room.shell

    return set_it


def protection(*, both: bool = False) -> Protection:
    """Nothing beside the phone code, or all there is."""
    since = datetime.fromisoformat(NOW) if both else None
    return Protection(since, since, 9 if both else 0)


def own_keys() -> OwnKeys:
    """A key that was used, and a spare one."""
    at = datetime.fromisoformat(NOW)
    return OwnKeys((OwnKey("k-1", "FIDO2 5C", at, at), OwnKey("k-2", "FIDO2 NFC", at, None)), 5)


def asked_by_phone(*, may_stop: bool = True) -> tuple[OpenRecovery, ...]:
    """Another computer wants to replace the password, and to turn a second step on."""
    at = datetime.fromisoformat(NOW) - timedelta(hours=2)
    acts = (
        (ProtectionAct.PASSWORD_RESET, ProtectionAct.FACTOR_ENROLMENT) if may_stop else (ProtectionAct.FACTOR_REMOVAL,)
    )
    ready = at + timedelta(hours=72) if may_stop else None
    return tuple(OpenRecovery(act, at, ready, here=False, may_stop=may_stop) for act in acts)


def writing(room: Room) -> Any:
    """What is asked in writing, before anything is typed."""
    shown = room.open(Page.PROGRESS, journey(Page.PROGRESS, application("verifying")))
    AskRight(room.window, shown.context, RightKind.COMPLAINT).open()
    room.rest()
    settle(room.shell)
    return room.shell


def closing(*, asked: bool = False) -> Any:
    """Closing the account with a loan that is repaid: what law keeps is said, on the card and before it is done."""
    law = {"zh": "反洗钱法 34", "en": "Anti-Money Laundering Law 34"}
    kept = {"until": "2036-11-22", "fixed": True, "law": law}

    def set_it(room: Room) -> Any:
        held = application("settled", kept=kept, **SIGNED)
        shell = asking("rights", page=Page.MY_LOAN, held=held, may_close_account=lambda: True, loan=repaid)(room)
        dialog = room.window.findChildren(MyDataDialog)[-1]
        room.rest()
        if asked:
            dialog.view.close_account.click()
        else:
            bar = dialog.findChildren(QScrollArea)[0].verticalScrollBar()
            bar.setValue(bar.maximum())
        room.rest()
        settle(shell)
        return shell

    return set_it


def asking(
    view: str,
    order: str = "",
    *,
    signed_in: bool = True,
    greedy: bool = False,
    keys: bool = False,
    page: Page = Page.PROGRESS,
    held: Application | None = None,
    **answers: Any,
) -> Any:
    """The dialog before a page, at one of its views."""

    def set_it(room: Room) -> Any:
        made = journey(
            page,
            held or (application("verifying") if signed_in else None),
            **{
                "data_uses": history,
                "given_consents": tuple,
                "may_erase": lambda: False,
                "may_close_account": lambda: False,
                "my_requests": tuple,
                "devices": devices,
                "protection": protection,
                "keys_here": lambda: True,
                "security_keys": own_keys,
                "recoveries": tuple,
                **answers,
            },
        )
        items = [DataItem.read(JsonObject(row)) for row in read_toml("policy", "data_items.toml")["data_items"]]
        if greedy:
            items = [replace(items[6], name=LocalisedText("全部银行流水", "All bank statements"), id="all"), *items]
        made.lender = replace(made.lender, data_items=tuple(items))
        made.client = SimpleNamespace(contacts=contacts)
        shown = room.open(page if signed_in else Page.COST, made)
        dialog = MyDataDialog(room.window, shown.context, first=view)
        dialog.open()
        room.rest()
        if order:
            dialog.view.orders[order].setChecked(True)
        if keys:
            settle(room.shell)
            for area in dialog.findChildren(QScrollArea):
                area.ensureWidgetVisible(dialog.view.protection.keys)
        settle(room.shell)
        return room.shell

    return set_it


def my_data_scenes() -> Iterator[Scene]:
    """Every view, in every state."""
    yield Scene("my-data-uses", asking("uses"))
    yield Scene("my-data-uses-by-data", asking("uses", "data"))
    yield Scene("my-data-uses-by-recipient", asking("uses", "recipient"))
    yield Scene("my-data-rewritten", asking("uses", data_uses=rewritten))
    yield Scene("my-data-before", asking("uses", signed_in=False))
    yield Scene("my-data-asked", asking("asked"))
    yield Scene("my-data-asked-greedy", asking("asked", greedy=True))
    deciding = given(ApplicationPhase.DECIDING)
    agreed = replace(history(), uses=tuple(use for use in history().uses if use.act.startswith("consent.")))
    yield Scene("my-data-uses-withdraw", asking("uses", data_uses=lambda: agreed, given_consents=lambda: deciding))
    yield Scene("my-data-consents", asking("consents", given_consents=lambda: deciding))
    yield Scene("my-data-consents-lent", asking("consents", given_consents=lambda: given(ApplicationPhase.LENT)))
    yield Scene("my-data-consents-none", asking("consents", given_consents=tuple))
    yield Scene("my-data-consent-withdrawn", withdrawn)
    yield Scene("my-data-network", asking("network"))
    yield Scene("my-data-rights", asking("rights", may_erase=lambda: True, may_close_account=lambda: True))
    yield Scene("my-data-rights-asked", asking("rights", may_erase=lambda: True, my_requests=requests))
    yield Scene("my-data-request", writing)
    yield Scene("my-data-correct", correcting())
    yield Scene("my-data-correct-lent", correcting(lent=True))
    yield Scene("my-data-rights-kept", asking("rights", may_erase=lambda: False))
    yield Scene("my-data-rights-repaid", closing())
    yield Scene("my-data-close-repaid", closing(asked=True))
    yield Scene("my-data-security", asking("security"))
    yield Scene("my-data-security-both", asking("security", protection=lambda: protection(both=True)))
    nowhere = {"protection": lambda: protection(both=True), "keys_here": lambda: False}
    yield Scene("my-data-security-no-keys", asking("security", keys=True, **nowhere))
    yield Scene("my-data-security-keys", asking("security", keys=True, protection=lambda: protection(both=True)))
    yield Scene("my-data-security-copied", asking("security", devices=lambda: devices(copied=True)))
    yield Scene("my-data-security-asked", asking("security", recoveries=asked_by_phone))
    late = asked_by_phone(may_stop=False)
    yield Scene("my-data-security-asked-late", asking("security", recoveries=lambda: late))
