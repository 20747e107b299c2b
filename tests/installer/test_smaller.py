"""What a package has less of than the wheels it is made from, and that nothing is lost by it."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from installer import linux_libraries
from installer.comparison import MAY_DIFFER, differences, unexpected
from installer.docstrings import without_docstrings
from installer.half_weights import halved, pack_halved
from installer.parts import build_parts
from loanapp.demonstration.identities import load_identities
from loanapp.demonstration.identity_card import render_card
from loanapp.vision import text_reading
from loanapp.vision.graphs.onnx import OnnxWriter
from loanapp.vision.photos import decode_photo

ROOT = Path(__file__).resolve().parents[2]
on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux") or any(shutil.which(tool) is None for tool in ("cc", "nm", "objdump")),
    reason="packages for Linux are made with a C compiler and binutils, which are not here",
)


def wheels() -> Path:
    return Path(np.__file__).parents[1]


def net(weights) -> bytes:
    writer = OnnxWriter()
    writer.node("MatMul", [writer.input("x", (1, weights.shape[0])), writer.constant(weights)], "y")
    writer.output("y", (1, weights.shape[1]))
    return writer.model()


def answer(model: bytes, values):
    import onnxruntime

    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, {"x": values})[0]


def test_a_net_in_half_the_bytes_calculates_with_the_rounded_weights():
    weights = np.random.default_rng(0).normal(size=(64, 256)).astype(np.float32)
    values = np.ones((1, 64), np.float32)
    whole, half = net(weights), halved(net(weights))
    assert len(half) < 0.52 * len(whole)
    rounded = weights.astype(np.float16).astype(np.float32)
    assert np.array_equal(answer(half, values), answer(net(rounded), values))


def test_small_tensors_stay_as_they_are_and_weights_out_of_reach_are_refused():
    small = net(np.ones((4, 4), np.float32))
    assert halved(small) == small
    with pytest.raises(ValueError, match="16 bits"):
        halved(net(np.full((64, 256), 1e6, np.float32)))


def test_cards_are_read_the_same_with_the_nets_of_a_package(tmp_path, monkeypatch):
    """Both sides of three cards, piece by piece."""
    pictures = [
        decode_photo(render_card(identity, side), 1280)
        for identity in load_identities()[:3]
        for side in ("front", "back")
    ]
    reader = text_reading.TextReader()
    before = [[box.text for box in reader.read(picture)] for picture in pictures]
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    for name in ("_DETECTOR", "_RECOGNISER"):
        file = getattr(text_reading, name)
        made = pack_halved(folder / file, tmp_path / file)
        assert made.stat().st_size < 0.55 * (folder / file).stat().st_size
        monkeypatch.setattr(text_reading, name, str(made))
    packed = text_reading.TextReader()
    after = [[box.text for box in packed.read(picture)] for picture in pictures]
    assert sum(map(len, before)) > 40
    assert after == before


def test_only_the_nets_that_read_text_are_halved_and_the_one_never_asked_is_left_out():
    for build in ("demonstration", "lender"):
        parts = build_parts(build)
        assert parts.halves("rapidocr/models/PP-OCRv6_rec_small.onnx")
        assert not parts.halves("resources/assets/face_recognition_sface_2021dec_int8bq.onnx")
        assert not parts.keeps_file("rapidocr/models/ch_ppocr_mobile_v2.0_cls_mobile.onnx")


SET = """
import sys
import typst
from pathlib import Path
from loanapp.resource_files import assets_folder
fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(assets_folder())])
text = '#set text(font: "Noto Serif SC")\\n= 借款\\n*10 000.00*'
compiler = typst.Compiler(text.encode(), font_paths=fonts)
sys.stdout.buffer.write(compiler.compile(format="pdf", timestamp=0))
print(typst.__file__, file=sys.stderr)
"""


def test_a_contract_is_set_the_same_by_a_typesetter_without_typefaces_of_its_own(tmp_path):
    (library,) = (wheels() / "typst").glob("_typst.*")
    whole = library.read_bytes()
    slim = linux_libraries.without_typefaces(whole)
    assert len(slim) == len(whole)
    zeros = np.count_nonzero(np.frombuffer(whole, np.uint8)) - np.count_nonzero(np.frombuffer(slim, np.uint8))
    assert zeros > 15_000_000
    shutil.copytree(wheels() / "typst", tmp_path / "typst")
    (tmp_path / "typst" / library.name).write_bytes(slim)
    done = [
        subprocess.run(
            [sys.executable, "-c", SET],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*first, str(ROOT)])},
        )
        for first in ([], [str(tmp_path)])
    ]
    assert str(tmp_path) in done[1].stderr.decode()
    assert done[0].stdout.startswith(b"%PDF")
    assert done[0].stdout == done[1].stdout


def test_no_typeface_is_seen_where_none_is():
    for content in (b"", b"OTTO\0", b"OTTO\0\x10" + bytes(300), bytes(64), os.urandom(64) + b"\0\1\0\0\0\xff"):
        assert linux_libraries.without_typefaces(content) == content


CONNECT = """
import psycopg, psycopg_binary, dbos
print(psycopg.pq.__impl__, psycopg_binary.__file__)
try:
    psycopg.connect("host=127.0.0.1 port=9 connect_timeout=1")
