# %% [markdown]
# # Lab 5 · A machine that differentiates
#
# In the labs before this one you worked out the backward pass of a network by hand, on paper, and
# then typed it in. Change one layer and the paper starts again. Nobody who builds networks today
# does that: they write down the *forward* computation, and the gradients come by themselves. JAX,
# PyTorch and TensorFlow are hundreds of thousands of lines around one idea, and the idea fits in
# this notebook. You will write all of it.
#
# It is called **reverse-mode automatic differentiation**: whatever you compute, the machine keeps a
# record of the operations; then it walks through the record backwards and lets each operation apply
# the chain rule to itself. No operation knows anything about the others.
#
# **When you are done you will have**
#
# - an engine with a dozen operations, from `+` to batched matrix products, that differentiates any
#   expression made of them,
# - an instrument that finds a wrong derivative in any operation, including those you invent,
# - drawn the graphs of computations, with values going forward and gradients coming back,
# - layers and a network on top of it, in a few lines each, and trained it on handwritten digits:
#   with not a single line of backpropagation written for the network.
#
# **How the lab works.** There are seventeen exercises, most of them short. Each begins with a
# reason, a derivation and an example small enough to check with pencil and paper. You write where
# you see `raise NotImplementedError`. The cell below tests what you wrote and says in words what is
# wrong, if anything is; when your work is graded, the same claims are tested again on other
# numbers. (Where it speaks of a *Taylor slope*: 2 is right, and so is inf, where a formula is linear.)
# Cells that only train or draw are not graded: play with them. Four questions ask for a sentence or
# two per number and are read by a person. All in all 100 points and about three hours, and a bonus
# for those who want more; exercises 3, 7, 8 and 14 are the long ones, the others take minutes.
#
# **What you need**: the chain rule, NumPy with broadcasting, and a little of Python's classes.
# NumPy is all that your solutions may use; JAX appears in experiments, to compare with.

# %% grade_id="given-numpy"
import numpy as np

# %% [markdown]
# ## 1 · A graph that builds itself
#
# Take a small computation: $J = \mathrm{ReLU}(x) + \gamma\, x$ at $x = 7$, $\gamma = 5$, where
# $\mathrm{ReLU}(x) = \max(x, 0)$. Written out as operations it is a graph:
#
# ![The graph of J = ReLU(x) + gamma x](figures/graph_one.svg)
#
# Two kinds of things are in it, and they become two classes:
#
# | in the picture | class | what it knows |
# |---|---|---|
# | a value (box) | `Variable` | its `value`, a NumPy array of floats, and the `operation` that made it |
# | an operation (circle) | `Operation` | its `args`, the variables that went in; how to compute (`apply`) and how to go back (`grad`) |
#
# Each variable points to the operation it came from, each operation to the variables *it* came
# from. So whoever holds $J$ holds the whole history of $J$. Variables that were not computed begin
# the history: a `Parameter` (to be learned) or an `Input` (data, constants). Their `operation` is
# `None`.
#
# One trick makes this pleasant to use. Calling a class normally gives an object of that class.
# Here, `Mul(a, b)` runs the operation at once and gives the *variable* that comes out; the
# operation itself hides behind it, as `z.operation`. That happens in `__new__`, which Python calls
# to make an object. And `a * b` is nothing but `Mul(a, b)`: Python turns `*` into a call of
# `__mul__`.
#
# Read the next cell once, slowly. It is given, and it is all the magic there is.


# %% grade_id="given-variable"
class Variable:
    """A value in a computation graph.

    value: a float array (a number is an array of shape ()); its own copy of what is handed in.
    operation: the Operation that made it, None where nothing did.
    """

    # NumPy, keep off: in `array * variable`, let the variable do the work (see below)
    __array_ufunc__ = None

    def __init__(self, value, operation=None):
        self.value = np.array(value, dtype=float)
        self.operation = operation

    def backprop(self):
        """Gradients of this variable with respect to all that it was made of: your exercise 8."""
        return backprop(self)

    def sum(self, axis=None, keepdims=False):
        return Sum(self, axis=axis, keepdims=keepdims)

    def __repr__(self):
        short = str(self.value) if self.value.size < 20 else f"array of shape {self.value.shape}"
        made_by = f", made by {self.operation}" if self.operation is not None else ""
        return f"{type(self).__name__}({short}{made_by})"

    # a + b asks a.__add__(b); if a does not know how (a number, an array), b.__radd__(a)
    def __add__(self, other):
        return Add(self, other)

    def __radd__(self, other):
        return Add(other, self)

    def __sub__(self, other):
        return Sub(self, other)

    def __rsub__(self, other):
        return Sub(other, self)

    def __mul__(self, other):
        return Mul(self, other)

    def __rmul__(self, other):
        return Mul(other, self)

    def __truediv__(self, other):
        return Div(self, other)

    def __rtruediv__(self, other):
        return Div(other, self)

    def __pow__(self, other):
        return Pow(self, other)

    def __rpow__(self, other):
        return Pow(other, self)

    def __matmul__(self, other):
        return MatMul(self, other)

    def __rmatmul__(self, other):
        return MatMul(other, self)

    def __neg__(self):
        return Neg(self)

    def __getitem__(self, index):
        return GetItem(self, index=index)


class Parameter(Variable):
    """A variable that is to be learned: weights, biases."""


class Input(Variable):
    """A variable that is given: data, labels, constants."""


class Operation:
    """An operation in a computation graph. `Mul(a, b)` runs it and gives the variable that comes out.

    args: the variables that went in; numbers and arrays are wrapped as Input.
    kwargs: settings with respect to which nobody differentiates (an axis, an index).
    """

    def __new__(cls, *args, **kwargs):
        operation = super().__new__(cls)
        operation.args = tuple(a if isinstance(a, Variable) else Input(a) for a in args)
        operation.kwargs = kwargs
        value = operation.apply(*(a.value for a in operation.args), **kwargs)
        return Variable(value, operation)

    def apply(self, *values, **kwargs):
        """Compute: arrays in, one array out. What `grad` will need is kept in `self`."""
        raise NotImplementedError(f"{self} has no apply")

    def grad(self, gz):
        """Go back: gradient of the output in; out comes a tuple of gradients, one per argument."""
        raise NotImplementedError(f"{self} has no grad")

    def __repr__(self):
        return f"<{type(self).__name__}>"


# %% [markdown]
# Here are three operations to look at. `Identity` does nothing, and does that correctly. `Average`
# has two arguments, so its `grad` returns two gradients. `Custom` is made from two functions that
# you hand to it: a laboratory animal. You will use it to see what becomes of wrong derivatives (JAX
# has the same, under the name `custom_vjp`).
#
# Mind the comma in `return (gz,)`: `grad` always returns a **tuple**, also when there is one
# argument.


# %% grade_id="given-identity"
class Identity(Operation):
    """z = x"""

    def apply(self, x):
        return x

    def grad(self, gz):
        return (gz,)


class Average(Operation):
    """z = (x + y) / 2"""

    def apply(self, x, y):
        return (x + y) / 2

    def grad(self, gz):
        half = gz / 2
        return half, half


class Custom(Operation):
    """Any operation: forward(x, ...) computes, backward(gz, x, ...) gives the tuple of gradients."""

    def apply(self, *values, forward, backward):
        self.values, self.backward = values, backward
        return forward(*values)

    def grad(self, gz):
        return self.backward(gz, *self.values)


# %% [markdown]
# **What you should see.** A variable, the operation it came from, what went into that, and the
# gradient that it hands back.

# %% tags=["experiment"]
x = Average(Parameter(5.0), 8)
print("x:           ", x)
print("its value:   ", x.value)
print("operation:   ", x.operation)
print("what went in:", x.operation.args)
print("grad(1.0):   ", x.operation.grad(1.0))

# %% [markdown]
# **A trap that is already closed.** What should `np.array([1.0, 2.0]) * x` be? Python asks the
# array first. NumPy knows nothing of our class, takes `x` for some single object, and multiplies
# each entry with it: out comes an array of two `Variable`s, each with a history of its own.
# `__array_ufunc__ = None` in our class tells NumPy to step back; then Python asks `x.__rmul__`, and
# out comes one `Variable` with an array in it. (Older libraries set `__array_priority__` for the
# same purpose.) The cell shows both, with the operation `Average` in the place of `*`.


# %% tags=["experiment"]
class Careless(Variable):
    """A variable that lets NumPy take it apart."""

    __array_ufunc__ = np.ndarray.__array_ufunc__

    def __rmul__(self, other):
        return Average(other, self)


class Careful(Careless):
    __array_ufunc__ = None


print("without:", np.array([1.0, 2.0]) * Careless(4.0))
print("with:   ", np.array([1.0, 2.0]) * Careful(4.0))

# %% [markdown]
# ## 2 · What an operation owes
#
# Somewhere at the end of all computation stands one number $J$, the loss. Our engine will go back
# from $J$, and at each operation $z = f(x, y)$ it will come along with
#
# $$g_z = \frac{\partial J}{\partial z} \qquad
#   \text{(in code } \texttt{gz}\text{, always of the shape of } z \text{)},$$
#
# the *cotangent* of $z$: how much $J$ moves when the entries of $z$ move. From the operation it
# wants the same for what went in: $g_x = \partial J/\partial x$ and $g_y = \partial J/\partial y$.
# That is all that an operation owes to the world:
#
# ![An operation: values go forward, cotangents come back](figures/operation.svg)
#
# The chain rule says how. For an **elementwise** operation, entry $i$ of $z$ depends on entry $i$
# of $x$ only:
#
# $$g_{x,i} = \frac{\partial J}{\partial x_i} = \frac{\partial J}{\partial z_i}\,
#   \frac{\partial z_i}{\partial x_i} \qquad\text{or}\qquad
#   g_x = g_z * \frac{\partial z}{\partial x}.$$
#
# In general, it is $g_{x,i} = \sum_k g_{z,k}\, \partial z_k / \partial x_i$: a row vector $g_z$
# times the matrix of all derivatives, which is why the books call it a **vector-Jacobian product**,
# VJP. We shall never write that matrix down: for an image it would have billions of entries, nearly
# all of them zero.
#
# Note what an operation need *not* know: what $J$ is, what comes after it, or what came before.
#
# **By hand.** $z = \gamma\, x$ with $\gamma = 5$, $x = 7$, and somebody tells us $g_z = 3$. Then
# $\partial z/\partial x = \gamma$, so $g_x = 3 \cdot 5 = 15$, and $\partial z/\partial \gamma = x$,
# so $g_\gamma = 3 \cdot 7 = 21$.
#
# ### Exercise 1 · `Add`, `Sub`, `Mul` (5 points)
#
# `apply` gets arrays and returns an array. `grad` gets `gz` and returns a tuple with one gradient
# for each argument of `apply`, in the same order. Neither of them changes the arrays that it gets:
# others use them, too. What `grad` needs to know about `x` and `y`, `apply` must remember: in
# `self`, the object that stands for this one use of the operation.
#
# The two arrays need not have the same shape, as long as NumPy can broadcast them. Do not worry
# about that here: `grad` may answer in the shape of `z`, and exercise 2 brings it back to the shape
# of `x`.
#
# **Think first.** In the expression `(a * b) + (c * d)` the class `Mul` is used twice before the
# first `grad` is called. What would happen if `apply` kept its arrays in a place that both uses
# share?


# %% grade_id="add_sub_mul" stub=["Return x + y, an array.", "Return the tuple of two gradients, for x and for y, each of the shape of gz.", "Return x - y, an array.", "Return the tuple of two gradients, for x and for y, each of the shape of gz.", "Store in self what grad needs, and return x * y, an array.", "Return the tuple of two gradients, for x and for y, each of the shape of gz."]
class Add(Operation):
    """z = x + y"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        return x + y
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return gz, gz
        ### END SOLUTION


class Sub(Operation):
    """z = x - y"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        return x - y
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return gz, -gz
        ### END SOLUTION


