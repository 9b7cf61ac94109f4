"""The drawings of gradient checkpointing agree with the method's closed forms."""

from itertools import combinations, pairwise

import pytest

from course.plots._checkpoints import draw_lifetimes, draw_placements, draw_segments, schedule
from course.plots.figures import as_svg


@pytest.mark.parametrize("n_layers", [1, 2, 5, 6])
def test_schedule_has_the_peak_and_the_evaluations_of_the_closed_form(n_layers: int) -> None:
    for size in range(n_layers):
        for cuts in combinations(range(1, n_layers), size):
            moments = schedule(n_layers, cuts)
            pieces = enumerate(pairwise((0, *cuts, n_layers)))
            peak = max(j + 2 * (end - start) for j, (start, end) in pieces)
            assert max(moment.arrays for moment in moments) == peak
            for layer in range(n_layers):
                forward = [m for m in moments if m.layer == layer and not m.backward]
                assert len(forward) == (2 if layer < max((0, *cuts)) else 1)


def test_every_step_back_has_its_two_arrays() -> None:
    for moment in schedule(7, (2, 5)):
        if moment.backward:
            assert moment.saved[moment.layer] == 2


@pytest.mark.parametrize("draw", [draw_lifetimes, draw_placements, draw_segments])
def test_figures_are_drawn_the_same_each_time(draw) -> None:  # type: ignore[no-untyped-def]
    assert as_svg(draw()) == as_svg(draw())


def test_lifetimes_are_those_of_the_checkpoints_given() -> None:
    above, below = draw_lifetimes(4, (2,)).axes
    assert "plain" in above.get_title()
    assert below.get_title() == "checkpoints 0, 2"
