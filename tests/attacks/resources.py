"""Taking time, memory, processes, disk and descriptors without end."""

from tests.attacks.corpus import ABOVE, EVERY, WALLS, Code, Kind
from tests.attacks.lab import FULL

KIND = Kind("resources")

BOUNDED = {
    "endless-import": ("An endless loop at import.", "while True: pass"),
    "sleep-function": ("A function that sleeps when called.", """
import time
def squares(x): time.sleep(10_000)
"""),
    "slow-forever": ("Every call just below its deadline.", """
import time
def squares(x): time.sleep(2); return x
def layer(x, w): time.sleep(2); return x
layer_gradient = twice = fold = lambda *a: (time.sleep(2), 0)[1]
"""),
    "big-integer": ("An integer of a billion digits, made in one call into C.",
                    "x = 7 ** (10 ** 9)"),
    "memory-grows": ("Allocate until there is no more.", """
kept = []
for _ in range(300): kept.append(bytearray(os.urandom(1) * 40_000_000))
tell("holds 12 GB")
"""),
    "result-huge": ("A result of gigabytes.", """
import numpy as np
def squares(x): return np.zeros((20_000, 20_000))
def layer(x, w): return [0.0] * 30_000_000
def twice(f, x): return "x" * 500_000_000
"""),
    "result-deep": ("A result nested a hundred thousand deep, one that holds itself.", """
def squares(x):
    deep = []
    for _ in range(100_000): deep = [deep]
    return deep
def layer(x, w):
    ring = []; ring.append(ring); return ring
def twice(f, x): return twice(f, x)
"""),
    "iterator-endless": ("An endless iterator and a length of 2**62.", """
import itertools
class Long:
    def __len__(self): return 2**62
    def __getitem__(self, i): return 0.0
    def __iter__(self): return itertools.count()
def squares(x): return Long()
def layer(x, w): return itertools.count()
"""),
    "callback-flood": ("Call a lent function for ever.", """
def twice(f, x):
    while True: f(x)
"""),
    "callback-recursion": ("Call each other ever deeper.", """
class Again:
    def __init__(self, f): self.f = f
    def __mul__(self, other): return self.f(Again(self.f))
def twice(f, x): return f(Again(f))
"""),
    "objects-flood": ("Millions of objects for the test to hold.", """
class A: pass
def squares(x): return [A() for _ in range(2_000_000)]
def layer(x, w): return {i: A() for i in range(500_000)}
"""),
    "hash-collisions": ("A dict whose keys collide.", """
def squares(x): return {i * (2**61 - 1): 0 for i in range(1, 200_000)}
def layer(x, w): return set(i * (2**61 - 1) for i in range(1, 200_000))
"""),
    "descriptors": ("Open files until none are left.", """
kept = []
try:
    while len(kept) < 100_000: kept.append(open("/dev/null"))
    tell("opened", len(kept))
except OSError: pass
"""),
    "threads": ("Start threads without end.", """
import threading, time
try:
    for _ in range(3000): threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
except RuntimeError: pass
"""),
    "print-flood": ("Print without end.", "for i in range(3_000_000): print('x' * 100, i)"),
    "display-flood": ("Show pictures without end.", """
import base64
from IPython.display import display
picture = base64.b64encode(os.urandom(1_400_000)).decode()
for _ in range(300): display({"image/png": picture, "text/plain": "x"}, raw=True)
"""),
    "stderr-flood": ("Fill the standard error stream of the process.", """
block = b"y" * 1_000_000
for _ in range(200):
    try: os.write(2, block)
    except OSError: break
"""),
    "source-huge": ("A solution of five megabytes.", "x = '" + "a" * 5_000_000 + "'"),
    "regex-source": ("Source that is slow to tokenise and to match.",
                     "# " + "(" * 100_000 + "\n" + "x = " + "0 or " * 20_000 + "1"),
}  # fmt: skip

