"""Curves: functions, training, errors of finite differences, gradients by depth."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from course.plots._style import BLUE, GREY, lines, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_curves(
    x: ArrayLike, curves: Mapping[str, ArrayLike], *, xlabel: str = "", ylabel: str = ""
) -> "Figure":
    """Plot several functions over the same points.

    Parameters
    ----------
    x : `(n,)`, the points.
    curves : name of each function -> its `(n,)` values.
    """
    figure = new_figure(6.4, 3.4)
    axes = tidy(figure.subplots(), xlabel=xlabel, ylabel=ylabel)
    _draw(axes, x, curves)
    if np.asarray(x).dtype.kind in "iu":
        _whole_ticks(axes)
    return figure


def plot_training(
    cost: Mapping[str, Sequence[float]], accuracy: Mapping[str, Sequence[float]]
) -> "Figure":
    """Plot cost and accuracy side by side, one point per epoch, the first epoch being 1.

    Parameters
    ----------
    cost, accuracy : name of a data set ("training", "test") -> one value per epoch;
        an accuracy is a fraction of 1.
    """
    figure = new_figure(9.6, 3.6)
    left, right = figure.subplots(1, 2)
    for axes, curves in ((left, cost), (right, accuracy)):
        for style, (name, values) in zip(lines(), curves.items(), strict=False):
            axes.plot(range(1, len(values) + 1), values, label=name, **style._asdict())
        _whole_ticks(axes)
        axes.legend()
    tidy(left, xlabel="epoch", ylabel="cost")
    tidy(right, xlabel="epoch", ylabel="accuracy")
    right.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    return figure


def _whole_ticks(axes: "Axes") -> None:
    """Count epochs in whole numbers."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def plot_step_sizes(eps: ArrayLike, errors: Mapping[str, ArrayLike]) -> "Figure":
    """Plot the errors of difference quotients against their step, both on logarithmic axes.

    Parameters
    ----------
    eps : `(n,)`, the steps.
    errors : name of each formula -> its `(n,)` absolute errors; an error of 0, which a
        logarithmic axis cannot show, is left out of the curve.
    """
    figure = new_figure(6.8, 4.2)
    axes = tidy(figure.subplots(), xlabel="step eps", ylabel="absolute error")
    axes.set(xscale="log", yscale="log")
    positive = {
        name: np.where(np.asarray(error) > 0, error, np.nan) for name, error in errors.items()
    }
    _draw(axes, eps, positive, markersize=4)
    axes.text(0.02, 0.02, "← rounding", transform=axes.transAxes, color=GREY)
    axes.text(0.98, 0.02, "truncation →", transform=axes.transAxes, color=GREY, ha="right")
    return figure


def plot_gradient_flow(gradients: Sequence[ArrayLike]) -> "Figure":
    """Plot how large the gradient of each layer is: mean absolute entry, on a logarithmic axis.

    Parameters
    ----------
    gradients : one array per layer, first layer first.
    """
    sizes = [float(np.mean(np.abs(gradient))) for gradient in gradients]
    layers = range(1, len(sizes) + 1)
    figure = new_figure(6.4, 3.2)
    axes = tidy(figure.subplots(), xlabel="layer (1 is next to the input)", yscale="log")
    axes.set_ylabel("mean |gradient|")
    axes.plot(layers, sizes, color=BLUE, marker="o")
    axes.set_xticks(list(layers))
    return figure


def _draw(axes: "Axes", x: ArrayLike, curves: Mapping[str, ArrayLike], **kwargs: Any) -> None:
    """Draw each curve in a style of its own; markers stand about every twentieth of the way."""
    every = max(1, np.size(x) // 20)
    for style, (name, values) in zip(lines(), curves.items(), strict=False):
        axes.plot(x, values, label=name, markevery=every, **style._asdict(), **kwargs)
    axes.legend()
