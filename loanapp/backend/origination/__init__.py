"""From submission to payout: the durable workflow and what it decides by."""
