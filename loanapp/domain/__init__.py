"""Money, schedules, identity numbers, consents, statuses, reasons, error codes: pure, no input or output."""
