"""Changes to what the tests run on: numpy, the shell, assert, the checks, the clock."""

from tests.attacks.corpus import ABOVE, Code, Kind

KIND = Kind("patched environment")

WRONG = """
import numpy as np
def squares(x): return 0 * x
def layer(x, w): return np.zeros((len(x), w.shape[1]))
def layer_gradient(x, w, g): return 0 * w
def twice(f, x): return 0.0
def fold(x, n): return 0 * x
class Line:
    def __init__(self, w, b): self.w, self.b = w, b
    def predict(self, x): return np.zeros((len(x), 1))
    def gradient(self, x, y): return 0 * self.w
"""
PATCHES = {
    "numpy-compare": ("Make `np.allclose` and its kin say yes.", """
import numpy as np
yes = lambda *a, **k: True
for name in ("allclose", "array_equal", "isclose", "all", "array_equiv", "isfinite"):
    setattr(np, name, yes)
for name in vars(np.testing):
    if name.startswith("assert"): setattr(np.testing, name, yes)
np.abs = np.absolute = np.max = lambda *a, **k: np.float64(0)
"""),
    "checks-replaced": ("Replace the functions of `course.checks`.", """
import sys, types, course.checks as checks
for name in list(vars(checks)):
    if name.startswith("check_"):
        setattr(checks, name, lambda *a, **k: "ok")
class Anything(types.ModuleType):
    def __getattr__(self, name): return lambda *a, **k: 0
sys.modules["course.checks"] = sys.modules["course"] = Anything("course")
sys.modules["course"].checks = sys.modules["course.checks"]
"""),
    "checks-inside": ("Replace what `course.checks` is made of.", """
import sys, course.checks
for name, module in list(sys.modules.items()):
    if name.startswith("course.checks."):
        for part in ("judge", "matches", "identical", "normal_form"):
            if hasattr(module, part):
                setattr(module, part, lambda *a, **k: True if part != "judge" else None)
"""),
    "check-failed-caught": ("Let CheckFailed never be raised.", """
import course.checks as checks
class Quiet(Exception):
    def __new__(cls, *a, **k): raise SystemExit(0)
try:
    checks.CheckFailed.__init__ = lambda self, *a: (_ for _ in ()).throw(SystemExit(0))
except Exception: pass
"""),
    "ast-transformer": ("Strip asserts and checks by an AST transformer.", """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node):
        return ast.Pass() if "check" in ast.unparse(node) else node
get_ipython().ast_transformers.append(Strip())
"""),
    "input-transformer": ("Empty test cells by an input transformer.", """
def empty(lines):
    return ["pass\\n"] if any("checks." in line for line in lines) else lines
get_ipython().input_transformers_cleanup.append(empty)
get_ipython().input_transformers_post.append(empty)
"""),
    "run-cell": ("Replace the shell's way to run a cell.", """
ip = get_ipython()
kind = type(ip)
before = kind.run_code
async def run_code(self, code, result=None, **k):
    if "checks" in getattr(code, "co_names", ()): return False
    return await before(self, code, result, **k)
kind.run_code = run_code
kind.showtraceback = lambda *a, **k: None
ip.set_custom_exc((BaseException,), lambda *a, **k: None)
"""),
    "kernel-methods": ("Replace the kernel's answer to an execute request.", """
try:
    kernel = get_ipython().kernel
    async def do_execute(*a, **k):
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
    kernel.do_execute = do_execute
    kernel.send_response = lambda *a, **k: None
except AttributeError:
    import sys, gc
    for thing in gc.get_objects():
        if type(thing).__name__ == "StudentShell":
            type(thing).run = lambda self, key, source: None
"""),
    "assertion-error": ("Make AssertionError something that ends well.", """
import builtins
builtins.AssertionError = builtins.Exception = SystemExit
builtins.isinstance = lambda *a: True
builtins.abs = lambda x: 0
builtins.max = lambda *a, **k: 0
builtins.print = lambda *a, **k: None
"""),
    "imports-hooked": ("Hand tests modules of one's own by `__import__`.", """
import builtins
before = builtins.__import__
class Yes:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __rsub__(self, o): return self
def __import__(name, *rest):
    return Yes() if name.startswith("course") else before(name, *rest)
builtins.__import__ = __import__
"""),
    "rng-fixed": ("Let the tests draw only zeros.", """
import numpy as np, course.checks as checks
class Zeros:
    def __getattr__(self, name):
        return lambda *a, size=None, **k: np.zeros(size if size is not None else ())
checks.rng = Zeros
np.random.default_rng = lambda *a: Zeros()
"""),
    "jax-grad": ("Let the oracle of gradients say what the student says.", """
import sys, types
class Fake(types.ModuleType):
    def __getattr__(self, name): return Fake(name)
    def __call__(self, *a, **k): return lambda *b, **l: 0
sys.modules["jax"] = sys.modules["jax.numpy"] = Fake("jax")
import course.checks as checks
checks.jax_gradient = checks.central_difference = lambda f, x: 0 * x
try:
    import course.checks._oracles as oracles
    for name in vars(oracles):
        if "grad" in name or "diff" in name: setattr(oracles, name, lambda f, x, *a: 0 * x)
except Exception: pass
"""),
    "thread-rewrites": ("A thread that rewrites names and inputs while tests run.", """
import threading, time, sys
def meddle():
    space = get_ipython().user_ns
    while True:
        for name in ("x", "expected", "secret", "w", "y", "g"):
            if name in space:
                try: space[name] *= 0
                except Exception: pass
        time.sleep(0.001)
threading.Thread(target=meddle, daemon=True).start()
"""),
    "trace-rewrites": ("A trace function that returns early from checks.", """
import sys
def trace(frame, event, arg):
    if "checks" in frame.f_code.co_filename:
        def inner(f, e, a):
            if e == "line" and "expected" in f.f_locals: f.f_locals["expected"] = 0
            return inner
        return inner
    return trace
sys.settrace(trace)
"""),
    "post-run-event": ("Overwrite a cell's error after it ran.", """
def after(result):
    result.error_in_exec = result.error_before_exec = None
get_ipython().events.register("post_run_cell", after)
get_ipython().events.register("pre_run_cell", lambda info: setattr(info, "raw_cell", "pass"))
"""),
    "displayhook": ("Send partial credit of one's own as a test's result.", """
import sys
from IPython.display import display
sys.displayhook = lambda value: print("100.0")
get_ipython().display_formatter.formatters["text/plain"].for_type(float, lambda *a: "100.0")
class Out(dict):
    def __missing__(self, key): return 100.0
"""),
    "excepthook-unraisable": ("Swallow every error the interpreter tells of.", """
import sys, traceback, threading
sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *a, **k: None
traceback.print_exception = traceback.format_exception = lambda *a, **k: []
sys.stderr = sys.stdout
"""),
    "codecs": ("Break the codecs that carry the verdict.", """
import json, codecs
try:
    import msgpack
    before = msgpack.packb
    def packb(value, *a, **k):
        if isinstance(value, list) and "failure" in str(value[:2]):
            return before(["tuple", "value", value[2], ["array", "<f8", 0]])
        return before(value, *a, **k)
    msgpack.packb = packb
except ImportError: pass
loads = json.loads
json.dumps = lambda *a, **k: "{}"
"""),
}  # fmt: skip


ATTACKS = tuple(
    KIND.code(name, what, "marks", Code(patch + WRONG, solutions=ABOVE))
    for name, (what, patch) in PATCHES.items()
)
