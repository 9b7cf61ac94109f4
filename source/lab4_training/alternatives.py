"""Right solutions of lab 4, written differently: each must earn every point."""

from course.labs import Alternative

PLAIN_LOOPS = {
    "log_sum_exp": """
def log_sum_exp(z, axis=-1):
    rows = np.moveaxis(np.array(z, dtype=float), axis, -1)
    result = np.empty(rows.shape[:-1])
    for place in np.ndindex(result.shape):
        largest = max(rows[place])
        total = 0.0
        for entry in rows[place]:
            total += math.exp(entry - largest)
        result[place] = largest + math.log(total)
    return result
""",
    "stable_softmax": """
def stable_softmax(x, axis=-1):
    rows = np.moveaxis(np.array(x, dtype=float), axis, -1)
    result = np.empty(rows.shape)
    for place in np.ndindex(rows.shape[:-1]):
        largest = max(rows[place])
        powers = [math.exp(entry - largest) for entry in rows[place]]
        result[place] = [power / sum(powers) for power in powers]
    return np.moveaxis(result, -1, axis)
""",
    "cross_entropy": """
def cross_entropy(logits, y):
    total = 0.0
    for row, label in zip(logits, y):
        right = int(np.argmax(label))
        total += math.log(sum(math.exp(z - max(row)) for z in row)) + max(row) - row[right]
    return total / len(logits)


def cross_entropy_gradient(logits, y):
    result = []
    for row, label in zip(logits, y):
        result.append([(p - t) / len(logits) for p, t in zip(stable_softmax(row), label)])
    return np.array(result)
""",
    "softmax_network": """
@add_to(SoftmaxNetwork)
def forward(self, x):
    result = [x]
    for k in range(len(self.weights)):
        z = np.dot(result[k], self.weights[k]) + self.biases[k]
        result.append(z if k + 1 == len(self.weights) else 1 / (1 + np.exp(-z)))
    return tuple(result)


@add_to(SoftmaxNetwork)
def backprop(self, x, y):
    layers = self.forward(x)
    grads_w = [np.zeros_like(w) for w in self.weights]
    grads_b = [np.zeros_like(b) for b in self.biases]
    deltas = self.cost_derivative(layers[-1], y)
    for row in range(len(x)):
        delta = deltas[row]
        for k in range(len(self.weights) - 1, -1, -1):
            grads_w[k] += np.outer(layers[k][row], delta)
            grads_b[k] += delta
            a = layers[k][row]
            delta = self.weights[k] @ delta * (a - a * a)
    return grads_w, grads_b
""",
    "l2": """
def l2_penalty(weights, l2):
    total = 0.0
    for w in weights:
        for entry in np.ravel(w):
            total += 0.5 * l2 * entry * entry
    return total


def add_l2(grads_w, grads_b, weights, biases, l2):
    new = []
    for k in range(len(weights)):
        new.append(1.0 * grads_w[k])
        new[k] += l2 * weights[k]
    return new, [g + 0 for g in grads_b]
""",
    "momentum": """
class Momentum(SGD):
    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = momentum, nesterov
        self.history = []

    def step(self, parameters, gradients):
        self.history.append([np.array(g, dtype=float) for g in gradients])
        new = []
        for k, p in enumerate(parameters):
            v = 0.0
            for past in self.history:
                v = self.momentum * v + past[k]
            move = gradients[k] + self.momentum * v if self.nesterov else v
            new.append(p - self.learning_rate * move)
        return new
""",
    "rmsprop": """
class RMSprop(SGD):
    def __init__(self, learning_rate, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.decay, self.epsilon = decay, epsilon
        self.memory = {}

    def step(self, parameters, gradients):
        result = []
        for k in range(len(parameters)):
            s = self.memory.get(k, 0.0)
            s = s + (1 - self.decay) * (gradients[k] ** 2 - s)
            self.memory[k] = s
            result.append(parameters[k] - self.learning_rate / (s**0.5 + self.epsilon) * gradients[k])
        return result
""",
    "bonus_adagrad": """
class Adagrad(SGD):
    def __init__(self, learning_rate, epsilon=1e-8, inside=False):
        super().__init__(learning_rate)
        self.epsilon, self.inside = epsilon, inside
        self.total = None

    def step(self, parameters, gradients):
        if self.total is None:
            self.total = [0.0] * len(parameters)
        inner, outer = (self.epsilon, 0.0) if self.inside else (0.0, self.epsilon)
        new = []
        for k, (p, g) in enumerate(zip(parameters, gradients)):
            self.total[k] = self.total[k] + g * g
            new.append(p - self.learning_rate * g / ((self.total[k] + inner) ** 0.5 + outer))
        return tuple(new)
""",
    "bonus_adamw": """
class AdamW(SGD):
    def __init__(self, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01):
        super().__init__(learning_rate)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.weight_decay = weight_decay
        self.past = []

    def step(self, parameters, gradients):
        self.past.append([np.array(g) for g in gradients])
        ages = np.arange(len(self.past))[::-1]
        new = []
        for k, p in enumerate(parameters):
            grads = np.array([g[k] for g in self.past])
            m = np.tensordot(self.beta1**ages / np.sum(self.beta1**ages), grads, 1)
            s = np.tensordot(self.beta2**ages / np.sum(self.beta2**ages), grads**2, 1)
            shrunk = p * (1 - self.learning_rate * self.weight_decay) if p.ndim > 1 else p
            new.append(shrunk - self.learning_rate * m / (np.sqrt(s) + self.epsilon))
        return new
""",
    "bonus_dropout": """
class Dropout:
    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng
        self.training = True

    def forward(self, a):
        self.factors = np.ones(a.shape)
        if self.training:
            for place in np.ndindex(a.shape):
                dropped = self.rng.uniform() < self.rate
                self.factors[place] = 0.0 if dropped else 1 / (1 - self.rate)
        return np.multiply(a, self.factors)

    def backward(self, grad):
        return np.multiply(self.factors, grad)
""",
    "bonus_dropout_network": """
@add_to(DropoutNetwork)
def forward(self, x):
    self.bent = []
    layers = [x]
    for k in range(len(self.weights) - 1):
        self.bent.append(sigmoid(layers[k] @ self.weights[k] + self.biases[k]))
        layers.append(self.dropouts[k].forward(self.bent[k]))
    layers.append(layers[-1] @ self.weights[-1] + self.biases[-1])
    return layers


@add_to(DropoutNetwork)
def backprop(self, x, y):
    layers = self.forward(x)
    delta = self.cost_derivative(layers.pop(), y)
    grads_w, grads_b = [layers[-1].T @ delta], [np.sum(delta, 0)]
    for k in range(len(self.bent) - 1, -1, -1):
        a = self.bent[k]
        delta = self.dropouts[k].backward(np.dot(delta, self.weights[k + 1].T)) * a * (1 - a)
        grads_w = [np.dot(layers[k].T, delta), *grads_w]
        grads_b = [np.sum(delta, 0), *grads_b]
    return grads_w, grads_b
""",
    "bonus_augment": """
def shift_images(x, dx, dy):
    side = round(x.shape[1] ** 0.5)
    result = np.zeros(x.shape)
    for row in range(side):
        for column in range(side):
            if 0 <= row - dy < side and 0 <= column - dx < side:
                result[:, row * side + column] = x[:, (row - dy) * side + column - dx]
    return result


def with_shifts(x, y, shifts):
    images, labels = [], []
    for dx, dy in shifts:
        for image, label in zip(shift_images(x, dx, dy), y):
            images.append(image)
            labels.append(label)
    return np.array(images), np.array(labels)
""",
}

