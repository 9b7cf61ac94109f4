"""Climbing out of the sandbox, and leaving things for the next submission."""

from tests.attacks.corpus import WALLS, Code, Kind

KIND = Kind("sandbox escape")

LIBC = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
"""

CLIMBS = {
    "user-namespace": ("Make a user namespace and be root in it.", """
if libc.unshare(0x10000000 | 0x20000) == 0: tell("has a namespace of its own")
"""),
    "mount": ("Mount, unmount and move the root.", """
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: tell("mounted")
if libc.umount2(b"/proc", 2) == 0: tell("unmounted /proc")
if libc.chroot(b".") == 0: tell("changed root")
"""),
    "set-id-programs": ("Run programs that bear the right to be root.", """
import subprocess
for command in (["su", "-c", "id"], ["mount", "-t", "tmpfs", "none", "/tmp"],
                ["sudo", "-n", "id"], ["passwd", "-d", "root"], ["newgrp", "root"]):
    try: done = subprocess.run(command, capture_output=True, timeout=2, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError): continue
    if done.returncode == 0 and os.getuid() != 0: tell("ran", command[0])
with open("/tmp/suid", "w") as file: file.write("#!/bin/sh\\n")
try: os.chmod("/tmp/suid", 0o6755); os.chown("/tmp/suid", 0, 0)
except OSError: pass
"""),
    "become-root": ("Change one's user and regain capabilities.", """
was = os.getuid()
for call in (lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0]),
             lambda: os.setresgid(0, 0, 0)):
    try: call()
    except OSError: pass
if was != 0 and os.getuid() == 0: tell("is root now")
"""),
    "ptrace": ("Attach to siblings, the parent and process 1.", """
for pid in range(1, 300):
    if pid not in (os.getpid(),) and libc.ptrace(0x4206, pid, None, None) == 0:
        name = read(f"/proc/{pid}/cmdline")
        if b"course.grading.student" not in name: tell("holds process", pid, name[:60])
        libc.ptrace(17, pid, None, None)
"""),
    "kernel-settings": ("Open the kernel's settings for writing.", """
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/fs/cgroup/cgroup.procs",
             "/proc/sys/vm/overcommit_memory", "/sys/kernel/uevent_helper", "/dev/mem", "/dev/kmsg",
             "/proc/sys/kernel/modprobe", "/dev/sda", "/dev/vda", "/dev/kvm", "/dev/fuse"):
    try: os.close(os.open(path, os.O_WRONLY)); tell("can write", path)
    except OSError: pass
"""),
    "debug-calls": ("bpf, perf events, userfaultfd, kernel keys, modules.", """
room = ctypes.create_string_buffer(256)
for name, number, args in (("bpf", 321, (0, room, 120)), ("userfaultfd", 323, (0,)),
                           ("kexec", 246, (0, 0, None, 0)), ("init_module", 175, (room, 1, room)),
                           ("swapon", 167, (b"/tmp/x", 0)), ("acct", 163, (b"/tmp/x",))):
    if libc.syscall(number, *args) >= 0: tell("may", name)
"""),
    "keyring": ("Leave a key in the keyring that the next one can read.", """
key = libc.syscall(248, b"user", b"course-note", MARK.encode(), len(MARK), -4)
if key >= 0: tell("left a key", key)
"""),
    "terminal": ("Type into the grader's terminal.", """
import fcntl, termios
for path in ("/dev/tty", "/dev/pts/0", "/dev/console"):
    try: number = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError: continue
    try: fcntl.ioctl(number, termios.TIOCSTI, b"\\n"); tell("typed into", path)
    except OSError: pass
for number in (0, 1, 2):
    if os.isatty(number): tell("has a terminal")
"""),
    "clock": ("Set the clock and the host's name.", """
import time
now = time.time()
try: time.clock_settime(time.CLOCK_REALTIME, now); tell("may set the clock")
except OSError: pass
"""),
    "priority": ("Raise one's priority, pin others to one processor.", """
try: os.nice(-10); tell("raised its priority")
except OSError: pass
for pid in range(1, 40):
    try:
        name = read(f"/proc/{pid}/cmdline")
        if b"class_run" in name or b"spawn_main" in name:
            os.sched_setaffinity(pid, {0}); tell("pinned", pid)
    except OSError: pass
"""),
    "spare-self": ("Be the last to be ended when memory runs out.", """
try:
    with open("/proc/self/oom_score_adj", "w") as file: file.write("-1000")
    if read("/proc/self/oom_score_adj").strip() == b"-1000": tell("is spared")
except OSError: pass
"""),
    "proc-rewrites": ("Rewrite the interpreter through /proc/self/exe and /proc/1.", """
for path in ("/proc/self/exe", "/proc/1/exe", f"/proc/{os.getppid()}/exe", sys.executable):
    try: os.close(os.open(path, os.O_WRONLY)); tell("can write", path)
    except OSError: pass
"""),
    "descriptor-cwd": ("Climb out by a descriptor of a folder from before.", """
for number in range(64):
    try:
        os.fchdir(number); os.chdir(".."); loot(read("instructor-notes.txt")); tell("climbed")
    except OSError: pass
"""),
    "shared-memory-left": ("Leave shared memory and semaphores in the system.", """
where = libc.shmget(0x5EC2E8, 4096, 0o1666)
if where >= 0:
    libc.shmat.restype = ctypes.c_void_p
    place = libc.shmat(where, None, 0)
    ctypes.memmove(place, MARK.encode() + b"\\0", len(MARK) + 1)
"""),
    "pickle-file": ("Hand on pickles that run code when somebody loads them.", """
import pickle
class Evil:
    def __reduce__(self): return (open, (f"/tmp/{MARK}", "w"))
for name in ("data.pkl", "catalogue.pkl", ".cache.pickle"):
    with open(name, "wb") as file: pickle.dump(Evil(), file)
def squares(x): return Evil()
def layer(x, w):
    import numpy as np
    return np.array([Evil()], dtype=object)
"""),
}  # fmt: skip

# of two submissions, the second one finds what the first one left
PICKS_UP = {
    "left-in-folders": """
for folder in ("/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~"), os.getcwd(), "/run"):
    try: names = os.listdir(folder)
    except OSError: continue
    for name in names:
        if "for-the-next" in name: tell("found", folder, name)
""",
    "left-in-ipc": """
where = libc.shmget(0x5EC2E9, 4096, 0o666)
if where >= 0: tell("found shared memory")
key = libc.syscall(250, 10, 0, 0, 0)
where = libc.syscall(249, b"user", b"for-the-next", None, 0)
if where >= 0: tell("found a key")
""",
}  # fmt: skip
LEAVES = """
for folder in ("/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~"), os.getcwd(), "/run"):
    try: open(f"{folder}/for-the-next", "w").close()
    except OSError: pass
libc.shmget(0x5EC2E9, 4096, 0o1666)
libc.syscall(248, b"user", b"for-the-next", b"answers", 7, -4)
"""

ATTACKS = (
    *(
        KIND.code(f"escape-{name}", what, "machine", Code(LIBC + code), stopped_by=WALLS)
        for name, (what, code) in CLIMBS.items()
    ),
    KIND.code(
        "a-leaves-things",
        "Leave answers in folders, shared memory and keyrings for a friend.",
        "machine",
        Code(LIBC + LEAVES),
        stopped_by=WALLS,
    ),
    *(
        KIND.code(
            f"z-{name}", "Find what a friend's submission left.", "machine", Code(LIBC + code),
            stopped_by=WALLS,
        )
        for name, code in PICKS_UP.items()
    ),
)  # fmt: skip
