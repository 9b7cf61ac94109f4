"""Right solutions of lab 5, written differently: each must earn every point."""

from course.labs import Alternative

CLOSURES = {
    "add_sub_mul": """
class Add(Operation):
    def apply(self, x, y):
        def grad(gz):
            return gz, gz

        self.grad = grad
        return x + y


class Sub(Operation):
    def apply(self, x, y):
        self.grad = lambda gz: (gz, -1.0 * gz)
        return x + -y


class Mul(Operation):
    def apply(self, x, y):
        def grad(gz):
            gx = gz.copy() * y
            gy = gz.copy() * x
            return gx, gy

        self.grad = grad
        return np.multiply(x, y)
""",
    "neg_div_pow": """
class Neg(Operation):
    def apply(self, x):
        self.grad = lambda gz: (-gz,)
        return -x


class Div(Operation):
    def apply(self, x, y):
        z = x / y

        def grad(gz):
            gx = gz / y
            return gx, -gx * z

        self.grad = grad
        return z


class Pow(Operation):
    def apply(self, x, y):
        z = x**y

        def grad(gz):
            gx = gz * y * x ** (y - 1)
            base, shape = np.broadcast_to(x, z.shape), z.shape
            gy = np.zeros(shape)
            up = base > 0
            gy[up] = gz[up] * z[up] * np.log(base[up])
            return gx, gy

        self.grad = grad
        return z
""",
    "exp_log_relu": """
class Exp(Operation):
    def apply(self, x):
        z = np.exp(x)
        self.grad = lambda gz: (gz * z,)
        return z


class Log(Operation):
    def apply(self, x):
        self.grad = lambda gz: (gz / x,)
        return np.log(x)


class ReLU(Operation):
    def apply(self, x):
        def grad(gz):
            gx = np.array(gz)
            gx[x <= 0] = 0
            return (gx,)

        self.grad = grad
        return x * (x > 0)
""",
    "mse": """
class MSE(Operation):
    def apply(self, x, y):
        error = x - y

        def grad(gz):
            g = np.broadcast_to(gz, error.shape) * error * (2 / error.size)
            return g, -g

        self.grad = grad
        return (error * error).mean()
""",
    "sum": """
class Sum(Operation):
    def apply(self, x, axis=None, keepdims=False):
        kept = np.sum(x, axis=axis, keepdims=True)

        def grad(gz):
            return (np.reshape(gz, kept.shape) * np.ones_like(x),)

        self.grad = grad
        return kept if keepdims else np.sum(x, axis=axis)
""",
    "getitem": """
class GetItem(Operation):
    def apply(self, x, index):
        def grad(gz):
            places = np.arange(x.size).reshape(x.shape)[index]
            counts = np.bincount(np.ravel(places), weights=np.ravel(gz), minlength=x.size)
            return (counts.reshape(x.shape),)

        self.grad = grad
        return np.array(x[index])
""",
    "matmul": """
class MatMul(Operation):
    def apply(self, x, y):
        def grad(gz):
            if x.ndim > 1 and y.ndim > 1:
                return (
                    np.einsum("...ij,...kj->...ik", gz, y),
                    np.einsum("...ik,...ij->...kj", x, gz),
                )
            if y.ndim > 1:
                return np.einsum("...j,...kj->...k", gz, y), np.einsum("k,...j->...kj", x, gz)
            if x.ndim > 1:
                return np.einsum("...i,k->...ik", gz, y), np.einsum("...ik,...i->...k", x, gz)
            return gz * y, gz * x

        self.grad = grad
        return x @ y
""",
}

