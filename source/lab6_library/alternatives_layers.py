"""Right solutions of lab 6, written differently: each must earn every point."""

from course.labs import Alternative

CLOSURES = {
    "mse_loss": """
class MSELoss:
    def __call__(self, y_pred, y_true):
        batch = y_pred.shape[0]
        self.grad = lambda: (y_pred - y_true) / batch
        return np.mean(np.sum((y_true - y_pred) ** 2, axis=-1)) / 2
""",
    "cross_entropy": """
class CrossEntropy:
    def __init__(self, average=True):
        self.average = average

    def __call__(self, logits, y_true):
        batch = logits.shape[0] if self.average else 1
        log_sums = np.logaddexp.reduce(logits, axis=1, keepdims=True)
        log_p = logits - log_sums

        def grad():
            return (np.exp(log_p) - y_true) / batch

        self.grad = grad
        return -np.sum(log_p[y_true == 1]) / batch
""",
    "linear": """
class Linear(Layer):
    def __init__(self, in_features, out_features, rng=None):
        rng = rng or np.random.default_rng()
        bound = in_features**-0.5
        self.weights = (2 * rng.random((in_features, out_features)) - 1) * bound
        self.bias = np.zeros((out_features,))

    def __call__(self, x):
        def grad(in_gradient):
            return (
                np.einsum("bi,bo->io", x, in_gradient),
                np.einsum("bo->o", in_gradient),
                np.einsum("bo,io->bi", in_gradient, self.weights),
            )

        self.grad = grad
        return np.dot(x, self.weights) + self.bias[np.newaxis, :]
""",
    "sigmoid": """
class Sigmoid(Activation):
    def __call__(self, x):
        small = np.exp(-np.abs(x))
        y = np.where(x > 0, 1 / (1 + small), small / (1 + small))
        self.grad = lambda in_gradient: in_gradient * small / (1 + small) ** 2
        return y
""",
    "relu": """
class ReLU(Activation):
    def __call__(self, x):
        self.grad = lambda in_gradient: np.where(x > 0, in_gradient, 0.0)
        return np.where(x > 0, x, 0.0)
""",
    "dropout": """
class Dropout(Wrapper):
    def __init__(self, layer, p, rng):
        super().__init__(layer)
        self.p = p
        self.rng = rng

    def __call__(self, x):
        if not self.training:
            self.grad = self.layer.grad
            return self.layer(x)
        stays = self.rng.binomial(1, 1 - self.p, size=x.shape)
        scale = stays / (1 - self.p)

        def grad(in_gradient):
            *parameters, inside = self.layer.grad(in_gradient)
            return (*parameters, inside * scale)

        self.grad = grad
        return self.layer(x * scale)
""",
}

RECURSIVE = {
    "forward": """
@add_to(Model)
def forward(self, x):
    def after(k):
        return x if k == 0 else self.components[k - 1](after(k - 1))

    return after(len(self.components))
""",
    "backward": """
@add_to(Model)
def backward(self, in_gradient):
    grads = [None] * len(self.components)
    g = in_gradient
    for k in range(len(self.components) - 1, -1, -1):
        result = self.components[k].grad(g)
        if isinstance(result, tuple):
            *pair, g = result
            grads[k] = tuple(pair)
        else:
            g = result
    return grads
""",
    "update_parameters": """
@add_to(Model)
def update_parameters(self, grads, learning_rate):
    for k in range(len(grads)):
        if hasattr(self.components[k], "weights"):
            part, (gw, gb) = self.components[k], grads[k]
            part.weights -= learning_rate * gw
            part.bias -= gb * learning_rate
""",
}

