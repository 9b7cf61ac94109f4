"""A mirror on loopback that behaves as well or as badly as a test wants."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Mirror:
    """What the mirror holds, how it behaves, and what it was asked."""

    files: Mapping[str, bytes]
    knows_ranges: bool = True
    cut_after: int | None = None  # bytes of an answer, after which the connection is cut
    cut_times: int = 10**9  # answers that are cut
    says_length: bool = True
    shifts_range: int = 0  # answers with another range than was asked for
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(mirror: Mirror) -> Iterator[Mirror]:
    """Serve until the block ends."""
    handler = type("Handler", (_Handler,), {"mirror": mirror})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        mirror.url = f"http://127.0.0.1:{server.server_port}/mnist/"
        try:
            yield mirror
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    mirror: Mirror

    def do_GET(self) -> None:
        mirror, name = self.mirror, self.path.rpartition("/")[2]
        mirror.asked.append((name, self.headers["Range"]))
        if name not in mirror.files:
            self.send_error(404)
            return
        data = mirror.files[name]
        start = self._start(len(data))
        if start and start >= len(data):
            self.send_error(416)
            return
        body = data[start:]
        if mirror.says_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if mirror.cut_after is not None and mirror.cut_times > 0:
            mirror.cut_times -= 1
            body = body[: mirror.cut_after]
        self.wfile.write(body)

    def _start(self, size: int) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if not (asked and self.mirror.knows_ranges):
            self.send_response(200)
            return 0
        start = int(asked[1]) + self.mirror.shifts_range
        if start < size:
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        return start

    def log_message(self, *args: object) -> None:
        pass