ARGUMENTS = {
    "add_sub_mul": """
class Add(Operation):
    def apply(self, x, y):
        return np.add(x, y)

    def grad(self, gz):
        x, y = self.args
        return handle(x, gz), handle(y, gz)


class Sub(Operation):
    def apply(self, x, y):
        return np.subtract(x, y)

    def grad(self, gz):
        x, y = self.args
        return handle(x, gz), handle(y, np.negative(gz))


class Mul(Operation):
    def apply(self, x, y):
        return x * y

    def grad(self, gz):
        x, y = self.args
        return handle(x, gz * y.value), handle(y, gz * x.value)
""",
    "unbroadcast": """
def unbroadcast(gradient, shape):
    result = np.zeros(shape)
    lead = gradient.ndim - len(shape)
    for position in np.ndindex(gradient.shape):
        target = tuple(0 if n == 1 else p for p, n in zip(position[lead:], shape))
        result[target] += gradient[position]
    return result
""",
    "get_variables": """
def get_variables(variable):
    # Kahn's algorithm, from the loss backwards: a variable is ready when all its uses are listed
    users, queue = {}, [variable]
    found = {variable}
    while queue:
        node = queue.pop()
        for arg in node.operation.args if node.operation else ():
            users[arg] = users.get(arg, 0) + 1
            if arg not in found:
                found.add(arg)
                queue.append(arg)
    ready, order = [variable], []
    while ready:
        node = ready.pop()
        order.append(node)
        for arg in node.operation.args if node.operation else ():
            users[arg] -= 1
            if users[arg] == 0:
                ready.append(arg)
    order.reverse()
    return order
""",
    "backprop": """
def backprop(loss):
    from collections import defaultdict

    if np.shape(loss.value):
        raise ValueError("one number, please")
    parts = defaultdict(list)
    parts[loss].append(np.array(1.0))
    total = {}
    for node in get_variables(loss)[::-1]:
        total[node] = sum(parts[node])
        if node.operation:
            for arg, part in zip(node.operation.args, node.operation.grad(total[node])):
                parts[arg].append(handle_broadcast(arg, part))
    return total
""",
    "sum": """
class Sum(Operation):
    def apply(self, x, axis=None, keepdims=False):
        return x.sum(axis=axis, keepdims=keepdims)

    def grad(self, gz):
        (x,) = self.args
        shape, axis = list(x.value.shape), self.kwargs.get("axis")
        axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
        for k in axes:
            shape[k] = 1
        return (np.zeros(x.value.shape) + np.reshape(gz, shape),)
""",
    "mse": """
class MSE(Operation):
    def apply(self, x, y):
        return ((x - y) ** 2).sum() / np.size(x)

    def grad(self, gz):
        x, y = (arg.value for arg in self.args)
        n = x.size
        return 2 / n * gz * (x - y), 2 / n * gz * (y - x)
""",
    "symbolic_mse": """
def symbolic_MSE(x, y):
    error = y - x
    return (error * error * (1 / error.value.size)).sum()
""",
}
HANDLE = """
def handle(variable, gradient):
    # my operations bring their gradients to the right shape themselves
    gradient, shape = np.asarray(gradient), variable.value.shape
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for k, n in enumerate(shape):
        if n == 1:
            gradient = gradient.sum(axis=k, keepdims=True)
    return gradient
"""