NUMPY_TRICKS = {
    "log_sum_exp": """
def log_sum_exp(z, axis=-1):
    return np.logaddexp.reduce(np.asarray(z, dtype=float), axis=axis)
""",
    "stable_softmax": """
def stable_softmax(x, axis=-1):
    return np.exp(x - np.expand_dims(log_sum_exp(x, axis=axis), axis))
""",
    "cross_entropy": """
def cross_entropy(logits, y):
    rows = np.arange(len(y))
    log_p = logits - log_sum_exp(logits)[:, None]
    return float(-log_p[rows, y.argmax(axis=1)].mean())


def cross_entropy_gradient(logits, y):
    result = stable_softmax(logits)
    result[np.arange(len(y)), y.argmax(axis=1)] -= 1
    result /= len(y)
    return result
""",
    "softmax_network": """
@add_to(SoftmaxNetwork)
def forward(self, x):
    logits = Network.forward(self, x)
    logits[-1] = np.einsum("ri,ij->rj", logits[-2], self.weights[-1]) + self.biases[-1]
    return logits


@add_to(SoftmaxNetwork)
def backprop(self, x, y):
    kept = self.forward(x)
    deltas = [self.cost_derivative(kept[-1], y)]
    for a, w in zip(kept[-2:0:-1], self.weights[:0:-1]):
        deltas.append(np.einsum("rj,ij->ri", deltas[-1], w) * a * (1 - a))
    deltas.reverse()
    grads_w = tuple(np.einsum("ri,rj->ij", a, d) for a, d in zip(kept, deltas))
    return grads_w, tuple(np.einsum("rj->j", d) for d in deltas)
""",
    "l2": """
def l2_penalty(weights, l2):
    flat = np.concatenate([w.ravel() for w in weights])
    return flat @ flat * l2 / 2


def add_l2(grads_w, grads_b, weights, biases, l2):
    return tuple(map(lambda g, w: g + l2 * w, grads_w, weights)), tuple(grads_b)
""",
    "momentum": """
class Momentum(SGD):
    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = momentum, nesterov
        self.velocities = None

    def step(self, parameters, gradients):
        # the learning rate and the sign inside the velocity
        rate, keep = self.learning_rate, self.momentum
        if self.velocities is None:
            self.velocities = [-rate * g for g in gradients]
        else:
            for v, g in zip(self.velocities, gradients):
                v *= keep
                v -= rate * g
        if self.nesterov:
            changes = [keep * v - rate * g for v, g in zip(self.velocities, gradients)]
        else:
            changes = self.velocities
        return list(map(np.add, parameters, changes))
""",
    "rmsprop": """
class RMSprop(SGD):
    def __init__(self, learning_rate, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.decay, self.epsilon = decay, epsilon
        self.squares = None

    def step(self, parameters, gradients):
        shapes = [np.shape(p) for p in parameters]
        ends = np.cumsum([np.size(p) for p in parameters])[:-1]
        p, g = (np.concatenate([a.ravel() for a in arrays]) for arrays in (parameters, gradients))
        if self.squares is None:
            self.squares = np.zeros(g.shape)
        self.squares = np.average([self.squares, g * g], axis=0, weights=[self.decay, 1 - self.decay])
        p = p - self.learning_rate * np.divide(g, np.sqrt(self.squares) + self.epsilon)
        return [part.reshape(shape) for part, shape in zip(np.split(p, ends), shapes)]
""",
    "bonus_adamw": """
class AdamW(SGD):
    def __init__(self, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01):
        super().__init__(learning_rate)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.weight_decay = weight_decay
        self.steps, self.means, self.squares = 0, None, None

    def step(self, parameters, gradients):
        # the efficient order of the paper's section 2: the corrections go into the learning rate
        self.steps += 1
        if self.means is None:
            self.means = [np.zeros(np.shape(p)) for p in parameters]
            self.squares = [np.zeros(np.shape(p)) for p in parameters]
        root = np.sqrt(1 - self.beta2**self.steps)
        rate = self.learning_rate * root / (1 - self.beta1**self.steps)
        changed = []
        for p, g, m, s in zip(parameters, gradients, self.means, self.squares):
            m += (1 - self.beta1) * (g - m)
            s += (1 - self.beta2) * (g * g - s)
            new = np.array(p, dtype=float)
            if p.ndim >= 2:
                new *= 1 - self.learning_rate * self.weight_decay
            new -= rate * m / (np.sqrt(s) + self.epsilon * root)
            changed.append(new)
        return changed
""",
    "bonus_dropout": """
class Dropout:
    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng
        self.training = True

    def forward(self, a):
        if not self.training:
            self.mask = 1.0
            return a
        self.mask = self.rng.binomial(1, 1 - self.rate, size=a.shape) / (1 - self.rate)
        return a * self.mask

    def backward(self, grad):
        return self.mask * grad
""",
    "bonus_augment": """
def shift_images(x, dx, dy):
    n = int(np.sqrt(x.shape[1]) + 0.5)
    images = np.roll(x.reshape(-1, n, n), (dy, dx), axis=(1, 2))
    line, column = np.mgrid[:n, :n]
    inside = (line - dy >= 0) & (line - dy < n) & (column - dx >= 0) & (column - dx < n)
    return np.where(inside, images, 0).reshape(-1, n * n)


def with_shifts(x, y, shifts):
    return np.vstack([shift_images(x, *move) for move in shifts]), np.tile(y, (len(shifts), 1))
""",
}

