"""Lab 4: the reference's optimisers take the steps of optax and of PyTorch."""

import numpy as np
import pytest

from tests.labs.conftest import COURSE, namespace_of

PLACES = [(3, 2), (2,)]
STEPS = 10


@pytest.fixture(scope="module")
def lab4():
    return namespace_of(COURSE.lab("lab4_training").source("training"))


def made_up(seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=place) for place in PLACES]


def steps_of(optimizer):
    parameters = made_up(0)
    for t in range(STEPS):
        parameters = optimizer.step(parameters, made_up(t + 1))
    return parameters


def steps_of_optax(make):
    import jax
    import optax

    with jax.enable_x64(True):
        transform, parameters = make(optax), made_up(0)
        state = transform.init(parameters)
        for t in range(STEPS):
            updates, state = transform.update(made_up(t + 1), state, parameters)
            parameters = optax.apply_updates(parameters, updates)
        return [np.asarray(p) for p in parameters]


def steps_of_torch(make):
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(p, requires_grad=True) for p in made_up(0)]
    optimizer = make(torch.optim, tensors)
    for t in range(STEPS):
        for tensor, gradient in zip(tensors, made_up(t + 1), strict=True):
            tensor.grad = torch.tensor(gradient)
        optimizer.step()
    return [tensor.detach().numpy() for tensor in tensors]


def same(mine, theirs):
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments", "make"),
    [
        ("Momentum", {"momentum": 0.9}, lambda o: o.sgd(0.1, momentum=0.9)),
        (
            "Momentum",
            {"momentum": 0.9, "nesterov": True},
            lambda o: o.sgd(0.1, momentum=0.9, nesterov=True),
        ),
        (
            "RMSprop",
            {"decay": 0.9, "epsilon": 1e-3},
            lambda o: o.rmsprop(0.1, decay=0.9, eps=1e-3, eps_in_sqrt=False),
        ),
        (
            "Adagrad",
            {"epsilon": 1e-3, "inside": True},
            lambda o: o.adagrad(0.1, initial_accumulator_value=0.0, eps=1e-3),
        ),
        (
            "AdamW",
            {"weight_decay": 0.1},
            lambda o: o.adamw(0.1, weight_decay=0.1, mask=lambda ps: [p.ndim > 1 for p in ps]),
        ),
    ],
)
def test_steps_agree_with_optax(lab4, name, arguments, make):
    same(steps_of(lab4[name](0.1, **arguments)), steps_of_optax(make))


def decaying(optim, tensors):
    groups = [
        {"params": [tensors[0]], "weight_decay": 0.1},
        {"params": [tensors[1]], "weight_decay": 0.0},
    ]
    return optim.AdamW(groups, lr=0.1)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "arguments", "make"),
    [
        ("Momentum", {"momentum": 0.9}, lambda o, p: o.SGD(p, lr=0.1, momentum=0.9)),
        (
            "Momentum",
            {"momentum": 0.9, "nesterov": True},
            lambda o, p: o.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
        ),
        (
            "RMSprop",
            {"decay": 0.9, "epsilon": 1e-3},
            lambda o, p: o.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-3),
        ),
        ("Adagrad", {"epsilon": 1e-3}, lambda o, p: o.Adagrad(p, lr=0.1, eps=1e-3)),
        ("AdamW", {"weight_decay": 0.1}, decaying),
    ],
)
def test_steps_agree_with_torch(lab4, name, arguments, make):
    same(steps_of(lab4[name](0.1, **arguments)), steps_of_torch(make))


def test_a_wrong_optimiser_would_not_agree(lab4):
    wrong = steps_of(lab4["Momentum"](0.1, momentum=0.8))
    with pytest.raises(AssertionError):
        same(wrong, steps_of_optax(lambda o: o.sgd(0.1, momentum=0.9)))
