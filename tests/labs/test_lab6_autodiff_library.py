"""Lab 6, autodiff_library: the examples that its text works out by hand, and what it promises."""

import numpy as np
import pytest

from tests.labs.conftest import COURSE, namespace_of


@pytest.fixture(scope="module")
def lib():
    return namespace_of(COURSE.lab("lab6_library").source("autodiff_library"))


def test_gradients_add_up(lib):
    node = lib["Parameter"]([0.0, 0.0])
    node.set_gradient(np.array([1.0, 2.0]))
    node.set_gradient(np.array([10.0, 0.0]))
    np.testing.assert_array_equal(node.grad, [11, 2])
    node.zero_grad()
    assert node.grad is None


def test_a_node_used_twice(lib):
    a, b = lib["Parameter"](3.0), lib["Parameter"](5.0)
    (a + b + a).backward()
    assert (a.grad, b.grad) == (2, 1)


def test_addition_and_selection_by_hand(lib):
    x, y, g = np.array([[1, 2], [3, 4]]), np.array([10, 20]), np.array([[1, 5], [2, 7]])
    np.testing.assert_array_equal(lib["Addition"].backward(x, y, g)[1], [3, 12])
    (got,) = lib["Selection"].backward(np.array([7.0, 8, 9]), [0, 0, 2], np.array([1, 10, 100]))
    np.testing.assert_array_equal(got, [11, 0, 100])


def test_the_graph_of_the_picture(lib):
    x = lib["Parameter"](4.0)
    u = lib["Scale"]()(x, 2.0)
    v = lib["Average"]()(x, u)
    z = lib["Average"]()(v, u)
    z.backward()
    assert (x.grad, u.grad, v.grad, z.grad) == (1.75, 0.75, 0.5, 1)


def test_operations_by_hand(lib):
    (got,) = lib["ReLU"].backward(np.array([-2.0, 0, 3]), np.array([5.0, 6, 7]))
    np.testing.assert_array_equal(got, [0, 0, 7])
    z = np.array([np.log(3)])
    np.testing.assert_allclose(lib["TanH"].TanHCompute(z), 0.8)
    np.testing.assert_allclose(lib["TanH"].backward(z, np.array([10.0])), [[3.6]])
    W, b, x = np.array([[1.0], [-1]]), np.array([10.0]), np.array([[1.0, 2], [3, 4]])
    np.testing.assert_array_equal(lib["affine_transform"].forward(W, b, x), [[9], [9]])
    got = lib["affine_transform"].backward(W, b, x, np.array([[1.0], [2]]))
    for mine, expected in zip(got, ([[7], [10]], [3], [[1, -1], [2, -2]]), strict=True):
        np.testing.assert_array_equal(mine, expected)


def test_the_loss_by_hand(lib):
    x, y = np.array([[0, np.log(3)], [1000, 1000]]), np.array([[1.0, 0], [1, 0]])
    assert lib["nll"].forward(x, y) == pytest.approx(np.log(8) / 2)
    (got,) = lib["nll"].backward(x, y, 1.0)
    np.testing.assert_allclose(got, [[-3 / 8, 3 / 8], [-1 / 4, 1 / 4]])


def test_modules_by_hand(lib):
    p, q = lib["Parameter"](1.0), lib["Parameter"](2.0)
    net, part = lib["Module"](), lib["Module"]()
    part.q = q
    net.first, net.size, net.parts = p, 3, lib["ModuleList"]([part, p])
    assert net.parameters() == [p, q]


def test_momentum_by_hand(lib):
    p, path = lib["Parameter"](1.0), []
    optimizer = lib["SGDWithMomentum"]([p], lr=0.1, momentum=0.5)
    for _ in range(3):
        p.grad = np.array(1.0)
        optimizer.step()
        path.append(float(p.value))
    assert path == pytest.approx([0.9, 0.75, 0.575])


def test_sizes_in_the_text(lib):
    assert sum(p.value.size for p in lib["LinearNetwork"](784, 10).parameters()) == 7850
    network = lib["DeepNetwork"](784, 10, 100, 2)
    shapes = [p.value.shape for p in network.parameters()]
    assert shapes == [(784, 100), (100,), (100, 100), (100,), (100, 10), (10,)]


def test_the_obvious_recursion_asks_as_often_as_the_answer_says(lib):
    calls = []

    def obvious(node):
        if node.func is not None:
            calls.append(1)
            for input_node in node.input_nodes:
                obvious(input_node)

    obvious(lib["diamond_ladder"](6)[1])
    assert len(calls) == 3 * (2**6 - 1)


@pytest.mark.parametrize("tanh", [False, True])
def test_zero_weights_learn_nothing_but_the_last_bias(lib, tanh):
    """The answer to question 2."""
    rng = np.random.default_rng(0)
    network = lib["DeepNetwork"](5, 3, 4, 2, tanh=tanh)
    y = np.eye(3)[rng.integers(0, 3, size=6)]
    lib["nll"]()(network.forward(rng.normal(size=(6, 5))), y).backward()
    moved = [bool(p.grad.any()) for p in network.parameters()]
    assert moved == [False] * 5 + [True]
