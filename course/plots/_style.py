"""One look for all pictures: colours that colour-blind readers tell apart, and that print well."""

from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design", 2008
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, RED, PURPLE, GREY = "#0072B2", "#D55E00", "#CC79A7", "#666666"


class Line(NamedTuple):
    """How one curve is drawn: colour, marker and dashes all differ from those of its neighbours."""

    color: str
    marker: str
    linestyle: str


def lines() -> "Iterator[Line]":
    """Yield a style for each curve of a plot."""
    return map(
        Line,
        cycle((BLUE, RED, GREEN, ORANGE, PURPLE, BLACK)),
        cycle("os^Dvx"),
        cycle(("-", "--", "-.", ":")),
    )


def new_figure(width: float, height: float) -> "Figure":
    """Make an empty figure of `width` by `height` inches that shows itself in Jupyter."""
    from course.plots._picture import Picture

    return Picture(figsize=(width, height), layout="constrained")


def tidy(axes: "Axes", **labels: Any) -> "Axes":
    """Give `axes` its labels (as `Axes.set` takes them), a light grid and no box."""
    axes.set(**labels)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return axes
