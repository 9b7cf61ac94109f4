"""Known wrong solutions of lab 5, each an edit of the reference solution."""

from course.labs import Mistake

OWES = "2 · What an operation owes"
BROADCAST = "3 · Undoing broadcasting"
NUMERIC = "4 · An instrument that finds wrong derivatives"
MORE = "5 · More operations"
FIRST = "6 · Your first graph"
ORDER = "7 · In which order?"
BACKPROP = "8 · Backpropagation, for every graph"
SECOND = "9 · A second graph, with a loss"
SUMS = "10 · Sums, and losses without a derivative of their own"
PICK = "11 · Picking entries"
MATMUL = "12 · Matrix products"
LAYERS = "13 · Layers"
LEARN = "14 · Learning"
KEEP = "15 · Keeping what was learned"
BONUS = "16 · A bonus: cross-entropy"

MISTAKES = [
    # 1 Add, Sub, Mul
    Mistake(
        id="add-halves",
        exercise="add_sub_mul",
        title="Add shares its cotangent out between its arguments instead of giving it to both.",
        hint="If x grows by 1 and y stays, by how much does x + y grow? Must x and y share that?",
        edits=(("return gz, gz", "return gz / 2, gz / 2"),),
        see=OWES,
    ),
    Mistake(
        id="sub-sign-lost",
        exercise="add_sub_mul",
        title="The gradient of Sub with respect to its second argument has the wrong sign.",
        hint="If y grows, does x - y grow or shrink?",
        edits=(("return gz, -gz", "return gz, gz"),),
        see=OWES,
    ),
    Mistake(
        id="sub-turned-around",
        exercise="add_sub_mul",
        title="Sub computes y - x.",
        hint="What should Sub of 123 and -100 be? What is yours?",
        edits=(("return x - y", "return y - x"),),
        see=OWES,
    ),
    Mistake(
        id="mul-exchanged",
        exercise="add_sub_mul",
        title="The two gradients of Mul are exchanged.",
        hint="The first entry of the tuple belongs to x. How fast does x * y grow with x?",
        edits=(("return gz * self.y, gz * self.x", "return gz * self.x, gz * self.y"),),
        see=OWES,
    ),
    Mistake(
        id="mul-ignores-gz",
        exercise="add_sub_mul",
        title="Mul ignores the cotangent that arrives.",
        hint="Your gradients are those of z itself. But gz says that J moves gz times as much as "
        "z. Where does it enter?",
        edits=(("return gz * self.y, gz * self.x", "return self.y, self.x"),),
        see=OWES,
    ),
    Mistake(
        id="mul-one-argument",
        exercise="add_sub_mul",
        title="Mul returns a gradient for x only.",
        hint="How many arguments went into the operation, and how many gradients come back?",
        edits=(("return gz * self.y, gz * self.x", "return (gz * self.y,)"),),
        see=OWES,
    ),
    Mistake(
        id="mul-shared-memory",
        exercise="add_sub_mul",
        title="Mul remembers its arrays in the class, where its next use overwrites them.",
        hint="Use Mul twice and then ask the first one for its gradients: whose x and y do you "
        "see? To whom does `self.x` belong, and to whom `Mul.x`?",
        edits=(("self.x, self.y = x, y", "Mul.x, Mul.y = x, y"),),
        see=OWES,
    ),
    Mistake(
        id="mul-changes-gz",
        exercise="add_sub_mul",
        title="Mul multiplies into the array gz itself, which others still need.",
        hint="`gz *= y` changes the array that was handed in. What does the second line of your "
        "grad then find in it, and what does the rest of the graph?",
        edits=(
            (
                "return gz * self.y, gz * self.x",
                "gy = gz * self.x\n"
                "        if np.ndim(gz) and np.shape(gz) == np.shape(self.y):\n"
                "            gz *= self.y\n"
                "            return gz, gy\n"
                "        return gz * self.y, gy",
            ),
        ),
        see=OWES,
    ),
    # 2 unbroadcast
    Mistake(
        id="sums-from-the-right",
        exercise="unbroadcast",
        title="The missing axes are summed away on the right; NumPy adds them on the left.",
        hint="In b + x with b of shape (4,) and x of (3, 4): along which axis was b copied? A "
        "square gradient does not show the difference in its shape, only in its values.",
        edits=(("range(added)", "range(len(shape), gradient.ndim)"),),
        see=BROADCAST,
    ),
    Mistake(
        id="stretched-axis-lost",
        exercise="unbroadcast",
        title="The stretched axes are summed over and lost: they should stay, with length 1.",
        hint="A variable of shape (3, 1) needs a gradient of shape (3, 1). What does `sum` do with"
        " the axis that it sums over, and which setting keeps it?",
        edits=(("axis=stretched, keepdims=True", "axis=stretched"),),
        see=BROADCAST,
    ),
    Mistake(
        id="stretched-axis-forgotten",
        exercise="unbroadcast",
        title="Axes that were stretched from length 1 are not summed.",
        hint="There are two ways in which NumPy makes copies. An axis that is missing is one. What"
        " is the other?",
        edits=(("if n == 1)", "if n == 0)"),),
        see=BROADCAST,
    ),
    Mistake(
        id="added-axis-forgotten",
        exercise="unbroadcast",
        title="Axes that were added on the left are not summed.",
        hint="A variable of shape (3,) was used in an array of shape (3, 3). How many axes does "
        "your result have?",
        edits=(
            ("added = gradient.ndim - len(shape)", "added = 0"),
            (
                "enumerate(shape) if n == 1",
                "enumerate(shape, gradient.ndim - len(shape)) if n == 1",
            ),
        ),
        see=BROADCAST,
    ),
    Mistake(
        id="mean-of-the-copies",
        exercise="unbroadcast",
        title="The copies are averaged; their gradients add up.",
        hint="If b stands in three rows and grows by 1, J moves through three copies at once. Is "
        "that three times as much as through one, or as much?",
        edits=(
            ("gradient.sum(axis=tuple(range(added)))", "gradient.mean(axis=tuple(range(added)))"),
        ),
        see=BROADCAST,
    ),
    Mistake(
        id="one-copy-only",
        exercise="unbroadcast",
        title="Only the first of the copies counts.",
        hint="The shape is right. But through how many rows does a bias move the loss?",
        edits=(
            (
                "gradient = gradient.sum(axis=tuple(range(added)))",
                "gradient = gradient[(0,) * added]",
            ),
        ),
        see=BROADCAST,
    ),
    # 3 numeric_test
    Mistake(
        id="ones-for-cotangent",
        exercise="numeric_test",
        title="The cotangent is all ones, so a grad that ignores or mixes it up passes.",
        hint="Which wrong rules give the right answer when every entry of gz is 1? How would you "
        "choose gz, so that no wrong rule has a chance?",
        edits=(
            (
                "gz = np.random.default_rng().normal(size=variable.value.shape)",
                "gz = np.ones(variable.value.shape)",
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="constant-cotangent",
        exercise="numeric_test",
        title="The cotangent is one random number for all entries.",
        hint="A rule that replaces every entry of gz by their mean passes your test. When do the "
        "entries and their mean agree?",
        edits=(
            (
                "gz = np.random.default_rng().normal(size=variable.value.shape)",
                "gz = np.full(variable.value.shape, np.random.default_rng().normal())",
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="forward-differences",
        exercise="numeric_test",
        title="This measures with forward differences.",
        hint="Your instrument is off by something proportional to eps, and so it refuses "
        "derivatives that are right. To which sides does a central difference step?",
        edits=(
            ("values[k] - step,", "values[k],"),
            ("/ (2 * eps)", "/ eps"),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="step-not-doubled",
        exercise="numeric_test",
        title="The difference is divided by eps, but the two points are further apart.",
        hint="How far is it from x - eps to x + eps?",
        edits=(("/ (2 * eps)", "/ eps"),),
        see=NUMERIC,
    ),
    Mistake(
        id="tests-first-argument",
        exercise="numeric_test",
        title="Only the gradient of the first argument is tested.",
        hint="Give your test a product whose second gradient is wrong. Does it notice?",
        edits=(("in enumerate(operation.args):", "in enumerate(operation.args[:1]):"),),
        see=NUMERIC,
    ),
    Mistake(
        id="too-tolerant",
        exercise="numeric_test",
        title="The tolerances that were asked for are not used, and the test is too tolerant.",
        hint="Central differences are good to nine or ten digits. Is a gradient that is off by one"
        " per mille right?",
        edits=(("rtol=rtol, atol=atol", "rtol=1e-2, atol=1e-2"),),
        see=NUMERIC,
    ),
    Mistake(
        id="only-the-total",
        exercise="numeric_test",
        title="Only the sums of the gradients are compared, so errors that cancel are not seen.",
        hint="A gradient has many entries. What if two of them are exchanged?",
        edits=(
            (
                "assert_allclose(gradient, measured, rtol",
                "assert_allclose(gradient.sum(), measured.sum(), rtol",
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="bare-array-accepted",
        exercise="numeric_test",
        title="A grad that returns an array instead of a tuple is accepted.",
        hint="The comma is forgotten so often that the instrument should see it. What does "
        "`gradients[0]` give for an array?",
        edits=(
            (
                'assert isinstance(gradients, tuple), "grad must return a tuple: is a comma missing?"\n'
                '    assert len(gradients) == len(operation.args), "grad must return one gradient per argument"',
                "gradients = gradients if isinstance(gradients, tuple) else (gradients,)\n"
                '    assert len(gradients) == len(operation.args), "grad must return one gradient per argument"',
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="moves-the-variable",
        exercise="numeric_test",
        title="The values of the arguments themselves are moved.",
        hint="In x * x, both arguments are the same array. If it is moved, which of the two "
        "arguments moves? And what is left in it afterwards?",
        edits=(
            (
                "step = np.zeros(arg.value.shape)\n"
                "            step[i] = eps\n"
                "            above = run_again(operation, [*values[:k], values[k] + step, *values[k + 1 :]])\n"
                "            below = run_again(operation, [*values[:k], values[k] - step, *values[k + 1 :]])",
                "arg.value[i] += eps\n"
                "            above = run_again(operation, values)\n"
                "            arg.value[i] -= 2 * eps\n"
                "            below = run_again(operation, values)\n"
                "            arg.value[i] += eps",
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="nan-passes",
        exercise="numeric_test",
        title="A gradient that is nan passes.",
        hint="Is nan > 0.1? Is nan <= 0.1? Every comparison with nan is False. So which of the "
        "two should decide?",
        edits=(
            (
                "        np.testing.assert_allclose(gradient, measured, rtol=rtol, atol=atol)",
                "        if np.any(np.abs(gradient - measured) > atol + rtol * np.abs(measured)):\n"
                '            raise AssertionError("a gradient is wrong")',
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="atol-ignored",
        exercise="numeric_test",
        title="The absolute tolerance that was asked for is not used.",
        hint="The two tolerances are added up. Where does atol enter in yours?",
        edits=(("rtol=rtol, atol=atol)", "rtol=rtol, atol=1e-7)"),),
        see=NUMERIC,
    ),
    Mistake(
        id="ends-tested-only",
        exercise="numeric_test",
        title="Only the first and the last of the gradients are tested.",
        hint="Give your test an operation of three arguments whose second gradient is wrong. Does "
        "it notice?",
        edits=(
            (
                "    for k, arg in enumerate(operation.args):\n",
                "    for k, arg in enumerate(operation.args):\n"
                "        if 0 < k < len(operation.args) - 1:\n"
                "            continue\n",
            ),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="gradients-too-many",
        exercise="numeric_test",
        title="More gradients than arguments are accepted.",
        hint="What should become of a grad that returns three gradients for two arguments?",
        edits=(
            ("len(gradients) == len(operation.args),", "len(gradients) >= len(operation.args),"),
        ),
        see=NUMERIC,
    ),
    Mistake(
        id="list-for-tuple",
        exercise="numeric_test",
        title="A grad that returns a list instead of a tuple is accepted.",
        hint="Which type did we agree on for what grad returns, and which does your test ask for?",
        edits=(("isinstance(gradients, tuple)", "isinstance(gradients, (tuple, list))"),),
        see=NUMERIC,
    ),
    Mistake(
        id="type-not-asked",
        exercise="numeric_test",
        title="It is not asked whether grad returned a tuple at all.",
        hint="`len` of a number is a TypeError, and `len` of a list says nothing of its type. "
        "What does your test say to a grad that returns 0.5 for a single number?",
        edits=(
            (
                '    assert isinstance(gradients, tuple), "grad must return a tuple: is a comma missing?"\n',
                "",
            ),
        ),
        see=NUMERIC,
    ),
    # 4 Neg, Div, Pow
    Mistake(
        id="neg-keeps-sign",
        exercise="neg_div_pow",
        title="The gradient of Neg has the wrong sign.",
        hint="If x grows, does -x grow?",
        edits=(("return (-gz,)", "return (gz,)"),),
        see=MORE,
    ),
    Mistake(
        id="neg-without-comma",
        exercise="neg_div_pow",
        title="The grad of Neg returns an array, not a tuple.",
        hint="What is the type of `(a)`, and what of `(a,)`?",
        edits=(("return (-gz,)", "return -gz"),),
        see=MORE,
    ),
    Mistake(
        id="div-sign-lost",
        exercise="neg_div_pow",
        title="The gradient of Div with respect to the denominator has the wrong sign.",
        hint="Does a fraction of positive numbers grow when its denominator grows?",
        edits=(("-gz * self.x / self.y**2", "gz * self.x / self.y**2"),),
        see=MORE,
    ),
    Mistake(
        id="div-square-missing",
        exercise="neg_div_pow",
        title="The denominator is not squared in the second gradient of Div.",
        hint="x / y is x times y to the power -1. What is the derivative of y to the power -1?",
        edits=(("self.x / self.y**2", "self.x / self.y"),),
        see=MORE,
    ),
    Mistake(
        id="pow-exponent-kept",
        exercise="neg_div_pow",
        title="The exponent is not reduced by one.",
        hint="The slope of x² is 2x. What does your formula give for y = 2?",
        edits=(("self.x ** (self.y - 1)", "self.x**self.y"),),
        see=MORE,
    ),
    Mistake(
        id="pow-factor-missing",
        exercise="neg_div_pow",
        title="The factor y is missing in the gradient of Pow with respect to x.",
        hint="The slope of x³ at 1 is 3. What is yours?",
        edits=(("gz * self.y * self.x ** (self.y - 1)", "gz * self.x ** (self.y - 1)"),),
        see=MORE,
    ),
    Mistake(
        id="pow-log-of-exponent",
        exercise="neg_div_pow",
        title="The logarithm is taken of the exponent, not of the base.",
        hint="x to the y is e to the y·ln x. If y grows, which logarithm is the rate?",
        edits=(
            (
                "np.log(np.where(self.x > 0, self.x, 1))",
                "np.log(np.where(self.y > 0, self.y, 1))",
            ),
        ),
        see=MORE,
    ),
    Mistake(
        id="pow-nan-at-negative",
        exercise="neg_div_pow",
        title="Where x is not positive, the gradient with respect to the exponent is nan.",
        hint="What is the logarithm of -2? We agreed on a value for this case; how do you keep "
        "such x away from the logarithm?",
        edits=(
            (
                "gy = gz * self.z * np.log(np.where(self.x > 0, self.x, 1))",
                'with np.errstate(all="ignore"):\n            gy = gz * self.z * np.log(self.x)',
            ),
        ),
        see=MORE,
    ),
    Mistake(
        id="pow-abs-for-negative",
        exercise="neg_div_pow",
        title="The logarithm of |x| stands where the gradient should be 0.",
        hint="No nan: good. But for x = -2, is there a slope in the exponent at all, and what did "
        "we agree on?",
        edits=(("np.where(self.x > 0, self.x, 1)", "np.where(self.x != 0, np.abs(self.x), 1)"),),
        see=MORE,
    ),
    Mistake(
        id="pow-warns",
        exercise="neg_div_pow",
        title="The numbers are right, but the logarithm of numbers that are not positive is "
        "computed on the way.",
        hint="`np.where` chooses between two arrays that have both been computed already. What "
        "does NumPy warn of, and what could you put into the logarithm instead?",
        edits=(
            ("np.log(np.where(self.x > 0, self.x, 1))", "np.where(self.x > 0, np.log(self.x), 0)"),
        ),
        see=MORE,
    ),
    Mistake(
        id="pow-slope-by-quotient",
        exercise="neg_div_pow",
        title="The slope in x is computed as y z / x, and at x = 0 something else had to be put in.",
        hint="What is the slope of x to the power 1 at x = 0, and what is yours? The formula of "
        "the table needs no division.",
        edits=(
            (
                "gz * self.y * self.x ** (self.y - 1)",
                "gz * self.y * self.z / np.where(self.x == 0, 1, self.x)",
            ),
        ),
        see=MORE,
    ),
    Mistake(
        id="neg-overwrites-input",
        exercise="neg_div_pow",
        title="Neg changes the sign within the array that was handed in.",
        hint="The array belongs to the variable x, and others use it too. What does `x *= -1` do "
        "to it, and what does `-x`?",
        edits=(("        return -x\n", "        x *= -1\n        return x\n"),),
        see=MORE,
    ),
    # 5 Exp, Log, ReLU
    Mistake(
        id="exp-passes-gz",
        exercise="exp_log_relu",
        title="Exp hands the cotangent on unchanged.",
        hint="How steep is the exponential function at x = 2, and where does that enter?",
        edits=(("return (gz * self.z,)", "return (gz,)"),),
        see=MORE,
    ),
    Mistake(
        id="log-multiplies",
        exercise="exp_log_relu",
        title="The cotangent is multiplied by x; the slope of the logarithm is 1/x.",
        hint="Is the logarithm steep or flat for large x?",
        edits=(("return (gz / self.x,)", "return (gz * self.x,)"),),
        see=MORE,
    ),
    Mistake(
        id="log-to-base-two",
        exercise="exp_log_relu",
        title="This is another logarithm than the natural one.",
        hint="What is the natural logarithm of e, and what is yours?",
        edits=(("return np.log(x)", "return np.log2(x)"),),
        see=MORE,
    ),
    Mistake(
        id="relu-slope-one-at-zero",
        exercise="exp_log_relu",
        title="The slope of the ReLU at exactly 0 is 1 here; we agreed on 0.",
        hint="There are many right answers at the kink, but only one agreement. Which comparison "
        "leaves 0 out?",
        edits=(("(self.x > 0)", "(self.x >= 0)"),),
        see=MORE,
    ),
    Mistake(
        id="relu-by-sign-of-gz",
        exercise="exp_log_relu",
        title="The cotangent is cut off where it is negative itself, not where x is.",
        hint="Which of the two decides whether the gate is open: what went in on the way forward, "
        "or what comes back?",
        edits=(("gz * (self.x > 0)", "gz * (gz > 0)"),),
        see=MORE,
    ),
    Mistake(
        id="relu-multiplies-x",
        exercise="exp_log_relu",
        title="The cotangent is multiplied by the ReLU's value, not by its slope.",
        hint="How steep is the ReLU at x = 3, and how steep at x = 100?",
        edits=(("gz * (self.x > 0)", "gz * np.maximum(self.x, 0)"),),
        see=MORE,
    ),
    Mistake(
        id="relu-leaks",
        exercise="exp_log_relu",
        title="The way back lets everything through, also where x is negative.",
        hint="Does J notice at all when a negative x moves a little?",
        edits=(("gz * (self.x > 0)", "gz * 1.0"),),
        see=MORE,
    ),
    Mistake(
        id="log-overwrites-input",
        exercise="exp_log_relu",
        title="Log writes its result into the array that was handed in.",
        hint="The array belongs to the variable x, and others use it too. What is x.value after "
        "Log(x)?",
        edits=(
            (
                "        self.x = x\n        return np.log(x)",
                "        self.x = x.copy()\n        return np.log(x, out=x)",
            ),
        ),
        see=MORE,
    ),
    Mistake(
        id="relu-overwrites-input",
        exercise="exp_log_relu",
        title="ReLU sets the negative entries of the array that was handed in to 0.",
        hint="The array belongs to the variable x, and others use it too. What is x.value after "
        "ReLU(x)?",
        edits=(("        return np.maximum(x, 0)", "        x[x < 0] = 0\n        return x"),),
        see=MORE,
    ),
    # 6 first_graph
    Mistake(
        id="first-relu-missing",
        exercise="first_graph",
        title="h is x itself: the ReLU is missing.",
        hint="At x = 7 nobody sees the difference. What is h at x = -7?",
        edits=(("h = ReLU(x)", "h = Identity(x)"),),
        see=FIRST,
    ),
    Mistake(
        id="first-relu-twice",
        exercise="first_graph",
        title="The product is made of h, not of x.",
        hint="Follow the arrows that leave x in the picture. How many are there?",
        edits=(("z = gamma * x", "z = gamma * h"),),
        see=FIRST,
    ),
    Mistake(
        id="first-uses-values",
        exercise="first_graph",
        title="The product is computed from values, so the graph has lost its history.",
        hint="Which operation made z, and which variables went into it? Look at `z.operation`.",
        edits=(("z = gamma * x", "z = Input(gamma.value * x.value)"),),
        see=FIRST,
    ),
    Mistake(
        id="first-inputs",
        exercise="first_graph",
        title="x and gamma are Inputs: nobody would learn them.",
        hint="Two classes begin a history. Which of them is for what is to be learned?",
        edits=(("Parameter(x), Parameter(gamma)", "Input(x), Input(gamma)"),),
        see=FIRST,
    ),
    # 7 get_variables
    Mistake(
        id="order-recursive",
        exercise="get_variables",
        title="The search calls itself, and a long chain is too deep for Python's stack.",
        hint="Every call that has not returned yet takes a place on a stack of limited height. Who"
        " could keep the list of what is still to be done instead?",
        edits=(
            (
                "order, visited, stack = [], set(), [(variable, False)]\n"
                "    while stack:\n"
                "        node, done = stack.pop()\n"
                "        if done:\n"
                "            order.append(node)\n"
                "        elif node not in visited:\n"
                "            visited.add(node)\n"
                "            stack.append((node, True))\n"
                "            if node.operation is not None:\n"
                "                stack.extend((arg, False) for arg in node.operation.args)\n"
                "    return order",
                "order, visited = [], set()\n\n"
                "    def visit(node):\n"
                "        if node not in visited:\n"
                "            visited.add(node)\n"
                "            if node.operation is not None:\n"
                "                for arg in node.operation.args:\n"
                "                    visit(arg)\n"
                "            order.append(node)\n\n"
                "    visit(variable)\n"
                "    return order",
            ),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-every-path",
        exercise="get_variables",
        title="Each variable is visited once per path that leads to it.",
        hint="How often does x stand in your list for z = x + x? And how many paths are there in a"
        " ladder of thirty rungs?",
        edits=(("elif node not in visited:", "else:"),),
        see=ORDER,
    ),
    Mistake(
        id="order-paths-then-once",
        exercise="get_variables",
        title="The list is right, but the search walks every path to find it.",
        hint="You ask whether a variable is in the list when you write it down. By then all its "
        "paths have been walked. When would be the time to ask?",
        edits=(
            (
                "            order.append(node)\n",
                "            if node not in order:\n                order.append(node)\n",
            ),
            ("elif node not in visited:", "else:"),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-list-for-visited",
        exercise="get_variables",
        title="The visited variables are kept in a list, and each question compares with all of "
        "them.",
        hint="For 400 variables your search makes some 80,000 comparisons. Which container answers"
        " `in` without looking through all it holds?",
        edits=(
            ("order, visited, stack = [], set(),", "order, visited, stack = [], [],"),
            ("visited.add(node)", "visited.append(node)"),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-loss-first",
        exercise="get_variables",
        title="The list begins with the loss: it is in the reversed order.",
        hint="The last variable of the list should be the one that was handed in. Where is it in "
        "yours?",
        edits=(("    return order", "    return order[::-1]"),),
        see=ORDER,
    ),
    Mistake(
        id="order-written-too-early",
        exercise="get_variables",
        title="A variable is written down when it is met, before its arguments are.",
        hint="This lists results before arguments; turning the list around does not help where a "
        "variable is reached on a short and on a long way. When may a variable be written "
        "down?",
        edits=(
            ("            order.append(node)\n", "            continue\n"),
            (
                "            visited.add(node)\n",
                "            visited.add(node)\n            order.insert(0, node)\n",
            ),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-marked-on-stack",
        exercise="get_variables",
        title="Variables count as visited as soon as they are put on the stack.",
        hint="Go through z = y + x with y = -x. When y is taken from the stack, x is marked "
        "already, so nobody visits it for y's sake. Has it been written down?",
        edits=(
            (
                "elif node not in visited:\n            visited.add(node)\n",
                "else:\n            visited.add(node)\n",
            ),
            (
                "                stack.extend((arg, False) for arg in node.operation.args)",
                "                for arg in node.operation.args:\n"
                "                    if arg not in visited:\n"
                "                        visited.add(arg)\n"
                "                        stack.append((arg, False))",
            ),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-leaves-missing",
        exercise="get_variables",
        title="Variables that no operation made are missing.",
        hint="Parameters are variables, too: those that matter most. Does your list hold them?",
        edits=(
            (
                "            order.append(node)",
                "            order += [node] if node.operation else []",
            ),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-recursion-limit",
        exercise="get_variables",
        title="The search calls itself, and the limit of Python's stack was raised for it.",
        hint="A limit can be raised, but a graph can be longer still, and the limit is there for "
        "a reason. Who could keep the list of what is still to be done instead?",
        edits=(
            (
                "order, visited, stack = [], set(), [(variable, False)]\n"
                "    while stack:\n"
                "        node, done = stack.pop()\n"
                "        if done:\n"
                "            order.append(node)\n"
                "        elif node not in visited:\n"
                "            visited.add(node)\n"
                "            stack.append((node, True))\n"
                "            if node.operation is not None:\n"
                "                stack.extend((arg, False) for arg in node.operation.args)\n"
                "    return order",
                "import sys\n"
                "\n"
                "    sys.setrecursionlimit(100_000)\n"
                "    order, visited = [], set()\n"
                "\n"
                "    def visit(node):\n"
                "        if node not in visited:\n"
                "            visited.add(node)\n"
                "            if node.operation is not None:\n"
                "                for arg in node.operation.args:\n"
                "                    visit(arg)\n"
                "            order.append(node)\n"
                "\n"
                "    visit(variable)\n"
                "    return order",
            ),
        ),
        see=ORDER,
    ),
    Mistake(
        id="order-generator",
        exercise="get_variables",
        title="This is a generator, not a list.",
        hint="A generator can be walked through once, and not from its end. What does `reversed` "
        "say to yours?",
        edits=(
            ("            order.append(node)\n", "            yield node\n"),
            ("    return order", "    return"),
        ),
        see=ORDER,
    ),
    # 8 backprop
    Mistake(
        id="gradient-overwritten",
        exercise="backprop",
        title="A gradient is overwritten where it should be added to.",
        hint="What does x receive in the first graph, where two operations use it? Only the last "
        "report counts in yours. What does the multivariable chain rule do with several "
        "paths?",
        edits=(
            (
                "gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)",
                "gradients[arg] = handle_broadcast(arg, gradient)",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="gradient-array-shared",
        exercise="backprop",
        title="Two gradients share one array, and adding to one changes the other.",
        hint="`a += b` on arrays changes the array that a names, and everybody else who holds it "
        "sees that. From whom did you get the array that you add to?",
        edits=(
            (
                "gradients = {variable: np.zeros(variable.value.shape) for variable in order}",
                "gradients = {}",
            ),
            (
                "gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)",
                "gradient = handle_broadcast(arg, gradient)\n"
                "            if arg in gradients:\n"
                "                gradients[arg] += gradient\n"
                "            else:\n"
                "                gradients[arg] = gradient",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="graph-walked-forwards",
        exercise="backprop",
        title="The graph is walked from the leaves to the loss.",
        hint="Whose gradient is known at the beginning: that of the leaves, or that of the loss?",
        edits=(("in reversed(order):", "in order:"),),
        see=BACKPROP,
    ),
    Mistake(
        id="upstream-ignored",
        exercise="backprop",
        title="Every operation is asked for its gradient as if its output were the loss.",
        hint="grad(gz) wants the gradient of the loss with respect to this output. Is that always "
        "1? Which of your variables holds it?",
        edits=(
            (
                "variable.operation.grad(gradients[variable])",
                "variable.operation.grad(np.ones(variable.value.shape))",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="first-argument-only",
        exercise="backprop",
        title="Only the first argument of each operation receives its gradient.",
        hint="How many gradients does grad of a product return, and what do you do with the "
        "second?",
        edits=(
            (
                "zip(variable.operation.args, received)",
                "zip(variable.operation.args[:1], received)",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="broadcast-not-undone",
        exercise="backprop",
        title="Broadcasting is not undone, so a gradient has another shape than its variable.",
        hint="A bias of shape (4,) was added to an array of shape (3, 4). What shape has the "
        "gradient that arrives, and which function of yours is for that?",
        edits=(
            (
                "gradients[arg] + handle_broadcast(arg, gradient)",
                "gradients[arg] + np.asarray(gradient)",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="loss-gradient-zero",
        exercise="backprop",
        title="The gradient of the loss with respect to itself is 0, so everything is 0.",
        hint="If J grows by 1, by how much does J grow?",
        edits=(("    gradients[loss] = np.ones(())\n", ""),),
        see=BACKPROP,
    ),
    Mistake(
        id="loss-gradient-is-loss",
        exercise="backprop",
        title="The walk begins with the value of the loss instead of 1.",
        hint="All your gradients are too large by one and the same factor. Compare that factor "
        "with the loss. What is the derivative of J with respect to J?",
        edits=(("gradients[loss] = np.ones(())", "gradients[loss] = loss.value"),),
        see=BACKPROP,
    ),
    Mistake(
        id="earlier-call-added",
        exercise="backprop",
        title="Gradients of an earlier call are still there and are added in.",
        hint="Call backprop twice and compare. Where do the gradients live between two calls?",
        edits=(
            (
                "gradients = {variable: np.zeros(variable.value.shape) for variable in order}",
                'gradients = {v: getattr(v, "old", np.zeros(v.value.shape)) for v in order}',
            ),
            (
                "gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)",
                "gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)\n"
                "            arg.old = gradients[arg]",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="stops-at-first-leaf",
        exercise="backprop",
        title="The walk ends at the first variable that no operation made.",
        hint="A leaf has nobody to ask, but others may still be waiting behind it. What is the "
        "difference between `break` and `continue`?",
        edits=(("            continue", "            break"),),
        see=BACKPROP,
    ),
    Mistake(
        id="no-topological-order",
        exercise="backprop",
        title="A gradient is handed on as soon as it arrives, before the other paths have reported.",
        hint="For b = a + a and c = b + b you hand on from b twice, the second time with "
        "everything that was handed on before. When is the gradient of b complete?",
        edits=(
            (
                "for variable in reversed(order):\n"
                "        if variable.operation is None:\n"
                "            continue\n"
                "        received = variable.operation.grad(gradients[variable])\n"
                "        for arg, gradient in zip(variable.operation.args, received):\n"
                "            gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)",
                "stack = [loss]\n"
                "    while stack:\n"
                "        variable = stack.pop()\n"
                "        if variable.operation is None:\n"
                "            continue\n"
                "        received = variable.operation.grad(gradients[variable])\n"
                "        for arg, gradient in zip(variable.operation.args, received):\n"
                "            gradients[arg] = gradients[arg] + handle_broadcast(arg, gradient)\n"
                "            stack.append(arg)",
            ),
        ),
        see=BACKPROP,
    ),
    Mistake(
        id="arrays-accepted-as-loss",
        exercise="backprop",
        title="A loss that is not one number is accepted.",
        hint="What would be the gradient of an array of three numbers? Whoever asks for it has "
        "probably forgotten to take the sum, and would like to know.",
        edits=(("if loss.value.shape != ():", "if loss.value.shape is None:"),),
        see=BACKPROP,
    ),
    Mistake(
        id="inputs-left-out",
        exercise="backprop",
        title="Inputs are missing from the dictionary.",
        hint="Nobody learns an Input, but one may want to know what an image contributes to the "
        "loss. Which variables should the dictionary hold?",
        edits=(
            (
                "    return gradients",
                "    return {v: g for v, g in gradients.items() if not isinstance(v, Input)}",
            ),
        ),
        see=BACKPROP,
    ),
    # 9 MSE
    Mistake(
        id="mse-sum",
        exercise="mse",
        title="This is the sum of the squares, not their mean.",
        hint="What does the M stand for?",
        edits=(("np.mean(self.difference**2)", "np.sum(self.difference**2)"),),
        see=SECOND,
    ),
    Mistake(
        id="mse-mean-over-rows",
        exercise="mse",
        title="The sum is divided by the number of rows; here the mean runs over all entries.",
        hint="How many squares are there in an array of shape (3, 2)?",
        edits=(
            ("np.mean(self.difference**2)", "np.sum(self.difference**2) / len(np.atleast_1d(x))"),
        ),
        see=SECOND,
    ),
    Mistake(
        id="mse-grad-size-missing",
        exercise="mse",
        title="The gradient is not divided by the number of entries.",
        hint="How much does one entry of four contribute to their mean?",
        edits=(("gz * 2 * self.difference / self.difference.size", "gz * 2 * self.difference"),),
        see=SECOND,
    ),
    Mistake(
        id="mse-grad-two-missing",
        exercise="mse",
        title="The factor 2 of the square is missing in the gradient.",
        hint="There is no one half in front of this loss. What is the derivative of d²?",
        edits=(("gz * 2 * self.difference", "gz * self.difference"),),
        see=SECOND,
    ),
    Mistake(
        id="mse-ignores-gz",
        exercise="mse",
        title="The cotangent is ignored: the MSE is taken for the last operation of all.",
        hint="What would be the gradients of 3 * MSE(x, y)?",
        edits=(("gx = gz * 2", "gx = 2"),),
        see=SECOND,
    ),
    Mistake(
        id="mse-same-sign",
        exercise="mse",
        title="Both gradients have the same sign.",
        hint="If x lies above y, what does the loss do when x grows, and what when y grows?",
        edits=(("return gx, -gx", "return gx, gx"),),
        see=SECOND,
    ),
    Mistake(
        id="mse-grad-once",
        exercise="mse",
        title="grad changes what apply has kept, so that a second call gives something else.",
        hint="Call grad twice with the same gz. Who has changed the difference in between?",
        edits=(
            (
                "gx = gz * 2 * self.difference / self.difference.size\n        return gx, -gx",
                "self.difference *= gz * 2 / self.difference.size\n"
                "        return self.difference, -self.difference",
            ),
        ),
        see=SECOND,
    ),
    Mistake(
        id="mse-changes-gz",
        exercise="mse",
        title="grad multiplies into gz itself, which others still need.",
        hint="`gz *= 2` changes the array that was handed in: the gradient of the loss, which is "
        "kept in a dictionary. What does `gz * 2` do?",
        edits=(
            (
                "gx = gz * 2 * self.difference / self.difference.size",
                "gz *= 2 / self.difference.size\n        gx = gz * self.difference",
            ),
        ),
        see=SECOND,
    ),
    Mistake(
        id="mse-overwrites-input",
        exercise="mse",
        title="The difference is written into the array x that was handed in.",
        hint="The array belongs to the variable x. What does `x -= y` do to it, and what does `x "
        "- y`?",
        edits=(
            ("        self.difference = x - y\n", "        x -= y\n        self.difference = x\n"),
        ),
        see=SECOND,
    ),
    # 10 second_graph
    Mistake(
        id="skip-from-z",
        exercise="second_graph",
        title="The skip connection begins at z, not at x.",
        hint="What goes around the unit: its input, or something from inside? Your prediction for "
        "the example is 18.",
        edits=(("    y_hat = h + x\n", "    y_hat = h + z\n"),),
        see=SECOND,
    ),
    Mistake(
        id="skip-missing",
        exercise="second_graph",
        title="The skip connection is missing.",
        hint="Two arrows lead into the last plus of the picture.",
        edits=(("    y_hat = h + x\n", "    y_hat = Identity(h)\n"),),
        see=SECOND,
    ),
    Mistake(
        id="second-relu-missing",
        exercise="second_graph",
        title="The unit has no ReLU.",
        hint="In the example z is positive and nobody sees it. What is h when z is negative?",
        edits=(("    h = ReLU(z)\n", "    h = Identity(z)\n"),),
        see=SECOND,
    ),
    Mistake(
        id="second-bias-missing",
        exercise="second_graph",
        title="The bias is left out.",
        hint="Which variables went in, and which of them do you use?",
        edits=(("    z = v + b\n", "    z = Identity(v)\n"),),
        see=SECOND,
    ),
    # 11 Sum
    Mistake(
        id="sum-axis-not-restored",
        exercise="sum",
        title="The summed axis is not put back, and the gradient lands in the wrong rows.",
        hint="NumPy aligns (3,) with the *last* axis of (3, 3). Which axis of x had the sums of "
        "axis=1 lost?",
        edits=(
            (
                "if self.lost is not None:\n"
                "            gz = np.expand_dims(gz, self.lost)\n"
                "        ",
                "",
            ),
        ),
        see=SUMS,
    ),
    Mistake(
        id="sum-ignores-keepdims",
        exercise="sum",
        title="keepdims is ignored.",
        hint="What shape should the sum of a (3, 3) array over axis 1 have with keepdims=True?",
        edits=(
            ("np.sum(x, axis=axis, keepdims=keepdims)", "np.sum(x, axis=axis)"),
            ("None if keepdims else axis", "axis"),
        ),
        see=SUMS,
    ),
    Mistake(
        id="sum-axis-put-back-twice",
        exercise="sum",
        title="The axis is put back although keepdims has kept it.",
        hint="How many axes does gz have when keepdims was True?",
        edits=(("None if keepdims else axis", "axis"),),
        see=SUMS,
    ),
    Mistake(
        id="sum-grad-divided",
        exercise="sum",
        title="The cotangent is shared out among the entries, as for a mean.",
        hint="If one of three numbers grows by 1, by how much does their sum grow?",
        edits=(
            (
                "return (np.broadcast_to(gz, self.shape),)",
                "return (np.broadcast_to(gz, self.shape) * np.size(gz) / np.prod(self.shape),)",
            ),
        ),
        see=SUMS,
    ),
    Mistake(
        id="sum-no-tuple-of-axes",
        exercise="sum",
        title="Sums over several axes at once are not provided for.",
        hint="Your way of putting the axis back works for a number. What if axis is (0, 2)?",
        edits=(
            (
                "gz = np.expand_dims(gz, self.lost)",
                "shape = list(self.shape)\n"
                "            shape[self.lost] = 1\n"
                "            gz = np.reshape(gz, shape)",
            ),
        ),
        see=SUMS,
    ),
    Mistake(
        id="sum-everything",
        exercise="sum",
        title="axis is ignored: everything is summed.",
        hint="What should the sum of a (3, 3) array over axis 0 look like?",
        edits=(
            ("np.sum(x, axis=axis, keepdims=keepdims)", "np.sum(x)"),
            ("None if keepdims else axis", "None"),
        ),
        see=SUMS,
    ),
    Mistake(
        id="sum-grad-once",
        exercise="sum",
        title="grad forgets the axis after its first call.",
        hint="Call grad twice with the same gz. What does the second call find in self?",
        edits=(
            (
                "gz = np.expand_dims(gz, self.lost)",
                "gz = np.expand_dims(gz, self.lost)\n            self.lost = None",
            ),
        ),
        see=SUMS,
    ),
    # 12 symbolic_MSE
    Mistake(
        id="symbolic-from-values",
        exercise="symbolic_mse",
        title="The loss is computed from values, so its graph does not lead back to x and y.",
        hint="Draw your result with visualize. Where are x and y?",
        edits=(
            (
                "((x - y) ** 2).sum() / x.value.size",
                "Input(np.mean((x.value - (y.value if isinstance(y, Variable) else y)) ** 2))",
            ),
        ),
        see=SUMS,
    ),
    Mistake(
        id="symbolic-sum",
        exercise="symbolic_mse",
        title="The division by the number of entries is missing.",
        hint="For arrays of one entry it is right. And for four?",
        edits=((".sum() / x.value.size", ".sum()"),),
        see=SUMS,
    ),
    Mistake(
        id="symbolic-mean-over-rows",
        exercise="symbolic_mse",
        title="The sum is divided by the number of rows, not by that of all entries.",
        hint="`len` of an array counts along its first axis only.",
        edits=(("/ x.value.size", "/ len(np.atleast_1d(x.value))"),),
        see=SUMS,
    ),
    Mistake(
        id="symbolic-is-mse",
        exercise="symbolic_mse",
        title="This calls the operation MSE, whose derivative you wrote by hand.",
        hint="The point of this exercise is to do without a derivative of its own. Which small "
        "operations is the MSE made of?",
        edits=(("((x - y) ** 2).sum() / x.value.size", "MSE(x, y)"),),
        see=SUMS,
    ),
    Mistake(
        id="symbolic-square-missing",
        exercise="symbolic_mse",
        title="The differences are not squared.",
        hint="What happens in your sum to a difference of +1 and one of -1?",
        edits=(("((x - y) ** 2)", "(x - y)"),),
        see=SUMS,
    ),
    Mistake(
        id="symbolic-half-detached",
        exercise="symbolic_mse",
        title="One of the two factors of the square is taken from values, and half of the gradient "
        "is lost.",
        hint="In d * d.value the second factor is a constant for the graph. What is the "
        "derivative of d times a constant, and what that of d²?",
        edits=(
            (
                "return ((x - y) ** 2).sum() / x.value.size",
                "d = x - y\n    return (d * d.value).sum() / d.value.size",
            ),
        ),
        see=SUMS,
    ),
    Mistake(
        id="symbolic-own-class",
        exercise="symbolic_mse",
        title="This is a new operation with a gradient of its own.",
        hint="The point of this exercise is to do without a derivative of its own. Which "
        "operations that you have is the MSE made of?",
        edits=(
            (
                "return ((x - y) ** 2).sum() / x.value.size",
                "class MeanOfSquares(Operation):\n"
                "        def apply(self, x):\n"
                "            self.x = x\n"
                "            return np.mean(x**2)\n"
                "\n"
                "        def grad(self, gz):\n"
                "            return (gz * 2 * self.x / self.x.size,)\n"
                "\n"
                "    return MeanOfSquares(x - y)",
            ),
        ),
        see=SUMS,
    ),
    # 13 GetItem
    Mistake(
        id="duplicates-lost",
        exercise="getitem",
        title="Where an entry was picked twice, only one of its gradients arrives.",
        hint="Try `g[[0, 0]] += 1` on zeros: is the first entry 1 or 2 afterwards? Which NumPy "
        "function adds for each occurrence?",
        edits=(("np.add.at(gx, self.index, gz)", "gx[self.index] += gz"),),
        see=PICK,
    ),
    Mistake(
        id="getitem-grad-picked",
        exercise="getitem",
        title="The gradient has the shape of what was picked, not of x.",
        hint="A gradient has the shape of the thing it is the gradient of. What do the entries of "
        "x receive that were not picked?",
        edits=(
            (
                "gx = np.zeros(self.shape)\n"
                "        np.add.at(gx, self.index, gz)\n"
                "        return (gx,)",
                "return (gz,)",
            ),
        ),
        see=PICK,
    ),
    Mistake(
        id="getitem-grad-everywhere",
        exercise="getitem",
        title="Entries that nobody picked receive 1 instead of 0.",
        hint="If an entry that was not picked moves, does the result notice?",
        edits=(("np.zeros(self.shape)", "np.ones(self.shape)"),),
        see=PICK,
    ),
    Mistake(
        id="getitem-number-only",
        exercise="getitem",
        title="The gradient is put into rows along the first axis only.",
        hint="An index may be a tuple: one part per axis. What does your grad do with x[:, 1:3]?",
        edits=(
            (
                "np.add.at(gx, self.index, gz)",
                "index = self.index[0] if isinstance(self.index, tuple) else self.index\n"
                "        np.add.at(gx, index, gz)",
            ),
        ),
        see=PICK,
    ),
    # 14 MatMul
    Mistake(
        id="matmul-not-transposed",
        exercise="matmul",
        title="gz is multiplied by y where its transpose belongs.",
        hint="g_x at (i, k) is the sum over j of gz at (i, j) times y at (k, j). Does a matrix "
        "product sum over the columns of its second factor? Square matrices do not complain.",
        edits=(("gx = gz @ np.swapaxes(y, -1, -2)", "gx = gz @ y"),),
        see=MATMUL,
    ),
    Mistake(
        id="matmul-factors-exchanged",
        exercise="matmul",
        title="The factors of the gradient with respect to y stand in the wrong order.",
        hint="Go through the shapes for x of (2, 4) and y of (4, 3): which product of x (or its "
        "transpose) and gz has the shape of y?",
        edits=(("gy = np.swapaxes(x, -1, -2) @ gz", "gy = np.swapaxes(gz, -1, -2) @ x"),),
        see=MATMUL,
    ),
    Mistake(
        id="matmul-two-axes-only",
        exercise="matmul",
        title="This is right for two matrices, but not for a batch of them.",
        hint="`.T` turns *all* axes around. What becomes of a batch of shape (2, 3, 4)?",
        edits=(
            ("np.swapaxes(y, -1, -2)", "y.T"),
            ("np.swapaxes(x, -1, -2)", "x.T"),
        ),
        see=MATMUL,
    ),
    Mistake(
        id="matmul-matrices-only",
        exercise="matmul",
        title="Vectors are not provided for.",
        hint="What is the transpose of a vector in NumPy? Give it the axis that it lacks.",
        edits=(
            ("if self.x.ndim == 1:\n            x, gz", "if False:\n            x, gz"),
            ("if self.y.ndim == 1:\n            y, gz", "if False:\n            y, gz"),
            ("if self.x.ndim == 1:\n            gx", "if False:\n            gx"),
            ("if self.y.ndim == 1:\n            gy", "if False:\n            gy"),
        ),
        see=MATMUL,
    ),
    Mistake(
        id="matmul-vector-axis-kept",
        exercise="matmul",
        title="The axis that was added to a vector on the right is not taken out again.",
        hint="y has the shape (k,). What shape has your gradient?",
        edits=(("gy = gy[..., 0]", "gy = gy[..., :]"),),
        see=MATMUL,
    ),
    Mistake(
        id="matmul-row-in-front",
        exercise="matmul",
        title="For a vector times a batch, gz gets its axis in front of the batch instead of behind"
        " it.",
        hint="`gz[None]` puts the new axis first. For x of shape (k,) and y of (5, k, m), gz has "
        "the shape (5, m), and what you need is (5, 1, m).",
        edits=(("np.expand_dims(gz, -1 if self.y.ndim == 1 else -2)", "gz[None, ...]"),),
        see=MATMUL,
    ),
    # 15 layers
    Mistake(
        id="layer-without-bias",
        exercise="layers",
        title="The function form leaves out the bias.",
        hint="What does a layer say about an input of zeros, once it has learned a bias?",
        edits=(("        return x @ W + b\n", "        return x @ W\n"),),
        see=LAYERS,
    ),
    Mistake(
        id="object-without-bias",
        exercise="layers",
        title="The class form leaves out the bias.",
        hint="Both forms should compute the same. Compare them line by line.",
        edits=(("return x @ self.W + self.b", "return x @ self.W"),),
        see=LAYERS,
    ),
    Mistake(
        id="weights-turned-around",
        exercise="layers",
        title="The weights of the function form have the shape (out_units, in_units).",
        hint="x has in_units columns and stands on the left. How many rows must W have?",
        edits=(
            (
                "W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))\n    b",
                "W = Parameter(rng.uniform(-bound, bound, size=(out_units, in_units)))\n    b",
            ),
        ),
        see=LAYERS,
    ),
    Mistake(
        id="weights-zero",
        exercise="layers",
        title="The weights of the class begin at zero.",
        hint="If all units begin alike, will they ever differ?",
        edits=(
            (
                "self.W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))",
                "self.W = Parameter(np.zeros((in_units, out_units)))",
            ),
        ),
        see=LAYERS,
    ),
    Mistake(
        id="weights-positive",
        exercise="layers",
        title="The weights of the function form are all positive.",
        hint="The interval is ±bound. Where does yours begin?",
        edits=(
            (
                "W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))\n    b",
                "W = Parameter(rng.uniform(0, bound, size=(in_units, out_units)))\n    b",
            ),
        ),
        see=LAYERS,
    ),
    Mistake(
        id="parameters-not-learnable",
        exercise="layers",
        title="The bias of the class is an Input, which nobody learns.",
        hint="Which class tells the optimiser that a variable is to be learned?",
        edits=(("self.b = Parameter(", "self.b = Input("),),
        see=LAYERS,
    ),
    Mistake(
        id="new-weights-at-each-call",
        exercise="layers",
        title="The function form draws new weights each time it is called.",
        hint="Call your layer twice with the same input. A step of learning changes parameters; "
        "which call will ever see the changed ones?",
        edits=(
            (
                "        return x @ W + b\n",
                "        W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))\n"
                "        return x @ W + b\n",
            ),
            (
                "layer.W, layer.b = W, b",
                "layer.W, layer.b = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units))), b",
            ),
        ),
        see=LAYERS,
    ),
    Mistake(
        id="sequential-backwards",
        exercise="layers",
        title="Sequential applies the last layer first.",
        hint="Sequential(f, g)(x) is g(f(x)). Which one sees x?",
        edits=(("for layer in self.layers:", "for layer in reversed(self.layers):"),),
        see=LAYERS,
    ),
    Mistake(
        id="sequential-same-input",
        exercise="layers",
        title="Every layer is given the input of the whole, so only the last one counts.",
        hint="Which variable does the second layer get, and who has changed it since the first?",
        edits=(
            (
                "for layer in self.layers:\n            x = layer(x)\n        return x",
                "out = x\n"
                "        for layer in self.layers:\n"
                "            out = layer(x)\n"
                "        return out",
            ),
        ),
        see=LAYERS,
    ),
    Mistake(
        id="layer-weights-detached",
        exercise="layers",
        title="The class computes with the value of W, so that its result knows nothing of W.",
        hint="Follow the result back, from operation to operation. Where is W? What gradient will "
        "it receive?",
        edits=(("return x @ self.W + self.b", "return x @ self.W.value + self.b"),),
        see=LAYERS,
    ),
    Mistake(
        id="layer-bias-detached",
        exercise="layers",
        title="The function form computes with the value of b, so that its result knows nothing of "
        "b.",
        hint="Follow the result back, from operation to operation. Where is b? What gradient will "
        "it receive?",
        edits=(("        return x @ W + b\n", "        return x @ W + b.value\n"),),
        see=LAYERS,
    ),
    Mistake(
        id="sequential-history-lost",
        exercise="layers",
        title="Sequential hands on values, so that its result has lost its history.",
        hint="What you hand to the next layer is a new variable that nobody made. How will a "
        "gradient find its way from there to the layer before?",
        edits=(
            (
                "            x = layer(x)\n",
                "            x = layer(x)\n"
                "            x = Variable(x.value) if isinstance(x, Variable) else x\n",
            ),
        ),
        see=LAYERS,
    ),
    Mistake(
        id="layer-rng-ignored",
        exercise="layers",
        title="The class draws its weights from NumPy's global generator, not from rng.",
        hint="Make two layers from two generators with the same seed. Are their weights the same?",
        edits=(("self.W = Parameter(rng.uniform(", "self.W = Parameter(np.random.uniform("),),
        see=LAYERS,
    ),
    Mistake(
        id="layer-always-alike",
        exercise="layers",
        title="The function form draws the same weights every time.",
        hint="Two layers of the same size one after the other: should they begin alike? Who "
        "chooses the seed?",
        edits=(
            (
                "    W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))\n    b",
                "    rng = np.random.default_rng(in_units)\n"
                "    W = Parameter(rng.uniform(-bound, bound, size=(in_units, out_units)))\n"
                "    b",
            ),
        ),
        see=LAYERS,
    ),
    # 16 descend
    Mistake(
        id="ascend",
        exercise="descend",
        title="The step goes uphill.",
        hint="The gradient points to where the loss grows. Where do you want to go?",
        edits=(("variable.value - eta", "variable.value + eta"),),
        see=LEARN,
    ),
    Mistake(
        id="data-learned",
        exercise="descend",
        title="Inputs are changed as well: the data would learn to fit the network.",
        hint="The dictionary holds *every* variable of the graph. Which of them are meant to be "
        "learned?",
        edits=(("if isinstance(variable, Parameter):", "if variable.operation is None:"),),
        see=LEARN,
    ),
    Mistake(
        id="everything-learned",
        exercise="descend",
        title="Every variable is changed, those between included.",
        hint="What was computed on the way will be computed anew in the next step. Whose value "
        "should a step change?",
        edits=(("if isinstance(variable, Parameter):", "if True:"),),
        see=LEARN,
    ),
    Mistake(
        id="eta-forgotten",
        exercise="descend",
        title="The learning rate is not used.",
        hint="How long is your step when eta is 0.1, and how long when it is 1?",
        edits=(("eta * gradient", "gradient"),),
        see=LEARN,
    ),
    Mistake(
        id="first-parameter-only",
        exercise="descend",
        title="Only one parameter is changed: the function returns within the loop.",
        hint="At which indentation does `return` stand?",
        edits=(
            (
                "variable.value = variable.value - eta * gradient",
                "variable.value = variable.value - eta * gradient\n            return",
            ),
        ),
        see=LEARN,
    ),
    Mistake(
        id="gradients-scaled-in-place",
        exercise="descend",
        title="The gradients in the dictionary are multiplied by eta.",
        hint="`gradient *= eta` changes the array in the dictionary. What would a second step "
        "with the same dictionary do?",
        edits=(
            (
                "variable.value = variable.value - eta * gradient",
                "gradient *= eta\n            variable.value = variable.value - gradient",
            ),
        ),
        see=LEARN,
    ),
    Mistake(
        id="gradients-taken-out",
        exercise="descend",
        title="The gradients are taken out of the dictionary.",
        hint="`pop` gives a value and removes it. What is left for whoever wants to look at the "
        "gradients after the step?",
        edits=(
            (
                "    for variable, gradient in gradients.items():\n"
                "        if isinstance(variable, Parameter):\n",
                "    for variable in list(gradients):\n"
                "        if isinstance(variable, Parameter):\n"
                "            gradient = gradients.pop(variable)\n",
            ),
        ),
        see=LEARN,
    ),
    # 17 dump_parameters and load_parameters
    Mistake(
        id="zip-too-short",
        exercise="parameters",
        title="A file with another number of parameters is accepted, as far as it goes.",
        hint="`zip` stops without a word at the shorter of two lists. Who notices that something "
        "is left over?",
        edits=(
            (
                "if [array.shape for array in arrays] != shapes:",
                "if any(array.shape != shape for array, shape in zip(arrays, shapes)):",
            ),
        ),
        see=KEEP,
    ),
    Mistake(
        id="shapes-not-checked",
        exercise="parameters",
        title="The number of arrays is compared, their shapes are not.",
        hint="What would the next matrix product say if a weight matrix came back turned around?",
        edits=(
            ("if [array.shape for array in arrays] != shapes:", "if len(arrays) != len(shapes):"),
        ),
        see=KEEP,
    ),
    Mistake(
        id="sizes-for-shapes",
        exercise="parameters",
        title="Only the numbers of entries are compared, not the shapes.",
        hint="(1, 2) and (2, 1) have equally many entries.",
        edits=(
            (
                "if [array.shape for array in arrays] != shapes:",
                "if [array.size for array in arrays] != [int(np.prod(shape)) for shape in shapes]:",
            ),
        ),
        see=KEEP,
    ),
    Mistake(
        id="half-loaded",
        exercise="parameters",
        title="Parameters are changed before it is known that the file fits.",
        hint="If the last array is refused, what has become of the first parameter? What must be "
        "known before the first one is set?",
        edits=(
            (
                "if [array.shape for array in arrays] != shapes:\n"
                '        raise ValueError(f"{file} holds other parameters than these")\n'
                "    for parameter, array in zip(parameters, arrays):\n"
                "        parameter.value = array",
                "if len(arrays) != len(shapes):\n"
                '        raise ValueError(f"{file} holds other parameters than these")\n'
                "    for parameter, array in zip(parameters, arrays):\n"
                "        if array.shape != parameter.value.shape:\n"
                '            raise ValueError(f"{file} holds other parameters than these")\n'
                "        parameter.value = array",
            ),
        ),
        see=KEEP,
    ),
    Mistake(
        id="digits-cut-off",
        exercise="parameters",
        title="The numbers are rounded on their way to the file.",
        hint="How many digits does a float have, and how many does your file? Python writes as "
        "many as it takes, if you let it.",
        edits=(("parameter.value.tolist()", "np.round(parameter.value, 8).tolist()"),),
        see=KEEP,
    ),
    Mistake(
        id="file-name-ignored",
        exercise="parameters",
        title="Everything is written to one and the same file, whatever name is given.",
        hint="Save two networks under two names and load the first again. Which one do you get?",
        edits=(
            (
                'with open(file, "w") as stream:',
                'with open(os.path.join(folder.name, "saved"), "w") as stream:',
            ),
            (
                "with open(file) as stream:",
                'with open(os.path.join(folder.name, "saved")) as stream:',
            ),
        ),
        see=KEEP,
    ),
    Mistake(
        id="appended-to-file",
        exercise="parameters",
        title="The values are appended to what the file held before.",
        hint="Save twice under the same name and look into the file. Which mode of `open` begins "
        "anew?",
        edits=(('open(file, "w")', 'open(file, "a")'),),
        see=KEEP,
    ),
    Mistake(
        id="file-other-format",
        exercise="parameters",
        title="The file is JSON, but not the list that was agreed on.",
        hint="Your two functions understand each other. Would another program, that was told the "
        "format of the example, understand your file?",
        edits=(
            (
                "json.dump([parameter.value.tolist() for parameter in parameters], stream)",
                'json.dump({"values": [parameter.value.tolist() for parameter in parameters]}, stream)',
            ),
            ("json.load(stream)]", 'json.load(stream)["values"]]'),
        ),
        see=KEEP,
    ),
    Mistake(
        id="file-not-json",
        exercise="parameters",
        title="The file is not JSON: no program but Python can read it.",
        hint="Open your file in a text editor. What do you see there of the numbers?",
        edits=(
            (
                'with open(file, "w") as stream:\n'
                "        json.dump([parameter.value.tolist() for parameter in parameters], stream)",
                "import pickle\n\n"
                '    with open(file, "wb") as stream:\n'
                "        pickle.dump([parameter.value for parameter in parameters], stream)",
            ),
            (
                "with open(file) as stream:\n"
                "        arrays = [np.array(lists, dtype=float) for lists in json.load(stream)]",
                "import pickle\n\n"
                '    try:\n        with open(file, "rb") as stream:\n'
                "            arrays = pickle.load(stream)\n"
                "    except Exception:\n"
                '        raise ValueError("no such file") from None',
            ),
        ),
        see=KEEP,
    ),
    # bonus
    Mistake(
        id="entropy-overflows",
        exercise="bonus_cross_entropy",
        title="Large logits overflow: the maximum is not subtracted.",
        hint="What is e to the 1000 in floating point? The loss does not change when the same "
        "number is subtracted from all scores of a row. Which number is a good choice?",
        edits=(
            (
                "logits - logits.value.max(axis=1, keepdims=True)",
                "logits - np.zeros((len(labels), 1))",
            ),
            ("    log_sums =", '    np.seterr(all="ignore")\n    log_sums ='),
        ),
        see=BONUS,
    ),
    Mistake(
        id="entropy-global-maximum",
        exercise="bonus_cross_entropy",
        title="The maximum of the whole array is subtracted, not that of each row.",
        hint="If one row has scores near 1000 and another near -800, what is left of the second "
        "after your shift?",
        edits=(
            (
                "logits.value.max(axis=1, keepdims=True)",
                "logits.value.max()",
            ),
            ("    log_sums =", '    np.seterr(all="ignore")\n    log_sums ='),
        ),
        see=BONUS,
    ),
    Mistake(
        id="entropy-sum",
        exercise="bonus_cross_entropy",
        title="The loss is summed over the batch, not averaged.",
        hint="Would your loss say the same if every example came twice?",
        edits=((".sum() / len(labels)", ".sum()"),),
        see=BONUS,
    ),
    Mistake(
        id="entropy-mean-over-classes",
        exercise="bonus_cross_entropy",
        title="The mean runs over examples and classes.",
        hint="There is one logarithm per example. By what should their sum be divided?",
        edits=((".sum() / len(labels)", ".sum() / logits.value.size"),),
        see=BONUS,
    ),
    Mistake(
        id="entropy-sign",
        exercise="bonus_cross_entropy",
        title="The loss has the wrong sign: it is the logarithm of the probability itself.",
        hint="A loss falls when the network improves. Which way does yours go when the right class"
        " becomes more probable?",
        edits=(("(log_sums - shifted[rows, labels])", "(shifted[rows, labels] - log_sums)"),),
        see=BONUS,
    ),
]
