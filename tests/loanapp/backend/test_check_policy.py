"""Which loan needs which check: the rows decide, say why, hold at the start, and are tried before they are on."""

import dataclasses
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from loanapp.backend.policy import load_policies
from loanapp.backend.policy.check_trial import main, try_on
from loanapp.backend.policy.checks import Check, CheckPolicy, Conditions, Situation
from loanapp.backend.store.tables import Application, FaceState, LedgerRow, LivenessSession
from loanapp.domain.liveness import SourceKind, VerdictOutcome
from tests.loanapp.backend.test_refusals import refused

POLICY = load_policies().checks
LIGHT = POLICY.switched(on=["small_and_short", "returning_borrower"])
TODAY = date(2026, 11, 27)
FIRST = Situation(amount=Decimal(10000), months=12, first_loan=True)
KNOWN = Situation(amount=Decimal(10000), months=12, first_loan=False, settled=1, verified_days=100, quiet_days=30)
SMALL = {"amount": Decimal(3000), "months": 3}


def needed(policy, seen, today=TODAY):
    return {one.check for one in policy.demands(seen, today).needed}


@pytest.mark.parametrize(
    ("row", "seen", "checks"),
    [
        ("first_loan", FIRST, {Check.FACE}),
        ("large_loan", dataclasses.replace(KNOWN, amount=Decimal(30000)), {Check.FACE}),
        ("small_and_short", dataclasses.replace(KNOWN, **SMALL, settled=0), set()),
        ("returning_borrower", KNOWN, set()),
        ("partner_bank", dataclasses.replace(KNOWN, partner="bank"), {Check.FACE, Check.INTERVIEW}),
    ],
)
def test_the_five_rows_of_the_matrix(row, seen, checks):
    found = LIGHT.demands(seen, TODAY)
    assert {one.check for one in found.needed} == checks
    assert row in {rule.id for one in (*found.needed, *found.waived) for rule in one.rules}


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"first_loan": True, **SMALL}, "first_loan"),
        ({"amount": Decimal(30000)}, "large_loan"),
        ({"quiet_days": 180}, "after_long_silence"),
        ({"upgraded": True}, "after_upgrade"),
        ({"partner": "bank"}, "partner_bank"),
        ({"verified_days": 366}, "everybody"),
        ({"verified_days": None}, "everybody"),
        ({"settled": 0}, "everybody"),
    ],
)
def test_what_lightens_gives_way_to_what_is_firm(change, row):
    found = LIGHT.demands(dataclasses.replace(KNOWN, **change), TODAY)
    (face,) = [one for one in found.needed if one.check is Check.FACE]
    assert row in {rule.id for rule in face.rules}


@pytest.mark.parametrize(("change", "holds"), [({"quiet_days": 179}, set()), ({"amount": Decimal("29999.99")}, set())])
def test_a_limit_is_where_the_row_says(change, holds):
    assert needed(LIGHT, dataclasses.replace(KNOWN, **change)) == holds


def test_what_is_switched_off_lightens_nothing():
    assert needed(POLICY, KNOWN) == {Check.FACE}
    assert needed(POLICY, dataclasses.replace(KNOWN, **SMALL)) == {Check.FACE}


def test_every_demand_says_why_in_both_languages():
    found = LIGHT.demands(dataclasses.replace(FIRST, amount=Decimal(45000)), TODAY)
    told = {one.check: one.because for one in found.needed}
    assert told[Check.INTERVIEW].zh == "金额接近上限，要由工作人员和您本人核实一次"
    assert "first loan" in told[Check.FACE].en  # the particular row speaks, not the one for everybody
    assert all(rule.because.zh and rule.because.en and rule.source for rule in POLICY.rules)


