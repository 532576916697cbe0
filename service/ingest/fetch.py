"""The guarded HTTP client: everything that Mujaz fetches or sends at someone's wish goes through it.

A URL from outside may name a machine that only we can reach (server-side request forgery). So each URL, and
each one that it redirects to, is parsed strictly (`urls.py`), resolved once, refused unless every address is
public (`addresses.py`), and connected to at exactly these addresses (`transport.py`), with the host's name in
SNI, certificate check and Host header. Bytes, time and redirects are bounded (`content.py`). No cookies, no
environment. docs/fetching.md says it for users.
"""

import logging
import ssl
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import certifi
import httpcore
from werkzeug.datastructures import Headers

from service.ingest import addresses, content, urls
from service.ingest.addresses import Resolver, system_resolve
from service.ingest.fetch_errors import (
    FetchError,
    FetchFailed,
    FetchRefused,
    FetchTimeout,
    FetchTooLarge,
    FetchUnsupported,
)
from service.ingest.transport import (
    Connector,
    Deadline,
    PinnedBackend,
    Proxy,
    Route,
    connect_tcp,
    resolve_within,
)
from service.ingest.urls import Target
from service.version import VERSION

__all__ = [
    "FetchError", "FetchFailed", "FetchOptions", "FetchRefused", "FetchTimeout", "FetchTooLarge",
    "FetchUnsupported", "Fetched", "Fetcher", "Redirect",
]  # fmt: skip

log = logging.getLogger(__name__)

PORTS = (80, 443)
_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_TO_OTHERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "te"})


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """`allow`: exact `host:port` entries that may have any address and port. `proxy`: http://host:port.
    `timeout_seconds` is for a fetch as a whole, redirects included; `max_bytes` for a body as it came and
    for what it decompresses to."""

    allow: tuple[str, ...] = ()
    proxy: str | None = None
    timeout_seconds: float = 20
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5
    user_agent: str = f"Mujaz/{VERSION}"


