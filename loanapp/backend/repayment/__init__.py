"""Paying back: what is owed, the debit of the bound card, the end of a loan."""
