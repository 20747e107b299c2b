"""A copy that can be worked on again, in which nothing that was deleted lives on."""

import json
import os
from datetime import timedelta

import pytest

from loanapp.backend.data_uses.deletion_receipts import erased_applications
from loanapp.backend.data_uses.erasure import erase, erase_assessment, finish_erasure
from loanapp.backend.lifecycle.erasing_again import Gone, to_erase_again, write_list
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.origination import reconciliation
from loanapp.backend.rights.account import close_account
from loanapp.backend.served import backup
from loanapp.backend.served.__main__ import main
from loanapp.backend.store import ledger
from loanapp.backend.store.stores import FILE
from loanapp.backend.store.tables import Application, ApplicationEvent, Borrower
from loanapp.backend.vault.__main__ import main as vault_main
from loanapp.backend.verification.documents import PORTRAIT
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.schedule import RepaymentMethod
from loanapp.domain.status import ApplicationStatus
from tests.loanapp.backend import fleet
from tests.postgresql import binaries, cluster

FACE = b"a face nobody may keep" * 40


@pytest.fixture(autouse=True)
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def held(lender, number):
    """An application whose portrait lies in the vault."""
    services, one = lender.services, f"a-{number}"
    now = services.clock.now() - timedelta(minutes=5)
    with services.database.write() as session:
        session.add(Borrower(id=f"b-{number}", phone_index=f"i-{number}", phone_sealed=b"", created_at=now))
        session.flush()
        terms = {"amount": 1000, "months": 6, "method": RepaymentMethod.EQUAL_INSTALMENT}
        session.add(
            Application(
                id=one,
                number=f"LA-{number}",
                borrower_id=f"b-{number}",
                status=ApplicationStatus.DRAFT,
                product_id="consumer_instalment",
                purpose=LoanPurpose.DAILY_CONSUMPTION,
                created_at=now,
                updated_at=now,
                **terms,
            )
        )
        session.flush()
        session.add(ApplicationEvent(application_id=one, status=ApplicationStatus.DRAFT, at=now))
        ledger.append(session, now, "status", one, {"status": "draft"})
    services.vault.store(one, PORTRAIT, FACE + one.encode(), now)
    return one


def erased(lender, one):
    with lender.services.database.write() as session:
        erase(lender.services, session, session.get_one(Application, one), "request")
    finish_erasure(lender.services, one)


def partly_erased(lender, one):
    """As beside a repaid loan: what no law keeps has gone, all else must live on."""
    with lender.services.database.write() as session:
        erase_assessment(lender.services, session, session.get_one(Application, one))


