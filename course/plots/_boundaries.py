"""Where a classifier of points in the plane changes its mind."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from course.plots._style import BLUE, GREEN, ORANGE, RED, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS_PER_SIDE = 200
CLASSES = ((BLUE, "o"), (RED, "^"), (GREEN, "s"), (ORANGE, "D"))


def plot_boundaries(
    classifiers: Mapping[str, Callable[[Any], ArrayLike]], x: ArrayLike, labels: ArrayLike
) -> "Figure":
    """Draw the plane as each classifier sees it, and the points that it learned from.

    Parameters
    ----------
    classifiers : by title, functions that take points `(n, 2)` and give the class `(n,)` of each,
        a number from 0 to 3.
    x : `(n, 2)`, points.
    labels : `(n,)`, the class of each.
    """
    points, true = np.asarray(x, dtype=float), np.asarray(labels)
    sides = [_side(points[:, axis]) for axis in (0, 1)]
    plane = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    figure = new_figure(4.0 * len(classifiers), 3.6)
    panels = figure.subplots(1, len(classifiers), squeeze=False, sharey=True)[0]
    for axes, (title, classify) in zip(panels, classifiers.items(), strict=True):
        seen = np.asarray(classify(plane)).reshape(POINTS_PER_SIDE, POINTS_PER_SIDE)
        colors = [color for color, _ in CLASSES]
        levels = np.arange(len(CLASSES) + 1) - 0.5
        axes.contourf(*sides, seen, levels=levels, colors=colors, alpha=0.25)
        for number, (color, marker) in enumerate(CLASSES):
            chosen = points[true == number]
            axes.plot(*chosen.T, marker, color=color, markersize=5, markeredgecolor="w", mew=0.5)
        axes.set(title=title, xlabel="$x_1$")
    panels[0].set(ylabel="$x_2$")
    return figure


def _side(numbers: Any) -> Any:
    margin = 0.1 * float(np.ptp(numbers))
    return np.linspace(numbers.min() - margin, numbers.max() + margin, POINTS_PER_SIDE)
