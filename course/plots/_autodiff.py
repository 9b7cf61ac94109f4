"""Drawings for the lab on automatic differentiation."""

from typing import TYPE_CHECKING

from course.plots._computation import draw_graph
from course.plots._sketch import Point, arrow, canvas, grid, node, note
from course.plots._style import BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_first_graph() -> "Figure":
    """Draw the graph of J = ReLU(x) + γ x with its values at x = 7, γ = 5."""
    edges = [("x", "relu"), ("relu", "h"), ("γ", "*"), ("x", "*"), ("*", "z")]
    edges += [("h", "+"), ("z", "+"), ("+", "J")]
    labels = {"x": "x = 7", "γ": "γ = 5", "relu": "ReLU", "*": "*", "h": "h = 7", "z": "z = 35"}
    labels |= {"+": "+", "J": "J = 42"}
    return draw_graph(edges, labels, operations=("relu", "*", "+"))


def draw_second_graph() -> "Figure":
    """Draw the graph of one ReLU unit with a skip connection and its squared error."""
    edges = [("x", "*"), ("w", "*"), ("*", "v"), ("v", "+1"), ("b", "+1"), ("+1", "z")]
    edges += [("z", "relu"), ("relu", "h"), ("h", "+2"), ("x", "+2"), ("+2", "ŷ")]
    edges += [("ŷ", "mse"), ("y", "mse"), ("mse", "J")]
    labels = {"x": "x = 5", "w": "w = 2", "b": "b = −1", "y": "y = 7", "v": "v = 10", "z": "z = 9"}
    labels |= {"h": "h = 9", "ŷ": "ŷ = 14", "J": "J = 49"}
    labels |= {"*": "*", "+1": "+", "+2": "+", "relu": "ReLU", "mse": "MSE"}
    return draw_graph(edges, labels, operations=("*", "+1", "+2", "relu", "mse"))


def draw_operation() -> "Figure":
    """Draw one operation: values go in and out, cotangents come back."""
    figure, axes = canvas(8, 2.9)
    middle: Point = (3.6, 1.5)
    ends = {"x": (1.0, 2.3), "y": (1.0, 0.7), "z": (6.2, 1.5)}
    node(axes, middle, "f", round_=True)
    for name, at in ends.items():
        node(axes, at, name)
        start, end = (middle, at) if name == "z" else (at, middle)
        arrow(axes, start, end, color=BLUE)
        aside = 0.28 if name == "x" else -0.28  # such that no two arrows cross
        back = [(x, y + aside) for x, y in (end, start)]
        arrow(axes, back[0], back[1], color=RED, dashed=True)
    note(axes, (4.9, 1.72), "apply(x, y)", color=BLUE)
    note(axes, (6.75, 1.22), r"$g_z = \partial J/\partial z$", color=RED, ha="left")
    note(axes, (4.9, 0.98), "grad(gz)", color=RED)
    note(axes, (0.55, 2.68), r"$g_x = \partial J/\partial x$", color=RED, ha="right")
    note(axes, (0.55, 0.32), r"$g_y = \partial J/\partial y$", color=RED, ha="right")
    note(axes, (6.75, 1.62), "… on to J", color=GREY, ha="left")
    axes.set(xlim=(-1.1, 8.4), ylim=(0, 3.0))
    return figure


def draw_broadcast() -> "Figure":
    """Draw how a row is copied to a matrix, and how the gradient is summed back."""
    figure, axes = canvas(8.4, 2.9)
    grid(axes, (0, 4), 1, 4, color=BLUE)
    note(axes, (2, 5), "b, shape (4,)")
    arrow(axes, (4.4, 4), (10.6, 4), color=BLUE, margin=0)
    note(axes, (7.5, 4.5), "copied to every row", color=BLUE)
    grid(axes, (11, 4), 3, 4, color=BLUE)
    note(axes, (13, 6), "in b + x, shape (3, 4)")
    grid(axes, (11, 0), 3, 4, color=RED)
    note(axes, (13, -2), "the gradient that arrives, (3, 4)")
    arrow(axes, (10.6, 0), (4.4, 0), color=RED, dashed=True, margin=0)
    note(axes, (7.5, 0.5), "summed over axis 0", color=RED)
    grid(axes, (0, 0), 1, 4, color=RED)
    note(axes, (2, -1), "the gradient of b, (4,)")
    axes.set(xlim=(-1.2, 17.2), ylim=(-2.5, 6.5))
    return figure


def draw_ladder(rungs: int = 4) -> "Figure":
    """Draw a ladder of diamonds, with the number of paths from the last node to each."""
    figure, axes = canvas(1.7 * rungs + 1.2, 2.5)
    for k in range(rungs + 1):
        x = 1.7 * k
        for y in (0.0, 1.3):
            node(axes, (x, y), ("x" if y else "y") if k == 0 else "avg", round_=k > 0)
            if k < rungs:
                for other in (0.0, 1.3):
                    arrow(axes, (x, y), (x + 1.7, other), color=BLUE, margin=0.42)
        count = f"{2 ** (rungs - k)} paths" if k < rungs else "starts here"
        note(axes, (x, -0.75), count, color=RED)
    axes.set(xlim=(-0.6, 1.7 * rungs + 0.8), ylim=(-1, 1.8))
    return figure
