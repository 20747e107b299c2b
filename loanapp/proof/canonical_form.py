"""One signature, one form: the parts of a file that no signature covers must not be free to vary.

A signature cannot cover its own bytes. Within them a verifier may forgive upper-case digits, padding, unused
certificates or odd encodings; anyone could then make a second file that is "also valid". These checks leave
no such room.
"""

import re
from collections.abc import Iterable
from typing import Any

from asn1crypto import cms
from pyhanko.sign.general import find_unique_cms_attribute

_LOWER_HEX = frozenset(b"0123456789abcdef")
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+\d+\s*\]")
_SHORT_LENGTH = 0x80
_MAX_DEPTH = 40
# Universal string and number types that DER never splits into pieces, with the bit that would do so.
_PRIMITIVE_ONLY = frozenset(tag | 0x20 for tag in (*range(1, 16), *range(18, 31)))


def contents_of(pdf: bytes, byte_range: Iterable[int]) -> bytes | None:
    """The DER bytes in the gap a ``/ByteRange`` leaves; ``None`` unless they are written in their one form.

    The form: ``<``, lower-case hexadecimal, zeros as padding, ``>``; the range starts at 0 and leaves one gap.
    """
    numbers = [int(number) for number in byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        return None
    gap = pdf[numbers[1] : numbers[2]]
    digits = gap[1:-1]
    if len(gap) < 4 or gap[:1] != b"<" or gap[-1:] != b">" or len(digits) % 2 or not _LOWER_HEX.issuperset(digits):
        return None
    raw = bytes.fromhex(digits.decode("ascii"))
    length = _der_length(raw)
    if length is None or length > len(raw) or any(raw[length:]):
        return None
    return raw[:length]


def lower_case_contents(pdf: bytes) -> bytes:
    """Write the signature made last in lower case; nothing covers these digits yet, so nothing breaks.

    Raises :class:`ValueError` when the file does not end with a signature.
    """
    *_, last = _BYTE_RANGE.finditer(pdf)
    start, end = int(last.group(1)), int(last.group(2))
    return pdf[:start] + pdf[start:end].lower() + pdf[end:]


def covered_up_to(byte_range: Iterable[int]) -> int:
    """The offset in the file at which the signed bytes end."""
    numbers = [int(number) for number in byte_range]
    return numbers[2] + numbers[3]


def timestamp_is_canonical(der: bytes, known_certificates: Iterable[bytes]) -> bool:
    """Whether a time-stamp token has no byte that could be other than it is.

    It carries its signer's certificate and no other; that is one of ``known_certificates`` (DER), which the token
    itself covers. The algorithms are bound by the signature (RFC 6211); all other fields are either signed or have a
    single value (RFC 3161 section 2.4.2, RFC 5652 section 5). May raise what the ASN.1 parser raises.
    """
    info = cms.ContentInfo.load(der, strict=True)
    signed = info["content"]
    if len(signed["signer_infos"]) != 1 or len(signed["certificates"]) != 1:
        return False
    signer, certificate = signed["signer_infos"][0], signed["certificates"][0].chosen
    protected = find_unique_cms_attribute(signer["signed_attrs"], "cms_algorithm_protection")
    digest, mechanism = protected["digest_algorithm"].dump(), protected["signature_algorithm"].untag().dump()
    return (
        is_strict_der(der)
        and signed["version"].native == "v3"
        and signed["encap_content_info"]["content_type"].native == "tst_info"
        and [item.dump() for item in signed["digest_algorithms"]] == [digest]
        and signed["crls"].native is None
        and signer["version"].native == "v1"
        and signer["unsigned_attrs"].native is None
        and signer["digest_algorithm"].dump() == digest
        and signer["signature_algorithm"].dump() == mechanism
        and certificate.dump() in set(known_certificates)
        and _names(signer["sid"], certificate)
    )


def is_strict_der(data: bytes) -> bool:
    """Whether ``data`` is exactly one element in DER as far as structure goes (X.690 sections 8.1.3, 10.1, 10.2).

    Shortest definite lengths, strings in one piece, shortest whole numbers, truth values 00 or FF.
    """
    return _strict_elements(data, 0, len(data), 0) == 1


def _strict_elements(data: bytes, start: int, end: int, depth: int) -> int | None:
    """How many well-formed elements fill ``data[start:end]``; ``None`` when they do not."""
    count = 0
    while start < end:
        header = _strict_header(data, start, end)
        if header is None or depth > _MAX_DEPTH:
            return None
        body, following = header
        tag, content = data[start], data[body:following]
        if tag & 0x20:
            if tag in _PRIMITIVE_ONLY or _strict_elements(data, body, following, depth + 1) is None:
                return None
        elif not _strict_value(tag, content):
            return None
        start, count = following, count + 1
    return count


def _strict_header(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the element at ``start`` begins and ends."""
    if end - start < 2 or data[start] & 0x1F == 0x1F:
        return None
    length, body = data[start + 1], start + 2
    if length >= _SHORT_LENGTH:
        size = length - _SHORT_LENGTH
        written = data[body : body + size]
        length, body = int.from_bytes(written, "big"), body + size
        if not 1 <= size <= 4 or len(written) != size or written[0] == 0 or length < _SHORT_LENGTH:
            return None
    return (body, body + length) if body + length <= end else None


def _strict_value(tag: int, content: bytes) -> bool:
    if tag in {0x02, 0x0A}:  # INTEGER, ENUMERATED
        return len(content) == 1 or (len(content) > 1 and not _padded(content))
    if tag == 0x01:
        return content in {b"\x00", b"\xff"}
    return tag != 0x05 or not content


def _padded(number: bytes) -> bool:
    return (number[0] == 0 and number[1] < 0x80) or (number[0] == 0xFF and number[1] >= 0x80)


def _names(identifier: Any, certificate: Any) -> bool:  # noqa: ANN401 - asn1crypto has no types
    chosen = identifier.chosen
    if identifier.name != "issuer_and_serial_number":
        return False
    same_issuer = chosen["issuer"].dump() == certificate.issuer.dump()
    return bool(same_issuer and chosen["serial_number"].native == certificate.serial_number)


def _der_length(raw: bytes) -> int | None:
    """The length of the first DER element with its header, or ``None``."""
    if len(raw) < 2 or raw[0] != 0x30:
        return None
    if raw[1] < _SHORT_LENGTH:
        return 2 + raw[1]
    count = raw[1] - _SHORT_LENGTH
    if not 1 <= count <= 4 or len(raw) < 2 + count:
        return None
    return 2 + count + int.from_bytes(raw[2 : 2 + count], "big")
