"""The figures of the lab on automatic differentiation: drawn, and the same each time."""

import pytest

from course.plots import figures
from course.plots.figures import as_svg

FIGURES = figures.FIGURES["lab5_autodiff"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_each_time(name):
    first = as_svg(FIGURES[name]())
    assert first.startswith("<?xml")
    assert as_svg(FIGURES[name]()) == first


def test_the_theory_graphs_show_their_numbers():
    for name, number in (("graph_one", "J = 42"), ("graph_two", "J = 49")):
        written = [text.get_text() for text in FIGURES[name]().axes[0].texts]
        assert number in written
