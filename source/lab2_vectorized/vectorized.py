# %% [markdown]
# # Lab 2 · Whole batches at once
#
# A network that goes through its examples one by one spends most of its time on everything but
# arithmetic. For each digit Python finds the function, checks the types, makes an array, throws it
# away; the multiplication itself takes less than all that. Hand the machine a hundred digits in one
# matrix, and Python does its paperwork once. The formulas stay the same, there is no loop any more,
# and an epoch takes a tenth of the time, or less. Every network in use is trained like this.
#
# **When you are done you will have**
#
# - written forward pass, backpropagation, update and evaluation for a whole mini-batch, without a
#   loop over its examples, and understood why a matrix product adds up gradients,
# - measured what it is worth, for mini-batches of 1 to 2,000 digits,
# - taken the sum apart again: the gradient of *each* example, with `einsum`, and looked at the digits
#   that pull hardest,
# - shuffled epochs properly, and seen what happens to those who do not,
# - trained a network to more than 92 % in a few seconds.
#
# **How the lab works.** There are seven exercises and a bonus. Each begins with a reason, a derivation
# and an example small enough for pencil and paper. You write the body of a function where you see
# `raise NotImplementedError`. The cell below it tests what you wrote and says in words what is wrong,
# if anything is; when your work is graded, the same claims are tested again on other numbers. Cells that
# only train or draw are not graded: play with them. Two questions ask for a few sentences and are
# read by a person. All in all 100 points (the bonus is 8 more), and two to three hours.
#
# **What you need**: backpropagation for one example, as in Lab 1, and NumPy (`@`, `.T`,
# `.sum(axis=...)`, indexing with an array). Whatever code of Lab 1 is needed is given.

# %% [markdown]
# ## The agreement about shapes
#
# | symbol | in code | shape | what it is |
# |---|---|---|---|
# | $B$ | `len(x)` | one number | how many examples are looked at together |
# | $x = a_0$ | `x` | `(B, n_0)` | input, one example per **row** |
# | $w_k$ | `weights[k - 1]` | `(n_{k-1}, n_k)` | weights of layer $k = 1 \dots L$ |
# | $b_k$ | `biases[k - 1]` | `(n_k,)` | biases of layer $k$ |
# | $z_k = a_{k-1} w_k + b_k$ | `pre_activations[k - 1]` | `(B, n_k)` | pre-activations |
# | $a_k = \sigma(z_k)$ | `activations[k]` | `(B, n_k)` | activations, $\sigma$ is the sigmoid; $a_L$ is the output |
# | $y$ | `y` | `(B, n_L)` | what the network should say, one-hot |
# | $\delta_k = \partial C / \partial z_k$ | `deltas[k - 1]` | `(B, n_k)` | gradient at the pre-activations |
#
# The first axis is always the batch. Four rules hold for every function that you write:
#
# 1. **No loop over the examples**, in whatever disguise. A loop over the *layers* is fine: a network has
#    few of them. The tests do not measure time, they count: a batch of 16 must not take more Python
#    steps than a batch of 2.
#    (From exercise 2 on they also count the steps in a network with a wide layer: gradients come back
#    through the layers **once**. To move one number after the other and to see what the cost does is a way
#    to check a gradient, and far too slow to compute it.)
# 2. **A gradient has the shape of the thing it is the gradient of.**
# 3. **A function does not change its arguments**, and gives the same answer when called again. (Exercises 4
#    and 7 are there to change something: the network's own parameters, and the state of a generator.)
# 4. **Inputs may be integers**, results are floats. No size is written into the code, and a batch may hold
#    a single example, or exactly as many as a layer has units.

# %% grade_id="given-numpy"
import os

# one thread, so that times can be compared; it must be said before NumPy is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np


def generator(seed):
    """A new random generator: the same seed, the same numbers."""
    return np.random.default_rng(seed)


# %% [markdown]
# ## 1 · What the loop costs
#
# Below is the network of Lab 1 in two classes. `Network` holds the parameters and what is the same for one
# example and for many. You will give it the rest: `@add_to(Network)` above a function puts that function
# into the class. (If you run the cell with the class again, run the cells of your methods again, too.)
#
# `LoopNetwork` can do one thing more: backpropagation as in Lab 1, one example at a time. Here an
# example is a plain vector, and $\partial C/\partial w$ is an outer product. It is right, and slow.
#
# Look at `cost` and `cost_derivative`. The cost is the **mean** over the batch, and that $\tfrac1B$ is in
# its derivative:
#
# $$C = \frac1B \sum_{r=1}^{B} C_r, \qquad C_r = \frac12 \sum_j (a_{rj} - y_{rj})^2, \qquad
#   \frac{\partial C}{\partial a_{rj}} = \frac{a_{rj} - y_{rj}}{B} .$$


# %% grade_id="given-network"
def sigmoid(z):
    """Squeeze each entry of z into the interval from 0 to 1, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def add_to(cls):
    """Make the function below a method of `cls`."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


class Network:
    """A stack of layers `a @ w + b`, each followed by the sigmoid.

    sizes: the width of each layer, the input first: [784, 30, 10] has two layers of weights.
    rng: a NumPy generator for the first weights; without it they differ from run to run.
    """

    def __init__(self, sizes, rng=None):
        rng = np.random.default_rng() if rng is None else rng
        self.sizes = list(sizes)
        self.num_layers = len(self.sizes)  # the input counts, too: L + 1
        # divided by sqrt(n_in), so that z is about as large as a, however wide the layer is
        self.weights = [
            rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)
            for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:])
        ]
        self.biases = [np.zeros(n_out) for n_out in self.sizes[1:]]

    def activation(self, z):
        """Bend each entry of z."""
        return sigmoid(z)

    def activation_prime(self, z):
        """Slope of the activation at each entry of z."""
        return sigmoid(z) * (1 - sigmoid(z))

    def feedforward(self, x):
        """What the network says about x, (B, n_in): the last activations, (B, n_out)."""
        activations, _ = self.forward_pass(x)  # your exercise 1
        return activations[-1]

    def cost(self, output, y):
        """Half the squared error, summed over the features, averaged over the batch."""
        return 0.5 * np.sum((output - y) ** 2) / len(y)

    def cost_derivative(self, output, y):
        """Derivative of the cost with respect to the output, (B, n_out)."""
        return (output - y) / len(y)


class LoopNetwork(Network):
    """The network of Lab 1: it goes through a batch example by example."""

    def backprop_one(self, x, y):
        """Gradients of the cost of one example; x: (n_in,), y: (n_out,)."""
        inputs, slopes, a = [], [], x
        for w, b in zip(self.weights, self.biases):
            inputs.append(a)
            z = a @ w + b
            slopes.append(self.activation_prime(z))
            a = self.activation(z)
        grads_w, grads_b, grad_a = [], [], a - y
        for k in reversed(range(len(self.weights))):
            delta = grad_a * slopes[k]
            grads_w.insert(0, np.outer(inputs[k], delta))
            grads_b.insert(0, delta)
            grad_a = self.weights[k] @ delta
        return grads_w, grads_b

    def backprop(self, x, y):
        """Mean of the gradients of all examples; x: (B, n_in), y: (B, n_out)."""
        sums_w = [np.zeros(w.shape) for w in self.weights]
        sums_b = [np.zeros(b.shape) for b in self.biases]
        for example, target in zip(x, y):
            grads_w, grads_b = self.backprop_one(example, target)
            sums_w = [total + grad for total, grad in zip(sums_w, grads_w)]
            sums_b = [total + grad for total, grad in zip(sums_b, grads_b)]
        return [total / len(x) for total in sums_w], [total / len(x) for total in sums_b]


# %% [markdown]
# How long does the loop take for the gradients of one epoch, 12,000 digits? And how much of that is
# arithmetic? A network `[784, 30, 10]` needs about 140,000 multiplications and additions per example for
# forward and backward pass. One core of a plain computer does a few billion of them per second.
#
# **What you should see.** About a second for the loop, and a fraction of that for the arithmetic alone. What the
# loop does in the rest of the time is what this lab gets rid of.

# %% tags=["experiment"]
import time

from mnist_utils import load_mnist

(x_train, y_train), (x_test, y_test) = load_mnist()
loop = LoopNetwork([784, 30, 10], generator(1))

start = time.perf_counter()
loop.backprop(x_train[:1000], y_train[:1000])
seconds = (time.perf_counter() - start) * len(x_train) / 1000
print(f"one epoch of {len(x_train)} digits, one by one: about {seconds:.1f} s")
sums = 2 * 3 * sum(w.size for w in loop.weights) * len(x_train)
print(f"{sums / 1e9:.1f} billion operations, at 5 billion a second: about {sums / 5e9:.1f} s")

# %% [markdown]
# ## 2 · A batch goes forward
#
# In one layer an example is a row vector $x$, and $z = x\,w + b$. Now put $B$ rows on top of each other
# into a matrix. Row $r$ of a matrix product is made of row $r$ of the first factor and nothing else:
#
# $$(a\,w)_{rj} = \sum_i a_{ri}\, w_{ij} .$$
#
# So `a @ w`, of shape `(B, n_in) @ (n_in, n_out)`, is what the loop would have given, row by row. The rows
# never touch each other: the batch is $B$ networks side by side that share their weights.
#
# ![A batch of three rows goes through one layer; the biases are added to each row](figures/batch.svg)
#
# ### Broadcasting
#
# `a @ w` has the shape `(B, n_out)` and `b` has `(n_out,)`. NumPy lines shapes up **from the right**. Where
# the shorter one has no axis left, or an axis of length 1, it is repeated:
#
#     a @ w    (B, n_out)
#     b           (n_out,)      ->  as if it were (B, n_out), the same row B times
#
# **By hand.**
#
# $$a\,w = \begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}, \quad b = (10, 20, 30):
#   \qquad z = \begin{pmatrix} 11 & 22 & 33 \\ 14 & 25 & 36 \end{pmatrix} .$$
#
# Each *column* has its own bias: a bias belongs to a unit, not to an example.
#
# ### Exercise 1 · `forward_pass` (10 points)
#
# Go through all layers, and remember what you meet, for the way back. Return two lists:
#
# - `activations`: $a_0 = x$ first, $a_L$ last, $L + 1$ arrays;
# - `pre_activations`: $z_1$ first, $z_L$ last, $L$ arrays.
#
# Ask the network for its bend, `self.activation(z)`; it works on arrays of any shape. (A network may be
# given another one: the tests try that.)
#
# **By hand.** We shall follow one small network through this lab: sizes `[2, 2, 1]`, two examples,
#
# $$x = \begin{pmatrix} 1 & 1 \\ 2 & 2 \end{pmatrix}, \quad
#   w_1 = \begin{pmatrix} 1 & 2 \\ -1 & -2 \end{pmatrix}, \; b_1 = (0, 0), \quad
#   w_2 = \begin{pmatrix} 2 \\ -2 \end{pmatrix}, \; b_2 = (0).$$
#
# $$z_1 = x\,w_1 = \begin{pmatrix} 0 & 0 \\ 0 & 0 \end{pmatrix}, \quad
#   a_1 = \begin{pmatrix} \tfrac12 & \tfrac12 \\ \tfrac12 & \tfrac12 \end{pmatrix}, \quad
#   z_2 = a_1 w_2 = \begin{pmatrix} 0 \\ 0 \end{pmatrix}, \quad
#   a_2 = \begin{pmatrix} \tfrac12 \\ \tfrac12 \end{pmatrix} .$$
#
# **Think first.** Somebody writes the biases as a column, `b.reshape(-1, 1)`. For most batches NumPy
# refuses. For which $B$ does it not, and what is added to what then?


# %% grade_id="forward_pass" stub="Return the tuple (activations, pre_activations): L + 1 arrays, x first, and L arrays; each of shape (B, n_k)."
@add_to(Network)
def forward_pass(self, x):
    """Run a batch through all layers, and remember everything.

    x: (B, n_in), one example per row.
    Returns the tuple (activations, pre_activations) of two lists, first layer first:
    activations[0] is x, activations[-1] the output; pre_activations has one array less.
    """
    ### BEGIN SOLUTION
    activations, pre_activations = [x], []
    for w, b in zip(self.weights, self.biases):
        z = activations[-1] @ w + b
        pre_activations.append(z)
        activations.append(self.activation(z))
    return activations, pre_activations
    ### END SOLUTION


# %% grade_id="test-forward_pass" points=4
import numpy as np
from course import checks

