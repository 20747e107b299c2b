"""A lender's own program: built from a signed profile or not at all, and it is that lender's in every place."""

import configparser
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.lender import branded, lay_out, main, read_profile
from installer.metadata import read_metadata
from installer.parts import build_parts
from loanapp.client.installed_profile import ProfileError, ProfileExpiredError, check_profile, known_publishers
from tests.installer.lenders import make_lender

ROOT = Path(__file__).resolve().parents[2]


def test_a_signed_profile_is_laid_out_for_the_build(tmp_path):
    profile, publishers = make_lender(tmp_path / "own")
    table = lay_out(profile, publishers, tmp_path / "out")
    assert sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*")) == [
        "application/loanapp.svg",
        "assets.toml",
        "profiles/lender.toml",
        "profiles/publishers.toml",
    ]
    listed = tomllib.loads((tmp_path / "out" / "assets.toml").read_text(encoding="utf-8"))["asset"]
    assert [one["name"] for one in listed if not one.get("optional")] == build_parts("lender").assets(ROOT)
    keys = known_publishers(tomllib.loads(publishers.read_text(encoding="utf-8")))
    endpoint = check_profile(table, keys)
    assert endpoint.base_url == "https://127.0.0.1:9"
    assert endpoint.instance_token is None
    assert len({endpoint.ca_pem, endpoint.document_root_pem, endpoint.time_root_pem}) == 3


@pytest.mark.attack("its-last-day-is-a-day-and-after-it-the-profile-vouches-for-nobody")
def test_its_last_day_is_a_day_and_after_it_the_profile_vouches_for_nobody(tmp_path):
    profile, publishers = make_lender(tmp_path / "own")
    table = tomllib.loads(profile.read_text(encoding="utf-8"))
    keys = known_publishers(tomllib.loads(publishers.read_text(encoding="utf-8")))
    assert check_profile(table, keys, date(2099, 12, 31)).base_url
    with pytest.raises(ProfileExpiredError):
        check_profile(table, keys, date(2100, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('licence = "PROBE-LICENCE-1"', 'licence = " "', "licence is missing"),
        ('licence = "PROBE-LICENCE-1"\n', "", "profile.licence"),
        ('licence = "PROBE-LICENCE-1"', 'licence = "DEMO-000000"', "simulated"),
        ("simulated = false", "simulated = true", "simulated"),
        ("https://127.0.0.1:9", "http://127.0.0.1:9", "https"),
        ('phone = "400-000-0001"', 'phone = ""', "is empty"),
        ('name.zh = "试验放款机构"\n', "", "profile.name.zh"),
        ('accent = "#0B5563"', 'accent = "green"', "no colour"),
        ('id = "probe"', 'id = "../x"', "small letters"),
        ("-----BEGIN CERTIFICATE-----", "-----BEGIN NOTHING-----", "no certificate"),
        ('sha256 = "', 'sha256 = "0', "SHA-256"),
        ('valid_until = "2099-12-31"', 'valid_until = "2020-12-31"', "valid_until"),
        ('valid_until = "2099-12-31"', 'valid_until = "some day"', "valid_until"),
        ('valid_until = "2099-12-31"\n', "", "valid_until"),
    ],
)
def test_what_a_borrower_must_know_is_there_or_nothing_is_built(tmp_path, old, new, said):
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    with pytest.raises(ProfileError, match=said):
        read_profile(*make_lender(tmp_path, change))


@pytest.mark.attack("the-root-of-one-thing-does-not-stand-for-another")
def test_the_root_of_one_thing_does_not_stand_for_another(tmp_path):
    def change(text: str) -> str:
        return (
            text.replace("document = '''", "other = '''")
            .replace("time = '''", "document = '''")
            .replace("other = '''", "time = '''")
        )

    with pytest.raises(ProfileError, match="for something else"):
        read_profile(*make_lender(tmp_path, change))


@pytest.mark.attack("only-a-known-publishers-signature-counts")
def test_only_a_known_publishers_signature_counts(tmp_path):
    with pytest.raises(ProfileError, match="no publisher"):
        read_profile(*make_lender(tmp_path / "stranger", key=Ed25519PrivateKey.generate()))
    profile, publishers = make_lender(tmp_path / "own")
    profile.write_text(profile.read_text(encoding="utf-8").replace('"9.60"', '"9.61"'), encoding="utf-8")
    with pytest.raises(ProfileError, match="no publisher"):
        read_profile(profile, publishers)
    with pytest.raises(ProfileError, match="no publisher"):
        read_profile(profile, ROOT / "resources" / "profiles" / "publishers.toml")


def test_the_build_stops_before_it_begins(tmp_path):
    profile, publishers = make_lender(tmp_path, lambda text: text.replace("PROBE-LICENCE-1", ""))
    command = [sys.executable, "-m", "installer.package", "--profile", str(profile), "--publishers", str(publishers)]
    answer = subprocess.run(
        [*command, "--out", str(tmp_path / "out")], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert answer.returncode == 1
    assert "nobody may lend without one" in answer.stderr
    assert not (tmp_path / "out").exists()


def test_two_lenders_programs_live_beside_each_other(tmp_path):
    profile, publishers = make_lender(tmp_path)
    ours = read_metadata()
    theirs = branded(ours, read_profile(profile, publishers))
    entry = configparser.ConfigParser(interpolation=None)
    entry.read_string(theirs.desktop_entry())
    words = entry["Desktop Entry"]
    assert words["name[zh_cn]"] == "试验放款机构"
    assert words["name"] == "Probe Lender"
    assert words["exec"] == "/usr/bin/loanapp-probe"
    assert theirs.identifier == f"{ours.identifier}.probe"
    assert theirs.contact == "probe@lender.invalid"


def test_a_publisher_signs_with_a_key_under_a_passphrase(tmp_path, monkeypatch, capsys):
    profile, _ = make_lender(tmp_path)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "short")
    with pytest.raises(SystemExit, match="at least"):
        main(["new-key", str(tmp_path / "key.pem")])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "a long passphrase")
    assert main(["new-key", str(tmp_path / "key.pem")]) == 0
    (tmp_path / "new.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert b"ENCRYPTED" in (tmp_path / "key.pem").read_bytes()
    assert main(["sign", str(profile), "--key", str(tmp_path / "key.pem")]) == 0
    assert read_profile(profile, tmp_path / "new.toml")["id"] == "probe"
