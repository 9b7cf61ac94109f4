# %% [markdown]
# # Lab 6 · A library of your own, first notebook: layers
#
# Open any program that trains a network today and you read something like this:
#
# ```python
# model = Model([Linear(784, 100), ReLU(), Linear(100, 10)])
# loss = CrossEntropy()
# print(loss(model.forward(x), y))
# grads = model.backward(loss.grad())
# model.update_parameters(grads, 0.1)
# ```
#
# No sum, no transpose, no chain rule: a network is put together from *parts*, and each part knows how
# to go forward and how to send a gradient back. Whoever wants a deeper network writes one more line.
# In this lab you write such a library, twice. In this notebook each part carries a backward pass that
# you worked out by hand, and a model is a plain row of parts. In the second notebook,
# `autodiff_library`, the backward pass is deduced from the computation itself.
#
# **When you are done you will have**
#
# - two losses, a layer, two activation functions and dropout, each of which differentiates itself,
# - a model that chains any of them, goes back through all of them, and learns,
# - compared every part with the same part of PyTorch, to the last digits,
# - trained a network on handwritten digits with a library that has no secrets left for you.
#
# **How this notebook works.** There are nine exercises. Each begins with a reason, a derivation and an
# example small enough to check with pencil and paper. You write where you see
# `raise NotImplementedError`. The cell below tests what you wrote and says in words what is wrong, if
# anything is; when your work is graded, the same claims are tested again on other numbers and shapes,
# in the cell that is empty here. Cells that only train, draw or compare are not graded: play with
# them. Two questions ask for a few sentences and are read by a person. This notebook counts 40 of the
# lab's 100 points and takes a little more than an hour.
#
# **What you need**: the chain rule, matrix products, and a little of Python's classes. NumPy is all
# that your solutions may use.

# %% [markdown]
# ## 1 · The contract
#
# Parts that fit together need an agreement. Ours has two columns: what a part does when it is
# *called*, and what its `grad` gives.
#
# | part | going forward | coming back |
# |---|---|---|
# | loss | `loss(y_pred, y_true)`: one number | `loss.grad()`: gradient of that number with respect to `y_pred` |
# | activation | `y = f(x)` | `f.grad(in_gradient)`: gradient of the loss with respect to `x` |
# | layer | `y = layer(x)`, uses `layer.weights` and `layer.bias` | `layer.grad(in_gradient)`: the tuple `(gradient_weights, gradient_bias, gradient_input)` |
#
# `in_gradient` is the gradient of the loss with respect to `y`, whatever happened to `y` later on:
# it comes *in* from behind, and has the shape of `y`. Hand it to `grad`, and out comes the gradient of
# the loss with respect to what `y` was made of.
#
# ![A part: values go forward, gradients come back](figures/layer_contract.svg)
#
# `grad` is not told `x` again. The part was called before, and **remembers** what it needs. That is
# why parts are objects and not functions. Calling an object, `layer(x)`, is `layer.__call__(x)`.
#
# Everything comes in batches, one example per row:
#
# | name | shape | what it is |
# |---|---|---|
# | `x` | `(B, n_in)` | what goes into a part; $B$ examples |
# | `weights` | `(n_in, n_out)` | `weights[i, j]` leads from input $i$ to output $j$ |
# | `bias` | `(n_out,)` | added to every row |
# | `y` | `(B, n_out)` | what comes out |
# | `y_pred`, `y_true` | `(B, n)` | what the model says, and what it should say (often one-hot) |
#
# Four rules hold for every part that you write:
#
# 1. **A gradient has the shape of the thing it is the gradient of.**
# 2. **A part changes nothing that it is handed.** And `grad` may be asked twice: same answer.
# 3. **`grad` speaks of the last call of the same object.** Two `Linear`s in a model know nothing of
#    each other.
# 4. **The whole batch at once**: no loop over the examples (the tests count). And no size is written
#    into the code: whatever $B$ and $n$ are, the arrays know.
#
# Arrays are floats; only labels, `y_true`, may come as whole numbers.

# %% grade_id="given-contract"
import numpy as np


class Component:
    """A part of a model: y = part(x) going forward, part.grad(in_gradient) coming back.

    training: False while the model is used and not trained. Most parts need not look at it.
    """

    training = True


class Activation(Component):
    """A part without parameters: grad(in_gradient) gives the gradient with respect to x."""


class Layer(Component):
    """A part with parameters, `weights` and `bias`.

    grad(in_gradient) gives the tuple (gradient_weights, gradient_bias, gradient_input).
    """


class Tanh(Activation):
    """y = tanh(x), entry by entry: a finished part, to look at."""

    def __call__(self, x):
        self.y = np.tanh(x)
        return self.y

    def grad(self, in_gradient):
        return in_gradient * (1 - self.y**2)


# %% [markdown]
# `Tanh` keeps the contract. Its slope is $1 - \tanh^2 x = 1 - y^2$, so it remembers $y$ and forgets
# $x$; the chain rule multiplies, entry by entry, what comes in with the slope.
#
# **What you should see.** At $x = 0$ the slope is 1 and the gradient passes untouched; at $x = 3$ the
# curve is nearly flat and hardly anything comes through.

# %% tags=["experiment"]
part = Tanh()
print("forward:", part(np.array([[0.0, 3.0]])))
print("back:   ", part.grad(np.array([[5.0, 5.0]])))

# %% [markdown]
# **PyTorch to compare with.** Every part that you write has a counterpart in PyTorch, and after each
# exercise a cell holds the two against each other. PyTorch is a large download, and nothing in this
# lab needs it: where it is not installed, those cells say so and do nothing else.

# %% tags=["experiment"]
try:
    import torch
except ImportError:
    torch = None


def compare(name, mine, theirs):
    """Print how far an array of ours is from a tensor of theirs."""
    theirs = theirs.detach().numpy()
    print(f"{name}: shape {np.shape(mine)}, largest difference {np.abs(mine - theirs).max():.1e}")


NO_TORCH = "PyTorch is not installed here: there is nothing to compare with."
print(f"PyTorch {torch.__version__}" if torch else NO_TORCH)

# %% [markdown]
# ## 2 · How wrong is it?
#
# A loss stands at the end of everything: it turns what the model said into one number, and its `grad`
# starts the journey back. Nothing comes in from behind, so `loss.grad()` takes no argument.
#
# ### Exercise 1 · `MSELoss` (4 points)
#
# The squared error, as in the labs before this one: half the **sum** over the features (columns), and
# the **mean** over the batch (rows). With $p = $ `y_pred` and $t = $ `y_true`, both of shape `(B, n)`,
#
# $$L = \frac1B \sum_{r} \frac12 \sum_{j} (p_{rj} - t_{rj})^2, \qquad
#   \frac{\partial L}{\partial p_{rj}} = \frac{p_{rj} - t_{rj}}{B}, \quad \text{shape } (B, n).$$
#
# Each $p_{rj}$ stands in one term only, the square brings down a 2, and the half is there to cancel it.
#
# **Mind the factor.** PyTorch's `MSELoss` is the mean over *all* $B \cdot n$ entries, without the half:
# $\frac{1}{Bn}\sum(p - t)^2$. So ours is $\frac n2$ times theirs, in value and in gradient. Neither is
# wrong; but a learning rate that suits the one is $\frac n2$ times too large or too small for the other.
#
# **By hand.** Two examples with three features:
#
# $$p = \begin{pmatrix} 1 & 0 & 2 \\ 0 & 3 & 1 \end{pmatrix}, \quad
#   t = \begin{pmatrix} 0 & 2 & 2 \\ 1 & 3 & 2 \end{pmatrix}, \quad
#   p - t = \begin{pmatrix} 1 & -2 & 0 \\ -1 & 0 & -1 \end{pmatrix}.$$
#
# The rows cost $\frac12 (1 + 4) = 2.5$ and $\frac12 (1 + 1) = 1$, the mean is $L = 1.75$. The gradient
# is half of $p - t$. PyTorch would say $7/6$, and indeed $\frac32 \cdot \frac76 = 1.75$.
#
# When your gradient is right, the test speaks of a *Taylor slope* of 2: after a step of length $h$ the
# loss differs from its old value plus gradient · step by something proportional to $h^2$. If the
# gradient is wrong, however little, it is proportional to $h$, and the slope is 1. (The `xp` in a test's
# formula stands for NumPy, or for JAX, which differentiates it.)
#
# **Think first.** `np.mean` of an array `(B, n)` divides by what? And what of the call does `grad`
# need, so what do you keep in `self`?


# %% grade_id="mse_loss" stub=["Store in self what grad needs, and return the mean over the rows of half the sum of squares, one number.", "Return the gradient of the last call's number with respect to y_pred, an array (B, n)."]
class MSELoss:
    """Squared error: half the sum over the features, mean over the batch."""

    def __call__(self, y_pred, y_true):
        """How wrong y_pred is.

        y_pred: what the model says, (B, n); y_true: what it should say, (B, n).
        Returns one number.
        """
        ### BEGIN SOLUTION
        self.error = y_pred - y_true
        return 0.5 * np.sum(self.error**2) / len(self.error)
        ### END SOLUTION

    def grad(self):
        """Gradient of what the last call returned with respect to its y_pred: an array (B, n)."""
        ### BEGIN SOLUTION
        return self.error / len(self.error)
        ### END SOLUTION


# %% grade_id="test-mse_loss" points=2
import numpy as np
from course import checks

title, see = "Exercise 1 · MSELoss", "2 · How wrong is it?"
rng = checks.rng()
sizes = {"batch size": 5, "number of features": 3}
y_pred, y_true = rng.normal(size=(2, 5, 3))


def half_square(xp, y_pred):
    return xp.mean(xp.linalg.norm(y_pred - y_true, axis=1) ** 2) / 2


loss = MSELoss()
got, expected = loss(y_pred.copy(), y_true.copy()), half_square(np, y_pred)
print(checks.check_value(title, got, expected, name="MSELoss", sizes=sizes, see=see))
got, names = (loss.grad(),), ("y_pred",)
print(checks.check_gradients(title, got, half_square, (y_pred,), names=names, sizes=sizes, see=see))
print(checks.check_pure(title, loss, y_pred, y_true, see=see))

# %% grade_id="test-mse_loss-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 1 · MSELoss", "2 · How wrong is it?"
rng = checks.rng()
shapes = ((6, 4), (1, 5), (3, 3), (7, 1))
losses = checks.call_all([partial(MSELoss) for _ in shapes])
# each is called before: the last call counts
checks.call_all([partial(loss, *rng.normal(size=(2, 2, 2))) for loss in losses])
for loss, shape in zip(losses, shapes):
    case = f"{title}, shape {shape}"
    sizes = {"batch size": shape[0], "number of features": shape[1]}
    y_pred, y_true = rng.normal(size=(2, *shape))
    error = y_pred - y_true
    value = checks.check_pure(case, loss, y_pred, y_true, see=see).value
    got, expected = checks.check_pure(case, loss.grad, see=see).value, error / shape[0]
    print(checks.check_value(case, got, expected, name="loss.grad()", sizes=sizes, see=see))
    expected = sum(float(row @ row) for row in error) / (2 * shape[0])
    print(checks.check_value(case, value, expected, name="MSELoss", sizes=sizes, see=see))
