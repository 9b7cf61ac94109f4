"""Drawings for the first notebook of the lab on a library: a part, a model, dropout."""

from itertools import pairwise
from typing import TYPE_CHECKING

from course.plots._sketch import Point, arrow, boxes, canvas, grid, note
from course.plots._style import BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_contract() -> "Figure":
    """Draw one layer: what goes in and out when it is called, and when its `grad` is asked."""
    figure, axes = canvas(8.6, 2.8)
    boxes(axes, [(4.5, 1.7)], ["layer\nweights, bias\nremembers x"])
    arrow(axes, (1.0, 1.9), (3.85, 1.9), color=BLUE, margin=0.05)
    arrow(axes, (5.15, 1.9), (8.0, 1.9), color=BLUE, margin=0.05)
    arrow(axes, (8.0, 1.5), (5.15, 1.5), color=RED, dashed=True, margin=0.05)
    arrow(axes, (3.85, 1.5), (1.0, 1.5), color=RED, dashed=True, margin=0.05)
    arrow(axes, (4.5, 1.2), (4.5, 0.5), color=RED, dashed=True, margin=0.05)
    note(axes, (2.4, 2.15), "x  (B, n_in)", color=BLUE)
    note(axes, (6.6, 2.15), "y  (B, n_out)", color=BLUE)
    note(axes, (6.6, 1.22), "in_gradient  (B, n_out)", color=RED)
    note(axes, (2.4, 1.22), "gradient_input  (B, n_in)", color=RED)
    text = "gradient_weights  (n_in, n_out),   gradient_bias  (n_out,)"
    note(axes, (4.5, 0.35), text, color=RED)
    text = "layer(x) gives y,  layer.grad(in_gradient) gives the three gradients"
    note(axes, (4.5, 0.02), text, color=GREY)
    axes.set(xlim=(0.8, 8.2), ylim=(-0.1, 2.35))
    return figure


def draw_stack() -> "Figure":
    """Draw a model of three parts with its loss, and the list that `backward` makes."""
    figure, axes = canvas(10.4, 3.1)
    places: list[Point] = [(x, 2.0) for x in (1.8, 4.4, 7.0, 9.8)]
    boxes(axes, places, ["Linear", "ReLU", "Linear", "loss"])
    ends = [(0.2, 2.0), *places]
    for (start, y), (end, _) in pairwise(ends):
        arrow(axes, (start, y + 0.15), (end, y + 0.15), color=BLUE, margin=0.6)
    for (end, y), (start, _) in pairwise(places):
        arrow(axes, (start, y - 0.15), (end, y - 0.15), color=RED, dashed=True, margin=0.6)
    arrow(axes, (1.8, 1.85), (0.2, 1.85), color=GREY, dashed=True, margin=0.6)
    note(axes, (0.15, 2.15), "x", color=BLUE)
    note(axes, (0.15, 1.85), "not needed", color=GREY)
    note(axes, (8.4, 2.4), "y_pred", color=BLUE)
    note(axes, (8.4, 1.6), "loss.grad()", color=RED)
    for x in (3.1, 5.7):
        note(axes, (x, 1.6), "gradient_input", color=RED)
    _draw_list(axes, [x for x, _ in places[:3]])
    axes.set(xlim=(-0.2, 10.6), ylim=(0.1, 2.7))
    return figure


def _draw_list(axes: "Axes", places: list[float]) -> None:
    """Draw the entries of `grads` below the parts that they come from."""
    entries = ["(gradient_weights,\ngradient_bias)", "None", "(gradient_weights,\ngradient_bias)"]
    for x, entry in zip(places, entries, strict=True):
        color = GREY if entry == "None" else RED
        arrow(axes, (x, 1.75), (x, 0.85), color=color, dashed=True, margin=0.12)
        note(axes, (x, 0.55), entry, color=color)
    note(axes, (0.1, 0.55), "grads = [", ha="left")
    note(axes, (8.3, 0.55), "]", ha="left")


def draw_masked_layer() -> "Figure":
    """Draw a mask that multiplies the input of a layer, and the gradient on its way back."""
    figure, axes = canvas(9.6, 3.3)
    dropped = {(0, 1), (1, 3), (2, 0), (2, 2)}
    _draw_masked(axes, (0, 2), set(), color=BLUE)
    _draw_masked(axes, (8, 2), dropped, color=BLUE)
    arrow(axes, (4, 2), (8, 2), color=BLUE, margin=0.4)
    arrow(axes, (12, 2), (15, 2), color=BLUE, margin=0.4)
    _draw_masked(axes, (0, -2.6), dropped, color=RED)
    _draw_masked(axes, (8, -2.6), set(), color=RED)
    arrow(axes, (15, -2.6), (12, -2.6), color=RED, dashed=True, margin=0.4)
    arrow(axes, (8, -2.6), (4, -2.6), color=RED, dashed=True, margin=0.4)
    boxes(axes, [(16.6, -0.3)], ["the layer\ninside"])
    note(axes, (2, 4), "x")
    note(axes, (10, 4), r"$x * m$")
    note(axes, (6, 2.7), r"$* \; m$", color=BLUE)
    note(axes, (6, -1.9), r"$* \; m$", color=RED)
    note(axes, (6, -0.3), "the same mask", color=GREY)
    note(axes, (2, -4.7), r"gradient with respect to $x$", color=RED)
    note(axes, (10, -4.7), r"gradient with respect to $x * m$", color=RED)
    axes.set(xlim=(-0.8, 18.6), ylim=(-5.2, 4.6))
    return figure


def _draw_masked(axes: "Axes", left: Point, dropped: set[tuple[int, int]], *, color: str) -> None:
    """Draw an array of 3 by 4 whose dropped entries are crossed out."""
    grid(axes, left, 3, 4, color=color)
    for row, column in dropped:
        x, y = left[0] + column, left[1] - 1.5 + row
        axes.fill([x, x + 1, x + 1, x], [y, y, y + 1, y + 1], facecolor="white", edgecolor=color)
        axes.plot([x, x + 1], [y, y + 1], color=GREY, linewidth=1, zorder=3)
        axes.plot([x, x + 1], [y + 1, y], color=GREY, linewidth=1, zorder=3)
