"""Right solutions of lab 2 written differently: each must earn every point."""

from course.labs import Alternative

EINSUM_FORWARD = """\
@add_to(Network)
def forward_pass(self, x):
    a = x
    seen, before = [x], []
    for k in range(len(self.weights)):
        before.append(np.einsum("ri,ij->rj", a, self.weights[k]) + self.biases[k][None, :])
        a = self.activation(before[-1])
        seen.append(a)
    return seen, before
"""

DELTAS_FROM_ACTIVATIONS = """\
@add_to(Network)
def deltas(self, pre_activations, output, y):
    slopes = [1 / (4 * np.cosh(z / 2) ** 2) for z in pre_activations]
    result = [(output - y) / y.shape[0] * slopes[-1]]
    for w, slope in zip(self.weights[:0:-1], slopes[-2::-1]):
        result.insert(0, np.einsum("rj,ij->ri", result[0], w) * slope)
    return tuple(result)
"""

ALL_IN_ONE_BACKPROP = """\
@add_to(Network)
def backprop(self, x, y):
    a = [np.asarray(x, dtype=float)]
    for w, b in zip(self.weights, self.biases):
        a.append(sigmoid(a[-1] @ w + b))
    delta = self.cost_derivative(a[-1], y) * a[-1] * (1 - a[-1])
    grads_w, grads_b = [], []
    for k in range(len(self.weights) - 1, -1, -1):
        grads_w = [np.tensordot(a[k], delta, axes=(0, 0))] + grads_w
        grads_b = [np.ones(len(x)) @ delta] + grads_b
        delta = (delta @ self.weights[k].T) * a[k] * (1 - a[k])
    return grads_w, grads_b
"""

MEAN_OF_EACH = """\
@add_to(Network)
def backprop(self, x, y):
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    grads_w = [np.einsum("ri,rj->ij", a, d) for a, d in zip(activations[:-1], found)]
    return grads_w, [np.einsum("rj->j", d) for d in found]
"""

IN_PLACE_UPDATE = """\
@add_to(Network)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    grads = self.backprop(x_mini_batch, y_mini_batch)
    for parameters, part in zip((self.weights, self.biases), grads):
        for k, grad in enumerate(part):
            parameters[k] -= eta * grad
"""

EVALUATE_BY_COUNTING = """\
@add_to(Network)
def evaluate(self, x_test, y_test):
    output = self.feedforward(x_test)
    right = output.argmax(axis=-1) == y_test.argmax(axis=-1)
    return float(np.count_nonzero(right) / right.size)
"""

BROADCAST_EACH = """\
@add_to(Network)
def per_example_gradients(self, x, y):
    seen, before = self.forward_pass(x)
    own = [d * y.shape[0] for d in self.deltas(before, seen[-1], y)]
    return [a[:, :, None] * d[:, None, :] for a, d in zip(seen, own)], own
"""

MATMUL_EACH = """\
@add_to(Network)
def per_example_gradients(self, x, y):
    inputs, outputs = [], []
    a = np.asarray(x, dtype=float)
    for w, b in zip(self.weights, self.biases):
        inputs.append(a)
        a = self.activation(a @ w + b)
        outputs.append(a)
    grad, grads_w, grads_b = outputs[-1] - y, [], []
    for w, a_in, a_out in zip(self.weights[::-1], inputs[::-1], outputs[::-1]):
        delta = grad * a_out * (1 - a_out)
        grads_w.append(np.matmul(a_in[:, :, np.newaxis], delta[:, np.newaxis, :]))
        grads_b.append(delta)
        grad = delta @ w.T
    return grads_w[::-1], grads_b[::-1]
"""

GENERATOR = """\
def minibatches(x, y, mini_batch_size, rng):
    positions = np.arange(len(x))
    rng.shuffle(positions)
    while len(positions):
        rows, positions = positions[:mini_batch_size], positions[mini_batch_size:]
        yield x[rows], y[rows]
"""

SPLIT = """\
def minibatches(x, y, mini_batch_size, rng):
    order = np.argsort(rng.random(len(x)))
    cuts = np.arange(mini_batch_size, len(x), mini_batch_size)
    return zip(np.split(x[order], cuts), np.split(y[order], cuts))
"""

SHUFFLED_BY_HAND = """\
def minibatches(x, y, mini_batch_size, rng):
    order = np.arange(len(x))
    for i in range(len(order) - 1, 0, -1):
        j = rng.integers(i + 1)
        order[[i, j]] = order[[j, i]]
    while len(order):
        yield np.take(x, order[:mini_batch_size], axis=0), y[order[:mini_batch_size]]
        order = order[mini_batch_size:]
"""

SAME_STATE_TWICE = """\
def minibatches(x, y, mini_batch_size, rng):
    x, y = x.copy(), y.copy()
    state = rng.bit_generator.state
    rng.shuffle(x)
    rng.bit_generator.state = state
    rng.shuffle(y)
    starts = range(0, len(x), mini_batch_size)
    return [(x[i : i + mini_batch_size], y[i : i + mini_batch_size]) for i in starts]
"""