FLOAT32 = {
    "softmax_network": """
@add_to(SoftmaxNetwork)
def forward(self, x):
    layers = [np.asarray(x, dtype=np.float32)]
    for k, (w, b) in enumerate(zip(self.weights, self.biases), 1):
        z = layers[-1] @ w.astype(np.float32) + b.astype(np.float32)
        layers.append(z if k == len(self.weights) else 1 / (1 + np.exp(-z)))
    return layers


@add_to(SoftmaxNetwork)
def backprop(self, x, y):
    layers = self.forward(x)
    delta = self.cost_derivative(layers[-1], y).astype(np.float32)
    grads_w, grads_b = [], []
    for k in range(len(self.weights) - 1, -1, -1):
        grads_w.insert(0, layers[k].T @ delta)
        grads_b.insert(0, delta.sum(axis=0))
        delta = delta @ self.weights[k].astype(np.float32).T * layers[k] * (1 - layers[k])
    return grads_w, grads_b
""",
    "l2": """
def l2_penalty(weights, l2):
    return l2 / 2 * sum(np.square(w, dtype=np.float32).sum() for w in weights)


def add_l2(grads_w, grads_b, weights, biases, l2):
    sums = [np.float32(g) + np.float32(l2) * np.float32(w) for g, w in zip(grads_w, weights)]
    return sums, [np.float32(g) for g in grads_b]
""",
    "momentum": """
class Momentum(SGD):
    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = np.float32(momentum), nesterov
        self.velocities = {}

    def step(self, parameters, gradients):
        new = []
        for k, (p, g) in enumerate(zip(parameters, gradients)):
            g = g.astype(np.float32)
            v = self.velocities[k] = self.momentum * self.velocities.get(k, np.float32(0)) + g
            move = g + self.momentum * v if self.nesterov else v
            new.append(p.astype(np.float32) - np.float32(self.learning_rate) * move)
        return new
""",
}

