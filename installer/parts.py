"""What goes into a packed program and what stays out, for the two builds there are. Standard library only."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

BUILDS: Final = ("demonstration", "lender")

# Ours that only the embedded lender and the demonstration need.
_OUR_EXTRAS: Final = (
    "loanapp.backend",
    "loanapp.demonstration",
    "loanapp.commands.backend",
    "loanapp.commands.tour",
    "loanapp.proof.typesetting",
    "ui.demonstration",
    "ui.embedded_lender",
    "ui.gallery",
    "ui.tour",
)
# A lender that is served by workers is set up from its sources, never from a packed program.
_SERVED: Final = "loanapp.backend.served"
# Never opened by a program of widgets, or only by developers.
_NEVER: Final = (
    *("tkinter", "pytest", "_pytest", "hypothesis", "mypy", "IPython", "matplotlib", "setuptools", "pip", "pydoc_data"),
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtNetwork", "lxml.html", "lxml.objectify", "PIL._avif"),
    *("PIL._imagingcms", "PIL.ImageCms", "PIL._imagingtk"),
    *("numpy.f2py", "numpy.testing", "pygments", "rich", "distutils", "sqlalchemy.dialects.mysql"),
    # Of the tools for typefaces those that make or convert one.
    *("fontTools.voltLib", "fontTools.mtiLib", "fontTools.ufoLib", "fontTools.merge", "fontTools.t1Lib"),
    *("fontTools.cu2qu", "fontTools.qu2cu", "fontTools.svgLib"),
    *("sqlalchemy.dialects.oracle", "sqlalchemy.dialects.mssql"),
    *("alembic", "mako", "prometheus_client"),
)
_LENDERS: Final = (
    *("typst", "dbos", "psycopg", "psycopg_binary", "psycopg_c", "sqlalchemy", "greenlet", "fastapi", "starlette"),
    *(
        "PySide6.QtTest",
        "uvicorn",
        "pydantic",
        "pydantic_core",
        "rapidocr",
        "shapely",
        "pyclipper",
        "argon2",
        "opentelemetry",
    ),
)
# Files by a part of their place in the package.
_FILES_NEVER: Final = (
    *("Qt6Quick", "Qt6Qml", "Qt6Designer", "Qt6Pdf", "Qt6VirtualKeyboard", "Qt63D", "Qt/translations"),
    *("libqgtk3", "libqlinuxfb", "libqeglfs", "libqvkkhrdisplay", "libqvnc", "libqminimalegl", "egldeviceintegrations"),
    *(
        "Qt6EglF",
        "plugins/generic",
        "plugins/networkinformation",
        "plugins/sqldrivers",
        "plugins/tls",
        "QtNetwork.",
        "Qt6Network",
    ),
    *("libqtiff", "libqwebp", "libqicns", "libqgif", "libqtga", "libqwbmp", "libqpdf"),
    # Text is read upright: rapidocr's own net for turned lines is never asked (loanapp.vision.text_reading).
    *("rapidocr/models/ch_ppocr_mobile", "rapidocr/models/.gitkeep"),
    *("pillow.libs/libavif", "/tests/", "isoschematron", "numpy/random/lib", ".dist-info/RECORD"),
)
_FILES_LENDERS: Final = ("Qt6Test", "QtTest.", "psycopg_binary.libs", "shapely.libs", "rapidocr/")
_RESOURCES_LENDERS: Final = (
    "contract",
    "profiles/demonstration.toml",
    "policy/products.toml",
    "policy/scorecard.toml",
    "policy/scorecard_challenger.toml",
    "policy/sources.toml",
    "policy/checks.toml",
    "policy/demonstration_identities.toml",
    "policy/simulation.toml",
)
_ASSETS_LENDERS: Final = ("NotoSerifSC-Regular.otf", "astronaut.png", "face_detection_yunet", "face_recognition_sface")
_ASSETS_LENDERS_NAMES: Final = tuple(f'name = "{name}' for name in _ASSETS_LENDERS)
# Wheels that ship their symbols.
_STRIPPED: Final = (
    *("libpython3", "_typst", "_rust.abi3", "_yaml", "_pyclipper", "aiohttp/", "sqlalchemy/", "libgeos", "multidict/"),
    *("propcache/", "frozenlist/", "yarl/", "greenlet/", "pillow.libs/", "lib-dynload/", "_psycopg", "psycopg_binary"),
    *("fontTools/", "PIL/_imaging", "libpdfium", "opencv_python_headless.libs/libpng16", "libicui18n", "libicuuc"),
    # Of NumPy all but its OpenBLAS, which does not load once stripped.
    *("numpy/_core/_multiarray_umath", "numpy/random/", "numpy/fft/", "numpy/linalg/"),
    *("shapely/", "_cffi_backend", "charset_normalizer/"),
)


@dataclass(frozen=True)
class Parts:
    """One build's choice. ``stripped``: parts of the names of libraries whose symbols go."""

    build: str
    embedded_lender: bool
    excluded_modules: tuple[str, ...]
    stripped: tuple[str, ...] = _STRIPPED

    def keeps_module(self, name: str) -> bool:
        """Whether a module is packed, by its full name."""
        if name == _SERVED or name.startswith(f"{_SERVED}."):
            return False
        if self.embedded_lender:
            return True
        return not any(name == extra or name.startswith(f"{extra}.") for extra in _OUR_EXTRAS)

    def keeps_file(self, target: str) -> bool:
        """Whether a library or a file of somebody else's is packed, by its place in the package."""
        place = PurePath(target).as_posix()
        unwanted = _FILES_NEVER if self.embedded_lender else (*_FILES_NEVER, *_FILES_LENDERS)
        return not any(part in place for part in unwanted)

    def halves(self, target: str) -> bool:
        """Whether a file is a net whose weights are packed in 16 bits (``installer/half_weights.py``)."""
        return PurePath(target).match("rapidocr/models/*.onnx")

    def keeps_resource(self, place: PurePath) -> bool:
        """Whether a file of ours is packed, by its place under resources."""
        return self.embedded_lender or not place.as_posix().startswith(_RESOURCES_LENDERS)

    def assets(self, root: Path) -> list[str]:
        """The names of the models and fonts that are packed."""
        listed = tomllib.loads((root / "resources" / "assets.toml").read_text(encoding="utf-8"))["asset"]
        # The one that is optional is packed in part: installer/rare_face.py.
        names = [str(asset["name"]) for asset in listed if not asset.get("optional")]
        return [name for name in names if self.embedded_lender or not name.startswith(_ASSETS_LENDERS)]

    def asset_list(self, root: Path) -> str:
        """``resources/assets.toml`` with what is packed alone: the program looks for no file of another build."""
        head, *tables = (root / "resources" / "assets.toml").read_text(encoding="utf-8").split("[[asset]]\n")
        kept = [table for table in tables if self.embedded_lender or not table.startswith(_ASSETS_LENDERS_NAMES)]
        return "[[asset]]\n".join([head, *kept])


def build_parts(build: str) -> Parts:
    """The choice for ``demonstration`` or ``lender``. Raises ``ValueError`` for another name."""
    if build not in BUILDS:
        raise ValueError(f"{build}: there are the builds {' and '.join(BUILDS)}")
    whole = build == "demonstration"
    return Parts(build, whole, _NEVER if whole else (*_NEVER, *_LENDERS, *_OUR_EXTRAS))


def version_of(root: Path) -> str:
    """The program's version, read without importing the program. Raises ``ValueError`` where there is none."""
    text = (root / "loanapp" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__\s*(?::[^=]+)?=\s*"([^"]+)"', text)
    if found is None:
        raise ValueError("loanapp/__init__.py has no version")
    return found.group(1)
