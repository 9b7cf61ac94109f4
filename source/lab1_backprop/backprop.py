# %% [markdown]
# # Lab 1 · Backpropagation by hand
#
# A neural network learns by asking one question over and over: *if I turned this one number up a
# little, would my error grow or shrink?* A small network for handwritten digits has some twenty
# thousand such numbers. Backpropagation answers the question for all of them at once, for little
# more than the price of using the network once. In this lab you take that machine apart and put it
# together again, in NumPy, with nothing hidden.
#
# **When you are done you will have**
#
# - computed the gradients of a layer, and then of any stack of layers, by hand,
# - built your own instrument that measures gradients, and seen where it is exact and where it lies,
# - compared both with JAX, which does the same automatically,
# - trained a network that reads more than nine of ten handwritten digits it has never seen.
#
# **How the lab works.** There are eight exercises. Each begins with a reason, a derivation and an
# example small enough to check with pencil and paper. You write the body of one function where you
# see `raise NotImplementedError`. The cell below it tests what you wrote, shows where your numbers
# differ, and names the cause where it can. When your work is graded, the same claims and the three
# rules below are tested again, on other numbers, shapes and depths, in the cell that is empty here.
# Cells that only train or draw are not graded: play with them. Two questions, an early one and a
# late one, ask for a few sentences and are read by a person. All in all 100 points, and about three
# hours.
#
# **What you need**: matrix products, the chain rule for functions of one variable, and NumPy (`@`,
# `*`, `.T`, `.sum(axis=...)`).

# %% [markdown]
# ## The agreement about shapes
#
# Most bugs in backpropagation are bugs of shape, so we fix the shapes once, for all labs.
#
# | symbol | in code | shape | what it is |
# |---|---|---|---|
# | $x$ | `x` | `(B, n_in)` | input, one example per row |
# | $w$ | `w` | `(n_in, n_out)` | weights of a layer: `w[i, j]` leads from input $i$ to output $j$ |
# | $b$ | `b` | `(n_out,)` | biases of a layer |
# | $z = xw + b$ | `z` | `(B, n_out)` | pre-activation |
# | $a = \sigma(z)$ | `a` | `(B, n_out)` | activation, the input of the next layer |
# | $y$ | `y` | `(B, n_classes)` | what the network should say, one-hot |
# | $C$ | `cost` | one number | how wrong the network is |
#
# $B$ is the number of examples that are looked at together. In this lab the gradient is computed
# for **one example at a time**, so there `x` has the shape `(1, n_in)`: one row, still a matrix.
# Lab 2 does whole batches. The classes are the outputs of the last layer, so there `n_classes` is
# `n_out`. Indices count from 0, in the formulas as in the code.
#
# Three rules hold for every function that you write:
#
# 1. **A gradient has the shape of the thing it is the gradient of.** `dw` is shaped like `w`.
# 2. **A function does not change its arguments**, and gives the same answer when called again.
# 3. **Inputs may be integers**, results are floats. And no size is written into the code: 784, 10
#    and the number of examples come from the arrays.

# %% grade_id="given-numpy"
import numpy as np

# %% [markdown]
# ## 1 · The slope of the sigmoid
#
# A network made of matrix products alone, however deep, is one matrix product. What makes it more
# is the bend that each layer puts into its output, its **activation function**. Ours is the oldest
# one, the **sigmoid**
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}},$$
#
# which squeezes any number into the interval from 0 to 1. To learn *through* it, we must know how
# much its output moves when its input does: its slope.
#
# The sigmoid below is written as $\tfrac12\,(1 + \tanh\tfrac z2)$. That is the same function
# (multiply the fraction above by $e^{z/2}$, top and bottom), but `np.exp(-z)` overflows for $z =
# -800$ and `np.tanh` never does.


