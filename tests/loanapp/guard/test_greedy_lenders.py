"""Lenders that ask for too much: each is told apart from the honest one, and what it asks for is not sent."""

from dataclasses import dataclass, replace

import pytest

from loanapp.client.profile import DataItem
from loanapp.client.reading import JsonObject
from loanapp.domain.consent import ConsentScope, LegalBasis
from loanapp.domain.errors import ErrorCode
from loanapp.domain.localised import LocalisedText
from loanapp.domain.status import ApplicationStatus
from loanapp.guard.permissions import check_founded, unfounded
from loanapp.guard.refusal import GuardRefusal
from loanapp.guard.wire import Standing, check_request
from loanapp.resource_files import read_toml

HONEST = tuple(DataItem.read(JsonObject(row)) for row in read_toml("policy", "data_items.toml")["data_items"])
PHONE = HONEST[0]
CARD = next(item for item in HONEST if item.id == "bank_card")


def both(zh, en):
    return LocalisedText(zh, en)


def named(item_id, zh, en, **changes):
    return replace(PHONE, id=item_id, name=both(zh, en), **changes)


GREEDY = [
    # What no loan needs, by its own name or another.
    (named("contacts", "紧急联系人", "Emergency contacts"), "forbidden"),
    (named("extra", "通讯录", "Address data"), "forbidden"),
    (named("phone_book", "电话簿", "Numbers you call"), "forbidden"),
    (named("sms", "验证码短信", "Messages for verification"), "forbidden"),
    (named("extra", "短信内容", "Text for risk control"), "forbidden"),
    (named("call_history", "呼叫情况", "Whom you call"), "forbidden"),
    (named("extra", "通话记录", "Line quality"), "forbidden"),
    (named("photo_album", "影像", "Pictures"), "forbidden"),
    (named("extra", "手机相册", "Storage"), "forbidden"),
    (named("gps", "所在城市", "City"), "forbidden"),
    (named("extra", "地理位置", "Where you live"), "forbidden"),
    (named("card_pin", "支付验证", "Payment check"), "forbidden"),
    (named("extra", "银行卡密码", "Card verification"), "forbidden"),
    (named("cvv", "卡背面三位", "Three digits"), "forbidden"),
    (named("app_list", "常用软件", "Programs you use"), "forbidden"),
    (named("chat", "社交关系", "Social graph"), "forbidden"),
    # No purpose, or one that is none.
    (replace(PHONE, why=both("", "")), "no_purpose"),
    (replace(PHONE, why=both(" ", "To sign in")), "no_purpose"),
    (replace(PHONE, why=both("登录及其他用途", "To sign in")), "no_purpose"),
    (replace(PHONE, why=both("改善体验", "A better program")), "no_purpose"),
    (replace(PHONE, why=both("通知您", "Notices and marketing")), "no_purpose"),
    (replace(PHONE, why=both("通知您", "To improve our services")), "no_purpose"),
    (replace(PHONE, why=both("因业务需要", "For the loan")), "no_purpose"),
    # Whoever.
    (replace(PHONE, recipient=both("", "")), "no_recipient"),
    (replace(PHONE, recipient=both("我们的合作伙伴", "Ourselves")), "no_recipient"),
    (replace(PHONE, recipient=both("放款机构", "The lender and third parties")), "no_recipient"),
    (replace(PHONE, recipient=both("放款机构及关联公司", "The lender")), "no_recipient"),
    # For ever.
    (replace(PHONE, retention=both("", "")), "no_retention"),
    (replace(PHONE, retention=both("永久保存", "5 years")), "no_retention"),
    (replace(PHONE, retention=both("5 年", "Indefinitely")), "no_retention"),
    (replace(PHONE, retention=both("必要期限内", "5 years")), "no_retention"),
    (replace(PHONE, retention=both("5 年", "As long as necessary")), "no_retention"),
    # Everything.
    (named("statements", "所有银行流水", "Bank statements"), "too_wide"),
    (named("statements", "银行流水", "All bank statements"), "too_wide"),
    (named("device", "设备的一切信息", "Device data"), "too_wide"),
    (named("documents", "任何证件", "Documents"), "too_wide"),
    # Sensitive, and slipped in without a consent.
    (replace(CARD, basis=LegalBasis.CONTRACT), "needs_consent"),
    (named("biometrics", "人脸画面", "Frames of your face"), "needs_consent"),
    (named("prints", "指纹", "Fingerprints", basis=LegalBasis.LEGAL_DUTY), "needs_consent"),
    (named("record", "征信记录", "Credit record"), "needs_consent"),
]


