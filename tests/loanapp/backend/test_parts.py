"""Parts with a promise of their own: the vault forgets, fields open in their place alone, inference comes back."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from loanapp.backend.inference.client import InferenceClient
from loanapp.backend.lifecycle.assembly import assemble
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.policy import load_policies
from loanapp.backend.store import database
from loanapp.backend.store.cipher import CipherError, FieldCipher
from loanapp.backend.store.tables import Base
from loanapp.backend.store.upgrade import make_tables
from loanapp.backend.vault.key_files import KeyFiles
from loanapp.backend.vault.vault import Vault, VaultItem
from loanapp.domain.clock import SystemClock
from loanapp.domain.errors import ErrorCode, LoanAppError

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.attack("what-the-vault-destroys-is-on-no-disk-any-more")
def test_what_the_vault_destroys_is_on_no_disk_any_more(tmp_path):
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    face = b"pixels of a face " * 200
    vault.store("one", "face_evidence", face, NOW)
    vault.store("one", "portrait", b"portrait", NOW)
    assert vault.load("one", "face_evidence") == face
    assert vault.stored_before("face_evidence", NOW + timedelta(days=7)) == ["one"]
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert not any(b"pixels" in content for content in before.values())
    assert vault.destroy("one", "face_evidence") == 1
    assert vault.load("one", "face_evidence") is None
    assert vault.load("one", "portrait") == b"portrait"
    assert len(list(tmp_path.glob("*.sealed"))) == 1
    vault.close()


def test_an_item_has_one_version_and_a_changed_one_does_not_open(tmp_path):
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    vault.store("one", "document_front", b"first", NOW)
    vault.store("one", "document_front", b"second", NOW)
    assert vault.load("one", "document_front") == b"second"
    (only,) = tmp_path.glob("*.sealed")
    stored = only.read_bytes()
    only.write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    with pytest.raises(CipherError):
        vault.load("one", "document_front")
    vault.close()


def test_the_key_of_a_replaced_item_is_on_no_disk_any_more(tmp_path):
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    vault.store("one", "portrait", b"first", NOW)
    with vault._database.read() as session:
        key = session.query(VaultItem).one().key_sealed
    assert any(key in path.read_bytes() for path in tmp_path.glob("vault.sqlite*"))
    vault.store("one", "portrait", b"second", NOW)
    assert not any(key in path.read_bytes() for path in tmp_path.glob("vault.sqlite*"))
    vault.close()


def test_a_reader_that_keeps_deleted_keys_on_the_disk_is_told_and_the_next_start_erases_them(
    tmp_path, expect_log, monkeypatch
):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    vault.store("one", "portrait", b"first", NOW)
    with vault._database.read() as session:
        key = session.query(VaultItem).one().key_sealed  # and the snapshot stays open
        expect_log("a reader is busy")
        assert vault.destroy("one", "portrait") == 1
        assert vault.load("one", "portrait") is None
    again = Vault(tmp_path, KeyFiles(tmp_path))
    again.tidy()
    again.close()
    assert not any(key in path.read_bytes() for path in tmp_path.glob("vault.sqlite*"))
    vault.close()


def test_an_item_that_lost_its_file_is_not_kept(tmp_path, expect_log):
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    vault.store("one", "portrait", b"portrait", NOW)
    (only,) = tmp_path.glob("*.sealed")
    only.unlink()
    expect_log("lost its file")
    assert vault.load("one", "portrait") is None
    vault.close()


def test_a_file_whose_key_is_gone_is_removed_at_the_next_start(tmp_path):
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    vault.store("one", "portrait", b"portrait", NOW)
    (tmp_path / "stray.sealed").write_bytes(b"noise")
    vault.close()
    vault = Vault(tmp_path, KeyFiles(tmp_path))
    vault.tidy()
    assert [vault.load("one", "portrait"), len(list(tmp_path.glob("*.sealed")))] == [b"portrait", 1]
    vault.close()


def test_a_field_opens_in_its_own_place_alone():
    cipher = FieldCipher(bytes(32))
    stored = cipher.encrypt_json({"name": "测试甲"}, "application|1|identity")
    assert cipher.decrypt_json(stored, "application|1|identity") == {"name": "测试甲"}
    with pytest.raises(CipherError):
        cipher.decrypt(stored, "application|2|identity")
    assert cipher.index("1", "phone") != cipher.index("1", "code")


def test_inference_comes_back_after_a_crash_and_bad_input_does_not_hurt_it(expect_log):
    inference = InferenceClient()
    try:
        with pytest.raises(LoanAppError) as refusal:
            inference.read_document(b"no picture", "front")
        assert refusal.value.code is ErrorCode.PHOTO_NOT_AN_IMAGE
        first = inference._process.pid
        inference._process.kill()
        inference._process.join()
        expect_log("the inference process died")
        with pytest.raises(LoanAppError) as refusal:
            inference.read_document(b"no picture", "back")
        assert refusal.value.code is ErrorCode.PHOTO_NOT_AN_IMAGE
        assert inference._process.pid != first
    finally:
        inference.stop()
    with pytest.raises(LoanAppError) as refusal:
        inference.read_document(b"no picture", "front")
    assert refusal.value.code is ErrorCode.LENDER_TROUBLE


def test_a_lender_whose_profile_is_not_simulated_is_no_demonstration(tmp_path):
    policies = load_policies()
    real = dataclasses.replace(policies, profile=policies.profile.model_copy(update={"simulated": False}))
    for number, (chosen, demonstration) in enumerate(((policies, True), (real, False))):
        built = assemble(LenderFolder.made(tmp_path / str(number)), chosen, SystemClock())
        assert built.services.demonstration is demonstration
        built.close()


def test_a_database_of_an_earlier_version_gets_the_new_columns_and_keeps_its_rows(tmp_path):
    path = tmp_path / "old.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE "application" DROP COLUMN "changed_face"')
        connection.exec_driver_sql('DROP TABLE "branch_appointment"')
        connection.exec_driver_sql("INSERT INTO counter (name, day, value) VALUES ('application', '2026-11-22', 7)")
    for _start in range(2):
        make_tables(engine, Base)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT changed_face FROM application").all() == []
        assert connection.exec_driver_sql("SELECT * FROM branch_appointment").all() == []
        assert connection.exec_driver_sql("SELECT value FROM counter").all() == [(7,)]
    engine.dispose()
