"""The evaluation of reading identity cards: ``python -m tests.evaluation.id_photos [--count N] [--seed S]``."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from loanapp.domain.errors import LoanAppError
from loanapp.vision.documents import DocumentReader
from tests.evaluation.id_cards import LEVELS, RARE_SHARE, CardPhoto, card_photo
from tests.evaluation.report import share

COUNT = 500
_ALL_RIGHT = {0: 0.99, 1: 0.99, 2: 0.99, 3: 0.92}
_SECONDS = 0.6


@dataclass
class Level:
    """What became of the photos of one level; ``seconds`` a photo, ``asked`` by reason, ``wrong`` by field."""

    photos: int = 0
    right: int = 0
    rare: int = 0
    rare_right: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    with_wrong: int = 0
    wrong_numbers: int = 0
    seconds: list[float] = field(default_factory=list)


def measure(
    photos: Iterable[CardPhoto], reader: DocumentReader, tell: Callable[[str], None] = lambda _line: None
) -> dict[int, Level]:
    """Read every photo and hold the fields against what is printed; ``tell`` hears of each that was not all right."""
    levels = {level: Level() for level in LEVELS}
    for photo in photos:
        level, content = levels[photo.level], photo.content()
        level.photos += 1
        level.rare += photo.rare and photo.side == "front"
        began = time.perf_counter()
        try:
            read = {name: one.value for name, one in reader.read(content, photo.side).fields.items()}
            reason = ""
        except LoanAppError as error:
            read, reason = {}, " ".join([error.code.value, *map(str, error.details.values())])
        level.seconds.append(time.perf_counter() - began)
        if reason:
            level.asked[reason] += 1
            tell(f"{photo.index} level {photo.level} {photo.side}: {reason}")
            continue
        expected = photo.expected()
        wrong = [name for name, value in expected.items() if read[name] != value]
        level.wrong.update(wrong)
        level.with_wrong += bool(wrong)
        level.wrong_numbers += "identity_number" in wrong
        level.right += not wrong
        level.rare_right += photo.rare and photo.side == "front" and not wrong
        for name in wrong:
            tell(f"{photo.index} level {photo.level} {name}: {expected[name]} read as {read[name]}")
    return levels


def reached(levels: dict[int, Level]) -> dict[str, bool]:
    """What is asked for, and whether it was reached."""
    seconds = [one for level in levels.values() for one in level.seconds]
    answers = {
        f"level {number}: all fields right in at least {part:.0%}": levels[number].right >= part * levels[number].photos
        for number, part in _ALL_RIGHT.items()
        if number in levels
    }
    answers["no wrong number accepted"] = not any(level.wrong_numbers for level in levels.values())
    answers[f"at most {_SECONDS} s a photo, on average"] = float(np.mean(seconds)) <= _SECONDS
    return answers


def lines(levels: dict[int, Level]) -> list[str]:
    """The table, the rare characters, and what is asked for."""
    found = ["level | photos | all fields right | asked again | wrong field | wrong number | seconds: mean, p95"]
    for number, level in levels.items():
        times = f"{np.mean(level.seconds):.2f}, {np.percentile(level.seconds, 95):.2f}" if level.seconds else "-"
        asked, wrong = (_counted(one) for one in (level.asked, level.wrong))
        right = share(level.right, level.photos)
        counts = f"{asked} | {level.with_wrong}: {wrong} | {level.wrong_numbers}"
        found.append(f"{number} | {level.photos} | {right} | {counts} | {times}")
    rare, read = (sum(getattr(level, name) for level in levels.values()) for name in ("rare", "rare_right"))
    found.append(f"fronts with a rare character in the name ({RARE_SHARE:.0%} are to have one): {read} of {rare} right")
    found += [f"{'yes' if yes else 'NO '}  {what}" for what, yes in reached(levels).items()]
    return found


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "0"


def main(arguments: list[str] | None = None) -> int:
    """Run and print; 1 where something that is asked for was not reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.id_photos", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="photos, a fifth of them of each level")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--level", type=int, choices=LEVELS, action="append", help="only of these levels")
    parser.add_argument("--each", action="store_true", help="tell of each photo that was not read rightly")
    chosen = parser.parse_args(arguments)
    wanted = chosen.level or LEVELS
    photos = (card_photo(chosen.seed, index) for index in range(chosen.count) if index % len(LEVELS) in wanted)
    reader = DocumentReader()
    with_models_loaded(reader)
    tell = (lambda line: print(line, file=sys.stderr, flush=True)) if chosen.each else lambda _line: None
    levels = {number: level for number, level in measure(photos, reader, tell).items() if number in wanted}
    print("\n".join(lines(levels)))
    return 0 if all(reached(levels).values()) else 1


def with_models_loaded(reader: DocumentReader) -> None:
    """The first photo loads the models, which a service does at its start."""
    photo = card_photo(0, 0)
    reader.read(photo.content(), photo.side)


if __name__ == "__main__":
    raise SystemExit(main())
