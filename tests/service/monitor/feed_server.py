"""A server of feeds on many hosts of the loopback net, with the faults of real ones.

Every 127.x.y.z is this machine, so one listener serves as many hosts as a test names. Pages are told by
(host, path); those that have an ETag answer 304 to whoever knows it.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What a path answers. `etag`: known to the caller -> 304."""

    body: bytes = b""
    kind: str = "application/rss+xml"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    seconds: float = 0.0


@dataclass
class FeedServer:
    """`pages` may be changed while it runs. `asked` has (host, path, status) of every answer, `times` when each
    host was asked, `most` how many requests a host had at once."""

    port: int = 0
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    times: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    most: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, host: str, path: str, page: Page) -> str:
        self.pages[host, path] = page
        return self.url(host, path)

    def statuses(self, host: str, path: str) -> list[int]:
        with self.lock:
            return [status for h, p, status in self.asked if (h, p) == (host, path)]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def serve() -> Iterator[FeedServer]:
    """Runs while the block does."""
    server = FeedServer()
    at_work: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers["Host"].partition(":")[0]
            began = time.monotonic()
            with server.lock:
                at_work[host] += 1
                server.most[host] = max(server.most[host], at_work[host])
            try:
                status = self._answer(server.pages.get((host, self.path), Page(status=404)))
            finally:
                with server.lock:
                    at_work[host] -= 1
                    server.times.setdefault(host, []).append((began, time.monotonic()))
            with server.lock:
                server.asked.append((host, self.path, status))

        def _answer(self, page: Page) -> int:
            time.sleep(page.seconds)
            known = page.etag is not None and self.headers.get("If-None-Match") == page.etag
            status, body = (304, b"") if known else (page.status, page.body)
            self.send_response(status)
            headers = page.headers | ({"ETag": page.etag} if page.etag else {})
            if not known:
                headers = {"Content-Type": page.kind, "Content-Length": str(len(body))} | headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            return status

        def log_message(self, format: str, *args: object) -> None:
            pass

    listener = _Listener(("0.0.0.0", 0), Handler)
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def allowed(server: FeedServer, hosts: int = 0) -> tuple[str, ...]:
    """The `fetch.allow` for the server's hosts so far, and `hosts` more of `host_number`."""
    names = {host for host, _ in server.pages} | {host_number(n) for n in range(hosts)}
    return tuple(f"{name}:{server.port}" for name in sorted(names))


def host_number(n: int) -> str:
    return f"127.{10 + n // 250}.0.{1 + n % 250}"


def rss(*items: str, title: str = "أخبار", more: str = "") -> bytes:
    """An RSS 2.0 feed in UTF-8."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>http://127.0.0.1/</link>{more}{inner}</channel></rss>"
    ).encode()


def item(n: int | str, title: str, text: str = "", date: str = "", link: str = "") -> str:
    """An item of RSS."""
    parts = [f"<guid isPermaLink='false'>{n}</guid>", f"<title>{title}</title>"]
    parts += [f"<description>{text}</description>"] if text else []
    parts += [f"<pubDate>{date}</pubDate>"] if date else []
    parts += [f"<link>{link}</link>"] if link else []
    return "".join(parts)
