"""The figures of the lab on automatic differentiation show the numbers of its text."""

import pytest

from course.plots.figures import FIGURES


@pytest.mark.parametrize(("name", "number"), [("graph_one", "J = 42"), ("graph_two", "J = 49")])
def test_the_theory_graphs_show_their_numbers(name, number):
    written = [text.get_text() for text in FIGURES["lab5_autodiff"][name]().axes[0].texts]
    assert number in written
