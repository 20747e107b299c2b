"""LoanApp on a screen."""
