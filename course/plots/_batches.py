"""Drawings of whole batches: rows through a layer, and the sum of outer products."""

from typing import TYPE_CHECKING

from course.plots._sketch import Point, grid, note
from course.plots._style import BLACK, BLUE, GREEN, RED, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIGN = 1.8  # room for a sign between two arrays, in cells
ROWS = (BLUE, RED, GREEN)  # one colour per example


def draw_batch(n_in: int = 4, n_out: int = 2) -> "Figure":
    """Draw three examples, a row and a colour each, on their way through one layer."""
    batch = len(ROWS)
    parts = (
        ("a", n_in, batch, "(B, n_in)"),
        ("w", n_out, n_in, "(n_in, n_out)"),
        ("b", n_out, batch, "(n_out,), repeated B times"),
        ("z", n_out, batch, "(B, n_out)"),
        ("σ(z)", n_out, batch, "(B, n_out)"),
    )
    width = sum(columns for _, columns, _, _ in parts) + 4 * SIGN
    figure, axes = _sheet(width, n_in + 2.4)
    x = 0.0
    for (name, columns, rows, shape), sign in zip(parts, ("@", "+", "=", "→", ""), strict=True):
        if name in "wb":
            grid(axes, (x, 0), rows, columns, color=BLACK)
        else:
            _rows(axes, (x, 0), columns)
        if name == "b":
            _repeated(axes, x, columns)
        note(axes, (x + columns / 2, rows / 2 + 0.4), name)
        note(axes, (x + columns / 2, -rows / 2 - (0.4 if name != "b" else 1.0)), shape)
        note(axes, (x + columns + SIGN / 2, 0), sign)
        x += columns + SIGN
    return figure


def draw_outer_sum(n_in: int = 4, n_out: int = 2) -> "Figure":
    """Draw a.T @ delta for three examples, and below it the same as a sum of outer products."""
    batch = len(ROWS)
    column = 1 + 0.4 + n_out  # a column, a gap, a row
    width = batch * column + n_out + batch * SIGN
    figure, axes = _sheet(width, 2 * n_in + 5.4)
    top, bottom = n_in / 2 + 1.6, -n_in / 2 - 1.2
    _product(axes, (width - (batch + 2 * n_out + 2 * SIGN)) / 2, top, n_in, n_out)
    x = 0.0
    for r, color in enumerate(ROWS):
        grid(axes, (x, bottom), n_in, 1, color=color)
        grid(axes, (x + 1.4, bottom), 1, n_out, color=color)
        note(axes, (x + 0.5, bottom - n_in / 2 - 0.45), f"a[{r}]")
        note(axes, (x + 1.4 + n_out / 2, bottom - 0.95), rf"$\delta$[{r}]")
        x += column
        note(axes, (x + SIGN / 2, bottom), "+" if r < batch - 1 else "=")
        x += SIGN
    grid(axes, (x, bottom), n_in, n_out, color=BLACK)
    note(axes, (width / 2, bottom + n_in / 2 + 0.6), "one outer product per example:")
    return figure


def _product(axes: "Axes", x: float, y: float, n_in: int, n_out: int) -> None:
    """Draw a.T @ delta = grad_w; example r is a column of the first, a row of the second."""
    batch = len(ROWS)
    for r, color in enumerate(ROWS):
        grid(axes, (x + r, y), n_in, 1, color=color)
    note(axes, (x + batch / 2, y + n_in / 2 + 0.45), r"$a^T$  (n_in, B)")
    x += batch + SIGN
    note(axes, (x - SIGN / 2, y), "@")
    _rows(axes, (x, y), n_out)
    note(axes, (x + n_out / 2, y + batch / 2 + 0.45), r"$\delta$  (B, n_out)")
    x += n_out + SIGN
    note(axes, (x - SIGN / 2, y), "=")
    grid(axes, (x, y), n_in, n_out, color=BLACK)
    note(axes, (x + n_out / 2, y + n_in / 2 + 0.45), r"$\partial C/\partial w$  (n_in, n_out)")


def _rows(axes: "Axes", left: Point, columns: int) -> None:
    """Draw one row of cells per example, the first on top, around the height of `left`."""
    x, y = left
    for r, color in enumerate(ROWS):
        grid(axes, (x, y + (len(ROWS) - 1) / 2 - r), 1, columns, color=color)


def _repeated(axes: "Axes", x: float, columns: int) -> None:
    """Write the same entries into each row of the biases."""
    for row in (-1, 0, 1):
        for j in range(columns):
            note(axes, (x + j + 0.5, row), rf"$b_{j + 1}$")


def _sheet(width: float, height: float) -> "tuple[Figure, Axes]":
    """Make an empty sheet of `width` by `height` cells around the height 0."""
    figure = new_figure((width + 2) / 2.4, height / 2.4)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-1, width + 1), ylim=(-height / 2, height / 2))
    return figure, axes
