"""Known wrong solutions of lab 1, each an edit of the reference solution."""

from course.labs import Mistake

SIGMOID = "1 · The slope of the sigmoid"
MEASURE = "2 · Measuring a slope"
LAYER = "3 · Back through one layer"
NETWORK = "4 · A network"
COST = "5 · How wrong is it?"
BACKPROP = "6 · Backpropagation"
STEP = "7 · One step downhill"
COUNT = "8 · Counting right answers"

WHOLE_BACKPROP = """\
    # forward: remember the input of each layer and its pre-activation
    activations, pre_activations = [x], []
    for w, b in zip(self.weights, self.biases):
        z = activations[-1] @ w + b
        pre_activations.append(z)
        activations.append(self.activation(z))

    # backward: from the last layer to the first
    grads_w, grads_b = [], []
    grad_a = self.cost_derivative(activations[-1], y)
    for k in reversed(range(len(self.weights))):
        delta = grad_a * self.activation_prime(pre_activations[k])
        grads_w.append(activations[k].T @ delta)
        grads_b.append(delta[0])
        grad_a = delta @ self.weights[k].T
    return grads_w[::-1], grads_b[::-1]
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
    def slope_of(ps, k):
        def f(p):
            kept, ps[k] = ps[k], p
            try:
                return ((self.feedforward(x) - y) ** 2).sum() / 2
            finally:
                ps[k] = kept

        return central_difference(f, ps[k], 1e-4)

    return tuple([slope_of(ps, k) for k in range(len(ps))] for ps in (self.weights, self.biases))
"""

