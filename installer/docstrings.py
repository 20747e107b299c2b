"""Other people's modules packed without their docstrings: a sixth of all code, and nobody reads them in a package.

Assertions stay, and our own modules keep theirs, which the commands print as their help.
"""

import ast
import tokenize
from collections.abc import Iterable
from pathlib import Path
from types import CodeType
from typing import Final

# Ours, and a parser generator that keeps its grammar in docstrings.
_KEPT: Final = ("loanapp", "ui", "ply", "pycparser")
_DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def without_docstrings(modules: Iterable[tuple[str, str, str]]) -> dict[str, CodeType]:
    """The code of each of PyInstaller's entries (name, path of the source, kind) that is to be packed without."""
    return {
        name: _compiled(Path(source))
        for name, source, _ in modules
        if source.endswith(".py") and name.partition(".")[0] not in _KEPT
    }


def _compiled(source: Path) -> CodeType:
    with tokenize.open(source) as file:
        tree = ast.parse(file.read(), str(source))
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
            # What had nothing but a docstring still needs something to do.
            if not node.body and not isinstance(node, ast.Module):
                node.body = [ast.Pass(lineno=node.lineno, col_offset=node.col_offset)]
    return compile(tree, str(source), "exec", dont_inherit=True, optimize=0)