def test_there_are_enough_of_them():
    assert len(GREEDY) >= 30


@pytest.mark.attack("a-greedy-lender-is-refused-and-told-why")
@pytest.mark.parametrize(("item", "fault"), GREEDY)
def test_a_greedy_lender_is_refused_and_told_why(item, fault):
    assert unfounded(item) == fault
    rest = [one for one in HONEST if one.id != item.id]
    with pytest.raises(GuardRefusal) as caught:
        check_founded([*rest, item])
    if fault == "forbidden":
        assert caught.value.code is ErrorCode.GUARD_PERMISSION_FORBIDDEN
    else:
        assert (caught.value.code, caught.value.what) == (ErrorCode.GUARD_ITEM_UNFOUNDED, item.id)
        assert caught.value.details["fault"] == fault


@pytest.mark.parametrize(("item", "fault"), [(item, fault) for item, fault in GREEDY if fault != "forbidden"])
def test_what_may_be_refused_does_not_stop_the_loan(item, fault):
    check_founded([*HONEST, replace(item, required=False)])


def test_the_honest_lender_passes():
    assert [unfounded(item) for item in HONEST] == [None] * len(HONEST)
    check_founded(HONEST)


EVERYTHING = frozenset(ConsentScope)


def standing(**changes):
    values = {"items": HONEST, "consents": EVERYTHING, "status": ApplicationStatus.DRAFT, **changes}
    return Standing(**values)


def refused(method, path, fields, held):
    with pytest.raises(GuardRefusal) as caught:
        check_request(method, path, fields, held)
    assert caught.value.code is ErrorCode.GUARD_NO_BASIS
    return caught.value.what


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    fields: tuple[str, ...] | None
    item: str


def carrying():
    """Every request that carries a data item, as the policy knows it."""
    for row in read_toml("policy", "wire.toml")["requests"]:
        path = row["path"].replace("*", "0b5b9a52")
        items = set(row.get("fields", {}).values()) | {row.get("body", "")}
        for item in sorted(items - {""}):
            fields = tuple(row["fields"]) if "fields" in row else None
            yield Sent(row["method"], path, fields, item)


@pytest.mark.parametrize("sent", list(carrying()), ids=lambda sent: f"{sent.path}:{sent.item}")
def test_each_item_leaves_only_with_its_basis(sent):
    check_request(sent.method, sent.path, sent.fields, standing())
    undeclared = [item for item in HONEST if item.id != sent.item]
    assert refused(sent.method, sent.path, sent.fields, standing(items=undeclared)) == sent.item


@pytest.mark.attack("what-needs-a-consent-does-not-leave-without-it")
@pytest.mark.parametrize(
    ("path", "fields", "scope", "item"),
    [
        ("/v1/applications/1/bank-card", ("number", "phone"), ConsentScope.BANK_ACCOUNT_CHECK, "bank_card"),
        ("/v1/liveness-sessions/1/evidence", None, ConsentScope.FACE_VERIFICATION, "face"),
        (
            "/v1/applications/1/changed-face-certificate",
            None,
            ConsentScope.CHANGED_FACE_CERTIFICATE,
            "changed_face_certificate",
        ),
    ],
)
def test_what_needs_a_consent_does_not_leave_without_it(path, fields, scope, item):
    check_request("PUT", path, fields, standing())
    assert refused("PUT", path, fields, standing(consents=EVERYTHING - {scope})) == item


@pytest.mark.parametrize("status", [ApplicationStatus.OFFERED, ApplicationStatus.WITHDRAWN, ApplicationStatus.DECLINED])
def test_what_was_filled_in_does_not_leave_after_that_step(status):
    fields = ("employment", "monthly_income", "monthly_debt")
    assert refused("PUT", "/v1/applications/1/profile", fields, standing(status=status)) == "not_this_step"


def test_a_new_application_may_begin_after_an_old_one_ended():
    fields = ("product_id", "amount", "months", "method", "purpose")
    for status in (None, ApplicationStatus.WITHDRAWN, ApplicationStatus.ACTIVE):
        check_request("POST", "/v1/applications", fields, standing(status=status, consents=frozenset()))


def test_what_nobody_declared_harmless_does_not_leave():
    assert refused("POST", "/v1/elsewhere", (), standing()) == "unknown_request"
    assert refused("POST", "/v1/applications/1/submit", ("mood",), standing()) == "mood"
    assert refused("POST", "/v1/applications/1/submit", None, standing()) == "unknown_body"
    assert refused("PUT", "/v1/applications/1/../2/profile", ("employment",), standing()) == "unknown_request"
