"""``loanapp analyse VIDEO``: what face verification sees in a video; the video stays on this computer."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loanapp.commands.language import Language, text
from loanapp.domain.errors import ErrorCode, LoanAppError

if TYPE_CHECKING:
    from loanapp.capture.video_analysis import VideoReport

_CATALOGUE: Final = "analyse"
_EXIT_BAD_INPUT: Final = 2


def add_arguments(parser: argparse.ArgumentParser, language: Language) -> None:
    """Declare the video and the form of the answer."""
    parser.add_argument("video", metavar="VIDEO", help=_say(language, "help.video"))
    parser.add_argument("--json", action="store_true", help=_say(language, "help.json"))


def run(args: argparse.Namespace) -> int:
    """Print the report; exit code 2 with one clear sentence for a video that cannot be read."""
    # The decoder would write its own English line beside our sentence.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    from loanapp.capture.video_analysis import analyse_video

    path = Path(args.video)
    problem = "error.missing" if not path.exists() else "error.not_a_file" if not path.is_file() else None
    if problem is not None:
        print(_say(args.language, problem, video=args.video), file=sys.stderr)
        return _EXIT_BAD_INPUT
    try:
        report = analyse_video(path)
    except LoanAppError as error:
        if error.code is not ErrorCode.VIDEO_UNREADABLE:
            raise
        print(_say(args.language, "error.unreadable", video=args.video), file=sys.stderr)
        return _EXIT_BAD_INPUT
    if args.json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        print("\n".join(_lines(args.language, report)))
    return 0


def _lines(language: Language, report: "VideoReport") -> list[str]:
    lines = [
        _say(
            language,
            "summary",
            frames=report.frames,
            fps=f"{report.fps:.1f}",
            seconds=f"{report.frames / report.fps:.1f}",
            faces=report.faces,
        )
    ]
    if report.yaw and report.pitch and report.roll:
        angles = {
            name: f"{low:.0f}…{high:.0f}°"
            for name, (low, high) in (("yaw", report.yaw), ("pitch", report.pitch), ("roll", report.roll))
        }
        lines.append(_say(language, "angles", **angles))
    lines.append(_say(language, "events" if report.events else "no_events"))
    lines += [
        _say(language, "span", what=_say(language, f"event.{one.kind.value}"), start=one.start_frame, end=one.end_frame)
        for one in report.events
    ]
    lines.append(_say(language, "hints" if report.hints else "no_hints"))
    lines += [
        _say(language, "span", what=_say(language, f"hint.{one.code.value}"), start=one.start_frame, end=one.end_frame)
        for one in report.hints
    ]
    return lines


def _say(language: Language, key: str, **values: object) -> str:
    return text(language, key, catalogue=_CATALOGUE, **values)
