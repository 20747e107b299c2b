"""A lender and a borrower with everything a signing needs, and what their contract says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from loanapp.backend.contracts import Borrower, ContractData, Lender
from loanapp.domain.annualised_cost import annualised_cost
from loanapp.domain.clock import ManualClock
from loanapp.domain.consent import LoanPurpose
from loanapp.domain.schedule import RepaymentMethod, equal_instalment_schedule
from loanapp.proof import authorities, keys
from loanapp.proof.contract_roots import ContractRoots
from loanapp.proof.pdf_signature import Trust, countersign, sign_as_borrower
from loanapp.proof.signature_appearance import SignatureWords, borrower_words
from loanapp.proof.timestamp import RemoteAuthority, TimestampAuthority
from tests.loanapp.proof.bundles import TABLE_SHA256

MADE_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Parties:
    """Everything a signing needs, all of it made at ``now``."""

    now: datetime
    document_root: authorities.Credential
    borrower_authority: authorities.Credential
    lender: authorities.Credential
    time_root: authorities.Credential
    stamping: TimestampAuthority
    borrower: authorities.Credential

    @classmethod
    def make(cls, now, document_root=None, time_root=None):
        document_root = document_root or authorities.make_document_root(now)
        time_root = time_root or authorities.make_time_root(now)
        borrower_authority = authorities.make_borrower_authority(document_root, now)
        key = keys.new_signing_key()
        certificate = authorities.issue_borrower_certificate(
            borrower_authority, keys.certificate_request(key, "ignored"), "测试甲", "LA20261122-0001", now
        )
        return cls(
            now,
            document_root,
            borrower_authority,
            authorities.make_document_signer(document_root, "演示放款机构", now),
            time_root,
            TimestampAuthority(authorities.make_timestamp_authority(time_root, now), ManualClock(now)),
            authorities.Credential(key, certificate),
        )

    @property
    def roots(self):
        return ContractRoots((self.document_root.certificate_pem,), (self.time_root.certificate_pem,))

    @property
    def time(self):
        return RemoteAuthority(self.stamping.answer)

    def trust(self, revoked=()):
        lists = (
            authorities.make_revocation_list(self.document_root, self.now),
            authorities.make_revocation_list(self.borrower_authority, self.now, revoked),
            authorities.make_revocation_list(self.time_root, self.now),
        )
        return Trust((self.document_root.certificate, self.time_root.certificate), lists)

    def sign(self, prepared, signer=None, chain=None):
        signer = signer or self.borrower
        return sign_as_borrower(
            prepared,
            signer.key,
            signer.certificate,
            chain or [self.borrower_authority.certificate],
            self.time.timestamper(),
            now=self.now,
            words=borrower_words("测试甲", self.now, simulated=True),
        )

    def countersign(self, signed, signer=None, trust=None, chain=()):
        return countersign(
            signed,
            signer or self.lender,
            trust or self.trust(),
            self.time.timestamper(),
            now=self.now,
            words=SignatureWords("演示放款机构", "贷款人签章", self.now, "", "贷款人签署借款合同"),
            chain=chain,
        )


def contract_data(amount=Decimal(10000), number="LC20261122-0001"):
    """The variables of a contract over ``amount`` yuan for a year."""
    schedule = equal_instalment_schedule(amount, Decimal(12), 12, date(2026, 11, 22))
    return ContractData(
        contract_number=number,
        application_number="LA20261122-0001",
        made_at=MADE_AT,
        lender=Lender(name="演示放款机构", licence="TEST-0001", address="演示地址", phone="400-000-0000"),
        borrower=Borrower(
            name="测试甲",
            identity_number_masked="1101**********002X",
            phone_masked="138****0001",
            address_masked="北京市东城区******",
            card_masked="**** 0001",
            bank_name="演示银行",
        ),
        purpose=LoanPurpose.EDUCATION,
        method=RepaymentMethod.EQUAL_INSTALMENT,
        annual_rate_pct=Decimal("12.00"),
        penalty_annual_pct=Decimal("18.00"),
        schedule=schedule,
        start=date(2026, 11, 22),
        cost=annualised_cost(schedule),
        disclosure_sha256=TABLE_SHA256,
        payout=schedule.principal,
    )
