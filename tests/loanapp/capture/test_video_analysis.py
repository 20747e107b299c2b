import json

import cv2
import numpy as np
import pytest

from loanapp.capture.sources import CameraError
from loanapp.capture.video_analysis import HintSpan, HintSpans, analyse_video
from loanapp.commands import main
from loanapp.commands.language import text
from loanapp.demonstration.borrower import DemonstrationBorrower
from loanapp.domain.errors import ErrorCode
from loanapp.domain.liveness import Action, HintCode
from loanapp.vision.events import EventKind


@pytest.fixture(scope="module")
def film(tmp_path_factory, face_models):
    """Two seconds of rest, a turn to the left, a blink, then an empty room; 15 frames a second."""
    path = tmp_path_factory.mktemp("film") / "演示 film.avi"
    borrower = DemonstrationBorrower(fps=15, paced=False, models=face_models, reaction_s=0.1)
    borrower.open()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 480))
    plan = {20: Action.TURN_LEFT, 46: None, 60: Action.BLINK, 70: None}
    for index in range(80):
        if index in plan:
            borrower.prompt(plan[index])
        writer.write(borrower.read().image)
    for _ in range(12):
        writer.write(np.full((480, 640, 3), 120, np.uint8))
    writer.release()
    borrower.close()
    return path


@pytest.fixture(scope="module")
def short_film(tmp_path_factory, face_models):
    """A second of rest and a blink."""
    path = tmp_path_factory.mktemp("film") / "眨眼 short.avi"
    borrower = DemonstrationBorrower(fps=15, paced=False, models=face_models, reaction_s=0.1)
    borrower.open()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 480))
    for index in range(28):
        borrower.prompt(Action.BLINK if index >= 12 else None)
        writer.write(borrower.read().image)
    writer.release()
    borrower.close()
    return path


def test_film_is_read_as_it_was_played(film, face_models):
    report = analyse_video(film, face_models)
    assert set(report.as_json()["hints"][0]) == {"code", "start_frame", "end_frame"}
    assert report.fps == pytest.approx(15)
    assert report.frames == 92
    kinds = [event.kind for event in report.events]
    assert kinds.count(EventKind.TURN_LEFT) == 1
    assert EventKind.BLINK in kinds
    assert set(kinds) == {EventKind.TURN_LEFT, EventKind.BLINK}
    turn = next(event for event in report.events if event.kind is EventKind.TURN_LEFT)
    assert 20 < turn.start_frame < turn.end_frame < 60
    (gone,) = [hint for hint in report.hints if hint.code is HintCode.NO_FACE]
    assert gone.start_frame == pytest.approx(80, abs=1)
    assert gone.end_frame == 91
    assert report.faces == 1
    assert report.yaw[1] > 15 > 5 > report.yaw[0]


def test_command_answers_as_json(short_film, capsys):
    assert main(["analyse", str(short_film), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"fps", "frames", "events", "hints", "yaw", "pitch", "roll", "faces"}
    (event,) = answer["events"]
    assert set(event) == {"kind", "start_frame", "end_frame"}
    assert event["kind"] == "blink"
    assert answer["hints"] == []
    assert len(answer["yaw"]) == 2


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "眨眼"), ("en_GB.UTF-8", "blink")])
def test_command_speaks_the_systems_language(short_film, capsys, monkeypatch, locale, word):
    monkeypatch.setenv("LANGUAGE", locale)
    assert main(["analyse", str(short_film)]) == 0
    assert word in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["missing", "folder", "text"])
@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_video_that_cannot_be_read_gets_a_sentence(tmp_path, capsys, monkeypatch, kind, locale):
    monkeypatch.setenv("LANGUAGE", locale)
    path = tmp_path / "video.mp4"
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("not a video")
    assert main(["analyse", str(path)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert str(path) in output.err
    assert len(output.err.splitlines()) == 1


def test_unreadable_video_raises(tmp_path):
    path = tmp_path / "empty.avi"
    path.write_bytes(b"")
    with pytest.raises(CameraError) as caught:
        analyse_video(path)
    assert caught.value.code is ErrorCode.VIDEO_UNREADABLE


def test_every_event_and_hint_has_a_word_in_both_languages():
    for language in ("zh", "en"):
        for kind in EventKind:
            assert text(language, f"event.{kind.value}", catalogue="analyse")
        for code in HintCode:
            assert text(language, f"hint.{code.value}", catalogue="analyse")


def test_every_hint_has_spans_of_its_own():
    """At 10 a second: gaps under 0.2 s are bridged, spells under 0.3 s left out, and one hint does not end another."""
    spans = HintSpans(10.0)
    course = {
        HintCode.TOO_DARK: [*range(10), 11, 12, *range(15, 20)],
        HintCode.MASK: [*range(4, 9)],
        HintCode.MOVING: [3, 4],
    }
    for frame in range(20):
        spans.add(frame, [code for code, frames in course.items() if frame in frames])
    assert spans.spans() == (
        HintSpan(HintCode.TOO_DARK, 0, 12),
        HintSpan(HintCode.MASK, 4, 8),
        HintSpan(HintCode.TOO_DARK, 15, 19),
    )
