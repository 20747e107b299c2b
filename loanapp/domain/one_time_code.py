"""What a one-time code may authorise: a code made for one purpose is worth nothing for another."""

from enum import StrEnum


class CodePurpose(StrEnum):
    """The act a code stands for."""

    SIGN_IN = "sign_in"
    SIGN_CONTRACT = "sign_contract"