title, see = "Exercise 1 · forward_pass", "2 · A batch goes forward"
rng = checks.rng()
widths, batch = [3, 4, 2], 4
net = Network(widths)
net.weights = weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
net.biases = biases = [rng.normal(size=n) for n in widths[1:]]


def row_by_row(x):
    """What a loop over the examples gives."""
    activations, pre_activations = [x], []
    for w, b in zip(weights, biases):
        pre_activations += [np.array([row @ w + b for row in activations[-1]])]
        activations += [1 / (1 + np.exp(-pre_activations[-1]))]
    return activations, pre_activations


def batch_of(batch):
    return (rng.normal(size=(batch, 3)),)


(x,) = batch_of(batch)
got, expected = net.forward_pass(x), row_by_row(x)
sizes, name = {"batch size": batch}, "(activations, pre_activations)"
print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))

# whether there is a loop over the examples shows with one layer, too
net = Network([3, 2])
net.weights = weights = [rng.normal(size=(3, 2))]
net.biases = biases = [rng.normal(size=2)]


def input_by_input(x):
    """The same of one layer, soon done for many examples, too."""
    z = biases[0] + sum(x[:, i : i + 1] * weights[0][i] for i in range(3))
    return [x, 1 / (1 + np.exp(-z))], [z]


print(checks.check_vectorised(title, net.forward_pass, batch_of, truth=input_by_input, see=see))

# %% grade_id="test-forward_pass-hidden" points=6
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 1 · forward_pass", "2 · A batch goes forward"
rng = checks.rng()
cases = (
    ([2, 4], 1, float), ([3, 3, 3, 3], 3, float), ([3, 3, 3, 3], 3, int),
    ([2, 5, 1, 4], 5, float), ([2, 3, 2, 3, 2, 2], 4, int), ([1, 2, 2], 2, float),
)  # fmt: skip
before = []
for widths, batch, kind in cases:
    again, before = widths == before, widths
    net = net if again else Network(widths)
    weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
    biases = [rng.normal(size=n) for n in widths[1:]]
    checks.set_all(net, weights=[w.copy() for w in weights], biases=[b.copy() for b in biases])
    x = rng.normal(scale=2, size=(batch, widths[0])).astype(kind)
    activations, pre_activations = [x], []
    for w, b in zip(weights, biases):
        pre_activations += [np.array([row @ w + b for row in activations[-1]])]
        activations += [1 / (1 + np.exp(-pre_activations[-1]))]
    done = checks.check_pure(title, net.forward_pass, x, see=see)
    of = f"{batch} example(s), sizes {widths}"
    of = f"whole x, {of}" if kind is int else of
    of = f"{of}, where the network has other parameters than before" if again else of
    name, got = f"pre-activations of {of}", done.value
    print(checks.check_value(title, got[1], pre_activations, name=name, see=see), done)
    name, expected = f"activations of {of}", [x * 1.0, *activations[1:]]
    got = [np.asarray(got[0][0]) * 1.0, *got[0][1:]]
    print(checks.check_value(title, got, expected, name=name, see=see))
    got, name = checks.get_all([net], "weights", "biases")[0], "(weights, biases) afterwards"
    print(checks.check_value(title, got, (weights, biases), name=name, see=see))


def sine(z):
    return np.sin(z)


net.activation = sine
last, where = x, f"{title}, where self.activation is the sine"
for w, b in zip(weights, biases):
    last = np.sin(last @ w + b)
