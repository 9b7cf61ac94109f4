"""A small network on a batch, with the right gradients: what most checks are tried on."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from course import checks


def sigmoid(xp: Any, z: Any) -> Any:
    with np.errstate(over="ignore"):
        return 1 / (1 + xp.exp(-z))


@dataclass
class Problem:
    """Squared error of a sigmoid network, mean over the batch."""

    widths: tuple[int, ...] = (7, 5, 5, 4)
    batch: int = 6
    seed: int = 0
    weights: list[Any] = field(init=False)
    biases: list[Any] = field(init=False)
    x: Any = field(init=False)
    y: Any = field(init=False)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(self.seed)
        shapes = list(zip(self.widths, self.widths[1:], strict=False))
        self.weights = [draw.normal(size=shape) for shape in shapes]
        self.biases = [draw.normal(size=n_out) for _, n_out in shapes]
        self.x = draw.normal(size=(self.batch, self.widths[0]))
        self.y = np.eye(self.widths[-1])[draw.integers(self.widths[-1], size=self.batch)]

    def loss(self, xp: Any, weights: Any, biases: Any) -> Any:
        a = self.x
        for w, b in zip(weights, biases, strict=True):
            a = sigmoid(xp, a @ w + b)
        return 0.5 * ((a - self.y) ** 2).sum() / len(self.x)

    @property
    def at(self) -> tuple[list[Any], list[Any]]:
        return self.weights, self.biases

    def backprop(self, dtype: Any = np.float64, **wrong: Any) -> tuple[list[Any], list[Any]]:
        """Give the gradients by hand; `wrong` switches on mistakes."""
        x, y = self.x.astype(dtype), self.y.astype(dtype)
        ws = [w.astype(dtype) for w in self.weights]
        bs = [b.astype(dtype) for b in self.biases]
        a, z = [x], []
        for w, b in zip(ws, bs, strict=True):
            z.append(a[-1] @ w + b)
            a.append(sigmoid(np, z[-1]))
        error = (y - a[-1]) if wrong.get("sign") else (a[-1] - y)
        d = error if wrong.get("no_output_slope") else error * a[-1] * (1 - a[-1])
        if not wrong.get("no_mean"):
            d = d / dtype(len(x))
        grads_w: list[Any] = []
        grads_b: list[Any] = []
        for i in reversed(range(len(ws))):
            grads_w.insert(0, d.T @ a[i] if wrong.get("swapped_factors") else a[i].T @ d)
            grads_b.insert(0, wrong.get("bias", lambda d: d.sum(axis=0))(d))
            if wrong.get("slope_of_activation") and i:
                slope = sigmoid(np, a[i]) * (1 - sigmoid(np, a[i]))
            else:
                slope = 1 if wrong.get("no_hidden_slope") else a[i] * (1 - a[i])
            d = d @ ws[i].T * slope
            if wrong.get("mean_at_each_layer"):
                d = d / len(x)
        return grads_w, grads_b

    def check(self, got: Any, **options: Any) -> checks.Passed:
        return checks.check_gradients(
            "Exercise 6 · backprop",
            got,
            self.loss,
            self.at,
            names=("grads_w", "grads_b"),
            sizes={"batch size": self.batch},
            **options,
        )


def failure(function: Any, *args: Any, **kwargs: Any) -> checks.Report:
    """Give the report of a check that must fail."""
    with pytest.raises(checks.CheckFailed) as caught:
        function(*args, **kwargs)
    assert str(caught.value) == caught.value.report.render()
    return caught.value.report
