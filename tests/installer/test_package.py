"""What is packed, what is said about it, and that a library put in another's place answers the same."""

import configparser
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path, PurePath

import pytest
from PIL import ImageFont

from installer import debian, linux_libraries
from installer.metadata import read_metadata
from installer.package import hold_to_limits, largest_parts
from installer.parts import build_parts, version_of
from installer.rare_face import RARE_FACE, small_rare_face, wanted_characters
from loanapp.proof.typeface import without_glyph
from loanapp.resource_files import assets_folder

ROOT = Path(__file__).resolve().parents[2]
MADE_AT = datetime(2026, 11, 26, tzinfo=UTC)


def test_there_are_two_builds_and_no_third():
    with pytest.raises(ValueError, match="demonstration and lender"):
        build_parts("both")


def test_a_package_that_is_larger_than_promised_stops_the_build():
    hold_to_limits("demonstration", 479.9, 149.9)
    with pytest.raises(SystemExit, match="more than 480 and 150"):
        hold_to_limits("demonstration", 480.1, 10)
    with pytest.raises(SystemExit, match="more than 300 and 100"):
        hold_to_limits("lender", 10, 100.1)


def test_the_largest_parts_count_the_starter_too(tmp_path):
    (tmp_path / "_internal" / "cv2").mkdir(parents=True)
    (tmp_path / "_internal" / "cv2" / "cv2.so").write_bytes(bytes(2_000_000))
    (tmp_path / "loanapp").write_bytes(bytes(3_000_000))
    assert largest_parts(tmp_path) == [("loanapp", 3.0), ("cv2", 2.0)]


def test_a_lenders_build_has_no_lender_and_no_demonstration():
    whole, lender = build_parts("demonstration"), build_parts("lender")
    for name in ("loanapp.backend.app", "loanapp.demonstration.borrower", "ui.tour.walk", "ui.embedded_lender"):
        assert whole.keeps_module(name)
        assert not lender.keeps_module(name)
    for name in ("loanapp.guard", "loanapp.proof.verification", "ui.pages.cost", "loanapp.backends"):
        assert lender.keeps_module(name)
    assert not lender.keeps_resource(PurePath("policy/demonstration_identities.toml"))
    assert "astronaut.png" in whole.assets(ROOT)
    assert "astronaut.png" not in lender.assets(ROOT)
    assert "face_landmarker.task" in lender.assets(ROOT)


def test_what_keeps_a_signature_from_being_checked_is_never_left_out():
    """Without lxml the comparison of revisions calls every contract changed."""
    for build in ("demonstration", "lender"):
        assert "lxml" not in build_parts(build).excluded_modules


def test_printing_brings_no_network_of_its_own_and_the_package_asks_for_it():
    entries = [(name, name, "BINARY") for name in ("libcups.so.2", "libX11.so.6", "libQt6Core.so.6")]
    assert [one[0] for one in entries if not linux_libraries._left_out(one[0], ())] == ["libQt6Core.so.6"]
    assert debian.PACKAGES["libcups.so.2"] == "libcups2"


def test_menus_and_software_centres_are_told_in_both_languages():
    metadata = read_metadata()
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read_string(metadata.desktop_entry())
    words = entry["Desktop Entry"]
    assert words["Exec"] == "/usr/bin/loanapp"
    assert words["Version"] == "1.4"
    assert words["Name[zh_CN]"]
    assert words["Name[zh_CN]"] != words["Name"]
    told = ET.fromstring(metadata.metainfo("1.2.3", MADE_AT))
    assert told.findtext("id") == metadata.identifier
    assert told.find("releases/release").attrib == {"version": "1.2.3", "date": "2026-11-26"}
    languages = {one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in told.findall("summary")}
    assert languages == {None, "zh_CN"}


def test_the_version_is_the_programs():
    from loanapp import __version__

    assert version_of(ROOT) == __version__


