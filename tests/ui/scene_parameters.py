"""Scenes as parameters of a test: a page in every run, its variations, which are laid out as it is, in the slow one."""

from collections.abc import Iterable

import pytest


def is_variation(name: str, names: Iterable[str]) -> bool:
    """Whether ``name`` goes on from another scene's, as "sign-in-wrong" does from "sign-in"."""
    return any(name != other and name.startswith(f"{other}-") for other in names)


def variations_slowly(names: Iterable[str]) -> list[object]:
    """Every name as a parameter of a test; variations are marked slow."""
    everything = tuple(names)
    return [
        pytest.param(name, marks=[pytest.mark.slow] if is_variation(name, everything) else []) for name in everything
    ]
