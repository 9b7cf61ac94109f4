"""Taking tests, answers and seed out of Python itself, and ways to carry secrets out."""

from tests.attacks.corpus import WALLS, Code, Kind

KIND = Kind("theft of tests")

EVERYWHERE = '''
import gc, linecache, inspect
def hunt():
    """Look through everything that this Python holds."""
    frame = sys._getframe()
    while frame:
        loot(frame.f_locals); loot(frame.f_code.co_consts); frame = frame.f_back
    for other in sys._current_frames().values():
        while other:
            loot(other.f_locals); loot(other.f_code.co_consts); other = other.f_back
    for lines in linecache.cache.values():
        if len(lines) > 2: loot(lines[2])
    ip = get_ipython()
    for name in ("In", "Out", "_ih", "_oh", "_i", "_ii"): loot(ip.user_ns.get(name, ""))
    for thing in gc.get_objects():
        if type(thing) in (dict, list, tuple) and len(thing) < 5000:
            try: loot(thing)
            except Exception: pass
'''

THEFTS = {
    "frames": ("Look through the callers' frames when a test calls.", "", """
def squares(x):
    kept = []
    frame = sys._getframe()
    while frame:
        kept.append(repr(frame.f_locals) + repr(frame.f_code.co_consts)); frame = frame.f_back
    stolen.append("".join(kept))
    raise ValueError("".join(re.findall(r"CANA" + r"RY-\\w+-\\w+", "".join(kept))))
stolen = []
"""),
    "history": ("Read In, Out, linecache and everything gc knows, after the tests.", "", ""),
    "memory-own": ("Search one's own memory, where a test may have been.", """
def search():
    words = set()
    for line in read("/proc/self/maps").decode().splitlines():
        if " rw" not in line or "[v" in line: continue
        low, high = (int(n, 16) for n in line.split()[0].split("-"))
        try:
            with open("/proc/self/mem", "rb") as memory:
                memory.seek(low); data = memory.read(min(high - low, 20_000_000))
        except (OSError, ValueError): continue
        words |= set(re.findall(b"CANA" + rb"RY-[A-Z]+-[a-z0-9]+", data))
    for word in words: loot(word)
""", "def squares(x):\n    search()\n    return x\n"),
    "trace": ("Record all that runs by sys.settrace and sys.setprofile.", """
seen = []
def trace(frame, event, arg):
    try: seen.append(repr(frame.f_code.co_consts)[:2000] + repr(frame.f_locals)[:2000])
    except Exception: pass
    return trace if len(seen) < 3000 else None
sys.settrace(trace); sys.setprofile(lambda f, e, a: None)
""", "def squares(x):\n    loot(seen)\n    return x\n"),
    "audit": ("Record what runs by an audit hook and by patched compile and exec.", """
import builtins
seen = []
sys.addaudithook(lambda event, args: seen.append(repr(args)[:500]) if len(seen) < 5000 else None)
for name in ("compile", "exec", "eval", "open"):
    def wrap(*a, before=getattr(builtins, name), **k):
        seen.append(repr(a)[:3000]); return before(*a, **k)
    setattr(builtins, name, wrap)
""", "def squares(x):\n    loot(seen)\n    return x\n"),
}  # fmt: skip

CALLBACK = """
def twice(f, x):
    import inspect
    words = [repr(f), getattr(f, "__name__", ""), getattr(f, "__doc__", "") or "", dir(f)]
    for name in ("__closure__", "__defaults__", "__code__", "__globals__", "__kwdefaults__",
                 "__wrapped__", "__self__", "__dict__", "__module__", "_call", "number"):
        try:
            part = getattr(f, name)
            words += [part, getattr(part, "co_consts", "")]
            words += [cell.cell_contents for cell in part] if name == "__closure__" else []
        except Exception as error: words.append(error)
    for ask in (inspect.getsource, inspect.signature, inspect.getdoc, inspect.getfile):
        try: words.append(ask(f))
        except Exception as error: words.append(error)
    for name in ("__name__", "__defaults__", "__globals__", "__code__", "__doc__"):
        try: words.append(getattr(type(f), "__call__")(f, name))
        except Exception as error: words.append(error)
    raise ValueError(" ".join(re.findall(r"CANA" + r"RY-\\w+-\\w+", repr(words))))
"""