class Mul(Operation):
    """z = x * y, entry by entry"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        self.x, self.y = x, y
        return x * y
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return gz * self.y, gz * self.x
        ### END SOLUTION


# %% grade_id="test-add_sub_mul" points=2
import numpy as np
from course import checks

title, see = "Exercise 1 · Add, Sub, Mul", "2 · What an operation owes"
rng = checks.rng()
cases = {
    "Add": (Add, lambda x, y: x + y),
    "Sub": (Sub, lambda x, y: x - y),
    "Mul": (Mul, lambda x, y: x * y),
}


def check(name, operation, f):
    """Compare value and gradients of an operation with those of the formula f."""
    x, y, gz = rng.normal(size=(3, 2, 4))
    z = operation(x, y)
    operation(y, gz)  # one more use, before the first goes back
    print(checks.check_value(title, z.value, f(x, y), name=f"value of {name}", see=see))
    got = z.operation.grad(gz.copy())
    text = f"grad of {name} must return a tuple, one gradient per argument"
    right = checks.is_sequence(got) and not isinstance(got, list)
    checks.check_true(title, right, text, observed=got, see=see)
    names = (f"gx of {name}", f"gy of {name}")

    def loss(xp, x, y):
        return xp.sum(gz * f(x, y))

    print(checks.check_gradients(title, got, loss, (x, y), names=names, see=see))


for name, (operation, f) in cases.items():
    check(name, operation, f)

# %% grade_id="test-add_sub_mul-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 1 · Add, Sub, Mul", "2 · What an operation owes"
rng = checks.rng()


def back(g, shape):
    """Sum a gradient of the output's shape back to the argument's: exercise 2 is not tested here."""
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i in range(g.ndim):
        if shape[i] == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def slopes_of(formulas, at, gzs):
    """Measure the gradients of the sum of gz * f, for all formulas f at one go."""

    def loss(at):
        return sum(np.sum(gz * f(*several)) for f, several, gz in zip(formulas, at, gzs))

    return checks.central_difference(loss, at)


operations = {"Add": (Add, np.add), "Sub": (Sub, np.subtract), "Mul": (Mul, np.multiply)}
shapes = [((), ()), ((5,), (5,)), ((3, 1), (4,)), ((2, 3), ()), ((1,), (2, 2, 3))]
at = [[np.asarray(rng.normal(size=shape)) for shape in pair] for pair in shapes]
cases = {
    f"{name} of {m} and {n}": (operation, f, pair)
    for name, (operation, f) in operations.items()
    for (m, n), pair in zip(shapes, at)
}

# all of them are used before the first goes back
variables = checks.call_all([partial(operation, *pair) for operation, _, pair in cases.values()])
values, args, grads = zip(*checks.get_all(variables, "value", "operation.args", "operation.grad"))
expected = {label: f(*pair) for label, (_, f, pair) in cases.items()}
print(checks.check_value(title, dict(zip(cases, values)), expected, name="value", see=see))
went_in = checks.get_all([arg for pair in args for arg in pair], "value")
got = dict(zip(cases, zip(went_in[::2], went_in[1::2])))
expected = {label: pair for label, (_, _, pair) in cases.items()}
print(checks.check_value(title, got, expected, name="what went in, afterwards", see=see))

gzs = [np.asarray(rng.normal(size=f(*pair).shape)) for _, f, pair in cases.values()]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for label, got in zip(cases, found):
    text = f"grad of {label} must return a tuple of two"
    right = checks.is_sequence(got) and not isinstance(got, list) and len(got) == 2
    print(checks.check_true(title, right, text, see=see))
got = {
    label: [back(g, v.shape) for g, v in zip(several, pair)]
    for (label, (_, _, pair)), several in zip(cases.items(), found)
}
_, formulas, pairs = zip(*cases.values())
expected = dict(zip(cases, slopes_of(formulas, pairs, gzs)))
print(checks.check_value(title, got, expected, name="gx and gy", see=see))
grads = dict(zip(cases, grads))
for name in operations:
    grad = grads[f"{name} of (5,) and (5,)"]
    print(checks.check_pure(title, grad, rng.normal(size=5), see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Undoing broadcasting
#
# In `x @ w + b` the bias `b` has the shape `(n,)`, and what it is added to has `(B, n)`. NumPy
# *broadcasts*: it acts as if `b` stood in every row. That is convenient on the way forward, and on
# the way back somebody has to clean up: the gradient that arrives has the shape `(B, n)`, but a
# gradient must have the shape of the thing it is the gradient of.
#
# ### The derivation
#
# Broadcasting is an operation too: it copies. If $\hat b_{ri} = b_i$ for every row $r$, then $b_i$
# moves $J$ through **all** its copies, and the chain rule adds up all paths:
#
# $$\frac{\partial J}{\partial b_i} = \sum_r \frac{\partial J}{\partial \hat b_{ri}}
#   \frac{\partial \hat b_{ri}}{\partial b_i} = \sum_r \frac{\partial J}{\partial \hat b_{ri}} .$$
#
# Copying forward is summing backward. So: find the axes along which copies were made, and sum over
# them.
#
# ![Broadcasting copies forward; going back sums](figures/broadcast.svg)
#
# NumPy aligns shapes **at the right** and makes copies in two cases:
#
# 1. an axis is *missing* on the left: `(4,)` to `(3, 4)`. Sum over it; the axis disappears;
# 2. an axis has *length 1* and was stretched: `(3, 1)` to `(3, 4)`. Sum over it; the axis stays,
#    with length 1.
#
# **By hand.** The gradient is $\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}$, of shape
# `(2, 3)`.
#
# | shape of the variable | result |
# |---|---|
# | `(3,)` | $(5, 7, 9)$ |
# | `(1, 3)` | $\begin{pmatrix} 5 & 7 & 9 \end{pmatrix}$ |
# | `(2, 1)` | $\begin{pmatrix} 6 \\ 15 \end{pmatrix}$ |
# | `()` | $21$ |
# | `(2, 3)` | unchanged |
#
# ### Exercise 2 · `unbroadcast` (6 points)
#
# **Think first.** A square case hides mistakes: for a gradient `(3, 3)` and a variable `(3,)`,
# which of the two axes is the one that was added? And what does `sum(axis=...)` do to the number of
# axes, unless you tell it otherwise?


# %% grade_id="unbroadcast" stub="Return the gradient summed over all axes along which an array of the given shape was copied: an array of that shape."
def unbroadcast(gradient, shape):
    """Bring a gradient back to the shape of a variable that was broadcast.

    gradient: array of a shape that `shape` broadcasts to.
    shape: tuple, the shape of the variable.
    Returns an array of that shape.
    """
    ### BEGIN SOLUTION
    added = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(added)))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=stretched, keepdims=True)
    ### END SOLUTION


# %% grade_id="test-unbroadcast" points=3
import numpy as np
from course import checks

title, see = "Exercise 2 · unbroadcast", "3 · Undoing broadcasting"
rng = checks.rng()


def check(shape, large):
    """Compare with the gradient of a sum over all the copies that broadcasting makes."""
    gradient = rng.normal(size=large)

    def loss(xp, x):
        return xp.sum(gradient * xp.broadcast_to(x, large))

    got = (unbroadcast(gradient.copy(), shape),)
    names = (f"gradient of {large} brought back to {shape}",)
    print(checks.check_gradients(title, got, loss, (np.zeros(shape),), names=names, see=see))


for shape, large in (((3,), (3, 3)), ((3, 1), (3, 4)), ((), (2, 3)), ((2, 3), (2, 3))):
    check(shape, large)

# %% grade_id="test-unbroadcast-hidden" points=3
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 2 · unbroadcast", "3 · Undoing broadcasting"
rng = checks.rng()
pairs = [
    ((1,), (4,)), ((1, 4), (4, 4)), ((4, 1), (4, 4)), ((1, 1), (1, 3)), ((1,), (2, 3, 1)),
    ((3, 1), (2, 3, 4)), ((1, 3, 1), (2, 3, 4)), ((3, 3), (2, 3, 3)), ((), ()), ((1, 1), (2, 5)),
]  # fmt: skip
for shape, large in pairs:
    gradient = np.asarray(rng.normal(size=large))
    done = checks.check_pure(title, unbroadcast, gradient, shape, see=see)
    # the variable that each entry is a copy of
    owner = np.broadcast_to(np.arange(np.prod(shape, dtype=int)).reshape(shape), large)
    expected = np.bincount(owner.ravel(), weights=gradient.ravel()).reshape(shape)
    name = f"gradient of {large} brought back to {shape}"
    print(checks.check_value(title, done.value, expected, name=name, see=see), "·", done)
### END HIDDEN TESTS

# %% [markdown]
# From here on we use it through the following function, which first looks whether there is anything
# to do. It also refuses what no broadcasting can explain: a gradient of a wrong shape is a bug, and
# the sooner it is noticed the better.


# %% grade_id="given-handle-broadcast"
def handle_broadcast(variable, gradient):
    """Give `gradient` the shape of `variable.value`; AssertionError where that cannot be done."""
    gradient, shape = np.asarray(gradient, dtype=float), variable.value.shape
    if gradient.shape != shape:
        message = f"a gradient of shape {gradient.shape} for a variable of shape {shape}"
        assert gradient.ndim >= len(shape), message
        gradient = unbroadcast(gradient, shape)
        assert gradient.shape == shape, message
    return gradient


# %% [markdown]
# ## 4 · An instrument that finds wrong derivatives
#
# Your engine will have a dozen operations, each with its own `grad`, and one wrong `grad` spoils
# all that is computed with it. So we build an instrument that tests *any* operation, without
# knowing what it is. It compares `grad` with a measurement. Two things make the difference between
# a good instrument and one that waves wrong derivatives through.
#
# **Central differences.** The forward quotient $(f(x + \varepsilon) - f(x)) / \varepsilon$ is off
# by something proportional to $\varepsilon$, the central one,
#
# $$f'(x) \approx \frac{f(x + \varepsilon) - f(x - \varepsilon)}{2\,\varepsilon},$$
#
# only by something proportional to $\varepsilon^2$. With $\varepsilon = 10^{-5}$ it is good to ten
# digits or so.
#
# **Random cotangents.** An operation gives an array $z$, and `grad` is about one number $J$. Which
# $J$ shall we take? The sum of all entries of $z$ comes to mind. Then $g_z$ is all ones, and a
# `grad` that *ignores* `gz` passes. So does one that mixes up the entries of `gz`. Draw a random
# $g_z$ instead, and let
#
# $$J(x, y, \dots) = \sum_k g_{z,k}\; z_k(x, y, \dots), \qquad \text{so that}\quad \frac{\partial J}{\partial z} = g_z .$$
#
# A wrong VJP that gives the right answer to a *random* question does so with probability zero.
#
# So, for each argument and each of its entries: move the entry by $\pm\varepsilon$, run the
# operation again, and measure $\sum_k g_{z,k}\, (z^+_k - z^-_k) \,/\, 2\varepsilon$. (Subtract
# first, then sum: the entries of $z$ that did not move then cancel exactly.)
#
# **By hand.** $z = x\,y$ with $x = 3$, $y = 2$, drawn $g_z = 10$, and $\varepsilon = 0.5$. Moving
# $x$: $10 \cdot (3.5 \cdot 2 - 2.5 \cdot 2) / 1 = 20$. And `grad` says $g_z\, y = 20$. Moving $y$:
# $10 \cdot (3 \cdot 2.5 - 3 \cdot 1.5) / 1 = 30$, and `grad` says $g_z\, x = 30$.
#
# The function below runs an operation once more, on other values, without touching the first run.


# %% grade_id="given-run-again"
def run_again(operation, values):
    """The array that the same operation, with the same settings, makes of other arrays."""
    return type(operation)(*values, **operation.kwargs).value


# %% [markdown]
# ### Exercise 3 · `numeric_test` (7 points)
#
# `np.ndindex(x.shape)` runs over all positions of an array of any shape.
# `np.testing.assert_allclose(a, b, rtol=..., atol=...)` raises an `AssertionError` that shows both
# arrays. `handle_broadcast(variable, gradient)` brings what `grad` returned to the right shape.
#
# **Think first.** In `x * x` the same variable is both arguments. What would you measure if you
# moved `x.value` itself, and what should you measure for the first argument alone? And what would
# be left in `x.value` if the test stopped with an error halfway?


# %% grade_id="numeric_test" stub="Raise an AssertionError if the operation's grad is wrong, return nothing if it is right: compare with central differences at a random cotangent."
def numeric_test(variable, *, eps=1e-5, rtol=1e-5, atol=1e-7):
    """Test the `grad` of the operation that made `variable`, at the values of its arguments.

    eps: step of the central differences; rtol, atol: a gradient g is right if
    |g - measured| <= atol + rtol * |measured| in every entry.
    Raises AssertionError if grad does not return a tuple with one gradient per argument, or if any
    of them (after handle_broadcast) is wrong. Returns nothing. The variable, its arguments and its
    operation stay as they were.
    """
    ### BEGIN SOLUTION
    operation = variable.operation
    gz = np.random.default_rng().normal(size=variable.value.shape)
    gradients = operation.grad(gz)
    assert isinstance(gradients, tuple), "grad must return a tuple: is a comma missing?"
    assert len(gradients) == len(operation.args), "grad must return one gradient per argument"

    values = [arg.value for arg in operation.args]
    for k, arg in enumerate(operation.args):
        measured = np.zeros(arg.value.shape)
        for i in np.ndindex(arg.value.shape):
            step = np.zeros(arg.value.shape)
            step[i] = eps
            above = run_again(operation, [*values[:k], values[k] + step, *values[k + 1 :]])
            below = run_again(operation, [*values[:k], values[k] - step, *values[k + 1 :]])
            measured[i] = np.sum(gz * (above - below)) / (2 * eps)
        gradient = handle_broadcast(arg, gradients[k])
        np.testing.assert_allclose(gradient, measured, rtol=rtol, atol=atol)
    ### END SOLUTION


# %% grade_id="test-numeric_test" points=3
import numpy as np
from course import checks

title, see = "Exercise 3 · numeric_test", "4 · An instrument that finds wrong derivatives"
rng = checks.rng()


def refused(forward, backward, *values, **settings):
    """Tell whether numeric_test stops at an operation with these rules."""
    variable = Custom(*values, forward=forward, backward=backward)
    try:
        numeric_test(variable, **settings)
    except AssertionError:
        return True
    return False


def tanh_back(gz, x):
    return (gz * (1 - np.tanh(x) ** 2),)


def product_back(gz, x, y):
    return gz * y, gz * x


x, y = rng.normal(size=(2, 2, 3))
right = {
    "tanh": refused(np.tanh, tanh_back, x),
    "x * y": refused(np.multiply, product_back, x, y),
    "x * y of two numbers": refused(np.multiply, product_back, 3.0, -2.0),
    "x ** 2 with eps=0.1": refused(np.square, lambda gz, x: (2 * gz * x,), x, eps=0.1),
}
wrong = {
    "the sign is flipped": refused(np.multiply, lambda gz, x, y: (-gz * y, -gz * x), x, y),
    "gz is ignored": refused(np.multiply, lambda gz, x, y: (y, x), x, y),
    "the two gradients are exchanged": refused(
        np.multiply, lambda gz, x, y: (gz * x, gz * y), x, y
    ),
    "only gy is wrong": refused(np.multiply, lambda gz, x, y: (gz * y, gz * x * 1.1), x, y),
    "grad returns no tuple": refused(np.tanh, lambda gz, x: tanh_back(gz, x)[0], x),
}
seen = [*right.values(), *wrong.values()]
for name, stopped in right.items():
    text = f"it refuses a right gradient: {name}"
    print(name, "accepted:", checks.check_true(title, not stopped, text, observed=seen, see=see))
for name, stopped in wrong.items():
    text = f"it accepts a wrong gradient: {name}"
    print(name, "· refused:", checks.check_true(title, stopped, text, observed=seen, see=see))

# %% grade_id="test-numeric_test-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 3 · numeric_test", "4 · An instrument that finds wrong derivatives"
rng = checks.rng()


def stops(variable, **settings):
    try:
        numeric_test(variable, **settings)
    except AssertionError:
        return True
    return False


def case(forward, backward, *values, **settings):
    return partial(Custom, *values, forward=forward, backward=backward), settings


def scaled(factor):
    """A gradient of what does nothing that is too large by a factor."""
    return lambda gz, x: (factor * gz,)


def tanh_back(gz, x):
    return (gz * (1 - np.tanh(x) ** 2),)


def square_back(gz, x):
    return (2 * gz * x,)


def product_back(gz, x, y):
    return gz * y, gz * x


def matmul_back(gz, x, y):
    return gz @ y.T, x.T @ gz


def fused(x, y, u):
    return x * y + u


# functions of numpy go to the student's process by name: to run them there is no message
x, y, u = rng.normal(size=(3, 2, 2))
large, twice, short = rng.normal(size=(3, 3)), Parameter(x), rng.normal(size=(3, 1))
right = {
    "tanh": case(np.tanh, tanh_back, rng.normal(size=(5, 2))),
    "tanh of other numbers": case(np.tanh, tanh_back, rng.normal(size=(5, 2))),
    "a matrix product": case(np.matmul, matmul_back, x, y),
    "x * x, with one variable in both places": case(np.multiply, product_back, twice, twice),
    "a scalar product": case(np.matmul, product_back, x[0], y[0]),
    "an array with three axes": case(np.positive, scaled(1.0), rng.normal(size=(2, 1, 3))),
    "three arguments": case(fused, lambda gz, x, y, u: (gz * y, gz * x, gz), *short),
    "large numbers": case(np.square, square_back, 1e3 * x),
    "x ** 2 with eps=0.3, where central differences are exact": case(
        np.square, square_back, x, eps=0.3
    ),
    "one per cent too large, with rtol=0.1": case(np.positive, scaled(1.01), x, rtol=0.1),
    "off by less than 10, with atol=10": case(np.positive, scaled(1.01), x, atol=10.0),
}
wrong = {
    "right only where gz is constant": case(
        np.positive, lambda gz, x: (np.full(gz.shape, gz.mean()),), x
    ),
    "one per mille too large": case(np.positive, scaled(1.001), x),
    "the matrix product's factors are exchanged": case(
        np.matmul, lambda gz, x, y: (y.T @ gz, gz @ x.T), x, y
    ),
    "one entry of many is wrong": case(
        np.positive, lambda gz, x: (gz * (np.arange(9).reshape(3, 3) != 7),), large
    ),
    "two rows of the gradient are exchanged": case(
        np.square, lambda gz, x: ((2 * gz * x)[[1, 0, 2]],), large
    ),
    "the last of three is missing": case(fused, lambda gz, x, y, u: (gz * y, gz * x), *short),
    "there is one gradient too many": case(
        np.multiply, lambda gz, x, y: (gz * y, gz * x, gz), x, y
    ),
    "only the second of three is wrong": case(
        fused, lambda gz, x, y, u: (gz * y, -gz * x, gz), *short
    ),
    "nan": case(np.tanh, lambda gz, x: (np.nan * gz,), x),
    "grad returns a list, no tuple": case(np.tanh, lambda gz, x: [*tanh_back(gz, x)], x),
    "grad returns a number, no tuple": case(np.tanh, lambda gz, x: tanh_back(gz, x)[0], 0.5),
    "the shape is wrong": case(np.matmul, lambda gz, x, y: (gz, gz * x), x[0], np.ones(2)),
    "one in ten thousand, with rtol=1e-6": case(np.positive, scaled(1.0001), x, rtol=1e-6),
    "twice as large as measured, with rtol=0.6": case(np.positive, scaled(2.0), x, rtol=0.6),
    "a small entry beside a large one": case(
        np.exp, lambda gz, x: (gz * np.array([1, 0.5]) * np.exp(x),), np.array([15.0, 0.0])
    ),
    "one variable is in both places, and the second gradient is wrong": case(
        np.multiply, lambda gz, x, y: (gz * y, 5 * gz * x), twice, twice
    ),
    "exp with eps=2, where the measured slope is off": case(
        np.exp, lambda gz, x: (gz * np.exp(x),), x, eps=2.0
    ),
}
made, settings = zip(*right.values(), *wrong.values())
variables = checks.call_all(made)
seen = [stops(variable, **several) for variable, several in zip(variables, settings)]
for name, stopped in zip(right, seen):
    text = f"it refuses what it should accept: {name}"
    print(checks.check_true(title, not stopped, text, observed=seen, see=see))
for name, stopped in zip(wrong, seen[len(right) :]):
    text = f"it accepts what it should refuse: {name}"
    print(checks.check_true(title, stopped, text, observed=seen, see=see))

z = Custom(twice, u, forward=np.matmul, backward=matmul_back)
((made, grad),) = checks.get_all([z], "value", "operation.grad")
gz = rng.normal(size=(2, 2))
before = made.copy(), x.copy(), *map(np.array, grad(gz))
numeric_test(z)
after = z.value, twice.value, *grad(gz.copy())
text = "the variable, its argument and its gradients after the test"
print(checks.check_value(title, after, before, name=text, rtol=0.0, atol=0.0, see=see))
name, kept = "the argument of an operation that was refused, afterwards", Parameter(u)
stops(Custom(kept, forward=np.positive, backward=scaled(1.5)))
print(checks.check_value(title, kept.value, u, name=name, rtol=0.0, atol=0.0, see=see))
### END HIDDEN TESTS

# %% grade_id="test-numeric_test-broadcast" points=1
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 3 · numeric_test", "4 · An instrument that finds wrong derivatives"
rng = checks.rng()


def refused(backward, *values):
    variable = Custom(*values, forward=np.multiply, backward=backward)
    try:
        numeric_test(variable)
    except AssertionError:
        return True
    return False


x, y = rng.normal(size=(3, 1)), rng.normal(size=4)
right = refused(lambda gz, x, y: (gz * y, gz * x), x, y)
wrong = refused(lambda gz, x, y: (gz * y, gz + x), x, y)
text = "it refuses the right gradients of x * y for shapes (3, 1) and (4,)"
print(checks.check_true(title, not right, text, observed=[right, wrong], see=see))
text = "it accepts wrong gradients of x * y for shapes (3, 1) and (4,)"
print(checks.check_true(title, wrong, text, observed=[right, wrong], see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### How good is the instrument?
#
# Let it test the operations that you have, and then a right and a slightly wrong tanh: two hundred
# times each, once with your central differences, once with forward differences at $10^{-7}$ and a
# tolerance of $10^{-7}$, a choice that one meets in practice.
#
# **What you should see.** The first three lines pass in silence. Yours never refuses a right
# gradient and always finds one that is off by one in ten thousand. The other one refuses perfectly
# *right* gradients again and again: its own error is as large as its tolerance. An instrument that
# cries wolf is soon switched off.

# %% tags=["experiment"]
numeric_test(Add(Parameter([[1.0], [2.0]]), Parameter([3.0, 4.0, 5.0])))
numeric_test(Sub(Parameter(123.0), Parameter(-100.0)))
numeric_test(Mul(Parameter([1.0, 2.0]), Parameter([3.0, -4.0])))


rng = np.random.default_rng(4)


def forward_difference_test(variable, eps=1e-7, rtol=1e-7):
    x, gz = variable.operation.args[0].value, rng.normal(size=variable.value.shape)
    measured = gz * (np.tanh(x + eps) - np.tanh(x)) / eps
    np.testing.assert_allclose(variable.operation.grad(gz)[0], measured, rtol=rtol)


def share_refused(test, factor):
    def slope(gz, x):
        return (factor * gz * (1 - np.tanh(x) ** 2),)

    count = 0
    for _ in range(200):
        try:
            test(Custom(rng.normal(size=12), forward=np.tanh, backward=slope))
        except AssertionError:
            count += 1
    return count / 200


for name, test in (("central, yours", numeric_test), ("forward, 1e-7", forward_difference_test)):
    shares = share_refused(test, 1.0), share_refused(test, 1.0001)
    print(
        f"{name:15s} refuses {shares[0]:4.0%} of the right and {shares[1]:4.0%} of the wrong ones"
    )

# %% [markdown]
# ### Question 1 · why not always measure? (3 points)
#
# 1. Your instrument gives gradients of anything, without any formula. Why do we define `grad`
#    ourselves, instead of training with measured gradients? Say what each of them costs for a loss
#    with a million parameters.
# 2. Name one reason beside the cost.

# %% [markdown] grade_id="question-numeric" points=3
# ### BEGIN SOLUTION
# 1. Central differences need two evaluations of the whole loss per parameter: two million forward
#    passes for one gradient. Reverse mode gives all million entries for the price of a small
#    multiple (two to four) of one forward pass.
# 2. A measured gradient is only approximate: truncation and rounding leave ten correct digits in
#    float64 and about four in float32; eps has to be chosen; at kinks it measures something between
#    the two slopes. (Any one of these.)
#
# Mark scheme, 3 points: 1 for the cost of measuring (about 2 N forward passes), 1 for that of `grad`
# (a constant number of them); 1 for a second reason (precision, choice of eps, kinks).
# ### END SOLUTION

# %% [markdown]
# ## 5 · More operations
#
# With the instrument at hand, the rest is routine: for each operation, one line of calculus.
#
# | operation | $z$ | $\partial z/\partial x$ | $\partial z/\partial y$ |
# |---|---|---|---|
# | `Neg` | $-x$ | $-1$ | |
# | `Div` | $x / y$ | $1 / y$ | $-x / y^2$ |
# | `Pow` | $x^y$ | $y\,x^{y-1}$ | $x^y \ln x$ |
# | `Exp` | $e^x$ | $e^x$ | |
# | `Log` | $\ln x$ | $1/x$ | |
# | `ReLU` | $\max(x, 0)$ | $1$ where $x > 0$, else $0$ | |
#
# The last column of `Pow` comes from $x^y = e^{y \ln x}$. It makes sense for $x > 0$ only: $(-2)^y$
# is not even defined for a $y$ next to 3, so there is no slope in $y$ to speak of. But $(-2)^3$ is
# a number, its slope in $x$ is $3 \cdot (-2)^2 = 12$, and we shall often write `(x - y) ** 2` where
# `x - y` is negative. So we agree: **where $x \le 0$, the gradient with respect to the exponent is
# 0**, neither nan nor a warning; nor does $g_x$ make NumPy warn there, for whole exponents above 0.
#
# **By hand.** $z = x^y$ at $x = -2$, $y = 3$, with $g_z = 2$: $z = -8$, $g_x = 2 \cdot 12 = 24$ and
# $g_y = 0$. At $x = e$, $y = 2$: $z = e^2$, $g_x = 2 \cdot 2 e$ and $g_y = 2 \cdot e^2 \cdot 1$.
# And $z = x / y$ at $x = 6$, $y = 2$, with $g_z = 4$: $g_x = 2$, $g_y = -4 \cdot 6 / 4 = -6$.
#
# ### Exercise 4 · `Neg`, `Div`, `Pow` (6 points)
#
# All of them work entry by entry, with broadcasting as in exercise 1. Try `numeric_test` before you
# run the test cell: `numeric_test(Div(Parameter([1.0, 2.0]), Parameter([3.0, -4.0])))`.
#
# **Think first.** `np.where(x > 0, np.log(x), 0)` gives the right numbers. Which numbers does it
# compute before it throws them away, and what does NumPy say about that? What could you put into
# the logarithm instead of a negative $x$?

#
# `strictly` calls a function and turns NumPy's warnings into errors. The tests use it; so can you.


# %% grade_id="given-strictly"
def strictly(function, *args):
    """The same as function(*args), but where NumPy would warn, FloatingPointError is raised."""
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        return function(*args)


# %% grade_id="neg_div_pow" stub=["Return -x, an array.", "Return the tuple of one gradient, of the shape of gz.", "Store in self what grad needs, and return x / y, an array.", "Return the tuple of two gradients, for x and for y, each of the shape of gz.", "Store in self what grad needs, and return x ** y, an array.", "Return the tuple of two gradients, for x and for y, each of the shape of gz; that for y is 0 where x <= 0."]
class Neg(Operation):
    """z = -x"""

    def apply(self, x):
        ### BEGIN SOLUTION
        return -x
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return (-gz,)
        ### END SOLUTION


class Div(Operation):
    """z = x / y, entry by entry"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        self.x, self.y = x, y
        return x / y
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return gz / self.y, -gz * self.x / self.y**2
        ### END SOLUTION


