"""Appointments at a branch: the way to be verified in person."""