first, second, *_ = losses
whole = np.array([[1, 0, 0], [0, 0, 1]])
first(y_pred := rng.normal(size=(2, 3)), whole)
second(rng.normal(size=(2, 3)), whole)
got, expected = first.grad(), (y_pred - whole) / 2
name = "grad of the first of two losses, whole labels"
print(checks.check_value(title, got, expected, name=name, see=see))


def batch_of(size):
    return rng.normal(size=(2, size, 3))


def half_square(y_pred, y_true):
    return np.sum((y_pred - y_true) ** 2) / (2 * len(y_true))


print(checks.check_vectorised(title, loss, batch_of, truth=half_square, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The numbers from above. PyTorch's are multiplied by $\frac n2$ before they
# are compared, and then there is no difference left.

# %% tags=["experiment"]
y_pred = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
y_true = np.array([[0.0, 2.0, 2.0], [1.0, 3.0, 2.0]])
loss = MSELoss()
print("MSE loss:    ", loss(y_pred, y_true))
print("MSE gradient:", loss.grad().tolist())

if torch:
    theirs = torch.tensor(y_pred, requires_grad=True)
    out = torch.nn.MSELoss(reduction="mean")(theirs, torch.tensor(y_true))
    out.backward()
    n = y_pred.shape[1]
    print(f"PyTorch says {out.item():.4f}; times n/2 = {n / 2} that is {n / 2 * out.item():.4f}")
    compare("gradient against n/2 times PyTorch's", loss.grad(), n / 2 * theirs.grad)
else:
    print(NO_TORCH)

# %% [markdown]
# ### Exercise 2 · `CrossEntropy` (6 points)
#
# For classes one wants probabilities, and a loss that hurts whoever is sure and wrong. The model's
# last layer gives a row $o$ of $C$ arbitrary numbers, the *logits*. **Softmax** makes probabilities of
# them, and the loss is minus the logarithm of the probability of the right class:
#
# $$p_i = \frac{e^{o_i}}{\sum_k e^{o_k}}, \qquad L = -\sum_i y_i \ln p_i, \qquad
#   y \text{ one-hot}.$$
#
# As in PyTorch, the softmax is **inside** the loss: `CrossEntropy` takes logits. There are two reasons.
# One is the gradient. Softmax alone has a Jacobian of $C \times C$ numbers per row, and the logarithm
# divides by $p_i$; together they collapse to
#
# $$\frac{\partial L}{\partial o_i} = p_i - y_i .$$
#
# (Why, you will say in question 1.) The other reason is arithmetic. Put the definition of $p_i$ in:
#
# $$L = \ln \sum_k e^{o_k} - \sum_i y_i\, o_i .$$
#
# No quotient and no tiny $p_i$ is left. Only $e^{1000}$ is still infinite. But adding the same number
# to all logits of a row changes neither $p$ nor $L$; so subtract the largest of the row, $m = \max_k
# o_k$, from all of them:
#
# $$L = \ln \sum_k e^{o_k - m} - \sum_i y_i\,(o_i - m), \qquad
#   p_i = \frac{e^{o_i - m}}{\sum_k e^{o_k - m}} .$$
#
# Now no exponent is above 0, one of them is exactly 0, and the sum is at least 1: nothing overflows,
# and the logarithm never meets a zero.
#
# **A batch.** The logits have shape `(B, C)` and each row has its own $m$, its own sum and its own
# $L_r$. With `average=True` the loss is the mean $\frac1B \sum_r L_r$, with `average=False` the sum
# $\sum_r L_r$. The gradient, of shape `(B, C)`, follows suit: $(p - y)/B$, or $p - y$.
#
# **By hand.** Two examples, three classes, with logits made for easy exponentials:
#
# $$o = \begin{pmatrix} \ln 2 & 0 & 0 \\ 0 & 0 & \ln 2 \end{pmatrix}, \quad
#   y = \begin{pmatrix} 1 & 0 & 0 \\ 1 & 0 & 0 \end{pmatrix}, \quad
#   p = \begin{pmatrix} \frac12 & \frac14 & \frac14 \\ \frac14 & \frac14 & \frac12 \end{pmatrix}.$$
#
# The rows cost $\ln 2$ and $\ln 4$: the mean is $\frac32 \ln 2 \approx 1.04$, the sum $3 \ln 2 \approx
# 2.08$. The gradient of the mean is
#
# $$\frac12 \begin{pmatrix} -\frac12 & \frac14 & \frac14 \\ -\frac34 & \frac14 & \frac12 \end{pmatrix}.$$
#
# **Think first.** One row has logits around $1000$, another around $-1000$. If you subtract the largest
# number of the *whole array*, what becomes of the second row? Which `keepdims` makes a maximum per
# row subtractable from its row? And what is the shape of a `(B, 1)` minus a `(B,)`?


# %% grade_id="cross_entropy" stub=["Store in self what grad needs, and return the mean (or the sum) over the rows of the cross-entropy, one number.", "Return the gradient of the last call's number with respect to logits, an array (B, C)."]
class CrossEntropy:
    """Softmax and cross-entropy in one.

    average: True for the mean over the batch, False for the sum.
    """

    def __init__(self, average=True):
        self.average = average

    def __call__(self, logits, y_true):
        """How wrong the logits are.

        logits: (B, C), numbers of any size (1000 and -1000 in one row, too); y_true: one-hot, (B, C).
        Returns one number.
        """
        ### BEGIN SOLUTION
        shifted = logits - logits.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        sums = powers.sum(axis=1, keepdims=True)
        self.p, self.y_true = powers / sums, y_true
        losses = np.log(sums[:, 0]) - (y_true * shifted).sum(axis=1)
        return losses.mean() if self.average else losses.sum()
        ### END SOLUTION

    def grad(self):
        """Gradient of what the last call returned with respect to its logits: an array (B, C)."""
        ### BEGIN SOLUTION
        gradient = self.p - self.y_true
        return gradient / len(gradient) if self.average else gradient
        ### END SOLUTION


# %% grade_id="test-cross_entropy" points=3
import numpy as np
from course import checks

title, see = "Exercise 2 · CrossEntropy", "2 · How wrong is it?"
rng = checks.rng()
logits, y_true = rng.normal(size=(5, 4)), np.eye(4)[rng.permutation([0, 1, 2, 3, 3])]


def mean_loss(xp, logits):
    right = xp.sum(xp.exp(logits) * y_true, axis=1)
    return xp.mean(xp.log(xp.sum(xp.exp(logits), axis=1) / right))


def sum_loss(xp, logits):
    return mean_loss(xp, logits) * len(y_true)


for average, formula, count in (
    (True, mean_loss, "batch size"),
    (False, sum_loss, "number of examples"),
):
    sizes = {count: 5, "number of classes": 4}
    name, loss = f"CrossEntropy(average={average})", CrossEntropy(average=average)
    got, expected = loss(logits.copy(), y_true.copy()), formula(np, logits)
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))
    got, names = (loss.grad(),), (f"logits, average={average}",)
    print(checks.check_gradients(title, got, formula, (logits,), names=names, sizes=sizes, see=see))
loss = CrossEntropy()
far = np.array([[1000.0], [1000.0], [500.0], [500.0], [0.0]])
got, expected = loss(logits + far, y_true), mean_loss(np, logits)
print(checks.check_value(title, got, expected, name="CrossEntropy of large logits", see=see))
far = np.array([[1000.0], [-1000.0], [500.0], [-500.0], [0.0]])
name, got = "CrossEntropy of rows that are far apart", loss(logits + far, y_true)
print(checks.check_value(title, got, expected, name=name, see=see))
got = loss(np.array([[1000.0, 0.0, -1000.0]]), np.array([[0.0, 0.0, 1.0]]))
name = "CrossEntropy of a row (1000, 0, -1000)"
print(checks.check_value(title, got, 2000.0, name=name, see=see))
print(checks.check_pure(title, loss, logits, y_true, see=see))

# %% grade_id="test-cross_entropy-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 2 · CrossEntropy", "2 · How wrong is it?"
rng = checks.rng()


def reference(logits, y_true):
    """Cross-entropy of each row, and p, without a power above 1."""
    shifted = logits - np.max(logits, axis=1)[:, np.newaxis]
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1))[:, np.newaxis]
    return -log_p[y_true == 1], np.exp(log_p)


def labels(batch, classes):
    return np.eye(classes, dtype=int)[rng.integers(0, classes, size=batch)]


cases = (
    ((6, 3), True),
    ((6, 3), False),
    ((1, 5), True),
    ((3, 3), False),
    ((4, 2), True),
)
losses = checks.call_all([partial(CrossEntropy, average=average) for _, average in cases])
# each is called before: the last call counts
checks.call_all([partial(loss, rng.normal(size=(2, 2)), np.eye(2)) for loss in losses])
for loss, ((batch, classes), average) in zip(losses, cases):
    case = f"{title}, shape {(batch, classes)}, average={average}"
    count = "batch size" if average else "number of examples"
    sizes = {count: batch, "number of classes": classes}
    logits, y_true = rng.normal(size=(batch, classes)), labels(batch, classes)
    value = checks.check_pure(case, loss, logits, y_true, see=see).value
    got, (rows, p) = checks.check_pure(case, loss.grad, see=see).value, reference(logits, y_true)
    expected = (p - y_true) / (batch if average else 1)
    print(checks.check_value(case, got, expected, name="loss.grad()", sizes=sizes, see=see))
    expected = rows.sum() / (batch if average else 1)
    print(checks.check_value(case, value, expected, name="CrossEntropy", sizes=sizes, see=see))
loss = CrossEntropy(average=False)
case, y_true = f"{title}, large logits", np.eye(3)[[0, 1, 2, 2]]
for name, far in (
    ("rows around 1000", np.full((4, 1), 1000.0)),
    ("rows around 1000 and -1000", np.array([[1000.0], [-1000.0], [-1000.0], [1000.0]])),
    ("1000 and -1000 in one row", rng.permuted(np.tile([1000.0, 0, -1000.0], (4, 1)), axis=1)),
):
    logits = rng.normal(size=(4, 3)) + far
    value, (rows, p) = loss(logits.copy(), y_true), reference(logits, y_true)
    print(checks.check_value(case, value, rows.sum(), name=f"CrossEntropy, {name}", see=see))
    got = loss.grad()
    print(checks.check_value(case, got, p - y_true, name=f"loss.grad(), {name}", see=see))
first, second = CrossEntropy(average=False), CrossEntropy()
logits, y_true = rng.normal(size=(2, 3)), labels(2, 3)
first(logits, y_true)
second(rng.normal(size=(2, 3)), labels(2, 3))
got, expected = first.grad(), reference(logits, y_true)[1] - y_true
name = "grad of the first of two losses, average=False in the first only"
print(checks.check_value(title, got, expected, name=name, see=see))


def batch_of(size):
    return rng.normal(size=(size, 3)), labels(size, 3)


def mean_loss(logits, y_true):
    return np.mean(reference(logits, y_true)[0])


