"""Prompts read aloud: by a program of the system's, one at a time, slower on request, and never in the way."""

import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from loanapp.capture.guidance import CapturePhase
from loanapp.capture.guided_capture import CaptureView
from loanapp.domain.liveness import Action, HintCode
from ui.camera.flash_overlay import FlashOverlay
from ui.camera.live import LiveMirror
from ui.camera.mirror import MirrorStep
from ui.translations import translator
from ui.voice import Voice, speakers_of, voice_line

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the program put in the speaker's place is a shell script"
)
SENTENCE = "请慢慢向左转头"


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH without any speaker, to which a test adds its own; what they are given is read from ``heard``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cat", "sleep", "sh"):
        (folder / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(folder))

    class Programs:
        log = tmp_path / "heard"

        def add(self, name, *, seconds=0.45, code=0):
            script = folder / name
            note = f'echo "$$ {name} $* <$(cat)>" >> {self.log}\nexec sleep {seconds}\n'
            script.write_text("#!/bin/sh\n" + (note if code == 0 else f"exit {code}\n"))
            script.chmod(0o755)

        def heard(self):
            return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

        def said(self):
            return [line.split("<")[1].rstrip(">") for line in self.heard()]

    return Programs()


@pytest.fixture
def voice(programs, qapp):
    parent = QObject()
    voice = Voice(parent, system="linux")
    voice.enabled = True
    yield voice
    voice.hush()


def test_a_sentence_goes_to_the_speaker_whole_and_in_its_language(programs, voice, qtbot):
    programs.add("espeak-ng")
    voice.say(SENTENCE, "zh")
    assert voice.is_speaking
    qtbot.waitUntil(lambda: not voice.is_speaking)
    (line,) = programs.heard()
    assert line.endswith(f"espeak-ng -v cmn-latn-pinyin -s 160 --stdin <{SENTENCE}>")
    voice.set_unhurried(True)
    voice.say("Nod slowly, once", "en")
    qtbot.waitUntil(lambda: not voice.is_speaking)
    assert programs.heard()[1].endswith("espeak-ng -v en-gb -s 125 --stdin <Nod slowly, once>")


def test_only_the_newest_sentence_waits_and_none_is_said_twice(programs, voice, qtbot):
    programs.add("espeak-ng")
    for text in ("one", "one", "two", "three"):
        voice.say(text, "zh")
    qtbot.waitUntil(lambda: not voice.is_speaking)
    assert programs.said() == ["one", "three"]


def test_an_urgent_sentence_cuts_a_lesser_one_and_no_other(programs, voice, qtbot):
    programs.add("espeak-ng", seconds=30)
    voice.say("a hint", "zh")
    qtbot.waitUntil(lambda: programs.said() == ["a hint"])
    voice.say("a prompt", "zh", urgent=True)
    qtbot.waitUntil(lambda: programs.said() == ["a hint", "a prompt"], timeout=10_000)
    voice.say("another prompt", "zh", urgent=True)
    voice.say("another hint", "zh")
    qtbot.wait(200)
    assert programs.said() == ["a hint", "a prompt"]


def test_off_unless_switched_on_or_unhurried(programs, qapp):
    programs.add("espeak-ng")
    voice = Voice(system="linux")
    voice.say(SENTENCE, "zh")
    assert not voice.is_speaking
    assert not voice.enabled
    voice.set_unhurried(True)
    assert voice.enabled
    voice.enabled = False
    voice.set_unhurried(True)
    assert not voice.enabled, "what the person chose holds"
    assert programs.heard() == []


def test_switching_off_is_silence_at_once(programs, voice, qtbot):
    programs.add("espeak-ng", seconds=30)
    voice.say(SENTENCE, "zh")
    qtbot.waitUntil(lambda: len(programs.heard()) == 1)
    voice.say("what waits", "zh")
    voice.enabled = False
    assert not voice.is_speaking
    assert _gone(programs)
    assert programs.said() == [SENTENCE]


def test_without_a_program_captions_are_pointed_at(voice, qtbot):
    assert not voice.available
    assert voice.unavailable_sentence
    with qtbot.waitSignal(voice.changed):
        voice.say(SENTENCE, "zh")
    assert not voice.is_speaking


def test_a_program_without_the_voice_gives_way_to_the_next(programs, voice, qtbot):
    programs.add("espeak-ng", code=1)
    programs.add("spd-say")
    voice.say(SENTENCE, "zh")
    qtbot.waitUntil(lambda: not voice.is_speaking)
    (line,) = programs.heard()
    assert f"spd-say --wait -N loanapp -l zh -P text -r 0 -- {SENTENCE}" in line


