# %% [markdown]
# # Lab 4 · Training well
#
# A network with correct gradients can still learn badly. It can be so wrong that it hardly notices,
# learn its training digits by heart, crawl through a long valley, or jump across it. In this lab
# you take the network of the first labs, which ends in sigmoids and learns by plain gradient
# descent, and replace its parts, one by one, by those that everybody uses today. Each part is a few
# lines. The art is to know what it is for, to write it so that it holds for large numbers too, and
# to measure honestly whether it helped.
#
# **When you are done you will have**
#
# - a softmax that survives any numbers, and the cross-entropy with a gradient simpler than the two
#   functions it is made of,
# - a classifier whose output is a probability for each digit,
# - L2 regularisation, momentum in both its forms and RMSprop; the optimisers agree with PyTorch and
#   optax to the last digit or so,
# - a table that says with means and spreads what helped, and by how much,
# - for bonus points Adagrad, AdamW and dropout, and a way to make many digits out of few.
#
# **How the lab works.** There are seven exercises and five bonus exercises. Each begins with a
# reason, a derivation and an example small enough to check with pencil and paper. You write the
# body of a function where you see `raise NotImplementedError`. The cell below it tests what you
# wrote and says in words what is wrong, if anything is; when your work is graded, the same claims
# are tested again on other numbers. Cells that only train or draw are not graded: play with them.
# Three questions ask for a few sentences and are read by a person. All in all 100 points, and two
# to three hours; the bonus part (section 9) gives up to 33 points more and takes an hour or so.
#
# **What you need**: backpropagation in a network of layers, for a batch of examples (labs 1 and 2;
# the code is given), logarithms, and NumPy (`axis=`, `keepdims=True`).

# %% [markdown]
# ## The agreement about shapes
#
# | symbol | in code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | `(B, n_in)` | inputs, one example per row |
# | $w_k,\; b_k$ | `weights[k - 1]`, `biases[k - 1]` | `(n_{k-1}, n_k)`, `(n_k,)` | parameters of layer $k$ |
# | $z$ | `z`, `logits` | `(B, n_classes)` | **logits**: pre-activations of the last layer |
# | $p$ | `p` | `(B, n_classes)` | a probability for each class; each row sums to 1 |
# | $y$ | `y` | `(B, n_classes)` | labels, one-hot: one 1 per row |
# | $C$ | `cost` | one number | how wrong the network is, a mean over the $B$ examples |
# | $\eta$ | `learning_rate` | one number | how long the steps are |
#
# The rules of all labs: a gradient has the shape of the thing it is the gradient of, and is a mean
# over the batch already; a function does not change its arguments; inputs may be integers, labels,
# parameters and gradients as well; no size is written into the code.

# %% grade_id="given-numpy"
import math
import os
import sys

# the matrices of this lab are small: several threads would mostly wait for each other; this
# counts only before NumPy is imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

# %% [markdown]
# ## 1 · Probabilities out of any numbers
#
# A digit is exactly one of ten. But the network of lab 1 has ten independent sigmoids: it may call
# the same image a 3 with 0.9 *and* an 8 with 0.8, or nothing at all. We want ten numbers that are
# positive and sum to one. **Softmax** makes them out of any numbers $z_1 \dots z_n$, the *logits*:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} .$$
#
# The exponential makes everything positive, the division makes the sum 1. Written down as it
# stands:


# %% grade_id="given-unstable_softmax"
def unstable_softmax(x, axis=-1):
    """Softmax as the formula has it: right for small numbers only."""
    e = np.exp(x)
    return e / np.sum(e, axis=axis, keepdims=True)


# %% [markdown]
# Try it on logits around $\pm 1000$ (they do occur, when a step was too long). The largest float64
# is about $e^{709}$, the smallest about $e^{-745}$. So $e^{1000}$ is `inf`, and `inf / inf` is
# `nan`; and $e^{-1000}$ is `0`, and `0 / 0` is `nan` as well. One `nan` in a gradient, and after
# the next step every weight is `nan`.

# %% tags=["experiment"]
with np.errstate(all="ignore"):
    for row in ([1.0, 2.0], [1000.0, 1001.0], [-1000.0, -1001.0]):
        print(f"{row!s:>18} -> {unstable_softmax(np.array(row))}")

# %% [markdown]
# ### The sum that must not overflow
#
# Begin with the denominator, or rather with its logarithm, which the next section needs as well:
#
# $$\text{lse}(z) = \log \sum_j e^{z_j} \qquad \text{("log-sum-exp")} .$$
#
# Its value is harmless: it lies between $\max_j z_j$ and $\max_j z_j + \log n$ (why? keep one term
# of the sum, or replace all by the largest). Only the way there leads through $e^{1000}$. Take out
# a common factor $e^c$ first. For **any** number $c$
#
# $$\log \sum_j e^{z_j} = \log \Big( e^{c} \sum_j e^{z_j - c} \Big) = c + \log \sum_j e^{z_j - c} .$$
#
# Which $c$ makes it safe? No exponent $z_j - c$ may be large, or something overflows; and at least
# one must be near 0, or everything underflows and we take the logarithm of 0.
#
# **By hand.** $z = (\ln 1, \ln 3) = (0,\; 1.0986)$: $\text{lse} = \ln(1 + 3) = 1.3863$. For $z =
# (1000,\; 1000 + \ln 3)$ the answer is $1000 + 1.3863$.
#
# ### Exercise 1 · `log_sum_exp` (8 points)
#
# `z` may have any shape; the sum runs along one axis, which is then gone: `(B, n)` becomes `(B,)`.
# With `keepdims=True`, `np.max` and `np.sum` leave an axis of length 1 in its place, so that the
# result still lines up with `z`; `np.squeeze(result, axis=axis)` takes it out. Work in float64, as
# NumPy does by itself: float32 has only four digits left behind the point of 1000.
#
# **Think first.** A batch has rows around $1000$ and rows around $-1000$, and sometimes both in one
# row. Does one $c$ for the whole array do? Does the first entry of each row?


# %% grade_id="log_sum_exp" stub="Return log(sum(exp(z))) along the axis, an array with the shape of z without that axis."
def log_sum_exp(z, axis=-1):
    """Logarithm of the sum of exponentials along an axis, for numbers of any size.

    z: array of any shape, entries of any size (1000 and -1000 too); axis: the axis to sum along.
    Returns an array with the shape of z without that axis, in float64.
    """
    ### BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    top = np.max(z, axis=axis, keepdims=True)
    result = top + np.log(np.sum(np.exp(z - top), axis=axis, keepdims=True))
    return np.squeeze(result, axis=axis)
    ### END SOLUTION


# %% grade_id="test-log_sum_exp" points=4
import numpy as np
from course import checks

title, see = "Exercise 1 · log_sum_exp", "1 · Probabilities out of any numbers"
rng = checks.rng()
z = rng.normal(size=(4, 3))
small = np.log(np.sum(np.exp(z), axis=1))
got = log_sum_exp(z)
print(checks.check_value(title, got, small, name="log_sum_exp(z)", see=see))
got = log_sum_exp(z.T, axis=0)
print(checks.check_value(title, got, small, name="log_sum_exp(z.T, axis=0)", see=see))
far = np.array([1000.0, -1000.0, 0.0, 800.0])  # one number added to each row
name = "log_sum_exp(z), rows around 1000, -1000, 0, 800"
print(checks.check_value(title, log_sum_exp(z + far[:, None]), small + far, name=name, see=see))
mixed = np.array([[0.0, 1000.0, -1000.0], [-1000.0, 1000.0, 990.0], [1000.0, -1000.0, 0.0]])
expected = [1000.0, 1000.0 + np.log1p(np.exp(-10.0)), 1000.0]
name = "log_sum_exp(z), 1000 and -1000 in one row"
print(
    checks.check_value(title, log_sum_exp(mixed), expected, name=name, rtol=1e-9, atol=0, see=see)
)
got, name = log_sum_exp(np.full((2, 3), -5.0)), "log_sum_exp(z), all entries of a row equal"
print(checks.check_value(title, got, np.full(2, np.log(3.0) - 5), name=name, see=see))

# %% grade_id="test-log_sum_exp-hidden" points=4
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 1 · log_sum_exp", "1 · Probabilities out of any numbers"
rng = checks.rng()
cases = (
    ((5, 5), 0),
    ((2, 3, 4), 1),
    ((1, 6), -1),
    ((7,), 0),
    ((3, 1), -1),
    ((2, 1, 4), -1),
    ((3, 1, 2), 0),
)
drawn = [rng.normal(size=of) + rng.choice([-1000.0, 0.0, 1000.0], size=of) for of, _ in cases]
asked = [partial(log_sum_exp, z.copy(), axis=axis) for z, (_, axis) in zip(drawn, cases)]
for (shape, axis), z, got in zip(cases, drawn, checks.call_all(asked)):
    expected = np.logaddexp.reduce(z, axis=axis)
    name = f"log_sum_exp for shape {shape}, axis {axis}"
    print(checks.check_value(title, got, expected, name=name, rtol=1e-9, atol=1e-12, see=see))
z = rng.normal(size=(3, 4)) + np.array([[-900.0], [5.0], [900.0]])
expected = np.logaddexp.reduce(z, axis=1)
name = "log_sum_exp, rows of very different size"
print(checks.check_value(title, log_sum_exp(z), expected, name=name, rtol=1e-9, see=see))
whole = rng.integers(-5, 6, size=(3, 4))
print(checks.check_integers(title, log_sum_exp, whole, name="log_sum_exp(whole z)", see=see))
print(checks.check_pure(title, log_sum_exp, z, see=see))
for far in (-1000, -750, 720):  # nothing else in the array that would ask for care
    cases = ((3, 4), -1), ((3, 4), 0), ((5,), 0)
    drawn = [rng.normal(size=shape) + far for shape, _ in cases]
    asked = [partial(log_sum_exp, z.copy(), axis=axis) for z, (_, axis) in zip(drawn, cases)]
    for (shape, axis), z, got in zip(cases, drawn, checks.call_all(asked)):
        expected = np.logaddexp.reduce(z, axis=axis)
        name = f"log_sum_exp, all entries around {far}, shape {shape}, axis {axis}"
        print(checks.check_value(title, got, expected, name=name, rtol=1e-9, see=see))
