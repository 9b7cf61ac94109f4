import numpy as np

from course import plots

X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [1.0, 2.0]])
LABELS = np.array([0, 0, 1, 1])


def regions_of(axes):
    """Give the extent in x2 of each class that has a region."""
    paths = axes.collections[0].get_paths()
    return {
        number: (path.vertices[:, 1].min(), path.vertices[:, 1].max())
        for number, path in enumerate(paths)
        if len(path.vertices)
    }


def test_each_classifier_has_a_panel_with_its_own_boundary():
    figure = plots.plot_boundaries(
        {"at 1": lambda x: x[:, 1] > 1, "all zero": lambda x: np.zeros(len(x))}, X, LABELS
    )
    first, second = figure.axes
    assert (first.get_title(), second.get_title()) == ("at 1", "all zero")
    regions = regions_of(first)
    np.testing.assert_allclose((regions[0][1], regions[1][0]), 1, atol=0.02)
    assert list(regions_of(second)) == [0]


def test_points_are_drawn_by_class_and_told_apart_by_more_than_colour():
    (axes,) = plots.plot_boundaries({"": lambda x: x[:, 1] > 1}, X, LABELS).axes
    drawn = [line for line in axes.lines if len(line.get_xdata())]
    np.testing.assert_array_equal(drawn[1].get_xydata(), X[LABELS == 1])
    assert drawn[0].get_marker() != drawn[1].get_marker()
