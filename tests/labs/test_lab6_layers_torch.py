"""Lab 6, layers: every reference class agrees with its counterpart in PyTorch, in float64."""

import numpy as np
import pytest

from tests.labs.conftest import COURSE, namespace_of

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

LAYER = ("gradient_weights", "gradient_bias", "gradient_input")


@pytest.fixture(scope="module")
def library():
    return namespace_of(COURSE.lab("lab6_library").source("layers"))


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def tensor(array, *, grad=False):
    return torch.tensor(array, dtype=torch.float64, requires_grad=grad)


def agree(mine, theirs, what):
    """Hold that an array equals a tensor: same shape, and no more than rounding between them."""
    theirs = theirs.detach().numpy()
    assert np.shape(mine) == theirs.shape, what
    np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-13, err_msg=what)


def twin_of(linear):
    """Give the `torch.nn.Linear` with the parameters of ours."""
    twin = torch.nn.Linear(*linear.weights.shape, bias=True, dtype=torch.float64)
    with torch.no_grad():
        twin.weight.copy_(tensor(linear.weights.T))
        twin.bias.copy_(tensor(linear.bias))
    return twin


def parameter_gradients(linear):
    """Give PyTorch's gradients in our order and shapes."""
    return linear.weight.grad.T, linear.bias.grad


@pytest.mark.parametrize("shape", [(4, 3), (1, 5), (6, 1)])
def test_squared_error_is_half_the_width_times_that_of_pytorch(library, rng, shape):
    y_pred, y_true = rng.normal(size=(2, *shape))
    mine, theirs, factor = library["MSELoss"](), tensor(y_pred, grad=True), shape[1] / 2
    value = torch.nn.MSELoss(reduction="mean")(theirs, tensor(y_true))
    value.backward()
    agree(mine(y_pred, y_true), factor * value, "loss")
    agree(mine.grad(), factor * theirs.grad, "gradient")


@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("size", [1.0, 1000.0])
def test_cross_entropy(library, rng, average, size):
    logits, y_true = size * rng.normal(size=(5, 4)), np.eye(4)[rng.integers(0, 4, size=5)]
    mine, theirs = library["CrossEntropy"](average=average), tensor(logits, grad=True)
    criterion = torch.nn.CrossEntropyLoss(reduction="mean" if average else "sum")
    value = criterion(theirs, tensor(y_true))
    value.backward()
    agree(mine(logits, y_true), value, "loss")
    agree(mine.grad(), theirs.grad, "gradient")


@pytest.mark.parametrize(("batch", "n_in", "n_out"), [(4, 5, 2), (3, 3, 3), (1, 4, 1)])
def test_linear(library, rng, batch, n_in, n_out):
    mine = library["Linear"](n_in, n_out, rng)
    mine.bias = rng.normal(size=n_out)
    x, in_gradient = rng.normal(size=(batch, n_in)), rng.normal(size=(batch, n_out))
    linear, theirs = twin_of(mine), tensor(x, grad=True)
    out = linear(theirs)
    out.backward(gradient=tensor(in_gradient))
    agree(mine(x), out, "output")
    gradients = (*parameter_gradients(linear), theirs.grad)
    for what, ours, gradient in zip(LAYER, mine.grad(in_gradient), gradients, strict=True):
        agree(ours, gradient, what)


@pytest.mark.parametrize("name", ["Sigmoid", "ReLU", "Tanh"])
def test_activations(library, rng, name):
    x = np.concatenate([3 * rng.normal(size=(2, 6)), [[0.0, -0.0, 40.0, -40.0, 600.0, -600.0]]])
    in_gradient = rng.normal(size=x.shape)
    mine, theirs = library[name](), tensor(x, grad=True)
    out = getattr(torch.nn, name)()(theirs)
    out.backward(gradient=tensor(in_gradient))
    agree(mine(x), out, "output")
    agree(mine.grad(in_gradient), theirs.grad, "gradient")