got = net.forward_pass(x)[0][-1]
print(checks.check_value(where, got, last, name="activations[-1]", see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** All 2,000 test digits at once, and one by one, must give the same output to the
# last digit or two; with the batch it is much faster, although not a single multiplication is saved.
# If the outputs differ, an example of yours notices who else is in its batch.

# %% tags=["experiment"]
net = Network([784, 30, 10], generator(1))
start = time.perf_counter()
together = net.feedforward(x_test)
middle = time.perf_counter()
one_by_one = np.concatenate([net.feedforward(x_test[r : r + 1]) for r in range(len(x_test))])
end = time.perf_counter()
print(f"together {middle - start:.4f} s, one by one {end - middle:.4f} s,", end=" ")
print(f"largest difference {np.abs(together - one_by_one).max():.0e}")

# %% [markdown]
# ## 3 · A batch comes back
#
# The way back begins at the output with `self.cost_derivative(output, y)`, which already has a row per
# example. It goes through the bend (elementwise) and through the weights (a matrix product). With
# $\delta_k = \partial C/\partial z_k$, shape `(B, n_k)`:
#
# $$\frac{\partial C}{\partial z_{k,rj}} =
#   \frac{\partial C}{\partial a_{k,rj}}\; \sigma'(z_{k,rj}), \qquad
#   \frac{\partial C}{\partial a_{k-1,ri}} = \sum_j \delta_{k,rj}\, w_{k,ij} .$$
#
# Look at the index $r$: it is the same on both sides of both formulas. Example $r$ of the batch has sent
# its activations through the layer, and nobody else's; so what comes back to it is its own. In matrices:
#
# | step | formula | shapes |
# |---|---|---|
# | at the output | $\partial C/\partial a_L$ = `cost_derivative` | `(B, n_L)` |
# | through the bend | $\delta_k = \partial C/\partial a_k * \sigma'(z_k)$ | `(B, n_k) * (B, n_k)` |
# | to the layer before | $\partial C/\partial a_{k-1} = \delta_k\, w_k^T$ | `(B, n_k) @ (n_k, n_{k-1})` |
#
# These are the lines of Lab 1, with $B$ in place of 1. The transpose is still on the weights, never on
# the batch.
#
# **By hand.** Our network of before, with $y = \begin{pmatrix} 1 \\ 0 \end{pmatrix}$: the first example should
# give 1, the second 0. The outputs are both $\tfrac12$, all $z$ are 0, so all slopes are $\tfrac14$, and $B = 2$:
#
# $$\frac{\partial C}{\partial a_2} = \frac12 \begin{pmatrix} -\tfrac12 \\ \tfrac12 \end{pmatrix}, \quad
#   \delta_2 = \begin{pmatrix} -\tfrac1{16} \\ \tfrac1{16} \end{pmatrix}, \quad
#   \frac{\partial C}{\partial a_1} = \delta_2\, w_2^T =
#   \begin{pmatrix} -\tfrac18 & \tfrac18 \\ \tfrac18 & -\tfrac18 \end{pmatrix}, \quad
#   \delta_1 = \begin{pmatrix} -\tfrac1{32} & \tfrac1{32} \\ \tfrac1{32} & -\tfrac1{32} \end{pmatrix} .$$
#
# ### Exercise 2 · `deltas` (18 points)
#
# Return $\delta_1, \dots, \delta_L$, **first layer first**. Ask the network for
# `self.cost_derivative(output, y)` and `self.activation_prime(z)`.
#
# **Think first.** Each row of `cost_derivative` carries a factor $\tfrac1B$. What becomes of that factor on the
# way through the layers? How often must you divide by $B$ yourself? And the last layer comes first on
# the way back: in which order does `append` leave your list?


# %% grade_id="deltas" stub="Return the list of the deltas, first layer first: deltas[k] has the shape of pre_activations[k]."
@add_to(Network)
def deltas(self, pre_activations, output, y):
    """Gradients of the cost of a batch with respect to all pre-activations.

    pre_activations: list of arrays (B, n_k), first layer first, as forward_pass gives it;
    output: the last activations, (B, n_out); y: (B, n_out).
    Returns a list, first layer first: entry k has the shape of pre_activations[k].
    """
    ### BEGIN SOLUTION
    found = []
    grad_a = self.cost_derivative(output, y)
    for k in reversed(range(len(self.weights))):
        delta = grad_a * self.activation_prime(pre_activations[k])
        found.append(delta)
        grad_a = delta @ self.weights[k].T
    return found[::-1]
    ### END SOLUTION


# %% grade_id="test-deltas" points=8
import numpy as np
from course import checks

title, see = "Exercise 2 · deltas", "3 · A batch comes back"
rng = checks.rng()


def forward(xp, x, shifts):
    """Pre-activations and output when shifts[k] is added to the k-th pre-activation."""
    pre_activations, a = [], x
    for w, b, shift in zip(weights, biases, shifts):
        pre_activations.append(a @ w + b + shift)
        a = 1 / (1 + xp.exp(-pre_activations[-1]))
    return pre_activations, a


def loss(xp, shifts):
    return xp.sum((forward(xp, x, shifts)[1] - y) ** 2) / (2 * batch)


widths, batch = [4, 2, 2, 3], 5
net = Network(widths)
net.weights = weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
net.biases = biases = [rng.normal(size=n) for n in widths[1:]]
x, y = rng.normal(size=(batch, 4)), rng.uniform(size=(batch, 3))
# the deltas are the gradients at the pre-activations: those with respect to a shift of them
zero = [np.zeros((batch, n)) for n in widths[1:]]
pre_activations, output = forward(np, x, zero)
got = (net.deltas(pre_activations, output, y),)
missing = "deltas returns None: is `return` missing?"
checks.check_true(title, got[0] is not None, missing, see=see)
sizes, names = {"batch size": batch, "width of the output": 3}, ("deltas",)
print(checks.check_gradients(title, got, loss, (zero,), names=names, sizes=sizes, see=see))


# whether there is a loop over the examples shows with two small layers, too
net = Network([2, 1, 2])
net.weights = weights = [rng.normal(size=shape) for shape in ((2, 1), (1, 2))]
net.biases = biases = [rng.normal(size=n) for n in (1, 2)]


def batch_of(batch):
    x, still = rng.normal(size=(batch, 2)), np.zeros(2)
    return *forward(np, x, still), rng.uniform(size=(batch, 2))


def measured(pre_activations, output, y):
    """The deltas when each unit is moved a little, up and down, in all examples at once."""

    def costs(k, z):
        a = 1 / (1 + np.exp(-z))
        for w, b in zip(weights[k + 1 :], biases[k + 1 :]):
            a = 1 / (1 + np.exp(-(a @ w + b)))
        return np.sum((a - y) ** 2, axis=1) / (2 * len(y))

    found = []
    for k, z in enumerate(pre_activations):
        steps = 1e-5 * np.eye(z.shape[1])
        found.append([(costs(k, z + step) - costs(k, z - step)) / 2e-5 for step in steps])
    return [np.transpose(columns) for columns in found]


print(checks.check_vectorised(title, net.deltas, batch_of, truth=measured, see=see))

long = Network([1, 600] + [1] * 8)
args = [np.zeros((1, n)) for n in [600] + [1] * 8], np.ones((1, 1)), np.ones((1, 1))
each = {"name": "deltas", "each": "pre-activation", "see": see}
print(checks.check_walk_back(title, long.deltas, args, depth=8, width=600, **each))

# %% grade_id="test-deltas-hidden" points=10
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 2 · deltas", "3 · A batch comes back"
rng = checks.rng()


def of_one(z, target):
    """Deltas of one example's own cost, layer by layer in plain vectors."""
    a = 1 / (1 + np.exp(-z[-1]))
    grad, found = a - target, []
    for k in reversed(range(len(z))):
        slope = 1 / (1 + np.exp(-z[k])) / (1 + np.exp(z[k]))
        found.insert(0, grad * slope)
        grad = np.dot(weights[k], found[0])
    return found


def cost(shifts):
    a = x
    for w, b, shift in zip(weights, biases, shifts):
        a = 1 / (1 + np.exp(-(a @ w + b + shift)))
    return np.sum((a - y) ** 2) / (2 * batch)


again = ", where the network has other parameters than before"
cases = ([3, 3, 3, 3], 3, ""), ([4, 3, 2], 1, ""), ([2, 5, 1, 2, 4], 5, "")
for widths, batch, which in (*cases, ([2, 5, 1, 2, 4], 5, again), ([2, 2, 3], 4, "")):
    net = net if which else Network(widths)
    weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
    biases = [rng.normal(size=n) for n in widths[1:]]
    checks.set_all(net, weights=[w.copy() for w in weights], biases=[b.copy() for b in biases])
    x, y = rng.normal(size=(batch, widths[0])), rng.uniform(size=(batch, widths[-1]))
    pre_activations, output = [], x
    for w, b in zip(weights, biases):
        pre_activations.append(output @ w + b)
        output = 1 / (1 + np.exp(-pre_activations[-1]))
    rows = [of_one([z[r] for z in pre_activations], y[r]) for r in range(batch)]
    expected = [np.array([row[k] for row in rows]) / batch for k in range(len(weights))]
    done = checks.check_pure(title, net.deltas, pre_activations, output, y, see=see)
    name = f"deltas of {batch} example(s), sizes {widths}{which}"
    sizes, got = {"batch size": batch, "width of the output": widths[-1]}, done.value
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
    print(checks.check_value(title, net.weights, weights, name="weights afterwards", see=see))
zero = [np.zeros_like(z) for z in pre_activations]
print(checks.check_taylor(title, cost, done.value, zero, name=name, see=see))
whole = np.eye(3, dtype=int)[rng.integers(0, 3, size=4)]
name = "deltas for whole y"
print(checks.check_integers(title, net.deltas, pre_activations, output, whole, name=name, see=see))

long = Network([1, 600] + [1] * 8)
args = [np.zeros((1, n)) for n in [600] + [1] * 8], np.ones((1, 1)), np.ones((1, 1))
each = {"name": "deltas", "each": "pre-activation", "see": see}
print(checks.check_walk_back(title, long.deltas, args, depth=8, width=600, **each))
### END HIDDEN TESTS

# %% [markdown]
# Now by machine what you have worked out by hand.
#
# **What you should see.** Whole numbers: $32\,\delta_1$ is $[[-1, 1], [1, -1]]$, and $32\,\delta_2$ is
# $[[-2], [2]]$. If the last delta is wrong, look at the output: nothing but the cost and one slope comes after it. If
# only the first is, look at the step from layer to layer. All twice or half as large: count your $\tfrac1B$.

# %% tags=["experiment"]
small = Network([2, 2, 1])
small.weights = [np.array([[1.0, 2.0], [-1.0, -2.0]]), np.array([[2.0], [-2.0]])]
small_x, small_y = np.array([[1, 1], [2, 2]]), np.array([[1], [0]])
seen, before = small.forward_pass(small_x)
for k, delta in enumerate(small.deltas(before, seen[-1], small_y), start=1):
    print(f"32 · delta_{k} = {(32 * delta).tolist()}")

# %% [markdown]
# ## 4 · Where the examples meet
#
# So far the examples have passed each other without a word. But there is only *one* set of weights, and all
# examples pull at it. Take one layer with input $a$ (`(B, n_in)`) and $\delta$ (`(B, n_out)`). The weight
# $w_{ij}$ stands in $z_{rj}$ of **every** row $r$, each time with the factor $a_{ri}$. All paths add up:
#
# $$\frac{\partial C}{\partial w_{ij}} = \sum_{r=1}^{B} a_{ri}\, \delta_{rj} .$$
#
# For one fixed $r$ the numbers $a_{ri}\,\delta_{rj}$ are the outer product of row $r$ of $a$ with row $r$ of
# $\delta$, what Lab 1 computed for one example. The sum over $r$ adds up these $B$ matrices. Now compare with
# the definition of a matrix product, $(P\,Q)_{ij} = \sum_r P_{ir}\, Q_{rj}$: with $P = a^T$ and $Q = \delta$ it is the same
# sum.
#
# $$\boxed{\;\frac{\partial C}{\partial w} = a^T \delta\;} \qquad
#   \text{(n\_in, B) @ (B, n\_out)} .$$
#
# The transpose puts the batch on the *inside*, and the inner axis of a matrix product is the one that
# is summed over:
#
# ![The product of a transposed and delta is the sum of one outer product per example](figures/outer_sum.svg)
#
# The bias $b_j$ stands in every $z_{rj}$ with the factor 1, so
# $\partial C/\partial b_j = \sum_r \delta_{rj}$: the sum down each column, shape `(n_out,)`.
#
# **By hand.** Two examples, two inputs, three outputs:
#
# $$a = \begin{pmatrix} 1 & 2 \\ 3 & 0 \end{pmatrix}, \quad
#   \delta = \begin{pmatrix} 1 & 0 & -1 \\ 2 & 1 & 0 \end{pmatrix} .$$
#
# The outer products are
#
# $$\begin{pmatrix} 1 \\ 2 \end{pmatrix} \begin{pmatrix} 1 & 0 & -1 \end{pmatrix} =
#   \begin{pmatrix} 1 & 0 & -1 \\ 2 & 0 & -2 \end{pmatrix}, \quad
#   \begin{pmatrix} 3 \\ 0 \end{pmatrix} \begin{pmatrix} 2 & 1 & 0 \end{pmatrix} =
#   \begin{pmatrix} 6 & 3 & 0 \\ 0 & 0 & 0 \end{pmatrix},$$
#
# and their sum is $a^T \delta = \begin{pmatrix} 7 & 3 & -1 \\ 2 & 0 & -2 \end{pmatrix}$. The gradient for the
# biases is $(3, 1, -1)$.
#
# Where is the mean? Already in $\delta$: each of its rows carries the $\tfrac1B$ of `cost_derivative`, and a sum of
# $B$ terms with $\tfrac1B$ each *is* a mean. For our small network,
#
# $$\frac{\partial C}{\partial w_2} = a_1^T \delta_2 =
#   \begin{pmatrix} \tfrac12 & \tfrac12 \\ \tfrac12 & \tfrac12 \end{pmatrix}
#   \begin{pmatrix} -\tfrac1{16} \\ \tfrac1{16} \end{pmatrix} = \begin{pmatrix} 0 \\ 0 \end{pmatrix}, \qquad
#   \frac{\partial C}{\partial w_1} = x^T \delta_1 =
#   \begin{pmatrix} 1 & 2 \\ 1 & 2 \end{pmatrix}
#   \begin{pmatrix} -\tfrac1{32} & \tfrac1{32} \\ \tfrac1{32} & -\tfrac1{32} \end{pmatrix} =
#   \begin{pmatrix} \tfrac1{32} & -\tfrac1{32} \\ \tfrac1{32} & -\tfrac1{32} \end{pmatrix} .$$
#
# At the output the two examples pull with equal force in opposite directions, and nothing moves.
#
# ### Exercise 3 · `backprop` (18 points)
#
# Put it together: `self.forward_pass(x)`, `self.deltas(pre_activations, output, y)`, and the two
# formulas above for each layer.
#
# **Think first.** For layer $k$ the formula says $a_{k-1}^T\, \delta_k$. Which entries of your two lists are
# these, counted from 0? And if $B$ happens to equal the width of the layer, which wrong sums for the biases
# would still have the right shape?


# %% grade_id="backprop" stub="Return the tuple (grads_w, grads_b): two lists, first layer first, with the shapes of self.weights and self.biases."
@add_to(Network)
def backprop(self, x, y):
    """Gradients of the cost of a batch with respect to all weights and biases.

    x: (B, n_in); y: (B, n_out).
    Returns the tuple (grads_w, grads_b), two lists, first layer first:
    grads_w[k] has the shape of self.weights[k], grads_b[k] that of self.biases[k].
    """
    ### BEGIN SOLUTION
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    grads_w = [a.T @ delta for a, delta in zip(activations, found)]
    grads_b = [delta.sum(axis=0) for delta in found]
    return grads_w, grads_b
    ### END SOLUTION


# %% grade_id="test-backprop" points=8
import numpy as np
from course import checks

title, see = "Exercise 3 · backprop", "4 · Where the examples meet"
rng = checks.rng()


def output_of(xp, x, weights, biases):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + xp.exp(-(a @ w + b)))
    return a


def forward_pass(x):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z += [np.array([row @ w + b for row in a[-1]])]
        a += [1 / (1 + np.exp(-z[-1]))]
    return a, z


def deltas(pre_activations, output, y):
    """How the cost changes with each pre-activation, measured."""

    def cost(shifts):
        moved = np.zeros((len(y), widths[0]))
        for z, w, shift in zip(pre_activations, weights, shifts):
            moved = 1 / (1 + np.exp(-(z + moved @ w + shift))) - 1 / (1 + np.exp(-z))
        return np.sum((output + moved - y) ** 2) / (2 * len(y))

    return checks.central_difference(cost, [np.zeros_like(z) for z in pre_activations])


def loss(xp, weights, biases):
    return xp.sum((output_of(xp, x, weights, biases) - y) ** 2) / (2 * batch)


widths, batch = [4, 3, 5, 2], 5
net = Network(widths)
# if your exercises 1 and 2 are still wrong, that must not count here again
net.forward_pass, net.deltas = forward_pass, deltas
net.weights = weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
net.biases = biases = [rng.normal(size=n) for n in widths[1:]]
x, y = rng.normal(size=(batch, 4)), rng.uniform(size=(batch, 2))
got, at = net.backprop(x, y), (weights, biases)
sizes, names = {"batch size": batch}, ("grads_w", "grads_b")
print(checks.check_gradients(title, got, loss, at, names=names, sizes=sizes, see=see))

# whether there is a loop over the examples shows with one layer, too
net = Network([2, 1])
w, b = rng.normal(size=(2, 1)), rng.normal(size=1)
net.weights, net.biases = [w], [b]
net.forward_pass = lambda x: ([x, 1 / (1 + np.exp(-(x @ w + b)))], [x @ w + b])
net.deltas = lambda pre_activations, output, y: [(output - y) * output * (1 - output) / len(y)]


def batch_of(batch):
    return rng.normal(size=(batch, 2)), rng.uniform(size=(batch, 1))


def measured(x, y):
    """Mean of the gradients of all examples.

    Each parameter is moved a little, up and down, for all of them at once.
    """

    def costs(move):
        output = 1 / (1 + np.exp(-(x @ (w + move[:2]) + b + move[2])))
        return np.sum((output - y) ** 2, axis=1) / 2

    moves = 1e-5 * np.eye(3).reshape(3, 3, 1)
    slopes = np.transpose([costs(move) - costs(-move) for move in moves]) / 2e-5
    found = slopes.mean(axis=0).reshape(3, 1)
    return [found[:2]], [found[2]]


print(checks.check_vectorised(title, net.backprop, batch_of, truth=measured, see=see))


def long_forward_pass(x):
    passes.append(x)
    return [x, *ones], ones


def long_deltas(pre_activations, output, y):
    return ones


long, ones, passes = Network([600] + [1] * 8), [np.ones((1, 1))] * 8, []
checks.set_all(long, forward_pass=long_forward_pass, deltas=long_deltas)
args, way = (np.ones((1, 600)), ones[0]), {"name": "backprop", "passes": passes, "see": see}
print(checks.check_walk_back(title, long.backprop, args, depth=8, width=600, **way))

# %% grade_id="test-backprop-hidden" points=10
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 3 · backprop", "4 · Where the examples meet"
rng = checks.rng()


def forward_pass(x):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append(a[-1] @ w + b)
        a.append(1 / (1 + np.exp(-z[-1])))
    return a, z


def deltas(pre_activations, output, y):
    found, grad = [], (output - y) / len(y)
    for w, z in zip(weights[::-1], pre_activations[::-1]):
        found.insert(0, grad / (1 + np.exp(-z)) / (1 + np.exp(z)))
        grad = found[0] @ w.T
    return found


def of_batch(x, y):
    """Gradients of the batch, as a mean over its examples."""
    a, z = forward_pass(x)
    found = deltas(z, a[-1], y)
    rows = range(len(x))
    grads_w = [sum(np.outer(left[r], d[r]) for r in rows) for left, d in zip(a, found)]
    return grads_w, [sum(d[r] for r in rows) for d in found]


def cost(parameters):
    a = x
    for w, b in zip(*parameters):
        a = 1 / (1 + np.exp(-(a @ w + b)))
    return np.sum((a - y) ** 2) / (2 * batch)


again = ", where the network has other parameters than before"
cases = ([3, 3, 3, 3], 3, ""), ([4, 3, 2], 1, ""), ([2, 5, 1, 2, 4], 4, "")
for widths, batch, which in (*cases, ([2, 5, 1, 2, 4], 4, again), ([3, 2], 6, "")):
    net = net if which else Network(widths)
    weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
    biases = [rng.normal(size=n) for n in widths[1:]]
    own = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **own, forward_pass=forward_pass, deltas=deltas)
    x, y = rng.normal(size=(batch, widths[0])), rng.uniform(size=(batch, widths[-1]))
    done, expected = checks.check_pure(title, net.backprop, x, y, see=see), of_batch(x, y)
    name = f"(grads_w, grads_b) of {batch} example(s), sizes {widths}{which}"
    got, sizes = done.value, {"batch size": batch}
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
    got, kept = checks.get_all([net], "weights", "biases")[0], "(weights, biases) afterwards"
    print(checks.check_value(title, got, (weights, biases), name=kept, see=see))
