# %% [markdown]
# # Lab 6 · A small library of your own, second notebook: autodiff
#
# Everything that you built in five labs fits under one roof. In lab 5 an engine differentiated any
# expression, but using it was work: a dictionary of gradients to carry around, a list of parameters
# to keep by hand, a loop to write for every network. What makes PyTorch pleasant is not the calculus.
# It is that parameters carry their own gradients, that a network knows what its parameters are, that
# an optimiser moves them without asking what they are for. In this notebook you build that: a library
# in the manner of PyTorch, small enough to read in one sitting, and it trains deep networks.
#
# **When you are done you will have**
#
# - nodes that collect their gradients, and a backward pass that is right and fast on *every* graph,
#   also on those where the obvious recursion needs a million times as long as it should,
# - operations for networks: addition, selection, ReLU, tanh, the affine map, cross-entropy,
# - modules, three initialisations, two optimisers, a training loop with train, dev and test digits,
# - and the proof that nothing is missing: your library and JAX, side by side, learning the same
#   network from the same mini-batches, number for number.
#
# **How the notebook works.** There are fifteen exercises, most of them a few lines. Each begins
# with a reason, a derivation and an example that you can check with pencil and paper. You write
# where you see `raise NotImplementedError`. The cell below tests what you wrote; when your work is
# graded, the same claims are tested again on other numbers. Cells that only train or draw are not
# graded: play with them. Gradients are compared with JAX and with central differences, and the tests
# print a *Taylor slope*: 2 where the gradient is right, `inf` where nothing is curved. Three questions ask for a few sentences and are read by a person. Here are
# 60 of the 100 points of lab 6, and a bonus exercise; it takes a bit less than two hours.
#
# **What you need**: the chain rule, NumPy with broadcasting, Python's classes. Whatever is used from
# earlier labs is given. NumPy is all that your solutions may use; JAX appears in experiments.

# %% [markdown]
# ## The agreement
#
# | symbol | in code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | `(B, n_in)` | one example per row |
# | $W$ | `W` | `(n_in, n_out)` | weights |
# | $b$ | `b` | `(n_out,)` | biases |
# | $s = xW + b$ | | `(B, n_out)` | the output of a layer; that of the last layer are the *logits* |
# | $y$ | `y` | `(B, n_classes)` | labels, one-hot |
# | $J$ | | `()` | the loss, one number: the **mean** over the $B$ examples |
# | $g_v = \partial J / \partial v$ | `v.grad` | that of $v$ | the gradient; on its way back it is called *cotangent* |
#
# As in all labs: gradients are already averaged, because the loss is; $\mathrm{ReLU}'(0) = 0$; arrays
# are float64; nothing that you write changes an array that it was handed; and no size (784, 10, the
# number of examples) is written into the code.

# %% grade_id="given-lib-numpy"
import numpy as np


