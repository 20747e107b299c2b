"""The inventory of personal data and the impact assessment, made from the very data the borrower's cards are made from.

``python -m loanapp.backend.data_uses.inventory docs`` writes both documents; a test holds them against each other.
"""

import sys
from pathlib import Path
from typing import Any, Final

from loanapp.resource_files import read_toml

_ABOUT: Final = "<!-- Made by python -m loanapp.backend.data_uses.inventory docs; do not edit. -->\n\n"
_BASIS: Final = {"consent": "consent of its own", "contract": "contract", "legal_duty": "legal duty"}


def inventory() -> str:
    """Every item: why, at which step, by what right, who, how long, in which requests it leaves, which acts use it."""
    lines = [_row("Item", "Why", "Step", "Basis", "Needed", "Recipient", "Kept"), _row(*["---"] * 7)]
    lines += [
        _row(
            f"`{item['id']}` {item['name']['en']} ({item['name']['zh']})",
            item["why"]["en"],
            item["step"],
            _BASIS[item["basis"]],
            "yes" if item["required"] else "no",
            item["recipient"]["en"],
            item["retention"]["en"],
        )
        for item in _items()
    ]
    parts = ["# Inventory of personal data\n", _ABOUT.rstrip("\n") + "\n", "\n".join(lines), ""]
    parts += ["## In which requests each item leaves the computer\n", _of_requests(), ""]
    parts += ["## Which acts of the lender use it, and who receives it\n", _of_acts(), ""]
    parts += ["## How long the vault and the database keep what only one step needs\n", _of_retention(), ""]
    parts += ["## Never asked for\n", _never(), ""]
    return "\n".join(parts)


def assessment() -> str:
    """The assessment PIPL 55 asks for before sensitive data or automated decisions."""
    policy = read_toml("policy", "impact.toml")
    sensitive = [item for item in _items() if item["id"] in read_toml("policy", "guard.toml")["sensitive"]["items"]]
    parts = [
        "# Privacy impact assessment\n",
        _ABOUT.rstrip("\n") + "\n",
        f"Of the demonstration lender, as of {policy['assessed']}; kept until {policy['kept_until']} (PIPL 56).\n",
        "## Are purpose and way lawful, proper and needed?\n",
        "\n".join(
            f"* {item['name']['en']}: {item['why']['en']}. Basis: {_BASIS[item['basis']]}; "
            f"{'needed' if item['required'] else 'may be refused, and nothing else changes'}."
            for item in _items()
        ),
        "",
        "## Sensitive data (PIPL 28)\n",
        "\n".join(f"* {item['name']['en']}: kept {item['retention']['en'].lower()}." for item in sensitive),
        "",
        "## What it may do to people, and what stands against it\n",
        _row("Risk", "Data", "Severity", "Measures", "What is left"),
        _row(*["---"] * 5),
    ]
    parts += [
        _row(
            risk["risk"],
            ", ".join(f"`{item}`" for item in risk["items"]) or "all",
            risk["severity"],
            risk["measures"],
            risk["left"],
        )
        for risk in policy["risks"]
    ]
    return "\n".join([*parts, ""])


def _items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_toml("policy", "data_items.toml")["data_items"]
    return found


def _of_requests() -> str:
    rows = [_row("Item", "Requests"), _row("---", "---")]
    for item in _items():
        named = [
            f"`{row['method']} {row['path']}`"
            for row in read_toml("policy", "wire.toml")["requests"]
            if item["id"] in {*row.get("fields", {}).values(), row.get("body")}
        ]
        rows.append(_row(f"`{item['id']}`", ", ".join(named) or "none: it comes from its source"))
    return "\n".join(rows)


def _of_acts() -> str:
    rows = [_row("Act", "Data", "Recipient"), _row("---", "---", "---")]
    for act, use in read_toml("policy", "data_uses.toml")["acts"].items():
        if use["data"]:
            rows.append(_row(f"`{act}`", ", ".join(f"`{one}`" for one in use["data"]), use["recipient"]))
    return "\n".join(rows)


def _of_retention() -> str:
    rows = [_row("Class", "Days", "Source"), _row("---", "---", "---")]
    rows += [
        _row(f"`{one['kind']}`", str(one["days"]), one["source"])
        for one in read_toml("policy", "retention.toml")["classes"]
    ]
    return "\n".join(rows)


def _never() -> str:
    return "\n".join(
        f"* `{one['id']}` ({one['source']})" for one in read_toml("policy", "guard.toml")["forbidden_data"]
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "data-inventory.md").write_text(inventory(), encoding="utf-8")
    (folder / "privacy-impact-assessment.md").write_text(assessment(), encoding="utf-8")
