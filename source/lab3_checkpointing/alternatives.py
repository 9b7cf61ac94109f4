"""Right solutions of lab 3, written differently."""

from course.labs import Alternative

SEGMENTS_LOOP = """def segments(checkpoints, n_layers):
    result = []
    start = 0
    for k in range(1, n_layers + 1):
        if k == n_layers or k in checkpoints:
            result.append((start, k))
            start = k
    return result
"""

SEGMENTS_NUMPY = """def segments(checkpoints, n_layers):
    starts = np.unique(np.array([0, *checkpoints], dtype=int))
    ends = np.append(starts[1:], n_layers)
    return [(int(s), int(e)) for s, e in zip(starts, ends)]
"""

SEGMENTS_NAMED = """import typing


class Segment(typing.NamedTuple):
    start: int
    end: int


def segments(checkpoints, n_layers):
    starts = sorted({0, *checkpoints})
    return [Segment(start, end) for start, end in zip(starts, [*starts[1:], n_layers])]
"""

WALK_BY_LAYER = """@add_to(NetworkWithCheckpoints)
def feedforward_with_checkpoints(self, x):
    starts = [start for start, _ in self.segments()]
    last = starts[-1]
    saved = []
    a = x
    for k in range(last + 1):
        if k in starts:
            saved.append(a)
        if k < last:
            z = self.pre_activation(k, a)
            a = self.activation(z)
    return saved
"""

WALK_COPIES = """@add_to(NetworkWithCheckpoints)
def feedforward_with_checkpoints(self, x):
    pieces = self.segments()
    saved = [np.array(x, dtype=float)]
    while len(saved) < len(pieces):
        a = saved[-1]
        for k in range(*pieces[len(saved) - 1]):
            a = self.activation(self.pre_activation(k, a))
        saved.append(a.copy())
    return tuple(saved)
"""

RUN_LATE_BEND = """@add_to(NetworkWithCheckpoints)
def feedforward_between_layers(self, start, end, a):
    inputs, zs = [a], [self.pre_activation(start, a)]
    for k in range(start + 1, end):
        inputs.append(self.activation(zs[-1]))
        zs.append(self.pre_activation(k, inputs[-1]))
    return inputs, zs
"""

RUN_FILLED = """@add_to(NetworkWithCheckpoints)
def feedforward_between_layers(self, start, end, a):
    inputs = [None] * (end - start)
    zs = [None] * (end - start)
    for i in range(end - start):
        inputs[i] = a
        zs[i] = self.pre_activation(start + i, a)
        a = self.activation(zs[i])
    return [inputs, zs]
"""

BACK_ZIPPED = """@add_to(NetworkWithCheckpoints)
def backprop_between_layers(self, start, end, inputs, pre_activations, grad_a):
    grads = []
    layers = zip(inputs, pre_activations, self.weights[start:end])
    for a, z, w in reversed(list(layers)):
        delta = self.activation_prime(z) * grad_a
        grads.insert(0, (a.T @ delta, np.ones(len(delta)) @ delta))
        grad_a = delta @ w.T
    return [g for g, _ in grads], [g for _, g in grads], grad_a
"""

BACK_EINSUM = """@add_to(NetworkWithCheckpoints)
def backprop_between_layers(self, start, end, inputs, pre_activations, grad_a):
    size = end - start
    grads_w, grads_b = [None] * size, [None] * size
    i = size - 1
    while i >= 0:
        delta = np.multiply(grad_a, self.activation_prime(pre_activations[i]))
        grads_w[i] = np.einsum("bi,bo->io", inputs[i], delta)
        grads_b[i] = np.einsum("bo->o", delta)
        grad_a = np.einsum("bo,io->bi", delta, self.weights[start + i])
        i -= 1
    return tuple(grads_w), tuple(grads_b), grad_a
"""

WHOLE_ROUND = """@add_to(NetworkWithCheckpoints)
def backprop(self, x, y):
    saved = self.feedforward_with_checkpoints(x)
    grads_w = [None] * self.n_layers
    grads_b = [None] * self.n_layers

    def one_round(start, end, a, grad_a):
        inputs, zs = self.feedforward_between_layers(start, end, a)
        if grad_a is None:
            grad_a = self.cost_derivative(self.activation(zs[-1]), y)
        grads_w[start:end], grads_b[start:end], grad_a = self.backprop_between_layers(
            start, end, inputs, zs, grad_a
        )
        return grad_a

    grad_a = None
    for start, end in self.segments()[::-1]:
        grad_a = one_round(start, end, saved.pop(), grad_a)
    return grads_w, grads_b
"""

