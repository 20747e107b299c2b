"""Cards, authorisations and help promise the very days by which the timer of deletions works."""

import dataclasses

import pytest

from loanapp.backend.policy import PolicyError, load_policies
from loanapp.backend.policy.kept_words import kept_words
from loanapp.backend.policy.loader import check
from loanapp.resource_files import resource_path


@pytest.fixture(scope="module")
def policies():
    return load_policies()


def changed(policies, kind, days):
    classes = tuple(one.model_copy(update={"days": days}) if one.kind == kind else one for one in policies.retention)
    return dataclasses.replace(policies, retention=classes)


@pytest.mark.parametrize("kind", ["assessment", "face_evidence", "changed_face_certificate", "declined"])
def test_another_time_in_the_data_alone_does_not_start(policies, kind):
    with pytest.raises(PolicyError, match="does not say how long"):
        check(changed(policies, kind, 4000))


def test_no_card_promises_more_than_its_own_class(policies):
    for item in policies.data_items:
        assert item.retention == kept_words(policies, item.kept), item.id
        assert item.kept in {"law", *(one.kind for one in policies.retention)}


def test_the_text_of_an_authorisation_says_what_its_card_says(policies):
    for consent in policies.consents:
        if consent.kept == "assessment":
            assert consent.retention.zh in consent.text.zh
            assert consent.retention.en[1:] in consent.text.en
        else:
            assert f"最迟不超过 {policies.retention_days(consent.kept)} 天" in consent.text.zh or (
                f"最长 {policies.retention_days(consent.kept)} 天" in consent.text.zh
            )


def test_what_stays_after_a_withdrawal_is_said_with_the_same_years(policies):
    law, years = policies.kept_by_law.years, int(policies.retention_days("assessment") / 365.2)
    said = [one.keeps for consent in policies.consents for one in consent.withdrawals]
    told = [words.zh for words in said if " 年" in words.zh]
    assert told
    for words in told:
        assert f" {law} 年" in words if "反洗钱法" in words else f"结清后 {years} 年" in words


@pytest.mark.parametrize(("language", "folder"), [("zh", "zh_CN"), ("en", "en")])
def test_the_help_says_the_same_years_and_days(policies, language, folder):
    law, years = policies.kept_by_law.years, int(policies.retention_days("assessment") / 365.2)
    longest = policies.retention_days("declined")
    for name in ("privacy", "after-repaying"):
        body = (resource_path("help", folder) / f"{name}.md").read_text("utf-8")
        if language == "zh":
            assert f"还清后保存 {law} 年" in body
            assert f"保存 {years} 年" in body
        else:
            assert f"for {law} years after repayment" in body
            assert f"are kept for {years}" in body
    assert str(longest) in (resource_path("help", folder) / "privacy.md").read_text("utf-8")
