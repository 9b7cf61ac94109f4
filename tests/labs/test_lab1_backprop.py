"""Lab 1: the examples that its text works out by hand, and what it promises to reach."""

import io
from contextlib import redirect_stdout

import numpy as np
import pytest

from mnist_utils import load_mnist


@pytest.fixture
def small(lab1):
    """Give the network [2, 2, 1] of exercises 4 and 6."""
    network = lab1["Network"]([2, 2, 1])
    network.weights = [np.array([[1.0, 2.0], [-1.0, -2.0]]), np.array([[2.0], [-2.0]])]
    return network


def test_slopes_by_hand(lab1):
    z = np.array([0, np.log(3), 800])
    np.testing.assert_allclose(lab1["sigmoid_prime"](z), [0.25, 0.1875, 0], atol=1e-15)


def test_differences_by_hand(lab1):
    measured = lab1["central_difference"](lambda x: x[0] ** 3, np.array([2]), eps=0.1)
    np.testing.assert_allclose(measured, [12.01])
    measured = lab1["central_difference"](
        lambda x: x[0] ** 2 + 3 * x[0] * x[1], np.array([1, 2]), eps=0.5
    )
    np.testing.assert_allclose(measured, [8, 3])


def test_one_layer_by_hand(lab1):
    x, w, b = np.array([[2, 1]]), np.array([[1, 2], [-2, 1]]), np.array([0, -5])
    dx, dw, db = lab1["manual_backward"](x, w, b)
    np.testing.assert_allclose(dw, [[0.5, 0.5], [0.25, 0.25]])
    np.testing.assert_allclose(db, [0.25, 0.25])
    np.testing.assert_allclose(dx, [[0.75, -0.25]])


def test_feedforward_by_hand(small):
    np.testing.assert_allclose(small.feedforward(np.array([[1, 1]])), [[0.5]])


def test_cost_by_hand(lab1):
    network = lab1["Network"]([2, 2])
    output, y = np.array([[0.5, 1], [0, 1]]), np.array([[1, 1], [1, 0]])
    assert network.cost(output, y) == pytest.approx(0.5625)
    np.testing.assert_allclose(network.cost_derivative(output, y), [[-0.25, 0], [-0.5, 0.5]])


def test_backprop_by_hand(small):
    grads_w, grads_b = small.backprop(np.array([[1, 1]]), np.array([[1]]))
    np.testing.assert_allclose(grads_w[1], [[-1 / 16], [-1 / 16]])
    np.testing.assert_allclose(grads_b[1], [-1 / 8])
    np.testing.assert_allclose(grads_w[0], [[-1 / 16, 1 / 16], [-1 / 16, 1 / 16]])
    np.testing.assert_allclose(grads_b[0], [-1 / 16, 1 / 16])


def test_step_by_hand(lab1):
    network = lab1["Network"]([1, 1])
    network.weights, network.biases = [np.array([[1.0]])], [np.array([0.0])]
    network.backprop = lambda x, y: ([x], [y[0]])
    network.update_mini_batch(np.array([[0.2], [0.4]]), np.array([[0.0], [1.0]]), eta=0.5)
    np.testing.assert_allclose(network.weights, [[[0.85]]])
    np.testing.assert_allclose(network.biases, [[-0.25]])


def test_accuracy_by_hand(lab1):
    network = lab1["Network"]([2, 2])
    network.feedforward = lambda a: a
    output = np.array([[0.9, 0.2], [0.4, 0.3], [0.1, 0.6]])
    assert network.evaluate(output, np.eye(2)[[1, 0, 1]]) == pytest.approx(2 / 3)


def test_number_of_parameters_in_the_text(lab1):
    network = lab1["Network"]([784, 30, 10])
    assert sum(array.size for array in network.weights + network.biases) == 23_860
    assert (network.num_layers, network.sizes) == (3, [784, 30, 10])


def test_first_weights_follow_the_generator(lab1):
    first, second, other = (
        lab1["Network"]([3, 2], rng=np.random.default_rng(seed)).weights[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_zero_weights_keep_all_hidden_units_alike(lab1):
    """The answer to the second question."""
    rng = np.random.default_rng(0)
    network = lab1["Network"]([5, 4, 3])
    network.weights = [np.zeros_like(w) for w in network.weights]
    x, y = rng.normal(size=(1, 5)), rng.uniform(size=(1, 3))
    assert not network.backprop(x, y)[0][0].any()
    for _ in range(20):
        network.update_mini_batch(rng.normal(size=(2, 5)), rng.uniform(size=(2, 3)), eta=3.0)
    first = network.weights[0]
    assert first.any()
    np.testing.assert_allclose(first, np.repeat(first[:, :1], 4, axis=1))


@pytest.mark.slow
def test_training_reads_more_than_nine_of_ten_digits(lab1):
    train, test = load_mnist()
    network = lab1["Network"]([784, 30, 10], rng=np.random.default_rng(1))
    with redirect_stdout(io.StringIO()) as printed:
        history = network.SGD(train, epochs=2, mini_batch_size=10, eta=3.0, test_data=test)
    assert history["accuracy"]["test"][-1] > 0.9
    assert history["cost"]["training"][1] < history["cost"]["training"][0]
    assert printed.getvalue().count("test accuracy") == 2