# %% grade_id="given-sigmoid"
def sigmoid(z):
    """Squeeze each entry of `z` (any shape) into the interval from 0 to 1."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


# %% [markdown]
# ### Exercise 1 · `sigmoid_prime` (8 points)
#
# Differentiate $\sigma(z) = (1 + e^{-z})^{-1}$ with the chain rule:
#
# $$\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2}
#  = \underbrace{\frac{1}{1 + e^{-z}}}_{\sigma(z)} \cdot
#    \underbrace{\frac{e^{-z}}{1 + e^{-z}}}_{1 - \sigma(z)} .$$
#
# The slope is made of the value itself: whoever has computed $\sigma(z)$ gets $\sigma'(z)$ for one
# multiplication. It is elementwise: `sigmoid_prime(z)` has the shape of `z`, whatever that is.
#
# **By hand.** At $z = 0$ the sigmoid is $\tfrac12$, so its slope is $\tfrac12 \cdot \tfrac12 =
# \tfrac14$. At $z = \ln 3 \approx 1.1$ it is $\tfrac34$, so the slope is $\tfrac34 \cdot \tfrac14 =
# 0.1875$. At $z = 800$ the sigmoid is 1 and the slope 0.
#
# **Think first.** Two of the formulas above are the same on paper. What would the one with the
# fraction $e^{-z} / (1 + e^{-z})^2$ give in floating point at $z = -800$?


# %% grade_id="sigmoid_prime" stub="Return the slope of the sigmoid at each entry of z, an array of the shape of z."
def sigmoid_prime(z):
    """Slope of the sigmoid.

    z: pre-activations, any shape, of any size (800 and -800 too).
    Returns an array of the shape of z.
    """
    ### BEGIN SOLUTION
    a = sigmoid(z)
    return a * (1 - a)
    ### END SOLUTION


# %% grade_id="test-sigmoid_prime" points=4
import numpy as np
from course import checks

title, see = "Exercise 1 · sigmoid_prime", "1 · The slope of the sigmoid"
z = checks.rng().normal(scale=2.0, size=(3, 4))
slope = np.exp(-z) / (1 + np.exp(-z)) ** 2
print(checks.check_value(title, sigmoid_prime(z), slope, name="sigmoid_prime(z)", see=see))
print(checks.check_value(title, sigmoid_prime(0.0), 0.25, name="sigmoid_prime(0)", see=see))

# %% grade_id="test-sigmoid_prime-hidden" points=4
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 1 · sigmoid_prime", "1 · The slope of the sigmoid"
rng = checks.rng()
z = np.concatenate([rng.normal(size=4), [-800.0, 800.0], rng.uniform(50, 700, 2) * [1, -1]])
small = np.exp(-np.abs(z))
slope = small / (1 + small) ** 2
print(checks.check_value(title, sigmoid_prime(z), slope, name="sigmoid_prime(large z)", see=see))
for shape in ((1, 3), (4, 1), (2, 1, 3)):
    z = rng.normal(size=shape)
    slope = 1 / (1 + np.exp(-z)) / (1 + np.exp(z))
    name = f"sigmoid_prime(z) for shape {shape}"
    print(checks.check_value(title, sigmoid_prime(z), slope, name=name, see=see))
whole = rng.integers(-5, 6, size=(2, 3))
print(checks.check_integers(title, sigmoid_prime, whole, name="sigmoid_prime(whole z)", see=see))
print(checks.check_pure(title, sigmoid_prime, rng.normal(size=(2, 1, 3)), see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The slope is largest in the middle, exactly one quarter, and practically
# zero outside of $-6 \dots 6$. Keep that quarter in mind: every layer that a gradient passes
# through multiplies it by at most $\tfrac14$. If your curve goes below zero or above one quarter,
# it is another function.

# %% tags=["experiment"]
from course import plots

z = np.linspace(-8, 8, 201)
plots.plot_curves(z, {"σ(z)": sigmoid(z), "σ′(z)": sigmoid_prime(z)}, xlabel="z")

# %% [markdown]
# ## 2 · Measuring a slope
#
# You will soon write formulas for gradients, and some of them will be wrong at first: everybody's
# are. A wrong gradient rarely crashes. It just learns badly, and one looks for the fault in the
# data for a week. So before deriving anything we build an instrument that *measures* a gradient
# without knowing any formula: push an input a little, and see how much the output moves.
#
# ### The formula, and how wrong it is
#
# Let $f$ be a function of one number. Taylor's theorem says, for a small step $\varepsilon$
# (`eps`),
#
# $$f(x \pm \varepsilon) = f(x) \pm \varepsilon f'(x) + \tfrac{\varepsilon^2}{2} f''(x)
#   \pm \tfrac{\varepsilon^3}{6} f'''(x) + \dots$$
#
# The obvious quotient, the **forward difference**, is off by something proportional to
# $\varepsilon$:
#
# $$\frac{f(x + \varepsilon) - f(x)}{\varepsilon} = f'(x) + \tfrac{\varepsilon}{2} f''(x) + \dots$$
#
# Step to both sides, and the terms with $f''$ cancel. The **central difference** is off by
# something proportional to $\varepsilon^2$ only:
#
# $$\frac{f(x + \varepsilon) - f(x - \varepsilon)}{2\varepsilon}
#   = f'(x) + \tfrac{\varepsilon^2}{6} f'''(x) + \dots$$
#
# **By hand.** Take $f(x) = x^3$ at $x = 2$, where $f'(2) = 12$, with $\varepsilon = 0.1$. Forward:
# $(9.261 - 8) / 0.1 = 12.61$. Central: $(9.261 - 6.859) / 0.2 = 12.01$. One more evaluation, and
# the error is sixty times smaller.
#
# ### Functions of many numbers
#
# If $x$ is an array of any shape and $f(x)$ is one number, the gradient holds one slope per entry.
# To measure the slope of entry $i$, move **that entry alone** and hold all others still:
#
# $$\text{gradient}[i] = \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2 \varepsilon},
#   \qquad e_i = 1 \text{ at } i, \; 0 \text{ elsewhere, shaped like } x .$$
#
# **By hand.** $f(x) = x_0^2 + 3 x_0 x_1$ at $x = (1, 2)$ with $\varepsilon = 0.5$:
#
# - entry 0: $f(1.5,\, 2) = 11.25$ and $f(0.5,\, 2) = 3.25$, so the slope is $8 / 1 = 8$;
# - entry 1: $f(1,\, 2.5) = 8.5$ and $f(1,\, 1.5) = 5.5$, so the slope is $3 / 1 = 3$.
#
# The formulas agree: $2x_0 + 3x_1 = 8$ and $3x_0 = 3$.
#
# ### Exercise 2 · `central_difference` (14 points)
#
# `np.ndindex(x.shape)` runs over all positions of an array of any shape, as tuples that you can
# index with: `x[i]`.
#
# **Think first.** If you write `x[i] += eps` into the array that you were given, what does the
# caller find in it afterwards? And what does `x[i] += 1e-5` do to an array of integers?


# %% grade_id="central_difference" stub="Return the gradient of f at x, a float array of the shape of x: one central difference per entry."
def central_difference(f, x, eps=1e-5):
    """Gradient of f at x, measured.

    f: function that takes an array of the shape of x and returns one number.
    x: array of any shape, floats or integers; it is not changed.
    eps: the step to either side.
    Returns a float array of the shape of x.
    """
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        gradient[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient
    ### END SOLUTION


# %% grade_id="test-central_difference" points=7
import numpy as np
from course import checks

title, see = "Exercise 2 · central_difference", "2 · Measuring a slope"
rng = checks.rng()
c, x = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))


def f(x):
    return np.sum(c * x**3) + x[0, 0] * x[1, 2]


exact = 3 * c * x**2
exact[0, 0] += x[1, 2]
exact[1, 2] += x[0, 0]
coarse = exact + 0.5**2 * c
done = checks.check_pure(title, central_difference, f, x, see=see)
print(checks.check_value(title, done.value, exact, name="gradient", see=see))
got = central_difference(f, x.copy(), eps=0.5)
print(checks.check_value(title, got, coarse, name="gradient at eps=0.5", see=see))
print(done)

# %% grade_id="test-central_difference-hidden" points=7
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 2 · central_difference", "2 · Measuring a slope"
rng = checks.rng()


def f(x):
    return np.sum(np.cumsum(x.ravel()) ** 3)


for shape in ((3,), (1,), (2, 2), (2, 1, 2)):
    x, eps = rng.normal(size=shape), rng.uniform(0.1, 0.4)
    expected = checks.central_difference(f, x, eps=eps)
    got = central_difference(f, x.copy(), eps=eps)
    name = f"gradient for shape {shape}"
    print(checks.check_value(title, got, expected, name=name, see=see))
x = np.array(rng.normal())  # NumPy's own functions may give it an axis: that is let pass
got, expected = central_difference(f, x, eps=eps), checks.central_difference(f, x, eps=eps)
got, name = got[0] if np.shape(got) == (1,) else got, "gradient for shape ()"
print(checks.check_value(title, got, expected, name=name, see=see))
sparse = rng.normal(size=(3, 2))
sparse[1], sparse[2, 0] = 0, 0
expected = checks.central_difference(f, sparse, eps=eps)
got, name = central_difference(f, sparse.copy(), eps=eps), "gradient where some entries of x are 0"
print(checks.check_value(title, got, expected, name=name, see=see))
whole = rng.integers(-3, 4, size=(2, 2))
name = "gradient at whole numbers"
print(checks.check_integers(title, central_difference, f, whole, name=name, see=see))
print(checks.check_pure(title, central_difference, f, rng.normal(size=3), see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### How large should the step be?
#
# The formula says: the smaller, the better. Try it. The plot shows the error of the slope of
# $\tanh$ at 0.7, measured with steps from $1$ down to $10^{-15}$, by forward and by central
# differences.
#
# **What you should see.** Two valleys. On the right, where steps are large, the curves fall with
# slopes 1 and 2 in this double logarithmic plot (ten times smaller a step: ten times, a hundred
# times smaller an error), as Taylor says. On the left they climb again, along the same line,
# ragged: there the two values of $f$ agree in nearly all of their 16 digits, and what is left after
# the subtraction is mostly rounding. If your central curve lies on the forward one, it is a forward
# difference.

# %% tags=["experiment"]
from course import plots

eps = np.logspace(0, -15, 121)
point = 0.7
slope = 1 - np.tanh(point) ** 2
forward = [(np.tanh(point + e) - np.tanh(point)) / e for e in eps]
central = [central_difference(lambda x: np.tanh(x[0]), np.array([point]), e)[0] for e in eps]
errors = {"forward": np.abs(forward - slope), "central": np.abs(central - slope)}
plots.plot_step_sizes(eps, errors)

# %% [markdown]
# ### Question 1 · the best step (5 points)
#
# 1. In one or two sentences: why does the error grow again when `eps` becomes *too small*?
# 2. A value of $f$ near 1 is stored with a rounding error of about $u = 10^{-16}$ in float64.
#    Rounding therefore spoils the quotient by about $u / \varepsilon$, while the formula itself is
#    off by about $\varepsilon^2$ (central) or $\varepsilon$ (forward). Where is the sum of both
#    smallest, roughly, for each formula? Compare with your plot.
# 3. Deep learning often computes in float32, where $u \approx 10^{-7}$. Which `eps` would you take
#    there, and how many digits of a measured gradient could you trust?

# %% [markdown] grade_id="question-step-size" points=5
# ### BEGIN SOLUTION
# 1. The two values of f differ by about eps·f', and both carry a rounding error of about u. The
#    smaller eps, the fewer correct digits are left in their difference (cancellation), and dividing
#    by eps magnifies what is wrong.
# 2. Central: u/eps = eps² gives eps = u^(1/3), about 5e-6, with an error of about u^(2/3), 1e-11 to
#    1e-10. Forward: u/eps = eps gives eps = u^(1/2) = 1e-8, with an error of about 1e-8. Both
#    valleys are where the plot has them.
# 3. u^(1/3) is about 5e-3 (1e-2 is as good), with a relative error of about u^(2/3), some 1e-5 to
#    1e-4: four or five digits at best. Gradient checks belong in float64.
#
# Mark scheme, 5 points: 1 for cancellation or rounding named as the cause and 1 for saying that the
# division by eps magnifies it; 1 for both optima balanced (orders of magnitude are enough); 1 for
# the comparison with the plot; 1 for a float32 step between 1e-3 and 5e-2 with the conclusion that
# only a few digits can be trusted.
# ### END SOLUTION

# %% [markdown]
# ## 3 · Back through one layer
#
# Now the formulas. All of backpropagation is one small step, repeated; here is the step. A layer
# takes a row `x`, computes `z = x @ w + b` and `a = sigmoid(z)`. Somebody behind it tells us how
# much the loss moves when `a` moves: call that `da`, shaped like `a`. We want the same for
# everything that went in: `dx`, `dw`, `db`. Solid arrows go forward, dashed ones come back:
#
# ![One layer as a graph of operations: values go forward, gradients come back](figures/layer.svg)
#
# ### The derivation
#
# Write out one entry. With $i = 0 \dots n_\text{in} - 1$ and $j = 0 \dots n_\text{out} - 1$,
#
# $$z_j = \sum_i x_i\, w_{ij} + b_j, \qquad a_j = \sigma(z_j).$$
#
# 1. **Through the sigmoid.** $z_j$ touches $a_j$ and nothing else, so $dz_j = da_j \cdot
#    \sigma'(z_j)$: elementwise, shape `(1, n_out)`.
# 2. **To the biases.** $b_j$ is added to $z_j$ with factor 1: $db_j = dz_j$. The shape must be that
#    of `b`, `(n_out,)`.
# 3. **To the weights.** $w_{ij}$ stands in $z_j$ only, with the factor $x_i$: $dw_{ij} = x_i\,
#    dz_j$. Every input times every output: shape `(n_in, n_out)`, the product of a column `(n_in,
#    1)` with a row `(1, n_out)`.
# 4. **To the input.** $x_i$ stands in *every* $z_j$, with the factor $w_{ij}$. All these paths add
#    up: $dx_i = \sum_j dz_j\, w_{ij}$: shape `(1, n_in)`, a row `(1, n_out)` times a matrix
#    `(n_out, n_in)`.
#
# In this exercise the loss is as simple as can be, the sum of all activations. So $da_j = 1$ for
# every $j$.
#
# **By hand.** Let
#
# $$x = \begin{pmatrix} 2 & 1 \end{pmatrix}, \quad
#   w = \begin{pmatrix} 1 & 2 \\ -2 & 1 \end{pmatrix}, \quad
#   b = \begin{pmatrix} 0 & -5 \end{pmatrix}.$$
#
# Then $z = (2 - 2,\; 4 + 1 - 5) = (0, 0)$, both slopes are $\tfrac14$ and $dz = (\tfrac14,
# \tfrac14)$. So
#
# $$dw = \begin{pmatrix} 0.5 & 0.5 \\ 0.25 & 0.25 \end{pmatrix}, \quad
#   db = \begin{pmatrix} 0.25 & 0.25 \end{pmatrix}, \quad
#   dx = \begin{pmatrix} \tfrac14 (1 + 2) & \tfrac14 (-2 + 1) \end{pmatrix}
#      = \begin{pmatrix} 0.75 & -0.25 \end{pmatrix}.$$
#
# ### Exercise 3 · `manual_backward` (14 points)
#
# Take $\sigma'$ from the argument `slope`: it is your `sigmoid_prime` unless the caller hands in
# another function, as the tests do, so that a fault in exercise 1 does not cost you points here.
#
# When you are right, the test speaks of a *Taylor slope* of 2: if you move by a step of length $h$,
# the loss differs from its old value plus gradient · step by something proportional to $h^2$ (slope
# 2 in a double logarithmic plot) if the gradient is right, and to $h$ (slope 1) if it is not.
#
# **Think first.** Often only one product of two arrays fits, and NumPy tells you when you have the
# wrong one. If `w` is square everything fits: which of the four facts above then tells you where a
# transpose belongs? And $\sigma'$ is taken *at* which number: at $z_j$, or at $a_j$?


# %% grade_id="manual_backward" stub="Return the tuple (dx, dw, db): shapes (1, n_in), (n_in, n_out) and (n_out,)."
def manual_backward(x, w, b, slope=sigmoid_prime):
    """Gradients of `loss = sigmoid(x @ w + b).sum()` with respect to x, w and b.

    x: (1, n_in), w: (n_in, n_out), b: (n_out,).
    slope: the derivative of the sigmoid, a function of z (yours from exercise 1 unless another is
    handed in).
    Returns the tuple (dx, dw, db), each shaped like its x, w, b.
    """
    ### BEGIN SOLUTION
    z = x @ w + b
    dz = slope(z)
    dw = x.T @ dz
    db = dz[0]
    dx = dz @ w.T
    return dx, dw, db
    ### END SOLUTION


# %% grade_id="test-manual_backward" points=7
import numpy as np
from course import checks

title, see = "Exercise 3 · manual_backward", "3 · Back through one layer"
rng = checks.rng()
x, w, b = rng.normal(size=(1, 5)), rng.normal(size=(5, 5)), rng.normal(size=5)


def slope(z):
    return 1 / (1 + np.exp(-z)) / (1 + np.exp(z))


def loss(xp, x, w, b):
    return xp.sum(1 / (1 + xp.exp(-(x @ w + b))))


got = manual_backward(x, w, b, slope)
names = ("dx", "dw", "db")
print(checks.check_gradients(title, got, loss, (x, w, b), names=names, see=see))

# %% grade_id="test-manual_backward-hidden" points=7
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 3 · manual_backward", "3 · Back through one layer"
rng = checks.rng()


def slope(z):
    return 1 / (1 + np.exp(-z)) / (1 + np.exp(z))


def loss(xp, x, w, b):
    return xp.sum(1 / (1 + xp.exp(-(x @ w + b))))


names = ("dx", "dw", "db")
for n_in, n_out in ((3, 3), (4, 2), (1, 3), (3, 1)):
    x, w, b = rng.normal(size=(1, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
    got = manual_backward(x, w, b, slope)
    print(checks.check_gradients(title, got, loss, (x, w, b), names=names, see=see))
x, w, b = rng.normal(size=(1, 3)), rng.normal(size=(3, 1)), rng.normal(size=1)
dz = slope(x @ w + b)
got, expected = manual_backward(x, w, b, slope), (dz @ w.T, x.T @ dz, dz[0])
name = "(dx, dw, db) of another layer with the shapes of the last one"
print(checks.check_value(title, got, expected, name=name, see=see))
x, w, b = rng.integers(-2, 3, size=(1, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
name = "manual_backward of whole x"
print(checks.check_integers(title, manual_backward, x, w, b, slope, name=name, see=see))
whole_w, whole_b = rng.integers(-2, 3, size=(4, 3)), rng.integers(-2, 3, size=3)
name = "manual_backward of whole x, w and b"
print(checks.check_integers(title, manual_backward, x, whole_w, whole_b, slope, name=name, see=see))
name = "manual_backward of whole x and w"
print(checks.check_integers(title, manual_backward, x, whole_w, b, slope, name=name, see=see))
print(checks.check_pure(title, manual_backward, x, w, b, slope, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### The same, by machine
#
# JAX computes gradients of a program by following the rules that you have just used, one operation
# at a time. `jax.value_and_grad` takes a function and makes another one from it, which returns the
# value *and* the gradients.
#
# - `argnums=(0, 1, 2)`: differentiate with respect to the first, second and third argument;
# - `has_aux=True`: the function returns a pair; differentiate the first, and hand the second (here
#   the activations) through untouched.
#
# **What you should see.** Differences of about $10^{-16}$: the two agree to the last digit or so.
# (JAX computes in float32 unless told otherwise. Delete the line with `x64`, restart the kernel,
# and the differences will be about $10^{-8}$.) A difference of $0.1$ is a wrong formula, not
# rounding.

# %% tags=["experiment"]
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def forward(x, w, b):
    activations = jax.nn.sigmoid(x @ w + b)
    return activations.sum(), activations


rng = np.random.default_rng(1)
x, w, b = rng.normal(size=(1, 5)), rng.normal(size=(5, 5)), rng.normal(size=5)
forward_backward = jax.value_and_grad(forward, argnums=(0, 1, 2), has_aux=True)
(loss, activations), by_machine = forward_backward(*map(jnp.asarray, (x, w, b)))
print(f"loss {loss:.4f}, the sum of the activations {np.round(activations, 2)}")
for name, mine, machine in zip(("dx", "dw", "db"), manual_backward(x, w, b), by_machine):
    print(f"{name}: shape {mine.shape}, largest difference {np.abs(mine - machine).max():.1e}")

# %% [markdown]
# ## 4 · A network
#
# A network is a list of layers, the output of each being the input of the next: $a_0 = x$, and then
# $z_k = a_{k-1}\, w_k + b_k$ and $a_k = \sigma(z_k)$ for $k = 1, 2, \dots$ Here are the arrays of a
# network with sizes `[3, 4, 2]`. Look at how the shapes fit: the columns of each weight matrix are
# the rows of the next.
#
# ![Arrays of a network with sizes 3, 4, 2, as grids of cells](figures/shapes.svg)
#
# The class below holds the parameters: `weights[k]` and `biases[k]` belong to layer $k + 1$, since
# Python counts from zero. It grows exercise by exercise: `@add_to(Network)` above a function puts
# that function into the class, as if it had been written there. Keep that line: without it the
# network does not get the method, or keeps an older one. (If you run the cell with the class again,
# run the cells of your methods again, too.)
#
# The network asks its own `activation` and `activation_prime` rather than calling `sigmoid`
# directly: a network with another activation function would only have to replace these two.


# %% grade_id="given-network"
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
        self.num_layers = len(self.sizes)
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
        """Slope of the activation at each entry of z: your exercise 1."""
        return sigmoid_prime(z)


# %% [markdown]
# ### Exercise 4 · `feedforward` (8 points)
#
# **By hand.** A network with sizes `[2, 2, 1]` and
#
# $$w_1 = \begin{pmatrix} 1 & 2 \\ -1 & -2 \end{pmatrix}, \; b_1 = (0, 0), \quad
#   w_2 = \begin{pmatrix} 2 \\ -2 \end{pmatrix}, \; b_2 = (0)$$
#
# sees $x = (1, 1)$. Layer 1: $z_1 = (1 - 1,\; 2 - 2) = (0, 0)$, so $a_1 = (\tfrac12, \tfrac12)$.
# Layer 2: $z_2 = 2 \cdot \tfrac12 - 2 \cdot \tfrac12 = 0$, so $a_2 = \tfrac12$. We shall meet this
# network again.
#
# Nothing in $a\,w + b$ asks how many rows $a$ has: NumPy adds `b` to each. So your function will
# work on $B$ examples at once, without a line of extra code. For the bend use `self.activation`.
#
# **Think first.** Which variable does the second layer multiply its weights with?


# %% grade_id="feedforward" stub="Return the activations of the last layer, shape (B, n_out)."
@add_to(Network)
def feedforward(self, a):
    """What the network says about the examples `a`.

    a: (B, n_in), one example per row.
    Returns the activations of the last layer, (B, n_out).
    """
    ### BEGIN SOLUTION
    for w, b in zip(self.weights, self.biases):
        a = self.activation(a @ w + b)
    return a
    ### END SOLUTION


# %% grade_id="test-feedforward" points=4
import numpy as np
from course import checks

title, see = "Exercise 4 · feedforward", "4 · A network"
rng = checks.rng()
net = Network([3, 4, 2])
x, w1, w2 = rng.normal(size=(1, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
# choose the pre-activations of both layers, and give the network the biases that lead to them
z1, z2 = rng.normal(size=4), rng.normal(size=2)
a1, a2 = 1 / (1 + np.exp(-z1)), 1 / (1 + np.exp(-z2))
net.weights, net.biases = [w1, w2], [z1 - np.dot(x[0], w1), z2 - np.dot(a1, w2)]
got = net.feedforward(x)
print(checks.check_value(title, got, a2[np.newaxis], name="feedforward of one example", see=see))
x = rng.normal(size=(3, 3))
one_by_one = np.concatenate([net.feedforward(row[np.newaxis]) for row in x])
got = net.feedforward(x)
print(checks.check_value(title, got, one_by_one, name="feedforward of three", see=see))

# %% grade_id="test-feedforward-hidden" points=4
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 4 · feedforward", "4 · A network"
rng = checks.rng()
again = ", the same network with other parameters"
cases = ([4, 2], ""), ([3, 3, 3, 3], ""), ([3, 3, 3, 3], again), ([2, 5, 1, 4], "")
for sizes, which in (*cases, ([3, 2, 3, 2, 3, 2], "")):
    net = net if which else Network(sizes)
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    checks.set_all(net, weights=[w.copy() for w in weights], biases=[b.copy() for b in biases])
    x = rng.normal(size=(2, sizes[0]))
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + np.exp(-(a @ w + b)))
    case = f"{title}, sizes {'-'.join(map(str, sizes))}{which}"
    done = checks.check_pure(case, net.feedforward, x, see=see)
    print(checks.check_value(case, done.value, a, name="feedforward", see=see), done)
    of_net = checks.get_all([net], "weights", "biases")[0]
    for what, now, before in zip(("weights", "biases"), of_net, (weights, biases)):
        same = len(now) == len(before) and all(map(np.array_equal, now, before))
        message = f"feedforward must not change the {what} of the network"
        checks.check_true(case, same, message, observed=now, see=see)
whole = rng.integers(-3, 4, size=(4, 3))
name = "feedforward of whole numbers"
print(checks.check_integers(title, net.feedforward, whole, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The network worked out above says exactly one half. A fresh network for
# digits, which has learned nothing, has ten lukewarm opinions about anything: numbers between 0 and
# 1, not far from the middle. Numbers outside of that interval have not gone through the last
# sigmoid.

# %% tags=["experiment"]
net = Network([2, 2, 1])
net.weights = [np.array([[1.0, 2.0], [-1.0, -2.0]]), np.array([[2.0], [-2.0]])]
print("by hand:", net.feedforward(np.array([[1.0, 1.0]])))

noise = np.random.default_rng(1).uniform(size=(1, 784))
print("untrained:", np.round(Network([784, 30, 10]).feedforward(noise), 2))

# %% [markdown]
# ## 5 · How wrong is it?
#
# Learning needs one number that says how wrong the network is. Ours is the oldest: half the squared
# distance between what the network said and what it should have said. The half is there to cancel a
# 2 soon. For several examples we take the **mean**, so that the number means the same whether we
# look at ten examples or at ten thousand:
#
# $$C = \frac1B \sum_{r=0}^{B-1} \; \frac12 \sum_j \left(a_{rj} - y_{rj}\right)^2 .$$
#
# The *sum* runs over the columns (the features of one example), the *mean* over the rows.
# Differentiate with respect to one entry $a_{rj}$: it stands in one term only, and
#
# $$\frac{\partial C}{\partial a_{rj}} = \frac{a_{rj} - y_{rj}}{B}, \qquad \text{shape } (B, n_\text{out}).$$
#
# Read the sign: where the network says too much, the derivative is positive.
#
# **By hand.** Two examples:
#
# $$a = \begin{pmatrix} 0.5 & 1 \\ 0 & 1 \end{pmatrix}, \quad
#   y = \begin{pmatrix} 1 & 1 \\ 1 & 0 \end{pmatrix}.$$
#
# The rows cost $\tfrac12 (0.25 + 0) = 0.125$ and $\tfrac12 (1 + 1) = 1$; the mean is $0.5625$. The
# derivative is
#
# $$\frac12 \begin{pmatrix} -0.5 & 0 \\ -1 & 1 \end{pmatrix}
#   = \begin{pmatrix} -0.25 & 0 \\ -0.5 & 0.5 \end{pmatrix}.$$
#
# ### Exercise 5 · `cost` and `cost_derivative` (8 points)
#
# **Think first.** `np.mean` of a `(B, n_out)` array divides by what? Is that the mean in the
# formula?


# %% grade_id="cost_derivative" stub=["Return the mean over the rows of half the sum of squares, one number.", "Return the derivative of the cost with respect to output, shape (B, n_out)."]
@add_to(Network)
def cost(self, output, y):
    """Half the squared error, summed over the features, averaged over the examples.

    output: what the network said, (B, n_out); y: what it should have said, (B, n_out).
    Returns one number.
    """
    ### BEGIN SOLUTION
    return 0.5 * np.sum((output - y) ** 2) / len(y)
    ### END SOLUTION


@add_to(Network)
def cost_derivative(self, output, y):
    """Derivative of the cost with respect to the output.

    output: (B, n_out); y: (B, n_out).
    Returns an array (B, n_out).
    """
    ### BEGIN SOLUTION
    return (output - y) / len(y)
    ### END SOLUTION


# %% grade_id="test-cost_derivative" points=4
import numpy as np
from course import checks

title, see = "Exercise 5 · cost and cost_derivative", "5 · How wrong is it?"
rng = checks.rng()
net = Network([3, 2])
sizes = {"batch size": 4, "width of the output": 3}
output, y = rng.uniform(size=(4, 3)), rng.uniform(size=(4, 3))


def loss(xp, output):
    distances = xp.linalg.norm(output - y, axis=1)
    return xp.mean(distances**2) / 2


expected = loss(np, output)
got = net.cost(output.copy(), y.copy())
print(checks.check_value(title, got, expected, name="cost", sizes=sizes, see=see))
print(checks.check_pure(title, net.cost, output, y, see=see))
got = (net.cost_derivative(output.copy(), y.copy()),)
missing = "cost_derivative returns None: is `return` missing?"
checks.check_true(title, got[0] is not None, missing, see=see)
names = ("cost_derivative",)
print(checks.check_gradients(title, got, loss, (output,), names=names, sizes=sizes, see=see))
print(checks.check_pure(title, net.cost_derivative, output, y, see=see))
output[-1, 0] = 1e9  # beside it, what a small step does to the cost is lost
expected, name = np.array(got[0]), "cost_derivative where one output is very large"
expected[-1, 0] = 1e9 / 4  # and no other entry changes
print(checks.check_value(title, net.cost_derivative(output, y), expected, name=name, see=see))

# %% grade_id="test-cost_derivative-hidden" points=4
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 5 · cost and cost_derivative", "5 · How wrong is it?"
rng = checks.rng()
net = Network([2, 2])
cost, cost_derivative = checks.get_all([net], "cost", "cost_derivative")[0]
for shape in ((1, 5), (3, 3), (6, 1)):
    sizes = {"batch size": shape[0], "width of the output": shape[1]}
    output, y = rng.normal(size=shape), rng.normal(size=shape)
    rows = [0.5 * float(np.dot(error, error)) for error in output - y]
    expected = sum(rows) / shape[0]
    name = f"cost for shape {shape}"
    done = checks.check_pure(title, cost, output, y, see=see)
    print(checks.check_value(title, done.value, expected, name=name, sizes=sizes, see=see), done)
    name = f"cost_derivative for shape {shape}"
    expected = (output - y) / shape[0]
    done = checks.check_pure(title, cost_derivative, output, y, see=see)
    print(checks.check_value(title, done.value, expected, name=name, sizes=sizes, see=see), done)
output[-1, 0] = 1e9  # beside it, what a small step does to the cost is lost
name, expected = "cost_derivative where one output is very large", (output - y) / shape[0]
print(checks.check_value(title, cost_derivative(output, y), expected, name=name, see=see))
whole, y = rng.integers(0, 4, size=(3, 2)), rng.integers(0, 2, size=(3, 2))
name = "cost of whole numbers"
odd = y + 1 - 2 * rng.integers(0, 2, size=(3, 2))
print(checks.check_integers(title, cost, odd, y, name=name, see=see))
name = "cost of any output and whole y"
print(checks.check_integers(title, cost, rng.uniform(size=(3, 2)), y, name=name, see=see))
name = "cost_derivative of whole numbers"
print(checks.check_integers(title, cost_derivative, whole, y, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The numbers from above, and the same derivative once more, measured by
# your instrument from your `cost`. If the two disagree, one of them is wrong; which one, the
# example says.

# %% tags=["experiment"]
net = Network([2, 2])
output, y = np.array([[0.5, 1.0], [0.0, 1.0]]), np.array([[1.0, 1.0], [1.0, 0.0]])
print("cost:", net.cost(output, y))
print("derivative:", net.cost_derivative(output, y).tolist())
measured = central_difference(lambda output: net.cost(output, y), output)
print("measured:  ", np.round(measured, 6).tolist())

# %% [markdown]
# ## 6 · Backpropagation
#
# You have the step back through one layer (exercise 3) and its beginning (exercise 5).
# Backpropagation is nothing but these, one after the other. First go forward and **remember** what
# you met. Then go back, layer by layer, each handing to the one before it the gradient of its
# input:
#
# ![The chain: forward in the upper line, gradients back in the lower one](figures/chain.svg)
#
# Here is the rule for **one** layer of it, with weights $w$, that got the input $a_\text{in}$ and
# made $z$ and $a$ of it. It is section 3 again, only that what comes from behind is no longer 1.
# What we called `da` there is $\partial C / \partial a$ here, and `dz` has its usual name
# $\delta = \partial C / \partial z$:
#
# | step | formula | shapes |
# |---|---|---|
# | it is handed | $\partial C/\partial a$ | `(1, n_out)` |
# | through the sigmoid | $\delta = \partial C/\partial a * \sigma'(z)$ | `(1, n_out)` times `(1, n_out)` |
# | to the weights | $\partial C/\partial w = a_\text{in}^T \, \delta$ | `(n_in, 1) @ (1, n_out)` |
# | to the biases | $\partial C/\partial b = \delta$, as a vector | `(n_out,)` |
# | it hands back | $\partial C/\partial a_\text{in} = \delta \, w^T$ | `(1, n_out) @ (n_out, n_in)` |
#
# Putting the layers together is your task: what stands at each question mark of the picture, with
# which $z$, $w$ and $a$? And here is why it is fast: each layer costs about two more matrix products
# of the size of its own forward product, so *all* gradients cost about as much as two or three
# forward passes. Central differences need two passes for **each** of the 23,860 parameters of
# `[784, 30, 10]`.
#
# **By hand.** The network of exercise 4, with $x = (1, 1)$ and $y = (1)$. We know $a_1 = (\tfrac12,
# \tfrac12)$, $a_2 = \tfrac12$, and all $z = 0$, so all slopes are $\tfrac14$.
#
# - $\partial C/\partial a_2 = \tfrac12 - 1 = -\tfrac12$, hence $\delta_2 = -\tfrac12 \cdot \tfrac14 = -\tfrac18$;
# - $\partial C/\partial w_2 = a_1^T \delta_2 = \begin{pmatrix} -\tfrac1{16} \\ -\tfrac1{16} \end{pmatrix}$ and
#   $\partial C/\partial b_2 = (-\tfrac18)$;
# - $\partial C/\partial a_1 = \delta_2 w_2^T = (-\tfrac14, \tfrac14)$, hence
#   $\delta_1 = (-\tfrac1{16}, \tfrac1{16})$;
# - $\partial C/\partial w_1 = x^T \delta_1
#   = \begin{pmatrix} -\tfrac1{16} & \tfrac1{16} \\ -\tfrac1{16} & \tfrac1{16} \end{pmatrix}$ and
#   $\partial C/\partial b_1 = (-\tfrac1{16}, \tfrac1{16})$.
#
# Does it make sense? The network said $\tfrac12$ and should say 1. All signs say: raise $b_2$ and
# both entries of $w_2$ (a negative gradient means that *more* of the parameter lowers the cost);
# make the first hidden unit, which pushes the output up, larger, and the second, which pushes it
# down, smaller.
#
# ### Exercise 6 · `backprop` (20 points)
#
# Ask the network for its pieces: `self.activation(z)`, `self.activation_prime(z)` and
# `self.cost_derivative(output, y)`. Return two lists, `grads_w` and `grads_b`, **first layer
# first**. `some_list[::-1]` is a list turned around; `reversed(some_list)` is good for a loop, but
# what you return must be a list: wrap it in `list(...)`.
#
# Walk back through the layers **once**. To move one parameter after the other and to see what the
# cost does gives nearly the same numbers, but that is exercise 2: it goes forward anew for every
# parameter. The tests count the steps of Python in a network with a wide layer.
#
# **Think first.** Who hands the *last* layer its $\partial C/\partial a$, and what is the input of
# the *first*? What does a layer on the way back need of the way forward, so how many
# pre-activations and how many activations will you remember for a network of $L$ layers? And you
# meet the last layer first: in which order does `append` leave your lists?


# %% grade_id="backprop" stub="Return the tuple (grads_w, grads_b): two lists, first layer first, with the shapes of self.weights and self.biases."
@add_to(Network)
def backprop(self, x, y):
    """Gradients of the cost of one example with respect to all weights and biases.

    x: (1, n_in); y: (1, n_out).
    Returns the tuple (grads_w, grads_b), two lists, first layer first:
    grads_w[k] has the shape of self.weights[k], grads_b[k] that of self.biases[k].
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% grade_id="test-backprop" points=8
import numpy as np
from course import checks

