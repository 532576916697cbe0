"""From where a request may come: Host and Origin checks.

Against DNS rebinding, where a page's own name is made to point at 127.0.0.1, a request must name us by a
loopback name or one from `server.allowed_hosts`. Where keys are needed this isn't asked: such a page has no
key, and a browser gives a password that it knows for one name to no other.

Against pages of other sites that send requests blindly, an `Origin` must be ours or one from
`server.allowed_origins`. That holds with keys too: a browser that knows the key of our pages sends it with a
form of any site.
"""

import ipaddress
import re

from flask import Flask, Request, Response, request

from service.config import Config, ServerConfig
from service.errors import Problem

#: Probes name the pod's or container's address; these answers reveal nothing.
OPEN_PATHS = frozenset({"/healthz", "/readyz"})
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(:(?P<port>\d{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Headers that pages of allowed origins may read, and those that they may send.
EXPOSED = (
    "X-Request-ID, Retry-After, Location, Preference-Applied, Idempotent-Replayed, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
)
ACCEPTED = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, X-Request-ID"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def split_host(host: str) -> tuple[str, int | None] | None:
    """Name (lower case, without a final dot) and port of a Host header; None when it isn't one."""
    match = _HOST.fullmatch(host)
    if match is None:
        return None
    port = match["port"]
    return match["name"].lower().removesuffix("."), int(port) if port else None


def is_loopback_name(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def host_allowed(host: str, server: ServerConfig) -> bool:
    """Whether requests may name us so. An allowed host without a port stands for every port."""
    found = split_host(host)
    if found is None:
        return False
    if is_loopback_name(found[0]):
        return True
    allowed = [split_host(known) for known in server.allowed_hosts]
    return any(
        known is not None and known[0] == found[0] and known[1] in (None, found[1]) for known in allowed
    )


def origin_allowed(origin: str, host: str, server: ServerConfig) -> bool:
    """Whether a page of `origin` may call us: it is our own page, or one that was allowed."""
    if origin in server.allowed_origins:
        return True
    scheme, _, place = origin.partition("://")
    default = _DEFAULT_PORTS.get(scheme)
    ours, theirs = split_host(host), split_host(place)
    if default is None or ours is None or theirs is None:
        return False  # "null", a file, an extension
    return (theirs[0], theirs[1] or default) == (ours[0], ours[1] or default)


def _check(request: Request, config: Config) -> None:
    server = config.server
    host = request.environ.get("HTTP_HOST", "")
    if not (config.needs_keys or request.path in OPEN_PATHS or host_allowed(host, server)):
        raise Problem(
            "host_not_allowed", "The Host header must name localhost or one of server.allowed_hosts."
        )
    origin = request.headers.get("Origin")
    if origin is not None:
        allowed = origin_allowed(origin, host, server)
    else:
        # Browsers that leave the Origin out of a form's POST still say where it comes from.
        allowed = request.method in _SAFE_METHODS or request.headers.get("Sec-Fetch-Site", "none") in (
            "none", "same-origin",
        )  # fmt: skip
    if not allowed:
        raise Problem("origin_not_allowed", "Pages of other sites need a place in server.allowed_origins.")


def _allow_reading(response: Response, server: ServerConfig) -> Response:
    """CORS: let the pages of allowed origins, and only those, read the answer."""
    origin = request.headers.get("Origin")
    if server.allowed_origins:
        response.vary.add("Origin")
    if origin is not None and origin in server.allowed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
            response.headers["Access-Control-Allow-Headers"] = ACCEPTED
            response.headers["Access-Control-Max-Age"] = "600"
    return response


def init_app(app: Flask, config: Config) -> None:
    """Check every request of `app`."""
    app.before_request(lambda: _check(request, config))
    app.after_request(lambda response: _allow_reading(response, config.server))
