"""Known wrong solutions of the notebook autodiff_library, each an edit of the reference solution."""

from course.labs import Mistake

NODES = "1 · Nodes that know their gradient"
OPERATIONS = "2 · Operations"
BACK = "3 · The way back, for every graph"
NETWORK_OPERATIONS = "4 · Operations for networks"
MODULES = "5 · Modules"
BEGIN = "6 · Where to begin"
OPTIMISERS = "7 · Optimisers"
NETWORKS = "8 · Networks"
TRAINING = "9 · Training"
BONUS = "10 · Bonus: mini-batches"

# pieces of the reference solution of `backward`
HAND_ON = """            arrived[input_node] = arrived.get(input_node, 0) + part
            reports[input_node] -= 1
            if reports[input_node] == 0:
                ready.append(input_node)"""
ASK = "parts = node.func.backward(*values, *node.func_parameters, gradient)"
FIRST_WALK = """    reports, waiting = {self: 0}, [self]
    while waiting:
        for input_node in waiting.pop().input_nodes:
            if not input_node.require_grad:
                continue
            if input_node not in reports:
                reports[input_node] = 0
                waiting.append(input_node)
            reports[input_node] += 1
"""
RECURSIVE_WALK = """    reports = {self: 0}

    def count(node):
        for input_node in node.input_nodes:
            if input_node.require_grad:
                if input_node not in reports:
                    reports[input_node] = 0
                    count(input_node)
                reports[input_node] += 1

    count(self)
"""

