"""Right solutions of autodiff_library, written differently: each must earn every point."""

from course.labs import Alternative

SORTED = {
    "node_gradient": """
@add_to(ComputationGraphNode)
def zero_grad(self):
    self.grad = None


@add_to(ComputationGraphNode)
def set_gradient(self, gradient):
    shape = np.shape(gradient)
    if shape != self.value.shape:
        raise ValueError(f"expected {self.value.shape}, got {shape}")
    if self.grad is None:
        self.grad = np.zeros(shape)
    self.grad += gradient
""",
    "node_backward": """
@add_to(ComputationGraphNode)
def backward(self, g=None):
    # depth-first search without recursion: a node is written down after all that it was made of
    order, met, stack = [], {self}, [(self, iter(self.input_nodes))]
    while stack:
        node, rest = stack[-1]
        child = next(rest, None)
        if child is None:
            order.append(node)
            stack.pop()
        elif child.require_grad and child not in met:
            met.add(child)
            stack.append((child, iter(child.input_nodes)))
    cotangents = {node: np.zeros(node.value.shape) for node in order}
    cotangents[self] = np.ones(self.value.shape) if g is None else np.array(g, dtype=float)
    for node in reversed(order):
        node.set_gradient(cotangents[node])
        if node.func is not None:
            arguments = [n.value for n in node.input_nodes] + node.func_parameters
            for n, part in zip(node.input_nodes, node.func.backward(*arguments, cotangents[node])):
                if n in cotangents:
                    cotangents[n] = cotangents[n] + part
""",
    "node_relu": """
class ReLU(Operation):
    @staticmethod
    def forward(x):
        z = x.copy()
        z[z < 0] = 0
        return z

    @staticmethod
    def backward(x, gradient):
        result = np.zeros_like(gradient)
        result[x > 0] = gradient[x > 0]
        return (result,)
""",
    "node_tanh": """
class TanH(Operation):
    @staticmethod
    def forward(x):
        return np.tanh(x)

    @staticmethod
    def backward(x, gradient):
        t = np.tanh(x)
        return (gradient - gradient * t * t,)
""",
    "nll": """
class nll(Operation):
    @staticmethod
    def forward(x, y):
        return (np.logaddexp.reduce(x, axis=1) - x[np.arange(len(x)), y.argmax(axis=1)]).mean()

    @staticmethod
    def backward(x, y, gradient):
        p = np.exp(x - np.logaddexp.reduce(x, axis=1)[:, None])
        p[np.arange(len(x)), y.argmax(axis=1)] -= 1
        return (p * (gradient / x.shape[0]),)
""",
    "initialisation": """
def zero_init(parameter, rng):
    parameter.value[...] = 0


def glorot_init(parameter, rng):
    a = (6 / sum(parameter.value.shape)) ** 0.5
    parameter.value[:] = a * (2 * rng.random(parameter.value.shape) - 1)


def kaiming_init(parameter, rng):
    parameter.value[:] = rng.standard_normal(parameter.value.shape) * (2 / len(parameter.value)) ** 0.5
""",
    "sgd": """
class SGD:
    def __init__(self, params, lr=0.1):
        self.params = list(params)
        self.lr = lr

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p.value -= self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            p.grad = None
""",
    "sgd_with_momentum": """
class SGDWithMomentum(SGD):
    def __init__(self, params, lr=0.1, momentum=0.5):
        super().__init__(params, lr)
        self.momentum = momentum
        self.moves = {}

    def step(self):
        for p in self.params:
            if p.grad is not None:
                move = self.momentum * self.moves.get(p, 0) - self.lr * p.grad
                self.moves[p] = move
                p.value = p.value + move
""",
    "training_loop": """
def training_loop(network, optimizer, train_data, dev_data, n_epochs=10, loss=nll()):
    history = {"accuracy": {"dev": []}, "cost": {"training": []}}
    optimizer.zero_grad()
    for epoch in range(1, n_epochs + 1):
        logits = network.forward(train_data[0])
        J = loss(logits, train_data[1])
        J.backward(np.array(1.0))
        optimizer.step()
        optimizer.zero_grad()
        history["cost"]["training"].append(J.value)
        logits = network.forward(dev_data[0]).value
        right = np.argmax(logits, axis=1) == np.argmax(dev_data[1], axis=1)
        history["accuracy"]["dev"].append(right.sum() / len(right))
        print(f"epoch {epoch}: loss {float(J.value):.3f}")
    return history
""",
}

