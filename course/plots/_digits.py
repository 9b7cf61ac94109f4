"""Rows of numbers as square images: digits, and the weights that look at them."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from course.plots._style import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def show_digits(
    x: ArrayLike, labels: ArrayLike, predictions: ArrayLike | None = None, *, columns: int = 10
) -> "Figure":
    """Show digits with their labels, and with what a network took them for.

    Parameters
    ----------
    x : `(n, side * side)`, one image per row, 0 is background.
    labels : `(n,)`, the digit that each image shows.
    predictions : `(n,)`, the digit that the network saw, where there is one.
    """
    true = np.asarray(labels)
    if predictions is None:
        titles = [f"{label}" for label in true]
    else:
        pairs = zip(true, np.asarray(predictions), strict=True)
        titles = [f"{label}, taken for {guess}" for label, guess in pairs]
    figure, grid = _gallery(_images(x), columns, cell=1.15 if predictions is None else 1.35)
    for axes, image, title in zip(grid, _images(x), titles, strict=False):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(title, fontsize=8)
    return figure


def show_weights(w: ArrayLike, *, columns: int = 10) -> "Figure":
    """Show each unit's incoming weights as an image: red excites, blue inhibits, white is zero.

    Parameters
    ----------
    w : `(side * side, n_units)`, the weights of the first layer.
    """
    images = _images(np.asarray(w).T)
    limit = float(np.quantile(np.abs(images), 0.995))  # a few strong weights would pale the rest
    figure, grid = _gallery(images, columns, cell=1.0)
    for axes, image in zip(grid, images, strict=False):
        last = axes.imshow(image, cmap="RdBu_r", vmin=-limit, vmax=limit)
    figure.colorbar(last, ax=grid, shrink=0.8, label="weight", extend="both")
    return figure


def _images(rows: ArrayLike) -> Any:
    array = np.asarray(rows)
    side = math.isqrt(array.shape[1])
    if side * side != array.shape[1]:
        raise ValueError(f"rows of {array.shape[1]} numbers are not square images")
    return array.reshape(-1, side, side)


def _gallery(images: Any, columns: int, cell: float) -> "tuple[Figure, list[Axes]]":
    """Make a figure with one empty, frameless square of `cell` inches per image."""
    columns = max(1, min(columns, len(images)))
    rows = max(1, math.ceil(len(images) / columns))
    figure = new_figure(cell * columns, cell * rows)
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in grid:
        axes.set_axis_off()
    return figure, grid
