# %% [markdown]
# # Lab 3 · Forgetting on purpose
#
# Backpropagation is fast because it remembers. On the way forward it keeps what every layer was fed
# and what came out of every matrix product, since the way back will ask for them, last layer first.
# For a network of a hundred layers this heap of remembered numbers is larger than the network itself,
# and it is what makes a graphics card run out of memory.
#
# In this lab you throw most of the heap away and compute it again when it is asked for. That is
# called **gradient checkpointing** or *rematerialisation*, and large language models are trained
# with it. The gradients stay the same to the last bit. Only the bill changes: less memory, a
# little more time. You will build it, measure both sides of the bill, and find the best places to
# remember.
#
# **When you are done you will have**
#
# - a network that forgets, and gradients equal to those of one that does not,
# - counted, not guessed, how often each layer is evaluated and how many arrays are alive,
# - a formula for the bill, checked against your own machine,
# - a function that finds the best placement for any memory you can afford,
# - used `jax.checkpoint`, and understood what it does.
#
# **How the lab works.** There are eight exercises and a bonus one. You write the body of a function where
# you see `raise NotImplementedError`; the cell below it tests it and says in words what is wrong, if
# anything is. In grading the same claims are tested again on other numbers. Cells that only train or draw
# are not graded: play with them. Two questions are read by a person. All in all 100 points, ten more for
# the bonus, and two to three hours.
#
# **What you need**: backpropagation on whole batches (lab 2), and the patience to ask of each array:
# *who still holds it?*

# %% [markdown]
# ## 1 · What the way back asks for
#
# ### The agreement
#
# We count layers as Python does, **from zero**. A network of $L$ layers (`n_layers`) has the layers
# $0, 1, \dots, L-1$.
#
# | symbol | in code | shape | what it is |
# |---|---|---|---|
# | $B$ | | | number of examples in the batch |
# | $a_k$ | `a` | `(B, sizes[k])` | **input** of layer $k$; $a_0 = x$ is the input of the network |
# | $w_k, b_k$ | `weights[k]`, `biases[k]` | `(sizes[k], sizes[k+1])`, `(sizes[k+1],)` | parameters of layer $k$ |
# | $z_k = a_k w_k + b_k$ | `z` | `(B, sizes[k+1])` | pre-activation of layer $k$ |
# | $a_{k+1} = \sigma(z_k)$ | | `(B, sizes[k+1])` | output of layer $k$, input of layer $k+1$ |
# | $a_L$ | `output` | `(B, n_out)` | what the network says |
# | $C$ | | one number | cost: half the squared error, averaged over the batch |
#
# The step back through layer $k$ begins with $\partial C/\partial a_{k+1}$, which the layer behind it
# hands over, and goes
#
# $$\delta_k = \frac{\partial C}{\partial a_{k+1}} * \sigma'(z_k), \qquad
#   \frac{\partial C}{\partial w_k} = a_k^T\, \delta_k, \qquad
#   \frac{\partial C}{\partial b_k} = \sum_{\text{rows}} \delta_k, \qquad
#   \frac{\partial C}{\partial a_k} = \delta_k\, w_k^T .$$
#
# You derived these in lab 1. Today look at them with other eyes: **what do they ask for that was
# computed on the way forward?** Two arrays per layer: its pre-activation $z_k$ and its input $a_k$. Plain
# backpropagation therefore saves $2L$ arrays before it takes the first step back.
#
# ### Is that much?
#
# Weights do not know how many examples there are; saved arrays have a row for each. Take 100 layers,
# 1000 units wide, in float64. The weights are $100 \cdot 1000^2$ numbers, 0.8 GB. With a batch of
# 4000 examples each saved array has 4 million numbers, 32 MB, and there are 200 of them: 6.4 GB,
# eight times the network. Deeper networks and larger batches make it worse.
#
# ### The idea
#
# Every saved array can be computed again from the one before it. So let the forward pass save the
# inputs of a few layers only: the **checkpoints**. They cut the network into **segments**. On the way
# back, take the last segment first: run *it* forward once more from its checkpoint, this time saving
# all, go back through it, throw its arrays away, and turn to the segment before.
#
# ![What is saved at each step, without and with checkpoints](figures/lifetimes.svg)
#
# Read the picture from left to right; each column is one step, the numbers on top count the saved
# arrays. Plain backpropagation of six layers climbs to 12. With checkpoints at the layers 0, 2 and 4
# it never holds more than 6, at the price of running the layers 0 to 3 twice. Take your time with the
# lower half: **everything that you write in this lab is in it.**

# %% grade_id="given-numpy"
import numpy as np

# %% [markdown]
# ### The network
#
# Here is the network, with everything that you know from labs 1 and 2 written out. It asks its own
# methods for everything, and so should yours:
#
# - `self.pre_activation(k, a)` gives $z_k$ for the input `a` of layer `k`. We call that **one forward
#   evaluation** of layer $k$: the matrix product is what takes the time. Wherever you need a
#   pre-activation, ask this method, so that evaluations can be counted;
# - `self.activation(z)` and `self.activation_prime(z)` give $\sigma(z)$ and $\sigma'(z)$;
# - `self.cost_derivative(output, y)` gives $\partial C/\partial a_L$, with the division by $B$ in it;
# - `self.segments()` gives the segments, by your exercise 1.
#
# So what you write will do for a network with another bend or another cost, too: the tests try that.
#
# `@add_to(NetworkWithCheckpoints)` above a function makes it a method of the class. (If you run the
# cell with the class again, run the cells of your methods again, too.)


# %% grade_id="given-network"
def sigmoid(z):
    """Squeeze each entry of `z` (any shape) into the interval from 0 to 1."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def add_to(cls):
    """Make the function below a method of `cls`."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


class NetworkWithCheckpoints:
    """A stack of layers `a @ w + b`, each followed by the sigmoid.

    sizes: the width of each layer, the input first: [784, 30, 10] has two layers, 0 and 1.
    checkpoints: numbers of the layers whose inputs the forward pass saves. Layer 0 is always one of
        them, named or not; with no others the network is a plain one.
    rng: a NumPy generator for the first weights; without it they differ from run to run.
    """

    def __init__(self, sizes, checkpoints=(), rng=None):
        rng = np.random.default_rng() if rng is None else rng
        self.sizes = list(sizes)
        self.n_layers = len(self.sizes) - 1
        self.checkpoints = list(checkpoints)
        if not set(self.checkpoints) <= set(range(self.n_layers)):
            raise ValueError(f"checkpoints must be layers from 0 to {self.n_layers - 1}")
        self.weights = [
            rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)
            for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:])
        ]
        self.biases = [np.zeros(n_out) for n_out in self.sizes[1:]]

    def segments(self):
        """The segments, first one first: your exercise 1."""
        return segments(self.checkpoints, self.n_layers)

    def pre_activation(self, k, a):
        """One forward evaluation of layer k: z for the input a, (B, sizes[k])."""
        return a @ self.weights[k] + self.biases[k]

    def activation(self, z):
        """Bend each entry of z."""
        return sigmoid(z)

    def activation_prime(self, z):
        """Slope of the activation at each entry of z."""
        a = sigmoid(z)
        return a * (1 - a)

    def feedforward(self, a):
        """What the network says about the examples `a`, (B, n_in); saves nothing."""
        for k in range(self.n_layers):
            a = self.activation(self.pre_activation(k, a))
        return a

    def cost(self, output, y):
        """Half the squared error, summed over the features, averaged over the examples."""
        return 0.5 * np.sum((output - y) ** 2) / len(y)

    def cost_derivative(self, output, y):
        """Derivative of the cost with respect to the output, (B, n_out)."""
        return (output - y) / len(y)


# %% [markdown]
# ### Two instruments
#
# In lab 1 you built an instrument before you trusted a gradient. Here are two for the bill.
#
# **`Meter`** stands between a network and its `pre_activation`. It counts how often each layer is
# evaluated, and it writes down every layer input and every pre-activation that it sees, with a *weak*
# reference: one that does not keep the array alive. So `len(self._arrays)` is the number of those
# arrays that **somebody else** still holds: a list, a variable, an attribute. `history` has that
# number at each step, forward and back, and `peak` is the largest; `left` is the number now.
#
# **`peak_bytes`** asks Python itself how much memory a call has taken at most.

# %% grade_id="given-instruments"
import gc
import tracemalloc
import weakref


class Meter:
    """Watch a network: how often it evaluates each layer, how many arrays it holds on to.

    evaluations: how many forward evaluations each layer has had, a list of n_layers numbers.
    history: how many layer inputs and pre-activations were alive at each step.
    peak: the largest number in history.
    left: how many of these arrays are alive now.
    """

    def __init__(self, net):
        self.evaluations = [0] * net.n_layers
        self.history = []
        self._arrays = weakref.WeakValueDictionary()
        self._evaluate, self._slope = net.pre_activation, net.activation_prime
        net.pre_activation, net.activation_prime = self._forward_step, self._backward_step

    @property
    def peak(self):
        return max(self.history, default=0)

    @property
    def left(self):
        if self._arrays:
            gc.collect()  # takes away what nothing but itself holds
        return len(self._arrays)

    def _forward_step(self, k, a):
        z = self._evaluate(k, a)
        self.evaluations[k] += 1
        for array in (a, z):
            self._arrays[id(array)] = array
        self.history.append(len(self._arrays))
        return z

    def _backward_step(self, z):
        self.history.append(len(self._arrays))
        return self._slope(z)


