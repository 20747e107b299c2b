"""Recomputes what the lender says, on the borrower's side."""
