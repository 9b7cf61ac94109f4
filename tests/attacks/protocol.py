"""Speaking for the agent: forged, malformed and late answers, and lies about what was counted."""

from tests.attacks.corpus import ABOVE, EVERY, WALLS, Code, Kind

KIND = Kind("protocol and agent")

AGENT = """
import gc, itertools, threading, time
import numpy as np
def find():
    import signal
    frame = sys._getframe()
    while frame:
        me = frame.f_locals.get("self")
        if type(me).__name__ == "Agent": return me
        frame = frame.f_back
    me = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    if type(me).__name__ == "Agent": return me
    gc.unfreeze()
    return next((o for o in gc.get_objects() if type(o).__name__ == "Agent"), None)
agent = find()
channel = getattr(agent, "_channel", None)
if channel is None: raise SystemExit("there is no agent here")
from course.grading.protocol import Failure, Refusal, Request, Value, pack_message, yours
def say(message, refer=None):
    channel.send(pack_message(message, refer or agent._refer, agent._bounds))
def current():
    frame = sys._getframe()
    while frame:
        request = frame.f_locals.get("request")
        if type(request).__name__ == "Request": return request.id
        frame = frame.f_back
"""
ALL = """layer = layer_gradient = twice = fold = squares
class Line: __init__ = predict = gradient = lambda *a: squares()
"""


def _answers(body: str) -> str:
    return (
        f"{AGENT}\ndef squares(*args):\n"
        + "".join(f"    {line}\n" for line in body.strip().splitlines())
        + "    return 0\n"
        + ALL
    )