def test_a_row_holds_from_its_day_to_its_last():
    rows = [rule.model_dump(by_alias=True) for rule in POLICY.rules]
    large = next(row for row in rows if row["id"] == "very_large_loan")
    large |= {"from": date(2027, 1, 1), "to": date(2027, 6, 30)}
    policy = CheckPolicy.model_validate({"version": "x", "rules": rows})
    seen = dataclasses.replace(KNOWN, amount=Decimal(45000))
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 6, 30), date(2027, 7, 1)]
    assert [Check.INTERVIEW in needed(policy, seen, day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"needs": []},
        {"waives": ["face"]},
        {"needs": ["telepathy"]},
        {"when": {"device": "phone"}},
        {"when": {"network": "10.0.0.0/8"}},
        {"when": {"sex": "female"}},
        {"when": {"region": "65"}},
        {"when": {"amount_at_least": "9", "amount_at_most": "8"}},
        {"because": {"zh": "", "en": "x"}},
        {"source": ""},
        {"to": date(2020, 1, 1)},
        {"id": "first_loan"},
    ],
)
def test_a_row_that_does_not_hold_stops_the_start(change):
    rows = [rule.model_dump(by_alias=True) for rule in POLICY.rules]
    row = next(row for row in rows if row["id"] == "large_loan")
    row.update(change)
    with pytest.raises(ValidationError):
        CheckPolicy.model_validate({"version": "x", "rules": rows})


def test_nobody_can_switch_off_that_a_borrower_is_known():
    with pytest.raises(ValidationError, match="who they are"):
        POLICY.switched(off=["everybody"])
    lighter = next(rule for rule in POLICY.rules if rule.id == "returning_borrower").model_dump(by_alias=True)
    with pytest.raises(ValidationError, match="says for whom"):
        CheckPolicy.model_validate({"version": "x", "rules": [lighter | {"when": {}}]})


def test_nothing_about_device_network_place_sex_or_age_can_be_looked_at():
    seen = {field.name for field in dataclasses.fields(Situation)} | set(Conditions.model_fields)
    forbidden = ("device", "network", "address", "ip", "region", "place", "sex", "gender", "age", "birth")
    assert not [name for name in seen if set(name.split("_")) & set(forbidden)]


def test_a_trial_counts_what_would_change():
    seen = [FIRST, KNOWN, dataclasses.replace(KNOWN, **SMALL), dataclasses.replace(KNOWN, amount=Decimal(45000))]
    trial = try_on(seen, POLICY, LIGHT, TODAY)
    assert (trial.applications, trial.now[Check.FACE], trial.then[Check.FACE]) == (4, 4, 2)
    assert trial.changed == {(Check.FACE, "less"): 2}
    assert "face: 4 now, 2 then (+0 -2)" in trial.lines()


@pytest.fixture
def rows(lender, monkeypatch):
    """``rows(policy)``: for this test the lender applies these."""
    services = lender.services
    usual = services.policies

    def change(policy):
        changed = dataclasses.replace(usual, checks=policy)
        monkeypatch.setattr(type(services), "policies", property(lambda _services: changed), raising=False)

    return change


def detail(lender, one):
    with lender.services.database.read() as session:
        query = session.query(LedgerRow).filter_by(application_id=one.id, kind="decision").order_by(LedgerRow.no)
        return query.first().detail


def test_a_loan_says_what_it_needs_and_the_ledger_by_which_row(walker, lender):
    one = walker()
    one.sign_in()
    one.create(amount="45000.00", months=24)
    told = {row["check"]: row for row in one.get()["demands"]}
    assert told["interview"]["because"]["en"].startswith("the sum is close to the most we lend")
    assert told["face"]["waived"] is False
    one.act("/withdraw")


def test_a_very_large_loan_goes_to_a_person_who_speaks_with_the_borrower(walker, lender):
    one = walker("approved_long_term")
    one.ready_to_submit(amount="45000.00", months=24)
    one.act("/submit")
    one.wait("in_review", "offered")
    written = detail(lender, one)
    assert (written["outcome"], "interview_by_policy" in written["reasons"]) == ("review", True)
    assert "interview by very_large_loan" in written["checks"]["needs"]
    one.wait("offered")
    one.act("/withdraw")


