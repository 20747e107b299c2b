"""Archives from outside: what is whole is unpacked as it was, anything else leaves nothing behind."""

import io
import lzma
import tarfile
import zlib

import pytest

from loanapp.updates.refusal import Reason, UpdateRefusedError
from loanapp.updates.unpacking import unpack
from tests.loanapp.updates.repositories import archive


def member(name, kind=tarfile.REGTYPE, content=b"x", link=""):
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, len(content) if kind == tarfile.REGTYPE else 0
    return made, content


def packed(path, *members):
    with tarfile.open(path / "a.tar.xz", "w:xz") as tar:
        for made, content in members:
            tar.addfile(made, io.BytesIO(content))
    return path / "a.tar.xz"


def refused(path, made, **limits):
    before = set(path.rglob("*"))
    with pytest.raises(UpdateRefusedError) as caught:
        unpack(made, path / "into", **limits)
    assert set(path.rglob("*")) == before
    return caught.value.reason


def test_a_program_comes_out_as_it_went_in(tmp_path):
    into = unpack(archive(tmp_path, "0.2.0"), tmp_path / "into")
    assert (into / "loanapp").stat().st_mode & 0o777 == 0o755
    assert (into / "_internal" / "version").stat().st_mode & 0o777 == 0o644
    assert (into / "_internal" / "same").readlink().as_posix() == "version"
    assert (into / "_internal" / "same").read_text() == "0.2.0"


LINK = tarfile.SYMTYPE
HOSTILE = {
    "a way up": [member("p/../../out")],
    "an absolute place": [member("/out")],
    "a place of Windows": [member("p/..\\out")],
    "a drive": [member("p/C:out")],
    "an unprintable name": [member("p/a\x07")],
    "a deep place": [member("p/" + "d/" * 30 + "f")],
    "two folders": [member("p/a"), member("q/a")],
    "no folder": [member("a")],
    "one file twice": [member("p/a"), member("p/a")],
    "a link out": [member("p/a", LINK, link="../../etc/passwd")],
    "a link out by a long way": [member("p/d/a", LINK, link="../d/../../x")],
    "an absolute link": [member("p/a", LINK, link="/etc/passwd")],
    "an empty link": [member("p/a", LINK)],
    "a folder that is a link": [member("p", LINK, link="x")],
    "a file through a link": [member("p/a", LINK, link="b"), member("p/a/f")],
    "a file before its link": [member("p/a/f"), member("p/a", LINK, link="b")],
    "a hard link": [member("p/a"), member("p/b", tarfile.LNKTYPE, link="p/a")],
    "a device": [member("p/a", tarfile.CHRTYPE)],
    "a pipe": [member("p/a", tarfile.FIFOTYPE)],
    "a file that is a folder": [member("p/a"), member("p/a/b")],
}


@pytest.mark.attack("what-is-hostile-is-refused-whole")
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_whole(tmp_path, name):
    assert refused(
        tmp_path, packed(tmp_path, member("p/first") if "folder" not in name else member("p/0"), *HOSTILE[name])
    ) in (
        Reason.HARMFUL,
        Reason.NO_ROOM,
    )


@pytest.mark.attack("a-bomb-is-stopped-before-it-fills-the-disk")
def test_a_bomb_is_stopped_before_it_fills_the_disk(tmp_path):
    made = packed(tmp_path, member("p/a", content=bytes(8_000_000)))
    assert made.stat().st_size < 10_000
    assert refused(tmp_path, made, most_bytes=1_000_000) is Reason.TOO_LARGE


@pytest.mark.attack("too-many-files-are-stopped")
def test_too_many_files_are_stopped(tmp_path):
    made = packed(tmp_path, *(member(f"p/{number}") for number in range(30)))
    assert refused(tmp_path, made, most_members=20) is Reason.HARMFUL


@pytest.mark.attack("a-dictionary-that-takes-the-memory-is-refused")
def test_a_dictionary_that_takes_the_memory_is_refused(tmp_path):
    # A compressor of that size would itself take gigabytes: the header alone states it.
    header = bytearray(lzma.compress(b"x" * 100, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]))
    assert header[12 + 2] == 0x21
    header[12 + 4] = 36  # 1 GiB
    size = (header[12] + 1) * 4
    header[12 + size - 4 : 12 + size] = zlib.crc32(bytes(header[12 : 12 + size - 4])).to_bytes(4, "little")
    (tmp_path / "a.tar.xz").write_bytes(bytes(header))
    assert refused(tmp_path, tmp_path / "a.tar.xz") is Reason.HARMFUL


@pytest.mark.attack("a-file-that-ends-too-early-or-is-no-archive-is-refused")
@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_file_that_ends_too_early_or_is_no_archive_is_refused(tmp_path, cut):
    made = archive(tmp_path, "0.2.0")
    content = made.read_bytes()
    made.write_bytes(content[: len(content) - cut])
    assert refused(tmp_path, made) is Reason.HARMFUL
    made.write_bytes(b"no archive")
    assert refused(tmp_path, made) is Reason.HARMFUL
