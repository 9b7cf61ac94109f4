"""Ending, signalling, outliving and impersonating processes."""

from tests.attacks.corpus import EVERY, WALLS, Code, Kind
from tests.attacks.lab import FULL

KIND = Kind("processes")

STAYS = """
import time
def stay():
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(120)", MARK])
"""

ENDS = {
    "exit-at-import": ("End the process at import.", "os._exit(0)"),
    "sys-exit-at-import": ("sys.exit(0) and quit() at import.",
                           "import atexit; atexit.register(print, MARK); sys.exit(0)"),
    "exit-in-function": ("End the process when a test calls.", """
import numpy as np
def squares(x): os._exit(0)
layer = layer_gradient = twice = fold = squares
class Line:
    def __init__(self, *_): os._exit(0)
"""),
    "abort": ("Crash the interpreter.", "import ctypes; ctypes.string_at(0)"),
    "stack-overflow": ("Overflow the C stack.", """
sys.setrecursionlimit(10**9)
def f(): return [f() for _ in range(1)]
f()
"""),
    "exec-other": ("Become another program that answers in the agent's place.", """
for number in range(3, 30):
    try: os.set_inheritable(number, True)
    except OSError: pass
code = '''
import os
for number in range(3, 30):
    try: os.write(number, (5).to_bytes(4, "big") + b"hello")
    except OSError: pass
'''
os.execv(sys.executable, [sys.executable, "-c", code])
"""),
    "fork-answers": ("Let a child answer as well as the parent.", """
import signal
agent = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
channel = getattr(agent, "_channel", None)
reads = getattr(channel, "_reads", 0); writes = getattr(channel, "_writes", 1)
for number in (reads, writes):
    try: os.dup(number)
    except OSError: pass
copies = [os.dup(reads), os.dup(writes)]
if os.fork() == 0:
    for _ in range(100):
        try: os.write(copies[1], (9).to_bytes(4, "big") + b"x" * 9)
        except OSError: break
    os._exit(0)
"""),
}  # fmt: skip

SIGNALS = {
    "kill-parent": ("Kill the parent and its parent.", """
import signal
import subprocess
for pid in {os.getppid()} - {0}:
    try: os.kill(pid, signal.SIGKILL); tell("killed", pid)
    except OSError: pass
"""),
    "terminate-group": ("Signal one's process group and session.", """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(0, signal.SIGTERM)
"""),
    "kill-everything": ("Kill everything that may be killed.", """
import signal
if os.fork() == 0:
    os.kill(-1, signal.SIGKILL)
    os._exit(0)
"""),
    "stop-everything": ("Stop every process in sight, so that nothing answers.", """
import signal
for pid in range(1, 400):
    if pid != os.getpid():
        try: os.kill(pid, signal.SIGSTOP)
        except OSError: pass
"""),
    "interrupt-parent": ("Interrupt the grader as Ctrl-C would.", """
import signal
for pid in (os.getppid(), 1, 2, 3):
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGALRM):
        if pid != os.getpid():
            try: os.kill(pid, number)
            except OSError: pass
"""),
}  # fmt: skip

OUTLIVE = {
    "orphan": ("A grandchild in a session of its own.", """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        stay()
    os._exit(0)
"""),
    "orphan-deaf": ("A grandchild that ignores signals and closes all it has.", """
import signal
if os.fork() == 0:
    os.setsid()
    for number in range(1, 64):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    os.closerange(0, 256)
    if os.fork() == 0:
        stay()
    os._exit(0)
"""),
    "orphans-many": ("A chain of children, each born as its parent dies.", """
if os.fork() == 0:
    os.setsid()
    for _ in range(400):
        if os.fork(): os._exit(0)
        time.sleep(0.02)
    stay()
"""),
    "daemon-popen": ("A process started by subprocess, detached, that writes later.", """
import subprocess
code = f"import time; time.sleep(2); open('/tmp/{MARK}', 'w').write('{MARK}'); time.sleep(120)"
subprocess.Popen([sys.executable, "-c", code, MARK], start_new_session=True,
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""),
    "at-exit": ("Do harm when the process ends: atexit, finalizers, a late thread.", """
import atexit, subprocess, threading, weakref
def later():
    try: open(f"/tmp/{MARK}", "w").write(MARK)
    except OSError: pass
atexit.register(later)
class Last:
    def __del__(self): later()
sys.last = Last()
threading.Thread(target=lambda: (time.sleep(1), later()), daemon=False).start()
"""),
}  # fmt: skip

TRAPS = {
    "trap-interrupt": ("Catch KeyboardInterrupt and go on for ever.", """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
def squares(x):
    while True:
        try:
            while True: pass
        except BaseException: pass
"""),
    "block-signals": ("Block all signals and sleep without end.", """
import signal, time
def squares(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
    time.sleep(10_000)
"""),
    "stop-self": ("Stop oneself, so that the process neither runs nor ends.", """
import signal
def squares(x): os.kill(os.getpid(), signal.SIGSTOP)
"""),
    "hold-interpreter": ("Hold the interpreter's lock in one endless call into C.", """
def squares(x):
    return re.match(r"(a*)*b", "a" * 60)
"""),
}  # fmt: skip

ATTACKS = (
    *(KIND.code(name, what, "marks", Code(code)) for name, (what, code) in ENDS.items()),
    *(
        KIND.code(name, what, "class", Code(code), stopped_by=WALLS)
        for name, (what, code) in SIGNALS.items()
    ),
    *(
        KIND.code(
            name,
            what,
            "machine",
            Code(STAYS + code, right=True),
            worth=FULL,
            stopped_by=WALLS,
        )
        for name, (what, code) in OUTLIVE.items()
    ),
    *(
        KIND.code(name, what, "class", Code(code, solutions={"squares": "# above"}),
                  stopped_by=EVERY)
        for name, (what, code) in TRAPS.items()
    ),
)  # fmt: skip
