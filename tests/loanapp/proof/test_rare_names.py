"""Names with very rare characters: drawn in a contract and on a card, or refused; never a box in their place."""

from dataclasses import replace

import numpy as np
import pypdfium2
import pytest

from loanapp.backend.contracts import render_contract
from loanapp.demonstration.identities import find_identity
from loanapp.demonstration.identity_card import draw_front
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.proof.contract_facts import visible_text
from loanapp.proof.typeface import MAIN_FACE, RARE_FACE, document_faces, without_glyph
from loanapp.resource_files import assets_folder

# The first three are in the main face; the others are in the Extensions B to F.
NAMED = "䶮㛃𬱖"
RARE = "𠮷𠈓𡛕𬺊𫩿"
LONG = "阿卜杜热合曼·𠮷买买提·艾尼瓦尔江"
NOWHERE = "\U000e0041"
BEYOND = "\U00031350"
NAME_PLACE = 44, 166, 170, 700  # top, bottom, left, right on the card: up to the words "sex" and the portrait

needs_face = pytest.mark.skipif(
    not (assets_folder() / RARE_FACE).is_file(), reason="set-up could not fetch the face of rare characters here"
)


def fonts_of(pdf: bytes) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = set()
    for page in document:
        for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            found.add(one.get_font().get_base_name())
        page.close()
    document.close()
    return found


def test_the_named_characters_are_in_the_main_face():
    assert without_glyph(NAMED, [assets_folder() / MAIN_FACE]) == ""
    assert without_glyph(RARE, [assets_folder() / MAIN_FACE]) == RARE


@needs_face
def test_the_rare_ones_are_in_the_face_of_rare_characters():
    assert without_glyph(RARE + LONG, document_faces()) == ""
    assert without_glyph("王" + BEYOND, document_faces()) == BEYOND
    assert without_glyph(f"{NOWHERE} \n", document_faces()) == ""


@needs_face
@pytest.mark.parametrize("name", [NAMED, RARE, LONG])
def test_a_contract_names_its_borrower_whole(contract_data, name):
    data = replace(contract_data, borrower=replace(contract_data.borrower, name=name))
    pdf = render_contract(data)
    assert name in visible_text(pdf).replace("\n", "").replace("\r", "")
    assert any("HanaMinB" in font for font in fonts_of(pdf)) == (name != NAMED)


def test_a_character_that_no_face_has_stops_the_contract_instead_of_showing_a_box(contract_data):
    data = replace(contract_data, borrower=replace(contract_data.borrower, name="王" + BEYOND))
    with pytest.raises(LoanAppError) as refused:
        render_contract(data)
    assert refused.value.code is ErrorCode.ASSET_MISSING
    assert BEYOND not in str(refused.value.details)


def test_without_the_face_a_rare_name_is_refused(monkeypatch, contract_data):
    only = [assets_folder() / MAIN_FACE]
    monkeypatch.setattr("loanapp.proof.typesetting.document_faces", lambda: only)
    data = replace(contract_data, borrower=replace(contract_data.borrower, name=RARE))
    with pytest.raises(LoanAppError) as refused:
        render_contract(data)
    assert refused.value.details == {"asset": RARE_FACE}


def name_on_card(name: str) -> np.ndarray:
    card = draw_front(replace(find_identity("approved"), name=name))
    return card[NAME_PLACE[0] : NAME_PLACE[1], NAME_PLACE[2] : NAME_PLACE[3]].astype(int)


@needs_face
def test_a_card_shows_each_rare_character_as_itself():
    shown = {character: name_on_card(character * 2) for character in RARE + NAMED + BEYOND}
    box = shown.pop(BEYOND)
    pictures = [*shown.values(), box]
    for place, one in enumerate(pictures):
        assert all(np.abs(one - other).max() > 60 for other in pictures[place + 1 :])


@needs_face
@pytest.mark.parametrize("name", [LONG, "古丽努尔·" * 9 + "艾尼瓦尔江"])
def test_a_long_name_stays_beside_the_portrait(name):
    blank = name_on_card("")
    ink = np.abs(name_on_card(name) - blank).max(axis=2) > 60
    across, down = (ink.any(axis=axis).nonzero()[0] for axis in (0, 1))
    assert 2 < across.min() < across.max() < ink.shape[1] - 2
    assert 2 < down.min() < down.max() < ink.shape[0] - 2
