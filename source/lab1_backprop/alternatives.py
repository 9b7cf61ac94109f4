"""Right solutions of lab 1, written differently: each must earn every point."""

from course.labs import Alternative

PLAIN_LOOPS = {
    "sigmoid_prime": """
def sigmoid_prime(z):
    values = np.asarray(z, dtype=float)
    slopes = np.empty(values.shape)
    for position in np.ndindex(values.shape):
        s = float(sigmoid(values[position]))
        slopes[position] = s - s * s
    return slopes
""",
    "central_difference": """
def central_difference(f, x, eps=1e-5):
    point = np.array(x, dtype=float)
    slopes = []
    for k in range(point.size):
        kept = point.flat[k]
        point.flat[k] = kept + eps
        right = f(point)
        point.flat[k] = kept - eps
        left = f(point)
        point.flat[k] = kept
        slopes.append((right - left) / eps / 2)
    return np.array(slopes).reshape(point.shape)
""",
    "manual_backward": """
def manual_backward(x, w, b, slope=sigmoid_prime):
    n_in, n_out = w.shape
    dx, dw, db = np.zeros((1, n_in)), np.zeros((n_in, n_out)), np.zeros(n_out)
    for j in range(n_out):
        z = b[j]
        for i in range(n_in):
            z = z + x[0, i] * w[i, j]
        dz = slope(z)
        db[j] = dz
        for i in range(n_in):
            dw[i, j] = x[0, i] * dz
            dx[0, i] += w[i, j] * dz
    return dx, dw, db
""",
    "feedforward": """
@add_to(Network)
def feedforward(self, a):
    rows = []
    for row in a:
        for k in range(self.num_layers - 1):
            w, b = self.weights[k], self.biases[k]
            row = np.array([sigmoid(sum(row * w[:, j]) + b[j]) for j in range(len(b))])
        rows.append(row)
    return np.array(rows)
""",
    "cost_derivative": """
@add_to(Network)
def cost(self, output, y):
    total = 0.0
    for said, wanted in zip(output, y):
        for s, t in zip(said, wanted):
            total += (s - t) ** 2 / 2
    return total / len(output)


@add_to(Network)
def cost_derivative(self, output, y):
    result = np.zeros(output.shape)
    for r in range(output.shape[0]):
        for j in range(output.shape[1]):
            result[r, j] = (output[r, j] - y[r, j]) / output.shape[0]
    return result
""",
    "backprop": """
@add_to(Network)
def backprop(self, x, y):
    inputs, slopes, a = [], [], x
    for w, b in zip(self.weights, self.biases):
        inputs.append(a)
        z = a @ w + b
        slopes.append(self.activation_prime(z))
        a = self.activation(z)
    grads_w = [None] * len(self.weights)
    grads_b = [None] * len(self.weights)
    back = self.cost_derivative(a, y)
    k = len(self.weights) - 1
    while k >= 0:
        n_in, n_out = self.weights[k].shape
        delta = [back[0, j] * slopes[k][0, j] for j in range(n_out)]
        grads_w[k] = np.array([[inputs[k][0, i] * d for d in delta] for i in range(n_in)])
        grads_b[k] = np.array(delta)
        back = np.array([[sum(self.weights[k][i] * delta) for i in range(n_in)]])
        k -= 1
    return grads_w, grads_b
""",
    "update_mini_batch": """
@add_to(Network)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    all_gradients = []
    for x, y in zip(x_mini_batch, y_mini_batch):
        all_gradients.append(self.backprop(x.reshape(1, -1), y.reshape(1, -1)))
    for k in range(len(self.weights)):
        for grads_w, grads_b in all_gradients:
            self.weights[k] = self.weights[k] - eta / len(x_mini_batch) * grads_w[k]
            self.biases[k] = self.biases[k] - eta / len(x_mini_batch) * grads_b[k]
""",
    "evaluate": """
@add_to(Network)
def evaluate(self, x_test, y_test):
    right = 0
    for i in range(len(x_test)):
        answer = list(self.feedforward(x_test[i : i + 1])[0])
        if y_test[i][answer.index(max(answer))] == 1:
            right += 1
    return right / len(x_test)
""",
}

EINSUM = {
    "manual_backward": """
def manual_backward(x, w, b, slope=sigmoid_prime):
    dz = slope(np.einsum("ri,ij->rj", x, w) + b)
    return (
        np.einsum("rj,ij->ri", dz, w),
        np.einsum("ri,rj->ij", x, dz),
        np.einsum("rj->j", dz),
    )
""",
    "cost_derivative": """
@add_to(Network)
def cost(self, output, y):
    return np.einsum("rj,rj->", output - y, output - y) / (2 * y.shape[0])


@add_to(Network)
def cost_derivative(self, output, y):
    return np.subtract(output, y) / y.shape[0]
""",
    "backprop": """
@add_to(Network)
def backprop(self, x, y):
    a, trace = x, []
    for w, b in zip(self.weights, self.biases):
        z = np.einsum("ri,ij->rj", a, w) + b
        trace.append((a, z, w))
        a = self.activation(z)
    upstream = self.cost_derivative(a, y)
    grads_w, grads_b = [], []
    for a, z, w in reversed(trace):
        delta = upstream * self.activation_prime(z)
        grads_w.insert(0, np.einsum("ri,rj->ij", a, delta))
        grads_b.insert(0, np.einsum("rj->j", delta))
        upstream = np.einsum("rj,ij->ri", delta, w)
    return tuple(grads_w), tuple(grads_b)
""",
}

