"""Where a lender's program gets new versions: the root is packed whose hash the profile states, and nothing else."""

import hashlib
from datetime import UTC, datetime

import pytest

from installer.lender import lay_out, read_profile
from installer.update_repository import UpdateRepository
from loanapp import resource_files
from loanapp.client.installed_profile import ProfileError
from loanapp.updates.source import installed_source
from tests.installer.lenders import make_lender
from tests.loanapp.updates.repositories import new_keys


@pytest.fixture
def root(tmp_path):
    repository = UpdateRepository(tmp_path / "repository", lambda: datetime.now(UTC))
    return repository.begin(new_keys(), 2).read_bytes()


def lender(folder, content, stated=None, url="https://127.0.0.1:9/updates/"):
    folder.mkdir(parents=True)
    (folder / "root.json").write_bytes(content)
    digest = hashlib.sha256(content if stated is None else stated).hexdigest()
    table = f'\n[updates]\nurl = "{url}"\nroot = {{ file = "root.json", sha256 = "{digest}" }}\n'
    return make_lender(folder, lambda text: text + table)


def test_the_root_goes_into_the_program(tmp_path, root, monkeypatch):
    laid_out = tmp_path / "laid_out"
    lay_out(*lender(tmp_path / "lender", root), laid_out)
    monkeypatch.setattr(resource_files, "_ROOT", laid_out)
    resource_files.read_toml.cache_clear()
    source = installed_source()
    resource_files.read_toml.cache_clear()
    assert (source.url, source.root) == ("https://127.0.0.1:9/updates", root)
    assert "BEGIN CERTIFICATE" in source.ca_pem


def test_without_a_place_for_updates_there_are_none(tmp_path, monkeypatch):
    lay_out(*make_lender(tmp_path / "lender"), tmp_path / "laid_out")
    monkeypatch.setattr(resource_files, "_ROOT", tmp_path / "laid_out")
    resource_files.read_toml.cache_clear()
    assert installed_source() is None
    resource_files.read_toml.cache_clear()


def test_another_root_stops_the_build(tmp_path, root):
    with pytest.raises(ProfileError, match="SHA-256"):
        read_profile(*lender(tmp_path / "lender", root, stated=b"other"))


def test_a_root_that_too_few_keys_signed_stops_the_build(tmp_path, root):
    with pytest.raises(ProfileError, match="no root of updates"):
        read_profile(*lender(tmp_path / "lender", root.replace(b'"sig": "', b'"sig": "00', 1)))


def test_an_open_address_stops_the_build(tmp_path, root):
    with pytest.raises(ProfileError, match=r"updates\.url"):
        read_profile(*lender(tmp_path / "lender", root, url="http://127.0.0.1:9"))
