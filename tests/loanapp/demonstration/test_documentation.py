"""docs/demonstration.md says what the table of identities says."""

from pathlib import Path

from loanapp.demonstration.identities import LeadsTo, load_identities

PAGE = Path(__file__).parents[3] / "docs" / "demonstration.md"


def table_rows():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def test_page_lists_every_identity_as_the_table_has_it():
    listed = [row for row in table_rows() if len(row) == 9 and row[0].startswith("测试")]
    expected = [
        [
            identity.name,
            f"`{identity.key}`",
            identity.identity_number,
            identity.phone,
            identity.card_number,
            identity.valid_until.isoformat() if identity.valid_until else "long term",
            f"{identity.monthly_income} / {identity.monthly_debt}",
            f"`{identity.leads_to}`",
            identity.note["en"],
        ]
        for identity in load_identities()
    ]
    assert listed == expected


def test_page_explains_every_outcome():
    explained = {row[0].strip("`") for row in table_rows() if len(row) == 2}
    assert set(LeadsTo) <= explained


def test_page_says_that_it_is_simulated():
    text = PAGE.read_text(encoding="utf-8")
    assert "simulated" in text
    assert "模拟" in text
