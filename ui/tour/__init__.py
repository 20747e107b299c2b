"""A walk through the whole journey in the real windows, against the real embedded lender, by mouse and keyboard."""