loss = CrossEntropy()
print(checks.check_vectorised(title, loss, batch_of, truth=mean_loss, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The numbers from above, twice where PyTorch is installed. Each row of the
# gradient sums to 0: what the right class is pushed up, the others are pushed down.

# %% tags=["experiment"]
logits = np.log([[2.0, 1.0, 1.0], [1.0, 1.0, 2.0]])
y_true = np.array([[1, 0, 0], [1, 0, 0]])
for average in (True, False):
    loss = CrossEntropy(average=average)
    print(f"average={average}: loss {loss(logits, y_true):.4f}, gradient {loss.grad().tolist()}")
    if torch:
        theirs = torch.tensor(logits, requires_grad=True)
        criterion = torch.nn.CrossEntropyLoss(reduction="mean" if average else "sum")
        out = criterion(theirs, torch.tensor(y_true, dtype=torch.float64))
        out.backward()
        compare("  loss", loss(logits, y_true), out)
        compare("  gradient", loss.grad(), theirs.grad)
if not torch:
    print(NO_TORCH)

# %% [markdown]
# ### Question 1 · why p − y? (2 points)
#
# For one example, with logits $o$ of shape `(C,)` and a one-hot $y$,
# $L = \ln \sum_k e^{o_k} - \sum_i y_i\, o_i$.
#
# 1. Differentiate with respect to $o_i$, and show that the result is $p_i - y_i$.
# 2. Why does this gradient always sum to 0 over the classes? What would happen to $L$ if you took a
#    step along $(1, 1, \dots, 1)$?

# %% [markdown] grade_id="question-p_minus_y" points=2
# ### BEGIN SOLUTION
# 1. By the chain rule the logarithm gives 1 / Σ_k e^{o_k}, and of the sum inside only the term with
#    k = i depends on o_i, with derivative e^{o_i}. So the first part gives e^{o_i} / Σ_k e^{o_k} = p_i.
#    The second part is linear in o_i with the factor y_i. Together: p_i - y_i.
# 2. Σ p_i = 1 because p is a distribution and Σ y_i = 1 because y is one-hot, so the difference is 0.
#    The derivative along (1, …, 1) is that sum: L does not change at all when the same number is added
#    to all logits (this is why the maximum may be subtracted).
#
# Mark scheme, 2 points: 1 for the derivative with both parts (the logarithm's chain rule must be
# seen; half for p_i alone); 1 for both sums being 1 together with L not changing.
# ### END SOLUTION

# %% [markdown]
# ## 3 · A layer
#
# ### Exercise 3 · `Linear` (6 points)
#
# The work horse of all networks. With $x$ of shape `(B, n_in)`, $w$ of `(n_in, n_out)` and $b$ of
# `(n_out,)` it computes
#
# $$y_{rj} = \sum_i x_{ri}\, w_{ij} + b_j, \qquad y = x\,w + b, \quad \text{shape } (B, n_\text{out}).$$
#
# Behind it, somewhere, stands a loss $L$, and from there comes $g = \partial L / \partial y$, of the
# shape of $y$. How does $L$ move when something in here moves? Follow every path from it to $y$, and
# add up.
#
# 1. **The weights.** $w_{ij}$ stands in $y_{rj}$, for every row $r$, with the factor $x_{ri}$:
#    $\dfrac{\partial L}{\partial w_{ij}} = \sum_r x_{ri}\, g_{rj}$, which is $x^T g$: a product of
#    `(n_in, B)` and `(B, n_out)`.
# 2. **The bias.** $b_j$ stands in $y_{rj}$, for every row $r$, with the factor 1:
#    $\dfrac{\partial L}{\partial b_j} = \sum_r g_{rj}$, shape `(n_out,)`.
# 3. **The input.** $x_{ri}$ stands in $y_{rj}$, for every output $j$, with the factor $w_{ij}$:
#    $\dfrac{\partial L}{\partial x_{ri}} = \sum_j g_{rj}\, w_{ij}$, which is $g\,w^T$: a product of
#    `(B, n_out)` and `(n_out, n_in)`.
#
# The sums over $r$ are sums. If the loss is a mean over the batch, it has put the $\frac1B$ into $g$
# already; a layer that divides again makes it $\frac1{B^2}$.
#
# **By hand.** Two examples, two inputs, three outputs:
#
# $$x = \begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}, \;
#   w = \begin{pmatrix} 1 & 0 & 2 \\ -1 & 1 & 0 \end{pmatrix}, \;
#   b = (0, 1, -1), \;
#   y = \begin{pmatrix} -1 & 3 & 1 \\ 1 & 0 & -1 \end{pmatrix}.$$
#
# If $g = \begin{pmatrix} 1 & 0 & -1 \\ 2 & 1 & 0 \end{pmatrix}$ comes in, then
#
# $$\frac{\partial L}{\partial w} = \begin{pmatrix} 1 & 0 & -1 \\ 0 & -1 & -2 \end{pmatrix}, \quad
#   \frac{\partial L}{\partial b} = (3, 1, -1), \quad
#   \frac{\partial L}{\partial x} = \begin{pmatrix} -1 & -1 \\ 2 & -1 \end{pmatrix}.$$
#
# Check one entry of each. The first weights are given: uniform in $\pm 1/\sqrt{n_\text{in}}$, as
# PyTorch has it; the second notebook is about why.
#
# **Think first.** With `n_in = n_out = B`, every product of any two of these arrays fits, transposed or
# not, and so does a sum over either axis. Which of the indices above tell you what belongs where?


# %% grade_id="linear" stub=["Store in self what grad needs, and return x @ weights + bias, an array (B, n_out).", "Return the tuple (gradient_weights, gradient_bias, gradient_input): shapes (n_in, n_out), (n_out,), (B, n_in)."]
class Linear(Layer):
    """y = x @ weights + bias.

    in_features, out_features: the widths n_in and n_out; rng: a NumPy generator for the first
    weights, without which they differ from run to run.
    """

    def __init__(self, in_features, out_features, rng=None):
        rng = np.random.default_rng() if rng is None else rng
        bound = 1 / np.sqrt(in_features)
        self.weights = rng.uniform(-bound, bound, size=(in_features, out_features))
        self.bias = np.zeros(out_features)

    def __call__(self, x):
        """x: (B, n_in). Returns an array (B, n_out)."""
        ### BEGIN SOLUTION
        self.x = x
        return x @ self.weights + self.bias
        ### END SOLUTION

    def grad(self, in_gradient):
        """Gradients of the loss with respect to weights, bias and the last call's x.

        in_gradient: gradient of the loss with respect to what the last call returned, (B, n_out).
        Returns the tuple (gradient_weights, gradient_bias, gradient_input).
        """
        ### BEGIN SOLUTION
        gradient_weights = self.x.T @ in_gradient
        gradient_bias = in_gradient.sum(axis=0)
        gradient_input = in_gradient @ self.weights.T
        return gradient_weights, gradient_bias, gradient_input
        ### END SOLUTION


# %% grade_id="test-linear" points=3
import numpy as np
from course import checks

title, see = "Exercise 3 · Linear", "3 · A layer"
rng = checks.rng()
sizes = {"batch size": 4, "n_in": 5, "n_out": 2}
x, w, b = rng.normal(size=(4, 5)), rng.normal(size=(5, 2)), rng.normal(size=2)
in_gradient = rng.normal(size=(4, 2))
layer = Linear(5, 2)
layer.weights, layer.bias = w.copy(), b.copy()
by_rows = np.array([np.dot(row, w) + b for row in x])
got = layer(x.copy())
print(checks.check_value(title, got, by_rows, name="layer(x)", sizes=sizes, see=see))


def loss(xp, w, b, x):
    return xp.sum(in_gradient * (xp.dot(x, w) + b))


got, names = layer.grad(in_gradient.copy()), ("gradient_weights", "gradient_bias", "gradient_input")
print(checks.check_gradients(title, got, loss, (w, b, x), names=names, sizes=sizes, see=see))
print(checks.check_pure(title, layer.grad, in_gradient, see=see))

# %% grade_id="test-linear-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 3 · Linear", "3 · A layer"
rng = checks.rng()


def gradients_of(w, x, g):
    """What grad should give: the gradients of the weights, the bias and x."""
    return np.einsum("bi,bo->io", x, g), np.einsum("bo->o", g), np.einsum("bo,io->bi", g, w)


names = "gradient_weights, gradient_bias, gradient_input"
shapes = ((3, 3, 3), (1, 4, 2), (5, 1, 3), (2, 6, 1))
layers = checks.call_all([partial(Linear, n_in, n_out) for _, n_in, n_out in shapes])
for layer, (batch, n_in, n_out) in zip(layers, shapes):
    case = f"{title}, x of shape {(batch, n_in)}, {n_out} outputs"
    sizes = {"batch size": batch, "n_in": n_in, "n_out": n_out}
    x, w, b = rng.normal(size=(batch, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
    in_gradient = rng.normal(size=(batch, n_out))
    checks.set_all(layer, weights=w.copy(), bias=b.copy())
    layer(rng.normal(size=(batch, n_in)))  # the last call counts
    value = checks.check_pure(case, layer, x, see=see).value
    got = checks.check_pure(case, layer.grad, in_gradient, see=see).value
    expected = gradients_of(w, x, in_gradient)
    print(checks.check_value(case, got, expected, name=names, sizes=sizes, see=see))
    by_rows = np.array([np.dot(row, w) + b for row in x])
    print(checks.check_value(case, value, by_rows, name="layer(x)", sizes=sizes, see=see))
    (now,) = checks.get_all([layer], "weights", "bias")
    print(checks.check_value(case, now, (w, b), name="parameters afterwards", see=see))
first, second = Linear(3, 2), Linear(3, 2)
w, b, x, in_gradient = (rng.normal(size=shape) for shape in ((3, 2), 2, (4, 3), (4, 2)))
checks.set_all(first, weights=w.copy(), bias=b.copy())
first(x)
second(rng.normal(size=(4, 3)))
got, expected = first.grad(in_gradient), gradients_of(w, x, in_gradient)
name = f"{names} of the first of two layers"
print(checks.check_value(title, got, expected, name=name, see=see))
w, name = rng.normal(size=(3, 2)), "layer(x) and the gradients after a change of weights"
first.weights = w.copy()
got, expected = (first(x), *first.grad(in_gradient)), (x @ w + b, *gradients_of(w, x, in_gradient))
print(checks.check_value(title, got, expected, name=name, see=see))
first.training = False  # grad speaks of the last call, whatever it was made for
first(x := rng.normal(size=(4, 3)))
got, expected = first.grad(in_gradient), gradients_of(w, x, in_gradient)
name = "the gradients after a call in evaluation"
print(checks.check_value(title, got, expected, name=name, see=see))


layer, w, b = Linear(3, 2), rng.normal(size=(3, 2)), rng.normal(size=2)
checks.set_all(layer, weights=w.copy(), bias=b.copy())


def batch_of(size):
    return (rng.normal(size=(size, 3)),)


def gradient_of(size):
    """Call the layer, and give the gradient that comes in afterwards."""
    global x
    (x,) = batch_of(size)
    layer(x)
    return (rng.normal(size=(size, 2)),)


def outputs(x):
    return x @ w + b


def gradients(g):
    return gradients_of(w, x, g)


print(checks.check_vectorised(title, layer, batch_of, truth=outputs, see=see))
case, truth = f"{title}, grad", gradients
print(checks.check_vectorised(case, layer, gradient_of, truth=truth, method="grad", see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The numbers from above. PyTorch keeps its weights the other way around, as
# `(n_out, n_in)`: mind the two `.T` in the cell. If only the weights or only the input is off there,
# it is a transpose; if the bias is off by a factor, it is a mean that should be a sum.

# %% tags=["experiment"]
x = np.array([[1.0, 2.0], [0.0, -1.0]])
in_gradient = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]])
layer = Linear(2, 3)
layer.weights = np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.0]])
layer.bias = np.array([0.0, 1.0, -1.0])
print("output:", layer(x).tolist())
names = ("weights", "bias", "input")
for name, gradient in zip(names, layer.grad(in_gradient)):
    print(f"gradient w.r.t. {name}:", gradient.tolist())