def bytes_under(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lived_through(tmp_path, settings=lambda: None):
    """A lender is copied, erases one of two, is copied again, and both versions are restored."""
    data, target, keys = tmp_path / "data", tmp_path / "copy", tmp_path / "keys"
    data.mkdir()
    if text := settings():
        (data / FILE).write_text(text)
    with fleet.assembled(data) as lender:
        kept, gone = held(lender, 1), held(lender, 2)
        words = ["backup", str(target), "--keys", str(keys)]
        assert main([str(data), *words]) == 0  # beside a lender at work
        before = bytes_under(target)
        sealed = {name for name in before if name.suffix == ".sealed"}
        assert len(sealed) == 2
        erased(lender, gone)
        partly_erased(lender, kept)
        assert main([str(data), *words]) == 0
    after = bytes_under(target)
    left = {name for name in after if name.suffix == ".sealed"}
    taken = [before[name] for name in sealed - left]
    assert (len(left), len(taken)) == (1, 1)
    assert [name for name, content in after.items() if taken[0][:32] in content] == []
    assert not {path.name for path in keys.rglob("*")} & {path.name for path in target.rglob("*")}
    assert json.loads((target / "erased.json").read_text()) == {"accounts": [], "applications": [gone]}
    versions = sorted(path.name for path in (target / "records").iterdir())
    for version in versions:
        again = tmp_path / f"again-{version}"
        again.mkdir()
        if text := settings():
            (again / FILE).write_text(text)
        assert main([str(again), "restore", str(target), "--keys", str(keys), "--version", version]) == 0
        with fleet.assembled(again) as lender:
            vault = lender.services.vault
            assert vault.load(kept, PORTRAIT) == FACE + kept.encode()
            assert not vault.holds(gone, PORTRAIT)
            with lender.services.database.read() as session:
                assert ledger.first_broken(session) is None
                assert set(session.scalars(erased_applications())) == {gone}
                assert session.get_one(Application, kept).status is ApplicationStatus.DRAFT
                assert session.get_one(Application, gone).status is ApplicationStatus.EXPIRED
    return data, target, keys, versions


def test_a_copy_holds_what_the_lender_holds_and_no_more(tmp_path, capsys):
    data, target, keys, versions = lived_through(tmp_path)
    assert capsys.readouterr().out.count("an application that was erased since is erased again") == 1
    again = ["restore", str(target), "--keys", str(keys)]
    for words, sentence in (
        (["backup", str(target), "--keys", str(target / "keys")], "keep the keys apart"),
        (again, "restore into an empty folder"),
    ):
        assert main([str(data), *words]) == 1
        assert sentence in capsys.readouterr().err
    assert main([str(tmp_path / "new"), *again, "--version", "20200101T000000000000Z"]) == 1
    assert "no such version" in capsys.readouterr().err
    assert main([str(data), "backup", str(target), "--keys", str(keys), "--keep", "2"]) == 0
    assert [path.name for path in (target / "records").iterdir() if path.name == versions[0]] == []


def test_the_keys_alone_and_the_copy_alone_open_nothing(tmp_path, capsys):
    data, target, keys = tmp_path / "data", tmp_path / "copy", tmp_path / "keys"
    with fleet.assembled(data) as lender:
        one = held(lender, 1)
    assert main([str(data), "backup", str(target), "--keys", str(keys)]) == 0
    assert not [name for name, content in bytes_under(keys).items() if one.encode() in content]
    (tmp_path / "none").mkdir()
    assert main([str(tmp_path / "again"), "restore", str(target), "--keys", str(tmp_path / "none")]) == 0
    from loanapp.backend.vault.vault import ForeignVaultError

    with pytest.raises(ForeignVaultError), fleet.assembled(tmp_path / "again"):
        pass
    capsys.readouterr()


def owing(lender, number):
    """A borrower whose loan is not repaid."""
    one = held(lender, number)
    with lender.services.database.write() as session:
        session.get_one(Application, one).status = ApplicationStatus.ACTIVE
    return one


def closed_at(lender, borrower_id):
    with lender.services.database.read() as session:
        return session.get_one(Borrower, borrower_id).closed_at


def test_whoever_closed_an_account_since_does_not_come_back_to_life(tmp_path, capsys, expect_log, monkeypatch):
    """Not even where the restore was cut off; a loan that is open in the copy is repaid first."""
    data, target, keys = tmp_path / "data", tmp_path / "copy", tmp_path / "keys"
    with fleet.assembled(data) as lender:
        gone, repaid = held(lender, 1), owing(lender, 2)
        assert main([str(data), "backup", str(target), "--keys", str(keys)]) == 0
        close_account(lender.services, "b-1")
        assert main([str(data), "backup", str(target), "--keys", str(keys)]) == 0
    older = min(path.name for path in (target / "records").iterdir())
    again, cut_off = tmp_path / "again", tmp_path / "cut_off"
    todo = Gone(frozenset({gone}), frozenset({"b-1"}))
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_mirror", lambda *_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            backup.restore(target, keys, cut_off, older)
    backup.restore(target, keys, again, older)
    assert to_erase_again(LenderFolder(cut_off)) == to_erase_again(LenderFolder(again)) == todo
    write_list(LenderFolder(again), todo | Gone(accounts=frozenset({"b-2"})))
    expect_log("an account that had been closed has an open loan in the restored records: it is closed later")
    with fleet.assembled(again) as lender:  # the first start after a restore that was cut off
        assert not lender.services.vault.holds(gone, PORTRAIT)
        assert closed_at(lender, "b-1") is not None
        assert closed_at(lender, "b-2") is None
        with lender.services.database.write() as session:
            session.get_one(Application, repaid).status = ApplicationStatus.WITHDRAWN
    assert to_erase_again(LenderFolder(again)) == Gone(accounts=frozenset({"b-2"}))
    with fleet.assembled(again) as lender:
        assert closed_at(lender, "b-2") is not None
    assert not to_erase_again(LenderFolder(again))
    capsys.readouterr()


ADAPTERS = """[registry]
factory = "loanapp.backend.adapters.http_sources:HttpRegistry"
url = "https://registry.example"
root = "./certs/root.pem"
secret = "registry.secret"

[timestamps]
factory = "loanapp.backend.adapters.http_sources:HttpTimestampingAuthority"
url = "https://time.example"
root = "certs/root.pem"
trust = "times.pem"
secret = "../elsewhere.secret"
"""


def test_the_files_that_the_adapters_name_come_back_and_no_secret_lies_with_the_records(tmp_path, capsys):
    data, target, keys, again = (tmp_path / name for name in ("data", "copy", "keys", "again"))
    named = {"certs/root.pem": b"a root", "times.pem": b"another root", "registry.secret": b"a secret word"}
    with fleet.assembled(data):
        (data / "certs").mkdir()
        (data / "adapters.toml").write_text(ADAPTERS)
        for name, content in named.items():
            (data / name).write_bytes(content)
        (tmp_path / "elsewhere.secret").write_bytes(b"the operator's own to keep")
        for _twice in range(2):
            assert main([str(data), "backup", str(target), "--keys", str(keys)]) == 0
    backup.restore(target, keys, again)
    assert {name: (again / name).read_bytes() for name in named} == named
    assert [name for name, content in bytes_under(target).items() if b"secret word" in content] == []
    assert [name for name, content in bytes_under(keys).items() if b"own to keep" in content] == []
    (data / "adapters.toml").unlink()
    assert main([str(data), "backup", str(target), "--keys", str(keys)]) == 0
    assert [name for name, content in bytes_under(keys).items() if b"secret word" in content] == []
    capsys.readouterr()


def test_a_run_that_was_cut_off_is_no_version(tmp_path, capsys):
    data, target, keys = tmp_path / "data", tmp_path / "copy", tmp_path / "keys"
    words = [str(data), "backup", str(target), "--keys", str(keys), "--keep", "2"]
    with fleet.assembled(data):
        assert main(words) == 0
    whole = capsys.readouterr().out.strip()
    cut_off = target / "records" / "20991231T000000000000Z.unfinished"
    cut_off.mkdir()
    assert backup.restore(target, keys, tmp_path / "again").name == whole
    assert main(words) == 0
    assert {path.name for path in (target / "records").iterdir()} == {whole, capsys.readouterr().out.strip()}


def test_nothing_is_restored_or_migrated_under_a_lender_at_work(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("loanapp.backend.lifecycle.folder._LOCK_PATIENCE_SECONDS", 0.0)
    data, folder = tmp_path / "data", LenderFolder.made(tmp_path / "data")
    folder.lock()
    try:
        assert main([str(data), "migrate"]) == 1
    finally:
        folder.unlock()
    assert "a lender works in this folder: stop every worker first" in capsys.readouterr().err
    assert main([str(data), "migrate"]) == 0
    (data / "lender.sqlite").write_bytes(b"no database at all, and long enough to be read as one" * 40)
    assert main([str(data), "migrate"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("a database cannot be used: see that it runs and that database.toml names it (")
    assert "\n" not in told.strip()


@pytest.mark.parametrize("command", ["backup", "vault", "reconciliation"])
def test_a_folder_that_was_mistyped_is_told_and_left_alone(tmp_path, command, capsys):
    typed, elsewhere = tmp_path / "typed", tmp_path / "elsewhere"
    typed.mkdir()
    typed.chmod(0o755)
    words = {
        "backup": (main, [str(typed), "backup", str(elsewhere), "--keys", str(tmp_path / "keys")]),
        "vault": (vault_main, [str(typed), "rotate-sealing"]),
        "reconciliation": (reconciliation.main, [str(typed), "2026-11-27"]),
    }
    run, arguments = words[command]
    assert run(arguments) == 1
    assert capsys.readouterr().err.startswith("there is no lender in this folder")
    assert (list(typed.iterdir()), typed.stat().st_mode & 0o777, elsewhere.exists()) == ([], 0o755, False)


@pytest.mark.slow
@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed on this computer")
def test_over_postgresql_as_well(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", f"{binaries()}{os.pathsep}{os.environ['PATH']}")
    with cluster() as server:
        lived_through(tmp_path, server.stores)
