"""What the borrower does next: a state machine without a screen."""
