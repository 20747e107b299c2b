"""The lender's certificates over the years, by real handshakes: renewed in time, and under another root by command."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest

from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.lifecycle.lender_keys import LenderKeys
from loanapp.backend.vault.__main__ import main
from loanapp.client.tls import pinned_context
from loanapp.domain.clock import ManualClock
from loanapp.proof.authorities import SERVER_LIFE, SIGNER_LIFE


@pytest.fixture
def clock():
    # What is made now, and what is renewed below, is in force today.
    return ManualClock(datetime.now(UTC) - SERVER_LIFE + timedelta(days=20))


@pytest.fixture
def started(tmp_path, clock):
    """``started()``: the keys as the lender reads them at a start."""
    folder = LenderFolder.made(tmp_path / "data")
    return lambda: LenderKeys(folder, "Lender", clock)


def shakes_hands(root_pem, server):
    """Whether a program that believes this root gets through to a lender with this context."""
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def answer():
            try:
                with server.wrap_socket(theirs, server_side=True) as spoken:
                    spoken.recv(1)
            except OSError:
                theirs.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with pinned_context(root_pem).wrap_socket(ours, server_hostname="127.0.0.1"):
                return True
        except ssl.SSLError:
            ours.close()
            return False
        finally:
            thread.join()


def test_a_certificate_is_renewed_with_a_new_key_before_it_ends(started, clock):
    first = started()
    root, server, signer = first.transport_root.certificate_pem, first.server, first.document_signer
    clock.move(SERVER_LIFE - timedelta(days=31))
    assert started().server.certificate == server.certificate
    clock.move(timedelta(days=2))
    again = started()
    assert again.server.certificate.public_key() != server.certificate.public_key()
    assert shakes_hands(root, again.server_context())
    assert again.document_signer.certificate == signer.certificate
    clock.move(SIGNER_LIFE - SERVER_LIFE)
    renewed = started().document_signer.certificate
    assert renewed.public_key() != signer.certificate.public_key()
    renewed.verify_directly_issued_by(first.document_root.certificate)


@pytest.mark.attack("a-root-that-was-replaced-vouches-for-nothing")
def test_a_root_that_was_replaced_vouches_for_nothing(started, tmp_path, capsys):
    before = started()
    old, context = before.transport_root, before.server_context()
    assert shakes_hands(old.certificate_pem, context)
    assert main([str(tmp_path / "data"), "rotate-transport"]) == 0
    assert "next start" in capsys.readouterr().out
    after = started()
    new = after.transport_root.certificate_pem
    assert new != old.certificate_pem
    assert shakes_hands(new, after.server_context())
    assert not shakes_hands(old.certificate_pem, after.server_context())
    assert shakes_hands(old.certificate_pem + new, after.server_context())  # a profile that names both
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data" / "keys").iterdir())
    assert old.to_pem().splitlines()[1] not in kept


def test_the_root_of_a_lender_that_others_reach_is_not_replaced_from_its_folder(started, tmp_path, capsys):
    before = started().transport_root
    (tmp_path / "data" / "network.toml").write_text('host = "loans.example.cn"\n')
    assert main([str(tmp_path / "data"), "rotate-transport"]) == 1
    assert "profile" in capsys.readouterr().err
    assert started().transport_root.certificate == before.certificate
