"""Drawings of how values go forward through layers, and gradients back."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from course.plots._sketch import Point, arrow, boxes, canvas, grid, node, note
from course.plots._style import BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIGN = 1.8  # room for a sign between two arrays, in cells


def draw_layer() -> "Figure":
    """Draw the computation graph of one layer, values forward and gradients backward."""
    figure, axes = canvas(10, 3.6)
    line: dict[str, Point] = {"x": (0, 1), "@": (2.2, 1), "+": (4.4, 1), "z": (6.2, 1)}
    line |= {"σ": (8, 1), "a": (9.8, 1)}
    for name, at in line.items():
        node(axes, at, name, round_=name in "@+σ")
    for name, at in (("w", (2.2, 2.2)), ("b", (4.4, 2.2))):
        node(axes, at, name)
        arrow(axes, at, (at[0], 1), color=BLUE)
        arrow(axes, (at[0] + 0.3, 1), (at[0] + 0.3, 2.2), color=RED, dashed=True)
    for start, end in pairwise(line.values()):
        arrow(axes, start, end, color=BLUE)
        arrow(axes, (end[0], 0.68), (start[0], 0.68), color=RED, dashed=True)
    backward = {"dx": 1.1, "dz": 7.1, "da": 8.9}
    for text, x in backward.items():
        note(axes, (x, 0.36), text, color=RED)
    note(axes, (2.65, 1.72), "dw", color=RED, ha="left")
    note(axes, (4.85, 1.72), "db", color=RED, ha="left")
    shapes = {"x": "(1, n_in)", "z": "(1, n_out)", "a": "(1, n_out)"}
    for name, shape in shapes.items():
        note(axes, (line[name][0], 1.42), shape)
    note(axes, (2.2, 2.6), "(n_in, n_out)")
    note(axes, (4.4, 2.6), "(n_out,)")
    _legend(axes, (6.1, 2.4))
    axes.set(xlim=(-0.8, 10.6), ylim=(0.1, 2.85))
    return figure


def draw_shapes(sizes: Sequence[int] = (3, 4, 2)) -> "Figure":
    """Draw the arrays of a network as grids of cells, one line per layer.

    Parameters
    ----------
    sizes : widths of the layers, input first; small ones, for every cell is drawn.
    """
    depth = len(sizes) - 1
    width = max(n_in + 4 * n_out for n_in, n_out in pairwise(sizes)) + 4 * SIGN
    heights = [n_in + 3 for n_in in sizes[:-1]]
    figure, axes = canvas(width / 2.8, sum(heights) / 2.8)
    y = 0.0
    for layer in range(depth):
        y -= heights[layer]
        _draw_line(axes, layer + 1, sizes[layer], sizes[layer + 1], y + heights[layer] / 2)
    axes.set(xlim=(-0.5, width + 0.5), ylim=(y, 0))
    return figure


def draw_chain(n_layers: int = 2) -> "Figure":
    """Draw the chain rule through a network: forward in one line, backward in the line below."""
    gap = 2.7
    figure, axes = canvas(1.9 * (2 * n_layers + 2), 4.2)
    names = [r"$a_0 = x$"]
    for k in range(1, n_layers + 1):
        names += [f"$z_{k}$", f"$a_{k}$"]
    places = [gap * i for i in range(len(names) + 1)]
    boxes(axes, [(x, 3.0) for x in places], [*names, "$C$"])
    for i, (start, end) in enumerate(pairwise(places)):
        arrow(axes, (start, 3.0), (end, 3.0), color=BLUE, margin=0.62)
        text = _forward_text(i, n_layers)
        note(axes, ((start + end) / 2, 3.32), text, color=BLUE)
    _draw_backward(axes, places, n_layers)
    axes.set(xlim=(-1.1, places[-1] + 1.0), ylim=(-0.75, 3.7))
    return figure


def _forward_text(i: int, n_layers: int) -> str:
    if i == 2 * n_layers:
        return "cost"
    return rf"$@\, w_{i // 2 + 1} + b_{i // 2 + 1}$" if i % 2 == 0 else "$\\sigma$"


def _draw_backward(axes: "Axes", places: Sequence[float], n_layers: int) -> None:
    labels = [_backward_text(i) for i in range(1, 2 * n_layers + 1)]
    boxes(axes, [(x, 1.5) for x in places[1:-1]], labels, color=RED)
    arrow(axes, (places[-1], 3.0), (places[-2], 1.5), color=RED, dashed=True, margin=0.62)
    note(axes, (places[-1] - 0.8, 2.0), "?", color=RED)
    for i in range(2 * n_layers, 1, -1):
        arrow(axes, (places[i], 1.5), (places[i - 1], 1.5), color=RED, dashed=True, margin=0.72)
        note(axes, ((places[i] + places[i - 1]) / 2, 1.75), "?", color=RED)
    for k in range(1, n_layers + 1):
        x = places[2 * k - 1]
        axes.plot([x, x], [2.7, 1.8], color=GREY, linestyle=":")
        axes.plot([places[2 * k - 2], x - 0.5], [2.7, 0.25], color=GREY, linestyle=":")
        arrow(axes, (x, 1.5), (x, 0.35), color=RED, dashed=True, margin=0.3)
        note(axes, (x, 0.05), rf"grads_w[{k - 1}] $= a_{k - 1}^T\, @\, \delta_{k}$")
        note(axes, (x, -0.4), rf"grads_b[{k - 1}] $= \delta_{k}$ as a vector")
    note(axes, (places[-1] + 0.9, 0.05), "dotted: remembered", color=GREY, ha="right")


def _backward_text(i: int) -> str:
    k = (i + 1) // 2
    return rf"$\delta_{k}$" if i % 2 else rf"$\partial C/\partial a_{k}$"


def _draw_line(axes: "Axes", layer: int, n_in: int, n_out: int, y: float) -> None:
    """Draw `a @ w + b = z -> a` of one layer around the height `y`."""
    before, after = layer - 1, layer
    parts = (
        (1, n_in, "x" if before == 0 else f"a{before}", f"(1, {n_in})"),
        (n_in, n_out, f"w{layer}", f"({n_in}, {n_out})"),
        (1, n_out, f"b{layer}", f"({n_out},)"),
        (1, n_out, f"z{layer}", f"(1, {n_out})"),
        (1, n_out, f"a{after}", f"(1, {n_out})"),
    )
    x = 0.0
    for (rows, columns, name, shape), sign in zip(parts, ("@", "+", "=", "σ →", ""), strict=True):
        grid(axes, (x, y), rows, columns, color=BLUE if name[0] in "xza" else RED)
        note(axes, (x + columns / 2, y + rows / 2 + 0.4), name)
        note(axes, (x + columns / 2, y - rows / 2 - 0.4), shape)
        note(axes, (x + columns + SIGN / 2, y), sign)
        x += columns + SIGN


def _legend(axes: "Axes", at: Point) -> None:
    x, y = at
    arrow(axes, (x, y), (x + 0.9, y), color=BLUE, margin=0)
    note(axes, (x + 1.05, y), "values go forward", color=BLUE, ha="left")
    arrow(axes, (x + 0.9, y - 0.35), (x, y - 0.35), color=RED, dashed=True, margin=0)
    note(axes, (x + 1.05, y - 0.35), "gradients come back", color=RED, ha="left")
