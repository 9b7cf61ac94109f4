"""Small rotations and shifts of square images, by bilinear interpolation.

Images are `(B, n, n)` or flat `(B, n*n)`, and come back in the same form and order, so labels stay
with them. What enters from outside is 0; nothing wraps around. Angles and distances are numbers, or
arrays `(B,)` with one entry per image.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
CHUNK = 1024  # images warped at once: bounds the memory


def rotate(images: ArrayLike, degrees: ArrayLike) -> Floats:
    """Rotate about the centre, counter-clockwise as `np.rot90` does."""
    return _warp(images, degrees, 0.0, 0.0)


def shift(images: ArrayLike, dx: ArrayLike, dy: ArrayLike) -> Floats:
    """Shift by `dx` pixels to the right and `dy` pixels down; whole numbers blur nothing."""
    return _warp(images, 0.0, dx, dy)


def augment(
    images: ArrayLike,
    rng: np.random.Generator,
    *,
    max_degrees: float = 10.0,
    max_shift: float = 2.0,
) -> Floats:
    """Rotate and shift each image by amounts of its own.

    Angles are uniform in ±`max_degrees`, shifts along either axis uniform in ±`max_shift` pixels.
    """
    n_images = len(np.asarray(images))
    degrees = rng.uniform(-max_degrees, max_degrees, n_images)
    dx, dy = rng.uniform(-max_shift, max_shift, (2, n_images))
    return _warp(images, degrees, dx, dy)


def _warp(images: ArrayLike, degrees: ArrayLike, dx: ArrayLike, dy: ArrayLike) -> Floats:
    """Rotate, then shift, in one interpolation."""
    given = np.asarray(images, dtype=np.float64)
    square = _squares(given)
    moves = (np.broadcast_to(np.asarray(move, float), len(square)) for move in (degrees, dx, dy))
    angle, right, down = (move[:, None, None] for move in moves)
    result = np.empty_like(square)
    for start in range(0, len(square), CHUNK):
        part = slice(start, start + CHUNK)
        rows, columns = _sources(square.shape[1], angle[part], right[part], down[part])
        result[part] = _interpolate(square[part], rows, columns)
    return result.reshape(given.shape)


def _squares(images: Floats) -> Floats:
    side = math.isqrt(math.prod(images.shape[1:]))
    if images.ndim < 2 or images.shape[1:] not in ((side, side), (side * side,)):
        raise ValueError(f"images are (B, n, n) or (B, n*n), not {images.shape}")
    return images.reshape(-1, side, side)


def _sources(side: int, degrees: Floats, dx: Floats, dy: Floats) -> tuple[Floats, Floats]:
    """Tell for every pixel of the result where it comes from: rows and columns `(B, n, n)`."""
    centre = (side - 1) / 2
    row, column = np.mgrid[:side, :side].astype(float)
    down, right = row - centre - dy, column - centre - dx
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return right * sin + down * cos + centre, right * cos - down * sin + centre


def _interpolate(images: Floats, rows: Floats, columns: Floats) -> Floats:
    side = images.shape[1]
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))  # zeros for all that lies outside
    row, column = np.clip(rows, -1, side) + 1, np.clip(columns, -1, side) + 1
    top, left = row.astype(int), column.astype(int)
    below, beyond = row - top, column - left  # how far into the next pixel
    image = np.arange(len(images))[:, None, None]
    upper = padded[image, top, left] * (1 - beyond) + padded[image, top, left + 1] * beyond
    lower = padded[image, top + 1, left] * (1 - beyond) + padded[image, top + 1, left + 1] * beyond
    return np.asarray(upper * (1 - below) + lower * below)
