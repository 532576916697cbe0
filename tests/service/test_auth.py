"""Who is let in: every route, with and without keys, and every way to send one."""

import base64
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from service import auth, logs
from service.api import ROUTES
from service.api.routes import Route
from service.config import AuthConfig, Config, LogConfig, ServerConfig
from service.keyring import Keyring
from service.principal import SCOPES
from tests.service.keyed import Caller, Keyed

TEXT = "أعلنت وزارة الصحة اليوم."
#: Routes that ask nobody for a key, each for a reason.
OPEN_ROUTES = {
    ("GET", "/healthz"),  # process managers and load balancers have no keys
    ("GET", "/readyz"),
    # The address holds the secret: feed readers send no keys.
    ("GET", "/out/<secret>/rss.xml"),
    ("GET", "/out/<secret>/atom.xml"),
    ("GET", "/out/<secret>/feed.json"),
}
#: Paths besides the routes of the API that ask nobody for a key. How to call the service is no secret.
OPEN_PATHS = {
    "/openapi.json",
    "/docs",
    "/docs/start.js",
    "/docs/assets/css/swagger-ui.css",
    "/docs/problems",
    "/ui/mujaz.css",
}
#: What clients of LibreTranslate ask before they show a key; a translated file has an address nobody guesses.
LIBRETRANSLATE = {"/languages", "/frontend/settings", "/health", "/spec", "/download_file/<name>"}
OPEN_RULES = OPEN_PATHS | LIBRETRANSLATE | {"/docs/assets/<path:name>", "/ui/<path:filename>"}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def filled(route: Route) -> str:
    """A path of the route, with something in the place of every parameter."""
    return "/".join("x" if part.startswith("<") else part for part in route.path.split("/"))


GUARDED = [r for r in ROUTES if (r.method, r.path) not in OPEN_ROUTES]
SCOPED = [r for r in GUARDED if isinstance(r.scope, str)]


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    made = Keyed()
    yield made
    made.close()


@pytest.fixture(scope="module")
def callers(keyed: Keyed) -> dict[str, Caller]:
    """One caller for each scope, who has that scope alone."""
    return {scope: keyed.caller(scope, scopes=[scope]) for scope in SCOPES}


def code(response: Any) -> str:
    return str(response.get_json()["type"].partition("#")[2])


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_every_route_needs_a_key(keyed: Keyed, route: Route) -> None:
    response = keyed.client.open(filled(route), method=route.method)
    assert response.status_code in (401, 403)  # Google's way of saying it is 403
    wrong = {"Authorization": f"Bearer mjz_{'a' * 52}"}
    assert keyed.client.open(filled(route), method=route.method, headers=wrong).status_code in (401, 403)


@pytest.mark.parametrize("route", SCOPED, ids=name)
def test_every_route_needs_its_scope(callers: dict[str, Caller], route: Route) -> None:
    assert route.scope is not None
    for scope, caller in callers.items():
        response = caller.open(filled(route), route.method)
        if scope == route.scope:
            assert response.status_code not in (401, 403), response.get_data(as_text=True)
        else:
            assert (response.status_code, code(response)) == (403, "forbidden")
            assert f'scope="{route.scope}"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("route", [r for r in ROUTES if r.scope is None], ids=name)
def test_open_routes_are_those_that_were_decided(keyed: Keyed, route: Route) -> None:
    assert (route.method, route.path) in OPEN_ROUTES
    expected = (
        404 if "<secret>" in route.path else 200
    )  # there is nothing at an address that nobody was given
    assert keyed.client.open(filled(route), method=route.method).status_code == expected