print(checks.check_taylor(title, cost, done.value, (weights, biases), name=name, see=see))
whole = rng.integers(-2, 3, size=(6, 3))
name = "backprop of whole x"
print(checks.check_integers(title, net.backprop, whole, y, name=name, see=see))


def long_forward_pass(x):
    passes.append(x)
    return [x, *ones], ones


def long_deltas(pre_activations, output, y):
    return ones


long, ones, passes = Network([600] + [1] * 8), [np.ones((1, 1))] * 8, []
checks.set_all(long, forward_pass=long_forward_pass, deltas=long_deltas)
args, way = (np.ones((1, 600)), ones[0]), {"name": "backprop", "passes": passes, "see": see}
print(checks.check_walk_back(title, long.backprop, args, depth=8, width=600, **way))
### END HIDDEN TESTS

# %% [markdown]
# ### Trust, but measure
#
# The loop of Lab 1 is slow, but it is an independent witness.
#
# **What you should see.** Differences of $10^{-16}$ or less, which is rounding: the same terms are added
# in another order. A difference as large as the largest entry is a wrong formula, or a mean taken twice; one that is 99
# times as large is a mean that is missing.

# %% tags=["experiment"]
net, loop = Network([784, 30, 10], generator(2)), LoopNetwork([784, 30, 10], generator(2))
some = x_train[:100], y_train[:100]
for name, mine, slow in zip(("grads_w", "grads_b"), net.backprop(*some), loop.backprop(*some)):
    for k in range(2):
        gap, size = np.abs(mine[k] - slow[k]).max(), np.abs(slow[k]).max()
        print(f"{name}[{k}]: largest entry {size:.0e}, largest difference {gap:.0e}")

# %% [markdown]
# ### Question 1 · who knows whom (6 points)
#
# Let the batch have $B = 100$ examples.
#
# 1. Somebody replaces example 7, row `x[7]` and row `y[7]`, by another digit. Which entries of
#    `activations`, of `deltas`, of `grads_w` and `grads_b` change?
# 2. Somebody puts every example into the batch *twice*, so that $B = 200$. What happens to `deltas`, and what
#    to `grads_w`? Say why, with the formulas.
# 3. In a popular kind of layer, *batch normalisation*, each unit subtracts from its pre-activation the mean
#    of that pre-activation **over the batch**. Which of your two answers to part 1 about `activations`
#    and `deltas` would no longer hold?

# %% [markdown] grade_id="question-who-knows-whom" points=6
# ### BEGIN SOLUTION
# 1. In every array of `activations` and of `deltas` only row 7: rows never mix, on the way forward or
#    back (elementwise operations, and products with the weights from the right). In `grads_w` and
#    `grads_b` in general every entry, since each is a sum over all examples.
# 2. Every row of `deltas` is half as large, since cost_derivative divides by 200 in place of 100 (and
#    there are twice as many rows). `grads_w` and `grads_b` stay the same: twice as many terms, each
#    half as large; the mean over the examples does not change when each is counted twice.
# 3. Neither holds: the mean depends on all rows, so example 7 changes the activations of all others,
#    and on the way back the gradient of each row gets a part through the mean from all others.
#
# Mark scheme, 6 points. Part 1: 1 for row 7 only in activations and deltas, 1 for all entries of the
# gradients with the sum over the batch as the reason. Part 2: 1 for deltas halved with 1/B as the
# reason, 1 for unchanged gradients with the reason. Part 3: 1 for activations, 1 for deltas.
# ### END SOLUTION

# %% [markdown]
# ## 5 · One step
#
# One step of gradient descent on a mini-batch, with the learning rate $\eta$ (`eta`):
#
# $$w_k \leftarrow w_k - \eta\, \frac{\partial C}{\partial w_k}, \qquad
#   b_k \leftarrow b_k - \eta\, \frac{\partial C}{\partial b_k} .$$
#
# **By hand.** In our small network $\partial C/\partial w_1$ has $\tfrac1{32}$ at the top left. With $\eta = 8$ that
# entry of $w_1$ goes from $1$ to $1 - \tfrac{8}{32} = 0.75$. Both entries of $w_2$ stay as they are. (The biases,
# too: at each unit the two examples pull against each other.)
#
# ### Exercise 4 · `update_mini_batch` (8 points)
#
# Ask `self.backprop` **once**, for the whole mini-batch.
#
# **Think first.** The loop of Lab 1 divided by $B$ in this place. Should you?


# %% grade_id="update_mini_batch" stub="Set self.weights and self.biases to their values after one step: each minus eta times its gradient. Return nothing."
@add_to(Network)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    """Take one step of gradient descent on a mini-batch, in one go.

    x_mini_batch: (B, n_in); y_mini_batch: (B, n_out); eta: learning rate.
    Changes self.weights and self.biases, and returns nothing.
    """
    ### BEGIN SOLUTION
    grads_w, grads_b = self.backprop(x_mini_batch, y_mini_batch)
    self.weights = [w - eta * grad for w, grad in zip(self.weights, grads_w)]
    self.biases = [b - eta * grad for b, grad in zip(self.biases, grads_b)]
    ### END SOLUTION


# %% grade_id="test-update_mini_batch" points=4
import numpy as np
from course import checks

title, see = "Exercise 4 · update_mini_batch", "5 · One step"
rng = checks.rng()


def backprop(x, y):
    calls.append((x, y))
    return [grad.copy() for grad in grads_w], [grad.copy() for grad in grads_b]


widths, batch, eta = [4, 3, 2], 5, 0.7
net, shapes = Network(widths), list(zip(widths[:-1], widths[1:]))
# if your exercise 3 is still wrong, that must not count here again
net.backprop = backprop
for start in (0, 1):  # a step from zero, which is nothing but the step, and one from somewhere
    calls, sizes = [], {"batch size": batch, "eta": eta}
    weights, grads_w = ([k * rng.normal(size=shape) for shape in shapes] for k in (start, 1))
    biases, grads_b = ([k * rng.normal(size=n) for n in widths[1:]] for k in (start, 1))
    net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
    x, y = rng.normal(size=(batch, 4)), rng.uniform(size=(batch, 2))
    nothing = net.update_mini_batch(x, y, eta) is None

    observed = [(np.shape(a), np.shape(b)) for a, b in calls]
    once = "backprop must be asked once, with the whole mini-batch"
    once += (
        f"; your step asks it {len(calls)} times, with x of the shapes {[a for a, _ in observed]}"
    )
    right = observed == [(x.shape, y.shape)]
    done = checks.check_true(title, right, once, observed=observed, see=see)
    print("backprop is asked once, with the whole mini-batch:", done)
    print(("a step from zero:", "a step from random parameters:")[start])
    expected = [w - eta * grad for w, grad in zip(weights, grads_w)]
    print(checks.check_value(title, net.weights, expected, name="weights", sizes=sizes, see=see))
    expected = [b - eta * grad for b, grad in zip(biases, grads_b)]
    print(checks.check_value(title, net.biases, expected, name="biases", sizes=sizes, see=see))
    kept = "update_mini_batch must return nothing: the step is in self.weights and self.biases"
    print("nothing is returned:", checks.check_true(title, nothing, kept, see=see))

# %% grade_id="test-update_mini_batch-hidden" points=4
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 4 · update_mini_batch", "5 · One step"
rng = checks.rng()


def backprop(x, y):
    calls.append((x.copy(), y.copy()))
    return [grad.copy() for grad in grads_w], [grad.copy() for grad in grads_b]


for widths, first, eta in (([3, 2, 4], 1, 0.5), ([2, 2, 2], 6, 1.5), ([1, 5], 5, 0.1)):
    net, shapes = Network(widths), list(zip(widths[:-1], widths[1:]))
    net.backprop = backprop
    for batch, which in ((first, "first"), (first + 1, "second")):
        calls, of = [], f"{which} step of the network, batch of {batch}"
        long = 1 if which == "first" else 1000  # a long gradient must not be cut off
        weights, grads_w = ([k * rng.normal(size=shape) for shape in shapes] for k in (1, long))
        biases, grads_b = ([k * rng.normal(size=n) for n in widths[1:]] for k in (1, long))
        net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
        x, y = rng.normal(size=(batch, widths[0])), rng.uniform(size=(batch, widths[-1]))
        changed = checks.call(net.update_mini_batch, x.copy(), y.copy(), eta).changed
        name = f"what backprop was asked, {of}"
        print(checks.check_value(title, calls, [(x, y)], name=name, see=see))
        sizes, name = {"batch size": batch, "eta": eta}, f"weights, {of}"
        expected = [w - eta * grad for w, grad in zip(weights, grads_w)]
        print(checks.check_value(title, net.weights, expected, name=name, sizes=sizes, see=see))
        name = f"biases, {of}"
        expected = [b - eta * grad for b, grad in zip(biases, grads_b)]
        print(checks.check_value(title, net.biases, expected, name=name, sizes=sizes, see=see))
        kept = "the mini-batch must not be changed"
        print(checks.check_true(title, changed == (), kept, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** 0.75 at the top left, $w_2$ as it was, and a cost that falls from 0.125 to 0.116. If it
# rises, the step goes uphill; if nothing changes at all, the step never reached `self`.

# %% tags=["experiment"]
print("cost before:", small.cost(small.feedforward(small_x), small_y))
small.update_mini_batch(small_x, small_y, 8)
print("cost after: ", small.cost(small.feedforward(small_x), small_y).round(4))
print("w_1:", small.weights[0].tolist(), " w_2:", small.weights[1].tolist())

# %% [markdown]
# ## 6 · Counting right answers
#
# The network's answer is the class with the largest activation; the right one is where the one-hot label has
# its 1. `np.argmax(array, axis=...)` gives the place of the largest entry along an axis, for all rows at once.
# Comparing two arrays of answers gives an array of `True` and `False`, and NumPy counts `True` as 1.
#
# **By hand.** Three examples, two classes:
#
# $$\text{output} = \begin{pmatrix} 0.9 & 0.2 \\ 0.4 & 0.3 \\ 0.1 & 0.6 \end{pmatrix}, \quad
#   y = \begin{pmatrix} 1 & 0 \\ 0 & 1 \\ 0 & 1 \end{pmatrix}.$$
#
# The answers are 0, 0, 1, the labels 0, 1, 1: two of three, an accuracy of $0.667$.
#
# ### Exercise 5 · `evaluate` (6 points)
#
# Ask `self.feedforward` for all examples at once.
#
# **Think first.** What does `np.argmax` of a `(B, n_classes)` array give if you say nothing about the axis?


# %% grade_id="evaluate" stub="Return the accuracy, a number from 0 to 1: the fraction of examples whose class is found."
@add_to(Network)
def evaluate(self, x_test, y_test):
    """Fraction of examples whose class the network finds.

    x_test: (B, n_in); y_test: one-hot labels, (B, n_classes).
    Returns a number from 0 to 1.
    """
    ### BEGIN SOLUTION
    answers = np.argmax(self.feedforward(x_test), axis=1)
    return np.mean(answers == np.argmax(y_test, axis=1))
    ### END SOLUTION


# %% grade_id="test-evaluate" points=3
import numpy as np
from course import checks

title, see = "Exercise 5 · evaluate", "6 · Counting right answers"
rng = checks.rng()
n_in, n_classes, batch = 4, 5, 20
directions = rng.normal(size=(n_in, n_classes))
net = Network([n_in, n_classes])
# if your exercise 1 is still wrong, that must not count here again
net.feedforward = lambda x: 1 / (1 + np.exp(-np.tensordot(x, directions, axes=1)))
x = rng.normal(size=(batch, n_in))
surest = np.argmax((x @ directions).max(axis=1))
x[[0, surest]] = x[[surest, 0]]
labels = np.argmax(x @ directions, axis=1)
wrong = 1 + rng.permutation(batch - 1)[:6]
labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=6)) % n_classes
sizes = {"number of examples": batch, "number of classes": n_classes}
got = net.evaluate(x, np.eye(n_classes)[labels])
print(checks.check_value(title, got, 0.7, name="accuracy", sizes=sizes, see=see))

directions = rng.normal(size=(3, 3))
net = Network([3, 3])
net.feedforward = lambda x: 1 / (1 + np.exp(-np.tensordot(x, directions, axes=1)))
right = {}  # by the size of the batch: how large a share of its answers is right


