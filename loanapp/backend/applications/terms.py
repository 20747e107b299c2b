"""The terms a borrower may ask for, held against product and limits."""

from decimal import Decimal

from loanapp.backend.http.models.application import TermsRequest
from loanapp.backend.http.models.common import yuan
from loanapp.backend.policy.models import Product
from loanapp.backend.refusal import RefusedError
from loanapp.backend.services import Services
from loanapp.backend.store.tables import Application
from loanapp.domain.errors import ErrorCode
from loanapp.domain.money import wire


def check_terms(services: Services, terms: TermsRequest, owed: Decimal) -> Product:
    """The product asked for; ``owed``: principal the person owes already, in yuan.

    Raises ``INPUT_INVALID`` (another product or method), ``AMOUNT_OUT_OF_RANGE`` (with ``minimum``, ``maximum``,
    ``step``), ``TERM_NOT_OFFERED`` or ``PURPOSE_NOT_ALLOWED``, each with its field.
    """
    product = services.policies.product(terms.product_id)
    if product is None:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"product_id": ErrorCode.INPUT_INVALID})
    amount = yuan(terms.amount)
    cap = services.policies.limits.consumer_balance_cap.value - owed
    most = max(Decimal(0), min(product.amount_max, cap))
    if not product.amount_min <= amount <= most or (amount - product.amount_min) % product.amount_step:
        raise RefusedError(
            ErrorCode.AMOUNT_OUT_OF_RANGE,
            fields={"amount": ErrorCode.AMOUNT_OUT_OF_RANGE},
            minimum=wire(product.amount_min),
            maximum=wire(most),
            step=wire(product.amount_step),
        )
    if terms.method is not product.method:
        raise RefusedError(ErrorCode.INPUT_INVALID, fields={"method": ErrorCode.INPUT_INVALID})
    if terms.months not in product.months:
        raise RefusedError(ErrorCode.TERM_NOT_OFFERED, fields={"months": ErrorCode.TERM_NOT_OFFERED})
    if terms.purpose not in product.purposes:
        raise RefusedError(ErrorCode.PURPOSE_NOT_ALLOWED, fields={"purpose": ErrorCode.PURPOSE_NOT_ALLOWED})
    return product


def set_terms(application: Application, terms: TermsRequest) -> None:
    """Write checked terms into the application."""
    application.product_id = terms.product_id
    application.amount = yuan(terms.amount)
    application.months = terms.months
    application.method = terms.method
    application.purpose = terms.purpose