class Pow(Operation):
    """z = x ** y, entry by entry"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        self.x, self.y, self.z = x, y, x**y
        return self.z
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        gx = gz * self.y * self.x ** (self.y - 1)
        # the logarithm of 1 is 0: so is the gradient wherever x is not positive
        gy = gz * self.z * np.log(np.where(self.x > 0, self.x, 1))
        return gx, gy
        ### END SOLUTION


# %% grade_id="test-neg_div_pow" points=3
import numpy as np
from course import checks

title, see = "Exercise 4 · Neg, Div, Pow", "5 · More operations"
rng = checks.rng()


def check(name, operation, f, *at):
    """Compare value and gradients of an operation with those of the formula f."""
    z, gz = operation(*at), rng.normal(size=f(*at).shape)
    print(checks.check_value(title, z.value, f(*at), name=f"value of {name}", see=see))
    got = z.operation.grad(gz.copy())
    text = f"grad of {name} must return a tuple, one gradient per argument"
    checks.check_true(title, checks.is_sequence(got), text, see=see)
    names = (f"gx of {name}", f"gy of {name}")[: len(at)]

    def loss(xp, *at):
        return xp.sum(gz * f(*at))

    print(checks.check_gradients(title, got, loss, at, names=names, see=see))


x, y = rng.normal(size=(2, 2, 3))
far = np.sign(y) * (0.5 + np.abs(y))
check("Neg", Neg, lambda x: -x, x)
check("Div", Div, lambda x, y: x / y, x, far)
check("Pow", Pow, lambda x, y: x**y, 0.5 + np.abs(x), y)
z = Pow(np.array([-2.0, -1.5, 0.0]), np.array([3.0, 2.0, 2.0]))
got = z.operation.grad(np.array([2.0, 1.0, 1.0]))
name = "at x = -2, -1.5, 0: grad of Pow"
expected = ([24.0, -3.0, 0.0], [0.0, 0.0, 0.0])
print(checks.check_value(title, got, tuple(map(np.array, expected)), name=name, see=see))

# %% grade_id="test-neg_div_pow-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 4 · Neg, Div, Pow", "5 · More operations"
rng = checks.rng()


def back(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i in range(g.ndim):
        if shape[i] == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def slopes_of(formulas, at, gzs):
    """Measure the gradients of the sum of gz * f, for all formulas f at one go."""

    def loss(at):
        return sum(np.sum(gz * f(*several)) for f, several, gz in zip(formulas, at, gzs))

    return checks.central_difference(loss, at)


cases = {}  # name -> operation, formula, arguments
for m, n in (((), ()), ((4,), (4,)), ((3, 1), (4,)), ((2, 3), ()), ((3,), (2, 1))):
    x, y = (np.asarray(rng.normal(size=shape)) for shape in (m, n))
    far, positive = np.asarray(np.where(y < 0, y - 0.5, y + 0.5)), np.asarray(0.5 + np.abs(x))
    cases[f"Neg of {m}"] = Neg, np.negative, [x]
    cases[f"Div of {m} and {n}"] = Div, np.divide, [x, far]
    cases[f"Pow of {m} and {n}"] = Pow, np.power, [positive, y]

# all of them are used before the first goes back
variables = checks.call_all([partial(operation, *at) for operation, _, at in cases.values()])
values, args, grads = zip(*checks.get_all(variables, "value", "operation.args", "operation.grad"))
expected = {label: f(*at) for label, (_, f, at) in cases.items()}
print(checks.check_value(title, dict(zip(cases, values)), expected, name="value", see=see))
went_in = iter(checks.get_all([arg for several in args for arg in several], "value"))
got = {label: [next(went_in) for _ in several] for label, several in zip(cases, args)}
expected = {label: at for label, (_, _, at) in cases.items()}
print(checks.check_value(title, got, expected, name="what went in, afterwards", see=see))

gzs = [np.asarray(rng.normal(size=f(*at).shape)) for _, f, at in cases.values()]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for (label, (_, _, at)), got in zip(cases.items(), found):
    text = f"grad of {label} must return a tuple, one gradient per argument"
    right = checks.is_sequence(got) and len(got) == len(at)
    print(checks.check_true(title, right, text, see=see))
got = {
    label: [back(g, v.shape) for g, v in zip(several, at)]
    for (label, (_, _, at)), several in zip(cases.items(), found)
}
_, formulas, places = zip(*cases.values())
expected = dict(zip(cases, slopes_of(formulas, places, gzs)))
print(checks.check_value(title, got, expected, name="gradients", see=see))
again = dict(zip(cases, zip(grads, gzs)))
for place in ("(4,) and (4,)", "(3, 1) and (4,)"):
    for label in (f"Div of {place}", f"Pow of {place}"):
        print(checks.check_pure(title, *again[label], see=see))
print(checks.check_pure(title, *again["Neg of (4,)"], see=see))

x, y, gz = np.array([1.0, -3.0]), np.array([1e-6, 2e-9]), np.array([2.0, 0.5])
((value, grad),) = checks.get_all([Div(x, y)], "value", "operation.grad")
got, name = (value, *grad(gz.copy())), "value, gx and gy of Div by small numbers"
print(checks.check_value(title, got, (x / y, gz / y, -gz * x / y**2), name=name, see=see))
x = rng.normal(size=(3, 4)) * 2
x[0, 0] = 0
for power in (1.0, 2.0, 3.0):
    gz = rng.normal(size=x.shape)
    ((value, grad),) = checks.get_all([Pow(x, power)], "value", "operation.grad")
    name = f"value of Pow at x of both signs and 0, y = {power:g}"
    print(checks.check_value(title, value, x**power, name=name, see=see))
    try:
        gx, gy = strictly(grad, gz.copy())
        silent = True
    except FloatingPointError:
        silent = False
    text = "grad of Pow must not compute what NumPy warns of, such as the logarithm of -2 or of 0"
    print(checks.check_true(title, silent, text, see=see))
    log = np.log(np.where(x > 0, x, 1.0))
    expected = gz * power * x ** (power - 1), back(gz * x**power * log, ())
    name = f"gx, gy of Pow at x of both signs and 0, y = {power:g}"
    got = gx, back(gy, ())
    print(checks.check_value(title, got, expected, name=name, see=see))
# what stands for `strictly` by now must hear of a quotient that no float can hold
z = Div(rng.uniform(1, 2, size=3), np.full(3, 1e-200))
try:
    strictly(z.operation.grad, rng.uniform(1, 2, size=3))
    heard = False
except FloatingPointError:
    heard = True
text = "the given function `strictly` must raise FloatingPointError where NumPy would warn"
print(checks.check_true(title, heard, text, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5 · `Exp`, `Log`, `ReLU` (5 points)
#
# The ReLU is the odd one out. At $x = 0$ it has a kink: left of it the slope is 0, right of it 1,
# and *at* it there is none. Any number between 0 and 1 is a "subgradient" (a line of that slope
# through the kink stays below the curve), and all of them are used somewhere. **We agree on 0**, as
# JAX and PyTorch do. It matters more than one would think: with zero weights and biases, *every*
# pre-activation of a network is exactly 0.
#
# **By hand.** $x = (-123, 0, 123)$, $g_z = (5, 6, 7)$: the value is $(0, 0, 123)$ and the gradient
# $(0, 0, 7)$. `Exp` at $x = \ln 2$ with $g_z = 3$: the value is 2, the gradient $3 \cdot 2 = 6$.
#
# **Think first.** What is the difference between `np.max(x, 0)` and `np.maximum(x, 0)`? And for
# `Exp`: is it better to remember $x$ or $z$?


# %% grade_id="exp_log_relu" stub=["Store in self what grad needs, and return e to the x, an array.", "Return the tuple of one gradient, of the shape of gz.", "Store in self what grad needs, and return the natural logarithm of x, an array.", "Return the tuple of one gradient, of the shape of gz.", "Store in self what grad needs, and return x where it is positive, else 0: an array.", "Return the tuple of one gradient, of the shape of gz; it is 0 where x <= 0."]
class Exp(Operation):
    """z = e ** x"""

    def apply(self, x):
        ### BEGIN SOLUTION
        self.z = np.exp(x)
        return self.z
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return (gz * self.z,)
        ### END SOLUTION


class Log(Operation):
    """z = ln x, for positive x"""

    def apply(self, x):
        ### BEGIN SOLUTION
        self.x = x
        return np.log(x)
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return (gz / self.x,)
        ### END SOLUTION


class ReLU(Operation):
    """z = max(x, 0), entry by entry"""

    def apply(self, x):
        ### BEGIN SOLUTION
        self.x = x
        return np.maximum(x, 0)
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        return (gz * (self.x > 0),)
        ### END SOLUTION


# %% grade_id="test-exp_log_relu" points=2
import numpy as np
from course import checks

title, see = "Exercise 5 · Exp, Log, ReLU", "5 · More operations"
rng = checks.rng()


def check(name, operation, f, x):
    """Compare value and gradient of an operation with those of the formula f."""
    z, gz = operation(x), rng.normal(size=x.shape)
    print(checks.check_value(title, z.value, f(np, x), name=f"value of {name}", see=see))
    got = z.operation.grad(gz.copy())
    text = f"grad of {name} must return a tuple, one gradient per argument"
    checks.check_true(title, checks.is_sequence(got), text, see=see)

    def loss(xp, x):
        return xp.sum(gz * f(xp, x))

    print(checks.check_gradients(title, got, loss, (x,), names=(f"gx of {name}",), see=see))


x = rng.normal(size=(3, 4))
check("Exp", Exp, lambda xp, x: xp.exp(x), x)
check("Log", Log, lambda xp, x: xp.log(x), 0.1 + np.abs(x))
check("ReLU", ReLU, lambda xp, x: xp.where(x > 0, x, 0 * x), x)
got = ReLU(np.array([-123.0, 0.0, 123.0])).operation.grad(np.array([5.0, 6.0, 7.0]))
name, expected = "at x = -123, 0, 123: grad of ReLU", (np.array([0.0, 0.0, 7.0]),)
print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-exp_log_relu-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 5 · Exp, Log, ReLU", "5 · More operations"
rng = checks.rng()


def slopes_of(formulas, at, gzs):
    """Measure the gradients of the sum of gz * f, for all formulas f at one go."""

    def loss(at):
        return sum(np.sum(gz * f(*several)) for f, several, gz in zip(formulas, at, gzs))

    return checks.central_difference(loss, at)


cases = {}  # name -> operation, formula, argument
for shape in ((), (1,), (5,), (2, 1, 3)):
    x = np.asarray(rng.normal(size=shape))
    cases[f"Exp of {shape}"] = Exp, np.exp, x
    cases[f"Log of {shape}"] = Log, np.log, np.asarray(0.1 + np.abs(x))
    cases[f"ReLU of {shape}"] = ReLU, lambda x: np.where(x > 0, x, 0 * x), x

# all of them are used before the first goes back
variables = checks.call_all([partial(operation, x) for operation, _, x in cases.values()])
values, args, grads = zip(*checks.get_all(variables, "value", "operation.args", "operation.grad"))
expected = {label: f(x) for label, (_, f, x) in cases.items()}
print(checks.check_value(title, dict(zip(cases, values)), expected, name="value", see=see))
went_in = checks.get_all([arg for (arg,) in args], "value")
expected, name = {label: x for label, (_, _, x) in cases.items()}, "what went in, afterwards"
print(checks.check_value(title, dict(zip(cases, went_in)), expected, name=name, see=see))

gzs = [np.asarray(rng.normal(size=x.shape)) for _, _, x in cases.values()]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for label, got in zip(cases, found):
    text = f"grad of {label} must return a tuple, one gradient per argument"
    right = checks.is_sequence(got) and len(got) == 1
    print(checks.check_true(title, right, text, see=see))
formulas, at = zip(*((f, [x]) for _, f, x in cases.values()))
expected = dict(zip(cases, slopes_of(formulas, at, gzs)))
print(checks.check_value(title, dict(zip(cases, found)), expected, name="gx", see=see))
again = dict(zip(cases, zip(grads, gzs)))
for label in ("Exp of (5,)", "Log of (5,)", "ReLU of (5,)"):
    print(checks.check_pure(title, *again[label], see=see))

near, gz = np.array([1e-9, 3e-5]), np.array([2.0, 0.5])
((value, grad),) = checks.get_all([Log(near)], "value", "operation.grad")
got, name = (value, *grad(gz.copy())), "value and gx of Log at small numbers"
print(checks.check_value(title, got, (np.log(near), gz / near), name=name, see=see))
whole = rng.integers(-2, 3, size=(4, 4)).astype(float)
whole[0] = 0
gz = rng.normal(size=(4, 4))
((value, grad),) = checks.get_all([ReLU(whole)], "value", "operation.grad")
name = "value of ReLU at whole numbers, zeros among them"
print(checks.check_value(title, value, np.clip(whole, 0, None), name=name, see=see))
name, got = "gx of ReLU at whole numbers, zeros among them", grad(gz.copy())
print(checks.check_value(title, got, (np.where(whole > 0, gz, 0),), name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** "all right": the cell below tests every operation that you have, with
# broadcasting, with your own instrument. If it stops, its message shows what `grad` said as ACTUAL
# and what was measured as DESIRED.

# %% tags=["experiment"]
rng = np.random.default_rng(5)
wide, tall = Parameter(rng.normal(size=4)), Parameter(rng.normal(size=(3, 1)))
positive = Parameter(rng.uniform(0.5, 2, size=(3, 4)))
for variable in (wide + tall, wide - tall, wide * tall, wide / positive, positive**wide, -wide):
    numeric_test(variable)
for variable in (Exp(wide), Log(positive), ReLU(wide), 2 / positive, 2**wide, positive**3):
    numeric_test(variable)
print("all right")

# %% [markdown]
# ## 6 · Your first graph
#
# Back to the graph of section 1. With the pieces that you have, it is built by writing it down:
#
# ![The graph of J = ReLU(x) + gamma x](figures/graph_one.svg)
#
# ### Exercise 6 · `first_graph` (2 points)
#
# **By hand.** At $x = 7$, $\gamma = 5$: $h = \mathrm{ReLU}(7) = 7$, $z = 5 \cdot 7 = 35$,
# $J = 7 + 35 = 42$. And before any machine does it for you: $\partial J/\partial x$ has two paths,
# $1$ through $h$ and $\gamma = 5$ through $z$, together 6; $\partial J/\partial\gamma = x = 7$.
#
# **Think first.** `x` and `gamma` come in as numbers. Which of the two classes, `Parameter` or
# `Input`, makes them variables that one can learn? And what would become of the graph if you
# computed with `x.value` on the way?


# %% grade_id="first_graph" stub="Return the five variables (x, gamma, h, z, J) of the picture; x and gamma are Parameters made from the numbers."
def first_graph(x, gamma):
    """Build the graph J = ReLU(x) + gamma * x.

    x, gamma: numbers.
    Returns the variables (x, gamma, h, z, J), x and gamma as Parameters.
    """
    ### BEGIN SOLUTION
    x, gamma = Parameter(x), Parameter(gamma)
    h = ReLU(x)
    z = gamma * x
    return x, gamma, h, z, h + z
    ### END SOLUTION


# %% grade_id="test-first_graph" points=1
import numpy as np
from course import checks

title, see = "Exercise 6 · first_graph", "6 · Your first graph"
graph = first_graph(7.0, 5.0)
values = checks.get_all(tuple(graph), "value")
names = "values of (x, gamma, h, z, J)"
expected = (7.0, 5.0, 7.0, 35.0, 42.0)
print(checks.check_value(title, values, expected, name=names, see=see))
kinds = [isinstance(v, Parameter) for v in graph[:2]] + [v.operation is not None for v in graph[2:]]
text = "x and gamma must be Parameters, and h, z, J come out of operations"
print(checks.check_true(title, all(kinds), text, observed=kinds, see=see), "·", text)

# %% grade_id="test-first_graph-hidden" points=1
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 6 · first_graph", "6 · Your first graph"
rng = checks.rng()
a, b = rng.uniform(0.5, 2, size=2)
for number, factor in ((a, b), (-a, b), (-b, -a)):
    graph = tuple(first_graph(number, factor))
    values = checks.get_all(graph, "value")
    bent = max(number, 0.0)
    expected = (number, factor, bent, number * factor, bent + number * factor)
    name = f"values of (x, gamma, h, z, J), x {'above' if number > 0 else 'below'} 0"
    print(checks.check_value(title, values, expected, name=name, see=see))
x, gamma, h, z, top = graph
operations = checks.get_all(graph, "operation")
leaves = [isinstance(v, Parameter) for v in (x, gamma)] + [made is None for made in operations[:2]]
text = "x and gamma must be Parameters"
print(checks.check_true(title, all(leaves), text, observed=leaves, see=see))
made = [operation is not None for operation in operations[2:]]
text = "h, z and J must come out of operations: compute with the variables, not with their values"
print(checks.check_true(title, all(made), text, observed=made, see=see))
edges = [x], [x, gamma], [h, z]
found = [
    sorted(map(id, went_in)) == sorted(map(id, args))
    for went_in, args in zip(checks.get_all(operations[2:], "args"), edges)
]
text = "h must be made of x, z of gamma and x, J of h and z, as in the picture"
print(checks.check_true(title, all(found), text, observed=found, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 7 · In which order?
#
# To go back through the graph we need its variables in a good order. When an operation is asked for
# its `grad`, its `gz` must be *complete*: every path from there to $J$ must have been walked
# already. In our graph, $x$ is used by ReLU and by the product; before both have reported, nobody
# knows $\partial J/\partial x$.
#
# The order that guarantees it is old and has a name. A **topological order** lists the variables so
# that whatever goes into an operation stands before what comes out of it. Read from the left, it is
# an order in which the graph can be computed. Read from the right, beginning with $J$, it is an
# order in which gradients are complete when they are needed.
#
# ### The algorithm
#
# Walk from $J$ against the arrows, to the arguments, to their arguments, and so on. Write a
# variable down when everything that it was made of has been written down. As a recursive function
# that is five lines:
#
#     visit(v):
#         if v was visited before: return
#         mark v as visited
#         visit every argument of the operation that made v
#         write v down
#
# It is a *depth-first search*, and "write down at the end" makes it topological. Typed into Python
# just so, it fails on large graphs, for two reasons.
#
# 1. **Python's stack.** A recurrent network that reads 10,000 characters makes a chain of more than
#    10,000 operations, and Python gives up after 1,000 calls within calls (`RecursionError`). So
#    keep the list of what is still to be done yourself: a Python list, used as a stack. You need to
#    distinguish two kinds of entries: "visit this one" and "all its arguments are done, write it
#    down".
# 2. **"Was visited before."** That line is needed: without it, a variable is visited once for each
#    *path* that leads to it, and in the ladder below every rung doubles the number of paths: thirty
#    rungs have a billion. But it must also be *fast*. `v in some_list` compares with every entry of
#    the list, so for $n$ variables the whole search takes $n^2/2$ comparisons. `v in some_set` takes
#    one. (Variables can be put into a set: they are compared by identity, not by value.)
#
# ![A ladder of diamonds: the number of paths doubles at each rung](figures/ladder.svg)
#
# **By hand.** In the first graph, from $J$: `h` is made of `x`, so a right order is
# `x, h, gamma, z, J`. Another right one is `gamma, x, z, h, J`. Wrong: `gamma, z, x, h, J`, because
# `x` goes into `z`.
#
# The next cell has graphs to try it on: a chain and the ladder, as long as you like. (`Watched`
# variables are for the tests: comparing two of them takes a line of Python, and lines can be
# counted. `search_depth` tells how deep a search calls itself.)


# %% grade_id="given-graphs"
import sys


class Watched(Variable):
    """A variable that is compared by a line of Python: to count comparisons."""

    __hash__ = Variable.__hash__

    def __eq__(self, other):
        return self is other


def deep_chain(n, kind=Variable):
    """A parameter and n identities on top of each other: a list of n + 1 variables, in order."""
    nodes = [Parameter(1.0)]
    for _ in range(n):
        made = Identity(nodes[-1])
        nodes.append(kind(made.value, made.operation))
    return nodes


def diamond_ladder(n):
    """Two parameters and n rungs on top: both ends of a rung are made of both ends of the rung below.

    Returns the list of n + 1 rungs, each a pair of variables, the parameters first.
    """
    rungs = [(Parameter(1.0), Parameter(2.0))]
    for _ in range(n):
        left, right = rungs[-1]
        rungs.append((Average(left, right), Average(right, left)))
    return rungs


def search_depth(n):
    """How many calls within calls get_variables makes on a deep chain, at most."""
    end, depth, deepest = deep_chain(n)[-1], 0, 0

    def note(frame, event, arg):
        nonlocal depth, deepest
        depth += {"call": 1, "return": -1}.get(event, 0)
        deepest = max(deepest, depth)

    sys.setprofile(note)
    try:
        get_variables(end)
    finally:
        sys.setprofile(None)
    return deepest


# %% [markdown]
# ### Exercise 7 · `get_variables` (8 points)
#
# Every variable once; the variable itself is the last. Without recursion, and with work that grows
# with the number of variables, not with its square and not with the number of paths. (That is
# counted, in executed lines, not timed.) Called again for the same variable, it gives the same list;
# section 15 relies on that.
#
# **Think first.** When do you note that a variable was visited: when you put it on the stack, or
# when you take it from there? Try both, with pencil and paper, on $z = y + x$ where $y = -x$: once
# with $x$ and once with $y$ as the first to be taken. One of the two ways writes $y$ down before
# $x$.


# %% grade_id="get_variables" stub="Return a list of all variables that `variable` is made of, itself last, each once, arguments before results."
def get_variables(variable):
    """All variables that `variable` was made of, and itself, in topological order.

    Returns a list: each variable once, the arguments of an operation before what came out of it.
    """
    ### BEGIN SOLUTION
    order, visited, stack = [], set(), [(variable, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in visited:
            visited.add(node)
            stack.append((node, True))
            if node.operation is not None:
                stack.extend((arg, False) for arg in node.operation.args)
    return order
    ### END SOLUTION


# %% grade_id="test-get_variables" points=3
import numpy as np
from course import checks

title, see = "Exercise 7 · get_variables", "7 · In which order?"


def check_order(name, order, nodes, edges):
    """Hold an order against the graph's nodes and its pairs (what goes in, what comes out)."""
    number = {id(node): k for k, node in enumerate(nodes)}
    seen = [number.get(id(variable), -1) for variable in order]
    text = f"{name}: each variable of the graph must be in the list, once, and nothing else"
    right = sorted(seen) == list(range(len(nodes)))
    print(checks.check_true(title, right, text, observed=seen, see=see), "·", text)
    place = {k: position for position, k in enumerate(seen)}
    right = all(place[number[id(a)]] < place[number[id(b)]] for a, b in edges)
    text = f"{name}: what goes into an operation must stand before what comes out"
    print(checks.check_true(title, right, text, observed=seen, see=see), "·", text)