METHODS = {
    "node_gradient": """
@add_to(ComputationGraphNode)
def zero_grad(self):
    self.__dict__["grad"] = None


@add_to(ComputationGraphNode)
def set_gradient(self, gradient):
    if list(gradient.shape) != list(self.value.shape):
        raise ValueError("wrong shape")
    before = 0 if self.grad is None else self.grad
    self.grad = np.add(before, gradient)
""",
    "addition": """
class Addition(Operation):
    def forward(self, x, y):
        return np.add(x, y)

    def backward(self, x, y, gradient):
        results = []
        for v in (x, y):
            g = np.asarray(gradient)
            while g.ndim > v.ndim:
                g = g.sum(axis=0)
            for axis in range(g.ndim):
                if v.shape[axis] == 1:
                    g = g.sum(axis=axis, keepdims=True)
            results.append(g)
        return results[0], results[1]
""",
    "selection": """
class Selection(Operation):
    def forward(self, x, index):
        return np.array(x[index])

    def backward(self, x, index, gradient):
        places = np.arange(x.size).reshape(x.shape)[index]
        sums = np.bincount(np.ravel(places), weights=np.ravel(gradient), minlength=x.size)
        return (sums.reshape(x.shape),)
""",
    "node_backward": """
@add_to(ComputationGraphNode)
def backward(self, g=None):
    from collections import Counter, deque

    def inputs(node):
        return [n for n in node.input_nodes if n.require_grad]

    nodes, queue = {self}, deque([self])
    uses = Counter()
    while queue:
        node = queue.popleft()
        for n in inputs(node):
            uses[n] += 1
            if n not in nodes:
                nodes.add(n)
                queue.append(n)

    parts = {node: [] for node in nodes}
    parts[self].append(np.ones(self.value.shape) if g is None else g)
    queue = deque([self])
    while queue:
        node = queue.popleft()
        total = np.zeros(node.value.shape)
        for part in parts[node]:
            total = total + part
        node.set_gradient(total)
        if node.func:
            values = (n.value for n in node.input_nodes)
            answer = node.func.backward(*values, *node.func_parameters, total)
            for n, part in zip(node.input_nodes, answer):
                if n.require_grad:
                    parts[n].append(part)
                    uses[n] -= 1
                    if not uses[n]:
                        queue.append(n)
""",
    "node_tanh": """
class TanH(Operation):
    @staticmethod
    def TanHCompute(z):
        a = np.abs(z)
        small = np.exp(-2 * a)
        return np.sign(z) * (1 - small) / (1 + small)

    def forward(self, x):
        return self.TanHCompute(x)

    def backward(self, x, gradient):
        t = self.TanHCompute(x)
        return (gradient * (1 - t) * (1 + t),)
""",
    "affine_transform": """
class affine_transform(Operation):
    def forward(self, W, b, x):
        return np.einsum("ri,ij->rj", x, W) + b

    def backward(self, W, b, x, gradient):
        ones = np.ones(len(x))
        return np.dot(np.transpose(x), gradient), ones @ gradient, np.dot(W, gradient.T).T
""",
    "collect_parameters": """
def collect_parameters(things):
    found, known = [], set()

    def take(things):
        for thing in things:
            if isinstance(thing, Parameter) and id(thing) not in known:
                known.add(id(thing))
                found.append(thing)
            elif isinstance(thing, Module):
                take(vars(thing).values())
            elif isinstance(thing, ModuleList):
                take(thing)

    take(things)
    return found


class Module:
    def parameters(self):
        return collect_parameters(vars(self).values())


class ModuleList(list):
    def parameters(self):
        return collect_parameters(self)
""",
    "linear_network": """
class LinearNetwork(Module):
    def __init__(self, dim_input, dim_output):
        super().__init__()
        self.dims = dim_input, dim_output
        self.W = Parameter([[0] * dim_output] * dim_input, "weights")
        self.b = Parameter([0] * dim_output, "bias")

    def init_parameters(self, rng, init=None):
        (init or glorot_init)(self.W, rng)
        self.b.value = np.zeros_like(self.b.value)

    def forward(self, x):
        return affine_transform()(self.W, self.b, x)
""",
    "deep_network": """
class DeepNetwork(Module):
    def __init__(self, dim_input, dim_output, hidden_dim, n_layers, tanh=False):
        super().__init__()
        self.tanh = tanh
        self.activation = TanH if tanh else ReLU
        self.layers = ModuleList([LinearNetwork(dim_input, hidden_dim)])
        self.layers += [LinearNetwork(hidden_dim, hidden_dim) for _ in range(n_layers - 1)]
        self.layers.append(LinearNetwork(hidden_dim, dim_output))

    def init_parameters(self, rng):
        for k, layer in enumerate(self.layers, 1):
            if k == len(self.layers) or self.tanh:
                layer.init_parameters(rng)
            else:
                layer.init_parameters(rng, init=kaiming_init)

    def forward(self, x):
        for k, layer in enumerate(self.layers):
            x = layer.forward(self.activation()(x) if k else x)
        return x
""",
    "bonus_batches": """
def training_loop_with_batches(
    network, optimizer, train_data, dev_data, batch_size, rng, n_epochs=10, loss=nll()
):
    x, y = train_data
    history = {"cost": {"training": []}, "accuracy": {"dev": []}}
    for _ in range(n_epochs):
        order = rng.permutation(len(x))
        x_now, y_now, total, steps = x[order], y[order], 0.0, 0
        while len(x_now):
            J = loss(network.forward(x_now[:batch_size]), y_now[:batch_size])
            optimizer.zero_grad()
            J.backward()
            optimizer.step()
            total, steps = total + float(J.value), steps + 1
            x_now, y_now = x_now[batch_size:], y_now[batch_size:]
        history["cost"]["training"].append(total / steps)
        history["accuracy"]["dev"].append(accuracy(network, dev_data))
    return history
""",
}

