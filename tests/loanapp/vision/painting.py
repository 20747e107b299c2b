"""Things painted on faces through the mesh: skin of another tone, mask, dark glasses, glare, fringe, hat, hand.

Simulations, all of them: they show that a measure answers to what it should, not how often it errs on people.
"""

import cv2
import numpy as np

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
EYES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))


def polygon(shape, points, blur=1.0):
    """Soft mask 0..1 of a polygon, (height, width, 1)."""
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1.0)
    if blur:
        mask = cv2.GaussianBlur(mask, (0, 0), blur)
    return mask[..., None]


def blend(image, layer, mask):
    return np.clip(image * (1 - mask) + layer * mask, 0, 255).astype(np.uint8)


def linear(image):
    return (image.astype(np.float32) / 255) ** 2.2


def display(light):
    return (np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


# How much of the light each tone reflects, over the portrait's own light skin: blue, green, red. The steps follow the
# order of the Monk scale; measured reflectances of skin fall to about a tenth from lightest to darkest.
TONES = {
    "light": (1.0, 1.0, 1.0),
    "medium": (0.48, 0.58, 0.70),
    "brown": (0.24, 0.30, 0.42),
    "dark": (0.12, 0.15, 0.22),
    "deepest": (0.07, 0.09, 0.13),
}


def skin_tone(image, landmarks, tone):
    """The same person and room with another skin: eyes, teeth, hair and room keep their light."""
    points = landmarks[:, :2]
    scale = float(np.linalg.norm(points[33] - points[263]))
    middle = points[list(OVAL)].mean(axis=0)
    wide = middle + (points[list(OVAL)] - middle) * (1.04, 1.06)
    skin = polygon(image.shape, wide, scale * 0.03)
    for part in (*EYES, INNER_LIPS):
        skin = skin * (1 - polygon(image.shape, points[list(part)], 0.8))
    for part in BROWS:
        brow = polygon(image.shape, points[list(part)], scale * 0.02)
        image = blend(image, image * np.float32(0.55 + 0.45 * TONES[tone][2]), brow)  # and hair darkens with skin
    light = linear(image)
    gloss = np.minimum(light.min(axis=2, keepdims=True), 0.02)  # a sheen stays whatever the tone
    return display(light * (1 - skin) + skin * (light * np.float32(TONES[tone]) + gloss))


def _shading(image, points, scale):
    """Smooth light over the head, around 1: what is painted is lit as the face is."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    face = polygon(image.shape, points[list(OVAL)], 0)[..., 0]
    smooth = cv2.GaussianBlur(grey * face, (0, 0), scale * 0.35) / (cv2.GaussianBlur(face, (0, 0), scale * 0.35) + 1e-3)
    level = (grey * face).sum() / max(face.sum(), 1)
    return np.clip(0.5 + 0.5 * smooth / max(level, 1), 0.5, 1.5)[..., None]


def _noise(shape, sigma, seed=0, grain=1.0):
    noise = np.random.default_rng(seed).normal(0, 1, (*shape[:2], 1)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), grain)[..., None]
    return smooth / smooth.std() * sigma


def skin_colour(image, landmarks):
    """Median of the cheeks, blue-green-red."""
    points = np.round(landmarks[[50, 280, 117, 346, 205, 425], :2]).astype(int)
    height, width = image.shape[:2]
    parts = [
        image[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].reshape(-1, 3)
        for x, y in points
        if 2 < x < width - 3 and 2 < y < height - 3
    ]
    return np.median(np.concatenate(parts), axis=0)


def mask(image, landmarks, colour):
    """A face mask from the bridge of the nose to under the chin."""
    points = landmarks[:, :2]
    scale = float(np.linalg.norm(points[33] - points[263]))
    chin = points[152] + (points[152] - points[1]) * 0.12
    edge = [points[i] for i in (234, 227, 116, 117, 118, 100, 114, 196, 197, 419, 343, 329, 347, 346, 345, 447, 454)]
    jaw = [points[i] for i in (323, 361, 288, 397, 365, 379)]
    jaw += [chin] + [points[i] for i in (150, 136, 172, 58, 132, 93)]
    where = polygon(image.shape, np.array(edge + jaw), max(0.6, scale * 0.006))
    layer = np.float32(colour) * _shading(image, points, scale) + _noise(image.shape, 2.0, 1)
    for part in (0.33, 0.5, 0.67):  # its folds
        left, right = points[93] * 0.85 + points[1] * 0.15, points[323] * 0.85 + points[1] * 0.15
        drop = (points[152] - points[197]) * (part - 0.35)
        cv2.line(
            layer,
            *(tuple(int(v) for v in spot + drop) for spot in (left, right)),
            tuple(float(c) * 0.88 for c in colour),
            max(1, int(scale * 0.015)),
            cv2.LINE_AA,
        )
    return blend(image, layer, where)


def _lens(points, eye, scale):
    middle = points[list(EYES[eye])].mean(axis=0)
    tilt = np.degrees(np.arctan2(*(points[263] - points[33])[::-1]))
    down = (points[152] - points[168]) / np.linalg.norm(points[152] - points[168])
    return tuple(map(float, middle + down * scale * 0.05)), tilt


def glasses(image, landmarks, lens=None, strength=0.0, frame=(30, 30, 30)):
    """Glasses; ``lens`` is the colour of the glass, ``strength`` how much of it is seen."""
    points = landmarks[:, :2]
    scale = float(np.linalg.norm(points[33] - points[263]))
    out = image.copy()
    for eye in (0, 1):
        centre, tilt = _lens(points, eye, scale)
        box = (centre, (scale * 0.56, scale * 0.42), tilt)
        if lens is not None:
            where = np.zeros(image.shape[:2], np.float32)
            cv2.ellipse(where, box, 1.0, -1)
            out = blend(out, np.float32(lens) + np.zeros_like(out, np.float32), where[..., None] * strength)
        cv2.ellipse(out, box, frame, max(1, round(scale * 0.025)), cv2.LINE_AA)
    bridge = [tuple(int(v) for v in points[i]) for i in (193, 417)]
    cv2.line(out, *bridge, frame, max(1, round(scale * 0.025)), cv2.LINE_AA)
    return out


def glare(image, landmarks, share=0.4, both=True, seed=0):
    """Clear glasses with a window's reflection over ``share`` of a lens's width."""
    points = landmarks[:, :2]
    scale = float(np.linalg.norm(points[33] - points[263]))
    out = glasses(image, landmarks)
    for eye in (0, 1) if both else (0,):
        (x, y), tilt = _lens(points, eye, scale)
        lens = np.zeros(image.shape[:2], np.float32)
        cv2.ellipse(lens, ((x, y), (scale * 0.54, scale * 0.40), tilt), 1.0, -1)
        spot = np.zeros(image.shape[:2], np.float32)
        corner = cv2.boxPoints(((x - scale * 0.06, y), (scale * 0.56 * share, scale * 0.34), tilt + 12))
        cv2.fillPoly(spot, [np.round(corner).astype(np.int32)], 1.0)
        spot = cv2.GaussianBlur(spot, (0, 0), scale * 0.012) * lens * 0.92
        out = blend(out, np.full_like(out, 252, np.float32), spot[..., None])
    return out


def fringe(image, landmarks, colour, down=1.0, strands=14.0):
    """Hair (or, with ``strands`` 0, a hat or band) from above the forehead to ``down`` (1: lower edge of the brows)."""
    points = landmarks[:, :2]
    scale = float(np.linalg.norm(points[33] - points[263]))
    brow = [points[i] for i in (46, 53, 52, 65, 55, 8, 285, 295, 282, 283, 276)]
    top = [points[i] + (points[10] - points[168]) * 0.25 for i in (251, 284, 332, 297, 338, 10, 109, 67, 103, 54, 21)]
    hair_line = [points[i] for i in (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)]
    edge = [above * (1 - down) + below * down for above, below in zip(hair_line, brow, strict=True)]
    where = polygon(image.shape, np.array([points[127], *edge, points[356], *top]), max(0.6, scale * 0.01))
    layer = np.float32(colour) * _shading(image, points, scale) + _noise(image.shape, 1.5, 2)
    if strands:
        rows = _noise((1, image.shape[1]), strands, 3, 1.2)
        layer = layer + np.repeat(rows, image.shape[0], axis=0)
    return blend(image, layer, where)


# Where the finger tips reach, as landmarks, and from which side the hand comes (-1: the picture's left).
HANDS = {
    "mouth": ((291, 409, 375, 377), -1),
    "cheek": ((203, 206, 212, 202), -1),
    "eye": ((8, 193, 197, 1), -1),
    "left_cheek": ((423, 426, 432, 422), 1),
    "nose_mouth": ((4, 2, 13, 17), -1),
}


def hand(image, landmarks, place="mouth", tint=(1.0, 1.0, 1.0)):
    """Four fingers and the back of a hand in the person's own skin colour, shaded at their edges."""
    points = landmarks[:, :2]
    scale = float(np.linalg.norm(points[33] - points[263]))
    tips, side = HANDS[place]
    down = (points[152] - points[168]) / np.linalg.norm(points[152] - points[168])
    across = np.array([down[1], -down[0]]) * side
    skin = skin_colour(image, landmarks) * np.float32(tint)
    shading = _shading(image, points, scale)
    out = image
    width = scale * 0.115
    root = points[152] + down * scale * 0.35 + across * scale * 0.45
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    parts = [(root + across * scale * 0.1 - down * scale * 0.05, root + down * scale * 2.0, scale * 0.42)]
    for number, tip in enumerate(tips):
        knuckle = root + across * (0.35 - 0.23 * number) * scale - down * scale * 0.12
        parts.append((points[tip], knuckle, width * (1.0 if number < 3 else 0.85)))
    for start, end, radius in parts:
        axis = np.asarray(end - start, np.float32)
        along = ((columns - start[0]) * axis[0] + (rows - start[1]) * axis[1]) / max(float(axis @ axis), 1e-3)
        along = np.clip(along, 0, 1)
        away = np.hypot(columns - start[0] - along * axis[0], rows - start[1] - along * axis[1]) / radius
        body = np.clip((1.06 - away) * radius / 1.5, 0, 1)[..., None]
        round_ = (1.06 - 0.34 * np.clip(away, 0, 1) ** 3)[..., None]
        shadow = np.clip(1 - 0.35 * np.exp(-((np.maximum(away - 1, 0) / 0.35) ** 2)), 0, 1)[..., None]
        out = np.clip(out * np.where(away[..., None] > 1, shadow, 1), 0, 255)
        out = blend(out, skin * shading * round_ + _noise(image.shape, 1.5, 5), body)
    return out
