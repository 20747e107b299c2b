"""A lender for tests: its signed profile, its publisher and an icon, in a folder. Nobody lends under this name."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from installer.lender import signed
from loanapp.proof import authorities

ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#0b5"/></svg>\n'
PROFILE = """\
id = "probe"
version = "2026-11-26"
valid_until = "2099-12-31"
simulated = false
licence = "PROBE-LICENCE-1"
minimum_client_version = "0.1.0"
base_url = "https://127.0.0.1:9"
name.zh = "试验放款机构"
name.en = "Probe Lender"
address.zh = "试验地址"
address.en = "A probe address"

[support]
phone = "400-000-0001"
hours = "09:00-18:00"
email = "probe@lender.invalid"

[brand]
accent = "#0B5563"
icon = {{ file = "mark.svg", sha256 = "{icon}" }}

[roots]
transport = '''
{transport}'''
document = '''
{document}'''
time = '''
{time}'''

[[products]]
id = "probe_instalment"
from = "2026-11-01"
amount_min = "2000.00"
amount_max = "8000.00"
amount_step = "500.00"
amount_default = "3000.00"
months = [6, 12]
months_default = 6
annual_rate_pct = "9.60"
method = "equal_instalment"
fee_per_instalment = "0.00"
penalty_annual_pct = "14.40"
free_return_hours = 24
purposes = ["education"]
"""


def make_lender(folder: Path, change=lambda text: text, *, key: Ed25519PrivateKey | None = None) -> tuple[Path, Path]:
    """Write ``lender.toml``, ``mark.svg`` and ``publishers.toml``; ``change`` edits the profile before it is signed.

    ``key`` signs in place of the publisher's own. Returns profile and publishers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now, publisher = datetime.now(UTC), Ed25519PrivateKey.generate()
    (folder / "mark.svg").write_text(ICON, encoding="utf-8")
    text = PROFILE.format(
        icon=hashlib.sha256(ICON.encode()).hexdigest(),
        transport=authorities.make_transport_root(now).certificate_pem,
        document=authorities.make_document_root(now).certificate_pem,
        time=authorities.make_time_root(now).certificate_pem,
    )
    (folder / "lender.toml").write_text(signed(change(text), key or publisher), encoding="utf-8")
    public = base64.b64encode(publisher.public_key().public_bytes_raw()).decode()
    (folder / "publishers.toml").write_text(
        f'[[publisher]]\nname = "Probe"\npublic_key = "{public}"\n', encoding="utf-8"
    )
    return folder / "lender.toml", folder / "publishers.toml"
