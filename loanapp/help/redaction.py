"""Takes persons out of a text before anybody else reads it: numbers, addresses, and every name that is known."""

import getpass
import re
import socket
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Final

from loanapp.help.pinyin import readings

_BETWEEN: Final = r"[\s\-–—._·/()（）]*"
_DIGIT: Final = "[0-9零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两]"
# Six digits or more, however they are set apart: phone, card, identity number, one-time code, account, date of birth.
_NUMBER: Final = re.compile(rf"\+?{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{5,}}(?:{_BETWEEN}[Xx](?![A-Za-z]))?")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SAID_NAME: Final = re.compile(
    r"(?P<said>我叫|我的名字是|姓名(?:是|为|：|:)?|本人名叫|my name is|i am called|name:)(?P<gap>\s*)"
    r"(?:[\u3400-\u9fff·]{2,6}|[A-Za-z]+(?:[ '-][A-Z][a-z]+){0,3})",
    re.IGNORECASE,
)
# Names of accounts and computers that name nobody.
_NOBODY: Final = frozenset({"root", "user", "admin", "administrator", "localhost", "home", "public", "guest", "pc"})
# Full-width digits and letters, as a Chinese keyboard gives them; punctuation stays.
_PLAIN: Final = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or code == 0xFF20
}
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_NAME: Final = 6
_MOST_READINGS: Final = 16


class Redactor:
    """Replaces what could tell who somebody is by ``mark``.

    ``known`` are names, numbers and addresses of this borrower, as far as the program has them. Names of Chinese are
    found in pinyin too. The account's and the computer's own names and the home folder are always known.
    """

    def __init__(self, known: Iterable[str] = (), mark: str = "***") -> None:
        self._mark: Final = mark
        self._known: Final = [pattern for text in (*known, *_of_this_account()) for pattern in _patterns(text)]

    def known_taken_out(self, text: str) -> str:
        """``text`` without what is known of the borrower and of this account."""
        for pattern in self._known:
            text = pattern.sub(self._mark, text)
        return text

    def taken_out(self, text: str) -> str:
        """``text`` as typed by a person, without anything that looks personal. Full-width letters become plain ones."""
        plain = self.known_taken_out(text.translate(_PLAIN))
        for pattern in (_MAIL, _NUMBER):
            plain = pattern.sub(self._mark, plain)
        return _SAID_NAME.sub(lambda found: f"{found['said']}{found['gap']}{self._mark}", plain)


def _of_this_account() -> Iterator[str]:
    home = Path.home()
    yield str(home)
    try:
        names = {getpass.getuser(), home.name, socket.gethostname()}
    except (OSError, KeyError):  # an account without a name
        names = {home.name}
    yield from (name for name in sorted(names) if len(name) > 2 and name.casefold() not in _NOBODY)


def _patterns(text: str) -> Iterator[re.Pattern[str]]:
    parts = [character for character in unicodedata.normalize("NFKC", text) if character.isalnum()]
    if len(parts) < 2:
        return
    yield re.compile(_BETWEEN.join(map(re.escape, parts)), re.IGNORECASE)
    written = "".join(parts)
    if _CHINESE.fullmatch(written) and len(written) <= _LONGEST_NAME:
        yield from _in_pinyin(written)
        # The given name alone, after a surname of one or two characters.
        for given in (written[1:], written[2:]):
            if len(given) >= 2:
                yield re.compile(_BETWEEN.join(given))


def _in_pinyin(name: str) -> Iterator[re.Pattern[str]]:
    """A name in Latin letters, surname first or last."""
    sounds = [readings(character) or (re.escape(character),) for character in name]
    for _, syllables in zip(range(_MOST_READINGS), product(*sounds), strict=False):
        for surname in range(min(3, len(name))):
            order = [*syllables[surname:], *syllables[:surname]]
            yield re.compile(rf"\b{_BETWEEN.join(order)}\b", re.IGNORECASE)
