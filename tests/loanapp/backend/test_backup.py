"""A copy that can be worked on again, in which nothing that was deleted lives on."""

import json
import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from loanapp.backend.data_uses.erasure import erase, finish_erasure
from loanapp.backend.lifecycle.stores import FILE
from loanapp.backend.served.__main__ import main
from loanapp.backend.store import ledger
from loanapp.backend.store.tables import Application, ApplicationEvent, Borrower, DeletionReceipt
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
        assert main([str(data), *words]) == 0
    after = bytes_under(target)
    left = {name for name in after if name.suffix == ".sealed"}
    taken = [before[name] for name in sealed - left]
    assert (len(left), len(taken)) == (1, 1)
    assert [name for name, content in after.items() if taken[0][:32] in content] == []
    assert not {path.name for path in keys.rglob("*")} & {path.name for path in target.rglob("*")}
    assert json.loads((target / "erased.json").read_text()) == [gone]
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
                assert set(session.scalars(select(DeletionReceipt.application_id))) == {gone}
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


@pytest.mark.slow
@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed on this computer")
def test_over_postgresql_as_well(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", f"{binaries()}{os.pathsep}{os.environ['PATH']}")
    with cluster() as server:
        lived_through(tmp_path, server.stores)