WALLED = {
    "fork-bomb": ("Fork more than the limit.", """
import time
count = 0
try:
    while count < 600:
        if os.fork() == 0:
            time.sleep(20); os._exit(0)
        count += 1
except OSError: pass
if count > 100: tell("has", count, "children")
"""),
    "fork-memory": ("Let many children hold memory, each below the limit of one.", """
import time
held = 0
try:
    for _ in range(24):
        if os.fork() == 0:
            block = bytearray(200_000_000); time.sleep(3); os._exit(0)
        held += 1
    time.sleep(2)
except OSError: pass
alive = sum(1 for p in os.listdir("/proc") if p.isdigit())
"""),
    "disk-fill": ("Fill every folder that takes files.", """
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", os.getcwd(), os.path.expanduser("~")):
    size = 0
    for number in range(40):
        try:
            with open(f"{folder}/{MARK}-{number}", "wb") as file:
                size += file.write(bytes(8_000_000))
        except OSError: break
    if size > 200_000_000: tell("wrote", size, folder)
"""),
    "disk-sparse": ("Make sparse files of terabytes.", """
for folder in ("/tmp", "/dev/shm", os.getcwd()):
    try:
        with open(f"{folder}/{MARK}", "wb") as file: file.truncate(2**42); tell("made", folder)
    except OSError: pass
"""),
    "inodes": ("Make empty files until the file system has no more.", """
count = 0
try:
    while count < 200_000: open(f"/tmp/{MARK}-{count}", "w").close(); count += 1
    tell("made", count, "files")
except OSError: pass
"""),
    "raise-limits": ("Raise one's own limits again.", """
import resource
for name in [n for n in dir(resource) if n.startswith("RLIMIT_")]:
    kind = getattr(resource, name)
    soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        try: resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2); tell("raised", name)
        except (ValueError, OSError): pass
"""),
    "memfd": ("Hold memory that no limit of the process counts: memfd, pipes, shared memory.", """
held = 0
kept = []
try:
    for number in range(60):
        file = os.memfd_create("x"); kept.append(file)
        for _ in range(8): held += os.write(file, bytes(2_000_000))
except OSError: pass
if held > 900_000_000: tell("holds", held, "bytes in memory files")
"""),
}  # fmt: skip

