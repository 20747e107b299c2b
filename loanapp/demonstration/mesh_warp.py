"""Moving a picture by moving the corners of triangles in it."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


def triangulate(points: Floats) -> NDArray[np.int32]:
    """Delaunay triangles (m, 3) of the points in the plane."""
    low, high = points[:, :2].min(axis=0) - 8, points[:, :2].max(axis=0) + 8
    plane = cv2.Subdiv2D((int(low[0]), int(low[1]), int(np.ceil(high[0] - low[0])), int(np.ceil(high[1] - low[1]))))
    for x, y in points[:, :2]:
        plane.insert((float(x), float(y)))
    corners = np.asarray(plane.getTriangleList(), np.float32).reshape(-1, 3, 2)
    inside = ((corners >= low) & (corners <= high)).all(axis=(1, 2))
    distances = np.abs(corners[inside][:, :, None, :] - points[None, None, :, :2]).sum(axis=3)
    triangles = distances.argmin(axis=2).astype(np.int32)
    return np.asarray(triangles[distances.min(axis=2).max(axis=1) < 0.01], np.int32)


def displacement(
    points: Floats,
    moved: Floats,
    triangles: NDArray[np.int32],
    still: NDArray[np.bool_],
    box: tuple[int, int, int, int],
) -> Floats:
    """For each pixel of ``box`` the way to its source (h, w, 2): triangles drawn far to near, turned-away ones not."""
    left, top, right, bottom = box
    origin = np.array([left, top], np.float32)
    target, source = moved[triangles][..., :2] - origin, points[triangles][..., :2] - origin
    edges = target[:, 1:] - target[:, :1]
    area = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    edges_before = source[:, 1:] - source[:, :1]
    before = edges_before[:, 0, 0] * edges_before[:, 1, 1] - edges_before[:, 0, 1] * edges_before[:, 1, 0]
    # A triangle squeezed to a sliver would take its few pixels from far away; its neighbours cover them.
    visible = area * np.sign(before) > 0.04 * np.abs(before)
    labels = np.zeros((bottom - top, right - left), np.int32)
    affine = np.zeros((len(triangles) + 1, 2, 3), np.float32)
    affine[0] = [[1, 0, 0], [0, 1, 0]]
    # What stays (the inside of eye and mouth) lies behind everything else.
    depth = moved[triangles][..., 2].mean(axis=1) + np.where(still, 1e6, 0)
    for index in np.argsort(-depth):
        if not visible[index]:
            continue
        if still[index]:
            affine[index + 1] = affine[0]
        else:
            affine[index + 1] = cv2.getAffineTransform(target[index], source[index])
        cv2.fillConvexPoly(labels, np.round(target[index] * 16).astype(np.int32), int(index) + 1, cv2.LINE_8, 4)
    x, y = np.meshgrid(np.arange(right - left, dtype=np.float32), np.arange(bottom - top, dtype=np.float32))
    chosen = affine[labels]
    source_x = chosen[..., 0, 0] * x + chosen[..., 0, 1] * y + chosen[..., 0, 2]
    source_y = chosen[..., 1, 0] * x + chosen[..., 1, 1] * y + chosen[..., 1, 2]
    return np.dstack([source_x - x, source_y - y]).astype(np.float32)


def depth_map(points: Floats, triangles: NDArray[np.int32], shape: tuple[int, int]) -> Floats:
    """Depth (h, w) of the triangles' planes, far to near; outside of them that of the farthest point."""
    depth = np.full(shape, points[:, 2].max(), np.float32)
    labels = np.zeros(shape, np.int32)
    planes = np.zeros((len(triangles) + 1, 3))
    for index in np.argsort(-points[triangles][..., 2].mean(axis=1)):
        corners = points[triangles[index]]
        flat = np.column_stack([corners[:, :2], np.ones(3)]).astype(np.float64)
        if abs(np.linalg.det(flat)) < 1e-6:
            continue
        planes[index + 1] = np.linalg.solve(flat, corners[:, 2])
        cv2.fillConvexPoly(labels, np.round(corners[:, :2] * 16).astype(np.int32), int(index) + 1, cv2.LINE_8, 4)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    chosen = planes[labels]
    heights = chosen[..., 0] * x + chosen[..., 1] * y + chosen[..., 2]
    return np.asarray(np.where(labels > 0, np.clip(heights, points[:, 2].min(), points[:, 2].max()), depth), np.float32)


def filled(shape: tuple[int, int], outline: Floats, origin: Floats) -> Floats:
    """1 inside the outline (n, 2 or more) shifted by ``-origin``, 0 outside, smooth at the edge; (h, w)."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round((outline[:, :2] - origin) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask / 255, np.float32)


def blurred(mask: Floats, sigma: float) -> Floats:
    """Smoothed by a Gaussian of ``sigma`` pixels."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)


def taken_from(image: Image8, source: Floats) -> Image8:
    """A new picture of the pixels at ``source`` (h, w, 2)."""
    border = cv2.BORDER_REPLICATE
    return np.asarray(cv2.remap(image, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=border), np.uint8)
