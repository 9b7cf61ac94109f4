import numpy as np
import pytest

from mnist_utils import minibatches

X = np.arange(23 * 3).reshape(23, 3)
Y = np.arange(23)


def test_each_example_comes_once_with_its_label_and_the_last_batch_is_short() -> None:
    batches = list(minibatches(X, Y, 5, np.random.default_rng(1)))
    assert [len(x) for x, _ in batches] == [5, 5, 5, 5, 3]
    order = np.concatenate([y for _, y in batches])
    assert sorted(order) == list(range(23))
    assert (np.concatenate([x for x, _ in batches]) == X[order]).all()
    assert list(order) != list(range(23))


def test_the_generator_decides_the_order_and_epochs_differ() -> None:
    rng = np.random.default_rng(2)
    first, second = (next(minibatches(X, Y, 23, rng))[1] for _ in range(2))
    again = next(minibatches(X, Y, 23, np.random.default_rng(2)))[1]
    assert (first == again).all()
    assert (first != second).any()


@pytest.mark.parametrize(("size", "lengths"), [(23, [23]), (100, [23]), (1, [1] * 23)])
def test_batch_sizes_at_the_edges(size: int, lengths: list[int]) -> None:
    batches = minibatches(X, Y, np.int64(size), np.random.default_rng(0))
    assert [len(x) for x, _ in batches] == lengths


def test_inputs_are_copied_not_shared() -> None:
    x = X.copy()
    for batch, _ in minibatches(x, Y, 4, np.random.default_rng(0)):
        batch[:] = -1
    assert (x == X).all()


@pytest.mark.parametrize("size", [0, -1, 2.5, "2", None])
def test_wrong_batch_sizes_raise_at_the_call(size) -> None:
    with pytest.raises(ValueError, match="batch_size"):
        minibatches(X, Y, size, np.random.default_rng(0))


def test_other_wrong_arguments_raise_at_the_call() -> None:
    with pytest.raises(ValueError, match="23 examples in x, but 22 labels"):
        minibatches(X, Y[:-1], 5, np.random.default_rng(0))
    with pytest.raises(TypeError, match="rng"):
        minibatches(X, Y, 5, 42)
