"""What the program is made of, as a CycloneDX 1.6 document: every pinned package with its hashes, every asset with its.

    python installer/bill_of_materials.py [--out FILE]

Standard library only, no network; the same inputs give the same bytes. Versions and hashes are those that set-up holds
downloads to (``requirements/runtime.txt``, ``resources/assets.toml``), so what it
says is what is installed.
"""

import argparse
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"^\s+--hash=sha256:([0-9a-f]{64})")
# Names the document for good; from it and the content comes the serial number.
_NAMESPACE = uuid.UUID("5d0f1c0e-2f0b-5f52-9c38-0f6a7f1b6d11")


def packages(text: str) -> list[dict[str, Any]]:
    """Components of a pinned requirements file; raises :class:`ValueError` for a package without a hash."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            found.append(_package(pinned[1], pinned[2], pinned[3]))
        elif (hashed := _HASH.match(line)) and found:
            found[-1]["properties"].append({"name": "loanapp:sha256-of-a-distribution", "value": hashed[1]})
    bare = [one["name"] for one in found if not any("sha256" in row["name"] for row in one["properties"])]
    if bare:
        raise ValueError(f"without a hash: {', '.join(bare)}")
    return found


def _package(name: str, version: str, marker: str | None) -> dict[str, Any]:
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    properties = [{"name": "loanapp:environment-marker", "value": marker}] if marker else []
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "properties": properties,
    }


def assets(text: str) -> list[dict[str, Any]]:
    """Models and fonts of ``assets.toml``, each with the SHA-256 it is held to."""
    return [
        {
            "type": "file",
            "bom-ref": f"asset:{row['name']}",
            "name": row["name"],
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
        }
        for row in tomllib.loads(text)["asset"]
    ]


def document() -> dict[str, Any]:
    """The whole bill."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(
        r'^__version__ = "([^"]+)"', (ROOT / "loanapp" / "__init__.py").read_text("utf-8"), re.MULTILINE
    )
    if version is None:
        raise ValueError("loanapp says no version")
    components = packages((ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8"))
    components += assets((ROOT / "resources" / "assets.toml").read_text(encoding="utf-8"))
    serial = uuid.uuid5(_NAMESPACE, json.dumps(components, sort_keys=True) + version[1])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "loanapp",
                "name": project["name"],
                "version": version[1],
            }
        },
        "components": components,
    }


def main() -> int:
    """Write the bill to a file, or print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="the file to write; else it is printed")
    out = parser.parse_args().out
    bill = document()
    text = json.dumps(bill, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        print(f"{len(bill['components'])} components: {out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
