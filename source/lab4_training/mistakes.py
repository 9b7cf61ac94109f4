"""Known wrong solutions of lab 4, each an edit of the reference solution."""

from course.labs import Mistake

SOFTMAX = "1 · Probabilities out of any numbers"
COST = "2 · Being wrong must hurt"
NETWORK = "3 · A network that ends in softmax"
L2 = "5 · Keeping weights small"
MOMENTUM = "6 · Momentum"
RMSPROP = "7 · A step length for each parameter"
ADAGRAD = "9.1 Adagrad, and where epsilon stands"
ADAMW = "9.2 AdamW"
DROPOUT = "9.3 Dropout"
AUGMENT = "9.4 More digits out of few"

LSE_TOP = "np.max(z, axis=axis, keepdims=True)"
SOFTMAX_SHIFTED = "x - np.max(x, axis=axis, keepdims=True)"
LOSS = "np.mean(log_sum_exp(logits) - right)"
VELOCITY_STEP = (
    "        self.velocities = "
    "[self.momentum * v + g for v, g in zip(self.velocities, gradients)]\n"
)

MISTAKES = [
    # 1 log_sum_exp
    Mistake(
        id="lse-overflows",
        exercise="log_sum_exp",
        title="Nothing is taken out before the exponential, so it overflows.",
        hint="What is np.exp(1000.0), and what its logarithm? The formula holds for any c: which c "
        "keeps all exponents small, whatever comes in?",
        edits=((LSE_TOP, "0.0"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-global-max",
        exercise="log_sum_exp",
        title="One maximum, that of the whole array, is subtracted from all rows.",
        hint="Take a row around 1000 and one around -1000. What is left of the second row's "
        "exponentials when 1000 is subtracted there, too? Whose maximum does each row need?",
        edits=((LSE_TOP, "np.max(z)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-first-entry",
        exercise="log_sum_exp",
        title="The first entry of each row is subtracted, not its largest.",
        hint="It works when the entries of a row are alike. What becomes of (-1000, 1000)? Which "
        "entry must become 0, so that none is above 0?",
        edits=((LSE_TOP, "np.take(z, [0], axis=axis)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-largest-magnitude",
        exercise="log_sum_exp",
        title="The largest absolute value is subtracted, not the largest value.",
        hint="Take the row (-1000, -1001). What do you subtract, and in which direction does that "
        "move the exponents?",
        edits=((LSE_TOP, "np.max(np.abs(z), axis=axis, keepdims=True)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-max-not-added",
        exercise="log_sum_exp",
        title="What was taken out of the sum is not put back.",
        hint="Adding 1000 to every entry should add 1000 to the answer. What does it change in "
        "yours? Look at the right-hand side of the formula with c again.",
        edits=(("result = top + np.log", "result = np.log"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-axis-ignored",
        exercise="log_sum_exp",
        title="The argument `axis` is not used: the sum always runs along the last axis.",
        hint="`log_sum_exp(z.T, axis=0)` should be `log_sum_exp(z)`. In which of your calls does "
        "`axis` stand?",
        edits=(("z = np.asarray(z, dtype=float)\n", "z, axis = np.asarray(z, dtype=float), -1\n"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-axis-kept",
        exercise="log_sum_exp",
        title="The axis that was summed over is still there, with length 1.",
        hint="The numbers are right. For z of shape (B, n), which shape is asked for? `keepdims` "
        "helps on the way; who takes the axis out at the end?",
        edits=(("np.squeeze(result, axis=axis)", "result"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-sums-everything",
        exercise="log_sum_exp",
        title="The sum runs over the whole array, not along one axis.",
        hint="Does the answer for the first row change when you change the last row? It should "
        "not. What does np.sum do without `axis`?",
        edits=(
            (
                "np.sum(np.exp(z - top), axis=axis, keepdims=True)",
                "np.sum(np.exp(z - top))",
            ),
        ),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-ties-lost",
        exercise="log_sum_exp",
        title="Where the largest entry stands twice in a row, it is counted once.",
        hint="Work out (5, 5) by hand: the answer is 5 + ln 2. Which entries does `z < top` leave "
        "out? All terms of the sum may stay in it, the largest, too.",
        edits=(
            (
                "np.log(np.sum(np.exp(z - top), axis=axis, keepdims=True))",
                "np.log1p(\n        np.sum(np.where(z < top, np.exp(z - top), 0.0), axis=axis, "
                "keepdims=True)\n    )",
            ),
        ),
        see=SOFTMAX,
    ),
    Mistake(
        id="lse-only-if-large",
        exercise="log_sum_exp",
        title="The maximum is taken out of large numbers only, not of those far below 0.",
        hint="Take the row (-1000, -1001). What are its exponentials in floating point, and the "
        "logarithm of their sum? The formula holds for any row: need you ask how large it is?",
        edits=((LSE_TOP, "0.0 if np.max(z) < 500 else " + LSE_TOP),),
        see=SOFTMAX,
    ),
    # 2 stable_softmax
    Mistake(
        id="softmax-overflows",
        exercise="stable_softmax",
        title="Nothing is subtracted before the exponential: this is the unstable formula.",
        hint="How large may an exponent be before np.exp gives inf? Softmax sees only differences "
        "of logits: which number can you take away from a row without changing its answer?",
        edits=((SOFTMAX_SHIFTED, "x"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-global-max",
        exercise="stable_softmax",
        title="The maximum of the whole array is subtracted, not that of each row.",
        hint="A row around -1000 that shares its batch with one around 1000 is lost: what are its "
        "exponents, and their exponentials' sum? Each row needs a number of its own.",
        edits=((SOFTMAX_SHIFTED, "x - np.max(x)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-first-entry",
        exercise="stable_softmax",
        title="The first entry of each row is subtracted, not its largest.",
        hint="Write down the exponents for the row (0, 1000, -1000). Is none of them above 0?",
        edits=((SOFTMAX_SHIFTED, "x - np.take(x, [0], axis=axis)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-mean-subtracted",
        exercise="stable_softmax",
        title="The mean of each row is subtracted, not its largest entry.",
        hint="The mean of (-1000, 0, 1000) is 0. What has been won?",
        edits=((SOFTMAX_SHIFTED, "x - np.mean(x, axis=axis, keepdims=True)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-clipped",
        exercise="stable_softmax",
        title="Large logits are cut off, and with them their differences.",
        hint="Are 1000 and 1001 still different after you have limited them to 700? Softmax lives "
        "on differences: what can be done to a row that leaves them alone?",
        edits=((SOFTMAX_SHIFTED, "np.clip(x, -700, 700)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-axis-ignored",
        exercise="stable_softmax",
        title="The argument `axis` is not used: always the last axis sums to 1.",
        hint="With axis=0, what do the columns of your answer sum to, and what the rows?",
        edits=(("    e = np.exp(", "    axis = -1\n    e = np.exp("),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-sums-everything",
        exercise="stable_softmax",
        title="All exponentials of the array are summed, so the rows do not sum to 1.",
        hint="Sum your answer along a row. Is every row a probability distribution, or only the "
        "whole array?",
        edits=(("np.sum(e, axis=axis, keepdims=True)", "np.sum(e)"),),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-input-changed",
        exercise="stable_softmax",
        title="The caller's logits are changed: the maximum is subtracted in place.",
        hint="Print the array that you hand in, before and after the call. What is the difference "
        "between x -= c and x = x - c?",
        edits=(
            (
                f"e = np.exp({SOFTMAX_SHIFTED})",
                "x -= np.max(x, axis=axis, keepdims=True)\n    e = np.exp(x)",
            ),
        ),
        see=SOFTMAX,
    ),
    Mistake(
        id="softmax-only-if-large",
        exercise="stable_softmax",
        title="The maximum is subtracted from large logits only, not from those far below 0.",
        hint="Take the row (-1000, -1001). What are its exponentials in floating point, and their "
        "sum? Subtracting the maximum never does harm: need you ask how large it is?",
        edits=(
            (
                "np.max(x, axis=axis, keepdims=True)",
                "(np.max(x, axis=axis, keepdims=True) if np.max(x) > 500 else 0.0)",
            ),
        ),
        see=SOFTMAX,
    ),
    # 3 cross_entropy
    Mistake(
        id="log-of-underflowed-p",
        exercise="cross_entropy",
        title="The logarithm is taken of a probability that has underflowed to 0.",
        hint="For the logits (0, 1000) and a label in the first place, what is p there in floating "
        "point, and what its logarithm? The text has a form of the loss in which no p occurs.",
        edits=((LOSS, "-np.mean(np.sum(y * np.log(stable_softmax(logits)), axis=1))"),),
        see=COST,
    ),
    Mistake(
        id="log-of-clipped-p",
        exercise="cross_entropy",
        title="A small number is added to the probability, so no loss can be larger than 28 or so.",
        hint="The number keeps the logarithm finite, but is the answer right? The loss of (0, "
        "1000) with the label in the first place is 1000. What is -log of your small number?",
        edits=((LOSS, "-np.mean(np.sum(y * np.log(stable_softmax(logits) + 1e-12), axis=1))"),),
        see=COST,
    ),
    Mistake(
        id="loss-summed",
        exercise="cross_entropy",
        title="The loss is summed over the examples, not averaged.",
        hint="If every example came twice, should the cost be twice as large?",
        edits=((LOSS, "np.sum(log_sum_exp(logits) - right)"),),
        see=COST,
    ),
    Mistake(
        id="loss-mean-over-entries",
        exercise="cross_entropy",
        title="The loss is divided by the number of all entries, classes included.",
        hint="In the formula the classes are summed, and only the examples averaged. By what does "
        "np.mean of a (B, n_classes) array divide?",
        edits=((LOSS, "np.sum(log_sum_exp(logits) - right) / y.size"),),
        see=COST,
    ),
    Mistake(
        id="loss-sign",
        exercise="cross_entropy",
        title="The loss has the wrong sign.",
        hint="A probability is at most 1: which sign has its logarithm? A loss is never negative.",
        edits=((LOSS, "np.mean(right - log_sum_exp(logits))"),),
        see=COST,
    ),
    Mistake(
        id="loss-softmax-twice",
        exercise="cross_entropy",
        title="Softmax is applied to probabilities: once by you and once by the formula.",
        hint="lse(z) - z_y contains the softmax already. What must go into it: logits or "
        "probabilities? Can your loss ever come near 0?",
        edits=(
            (
                "    right = np.sum(logits * y",
                "    logits = stable_softmax(logits)\n    right = np.sum(logits * y",
            ),
        ),
        see=COST,
    ),
    Mistake(
        id="loss-label-forgotten",
        exercise="cross_entropy",
        title="The largest logit stands where that of the right class belongs.",
        hint="Does your loss change when the labels do? Which logit is z_y: the one the network "
        "likes best, or the one that the label points to?",
        edits=(("right = np.sum(logits * y, axis=1)", "right = np.max(logits, axis=1)"),),
        see=COST,
    ),
    Mistake(
        id="logits-gradient-sign",
        exercise="cross_entropy",
        title="The sign of the gradient is turned around.",
        hint="If the network raises the logit of the right class, does the loss grow or shrink? "
        "Which sign has your gradient there?",
        edits=(("(stable_softmax(logits) - y)", "(y - stable_softmax(logits))"),),
        see=COST,
    ),
    Mistake(
        id="logits-gradient-mean-missing",
        exercise="cross_entropy",
        title="The cost is a mean over the examples, its gradient is not.",
        hint="Your gradient is too large by the number of examples. How much does one of them "
        "weigh in the mean?",
        edits=(("(stable_softmax(logits) - y) / len(y)", "stable_softmax(logits) - y"),),
        see=COST,
    ),
    Mistake(
        id="logits-gradient-mean-over-entries",
        exercise="cross_entropy",
        title="The gradient is divided by the number of all entries, classes included.",
        hint="Your gradient is too small by the number of classes. Over what is the cost a mean?",
        edits=(("- y) / len(y)", "- y) / y.size"),),
        see=COST,
    ),
    Mistake(
        id="logits-gradient-extra-slope",
        exercise="cross_entropy",
        title="The gradient has an extra factor p(1 - p).",
        hint="p - y is the derivative with respect to the logits: the softmax is in it already. "
        "And what does your gradient say for a network that is completely wrong, p = 0?",
        edits=(
            (
                "    return (stable_softmax(logits) - y) / len(y)",
                "    p = stable_softmax(logits)\n    return (p - y) * p * (1 - p) / len(y)",
            ),
        ),
        see=COST,
    ),
    Mistake(
        id="gradient-at-probabilities",
        exercise="cross_entropy",
        title="This is the derivative with respect to the probabilities, not to the logits.",
        hint="-y/p is what comes out of the logarithm. What has it still to go through before it "
        "arrives at the logits? The text takes both steps at once.",
        edits=(
            (
                "(stable_softmax(logits) - y) / len(y)",
                "-y / np.maximum(stable_softmax(logits), 1e-300) / len(y)",
            ),
        ),
        see=COST,
    ),
    Mistake(
        id="loss-of-whole-labels",
        exercise="cross_entropy",
        title="With whole labels the logits of the right classes lose their fractions.",
        hint="np.zeros_like(y) has the shape of y, and what else of it? What becomes of 0.7 in an "
        "array of whole numbers?",
        edits=(
            (
                "right = np.sum(logits * y, axis=1)",
                "chosen = np.zeros_like(y)\n    chosen[y == 1] = logits[y == 1]\n"
                "    right = chosen.sum(axis=1)",
            ),
        ),
        see=COST,
    ),
    # 4 softmax_network
    Mistake(
        id="logits-bent",
        exercise="softmax_network",
        title="The last layer still ends in a sigmoid.",
        hint="Logits may be any numbers. Are yours all between 0 and 1? Which layer's sigmoid has "
        "been replaced by softmax?",
        edits=(("[*activations, logits]", "[*activations, sigmoid(logits)]"),),
        see=NETWORK,
    ),
    Mistake(
        id="softmax-in-forward",
        exercise="softmax_network",
        title="`forward` ends with probabilities, not with logits.",
        hint="`feedforward` and `cost_derivative` apply the softmax to what `forward` ends with. How "
        "often is it applied in all?",
        edits=(("[*activations, logits]", "[*activations, self.softmax(logits)]"),),
        see=NETWORK,
    ),
    Mistake(
        id="hidden-bend-missing",
        exercise="softmax_network",
        title="The hidden layers have lost their sigmoid.",
        hint="Only the last layer is new. What do the others hand on, and what would a network "
        "without any bend be?",
        edits=(
            (
                "activations.append(sigmoid(activations[-1] @ w + b))",
                "activations.append(activations[-1] @ w + b)",
            ),
        ),
        see=NETWORK,
    ),
    Mistake(
        id="biases-left-out",
        exercise="softmax_network",
        title="The biases of the last layer are left out.",
        hint="Put all weights to 0. What does the last layer say then, and what should it say?",
        edits=(("@ self.weights[-1] + self.biases[-1]", "@ self.weights[-1]"),),
        see=NETWORK,
    ),
    Mistake(
        id="softmax-before-cost-derivative",
        exercise="softmax_network",
        title="`cost_derivative` gets probabilities in place of logits.",
        hint="Your exercise 3 applies the softmax itself. What does it make of probabilities, which "
        "all lie between 0 and 1?",
        edits=(
            (
                "delta = self.cost_derivative(logits, y)",
                "delta = self.cost_derivative(self.softmax(logits), y)",
            ),
        ),
        see=NETWORK,
    ),
    Mistake(
        id="output-slope-kept",
        exercise="softmax_network",
        title="A slope p(1 - p) is multiplied in at the output, where none belongs any more.",
        hint="`cost_derivative` is now the derivative with respect to the logits themselves. What "
        "lies between the last layer's logits and its weights?",
        edits=(
            (
                "delta = self.cost_derivative(logits, y)",
                "delta = self.cost_derivative(logits, y) * sigmoid_slope(self.softmax(logits))",
            ),
        ),
        see=NETWORK,
    ),
    Mistake(
        id="hidden-slope-missing",
        exercise="softmax_network",
        title="The sigmoid's slope is missing in the hidden layers.",
        hint="The last layer's gradients are right, those before it are not. What does the way "
        "back meet after the weights of a layer?",
        edits=(("delta @ w.T * sigmoid_slope(a)", "delta @ w.T"),),
        see=NETWORK,
    ),
    Mistake(
        id="slope-of-the-slope",
        exercise="softmax_network",
        title="The sigmoid is applied once more before its slope is taken.",
        hint="`sigmoid_slope` takes the sigmoid's value. Is what you give it a pre-activation or "
        "an activation already?",
        edits=(("sigmoid_slope(a)", "sigmoid_slope(sigmoid(a))"),),
        see=NETWORK,
    ),
    Mistake(
        id="batch-mean-twice",
        exercise="softmax_network",
        title="The gradients are divided by the number of examples a second time.",
        hint="Yours are too small by the batch size. Who has taken the mean already?",
        edits=(
            (
                "delta = self.cost_derivative(logits, y)",
                "delta = self.cost_derivative(logits, y) / len(y)",
            ),
        ),
        see=NETWORK,
    ),
    Mistake(
        id="bias-gradient-averaged",
        exercise="softmax_network",
        title="The gradients of the biases are means over the rows of delta, not sums.",
        hint="Only grads_b is off, by the batch size. delta has been divided by B at the very "
        "beginning. What is left to do with its rows?",
        edits=(("delta.sum(axis=0)", "delta.mean(axis=0)"),),
        see=NETWORK,
    ),
    Mistake(
        id="bias-gradient-not-summed",
        exercise="softmax_network",
        title="The gradients of the biases have one row per example.",
        hint="A bias is added in every row of the batch, so all rows pull at it. What shape has a "
        "bias, and what must happen to the rows?",
        edits=(("delta.sum(axis=0)", "delta"),),
        see=NETWORK,
    ),
    Mistake(
        id="layers-last-first",
        exercise="softmax_network",
        title="The gradients come last layer first.",
        hint="The way back meets the last layer first. Which layer's gradient stands at place 0?",
        edits=(("return grads_w[::-1], grads_b[::-1]", "return grads_w, grads_b"),),
        see=NETWORK,
    ),
    Mistake(
        id="grads-w-transposed",
        exercise="softmax_network",
        title="The gradients of the weights are transposed.",
        hint="grads_w[k] has one row per input of the layer. Which factor of the product gives the "
        "rows? Equal widths hide it.",
        edits=(("a.T @ delta", "delta.T @ a"),),
        see=NETWORK,
    ),
    Mistake(
        id="w-not-transposed",
        exercise="softmax_network",
        title="On the way back delta is multiplied by w where its transpose belongs.",
        hint="delta has n_out columns, and the layer before needs n_in of them. Write the shapes "
        "of delta and w side by side. Equal widths hide it.",
        edits=(("delta @ w.T", "delta @ w"),),
        see=NETWORK,
    ),
    Mistake(
        id="old-activations-reused",
        exercise="softmax_network",
        title="The same batch gets its old activations again, even after the weights have changed.",
        hint="What does the result of `forward` depend on, besides x? In training, every digit comes "
        "once per epoch: what has happened to the weights in the meantime?",
        edits=(
            (
                "    return [*activations, logits]",
                '    kept = self.__dict__.setdefault("kept", {})\n'
                "    return kept.setdefault(x.tobytes(), [*activations, logits])",
            ),
        ),
        see=NETWORK,
    ),
    # 5 l2
    Mistake(
        id="penalty-half-missing",
        exercise="l2",
        title="The penalty lacks the factor one half.",
        hint="Your penalty is twice what it should be. What stands in front of the sum?",
        edits=(("l2 / 2 * sum", "l2 * sum"),),
        see=L2,
    ),
    Mistake(
        id="penalty-averaged",
        exercise="l2",
        title="The squares are averaged, not summed.",
        hint="Is there a mean in the penalty? What would it do to a large matrix and a small one?",
        edits=(("np.sum(w**2)", "np.mean(w**2)"),),
        see=L2,
    ),
    Mistake(
        id="penalty-of-lengths",
        exercise="l2",
        title="The lengths of the matrices are summed, not their squares.",
        hint="For the single matrix (3, 4), are the squares 25 or 5? There is no root in the "
        "penalty.",
        edits=(("np.sum(w**2)", "np.sqrt(np.sum(w**2))"),),
        see=L2,
    ),
    Mistake(
        id="penalty-gradient-doubled",
        exercise="l2",
        title="The penalty's gradient is twice too large.",
        hint="The square brings down a 2. What stands in front of it in the penalty, and why?",
        edits=(("g + l2 * w", "g + 2 * l2 * w"),),
        see=L2,
    ),
    Mistake(
        id="penalty-on-biases",
        exercise="l2",
        title="The biases are penalised, too.",
        hint="Which parameters stand in the penalty? What is its derivative with respect to one "
        "that does not?",
        edits=(("list(grads_b)", "[g + l2 * b for g, b in zip(grads_b, biases)]"),),
        see=L2,
    ),
    Mistake(
        id="penalty-gradient-sign",
        exercise="l2",
        title="The penalty pushes the weights outward.",
        hint="The step goes against the gradient. With your gradient, does a weight of 5 shrink "
        "or grow?",
        edits=(("g + l2 * w", "g - l2 * w"),),
        see=L2,
    ),
    Mistake(
        id="cost-gradient-lost",
        exercise="l2",
        title="The gradient of the penalty alone is returned, the digits' is lost.",
        hint="With l2 = 0, what should come out? And what comes out of yours?",
        edits=(("g + l2 * w for g, w in zip(grads_w, weights)", "l2 * w for w in weights"),),
        see=L2,
    ),
    Mistake(
        id="penalty-gradient-of-signs",
        exercise="l2",
        title="This is the gradient of a penalty on absolute values (L1).",
        hint="Your penalty pulls at a weight of 0.1 as hard as at one of 10. Differentiate half "
        "the square.",
        edits=(("g + l2 * w", "g + l2 * np.sign(w)"),),
        see=L2,
    ),
    Mistake(
        id="gradients-changed-in-place",
        exercise="l2",
        title="The gradients that were handed in are changed.",
        hint="The values are right. But look at grads_w after the call: is it still what the "
        "caller gave you? g += ... works on the caller's own array.",
        edits=(
            (
                "    return [g + l2 * w for g, w in zip(grads_w, weights)], list(grads_b)",
                "    for g, w in zip(grads_w, weights):\n        g += l2 * w\n"
                "    return grads_w, grads_b",
            ),
        ),
        see=L2,
    ),
    Mistake(
        id="total-of-whole-numbers",
        exercise="l2",
        title="With whole gradients the penalty's gradient loses its fractions.",
        hint="np.zeros_like(g) has the shape of g, and what else of it? What becomes of 0.3 in an "
        "array of whole numbers?",
        edits=(
            (
                "    return [g + l2 * w for g, w in zip(grads_w, weights)], list(grads_b)",
                "    total = [np.zeros_like(g) for g in grads_w]\n"
                "    for place, g, w in zip(total, grads_w, weights):\n"
                "        place[...] = g + l2 * w\n"
                "    return total, list(grads_b)",
            ),
        ),
        see=L2,
    ),
    # 6 momentum
    Mistake(
        id="velocity-made-anew",
        exercise="momentum",
        title="The velocities begin with 0 in every step, so nothing is ever remembered.",
        hint="The first step is right, the second is that of plain gradient descent. In which "
        "calls of `step` are the zeros made?",
        edits=(("if self.velocities is None:", "if True:"),),
        see=MOMENTUM,
    ),
    Mistake(
        id="velocity-shared",
        exercise="momentum",
        title="All parameters share one velocity.",
        hint="Is [zeros] * 3 three arrays, or three names for one? Each parameter needs a velocity "
        "of its own shape and its own history.",
        edits=(
            (
                "[np.zeros_like(g, dtype=float) for g in gradients]",
                "[np.zeros_like(gradients[0], dtype=float)] * len(gradients)",
            ),
            (
                VELOCITY_STEP,
                "        for v, g in zip(self.velocities, gradients):\n"
                "            v *= self.momentum\n            v += g\n",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="velocity-averaged",
        exercise="momentum",
        title="The gradient is weighed with 1 - momentum, as Adam does it.",
        hint="What is v after the first step of the example: 1 or 0.5? In the formula, with what is "
        "the new gradient multiplied?",
        edits=(("[self.momentum * v + g for", "[self.momentum * v + (1 - self.momentum) * g for"),),
        see=MOMENTUM,
    ),
    Mistake(
        id="new-gradient-damped",
        exercise="momentum",
        title="The new gradient is multiplied by the momentum as well.",
        hint="Momentum is the part of the *old* velocity that is kept. Where do your brackets end?",
        edits=(("[self.momentum * v + g for", "[self.momentum * (v + g) for"),),
        see=MOMENTUM,
    ),
    Mistake(
        id="old-velocity-used",
        exercise="momentum",
        title="The step is taken with the velocity from before the update.",
        hint="In the first step of the example p must move to 0.9. In yours, which v moves it?",
        edits=(
            (VELOCITY_STEP, "        moves = self.velocities\n" + VELOCITY_STEP),
            (
                "        moves = self.velocities\n        if self.nesterov",
                "        if self.nesterov",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="parameters-changed-in-place",
        exercise="momentum",
        title="The parameters that were handed in are changed.",
        hint="The values are right. But look at the arrays that you were given, after the call: p -= "
        "... works on the caller's own array, p - ... makes a new one.",
        edits=(
            (
                "        return [p - self.learning_rate * move for p, move in zip(parameters, moves)]",
                "        for p, move in zip(parameters, moves):\n"
                "            p -= self.learning_rate * move\n"
                "        return parameters",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="momentum-uphill",
        exercise="momentum",
        title="The step goes uphill.",
        hint="The gradient points to where the cost grows, and the velocity is made of gradients. "
        "Where do you want to go?",
        edits=(("p - self.learning_rate * move", "p + self.learning_rate * move"),),
        see=MOMENTUM,
    ),
    Mistake(
        id="nesterov-ignored",
        exercise="momentum",
        title="With nesterov=True the step is the same as without.",
        hint="The table of the example has two columns for p. Is g + mu·v built with the velocity "
        "before or after the update? (With the old one it is v again.)",
        edits=(("if self.nesterov:", "if False:"),),
        see=MOMENTUM,
    ),
    Mistake(
        id="nesterov-without-gradient",
        exercise="momentum",
        title="Nesterov's step adds the velocity to itself instead of to the gradient.",
        hint="The look-ahead is mu·v; to what is it added in the formula? In the first step of the "
        "example both are 1; compare the second.",
        edits=(("[g + self.momentum * v for", "[v + self.momentum * v for"),),
        see=MOMENTUM,
    ),
    Mistake(
        id="nesterov-kept",
        exercise="momentum",
        title="Nesterov's look-ahead is stored as the velocity, so it is counted again and again.",
        hint="The first step is right, the second is too long. What of a step must last: v, or g + "
        "mu·v?",
        edits=(
            (
                "            moves = [g + self.momentum * v for v, g in "
                "zip(self.velocities, gradients)]\n",
                "            moves = [g + self.momentum * v for v, g in "
                "zip(self.velocities, gradients)]\n            self.velocities = moves\n",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="velocity-is-the-gradient",
        exercise="momentum",
        title="The first gradients are kept as the velocities themselves, and then changed.",
        hint="The first velocity equals the first gradient. Is yours a copy, or a second name for "
        "the caller's array? Whose numbers does v *= ... change then?",
        edits=(
            (
                "            self.velocities = [np.zeros_like(g, dtype=float) for g in gradients]\n"
                + VELOCITY_STEP,
                "            self.velocities = list(gradients)\n"
                "        else:\n"
                "            for v, g in zip(self.velocities, gradients):\n"
                "                v *= self.momentum\n"
                "                v += g\n",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="velocity-of-whole-numbers",
        exercise="momentum",
        title="Whole parameters get whole velocities, which cannot hold a fraction.",
        hint="np.zeros_like(p) has the shape of p, and what else of it? Half of 1 must go "
        "somewhere.",
        edits=(
            (
                "[np.zeros_like(g, dtype=float) for g in gradients]",
                "[np.zeros_like(p) for p in parameters]",
            ),
            (
                VELOCITY_STEP,
                "        for v, g in zip(self.velocities, gradients):\n"
                "            v *= self.momentum\n            v += g\n",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="result-written-over",
        exercise="momentum",
        title="Each step writes its result over that of the step before.",
        hint="Keep what step 1 returned, take step 2, and look at what you kept. How many arrays "
        "has your optimiser made in its life, and how many should it have made?",
        edits=(
            (
                "        return [p - self.learning_rate * move for p, move in zip(parameters, moves)]",
                '        if not hasattr(self, "result"):\n'
                "            self.result = [np.zeros(np.shape(p)) for p in parameters]\n"
                "        for place, p, move in zip(self.result, parameters, moves):\n"
                "            place[...] = p - self.learning_rate * move\n"
                "        return self.result",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="momentum-own-parameters",
        exercise="momentum",
        title="After the first step the parameters that are handed in are ignored.",
        hint="Somebody may set the parameters anew between two steps. From where does your next "
        "step go? The optimiser keeps velocities, and the network keeps its parameters.",
        edits=(
            (
                "        return [p - self.learning_rate * move for p, move in zip(parameters, moves)]",
                '        places = getattr(self, "places", parameters)\n'
                "        self.places = [p - self.learning_rate * v for p, v in zip(places, moves)]\n"
                "        return self.places",
            ),
        ),
        see=MOMENTUM,
    ),
    Mistake(
        id="velocity-of-whole-gradients",
        exercise="momentum",
        title="Whole gradients get whole velocities, which lose their fractions.",
        hint="With the gradient 1 twice and mu = 0.5, v is 1.5 after the second step. What is it "
        "in an array of whole numbers, and which kind of array does np.zeros_like(g) make?",
        edits=(
            (
                "[np.zeros_like(g, dtype=float) for g in gradients]",
                "[np.zeros_like(g) for g in gradients]",
            ),
            (
                VELOCITY_STEP,
                "        for v, g in zip(self.velocities, gradients):\n"
                "            v[...] = self.momentum * v + g\n",
            ),
        ),
        see=MOMENTUM,
    ),
    # 7 rmsprop
    Mistake(
        id="rms-epsilon-inside",
        exercise="rmsprop",
        title="Epsilon stands inside the root.",
        hint="The formula adds it after the root has been taken. Where does your bracket close?",
        edits=(("(np.sqrt(s) + self.epsilon)", "np.sqrt(s + self.epsilon)"),),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-never-forgets",
        exercise="rmsprop",
        title="The squares are summed up and never forgotten.",
        hint="A running mean keeps a part of what it was. With yours, do the steps become shorter "
        "and shorter? (Then you have invented Adagrad.)",
        edits=(("self.decay * s + (1 - self.decay) * g**2", "s + g**2"),),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-new-square-unweighed",
        exercise="rmsprop",
        title="The new square is not multiplied by 1 - decay.",
        hint="If the gradient is always 2, what should s become in the long run: 4, or 4 / (1 - "
        "decay)? The weights of a mean sum to 1.",
        edits=(("(1 - self.decay) * g**2", "g**2"),),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-weights-swapped",
        exercise="rmsprop",
        title="decay and 1 - decay are exchanged.",
        hint="With decay = 0.9, nine tenths of what stay from step to step: the old mean, or the "
        "new square?",
        edits=(
            (
                "self.decay * s + (1 - self.decay) * g**2",
                "(1 - self.decay) * s + self.decay * g**2",
            ),
        ),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-root-missing",
        exercise="rmsprop",
        title="The step is divided by the mean square, not by its root.",
        hint="In the example both entries move equally far. With yours, the smaller gradient takes "
        "the longer step. In which unit is s measured, compared with g?",
        edits=(("(np.sqrt(s) + self.epsilon)", "(s + self.epsilon)"),),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-made-anew",
        exercise="rmsprop",
        title="The mean squares begin with 0 in every step.",
        hint="The first step is right, the second is not. In which calls are the zeros made?",
        edits=(("if self.squares is None:", "if True:"),),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-one-number",
        exercise="rmsprop",
        title="Each array has a single mean square; each entry should have one.",
        hint="In the example one gradient is a hundred times the other. Do both entries move "
        "equally far? Nothing in the formula sums over entries.",
        edits=(("(1 - self.decay) * g**2", "(1 - self.decay) * np.mean(g**2)"),),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-old-squares",
        exercise="rmsprop",
        title="The step is divided by the mean square from before the update.",
        hint="In the first step the old s is 0. What do you divide by then?",
        edits=(
            (
                "        self.squares = [\n            self.decay",
                "        old = self.squares\n        self.squares = [\n            self.decay",
            ),
            (
                "zip(parameters, gradients, self.squares)",
                "zip(parameters, gradients, old)",
            ),
        ),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-own-parameters",
        exercise="rmsprop",
        title="After the first step the parameters that are handed in are ignored.",
        hint="Somebody may set the parameters anew between two steps. From where does your next "
        "step go? What lasts in `self` are the mean squares, not the places.",
        edits=(
            (
                "        return [\n            p - self.learning_rate",
                "        self.places = [\n            p - self.learning_rate",
            ),
            (
                "zip(parameters, gradients, self.squares)\n        ]",
                'zip(getattr(self, "places", parameters), gradients, self.squares)\n        ]\n'
                "        return self.places",
            ),
        ),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-zeros-skipped",
        exercise="rmsprop",
        title="Where the gradient is 0, the mean square stays as it is.",
        hint="A gradient of 0 does not move the parameter, but it is a gradient. What does the "
        "formula make of s when g is 0?",
        edits=(
            (
                "self.decay * s + (1 - self.decay) * g**2 for",
                "np.where(g == 0, s, self.decay * s + (1 - self.decay) * g**2) for",
            ),
        ),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-squares-of-whole-numbers",
        exercise="rmsprop",
        title="Whole gradients get whole mean squares, which lose their fractions.",
        hint="With rho = 0.75 and the gradient 1, s is 0.25. What is it in an array of whole "
        "numbers, and which kind of array does np.zeros_like(g) make?",
        edits=(
            (
                "[np.zeros_like(g, dtype=float) for g in gradients]",
                "[np.zeros_like(g) for g in gradients]",
            ),
            (
                "        self.squares = [\n            self.decay * s + (1 - self.decay) * g**2 "
                "for s, g in zip(self.squares, gradients)\n        ]\n",
                "        for s, g in zip(self.squares, gradients):\n"
                "            s[...] = self.decay * s + (1 - self.decay) * g**2\n",
            ),
        ),
        see=RMSPROP,
    ),
    Mistake(
        id="rms-result-of-whole-numbers",
        exercise="rmsprop",
        title="Whole parameters stay whole: the result of the step loses its fractions.",
        hint="A parameter of 1 should move to 0.9. What becomes of it in np.empty_like(p) or "
        "p.copy(), where p holds whole numbers?",
        edits=(
            (
                "p - self.learning_rate * g / (np.sqrt(s) + self.epsilon)\n",
                "(p - self.learning_rate * g / (np.sqrt(s) + self.epsilon)).astype(p.dtype)\n",
            ),
        ),
        see=RMSPROP,
    ),
    # 9.1 bonus_adagrad
    Mistake(
        id="adagrad-places-swapped",
        exercise="bonus_adagrad",
        title="The two places of epsilon are exchanged.",
        hint="inside=True means inside the root. Work the example by hand: which of the two gives "
        "0.06?",
        edits=(("if self.inside:", "if not self.inside:"),),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-one-place",
        exercise="bonus_adagrad",
        title="The argument `inside` is not used: epsilon always stands outside the root.",
        hint="Two optimisers with inside=False and inside=True do the same. Where do you ask for "
        "self.inside?",
        edits=(("np.sqrt(total + self.epsilon)", "np.sqrt(total) + self.epsilon"),),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-forgets",
        exercise="bonus_adagrad",
        title="Only the newest square counts: the sums begin with 0 in every step.",
        hint="Adagrad never forgets. In which calls of `step` are the zeros made?",
        edits=(("if self.sums is None:", "if True:"),),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-root-missing",
        exercise="bonus_adagrad",
        title="The step is divided by the sum of squares, not by its root.",
        hint="G is measured in squared gradients. What must be done to it before a gradient is "
        "divided by it?",
        edits=(
            ("np.sqrt(total + self.epsilon)", "(total + self.epsilon)"),
            ("np.sqrt(total) + self.epsilon", "total + self.epsilon"),
        ),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-not-squared",
        exercise="bonus_adagrad",
        title="Absolute gradients are summed, not squared ones.",
        hint="After a gradient of 3, what is G: 3 or 9?",
        edits=(("total + g**2 for", "total + np.abs(g) for"),),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-own-parameters",
        exercise="bonus_adagrad",
        title="After the first step the parameters that are handed in are ignored.",
        hint="Somebody may set the parameters anew between two steps. From where does your next "
        "step go? What lasts in `self` are the sums, not the places.",
        edits=(
            (
                "        return [p - rate / root * g for p, g, root in "
                "zip(parameters, gradients, roots)]",
                '        places = getattr(self, "places", parameters)\n'
                "        self.places = [p - rate / n * g for p, g, n in zip(places, gradients, roots)]\n"
                "        return self.places",
            ),
        ),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-zeros-forget",
        exercise="bonus_adagrad",
        title="Where the gradient is 0, the sum is set back to 0.",
        hint="In the example the second gradient is 0, and G stays 9. What is yours then?",
        edits=(("total + g**2 for", "np.where(g == 0, 0, total) + g**2 for"),),
        see=ADAGRAD,
    ),
    Mistake(
        id="adagrad-result-of-whole-numbers",
        exercise="bonus_adagrad",
        title="Whole parameters stay whole: the result of the step loses its fractions.",
        hint="A parameter of 1 should move to 0.9. What becomes of it in np.empty_like(p) or "
        "p.copy(), where p holds whole numbers?",
        edits=(("p - rate / root * g for", "(p - rate / root * g).astype(p.dtype) for"),),
        see=ADAGRAD,
    ),
    # 9.2 bonus_adamw
    Mistake(
        id="adam-no-correction",
        exercise="bonus_adamw",
        title="The bias correction is missing.",
        hint="In the first step m is a tenth of the gradient, with beta1 = 0.9. How long is your "
        "first step, and how long should it be?",
        edits=(
            ("self.means[k] / (1 - self.beta1**self.steps)", "self.means[k]"),
            ("self.squares[k] / (1 - self.beta2**self.steps)", "self.squares[k]"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-correction-multiplied",
        exercise="bonus_adamw",
        title="The means are multiplied by 1 - beta^t where they should be divided by it.",
        hint="At first the means are too small. Does your correction make them larger?",
        edits=(
            ("self.means[k] / (1 - self.beta1", "self.means[k] * (1 - self.beta1"),
            ("self.squares[k] / (1 - self.beta2", "self.squares[k] * (1 - self.beta2"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-t-starts-at-0",
        exercise="bonus_adamw",
        title="In the first step t is 0, so the correction divides by 0.",
        hint="What is beta**0, and one minus that? When must t be raised: before it is used, or "
        "after?",
        edits=(
            ("        self.steps += 1\n", ""),
            ("        return result\n", "        self.steps += 1\n        return result\n"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-beta-without-power",
        exercise="bonus_adamw",
        title="The correction is the same in every step: beta is not raised to the power t.",
        hint="The first step is right. By how much are the means too small after a thousand steps, "
        "and by how much do you correct them?",
        edits=(
            ("self.beta1**self.steps", "self.beta1"),
            ("self.beta2**self.steps", "self.beta2"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-t-per-parameter",
        exercise="bonus_adamw",
        title="t is raised for each parameter, not once per step.",
        hint="The first parameter is right in the first step, the second is not. How often does "
        "the line that raises t run in one call?",
        edits=(
            ("        self.steps += 1\n", ""),
            (
                "            self.means[k] = self.beta1",
                "            self.steps += 1\n            self.means[k] = self.beta1",
            ),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-correction-kept",
        exercise="bonus_adamw",
        title="The corrected means are stored, so they are corrected again in the next step.",
        hint="The first step is right, the second is not. With which m does the second step begin: "
        "the running mean, or what the correction made of it?",
        edits=(
            (
                "mean = self.means[k] / (1 - self.beta1**self.steps)",
                "mean = self.means[k] = self.means[k] / (1 - self.beta1**self.steps)",
            ),
            (
                "square = self.squares[k] / (1 - self.beta2**self.steps)",
                "square = self.squares[k] = self.squares[k] / (1 - self.beta2**self.steps)",
            ),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-squares-uncorrected",
        exercise="bonus_adamw",
        title="Only the mean gradient is corrected, not the mean square.",
        hint="Both running means begin with 0. Which of them have you corrected?",
        edits=(("self.squares[k] / (1 - self.beta2**self.steps)", "self.squares[k]"),),
        see=ADAMW,
    ),
    Mistake(
        id="adam-betas-swapped",
        exercise="bonus_adamw",
        title="The two betas are exchanged.",
        hint="Which mean has the longer memory by default: that of the gradients (0.9), or that of "
        "their squares (0.999)?",
        edits=(
            (
                "self.beta1 * self.means[k] + (1 - self.beta1)",
                "self.beta2 * self.means[k] + (1 - self.beta2)",
            ),
            (
                "self.beta2 * self.squares[k] + (1 - self.beta2)",
                "self.beta1 * self.squares[k] + (1 - self.beta1)",
            ),
            ("self.beta1**self.steps", "self.beta2 ** self.steps"),
            ("self.beta2**self.steps", "self.beta1**self.steps"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-decay-coupled",
        exercise="bonus_adamw",
        title="The decay is added to the gradient, as an L2 penalty would be.",
        hint="That is Adam with L2, not AdamW. What happens to the decay when it goes through the "
        "division by the root of s? What should m and s hear of it?",
        edits=(
            (
                "            self.means[k] = self.beta1",
                "            g = g + self.weight_decay * p * (np.ndim(p) >= 2)\n"
                "            self.means[k] = self.beta1",
            ),
            ("p - self.learning_rate * decay * p - self", "p - self"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-decay-on-biases",
        exercise="bonus_adamw",
        title="Biases decay, too.",
        hint="In the example a bias goes to 0.9. How can the optimiser tell a bias from a weight?",
        edits=(("self.weight_decay if np.ndim(p) >= 2 else 0.0", "self.weight_decay"),),
        see=ADAMW,
    ),
    Mistake(
        id="adam-decay-without-rate",
        exercise="bonus_adamw",
        title="The decay is not multiplied by the learning rate.",
        hint="A weight of 1 loses 0.05 by decay in the example. How much does it lose in yours?",
        edits=(("self.learning_rate * decay * p", "decay * p"),),
        see=ADAMW,
    ),
    Mistake(
        id="adam-decay-sign",
        exercise="bonus_adamw",
        title="The decay makes the weights grow.",
        hint="With a gradient of 0, does a weight of 1 become smaller or larger?",
        edits=(("p - self.learning_rate * decay", "p + self.learning_rate * decay"),),
        see=ADAMW,
    ),
    Mistake(
        id="adam-decay-after-the-step",
        exercise="bonus_adamw",
        title="The decay is taken of the parameter after the step, not before.",
        hint="Yours is off by a few percent of a step. Which p stands on the right of the formula, "
        "in both places?",
        edits=(
            (
                "p - self.learning_rate * decay * p - self.learning_rate * adam",
                "(p - self.learning_rate * adam) * (1 - self.learning_rate * decay)",
            ),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-epsilon-inside",
        exercise="bonus_adamw",
        title="Epsilon stands inside the root.",
        hint="The formula adds it after the root has been taken. Where does your bracket close?",
        edits=(("(np.sqrt(square) + self.epsilon)", "np.sqrt(square + self.epsilon)"),),
        see=ADAMW,
    ),
    Mistake(
        id="adam-own-parameters",
        exercise="bonus_adamw",
        title="After the first step the parameters that are handed in are ignored.",
        hint="Somebody may set the parameters anew between two steps. From where does your next "
        "step go? What lasts in `self` are two means and a count, not the places.",
        edits=(
            (
                "zip(parameters, gradients)):",
                'zip(getattr(self, "places", parameters), gradients)):',
            ),
            ("        return result\n", "        self.places = result\n        return result\n"),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-zeros-skipped",
        exercise="bonus_adamw",
        title="Where the gradient is 0, the two means stay as they are.",
        hint="A gradient of 0 counts in a mean like any other. What do the formulas make of m and s "
        "when g is 0?",
        edits=(
            (
                "self.beta1 * self.means[k] + (1 - self.beta1) * g\n",
                "np.where(\n                g == 0, self.means[k], "
                "self.beta1 * self.means[k] + (1 - self.beta1) * g\n            )\n",
            ),
            (
                "self.beta2 * self.squares[k] + (1 - self.beta2) * g**2\n",
                "np.where(\n                g == 0, self.squares[k], "
                "self.beta2 * self.squares[k] + (1 - self.beta2) * g**2\n            )\n",
            ),
        ),
        see=ADAMW,
    ),
    Mistake(
        id="adam-means-of-whole-numbers",
        exercise="bonus_adamw",
        title="Whole gradients get whole means, which lose their fractions.",
        hint="With beta1 = 0.9 and the gradient 1, m is 0.1. What is it in an array of whole "
        "numbers, and which kind of array does np.zeros_like(g) make?",
        edits=(
            (
                "self.means = [np.zeros_like(g, dtype=float) for",
                "self.means = [np.zeros_like(g) for",
            ),
            (
                "self.squares = [np.zeros_like(g, dtype=float) for",
                "self.squares = [np.zeros_like(g) for",
            ),
            ("self.means[k] = self.beta1", "self.means[k][...] = self.beta1"),
            ("self.squares[k] = self.beta2", "self.squares[k][...] = self.beta2"),
        ),
        see=ADAMW,
    ),
    # 9.3 bonus_dropout
    Mistake(
        id="dropout-not-rescaled",
        exercise="bonus_dropout",
        title="What is kept is not made larger.",
        hint="With a rate of one half, half of the activations are gone. What must be done to the "
        "others so that the sum stays what it was on average?",
        edits=(("kept / (1 - self.rate)", "kept * 1.0"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-rescaled-by-rate",
        exercise="bonus_dropout",
        title="What is kept is divided by the rate, not by 1 - rate.",
        hint="With a rate of 0.1 nearly everything is kept. By how much must it grow: by a factor "
        "of 10, or of 1.11?",
        edits=(("kept / (1 - self.rate)", "kept / max(self.rate, 1e-9)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-keeps-the-rate",
        exercise="bonus_dropout",
        title="The rate is taken for the probability of being kept.",
        hint="rate = 0.3 means that three of ten are dropped. Which fraction of uniform numbers is "
        "smaller than 0.3, and what happens to those in your code?",
        edits=((">= self.rate", "< self.rate"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-in-evaluation",
        exercise="bonus_dropout",
        title="Dropout goes on in evaluation.",
        hint="Ask your network twice about the same digit. Which attribute says whether it is "
        "being trained?",
        edits=(("if self.training:", "if True:"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-scaled-in-evaluation",
        exercise="bonus_dropout",
        title="Activations are made smaller in evaluation, although training made up for it.",
        hint="That belongs to another form of dropout, in which training does not rescale. What "
        "is the expected value after your training pass?",
        edits=(("np.ones(np.shape(a))", "np.full(np.shape(a), 1 - self.rate)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-backward-unmasked",
        exercise="bonus_dropout",
        title="The gradient comes back as if nothing had been dropped.",
        hint="How much does the output change if a dropped activation changes? So what gradient "
        "can it get?",
        edits=(("return grad * self.mask", "return grad"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-backward-unscaled",
        exercise="bonus_dropout",
        title="The gradient is masked, but not scaled as the activations were.",
        hint="A kept activation was multiplied by 1/(1 - q) on the way forward. What is the "
        "derivative of that?",
        edits=(("return grad * self.mask", "return grad * (self.mask != 0)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-same-units-for-all",
        exercise="bonus_dropout",
        title="The same units are dropped for every example of the batch.",
        hint="How many random numbers do you draw for a batch of 100 examples and 80 units?",
        edits=(("self.rng.random(np.shape(a))", "self.rng.random(np.shape(a)[-1])"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-mask-drawn-once",
        exercise="bonus_dropout",
        title="The mask of the first call is used for ever.",
        hint="Call forward twice in training. Are different activations dropped? A unit that never "
        "works is not dropped out, it is missing.",
        edits=(
            (
                "            kept = self.rng.random(np.shape(a)) >= self.rate\n"
                "            self.mask = kept / (1 - self.rate)\n",
                "            if self.mask is None:\n"
                "                kept = self.rng.random(np.shape(a)) >= self.rate\n"
                "                self.mask = kept / (1 - self.rate)\n",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-other-generator",
        exercise="bonus_dropout",
        title="The mask does not come from the layer's own generator.",
        hint="Two layers with equal generators must drop the same entries, or no training can be "
        "repeated. Whose `random` do you call?",
        edits=(("self.rng.random(", "np.random.random("),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-old-mask-in-evaluation",
        exercise="bonus_dropout",
        title="In evaluation the way back still uses the mask of the last training pass.",
        hint="`backward` belongs to the last `forward`, whatever mode that was in. What is the "
        "mask of a pass that hands everything on?",
        edits=(
            (
                "            self.mask = np.ones(np.shape(a))\n",
                "            return a\n",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-flag-on-the-way-back",
        exercise="bonus_dropout",
        title="The way back asks whether the layer is in training now, not whether it was.",
        hint="Go forward in training, then set `training` to False, then go back. Which entries were "
        "dropped on the way forward? `backward` belongs to that pass.",
        edits=(("return grad * self.mask", "return grad * self.mask if self.training else grad"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-exact-number",
        exercise="bonus_dropout",
        title="Exactly the same number of entries is dropped in each pass.",
        hint="Toss four coins: are two of them always heads? If you know what became of all entries "
        "but one, may you know the last?",
        edits=(
            (
                "kept = self.rng.random(np.shape(a)) >= self.rate",
                "order = self.rng.permutation(np.size(a)).reshape(np.shape(a))\n"
                "            kept = order >= round(self.rate * np.size(a))",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-numbers-used-twice",
        exercise="bonus_dropout",
        title="Fewer random numbers are drawn than there are entries, and used again.",
        hint="Two entries with the same random number live and die together. How many numbers does a "
        "batch of 100 examples and 80 units need?",
        edits=(
            (
                "self.rng.random(np.shape(a))",
                "np.resize(self.rng.random(np.size(a) // 2), np.shape(a))",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-for-tables-only",
        exercise="bonus_dropout",
        title="Only arrays with two dimensions can go through in training.",
        hint="What comes in may be a vector, or a batch of images. Do you need the names of its axes, "
        "or only its shape?",
        edits=(("self.rng.random(np.shape(a))", "self.rng.random((len(a), a.shape[1]))"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-backward-in-place",
        exercise="bonus_dropout",
        title="`backward` changes the gradient that it is given.",
        hint="The values are right. But look at grad after the call: grad *= ... works on the caller's "
        "own array, grad * ... makes a new one.",
        edits=(("return grad * self.mask", "grad *= self.mask\n        return grad"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-of-whole-numbers",
        exercise="bonus_dropout",
        title="Whole activations stay whole: what is kept loses its fractions.",
        hint="An activation of 1 with the rate 0.3 should become 1.43. What becomes of it in "
        "np.zeros_like(a), where a holds whole numbers?",
        edits=(
            (
                "        return a * self.mask\n",
                "        out = np.zeros_like(a)\n        out[...] = a * self.mask\n"
                "        return out\n",
            ),
        ),
        see=DROPOUT,
    ),
    # 9.3 bonus_dropout_network
    Mistake(
        id="dropout-left-out-of-forward",
        exercise="bonus_dropout_network",
        title="The activations are handed on without dropout.",
        hint="Which attribute of the network holds the dropouts, and where is their `forward` "
        "called?",
        edits=(
            ("dropout.forward(sigmoid(handed_on[-1] @ w + b))", "sigmoid(handed_on[-1] @ w + b)"),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-before-the-bend",
        exercise="bonus_dropout_network",
        title="Dropout stands before the sigmoid, so dropped units say one half.",
        hint="What is the sigmoid of 0? A dropped unit should say nothing at all.",
        edits=(
            (
                "dropout.forward(sigmoid(handed_on[-1] @ w + b))",
                "sigmoid(dropout.forward(handed_on[-1] @ w + b))",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="slope-after-dropout",
        exercise="bonus_dropout_network",
        title="The sigmoid's slope is taken at what the dropout made of its value.",
        hint="a(1 - a) holds for the number that came out of the sigmoid. A kept activation of 0.8 "
        "has become 1.6: what does your formula say there?",
        edits=(("sigmoid_slope(bent)", "sigmoid_slope(inputs[k])"),),
        see=DROPOUT,
    ),
    Mistake(
        id="network-forward-twice",
        exercise="bonus_dropout_network",
        title="backprop goes forward twice, with different masks.",
        hint="Every call of forward draws new masks. Which of them do your activations belong to, "
        "and which your error?",
        edits=(
            (
                "    *inputs, logits = self.forward(x)\n",
                "    *inputs, _ = self.forward(x)\n    logits = self.forward(x)[-1]\n",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-left-out-of-backprop",
        exercise="bonus_dropout_network",
        title="The way back does not go through the dropouts.",
        hint="Does a unit that was silent in the forward pass get a gradient? What stands between a "
        "layer's weights and the sigmoid before it?",
        edits=(
            (
                "self.dropouts[k - 1].backward(delta @ self.weights[k].T)",
                "delta @ self.weights[k].T",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-of-another-layer",
        exercise="bonus_dropout_network",
        title="The way back meets the dropouts in the wrong order.",
        hint="Dropout k stands behind layer k + 1. Which of them comes just before the last layer?",
        edits=(("self.dropouts[k - 1].backward", "self.dropouts[-k].backward"),),
        see=DROPOUT,
    ),
    Mistake(
        id="network-first-pass-kept",
        exercise="bonus_dropout_network",
        title="The first forward pass is kept and used for every batch after it.",
        hint="The first call of backprop is right. What does your network keep in self, and when "
        "is that made anew? Every call brings other images, and the weights have moved.",
        edits=(
            (
                "*inputs, logits = self.forward(x)",
                'if not hasattr(self, "last"):\n        self.last = self.forward(x)\n'
                "    *inputs, logits = self.last",
            ),
        ),
        see=DROPOUT,
    ),
    # 9.4 bonus_augment
    Mistake(
        id="shift-wraps-around",
        exercise="bonus_augment",
        title="What is pushed out on one side comes in again on the other.",
        hint="Shift the image of the example by one. Is there a 3 in the left column? What should "
        "stand where no pixel came from?",
        edits=(("((0, 0), (n, n), (n, n)))", '((0, 0), (n, n), (n, n)), mode="wrap")'),),
        see=AUGMENT,
    ),
    Mistake(
        id="shift-repeats-the-border",
        exercise="bonus_augment",
        title="The border pixels are repeated where nothing came in.",
        hint="Where there is no pixel, what does the formula put?",
        edits=(("((0, 0), (n, n), (n, n)))", '((0, 0), (n, n), (n, n)), mode="edge")'),),
        see=AUGMENT,
    ),
    Mistake(
        id="shift-other-way",
        exercise="bonus_augment",
        title="The images move the other way.",
        hint="dx = 1 is one pixel to the right. Where does new[row, column] come from: from the "
        "pixel to its left or to its right?",
        edits=(
            (
                "framed[:, n - dy : 2 * n - dy, n - dx : 2 * n - dx]",
                "framed[:, n + dy : 2 * n + dy, n + dx : 2 * n + dx]",
            ),
        ),
        see=AUGMENT,
    ),
    Mistake(
        id="shift-axes-swapped",
        exercise="bonus_augment",
        title="dx moves the images down, and dy to the right.",
        hint="The first axis of an image counts its rows. Moving down changes the row: is that dx "
        "or dy?",
        edits=(
            (
                "framed[:, n - dy : 2 * n - dy, n - dx : 2 * n - dx]",
                "framed[:, n - dx : 2 * n - dx, n - dy : 2 * n - dy]",
            ),
        ),
        see=AUGMENT,
    ),
    Mistake(
        id="shift-out-of-sight",
        exercise="bonus_augment",
        title="A shift by more than the width of the image is not thought of.",
        hint="Shift a 3 by 3 image by 5. What should be left of it, and what does a slice with a "
        "negative start mean?",
        edits=(("    dx, dy = (min(max(d, -n), n) for d in (dx, dy))\n", ""),),
        see=AUGMENT,
    ),
    Mistake(
        id="labels-moved-away",
        exercise="bonus_augment",
        title="The labels are repeated one by one, the images block by block.",
        hint="Write the six labels of three images under two shifts below each other, and the "
        "images beside them. np.repeat gives aabbcc: which order do the images have?",
        edits=(("np.concatenate([y for _ in shifts])", "np.repeat(y, len(shifts), axis=0)"),),
        see=AUGMENT,
    ),
    Mistake(
        id="labels-not-multiplied",
        exercise="bonus_augment",
        title="There are more images than labels.",
        hint="Every copy of an image needs its label. How many rows has y_all?",
        edits=(("np.concatenate([y for _ in shifts])", "y"),),
        see=AUGMENT,
    ),
]
