"""A face is shown to one member once another has agreed; the borrower sees each step; a no, or too late, shows none."""

import pytest
from sqlalchemy import select

from loanapp.backend.staff.tables import FaceLook, StaffRole
from tests.loanapp.backend.test_console import waiting  # noqa: F401 - a fixture
from tests.loanapp.backend.test_erasure import left_of

WHY = "姓名与照片对不上，要看人像。"


@pytest.fixture(scope="module")
def reviewer(desk):
    return desk("looker", StaffRole.REVIEWER)


@pytest.fixture(scope="module")
def colleague(desk):
    return desk("colleague", StaffRole.REVIEWER)


@pytest.fixture
def payout(desk):
    return desk("payer", StaffRole.PAYOUT)


def face(member, one, image="front"):
    return member.wire.get(f"/console/cases/{one.id}/faces/{image}", allow_redirects=False)


def wish(member, one, image="front", why=WHY):
    return member.send(f"/cases/{one.id}/faces/{image}", why=why)


def open_wish(lender, one):
    with lender.services.database.read() as session:
        query = select(FaceLook).where(FaceLook.application_id == one.id).order_by(FaceLook.asked_at.desc())
        return session.scalars(query).first()


def told(one):
    """What the borrower sees of it: act and member's number, in order."""
    entries = one.done("GET", "/v1/data-uses?seen=0&after=0")["entries"]
    contents = [entry["content"] for entry in entries]
    return [
        (content["act"], content["detail"]["member"])
        for content in contents
        if content["act"].startswith("access.face_image")
    ]


@pytest.mark.parametrize("image", ["front", "portrait"])
def test_two_people_and_then_a_face_and_the_borrower_sees_each_step(reviewer, colleague, waiting, lender, image):  # noqa: F811
    assert face(reviewer, waiting, image).status_code == 409
    assert reviewer.wire.get(f"/console/cases/{waiting.id}/document/front").status_code == 422  # no way around it
    assert wish(reviewer, waiting, image).status_code == 303
    assert face(reviewer, waiting, image).status_code == 409  # asking is not enough
    look = open_wish(lender, waiting)
    assert WHY.encode() not in look.why_sealed
    assert WHY in colleague.page()
    assert look.id not in reviewer.page()  # nobody is asked about their own wish
    assert reviewer.send(f"/face-wishes/{look.id}", answer="agree").status_code == 409
    assert face(reviewer, waiting, image).status_code == 409
    assert colleague.send(f"/face-wishes/{look.id}", answer="agree").status_code == 303
    shown = face(reviewer, waiting, image)
    assert shown.content == lender.services.vault.load(
        waiting.id, "portrait" if image == "portrait" else "document_front"
    )
    assert shown.headers["cache-control"] == "no-store"
    assert face(colleague, waiting, image).status_code == 409  # whoever agrees is not shown it
    first, second = look.asked_by, open_wish(lender, waiting).answered_by
    assert first != second
    assert told(waiting) == [
        ("access.face_image_asked", first),
        ("access.face_image_agreed", second),
        ("access.face_image", first),
    ]


def test_a_no_shows_nothing_and_can_be_asked_again(reviewer, colleague, waiting, lender):  # noqa: F811
    wish(reviewer, waiting)
    assert colleague.send(f"/face-wishes/{open_wish(lender, waiting).id}", answer="refuse").status_code == 303
    assert face(reviewer, waiting).status_code == 409
    assert "同事没有同意" in reviewer.page(f"/cases/{waiting.id}")
    assert [act for act, _ in told(waiting)] == ["access.face_image_asked", "access.face_image_refused"]
    refused = open_wish(lender, waiting).id
    assert colleague.send(f"/face-wishes/{refused}", answer="agree").status_code == 404  # answered once
    assert wish(reviewer, waiting).status_code == 303
    assert open_wish(lender, waiting).id != refused


def test_a_wish_and_a_yes_run_out(reviewer, colleague, waiting, lender, clock):  # noqa: F811
    policy, away = lender.services.policies.staff, clock.away

    def at_work():
        """Sessions end while nobody works: both keep at it."""
        for _ in range(policy.face_answer_minutes // 10 + 1):
            clock.move(minutes=10)
            for member in (reviewer, colleague):
                member.page()

    try:
        wish(reviewer, waiting)
        late = open_wish(lender, waiting).id
        at_work()
        assert late not in colleague.page()
        assert colleague.send(f"/face-wishes/{late}", answer="agree").status_code == 404
        assert "已经过期" in reviewer.page(f"/cases/{waiting.id}")
        wish(reviewer, waiting)
        assert colleague.send(f"/face-wishes/{open_wish(lender, waiting).id}", answer="agree").status_code == 303
        assert face(reviewer, waiting).status_code == 200
        clock.move(minutes=policy.face_open_minutes)
        assert face(reviewer, waiting).status_code == 409
        assert [act for act, _ in told(waiting)].count("access.face_image") == 1
    finally:
        clock.away = away


def test_why_is_said_once_and_by_the_role(reviewer, colleague, payout, waiting, lender):  # noqa: F811
    short = wish(reviewer, waiting, why="看看")
    assert (short.status_code, 'role="alert"' in short.text, ">看看</textarea>" in short.text) == (422, True, True)
    assert wish(payout, waiting).status_code == 403
    assert reviewer.send(f"/cases/{waiting.id}/faces/front", form_token="forged", why=WHY).status_code == 403
    wish(reviewer, waiting)
    first = open_wish(lender, waiting).id
    wish(reviewer, waiting)
    assert open_wish(lender, waiting).id == first
    assert payout.send(f"/face-wishes/{first}", answer="agree").status_code == 403
    waiting.act("/withdraw")
    assert colleague.send(f"/face-wishes/{first}", answer="agree").status_code == 404  # the case waits no more
    held = [open_wish(lender, waiting).why_sealed]
    waiting.done("POST", waiting.at("/erasure"), body={})
    assert open_wish(lender, waiting) is None
    assert left_of(held, lender.services.database.path.parent) == []


def test_what_the_vault_no_longer_has_is_not_asked_for(reviewer, waiting, lender):  # noqa: F811
    lender.services.vault.destroy(waiting.id, "portrait")
    assert wish(reviewer, waiting, "portrait").status_code == 404
    shown = reviewer.page(f"/cases/{waiting.id}")
    assert "身份证人像面" in shown
    assert "从身份证上截取的人像" not in shown
