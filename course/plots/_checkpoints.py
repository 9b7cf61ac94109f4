"""Drawings of gradient checkpointing: segments, what is saved when, and where the peak is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from course.plots._sketch import arrow, canvas, note
from course.plots._style import BLACK, BLUE, GREY, ORANGE, RED, SKY, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Moment:
    """One step of a training pass: the layer at work, the direction, and what is saved.

    `saved[k]` is 0 if nothing of layer k is saved, 1 if its input is, 2 if its pre-activation is
    saved as well.
    """

    layer: int
    backward: bool
    saved: tuple[int, ...]

    @property
    def arrays(self) -> int:
        """Number of saved arrays."""
        return sum(self.saved)


def schedule(n_layers: int, checkpoints: Iterable[int] = ()) -> tuple[Moment, ...]:
    """List the steps of one gradient computation in order: forward, then segment by segment."""
    starts = sorted({0, *checkpoints})
    saved = [0] * n_layers
    moments = []
    for layer in range(starts[-1]):
        saved[layer] = int(layer in starts)
        moments.append(Moment(layer, backward=False, saved=tuple(saved)))
    for start, end in reversed(list(pairwise([*starts, n_layers]))):
        for layer in range(start, end):
            saved[layer] = 2
            moments.append(Moment(layer, backward=False, saved=tuple(saved)))
        for layer in reversed(range(start, end)):
            moments.append(Moment(layer, backward=True, saved=tuple(saved)))
            saved[layer] = 0
    return tuple(moments)


def draw_segments(n_layers: int = 7, checkpoints: Sequence[int] = (2, 5)) -> "Figure":
    """Draw a network cut into segments: layers, the arrays between them, and which are saved."""
    starts = sorted({0, *checkpoints})
    figure, axes = canvas(1.55 * n_layers, 2.5)
    for k in range(n_layers):
        _array(axes, 2.0 * k, k, kept=k in starts)
        _layer(axes, 2.0 * k + 1, k)
        arrow(axes, (2.0 * k, 1), (2.0 * k + 1, 1), color=BLACK, margin=0.34)
        arrow(axes, (2.0 * k + 1, 1), (2.0 * k + 2, 1), color=BLACK, margin=0.34)
    _array(axes, 2.0 * n_layers, n_layers, kept=False)
    for start, end in pairwise([*starts, n_layers]):
        left, right = 2.0 * start - 0.3, 2.0 * end - 0.7
        axes.plot([left, left, right, right], [0.32, 0.2, 0.2, 0.32], color=RED)
        note(axes, ((left + right) / 2, -0.02), f"segment ({start}, {end})", color=RED)
    note(axes, (-0.3, 1.85), "filled: the input of a layer that is a checkpoint, saved", ha="left")
    axes.set(xlim=(-0.7, 2.0 * n_layers + 0.7), ylim=(-0.3, 2.1))
    return figure


def _array(axes: "Axes", x: float, k: int, *, kept: bool) -> None:
    box = {"boxstyle": "square,pad=0.35", "facecolor": SKY if kept else "white", "edgecolor": BLACK}
    axes.text(x, 1, f"$a_{k}$", ha="center", va="center", fontsize=12, bbox=box, zorder=3)


def _layer(axes: "Axes", x: float, k: int) -> None:
    box = {"boxstyle": "circle,pad=0.25", "facecolor": "#EEEEEE", "edgecolor": BLACK}
    axes.text(x, 1, f"{k}", ha="center", va="center", fontsize=12, bbox=box, zorder=3)
    note(axes, (x, 1.5), "layer", color=GREY)


def draw_lifetimes(n_layers: int = 6, checkpoints: Sequence[int] = (2, 4)) -> "Figure":
    """Draw what is saved at each step, without checkpoints above and with them below."""
    plain, kept = schedule(n_layers), schedule(n_layers, checkpoints)
    figure = new_figure(9.6, 0.62 * n_layers + 2.6)
    above, below = figure.subplots(2, 1, sharex=True)
    _draw_moments(above, plain, "plain backpropagation")
    cuts = ", ".join(map(str, sorted({0, *checkpoints})))
    _draw_moments(below, kept, f"checkpoints {cuts}")
    above.set_xlim(-0.2, len(kept) + 0.2)
    below.set_xlabel(
        "time →     ▶ forward through a layer     ◀ backward     "
        "light: input saved     dark: input and pre-activation saved"
    )
    return figure


def _draw_moments(axes: "Axes", moments: Sequence[Moment], title: str) -> None:
    from matplotlib.patches import Rectangle

    n_layers = len(moments[0].saved)
    peak = max(moment.arrays for moment in moments)
    for x, moment in enumerate(moments):
        for layer, state in enumerate(moment.saved):
            if state:
                color = SKY if state == 1 else BLUE
                axes.add_patch(Rectangle((x, layer - 0.5), 1, 1, facecolor=color, edgecolor="w"))
        sign, color = ("◀", ORANGE) if moment.backward else ("▶", BLACK)
        if not moment.backward and moment.saved[moment.layer] == 2:
            color = "white"
        axes.text(x + 0.5, moment.layer, sign, ha="center", va="center", color=color, fontsize=11)
        weight = "bold" if moment.arrays == peak else "normal"
        style: dict[str, Any] = {
            "ha": "center",
            "va": "center",
            "fontsize": 9,
            "fontweight": weight,
        }
        axes.text(x + 0.5, n_layers - 0.1, f"{moment.arrays}", **style)
    axes.set(title=title, ylabel="layer", ylim=(-0.6, n_layers + 0.3), yticks=range(n_layers))
    axes.text(len(moments) + 0.2, n_layers - 0.1, "arrays saved", va="center", fontsize=9)
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def draw_placements(
    placements: Sequence[tuple[str, Sequence[int]]] = (
        ("four equal segments", (4, 4, 4, 4)),
        ("the same 16 layers, cut unevenly", (4, 3, 3, 2, 2, 1, 1)),
    ),
) -> "Figure":
    """Draw how many arrays are saved while each segment is worked on.

    Parameters
    ----------
    placements : pairs of a title and the lengths of the segments, first one first.
    """
    figure = new_figure(9.6, 3.7)
    highest = max(j + 2 * length for _, lengths in placements for j, length in enumerate(lengths))
    axes_of = figure.subplots(1, len(placements), sharey=True)
    for axes, (title, lengths) in zip(axes_of, placements, strict=True):
        _draw_bill(tidy(axes, title=title, xlabel="layers"), lengths)
        axes.set_ylim(0, highest + 1.5)
    axes_of[0].set_ylabel("arrays saved at once")
    figure.legend(*axes_of[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _draw_bill(axes: "Axes", lengths: Sequence[int]) -> None:
    start, ticks = 0, [0]
    for j, length in enumerate(lengths):
        first = j == len(lengths) - 1  # one entry per colour in the legend, from the tallest base
        place: dict[str, Any] = {"width": length, "align": "edge", "edgecolor": "white"}
        label = "checkpoints of earlier segments" if first else None
        axes.bar(start, j, color=SKY, hatch="//", label=label, **place)
        label = "of this segment: 2 per layer" if first else None
        axes.bar(start, 2 * length, bottom=j, color=BLUE, label=label, **place)
        total = j + 2 * length
        axes.text(start + length / 2, total + 0.3, f"{total}", ha="center", fontweight="bold")
        start += length
        ticks.append(start)
    axes.set_xticks(ticks)
    axes.grid(visible=False, axis="x")
