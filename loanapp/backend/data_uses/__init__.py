"""Who used which data: signed heads over the ledger, and a borrower's own entries with their proofs."""