title, see = "Exercise 6 · backprop", "6 · Backpropagation"
rng = checks.rng()


def slope(z):
    return 1 / (1 + np.exp(-z)) / (1 + np.exp(z))


def error(output, y):
    return output - y


def loss(xp, weights, biases):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + xp.exp(-(a @ w + b)))
    return xp.sum((a - y) ** 2) / 2


sizes = [4, 3, 2]
net = Network(sizes)
# if your exercises 1 and 5 are still wrong, that must not count here again
net.activation_prime, net.cost_derivative = slope, error
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
x, y = rng.normal(size=(1, 4)), rng.uniform(size=(1, 2))
names = ("grads_w", "grads_b")
got = net.backprop(x, y)
print(checks.check_gradients(title, got, loss, (weights, biases), names=names, see=see))
for what, now, before in (("weights", net.weights, weights), ("biases", net.biases, biases)):
    same = len(now) == len(before) and all(map(np.array_equal, now, before))
    message = f"backprop must not change the {what} of the network"
    checks.check_true(title, same, message, observed=now, see=see)
    print(f"the {what} of the network are unchanged")

long = Network([600] + [1] * 8)
long.activation_prime, long.cost_derivative = sigmoid, error  # quick: only steps are counted
args, name = (np.ones((1, 600)), np.ones((1, 1))), "backprop"
print(checks.check_walk_back(title, long.backprop, args, depth=8, width=600, name=name, see=see))

