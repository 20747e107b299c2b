"""A contract from its variables to verified, and its evidence bundle, against setting and reading a page alone.

Budget: written, signed by both and verified in at most 1,500 ms; the first of a process loads libraries and is not it.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from loanapp.backend.contracts import render_contract
from loanapp.proof.bundle_verification import verify_bundle
from loanapp.proof.contract_facts import visible_text
from loanapp.proof.pdf_signature import prepare
from loanapp.proof.verification import verify_contract
from tests.loanapp.proof import bundles
from tests.loanapp.proof.parties import MADE_AT, Parties, contract_data

_RUNS = 7


def _median_ms(work: Callable[[], object]) -> float:
    work()
    took = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def measure() -> Iterator[tuple[str, float, str, float]]:
    """Milliseconds for the whole way of a contract, for verifying it, and for making and verifying its bundle."""
    parties, data = Parties.make(MADE_AT), contract_data()
    at = parties.now + timedelta(minutes=1)
    baseline = _median_ms(lambda: visible_text(render_contract(data)))

    def signed() -> bytes:
        return parties.countersign(parties.sign(prepare(render_contract(data))))

    def whole() -> None:
        if not verify_contract(signed(), parties.roots, at=at).valid:
            raise AssertionError("an honest contract was refused")

    yield "contract.written_signed_verified", _median_ms(whole), "ms", baseline
    pdf = signed()
    yield "contract.verified", _median_ms(lambda: verify_contract(pdf, parties.roots, at=at)), "ms", baseline
    yield "bundle.made", _median_ms(lambda: bundles.build(parties, pdf)), "ms", baseline
    bundle = bundles.build(parties, pdf)
    yield "bundle.verified", _median_ms(lambda: verify_bundle(bundle, parties.roots, at=at)), "ms", baseline
