"""The offer, the mandatory cost table, and the loan: every figure from the domain's own arithmetic."""
