"""Listens wherever an attack may try to call home, and keeps what it hears in a file."""

import socket
import threading
from pathlib import Path

from tests.attacks.lab import Target


class Listener:
    """TCP and UDP on one loopback port, an abstract and a named Unix socket."""

    def __init__(self, folder: Path, heard: Path) -> None:
        self._heard = heard
        heard.touch()
        self._tcp = socket.socket()
        self._tcp.bind(("127.0.0.1", 0))
        self.port: int = self._tcp.getsockname()[1]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", self.port))
        self.path = folder / "listener.sock"
        named, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        named.bind(str(self.path))
        self.path.chmod(0o777)
        self.abstract = f"course-attacks-{self.port}"
        abstract.bind("\0" + self.abstract)
        for stream in (self._tcp, named, abstract):
            stream.listen(50)
            threading.Thread(target=self._accept, args=(stream,), daemon=True).start()
        threading.Thread(target=self._datagrams, args=(udp,), daemon=True).start()

    def target(self, course: Path, home: Path) -> Target:
        """Say what an attacker may know."""
        return Target(course, home, self.port, self.abstract, self.path)

    def _accept(self, stream: socket.socket) -> None:
        while True:
            peer, _ = stream.accept()
            peer.settimeout(2)
            try:
                self._keep(peer.recv(1000))
            except OSError:
                self._keep(b"a connection without words")
            peer.close()

    def _datagrams(self, udp: socket.socket) -> None:
        while True:
            self._keep(udp.recv(1000))

    def _keep(self, data: bytes) -> None:
        with self._heard.open("ab") as file:
            file.write(data + b"\n")
