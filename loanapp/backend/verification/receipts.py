"""Consent receipts: the fields of ISO/IEC TS 27560:2023 as JSON-LD (Data Privacy Vocabulary) and of Kantara CR 1.1.

Only what was given claims consent as a legal basis, a purpose and data. What was refused or taken back says so in both
forms; what was taken back names the receipt it withdraws, with the text, version and hash that had been agreed to.

The mapping of 27560 to the vocabulary is that of https://w3id.org/dpv/guides/consent-27560. The lender signs the whole.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from loanapp.backend.policy.models import Consent, Withdrawal
from loanapp.backend.services import Services
from loanapp.proof.keys import raw_public_bytes
from loanapp.resource_files import read_toml

_CONTEXT: Final = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "loc": "https://w3id.org/dpv/loc#",
    "schema": "https://schema.org/",
}
_PROFILE: Final = "https://w3id.org/dpv/schema/iso-27560"
_LAW: Final = "中华人民共和国个人信息保护法"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What taking an authorisation back does, and the receipt of its giving."""

    effect: Withdrawal
    granting: Mapping[str, Any]

    @property
    def activity(self) -> Mapping[str, Any]:
        """What was agreed to; empty for a receipt of an earlier version."""
        found: Mapping[str, Any] = self.granting.get("record", {}).get("dpv:hasRecordOfActivity", {})
        return found


def receipt_record(
    services: Services,
    consent: Consent,
    *,
    receipt_id: str,
    borrower_id: str,
    language: str,
    granted: bool,
    withdrawn: Withdrawn | None,
    now: datetime,
) -> dict[str, Any]:
    """Both forms of one answer: given, taken back (``withdrawn``), or else refused.

    The text that was shown is inside, with its version, language and hash, so that a later text can be held against it.
    """
    status = "given" if granted else "withdrawn" if withdrawn is not None else "refused"
    process = _process(services, consent)
    notice = {
        "@type": "dpv:ConsentNotice",
        "dct:hasVersion": consent.version,
        "dct:language": language,
        "dct:description": _text(consent, language),
        "schema:sha256": consent.text_sha256(language),
    }
    standing: dict[str, Any] = {}
    if granted:
        standing["dpv:hasLegalBasis"] = "dpv:ExplicitlyExpressedConsent"
    elif withdrawn is None:
        del process["dpv:hasStorageCondition"]  # nothing is collected
    else:
        process = dict(withdrawn.activity.get("dpv:hasProcess", process))
        notice = dict(withdrawn.activity.get("dpv:hasNotice", notice))
        stops, keeps = withdrawn.effect.stops, withdrawn.effect.keeps
        process["dpv:hasStorageCondition"] = {
            "@type": "dpv:StorageCondition",
            "dct:description": {"zh": keeps.zh, "en": keeps.en},
        }
        process["dpv:hasConsequence"] = {"zh": stops.zh, "en": stops.en}
        standing["dct:replaces"] = str(withdrawn.granting["receipt_id"])
    return {
        "@context": _CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": receipt_id,
        "dct:conformsTo": f"{_PROFILE}#receipt-full",
        "dct:created": now.isoformat(),
        "dct:publisher": _controller(services),
        "schema:recipient": "dpv:DataSubject",
        "dpv:hasRecordOfActivity": {
            "@type": "dpv:ConsentRecord",
            "dct:identifier": receipt_id,
            "dct:conformsTo": f"{_PROFILE}#record",
            "dpv:hasDataSubject": {"@id": f"urn:uuid:{borrower_id}"},
            "dpv:hasDataController": _controller(services),
            "dpv:hasJurisdiction": "loc:CN",
            "dpv:hasApplicableLaw": _LAW,
            **standing,
            "dpv:hasNotice": notice,
            "dpv:hasProcess": process,
            "dpv:hasConsentStatus": f"dpv:Consent{status.capitalize()}",
            "dpv:isIndicatedBy": {"@id": f"urn:uuid:{borrower_id}"},
            "dpv:hasIndicationMethod": "a button of its own for yes and for no, neither chosen beforehand",
            "dpv:isIndicatedAtTime": now.isoformat(),
            "dpv:hasWithdrawalMethod": "under My data, Authorisations: one press, as giving it",
        },
        "kantara": _kantara(services, receipt_id=receipt_id, borrower_id=borrower_id, now=now)
        | {"language": notice["dct:language"], "policyUrl": f"urn:sha256:{notice['schema:sha256']}"}
        | _kantara_services(services, consent, status)
        | ({"withdraws": str(withdrawn.granting["receipt_id"])} if withdrawn is not None else {}),
    }


