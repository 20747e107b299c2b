"""The reference lender."""
