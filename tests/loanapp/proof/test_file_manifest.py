"""A packed program holds itself against what its publisher signed: any file changed, added or lost is named."""

import base64
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import loanapp
from loanapp import resource_files
from loanapp.help.diagnosis import program
from loanapp.proof.file_manifest import FILE, ManifestError, fingerprint_of, hold_against, write_manifest

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def publishers(key):
    return (("Other", Ed25519PrivateKey.generate().public_key().public_bytes_raw()), ("Probe", raw(key)))


@pytest.fixture
def packed(tmp_path, key) -> Path:
    folder = tmp_path / "program"
    (folder / "_internal" / "字体").mkdir(parents=True)
    (folder / "loanapp").write_bytes(b"program")
    (folder / "_internal" / "字体" / "face.otf").write_bytes(b"face")
    (folder / "_internal" / "link.so").symlink_to("字体/face.otf")
    write_manifest(folder, loanapp.__version__, NOW, key)
    return folder


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def test_an_untouched_program_is_its_publishers(packed, publishers):
    found = hold_against(packed, publishers)
    assert (found.version, found.signer, found.count, found.wrong) == (loanapp.__version__, "Probe", 3, ())
    (packed / "_internal" / "__pycache__").mkdir()
    (packed / "_internal" / "__pycache__" / "x.pyc").write_bytes(b"made by Python")
    assert hold_against(packed, publishers).wrong == ()


def test_the_fingerprint_is_the_same_wherever_the_program_lies_and_another_after_any_change(
    packed, publishers, tmp_path
):
    told = fingerprint_of(packed)
    assert re.fullmatch(r"([0-9a-f]{4} ){7}[0-9a-f]{4}", told)
    shutil.copytree(packed, tmp_path / "copy", symlinks=True)
    assert hold_against(tmp_path / "copy", publishers).fingerprint == told
    (tmp_path / "copy" / "loanapp").write_bytes(b"progrbm")
    assert hold_against(tmp_path / "copy", publishers).fingerprint != told


@pytest.mark.attack("each-change-is-named")
@pytest.mark.parametrize(
    ("harm", "place"),
    [
        (lambda folder: (folder / "loanapp").write_bytes(b"progrbm"), "loanapp"),
        (lambda folder: (folder / "_internal" / "字体" / "face.otf").unlink(), "_internal/字体/face.otf"),
        (lambda folder: (folder / "_internal" / "new.so").write_bytes(b""), "_internal/new.so"),
        (lambda folder: relink(folder / "_internal" / "link.so"), "_internal/link.so"),
    ],
)
def test_each_change_is_named(packed, publishers, harm, place):
    harm(packed)
    assert hold_against(packed, publishers).wrong == (place,)


def relink(link: Path) -> None:
    link.unlink()
    link.symlink_to("/bin/sh")


def test_who_changes_a_file_cannot_change_what_was_signed(packed, publishers):
    (packed / "loanapp").write_bytes(b"another")
    written = json.loads((packed / FILE).read_text(encoding="utf-8"))
    written["files"]["loanapp"] = "0" * 64
    (packed / FILE).write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(ManifestError):
        hold_against(packed, publishers)
    write_manifest(packed, loanapp.__version__, NOW, Ed25519PrivateKey.generate())
    with pytest.raises(ManifestError, match="no publisher"):
        hold_against(packed, publishers)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00", '{"signature": 1}'])
def test_a_manifest_that_is_none_is_refused(packed, publishers, text):
    (packed / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError):
        hold_against(packed, publishers)


def test_the_borrower_is_told(packed, key, tmp_path, monkeypatch):
    public = base64.b64encode(raw(key)).decode()
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "publishers.toml").write_text(
        f'[[publisher]]\nname = "Probe"\npublic_key = "{public}"\n', encoding="utf-8"
    )
    monkeypatch.setattr(resource_files, "_ROOT", tmp_path)
    resource_files.read_toml.cache_clear()
    try:
        good = program.genuine(packed)
        assert (good.outcome, good.values["signer"]) == ("good", "Probe")
        write_manifest(packed, "9.9.9", NOW, key)
        assert program.genuine(packed).outcome == "altered"
        write_manifest(packed, loanapp.__version__, NOW, key)
        (packed / "loanapp").write_bytes(b"x")
        assert program.genuine(packed).values["names"] == "loanapp"
        write_manifest(packed, loanapp.__version__, NOW, Ed25519PrivateKey.generate())
        assert program.genuine(packed).outcome == "stranger"
        (packed / FILE).unlink()
        assert program.genuine(packed).outcome == "unsigned"
        assert program.genuine().outcome == "source"
    finally:
        resource_files.read_toml.cache_clear()
