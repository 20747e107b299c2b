"""The privacy documents say what the cards say: both are made from the same data."""

from loanapp.backend.data_uses.inventory import assessment, inventory
from loanapp.resource_files import read_toml, resource_path

DOCS = resource_path().parent / "docs"
AGAIN = "python -m loanapp.backend.data_uses.inventory docs"


def test_the_committed_documents_are_those_of_the_data():
    assert (DOCS / "data-inventory.md").read_text(encoding="utf-8") == inventory(), AGAIN
    assert (DOCS / "privacy-impact-assessment.md").read_text(encoding="utf-8") == assessment(), AGAIN


def test_every_item_has_its_risk_weighed():
    items = {item["id"] for item in read_toml("policy", "data_items.toml")["data_items"]}
    weighed = [item for risk in read_toml("policy", "impact.toml")["risks"] for item in risk["items"]]
    assert set(weighed) == items
    assert len(weighed) == len(items)


def test_the_assessment_is_kept_for_three_years():
    policy = read_toml("policy", "impact.toml")
    assert policy["kept_until"].replace(year=policy["kept_until"].year - 3) == policy["assessed"]