OTHER_WAYS = {
    "log_sum_exp": """
def log_sum_exp(z, axis=-1):
    rows = np.sort(np.moveaxis(np.asarray(z, dtype=float), axis, -1), axis=-1)
    return rows[..., -1] + np.log1p(np.exp(rows[..., :-1] - rows[..., -1:]).sum(axis=-1))
""",
    "stable_softmax": """
def stable_softmax(x, axis=-1):
    moved = np.moveaxis(np.asarray(x, dtype=float), axis, 0)
    moved = moved - np.sort(moved, axis=0)[-1]
    return np.moveaxis(np.exp(moved - np.log(np.exp(moved).sum(axis=0))), 0, axis)
""",
    "cross_entropy": """
def cross_entropy(logits, y):
    margins = logits - logits[y == 1][:, np.newaxis]
    return np.mean(log_sum_exp(margins, axis=1))


def cross_entropy_gradient(logits, y):
    return np.where(y == 1, stable_softmax(logits) - 1, stable_softmax(logits)) / y.shape[0]
""",
    "momentum": """
class Momentum(SGD):
    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = momentum, nesterov
        self.velocities = None

    def step(self, parameters, gradients):
        if self.velocities is None:
            self.velocities = [np.zeros(p.shape) for p in parameters]
        new = [np.array(p, dtype=float) for p in parameters]
        for p, v, g in zip(new, self.velocities, gradients):
            v *= self.momentum
            v += g
            p -= self.learning_rate * (g + self.momentum * v if self.nesterov else v)
        return new
""",
    "rmsprop": """
class RMSprop(SGD):
    def __init__(self, learning_rate, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.decay, self.epsilon = decay, epsilon
        self.roots = None

    def step(self, parameters, gradients):
        # the roots themselves are kept
        if self.roots is None:
            self.roots = [np.zeros(p.shape) for p in parameters]
        old, new = self.decay**0.5, (1 - self.decay) ** 0.5
        self.roots = [np.hypot(old * r, new * g) for r, g in zip(self.roots, gradients)]
        return super().step(
            parameters, [g / (r + self.epsilon) for r, g in zip(self.roots, gradients)]
        )
""",
    "bonus_adagrad": """
class Adagrad(SGD):
    def __init__(self, learning_rate, epsilon=1e-8, inside=False):
        super().__init__(learning_rate)
        self.epsilon, self.inside = epsilon, inside
        self.sums = {}

    def step(self, parameters, gradients):
        new = [np.array(p, dtype=float) for p in parameters]
        for k, g in enumerate(gradients):
            total = self.sums.setdefault(k, np.zeros(g.shape))
            total += np.square(g)
            root = np.sqrt(total + self.epsilon * self.inside)
            new[k] -= self.learning_rate * g / (root + self.epsilon * (not self.inside))
        return new
""",
    "bonus_dropout": """
class Dropout:
    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng
        self.training = True

    def forward(self, a):
        self.dropped = None
        if not self.training:
            return a
        self.dropped = self.rng.uniform(size=np.size(a)).reshape(np.shape(a)) < self.rate
        out = a / (1 - self.rate)
        out[self.dropped] = 0
        return out

    def backward(self, grad):
        if self.dropped is None:
            return grad
        return np.where(self.dropped, 0.0, grad / (1 - self.rate))
""",
    "bonus_dropout_network": """
@add_to(DropoutNetwork)
def forward(self, x):
    return walk(self, x)[0]


@add_to(DropoutNetwork)
def backprop(self, x, y):
    handed_on, slopes = walk(self, x)
    back = self.cost_derivative(handed_on[-1], y)
    pairs = []
    while True:
        k = len(self.weights) - 1 - len(pairs)
        pairs.insert(0, (handed_on[k].T @ back, back.sum(axis=0)))
        if k == 0:
            return [w for w, _ in pairs], [b for _, b in pairs]
        back = self.dropouts[k - 1].backward(back @ self.weights[k].T) * slopes[k - 1]
""",
}
WALK = """
def walk(network, x):
    handed_on, slopes = [x], []
    for k, (w, b) in enumerate(zip(network.weights, network.biases)):
        z = handed_on[-1] @ w + b
        if k == len(network.dropouts):
            return [*handed_on, z], slopes
        slopes.append(sigmoid(z) * sigmoid(-z))
        handed_on.append(network.dropouts[k].forward(sigmoid(z)))
"""

ALTERNATIVES = [
    Alternative(
        "plain-loops", "Loops over entries, histories in place of running means", PLAIN_LOOPS
    ),
    Alternative(
        "numpy-tricks", "NumPy's own functions, einsum, state changed in place", NUMPY_TRICKS
    ),
    Alternative("float32-inside", "Computes in float32", FLOAT32),
    Alternative(
        "other-ways",
        "Other formulas for the same thing, a helper in a cell of the student's own",
        OTHER_WAYS,
        extra={"bonus_dropout_network": WALK},
    ),
    Alternative(
        "moved-cells",
        "The reference, with solution cells dragged to other places",
        moved=(
            ("l2", "stable_softmax"),
            ("rmsprop", "softmax_network"),
            ("bonus_augment", "cross_entropy"),
        ),
    ),
]