SPEAKS = {
    "reply-twice": ("Answer a request twice.", _answers("say(Value(current(), 0))")),
    "reply-ahead": ("Answer the next hundred requests in advance.",
                    _answers("for n in range(1, 100): say(Value(current() + n, None))")),
    "reply-noise": ("Noise of every length.",
                    _answers("for n in range(50): channel.send(os.urandom(n))")),
    "reply-oversized": ("A frame that says it is four gigabytes.",
                        _answers('os.write(channel._writes, b"\\xff" * 4 + b"x" * 10**5)')),
    "reply-half": ("Half a frame, then silence.",
                   _answers('os.write(channel._writes, b"\\x00\\x00\\x10\\x00abc")\n'
                            "time.sleep(60)")),
    "reply-dribble": ("One byte at a time, for ever.",
                      _answers('os.write(channel._writes, b"\\x00\\x10\\x00\\x00")\n'
                               "while True: os.write(channel._writes, b'x'); time.sleep(0.05)")),
    "reply-late": ("Answer after the deadline, from a thread.",
                   _answers("n = current()\n"
                            "threading.Timer(4.5, lambda: say(Value(n, 0))).start()\n"
                            "time.sleep(6)")),
    "reply-alien-types": ("Answers with fields of the wrong type.", _answers("""
for message in (Value("1", 0), Value(True, 0), Failure(current(), 1, 2, 3, 4, 5),
                Refusal(current(), None), Value(None, None), Request(current(), None, None, 1, 2)):
    try: say(message)
    except Exception: pass
""")),
    "reply-false-references": ("References to objects of the referee that were never lent.",
                               _answers("""
for number in (0, 1, 2, -1, 2**40):
    say(Value(current(), agent), lambda value: yours(number))
""")),
    "request-attributes": ("Ask the referee for attributes, imports and evaluation.", _answers("""
for operation in ("getattr", "lookup", "run", "call", "eval", "import", "__class__"):
    say(Request(7, operation, ("__globals__", "os"), {}))
""")),
    "request-methods": ("Call methods of lent functions by name.", """
def twice(f, x):
    from course.grading.student.referee_functions import RefereeFunction
    words = []
    for name in ("__globals__", "__closure__", "__code__.co_consts", "__defaults__"):
        try: words.append(agent.call_referee(f.number, (name,), {"__self__": 1}))
        except BaseException as error: words.append(repr(error))
    for n in range(f.number + 50):
        try:
            agent._borrowed[n] = RefereeFunction(agent.call_referee, n, "x")
            words.append(agent._borrowed[n](1.0))
        except BaseException as error: words.append(repr(error))
    raise ValueError(repr(words))
"""),
    "answer-lent-function": ("Give the test its own function back as a result.", """
def twice(f, x): return f
kept = []
def squares(x): return kept[0] if kept else (lambda: 0)
"""),
    "one-number-two-objects": ("Let one number stand for a different object each time.", """
agent._lent.object = lambda number: (lambda *a, **k: np.zeros((3, 4)))
agent._lent.number = lambda value: 1
"""),
    "lookup-changes": ("Give each test another function of the same name.", """
answers = itertools.count()
def lookup(name):
    n = next(answers)
    return (lambda *a, **k: (a[0] if a and hasattr(a[0], "shape") else 0),)
agent._operations["lookup"] = lookup
"""),
    "pickles-in-values": ("Send pickles, objects and code as values.", _answers("""
import pickle, marshal
class Evil:
    def __reduce__(self): return (exec, ("open('/tmp/x', 'w')",))
for value in (pickle.dumps(Evil()), marshal.dumps((lambda: 0).__code__), b"\\x80\\x04."):
    say(Value(current(), value))
""")),
    "failure-tokens": ("Claim that a failure of the test's own stopped it.", _answers("""
for token in range(20):
    say(Failure(current(), "CheckFailed", "passed", "", ("AssertionError", "SystemExit"), token))
""")),
    "failure-bases": ("Exceptions that claim to be of types that end tests quietly.", _answers("""
say(Failure(current(), "StopIteration", "", "", ("StopIteration", "GeneratorExit", "SystemExit",
    "KeyboardInterrupt", "object", "type", "CourseError"), 0))
""")),
    "numbers-that-break": ("Numbers, shapes and formats at their limits.", _answers("""
class Raw(list): pass
for node in (["array", "<f8", 2**62], ["array", "<f8", -1], ["array", "O", 1], ["int", b"x" * 2000],
             ["dtype", "O"], ["named", "numpy.os"], ["range", 0, 1, 0], ["slice"], ["complex", 1],
             ["set", ["list"]], ["dict", 1], ["tuple"] * 100, ["scalar", "<f8", b""]):
    import msgpack
    for message in (["value", current(), node], ["request", current(), "call", [node], [], []],
                    ["request", current(), "call", [], ["x", node], []]):
        body = msgpack.packb(message)
        channel.send(len(body).to_bytes(4, "big") + body)
""")),
    "thread-speaks": ("A thread that writes frames while the agent answers.", """
def speak():
    n = 0
    while True:
        n += 1
        try: say(Value(n % 50, None))
        except Exception: pass
        time.sleep(0.001)
threading.Thread(target=speak, daemon=True).start()
"""),
    "code-name-forged": ("Code that pretends to be the grader's in tracebacks.", """
exec(compile("def squares(x):\\n    raise AssertionError('passed')", "<cell test-squares>", "exec"))
"""),
    "forget-cells": ("Undo what earlier cells defined, answer from a saved copy.", """
saved = dict(globals())
get_ipython().user_ns = type("Any", (dict,), {
    "__contains__": lambda s, k: True, "__getitem__": lambda s, k: (lambda *a, **k: 0.0)})()
"""),
    "described-call": ("An account of a call that was never made.", """
def observed(function, args, kwargs, lines, memory, back):
    return (0.0 if not args else args[0], (), 1, 1, args)
agent._operations["observed_call"] = observed
def observed_twice(function, args, kwargs):
    return ((args[0] if args else 0.0, ()),) * 2 + (args,)
agent._operations["observed_twice"] = observed_twice
def squares(x): return x
def layer(x, w): return x
def fold(x, n): return x
"""),
}  # fmt: skip

