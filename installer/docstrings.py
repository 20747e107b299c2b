"""Other people's modules packed with a blank in place of each docstring: a sixth of all code, which nobody reads there.

Assertions stay, but for NumPy's, and our own modules keep theirs, which the commands print as their help.
"""

import ast
import tokenize
from collections.abc import Iterable
from pathlib import Path
from types import CodeType
from typing import Final

# Ours, and a parser generator that keeps its grammar in docstrings.
_KEPT: Final = ("loanapp", "ui", "ply", "pycparser")
# Made to run under Python's -OO, which takes docstrings and assertions: one of its assertions is about a docstring.
_OPTIMISED: Final = ("numpy",)
_DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def without_docstrings(modules: Iterable[tuple[str, str, str]]) -> dict[str, CodeType]:
    """The code of each of PyInstaller's entries (name, path of the source, kind) that is to be packed without."""
    return {
        name: _compiled(Path(source), optimised=name.partition(".")[0] in _OPTIMISED)
        for name, source, _ in modules
        if source.endswith(".py") and name.partition(".")[0] not in _KEPT
    }


def _compiled(source: Path, *, optimised: bool) -> CodeType:
    with tokenize.open(source) as file:
        tree = ast.parse(file.read(), str(source))
    if optimised:
        return compile(tree, str(source), "exec", dont_inherit=True, optimize=2)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            # Not nothing: SQLAlchemy asserts that there is one, and others put a text of their own behind it.
            node.body[0] = ast.copy_location(ast.Expr(ast.copy_location(ast.Constant(" "), node.body[0])), node.body[0])
    return compile(tree, str(source), "exec", dont_inherit=True, optimize=0)