except (psycopg.Error, MemoryError) as error:
    print("refused")
"""


@on_linux
def test_the_workflow_loads_without_postgresql_and_a_connection_is_refused(tmp_path):
    if not (wheels() / "psycopg_binary.libs").is_dir():
        pytest.skip("no wheel of PostgreSQL's library for this computer")
    entries = [
        (f"{folder}/{path.name}", str(path), "BINARY")
        for folder in ("numpy.libs", "psycopg_binary.libs", "psycopg_binary")
        for path in (wheels() / folder).glob("*.so*")
    ]
    kept = linux_libraries.lean(entries, tmp_path / "work", ())
    libraries = {target: Path(source) for target, source, _ in kept if target.startswith("psycopg_binary.libs/")}
    assert [Path(target).name.partition("-")[0] for target in libraries] == ["libpq"]
    shutil.copytree(wheels() / "psycopg_binary", tmp_path / "psycopg_binary")
    (tmp_path / "psycopg_binary.libs").mkdir()
    for target, source in libraries.items():
        shutil.copyfile(source, tmp_path / target)
    said = subprocess.run(
        [sys.executable, "-c", CONNECT],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    ).stdout
    assert str(tmp_path) in said
    assert said.split()[0] == "binary"
    assert said.endswith("refused\n")


def test_other_peoples_modules_lose_their_docstrings_and_keep_their_assertions(tmp_path):
    source = tmp_path / "one.py"
    source.write_text(
        '"""Of the module."""\nclass Only:\n    """Of the class."""\n\n'
        'def only():\n    """Of the function."""\n\n'
        'def asserts(value):\n    """Of another."""\n    assert value\n    return "kept"\n',
        encoding="utf-8",
    )
    kinds = [(name, str(source), "PYMODULE") for name in ("one", "one.part", "loanapp.one", "ui", "pycparser.ply.yacc")]
    packed = without_docstrings(kinds)
    assert set(packed) == {"one", "one.part"}
    names: dict = {}
    exec(packed["one"], names)
    assert [one.__doc__ for one in (names["Only"], names["only"], names["asserts"])] == [" "] * 3
    assert names["__doc__"] == " "
    assert names["only"]() is None
    assert names["asserts"](1) == "kept"
    with pytest.raises(AssertionError):
        names["asserts"](0)


def test_every_source_of_a_known_package_compiles_without_docstrings():
    """A whole package of others, in every form of code: nothing but docstrings is different."""
    sources = sorted((wheels() / "sqlalchemy" / "sql").glob("*.py"))
    packed = without_docstrings((f"sqlalchemy.sql.{path.stem}", str(path), "PYMODULE") for path in sources)
    assert len(packed) == len(sources) > 20
    for path in sources:
        whole = compile(ast.parse(path.read_text(encoding="utf-8")), str(path), "exec", dont_inherit=True, optimize=0)
        assert packed[f"sqlalchemy.sql.{path.stem}"].co_names == whole.co_names


def test_numpy_is_packed_as_python_runs_it_under_its_own_option():
    """One of its assertions is about a docstring, so both go, which it is made for."""
    source = wheels() / "numpy" / "ma" / "core.py"
    packed = without_docstrings([("numpy.ma.core", str(source), "PYMODULE")])["numpy.ma.core"]
    assert packed == compile(source.read_text(encoding="utf-8"), str(source), "exec", dont_inherit=True, optimize=2)


def test_two_folders_are_held_against_each_other(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "part").mkdir(parents=True)
        for place in ("same", "part/bytes", "part/rights"):
            (tmp_path / name / place).write_text("x", encoding="utf-8")
        (tmp_path / name / "link").symlink_to("same")
    one, two = tmp_path / "one", tmp_path / "two"
    assert differences(one, two) == []
    (two / "part/bytes").write_text("y", encoding="utf-8")
    (two / "part/rights").chmod(0o700)
    (two / "new").write_text("", encoding="utf-8")
    (two / "link").unlink()
    (two / "link").symlink_to("new")
    assert differences(one, two) == differences(two, one) == ["link", "new", "part/bytes", "part/rights"]
    assert unexpected(["new", *MAY_DIFFER]) == ["new"]
