"""What a borrower downloads bears the publisher's signature, which the tools of any computer can check."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.sums import PUBLIC_KEY, SIGNATURE, SUMS, write_sums

VERIFY = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", PUBLIC_KEY, "-rawin", "-in", SUMS, "-sigfile", SIGNATURE]


def holds(folder: Path) -> bool:
    """As docs/lender-build.md tells it."""
    commands = (VERIFY, ["sha256sum", "--check", "--strict", SUMS])
    return all(subprocess.run(one, cwd=folder, check=False, capture_output=True).returncode == 0 for one in commands)


@pytest.mark.skipif(not shutil.which("openssl") or not shutil.which("sha256sum"), reason="the tools are not installed")
def test_a_changed_download_and_a_strangers_signature_are_found(tmp_path):
    files = [tmp_path / "loanapp_1_amd64.deb", tmp_path / "loanapp-1.tar.xz"]
    for file in files:
        file.write_bytes(file.name.encode() * 1000)
    key = Ed25519PrivateKey.generate()
    write_sums(files, tmp_path, key)
    assert (tmp_path / SUMS).read_text().count("\n") == 2
    assert holds(tmp_path)
    files[0].write_bytes(b"another program")
    assert not holds(tmp_path)
    public = (tmp_path / PUBLIC_KEY).read_bytes()
    write_sums(files, tmp_path, Ed25519PrivateKey.generate())
    assert holds(tmp_path)
    (tmp_path / PUBLIC_KEY).write_bytes(public)
    assert not holds(tmp_path)