if torch:
    linear = torch.nn.Linear(2, 3, bias=True, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(layer.weights.T))
        linear.bias.copy_(torch.tensor(layer.bias))
    theirs = torch.tensor(x, requires_grad=True)
    out = linear(theirs)
    out.backward(gradient=torch.tensor(in_gradient))
    compare("output", layer(x), out)
    gradients = (linear.weight.grad.T, linear.bias.grad, theirs.grad)
    for name, mine, gradient in zip(names, layer.grad(in_gradient), gradients):
        compare(f"gradient w.r.t. {name}", mine, gradient)
else:
    print(NO_TORCH)

# %% [markdown]
# ## 4 · Bends
#
# Linear layers behind each other are one linear layer. Something must bend between them: an activation
# function, applied to each entry by itself. So entry $k$ of $y = f(x)$ depends on entry $k$ of $x$ only,
# and the chain rule is an elementwise product:
#
# $$\frac{\partial L}{\partial x_k} = g_k \cdot f'(x_k), \qquad g = \frac{\partial L}{\partial y}
#   \text{ (in code } \texttt{in\_gradient}\text{), all of the same shape.}$$
#
# ### Exercise 4 · `Sigmoid` (2 points)
#
# $$y = \sigma(x) = \frac{1}{1 + e^{-x}} = \tfrac12 \left(1 + \tanh \tfrac x2\right), \qquad
#   \sigma'(x) = \sigma(x)\,(1 - \sigma(x)) = y\,(1 - y).$$
#
# It squeezes every number into $(0, 1)$, smoothly. The form with `np.tanh` is the same function, and
# never overflows.
#
# **By hand.** $x = (0, \ln 3)$ gives $y = (\frac12, \frac34)$. If $g = (4, 16)$ comes in, $(4 \cdot
# \frac14,\; 16 \cdot \frac3{16}) = (1, 3)$ goes on.
#
# **Think first.** Which of the two is it worth to remember, $x$ or $y$?


# %% grade_id="sigmoid" stub=["Store in self what grad needs, and return the sigmoid of each entry, an array of the shape of x.", "Return the gradient of the loss with respect to the last call's x, an array of its shape."]
class Sigmoid(Activation):
    """y = 1 / (1 + exp(-x)), entry by entry."""

    def __call__(self, x):
        """x: array of any shape. Returns an array of that shape."""
        ### BEGIN SOLUTION
        self.y = 0.5 * (1 + np.tanh(0.5 * x))
        return self.y
        ### END SOLUTION

    def grad(self, in_gradient):
        """Gradient of the loss with respect to the last call's x.

        in_gradient: gradient of the loss with respect to what the last call returned, the same shape.
        """
        ### BEGIN SOLUTION
        return in_gradient * self.y * (1 - self.y)
        ### END SOLUTION


# %% grade_id="test-sigmoid" points=1
import numpy as np
from course import checks

title, see = "Exercise 4 · Sigmoid", "4 · Bends"
rng = checks.rng()
x, in_gradient = rng.normal(size=(2, 3, 4))


def loss(xp, x):
    return xp.sum(in_gradient / (1 + xp.exp(-x)))


sigmoid = Sigmoid()
got, expected = sigmoid(x.copy()), 1 / (1 + np.exp(-x))
print(checks.check_value(title, got, expected, name="sigmoid(x)", see=see))
got, expected = sigmoid.grad(np.ones((3, 4))), 1 / (2 + np.exp(x) + np.exp(-x))
name = "slope, which is what grad gives where only ones come in"
print(checks.check_value(title, got, expected, name=name, see=see))
got, names = (sigmoid.grad(in_gradient.copy()),), ("x, in_gradient times slope",)
print(checks.check_gradients(title, got, loss, (x,), names=names, see=see))
print(checks.check_pure(title, sigmoid.grad, in_gradient, see=see))

# %% grade_id="test-sigmoid-hidden" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 4 · Sigmoid", "4 · Bends"
rng = checks.rng()
shapes = ((2, 6), (1, 3), (5, 1), (5,), (2, 3, 2))
parts = checks.call_all([partial(Sigmoid) for _ in shapes])
# each is called before: the last call counts
checks.call_all([partial(part, rng.normal(size=shape)) for part, shape in zip(parts, shapes)])
for sigmoid, shape in zip(parts, shapes):
    case = f"{title}, shape {shape}"
    x, in_gradient = 3 * rng.normal(size=(2, *shape))
    y = 1 / (1 + np.exp(-x))
    value = checks.check_pure(case, sigmoid, x, see=see).value
    got = checks.check_pure(case, sigmoid.grad, in_gradient, see=see).value
    expected = in_gradient * np.exp(-x) * y**2
    print(checks.check_value(case, got, expected, name="sigmoid.grad(in_gradient)", see=see))
    print(checks.check_value(case, value, y, name="sigmoid(x)", see=see))
x, in_gradient = np.array([[-600.0, -30.0, 30.0, 600.0]]), rng.normal(size=(1, 4))
name, got = "sigmoid(x) of large x", sigmoid(x)
print(checks.check_value(title, got, np.array([[0.0, 0, 1, 1]]), name=name, see=see))
name, got = "gradient at large x", sigmoid.grad(in_gradient)
print(checks.check_value(title, got, np.zeros((1, 4)), name=name, see=see))
first, second, *_ = parts
x, other, in_gradient = rng.normal(size=(3, 2, 3))
first(x)
second(other)
got, expected = first.grad(in_gradient), in_gradient / (2 + np.exp(x) + np.exp(-x))
name = "gradient of the first of two sigmoids"
print(checks.check_value(title, got, expected, name=name, see=see))
first.training = False
first(other)
got, expected = first.grad(in_gradient), in_gradient / (2 + np.exp(other) + np.exp(-other))
name = "gradient after a call in evaluation"
print(checks.check_value(title, got, expected, name=name, see=see))


def batch_of(size):
    return (rng.normal(size=(size, 3)),)


def gradient_of(size):
    """Call the part, and give the gradient that comes in afterwards."""
    global x
    (x,) = batch_of(size)
    sigmoid(x)
    return batch_of(size)


def outputs(x):
    return 1 / (1 + np.exp(-x))


def gradient(g):
    return g / (2 + np.exp(x) + np.exp(-x))


