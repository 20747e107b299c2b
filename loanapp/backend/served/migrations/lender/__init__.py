"""The steps of the lender's own database."""
