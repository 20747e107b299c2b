"""Headless commands, importing lazily."""
