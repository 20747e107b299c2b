"""No key, token or password of anybody's lies in the repository: every text file that git keeps is looked through.

    python tests/house/secrets_scan.py      prints what it finds and how many files it read; exits 1 for any

Standard library only. What it finds is told by file, line and kind, never by its value.
"""

import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
LARGEST = 2_000_000
KINDS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*\n?\s*[A-Za-z0-9+/=]{40}"),
    "cloud access key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bLTAI[A-Za-z0-9]{12,20}\b|\bAKID[A-Za-z0-9]{32}\b"),
    "token of a code host": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}\b|\bgithub_pat_\w{60,}"),
    "token of a package registry": re.compile(r"\bpypi-[A-Za-z0-9_-]{50,}|\bnpm_[A-Za-z0-9]{36}\b"),
    "web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    "password in an address": re.compile(r"\b[a-z][a-z0-9+.-]{2,}://[^\s/:@\"'{}<>]+:[^\s/:@\"'{}<>]{6,}@[\w.-]+"),
}
NAMED = re.compile(
    r"(?i)\b(?:api_?key|secret(?:_?key)?|access_?token|auth_?token|client_?secret|password|passphrase)\b\"?\s*[:=]\s*"
    r"[\"']([A-Za-z0-9+/_=-]{20,})[\"']"
)
# Bits in each character: words of a language have fewer, what a generator drew has more.
DRAWN = 3.7


def entropy(text: str) -> float:
    """Shannon's entropy of ``text`` in bits per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def findings(text: str) -> list[tuple[int, str]]:
    """``(line, kind)`` of everything in ``text`` that looks like a secret."""
    found = [(match.start(), kind) for kind, pattern in KINDS.items() for match in pattern.finditer(text)]
    found += [(match.start(), "named secret") for match in NAMED.finditer(text) if entropy(match[1]) > DRAWN]
    return [(text.count("\n", 0, place) + 1, kind) for place, kind in sorted(found)]


def kept_files() -> list[Path]:
    """What git keeps or would keep here, pictures and other bytes left out."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    files = [ROOT / name for name in names if name]
    return [file for file in files if file.is_file() and file.stat().st_size <= LARGEST and _is_text(file)]


def _is_text(file: Path) -> bool:
    with file.open("rb") as opened:
        return b"\0" not in opened.read(4096)


def main() -> int:
    """Look through everything and print what was found."""
    files, count = kept_files(), 0
    for file in files:
        for line, kind in findings(file.read_text(encoding="utf-8", errors="replace")):
            print(f"{file.relative_to(ROOT)}:{line}: {kind}")
            count += 1
    print(f"{len(files)} files read, {count} secrets found")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