# %% grade_id="test-backprop-hidden" points=12
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 6 · backprop", "6 · Backpropagation"
rng = checks.rng()


def slope(z):
    return 1 / (1 + np.exp(-z)) / (1 + np.exp(z))


def error(output, y):
    return output - y


def loss(xp, weights, biases):
    a = x
    for w, b in zip(weights, biases):
        a = 1 / (1 + xp.exp(-(a @ w + b)))
    return xp.sum((a - y) ** 2) / 2


names = ("grads_w", "grads_b")
for sizes in ([3, 3, 3, 3], [4, 3], [5, 2, 4, 3, 2], [2, 6, 1]):
    net = Network(sizes)
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
    biases = [rng.normal(size=n) for n in sizes[1:]]
    own = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **own, activation_prime=slope, cost_derivative=error)
    x, y = rng.normal(size=(1, sizes[0])), rng.uniform(size=(1, sizes[-1]))
    case = f"{title}, sizes {'-'.join(map(str, sizes))}"
    done = checks.check_pure(case, net.backprop, x, y, see=see)
    got, at = done.value, (weights, biases)
    print(checks.check_gradients(case, got, loss, at, names=names, see=see), done)
    of_net = checks.get_all([net], "weights", "biases")[0]
    for what, now, before in zip(("weights", "biases"), of_net, at):
        same = len(now) == len(before) and all(map(np.array_equal, now, before))
        message = f"backprop must not change the {what} of the network"
        checks.check_true(case, same, message, observed=now, see=see)