z = rng.normal(size=(3, 4)) - 1000
expected = np.logaddexp.reduce(z, axis=1)
name = "log_sum_exp, all entries around -1000, to the digits of float64"
print(checks.check_value(title, log_sum_exp(z), expected, name=name, rtol=0, atol=1e-12, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2 · `stable_softmax` (10 points)
#
# The same thought for the fraction. Multiply top and bottom by $e^{-c}$:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} = \frac{e^{z_i - c}}{\sum_j e^{z_j - c}} .$$
#
# So softmax sees only *differences* of logits: adding 1000 to a whole row changes nothing. Choose
# $c$ such that the largest exponent of each row is exactly 0. An exponent may be $-2000$, then its
# probability is 0, which is what float64 has for $e^{-2000}$; and the sum is at least 1.
#
# **By hand.** $z = (0, \ln 3)$ gives $(\tfrac14, \tfrac34)$. So does $(1000,\, 1000 + \ln 3)$. And
# $(-1000, 0, 1000)$ gives $(0, 0, 1)$.
#
# **Think first.** A test that puts $10^6$ into every entry passes even if you subtract the maximum
# of the whole array, or the first entry of each row. Which arrays would tell the difference?


# %% grade_id="stable_softmax" stub="Return the softmax of x along the axis, an array of the shape of x, with no exponent above 0."
def stable_softmax(x, axis=-1):
    """Softmax along an axis, for logits of any size.

    x: logits, any shape, entries of any size (1000 and -1000 too); axis: the axis that sums to 1.
    Returns an array of the shape of x.
    """
    ### BEGIN SOLUTION
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
    ### END SOLUTION


# %% grade_id="test-stable_softmax" points=4
import numpy as np
from course import checks

title, see = "Exercise 2 · stable_softmax", "1 · Probabilities out of any numbers"
rng = checks.rng()
z = rng.normal(size=(5, 4))
odds = np.exp(z)
p = odds / odds.sum(axis=1, keepdims=True)
print(checks.check_value(title, stable_softmax(z), p, name="stable_softmax(z)", see=see))
got = stable_softmax(z.T, axis=0)
print(checks.check_value(title, got, np.transpose(p), name="stable_softmax(z.T, axis=0)", see=see))
far = np.array([[1000.0], [-1000.0], [0.0], [500.0], [-500.0]])  # one number added to each row
name = "stable_softmax(z), rows around 1000, -1000, 0, 500, -500"
print(checks.check_value(title, stable_softmax(z + far), p, name=name, see=see))
mixed = [
    [0.0, 1000.0, -1000.0],
    [-1000.0, 1000.0, 1000.0],
    [1000.0, 0.0, 1000.0],
    [-1e6, -1e6, 0.0],
]
expected = [[0.0, 1.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0]]
name = "stable_softmax(z), 1000 and -1000 in one row"
print(checks.check_value(title, stable_softmax(np.array(mixed)), expected, name=name, see=see))

# %% grade_id="test-stable_softmax-hidden" points=6
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 2 · stable_softmax", "1 · Probabilities out of any numbers"
rng = checks.rng()
cases = (
    ((4, 4), 0),
    ((4, 4), 1),
    ((2, 3, 5), 1),
    ((1, 3), -1),
    ((6,), 0),
    ((3, 1), -1),
)
drawn = [rng.normal(size=of) + rng.choice([-1000.0, 0.0, 1000.0], size=of) for of, _ in cases]
asked = [partial(stable_softmax, z.copy(), axis=axis) for z, (_, axis) in zip(drawn, cases)]
for (shape, axis), z, got in zip(cases, drawn, checks.call_all(asked)):
    expected = np.exp(z - np.expand_dims(np.logaddexp.reduce(z, axis=axis), axis))
    name = f"stable_softmax for shape {shape}, axis {axis}"
    print(checks.check_value(title, got, expected, name=name, see=see))
z = rng.normal(size=(4, 3)) + np.array([[-1000.0], [-800.0], [3.0], [1000.0]])
expected = np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
name = "stable_softmax, rows of very different size"
print(checks.check_value(title, stable_softmax(z), expected, name=name, see=see))
whole = rng.integers(-3, 4, size=(2, 5))
print(checks.check_integers(title, stable_softmax, whole, name="stable_softmax(whole z)", see=see))
print(checks.check_pure(title, stable_softmax, rng.normal(size=(3, 4)), see=see))
for far in (-1000, -750, 720):  # nothing else in the array that would ask for care
    cases = ((3, 4), -1), ((3, 4), 0), ((5,), 0)
    drawn = [rng.normal(size=shape) for shape, _ in cases]
    asked = [partial(stable_softmax, z + far, axis=axis) for z, (_, axis) in zip(drawn, cases)]
    for (shape, axis), z, got in zip(cases, drawn, checks.call_all(asked)):
        odds = np.exp(z)
        name = f"stable_softmax, all entries around {far}, shape {shape}, axis {axis}"
        expected = odds / odds.sum(axis, keepdims=True)
        print(checks.check_value(title, got, expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The two rows that broke the formula above now give sensible
# probabilities, and the first of them the same as (1, 2), whose differences it has. A `nan` in the
# last row means that you protect against overflow but not against underflow.

# %% tags=["experiment"]
for row in ([1.0, 2.0], [1000.0, 1001.0], [-1000.0, -1001.0]):
    print(f"{row!s:>18} -> {stable_softmax(np.array(row))}")

# %% [markdown]
# ## 2 · Being wrong must hurt
#
# Now that the network gives probabilities, there is a natural measure of how wrong it is: *how
# improbable did it find the right answer?* If it gave the right class a probability $p_y$, its loss
# is $-\log p_y$: nothing if $p_y = 1$, much if $p_y$ is near 0, and without bound. For a batch it
# is the mean, and with one-hot labels the sum over the classes picks the right one out:
#
# $$C = -\frac1B \sum_{r=1}^{B} \sum_{i} y_{ri} \log p_{ri}, \qquad p_r = \text{softmax}(z_r) .$$
#
# This is the **cross-entropy**. Here too the way matters: for logits $(0, 1000)$ and a label in the
# first place, $p_1$ underflows to 0 and $-\log 0$ is infinite, although the loss is simply 1000. So
# do not compute $p$ first. Put the definition of softmax in:
#
# $$-\log p_y = -\log \frac{e^{z_y}}{\sum_j e^{z_j}} = \text{lse}(z) - z_y .$$
#
# ### One block, one gradient
#
# How does the loss of one row move with the logit $z_i$? Differentiate $\text{lse}(z) - \sum_i y_i
# z_i$:
#
# $$\frac{\partial\, \text{lse}(z)}{\partial z_i}
#   = \frac{e^{z_i}}{\sum_j e^{z_j}} = p_i, \qquad\text{so}\qquad
#   \frac{\partial C}{\partial z_{ri}} = \frac{p_{ri} - y_{ri}}{B}, \quad \text{shape } (B, n_\text{classes}).$$
#
# That is all. Taken apart, softmax has a Jacobian of $n \times n$ numbers per row and the logarithm
# a slope $-1/p$ that explodes; taken together as **one block**, what comes back is *what was said
# minus what is right*. No $\sigma'$, nothing that vanishes when the network is badly wrong.
#
# ![Softmax and cross-entropy as one block: logits go in, one number comes out, p minus y comes back](figures/block.svg)
#
# **By hand.** Two rows, two classes:
#
# $$z = \begin{pmatrix} 0 & \ln 3 \\ 0 & 0 \end{pmatrix}, \quad
#   y = \begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix}, \quad
#   p = \begin{pmatrix} \tfrac14 & \tfrac34 \\ \tfrac12 & \tfrac12 \end{pmatrix}.$$
#
# The rows lose $-\ln \tfrac34 = 0.2877$ and $-\ln \tfrac12 = 0.6931$; the cost is $0.4904$. The
# gradient is
#
# $$\frac12 \begin{pmatrix} \tfrac14 & -\tfrac14 \\ -\tfrac12 & \tfrac12 \end{pmatrix}
#   = \begin{pmatrix} 0.125 & -0.125 \\ -0.25 & 0.25 \end{pmatrix}.$$
#
# ### Exercise 3 · `cross_entropy` and `cross_entropy_gradient` (16 points)
#
# Use what you have: `log_sum_exp` and `stable_softmax`.
#
# **Think first.** Each row of the gradient sums to 0. Why must it, given that adding a number to
# all logits of a row changes nothing? And is the mean one over $B$, or over all $B \cdot n$
# entries?


# %% grade_id="cross_entropy" stub=["Return the mean over the rows of -log(probability of the right class), one number.", "Return the derivative of the cost with respect to the logits, shape (B, n_classes)."]
def cross_entropy(logits, y):
    """Cross-entropy of the softmax of the logits, averaged over the examples.

    logits: (B, n_classes), entries of any size; y: one-hot labels, (B, n_classes).
    Returns one number.
    """
    ### BEGIN SOLUTION
    right = np.sum(logits * y, axis=1)
    return np.mean(log_sum_exp(logits) - right)
    ### END SOLUTION


def cross_entropy_gradient(logits, y):
    """Derivative of the cross-entropy with respect to the logits.

    logits: (B, n_classes), entries of any size; y: one-hot labels, (B, n_classes).
    Returns an array (B, n_classes).
    """
    ### BEGIN SOLUTION
    return (stable_softmax(logits) - y) / len(y)
    ### END SOLUTION


# %% grade_id="test-cross_entropy" points=8
import numpy as np
from course import checks

title, see = "Exercise 3 · cross_entropy", "2 · Being wrong must hurt"
rng = checks.rng()
batch, n_classes = 4, 3
sizes = {"batch size": batch, "number of classes": n_classes}
logits, y = (
    rng.normal(size=(batch, n_classes)),
    np.eye(n_classes)[rng.integers(0, n_classes, batch)],
)


def loss(xp, logits):
    odds = xp.exp(logits)
    chosen = xp.prod(xp.sum(odds * y, axis=1) / xp.sum(odds, axis=1))
    return -xp.log(chosen) / batch


got, expected = cross_entropy(logits, y), loss(np, logits)
print(checks.check_value(title, got, expected, name="cross_entropy", sizes=sizes, see=see))
got, names = (cross_entropy_gradient(logits, y),), ("cross_entropy_gradient",)
print(checks.check_gradients(title, got, loss, (logits,), names=names, sizes=sizes, see=see))
rows = [[0.0, 1000.0], [1000.0, 0.0], [0.0, -1000.0], [-1000.0, -1000.0], [-1000.0, 500.0]]
labels = [[1, 0], [1, 0], [0, 1], [0, 1], [1, 0]]
got = [cross_entropy(np.array([row]), np.array([label])) for row, label in zip(rows, labels)]
expected, name = (
    [1000.0, 0.0, 1000.0, np.log(2.0), 1500.0],
    "losses of rows with large logits",
)
print(checks.check_value(title, got, expected, name=name, see=see))
got = cross_entropy_gradient(np.array(rows), np.array(labels, dtype=float))
expected = np.array([[-1.0, 1.0], [0.0, 0.0], [1.0, -1.0], [0.5, -0.5], [-1.0, 1.0]]) / 5
name = "cross_entropy_gradient of rows with large logits"
print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-cross_entropy-hidden" points=8
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 3 · cross_entropy", "2 · Being wrong must hurt"
rng = checks.rng()
for batch, n_classes in ((1, 4), (3, 3), (6, 2)):
    sizes = {"batch size": batch, "number of classes": n_classes}
    logits = rng.normal(scale=3.0, size=(batch, n_classes))
    labels = rng.integers(0, n_classes, batch)
    y = np.eye(n_classes)[labels]
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    expected = -sum(log_p[r, labels[r]] for r in range(batch)) / batch
    done = checks.check_pure(title, cross_entropy, logits, y, see=see)
    name, got = f"cross_entropy for shape {logits.shape}", done.value
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
    done = checks.check_pure(title, cross_entropy_gradient, logits, y, see=see)
    name, got = f"gradient for shape {logits.shape}", done.value
    expected = (np.exp(log_p) - y) / batch
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
logits = rng.normal(size=(5, 4)) + rng.choice([-1000.0, 0.0, 1000.0], size=(5, 4))
y = np.eye(4)[rng.integers(0, 4, 5)]
log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
name, expected = "cross_entropy with 1000 and -1000 in one row", -np.sum(log_p[y == 1]) / 5
print(checks.check_value(title, cross_entropy(logits, y), expected, name=name, see=see))
name, got = "gradient with 1000 and -1000 in one row", cross_entropy_gradient(logits, y)
print(checks.check_value(title, got, (np.exp(log_p) - y) / 5, name=name, see=see))
whole, y = rng.integers(-4, 5, size=(3, 4)), np.eye(4, dtype=int)[rng.integers(0, 4, 3)]
name = "cross_entropy_gradient of whole numbers"
print(checks.check_integers(title, cross_entropy_gradient, whole, y, name=name, see=see))
for z, kind in ((whole, "logits and labels"), (rng.normal(size=(3, 4)), "labels")):
    name = f"cross_entropy of whole {kind}"
    print(checks.check_integers(title, cross_entropy, z, y, name=name, see=see))
name = "cross_entropy_gradient of whole labels"
print(checks.check_integers(title, cross_entropy_gradient, z, y, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Who notices a mistake?
#
# Take two classes, the second of which has the logit 0, while the logit $z$ of the **right** one
# runs from $-8$ (badly wrong) to $8$ (right and sure). The plot shows how hard each cost pulls at
# $z$, that is $|\partial C / \partial z|$: the cross-entropy, and half the squared error behind a
# sigmoid.
#
# **What you should see.** On the right both let go: nothing is wrong there. On the left the
# cross-entropy pulls with full strength, 1. The squared error pulls hardest near $z = -0.7$, with
# 0.15, and the more wrong the network is, the *less* it pulls: it is too far out on the flat part
# of the sigmoid to feel anything. This is called *saturation*.

# %% tags=["experiment"]
from course import plots

z = np.linspace(-8, 8, 161)
logits, y = np.stack([z, 0 * z], axis=1), np.tile([1.0, 0.0], (len(z), 1))
by_cross_entropy = np.abs(cross_entropy_gradient(logits, y)[:, 0]) * len(z)  # undo the mean
a = 1 / (1 + np.exp(-z))
by_squared_error = np.abs((a - 1) * a * (1 - a))
pulls = {"cross-entropy": by_cross_entropy, "squared error": by_squared_error}
plots.plot_curves(z, pulls, xlabel="logit of the right class", ylabel="pull")

# %% [markdown]
# ### Question 1 · what the network feels (5 points)
#
# 1. Two classes; the right one has the logit $-8$, the other 0. How large, roughly, is $|\partial
#    C/\partial z|$ for the cross-entropy, and how large for half the squared error of a sigmoid
#    unit whose target is 1? By which factor do they differ?
# 2. Your `cross_entropy` of ten classes starts near 2.3 in nearly every training run, before the
#    first step. Why that number, and what would it tell you if a run began at 8?
# 3. Somebody computes `p = stable_softmax(z)` and then `-np.log(p[right])`. The softmax is stable.
#    Is the loss? Give logits for which it is not.

# %% [markdown] grade_id="question-saturation" points=5
# ### BEGIN SOLUTION
# 1. Cross-entropy: |p - 1| with p = 1/(1 + e^8) = 0.0003, so practically 1. Squared error: (1 - a)
#    · a · (1 - a) = 0.0003. They differ by a factor of about 3000 (e^8): where the network is most
#    wrong, the squared error teaches it least.
# 2. With small first weights all logits are near 0 and all probabilities near 1/10: -log(1/10) = ln
#    10 = 2.303. A start at 8 means that the network is sure of wrong answers before it has learned
#    anything: the logits are large, that is, the first weights too large (or the inputs are not
#    scaled).
# 3. No: for logits (0, 1000) with the label in the first place p underflows to exactly 0 and the
#    loss is inf, while the right value is 1000. (Any difference above about 745 does it.)
#
# Mark scheme, 5 points: 1 for each of the two sizes (orders of magnitude are enough); 1 for ln 10
# with equal probabilities as the reason; 1 for large logits or first weights at 8; 1 for logits
# that underflow with the reason.
# ### END SOLUTION

# %% [markdown]
# ## 3 · A network that ends in softmax
#
# Here is the network that the first labs arrived at: sigmoids all the way, half the squared error,
# a whole mini-batch at a time. It is our *baseline*. Read it once; you will change two places of it.
#
# - `forward` keeps what every layer hands on, `[x, a_1, ..., a_L]`; `backprop` goes back through
#   it.
# - The sigmoid's slope is written with its value: $\sigma'(z) = a\,(1 - a)$ for $a = \sigma(z)$.
# - `learning_step` no longer knows how to take a step. It asks an **optimiser**: an object with a
#   method `step(parameters, gradients)` that gets two lists of arrays, one array per weight matrix
#   and one per bias vector, and returns the list of new parameters. The simplest is `SGD`.


# %% grade_id="given-network"
def sigmoid(z):
    """Squeeze each entry of z into the interval from 0 to 1."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def sigmoid_slope(a):
    """Slope of the sigmoid where its value is a."""
    return a * (1 - a)


def add_to(cls):
    """Make the function below a method of `cls`."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


def progress(items, text):
    """Go through `items` behind a progress bar: tqdm's where that is installed, else dots."""
    try:
        from tqdm import tqdm
    except ImportError:
        print(text, end=" ")
        for item in items:
            yield item
            print(".", end="", flush=True)
        print()
    else:
        yield from tqdm(items, desc=text, file=sys.stdout, ncols=80)


class SGD:
    """Plain gradient descent: every parameter moves against its gradient."""

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def step(self, parameters, gradients):
        """Parameters after one step. Both are lists of arrays, of the same shapes."""
        return [p - self.learning_rate * g for p, g in zip(parameters, gradients)]


class Network:
    """Layers of sigmoids, trained on half the squared error: what labs 1 and 2 arrived at.

    sizes: the width of each layer, the input first: [784, 30, 10] has two layers of weights.
    rng: a NumPy generator for the first weights; without it they differ from run to run.
    """

    def __init__(self, sizes, rng=None):
        self.sizes = list(sizes)
        self.rng = np.random.default_rng() if rng is None else rng
        # divided by sqrt(n_in), so that z is about as large as a, however wide the layer is
        self.weights = [
            self.rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)
            for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:])
        ]
        self.biases = [np.zeros(n_out) for n_out in self.sizes[1:]]

    def forward(self, x):
        """What each layer hands on: the list [x, a_1, ..., a_L] of arrays (B, n_k)."""
        activations = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(sigmoid(activations[-1] @ w + b))
        return activations

    def feedforward(self, x):
        """What the network says about the examples x (B, n_in): an array (B, n_classes)."""
        return self.forward(x)[-1]

    def cost(self, x, y):
        """Half the squared error, averaged over the examples."""
        return 0.5 * np.sum((self.feedforward(x) - y) ** 2) / len(y)

    def cost_derivative(self, output, y):
        """Derivative of the cost with respect to what `forward` ends with, (B, n_classes)."""
        return (output - y) / len(y)

    def backprop(self, x, y):
        """Gradients of the cost: two lists (grads_w, grads_b), first layer first."""
        activations = self.forward(x)
        delta = self.cost_derivative(activations[-1], y) * sigmoid_slope(activations[-1])
        grads_w, grads_b = [], []
        for k in reversed(range(len(self.weights))):
            grads_w.insert(0, activations[k].T @ delta)
            grads_b.insert(0, delta.sum(axis=0))
            if k > 0:
                delta = delta @ self.weights[k].T * sigmoid_slope(activations[k])
        return grads_w, grads_b

    def evaluate(self, x, y):
        """Fraction of examples whose class gets the largest output."""
        return float(np.mean(self.feedforward(x).argmax(axis=1) == y.argmax(axis=1)))

    def learning_step(self, x, y, optimizer):
        """Take one step on a mini-batch."""
        grads_w, grads_b = self.backprop(x, y)
        parameters = [*self.weights, *self.biases]
        parameters = list(optimizer.step(parameters, [*grads_w, *grads_b]))
        self.weights, self.biases = parameters[: len(grads_w)], parameters[len(grads_w) :]

    def prepare(self, training):
        """Hear whether training begins (True) or is over (False); section 9 will need it."""

    def train(self, data, optimizer, epochs, batch_size=100, watch=None, vary=None, text=""):
        """Train for some epochs of shuffled mini-batches.

        data: the pair (x, y). watch: name -> pair (x, y), looked at after each epoch.
        vary: function that makes new images (B, n_in) of x, given x and a generator.
        text: what the progress bar says; without it there is none.
        Returns {"cost": {name: [...]}, "accuracy": {name: [...]}}, one number per epoch.
        """
        from mnist_utils import minibatches

        watch = watch or {}
        history = {"cost": {name: [] for name in watch}, "accuracy": {name: [] for name in watch}}
        for _ in progress(range(epochs), text) if text else range(epochs):
            x = vary(data[0], self.rng) if vary else data[0]
            self.prepare(training=True)
            for x_batch, y_batch in minibatches(x, data[1], batch_size, self.rng):
                self.learning_step(x_batch, y_batch, optimizer)
            self.prepare(training=False)
            for name, pair in watch.items():
                history["cost"][name].append(self.cost(*pair))
                history["accuracy"][name].append(self.evaluate(*pair))
        return history


# %% [markdown]
# And here is the new network. Where the old one ends in sigmoids and the squared error, this one
# ends in your block of section 2. It asks its own `softmax` and `cost_derivative`, which are yours.
# (As in lab 1, `@add_to(...)` puts a function into a class. `super()` does not work in such a
# function. If you run the cell with the class again, run those of its methods again, too.)


# %% grade_id="given-softmax_network"
class SoftmaxNetwork(Network):
    """Layers of sigmoids; then one more, whose softmax is a probability for each class."""

    def softmax(self, logits):
        """Probabilities (B, n_classes): your exercise 2."""
        return stable_softmax(logits)

    def feedforward(self, x):
        """A probability for each class, (B, n_classes)."""
        return self.softmax(self.forward(x)[-1])

    def cost(self, x, y):
        """Cross-entropy, averaged over the examples: your exercise 3."""
        return cross_entropy(self.forward(x)[-1], y)

    def cost_derivative(self, logits, y):
        """Derivative of the cross-entropy with respect to the logits: your exercise 3."""
        return cross_entropy_gradient(logits, y)


# %% [markdown]
# ### Exercise 4 · `forward` and `backprop` of the new network (16 points)
#
# Two methods are left. `forward` returns `[x, a_1, ..., a_{L-1}, z_L]`: what each layer hands on,
# and last of all the **logits**, not yet softmax. (Both `feedforward` and `backprop` begin with it;
# so the forward pass stands in one place only.) `backprop` returns the gradients of the
# cross-entropy.
#
# With $\delta_k$ for $\partial C/\partial z_k$, shape `(B, n_k)`:
#
# | | baseline | new network |
# |---|---|---|
# | last layer hands on | $a_L = \sigma(z_L)$ | $z_L$ |
# | $\delta_L$ | `cost_derivative` $*\;\sigma'(z_L)$ | think! |
# | $\partial C/\partial w_k$, $\partial C/\partial b_k$ | $a_{k-1}^T\,\delta_k$, sum of the rows of $\delta_k$ | the same |
# | $\delta_{k-1}$ | $\delta_k\, w_k^T * \sigma'(z_{k-1})$ | the same |
#
# **By hand.** Sizes `[2, 2, 2]`, all biases 0,
#
# $$w_1 = \begin{pmatrix} 1 & 2 \\ -1 & -2 \end{pmatrix}, \quad
#   w_2 = \begin{pmatrix} 2 & 0 \\ -2 & 0 \end{pmatrix}, \quad x = (1, 1), \quad y = (1, 0) .$$
#
# Forward: $z_1 = (0, 0)$, $a_1 = (\tfrac12, \tfrac12)$, logits $z_2 = (0, 0)$, $p = (\tfrac12,
# \tfrac12)$. Back: $\delta_2 = p - y = (-\tfrac12, \tfrac12)$, so
#
# $$\frac{\partial C}{\partial w_2} = \begin{pmatrix} -\tfrac14 & \tfrac14 \\ -\tfrac14 & \tfrac14 \end{pmatrix}, \quad
#   \delta_2 w_2^T = (-1, 1), \quad \delta_1 = (-\tfrac14, \tfrac14), \quad
#   \frac{\partial C}{\partial w_1} = \begin{pmatrix} -\tfrac14 & \tfrac14 \\ -\tfrac14 & \tfrac14 \end{pmatrix}.$$
#
# **Think first.** The network has $L$ layers of weights. How many sigmoids does it have now? And
# what exactly is `cost_derivative` the derivative with respect to, in the old network and in the
# new one?


# %% grade_id="softmax_network" stub=["Return the list [x, a_1, ..., a_{L-1}, logits]: arrays of shape (B, n_k), one more than there are layers of weights.", "Return the tuple (grads_w, grads_b): two lists, first layer first, with the shapes of self.weights and self.biases."]
@add_to(SoftmaxNetwork)
def forward(self, x):
    """What each layer hands on; the last one its logits.

    x: (B, n_in).
    Returns the list [x, a_1, ..., a_{L-1}, logits] of arrays (B, n_k).
    """
    ### BEGIN SOLUTION
    activations = [x]
    for w, b in zip(self.weights[:-1], self.biases[:-1]):
        activations.append(sigmoid(activations[-1] @ w + b))
    logits = activations[-1] @ self.weights[-1] + self.biases[-1]
    return [*activations, logits]
    ### END SOLUTION


@add_to(SoftmaxNetwork)
def backprop(self, x, y):
    """Gradients of the mean cross-entropy of a batch.

    x: (B, n_in); y: one-hot labels, (B, n_classes).
    Returns the tuple (grads_w, grads_b), two lists, first layer first:
    grads_w[k] has the shape of self.weights[k], grads_b[k] that of self.biases[k].
    """
    ### BEGIN SOLUTION
    *inputs, logits = self.forward(x)
    delta = self.cost_derivative(logits, y)
    grads_w, grads_b = [], []
    for a, w in zip(reversed(inputs), reversed(self.weights)):
        grads_w.append(a.T @ delta)
        grads_b.append(delta.sum(axis=0))
        delta = delta @ w.T * sigmoid_slope(a)
    return grads_w[::-1], grads_b[::-1]
    ### END SOLUTION


# %% grade_id="test-softmax_network" points=8
import numpy as np
from course import checks

title, see = "Exercise 4 · forward and backprop", "3 · A network that ends in softmax"
rng = checks.rng()


def error(logits, y):
    """Stand in for exercise 3: if that is still wrong, it must not count here again."""
    odds = np.exp(logits)
    return (odds / odds.sum(axis=1, keepdims=True) - y) / len(y)


def loss(xp, weights, biases):
    a = x
    for w, b in zip(weights[:-1], biases[:-1]):
        a = 1 / (1 + xp.exp(-(a @ w + b)))
    odds = xp.exp(a @ weights[-1] + biases[-1])
    return -xp.mean(xp.log(xp.sum(odds * y, axis=1) / xp.sum(odds, axis=1)))


layers, batch = [4, 3, 2], 5
sizes = {"batch size": batch}
net = SoftmaxNetwork(layers)
net.cost_derivative = error
weights = [rng.normal(size=shape) for shape in zip(layers[:-1], layers[1:])]
biases = [rng.normal(size=n) for n in layers[1:]]
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
x, y = rng.normal(size=(batch, 4)), np.eye(2)[rng.integers(0, 2, batch)]

# choose the logits, and hold the last entry of `forward` against them
logits = rng.normal(size=(1, 2))
hidden = 1 / (1 + np.exp(-np.dot(x[:1], weights[0]) - biases[0]))
net.biases = [biases[0].copy(), (logits - np.dot(hidden, weights[1]))[0]]
got = net.forward(x[:1])
print(checks.check_value(title, got, [x[:1], hidden, logits], name="forward", see=see))
net.biases = [b.copy() for b in biases]
names = ("grads_w", "grads_b")
got = net.backprop(x, y)
at = (weights, biases)
print(checks.check_gradients(title, got, loss, at, names=names, sizes=sizes, see=see))
print(checks.check_value(title, net.weights, weights, name="weights afterwards", see=see))

# %% grade_id="test-softmax_network-hidden" points=8
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 4 · forward and backprop", "3 · A network that ends in softmax"
rng = checks.rng()


def error(logits, y):
    odds = np.exp(logits)
    return (odds / odds.sum(axis=1, keepdims=True) - y) / len(y)


def loss(parameters):
    a, (weights, biases) = x, parameters
    for w, b in zip(weights[:-1], biases[:-1]):
        a = 1 / (1 + np.exp(-(a @ w + b)))
    odds = np.exp(a @ weights[-1] + biases[-1])
    return -np.mean(np.log(np.sum(odds * y, axis=1) / np.sum(odds, axis=1)))


def measured(weights, biases):
    return checks.central_difference(loss, (weights, biases))


for layers, batch in (
    ([3, 3, 3, 3], 3),
    ([4, 3], 2),
    ([5, 2, 4, 3], 1),
    ([3, 1, 2], 4),
    ([2, 6, 5, 4, 2], 4),
):
    sizes = {"batch size": batch}
    net = SoftmaxNetwork(layers)
    weights = [rng.normal(size=shape) for shape in zip(layers[:-1], layers[1:])]
    biases = [rng.normal(size=n) for n in layers[1:]]
    own = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **own, cost_derivative=error)
    x, y = (
        rng.normal(size=(batch, layers[0])),
        np.eye(layers[-1])[rng.integers(0, layers[-1], batch)],
    )
    activations = [x]
    for k, (w, b) in enumerate(zip(weights, biases)):
        z = activations[-1] @ w + b
        activations.append(z if k == len(weights) - 1 else 1 / (1 + np.exp(-z)))
    name, got = f"forward with layers {layers}", net.forward(x)
    print(checks.check_value(title, got, activations, name=name, see=see))
    expected = checks.once(measured, weights, biases)  # for the whole class
    done, name = checks.check_pure(title, net.backprop, x, y, see=see), f"backprop, layers {layers}"
    got = done.value
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see), done)
    got, name = checks.get_all([net], "weights", "biases")[0], "(weights, biases) afterwards"
    print(checks.check_value(title, got, (weights, biases), name=name, see=see))