def _text(consent: Consent, language: str) -> str:
    return consent.text.zh if language == "zh" else consent.text.en


def _controller(services: Services) -> dict[str, Any]:
    profile = services.policies.profile
    return {
        "@type": "dpv:DataController",
        "schema:name": {"zh": profile.name.zh, "en": profile.name.en},
        "schema:identifier": profile.licence,
        "schema:address": {"zh": profile.address.zh, "en": profile.address.en},
        "schema:telephone": profile.support.phone,
        "schema:email": profile.support.email,
    }


def _items(services: Services, consent: Consent) -> list[str]:
    scopes = read_toml("policy", "wire.toml")["scopes"]
    return [item.id for item in services.policies.data_items if scopes.get(item.id) == consent.scope.value]


def _process(services: Services, consent: Consent) -> dict[str, Any]:
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"zh": consent.purpose.zh, "en": consent.purpose.en},
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:SensitivePersonalData",
                "dct:identifier": item,
                "dpv:hasNecessity": "dpv:Required" if consent.required else "dpv:Optional",
                "dpv:hasDataSource": "dpv:DataSubject",
            }
            for item in _items(services, consent)
        ],
        "dpv:hasRecipient": {"zh": consent.recipient.zh, "en": consent.recipient.en},
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"zh": consent.retention.zh, "en": consent.retention.en},
        },
        "dpv:hasConsequence": {"zh": consent.refuse_effect.zh, "en": consent.refuse_effect.en},
    }


def _kantara_services(services: Services, consent: Consent, status: str) -> dict[str, Any]:
    """What is consented to; the profile knows nothing but given consent, so any other answer has no purpose in it.

    ``status``, ``withdraws`` and ``purposesRefused`` or ``purposesWithdrawn`` are the lender's own fields beside it.
    """
    items = _items(services, consent)
    other = consent.recipient.zh != services.policies.profile.name.zh
    purpose: dict[str, Any] = {
        "purpose": consent.purpose.en,
        "purposeCategory": ["Core Function"],
        "piiCategory": items,
        "primaryPurpose": True,
        "thirdPartyDisclosure": other,
    }
    if other:
        purpose["thirdPartyName"] = consent.recipient.en
    if status != "given":
        service = {"service": "consumer loan", "purposes": [], f"purposes{status.capitalize()}": [purpose]}
        return {"status": status, "services": [service], "sensitive": False, "spiCat": []}
    purpose |= {"consentType": "EXPLICIT", "termination": consent.retention.en}
    service = {"service": "consumer loan", "purposes": [purpose]}
    return {"status": status, "services": [service], "sensitive": True, "spiCat": items}


def _kantara(services: Services, *, receipt_id: str, borrower_id: str, now: datetime) -> dict[str, Any]:
    profile = services.policies.profile
    return {
        "version": "KI-CR-v1.1.0",
        "jurisdiction": "CN",
        "consentTimestamp": int(now.timestamp()),
        "collectionMethod": "the lender's program on the borrower's computer",
        "consentReceiptID": receipt_id,
        "publicKey": base64.b64encode(raw_public_bytes(services.keys.message.public_key())).decode("ascii"),
        "piiPrincipalId": borrower_id,
        "piiControllers": [
            {
                "piiController": profile.name.en,
                "contact": profile.support.phone,
                "address": profile.address.en,
                "email": profile.support.email,
                "phone": profile.support.phone,
            }
        ],
    }
