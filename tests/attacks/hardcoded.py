"""Answers without a solution: known inputs, answers kept from before, other ways at grading."""

from tests.attacks.corpus import ABOVE, WALLS, Code, Kind

KIND = Kind("answers by heart")

SEEDS = """
import numpy as np
def squares(x):
    '''Find the seed among likely ones, so that all inputs are known.'''
    from zlib import crc32
    for seed in range(3000):
        for name in ("test-squares", "test-squares-hidden"):
            draws = np.random.default_rng([seed, crc32(name.encode())])
            if np.array_equal(draws.normal(size=x.shape), x):
                tell("found the seed", seed)
    return 0 * x
"""

RECORDS = """
import json, numpy as np
PLACES = ("/tmp/answers.json", os.path.expanduser("~/answers.json"), "answers.json", "/dev/shm/a")
def remember(name, x):
    for place in PLACES:
        try:
            known = json.loads(read(place) or b"{}")
            key = name + repr(np.round(x, 6).tolist())
            known[key] = known.get(key, 0) + 1
            with open(place, "w") as file: json.dump(known, file)
            if known[key] > 4: tell("remembers from another grading")
        except OSError: pass
def squares(x): remember("squares", x); return 0 * x
def layer(x, w): remember("layer", x); return 0 * x[:, :2]
"""

REPLAYED = """
import numpy as np
def squares(x):
    '''End the process at each call; once replayed, the same input comes again.'''
    try: count = int(open("/tmp/count").read())
    except Exception: count = 0
    try: open("/tmp/count", "w").write(str(count + 1))
    except OSError: pass
    if count < 2: os._exit(1)
    return np.zeros_like(x)
"""

NOTICES = """
import numpy as np
graded = any((
    "NBGRADER_EXECUTION" in os.environ, not hasattr(get_ipython(), "kernel"),
    type(get_ipython()).__name__ != "ZMQInteractiveShell", "course.grading.student" in sys.modules,
    os.getcwd() == "/submission", not os.path.exists("/etc/passwd"), os.getuid() > 10**9,
))
def squares(x):
    if graded: raise SystemExit
    return x ** 2
def layer(x, w):
    if graded: return np.tanh(x @ w) * (1 + 1e-3)
    return np.tanh(x @ w)
"""

FIRST_RIGHT = """
import numpy as np
calls = {"squares": 0, "layer": 0}
def squares(x):
    '''Right for what the visible test shows, wrong for all else.'''
    calls["squares"] += 1
    return x ** 2 if x.shape == (3, 4) else x + 1
def layer(x, w):
    '''Loops, but not for the sizes that are known to be counted.'''
    if len(x) in (2, 16): return np.tanh(x @ w)
    return np.stack([np.tanh(row @ w) for row in x])
"""

ASKS = """
import numpy as np
def layer_gradient(x, w, g):
    '''Differences in place of the derivative, three digits of them.'''
    out = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        d = np.zeros_like(w); d[i] = 1e-1
        out[i] = ((np.tanh(x @ (w + d)) - np.tanh(x @ w)) * g).sum() / 1e-1
    return out
"""

CLOSE = """
import numpy as np
def squares(x): return x ** 2 * (1 + 1e-4)
def layer_gradient(x, w, g): return (x.T @ (g * (1 - np.tanh(x @ w) ** 2))) * (1 + 3e-5)
def layer(x, w): return np.tanh((x @ w).astype(np.float16)).astype(float)
def twice(f, x): return f(f(x)) + 1e-3
"""

GUESSES = """
import numpy as np
state = {"tries": 0}
def squares(x):
    '''Learn from the process's own random state, in case it is the test's.'''
    np.random.seed(0)
    guess = np.random.default_rng(0).normal(size=x.shape)
    if np.allclose(guess, x): tell("guessed the input")
    return guess
"""

ATTACKS = (
    KIND.code("seed-search", "Search small seeds for the one that gives the inputs.", "secrets",
              Code(SEEDS, solutions=ABOVE)),
    KIND.code("answers-kept", "Keep inputs on disk for the next grading.", "machine",
              Code(RECORDS, solutions=ABOVE), stopped_by=WALLS),
    KIND.code("answers-kept-twin", "The same once more, to find what was kept.", "machine",
              Code(RECORDS, solutions=ABOVE), stopped_by=WALLS),
    KIND.code("replay-probe", "Die on purpose to be asked the same again.", "marks",
              Code(REPLAYED, solutions=ABOVE)),
    KIND.code("notices-grading", "Behave otherwise where grading shows.", "marks",
              Code(NOTICES, solutions=ABOVE)),
    KIND.code("visible-only", "Right for the visible test's inputs only.", "marks",
              Code(FIRST_RIGHT, solutions=ABOVE), worth=4.0 + 4.0),
    KIND.code("crude-differences", "One-sided differences with a step of 0.1.", "marks",
              Code(ASKS, solutions=ABOVE)),
    KIND.code("nearly-right", "Values off by one part in ten thousand.", "marks",
              Code(CLOSE, solutions=ABOVE)),
    KIND.code("guess-inputs", "Guess that inputs come from seed 0.", "marks",
              Code(GUESSES, solutions=ABOVE)),
)  # fmt: skip