OTHER_WAYS = {
    "unbroadcast": """
def unbroadcast(gradient, shape):
    padded = (1,) * (np.ndim(gradient) - len(shape)) + tuple(shape)
    axes = tuple(k for k in range(len(padded)) if padded[k] == 1)
    return np.sum(gradient, axis=axes).reshape(shape)
""",
    "numeric_test": """
def numeric_test(variable, *, eps=1e-5, rtol=1e-5, atol=1e-7):
    op = variable.operation
    cotangent = np.random.randn(*np.shape(variable.value)) * 3
    claimed = op.grad(np.array(cotangent))
    if not isinstance(claimed, tuple) or len(claimed) != len(op.args):
        raise AssertionError("not a tuple of the right length")
    for place in range(len(op.args)):

        def moved(flat, by, place=place):
            arrays = [np.copy(a.value) for a in op.args]
            arrays[place].flat[flat] += by
            return run_again(op, arrays)

        mine = handle_broadcast(op.args[place], claimed[place])
        for flat in range(op.args[place].value.size):
            change = (moved(flat, eps) - moved(flat, -eps)) * cotangent
            slope = change.sum() / eps / 2
            if not abs(mine.flat[flat] - slope) <= atol + rtol * abs(slope):
                raise AssertionError(f"argument {place}, entry {flat}")
""",
    "first_graph": """
def first_graph(x, gamma):
    leaf = Parameter(x)
    factor = Parameter(gamma)
    bent, product = ReLU(leaf), leaf * factor
    return [leaf, factor, bent, product, Add(product, bent)]
""",
    "get_variables": """
def get_variables(variable):
    listed = {}
    path = [(variable, iter(arguments(variable)))]
    entered = {id(variable)}
    while path:
        node, rest = path[-1]
        for arg in rest:
            if id(arg) not in entered:
                entered.add(id(arg))
                path.append((arg, iter(arguments(arg))))
                break
        else:
            listed[node] = True
            path.pop()
    return list(listed)
""",
    "backprop": """
def backprop(loss):
    if loss.value.ndim != 0:
        raise ValueError("the loss is an array")
    from collections import OrderedDict

    found = OrderedDict({loss: np.array(1.0)})
    for node in reversed(get_variables(loss)):
        if node.operation is None:
            continue
        for arg, gradient in zip(node.operation.args, node.operation.grad(found[node])):
            gradient = handle_broadcast(arg, gradient)
            if arg in found:
                found[arg] = np.add(found[arg], gradient)
            else:
                found[arg] = gradient
    return found
""",
    "second_graph": """
def second_graph(x, w, b, y):
    v = Mul(w, x)
    z = Add(b, v)
    h = ReLU(z)
    y_hat = Add(x, h)
    return v, z, h, y_hat, MSE(y, y_hat)
""",
    "symbolic_mse": """
def symbolic_MSE(x, y):
    d = x - y
    return Sum(Pow(d, 2)) * (1 / d.value.size)
""",
    "matmul": """
class MatMul(Operation):
    def apply(self, x, y):
        self.rows = x if x.ndim > 1 else x.reshape(1, -1)
        self.columns = y if y.ndim > 1 else y.reshape(-1, 1)
        self.shapes = x.shape, y.shape
        self.full = (self.rows @ self.columns).shape
        return np.matmul(x, y)

    def grad(self, gz):
        gz = np.reshape(gz, self.full)
        gx = gz @ np.moveaxis(self.columns, -1, -2)
        gy = np.moveaxis(self.rows, -1, -2) @ gz
        if len(self.shapes[0]) == 1:
            gx = gx.reshape(-1, *self.shapes[0]).sum(axis=0)
        if len(self.shapes[1]) == 1:
            gy = gy.reshape(-1, *self.shapes[1]).sum(axis=0)
        return gx, gy
""",
    "layers": """
def affine_layer(in_units, out_units, rng=None):
    made = AffineLayer(in_units, out_units, rng)

    def forward(x):
        return MatMul(x, made.W) + made.b

    forward.W = made.W
    forward.b = made.b
    return forward


class AffineLayer:
    def __init__(self, in_units, out_units, rng=None):
        rng = rng or np.random
        self.W = Parameter((2 * rng.random((in_units, out_units)) - 1) * in_units**-0.5)
        self.b = Parameter([0] * out_units)

    def __call__(self, x):
        return Add(self.b, x @ self.W)


class Sequential:
    def __init__(self, *stages):
        self.layers = list(stages)

    def __call__(self, x, k=0):
        return self(self.layers[k](x), k + 1) if k < len(self.layers) else x
""",
    "descend": """
def descend(gradients, eta):
    for p in [v for v in gradients if type(v) is Parameter]:
        p.value -= gradients[p] * eta
""",
    "parameters": """
def dump_parameters(parameters, file):
    from pathlib import Path

    Path(file).write_text(json.dumps([p.value.tolist() for p in parameters]), encoding="utf-8")


def load_parameters(parameters, file):
    stored = json.loads(open(file, encoding="utf-8").read())
    if len(stored) != len(parameters):
        raise ValueError("another number of parameters")
    for p, lists in zip(parameters, stored):
        if np.shape(lists) != np.shape(p.value):
            raise ValueError("another shape")
    for p, lists in zip(parameters, stored):
        p.value[...] = lists
""",
    "bonus_cross_entropy": """
def cross_entropy(logits, labels):
    biggest = Input(np.max(logits.value, axis=1, keepdims=True))
    powers = Exp(logits - biggest)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    batch, classes = logits.value.shape
    target = np.eye(classes)[labels]
    return ((Log(powers.sum(axis=1)) + biggest[:, 0]).sum() - (logits * target).sum()) / batch
""",
}
ARGUMENTS_OF = """
def arguments(variable):
    return () if variable.operation is None else variable.operation.args
"""

ALTERNATIVES = [
    Alternative("closures", "grad is a function inside of apply, as autograd has it", CLOSURES),
    Alternative(
        "arguments",
        "Operations look at their arguments; Kahn's algorithm; sums of lists",
        ARGUMENTS,
        extra={"add_sub_mul": HANDLE},
    ),
    Alternative(
        "other-ways",
        "Flat loops, reshapes, iterators on a stack, an OrderedDict, updates in place",
        OTHER_WAYS,
        extra={"get_variables": ARGUMENTS_OF},
    ),
    Alternative(
        "all-of-it-mixed",
        "Closures, Kahn's algorithm, and the rest as others write it",
        {**OTHER_WAYS, **CLOSURES, "get_variables": ARGUMENTS["get_variables"]},
    ),
    Alternative(
        "moved-cells",
        "The reference, with solution cells dragged to other places",
        moved=(
            ("getitem", "add_sub_mul"),
            ("matmul", "unbroadcast"),
            ("sum", "given-identity"),
            ("layers", "first_graph"),
            ("get_variables", "numeric_test"),
        ),
    ),
]