def batch_of(batch):
    x, wrong = rng.normal(size=(batch, 3)), rng.random(batch) < rng.uniform(0.2, 0.8)
    labels = (np.argmax(x @ directions, axis=1) + wrong) % 3
    right[batch] = np.mean(~wrong)
    return x, np.eye(3)[labels]


def known(x, y):
    return right[len(x)]


print(checks.check_vectorised(title, net.evaluate, batch_of, truth=known, see=see))

# %% grade_id="test-evaluate-hidden" points=3
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 5 · evaluate", "6 · Counting right answers"
rng = checks.rng()
for n_in, n_classes, batch, faults in ((2, 3, 1, 0), (3, 2, 7, 3), (6, 4, 4, 1), (5, 7, 9, 9)):
    directions = rng.normal(size=(n_in, n_classes))
    net = Network([n_in, n_classes])
    net.feedforward = lambda x, d=directions: 1 / (1 + np.exp(-np.tensordot(x, d, axes=1)))
    x = rng.normal(size=(batch, n_in))
    surest = np.argmax((x @ directions).max(axis=1))
    x[[0, surest]] = x[[surest, 0]]
    labels = np.argmax(x @ directions, axis=1)
    wrong = (1 + rng.permutation(batch))[:faults] % batch
    labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=faults)) % n_classes
    y = np.eye(n_classes, dtype=int)[labels]
    sizes = {"number of examples": batch, "number of classes": n_classes}
    name = f"accuracy of {batch} example(s), {n_classes} classes"
    done, expected = checks.check_pure(title, net.evaluate, x, y, see=see), (batch - faults) / batch
    print(checks.check_value(title, done.value, expected, name=name, sizes=sizes, see=see), done)

# the answer depends on the length of x: class 0 up to 2, class 1 up to 4, class 2 beyond
batch, n_classes = 31, 3
away = rng.normal(size=2)
away = away / np.sqrt(np.sum(away**2))
net = Network([2, n_classes])
net.feedforward = lambda x: 1 / (1 + np.exp(-(x @ np.outer(away, [0, 1, 2]) - [0, 2, 6])))
for faults in (4, 14):
    answers = rng.permutation(np.arange(batch) % n_classes)
    x = (1 + 2 * answers + rng.uniform(-0.3, 0.3, size=batch))[:, np.newaxis] * away
    labels, wrong = answers.copy(), rng.permutation(batch)[:faults]
    labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=faults)) % n_classes
    got, expected = net.evaluate(x, np.eye(n_classes)[labels]), (batch - faults) / batch
    name = f"accuracy, {faults} of {batch} examples wrong"
    print(checks.check_value(title, got, expected, name=name, see=see))

# the largest activation counts, by however little it is the largest
net.feedforward = lambda x: x[..., ::-1]
answers = rng.permutation(np.arange(batch) % n_classes)
x = 0.5 + 0.0001 * (np.eye(n_classes)[answers] + rng.uniform(-0.1, 0.1, (batch, n_classes)))
labels, wrong = answers.copy(), rng.permutation(batch)[:6]
labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=6)) % n_classes
got, name = net.evaluate(x[:, ::-1].copy(), np.eye(n_classes)[labels]), "accuracy, near ties"
print(checks.check_value(title, got, 25 / 31, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** A network that has learned nothing gets about one digit in ten. A number above 1 would be a
# count, and not a fraction.

# %% tags=["experiment"]
print("untrained:", Network([784, 30, 10], generator(1)).evaluate(x_test, y_test))

# %% [markdown]
# ## 7 · What was it worth?
#
# Both classes now take the same steps; only `backprop` differs. Measure the processor time of some
# updates with mini-batches of $B$ digits (it counts this program alone, whatever else your computer is doing),
# and scale it to an epoch of 12,000.
#
# **What you should see.** The loop takes about the same time whatever $B$ is: its work is per example. Your network
# begins beside it at $B = 1$, where there is nothing to share, and falls nearly like $\tfrac1B$, for Python's
# paperwork is now per *batch*. Then the curve flattens: what is left is arithmetic, and the traffic between
# processor and memory. If your curve stays on the loop's, there is a loop in it.

# %% tags=["experiment"]
from course import plots


def seconds_per_epoch(net, batch_size, budget=0.25):
    """Processor time of an epoch, from as many updates as fit into `budget` seconds."""
    batch, updates = (x_train[:batch_size], y_train[:batch_size]), 0
    start = time.process_time()
    while time.process_time() - start < budget:
        net.update_mini_batch(*batch, 0.01)
        updates += 1
    return (time.process_time() - start) / updates * len(x_train) / batch_size


batch_sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]
networks = {
    "one by one": LoopNetwork([784, 30, 10], generator(2)),
    "whole batches": Network([784, 30, 10], generator(2)),
}
epoch_seconds = {
    name: [seconds_per_epoch(network, size) for size in batch_sizes]
    for name, network in networks.items()
}
for size, slow, fast in zip(batch_sizes, *epoch_seconds.values()):
    print(
        f"B = {size:4d}: {slow:6.2f} s and {fast:6.2f} s per epoch, {slow / fast:5.1f} times faster"
    )
figure = plots.plot_curves(
    batch_sizes, epoch_seconds, xlabel="batch size B", ylabel="seconds per epoch"
)
figure.axes[0].set(xscale="log", yscale="log")
figure

# %% [markdown]
# ## 8 · A gradient for each example
#
# The matrix product adds up the examples, and the sum hides who wanted what. Sometimes one wants to
# know: which digits does the network still learn from, and which only repeat what it knows? Is there one
# whose label is wrong, and which pulls harder than a hundred others? How much do the examples of a batch
# disagree? (And training on private data *must* limit the influence of each single example.) All these need
# the gradient of **each example's own cost** $C_r = \tfrac12 \sum_j (a_{rj} - y_{rj})^2$.
#
# One could run `backprop` on batches of one. But everything that is needed is already there: the deltas keep
# the examples apart, it was the sum over $r$ that mixed them. So leave it out:
#
# $$G_{rij} = a_{ri}\, \delta_{rj}, \qquad \text{shape } (B, n_\text{in}, n_\text{out}) :$$
#
# one outer product per example, stacked. There is no `@` for that, but `einsum` writes down any such
# formula. Name the axes of each factor, and those of the result; an axis that the result does not name is
# summed over:
#
# | call | formula | what it is |
# |---|---|---|
# | `np.einsum("ri,ij->rj", a, w)` | $\sum_i a_{ri} w_{ij}$ | `a @ w` |
# | `np.einsum("rj->j", d)` | $\sum_r d_{rj}$ | `d.sum(axis=0)` |
# | `np.einsum("rj,rj->r", d, d)` | $\sum_j d_{rj} d_{rj}$ | squared length of each row |
# | `np.einsum("i,j->ij", u, v)` | $u_i v_j$ | `np.outer(u, v)`: nothing is summed |
#
# **By hand.** Our small network. `deltas` for the batch of two gave $\delta_2 = (-\tfrac1{16}, \tfrac1{16})^T$, with the
# $\tfrac1B = \tfrac12$ of the mean in it. Each example's own $\delta_2$ is $-\tfrac18$ and $\tfrac18$, and both have
# $a_1 = (\tfrac12, \tfrac12)$. So for $w_2$ the first example's gradient is
# $(-\tfrac1{16}, -\tfrac1{16})^T$ and the second's $(\tfrac1{16}, \tfrac1{16})^T$. Their mean is 0, as `backprop` says.
#
# ### Exercise 6 · `per_example_gradients` (16 points)
#
# Return `(grads_w, grads_b)` as in `backprop`, each array with the batch as a new first axis: entry `[r]` is
# the gradient of $C_r$. The mean over that axis must be what `backprop` gives.
#
# **Think first.** `self.deltas` differentiates the *mean* cost $C = \tfrac1B \sum_r C_r$. By what factor do its rows
# differ from what you want here? Why can you not see that with a batch of one?


# %% grade_id="per_example_gradients" stub="Return the tuple (grads_w, grads_b): two lists, first layer first, of arrays (B, n_in, n_out) and (B, n_out)."
@add_to(Network)
def per_example_gradients(self, x, y):
    """Gradients of each example's own cost with respect to all weights and biases.

    x: (B, n_in); y: (B, n_out).
    Returns the tuple (grads_w, grads_b), two lists, first layer first:
    grads_w[k][r] and grads_b[k][r] are the gradients of the cost of example r alone.
    """
    ### BEGIN SOLUTION
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    own = [len(x) * delta for delta in found]  # without the 1/B of the mean
    grads_w = [np.einsum("ri,rj->rij", a, delta) for a, delta in zip(activations, own)]
    return grads_w, own
    ### END SOLUTION


# %% grade_id="test-per_example_gradients" points=7
import numpy as np
from course import checks

title, see = "Exercise 6 · per_example_gradients", "8 · A gradient for each example"
rng = checks.rng()


def output_of(x, weights, biases):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(a @ w + b)))
    return a


def forward_pass(x):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z += [np.array([row @ w + b for row in a[-1]])]
        a += [1 / (1 + np.exp(-z[-1]))]
    return a, z


def deltas(pre_activations, output, y):
    """How the cost changes with each pre-activation, measured."""

    def cost(shifts):
        moved = np.zeros((len(y), widths[0]))
        for z, w, shift in zip(pre_activations, weights, shifts):
            moved = 1 / (1 + np.exp(-(z + moved @ w + shift))) - 1 / (1 + np.exp(-z))
        return np.sum((output + moved - y) ** 2) / (2 * len(y))

    return checks.central_difference(cost, [np.zeros_like(z) for z in pre_activations])


def gradient_of(r):
    """Gradient of the cost of example r, measured."""

    def cost(parameters):
        return np.sum((output_of(x[r], *parameters) - y[r]) ** 2) / 2

    return checks.central_difference(cost, (weights, biases))


widths, batch = [3, 4, 2], 4
net = Network(widths)
# if your exercises 1 and 2 are still wrong, that must not count here again
net.forward_pass, net.deltas = forward_pass, deltas
net.weights = weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
net.biases = biases = [rng.normal(size=n) for n in widths[1:]]
x, y = rng.normal(size=(batch, 3)), rng.uniform(size=(batch, 2))
measured = [checks.once(gradient_of, r) for r in range(batch)]  # for the whole class
expected = [[np.array([m[part][k] for m in measured]) for k in range(2)] for part in range(2)]
got, sizes = net.per_example_gradients(x, y), {"number of examples": batch}
name = "(grads_w, grads_b)"
print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))

# whether there is a loop over the examples shows with one layer, too
net = Network([2, 1])
w, b = rng.normal(size=(2, 1)), rng.normal(size=1)
net.weights, net.biases = [w], [b]
net.forward_pass = lambda x: ([x, 1 / (1 + np.exp(-(x @ w + b)))], [x @ w + b])
net.deltas = lambda pre_activations, output, y: [(output - y) * output * (1 - output) / len(y)]


def batch_of(batch):
    return rng.normal(size=(batch, 2)), rng.uniform(size=(batch, 1))


def measured(x, y):
    """Gradient of the cost of each example.

    Each parameter is moved a little, up and down, for all of them at once.
    """

    def costs(move):
        output = 1 / (1 + np.exp(-(x @ (w + move[:2]) + b + move[2])))
        return np.sum((output - y) ** 2, axis=1) / 2

    moves = 1e-5 * np.eye(3).reshape(3, 3, 1)
    slopes = np.transpose([costs(move) - costs(-move) for move in moves]) / 2e-5
    found = slopes.reshape(-1, 3, 1)
    return [found[:, :2]], [found[:, 2]]


print(checks.check_vectorised(title, net.per_example_gradients, batch_of, truth=measured, see=see))


def long_forward_pass(x):
    passes.append(x)
    return [x, *ones], ones


def long_deltas(pre_activations, output, y):
    return ones


long, ones, passes = Network([600] + [1] * 8), [np.ones((1, 1))] * 8, []
checks.set_all(long, forward_pass=long_forward_pass, deltas=long_deltas)
args, way = (
    (np.ones((1, 600)), ones[0]),
    {"name": "per_example_gradients", "passes": passes, "see": see},
)
print(checks.check_walk_back(title, long.per_example_gradients, args, depth=8, width=600, **way))

# %% grade_id="test-per_example_gradients-hidden" points=9
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 6 · per_example_gradients", "8 · A gradient for each example"
rng = checks.rng()


