"""Known wrong solutions of lab 6, each an edit of the reference solution."""

from course.labs import Mistake

WRONG = "2 · How wrong is it?"
LAYER = "3 · A layer"
BENDS = "4 · Bends"
MODEL = "5 · A model"
DROPOUT = "6 · Dropout"

MISTAKES = [
    # 1 MSELoss
    Mistake(
        id="mse-half-missing",
        exercise="mse_loss",
        title="The factor one half is missing in the loss.",
        hint="Your loss is twice what it should be, and its gradient is right. What is the factor in "
        "front of the square there for?",
        edits=(("0.5 * np.sum", "np.sum"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-mean-over-entries",
        exercise="mse_loss",
        title="The loss is a mean over all entries: over the features, too.",
        hint="`np.mean` divides by the number of entries. By what does the formula divide: by B, or "
        "by B times n? (This is half of what PyTorch computes.)",
        edits=(("0.5 * np.sum(self.error**2) / len(self.error)", "0.5 * np.mean(self.error**2)"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-as-pytorch",
        exercise="mse_loss",
        title="This is PyTorch's loss, with PyTorch's gradient: a mean over all entries, no half.",
        hint="You and PyTorch agree, but this course agreed on something else. What are the two "
        "differences, and what factor do they make together?",
        edits=(
            ("0.5 * np.sum(self.error**2) / len(self.error)", "np.mean(self.error**2)"),
            ("return self.error / len(self.error)", "return 2 * self.error / self.error.size"),
        ),
        see=WRONG,
    ),
    Mistake(
        id="mse-sum-over-examples",
        exercise="mse_loss",
        title="The loss is summed over the examples, not averaged.",
        hint="Would your loss say the same about a model if every example came twice?",
        edits=(("**2) / len(self.error)", "**2)"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-sign",
        exercise="mse_loss",
        title="The gradient has the wrong sign.",
        hint="Say the model answers 0.9 and should answer 0. If it answers more, does the loss grow "
        "or shrink? Which sign has your gradient there?",
        edits=(("return self.error / len", "return -self.error / len"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-gradient-mean-missing",
        exercise="mse_loss",
        title="The loss is a mean over the batch, its gradient is not.",
        hint="Your gradient is too large by the number of examples. How much does one example weigh "
        "in a mean over B of them?",
        edits=(("return self.error / len(self.error)", "return self.error"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-gradient-doubled",
        exercise="mse_loss",
        title="The gradient is twice too large.",
        hint="The square brings down a factor of 2. What else stands in front of it?",
        edits=(("return self.error / len", "return 2 * self.error / len"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-gradient-over-entries",
        exercise="mse_loss",
        title="The gradient is divided by the number of entries, the loss by that of the examples.",
        hint="`size` counts all entries of an array. Which number stands below the fraction bar of "
        "the formula for the gradient?",
        edits=(("return self.error / len(self.error)", "return self.error / self.error.size"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-gradient-summed",
        exercise="mse_loss",
        title="The gradient is summed over the batch; each example needs its own.",
        hint="A gradient has the shape of the thing it is the gradient of. What is the shape of "
        "y_pred?",
        edits=(("return self.error / len(self.error)", "return self.error.mean(axis=0)"),),
        see=WRONG,
    ),
    Mistake(
        id="mse-changes-prediction",
        exercise="mse_loss",
        title="The loss changes the array y_pred that it is handed.",
        hint="`a -= b` writes into the array a itself. Whose array is that, and what will its owner "
        "find in it?",
        edits=(
            (
                "self.error = y_pred - y_true",
                "y_pred -= y_true\n        self.error = y_pred",
            ),
        ),
        see=WRONG,
    ),
    Mistake(
        id="mse-shared-memory",
        exercise="mse_loss",
        title="The loss remembers in the class, where the next loss overwrites it.",
        hint="To whom does `self.error` belong, and to whom `MSELoss.error`? Make two losses, call "
        "both, and ask the first for its gradient.",
        edits=(("self.error = y_pred", "MSELoss.error = y_pred"),),
        see=WRONG,
    ),
    # 2 CrossEntropy
    Mistake(
        id="ce-overflow",
        exercise="cross_entropy",
        title="Large logits overflow: no maximum is subtracted.",
        hint="How large is e^1000 in floating point, and what is infinity divided by infinity? Which "
        "number may you subtract from all logits of a row without changing anything?",
        edits=(("logits - logits.max(axis=1, keepdims=True)", "logits"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-global-maximum",
        exercise="cross_entropy",
        title="The largest logit of the whole batch is subtracted, not that of each row.",
        hint="Take one row around 1000 and another around −1000. After subtracting 1000, what are "
        "the powers in the second row, and what is the logarithm of their sum?",
        edits=(("logits.max(axis=1, keepdims=True)", "logits.max()"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-log-of-zero",
        exercise="cross_entropy",
        title="The logarithm is taken of a probability that has become 0.",
        hint="With logits 1000 and −1000 in one row, one probability is e^−2000. What is left of it in "
        "floating point, and what is its logarithm? The formula with the logarithm of the sum never "
        "computes it.",
        edits=(
            (
                "np.log(sums[:, 0]) - (y_true * shifted).sum(axis=1)",
                "-np.log((y_true * self.p).sum(axis=1))",
            ),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-wrong-axis",
        exercise="cross_entropy",
        title="Softmax runs down the columns: the examples compete, not the classes.",
        hint="Along which axis do the classes lie? What should the probabilities of one example "
        "sum to?",
        edits=(
            ("sums = powers.sum(axis=1, keepdims=True)", "sums = powers.sum(axis=0)"),
            ("np.log(sums[:, 0]) - (y_true * shifted)", "(y_true * (np.log(sums) - shifted))"),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-sign",
        exercise="cross_entropy",
        title="The loss has the wrong sign: it is negative, and lower where the model is worse.",
        hint="A probability is below 1. Which sign has its logarithm, and which the loss?",
        edits=(
            ("np.log(sums[:, 0]) - (y_true * shifted)", "-np.log(sums[:, 0]) + (y_true * shifted)"),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-mean-over-entries",
        exercise="cross_entropy",
        title="The mean is taken over examples and classes.",
        hint="Your loss is too small by the number of classes. Over how many losses is the mean "
        "taken, one per example or one per logit?",
        edits=(("losses.mean()", "losses.mean() / shifted.shape[1]"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-rows-crossed",
        exercise="cross_entropy",
        title="A column (B, 1) meets a row (B,), and gives a square (B, B) of losses.",
        hint="How many losses do you add up, B or B·B? Print the shape of the logarithm of the sums, "
        "and of what you subtract from it. The mean hides it, the sum does not.",
        edits=(("np.log(sums[:, 0])", "np.log(sums)"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-always-mean",
        exercise="cross_entropy",
        title="The loss is always averaged, whatever `average` says.",
        hint="Compare CrossEntropy(average=False) on one example, and on the same example twice. "
        "Should the two be equal?",
        edits=(("losses.mean() if self.average else losses.sum()", "losses.mean()"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-always-sum",
        exercise="cross_entropy",
        title="The loss is always summed, whatever `average` says.",
        hint="Compare CrossEntropy() on one example, and on the same example twice. Should the "
        "second be twice the first?",
        edits=(("losses.mean() if self.average else losses.sum()", "losses.sum()"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-gradient-mean-missing",
        exercise="cross_entropy",
        title="The loss is a mean over the batch, its gradient is not.",
        hint="With average=True your gradient is too large by the number of examples. How much does "
        "one example weigh in a mean?",
        edits=(
            ("return gradient / len(gradient) if self.average else gradient", "return gradient"),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-gradient-always-mean",
        exercise="cross_entropy",
        title="The gradient is divided by the batch size even where the loss is a sum.",
        hint="With average=False nothing was divided on the way forward. What follows for the way "
        "back?",
        edits=(("len(gradient) if self.average else gradient", "len(gradient)"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-gradient-over-entries",
        exercise="cross_entropy",
        title="The gradient is divided by the number of all entries.",
        hint="Your gradient is too small by the number of classes. What does `size` count, and what "
        "does the mean in the loss divide by?",
        edits=(("gradient / len(gradient)", "gradient / gradient.size"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-gradient-sign",
        exercise="cross_entropy",
        title="The gradient has the wrong sign.",
        hint="The logit of the right class should grow to make the loss smaller. Which sign must its "
        "gradient have, so that a step *against* it makes it grow?",
        edits=(("gradient = self.p - self.y_true", "gradient = self.y_true - self.p"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-gradient-forgets-labels",
        exercise="cross_entropy",
        title="The gradient is p alone: the labels play no part.",
        hint="Each row of the gradient should sum to 0. To what does each of yours?",
        edits=(("gradient = self.p - self.y_true", "gradient = self.p"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-gradient-diagonal",
        exercise="cross_entropy",
        title="Only the diagonal of softmax's Jacobian is used: the other logits get no gradient.",
        hint="If the logit of a *wrong* class grows, what becomes of the probability of the right "
        "one? What does your gradient say about that logit?",
        edits=(("gradient = self.p - self.y_true", "gradient = -self.y_true * (1 - self.p)"),),
        see=WRONG,
    ),
    Mistake(
        id="ce-softmax-kept",
        exercise="cross_entropy",
        title="The gradient is multiplied with p(1 − p), as if a sigmoid's slope were missing.",
        hint="p − y is already the gradient with respect to the logits. Which slope is it that you "
        "multiply with, and has it not been counted?",
        edits=(
            (
                "gradient = self.p - self.y_true",
                "gradient = (self.p - self.y_true) * self.p * (1 - self.p)",
            ),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-changes-logits",
        exercise="cross_entropy",
        title="The maximum is subtracted from the caller's own array.",
        hint="The numbers are right. But `-=` works in place: what is in the caller's logits "
        "afterwards?",
        edits=(
            (
                "shifted = logits - logits.max(axis=1, keepdims=True)",
                "logits -= logits.max(axis=1, keepdims=True)\n        shifted = logits",
            ),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-loop-over-batch",
        exercise="cross_entropy",
        title="The examples are visited one by one.",
        hint="The numbers are right. Which axis does `sum(axis=1)` leave, and so which loop is not "
        "needed?",
        edits=(
            (
                "np.log(sums[:, 0]) - (y_true * shifted).sum(axis=1)",
                "np.array([np.log(s[0]) - y @ z for s, y, z in zip(sums, y_true, shifted)])",
            ),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-shared-memory",
        exercise="cross_entropy",
        title="The loss remembers in the class, where the next loss overwrites it.",
        hint="Make two losses, call both, and ask the first for its gradient. Whose p is in it?",
        edits=(
            (
                "self.p, self.y_true = powers / sums, y_true",
                "CrossEntropy.p, CrossEntropy.y_true = powers / sums, y_true",
            ),
        ),
        see=WRONG,
    ),
    Mistake(
        id="ce-shared-setting",
        exercise="cross_entropy",
        title="`average` is kept in the class, where the next loss overwrites it.",
        hint="Make a loss with average=False, then another without, and ask the first. To whom does "
        "`self.average` belong, and to whom `CrossEntropy.average`?",
        edits=(("self.average = average", "CrossEntropy.average = average"),),
        see=WRONG,
    ),
    # 3 Linear
    Mistake(
        id="linear-bias-left-out",
        exercise="linear",
        title="The bias is left out.",
        hint="What does the layer say if its input is all zeros?",
        edits=(("return x @ self.weights + self.bias", "return x @ self.weights"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-weights-transposed",
        exercise="linear",
        title="gradient_weights is transposed: its rows belong to the outputs.",
        hint="Its entry [i, j] is a sum of input i times gradient j. Which of the two counts the "
        "rows of weights?",
        edits=(("self.x.T @ in_gradient", "in_gradient.T @ self.x"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-weights-averaged",
        exercise="linear",
        title="The gradient of the weights is divided by the batch size once more.",
        hint="Your gradient is too small by the number of examples. Who has put the mean over the "
        "batch into in_gradient already?",
        edits=(("self.x.T @ in_gradient", "self.x.T @ in_gradient / len(in_gradient)"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-weights-ignore-gradient",
        exercise="linear",
        title="The weights' gradient ignores what comes in: it is right only if that is all ones.",
        hint="If the loss reacts ten times as strongly to y, what must become of the gradient of "
        "the weights? What does yours do?",
        edits=(("self.x.T @ in_gradient", "self.x.T @ np.ones_like(in_gradient)"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-first-example-only",
        exercise="linear",
        title="Only the first example of the batch counts for the bias.",
        hint="The same bias is added to every row. Through how many rows does the loss feel it?",
        edits=(("in_gradient.sum(axis=0)", "in_gradient[0]"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-bias-averaged",
        exercise="linear",
        title="The gradient of the bias is a mean over the batch; it should be a sum.",
        hint="If b grows by 1, y grows by 1 in every row. Do these effects add up, or do they "
        "average?",
        edits=(("in_gradient.sum(axis=0)", "in_gradient.mean(axis=0)"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-bias-wrong-axis",
        exercise="linear",
        title="The gradient of the bias is summed over the outputs instead of over the batch.",
        hint="How many entries has the bias, n_out or B? Which axis has to disappear?",
        edits=(("in_gradient.sum(axis=0)", "in_gradient.sum(axis=1)"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-bias-not-summed",
        exercise="linear",
        title="The gradient of the bias still has one row per example.",
        hint="A gradient has the shape of the thing it is the gradient of. NumPy has copied the bias "
        "to every row; what undoes a copy?",
        edits=(("in_gradient.sum(axis=0)", "in_gradient"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-bias-as-row",
        exercise="linear",
        title="The gradient of the bias is a matrix of one row; the bias is a vector.",
        hint="The values are right. What does `keepdims` keep, and what is `bias.shape`?",
        edits=(("in_gradient.sum(axis=0)", "in_gradient.sum(axis=0, keepdims=True)"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-bias-forgotten",
        exercise="linear",
        title="The bias gets a gradient of zeros: it would never learn.",
        hint="If b grows, does the loss not move? A test with a loose tolerance would not notice.",
        edits=(("in_gradient.sum(axis=0)", "np.zeros_like(self.bias)"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-input-not-transposed",
        exercise="linear",
        title="The gradient is multiplied with the weights where their transpose belongs.",
        hint="The sum over the outputs j runs along which axis of weights? And which one does a "
        "matrix product sum over?",
        edits=(("in_gradient @ self.weights.T", "in_gradient @ self.weights"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-order-input-first",
        exercise="linear",
        title="The gradients are right, but the one of the input is returned first.",
        hint="Which order does the contract of section 1 give?",
        edits=(
            (
                "return gradient_weights, gradient_bias, gradient_input",
                "return gradient_input, gradient_weights, gradient_bias",
            ),
        ),
        see=LAYER,
    ),
    Mistake(
        id="linear-order-bias-last",
        exercise="linear",
        title="The gradients are right, but bias and input are exchanged.",
        hint="Which order does the contract of section 1 give?",
        edits=(
            (
                "return gradient_weights, gradient_bias, gradient_input",
                "return gradient_weights, gradient_input, gradient_bias",
            ),
        ),
        see=LAYER,
    ),
    Mistake(
        id="linear-two-gradients",
        exercise="linear",
        title="Two gradients are returned; there are three.",
        hint="How many things went into y? The bias is a parameter like the weights.",
        edits=(
            (
                "return gradient_weights, gradient_bias, gradient_input",
                "return gradient_weights, gradient_input",
            ),
        ),
        see=LAYER,
    ),
    Mistake(
        id="linear-shared-memory",
        exercise="linear",
        title="The layer remembers in the class, where the next layer overwrites it.",
        hint="A model has two Linears. Whose x does the first one find on the way back? To whom does "
        "`Linear.x` belong?",
        edits=(("        self.x = x\n", "        Linear.x = x\n"),),
        see=LAYER,
    ),
    Mistake(
        id="linear-remembers-the-first",
        exercise="linear",
        title="The layer remembers its first input for good.",
        hint="`grad` speaks of the last call. After a hundred mini-batches, which one is in your "
        "memory?",
        edits=(
            (
                "        self.x = x\n",
                "        if not hasattr(self, 'x'):\n            self.x = x\n",
            ),
        ),
        see=LAYER,
    ),
    Mistake(
        id="linear-adds-up",
        exercise="linear",
        title="Asked twice, `grad` gives another answer: it adds to what it gave before.",
        hint="After a question, nothing should be different from before. What outlives your call?",
        edits=(
            (
                "        return gradient_weights, gradient_bias, gradient_input\n",
                "        self.total = getattr(self, 'total', 0) + gradient_weights\n"
                "        return self.total, gradient_bias, gradient_input\n",
            ),
        ),
        see=LAYER,
    ),
    Mistake(
        id="linear-loop-over-batch",
        exercise="linear",
        title="The examples are visited one by one.",
        hint="The numbers are right. A matrix product sums over the axis that its factors share: which "
        "axis do x and in_gradient share?",
        edits=(
            (
                "self.x.T @ in_gradient",
                "sum(np.outer(a, g) for a, g in zip(self.x, in_gradient))",
            ),
        ),
        see=LAYER,
    ),
    Mistake(
        id="linear-keeps-old-weights",
        exercise="linear",
        title="The way back uses the weights of the first call, not those of today.",
        hint="After each step of training the weights are others. When is what you have stored of "
        "them renewed?",
        edits=(
            (
                "        self.x = x\n",
                "        self.x = x\n"
                "        if not hasattr(self, 'turned'):\n"
                "            self.turned = self.weights.T\n",
            ),
            ("in_gradient @ self.weights.T", "in_gradient @ self.turned"),
        ),
        see=LAYER,
    ),
    # 4 Sigmoid
    Mistake(
        id="sigmoid-slope-at-x",
        exercise="sigmoid",
        title="The formula y(1 − y) is applied to x.",
        hint="Which of the two numbers lies between 0 and 1, x or y? What is your slope at x = 0?",
        edits=(
            (
                "        self.y = 0.5 * (1 + np.tanh(0.5 * x))\n        return self.y\n",
                "        self.y = x\n        return 0.5 * (1 + np.tanh(0.5 * x))\n",
            ),
        ),
        see=BENDS,
    ),
    Mistake(
        id="sigmoid-ignores-gradient",
        exercise="sigmoid",
        title="The slope is returned alone: what comes in is ignored.",
        hint="If the loss does not depend on y at all, in_gradient is 0. What must `grad` return then?",
        edits=(("return in_gradient * self.y * (1 - self.y)", "return self.y * (1 - self.y)"),),
        see=BENDS,
    ),
    Mistake(
        id="sigmoid-value-for-slope",
        exercise="sigmoid",
        title="The gradient is multiplied with the value of the sigmoid, not with its slope.",
        hint="Far to the right the curve is flat. How much of the gradient passes there in your code?",
        edits=(("self.y * (1 - self.y)", "self.y"),),
        see=BENDS,
    ),
    Mistake(
        id="sigmoid-slope-of-tanh",
        exercise="sigmoid",
        title="This is the slope of tanh.",
        hint="What does your formula say far to the left, where y is 0 and the curve is flat?",
        edits=(("in_gradient * self.y * (1 - self.y)", "in_gradient * (1 - self.y**2)"),),
        see=BENDS,
    ),
    Mistake(
        id="sigmoid-not-squeezed",
        exercise="sigmoid",
        title="The argument of tanh is not halved.",
        hint="Try x = ln 3: you should get 3/4. Compare with the formula, factor by factor.",
        edits=(("np.tanh(0.5 * x)", "np.tanh(x)"),),
        see=BENDS,
    ),
    Mistake(
        id="sigmoid-changes-gradient",
        exercise="sigmoid",
        title="`grad` multiplies into the array that it is handed.",
        hint="`*=` works in place. To whom does in_gradient belong, and what if it is needed again?",
        edits=(
            (
                "return in_gradient * self.y * (1 - self.y)",
                "in_gradient *= self.y * (1 - self.y)\n        return in_gradient",
            ),
        ),
        see=BENDS,
    ),
    Mistake(
        id="sigmoid-shared-memory",
        exercise="sigmoid",
        title="The sigmoid remembers in the class, where the next one overwrites it.",
        hint="A model has two sigmoids. Whose y does the first one find on the way back?",
        edits=(("self.y = 0.5 *", "Sigmoid.y = 0.5 *"),),
        see=BENDS,
    ),
    # 5 ReLU
    Mistake(
        id="relu-slope-one-at-zero",
        exercise="relu",
        title="At x = 0 the gradient passes; this course agreed on slope 0 there.",
        hint="Everything is right but at the kink itself. Which side does 0 belong to, by the formula?",
        edits=(("x > 0", "x >= 0"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-wrong-side",
        exercise="relu",
        title="The gradient passes where x is negative and stops where it is positive.",
        hint="Where x is negative the output is 0, whatever x does. What is the slope there?",
        edits=(("x > 0", "x < 0"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-of-the-gradient",
        exercise="relu",
        title="The gradient itself is sent through a ReLU: negative gradients are lost.",
        hint="Does it depend on x or on in_gradient whether something passes? Look at the example "
        "with −5.",
        edits=(("return in_gradient * self.positive", "return np.maximum(in_gradient, 0)"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-both-tests",
        exercise="relu",
        title="Negative gradients are stopped even where x is positive.",
        hint="Look at the example: −5 comes in where x = 2. How much of it goes on?",
        edits=(
            (
                "return in_gradient * self.positive",
                "return np.maximum(in_gradient, 0) * self.positive",
            ),
        ),
        see=BENDS,
    ),
    Mistake(
        id="relu-value-for-slope",
        exercise="relu",
        title="The gradient is multiplied with x where x is positive; the slope there is 1.",
        hint="How much does y grow if x grows from 5 to 6? And from 1 to 2?",
        edits=(("self.positive = x > 0", "self.positive = np.maximum(x, 0)"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-ignores-gradient",
        exercise="relu",
        title="The slope is returned alone: what comes in is ignored.",
        hint="If the loss does not depend on y at all, in_gradient is 0. What must `grad` return then?",
        edits=(("return in_gradient * self.positive", "return 1.0 * self.positive"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-passes-everything",
        exercise="relu",
        title="The gradient passes everywhere, as if there were no ReLU.",
        hint="Where x is negative, what does y do when x moves a little?",
        edits=(("return in_gradient * self.positive", "return in_gradient"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-absolute-value",
        exercise="relu",
        title="The forward pass gives the absolute value.",
        hint="What should become of −1?",
        edits=(("np.maximum(x, 0)", "np.abs(x)"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-changes-input",
        exercise="relu",
        title="The negative entries are set to 0 in the caller's own array.",
        hint="`x[x < 0] = 0` writes into x. Whose array is that?",
        edits=(("return np.maximum(x, 0)", "x[x < 0] = 0\n        return x"),),
        see=BENDS,
    ),
    Mistake(
        id="relu-changes-gradient",
        exercise="relu",
        title="`grad` sets entries to 0 in the array that it is handed.",
        hint="The answer is right. But what does the caller find in in_gradient afterwards?",
        edits=(
            (
                "return in_gradient * self.positive",
                "in_gradient[~self.positive] = 0\n        return in_gradient",
            ),
        ),
        see=BENDS,
    ),
    Mistake(
        id="relu-shared-memory",
        exercise="relu",
        title="The ReLU remembers in the class, where the next one overwrites it.",
        hint="A model has two ReLUs. Whose memory does the first one find on the way back?",
        edits=(("self.positive = x > 0", "ReLU.positive = x > 0"),),
        see=BENDS,
    ),
    # 6 forward
    Mistake(
        id="forward-same-input",
        exercise="forward",
        title="Each part is given the model's input, not the output of the part before.",
        hint="Which variable does the second part get, and who has changed it since the first?",
        edits=(
            ("x = component(x)", "y = component(x)"),
            ("return x", "return y if self.components else x"),
        ),
        see=MODEL,
    ),
    Mistake(
        id="forward-first-batch-kept",
        exercise="forward",
        title="The model keeps the first batch that it saw, and says the same of every later one.",
        hint="What is in the model after the first call, and who looks at the x of the second?",
        edits=(
            (
                "for component in self.components:",
                "x = self.__dict__.setdefault('batch', x)\n    for component in self.components:",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="forward-last-part-missing",
        exercise="forward",
        title="The last part is left out.",
        hint="How many parts are called? `[:-1]` is everything but the last.",
        edits=(("in self.components:", "in self.components[:-1]:"),),
        see=MODEL,
    ),
    Mistake(
        id="forward-reversed",
        exercise="forward",
        title="The parts are called from the last to the first.",
        hint="In which order do values go through the parts?",
        edits=(("in self.components:", "in self.components[::-1]:"),),
        see=MODEL,
    ),
    Mistake(
        id="forward-layers-only",
        exercise="forward",
        title="Only the layers are called; the activations are left out.",
        hint="What would many linear layers behind each other be?",
        edits=(
            (
                "        x = component(x)",
                "        x = component(x) if isinstance(component, Layer) else x",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="forward-stops-early",
        exercise="forward",
        title="The function returns after the first part.",
        hint="At which indentation does `return` stand, and how often does the loop run?",
        edits=(
            (
                "        x = component(x)\n    return x",
                "        x = component(x)\n        return x\n    return x",
            ),
        ),
        see=MODEL,
    ),
    # 7 backward
    Mistake(
        id="backward-list-reversed",
        exercise="backward",
        title="The list runs from the last part to the first.",
        hint="The way back meets the last part first. In which order is the list to be, and in which "
        "does `append` leave it?",
        edits=(("return grads[::-1]", "return grads"),),
        see=MODEL,
    ),
    Mistake(
        id="backward-from-the-front",
        exercise="backward",
        title="The gradient goes through the parts from the first to the last.",
        hint="Which part is next to the loss? It is the first to be asked.",
        edits=(("in reversed(self.components)", "in self.components"), ("grads[::-1]", "grads")),
        see=MODEL,
    ),
    Mistake(
        id="backward-turns-parts-around",
        exercise="backward",
        title="The model's own list of parts is turned around by the way back.",
        hint="`.reverse()` turns the list itself around. Who walks through it next?",
        edits=(
            (
                "for component in reversed(self.components):",
                "self.components.reverse()\n    for component in self.components:",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="forward-parts-called-twice",
        exercise="forward",
        title="Each part is called twice.",
        hint="A part keeps what it saw at its last call, and dropout throws its dice at each. How often "
        "does your code call a part?",
        edits=(("x = component(x)", "component(x)\n        x = component(x)"),),
        see=MODEL,
    ),
    Mistake(
        id="backward-same-gradient",
        exercise="backward",
        title="Every part is handed the gradient of the loss itself.",
        hint="What the part behind gives back is what the part in front gets. In which variable is it "
        "in your code, and is it the one that you hand on?",
        edits=(
            ("gradient_bias, in_gradient = component", "gradient_bias, _ = component"),
            ("            in_gradient = component.grad(in_gradient)\n", ""),
        ),
        see=MODEL,
    ),
    Mistake(
        id="backward-around-activations",
        exercise="backward",
        title="The gradient goes around the activations.",
        hint="An activation has no parameters, so it adds nothing to learn. But does the gradient not "
        "have to go through it?",
        edits=(("            in_gradient = component.grad(in_gradient)\n", ""),),
        see=MODEL,
    ),
    Mistake(
        id="backward-around-layers",
        exercise="backward",
        title="The gradient goes around the layers: what they give back is dropped.",
        hint="A layer returns three gradients. For whom is the third?",
        edits=(("gradient_bias, in_gradient = component", "gradient_bias, _ = component"),),
        see=MODEL,
    ),
    Mistake(
        id="backward-layers-only",
        exercise="backward",
        title="The list has entries for the layers only.",
        hint="How long should the list be? What is the entry of a part without parameters?",
        edits=(("            grads.append(None)\n", ""),),
        see=MODEL,
    ),
    Mistake(
        id="backward-pairs-swapped",
        exercise="backward",
        title="Each pair holds the bias's gradient first.",
        hint="Which of the two does the text name first? Where weights and bias have one shape, nothing "
        "but the numbers would show it.",
        edits=(
            (
                "append((gradient_weights, gradient_bias))",
                "append((gradient_bias, gradient_weights))",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="backward-with-input-gradient",
        exercise="backward",
        title="The entries hold three gradients; the one of the input is too many.",
        hint="What will the update need: gradients of parameters, or of inputs, too?",
        edits=(
            (
                "append((gradient_weights, gradient_bias))",
                "append((gradient_weights, gradient_bias, in_gradient))",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="backward-flat-list",
        exercise="backward",
        title="The list is flat: weights and bias have an entry each.",
        hint="One entry per part: what kind of thing can hold two gradients?",
        edits=(
            (
                "grads.append((gradient_weights, gradient_bias))",
                "grads += [gradient_bias, gradient_weights]",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="backward-first-part-missing",
        exercise="backward",
        title="The first part never gets its turn.",
        hint="How many parts are asked on the way back? The input of the model needs no gradient, but "
        "the first layer's weights do.",
        edits=(
            ("reversed(self.components)", "reversed(self.components[1:])"),
            ("return grads[::-1]", "return [None, *grads[::-1]]"),
        ),
        see=MODEL,
    ),
    Mistake(
        id="backward-updates-at-once",
        exercise="backward",
        title="The parameters are changed on the way back.",
        hint="`backward` is asked for gradients. What are the weights of the model after it, and whose "
        "task is it to change them?",
        edits=(
            (
                "            grads.append((gradient_weights, gradient_bias))\n",
                "            grads.append((gradient_weights, gradient_bias))\n"
                "            component.weights = component.weights - 0.1 * gradient_weights\n",
            ),
        ),
        see=MODEL,
    ),
    # 8 update_parameters
    Mistake(
        id="update-uphill",
        exercise="update_parameters",
        title="The step goes uphill.",
        hint="The gradient points to where the loss grows fastest. Where do you want to go?",
        edits=(
            ("component.weights - learning_rate", "component.weights + learning_rate"),
            ("component.bias - learning_rate", "component.bias + learning_rate"),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-without-rate",
        exercise="update_parameters",
        title="The learning rate plays no part.",
        hint="What is the step with a learning rate of 0?",
        edits=(
            ("learning_rate * gradient_weights", "gradient_weights"),
            ("learning_rate * gradient_bias", "gradient_bias"),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-bias-forgotten",
        exercise="update_parameters",
        title="The bias is never changed.",
        hint="Which parameters does a layer have? PyTorch's optimiser changes them all.",
        edits=(
            ("            component.bias = component.bias - learning_rate * gradient_bias\n", ""),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-goes-nowhere",
        exercise="update_parameters",
        title="The new weights never reach the layer.",
        hint="After `w = w - step`, the name w stands for a new array. What does the layer still "
        "hold?",
        edits=(
            ("component.weights = component.weights", "weights = component.weights"),
            ("component.bias = component.bias", "bias = component.bias"),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-exchanged",
        exercise="update_parameters",
        title="The weights move by the gradient of the bias, and the bias by that of the weights.",
        hint="In which order does `backward` put the two gradients into a pair?",
        edits=(
            (
                "gradient_weights, gradient_bias = gradients",
                "gradient_bias, gradient_weights = gradients",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-first-layer-only",
        exercise="update_parameters",
        title="Only the first layer is changed.",
        hint="How often does your loop run? Look at where it ends.",
        edits=(
            (
                "component.bias = component.bias - learning_rate * gradient_bias\n",
                "component.bias = component.bias - learning_rate * gradient_bias\n            break\n",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-pairs-misplaced",
        exercise="update_parameters",
        title="The layers are walked through from the last to the first, the gradients are not.",
        hint="Which entry of grads belongs to which part? Both lists begin with the first part.",
        edits=(
            (
                "for component, gradients in zip(self.components, grads):\n"
                "        if gradients is not None:",
                "layers = [c for c in self.components if isinstance(c, Layer)]\n"
                "    for component, gradients in zip(layers[::-1], [g for g in grads if g is not None]):\n"
                "        if gradients is not None:",
            ),
        ),
        see=MODEL,
    ),
    Mistake(
        id="update-scales-gradients",
        exercise="update_parameters",
        title="The gradients that are handed in are multiplied with the learning rate in place.",
        hint="The parameters are right after one step. What would a second step with the same "
        "gradients do?",
        edits=(
            (
                "            gradient_weights, gradient_bias = gradients\n",
                "            gradient_weights, gradient_bias = gradients\n"
                "            gradient_weights *= learning_rate\n"
                "            gradient_bias *= learning_rate\n",
            ),
            ("learning_rate * gradient_weights", "gradient_weights"),
            ("learning_rate * gradient_bias", "gradient_bias"),
        ),
        see=MODEL,
    ),
    # 9 Dropout
    Mistake(
        id="dropout-not-scaled",
        exercise="dropout",
        title="What stays is not scaled: the layer inside gets too little in training.",
        hint="With p = 0.5, half of the input is missing in training and none in evaluation. What must "
        "happen to the other half so that the layer sees as much on average?",
        edits=(("self.mask = kept / (1 - self.p)", "self.mask = kept"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-scaled-by-p",
        exercise="dropout",
        title="What stays is divided by p; p is the probability that it is dropped.",
        hint="With p = 0.1 hardly anything is dropped. Should the rest become ten times as large?",
        edits=(("kept / (1 - self.p)", "kept / self.p"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-scaled-down",
        exercise="dropout",
        title="What stays is multiplied with 1 − p: it becomes smaller where it should grow.",
        hint="If a half is missing, must the other half become larger or smaller to make up for it?",
        edits=(("kept / (1 - self.p)", "kept * (1 - self.p)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-p-kept",
        exercise="dropout",
        title="p is taken for the probability that an entry stays.",
        hint="With p = 0, nothing should be dropped. What does your layer do?",
        edits=(("self.rng.random(x.shape) >= self.p", "self.rng.random(x.shape) < self.p"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-p-kept-throughout",
        exercise="dropout",
        title="p is taken for the probability that an entry stays, in the scaling as well.",
        hint="Your dropout is right for another p. Which event has the probability p, by the text?",
        edits=(
            ("self.rng.random(x.shape) >= self.p", "self.rng.random(x.shape) < self.p"),
            ("kept / (1 - self.p)", "kept / self.p"),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-in-evaluation",
        exercise="dropout",
        title="Entries are dropped in evaluation, too.",
        hint="Ask a model for the same digit twice in evaluation. Should it change its mind?",
        edits=(("if self.training:", "if True:"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-never",
        exercise="dropout",
        title="Nothing is dropped in training: the two modes are exchanged.",
        hint="In which of the two modes should the network be unreliable?",
        edits=(("if self.training:", "if not self.training:"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-classic-evaluation",
        exercise="dropout",
        title="The answer of evaluation is scaled as well; inverted dropout has done that before.",
        hint="The factor 1/(1 − p) of the training already makes the averages fit. What is left to do "
        "in evaluation?",
        edits=(("np.ones(x.shape)", "np.full(x.shape, 1 - self.p)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-of-the-output",
        exercise="dropout",
        title="The output of the layer inside is dropped, not its input.",
        hint="`Dropout(Linear(100, 10), ...)`: how many numbers has the mask for one example, 100 or "
        "10? Look at the figure.",
        edits=(
            ("return self.layer(x * self.mask)", "return self.layer(x) * self.mask"),
            ("self.layer.grad(in_gradient)", "self.layer.grad(in_gradient * self.mask)"),
            ("gradient_inside * self.mask", "gradient_inside"),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-gradient-without-mask",
        exercise="dropout",
        title="The gradient of the input goes around the mask.",
        hint="If an input was dropped, does the loss feel it when it changes? What does your gradient "
        "say about it?",
        edits=(("gradient_inside * self.mask", "gradient_inside"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-gradient-not-scaled",
        exercise="dropout",
        title="The gradient of the input is masked, but not scaled.",
        hint="On the way forward the entries that stay are multiplied with 1/(1 − p). What is the "
        "derivative of that?",
        edits=(("gradient_inside * self.mask", "gradient_inside * (self.mask > 0)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-masked-twice",
        exercise="dropout",
        title="The incoming gradient is masked as well, though the output was not.",
        hint="The mask lies in front of the layer inside. Which of the gradients have to pass it on the "
        "way back?",
        edits=(("self.layer.grad(in_gradient)", "self.layer.grad(in_gradient * self.mask)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-new-mask-on-the-way-back",
        exercise="dropout",
        title="`grad` draws a mask of its own.",
        hint="Which inputs did the loss see, those of the old mask or those of the new one?",
        edits=(
            (
                "gradient_inside * self.mask",
                "gradient_inside * (self.rng.random(self.mask.shape) >= self.p) / (1 - self.p)",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-same-mask-always",
        exercise="dropout",
        title="The mask is drawn once and kept for good.",
        hint="An input that is never there is not unreliable, it is missing. When is a new mask due?",
        edits=(
            (
                "        if self.training:\n"
                "            kept = self.rng.random(x.shape) >= self.p\n"
                "            self.mask = kept / (1 - self.p)\n",
                "        if self.training:\n"
                "            if not hasattr(self, 'kept') or self.kept.shape != x.shape:\n"
                "                self.kept = self.rng.random(x.shape) >= self.p\n"
                "            self.mask = self.kept / (1 - self.p)\n",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-same-for-all-examples",
        exercise="dropout",
        title="All examples of a batch lose the same inputs.",
        hint="Look at your mask: what distinguishes its rows? Each entry is to be dropped on its own.",
        edits=(
            (
                "self.rng.random(x.shape) >= self.p",
                "self.rng.random(x.shape)[:1].repeat(len(x), 0) >= self.p",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-whole-examples",
        exercise="dropout",
        title="Whole examples are dropped.",
        hint="Look at your mask: what distinguishes the entries of one row? Each is to be dropped on "
        "its own.",
        edits=(
            (
                "self.rng.random(x.shape) >= self.p",
                "self.rng.random((len(x), 1)).repeat(x.shape[1], 1) >= self.p",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-own-generator",
        exercise="dropout",
        title="The mask comes from a generator other than the one that was handed in.",
        hint="Somebody wants to repeat your training to the last digit, and hands in the same "
        "generator. Where do your masks come from?",
        edits=(("self.rng.random(x.shape)", "np.random.default_rng().random(x.shape)"),),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-changes-input",
        exercise="dropout",
        title="The entries are dropped from the caller's own array.",
        hint="The answer is right. But `*=` works in place: what is left of x for its owner?",
        edits=(
            (
                "return self.layer(x * self.mask)",
                "x *= self.mask\n        return self.layer(x)",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-asks-on-the-way-back",
        exercise="dropout",
        title="`grad` asks whether training is on now, not whether it was in the last call.",
        hint="Call the layer in training, switch to evaluation, and ask for the gradient of that call. "
        "Which inputs had it lost?",
        edits=(
            (
                "gradient_inside * self.mask",
                "(gradient_inside * self.mask if self.training else gradient_inside)",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-exact-number",
        exercise="dropout",
        title="Exactly the share p of the batch is dropped, each time.",
        hint="Toss a hundred coins: are fifty heads certain? Each entry is dropped with probability p, "
        "whatever becomes of the others.",
        edits=(
            (
                "self.rng.random(x.shape) >= self.p",
                "(self.rng.permutation(x.size) >= round(self.p * x.size)).reshape(x.shape)",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-exact-number-per-example",
        exercise="dropout",
        title="Of each example exactly the share p is dropped.",
        hint="Count what is dropped in each row. If the first entries have been dropped, does that save "
        "the others?",
        edits=(
            (
                "self.rng.random(x.shape) >= self.p",
                "np.argsort(self.rng.random(x.shape), axis=1) >= round(self.p * x.shape[1])",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-zeros-taken-for-dropped",
        exercise="dropout",
        title="An entry that was 0 already is taken for a dropped one on the way back.",
        hint="After a ReLU many entries of x are 0. If such an entry was kept and grew a little, would "
        "the loss feel it? What tells you that an entry was dropped, its value or the mask?",
        edits=(
            (
                "return self.layer(x * self.mask)",
                "self.dropped = x * self.mask\n        return self.layer(self.dropped)",
            ),
            (
                "gradient_inside * self.mask",
                "gradient_inside * (self.dropped != 0) * self.mask.max()",
            ),
        ),
        see=DROPOUT,
    ),
    Mistake(
        id="dropout-draws-in-evaluation",
        exercise="dropout",
        title="Random numbers are drawn in evaluation, too, and thrown away.",
        hint="Somebody measures the accuracy between two steps of a training. Does your layer then drop "
        "the same entries in the next step as without the measurement?",
        edits=(
            (
                "        if self.training:\n            kept = self.rng.random(x.shape) >= self.p\n",
                "        kept = self.rng.random(x.shape) >= self.p\n        if self.training:\n",
            ),
        ),
        see=DROPOUT,
    ),
]
