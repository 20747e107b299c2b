"""Array types of the vision package."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""Colour picture, uint8, shape (height, width, 3), blue-green-red as OpenCV keeps it."""

Floats: TypeAlias = npt.NDArray[np.float32]
"""Single-precision numbers of any shape; the docstring of the user says which."""
