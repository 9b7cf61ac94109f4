import numpy as np
import pytest

from course import plots


def data_of(axes):
    return {line.get_label(): np.array(line.get_data()) for line in axes.lines}


def test_curves_hold_their_values():
    x = np.linspace(-1, 1, 7)
    figure = plots.plot_curves(x, {"square": x**2, "cube": x**3}, xlabel="x", ylabel="y")
    (axes,) = figure.axes
    np.testing.assert_array_equal(data_of(axes)["square"], [x, x**2])
    np.testing.assert_array_equal(data_of(axes)["cube"], [x, x**3])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")


def test_no_two_curves_look_alike_without_colour():
    x = np.arange(3.0)
    (axes,) = plots.plot_curves(x, {str(k): k * x for k in range(6)}).axes
    looks = {(line.get_marker(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 6
    assert len({line.get_color() for line in axes.lines}) == 6


def test_training_counts_epochs_from_one():
    figure = plots.plot_training({"test": [0.4, 0.2, 0.1]}, {"test": [0.5, 0.8, 0.9]})
    cost, accuracy = figure.axes
    np.testing.assert_array_equal(data_of(cost)["test"], [[1, 2, 3], [0.4, 0.2, 0.1]])
    np.testing.assert_array_equal(data_of(accuracy)["test"], [[1, 2, 3], [0.5, 0.8, 0.9]])
    assert accuracy.yaxis.get_major_formatter()(0.85, 0) == "85 %"


def test_step_sizes_are_logarithmic_and_leave_out_what_is_exact():
    figure = plots.plot_step_sizes([1e-2, 1e-4, 1e-6], {"central": [1e-4, 0.0, 1e-9]})
    (axes,) = figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    _, errors = data_of(axes)["central"]
    assert np.isnan(errors[1])
    np.testing.assert_array_equal(errors[[0, 2]], [1e-4, 1e-9])


def test_gradient_flow_shows_the_mean_size_of_each_layer():
    (axes,) = plots.plot_gradient_flow([np.array([[1.0, -3.0]]), np.array([-0.5])]).axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [2.0, 0.5])
    assert axes.get_yscale() == "log"


@pytest.mark.parametrize("draw", [plots.draw_layer, plots.draw_chain, plots.draw_shapes])
def test_a_picture_shows_itself_without_pyplot(draw):
    assert draw()._repr_png_().startswith(b"\x89PNG")


def test_whole_numbers_have_whole_ticks():
    figure = plots.plot_curves(range(1, 4), {"cost": [3.0, 2.0, 1.0]})
    ticks = figure.axes[0].get_xticks()
    assert all(tick == round(tick) for tick in ticks)
