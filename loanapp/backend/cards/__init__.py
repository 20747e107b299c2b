"""The bank card the loan is paid to."""
