"""A receiver of webhooks on loopback that answers what a test wants."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Came:
    """A message that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["Mujaz-Delivery"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_signed(self, secret: str) -> bool:
        """Written from the documentation, with nothing of ours."""
        parts = dict(part.split("=", 1) for part in self.headers["Mujaz-Signature"].split(","))
        wanted = hmac.new(secret.encode(), parts["t"].encode() + b"." + self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300


@dataclass
class Receiver:
    """`answer` gets the message and how many came before it; it answers a status, and headers."""

    answer: Callable[[Came, int], tuple[int, dict[str, str]]] = lambda came, number: (200, {})
    port: int = 0
    came: list[Came] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}/hook"

    def wait(self, number: int, seconds: float = 20) -> list[Came]:
        """The first messages, once so many have come."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.came) >= number, seconds), len(self.came)
            return self.came[:]


@contextmanager
def receiving(
    answer: Callable[[Came, int], tuple[int, dict[str, str]]] | None = None, port: int = 0
) -> Iterator[Receiver]:
    receiver = Receiver() if answer is None else Receiver(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender died over it: no message
                self.close_connection = True
                return
            came = Came(self.path, dict(self.headers), body)
            with receiver.changed:
                number = len(receiver.came)
                receiver.came.append(came)
                receiver.changed.notify_all()
            status, headers = receiver.answer(came, number)
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # the sender has given up

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    class Quiet(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True
        block_on_close = False

    with Quiet(("127.0.0.1", port), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
