"""A visible signature: text that can be read and searched, inside its frame, drawn without any typesetter."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.proof.drawn_text import DrawnText
from loanapp.proof.handwriting import Handwriting
from loanapp.proof.signature_appearance import HEIGHT, WIDTH, borrower_words
from loanapp.proof.typeface import RARE_FACE, signature_faces
from loanapp.resource_files import assets_folder

MOMENT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
NAMED = "䶮㛃𬱖"
RARE = "𠮷𠈓𡛕𬺊𫩿"
LONG = "阿卜杜热合曼·𠮷买买提·艾尼瓦尔江"
BEYOND = "\U00031350"

needs_face = pytest.mark.skipif(
    not (assets_folder() / RARE_FACE).is_file(), reason="set-up could not fetch the face of rare characters here"
)


def page_of(words) -> bytes:
    """The drawing alone on a page of the size of its box."""
    drawing, writer = words.drawing(), PdfFileWriter()
    drawing.set_writer(writer)
    content = writer.add_object(generic.StreamObject(stream_data=drawing.render()))
    writer.insert_page(PageObject(content, (0, 0, WIDTH, HEIGHT), drawing.resources.as_pdf_object()))
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def read(pdf: bytes, *, scale: float = 2):
    """Text, the box of each character and the picture, by a reader that knows nothing of how it was made."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text = page.get_textpage()
    words = text.get_text_range()
    boxes = [text.get_charbox(place) for place in range(text.count_chars())]
    picture = page.render(scale=scale).to_numpy().copy()
    text.close()
    page.close()
    document.close()
    return words, boxes, picture


@needs_face
@pytest.mark.parametrize("name", ["王伟", NAMED, RARE, LONG, "买买提·吐尔逊·阿不都热合曼", "买买提·" * 12 + "𠮷"])
def test_every_name_stands_in_one_line_inside_its_frame(name):
    words, boxes, picture = read(page_of(borrower_words(name, MOMENT, simulated=True)))
    assert words.splitlines() == [
        "借款人签名",
        name,
        "签名时间 2026-11-26 10:00:00+08:00",
        "证书由模拟 (TEST) 机构签发",
    ]
    assert min(box[0] for box in boxes) >= 0
    assert max(box[2] for box in boxes) <= WIDTH
    ink = (picture.min(axis=2) < 128).nonzero()
    assert 8 < ink[0].min() < ink[0].max() < 2 * HEIGHT - 8
    assert 8 < ink[1].min() < ink[1].max() < 2 * WIDTH - 8


@needs_face
def test_each_character_is_drawn_as_itself():
    pictures = [read(page_of(borrower_words(one * 2, MOMENT, simulated=False)))[2] for one in NAMED + RARE + "王"]
    for place, one in enumerate(pictures):
        assert all(np.abs(one.astype(int) - other).max() > 100 for other in pictures[place + 1 :])


def test_the_letters_are_those_of_the_face():
    """The same word drawn by FreeType from the same file covers the same ground."""
    from PIL import Image, ImageDraw, ImageFont

    words = replace(borrower_words("永和丽", MOMENT, simulated=False), role="", note="")
    drawn = read(page_of(words), scale=4)[2][: 4 * 50, :, :].min(axis=2) < 128
    paper = Image.new("L", (4 * WIDTH, 4 * 50), 255)
    face = ImageFont.truetype(str(signature_faces()[0]), 4 * 18)
    ImageDraw.Draw(paper).text((4 * 8, 4 * (HEIGHT - 49)), "永和丽", fill=0, font=face, anchor="ls")
    other = np.asarray(paper) < 128
    assert (drawn & other).sum() / (drawn | other).sum() > 0.9


def test_the_same_words_give_the_same_bytes():
    words = borrower_words("王伟", MOMENT, simulated=True)
    first, second = (PdfFileReader(BytesIO(page_of(words))) for _ in range(2))
    contents = [reader.root["/Pages"]["/Kids"][0]["/Contents"].data for reader in (first, second)]
    assert contents[0] == contents[1]


def test_a_character_without_an_outline_is_refused_and_never_a_box(monkeypatch):
    with pytest.raises(LoanAppError) as refused:
        borrower_words("王" + BEYOND, MOMENT, simulated=False).drawing()
    assert refused.value.code is ErrorCode.ASSET_MISSING
    assert BEYOND not in str(refused.value.details)
    only = signature_faces()[:1]
    monkeypatch.setattr("loanapp.proof.signature_appearance.signature_faces", lambda: only)
    with pytest.raises(LoanAppError) as rare:
        borrower_words(RARE, MOMENT, simulated=False).drawing()
    assert rare.value.details == {"asset": RARE_FACE}
    with pytest.raises(ValueError, match="no outline"):
        DrawnText(RARE, only)


def test_a_borrowers_computer_needs_no_typesetter_to_sign():
    check = "import sys, loanapp.proof.pdf_signature, loanapp.proof.signature_appearance; print('typst' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, text=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("name", ["王伟", "阿卜杜热合曼·买买提·艾尼瓦尔江"])
def test_handwriting_stands_in_the_place_of_the_printed_name(name):
    """The lines are drawn inside the frame, and the name stays to be read and searched."""
    hand = Handwriting((((0.2, 0.3), (0.9, 0.8), (4.4, 0.2)), ((1.6, 0.5),)))
    words = borrower_words(name, MOMENT, simulated=True, handwriting=hand)
    text, boxes, picture = read(page_of(words))
    lines = text.splitlines()
    assert lines[0].startswith("借款人签名")
    assert lines[0].endswith(name)
    assert lines[1].startswith("签名时间")
    assert max(box[2] for box in boxes) <= WIDTH
    between = picture[2 * (HEIGHT - 70) : 2 * (HEIGHT - 36)].min(axis=2) < 128
    assert between.sum() > 100
    ink = (picture.min(axis=2) < 128).nonzero()
    assert 8 < ink[1].min() < ink[1].max() < 2 * WIDTH - 8
    assert name not in repr(hand)


@pytest.mark.parametrize("strokes", [(), ((),), (((0.0, 9.0),),), (((float("nan"), 0.0),),), (((0.0, 0.0),) * 9000,)])
def test_what_no_pad_gives_is_no_handwriting(strokes):
    with pytest.raises(ValueError, match="handwriting"):
        Handwriting(strokes)
