"""Known wrong solutions of lab 3, each an edit of the reference solution."""

from course.labs import Mistake

SEGMENTS = "2 · Segments"
FORWARD = "3 · Forward, saving little"
AGAIN = "4 · One segment again, saving all"
BACK = "5 · Back through one segment"
WHOLE = "6 · The whole machine"
STEP = "7 · One step, and training"
BILL = "8 · The bill"
BEST = "9 · The best places"
WITHIN = "10 · Checkpoints within checkpoints (bonus)"

WALK = """    for start, end in self.segments()[:-1]:
        for k in range(start, end):
            a = self.activation(self.pre_activation(k, a))
        saved.append(a)
"""
RUN = """        inputs.append(a)
        pre_activations.append(z)
        a = self.activation(z)
"""
LOOP = "    for start, end in reversed(self.segments()):\n"
FETCH = "        inputs, zs = self.feedforward_between_layers(start, end, saved.pop())\n"
FREE = "        del inputs, zs  # or they would stay until the next segment has been run\n"
FILL = """    for j, length in enumerate(lengths[:-1]):
        less = min(surplus, length - 1)
        lengths[j] -= less
        surplus -= less
"""

MISTAKES = (
    # exercise 1
    Mistake(
        id="segments-without-zero",
        exercise="segments",
        title="Layer 0 begins a segment only if the user has named it.",
        hint="Which segment would the layers before the first named checkpoint belong to? And what "
        "do you get when no checkpoint is named at all?",
        edits=(("{0, *checkpoints}", "set(checkpoints)"),),
        see=SEGMENTS,
    ),
    Mistake(
        id="segments-last-layer-forgotten",
        exercise="segments",
        title="The last segment ends one layer too early.",
        hint="A segment is range(start, end), which does not contain its end. With which number "
        "does the last one have to end so that layer n_layers - 1 is in it?",
        edits=(("n_layers]", "n_layers - 1]"),),
        see=SEGMENTS,
    ),
    Mistake(
        id="segments-unsorted",
        exercise="segments",
        title="The segments come in the order in which the checkpoints were named.",
        hint="Write down the segments of [5, 2] by hand. What must be true of the list of "
        "beginnings before each end can be read off its neighbour?",
        edits=(("sorted({0, *checkpoints})", "list(dict.fromkeys([0, *checkpoints]))"),),
        see=SEGMENTS,
    ),
    Mistake(
        id="segments-repeated",
        exercise="segments",
        title="A checkpoint that is named twice begins two segments, one of them empty.",
        hint="What is the segment between two equal beginnings? Is there a Python type that has "
        "each of its members once?",
        edits=(("sorted({0, *checkpoints})", "sorted([0, *checkpoints])"),),
        see=SEGMENTS,
    ),
    Mistake(
        id="segments-inclusive",
        exercise="segments",
        title="The pairs name the last layer of the segment, not the one behind it.",
        hint="What are the layers of range(2, 5)? Compare with what your pair for these layers is.",
        edits=(
            (
                "list(zip(starts, [*starts[1:], n_layers]))",
                "[(s, e - 1) for s, e in zip(starts, [*starts[1:], n_layers])]",
            ),
        ),
        see=SEGMENTS,
    ),
    Mistake(
        id="segments-last-layer-alone",
        exercise="segments",
        title="The last layer is made a checkpoint although nobody asked for it.",
        hint="How many segments should there be when no checkpoint is named, and how many are there "
        "in yours?",
        edits=(("{0, *checkpoints}", "{0, *checkpoints, n_layers - 1}"),),
        see=SEGMENTS,
    ),
    Mistake(
        id="segments-changes-list",
        exercise="segments",
        title="The caller's list of checkpoints is changed.",
        hint="`c.sort()`, `c.append(...)` and `c.insert(...)` work on the list itself, and the list is "
        "the caller's. What would the next function that is given it find in it?",
        edits=(
            (
                "starts = sorted({0, *checkpoints})",
                "checkpoints.append(0)\n    starts = sorted(set(checkpoints))",
            ),
        ),
        see=SEGMENTS,
    ),
    # exercise 2
    Mistake(
        id="forward-saves-everything",
        exercise="feedforward_with_checkpoints",
        title="The input of every layer is saved, not only of those that begin a segment.",
        hint="Count what is in your list for a network without checkpoints, and for one with "
        "two segments. What has become of the memory that we wanted to save?",
        edits=(
            (
                "(k, a))\n        saved.append(a)\n",
                "(k, a))\n            saved.append(a)\n",
            ),
        ),
        see=FORWARD,
    ),
    Mistake(
        id="forward-runs-on",
        exercise="feedforward_with_checkpoints",
        title="The walk goes on through the last segment.",
        hint="Who runs the last segment, and when? If it has been run here as well, how often has "
        "each of its layers been evaluated in the end?",
        edits=((WALK, WALK.replace("[:-1]", "") + "    saved.pop()\n"),),
        see=FORWARD,
    ),
    Mistake(
        id="forward-saves-output",
        exercise="feedforward_with_checkpoints",
        title="For checkpoint k the output of layer k is saved, not its input.",
        hint="A checkpoint k names the layer at which a segment begins. Which array must one have to "
        "run that layer again? Is it there before or after the layer has been evaluated?",
        edits=(
            (
                "saved, a = [x], x\n" + WALK,
                "saved, a = [], x\n    starts = [start for start, _ in self.segments()]\n"
                "    for k in range(starts[-1] + 1):\n"
                "        a = self.activation(self.pre_activation(k, a))\n"
                "        if k in starts:\n            saved.append(a)\n",
            ),
        ),
        see=FORWARD,
    ),
    Mistake(
        id="forward-without-bend",
        exercise="feedforward_with_checkpoints",
        title="The pre-activation of a layer is handed to the next layer as it is.",
        hint="What lies between z of one layer and the input of the next?",
        edits=(("self.activation(self.pre_activation(k, a))", "self.pre_activation(k, a)"),),
        see=FORWARD,
    ),
    Mistake(
        id="forward-last-checkpoint-missing",
        exercise="feedforward_with_checkpoints",
        title="The input of the last segment is not saved.",
        hint="How many segments are there, and how many arrays in your list? Which of them is the "
        "first to be asked for on the way back?",
        edits=(("    return saved\n", "    return saved[:-1] if len(saved) > 1 else saved\n"),),
        see=FORWARD,
    ),
    Mistake(
        id="forward-input-missing",
        exercise="feedforward_with_checkpoints",
        title="x, the input of the first segment, is not in the list.",
        hint="Layer 0 is always a checkpoint. What will the first segment be run from?",
        edits=(("saved, a = [x], x", "saved, a = [], x"),),
        see=FORWARD,
    ),
    Mistake(
        id="forward-from-the-start",
        exercise="feedforward_with_checkpoints",
        title="For each checkpoint the walk begins again at the input of the network.",
        hint="When the walk has come to one checkpoint, what does it need to go on to the next? Look "
        "at how often layer 0 has been evaluated.",
        edits=(
            (
                "        for k in range(start, end):\n",
                "        a = x\n        for k in range(end):\n",
            ),
        ),
        see=FORWARD,
    ),
    Mistake(
        id="forward-own-bend",
        exercise="feedforward_with_checkpoints",
        title="The sigmoid is written into the walk, the network is not asked for its bend.",
        hint="What if somebody gives the network another activation: which of your lines would not "
        "hear of it?",
        edits=(("self.activation(self", "sigmoid(self"),),
        see=FORWARD,
    ),
    # exercise 3
    Mistake(
        id="segment-layers-from-zero",
        exercise="feedforward_between_layers",
        title="The segment is run with the first layers of the network, not with its own.",
        hint="Layer k of the network is at place k - start of your lists. Which of the two numbers "
        "does the network want to hear?",
        edits=(("range(start, end)", "range(end - start)"),),
        see=AGAIN,
    ),
    Mistake(
        id="segment-last-layer-forgotten",
        exercise="feedforward_between_layers",
        title="The last layer of the segment is left out.",
        hint="Which layers are in range(start, end)? Is `end` itself among them, and `end - 1`?",
        edits=(("range(start, end)", "range(start, end - 1)"),),
        see=AGAIN,
    ),
    Mistake(
        id="segment-one-layer-too-many",
        exercise="feedforward_between_layers",
        title="The segment is run one layer too far where there is one.",
        hint="The layer `end` belongs to the next segment, if there is one. What is in "
        "range(start, end)?",
        edits=(("range(start, end)", "range(start, min(end + 1, self.n_layers))"),),
        see=AGAIN,
    ),
    Mistake(
        id="segment-outputs-for-inputs",
        exercise="feedforward_between_layers",
        title="The outputs of the layers are saved where their inputs belong.",
        hint="The gradient of a layer's weights is made with what came *into* the layer. At which "
        "moment in your loop is that what `a` stands for?",
        edits=(
            (
                RUN,
                "        pre_activations.append(z)\n        a = self.activation(z)\n"
                "        inputs.append(a)\n",
            ),
        ),
        see=AGAIN,
    ),
    Mistake(
        id="segment-evaluated-twice",
        exercise="feedforward_between_layers",
        title="Each layer is evaluated twice: once to save z, once to go on.",
        hint="The matrix product is the expensive part. How could you have z for both uses "
        "with one call?",
        edits=(("a = self.activation(z)", "a = self.activation(self.pre_activation(k, a))"),),
        see=AGAIN,
    ),
    Mistake(
        id="segment-lists-swapped",
        exercise="feedforward_between_layers",
        title="The two lists are returned in the wrong order.",
        hint="Compare the last line of your function with the one that begins with `Returns` in "
        "the docstring.",
        edits=(("return inputs, pre_activations", "return pre_activations, inputs"),),
        see=AGAIN,
    ),
    Mistake(
        id="segment-own-bend",
        exercise="feedforward_between_layers",
        title="The sigmoid is written into the run, the network is not asked for its bend.",
        hint="What if somebody gives the network another activation: which of your lines would not "
        "hear of it?",
        edits=(("a = self.activation(z)", "a = sigmoid(z)"),),
        see=AGAIN,
    ),
    # exercise 4
    Mistake(
        id="back-handed-on-delta",
        exercise="backprop_between_layers",
        title="What is handed on is the gradient at the first pre-activation, not at the input.",
        hint="The parameters' gradients are all right. What stands between the delta of the "
        "segment's first layer and the input of that layer?",
        edits=(
            (
                "        grad_a = delta @ self.weights[k].T\n    return grads_w[::-1], grads_b[::-1], grad_a",
                "        grad_a = delta @ self.weights[k].T\n    return grads_w[::-1], grads_b[::-1], delta",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-handed-on-too-early",
        exercise="backprop_between_layers",
        title="What is handed on is the gradient that came into the first layer, not out of it.",
        hint="The parameters' gradients are all right. Which line must have run before grad_a is the "
        "gradient of the segment's own input? Did it run in the last round, too?",
        edits=(
            (
                "        grad_a = delta @ self.weights[k].T\n",
                "        if k > start:\n            grad_a = delta @ self.weights[k].T\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-weights-by-place",
        exercise="backprop_between_layers",
        title="The weights are looked up by their place in the segment, not by their layer.",
        hint="self.weights is a list for the whole network. For which segments are the place in the "
        "segment and the number of the layer the same?",
        edits=(("self.weights[k].T", "self.weights[k - start].T"),),
        see=BACK,
    ),
    Mistake(
        id="back-last-layer-first",
        exercise="backprop_between_layers",
        title="The gradients come back last layer first.",
        hint="The way back meets the last layer of the segment first, and `append` puts each new "
        "gradient at the end. Which layer is then at place 0?",
        edits=(("return grads_w[::-1], grads_b[::-1], grad_a", "return grads_w, grads_b, grad_a"),),
        see=BACK,
    ),
    Mistake(
        id="back-slope-at-activation",
        exercise="backprop_between_layers",
        title="The slope is taken at the activation in place of the pre-activation.",
        hint="The sigmoid is applied to z. At which point is its slope asked for?",
        edits=(
            (
                "self.activation_prime(pre_activations[k - start])",
                "self.activation_prime(self.activation(pre_activations[k - start]))",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-last-slope-missing",
        exercise="backprop_between_layers",
        title="The gradient that is given is taken for the delta of the segment's last layer.",
        hint="grad_a belongs to the *output* of layer end - 1. What lies between that output and the "
        "pre-activation of the same layer?",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k - start])\n",
                "        slope = self.activation_prime(pre_activations[k - start])\n"
                "        delta = grad_a * slope if k < end - 1 else grad_a\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-sigmoid-slope-inside",
        exercise="backprop_between_layers",
        title="Inside the segment the slope is a * (1 - a), whatever bend the network has.",
        hint="The next layer's input is at hand, and for the sigmoid its slope can be read off it. Which "
        "method tells the slope for any bend?",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k - start])\n",
                "        if k == end - 1:\n"
                "            slope = self.activation_prime(pre_activations[k - start])\n"
                "        else:\n"
                "            slope = inputs[k - start + 1] * (1 - inputs[k - start + 1])\n"
                "        delta = grad_a * slope\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-slope-missing-inside",
        exercise="backprop_between_layers",
        title="The slope is used at the last layer of the segment only.",
        hint="Every layer of the segment has a bend, and the gradient passes through each of them.",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k - start])\n",
                "        slope = self.activation_prime(pre_activations[k - start])\n"
                "        delta = grad_a * slope if k == end - 1 else grad_a\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-given-gradient-ignored",
        exercise="backprop_between_layers",
        title="The gradient that the segment is given is not used.",
        hint="How do the segments behind this one have a say in its gradients? What would yours be if "
        "grad_a were twice as large?",
        edits=(
            (
                "delta = grad_a * self",
                "delta = (grad_a if k < end - 1 else np.ones_like(grad_a)) * self",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-bias-first-example",
        exercise="backprop_between_layers",
        title="The gradient of the biases is that of the first example alone.",
        hint="The bias is added to each row of the batch. How many paths lead from it to the cost?",
        edits=(("delta.sum(axis=0)", "delta[0]"),),
        see=BACK,
    ),
    Mistake(
        id="back-bias-mean",
        exercise="backprop_between_layers",
        title="The gradient of the biases is averaged over the batch once more.",
        hint="Where does the mean over the batch enter the chain? Is grad_a already divided by B?",
        edits=(("delta.sum(axis=0)", "delta.mean(axis=0)"),),
        see=BACK,
    ),
    Mistake(
        id="back-mean-again",
        exercise="backprop_between_layers",
        title="All gradients of the parameters are averaged over the batch once more.",
        hint="Where does the mean over the batch enter the chain? Is grad_a already divided by B?",
        edits=(
            ("inputs[k - start].T @ delta", "inputs[k - start].T @ delta / len(delta)"),
            ("delta.sum(axis=0)", "delta.mean(axis=0)"),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-outputs-for-inputs",
        exercise="backprop_between_layers",
        title="The gradient of the weights is made with the layer's output, not with its input.",
        hint="Write out one entry of z = a w + b: by what is w[i, j] multiplied there?",
        edits=(
            (
                "inputs[k - start].T @ delta",
                "self.activation(pre_activations[k - start]).T @ delta",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-weights-not-transposed",
        exercise="backprop_between_layers",
        title="The gradient is handed on through w, not through its transpose.",
        hint="delta has one column per output, grad_a shall have one per input. If the widths were "
        "different, would your product exist?",
        edits=(("self.weights[k].T", "self.weights[k]"),),
        see=BACK,
    ),
    Mistake(
        id="back-updates-weights",
        exercise="backprop_between_layers",
        title="The weights are changed before the gradient is handed on through them.",
        hint="With which weights was the forward pass made, and with which is grad_a computed here?",
        edits=(
            (
                "        grad_a = delta @ self.weights[k].T\n",
                "        self.weights[k] = self.weights[k] - 0.1 * grads_w[-1]\n"
                "        grad_a = delta @ self.weights[k].T\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-in-place",
        exercise="backprop_between_layers",
        title="The gradient that the segment is given is overwritten.",
        hint="`a *= b` puts the product into the array a itself. Whose array is it the first time "
        "round?",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k - start])\n",
                "        grad_a *= self.activation_prime(pre_activations[k - start])\n"
                "        delta = grad_a\n",
            ),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-empties-lists",
        exercise="backprop_between_layers",
        title="The lists that the function is given are empty afterwards.",
        hint="`pop` is for a list of one's own. Whose are `inputs` and `pre_activations`, and what "
        "does the docstring promise?",
        edits=(
            ("pre_activations[k - start]", "pre_activations.pop()"),
            ("inputs[k - start]", "inputs.pop()"),
        ),
        see=BACK,
    ),
    Mistake(
        id="back-own-slope",
        exercise="backprop_between_layers",
        title="The slope of the sigmoid is written out, the network is not asked for its slope.",
        hint="What if somebody gives the network another activation: of which function would your "
        "slope be then? Which method knows?",
        edits=(
            (
                "        delta = grad_a * self.activation_prime(pre_activations[k - start])\n",
                "        s = sigmoid(pre_activations[k - start])\n"
                "        delta = grad_a * s * (1 - s)\n",
            ),
        ),
        see=BACK,
    ),
    # exercise 5
    Mistake(
        id="whole-last-segment-first",
        exercise="backprop",
        title="The gradients of the segments are put together last segment first.",
        hint="The last segment is worked on first. Where in the list do the gradients of the next one, "
        "which lies before it, belong?",
        edits=(
            (
                "grads_w, grads_b = of_w + grads_w, of_b + grads_b",
                "grads_w, grads_b = grads_w + of_w, grads_b + of_b",
            ),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-gradient-not-handed-on",
        exercise="backprop",
        title="Each segment is given the gradient at the output of the whole network.",
        hint="What does backprop_between_layers return besides the gradients of the parameters, and "
        "whom is that for?",
        edits=(("of_w, of_b, grad_a = self", "of_w, of_b, _ = self"),),
        see=WHOLE,
    ),
    Mistake(
        id="whole-segment-lingers",
        exercise="backprop",
        title="The arrays of a segment are still held while the segment before it is run.",
        hint="When exactly does a name in a loop let go of its old value: before or after the call "
        "that computes the new one?",
        edits=((FREE, ""),),
        see=WHOLE,
    ),
    Mistake(
        id="whole-kept-afterwards",
        exercise="backprop",
        title="Arrays of the first segment are still held when backprop has returned.",
        hint="Local names let go when a function returns. Which names of yours live longer than the "
        "call, and what do they hold while the next batch goes through?",
        edits=((FREE, "        if start == 0:\n            self.last = inputs, zs\n" + FREE),),
        see=WHOLE,
    ),
    Mistake(
        id="whole-everything-first",
        exercise="backprop",
        title="All segments are run first and gone back through afterwards: everything is stored.",
        hint="How many segments' arrays are alive when the first step back is taken? How many are "
        "needed at that moment?",
        edits=(
            (
                LOOP + FETCH,
                "    runs = [\n        self.feedforward_between_layers(start, end, a)\n"
                "        for (start, end), a in zip(self.segments(), saved)\n    ]\n"
                "    saved.clear()\n" + LOOP + "        inputs, zs = runs.pop()\n",
            ),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-checkpoints-kept",
        exercise="backprop",
        title="Checkpoints that are no longer needed stay in the list to the end.",
        hint="After a segment has been gone back through, who will ask for its input again? And "
        "what is the difference between reading an entry of a list and taking it off?",
        edits=(
            (
                "    for start, end in reversed(",
                "    for j, (start, end) in reversed(list(enumerate(",
            ),
            ("self.segments()):", "self.segments()))):"),
            ("saved.pop())", "saved[j])"),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-from-the-start",
        exercise="backprop",
        title="Every segment's input is computed again from the input of the network.",
        hint="What are the checkpoints for? Look at how often layer 0 is evaluated.",
        edits=(
            (
                FETCH,
                "        saved.pop()\n        a = x\n        for k in range(start):\n"
                "            a = self.activation(self.pre_activation(k, a))\n"
                "        inputs, zs = self.feedforward_between_layers(start, end, a)\n        del a\n",
            ),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-wrong-end-of-saved",
        exercise="backprop",
        title="The saved inputs are taken off at the wrong end.",
        hint="saved[0] is the input of the first segment. Which segment do you work on first, and "
        "which entry is its input?",
        edits=(("saved.pop()", "saved.pop(0)"),),
        see=WHOLE,
    ),
    Mistake(
        id="whole-output-without-bend",
        exercise="backprop",
        title="The cost's derivative is taken at the last pre-activation, not at the output.",
        hint="Which of the arrays z and a of the last layer does the network show to the world?",
        edits=(("self.activation(zs[-1])", "zs[-1]"),),
        see=WHOLE,
    ),
    Mistake(
        id="whole-own-bend",
        exercise="backprop",
        title="The output is made with the sigmoid, the network is not asked for its bend.",
        hint="What if somebody gives the network another activation: what would it say about x, and "
        "what is your output?",
        edits=(("self.activation(zs[-1])", "sigmoid(zs[-1])"),),
        see=WHOLE,
    ),
    Mistake(
        id="whole-own-cost",
        exercise="backprop",
        title="The derivative of the cost is written out, the network is not asked for it.",
        hint="What if somebody gives the network another cost: of which one would your gradients "
        "be? Which method knows?",
        edits=(
            (
                "self.cost_derivative(self.activation(zs[-1]), y)",
                "(self.activation(zs[-1]) - y) / len(y)",
            ),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-first-segment-missing",
        exercise="backprop",
        title="The first segment is left out, its gradients are zero.",
        hint="Layer 0 begins a segment, too. Does your loop get there when there are several?",
        edits=(
            (
                "        of_w, of_b, grad_a = self",
                "        if start == 0 and end < self.n_layers:\n"
                "            of_w = [np.zeros_like(w) for w in self.weights[:end]]\n"
                "            of_b = [np.zeros_like(b) for b in self.biases[:end]]\n"
                "            return of_w + grads_w, of_b + grads_b\n"
                "        of_w, of_b, grad_a = self",
            ),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-no-checkpoints-at-all",
        exercise="backprop",
        title="This is plain backpropagation: every array is stored, nothing is computed again.",
        hint="The gradients are right. What does the meter say of the number of arrays alive, and "
        "what have the checkpoints to do with your code?",
        edits=(
            (
                "    saved = self.feedforward_with_checkpoints(x)\n",
                "    saved = [x]\n",
            ),
            ("reversed(self.segments())", "[(0, self.n_layers)]"),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-last-layer-again",
        exercise="backprop",
        title="The last layer is evaluated once more, only to have the output.",
        hint="The output is the activation of the last pre-activation. Which of your pieces has just "
        "computed that pre-activation?",
        edits=(
            (
                "self.activation(zs[-1])",
                "self.activation(self.pre_activation(end - 1, inputs[-1]))",
            ),
        ),
        see=WHOLE,
    ),
    Mistake(
        id="whole-updates-on-the-way",
        exercise="backprop",
        title="backprop changes the weights.",
        hint="Who is to take the step, and when? What would the next caller of backprop measure?",
        edits=(
            (
                FREE,
                "        self.weights[start:end] = [\n"
                "            w - 0.1 * g for w, g in zip(self.weights[start:end], of_w)\n        ]\n"
                + FREE,
            ),
        ),
        see=WHOLE,
    ),
    # exercise 6
    Mistake(
        id="step-first-gradients-kept",
        exercise="update_mini_batch",
        title="The gradients of the first step are used for every later one.",
        hint="After a step the parameters have changed, and the next batch is another. What of the "
        "last step may the network still know?",
        edits=(
            (
                "    grads_w, grads_b = self.backprop(x_mini_batch, y_mini_batch)\n",
                "    if not hasattr(self, 'grads'):\n"
                "        self.grads = self.backprop(x_mini_batch, y_mini_batch)\n"
                "    grads_w, grads_b = self.grads\n",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-uphill",
        exercise="update_mini_batch",
        title="The step goes uphill: the gradient is added.",
        hint="The gradient points to where the cost grows.",
        edits=(("w - eta * grad", "w + eta * grad"), ("b - eta * grad", "b + eta * grad")),
        see=STEP,
    ),
    Mistake(
        id="step-divides-again",
        exercise="update_mini_batch",
        title="The gradients are divided by the batch size once more.",
        hint="Of which cost are they the gradients: of the sum over the batch, or of its mean?",
        edits=(
            ("w - eta * grad", "w - eta * grad / len(x_mini_batch)"),
            ("b - eta * grad", "b - eta * grad / len(x_mini_batch)"),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-biases-stay",
        exercise="update_mini_batch",
        title="The biases are not changed.",
        hint="backprop returns two lists. What becomes of the second one?",
        edits=(("b - eta * grad for", "b for"),),
        see=STEP,
    ),
    Mistake(
        id="step-mixed-parameters",
        exercise="update_mini_batch",
        title="The biases' gradients are computed after the weights have been changed.",
        hint="At which parameters are the two lists of gradients to be taken, and how often is "
        "backprop called in your function?",
        edits=(
            (
                "    self.biases = [",
                "    _, grads_b = self.backprop(x_mini_batch, y_mini_batch)\n    self.biases = [",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-one-example",
        exercise="update_mini_batch",
        title="Only the first example of the batch is used.",
        hint="backprop takes a whole batch. What do you hand to it?",
        edits=(
            (
                "self.backprop(x_mini_batch, y_mini_batch)",
                "self.backprop(x_mini_batch[:1], y_mini_batch[:1])",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-example-by-example",
        exercise="update_mini_batch",
        title="backprop is asked for one example at a time.",
        hint="backprop takes a whole batch. Which examples are in the gradients of your step?",
        edits=(
            (
                "    grads_w, grads_b = self.backprop(x_mini_batch, y_mini_batch)\n",
                "    for k in range(len(x_mini_batch)):\n"
                "        one = slice(k, k + 1)\n"
                "        grads_w, grads_b = self.backprop(x_mini_batch[one], y_mini_batch[one])\n",
            ),
        ),
        see=STEP,
    ),
    Mistake(
        id="step-not-kept",
        exercise="update_mini_batch",
        title="The new parameters are computed, but the network keeps the old ones.",
        hint="Which names does your function give to the new values, and who looks at these names "
        "when it has returned?",
        edits=(("self.weights = [", "weights = ["), ("self.biases = [", "biases = [")),
        see=STEP,
    ),
    # exercise 7
    Mistake(
        id="bill-all-checkpoints",
        exercise="peak_arrays",
        title="All checkpoints are counted for every segment.",
        hint="When segment j is worked on, which segments are done with, and where are their inputs?",
        edits=(
            (
                "j + 2 * (end - start) for j, (start, end) in enumerate(pieces)",
                "len(pieces) - 1 + 2 * (end - start) for start, end in pieces",
            ),
        ),
        see=BILL,
    ),
    Mistake(
        id="bill-longest-segment",
        exercise="peak_arrays",
        title="Only the longest segment is counted, not the checkpoints that wait.",
        hint="While a segment is worked on, what must be kept for the segments before it?",
        edits=(("j + 2 * (end - start)", "2 * (end - start)"),),
        see=BILL,
    ),
    Mistake(
        id="bill-checkpoint-twice",
        exercise="peak_arrays",
        title="The input of the segment at work is counted twice.",
        hint="The first layer input of a segment and its checkpoint: how many arrays are these?",
        edits=(("j + 2 * (end - start)", "j + 1 + 2 * (end - start)"),),
        see=BILL,
    ),
    Mistake(
        id="bill-last-segment-only",
        exercise="peak_arrays",
        title="The peak is taken to be in the last segment.",
        hint="The last segment has the most checkpoints waiting. What if an earlier one is much longer?",
        edits=(
            (
                "max(j + 2 * (end - start) for j, (start, end) in enumerate(pieces))",
                "len(pieces) - 1 + 2 * (pieces[-1][1] - pieces[-1][0])",
            ),
        ),
        see=BILL,
    ),
    Mistake(
        id="bill-longest-or-last",
        exercise="peak_arrays",
        title="Only the longest segment and the last one are looked at.",
        hint="A segment in the middle may be a little shorter than the longest, and have more waiting "
        "than that one and more layers than the last. What does it hold?",
        edits=(
            (
                "max(j + 2 * (end - start) for j, (start, end) in enumerate(pieces))",
                "max(\n        j + 2 * length\n        for length, j in (\n"
                "            max((end - start, j) for j, (start, end) in enumerate(pieces)),\n"
                "            (pieces[-1][1] - pieces[-1][0], len(pieces) - 1),\n        )\n    )",
            ),
        ),
        see=BILL,
    ),
    Mistake(
        id="bill-inputs-only",
        exercise="peak_arrays",
        title="Only the layer inputs of the segment are counted, not its pre-activations.",
        hint="Which two arrays does the step back through a layer ask for?",
        edits=(("j + 2 * (end - start)", "j + (end - start)"),),
        see=BILL,
    ),
    Mistake(
        id="bill-all-twice",
        exercise="peak_arrays",
        title="The layers of the last segment are said to be evaluated twice, too.",
        hint="How far does the walk forward go? Who evaluates the last segment, and how often?",
        edits=(("[2] * last + [1] * (n_layers - last)", "[2] * n_layers"),),
        see=BILL,
    ),
    Mistake(
        id="bill-checkpoint-layer-twice",
        exercise="peak_arrays",
        title="The first layer of the last segment is said to be evaluated twice.",
        hint="To save the input of a layer, must that layer be evaluated, or the one before it?",
        edits=(
            (
                "[2] * last + [1] * (n_layers - last)",
                "[2] * (last + 1) + [1] * (n_layers - last - 1)",
            ),
        ),
        see=BILL,
    ),
    # exercise 8
    Mistake(
        id="choose-filled-from-front",
        exercise="choose_checkpoints",
        title="The segments are filled from the front, and the last one gets what is left.",
        hint="Which segment's layers are evaluated only once? Where should spare room be left, in "
        "that segment or in the others?",
        edits=(
            (FILL, "    lengths[-1] -= surplus\n"),
            (
                "    # the last segment keeps its full length; what is too much",
                "    # what is too much",
            ),
        ),
        see=BEST,
    ),
    Mistake(
        id="choose-equal-segments",
        exercise="choose_checkpoints",
        title="All segments are equally long (but for the last).",
        hint="The last segment has the most checkpoints to pay for, the first has none. What does "
        "each of your segments cost, and where does memory lie idle?",
        edits=(
            (
                "    return [sum(lengths[:j]) for j in range(len(lengths))]",
                "    size = -(-n_layers // len(lengths))\n    return list(range(0, n_layers, size))",
            ),
        ),
        see=BEST,
    ),
    Mistake(
        id="choose-below-budget",
        exercise="choose_checkpoints",
        title="The budget is never used up: one array stays free.",
        hint="The budget says how many arrays may be saved at once. Is a placement with exactly that "
        "many allowed?",
        edits=(("(budget - len(lengths)) // 2", "(budget - 1 - len(lengths)) // 2"),),
        see=BEST,
    ),
    Mistake(
        id="choose-checkpoints-free",
        exercise="choose_checkpoints",
        title="The checkpoints that wait for earlier segments are not counted.",
        hint="While segment j is worked on, what else is saved besides its own arrays? Compare with "
        "your peak_arrays.",
        edits=(("(budget - len(lengths)) // 2", "budget // 2"),),
        see=BEST,
    ),
    Mistake(
        id="choose-never-none",
        exercise="choose_checkpoints",
        title="A placement is returned although none fits the budget.",
        hint="How many layers do all the allowances together hold? What if the network has more?",
        edits=(("return None", "return list(range(n_layers))"),),
        see=BEST,
    ),
    Mistake(
        id="choose-every-layer",
        exercise="choose_checkpoints",
        title="As many checkpoints as possible are set, where as few as necessary are wanted.",
        hint="Every checkpoint lengthens the part of the network that is evaluated twice. When would "
        "you do without any?",
        edits=(
            (
                "while sum(lengths) < n_layers:",
                "while sum(lengths) < n_layers or len(lengths) < 2:",
            ),
        ),
        see=BEST,
    ),
    Mistake(
        id="choose-lengths-returned",
        exercise="choose_checkpoints",
        title="The lengths of the segments are returned, not the layers at which they begin.",
        hint="If the segments are 3, 2 and 1 layers long, at which layers do they begin?",
        edits=(("[sum(lengths[:j]) for j in range(len(lengths))]", "lengths"),),
        see=BEST,
    ),
    Mistake(
        id="choose-without-zero",
        exercise="choose_checkpoints",
        title="Layer 0 is left out of the list.",
        hint="Layer 0 always begins a segment. With which number does the list begin that the "
        "docstring asks for?",
        edits=(("for j in range(len(lengths))]", "for j in range(1, len(lengths))]"),),
        see=BEST,
    ),
    # exercise 9
    Mistake(
        id="within-slot-not-taken",
        exercise="bonus_fewest_evaluations",
        title="The checkpoint that is set takes no slot.",
        hint="While the layers behind the new checkpoint are worked on, how many slots are left?",
        edits=(("best[s - 1][n - i] + row[i]", "row[n - i] + row[i]"),),
        see=WITHIN,
    ),
    Mistake(
        id="within-slot-not-returned",
        exercise="bonus_fewest_evaluations",
        title="The slot is not given back for the first part of the stretch.",
        hint="When the part behind the checkpoint is done, does anybody need the checkpoint still?",
        edits=(("best[s - 1][n - i] + row[i]", "best[s - 1][n - i] + best[s - 1][i]"),),
        see=WITHIN,
    ),
    Mistake(
        id="within-way-is-free",
        exercise="bonus_fewest_evaluations",
        title="The way to the checkpoint is not counted.",
        hint="How does one get from the input of the stretch to the input of layer i?",
        edits=(("min(i + best", "min(best"),),
        see=WITHIN,
    ),
    Mistake(
        id="within-half-way",
        exercise="bonus_fewest_evaluations",
        title="The checkpoint is always set in the middle.",
        hint="Try a stretch of ten layers with two slots by hand: is the middle the best place when "
        "the part behind has one slot less than the part before?",
        edits=(("for i in range(1, n))", "for i in [n // 2])"),),
        see=WITHIN,
    ),
)