def test_every_other_path_needs_a_key(keyed: Keyed) -> None:
    """Pages and the interfaces that other programs speak: open are those that were decided, and no others."""
    api = {route.path for route in ROUTES}
    others = [rule for rule in keyed.app.url_map.iter_rules() if rule.rule not in api | OPEN_RULES]
    assert len(others) >= 2
    for rule in others:
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            response = keyed.client.open(path, method=method)
            lacks_key = "to get an API key" in response.get_data(as_text=True)  # 400 at LibreTranslate
            assert response.status_code in (401, 403) or lacks_key, f"{method} {path}"


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
def test_documentation_is_open(keyed: Keyed, path: str) -> None:
    with keyed.client.get(path) as response:
        assert response.status_code == 200


def test_pages_make_a_browser_ask(keyed: Keyed) -> None:
    for method, path in (("GET", "/"), ("POST", "/"), ("POST", "/download")):
        response = keyed.client.open(path, method=method)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_unknown_paths_are_unknown_to_everyone(keyed: Keyed) -> None:
    assert keyed.client.get("/nowhere").status_code == 404
    assert keyed.client.delete("/v1/models").status_code == 405


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer {}", 200),
        ("bearer {}", 200),
        ("DeepL-Auth-Key {}", 200),
        ("Bearer  {}", 200),
        ("{}", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer {}x", 401),
        ("Bearer {} {}", 401),
        ("Basic {}", 401),
        ("Digest username={}", 401),
        ("Basic !!!", 401),
    ],
)
def test_ways_to_send_a_key(keyed: Keyed, callers: dict[str, Caller], header: str, status: int) -> None:
    sent = {"Authorization": header.replace("{}", callers["translate"].secret)}
    response = keyed.client.get("/v1/models", headers=sent)
    assert response.status_code == status
    if status == 401:
        assert code(response) == "unauthorized"
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="Mujaz"')


@pytest.mark.parametrize("user", ["", "editor", "محرر"])
def test_a_browser_sends_the_key_as_a_password(keyed: Keyed, callers: dict[str, Caller], user: str) -> None:
    sent = {"Authorization": basic(user, callers["translate"].secret)}
    assert keyed.client.get("/", headers=sent).status_code == 200
    assert keyed.client.get("/v1/models", headers=sent).status_code == 200
    page = keyed.client.post("/", data={"text": TEXT, "length": "2"}, headers=sent)
    assert "EN:" in page.get_data(as_text=True)
    assert keyed.client.get("/", headers={"Authorization": basic(user, "wrong")}).status_code == 401


def test_missing_and_wrong_keys_are_told_apart(keyed: Keyed) -> None:
    missing = keyed.client.get("/v1/models")
    wrong = keyed.client.get("/v1/models", headers={"Authorization": f"Bearer mjz_{'a' * 52}"})
    assert "error" not in missing.headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
    assert "a" * 10 not in wrong.get_data(as_text=True)


def test_a_revoked_key_is_refused(keyed: Keyed) -> None:
    caller = keyed.caller()
    assert caller.open("/v1/models").status_code == 200
    assert keyed.runtime.services.keyring.revoke(caller.id)
    assert caller.open("/v1/models").status_code == 401


def test_preflights_need_no_key(keyed: Keyed) -> None:
    response = keyed.client.options("/v1/translations")
    assert response.status_code == 200
    assert "POST" in response.headers["Allow"]


def test_any_host_name_will_do_with_keys_but_not_any_origin(keyed: Keyed, callers: dict[str, Caller]) -> None:
    host = {"Host": "desk.example.org"}
    assert callers["translate"].open("/v1/models", headers=host).status_code == 200
    other = host | {"Origin": "https://evil.example.com"}
    response = callers["translate"].open("/v1/models", headers=other)
    assert (response.status_code, code(response)) == (403, "origin_not_allowed")