def test_dropout_with_the_same_mask(library, rng):
    """PyTorch draws other masks: ours is read off, and handed to both."""
    inner = library["Linear"](6, 3, rng)
    mine = library["Dropout"](inner, 0.4, rng)
    x, in_gradient = rng.normal(size=(5, 6)), rng.normal(size=(5, 3))
    out = mine(x)
    mask = inner.x / x
    assert set(np.round(mask, 12).ravel()) == {0.0, round(1 / 0.6, 12)}
    linear, theirs = twin_of(inner), tensor(x, grad=True)
    expected = linear(theirs * tensor(mask))
    expected.backward(gradient=tensor(in_gradient))
    agree(out, expected, "output")
    gradients = (*parameter_gradients(linear), theirs.grad)
    for what, ours, gradient in zip(LAYER, mine.grad(in_gradient), gradients, strict=True):
        agree(ours, gradient, what)


def test_dropout_in_evaluation(library, rng):
    inner = library["Linear"](6, 3, rng)
    model = library["Model"]([library["Dropout"](inner, 0.4, rng)])
    twin = torch.nn.Sequential(torch.nn.Dropout(0.4), twin_of(inner))
    x = rng.normal(size=(5, 6))
    model.eval()
    agree(model.forward(x), twin.eval()(tensor(x)), "output")


@pytest.mark.parametrize("bend_at_the_end", [False, True])
@pytest.mark.parametrize("loss_name", ["CrossEntropy", "MSELoss"])
def test_one_step_of_a_large_model(library, rng, loss_name, bend_at_the_end):
    """Outputs, losses, all gradients, and parameters and loss after one step of [1000, 100, 10]."""
    first, second = library["Linear"](1000, 100, rng), library["Linear"](100, 10, rng)
    first.bias, second.bias = rng.normal(size=100), rng.normal(size=10)
    bends, end = [library["ReLU"](), library["ReLU"]()], 1 if bend_at_the_end else 0
    model = library["Model"]([first, bends[0], second, *bends[1 : 1 + end]])
    twins = twin_of(first), twin_of(second)
    parts = [twins[0], torch.nn.ReLU(), twins[1], *[torch.nn.ReLU()] * end]
    net = torch.nn.Sequential(*parts)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    loss = library[loss_name]()
    criterion = getattr(torch.nn, loss_name.replace("Entropy", "EntropyLoss"))()
    factor = 5.0 if loss_name == "MSELoss" else 1.0
    x, y_true = rng.normal(size=(4, 1000)), np.eye(10)[[4, 1, 1, 9]]

    def their_loss():
        return factor * criterion(net(theirs), tensor(y_true))

    theirs = tensor(x, grad=True)
    value = their_loss()
    value.backward()
    agree(model.forward(x), net(theirs), "output")
    agree(loss(model.forward(x), y_true), value, "loss before the step")
    grads = model.backward(loss.grad())
    assert [entry is None for entry in grads] == [False, True, False, True][: 3 + end]
    for entry, twin in zip((grads[0], grads[2]), twins, strict=True):
        for what, mine, gradient in zip(LAYER, entry, parameter_gradients(twin), strict=False):
            agree(mine, gradient, what)
    agree(gradient_of_input(model, loss.grad()), theirs.grad, "gradient of the input")

    model.update_parameters(grads, 0.01)
    optimizer.step()
    for mine, twin in zip((first, second), twins, strict=True):
        agree(mine.weights, twin.weight.T, "weights after the step")
        agree(mine.bias, twin.bias, "bias after the step")
    agree(loss(model.forward(x), y_true), their_loss(), "loss after the step")


def gradient_of_input(model, gradient):
    """Follow the gradient through all parts, down to the model's input."""
    for part in reversed(model.components):
        result = part.grad(gradient)
        gradient = result[2] if isinstance(result, tuple) else result
    return gradient