case = f"{case}, the same network with other parameters"
weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:])]
biases = [rng.normal(size=n) for n in sizes[1:]]
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
x, y = rng.normal(size=(1, sizes[0])), rng.uniform(size=(1, sizes[-1]))
got = net.backprop(x, y)
print(checks.check_gradients(case, got, loss, (weights, biases), names=names, see=see))
whole = rng.integers(0, 3, size=(1, 2))
name = "backprop of whole x"
print(checks.check_integers(title, net.backprop, whole, y, name=name, see=see))

long = Network([600] + [1] * 8)
long.activation_prime, long.cost_derivative = sigmoid, error  # quick: only steps are counted
args, name = (np.ones((1, 600)), np.ones((1, 1))), "backprop"
print(checks.check_walk_back(title, long.backprop, args, depth=8, width=600, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# ### Trust, but measure
#
# Your instrument of exercise 2 knows nothing of the chain rule. Let it measure a small network, one
# weight matrix at a time, and compare with your `backprop`.
#
# **What you should see.** Differences of about $10^{-12}$: as good as central differences get (look
# at your plot). If only the *earlier* layers are off, the fault is in what is handed back; if all
# are, look at the beginning; if only biases are right, look at `grads_w`.

# %% tags=["experiment"]
from functools import partial

rng = np.random.default_rng(2)
net = Network([6, 5, 4, 3], rng)
x, y = rng.normal(size=(1, 6)), rng.uniform(size=(1, 3))
grads_w, grads_b = net.backprop(x, y)


def cost_with(parameters, k, value):
    """Cost of the example when entry k of the list `parameters` is `value`."""
    kept, parameters[k] = parameters[k], value
    result = net.cost(net.feedforward(x), y)
    parameters[k] = kept
    return result


for name, parameters, grads in (("w", net.weights, grads_w), ("b", net.biases, grads_b)):
    for k, grad in enumerate(grads):
        measured = central_difference(partial(cost_with, parameters, k), parameters[k])
        print(f"layer {k + 1}, {name}: largest difference {np.abs(grad - measured).max():.1e}")

# %% [markdown]
# ### What depth does to a gradient
#
# Each layer on the way back multiplies the gradient by $w^T$ and by slopes of at most one quarter.
# Look at a network of ten layers.
#
# **What you should see.** A straight line in a logarithmic plot: the gradient shrinks by a constant
# factor from layer to layer, and the first layer receives a millionth of what the last one does.
# This is the *vanishing gradient*. It kept deep networks from learning for many years. (Make the
# weights five times larger: does that help? Labs 4 and 6 come back to it.)

# %% tags=["experiment"]
from course import plots

rng = np.random.default_rng(3)
deep = Network([20] * 11, rng)
grads_w, _ = deep.backprop(rng.normal(size=(1, 20)), rng.uniform(size=(1, 20)))
plots.plot_gradient_flow(grads_w)

# %% [markdown]
# ## 7 · One step downhill
#
# The gradient points to where the cost grows fastest. So take a small step the other way: $w
# \leftarrow w - \eta \, \partial C/\partial w$, with the **learning rate** $\eta$ (`eta`) for the
# length of the step. The gradient of one example is a nervous guide; that of all examples is
# steady, but costs a whole tour of the data for one step. The compromise is a **mini-batch** of $B$
# examples:
#
# $$w \;\leftarrow\; w - \eta \cdot \frac1B \sum_{r=0}^{B-1} \frac{\partial C_r}{\partial w},
#   \qquad b \;\leftarrow\; b - \eta \cdot \frac1B \sum_{r=0}^{B-1} \frac{\partial C_r}{\partial b} .$$
#
# It is the *mean* of the gradients, and so the gradient of the mean cost: twice as many examples do
# not make the step twice as long.
#
# **By hand.** A weight is $1$, two examples have gradients $0.2$ and $0.4$ for it, and $\eta =
# 0.5$. The mean is $0.3$, and the new weight $1 - 0.5 \cdot 0.3 = 0.85$.
#
# ### Exercise 7 · `update_mini_batch` (12 points)
#
# Call `self.backprop` **once** for each example, with rows of shape `(1, n_in)` and `(1, n_out)`:
# `x[i : i + 1]` keeps the row a matrix, `x[i]` does not. (Both lists of gradients come from the same
# call: asking again for the second one takes twice as long.)
#
# **Think first.** Suppose you changed the weights as soon as you have the first example's gradient.
# At which weights would the second one's be computed, and is that the formula above?


# %% grade_id="update_mini_batch" stub="Set self.weights and self.biases to their values after one step: each minus eta times the mean gradient. Return nothing."
@add_to(Network)
def update_mini_batch(self, x_mini_batch, y_mini_batch, eta):
    """Take one step of gradient descent on a mini-batch, going through it example by example.

    x_mini_batch: (B, n_in); y_mini_batch: (B, n_out); eta: learning rate.
    Changes self.weights and self.biases, and returns nothing.
    """
    ### BEGIN SOLUTION
    size = len(x_mini_batch)
    sums_w = [np.zeros_like(w) for w in self.weights]
    sums_b = [np.zeros_like(b) for b in self.biases]
    for i in range(size):
        grads_w, grads_b = self.backprop(x_mini_batch[i : i + 1], y_mini_batch[i : i + 1])
        sums_w = [total + grad for total, grad in zip(sums_w, grads_w)]
        sums_b = [total + grad for total, grad in zip(sums_b, grads_b)]
    self.weights = [w - eta * total / size for w, total in zip(self.weights, sums_w)]
    self.biases = [b - eta * total / size for b, total in zip(self.biases, sums_b)]
    ### END SOLUTION


# %% grade_id="test-update_mini_batch" points=6
from collections import Counter

import numpy as np
from course import checks

title, see = "Exercise 7 · update_mini_batch", "7 · One step downhill"
rng = checks.rng()


def gradients(weights, biases, x, y):
    """Stand in for backprop: gradients of a network without bends, for one layer."""
    delta = x @ weights[0] + biases[0] - y
    return [x.T @ delta], [delta.sum(axis=0)]


def backprop(x, y):
    shapes.append((np.shape(x), np.shape(y)))
    return gradients(net.weights, net.biases, *np.atleast_2d(x, y))


def step(now, before):
    """Give what was added to each array, once all have the right form (whatever their values)."""
    checks.check_value(title, now, before, name="network after the step", atol=np.inf, see=see)
    return [(new - old).astype(new.dtype) for new, old in zip(now, before)]


batch, n_in, n_out, eta, shapes = 5, 4, 3, 0.7, []
weights, biases = [rng.normal(size=(n_in, n_out))], [rng.normal(size=n_out)]
x, y = rng.normal(size=(batch, n_in)), rng.uniform(size=(batch, n_out))
net = Network([n_in, n_out])
# if your exercise 6 is still wrong, that must not count here again
net.backprop = backprop
net.weights, net.biases = [w.copy() for w in weights], [b.copy() for b in biases]
nothing = net.update_mini_batch(x, y, eta) is None

rows = f"x of shape (1, {n_in}) and y of shape (1, {n_out}), {batch} times for {batch} examples"
right = shapes == [((1, n_in), (1, n_out))] * batch
kinds = [f"x of {a} and y of {b}, {n} times" for (a, b), n in Counter(shapes).items()]
message = f"backprop must get {rows}; it got {'; '.join(kinds) or 'no call'}"
checks.check_true(title, right, message, observed=shapes, see=see)
print(f"backprop gets {rows}")
sums_w, sums_b = gradients(weights, biases, x, y)
sizes = {"batch size": batch, "eta": eta}
got, expected = step(net.weights, weights), [-eta * sums_w[0] / batch]
print(checks.check_value(title, got, expected, name="change of weights", sizes=sizes, see=see))
got, expected = step(net.biases, biases), [-eta * sums_b[0] / batch]
print(checks.check_value(title, got, expected, name="change of biases", sizes=sizes, see=see))
kept = "update_mini_batch must return nothing: the step is in self.weights and self.biases"
print("nothing is returned:", checks.check_true(title, nothing, kept, see=see))

# %% grade_id="test-update_mini_batch-hidden" points=6
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 7 · update_mini_batch", "7 · One step downhill"
rng = checks.rng()


def gradients(weights, biases, x, y):
    """Stand in for backprop: gradients of two layers without bends, as if each were alone."""
    hidden = x @ weights[0] + biases[0]
    deltas = hidden, hidden @ weights[1] + biases[1] - y
    grads_w = [x.T @ deltas[0], hidden.T @ deltas[1]]
    return grads_w, [delta.sum(axis=0) for delta in deltas]


def backprop(x, y):
    return gradients(*checks.get_all([net], "weights", "biases")[0], *np.atleast_2d(x, y))


def step(now, before):
    """Give what was added to each array, once all have the right form (whatever their values)."""
    checks.check_value(case, now, before, name="network after the step", atol=np.inf, see=see)
    return [(new - old).astype(new.dtype) for new, old in zip(now, before)]


cases = (1, (3, 2, 4), 0.4, "first"), (6, (2, 2, 2), 1.5, "first"), (3, (1, 5, 2), 0.1, "first")
for batch, widths, eta, which in (*cases, (4, (1, 5, 2), 0.7, "second")):
    net = Network(widths) if which == "first" else net
    case = f"{title}, batch of {batch}, {which} step of the network"
    weights = [rng.normal(size=shape) for shape in zip(widths[:-1], widths[1:])]
    biases = [rng.normal(size=n) for n in widths[1:]]
    x, y = rng.normal(size=(batch, widths[0])), rng.uniform(size=(batch, widths[-1]))
    x *= 100 if which == "second" else 1  # gradients in the thousands must not be cut off
    own = {"weights": [w.copy() for w in weights], "biases": [b.copy() for b in biases]}
    checks.set_all(net, **own, backprop=backprop)
    changed = checks.call(net.update_mini_batch, x, y, eta).changed

    pairs = [gradients(weights, biases, x[i : i + 1], y[i : i + 1]) for i in range(batch)]
    now_w, now_b = checks.get_all([net], "weights", "biases")[0]
    sizes, told = {"batch size": batch, "eta": eta}, "change of weights"
    got = step(now_w, weights)
    expected = [-eta * sum(pair[0][k] for pair in pairs) / batch for k in range(2)]
    print(checks.check_value(case, got, expected, name=told, sizes=sizes, see=see))
    got, told = step(now_b, biases), "change of biases"
    expected = [-eta * sum(pair[1][k] for pair in pairs) / batch for k in range(2)]
    print(checks.check_value(case, got, expected, name=told, sizes=sizes, see=see))
    told = "update_mini_batch must not change the mini-batch"
    checks.check_true(case, not changed, told, see=see)
### END HIDDEN TESTS

# %% [markdown]
# ### Does it learn?
#
# The smallest problem that needs a hidden layer: say 1 if exactly one of two inputs is 1
# (*exclusive or*). Four examples, all of them in each mini-batch.
#
# **What you should see.** A plateau at $\tfrac18$, where the network answers $\tfrac12$ to
# everything; then it finds the trick, the cost falls towards 0, and the four answers are nearly 0,
# 1, 1, 0. A curve that *climbs* goes uphill; one that stays on the plateau for good has gradients
# that do not reach the first layer. (And what does `[2, 1]`, without a hidden layer, do?)

# %% tags=["experiment"]
from course import plots

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])
net = Network([2, 4, 1], rng=np.random.default_rng(5))
costs = []
for _ in range(1500):
    costs.append(net.cost(net.feedforward(x), y))
    net.update_mini_batch(x, y, eta=5.0)