def test_a_program_without_a_loudspeaker_ends_too_soon_and_is_not_asked_again(programs, voice, qtbot):
    programs.add("espeak-ng", seconds=0)
    voice._least_ms = 60_000  # a busy machine takes its time to start a program
    with qtbot.waitSignal(voice.changed):
        voice.say(SENTENCE, "zh")
    assert not voice.available
    assert len(programs.heard()) == 2, "both of its voices, once each"
    voice.enabled = True
    assert voice.available, "switching it on again asks anew"


def test_the_program_ends_without_waiting_for_the_speaker(programs, qtbot):
    programs.add("espeak-ng", seconds=30)
    parent = QObject()
    voice = Voice(parent, system="linux")
    voice.enabled = True
    voice.say(SENTENCE, "zh")
    qtbot.waitUntil(lambda: len(programs.heard()) == 1)
    began = time.monotonic()
    parent.deleteLater()
    with qtbot.waitSignal(parent.destroyed):
        pass
    assert time.monotonic() - began < 1
    assert _gone(programs)


def _gone(programs):
    """Whether no process of the speaker is left, not even one that waits to be collected."""
    for line in programs.heard():
        try:
            os.kill(int(line.split()[0]), 0)
        except ProcessLookupError:
            continue
        return False
    return True


def test_the_mirror_reads_each_new_line_once_and_a_prompt_at_once(programs, voice, qtbot):
    programs.add("espeak-ng", seconds=30)
    page = QWidget()
    qtbot.addWidget(page)
    mirror = MirrorStep(page)
    live = LiveMirror(mirror, FlashOverlay(page), voice)

    def view(phase, **facts):
        nothing = {"hint": None, "action": None, "error": None, "frame": None, "facts": None}
        known = {"action_progress": 0.0, "done_count": 0, "total": 2, "light": 0.5, "ready": True, "seconds_left": 9.0}
        return CaptureView(**nothing | known | facts | {"phase": phase})

    for _ in range(3):
        live.show(view(CapturePhase.GET_READY, hint=HintCode.MASK), None)
    qtbot.waitUntil(lambda: len(programs.said()) == 1)
    live.show(view(CapturePhase.NEUTRAL), None)
    live.show(view(CapturePhase.ACTING, action=Action.NOD), None)
    qtbot.waitUntil(lambda: len(programs.said()) == 2)
    assert programs.said() == [voice_line(HintCode.MASK), voice_line(Action.NOD)]
    live.close()
    assert not voice.is_speaking
    assert _gone(programs)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32", "freebsd14"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_system_has_a_speaker_that_is_slower_on_request(system, language):
    speakers = [one for one in speakers_of(system) if one.language == language]
    assert speakers
    for speaker in speakers:
        assert speaker.unhurried_rate < speaker.rate
        arguments, given = speaker.call("text; $(touch x)", unhurried=True)
        assert "{rate}" not in "".join(arguments)
        assert (arguments[-1] == "text; $(touch x)") != (given == b"text; $(touch x)"), "once, as it stands"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_action_and_hint_has_its_line(language):
    translator().set_language(language)
    try:
        lines = [voice_line(what) for what in (*Action, *HintCode)]
    finally:
        translator().set_language("zh")
    assert len(set(lines)) == len(lines)
    assert all(line and not line.startswith("voice.") for line in lines)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="eSpeak NG is not on this computer")
def test_chinese_is_spoken_as_chinese():
    """Voice "cmn" of version 1.51 spells pinyin in English ("king three"); the one chosen must not."""
    speaker = next(one for one in speakers_of("linux") if one.language == "zh")
    lines = [SENTENCE, *(voice_line(what) for what in (*Action, *HintCode))]
    arguments, given = speaker.call("\n".join(lines), unhurried=False)
    command = [shutil.which(speaker.program), *arguments, "-q", "-x"]
    run = subprocess.run(command, input=given, capture_output=True, check=False)
    if run.returncode:
        pytest.skip("this eSpeak NG is older than the voice")
    phonemes = run.stdout.decode()
    syllables = len(re.findall("[\u4e00-\u9fff]", "".join(lines)))
    assert len(re.findall(r"\d", phonemes)) >= syllables, "a tone each"
    assert "(en)" not in phonemes
    assert "ts.'ua21n_| th'ou35" in phonemes, "zhuǎn tóu"