lone = get_variables(Parameter(1.0))
text = "get_variables must return a list"
print(checks.check_true(title, checks.is_sequence(lone), text, see=see), "·", text)
x, y = Parameter(1.0), Input(2.0)
h = Average(x, y)
z = Average(h, x)
top = Average(z, h)
edges = [(x, h), (y, h), (h, z), (x, z), (z, top), (h, top)]
check_order("a small graph", list(get_variables(top)), [x, y, h, z, top], edges)
y = Identity(x)
cases = {"y = x, z = (y + x) / 2": Average(y, x), "y = x, z = (x + y) / 2": Average(x, y)}
for name, z in cases.items():
    check_order(name, list(get_variables(z)), [x, y, z], [(x, y), (x, z), (y, z)])

nodes = checks.call_there(deep_chain, 1_100)
order = checks.places(checks.call_there(get_variables, nodes[-1]), among=nodes)
right = order == list(range(1_101))
text = "a chain of 1,100 identities must come out from its beginning to its end"
print(checks.check_true(title, right, text, observed=len(order), see=see), "·", text)

tops = [Average(*diamond_ladder(n)[-1]) for n in (6, 12)]
lines = [checks.call(get_variables, top, count_lines=True).lines for top in tops]
right = lines[1] <= 3 * lines[0]
text = "twice as many rungs of the ladder must take twice as many lines, not more"
print(checks.check_true(title, right, text, see=see), "·", text)
ends = [checks.call_there(deep_chain, n, Watched)[-1] for n in (80, 160)]
lines = [checks.call(get_variables, end, count_lines=True).lines for end in ends]
right = lines[1] <= 3 * lines[0]
text = "twice as long a chain must take twice as many lines, comparisons included"
print(checks.check_true(title, right, text, see=see), "·", text)

# %% grade_id="test-get_variables-hidden" points=5
### BEGIN HIDDEN TESTS
from functools import partial
from itertools import islice
from traceback import walk_tb

import numpy as np
from course import checks

title, see = "Exercise 7 · get_variables", "7 · In which order?"
rng = checks.rng()
KINDS = Parameter, Identity, Average  # by the number of arguments


def build(*plans):
    """Build graphs, of each of which node k is made of the nodes with the numbers plan[k].

    All nodes are made at one go, and then told at one go what they are made of.
    """
    made_of = []
    for plan in plans:
        start = len(made_of)
        made_of += [[start + i for i in args] for args in plan]
    nodes = checks.call_all([partial(KINDS[len(args)], *(args or [1.0])) for args in made_of])
    computed = {k: args for k, args in enumerate(made_of) if args}
    puts = checks.get_all([nodes[k] for k in computed], "operation.__setattr__")
    variables = [tuple(nodes[i] for i in args) for args in computed.values()]
    checks.call_all([partial(put, "args", args) for put, args in zip(puts, variables)])
    rest = iter(nodes)
    return [list(islice(rest, len(plan))) for plan in plans]


def chain(n):
    """A parameter and n identities on top of each other."""
    return [(), *((k,) for k in range(n))]


def ladder(n):
    """Two parameters and n rungs on top: both ends are made of both ends of the rung below."""
    return [(), (), *(two for k in range(0, 2 * n, 2) for two in ((k, k + 1), (k + 1, k)))]


def skips(n):
    """A chain in which each of n stages can be gone around, by a shorter way."""
    return [(), *(args for k in range(0, 3 * n, 3) for args in ((k,), (k + 1,), (k + 2, k)))]


def random_graph(size):
    pairs = (rng.integers(max(0, k - 5), k, size=2) for k in range(3, 3 + size))
    made_of = [(), (), (), *(tuple(map(int, pair)) for pair in pairs)]
    used = {i for args in made_of for i in args}
    for end in [k for k in range(len(made_of)) if k not in used]:
        made_of.append((len(made_of) - 1, end))
    return made_of


def check_order(name, order, nodes, made_of):
    number = {id(node): k for k, node in enumerate(nodes)}
    seen = [number.get(id(variable), -1) for variable in order]
    text = f"{name}: each variable of the graph must be in the list, once, and nothing else"
    right = sorted(seen) == list(range(len(nodes)))
    print(checks.check_true(title, right, text, observed=seen, see=see))
    place = {k: position for position, k in enumerate(seen)}
    right = all(place[i] < place[k] for k, args in enumerate(made_of) for i in args)
    text = f"{name}: what goes into an operation must stand before what comes out"
    print(checks.check_true(title, right, text, observed=seen, see=see))


def count_lines(*ends):
    return [checks.call(get_variables, end, count_lines=True).lines for end in ends]


skip = [(), (0,), (0, 1), (1, 2), (0, 3)]
graphs = {
    "a variable that was not computed": [()],
    "x in both places": [(), (0, 0)],
    "a skip connection": skip,
    "a skip connection, exchanged": [args[::-1] for args in skip],
    "a random graph of 8 operations": random_graph(8),
    "a random graph of 20 operations": random_graph(20),
}
plans = *graphs.values(), ladder(4), ladder(8), skips(4), skips(8), chain(70)
*small, low, high, few, many, long = build(*plans)
orders = checks.call_all([partial(get_variables, nodes[-1]) for nodes in small])
for (name, plan), nodes, order in zip(graphs.items(), small, orders):
    check_order(name, list(order), nodes, plan)

lines = count_lines(low[-1], high[-1])
text = "twice as many rungs of the ladder must take twice as many lines"
print(checks.check_true(title, lines[1] <= 3 * lines[0], text, see=see))
lines = count_lines(few[-1], many[-1])
text = "twice as many ways around must take twice as many lines"
print(checks.check_true(title, lines[1] <= 3 * lines[0], text, see=see))
nodes = [node for rung in diamond_ladder(35) for node in rung]
orders = checks.call_all([partial(get_variables, nodes[-2])] * 2)
order, again = map(list, orders)
check_order("a ladder of 35 rungs", order, nodes[:-1], ladder(35)[:-1])
right = len(again) == len(order) and all(a is b for a, b in zip(again, order))
text = "a second call must give the same list"
print(checks.check_true(title, right, text, observed=len(again), see=see))

lines = count_lines(*(checks.call_there(deep_chain, n, Watched)[-1] for n in (80, 160)))
text = "twice as long a chain must take twice as many lines, comparisons included"
print(checks.check_true(title, lines[1] <= 3 * lines[0], text, see=see))
depths = [search_depth(n) for n in (20, 200)]
right = depths[1] <= depths[0] + 10
text = "without recursion: a longer chain must not take more calls within calls"
print(checks.check_true(title, right, text, observed=depths, see=see))

# The same once more with no function that was given: a name may mean something else by now. At the
# far end of a chain is an operation whose `args` are none, which stops the search: how deep was it?
first = long[1].operation
first.args = 1.0
try:
    get_variables(long[-1])
    calls = 0
except (TypeError, AttributeError) as error:
    told = getattr(error, "traceback", "")  # of a student process, else the frames are here
    calls = 100 if "calls before these" in told else len(list(walk_tb(error.__traceback__)))
text = "without recursion: the far end of a chain must not be reached by calls within calls"
print(checks.check_true(title, calls < 50, text, see=see))
compared = []


def compare(*_):
    compared.append(1)
    return False


first.args = (long[0],)
Variable.__eq__ = compare
try:
    get_variables(long[70])
finally:
    del Variable.__eq__
