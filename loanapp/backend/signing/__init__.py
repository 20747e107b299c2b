"""Signing the contract: the borrower's key certified, both signatures checked and made."""
