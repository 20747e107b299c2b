"""Offline articles and diagnosis of this computer."""
