"""Objects that lie when a test looks at them."""

from tests.attacks.corpus import ABOVE, Code, Kind

KIND = Kind("objects")

EQUAL = """
class Yes:
    shape, dtype, ndim, size = (3, 4), "float64", 2, 12
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __bool__(self): return True
    def __hash__(self): return 0
    def _me(self, *_): return self
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = _me
    __abs__ = __neg__ = __getitem__ = __call__ = __pow__ = __matmul__ = __rmatmul__ = _me
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
    def __float__(self): return 0.0
    def __len__(self): return 3
    def __iter__(self): return iter([])
    def item(self): return 0.0
def squares(x): return Yes()
def layer(x, w): return Yes()
def layer_gradient(x, w, g): return Yes()
def twice(f, x): return Yes()
def fold(x, n): return Yes()
class Line:
    def __init__(self, *_): pass
    def predict(self, *_): return Yes()
    gradient = predict
"""

SUBCLASS = """
import numpy as np
class Sly(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if ufunc.nout == 1 and ufunc.types[-1].endswith("?"):
            return np.ones(self.shape, bool)
        return np.zeros(self.shape).view(Sly)
    def __array_function__(self, func, types, args, kwargs):
        return True
    def __eq__(self, other): return np.True_
    def all(self, *_, **__): return np.True_
    any = all
    def max(self, *_, **__): return 0.0
    def tobytes(self, *_): return b""
def sly(shape): return np.zeros(shape).view(Sly)
def squares(x): return sly(x.shape)
def layer(x, w): return sly((len(x), w.shape[1]))
def layer_gradient(x, w, g): return sly(w.shape)
def twice(f, x): return sly(())
def fold(x, n): return sly(x.shape)
"""

DUCK = """
import numpy as np
class Duck:
    '''Chooses its content when somebody looks.'''
    def __init__(self, shape): self.shape, self.dtype, self.looks = shape, np.dtype(float), 0
    def __array__(self, *a, **k):
        import sys
        frame, found = sys._getframe(), None
        while frame:
            for name in ("expected", "wanted", "reference", "b"):
                if isinstance(frame.f_locals.get(name), np.ndarray): found = frame.f_locals[name]
            frame = frame.f_back
        return np.zeros(self.shape) if found is None else np.array(found)
    @property
    def __array_interface__(self): return self.__array__().__array_interface__
def squares(x): return Duck(x.shape)
def layer(x, w): return Duck((len(x), 2))
def layer_gradient(x, w, g): return Duck(w.shape)
def twice(f, x): return Duck(())
"""

HOOK = """
import numpy as np
class Lying:
    '''Answers the checks' own hook for calls.'''
    def __init__(self, f): self.f = f
    def __call__(self, *a, **k): return self.f(*a, **k)
    def __course_call__(self, args, kwargs, *asked):
        from course.checks import Call
        return Call(self.f(*args, **kwargs), (), 1, 1)
    def __course_describe__(self): return "fine"
@Lying
def layer(x, w):
    return np.stack([np.tanh(row @ w) for row in x])
@Lying
def squares(x):
    y = x * x
    x *= 0
    return y
"""

CLASS = """
import numpy as np
class Float(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = float.__hash__
class Pretends:
    __class__ = np.ndarray
    shape, dtype, ndim, size, T = (5,), np.dtype(float), 1, 5, 0
    def __getattr__(self, name): return lambda *a, **k: True
def squares(x): return Pretends()
def twice(f, x): return Float(0.0)
"""

