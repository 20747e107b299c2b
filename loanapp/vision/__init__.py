"""Frames to facts: mesh, pose, quality, actions, verdicts, documents."""