CALCULATE = """
import json, sys
if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])
import cv2
import numpy as np
random, found = np.random.default_rng(0), []
for kind in (np.float32, np.float64):
    for side in (3, 7, 40, 150):
        square = random.random((side, side)).astype(kind) + side * np.eye(side, dtype=kind)
        tall, right = random.random((side * 3, side)).astype(kind), random.random((side * 3, 1)).astype(kind)
        for way in (cv2.DECOMP_LU, cv2.DECOMP_SVD, cv2.DECOMP_QR):
            found.append(cv2.solve(square, right[:side], flags=way)[1])
        found.append(cv2.solve(square @ square.T, right[:side], flags=cv2.DECOMP_CHOLESKY)[1])
        found.append(cv2.solve(tall, right, flags=cv2.DECOMP_QR)[1])
        values, left, other = cv2.SVDecomp(tall)
        found += [values, (left * values.T) @ other, cv2.gemm(square, square, 1.0, square, 0.5)]
        found += [np.array([np.log(abs(cv2.determinant((square / side).astype(np.float64))))]), cv2.invert(square)[1]]
    whirl = random.random((60, 60, 2)).astype(kind)
    found.append(cv2.gemm(whirl, whirl, 1.0, None, 0))
    even = square + square.T
    found.append(np.sort(cv2.eigen(even)[1].ravel()))
found.append(np.sort(cv2.eigenNonSymmetric(random.random((8, 8)))[0].ravel()))
maps = open("/proc/self/maps").read()
print(json.dumps({"values": [one.ravel().tolist() for one in found], "maps": maps}))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or any(shutil.which(tool) is None for tool in ("cc", "nm", "objdump")),
    reason="packages for Linux are made with a C compiler and binutils, which are not here",
)
def test_opencv_calculates_the_same_with_numpys_linear_algebra(tmp_path):
    """Each of the nineteen functions, against OpenCV's own OpenBLAS."""
    import cv2
    import numpy as np

    wheels = Path(cv2.__file__).parents[1]
    entries = [
        (f"{folder}/{path.name}", str(path), "BINARY")
        for folder in ("numpy.libs", "opencv_python_headless.libs")
        for path in (wheels / folder).glob("*.so*")
    ]
    made = {Path(source).name: Path(source) for _, source, _ in linux_libraries.lean(entries, tmp_path / "work", ())}
    package = tmp_path / "package"
    shutil.copytree(wheels / "cv2", package / "cv2")
    shutil.copytree(wheels / "opencv_python_headless.libs", package / "opencv_python_headless.libs")
    (package / "numpy.libs").symlink_to(wheels / "numpy.libs")
    for name in ("libopenblasp", "libaom-", "libvpx-"):
        (one,) = (path for path in made.values() if path.name.startswith(name))
        shutil.copyfile(one, package / "opencv_python_headless.libs" / one.name)
    answers = [
        json.loads(
            subprocess.run([sys.executable, "-c", CALCULATE, *where], check=True, capture_output=True, text=True).stdout
        )
        for where in ([], [str(package)])
    ]
    assert str(package / "opencv_python_headless.libs/libopenblasp") in answers[1]["maps"]
    for own, others in zip(*(answer["values"] for answer in answers), strict=True):
        assert np.isfinite(own).all()
        assert np.abs(np.array(own) - np.array(others)).max() <= 2e-3 * max(1.0, np.abs(own).max())


def test_a_package_draws_the_rare_characters_people_are_most_likely_called_by(tmp_path):
    if not (assets_folder() / RARE_FACE).is_file():
        pytest.skip("set-up could not fetch the face of rare characters here")
    assert RARE_FACE not in build_parts("demonstration").assets(ROOT)
    face = small_rare_face(tmp_path)
    assert face.stat().st_size < 1_600_000
    assert len(wanted_characters()) > 2900
    assert without_glyph(wanted_characters(), [face]) == ""
    # Each with a drawing of its own, and all of it read by what draws the window and the contract.
    drawn = ImageFont.truetype(str(face), 40)
    pictures = {bytes(drawn.getmask(character)) for character in wanted_characters()[::97]}
    assert len(pictures) == len(wanted_characters()[::97])
    assert all(map(any, pictures))


def test_a_computer_without_the_face_is_packed_without_it(tmp_path, monkeypatch):
    monkeypatch.setattr("installer.rare_face.assets_folder", lambda: tmp_path)
    assert small_rare_face(tmp_path / "work") is None