def forward_pass(x):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append(a[-1] @ w + b)
        a.append(1 / (1 + np.exp(-z[-1])))
    return a, z


def deltas(pre_activations, output, y):
    found, grad = [], (output - y) / len(y)
    for w, z in zip(weights[::-1], pre_activations[::-1]):
        found.insert(0, grad / (1 + np.exp(-z)) / (1 + np.exp(z)))
        grad = found[0] @ w.T
    return found


def gradient_of(r):
    """Gradient of the cost of example r: a batch of one."""
    a, z = forward_pass(x[r : r + 1])
    found = deltas(z, a[-1], y[r : r + 1])
    return [np.outer(left, d) for left, d in zip(a, found)], [d[0] for d in found]


again = ", where the network has other parameters than before"
cases = ([3, 3, 3], 3, ""), ([4, 2], 1, ""), ([2, 5, 1, 2, 4], 5, "")
for widths, batch, which in (*cases, ([2, 5, 1, 2, 4], 5, again), ([2, 3], 7, "")):
    net = net if which else Network(widths)
    weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
    biases = [rng.normal(size=n) for n in widths[1:]]
    own = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **own, forward_pass=forward_pass, deltas=deltas)
    x, y = rng.normal(size=(batch, widths[0])), rng.uniform(size=(batch, widths[-1]))
    measured, layers = [gradient_of(r) for r in range(batch)], range(len(weights))
    expected = [[np.array([m[part][k] for m in measured]) for k in layers] for part in (0, 1)]
    done = checks.check_pure(title, net.per_example_gradients, x, y, see=see)
    name = f"(grads_w, grads_b) of {batch} example(s), sizes {widths}{which}"
    sizes, got = {"number of examples": batch}, done.value
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
    print(checks.check_value(title, net.weights, weights, name="weights afterwards", see=see))
whole = rng.integers(-2, 3, size=(7, 2))
name = "per_example_gradients of whole x"
print(checks.check_integers(title, net.per_example_gradients, whole, y, name=name, see=see))


def long_forward_pass(x):
    passes.append(x)
    return [x, *ones], ones


def long_deltas(pre_activations, output, y):
    return ones


long, ones, passes = Network([600] + [1] * 8), [np.ones((1, 1))] * 8, []
checks.set_all(long, forward_pass=long_forward_pass, deltas=long_deltas)
args, way = (
    (np.ones((1, 600)), ones[0]),
    {"name": "per_example_gradients", "passes": passes, "see": see},
)
print(checks.check_walk_back(title, long.per_example_gradients, args, depth=8, width=600, **way))
### END HIDDEN TESTS

# %% [markdown]
# ### The same, by machine
#
# `jax.grad` makes from the cost of *one* example a function that gives its gradient, and `jax.vmap` makes from
# a function of one example a function of a batch. Nobody writes a batch axis by hand there; JAX puts it into every
# operation, as you did.
#
# **What you should see.** Differences of at most $10^{-15}$, and the mean over the examples equal to `backprop`. If
# both are as large as the gradients, look for the $\tfrac1B$ in your deltas.

# %% tags=["experiment"]
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def cost_of_one(parameters, x, y):
    a = x
    for w, b in zip(*parameters):
        a = jax.nn.sigmoid(a @ w + b)
    return jnp.sum((a - y) ** 2) / 2


net = Network([784, 30, 10], generator(3))
some = x_train[:50], y_train[:50]
of_each = jax.vmap(jax.grad(cost_of_one), in_axes=(None, 0, 0))
by_machine = of_each((net.weights, net.biases), *some)
mine, batch = net.per_example_gradients(*some), net.backprop(*some)
for part, name in enumerate(("grads_w", "grads_b")):
    for k in range(2):
        own = mine[part][k]
        to_jax = np.abs(own - by_machine[part][k]).max()
        to_mean = np.abs(own.mean(axis=0) - batch[part][k]).max()
        print(f"{name}[{k}]: shape {own.shape}, from JAX {to_jax:.0e}, from the mean {to_mean:.0e}")

# %% [markdown]
# ### What one example wants
#
# The gradient of one example for the first weights, $x_i\,\delta_j$, laid out as images, one per hidden unit.
#
# **What you should see.** The digit itself, ten times: in red where the unit's $\delta_j$ is positive, in blue
# where it is negative, paler or stronger. An example can do no more to a unit than add or subtract *its own
# image*. (The legend speaks of weights; here it is their gradient.) Everything that the first layer ever learns is a weighted sum of training digits.

# %% tags=["experiment"]
grads_w, _ = net.per_example_gradients(*some)
plots.show_weights(grads_w[0][4][:, :10])

# %% [markdown]
# ## 9 · Shuffled epochs
#
# An **epoch** shows every training example once. So far we cut mini-batches from the data in the order in which
# it lies on the disk. If that order means anything (all zeros first, one day's recordings after another's), the
# mini-batches are not fair samples: each gradient speaks for a part of the data, and the network learns that
# part and forgets the last one. So before each epoch, the examples are put into a new random order.
#
# One could draw each mini-batch at random from all examples. Then some would come three times in an epoch
# and, as one can calculate, more than a third ($1/e$) not at all. A random *order* has each exactly once.
#
# **By hand.** Five examples, mini-batches of two, and the order happens to be $(3, 0, 4, 1, 2)$. The
# mini-batches hold the rows $[3, 0]$, $[4, 1]$ and $[2]$: the last one is shorter, and is not thrown away.
#
# ### Exercise 7 · `minibatches` (12 points)
#
# Return a list of pairs `(x_batch, y_batch)`, or `yield` them one after the other, as you like.
#
# - All randomness comes from `rng`: the same generator in the same state gives the same mini-batches, and the
#   next epoch with it gives others. `rng.permutation(n)` is the array of the numbers $0 \dots n - 1$ in a random
#   order; an array indexed with an array of positions, `x[positions]`, gives those rows, as a new array.
# - It is the examples that are shuffled, not ready-made mini-batches.
# - All mini-batches have `mini_batch_size` examples, but for the last, which has what is left. They are arrays.
# - Rule 1 holds here, too: the rows of a mini-batch are picked all at once, not one by one. (A loop over the
#   mini-batches is fine.)
#
# **Think first.** `rng.shuffle(x)` shuffles the rows of `x`, in place. Name two things that go wrong if you write that
# line and then `rng.shuffle(y)`.


