"""Signs that somebody may borrow in another's name: counted, explained to staff, and never a verdict."""