LOOPS = """
import numpy as np
def layer(x, w):
    out = np.zeros((len(x), w.shape[1]))
    for i in range(len(x)):
        for j in range(w.shape[1]):
            out[i, j] = np.tanh(sum(x[i, k] * w[k, j] for k in range(len(w))))
    return out
"""
SLOW = LOOPS.replace("def layer(", "def slow(")
ACCOUNT = (
    AGENT
    + """
before = agent._operations["observed_call"]
def observed(function, args, kwargs, count, memory, back):
    value, changed, lines, *others = before(function, args, kwargs, False, memory, back)
    return value, changed, {"<cell layer>:1": 7} if count else None, *others
agent._operations["observed_call"] = observed
"""
)
UNCHANGED = (
    AGENT
    + """
def without_changes(before):
    def told(*a):
        (value, _), again, last = before(*a)
        return (value, ()), (again and again[0] or value, ()), last
    return told
agent._operations["observed_twice"] = without_changes(agent._operations["observed_twice"])
"""
)
LIES = {
    "lines-patched": ("Patch the counter of lines.", LOOPS + """
import course.checks._lines as lines, course.checks._calls as calls
lines.count_lines = calls.counted = lambda f, a, k: (f(*a, **k), 7)
"""),
    "lines-observed": ("Patch the agent's account of a call.", LOOPS + """
import course.checks._calls as calls
before = calls.call_here
def call_here(function, args, kwargs, count, memory):
    done = before(function, args, kwargs, False, memory)
    return calls.Call(done.value, (), 7 if count else None, done.peak_bytes)
calls.call_here = call_here
"""),
    "lines-account": ("An account of a call that tells of a few lines only.", ACCOUNT + LOOPS),
    "lines-trace-off": ("Switch the trace off and on again within the function.", """
import numpy as np
""" + SLOW + """
def layer(x, w):
    tracer = sys.gettrace(); sys.settrace(None)
    out = slow(x, w)
    sys.settrace(tracer)
    return out
"""),
    "lines-thread": ("Loop in a thread that is started for it.",
                     SLOW + """
from concurrent.futures import ThreadPoolExecutor
def layer(x, w):
    with ThreadPoolExecutor(1) as pool: return pool.submit(slow, x, w).result()
"""),
    "lines-old-thread": ("Loop in a thread that waits since the import.",
                         SLOW + """
import threading, queue
asked, answers = queue.Queue(), queue.Queue()
def work():
    while True: answers.put(slow(*asked.get()))
threading.Thread(target=work, daemon=True).start()
def layer(x, w):
    asked.put((x, w)); return answers.get()
"""),
    "lines-child": ("Loop in a child process.", SLOW + """
import multiprocessing
def layer(x, w):
    reads, writes = os.pipe()
    if os.fork() == 0:
        sys.settrace(None)
        os.write(writes, slow(x, w).tobytes()); os._exit(0)
    os.close(writes)
    data = b""
    while part := os.read(reads, 1 << 16): data += part
    os.close(reads); os.wait()
    return np.frombuffer(data).reshape(len(x), -1)
"""),
    "lines-in-c": ("Loop in C: map, sum, functools.reduce, list.sort with a key.", """
import numpy as np, operator, functools
from itertools import repeat, starmap
def layer(x, w):
    rows = map(operator.matmul, x, repeat(w))
    return np.array(list(map(np.tanh, rows)))
"""),
    "lines-frame-trace": ("Take the trace off each frame while it runs.",
                          SLOW + """
def layer(x, w):
    frame = sys._getframe()
    while frame:
        frame.f_trace_lines = False; frame.f_trace = None; frame = frame.f_back
    return slow(x, w)
"""),
    "lines-audit-hook": ("Loop in an audit hook, which is not traced.",
                         SLOW + """
def hook(event, args):
    if event == "mine": args[0].append(slow(*args[1:]))
sys.addaudithook(hook)
def layer(x, w):
    box = []
    sys.audit("mine", box, x, w)
    return box[0]
"""),
    "lines-profile": ("Loop in a profiler, which is not traced.",
                      SLOW + """
def marker(job): pass
def profiler(frame, event, _):
    if event == "call" and frame.f_code is marker.__code__:
        job = frame.f_locals["job"]
        job.append(slow(*job))
sys.setprofile(profiler)
def layer(x, w):
    job = [x, w]
    marker(job)
    return job[-1] if len(job) == 3 else slow(x, w)
"""),
    "lines-trace-code": ("Put a function that counts nothing in the place of the trace.",
                         SLOW + """
def empty(count):
    a = b = c = d = None
    ways = [lambda f, e, t: None, lambda f, e, t: (None, a)[0], lambda f, e, t: (None, a, b)[0],
            lambda f, e, t: (None, a, b, c)[0], lambda f, e, t: (None, a, b, c, d)[0]]
    return ways[count].__code__
def layer(x, w):
    trace = sys.gettrace()
    if trace is None: return slow(x, w)
    code = trace.__code__
    trace.__code__ = empty(len(code.co_freevars))
    out = slow(x, w)
    trace.__code__ = code
    return out
"""),
    "lines-closure": ("Empty the count, which the trace holds.",
                      SLOW + """
def dicts(function, depth=3):
    for cell in function.__closure__ or ():
        if isinstance(cell.cell_contents, dict): yield cell.cell_contents
        elif depth and hasattr(cell.cell_contents, "__closure__"):
            yield from dicts(cell.cell_contents, depth - 1)
def layer(x, w):
    out, trace = slow(x, w), sys.gettrace()
    for count in dicts(trace) if trace else (): count.clear()
    return out
"""),
    "lines-file-name": ("Give the loop's code the name of a file that is not counted.", """
import numpy as np
exec(compile('''
def layer(x, w):
    out = np.zeros((len(x), w.shape[1]))
    for i in range(len(x)):
        out[i] = np.tanh(x[i] @ w)
    return out
''', "arrayprint.py", "exec"))
"""),
    "lines-pad": ("Waste lines on small batches, so that the count does not grow.", """
import numpy as np
def layer(x, w):
    out = np.zeros((len(x), w.shape[1]))
    for i in range(len(x)):
        out[i] = np.tanh(x[i] @ w)
    for _ in range(800 - 4 * len(x)):
        out = out
    return out
"""),
    "lines-one-line": ("The whole loop on one line, by nested comprehensions.", """
import numpy as np
def dot(r, c): return np.tanh(sum(a * b for a, b in zip(r, c)))
def layer(x, w): return np.array([[dot(r, c) for c in w.T] for r in x])
"""),
    "lines-async": ("Loop in an event loop and in generators driven from C.", """
import numpy as np, asyncio, collections
def layer(x, w):
    out = np.zeros((len(x), w.shape[1]))
    def rows():
        i = 0
        while i < len(x): out[i] = np.tanh(x[i] @ w); i += 1; yield
    collections.deque(rows(), maxlen=0)
    return out
"""),
    "time-floats": ("An account of few lines, for a loop that is as quick as loops can be.",
                    ACCOUNT + """
import math, operator
import numpy as np
def layer(x, w):
    columns = w.T.tolist()
    return np.array([[math.tanh(sum(map(operator.mul, row, column))) for column in columns]
                     for row in x.tolist()])
"""),
    "time-rubbish": ("The same for a loop, and a quick wrong answer to a large batch.",
                     ACCOUNT + SLOW + """
def layer(x, w):
    return slow(x, w) if len(x) < 1000 else np.zeros((len(x), w.shape[1]))
"""),
    "time-kept": ("The same, and answers that are kept should the question come again.",
                  ACCOUNT + SLOW + """
kept = {}
def layer(x, w):
    if x.tobytes() not in kept: kept[x.tobytes()] = slow(x, w)
    return kept[x.tobytes()]
"""),
    "time-gone": ("The same, and the process ends with its answer to a large batch.",
                  ACCOUNT + SLOW + """
send, size = channel.send, 0
def send_last(body):
    send(body)
    if size > 1000: os._exit(0)
channel.send = send_last
def layer(x, w):
    global size
    out, size = slow(x, w), len(x)
    return out
"""),
    "time-thread": ("The same, and a thread that does the work.", ACCOUNT + SLOW + """
def layer(x, w):
    found = []
    thread = threading.Thread(target=lambda: found.append(slow(x, w)))
    thread.start()
    thread.join()
    return found[0]
"""),
    "time-child": ("The same, and a process that does the work and is gone by then.",
                   ACCOUNT + SLOW + """
def layer(x, w):
    if len(x) < 1000: return slow(x, w)
    reads, writes = os.pipe()
    if os.fork() == 0:
        os.write(writes, slow(x, w).tobytes()); os._exit(0)
    os.close(writes)
    data = b""
    while part := os.read(reads, 1 << 16): data += part
    os.close(reads); os.wait()
    return np.frombuffer(data).reshape(len(x), -1)
"""),
    "pure-patched": ("Patch the comparison that tells whether arguments changed.", """
import course.checks._calls as calls
calls.identical = lambda a, b: True
def squares(x):
    x *= x
    return x
"""),
    "pure-account": ("An account of a call that leaves out what was changed.", UNCHANGED + """
def squares(x):
    x *= x
    return x
"""),
    "pure-account-steady": ("The same, by a function that gives the same answer again.",
                            UNCHANGED + """
def squares(x):
    np.abs(x, out=x)
    return x * x
"""),
    "pure-account-saved": ("The same, and copies given back for the arguments.", AGENT + """
import copy, numpy as np
before = agent._operations["observed_twice"]
def observed_twice(function, args, kwargs):
    saved = copy.deepcopy(args)
    (value, _), _, _ = before(function, args, kwargs)
    return (value, ()), (before(function, args, kwargs)[0][0], ()), saved
agent._operations["observed_twice"] = observed_twice
def squares(x):
    np.abs(x, out=x)
    return x * x
"""),
    "pure-restored": ("Change an argument and put it right in a finalizer.", """
import numpy as np
class Mends:
    def __init__(self, x): self.x, self.copy = x, x.copy()
    def __del__(self): self.x[:] = self.copy
def squares(x):
    mends = Mends(x)
    x *= x
    return x.copy()
"""),
    "memory-account": ("A false account of the memory that a call took.", AGENT + """
before = agent._operations["observed_call"]
def observed(*a):
    value, changed, lines, peak, *others = before(*a)
    return value, changed, lines, 1, *others
agent._operations["observed_call"] = observed
def fold(x, n):
    kept = []
    for k in range(n): kept.append(x); x = np.sin(x)
    grad = np.ones_like(x)
    for a in reversed(kept): grad *= np.cos(a)
    return grad
"""),
}  # fmt: skip
# who keeps copies and puts them in the place of the arguments has left them as they were
WORTH = {
    "pure-patched": 4.0,
    "pure-account": 4.0,
    "pure-account-steady": 4.0,
    "pure-account-saved": 10.0,
    "pure-restored": 10.0,
}

NEEDS_WALL = {"time-child"}  # without one a process may start others, and their time is lost

ATTACKS = (
    *(
        KIND.code(name, what, "marks",
                  Code(code if AGENT in code else AGENT + code, solutions=ABOVE))
        for name, (what, code) in SPEAKS.items()
    ),
    *(
        KIND.code(name, what, "marks", Code(code, solutions=ABOVE), worth=WORTH.get(name, 0.0),
                  stopped_by=WALLS if name in NEEDS_WALL else EVERY)
        for name, (what, code) in LIES.items()
    ),
)  # fmt: skip
