"""The client against a real repository over TLS, whole and in every way that somebody could have meddled with it."""

import shutil

import pytest
import trustme

from loanapp.updates.refusal import Reason, UpdateRefusedError
from tests.loanapp.updates.repositories import NOTES, Publisher, new_keys


def refused(client):
    with pytest.raises(UpdateRefusedError) as caught:
        client.look()
    return caught.value.reason


def fetch_refused(client, into):
    with pytest.raises(UpdateRefusedError) as caught:
        client.fetch(into)
    assert not into.exists()
    return caught.value.reason


def test_a_newer_version_is_found_told_and_fetched(publisher, tmp_path):
    made = publisher.offer("0.2.0")
    client, heard = publisher.client(tmp_path), []
    offer = client.look()
    assert offer.version == "0.2.0"
    assert offer.notes == {language: tuple(lines) for language, lines in NOTES.items()}
    assert offer.size == made.stat().st_size
    assert client.fetch(tmp_path / "got", heard.append).read_bytes() == made.read_bytes()
    assert heard[-1] == offer.size


@pytest.mark.parametrize("version", ["0.2.0", "0.2.1", "1.0"])
def test_nothing_is_offered_that_is_not_newer(publisher, tmp_path, version):
    publisher.offer("0.2.0")
    assert publisher.client(tmp_path, version).look() is None


def test_nothing_is_offered_to_another_system_or_by_an_empty_repository(publisher, tmp_path):
    assert publisher.client(tmp_path).look() is None
    publisher.offer("0.2.0")
    publisher.repository.renew(publisher.keys)
    assert publisher.client(tmp_path).look() is not None


@pytest.mark.attack("a-tampered-target-is-refused-and-nothing-of-it-stays")
def test_a_tampered_target_is_refused_and_nothing_of_it_stays(publisher, tmp_path):
    publisher.offer("0.2.0")
    client = publisher.client(tmp_path)
    client.look()
    target = publisher.target()
    content = target.read_bytes()
    target.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    assert fetch_refused(client, tmp_path / "got") is Reason.TAMPERED
    target.write_bytes(content[:-1])
    assert fetch_refused(client, tmp_path / "got") is Reason.TAMPERED


@pytest.mark.attack("a-target-that-is-longer-than-signed-is-cut-off")
def test_a_target_that_is_longer_than_signed_is_cut_off(publisher, tmp_path):
    publisher.offer("0.2.0")
    client = publisher.client(tmp_path)
    client.look()
    with publisher.target().open("ab") as file:
        file.write(bytes(4 * 1024 * 1024))
    assert fetch_refused(client, tmp_path / "got") is Reason.TOO_LARGE


def test_a_target_larger_than_a_program_can_be_is_not_even_offered(publisher, tmp_path, monkeypatch):
    publisher.offer("0.2.0")
    monkeypatch.setattr("loanapp.updates.client.LARGEST_ARCHIVE", 100)
    assert refused(publisher.client(tmp_path)) is Reason.TOO_LARGE


@pytest.mark.attack("tampered-metadata-is-refused")
@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_tampered_metadata_is_refused(publisher, tmp_path, role):
    publisher.offer("0.2.0")

    def later(read):
        read["signed"]["expires"] = "2099-01-01T00:00:00Z"

    publisher.change(role, later)
    assert refused(publisher.client(tmp_path)) is Reason.TAMPERED


@pytest.mark.attack("metadata-signed-by-a-strangers-key-is-refused")
@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_metadata_signed_by_a_strangers_key_is_refused(publisher, tmp_path, role):
    publisher.keys[role] = new_keys()[role]
    publisher.offer("0.2.0")
    assert refused(publisher.client(tmp_path)) is Reason.TAMPERED


@pytest.mark.attack("a-frozen-timestamp-is-refused")
def test_a_frozen_timestamp_is_refused(publisher, tmp_path):
    publisher.offer("0.2.0")
    publisher.years_ago()
    publisher.repository.renew(publisher.keys)
    assert refused(publisher.client(tmp_path)) is Reason.OUTDATED


@pytest.mark.attack("a-state-older-than-one-seen-before-is-refused")
def test_a_state_older_than_one_seen_before_is_refused(publisher, tmp_path):
    publisher.offer("0.2.0")
    shutil.copytree(publisher.folder, tmp_path / "old")
    publisher.offer("0.3.0")
    assert publisher.client(tmp_path).look().version == "0.3.0"
    shutil.rmtree(publisher.folder)
    shutil.copytree(tmp_path / "old", publisher.folder)
    assert refused(publisher.client(tmp_path)) is Reason.TAMPERED
    assert publisher.client(tmp_path / "new").look().version == "0.2.0"  # whoever saw nothing newer cannot know


