"""Applications: what they hold, what may be done when, and how they are shown."""