NORMS_BY_EINSUM = """\
@add_to(Network)
def gradient_norms(self, x, y):
    seen, before = self.forward_pass(x)
    total = np.zeros(len(y))
    for a, d in zip(seen, self.deltas(before, seen[-1], y)):
        d = d * len(y)
        total += np.einsum("ri,ri->r", a, a) * np.einsum("rj,rj->r", d, d)
        total += np.linalg.norm(d, axis=1) ** 2
    return total**0.5
"""

HELPER = """\
# my own helper
def layers(net):
    return list(zip(net.weights, net.biases))
"""

HELPED_FORWARD = """\
@add_to(Network)
def forward_pass(self, x):
    activations = [x]
    pre_activations = []
    for w, b in layers(self):
        pre_activations += [np.add(np.dot(activations[-1], w), b)]
        activations += [self.activation(pre_activations[-1])]
    return (activations, pre_activations)
"""

FLOAT32_BACKPROP = """\
@add_to(Network)
def backprop(self, x, y):
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    a32 = [np.asarray(a, dtype=np.float32) for a in activations]
    d32 = [np.asarray(d, dtype=np.float32) for d in found]
    return [a.T @ d for a, d in zip(a32, d32)], [d.sum(axis=0) for d in d32]
"""

NAMED = """\
import collections
import typing

Pass = collections.namedtuple("Pass", "activations pre_activations")


class Gradients(typing.NamedTuple):
    w: list
    b: list


class Layers(list):
    pass
"""

NAMED_FORWARD = """\
@add_to(Network)
def forward_pass(self, x):
    seen = Pass(Layers([x]), Layers())
    for w, b in zip(self.weights, self.biases):
        seen.pre_activations.append(seen.activations[-1] @ w + b)
        seen.activations.append(self.activation(seen.pre_activations[-1]))
    return seen
"""

NAMED_BACKPROP = """\
@add_to(Network)
def backprop(self, x, y):
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    grads_w = Layers(a.T @ d for a, d in zip(activations, found))
    return Gradients(w=grads_w, b=Layers(d.sum(axis=0) for d in found))
"""

NAMED_UPDATE = """\
@add_to(Network)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    grads = self.backprop(x_mini_batch, y_mini_batch)
    self.weights = [w - eta * g for w, g in zip(self.weights, grads[0])]
    self.biases = [b - eta * g for b, g in zip(self.biases, grads[1])]
"""

ALTERNATIVES = [
    Alternative(
        id="named-tuples",
        title="results in named tuples and in a class that derives from list",
        cells={
            "forward_pass": NAMED_FORWARD,
            "backprop": NAMED_BACKPROP,
            "update_mini_batch": NAMED_UPDATE,
        },
        extra={"forward_pass": NAMED},
    ),
    Alternative(
        id="einsum-everywhere",
        title="einsum in place of every matrix product, broadcasting made visible",
        cells={
            "forward_pass": EINSUM_FORWARD,
            "deltas": DELTAS_FROM_ACTIVATIONS,
            "backprop": MEAN_OF_EACH,
            "evaluate": EVALUATE_BY_COUNTING,
            "bonus_gradient_norms": NORMS_BY_EINSUM,
        },
    ),
    Alternative(
        id="self-contained",
        title="backprop and per-example gradients that do everything themselves",
        cells={"backprop": ALL_IN_ONE_BACKPROP, "per_example_gradients": MATMUL_EACH},
    ),
    Alternative(
        id="generator-and-in-place-update",
        title="mini-batches from a generator; the network's own arrays updated in place",
        cells={
            "minibatches": GENERATOR,
            "update_mini_batch": IN_PLACE_UPDATE,
            "per_example_gradients": BROADCAST_EACH,
        },
    ),
    Alternative(
        id="split-and-zip",
        title="mini-batches by np.split, given as a zip; its cell moved up",
        cells={"minibatches": SPLIT},
        moved=(("minibatches", "test-evaluate-hidden"),),
    ),
    Alternative(
        id="shuffled-by-hand",
        title="the positions swapped one by one, the rows taken at once",
        cells={"minibatches": SHUFFLED_BY_HAND},
    ),
    Alternative(
        id="same-state-twice",
        title="copies of x and y shuffled with the generator in the same state",
        cells={"minibatches": SAME_STATE_TWICE},
    ),
    Alternative(
        id="helper-cell",
        title="a helper function in a cell of the student's own",
        cells={"forward_pass": HELPED_FORWARD},
        extra={"forward_pass": HELPER},
    ),
    Alternative(
        id="float32-inside",
        title="gradients computed and returned in float32",
        cells={"backprop": FLOAT32_BACKPROP},
    ),
]
