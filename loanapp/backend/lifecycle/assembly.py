"""Puts a lender's services together over its folder."""

from collections.abc import Mapping
from dataclasses import dataclass

from loanapp.backend.adapters.bank_notices import SECRET_BYTES
from loanapp.backend.adapters.chosen import chosen
from loanapp.backend.adapters.guarded import guarded
from loanapp.backend.adapters.ports import Sources
from loanapp.backend.adapters.simulated import (
    SimulatedBureau,
    SimulatedCardGateway,
    SimulatedClerk,
    SimulatedIdentity,
    SimulatedMessages,
    SimulatedRegistry,
    SimulatedScreening,
    SimulatedSocialInsurance,
    line_to,
    simulated_identities,
)
from loanapp.backend.adapters.simulated_authority import SimulatedCertificateAuthority
from loanapp.backend.adapters.simulated_bank import SimulatedBank
from loanapp.backend.adapters.simulated_line import SimulatedLine
from loanapp.backend.adapters.simulated_network_identity import SimulatedNetworkIdentity
from loanapp.backend.adapters.simulated_timestamps import SimulatedTimestampingAuthority
from loanapp.backend.data_uses.heads import sequencer, stamper
from loanapp.backend.data_uses.retention import retention_timer
from loanapp.backend.http.client_address import host, proxies
from loanapp.backend.inference.client import InferenceClient
from loanapp.backend.lifecycle.erasing_again import erase_again
from loanapp.backend.lifecycle.folder import LenderFolder
from loanapp.backend.lifecycle.lender_keys import LenderKeys
from loanapp.backend.origination.starter import LateOrigination
from loanapp.backend.policy import Policies
from loanapp.backend.policy.sources import SourceName
from loanapp.backend.repayment.collecting import collect_pending
from loanapp.backend.repeating import Repeating
from loanapp.backend.services import Services
from loanapp.backend.staff.tables import Base
from loanapp.backend.store.cipher import KEY_BYTES, FieldCipher
from loanapp.backend.store.database import Database
from loanapp.backend.store.schema_version import LENDER, bring_up
from loanapp.backend.store.stores import stores
from loanapp.backend.vault.key_files import KeyFiles
from loanapp.backend.vault.vault import Vault
from loanapp.backend.verification.intake import Intake
from loanapp.domain.clock import Clock


@dataclass(frozen=True, slots=True)
class Lender:
    """Services with what must be closed at the end."""

    services: Services
    origination: LateOrigination
    bank: SimulatedBank
    authority: SimulatedCertificateAuthority
    repeating: tuple[Repeating, ...]

    def start_background(self) -> None:
        """Load what requests do not need yet, and finish what the last process was cut off from."""
        self.services.vault.tidy()
        self.origination.start(self.services)
        collect_pending(self.services)
        for one in self.repeating:
            one.start()

    def close(self) -> None:
        """End workflow and inference, give back the databases."""
        for one in reversed(self.repeating):
            one.stop()
        self.origination.stop()
        self.services.inference.stop()
        self.services.vault.close()
        self.bank.close()
        self.authority.close()
        self.services.database.close()


def assemble(folder: LenderFolder, policies: Policies, clock: Clock) -> Lender:
    """The lender over its folder: an outside source is simulated where ``adapters.toml`` names no other."""
    identities = simulated_identities()
    simulation = policies.simulation
    bank = SimulatedBank(
        folder.root / "simulated_bank.sqlite",
        line_to(SourceName.BANK, simulation.bank_seconds, policies),
        clock,
        payout_seconds=simulation.payout_seconds,
        marks={identity.card_number: identity.bank for identity in identities.values()},
    )
    keys = LenderKeys(folder, policies.profile.name.zh, clock)
    authority = SimulatedCertificateAuthority(
        folder.root / "simulated_authority.sqlite",
        lambda: keys.document_root,
        lambda: keys.borrower_authority,
        line_to(SourceName.AUTHORITY, simulation.authority_seconds, policies),
        clock,
        marks={one.name: one.line(SourceName.AUTHORITY) for one in identities.values()},
    )
    timestamps = SimulatedTimestampingAuthority(
        lambda: keys.time_root,
        lambda: keys.timestamp,
        line_to(SourceName.TIMESTAMPS, simulation.timestamp_seconds, policies),
        clock,
    )
    simulated = _simulated_sources(identities, policies, bank, authority, timestamps)
    places = stores(folder.root)
    database = Database(places.lender)
    try:
        bring_up(database.write_engine, Base, LENDER)
    except BaseException:
        database.close()
        raise
    origination = LateOrigination(places.workflow)
    services = Services(
        clock=clock,
        policies=policies,
        keys=keys,
        database=database,
        cipher=FieldCipher(folder.secret("data.key", KEY_BYTES)),
        vault=Vault(folder.root / "vault", KeyFiles(folder.root / "keys"), places.vault),
        inference=InferenceClient(),
        intake=Intake(policies.face.upload.at_once),
        sources=guarded(chosen(folder.root, simulated, policies.sources), policies.sources, clock),
        origination=origination,
        demonstration=policies.profile.simulated,
        notice_secret=folder.secret("bank_notice.key", SECRET_BYTES),
        proxies=proxies(folder.root),
        host=host(folder.root),
    )
    bank.notify = origination.payout_notice
    timers = (sequencer(services), stamper(services), retention_timer(services))
    lender = Lender(services, origination, bank, authority, timers)
    try:
        erase_again(services, folder)
    except BaseException:
        lender.close()
        raise
    return lender


def _simulated_sources(
    identities: Mapping[str, SimulatedIdentity],
    policies: Policies,
    bank: SimulatedBank,
    authority: SimulatedCertificateAuthority,
    timestamps: SimulatedTimestampingAuthority,
) -> Sources:
    seconds = policies.simulation

    def line(source: SourceName, takes: float) -> SimulatedLine:
        return line_to(source, takes, policies)

    return Sources(
        registry=SimulatedRegistry(identities, line(SourceName.REGISTRY, seconds.registry_seconds)),
        bureau=SimulatedBureau(identities, line(SourceName.BUREAU, seconds.bureau_seconds)),
        social_insurance=SimulatedSocialInsurance(
            identities, line(SourceName.SOCIAL_INSURANCE, seconds.social_insurance_seconds)
        ),
        screening=SimulatedScreening(identities, line(SourceName.SCREENING, 0.0)),
        gateway=SimulatedCardGateway(identities, policies.issuers, line(SourceName.GATEWAY, seconds.card_seconds)),
        bank=bank,
        messages=SimulatedMessages(),
        authority=authority,
        timestamps=timestamps,
        clerk=SimulatedClerk() if policies.profile.simulated else None,
        network_identity=SimulatedNetworkIdentity(
            identities, line(SourceName.NETWORK_IDENTITY, seconds.network_identity_seconds)
        )
        if policies.profile.simulated
        else None,
    )
