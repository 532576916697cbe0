"""/v1/keys: making, listing and revoking keys.

For keys with the scope admin, which see the keys of all teams: teams are a way to share work, not tenants
with administrators of their own.
"""

from flask import Response

from service.api.key_schemas import KeyJson, KeyList, KeyPath, KeyQuery, KeyRequest
from service.api.requests import answer, reads
from service.api.routes import Route
from service.context import services
from service.errors import Problem
from service.keyring import NewKey
from service.store.keys import Key


@reads()
def create_key(body: KeyRequest) -> Response:
    """Make a key.

    Its secret is in this answer and nowhere else: it can't be shown again.
    """
    wanted = NewKey(body.name, body.team, tuple(body.scopes), body.daily_characters)
    key, secret = services().keyring.create(wanted)
    response = answer(_json(key, secret))
    response.status_code = 201
    response.headers["Cache-Control"] = "no-store"
    return response


@reads()
def list_keys(query: KeyQuery) -> Response:
    """List the keys of all teams, newest first, revoked ones too."""
    found = services().keyring.page(query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(KeyList(items=[_json(key) for key in page], next=after))


@reads()
def revoke_key(path: KeyPath) -> Response:
    """Revoke a key.

    For good: it stops at once here, and within five seconds in other processes. What it made stays.
    """
    if not services().keyring.revoke(path.key_id):
        raise Problem("not_found", "There is no key with this id.")
    return Response(status=204)


def _json(key: Key, secret: str | None = None) -> KeyJson:
    fields = {
        "id": key.id,
        "name": key.name,
        "team": key.owner,
        "scopes": list(key.scopes),
        "daily_characters": key.daily_characters,
        "hint": key.hint,
        "created": key.created,
        "revoked": key.revoked,
    }
    return KeyJson.model_validate(fields if secret is None else fields | {"secret": secret})


ROUTES = (
    Route("POST", "/v1/keys", create_key, KeyJson, "keys", scope="admin", status=201),
    Route("GET", "/v1/keys", list_keys, KeyList, "keys", scope="admin"),
    Route("DELETE", "/v1/keys/<key_id>", revoke_key, None, "keys", scope="admin", status=204),
)
