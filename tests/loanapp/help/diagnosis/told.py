"""A finding as somebody reads it."""

from loanapp.commands.doctor import finding, fix


def told(language, check):
    """Finding and fix in a language."""
    return finding(language, check), fix(language, check)
