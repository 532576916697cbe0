"""Gunicorn's threaded worker, with a drain that talks to the service. Named in `server.py`.

A connection gets a thread when the head of its request is there, and not before: gunicorn gives one to each
connection, so a few dozen that say nothing more would stop the whole service.
"""

import importlib
import re
import threading
import time
from functools import partial
from selectors import EVENT_READ
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from service.runtime import Runtime

#: Seconds for the whole head of a request, however it trickles in; then its connection is closed.
HEAD_SECONDS = 15.0
#: Bytes that a head may have.
MOST_HEAD = 65536
#: Bytes read at once.
_PIECE = 8192
#: What ends a head: an empty line, or a line end that gunicorn refuses at once.
_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """On SIGTERM: tell the service to take no new work, and go on accepting connections while requests run,
    so that newcomers are answered (503) instead of left hanging in the listen queue."""

    def enqueue_req(self, conn: Any) -> None:
        """Gunicorn's: called for each connection from which a request may come, a new one or a kept one, with
        what was read of it already. `pending_conns` are closed when their time is over."""
        conn.head = bytearray(conn.parser.unreader.take_buffered() if conn.parser else b"")
        conn.timeout = time.monotonic() + HEAD_SECONDS
        conn.sock.setblocking(False)
        if _ended(conn.head, 0):
            super().enqueue_req(conn)
            return
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Gunicorn's: more of a head is there."""
        before = len(conn.head)
        try:
            piece = client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        conn.head += piece
        ended = _ended(conn.head, before)
        if piece and not ended and len(conn.head) <= MOST_HEAD:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if ended:
            super().enqueue_req(conn)
        else:
            self._hang_up(conn, told=bool(piece))

    def _hang_up(self, conn: Any, told: bool) -> None:
        """Close a connection from which no request comes, because it closed or its head is too large."""
        self.nr_conns -= 1
        try:
            if told:
                conn.sock.send(_TOO_LARGE)
        except OSError:
            pass
        conn.close()

    def handle(self, conn: Any) -> Any:
        """Gunicorn's, in a thread: the head is read from what is here."""
        conn.init()
        conn.parser.unreader.unread(bytes(conn.head))
        conn.head = bytearray()
        return super().handle(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Gunicorn's, at the end: half a head keeps nobody waiting either."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        runtime = self._runtime()
        if runtime is not None:
            runtime.drain()
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool) -> None:
        if enabled or self.alive:
            super().set_accept_enabled(enabled)

    def run(self) -> None:
        # The first summary wants it, and being ready needn't wait for it.
        threading.Thread(
            target=importlib.import_module, args=("numpy",), name="mujaz-warm", daemon=True
        ).start()
        try:
            super().run()
        finally:
            runtime = self._runtime()
            if runtime is not None:
                runtime.close()

    def _runtime(self) -> "Runtime | None":
        # `wsgi` is set once the application is loaded.
        app = getattr(self, "wsgi", None)
        if app is None:
            return None
        from service.context import runtime_of  # not at the top: the watching process imports this module

        return runtime_of(app)


def _ended(head: bytearray, before: int) -> bool:
    """Whether a head is complete, of which `before` bytes were looked at already. One empty line may stand
    before it (RFC 9112, section 2.2)."""
    return _END.search(head, max(2 if head.startswith(b"\r\n") else 0, before - 3)) is not None
