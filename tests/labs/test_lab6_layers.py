"""Lab 6, layers: the examples that its text works out by hand, and what it promises to reach."""

import numpy as np
import pytest

from mnist_utils import load_mnist, minibatches
from tests.labs.conftest import COURSE, namespace_of


@pytest.fixture(scope="module")
def library():
    return namespace_of(COURSE.lab("lab6_library").source("layers"))


def test_squared_error_by_hand(library):
    loss = library["MSELoss"]()
    y_pred, y_true = np.array([[1, 0, 2], [0, 3, 1]]), np.array([[0, 2, 2], [1, 3, 2]])
    assert loss(y_pred, y_true) == pytest.approx(1.75)
    np.testing.assert_allclose(loss.grad(), [[0.5, -1, 0], [-0.5, 0, -0.5]])


def test_cross_entropy_by_hand(library):
    logits, y_true = np.log([[2, 1, 1], [1, 1, 2]]), np.array([[1, 0, 0], [1, 0, 0]])
    mean, total = library["CrossEntropy"](), library["CrossEntropy"](average=False)
    assert mean(logits, y_true) == pytest.approx(1.5 * np.log(2))
    assert total(logits, y_true) == pytest.approx(3 * np.log(2))
    gradient = np.array([[-1 / 2, 1 / 4, 1 / 4], [-3 / 4, 1 / 4, 1 / 2]])
    np.testing.assert_allclose(mean.grad(), gradient / 2)
    np.testing.assert_allclose(total.grad(), gradient)


def test_linear_by_hand(library):
    layer = library["Linear"](2, 3)
    layer.weights, layer.bias = np.array([[1, 0, 2], [-1, 1, 0]]), np.array([0, 1, -1])
    np.testing.assert_allclose(layer(np.array([[1, 2], [0, -1]])), [[-1, 3, 1], [1, 0, -1]])
    weights, bias, x = layer.grad(np.array([[1, 0, -1], [2, 1, 0]]))
    np.testing.assert_allclose(weights, [[1, 0, -1], [0, -1, -2]])
    np.testing.assert_allclose(bias, [3, 1, -1])
    np.testing.assert_allclose(x, [[-1, -1], [2, -1]])


def test_first_weights_are_within_their_bound_and_follow_the_generator(library):
    first, again = (library["Linear"](400, 50, np.random.default_rng(1)) for _ in range(2))
    assert 0.045 < np.abs(first.weights).max() <= 0.05
    assert not first.bias.any()
    np.testing.assert_array_equal(first.weights, again.weights)


def test_activations_by_hand(library):
    sigmoid, relu = library["Sigmoid"](), library["ReLU"]()
    np.testing.assert_allclose(sigmoid(np.array([[0, np.log(3)]])), [[0.5, 0.75]])
    np.testing.assert_allclose(sigmoid.grad(np.array([[4, 16]])), [[1, 3]])
    np.testing.assert_allclose(relu(np.array([[2, -1, 0]])), [[2, 0, 0]])
    np.testing.assert_allclose(relu.grad(np.array([[-5, 6, 7]])), [[-5, 0, 0]])


def test_a_step_by_hand(library):
    first, second = library["Linear"](1, 1), library["Linear"](1, 1)
    first.weights, first.bias = np.array([[2.0]]), np.array([-4.0])
    second.weights, second.bias = np.array([[3.0]]), np.array([1.0])
    model, loss = library["Model"]([first, library["ReLU"](), second]), library["MSELoss"]()
    assert loss(model.forward(np.array([[3.0]])), np.array([[5.0]])) == 2.0
    grads = model.backward(loss.grad())
    assert grads == [(18.0, 6.0), None, (4.0, 2.0)]
    model.update_parameters(grads, 0.01)
    assert model.forward(np.array([[3.0]])).item() == pytest.approx(5.124)


def test_dropout_by_hand(library):
    class Fixed:
        def random(self, shape):
            return np.array([[0.5, 0.9, 0.1, 0.49]])

    inner = library["Linear"](4, 1)
    inner.weights = np.ones((4, 1))
    layer = library["Dropout"](inner, 0.5, Fixed())
    x = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert layer(x).item() == 6
    weights, bias, gradient_input = layer.grad(np.array([[1.0]]))
    np.testing.assert_allclose(weights, [[2], [4], [0], [0]])
    np.testing.assert_allclose(bias, [1])
    np.testing.assert_allclose(gradient_input, [[2, 2, 0, 0]])
    layer.training = False
    assert layer(x).item() == 10


def test_a_wrapper_learns_through_its_layer(library):
    inner = library["Linear"](3, 2)
    model = library["Model"]([library["Dropout"](inner, 0.5, np.random.default_rng(0))])
    before = inner.weights.copy()
    model.update_parameters([(np.ones((3, 2)), np.ones(2))], 0.5)
    np.testing.assert_allclose(inner.weights, before - 0.5)
    np.testing.assert_allclose(inner.bias, [-0.5, -0.5])


def test_training_and_evaluation_reach_every_part(library):
    parts = [library["ReLU"](), library["Dropout"](library["Linear"](3, 2), 0.5, None)]
    model = library["Model"](parts)
    model.eval()
    assert [part.training for part in parts] == [False, False]
    model.train()
    assert [part.training for part in parts] == [True, True]


def test_one_activation_for_two_places_spoils_the_first_layer_only(library):
    """The answer to the second question."""
    rng = np.random.default_rng(1)
    layers = [library["Linear"](*shape, rng) for shape in ((20, 10), (10, 10), (10, 3))]
    x, g = rng.normal(size=(6, 20)), rng.normal(size=(6, 3))
    one, found = library["ReLU"](), []
    for bends in ([library["ReLU"](), library["ReLU"]()], [one, one]):
        model = library["Model"]([layers[0], bends[0], layers[1], bends[1], layers[2]])
        found.append((model.forward(x), model.backward(g)))
    (said, right), (said_too, wrong) = found
    np.testing.assert_array_equal(said, said_too)
    for k, same in ((0, False), (2, True), (4, True)):
        assert np.array_equal(right[k][0], wrong[k][0]) is same


def test_number_of_parameters_in_the_text(library):
    layers = library["Linear"](784, 200), library["Linear"](200, 10)
    assert sum(layer.weights.size + layer.bias.size for layer in layers) == 159_010


@pytest.mark.slow
def test_training_reads_nine_of_ten_digits(library):
    (x_train, y_train), (x_test, y_test) = load_mnist()
    rng = np.random.default_rng(6)
    linear, relu, loss = library["Linear"], library["ReLU"], library["CrossEntropy"]()
    model = library["Model"]([linear(784, 100, rng), relu(), linear(100, 10, rng)])
    for _ in range(3):
        for x, y in minibatches(x_train, y_train, 20, rng):
            loss(model.forward(x), y)
            model.update_parameters(model.backward(loss.grad()), 0.1)
    said = model.forward(x_test).argmax(axis=1)
    assert np.mean(said == y_test.argmax(axis=1)) > 0.9