ODD = """
import numpy as np
answers = {
    "nan": lambda shape: np.full(shape, np.nan),
    "inf": lambda shape: np.full(shape, np.inf),
    "one": lambda shape: np.zeros((1,) * len(shape)),
    "empty": lambda shape: np.empty((0,) + shape[1:]),
    "complex": lambda shape: np.zeros(shape) + 1j * np.nan,
    "masked": lambda shape: np.ma.masked_all(shape),
    "object": lambda shape: np.full(shape, None),
    "strings": lambda shape: np.full(shape, "1.0"),
    "records": lambda shape: np.zeros(shape, dtype=[("a", float)]),
    "bool": lambda shape: np.ones(shape, bool),
    "none": lambda shape: None,
    "stub": lambda shape: NotImplemented,
    "ellipsis": lambda shape: ...,
}
def odd(shape): return answers["@WHICH@"](shape)
def squares(x): return odd(x.shape)
def layer(x, w): return odd((len(x), w.shape[1]))
def layer_gradient(x, w, g): return odd(w.shape)
def twice(f, x): return odd(())
def fold(x, n): return odd(x.shape)
class Line:
    def __init__(self, *_): pass
    def predict(self, x): return odd((len(x), 1))
    def gradient(self, x, y): return odd((2, 1))
"""

META = """
import numpy as np
class Meta(type):
    def __instancecheck__(cls, x): return True
    def __subclasscheck__(cls, x): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return 1
class Passed(Exception, metaclass=Meta): pass
class SystemExit0(SystemExit): code = 0
def squares(x): raise SystemExit(0)
def layer(x, w): raise KeyboardInterrupt
def layer_gradient(x, w, g): raise GeneratorExit
def twice(f, x): raise StopIteration
def fold(x, n): raise Passed
"""

STATEFUL = """
import numpy as np
def squares(x, seen=[]):
    '''Right when asked twice about the same: the first answer is what came last time.'''
    seen.append(x.copy())
    return seen[-2] ** 2 if len(seen) > 1 else np.zeros_like(x)
class View(np.ndarray): pass
def fold(x, n):
    return np.broadcast_to(np.float64(0.0), x.shape)
def layer(x, w):
    return (row for row in np.zeros((len(x), w.shape[1])))
"""

CONTEXT = """
class Twist:
    '''Behaves like a number in arithmetic and tells what it met.'''
    met = []
    def __init__(self, value): self.value = value
    def __rsub__(self, other): Twist.met.append(other); return 0.0
    __sub__ = __rsub__
    def __rmul__(self, other): Twist.met.append(other); return Twist(other)
    __mul__ = __rmul__
    def __add__(self, other): Twist.met.append(other); return self
    def __float__(self): return float(Twist.met[-1]) if Twist.met else 0.0
def twice(f, x):
    f(Twist(x))
    return Twist(x)
"""

ATTACKS = (
    KIND.code("always-equal", "Results for which every comparison and operator says yes.", "marks",
              Code(EQUAL, solutions=ABOVE)),
    KIND.code("ndarray-subclass", "Arrays whose ufuncs and reductions say yes.", "marks",
              Code(SUBCLASS, solutions=ABOVE)),
    KIND.code("duck-array", "Arrays that fetch the expected value from the caller's frame.",
              "marks", Code(DUCK, solutions=ABOVE)),
    KIND.code("call-hook", "Functions that answer the checks' own hook.", "marks",
              Code(HOOK, solutions=ABOVE),
              worth=4.0),
    KIND.code("false-class", "A false `__class__`, a float that equals everything.", "marks",
              Code(CLASS, solutions=ABOVE)),
    *(KIND.code(f"odd-{which}", f"Every result is {text}.", "marks",
                Code(ODD.replace("@WHICH@", which), solutions=ABOVE))
      for which, text in (
          ("nan", "nan"), ("inf", "infinite"), ("one", "one entry that broadcasts"),
          ("empty", "an empty array"), ("complex", "complex"), ("masked", "wholly masked"),
          ("object", "an array of objects"), ("strings", "strings that look like numbers"),
          ("records", "an array of records"), ("bool", "true everywhere"), ("none", "None"),
          ("stub", "NotImplemented"), ("ellipsis", "`...`"))),
    KIND.code("exits-as-answers", "Functions that raise SystemExit(0), GeneratorExit and the like.",
              "marks", Code(META, solutions=ABOVE)),
    KIND.code("stateful", "Answers taken from the call before, generators, broadcast views.",
              "marks", Code(STATEFUL, solutions=ABOVE)),
    KIND.code("callback-twist", "Give a test's function an object that records its constants.",
              "marks", Code(CONTEXT, solutions=ABOVE)),
)  # fmt: skip
