"""Archives whose bytes depend on nothing but what is in them: tar under xz, and the two of them that make a .deb."""

import io
import subprocess
import tarfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

# Machine code is turned into what repeats before it is packed (x86 branches); 64 MiB let a library find its like in
# another one. A fixed size of block makes two threads write what any other number above one would write.
_XZ: Final = ("xz", "--force", "--x86", "--threads=2", "--block-size=192MiB")
# Level 9 takes half as long again and makes nothing smaller; level 1 takes a fifth of the time.
SMALL: Final = "--lzma2=preset=6,dict=64MiB,lc=4"
QUICK: Final = "--lzma2=preset=1,dict=64MiB"
_AR_MAGIC: Final = b"!<arch>\n"


def pack_tree(tree: Path, out: Path, prefix: str, made_at: datetime, level: str = SMALL) -> Path:
    """``tree`` below ``prefix`` as ``out``, a ``.tar.xz``; everything belongs to root and was made at ``made_at``.

    Raises :class:`subprocess.CalledProcessError` or :class:`OSError`.
    """
    plain = out.with_suffix("")

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = int(made_at.timestamp())
        return member

    with tarfile.open(plain, "w", format=tarfile.GNU_FORMAT) as archive:
        for one in [tree, *sorted(tree.rglob("*"))]:
            place = one.relative_to(tree).as_posix()
            archive.add(one, f"{prefix}/{place}" if place != "." else prefix, recursive=False, filter=anonymous)
    subprocess.run([*_XZ, level, str(plain)], check=True)
    return out


def pack_deb(out: Path, control: Mapping[str, bytes], data: Path, made_at: datetime) -> Path:
    """A Debian package (deb(5), format 2.0) of the files of ``control`` and the packed tree ``data``."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:xz", format=tarfile.GNU_FORMAT) as archive:
        for name, content in sorted(control.items()):
            member = tarfile.TarInfo(f"./{name}")
            member.size, member.mtime, member.mode = len(content), int(made_at.timestamp()), 0o644
            member.uname = member.gname = "root"
            archive.addfile(member, io.BytesIO(content))
    parts = (("debian-binary", b"2.0\n"), ("control.tar.xz", inner.getvalue()), ("data.tar.xz", data.read_bytes()))
    with out.open("wb") as file:
        file.write(_AR_MAGIC)
        for name, content in parts:
            file.write(
                f"{name:<16}{int(made_at.timestamp()):<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
            )
            file.write(content + b"\n" * (len(content) % 2))
    return out
