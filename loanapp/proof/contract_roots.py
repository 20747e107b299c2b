"""The roots a contract is verified against: those of signatures and those of time-stamps never stand in for another."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ContractRoots:
    """PEM texts, each with one or more certificates; ``document`` vouches for signatures, ``time`` for time-stamps.

    ``borrower``: the roots of authorities that certify borrowers' keys and know nothing of this program's roles. They
    vouch for the borrower's signature and for no other.
    """

    document: tuple[bytes | str, ...] = field(default=())
    time: tuple[bytes | str, ...] = field(default=())
    borrower: tuple[bytes | str, ...] = field(default=())

    @classmethod
    def by_role(cls, texts: Iterable[bytes | str]) -> "ContractRoots":
        """Sort roots by what each says of itself, for files that say nothing beside the certificates.

        The extended key usages of a root are its roles (RFC 5280, 4.2.1.12): time-stamping, document signing or both.
        A root without any vouches for signatures alone, a borrower's also where its certificate names no role.
        Raises :class:`ValueError` for what is not a certificate.
        """
        # Imported here so that naming roots costs the program's start nothing.
        from loanapp.proof.authorities import (  # noqa: PLC0415
            load_certificates,
            names_no_role,
            pem,
            vouches_for_documents,
            vouches_for_time,
        )

        roots = [root for text in texts for root in load_certificates(text)]
        return cls(
            tuple(pem(root) for root in roots if vouches_for_documents(root)),
            tuple(pem(root) for root in roots if vouches_for_time(root)),
            tuple(pem(root) for root in roots if names_no_role(root)),
        )
