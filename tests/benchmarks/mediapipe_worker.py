"""MediaPipe's own landmarker, asked for landmarks and blendshapes; runs in the environment of requirements/bench.txt.

Standard input gives blocks: a line of JSON, then the frames' bytes (RGB). Each is answered by a line of JSON with the
milliseconds of every call and the landmarks of every frame. Only the call itself is timed: the picture is converted and
wrapped before. Threads are MediaPipe's own choice.
"""

import base64
import json
import os
import sys
import time
from contextlib import ExitStack

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions, RunningMode


def landmarker(model, mode):
    return FaceLandmarker.create_from_options(
        FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=model),
            running_mode=RunningMode[mode],
            num_faces=1,
            output_face_blendshapes=True,
        )
    )


def points(result, width, height):
    if not result.face_landmarks:
        return None
    found = np.array([(one.x * width, one.y * height) for one in result.face_landmarks[0]], np.float32)
    return base64.b64encode(found.tobytes()).decode()


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the library prints is no answer
    open_one, net = None, ExitStack()
    for line in sys.stdin.buffer:
        block = json.loads(line)
        mode, (height, width) = block["mode"], block["size"]
        if block["new"] or open_one is None:
            net.close()
            open_one = net.enter_context(landmarker(sys.argv[1], mode))
        took, cpu, landmarks = [], [], []
        for moment in block["times_ms"]:
            frame = np.frombuffer(sys.stdin.buffer.read(height * width * 3), np.uint8).reshape(height, width, 3)
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=frame)
            used, started = time.process_time(), time.perf_counter()
            result = open_one.detect_for_video(image, moment) if mode == "VIDEO" else open_one.detect(image)
            took.append((time.perf_counter() - started) * 1000)
            cpu.append((time.process_time() - used) * 1000)
            landmarks.append(points(result, width, height))
        print(json.dumps({"ms": took, "cpu_ms": cpu, "landmarks": landmarks}), file=answers, flush=True)
    net.close()


main()