def almost_ready(one, **terms):
    one.sign_in()
    one.create(**terms)
    one.documents()
    one.identify()
    one.profile()
    for scope in ("bureau_query", "bank_account_check"):
        one.consent(scope)
    assert one.card().status_code == 200


def judged_under(lender, version):
    """Let every face that passed have been judged by those rules: other tests let the same person pass."""
    passed = update(LivenessSession).where(LivenessSession.outcome == VerdictOutcome.PASSED)
    with lender.services.database.write() as session:
        session.execute(passed.values(verdict={"policy": version}))


def test_a_returning_borrower_hands_in_without_a_face_only_where_the_row_is_on(walker, lender, clock, rows):
    before = walker()
    before.borrow(clock)
    with lender.services.database.write() as session:
        from loanapp.backend.store.tables import Loan

        now = lender.services.clock.now()
        session.get_one(Loan, before.id).settled_at = now
        version = f"face {lender.services.policies.face.version}"
        session.add(
            LivenessSession(
                id=f"passed-{before.id}",
                application_id=before.id,
                challenge={},
                source_kind=SourceKind.CAMERA,
                issued_at=now,
                expires_at=now,
                used_at=now - timedelta(days=10),
                outcome=VerdictOutcome.PASSED,
                verdict={"policy": version},
            )
        )
        session.get_one(Application, before.id).status = "settled"
    one = walker()
    almost_ready(one)
    shown = one.get()
    assert (shown["face"]["needed"], "submit" in shown["allowed_actions"]) == (True, False)
    refused(one.call("POST", one.at("/submit"), body={}, key=_key()), 409, "not_allowed_now")
    rows(LIGHT)
    shown = one.get()
    assert (shown["face"]["needed"], shown["face"]["state"]) == (False, "none")
    assert [row["check"] for row in shown["demands"] if row["waived"]] == ["face"]
    assert "submit" in shown["allowed_actions"]
    judged_under(lender, "face of long ago")
    shown = one.get()
    assert (shown["face"]["needed"], "submit" in shown["allowed_actions"]) == (True, False)
    assert "rules of verification have changed" in str(shown["demands"])
    judged_under(lender, version)
    one.act("/submit")
    answer = one.wait("offered", "in_review", "declined")
    assert answer["status"] != "declined"
    assert "face by returning_borrower" in detail(lender, one)["checks"]["waived"]
    one.wait("offered")
    one.act("/withdraw")


def test_where_a_branch_is_needed_nothing_else_is_enough(walker, lender, rows):
    rows(POLICY.switched(on=["very_large_first_loan"]))
    one = walker("card_gateway_down")
    one.sign_in()
    one.create(amount="45000.00", months=24)
    one.documents()
    one.identify()
    one.act("/manual-verification")
    shown = one.get()
    assert shown["face"]["state"] == "none"
    assert set(shown["face_ways"]) <= {"branch"}
    with lender.services.database.write() as session:
        session.get_one(Application, one.id).face_state = FaceState.PASSED
    assert "submit" not in one.get()["allowed_actions"]
    one.act("/withdraw")


def test_the_command_reads_a_lenders_folder_and_changes_nothing(lender, walker, capsys, tmp_path):
    one = walker()
    one.sign_in()
    one.create()
    one.act("/withdraw")
    folder = lender.services.database.path.parent
    before = (folder / "lender.sqlite").stat().st_mtime_ns
    assert main([str(folder), "--on", "small_and_short"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("applications: ")
    assert "face: " in said
    assert (folder / "lender.sqlite").stat().st_mtime_ns == before
    assert main([str(folder), "--off", "everybody"]) == 2
    assert main([str(folder), "--on", "no_such_row"]) == 2
    draft = tmp_path / "draft.toml"
    draft.write_text("version = 'x'\nrules = []\n")
    assert main([str(folder), "--draft", str(draft)]) == 2
    assert "there is no row ['no_such_row']" in capsys.readouterr().err


def _key():
    return str(uuid.uuid4())