MISTAKES = [
    # 1 sigmoid_prime
    Mistake(
        id="slope-of-z-itself",
        exercise="sigmoid_prime",
        title="The formula value · (1 − value) is applied to z, not to the sigmoid's value.",
        hint="What does your function give at z = 0, where the curve is steepest? Which of the two "
        "numbers, z or σ(z), lies between 0 and 1?",
        edits=(("return a * (1 - a)", "return z * (1 - z)"),),
        see=SIGMOID,
    ),
    Mistake(
        id="slope-of-tanh",
        exercise="sigmoid_prime",
        title="This is the derivative of tanh, written with the sigmoid.",
        hint="Far to the right σ(z) is 1 and the curve is flat. Far to the left it is flat as "
        "well: what does your formula say there, where σ(z) is 0?",
        edits=(("return a * (1 - a)", "return 1 - a**2"),),
        see=SIGMOID,
    ),
    Mistake(
        id="slope-overflows",
        exercise="sigmoid_prime",
        title="The slope is nan for very negative z.",
        hint="Put z = −800 into your formula, step by step. How large is e^800 in floating point, "
        "and what is infinity divided by infinity? One of the two forms of the derivative never "
        "meets a large number.",
        edits=(
            ("    a = sigmoid(z)\n", ""),
            ("return a * (1 - a)", "return np.exp(-z) / (1 + np.exp(-z)) ** 2"),
        ),
        see=SIGMOID,
    ),
    Mistake(
        id="one-factor-missing",
        exercise="sigmoid_prime",
        title="One of the two factors of the slope is missing.",
        hint="Far to the left the curve is flat, but your slope is nearly 1 there. The derivative "
        "is a product of two numbers: which one goes to 0 on the left, and which on the right?",
        edits=(("return a * (1 - a)", "return 1 - a"),),
        see=SIGMOID,
    ),
    Mistake(
        id="value-for-slope",
        exercise="sigmoid_prime",
        title="This is the value of the sigmoid, not its slope.",
        hint="Far to the right the curve is flat. What does your function give there?",
        edits=(("return a * (1 - a)", "return a"),),
        see=SIGMOID,
    ),
    # 2 central_difference
    Mistake(
        id="forward-difference",
        exercise="central_difference",
        title="This is a forward difference: it steps to one side only.",
        hint="Try it on x**3 at 2 with eps = 0.1: do you get 12.61 or 12.01? To which of the two "
        "sides of x does the function have to be asked as well?",
        edits=(("(f(x + step) - f(x - step)) / (2 * eps)", "(f(x + step) - f(x)) / eps"),),
        see=MEASURE,
    ),
    Mistake(
        id="eps-not-doubled",
        exercise="central_difference",
        title="The difference is divided by eps, but the two points are further apart than that.",
        hint="A slope is rise over run. How far is it from x − eps to x + eps?",
        edits=(("/ (2 * eps)", "/ eps"),),
        see=MEASURE,
    ),
    Mistake(
        id="steps-pile-up",
        exercise="central_difference",
        title="The step of one entry is still there when the next entry gets its turn.",
        hint="Write down, for an x of three entries, which entries differ from x in the first, the "
        "second and the third evaluation. Only one should, each time.",
        edits=(
            (
                "    gradient = np.zeros_like(x)\n",
                "    gradient = np.zeros_like(x)\n    step = np.zeros_like(x)\n",
            ),
            ("        step = np.zeros_like(x)\n", ""),
        ),
        see=MEASURE,
    ),
    Mistake(
        id="x-moved-for-good",
        exercise="central_difference",
        title="x itself is moved and not put back.",
        hint="After your function has run, is x still what the caller handed in? And at which "
        "point is the second slope measured, if the first entry has not been put back?",
        edits=(
            (
                "step = np.zeros_like(x)\n        step[i] = eps\n"
                "        gradient[i] = (f(x + step) - f(x - step)) / (2 * eps)",
                "x[i] += eps\n        above = f(x)\n        x[i] -= 2 * eps\n"
                "        gradient[i] = (above - f(x)) / (2 * eps)",
            ),
        ),
        see=MEASURE,
    ),
    Mistake(
        id="integers-cut-off",
        exercise="central_difference",
        title="With an x of integers, the step and the result are cut off to integers, too.",
        hint="`np.zeros_like(x)` has the shape of x, and what else of it? What is left of 0.00001 "
        "when it is stored as an integer?",
        edits=(("x = np.asarray(x, dtype=float)", "x = np.asarray(x)"),),
        see=MEASURE,
    ),
    Mistake(
        id="length-of-x-asked",
        exercise="central_difference",
        title="The code asks how many rows x has, and an x without axes, one number, has none.",
        hint="`x` may have any shape, `()` too. What does `len(x)` say then, and what `x.size`?",
        edits=(
            (
                "    gradient = np.zeros_like(x)\n",
                "    if len(x) == 0:\n        return x\n    gradient = np.zeros_like(x)\n",
            ),
        ),
        see=MEASURE,
    ),
    Mistake(
        id="rows-for-entries",
        exercise="central_difference",
        title="Whole rows are moved at once; only for one-dimensional x is a row one entry.",
        hint="If x has two dimensions, what is x[0]? The slope of one entry needs all the others "
        "to hold still. How does one visit every position of an array of any shape?",
        edits=(("np.ndindex(x.shape)", "range(len(x))"),),
        see=MEASURE,
    ),
    Mistake(
        id="all-entries-at-once",
        exercise="central_difference",
        title="All entries are moved together, so every slope is the sum of all slopes.",
        hint="All entries of your gradient are the same. If everything is moved at once, can one "
        "still tell which entry made f change?",
        edits=(("step[i] = eps", "step[...] = eps"),),
        see=MEASURE,
    ),
    Mistake(
        id="only-the-first-entry",
        exercise="central_difference",
        title="The function returns after the first entry.",
        hint="All entries of your gradient but one are zero. At which indentation does `return` "
        "stand, and how often does the loop run?",
        edits=(("    return gradient", "        return gradient"),),
        see=MEASURE,
    ),
    # 3 manual_backward
    Mistake(
        id="layer-slope-at-activation",
        exercise="manual_backward",
        title="σ′ is taken at the activation a, not at the pre-activation z.",
        hint="The chain rule takes the slope of σ at the point that went *into* it. Which variable "
        "went into the sigmoid?",
        edits=(("dz = slope(z)", "dz = slope(sigmoid(z))"),),
        see=LAYER,
    ),
    Mistake(
        id="layer-slope-missing",
        exercise="manual_backward",
        title="The gradient goes around the sigmoid: the factor σ′(z) is missing.",
        hint="Your gradients are those of the loss (x @ w + b).sum(). What lies between z and the "
        "loss, and how steep is it?",
        edits=(("dz = slope(z)", "dz = np.ones_like(z)"),),
        see=LAYER,
    ),
    Mistake(
        id="layer-value-for-slope",
        exercise="manual_backward",
        title="The sigmoid's value stands where its slope belongs.",
        hint="At z = 0 the value is 1/2. What is the slope there?",
        edits=(("dz = slope(z)", "dz = sigmoid(z)"),),
        see=LAYER,
    ),
    Mistake(
        id="dw-transposed",
        exercise="manual_backward",
        title="dw is transposed: its rows belong to the outputs.",
        hint="dw[i, j] is input i times dz of output j. Which index counts the rows of w? A square "
        "w does not show the difference; try n_in = 3 and n_out = 2.",
        edits=(("x.T @ dz", "dz.T @ x"),),
        see=LAYER,
    ),
    Mistake(
        id="w-not-transposed",
        exercise="manual_backward",
        title="dz is multiplied by w where its transpose belongs.",
        hint="dx[i] sums over the outputs j: dz[j] · w[i, j]. Is j the row or the column of w, and "
        "which of the two does a matrix product sum over?",
        edits=(("dz @ w.T", "dz @ w"),),
        see=LAYER,
    ),
    Mistake(
        id="layer-bias-left-out",
        exercise="manual_backward",
        title="The bias is left out of z, so the slope is taken at the wrong place.",
        hint="db is a gradient with respect to b. But does the value of b play any part in your "
        "computation?",
        edits=(("z = x @ w + b", "z = x @ w"),),
        see=LAYER,
    ),
    Mistake(
        id="db-left-as-row",
        exercise="manual_backward",
        title="db is a matrix of one row, but b is a vector.",
        hint="The values are right. A gradient has the shape of the thing it is the gradient of: "
        "what is b.shape?",
        edits=(("dz[0]", "dz"),),
        see=LAYER,
    ),
    Mistake(
        id="whole-numbers-cut-off",
        exercise="manual_backward",
        title="With whole w and b, their gradients are cut off to whole numbers, too.",
        hint="`np.zeros_like(w)` has the shape of w, and what else of it? What is left of 0.25 when "
        "it is put into an array of integers?",
        edits=(
            ("dw = x.T @ dz", "dw, db = np.zeros_like(w), np.zeros_like(b)\n    dw[:] = x.T @ dz"),
            ("db = dz[0]", "db[:] = dz[0]"),
        ),
        see=LAYER,
    ),
    # 4 feedforward
    Mistake(
        id="network-bias-left-out",
        exercise="feedforward",
        title="The biases are left out.",
        hint="What does a layer say if its input is all zeros? With your code, always 1/2.",
        edits=(("a @ w + b", "a @ w"),),
        see=NETWORK,
    ),
    Mistake(
        id="bend-left-out",
        exercise="feedforward",
        title="The sigmoid is missing: the network is one long matrix product.",
        hint="Are all your outputs between 0 and 1? What makes ten layers more than one?",
        edits=(("self.activation(a @ w + b)", "a @ w + b"),),
        see=NETWORK,
    ),
    Mistake(
        id="bend-before-layer",
        exercise="feedforward",
        title="The sigmoid is applied to the input of each layer instead of its pre-activation.",
        hint="In z = a @ w + b and a = σ(z), which comes first? What is the last thing that "
        "happens in a layer?",
        edits=(("self.activation(a @ w + b)", "self.activation(a) @ w + b"),),
        see=NETWORK,
    ),
    Mistake(
        id="same-input-for-all-layers",
        exercise="feedforward",
        title="Each layer is given the network's input, not the output of the layer before.",
        hint="Which variable does the second layer multiply its weights with, and who has changed "
        "it since the first?",
        edits=(
            ("    for w, b in zip", "    x = a\n    for w, b in zip"),
            ("a @ w + b", "x @ w + b"),
        ),
        see=NETWORK,
    ),
    Mistake(
        id="last-bend-missing",
        exercise="feedforward",
        title="The last layer has no sigmoid.",
        hint="Are all your outputs between 0 and 1? The last layer is a layer like any other.",
        edits=(
            ("zip(self.weights, self.biases)", "zip(self.weights[:-1], self.biases[:-1])"),
            ("    return a\n", "    return a @ self.weights[-1] + self.biases[-1]\n"),
        ),
        see=NETWORK,
    ),
    Mistake(
        id="first-parameters-kept",
        exercise="feedforward",
        title="The network keeps the weights that it had when it was first asked.",
        hint="Ask, give the network other weights, and ask again: does the answer change? Training "
        "replaces the arrays of `self.weights` with each step. When are they read?",
        edits=(
            (
                "    for w, b in zip(self.weights, self.biases):\n",
                '    if not hasattr(self, "layers"):\n'
                "        self.layers = [*zip(self.weights, self.biases)]\n"
                "    for w, b in self.layers:\n",
            ),
        ),
        see=NETWORK,
    ),
    # 5 cost and cost_derivative
    Mistake(
        id="cost-half-missing",
        exercise="cost_derivative",
        title="The factor one half is missing in the cost.",
        hint="Your cost is twice what it should be. Why does the formula begin with ½, and what "
        "would the derivative look like without it?",
        edits=(("0.5 * np.sum", "np.sum"),),
        see=COST,
    ),
    Mistake(
        id="cost-sum-over-examples",
        exercise="cost_derivative",
        title="The cost is summed over the examples, not averaged.",
        hint="Would your cost say the same about a network if every example came twice?",
        edits=(("** 2) / len(y)", "** 2)"),),
        see=COST,
    ),
    Mistake(
        id="cost-mean-over-entries",
        exercise="cost_derivative",
        title="The cost is a mean over all entries: over the features, too.",
        hint="`np.mean` divides by the number of entries. By what does the formula divide: by B, "
        "or by B times the number of outputs?",
        edits=(("0.5 * np.sum((output - y) ** 2) / len(y)", "0.5 * np.mean((output - y) ** 2)"),),
        see=COST,
    ),
    Mistake(
        id="cost-derivative-sign",
        exercise="cost_derivative",
        title="The sign of the derivative is turned around.",
        hint="Say the output is 0.9 and should be 0. If it grows, does the cost grow or shrink? "
        "Which sign has your derivative there?",
        edits=(("return (output - y) / len(y)", "return (y - output) / len(y)"),),
        see=COST,
    ),
    Mistake(
        id="cost-derivative-mean-missing",
        exercise="cost_derivative",
        title="The cost is a mean over the examples, its derivative is not.",
        hint="Your derivative is too large by the number of examples. How much does one example's "
        "output weigh in a mean over B of them?",
        edits=(("return (output - y) / len(y)", "return output - y"),),
        see=COST,
    ),
    Mistake(
        id="cost-derivative-doubled",
        exercise="cost_derivative",
        title="The derivative is twice too large.",
        hint="The square brings down a factor of 2. What else stands in front of it?",
        edits=(("return (output - y) / len(y)", "return 2 * (output - y) / len(y)"),),
        see=COST,
    ),
    Mistake(
        id="cost-changes-output",
        exercise="cost_derivative",
        title="cost changes the output that it is given.",
        hint="The number is right. But what is in the caller's array `output` after `output -= y`?",
        edits=(
            (
                "return 0.5 * np.sum((output - y) ** 2) / len(y)",
                "output -= y\n    return 0.5 * np.sum(output**2) / len(y)",
            ),
        ),
        see=COST,
    ),
    Mistake(
        id="cost-cut-off",
        exercise="cost_derivative",
        title="With whole labels, each term of the cost is cut off to a whole number.",
        hint="One-hot labels may be integers. Which type has an array that is made with "
        "`np.zeros_like(y)`, and what is left of 0.125 in it?",
        edits=(
            (
                "return 0.5 * np.sum((output - y) ** 2) / len(y)",
                "terms = np.zeros_like(y)\n    terms[:] = 0.5 * (output - y) ** 2\n"
                "    return np.sum(terms) / len(y)",
            ),
        ),
        see=COST,
    ),
    Mistake(
        id="derivative-not-returned",
        exercise="cost_derivative",
        title="cost_derivative computes its result and does not return it.",
        hint="What does a Python function give that ends without `return`?",
        edits=(("return (output - y) / len(y)", "derivative = (output - y) / len(y)"),),
        see=COST,
    ),
    Mistake(
        id="derivative-measured",
        exercise="cost_derivative",
        title="The derivative is measured, entry by entry; the formula is exact, and one subtraction.",
        hint="Section 2 measures a slope where no formula is known. Which formula of this section gives "
        "the derivative at once?",
        edits=(
            (
                "return (output - y) / len(y)",
                "return central_difference(lambda moved: self.cost(moved, y), output)",
            ),
        ),
        see=COST,
    ),
    # 6 backprop
    Mistake(
        id="cost-arguments-swapped",
        exercise="backprop",
        title="All gradients have the wrong sign: cost_derivative is asked the wrong way around.",
        hint="`cost_derivative(output, y)` takes what the network said first. In which order do "
        "you hand them over?",
        edits=(
            (
                "self.cost_derivative(activations[-1], y)",
                "self.cost_derivative(y, activations[-1])",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="backprop-slope-at-activation",
        exercise="backprop",
        title="σ′ is taken at the activations, not at the pre-activations.",
        hint="The slope is asked for at the number that went into the sigmoid. Of the two lists "
        "that you remember on the way forward, which holds those numbers?",
        edits=(
            (
                "self.activation_prime(pre_activations[k])",
                "self.activation_prime(activations[k + 1])",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="output-slope-missing",
        exercise="backprop",
        title="σ′ is missing at the last layer.",
        hint="The last layer ends in a sigmoid like any other. What does cost_derivative give you: "
        "the gradient with respect to the last a, or to the last z?",
        edits=(
            (
                "grad_a * self.activation_prime(pre_activations[k])",
                "grad_a\n        if k < len(self.weights) - 1:\n"
                "            delta = delta * self.activation_prime(pre_activations[k])",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="hidden-slope-missing",
        exercise="backprop",
        title="σ′ is missing in all layers but the last.",
        hint="The last layer's gradients are right, those before it are not. What is multiplied in "
        "at the output and nowhere else? Every layer has its own bend.",
        edits=(
            (
                "grad_a * self.activation_prime(pre_activations[k])",
                "grad_a\n        if k == len(self.weights) - 1:\n"
                "            delta = delta * self.activation_prime(pre_activations[k])",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="slope-not-handed-back",
        exercise="backprop",
        title="What is handed to the layer before has not gone through this layer's sigmoid.",
        hint="The last layer is right, the layers before it are not. On the way from a back to the "
        "layer's input, one first passes the bend, then the weights. Which variable has done both?",
        edits=(("grad_a = delta @", "grad_a = grad_a @"),),
        see=BACKPROP,
    ),
    Mistake(
        id="grads-w-transposed",
        exercise="backprop",
        title="The gradients of the weights are transposed.",
        hint="grads_w[k] must have the shape of weights[k]: one row per input. Which factor of the "
        "product gives the rows? A square layer hides it.",
        edits=(("activations[k].T @ delta", "delta.T @ activations[k]"),),
        see=BACKPROP,
    ),
    Mistake(
        id="backprop-w-not-transposed",
        exercise="backprop",
        title="On the way back the gradient is multiplied by w where its transpose belongs.",
        hint="delta is a row of n_out numbers, and the layer before needs n_in of them. Write the "
        "shapes of delta and of weights[k] side by side. A square layer hides it.",
        edits=(("delta @ self.weights[k].T", "delta @ self.weights[k]"),),
        see=BACKPROP,
    ),
    Mistake(
        id="output-for-input",
        exercise="backprop",
        title="The weights' gradient is built with the layer's output instead of its input.",
        hint="dw is the layer's *input* times delta. The list of activations begins with x: at "
        "which place of it does the input of layer k stand?",
        edits=(("activations[k].T", "activations[k + 1].T"),),
        see=BACKPROP,
    ),
    Mistake(
        id="layers-last-first",
        exercise="backprop",
        title="The gradients come last layer first.",
        hint="You walk from the last layer to the first and append as you go. Which layer's "
        "gradient is at place 0 then?",
        edits=(("return grads_w[::-1], grads_b[::-1]", "return grads_w, grads_b"),),
        see=BACKPROP,
    ),
    Mistake(
        id="grads-swapped",
        exercise="backprop",
        title="The two lists are returned in the wrong order.",
        hint="Look at the shapes: is the first list made of matrices or of vectors? The docstring "
        "says which comes first.",
        edits=(("return grads_w[::-1], grads_b[::-1]", "return grads_b[::-1], grads_w[::-1]"),),
        see=BACKPROP,
    ),
    Mistake(
        id="pairs-for-lists",
        exercise="backprop",
        title="One list of pairs is returned, not a pair of two lists.",
        hint="You return one pair per layer. What are the two lists that the docstring asks for?",
        edits=(
            (
                "return grads_w[::-1], grads_b[::-1]",
                "return list(zip(grads_w[::-1], grads_b[::-1]))",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="grads-b-left-as-rows",
        exercise="backprop",
        title="The gradients of the biases are matrices of one row, but biases are vectors.",
        hint="A gradient has the shape of the thing it is the gradient of. How does one take the "
        "only row out of a (1, n) array?",
        edits=(("grads_b.append(delta[0])", "grads_b.append(delta)"),),
        see=BACKPROP,
    ),
    Mistake(
        id="upstream-ignored",
        exercise="backprop",
        title="What comes back from behind is not multiplied in.",
        hint="Does your delta depend on y? Each layer must take what it is handed, times its own "
        "slope.",
        edits=(("delta = grad_a * self", "delta = self"),),
        see=BACKPROP,
    ),
    Mistake(
        id="only-the-last-layer",
        exercise="backprop",
        title="The way back ends after one layer.",
        hint="There is one gradient in each list. At which indentation does `return` stand?",
        edits=(("    return grads_w[::-1]", "        return grads_w[::-1]"),),
        see=BACKPROP,
    ),
    Mistake(
        id="weights-changed-on-the-way",
        exercise="backprop",
        title="backprop changes the weights while it still needs them.",
        hint="backprop answers a question, it does not learn: that is the next exercise's task. "
        "With which weights is the gradient handed back, the old ones or the new ones?",
        edits=(
            (
                "grad_a = delta @ self.weights[k].T",
                "self.weights[k] = self.weights[k] - grads_w[-1]\n"
                "        grad_a = delta @ self.weights[k].T",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="first-forward-pass-kept",
        exercise="backprop",
        title="What the first call met on the way forward is used in the next call, too.",
        hint="The first answer of a network is right, the next ones are not. What you remember on "
        "the way forward belongs to one x and to the weights of the moment: where do you keep it, "
        "and when is it made anew?",
        edits=(
            (
                "    activations, pre_activations = [x], []\n",
                '    if not hasattr(self, "seen"):\n        self.seen = [x], []\n'
                "    activations, pre_activations = self.seen\n",
            ),
            (
                "        z = activations[-1] @ w + b\n",
                "        if len(activations) > len(self.weights):\n            break\n"
                "        z = activations[-1] @ w + b\n",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="measured-by-complex-step",
        exercise="backprop",
        title="The gradients are measured, one parameter after the other, with imaginary steps.",
        hint="The numbers are right. How often does your function go forward for a network of 23,860 "
        "parameters, and how often does backpropagation?",
        edits=((WHOLE_BACKPROP, COMPLEX_STEP),),
        see=BACKPROP,
    ),
    Mistake(
        id="measured-by-central-difference",
        exercise="backprop",
        title="The gradients are measured with the instrument of exercise 2.",
        hint="The numbers are right. How often does your function go forward for a network of 23,860 "
        "parameters, and how often does backpropagation?",
        edits=((WHOLE_BACKPROP, CENTRAL_DIFFERENCES),),
        see=BACKPROP,
    ),
    # 7 update_mini_batch
    Mistake(
        id="step-mean-missing",
        exercise="update_mini_batch",
        title="The step uses the sum of the gradients, not their mean.",
        hint="Your step is too long by the number of examples. If every example came twice, should "
        "the step be twice as long?",
        edits=(
            ("w - eta * total / size", "w - eta * total"),
            ("b - eta * total / size", "b - eta * total"),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-mean-twice",
        exercise="update_mini_batch",
        title="The mean is taken twice: the sum is divided by the number of examples two times.",
        hint="Your step is too short by the number of examples. Find every place where you divide "
        "by it, in the loop and behind it.",
        edits=(
            ("w - eta * total / size", "w - eta * total / size / size"),
            ("b - eta * total / size", "b - eta * total / size / size"),
        ),
        see=STEP,
    ),
    Mistake(
        id="uphill",
        exercise="update_mini_batch",
        title="The step goes uphill.",
        hint="The gradient points to where the cost grows. Where do you want to go?",
        edits=(("w - eta", "w + eta"), ("b - eta", "b + eta")),
        see=STEP,
    ),
    Mistake(
        id="only-the-last-example",
        exercise="update_mini_batch",
        title="Only the last example counts: each overwrites the sum of those before it.",
        hint="What do your sums hold after the first, and after the second time through the loop? "
        "Where is what was there before added in?",
        edits=(
            ("[total + grad for total, grad in zip(sums_w, grads_w)]", "list(grads_w)"),
            ("[total + grad for total, grad in zip(sums_b, grads_b)]", "list(grads_b)"),
        ),
        see=STEP,
    ),
    Mistake(
        id="biases-stay",
        exercise="update_mini_batch",
        title="The biases are never changed.",
        hint="A network has two kinds of parameters. Which of them does your step set?",
        edits=(
            (
                "    self.biases = [b - eta * total / size "
                "for b, total in zip(self.biases, sums_b)]\n",
                "",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-after-each-example",
        exercise="update_mini_batch",
        title="The weights change after each example, so the next gradient is taken elsewhere.",
        hint="The formula wants B gradients at the *same* weights. What has happened to the "
        "weights when backprop is asked for the second time?",
        edits=(
            (
                "sums_w = [total + grad for total, grad in zip(sums_w, grads_w)]",
                "self.weights = [w - eta * g / size for w, g in zip(self.weights, grads_w)]",
            ),
            (
                "sums_b = [total + grad for total, grad in zip(sums_b, grads_b)]",
                "self.biases = [b - eta * g / size for b, g in zip(self.biases, grads_b)]",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="mean-over-layers",
        exercise="update_mini_batch",
        title="The sum is divided by the number of layers, not by that of the examples.",
        hint="`len` of what? A mean over the examples divides by how many examples there are.",
        edits=(
            ("size = len(x_mini_batch)", "size = len(self.weights)"),
            ("range(size)", "range(len(x_mini_batch))"),
        ),
        see=STEP,
    ),
    Mistake(
        id="sizes-written-in",
        exercise="update_mini_batch",
        title="784 is written into the code, so it works for one network only.",
        hint="The tests use smaller images. Which array knows how wide a row is?",
        edits=(("x_mini_batch[i : i + 1]", "x_mini_batch[i].reshape(1, 784)"),),
        see=STEP,
    ),
    Mistake(
        id="first-example-left-out",
        exercise="update_mini_batch",
        title="One of the examples is left out.",
        hint="Python counts from 0. How often is backprop called for a mini-batch of one example?",
        edits=(("range(size)", "range(1, size)"),),
        see=STEP,
    ),
    Mistake(
        id="mini-batch-reordered",
        exercise="update_mini_batch",
        title="The rows of the mini-batch are put into another order, in the caller's own arrays.",
        hint="The step is right. But whose arrays are these, and what does the caller find in them "
        "afterwards?",
        edits=(
            (
                "size = len(x_mini_batch)",
                "size = len(x_mini_batch)\n"
                "    x_mini_batch[:] = x_mini_batch[::-1].copy()\n"
                "    y_mini_batch[:] = y_mini_batch[::-1].copy()",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="sums-never-emptied",
        exercise="update_mini_batch",
        title="The sums still hold the gradients of the mini-batches before.",
        hint="The first step of a network is right, the second is not. What do your sums hold when "
        "a mini-batch begins?",
        edits=(
            (
                "    sums_w = [np.zeros_like(w) for w in self.weights]\n"
                "    sums_b = [np.zeros_like(b) for b in self.biases]\n",
                '    if not hasattr(self, "sums"):\n'
                "        self.sums = [0 * w for w in self.weights], [0 * b for b in self.biases]\n"
                "    sums_w, sums_b = self.sums\n",
            ),
            (
                "    self.weights = [w - eta",
                "    self.sums = sums_w, sums_b\n    self.weights = [w - eta",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="learning-rate-ignored",
        exercise="update_mini_batch",
        title="The learning rate does not appear in the step.",
        hint="What would change in your function if eta were ten times smaller?",
        edits=(("w - eta * total", "w - total"), ("b - eta * total", "b - total")),
        see=STEP,
    ),
    Mistake(
        id="gradients-cut-off",
        exercise="update_mini_batch",
        title="Entries of the gradient that are larger than 5 are cut off.",
        hint="Your network learns all the same, but does it take the step of the formula where the "
        "gradient is steep?",
        edits=(
            ("w - eta * total / size", "w - eta * np.clip(total / size, -5, 5)"),
            ("b - eta * total / size", "b - eta * np.clip(total / size, -5, 5)"),
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
                "    self.biases = [b - eta * total / size for b, total in zip(self.biases, sums_b)]\n",
                "    self.biases = [b - eta * total / size for b, total in zip(self.biases, sums_b)]\n"
                "    return self.weights, self.biases\n",
            ),
        ),
        see=STEP,
    ),
    # 8 evaluate
    Mistake(
        id="classes-along-wrong-axis",
        exercise="evaluate",
        title="argmax runs over the examples, not over the classes.",
        hint="How many answers do you get for 20 examples of 5 classes: 20 or 5? Which axis of "
        "(B, n_classes) has the classes along it?",
        edits=(
            (
                "np.argmax(self.feedforward(x_test), axis=1)",
                "self.feedforward(x_test).argmax(axis=0)",
            ),
            ("np.argmax(y_test, axis=1)", "np.argmax(y_test, axis=0)"),
        ),
        see=COUNT,
    ),
    Mistake(
        id="counted-not-averaged",
        exercise="evaluate",
        title="This is the number of right answers, not their fraction.",
        hint="An accuracy lies between 0 and 1. What is still to be divided by what?",
        edits=(("np.mean(answers == labels)", "np.sum(answers == labels)"),),
        see=COUNT,
    ),
    Mistake(
        id="error-rate",
        exercise="evaluate",
        title="This is the fraction of wrong answers.",
        hint="What would your function say about a network that is always right?",
        edits=(("answers == labels", "answers != labels"),),
        see=COUNT,
    ),
    Mistake(
        id="activations-compared-with-labels",
        exercise="evaluate",
        title="The activations themselves are compared with the one-hot labels.",
        hint="Does a sigmoid ever say exactly 1? The answer is the *place* of the largest "
        "activation, however large it is.",
        edits=(("np.mean(answers == labels)", "np.mean(self.feedforward(x_test) == y_test)"),),
        see=COUNT,
    ),
    Mistake(
        id="argmax-of-everything",
        exercise="evaluate",
        title="argmax looks at the whole array at once, not at each example.",
        hint="Without an axis, `np.argmax` gives one number. How many answers do you need for 20 "
        "examples?",
        edits=(
            ("np.argmax(self.feedforward(x_test), axis=1)", "np.argmax(self.feedforward(x_test))"),
            ("np.argmax(y_test, axis=1)", "np.argmax(y_test)"),
        ),
        see=COUNT,
    ),
    Mistake(
        id="percent",
        exercise="evaluate",
        title="This is a percentage; a number from 0 to 1 is asked for.",
        hint="What should your function say about a network that is always right: 1 or 100?",
        edits=(("return np.mean(answers == labels)", "return 100 * np.mean(answers == labels)"),),
        see=COUNT,
    ),
    Mistake(
        id="rounded-at-one-half",
        exercise="evaluate",
        title="The activations are rounded, so a class must reach one half to be found.",
        hint="In the second example worked out above no output reaches ½. What is the network's "
        "answer there, and what is left of it after rounding?",
        edits=(
            (
                "np.mean(answers == labels)",
                "np.mean((np.round(self.feedforward(x_test)) == y_test).all(axis=1))",
            ),
        ),
        see=COUNT,
    ),
]