class TestWithoutKeys:
    """Open mode: nobody needs a key; one of ours is still looked at."""

    @pytest.mark.parametrize(
        ("header", "status"),
        [
            (None, 200),
            ("Bearer mjz_" + "a" * 52, 401),
            ("Bearer mjz_", 401),
            (basic("me", "mjz_" + "a" * 52), 401),
            (basic("me", "password of the proxy"), 200),
            ("Bearer eyJhbGciOi", 200),
            ("Negotiate YII=", 200),
        ],
    )
    def test_whose_credentials(self, client: Any, header: str | None, status: int) -> None:
        headers = {} if header is None else {"Authorization": header}
        assert client.get("/v1/models", headers=headers).status_code == status

    def test_a_key_has_its_own_rows_and_scopes(self, client: Any) -> None:
        made = client.post("/v1/keys", json={"name": "desk"}).get_json()
        sent = {"Authorization": f"Bearer {made['secret']}"}
        assert client.get("/v1/usage", headers=sent).get_json()["key_id"] == made["id"]
        assert client.get("/v1/usage").get_json()["key_id"] == "local"
        assert client.get("/v1/keys", headers=sent).status_code == 403
        assert client.get("/v1/keys").status_code == 200


@pytest.mark.parametrize(
    ("config", "starts"),
    [
        (Config(), True),
        (Config(server=ServerConfig(host="0.0.0.0", allow_public=True)), True),
        (Config(server=ServerConfig(host="0.0.0.0")), False),
        (Config(auth=AuthConfig(mode="keys")), False),
    ],
)
def test_no_start_without_a_key_where_keys_are_needed(config: Config, starts: bool) -> None:
    auth.check_start(config, any_active=True)
    if starts:
        auth.check_start(config, any_active=False)
    else:
        with pytest.raises(auth.MissingKeys, match="mujaz keys create NAME") as caught:
            auth.check_start(config, any_active=False)
        # Only what would change something is recommended.
        assert ("allow_public" in str(caught.value)) == (config.auth.mode == "auto")


def test_who_lacks_a_key_is_pointed_to_a_page_that_says_how_to_send_one(keyed: Keyed) -> None:
    detail = keyed.client.get("/v1/models").get_json()["detail"]
    page, _, place = detail.rpartition(" ")[2].partition("#")
    found = keyed.client.get(page)
    assert found.status_code == 200
    row = found.get_data(as_text=True).partition(f'id="{place}"')[2].partition("</tr>")[0]
    assert "Authorization: Bearer mjz_" in row
    assert "mujaz keys create" in row


def test_the_log_names_key_and_team_and_no_secret(
    keyed: Keyed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure(LogConfig(format="json"))
    try:
        caller = keyed.caller(team="news")
        caller.open("/v1/models")
        keyed.client.get("/healthz")
        keyed.client.get("/v1/models", headers={"Authorization": "Bearer mjz_" + "q" * 52})
    finally:
        logging.getLogger().handlers[:], level = before
        logging.getLogger().setLevel(level)
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    [mine] = [line for line in lines if line["message"] == "GET /v1/models 200"]
    assert (mine["key"], mine["owner"]) == (caller.id, "news")
    [refused] = [line for line in lines if line["message"] == "GET /v1/models 401"]
    assert "key" not in refused
    assert caller.secret not in written
    assert "qqqq" not in written


def test_the_page_that_shows_progress_works_for_its_caller(keyed: Keyed) -> None:
    """It is computed in another thread, which has to know who asked."""
    caller = keyed.caller()
    response = caller.open(
        "/", "POST", data={"text": TEXT, "length": "2"}, headers={"Accept": "application/x-ndjson"}
    )
    assert "EN:" in response.get_data(as_text=True)
    used = caller.open("/v1/usage").get_json()
    assert (used["key_id"], used["used"]) == (caller.id, len(TEXT))


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/ui/mujaz.css", "/nowhere"])
def test_what_is_open_looks_at_no_key(keyed: Keyed, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Health checks are answered when the database isn't."""

    def unwanted(keyring: Keyring, secret: str) -> None:
        raise AssertionError("looked for a key")

    monkeypatch.setattr(Keyring, "find", unwanted)
    with keyed.client.get(path, headers={"Authorization": "Bearer mjz_" + "a" * 52}) as response:
        assert response.status_code in (200, 404)
