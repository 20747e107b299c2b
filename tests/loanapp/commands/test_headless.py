"""The headless commands: their language, their figures, and a clear sentence for everything that cannot be."""

import json
import string

import pytest

from loanapp.commands import HEADLESS, available_commands, is_headless, main
from loanapp.commands.language import system_language
from loanapp.resource_files import resource_path

LOAN = ["quote", "--principal", "10000", "--months", "12", "--method", "equal-instalment", "--rate", "14.40"]


@pytest.fixture(params=["zh", "en"])
def language(request, monkeypatch):
    speak(monkeypatch, {"zh": "zh_CN.UTF-8", "en": "en_GB.UTF-8"}[request.param])
    return request.param


def speak(monkeypatch, locale):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)


def catalogue(folder):
    return json.loads(resource_path("translations", folder, "commands.json").read_text(encoding="utf-8"))


def placeholders(sentence):
    return sorted({name for _, name, _, _ in string.Formatter().parse(sentence) if name})


# --- language ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "zh_CN"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
    ],
)
def test_the_system_decides_the_language(monkeypatch, variables, expected):
    speak(monkeypatch, "")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_language() == expected


def test_both_catalogues_say_the_same_things():
    chinese, english = catalogue("zh_CN"), catalogue("en")
    assert sorted(chinese) == sorted(english)
    for key, sentence in english.items():
        if key not in ("doctor.lender.good", "doctor.lender.answers"):  # each names the lender in its own language
            assert placeholders(chinese[key]) == placeholders(sentence), key


@pytest.mark.parametrize("arguments", [["--help"], *[[name, "--help"] for name in HEADLESS]])
def test_help_is_in_the_language_of_the_system(capsys, language, arguments):
    if arguments[0] in HEADLESS and arguments[0] not in available_commands():
        pytest.skip(f"this build has no {arguments[0]}")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert ("用法" in shown) == (language == "zh")
    assert ("usage" in shown) == (language == "en")
    for english in ("show this help message", "positional arguments", "optional arguments"):
        assert english not in shown
    if language == "en":
        assert shown.isascii()


def test_every_command_is_in_the_help(capsys, monkeypatch):
    speak(monkeypatch, "en")
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in available_commands())


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["no-such-command"], "no-such-command"),
        (["quote"], "--principal"),
        ([*LOAN, "--surprise"], "--surprise"),
        ([*LOAN, "--start"], "--start"),
        ([*LOAN[:5], "--method", "balloon", "--rate", "3"], "equal-instalment"),
        ([*LOAN, "--daily", "act-366"], "act-360"),
    ],
)
def test_wrong_arguments_get_a_sentence_and_exit_code_2(capsys, language, arguments, part):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    shown = capsys.readouterr().err
    assert part in shown
    assert ("请参阅" in shown) == (language == "zh")
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("arguments", "headless"),
    [
        ([], False),
        (["--lang", "en"], False),
        (["verify", "a.pdf"], True),
        (["--help"], True),
        (["-h"], True),
        (["no-such"], True),
    ],
)
def test_the_window_opens_only_without_a_command(arguments, headless):
    assert is_headless(arguments) is headless


# --- quote -------------------------------------------------------------------------------------------------------


