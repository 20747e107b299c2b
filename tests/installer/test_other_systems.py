"""The recipes for systems that are not here: whole, in both languages, from the one source of words; never run."""

import ast
import configparser
import plistlib
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

from installer.macos import ENTITLEMENTS, dmg_recipe
from installer.metadata import read_metadata
from installer.windows import MANIFEST, inno_script, version_resource, write_resources


def sections(script: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in script.splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = []
        elif line and not line.startswith(";"):
            found[list(found)[-1]].append(line)
    return found


def test_the_script_for_inno_setup_says_what_every_other_system_says():
    metadata = read_metadata()
    script = inno_script(metadata, "1.2.3")
    parts = sections(script)
    setup = configparser.ConfigParser(interpolation=None)
    setup.read_string("[Setup]\n" + "\n".join(parts["Setup"]))
    assert setup["Setup"]["appversion"] == "1.2.3"
    assert setup["Setup"]["appid"] == metadata.identifier
    assert setup["Setup"]["privilegesrequired"] == "lowest"
    assert f"zh.ProgramName={metadata.texts['zh_CN'].name}" in parts["CustomMessages"]
    assert {"Files", "Icons", "Languages", "Run", "Tasks"} <= set(parts)
    assert "Never run" in script
    # What Inno Setup replaces has one brace on each side, however Python wrote it.
    assert "{{" not in script
    assert "{app}" in script


def test_the_version_of_the_starter_is_an_expression_of_the_names_that_pyinstaller_gives_it(tmp_path):
    write_resources(tmp_path, read_metadata(), "1.2.3")
    read = ast.parse((tmp_path / "version.txt").read_text(encoding="utf-8"), mode="eval")
    called = {node.func.id for node in ast.walk(read) if isinstance(node, ast.Call)}
    assert called == {
        *("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct"),
        *("VarFileInfo", "VarStruct"),
    }
    words = {node.value for node in ast.walk(read) if isinstance(node, ast.Constant)}
    assert {read_metadata().texts["zh_CN"].name, "1.2.3", "080404B0"} <= words
    assert "(1, 2, 3, 0)" in version_resource(read_metadata(), "1.2.3")
    assert (tmp_path / "loanapp.manifest").read_text(encoding="utf-8") == MANIFEST


def test_the_manifest_asks_for_no_rights_and_for_sharp_words_on_every_screen():
    told = ET.fromstring(MANIFEST.encode())
    (level,) = [one.attrib["level"] for one in told.iter() if one.tag.endswith("requestedExecutionLevel")]
    assert level == "asInvoker"
    assert [one.text for one in told.iter() if one.tag.endswith("dpiAwareness")] == ["PerMonitorV2"]


def test_the_recipe_for_macos_is_a_script_and_asks_for_the_camera_alone():
    recipe = dmg_recipe(read_metadata(), "1.2.3")
    assert "loanapp-1.2.3.dmg" in recipe
    assert "Never run" in recipe
    if (shell := shutil.which("sh")) is None:
        pytest.skip("there is no shell to read the script")
    subprocess.run([shell, "-n"], input=recipe, text=True, check=True)
    rights = plistlib.loads(ENTITLEMENTS.encode())
    assert rights["com.apple.security.device.camera"] is True
    assert not any("audio" in name for name in rights)
