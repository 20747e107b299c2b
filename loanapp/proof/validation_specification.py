"""What a signature is judged by: who is trusted for what, and how revocation is looked at."""

from collections.abc import Sequence

from asn1crypto.x509 import Certificate
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustQualifiers
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleTrustManager


def validation_specification(
    document_roots: Sequence[Certificate],
    time_roots: Sequence[Certificate],
    knowledge: LocalKnowledge,
    *,
    closed: bool,
) -> SignatureValidationSpec:
    """Signers are trusted under ``document_roots`` alone, time-stamps under ``time_roots`` alone; nothing is fetched.

    ``knowledge``: certificates and revocation lists at hand. ``closed``: the archive time-stamp stands already.
    """
    # Once closed, the file itself must prove that no signer was revoked; before, the lender looks it up. Nothing in
    # the file can be younger than the archive time-stamp and speak for it, so none is asked for time-stamps.
    # A certificate that only names where to ask must not fail for that: nothing is asked here.
    rule = RevocationCheckingRule.CHECK_IF_DECLARED_SOFT
    signers = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED if closed else rule
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(trust_in(document_roots), _revocation(signers)),
        ts_cert_validation_policy=CertValidationPolicySpec(trust_in(time_roots), _revocation(rule)),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=knowledge,
    )


def trust_in(roots: Sequence[Certificate]) -> SimpleTrustManager:
    """Trust in these roots, each no further than the path length it sets itself."""
    # pyHanko counts both lengths down wherever one is given.
    lengths = [(root, root.max_path_length) for root in roots]
    anchors = [
        CertTrustAnchor(root, TrustQualifiers(max_path_length=length, max_aa_path_length=length))
        for root, length in lengths
    ]
    return SimpleTrustManager.build(trust_roots=anchors)


def _revocation(rule: RevocationCheckingRule) -> CertRevTrustPolicy:
    return CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule))
