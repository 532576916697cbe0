"""Who is asking, and whether they may: before each request a key is looked for, then held against the scope
of the route.

A key is sent as `Authorization: Bearer mjz_…`, `DeepL-Auth-Key mjz_…`, or as the password of HTTP Basic,
which is how a browser asks for it. Where no keys are needed a request without one is `LOCAL`; one that
carries a key of ours is still that key's, so wrong keys are noticed before keys become needed. Credentials
that don't look like ours are left alone there: they belong to the proxy in front.

Finding the key and refusing the request are two steps with the rate limit between them, so that guesses are
limited as well.
"""

from collections.abc import Mapping

from flask import Flask, g, request

from service import limits, logs
from service.api.routes import Asks, FindsKey, Route
from service.config import Config
from service.context import current, services
from service.errors import Problem
from service.keyring import PREFIX
from service.principal import LOCAL, Principal, Scope

#: Endpoints that aren't routes of the API but are for everyone: what they show is the same for all.
OPEN_ENDPOINTS = frozenset(
    {"docs.description", "docs.page", "docs.start", "docs.asset", "problems.problems", "ui.static"}
)
#: Everything else that isn't a route of the API.
PAGES: Scope = "translate"


class MissingKeys(Exception):
    """Keys are needed and there is none: nobody could use the service."""


def principal_of_secret(secret: str) -> Principal | None:
    """Whose key this is, in the service of the current request; None for one that is wrong or revoked."""
    return services().keyring.find(secret)


def check_start(config: Config, *, any_active: bool) -> None:
    """Raises `MissingKeys` with the remedy when keys are needed and none works."""
    if config.needs_keys and not any_active:
        asked = config.auth.mode == "keys"  # whatever server.allow_public says
        why = "auth.mode is keys" if asked else f"{config.server.host} is public"
        remedy = "Make one: `mujaz keys create NAME`."
        if not asked:
            remedy += " Or set server.allow_public to true if a proxy in front controls access."
        raise MissingKeys(f"Callers need a key here ({why}), and there is none yet. {remedy}")


def init_app(
    app: Flask, config: Config, routes: tuple[Route, ...], others: Mapping[str | None, Asks] | None = None
) -> None:
    """Check every request of `app`; count it against the rate limit of its key or address. `others`: what
    endpoints of further APIs ask."""
    asks: dict[str | None, Asks] = {route.handler.__name__: route.scope for route in routes}
    asks |= others or {}
    asks |= dict.fromkeys(OPEN_ENDPOINTS)
    asks[None] = None  # no such path: the answer is 404 for everyone

    def scope_asked() -> Asks:
        return None if request.method == "OPTIONS" else asks.get(request.endpoint, PAGES)

    def find() -> None:
        g.scope = scope_asked()
        if g.scope is not None:
            _identify(_found(g.scope) if callable(g.scope) else _sent_secret())

    def refuse() -> None:
        asked: Asks = g.scope
        if asked is not None and not callable(asked):
            require(asked)

    app.before_request(find)
    limits.init_app(app, config.limits)
    app.before_request(refuse)


def _found(finds_key: FindsKey) -> str | None:
    """The key of a request that may carry it elsewhere than in `Authorization`. One that can't be read has
    none, and counts against its address; the handler meets the same problem and tells it."""
    try:
        secret = finds_key()
    except Problem:
        secret = None
    return secret if secret is not None else _sent_secret()


def _identify(secret: str | None) -> None:
    """Set `g.principal`, or leave it unset and say in `g.wrong_key` whether a wrong key is the reason."""
    g.wrong_key = False
    needed = current().config.needs_keys
    if secret is None or not (needed or secret.startswith(PREFIX)):
        if not needed:
            g.principal = LOCAL
        return
    found = principal_of_secret(secret)
    if found is None:
        g.wrong_key = True
        return
    g.principal = found
    logs.caller.set((found.key_id, found.owner))


def require(scope: Scope) -> Principal:
    """Hold the key that was found against `scope`; for routes whose handler asks, too. Raises `Problem`."""
    found: Principal | None = g.get("principal")
    if found is None:
        detail = "The key is wrong or was revoked."
        if not g.wrong_key:
            detail = f"A key is needed; how to send it: {request.script_root}/docs/problems#unauthorized"
        raise Problem("unauthorized", detail, headers={"WWW-Authenticate": _challenge(g.wrong_key)})
    if scope not in found.scopes:
        raise Problem(
            "forbidden",
            f"This needs a key with the scope {scope}.",
            headers={
                "WWW-Authenticate": f'Bearer realm="Mujaz", error="insufficient_scope", scope="{scope}"'
            },
        )
    return found


def _challenge(wrong: bool) -> str:
    """Basic for pages, so that a browser asks for the key; Bearer (RFC 6750) for programs."""
    if request.blueprint == "ui":
        return 'Basic realm="Mujaz: any name, and a key as the password", charset="UTF-8"'
    return 'Bearer realm="Mujaz", error="invalid_token"' if wrong else 'Bearer realm="Mujaz"'


def _sent_secret() -> str | None:
    """What the `Authorization` header carries, if it is there."""
    sent = request.authorization
    if sent is None:
        # A scheme without anything behind it, or one that can't be read, is a wrong key, not a missing one.
        return "" if request.headers.get("Authorization") else None
    return sent.password if sent.type == "basic" else (sent.token or "")
