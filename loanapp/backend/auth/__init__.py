"""Signing in by phone and one-time code."""
