"""Drawings for the lab on a deep-learning library."""

from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from course.plots._sketch import Point, arrow, boxes, canvas, node, note
from course.plots._style import BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_node() -> "Figure":
    """Draw a computed node, what it holds, and how it points back to what it was made of."""
    figure, axes = canvas(8.6, 3.0)
    inputs: dict[str, Point] = {"W": (0.0, 2.4), "b": (0.0, 1.2), "x": (0.0, 0.0)}
    for name, at in inputs.items():
        node(axes, at, name)
        arrow(axes, (3.2, 1.2), at, color=BLUE, margin=0.45)
    node(axes, (3.2, 1.2), "func", round_=True)
    node(axes, (5.6, 1.2), "z")
    arrow(axes, (5.6, 1.2), (3.2, 1.2), color=BLUE, margin=0.5)
    note(axes, (4.45, 1.45), "z.func", color=BLUE)
    note(axes, (1.7, 2.5), "z.input_nodes", color=BLUE)
    held = (
        "value: an array",
        "grad: an array of its shape, or None",
        "require_grad: True or False",
    )
    for k, text in enumerate(held):
        note(axes, (6.1, 1.75 - 0.55 * k), text, color=RED if k == 1 else GREY, ha="left")
    axes.set(xlim=(-0.5, 9.6), ylim=(-0.45, 2.85))
    return figure


def draw_reports() -> "Figure":
    """Draw a graph with shared nodes, and how many reports each of them waits for."""
    figure, axes = canvas(8.6, 3.0)
    places: dict[str, Point] = {"x": (0.0, 0.6), "u": (2.4, 1.6), "v": (4.8, 0.6), "z": (7.2, 1.6)}
    for name, at in places.items():
        node(axes, at, name)
    for start, end in (("x", "u"), ("u", "v"), ("x", "v"), ("v", "z"), ("u", "z")):
        (x0, y0), (x1, y1) = places[start], places[end]
        # side by side, each half a gap from the line through both nodes
        half = 0.1 / hypot(x1 - x0, y1 - y0)
        dx, dy = half * (y0 - y1), half * (x1 - x0)
        arrow(axes, (x0 + dx, y0 + dy), (x1 + dx, y1 + dy), color=BLUE)
        arrow(axes, (x1 - dx, y1 - dy), (x0 - dx, y0 - dy), color=RED, dashed=True)
    waits = {"x": "waits for 2 reports", "u": "waits for 2", "v": "waits for 1", "z": "begins"}
    for name, text in waits.items():
        x, y = places[name]
        note(axes, (x, y + (0.55 if name in "uz" else -0.75)), text, color=RED)
    axes.set(xlim=(-1.2, 8.2), ylim=(-0.5, 2.5))
    return figure


def draw_modules() -> "Figure":
    """Draw the tree of modules of a deep network, parameters as its leaves."""
    figure, axes = canvas(8.6, 3.4)
    top, middle = (4.5, 3.0), (4.5, 2.0)
    layers = [(1.5, 1.0), (4.5, 1.0), (7.5, 1.0)]
    boxes(axes, [top, middle], ["DeepNetwork", "layers: ModuleList"])
    boxes(axes, layers, ["LinearNetwork"] * 3)
    arrow(axes, top, middle, color=GREY, margin=0.27)
    for x, y in layers:
        # from the lower edge of one box to the upper edge of the other
        foot = middle[0] + 0.25 * (x - middle[0])
        arrow(axes, (foot, middle[1] - 0.25), (x, y + 0.25), color=GREY, margin=0.03)
        for name, side in (("W", -0.6), ("b", 0.6)):
            node(axes, (x + side, 0.0), name)
            arrow(axes, (x, y), (x + side, 0.0), color=GREY, margin=0.3)
    note(axes, (8.75, 0.0), "Parameters", color=BLUE, ha="left")
    axes.set(xlim=(0.2, 10.2), ylim=(-0.4, 3.35))
    return figure


def draw_training_step() -> "Figure":
    """Draw the five calls of one training step as a circle."""
    figure, axes = canvas(9.6, 2.8)
    names = ["optimizer.\nzero_grad()", "logits = network.\nforward(x)"]
    names += ["cost =\nloss(logits, y)", "cost.\nbackward()", "optimizer.\nstep()"]
    places: list[Point] = [(3.4 * k, 1.4) for k in range(5)]
    boxes(axes, places, names)
    for start, end in pairwise(places):
        arrow(axes, start, end, color=BLUE, margin=1.45)
    tells = (
        "every grad is None",
        "builds the graph",
        "one number",
        "fills every grad",
        "moves W, b",
    )
    for (x, y), text in zip(places, tells, strict=True):
        note(axes, (x, y - 0.75), text, color=GREY)
    (first, y), (last, _) = places[0], places[-1]
    axes.plot([last, last, first, first], [y + 0.6, y + 1.0, y + 1.0, y + 0.65], color=BLUE)
    arrow(axes, (first, y + 0.66), (first, y + 0.36), color=BLUE, margin=0)
    note(axes, ((first + last) / 2, y + 1.17), "n_epochs times", color=BLUE)
    axes.set(xlim=(-1.4, 15.0), ylim=(0.4, 2.75))
    return figure