print("answers:", np.round(net.feedforward(x).ravel(), 2))
plots.plot_curves(range(len(costs)), {"[2, 4, 1]": costs}, xlabel="step", ylabel="cost")

# %% [markdown]
# ## 8 · Counting right answers
#
# The cost is what the network learns from. What we care about is simpler: how many digits does it
# read correctly? The network's answer is the class with the largest activation, the right one is
# where the one-hot label has its 1. `np.argmax` gives the place of the largest entry.
#
# **By hand.** Three examples, two classes:
#
# $$\text{output} = \begin{pmatrix} 0.9 & 0.2 \\ 0.4 & 0.3 \\ 0.1 & 0.6 \end{pmatrix}, \quad
#   y = \begin{pmatrix} 0 & 1 \\ 1 & 0 \\ 0 & 1 \end{pmatrix}.$$
#
# The answers are 0, 0, 1, the labels 1, 0, 1: two of three, an accuracy of $0.667$. The first
# answer is wrong although the network is so sure of it. The second counts in full: only the order
# counts, no output need reach ½.
#
# ### Exercise 8 · `evaluate` (6 points)
#
# Ask `self.feedforward`, for all examples at once or one by one, as you like.
#
# **Think first.** An array `(B, n_classes)` has two axes. Along which one do the classes lie?


