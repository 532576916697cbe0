"""Servers on loopback for the guarded client: HTTP that says what a test wants, TLS, and a CONNECT proxy."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Server:
    """`heads` are the request heads that came, `bodies` what followed them, `names` the SNI of each connection,
    `accepted` counts connections."""

    port: int = 0
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    accepted: int = 0

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"


def answer(
    body: bytes = b"", status: str = "200 OK", headers: dict[str, str] | None = None, *, length: bool = True
) -> bytes:
    lines = [f"HTTP/1.1 {status}"]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"moved", status, {"Location": location})


@contextmanager
def serve(
    pages: dict[str, bytes] | Callable[[socket.socket, str], None], tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that answers each path with the bytes of `pages`, or leaves the connection to a function. It
    stops with the block; what is still being sent then is cut off."""
    server = Server()
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    open_sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: server.names.append(name)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.accepted += 1
            threads.append(threading.Thread(target=_converse, args=(connection,)))
            threads[-1].start()

    def _converse(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(20)
            open_sockets.append(connection)
            if tls is None:
                _answer_all(connection, server, pages)
                return
            with tls.wrap_socket(connection, server_side=True) as wrapped:
                open_sockets.append(wrapped)
                _answer_all(wrapped, server, pages)

    threads.append(threading.Thread(target=accept))
    threads[-1].start()
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)


def _answer_all(
    connection: socket.socket,
    server: Server,
    pages: dict[str, bytes] | Callable[[socket.socket, str], None],
) -> None:
    while head := _head(connection):
        server.heads.append(head)
        server.bodies.append(_body(connection, head))
        path = head.split(" ", 2)[1]
        if not isinstance(pages, dict):
            pages(connection, path)
            return
        connection.sendall(pages.get(path, answer(b"", "404 Not Found")))


def _head(connection: socket.socket) -> str:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return ""
        data += byte
    return data.decode("latin-1")


def _body(connection: socket.socket, head: str) -> bytes:
    length = next(
        (int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
    )
    data = b""
    while len(data) < length:
        data += connection.recv(length - len(data))
    return data


@contextmanager
def proxy(places: dict[str, int], *, refuse: str = "") -> Iterator[Server]:
    """An HTTP proxy that connects `host:port` to a port on loopback; others get 403, all get `refuse` if set."""

    def tunnel(connection: socket.socket, place: str) -> None:
        if refuse or place not in places:
            connection.sendall(answer(b"", refuse or "403 Forbidden"))
            return
        with socket.create_connection(("127.0.0.1", places[place])) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(onward, connection))
            back.start()
            _copy(connection, onward)
            back.join(10)

    with serve(tunnel) as server:
        yield server


def _copy(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_WR)
