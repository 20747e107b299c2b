"""LoanApp without a screen: everything a borrower's program and a reference lender share or do."""

__version__ = "0.1.0"