@dataclass(frozen=True, slots=True)
class Redirect:
    """One redirect that was followed: from `url`, with `status`."""

    url: str
    status: int

    @property
    def permanent(self) -> bool:
        return self.status in (301, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, of whatever status. `url` is where it came from in the end, `content` is decompressed.
    `headers` is case-insensitive and may hold a name several times (`getlist`)."""

    url: str
    status: int
    headers: Headers
    content: bytes
    redirects: tuple[Redirect, ...] = ()

    @property
    def moved_to(self) -> str | None:
        """Where the URL has moved for good: as far as the redirects from the start are permanent."""
        places = [*(redirect.url for redirect in self.redirects), self.url][1:]
        moved = None
        for redirect, place in zip(self.redirects, places, strict=True):
            if not redirect.permanent:
                break
            moved = place
        return moved


class Fetcher:
    """Thread-safe; one pool of connections. `tls` replaces the certificate authorities, `connect` what opens
    sockets. Raises ValueError for a bad `allow` or `proxy`."""

    def __init__(
        self,
        options: FetchOptions,
        resolve: Resolver = system_resolve,
        *,
        connect: Connector = connect_tcp,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._options = options
        self._resolve = resolve
        self._allow = frozenset(urls.parse_netloc(entry) for entry in options.allow)
        proxy = Proxy.parse(options.proxy) if options.proxy else None
        self._backend = PinnedBackend(connect, proxy)
        self._tls = tls
        self._opening = threading.Lock()
        self._pool: httpcore.ConnectionPool | None = None

    def _connections(self) -> httpcore.ConnectionPool:
        """The pool, made for the first fetch: reading the authorities takes 50 ms, which a start spares."""
        with self._opening:
            if self._pool is None:
                self._pool = httpcore.ConnectionPool(
                    ssl_context=_authorities() if self._tls is None else self._tls,
                    max_connections=100,
                    max_keepalive_connections=20,
                    keepalive_expiry=15,
                    network_backend=self._backend,
                )
            return self._pool

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._opening:
            if self._pool is not None:
                self._pool.close()

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        follow: bool = True,
        max_bytes: int | None = None,
    ) -> Fetched:
        """What the server answers; errors by status are the caller's to judge. Redirects are followed for GET
        and HEAD, never from https to http. Raises `FetchError`."""
        deadline = Deadline(self._options.timeout_seconds)
        cap = self._options.max_bytes if max_bytes is None else max_bytes
        target = urls.parse(url)
        sent = {name: value for name, value in (headers or {}).items() if name.lower() not in _OURS}
        follow = follow and method in ("GET", "HEAD")
        redirects: list[Redirect] = []
        while True:
            status, answered, body = self._exchange(target, method, sent, content, cap, deadline)
            location = answered.get("Location") if follow and status in _REDIRECTS else None
            if location is None:
                return Fetched(target.url, status, answered, body, tuple(redirects))
            redirects.append(Redirect(target.url, status))
            if len(redirects) > self._options.max_redirects:
                raise FetchRefused(
                    "redirects", f"The page redirects more than {self._options.max_redirects} times."
                )
            target, sent = _next(target, location, sent)

    def check(self, url: str, seconds: float) -> None:
        """Judge a URL before anything is sent there; a host that isn't found within `seconds` is left to be
        judged when it is fetched. Raises `FetchRefused`."""
        target = urls.parse(url)
        with suppress(FetchFailed, FetchTimeout):
            self._route(target, Deadline(seconds))

    def check_written(self, url: str) -> None:
        """Judge a URL by what is written in it, without asking for its host's address. Raises
        `FetchRefused`."""
        target = urls.parse(url)
        self._check_port(target)
        if target.address is not None:
            self._check_ranges(target, [target.address])

    def _exchange(
        self,
        target: Target,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        cap: int,
        deadline: Deadline,
    ) -> tuple[int, Headers, bytes]:
        """One request and its answer."""
        route = self._route(target, deadline)
        while True:
            try:
                return self._ask(route, self._request(target, method, headers, body, deadline), cap)
            except FetchFailed as error:
                # A server may close a connection that was kept just as we use it again. Each such failure
                # takes one kept connection away, so this ends with a new one.
                if error.reason not in ("connection", "protocol") or method not in ("GET", "HEAD"):
                    raise
                if self._backend.opened:
                    raise

    def _request(
        self, target: Target, method: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> httpcore.Request:
        return httpcore.Request(
            method=method,
            url=httpcore.URL(
                scheme=target.scheme.encode(),
                host=target.host.encode(),
                port=target.port,
                target=target.path.encode(),
            ),
            headers=self._head(target, headers, body),
            content=body,
            extensions={"timeout": {"pool": deadline.remaining()}},
        )

    def _ask(self, route: Route, request: httpcore.Request, cap: int) -> tuple[int, Headers, bytes]:
        with self._backend.routed(route):
            try:
                return _answer(self._connections(), request, cap)
            except httpcore.TimeoutException:
                raise route.deadline.over() from None
            except (httpcore.RemoteProtocolError, httpcore.LocalProtocolError):
                raise FetchFailed("The server's answer is not valid HTTP.", reason="protocol") from None
            except httpcore.NetworkError:
                raise FetchFailed("The connection to the server failed.", reason="connection") from None

    def _head(self, target: Target, headers: Mapping[str, str], body: bytes | None) -> list[tuple[str, str]]:
        ours = [
            ("Host", target.netloc),
            ("User-Agent", self._options.user_agent),
            ("Accept-Encoding", content.ACCEPTED),
        ]
        if body is not None:
            ours.append(("Content-Length", str(len(body))))
        given = {name.lower() for name in headers}
        return [pair for pair in ours if pair[0].lower() not in given] + list(headers.items())

    def _route(self, target: Target, deadline: Deadline) -> Route:
        """The checked addresses of the target. Raises `FetchRefused`, `FetchFailed`, `FetchTimeout`."""
        self._check_port(target)
        found = self._addresses(target, deadline)
        private = self._check_ranges(target, found)
        if self._allowed(target):
            log.info("fetch.allow lets %s be fetched", target.netloc)
        return Route(target.host, target.port, tuple(found), private, deadline)

    def _allowed(self, target: Target) -> bool:
        return (target.host, target.port) in self._allow

    def _check_port(self, target: Target) -> None:
        if target.port not in PORTS and not self._allowed(target):
            raise FetchRefused("port", "Only ports 80 and 443 are fetched from.")

    def _check_ranges(self, target: Target, found: Sequence[addresses.Address]) -> bool:
        """Whether any of the addresses is in a range that isn't public, as `fetch.allow` permits. Raises
        `FetchRefused`."""
        ranges = [name for name in map(addresses.refusal, found) if name is not None]
        if ranges and not self._allowed(target):
            raise FetchRefused("address", f"The host's address is not public ({ranges[0]}).")
        return bool(ranges)

    def _addresses(self, target: Target, deadline: Deadline) -> list[addresses.Address]:
        if target.address is not None:
            return [target.address]
        try:
            answer = resolve_within(lambda: self._resolve(target.host, target.port), deadline)
            found = [addresses.parse(text) for text in answer]
        except (OSError, UnicodeError, ValueError):
            found = []
        if not found:
            raise FetchFailed("The host's name has no address.", reason="unknown_host")
        return found


def _answer(pool: httpcore.ConnectionPool, request: httpcore.Request, cap: int) -> tuple[int, Headers, bytes]:
    response = pool.handle_request(request)
    try:
        status = response.status
        headers = Headers([(_text(name), _text(value)) for name, value in response.headers])
        if status < 200:
            raise FetchFailed("The server's answer is not valid HTTP.", reason="protocol")
        if request.method == b"HEAD" or status in _REDIRECTS:  # nobody reads a redirect's page
            return status, headers, b""
        length = headers.get("Content-Length", "")
        if length.isdigit() and int(length) > cap:
            raise content.too_large(cap, status)
        coding = ", ".join(headers.getlist("Content-Encoding"))
        return status, headers, content.read(_pieces(response), coding, cap, status)
    finally:
        response.close()


def _pieces(response: httpcore.Response) -> Iterable[bytes]:
    stream = response.stream
    assert isinstance(stream, Iterable)
    return stream


def _next(target: Target, location: str, headers: Mapping[str, str]) -> tuple[Target, dict[str, str]]:
    """Where a redirect leads and what is sent there: secrets go to the origin they were meant for only."""
    to = urls.join(target, location)
    if target.scheme == "https" and to.scheme == "http":
        raise FetchRefused("downgrade", "The page redirects from https to http.")
    same = to.origin == target.origin
    return to, {name: value for name, value in headers.items() if same or name.lower() not in _NOT_TO_OTHERS}


def _text(raw: bytes) -> str:
    """Header bytes as text; sites put raw UTF-8 into Location and file names."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _authorities() -> ssl.SSLContext:
    """The system's certificate authorities, and Mozilla's for systems that have none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
