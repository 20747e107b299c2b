"""The window of a program made for one lender: its name, its price; an altered profile talks to nobody."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from loanapp import resource_files
from loanapp.client.installed_profile import installed_endpoint
from loanapp.commands import main
from loanapp.domain.clock import CHINA
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.installer.lenders import make_lender
from ui.application import Desktop
from ui.distant_lender import DistantLender
from ui.formats import day
from ui.home import WindowSettings
from ui.products import local_lender, local_product
from ui.shell import Shell, first_title
from ui.translations import error_sentence


@pytest.fixture
def lenders(tmp_path, monkeypatch):
    """The resources of a lender's program: everything of ours, and its profile."""
    resources = tmp_path / "resources"
    resources.mkdir()
    for part in resource_files.resource_path().iterdir():
        if part.name != "profiles":
            (resources / part.name).symlink_to(part)
    make_lender(resources / "profiles")
    monkeypatch.setattr(resource_files, "_ROOT", resources)
    resource_files.read_toml.cache_clear()
    yield resources / "profiles" / "lender.toml"
    resource_files.read_toml.cache_clear()


def test_it_is_that_lenders_program(lenders, monkeypatch):
    assert lenders.is_file()
    assert local_lender().name.zh == "试验放款机构"
    assert local_lender().licence == "PROBE-LICENCE-1"
    assert not local_lender().simulated
    assert local_lender().accent == "#0B5563"
    product = local_product(datetime.now(CHINA).date())
    assert (product.id, product.amount_max, str(product.annual_rate_pct)) == ("probe_instalment", 8000, "9.60")
    monkeypatch.delenv("LOANAPP_HOME")
    assert resource_files.data_folder().name == "loanapp-probe"


def test_it_asks_its_lender_and_nobody_else(lenders, tmp_path):
    assert lenders.is_file()
    assert installed_endpoint(tmp_path)().base_url == "https://127.0.0.1:9"


@pytest.mark.attack("an-altered-profile-talks-to-nobody")
def test_an_altered_profile_talks_to_nobody(lenders: Path, tmp_path):
    text = lenders.read_text(encoding="utf-8")
    lenders.write_text(text.replace("https://127.0.0.1:9", "https://203.0.113.1"), encoding="utf-8")
    with pytest.raises(LoanAppError) as refused:
        installed_endpoint(tmp_path)()
    assert refused.value.code is ErrorCode.ASSET_DAMAGED


def test_an_altered_profile_checks_no_contract_and_says_so(lenders: Path, tmp_path, capsys):
    lenders.write_text(lenders.read_text(encoding="utf-8").replace("127.0.0.1", "203.0.113.1"), encoding="utf-8")
    contract = tmp_path / "contract.pdf"
    contract.write_bytes(b"%PDF-1.7")
    assert main(["verify", str(contract)]) == 2
    told = capsys.readouterr().err
    assert "--trust" in told
    assert "Traceback" not in told


def test_its_window_starts_no_lender_and_says_when_its_own_does_not_answer(lenders, qtbot, own_home):
    assert lenders.is_file()
    shell = Shell(first_title("zh"))
    desktop = Desktop(own_home, shell, WindowSettings("zh"), None, lambda _prompt: None)
    shell.show()
    desktop.open()
    try:
        assert desktop.window.top.name.text() == "试验放款机构"
        qtbot.waitUntil(desktop.window.bottom._offline.isVisible, timeout=20_000)
        assert isinstance(desktop.lender, DistantLender)
        assert not (own_home / "lender").exists()
        assert desktop.window.page.page_id is Page.COST
    finally:
        shell.close()
        shell.deleteLater()


@pytest.mark.attack("a-profile-past-its-last-day-talks-to-nobody-and-is-told-as-such")
def test_a_profile_past_its_last_day_talks_to_nobody_and_is_told_as_such(lenders: Path, tmp_path):
    today = datetime.now(CHINA).date()

    def until(last):
        make_lender(lenders.parent, lambda text: text.replace("2099-12-31", last.isoformat()))
        resource_files.read_toml.cache_clear()
        return installed_endpoint(tmp_path)()

    assert until(today).base_url == "https://127.0.0.1:9"
    last = today - timedelta(days=1)
    with pytest.raises(LoanAppError) as refused:
        until(last)
    assert refused.value.code is ErrorCode.PROFILE_EXPIRED
    assert day(last) in error_sentence(refused.value)
