"""Runs first in a lender's packed program: OpenCV is not to ask FFmpeg, which that build leaves out."""

import os

os.environ["OPENCV_VIDEOIO_PRIORITY_FFMPEG"] = "0"
