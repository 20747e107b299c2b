"""Documents keep their promises: links lead somewhere, pictures are small, both READMEs show the same."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
LARGEST_PICTURE = 150_000
# 400 is the aim; beyond this a file is split before anything is added to it.
LONGEST_FILE = 500


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize(("readme", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_a_readme_shows_six_small_pictures_and_the_two_commands_first(readme, language):
    text = (ROOT / readme).read_text(encoding="utf-8")
    pictures = re.findall(r"docs/pictures/([\w-]+\.png)", text)
    assert [name[:4] for name in pictures] == [f"{language}-{number}" for number in range(1, 7)]
    assert all((ROOT / "docs" / "pictures" / name).stat().st_size <= LARGEST_PICTURE for name in pictures)
    assert text.index("python3 dev.py run") < text.index("python3 dev.py test") < text.index("LoanApp ", 20)


def test_both_readmes_give_the_same_commands():
    def commands(name):
        return re.findall(r"^\.venv/bin/loanapp (\w+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)

    assert commands("README.md") == commands("README.zh-CN.md") != []


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("package", ["loanapp", "ui"])
def test_no_file_grows_beyond_what_one_can_read(package):
    long = [
        path
        for path in (ROOT / package).rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]
    assert [str(path.relative_to(ROOT)) for path in long] == []