FLOAT32 = {
    "sigmoid_prime": """
def sigmoid_prime(z):
    a = sigmoid(np.asarray(z, dtype=np.float32))
    return a * (1 - a)
""",
    "manual_backward": """
def manual_backward(x, w, b, slope=sigmoid_prime):
    x, w, b = (array.astype(np.float32) for array in (x, w, b))
    a = sigmoid(x @ w + b)
    dz = a * (1 - a)
    return [g.astype(np.float64) for g in (dz @ w.T, x.T @ dz, dz.sum(axis=0))]
""",
    "feedforward": """
@add_to(Network)
def feedforward(self, a):
    a = a.astype(np.float32)
    for w, b in zip(self.weights, self.biases):
        a = sigmoid(a @ w.astype(np.float32) + b.astype(np.float32))
    return a
""",
    "backprop": """
@add_to(Network)
def backprop(self, x, y):
    single = np.float32
    a, activations = x.astype(single), [x.astype(single)]
    for w, b in zip(self.weights, self.biases):
        a = sigmoid(a @ w.astype(single) + b.astype(single))
        activations.append(a)
    delta = (a - y.astype(single)) * a * (1 - a)
    grads_w, grads_b = [], []
    for k in range(len(self.weights) - 1, -1, -1):
        a = activations[k]
        grads_w = [(a.T @ delta).astype(float), *grads_w]
        grads_b = [delta.sum(axis=0).astype(float), *grads_b]
        delta = delta @ self.weights[k].astype(single).T * a * (1 - a)
    return grads_w, grads_b
""",
}

OTHER_NAMES = {
    "sigmoid_prime": """
def sigmoid_prime(preactivation):
    return sigmoid(preactivation) * sigmoid(-np.asarray(preactivation))
""",
    "central_difference": """
def central_difference(func, point, eps=1e-5):
    point = np.asarray(point, dtype=float)
    basis = np.eye(point.size).reshape(point.size, *point.shape)
    slopes = [(func(point + eps * e) - func(point - eps * e)) / (2 * eps) for e in basis]
    return np.reshape(slopes, point.shape)
""",
    "manual_backward": """
def manual_backward(inp, weights, bias, steepness=None):
    out = sigmoid(inp @ weights + bias)
    delta = out - out**2
    return delta @ np.transpose(weights), np.outer(inp, delta), delta.reshape(bias.shape)
""",
    "backprop": """
@add_to(Network)
def backprop(self, image, label):
    outs = [image]
    for weight, bias in zip(self.weights, self.biases):
        outs.append(sigmoid(outs[-1] @ weight + bias))
    sigma = (outs[-1] - label) * outs[-1] * (1 - outs[-1])
    nabla = [(np.outer(outs[-2], sigma), np.ravel(sigma))]
    for out, before, weight in zip(outs[-2:0:-1], outs[-3::-1], self.weights[:0:-1]):
        sigma = (sigma @ weight.T) * out * (1 - out)
        nabla.append((np.outer(before, sigma), np.ravel(sigma)))
    nabla.reverse()
    return [n[0] for n in nabla], [n[1] for n in nabla]
""",
    "update_mini_batch": """
def step(network, images, labels, rate):
    pairs = [network.backprop(x[None], y[None]) for x, y in zip(images, labels)]
    for k, (w, b) in enumerate(zip(network.weights, network.biases)):
        w -= rate * np.mean([pair[0][k] for pair in pairs], axis=0)
        b -= rate * np.mean([pair[1][k] for pair in pairs], axis=0)


Network.update_mini_batch = step
""",
    "evaluate": """
def evaluate(self, images, labels):
    guesses = [int(np.argmax(self.feedforward(image))) for image in images]
    return float(np.mean(np.array(guesses) == labels.argmax(-1)))


Network.evaluate = evaluate
""",
}

HELPERS = {
    "feedforward": """
@add_to(Network)
def feedforward(self, a):
    return walk(self, a)[-1][1]
""",
    "backprop": """
@add_to(Network)
def backprop(self, x, y):
    steps = walk(self, x)
    grads_w, grads_b = [], []
    upstream = self.cost_derivative(steps[-1][1], y)
    for (z, _), (_, before), w in zip(steps[:0:-1], steps[-2::-1], self.weights[::-1]):
        (dw, db), upstream = back_one_layer(upstream * self.activation_prime(z), before, w)
        grads_w.append(dw)
        grads_b.append(db)
    return list(reversed(grads_w)), list(reversed(grads_b))
""",
}
WALK = '''
def walk(network, a):
    """Pre-activation and activation of each layer; the input has no pre-activation."""
    steps = [(None, a)]
    for w, b in zip(network.weights, network.biases):
        z = steps[-1][1] @ w + b
        steps.append((z, network.activation(z)))
    return steps
'''
BACK_ONE_LAYER = """
def back_one_layer(delta, before, w):
    return (before.T @ delta, delta[0]), delta @ w.T


print("a helper of my own")
"""

ALTERNATIVES = [
    Alternative("plain-loops", "Loops over every entry, no matrix products back", PLAIN_LOOPS),
    Alternative("einsum", "Every product as an einsum, tuples for lists", EINSUM),
    Alternative("float32-inside", "Computes in float32", FLOAT32),
    Alternative("other-names", "Other names, outer products, an update in place", OTHER_NAMES),
    Alternative(
        "helper-cells",
        "The work is done in functions in cells of the student's own",
        HELPERS,
        extra={"feedforward": WALK, "backprop": BACK_ONE_LAYER},
    ),
    Alternative(
        "moved-cells",
        "The reference, with solution cells dragged to other places",
        moved=(
            ("evaluate", "feedforward"),
            ("update_mini_batch", "feedforward"),
            ("central_difference", "sigmoid_prime"),
        ),
    ),
]
