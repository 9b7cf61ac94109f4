"""The few strokes that drawings are made of: nodes, boxes, arrows, grids and notes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from course.plots._style import BLACK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = tuple[float, float]


def canvas(width: float, height: float) -> "tuple[Figure, Axes]":
    """Make a figure of `width` by `height` inches whose axes are an empty sheet."""
    figure = new_figure(width, height)
    axes = figure.subplots()
    axes.set_axis_off()
    return figure, axes


def node(axes: "Axes", at: Point, text: str, *, round_: bool = False) -> None:
    """Draw a node of a computation graph: a circle for an operation, a square for a value."""
    style = "circle,pad=0.25" if round_ else "square,pad=0.35"
    face = "#EEEEEE" if round_ else "white"
    box = {"boxstyle": style, "facecolor": face, "edgecolor": BLACK}
    axes.text(*at, text, ha="center", va="center", fontsize=13, bbox=box, zorder=3)


def boxes(
    axes: "Axes", places: Sequence[Point], texts: Sequence[str], *, color: str = BLACK
) -> None:
    """Draw a box with a text at each of `places`."""
    box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": color}
    for at, text in zip(places, texts, strict=True):
        axes.text(*at, text, ha="center", va="center", fontsize=13, bbox=box, zorder=3)


def arrow(
    axes: "Axes",
    start: Point,
    end: Point,
    *,
    color: str,
    dashed: bool = False,
    margin: float = 0.35,
) -> None:
    """Draw an arrow from `start` to `end` that stops `margin` short of both."""
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    dx, dy = (margin * (end[i] - start[i]) / length for i in (0, 1))
    axes.annotate(
        "",
        xytext=(start[0] + dx, start[1] + dy),
        xy=(end[0] - dx, end[1] - dy),
        arrowprops={"arrowstyle": "->", "color": color, "linestyle": "--" if dashed else "-"},
    )


def grid(axes: "Axes", left: Point, rows: int, columns: int, *, color: str) -> None:
    """Draw an array as `rows` by `columns` unit cells; `left` is the middle of its left edge."""
    from matplotlib.patches import Rectangle

    x, y = left
    for row in range(rows):
        for column in range(columns):
            corner = (x + column, y - rows / 2 + row)
            axes.add_patch(Rectangle(corner, 1, 1, facecolor=color, alpha=0.25, edgecolor="none"))
            axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=color))
    axes.set_aspect("equal")


def note(axes: "Axes", at: Point, text: str, *, color: str = BLACK, ha: str = "center") -> None:
    """Write `text` at a point."""
    axes.text(*at, text, ha=ha, va="center", fontsize=10, color=color)