# the same x once more, with other weights: nothing may be left of the last pass
weights = [-w for w in weights]
net.weights = [w.copy() for w in weights]
expected = checks.once(measured, weights, biases)  # for the whole class
name, got = "backprop of the same x after the weights have changed", net.backprop(x, y)
print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))
whole = rng.integers(0, 3, size=(3, 2))
y = np.eye(2)[rng.integers(0, 2, 3)]
print(checks.check_integers(title, net.backprop, whole, y, name="backprop of whole x", see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Does it learn faster?
#
# The digits are those of lab 1: 12,000 to train on and 2,000 to test on. Both networks begin with
# the same weights, see the same mini-batches and have the learning rate 3 (is that fair? section
# 4).
#
# **What you should see.** The new network is at 90 % after its first epoch and ends between 93 and
# 94 %; the baseline needs three epochs for 90 %. (The two *costs* are different functions: compare
# the shape of the curves, not their height.) A network that stays near 10 % has a wrong sign or a
# wrong output layer; one that learns, but more slowly than the baseline, still has a $\sigma'$
# where none belongs.

# %% tags=["experiment"]
from course import plots
from mnist_utils import load_mnist

train, test = load_mnist()
histories = {}
for name, network_class in {"baseline": Network, "softmax": SoftmaxNetwork}.items():
    network = network_class([784, 30, 10], np.random.default_rng(1))
    history = network.train(train, SGD(3.0), epochs=5, watch={name: test}, text=name)
    histories = {kind: {**histories.get(kind, {}), **history[kind]} for kind in history}
plots.plot_training(**histories)

# %% [markdown]
# ## 4 · An honest comparison
#
# One training with one learning rate proves nothing. The first weights and the order of the digits
# are random: the same network, trained twice, differs by half a percent or more. And a change that
# makes all gradients some four times as large, as the last one did (no $\sigma' \le \tfrac14$ at the
# output any more), makes every old learning rate four times too long or, if you are lucky, just
# right. So for every model we try **several learning rates**, train **several times** for each, and
# write down the mean and the spread (the sample standard deviation, in percentage points, p.p.). A
# difference that is not larger than the spread is none.
#
# `evaluate_model` does it. Its arguments are *recipes*: `make_network` makes a network from a
# generator, `make_optimizer` an optimiser from a learning rate. Training number $i$ begins with the
# same random generator for every model and every learning rate, so that nobody is luckier than the
# others.


# %% grade_id="given-model_results"
class ModelResults:
    """Accuracies on test digits, by model and learning rate, for several trainings each.

    train, test: pairs (x, y).
    """

    def __init__(self, train, test):
        self.train, self.test = train, test
        self.results = {}  # model -> learning rate -> one accuracy per training

    def clear(self, model=None):
        """Forget what is known of a model, or of all."""
        if model is None:
            self.results.clear()
        else:
            self.results.pop(model, None)

    def add_result(self, model, learning_rate, accuracy):
        """Note the accuracy of one training."""
        self.results.setdefault(model, {}).setdefault(learning_rate, []).append(accuracy)

    def evaluate_model(
        self,
        model,
        make_network,
        make_optimizer=SGD,
        learning_rates=(0.3, 1.0, 3.0),
        n_trainings=3,
        epochs=3,
        **options,
    ):
        """Train `n_trainings` networks for each learning rate and note how well they do.

        model: name for the table; make_network: function of a generator; make_optimizer: function
        of a learning rate; options: further arguments of `train`.
        """
        self.clear(model)
        runs = [(rate, run) for rate in learning_rates for run in range(n_trainings)]
        for rate, run in progress(runs, f"{model:<22}"):
            network = make_network(np.random.default_rng(run))
            network.train(self.train, make_optimizer(rate), epochs, **options)
            self.add_result(model, rate, network.evaluate(*self.test))

    def summary(self):
        """Rows (model, learning rate, mean, spread, number of trainings), the best mean first."""
        rows = [
            (
                model,
                rate,
                np.mean(found),
                np.std(found, ddof=1) if len(found) > 1 else np.nan,
                len(found),
            )
            for model, by_rate in self.results.items()
            for rate, found in by_rate.items()
        ]
        return sorted(rows, key=lambda row: row[2], reverse=True)

    def display_results(self):
        """Print the table."""
        print(f"{'model':<22} {'learning rate':>13} {'trainings':>10}   accuracy, mean ± spread")
        for model, rate, mean, spread, count in self.summary():
            around = "" if np.isnan(spread) else f" ± {100 * spread:.1f} p.p."
            print(f"{model:<22} {rate:>13g} {count:>10}   {mean:6.1%}{around}")


# %% [markdown]
# To keep it short we train on 4,000 digits and for three epochs only; more of both would bring the
# models closer together, and you closer to lunch.
#
# **What you should see.** At the best learning rate of each, 3, the softmax network is a few points
# ahead. More important: it forgives. At 0.3 it has 84 %, where the baseline has hardly begun. At 10
# both jump about, and the spread says so.

# %% tags=["experiment"]
few = train.x[:4000], train.y[:4000]
model_results = ModelResults(few, test)
rates = (0.3, 1.0, 3.0, 10.0)
small = [784, 30, 10]
model_results.evaluate_model("baseline", lambda rng: Network(small, rng), learning_rates=rates)
model_results.evaluate_model(
    "softmax", lambda rng: SoftmaxNetwork(small, rng), learning_rates=rates
)
print()
model_results.display_results()

# %% [markdown]
# The same as a picture: one line per model, the bars are the spread. A good model is not only high,
# it is *wide*: it forgives a learning rate that was badly guessed.

# %% tags=["experiment"]
import matplotlib.pyplot as plt


def plot_results(results):
    """Draw mean and spread of each model over the learning rates."""
    _, axes = plt.subplots(figsize=(6.8, 3.6), layout="constrained")
    styles = ("o-", "s--", "^-.", "D:")
    colors = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # told apart by everybody
    for (model, by_rate), style, color in zip(results.results.items(), styles, colors):
        means = [100 * np.mean(found) for found in by_rate.values()]
        spreads = [100 * np.std(found, ddof=1) for found in by_rate.values()]
        axes.errorbar(list(by_rate), means, spreads, fmt=style, color=color, capsize=3, label=model)
    axes.set(xscale="log", xlabel="learning rate", ylabel="accuracy in %")
    axes.grid(alpha=0.3)
    axes.legend()
    plt.show()


plot_results(model_results)

# %% [markdown]
# ## 5 · Keeping weights small
#
# Give a network with 100 hidden units only 500 digits, and it has more than 150 parameters for each
# of them. It can learn them by heart, and will: 100 % on the digits it has seen, and 87 % on all
# others. A network that knows its examples by heart needs large weights, for it must jump from one
# answer to another between images that are nearly alike. So put a price on large weights: add to
# the cost the **L2 penalty**
#
# $$C_\text{total} = C + \frac{\lambda}{2} \sum_k \sum_{i,j} \big(w_k\big)_{ij}^2 ,
#   \qquad \lambda = \texttt{l2} ,$$
#
# over all entries of all weight matrices. Not over the biases: there are few of them, and a bias
# does not make a function steeper, it only moves it. Half of the square, so that the derivative is
# plain:
#
# $$\frac{\partial C_\text{total}}{\partial w_k} = \frac{\partial C}{\partial w_k} + \lambda\, w_k ,
#   \qquad \frac{\partial C_\text{total}}{\partial b_k} = \frac{\partial C}{\partial b_k} .$$
#
# For a step of plain gradient descent this says $w \leftarrow (1 - \eta\lambda)\, w -
# \eta\,\partial C/\partial w$: each weight shrinks a little at each step, unless the digits keep it
# large. That is why one also hears *weight decay*. (For other optimisers the two are not the same:
# section 9.)
#
# **By hand.** $w = (1 \;\; -2)$, $\lambda = 0.1$: the penalty is $0.05 \cdot (1 + 4) = 0.25$. If
# $\partial C/\partial w = (0.5 \;\; 0.5)$, the total gradient is $(0.6 \;\; 0.3)$. A bias of 4 whose
# $\partial C/\partial b$ is 1 keeps the gradient 1.
#
# ### Exercise 5 · `l2_penalty` and `add_l2` (10 points)
#
# **Think first.** The gradients that `backprop` gives are means over the batch. Is the penalty a
# mean over anything?


# %% grade_id="l2" stub=["Return the penalty, one number.", "Return the tuple (grads_w, grads_b) of the cost with the penalty: two lists of arrays, shaped like weights and biases."]
def l2_penalty(weights, l2):
    """What large weights cost.

    weights: list of arrays of any shapes; l2: the factor in front of half the squares.
    Returns one number.
    """
    ### BEGIN SOLUTION
    return l2 / 2 * sum(np.sum(w**2) for w in weights)
    ### END SOLUTION


def add_l2(grads_w, grads_b, weights, biases, l2):
    """Gradients of the cost with the penalty, from those without.

    grads_w, grads_b: lists of gradients of the cost alone; weights, biases: lists of the same shapes.
    Returns the tuple (grads_w, grads_b), two lists of new arrays.
    """
    ### BEGIN SOLUTION
    return [g + l2 * w for g, w in zip(grads_w, weights)], list(grads_b)
    ### END SOLUTION


# %% grade_id="test-l2" points=5
import numpy as np
from course import checks

title, see = "Exercise 5 · l2_penalty and add_l2", "5 · Keeping weights small"
rng = checks.rng()
shapes = [(4, 3), (3, 2)]
weights = [rng.normal(size=shape) for shape in shapes]
biases = [rng.normal(size=n) for _, n in shapes]
grads_w, grads_b = [rng.normal(size=s) for s in shapes], [rng.normal(size=n) for _, n in shapes]
l2 = 0.3
got = l2_penalty([np.array([[1.0, -2.0]]), np.array([[3.0], [0.0]])], 0.1)
print(checks.check_value(title, got, 0.7, name="l2_penalty of (1, -2) and (3, 0)", see=see))
w, b, grad_w, grad_b = np.array([[1.0, -2.0]]), np.full(2, 4.0), np.full((1, 2), 0.5), np.ones(2)
got, expected = add_l2([grad_w], [grad_b], [w], [b], 0.1), ([np.array([[0.6, 0.3]])], [np.ones(2)])
print(checks.check_value(title, got, expected, name="add_l2, the example by hand", see=see))


def cost(xp, weights, biases):
    """Stand in for a network: a cost whose gradients are grads_w and grads_b, and the penalty."""
    plain = sum(xp.sum(g * p) for g, p in zip(grads_w + grads_b, [*weights, *biases]))
    lengths = [xp.linalg.norm(w) for w in weights]
    return plain + l2 * sum(length * length for length in lengths) / 2


got = add_l2([g.copy() for g in grads_w], [g.copy() for g in grads_b], weights, biases, l2)
names, sizes = ("grads_w", "grads_b"), {"l2": l2}
at = (weights, biases)
print(checks.check_gradients(title, got, cost, at, names=names, sizes=sizes, see=see))
print(checks.check_pure(title, add_l2, grads_w, grads_b, weights, biases, l2, see=see))

# %% grade_id="test-l2-hidden" points=5
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 5 · l2_penalty and add_l2", "5 · Keeping weights small"
rng = checks.rng()
for shapes in ([(3, 3), (3, 3), (3, 3)], [(1, 4)], [(5, 2), (2, 1)]):
    weights = [rng.normal(size=shape) for shape in shapes]
    biases = [rng.normal(size=n) for _, n in shapes]
    grads_w = [rng.normal(size=shape) for shape in shapes]
    grads_b = [rng.normal(size=n) for _, n in shapes]
    l2 = rng.uniform(0.2, 0.8)
    flat = np.concatenate([w.ravel() for w in weights])
    name, sizes = f"l2_penalty for shapes {shapes}", {"l2": l2, "number of weights": flat.size}
    expected = l2 * np.dot(flat, flat) / 2
    done = checks.check_pure(title, l2_penalty, weights, l2, see=see)
    print(checks.check_value(title, done.value, expected, name=name, sizes=sizes, see=see), done)
    given, name = (grads_w, grads_b, weights, biases, l2), f"add_l2 for shapes {shapes}"
    expected = [g + l2 * w for g, w in zip(grads_w, weights)], grads_b
    done = checks.check_pure(title, add_l2, *given, see=see)
    print(checks.check_value(title, done.value, expected, name=name, sizes=sizes, see=see), done)
got = add_l2([g.copy() for g in grads_w], [g.copy() for g in grads_b], weights, biases, 0.0)
expected = grads_w, grads_b
print(checks.check_value(title, got, expected, name="add_l2 with l2 = 0", see=see))
whole = [rng.integers(-3, 4, size=(3, 2))]
print(checks.check_integers(title, l2_penalty, whole, 0.5, name="l2_penalty of whole w", see=see))
grads_b, biases = [rng.normal(size=2)], [rng.normal(size=2)]  # may be handed on as they are
grads_w = [rng.integers(-3, 4, size=(3, 2))]
given, name = (grads_w, grads_b, whole, biases, 0.3), "add_l2 of whole gradients and weights"
print(checks.check_integers(title, add_l2, *given, name=name, see=see))
weights = [rng.normal(size=shape) for shape in ((4,), (2, 3, 2), (2, 2))]
flat = np.concatenate([w.ravel() for w in weights])
got, expected = l2_penalty(weights, 0.7), 0.35 * np.dot(flat, flat)
name = "l2_penalty for a vector, a stack of matrices and a matrix"
print(checks.check_value(title, got, expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# A network that uses it:


# %% grade_id="given-regularized_network"
class RegularizedNetwork(SoftmaxNetwork):
    """A softmax network whose gradients are those of the cost with the L2 penalty."""

    def __init__(self, sizes, rng=None, l2=0.0):
        super().__init__(sizes, rng)
        self.l2 = l2

    def backprop(self, x, y):
        """Gradients of cross-entropy and penalty: your exercises 4 and 5."""
        grads_w, grads_b = super().backprop(x, y)
        return add_l2(grads_w, grads_b, self.weights, self.biases, self.l2)


# %% [markdown]
# ### Learning by heart
#
# Five hundred digits, a hundred hidden units, forty epochs, with three different penalties.
#
# **What you should see.** Without a penalty the cost on the training digits goes to nothing, while
# on the test digits it turns around after some fifteen epochs and *grows* (compare the lowest and
# the last one in the lines above the plot): the network becomes ever more sure of its wrong
# answers. With $10^{-3}$ it stays down. The accuracy hardly changes, whatever one often reads: on
# these digits L2 mends the *confidence*, not the number of errors. And $10^{-2}$ is too much: the
# network cannot even keep what it sees.

# %% tags=["experiment"]
from course import plots

scarce = train.x[:500], train.y[:500]
histories, by_heart = {"cost": {}, "accuracy": {}}, {}
for l2 in (0.0, 1e-3, 1e-2):
    network = RegularizedNetwork([784, 100, 10], np.random.default_rng(2), l2)
    watch = {f"test, l2 = {l2:g}": test, f"training, l2 = {l2:g}": scarce}
    history = network.train(scarce, SGD(1.0), 40, batch_size=25, watch=watch, text=f"l2 = {l2:<5g}")
    histories = {kind: {**histories[kind], **history[kind]} for kind in histories}
    by_heart[l2] = network
    price, costs = l2_penalty(network.weights, l2), history["cost"][f"test, l2 = {l2:g}"]
    print(f"test cost: lowest {min(costs):.2f}, last {costs[-1]:.2f}; penalty {price:.2f}")
plots.plot_training(**histories)

# %% [markdown]
# What the first thirty hidden units look for, without a penalty and with one. The weights at the
# border, where no digit has ink, get no gradient from the digits at all. Without a penalty they
# stay the noise that they began as; with one they fade. (This is $(1 - \eta\lambda)$ at work,
# alone.)

# %% tags=["experiment"]
plots.show_weights(by_heart[0.0].weights[0][:, :30], columns=15)

# %% tags=["experiment"]
plots.show_weights(by_heart[1e-2].weights[0][:, :30], columns=15)

# %% [markdown]
# ## 6 · Momentum
#
# Think of a long, narrow valley. The gradient points down the steep side wall, hardly along the
# floor. Plain gradient descent bounces from wall to wall and creeps forward. A heavy ball would do
# better: what pushes it left and right cancels, what pushes it along adds up. So let the parameters
# have a **velocity** $v$ (one per parameter, of its shape, at first 0). Each step it keeps a part
# $\mu$ of what it was, and the gradient $g$ is added (Polyak, 1964):
#
# $$v \leftarrow \mu\, v + g, \qquad p \leftarrow p - \eta\, v .$$
#
# Unrolled: $v_t = g_t + \mu\, g_{t-1} + \mu^2 g_{t-2} + \dots$, a sum that forgets. If the gradient
# stays the same, $v$ grows to $g / (1 - \mu)$. With $\mu = 0$ it is plain gradient descent.
#
# **Nesterov's** form looks ahead: the velocity will carry the parameters on by $\mu v$ in the next
# step anyway, so that part is taken now (Sutskever et al., 2013; the formula is the one in
# [PyTorch's SGD](https://pytorch.org/docs/stable/generated/torch.optim.SGD.html)):
#
# $$v \leftarrow \mu\, v + g, \qquad p \leftarrow p - \eta\, (g + \mu\, v) \quad \text{with the new } v .$$
#
# **By hand.** $p = 1$, $\eta = 0.1$, $\mu = 0.5$, and the gradient is 1 three times.
#
# | step | $v$ | $p$, momentum | $g + \mu v$ | $p$, Nesterov |
# |---|---|---|---|---|
# | 1 | 1 | 0.9 | 1.5 | 0.85 |
# | 2 | 1.5 | 0.75 | 1.75 | 0.675 |
# | 3 | 1.75 | 0.575 | 1.875 | 0.4875 |
#
# ### Exercise 6 · `Momentum` (16 points)
#
# An optimiser gets lists: one array per weight matrix and bias vector. It does not know the shapes
# before the first call of `step`; `np.zeros(p.shape)` gives zeros of the right one, which can hold
# fractions even where `p` has whole numbers. What must last from step to step lives in `self`: if
# the test likes step 1 and not step 2, look there. The parameters do not live there: each step
# begins where its caller says, with the `parameters` of this call.
#
# **Think first.** A network has several parameters. How many velocities does it need? And what
# happens if they are made anew in each call of `step`?
#
# The test takes some steps with this function. It hands in the very same gradients each time and
# keeps all results, so it shows whether a step changes what somebody else still holds.


# %% grade_id="given-several_steps"
def several_steps(optimizer, parameters, gradients, n):
    """Places on the way, [parameters, after step 1, ..., after step n], and the gradients."""
    places = [parameters]
    for _ in range(n):
        places.append(list(optimizer.step(places[-1], gradients)))
    return places, gradients


# %% grade_id="momentum" stub="Return the list of parameters after one step, arrays of the same shapes, and keep the velocities in self.velocities."
class Momentum(SGD):
    """Gradient descent with momentum, Polyak's or Nesterov's."""

    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        super().__init__(learning_rate)
        self.momentum, self.nesterov = momentum, nesterov
        self.velocities = None  # one per parameter, from the first step on

    def step(self, parameters, gradients):
        """Parameters after one step.

        parameters, gradients: lists of arrays, of the same shapes in every call.
        Returns a list of new arrays.
        """
        ### BEGIN SOLUTION
        if self.velocities is None:
            self.velocities = [np.zeros_like(g, dtype=float) for g in gradients]
        self.velocities = [self.momentum * v + g for v, g in zip(self.velocities, gradients)]
        moves = self.velocities
        if self.nesterov:
            moves = [g + self.momentum * v for v, g in zip(self.velocities, gradients)]
        return [p - self.learning_rate * move for p, move in zip(parameters, moves)]
        ### END SOLUTION


# %% grade_id="test-momentum" points=8
import numpy as np
from course import checks

title, see = "Exercise 6 · Momentum", "6 · Momentum"
rng = checks.rng()
for nesterov, places in ((False, (0.9, 0.75, 0.575)), (True, (0.85, 0.675, 0.4875))):
    optimizer, parameters = Momentum(0.1, momentum=0.5, nesterov=nesterov), [np.ones(1)]
    for step, place in enumerate(places, 1):
        parameters = optimizer.step(parameters, [np.ones(1)])
        name = f"by hand, nesterov={nesterov}, step {step}"
        passed = checks.check_value(title, parameters, [np.array([place])], name=name, see=see)
    print(passed)

rate, momentum = 0.2, 0.8
shapes = [(3, 2), (3, 2), (2,)]  # two of the same shape
start = [rng.normal(size=shape) for shape in shapes]
gradients = [[rng.normal(size=shape) for shape in shapes] for _ in range(4)]
sizes = {"learning rate": rate, "momentum": momentum}
for nesterov in (False, True):
    optimizer, parameters = Momentum(rate, momentum, nesterov), start
    expected = start
    for t in range(4):
        given = [p.copy() for p in parameters], [g.copy() for g in gradients[t]]
        done = checks.call(optimizer.step, *given)
        message = "step must not change the arrays that it is given"
        checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see)
        parameters = done.value
        # all gradients so far, each weighed by how long ago it was
        ages = np.arange(t, -1, -1)
        weighed = momentum ** (ages + 1) + (ages == 0) if nesterov else momentum**ages
        expected = [
            p - rate * sum(c * g[k] for c, g in zip(weighed, gradients))
            for k, p in enumerate(expected)
        ]
        name = f"after step {t + 1}, nesterov={nesterov}"
        passed = checks.check_value(title, parameters, expected, name=name, sizes=sizes, see=see)
    print(passed)

# three steps with the same gradients: v is g, then g (1 + mu), then g (1 + mu + mu^2)
gradient, ways = gradients[0], np.cumsum(np.cumsum(momentum ** np.arange(3)))
given = [p.copy() for p in start], [g.copy() for g in gradient]
places, gradient_afterwards = several_steps(Momentum(rate, momentum), *given, 3)
name = "the gradients after three steps with the same ones"
print(checks.check_value(title, gradient_afterwards, gradient, name=name, see=see))
expected = [[p - rate * way * g for p, g in zip(start, gradient)] for way in (0, *ways)]
name = "the results of several steps, looked at after the last"
print(checks.check_value(title, places, expected, name=name, sizes=sizes, see=see))
whole = [np.array([3, -1]), np.array([[2]])]


def first_step(parameters, gradients):
    return Momentum(0.1, momentum=0.5).step(parameters, gradients)


name = "a step of whole parameters"
print(checks.check_integers(title, first_step, whole, whole, name=name, see=see))

# %% grade_id="test-momentum-hidden" points=8
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 6 · Momentum", "6 · Momentum"
rng = checks.rng()
for shapes in ([(2, 2), (2, 2), (2, 2)], [(4,)], [(1, 3), (3, 1), (1,), (2,), (2, 2)]):
    for nesterov in (False, True):
        rate, momentum = rng.uniform(0.05, 0.5), rng.uniform(0.3, 0.95)
        sizes = {"learning rate": rate, "momentum": momentum}
        optimizer = Momentum(rate, momentum=momentum, nesterov=nesterov)
        expected = [rng.normal(size=shape) for shape in shapes]
        velocities, asked, steps = [np.zeros(shape) for shape in shapes], [], []
        for t in range(5):
            gradients = [rng.normal(size=shape) for shape in shapes]
            if t == 4:  # somebody else moves the parameters: the step must begin there
                expected = [rng.normal(size=shape) for shape in shapes]
            asked.append(([p.copy() for p in expected], gradients))
            for k, g in enumerate(gradients):
                velocities[k] = momentum * velocities[k] + g
                move = g + momentum * velocities[k] if nesterov else velocities[k]
                expected[k] = expected[k] - rate * move
            steps.append(expected[:])
        step = optimizer.step
        for t, got in enumerate(checks.call_all([partial(step, *given) for given in asked])):
            name = f"step {t + 1}{' from elsewhere' * (t == 4)}, nesterov={nesterov}"
            passed = checks.check_value(title, got, steps[t], name=name, sizes=sizes, see=see)
        print(passed)
plain, gradient = [rng.normal(size=(2, 3))], [rng.normal(size=(2, 3))]
optimizer = Momentum(0.3, momentum=0.0)
for _ in range(2):
    expected = [plain[0] - 0.3 * gradient[0]]
    plain = optimizer.step(plain, [gradient[0].copy()])
    print(checks.check_value(title, plain, expected, name="a step with momentum=0", see=see))
# twice the same, with the same arrays: `several_steps` may mean something else by now
at = [rng.normal(size=(2, 3))], gradient
print(checks.check_pure(title, Momentum(0.3, momentum=0.0).step, *at, see=see))


def two_steps(parameters, gradients, nesterov):
    optimizer = Momentum(0.1, momentum=0.5, nesterov=nesterov)
    return several_steps(optimizer, parameters, gradients, 2)[0][1:]


start = [rng.normal(size=(2, 2)), rng.normal(size=3)]
whole = [np.array([[3, -1], [5, 1]]), np.array([1, -3, 2])]
for nesterov in (False, True):
    name = f"two steps with whole gradients, nesterov={nesterov}"
    print(checks.check_integers(title, two_steps, start, whole, nesterov, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### The valley
#
# The function $f(p) = \tfrac12 p_1^2 + 25\, p_2^2$ is fifty times steeper across than along. Forty
# steps with each optimiser, from the same place. Plain descent gets the learning rate 0.036; at
# 0.04 it would jump from wall to wall for ever, and above that out of the valley.
#
# **What you should see.** Plain descent zigzags across and is still far from the minimum (the
# star). Momentum swings, like the heavy ball it is, and arrives. Nesterov's form brakes earlier and
# swings less. If the two paths are the same, the flag is ignored; if momentum creeps without a
# swing, its velocity is lost after each step.

# %% tags=["experiment"]
import matplotlib.pyplot as plt


def walk(optimizer, n_steps=40):
    """Places on the way down the valley, an array (n_steps + 1, 2)."""
    place = [np.array([-9.0, 1.5])]
    places = [place[0]]
    for _ in range(n_steps):
        place = optimizer.step(place, [place[0] * np.array([1.0, 50.0])])
        places.append(place[0])
    return np.array(places)


def plot_walks(optimizers):
    """Draw the way that each optimiser takes through the valley."""
    _, grid = plt.subplots(
        len(optimizers), 1, figsize=(8, 1.9 * len(optimizers)), layout="constrained"
    )
    u, v = np.meshgrid(np.linspace(-10, 2.5, 100), np.linspace(-2.2, 2.2, 100))
    for axes, (name, optimizer) in zip(np.ravel(grid), optimizers.items()):
        axes.contour(u, v, 0.5 * u**2 + 25 * v**2, levels=12, colors="0.8")
        places = walk(optimizer)
        axes.plot(*places.T, "o-", color="#0072B2", markersize=3)
        axes.plot(0, 0, "*", color="#D55E00", markersize=14)
        distance = np.linalg.norm(places[-1])
        axes.set(title=f"{name}: {distance:.2f} from the minimum after {len(places) - 1} steps")
        axes.set(xlim=(-10, 2.5), ylim=(-2.2, 2.2))
    plt.show()


plot_walks(
    {
        "gradient descent": SGD(0.036),
        "momentum 0.8": Momentum(0.016, 0.8),
        "Nesterov 0.8": Momentum(0.016, 0.8, nesterov=True),
    }
)

# %% [markdown]
# ### On the digits
#
# **What you should see.** With the learning rate 0.1, momentum 0.9 is further after one epoch than
# plain descent after four. But look at the last line: plain descent with a learning rate ten times
# as long does as well. Is momentum just a longer step? (Question 2.)

# %% tags=["experiment"]
from course import plots

histories = {"cost": {}, "accuracy": {}}
optimizers = {
    "plain, 0.1": SGD(0.1),
    "momentum 0.5, 0.1": Momentum(0.1, 0.5),
    "momentum 0.9, 0.1": Momentum(0.1, 0.9),
    "Nesterov 0.9, 0.1": Momentum(0.1, 0.9, nesterov=True),
    "plain, 1.0": SGD(1.0),
}
for name, optimizer in optimizers.items():
    network = SoftmaxNetwork([784, 30, 10], np.random.default_rng(1))
    history = network.train(train, optimizer, 4, watch={name: test}, text=f"{name:<18}")
    histories = {kind: {**histories[kind], **history[kind]} for kind in histories}
plots.plot_training(**histories)

# %% [markdown]
# All that you have so far, in the table of section 4. (The two lines from there are kept in
# `model_results`; the learning rates for momentum are ten times shorter.)
#
# **What you should see.** Momentum is ahead, by about one spread: hardly more than luck. That is
# the honest result: on so easy a problem it is mostly a longer step, and one that forgives more. L2
# changes nothing that the spread would let you see: with 4,000 digits and three epochs there is not
# much to be learned by heart. Which of the sixteen rows would you show, if you had to sell
# momentum?
#
# **Play.** Momentum 0.99? An L2 factor of $10^{-3}$ for all 12,000 digits? With momentum, does the
# best learning rate move when $\mu$ does? Write down what you expect before you run it.

# %% tags=["experiment"]
rates = (0.03, 0.1, 0.3, 1.0)
model_results.evaluate_model(
    "momentum",
    lambda rng: SoftmaxNetwork(small, rng),
    lambda rate: Momentum(rate, 0.9),
    learning_rates=rates,
)
model_results.evaluate_model(
    "momentum and L2",
    lambda rng: RegularizedNetwork(small, rng, l2=1e-4),
    lambda rate: Momentum(rate, 0.9),
    learning_rates=rates,
)
print()
model_results.display_results()
plot_results(model_results)

# %% [markdown]
# ### Question 2 · how long is a step? (5 points)
#
# 1. The gradient is the same, $g$, in every step. What does $v$ become in the long run, and how far
#    does a step of momentum then go, compared with a plain step of the same learning rate, for $\mu
#    = 0.9$? Show it with the formula $v \leftarrow \mu v + g$.
# 2. So momentum 0.9 with the learning rate 0.1 and plain descent with 1.0 take equally long steps
#    along the valley. What is different *across* the valley? Use the picture.
# 3. Add an L2 penalty, plain gradient descent, $\eta = 0.5$ and $\lambda = 10^{-3}$. A weight gets
#    no gradient from the digits at all. After how many steps is half of it left, roughly?

# %% [markdown] grade_id="question-momentum" points=5
# ### BEGIN SOLUTION
# 1. In the long run v = mu·v + g, so v = g/(1 - mu) = 10 g for mu = 0.9: steps ten times as long.
# 2. Across the valley the gradient changes its sign from step to step. In v = g_t + mu·g_{t-1} +
#    ... these terms cancel instead of adding up, so momentum moves little across while plain
#    descent with ten times the learning rate bounces ten times as far from wall to wall (in the
#    valley of the picture plain descent diverges above 0.04, while momentum 0.8 with 0.016, whose
#    steps are as long as 0.08's, does not).
# 3. Each step multiplies it by 1 - 0.5·0.001 = 0.9995, so half is left after ln 2 / 0.0005, about
#    1400 steps.
#
# Mark scheme, 5 points: 1 for g/(1 - mu) with an argument, 1 for the factor of ten; 1 for signs
# that change and cancel, 1 for plain descent that bounces or diverges; 1 for 1000 to 2000 steps
# with the factor 1 - eta·lambda.
# ### END SOLUTION

# %% [markdown]
# ## 7 · A step length for each parameter
#
# One learning rate for all parameters is a compromise: a pixel at the border of the image has tiny
# gradients and could take long steps, one in the middle has large ones and could not. Why not
# measure how large the gradients of each parameter usually are, and divide by that? **RMSprop**
# (Tieleman and Hinton, 2012) keeps for each entry a running mean $s$ of the squared gradient, at
# first 0:
#
# $$s \leftarrow \rho\, s + (1 - \rho)\, g^2, \qquad
#   p \leftarrow p - \eta\, \frac{g}{\sqrt{s} + \varepsilon} \quad \text{with the new } s .$$
#
# Squares, roots and division are elementwise. Every entry has its own $s$, and $g / \sqrt s$ is of
# the order of 1 whatever the size of $g$: if all gradients were a thousand times larger, the steps
# would be the same. The small $\varepsilon$ keeps us from dividing by 0, and stands **outside** the
# root (some put it inside; with $\varepsilon = 10^{-8}$ that is not the same thing:
# $\sqrt{10^{-8}}$ is $10^{-4}$).
#
# **By hand.** $\rho = 0.75$, $\eta = 0.1$, $\varepsilon = 0$, two entries with gradients $(2,\;
# 0.02)$ twice. Step 1: $s = 0.25 \cdot (4,\; 0.0004) = (1,\; 0.0001)$, and the entries move by $0.1
# \cdot (2/1,\; 0.02/0.01) = (0.2,\; 0.2)$. Step 2: $s = (1.75,\; 0.000175)$, and they move by
# $(0.151,\; 0.151)$. Two gradients a hundred times apart, and the same steps.
#
# ### Exercise 7 · `RMSprop` (10 points)
#
# **Think first.** $\rho\,s + (1 - \rho)\,g^2$ is a mean, $\mu\,v + g$ of the last section was a
# sum. What would happen to the steps in the long run, if $s$ were a sum that forgets nothing?


# %% grade_id="rmsprop" stub="Return the list of parameters after one step, arrays of the same shapes, and keep the mean squares in self.squares."
class RMSprop(SGD):
    """Gradient descent whose steps are divided by the recent size of each entry's gradient."""

    def __init__(self, learning_rate, decay=0.9, epsilon=1e-8):
        super().__init__(learning_rate)
        self.decay, self.epsilon = decay, epsilon  # rho and epsilon
        self.squares = None  # one array of mean squares per parameter, from the first step on

    def step(self, parameters, gradients):
        """Parameters after one step.

        parameters, gradients: lists of arrays, of the same shapes in every call.
        Returns a list of new arrays.
        """
        ### BEGIN SOLUTION
        if self.squares is None:
            self.squares = [np.zeros_like(g, dtype=float) for g in gradients]
        self.squares = [
            self.decay * s + (1 - self.decay) * g**2 for s, g in zip(self.squares, gradients)
        ]
        return [
            p - self.learning_rate * g / (np.sqrt(s) + self.epsilon)
            for p, g, s in zip(parameters, gradients, self.squares)
        ]
        ### END SOLUTION


# %% grade_id="test-rmsprop" points=5
import numpy as np
from course import checks

title, see = "Exercise 7 · RMSprop", "7 · A step length for each parameter"
rng = checks.rng()
optimizer = RMSprop(0.1, decay=0.75, epsilon=0.0)
gradient, parameters = np.array([2.0, 0.02]), [np.array([1.0, 0.0])]
for step, move in enumerate((0.2, 0.2 / np.sqrt(1.75)), 1):
    expected = [parameters[0] - move]
    parameters = optimizer.step(parameters, [gradient])
    name = f"the example by hand, step {step}"
    passed = checks.check_value(title, parameters, expected, name=name, see=see)
print(passed)

rate, decay, epsilon = 0.2, 0.7, 0.3
sizes = {"learning rate": rate, "decay": decay, "epsilon": epsilon}
shapes = [(3, 2), (3, 2), (2,)]  # two of the same shape
parameters = [rng.normal(size=shape) for shape in shapes]
gradients = [[rng.normal(size=shape) for shape in shapes] for _ in range(4)]
optimizer, expected = RMSprop(rate, decay=decay, epsilon=epsilon), parameters
for t in range(4):
    given = [p.copy() for p in parameters], [g.copy() for g in gradients[t]]
    done = checks.call(optimizer.step, *given)
    message = "step must not change the arrays that it is given"
    checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see)
    parameters = done.value
    shares = (1 - decay) * decay ** np.arange(t, -1, -1)  # how much each square counts by now
    sizes_of_steps = [
        np.sqrt(np.tensordot(shares, [np.square(g[k]) for g in gradients[: t + 1]], 1))
        for k in range(3)
    ]
    expected = [
        p - rate * g / (size + epsilon)
        for p, g, size in zip(expected, gradients[t], sizes_of_steps)
    ]
    name = f"parameters after step {t + 1}"
    passed = checks.check_value(title, parameters, expected, name=name, sizes=sizes, see=see)
print(passed)

# %% grade_id="test-rmsprop-hidden" points=5
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 7 · RMSprop", "7 · A step length for each parameter"
rng = checks.rng()
for shapes in ([(2, 2), (2, 2)], [(5,)], [(1, 3), (3, 1), (1,), (2,), (2, 2)]):
    rate, decay, epsilon = rng.uniform(0.05, 0.5), rng.uniform(0.3, 0.95), rng.uniform(0.1, 0.5)
    sizes = {"learning rate": rate, "decay": decay, "epsilon": epsilon}
    optimizer = RMSprop(rate, decay=decay, epsilon=epsilon)
    expected, squares = [rng.normal(size=shape) for shape in shapes], [0.0] * len(shapes)
    asked, steps = [], []
    for t in range(5):
        gradients = [rng.normal(size=shape) for shape in shapes]
        if t in (1, 3):  # s must go on where a gradient is 0
            gradients[0].flat[0] = 0.0
        if t == 4:  # somebody else moves the parameters: the step must begin there
            expected = [rng.normal(size=shape) for shape in shapes]
        asked.append(([p.copy() for p in expected], gradients))
        for k, g in enumerate(gradients):
            squares[k] = decay * squares[k] + (1 - decay) * g * g
            expected[k] = expected[k] - rate * g / (np.sqrt(squares[k]) + epsilon)
        steps.append(expected[:])
    step = optimizer.step
    got = checks.call_all([partial(step, *given) for given in asked])
    name = "five steps, the last from elsewhere"
    print(checks.check_value(title, got, steps, name=name, sizes=sizes, see=see))
parameters, gradient = [rng.normal(size=3)], np.array([0.0, 1e-6, -1e6])
expected = parameters[0] - 0.1 * gradient / (np.sqrt(0.1) * np.abs(gradient) + 1e-8)
got, name = RMSprop(0.1).step(parameters, [gradient]), "gradients of 0, 1e-6 and -1e6"
print(checks.check_value(title, got, [expected], name=name, see=see))
start, gradient = rng.normal(size=3), rng.normal(size=3)
got = several_steps(RMSprop(0.1, 0.5, 0.0), [start.copy()], [gradient.copy()], 2)
one = start - 0.1 * np.sign(gradient) / np.sqrt(0.5)
expected = [[start], [one], [one - 0.1 * np.sign(gradient) / np.sqrt(0.75)]], [gradient]
name = "results and gradients of two steps, looked at afterwards"
print(checks.check_value(title, got, expected, name=name, see=see))


def two_steps(parameters, gradients):
    return several_steps(RMSprop(0.1, decay=0.6, epsilon=0.3), parameters, gradients, 2)[0][1:]


start = [rng.integers(1, 6, size=shape) for shape in ((2, 2), (3,))]
whole = [np.array([[3, -1], [5, 1]]), np.array([1, -3, 2])]
name = "two steps of whole parameters with whole gradients"
print(checks.check_integers(title, two_steps, start, whole, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### The valley again
#
# **What you should see.** RMSprop does not see that one direction is steeper: both coordinates move
# equally fast (45 degrees, if the axes had the same scale), until the shorter way, across, is done.
# No zigzag, with a learning rate more than ten times plain descent's. But look closely at the star: it does not
# settle. The gradient becomes small there, but it is divided by its own size, so the steps stay
# long. Adaptive methods want learning rates that shrink at the end.

# %% tags=["experiment"]
plot_walks({"momentum 0.8": Momentum(0.016, 0.8), "RMSprop": RMSprop(0.5)})

# %% [markdown]
# ### Do PyTorch and optax agree?
#
# Ten steps of each optimiser on made-up gradients, yours beside those of the two libraries, where
# they are installed (`pip install optax`, `pip install torch`).
#
# **What you should see.** Differences of about $10^{-16}$. If `RMSprop` is off by more, look where
# your $\varepsilon$ stands.

# %% tags=["experiment"]
import importlib.util


def ten_steps(optimizer):
    """Parameters after ten steps on made-up gradients: a matrix and a vector."""
    rng = np.random.default_rng(4)
    parameters = [rng.normal(size=(3, 2)), rng.normal(size=2)]
    for _ in range(10):
        parameters = optimizer.step(parameters, [rng.normal(size=p.shape) for p in parameters])
    return [np.asarray(p) for p in parameters]


class Optax:
    """An optimiser of optax, with a `step` like ours; `make` gets the module optax."""

    def __init__(self, make):
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        self.transform, self.apply, self.state = make(optax), optax.apply_updates, None

    def step(self, parameters, gradients):
        if self.state is None:
            self.state = self.transform.init(parameters)
        updates, self.state = self.transform.update(gradients, self.state, parameters)
        return self.apply(parameters, updates)


class Torch:
    """An optimiser of PyTorch, with a `step` like ours; `make` gets torch.optim and tensors."""

    def __init__(self, make):
        self.make, self.tensors = make, None

    def step(self, parameters, gradients):
        import torch

        if self.tensors is None:
            self.tensors = [torch.tensor(p, requires_grad=True) for p in parameters]
            self.optimizer = self.make(torch.optim, self.tensors)
        for tensor, gradient in zip(self.tensors, gradients):
            tensor.grad = torch.tensor(gradient)
        self.optimizer.step()
        return [tensor.detach().numpy().copy() for tensor in self.tensors]


def compare(name, mine, **others):
    """Print how far the optimiser `mine` is from those of optax and torch."""
    for library, make in others.items():
        if importlib.util.find_spec(library) is None:
            print(f"{name:<22} {library} is not installed")
            continue
        theirs = {"optax": Optax, "torch": Torch}[library](make)
        pairs = zip(ten_steps(mine()), ten_steps(theirs))
        print(f"{name:<22} {library}: {max(np.abs(a - b).max() for a, b in pairs):.0e}")


compare(
    "momentum",
    lambda: Momentum(0.1, 0.9),
    optax=lambda optax: optax.sgd(0.1, momentum=0.9),
    torch=lambda optim, tensors: optim.SGD(tensors, lr=0.1, momentum=0.9),
)
compare(
    "Nesterov",
    lambda: Momentum(0.1, 0.9, nesterov=True),
    optax=lambda optax: optax.sgd(0.1, momentum=0.9, nesterov=True),
    torch=lambda optim, tensors: optim.SGD(tensors, lr=0.1, momentum=0.9, nesterov=True),
)
compare(
    "RMSprop",
    lambda: RMSprop(0.1, decay=0.9, epsilon=1e-3),
    optax=lambda optax: optax.rmsprop(0.1, decay=0.9, eps=1e-3, eps_in_sqrt=False),
    torch=lambda optim, tensors: optim.RMSprop(tensors, lr=0.1, alpha=0.9, eps=1e-3),
)

# %% [markdown]
# ## 8 · Deeper networks
#
# Nothing in your code says how many layers there are. Add one: `[784, 100, 30, 10]`. Deeper is not
# better by itself. The gradient passes one more sigmoid on its way back, which takes away at least
# three quarters of it each time (lab 1 showed ten layers).
#
# **What you should see.** The deep network with plain descent is *behind* the small one: it is slow
# to start. With RMSprop, which makes the steps of all layers equally long whatever the size of
# their gradients, it has caught up. Is it ahead? Look at the spread: three trainings cannot tell.
# Mind that RMSprop wants a hundred times smaller learning rates: its steps are not multiplied by
# small gradients.

# %% tags=["experiment"]
deep_results = ModelResults(few, test)
for sizes in ([784, 30, 10], [784, 100, 30, 10]):
    for name, make_optimizer, rates in (
        ("SGD", SGD, (1.0, 3.0)),
        ("RMSprop", RMSprop, (0.01, 0.03)),
    ):
        deep_results.evaluate_model(
            f"{name} {sizes[1:]}",
            lambda rng, sizes=sizes: SoftmaxNetwork(sizes, rng),
            make_optimizer,
            learning_rates=rates,
        )
print()
deep_results.display_results()

# %% [markdown]
# How large are the gradients of each layer of a deep network at the start? One hundred digits,
# `[784, 100, 100, 100, 100, 10]`:
#
# **What you should see.** A line that climbs by a factor of three or more from layer to layer: the
# last layer gets a thousand times the gradient of the first, and learns while the first ones wait.

# %% tags=["experiment"]
from course import plots

deep = SoftmaxNetwork([784, 100, 100, 100, 100, 10], np.random.default_rng(3))
grads_w, _ = deep.backprop(train.x[:100], train.y[:100])
plots.plot_gradient_flow(grads_w)

# %% [markdown]
# ### Question 3 · reading a table (4 points)
#
# A fellow student writes: *"I trained the small network with SGD and the deep one with RMSprop,
# both with the learning rate 1, once each. The deep one is at 11 %. Deep networks do not work with
# RMSprop."*
#
# 1. Name two faults of the comparison, and say for each how you would mend it.
# 2. In your own tables, find two rows whose order you would not bet on, and say why; and two rows
#    whose difference is certain.

# %% [markdown] grade_id="question-table" points=4
# ### BEGIN SOLUTION
# 1. Faults (any two): both network and optimiser differ at once, so one cannot tell which of them
#    is to blame: change one thing at a time. The same learning rate for two optimisers is not the
#    same step: RMSprop's steps are as long as the learning rate itself, 1 is a hundred times too
#    long; try several rates for each and compare the best. One training each: the spread is
#    unknown; train several times, give mean and spread.
# 2. Any two rows whose means differ by less than about one or two spreads (for three trainings),
#    for example two neighbouring ones at the top; any two that differ by many spreads, for example
#    baseline and softmax at 0.3.
#
# Mark scheme, 4 points: 1 for each fault with its cure (up to 2); 1 for an undecided pair with the
# spread as the reason; 1 for a certain pair with the spread as the reason.
# ### END SOLUTION

# %% [markdown]
# ## 9 · Bonus: what else helps
#
# You have all your 100 points in front of you. What follows earns up to 33 more: two more
# optimisers, dropout, and more digits out of the ones you have. The four parts do not need each
# other.
#
# ### 9.1 Adagrad, and where epsilon stands
#
# RMSprop has an ancestor. **Adagrad** (Duchi, Hazan and Singer, 2011) divides by the root of the
# *sum* of all squared gradients so far; it never forgets, so its steps can only become shorter. For
# rare features that is just right: a parameter whose gradient is nearly always 0 keeps its long
# steps for the day when it is needed. With $G$, at first 0, for each entry of each parameter:
#
# $$G \leftarrow G + g^2, \qquad
#   p \leftarrow p - \frac{\eta}{\sqrt{G} + \varepsilon}\; g \quad\text{(as in PyTorch)}
#   \qquad\text{or}\qquad
#   p \leftarrow p - \frac{\eta}{\sqrt{G + \varepsilon}}\; g \quad\text{(simplified, as in optax)} .$$
#
# The two differ in the place of $\varepsilon$ only. As long as $G$ is large it does not matter. But
# for a parameter that has hardly seen a gradient, $g = 10^{-6}$ say, and $\varepsilon = 10^{-8}$,
# the first form steps by $0.99\,\eta$ and the second by $0.01\,\eta$.
#
# **By hand.** $\eta = 0.1$, $\varepsilon = 16$, the gradient is 3. Outside: $0.1 \cdot 3 / (3 + 16)
# = 0.0158$. Inside: $0.1 \cdot 3 / \sqrt{9 + 16} = 0.06$. Then the gradient is 0: nothing moves,
# but $G$ stays 9.
#
# #### Bonus exercise · `Adagrad` (5 points)
#
# **Think first.** Is there a $\rho$ with which your `RMSprop` would be Adagrad?


# %% grade_id="bonus_adagrad" stub="Return the list of parameters after one step, arrays of the same shapes, and keep the sums of squares in self.sums."
class Adagrad(SGD):
    """Gradient descent whose steps are divided by the root of all squared gradients so far."""

    def __init__(self, learning_rate, epsilon=1e-8, inside=False):
        super().__init__(learning_rate)
        self.epsilon = epsilon
        self.inside = inside  # whether epsilon stands inside the root (the simplified form)
        self.sums = None  # one array of sums of squares per parameter, from the first step on

    def step(self, parameters, gradients):
        """Parameters after one step.

        parameters, gradients: lists of arrays, of the same shapes in every call.
        Returns a list of new arrays.
        """
        ### BEGIN SOLUTION
        if self.sums is None:
            self.sums = [np.zeros_like(g, dtype=float) for g in gradients]
        self.sums = [total + g**2 for total, g in zip(self.sums, gradients)]
        if self.inside:
            roots = [np.sqrt(total + self.epsilon) for total in self.sums]
        else:
            roots = [np.sqrt(total) + self.epsilon for total in self.sums]
        rate = self.learning_rate
        return [p - rate / root * g for p, g, root in zip(parameters, gradients, roots)]
        ### END SOLUTION


# %% grade_id="test-bonus_adagrad" points=3
import numpy as np
from course import checks

title, see = "Bonus exercise · Adagrad", "9.1 Adagrad, and where epsilon stands"
rng = checks.rng()
for inside, move in ((False, 0.3 / 19), (True, 0.06)):
    optimizer, parameters = Adagrad(0.1, epsilon=16.0, inside=inside), [np.ones(1)]
    parameters = optimizer.step(parameters, [np.full(1, 3.0)])
    name, expected = f"the example by hand, inside={inside}", [np.array([1 - move])]
    print(checks.check_value(title, parameters, expected, name=name, see=see))

rate, epsilon = 0.3, 0.4
sizes = {"learning rate": rate, "epsilon": epsilon}
shapes = [(3, 2), (3, 2), (2,)]
start = [rng.normal(size=shape) for shape in shapes]
gradients = [[rng.normal(size=shape) for shape in shapes] for _ in range(4)]
for inside in (False, True):
    optimizer, parameters = Adagrad(rate, epsilon=epsilon, inside=inside), start
    expected = start
    for t in range(4):
        given = [p.copy() for p in parameters], [g.copy() for g in gradients[t]]
        done = checks.call(optimizer.step, *given)
        message = "step must not change the arrays that it is given"
        checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see)
        parameters = done.value
        squares = [np.sum([np.square(g[k]) for g in gradients[: t + 1]], axis=0) for k in range(3)]
        lengths = [(s + epsilon) ** 0.5 if inside else s**0.5 + epsilon for s in squares]
        expected = [p - rate * g / n for p, g, n in zip(expected, gradients[t], lengths)]
        name = f"after step {t + 1}, inside={inside}"
        passed = checks.check_value(title, parameters, expected, name=name, sizes=sizes, see=see)
    print(passed)

# %% grade_id="test-bonus_adagrad-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Bonus exercise · Adagrad", "9.1 Adagrad, and where epsilon stands"
rng = checks.rng()
for shapes in ([(2, 2), (2, 2)], [(5,)], [(1, 3), (3, 1), (1,), (2,), (2, 2)]):
    for inside in (True, False):
        rate, epsilon = rng.uniform(0.05, 0.5), rng.uniform(0.1, 0.5)
        sizes = {"learning rate": rate, "epsilon": epsilon}
        optimizer = Adagrad(rate, epsilon=epsilon, inside=inside)
        expected, sums = [rng.normal(size=shape) for shape in shapes], [0.0] * len(shapes)
        asked, steps = [], []
        for t in range(5):
            gradients = [rng.normal(size=shape) for shape in shapes]
            if t in (1, 3):  # G must last where a gradient is 0
                gradients[0].flat[0] = 0.0
            if t == 4:  # somebody else moves the parameters: the step must begin there
                expected = [rng.normal(size=shape) for shape in shapes]
            asked.append(([p.copy() for p in expected], gradients))
            for k, g in enumerate(gradients):
                sums[k] = sums[k] + g * g
                root = np.sqrt(sums[k] + epsilon) if inside else np.sqrt(sums[k]) + epsilon
                expected[k] = expected[k] - rate * g / root
            steps.append(expected[:])
        step = optimizer.step
        got = checks.call_all([partial(step, *given) for given in asked])
        name = f"five steps, the last from elsewhere, inside={inside}"
        print(checks.check_value(title, got, steps, name=name, sizes=sizes, see=see))
start, gradient = rng.normal(size=3), rng.normal(size=3)
got = several_steps(Adagrad(0.1, 0.0), [start.copy()], [gradient.copy()], 2)
one = start - 0.1 * np.sign(gradient)
expected = [[start], [one], [one - 0.1 * np.sign(gradient) / np.sqrt(2.0)]], [gradient]
name = "results and gradients of two steps, looked at afterwards"
print(checks.check_value(title, got, expected, name=name, see=see))


def two_steps(parameters, gradients, inside):
    return several_steps(Adagrad(0.1, 0.3, inside=inside), parameters, gradients, 2)[0][1:]


start = [rng.integers(1, 6, size=shape) for shape in ((2, 2), (3,))]
whole = [np.array([[3, -1], [5, 1]]), np.array([1, -3, 2])]
for inside in (False, True):
    name = f"two steps of whole parameters with whole gradients, inside={inside}"
    print(checks.check_integers(title, two_steps, start, whole, inside, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### 9.2 AdamW
#
# The optimiser that trains nearly all large networks puts together what you have written. **Adam**
# (Kingma and Ba, [2015](https://arxiv.org/abs/1412.6980)) keeps two running means per entry, one of
# the gradient, as momentum does, and one of its square, as RMSprop does:
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2 .$$
#
# Both begin with 0, and at first they are much too small: after one step $m$ is $(1 - \beta_1) g$,
# a tenth of the gradient. After $t$ steps the weights of all gradients in $m$ sum to $(1 -
# \beta_1)(1 + \beta_1 + \dots + \beta_1^{t-1}) = 1 - \beta_1^t$. Divide by that, and both are true
# means; this is the **bias correction**. With $t = 1$ in the first step:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat s = \frac{s}{1 - \beta_2^t} .$$
#
# And the **W** is for weight decay (Loshchilov and Hutter,
# [2019](https://arxiv.org/abs/1711.05101)). If the L2 penalty is put into the gradient, Adam
# divides it by $\sqrt{\hat s}$ like everything else, and weights with large gradients hardly decay
# at all. So the decay is **decoupled**: it acts on the parameter itself, and neither $m$ nor $s$
# hears of it. In the form of
# [PyTorch](https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html), with the old $p$ on
# the right:
#
# $$p \;\leftarrow\; p - \eta\,\lambda\, p - \eta\, \frac{\hat m}{\sqrt{\hat s} + \varepsilon} .$$
#
# As with L2, only weights decay, not biases. The optimiser knows them by their number of
# dimensions: **arrays with two dimensions or more decay, vectors do not.**
#
# **By hand.** $\eta = 0.1$, $\lambda = 0.5$, $\varepsilon = 0$, a weight of 1 and its first
# gradient 2. $\hat m = 2$, $\hat s = 4$, whatever the betas are: the step is $0.1 \cdot 2/2 = 0.1$.
# Decay: $0.1 \cdot 0.5 \cdot 1 = 0.05$. New weight: $1 - 0.05 - 0.1 = 0.85$. A bias would go to
# $0.9$.
#
# #### Bonus exercise · `AdamW` (10 points)
#
# **Think first.** The number of steps $t$ counts calls of `step`. What would it count if you raised
# it in the loop over the parameters? And at which place does $t$ become 1?


# %% grade_id="bonus_adamw" stub="Return the list of parameters after one step, arrays of the same shapes; keep what must last in self.means, self.squares and self.steps."
class AdamW(SGD):
    """Adam with decoupled weight decay."""

    def __init__(self, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01):
        super().__init__(learning_rate)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.weight_decay = weight_decay
        self.steps = 0  # how many have been taken
        self.means = None  # one array of mean gradients per parameter, from the first step on
        self.squares = None  # one array of mean squared gradients per parameter

    def step(self, parameters, gradients):
        """Parameters after one step.

        parameters, gradients: lists of arrays, of the same shapes in every call; arrays with two
        dimensions or more are weights and decay, vectors are biases and do not.
        Returns a list of new arrays.
        """
        ### BEGIN SOLUTION
        if self.steps == 0:
            self.means = [np.zeros_like(g, dtype=float) for g in gradients]
            self.squares = [np.zeros_like(g, dtype=float) for g in gradients]
        self.steps += 1
        result = []
        for k, (p, g) in enumerate(zip(parameters, gradients)):
            self.means[k] = self.beta1 * self.means[k] + (1 - self.beta1) * g
            self.squares[k] = self.beta2 * self.squares[k] + (1 - self.beta2) * g**2
            mean = self.means[k] / (1 - self.beta1**self.steps)
            square = self.squares[k] / (1 - self.beta2**self.steps)
            decay = self.weight_decay if np.ndim(p) >= 2 else 0.0
            adam = mean / (np.sqrt(square) + self.epsilon)
            result.append(p - self.learning_rate * decay * p - self.learning_rate * adam)
        return result
        ### END SOLUTION


# %% grade_id="test-bonus_adamw" points=4
import numpy as np
from course import checks

title, see = "Bonus exercise · AdamW", "9.2 AdamW"
rng = checks.rng()
optimizer = AdamW(0.1, epsilon=0.0, weight_decay=0.5)
got = optimizer.step([np.ones((1, 1)), np.ones(1)], [np.full((1, 1), 2.0), np.full(1, 2.0)])
expected = [np.array([[0.85]]), np.array([0.9])]
print(checks.check_value(title, got, expected, name="the example by hand", see=see))

rate, beta1, beta2, epsilon, decay = 0.2, 0.8, 0.9, 0.3, 0.4
sizes = {"learning rate": rate, "weight decay": decay, "beta1": beta1, "beta2": beta2}
shapes = [(3, 2), (3, 2), (2,)]  # two of the same shape, and a vector
parameters = [rng.normal(size=shape) for shape in shapes]
gradients = [[rng.normal(size=shape) for shape in shapes] for _ in range(4)]
optimizer = AdamW(rate, beta1=beta1, beta2=beta2, epsilon=epsilon, weight_decay=decay)
expected = parameters
for t in range(4):
    given = [p.copy() for p in parameters], [g.copy() for g in gradients[t]]
    done = checks.call(optimizer.step, *given)
    message = "step must not change the arrays that it is given"
    checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see)
    parameters = done.value
    ages = np.arange(t, -1, -1)
    moved = []
    for k, p in enumerate(expected):
        past = np.array([g[k] for g in gradients[: t + 1]])
        # corrected for their bias, both are true weighted means of all that was seen
        mean = np.average(past, axis=0, weights=beta1**ages)
        size = np.sqrt(np.average(past * past, axis=0, weights=beta2**ages))
        kept = 1 - rate * decay * (k < 2)
        moved.append(kept * p - rate * mean / (size + epsilon))
    expected = moved
    name = f"parameters after step {t + 1}"
    passed = checks.check_value(title, parameters, expected, name=name, sizes=sizes, see=see)
print(passed)

# %% grade_id="test-bonus_adamw-hidden" points=6
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Bonus exercise · AdamW", "9.2 AdamW"
rng = checks.rng()
for shapes in (
    [(2, 2), (2, 2)],
    [(4,), (2, 3)],
    [(1, 3), (3, 1), (1,), (2,), (2, 2)],
    [(2, 2, 2)],
):
    rate, decay, epsilon = rng.uniform(0.05, 0.5), rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.5)
    beta1, beta2 = rng.uniform(0.3, 0.9), rng.uniform(0.5, 0.99)
    sizes = {"learning rate": rate, "weight decay": decay, "beta1": beta1, "beta2": beta2}
    optimizer = AdamW(rate, beta1=beta1, beta2=beta2, epsilon=epsilon, weight_decay=decay)
    expected = [rng.normal(size=shape) for shape in shapes]
    means, squares, asked, steps = [0.0] * len(shapes), [0.0] * len(shapes), [], []
    for t in range(1, 6):
        gradients = [rng.normal(size=shape) for shape in shapes]
        if t in (2, 4):  # m and s must go on where a gradient is 0
            gradients[0].flat[0] = 0.0
        if t == 5:  # somebody else moves the parameters: the step must begin there
            expected = [rng.normal(size=shape) for shape in shapes]
        asked.append(([p.copy() for p in expected], gradients))
        for k, g in enumerate(gradients):
            means[k] = beta1 * means[k] + (1 - beta1) * g
            squares[k] = beta2 * squares[k] + (1 - beta2) * g * g
            mean, square = means[k] / (1 - beta1**t), squares[k] / (1 - beta2**t)
            kept = 1 - rate * decay if len(shapes[k]) > 1 else 1.0
            expected[k] = kept * expected[k] - rate * mean / (np.sqrt(square) + epsilon)
        steps.append(expected[:])
    step = optimizer.step
    got = checks.call_all([partial(step, *given) for given in asked])
    name = "five steps, the last from elsewhere"
    print(checks.check_value(title, got, steps, name=name, sizes=sizes, see=see))
start = [rng.normal(size=(2, 3))]
zero = [np.zeros((2, 3))]
got, expected = AdamW(0.1, weight_decay=0.5).step(start, zero), [0.95 * start[0]]
print(checks.check_value(title, got, expected, name="a step with gradient 0", see=see))
start, gradient = rng.normal(size=3), rng.normal(size=3)
got = several_steps(AdamW(0.1), [start.copy()], [gradient.copy()], 2)
expected = [[start - 0.1 * k * np.sign(gradient)] for k in range(3)], [gradient]
name = "results and gradients of two steps, looked at afterwards"
print(checks.check_value(title, got, expected, name=name, see=see))


def two_steps(parameters, gradients):
    optimizer = AdamW(0.1, beta1=0.7, beta2=0.6, epsilon=0.3)
    return several_steps(optimizer, parameters, gradients, 2)[0][1:]


start = [rng.integers(1, 6, size=shape) for shape in ((2, 2), (3,))]
whole = [np.array([[3, -1], [5, 1]]), np.array([1, -3, 2])]
name = "two steps of whole parameters with whole gradients"
print(checks.check_integers(title, two_steps, start, whole, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** Agreement to the last digit or so with both libraries, for both places of
# Adagrad's $\varepsilon$ and for AdamW. (PyTorch has Adagrad's outside, optax its inside.)

# %% tags=["experiment"]
compare(
    "Adagrad, outside",
    lambda: Adagrad(0.1, epsilon=1e-3),
    torch=lambda optim, tensors: optim.Adagrad(tensors, lr=0.1, eps=1e-3),
)
compare(
    "Adagrad, inside",
    lambda: Adagrad(0.1, epsilon=1e-3, inside=True),
    optax=lambda optax: optax.adagrad(0.1, initial_accumulator_value=0.0, eps=1e-3),
)
compare(
    "AdamW",
    lambda: AdamW(0.1, weight_decay=0.1),
    optax=lambda optax: optax.adamw(
        0.1, weight_decay=0.1, mask=lambda ps: [p.ndim > 1 for p in ps]
    ),
    torch=lambda optim, tensors: optim.AdamW(
        [
            {"params": [t for t in tensors if t.ndim > 1], "weight_decay": 0.1},
            {"params": [t for t in tensors if t.ndim < 2], "weight_decay": 0.0},
        ],
        lr=0.1,
    ),
)

# %% [markdown]
# All optimisers on the deep network, each with two learning rates that suit it.
#
# **What you should see.** The adaptive ones lead, and lie within each other's spread. Nobody has
# ever found the one that is best for everything; AdamW is the one that needs the least care.

# %% tags=["experiment"]
optimizer_results = ModelResults(few, test)
candidates = {
    "SGD": (SGD, (1.0, 3.0)),
    "momentum 0.9": (Momentum, (0.1, 0.3)),
    "RMSprop": (RMSprop, (0.01, 0.03)),
    "Adagrad": (Adagrad, (0.03, 0.1)),
    "AdamW": (AdamW, (0.01, 0.03)),
}
for name, (make_optimizer, rates) in candidates.items():
    optimizer_results.evaluate_model(
        name,
        lambda rng: SoftmaxNetwork([784, 100, 30, 10], rng),
        make_optimizer,
        learning_rates=rates,
        n_trainings=2,
    )
print()
optimizer_results.display_results()

# %% [markdown]
# ### 9.3 Dropout
#
# A committee whose members must work even when half of them are ill cannot rely on one genius.
# **Dropout** (Srivastava et al., [2014](https://jmlr.org/papers/v15/srivastava14a.html)) does that
# to hidden units: in training each activation is set to 0 with probability $q$ (the *rate*), anew
# for every example and every pass. The others are multiplied by $1/(1 - q)$, so that the expected
# value stays what it was: $(1 - q) \cdot \frac{a}{1 - q} + q \cdot 0 = a$. Therefore nothing at all
# needs to be done when the network is used: in evaluation dropout hands its input on unchanged.
#
# ![Dropout: in training some activations become zero and the others grow; in evaluation nothing happens](figures/dropout.svg)
#
# In other words: $\tilde a = a * m$ with a random mask $m$ whose entries are $0$ or
# $\frac{1}{1-q}$. Given the mask that is a plain product, so the way back is $\partial C/\partial a
# = \partial C/\partial \tilde a * m$, with **the same** mask.
#
# **By hand.** $a = (1, 2, 3, 4)$, $q = \tfrac12$, the second and third are dropped: $m = (2, 0, 0,
# 2)$, $\tilde a = (2, 0, 0, 8)$. If $(1, 1, 1, 1)$ comes back, $(2, 0, 0, 2)$ goes on.
#
# #### Bonus exercise · `Dropout` (6 points)
#
# The mask comes from the generator `self.rng`, so that a training can be repeated:
# `self.rng.random(shape)` gives uniform numbers from $[0, 1)$.
#
# **Think first.** Which fraction of uniform numbers is smaller than $q$? And what has to be kept
# between `forward` and `backward`?


# %% grade_id="given-generator"
def generator(seed):
    """A NumPy generator of random numbers."""
    return np.random.default_rng(seed)


# %% grade_id="bonus_dropout" stub=["Return a in evaluation; in training an array of the shape of a with each entry either dropped (0) or scaled.", "Return the gradient of what went into the last forward, an array of the shape of grad."]
class Dropout:
    """Sets activations to zero at random while `training` is True.

    rate: probability that an entry is dropped, 0 <= rate < 1; rng: the generator of the masks.
    """

    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng
        self.training = True
        self.mask = None  # that of the last `forward`

    def forward(self, a):
        """What is handed on.

        a: array of any shape. In training each entry is dropped with probability `rate`, independently
        of all others and anew in each call, and the others are scaled.
        Returns an array of the shape of a.
        """
        ### BEGIN SOLUTION
        if self.training:
            kept = self.rng.random(np.shape(a)) >= self.rate
            self.mask = kept / (1 - self.rate)
        else:
            self.mask = np.ones(np.shape(a))
        return a * self.mask
        ### END SOLUTION

    def backward(self, grad):
        """Gradient with respect to what went into the last `forward`.

        grad: gradient with respect to what came out of it, the same shape.
        Returns an array of that shape.
        """
        ### BEGIN SOLUTION
        return grad * self.mask
        ### END SOLUTION


# %% grade_id="test-bonus_dropout" points=3
import numpy as np
from course import checks

title, see = "Bonus exercise · Dropout", "9.3 Dropout"
rng = checks.rng()
rate, seed = 0.3, int(rng.integers(2**32))
sizes = {"rate": rate, "share kept": 1 - rate}
layer, twin = Dropout(rate, generator(seed)), Dropout(rate, generator(seed))
a, grad = rng.uniform(1, 2, size=(2, 100, 80))
out = layer.forward(a)
checks.check_value(title, np.shape(out), a.shape, name="shape of forward(a)", see=see)
same = bool(np.array_equal(out, twin.forward(a)))
message = "two layers whose generators have the same seed must draw the same mask"
checks.check_true(title, same, message, observed=same, see=see)
kept = np.not_equal(out, 0)
name, expected = "forward(a) in training", np.where(kept, a / (1 - rate), 0)
print(checks.check_value(title, out, expected, name=name, sizes=sizes, see=see))
share = float(np.mean(kept))
message = f"of 8000 entries {share:.1%} are kept, with rate={rate}"
checks.check_true(title, abs(share - 0.7) < 0.05, message, observed=share, see=see)
print(message)
unlike = [len(np.unique(kept, axis=0)), len(np.unique(kept.T, axis=0))]  # rows, columns
message = "each entry is dropped or kept on its own, so no two rows or columns are alike"
checks.check_true(title, unlike == [*kept.shape], message, observed=unlike, see=see)
expected = np.where(kept, grad / (1 - rate), 0)
got = layer.backward(grad)
print(checks.check_value(title, got, expected, name="backward(grad)", sizes=sizes, see=see))
layer.training = False
name, got = "forward(a) in evaluation", layer.forward(a)
print(checks.check_value(title, got, a, name=name, sizes=sizes, see=see))
name, got = "backward(grad) in evaluation", layer.backward(grad)
print(checks.check_value(title, got, grad, name=name, sizes=sizes, see=see))

# %% grade_id="test-bonus_dropout-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Bonus exercise · Dropout", "9.3 Dropout"
rng = checks.rng()
counts = []  # how many entries two passes keep
for rate in (0.5, 0.2, 0.75):
    sizes = {"rate": rate, "share kept": 1 - rate}
    seed = int(rng.integers(2**32))
    layer, twin = Dropout(rate, generator(seed)), Dropout(rate, generator(seed))
    (forward, backward), (forward_of_twin, _) = checks.get_all([layer, twin], "forward", "backward")
    a = rng.uniform(1, 2, size=(80, 90))
    asked = partial(forward, a), partial(forward_of_twin, a), partial(forward, a)
    out, out_of_twin, out_again = checks.call_all(asked)
    checks.check_value(title, np.shape(out), a.shape, name="shape of forward(a)", see=see)
    same = bool(np.array_equal(out, out_of_twin))
    message = "two layers whose generators have the same seed must draw the same mask"
    checks.check_true(title, same, message, observed=same, see=see)
    kept = np.not_equal(out, 0)
    share = float(np.mean(kept))
    message = f"of {a.size} entries {share:.1%} are kept, with rate={rate}"
    checks.check_true(title, abs(share - (1 - rate)) < 0.05, message, observed=share, see=see)
    name, expected = f"forward(a), rate={rate}", np.where(kept, a / (1 - rate), 0)
    checks.check_value(title, out, expected, name=name, sizes=sizes, see=see)
    unlike = [len(np.unique(kept, axis=0)), len(np.unique(kept.T, axis=0))]  # rows, columns
    message = "each entry is dropped or kept on its own, so no two rows or columns are alike"
    checks.check_true(title, unlike == [*kept.shape], message, observed=unlike, see=see)
    # the second call draws a new mask, and backward must use the newest
    again, grad = np.not_equal(out_again, 0), rng.normal(size=a.shape)
    fresh = not np.array_equal(again, kept)
    message = "each call of forward in training draws a new mask"
    checks.check_true(title, fresh, message, observed=fresh, see=see)
    counts.append([int(kept.sum()), int(again.sum())])
    # backward belongs to the last forward, whatever `training` has become since
    layer.training = False
    name, expected = f"backward(grad) of a pass in training, rate={rate}", grad / (1 - rate)
    got = backward(grad.copy())
    print(checks.check_value(title, got, again * expected, name=name, sizes=sizes, see=see))
    for small in (a[:1], a[:3, :2], rng.normal(size=(2, 3, 4))):
        there, back = checks.call_all([partial(forward, small), partial(backward, small)])
        name = f"forward(a) of shape {small.shape} in evaluation"
        print(checks.check_value(title, there, small, name=name, sizes=sizes, see=see))
        name = "backward(grad) in evaluation"
        print(checks.check_value(title, back, small, name=name, sizes=sizes, see=see))
message = f"how many are kept is left to chance; in two passes each, yours kept {counts}"
chance = any(first != second for first, second in counts)
checks.check_true(title, chance, message, observed=counts, see=see)
for shape in ((5,), (2, 3, 4)):
    layer, a = Dropout(0.5, generator(seed)), rng.uniform(1, 2, size=shape)
    out, name = layer.forward(a), f"forward(a) of shape {shape} in training"
    checks.check_value(title, np.shape(out), shape, name=f"shape of {name}", see=see)
    expected = np.where(np.not_equal(out, 0), 2 * a, 0)
    print(checks.check_value(title, out, expected, name=name, see=see))
a = rng.normal(size=(3, 4))
layer = Dropout(0.0, generator(seed))
print(checks.check_value(title, layer.forward(a), a, name="forward(a), rate=0", see=see))
grad, name = rng.normal(size=(3, 4)), "backward(grad), rate=0"
print(checks.check_value(title, layer.backward(grad), grad, name=name, see=see))
layer = Dropout(0.4, generator(seed))
done = checks.call(layer.forward, a)
message = "forward must not change the array that it is given"
print(checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see))
done = checks.call(layer.backward, a)
message = "backward must not change the array that it is given"
print(checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see))
# an activation may be 0 by itself: whether it was dropped is not to be seen in what came out
layer, grad = Dropout(0.4, generator(seed)), rng.uniform(1, 2, size=(40, 50))
layer.forward(np.zeros((40, 50)))
got = layer.backward(grad)
passed = np.not_equal(got, 0)
name, expected = "backward(grad) where all of a is 0", np.where(passed, grad / 0.6, 0)
print(checks.check_value(title, got, expected, name=name, sizes={"rate": 0.4}, see=see))
share = float(np.mean(passed))
message = f"where all of a is 0, {share:.1%} of the gradient's 2000 entries pass, with rate=0.4"
print(checks.check_true(title, abs(share - 0.6) < 0.08, message, observed=share, see=see))
layer.training = False
layer.forward(np.zeros((40, 50)))
name = "backward(grad) in evaluation where all of a is 0"
print(checks.check_value(title, layer.backward(grad), grad, name=name, see=see))


def there_and_back(a, grad):
    layer = Dropout(0.3, generator(seed))
    return layer.forward(a), layer.backward(grad)


whole, grad = rng.integers(1, 6, size=(2, 4, 5))
name = "forward and backward of whole numbers in training"
print(checks.check_integers(title, there_and_back, whole, grad, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# #### Bonus exercise · a network with dropout (6 points)
#
# Weave it in: behind each hidden layer stands a dropout, `self.dropouts[k]` behind the sigmoid of
# layer $k + 1$. Not in front of the first layer, not behind the logits.
#
# - `forward` returns what each layer hands on, `[x, ã_1, ..., ã_{L-1}, logits]`: hidden activations
#   **after** dropout.
# - `backprop` goes back through everything in turn: weights, dropout, sigmoid, weights, ... What it
#   needs and `forward` does not return, compute once more or keep in `self`.
#
# **By hand.** A hidden unit with $z = 0$ has $a = \tfrac12$. For $q = \tfrac12$ and kept, it hands on
# $\tilde a = 1$. If 1 comes back, the dropout makes 2 of it and the sigmoid $2 \cdot \tfrac14 =
# \tfrac12$.
#
# **Think first.** The sigmoid's slope is $a(1 - a)$. For which $a$: what the sigmoid gave, or what
# the dropout made of it? And what happens if `backprop` calls `forward` twice?


# %% grade_id="given-dropout_network"
class DropoutNetwork(SoftmaxNetwork):
    """A softmax network with dropout behind each hidden layer."""

    def __init__(self, sizes, rng=None, rate=0.2):
        super().__init__(sizes, rng)
        self.dropouts = [Dropout(rate, self.rng) for _ in self.sizes[1:-1]]
        self.prepare(training=False)

    def prepare(self, training):
        """Drop activations in training only."""
        for dropout in self.dropouts:
            dropout.training = training


class KnownMasks:
    """Stands in for a dropout in tests: call number i of `forward` multiplies with masks[i]."""

    def __init__(self, masks):
        self.masks, self.calls = masks, 0

    def forward(self, a):
        self.mask = self.masks[self.calls % len(self.masks)]
        self.calls += 1
        return a * self.mask

    def backward(self, grad):
        return grad * self.mask


# %% grade_id="bonus_dropout_network" stub=["Return the list [x, a_1, ..., a_{L-1}, logits] of arrays (B, n_k), hidden activations after dropout.", "Return the tuple (grads_w, grads_b): two lists, first layer first, with the shapes of self.weights and self.biases."]
@add_to(DropoutNetwork)
def forward(self, x):
    """What each layer hands on, after dropout; the last one its logits.

    x: (B, n_in).
    Returns the list [x, a_1, ..., a_{L-1}, logits] of arrays (B, n_k).
    """
    ### BEGIN SOLUTION
    handed_on = [x]
    for w, b, dropout in zip(self.weights, self.biases, self.dropouts):
        handed_on.append(dropout.forward(sigmoid(handed_on[-1] @ w + b)))
    return [*handed_on, handed_on[-1] @ self.weights[-1] + self.biases[-1]]
    ### END SOLUTION


@add_to(DropoutNetwork)
def backprop(self, x, y):
    """Gradients of the mean cross-entropy of a batch, with the masks of one forward pass.

    x: (B, n_in); y: one-hot labels, (B, n_classes).
    Returns the tuple (grads_w, grads_b), two lists, first layer first.
    """
    ### BEGIN SOLUTION
    *inputs, logits = self.forward(x)
    delta = self.cost_derivative(logits, y)
    grads_w, grads_b = [], []
    for k in reversed(range(len(self.weights))):
        grads_w.insert(0, inputs[k].T @ delta)
        grads_b.insert(0, delta.sum(axis=0))
        if k > 0:
            bent = sigmoid(inputs[k - 1] @ self.weights[k - 1] + self.biases[k - 1])
            back = self.dropouts[k - 1].backward(delta @ self.weights[k].T)
            delta = back * sigmoid_slope(bent)
    return grads_w, grads_b
    ### END SOLUTION


# %% grade_id="test-bonus_dropout_network" points=3
import numpy as np
from course import checks

title, see = "Bonus exercise · a network with dropout", "9.3 Dropout"
rng = checks.rng()


def error(logits, y):
    """Stand in for exercise 3: if that is still wrong, it must not count here again."""
    odds = np.exp(logits)
    return (odds / odds.sum(axis=1, keepdims=True) - y) / len(y)


layers, batch = [4, 5, 3, 2], 6
net = DropoutNetwork(layers)
net.cost_derivative = error
weights = [rng.normal(size=shape) for shape in zip(layers[:-1], layers[1:])]
biases = [rng.normal(size=n) for n in layers[1:]]
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
x, y = rng.normal(size=(batch, 4)), np.eye(2)[rng.integers(0, 2, batch)]
# two masks for each dropout: whoever goes forward twice meets the second as well, and is asked at
# which of the two the way back was; no other mask counts
masks = [1.6 * rng.integers(0, 2, size=(2, batch, n)) for n in layers[1:-1]]
net.dropouts = [KnownMasks([pair[0], pair[1]]) for pair in masks]


def outputs(xp, weights, biases, used):
    a = [x]
    for w, b, mask in zip(weights[:-1], biases[:-1], used):
        a.append(mask / (1 + xp.exp(-(a[-1] @ w + b))))
    return [*a, a[-1] @ weights[-1] + biases[-1]]


def loss(xp, weights, biases):
    odds = xp.exp(outputs(xp, weights, biases, used)[-1])
    return -xp.mean(xp.log(xp.sum(odds * y, axis=1) / xp.sum(odds, axis=1)))


got = net.forward(x)
expected = outputs(np, weights, biases, [pair[0] for pair in masks])
print(checks.check_value(title, got, expected, name="forward", see=see))
net.dropouts = [KnownMasks([pair[0], pair[1]]) for pair in masks]
got = net.backprop(x, y)
used = [pair[int(np.array_equal(d.mask, pair[1]))] for d, pair in zip(net.dropouts, masks)]
names, at, sizes = ("grads_w", "grads_b"), (weights, biases), {"batch size": batch}
print(checks.check_gradients(title, got, loss, at, names=names, sizes=sizes, see=see))

# %% grade_id="test-bonus_dropout_network-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Bonus exercise · a network with dropout", "9.3 Dropout"
rng = checks.rng()


def error(logits, y):
    odds = np.exp(logits)
    return (odds / odds.sum(axis=1, keepdims=True) - y) / len(y)


def outputs(weights, biases, used):
    a = [x]
    for w, b, mask in zip(weights[:-1], biases[:-1], used):
        a.append(mask / (1 + np.exp(-(a[-1] @ w + b))))
    return [*a, a[-1] @ weights[-1] + biases[-1]]


def loss(parameters):
    odds = np.exp(outputs(*parameters, used)[-1])
    return -np.mean(np.log(np.sum(odds * y, axis=1) / np.sum(odds, axis=1)))


def measured(weights, biases, used):
    return checks.central_difference(loss, (weights, biases))


for layers, batch in (
    ([3, 3, 3, 3], 3),
    ([4, 3], 2),
    ([5, 6, 2], 1),
    ([3, 1, 2], 4),
    ([2, 4, 4, 5, 3], 4),
):
    net = DropoutNetwork(layers)
    weights = [rng.normal(size=shape) for shape in zip(layers[:-1], layers[1:])]
    biases = [rng.normal(size=n) for n in layers[1:]]
    x, y = (
        rng.normal(size=(batch, layers[0])),
        np.eye(layers[-1])[rng.integers(0, layers[-1], batch)],
    )
    masks = [rng.choice([0.0, 1.3, 2.1], size=(2, batch, n)) for n in layers[1:-1]]
    made = checks.call_all([partial(KnownMasks, list(pair)) for pair in (*masks, *masks)])
    own = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **own, cost_derivative=error, dropouts=made[: len(masks)])
    expected = outputs(weights, biases, [pair[0] for pair in masks])
    name, got = f"forward with layers {layers}", net.forward(x)
    print(checks.check_value(title, got, expected, name=name, see=see))
    net.dropouts = made[len(masks) :]
    got, seen = net.backprop(x, y), checks.get_all(net.dropouts, "mask")
    used = [pair[int(np.array_equal(mask, pair[1]))] for mask, pair in zip(seen, masks)]
    expected = checks.once(measured, weights, biases, used)  # for the whole class
    name, sizes = f"backprop, layers {layers}", {"batch size": batch}
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))
    print(checks.check_value(title, net.weights, weights, name="weights afterwards", see=see))
# the same network once more, with other x and other weights: nothing may be left of the last pass
x, weights = rng.normal(size=x.shape), [-w for w in weights]
net.weights = [w.copy() for w in weights]
got, seen = net.backprop(x, y), checks.get_all(net.dropouts, "mask")
used = [pair[int(np.array_equal(mask, pair[1]))] for mask, pair in zip(seen, masks)]
expected = checks.once(measured, weights, biases, used)  # for the whole class
name = "backprop of other x after the weights have changed"
print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))
### END HIDDEN TESTS

# %% [markdown]
# Does it help? The 500 digits of section 5 again, the same network with three rates.
#
# **What you should see.** Not much. The test accuracy with a rate of 0.3 is that without, give or
# take half a percent: no more than luck can do. A hundred units that must tell ten digits apart are
# no crowd in which one could do without half of them. Dropout is for networks much larger than
# their task. A method is not good or bad, it is good *for something*.

# %% tags=["experiment"]
from course import plots

histories = {"cost": {}, "accuracy": {}}
for rate in (0.0, 0.3, 0.6):
    network, name = DropoutNetwork([784, 100, 10], np.random.default_rng(2), rate), f"rate {rate}"
    history = network.train(
        scarce, Momentum(0.2, 0.9), 40, batch_size=25, watch={name: test}, text=name
    )
    histories = {kind: {**histories[kind], **history[kind]} for kind in histories}
plots.plot_training(**histories)

# %% [markdown]
# ### 9.4 More digits out of few
#
# A 7 that stands one pixel further to the left is still a 7, and for a network that looks at single
# pixels it is a new image. Small shifts and rotations make many images out of one:
# **augmentation**. It is the cheapest regularisation there is, if one takes care of two things:
# what is pushed out on one side must not come in again on the other, and **every image must keep
# its label**.
#
# An image is a row of $n \cdot n$ numbers, one line of pixels after the other: `x.reshape(-1, n,
# n)` makes images of rows, `math.isqrt` finds $n$. Shifting by `dx` to the right and `dy` down:
#
# $$\text{new}[\text{row},\, \text{column}] = \text{old}[\text{row} - dy,\; \text{column} - dx],
#   \quad \text{or } 0 \text{ where there is no such pixel.}$$
#
# **By hand.** An image of 3 by 3, shifted by `dx=1, dy=0`, and by `dx=0, dy=-1`:
#
# $$\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \\ 7 & 8 & 9 \end{pmatrix} \to
#   \begin{pmatrix} 0 & 1 & 2 \\ 0 & 4 & 5 \\ 0 & 7 & 8 \end{pmatrix}, \qquad
#   \begin{pmatrix} 4 & 5 & 6 \\ 7 & 8 & 9 \\ 0 & 0 & 0 \end{pmatrix} .$$
#
# #### Bonus exercise · `shift_images` and `with_shifts` (6 points)
#
# **Think first.** `np.roll` moves things nicely. What does it put where the image was moved away?
# And if two copies of three images stand below each other, in which order must their labels come?


# %% grade_id="bonus_augment" stub=["Return the shifted images, an array of the shape of x with zeros where nothing came in.", "Return the tuple (x_all, y_all) with len(shifts) * B rows each: all images under the first shift, then all under the second, and so on, with their labels."]
def shift_images(x, dx, dy):
    """Shift all images by dx pixels to the right and dy pixels down.

    x: (B, n * n), one square image per row; dx, dy: whole numbers of any size and sign.
    Returns an array of the shape of x.
    """
    ### BEGIN SOLUTION
    n = math.isqrt(x.shape[1])
    dx, dy = (min(max(d, -n), n) for d in (dx, dy))
    framed = np.pad(x.reshape(-1, n, n), ((0, 0), (n, n), (n, n)))
    return framed[:, n - dy : 2 * n - dy, n - dx : 2 * n - dx].reshape(x.shape)
    ### END SOLUTION


def with_shifts(x, y, shifts):
    """All images under each of several shifts, with their labels.

    x: (B, n * n); y: one-hot labels, (B, n_classes); shifts: list of pairs (dx, dy).
    Returns the tuple (x_all, y_all): arrays (len(shifts) * B, n * n) and (len(shifts) * B,
    n_classes), all images under the first shift, then all under the second, and so on.
    """
    ### BEGIN SOLUTION
    return (
        np.concatenate([shift_images(x, dx, dy) for dx, dy in shifts]),
        np.concatenate([y for _ in shifts]),
    )
    ### END SOLUTION


# %% grade_id="test-bonus_augment" points=3
import numpy as np
from course import checks

title, see = "Bonus exercise · shift_images and with_shifts", "9.4 More digits out of few"
rng = checks.rng()
image = np.arange(1.0, 10.0).reshape(1, 9)
for (dx, dy), lines in {
    (1, 0): [[0, 1, 2], [0, 4, 5], [0, 7, 8]],
    (0, -1): [[4, 5, 6], [7, 8, 9], [0, 0, 0]],
    (-1, 2): [[0, 0, 0], [0, 0, 0], [2, 3, 0]],
}.items():
    name, expected = f"shift_images by dx={dx}, dy={dy}", np.reshape(lines, (1, 9)).astype(float)
    print(checks.check_value(title, shift_images(image, dx, dy), expected, name=name, see=see))
x, y = rng.uniform(1, 2, size=(3, 16)), np.eye(4)[rng.permutation(4)[:3]]
x_all, y_all = with_shifts(x, y, [(0, 0), (0, 5)])
name, expected = "the images of with_shifts", np.concatenate([x, 0 * x])
print(checks.check_value(title, x_all, expected, name=name, see=see))
name, expected = "the labels of with_shifts", np.concatenate([y, y])
print(checks.check_value(title, y_all, expected, name=name, see=see))

# %% grade_id="test-bonus_augment-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks
from mnist_utils import shift

title, see = "Bonus exercise · shift_images and with_shifts", "9.4 More digits out of few"
rng = checks.rng()
for side, batch, moves in (
    (5, 3, ((2, 1), (-1, 3), (0, 0), (-2, -4), (0, 2), (3, 0))),
    (4, 1, ((4, 0), (0, -4), (9, 1), (-1, -7))),
    (1, 2, ((0, 0), (1, 0))),
    (3, 2, ((1, 0), (0, 1), (1, 0))),  # the same shift twice
):
    x = rng.uniform(1, 2, size=(batch, side * side))
    shifted = [shift(x, dx, dy) for dx, dy in moves]
    asked = [partial(shift_images, x.copy(), dx, dy) for dx, dy in moves]
    for (dx, dy), got, expected in zip(moves, checks.call_all(asked), shifted):
        name = f"shift_images by dx={dx}, dy={dy}, side {side}"
        print(checks.check_value(title, got, expected, name=name, see=see))
    y = np.eye(5)[rng.permutation(5)[:batch]]
    x_all, y_all = with_shifts(x, y, list(moves))
    expected = np.concatenate(shifted)
    name = f"the images of with_shifts, {batch} times {len(moves)}"
    print(checks.check_value(title, x_all, expected, name=name, see=see))
    name, expected = "the labels of with_shifts", np.concatenate([y] * len(moves))
    print(checks.check_value(title, y_all, expected, name=name, see=see))
print(checks.check_pure(title, shift_images, rng.uniform(1, 2, size=(2, 9)), 1, -1, see=see))
x, y = rng.uniform(1, 2, size=(2, 9)), np.eye(2)
print(checks.check_pure(title, with_shifts, x, y, [(1, 0), (0, -1)], see=see))
### END HIDDEN TESTS

# %% [markdown]
# Shifts by whole pixels are one thing, small rotations another. The next cell takes those from
# [torchvision's transforms](https://pytorch.org/vision/stable/transforms.html), where that is
# installed, and from `mnist_utils` where it is not: each image is rotated by up to ten degrees and
# shifted by up to two pixels, by amounts of its own. The labels are not touched, since the order of
# the images is not.
#
# **What you should see.** Ten digits; the same three pixels further right; three pixels further up;
# and varied, each in its own way. Every column shows one digit and one label.

# %% tags=["experiment"]
from course import plots


def vary(x, rng):
    """New images (B, n * n) out of x: each rotated and shifted a little, in the same order."""
    try:
        import torch
        from torchvision import transforms
    except ImportError:
        from mnist_utils import augment

        return augment(x, rng, max_degrees=10, max_shift=2)
    side = math.isqrt(x.shape[1])
    move = transforms.RandomAffine(
        10, translate=(2 / side, 2 / side), interpolation=transforms.InterpolationMode.BILINEAR
    )
    torch.manual_seed(int(rng.integers(2**31)))
    images = torch.tensor(x, dtype=torch.float32).reshape(-1, 1, side, side)
    return torch.stack([move(image) for image in images]).reshape(x.shape).numpy().astype(float)


sample, labels = train.x[:10], train.y[:10].argmax(axis=1)
shifted, their_labels = with_shifts(sample, train.y[:10], [(3, 0), (0, -3)])
varied = vary(sample, np.random.default_rng(5))
plots.show_digits(
    np.concatenate([sample, shifted, varied]),
    np.concatenate([labels, their_labels.argmax(axis=1), labels]),
)

# %% [markdown]
# ### 9.5 Five hundred digits, once more
#
# The network of section 5 that learned its digits by heart: as it was, with your four shifts, and
# with new variations in every epoch. (With the shifts it has five times as many images, so its
# eight epochs are as many steps as the others' forty.)
#
# **What you should see.** The shifts bring the test accuracy from 87 to 90 %, the variations to 91
# or more, and their cost still falls. For a network that has too little to learn from, this is
# worth more than everything else in this lab.

# %% tags=["experiment"]
from course import plots

moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
contest = {
    "plain": (scarce, 40, None),
    "four shifts": (with_shifts(*scarce, moves), 8, None),
    "varied": (scarce, 40, vary),
}
histories = {"cost": {}, "accuracy": {}}
for name, (data, epochs, change) in contest.items():
    network = SoftmaxNetwork([784, 100, 10], np.random.default_rng(2))
    optimizer = Momentum(0.2, 0.9)
    history = network.train(
        data, optimizer, epochs, batch_size=25, watch={name: test}, vary=change, text=f"{name:<12}"
    )
    histories = {kind: {**histories[kind], **history[kind]} for kind in histories}
plots.plot_training(**histories)

# %% [markdown]
# **Play.** `rate=0.5` and 500 hidden units? AdamW with its decay in the last contest? All 12,000
# digits, varied, the deep network, twenty epochs: more than 97 % can be reached. Write down what
# you expect before you run it, and how many trainings you would need to be sure.

# %% [markdown]
# ## 10 · What comes next
#
# Your network now ends in probabilities, learns from its worst mistakes most, does not fear large
# numbers, and has a step length for every weight. You have also seen the price of a comparison:
# three trainings, four learning rates, for every claim.
#
# What has not changed since lab 1 is that **you** derived every backward pass: for the softmax, for
# the penalty, for dropout. Each new idea cost a derivation, and each derivation a test. In lab 5
# you build the machine that does it for you: write the forward pass, and the gradients come by
# themselves. In lab 6 it becomes a library, with the optimisers of this lab at its heart.
