"""Prompts and hints read aloud by the system's own voice, in a process of its own; captions say the same beside it."""

import sys
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, QProcess, QStandardPaths, QTimer, Signal

from loanapp.domain.liveness import Action, HintCode
from loanapp.resource_files import read_toml
from ui.translations import Language, tr, translator

_ENDS_WITHIN_MS: Final = 300


@dataclass(frozen=True, slots=True)
class Speaker:
    """A program that speaks one language, and how it is called."""

    language: Language
    program: str
    arguments: tuple[str, ...]
    rate: int
    unhurried_rate: int
    by_argument: bool = False

    def call(self, text: str, *, unhurried: bool) -> tuple[list[str], bytes]:
        """The arguments, one by one and never through a shell, and what goes to standard input."""
        rate = str(self.unhurried_rate if unhurried else self.rate)
        arguments = [argument.replace("{rate}", rate) for argument in self.arguments]
        return ([*arguments, text], b"") if self.by_argument else (arguments, text.encode())


@dataclass(frozen=True, slots=True)
class _Utterance:
    text: str
    language: Language
    urgent: bool


def speakers_of(system: str) -> tuple[Speaker, ...]:
    """The speakers of ``resources/voice/speakers.toml`` for a ``sys.platform``; other Unixes are taken for Linux."""
    known = system if system in {"darwin", "win32"} else "linux"
    return tuple(
        Speaker(
            row["language"],
            row["program"],
            tuple(row["arguments"]),
            row["rate"],
            row["unhurried_rate"],
            row.get("by_argument", False),
        )
        for row in read_toml("voice", "speakers.toml")["speaker"]
        if row["system"] == known
    )


def voice_line(what: Action | HintCode) -> str:
    """What is said for an action or a hint, in the window's language."""
    kind = "action" if isinstance(what, Action) else "hint"
    return tr(f"voice.{kind}.{what.value}")


class Voice(QObject):
    """Says one sentence at a time; at most one waits, always the newest.

    Off unless the person switches it on or asks for the unhurried mode. Loudness is the system's. A program that
    cannot speak (no such voice, no loudspeaker) is left out from then on and the next is tried; switching the voice
    on again forgets that.
    """

    changed = Signal()
    """``enabled`` or ``available`` may be another now."""

    def __init__(self, parent: QObject | None = None, *, system: str = sys.platform) -> None:
        super().__init__(parent)
        self._speakers = speakers_of(system)
        limits = read_toml("voice", "speakers.toml")["limits"]
        self._least_ms = limits["least_ms"]
        self._mute: set[Speaker] = set()
        self._chosen: bool | None = None
        self._unhurried = False
        self._saying: _Utterance | None = None
        self._waiting: _Utterance | None = None
        self._cut = False
        self._elapsed = QElapsedTimer()
        # What must end with this object although Python no longer reaches it then.
        self._running: list[QProcess] = []
        self._limit = QTimer(self, singleShot=True, interval=limits["longest_ms"])
        self._limit.timeout.connect(self._end_too_long)
        self.destroyed.connect(partial(_end, self._running))
        if (application := QCoreApplication.instance()) is not None:
            application.aboutToQuit.connect(self.hush)

    @property
    def available(self) -> bool:
        """Whether a program that speaks the window's language is on this computer, as far as known."""
        return self._program(translator().language) is not None

    @property
    def unavailable_sentence(self) -> str:
        """What to tell the person when nothing can be read aloud: the captions are there."""
        return tr("voice.control.unavailable")

    @property
    def enabled(self) -> bool:
        """Whether sentences are spoken: as the person chose, else only in the unhurried mode."""
        return self._unhurried if self._chosen is None else self._chosen

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self._chosen = enabled
        if enabled:
            self._mute.clear()
        else:
            self.hush()
        self.changed.emit()

    def set_unhurried(self, unhurried: bool) -> None:  # noqa: FBT001 - a setter
        """Speak more slowly from the next sentence on, and speak at all unless the person chose otherwise."""
        self._unhurried = unhurried
        if not self.enabled:
            self.hush()
        self.changed.emit()

    @property
    def is_speaking(self) -> bool:
        """Whether a sentence is being said."""
        return bool(self._running)

    def say(self, text: str, language: Language, urgent: bool = False) -> None:  # noqa: FBT001, FBT002
        """Say ``text`` as soon as the sentence being said is over; returns at once.

        It takes the place of a sentence that waits. An ``urgent`` one (the prompt of an action) cuts one that is
        not. A sentence that is being said already is not said twice.
        """
        if not self.enabled or not text:
            return
        new = _Utterance(text, language, urgent)
        if not self._running or self._saying is None:
            self._start(new)
        elif self._saying.text == text and not self._cut:
            self._waiting = None
        else:
            self._waiting = new
            if urgent and not self._saying.urgent:
                self._cut = True
                self._running[-1].kill()

    def hush(self) -> None:
        """Be silent at once, and forget what waits; ends the speaking process and collects it (a few milliseconds)."""
        self._waiting = self._saying = None
        self._limit.stop()
        _end(self._running)

    def _program(self, language: Language) -> tuple[Speaker, str] | None:
        for speaker in self._speakers:
            if speaker.language == language and speaker not in self._mute:
                path = QStandardPaths.findExecutable(speaker.program)
                if path:
                    return speaker, path
        return None

    def _start(self, utterance: _Utterance) -> None:
        found = self._program(utterance.language)
        if found is None:
            self._saying = self._waiting = None
            self.changed.emit()
            return
        speaker, path = found
        arguments, given = speaker.call(utterance.text, unhurried=self._unhurried)
        process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(partial(self._ended, process, speaker))
        process.errorOccurred.connect(partial(self._broke, process, speaker))
        self._saying, self._cut = utterance, False
        self._running.append(process)
        self._elapsed.start()
        self._limit.start()
        process.start(path, arguments)
        if process.state() != QProcess.ProcessState.NotRunning:
            process.write(given)
            process.closeWriteChannel()

    def _broke(self, process: QProcess, speaker: Speaker, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._settle(process, speaker, spoken=False)

    def _ended(self, process: QProcess, speaker: Speaker, code: int, status: QProcess.ExitStatus) -> None:
        good = code == 0 and status == QProcess.ExitStatus.NormalExit and self._elapsed.elapsed() >= self._least_ms
        self._settle(process, speaker, spoken=good or self._cut)

    def _settle(self, process: QProcess, speaker: Speaker, *, spoken: bool) -> None:
        if process not in self._running:
            return
        self._running.remove(process)
        process.deleteLater()
        self._limit.stop()
        said, self._saying = self._saying, None
        upcoming, self._waiting = self._waiting, None
        if not spoken:
            self._mute.add(speaker)
            # Nobody has heard it: another program may say it, unless a newer sentence waits.
            upcoming = upcoming or said
        if upcoming is not None:
            self._start(upcoming)

    def _end_too_long(self) -> None:
        # Nobody wants to hear a sentence that is so old.
        self._saying = None
        for process in self._running:
            process.kill()


def _end(running: list[QProcess], *_: object) -> None:
    """Kill what runs and collect it, so that no process is left and nothing waits for one."""
    while running:
        process = running.pop()
        process.blockSignals(True)  # noqa: FBT003 - Qt's own
        process.kill()
        process.waitForFinished(_ENDS_WITHIN_MS)
        process.deleteLater()