# %% grade_id="evaluate" stub="Return the accuracy, a number from 0 to 1: the fraction of examples whose class is found."
@add_to(Network)
def evaluate(self, x_test, y_test):
    """Fraction of examples whose class the network finds.

    x_test: (B, n_in); y_test: one-hot labels, (B, n_classes).
    Returns a number from 0 to 1.
    """
    ### BEGIN SOLUTION
    answers = np.argmax(self.feedforward(x_test), axis=1)
    labels = np.argmax(y_test, axis=1)
    return np.mean(answers == labels)
    ### END SOLUTION


# %% grade_id="test-evaluate" points=3
import numpy as np
from course import checks

title, see = "Exercise 8 · evaluate", "8 · Counting right answers"
rng = checks.rng()
batch, n_classes = 20, 5
answers = rng.integers(0, n_classes, size=batch)
# only the order counts: no output reaches 1/2, but for that of the first example
output = 0.4 * rng.uniform(0, 0.5, size=(batch, n_classes))
output[np.arange(batch), answers] += 0.2
answers[0], output[0] = 0, [0.9, 0.1, 0.2, 0.1, 0.2]
net = Network([n_classes, n_classes])
# if your exercise 4 is still wrong, that must not count here again:
# this network turns each row around
net.feedforward = lambda a: a[..., ::-1]
x = output[:, ::-1].copy()
labels, wrong = answers.copy(), 1 + rng.permutation(batch - 1)[:6]
labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=6)) % n_classes
sizes = {"number of examples": batch, "number of classes": n_classes}
got = net.evaluate(x, np.eye(n_classes)[labels])
print(checks.check_value(title, got, 0.7, name="accuracy", sizes=sizes, see=see))

# %% grade_id="test-evaluate-hidden" points=3
### BEGIN HIDDEN TESTS
import numpy as np
from course import checks

title, see = "Exercise 8 · evaluate", "8 · Counting right answers"
rng = checks.rng()


def feedforward(a):
    return 1 / (1 + np.exp(-(a @ directions)))


for n_in, n_classes, batch, faults in ((2, 3, 1, 0), (3, 2, 7, 3), (6, 4, 4, 1), (5, 7, 9, 9)):
    directions = rng.normal(size=(n_in, n_classes))
    net = Network([n_in, n_classes])
    net.feedforward = feedforward
    x = rng.normal(size=(batch, n_in))
    labels = np.argmax(x @ directions, axis=1)
    wrong = rng.permutation(batch)[:faults]
    labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=faults)) % n_classes
    y = np.eye(n_classes)[labels]
    case = f"{title}, x of shape {x.shape}, y of shape {y.shape}"
    done, expected = checks.check_pure(case, net.evaluate, x, y, see=see), (batch - faults) / batch
    print(checks.check_value(case, done.value, expected, name="accuracy", see=see), done)

