"""A small part of the photos of identity cards for every day: 0.3 s each. The whole has a command of its own."""

from collections import Counter
from datetime import date

from loanapp.demonstration.identity_card import draw_front
from loanapp.domain.identity_number import parse_identity_number
from loanapp.vision.documents import DocumentReader, DocumentReading, DocumentSide, FieldReading
from tests.evaluation.id_cards import BACK_EVERY, LEVELS, RARE, RARE_SHARE, card_photo
from tests.evaluation.id_photos import COUNT, Level, lines, measure, reached


def test_the_set_is_the_same_each_time_and_as_it_is_described():
    photos = [card_photo(0, index) for index in range(COUNT)]
    assert photos[7] == card_photo(0, 7) != card_photo(1, 7)
    assert card_photo(0, 7).content() == photos[7].content()
    assert Counter(photo.level for photo in photos) == dict.fromkeys(LEVELS, COUNT // len(LEVELS))
    assert Counter(photo.side for photo in photos)["back"] == COUNT // BACK_EVERY
    rare = [photo for photo in photos if set(photo.identity.name) & set(RARE)]
    assert rare == [photo for photo in photos if photo.rare]
    assert RARE_SHARE / 2 < len(rare) / COUNT < RARE_SHARE * 2
    for photo in photos:
        number = parse_identity_number(photo.identity.identity_number, date(2026, 1, 1))
        assert number.region.endswith("99"), "nobody's number"
        if photo.level == 2:
            assert 3 <= abs(photo.conditions.tilt_degrees) <= 7
            assert photo.conditions.glare > 0


def test_the_printed_fields_fit_on_the_card():
    for index in range(0, 200, 5):
        assert draw_front(card_photo(0, index).identity).shape == (675, 1070, 3)


def test_a_part_of_every_level_through_real_reading():
    levels = measure((card_photo(0, index) for index in (*range(10), *range(20, 25))), DocumentReader())
    for level in (0, 1, 2, 3):
        assert levels[level].right == 3, lines({level: levels[level]})
    assert levels[4].right + sum(levels[4].asked.values()) + levels[4].with_wrong == 3
    assert not any(level.wrong_numbers for level in levels.values())


class Misreader(DocumentReader):
    """Gives the same fields for every photo."""

    def read(self, content, side_expected):
        names = card_photo(0, 0).expected()
        return DocumentReading(DocumentSide.FRONT, dict.fromkeys(names, FieldReading("0", 1.0)), None, specimen=True)


def test_a_wrong_reading_is_counted_as_one():
    levels = measure([card_photo(0, 0)], Misreader())
    assert (levels[0].right, levels[0].with_wrong, levels[0].wrong_numbers) == (0, 1, 1)
    answers = reached({0: levels[0]})
    assert not answers["no wrong number accepted"]
    assert not answers["level 0: all fields right in at least 99%"]
    assert "1 identity_number" in lines({0: levels[0], 1: Level()})[1]
