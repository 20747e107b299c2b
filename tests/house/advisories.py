"""The pinned packages of program and lender, held against published advisories by pip-audit.

    python tests/house/advisories.py            ends with 1 for a known weakness; who could not be asked is told
    python tests/house/advisories.py --must     ends with 2 where a package could not be held against anything

pip-audit says "no known vulnerabilities" of packages it could not look up, too. Here those were not checked.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = ("runtime.txt", "lender.txt")
PATIENCE_S = 120


@dataclass(frozen=True)
class Audit:
    """How many packages were looked up, the names of those that were not, and a line for each weakness."""

    checked: int
    unchecked: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def code(self) -> int:
        """0 all well, 1 a known weakness, 2 something was not looked up."""
        return 1 if self.weak else 2 if self.unchecked or not self.checked else 0

    def words(self, name: str) -> str:
        """What came out for the requirements file ``name``, in lines."""
        lines = [f"{name}: {self.checked} packages held against published advisories, {len(self.weak)} weak"]
        if self.unchecked or not self.checked:
            lines.append(
                f"{name}: NOT CHECKED, no advisories to be had from here: {len(self.unchecked) or 'all'} packages"
            )
        return "\n".join([*lines, *(f"  {one}" for one in self.weak)])


def read(report: str) -> Audit:
    """What pip-audit's JSON says; a report that is none is of nothing."""
    try:
        rows = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        rows = []
    unchecked = tuple(row["name"] for row in rows if "skip_reason" in row)
    weak = tuple(
        f"{row['name']} {row['version']}: {one['id']}, mended by {', '.join(one['fix_versions']) or 'nothing yet'}"
        for row in rows
        for one in row.get("vulns", ())
    )
    return Audit(len(rows) - len(unchecked), unchecked, weak)


def audit(path: Path) -> Audit:
    """Ask for every pin of one requirements file; what takes too long was not checked."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(path), "--require-hashes", "--disable-pip", "-f", "json"]
    command += ["--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return read("")
    return read(done.stdout)


def main() -> int:
    """Hold every file against the advisories; the exit code is told above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--must", action="store_true")
    must = parser.parse_args().must
    codes = []
    for name in FILES:
        result = audit(ROOT / "requirements" / name)
        print(result.words(name))
        codes.append(result.code)
    worst = 1 if 1 in codes else max(codes)
    return worst if must or worst == 1 else 0


if __name__ == "__main__":
    raise SystemExit(main())
