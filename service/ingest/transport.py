"""The connections under `fetch.py`: to addresses that were checked, within one time limit, perhaps through a
proxy.

`PinnedBackend` stands under httpcore's connection pool, where httpcore would look the host up by itself. The
pool still knows each connection by its host name, so that a TLS connection opened for one name is never used
for another one at the same address.
"""

import base64
import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore

from service.ingest.addresses import Address
from service.ingest.fetch_errors import FetchFailed, FetchTimeout

log = logging.getLogger(__name__)

#: address, port, seconds -> a connected socket. Raises OSError.
Connector = Callable[[str, int, float], socket.socket]
_MOST_PROXY_ANSWER = 16 * 1024
_MOST_ADDRESSES = 4


def connect_tcp(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address (or to the proxy's name)."""
    connected = socket.create_connection((address, port), seconds)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


class Deadline:
    """The moment at which a fetch has to be over, whatever it is doing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, more than 0. Raises `FetchTimeout`."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.over()
        return left

    def over(self) -> FetchTimeout:
        return FetchTimeout(f"The page did not arrive within {self._seconds:g} seconds.")


@dataclass(frozen=True, slots=True)
class Route:
    """Where the connections of one request go: `host` is only ever reached at `addresses`."""

    host: str
    port: int
    addresses: tuple[Address, ...]
    direct: bool
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked to CONNECT to checked addresses, for http:// pages too: in an ordinary
    proxy request the proxy would look the name up again, and could be told another address than we were."""

    host: str
    port: int
    authorization: str | None

    @classmethod
    def parse(cls, url: str) -> "Proxy":
        """Raises ValueError, without the password."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or 80
        except ValueError:
            host, port = None, 0
        if host is None or parts.scheme != "http" or parts.path not in ("", "/"):
            raise ValueError("fetch.proxy must be http://host:port or http://user:password@host:port")
        if parts.username is None:
            return cls(host, port, None)
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return cls(host, port, "Basic " + base64.b64encode(secret.encode()).decode("ascii"))


class PinnedBackend(httpcore.NetworkBackend):
    """Opens sockets for the request that its thread is at: see `routed`."""

    def __init__(self, connect: Connector, proxy: Proxy | None) -> None:
        self._connect = connect
        self._proxy = proxy
        self._current = threading.local()

    @contextmanager
    def routed(self, route: Route) -> Iterator[None]:
        """Within it, this thread's connections follow `route` and end with its deadline."""
        self._current.route = route
        self._current.opened = False
        try:
            yield
        finally:
            self._current.route = None

    def route(self) -> Route:
        route: Route | None = getattr(self._current, "route", None)
        if route is None:
            raise RuntimeError("a connection was used outside of a fetch")
        return route

    @property
    def opened(self) -> bool:
        """Whether this thread's last request needed a new connection."""
        return bool(self._current.opened)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        route = self.route()
        if (host, port) != (route.host, route.port):  # the pool may not open what was not checked
            raise RuntimeError("a connection was asked for that was not checked")
        self._current.opened = True
        proxy = None if route.direct else self._proxy
        addresses = route.addresses[:_MOST_ADDRESSES]
        for left in range(len(addresses), 0, -1):
            address = str(addresses[-left])
            try:
                if proxy is not None:
                    return self._tunnel(proxy, address, port)
                return Stream(self._connect(address, port, route.deadline.remaining() / left), self.route)
            except FetchFailed:  # by the proxy, which may have no IPv6
                if left == 1:
                    raise
            except OSError as error:
                log.debug("connecting failed: %s", type(error).__name__)
        route.deadline.remaining()
        raise FetchFailed("The server can't be reached.", reason="unreachable")

    def _tunnel(self, proxy: Proxy, address: str, port: int) -> "Stream":
        """A connection through the proxy (RFC 9110 section 9.3.6). Raises FetchError."""
        deadline = self.route().deadline
        try:
            stream = Stream(self._connect(proxy.host, proxy.port, deadline.remaining()), self.route)
        except OSError:
            deadline.remaining()
            raise FetchFailed("The outbound proxy can't be reached.", reason="proxy") from None
        try:
            stream.write(_connect_request(proxy, address, port))
            status = _connect_status(stream)
            if status != 200:
                raise FetchFailed(
                    f"The outbound proxy refused the connection to port {port} (status {status}).",
                    reason="proxy",
                    retryable=status >= 500,
                )
        except httpcore.NetworkError:
            stream.close()
            raise FetchFailed("The outbound proxy closed the connection.", reason="proxy") from None
        except BaseException:
            stream.close()
            raise
        return stream


class Stream(httpcore.NetworkStream):
    """A socket whose every operation ends at the deadline of the request that uses it. httpcore's own stream
    allows each read its full time, so a server that sends a byte now and then would never be cut off."""

    def __init__(self, connected: socket.socket, route: Callable[[], Route]) -> None:
        self._socket = connected
        self._route = route

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._within_time(httpcore.ReadError):
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        while rest:
            with self._within_time(httpcore.WriteError):
                rest = rest[self._socket.send(rest[: 64 * 1024]) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            with self._within_time(httpcore.ConnectError):
                return Stream(
                    ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._route
                )
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":  # of an idle connection: the server closed it or speaks out of turn
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            return bool(poll.poll(0))
        return None

    @contextmanager
    def _within_time(self, kind: type[httpcore.NetworkError]) -> Iterator[None]:
        deadline = self._route().deadline
        self._socket.settimeout(deadline.remaining())
        try:
            yield
        except TimeoutError:
            raise deadline.over() from None
        except ssl.SSLCertVerificationError:
            raise FetchFailed(
                "The server's certificate is not valid for its name.", reason="certificate", retryable=False
            ) from None
        except OSError as error:
            raise kind(type(error).__name__) from None


def _connect_request(proxy: Proxy, address: str, port: int) -> bytes:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _connect_status(stream: Stream) -> int:
    """The status of the proxy's answer; nothing behind its head is read."""
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        byte = stream.read(1)
        head += byte
        if not byte or len(head) > _MOST_PROXY_ANSWER:
            raise FetchFailed("The outbound proxy's answer is not HTTP.", reason="proxy")
    version, _, rest = bytes(head).partition(b" ")
    if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
        raise FetchFailed("The outbound proxy's answer is not HTTP.", reason="proxy")
    return int(rest[:3])


def resolve_within(resolve: Callable[[], Sequence[str]], deadline: Deadline) -> Sequence[str]:
    """What `resolve` answers. The system's look-up can't be interrupted, so it is left behind in a thread of
    its own when the time is over. Raises what `resolve` does, and `FetchTimeout`."""
    answer: list[Sequence[str]] = []
    failure: list[Exception] = []

    def ask() -> None:
        try:
            answer.append(resolve())
        except Exception as error:
            failure.append(error)

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    if failure:
        raise failure[0]
    if not answer:
        raise deadline.over()
    return answer[0]