POOL = """
import numpy as np, ctypes, mmap
SIZE = 30 * 5_600_000
room = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
pool = np.frombuffer(room).reshape(30, -1)
pool[:] = 1.0
place = ctypes.c_void_p(pool.ctypes.data)
libc = ctypes.CDLL(None)
libc.mprotect.argtypes = libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
"""
FOLD_IN_POOL = """
def fold(x, n):
    layer_begin()
    for k in range(n):
        pool[k, : x.size] = x.ravel(); x = np.sin(x)
    grad = np.ones_like(x)
    for k in reversed(range(n)): grad *= np.cos(pool[k, : x.size].reshape(x.shape))
    layer_end()
    return grad
"""
FOLD_IN_PARTS = """
def fold(x, n):
    for k in range(n):
        if k % 3 == 0: keep(k, x)
        x = np.sin(x)
    x = np.ones_like(x)
    for k in reversed(range(n)):
        y = np.array(kept(k - k % 3))
        for _ in range(k % 3): np.sin(y, out=y)
        x *= np.cos(y, out=y)
    return x
"""
MEMORY_CHEATS = {
    "memory-in-files": ("Keep arrays in files, where the measure of memory does not look.", """
import numpy as np
def keep(k, x): x.tofile(f"kept{k}")
def kept(k): return np.fromfile(f"kept{k}")
""" + FOLD_IN_PARTS),
    "memory-in-child": ("Keep all arrays in another process.", """
import numpy as np, subprocess
CODE = '''
import sys
stack = []
while True:
    n = int(sys.stdin.buffer.readline() or 0)
    if n > 0: stack.append(sys.stdin.buffer.read(n))
    elif n < 0: sys.stdout.buffer.write(stack.pop()); sys.stdout.buffer.flush()
    else: break
'''
def fold(x, n):
    child = subprocess.Popen([sys.executable, "-c", CODE], stdin=-1, stdout=-1)
    for k in range(n):
        child.stdin.write(b"%d\\n" % x.nbytes + x.tobytes()); child.stdin.flush(); x = np.sin(x)
    grad = np.ones_like(x)
    for k in range(n):
        child.stdin.write(b"-1\\n"); child.stdin.flush()
        grad *= np.cos(np.frombuffer(child.stdout.read(x.nbytes)))
    child.stdin.close(); child.wait()
    return grad
"""),
    "memory-in-memfd": ("Keep all arrays in memory files.", """
import numpy as np
def fold(x, n):
    kept = []
    for k in range(n):
        file = os.memfd_create("a"); os.write(file, x.tobytes()); kept.append(file); x = np.sin(x)
    grad = np.ones_like(x)
    for file in reversed(kept):
        grad *= np.cos(np.frombuffer(os.pread(file, x.nbytes, 0))); os.close(file)
    return grad
"""),
    "memory-in-windows": ("Keep arrays in files made before, of which little is seen at once.", """
import mmap, numpy as np
SIZE = 5_600_000
files = {k: open(f"kept{k}", "w+b") for k in (0, 3, 6, 9)}
for file in files.values(): file.truncate(SIZE)
def kept(k): return np.frombuffer(mmap.mmap(files[k].fileno(), SIZE))
def keep(k, x): kept(k)[:] = x
""" + FOLD_IN_PARTS),
    "memory-earlier": ("Take the memory before the measure begins and only fill it later.", """
import numpy as np
room = [np.ones(700_000) for _ in range(30)]
def fold(x, n):
    for k in range(n):
        room[k][:] = x; x = np.sin(x)
    grad = np.ones_like(x)
    for k in reversed(range(n)): grad *= np.cos(room[k])
    return grad
"""),
    "memory-read-only": ("Keep all arrays where, in the end, nothing can be written.", POOL + """
def layer_end(): libc.mprotect(place, SIZE, 1)
def layer_begin(): libc.mprotect(place, SIZE, 3)
""" + FOLD_IN_POOL),
    "memory-cold": ("Keep all arrays where the system is told that nothing was used.", POOL + """
def layer_end(): libc.madvise(place, SIZE, 20)
def layer_begin(): pass
""" + FOLD_IN_POOL),
    "memory-free": ("Keep all arrays where the system may take them, if it needs room.", POOL + """
def layer_end(): libc.madvise(place, SIZE, 8)
def layer_begin(): pass
""" + FOLD_IN_POOL),
    "memory-shared": ("Keep all arrays in shared memory, which is nobody's own.",
                      POOL.replace("MAP_PRIVATE", "MAP_SHARED") + """
def layer_end(): libc.mprotect(place, SIZE, 1)
def layer_begin(): libc.mprotect(place, SIZE, 3)
""" + FOLD_IN_POOL),
    "memory-float16": ("Keep all arrays at a quarter of their precision.", """
import numpy as np
def fold(x, n):
    kept = []
    for k in range(n): kept.append(x.astype(np.float16)); x = np.sin(x)
    grad = np.ones_like(x)
    for a in reversed(kept): grad *= np.cos(a.astype(float))
    return grad
"""),
    "memory-peak-reset": ("Reset the system's count of the peak from inside.", """
import numpy as np
def fold(x, n):
    kept = []
    for k in range(n): kept.append(x); x = np.sin(x)
    grad = np.ones_like(x)
    while kept: grad *= np.cos(kept.pop())
    del kept
    import gc, ctypes; gc.collect()
    try: ctypes.CDLL(None).malloc_trim(0)
    except Exception: pass
    try:
        with open("/proc/self/clear_refs", "w") as file: file.write("5")
    except OSError: pass
    return grad
"""),
}  # fmt: skip

# Out of what a process holds, or of what it is seen to use: it takes a wall to forbid that.
OUT_OF_SIGHT = (
    *("memory-in-files", "memory-in-windows", "memory-in-memfd", "memory-in-child"),
    *("memory-cold", "memory-free", "memory-shared"),
)

ATTACKS = (
    *(
        KIND.code(name, what, "class", Code(code, solutions=ABOVE), stopped_by=EVERY)
        for name, (what, code) in BOUNDED.items()
    ),
    *(
        KIND.code(name, what, "machine", Code(code, right=True), worth=FULL, stopped_by=WALLS)
        for name, (what, code) in WALLED.items()
    ),
    *(
        KIND.code(
            name,
            what,
            "marks",
            Code(code, solutions={"fold": "# it stands above"}),
            stopped_by=WALLS if name in OUT_OF_SIGHT else EVERY,
        )
        for name, (what, code) in MEMORY_CHEATS.items()
    ),
)
