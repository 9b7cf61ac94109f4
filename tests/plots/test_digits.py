import numpy as np
import pytest

from course import plots


def images_of(figure):
    return [axes.images[0].get_array() for axes in figure.axes if axes.images]


def test_digits_stand_in_order_with_label_and_guess():
    x = np.arange(3 * 16).reshape(3, 16) / 48
    figure = plots.show_digits(x, [7, 1, 4], [7, 2, 4])
    np.testing.assert_array_equal(images_of(figure), x.reshape(3, 4, 4))
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["7, taken for 7", "1, taken for 2", "4, taken for 4"]


def test_digits_without_guesses_show_the_label():
    figure = plots.show_digits(np.zeros((2, 9)), [3, 5])
    assert [axes.get_title() for axes in figure.axes] == ["3", "5"]


def test_no_digits_make_an_empty_figure():
    assert images_of(plots.show_digits(np.zeros((0, 9)), [])) == []


def test_weights_are_shown_one_image_per_unit():
    w = np.arange(-8.0, 4.0).reshape(4, 3)
    figure = plots.show_weights(w)
    np.testing.assert_array_equal(images_of(figure)[:3], w.T.reshape(3, 2, 2))


def test_weights_share_one_scale_around_zero_that_a_single_weight_does_not_set():
    w = np.ones((100, 100))
    w[0, 0] = -50
    figure = plots.show_weights(w)
    limits = {axes.images[0].get_clim() for axes in figure.axes if axes.images}
    assert limits == {(-1.0, 1.0)}


def test_rows_that_are_not_square_are_refused():
    with pytest.raises(ValueError, match="rows of 6 numbers"):
        plots.show_weights(np.zeros((6, 2)))