WHOLE_RECURSIVE = """@add_to(NetworkWithCheckpoints)
def backprop(self, x, y):
    pieces = self.segments()

    def walk(start, end, a):
        for k in range(start, end):
            a = self.activation(self.pre_activation(k, a))
        return a

    def back(start, end, a, grad_a):
        inputs, zs = self.feedforward_between_layers(start, end, a)
        if end == self.n_layers:
            grad_a = self.cost_derivative(self.activation(zs[-1]), y)
        return self.backprop_between_layers(start, end, inputs, zs, grad_a)

    def go(j, a):
        start, end = pieces[j]
        if j == len(pieces) - 1:
            return back(start, end, a, None)
        later_w, later_b, grad_a = go(j + 1, walk(start, end, a))
        own_w, own_b, grad_a = back(start, end, a, grad_a)
        return own_w + later_w, own_b + later_b, grad_a

    return go(0, x)[:2]
"""

WHOLE_CYCLE = """@add_to(NetworkWithCheckpoints)
def backprop(self, x, y):
    pieces = self.segments()
    saved = self.feedforward_with_checkpoints(x)
    grads_w, grads_b = [], []

    # `go` knows itself and x: the call leaves a cycle, which Python takes away some time later
    def go(j, grad_a):
        start, end = pieces[j]
        inputs, zs = self.feedforward_between_layers(start, end, saved[j] if j else x)
        del saved[j]
        if grad_a is None:
            grad_a = self.cost_derivative(self.activation(zs[-1]), y)
        w, b, grad_a = self.backprop_between_layers(start, end, inputs, zs, grad_a)
        grads_w[:0], grads_b[:0] = w, b
        del inputs, zs
        if j > 0:
            go(j - 1, grad_a)

    go(len(pieces) - 1, None)
    return grads_w, grads_b
"""

WHOLE_FROM_TUPLE = """@add_to(NetworkWithCheckpoints)
def backprop(self, x, y):
    saved = dict(zip([s for s, _ in self.segments()], self.feedforward_with_checkpoints(x)))
    all_w, all_b = {}, {}
    pieces = list(self.segments())
    grad_a = None
    while pieces:
        start, end = pieces.pop()
        kept = self.feedforward_between_layers(start, end, saved.pop(start))
        if not all_w:
            output = self.activation(kept[1][-1])
            grad_a = self.cost_derivative(output, y)
            del output
        of_w, of_b, grad_a = self.backprop_between_layers(start, end, *kept, grad_a)
        kept = None
        for k, w, b in zip(range(start, end), of_w, of_b):
            all_w[k], all_b[k] = w, b
    layers = sorted(all_w)
    return [all_w[k] for k in layers], [all_b[k] for k in layers]
"""

STEP_IN_PLACE = """@add_to(NetworkWithCheckpoints)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    grads = self.backprop(x_mini_batch, y_mini_batch)
    for parameters, of_them in zip((self.weights, self.biases), grads):
        for k in range(len(parameters)):
            parameters[k] -= eta * of_them[k]
"""

BILL_LOOPS = """def peak_arrays(pieces):
    peak = 0
    for j in range(len(pieces)):
        start, end = pieces[j]
        if j + 2 * (end - start) > peak:
            peak = j + 2 * (end - start)
    return peak


def forward_evaluations(pieces):
    counts = []
    for j, (start, end) in enumerate(pieces):
        counts += [1 if j == len(pieces) - 1 else 2] * (end - start)
    return counts
"""

BILL_NUMPY = """def peak_arrays(pieces):
    lengths = np.diff(np.array(pieces), axis=1).ravel()
    return np.max(2 * lengths + np.arange(len(lengths)))


def forward_evaluations(pieces):
    counts = np.full(pieces[-1][1], 2)
    counts[pieces[-1][0] :] = 1
    return counts
"""

CHOOSE_BY_LAST_SEGMENT = """def choose_checkpoints(n_layers, budget):
    for last in range(n_layers):
        # can layers 0 .. last - 1 be cut so that the last segment begins at `last`?
        starts, position, j = [], 0, 0
        while position < last and (budget - j) // 2 > 0:
            starts.append(position)
            position = min(last, position + (budget - j) // 2)
            j += 1
        if position == last and j + 2 * (n_layers - last) <= budget:
            return [*starts, last]
    return None
"""

CHOOSE_BY_TABLE = """def choose_checkpoints(n_layers, budget):
    # paths[p]: beginnings of the segments of one way to have cut the layers before p into j segments
    paths, best = {0: []}, None
    for j in range(n_layers):
        allowance = (budget - j) // 2
        for p, path in paths.items():
            if p < n_layers <= p + allowance and (best is None or p < best[-1]):
                best = [*path, p]
        if allowance < 1:
            break
        longer = {}
        for p, path in paths.items():
            for q in range(p + 1, min(p + allowance, n_layers - 1) + 1):
                longer.setdefault(q, [*path, p])
        paths = longer
        if best is not None and not any(p < best[-1] for p in paths):
            break
    return best
"""