CALLBACK_ERRORS = """
def twice(f, x):
    words = []
    class Sly:
        def __mul__(self, other): raise KeyError(other)
        def __repr__(self): return "sly"
    for bad in (None, "a", [], {}, Sly(), f, object(), 10**400, "%s", b"x", type, ...):
        try: words.append(f(bad))
        except BaseException as error:
            while error is not None:
                words += [repr(error), repr(error.args), repr(vars(error))]
                trace = error.__traceback__
                while trace:
                    words.append(repr(trace.tb_frame.f_locals)); trace = trace.tb_next
                error = error.__cause__ or error.__context__
    for args in ((), (1, 2, 3), (f, f)):
        try: f(*args, hidden=f, nothing=1)
        except BaseException as error: words.append(repr(error))
    raise ValueError(" ".join(re.findall(r"CANA" + r"RY-\\w+-\\w+", repr(words))))
"""

READS = 'text = read(f"{COURSE}/source/toy/lines.ipynb").decode() + repr(dict(os.environ))\n'
WORDS = 'words = sorted(set(re.findall(r"CANA" + r"RY-[A-Z]+-[a-z0-9]+", text)))\n'

SMUGGLES = {
    "smuggle-exception": ("in an exception's text and type", """
name = words[0].replace("-", "_") if words else "Nothing"
def squares(x): raise type(name, (Exception,), {})(words)
"""),
    "smuggle-repr": ("in the repr of a wrong result", """
class R:
    def __repr__(self): return "".join(words)
    __str__ = __repr__
def squares(x): return R()
"""),
    "smuggle-class": ("in the name of a class", """
Named = type(" ".join(words) or "Nothing", (), {})
def squares(x): return Named()
"""),
    "smuggle-arguments": ("in names of changed arguments and functions", """
space = {}
def squares(x): x *= 0; return x
squares.__name__ = squares.__qualname__ = " ".join(words)
import inspect
squares.__signature__ = inspect.Signature(
    [inspect.Parameter(w.replace("-", "_"), inspect.Parameter.POSITIONAL_ONLY) for w in words])
"""),
    "smuggle-display": ("in rich output and pictures", """
from IPython.display import display, HTML, Markdown, Image
for word in words:
    display(HTML(word), Markdown(word))
    display({"image/png": word, "text/plain": word, "application/json": word}, raw=True)
"""),
    "smuggle-values": ("as the numbers of a wrong result", """
import numpy as np
def squares(x):
    data = np.frombuffer(" ".join(words).encode() or b"x", dtype=np.uint8).astype(float)
    return {word: data for word in words} or data
"""),
}  # fmt: skip

ATTACKS = (
    *(
        KIND.code(
            f"theft-{name}",
            what,
            "secrets",
            Code(
                EVERYWHERE + first,
                "hunt()",
                {"squares": squares} if squares else {},
            ),
        )
        for name, (what, first, squares) in THEFTS.items()
    ),
    KIND.code(
        "theft-callback",
        "Inspect a function that the test lends: source, closure, defaults, docs.",
        "secrets",
        Code(EVERYWHERE, "hunt()", {"twice": CALLBACK}),
    ),
    KIND.code(
        "theft-callback-errors",
        "Make a lent function fail and read the error.",
        "secrets",
        Code(EVERYWHERE, "hunt()", {"twice": CALLBACK_ERRORS}),
    ),
    *(
        KIND.code(
            name,
            f"Carry what was read out {how}.",
            "secrets",
            Code(READS + WORDS, solutions={"squares": code}),
            stopped_by=WALLS,
        )
        for name, (how, code) in SMUGGLES.items()
    ),
)
