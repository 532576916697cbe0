"""How often a key, or an address without one, may ask in a minute. Flask-Limiter counts, in memory or Redis.

The minute moves along (no burst of twice the limit at its edge). Refusals are 429 `too_many_requests` with
`Retry-After`; every answer says what is left in `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds).
When Redis can't be reached each process counts for itself until it can.
"""

import time
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from service.config import LimitsConfig
from service.context import services
from service.principal import LOCAL, Principal

#: Seconds that Redis has to answer.
REDIS_SECONDS = 2.0

if TYPE_CHECKING:
    from flask_limiter import RequestLimit


def init_app(app: Flask, limits: LimitsConfig) -> None:
    """Limit the requests of `app`; does nothing without `limits.requests_per_minute`."""
    if limits.requests_per_minute == 0:
        return
    from flask_limiter import Limiter  # 0.1 s, for those who have limits

    redis = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}

    def note(breached: "RequestLimit") -> None:
        services().metrics.refused("rate")
        g.retry_after = _reset(breached)

    limiter = Limiter(
        _whose,
        on_breach=note,
        application_limits=[f"{limits.requests_per_minute} per minute"],
        application_limits_exempt_when=lambda: g.get("scope") is None,  # health, documentation, static files
        storage_uri=limits.counters or "memory://",
        storage_options=redis if limits.counters else {},  # type: ignore[arg-type]
        strategy="moving-window",
        in_memory_fallback_enabled=limits.counters is not None,
        key_prefix="mujaz",
    )
    limiter.init_app(app)

    @app.after_request
    def tell(response: Response) -> Response:
        if (found := limiter.current_limit) is not None:
            response.headers["RateLimit-Limit"] = str(found.limit.amount)
            response.headers["RateLimit-Remaining"] = str(found.remaining)
            response.headers["RateLimit-Reset"] = str(round(_reset(found)))
        return response


def _whose() -> str:
    """The key, or the address of whoever has none. Behind proxies `server.trusted_proxies` makes it the
    client's and not the proxy's."""
    principal: Principal | None = g.get("principal")
    if principal is None or principal is LOCAL:
        return f"address:{request.remote_addr}"
    return f"key:{principal.key_id}"


def _reset(limit: "RequestLimit") -> float:
    """Seconds until there is room for one more."""
    return max(0.0, limit.window.reset_time - time.time())
