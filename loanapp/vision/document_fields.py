"""From rows of read text to the fields of a resident identity card: pure text work, no pictures."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from loanapp.domain.errors import LoanAppError
from loanapp.domain.ethnic_groups import ETHNIC_GROUPS
from loanapp.domain.identity_number import IdentityNumber, Sex, parse_identity_number
from loanapp.vision.text_reading import Piece, Row

LONG_TERM: Final = "long_term"
_LONG_TERM_PRINTED: Final = "长期"
SPECIMEN_MARK: Final = "模拟样张"
_NUMBER_LABEL: Final = "公民身份号码"
_FRONT_LABELS: Final = ("姓名", "性别", "民族", "出生", "住址", _NUMBER_LABEL)
_BACK_LABELS: Final = ("中华人民共和国", "居民身份证", "签发机关", "有效期限")
# Letters a reader takes for digits; the last place may be a true X.
_LOOKALIKES: Final = str.maketrans("OoQDIlL|ZzSsBx×", "0000111122558XX")
# The reader now and then writes a printed simplified character in its traditional form.
_SIMPLIFIED: Final = str.maketrans(
    "漢滿壯維爾達錫東鄉納門倫獨龍烏別羅鮮瑤頗諾賽畬", "汉满壮维尔达锡东乡纳门伦独龙乌别罗鲜瑶颇诺赛畲"
)
_NUMBER: Final = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
_PRINTED_DATE: Final = re.compile(r"(?:19|20)\d\d\D{0,2}年|年\D{0,2}\d{1,2}\D{0,2}月")
_WHOLE_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日")
_PRINTED_SEX: Final = re.compile(r"性别([男女])")
_PLACE: Final = re.compile(r"[省市区县州旗镇乡村路街弄巷号]")
_NOT_IN_NAMES: Final = re.compile(r"[^㐀-鿿豈-﫿\U00020000-\U000323AF·]")
_DOTS: Final = re.compile(r"[•・･‧∙⋅●◦.．,，]")
# What a reader sees between a label and its field.
_BEFORE_ADDRESS: Final = ":：.,，。·|-"
# The text column ends here, as a part of the card's printed width: the portrait is to its right.
_TEXT_COLUMN: Final = 0.68


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What was read and how sure, 0 to 1; an empty value with 0 where nothing was found."""

    value: str
    confidence: float


Fields = dict[str, FieldReading]
NOTHING: Final = FieldReading("", 0.0)


def text_of(row: Row) -> str:
    """The row's text without any space."""
    return "".join("".join(piece.text.split()) for piece in row)


def side_scores(rows: Sequence[Row]) -> tuple[float, float]:
    """How many labels of front and of back were recognised; a number that holds counts for two."""
    texts = [text_of(row) for row in rows]
    front = sum(any(_find(text, label) for text in texts) for label in _FRONT_LABELS)
    back = sum(any(_find(text, label) for text in texts) for label in _BACK_LABELS)
    return front + 2.0 * any(_NUMBER.search(text.translate(_LOOKALIKES)) for text in texts), float(back)


def is_specimen(rows: Sequence[Row]) -> bool:
    """Whether the card says that it is a simulated specimen."""
    return any(_find(text_of(row), SPECIMEN_MARK) for row in rows)


def read_front(rows: Sequence[Row], today: date) -> Fields:
    """The fields of the portrait side; birth and sex come from the number, whose checksum proves them.

    A number that the printed birth or sex contradicts is not given.
    """
    number_row, number, sure = _find_number(rows, today)
    rows = [column for row in rows if (column := _text_column(row, rows))]
    rows = [row for row in rows if not _is_mark(text_of(row))]
    if number and _contradicted(number, rows):
        number = None
    top = _first(rows, ("性别", "民族"))
    name = _name(rows, top)
    return {
        "name": name,
        "sex": FieldReading(number.sex.value, sure) if number else NOTHING,
        "ethnic_group": _ethnic_group(rows[top]) if top is not None else NOTHING,
        "birth": FieldReading(number.birth.isoformat(), sure) if number else NOTHING,
        "address": _address(rows, top, number_row),
        "identity_number": FieldReading(number.number, sure) if number else NOTHING,
    }


def read_back(rows: Sequence[Row]) -> Fields:
    """The fields of the side with the issuing authority; ``valid_until`` is a date or ``long_term``."""
    authority, validity = NOTHING, (NOTHING, NOTHING)
    for row in rows:
        text = text_of(row)
        if cut := _find(text, "签发机关"):
            authority = FieldReading(re.sub(r"[^㐀-鿿]", "", text[cut[1] :]), _score(row))
        if _find(text, "有效期限") or re.search(r"\d{4}\D?\d{2}\D?\d{2}\D+", text):
            found = _validity(text, _score(row))
            validity = found if found[0].value else validity
    if not authority.value:
        authority = _authority_without_label(rows)
    return {"authority": authority, "valid_from": validity[0], "valid_until": validity[1]}


def _find(text: str, label: str) -> tuple[int, int] | None:
    """Where a label stands, allowing one wrong character in labels of four or more, or a half read one at the start."""
    at = text.find(label)
    if at >= 0:
        return at, at + len(label)
    if len(label) == 2:
        # One of two characters is enough only where a label belongs: at the start.
        return (0, 2) if len(text) > 2 and (text[0] == label[0] or text[1] == label[1]) else None
    for start in range(max(1, len(text) - len(label) + 1)):
        window = text[start : start + len(label)]
        if SequenceMatcher(None, window, label, autojunk=False).ratio() >= 0.75:
            return start, start + len(window)
    return None


def _score(row: Iterable[Piece]) -> float:
    return min((piece.score for piece in row), default=0.0)