HELPERS = {
    "node_relu": """
class ReLU(Operation):
    forward = staticmethod(positive_part)

    @staticmethod
    def backward(x, gradient):
        return (np.where(x > 0, gradient, 0.0),)
""",
    "nll": """
class nll(Operation):
    @staticmethod
    def probabilities(x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e / np.sum(e, axis=-1, keepdims=True)

    @staticmethod
    def forward(x, y):
        total = 0.0
        for row, label in zip(x, y):
            shifted = row - row.max()
            total += np.log(np.exp(shifted).sum()) - shifted @ label
        return total / len(y)

    @staticmethod
    def backward(x, y, gradient):
        return (np.subtract(nll.probabilities(x), y) * gradient / len(y),)
""",
    "node_backward": """
@add_to(ComputationGraphNode)
def backward(self, g=None):
    # each call keeps what was there before, and lets `grad` collect this call's parts alone
    order, waiting, uses = [], [self], {self: 0}
    while waiting:
        node = waiting.pop()
        for n in node.input_nodes:
            if n.require_grad:
                if n not in uses:
                    uses[n] = 0
                    waiting.append(n)
                uses[n] += 1
    before = {node: node.grad for node in uses}
    for node in uses:
        node.grad = None
    self.set_gradient(np.ones(self.value.shape) if g is None else g)
    ready = [self]
    while ready:
        node = ready.pop(0)
        if node.func is not None:
            values = [n.value for n in node.input_nodes]
            parts = node.func.backward(*values, *node.func_parameters, node.grad)
            for n, part in zip(node.input_nodes, parts):
                if n.require_grad:
                    n.set_gradient(np.asarray(part))
                    uses[n] -= 1
                    if uses[n] == 0:
                        ready.append(n)
    for node, earlier in before.items():
        if earlier is not None:
            node.set_gradient(earlier)
""",
}

DIRECT = {
    "deep_network": """
class DeepNetwork(Module):
    def __init__(self, dim_input, dim_output, hidden_dim, n_layers, tanh=False):
        super().__init__()
        self.tanh = tanh
        sizes = [dim_input, *[hidden_dim] * n_layers, dim_output]
        self.layers = ModuleList(map(LinearNetwork, sizes, sizes[1:]))

    def init_parameters(self, rng):
        *hidden, last = self.layers
        for layer in hidden:
            if self.tanh:
                glorot_init(layer.W, rng)
            else:
                kaiming_init(layer.W, rng)
            zero_init(layer.b, rng)
        last.init_parameters(rng)

    def forward(self, x):
        x = as_node(x)
        for layer in self.layers:
            s = affine_transform()(layer.W, layer.b, x)
            x = TanH()(s) if self.tanh else ReLU()(s)
        return s
""",
    "training_loop": """
def training_loop(network, optimizer, train_data, dev_data, n_epochs=10, loss=nll()):
    (x, y), (x_dev, y_dev) = train_data, dev_data
    history = {"cost": {"training": []}, "accuracy": {"dev": []}}
    for _ in range(n_epochs):
        cost = loss(network.forward(as_node(x)), y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        history["cost"]["training"].append(float(cost.value))
        said = network.forward(ComputationGraphNode(x_dev)).value.argmax(axis=1)
        history["accuracy"]["dev"].append(float((said == y_dev.argmax(axis=1)).mean()))
    return history
""",
    "bonus_batches": """
def training_loop_with_batches(
    network, optimizer, train_data, dev_data, batch_size, rng, n_epochs=10, loss=nll()
):
    x, y = train_data
    history = {"cost": {"training": []}, "accuracy": {"dev": []}}
    for _ in range(n_epochs):
        order, losses = rng.permutation(len(x)), []
        for batch in np.split(order, range(batch_size, len(order), batch_size)):
            optimizer.zero_grad()
            cost = loss(network.forward(as_node(x[batch])), y[batch])
            cost.backward()
            optimizer.step()
            losses.append(cost.value)
        history["cost"]["training"].append(np.mean(losses))
        history["accuracy"]["dev"].append(accuracy(network, dev_data))
    return history
""",
}

ALTERNATIVES = [
    Alternative(
        id="lib-sorted-graph",
        title="A topological sort, NumPy's own tanh and log-sum-exp, updates in place",
        cells=SORTED,
    ),
    Alternative(
        id="lib-methods",
        title="Operations with methods that are not static, a queue, loops in place of helpers",
        cells=METHODS,
    ),
    Alternative(
        id="lib-direct",
        title="A deep network that applies and initialises W and b itself, loops that wrap the digits",
        cells=DIRECT,
    ),
    Alternative(
        id="lib-helpers-and-moved-cells",
        title="A helper in a cell of its own, cells in another order, grad as working memory",
        cells=HELPERS,
        extra={
            "node_relu": """def positive_part(x):
    return x * (x > 0)
"""
        },
        moved=(("sgd", "given-lib-operation"), ("nll", "given-lib-unbroadcast")),
    ),
]