def peak_bytes(function, *args):
    """Most bytes that a call held at once, beyond those held before it."""
    tracemalloc.start()
    try:
        function(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# %% [markdown]
# Try the meter on something that you understand. `feedforward` saves nothing: it needs a layer's
# input and its pre-activation while it is at that layer, and forgets them.
#
# **What you should see.** One evaluation of each layer, and never more than three arrays alive in a
# network of ten layers: the input `x`, which your variable holds, and the input and the pre-activation
# of the layer at work.

# %% tags=["experiment"]
rng = np.random.default_rng(1)
net = NetworkWithCheckpoints([8] * 11, rng=rng)
meter = Meter(net)
x = rng.normal(size=(5, 8))
net.feedforward(x)
print("evaluations per layer", meter.evaluations)
print("arrays alive, step by step", meter.history)

# %% [markdown]
# ### A pocket network
#
# One example will go with us through the lab: three layers, each one unit wide, and a batch of one.
#
# | layer $k$ | input $a_k$ | $w_k$ | $b_k$ | $z_k$ | output $a_{k+1}$ | slope $\sigma'(z_k)$ |
# |---|---|---|---|---|---|---|
# | 0 | $\ln 3$ | 1 | 0 | $\ln 3$ | $\tfrac34$ | $\tfrac34 \cdot \tfrac14 = \tfrac3{16}$ |
# | 1 | $\tfrac34$ | 4 | $-3$ | 0 | $\tfrac12$ | $\tfrac14$ |
# | 2 | $\tfrac12$ | 2 | $-1$ | 0 | $\tfrac12$ | $\tfrac14$ |
#
# It should say $y = 1$, and its checkpoints are the layers 0 and 2.

# %% [markdown]
# ## 2 · Segments
#
# A checkpoint is a layer whose **input** is saved. Layer 0 always is one: its input is $x$, which is
# there anyway, and without it nothing could be computed again. Each checkpoint begins a segment, and the
# segment ends where the next one begins:
#
# ![A network of seven layers with checkpoints 0, 2 and 5](figures/segments.svg)
#
# We write a segment as a pair `(start, end)`, meaning the layers `start`, …, `end - 1`, like
# `range(start, end)`. The last segment ends at $L$. So segments lie end to end, none is empty, and
# every layer is in exactly one. Each piece of the machine will ask for this list.
#
# **By hand.** Seven layers with checkpoints 2 and 5: the segments are $(0, 2), (2, 5), (5, 7)$. No
# checkpoints named: $(0, 7)$, the whole network. All of 0 to 6 named: $(0, 1), (1, 2), \dots,
# (6, 7)$, each layer by itself. The pocket network: $(0, 2), (2, 3)$.
#
# ### Exercise 1 · `segments` (8 points)
#
# Users name checkpoints as they like: in any order, some twice, 0 or not. `sorted(...)` makes a
# sorted list of anything, `set(...)` has everything once, and `zip(starts, ends)` pairs two lists.
#
# **Think first.** In a sorted list of the segments' beginnings, where do you read off their ends? And
# what is the difference between `sorted(c)` and `c.sort()` for the person whose list `c` is?
#
# **Reading the test.** `segments([2, 5], 7)[1][0]` is where the second pair begins. If only the case
# `[5, 0, 2, 5]` is wrong, look at order and repetition; if only the last pair is, at the network's end.


# %% grade_id="segments" stub="Return the list of pairs (start, end) of whole numbers, in order: the first starts at 0, the last ends at n_layers."
def segments(checkpoints, n_layers):
    """Cut layers 0, ..., n_layers - 1 into segments, each beginning at a checkpoint.

    checkpoints: a list, tuple or range of layer numbers from 0 to n_layers - 1, in any order,
        possibly repeated, with or without 0 (which always counts as one); may be empty. It is not
        changed.
    n_layers: number of layers, at least 1.
    Returns a list of pairs (start, end), in order; a segment is range(start, end).
    """
    ### BEGIN SOLUTION
    starts = sorted({0, *checkpoints})
    return list(zip(starts, [*starts[1:], n_layers]))
    ### END SOLUTION


# %% grade_id="test-segments" points=4
from course import checks

title, see = "Exercise 1 · segments", "2 · Segments"
cases = (
    ([2, 5], 7, [(0, 2), (2, 5), (5, 7)]),
    ([5, 0, 2, 5], 7, [(0, 2), (2, 5), (5, 7)]),
    ([], 4, [(0, 4)]),
    ([0, 1, 2], 3, [(0, 1), (1, 2), (2, 3)]),
)
for checkpoints, n_layers, expected in cases:
    got = segments(list(checkpoints), n_layers)
    name = f"segments({checkpoints}, {n_layers})"
    print(checks.check_value(title, got, expected, name=name, see=see))
print(checks.check_pure(title, segments, [3, 1], 5, see=see))

# %% grade_id="test-segments-hidden" points=4
### BEGIN HIDDEN TESTS
from course import checks

title, see = "Exercise 1 · segments", "2 · Segments"
rng = checks.rng()
for n_layers in (1, 2, 5, 9, 40):
    for _ in range(3):
        named = [int(k) for k in rng.integers(0, n_layers, size=rng.integers(0, n_layers + 1))]
        cuts = [k for k in range(1, n_layers) if k in named]
        expected, start = [], 0
        for cut in (*cuts, n_layers):
            expected.append((start, cut))
            start = cut
        name = f"segments of {n_layers} layers with checkpoints {named}"
        done = checks.check_pure(title, segments, named, n_layers, see=see)
        print(checks.check_value(title, done.value, expected, name=name, see=see), done)
name, expected = "segments of 6 layers with the checkpoints in a tuple", [(0, 2), (2, 4), (4, 6)]
print(checks.check_value(title, segments((4, 2), 6), expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Forward, saving little
#
# Now the first walk of the picture: from the left to the last checkpoint, saving the input of every
# layer that is a checkpoint, and nothing else.
#
# Why only *to the last checkpoint*? Because the last segment is where the way back begins. It will be
# run by the next function, with everything saved, right away. To run it here as well would be to run
# it twice for nothing. In a network without checkpoints (other than layer 0) the whole network is the
# last segment, and this walk has nothing to do but to save $x$.
#
# What do we save *in*? The way back needs the checkpoints in reverse order, each once, and wants to
# forget it then. A list does just that: `saved.append(a)` puts an array at its end, `saved.pop()`
# takes it off again, and once the list has let go of it, the memory is free as soon as nobody else
# holds it. So `saved[j]` shall be the input of the segment number $j$, counted from 0.
#
# **By hand.** The pocket network has segments $(0, 2)$ and $(2, 3)$. Save $a_0 = \ln 3$; evaluate
# layer 0 and layer 1, which gives $a_1 = \tfrac34$ (not saved) and $a_2 = \tfrac12$; save that. Done:
# `saved` is $[\ln 3, \tfrac12]$, layer 2 has not been evaluated.
#
# ### Exercise 2 · `feedforward_with_checkpoints` (12 points)
#
# Ask `self.segments()` for the segments, `self.pre_activation(k, a)` and `self.activation(z)` for the
# steps.
#
# **Think first.** If there are $m$ segments, how many arrays are in `saved`? Layer $k$ takes $a_k$
# and makes $a_{k+1}$: is the array to save for checkpoint $k$ there before or after you have
# evaluated layer $k$? And which layer is the last one that you must evaluate to have them all?
#
# **Reading the test.** `saved[1]` is what you saved for the second segment, `evaluations[4]` is how
# often layer 4 was evaluated. Neighbouring layers have other widths: a wrong shape says which array
# you have saved instead. If `saved` is right and `evaluations` is not, you walk too far.


# %% grade_id="feedforward_with_checkpoints" stub="Return the list of the inputs of the segments, first segment first: arrays (B, sizes[start])."
@add_to(NetworkWithCheckpoints)
def feedforward_with_checkpoints(self, x):
    """Walk forward to the last checkpoint and save the inputs of the segments.

    x: (B, n_in).
    Returns the list `saved`: saved[j] is the input of segment j, (B, sizes[start of segment j]), so
    saved[0] is x. Layers before the last segment are evaluated once, those in it not at all.
    """
    ### BEGIN SOLUTION
    saved, a = [x], x
    for start, end in self.segments()[:-1]:
        for k in range(start, end):
            a = self.activation(self.pre_activation(k, a))
        saved.append(a)
    return saved
    ### END SOLUTION


# %% grade_id="test-feedforward_with_checkpoints" points=6
import numpy as np
from course import checks

title = "Exercise 2 · feedforward_with_checkpoints"
see = "3 · Forward, saving little"
rng = checks.rng()
sizes = [4, 3, 5, 3, 2, 4, 3]
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]
x = rng.normal(size=(3, 4))
inputs = [x]
for w, b in zip(weights, biases):
    inputs.append(1 / (1 + np.exp(-(inputs[-1] @ w + b))))
cases = (
    ([1, 4], [(0, 1), (1, 4), (4, 6)], [1, 1, 1, 1, 0, 0]),
    ([], [(0, 6)], [0, 0, 0, 0, 0, 0]),
)


def pre_activation(k, a):
    """Stand in for the network's own, and count: one more evaluation of layer k."""
    evaluations[k] += 1
    return a @ weights[k] + biases[k]


for checkpoints, pieces, once in cases:
    net = NetworkWithCheckpoints(sizes, checkpoints)
    net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
    # if your exercise 1 is still wrong, that must not count here again
    net.segments = lambda pieces=pieces: list(pieces)
    net.pre_activation, evaluations = pre_activation, [0] * 6
    saved = net.feedforward_with_checkpoints(x)
    expected = [inputs[start] for start, _ in pieces]
    where = f"{title}, checkpoints {checkpoints}"
    print(where)
    print(checks.check_value(where, saved, expected, name="saved", see=see))
    print(checks.check_value(where, evaluations, once, name="evaluations", see=see))

# %% grade_id="test-feedforward_with_checkpoints-hidden" points=6
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title = "Exercise 2 · feedforward_with_checkpoints"
see = "3 · Forward, saving little"
rng = checks.rng()


def pre_activation(k, a):
    evaluations[k] += 1
    return a @ weights[k] + biases[k]


for sizes in ([3, 3, 3, 3, 3], [2, 4], [2, 5, 1, 3, 4, 4, 2, 3]):
    n_layers = len(sizes) - 1
    for batch in (1, 4):
        starts = [0, *(k for k in range(1, n_layers) if rng.random() < 0.5)]
        pieces = list(zip(starts, [*starts[1:], n_layers]))
        weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
        biases = [rng.normal(size=n) for n in sizes[1:]]
        x = rng.normal(size=(batch, sizes[0]))
        inputs = [x]
        for w, b in zip(weights, biases):
            inputs.append(1 / (1 + np.exp(-(inputs[-1] @ w + b))))
        net = NetworkWithCheckpoints(sizes, starts)
        checks.set_all(net, pre_activation=pre_activation, segments=lambda p=pieces: list(p))
        evaluations = [0] * n_layers
        saved = net.feedforward_with_checkpoints(x)
        expected = [inputs[k] for k in starts]
        name = f"saved for sizes {sizes}, checkpoints {starts}"
        print(checks.check_value(title, saved, expected, name=name, see=see))
        once = [int(k < starts[-1]) for k in range(n_layers)]
        name = f"forward evaluations for sizes {sizes}, checkpoints {starts}"
        print(checks.check_value(title, evaluations, once, name=name, see=see))
print(checks.check_pure(title, net.feedforward_with_checkpoints, x, see=see))


def sine(z):
    return np.sin(z)


checks.set_all(net, activation=sine, segments=lambda: [(0, 2), (2, n_layers)])
expected = [x, np.sin(np.sin(x @ weights[0] + biases[0]) @ weights[1] + biases[1])]
where, name = f"{title}, where self.activation is the sine", "saved"
saved = net.feedforward_with_checkpoints(x)
print(checks.check_value(where, saved, expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · One segment again, saving all
#
# The way back through a segment needs all of its layer inputs and all of its pre-activations. This
# function gets a segment and its input, runs it, and keeps everything on the way. It is the forward
# half of the backpropagation that you know, for the layers `start`, …, `end - 1` alone.
#
# A segment with $\ell = $ `end - start` layers gives two lists with $\ell$ arrays each. Mind the two
# ways of counting: in the *network* the layers of the segment have the numbers `start` to `end - 1`;
# in the *lists* the same layers have the places $0$ to $\ell - 1$. Layer $k$ is at place $k -
# \text{start}$.
#
# **By hand.** The segment $(0, 2)$ of the pocket network with the input $\ln 3$: inputs $[\ln 3,
# \tfrac34]$, pre-activations $[\ln 3, 0]$. The segment $(2, 3)$ with the input $\tfrac12$: inputs
# $[\tfrac12]$, pre-activations $[0]$.
#
# ### Exercise 3 · `feedforward_between_layers` (10 points)
#
# Each layer of the segment is evaluated exactly once. What the last layer's output would be,
# $a_\text{end}$, is nobody's business here: the segment behind this one has been dealt with long ago.
#
# **Think first.** You need $z_k$ twice: to save it, and to compute $a_{k+1}$ from it. How often do
# you ask `self.pre_activation` for it?
#
# **Reading the test.** `(inputs, pre_activations)[1][0]` is the pre-activation at place 0. If segment
# (0, 2) is right and (1, 4) is not, a place was taken for a layer. `evaluations[k]` must be 1 for the
# layers of the segment and 0 for all others.


# %% grade_id="feedforward_between_layers" stub="Return the tuple (inputs, pre_activations): two lists of end - start arrays, first layer of the segment first."
@add_to(NetworkWithCheckpoints)
def feedforward_between_layers(self, start, end, a):
    """Run the layers start, ..., end - 1 and save everything on the way.

    a: input of layer `start`, (B, sizes[start]).
    Returns the tuple (inputs, pre_activations), two lists of length end - start: for layer k the
    input, (B, sizes[k]), and the pre-activation, (B, sizes[k + 1]), are at place k - start.
    Each of the layers is evaluated once, no other layer is.
    """
    ### BEGIN SOLUTION
    inputs, pre_activations = [], []
    for k in range(start, end):
        z = self.pre_activation(k, a)
        inputs.append(a)
        pre_activations.append(z)
        a = self.activation(z)
    return inputs, pre_activations
    ### END SOLUTION


# %% grade_id="test-feedforward_between_layers" points=5
import numpy as np
from course import checks

title = "Exercise 3 · feedforward_between_layers"
see = "4 · One segment again, saving all"
rng = checks.rng()
sizes = [4, 4, 4, 4, 4, 4]
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]


def pre_activation(k, a):
    """Stand in for the network's own, and count: one more evaluation of layer k."""
    evaluations[k] += 1
    return a @ weights[k] + biases[k]


for start, end in ((0, 2), (1, 4), (4, 5)):
    net = NetworkWithCheckpoints(sizes)
    net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
    a = rng.normal(size=(3, sizes[start]))
    inputs, zs = [a], []
    for w, b in zip(weights[start:end], biases[start:end]):
        zs.append(inputs[-1] @ w + b)
        inputs.append(1 / (1 + np.exp(-zs[-1])))
    net.pre_activation, evaluations = pre_activation, [0] * 5
    got = net.feedforward_between_layers(start, end, a)
    where, name = f"{title}, segment ({start}, {end})", "(inputs, pre_activations)"
    print(where)
    print(checks.check_value(where, got, (inputs[:-1], zs), name=name, see=see))
    once = [int(start <= k < end) for k in range(5)]
    print(checks.check_value(where, evaluations, once, name="evaluations", see=see))

# %% grade_id="test-feedforward_between_layers-hidden" points=5
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title = "Exercise 3 · feedforward_between_layers"
see = "4 · One segment again, saving all"
rng = checks.rng()


def pre_activation(k, a):
    evaluations[k] += 1
    return a @ weights[k] + biases[k]


for sizes in ([2, 5, 1, 3, 4, 4, 2, 3], [5, 2], [3, 3, 3, 3]):
    n_layers = len(sizes) - 1
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    net = NetworkWithCheckpoints(sizes)
    net.pre_activation = pre_activation
    for batch in (1, 3):
        start = int(rng.integers(0, n_layers))
        for end in {start + 1, n_layers}:
            a = rng.normal(size=(batch, sizes[start]))
            inputs, zs = [a], []
            for w, b in zip(weights[start:end], biases[start:end]):
                zs.append(inputs[-1] @ w + b)
                inputs.append(1 / (1 + np.exp(-zs[-1])))
            evaluations = [0] * n_layers
            got = net.feedforward_between_layers(start, end, a)
            name = f"(inputs, pre_activations) of segment ({start}, {end}), sizes {sizes}"
            print(checks.check_value(title, got, (inputs[:-1], zs), name=name, see=see))
            once = [int(start <= k < end) for k in range(n_layers)]
            name = f"forward evaluations for segment ({start}, {end}), sizes {sizes}"
            print(checks.check_value(title, evaluations, once, name=name, see=see))
    print(checks.check_pure(title, net.feedforward_between_layers, start, end, a, see=see))


def sine(z):
    return np.sin(z)


net.activation, a = sine, rng.normal(size=(2, 3))
z = a @ weights[0] + biases[0]
expected = [a, np.sin(z)], [z, np.sin(z) @ weights[1] + biases[1]]
where, name = f"{title}, where self.activation is the sine", "(inputs, pre_activations)"
got = net.feedforward_between_layers(0, 2, a)
print(checks.check_value(where, got, expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Back through one segment
#
# With a segment's arrays at hand, the way back through it is ordinary backpropagation, except for its
# two ends. At its right end it does not begin with the cost but with a gradient that it is **given**:
# $\partial C/\partial a_\text{end}$, from the segment behind. At its left end it does not stop at the
# weights but **hands on** $\partial C/\partial a_\text{start}$, which is the gradient that the
# segment before it will be given. Segments know of each other through this one array only.
#
# | for $k = $ `end - 1`, …, `start` | formula | shapes |
# |---|---|---|
# | through the bend | $\delta_k = \partial C/\partial a_{k+1} * \sigma'(z_k)$ | `(B, n_out)` times `(B, n_out)` |
# | to the weights | $\partial C/\partial w_k = a_k^T\, \delta_k$ | `(n_in, B) @ (B, n_out)` |
# | to the biases | $\partial C/\partial b_k = $ sum of the rows of $\delta_k$ | `(n_out,)` |
# | to the input | $\partial C/\partial a_k = \delta_k\, w_k^T$ | `(B, n_out) @ (n_out, n_in)` |
#
# Here `n_in` and `n_out` are the widths on both sides of layer $k$. The division by $B$ is in the cost's
# derivative already, and so in every gradient that comes from it: do not divide again.
#
# **By hand.** The last segment $(2, 3)$ of the pocket network is given $\partial C/\partial a_3 =
# \tfrac12 - 1 = -\tfrac12$. So $\delta_2 = -\tfrac12 \cdot \tfrac14 = -\tfrac18$, the gradient of
# $w_2$ is $\tfrac12 \cdot (-\tfrac18) = -\tfrac1{16}$, that of $b_2$ is $-\tfrac18$, and it hands on
# $-\tfrac18 \cdot 2 = -\tfrac14$. The segment $(0, 2)$ is given $-\tfrac14$:
#
# - layer 1: $\delta_1 = -\tfrac14 \cdot \tfrac14 = -\tfrac1{16}$, weight $\tfrac34 \cdot
#   (-\tfrac1{16}) = -\tfrac3{64}$, bias $-\tfrac1{16}$, and $-\tfrac1{16} \cdot 4 = -\tfrac14$ goes
#   on;
# - layer 0: $\delta_0 = -\tfrac14 \cdot \tfrac3{16} = -\tfrac3{64}$, weight $-\tfrac3{64} \ln 3
#   \approx -0.0515$, bias $-\tfrac3{64}$, and $-\tfrac3{64} \cdot 1$ is handed on: $\partial
#   C/\partial x$, which nobody asks for.
#
# ### Exercise 4 · `backprop_between_layers` (16 points)
#
# Gradients come back **first layer of the segment first**. `inputs` and `pre_activations` are what
# `feedforward_between_layers` returned: lists by place. `self.weights` is the network's: a list by layer.
# Slope and delta are as large as a saved array: make them for a layer when you are there, and do not
# collect them.
#
# **Think first.** In the pocket network, which place in `inputs` and which place in `self.weights`
# belong to layer 2 when the segment is $(2, 3)$? And for a segment that begins at layer 0, would you
# notice if you mixed the two up? Whose array would `grad_a *= ...` write into?
#
# **Reading the test.** `grads_w[0]` belongs to the segment's *first* layer, which the way back reaches
# last: with several wrong, begin with the last one. If only `grad_a` is right, the order is wrong; if
# only `grad_a` is wrong, the last step to the input. If segment (0, 2) is right and (1, 4) is not, a
# place was taken for a layer.


# %% grade_id="backprop_between_layers" stub="Return the tuple (grads_w, grads_b, grad_a): two lists of end - start arrays, first layer first, and the gradient of the segment's input, (B, sizes[start])."
@add_to(NetworkWithCheckpoints)
def backprop_between_layers(self, start, end, inputs, pre_activations, grad_a):
    """Gradients of the cost in the layers start, ..., end - 1, and the one to hand on.

    inputs, pre_activations: the arrays of these layers; layer k is at place k - start.
    grad_a: gradient of the cost with respect to the output of layer end - 1, (B, sizes[end]).
    Returns the tuple (grads_w, grads_b, grad_a): two lists of length end - start, first layer of the
    segment first, and the gradient with respect to the segment's input, (B, sizes[start]).
    Holds the slope and the delta of one layer at a time. Changes nothing.
    """
    ### BEGIN SOLUTION
    grads_w, grads_b = [], []
    for k in reversed(range(start, end)):
        delta = grad_a * self.activation_prime(pre_activations[k - start])
        grads_w.append(inputs[k - start].T @ delta)
        grads_b.append(delta.sum(axis=0))
        grad_a = delta @ self.weights[k].T
    return grads_w[::-1], grads_b[::-1], grad_a
    ### END SOLUTION


# %% grade_id="test-backprop_between_layers" points=8
import numpy as np
from course import checks

title = "Exercise 4 · backprop_between_layers"
see = "5 · Back through one segment"
rng = checks.rng()
sizes = [4, 4, 4, 4, 4, 4]
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]
net = NetworkWithCheckpoints(sizes)
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]


def loss(xp, weights, biases, a):
    for w, b in zip(weights, biases):
        a = 1 / (1 + xp.exp(-(a @ w + b)))
    return xp.sum(upstream * a)


for start, end in ((0, 2), (1, 4), (4, 5)):
    a, upstream = rng.normal(size=(3, sizes[start])), rng.normal(size=(3, sizes[end]))
    inputs, zs = [a], []
    for w, b in zip(weights[start:end], biases[start:end]):
        zs.append(inputs[-1] @ w + b)
        inputs.append(1 / (1 + np.exp(-zs[-1])))
    where = f"{title}, segment ({start}, {end})"
    print(where)
    arguments = (start, end, inputs[:-1], zs, upstream)
    print(checks.check_pure(where, net.backprop_between_layers, *arguments, see=see))
    got = net.backprop_between_layers(*arguments)
    names, numbers = ("grads_w", "grads_b", "grad_a"), {"batch size": 3}
    at = (weights[start:end], biases[start:end], a)
    print(checks.check_gradients(where, got, loss, at, names=names, sizes=numbers, see=see))

# %% grade_id="test-backprop_between_layers-hidden" points=8
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title = "Exercise 4 · backprop_between_layers"
see = "5 · Back through one segment"
rng = checks.rng()
for sizes in ([3, 3, 3, 3, 3], [2, 5, 1, 3, 4, 4], [4, 3]):
    n_layers = len(sizes) - 1
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    net = NetworkWithCheckpoints(sizes)
    checks.set_all(net, weights=[w.copy() for w in weights], biases=[b.copy() for b in biases])
    for batch in (1, 4):
        start = int(rng.integers(0, n_layers))
        for end in {start + 1, n_layers}:
            a = rng.normal(size=(batch, sizes[start]))
            upstream = rng.normal(size=(batch, sizes[end]))
            inputs, zs = [a], []
            for w, b in zip(weights[start:end], biases[start:end]):
                zs.append(inputs[-1] @ w + b)
                inputs.append(1 / (1 + np.exp(-zs[-1])))
            of_w, of_b, grad_a = [], [], upstream
            for a, after, w in reversed(list(zip(inputs, inputs[1:], weights[start:end]))):
                d = grad_a * after * (1 - after)
                of_w, of_b, grad_a = [a.T @ d, *of_w], [d.sum(axis=0), *of_b], d @ w.T
            arguments = (start, end, inputs[:-1], zs, upstream)
            done = checks.check_pure(title, net.backprop_between_layers, *arguments, see=see)
            name = f"(grads_w, grads_b, grad_a) of segment ({start}, {end}), sizes {sizes}"
            numbers, expected = {"batch size": batch}, (of_w, of_b, grad_a)
            got = done.value
            print(checks.check_value(title, got, expected, name=name, sizes=numbers, see=see), done)
    got, name = checks.get_all([net], "weights", "biases")[0], "(weights, biases) afterwards"
    print(checks.check_value(title, got, (weights, biases), name=name, see=see))


def cosine(z):
    return np.cos(z)


def back(start, end, inputs, zs, grad_a):
    of_w, of_b = [], []
    for a, z, w in reversed(list(zip(inputs, zs, weights[start:end]))):
        d = grad_a * np.cos(z)
        of_w, of_b, grad_a = [a.T @ d, *of_w], [d.sum(axis=0), *of_b], d @ w.T
    return of_w, of_b, grad_a


where, name = f"{title}, where self.activation_prime is the cosine", "(grads_w, grads_b, grad_a)"
sizes = [2, 4, 3, 1]
net = NetworkWithCheckpoints(sizes)
net.activation_prime = cosine
for start, end, batch in ((0, 3, 2), (1, 3, 1), (0, 2, 1)):
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    net.weights = [w.copy() for w in weights]
    inputs = [rng.normal(size=(batch, n)) for n in sizes[start:end]]
    zs = [rng.normal(size=(batch, n)) for n in sizes[start + 1 : end + 1]]
    upstream = rng.normal(size=(batch, sizes[end]))
    expected, numbers = back(start, end, inputs, zs, upstream), {"batch size": batch}
    got = net.backprop_between_layers(start, end, inputs, zs, upstream)
    print(checks.check_value(where, got, expected, name=name, sizes=numbers, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 · The whole machine
#
# Now put the pieces together, as in the picture of section 1:
#
# 1. Walk forward to the last checkpoint: `saved`.
# 2. Take the segments, **last one first**. For each one
#    - take its input off the end of `saved`,
#    - run it again, saving all (`feedforward_between_layers`),
#    - if it is the *last* segment of the network: its last pre-activation is $z_{L-1}$, so now the
#      output $a_L = \sigma(z_{L-1})$ and the first gradient, `cost_derivative(output, y)`, can be
#      computed,
#    - go back through it (`backprop_between_layers`), which gives its gradients and the gradient for
#      the segment before,
#    - **let go of its arrays** before the next segment is run.
#
# **By hand.** In the pocket network: `saved` is $[\ln 3, \tfrac12]$. Segment $(2, 3)$: take off
# $\tfrac12$, get $z_2 = 0$, output $\tfrac12$, first gradient $-\tfrac12$; gradients of layer 2; hand
# on $-\tfrac14$. Segment $(0, 2)$: take off $\ln 3$, run layers 0 and 1 again; gradients of the
# layers 0 and 1. In all, the layers were evaluated $2, 2, 1$ times, and never more than 4 arrays were
# saved: $a_0, z_0, a_1, z_1$ at the end. (In between it was 3: which?)
#
# ### Who still holds it?
#
# Python frees an array at the moment when the last name, list or attribute that holds it lets go. So
# look at these two lines in a loop:
#
#     for ...:
#         numbers = compute(...)
#         use(numbers)
#
# In the second round, `compute` runs *while the name `numbers` still holds the result of the first*:
# only when `compute` has returned is the name given to the new result. At that moment two results are
# alive. If they are large, this doubles the memory, and nobody sees it in the code. Two cures: say
# `del numbers` after the use, which takes the name away; or do one round's work in a function of its
# own, whose local names die when it returns.
#
# ### Exercise 5 · `backprop` (18 points)
#
# **Think first.** After the work on one segment, which names hold its arrays? Segments are met last
# one first, but within a segment the gradients come first layer first: in which order do the lists have
# to be put together? And at the very first segment that you work on, `grad_a` comes from elsewhere:
# how do you recognise it?
#
# **Reading the test.** If checkpoints `[]` are right and `[2]` are not, look at what goes from segment
# to segment: the gradient that is handed on, and the order in which the lists are put together.


# %% grade_id="backprop" stub="Return the tuple (grads_w, grads_b): two lists, first layer first, with the shapes of self.weights and self.biases."
@add_to(NetworkWithCheckpoints)
def backprop(self, x, y):
    """Gradients of the cost of a batch, with few arrays in memory.

    x: (B, n_in); y: (B, n_out).
    Returns the tuple (grads_w, grads_b), two lists, first layer first: grads_w[k] has the shape of
    self.weights[k], grads_b[k] that of self.biases[k].
    While a segment is run, only its own arrays and the inputs of it and the segments before it are
    held, and none of them afterwards. Layers before the last segment are evaluated twice, those in it
    once. Changes nothing.
    """
    ### BEGIN SOLUTION
    saved = self.feedforward_with_checkpoints(x)
    grads_w, grads_b, grad_a = [], [], None
    for start, end in reversed(self.segments()):
        inputs, zs = self.feedforward_between_layers(start, end, saved.pop())
        if end == self.n_layers:
            grad_a = self.cost_derivative(self.activation(zs[-1]), y)
        of_w, of_b, grad_a = self.backprop_between_layers(start, end, inputs, zs, grad_a)
        grads_w, grads_b = of_w + grads_w, of_b + grads_b
        del inputs, zs  # or they would stay until the next segment has been run
    return grads_w, grads_b
    ### END SOLUTION


# %% grade_id="test-backprop" points=3
import numpy as np
from course import checks

title, see = "Exercise 5 · backprop", "6 · The whole machine"
rng = checks.rng()
sizes = [4, 3, 3, 3, 3, 3]
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]
x, y = rng.normal(size=(3, 4)), rng.uniform(size=(3, 3))


def loss(xp, weights, biases):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + xp.exp(-(a @ w + b)))
    return xp.sum((a - y) ** 2) / (2 * len(y))


for checkpoints in ([], [2], [1, 3], [1, 2, 3, 4]):
    net = NetworkWithCheckpoints(sizes, checkpoints)
    net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
    where = f"{title}, checkpoints {checkpoints}"
    print(where)
    got = net.backprop(x, y)
    names, at, numbers = ("grads_w", "grads_b"), (weights, biases), {"batch size": 3}
    print(checks.check_gradients(where, got, loss, at, names=names, sizes=numbers, see=see))
    print(checks.check_value(where, net.weights, weights, name="weights afterwards", see=see))
    print(checks.check_value(where, net.biases, biases, name="biases afterwards", see=see))

# %% grade_id="test-backprop-hidden" points=5
### BEGIN HIDDEN TESTS
from itertools import combinations

import numpy as np
from course import checks

title, see = "Exercise 5 · backprop", "6 · The whole machine"
rng = checks.rng()


def bend(z):
    return 1 / (1 + np.exp(-z))


def slope(z):
    return bend(z) * (1 - bend(z))


# right pieces in place of the student's, so that earlier faults do not count here again
def walk(x):
    saved, a = [], x
    for k in range(pieces[-1][0] + 1):
        if k in [start for start, _ in pieces]:
            saved.append(a)
        a = bend(a @ weights[k] + biases[k])
    return saved


def run(start, end, a):
    inputs, zs = [a], []
    for w, b in zip(weights[start:end], biases[start:end]):
        zs.append(inputs[-1] @ w + b)
        inputs.append(bend(zs[-1]))
    return inputs[:-1], zs


def run_back(start, end, inputs, pre_activations, grad_a):
    of_w, of_b = [], []
    for a, z, w in reversed(list(zip(inputs, pre_activations, weights[start:end]))):
        d = grad_a * slope(z)
        of_w, of_b, grad_a = [a.T @ d, *of_w], [d.sum(axis=0), *of_b], d @ w.T
    return of_w, of_b, grad_a


def output(x):
    return bend(run(0, n_layers, x)[1][-1])


def placements(n_layers):
    """Every set of checkpoints of a small network, and two of a larger one."""
    if n_layers < 4:
        return [cuts for n in range(n_layers) for cuts in combinations(range(1, n_layers), n)]
    counts = rng.integers(1, n_layers, size=2)
    return [
        tuple(sorted(int(k) for k in rng.permutation(n_layers - 1)[:count] + 1)) for count in counts
    ]


count = 0
for n_layers in (1, 2, 3, 5, 8):
    sizes = [3] * (n_layers + 1) if n_layers % 2 else list(rng.integers(1, 5, n_layers + 1))
    sizes = [int(n) for n in sizes]
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    batch = int(rng.integers(1, 5))
    x, y = rng.normal(size=(batch, sizes[0])), rng.uniform(size=(batch, sizes[-1]))
    expected = run_back(0, n_layers, *run(0, n_layers, x), (output(x) - y) / batch)[:2]
    for cuts in placements(n_layers):
        net = NetworkWithCheckpoints(sizes, cuts)
        pieces = list(zip((0, *cuts), (*cuts, n_layers)))
        checks.set_all(
            net,
            weights=[w.copy() for w in weights],
            biases=[b.copy() for b in biases],
            segments=lambda pieces=pieces: list(pieces),
            feedforward_with_checkpoints=walk,
            feedforward_between_layers=run,
            backprop_between_layers=run_back,
        )
        got = net.backprop(x, y)
        name = f"(grads_w, grads_b) of {n_layers} layers, checkpoints {cuts}"
        checks.check_value(title, got, expected, name=name, sizes={"batch size": batch}, see=see)
        count += 1
    got, name = checks.get_all([net], "weights", "biases")[0], "(weights, biases) afterwards"
    print(checks.check_value(title, got, (weights, biases), name=name, see=see))
print(checks.check_pure(title, net.backprop, x, y, see=see))
print(f"{count} sets of checkpoints give the gradients of the plain network")


def sine(z):
    return np.sin(z)


def cosine(z):
    return np.cos(z)


def product(output, y):
    return output * y


bend, slope = sine, cosine
checks.set_all(net, activation=sine, activation_prime=cosine, cost_derivative=product)
expected = run_back(0, n_layers, *run(0, n_layers, x), output(x) * y)[:2]
where = f"{title}, where self.activation is the sine, and self.cost_derivative the product"
name = "(grads_w, grads_b)"
print(checks.check_value(where, net.backprop(x, y), expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# The gradients are right? Then comes the test that no plain backpropagation would pass. It reads the
# bill: how often each layer was evaluated, how many saved arrays were alive at once, and how much
# memory the call took, measured in arrays (when your work is graded, the operating system tells it).
# For the last number you may use a few more arrays than are saved, for the deltas and slopes that you
# work with, but not many. And when `backprop` has returned, none of the saved arrays may be left.
#
# **Reading the test.** `evaluations[4]` is how often layer 4 was evaluated; one too many at every layer
# is a run of the whole network for its output alone. If with checkpoints `[4]` 16 arrays are alive
# where 9 are enough, the last segment's linger while the first is run. One or two too many with
# `[5, 7]` are checkpoints that were read, but not taken off the list. If arrays are left afterwards,
# an attribute or a global name holds them.

# %% grade_id="test-backprop-memory" points=5
import numpy as np
from course import checks

title, see = "Exercise 5 · backprop", "6 · The whole machine"
rng = checks.rng()
# what the meter uses may mean something else by now: it must count what is held here
probe, held, alive = NetworkWithCheckpoints([1] * 7), [], []
probe.pre_activation = lambda k, a: a + 1.0
meter, array = Meter(probe), np.ones(3)
for k, is_held in enumerate(rng.permutation([True, True, True, False, False, False])):
    after = checks.call_there(probe.pre_activation, k, array)
    alive.append(len(held) + 2)
    held += [array] if k and is_held else []
    array = after
    del after
((history, *counts),) = checks.get_all([meter], "history", "peak", "left")
found, expected = [*history, *counts], [*alive, max(alive), len(held) + 1]
believed = all(type(n) is int for n in found) and found == expected
message = (
    "`Meter` no longer counts what it did when it was given: leave it and what it uses as they are"
)
print("the meter counts what is held:", checks.check_true(title, believed, message, see=see))

sizes = [5, 3, 4, 2, 4, 4, 3, 5, 2]
x, y = rng.normal(size=(3, 5)), rng.uniform(size=(3, 2))
cases = (
    # checkpoints, evaluations of each layer, most arrays saved at once
    ([2, 4, 6], [2, 2, 2, 2, 2, 2, 1, 1], 7),
    ([4], [2, 2, 2, 2, 1, 1, 1, 1], 9),
    ([5, 7], [2, 2, 2, 2, 2, 2, 2, 1], 10),
    ([1, 2, 3, 4, 5, 6, 7], [2, 2, 2, 2, 2, 2, 2, 1], 9),
    ([], [1, 1, 1, 1, 1, 1, 1, 1], 16),
)
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
counts, meters = [], []


def pre_activation(k, a):
    """Stand between the meter and the layer, and count, too."""
    counts[-1][k] += 1
    return a @ weights[k]


for checkpoints, _, _ in cases:
    net = NetworkWithCheckpoints(sizes, checkpoints)
    net.weights, net.pre_activation = [w.copy() for w in weights], pre_activation
    counts.append([0] * 8)
    meters.append(Meter(net))
    net.backprop(x.copy(), y)
peaks, left = [meter.peak for meter in meters], [meter.left for meter in meters]
for got, (checkpoints, evaluations, _) in zip(counts, cases):
    where = f"{title}, checkpoints {checkpoints}"
    print(where)
    print(checks.check_value(where, got, evaluations, name="evaluations", see=see))
for peak, (checkpoints, _, most) in zip(peaks, cases):
    print(f"checkpoints {checkpoints}: {peak} saved arrays alive at the peak, {most} are enough")
enough = all(peak <= most for peak, (_, _, most) in zip(peaks, cases))
message = "more arrays are held at once than the method needs (the lines above say how many)"
message += ": who still holds a segment that is done with, or its input?"
print(checks.check_true(title, enough, message, observed=peaks, see=see))
print("saved arrays left when backprop has returned:", left)
message = "saved arrays are still alive when backprop has returned: who holds them?"
print(checks.check_true(title, not any(left), message, observed=left, see=see))


def lively(shape):
    """A mirror: with abs for a sigmoid the gradients of a deep network do not fade away."""
    normal = rng.normal(size=max(shape))
    mirror = np.eye(max(shape)) - np.outer(normal, 2 * normal / (normal @ normal))
    return mirror[: shape[0], : shape[1]]


def slope_along(x, y, weights, biases, way):
    """Slope of the cost of the deep network where all its weights go the same way at once."""
    a, moved = x, 0 * x
    for w, b, d in zip(weights, biases, way):
        z, moved = a @ w + b, moved @ w + a @ d
        a, moved = np.abs(z), np.sign(z) * moved
    return np.sum((a - y) * moved) / len(y)


sizes = [1, *[16] * 24, 1]
net = NetworkWithCheckpoints(sizes, range(0, 25, 5))
net.activation, net.activation_prime = np.abs, np.sign  # quicker than the sigmoid
weights = [lively(shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=w.shape[1]) / 10 for w in weights]
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
x, y = rng.normal(size=(2000, 1)), rng.uniform(size=(2000, 1))
net.backprop(x[:1], y[:1])  # a first call imports
done = checks.call(net.backprop, x, y, measure_memory=True)
way = [rng.normal(size=w.shape) / 10 for w in weights]
got = sum(np.sum(np.asarray(g) * d) for g, d in zip(done.value[0], way))
slope = checks.once(slope_along, x, y, weights, biases, way)  # for the whole class
where = f"{title}, 25 layers, batch of 2000"
name = "slope of the cost along a random way, by grads_w"
print(checks.check_value(where, got, slope, name=name, rtol=1e-4, atol=1e-7, see=see))
used = done.peak_bytes / (2000 * 16 * 8)
print(f"25 layers, segments of 5: memory of {used:.1f} arrays taken, of 23 at most")
message = (
    "memory is taken for more than 23 arrays of (2000, 16), where 14 are saved: "
    "what do `backprop` and `backprop_between_layers` keep?"
)
print(checks.check_true(title, used < 23, message, see=see))
less = NetworkWithCheckpoints([1, *[16] * 9, 1], range(0, 10, 5))
lines = [checks.call(of.backprop, x[:2], y[:2], count_lines=True).lines for of in (less, net)]
right = lines[1] <= 3.1 * lines[0]
message = "5 segments of 5 layers must take 5/2 of the lines that 2 take, not more"
print(checks.check_true(title, right, message, see=see), "·", message)

# %% grade_id="test-backprop-memory-hidden" points=5
### BEGIN HIDDEN TESTS
from itertools import combinations

import numpy as np
from course import checks

title, see = "Exercise 5 · backprop", "6 · The whole machine"
rng = checks.rng()


def sigmoid_of(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid_of(z) * (1 - sigmoid_of(z))


def plain(x, y, weights, biases, bend=sigmoid_of, slope=sigmoid_slope):
    """Gradients of the plain network."""
    inputs, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(inputs[-1] @ w + b)
        inputs.append(bend(zs[-1]))
    of_w, of_b, grad_a = [], [], (inputs[-1] - y) / len(y)
    for a, z, w in reversed(list(zip(inputs, zs, weights))):
        d = grad_a * slope(z)
        of_w, of_b, grad_a = [a.T @ d, *of_w], [d.sum(axis=0), *of_b], d @ w.T
    return of_w, of_b


def pre_activation(k, a):
    evaluations[k] += 1
    return a @ weights[k] + biases[k]


def placements(n_layers):
    """Every set of checkpoints of a small network, and two of a larger one."""
    if n_layers < 4:
        return [cuts for n in range(n_layers) for cuts in combinations(range(1, n_layers), n)]
    counts = rng.integers(1, n_layers, size=2)
    return [
        tuple(sorted(int(k) for k in rng.permutation(n_layers - 1)[:count] + 1)) for count in counts
    ]


# what the meter uses may mean something else by now: it must count what is held here
probe, held, alive = NetworkWithCheckpoints([1] * 7), [], []
probe.pre_activation = lambda k, a: a + 1.0
meter, array = Meter(probe), np.ones(3)
for k, is_held in enumerate(rng.permutation([True, True, True, False, False, False])):
    after = checks.call_there(probe.pre_activation, k, array)
    alive.append(len(held) + 2)
    held += [array] if k and is_held else []
    array = after
    del after
((history, *counts),) = checks.get_all([meter], "history", "peak", "left")
found, expected = [*history, *counts], [*alive, max(alive), len(held) + 1]
believed = all(type(n) is int for n in found) and found == expected
message = (
    "`Meter` no longer counts what it did when it was given: leave it and what it uses as they are"
)
print(checks.check_true(title, believed, message, see=see))

for n_layers in (1, 2, 3, 5, 8):
    sizes = [int(n) for n in rng.integers(2, 5, n_layers + 1)]
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    x, y = rng.normal(size=(2, sizes[0])), rng.uniform(size=(2, sizes[-1]))
    expected = plain(x, y, weights, biases)
    peaks, bounds, left = [], [], []
    for cuts in placements(n_layers):
        net = NetworkWithCheckpoints(sizes, cuts)
        evaluations = [0] * n_layers
        parameters = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
        checks.set_all(net, **parameters, pre_activation=pre_activation)
        meter = Meter(net)
        got = net.backprop(x.copy(), y)
        name = f"(grads_w, grads_b) of {n_layers} layers, checkpoints {cuts}"
        checks.check_value(title, got, expected, name=name, see=see)
        last = max((0, *cuts))
        twice = [1 + (k < last) for k in range(n_layers)]
        name = f"forward evaluations of {n_layers} layers, checkpoints {cuts}"
        checks.check_value(title, evaluations, twice, name=name, see=see)
        for seen, number in zip((peaks, left), *checks.get_all([meter], "peak", "left")):
            seen.append(number)
        ends = (*cuts, n_layers)
        bounds.append(max(j + 2 * (e - s) for j, (s, e) in enumerate(zip((0, *cuts), ends))))
    message = f"more arrays are held at once than the method needs, in a net of {n_layers} layers"
    enough = all(peak <= bound for peak, bound in zip(peaks, bounds))
    print(checks.check_true(title, enough, message, observed=peaks, see=see))
    message = f"saved arrays are alive when backprop has returned, in a net of {n_layers} layers"
    print(checks.check_true(title, not any(left), message, observed=left, see=see))


def lively(shape):
    """A mirror: with abs for a sigmoid the gradients of a deep network do not fade away."""
    normal = rng.normal(size=max(shape))
    mirror = np.eye(max(shape)) - np.outer(normal, 2 * normal / (normal @ normal))
    return mirror[: shape[0], : shape[1]]


# so deep that half of all inputs, or all of them in float32, take more than is allowed
sizes = [1, *[12] * 35, 1]
net = NetworkWithCheckpoints(sizes, range(0, 36, 6))
net.activation, net.activation_prime = np.abs, np.sign  # quicker than the sigmoid
weights = [lively(shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=w.shape[1]) / 10 for w in weights]
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
x, y = rng.normal(size=(3000, 1)), rng.uniform(size=(3000, 1))
net.backprop(x[:1], y[:1])
done = checks.call(net.backprop, x, y, measure_memory=True)
expected = checks.once(lambda *network: plain(*network, np.abs, np.sign), x, y, weights, biases)
name = "(grads_w, grads_b) of 36 layers, batch of 3000"
print(checks.check_value(title, done.value, expected, name=name, rtol=1e-9, atol=1e-9, see=see))
used = done.peak_bytes / (3000 * 12 * 8)
message = (
    "memory is taken for more than 27 arrays of (3000, 12), where 17 are saved: "
    "what do `backprop` and `backprop_between_layers` keep?"
)
print(checks.check_true(title, used < 27, message, see=see))
half = NetworkWithCheckpoints([1, *[12] * 17, 1], range(0, 18, 6))
lines = [checks.call(of.backprop, x[:2], y[:2], count_lines=True).lines for of in (half, net)]
right = lines[1] <= 2.5 * lines[0]
message = "twice as many segments of 6 layers must take twice as many lines, not more"
print(checks.check_true(title, right, message, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### The pocket network, by machine
#
# **What you should see.** What came out by hand: $-\tfrac3{64} \ln 3 \approx -0.0515$,
# $-\tfrac3{64} \approx -0.0469$ and $-\tfrac1{16} = -0.0625$ for the weights; $-0.0469$, $-0.0625$ and
# $-0.125$ for the biases; evaluations 2, 2, 1 and a peak of 4.

# %% tags=["experiment"]
pocket = NetworkWithCheckpoints([1, 1, 1, 1], [2])
pocket.weights = [np.array([[1.0]]), np.array([[4.0]]), np.array([[2.0]])]
pocket.biases = [np.array([0.0]), np.array([-3.0]), np.array([-1.0])]
meter = Meter(pocket)
grads_w, grads_b = pocket.backprop(np.array([[np.log(3)]]), np.array([[1.0]]))
print("weights", [round(grad.item(), 4) for grad in grads_w])
print("biases ", [round(grad.item(), 4) for grad in grads_b])
print("evaluations", meter.evaluations, "peak", meter.peak)

# %% [markdown]
# ### See it breathe
#
# The meter has a diary. Here is the number of saved arrays at each step, forward and back, of a
# network with 16 layers: without checkpoints, with one at every fourth layer, and with one at every
# layer.
#
# **What you should see.** Without checkpoints the number climbs to 32 in 16 steps and stays high
# until the way back is done. With four segments there is a saw: four teeth, of 11, 10, 9 and 8
# arrays, since there is one checkpoint less from tooth to tooth. With every layer a checkpoint there
# is a staircase up to 17 and down again. If your saw does not come down between the teeth, somebody
# still holds a segment's arrays. (In the picture of section 1 each layer's arrays are dropped as soon
# as the way back is through that layer; if yours go when the whole segment is done, the peak is the
# same. And the meter counts what is merely in use, too: 2 or 3 on the first walk, where the picture
# counts what is saved.)

# %% tags=["experiment"]
import matplotlib.pyplot as plt

rng = np.random.default_rng(2)
x, y = rng.normal(size=(5, 8)), rng.uniform(size=(5, 8))
figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
for checkpoints, style in (([], "k:"), (range(16), "C1--"), ([0, 4, 8, 12], "C0-")):
    net = NetworkWithCheckpoints([8] * 17, checkpoints, rng)
    meter = Meter(net)
    net.backprop(x, y)
    label = f"{len(net.segments())} segment(s), peak {meter.peak}"
    axes.step(range(len(meter.history)), meter.history, style, where="mid", label=label)
axes.set(xlabel="step: forward evaluations, then back and forth", ylabel="saved arrays alive")
axes.legend()
plt.show()

# %% [markdown]
# ### The same gradients, to the last bit
#
# "Equal up to rounding" would be enough for learning. Yet you should find something stronger: the
# differences between the gradients with and without checkpoints are **exactly zero**. The arrays that
# are computed again come from the same numbers by the same operations, so they are the same bits.

# %% tags=["experiment"]
plain = NetworkWithCheckpoints([20] * 13, rng=np.random.default_rng(3))
x, y = rng.normal(size=(50, 20)), rng.uniform(size=(50, 20))
reference = plain.backprop(x, y)
for checkpoints in ([6], [3, 6, 9], range(12)):
    net = NetworkWithCheckpoints([20] * 13, checkpoints, np.random.default_rng(3))
    pairs = zip(net.backprop(x, y), reference)
    largest = max(np.abs(g - r).max() for mine, theirs in pairs for g, r in zip(mine, theirs))
    print(f"checkpoints {list(checkpoints)}: largest difference {largest}")

# %% [markdown]
# ## 7 · One step, and training
#
# A step of gradient descent is what it always was. What you have changed is the memory of it, nothing
# else:
#
# $$w_k \leftarrow w_k - \eta\, \frac{\partial C}{\partial w_k}, \qquad
#   b_k \leftarrow b_k - \eta\, \frac{\partial C}{\partial b_k} .$$
#
# The gradients of `backprop` are those of the *mean* cost of the batch already.
#
# **By hand.** In the pocket network with $\eta = 8$: $w_2$ becomes $2 - 8 \cdot (-\tfrac1{16}) = 2.5$
# and $b_2$ becomes $-1 - 8 \cdot (-\tfrac18) = 0$.
#
# ### Exercise 6 · `update_mini_batch` (6 points)
#
# Call `self.backprop` **once** for the whole batch.
#
# **Think first.** All the gradients are to be taken at the *old* parameters. Recomputing makes this
# delicate: if you changed weights before all segments are done, which ones would a recomputed segment
# be computed with? (Question 1 comes back to this.)
#
# **Reading the test.** "A step from zero" starts with all parameters 0, so that what they are
# afterwards *is* the step: a wrong factor or sign shows at once.


# %% grade_id="update_mini_batch" stub="Set self.weights and self.biases to their values after one step: each minus eta times its gradient. Return nothing."
@add_to(NetworkWithCheckpoints)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    """Take one step of gradient descent on a mini-batch.

    x_mini_batch: (B, n_in); y_mini_batch: (B, n_out); eta: learning rate.
    Changes self.weights and self.biases, and returns nothing.
    """
    ### BEGIN SOLUTION
    grads_w, grads_b = self.backprop(x_mini_batch, y_mini_batch)
    self.weights = [w - eta * grad for w, grad in zip(self.weights, grads_w)]
    self.biases = [b - eta * grad for b, grad in zip(self.biases, grads_b)]
    ### END SOLUTION


# %% grade_id="test-update_mini_batch" points=3
import numpy as np
from course import checks

title, see = "Exercise 6 · update_mini_batch", "7 · One step, and training"
rng = checks.rng()


def backprop(x, y):
    """Stand in for exercise 5: gradients that depend on the parameters at the time of the call."""
    calls.append((np.shape(x), np.shape(y)))
    signal = np.mean(x) + np.mean(y)
    now_w, now_b = net.weights, net.biases
    return [signal * b.sum() + w**2 for w, b in zip(now_w, now_b)], [
        signal + w.sum(axis=0) + b for w, b in zip(now_w, now_b)
    ]


sizes, batch, eta, calls = [4, 3, 3, 2], 5, 0.7, []
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]
x, y = rng.normal(size=(batch, 4)), rng.uniform(size=(batch, 2))
net = NetworkWithCheckpoints(sizes, [1])
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
net.backprop = backprop
grads_w, grads_b = backprop(x, y)
calls.clear()
net.update_mini_batch(x, y, eta)
message = "backprop must be given the whole batch"
whole = set(calls) == {((batch, 4), (batch, 2))}
print(checks.check_true(title, whole, message, observed=calls, see=see))
numbers = {"batch size": batch, "eta": eta}
zero = NetworkWithCheckpoints(sizes)
zero.weights, zero.biases = [np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]
zero.backprop = lambda x, y: ([w.copy() for w in weights], [b.copy() for b in biases])
zero.update_mini_batch(x, y, eta)
where, expected = f"{title}, a step from zero", [-eta * w for w in weights]
print(checks.check_value(where, zero.weights, expected, name="weights", sizes=numbers, see=see))
expected = [-eta * b for b in biases]
print(checks.check_value(where, zero.biases, expected, name="biases", sizes=numbers, see=see))
expected = [w - eta * g for w, g in zip(weights, grads_w)]
print(checks.check_value(title, net.weights, expected, name="weights", sizes=numbers, see=see))
expected = [b - eta * g for b, g in zip(biases, grads_b)]
print(checks.check_value(title, net.biases, expected, name="biases", sizes=numbers, see=see))
message = f"backprop must be called once, and is called {len(calls)} times"
print(checks.check_true(title, len(calls) == 1, message, observed=len(calls), see=see))

# %% grade_id="test-update_mini_batch-hidden" points=3
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 6 · update_mini_batch", "7 · One step, and training"
rng = checks.rng()


def gradients(x, y, now_w, now_b):
    signal = np.mean(x) + np.mean(y)
    return [signal * b.sum() + w**2 for w, b in zip(now_w, now_b)], [
        signal + w.sum(axis=0) + b for w, b in zip(now_w, now_b)
    ]


def backprop(x, y):
    return gradients(x, y, *checks.get_all([net], "weights", "biases")[0])


def check(moved, eta, batch, which):
    got = checks.get_all([net], "weights", "biases")[0]
    steps = zip(moved, gradients(x, y, *moved))
    expected = [[p - eta * g for p, g in zip(*of)] for of in steps]
    numbers, name = {"batch size": batch, "eta": eta}, f"(weights, biases){which}"
    print(checks.check_value(title, got, expected, name=name, sizes=numbers, see=see))


def set_parameters():
    """Give the network parameters of its own; the test keeps others, which are the same."""
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    given = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **given, backprop=backprop)
    return weights, biases


for batch, sizes, eta in ((1, [2, 2], 1.5), (6, [3, 3, 3, 3, 3], 0.2), (3, [1, 5, 2], 4.0)):
    x, y = rng.normal(size=(batch, sizes[0])), rng.uniform(size=(batch, sizes[-1]))
    net = NetworkWithCheckpoints(sizes)
    before = set_parameters()
    done = checks.call(net.update_mini_batch, x, y, eta)
    check(before, eta, batch, f", batch of {batch}")
    message = "the mini-batch itself is changed"
    print(checks.check_true(title, not done.changed, message, observed=done.changed, see=see))
    # a second step, from other parameters, with another batch and rate
    before = set_parameters()
    x, y = rng.normal(size=(4, sizes[0])), rng.uniform(size=(4, sizes[-1]))
    net.update_mini_batch(x, y, 2 * eta)
    check(before, 2 * eta, 4, " after a second step of the same network")
### END HIDDEN TESTS

# %% [markdown]
# ### Digits
#
# The rest of what training needs you have written in lab 1; here it is given.


# %% grade_id="given-sgd"
@add_to(NetworkWithCheckpoints)
def evaluate(self, x_test, y_test):
    """Fraction of examples whose class the network finds; y_test is one-hot."""
    return np.mean(self.feedforward(x_test).argmax(axis=1) == y_test.argmax(axis=1))


@add_to(NetworkWithCheckpoints)
def SGD(self, training_data, epochs, mini_batch_size, eta, test_data):
    """Train with mini-batches, taken in order, and print how it goes.

    training_data, test_data: pairs (x, y); eta: learning rate.
    Returns {"cost": {"training": [...], "test": [...]}, "accuracy": {...}}, one number per epoch.
    """
    x, y = training_data
    data = {"training": training_data, "test": test_data}
    history = {"cost": {name: [] for name in data}, "accuracy": {name: [] for name in data}}
    for epoch in range(1, epochs + 1):
        for start in range(0, len(x), mini_batch_size):
            batch = slice(start, start + mini_batch_size)
            self.update_mini_batch(x[batch], y[batch], eta)
        for name, (inputs, targets) in data.items():
            history["cost"][name].append(self.cost(self.feedforward(inputs), targets))
            history["accuracy"][name].append(self.evaluate(inputs, targets))
        print(f"epoch {epoch:2d}: test accuracy {history['accuracy']['test'][-1]:.2%}")
    return history


# %% [markdown]
# First the same network twice, from the same first weights: with a checkpoint at layer 2, and without.
#
# **What you should see.** Two equal lists of accuracies, and weights that have not drifted apart by a
# single bit in thousands of steps. (That accuracies agree would prove little: wrong gradients learn,
# too. This is why the tests above compare gradients.)

# %% tags=["experiment"]
from mnist_utils import load_mnist

(x_train, y_train), (x_test, y_test) = load_mnist()
trained = []
for checkpoints in ([2], []):
    network = NetworkWithCheckpoints([784, 20, 15, 10, 10], checkpoints, np.random.default_rng(4))
    print(f"checkpoints {checkpoints}")
    network.SGD((x_train, y_train), 4, 10, 3.0, (x_test, y_test))
    trained.append(network)
pairs = zip(trained[0].weights, trained[1].weights)
print("largest difference of the weights:", max(np.abs(v - w).max() for v, w in pairs))

# %% [markdown]
# And a network with two hidden layers of 30, a checkpoint in the middle, trained for five epochs: about
# 92 % of the test digits.

# %% tags=["experiment"]
from course import plots

network = NetworkWithCheckpoints([784, 30, 30, 10], [1], np.random.default_rng(5))
history = network.SGD((x_train, y_train), 5, 10, 3.0, (x_test, y_test))
plots.plot_training(**history)

# %% [markdown]
# ### Question 1 · update as you go? (5 points)
#
# Somebody wants to save the memory of the *gradients*, too. In the loop over the segments (last one
# first), as soon as `backprop_between_layers` has returned, they change the weights and biases of
# that segment and throw its gradients away, before they turn to the segment before it.
#
# 1. Is the result the same as that of your `update_mini_batch`? Go through what the earlier segments
#    still need: what is computed again, with which parameters, and what do they get from the segment
#    behind?
# 2. They now move the update *into* `backprop_between_layers`: each layer's weights are changed as
#    soon as `grads_w` of that layer is known, one line before `grad_a` is computed. What goes wrong?
#    Which gradients are wrong, which are still right?
# 3. A third person updates as in 1, but saves no checkpoints at all: for every segment the network is
#    run again from $x$. Is the result still right? And how many forward evaluations does it take if
#    each of the $L$ layers is a segment of its own?

# %% [markdown] grade_id="question-update-order" points=5
# ### BEGIN SOLUTION
# 1. Yes. An earlier segment is recomputed from its own checkpoint (computed with the old parameters in the
#    forward walk) and with its own weights, which have not been changed yet. The only thing that it gets from
#    the segment behind is grad_a, and that was computed with that segment's old weights before they were
#    changed. The later weights are not used again. So each gradient is the one at the old parameters.
# 2. grad_a = delta @ w.T then uses the new w. So what is handed on is wrong, and with it the gradients of all
#    earlier layers, in this segment and those before it (wrong by something of the order of eta). Right are the
#    gradients of the last layer of the network (its grad_a comes from the cost); all others are off.
# 3. Yes. To run from x to a segment means to go through the layers before it and its own, and none of these
#    has been changed yet: the changed ones all lie behind it. It takes L + (L-1) + ... + 1 = L (L+1)/2 forward
#    evaluations (for each layer all layers up to it), against 2 L - 1 with checkpoints.
#
# Mark scheme, 5 points: 2 for part 1 (1 for "yes", 1 for naming both that recomputation uses only the
# segment's own, unchanged weights and that grad_a was computed before the change); 2 for part 2 (1 for grad_a
# with the new weights, 1 for "all earlier layers wrong, the last one right"); 1 for part 3 (right, with
# about L²/2 evaluations).
# ### END SOLUTION

# %% [markdown]
# ## 8 · The bill
#
# You have measured the bill of some placements. Now predict it, for any placement. Let there be $m$
# segments with the numbers $j = 0, \dots, m - 1$, and let segment $j$ have $\ell_j$ layers.
#
# **Time.** The walk forward evaluates every layer before the last segment once. Then each segment is
# run once more. So a layer is evaluated **twice if it lies before the last segment, and once if it
# lies in it**.
#
# **Memory.** Look at the moment when segment $j$ has been run and nothing of it has been dropped yet.
# Alive are
#
# - the inputs of the segments $0, \dots, j - 1$: $j$ arrays, for those segments are still to come;
# - of segment $j$ itself, $\ell_j$ layer inputs (the first of them is its checkpoint) and $\ell_j$
#   pre-activations.
#
# The segments behind $j$ are done with and forgotten. So while segment $j$ is worked on, $j +
# 2\,\ell_j$ arrays are saved, and the peak is
#
# $$M = \max_{j = 0, \dots, m-1} \left( j + 2\, \ell_j \right) .$$
#
# (The walk forward never holds more than that. The deltas and slopes of the layer at work come on top, but
# they are a fixed handful, however deep the network. And we count arrays, as if all layers were of
# one width.)
#
# **By hand.** The picture of section 1, six layers in segments $(0,2), (2,4), (4,6)$: $0 + 4$, $1 +
# 4$ and $2 + 4$, so $M = 6$, with evaluations $2, 2, 2, 2, 1, 1$. The pocket network, $(0, 2), (2,
# 3)$: $0 + 4$ and $1 + 2$, so $M = 4$. One segment of $L$ layers: $M = 2L$: the plain network is the
# case $m = 1$ of the formula. $L$ segments of one layer: $M = L + 1$.
#
# ### Exercise 7 · `peak_arrays` and `forward_evaluations` (8 points)
#
# Both get the segments, a list of pairs as your exercise 1 returns it. `enumerate(pieces)` gives the
# number $j$ along with each.
#
# **Think first.** Is the longest segment always where the peak is? And is the last one?
#
# **Reading the test.** Equal segments forgive much: if only the uneven cuts are wrong, answer *Think
# first* for one of them by hand. `forward_evaluations(pieces)[4]` is the count of layer 4.


# %% grade_id="peak_arrays" stub=["Return the largest number of saved arrays alive at once, a whole number.", "Return the list of how often each layer is evaluated, n_layers whole numbers."]
def peak_arrays(pieces):
    """Most arrays saved at once in one `backprop`.

    pieces: the segments, pairs (start, end), first one first.
    Returns a whole number.
    """
    ### BEGIN SOLUTION
    return max(j + 2 * (end - start) for j, (start, end) in enumerate(pieces))
    ### END SOLUTION


def forward_evaluations(pieces):
    """How often each layer is evaluated in one `backprop`.

    pieces: the segments, pairs (start, end), first one first; the last one ends at n_layers.
    Returns a list of n_layers whole numbers, first layer first.
    """
    ### BEGIN SOLUTION
    last, n_layers = pieces[-1]
    return [2] * last + [1] * (n_layers - last)
    ### END SOLUTION


# %% grade_id="test-peak_arrays" points=4
from course import checks

title = "Exercise 7 · peak_arrays and forward_evaluations"
see = "8 · The bill"
cases = (
    ([(0, 2), (2, 4), (4, 6)], 6, [2, 2, 2, 2, 1, 1]),
    ([(0, 5)], 10, [1, 1, 1, 1, 1]),
    ([(0, 1), (1, 2), (2, 3), (3, 4)], 5, [2, 2, 2, 1]),
    ([(0, 4), (4, 7), (7, 8)], 8, [2, 2, 2, 2, 2, 2, 2, 1]),
    ([(0, 1), (1, 4), (4, 6), (6, 9)], 9, [2, 2, 2, 2, 2, 2, 1, 1, 1]),
)
for pieces, peak, evaluations in cases:
    where = f"{title}, pieces {pieces}"
    print(where)
    got = peak_arrays(list(pieces))
    print(checks.check_value(where, got, peak, name="peak_arrays(pieces)", see=see))
    got, name = forward_evaluations(list(pieces)), "forward_evaluations(pieces)"
    print(checks.check_value(where, got, evaluations, name=name, see=see))

# %% grade_id="test-peak_arrays-hidden" points=4
### BEGIN HIDDEN TESTS
from functools import partial
from itertools import combinations

import numpy as np
from course import checks

title = "Exercise 7 · peak_arrays and forward_evaluations"
see = "8 · The bill"
rng = checks.rng()


def simulate(pieces):
    """Follow one backprop step by step, with the set of what is saved."""
    held, peak, counts = {("a", 0)}, 0, [0] * pieces[-1][1]
    for start, end in pieces[:-1]:
        for k in range(start, end):
            counts[k] += 1
        held.add(("a", end))
    for start, end in reversed(pieces):
        for k in range(start, end):
            counts[k] += 1
            held |= {("a", k), ("z", k)}
        peak = max(peak, len(held))
        held -= {(what, k) for what in "az" for k in range(start, end)}
    return peak, counts


def check(n_layers, placements, which):
    pieces = [list(zip((0, *cuts), (*cuts, n_layers))) for cuts in placements]
    peaks, counts = zip(*map(simulate, pieces))
    got_peaks = checks.call_all([partial(peak_arrays, list(of)) for of in pieces])
    got_counts = checks.call_all([partial(forward_evaluations, list(of)) for of in pieces])
    name = f"peak_arrays of {which} in {n_layers} layers"
    print(checks.check_value(title, got_peaks, peaks, name=name, see=see))
    name = f"forward_evaluations of {which} in {n_layers} layers"
    print(checks.check_value(title, got_counts, counts, name=name, see=see))


for n_layers in (1, 2, 3, 4):
    every = [cuts for n in range(n_layers) for cuts in combinations(range(1, n_layers), n)]
    check(n_layers, every, "all placements")
# the peak is in a segment that is neither the longest nor the last
check(8, [(3, 4, 5, 7)], "segments of 3, 1, 1, 2 and 1 layers")
for n_layers in (8, 13):
    some = [np.flatnonzero(rng.random(n_layers - 1) < 0.4) + 1 for _ in range(4)]
    check(n_layers, [cuts.tolist() for cuts in some], "some placements")
for function in (peak_arrays, forward_evaluations):
    print(checks.check_pure(title, function, [(0, 2), (2, 3), (3, 6)], see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Prediction and measurement
#
# A formula about memory is worth something if the machine agrees. Here is a network of 48 layers, 16
# wide, with a batch of 1000, cut into equal segments of every length that divides 48. `peak_bytes`
# measures, `peak_arrays` predicts (one array has $1000 \cdot 16 \cdot 8$ bytes).
#
# **What you should see.** Two curves in parallel, the measured one a few arrays higher (the working
# arrays and the gradients). Both fall steeply from 96 arrays, are lowest for segments of 4 to 6
# layers, and climb again: too many checkpoints are a heap of their own.
#
# And the time, on the right? By the number of matrix products, checkpoints should cost up to a third
# more. Do not be surprised if the forgetful network is no slower, or even the faster one: fresh memory
# must be got from the operating system, and numbers that are far away must be fetched, while a few
# arrays that are used again and again stay near the processor. Where memory is slow, to compute again
# is cheaper than to remember.

# %% tags=["experiment"]
import time

lengths = [length for length in range(1, 49) if 48 % length == 0]
rng = np.random.default_rng(6)
x, y = rng.normal(size=(1000, 16)), rng.uniform(size=(1000, 16))
predicted, measured, seconds = [], [], []
for length in lengths:
    net = NetworkWithCheckpoints([16] * 49, range(0, 48, length), rng)
    predicted.append(peak_arrays(net.segments()))
    measured.append(peak_bytes(net.backprop, x, y) / x.nbytes)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        net.backprop(x, y)
        times.append(time.perf_counter() - begin)
    seconds.append(min(times))
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
left.plot(lengths, measured, "C0o-", label="measured")
left.plot(lengths, predicted, "C1s--", label="predicted")
left.set(ylabel="peak memory, in arrays", ylim=(0, None))
left.legend()
right.plot(lengths, np.array(seconds) / seconds[-1], "C2^-")
right.set(ylabel="time, relative to the plain network", ylim=(0, None))
for axes in (left, right):
    axes.set(xlabel="layers per segment (48: plain)", xscale="log", xticks=lengths)
    axes.minorticks_off()
    axes.set_xticklabels(lengths)
plt.show()

# %% [markdown]
# ## 9 · The best places
#
# So far the segments were equally long. Is that the best one can do? Look at what sixteen layers in
# four equal segments cost: 8, 9, 10, 11. The last segment pays for three checkpoints that must be
# kept for the others; the first pays for none. **The peak is in the last segment, and elsewhere
# memory lies idle.** So make the segments shorter and shorter, such that each just fills the memory:
#
# ![Arrays saved per segment: equal segments, and segments of falling length](figures/placements.svg)
#
# The same 16 layers with 8 arrays in place of 11. In general: if no more than $M$ arrays (the
# *budget*) may be saved at once, segment $j$ may have $\ell_j$ layers with $j + 2\,\ell_j \le M$, so
# at most
#
# $$\ell_j \;\le\; \left\lfloor \frac{M - j}{2} \right\rfloor, \qquad j = 0, 1, 2, \dots$$
#
# For $M = 6$ these allowances are $3, 2, 2, 1, 1, 0$: together at most 9 layers, in five segments. A
# network of ten layers cannot be trained with six arrays by this method.
#
# ### And time?
#
# Often there is memory to spare, and then the question is another one: **among all placements that
# fit into the budget, which one evaluates the fewest layers twice?** Those before the last segment
# are evaluated twice. So all that counts is where the last segment begins: the earlier, the better.
#
# **By hand.** Six layers, budget 6, allowances $3, 2, 2, 1, 1$. One segment would need $\ell_0 = 6$:
# too long. Two segments have at most $3 + 2 = 5$ layers: not enough. Three have up to $3 + 2 + 2 =
# 7$, so three will do. Which? The last of them, $j = 2$, may have 2 layers at most, so it begins at
# layer 4 at the earliest; the four layers before it must go into two segments of at most 3 and 2
# layers. Checkpoints $0, 2, 4$ do that, and so do $0, 3, 4$: with both, 4 layers are evaluated twice.
# Either is a best placement. Checkpoints $0, 3, 5$ fit into the budget as well, but evaluate 5 layers
# twice: not a best one.
#
# More by hand: with budget 12 or more the best placement of six layers is $[0]$, and nothing is
# evaluated twice. With budget 11? One segment needs 12. Two: the last, $j = 1$, may have $\lfloor 10
# / 2 \rfloor = 5$ layers, and the one layer before it is no problem: $[0, 1]$. To save *one* array
# out of 12, *one* layer is evaluated twice. With budget 4 the allowances are $2, 1, 1$: four layers,
# not six. There is no placement.
#
# ### Exercise 8 · `choose_checkpoints` (12 points)
#
# Return any best placement, as a list that begins with 0 and ascends; `None` if no placement fits.
# Networks may have a thousand layers: there are $2^{999}$ placements, so trying them all is out of
# the question (for small networks it is a good way to check yourself, and it is how your function
# will be checked).
#
# **Think first.** If you fill the segments from the front, each up to its allowance, until the layers
# run out, what does the last segment get? And is more segments than necessary ever a good idea?
#
# **Reading the test.** It compares with all placements of small networks and says what yours costs.
# If the cell does not come to an end: what does your loop do when an allowance is 0?


# %% grade_id="choose_checkpoints" stub="Return a best placement, an ascending list of whole numbers that begins with 0, or None if none fits the budget."
def choose_checkpoints(n_layers, budget):
    """Find the placement with which the fewest layers are evaluated twice, within a memory budget.

    n_layers: number of layers, at least 1.
    budget: how many arrays may be saved at once: peak_arrays(segments) <= budget. At least 1.
    Returns the checkpoints, an ascending list that begins with 0: any of the best placements;
    None if no placement fits the budget.
    """
    ### BEGIN SOLUTION
    lengths = []
    while sum(lengths) < n_layers:
        allowance = (budget - len(lengths)) // 2
        if allowance < 1:
            return None
        lengths.append(allowance)
    # the last segment keeps its full length; what is too much comes off the others, at least one left
    surplus = sum(lengths) - n_layers
    for j, length in enumerate(lengths[:-1]):
        less = min(surplus, length - 1)
        lengths[j] -= less
        surplus -= less
    return [sum(lengths[:j]) for j in range(len(lengths))]
    ### END SOLUTION


# %% grade_id="test-choose_checkpoints" points=5
from itertools import combinations

import numpy as np
from course import checks

title, see = "Exercise 8 · choose_checkpoints", "9 · The best places"


def bill(checkpoints, n_layers):
    """Peak of saved arrays, and number of layers evaluated twice."""
    starts = sorted({0, *checkpoints})
    lengths = [end - start for start, end in zip(starts, [*starts[1:], n_layers])]
    return max(j + 2 * length for j, length in enumerate(lengths)), starts[-1]


def check(n_layers, budget, best):
    got = choose_checkpoints(n_layers, budget)
    call = f"choose_checkpoints({n_layers}, {budget})"
    if best is None:
        message = f"{call} must be None: no placement fits the budget"
        return checks.check_true(title, got is None, message, observed=got, see=see)
    message = f"{call} is None, but there are placements that fit the budget"
    checks.check_true(title, got is not None, message, see=see)
    listed = checks.is_sequence(got) or isinstance(got, np.ndarray)
    starts = [int(k) for k in got if isinstance(k, (int, np.integer))] if listed else []
    ascends = listed and len(starts) == len(got) and starts == sorted(set(starts))
    message = f"{call} must be an ascending list of layers, and begin with 0"
    fine = ascends and starts[:1] == [0] and starts[-1] < n_layers
    checks.check_true(title, fine, message, observed=got, see=see)
    peak, twice = bill(starts, n_layers)
    yours = f"{call} gives {starts}, which" if n_layers < 10 else f"the placement of {call}"
    message = f"{yours} saves {peak} arrays at once, more than {budget}"
    checks.check_true(title, peak <= budget, message, observed=[peak, starts], see=see)
    message = f"{yours} evaluates {twice} layers twice where {best} are enough"
    return checks.check_true(title, twice == best, message, observed=[twice, best], see=see)


for n_layers in (1, 2, 4, 6):
    placements = [c for n in range(n_layers) for c in combinations(range(1, n_layers), n)]
    for budget in range(1, 2 * n_layers + 2):
        bills = [bill(placement, n_layers) for placement in placements]
        fitting = [twice for peak, twice in bills if peak <= budget]
        verdict = check(n_layers, budget, min(fitting, default=None))
    print(f"{n_layers} layers, budgets 1 to {budget}: as good as the best of all placements")
print(check(100, 20, 99), "(100 layers, budget 20)")
print(check(100, 19, None), "(100 layers, budget 19)")
print(check(100, 64, 70), "(100 layers, budget 64)")

# %% grade_id="test-choose_checkpoints-hidden" points=7
### BEGIN HIDDEN TESTS
from functools import partial
from itertools import combinations

import numpy as np
from course import checks

title, see = "Exercise 8 · choose_checkpoints", "9 · The best places"


def bill(checkpoints, n_layers):
    """Peak of saved arrays, and number of layers evaluated twice."""
    starts = sorted({0, *checkpoints})
    lengths = [end - start for start, end in zip(starts, [*starts[1:], n_layers])]
    return max(j + 2 * length for j, length in enumerate(lengths)), starts[-1]


def check(got, n_layers, budget, best):
    call = f"choose_checkpoints({n_layers}, {budget})"
    if best is None:
        message = f"{call} must be None: no placement fits the budget"
        return checks.check_true(title, got is None, message, observed=got, see=see)
    message = f"{call} is None, but there are placements that fit the budget"
    checks.check_true(title, got is not None, message, see=see)
    listed = checks.is_sequence(got) or isinstance(got, np.ndarray)
    starts = [int(k) for k in got if isinstance(k, (int, np.integer))] if listed else []
    ascends = listed and len(starts) == len(got) and starts == sorted(set(starts))
    message = f"{call} must be an ascending list of layers, and begin with 0"
    fine = ascends and starts[:1] == [0] and starts[-1] < n_layers
    checks.check_true(title, fine, message, observed=got, see=see)
    peak, twice = bill(starts, n_layers)
    yours = f"{call} gives {starts}, which" if n_layers < 10 else f"the placement of {call}"
    message = f"{yours} saves {peak} arrays at once, more than {budget}"
    checks.check_true(title, peak <= budget, message, observed=[peak, starts], see=see)
    message = f"{yours} evaluates {twice} layers twice where {best} are enough"
    return checks.check_true(title, twice == best, message, observed=[twice, best], see=see)


def best_of_all(n_layers, budget):
    """Earliest beginning of a last segment; the j segments before it end anywhere from j to `far`."""
    far, found = 0, []
    for j in range(n_layers):
        longest = (budget - j) // 2
        if longest < 1:
            break
        earliest = max(j, n_layers - longest)
        if earliest <= far:
            found.append(earliest)
        far += longest
    return min(found, default=None)


def by_trial(n_layers):
    """What `best_of_all` gives for each budget, found among all placements."""
    placements = [c for n in range(n_layers) for c in combinations(range(1, n_layers), n)]
    bills = [bill(placement, n_layers) for placement in placements]
    fitting = ([twice for peak, twice in bills if peak <= m] for m in range(1, 2 * n_layers + 2))
    return [min(found, default=None) for found in fitting]


def check_all(n_layers, budgets, best):
    asked = [partial(choose_checkpoints, n_layers, budget) for budget in budgets]
    for got, *expected in zip(checks.call_all(asked), budgets, best):
        check(got, n_layers, *expected)
    print(f"{n_layers} layers, {len(budgets)} budgets: right")


for n_layers in (3, 5, 7, 9):
    budgets = range(1, 2 * n_layers + 2)
    best = [best_of_all(n_layers, budget) for budget in budgets]
    assert best == checks.once(by_trial, n_layers)
    check_all(n_layers, budgets, best)
rng = checks.rng()
for n_layers in (37, 64, 65, 150):
    least = next(m for m in range(1, 2 * n_layers) if m * m // 4 >= n_layers)
    drawn = [int(m) for m in rng.integers(least, 2 * n_layers, size=6)]
    budgets = (least - 1, least, least + 1, *drawn, 2 * n_layers - 1, 2 * n_layers)
    check_all(n_layers, budgets, [best_of_all(n_layers, budget) for budget in budgets])
for budget, best in ((64, 995), (63, None)):
    print(check(choose_checkpoints(1000, budget), 1000, budget, best))
### END HIDDEN TESTS

# %% [markdown]
# ### The price list
#
# What does memory cost in time? For a network of 100 layers, each point is one placement: how many
# arrays it saves at once, and how many forward evaluations it takes, per layer.
#
# **What you should see.** The curve of your `choose_checkpoints` runs from the plain network at the
# lower right (200 arrays, one evaluation per layer) to the upper left (20 arrays, nearly two
# evaluations), and no equal cut lies below it. Two equal halves are on it; but at nearly two
# evaluations per layer, equal segments take 27 arrays at best, where 22 would do. Look at the slope,
# too. On the right, two arrays less cost one layer that is evaluated twice; on the left, the last few
# arrays cost a layer each and more. If a cross is *below* your curve, your placement is not the best
# one.

# %% tags=["experiment"]
budgets = list(range(20, 201))
best = [100 + choose_checkpoints(100, budget)[-1] for budget in budgets]
cuts = [segments(range(0, 100, length), 100) for length in range(2, 101)]
figure, axes = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
axes.plot(budgets, np.array(best) / 100, "C0-", label="choose_checkpoints")
peaks = [peak_arrays(pieces) for pieces in cuts]
times = [sum(forward_evaluations(pieces)) / 100 for pieces in cuts]
axes.plot(peaks, times, "C1x", label="segments of equal length")
axes.plot([200], [1], "ko", label="plain backpropagation")
axes.set(xlabel="arrays saved at once", ylabel="forward evaluations per layer", ylim=(0.9, 2.1))
axes.grid(alpha=0.3)
axes.legend()
plt.show()

# %% [markdown]
# ### Question 2 · how deep can you go? (5 points)
#
# 1. Let the budget $M$ be even. Add up the allowances $\lfloor (M - j)/2 \rfloor$ for $j = 0, 1, 2,
#    \dots$ and show that the deepest network that can be trained with $M$ saved arrays has $M^2/4$
#    layers.
# 2. How many arrays does a network of 10,000 layers need, with the best placement, and without
#    checkpoints?
# 3. The step back through a layer costs about as much as two forward evaluations of it (two matrix
#    products instead of one). By how many percent, at most, do checkpoints make a training step
#    longer?
# 4. In practice one often saves only the layer inputs $a_k$ and takes $\sigma'$ from $a_{k+1} =
#    \sigma(z_k)$, as $a_{k+1}(1 - a_{k+1})$. What becomes of "$j + 2\,\ell_j$", roughly, and how deep
#    can one go with $M$ arrays then?

# %% [markdown] grade_id="question-depth" points=5
# ### BEGIN SOLUTION
# 1. With M = 2p the allowances are p, p-1, p-1, p-2, p-2, ..., 1, 1, 0. Their sum is
#    p + 2 (1 + 2 + ... + (p-1)) = p + p (p-1) = p² = M²/4. Each segment can be given its full allowance, so
#    this depth is reached, and no placement can hold more.
# 2. M²/4 >= 10,000 gives M = 200, instead of 20,000: a hundredth.
# 3. Plain: 1 forward + 2 backward = 3 units per layer. With checkpoints at most 2 + 2 = 4: a third, 33 %.
# 4. About j + l_j (one array per layer; the output of the segment's last layer adds at most one). The allowances
#    become about M - j, their sum about M²/2: twice as deep with the same memory.
#
# Mark scheme, 5 points: 2 for the sum (1 for the right list of allowances, 1 for adding it up); 1 for 200 against
# 20,000; 1 for one third with the count 4 : 3; 1 for j + l_j and M²/2 ("about twice as deep" is enough).
# ### END SOLUTION

# %% [markdown]
# ## 10 · Checkpoints within checkpoints (bonus)
#
# Two evaluations of each layer buy a network of depth $M^2/4$. What if we were ready to evaluate
# layers three times, or ten times? Then a segment that is run again need not save everything: it can
# set checkpoints of its own, inside. And so on, down to single layers.
#
# Let us take this to its end. To do the way back through a stretch of $\ell$ layers whose **input is
# held**, we may save up to $s$ further layer inputs (we have $s$ *slots*), but never more; nothing
# else is kept. Let $t(\ell, s)$ be the fewest forward evaluations with which it can be done.
#
# - One layer: evaluate it, since its pre-activation is needed, and step back: $t(1, s) = 1$.
# - No slots: for the way back through the last layer, start from the input and evaluate all $\ell$
#   layers; for the one before it, start again, and evaluate $\ell - 1$; and so on. Together these are
#   $t(\ell, 0) = \ell(\ell + 1)/2$ evaluations.
# - Otherwise put a checkpoint somewhere inside, at the input of layer number $i$ of the stretch ($1
#   \le i \le \ell - 1$): evaluate the first $i$ layers, which costs $i$; save what came out, which
#   takes a slot; do the way back through the $\ell - i$ layers behind it, with $s - 1$ slots; give
#   the slot back; and do the way back through the first $i$ layers, with $s$ slots again. The best
#   $i$ counts:
#
# $$t(\ell, s) = \min_{1 \le i \le \ell - 1} \Big( i + t(\ell - i,\, s - 1) + t(i,\, s) \Big) .$$
#
# **By hand.** $t(2, 1) = 1 + t(1, 0) + t(1, 1) = 3$. For $t(3, 1)$: with $i = 1$ it is $1 + t(2, 0) +
# t(1, 1) = 1 + 3 + 1 = 5$, with $i = 2$ it is $2 + t(1, 0) + t(2, 1) = 2 + 1 + 3 = 6$; so $t(3, 1) =
# 5$. Without a slot it is $t(3, 0) = 6$.
#
# ### Exercise 9 · `bonus_fewest_evaluations` (10 bonus points)
#
# It will be asked for 100 layers with 10 slots. The formula asks for two more values of $t$ for every
# $i$, and for the same ones again and again: write answers down when you have them, in a table or with
# `functools.lru_cache` above a function.
#
# **Think first.** With as many slots as you like, $s = \ell - 1$, how often is each layer evaluated?
#
# **Reading the test.** Three layers can be checked by hand, above. If the test does not come to an end
# at 100 layers, the same values are still asked for again and again.
#
# (The scheme is called *revolve*. Griewank showed in 1992 that slots and evaluations per layer need
# grow only like $\log \ell$: one can go back through any depth.)


# %% grade_id="bonus_fewest_evaluations" stub="Return t(n_layers, slots), a whole number."
def bonus_fewest_evaluations(n_layers, slots):
    """Fewest forward evaluations for the way back through n_layers layers with so many slots.

    n_layers: at least 1; slots: at least 0, how many layer inputs may be saved besides the first.
    Returns a whole number.
    """
    ### BEGIN SOLUTION
    # best[s][n] is t(n, s); best[s][0] is never used
    best = [[n * (n + 1) // 2 for n in range(n_layers + 1)]]
    for s in range(1, slots + 1):
        row = [0, 1]
        for n in range(2, n_layers + 1):
            row.append(min(i + best[s - 1][n - i] + row[i] for i in range(1, n)))
        best.append(row)
    return best[slots][n_layers]
    ### END SOLUTION


# %% grade_id="test-bonus_fewest_evaluations" points=5
from course import checks

title = "Exercise 9 · bonus_fewest_evaluations"
see = "10 · Checkpoints within checkpoints (bonus)"
known = {
    (1, 0): 1,
    (1, 3): 1,
    (2, 1): 3,
    (3, 0): 6,
    (3, 1): 5,
    (10, 0): 55,
    (10, 9): 19,
    (10, 2): 25,
    (100, 10): 309,
}
for (n_layers, slots), expected in known.items():
    if n_layers == 100:
        print("now 100 layers with 10 slots, a matter of a second if answers are written down ...")
    got = bonus_fewest_evaluations(n_layers, slots)
    name = f"bonus_fewest_evaluations({n_layers}, {slots})"
    print(checks.check_value(title, got, expected, name=name, see=see))

# %% grade_id="test-bonus_fewest_evaluations-hidden" points=5
### BEGIN HIDDEN TESTS
from math import comb

from course import checks

title = "Exercise 9 · bonus_fewest_evaluations"
see = "10 · Checkpoints within checkpoints (bonus)"


def closed_form(n_layers, slots):
    """Griewank and Walther, ACM TOMS 26 (2000), 19: steps forward with slots + 1 states held."""
    held = slots + 1
    r = next(r for r in range(n_layers + 1) if comb(held + r, held) >= n_layers)
    return n_layers + r * n_layers - comb(held + r, r - 1) if r else n_layers


for n_layers, slots in ((4, 1), (5, 5), (7, 2), (12, 3), (20, 0), (33, 4), (60, 7), (100, 10)):
    got, expected = bonus_fewest_evaluations(n_layers, slots), closed_form(n_layers, slots)
    name = f"bonus_fewest_evaluations({n_layers}, {slots})"
    print(checks.check_value(title, got, expected, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# The price list, with a new line: with $s$ slots, $s + 3$ arrays are held at once (the input, the
# slots, and the input and pre-activation of the layer at work).
#
# **What you should see.** The new line goes on to the left where the old one cannot go: 100 layers
# with a dozen arrays at little more than three evaluations per layer, and with five arrays at six.
# Where both exist the old one is better: it saves the pre-activations of a segment, while the new
# scheme keeps none, and evaluates every layer once more when it steps back through it. Real systems
# mix the two.

# %% tags=["experiment"]
figure, axes = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
axes.plot(budgets, np.array(best) / 100, "C0-", label="choose_checkpoints")
try:
    slots = list(range(1, 40))
    deep = [bonus_fewest_evaluations(100, s) / 100 for s in slots]
    axes.plot([s + 3 for s in slots], deep, "C2.-", label="checkpoints within checkpoints")
except NotImplementedError:
    print("the bonus exercise is not written yet: its line is missing")
axes.set(xlabel="arrays saved at once", ylabel="forward evaluations per layer", xscale="log")
axes.set_xticks([5, 10, 20, 50, 100, 200], [5, 10, 20, 50, 100, 200])
axes.grid(alpha=0.3)
axes.legend()
plt.show()

# %% [markdown]
# ## 11 · The same in JAX
#
# In JAX the whole lab is one word. `jax.checkpoint(f)` is a function that computes what `f` does, but
# of which only the *input* is saved on the way forward; on the way back `f` is run again. In PyTorch
# the word is `torch.utils.checkpoint.checkpoint`. So one wraps it around each segment: just what you
# have done.
#
# Below is a network of 64 layers. `lax.scan` is JAX's loop: the inner one goes through the layers of
# a segment, the outer one through the segments. Before it runs the gradient, JAX compiles it, and the
# compiler can tell how much memory it will need for what it keeps: `temp_size_in_bytes`, here in
# units of one array.
#
# **What you should see.** Without checkpoints about 131 arrays: $2 \cdot 64$, and three to work with.
# With them the same valley as in section 8, lowest at segments of 4 to 8 layers, and near our
# formula: equal segments of length $\ell$ take $64/\ell - 1 + 2\,\ell$ arrays, and JAX some five more: it
# runs the last segment twice like the others, and needs room to work in. The gradients are equal to
# those without checkpoints, as they must be.

# %% tags=["experiment"]
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def one_layer(a, w):
    return jax.nn.sigmoid(a @ w), None


def one_segment(a, weights):
    return jax.lax.scan(one_layer, a, weights)


def loss(weights, x, length, forget):
    segment = jax.checkpoint(one_segment) if forget else one_segment
    a, _ = jax.lax.scan(segment, x, weights.reshape(-1, length, *weights.shape[1:]))
    return 0.5 * jnp.sum(a**2) / len(x)


rng = np.random.default_rng(7)
weights = jnp.asarray(rng.normal(size=(64, 32, 32)) / np.sqrt(32))
x = jnp.asarray(rng.normal(size=(1000, 32)))
gradient = jax.jit(jax.grad(loss), static_argnums=(2, 3))
reference = gradient(weights, x, 64, False)
lengths = [1, 2, 4, 8, 16, 32]
memory = []
for length, forget in ((64, False), *((n, True) for n in lengths)):
    compiled = gradient.lower(weights, x, length, forget).compile()
    memory.append(compiled.memory_analysis().temp_size_in_bytes / x.nbytes)
    difference = jnp.abs(gradient(weights, x, length, forget) - reference).max()
    what = f"segments of {length:2d}, checkpointed" if forget else "no checkpoints            "
    print(f"{what}: {memory[-1]:5.1f} arrays, largest difference {difference:.0e}")

figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
axes.axhline(memory[0], color="k", linestyle=":", label="no checkpoints")
axes.plot(lengths, memory[1:], "C0o-", label="jax.checkpoint")
formula = [peak_arrays(segments(range(0, 64, n), 64)) for n in lengths]
axes.plot(lengths, formula, "C1s--", label="our formula")
axes.set(xlabel="layers per segment", ylabel="arrays", xscale="log", ylim=(0, None))
axes.set_xticks(lengths, lengths)
axes.minorticks_off()
axes.legend()
plt.show()

# %% [markdown]
# **Play.** Put `jax.checkpoint` around the inner *layer* as well as around the segment: checkpoints
# within checkpoints. What happens to the memory? What if you wrap only the whole network,
# `length=64`, in one `jax.checkpoint`: is anything gained? Write down what you expect first.

# %% [markdown]
# ## What comes next
#
# You have traded time for memory, knowing the price of each. Keep the three habits of this lab: *ask
# who still holds an array; count, do not guess; look for the best before you are content with the
# good*.
#
# - In lab 4 the network gets better at learning: another cost, another step, and remedies against
#   learning by heart.
# - In lab 5 you write the machine that finds the backward pass by itself. It will save, for every
#   operation, what the way back asks for, and you will know what that costs.