def _find_number(rows: Sequence[Row], today: date) -> tuple[Row | None, IdentityNumber | None, float]:
    """The lowest row that holds a number whose checksum, region and date are right."""
    for row in reversed(rows):
        text = text_of(row)
        cut = _find(text, _NUMBER_LABEL)
        for match in _NUMBER.finditer((text[cut[1] :] if cut else text).translate(_LOOKALIKES)):
            try:
                number = parse_identity_number(match.group(), today)
            except LoanAppError:
                continue
            return row, number, _score(piece for piece in row if any(map(str.isdigit, piece.text)))
    return None, None, 0.0


def _contradicted(number: IdentityNumber, rows: Sequence[Row]) -> bool:
    """Whether birth or sex, where they are plainly printed, are not those of the number.

    One misread number in eleven passes the checksum; of those, few agree with what stands above them.
    """
    for row in rows:
        text = text_of(row)
        born = _WHOLE_DATE.search(text)
        if born and _date("".join(part.zfill(2) for part in born.groups())) not in {"", number.birth.isoformat()}:
            return True
        sex = _PRINTED_SEX.match(text)
        if sex and (sex.group(1) == "男") is not (number.sex is Sex.MALE):
            return True
    return False


def _text_column(row: Row, rows: Sequence[Row]) -> Row:
    """The pieces left of the portrait; the width is that of everything read, which ends with the number."""
    left = min(piece.left for one in rows for piece in one)
    right = max(piece.right for one in rows for piece in one)
    limit = left + _TEXT_COLUMN * (right - left)
    return [piece for piece in row if (piece.left + piece.right) / 2 < limit]


def _is_mark(text: str) -> bool:
    # 样张 itself: an address may hold most of the mark's other characters (模拟区样例街).
    return "样张" in text and _find(text, SPECIMEN_MARK) is not None


def _first(rows: Sequence[Row], labels: tuple[str, ...]) -> int | None:
    for index, row in enumerate(rows):
        text = text_of(row)
        if any(label in text for label in labels):
            return index
    return next((i for i, row in enumerate(rows) if re.match(r"..?[男女]..?.", text_of(row))), None)


def _name(rows: Sequence[Row], top: int | None) -> FieldReading:
    """The row that says 姓名, or else the one above sex and ethnic group."""
    candidates = [row for row in rows if "姓名" in text_of(row)]
    if not candidates and top:
        candidates = [rows[top - 1]]
    if not candidates:
        return NOTHING
    row = candidates[0]
    text = text_of(row)
    cut = _find(text, "姓名")
    bare = text[cut[1] :] if cut else text.removeprefix("名")
    value = _NOT_IN_NAMES.sub("", _DOTS.sub("·", bare)).strip("·")
    return FieldReading(value, _score(row)) if value else NOTHING


def _ethnic_group(row: Row) -> FieldReading:
    """Snapped to the list of 56: what is printed can only be one of them."""
    text = text_of(row).translate(_SIMPLIFIED)
    cut = text.find("民族")
    rest = text[cut + 2 :] if cut >= 0 else re.sub(r"^.*[男女]\D?族?", "", text)
    rest = re.sub(r"[^㐀-鿿]", "", rest)
    if not rest:
        return NOTHING
    if rest in ETHNIC_GROUPS:
        return FieldReading(rest, _score(row))
    best = max(ETHNIC_GROUPS, key=lambda group: SequenceMatcher(None, rest, group, autojunk=False).ratio())
    likeness = SequenceMatcher(None, rest, best, autojunk=False).ratio()
    return FieldReading(best, _score(row) * likeness) if likeness >= 0.5 else NOTHING


def _address(rows: Sequence[Row], top: int | None, number_row: Row | None) -> FieldReading:
    """From 住址 to the number's row; where the label was not read, from below the date of birth."""
    ends = min((piece.top for piece in number_row), default=float("inf")) if number_row else float("inf")
    middle = [row for row in rows if (row[0].top + row[0].bottom) / 2 < ends]
    middle = [row for row in middle if not _find(text_of(row), _NUMBER_LABEL)]
    start = next((i for i, row in enumerate(middle) if "住址" in text_of(row)), None)
    if start is None:
        birth = next((i for i, row in enumerate(middle) if _PRINTED_DATE.search(text_of(row))), top)
        start = len(middle) if birth is None else birth + 1
    lines = middle[start:]
    if not lines:
        return NOTHING
    text = "".join(text_of(line) for line in lines)
    cut = _find(text, "住址")
    value = (text[cut[1] :] if cut else text).lstrip(_BEFORE_ADDRESS)
    score = min(_score(line) for line in lines)
    return FieldReading(value, score if _PLACE.search(value) else score / 2) if value else NOTHING


def _authority_without_label(rows: Sequence[Row]) -> FieldReading:
    for row in rows:
        match = re.search(r"[㐀-鿿]*公安局[㐀-鿿]*", text_of(row))
        if match:
            return FieldReading(match.group(), _score(row))
    return NOTHING


def _validity(text: str, score: float) -> tuple[FieldReading, FieldReading]:
    """``2018.05.10-2038.05.10`` or ``2018.05.10-长期``, whatever the reader made of dots and dash."""
    cut = _find(text, "有效期限")
    rest = (text[cut[1] :] if cut else text).translate(_LOOKALIKES)
    digits = re.sub(r"\D", "", rest)
    first = _date(digits[:8])
    if not first:
        return NOTHING, NOTHING
    begins = FieldReading(first, score)
    if len(digits) == 16 and (last := _date(digits[8:])):
        return begins, FieldReading(last, score) if last > first else NOTHING
    if len(digits) == 8 and any(character in rest for character in _LONG_TERM_PRINTED):
        return begins, FieldReading(LONG_TERM, score)
    return begins, NOTHING


def _date(digits: str) -> str:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return ""
