"""What every part of the lender works with, put together once at start."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from loanapp.backend.adapters.ports import Sources
from loanapp.backend.inference.client import InferenceClient
from loanapp.backend.lifecycle.lender_keys import LenderKeys
from loanapp.backend.origination.port import Origination
from loanapp.backend.policy import Policies
from loanapp.backend.store.cipher import FieldCipher
from loanapp.backend.store.database import Database
from loanapp.backend.vault.vault import Vault
from loanapp.backend.verification.intake import Intake
from loanapp.domain.clock import Clock
from loanapp.domain.relying_party import LOOPBACK


@dataclass(frozen=True, slots=True)
class Services:
    """The lender's parts; ``demonstration`` lets simulated face sources and test identities in.

    ``notice_secret`` is what the bank signs its notices with; ``proxies`` are the lender's own: what they say of a
    client's address counts. ``host`` is the name borrowers reach the lender by: security keys sign for it alone.
    """

    clock: Clock
    policies: Policies
    keys: LenderKeys
    database: Database
    cipher: FieldCipher
    vault: Vault
    inference: InferenceClient
    intake: Intake
    sources: Sources
    origination: Origination
    demonstration: bool
    notice_secret: bytes = field(repr=False)
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    host: str = LOOPBACK
