"""The pictures in the text of the labs: `python -m course.plots.figures` in the course folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.plots._autodiff import (
    draw_broadcast,
    draw_first_graph,
    draw_ladder,
    draw_operation,
    draw_second_graph,
)
from course.plots._batches import draw_batch, draw_outer_sum
from course.plots._checkpoints import draw_lifetimes, draw_placements, draw_segments
from course.plots._graphs import draw_chain, draw_layer, draw_shapes
from course.plots._layers import draw_contract, draw_masked_layer, draw_stack
from course.plots._library import draw_modules, draw_node, draw_reports, draw_training_step
from course.plots._training import draw_block, draw_dropout

# lab -> name of the file -> what draws it
FIGURES: dict[str, dict[str, Callable[[], Any]]] = {
    "lab1_backprop": {"layer": draw_layer, "shapes": draw_shapes, "chain": draw_chain},
    "lab2_vectorized": {"batch": draw_batch, "outer_sum": draw_outer_sum},
    "lab3_checkpointing": {
        "segments": draw_segments,
        "lifetimes": draw_lifetimes,
        "placements": draw_placements,
    },
    "lab4_training": {"block": draw_block, "dropout": draw_dropout},
    "lab5_autodiff": {
        "graph_one": draw_first_graph,
        "graph_two": draw_second_graph,
        "operation": draw_operation,
        "broadcast": draw_broadcast,
        "ladder": draw_ladder,
    },
    "lab6_library": {
        "layer_contract": draw_contract,
        "layer_stack": draw_stack,
        "layer_dropout": draw_masked_layer,
        "node": draw_node,
        "reports": draw_reports,
        "modules": draw_modules,
        "training_step": draw_training_step,
    },
}


def write_figures(source: Path) -> None:
    """Draw every figure into `<source>/<lab>/figures/<name>.svg`, each time the same bytes."""
    for lab, figures in FIGURES.items():
        folder = source / lab / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in figures.items():
            (folder / f"{name}.svg").write_text(as_svg(draw()), encoding="utf-8")


def as_svg(figure: Any) -> str:
    """Render a figure as SVG without a date or random ids."""
    from io import StringIO

    import matplotlib as mpl

    buffer = StringIO()
    with mpl.rc_context({"svg.hashsalt": "course"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


if __name__ == "__main__":
    write_figures(Path("source"))