print(checks.check_vectorised(title, sigmoid, batch_of, truth=outputs, see=see))
case, truth = f"{title}, grad", gradient
print(checks.check_vectorised(case, sigmoid, gradient_of, truth=truth, method="grad", see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5 · `ReLU` (3 points)
#
# Simpler, and better for deep networks: $y = \max(x, 0)$. To the right of zero the slope is 1, to the
# left it is 0. **At** zero there is a kink and no derivative; one has to agree on something, and we
# agree, with PyTorch and JAX, on $\mathrm{ReLU}'(0) = 0$:
#
# $$\frac{\partial L}{\partial x_k} = \begin{cases} g_k & \text{if } x_k > 0 \\ 0 & \text{else.}\end{cases}$$
#
# So a ReLU lets a gradient pass or stops it; it never weakens it. (The sigmoid leaves at most a quarter.)
# Away from zero a ReLU is a straight line, so nothing is left of the Taylor remainder: the test calls
# that a slope of `inf`.
#
# **By hand.** $x = (2, -1, 0)$ gives $y = (2, 0, 0)$. If $g = (-5, 6, 7)$ comes in, $(-5, 0, 0)$ goes on.
#
# **Think first.** Does a *negative* gradient pass? And whose array is it that you would change with
# `in_gradient[x <= 0] = 0`?


# %% grade_id="relu" stub=["Store in self what grad needs, and return each entry where it is positive, else 0: an array of the shape of x.", "Return the gradient of the loss with respect to the last call's x, an array of its shape; 0 where x is 0."]
class ReLU(Activation):
    """y = max(x, 0), entry by entry."""

    def __call__(self, x):
        """x: array of any shape. Returns an array of that shape."""
        ### BEGIN SOLUTION
        self.positive = x > 0
        return np.maximum(x, 0)
        ### END SOLUTION

    def grad(self, in_gradient):
        """Gradient of the loss with respect to the last call's x; 0 where x is 0.

        in_gradient: gradient of the loss with respect to what the last call returned, the same shape.
        """
        ### BEGIN SOLUTION
        return in_gradient * self.positive
        ### END SOLUTION


# %% grade_id="test-relu" points=1
import numpy as np
from course import checks

title, see = "Exercise 5 · ReLU", "4 · Bends"
rng = checks.rng()
x = rng.uniform(0.1, 2, size=(3, 4)) * rng.permuted(np.repeat([1, -1], 6)).reshape(3, 4)
in_gradient = rng.permuted(x, axis=None) + 0.01


def loss(xp, x):
    return xp.sum(in_gradient * xp.where(x > 0, x, 0.0))


relu = ReLU()
got, expected = relu(x.copy()), (x + np.abs(x)) / 2
print(checks.check_value(title, got, expected, name="relu(x)", see=see))
name = "slope, which is what grad gives where only ones come in"
got, expected = relu.grad(np.ones((3, 4))), np.where(x > 0, 1.0, 0.0)
print(checks.check_value(title, got, expected, name=name, see=see))
got, names = (relu.grad(in_gradient.copy()),), ("x, in_gradient times slope",)
print(checks.check_gradients(title, got, loss, (x,), names=names, see=see))
print(checks.check_pure(title, relu, x, see=see))
print(checks.check_pure(title, relu.grad, in_gradient, see=see))
relu(np.zeros((1, 2)))
got = relu.grad(np.array([[3.0, -4.0]]))
print(checks.check_value(title, got, np.zeros((1, 2)), name="gradient at x = 0", see=see))

# %% grade_id="test-relu-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 5 · ReLU", "4 · Bends"
rng = checks.rng()
shapes = ((2, 6), (1, 4), (8, 1), (6,), (2, 3, 2))
parts = checks.call_all([partial(ReLU) for _ in shapes])
# each is called before: the last call counts
checks.call_all([partial(part, rng.normal(size=shape)) for part, shape in zip(parts, shapes)])
for relu, shape in zip(parts, shapes):
    case = f"{title}, shape {shape}"
    x, in_gradient = rng.uniform(0.1, 2, size=(2, *shape))
    x.flat[::4], x.flat[1::4] = -x.flat[::4], 0.0  # of each four: negative, zero, positive twice
    in_gradient.flat[::3] *= -1
    one = np.where(x > 0, 1.0, 0.0)
    value = checks.check_pure(case, relu, x, see=see).value
    got = checks.check_pure(case, relu.grad, in_gradient, see=see).value
    name = "relu.grad(in_gradient)"
    print(checks.check_value(case, got, in_gradient * one, name=name, see=see))
    print(checks.check_value(case, value, x * one, name="relu(x)", see=see))
first, second, *_ = parts
x, in_gradient = rng.uniform(0.1, 2, size=(2, 2, 4)) * np.array([1, -1, 1, -1])
first(x)
second(-x)
got, expected = first.grad(in_gradient), in_gradient * np.array([1, 0, 1, 0])
name = "gradient of the first of two ReLUs"
print(checks.check_value(title, got, expected, name=name, see=see))
first.training = False
first(-x)
got, expected = first.grad(in_gradient), in_gradient * np.array([0, 1, 0, 1])
name = "gradient after a call in evaluation"
print(checks.check_value(title, got, expected, name=name, see=see))


def batch_of(size):
    return (rng.normal(size=(size, 3)),)


def gradient_of(size):
    """Call the part, and give the gradient that comes in afterwards."""
    global x
    (x,) = batch_of(size)
    relu(x)
    return batch_of(size)


def outputs(x):
    return np.where(x > 0, x, 0.0)


def gradient(g):
    return np.where(x > 0, g, 0.0)


print(checks.check_vectorised(title, relu, batch_of, truth=outputs, see=see))
case, truth = f"{title}, grad", gradient
print(checks.check_vectorised(case, relu, gradient_of, truth=truth, method="grad", see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** First the slopes of the three activations (ask `grad` with an `in_gradient` of
# ones, and you get the slope), then values and gradients at a few points, the ones from above among
# them. The sigmoid's slope never exceeds one quarter; the ReLU's jumps, and is 0 at 0. If a slope is
# not flat where its curve is flat, it is taken at the wrong place.

# %% tags=["experiment"]
from course import plots

x = np.linspace(-4, 4, 161)
curves = {}
for name, part in (("Sigmoid", Sigmoid()), ("Tanh", Tanh()), ("ReLU", ReLU())):
    part(x)
    curves[name] = part.grad(np.ones_like(x))
plots.plot_curves(x, curves, xlabel="x", ylabel="slope")

# %% tags=["experiment"]
x = np.array([[0.0, np.log(3), -2.0], [0.7, 0.0, 30.0]])
in_gradient = np.array([[4.0, 16.0, -1.0], [1.0, 5.0, 3.0]])
pairs = {"Sigmoid": (Sigmoid(), "sigmoid"), "ReLU": (ReLU(), "relu"), "Tanh": (Tanh(), "tanh")}
for name, (mine, their_name) in pairs.items():
    print(f"{name}:", mine(x).round(4).tolist())
    print("  gradient:", (mine.grad(in_gradient).round(4) + 0.0).tolist())
    if torch:
        theirs = torch.tensor(x, requires_grad=True)
        out = getattr(torch, their_name)(theirs)
        out.backward(gradient=torch.tensor(in_gradient))
        compare("  output against PyTorch", mine(x), out)
        compare("  gradient against PyTorch", mine.grad(in_gradient), theirs.grad)
if not torch:
    print(NO_TORCH)

# %% [markdown]
# ## 5 · A model
#
# A model is a row of parts. Going forward, each is called with what the one before it returned. Coming
# back, each is handed what the one *behind* it gave back: its `in_gradient` is the other's
# `gradient_input`. The first `in_gradient` comes from the loss.
#
# ![A model: parts in a row, values go forward, gradients come back](figures/layer_stack.svg)
#
# The model knows nothing of sigmoids and matrices. It knows the contract, and that there are two
# kinds of parts: a `Layer`'s `grad` gives three things, an `Activation`'s only one.
# `isinstance(part, Layer)` tells them apart.


# %% grade_id="given-model"
def add_to(cls):
    """Make the function below a method of `cls`."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


class Model:
    """Parts in a row: the output of each is the input of the next.

    components: list of Layers and Activations, in the order in which values go through them.
    """

    def __init__(self, components):
        self.components = list(components)

    def train(self):
        """Tell all parts that the model is being trained."""
        for component in self.components:
            component.training = True

    def eval(self):
        """Tell all parts that the model is being used."""
        for component in self.components:
            component.training = False


class Stretch(Layer):
    """y = x * weights + bias, feature by feature: the simplest layer, each feature on its own.

    n: number of features; x is (B, n), weights and bias are (n,).
    """

    def __init__(self, n):
        self.weights, self.bias = np.ones(n), np.zeros(n)

    def __call__(self, x):
        self.x = np.asarray(x)
        return self.x * self.weights + self.bias

    def grad(self, in_gradient):
        along_the_batch = np.ones(len(self.x))
        gradient_weights = along_the_batch @ (self.x * in_gradient)
        return gradient_weights, along_the_batch @ in_gradient, in_gradient * self.weights


# %% [markdown]
# `Stretch` is a layer that works already. The tests of this section build their models of `Stretch`
# and `Tanh`, so that a fault in your own parts does not cost you points here again. `@add_to(Model)`
# above a function puts it into the class, as if it had been written there. Keep that line; and if you
# run the cell with the class again, run the cells of your methods again, too.
#
# ### Exercise 6 · `forward` (2 points)
#
# **By hand.** `Model([Linear(1, 1), ReLU(), Linear(1, 1)])` with $w_1 = 2,\; b_1 = -4$ and $w_2 = 3,\;
# b_2 = 1$ sees $x = 3$: $2 \cdot 3 - 4 = 2$, ReLU leaves it, $3 \cdot 2 + 1 = 7$. It says 7.
#
# **Think first.** What should a model without any parts say?


# %% grade_id="forward" stub="Return what the last part makes of what the parts before it make of x, an array (B, n_out)."
@add_to(Model)
def forward(self, x):
    """What the model says about a batch.

    x: (B, n_in). Calls each part once. Returns what the last part returns, (B, n_out).
    """
    ### BEGIN SOLUTION
    for component in self.components:
        x = component(x)
    return x
    ### END SOLUTION


# %% grade_id="test-forward" points=1
import numpy as np
from course import checks

title, see = "Exercise 6 · forward", "5 · A model"
rng = checks.rng()
x, weights, bias = rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
layers = [Stretch(3), Stretch(3)]
for k, layer in enumerate(layers):
    layer.weights, layer.bias = weights[k].copy(), bias[k].copy()
model = Model([layers[0], Tanh(), layers[1], Tanh()])
expected = np.tanh(np.tanh(x * weights[0] + bias[0]) * weights[1] + bias[1])
got, name = model.forward(x.copy()), "forward of Stretch, Tanh, Stretch, Tanh"
print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-forward-hidden" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 6 · forward", "5 · A model"
rng = checks.rng()
for kinds, batch in (("LTL", 1), ("TLLTL", 5), ("L", 3), ("TT", 2), ("", 2)):
    case = f"{title}, {len(kinds)} parts"
    x = a = rng.normal(size=(batch, 2))
    made = [partial(Tanh) if kind == "T" else partial(Stretch, 2) for kind in kinds]
    parts = checks.call_all(made)
    for kind, part in zip(kinds, parts):
        if kind == "T":
            a = np.tanh(a)
        else:
            w, b = rng.normal(size=(2, 2))
            checks.set_all(part, weights=w.copy(), bias=b.copy())
            a = a * w + b
    got = checks.check_pure(case, Model(parts).forward, x, see=see).value
    print(checks.check_value(case, got, a, name="forward", see=see))
asked = []


def doubled(x):
    asked.append(1)
    return 2 * x


x, other = rng.normal(size=(2, 3)), rng.normal(size=(1, 3))
model = Model([doubled, doubled, doubled])
got, name = model.forward(x.copy()), "forward of three parts that double"
print(checks.check_value(title, got, 8 * x, name=name, see=see))
print(checks.check_value(title, len(asked), 3, name="calls of three parts", see=see))
got, name = model.forward(other.copy()), f"{name}, then of another batch"
print(checks.check_value(title, got, 8 * other, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 7 · `backward` (5 points)
#
# Start with the gradient of the loss with respect to the model's output; end when the first part has
# had its turn. On the way collect what the update will need: for each part one entry, **in the order
# of the parts, first part first**. For a `Layer` the entry is the pair
# `(gradient_weights, gradient_bias)`, for an `Activation` it is `None`.
#
# All that is needed is in the parts: they remember what they were called with. So do not keep anything
# in the model on the way forward; the tests call the parts themselves and then your `backward`.
#
# **By hand.** The model of exercise 6 said 7 and should have said 5. With `MSELoss` the loss is
# $\frac12 \cdot 2^2 = 2$ and its gradient $2$. That comes to
#
# - the last layer, which was called with 2: $\partial L/\partial w_2 = 2 \cdot 2 = 4$, $\partial
#   L/\partial b_2 = 2$, and it hands on $2 \cdot w_2 = 6$;
# - the ReLU, which was called with $2 > 0$: it hands on 6;
# - the first layer, which was called with 3: $\partial L/\partial w_1 = 3 \cdot 6 = 18$, $\partial
#   L/\partial b_1 = 6$.
#
# `backward(...)` returns `[(18, 6), None, (4, 2)]` (each number an array of its parameter's shape).
#
# **Think first.** Which part is asked first, and where in the list does its entry belong? And in which
# variable is the gradient that the next one gets?


# %% grade_id="backward" stub="Return a list with one entry per part, first part first: the pair (gradient_weights, gradient_bias) for a Layer, None for an Activation."
@add_to(Model)
def backward(self, in_gradient):
    """Go back through all parts; each has been called since the model was made.

    in_gradient: gradient of the loss with respect to the model's output, (B, n_out).
    Returns a list with one entry per part, first part first: (gradient_weights, gradient_bias) for a
    Layer, None for an Activation.
    """
    ### BEGIN SOLUTION
    grads = []
    for component in reversed(self.components):
        if isinstance(component, Layer):
            gradient_weights, gradient_bias, in_gradient = component.grad(in_gradient)
            grads.append((gradient_weights, gradient_bias))
        else:
            in_gradient = component.grad(in_gradient)
            grads.append(None)
    return grads[::-1]
    ### END SOLUTION


# %% grade_id="test-backward" points=2
import numpy as np
from course import checks

title, see = "Exercise 7 · backward", "5 · A model"
rng = checks.rng()
x, in_gradient = rng.normal(size=(2, 4, 3))
weights, bias = list(rng.normal(size=(2, 3))), list(rng.normal(size=(2, 3)))


def loss(xp, weights, bias):
    hidden = xp.tanh(x * weights[0] + bias[0])
    return xp.sum(in_gradient * (hidden * weights[1] + bias[1]))


parts = [Stretch(3), Tanh(), Stretch(3)]
for k, layer in enumerate(parts[::2]):
    layer.weights, layer.bias = weights[k].copy(), bias[k].copy()
a = x
for part in parts:  # the forward pass, without your exercise 6
    a = part(a)
got = Model(parts).backward(in_gradient.copy())
form, name = [(np.ones(3), np.ones(3)), None, (np.ones(3), np.ones(3))], "backward(...)"
checks.check_value(title, got, form, name=name, atol=np.inf, see=see)
found = [pair[0] for pair in got[::2]], [pair[1] for pair in got[::2]]
names = ("gradient_weights", "gradient_bias")
print(checks.check_gradients(title, found, loss, (weights, bias), names=names, see=see))

# %% grade_id="test-backward-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 7 · backward", "5 · A model"
rng = checks.rng()


def loss(xp, weights, bias):
    a, k = x, 0
    for kind in kinds:
        if kind == "T":
            a = xp.tanh(a)
        else:
            a, k = a * weights[k] + bias[k], k + 1
    return xp.sum(in_gradient * a)


def form_of(kinds):
    return [(np.ones(2), np.ones(2)) if kind == "L" else None for kind in kinds]


for kinds, batch in (("LTLTL", 5), ("TLL", 1), ("L", 2), ("TTLTT", 2)):
    case = f"{title}, {len(kinds)} parts"
    places = [i for i, kind in enumerate(kinds) if kind == "L"]
    x, in_gradient = rng.normal(size=(2, batch, 2))
    weights, bias = (list(rng.normal(size=(len(places), 2))) for _ in "wb")
    made = [partial(Tanh) if kind == "T" else partial(Stretch, 2) for kind in kinds]
    parts = checks.call_all(made)
    for i, w, b in zip(places, weights, bias):
        checks.set_all(parts[i], weights=w.copy(), bias=b.copy())
    a = x
    for part in parts:
        a = part(a)
    model = Model(parts)
    got, name = model.backward(in_gradient.copy()), "backward(...)"
    checks.check_value(case, got, form_of(kinds), name=name, atol=np.inf, see=see)
    found = [got[i][0] for i in places], [got[i][1] for i in places]
    names = ("gradient_weights", "gradient_bias")
    print(checks.check_gradients(case, found, loss, (weights, bias), names=names, see=see))
    now = checks.get_all([parts[i] for i in places], "weights", "bias")
    before, name = list(zip(weights, bias)), "parameters after backward"
    print(checks.check_value(case, now, before, name=name, see=see))
    print(checks.check_pure(case, model.backward, in_gradient, see=see))
x = rng.normal(size=(3, 2))
bends = [Tanh(), Tanh()]
bends[1](bends[0](x))
got, name = Model(bends).backward(x), "backward of two activations"
print(checks.check_value(title, got, [None, None], name=name, see=see))
own, ahead = Layer(), Tanh()  # a layer of a kind that nobody has seen before
own.grad = lambda g: (3 * g, 5 * g, 7 * g)
ahead(x)
got, name = Model([ahead, own]).backward(x), "backward of an activation and a new kind of Layer"
print(checks.check_value(title, got, [None, (3 * x, 5 * x)], name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 8 · `update_parameters` (2 points)
#
# One step downhill: $w \leftarrow w - \eta\, \dfrac{\partial L}{\partial w}$ and
# $b \leftarrow b - \eta\, \dfrac{\partial L}{\partial b}$, with the learning rate $\eta$. The loss was
# a mean over the batch already, so nothing is divided here.
#
# **By hand.** With $\eta = 0.01$ and the gradients of exercise 7: $w_1 = 2 - 0.18 = 1.82$, $b_1 =
# -4.06$, $w_2 = 2.96$, $b_2 = 0.98$. The model now says $2.96 \cdot (1.82 \cdot 3 - 4.06) + 0.98 =
# 5.124$ in place of 7, and the loss has fallen from 2 to 0.008.
#
# **Think first.** After `w = part.weights` and `w = w - eta * gradient`, what is in `part.weights`?


# %% grade_id="update_parameters" stub="Set weights and bias of every Layer to their values after one step: each minus learning_rate times its gradient. Return nothing."
@add_to(Model)
def update_parameters(self, grads, learning_rate):
    """Take one step of gradient descent.

    grads: what backward returned: a list with one entry per part, (gradient_weights, gradient_bias)
    or None; it is not changed. learning_rate: length of the step.
    Changes weights and bias of every Layer, and returns nothing.
    """
    ### BEGIN SOLUTION
    for component, gradients in zip(self.components, grads):
        if gradients is not None:
            gradient_weights, gradient_bias = gradients
            component.weights = component.weights - learning_rate * gradient_weights
            component.bias = component.bias - learning_rate * gradient_bias
    ### END SOLUTION


# %% grade_id="test-update_parameters" points=1
import numpy as np
from course import checks

title, see = "Exercise 8 · update_parameters", "5 · A model"
rng = checks.rng()
sizes = {"learning rate": 0.3}
weights, bias, gradient_w, gradient_b = rng.normal(size=(4, 2, 3))
layers = [Stretch(3), Stretch(3)]
model = Model([Tanh(), layers[0], Tanh(), layers[1]])


def grads():
    pairs = [(gw.copy(), gb.copy()) for gw, gb in zip(gradient_w, gradient_b)]
    return [None, pairs[0], None, pairs[1]]


for layer in layers:
    checks.set_all(layer, weights=np.zeros(3), bias=np.zeros(3))
model.update_parameters(grads(), 0.3)
got, expected = checks.get_all(layers, "weights"), -0.3 * gradient_w
name = "weights after a step from 0"
print(checks.check_value(title, got, list(expected), name=name, sizes=sizes, see=see))
for k, layer in enumerate(layers):
    checks.set_all(layer, weights=weights[k].copy(), bias=bias[k].copy())
model.update_parameters(grads(), 0.3)
got, expected = checks.get_all(layers, "weights"), weights - 0.3 * gradient_w
print(checks.check_value(title, got, list(expected), name="weights after the step", see=see))
got, expected = checks.get_all(layers, "bias"), bias - 0.3 * gradient_b
print(checks.check_value(title, got, list(expected), name="bias after the step", see=see))

# %% grade_id="test-update_parameters-hidden" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 8 · update_parameters", "5 · A model"
rng = checks.rng()
for kinds in ("LTLL", "L", "TT"):
    case, eta = f"{title}, {len(kinds)} parts", rng.uniform(0.1, 2)
    places = [i for i, kind in enumerate(kinds) if kind == "L"]
    values = [(rng.normal(size=4), rng.normal(size=4)) for _ in places]
    steps = [(rng.normal(size=4), rng.normal(size=4)) for _ in places]
    made = [partial(Tanh) if kind == "T" else partial(Stretch, 4) for kind in kinds]
    parts = checks.call_all(made)
    layers = [parts[i] for i in places]
    for layer, (w, b) in zip(layers, values):
        checks.set_all(layer, weights=w.copy(), bias=b.copy())
    update_parameters = Model(parts).update_parameters
    for count in (1, 2):
        grads = [None] * len(kinds)
        for i, (step_w, step_b) in zip(places, steps):
            grads[i] = step_w.copy(), step_b.copy()
        changed = checks.call(update_parameters, grads, eta).changed
        got = checks.get_all(layers, "bias", "weights")
        expected = [
            (b - count * eta * step[1], w - count * eta * step[0])
            for (w, b), step in zip(values, steps)
        ]
        name = f"bias and weights after {count} step(s)"
        print(checks.check_value(case, got, expected, name=name, see=see))
        told = "update_parameters must not change the gradients that it is handed"
        checks.check_true(case, not changed, told, see=see)
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The numbers worked out by hand, step by step: 7, then the gradients, then
# 5.124. If the loss grows instead, look at the sign; if nothing changes at all, look at what you
# assigned to.

# %% tags=["experiment"]
first, second = Linear(1, 1), Linear(1, 1)
first.weights, first.bias = np.array([[2.0]]), np.array([-4.0])
second.weights, second.bias = np.array([[3.0]]), np.array([1.0])
model, loss = Model([first, ReLU(), second]), MSELoss()
x, y_true = np.array([[3.0]]), np.array([[5.0]])
print("says:", model.forward(x).item(), " loss:", loss(model.forward(x), y_true))
grads = model.backward(loss.grad())
print("gradients:", [entry and tuple(g.item() for g in entry) for entry in grads])
model.update_parameters(grads, 0.01)
print(f"says: {model.forward(x).item():.4f}  loss: {loss(model.forward(x), y_true):.4f}")

# %% [markdown]
# ### Trust, but measure
#
# All of it together, without PyTorch: push each parameter of a model a little to either side and see
# how much the loss moves (that is a *central difference*; lab 1 builds one).
#
# **What you should see.** Differences of about $10^{-11}$. If one part's gradients are off here although
# its own test passed, the fault is in `backward`; if all are off by the same factor, look at the loss.

# %% tags=["experiment"]
from functools import partial

from course import checks

rng = np.random.default_rng(3)
model = Model([Linear(6, 5, rng), Sigmoid(), Linear(5, 4, rng), Tanh(), Linear(4, 3, rng)])
loss = CrossEntropy()
x, y_true = rng.normal(size=(7, 6)), np.eye(3)[rng.integers(0, 3, size=7)]
loss(model.forward(x), y_true)
grads = model.backward(loss.grad())


def loss_with(part, name, value):
    """Loss of the model when a parameter of `part` has another value."""
    kept = getattr(part, name)
    setattr(part, name, value)
    result = loss(model.forward(x), y_true)
    setattr(part, name, kept)
    return result


for part, entry in zip(model.components, grads):
    if entry is None:
        continue
    for name, gradient in zip(("weights", "bias"), entry):
        measured = checks.central_difference(partial(loss_with, part, name), getattr(part, name))
        off = np.abs(gradient - measured).max()
        print(f"{type(part).__name__} {gradient.shape}, {name}: largest difference {off:.1e}")

# %% [markdown]
# ### One step beside PyTorch
#
# A larger model, `[1000, 100, 10]`, and the same one in PyTorch with the same parameters. Both take one
# step of stochastic gradient descent, and both losses are compared before and after.
#
# **What you should see.** Twice the same loss, to some 14 digits: with float64 on both sides there is
# nothing but rounding between the two. (Courses often accept a difference of $10^{-3}$ here. Try it:
# leave the bias out of your update, and see how small a difference that mistake makes after one step
# of 0.001.)

# %% tags=["experiment"]
rng = np.random.default_rng(4)
layer1, layer2, loss = Linear(1000, 100, rng), Linear(100, 10, rng), CrossEntropy()
model = Model([layer1, ReLU(), layer2])
x, y_true = rng.normal(size=(2, 1000)), np.eye(10)[[7, 3]]
before = loss(model.forward(x), y_true)

if torch:
    net = torch.nn.Sequential(
        torch.nn.Linear(1000, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10)
    ).double()
    with torch.no_grad():
        for mine, theirs in ((layer1, net[0]), (layer2, net[2])):
            theirs.weight.copy_(torch.tensor(mine.weights.T))
            theirs.bias.copy_(torch.tensor(mine.bias))
    optimizer, criterion = torch.optim.SGD(net.parameters(), lr=0.001), torch.nn.CrossEntropyLoss()
    their_loss = criterion(net(torch.tensor(x)), torch.tensor(y_true))
    compare("loss before", before, their_loss)
    their_loss.backward()
    optimizer.step()

model.update_parameters(model.backward(loss.grad()), 0.001)
after = loss(model.forward(x), y_true)
print(f"loss before the step {before:.6f}, after it {after:.6f}")
if torch:
    compare("loss after", after, criterion(net(torch.tensor(x)), torch.tensor(y_true)))
else:
    print(NO_TORCH)

# %% [markdown]
# **Play.** Put a `ReLU()` behind the last layer as well, in front of the loss. It trains, somehow; but
# what can such a model never say about a class, and which logits no longer get a gradient?

# %% [markdown]
# ### Question 2 · one ReLU for all? (3 points)
#
# A ReLU has no parameters. To save memory, somebody makes a single one and writes
#
# ```python
# relu = ReLU()
# model = Model([Linear(20, 10), relu, Linear(10, 10), relu, Linear(10, 3)])
# ```
#
# 1. Is `model.forward(x)` right? Are the gradients that `model.backward(...)` returns? Which of the
#    three pairs are right for sure, and why?
# 2. All shapes fit and no error is raised. What would have happened if the two hidden layers had
#    different widths?
# 3. What would have to be remembered, and where, for one ReLU to be usable in many places?

# %% [markdown] grade_id="question-one_relu" points=3
# ### BEGIN SOLUTION
# 1. Forward is right: calling a ReLU depends on nothing but its argument. Backward is not: the second
#    call overwrote what the first had remembered. The gradients of the last layer are right (the
#    gradient has not met a ReLU yet), and so are those of the middle one: the first time that `relu` is
#    asked on the way back, it is for its last call, and that is what it remembers. Asked again, for its
#    first call, it answers with the mask of the second; what reaches the first layer is wrong.
# 2. The mask would have had another shape than the gradient: a ValueError (unless the shapes happen to
#    broadcast, for example with width 1).
# 3. What belongs to one *use* of the operation must be kept per use, not per object: a stack in the
#    ReLU (push in the call, pop in grad), or, as automatic differentiation has it, an object for each
#    use, in the graph that the forward pass builds.
#
# Mark scheme, 3 points: 1.5 for part 1 (0.5 forward right and backward wrong because the memory is
# overwritten; 0.5 last and middle layer right; 0.5 with the reason, the order of the way back); 0.5
# for the error of shapes; 1 for one memory per use (stack or node of a graph).
# ### END SOLUTION

# %% [markdown]
# ## 6 · Dropout
#
# A network with many parameters can learn its training examples by heart. One cure: make it unreliable
# on purpose. In training, **dropout** sets each of the numbers that enter a layer to 0 with
# probability $p$, anew for every example and every call; no unit can rely on a particular other one to
# be there (Srivastava et al., [2014](https://jmlr.org/papers/v15/srivastava14a.html)).
#
# In our library dropout is a **wrapper**: `Dropout(Linear(100, 10), p=0.5, rng=rng)` is a layer that
# drops some of its input and hands the rest to the layer inside. (In PyTorch it stands as a part of its
# own in front of the layer, which is the same thing.)
#
# ![Dropout: a mask in front of a layer, and the same mask on the way back](figures/layer_dropout.svg)
#
# ### Exercise 9 · `Dropout` (5 points)
#
# **Going forward, in training.** Draw a mask $m$ of the shape of $x$, `(B, n_in)`: each entry is 0
# with probability $p$, whatever becomes of the others, and $\frac{1}{1-p}$ otherwise. Hand $x * m$
# to the layer inside. Why not 1 for those that stay? Because then the layer would see only $(1 -
# p)$ of what it is used to. With the factor, the expected value is right: $p \cdot 0 + (1 - p)
# \cdot \frac{x}{1 - p} = x$. This is called *inverted* dropout. Its merit:
#
# **Going forward, in evaluation** (`self.training` is False), there is nothing to do. $m = 1$
# everywhere, and nothing is random.
#
# **Coming back.** The layer inside does what it always does: it saw $x * m$, and gives its
# `gradient_weights`, its `gradient_bias` and a gradient with respect to $x * m$. Only the last still
# has to go through the product: $\dfrac{\partial L}{\partial x} = \dfrac{\partial L}{\partial (x * m)} *
# m$, with the **same** mask that was used going forward.
#
# **Randomness.** The mask comes from the generator that was handed in, `self.rng`, and from nowhere
# else: then a training can be repeated. `self.rng.random(shape)` gives numbers that are uniform in
# $[0, 1)$.
#
# **By hand.** $x = (1, 2, 3, 4)$, $p = \frac12$, and the last two are dropped: $m = (2, 2, 0, 0)$.
# Inside is a `Linear(4, 1)` whose weights are all 1 and whose bias is 0. It sees $(2, 4, 0, 0)$ and says 6. If a
# gradient of 1 comes in, `gradient_weights` is $(2, 4, 0, 0)$ as a column, `gradient_bias` is 1, and
# `gradient_input` is $(2, 2, 0, 0)$. In evaluation it says 10.
#
# **Think first.** Which fraction of numbers uniform in $[0, 1)$ is *smaller* than $p$? And what would
# become of the gradient if `grad` drew a new mask?


# %% grade_id="given-wrapper"
class Wrapper(Layer):
    """A layer around another one: its parameters are those of the layer inside, `self.layer`."""

    def __init__(self, layer):
        self.layer = layer

    @property
    def weights(self):
        return self.layer.weights

    @weights.setter
    def weights(self, value):
        self.layer.weights = value

    @property
    def bias(self):
        return self.layer.bias

    @bias.setter
    def bias(self, value):
        self.layer.bias = value


def generator(seed):
    """A NumPy generator of random numbers."""
    return np.random.default_rng(seed)


# %% grade_id="dropout" stub=["Store in self what grad needs, and return what the layer inside makes of the input, of which in training some entries are dropped and the others scaled.", "Return the tuple (gradient_weights, gradient_bias, gradient_input), each of the shape of what it is the gradient of."]
class Dropout(Wrapper):
    """A layer some of whose inputs are set to 0 at random while `training` is True.

    layer: the layer inside; p: probability that an entry is dropped, 0 <= p < 1; rng: a NumPy
    generator, from which the masks are drawn.
    """

    def __init__(self, layer, p, rng):
        super().__init__(layer)
        self.p, self.rng = p, rng

    def __call__(self, x):
        """x: (B, n_in). Returns what the layer inside returns, (B, n_out)."""
        ### BEGIN SOLUTION
        self.mask = np.ones(x.shape)
        if self.training:
            kept = self.rng.random(x.shape) >= self.p
            self.mask = kept / (1 - self.p)
        return self.layer(x * self.mask)
        ### END SOLUTION

    def grad(self, in_gradient):
        """Gradients of the loss with respect to weights, bias and the last call's x.

        in_gradient: gradient of the loss with respect to what the last call returned, (B, n_out).
        Returns the tuple (gradient_weights, gradient_bias, gradient_input).
        """
        ### BEGIN SOLUTION
        gradient_weights, gradient_bias, gradient_inside = self.layer.grad(in_gradient)
        return gradient_weights, gradient_bias, gradient_inside * self.mask
        ### END SOLUTION


# %% grade_id="test-dropout" points=2
import numpy as np
from course import checks

title, see = "Exercise 9 · Dropout", "6 · Dropout"
rng = checks.rng()
p, seed = 0.3, int(rng.integers(2**32))
sizes = {"p": p, "1 - p": 1 - p}
w, b = rng.uniform(1, 2, size=(2, 80))
x, in_gradient = rng.uniform(1, 2, size=(2, 100, 80))


def around_stretch():
    """Dropout around a layer that is right: y = x * w + b, feature by feature."""
    layer = Dropout(Stretch(80), p, generator(seed))
    layer.weights, layer.bias = w.copy(), b.copy()
    return layer


layer, twin = around_stretch(), around_stretch()
out = layer(x.copy())
checks.check_value(title, np.shape(out), x.shape, name="shape of layer(x)", see=see)
same = bool(np.array_equal(out, twin(x.copy())))
message = "two layers whose generators have the same seed must drop the same entries"
checks.check_true(title, same, message, observed=same, see=see)
kept = np.not_equal(out, b)  # where the layer inside saw a 0, b alone is left
extremes = [float(f(kept.mean(axis=axis))) for axis in (0, 1) for f in (np.min, np.max)]
alone = bool(kept.all()) or (min(extremes) > 0 and max(extremes) < 1)
message = "each entry is dropped or kept on its own, not with its whole row or column"
checks.check_true(title, alone, message, observed=extremes, see=see)
share = float(np.mean(kept))
message = f"of 8000 entries {share:.1%} are kept, with p={p}"
checks.check_true(title, abs(share - 0.7) < 0.05, message, observed=share, see=see)
print(message)
mask = kept / (1 - p)
name, seen = "what the layer inside is handed in training", layer.layer.x
print(checks.check_value(title, seen, x * mask, name=name, sizes=sizes, see=see))
name, expected = "layer(x) in training", x * mask * w + b
print(checks.check_value(title, out, expected, name=name, sizes=sizes, see=see))
for training, factor in ((True, mask), (False, np.ones(x.shape))):
    case = title if training else f"{title}, in evaluation"
    layer.training = training
    if not training:
        name, got = "layer(x) in evaluation", layer(x.copy())
        print(checks.check_value(title, got, x * w + b, name=name, sizes=sizes, see=see))
    g, got, name = in_gradient, layer.grad(in_gradient.copy()), "what grad returns"
    expected = (g * x * factor).sum(axis=0), g.sum(axis=0), g * w * factor
    checks.check_value(case, got, expected, name=name, atol=np.inf, see=see)  # three, and shapes
    for k, name in enumerate(("gradient_weights", "gradient_bias", "gradient_input")):
        print(checks.check_value(case, got[k], expected[k], name=name, sizes=sizes, see=see))

# %% grade_id="test-dropout-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 9 · Dropout", "6 · Dropout"
rng = checks.rng()


def around_stretch(p, seed):
    inside, source = checks.call_all([partial(Stretch, len(w)), partial(generator, seed)])
    checks.set_all(inside, weights=w.copy(), bias=b.copy())
    return Dropout(inside, p, source)


off = []  # how many more entries are kept than the share 1 - p of all
for p, shape in ((0.5, (1, 3)), (0.2, (3, 3)), (0.75, (4, 1))):
    case, sizes, seed = f"{title}, p={p}", {"p": p, "1 - p": 1 - p}, int(rng.integers(2**32))
    w, b = rng.uniform(1, 2, size=(2, 120))
    x, g = rng.uniform(1, 2, size=(2, 100, 120))
    layer, twin = around_stretch(p, seed), around_stretch(p, seed)
    out, of_twin = checks.call_all([partial(layer, x.copy()), partial(twin, x.copy())])
    checks.check_value(case, np.shape(out), x.shape, name="shape of layer(x)", see=see)
    same = bool(np.array_equal(out, of_twin))
    message = "two layers whose generators have the same seed must drop the same entries"
    checks.check_true(case, same, message, observed=same, see=see)
    kept = np.not_equal(out, b)
    name, expected = "layer(x) in training", x * kept / (1 - p) * w + b
    checks.check_value(case, out, expected, name=name, sizes=sizes, see=see)
    share = float(np.mean(kept))
    message = f"of 12000 entries {share:.1%} are kept, with p={p}"
    checks.check_true(case, abs(share - (1 - p)) < 0.05, message, observed=share, see=see)
    extremes = [float(f(kept.mean(axis=axis))) for axis in (0, 1) for f in (np.min, np.max)]
    message = "each entry is dropped or kept on its own, not with its whole row or column"
    alone = min(extremes) > 0 and max(extremes) < 1
    checks.check_true(case, alone, message, observed=extremes, see=see)
    # the second call draws a new mask, and grad must use the newest, as often as it is asked
    again = np.not_equal(layer(x.copy()), b)
    fresh = not np.array_equal(again, kept)
    message = "each call in training drops other entries"
    checks.check_true(case, fresh, message, observed=fresh, see=see)
    off += [round(float(entries.sum() - (1 - p) * entries.size)) for entries in (kept, again)]
    by_chance = all(len(set(kept.sum(axis=axis).tolist())) > 1 for axis in (0, 1))
    message = "entries are dropped independently; yours are equally many in every row or column"
    checks.check_true(case, by_chance, message, observed=by_chance, see=see)
    mask = again / (1 - p)
    expected = (g * x * mask).sum(axis=0), g.sum(axis=0), g * w * mask
    grad, name = layer.grad, "gradients in training"
    got = checks.check_pure(case, grad, g, see=see).value
    print(checks.check_value(case, got, expected, name=name, sizes=sizes, see=see))
    layer.training = False
    name, got = "gradients of a call in training, training being False by now", grad(g.copy())
    print(checks.check_value(case, got, expected, name=name, sizes=sizes, see=see))
    w, b = rng.normal(size=(2, shape[1]))
    x, g = rng.normal(size=(2, *shape))
    small = around_stretch(p, seed)
    small(x.copy())
    small.training = False
    name, got = f"layer(x) in evaluation, shape {shape}", small(x.copy())
    print(checks.check_value(case, got, x * w + b, name=name, sizes=sizes, see=see))
    name, got = f"gradients in evaluation, shape {shape}", small.grad(g.copy())
    expected = (g * x).sum(axis=0), g.sum(axis=0), g * w
    print(checks.check_value(case, got, expected, name=name, sizes=sizes, see=see))
    (got,), name = checks.get_all([small], "weights", "bias"), "parameters afterwards"
    print(checks.check_value(case, got, (w, b), name=name, see=see))
message = "entries are dropped independently; yours are exactly the share p of all, each time"
by_chance = max(map(abs, off)) > 1
print(checks.check_true(title, by_chance, message, observed=by_chance, see=see))

# what a ReLU hands on is full of zeros, of which some are kept and some dropped
w, b = rng.uniform(1, 2, size=(2, 10))
x, g = rng.uniform(1, 2, size=(2, 8, 10))
layer, twin = around_stretch(0.5, seed), around_stretch(0.5, seed)
mask = 2.0 * np.not_equal(twin(np.ones(x.shape)), b)
x[:, ::2] = 0.0
layer(x.copy())
name, got = "gradient_input where x holds zeros", layer.grad(g.copy())[2]
print(checks.check_value(title, got, g * w * mask, name=name, see=see))
later = around_stretch(0.5, seed)
later.training = False
later(x.copy())
later.training = True
same = bool(np.array_equal(2.0 * np.not_equal(later(np.ones(x.shape)), b), mask))
message = "a call in evaluation must draw nothing from rng; after it, the next mask is another"
print(checks.check_true(title, same, message, observed=same, see=see))


w, b = rng.uniform(1, 2, size=(2, 3))


def batch_of(size):
    return (rng.uniform(1, 2, size=(size, 3)),)


def gradient_of(size):
    """Call the layer, and give the gradient that comes in afterwards."""
    global x
    (x,) = batch_of(size)
    layer(x)
    return batch_of(size)


def outputs(x):
    return x * w + b


def gradients(g):
    return (g * x).sum(axis=0), g.sum(axis=0), g * w


some, none = around_stretch(0.5, seed), around_stretch(0.0, seed)
(x,) = batch_of(7)
print(checks.check_value(title, none(x.copy()), outputs(x), name="layer(x), p=0", see=see))
done = checks.call(some, x)
message = "calling the layer must not change the array that it is given"
print(checks.check_true(title, not done.changed, message, observed=list(done.changed), see=see))
# where nothing is dropped it is known what must come out
for layer, truth, truth_of_grad in ((some, None, None), (none, outputs, gradients)):
    print(checks.check_vectorised(title, layer, batch_of, truth=truth, see=see))
    case, truth = f"{title}, grad", truth_of_grad
    print(checks.check_vectorised(case, layer, gradient_of, truth=truth, method="grad", see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** In training the answer jumps about, in evaluation it stands still; and the
# mean of many random answers is close to the steady one. A mean that is half of it, or twice, lacks the
# factor or has it upside down.

# %% tags=["experiment"]
layer = Dropout(Linear(4, 1), p=0.5, rng=np.random.default_rng(5))
layer.weights, layer.bias = np.ones((4, 1)), np.zeros(1)
x = np.array([[1.0, 2.0, 3.0, 4.0]])
answers = [layer(x).item() for _ in range(5000)]
print("five answers in training:", answers[:5])
print(f"mean of 5000: {np.mean(answers):.2f}")
layer.training = False
print("in evaluation:", layer(x).item())

# %% [markdown]
# ## 7 · Learning to read digits
#
# The library is complete. What is left is a loop that cuts the examples into mini-batches and takes a
# step for each: five lines, and they are the five lines of the first page. Around them stands the
# bookkeeping. Note `model.train()` and `model.eval()`: whoever measures accuracy with dropout still
# dropping measures something else.

# %% tags=["experiment"]
from mnist_utils import load_mnist, minibatches


def scores(model, loss, x, y):
    """Loss and accuracy of a model in evaluation."""
    model.eval()
    said = model.forward(x)
    return loss(said, y), np.mean(said.argmax(axis=1) == y.argmax(axis=1))


def train(model, training, test, epochs, learning_rate, rng, batch_size=20):
    """Train by stochastic gradient descent; give cost and accuracy after each epoch."""
    loss = CrossEntropy()
    data = {"training": training, "test": test}
    history = {kind: {name: [] for name in data} for kind in ("cost", "accuracy")}
    for _ in range(epochs):
        model.train()
        for x, y in minibatches(*training, batch_size, rng):
            loss(model.forward(x), y)
            model.update_parameters(model.backward(loss.grad()), learning_rate)
        for name, (x, y) in data.items():
            cost, accuracy = scores(model, loss, x, y)
            history["cost"][name].append(cost)
            history["accuracy"][name].append(accuracy)
    print(f"test accuracy {history['accuracy']['test'][-1]:.1%} after {epochs} epochs")
    return history


(x_train, y_train), (x_test, y_test) = load_mnist()
print("training:", x_train.shape, y_train.shape, "test:", x_test.shape, y_test.shape)

# %% [markdown]
# 12,000 digits to train on and 2,000 to test on, as rows of 784 grey values; 100 hidden units. It takes
# a few seconds. (Where other programs keep the processor busy it can take a minute: NumPy's threads
# then wait for each other. Start Jupyter with `OPENBLAS_NUM_THREADS=1` in its environment.)
#
# **What you should see.** About 90 % of the test digits after the first epoch and 95 % after the eighth,
# and on the training digits 98 %. If it stays near 10 %, look at `update_parameters`; if it hangs at 80
# or 90 %, some gradient is wrong, and "Trust, but measure" above knows which.

# %% tags=["experiment"]
from course import plots

rng = np.random.default_rng(6)
reader = Model([Linear(784, 100, rng), ReLU(), Linear(100, 10, rng)])
history = train(reader, (x_train, y_train), (x_test, y_test), 8, 0.1, rng)
plots.plot_training(**history)

# %% [markdown]
# **What has it learned?** The incoming weights of forty hidden units, each laid out as an image: red
# pixels excite the unit, blue ones inhibit it. You see strokes and spots, not digits; the next layer
# combines them. At the border nothing happens: there is never any ink, so `gradient_weights` is zero
# (look at the formula), and the weights are still the noise they were born as.

# %% tags=["experiment"]
plots.show_weights(reader.components[0].weights[:, :40])

# %% [markdown]
# **What does it get wrong?** Some of these you would have misread, too.

# %% tags=["experiment"]
answers, labels = reader.forward(x_test).argmax(axis=1), y_test.argmax(axis=1)
wrong = np.flatnonzero(answers != labels)
print(f"{len(wrong)} of {len(labels)} test digits are misread; here are the first of them")
plots.show_digits(x_test[wrong[:16]], labels[wrong[:16]], answers[wrong[:16]], columns=8)

# %% [markdown]
# ### When examples are scarce
#
# Now only 1,000 digits to learn from, and 200 hidden units: 159,010 parameters, more than enough to
# learn them all by heart. Once without dropout; once with it, around both layers (of the input fewer
# are dropped, for what is lost there is lost to everybody).
#
# **What you should see.** Without dropout the training digits are soon all read correctly, and from
# then on the cost on the test digits *rises*: the network grows ever surer of its errors. With dropout
# the training goes more slowly, the test cost keeps falling, and the accuracy ends some two points
# higher, near 91 %. If both runs are alike, look at what `training` does in your `Dropout`.

# %% tags=["experiment"]
few = x_train[:1000], y_train[:1000]
histories = {"cost": {}, "accuracy": {}}
for name, p in (("plain", None), ("dropout", 0.5)):
    rng = np.random.default_rng(7)
    hidden, last = Linear(784, 200, rng), Linear(200, 10, rng)
    if p:
        hidden, last = Dropout(hidden, 0.2, rng), Dropout(last, p, rng)
    history = train(Model([hidden, ReLU(), last]), few, (x_test, y_test), 30, 0.1, rng)
    for kind in histories:
        for data, values in history[kind].items():
            histories[kind][f"{name}, {data}"] = values
plots.plot_training(**histories)

# %% [markdown]
# **Play.** `Sigmoid()` in place of `ReLU()`? Three hidden layers? `MSELoss` in place of `CrossEntropy`?
# Each is one line: that is what a library is for. Write down what you expect before you run it.

# %% [markdown]
# ## 8 · What comes next
#
# You have a library whose parts differentiate themselves, and it agrees with PyTorch to the last
# digits. Look at what it cannot do:
#
# - A model is a **row**. A value that is used twice (a skip connection, the same layer in two places,
#   one `ReLU` for all) does not fit: `backward` knows one way back, and each part remembers one call.
# - Every part needs a **`grad` of its own**, derived by hand, even if it is made of others.
# - The model must know which parts have parameters, and **what they are called**.
#
# In the second notebook of this lab, `autodiff_library`, all three go away. There a value remembers
# which operation made it, the backward pass is deduced from the graph that the forward pass leaves
# behind, and modules find their own parameters, however deeply nested. On top of that you build
# initialisation, optimisers and a training loop, and in the end your library trains beside JAX.