def test_quote_answers_v1_to_the_cent(capsys):
    assert main([*LOAN, "--start", "2026-12-05", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["rows"][0] == {
        "no": 1,
        "due": "2027-01-05",
        "payment": "899.75",
        "principal": "779.75",
        "interest": "120.00",
        "fees": "0.00",
        "balance": "9220.25",
    }
    assert answer["rows"][-1]["payment"] == "899.80"
    assert answer["rows"][-1]["balance"] == "0.00"
    assert answer["totals"] == {"interest": "797.05", "fees": "0.00", "repayment": "10797.05"}
    assert answer["rates"]["nominal_irr"] == "14.3999"
    assert answer["rates"]["effective_irr"] == "15.3894"
    assert answer["rates"]["simple_total"] == "14.3999"


def test_quote_keeps_a_fee_apart(capsys):
    assert main([*LOAN[:7], "--rate", "8.5", "--fee", "160", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["fees"] for row in answer["rows"]} == {"160.00"}
    assert answer["totals"]["fees"] == "1920.00"


def test_quote_as_a_table(capsys, language):
    assert main([*LOAN, "--start", "2026-12-05"]) == 0
    shown = capsys.readouterr().out
    assert {"zh": "2027年12月5日", "en": "5 December 2027"}[language] in shown
    assert {"zh": "10,797.05元", "en": "CNY 10,797.05"}[language] in shown
    assert "14.40%" in shown
    assert ("年化综合融资成本" in shown) == (language == "zh")


def quoted(capsys, *arguments):
    assert main(["quote", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("method", "rows", "first", "last"),
    [
        ("equal-principal", 12, "953.33", "843.37"),
        ("interest-first", 12, "120.00", "10120.00"),
        ("bullet", 1, "11440.00", "11440.00"),
    ],
)
def test_quote_by_every_method(capsys, method, rows, first, last):
    answer = quoted(capsys, *LOAN[1:5], "--method", method, "--rate", "14.40")
    assert (len(answer["rows"]), answer["rows"][0]["payment"], answer["rows"][-1]["payment"]) == (rows, first, last)
    assert answer["method"] == method


def test_quote_counts_days_and_reads_a_daily_rate(capsys):
    loan = ("--principal", "50000", "--months", "6", "--method", "interest-first", "--start", "2026-08-31")
    yearly = quoted(capsys, *loan, "--rate", "10.80", "--daily")
    assert [row["interest"] for row in yearly["rows"]][:2] == ["450.00", "465.00"]
    assert yearly["rates"]["nominal_irr"] == "10.8624"
    assert yearly["rates"]["effective_by_days"] == "11.5170"
    daily = quoted(capsys, *loan, "--rate", "0.03", "--daily")
    assert daily == yearly
    assert daily["annual_rate_pct"] == "10.8000"
    assert quoted(capsys, *loan, "--rate", "10.80", "--daily", "act-365")["totals"]["interest"] == "2677.82"


def test_quote_names_each_fee(capsys):
    loan = ("--principal", "20000", "--months", "12", "--rate", "8.50", "--start", "2026-12-05")
    fees = ("--fee", "担保费:160:per-instalment", "--fee", "a:b:20:upfront", "--fee", "x:5:on-2027-01-10")
    answer = quoted(capsys, *loan, *fees)
    assert [(fee["name"], fee["total"], fee["date"]) for fee in answer["fees"]] == [
        ("担保费", "1920.00", None),
        ("a:b", "20.00", None),
        ("x", "5.00", "2027-01-10"),
    ]
    assert answer["fees"][0]["simple_annual_pct"] == "17.4967"
    assert answer["received"] == "19980.00"
    assert answer["totals"]["fees"] == "1945.00"
    assert {row["fees"] for row in answer["rows"]} == {"160.00", "165.00"}


def test_quote_settles_early(capsys):
    answer = quoted(capsys, *LOAN[1:], "--start", "2026-12-05", "--prepay", "2027-05-22")
    assert answer["prepayment"] == {
        "date": "2027-05-22",
        "amount": "6047.38",
        "principal": "6006.54",
        "days": 17,
        "interest": "40.84",
        "interest_saved": "250.92",
    }
    assert answer["rows"][-1]["payment"] == "6047.38"
    assert answer["rows"][-1]["balance"] == "0.00"


@pytest.mark.parametrize(("choice", "payment", "rows"), [("keep-term", "378.55", 12), ("keep-instalment", "899.75", 9)])
def test_quote_takes_a_part_early(capsys, language, choice, payment, rows):
    early = ("--start", "2026-12-05", "--prepay", f"2027-06-05:3000:{choice}")
    answer = quoted(capsys, *LOAN[1:], *early)
    assert len(answer["rows"]) == rows
    assert answer["rows"][6]["payment"] == payment
    assert answer["prepayment"]["choice"] == choice
    assert main([*LOAN, *early]) == 0
    assert {"zh": "因此少付利息", "en": "Interest saved"}[language] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--principal", "0"),
        ("--principal", "-5"),
        ("--principal", "1.005"),
        ("--principal", "NaN"),
        ("--principal", "1e999999999"),
        ("--principal", "ten"),
        ("--months", "0"),
        ("--months", "12.5"),
        ("--months", "9" * 400),
        ("--rate", "-1"),
        ("--rate", "Infinity"),
        ("--rate", "abc"),
        ("--fee", "-1"),
        ("--fee", "20000"),
        ("--fee", "x:1:sometimes"),
        ("--fee", "x:1:on-2026-02-30"),
        ("--fee", "x:1:on-2999-01-01"),
        ("--fee", "x:10000:upfront"),
        ("--rate", "1e-400"),
        ("--prepay", "soon"),
        ("--prepay", "2000-01-01"),
        ("--prepay", "2999-01-01"),
        ("--prepay", "2027-06-05:99999999"),
        ("--prepay", "2027-06-05:1:keep-calm"),
        ("--prepay", "2027-06-05:1:keep-term:2"),
        ("--start", "2026-02-30"),
        ("--start", "9999-12-31"),
    ],
)
def test_quote_explains_what_it_cannot_use(capsys, language, option, value):
    assert main([*LOAN, "--start", "2026-12-05", f"{option}={value}"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert value in captured.err
    assert len(captured.err.splitlines()) == 1
    assert captured.err.isascii() == (language == "en")


# --- help and doctor ---------------------------------------------------------------------------------------------


def test_help_shows_the_best_article(capsys, language):
    words = {"zh": ["验证码", "过期"], "en": ["code", "expired"]}[language]
    assert main(["help", *words]) == 0
    assert "## " in capsys.readouterr().out
    assert main(["help", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0]["id"] == "one-time-code"
    assert set(found[0]) == {"id", "title", "score"}


def test_help_gives_id_title_and_score_as_search_ranks_them(capsys, language):
    from loanapp.help import search

    words = {"zh": "提前 还清", "en": "paying off early"}[language]
    assert main(["help", words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == [
        {"id": match.article.id, "title": match.article.title, "score": match.score}
        for match in search(words, language)
    ]
    assert found[0]["id"] == "early-payoff"


def test_help_says_when_nobody_checked_an_article_for_long(capsys, language, monkeypatch):
    from datetime import UTC, datetime

    from loanapp.domain.clock import SystemClock

    said = {"zh": "超过一年没有复核", "en": "for more than a year"}[language]
    assert main(["help", "overdue", "逾期"]) == 0
    assert said not in capsys.readouterr().out
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime(2030, 1, 1, tzinfo=UTC))
    assert main(["help", "overdue", "逾期"]) == 0
    assert said in capsys.readouterr().out


def test_help_that_finds_nothing_says_so(capsys, language):
    assert main(["help", "zzzqqq"]) == 1
    assert capsys.readouterr().out.strip()
    assert main(["help", "zzzqqq", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == []


def test_doctor_tells_the_truth_about_this_computer(capsys, language):
    from loanapp.help.diagnosis import CHECKS

    code = main(["doctor", "--json"])
    checks = {check["id"]: check for check in json.loads(capsys.readouterr().out)}
    assert list(checks) == list(CHECKS)
    parts = {"id", "state", "looked_at", "finding", "meaning", "fix", "article"}
    assert all(set(check) == parts and check["finding"] and check["meaning"] for check in checks.values())
    assert all(bool(check["fix"]) == (check["state"] != "good") for check in checks.values())
    assert not checks["camera_picture"]["looked_at"]
    assert checks["assets"]["looked_at"]
    assert checks["assets"]["state"] == checks["tls"]["state"] == checks["data_folder"]["state"] == "good"
    assert code == (1 if any(check["state"] == "bad" for check in checks.values()) else 0)


def test_doctor_finds_missing_assets(capsys, monkeypatch, tmp_path, language):
    monkeypatch.setenv("LOANAPP_ASSETS", str(tmp_path))
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "face_landmarker.task" in shown
    assert "dev.py" in shown


def test_doctor_finds_a_damaged_asset(capsys, monkeypatch, tmp_path):
    (tmp_path / "astronaut.png").write_bytes(b"not the portrait")
    monkeypatch.setenv("LOANAPP_ASSETS", str(tmp_path))
    assert main(["doctor", "--json"]) == 1
    assets = next(check for check in json.loads(capsys.readouterr().out) if check["id"] == "assets")
    assert "astronaut.png" in assets["finding"]


def test_doctor_finds_a_data_folder_that_is_a_file(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOANAPP_HOME", str(tmp_path / "file"))
    assert main(["doctor", "--json"]) == 1
    folder = next(check for check in json.loads(capsys.readouterr().out) if check["id"] == "data_folder")
    assert folder["state"] == "bad"
    assert folder["fix"]


def test_doctor_opens_no_camera_unless_told_to(capsys):
    main(["doctor", "--json"])
    quiet = {check["id"]: check for check in json.loads(capsys.readouterr().out)}
    main(["doctor", "--json", "--camera"])
    looking = {check["id"]: check for check in json.loads(capsys.readouterr().out)}
    assert "--camera" in quiet["camera_picture"]["finding"]
    assert "--camera" not in looking["camera_picture"]["finding"]


# --- errors ------------------------------------------------------------------------------------------------------


def test_an_error_code_is_told_in_the_language_of_the_system(language):
    from loanapp.commands.language import code_sentence
    from loanapp.domain.errors import ErrorCode, LoanAppError

    for code in ErrorCode:
        sentence = code_sentence(language, LoanAppError(code))
        assert code.value not in sentence
        assert sentence.isascii() == (language == "en"), sentence


def test_an_error_in_a_command_is_a_sentence_and_exit_code_1(capsys, monkeypatch, tmp_path, language):
    from loanapp.domain.errors import ErrorCode, LoanAppError

    def full_disk(folder, *, look):
        raise LoanAppError(ErrorCode.DISK_TROUBLE)

    monkeypatch.setattr("loanapp.commands.doctor.diagnose", full_disk)
    assert main(["doctor"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert shown.err.strip()


def test_what_doctor_did_not_look_at_is_not_called_good(capsys, language):
    main(["doctor"])
    said = capsys.readouterr().out
    lines = {line for line in said.splitlines() if line.startswith("[")}
    untold = "未查" if language == "zh" else "not checked"
    fine = "正常" if language == "zh" else "good"
    camera = "没有打开摄像头" if language == "zh" else "The camera was not opened"
    assert any(line.startswith(f"[{untold}] {camera}") for line in lines), said
    assert any(line.startswith(f"[{fine}]") for line in lines)
