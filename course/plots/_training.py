"""Drawings of lab 4: softmax and cross-entropy as one block, and dropout."""

from itertools import pairwise, product
from typing import TYPE_CHECKING

from course.plots._sketch import Point, arrow, boxes, canvas, note
from course.plots._style import BLACK, BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DROPPED = (1, 3)  # of five hidden units


def draw_block() -> "Figure":
    """Draw softmax and cross-entropy as one block, with the short way back and the long one."""
    figure, axes = canvas(10, 3.9)
    places: list[Point] = [(0, 1.5), (3, 1.5), (6, 1.5), (9, 1.5)]
    _frame(axes, (1.35, 0.62), (8.0, 2.5))
    note(axes, (4.7, 2.26), "one block: cross_entropy")
    boxes(axes, places, ["logits $z$", "softmax", r"$-\log\, p$ of the label", "cost $C$"])
    for start, end in ((0.75, 2.3), (3.7, 4.75), (7.25, 8.3)):
        arrow(axes, (start, 1.5), (end, 1.5), color=BLUE, margin=0)
    note(axes, (4.2, 1.72), "$p$", color=BLUE)
    boxes(axes, [(6, 3.05)], ["labels $y$"])
    arrow(axes, (6, 3.05), (6, 1.5), color=BLUE, margin=0.3)
    note(axes, (6.0, 0.9), r"slope $-1/p$: explodes", color=GREY)
    note(axes, (3.0, 0.9), r"Jacobian $n \times n$ per row", color=GREY)
    axes.plot([9, 9, 0.05], [1.2, 0.15, 0.15], color=RED, linestyle="--")
    arrow(axes, (0.0, 0.1), (0.0, 1.3), color=RED, dashed=True, margin=0.06)
    text = r"what comes back:  $p - y$, divided by $B$"
    note(axes, (4.7, -0.12), text, color=RED)
    note(axes, (0, 1.95), "(B, n_classes)")
    note(axes, (9, 1.95), "one number")
    axes.set(xlim=(-1.1, 10.0), ylim=(-0.4, 3.4))
    return figure


def draw_dropout() -> "Figure":
    """Draw a small network twice: in training, with two units dropped, and in evaluation."""
    figure, axes = canvas(9.5, 4.0)
    _network(axes, 0.0, DROPPED)
    _network(axes, 6.0, ())
    note(axes, (2.0, 4.9), "training: some units are silent, the others louder")
    note(axes, (8.0, 4.9), "evaluation: nothing happens")
    note(axes, (2.0, -0.75), r"kept: $a \cdot 1/(1-q)$      dropped: $0$", color=RED)
    note(axes, (8.0, -0.75), r"all: $a$", color=BLUE)
    axes.set(xlim=(-0.6, 10.6), ylim=(-1.1, 5.2))
    return figure


def _network(axes: "Axes", x: float, dropped: tuple[int, ...]) -> None:
    """Draw three inputs, five hidden units and two outputs; `dropped` hidden units do nothing."""
    heights = ((1.0, 2.0, 3.0), (0.0, 1.0, 2.0, 3.0, 4.0), (1.5, 2.5))
    layers = [[(x + 2 * k, y) for y in column] for k, column in enumerate(heights)]
    silent = {layers[1][k] for k in dropped}
    for before, after in pairwise(layers):
        for start, end in product(before, after):
            if not silent & {start, end}:
                axes.plot(*zip(start, end, strict=True), color=GREY, linewidth=0.8, zorder=1)
    for unit in (unit for layer in layers for unit in layer):
        _unit(axes, unit, silent=unit in silent, loud=bool(dropped) and unit in layers[1])


def _unit(axes: "Axes", at: Point, *, silent: bool, loud: bool) -> None:
    if silent:
        axes.plot(*at, "o", markersize=18, color="white", markeredgecolor=GREY, zorder=2)
        axes.plot(*at, "x", markersize=14, color=RED, zorder=3)
    else:
        color, size = (RED, 26) if loud else (BLUE, 18)
        axes.plot(*at, "o", markersize=size, color=color, markeredgecolor=BLACK, zorder=2)


def _frame(axes: "Axes", low: Point, high: Point) -> None:
    """Draw a dotted frame between two corners."""
    (left, bottom), (right, top) = low, high
    x, y = [left, right, right, left, left], [bottom, bottom, top, top, bottom]
    axes.plot(x, y, color=BLACK, linestyle=":")
