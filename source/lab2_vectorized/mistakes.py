"""Known wrong solutions of lab 2, each an edit of the reference solution."""

from course.labs import Mistake

FORWARD = "2 · A batch goes forward"
BACK = "3 · A batch comes back"
MEET = "4 · Where the examples meet"
STEP = "5 · One step"
COUNT = "6 · Counting right answers"
EACH = "8 · A gradient for each example"
SHUFFLE = "9 · Shuffled epochs"
BONUS = "10 · Bonus: the length of a gradient that you never made"

WHOLE_DELTAS = """\
    found = []
    grad_a = self.cost_derivative(output, y)
    for k in reversed(range(len(self.weights))):
        delta = grad_a * self.activation_prime(pre_activations[k])
        found.append(delta)
        grad_a = delta @ self.weights[k].T
    return found[::-1]
"""
WHOLE_BACKPROP = """\
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    grads_w = [a.T @ delta for a, delta in zip(activations, found)]
    grads_b = [delta.sum(axis=0) for delta in found]
    return grads_w, grads_b
"""
WHOLE_EACH = """\
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    own = [len(x) * delta for delta in found]  # without the 1/B of the mean
    grads_w = [np.einsum("ri,rj->rij", a, delta) for a, delta in zip(activations, own)]
    return grads_w, own
"""
WHOLE_NORMS = """\
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    squares = 0.0
    for a, delta in zip(activations, found):
        own = len(x) * delta
        # the 1 is for the biases, whose input is always 1
        squares = squares + (np.sum(a * a, axis=1) + 1) * np.sum(own * own, axis=1)
    return np.sqrt(squares)
"""
MEASURED_DELTAS = """\
    def cost(moved, k):
        a = sigmoid(moved)
        for w, b in zip(self.weights[k + 1 :], self.biases[k + 1 :]):
            a = sigmoid(a @ w + b)
        return ((a - y) ** 2).sum(axis=1) / 2 / len(y)

    found = []
    for k, z in enumerate(pre_activations):
        delta = np.zeros(z.shape)
        for j in range(z.shape[1]):
            step = 1e-5 * np.eye(z.shape[1])[j]
            delta[:, j] = (cost(z + step, k) - cost(z - step, k)) / 2e-5
        found.append(delta)
    return found
"""
COMPLEX_STEP = """\
    def cost(weights, biases):
        a = x
        for w, b in zip(weights, biases):
            a = 1 / (1 + np.exp(-(a @ w + b)))
        return ((a - y) ** 2).sum() / 2 / len(x)

    moved = [[p.astype(complex) for p in ps] for ps in (self.weights, self.biases)]
    grads = [[np.zeros(p.shape) for p in ps] for ps in moved]
    for ps, gs in zip(moved, grads):
        for p, g in zip(ps, gs):
            for i in np.ndindex(p.shape):
                p[i] += 1e-30j
                g[i] = cost(*moved).imag / 1e-30
                p[i] = p[i].real
    return grads[0], grads[1]
"""
CENTRAL_DIFFERENCES = """\
    grads = []
    for parameters in (self.weights, self.biases):
        grads.append([np.zeros(p.shape) for p in parameters])
        for k, p in enumerate(parameters):
            for i in np.ndindex(p.shape):
                costs = []
                for eps in (1e-5, -1e-5):
                    parameters[k] = p.copy()
                    parameters[k][i] += eps
                    a = x
                    for w, b in zip(self.weights, self.biases):
                        a = sigmoid(a @ w + b)
                    costs.append(0.5 * ((a - y) ** 2).sum() / len(y))
                grads[-1][k][i] = (costs[0] - costs[1]) / 2e-5
            parameters[k] = p
    return grads[0], grads[1]
"""
COMPLEX_STEP_EACH = (
    COMPLEX_STEP.replace("((a - y) ** 2).sum() / 2 / len(x)", "((a - y) ** 2).sum(axis=1) / 2")
    .replace("np.zeros(p.shape)", "np.zeros((len(x), *p.shape))")
    .replace("g[i] =", "g[(..., *i)] =")
)
COMPLEX_STEP_NORMS = COMPLEX_STEP_EACH.replace(
    "return grads[0], grads[1]",
    "return np.sqrt(sum((g.reshape(len(x), -1) ** 2).sum(axis=1) for g in grads[0] + grads[1]))",
)

