"""Computation graphs of any shape, in layers: what goes into a node stands before it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

from course.plots._sketch import Point, canvas
from course.plots._style import BLACK, BLUE, RED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Node = Any  # whatever can be a key
Edge = tuple[Node, Node]
Layers = Sequence[Sequence[Node]]

GAP, ROW, BOX, LETTER, PADDING = 0.4, 0.72, 0.3, 0.078, 0.1  # inches
WIDEST = 13.0
SWEEPS = 8


def draw_graph(
    edges: Sequence[Edge],
    labels: Mapping[Node, str],
    *,
    operations: Collection[Node] = (),
    notes: Mapping[Node, str] | None = None,
) -> "Figure":
    """Draw an acyclic graph from left to right, or from top to bottom if it is too long for that.

    Parameters
    ----------
    edges : pairs (from, to); a pair may come twice, as in `x * x`.
    labels : what to write into each node; a node without edges is drawn too.
    operations : the nodes that are operations, drawn round; all others are values.
    notes : what to write in red below a node: its gradient.

    Raises
    ------
    ValueError
        if the edges go round in a circle.
    """
    notes = notes or {}
    sketch = _lay_out(tuple(dict.fromkeys(edges)), labels, notes)
    figure, axes = canvas(sketch.width, sketch.height)
    for path in sketch.paths:
        _draw_path(axes, path)
    for node, place in sketch.places.items():
        _draw_node(axes, place, labels[node], notes.get(node, ""), round_=node in operations)
    axes.set(xlim=(0, sketch.width), ylim=(0, sketch.height))
    return figure


@dataclass(frozen=True)
class _Sketch:
    """Where everything goes, in inches; a path runs from the edge of a box to that of another."""

    places: dict[Node, Point]
    paths: list[list[Point]]
    width: float
    height: float


@dataclass(frozen=True)
class _Bend:
    """A point where a long edge crosses a layer."""

    edge: Edge
    rank: int


def _lay_out(
    edges: Sequence[Edge], labels: Mapping[Node, str], notes: Mapping[Node, str]
) -> _Sketch:
    """Put layers side by side; one below the other where that would be too wide."""
    ranks = _ranks(edges, labels)
    chains = [_chain(edge, ranks) for edge in edges]
    links = [pair for chain in chains for pair in pairwise(chain)]
    layers = _order(_layers(ranks, chains), links)
    places = _heights(layers, links)
    halves = {n: _half_width(labels[n], notes.get(n, "")) for n in labels}
    beside = _side_by_side(layers, chains, places, halves)
    return beside if beside.width <= WIDEST else _top_down(layers, chains, places, halves)


def _side_by_side(
    layers: Layers, chains: Layers, heights: Mapping[Node, float], halves: Mapping[Node, float]
) -> _Sketch:
    height = (max(heights.values()) + 1) * ROW
    places: dict[Node, Point] = {}
    right = 0.1
    for layer in layers:
        half = max(halves.get(node, 0.0) for node in layer)
        places |= {node: (right + half, height - (heights[node] + 0.5) * ROW) for node in layer}
        right += 2 * half + GAP
    paths = [
        _between(
            [places[node] for node in chain],
            start=(halves[chain[0]], 0.0),
            end=(-halves[chain[-1]], 0.0),
        )
        for chain in chains
    ]
    return _Sketch({node: places[node] for node in halves}, paths, right - GAP + 0.1, height)


def _top_down(
    layers: Layers, chains: Layers, columns: Mapping[Node, float], halves: Mapping[Node, float]
) -> _Sketch:
    column = 2 * max(halves.values()) + GAP
    width, height = (max(columns.values()) + 1) * column, len(layers) * ROW
    places = {
        node: ((columns[node] + 0.5) * column, height - (rank + 0.5) * ROW)
        for rank, layer in enumerate(layers)
        for node in layer
    }
    paths = [
        _between([places[node] for node in chain], start=(0.0, -BOX / 2), end=(0.0, BOX / 2))
        for chain in chains
    ]
    return _Sketch({node: places[node] for node in halves}, paths, width, height)


def _ranks(edges: Sequence[Edge], nodes: Collection[Node]) -> dict[Node, int]:
    """Give each node its column: right of all that leads to it; leaves next to where they go."""
    before: dict[Node, list[Node]] = {node: [] for node in nodes}
    after: dict[Node, list[Node]] = {node: [] for node in nodes}
    for start, end in edges:
        before[end].append(start)
        after[start].append(end)
    ranks: dict[Node, int] = {}
    missing = {node: len(before[node]) for node in nodes}
    ready = [node for node in nodes if not missing[node]]
    while ready:
        node = ready.pop()
        ranks[node] = 1 + max((ranks[start] for start in before[node]), default=-1)
        for end in after[node]:
            missing[end] -= 1
            if not missing[end]:
                ready.append(end)
    if len(ranks) < len(before):
        raise ValueError("the edges of a computation graph cannot go round in a circle")
    for node in nodes:
        if not before[node] and after[node]:
            ranks[node] = min(ranks[end] for end in after[node]) - 1
    return ranks


def _chain(edge: Edge, ranks: Mapping[Node, int]) -> list[Node]:
    """Cut an edge into steps of one layer each."""
    start, end = edge
    bends = [_Bend(edge, rank) for rank in range(ranks[start] + 1, ranks[end])]
    return [start, *bends, end]


def _layers(ranks: Mapping[Node, int], chains: Layers) -> list[list[Node]]:
    layers: list[list[Node]] = [[] for _ in range(max(ranks.values()) + 1)]
    for node, rank in ranks.items():
        layers[rank].append(node)
    for chain in chains:
        for bend in chain[1:-1]:
            if isinstance(bend, _Bend):
                layers[bend.rank].append(bend)
    return layers


def _order(layers: list[list[Node]], links: Sequence[Edge]) -> list[list[Node]]:
    """Sort each layer by the mean place of its neighbours, to and fro: fewer edges cross."""
    neighbours = _neighbours(layers, links)
    places = {node: k - len(layer) / 2 for layer in layers for k, node in enumerate(layer)}
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else layers[::-1]:
            wanted = {node: fmean(places[other] for other in neighbours[node]) for node in layer}
            layer.sort(key=wanted.__getitem__)
            places |= {node: k - len(layer) / 2 for k, node in enumerate(layer)}
    return layers


def _heights(layers: Layers, links: Sequence[Edge]) -> dict[Node, float]:
    """Give each node its distance from the top, in rows: near its neighbours, order kept."""
    neighbours = _neighbours(layers, links)
    heights = {node: float(k) for layer in layers for k, node in enumerate(layer)}
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 else layers[::-1]:
            wanted = [fmean(heights[other] for other in neighbours[node]) for node in layer]
            placed = list(accumulate(wanted, lambda above, here: max(above + 1, here)))
            back = fmean(placed) - fmean(wanted)
            heights |= {node: h - back for node, h in zip(layer, placed, strict=True)}
    top = min(heights.values())
    return {node: h - top for node, h in heights.items()}


def _neighbours(layers: Layers, links: Sequence[Edge]) -> dict[Node, list[Node]]:
    """Give the neighbours of each node; itself, where it has none."""
    found: dict[Node, list[Node]] = {node: [] for layer in layers for node in layer}
    for start, end in links:
        found[start].append(end)
        found[end].append(start)
    return {node: others or [node] for node, others in found.items()}


def _half_width(label: str, note: str) -> float:
    return max(len(label) * LETTER, len(note) * LETTER * 0.8, 0.2) / 2 + PADDING


def _between(points: list[Point], start: Point, end: Point) -> list[Point]:
    """Let a path begin and end at the edges of its boxes, `start` and `end` off their middles."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    return [(x0 + start[0], y0 + start[1]), *points[1:-1], (x1 + end[0], y1 + end[1])]


def _draw_path(axes: "Axes", path: list[Point]) -> None:
    if len(path) > 2:
        axes.plot(*zip(*path[:-1], strict=True), color=BLUE, linewidth=1)
    style = {"arrowstyle": "->", "color": BLUE, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xytext=path[-2], xy=path[-1], arrowprops=style)


def _draw_node(axes: "Axes", at: Point, label: str, text: str, *, round_: bool) -> None:
    pill = "circle,pad=0.25" if len(label) < 3 else "round,pad=0.3,rounding_size=0.8"
    box = {
        "boxstyle": pill if round_ else "square,pad=0.3",
        "facecolor": "#EEEEEE" if round_ else "white",
        "edgecolor": BLACK,
    }
    axes.text(*at, label, ha="center", va="center", fontsize=10, bbox=box, zorder=3)
    if text:
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        below = (at[0], at[1] - 0.29)
        axes.text(*below, text, ha="center", va="center", fontsize=8, color=RED, bbox=paper)
