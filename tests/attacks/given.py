"""Changes to what the lab gives and its tests measure with: names, code, and what they stand on."""

from tests.attacks.corpus import Code, Kind
from tests.attacks.lab import FULL, POINTS

KIND = Kind("given code")

WRONG = "def twice(f, x):\n    f(x)\n    return f(f(x))"  # calls once too often

LIES = """
class TwoCalls:
    calls = 2
    def __init__(self, function): self.function = function
    def __call__(self, value): return self.function(value)
def two(x): return 2
"""
WAYS = {
    "given-renamed": ("Give the names of given code to one's own.", """
Tally, calls_made = TwoCalls, two
"""),
    "given-in-place": ("Change a given function and a given class in place.", """
calls_made.__code__ = two.__code__
Tally.calls = property(lambda self: 2, lambda self, value: None)
"""),
    "given-in-use": ("Change given code in the moment in which a test uses it.", """
def changed(function):
    def call(f, x):
        globals().update(Tally=TwoCalls, calls_made=two)
        return function(f, x)
    return call
twice = changed(twice)
"""),
    "given-thread": ("Let a thread give its names to one's own all the time.", """
import threading, time
def meddle():
    while True:
        globals().update(Tally=TwoCalls, calls_made=two)
        time.sleep(0.0005)
threading.Thread(target=meddle, daemon=True).start()
"""),
    "given-space": ("Give the shell names that look the same and answer otherwise.", """
class Names(dict):
    lies = {"Tally": TwoCalls, "calls_made": two}
    def __getitem__(self, name): return self.lies.get(name) or dict.__getitem__(self, name)
    def get(self, name, default=None): return self.lies.get(name) or dict.get(self, name, default)
get_ipython().user_ns = Names(get_ipython().user_ns)
Tally, calls_made = TwoCalls, two
"""),
    "given-exec": ("Replace what compiles and runs code.", """
import builtins
space = globals()
def lying(code, names=None, *rest, **more):
    space.update(Tally=TwoCalls, calls_made=two)
builtins.exec = builtins.eval = builtins.compile = lying
"""),
    "given-equal": ("A function and a class that are equal to everything.", """
class Same(type):
    def __eq__(self, other): return True
    def __hash__(self): return 0
class Tally(TwoCalls, metaclass=Same): pass
class Function:
    __code__ = property(lambda self: self)
    __globals__ = globals()
    __class__ = type(two)
    def __eq__(self, other): return True
    def __call__(self, x): return 2
calls_made = Function()
"""),
}  # fmt: skip

ATTACKS = tuple(
    KIND.code(
        name,
        what,
        "marks",
        Code(solutions={"twice": WRONG + LIES + way}, right=True),
        worth=FULL - POINTS["test-twice-hidden"],
    )
    for name, (what, way) in WAYS.items()
)
