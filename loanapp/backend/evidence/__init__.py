"""What the lender hands out as evidence: the bundle of a signed contract."""