MISTAKES = [
    # 1 zero_grad and set_gradient
    Mistake(
        id="lib-gradient-overwritten",
        exercise="node_gradient",
        title="A second gradient replaces the first instead of being added to it.",
        hint="A node that is used twice hears twice. What does the chain rule do with both parts?",
        edits=(
            ("gradient.copy() if self.grad is None else self.grad + gradient", "gradient.copy()"),
        ),
        see=NODES,
    ),
    Mistake(
        id="lib-gradient-aliased",
        exercise="node_gradient",
        title="The first gradient is kept without copying, and later ones are added into that "
        "array, which other nodes have as well.",
        hint="Hand one array to a and b, then another gradient to a alone: what does b say? Whose "
        "array is it that += writes into?",
        edits=(
            (
                "self.grad = gradient.copy() if self.grad is None else self.grad + gradient",
                "if self.grad is None:\n"
                "        self.grad = gradient\n"
                "    else:\n"
                "        self.grad += gradient",
            ),
        ),
        see=NODES,
    ),
    Mistake(
        id="lib-gradient-not-copied",
        exercise="node_gradient",
        title="grad is the very array that was handed in, and changes when its owner changes it.",
        hint="You never write into the array, but its owner may. What would protect you from that?",
        edits=(("gradient.copy() if", "gradient if"),),
        see=NODES,
    ),
    Mistake(
        id="lib-gradient-added-into-argument",
        exercise="node_gradient",
        title="What has arrived before is added into the array that is handed in.",
        hint="`gradient += ...` writes into the caller's array. What do other nodes then receive?",
        edits=(
            (
                "self.grad = gradient.copy() if self.grad is None else self.grad + gradient",
                "if self.grad is not None:\n"
                "        gradient += self.grad\n"
                "    self.grad = gradient.copy()",
            ),
        ),
        see=NODES,
    ),
    Mistake(
        id="lib-shape-unchecked",
        exercise="node_gradient",
        title="A gradient of any shape is accepted.",
        hint="What should happen to a gradient of shape (4, 2) for a value of shape (2, 4)?",
        edits=(("if gradient.shape != self.value.shape:", "if False:"),),
        see=NODES,
    ),
    Mistake(
        id="lib-shape-by-size",
        exercise="node_gradient",
        title="Only the number of entries is compared, not the shape.",
        hint="Arrays of shapes (2, 4) and (4, 2) have equally many entries. Do they fit?",
        edits=(("if gradient.shape != self.value.shape:", "if gradient.size != self.value.size:"),),
        see=NODES,
    ),
    Mistake(
        id="lib-shape-transposed",
        exercise="node_gradient",
        title="A gradient of the transposed shape is accepted.",
        hint="Your gradient has as many axes as the value, and as many entries. What else makes a "
        "shape?",
        edits=(
            (
                "if gradient.shape != self.value.shape:",
                "if gradient.ndim != self.value.ndim or gradient.size != self.value.size:",
            ),
        ),
        see=NODES,
    ),
    Mistake(
        id="lib-zero-grad-fills",
        exercise="node_gradient",
        title="zero_grad fills the gradient with zeros instead of forgetting it.",
        hint="What is `grad` in a new node? Zeros say that the gradient is known, and is zero.",
        edits=(
            (
                "self.grad = None\n",
                "if self.grad is not None:\n        self.grad.fill(0)\n",
            ),
        ),
        see=NODES,
    ),
    # 2 Addition
    Mistake(
        id="lib-addition-keeps-copies",
        exercise="addition",
        title="Broadcasting is not undone: both gradients have the shape of the sum.",
        hint="A row that was added to three rows moves the loss through all three. Which shape "
        "must its gradient have?",
        edits=(
            (
                "unbroadcast(gradient, x.shape), unbroadcast(gradient, y.shape)",
                "gradient, gradient",
            ),
        ),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-addition-one-side",
        exercise="addition",
        title="Broadcasting is undone for y only; x may have been copied as well.",
        hint="What is the shape of a row plus a matrix, and which of the two was copied?",
        edits=(("unbroadcast(gradient, x.shape)", "gradient"),),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-addition-shares-out",
        exercise="addition",
        title="The gradient is shared out between x and y instead of being given to both.",
        hint="If x grows by 1 and y stays, by how much does x + y grow? Must they share that?",
        edits=(
            (
                "unbroadcast(gradient, x.shape), unbroadcast(gradient, y.shape)",
                "unbroadcast(gradient / 2, x.shape), unbroadcast(gradient / 2, y.shape)",
            ),
        ),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-addition-mean",
        exercise="addition",
        title="The copies' gradients are averaged; they add up.",
        hint="If b stands in three rows and grows by 1, through how many entries does the loss "
        "move? Is that as much as through one?",
        edits=(
            (
                "unbroadcast(gradient, y.shape)",
                "unbroadcast(gradient, y.shape) * y.size / gradient.size",
            ),
        ),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-addition-in-place",
        exercise="addition",
        title="forward adds y into the array x that it is handed.",
        hint="The sum is right. But `x += y` writes into x: which node of the graph owns that array?",
        edits=(
            (
                "        return x + y\n",
                "        if x.shape == y.shape:\n"
                "            x += y\n"
                "            return x\n"
                "        return x + y\n",
            ),
        ),
        see=OPERATIONS,
    ),
    # 3 Selection
    Mistake(
        id="lib-selection-duplicates-lost",
        exercise="selection",
        title="An entry that was picked twice keeps only one of its gradients.",
        hint="`g[[0, 0]] += [1, 10]` reads, adds and writes for both at once. What is left? There "
        "is a function of NumPy that does one after the other.",
        edits=(("np.add.at(gradient_x, index, gradient)", "gradient_x[index] += gradient"),),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-selection-starts-from-x",
        exercise="selection",
        title="The gradient is added to x instead of to zeros.",
        hint="What is the gradient of an entry that nobody picked?",
        edits=(("np.zeros_like(x)", "x.copy()"),),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-selection-shape-of-z",
        exercise="selection",
        title="The gradient comes back in the shape of what was picked, not in that of x.",
        hint="A gradient has the shape of the thing it is the gradient of. Which shape is that?",
        edits=(("return (gradient_x,)", "return (gradient_x[index],)"),),
        see=OPERATIONS,
    ),
    Mistake(
        id="lib-selection-no-tuple",
        exercise="selection",
        title="backward returns an array instead of a tuple.",
        hint="`(a)` is a; what makes a tuple of it?",
        edits=(("return (gradient_x,)", "return gradient_x"),),
        see=OPERATIONS,
    ),
    # 4 backward
    Mistake(
        id="lib-backward-path-by-path",
        exercise="node_backward",
        title="Every path is walked on its own, so that operations are asked again and again.",
        hint="The gradients are right, but count the calls on a ladder of diamonds. What must a "
        "node wait for before it hands on?",
        edits=(
            (
                HAND_ON,
                "            ready.append(input_node)\n"
                "            arrived.setdefault(id(input_node), []).append(part)",
            ),
            ("gradient = arrived.pop(node)", "gradient = arrived[id(node)].pop()"),
            (
                "arrived = {self: np.ones_like(self.value) if g is None else g}",
                "arrived = {id(self): [np.ones_like(self.value) if g is None else g]}",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-number-is-loss",
        exercise="node_backward",
        title="A node that holds a number starts with 1, whatever g is handed in.",
        hint="Who asked for ones? What should z.backward(g) do for a number z and g = -1.5?",
        edits=(("if g is None else g", "if g is None or np.ndim(self.value) == 0 else g"),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-at-once",
        exercise="node_backward",
        title="A node hands on what has arrived when it is first reached; what comes later is "
        "never handed on.",
        hint="In the example, u is told by v and by z. What has it heard when you ask its "
        "operation, and when is it complete?",
        edits=(
            (
                HAND_ON,
                "            if input_node in reports:\n"
                "                del reports[input_node]\n"
                "                arrived[input_node] = part\n"
                "                ready.append(input_node)\n"
                "            elif input_node in arrived:\n"
                "                arrived[input_node] = arrived[input_node] + part\n"
                "            else:\n"
                "                input_node.set_gradient(part)",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-last-part-only",
        exercise="node_backward",
        title="Of several parts that arrive at a node, the last replaces the others.",
        hint="x is used by two operations. Which sum does the chain rule ask for?",
        edits=(("arrived.get(input_node, 0) + part", "part"),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-in-place",
        exercise="node_backward",
        title="Parts are added in place, into an array that belongs to another node as well.",
        hint="Average.backward returns the same array twice. What does += do to the one that you "
        "have stored for the other input?",
        edits=(
            (
                "arrived[input_node] = arrived.get(input_node, 0) + part",
                "if input_node in arrived:\n"
                "                arrived[input_node] += part\n"
                "            else:\n"
                "                arrived[input_node] = part",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-hands-on-grad",
        exercise="node_backward",
        title="node.grad is handed on, with what earlier calls have left in it.",
        hint="Call backward twice: is the second call's contribution the same as the first one's? "
        "What does `grad` hold at its beginning?",
        edits=((ASK, ASK.replace("gradient)", "node.grad)")),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-forgets-before",
        exercise="node_backward",
        title="The gradients of earlier calls are forgotten; they should stay, and add up.",
        hint="Two losses on one network, one backward for each: what should `grad` hold "
        "afterwards? Who is it that decides when to forget?",
        edits=(
            (
                "node.set_gradient(gradient)",
                "node.grad = None\n        node.set_gradient(gradient)",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-ignores-g",
        exercise="node_backward",
        title="g is ignored: the walk always begins with ones.",
        hint="What does the node know of the loss, if not g?",
        edits=(("np.ones_like(self.value) if g is None else g", "np.ones_like(self.value)"),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-begins-with-value",
        exercise="node_backward",
        title="Without g the walk begins with the value of the node, not with ones.",
        hint="What is the derivative of z with respect to z?",
        edits=(("np.ones_like(self.value) if", "self.value.copy() if"),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-leaves-only",
        exercise="node_backward",
        title="Only leaves receive a gradient; nodes in between should, too.",
        hint="Look at `grad` of a computed node after your backward. Who was it handed through?",
        edits=(
            (
                "        node.set_gradient(gradient)\n        if node.func is None:\n",
                "        if node.func is None:\n            node.set_gradient(gradient)\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-data-too",
        exercise="node_backward",
        title="Data receives a gradient, although nobody wants it.",
        hint="What is require_grad for?",
        edits=(
            (
                "            if not input_node.require_grad:\n"
                "                continue\n"
                "            if input_node not in reports:",
                "            if input_node not in reports:",
            ),
            (
                "            if not input_node.require_grad:\n"
                "                continue\n"
                "            arrived[input_node] = arrived",
                "            arrived[input_node] = arrived",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-takes-graph-apart",
        exercise="node_backward",
        title="The graph is taken apart on the way back, and a second call finds nothing.",
        hint="Somebody may call backward twice on one node. What must be left of its input_nodes?",
        edits=((HAND_ON, HAND_ON + "\n        node.input_nodes = []"),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-recursive",
        exercise="node_backward",
        title="The walk is recursive, and a long chain exceeds the depth of Python's recursion.",
        hint="A list of the nodes that are still to be visited does what the stack of calls does, "
        "without its limit.",
        edits=((FIRST_WALK, RECURSIVE_WALK),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-settings-forgotten",
        exercise="node_backward",
        title="The operation is asked without its settings.",
        hint="Scale needs its factor on the way back as well. Where does the node keep it?",
        edits=((ASK, ASK.replace("*node.func_parameters, ", "")),),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-input-counted-once",
        exercise="node_backward",
        title="An operation that uses the same node twice is expected to report once.",
        hint="How many parts does the node x receive from x + x, and for how many does it wait?",
        edits=(
            (
                "for input_node in waiting.pop().input_nodes:",
                "for input_node in dict.fromkeys(waiting.pop().input_nodes):",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-grad-assigned",
        exercise="node_backward",
        title="grad is set directly, past set_gradient.",
        hint="set_gradient checks the shape and makes a copy. Who does that if you write to grad "
        "yourself?",
        edits=(
            (
                "node.set_gradient(gradient)",
                "node.grad = gradient if node.grad is None else node.grad + gradient",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-zeros-skipped",
        exercise="node_backward",
        title="A gradient of zeros is not handed on.",
        hint="What does `grad` say below a node whose gradient is zero: None or zeros? Which of the "
        'two means "asked, and the answer was zero"?',
        edits=(
            (
                "        node.set_gradient(gradient)\n",
                "        node.set_gradient(gradient)\n"
                "        if not np.any(gradient):\n"
                "            continue\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="lib-backward-zeros-taken-for-none",
        exercise="node_backward",
        title="If g is all zeros it is taken for missing, and the walk begins with ones.",
        hint="Zeros are a gradient like any other. How do you find out whether g was given?",
        edits=(("if g is None else g", "if g is None or not np.any(g) else g"),),
        see=BACK,
    ),
    # 5 ReLU
    Mistake(
        id="lib-relu-slope-one-at-zero",
        exercise="node_relu",
        title="The slope at 0 is taken to be 1; the course says 0.",
        hint="Which side of the corner does your comparison put the 0 on?",
        edits=(("x > 0", "x >= 0"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-relu-ignores-gradient",
        exercise="node_relu",
        title="The slope is returned without the gradient that arrives.",
        hint="The loss moves gradient times as much as z. Where does that enter?",
        edits=(("gradient * (x > 0)", "(x > 0) * 1.0"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-relu-gate-of-gradient",
        exercise="node_relu",
        title="The gradient is cut where it is negative itself, not where x is.",
        hint="What closed the gate on the way forward: x, or what comes back?",
        edits=(("gradient * (x > 0)", "gradient * (gradient > 0)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-relu-passes-all",
        exercise="node_relu",
        title="The gradient passes everywhere, also where x is negative.",
        hint="If x = -2 grows a little, does ReLU(x) move?",
        edits=(("gradient * (x > 0)", "gradient * 1.0"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-relu-in-place",
        exercise="node_relu",
        title="forward sets entries of x itself to zero.",
        hint="The array belongs to another node. What will backward find in it?",
        edits=(("return np.maximum(x, 0)", "x[x < 0] = 0\n        return x"),),
        see=NETWORK_OPERATIONS,
    ),
    # 6 TanH
    Mistake(
        id="lib-tanh-overflows",
        exercise="node_tanh",
        title="Exponentials of large numbers overflow, and the result is nan.",
        hint="What is np.exp(1000.0)? With which factor, top and bottom, is no exponent above 0?",
        edits=(("np.exp(z - np.abs(z)), np.exp(-z - np.abs(z))", "np.exp(z), np.exp(-z)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-tanh-one-shift",
        exercise="node_tanh",
        title="All entries are shifted by the same number, the largest of the array.",
        hint="Let the entries be 1000 and 1. What is left of the exponentials of the second?",
        edits=(
            (
                "np.exp(z - np.abs(z)), np.exp(-z - np.abs(z))",
                "np.exp(z - np.abs(z).max()), np.exp(-z - np.abs(z).max())",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-tanh-turned-around",
        exercise="node_tanh",
        title="The sign of tanh is wrong.",
        hint="Is tanh(2) positive or negative? Which exponential is the larger one there?",
        edits=(("(up - down) / (up + down)", "(down - up) / (up + down)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-tanh-slope-of-sigmoid",
        exercise="node_tanh",
        title="The slope is that of the sigmoid, t(1 - t).",
        hint="What is the slope of tanh at 0, where it is steepest?",
        edits=(
            (
                "1 - TanH.TanHCompute(x) ** 2",
                "TanH.TanHCompute(x) * (1 - TanH.TanHCompute(x))",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-tanh-slope-of-x",
        exercise="node_tanh",
        title="The slope is computed from x in place of tanh(x).",
        hint="In 1 - t², what is t?",
        edits=(("1 - TanH.TanHCompute(x) ** 2", "1 - x**2"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-tanh-ignores-gradient",
        exercise="node_tanh",
        title="The slope is returned without the gradient that arrives.",
        hint="The loss moves gradient times as much as z. Where does that enter?",
        edits=(("gradient * (1 -", "1.0 * (1 -"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-tanh-repaired-afterwards",
        exercise="node_tanh",
        title="Large entries overflow first, and are replaced afterwards.",
        hint="`np.where` picks from two arrays, and both are computed before it picks. What is "
        "np.exp(1000.0) in the one that is thrown away, and what does NumPy say about it?",
        edits=(
            (
                "up, down = np.exp(z - np.abs(z)), np.exp(-z - np.abs(z))\n"
                "        return (up - down) / (up + down)",
                "up, down = np.exp(z), np.exp(-z)\n"
                "        return np.where(np.abs(z) > 300, np.sign(z), (up - down) / (up + down))",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    # 7 affine_transform
    Mistake(
        id="lib-affine-bias-not-summed",
        exercise="affine_transform",
        title="The gradient of the bias is not summed over the examples.",
        hint="b stands in every row. Which shape has its gradient?",
        edits=(("gradient.sum(axis=0)", "gradient"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-affine-bias-row",
        exercise="affine_transform",
        title="The gradient of the bias is a matrix of one row, not a vector.",
        hint="The bias has the shape (n_out,). A gradient has the shape of its parameter.",
        edits=(("gradient.sum(axis=0)", "gradient.sum(axis=0, keepdims=True)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-affine-mean",
        exercise="affine_transform",
        title="The gradients of W and b are divided by the number of examples.",
        hint="The mean over the batch is the business of the loss. Has its gradient not been "
        "divided already?",
        edits=(
            (
                "x.T @ gradient, gradient.sum(axis=0)",
                "x.T @ gradient / len(x), gradient.mean(axis=0)",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-affine-weights-transposed",
        exercise="affine_transform",
        title="The gradient of W is transposed.",
        hint="Its entry [i, j] belongs to the weight from input i to output j. Is yours?",
        edits=(("x.T @ gradient", "gradient.T @ x"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-affine-input-untransposed",
        exercise="affine_transform",
        title="The gradient of x is computed with W in place of its transpose.",
        hint="Over which index is the sum, that of the inputs or that of the outputs?",
        edits=(("gradient @ W.T", "gradient @ W"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-affine-order",
        exercise="affine_transform",
        title="The gradients come in another order than the arguments.",
        hint="The arguments are W, b, x. And what you return?",
        edits=(
            (
                "return x.T @ gradient, gradient.sum(axis=0), gradient @ W.T",
                "return gradient @ W.T, x.T @ gradient, gradient.sum(axis=0)",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-affine-input-forgotten",
        exercise="affine_transform",
        title="The gradient of x is missing.",
        hint="x may be the output of another layer. What would that layer receive?",
        edits=(
            (
                "return x.T @ gradient, gradient.sum(axis=0), gradient @ W.T",
                "return x.T @ gradient, gradient.sum(axis=0)",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    # 8 nll
    Mistake(
        id="lib-nll-sum",
        exercise="nll",
        title="The loss is a sum over the examples, not their mean.",
        hint="Should the loss of twice as many examples be twice as large?",
        edits=(
            (
                "np.mean(log_sum_exp - (x * y).sum(axis=1))",
                "np.sum(log_sum_exp - (x * y).sum(axis=1))",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-per-example",
        exercise="nll",
        title="The losses of the examples are returned, not their mean.",
        hint="In this course a loss is one number. Which one?",
        edits=(
            (
                "np.mean(log_sum_exp - (x * y).sum(axis=1))",
                "log_sum_exp - (x * y).sum(axis=1)",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-overflows",
        exercise="nll",
        title="The exponentials in the loss overflow for large logits.",
        hint="What is np.exp(1000.0)? Which number may you subtract from a whole row?",
        edits=(
            (
                "highest = x.max(axis=1, keepdims=True)",
                "highest = np.zeros((len(x), 1))",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-one-maximum",
        exercise="nll",
        title="All rows are shifted by the largest logit of the whole array.",
        hint="A row of small logits beside one of large ones: what is left of its exponentials?",
        edits=(
            (
                "highest = x.max(axis=1, keepdims=True)",
                "highest = np.full((len(x), 1), x.max())",
            ),
        ),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-shift-not-added",
        exercise="nll",
        title="The maximum is subtracted in the exponents and never added again.",
        hint="With m = 2, is log(e^(x-2)) the same as log(e^x)?",
        edits=(("highest[:, 0] + np.log", "np.log"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-gradient-not-averaged",
        exercise="nll",
        title="The gradient is not divided by the number of examples.",
        hint="The loss is a mean over the rows. Is your gradient that of a mean?",
        edits=((" / len(x),)", ",)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-gradient-over-all",
        exercise="nll",
        title="The gradient is divided by the number of logits, not of examples.",
        hint="The mean is over the rows. By what did you divide?",
        edits=((" / len(x),)", " / x.size,)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-upstream-ignored",
        exercise="nll",
        title="The cotangent of the loss is ignored.",
        hint="The loss may be a part of something larger. What tells you how large a part?",
        edits=(("(gradient * (p - y)", "((p - y)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-sign",
        exercise="nll",
        title="The sign of the gradient is wrong.",
        hint="If the logit of the right class grows, does the loss grow or shrink?",
        edits=(("(p - y)", "(y - p)"),),
        see=NETWORK_OPERATIONS,
    ),
    Mistake(
        id="lib-nll-labels-forgotten",
        exercise="nll",
        title="The gradient is the softmax alone, without the labels.",
        hint="The loss has two terms. What is the derivative of the second?",
        edits=(("(gradient * (p - y)", "(gradient * p"),),
        see=NETWORK_OPERATIONS,
    ),
    # 9 collect_parameters
    Mistake(
        id="lib-modules-shared-twice",
        exercise="collect_parameters",
        title="A parameter that is shared is found twice.",
        hint="What would an optimiser do with a parameter that is in its list twice?",
        edits=(("return list(dict.fromkeys(found))", "return found"),),
        see=MODULES,
    ),
    Mistake(
        id="lib-modules-lists-forgotten",
        exercise="collect_parameters",
        title="Parameters within a ModuleList are not found.",
        hint="A ModuleList is a list, not a Module. Who asks it for its parameters?",
        edits=(("isinstance(thing, (Module, ModuleList))", "isinstance(thing, Module)"),),
        see=MODULES,
    ),
    Mistake(
        id="lib-modules-parts-forgotten",
        exercise="collect_parameters",
        title="Parameters within other modules are not found.",
        hint="Only the parameters next to the surface come up. Who looks into the parts?",
        edits=(("isinstance(thing, (Module, ModuleList))", "isinstance(thing, ModuleList)"),),
        see=MODULES,
    ),
    Mistake(
        id="lib-modules-data-too",
        exercise="collect_parameters",
        title="Nodes that are no parameters are taken as well.",
        hint="Is data to be learned? Which class tells the two apart?",
        edits=(("isinstance(thing, Parameter)", "isinstance(thing, ComputationGraphNode)"),),
        see=MODULES,
    ),
    Mistake(
        id="lib-modules-by-name",
        exercise="collect_parameters",
        title="The parameters come sorted by name, not in the order in which they are met.",
        hint="The order should be that of the attributes. Why would anybody sort?",
        edits=(
            (
                "return list(dict.fromkeys(found))",
                "return sorted(dict.fromkeys(found), key=lambda p: p.name)",
            ),
        ),
        see=MODULES,
    ),
    Mistake(
        id="lib-modules-equal-values",
        exercise="collect_parameters",
        title="Parameters with equal values are taken for the same.",
        hint="Two biases of zeros are two parameters. When are two objects the same object?",
        edits=(
            (
                "return list(dict.fromkeys(found))",
                "return list({p.value.tobytes(): p for p in found[::-1]}.values())[::-1]",
            ),
        ),
        see=MODULES,
    ),
    Mistake(
        id="lib-collect-remembers",
        exercise="collect_parameters",
        title="What one call has found is remembered, and missing in the next.",
        hint="A default value such as `set()` is made once, when the function is defined. Ask the same "
        "module twice: what is in the set when the second call begins?",
        edits=(
            ("def collect_parameters(things):", "def collect_parameters(things, seen=set()):"),
            (
                "            found.append(thing)\n",
                "            if thing not in seen:\n"
                "                seen.add(thing)\n"
                "                found.append(thing)\n",
            ),
        ),
        see=MODULES,
    ),
    Mistake(
        id="lib-collect-by-name",
        exercise="collect_parameters",
        title="Parameters of the same name are taken for the same parameter.",
        hint="Each layer of a network has a W. Are they one? (And what is the name of a parameter "
        "to which nobody gave one?)",
        edits=(
            (
                "return list(dict.fromkeys(found))",
                "return list({p.name: p for p in found}.values())",
            ),
        ),
        see=MODULES,
    ),
    Mistake(
        id="lib-collect-plain-lists",
        exercise="collect_parameters",
        title="Plain lists and tuples are searched as well.",
        hint="A ModuleList is a list, but not every list is a ModuleList. Into which do we look?",
        edits=(
            (
                "        elif isinstance(thing, (Module, ModuleList)):\n"
                "            found.extend(thing.parameters())\n",
                "        elif isinstance(thing, Module):\n"
                "            found.extend(thing.parameters())\n"
                "        elif isinstance(thing, (list, tuple)):\n"
                "            found.extend(collect_parameters(thing))\n",
            ),
        ),
        see=MODULES,
    ),
    # 10 initialisation
    Mistake(
        id="lib-glorot-fan-in",
        exercise="initialisation",
        title="Glorot's bound knows the inputs only, not the outputs.",
        hint="Glorot's variance is a compromise between the way forward and the way back. Which "
        "width belongs to the way back?",
        edits=(("np.sqrt(6 / (n_in + n_out))", "np.sqrt(6 / n_in)"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-glorot-variance-for-bound",
        exercise="initialisation",
        title="The standard deviation is used as the bound of the uniform distribution.",
        hint="Numbers from [-a, a) have the variance a²/3. Which a gives the variance you want?",
        edits=(("np.sqrt(6 / (n_in + n_out))", "np.sqrt(2 / (n_in + n_out))"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-glorot-one-sided",
        exercise="initialisation",
        title="Glorot draws from [0, a): all weights are positive.",
        hint="What is the mean of what you draw, and what should it be?",
        edits=(("rng.uniform(-a, a,", "rng.uniform(0, a,"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-glorot-normal",
        exercise="initialisation",
        title="Glorot draws from a normal distribution; it should be the uniform one.",
        hint="The variance is right. But the agreement names the one call on rng, and this is "
        "another one.",
        edits=(
            (
                "parameter.value = rng.uniform(-a, a, size=(n_in, n_out))",
                "parameter.value = rng.normal(0, a / np.sqrt(3), size=(n_in, n_out))",
            ),
        ),
        see=BEGIN,
    ),
    Mistake(
        id="lib-init-own-generator",
        exercise="initialisation",
        title="Glorot draws from a generator of its own instead of from rng.",
        hint="Two layers of the same shape: should they begin with the same numbers? Where should "
        "the numbers come from?",
        edits=(("rng.uniform(-a, a,", "np.random.default_rng(0).uniform(-a, a,"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-kaiming-two-missing",
        exercise="initialisation",
        title="Kaiming's factor 2 is missing.",
        hint="A ReLU throws away half of the mean square. What makes up for it?",
        edits=(("np.sqrt(2 / n_in)", "np.sqrt(1 / n_in)"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-kaiming-fan-out",
        exercise="initialisation",
        title="Kaiming's variance is computed from the number of outputs.",
        hint="How many terms has the sum for one output?",
        edits=(("np.sqrt(2 / n_in)", "np.sqrt(2 / n_out)"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-kaiming-variance",
        exercise="initialisation",
        title="The variance is used as the standard deviation.",
        hint="What does the second argument of rng.normal mean?",
        edits=(("rng.normal(0, np.sqrt(2 / n_in)", "rng.normal(0, 2 / n_in"),),
        see=BEGIN,
    ),
    Mistake(
        id="lib-zero-init-draws",
        exercise="initialisation",
        title="zero_init draws numbers that it does not use, so that what comes after it differs.",
        hint="The agreement says which calls on rng each function makes. How many are they here?",
        edits=(
            (
                "parameter.value = np.zeros(parameter.value.shape)",
                "parameter.value = 0 * rng.normal(size=parameter.value.shape)",
            ),
        ),
        see=BEGIN,
    ),
    Mistake(
        id="lib-zero-init-gradient",
        exercise="initialisation",
        title="zero_init sets the gradient to zero, not the value.",
        hint="Which attribute holds the numbers that the network computes with?",
        edits=(
            (
                "parameter.value = np.zeros(",
                "parameter.grad = np.zeros(",
            ),
        ),
        see=BEGIN,
    ),
    # 11 SGD
    Mistake(
        id="lib-sgd-uphill",
        exercise="sgd",
        title="The step goes uphill.",
        hint="The gradient points to where the loss grows. Where do you want to go?",
        edits=(("p.value - self.lr", "p.value + self.lr"),),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-no-lr",
        exercise="sgd",
        title="The learning rate is not used.",
        hint="How long is your step, and how long should it be?",
        edits=(("self.lr * p.grad", "p.grad"),),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-none",
        exercise="sgd",
        title="A parameter without a gradient stops the step with an error.",
        hint="What is `grad` of a parameter that took no part in the loss?",
        edits=(("if p.grad is not None:", "if True:"),),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-new-parameters",
        exercise="sgd",
        title="The optimiser makes new parameters; the network keeps the old ones.",
        hint="The network does not look into the optimiser's list. Which object do both know?",
        edits=(
            (
                "for p in self.params:\n"
                "            if p.grad is not None:\n"
                "                p.value = p.value - self.lr * p.grad",
                "for k, p in enumerate(self.params):\n"
                "            if p.grad is not None:\n"
                "                self.params[k] = Parameter(p.value - self.lr * p.grad)",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-stale-values",
        exercise="sgd",
        title="The optimiser remembers the arrays that it was made with, not the parameters.",
        hint="Somebody initialises the network after the optimiser was made. From which numbers "
        "does your step start?",
        edits=(
            ("self.lr = lr", "self.lr, self.values = lr, [p.value for p in self.params]"),
            (
                "for p in self.params:\n"
                "            if p.grad is not None:\n"
                "                p.value = p.value - self.lr * p.grad",
                "for k, p in enumerate(self.params):\n"
                "            if p.grad is not None:\n"
                "                self.values[k] = self.values[k] - self.lr * p.grad\n"
                "                p.value = self.values[k]",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-keeps-gradients",
        exercise="sgd",
        title="zero_grad of the optimiser does nothing.",
        hint="What is in `grad` when the next backward begins?",
        edits=(("p.zero_grad()", "p.zero_grad"),),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-scales-gradients",
        exercise="sgd",
        title="The step multiplies the gradients themselves with the learning rate.",
        hint="`p.grad *= ...` changes what everybody finds in `grad` afterwards. How long is a second "
        "step with the same gradient?",
        edits=(
            (
                "p.value = p.value - self.lr * p.grad",
                "p.grad *= self.lr\n                p.value = p.value - p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-sgd-step-forgets",
        exercise="sgd",
        title="The step forgets the gradients that it has used.",
        hint="There is a method whose business it is to forget. Who decides when to call it?",
        edits=(
            (
                "p.value = p.value - self.lr * p.grad",
                "p.value = p.value - self.lr * p.grad\n                p.grad = None",
            ),
        ),
        see=OPTIMISERS,
    ),
    # 12 SGDWithMomentum
    Mistake(
        id="lib-momentum-forgotten",
        exercise="sgd_with_momentum",
        title="The velocity is not kept from step to step.",
        hint="What is the velocity at the beginning of the second step?",
        edits=(
            (
                "self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
                "self.velocities[k] = self.momentum * np.zeros_like(p.value) + p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-shared",
        exercise="sgd_with_momentum",
        title="All parameters share one velocity.",
        hint="Two parameters with different gradients: how many velocities do they need?",
        edits=(
            ("[np.zeros_like(p.value) for p in self.params]", "[0.0]"),
            (
                "self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
                "k = 0\n"
                "                if np.shape(self.velocities[k]) not in ((), p.value.shape):\n"
                "                    self.velocities[k] = np.zeros_like(p.value)\n"
                "                self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-average",
        exercise="sgd_with_momentum",
        title="The gradient is weighted with 1 - momentum; here it counts in full.",
        hint="After one step with the momentum ½, is the velocity the gradient or half of it?",
        edits=(
            (
                "self.velocities[k] + p.grad",
                "self.velocities[k] + (1 - self.momentum) * p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-uphill",
        exercise="sgd_with_momentum",
        title="The step goes uphill.",
        hint="With v the sum of gradients, which way is down?",
        edits=(("p.value - self.lr", "p.value + self.lr"),),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-old-velocity",
        exercise="sgd_with_momentum",
        title="The step is taken with the velocity of the step before.",
        hint="Which comes first, the new velocity or the step? In which step does the first "
        "gradient move anything?",
        edits=(
            (
                "self.velocities[k] = self.momentum * self.velocities[k] + p.grad\n"
                "                p.value = p.value - self.lr * self.velocities[k]",
                "p.value = p.value - self.lr * self.velocities[k]\n"
                "                self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-nesterov",
        exercise="sgd_with_momentum",
        title="This is Nesterov's form: the velocity is looked ahead of.",
        hint="The step is the learning rate times the velocity, nothing else. What have you added?",
        edits=(
            (
                "self.lr * self.velocities[k]",
                "self.lr * (p.grad + self.momentum * self.velocities[k])",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-none",
        exercise="sgd_with_momentum",
        title="A parameter without a gradient moves on with its old velocity.",
        hint="It took no part in the loss. What should the step do with it?",
        edits=(
            ("if p.grad is not None:", "if True:"),
            (
                "self.velocities[k] + p.grad",
                "self.velocities[k] + (0 if p.grad is None else p.grad)",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-in-grad",
        exercise="sgd_with_momentum",
        title="The velocity is written into grad as well.",
        hint="What does `grad` hold after your step, the gradient or the velocity? Who may want to "
        "look at it?",
        edits=(
            (
                "self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
                "p.grad = self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-aliased",
        exercise="sgd_with_momentum",
        title="The first velocity is the very array of the gradient, and is then changed in place.",
        hint="After the first step velocity and gradient are equal. Are they also the same array, and "
        "into which of them does the next step write?",
        edits=(
            ("[np.zeros_like(p.value) for p in self.params]", "[None for p in self.params]"),
            (
                "self.velocities[k] = self.momentum * self.velocities[k] + p.grad",
                "if self.velocities[k] is None:\n"
                "                    self.velocities[k] = p.grad\n"
                "                else:\n"
                "                    self.velocities[k] *= self.momentum\n"
                "                    self.velocities[k] += p.grad",
            ),
        ),
        see=OPTIMISERS,
    ),
    Mistake(
        id="lib-momentum-zero-grad-stops",
        exercise="sgd_with_momentum",
        title="zero_grad forgets the velocities as well, so that no momentum is left in a training.",
        hint="zero_grad is called before every backward. What should it forget, and what must last "
        "from step to step?",
        edits=(
            (
                "                p.value = p.value - self.lr * self.velocities[k]\n",
                "                p.value = p.value - self.lr * self.velocities[k]\n"
                "\n"
                "    def zero_grad(self):\n"
                "        super().zero_grad()\n"
                "        self.velocities = [np.zeros_like(p.value) for p in self.params]\n",
            ),
        ),
        see=OPTIMISERS,
    ),
    # 13 LinearNetwork
    Mistake(
        id="lib-linear-bias-row",
        exercise="linear_network",
        title="The bias is a matrix of one row, not a vector.",
        hint="Which shape has b in the agreement at the beginning?",
        edits=(("np.zeros(dim_output)", "np.zeros((1, dim_output))"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-weights-transposed",
        exercise="linear_network",
        title="W has the shape (dim_output, dim_input).",
        hint="In x @ W, which axis of W meets the inputs?",
        edits=(("np.zeros((dim_input, dim_output))", "np.zeros((dim_output, dim_input))"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-init-ignored",
        exercise="linear_network",
        title="The initialisation that was asked for is ignored.",
        hint="Where does your init_parameters use its argument init?",
        edits=(("        init(self.W, rng)", "        glorot_init(self.W, rng)"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-bias-kept",
        exercise="linear_network",
        title="init_parameters leaves the bias as it was.",
        hint="A network may be initialised a second time. What should its bias be then?",
        edits=(("        zero_init(self.b, rng)\n", ""),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-graph-cut",
        exercise="linear_network",
        title="forward returns a new node without a history.",
        hint="The numbers are right. But how should backward find W and b?",
        edits=(
            (
                "return affine_transform()(self.W, self.b, as_node(x))",
                "return as_node(affine_transform()(self.W, self.b, as_node(x)).value)",
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-input-cut",
        exercise="linear_network",
        title="The input is wrapped in a new node, so that no gradient goes back beyond this layer.",
        hint="x may be the output of another layer. What is in `x.value`, and what is lost?",
        edits=(("as_node(x))", 'as_node(getattr(x, "value", x)))'),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-new-parameters",
        exercise="linear_network",
        title="init_parameters makes a new Parameter W; an optimiser that holds the old one moves nothing.",
        hint="Who else may hold W by now? What does init set, the parameter or its value?",
        edits=(
            (
                "init(self.W, rng)",
                'self.W = Parameter(self.W.value, name="W")\n        init(self.W, rng)',
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-linear-order",
        exercise="linear_network",
        title="affine_transform is handed x first, and takes it for W.",
        hint="In which order does affine_transform.forward take W, b and x?",
        edits=(("(self.W, self.b, as_node(x))", "(as_node(x), self.W, self.b)"),),
        see=NETWORKS,
    ),
    # 14 DeepNetwork
    Mistake(
        id="lib-deep-one-layer-less",
        exercise="deep_network",
        title="There is one hidden layer too few.",
        hint="n_layers counts the hidden layers. How many linear networks is that, with the last?",
        edits=(("[hidden_dim] * n_layers", "[hidden_dim] * (n_layers - 1)"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-one-layer-more",
        exercise="deep_network",
        title="There is one hidden layer too many.",
        hint="n_layers counts the hidden layers. How many linear networks is that, with the last?",
        edits=(("[hidden_dim] * n_layers", "[hidden_dim] * (n_layers + 1)"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-same-layer",
        exercise="deep_network",
        title="Hidden layers of the same size are one and the same layer.",
        hint="`[LinearNetwork(5, 5)] * 3` is a list of three: three what?",
        edits=(
            (
                "self.layers.append(LinearNetwork(n_in, n_out))",
                "same = [l for l in self.layers if l.W.value.shape == (n_in, n_out)]\n"
                "            self.layers.append(same[0] if same else LinearNetwork(n_in, n_out))",
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-plain-list",
        exercise="deep_network",
        title="The layers are kept in a plain list, in which nobody looks for parameters.",
        hint="What does net.parameters() return? Which lists are searched?",
        edits=(("self.layers = ModuleList()", "self.layers = []"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-activation-at-the-end",
        exercise="deep_network",
        title="The activation is applied to the logits as well.",
        hint="Can your network give a negative logit, or one above 1? Should it?",
        edits=(
            (
                "return self.layers[-1].forward(x)",
                "return activation(self.layers[-1].forward(x))",
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-no-activation",
        exercise="deep_network",
        title="There is no activation between the layers.",
        hint="What is an affine map of an affine map?",
        edits=(("x = activation(layer.forward(x))", "x = layer.forward(x)"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-always-relu",
        exercise="deep_network",
        title="tanh=True is ignored in forward.",
        hint="Where does your forward ask which activation is wanted?",
        edits=(("activation = TanH() if self.tanh else ReLU()", "activation = ReLU()"),),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-first-answer-kept",
        exercise="deep_network",
        title="The graph of the first examples is kept, and every later input gets their logits.",
        hint="What do you get for other examples? A graph belongs to one input: build it in each call.",
        edits=(
            (
                "return self.layers[-1].forward(x)",
                "if not hasattr(self, 'logits'):\n"
                "            self.logits = self.layers[-1].forward(x)\n"
                "        return self.logits",
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-graph-cut",
        exercise="deep_network",
        title="A layer is handed the bare array of the layer before, and the graph ends there.",
        hint="After backward, which layers have a gradient? What did you hand to the next one?",
        edits=(
            (
                "x = activation(layer.forward(x))",
                "x = activation(layer.forward(x)).value",
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-kaiming-last",
        exercise="deep_network",
        title="The last layer is initialised like the hidden ones.",
        hint="Kaiming makes up for what a ReLU throws away. Is there one behind the last layer?",
        edits=(
            (
                "self.layers[-1].init_parameters(rng, glorot_init)",
                "self.layers[-1].init_parameters(rng, glorot_init if self.tanh else kaiming_init)",
            ),
        ),
        see=NETWORKS,
    ),
    Mistake(
        id="lib-deep-always-glorot",
        exercise="deep_network",
        title="Layers before a ReLU are initialised with Glorot.",
        hint="Which initialisation was made for ReLU, and what happens without it in ten layers?",
        edits=(("rng, glorot_init if self.tanh else kaiming_init)", "rng)"),),
        see=NETWORKS,
    ),
    # 15 training_loop
    Mistake(
        id="lib-loop-gradients-add-up",
        exercise="training_loop",
        title="Gradients of earlier epochs are never forgotten.",
        hint="What is in `grad` when the second backward begins, and what does backward do with it?",
        edits=(("        optimizer.zero_grad()\n", ""),),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-own-loss",
        exercise="training_loop",
        title="The loss is always nll, whatever loss is handed in.",
        hint="What is the last argument of training_loop for?",
        edits=(("loss(network.forward(x), y)", "mean_nll(network.forward(x), y)"),),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-empty-step",
        exercise="training_loop",
        title="The step finds no gradient: it is forgotten by then, or has not come yet.",
        hint="Write the five calls of a step below each other. What is in `grad` after each?",
        edits=(
            ("        optimizer.zero_grad()\n", ""),
            (
                "        cost.backward()\n",
                "        cost.backward()\n        optimizer.zero_grad()\n",
            ),
        ),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-forgets-after",
        exercise="training_loop",
        title="Gradients from before the loop take part in the first step.",
        hint="Somebody may have called backward before your loop begins. Who forgets that gradient?",
        edits=(
            ("        optimizer.zero_grad()\n", ""),
            (
                "        optimizer.step()\n",
                "        optimizer.step()\n        optimizer.zero_grad()\n",
            ),
        ),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-accuracy-before",
        exercise="training_loop",
        title="The accuracy is taken before the step.",
        hint="The history wants the accuracy of the parameters after the step. When do you look?",
        edits=(
            ("        accuracies.append(accuracy(network, dev_data))\n", ""),
            (
                "        optimizer.step()\n",
                "        accuracies.append(accuracy(network, dev_data))\n        optimizer.step()\n",
            ),
        ),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-accuracy-on-train",
        exercise="training_loop",
        title="The accuracy is that on the train digits.",
        hint="The network has seen the train digits. Which ones has it not?",
        edits=(("accuracy(network, dev_data)", "accuracy(network, train_data)"),),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-cost-after",
        exercise="training_loop",
        title="The cost is noted after the step, not before it.",
        hint="Which parameters is the noted loss computed with?",
        edits=(
            (
                "costs.append(float(cost.value))",
                "costs.append(float(loss(network.forward(x), y).value))",
            ),
        ),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-trains-on-dev",
        exercise="training_loop",
        title="The network is trained on the dev digits.",
        hint="Which digits may a gradient see?",
        edits=(("x, y = train_data", "x, y = dev_data"),),
        see=TRAINING,
    ),
    Mistake(
        id="lib-loop-one-epoch-less",
        exercise="training_loop",
        title="There is one epoch too few.",
        hint="How many numbers does range(1, n) run through?",
        edits=(("range(n_epochs)", "range(1, n_epochs)"),),
        see=TRAINING,
    ),
    # bonus
    Mistake(
        id="lib-batches-rest-dropped",
        exercise="bonus_batches",
        title="The last, smaller mini-batch is left out.",
        hint="Seven examples in pieces of three: which example does your epoch not use?",
        edits=(
            (
                "range(0, len(x), batch_size)",
                "range(0, len(x) - len(x) % batch_size, batch_size)",
            ),
        ),
        see=BONUS,
    ),
    Mistake(
        id="lib-batches-one-order",
        exercise="bonus_batches",
        title="The order is drawn once, not anew in each epoch.",
        hint="Which mini-batches does the second epoch have?",
        edits=(
            (
                "costs, accuracies = [], []",
                "costs, accuracies, once = [], [], rng.permutation(len(x))",
            ),
            ("rng.permutation(len(x)), []\n        for", "once, []\n        for"),
        ),
        see=BONUS,
    ),
    Mistake(
        id="lib-batches-not-shuffled",
        exercise="bonus_batches",
        title="The examples come in the order of the data.",
        hint="Where does your loop use rng?",
        edits=(("rng.permutation(len(x))", "np.arange(len(x))"),),
        see=BONUS,
    ),
    Mistake(
        id="lib-batches-labels-apart",
        exercise="bonus_batches",
        title="Images and labels are not shuffled alike.",
        hint="Take one example of a mini-batch: is the label its own?",
        edits=(("y[batch])", "y[first : first + batch_size])"),),
        see=BONUS,
    ),
    Mistake(
        id="lib-batches-gradients-add-up",
        exercise="bonus_batches",
        title="Gradients are forgotten once per epoch, not before each backward.",
        hint="How many backward passes does an epoch have, and before which of them do you forget?",
        edits=(
            ("            optimizer.zero_grad()\n", ""),
            (
                "        for first in range",
                "        optimizer.zero_grad()\n        for first in range",
            ),
        ),
        see=BONUS,
    ),
    Mistake(
        id="lib-batches-last-cost",
        exercise="bonus_batches",
        title="The cost of an epoch is that of its last mini-batch only.",
        hint="The last mini-batch is a few examples. What should the epoch's number tell?",
        edits=(("float(np.mean(losses))", "losses[-1]"),),
        see=BONUS,
    ),
]