@pytest.mark.attack("pieces-of-two-states-do-not-go-together")
def test_pieces_of_two_states_do_not_go_together(publisher, tmp_path):
    publisher.offer("0.2.0")
    old = publisher.metadata("targets").read_bytes()
    publisher.offer("0.3.0")
    publisher.metadata("targets").write_bytes(old)
    assert refused(publisher.client(tmp_path)) is Reason.TAMPERED


@pytest.mark.attack("metadata-without-end-is-cut-off")
def test_metadata_without_end_is_cut_off(publisher, tmp_path):
    publisher.offer("0.2.0")
    publisher.metadata("timestamp").write_bytes(b" " * 20_000)
    assert refused(publisher.client(tmp_path)) is Reason.TOO_LARGE


@pytest.mark.attack("one-root-key-of-two-is-not-enough-for-a-new-root")
def test_one_root_key_of_two_is_not_enough_for_a_new_root(publisher, tmp_path):
    publisher.offer("0.2.0")
    old = publisher.keys["root"][:1]
    publisher.keys = new_keys()
    publisher.repository.rotate(publisher.keys, 2, old_roots=old)
    assert refused(publisher.client(tmp_path)) is Reason.TAMPERED


def test_every_key_can_be_replaced_and_the_old_ones_count_no_more(publisher, tmp_path):
    publisher.offer("0.2.0")
    client = publisher.client(tmp_path)
    assert client.look().version == "0.2.0"
    old, publisher.keys = publisher.keys, new_keys()
    publisher.repository.rotate(publisher.keys, 2, old_roots=old["root"])
    publisher.offer("0.3.0")
    assert client.look().version == "0.3.0"
    assert publisher.client(tmp_path / "new").look().version == "0.3.0"
    publisher.keys = {**publisher.keys, "timestamp": old["timestamp"]}
    publisher.offer("0.4.0")
    assert refused(client) is Reason.TAMPERED


@pytest.mark.attack("a-program-with-another-root-believes-nothing-of-it")
def test_a_program_with_another_root_believes_nothing_of_it(publisher, tmp_path):
    publisher.offer("0.2.0")
    assert publisher.client(tmp_path).look() is not None
    (tmp_path / "other").mkdir()
    other = Publisher(tmp_path / "other", publisher.server)
    other.offer("9.0.0")
    assert refused(publisher.client(tmp_path)) is Reason.TAMPERED
    assert refused(publisher.client(tmp_path / "new")) is Reason.TAMPERED


@pytest.mark.attack("a-server-that-is-not-the-lenders-is-a-stranger")
def test_a_server_that_is_not_the_lenders_is_a_stranger(publisher, tmp_path):
    publisher.offer("0.2.0")
    other = trustme.CA().cert_pem.bytes().decode()
    assert refused(publisher.client(tmp_path, ca_pem=other)) is Reason.STRANGER
    assert refused(publisher.client(tmp_path, url="http://127.0.0.1:9")) is Reason.STRANGER


def test_silence_and_redirects_are_no_suspicion(publisher, tmp_path, server):
    from tests.loanapp.client.tls_lender import Reply

    client = publisher.client(tmp_path)
    server.route = lambda _request: Reply(302, b"", {"Location": "https://127.0.0.1:9/"})
    assert refused(client) is Reason.UNREACHABLE
    server.route = lambda _request: Reply(hang_up=True)
    assert refused(client) is Reason.UNREACHABLE
    assert not UpdateRefusedError(Reason.UNREACHABLE).is_suspicious


def test_what_was_offered_is_what_is_fetched(publisher, tmp_path):
    publisher.offer("0.2.0")
    client = publisher.client(tmp_path)
    client.look()
    publisher.offer("0.3.0")
    assert fetch_refused(client, tmp_path / "got") is Reason.OUTDATED


@pytest.mark.parametrize(
    "custom",
    [
        None,
        {"version": "new", "notes": NOTES},
        {"version": "0.2.0"},
        {"version": "0.2.0", "notes": {"zh": ["好"]}},
        {"version": "0.2.0", "notes": {"zh": [], "en": ["a"]}},
        {"version": "0.2.0", "notes": {"zh": ["好"], "en": ["a\x1b[2J"]}},
        {"version": "0.2.0", "notes": {"zh": ["好"], "en": ["a" * 301]}},
    ],
)
def test_an_offer_nobody_can_read_is_none(custom):
    from tuf.api.metadata import TargetFile

    from loanapp.updates.client import _read_offer

    with pytest.raises(UpdateRefusedError) as caught:
        _read_offer(TargetFile(1, {"sha256": "0"}, "a", {"custom": custom}))
    assert caught.value.reason is Reason.UNREADABLE


def test_the_tool_offers_nothing_older(publisher):
    publisher.offer("0.2.0")
    with pytest.raises(ValueError, match="not newer"):
        publisher.offer("0.1.9")