CHOOSE_FROM_BACK = """def choose_checkpoints(n_layers, budget):
    allowances = [(budget - j) // 2 for j in range(budget)]
    for m in range(1, budget + 1):
        if allowances[m - 1] > 0 and sum(allowances[:m]) >= n_layers >= m:
            break
    else:
        return None
    cuts, end = [], n_layers
    for j in reversed(range(m)):
        start = max(end - allowances[j], j)
        cuts.append(np.int64(start))
        end = start
    return cuts[::-1]
"""

WITHIN_CACHED = """from functools import lru_cache


@lru_cache(maxsize=None)
def bonus_fewest_evaluations(n_layers, slots):
    if n_layers == 1:
        return 1
    if slots == 0:
        return n_layers * (n_layers + 1) // 2
    return min(
        i + bonus_fewest_evaluations(n_layers - i, slots - 1) + bonus_fewest_evaluations(i, slots)
        for i in range(1, n_layers)
    )
"""

WITHIN_FORMULA = """def bonus_fewest_evaluations(n_layers, slots):
    from math import comb

    repeats = 0
    while comb(slots + 1 + repeats, slots + 1) < n_layers:
        repeats += 1
    less = comb(slots + 1 + repeats, repeats - 1) if repeats else 0
    return n_layers * (1 + repeats) - less
"""

ALTERNATIVES = (
    Alternative(
        id="by-layer",
        title="Loops over layers, the output computed late, one round in a function of its own.",
        cells={
            "segments": SEGMENTS_LOOP,
            "feedforward_with_checkpoints": WALK_BY_LAYER,
            "feedforward_between_layers": RUN_LATE_BEND,
            "backprop_between_layers": BACK_ZIPPED,
            "backprop": WHOLE_ROUND,
            "update_mini_batch": STEP_IN_PLACE,
            "peak_arrays": BILL_LOOPS,
            "choose_checkpoints": CHOOSE_BY_LAST_SEGMENT,
            "bonus_fewest_evaluations": WITHIN_CACHED,
        },
    ),
    Alternative(
        id="copies-and-tuples",
        title="Copies, tuples, einsum, arrays where lists are usual, placement by a table.",
        cells={
            "segments": SEGMENTS_NUMPY,
            "feedforward_with_checkpoints": WALK_COPIES,
            "feedforward_between_layers": RUN_FILLED,
            "backprop_between_layers": BACK_EINSUM,
            "backprop": WHOLE_FROM_TUPLE,
            "peak_arrays": BILL_NUMPY,
            "choose_checkpoints": CHOOSE_BY_TABLE,
            "bonus_fewest_evaluations": WITHIN_FORMULA,
        },
    ),
    Alternative(
        id="recursive",
        title="The whole machine as a recursion over segments, named tuples, which holds the checkpoints.",
        cells={
            "segments": SEGMENTS_NAMED,
            "backprop": WHOLE_RECURSIVE,
            "choose_checkpoints": CHOOSE_FROM_BACK,
        },
    ),
    Alternative(
        id="cycle",
        title="A function within backprop that calls itself, and holds x until Python looks for cycles.",
        cells={"backprop": WHOLE_CYCLE},
    ),
    Alternative(
        id="helper-cell",
        title="A helper in a cell of its own, used by two exercises.",
        extra={
            "feedforward_with_checkpoints": "def one_step(net, k, a):\n"
            "    z = net.pre_activation(k, a)\n    return z, net.activation(z)\n"
        },
        cells={
            "feedforward_with_checkpoints": """@add_to(NetworkWithCheckpoints)
def feedforward_with_checkpoints(self, x):
    saved = [x]
    for start, end in self.segments()[:-1]:
        a = saved[-1]
        for k in range(start, end):
            _, a = one_step(self, k, a)
        saved.append(a)
    return saved
""",
            "feedforward_between_layers": """@add_to(NetworkWithCheckpoints)
def feedforward_between_layers(self, start, end, a):
    inputs, zs = [], []
    for k in range(start, end):
        inputs += [a]
        z, a = one_step(self, k, a)
        zs += [z]
    return inputs, zs
""",
        },
    ),
    Alternative(
        id="cells-moved",
        title="The closed form is written before the machine, the pieces in another order.",
        cells={"segments": SEGMENTS_LOOP},
        moved=(
            ("backprop_between_layers", "segments"),
            ("feedforward_between_layers", "segments"),
        ),
    ),
)