# %% grade_id="minibatches" stub="Return (or yield) the pairs (x_batch, y_batch) of one epoch, of shapes (mini_batch_size, n_in) and (mini_batch_size, n_out); the last pair may be shorter."
def minibatches(x, y, mini_batch_size, rng):
    """Cut one epoch into mini-batches, in a random order of the examples.

    x: (N, n_in); y: (N, n_out); mini_batch_size: at least 1; rng: a NumPy generator.
    Returns (or yields) pairs (x_batch, y_batch); together they hold each example once.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(x))
    batches = []
    for start in range(0, len(x), mini_batch_size):
        rows = order[start : start + mini_batch_size]
        batches.append((x[rows], y[rows]))
    return batches
    ### END SOLUTION


# %% grade_id="given-epoch"
def one_epoch(x, y, mini_batch_size, rng):
    """The mini-batches of one epoch as a list: your exercise 7, run to its end."""
    return [(x_batch, y_batch) for x_batch, y_batch in minibatches(x, y, mini_batch_size, rng)]


# %% grade_id="test-minibatches" points=5
import numpy as np
from course import checks

title, see = "Exercise 7 · minibatches", "9 · Shuffled epochs"
rng = checks.rng()
n, size, seed = 38, 4, int(rng.integers(2**31))
x, y = rng.normal(size=(n, 3)), rng.normal(size=(n, 2))
x[:, 0] = np.arange(n)  # so that each example can be recognised
done = checks.call(one_epoch, x.copy(), y.copy(), size, generator(seed))
batches = done.value
for one, name, columns in ((0, "x_batch", 3), (1, "y_batch", 2)):
    kind = next(
        (type(pair[one]) for pair in batches if not isinstance(pair[one], np.ndarray)), None
    )
    told = f"{name} must be an array of shape ({size}, {columns})"
    told += f"; in a pair of yours it is a {kind.__name__}" if kind else ""
    checks.check_true(title, kind is None, told, see=see)
got, expected = np.array([len(x_batch) for x_batch, _ in batches]), np.array([4] * 9 + [2])
print(checks.check_value(title, got, expected, name="sizes of the mini-batches", see=see))
all_x = np.concatenate([x_batch for x_batch, _ in batches])
all_y = np.concatenate([y_batch for _, y_batch in batches])
found = np.rint(all_x[:, 0]).astype(int)
name = "numbers of the examples in one epoch, sorted"
print(checks.check_value(title, np.sort(found), np.arange(n), name=name, see=see))
print(checks.check_value(title, all_x, x[found], name="x in the order of the epoch", see=see))
name = "y in the order of the epoch, which is that of x"
print(checks.check_value(title, all_y, y[found], name=name, see=see))
kept = "x and y must not be changed"
print("x and y are unchanged:", checks.check_true(title, done.changed == (), kept, see=see))
moved = "the examples must come in a random order"
print(
    "the order is random:", checks.check_true(title, list(found) != list(range(n)), moved, see=see)
)
groups = {frozenset(found[start : start + size]) for start in range(0, n, size)}
blocks = {frozenset(range(start, min(start + size, n))) for start in range(0, n, size)}
mixed = "the examples must be shuffled, not ready-made mini-batches"
print(
    "the mini-batches are mixed anew:",
    checks.check_true(title, not groups <= blocks, mixed, see=see),
)


def order_of(batches):
    return [round(float(row[0])) for x_batch, _ in batches for row in x_batch]


twice = generator(seed)
first, second = (order_of(one_epoch(x, y, size, twice)) for _ in range(2))
same = "the same generator in the same state must give the same order"
print("the order comes from rng:", checks.check_true(title, first == list(found), same, see=see))
new = "the next epoch with the same generator must have another order"
print("the next epoch differs:", checks.check_true(title, first != second, new, see=see))

# two mini-batches of 3, and two of 30: how many arrays are made of x and y, and what else is done
made, steps = [], []
for length in (6, 60):
    x, y = rng.normal(size=(length, 2)), rng.normal(size=(length, 1))
    done = checks.call(one_epoch, x, y, length // 2, twice, count_lines=True)
    made.append(sum(n for line, n in done.hits.items() if "_lines.py" in line))
    steps.append(done.lines - made[-1])
loop = "the rows of a mini-batch must be picked all at once, not one by one"
loop += f": two mini-batches of 3 take {sum(made[:1] + steps[:1])} steps of Python"
loop += f", two of 30 take {sum(made[1:] + steps[1:])}"
# a shuffle by hand is a loop over positions, and one by NumPy makes arrays: neither picks rows
picked = min(steps[1] - steps[0], made[1] - made[0]) < 50
done = checks.check_true(title, picked, loop, observed=picked, see=see)
print("the rows of a mini-batch are picked all at once:", done)

# %% grade_id="test-minibatches-hidden" points=7
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 7 · minibatches", "9 · Shuffled epochs"
rng = checks.rng()


def order_of(batches):
    return [round(float(row[0])) for x_batch, _ in batches for row in x_batch]


for n, size in ((18, 6), (17, 1), (19, 19), (13, 40), (41, 5)):
    x, y = rng.integers(-9, 9, size=(n, 2)), rng.integers(0, 2, size=(n, 3))
    x[:, 0] = np.arange(n)
    y[:, 1] = 100 + np.arange(n)
    seed = int(rng.integers(2**31))
    done = checks.call(one_epoch, x.copy(), y.copy(), size, generator(seed))
    of = f"{n} examples in mini-batches of {size}"
    got = np.array([len(x_batch) for x_batch, _ in done.value])
    expected = np.array([size] * (n // size) + [n % size] * (n % size > 0))
    print(checks.check_value(title, got, expected, name=f"sizes, {of}", see=see))
    found = np.array(order_of(done.value))
    name = f"numbers of the examples, sorted, {of}"
    print(checks.check_value(title, np.sort(found), np.arange(n), name=name, see=see))
    all_y = np.concatenate([y_batch for _, y_batch in done.value]) * 1.0
    name = f"y in the order of the epoch, {of}"
    print(checks.check_value(title, all_y, y[found] * 1.0, name=name, see=see))
    kept = "x and y must not be changed"
    print(checks.check_true(title, done.changed == (), kept, see=see))
    moved = "the examples must come in a random order"
    print(checks.check_true(title, list(found) != list(range(n)), moved, see=see))

# how far it is from each example to the next: if the old order is merely rotated, always 1
steps = set((np.diff(found) % n).tolist())
apart = "the examples must come in a random order, not in their old one from another place on"
print(checks.check_true(title, len(steps) > 3, apart, see=see))
# an order picked at random leaves half of them in their places once in 20! times
left, mixed = np.sum(found == np.arange(n)), "all examples must be shuffled, not only some of them"
print(checks.check_true(title, left <= n // 2, mixed, see=see))
twice, other = generator(seed), generator(seed + 1)
first, second = (order_of(one_epoch(x, y, size, twice)) for _ in range(2))
again = order_of(one_epoch(x, y, size, generator(seed)))
new = "the next epoch with the same generator must have another order"
print(checks.check_true(title, first != second, new, see=see))
same = "the same generator in the same state must give the same order"
print(checks.check_true(title, first == again, same, see=see))
differs = "a generator with another seed must give another order"
print(checks.check_true(title, first != order_of(one_epoch(x, y, size, other)), differs, see=see))

# in 85 epochs a random order leaves out one of the 16 with a probability of 16 * 0.75**85 < 1e-9
x, y = np.arange(4)[:, np.newaxis], np.zeros((4, 1))
orders = map(order_of, checks.call_all([partial(one_epoch, x, y, 3, twice)] * 85))
found = {(i, place) for order in orders for place, i in enumerate(order)}
reached = np.array([[(i, place) in found for place in range(4)] for i in range(4)])
everywhere = (
    "in some epoch each example must come first, in another one last, and at every place between"
)
print(checks.check_true(title, reached.all(), everywhere, observed=reached, see=see))

# of the last 13 examples about 4 in each epoch come among the first 13, and the other way round: of
# 20 epochs 82 in all, and fewer than 41 with a probability below 1e-9
n, third = 41, 13
x = np.arange(n)[:, np.newaxis]
orders = checks.call_all([partial(one_epoch, x, x, n, twice)] * 20)
orders = np.array([order_of(order) for order in orders])
forward = np.sum(orders[:, :third] >= n - third)
backward = np.sum(orders[:, n - third :] < third)
far = "the examples are shuffled among their neighbours only: the last ones must come early as often as"
far += " others, and the first ones late"
seen = [forward, backward]
print(checks.check_true(title, min(seen) >= 41, far, observed=seen, see=see))
x = np.array([[0, 7], [1, 7], [0, 7], [0, 7], [1, 7]])
batches = one_epoch(x, x[:, ::-1].copy(), 2, other)
got = np.sort(np.concatenate([x_batch[:, 0] for x_batch, _ in batches])) * 1.0
name = "numbers of the examples, sorted, where some examples are equal"
print(checks.check_value(title, got, np.array([0.0, 0, 0, 1, 1]), name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# Now training is a short loop. `SGD`, *stochastic gradient descent*, is given: it takes your mini-batches and
# your steps, and writes down how it goes.


# %% grade_id="given-sgd"
@add_to(Network)
def SGD(self, training_data, epochs, mini_batch_size, eta, test_data=None, rng=None):
    """Train with shuffled mini-batches, and write down cost and accuracy after each epoch.

    training_data, test_data: pairs (x, y); eta: learning rate; rng: generator of the order.
    Returns {"cost": {"training": [...], "test": [...]}, "accuracy": {...}}, one number per epoch.
    """
    rng = np.random.default_rng() if rng is None else rng
    data = {"training": training_data} | ({} if test_data is None else {"test": test_data})
    history = {"cost": {name: [] for name in data}, "accuracy": {name: [] for name in data}}
    for _ in range(epochs):
        for x_batch, y_batch in minibatches(*training_data, mini_batch_size, rng):
            self.update_mini_batch(x_batch, y_batch, eta)
        for name, (x, y) in data.items():
            history["cost"][name].append(self.cost(self.feedforward(x), y))
            history["accuracy"][name].append(self.evaluate(x, y))
    return history


# %% [markdown]
# ### Does shuffling matter?
#
# Sort the training digits by class, all zeros first, all nines last, and train twice: with the mini-batches
# in that order, and shuffled.
#
# **What you should see.** In order, the network ends each epoch having seen nothing but nines for 120 steps. It
# says "nine" to nearly everything, and reads little more than the nines, one digit in ten. Shuffled, it is the
# same network, the same digits, the same number of steps, and about 90 %.

# %% tags=["experiment"]
by_class = np.argsort(y_train.argmax(axis=1), kind="stable")
x_sorted, y_sorted = x_train[by_class], y_train[by_class]
test_data = (x_test, y_test)

in_order, accuracies = Network([784, 30, 10], generator(4)), []
for _ in range(5):
    for start in range(0, len(x_sorted), 10):
        rows = slice(start, start + 10)
        in_order.update_mini_batch(x_sorted[rows], y_sorted[rows], 3.0)
    accuracies.append(in_order.evaluate(*test_data))

shuffled = Network([784, 30, 10], generator(4))
history = shuffled.SGD((x_sorted, y_sorted), 5, 10, 3.0, test_data, generator(5))
curves = {"sorted by class": accuracies, "shuffled": history["accuracy"]["test"]}
figure = plots.plot_curves(
    range(1, 6), curves, xlabel="epoch", ylabel="accuracy on the test digits"
)
figure.axes[0].set_xticks(range(1, 6))
figure

# %% [markdown]
# ### Learning to read digits
#
# A long training, for once, since it costs so little now: 15 epochs.
#
# **What you should see.** More than 92 % on digits that the network has never seen. Training cost keeps falling, while
# the test curve levels off: that gap is *overfitting*, and Lab 4 is about it. If yours stays at 10 %, look at the
# sign of the step. If it climbs, but as slowly as with a learning rate ten times smaller, a mean is taken twice.

# %% tags=["experiment"]
network = Network([784, 30, 10], generator(1))
start = time.perf_counter()
history = network.SGD((x_train, y_train), 15, 10, 3.0, test_data, generator(1))
print(f"15 epochs in {time.perf_counter() - start:.1f} s,", end=" ")
print(f"test accuracy {history['accuracy']['test'][-1]:.1%}")
plots.plot_training(**history)

# %% [markdown]
# ### Which digits pull hardest?
#
# After the training, take 1,000 digits that the network has not seen, and the length of each one's gradient, all
# parameters together: $\lVert g_r \rVert = \sqrt{\sum g_r^2}$. It says how much the network would learn from that
# digit, if it were allowed to.
#
# **What you should see.** Most digits want next to nothing: the network is sure of them and right, and their gradient
# is about a thousandth of the longest. A few pull hard, and the cell counts how many of the sixteen hardest are misread: about half. The
# others are right by a hair. (Of *all* misread digits these are only a few. Section 10 asks why.)

# %% tags=["experiment"]
some = x_test[:1000], y_test[:1000]
grads_w, grads_b = network.per_example_gradients(*some)
squares = [np.einsum("rij,rij->r", grads, grads) for grads in grads_w]
squares += [np.einsum("rj,rj->r", grads, grads) for grads in grads_b]
norms = np.sqrt(sum(squares))
order = np.argsort(norms)
print("shortest, median and longest gradient:", norms[order[[0, 500, -1]]].round(5))
answers, labels = network.feedforward(some[0]).argmax(axis=1), some[1].argmax(axis=1)
hardest, misread = order[::-1][:16], answers != labels
print(f"misread: {np.sum(misread)} of 1000, and {np.sum(misread[hardest])} of the sixteen below")
plots.show_digits(some[0][hardest], labels[hardest], answers[hardest], columns=8)

# %% [markdown]
# And here the sixteen with the shortest gradients, from which the network would learn nothing:

# %% tags=["experiment"]
easiest = order[:16]
plots.show_digits(some[0][easiest], labels[easiest], answers[easiest], columns=8)

# %% [markdown]
# ### How large should a mini-batch be?
#
# Large batches are fast. Why not take all 12,000 examples at once, then? Two measurements.
#
# **First, what a batch knows.** The gradient of a mini-batch is an estimate of the gradient of all examples.
# How far off is it? The plot shows the relative error $\lVert g_B - g \rVert / \lVert g \rVert$ (root mean square of 30
# random mini-batches) for a network in the middle of its training.
#
# **What you should see.** A line with slope $-\tfrac12$ in a double logarithmic plot, as for any mean of independent
# measurements: the error falls like $1/\sqrt B$. And it is large: at $B = 10$ the error is several times as long
# as what it is an estimate of. Small batches learn all the same, because the errors of many steps
# point in all directions and the gradient always in the same one.

# %% tags=["experiment"]
young = Network([784, 30, 10], generator(6))
young.SGD((x_train, y_train), 1, 10, 1.0, rng=generator(6))


def as_vector(grads):
    return np.concatenate([grad.ravel() for part in grads for grad in part])


rng, whole = generator(7), as_vector(young.backprop(x_train, y_train))
noise_sizes, noise = [1, 3, 10, 30, 100, 300, 1000, 3000], []
for size in noise_sizes:
    draws = [rng.choice(len(x_train), size, replace=False) for _ in range(30)]
    errors = [as_vector(young.backprop(x_train[rows], y_train[rows])) - whole for rows in draws]
    noise.append(np.sqrt(np.mean([error @ error for error in errors]) / (whole @ whole)))
line = noise[4] * np.sqrt(noise_sizes[4] / np.array(noise_sizes))
curves = {"measured": noise, "slope −1/2": line}
figure = plots.plot_curves(noise_sizes, curves, xlabel="batch size B", ylabel="relative error")
figure.axes[0].set(xscale="log", yscale="log")
figure

# %% [markdown]
# **Second, what it learns.** Four trainings with the same learning rate and the same number of epochs.
#
# **What you should see.** Per epoch the small batches win by far: $B = 10$ takes 1,200 steps where
# $B = 1000$ takes 12, and its steps, although less exact, are as long.

# %% tags=["experiment"]
curves = {}
for size in (10, 100, 1000, 12000):
    net = Network([784, 30, 10], generator(8))
    start = time.perf_counter()
    history = net.SGD((x_train, y_train), 6, size, 3.0, test_data, generator(8))
    curves[f"B = {size}"] = history["accuracy"]["test"]
    print(f"B = {size:5d}: {6 * -(-len(x_train) // size):5d} steps", end=" ")
    print(f"in {time.perf_counter() - start:.1f} s, {curves[f'B = {size}'][-1]:.1%}")
plots.plot_curves(range(1, 7), curves, xlabel="epoch", ylabel="accuracy on the test digits")

# %% [markdown]
# **Play.** What does $B = 1000$ reach with `eta=10`? With `eta=30`? (Look at the activations afterwards.) And
# $B = 1$ with `eta=0.3`? Write down what you expect before you run it.
#
# ### Question 2 · the size of a mini-batch (6 points)
#
# Use your three plots: time per epoch (section 7), error of the gradient, accuracy per epoch.
#
# 1. Why does the time per epoch fall at first like $1/B$, and why does it stop falling?
# 2. You want a gradient with half the error. How many times more examples must a mini-batch have? At a batch
#    size where the time per epoch has gone flat, how much longer does one step take then?
# 3. A friend trains with $B = 12000$, since "the gradient is exact and the epoch is fastest", and the network
#    learns nearly nothing in six epochs. Explain to him why, and name two things that he could change.

# %% [markdown] grade_id="question-batch-size" points=6
# ### BEGIN SOLUTION
# 1. The cost of an update is a part per call (Python, NumPy's overhead), the same for every B, and a
#    part per example (arithmetic, memory traffic). An epoch has N/B updates: the first part falls like
#    1/B, the second is the same for every B. Once the second dominates, the curve is flat.
# 2. Four times more, since the error falls like 1/sqrt(B). Where the time per epoch is flat, the time
#    per step is proportional to B: four times as long. (So exactness has diminishing returns.)
# 3. It takes one step per epoch, six in all, and with a fixed learning rate each step moves the
#    parameters only a little; the small batches take 1,200 steps per epoch whose errors mostly cancel.
#    Exactness of the single step is not what is lacking. He can take smaller batches, a larger learning
#    rate (within limits: from some length on the steps overshoot), or many more epochs (two of these).
#
# Mark scheme, 6 points. Part 1: 1 for overhead per call, 1 for the work per example that remains. Part
# 2: 1 for the factor 4, 1 for four times the time of a step. Part 3: 1 for the number of steps as the
# reason, 1 for two sensible changes.
# ### END SOLUTION

# %% [markdown]
# ## 10 · Bonus: the length of a gradient that you never made
#
# `per_example_gradients` for 1,000 digits fills an array of $1000 \cdot 784 \cdot 30$ numbers, 190 MB, and all we wanted
# was 1,000 lengths. For all 12,000 digits it would be 2.3 GB. There is a better way, since these matrices are
# of a special kind: each is an outer product $u\,v^T$ of two vectors, and
#
# $$\lVert u\,v^T \rVert^2 = \sum_{i,j} (u_i v_j)^2 = \sum_i u_i^2 \; \sum_j v_j^2
#   = \lVert u \rVert^2 \lVert v \rVert^2 .$$
#
# The length of the big matrix follows from the lengths of two small vectors (Goodfellow, *Efficient
# per-example gradient computations*, 2015).
#
# **By hand.** $u = (1, 2)$, $v = (3, 4)$: $u\,v^T = \begin{pmatrix} 3 & 4 \\ 6 & 8 \end{pmatrix}$, the sum of squares is
# $9 + 16 + 36 + 64 = 125$, and $5 \cdot 25 = 125$.
#
# ### Exercise 8 · `gradient_norms` (8 bonus points)
#
# Return the length of each example's own gradient, all weights and biases of all layers together, without ever
# making an array with the three axes `(B, n_in, n_out)`, or one with the axes `(B, B)`: twice as many examples may take
# twice the memory, and no more. The test measures the memory that you use.
#
# **Think first.** A vector whose parts have the lengths 3 and 4: how long is it? So what do you add up over the
# layers, lengths or their squares? And what is $\lVert \partial C_r / \partial b_k \rVert$?


# %% grade_id="bonus_gradient_norms" stub="Return the array of the lengths of the examples' own gradients, all parameters together, shape (B,)."
@add_to(Network)
def gradient_norms(self, x, y):
    """Length of the gradient of each example's own cost, all parameters together.

    x: (B, n_in); y: (B, n_out).
    Returns an array (B,), made without any array (B, n_in, n_out) or (B, B).
    """
    ### BEGIN SOLUTION
    activations, pre_activations = self.forward_pass(x)
    found = self.deltas(pre_activations, activations[-1], y)
    squares = 0.0
    for a, delta in zip(activations, found):
        own = len(x) * delta
        # the 1 is for the biases, whose input is always 1
        squares = squares + (np.sum(a * a, axis=1) + 1) * np.sum(own * own, axis=1)
    return np.sqrt(squares)
    ### END SOLUTION


# %% grade_id="test-bonus_gradient_norms" points=4
import numpy as np
from course import checks

title = "Exercise 8 · gradient_norms"
see = "10 · Bonus: the length of a gradient that you never made"
rng = checks.rng()


def output_of(x, weights, biases):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(a @ w + b)))
    return a


def forward_pass(x):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z += [np.array([row @ w + b for row in a[-1]])]
        a += [1 / (1 + np.exp(-z[-1]))]
    return a, z


def deltas(pre_activations, output, y):
    """How the cost changes with each pre-activation, measured."""

    def cost(shifts):
        moved = np.zeros((len(y), widths[0]))
        for z, w, shift in zip(pre_activations, weights, shifts):
            moved = 1 / (1 + np.exp(-(z + moved @ w + shift))) - 1 / (1 + np.exp(-z))
        return np.sum((output + moved - y) ** 2) / (2 * len(y))

    return checks.central_difference(cost, [np.zeros_like(z) for z in pre_activations])


def length_of(r):
    """Length of the gradient of example r, measured."""

    def cost(parameters):
        return np.sum((output_of(x[r], *parameters) - y[r]) ** 2) / 2

    parts = checks.central_difference(cost, (weights, biases))
    return np.sqrt(sum(np.sum(grad**2) for part in parts for grad in part))


widths, batch = [3, 4, 2], 5
net = Network(widths)
net.forward_pass, net.deltas = forward_pass, deltas
net.weights = weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
net.biases = biases = [rng.normal(size=n) for n in widths[1:]]
x, y = rng.normal(size=(batch, 3)), rng.uniform(size=(batch, 2))
lengths = [checks.once(length_of, r) for r in range(batch)]  # for the whole class
expected, sizes = np.array(lengths), {"number of examples": batch}
got, name = net.gradient_norms(x, y), "gradient_norms(x, y)"
print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))


def forward_of_one_layer(x):
    return [x, 1 / (1 + np.exp(-(x @ w + b)))], [x @ w + b]


def deltas_of_one_layer(pre_activations, output, y):
    return [(output - y) * output * (1 - output) / len(y)]


# whether there is a loop over the examples shows with one layer, too
net = Network([2, 1])
w, b = rng.normal(size=(2, 1)), rng.normal(size=1)
net.weights, net.biases = [w], [b]
net.forward_pass, net.deltas = forward_of_one_layer, deltas_of_one_layer


def batch_of(batch):
    return rng.normal(size=(batch, 2)), rng.uniform(size=(batch, 1))


def measured(x, y):
    """Length of the gradient of each example.

    Each parameter is moved a little, up and down, for all of them at once.
    """

    def costs(move):
        output = 1 / (1 + np.exp(-(x @ (w + move[:2]) + b + move[2])))
        return np.sum((output - y) ** 2, axis=1) / 2

    moves = 1e-5 * np.eye(3).reshape(3, 3, 1)
    slopes = np.transpose([costs(move) - costs(-move) for move in moves]) / 2e-5
    return np.sqrt(np.sum(slopes**2, axis=1))


# nor is every example multiplied with every other
batch = 1000
done = checks.call(net.gradient_norms, *batch_of(batch), measure_memory=True)
pairs = "an array with the axes (B, B) is made, every example with every other"
pairs += ": B examples have B lengths"
done = checks.check_true(title, done.peak_bytes < batch * batch * 8 / 2, pairs, see=see)
print("no array grows like the square of the batch size:", done)
print(checks.check_vectorised(title, net.gradient_norms, batch_of, truth=measured, see=see))


def long_forward_pass(x):
    passes.append(x)
    return [x, *ones], ones


def long_deltas(pre_activations, output, y):
    return ones


long, ones, passes = Network([600] + [1] * 8), [np.ones((1, 1))] * 8, []
checks.set_all(long, forward_pass=long_forward_pass, deltas=long_deltas)
args, way = (np.ones((1, 600)), ones[0]), {"name": "gradient_norms", "passes": passes, "see": see}
print(checks.check_walk_back(title, long.gradient_norms, args, depth=8, width=600, **way))

# now many examples and a wide layer: little memory is taken, and the answer is right nevertheless
batch, n_in, n_out = (int(n) for n in rng.integers(150, 180, size=3))
net = Network([n_in, n_out])
w, b = rng.uniform(size=(n_in, n_out)) / n_in, np.zeros(n_out)
net.weights, net.biases = [w], [b]
net.forward_pass, net.deltas = forward_of_one_layer, deltas_of_one_layer
x, y = rng.uniform(size=(batch, n_in)), rng.uniform(size=(batch, n_out))
done = checks.call(net.gradient_norms, x, y, measure_memory=True)
some = rng.choice(batch, size=3, replace=False)
(of_mean,) = deltas_of_one_layer(None, forward_of_one_layer(x)[0][1], y)
grads = [(np.outer(x[r], batch * of_mean[r]), batch * of_mean[r]) for r in some]
expected = np.array([np.sqrt(np.sum(of_w**2) + np.sum(of_b**2)) for of_w, of_b in grads])
got, name = np.asarray(done.value)[some], "some norms of a large batch"
print(checks.check_value(title, got, expected, name=name, see=see))
large = "an array with the axes (B, n_in, n_out) is made, or something as large"
sparing = done.peak_bytes < batch * n_in * n_out * 8 / 4
print("memory is spared:", checks.check_true(title, sparing, large, see=see))

# %% grade_id="test-bonus_gradient_norms-hidden" points=4
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title = "Exercise 8 · gradient_norms"
see = "10 · Bonus: the length of a gradient that you never made"
rng = checks.rng()


def forward_pass(x):
    a, z = [x], []
    for w, b in zip(weights, biases):
        z.append(a[-1] @ w + b)
        a.append(1 / (1 + np.exp(-z[-1])))
    return a, z


def deltas(pre_activations, output, y):
    found, grad = [], (output - y) / len(y)
    for w, z in zip(weights[::-1], pre_activations[::-1]):
        found.insert(0, grad / (1 + np.exp(-z)) / (1 + np.exp(z)))
        grad = found[0] @ w.T
    return found


def length_of(r):
    """Length of the gradient of example r, from the gradient itself."""
    a, z = forward_pass(x[r : r + 1])
    found = deltas(z, a[-1], y[r : r + 1])
    grads = [np.outer(left, d) for left, d in zip(a, found)] + found
    return np.sqrt(sum(np.sum(grad**2) for grad in grads))


def set_parameters(widths):
    weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
    biases = [rng.normal(size=n) for n in widths[1:]]
    own = {"weights": weights, "biases": biases}
    checks.set_all(net, **own, forward_pass=forward_pass, deltas=deltas)
    return weights, biases


again = ", where the network has other parameters than before"
cases = ([3, 3, 3], 3, ""), ([4, 2], 1, ""), ([2, 5, 1, 2, 4], 5, ""), ([2, 5, 1, 2, 4], 5, again)
for widths, batch, which in cases:
    net = net if which else Network(widths)
    weights, biases = set_parameters(widths)
    x, y = rng.normal(size=(batch, widths[0])), rng.uniform(size=(batch, widths[-1]))
    expected = np.array([length_of(r) for r in range(batch)])
    name = f"gradient_norms of {batch} example(s), sizes {widths}{which}"
    done = checks.check_pure(title, net.gradient_norms, x, y, see=see)
    got, sizes = done.value, {"number of examples": batch}
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
whole = rng.integers(-2, 3, size=(5, 2))
name = "gradient_norms of whole x"
print(checks.check_integers(title, net.gradient_norms, whole, y, name=name, see=see))


def long_forward_pass(x):
    passes.append(x)
    return [x, *ones], ones


def long_deltas(pre_activations, output, y):
    return ones


long, ones, passes = Network([600] + [1] * 8), [np.ones((1, 1))] * 8, []
checks.set_all(long, forward_pass=long_forward_pass, deltas=long_deltas)
args, way = (np.ones((1, 600)), ones[0]), {"name": "gradient_norms", "passes": passes, "see": see}
print(checks.check_walk_back(title, long.gradient_norms, args, depth=8, width=600, **way))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** All 12,000 lengths in a fraction of a second, and some digits that you would not read
# either. One digit in ten has more than four fifths of the total length: from the rest there is little left to learn.
# The last line is a riddle. It counts digits that the network *still misreads*, and from which it learns next to
# nothing all the same. Compare their outputs with the formula for $\delta_L$: what is $\sigma'$ there? Lab 4 has the cure.

# %% tags=["experiment"]
start = time.perf_counter()
norms = network.gradient_norms(x_train, y_train)
print(f"{len(norms)} lengths in {time.perf_counter() - start:.2f} s")
order = np.argsort(norms)[::-1]
share = norms[order[: len(order) // 10]].sum() / norms.sum()
print(f"the tenth of the digits that pulls hardest has {share:.0%} of the total length")
answers, labels = network.feedforward(x_train).argmax(axis=1), y_train.argmax(axis=1)
weak = (answers != labels) & (norms < norms.max() / 50)
print(f"misread: {np.sum(answers != labels)}, of these with a short gradient: {np.sum(weak)}")
hardest = order[:16]
plots.show_digits(x_train[hardest], labels[hardest], answers[hardest], columns=8)

# %% [markdown]
# ## What comes next
#
# Your network is now as fast as NumPy lets it be, and its code is shorter than the loop was. You know where the
# examples of a batch meet, and how to keep them apart.
#
# But look at `forward_pass` again: it **remembers** everything, and a batch of $B$ remembers $B$ times as much. For large
# networks that is what fills the memory, and what limits $B$. In Lab 3 you throw most of it away on purpose, and compute it
# again when it is needed. Lab 4 changes the cost, the step and more, and starts from the class that you have
# here. In Lab 5 the machine learns to derive the backward pass by itself.
