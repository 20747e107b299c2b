"""Which roots this lender's contracts lead to."""

from loanapp.backend.services import Services
from loanapp.proof.contract_roots import ContractRoots


def contract_roots(services: Services) -> ContractRoots:
    """The lender's own roots, and those of another authority where one certifies borrowers' keys."""
    keys, authority = services.keys, services.sources.authority
    return ContractRoots(
        document=(keys.document_root.certificate_pem,),
        time=(services.sources.timestamps.roots_pem,),
        borrower=() if authority.own else (authority.roots_pem,),
    )


def published_roots(services: Services) -> dict[str, str]:
    """The roots a borrower's program checks with, by the names it reads them under; PEM."""
    roots = contract_roots(services)
    named = {"document_root": roots.document, "time_root": roots.time, "borrower_root": roots.borrower}
    texts = {name: "".join(str(one) for one in found) for name, found in named.items() if found}
    return {"transport_root": services.keys.transport_root.certificate_pem, **texts}
