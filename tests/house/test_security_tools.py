"""The scan for secrets finds what it is for and nothing here; the bill of materials names every pinned package."""

import json
import secrets
import string
import subprocess
import sys
from pathlib import Path

import pytest

from installer.bill_of_materials import document, packages
from tests.house import advisories, secrets_scan

ROOT = Path(__file__).parents[2]
DRAWN = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(64))


@pytest.mark.attack("nothing-in-the-repository-is-a-secret")
def test_nothing_in_the_repository_is_a_secret():
    found = [
        (path.relative_to(ROOT).as_posix(), *one)
        for path in secrets_scan.kept_files()
        for one in secrets_scan.findings(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("private key", "-----BEGIN PRIV" + f"ATE KEY-----\n{DRAWN}\n"),
        ("private key", "-----BEGIN EC PRIV" + f"ATE KEY-----\n{DRAWN}\n"),
        ("cloud access key", "AK" + "IA" + "ABCDEFGHIJKLMNOP"),
        ("token of a code host", "gh" + "p_" + DRAWN[:36]),
        ("token of a package registry", "npm" + "_" + DRAWN[:36]),
        ("web token", "ey" + f"J{DRAWN[:20]}.ey" + f"J{DRAWN[20:40]}.{DRAWN}"),
        ("password in an address", "postgresql://lender:" + DRAWN[:12] + "@db.example/loans"),
        ("named secret", 'api_key = "' + string.ascii_letters[:36] + '"'),
    ],
)
def test_each_kind_is_found_at_its_line_and_never_shown(kind, text):
    assert secrets_scan.findings("first line\n" + text) == [(2, kind)]


@pytest.mark.parametrize("text", ["password: PASSWORD_OF_THE_LENDER_HERE", 'password = "aaaaaaaaaaaaaaaaaaaaaaaa"', ""])
def test_a_word_that_only_looks_like_one_is_none(text):
    assert secrets_scan.findings(text) == []


def test_the_bill_names_every_pinned_package_once_with_version_and_hash():
    bill = document()
    names = {one["purl"] for one in bill["components"] if one["type"] == "library"}
    pinned = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8").splitlines()
    assert len(names) == sum("==" in line and not line.startswith((" ", "#")) for line in pinned)
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references))
    assert all(one.get("hashes") or one["properties"] for one in bill["components"])
    assert document() == bill


def test_a_package_without_a_hash_stops_the_bill():
    with pytest.raises(ValueError, match="unheld"):
        packages("held==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\nunheld==2.0\n")


def test_the_command_writes_the_bill(tmp_path):
    out = tmp_path / "made" / "bill.json"
    command = [sys.executable, str(ROOT / "installer" / "bill_of_materials.py"), "--out", str(out)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert json.loads(out.read_text(encoding="utf-8"))["specVersion"] == "1.6"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0),
        ([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}], 1),
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}], 2),
        ([], 2),
    ],
)
def test_what_could_not_be_looked_up_is_never_told_as_safe(rows, code):
    result = advisories.read(json.dumps({"dependencies": rows}))
    assert result.code == code
    assert ("NOT CHECKED" in result.words("x.txt")) == (code == 2)


def test_a_report_that_is_none_checked_nothing():
    assert advisories.read("no connection").code == 2


def test_every_change_is_held_against_advisories():
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    assert (
        "hold_against_advisories(stages)"
        in source[source.index("def command_test") : source.index("def command_check")]
    )