# the answer depends on the length of x: class 0 up to 2, class 1 up to 4, class 2 beyond
batch, n_classes = 31, 3
away = rng.normal(size=2)
away = away / np.sqrt(np.sum(away**2))
net = Network([2, n_classes])
net.feedforward = lambda a: 1 / (1 + np.exp(-(a @ np.outer(away, [0, 1, 2]) - [0, 2, 6])))
for faults in (4, 14):
    answers = rng.permutation(np.arange(batch) % n_classes)
    x = (1 + 2 * answers + rng.uniform(-0.3, 0.3, size=batch))[:, np.newaxis] * away
    labels, wrong = answers.copy(), rng.permutation(batch)[:faults]
    labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=faults)) % n_classes
    got, expected = net.evaluate(x, np.eye(n_classes)[labels]), (batch - faults) / batch
    name = f"accuracy, {faults} of {batch} examples wrong"
    print(checks.check_value(title, got, expected, name=name, see=see))

# the largest activation counts, by however little it is the largest
net.feedforward = lambda a: a[..., ::-1]
answers = rng.permutation(np.arange(batch) % n_classes)
x = 0.5 + 0.0001 * (np.eye(n_classes)[answers] + rng.uniform(-0.1, 0.1, (batch, n_classes)))
labels, wrong = answers.copy(), rng.permutation(batch)[:6]
labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=6)) % n_classes
got, name = net.evaluate(x[:, ::-1].copy(), np.eye(n_classes)[labels]), "accuracy, near ties"
print(checks.check_value(title, got, 25 / 31, name=name, see=see))
### END HIDDEN TESTS

# %% [markdown]
# **What you should see.** The two thirds from above. With real digits, in the next section, a
# network that has not learned anything stands at about 10 %, as anybody does who guesses among ten.

# %% tags=["experiment"]
net = Network([2, 2])
net.feedforward = lambda a: a  # a network that says what it is shown
output = np.array([[0.9, 0.2], [0.4, 0.3], [0.1, 0.6]])
print("accuracy:", net.evaluate(output, np.array([[0, 1], [1, 0], [0, 1]])))

# %% [markdown]
# ## 9 · Learning to read digits
#
# Everything is there. What is left is a loop: cut the examples into mini-batches, take a step for
# each, and when all have had their turn (that is one **epoch**) look at how far we have come. It is
# called *stochastic gradient descent*, because each step follows the gradient of a few examples,
# not that of all.


# %% grade_id="given-sgd"
@add_to(Network)
def SGD(self, training_data, epochs, mini_batch_size, eta, test_data=None):
    """Train with mini-batches, taken in order, and print how it goes.

    training_data, test_data: pairs (x, y); eta: learning rate.
    Returns {"cost": {"training": [...], "test": [...]}, "accuracy": {...}}, one number per epoch.
    """
    x, y = training_data
    data = {"training": training_data}
    if test_data is not None:
        data["test"] = test_data
    history = {"cost": {name: [] for name in data}, "accuracy": {name: [] for name in data}}
    for epoch in range(1, epochs + 1):
        for start in range(0, len(x), mini_batch_size):
            batch = slice(start, start + mini_batch_size)
            self.update_mini_batch(x[batch], y[batch], eta)
        for name, (inputs, targets) in data.items():
            history["cost"][name].append(self.cost(self.feedforward(inputs), targets))
            history["accuracy"][name].append(self.evaluate(inputs, targets))
        print(f"epoch {epoch:2d}: {name} accuracy {history['accuracy'][name][-1]:.1%}")
    return history


# %% [markdown]
# The digits are real: 12,000 to train on and 2,000 to test on, from the MNIST set, handwritten by
# employees of the US Census Bureau and by high-school students around 1990. Each is an image of 28
# by 28 grey values between 0 and 1, laid out as a row of 784 numbers.

# %% tags=["experiment"]
from course import plots
from mnist_utils import load_mnist

(x_train, y_train), (x_test, y_test) = load_mnist()
print("training:", x_train.shape, y_train.shape, "test:", x_test.shape, y_test.shape)
plots.show_digits(x_train[:20], y_train[:20].argmax(axis=1))

# %% [markdown]
# Now train: 784 inputs, 30 hidden units, 10 outputs. It takes some ten or twenty seconds.
#
# **What you should see.** About 91 % after the first epoch, and 93 % or a little more after six. A
# network that guesses stands at 10 %. If yours *stays* there, look at the sign of the step, or at
# its length.
#
# **And if it learns, is the gradient right?** No! Leave $\sigma'$ out of the hidden layer, and this
# network still reads five digits of six; never touch the biases, and it does as well as the right
# one, to a few tenths of a percent. Learning forgives much, and that is why one tests gradients by
# measuring them, and not by looking at the accuracy.

# %% tags=["experiment"]
network = Network([784, 30, 10], rng=np.random.default_rng(1))
print(f"before: test accuracy {network.evaluate(x_test, y_test):.1%}")
history = network.SGD(
    (x_train, y_train), epochs=6, mini_batch_size=10, eta=3.0, test_data=(x_test, y_test)
)

# %% [markdown]
# The curves tell more than the last number. On the training digits the cost keeps falling and the
# accuracy keeps growing, while on the test digits both level off: the network begins to learn its
# training digits by heart. The gap between the curves is called *overfitting*; lab 4 takes it up.

# %% tags=["experiment"]
plots.plot_training(**history)

# %% [markdown]
# ### What has it learned?
#
# Each hidden unit has 784 incoming weights, one per pixel. Laid out as an image, they show what the
# unit looks for: ink in the red places excites it, ink in the blue ones inhibits it. You will find
# blobs and strokes, not digits: no single unit knows a digit, the ten outputs combine thirty such
# opinions. The borders, where no digit has ink, are almost white: there the weights are still the
# small noise they began as. (Why? Look at the formula for $\partial C/\partial w_1$ and put a zero
# in for $x_i$.)

# %% tags=["experiment"]
plots.show_weights(network.weights[0])

# %% [markdown]
# ### What does it get wrong?
#
# Some of these are hard to read for you, too. Others are not, and there the network has no excuse.

# %% tags=["experiment"]
answers = network.feedforward(x_test).argmax(axis=1)
labels = y_test.argmax(axis=1)
wrong = np.flatnonzero(answers != labels)
print(f"{len(wrong)} of {len(labels)} test digits are misread; here are the first of them")
plots.show_digits(x_test[wrong[:24]], labels[wrong[:24]], answers[wrong[:24]], columns=8)

# %% [markdown]
# **Play.** What happens with `eta=0.03`, with `eta=100`? With mini-batches of 1, of 1000? With
# `[784, 10]`, a network without a hidden layer? With `[784, 30, 30, 10]`? Write down what you
# expect before you run it.

# %% [markdown]
# ### Question 2 · starting from nothing (5 points)
#
# Somebody finds random first weights untidy and starts a network `[784, 30, 10]` with **all weights
# and all biases zero**. Use the formulas of section 6; no code is needed (but you may try it).
#
# 1. What are the activations of the hidden units in the first forward pass, and what is $\partial
#    C/\partial w_1$ for the first example?
# 2. What do the thirty columns of $w_1$ have to do with each other after a thousand steps, and why?
# 3. How many hidden units would such a network effectively have?

# %% [markdown] grade_id="question-zero-weights" points=5
# ### BEGIN SOLUTION
# 1. z1 = 0, so all hidden activations are 1/2. The gradient that comes back to the hidden layer is
#    delta_2 @ w_2.T, and w_2 is zero: delta_1 = 0 and hence dC/dw_1 = 0 (and dC/db_1 = 0). In the
#    first step only w_2 and b_2 change.
# 2. They stay equal to each other. All hidden units have the same activation, so all rows of w_2
#    get the same gradient and stay equal; so all entries of delta_1 are equal, and all columns of
#    w_1 get the same gradient. By induction nothing ever tells the units apart.
# 3. One: thirty identical units do what one unit with thirty times the outgoing weight does. Random
#    weights are there to break the symmetry.
#
# Mark scheme, 5 points: 1 for the activations 1/2; 1 for dC/dw_1 = 0 with w_2 = 0 as the reason; 2
# for equal columns with the argument (equal activations, equal rows of w_2, equal deltas; 1 of the
# 2 for the claim alone); 1 for one effective unit.
# ### END SOLUTION

# %% [markdown]
# ## What comes next
#
# You have written the algorithm behind all of deep learning, and measured that it is right. Three
# things about it are still unsatisfactory, and each is a lab:
#
# - It goes through a mini-batch **one example at a time**. In lab 2 the batch goes through in a
#   single matrix product, and one epoch takes a fraction of the time.
# - It **remembers** every activation of the forward pass. For large networks that is what fills the
#   memory. In lab 3 you forget most of them on purpose and compute them again when they are needed.
# - It learns **slowly when it is very wrong**: the slope of the sigmoid is nearly zero just where
#   the output is most mistaken. Lab 4 replaces the cost, the step and more.
#
# And in lab 5 you teach the machine to derive the backward pass by itself, as JAX does.