MISTAKES = [
    # 1 forward_pass
    Mistake(
        id="bias-per-example",
        exercise="forward_pass",
        title="The biases are added as a column: one per example, not one per unit.",
        hint="Write down the shapes of `a @ w` and of what you add, aligned at the right end. Which "
        "axis of the batch does your bias run along, and to whom does a bias belong?",
        edits=(("z = activations[-1] @ w + b", "z = activations[-1] @ w + b.reshape(-1, 1)"),),
        see=FORWARD,
    ),
    Mistake(
        id="bias-forgotten",
        exercise="forward_pass",
        title="The biases are left out.",
        hint="New networks have biases of zero, so that nobody misses them at first. What does the "
        "formula for z consist of?",
        edits=(("@ w + b", "@ w"),),
        see=FORWARD,
    ),
    Mistake(
        id="input-not-remembered",
        exercise="forward_pass",
        title="The list of activations begins with the first layer's output; x itself is missing.",
        hint="On the way back the first layer's weights need the *input* of the first layer. How "
        "many arrays should each of the two lists hold?",
        edits=(("return activations, pre_activations", "return activations[1:], pre_activations"),),
        see=FORWARD,
    ),
    Mistake(
        id="remembers-activations-twice",
        exercise="forward_pass",
        title="The second list holds activations: z is remembered after the bend, not before it.",
        hint="All entries of an activation lie between 0 and 1. Do those of a pre-activation? At "
        "which moment must z be put away?",
        edits=(
            (
                "pre_activations.append(z)\n        activations.append(self.activation(z))",
                "activations.append(self.activation(z))\n"
                "        pre_activations.append(activations[-1])",
            ),
        ),
        see=FORWARD,
    ),
    Mistake(
        id="own-bend",
        exercise="forward_pass",
        title="The sigmoid is written into the pass, the network is not asked for its bend.",
        hint="What if somebody gives the network another activation: which of your lines would not "
        "hear of it?",
        edits=(("self.activation(z)", "sigmoid(z)"),),
        see=FORWARD,
    ),
    Mistake(
        id="no-bend-at-output",
        exercise="forward_pass",
        title="The last layer is left without its bend.",
        hint="Do the outputs of your network lie between 0 and 1? In this network every layer ends "
        "in the sigmoid, the last one too.",
        edits=(
            (
                "return activations, pre_activations",
                "return [*activations[:-1], z], pre_activations",
            ),
        ),
        see=FORWARD,
    ),
    Mistake(
        id="no-bend-between-layers",
        exercise="forward_pass",
        title="The next layer is fed with z, before the bend; it needs a.",
        hint="Two layers without a bend between them are one layer: (x w) w′ = x (w w′). Which of "
        "your two lists goes into the next product?",
        edits=(
            (
                "z = activations[-1] @ w + b",
                "z = (pre_activations[-1] if pre_activations else x) @ w + b",
            ),
        ),
        see=FORWARD,
    ),
    Mistake(
        id="each-layer-reads-x",
        exercise="forward_pass",
        title="Every layer is fed with x instead of the output of the layer before it.",
        hint="Follow one example through two layers with pencil and paper. What is the second "
        "layer's input?",
        edits=(("activations[-1] @ w", "x @ w"),),
        see=FORWARD,
    ),
    Mistake(
        id="forward-loop",
        exercise="forward_pass",
        title="There is a loop over the examples of the batch.",
        hint="Which of your lines runs once per example? `for`, a comprehension, `map` and `sum` over rows "
        "are loops, too. `@` and `self.activation` take all rows at once.",
        edits=(("activations[-1] @ w + b", "np.array([row @ w + b for row in activations[-1]])"),),
        see=FORWARD,
    ),
    Mistake(
        id="first-parameters-kept",
        exercise="forward_pass",
        title="The network keeps the parameters that it had in its first forward pass.",
        hint="Run a batch, give the network other weights, and run it again: does anything change? "
        "Training replaces the arrays of `self.weights` with each step. When are they read?",
        edits=(
            (
                "    for w, b in zip(self.weights, self.biases):\n",
                '    if not hasattr(self, "layers"):\n'
                "        self.layers = [*zip(self.weights, self.biases)]\n"
                "    for w, b in self.layers:\n",
            ),
        ),
        see=FORWARD,
    ),
    # 2 deltas
    Mistake(
        id="sum-for-mean",
        exercise="deltas",
        title="The division by the batch size is missing.",
        hint="The cost is a mean over the examples. Which of the network's methods already knows "
        "its derivative, with everything that belongs to a mean?",
        edits=(("grad_a = self.cost_derivative(output, y)", "grad_a = output - y"),),
        see=BACK,
    ),
    Mistake(
        id="mean-taken-twice",
        exercise="deltas",
        title="The deltas are divided by the batch size once too often.",
        hint="Read `cost_derivative`. In how many places must the 1/B of the mean stand?",
        edits=(("self.cost_derivative(output, y)", "self.cost_derivative(output, y) / len(y)"),),
        see=BACK,
    ),
    Mistake(
        id="mean-taken-in-each-layer",
        exercise="deltas",
        title="The deltas are divided by the batch size again in every layer.",
        hint="What is right at the end of the list and more and more wrong towards its start, is "
        "done once per layer. Which step of yours has no counterpart in the table?",
        edits=(
            ("grad_a = delta @ self.weights[k].T", "grad_a = delta @ self.weights[k].T / len(y)"),
        ),
        see=BACK,
    ),
    Mistake(
        id="sign-flipped",
        exercise="deltas",
        title="The sign is flipped: this is the gradient of −C.",
        hint="Where the network says too much, more of it makes the cost larger. Which sign must "
        "the derivative have there?",
        edits=(("self.cost_derivative(output, y)", "self.cost_derivative(y, output)"),),
        see=BACK,
    ),
    Mistake(
        id="slope-at-activation",
        exercise="deltas",
        title="The slope is taken at the activation; it belongs to the pre-activation.",
        hint="σ′ is the slope of σ at the point where σ was *evaluated*. Which number went into the "
        "sigmoid, and which one came out?",
        edits=(
            (
                "self.activation_prime(pre_activations[k])",
                "self.activation_prime(self.activation(pre_activations[k]))",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="slope-missing-at-output",
        exercise="deltas",
        title="The output layer's slope is left out.",
        hint="δ is the gradient *before* the bend. Has the output layer a bend in this network?",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k])",
                "        delta = grad_a\n"
                "        if found:\n"
                "            delta = grad_a * self.activation_prime(pre_activations[k])",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="slope-missing-in-hidden",
        exercise="deltas",
        title="Only the output layer's slope is there; those of the hidden layers are left out.",
        hint="The last delta is right, the others are not. Each layer on the way back has two steps "
        "in the table: which one do you do only once?",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k])",
                "        delta = grad_a\n"
                "        if not found:\n"
                "            delta = grad_a * self.activation_prime(pre_activations[k])",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="weights-not-transposed",
        exercise="deltas",
        title="On the way back the weights are not transposed.",
        hint="Forward, w leads from n_in numbers to n_out. What comes back has n_out numbers per "
        "example and must become n_in. When both are the same, NumPy cannot warn you.",
        edits=(("self.weights[k].T", "self.weights[k]"),),
        see=BACK,
    ),
    Mistake(
        id="weights-of-wrong-layer",
        exercise="deltas",
        title="The way back goes through the weights of the layer before.",
        hint="δ of layer k comes back through the weights that led *into* layer k. Which index is "
        "that in your loop?",
        edits=(("delta @ self.weights[k].T", "delta @ self.weights[k - 1].T"),),
        see=BACK,
    ),
    Mistake(
        id="last-layer-first",
        exercise="deltas",
        title="The list runs from the last layer to the first.",
        hint="Which layer do you meet first on the way back, and where does `append` put it?",
        edits=(("return found[::-1]", "return found"),),
        see=BACK,
    ),
    Mistake(
        id="gradient-at-activations",
        exercise="deltas",
        title="These are the gradients at the activations, not at the pre-activations.",
        hint="∂C/∂a and ∂C/∂z differ by one factor. Which of the two do you put into the list?",
        edits=(("found.append(delta)", "found.append(grad_a)"),),
        see=BACK,
    ),
    Mistake(
        id="deltas-loop",
        exercise="deltas",
        title="There is a loop over the examples of the batch.",
        hint="Which of your lines runs once per example? `for`, a comprehension, `map` and `sum` over rows "
        "are loops, too. What does `delta @ w.T` give if delta has B rows?",
        edits=(
            ("delta @ self.weights[k].T", "np.array([self.weights[k] @ row for row in delta])"),
        ),
        see=BACK,
    ),
    Mistake(
        id="deltas-measured",
        exercise="deltas",
        title="The deltas are measured, one unit after the other.",
        hint="The numbers are right. How often does your function go forward for a layer of a thousand "
        "units, and how often back?",
        edits=((WHOLE_DELTAS, MEASURED_DELTAS),),
        see=BACK,
    ),
    Mistake(
        id="deltas-not-returned",
        exercise="deltas",
        title="The deltas are computed and not returned.",
        hint="What does a Python function give that ends without `return`?",
        edits=(("    return found[::-1]", "    found = found[::-1]"),),
        see=BACK,
    ),
    # 3 backprop
    Mistake(
        id="bias-not-summed",
        exercise="backprop",
        title="The gradient of the biases still has one row per example.",
        hint="A gradient has the shape of its parameter. There is one bias per unit, and every "
        "example pulls at it: what becomes of B pulls at one number?",
        edits=(("delta.sum(axis=0) for delta in found", "delta for delta in found"),),
        see=MEET,
    ),
    Mistake(
        id="bias-of-first-example",
        exercise="backprop",
        title="Only the first example of the batch counts for the biases.",
        hint="In Lab 1 the batch had one row, and taking it was the same as adding up all rows. Now "
        "there are more.",
        edits=(("delta.sum(axis=0)", "delta[0]"),),
        see=MEET,
    ),
    Mistake(
        id="bias-summed-over-units",
        exercise="backprop",
        title="The gradient of the biases is summed over the units, not over the examples.",
        hint="`axis` names the axis that disappears. Which one should be left: the examples or the "
        "units? (Where B equals a width, the shape will not tell you.)",
        edits=(("delta.sum(axis=0)", "delta.sum(axis=1)"),),
        see=MEET,
    ),
    Mistake(
        id="bias-averaged",
        exercise="backprop",
        title="The gradient of the biases is averaged over the batch, although it is a mean already.",
        hint="Each row of delta carries a factor 1/B. What is the sum of B such terms? And what did "
        "you do for the weights?",
        edits=(("delta.sum(axis=0)", "delta.mean(axis=0)"),),
        see=MEET,
    ),
    Mistake(
        id="bias-keeps-axis",
        exercise="backprop",
        title="The gradient of the biases is a row (1, n), not a vector (n,).",
        hint="`b` has one axis. What does `keepdims=True` keep?",
        edits=(("delta.sum(axis=0)", "delta.sum(axis=0, keepdims=True)"),),
        see=MEET,
    ),
    Mistake(
        id="weights-transposed",
        exercise="backprop",
        title="The gradient of the weights is transposed: the factors are swapped.",
        hint="∂C/∂w[i, j] is a sum of a[r, i] · δ[r, j]. Which of the two factors has the index "
        "that comes first in the result? In square layers the shape will not tell you.",
        edits=(("a.T @ delta", "delta.T @ a"),),
        see=MEET,
    ),
    Mistake(
        id="output-for-input",
        exercise="backprop",
        title="The weights' gradient is made with the layer's output; it needs the layer's input.",
        hint="w multiplies what comes *into* the layer. Your list of activations begins with x: "
        "which entry is the input of the first layer?",
        edits=(
            ("zip(activations, found)]\n    grads_b", "zip(activations[1:], found)]\n    grads_b"),
        ),
        see=MEET,
    ),
    Mistake(
        id="pre-activation-for-activation",
        exercise="backprop",
        title="The weights' gradient is made with the pre-activation of the layer before.",
        hint="z = a w + b: which of a and z is the factor of w? Only the first layer's gradient is "
        "right, since its input has no bend before it.",
        edits=(
            (
                "zip(activations, found)]\n    grads_b",
                "zip([x, *pre_activations], found)]\n    grads_b",
            ),
        ),
        see=MEET,
    ),
    Mistake(
        id="gradients-divided-again",
        exercise="backprop",
        title="The gradients are divided by the batch size once more.",
        hint="The mean over the batch is part of the cost, and `cost_derivative` has taken it into "
        "account. What do you divide by, then?",
        edits=(
            ("a.T @ delta", "a.T @ delta / len(x)"),
            ("delta.sum(axis=0)", "delta.sum(axis=0) / len(x)"),
        ),
        see=MEET,
    ),
    Mistake(
        id="pair-swapped",
        exercise="backprop",
        title="The two lists are returned in the wrong order.",
        hint="Compare the last line of your function with its docstring.",
        edits=(("return grads_w, grads_b\n", "return grads_b, grads_w\n"),),
        see=MEET,
    ),
    Mistake(
        id="outer-product-loop",
        exercise="backprop",
        title="There is a loop over the examples of the batch.",
        hint="It is right, and slow. Which of your lines runs once per example? Write that sum with "
        "indices: for the weights it is a matrix product, for the biases a sum over an axis.",
        edits=(
            (
                "a.T @ delta for a, delta in zip(activations, found)",
                "sum(np.outer(u, v) for u, v in zip(a, delta)) for a, delta in zip(activations, found)",
            ),
        ),
        see=MEET,
    ),
    Mistake(
        id="pre-activation-for-output",
        exercise="backprop",
        title="The deltas are asked with the last pre-activation in place of the network's output.",
        hint="The cost compares y with what the network *says*. At which end of which list does "
        "that stand?",
        edits=(("activations[-1], y)", "pre_activations[-1], y)"),),
        see=MEET,
    ),
    Mistake(
        id="first-batch-kept",
        exercise="backprop",
        title="The forward pass of the first batch is used for the next batches, too.",
        hint="The first answer of a network is right, the next ones are not. A forward pass belongs "
        "to one x and to the weights of the moment: when is yours made anew?",
        edits=(
            (
                "    activations, pre_activations = self.forward_pass(x)\n",
                '    if not hasattr(self, "seen") or len(self.seen[0][0]) != len(x):\n'
                "        self.seen = self.forward_pass(x)\n"
                "    activations, pre_activations = self.seen\n",
            ),
        ),
        see=MEET,
    ),
    Mistake(
        id="gradients-measured-by-complex-step",
        exercise="backprop",
        title="The gradients are measured, one parameter after the other, with imaginary steps.",
        hint="The numbers are right. How often does your function go forward for a network of 23,860 "
        "parameters, and how often does backpropagation?",
        edits=((WHOLE_BACKPROP, COMPLEX_STEP),),
        see=MEET,
    ),
    Mistake(
        id="gradients-measured-by-differences",
        exercise="backprop",
        title="The gradients are measured, one parameter after the other, by central differences.",
        hint="The numbers are right. How often does your function go forward for a network of 23,860 "
        "parameters, and how often does backpropagation?",
        edits=((WHOLE_BACKPROP, CENTRAL_DIFFERENCES),),
        see=MEET,
    ),
    # 4 update_mini_batch
    Mistake(
        id="uphill",
        exercise="update_mini_batch",
        title="The step goes uphill: the gradient is added.",
        hint="The gradient points to where the cost grows. Where do you want to go?",
        edits=(("w - eta * grad", "w + eta * grad"), ("b - eta * grad", "b + eta * grad")),
        see=STEP,
    ),
    Mistake(
        id="step-divided-by-batch",
        exercise="update_mini_batch",
        title="The step is divided by the batch size, although the gradient is a mean already.",
        hint="The loop of Lab 1 had a *sum* of gradients in its hands. What does your `backprop` "
        "return?",
        edits=(
            ("w - eta * grad", "w - eta / len(x_mini_batch) * grad"),
            ("b - eta * grad", "b - eta / len(x_mini_batch) * grad"),
        ),
        see=STEP,
    ),
    Mistake(
        id="biases-not-updated",
        exercise="update_mini_batch",
        title="The biases stay as they are.",
        hint="How many kinds of parameters does the network have, and how many of them change?",
        edits=(
            ("self.biases = [b - eta * grad for b, grad in zip(self.biases, grads_b)]", "pass"),
        ),
        see=STEP,
    ),
    Mistake(
        id="learning-rate-ignored",
        exercise="update_mini_batch",
        title="The learning rate does not appear in the step.",
        hint="What would change in your function if eta were ten times smaller?",
        edits=(("w - eta * grad", "w - grad"), ("b - eta * grad", "b - grad")),
        see=STEP,
    ),
    Mistake(
        id="backprop-per-example",
        exercise="update_mini_batch",
        title="backprop is asked for each example; that is the loop of Lab 1.",
        hint="`backprop` takes whole batches now, and returns their mean. How often must it be "
        "asked?",
        edits=(
            (
                "    grads_w, grads_b = self.backprop(x_mini_batch, y_mini_batch)\n",
                "    size = len(x_mini_batch)\n"
                "    pairs = [\n"
                "        self.backprop(x_mini_batch[r : r + 1], y_mini_batch[r : r + 1])\n"
                "        for r in range(size)\n"
                "    ]\n"
                "    grads_w = [sum(grads) / size for grads in zip(*(pair[0] for pair in pairs))]\n"
                "    grads_b = [sum(grads) / size for grads in zip(*(pair[1] for pair in pairs))]\n",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="backprop-asked-twice",
        exercise="update_mini_batch",
        title="backprop is asked twice, once for the weights and once for the biases.",
        hint="The second time the weights have already moved, so it is another network's gradient; "
        "and it costs as much as the first. One call returns both lists.",
        edits=(
            (
                "grads_w, grads_b = self.backprop(x_mini_batch, y_mini_batch)\n",
                "grads_w, _ = self.backprop(x_mini_batch, y_mini_batch)\n",
            ),
            (
                "    self.biases = [b",
                "    _, grads_b = self.backprop(x_mini_batch, y_mini_batch)\n    self.biases = [b",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-lost",
        exercise="update_mini_batch",
        title="The step is computed and given up: the network keeps its old parameters.",
        hint="A plain name on the left of `=` is a name of your function's own, gone when it ends. "
        "What must stand on the left so that the network remembers?",
        edits=(("self.weights = [w", "weights = [w"), ("self.biases = [b", "biases = [b")),
        see=STEP,
    ),
    Mistake(
        id="gradients-cut-off",
        exercise="update_mini_batch",
        title="Entries of the gradient that are larger than 5 are cut off.",
        hint="Your network learns all the same, but does it take the step of the formula where the "
        "gradient is steep?",
        edits=(
            ("w - eta * grad", "w - eta * np.clip(grad, -5, 5)"),
            ("b - eta * grad", "b - eta * np.clip(grad, -5, 5)"),
        ),
        see=STEP,
    ),
    Mistake(
        id="parameters-returned",
        exercise="update_mini_batch",
        title="The new parameters are returned, too; the function was to return nothing.",
        hint="Where does a caller look for what the step did? Read the last line of the docstring.",
        edits=(
            (
                "grad in zip(self.biases, grads_b)]\n",
                "grad in zip(self.biases, grads_b)]\n    return self.weights, self.biases\n",
            ),
        ),
        see=STEP,
    ),
    # 5 evaluate
    Mistake(
        id="argmax-of-everything",
        exercise="evaluate",
        title="`np.argmax` without an axis looks for one place in the whole array.",
        hint="How many answers should there be for B examples, and how many does your `argmax` "
        "give?",
        edits=(
            ("np.argmax(self.feedforward(x_test), axis=1)", "np.argmax(self.feedforward(x_test))"),
            ("np.argmax(y_test, axis=1)", "np.argmax(y_test)"),
        ),
        see=COUNT,
    ),
    Mistake(
        id="argmax-over-examples",
        exercise="evaluate",
        title="The largest entry is looked for among the examples, not among the classes.",
        hint="`axis` names the axis that is searched, and that disappears. Where do the classes "
        "lie in an array (B, n_classes)?",
        edits=(
            (
                "np.argmax(self.feedforward(x_test), axis=1)",
                "np.argmax(self.feedforward(x_test), axis=0)",
            ),
            ("np.argmax(y_test, axis=1)", "np.argmax(y_test, axis=0)"),
        ),
        see=COUNT,
    ),
    Mistake(
        id="count-for-fraction",
        exercise="evaluate",
        title="This is the number of right answers, not their fraction.",
        hint="An accuracy lies between 0 and 1, whatever the number of examples.",
        edits=(("np.mean(", "np.sum("),),
        see=COUNT,
    ),
    Mistake(
        id="errors-counted",
        exercise="evaluate",
        title="This is the fraction of wrong answers.",
        hint="What should a perfect network get?",
        edits=(("answers == np.argmax", "answers != np.argmax"),),
        see=COUNT,
    ),
    Mistake(
        id="divided-by-classes",
        exercise="evaluate",
        title="The number of right answers is divided by the number of classes.",
        hint="y_test has two axes. Along which of them lie the things that you count?",
        edits=(
            (
                "return np.mean(answers == np.argmax(y_test, axis=1))",
                "return np.sum(answers == np.argmax(y_test, axis=1)) / y_test.shape[1]",
            ),
        ),
        see=COUNT,
    ),
    Mistake(
        id="percent-for-fraction",
        exercise="evaluate",
        title="The accuracy is given in per cent.",
        hint="What should a perfect network get: 1 or 100?",
        edits=(
            (
                "np.mean(answers == np.argmax(y_test, axis=1))",
                "100 * np.mean(answers == np.argmax(y_test, axis=1))",
            ),
        ),
        see=COUNT,
    ),
    Mistake(
        id="entries-compared",
        exercise="evaluate",
        title="Single entries are compared with y, not the answers with the labels.",
        hint='With ten classes, what does a network get that says "no" to everything? How many '
        "answers should there be per example?",
        edits=(
            (
                "answers = np.argmax(self.feedforward(x_test), axis=1)",
                "answers = self.feedforward(x_test) > 0.5",
            ),
            ("answers == np.argmax(y_test, axis=1)", "answers == (y_test > 0.5)"),
        ),
        see=COUNT,
    ),
    Mistake(
        id="evaluate-loop",
        exercise="evaluate",
        title="There is a loop over the examples.",
        hint="Which of your lines runs once per example? `feedforward` and `np.argmax` take a whole "
        "batch, and so do `==` and `np.mean`. What must you tell `argmax` for one answer per row?",
        edits=(
            (
                "answers = np.argmax(self.feedforward(x_test), axis=1)",
                "answers = np.array([np.argmax(self.feedforward(row[None])) for row in x_test])",
            ),
        ),
        see=COUNT,
    ),
    # 6 per_example_gradients
    Mistake(
        id="share-of-the-mean",
        exercise="per_example_gradients",
        title="Each entry is the example's share of the mean, B times smaller than its own gradient.",
        hint="Add up your entries over the batch: is that backprop's gradient? It is their *mean* "
        "that should be. Where in the deltas does the batch size hide?",
        edits=(("[len(x) * delta for delta in found]", "[1 * delta for delta in found]"),),
        see=EACH,
    ),
    Mistake(
        id="batch-summed-away",
        exercise="per_example_gradients",
        title="The batch axis is summed over: this is one gradient for all.",
        hint="einsum sums over every index that the result does not name. Which one must survive?",
        edits=(('"ri,rj->rij"', '"ri,rj->ij"'),),
        see=EACH,
    ),
    Mistake(
        id="each-gradient-transposed",
        exercise="per_example_gradients",
        title="Each example's weight gradient is transposed.",
        hint="The result's axes come in the order in which they stand behind the arrow. Which shape "
        "has w?",
        edits=(('"ri,rj->rij"', '"ri,rj->rji"'),),
        see=EACH,
    ),
    Mistake(
        id="all-pairs",
        exercise="per_example_gradients",
        title="Each example's input is paired with the deltas of all examples, added up.",
        hint="Two different letters for the batch axis make einsum combine every example with every "
        "other. How do you say that both factors belong to the same one?",
        edits=(('"ri,rj->rij"', '"ri,sj->rij"'),),
        see=EACH,
    ),
    Mistake(
        id="biases-summed",
        exercise="per_example_gradients",
        title="The gradients of the biases are summed over the batch.",
        hint="For the weights you kept the examples apart. What is one example's gradient for the "
        "biases?",
        edits=(("return grads_w, own", "return grads_w, [delta.sum(axis=0) for delta in own]"),),
        see=EACH,
    ),
    Mistake(
        id="biases-share-of-the-mean",
        exercise="per_example_gradients",
        title="The weights' gradients are each example's own, those of the biases B times smaller.",
        hint="Which deltas did you use for the weights, and which for the biases?",
        edits=(("return grads_w, own", "return grads_w, found"),),
        see=EACH,
    ),
    Mistake(
        id="each-example-loop",
        exercise="per_example_gradients",
        title="There is a loop over the examples of the batch.",
        hint="Which of your lines runs once per example? Write down the result's entry [r, i, j] as a "
        "product of two numbers with indices. einsum takes that line as it is.",
        edits=(
            (
                'np.einsum("ri,rj->rij", a, delta) for a',
                "np.array([np.outer(u, v) for u, v in zip(a, delta)]) for a",
            ),
        ),
        see=EACH,
    ),
    Mistake(
        id="each-with-output",
        exercise="per_example_gradients",
        title="The weights' gradients are made with each layer's output; they need its input.",
        hint="Compare with your `backprop`: which activations belong to which deltas?",
        edits=(("zip(activations, own)", "zip(activations[1:], own)"),),
        see=EACH,
    ),
    Mistake(
        id="each-measured",
        exercise="per_example_gradients",
        title="The gradients are measured, one parameter after the other.",
        hint="The numbers are right. How often does your function go forward for a network of 23,860 "
        "parameters, and how often does backpropagation?",
        edits=((WHOLE_EACH, COMPLEX_STEP_EACH),),
        see=EACH,
    ),
    # 7 minibatches
    Mistake(
        id="not-shuffled",
        exercise="minibatches",
        title="The examples come in the order in which they lie in the array.",
        hint="What happens to a network that sees all zeros first and all nines last?",
        edits=(("rng.permutation(len(x))", "np.arange(len(x))"),),
        see=SHUFFLE,
    ),
    Mistake(
        id="rotated",
        exercise="minibatches",
        title="The examples keep their order, only the place at which the epoch begins is random.",
        hint="If the data are sorted by class, what does each of your mini-batches consist of? Who "
        "comes after example 7, in one epoch and in the next?",
        edits=(
            (
                "rng.permutation(len(x))",
                "np.roll(np.arange(len(x)), rng.integers(1, max(len(x), 2)))",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="last-batch-lost",
        exercise="minibatches",
        title="The examples that do not fill a whole mini-batch are thrown away.",
        hint="Count the examples in your mini-batches when N is not a multiple of the batch size. "
        "An epoch shows each of them once.",
        edits=(
            (
                "range(0, len(x), mini_batch_size)",
                "range(0, len(x) - mini_batch_size + 1, mini_batch_size)",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="with-replacement",
        exercise="minibatches",
        title="Examples are drawn with replacement: some come several times, others never.",
        hint="Throw a die six times: do you see each face once? You want a random *order* of all "
        "examples.",
        edits=(("rng.permutation(len(x))", "rng.integers(0, len(x), size=len(x))"),),
        see=SHUFFLE,
    ),
    Mistake(
        id="shuffled-apart",
        exercise="minibatches",
        title="x and y are shuffled differently: images and labels no longer belong together.",
        hint="Each call of the generator gives another order. How many orders does one epoch need?",
        edits=(
            ("    batches = []\n", "    other = rng.permutation(len(x))\n    batches = []\n"),
            (
                "        batches.append((x[rows], y[rows]))",
                "        fellows = other[start : start + mini_batch_size]\n"
                "        batches.append((x[rows], y[fellows]))",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="labels-not-shuffled",
        exercise="minibatches",
        title="Only x is shuffled, y keeps its order.",
        hint="Whatever moves an image must move its label along. Which positions do you take from "
        "y?",
        edits=(("y[rows]", "y[start : start + mini_batch_size]"),),
        see=SHUFFLE,
    ),
    Mistake(
        id="whole-batches-shuffled",
        exercise="minibatches",
        title="Ready-made mini-batches are put into a random order; who shares one never changes.",
        hint="If the data are sorted by class, what does each of your mini-batches consist of? "
        "Shuffle first, then cut.",
        edits=(
            (
                "    order = rng.permutation(len(x))\n",
                "    order = np.arange(len(x))\n"
                "    starts = mini_batch_size * rng.permutation(-(-len(x) // mini_batch_size))\n"
                "    last = starts[np.argmax(starts)]\n"
                "    starts = [s for s in starts if s != last] + [last]\n",
            ),
            ("range(0, len(x), mini_batch_size)", "starts"),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="equal-shares",
        exercise="minibatches",
        title="The examples are shared out evenly: several mini-batches are smaller than asked for.",
        hint="Only the *last* mini-batch may be shorter. What does `np.array_split` do when the "
        "division leaves a rest?",
        edits=(
            (
                "for start in range(0, len(x), mini_batch_size):",
                "for rows in np.array_split(order, -(-len(x) // mini_batch_size)):",
            ),
            ("        rows = order[start : start + mini_batch_size]\n", ""),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="own-generator",
        exercise="minibatches",
        title="A generator with a fixed seed is made inside: every epoch has the same order.",
        hint="A generator moves on with each draw. What does one give that is made anew, with the "
        "same seed, in each call?",
        edits=(("rng.permutation", "np.random.default_rng(0).permutation"),),
        see=SHUFFLE,
    ),
    Mistake(
        id="global-generator",
        exercise="minibatches",
        title="The order comes from NumPy's global generator, not from `rng`.",
        hint="Give your function twice the same generator in the same state. Do you get the same "
        "mini-batches? Nobody could repeat your experiment.",
        edits=(("rng.permutation", "np.random.permutation"),),
        see=SHUFFLE,
    ),
    Mistake(
        id="shuffled-in-place",
        exercise="minibatches",
        title="The caller's own arrays are shuffled, in place.",
        hint="What will the caller find in x and y after the epoch? Leave the arrays alone, and "
        "pick rows from them in a shuffled order.",
        edits=(
            (
                "    batches = []\n",
                "    x[...], y[...] = x[order], y[order]\n"
                "    order = np.arange(len(x))\n"
                "    batches = []\n",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="only-some-swapped",
        exercise="minibatches",
        title="Only some examples change places, most stay where they were.",
        hint="Each of your swaps moves two examples. How many examples have you, and how many swaps?",
        edits=(
            (
                "    order = rng.permutation(len(x))\n",
                "    order = np.arange(len(x))\n    for _ in range(3):\n"
                "        some = rng.integers(0, len(x), 2)\n"
                "        order[some] = order[some[::-1]]\n",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="halves-shuffled-apart",
        exercise="minibatches",
        title="Each half of the examples is shuffled alone, none ever comes to the other half.",
        hint="If the data are sorted by class, which digits does the first half of your epoch show? "
        "Every example may come at every place.",
        edits=(
            (
                "    order = rng.permutation(len(x))\n",
                "    half = len(x) // 2\n"
                "    order = np.arange(len(x))\n"
                "    order[:half] = rng.permutation(order[:half])\n"
                "    order[half:] = rng.permutation(order[half:])\n",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="shuffle-buffer",
        exercise="minibatches",
        title="The examples are drawn from a buffer of ten: each goes to a place near its old one.",
        hint="If the data are sorted by class, which digits does the beginning of your epoch show? How many "
        "examples must a buffer hold?",
        edits=(
            (
                "    order = rng.permutation(len(x))\n",
                "    pool, order = [], []\n    for i in range(len(x)):\n        pool.append(i)\n"
                "        if len(pool) == 10:\n"
                "            order.append(pool.pop(rng.integers(len(pool))))\n"
                "    while pool:\n        order.append(pool.pop(rng.integers(len(pool))))\n",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="shuffled-among-neighbours",
        exercise="minibatches",
        title="Each example only changes places with its neighbours.",
        hint="If the data are sorted by class, which digits does the beginning of your epoch show? Every "
        "example may come at every place.",
        edits=(
            (
                "rng.permutation(len(x))",
                "np.argsort(np.arange(len(x)) + rng.uniform(0, 8, len(x)))",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="rows-one-by-one",
        exercise="minibatches",
        title="A loop picks the rows of a mini-batch one after the other.",
        hint="`x[3]` is one row. What does `x` give if it is indexed with an array of positions?",
        edits=(
            (
                "batches.append((x[rows], y[rows]))",
                "batches.append((np.array([x[i] for i in rows]), np.array([y[i] for i in rows])))",
            ),
        ),
        see=SHUFFLE,
    ),
    Mistake(
        id="lists-of-rows",
        exercise="minibatches",
        title="The mini-batches are lists of rows, not arrays.",
        hint="`x[3]` is one row. What does `x` give if it is indexed with an array of positions?",
        edits=(
            (
                "batches.append((x[rows], y[rows]))",
                "batches.append(([x[i] for i in rows], [y[i] for i in rows]))",
            ),
        ),
        see=SHUFFLE,
    ),
    # bonus
    Mistake(
        id="biases-without-length",
        exercise="bonus_gradient_norms",
        title="The biases' part of the gradient is left out.",
        hint="The gradient for the biases is the delta itself, an outer product with the number 1. "
        "What does that add to the sum of squares?",
        edits=(("(np.sum(a * a, axis=1) + 1)", "np.sum(a * a, axis=1)"),),
        see=BONUS,
    ),
    Mistake(
        id="length-of-the-share",
        exercise="bonus_gradient_norms",
        title="These are the lengths of the examples' shares of the mean, B times too short.",
        hint="Which deltas belong to an example's own cost?",
        edits=(("own = len(x) * delta", "own = delta"),),
        see=BONUS,
    ),
    Mistake(
        id="squared-length",
        exercise="bonus_gradient_norms",
        title="These are the squares of the lengths.",
        hint="The length of (3, 4) is 5, not 25.",
        edits=(("return np.sqrt(squares)", "return squares"),),
        see=BONUS,
    ),
    Mistake(
        id="lengths-added",
        exercise="bonus_gradient_norms",
        title="The lengths of the layers' gradients are added up, not their squares.",
        hint="Pythagoras: how long is a vector whose two parts have the lengths 3 and 4?",
        edits=(
            (
                "squares + (np.sum(a * a, axis=1) + 1) * np.sum(own * own, axis=1)",
                "squares + np.sqrt((np.sum(a * a, axis=1) + 1) * np.sum(own * own, axis=1))",
            ),
            ("return np.sqrt(squares)", "return squares"),
        ),
        see=BONUS,
    ),
    Mistake(
        id="full-gradients-made",
        exercise="bonus_gradient_norms",
        title="The full gradients of all examples are made after all, and then measured.",
        hint="The lengths are right, but the memory is used up. Which two short vectors is each "
        "matrix the product of, and what are their lengths?",
        edits=(
            (
                "np.sum(a * a, axis=1) + 1) * np.sum(own * own, axis=1)",
                'np.sum(np.einsum("ri,rj->rij", a, own) ** 2, axis=(1, 2))) '
                "+ np.sum(own * own, axis=1)",
            ),
        ),
        see=BONUS,
    ),
    Mistake(
        id="squares-cut-off",
        exercise="bonus_gradient_norms",
        title="With whole x, the squares are cut off to whole numbers.",
        hint="`np.zeros_like(x[:, 0])` has the shape of a column of x, and what else of it? What is "
        "left of 0.25 when it is put into an array of integers?",
        edits=(
            ("squares = 0.0", "squares = np.zeros_like(x[:, 0])"),
            ("squares = squares +", "squares[:] = squares +"),
        ),
        see=BONUS,
    ),
    Mistake(
        id="norms-measured",
        exercise="bonus_gradient_norms",
        title="The gradients are measured, one parameter after the other.",
        hint="The numbers are right. How often does your function go forward for a network of 23,860 "
        "parameters, and how often does backpropagation?",
        edits=((WHOLE_NORMS, COMPLEX_STEP_NORMS),),
        see=BONUS,
    ),
    Mistake(
        id="every-pair-multiplied",
        exercise="bonus_gradient_norms",
        title="Every example is multiplied with every other, and only the diagonal is used.",
        hint="For 12,000 digits your array has 144 million entries. Which of them do you need?",
        edits=(
            (
                "(np.sum(a * a, axis=1) + 1) * np.sum(own * own, axis=1)",
                "(np.diag(a @ a.T) + 1) * np.diag(own @ own.T)",
            ),
        ),
        see=BONUS,
    ),
]
