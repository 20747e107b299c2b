"""The demonstration borrower and the rendered identity cards."""