OTHER_MEMORY = {
    "mse_loss": """
class MSELoss:
    def __call__(self, prediction, target):
        self.last = prediction, target
        n = len(target)
        return ((prediction - target) ** 2).sum() * (0.5 / n)

    def grad(self):
        prediction, target = self.last
        return prediction / len(target) - target / len(target)
""",
    "cross_entropy": """
class CrossEntropy:
    def __init__(self, average=True):
        self.average = average

    def __call__(self, logits, y_true):
        self.logits, self.labels = np.array(logits), np.argmax(y_true, axis=1)
        rows = np.arange(len(self.labels))
        self.logits = self.logits - np.max(self.logits, 1)[:, None]
        loss = np.log(np.exp(self.logits).sum(1)) - self.logits[rows, self.labels]
        return np.average(loss) if self.average else np.sum(loss)

    def grad(self):
        p = np.exp(self.logits)
        p /= p.sum(1)[:, None]
        p[np.arange(len(p)), self.labels] -= 1.0
        if self.average:
            p /= p.shape[0]
        return p
""",
    "linear": """
class Linear(Layer):
    def __init__(self, in_features, out_features, rng=None):
        rng = np.random.default_rng() if rng is None else rng
        bound = 1 / np.sqrt(in_features)
        self.weights = rng.uniform(-bound, bound, (in_features, out_features))
        self.bias = np.zeros(out_features)

    def __call__(self, x):
        # the bias as one more weight, whose input is always 1
        self.extended = np.hstack([x, np.ones((len(x), 1))])
        return self.extended @ np.vstack([self.weights, self.bias])

    def grad(self, in_gradient):
        both = np.matmul(np.transpose(self.extended), in_gradient)
        below = np.matmul(self.weights, np.transpose(in_gradient))
        return [both[:-1], both[-1], below.transpose()]
""",
    "sigmoid": """
class Sigmoid(Activation):
    def __call__(self, x):
        self.x = x.copy()
        return np.tanh(x / 2) / 2 + 0.5

    def grad(self, in_gradient):
        return in_gradient * (1 - np.tanh(self.x / 2) ** 2) / 4
""",
    "relu": """
class ReLU(Activation):
    def __call__(self, x):
        self.y = x * (x > 0)
        return self.y

    def grad(self, in_gradient):
        out = in_gradient.copy()
        out[self.y == 0] = 0
        return out
""",
    "backward": """
@add_to(Model)
def backward(self, in_gradient):
    grads = []
    for part in self.components[::-1]:
        given = part.grad(in_gradient)
        entry = None
        if isinstance(part, Activation):
            in_gradient = given
        else:
            entry, in_gradient = given[:2], given[2]
        grads.insert(0, entry)
    return grads
""",
    "update_parameters": """
@add_to(Model)
def update_parameters(self, grads, learning_rate):
    for part, entry in zip(self.components, grads):
        if isinstance(part, Layer):
            for name, gradient in zip(("weights", "bias"), entry):
                setattr(part, name, getattr(part, name) - learning_rate * gradient)
""",
    "dropout": """
class Dropout(Wrapper):
    def __init__(self, layer, p, rng):
        super().__init__(layer)
        self.keep, self.rng = 1 - p, rng

    def __call__(self, x):
        self.kept = np.full(np.shape(x), True)
        self.scale = 1.0
        if self.training:
            self.kept = self.rng.uniform(size=np.shape(x)) < self.keep
            self.scale = 1 / self.keep
        return self.layer(np.where(self.kept, x, 0.0) * self.scale)

    def grad(self, in_gradient):
        gw, gb, gx = self.layer.grad(in_gradient)
        return gw, gb, np.where(self.kept, gx, 0.0) * self.scale
""",
}

ALTERNATIVES = [
    Alternative(
        "closures",
        "Each call leaves a function behind that goes back; einsum, logaddexp, binomial masks",
        CLOSURES,
    ),
    Alternative("recursive", "A recursive forward; filled lists; updates in place", RECURSIVE),
    Alternative(
        "other-memory",
        "Other things are remembered: inputs, outputs, labels as numbers, the bias as a weight",
        OTHER_MEMORY,
    ),
    Alternative("mixed", "Closures in a model that recurses", {**CLOSURES, **RECURSIVE}),
    Alternative(
        "moved-cells",
        "The reference, with solution cells dragged to other places",
        moved=(
            ("cross_entropy", "given-contract"),
            ("relu", "mse_loss"),
            ("linear", "sigmoid"),
            ("backward", "given-model"),
            ("update_parameters", "given-wrapper"),
        ),
    ),
]