text = "a chain of 70 identities must not take thousands of comparisons"
print(checks.check_true(title, len(compared) < 700, text, observed=len(compared), see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Look at it
#
# Whoever can list the variables can draw them. `visualize` below hands your list to
# `plots.draw_graph`: boxes are variables, circles are operations, and where gradients are given
# they are written in orange. We shall use it on every graph from here on.
#
# **What you should see.** The picture of section 6, with values.

# %% tags=["experiment"]
from course import plots

SIGNS = {"Add": "+", "Sub": "−", "Mul": "*", "Div": "/", "Neg": "−x", "Pow": "**", "MatMul": "@"}


def short(array):
    """A few digits of an array, or its shape where it is large."""
    return f"{array:.4g}" if array.ndim == 0 else f"shape {array.shape}"


def visualize(variable, names=(), gradients=()):
    """Draw the graph of a variable.

    names: variable -> what to call it; gradients: variable -> gradient, as `backprop` gives them.
    """
    labels, edges, operations, notes = {}, [], [], {}
    for node in get_variables(variable):
        sign = " = " if node.value.ndim == 0 else ": "
        name = f"{names[node]}{sign}" if node in names else ""
        labels[id(node)] = name + short(node.value)
        if node in gradients:
            notes[id(node)] = f"gradient {short(np.asarray(gradients[node]))}"
        if node.operation is not None:
            operation, kind = id(node.operation), type(node.operation).__name__
            labels[operation] = SIGNS.get(kind, kind)
            operations.append(operation)
            edges += [(id(arg), operation) for arg in node.operation.args]
            edges.append((operation, id(node)))
    return plots.draw_graph(edges, labels, operations=operations, notes=notes)


graph = first_graph(7.0, 5.0)
names = dict(zip(graph, ("x", "γ", "h", "z", "J")))
print("the order:", [names[variable] for variable in get_variables(graph[-1])])
visualize(graph[-1], names)

# %% [markdown]
# ### Question 2 · the order (3 points)
#
# 1. Which order does your `get_variables` give for the first graph? Which elements are added to the
#    list first, and why those? Is it the order in which you would compute the graph by hand, and is
#    there another that is right too?
# 2. Is your search depth-first or breadth-first?
# 3. Somebody lists the variables breadth-first from $J$ (first $J$, then its arguments, then
#    theirs, each when it is first met) and goes back in that order. Draw or describe a small graph
#    for which a gradient is then used before it is complete.

# %% [markdown] grade_id="question-order" points=3
# ### BEGIN SOLUTION
# 1. With the reference: x, gamma, z, h, J (or x, h, gamma, z, J, and others, depending on which
#    argument is taken first). Leaves come first: a variable is written down when all that it was
#    made of has been written down, and leaves are made of nothing. Any order with x before h and z,
#    gamma before z, h and z before J is right; by hand most people compute x, gamma, h, z, J.
# 2. Depth-first: it follows one argument down to the leaves before it turns to the next (a stack,
#    last in first out).
# 3. J = v + h with h = ReLU(v) and v = x * x. Breadth-first gives J, v, h, x: the turn of v comes
#    before ReLU has reported, so the product is asked with the gradient 1 of the short path alone
#    (it is 2 where v > 0). Any graph where a computed variable is reached on a short and on a long
#    path will do.
#
# Mark scheme, 3 points: 1 for the order with "leaves first" and its reason; 1 for depth-first with
# a reason; 1 for a graph with a short and a long path to the same computed variable.
# ### END SOLUTION

# %% [markdown]
# ## 8 · Backpropagation, for every graph
#
# Everything is prepared, and the algorithm itself is short.
#
# ### The derivation
#
# Let $v$ be any variable, and let it be used by operations with the results $z_1, z_2, \dots$ If
# $v$ moves, all $z_k$ move, and each of them moves $J$. The **multivariable chain rule** adds the
# effects up:
#
# $$\frac{\partial J}{\partial v} = \sum_k \underbrace{\frac{\partial J}{\partial z_k}}_{g_{z_k}}\;
#   \frac{\partial z_k}{\partial v} .$$
#
# Each term of the sum is what the operation behind $z_k$ returns from `grad(gz)` for the argument
# $v$. So:
#
# 1. Begin with $\partial J/\partial J = 1$, and with zero (of the right shape) for all other
#    variables.
# 2. Take the variables from $J$ backwards. When it is the turn of $z$, its gradient is complete:
#    everything that uses it has been. Ask the operation that made it for `grad(gz)`.
# 3. **Add** each of the gradients it returns to that of the corresponding argument, after undoing
#    the broadcasting.
#
# No operation is asked more than once. So all gradients together cost about as much as running the
# graph once more, or twice, however many parameters there are.
#
# **By hand.** The first graph, at $x = 7$, $\gamma = 5$, in the order $J, z, h, x, \gamma$:
#
# | turn of | asks | adds |
# |---|---|---|
# | $J$, gradient 1 | `Add.grad(1)` = $(1, 1)$ | $g_h = 0 + 1$, $g_z = 0 + 1$ |
# | $z$, gradient 1 | `Mul.grad(1)` = $(x, \gamma) = (7, 5)$ | $g_\gamma = 0 + 7$, $g_x = 0 + 5$ |
# | $h$, gradient 1 | `ReLU.grad(1)` = $(1)$ | $g_x = 5 + 1 = 6$ |
# | $x$ and $\gamma$ | nobody: they were not computed | |
#
# ### Exercise 8 · `backprop` (11 points)
#
# Return a dictionary from variables to gradients: from *all* variables of the graph, the loss and
# what lies between included. Use `get_variables` and `handle_broadcast(variable, gradient)`.
#
# **Think first.** `Add.grad` returns the same array twice. Suppose you store it for both arguments
# and later add to one of them with `+=`. NumPy's `+=` works *in place*: what happens to the other?
# (Compute $z = a + b + a$ by hand; $\partial z/\partial b$ comes out as 2 if this goes wrong.)


# %% grade_id="backprop" stub="Return a dictionary: every variable of the loss's graph -> gradient of the loss with respect to it, an array of its shape."
def backprop(loss):
    """Gradients of a loss with respect to every variable of its graph.

    loss: Variable, one number (shape ()).
    Returns a dictionary, variable -> array of the shape of its value. The graph stays as it is.
    Every operation's `grad` is called exactly once. Raises ValueError if the loss is not one number.
    """
    ### BEGIN SOLUTION
    if loss.value.shape != ():
        raise ValueError(f"the loss must be one number, not an array of shape {loss.value.shape}")
    order = get_variables(loss)
    gradients = {variable: np.zeros(variable.value.shape) for variable in order}
    gradients[loss] = np.ones(())
    for variable in reversed(order):
        if variable.operation is None:
            continue
        received = variable.operation.grad(gradients[variable])
        for arg, gradient in zip(variable.operation.args, received):
            gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)
    return gradients
    ### END SOLUTION


# %% grade_id="test-backprop" points=3
import numpy as np
from course import checks

title, see = "Exercise 8 · backprop", "8 · Backpropagation, for every graph"
rng = checks.rng()


# operations with rules of their own: if one of yours is still wrong, that must not count here again
def plus(x, y):
    return Custom(x, y, forward=np.add, backward=lambda gz, x, y: (gz, gz))


def times(x, y):
    return Custom(x, y, forward=np.multiply, backward=lambda gz, x, y: (gz * y, gz * x))


def sine(x):
    return Custom(x, forward=np.sin, backward=lambda gz, x: (gz * np.cos(x),))


def total(x):
    return Custom(x, forward=np.sum, backward=lambda gz, x: (gz * np.ones(x.shape),))


def gradients_of(loss, *variables):
    found = backprop(loss)
    text = "the dictionary must hold every variable of the graph"
    held = [variable in found for variable in variables]
    checks.check_true(title, all(held), text, observed=held, see=see)
    return tuple(found[variable] for variable in variables)


x, gamma = Parameter(7.0), Parameter(5.0)
h = Custom(x, forward=lambda x: x, backward=lambda gz, x: (gz * (x > 0),))
z = times(gamma, x)
top = plus(h, z)
name = "gradients of (x, gamma, h, z, J)"
got = gradients_of(top, x, gamma, h, z, top)
print(checks.check_value(title, got, (6.0, 7.0, 1.0, 1.0, 1.0), name=name, see=see))

a, b = Parameter([2.0, 0.0]), Parameter([3.0, 1.0])
m = Average(a, b)
got = gradients_of(total(Average(m, a)), a, b, m)
expected = tuple(np.full(2, n) for n in (0.75, 0.25, 0.5))
name = "gradients of the average of m and a, m the average of a and b: (a, b, m)"
print(checks.check_value(title, got, expected, name=name, see=see))
try:
    backprop(Parameter(np.ones(3)))
    refused = False
except ValueError:
    refused = True
text = "a loss that is not one number must raise ValueError"
print(checks.check_true(title, refused, text, see=see), "·", text)

a, b = rng.normal(size=(2, 3, 2))
x, y = Parameter(a), Input(b)
u = times(x, y)
top = total(times(sine(plus(u, x)), u))


def loss(xp, a, b):
    return xp.sum(xp.sin(a * b + a) * (a * b))


got = gradients_of(top, x, y)
print(checks.check_gradients(title, got, loss, (a, b), names=("x", "y"), see=see))

# %% grade_id="test-backprop-hidden" points=4
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 8 · backprop", "8 · Backpropagation, for every graph"
rng = checks.rng()
asked = []


def custom(*args, forward, backward):
    def counted(gz, *values):
        asked.append(1)
        return backward(gz, *values)

    return Custom(*args, forward=forward, backward=counted)


def minus(x, y):
    return custom(x, y, forward=np.subtract, backward=lambda gz, x, y: (gz, -gz))


def times(x, y):
    return custom(x, y, forward=np.multiply, backward=lambda gz, x, y: (gz * y, gz * x))


def sine(x, _):
    return custom(x, forward=np.sin, backward=lambda gz, x: (gz * np.cos(x),))


def total(*values):
    return custom(
        *values,
        forward=lambda *values: sum(np.sum(v) for v in values),
        backward=lambda gz, *values: tuple(gz * np.ones(v.shape) for v in values),
    )


def gradients_of(loss, *variables):
    found = backprop(loss)
    text = "the dictionary must hold every variable of the graph"
    held = [variable in found for variable in variables]
    checks.check_true(title, all(held), text, observed=held, see=see)
    return tuple(found[variable] for variable in variables)


# gradients that share an array on their way
a, b = Parameter(rng.normal(size=3)), Parameter(rng.normal(size=3))
s = Average(a, b)
got = gradients_of(total(Average(s, a)), a, b, s)
expected = tuple(np.full(3, n) for n in (0.75, 0.25, 0.5))
name = "the average of a and of the average of a and b"
print(checks.check_value(title, got, expected, name=name, see=see))
first, second = Identity(a), Identity(a)
top = total(Average(first, second))
got = gradients_of(top, a, first, second)
expected = tuple(np.full(3, n) for n in (1.0, 0.5, 0.5))
name = "the average of two identities of a"
print(checks.check_value(title, got, expected, name=name, see=see))
again = gradients_of(top, a, first, second)
print(checks.check_value(title, again, expected, name="a second call", see=see))

# nodes used twice, one after the other
x, y = Parameter(rng.normal(size=3)), Parameter(rng.normal(size=3))
u = minus(y, x)
z = Average(u, u)
w = minus(z, x)
got = gradients_of(total(Average(w, w)), x, y, u, z, w)
expected = tuple(np.full(3, n) for n in (-2.0, 1.0, 1.0, 1.0, 1.0))
name = "u = y - x, z the average of u and u, w = z - x, the average of w and w: (x, y, u, z, w)"
print(checks.check_value(title, got, expected, name=name, see=see))

# a variable that is no parameter, and a gradient of zero on the way
a = rng.normal(size=3)
data, still, nothing = Input(a), Parameter(a), Parameter(np.zeros(3))
asked.clear()
top = total(Average(sine(data, None), times(sine(still, None), nothing)))
got = gradients_of(top, data, still, nothing)
expected = np.cos(a) / 2, np.zeros(3), np.sin(a) / 2
name = "an Input, a Parameter times zero, and the zero"
print(checks.check_value(title, got, expected, name=name, see=see))
text = "every operation's grad must be called exactly once, whatever comes back to it"
print(checks.check_true(title, len(asked) == 4, text, observed=len(asked), see=see))

# random graphs; every second operation is one that was given, and no function of the test
steps = {
    "mean": (lambda x, y: Average(x, y), lambda xp, p, q: (p + q) / 2),
    "minus": (minus, lambda xp, p, q: p - q),
    "times": (times, lambda xp, p, q: p * q),
    "sine": (sine, lambda xp, p, q: xp.sin(p)),
}


def loss_of(plan, ends):
    """The loss of a random graph as a function of its leaves, for check_gradients."""

    def loss(xp, *leaves):
        made = list(leaves)
        for kind, i, j in plan:
            made.append(steps[kind][1](xp, made[i], made[j]))
        return sum(xp.sum(made[k]) for k in ends)

    return loss


for size, shape in ((18, (2, 2)), (6, ())):
    leaves = tuple(np.asarray(rng.normal(size=shape)) for _ in range(3))
    plan, values = [], list(leaves)
    while len(plan) < size:
        kind = "mean" if len(plan) % 2 else str(rng.choice(["minus", "times", "sine"]))
        i, j = map(int, rng.integers(max(0, len(values) - 6), len(values), size=2))
        value = steps[kind][1](np, values[i], values[j])
        if np.abs(value).max() < 5:
            plan.append((kind, i, j))
            values.append(value)
    used = {k for kind, i, j in plan for k in ((i,) if kind == "sine" else (i, j))}
    ends = [k for k in range(len(values)) if k not in used]

    nodes = checks.call_all([partial(Parameter, leaf) for leaf in leaves])
    for kind, i, j in plan:
        nodes.append(steps[kind][0](nodes[i], nodes[j]))
    top = total(*(nodes[k] for k in ends))
    before = checks.get_all([*nodes, top], "value")
    asked.clear()
    got = gradients_of(top, *nodes[:3])
    names = tuple(f"leaf {k} of a random graph of {size} operations" for k in range(3))
    loss = loss_of(plan, ends)
    print(checks.check_gradients(title, got, loss, leaves, names=names, see=see))
    text = "every operation's grad must be called exactly once"
    right = len(asked) == 1 + sum(kind != "mean" for kind, _, _ in plan)
    print(checks.check_true(title, right, text, observed=len(asked), see=see))
    name, after = "values of the graph afterwards", checks.get_all([*nodes, top], "value")
    print(checks.check_value(title, after, before, name=name, see=see))
# a second loss on the same graph has gradients of its own
got, name = gradients_of(total(*nodes[:2]), *nodes[:2]), "a second loss on the same variables"
print(checks.check_value(title, got, (1.0, 1.0), name=name, see=see))

lone = Parameter(3.0)
got = gradients_of(lone, lone)
name = "a loss that was not computed"
print(checks.check_value(title, got, (1.0,), name=name, see=see))
for shape in ((3,), (1,)):
    try:
        backprop(Identity(Parameter(np.ones(shape))))
        refused = False
    except ValueError:
        refused = True
    except AssertionError:  # it went on, and stumbled over a shape
        refused = False
    text = f"a loss of shape {shape} must raise ValueError"
    print(checks.check_true(title, refused, text, see=see))
### END HIDDEN TESTS

# %% grade_id="test-backprop-broadcast" points=1
import numpy as np
from course import checks

title, see = "Exercise 8 · backprop", "8 · Backpropagation, for every graph"
rng = checks.rng()


def times(x, y):
    return Custom(x, y, forward=np.multiply, backward=lambda gz, x, y: (gz * y, gz * x))


def total(x):
    return Custom(x, forward=np.sum, backward=lambda gz, x: (gz * np.ones(x.shape),))


at = tuple(np.asarray(rng.normal(size=shape)) for shape in ((4,), (3, 1), ()))
x, y, s = map(Parameter, at)


def loss(xp, x, y, s):
    return xp.sum((x * y) * (x * s))


found = backprop(total(times(times(x, y), times(x, s))))
got = tuple(found[variable] for variable in (x, y, s))
names = ("x of shape (4,)", "y of shape (3, 1)", "s of shape ()")
print(checks.check_gradients(title, got, loss, at, names=names, see=see))

# %% grade_id="test-backprop-deep" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 8 · backprop", "8 · Backpropagation, for every graph"
length = 1_000
nodes = checks.call_there(deep_chain, length)
try:
    found = checks.call_there(backprop, nodes[-1])
except RecursionError:
    try:
        get_variables(nodes[-1])
    except RecursionError:
        length = 300  # that has cost its points in exercise 7
    found = checks.call_there(backprop, nodes[length])
got = found[nodes[0]], found[nodes[length]]
name = f"gradients along a chain of {length} identities"
print(checks.check_value(title, got, (1.0, 1.0), name=name, see=see))
rungs = [(Parameter(1.0), Parameter(2.0))]
for _ in range(12):
    left, right = rungs[-1]
    rungs.append(checks.call_all([partial(Average, left, right), partial(Average, right, left)]))
found = backprop(rungs[-1][0])
got = [found[end] for rung in rungs[:-1] for end in rung]
name = "gradients along a ladder of 12 rungs"
print(checks.check_value(title, got, [0.5] * 24, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The gradients of the first graph, in orange: those of the table above. If
# $x$ shows 1 or 5 instead of 6, one of its paths has overwritten the other.
# Change $x$ to $-7$: which path is then closed?

# %% tags=["experiment"]
graph = first_graph(7.0, 5.0)
names = dict(zip(graph, ("x", "γ", "h", "z", "J")))
visualize(graph[-1], names, graph[-1].backprop())

# %% [markdown]
# ### Question 3 · how it works (4 points)
#
# 1. Why does every gradient begin with zeros?
# 2. Why is what `grad` returns *added* to what is there? Write down the rule of calculus behind it,
#    and name the place in the first graph where it matters.
# 3. In which order is `grad` called, and why in this one?
# 4. A loss depends on a million parameters. How often is each operation's `grad` called, and what
#    would change if you wanted the gradients of ten different losses?

# %% [markdown] grade_id="question-backprop" points=4
# ### BEGIN SOLUTION
# 1. The gradient is a sum over the paths (over the uses of the variable), and the empty sum is 0. A
#    variable on which the loss depends through no path keeps it.
# 2. Multivariable chain rule: dJ/dv is the sum over all results z_k that use v of dJ/dz_k times
#    dz_k/dv. Each use contributes one term. In the first graph x is used twice, by ReLU and by the
#    product: 1 + 5 = 6.
# 3. From the loss backwards, in reversed topological order. In another order some grad would be
#    called with a gz to which not all uses have contributed yet, and what it hands on would be too
#    little.
# 4. Once, however many parameters there are. Ten losses need ten backward passes: reverse mode
#    costs one pass per *output*. (Forward mode costs one per input.)
#
# Mark scheme, 4 points: one per question. Question 2 needs the formula (or the rule in words,
# complete) and x; question 3 needs the reason; question 4 both halves.
# ### END SOLUTION

# %% [markdown]
# ## 9 · A second graph, with a loss
#
# Now something that learns: one unit with a ReLU, and a *skip connection* that carries its input
# around it, as deep networks have them. Its output $\hat y$ is compared with what it should be,
# $y$, by the mean squared error:
#
# ![The graph of a unit with a skip connection and a mean squared error](figures/graph_two.svg)
#
# The **mean squared error** (MSE) of two arrays of the same shape with $N$ entries is
#
# $$\mathrm{MSE}(\hat y, y) = \frac1N \sum_i (\hat y_i - y_i)^2, \qquad
#   \frac{\partial\,\mathrm{MSE}}{\partial \hat y_i} = \frac2N (\hat y_i - y_i), \qquad
#   \frac{\partial\,\mathrm{MSE}}{\partial y_i} = -\frac2N (\hat y_i - y_i).$$
#
# (This is the mean over *all* entries, the usual meaning of the name. The cost of labs 1 to 4 is
# another: half the sum over the features, averaged over the examples. The two differ by a constant
# factor only.)
#
# ### Exercise 9 · `MSE` (4 points)
#
# **By hand.** $\hat y = (1, 1, 1, 1)$ and $y = (1, 1, 1, 0)$: the MSE is $\tfrac14 = 0.25$, and
# with $g_z = 2$ the gradients are $(0, 0, 0, 1)$ and $(0, 0, 0, -1)$.
#
# **Think first.** The result has the shape `()`, so `gz` is one number. Is it always 1?


# %% grade_id="mse" stub=["Store in self what grad needs, and return the mean of the squared differences, one number.", "Return the tuple of two gradients, for x and for y, each of their shape."]
class MSE(Operation):
    """z = mean of (x - y) ** 2 over all entries, one number; x and y have the same shape"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        self.difference = x - y
        return np.mean(self.difference**2)
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        gx = gz * 2 * self.difference / self.difference.size
        return gx, -gx
        ### END SOLUTION


# %% grade_id="test-mse" points=2
import numpy as np
from course import checks

title, see = "Exercise 9 · MSE", "9 · A second graph, with a loss"
rng = checks.rng()
z = MSE(np.ones(4), np.array([1.0, 1.0, 1.0, 0.0]))
print(checks.check_value(title, z.value, 0.25, name="MSE of the example", see=see))
x, y = rng.normal(size=(2, 3, 5))
gz = np.asarray(rng.normal())
sizes = {"number of entries": 15, "number of rows": 3, "number of columns": 5}
z = MSE(x, y)
expected = sum((x - y).ravel() ** 2) / 15
print(checks.check_value(title, z.value, expected, name="value of MSE", sizes=sizes, see=see))
got = MSE(x, y).operation.grad(np.asarray(0.0))
text = "with gz = 0, grad of MSE"
print(checks.check_value(title, got, (0 * x, 0 * y), name=text, see=see))


def loss(xp, x, y):
    return gz * xp.mean((x - y) ** 2)


got = z.operation.grad(gz.copy())
names = ("gx of MSE", "gy of MSE")
print(checks.check_gradients(title, got, loss, (x, y), names=names, sizes=sizes, see=see))

# %% grade_id="test-mse-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 9 · MSE", "9 · A second graph, with a loss"
rng = checks.rng()
shapes = ((), (1,), (5,), (1, 4), (2, 3, 2))
at = [[np.asarray(rng.normal(size=shape)) for _ in range(2)] for shape in shapes]
# all of them are used before the first goes back
variables = checks.call_all([partial(MSE, x, y) for x, y in at])
values, args, grads = zip(*checks.get_all(variables, "value", "operation.args", "operation.grad"))
went_in = checks.get_all([arg for pair in args for arg in pair], "value")
name, got = "what went into MSE, afterwards", list(zip(went_in[::2], went_in[1::2]))
print(checks.check_value(title, got, at, name=name, see=see))
gzs = [np.asarray(rng.normal()) for _ in at]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for (x, y), value, got, gz in zip(at, values, found, gzs):
    sizes = {"number of entries": x.size, "gz": float(gz)}
    name = f"value of MSE for shape {x.shape}"
    expected = float(np.sum((x - y) ** 2)) / x.size
    print(checks.check_value(title, value, expected, name=name, sizes=sizes, see=see))
    slope = gz * 2 * (x - y) / x.size
    name, expected = f"gx and gy of MSE for shape {x.shape}", (slope, -slope)
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))
for grad, gz in zip(grads[:3], gzs):
    print(checks.check_pure(title, grad, gz, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 10 · `second_graph` (2 points)
#
# **By hand.** At $x = 5$, $w = 2$, $b = -1$, $y = 7$: $v = 10$, $z = 9$, $h = 9$,
# $\hat y = 9 + 5 = 14$ and $J = (14 - 7)^2 = 49$. On the way back: $g_{\hat y} = 2 \cdot 7 = 14$
# and $g_y = -14$; then $g_h = g_z = g_b = g_v = 14$, $g_w = 14 \cdot 5 = 70$, and $x$ receives $14$
# through the skip connection and $14 \cdot 2 = 28$ through the unit: together 42.
#
# **Think first.** Without the skip connection, and with $b = -11$: what gradient would $w$ receive,
# and what would the unit learn?


# %% grade_id="second_graph" stub="Return the five variables (v, z, h, y_hat, J) of the picture, made of the variables x, w, b, y."
def second_graph(x, w, b, y):
    """Build the graph: v = x * w, z = v + b, h = ReLU(z), y_hat = h + x, J = MSE(y_hat, y).

    x, w, b, y: variables.
    Returns the variables (v, z, h, y_hat, J).
    """
    ### BEGIN SOLUTION
    v = x * w
    z = v + b
    h = ReLU(z)
    y_hat = h + x
    return v, z, h, y_hat, MSE(y_hat, y)
    ### END SOLUTION


# %% grade_id="test-second_graph" points=1
import numpy as np
from course import checks

title, see = "Exercise 10 · second_graph", "9 · A second graph, with a loss"
leaves = [Parameter(number) for number in (5.0, 2.0, -1.0, 7.0)]
graph = second_graph(*leaves)
values = checks.get_all(tuple(graph), "value")
name, expected = "values of (v, z, h, y_hat, J)", (10.0, 9.0, 9.0, 14.0, 49.0)
print(checks.check_value(title, values, expected, name=name, see=see))
made = [operation is not None for operation in checks.get_all(tuple(graph), "operation")]
text = "every one of them must come out of an operation"
print(checks.check_true(title, all(made), text, observed=made, see=see), "·", text)

# %% grade_id="test-second_graph-hidden" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 10 · second_graph", "9 · A second graph, with a loss"
rng = checks.rng()
for case in ("unit open", "unit closed"):
    a, c, d, e = rng.uniform(0.5, 2, size=4)
    shift = c if case == "unit open" else -a * c - d
    leaves = checks.call_all([partial(Parameter, number) for number in (a, c, shift, e)])
    x, w, b, y = leaves
    v, z, h, y_hat, top = graph = tuple(second_graph(*leaves))
    values = checks.get_all(graph, "value")
    bent = max(a * c + shift, 0.0)
    expected = (a * c, a * c + shift, bent, bent + a, (bent + a - e) ** 2)
    name = f"values of (v, z, h, y_hat, J), {case}"
    print(checks.check_value(title, values, expected, name=name, see=see))
edges = [x, w], [v, b], [z], [h, x], [y_hat, y]
operations = checks.get_all(graph, "operation")
found = [
    operation is not None and sorted(map(id, operation.args)) == sorted(map(id, args))
    for operation, args in zip(operations, edges)
]
text = "every variable must be made of those that the picture shows"
print(checks.check_true(title, all(found), text, observed=found, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** $J = 49$, and in orange the gradients of the example: 70 at $w$, 42 at $x$.

# %% tags=["experiment"]
leaves = [Parameter(number) for number in (5.0, 2.0, -1.0, 7.0)]
graph = second_graph(*leaves)
names = dict(zip((*leaves, *graph), ("x", "w", "b", "y", "v", "z", "h", "ŷ", "J")))
visualize(graph[-1], names, graph[-1].backprop())

# %% [markdown]
# ## 10 · Sums, and losses without a derivative of their own
#
# You derived the gradient of the MSE yourself. Did you have to? The MSE is a difference, a square,
# a sum and a division, and the engine can differentiate all of these. Only the sum is missing.
#
# `np.sum` has two settings. `axis` says which axes are summed over: `None` (all of them), a number,
# or a tuple of numbers, where negative ones count from the end. `keepdims` says whether these axes
# stay, with length 1, or disappear.
#
# ### The derivation
#
# Summing is the reverse of broadcasting, so its gradient is a broadcast: every $x_i$ stands in its
# sum with the factor 1, and receives that sum's $g_z$ unchanged. The only work is to bring $g_z$
# back into a shape that broadcasts to that of $x$: where the axes have disappeared, they must be
# put back with length 1.
#
# **By hand.** $x$ has the shape `(2, 3)`. With `axis=1`, $z$ has the shape `(2,)`; let
# $g_z = (10, 20)$. Then $g_x = \begin{pmatrix} 10 & 10 & 10 \\ 20 & 20 & 20 \end{pmatrix}$. With
# `axis=0` and $g_z = (1, 2, 3)$, both rows of $g_x$ are $(1, 2, 3)$.
#
# ### Exercise 11 · `Sum` (6 points)
#
# `axis` and `keepdims` are settings, not arguments: they arrive in `apply` by keyword, and nobody
# differentiates with respect to them. So `grad` returns one gradient.
#
# **Think first.** NumPy broadcasts `(3,)` to `(3, 3)` without complaint. Does that put a $g_z$ of
# the shape `(3,)` into the right rows if `axis` was 1? (`np.expand_dims` helps; it takes tuples
# too.)


# %% grade_id="sum" stub=["Store in self what grad needs, and return the sum over the axes: an array.", "Return the tuple of one gradient, of the shape of x."]
class Sum(Operation):
    """z = sum of x over some axes"""

    def apply(self, x, axis=None, keepdims=False):
        """axis: None, a number or a tuple; keepdims: whether summed axes stay, with length 1."""
        ### BEGIN SOLUTION
        self.shape = x.shape
        self.lost = None if keepdims else axis
        return np.sum(x, axis=axis, keepdims=keepdims)
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        if self.lost is not None:
            gz = np.expand_dims(gz, self.lost)
        return (np.broadcast_to(gz, self.shape),)
        ### END SOLUTION


# %% grade_id="test-sum" points=3
import numpy as np
from course import checks

title, see = "Exercise 11 · Sum", "10 · Sums, and losses without a derivative of their own"
rng = checks.rng()
x = rng.normal(size=(3, 3))


def check(settings):
    """Compare value and gradient of a sum with NumPy's and JAX's."""
    z, value = Sum(x, **settings), np.sum(x, **settings)
    label = ", ".join(f"{key}={setting}" for key, setting in settings.items()) or "all"
    print(checks.check_value(title, z.value, value, name=f"sum, {label}", see=see))
    gz = np.asarray(rng.normal(size=np.shape(value)))
    got = z.operation.grad(gz.copy())
    text = f"grad must return a tuple of one gradient ({label})"
    checks.check_true(title, checks.is_sequence(got) and len(got) == 1, text, see=see)

    def loss(xp, x):
        return xp.sum(gz * xp.sum(x, **settings))

    names = (f"gx of the sum, {label}",)
    print(checks.check_gradients(title, got, loss, (x,), names=names, see=see))


for settings in ({}, {"axis": 0}, {"axis": 1}, {"axis": 1, "keepdims": True}, {"axis": (0, -1)}):
    check(settings)

# %% grade_id="test-sum-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 11 · Sum", "10 · Sums, and losses without a derivative of their own"
rng = checks.rng()
places = [((), None), ((4,), None), ((4,), 0), ((1, 1), 1), ((3, 3), -1), ((3, 3), (0, 1))]
places += [((2, 3, 4), axis) for axis in (None, 0, 1, -1, -3, (0, 2), (-1, 0), (2, 1))]
cases = {
    f"{shape}, axis={axis}, keepdims={keepdims}": (
        np.asarray(rng.normal(size=shape)), {"axis": axis, "keepdims": keepdims}
    )
    for shape, axis in places
    for keepdims in (False, True)
}  # fmt: skip

# all of them are used before the first goes back
variables = checks.call_all([partial(Sum, x, **settings) for x, settings in cases.values()])
values, grads = zip(*checks.get_all(variables, "value", "operation.grad"))
expected = {label: np.sum(x, **settings) for label, (x, settings) in cases.items()}
print(checks.check_value(title, dict(zip(cases, values)), expected, name="sum", see=see))
gzs = [np.asarray(rng.normal(size=value.shape)) for value in expected.values()]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for label, got in zip(cases, found):
    text = f"grad must return a tuple of one gradient ({label})"
    right = checks.is_sequence(got) and len(got) == 1
    print(checks.check_true(title, right, text, see=see))
expected = {}
for (label, (x, settings)), gz in zip(cases.items(), gzs):
    kept = np.sum(x, axis=settings["axis"], keepdims=True)
    expected[label] = [np.zeros(x.shape) + gz.reshape(kept.shape)]
print(checks.check_value(title, dict(zip(cases, found)), expected, name="gx of the sum", see=see))
again = dict(zip(cases, zip(grads, gzs)))
for label in (
    "(4,), axis=None, keepdims=False",
    "(3, 3), axis=-1, keepdims=False",
    "(2, 3, 4), axis=(0, 2), keepdims=False",
    "(2, 3, 4), axis=(0, 2), keepdims=True",
):
    print(checks.check_pure(title, *again[label], see=see))
z = Parameter(np.ones((2, 3))).sum(axis=1, keepdims=True)
print(checks.check_value(title, z.value, np.full((2, 1), 3.0), name="x.sum(...)", see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 12 · `symbolic_MSE` (3 points)
#
# Write the MSE as an expression of variables. No `grad`, no `apply`, no class: the gradient comes
# by itself.
#
# **Think first.** `x.value.size` is the number of entries, a plain number: nobody needs a gradient
# for it. But if you compute the *difference* from values, what does the graph know of `x` and `y`?


# %% grade_id="symbolic_mse" stub="Return a Variable of shape (): the mean of the squared differences, as an expression of the variables x and y."
def symbolic_MSE(x, y):
    """Mean squared error as an expression: made of operations that you have, without a grad of its own.

    x: Variable; y: Variable or array of the same shape.
    Returns a Variable, one number.
    """
    ### BEGIN SOLUTION
    return ((x - y) ** 2).sum() / x.value.size
    ### END SOLUTION


# %% grade_id="test-symbolic_mse" points=1
import numpy as np
from course import checks

title = "Exercise 12 · symbolic_MSE"
see = "10 · Sums, and losses without a derivative of their own"
rng = checks.rng()
z = symbolic_MSE(Parameter(np.ones(4)), np.array([1.0, 1.0, 1.0, 0.0]))
print(checks.check_value(title, z.value, 0.25, name="symbolic_MSE of the example", see=see))
a, b = rng.normal(size=(2, 3, 5))
x, y = Parameter(a), Input(b)
top = symbolic_MSE(x, y)
sizes = {"number of entries": 15, "number of rows": 3, "number of columns": 5}
expected, name = sum((a - b).ravel() ** 2) / 15, "symbolic_MSE(x, y)"
print(checks.check_value(title, top.value, expected, name=name, sizes=sizes, see=see))
waiting, leaves, kinds = [top], set(), set()
while waiting:
    node = waiting.pop()
    operation = node.operation
    if operation is None:
        leaves.add(id(node))
    else:
        kinds.add(repr(operation))
        waiting += list(operation.args)
found = [id(x) in leaves, id(y) in leaves, "<MSE>" not in kinds]
text = "its graph must lead back to x and to y, through other operations than MSE"
print(checks.check_true(title, all(found), text, observed=found, see=see), "·", text)

# %% grade_id="test-symbolic_mse-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title = "Exercise 12 · symbolic_MSE"
see = "10 · Sums, and losses without a derivative of their own"
rng = checks.rng()
kinds_with_grads = "Add Sub Mul Div Neg Pow Exp Log ReLU Sum GetItem MatMul Identity Average"
ready, shapes = set(kinds_with_grads.split()), ((), (1,), (5,), (2, 3, 2))
arrays = [[np.asarray(rng.normal(size=shape)) for _ in range(2)] for shape in (*shapes, *shapes)]
leaves = checks.call_all([partial(Parameter, array) for pair in arrays for array in pair])
pairs = list(zip(leaves[::2], leaves[1::2]))
tops = checks.call_all([partial(symbolic_MSE, x, y) for x, y in pairs])
for (a, b), value in zip(arrays, checks.get_all(tops, "value")):
    sizes = {"number of entries": a.size}
    name, expected = f"symbolic_MSE for shape {a.shape}", float(np.sum((a - b) ** 2)) / a.size
    print(checks.check_value(title, value, expected, name=name, sizes=sizes, see=see))

# walk all graphs here, one step at one go: exercise 7 is not tested again
made_of, level = {}, tops  # id of a variable -> its value, the kind of its operation, what went in
while level:
    level = list({id(node): node for node in level if id(node) not in made_of}.values())
    told = checks.get_all(level, "value", "operation")
    computed = [operation for _, operation in told if operation is not None]
    kinds = iter(checks.get_all(computed, "__class__.__name__", "args"))
    for node, (value, operation) in zip(level, told):
        made_of[id(node)] = value, *((None, ()) if operation is None else next(kinds))
    level = [arg for node in level for arg in made_of[id(node)][2]]


def ids_of(top):
    """The ids of all that a variable was made of, and its own."""
    met, waiting = {}, [top]
    while waiting:
        node = waiting.pop()
        if id(node) not in met:
            met[id(node)] = node
            waiting += made_of[id(node)][2]
    return list(met)


constants = {}  # for each shape, what else than x and y the graph begins with
for (a, _), (x, y), top in zip(arrays, pairs, tops):
    met = ids_of(top)
    text = "the graph of the result must lead back to x and to y: compute with variables"
    found = [id(x) in met, id(y) in met]
    print(checks.check_true(title, all(found), text, observed=found, see=see))
    text = "it must be made of small operations that you have: of other ones than MSE, no new class"
    kinds = {kind for _, kind, _ in map(made_of.get, met)} - {None}
    print(checks.check_true(title, kinds <= ready, text, see=see))
    others = [made_of[k] for k in met if k not in (id(x), id(y))]
    begin = [value for value, kind, _ in others if kind is None]
    other = constants.setdefault(a.shape, begin)
    fixed = len(begin) == len(other) and all(map(np.array_equal, begin, other))
    text = "it must compute with x and y alone: an array made from their values has no history"
    print(checks.check_true(title, fixed, text, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The second graph again, with the expression in the place of the
# operation: another graph, and the same gradients at $x$, $w$, $b$ and $y$, to the last digit. (And
# two that nobody asked for: at the exponent 2 and at the number of entries, 1.)

# %% tags=["experiment"]
leaves = [Parameter(number) for number in (5.0, 2.0, -1.0, 7.0)]
v, z, h, y_hat, J = second_graph(*leaves)
symbolic = symbolic_MSE(y_hat, leaves[3])
names = dict(
    zip((*leaves, v, z, h, y_hat, symbolic), ("x", "w", "b", "y", "v", "z", "h", "ŷ", "J"))
)
print("gradients:", [float(J.backprop()[leaf]) for leaf in leaves], "with MSE")
print("          ", [float(symbolic.backprop()[leaf]) for leaf in leaves], "with symbolic_MSE")
visualize(symbolic, names, symbolic.backprop())

# %% [markdown]
# ### Question 4 · what changed? (2 points)
#
# 1. What is different in the graph when the MSE is an expression, and why are the gradients the
#    same? Follow $g_{\hat y}$ through the small operations and show that they multiply to
#    $\tfrac2N(\hat y - y)$.
# 2. Name one reason to write a `grad` by hand nevertheless.

# %% [markdown] grade_id="question-symbolic" points=2
# ### BEGIN SOLUTION
# 1. The one node MSE is replaced by Sub, Pow (with the constant 2), Sum and Div (with the constant
#    N), and the values between them are variables of the graph. The chain rule through the four
#    operations: Div gives 1/N, Sum copies it to every entry, Pow multiplies by 2 (y_hat - y), Sub
#    by 1 (by -1 for y). The product is 2/N (y_hat - y).
# 2. Fewer operations and fewer arrays to remember (speed, memory); or better numbers, where the
#    expression overflows or cancels and the derivative has a simple closed form (softmax with
#    cross-entropy); or no use for a gradient with respect to the constants 2 and N, which the
#    expression computes for nothing.
#
# Mark scheme, 2 points: 1 for naming the operations with the product of their factors; 1 for a
# reason.
# ### END SOLUTION

# %% [markdown]
# ## 11 · Picking entries
#
# `x[index]` picks entries, rows, every other column, or anything that NumPy's indexing can. Losses
# need it (the log-probability *of the right class*), and so do word embeddings (the row *of this
# word*).
#
# ### The derivation
#
# Each entry of $z = x[\text{index}]$ is a copy of one entry of $x$, so $g_z$ flows back to where
# the copy came from, and entries that nobody picked receive 0. If the **same** entry was picked
# twice, it moves $J$ through both copies, and receives the **sum**.
#
# **By hand.** $x$ has three entries, and the index is `[0, 0, 2]`: $z = (x_0, x_0, x_2)$. With
# $g_z = (1, 10, 100)$ we have $g_x = (11, 0, 100)$.
#
# ### Exercise 13 · `GetItem` (4 points)
#
# **Think first.** Try `g = np.zeros(3); g[[0, 0, 2]] += np.array([1, 10, 100])` in a cell of your
# own. What does it do with the first entry? `np.add.at(g, index, gz)` was made for this.


# %% grade_id="getitem" stub=["Store in self what grad needs, and return x[index], an array.", "Return the tuple of one gradient, of the shape of x."]
class GetItem(Operation):
    """z = x[index], with any index that NumPy knows"""

    def apply(self, x, index):
        ### BEGIN SOLUTION
        self.shape, self.index = x.shape, index
        return x[index]
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        gx = np.zeros(self.shape)
        np.add.at(gx, self.index, gz)
        return (gx,)
        ### END SOLUTION


# %% grade_id="test-getitem" points=2
import numpy as np
from course import checks

title, see = "Exercise 13 · GetItem", "11 · Picking entries"
rng = checks.rng()
x = rng.normal(size=(3, 4))
cases = {"x[1]": 1, "x[:, 1:3]": (slice(None), slice(1, 3)), "x[[0, 0, 2]]": np.array([0, 0, 2])}


def check(name, index):
    """Compare value and gradient of x[index] with NumPy's and JAX's."""
    z = Parameter(x)[index]
    print(checks.check_value(title, z.value, x[index], name=name, see=see))
    gz = rng.normal(size=x[index].shape)
    got = z.operation.grad(gz.copy())
    text = f"grad must return a tuple of one gradient ({name})"
    checks.check_true(title, checks.is_sequence(got) and len(got) == 1, text, see=see)

    def loss(xp, x):
        return xp.sum(gz * x[index])

    print(checks.check_gradients(title, got, loss, (x,), names=(f"gx of {name}",), see=see))


for name, index in cases.items():
    check(name, index)

# %% grade_id="test-getitem-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 13 · GetItem", "11 · Picking entries"
rng = checks.rng()
x, cube, row = rng.normal(size=(4, 3)), rng.normal(size=(2, 3, 4)), rng.normal(size=5)
cases = {
    "x[2, 0]": (x, (2, 0)),
    "x[-1]": (x, -1),
    "x[::-2]": (x, slice(None, None, -2)),
    "x[[3, 3, 3, 1], [0, 0, 2, 1]]": (x, (np.array([3, 3, 3, 1]), np.array([0, 0, 2, 1]))),
    "x[mask]": (x, x > 0.1),
    "cube[..., 1]": (cube, (..., 1)),
    "cube[:, [2, 0, 2]]": (cube, (slice(None), np.array([2, 0, 2]))),
    "cube[1, None]": (cube, (1, None)),
    "row[[4, 4, 4, 4]]": (row, [4, 4, 4, 4]),
    "row[[[0, 1], [1, 1]]]": (row, np.array([[0, 1], [1, 1]])),
}
# all of them are used before the first goes back
variables = checks.call_all([partial(GetItem, x, index=index) for x, index in cases.values()])
values, grads = zip(*checks.get_all(variables, "value", "operation.grad"))
expected = {label: array[index] for label, (array, index) in cases.items()}
print(checks.check_value(title, dict(zip(cases, values)), expected, name="value", see=see))
gzs = [np.asarray(rng.normal(size=np.shape(value))) for value in expected.values()]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for (name, (array, index)), got, gz in zip(cases.items(), found, gzs):
    text = "grad must return a tuple of one gradient"
    right = checks.is_sequence(got) and len(got) == 1
    print(checks.check_true(title, right, text, see=see))
    places = np.arange(array.size).reshape(array.shape)[index]
    expected = np.bincount(np.ravel(places), weights=np.ravel(gz), minlength=array.size)
    expected = (expected.reshape(array.shape),)
    print(checks.check_value(title, got, expected, name=f"gx of {name}", see=see))
print(checks.check_pure(title, grads[-1], gzs[-1], see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 12 · Matrix products
#
# The workhorse, and the operation whose gradient is wrong most often, because `@` is not one
# operation but several:
#
# | $x$ | $y$ | `x @ y` |
# |---|---|---|
# | `(n, k)` | `(k, m)` | the matrix product, `(n, m)` |
# | `(k,)` | `(k, m)` | a row times a matrix, `(m,)` |
# | `(n, k)` | `(k,)` | a matrix times a column, `(n,)` |
# | `(k,)` | `(k,)` | the scalar product, `()` |
# | `(..., n, k)` | `(..., k, m)` | a *batch* of matrix products, `(..., n, m)`; the axes in front are broadcast |
#
# ### The derivation
#
# Two matrices first: $z_{ij} = \sum_k x_{ik}\, y_{kj}$. The entry $x_{ik}$ stands in all $z_{ij}$
# of row $i$, with the factor $y_{kj}$:
#
# $$g_{x,ik} = \sum_j g_{z,ij}\; y_{kj}, \quad\text{so}\quad g_x = g_z\, y^T, \qquad\text{and likewise}\qquad g_y = x^T g_z .$$
#
# (Check the shapes: `(n, m) @ (m, k)` and `(k, n) @ (n, m)`. They leave no other choice, unless the
# matrices are square.)
#
# A **batch** is the same for each of its members. `.T` turns *all* axes around; what you need here
# is `np.swapaxes(y, -1, -2)`, which exchanges the last two. If the axes in front were broadcast,
# the gradient comes out in the shape of $z$'s batch, and `handle_broadcast` sums it up, as always.
#
# A **vector** is a matrix that lacks an axis: NumPy puts a 1 in front of a vector on the left and
# behind a vector on the right, multiplies, and removes the 1 again. So do the same: give $x$, $y$
# *and* $g_z$ the axes that NumPy had removed, use the two formulas, and take the axes out of the
# gradients again.
#
# **By hand.** $x = (1, 2)$, $y = \begin{pmatrix} 3 & 4 & 5 \\ 6 & 7 & 8 \end{pmatrix}$:
# $z = (15, 18, 21)$. With $g_z = (1, 0, 2)$: $g_x = g_z\,y^T = (3 + 10,\; 6 + 16) = (13, 22)$, and
# $g_y$ is the column $x$ times the row $g_z$,
# $\begin{pmatrix} 1 & 0 & 2 \\ 2 & 0 & 4 \end{pmatrix}$.
#
# ### Exercise 14 · `MatMul` (8 points)
#
# **Think first.** For a vector $x$ and a batch $y$ of shape `(5, k, m)`, $z$ has the shape
# `(5, m)`. Where, in the shape of $g_z$, was the axis that NumPy removed? And where was it for
# `(5, n, k) @ (k,)`?


# %% grade_id="matmul" stub=["Store in self what grad needs, and return x @ y, an array.", "Return the tuple of two gradients, for x and for y; each of its shape, or of one that is broadcast from it."]
class MatMul(Operation):
    """z = x @ y, for vectors, matrices and batches of matrices"""

    def apply(self, x, y):
        ### BEGIN SOLUTION
        self.x, self.y = x, y
        return x @ y
        ### END SOLUTION

    def grad(self, gz):
        ### BEGIN SOLUTION
        x, y = self.x, self.y
        # put back the axes that @ takes from vectors
        if self.x.ndim == 1:
            x, gz = x[None, :], np.expand_dims(gz, -1 if self.y.ndim == 1 else -2)
        if self.y.ndim == 1:
            y, gz = y[:, None], np.expand_dims(gz, -1)
        gx = gz @ np.swapaxes(y, -1, -2)
        gy = np.swapaxes(x, -1, -2) @ gz
        if self.x.ndim == 1:
            gx = gx[..., 0, :]
        if self.y.ndim == 1:
            gy = gy[..., 0]
        return gx, gy
        ### END SOLUTION


# %% grade_id="test-matmul" points=4
import numpy as np
from course import checks

title, see = "Exercise 14 · MatMul", "12 · Matrix products"
rng = checks.rng()
pairs = [((3, 3), (3, 3)), ((3,), (3, 3)), ((3, 3), (3,)), ((4,), (4,)), ((2, 3, 4), (2, 4, 5))]


def check(m, n):
    """Compare value and gradients of a product with NumPy's and JAX's."""
    x, y = rng.normal(size=m), rng.normal(size=n)
    z, label = MatMul(x, y), f"{m} @ {n}"
    print(checks.check_value(title, z.value, x @ y, name=f"value of {label}", see=see))
    gz = np.asarray(rng.normal(size=np.shape(x @ y)))
    got = z.operation.grad(gz.copy())

    def loss(xp, x, y):
        return xp.sum(gz * (x @ y))

    names = (f"gx of {label}", f"gy of {label}")
    print(checks.check_gradients(title, got, loss, (x, y), names=names, see=see))


for m, n in pairs:
    check(m, n)

# %% grade_id="test-matmul-hidden" points=4
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 14 · MatMul", "12 · Matrix products"
rng = checks.rng()


def back(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i in range(g.ndim):
        if shape[i] == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def slopes_of(formulas, at, gzs):
    """Measure the gradients of the sum of gz * f, for all formulas f at one go."""

    def loss(at):
        return sum(np.sum(gz * f(*several)) for f, several, gz in zip(formulas, at, gzs))

    return checks.central_difference(loss, at)


pairs = [
    ((2, 4), (4, 3)), ((1, 4), (4, 1)), ((1, 1), (1, 1)), ((1,), (1,)), ((2,), (2, 5)),
    ((5, 2), (2,)), ((1,), (1, 3)), ((3, 1), (1,)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)),
    ((2, 3, 3), (3, 3)), ((2, 1, 3, 4), (5, 4, 2)), ((1, 3, 4), (2, 4, 3)), ((3,), (2, 3, 4)),
    ((2, 3, 4), (4,)), ((3,), (3, 3, 3)), ((3, 3, 3), (3,)), ((2,), (3, 1, 2, 2)),
]  # fmt: skip
cases = {f"{m} @ {n}": [rng.normal(size=m), rng.normal(size=n)] for m, n in pairs}

# all of them are used before the first goes back
variables = checks.call_all([partial(MatMul, x, y) for x, y in cases.values()])
values, grads = zip(*checks.get_all(variables, "value", "operation.grad"))
expected = {label: x @ y for label, (x, y) in cases.items()}
print(checks.check_value(title, dict(zip(cases, values)), expected, name="value", see=see))
gzs = [np.asarray(rng.normal(size=np.shape(value))) for value in expected.values()]
found = checks.call_all([partial(grad, gz.copy()) for grad, gz in zip(grads, gzs)])
for label, got in zip(cases, found):
    text = f"grad of {label} must return a tuple of two gradients"
    right = checks.is_sequence(got) and len(got) == 2
    print(checks.check_true(title, right, text, see=see))
got = {
    label: [back(g, v.shape) for g, v in zip(several, pair)]
    for (label, pair), several in zip(cases.items(), found)
}
expected = dict(zip(cases, slopes_of([np.matmul] * len(cases), list(cases.values()), gzs)))
print(checks.check_value(title, got, expected, name="gx and gy", see=see))
again = dict(zip(cases, zip(grads, gzs)))
for label in (
    *("(1,) @ (1,)", "(2,) @ (2, 5)", "(5, 2) @ (2,)", "(2, 4) @ (4, 3)"),
    *("(3,) @ (2, 3, 4)", "(2, 3, 4) @ (4,)", "(2, 3, 4) @ (4, 5)", "(3, 4) @ (2, 4, 5)"),
    *("(1, 3, 4) @ (2, 4, 3)", "(2, 1, 3, 4) @ (5, 4, 2)"),
):
    print(checks.check_pure(title, *again[label], see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** Nothing again: your instrument is content with the three operations that
# are not elementwise.

# %% tags=["experiment"]
rng = np.random.default_rng(12)
table, words = Parameter(rng.normal(size=(3, 4))), [0, 0, 2]
for variable in (
    table.sum(),
    table.sum(axis=1),
    table[words],
    table[:, 1:3],
    table[words, [1, 1, 3]],
):
    numeric_test(variable)
for m, n in (((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3,)), ((5, 2, 3), (3, 4))):
    numeric_test(Parameter(rng.normal(size=m)) @ Parameter(rng.normal(size=n)))
print("all right")

# %% [markdown]
# ### Your engine against JAX
#
# That was the last operation. Here is an expression that uses nearly all of them, with
# broadcasting, reused nodes and a bit of everything. It is written once, as a function that does
# not care whether it is given your variables or JAX's arrays.
#
# **What you should see.** Differences of about $10^{-16}$ to $10^{-15}$. In grading, your
# `backprop` meets *random* expressions of all your operations (of all that passed their own tests),
# and JAX is the judge. Write some monsters of your own here.

# %% tags=["experiment"]
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def monster(x, w, b, exp, log, relu):
    h = relu(x @ w + b)
    p = exp(-h) / (1 + exp(-h).sum(axis=1, keepdims=True))
    q = (p[:, [0, 0, 2]] ** 2 + 1) ** (b * 0.1)
    return (log(q + h) * q).sum() - (b @ b) / 2


rng = np.random.default_rng(14)
at = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
leaves = [Parameter(array) for array in at]
mine = monster(*leaves, Exp, Log, ReLU).backprop()
by_jax = jax.grad(lambda at: monster(*at, jnp.exp, jnp.log, jax.nn.relu))(
    list(map(jnp.asarray, at))
)
for name, leaf, theirs in zip("xwb", leaves, by_jax):
    print(f"{name}: largest difference {np.abs(mine[leaf] - theirs).max():.1e}")

# %% grade_id="test-backprop-random" points=2
### BEGIN HIDDEN TESTS
from functools import partial
from types import SimpleNamespace

import numpy as np
from course import checks

title, see = "Exercise 8 · backprop", "12 · Matrix products"
rng = checks.rng()


def plain(xp):
    return SimpleNamespace(exp=xp.exp, log=xp.log, relu=lambda x: xp.where(x > 0, x, 0 * x))


mine = SimpleNamespace(exp=lambda x: Exp(x), log=lambda x: Log(x), relu=lambda x: ReLU(x))


def back(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i in range(g.ndim):
        if shape[i] == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def slopes_of(formulas, at, gzs):
    """Measure the gradients of the sum of gz * f, for all formulas f at one go."""

    def loss(at):
        return sum(np.sum(gz * f(*several)) for f, several, gz in zip(formulas, at, gzs))

    return checks.central_difference(loss, at)


def are_right(uses):
    """Tell whether operations of the student's are all right: what is not has cost its points.

    uses: for each a function that gives the call to be made, the formula, and the arguments.
    """
    try:
        variables = checks.call_all([use() for use, *_ in uses])
        values, grads = zip(*checks.get_all(variables, "value", "operation.grad"))
        expected = [formula(*at) for _, formula, *at in uses]
        gzs = [np.cos(np.arange(z.size) + 1.0).reshape(z.shape) for z in expected]
        found = checks.call_all([partial(grad, gz) for grad, gz in zip(grads, gzs)])
        pairs = list(zip(values, expected))
        _, formulas, places = zip(*((use, formula, at) for use, formula, *at in uses))
        slopes = slopes_of(formulas, places, gzs)
        for at, got, several in zip(places, found, slopes):
            pairs += zip((back(g, v.shape) for g, v in zip(got, at, strict=True)), several)
        return all(a.shape == b.shape and np.allclose(a, b, atol=1e-5) for a, b in pairs)
    except Exception:  # noqa: BLE001 - whatever is wrong with it has cost its points
        return False


a, c = rng.normal(size=(2, 3, 4))
w, index = rng.normal(size=(4, 4)), np.array([2, 0, 2])
positive = np.abs(c) + 0.5
uses = {
    "+": (lambda: partial(Add, a, c), np.add, a, c),
    "-": (lambda: partial(Sub, a, c), np.subtract, a, c),
    "*": (lambda: partial(Mul, a, c), np.multiply, a, c),
    "/": (lambda: partial(Div, a, positive), np.divide, a, positive),
    "neg": (lambda: partial(Neg, a), np.negative, a),
    "**": (lambda: partial(Pow, positive, a), np.power, positive, a),
    "exp": (lambda: partial(Exp, a), np.exp, a),
    "log": (lambda: partial(Log, positive), np.log, positive),
    "relu": (lambda: partial(ReLU, a), lambda x: np.maximum(x, 0), a),
    "@": (lambda: partial(MatMul, a, w), np.matmul, a, w),
    "[]": (lambda: partial(GetItem, a, index=index), lambda x: x[index], a),
    "sum0": (lambda: partial(Sum, a, axis=0), lambda x: x.sum(axis=0), a),
    "sum1": (
        lambda: partial(Sum, a, axis=1, keepdims=True), lambda x: x.sum(axis=1, keepdims=True), a
    ),
}  # fmt: skip
good = set(uses)
if not are_right(uses.values()):
    good = {name for name, use in uses.items() if are_right([use])}
try:
    copies = [((3, 1), a.sum(axis=1, keepdims=True)), ((4,), a.sum(axis=0)), ((), a.sum())]
    found = checks.call_all([partial(unbroadcast, a, shape) for shape, _ in copies])
    broadcasting = all(np.allclose(got, sums) for got, (_, sums) in zip(found, copies))
except Exception:  # noqa: BLE001 - as above
    broadcasting = False
one = 1.0 if broadcasting else np.ones((3, 4))
tenth = 0.1 * one

# name: (operations that it needs, whether it fits, what it does)
steps = {
    "add": ("+", lambda p, q: True, lambda f, p, q, w: p + q),
    "sub": ("-", lambda p, q: True, lambda f, p, q, w: p - q),
    "mul": ("*", lambda p, q: True, lambda f, p, q, w: p * q),
    "scale": ("*", lambda p, q: True, lambda f, p, q, w: tenth * p),
    "neg": ("neg", lambda p, q: True, lambda f, p, q, w: -p),
    "div": ("/ * +", lambda p, q: True, lambda f, p, q, w: p / (q * q + one)),
    "inverse": ("/ * +", lambda p, q: True, lambda f, p, q, w: one / (p * p + one)),
    "square": ("**", lambda p, q: True, lambda f, p, q, w: p ** (2 * one)),
    "power": ("** * +", lambda p, q: True, lambda f, p, q, w: (p * p + one) ** (q * tenth)),
    "exp": ("exp neg *", lambda p, q: True, lambda f, p, q, w: f.exp(-(p * p))),
    "log": ("log * +", lambda p, q: True, lambda f, p, q, w: f.log(p * p + one)),
    "relu": ("relu", lambda p, q: True, lambda f, p, q, w: f.relu(p)),
    "rows": ("[]", lambda p, q: p.shape[0] == 3, lambda f, p, q, w: p[index]),
    "matmul": ("@", lambda p, q: p.shape[-1] == 4, lambda f, p, q, w: p @ w),
}
if broadcasting:
    steps["down"] = ("sum0", lambda p, q: p.ndim == 2, lambda f, p, q, w: p.sum(axis=0))
    steps["across"] = (
        "sum1", lambda p, q: p.ndim == 2, lambda f, p, q, w: p.sum(axis=1, keepdims=True)
    )  # fmt: skip
steps = {name: step for name, step in steps.items() if good.issuperset(step[0].split())}


def nodes_of(plan, f, leaves):
    """Every node of the expression: arrays for arrays, variables for variables."""
    nodes = list(leaves[:3])
    for kind, i, j in plan:
        nodes.append(steps[kind][2](f, nodes[i], nodes[j], leaves[3]))
    return [*nodes, leaves[3]]


def weighted_sum(weights, nodes):
    """The loss: a random weight on every entry of every node."""
    return Custom(
        *nodes,
        forward=lambda *values: sum(np.sum(c * v) for c, v in zip(weights, values)),
        backward=lambda gz, *values: tuple(gz * weight for weight in weights),
    )


def loss_of(plan, weights):
    """The same loss for check_gradients."""

    def loss(xp, *leaves):
        nodes = nodes_of(plan, plain(xp), leaves)
        return sum(xp.sum(weight * node) for weight, node in zip(weights, nodes))

    return loss


shapes = ((3, 4), (4,), (3, 1)) if broadcasting else ((3, 4), (3, 4), (3, 4))
for size in (8, 20):
    at = (*(rng.normal(size=shape) for shape in shapes), rng.normal(size=(4, 4)) / 2)
    plan, values, tries = [], list(at[:3]), 0
    while len(plan) < size and steps and tries < 500:
        tries += 1
        kind = str(rng.choice(list(steps)))
        i, j = map(int, rng.integers(max(0, len(values) - 6), len(values), size=2))
        _, fits, step = steps[kind]
        if fits(values[i], values[j]):
            value = step(plain(np), values[i], values[j], at[3])
            if 1e-3 < np.abs(value).max() < 5:
                plan.append((kind, i, j))
                values.append(value)

    weights = [rng.normal(size=v.shape) for v in (*values, at[3])]
    leaves = [Parameter(leaf) for leaf in at]
    found = backprop(weighted_sum(weights, nodes_of(plan, mine, leaves)))
    got = tuple(found[leaf] for leaf in leaves)
    names = tuple(f"{name} of a random expression of {size} steps" for name in "xyzw")
    loss = loss_of(plan, weights)
    print(checks.check_gradients(title, got, loss, at, names=names, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 13 · Layers
#
# On top of the engine, a layer is nothing special: something that holds parameters and can be
# called. Frameworks know two ways of writing that down, and you will meet both.
#
# **As a function that makes a function.** `affine_layer(3, 2)` creates the parameters and returns a
# function that uses them. The inner function *closes over* `W` and `b`: it keeps them alive and
# knows them, although the outer function has long returned. (Libraries for JAX like this form.)
#
# **As a class with `__call__`.** The parameters are attributes of the object, and `layer(x)` is
# `layer.__call__(x)`. (PyTorch and Keras.)
#
# Both compute $x\,W + b$, with $x$ of the shape `(B, in_units)` or `(in_units,)`, $W$ of
# `(in_units, out_units)` and $b$ of `(out_units,)`. $b$ begins with zeros. $W$ is drawn uniformly
# from the interval $\pm 1/\sqrt{\texttt{in\_units}}$: random, so that the units differ, and smaller
# for wider layers, so that sums of many terms do not grow with their number.
#
# And **`Sequential`** puts layers one after the other: `Sequential(f, g, h)(x)` is `h(g(f(x)))`.
# Anything that can be called is a layer, so `ReLU` itself can stand in it.
#
# **By hand.** $x = (1, 2)$, $W = \begin{pmatrix} 1 & 0 & 2 \\ 0 & 1 & 1 \end{pmatrix}$,
# $b = (0, 0, -5)$: $x\,W + b = (1, 2, -1)$, and after `ReLU` $(1, 2, 0)$.
# `Sequential(half, increase)(6)` is $6/2 + 1 = 4$; the other way around it would be $3.5$.
#
# ### Exercise 15 · `affine_layer`, `AffineLayer`, `Sequential` (4 points)
#
# The function that `affine_layer` returns should carry its parameters as attributes, `layer.W` and
# `layer.b`, like the object (a function may have attributes: `f.W = W`). Then one can look at them.
#
# **Think first.** In which of the methods are `W` and `b` created? What would the layer learn if
# they were created each time it is called?
#
# `generator` makes the `rng` that a layer draws its weights with; from the same seed come the same
# weights.


# %% grade_id="given-generator"
def generator(seed):
    """A NumPy generator of random numbers."""
    return np.random.default_rng(seed)


# %% grade_id="layers" stub=["Return a function of x that gives x @ W + b, with its Parameters as attributes W, of shape (in_units, out_units), and b, of shape (out_units,).", "Set self.W, a Parameter of shape (in_units, out_units), and self.b, a Parameter of shape (out_units,).", "Return x @ self.W + self.b, a Variable.", "Return what the last layer makes of what the layers before it make of x."]
def affine_layer(in_units, out_units, rng=None):
    """A layer as a function: layer(x) = x @ layer.W + layer.b.

    W is drawn uniformly between -1/sqrt(in_units) and 1/sqrt(in_units); b is zero; both are Parameters.
    rng: the NumPy generator that draws W; without it the weights differ from run to run.
    """
    rng = np.random.default_rng() if rng is None else rng
    ### BEGIN SOLUTION
    bound = 1 / np.sqrt(in_units)
    W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))
    b = Parameter(np.zeros(out_units))

    def layer(x):
        return x @ W + b

    layer.W, layer.b = W, b
    return layer
    ### END SOLUTION


class AffineLayer:
    """A layer as an object: layer(x) = x @ layer.W + layer.b, with parameters as in affine_layer."""

    def __init__(self, in_units, out_units, rng=None):
        rng = np.random.default_rng() if rng is None else rng
        ### BEGIN SOLUTION
        bound = 1 / np.sqrt(in_units)
        self.W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))
        self.b = Parameter(np.zeros(out_units))
        ### END SOLUTION

    def __call__(self, x):
        ### BEGIN SOLUTION
        return x @ self.W + self.b
        ### END SOLUTION


class Sequential:
    """Layers one after the other; a layer is anything that can be called with one argument."""

    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x
        ### END SOLUTION


# %% grade_id="test-layers" points=2
import numpy as np
from course import checks

title, see = "Exercise 15 · layers", "13 · Layers"
rng = checks.rng()
for name, kind in (("affine_layer", affine_layer), ("AffineLayer", AffineLayer)):
    layer = kind(3, 2)
    text = f"W and b of {name} must be Parameters"
    parameters = layer.W, layer.b
    kept = [isinstance(p, Parameter) for p in parameters]
    checks.check_true(title, all(kept), text, observed=kept, see=see)
    shapes = tuple(map(np.shape, checks.get_all(parameters, "value")))
    text = f"{name}(3, 2): W must have the shape (3, 2), b the shape (2,)"
    right = shapes == ((3, 2), (2,))
    print(checks.check_true(title, right, text, observed=shapes, see=see), "·", text)
    w, b, x = rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 3))
    layer.W.value, layer.b.value = w.copy(), b.copy()
    got, again = layer(Input(x)).value, layer(Input(x)).value
    text = f"{name} must use the same parameters at each call"
    checks.check_true(title, np.array_equal(got, again), text, see=see)
    print(checks.check_value(title, got, x @ w + b, name=f"{name}(3, 2)(x)", see=see))
got = Sequential(lambda x: x / 2, lambda x: x + 1, lambda x: x * 10)(6.0)
name = "Sequential(half, increase, tenfold)(6)"
print(checks.check_value(title, got, 40.0, name=name, see=see))

# %% grade_id="test-layers-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 15 · layers", "13 · Layers"
rng = checks.rng()


def way_back(*variables):
    """All that variables were made of, by id, each step at one go."""
    met, level = {}, variables
    while level:
        level = list({id(node): node for node in level if id(node) not in met}.values())
        met |= {id(node): node for node in level}
        operations = [made for made in checks.get_all(level, "operation") if made is not None]
        level = [arg for args in checks.get_all(operations, "args") for arg in args]
    return met


sizes = ((3, 3), (1, 4), (5, 1))
arrays = [
    (rng.normal(size=(n_in, n_out)), rng.normal(size=n_out), rng.normal(size=(2, n_in)))
    for n_in, n_out in sizes
]
for name, kind in (("affine_layer", affine_layer), ("AffineLayer", AffineLayer)):
    made = checks.call_all([partial(kind, *size) for size in sizes for _ in range(2)])
    drawn = checks.get_all(made, "W", "b", "W.value", "b.value")
    layers, others = made[::2], drawn[1::2]
    kept = [isinstance(p, Parameter) for p in drawn[0][:2]]
    text = f"W and b of {name} must be Parameters"
    print(checks.check_true(title, all(kept), text, observed=kept, see=see))
    got, zeros = [b for _, _, _, b in drawn[::2]], [np.zeros(n_out) for _, n_out in sizes]
    name_b = f"b of new layers {name}(...), {', '.join(map(str, sizes))}"
    print(checks.check_value(title, got, zeros, name=name_b, see=see))
    text = f"two layers of {name} must have parameters of their own, drawn anew"
    for (_, b, first, _), (_, other, second, _) in zip(drawn[::2], others):
        differ = not np.array_equal(first, second) and b is not other
        print(checks.check_true(title, differ, text, see=see))

    data = checks.call_all([partial(Input, x) for _, _, x in arrays])
    for (W, b, _, _), (w, bias, _) in zip(drawn[::2], arrays):
        W.value, b.value = w.copy(), bias.copy()
    calls = [
        partial(layer, at)
        for layer, (_, _, x), variable in zip(layers, arrays, data)
        for at in (x, x, x[0], variable)
    ]
    tops = checks.call_all(calls)
    values = checks.get_all(tops, "value")
    now = checks.get_all(layers, "W", "b", "W.value", "b.value")
    for k, (size, (w, b, x)) in enumerate(zip(sizes, arrays)):
        label, (got, again, one, _) = f"{name}{size}", values[4 * k : 4 * k + 4]
        text = f"{name} must use the same parameters at each call"
        print(checks.check_true(title, np.array_equal(got, again), text, see=see))
        expected = x @ w + b, x[0] @ w + b
        print(checks.check_value(title, (got, one), expected, name=f"{label} of arrays", see=see))
        near = now[k][2:]
        print(checks.check_value(title, near, (w, b), name=f"{label} afterwards", see=see))
    met = way_back(*tops[3::4])
    found = [id(v) in met for v in (*data, *(v for W, b, _, _ in now for v in (W, b)))]
    text = f"what {name} returns must lead back to x, W and b: compute with the variables"
    print(checks.check_true(title, all(found), text, observed=found, see=see))

    seed = int(rng.integers(1000))
    used, same = generator(seed), generator(seed)
    asked = [(4, 3, used), (4, 3, used), (4, 3, same), (50, 100)]
    made = checks.call_all([partial(kind, *args) for args in asked])
    first, second, alike, wide = checks.get_all(made, "W.value", "b.value")
    text = f"{name} must draw W with rng: from generators of one seed, layers that are alike"
    right = np.array_equal(first[0], alike[0])
    print(checks.check_true(title, right, text, see=see))
    text = f"{name} must draw W with rng: from one generator, two layers that differ"
    right = not np.array_equal(first[0], second[0])
    print(checks.check_true(title, right, text, see=see))
    w, b = wide
    name_b = f"b of a new {name}(50, 100)"
    print(checks.check_value(title, b, np.zeros(100), name=name_b, see=see))
    scaled = np.sqrt(50) * w
    spread = [np.round(float(v), 1) for v in (scaled.min(), scaled.max(), np.abs(scaled).mean())]
    text = f"W of a new {name}(50, 100) must be drawn uniformly between -1/sqrt(50) and 1/sqrt(50)"
    right = w.shape == (50, 100) and spread == [-1.0, 1.0, 0.5] and np.abs(scaled).max() <= 1
    right = right and np.unique(w).size > w.size / 2  # each entry was drawn, not each row
    print(checks.check_true(title, right, text, observed=spread, see=see))
print(checks.check_value(title, Sequential()(3.0), 3.0, name="Sequential()(3)", see=see))
got = Sequential(lambda x: [*x, 1], lambda x: [*x, 2])([0])
print(checks.check_value(title, got, [0, 1, 2], name="Sequential of two layers", see=see))
calls = Sequential(lambda x: x + 1)
inner = Sequential(calls, lambda x: x * 2, calls)
got = checks.call_all([partial(inner, 1.0)] * 2)
name = "a Sequential within a Sequential, called twice"
print(checks.check_value(title, got, (5.0, 5.0), name=name, see=see))
data = Input(np.ones(2))
right = id(data) in way_back(Sequential(Identity, Identity)(data))
text = "what Sequential returns must lead back to x: hand on what a layer returns, as it is"
print(checks.check_true(title, right, text, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 14 · Learning
#
# `backprop` gives gradients for *every* variable of the graph. To learn, we change those that are
# meant to be learned, the `Parameter`s, by a small step downhill:
# $p \leftarrow p - \eta\, \partial J/\partial p$, with the learning rate $\eta$. The data, the
# constants and what was computed in between stay what they are.
#
# **By hand.** $J = x \cdot x$ at a parameter $x = 1$: the gradient is 2, and with $\eta = 0.01$ the
# new value is $0.98$.
#
# ### Exercise 16 · `descend` (2 points)
#
# **Think first.** What would the network learn if the images were `Parameter`s?
#
# The next function takes two steps with one and the same dictionary: is it still what it was after
# the first?


# %% grade_id="given-descend-twice"
def descend_twice(gradients, eta):
    """Take two steps with the same dictionary; the list of its gradients afterwards."""
    descend(gradients, eta)
    descend(gradients, eta)
    return list(gradients.values())


# %% grade_id="descend" stub="Set the value of each Parameter in the dictionary to value - eta * gradient; leave all other variables alone. Return nothing."
def descend(gradients, eta):
    """Take one step of gradient descent.

    gradients: dictionary, variable -> gradient, as backprop gives it; eta: learning rate.
    Changes the value of every Parameter in it, of no other variable, and returns nothing. The
    dictionary and its gradients stay as they are.
    """
    ### BEGIN SOLUTION
    for variable, gradient in gradients.items():
        if isinstance(variable, Parameter):
            variable.value = variable.value - eta * gradient
    ### END SOLUTION


# %% grade_id="test-descend" points=1
import numpy as np
from course import checks

title, see = "Exercise 16 · descend", "14 · Learning"
rng = checks.rng()
x, w = rng.normal(size=(2, 3))
data, weight = Input(x), Parameter(w)
between = Identity(weight)
descend({between: np.ones(3), data: np.ones(3), weight: np.array([1.0, 2.0, 3.0])}, 0.1)
got = {"Input": data.value, "Parameter": weight.value, "between": between.value}
expected = {"Input": x, "Parameter": w - np.array([0.1, 0.2, 0.3]), "between": w}
name = "values after the step"
print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-descend-hidden" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 16 · descend", "14 · Learning"
rng = checks.rng()
shapes = ((2, 3), (3,), ())
arrays = [np.asarray(rng.normal(size=shape)) for shape in shapes]
steps = [np.asarray(rng.normal(size=shape)) for shape in shapes]


def new_parameters():
    return checks.call_all([partial(Parameter, array) for array in arrays])


parameters = new_parameters()
between, data = Identity(parameters[0]), Input(np.zeros(3))
eta = rng.uniform(0.1, 2)
for count in (1, 2):
    others = {between: np.ones((2, 3)), data: np.ones(3)}
    descend({**dict(zip(parameters, map(np.copy, steps))), **others}, eta)
    got = checks.get_all(parameters, "value")
    expected = [array - count * eta * step for array, step in zip(arrays, steps)]
    name = f"values of the Parameters after {count} step(s)"
    print(checks.check_value(title, got, expected, name=name, sizes={"eta": eta}, see=see))
name = "a variable between and an Input, after the step"
got = checks.get_all([between, data], "value")
print(checks.check_value(title, got, (arrays[0], np.zeros(3)), name=name, see=see))
parameters = new_parameters()
left = descend_twice(dict(zip(parameters, map(np.copy, steps))), eta)
same = len(left) == len(steps) and all(map(np.array_equal, left, steps))
text = "the dictionary and the gradients in it must stay as they are"
print(checks.check_true(title, same, text, observed=len(left), see=see))
got = checks.get_all(parameters, "value")
name = "values after two steps with one dictionary"
print(checks.check_value(title, got, expected, name=name, sizes={"eta": eta}, see=see))
# and without the given function, which may mean something else by now
parameters = new_parameters()
checks.check_pure(title, descend, dict(zip(parameters, map(np.copy, steps))), eta, see=see)
got = checks.get_all(parameters, "value")
print(checks.check_value(title, got, expected, name=name, sizes={"eta": eta}, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### The digits
#
# Now the proof. 12,000 handwritten digits to train on and 2,000 to test on, images of 28 by 28 grey
# values as rows of 784 numbers, labels one-hot. First a look: all classes are equally frequent, so
# a network that guesses is right in 10 % of the cases.

# %% tags=["experiment"]
from course import plots
from mnist_utils import load_mnist

(x_train, y_train), (x_test, y_test) = load_mnist()
print("training:", x_train.shape, y_train.shape, "test:", x_test.shape, y_test.shape)
print(
    "digits of each class:", y_train.sum(axis=0).astype(int), "and", y_test.sum(axis=0).astype(int)
)
plots.show_digits(x_train[:20], y_train[:20].argmax(axis=1))

# %% [markdown]
# A network of 784, 32 and 10 units, the loss as an expression, and a loop. Nowhere is there a
# backward pass: compare with lab 1.
#
# **What you should see.** Some 90 % after the first epoch and about 93 % at the end, in a few
# seconds. If it stays at 10 %, look at `descend`; if it hangs at 30 to 60 %, some gradient is
# wrong: `numeric_test` knows which.

# %% tags=["experiment"]
from mnist_utils import minibatches


def accuracy(model, x, y):
    return np.mean(model(x).value.argmax(axis=1) == y.argmax(axis=1))


def train(model, loss_of, eta, epochs, rng):
    history = {"cost": {"training": []}, "accuracy": {"training": [], "test": []}}
    for epoch in range(1, epochs + 1):
        costs = []
        for x, y in minibatches(x_train, y_train, 10, rng):
            loss = loss_of(model(x), y)
            descend(backprop(loss), eta)
            costs.append(float(loss.value))
        history["cost"]["training"].append(np.mean(costs))
        history["accuracy"]["training"].append(accuracy(model, x_train, y_train))
        history["accuracy"]["test"].append(accuracy(model, x_test, y_test))
        print(f"epoch {epoch}: test accuracy {history['accuracy']['test'][-1]:.1%}")
    return history


rng = np.random.default_rng(1)
model = Sequential(AffineLayer(784, 32, rng), ReLU, AffineLayer(32, 10, rng))
history = train(model, symbolic_MSE, eta=0.3, epochs=6, rng=rng)

# %% tags=["experiment"]
plots.plot_training(**history)

# %% [markdown]
# The graph of one training step, on two digits. All of it was built by the line
# `loss_of(model(x), y)`, and all of it is gone after the step: the next mini-batch builds its own.
# That is what PyTorch calls *define by run*.

# %% tags=["experiment"]
first, _, second = model.layers
loss = symbolic_MSE(model(x_train[:2]), y_train[:2])
names = {first.W: "W1", first.b: "b1", second.W: "W2", second.b: "b2", loss: "J"}
visualize(loss, names, {p: g for p, g in loss.backprop().items() if p in names})

# %% [markdown]
# And what it still gets wrong. (Would you have known?)

# %% tags=["experiment"]
answers, labels = model(x_test).value.argmax(axis=1), y_test.argmax(axis=1)
wrong = np.flatnonzero(answers != labels)
print(f"{len(wrong)} of {len(labels)} test digits are misread; here are the first of them")
plots.show_digits(x_test[wrong[:24]], labels[wrong[:24]], answers[wrong[:24]], columns=8)

# %% [markdown]
# ## 15 · Keeping what was learned
#
# A network that takes a day to train should survive a restart. What has to be saved is little: the
# values of the parameters. The graph need not be saved, the program builds it anew.
#
# Which parameters? Those that the loss depends on, and your engine knows them. `parameters_of`
# collects them from a graph, in the order of `get_variables`. The order is the only thing that says
# which array in the file belongs to which parameter, so a file fits a network that was *built by
# the same program*, and nothing else. (`text_of` and `file_with` are for looking at files and for
# making some of your own; the tests use them.)

# %% grade_id="given-parameters"
import json
import os
import tempfile


def parameters_of(variable):
    """All parameters that a variable depends on, each once, in the order of get_variables."""
    return [v for v in get_variables(variable) if isinstance(v, Parameter)]


folder = tempfile.TemporaryDirectory()  # deleted when the kernel ends


def temporary_file():
    """Path of a file that does not exist yet, in a folder of its own."""
    return os.path.join(tempfile.mkdtemp(dir=folder.name), "parameters.json")


def text_of(file):
    """What is written in a file."""
    with open(file, errors="replace") as stream:
        return stream.read()


def file_with(text):
    """Path of a temporary file that holds a text."""
    file = temporary_file()
    with open(file, "w") as stream:
        stream.write(text)
    return file


# %% [markdown]
# ### Exercise 17 · `dump_parameters` and `load_parameters` (5 points)
#
# As JSON, which is text that any program reads: a list with one entry per parameter, each a number
# or nested lists of numbers. `array.tolist()` makes nested lists of an array, `np.array(lists)`
# does the reverse; `json.dump(data, stream)` and `json.load(stream)` write and read. Python writes
# each float with as many digits as it takes to get it back exactly.
#
# **By hand.** Two parameters with the values $\begin{pmatrix} 1 & 2 \end{pmatrix}$ and $0.5$ make
# the file `[[[1.0, 2.0]], 0.5]`.
#
# **Think first.** `zip` stops without a word at the shorter of two lists. What would happen if you
# loaded the file of a smaller network? A file that does not fit must be refused with a
# `ValueError`, **before** anything was changed: half a network of yesterday and half of today is
# worse than none.


# %% grade_id="parameters" stub=["Write the values of the parameters to the file, as a JSON list. Return nothing.", "Set the values of the parameters to those in the file; raise ValueError if their number or a shape differs. Return nothing."]
def dump_parameters(parameters, file):
    """Write the values of the parameters to a file, as JSON.

    parameters: list of Parameters; file: path.
    """
    ### BEGIN SOLUTION
    with open(file, "w") as stream:
        json.dump([parameter.value.tolist() for parameter in parameters], stream)
    ### END SOLUTION


def load_parameters(parameters, file):
    """Set the values of the parameters to those that dump_parameters wrote.

    parameters: list of Parameters, in the same order and of the same shapes; file: path.
    Raises ValueError, and changes nothing, if the file holds another number of arrays or other shapes.
    """
    ### BEGIN SOLUTION
    with open(file) as stream:
        arrays = [np.array(lists, dtype=float) for lists in json.load(stream)]
    shapes = [parameter.value.shape for parameter in parameters]
    if [array.shape for array in arrays] != shapes:
        raise ValueError(f"{file} holds other parameters than these")
    for parameter, array in zip(parameters, arrays):
        parameter.value = array
    ### END SOLUTION


# %% grade_id="test-parameters" points=2
import numpy as np
from course import checks

title, see = "Exercise 17 · dump_parameters and load_parameters", "15 · Keeping what was learned"
rng = checks.rng()
shapes = ((2, 3), (3,), ())
arrays = [np.asarray(rng.normal(size=shape)) for shape in shapes]
saved, others = ([Parameter(array) for array in made] for made in (arrays, [a + 1 for a in arrays]))
file = temporary_file()
dump_parameters(saved, file)
load_parameters(others, file)
got = checks.get_all(others, "value")
name = "values that were loaded into other parameters"
print(checks.check_value(title, got, arrays, name=name, rtol=0.0, atol=0.0, see=see))
unfit = {
    "two parameters": [np.zeros((2, 3)), np.zeros(3)],
    "another shape at the end": [np.zeros((2, 3)), np.zeros(3), np.zeros(1)],
}
for label, before in unfit.items():
    parameters = [Parameter(array) for array in before]
    try:
        load_parameters(parameters, file)
        refused = False
    except ValueError:
        refused = True
    text = f"a file that does not fit must be refused with ValueError: {label}"
    print(checks.check_true(title, refused, text, see=see), "·", text)
    got, name = checks.get_all(parameters, "value"), f"after a refusal, {label}"
    print(checks.check_value(title, got, before, name=name, see=see))

# %% grade_id="test-parameters-hidden" points=3
### BEGIN HIDDEN TESTS
import json
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 17 · dump_parameters and load_parameters", "15 · Keeping what was learned"
rng = checks.rng()


def made(shapes):
    arrays = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    return arrays, checks.call_all([partial(Parameter, array) for array in arrays])


def exactly(got, expected, name):
    values = checks.get_all(got, "value")
    print(checks.check_value(title, values, expected, name=name, rtol=0.0, atol=0.0, see=see))


shapes = ((3, 3), (3, 3), (1, 2), (2,), (1,), ())
first, saved = made(shapes)
second, others = made(shapes)
files = temporary_file(), temporary_file()
dump_parameters(saved, files[0])
dump_parameters(others, files[1])
exactly(saved, first, "values after they were saved")
_, fresh = made(shapes)
load_parameters(fresh, files[0])
exactly(fresh, first, "values from the first of two files")
load_parameters(fresh, files[1])
exactly(fresh, second, "values from the second of two files")
load_parameters(others, files[0])
exactly(others, first, "values from the first file again")
exactly(fresh, second, "parameters that were not loaded again")
exactly(saved, first, "parameters that were saved")

file = temporary_file()
a, b, c, d = rng.integers(1, 100, size=4) / 8
dump_parameters([Parameter([[a, b]]), Parameter(c)], file)
try:
    found = json.loads(text_of(file))
except ValueError:
    found = "no JSON"
text = f"the file of two parameters must hold [[[{a}, {b}]], {c}], as JSON"
right = found == [[[a, b]], c]
print(checks.check_true(title, right, text, observed=found, see=see))
_, fresh = made([(1, 2), ()])
load_parameters(fresh, file_with(f"[[[{b}, -4]], {d}]"))
exactly(fresh, [np.array([[b, -4.0]]), np.array(d)], f"values from the file [[[{b}, -4]], {d}]")

tiny, tinies = [np.array([1e-300, 1 / 3, -2e17, 0.1 + 0.2])], [Parameter(np.zeros(4))]
dump_parameters([Parameter(tiny[0])], files[0])  # over what was there
load_parameters(tinies, files[0])
exactly(tinies, tiny, "numbers with many digits, in a file that was there before")

dump_parameters(saved, files[1])
cases = {
    "one parameter more": (*shapes, (2,)),
    "one parameter less": shapes[:-1],
    "a vector of another length": (*shapes[:3], (5,), *shapes[4:]),
    "another shape in the last place": (*shapes[:-1], (1,)),
    "a matrix turned around": (*shapes[:2], (2, 1), *shapes[3:]),
    "another shape in the first place": ((9,), *shapes[1:]),
    "two shapes exchanged": (*shapes[:2], (2,), (1, 2), *shapes[4:]),
}
for name, wrong in cases.items():
    before, parameters = made(wrong)
    try:
        load_parameters(parameters, files[1])
        refused = False
    except ValueError:
        refused = True
    text = f"a file that does not fit must be refused with ValueError: {name}"
    print(checks.check_true(title, refused, text, see=see))
    exactly(parameters, before, f"parameters after a refusal: {name}")
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** A new network guesses; with the parameters of the old one it is as good
# as that, to the last digit.

# %% tags=["experiment"]
file = temporary_file()
dump_parameters(parameters_of(model(x_test[:1])), file)
rng = np.random.default_rng(2)
fresh = Sequential(AffineLayer(784, 32, rng), ReLU, AffineLayer(32, 10, rng))
print(f"a new network: {accuracy(fresh, x_test, y_test):.1%}")
load_parameters(parameters_of(fresh(x_test[:1])), file)
print(f"after loading: {accuracy(fresh, x_test, y_test):.1%}")
print(f"the old one:   {accuracy(model, x_test, y_test):.1%}")

# %% [markdown]
# ## 16 · A bonus: cross-entropy
#
# For classes there is a better loss than squared error: minus the logarithm of the probability that
# the network gives to the right class. With scores $s$ of the shape `(B, C)` (the *logits*) and
# labels $t_r \in \{0, \dots, C - 1\}$,
#
# $$p_{rj} = \frac{e^{s_{rj}}}{\sum_k e^{s_{rk}}}, \qquad
#   J = -\frac1B \sum_r \ln p_{r, t_r} = \frac1B \sum_r \Big( \ln \sum_k e^{s_{rk}} - s_{r, t_r} \Big).$$
#
# The second form has no quotient. It still overflows for $s = 1000$. But
# $\ln \sum_k e^{s_k} = m + \ln \sum_k e^{s_k - m}$ for *any* number $m$; take the largest score of
# each row, and no exponent is above 0.
#
# **By hand.** Two classes, $s = (1000, 1000 + \ln 3)$, the right class is 0. Shifted by the
# maximum: $(-\ln 3, 0)$, so the sum is $\tfrac13 + 1 = \tfrac43$, and
# $J = \ln \tfrac43 + \ln 3 = \ln 4$.
#
# ### Bonus exercise · `cross_entropy` (5 points on top)
#
# As an expression of variables, like `symbolic_MSE`.
#
# **Think first.** The result does not depend on $m$. So what is the gradient with respect to $m$,
# and may you compute $m$ outside of the graph, from `logits.value`?


# %% grade_id="bonus_cross_entropy" stub="Return a Variable of shape (): the mean over the rows of log-sum-exp minus the score of the right class, as an expression of the variable logits."
def cross_entropy(logits, labels):
    """Cross-entropy of a softmax, averaged over the batch, as an expression of variables.

    logits: Variable, (B, C), entries of any size; labels: integer array (B,), the right classes.
    Returns a Variable, one number.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.value.max(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    log_sums = Log(Exp(shifted).sum(axis=1))
    return (log_sums - shifted[rows, labels]).sum() / len(labels)
    ### END SOLUTION


# %% grade_id="test-bonus_cross_entropy" points=2
import numpy as np
from course import checks

title, see = "Bonus · cross_entropy", "16 · A bonus: cross-entropy"
rng = checks.rng()
scores, labels = rng.normal(size=(4, 3)), rng.integers(0, 3, size=4)


def loss(xp, s):
    p = xp.exp(s) / xp.sum(xp.exp(s), axis=1, keepdims=True)
    return -xp.mean(xp.log(xp.sum(p * np.eye(3)[labels], axis=1)))


logits = Parameter(scores)
top = cross_entropy(logits, labels)
sizes = {"batch size": 4, "number of classes": 3}
got, expected = top.value, loss(np, scores)
print(checks.check_value(title, got, expected, name="cross_entropy", sizes=sizes, see=see))
got = (backprop(top)[logits],)
names = ("logits",)
print(checks.check_gradients(title, got, loss, (scores,), names=names, sizes=sizes, see=see))
large = cross_entropy(Parameter([[1000.0, 1000.0 + np.log(3)]]), np.array([0])).value
print(checks.check_value(title, large, np.log(4), name="cross_entropy of the example", see=see))

# %% grade_id="test-bonus_cross_entropy-hidden" points=3
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Bonus · cross_entropy", "16 · A bonus: cross-entropy"
rng = checks.rng()
for batch, classes in ((1, 4), (3, 3), (5, 2)):
    scores = rng.normal(size=(batch, classes))
    scores[0, 0] += 1000.0
    scores[-1] -= 800.0
    labels = rng.integers(0, classes, size=batch)
    labels[0] = classes - 1
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    picked = shifted[np.arange(batch), labels]
    value = np.mean(np.log(np.exp(shifted).sum(axis=1)) - picked)
    logits = Parameter(scores)
    top = cross_entropy(logits, labels)
    sizes = {"batch size": batch, "number of classes": classes}
    name = f"cross_entropy of large logits, shape {(batch, classes)}"
    print(checks.check_value(title, top.value, value, name=name, sizes=sizes, see=see))
    got, expected = backprop(top)[logits], (p - np.eye(classes)[labels]) / batch
    name = f"gradient of large logits, shape {(batch, classes)}"
    print(checks.check_value(title, got, expected, name=name, sizes=sizes, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see** (if you did the bonus). The same network, the same digits, and it is ahead
# of the squared error, most of all in the first two epochs (1 to 2 %): where the network is most
# wrong, the gradient of the cross-entropy is largest.

# %% tags=["experiment"]
rng = np.random.default_rng(1)
better = Sequential(AffineLayer(784, 32, rng), ReLU, AffineLayer(32, 10, rng))
history = train(better, lambda s, y: cross_entropy(s, y.argmax(axis=1)), eta=0.1, epochs=6, rng=rng)
plots.plot_training(**history)

# %% [markdown]
# ## What comes next
#
# You have written the heart of a deep learning framework. What the big ones add is mostly speed:
# the same graph on graphics cards, operations fused into one, memory reused, and hundreds of
# operations, each with a `grad` like yours. Three things are worth a thought:
#
# - Your `grad`s compute with arrays, so what they return has no history. If they computed with
#   *variables*, the gradient would be a graph, too, and you could differentiate it again. JAX does
#   that.
# - Your graph keeps every array until the backward pass is over. Lab 3 showed how to forget and
#   recompute.
# - A `dict` of gradients and a loop over parameters are not yet a comfortable library. In lab 6 you
#   build that: modules that find their parameters, initialisations, optimisers, dropout; and at the
#   end it trains beside JAX, and both curves coincide.