def add_to(cls):
    """Make the function below a method of `cls`."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


# %% [markdown]
# ## 1 · Nodes that know their gradient
#
# In lab 5 the engine returned a dictionary from variables to gradients. Here each node has a place of
# its own for it:
#
# ![A node points back to the operation that made it, and to what went in](figures/node.svg)
#
# | attribute | what it is |
# |---|---|
# | `value` | the array |
# | `require_grad` | whether anybody wants the gradient with respect to it |
# | `grad` | what has arrived of that gradient so far, an array of the shape of `value`; `None` at first |
# | `func` | the operation that made it; `None` where nothing did |
# | `input_nodes` | the nodes that went into the operation |
# | `func_parameters` | its settings (an index, a factor): what nobody differentiates by |
#
# There are two kinds of nodes. A `ComputationGraphNode` is data or the result of an operation. A
# `Parameter` is what shall be learned: never computed, always a leaf, always in need of a gradient.
#
# The class has no methods yet that deal with gradients. They are your exercises: `@add_to(...)`
# above a function makes it a method of the class. (If you run the next cell again, run the cells of
# your methods again, too.)


# %% grade_id="given-lib-node"
class ComputationGraphNode:
    """A value in a computation graph, with a place for its gradient.

    data: array or number; the value is a float array.
    require_grad: whether the gradient with respect to this value is wanted.
    """

    # NumPy, keep off: in `array + node`, let the node do the work
    __array_ufunc__ = None

    def __init__(self, data, require_grad=False):
        self.value = np.asarray(data, dtype=float)
        self.require_grad = require_grad
        self.grad = None
        self.func = None
        self.input_nodes = []
        self.func_parameters = []

    def set_func(self, func):
        self.func = func

    def set_input_nodes(self, *nodes):
        self.input_nodes = list(nodes)

    def set_func_parameters(self, *func_parameters):
        self.func_parameters = list(func_parameters)

    def __add__(self, other):
        return Addition()(self, as_node(other))

    def __radd__(self, other):
        return Addition()(as_node(other), self)

    def __getitem__(self, index):
        return Selection()(self, index)

    def __str__(self):
        return str(self.value)

    def __repr__(self):
        return f"{type(self).__name__}({self.value})"


class Parameter(ComputationGraphNode):
    """A leaf that is to be learned. It owns its value: a copy of the data."""

    def __init__(self, data, name="default"):
        super().__init__(np.array(data, dtype=float), require_grad=True)
        self.name = name


def as_node(data):
    """A node stays as it is; an array or a number becomes one that needs no gradient."""
    return data if isinstance(data, ComputationGraphNode) else ComputationGraphNode(data)


# %% [markdown]
# ### Exercise 1 · `zero_grad` and `set_gradient` (3 points)
#
# A node that is used twice gets word of its gradient twice. The chain rule says what to do: **add**.
# If $v$ goes into $z_1$ and into $z_2$,
#
# $$\frac{\partial J}{\partial v} = \frac{\partial J}{\partial z_1} \frac{\partial z_1}{\partial v}
#   + \frac{\partial J}{\partial z_2} \frac{\partial z_2}{\partial v} .$$
#
# So `set_gradient(gradient)` adds `gradient` to what has arrived before, and `zero_grad()` forgets
# it all: `grad` is `None` again, as in a new node. (PyTorch does it so, too. `None` says "nobody has
# asked", which is something else than "asked, and the answer was zero".) And a gradient that does not
# have *exactly* the shape of the value is a bug somewhere else: the sooner it is noticed the better,
# so raise a `ValueError` and leave `grad` as it was.
#
# **By hand.** A node of the shape `(2,)` receives $(1, 2)$, then $(10, 0)$: `grad` is $(11, 2)$.
# After `zero_grad()` it is `None`. Then it receives $(5, 5)$: `grad` is $(5, 5)$.
#
# **Think first.** In $z = a + b$ both $a$ and $b$ receive the same gradient, $g_z$, and the addition
# will hand *the same array* to both. Suppose `a` keeps that array as its `grad`, and the next
# gradient is added to it with `+=`, which works in place. What is then in `b.grad`? (Compute the
# gradient of $a + b + a$ with respect to $b$ by hand. Many a home-made library says 2.)


# %% grade_id="node_gradient" stub=["Set self.grad to None.", "Set self.grad to the sum of what has arrived so far and gradient, an array of the shape of self.value that is nobody else's; raise ValueError if the shape of gradient is another."]
@add_to(ComputationGraphNode)
def zero_grad(self):
    """Forget the gradient: afterwards `grad` is None, as in a new node."""
    ### BEGIN SOLUTION
    self.grad = None
    ### END SOLUTION


@add_to(ComputationGraphNode)
def set_gradient(self, gradient):
    """Add `gradient` to what has arrived before.

    gradient: array of the shape of self.value. It is not changed, and self.grad does not share
    memory with it: whoever handed it in may go on using it.
    Raises ValueError, and leaves self.grad as it was, if it has another shape.
    """
    ### BEGIN SOLUTION
    if gradient.shape != self.value.shape:
        raise ValueError(
            f"a gradient of shape {gradient.shape} for a value of shape {self.value.shape}"
        )
    self.grad = gradient.copy() if self.grad is None else self.grad + gradient
    ### END SOLUTION


# %% [markdown]
# The tests use the function below: it hands one array to several nodes, and then goes on using the
# array for something else, as its owner may.


# %% grade_id="given-lib-hand-out"
def hand_out(gradient, *nodes):
    """Hand the same array to each node, then overwrite it; return what was in it after handing out."""
    for node in nodes:
        node.set_gradient(gradient)
    afterwards = gradient.copy()
    gradient[...] = -1.0
    return afterwards


# %% grade_id="test-node_gradient" points=1
import numpy as np
from course import checks

title, see = "Exercise 1 · zero_grad and set_gradient", "1 · Nodes that know their gradient"
rng = checks.rng()
first, second, third = rng.normal(size=(3, 2, 4))
node = ComputationGraphNode(rng.normal(size=(2, 4)), require_grad=True)
node.set_gradient(first.copy())
print(checks.check_value(title, node.grad, first, name="grad after one gradient", see=see))
node.set_gradient(second.copy())
got, expected = node.grad, first + second
print(checks.check_value(title, got, expected, name="grad after two gradients", see=see))
node.zero_grad()
print(checks.check_value(title, node.grad, None, name="grad after zero_grad", see=see))
node.set_gradient(third.copy())
print(checks.check_value(title, node.grad, third, name="grad after that", see=see))
try:
    node.set_gradient(rng.normal(size=(1, 4)))
    refused = False
except ValueError:
    refused = True
text = "a gradient of shape (1, 4) for a value of shape (2, 4) must raise ValueError"
print("wrong shape refused:", checks.check_true(title, refused, text, see=see))

# %% grade_id="test-node_gradient-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 1 · zero_grad and set_gradient", "1 · Nodes that know their gradient"
rng = checks.rng()
for shape in ((3,), (2, 2), ()):
    zeros = np.zeros(shape)
    a, b = checks.call_all(
        [partial(ComputationGraphNode, zeros, require_grad=True), partial(Parameter, zeros)]
    )
    first, second = (np.asarray(rng.normal(size=shape)) for _ in range(2))
    case = f"{title}, shape {shape}"
    left = hand_out(first.copy(), a, b, a)
    got = checks.get_all((a, b), "grad")
    name = "the gradients of a and b, an array having been handed to a, b and a"
    print(checks.check_value(case, got, [2 * first, first], name=name, see=see))
    print(checks.check_value(case, left, first, name="the array that was handed out", see=see))
    left = hand_out(second.copy(), b, a)
    got, expected = checks.get_all((a, b), "grad"), [2 * first + second, first + second]
    name = "the gradients of a and b, a second array having been handed to both"
    print(checks.check_value(case, got, expected, name=name, see=see))
    print(checks.check_value(case, left, second, name="the second array", see=see))
    a.zero_grad()
    got = checks.get_all((a, b), "grad")
    name = "the gradients of a and b after a.zero_grad()"
    print(checks.check_value(case, got, [None, first + second], name=name, see=see))
fresh = Parameter(np.zeros((2, 3)))
fresh.zero_grad()
print(checks.check_value(title, fresh.grad, None, name="zero_grad of a new node", see=see))
good, set_gradient = rng.normal(size=(2, 3)), fresh.set_gradient
for before in (None, good):
    if before is not None:
        set_gradient(before.copy())
    for shape in ((1, 3), (3,), (), (6,), (2, 3, 1), (3, 2)):
        try:
            set_gradient(np.ones(shape))
            refused = False
        except ValueError:
            refused = True
        text = f"a gradient of shape {shape} for a value of shape (2, 3) must raise ValueError"
        checks.check_true(title, refused, text, observed=refused, see=see)
    name = "grad after gradients of wrong shapes"
    print(checks.check_value(title, fresh.grad, before, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** $a$ has heard twice, $b$ once: `[2. 2.]` and `[1. 1.]`. If `b` says 2 or
# -1 as well, its `grad` is the array of somebody else.

# %% tags=["experiment"]
a, b = Parameter([3.0, 4.0]), Parameter([5.0, 6.0])
hand_out(np.ones(2), a, b, a)
print("a.grad:", a.grad, "  b.grad:", b.grad)

# %% [markdown]
# ## 2 · Operations
#
# An operation knows two things: how to compute, and how to go back.
#
# | method | in | out |
# |---|---|---|
# | `forward(value, ..., setting, ...)` | arrays, then settings | one array |
# | `backward(value, ..., setting, ..., gradient)` | the same, and the cotangent of the output, of its shape | a **tuple** with one gradient for each array that went in, each of the shape of that array |
#
# Both are *static*: an operation remembers nothing. Whatever `backward` needs, it is handed once
# more. (In lab 5 the operations had a memory. Without one they are simpler, and some things are
# computed twice. Real libraries take the memory.)
#
# The base class `Operation` does all the bookkeeping. `Scale()(x, 3.0)` makes an operation and calls
# it: whatever is a node among the arguments is an input, all else are settings. It runs `forward` on
# the values, and wraps the result in a node that knows where it came from. A result needs a gradient
# if any of its inputs does.
#
# Two operations to look at, and a third made from two functions that you hand to it, for experiments
# and tests. Mind the comma in `(factor * gradient,)`: a tuple, also when there is one input.


# %% grade_id="given-lib-operation"
class Operation:
    """An operation; calling it builds the graph."""

    @staticmethod
    def forward(*args):
        raise NotImplementedError("this operation has no forward")

    @staticmethod
    def backward(*args):
        raise NotImplementedError("this operation has no backward")

    def __call__(self, *args):
        nodes = [arg for arg in args if isinstance(arg, ComputationGraphNode)]
        settings = [arg for arg in args if not isinstance(arg, ComputationGraphNode)]
        value = self.forward(*(node.value for node in nodes), *settings)
        output = ComputationGraphNode(value, any(node.require_grad for node in nodes))
        output.set_func(self)
        output.set_input_nodes(*nodes)
        output.set_func_parameters(*settings)
        return output


class Scale(Operation):
    """z = factor * x"""

    @staticmethod
    def forward(x, factor):
        return factor * x

    @staticmethod
    def backward(x, factor, gradient):
        return (factor * gradient,)


class Average(Operation):
    """z = (x + y) / 2, for x and y of the same shape"""

    @staticmethod
    def forward(x, y):
        return (x + y) / 2

    @staticmethod
    def backward(x, y, gradient):
        half = gradient / 2
        return half, half


class Custom(Operation):
    """Any operation: Custom(forward, backward)(x, ...)."""

    def __init__(self, forward, backward):
        self.forward, self.backward = forward, backward


# %% [markdown]
# **What you should see.** Three inputs became a graph of six nodes, by themselves: boxes are values,
# rounded grey boxes are operations. `x` is data, so nobody wants its gradient.

# %% tags=["experiment"]
from course import plots


def visualize(node, names=()):
    """Draw the graph of a node. names: node -> what to call it. Gradients, where known, in red."""

    def short(array):
        return f"{array:.4g}" if array.ndim == 0 else f"shape {array.shape}"

    labels, edges, operations, notes = {}, [], [], {}
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found in labels:
            continue
        sign = " = " if found.value.ndim == 0 else ": "
        labels[found] = (names[found] + sign if found in names else "") + short(found.value)
        if found.grad is not None:
            notes[found] = f"gradient {short(found.grad)}"
        if found.func is not None:
            circle = ("made", found)
            labels[circle] = type(found.func).__name__
            operations.append(circle)
            edges += [(input_node, circle) for input_node in found.input_nodes]
            edges.append((circle, found))
            waiting += found.input_nodes
    return plots.draw_graph(edges, labels, operations=operations, notes=notes)


a, b, x = Parameter(3.0), Parameter(5.0), ComputationGraphNode(8.0)
h = Average()(a, x)
z = Average()(Scale()(h, 10.0), b)
print("z:", repr(z), " settings of Scale:", z.input_nodes[0].func_parameters)
print("needs a gradient:", {"x": x.require_grad, "h": h.require_grad, "z": z.require_grad})
visualize(z, {a: "a", b: "b", x: "x", h: "h", z: "z"})

# %% [markdown]
# ### Exercise 2 · `Addition` (3 points)
#
# $z = x + y$ passes its cotangent on to both: $g_x = g_z$ and $g_y = g_z$. That would be all, if
# NumPy did not **broadcast**. Let $x$ be of the shape `(B, n)` and $y$, a row of biases, of the shape
# `(n,)`. NumPy acts as if $y$ stood in every row: $z_{rj} = x_{rj} + y_j$. So $y_j$ moves the loss
# through $B$ entries of $z$, and the chain rule adds up:
#
# $$g_{y,j} = \sum_{r=0}^{B-1} g_{z,rj} \qquad \text{shape } (n,).$$
#
# Copied forward means summed backward. In lab 5 you wrote the function that does this for any shape;
# here it is.


# %% grade_id="given-lib-unbroadcast"
def unbroadcast(gradient, shape):
    """Sum a gradient over all axes along which an array of `shape` was copied: an array of `shape`."""
    gradient = np.asarray(gradient)
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=stretched, keepdims=True)


# %% [markdown]
# **By hand.** $x = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$, $y = (10, 20)$, so $z =
# \begin{pmatrix} 11 & 22 \\ 13 & 24 \end{pmatrix}$. With $g_z = \begin{pmatrix} 1 & 5 \\ 2 & 7
# \end{pmatrix}$ we get $g_x = g_z$ and $g_y = (3, 12)$.
#
# **Think first.** Which of the two, $x$ or $y$, can have been copied? Can it have been both? (What is
# the shape of a column `(3, 1)` plus a row `(4,)`?)


# %% grade_id="addition" stub=["Return x + y, an array.", "Return the tuple of two gradients: the first of the shape of x, the second of the shape of y."]
class Addition(Operation):
    """z = x + y, with broadcasting"""

    @staticmethod
    def forward(x, y):
        ### BEGIN SOLUTION
        return x + y
        ### END SOLUTION

    @staticmethod
    def backward(x, y, gradient):
        """x, y: the arrays that were added; gradient: of the shape of x + y."""
        ### BEGIN SOLUTION
        return unbroadcast(gradient, x.shape), unbroadcast(gradient, y.shape)
        ### END SOLUTION


# %% grade_id="test-addition" points=1
import numpy as np
from course import checks

title, see = "Exercise 2 · Addition", "2 · Operations"
rng = checks.rng()


def check(x, y):
    """Compare value and gradients with NumPy's and JAX's."""
    sizes = {"number of copies": max(x.size, y.size) / min(x.size, y.size)}
    case = f"{title}, shapes {x.shape} and {y.shape}"
    got = Addition().forward(x.copy(), y.copy())
    print(checks.check_value(case, got, x + y, name="x + y", see=see))
    gradient = rng.normal(size=(x + y).shape)
    got = Addition().backward(x.copy(), y.copy(), gradient.copy())

    def loss(xp, x, y):
        return xp.sum(gradient * (x + y))

    names = ("gradient of x", "gradient of y")
    print(checks.check_gradients(case, got, loss, (x, y), names=names, sizes=sizes, see=see))


check(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))
check(rng.normal(size=(3, 4)), rng.normal(size=4))
node = ComputationGraphNode(rng.normal(size=3))
got = (1.5 + node).value, (node + 1.5).value
expected = (node.value + 1.5, node.value + 1.5)
print(checks.check_value(title, got, expected, name="1.5 + node and node + 1.5", see=see))

# %% grade_id="test-addition-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 2 · Addition", "2 · Operations"
rng = checks.rng()
shapes = [
    ((4,), (3, 4)),
    ((), (2, 3)),
    ((3, 1), (4,)),
    ((1, 3), (2, 3)),
    ((), ()),
    ((2, 1, 3), (4, 1)),
    ((2, 3), (2, 3)),
]
pairs = [[np.asarray(rng.normal(size=shape)) for shape in both] for both in shapes]
gradients = [np.asarray(rng.normal(size=np.shape(x + y))) for x, y in pairs]
forward, backward = Addition().forward, Addition().backward
leaves = iter(checks.call_all([partial(Parameter, v) for pair in pairs for v in pair]))
additions = checks.call_all([partial(Addition) for _ in pairs])
sums = checks.call_all([partial(add, next(leaves), next(leaves)) for add in additions])
values = checks.get_all(sums, "value")
parts = checks.call_all(
    [partial(backward, x.copy(), y.copy(), g.copy()) for (x, y), g in zip(pairs, gradients)]
)
for (x, y), gradient, value, got in zip(pairs, gradients, values, parts):
    case = f"{title}, shapes {x.shape} and {y.shape}"
    print(checks.check_value(case, value, x + y, name="x + y", see=see))
    text = "backward must return a tuple of two gradients"
    right = checks.is_sequence(got) and len(got) == 2
    checks.check_true(case, right, text, observed=got, see=see)
    expected = []
    for v in (x, y):
        owner = np.arange(v.size).reshape(v.shape) + np.zeros(gradient.shape, dtype=int)
        total = np.bincount(owner.ravel(), weights=gradient.ravel(), minlength=v.size)
        expected.append(total.reshape(v.shape))
    name = "gradients of x and y"
    print(checks.check_value(case, got, tuple(expected), name=name, see=see))
for x, y in (pairs[0], pairs[4], pairs[6]):  # y is larger, both are numbers, both are alike
    case = f"{title}, shapes {x.shape} and {y.shape}"
    print(checks.check_pure(case, forward, x, y, see=see))
x, y, gradient = rng.normal(size=(2, 3)), rng.normal(size=3), rng.normal(size=(2, 3))
print(checks.check_pure(title, backward, x, y, gradient, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3 · `Selection` (3 points)
#
# `x[index]` picks entries: a row, every other column, the logit of the right class. Each entry of $z
# = x[\text{index}]$ is a copy of one entry of $x$. Going back, each entry of $g_z$ returns to where
# its copy came from; what nobody picked receives 0; and what was picked **twice** receives the sum of
# both. The gradient has the shape of $x$.
#
# The index is no node but a *setting*: `forward(x, index)`, `backward(x, index, gradient)`, and a
# tuple with a single gradient.
#
# **By hand.** $x = (7, 8, 9)$, index `[0, 0, 2]`: $z = (7, 7, 9)$. With $g_z = (1, 10, 100)$ we have
# $g_x = (11, 0, 100)$.
#
# **Think first.** Try `g = np.zeros(3); g[[0, 0, 2]] += [1, 10, 100]` in a cell of your own. What has
# become of the first entry, and why? Then look up `np.add.at`.


# %% grade_id="selection" stub=["Return x[index], an array.", "Return the tuple of one gradient, of the shape of x."]
class Selection(Operation):
    """z = x[index], with any index that NumPy knows"""

    @staticmethod
    def forward(x, index):
        ### BEGIN SOLUTION
        return x[index]
        ### END SOLUTION

    @staticmethod
    def backward(x, index, gradient):
        ### BEGIN SOLUTION
        gradient_x = np.zeros_like(x)
        np.add.at(gradient_x, index, gradient)
        return (gradient_x,)
        ### END SOLUTION


# %% grade_id="test-selection" points=1
import numpy as np
from course import checks

title, see = "Exercise 3 · Selection", "2 · Operations"
rng = checks.rng()
x = rng.normal(size=(3, 4))
cases = {"x[1]": 1, "x[:, 1:3]": (slice(None), slice(1, 3)), "x[[0, 0, 2]]": [0, 0, 2]}


def check(name, index):
    """Compare value and gradient of x[index] with NumPy's and JAX's."""
    z = Parameter(x)[index]
    print(checks.check_value(title, z.value, x[index], name=name, see=see))
    gradient = rng.normal(size=x[index].shape)
    got = Selection().backward(x.copy(), index, gradient.copy())
    text = "backward must return a tuple of one gradient"
    right = checks.is_sequence(got) and len(got) == 1
    checks.check_true(title, right, text, observed=got, see=see)

    def loss(xp, x):
        picked = x[np.array(index)] if isinstance(index, list) else x[index]
        return xp.sum(gradient * picked)

    names = (f"gradient of x for {name}",)
    print(checks.check_gradients(title, got, loss, (x,), names=names, see=see))


for name, index in cases.items():
    check(name, index)

# %% grade_id="test-selection-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 3 · Selection", "2 · Operations"
rng = checks.rng()
x, cube, row = rng.normal(size=(4, 3)), rng.normal(size=(2, 3, 4)), rng.normal(size=5)
cases = {
    "x[2, 0]": (x, (2, 0)),
    "x[-1]": (x, -1),
    "x[::-2]": (x, slice(None, None, -2)),
    "x[[3, 3, 3, 1], [0, 0, 2, 1]]": (x, (np.array([3, 3, 3, 1]), np.array([0, 0, 2, 1]))),
    "x[mask]": (x, x >= np.median(x)),
    "cube[..., 1]": (cube, (..., 1)),
    "cube[:, [2, 0, 2]]": (cube, (slice(None), np.array([2, 0, 2]))),
    "row[[4, 4, 4, 4]]": (row, [4, 4, 4, 4]),
    "row[[[0, 1], [1, 1]]]": (row, np.array([[0, 1], [1, 1]])),
}
picked = [array[index] for array, index in cases.values()]
gradients = [np.asarray(rng.normal(size=np.shape(value))) for value in picked]
forward, backward = Selection().forward, Selection().backward
asked = [(array.copy(), index) for array, index in cases.values()]
values = checks.call_all([partial(forward, *args) for args in asked])
parts = checks.call_all(
    [partial(backward, *args, gradient.copy()) for args, gradient in zip(asked, gradients)]
)
for k, (name, (array, index)) in enumerate(cases.items()):
    print(checks.check_value(title, values[k], picked[k], name=name, see=see))
    places = np.arange(array.size).reshape(array.shape)[index]
    weights = np.ravel(gradients[k])
    sums = np.bincount(np.ravel(places), weights=weights, minlength=array.size)
    name, expected = f"gradient of x for {name}", (sums.reshape(array.shape),)
    print(checks.check_value(title, parts[k], expected, name=name, see=see))
gradient = rng.normal(size=4)
print(checks.check_pure(title, backward, row, [4, 4, 0, 1], gradient, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The way back, for every graph
#
# Now the heart of the library. `z.backward(g)` shall bring the gradient to every node that $z$ was
# made of: what $z$ is told is $g = \partial J/\partial z$, and afterwards each `v.grad` has grown by
# $\partial J/\partial v$.
#
# ### Two tempting ways that go wrong
#
# **The obvious recursion.** Tell each input its gradient, and let each input do the same:
#
#     def backward(self, g):                      # do not write this
#         self.set_gradient(g)
#         for input_node, part in ...:            # what func.backward returns
#             input_node.backward(part)
#
# The sums come out right. But the recursion walks along every **path** from $z$ to a leaf. Put thirty
# diamonds one behind the other ($h = f(x)$, $k = g(x)$, next $x = h + k$, and so on): ninety
# operations, and $2^{30}$, a billion, paths. And a chain of a few thousand operations, such as a
# recurrent network makes, exceeds the depth of Python's recursion.
#
# **Once per node, at once.** Visit each node only when it is first reached, and hand on what has
# arrived. That is fast, and wrong: other parts of the gradient may still be on their way, and will
# never be handed on.
#
# ### Wait until all have reported
#
# A node may hand on its gradient when it is **complete**: when every operation that used the node has
# reported. How many reports that will be can be counted beforehand.
#
# ![A node waits for as many reports as arrows leave it](figures/reports.svg)
#
# 1. **First walk: count.** From $z$ visit every node once, and for every input of its operation count
#    one report more to wait for. (In `x + x` the node $x$ is an input twice: two reports.) Keep the
#    nodes that you still have to visit in a list, and there is no recursion.
# 2. **Second walk: hand on.** Begin with $z$, whose gradient $g$ is complete. Whenever a node is
#    *ready*: give it its gradient with `set_gradient`; if it has a `func`, ask that **once** for the
#    parts of its inputs, and add each part to what has arrived at the input. An input that now has
#    all its reports is ready, too.
#
# Each node is handled once, each arrow is crossed once: the time is proportional to the size of the
# graph. (This is Kahn's algorithm of 1962 for sorting a graph topologically. Lab 5 had another one.)
#
# **By hand.** The graph in the picture, with $u = 2x$, $v = (x + u)/2$, $z = (v + u)/2$ and $g = 1$.
#
# | ready | hands on | arrived so far |
# |---|---|---|
# | $z$: 1 | $\tfrac12$ to $v$, $\tfrac12$ to $u$ | $v$: ½, complete. $u$: ½, one report missing |
# | $v$: ½ | $\tfrac14$ to $x$, $\tfrac14$ to $u$ | $u$: ¾, complete. $x$: ¼, one report missing |
# | $u$: ¾ | $2 \cdot \tfrac34$ to $x$ | $x$: $\tfrac14 + \tfrac32 = \tfrac74$, complete |
#
# Check: $z = \tfrac12(\tfrac12 (x + 2x) + 2x) = \tfrac74 x$.
#
# ### Exercise 4 · `backward` (9 points)
#
# - `z.backward()` without `g` takes $g$ = ones of the shape of $z$: the gradient of the sum of all
#   entries of $z$. For a loss, one number, that is the 1 with which every backward pass begins.
# - Only nodes with `require_grad` take part. Data receives no gradient (`grad` stays `None`), and
#   nobody waits for its reports. You may assume that $z$ itself needs a gradient.
# - Every node that takes part gets its gradient, leaves and those in between alike, through
#   `set_gradient`.
# - An operation is asked like this: `func.backward(*values of the inputs, *func_parameters, gradient)`.
# - Nodes can be keys of a dictionary: each is a key of its own.
#
# **Think first.** `set_gradient` *accumulates*: after two losses on the same network, `grad` holds the
# sum of both gradients, and that is meant so. So in the second call, `node.grad` holds more than this
# call has brought. May you hand `node.grad` on? Where else do you keep what has arrived in *this*
# call? And `Average.backward` returns the same array twice: what does `+=` do to it?


# %% grade_id="node_backward" stub="Add the gradient to `grad` of every node that takes part, through set_gradient, each operation being asked once. Return nothing."
@add_to(ComputationGraphNode)
def backward(self, g=None):
    """Bring the gradient to this node and to all that it was made of.

    g: gradient of the loss with respect to this node, an array of the shape of its value; ones if
    it is not given. It is not changed.
    Adds, through set_gradient, to `grad` of every node with require_grad. Every operation's
    `backward` is called exactly once, and graphs may be of any depth.
    """
    ### BEGIN SOLUTION
    # first walk: how many reports does each node wait for?
    reports, waiting = {self: 0}, [self]
    while waiting:
        for input_node in waiting.pop().input_nodes:
            if not input_node.require_grad:
                continue
            if input_node not in reports:
                reports[input_node] = 0
                waiting.append(input_node)
            reports[input_node] += 1

    # second walk: who has all reports hands on
    arrived = {self: np.ones_like(self.value) if g is None else g}
    ready = [self]
    while ready:
        node = ready.pop()
        gradient = arrived.pop(node)
        node.set_gradient(gradient)
        if node.func is None:
            continue
        values = [input_node.value for input_node in node.input_nodes]
        parts = node.func.backward(*values, *node.func_parameters, gradient)
        for input_node, part in zip(node.input_nodes, parts):
            if not input_node.require_grad:
                continue
            arrived[input_node] = arrived.get(input_node, 0) + part
            reports[input_node] -= 1
            if reports[input_node] == 0:
                ready.append(input_node)
    ### END SOLUTION


# %% grade_id="test-node_backward" points=3
import numpy as np
from course import checks

title, see = "Exercise 4 · backward", "3 · The way back, for every graph"
rng = checks.rng()
asked = []


def trust(node):
    """Let a node collect its gradient: if your set_gradient is wrong, that must not count again."""

    def collect(gradient):
        before = node.grad
        node.grad = sum([gradient] if before is None else [before, gradient])

    node.set_gradient = collect
    return node


def operation(forward, backward):
    """Make an operation that counts how often it is asked for gradients."""

    def counted(*values):
        asked.append(1)
        return backward(*values)

    return lambda *nodes: trust(Custom(forward, counted)(*nodes))


times = operation(lambda x, y: x * y, lambda x, y, g: (g * y, g * x))
plus = operation(lambda x, y: x + y, lambda x, y, g: (g, g))
sine = operation(np.sin, lambda x, g: (g * np.cos(x),))

x = trust(Parameter(4.0))
u = trust(Scale()(x, 2.0))
v = trust(Average()(x, u))
z = trust(Average()(v, u))
z.backward()
got = dict(zip("xuvz", checks.get_all((x, u, v, z), "grad")))
expected = {"x": 1.75, "u": 0.75, "v": 0.5, "z": 1.0}
name = "gradients of the example"
print(checks.check_value(title, got, expected, name=name, see=see))

a, b, c, gradient = rng.normal(size=(4, 2, 3))
x, y = trust(Parameter(a)), trust(Parameter(b))
data = trust(ComputationGraphNode(c))
u = times(x, y)
z = times(sine(plus(u, x)), times(u, data))


def loss(xp, a, b):
    return xp.sum(gradient * xp.sin(a * b + a) * (a * b * c))


names = ("gradient of x", "gradient of y")
z.backward(gradient.copy())
*got, of_z, of_data = checks.get_all((x, y, z, data), "grad")
print(checks.check_gradients(title, tuple(got), loss, (a, b), names=names, see=see))
print(checks.check_value(title, of_z, gradient, name="gradient of z itself", see=see))
print(checks.check_value(title, of_data, None, name="gradient of data", see=see))
text = "the graph has 5 operations, so 5 calls of Operation.backward; there were {}"
right = len(asked) == 5
told, seen = text.format(len(asked)), len(asked)
print("5 calls:", checks.check_true(title, right, told, observed=seen, see=see))
left = len(z.input_nodes)
text = f"backward must leave the graph as it is; z had 2 input nodes, after the first call {left}"
checks.check_true(title, left == 2, text, observed=left, see=see)
z.backward(gradient.copy())
got = dict(zip("xyu", checks.get_all((x, y, u), "grad")))
by_u = gradient * c * (np.cos(a * b + a) * a * b + np.sin(a * b + a))
by_x, by_y = checks.central_difference(lambda at: loss(np, *at), [a, b])
expected = {"x": 2 * by_x, "y": 2 * by_y, "u": 2 * by_u}
name = "gradients after a second call, twice those of the first"
print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-node_backward-hidden" points=3
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 4 · backward", "3 · The way back, for every graph"
rng = checks.rng()
asked, told = [], []


def trust(node):
    def collect(gradient):
        told.append(node)
        before = node.grad
        node.grad = sum([gradient] if before is None else [before, gradient])

    node.set_gradient = collect
    return node


def parameters(count, size):
    return checks.call_all([partial(Parameter, rng.normal(size=size)) for _ in range(count)])


averages, scales = (iter(checks.call_all([partial(kind)] * 20)) for kind in (Average, Scale))


def average(x, y):
    return partial(next(averages), x, y)


def scale(x, factor):
    return partial(next(scales), x, factor)


# gradients that share an array on their way
a, b = map(trust, parameters(2, 3))
s = trust(average(a, b)())
top = trust(average(s, a)())
g = rng.normal(size=3)
top.backward(g.copy())
got, expected = checks.get_all((a, b, s, top), "grad"), [0.75 * g, 0.25 * g, 0.5 * g, g]
name = "gradients of the average of a and of the average of a and b, for (a, b, s, z)"
print(checks.check_value(title, got, expected, name=name, see=see))
through = [any(node is known for known in told) for node in (a, b, s, top)]
text = "every node must get its gradient through set_gradient; grad was set in another way"
print(checks.check_true(title, all(through), text, observed=through, see=see))
top = average(*checks.call_all([scale(a, 1.0), scale(a, 3.0)]))()
a.grad = None
top.backward()
got, expected = checks.get_all((a, top), "grad"), [np.full(3, 2.0), np.ones(3)]
name = "gradients of the average of a and 3a, without g"
print(checks.check_value(title, got, expected, name=name, see=see))

# arrays that wait at two nodes at once, and are added to at one of them
for swapped in (False, True):
    a, b = parameters(2, 2)
    p, q = checks.call_all([scale(a, 1.0), scale(b, 1.0)])
    both, *alone = checks.call_all([average(p, q), scale(p, 3.0), scale(q, 5.0)])
    pair = [both, average(*alone)()]
    top = average(*pair[::-1] if swapped else pair)()
    g = rng.normal(size=2)
    top.backward(g.copy())
    got, name = checks.get_all((a, b), "grad"), "gradients of the average of a, b and of 3a, 5b"
    print(checks.check_value(title, got, [g, 1.5 * g], name=f"{name}, for (a, b)", see=see))

# a node used twice by one operation, and by another
for swapped in (False, True):
    (a,) = parameters(1, 2)
    u = scale(a, 1.0)()
    pair = checks.call_all([average(u, u), scale(u, 3.0)])
    top = average(*pair[::-1] if swapped else pair)()
    g = rng.normal(size=2)
    top.backward(g.copy())
    got, name = checks.get_all((a, u), "grad"), "gradients of the average of u, u and of 3u"
    print(checks.check_value(title, got, [2 * g, 2 * g], name=f"{name}, for (a, u)", see=see))

# nodes used twice, one after the other
x = trust(*parameters(1, 2))
y = average(x, x)()
z = average(y, y)()
g = rng.normal(size=2)
z.backward(g.copy())
got, name = checks.get_all((x, y, z), "grad"), "y, the average of x and x, and that of y and y"
print(checks.check_value(title, got, [g, g, g], name=name, see=see))
x.grad = y.grad = z.grad = None
z.backward(np.zeros(2))
got, name = checks.get_all((x, y, z), "grad"), f"{name}, with zeros as g"
print(checks.check_value(title, got, [np.zeros(2)] * 3, name=name, see=see))

# two losses on one trunk: the second call must not hand on what the first has brought
trunk = trust(scale(x, 5.0)())
first, second = checks.call_all([scale(trunk, 2.0), scale(trunk, 7.0)])
x.grad = None
first.backward(g.copy())
second.backward(g.copy())
got, expected = checks.get_all((x, trunk, first, second), "grad"), [45 * g, 9 * g, g, g]
name = "gradients of two losses on one trunk, for (x, trunk, first, second)"
print(checks.check_value(title, got, expected, name=name, see=see))

# a number is no loss of its own accord
(p,) = checks.call_all([partial(Parameter, 2.0)])
scale(p, 3.0)().backward(np.array(-1.5))
name = "gradient of 3p for a number p, with g = -1.5"
print(checks.check_value(title, p.grad, -4.5, name=name, see=see))


# random graphs; some leaves are data
def counted(forward, backward):
    """Make an operation that counts how often it is asked for gradients."""

    def back(*values):
        asked.append(1)
        return backward(*values)

    return partial(Custom, forward, back)


steps = {
    "mean": lambda xp, p, q: (p + q) / 2,
    "turn": lambda xp, p, q: -0.7 * p,
    "times": lambda xp, p, q: p * q,
    "twist": lambda xp, p, q: xp.sin(p) + 2 * q,
}
operations = {
    "mean": partial(Average),
    "turn": partial(Scale),
    "times": counted(lambda p, q: p * q, lambda p, q, g: (g * q, g * p)),
    "twist": counted(lambda p, q: np.sin(p) + 2 * q, lambda p, q, g: (g * np.cos(p), 2 * g)),
}
g = []
# all inner nodes are collected at the end of a graph
weighted = counted(
    lambda *values: sum(np.sum(w * v) for w, v in zip(g, values)),
    lambda *values: tuple(values[-1] * w for w in g),
)


def values_of(plan, leaves, xp):
    """The values of all nodes of a plan."""
    values = list(leaves)
    for kind, i, j in plan:
        values.append(steps[kind](xp, values[i], values[j]))
    return values


def nodes_of(plan, leaves):
    """The nodes of a plan, made in batches of those whose inputs are there."""
    *trained, data = leaves
    nodes = checks.call_all(
        [*(partial(Parameter, leaf) for leaf in trained), partial(ComputationGraphNode, data)]
    )
    made = checks.call_all([operations[kind] for kind, _, _ in plan])
    first = 0
    while first < len(plan):
        waits = (k for k in range(first, len(plan)) if max(plan[k][1:]) >= len(nodes))
        last = next(waits, len(plan))
        nodes += checks.call_all(
            [
                partial(operation, nodes[i], -0.7 if kind == "turn" else nodes[j])
                for operation, (kind, i, j) in zip(made[first:last], plan[first:last])
            ]
        )
        first = last
    return nodes


def make_loss(plan, data):
    """The loss of a random graph for check_gradients."""

    def loss(xp, *leaves):
        values = values_of(plan, [*leaves, data], xp)
        return sum(xp.sum(weight * value) for weight, value in zip(g, values[4:]))

    return loss


for size, shape in ((4, ()), (8, (3,)), (12, (2, 2))):
    leaves = [np.asarray(rng.normal(size=shape)) for _ in range(4)]
    plan, values = [("times", 0, 3), ("mean", 4, 4)], []
    while len(plan) < size:
        kind = str(rng.choice(list(steps)))
        i, j = map(int, rng.integers(max(0, len(plan) - 2), 4 + len(plan), size=2))
        values = values_of([*plan, (kind, i, j)], leaves, np)
        if np.abs(values[-1]).max() < 5:
            plan.append((kind, i, j))
    g[:] = [np.asarray(rng.normal(size=shape)) for _ in plan]

    nodes = nodes_of(plan, leaves)
    top = weighted()(*nodes[4:])
    before, wanted = zip(*checks.get_all(nodes, "value", "require_grad"))
    counting = [kind in ("times", "twist") for kind, _, _ in plan]
    needed = 1 + sum(bool(want) and counts for want, counts in zip(wanted[4:], counting))
    asked.clear()
    top.backward()
    after, grads = zip(*checks.get_all(nodes, "value", "grad"))
    # a leaf that no operation uses is out of the graph
    got = tuple(np.zeros(shape) if grad is None else grad for grad in grads[:3])
    names = tuple(f"leaf {k} of a random graph of {size} operations" for k in range(3))
    loss = make_loss(plan, leaves[3])
    print(checks.check_gradients(title, got, loss, tuple(leaves[:3]), names=names, see=see))
    text = f"{needed} operations that count are in the graph; there were {len(asked)} calls of them"
    right = len(asked) == needed
    print(checks.check_true(title, right, text, observed=len(asked), see=see))
    name = "values of the graph afterwards"
    print(checks.check_value(title, after, before, name=name, see=see))
    print(checks.check_value(title, grads[3], None, name="gradient of data", see=see))

lone = Parameter(rng.normal(size=(2, 2)))
lone.backward()
name = "gradient of a leaf, asked itself"
print(checks.check_value(title, lone.grad, np.ones((2, 2)), name=name, see=see))
g = rng.normal(size=3)
print(checks.check_pure(title, Scale()(Parameter(np.ones(3)), 2.0).backward, g, see=see))

# a leaf that is no Parameter, and an operation with two settings
handed = []


def back(x, *rest):
    handed[:] = rest[:-1]
    return (10 * rest[-1],)


leaf = ComputationGraphNode(rng.normal(size=3), require_grad=True)
Custom(lambda x, p, q: p * q * x, back)(leaf, 2.0, 5.0).backward(g.copy())
name, got = "settings that an operation with two of them was asked with", leaf.grad
print(checks.check_value(title, handed, [2.0, 5.0], name=name, see=see))
text = "a leaf with require_grad=True must get its gradient, also if it is no Parameter"
checks.check_true(title, got is not None, text, observed=got is not None, see=see)
name = "gradient of a leaf that is no Parameter, with require_grad=True"
print(checks.check_value(title, got, 10 * g, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# The next two graphs are for the last test: a ladder of diamonds, and a long chain.


# %% grade_id="given-lib-graphs"
def diamond_ladder(rungs, average=Average):
    """A parameter x, and the end of a ladder: per rung h = x, k = 3x, and next x = (h + k) / 2.

    average: the operation that makes the average.
    """
    first = node = Parameter(1.0)
    for _ in range(rungs):
        node = average()(Scale()(node, 1.0), Scale()(node, 3.0))
    return first, node


def deep_chain(length):
    """A parameter x, and the end of a chain: `length` times z = 1 * (what was before)."""
    first = node = Parameter(1.0)
    for _ in range(length):
        node = Scale()(node, 1.0)
    return first, node


# %% grade_id="test-node_backward-diamonds" points=2
import numpy as np
from course import checks

title, see = "Exercise 4 · backward", "3 · The way back, for every graph"
rng = checks.rng()
factor, asked, counts = float(rng.uniform(0.5, 1.0)), [], {}


def counted_average():
    """Make an average that counts how often it is asked for gradients."""

    def back(x, y, g):
        asked.append(1)
        return g / 2, factor * g / 2

    return Custom(lambda x, y: (x + factor * y) / 2, back)


for rungs in (2, 5):
    asked.clear()
    x, top = diamond_ladder(rungs, counted_average)
    top.backward()
    name = f"gradient at the foot of a ladder of {rungs} diamonds"
    expected = ((1 + 3 * factor) / 2) ** rungs
    print(checks.check_value(title, x.grad, expected, name=name, see=see))
    counts[rungs] = len(asked)
right = counts == {2: 2, 5: 5}
told = " and ".join(f"{n} calls for {rungs} diamonds" for rungs, n in counts.items())
text = f"one call of backward per diamond is needed; there were {told}"
print(told, checks.check_true(title, right, text, observed=list(counts.values()), see=see))

# %% grade_id="test-node_backward-deep" points=1
from course import checks

title, see = "Exercise 4 · backward", "3 · The way back, for every graph"
x, top = deep_chain(2_000)
top.backward()
name = "gradient at the foot of a chain of 2000 operations"
print(checks.check_value(title, x.grad, 1.0, name=name, see=see))

# %% [markdown]
# **What you should see.** The obvious recursion asks twice as often with every rung, your method once
# more. And below it the graph of the example with its gradients in red, those of the table.


# %% tags=["experiment"]
def obvious(node, g, counter):
    """Gradients by the obvious recursion; counts how often an operation is asked."""
    node.set_gradient(g)
    if node.func is not None:
        counter.append(1)
        values = [input_node.value for input_node in node.input_nodes]
        parts = node.func.backward(*values, *node.func_parameters, g)
        for input_node, part in zip(node.input_nodes, parts):
            obvious(input_node, part, counter)


class Counted(Average):
    calls = 0

    @staticmethod
    def backward(x, y, gradient):
        Counted.calls += 1
        return Average.backward(x, y, gradient)


for rungs in (1, 2, 4, 8, 12):
    counter, Counted.calls = [], 0
    first, top = diamond_ladder(rungs)
    obvious(top, np.ones(()), counter)
    mine, top = diamond_ladder(rungs, Counted)
    top.backward()
    print(
        f"{rungs:2d} rungs: obvious recursion {len(counter):6d} calls, yours {3 * Counted.calls:3d};"
        f" gradients {first.grad} and {mine.grad}"
    )

# %% tags=["experiment"]
x = Parameter(4.0)
u = Scale()(x, 2.0)
v = Average()(x, u)
z = Average()(v, u)
z.backward()
visualize(z, {x: "x", u: "u", v: "v", z: "z"})

# %% [markdown]
# ### Question 1 · three ways to walk (3 points)
#
# 1. The obvious recursion gives right gradients although it visits nodes many times. Which property
#    of `set_gradient` makes that so, and which sentence of calculus stands behind it?
# 2. On a ladder of $n$ diamonds, how often does it ask an operation, as a formula in $n$? (Count
#    three operations per diamond, and compare with the numbers above.)
# 3. Somebody repairs it: "a node that was visited before is not visited again". Name a small graph
#    for which the gradients are then wrong, say which gradient is wrong, and by how much.

# %% [markdown] grade_id="question-walk" points=3
# ### BEGIN SOLUTION
# 1. It accumulates: each visit adds the part of the gradient that comes along one path. The
#    multivariable chain rule says that the derivative is the sum over all paths of the products of
#    the local derivatives.
# 2. The node at the end of k diamonds (from the top) is visited 2^k times, so its diamond's three
#    operations are asked 2^k times each: 3 (1 + 2 + ... + 2^(n-1)) = 3 (2^n - 1). For n = 12 that is
#    12285, as printed.
# 3. z = average of v and u, v = average of x and u, u = 2x (the example): u is visited when its first
#    part arrives, hands on 1/4 or 1/2 (depending on the order) instead of 3/4, so the gradient of x
#    is 3/4 or 5/4 instead of 7/4. Any graph in which a *computed* node is reached along a short and
#    a long path will do. (x + x with a leaf x is right if the set_gradient comes before the test.)
#
# Mark scheme, 3 points: 1 for accumulation together with the sum over paths (or the multivariable
# chain rule); 1 for exponential growth with the right formula (2^n alone or "doubles with each
# diamond": half a point); 1 for a graph with a shared computed node and the wrong number named.
# ### END SOLUTION

# %% [markdown]
# ## 4 · Operations for networks
#
# ### Exercise 5 · `ReLU` (2 points)
#
# $z = \max(x, 0)$, entry by entry. Where $x$ is positive, $z$ moves with it and the gradient passes
# unchanged; where it is negative, nothing moves and the gradient is 0. At $x = 0$ there is a corner.
# The course says $\mathrm{ReLU}'(0) = 0$, as PyTorch and JAX do:
#
# $$g_x = g_z * [x > 0] .$$
#
# **By hand.** $x = (-2, 0, 3)$ and $g_z = (5, 6, 7)$: $z = (0, 0, 3)$ and $g_x = (0, 0, 7)$.
#
# **Think first.** `x[x < 0] = 0` makes the right array. Whose array is it that you are changing?


# %% grade_id="node_relu" stub=["Return max(x, 0) for each entry, a new array.", "Return the tuple of one gradient, of the shape of x."]
class ReLU(Operation):
    """z = max(x, 0)"""

    @staticmethod
    def forward(x):
        ### BEGIN SOLUTION
        return np.maximum(x, 0)
        ### END SOLUTION

    @staticmethod
    def backward(x, gradient):
        ### BEGIN SOLUTION
        return (gradient * (x > 0),)
        ### END SOLUTION


# %% grade_id="test-node_relu" points=1
import numpy as np
from course import checks

title, see = "Exercise 5 · ReLU", "4 · Operations for networks"
rng = checks.rng()
x = rng.uniform(0.5, 2.0, size=(3, 4)) * rng.permutation([1, -1] * 6).reshape(3, 4)
gradient = rng.normal(size=(3, 4))
got = ReLU().forward(x.copy())
print(checks.check_value(title, got, np.where(x > 0, x, 0), name="ReLU(x)", see=see))
print(checks.check_pure(title, ReLU().forward, x, see=see))
got = ReLU().backward(x.copy(), gradient.copy())
text = "backward must return a tuple of one gradient"
right = checks.is_sequence(got) and len(got) == 1
checks.check_true(title, right, text, observed=got, see=see)


def loss(xp, x):
    return xp.sum(gradient * (x + xp.abs(x)) / 2)


names = ("gradient of x",)
print(checks.check_gradients(title, got, loss, (x,), names=names, see=see))

# %% grade_id="test-node_relu-hidden" points=1
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 5 · ReLU", "4 · Operations for networks"
rng = checks.rng()
forward, backward = ReLU().forward, ReLU().backward
for shape in ((5,), (1, 3), (2, 3, 2)):
    x, gradient = rng.normal(size=shape), rng.normal(size=shape)
    x.flat[0], x.flat[1], x.flat[2] = 0.0, 1.5, -1.5
    case = f"{title}, shape {shape}"
    done, expected = checks.check_pure(case, forward, x, see=see), np.where(x > 0, x, 0)
    print(checks.check_value(case, done.value, expected, name="ReLU(x)", see=see))
    done = checks.check_pure(case, backward, x, gradient, see=see)
    got, expected = done.value, (np.where(x > 0, gradient, 0),)
    print(checks.check_value(case, got, expected, name="gradient of x", see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 6 · `TanH` (3 points)
#
# $$\tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}}$$
#
# squeezes everything into $(-1, 1)$. Typed in as it stands, it fails: $e^{1000}$ is more than float64
# can hold, `np.exp(1000.0)` is `inf`, and `inf / inf` is `nan`. The cure is that of every softmax:
# multiply top and bottom by the same number, one that keeps all exponents at or below zero. Take
# $e^{-|z|}$, for each entry its own:
#
# $$\tanh z = \frac{e^{z - |z|} - e^{-z - |z|}}{e^{z - |z|} + e^{-z - |z|}} .$$
#
# One of the two exponents is now exactly 0, the other is $-2|z|$: the bottom lies between 1 and 2, and
# nothing can overflow. (NumPy has `np.tanh`, which you may use to check yourself. Write it out once.)
#
# The slope is made of the value itself. With $t = \tanh z$, the quotient rule gives
#
# $$\frac{dt}{dz} = \frac{(e^z + e^{-z})^2 - (e^z - e^{-z})^2}{(e^z + e^{-z})^2} = 1 - t^2 .$$
#
# **By hand.** $z = \ln 3$: $e^{z - |z|} = 1$ and $e^{-z - |z|} = \tfrac19$, so $t = \tfrac89 /
# \tfrac{10}9 = 0.8$, and the slope is $1 - 0.64 = 0.36$. With $g_z = 10$ we have $g_x = 3.6$.
#
# **Think first.** Why not subtract the largest entry of the whole array, as in a softmax? (Let the
# entries be 1000 and 1.)


# %% grade_id="node_tanh" stub=["Return tanh of each entry of z, with no exponent above 0: an array of the shape of z.", "Return the tuple of one gradient, of the shape of x."]
class TanH(Operation):
    """z = tanh(x), for x of any size"""

    @staticmethod
    def TanHCompute(z):
        """z: array of any shape, entries of any size; no overflow, and no warning of one."""
        ### BEGIN SOLUTION
        up, down = np.exp(z - np.abs(z)), np.exp(-z - np.abs(z))
        return (up - down) / (up + down)
        ### END SOLUTION

    @staticmethod
    def forward(x):
        return TanH.TanHCompute(x)

    @staticmethod
    def backward(x, gradient):
        ### BEGIN SOLUTION
        return (gradient * (1 - TanH.TanHCompute(x) ** 2),)
        ### END SOLUTION


# %% [markdown]
# The test of large entries asks the function below whether NumPy had anything to complain about.


# %% grade_id="given-lib-warns"
def warns(function, *args):
    """Whether something overflows, or becomes nan, while NumPy computes function(*args)."""
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            function(*args)
    except FloatingPointError:
        return True
    return False


# %% grade_id="test-node_tanh" points=1
import numpy as np
from course import checks

title, see = "Exercise 6 · TanH", "4 · Operations for networks"
rng = checks.rng()
x, gradient = rng.normal(size=(2, 3, 4))
got = TanH().forward(x.copy())
print(checks.check_value(title, got, np.tanh(x), name="tanh(x)", see=see))
large = np.array([1000.0, -1000.0, 1.0, -0.5])
got = TanH().forward(large.copy())
print(checks.check_value(title, got, np.tanh(large), name="tanh(large x)", see=see))
got = TanH().backward(x.copy(), gradient.copy())
text = "backward must return a tuple of one gradient"
right = checks.is_sequence(got) and len(got) == 1
checks.check_true(title, right, text, observed=got, see=see)


def loss(xp, x):
    return xp.sum(gradient * xp.tanh(x))


print(checks.check_gradients(title, got, loss, (x,), names=("gradient of x",), see=see))

# %% grade_id="test-node_tanh-hidden" points=2
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 6 · TanH", "4 · Operations for networks"
rng = checks.rng()
forward, backward = TanH().forward, TanH().backward
for shape in ((6,), (1, 6), (3, 2)):
    x, gradient = rng.normal(size=shape), rng.normal(size=shape)
    x.flat[0], x.flat[1], x.flat[2] = rng.uniform(500, 2000), -rng.uniform(500, 2000), 0.0
    case = f"{title}, shape {shape}, some entries large"
    done = checks.check_pure(case, forward, x, see=see)
    print(checks.check_value(case, done.value, np.tanh(x), name="tanh(x)", see=see))
    warned = warns(forward, x.copy())
    text = "the values are right, but on the way to them something overflows, and NumPy warns of it"
    print(checks.check_true(case, not warned, text, observed=warned, see=see))
    small = np.exp(-2 * np.abs(x))
    done = checks.check_pure(case, backward, x, gradient, see=see)
    got, expected = done.value, (gradient * 4 * small / (1 + small) ** 2,)
    print(checks.check_value(case, got, expected, name="gradient of x", see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** From $z = 710$ on, and below $-710$, the naive formula gives `nan`; yours
# never does. The picture shows the middle: the slope is largest at 0, where it is 1 (that of the
# sigmoid is ¼: one reason why deep networks prefer tanh).

# %% tags=["experiment"]
from course import plots

z = np.linspace(-1000, 1000, 401)
with np.errstate(all="ignore"):
    naive = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
print(f"naive: {np.isnan(naive).sum()} of {naive.size} values are nan")
print(f"yours: {np.isnan(TanH().forward(z)).sum()} of {z.size}")
z = np.linspace(-4, 4, 161)
(slope,) = TanH().backward(z, np.ones_like(z))
plots.plot_curves(z, {"TanH": TanH().forward(z), "its slope": slope}, xlabel="z")

# %% [markdown]
# ### Exercise 7 · `affine_transform` (4 points)
#
# The workhorse: $s = xW + b$, with $x$ of the shape `(B, n_in)`, $W$ of `(n_in, n_out)` and $b$ of
# `(n_out,)`. In lab 1 you derived what goes back to $W$ and $b$. As a part of a graph the operation
# owes the gradient of $x$, too: $x$ may be the output of another layer. Written out,
#
# $$s_{rj} = \sum_i x_{ri}\, W_{ij} + b_j .$$
#
# - $W_{ij}$ stands in $s_{rj}$ for **every** row $r$, with the factor $x_{ri}$: $\;g_{W,ij} = \sum_r
#   x_{ri}\, g_{s,rj}$, shape `(n_in, n_out)`.
# - $b_j$ stands in every row with the factor 1: $\;g_{b,j} = \sum_r g_{s,rj}$, shape `(n_out,)`.
# - $x_{ri}$ stands in $s_{rj}$ for **every** $j$, with the factor $W_{ij}$: $\;g_{x,ri} = \sum_j
#   g_{s,rj}\, W_{ij}$, shape `(B, n_in)`.
#
# Sums over $r$, no means: that the loss is a mean is the business of the loss, and $g_s$ knows it
# already. Which matrix products are these? Let the shapes tell you. The operation takes $W$, $b$ and
# $x$ in this order, and returns their gradients in the same.
#
# **By hand.** $x = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$, $W = \begin{pmatrix} 1 \\ -1
# \end{pmatrix}$, $b = (10)$, $g_s = \begin{pmatrix} 1 \\ 2 \end{pmatrix}$. Forward: $s =
# \begin{pmatrix} 9 \\ 9 \end{pmatrix}$. Backward: $g_W = \begin{pmatrix} 1 + 6 \\ 2 + 8 \end{pmatrix}
# = \begin{pmatrix} 7 \\ 10 \end{pmatrix}$, $g_b = (3)$, $g_x = \begin{pmatrix} 1 & -1 \\ 2 & -2
# \end{pmatrix}$.
#
# **Think first.** If $W$ is square, `gradient @ W` fits as well as `gradient @ W.T`. What tells you
# which is right? And for $B = 1$, what is the shape of `gradient`, and what must that of $g_b$ be?


# %% grade_id="affine_transform" stub=["Return x @ W + b, shape (B, n_out).", "Return the tuple of three gradients, for W (n_in, n_out), b (n_out,) and x (B, n_in)."]
class affine_transform(Operation):
    """s = x @ W + b"""

    @staticmethod
    def forward(W, b, x):
        """W: (n_in, n_out), b: (n_out,), x: (B, n_in)."""
        ### BEGIN SOLUTION
        return x @ W + b
        ### END SOLUTION

    @staticmethod
    def backward(W, b, x, gradient):
        """gradient: (B, n_out). Returns the gradients in the order of the arguments."""
        ### BEGIN SOLUTION
        return x.T @ gradient, gradient.sum(axis=0), gradient @ W.T
        ### END SOLUTION


# %% grade_id="test-affine_transform" points=2
import numpy as np
from course import checks

title, see = "Exercise 7 · affine_transform", "4 · Operations for networks"
rng = checks.rng()
W, b, x = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=(3, 4))
gradient, sizes = rng.normal(size=(3, 4)), {"batch size": 3, "width": 4}
got, expected = affine_transform().forward(W.copy(), b.copy(), x.copy()), np.dot(x, W) + b
print(checks.check_value(title, got, expected, name="x @ W + b", sizes=sizes, see=see))


def loss(xp, W, b, x):
    return xp.sum(gradient * (xp.dot(x, W) + b))


got = affine_transform().backward(W.copy(), b.copy(), x.copy(), gradient.copy())
names = ("gradient of W", "gradient of b", "gradient of x")
print(checks.check_gradients(title, got, loss, (W, b, x), names=names, sizes=sizes, see=see))

# %% grade_id="test-affine_transform-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 7 · affine_transform", "4 · Operations for networks"
rng = checks.rng()
forward, backward = affine_transform().forward, affine_transform().backward
for batch, n_in, n_out in ((1, 3, 3), (5, 2, 4), (4, 3, 1), (2, 1, 3)):
    W, b = rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
    x, gradient = rng.normal(size=(batch, n_in)), rng.normal(size=(batch, n_out))
    case = f"{title}, B={batch}, n_in={n_in}, n_out={n_out}"
    done, value = checks.check_pure(case, forward, W, b, x, see=see), np.einsum("ri,ij->rj", x, W)
    print(checks.check_value(case, done.value, value + b, name="x @ W + b", see=see))
    done = checks.check_pure(case, backward, W, b, x, gradient, see=see)
    expected = (
        np.einsum("ri,rj->ij", x, gradient),
        np.einsum("rj->j", gradient),
        np.einsum("rj,ij->ri", gradient, W),
    )
    name = "gradients of W, b and x"
    print(checks.check_value(case, done.value, expected, name=name, see=see))
affine, *leaves = checks.call_all(
    [
        partial(affine_transform),
        partial(Parameter, W),
        partial(Parameter, b),
        partial(ComputationGraphNode, x),
    ]
)
got, name = affine(*leaves).value, "value of the node that affine_transform makes"
print(checks.check_value(title, got, value + b, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 8 · `nll` (4 points)
#
# The loss: the **negative log-likelihood** of the right class, also called softmax cross-entropy. The
# logits $x$, shape `(B, C)`, become probabilities by a softmax, and the loss of an example is minus
# the logarithm of the probability of its class $c$:
#
# $$\ell_r = -\log \frac{e^{x_{rc}}}{\sum_k e^{x_{rk}}} = \log \sum_k e^{x_{rk}} - x_{rc} .$$
#
# No quotient is left, but the exponentials still overflow. With any number $m_r$,
#
# $$\log \sum_k e^{x_{rk}} = m_r + \log \sum_k e^{x_{rk} - m_r};$$
#
# take for $m_r$ the largest logit of row $r$, and no exponent is above 0 while one of them is 0
# (*log-sum-exp*, lab 4). The labels $y$ are one-hot, so $x_{rc} = \sum_k y_{rk} x_{rk}$.
#
# **One number or $B$ numbers?** Some libraries return $\ell_r$ for each example, and begin the
# backward pass with $1/B$ for each. In this course a loss is the **mean** over the batch, so
#
# $$J = \frac1B \sum_{r=0}^{B-1} \ell_r, \qquad \text{shape } (),$$
#
# and `loss.backward()` needs no argument. (PyTorch calls that `reduction="mean"`.)
#
# Back: $\partial \log \sum_k e^{x_{rk}} / \partial x_{rj} = e^{x_{rj}} / \sum_k e^{x_{rk}} = p_{rj}$,
# the softmax, and so
#
# $$g_{x,rj} = g_J \cdot \frac{p_{rj} - y_{rj}}{B}, \qquad \text{shape } (B, C).$$
#
# What a simple rule: what it said minus what it should have said. $g_J$, the cotangent of $J$, is one
# number: 1 if $J$ is the end of everything, another if $J$ is a part of something larger.
#
# The labels are no node, but a *setting*: nobody wants their gradient.
#
# **By hand.** $x = \begin{pmatrix} 0 & \ln 3 \\ 1000 & 1000 \end{pmatrix}$ and both examples are of
# class 0. Row 0: $p = (\tfrac14, \tfrac34)$, $\ell_0 = \ln 4$. Row 1: $m = 1000$, $p = (\tfrac12,
# \tfrac12)$, $\ell_1 = \ln 2$. $J = \tfrac12 \ln 8 \approx 1.04$, and with $g_J = 1$ the gradient is
# $\begin{pmatrix} -\tfrac38 & \tfrac38 \\ -\tfrac14 & \tfrac14 \end{pmatrix}$.
#
# **Think first.** With *one* $m$ for the whole array, the largest logit of all: what happens to row 0
# in the example? And what is the shape of a column `(B, 1)` plus a vector `(B,)`? (Its mean may well
# be right. With $B$ = 10,000 digits it takes 800 MB.)


# %% grade_id="nll" stub=["Return the mean over the rows of log-sum-exp minus the logit of the right class, one number.", "Return the tuple of one gradient, of the shape of x."]
class nll(Operation):
    """Negative log-likelihood of the right classes, averaged over the examples."""

    @staticmethod
    def forward(x, y):
        """x: logits (B, C), of any size; y: one-hot labels (B, C). Returns one number."""
        ### BEGIN SOLUTION
        highest = x.max(axis=1, keepdims=True)
        log_sum_exp = highest[:, 0] + np.log(np.exp(x - highest).sum(axis=1))
        return np.mean(log_sum_exp - (x * y).sum(axis=1))
        ### END SOLUTION

    @staticmethod
    def backward(x, y, gradient):
        """gradient: one number, the cotangent of the loss."""
        ### BEGIN SOLUTION
        exponentials = np.exp(x - x.max(axis=1, keepdims=True))
        p = exponentials / exponentials.sum(axis=1, keepdims=True)
        return (gradient * (p - y) / len(x),)
        ### END SOLUTION


# %% grade_id="test-nll" points=2
import numpy as np
from course import checks

title, see = "Exercise 8 · nll", "4 · Operations for networks"
rng = checks.rng()
x, y = rng.normal(size=(5, 4)), np.eye(4)[[0, 3, 1, 1, 2]]
sizes, gradient = {"batch size": 5, "number of classes": 4}, np.array(rng.uniform(1.5, 2.5))


def loss(xp, x):
    p = xp.exp(x) / xp.sum(xp.exp(x), axis=1, keepdims=True)
    return gradient * -xp.mean(xp.log(xp.sum(p * y, axis=1)))


got, expected = nll().forward(x.copy(), y.copy()), loss(np, x) / gradient
print(checks.check_value(title, got, expected, name="nll", sizes=sizes, see=see))
got = nll().backward(x.copy(), y.copy(), gradient.copy())
text = "backward must return a tuple of one gradient"
right = checks.is_sequence(got) and len(got) == 1
checks.check_true(title, right, text, observed=got, see=see)
names = ("gradient of the logits",)
print(checks.check_gradients(title, got, loss, (x,), names=names, sizes=sizes, see=see))
x = np.array([[0.0, np.log(3.0)], [1000.0, 1000.0]])
got = nll().forward(x.copy(), np.eye(2)[[0, 0]])
name = "nll of the example, with logits of 1000"
print(checks.check_value(title, got, np.log(8) / 2, name=name, see=see))

# %% grade_id="test-nll-hidden" points=2
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 8 · nll", "4 · Operations for networks"
rng = checks.rng()
forward, backward = nll().forward, nll().backward
for batch, classes in ((1, 4), (3, 3), (6, 2), (2, 5)):
    x = rng.normal(size=(batch, classes))
    x[0] += rng.uniform(900, 1100)
    x[-1, 0] -= rng.uniform(900, 1100)
    labels = rng.integers(0, classes, size=batch)
    y, gradient = np.eye(classes)[labels], np.array(rng.uniform(1.5, 2.5))
    sizes = {"batch size": batch, "number of classes": classes}
    case = f"{title}, B={batch}, C={classes}, large logits"
    shifted = np.stack([row - max(row) for row in x])
    p = np.stack([np.exp(row) / sum(np.exp(row)) for row in shifted])
    losses = [np.log(sum(np.exp(row))) - row[c] for row, c in zip(shifted, labels)]
    done, loss = checks.check_pure(case, forward, x, y, see=see), sum(losses) / batch
    print(checks.check_value(case, done.value, loss, name="nll", sizes=sizes, see=see))
    done = checks.check_pure(case, backward, x, y, gradient, see=see)
    got, expected = done.value, (gradient * (p - y) / batch,)
    name = "gradient of the logits"
    print(checks.check_value(case, got, expected, name=name, sizes=sizes, see=see))
got, name = nll()(ComputationGraphNode(x), y).value, "value of the node that nll makes"
print(checks.check_value(title, got, loss, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The numbers worked out above, and that two operations fit together: the
# gradients of a small classifier against central differences, $10^{-10}$ apart or less. If all are
# off by the same factor, look at where you divide by $B$; if only one of the three is off, look at
# the transposes.

# %% tags=["experiment"]
x, y = np.array([[0.0, np.log(3)], [1000.0, 1000.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
print("J of the example:", nll().forward(x, y), " gradient:", *nll().backward(x, y, 1.0))

rng = np.random.default_rng(4)
arrays = [rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(5, 3))]
labels = np.eye(3)[rng.integers(0, 3, size=5)]
W, b, x = (Parameter(array) for array in arrays)
nll()(TanH()(affine_transform()(W, b, x)), labels).backward()
for k, node in enumerate((W, b, x)):
    measured = np.zeros(node.value.shape)
    for i in np.ndindex(measured.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = [array.copy() for array in arrays]
            moved[k][i] += step
            ends.append(nll()(TanH()(affine_transform()(*map(Parameter, moved))), labels).value)
        measured[i] = (ends[0] - ends[1]) / 2e-5
    print("Wbx"[k], f"largest difference {np.abs(node.grad - measured).max():.1e}")

# %% [markdown]
# ## 5 · Modules
#
# A network is an object that has parameters, or that has parts that have parameters, or lists of such
# parts, to any depth:
#
# ![A deep network as a tree of modules](figures/modules.svg)
#
# An optimiser wants one flat list: every parameter of the tree, **once**. Once also if two parts share
# a parameter (language models use one matrix for reading words and for writing them); who finds it
# twice takes its step twice. Whoever writes a new module should not have to care about any of this: it
# is enough to set attributes. Python keeps the attributes of an object in a dictionary, `vars(self)`,
# in the order in which they were first set.
#
# A plain Python list may hold anything, so we do not look into those. A list of modules is a
# `ModuleList`, which is a list that knows how to find its parameters.
#
# ### Exercise 9 · `collect_parameters` (3 points)
#
# Both classes need the same walk: over attributes, or over items. You write it once. A `Parameter` is
# taken; a `Module` or a `ModuleList` is asked for its own `parameters()`; everything else, whether a
# number, an array or a node that is no parameter, is passed over. The order is that in which the
# parameters are met, and a parameter that was met before is not listed again.
#
# **By hand.** `net.first` is the parameter $p$, `net.size` the number 3, `net.parts` a `ModuleList`
# of a module that holds $q$ and of the parameter $p$ once more: the list is $[p, q]$.
#
# **Think first.** Parameters are objects: are two of them *the same* when their values are equal?
# (Two biases of ten zeros each.)


# %% grade_id="collect_parameters" stub="Return the list of all Parameters among things and within their Modules and ModuleLists, each once, in the order in which they are met."
def collect_parameters(things):
    """All parameters among `things`, and within the modules and module lists among them.

    things: an iterable of anything.
    Returns a list of Parameters, each object once, in the order in which they are first met.
    """
    ### BEGIN SOLUTION
    found = []
    for thing in things:
        if isinstance(thing, Parameter):
            found.append(thing)
        elif isinstance(thing, (Module, ModuleList)):
            found.extend(thing.parameters())
    return list(dict.fromkeys(found))
    ### END SOLUTION


class Module:
    """A network or a part of one; its parameters are found among its attributes."""

    def parameters(self):
        return collect_parameters(vars(self).values())


class ModuleList(list):
    """A list of modules and parameters that are to be found."""

    def parameters(self):
        return collect_parameters(self)


# %% grade_id="test-collect_parameters" points=1
import numpy as np
from course import checks

title, see = "Exercise 9 · collect_parameters", "5 · Modules"
rng = checks.rng()


def parameter(name):
    return Parameter(rng.normal(size=2), name=name)


net, part = Module(), Module()
net.weights, net.size = parameter("weights"), 3
part.scale, part.array = parameter("scale"), rng.normal(size=3)
net.part, net.data = part, ComputationGraphNode(rng.normal(size=2))
net.last = parameter("a last one")
got = [getattr(p, "name", "(no Parameter)") for p in net.parameters()]
expected = ["weights", "scale", "a last one"]
name = "names of the parameters of a module"
print(checks.check_value(title, got, expected, name=name, see=see))
got = [getattr(p, "name", "(no Parameter)") for p in net.parameters()]
name = "names of the parameters of the same module, asked again"
print(checks.check_value(title, got, expected, name=name, see=see))

other = Module()
other.shared, other.own = net.weights, parameter("own")
net.parts = ModuleList([parameter("in the list"), other, part])
got = [getattr(p, "name", "(no Parameter)") for p in net.parameters()]
expected += ["in the list", "own"]
name = "names of the parameters, with a ModuleList and shared ones"
print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-collect_parameters-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 9 · collect_parameters", "5 · Modules"
rng = checks.rng()


def parameters(*names, value=None):
    """Make parameters of these names, of random values unless one is given."""
    values = [rng.normal(size=2) if value is None else value for _ in names]
    return checks.call_all([partial(Parameter, v, name=n) for v, n in zip(values, names)])


def check(found, expected, name):
    names = checks.get_all(list(found), "name")
    print(checks.check_value(title, names, expected, name=name, see=see))


bare = checks.call_all([partial(Module), partial(ModuleList)])
check(bare[0].parameters(), [], "names of the parameters of an empty module")
check(bare[1].parameters(), [], "names of the parameters of an empty ModuleList")

# a module in a list in a list in a module
inner, outer, deep = checks.call_all([partial(Module)] * 3)
z, a, in_inner, in_outer = parameters(
    "inner z", "inner a", "in the inner list", "in the outer list"
)
checks.set_all(inner, z=z, a=a)
nested = ModuleList([inner, in_inner])
lists = ModuleList([nested, in_outer])
checks.set_all(outer, lists=lists, number=2.5, text="text")
deep.way = outer
expected = ["inner z", "inner a", "in the inner list", "in the outer list"]
check(deep.parameters(), expected, "names of the parameters of a deep tree")
check(lists.parameters(), expected, "names of the parameters of nested lists")

# equal values are not the same parameter; the same parameter counts once, wherever it is
twins, zeros = Module(), np.zeros(3)
first, second = parameters("first", "second", value=zeros)
checks.set_all(twins, first=first, second=second)
check(twins.parameters(), ["first", "second"], "names of two parameters of equal values")
checks.set_all(twins, again=second, list=ModuleList([first, second, first]))
found = twins.parameters()
check(found, ["first", "second"], "names of two parameters, met five times")
same = len(found) == 2 and found[0] is first and found[1] is second
text = "parameters() must return the parameters themselves, not copies"
print(checks.check_true(title, same, text, observed=same, see=see))
namesakes = Module()
first, second, listed, paired, alone = parameters("W", "W", "in a plain list", "in a tuple", "bare")
checks.set_all(namesakes, first=first, second=second)
check(namesakes.parameters(), ["W", "W"], "names of two parameters that have one name")
checks.set_all(namesakes, plain=[listed], pair=(paired,))
name = "names of the parameters beside a plain list and a tuple"
check(namesakes.parameters(), ["W", "W"], name)
found = collect_parameters([1.5, alone, ComputationGraphNode(zeros), inner, None])
got, name = checks.get_all(list(found), "name"), "names of the parameters among anything"
print(checks.check_value(title, got, ["bare", "inner z", "inner a"], name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · Where to begin
#
# All zero is no place to begin (question 2 asks why). Random numbers are, if they are of the right
# *size*. Let $s_j = \sum_i x_i W_{ij}$, with $n_\text{in}$ terms, the weights independent with mean 0
# and variance $v$. Then the variance of $s_j$ is $n_\text{in}\, v$ times the mean square of the $x_i$.
# If $n_\text{in}\, v = 2$, each layer doubles the variance, and ten layers make it a thousand times
# larger; if it is ½, ten layers make it a thousand times smaller. A deep network wants $n_\text{in}\, v
# = 1$. On the way back the same happens with $n_\text{out}$ (the sum is over $j$). Hence
#
# - **Glorot** (Glorot and Bengio, 2010): the compromise $v = \dfrac{2}{n_\text{in} + n_\text{out}}$.
#   A uniform distribution on $[-a, a)$ has the variance $a^2/3$, so $a = \sqrt{\dfrac{6}{n_\text{in}
#   + n_\text{out}}}$. Good for tanh, which is nearly the identity in the middle.
# - **Kaiming** (He et al., 2015): a ReLU throws away half of its input, and with it half of the mean
#   square. So give twice as much: a normal distribution of the variance $v = \dfrac{2}{n_\text{in}}$.
# - **Zero**: for biases, which do not suffer from being equal.
#
# ### Exercise 10 · `zero_init`, `glorot_init`, `kaiming_init` (4 points)
#
# Each takes a parameter and a generator `rng` and sets `parameter.value`; the shape stays. For Glorot
# and Kaiming the shape is `(n_in, n_out)`.
#
# A training that cannot be repeated cannot be understood. So all randomness comes from `rng`, and we
# agree on **one call** for the whole array:
#
# | function | the one call on `rng` |
# |---|---|
# | `zero_init` | none |
# | `glorot_init` | `rng.uniform(-a, a, size=shape)` |
# | `kaiming_init` | `rng.normal(0, standard_deviation, size=shape)` |
#
# Then the same seed gives the same network, in your library and in everybody else's.
#
# **By hand.** Shape `(4, 2)`: Glorot draws between $-1$ and $1$, Kaiming with the standard deviation
# $\sqrt{2/4} \approx 0.71$.
#
# **Think first.** `rng.normal` takes the standard deviation, not the variance. And Glorot's $a$: is it
# the variance, the standard deviation, or neither?


# %% grade_id="given-lib-generator"
def generator(seed):
    """A NumPy generator of random numbers."""
    return np.random.default_rng(seed)


# %% grade_id="initialisation" stub=["Set parameter.value to zeros of its shape.", "Set parameter.value to numbers drawn uniformly from [-a, a), shape (n_in, n_out).", "Set parameter.value to normally distributed numbers of variance 2 / n_in, shape (n_in, n_out)."]
def zero_init(parameter, rng):
    """All zeros. rng: not touched; it is there so that all three can be called alike."""
    ### BEGIN SOLUTION
    parameter.value = np.zeros(parameter.value.shape)
    ### END SOLUTION


def glorot_init(parameter, rng):
    """Uniform, variance 2 / (n_in + n_out) (Glorot and Bengio, 2010); one call of rng.uniform."""
    ### BEGIN SOLUTION
    n_in, n_out = parameter.value.shape
    a = np.sqrt(6 / (n_in + n_out))
    parameter.value = rng.uniform(-a, a, size=(n_in, n_out))
    ### END SOLUTION


def kaiming_init(parameter, rng):
    """Normal, variance 2 / n_in (He et al., 2015); one call of rng.normal."""
    ### BEGIN SOLUTION
    n_in, n_out = parameter.value.shape
    parameter.value = rng.normal(0, np.sqrt(2 / n_in), size=(n_in, n_out))
    ### END SOLUTION


# %% grade_id="test-initialisation" points=2
import numpy as np
from course import checks

title, see = "Exercise 10 · zero_init, glorot_init, kaiming_init", "6 · Where to begin"
rng = checks.rng()
n_in, n_out = 200, 150
for init, name, spread, largest in (
    (glorot_init, "glorot_init", np.sqrt(2 / (n_in + n_out)), np.sqrt(6 / (n_in + n_out))),
    (kaiming_init, "kaiming_init", np.sqrt(2 / n_in), np.inf),
):
    seed = int(rng.integers(2**32))
    parameter = Parameter(np.ones((n_in, n_out)))
    init(parameter, generator(seed))
    values = parameter.value
    # any values of the right form pass here; what they should be comes below
    form = f"form of what {name} sets"
    checks.check_value(title, values, np.ones((n_in, n_out)), name=form, atol=np.inf, see=see)
    seen = [float(f(values)) for f in (np.mean, np.std, np.min, np.max)]
    # 30,000 numbers: these bounds are seven standard errors wide
    checks.check_value(title, seen[1] / spread, 1.0, name=f"{name}: standard deviation / what it should be",
                       atol=0.03,
                       see=see)  # fmt: skip
    centred, inside = abs(seen[0]) < 0.05 * spread, max(-seen[2], seen[3]) <= largest
    text = f"{name} should draw around 0: mean {seen[0]:.4f}"
    checks.check_true(title, centred, text, observed=seen, see=see)
    text = (
        f"{name} should draw from -{largest:.4f} to {largest:.4f}: {seen[2]:.4f} to {seen[3]:.4f}"
    )
    checks.check_true(title, inside, text, observed=seen, see=see)
    print(f"{name}: mean {seen[0]:.4f}, standard deviation {seen[1]:.4f}")
    by_seed = np.random.default_rng(seed)
    if init is glorot_init:
        expected = by_seed.uniform(-largest, largest, size=(n_in, n_out))
    else:
        expected = by_seed.normal(0, spread, size=(n_in, n_out))
    name = f"values that {name} draws from a generator of known seed"
    print(checks.check_value(title, values, expected, name=name, see=see))
parameter = Parameter(rng.normal(size=3))
zero_init(parameter, generator(1))
print(checks.check_value(title, parameter.value, np.zeros(3), name="zero_init", see=see))

# %% grade_id="test-initialisation-hidden" points=2
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 10 · zero_init, glorot_init, kaiming_init", "6 · Where to begin"
rng = checks.rng()
inits = (kaiming_init, zero_init, glorot_init, kaiming_init, glorot_init, zero_init)
for shape in ((5, 5), (7, 2), (1, 6), (40, 1)):
    seed = int(rng.integers(2**32))
    mine, yours = np.random.default_rng(seed), generator(seed)
    spread, largest = np.sqrt(2 / shape[0]), np.sqrt(6 / sum(shape))
    expected = [
        mine.normal(0, spread, size=shape),
        np.zeros(shape),
        mine.uniform(-largest, largest, size=shape),
        mine.normal(0, spread, size=shape),
        mine.uniform(-largest, largest, size=shape),
        np.zeros(shape),
    ]
    parameters = checks.call_all([partial(Parameter, rng.normal(size=shape)) for _ in inits])
    checks.call_all([partial(init, p, yours) for init, p in zip(inits, parameters)])
    got = checks.get_all(parameters, "value")
    name = f"six parameters of shape {shape}, one after the other from one generator"
    print(checks.check_value(title, got, expected, name=name, see=see))
odd = {
    "zero_init of a parameter with three axes": np.ones((2, 1, 3)),
    "zero_init of a parameter that held nan and inf": np.array([1.0, np.nan, np.inf]),
}
parameters = checks.call_all([partial(Parameter, value) for value in odd.values()])
checks.call_all([partial(zero_init, p, yours) for p in parameters])
for (name, before), got in zip(odd.items(), checks.get_all(parameters, "value")):
    print(checks.check_value(title, got, np.zeros(before.shape), name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** Standard deviations of the activations, layer by layer, in a network of ten
# ReLU layers, 200 units wide: Kaiming keeps the level, Glorot loses a factor of $\sqrt2$ in each
# layer, zero is zero from the first layer on. If your Kaiming falls like Glorot, the 2 is missing; if
# it is gone after two layers, the square root is.

# %% tags=["experiment"]
from course import plots

rng = np.random.default_rng(7)
spreads = {}
for name, init in (("kaiming", kaiming_init), ("glorot", glorot_init), ("zero", zero_init)):
    x, spreads[name] = as_node(rng.normal(size=(100, 200))), []
    for _ in range(10):
        W, b = Parameter(np.ones((200, 200))), Parameter(np.zeros(200))
        init(W, rng)
        x = ReLU()(affine_transform()(W, b, x))
        spreads[name].append(x.value.std())
plots.plot_curves(range(1, 11), spreads, xlabel="layer", ylabel="standard deviation")

# %% [markdown]
# ### Question 2 · all zero (3 points)
#
# Somebody initialises *all* weights and biases of a deep network with `zero_init` (two or more hidden
# layers, trained with `nll`). No code is needed, but you may try it when you have come to exercise 14.
#
# 1. With ReLU: what are the hidden activations, and which parameters of the network receive a
#    gradient that is not zero? What can such a network learn at all?
# 2. Does tanh in place of ReLU help?
# 3. Now all weights of a layer are the same number 0.1 instead of 0. Gradients flow. Why is that
#    still no good, however long one trains?

# %% [markdown] grade_id="question-zero-init" points=3
# ### BEGIN SOLUTION
# 1. All pre-activations are 0, so all activations are 0. The gradient of a W is x.T @ g: zero where
#    its input x is zero, which is so for every layer but the first, and there g is zero, as it came
#    back through W.T = 0 (and through ReLU'(0) = 0). Only the last bias receives something, the mean
#    of p - y. So the network learns how frequent the classes are, and nothing about the inputs.
# 2. No: tanh(0) = 0 as well. Its slope there is 1, but what comes back has been multiplied with the
#    next layer's weights, which are 0.
# 3. Symmetry: all units of a layer compute the same, receive the same gradient and stay equal for
#    ever, so that each layer has in effect one unit. Random numbers break the symmetry.
#
# Mark scheme, 3 points: 1 for zero activations and only the last bias learning (the class
# frequencies need not be named, but no other parameter may be); 1 for tanh not helping, with a
# reason (zero input and zero weights, not saturation); 1 for equal units that stay equal.
# ### END SOLUTION

# %% [markdown]
# ## 7 · Optimisers
#
# An optimiser is given the list of parameters once. Then, again and again: somebody fills the `grad`
# of each, and `step()` moves the `value`s. It knows nothing of networks or losses.
#
# ### Exercise 11 · `SGD` (2 points)
#
# $$p \leftarrow p - \eta\, g_p \qquad \text{for each parameter } p, \text{ with the learning rate } \eta \text{ (`lr`)}.$$
#
# `zero_grad()` makes every parameter forget its gradient: yesterday's gradient was taken at
# yesterday's parameters. A parameter whose `grad` is `None` took no part in the loss, and `step()`
# leaves it alone. `step()` reads the gradients and leaves all of them as they are: somebody may want
# to look at them, or to take a second step.
#
# **By hand.** $p = (1, 2)$, `grad` $= (10, -10)$, $\eta = 0.1$: $p$ becomes $(0, 3)$.
#
# **Think first.** The network and the optimiser know the same `Parameter` objects. Which of these
# does the network notice: a new array in `p.value`, or a new `Parameter` in `self.params`?


# %% grade_id="sgd" stub=["Set the value of each parameter that has a gradient to value - lr * gradient. Return nothing.", "Set grad of every parameter to None."]
class SGD:
    """Stochastic gradient descent.

    params: list of Parameters; lr: learning rate.
    """

    def __init__(self, params, lr=0.1):
        self.params = list(params)
        self.lr = lr

    def step(self):
        """Move each parameter that has a gradient."""
        ### BEGIN SOLUTION
        for p in self.params:
            if p.grad is not None:
                p.value = p.value - self.lr * p.grad
        ### END SOLUTION

    def zero_grad(self):
        """Make every parameter forget its gradient."""
        ### BEGIN SOLUTION
        for p in self.params:
            p.zero_grad()
        ### END SOLUTION


# %% grade_id="test-sgd" points=1
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 11 · SGD", "7 · Optimisers"
rng = checks.rng()


def trust(parameter):
    """Let a parameter forget: if your zero_grad of exercise 1 is wrong, that must not count again."""

    def forget():
        parameter.grad = None

    parameter.zero_grad = forget


values, gradients = rng.normal(size=(2, 3, 4))
params = checks.call_all([partial(Parameter, value) for value in values])
for p in params:
    trust(p)
optimizer = SGD(params, lr=0.3)
for p, gradient in zip(params, gradients):
    p.grad = gradient.copy()
optimizer.step()
got, expected = checks.get_all(params, "value"), list(values - 0.3 * gradients)
print(checks.check_value(title, got, expected, name="parameters after a step", see=see))
optimizer.zero_grad()
got = checks.get_all(params, "grad")
print(checks.check_value(title, got, [None] * 3, name="gradients after zero_grad", see=see))
params[1].grad = gradients[1].copy()
optimizer.step()
got, expected = checks.get_all(params, "value"), values - 0.3 * gradients
expected[1] -= 0.3 * gradients[1]
name = "parameters after a step for which two of three have no gradient"
print(checks.check_value(title, got, list(expected), name=name, see=see))

# %% grade_id="test-sgd-hidden" points=1
### BEGIN HIDDEN TESTS
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 11 · SGD", "7 · Optimisers"
rng = checks.rng()


def trust(parameter):
    def forget():
        parameter.grad = None

    parameter.zero_grad = forget


def draw():
    return [np.asarray(rng.normal(size=shape)) for shape in ((2, 3), (3,), ())]


params = checks.call_all([partial(Parameter, value) for value in draw()])
optimizer = SGD(params, lr=0.07)
step, zero_grad = optimizer.step, optimizer.zero_grad
for p in params:
    trust(p)
# parameters that get new values after the optimiser was made, as init_parameters does
values = draw()
for p, value in zip(params, values):
    p.value = value.copy()
for count in (1, 2):
    gradients = draw()
    for p, gradient in zip(params, gradients):
        p.grad = gradient.copy()
    step()
    values = [value - 0.07 * gradient for value, gradient in zip(values, gradients)]
    got, left = zip(*checks.get_all(params, "value", "grad"))
    name = f"parameters after step {count}"
    print(checks.check_value(title, list(got), values, name=name, see=see))
    name = f"gradients after step {count}, which should leave them"
    print(checks.check_value(title, list(left), gradients, name=name, see=see))
    zero_grad()
    name = f"gradients after zero_grad, step {count}"
    got = checks.get_all(params, "grad")
    print(checks.check_value(title, got, [None] * 3, name=name, see=see))
default = Parameter(np.ones(2))
default.grad = np.array([1.0, -2.0])
SGD([default]).step()
name = "a parameter after a step with the default learning rate"
print(checks.check_value(title, default.value, np.array([0.9, 1.2]), name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 12 · `SGDWithMomentum` (3 points)
#
# In a long, narrow valley the gradient points from wall to wall and hardly along the floor. A heavy
# ball would do better: what pushes it left and right cancels, what pushes it along adds up. Each
# parameter gets a **velocity** $v$, of its shape and at first zero, that keeps a part $\mu$ of itself
# in each step (Polyak, 1964):
#
# $$v \leftarrow \mu\, v + g_p, \qquad p \leftarrow p - \eta\, v .$$
#
# It is the form of lab 4 and of PyTorch. (Others write $v \leftarrow \mu v - \eta g_p$, $p \leftarrow p
# + v$: as long as $\eta$ stays the same, that is the same.) A parameter without a gradient is left
# alone, and so is its velocity.
#
# **By hand.** $p = 1$, $\eta = 0.1$, $\mu = 0.5$, the gradient is 1 three times: $v = 1,\ 1.5,\ 1.75$
# and $p = 0.9,\ 0.75,\ 0.575$.
#
# **Think first.** What must live in the optimiser from step to step, and how many of these does a
# network with six parameters need?


# %% grade_id="sgd_with_momentum" stub=["Set up what must last from step to step.", "Set the value of each parameter that has a gradient to value - lr * velocity, with the velocity of this step. Return nothing."]
class SGDWithMomentum(SGD):
    """Gradient descent with momentum; zero_grad is that of SGD.

    params: list of Parameters; lr: learning rate; momentum: the part of the velocity that is kept.
    """

    def __init__(self, params, lr=0.1, momentum=0.5):
        super().__init__(params, lr)
        self.momentum = momentum
        ### BEGIN SOLUTION
        self.velocities = [np.zeros_like(p.value) for p in self.params]
        ### END SOLUTION

    def step(self):
        """Move each parameter that has a gradient, and update its velocity."""
        ### BEGIN SOLUTION
        for k, p in enumerate(self.params):
            if p.grad is not None:
                self.velocities[k] = self.momentum * self.velocities[k] + p.grad
                p.value = p.value - self.lr * self.velocities[k]
        ### END SOLUTION


# %% grade_id="test-sgd_with_momentum" points=1
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 12 · SGDWithMomentum", "7 · Optimisers"
rng = checks.rng()
p = Parameter(1.0)
optimizer, path = SGDWithMomentum([p], lr=0.1, momentum=0.5), []
for _ in range(3):
    p.grad = np.array(1.0)
    optimizer.step()
    path.append(p.value)
name = "the parameter of the example after steps 1, 2, 3"
print(checks.check_value(title, path, [0.9, 0.75, 0.575], name=name, see=see))

values = list(rng.normal(size=(2, 3)))
params = checks.call_all([partial(Parameter, value) for value in values])
optimizer, velocities = SGDWithMomentum(params, lr=0.2, momentum=0.8), [0, 0]
for step in range(1, 4):
    for k, gradient in enumerate(rng.normal(size=(2, 3))):
        params[k].grad = gradient.copy()
        velocities[k] = 0.8 * velocities[k] + gradient
        values[k] = values[k] - 0.2 * velocities[k]
    optimizer.step()
    name, got = f"two parameters after step {step}", checks.get_all(params, "value")
    print(checks.check_value(title, got, values, name=name, see=see))

# %% grade_id="test-sgd_with_momentum-hidden" points=2
### BEGIN HIDDEN TESTS
from contextlib import suppress
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 12 · SGDWithMomentum", "7 · Optimisers"
rng = checks.rng()


def draw():
    return [np.asarray(rng.normal(size=shape)) for shape in ((2, 2), (2, 2), ())]


for lr, momentum, steps in ((0.5, 0.0, 2), (0.03, 0.9, 5)):
    params = checks.call_all([partial(Parameter, value) for value in draw()])
    optimizer = SGDWithMomentum(params, lr=lr, momentum=momentum)
    take_step = optimizer.step
    # new values after the optimiser was made, as init_parameters does
    values, velocities = draw(), [0, 0, 0]
    for p, value in zip(params, values):
        p.value = value.copy()
    for step in range(1, steps + 1):
        gradients = draw()
        if step in (2, 3):  # a parameter is left out, and another one
            gradients[step - 2] = None
        for k, gradient in enumerate(gradients):
            if gradient is None:
                params[k].grad = None
                continue
            params[k].grad = gradient.copy()
            velocities[k] = momentum * velocities[k] + gradient
            values[k] = values[k] - lr * velocities[k]
        take_step()
        got, left = zip(*checks.get_all(params, "value", "grad"))
        name = f"three parameters after step {step}, momentum {momentum}"
        print(checks.check_value(title, list(got), values, name=name, see=see))
        name = f"gradients after step {step}, which should leave them"
        print(checks.check_value(title, list(left), gradients, name=name, see=see))
p = Parameter(np.zeros(2))
optimizer = SGDWithMomentum([p])
take_step = optimizer.step
p.grad = np.array([1.0, -2.0])
take_step()
take_step()
name = "a parameter after two steps with one gradient and the default settings"
print(checks.check_value(title, p.value, np.array([-0.25, 0.5]), name=name, see=see))
with suppress(Exception):  # it has cost its points in exercise 11
    optimizer.zero_grad()
checks.set_all(p, value=np.zeros(2), grad=np.array([1.0, -2.0]))
take_step()
name = "a parameter after a third step, zero_grad having been called before it"
print(checks.check_value(title, p.value, np.array([-0.175, 0.35]), name=name, see=see))
p.value = np.zeros(2)
SGDWithMomentum([p]).step()
name = "a parameter after the first step of a second optimiser, whose velocity begins with zero"
print(checks.check_value(title, p.value, np.array([-0.1, 0.2]), name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 8 · Networks
#
# ### Exercise 13 · `LinearNetwork` (2 points)
#
# The first module: one affine map, with parameters `W` and `b`. As a network of its own it is a
# linear classifier, and as a part of a deep one it is a layer. `init_parameters(rng, init)`
# initialises `W` with `init`, Glorot unless another is asked for, and `b` with zeros; before that the
# parameters exist, with zeros in them. It sets their *values*: the two parameters stay the same
# objects, for an optimiser may hold them already. `forward` takes a node or an array.
#
# **By hand.** `LinearNetwork(784, 10)` has parameters of the shapes `(784, 10)` and `(10,)`, in this
# order: 7,850 numbers.
#
# **Think first.** What must `forward` return, so that `backward` finds the way to `W` and `b`?


# %% grade_id="linear_network" stub=["Set self.W and self.b, in this order, to Parameters of zeros, shapes (dim_input, dim_output) and (dim_output,).", "Set the value of W by init, then that of b by zero_init, with rng.", "Return the node x @ W + b, of shape (B, dim_output)."]
class LinearNetwork(Module):
    """One affine map, x @ W + b."""

    def __init__(self, dim_input, dim_output):
        super().__init__()
        ### BEGIN SOLUTION
        self.W = Parameter(np.zeros((dim_input, dim_output)), name="W")
        self.b = Parameter(np.zeros(dim_output), name="b")
        ### END SOLUTION

    def init_parameters(self, rng, init=glorot_init):
        """init(parameter, rng) sets W; zero_init sets b."""
        ### BEGIN SOLUTION
        init(self.W, rng)
        zero_init(self.b, rng)
        ### END SOLUTION

    def forward(self, x):
        """x: node or array, (B, dim_input). Returns a node, (B, dim_output)."""
        ### BEGIN SOLUTION
        return affine_transform()(self.W, self.b, as_node(x))
        ### END SOLUTION


# %% grade_id="given-lib-graph-parameters"
def parameters_in_graph(node):
    """The Parameters that a node was made of, in any order: walks along input_nodes."""
    met, waiting = {}, [node]
    while waiting:
        found = waiting.pop()
        if found not in met:
            met[found] = isinstance(found, Parameter)
            waiting += found.input_nodes
    return [found for found, is_parameter in met.items() if is_parameter]


# %% grade_id="test-linear_network" points=1
import numpy as np
from course import checks

title, see = "Exercise 13 · LinearNetwork", "8 · Networks"
rng = checks.rng()
net = LinearNetwork(4, 3)
(got,), expected = checks.get_all([net], "W.value", "b.value"), (np.zeros((4, 3)), np.zeros(3))
name = "W and b of a new network"
print(checks.check_value(title, got, expected, name=name, see=see))
drawn, source = rng.normal(size=(4, 3)), generator(5)


def init(parameter, rng):
    """Stand in for an initialisation."""
    given.append((parameter is net.W, rng is source))
    parameter.value = drawn.copy()


given = []
net.b.value = np.ones(3)
net.init_parameters(source, init)
text = "init must be called once, with W and rng"
right = given == [(True, True)]
print("one call of init:", checks.check_true(title, right, text, observed=given, see=see))
(got,) = checks.get_all([net], "W.value", "b.value")
name = "W and b after init_parameters"
print(checks.check_value(title, got, (drawn, np.zeros(3)), name=name, see=see))
bias, x = rng.normal(size=3), rng.normal(size=(2, 4))
net.b.value, expected = bias.copy(), np.dot(x, drawn) + bias
output = net.forward(x)
print(checks.check_value(title, output.value, expected, name="value of forward(x)", see=see))
again, name = net.forward(ComputationGraphNode(x)).value, "value of forward(x) where x is a node"
print(checks.check_value(title, again, expected, name=name, see=see))
found = parameters_in_graph(output)
W, b = net.W, net.b
whole = len(found) == 2 and any(p is W for p in found) and any(p is b for p in found)
text = "what forward returns must be a node whose graph leads to W and b"
print("way back to W and b:", checks.check_true(title, whole, text, observed=len(found), see=see))

# %% grade_id="test-linear_network-hidden" points=1
### BEGIN HIDDEN TESTS
from contextlib import suppress
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 13 · LinearNetwork", "8 · Networks"
rng = checks.rng()


def init(parameter, rng):
    parameter.value = drawn.copy()


source = generator(3)
for n_in, n_out, batch in ((2, 5, 4), (5, 1, 1)):
    net, drawn = LinearNetwork(n_in, n_out), rng.normal(size=(n_in, n_out))
    case = f"{title}, {n_in} to {n_out}"
    ((W, b, *values),) = checks.get_all([net], "W", "b", "W.value", "b.value")
    shapes, name = [np.shape(value) for value in values], "shapes of W and b"
    print(checks.check_value(case, shapes, [(n_in, n_out), (n_out,)], name=name, see=see))
    net.init_parameters(source, init=init)
    ((new_W, new_b),) = checks.get_all([net], "W", "b")
    kept = new_W is W and new_b is b
    text = "init_parameters must set the values of W and b; it made new Parameters"
    print(checks.check_true(case, kept, text, observed=kept, see=see))
    bias, x = rng.normal(size=n_out), rng.normal(size=(batch, n_in))
    b.value, expected = bias.copy(), np.dot(x, drawn) + bias
    node = ComputationGraphNode(x, require_grad=True)
    forward = net.forward
    outputs = checks.call_all([partial(forward, x.copy()), partial(forward, node)])
    of_array, of_node = checks.get_all(outputs, "value")
    print(checks.check_value(case, of_array, expected, name="forward of an array", see=see))
    print(checks.check_value(case, of_node, expected, name="forward of a node", see=see))
    reached = [p for p in outputs[1].input_nodes if p is node]
    text = "the graph of forward(x) must lead to x as well"
    print(checks.check_true(case, len(reached) == 1, text, observed=len(reached), see=see))
net, seed = LinearNetwork(6, 4), int(rng.integers(2**32))
try:
    reference = Parameter(np.zeros((6, 4)))
    glorot_init(reference, generator(seed))
    expected = reference.value
except Exception:  # noqa: BLE001 - it has cost its points in exercise 10
    expected = None
if expected is not None:
    net.init_parameters(generator(seed))
    (got,) = checks.get_all([net], "W.value", "b.value")
    name = "W and b after init_parameters without init"
    print(checks.check_value(title, got, (expected, np.zeros(4)), name=name, see=see))
probe, finds = Module(), False
first, last = checks.call_all([partial(Parameter, 1.0)] * 2)
checks.set_all(probe, first=first, size=3, last=last)
with suppress(Exception):  # it has cost its points in exercise 9
    finds = all(
        len(got) == 2 and got[0] is first and got[1] is last
        for got in checks.call_all([partial(probe.parameters)] * 2)
    )
if finds:
    got, ((W, b),) = net.parameters(), checks.get_all([net], "W", "b")
    right = len(got) == 2 and got[0] is W and got[1] is b
    text = f"parameters() must be W and b, in this order and alone; it has {len(got)} entries"
    print(checks.check_true(title, right, text, observed=len(got), see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The library in one piece for the first time: a digit goes twice into one
# addition (the picture lays both arrows on each other), through a linear network, a tanh and another
# linear network, and then back to every pixel. The gradient of the first pixels is not zero, although
# these pixels are empty: *if* there were ink, the output would change. Without the
# `require_grad=True` there would be none.

# %% tags=["experiment"]
from course import plots
from mnist_utils import load_mnist_splits

train_data, dev_data, test_data = load_mnist_splits()
for name, (x, y) in (("train", train_data), ("dev", dev_data), ("test", test_data)):
    print(f"{name:5s} x {x.shape}, y {y.shape}")

rng = np.random.default_rng(42)
lin1, lin2 = LinearNetwork(784, 10), LinearNetwork(10, 5)
lin1.init_parameters(rng)
lin2.init_parameters(rng)
x = ComputationGraphNode(train_data.x[:1], require_grad=True)
a = lin1.forward(Addition()(x, x))
b = TanH()(a)
c = lin2.forward(b)
c.backward()
print("gradient of the first pixels:", np.round(x.grad.ravel()[:5], 3))
names = {x: "x", a: "a", b: "b", c: "c", lin1.W: "W1", lin1.b: "b1", lin2.W: "W2", lin2.b: "b2"}
visualize(c, names)

# %% [markdown]
# ### Exercise 14 · `DeepNetwork` (3 points)
#
# `DeepNetwork(dim_input, dim_output, hidden_dim, n_layers, tanh=False)` has `n_layers` **hidden**
# layers of `hidden_dim` units each, and a last layer for the logits: `n_layers + 1` linear networks in
# the module list `layers`. Behind each hidden layer, and only there, comes a `ReLU`, or a `TanH` if
# `tanh` is true. (Why not behind the last? Logits may be anything; the softmax is a part of the
# loss.)
#
# `init_parameters(rng)` goes from the first layer to the last: hidden layers with `kaiming_init`
# before a ReLU and with `glorot_init` before a tanh, the last layer always with `glorot_init`.
#
# **By hand.** `DeepNetwork(784, 10, 100, 2)` has the layers 784 → 100 → 100 → 10, and six parameters.
#
# **Think first.** `[LinearNetwork(5, 5)] * 3` is a list of three: three what? And what becomes of the
# gradient of the first layer, if the second is handed `x.value` instead of `x`?


# %% grade_id="deep_network" stub=["Set self.layers to a ModuleList of n_layers + 1 LinearNetworks, first layer first.", "Set the parameters of all layers by their init_parameters, first layer first, with rng.", "Return the node of the logits, of shape (B, dim_output)."]
class DeepNetwork(Module):
    """A network of n_layers hidden layers of hidden_dim units, with ReLU or tanh, and a linear last one."""

    def __init__(self, dim_input, dim_output, hidden_dim, n_layers, tanh=False):
        super().__init__()
        self.tanh = tanh
        ### BEGIN SOLUTION
        sizes = [dim_input] + [hidden_dim] * n_layers + [dim_output]
        self.layers = ModuleList()
        for n_in, n_out in zip(sizes[:-1], sizes[1:]):
            self.layers.append(LinearNetwork(n_in, n_out))
        ### END SOLUTION

    def init_parameters(self, rng):
        """Kaiming before a ReLU, Glorot before a tanh and in the last layer; first layer first."""
        ### BEGIN SOLUTION
        for layer in self.layers[:-1]:
            layer.init_parameters(rng, glorot_init if self.tanh else kaiming_init)
        self.layers[-1].init_parameters(rng, glorot_init)
        ### END SOLUTION

    def forward(self, x):
        """x: node or array, (B, dim_input). Returns a node, (B, dim_output)."""
        ### BEGIN SOLUTION
        activation = TanH() if self.tanh else ReLU()
        for layer in self.layers[:-1]:
            x = activation(layer.forward(x))
        return self.layers[-1].forward(x)
        ### END SOLUTION


# %% grade_id="test-deep_network" points=1
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 14 · DeepNetwork", "8 · Networks"
rng = checks.rng()


def draw(init, rng, shape):
    """What init should draw."""
    if init is glorot_init:
        a = np.sqrt(6 / sum(shape))
        return rng.uniform(-a, a, size=shape)
    if init is kaiming_init:
        return rng.normal(0, np.sqrt(2 / shape[0]), size=shape)
    parameter = Parameter(np.zeros(shape))
    init(parameter, rng)
    return parameter.value


def trust(layer, parameters, values):
    """Give a layer right methods: if your LinearNetwork is wrong, that must not count again."""
    affine, *copies = checks.call_all(
        [
            partial(Custom, lambda W, b, x: np.dot(x, W) + b, lambda W, b, x, g: (W, b, x)),
            *(partial(Parameter, value) for value in values),
        ]
    )

    def set_values(W, b):
        parameters[0].value, parameters[1].value = W.copy(), b.copy()

    def forward(x):
        return affine(*copies, as_node(x) if isinstance(x, np.ndarray) else x)

    def init_parameters(rng, init=glorot_init):
        W, b = values
        set_values(draw(init, rng, W.shape), np.zeros(b.shape))

    checks.set_all(layer, forward=forward, init_parameters=init_parameters)
    set_values(*values)


for tanh in (False, True):
    net = DeepNetwork(4, 2, 3, 2, tanh=tanh)
    case, layers = f"{title}, 4-3-3-2, tanh={tanh}", net.layers[:]
    pairs = checks.get_all(layers, "W", "b")
    shapes = [np.shape(v) for pair in checks.get_all(layers, "W.value", "b.value") for v in pair]
    expected = [(4, 3), (3,), (3, 3), (3,), (3, 2), (2,)]
    name = "shapes of W and b of all layers"
    print(checks.check_value(case, shapes, expected, name=name, see=see))
    a = x = rng.normal(size=(5, 4))
    arrays = [rng.normal(size=shape) for shape in expected]
    for k, (layer, pair) in enumerate(zip(layers, pairs)):
        W, b = arrays[2 * k : 2 * k + 2]
        trust(layer, pair, (W, b))
        a = np.dot(a, W) + b
        if k < 2:
            a = np.tanh(a) if tanh else np.maximum(a, 0)
    output = net.forward(x)
    print(checks.check_value(case, output.value, a, name="logits", see=see))
    count = len(parameters_in_graph(output))
    text = f"the graph of the logits must lead to all 6 parameters; it leads to {count}"
    told = checks.check_true(case, count == 6, text, observed=count, see=see)
    print("way back to all parameters:", told)

    seed = int(rng.integers(2**32))
    net.init_parameters(generator(seed))
    hidden, by_seed = glorot_init if tanh else kaiming_init, np.random.default_rng(seed)
    inits = [hidden, hidden, glorot_init]
    weights = [draw(init, by_seed, W.shape) for init, W in zip(inits, arrays[::2])]
    expected = [array for W in weights for array in (W, np.zeros(W.shape[1]))]
    got = [value for pair in checks.get_all(layers, "W.value", "b.value") for value in pair]
    kinds = "Glorot, Glorot, Glorot" if tanh else "Kaiming, Kaiming, Glorot"
    name = f"W and b of all layers after init_parameters ({kinds})"
    print(checks.check_value(case, got, expected, name=name, see=see))

# %% grade_id="test-deep_network-hidden" points=2
### BEGIN HIDDEN TESTS
from contextlib import suppress
from functools import partial

import numpy as np
from course import checks

title, see = "Exercise 14 · DeepNetwork", "8 · Networks"
rng = checks.rng()


def draw(init, rng, shape):
    if init is glorot_init:
        a = np.sqrt(6 / sum(shape))
        return rng.uniform(-a, a, size=shape)
    if init is kaiming_init:
        return rng.normal(0, np.sqrt(2 / shape[0]), size=shape)
    parameter = Parameter(np.zeros(shape))
    init(parameter, rng)
    return parameter.value


def trust(layer, parameters, values):
    affine, *copies = checks.call_all(
        [
            partial(Custom, lambda W, b, x: np.dot(x, W) + b, lambda W, b, x, g: (W, b, x)),
            *(partial(Parameter, value) for value in values),
        ]
    )

    def set_values(W, b):
        parameters[0].value, parameters[1].value = W.copy(), b.copy()

    def forward(x):
        return affine(*copies, as_node(x) if isinstance(x, np.ndarray) else x)

    def init_parameters(rng, init=glorot_init):
        W, b = values
        set_values(draw(init, rng, W.shape), np.zeros(b.shape))

    checks.set_all(layer, forward=forward, init_parameters=init_parameters)
    set_values(*values)


def logits(a, arrays, tanh):
    for W, b in arrays[:-1]:
        z = np.dot(a, W) + b
        a = np.tanh(z) if tanh else np.maximum(z, 0)
    W, b = arrays[-1]
    return np.dot(a, W) + b


for sizes, batch, tanh, kind in (
    ((3, 4, 2), 4, False, "an array"),
    ((2, 6, 3), 1, True, "a node"),
    ((5, 4, 4, 4, 2), 3, False, "a node"),
):
    hidden = len(sizes) - 2
    net = DeepNetwork(sizes[0], sizes[-1], sizes[1], hidden, tanh=tanh)
    case = f"{title}, {'-'.join(map(str, sizes))}, tanh={tanh}"
    listed, layers = isinstance(net.layers, ModuleList), net.layers[:]
    found = checks.get_all(layers, "W", "b", "W.value", "b.value")
    pairs = list(zip(sizes[:-1], sizes[1:]))
    shapes = [np.shape(value) for _, _, *values in found for value in values]
    expected = [shape for n_in, n_out in pairs for shape in ((n_in, n_out), (n_out,))]
    name = "shapes of W and b of all layers"
    print(checks.check_value(case, shapes, expected, name=name, see=see))
    apart = len({id(p): p for W, b, *_ in found for p in (W, b)}) == len(expected)
    text = "every layer must have parameters of its own"
    print(checks.check_true(case, apart, text, observed=apart, see=see))
    text = "layers must be a ModuleList, for parameters() to find what is in it"
    print(checks.check_true(case, listed, text, observed=listed, see=see))
    arrays = [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in pairs]
    for layer, (*parameters, _, _), values in zip(layers, found, arrays):
        trust(layer, parameters, values)
    x, other = rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch + 1, sizes[0]))
    output = net.forward(x.copy() if kind == "an array" else ComputationGraphNode(x))
    right = logits(x, arrays, tanh)
    print(checks.check_value(case, output.value, right, name=f"logits of {kind}", see=see))
    right, name = logits(other, arrays, tanh), "logits of other examples, afterwards"
    print(checks.check_value(case, net.forward(other).value, right, name=name, see=see))
    count, needed = len(parameters_in_graph(output)), 2 * len(pairs)
    text = f"the graph of the logits must lead to all {needed} parameters; it leads to {count}"
    print(checks.check_true(case, count == needed, text, observed=count, see=see))
    seed = int(rng.integers(2**32))
    net.init_parameters(generator(seed))
    by_seed, expected = np.random.default_rng(seed), []
    for k, (n_in, n_out) in enumerate(pairs):
        init = kaiming_init if k < hidden and not tanh else glorot_init
        expected += [draw(init, by_seed, (n_in, n_out)), np.zeros(n_out)]
    got = [value for pair in checks.get_all(layers, "W.value", "b.value") for value in pair]
    kinds = ", ".join(["Glorot" if tanh else "Kaiming"] * hidden + ["Glorot"])
    name = f"W and b of all layers after init_parameters ({kinds})"
    print(checks.check_value(case, got, expected, name=name, see=see))
first, single, last = checks.call_all([partial(LinearNetwork, 2, 2)] * 3)
probe, each, finds = Module(), 2, False
probe.parts = ModuleList([first, single, last])
with suppress(Exception):  # it has cost its points in exercise 9
    each = len(single.parameters())
    finds = len(probe.parameters()) == len(probe.parameters()) == 3 * each
if finds:
    count = len(net.parameters())
    text = f"{len(layers)} linear networks have {len(layers) * each} parameters; parameters() gives {count}"
    right = count == len(layers) * each
    print(checks.check_true(title, right, text, observed=count, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 9 · Training
#
# Five calls make a training step, the same five in every library of this kind, and for every network:
#
# ![The five calls of a training step](figures/training_step.svg)
#
# ### Three kinds of digits
#
# We learn from the **train** digits. While we try out learning rates, depths and initialisations, we
# look at the accuracy on the **dev** digits, which no gradient has seen. And when everything is
# decided we look at the **test** digits, once. `load_mnist_splits()` has loaded all three above.
#
# ### Exercise 15 · `training_loop` (4 points)
#
# Full-batch gradient descent: in each epoch one step, with all train digits at once. In each epoch
#
# 1. compute the logits of the train digits, the loss, and the gradients, and take a step; forget the
#    gradients of earlier epochs, and of whatever was done before the loop began, before the new ones
#    arrive;
# 2. note the loss, which is that *before* the step, as a number, and the accuracy on the dev digits,
#    with the parameters *after* the step.
#
# `network.forward` takes an array or a node. The loss is `loss(logits, y)`, and unless another is handed
# in it is your `nll`; what it gives is a node. `accuracy(network, data)` is given. If you like, print a
# line per epoch.
#
# **By hand.** A network with a single parameter $p = 1$ and the loss $p^2$, $\eta = 0.25$: loss $1$,
# gradient $2$, $p = 0.5$; loss $0.25$, gradient $1$, $p = 0.25$. The costs are $[1, 0.25]$. Without
# `zero_grad` the second gradient would be $2 + 1$, and $p = -0.25$.
#
# **Think first.** Where may `zero_grad` stand, and where not? Try each gap between the five calls.


# %% grade_id="given-lib-accuracy"
def accuracy(network, data):
    """Fraction of the examples (x, y) whose class has the largest logit; y is one-hot."""
    x, y = data
    return float(np.mean(network.forward(x).value.argmax(axis=1) == y.argmax(axis=1)))


mean_nll = nll()


class StandIn:
    """An object with the attributes that it is given. The tests put a network made of these into
    your loop, so that a fault elsewhere in your library does not count here again."""

    def __init__(self, **attributes):
        vars(self).update(attributes)

    def __getattr__(self, name):
        raise AttributeError(
            f"your loop, or what it calls, wants .{name} of an object of the test, which has only "
            f"{', '.join(vars(self))}; is the loss that was handed in the one that you call?"
        )


# %% grade_id="training_loop" stub="Return the dictionary {'cost': {'training': [...]}, 'accuracy': {'dev': [...]}} with one number per epoch."
def training_loop(network, optimizer, train_data, dev_data, n_epochs=10, loss=mean_nll):
    """Train with all train digits in each step.

    network: has forward(x), which gives the logits, a node; optimizer: has step() and zero_grad().
    train_data, dev_data: pairs (x, y), x of shape (N, n_in), y one-hot of shape (N, n_classes).
    loss: loss(logits, y) gives a node, one number.
    Returns {"cost": {"training": [...]}, "accuracy": {"dev": [...]}}, one number per epoch: the loss
    before the step of the epoch, and the accuracy on the dev digits after it.
    """
    ### BEGIN SOLUTION
    x, y = train_data
    costs, accuracies = [], []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        cost = loss(network.forward(x), y)
        cost.backward()
        optimizer.step()
        costs.append(float(cost.value))
        accuracies.append(accuracy(network, dev_data))
    return {"cost": {"training": costs}, "accuracy": {"dev": accuracies}}
    ### END SOLUTION


# %% grade_id="test-training_loop" points=2
import numpy as np
from course import checks

title, see = "Exercise 15 · training_loop", "9 · Training"
rng = checks.rng()


class Trusted:
    """A linear classifier and its optimiser, in plain arrays; it begins with an old gradient."""

    def __init__(self, W, lr):
        self.W, self.lr, self.grad, self.seen = W, lr, np.ones_like(W), []

    def forward(self, x):
        x = x if isinstance(x, np.ndarray) else x.value
        self.seen.append((np.array(x), np.dot(x, self.W)))
        return StandIn(value=self.seen[-1][1])

    def loss(self, logits, y):
        value = logits.value
        x = next(x for x, known in self.seen if np.array_equal(known, value))
        p = np.exp(value) / np.exp(value).sum(axis=1, keepdims=True)
        gradient = x.T @ (p - y) / len(y)

        def backward(*_):
            self.grad = self.grad + gradient

        return StandIn(value=-np.mean(np.log((p * y).sum(axis=1))), backward=backward)

    def step(self):
        self.W = self.W - self.lr * self.grad

    def zero_grad(self):
        self.grad = np.zeros_like(self.W)


def trained(W, lr, train, dev, epochs):
    """What the history should be, computed without a loop of yours."""
    x, y = train
    costs, accuracies = [], []
    for _ in range(epochs):
        p = np.exp(x @ W) / np.exp(x @ W).sum(axis=1, keepdims=True)
        costs.append(-np.mean(np.log((p * y).sum(axis=1))))
        W = W - lr * x.T @ (p - y) / len(x)
        accuracies.append(np.mean((dev[0] @ W).argmax(axis=1) == dev[1].argmax(axis=1)))
    return W, {"cost": {"training": costs}, "accuracy": {"dev": accuracies}}


def digits(n):
    return rng.normal(size=(n, 4)), np.eye(3)[rng.integers(0, 3, size=n)]


start, train, dev = rng.normal(size=(4, 3)), digits(7), digits(50)
net = Trusted(start, 0.6)
network = StandIn(forward=net.forward)
optimizer = StandIn(step=net.step, zero_grad=net.zero_grad)
history = training_loop(network, optimizer, train, dev, n_epochs=3, loss=net.loss)
W, expected = trained(start, 0.6, train, dev, 3)
print(checks.check_value(title, history, expected, name="history", see=see))
print(checks.check_value(title, net.W, W, name="parameters after 3 epochs", see=see))

# %% grade_id="test-training_loop-hidden" points=2
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 15 · training_loop", "9 · Training"
rng = checks.rng()


class Trusted:
    def __init__(self, W, lr):
        self.W, self.lr, self.grad, self.seen = W, lr, np.ones_like(W), []

    def forward(self, x):
        x = x if isinstance(x, np.ndarray) else x.value
        value = np.dot(x, self.W)
        self.seen.append((np.array(x), value, StandIn(value=value)))
        return self.seen[-1][2]

    def loss(self, logits, y):
        x, value = next((x, value) for x, value, known in self.seen if known is logits)
        p = np.exp(value) / np.exp(value).sum(axis=1, keepdims=True)
        gradient = x.T @ (p - y) / len(y)

        def backward(*_):
            self.grad = self.grad + gradient

        return StandIn(value=-np.mean(np.log((p * y).sum(axis=1))), backward=backward)

    def step(self):
        self.W = self.W - self.lr * self.grad

    def zero_grad(self):
        self.grad = np.zeros_like(self.W)


def trained(W, lr, train, dev, epochs):
    x, y = train
    costs, accuracies = [], []
    for _ in range(epochs):
        p = np.exp(x @ W) / np.exp(x @ W).sum(axis=1, keepdims=True)
        costs.append(-np.mean(np.log((p * y).sum(axis=1))))
        W = W - lr * x.T @ (p - y) / len(x)
        accuracies.append(np.mean((dev[0] @ W).argmax(axis=1) == dev[1].argmax(axis=1)))
    return W, {"cost": {"training": costs}, "accuracy": {"dev": accuracies}}


for n_in, n_classes, n_train, n_dev, epochs, lr in ((3, 3, 1, 40, 2, 0.3), (2, 4, 12, 61, 3, 1.0)):
    start = rng.normal(size=(n_in, n_classes))
    train, dev = (
        (rng.normal(size=(n, n_in)), np.eye(n_classes)[rng.integers(0, n_classes, size=n)])
        for n in (n_train, n_dev)
    )
    net = Trusted(start, lr)
    network = StandIn(forward=net.forward)
    optimizer = StandIn(step=net.step, zero_grad=net.zero_grad)
    settings = {"n_epochs": epochs, "loss": net.loss}
    history = training_loop(network, optimizer, train, dev, **settings)
    W, expected = trained(start, lr, train, dev, epochs)
    case = f"{title}, {n_train} examples, {epochs} epochs"
    print(checks.check_value(case, history, expected, name="history", see=see))
    print(checks.check_value(case, net.W, W, name="parameters afterwards", see=see))

# ten epochs unless it is said, by a network that says what it sees and learns nothing
idle = ComputationGraphNode(0.0).set_input_nodes  # it takes anything, and changes nothing here
network, optimizer = StandIn(forward=as_node), StandIn(step=idle, zero_grad=idle)
cost = StandIn(value=0.5, backward=idle)
train, dev = ((rng.normal(size=(12, 2)), np.eye(2)[rng.integers(0, 2, size=12)]) for _ in range(2))
given = (network, optimizer, train, dev)
done = checks.call(training_loop, *given, loss=lambda logits, y: cost)
correct = np.mean(dev[0].argmax(axis=1) == dev[1].argmax(axis=1))
expected = {"cost": {"training": [0.5] * 10}, "accuracy": {"dev": [correct] * 10}}
print(checks.check_value(title, done.value, expected, name="history of ten epochs", see=see))
text = "training_loop must not change the data"
changed = [name for name in done.changed if name in ("train_data", "dev_data")]
print(checks.check_true(title, not changed, text, observed=changed, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### A linear classifier
#
# **What you should see.** The cost falls from about 2.4 towards 0.5 in thirty steps, and the accuracy
# climbs to some 87 %. A cost that is down at 0.53 after eight steps and then climbs again means that
# gradients add up over the epochs: where is `zero_grad`? (The accuracy does not tell: it goes on rising,
# to 89 %.) A cost that does not move at all: no gradient reaches the parameters, or the optimiser holds
# others than the network.

# %% tags=["experiment"]
from course import plots

network = LinearNetwork(784, 10)
network.init_parameters(np.random.default_rng(1))
optimizer = SGD(network.parameters(), lr=0.5)
history = training_loop(network, optimizer, train_data, dev_data, n_epochs=30)
for epoch in (1, 2, 5, 10, 20, 30):
    cost, correct = history["cost"]["training"][epoch - 1], history["accuracy"]["dev"][epoch - 1]
    print(f"epoch {epoch:2d}: cost {cost:.3f}, dev accuracy {correct:.1%}")
plots.plot_training(**history)

# %% [markdown]
# Its weights as images: for each of the ten classes, which pixels speak for it (red) and which
# against it (blue). After thirty steps you can make out a 0 and a 3, blurred, with a halo; the noise is
# what `glorot_init` has drawn.

# %% tags=["experiment"]
plots.show_weights(network.W.value)

# %% [markdown]
# ### A deep network, and a better optimiser
#
# Two hidden layers of 32 ReLUs, once with `SGD` and once with `SGDWithMomentum`, from the same
# parameters. Only the optimiser's line differs.
#
# **What you should see.** With the same learning rate, momentum is well ahead after twenty steps: where
# the gradient keeps its direction, its steps become $1/(1 - \mu) = 5$ times as long. If both curves are
# the same, the velocities are lost between steps; if both are flat, `network.parameters()` is empty,
# and `layers` a plain list. And look at the accuracies: even the better network
# is still behind the linear classifier. Twenty steps are not many for a deep network. (What would you
# change? The bonus does.)

# %% tags=["experiment"]
from course import plots

costs, networks = {}, {}
for name, make in (
    ("SGD", lambda parameters: SGD(parameters, lr=0.15)),
    ("momentum", lambda parameters: SGDWithMomentum(parameters, lr=0.15, momentum=0.8)),
):
    networks[name] = DeepNetwork(784, 10, 32, 2)
    networks[name].init_parameters(np.random.default_rng(2))
    optimizer = make(networks[name].parameters())
    history = training_loop(networks[name], optimizer, train_data, dev_data, n_epochs=20)
    costs[name] = history["cost"]["training"]
    print(f"{name}: dev accuracy {history['accuracy']['dev'][-1]:.1%} after 20 steps")
best = networks["momentum"]
plots.plot_curves(range(1, 21), costs, xlabel="epoch", ylabel="cost")

# %% [markdown]
# ### What hidden layers are for
#
# Twenty steps on digits did not show it. Two half moons in the plane do, which no straight line can part.
# Three of your networks learn from 200 points; the colour says which class each gives to every point of
# the plane.
#
# **What you should see.** The linear network draws a straight line, and about one fresh point in twelve is
# on its wrong side. Hidden layers bend it, and hardly a point is lost: TanH bends it smoothly; with ReLU,
# look closely, it is made of straight pieces. (Why?) If a deep network draws a straight line as well, its
# layers follow each other with no bend between them.

# %% tags=["experiment"]
import numpy as np
from course import plots


def two_moons(n, rng):
    """Points (n, 2) on two half circles that reach into each other, with labels one-hot (n, 2)."""
    angle, moon = rng.uniform(0, np.pi, size=n), np.arange(n) % 2
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.4 - np.sin(angle)], axis=1)
    x = np.where(moon[:, None] == 0, upper, lower) + 0.1 * rng.normal(size=(n, 2))
    return x, np.eye(2)[moon]


rng = np.random.default_rng(3)
moons, fresh = two_moons(200, rng), two_moons(200, rng)
shapes = {
    "linear": LinearNetwork(2, 2),
    "deep, ReLU": DeepNetwork(2, 2, 16, 2),
    "deep, tanh": DeepNetwork(2, 2, 16, 2, tanh=True),
}
classifiers = {}
for name, network in shapes.items():
    network.init_parameters(np.random.default_rng(1))
    optimizer = SGDWithMomentum(network.parameters(), lr=0.1, momentum=0.9)
    history = training_loop(network, optimizer, moons, fresh, n_epochs=400)
    title = f"{name}: {history['accuracy']['dev'][-1]:.0%} of fresh points"
    classifiers[title] = lambda x, network=network: network.forward(x).value.argmax(axis=1)
plots.plot_boundaries(classifiers, moons[0], moons[1].argmax(axis=1))

# %% [markdown]
# ### Question 3 · three kinds of digits (2 points)
#
# 1. You try forty learning rates and take the one with the best *dev* accuracy, 93.1 %. On the *test*
#    digits the same network reaches 92.6 %. Which number do you report, and why is the other one
#    probably too high, although no gradient has ever seen a dev digit?
# 2. A fellow student reports a test accuracy of 92.9 %, the best of forty networks *on the test
#    digits*. What has become of the test digits in that way?

# %% [markdown] grade_id="question-splits" points=2
# ### BEGIN SOLUTION
# 1. The 92.6 %. The dev digits have chosen: the best of forty is partly the best by luck on just
#    these digits (on 2,000 digits the accuracy has a standard error of about half a per cent), and
#    that luck does not come along to new digits. The test digits have chosen nothing.
# 2. They have become dev digits: they were used to choose, and the number is too high for the same
#    reason. Nothing is left to measure with.
#
# Mark scheme, 2 points: 1 for the test number with the reason that choosing on dev digits favours
# luck on them (selection, optimism; "overfitting to the dev set" is fine); 1 for seeing that test
# digits that choose are no test digits any more.
# ### END SOLUTION

# %% [markdown]
# ## 10 · Bonus: mini-batches
#
# A step with all 10,000 digits gives an exact gradient, slowly. A step with fifty digits gives one
# that points roughly the same way, two hundred times as often for the same work. That is the
# *stochastic* in stochastic gradient descent.
#
# ### Bonus exercise · `training_loop_with_batches` (5 points on top)
#
# In each epoch the examples come in a new random order, `rng.permutation(N)`, one call per epoch; cut
# that order into pieces of `batch_size`, the last one holding what is left, and take a step for each
# piece. Noted are, per epoch, the mean of the losses of its mini-batches (each counting the same) and
# the accuracy on the dev digits at its end.
#
# **By hand.** $N = 7$, `batch_size=3`: three steps, with 3, 3 and 1 examples. Every example has been
# used exactly once.
#
# **Think first.** `x` and `y` must be shuffled *alike*. And is `rng.permutation(x)` the same call?


# %% grade_id="bonus_batches" stub="Return the dictionary {'cost': {'training': [...]}, 'accuracy': {'dev': [...]}} with one number per epoch."
def training_loop_with_batches(
    network, optimizer, train_data, dev_data, batch_size, rng, n_epochs=10, loss=mean_nll
):
    """Train with mini-batches, in a new random order in each epoch.

    batch_size: examples per step (the last step of an epoch may have fewer); rng: one call of
    rng.permutation(N) per epoch gives the order. All else as in training_loop.
    Returns {"cost": {"training": [...]}, "accuracy": {"dev": [...]}}, one number per epoch: the mean
    of the losses of its mini-batches, and the accuracy on the dev digits at its end.
    """
    ### BEGIN SOLUTION
    x, y = train_data
    costs, accuracies = [], []
    for _ in range(n_epochs):
        order, losses = rng.permutation(len(x)), []
        for first in range(0, len(x), batch_size):
            batch = order[first : first + batch_size]
            optimizer.zero_grad()
            cost = loss(network.forward(x[batch]), y[batch])
            cost.backward()
            optimizer.step()
            losses.append(float(cost.value))
        costs.append(float(np.mean(losses)))
        accuracies.append(accuracy(network, dev_data))
    return {"cost": {"training": costs}, "accuracy": {"dev": accuracies}}
    ### END SOLUTION


# %% grade_id="test-bonus_batches" points=2
import numpy as np
from course import checks

title, see = "Bonus · training_loop_with_batches", "10 · Bonus: mini-batches"
rng = checks.rng()


class Trusted:
    """A linear classifier and its optimiser, in plain arrays; it begins with an old gradient."""

    def __init__(self, W, lr):
        self.W, self.lr, self.grad, self.seen = W, lr, np.ones_like(W), []

    def forward(self, x):
        x = x if isinstance(x, np.ndarray) else x.value
        self.seen.append((np.array(x), np.dot(x, self.W)))
        return StandIn(value=self.seen[-1][1])

    def loss(self, logits, y):
        value = logits.value
        x = next(x for x, known in self.seen if np.array_equal(known, value))
        p = np.exp(value) / np.exp(value).sum(axis=1, keepdims=True)
        gradient = x.T @ (p - y) / len(y)

        def backward(*_):
            self.grad = self.grad + gradient

        return StandIn(value=-np.mean(np.log((p * y).sum(axis=1))), backward=backward)

    def step(self):
        self.W = self.W - self.lr * self.grad

    def zero_grad(self):
        self.grad = np.zeros_like(self.W)


def trained(W, lr, train, dev, batches):
    """What the history should be, computed without a loop of yours."""
    x, y = train
    costs, accuracies = [], []
    for epoch in batches:
        losses = []
        for batch in epoch:
            p = np.exp(x[batch] @ W) / np.exp(x[batch] @ W).sum(axis=1, keepdims=True)
            losses.append(-np.mean(np.log((p * y[batch]).sum(axis=1))))
            W = W - lr * x[batch].T @ (p - y[batch]) / len(batch)
        costs.append(np.mean(losses))
        accuracies.append(np.mean((dev[0] @ W).argmax(axis=1) == dev[1].argmax(axis=1)))
    return W, {"cost": {"training": costs}, "accuracy": {"dev": accuracies}}


def digits(n):
    return rng.normal(size=(n, 4)), np.eye(3)[rng.integers(0, 3, size=n)]


start, train, dev, seed = rng.normal(size=(4, 3)), digits(7), digits(50), int(rng.integers(2**32))
net = Trusted(start, 0.6)
network = StandIn(forward=net.forward)
optimizer = StandIn(step=net.step, zero_grad=net.zero_grad)
settings = {"n_epochs": 2, "loss": net.loss}
history = training_loop_with_batches(network, optimizer, train, dev, 3, generator(seed), **settings)
sizes = [len(x) for x, _ in net.seen if len(x) != 50]
expected, name = [3, 3, 1] * 2, "sizes of the mini-batches of 2 epochs, with 7 examples"
print(checks.check_value(title, sizes, expected, name=name, see=see))
orders = np.random.default_rng(seed)
batches = [np.split(orders.permutation(7), [3, 6]) for _ in range(2)]
W, expected = trained(start, 0.6, train, dev, batches)
print(checks.check_value(title, history, expected, name="history", see=see))
print(checks.check_value(title, net.W, W, name="parameters after 2 epochs", see=see))

# %% grade_id="test-bonus_batches-hidden" points=3
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Bonus · training_loop_with_batches", "10 · Bonus: mini-batches"
rng = checks.rng()


class Trusted:
    def __init__(self, W, lr):
        self.W, self.lr, self.grad, self.seen = W, lr, np.ones_like(W), []

    def forward(self, x):
        x = x if isinstance(x, np.ndarray) else x.value
        value = np.dot(x, self.W)
        self.seen.append((np.array(x), value, StandIn(value=value)))
        return self.seen[-1][2]

    def loss(self, logits, y):
        x, value = next((x, value) for x, value, known in self.seen if known is logits)
        p = np.exp(value) / np.exp(value).sum(axis=1, keepdims=True)
        gradient = x.T @ (p - y) / len(y)

        def backward(*_):
            self.grad = self.grad + gradient

        return StandIn(value=-np.mean(np.log((p * y).sum(axis=1))), backward=backward)

    def step(self):
        self.W = self.W - self.lr * self.grad

    def zero_grad(self):
        self.grad = np.zeros_like(self.W)


def trained(W, lr, train, dev, batches):
    x, y = train
    costs, accuracies = [], []
    for epoch in batches:
        losses = []
        for batch in epoch:
            p = np.exp(x[batch] @ W) / np.exp(x[batch] @ W).sum(axis=1, keepdims=True)
            losses.append(-np.mean(np.log((p * y[batch]).sum(axis=1))))
            W = W - lr * x[batch].T @ (p - y[batch]) / len(batch)
        costs.append(np.mean(losses))
        accuracies.append(np.mean((dev[0] @ W).argmax(axis=1) == dev[1].argmax(axis=1)))
    return W, {"cost": {"training": costs}, "accuracy": {"dev": accuracies}}


for n_train, size, epochs, lr in ((5, 2, 2, 0.5), (4, 9, 1, 0.8), (3, 1, 1, 0.2)):
    start, seed = rng.normal(size=(3, 4)), int(rng.integers(2**32))
    train, dev = (
        (rng.normal(size=(n, 3)), np.eye(4)[rng.integers(0, 4, size=n)]) for n in (n_train, 40)
    )
    net = Trusted(start, lr)
    network = StandIn(forward=net.forward)
    optimizer = StandIn(step=net.step, zero_grad=net.zero_grad)
    settings = {"n_epochs": epochs, "loss": net.loss}
    given = (network, optimizer, train, dev, size, generator(seed))
    history = training_loop_with_batches(*given, **settings)
    orders = np.random.default_rng(seed)
    cuts = list(range(size, n_train, size))
    batches = [np.split(orders.permutation(n_train), cuts) for _ in range(epochs)]
    W, expected = trained(start, lr, train, dev, batches)
    case = f"{title}, {n_train} examples in batches of {size}"
    print(checks.check_value(case, history, expected, name="history", see=see))
    print(checks.check_value(case, net.W, W, name="parameters afterwards", see=see))

# ten epochs unless it is said, by a network that says what it sees and learns nothing
idle = ComputationGraphNode(0.0).set_input_nodes  # it takes anything, and changes nothing here
network, optimizer = StandIn(forward=as_node), StandIn(step=idle, zero_grad=idle)
cost = StandIn(value=0.5, backward=idle)
train, dev = ((rng.normal(size=(12, 2)), np.eye(2)[rng.integers(0, 2, size=12)]) for _ in range(2))
given = (network, optimizer, train, dev, 12, generator(seed))
done = checks.call(training_loop_with_batches, *given, loss=lambda logits, y: cost)
correct = np.mean(dev[0].argmax(axis=1) == dev[1].argmax(axis=1))
expected = {"cost": {"training": [0.5] * 10}, "accuracy": {"dev": [correct] * 10}}
print(checks.check_value(title, done.value, expected, name="history of ten epochs", see=see))
text = "training_loop_with_batches must not change the data"
changed = [name for name in done.changed if name in ("train_data", "dev_data")]
print(checks.check_true(title, not changed, text, observed=changed, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see** (if you did the bonus). The deep network again, in mini-batches of 50 digits:
# after one *epoch* it is at 88 %, ahead of everything above, and after four near 94 % on the dev
# digits. Now everything is decided, and we may look at the test digits.

# %% tags=["experiment"]
from course import plots

network = DeepNetwork(784, 10, 32, 2)
network.init_parameters(np.random.default_rng(2))
optimizer = SGDWithMomentum(network.parameters(), lr=0.05, momentum=0.8)
history = training_loop_with_batches(
    network, optimizer, train_data, dev_data, 50, np.random.default_rng(3), n_epochs=4
)
best = network
print("dev accuracy per epoch:", [f"{value:.1%}" for value in history["accuracy"]["dev"]])
print(f"test accuracy: {accuracy(best, test_data):.1%}")
plots.plot_training(**history)

# %% [markdown]
# And what it still gets wrong (or, if you skipped the bonus, what the network with momentum above
# does).

# %% tags=["experiment"]
from course import plots

x, y = test_data
answers, labels = best.forward(x).value.argmax(axis=1), y.argmax(axis=1)
wrong = np.flatnonzero(answers != labels)
print(f"{len(wrong)} of {len(labels)} test digits are misread; here are the first of them")
plots.show_digits(x[wrong[:24]], labels[wrong[:24]], answers[wrong[:24]], columns=8)

# %% [markdown]
# ## 11 · Beside JAX
#
# The last word is a comparison. The same deep network, once in your library and once in JAX: the same
# first parameters, the same mini-batches, the same momentum. In JAX there is no graph to be seen and
# no `backward`: one writes the loss as a function of all parameters, and `jax.value_and_grad` makes
# another function of it, which `jax.jit` compiles. Inside it does what you did: it records the
# operations, and goes back through them in the order that waits for all reports.
#
# **What you should see.** The line is JAX, the squares are yours (every tenth step), and they coincide
# from the first of 200 steps to the last. The largest difference of the costs is about $10^{-15}$, and
# of the parameters as well: rounding, and it has not even grown in two epochs. If the curves part at
# once, a gradient is wrong; if they part slowly, look at the optimiser.

# %% tags=["experiment"]
import jax
import jax.numpy as jnp
from course import plots
from mnist_utils import minibatches

jax.config.update("jax_enable_x64", True)
lr, momentum = 0.05, 0.8

network = DeepNetwork(784, 10, 32, 2)
network.init_parameters(np.random.default_rng(11))
optimizer = SGDWithMomentum(network.parameters(), lr, momentum)

theirs = [jnp.asarray(p.value) for p in network.parameters()]
velocities = [jnp.zeros_like(p) for p in theirs]


def cost_in_jax(parameters, x, y):
    W1, b1, W2, b2, W3, b3 = parameters
    h = jax.nn.relu(x @ W1 + b1)
    h = jax.nn.relu(h @ W2 + b2)
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(h @ W3 + b3), axis=1))


@jax.jit
def step_in_jax(parameters, velocities, x, y):
    cost, gradients = jax.value_and_grad(cost_in_jax)(parameters, x, y)
    velocities = [momentum * v + g for v, g in zip(velocities, gradients)]
    return cost, [p - lr * v for p, v in zip(parameters, velocities)], velocities


rng, mine, jaxs = np.random.default_rng(12), [], []
for _ in range(2):
    for x, y in minibatches(*train_data, 100, rng):
        optimizer.zero_grad()
        cost = nll()(network.forward(x), y)
        cost.backward()
        optimizer.step()
        mine.append(float(cost.value))
        cost, theirs, velocities = step_in_jax(theirs, velocities, x, y)
        jaxs.append(float(cost))

apart = max(np.abs(p.value - q).max() for p, q in zip(network.parameters(), theirs))
print(f"{len(mine)} steps, cost {mine[0]:.3f} at first and {mine[-1]:.3f} at last")
print(f"largest difference of the costs: {np.abs(np.subtract(mine, jaxs)).max():.1e}")
print(f"largest difference of the parameters afterwards: {apart:.1e}")
# one square of yours per ten steps, on the line of JAX
dots = np.where(np.arange(len(mine)) % 10 == 0, mine, np.nan)
plots.plot_curves(range(len(mine)), {"JAX": jaxs, "yours": dots}, xlabel="step", ylabel="cost")

# %% [markdown]
# ## What comes next
#
# You own a deep-learning library now, and you know every line of it. What PyTorch has on top is speed
# (graphics cards, fused operations, memory that is reused), hundreds of operations, and years of
# care. Its ideas are these: nodes with gradients, operations with a `backward`, modules that find
# their parameters, optimisers that hold them, five calls per step. The names are nearly the same. If
# you open its documentation tomorrow, you will be at home.
#
# Where to go from here, with what you have:
#
# - Write `Dropout` as a module (lab 4 has the idea). What must a module know that ours do not? (Hint:
#   training or evaluation.)
# - In the first layer, `affine_transform.backward` computes a gradient of the digits that nobody
#   wants: a third of the work of that layer. How would you tell it?
# - Write `Convolution` with `Selection` and `affine_transform`: patches of the image are picked with
#   an index, duplicates and all, and one small matrix is applied to each.
# - Read the source of a small library made by others, such as micrograd or tinygrad. You will
#   recognise most of it.
