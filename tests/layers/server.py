"""A server on this machine that behaves as badly as servers do."""

from __future__ import annotations

import http.server
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ETAG = '"one"'


@dataclass
class Server:
    """What it serves, and what it was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    manners: dict[str, list[str]] = field(default_factory=dict)
    """Path to how each request in turn is answered; then well."""
    answers: dict[str, list[bytes]] = field(default_factory=dict)
    """Path to what requests in turn are answered, whatever they ask; then the file."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and range of each request."""

    def serve(self, path: str, data: bytes, *manners: str) -> str:
        self.files[path] = data
        self.manners[path] = list(manners)
        return self.url + path


class _Handler(http.server.BaseHTTPRequestHandler):
    server_state: Server

    def do_GET(self) -> None:
        state, path = self.server_state, self.path.partition("?")[0]
        asked = self.headers.get("Range", "")
        state.asked.append((path, asked))
        manner = state.manners.get(path, []).pop(0) if state.manners.get(path) else "well"
        if path not in state.files:
            self.send_error(404)
        elif manner.isdecimal():
            self.send_error(int(manner))
        elif manner.startswith("to "):
            self.send_response(302)
            self.send_header("Location", manner[3:])
            self.end_headers()
        else:
            turn = state.answers.get(path)
            self._send(turn.pop(0) if turn else state.files[path], asked, manner)

    def _send(self, data: bytes, asked: str, manner: str) -> None:
        begin = int(asked[6:-1]) if asked and self.headers.get("If-Range") == ETAG else 0
        if manner == "slow":
            time.sleep(1.0)
        self.send_response(206 if begin else 200)
        self.send_header("ETag", ETAG)
        if manner != "endless":
            self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        body = data[begin:]
        self.wfile.write(body[: len(body) // 2] if manner == "cut" else body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Server]:
    """Serve until the block ends."""
    state = Server()
    handler = type("Handler", (_Handler,), {"server_state": state})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        state.url = f"http://127.0.0.1:{httpd.server_port}"
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield state
        httpd.shutdown()
        thread.join()
