"""Rate limits: per key, else per address; in memory and in Redis."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from service.app import create_app
from service.config import Config, LimitsConfig, ServerConfig
from tests.service.fakes import runtime
from tests.service.keyed import Keyed


@pytest.fixture
def keyed() -> Iterator[Keyed]:
    made = Keyed(LimitsConfig(requests_per_minute=3))
    yield made
    made.close()


def test_each_key_has_its_own_minute(keyed: Keyed) -> None:
    first, second = keyed.caller(), keyed.caller()
    answers = [first.open("/v1/models") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0"]
    assert {a.headers["RateLimit-Limit"] for a in answers} == {"3"}
    problem = answers[3].get_json()
    assert problem["type"].endswith("#too_many_requests")
    assert problem["request_id"] == answers[3].headers["X-Request-ID"]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert abs(int(answers[3].headers["Retry-After"]) - int(answers[3].headers["RateLimit-Reset"])) <= 1
    assert "Retry-After" not in answers[0].headers
    assert second.open("/v1/models").status_code == 200


def test_routes_share_one_count(keyed: Keyed) -> None:
    caller = keyed.caller()
    paths = ["/v1/models", "/v1/usage", "/", "/v1/keys"]
    assert [caller.open(path).status_code for path in paths] == [200, 200, 200, 429]


def test_wrong_keys_are_counted_by_address(keyed: Keyed) -> None:
    wrong = [{"Authorization": f"Bearer mjz_{c * 52}"} for c in "abcd"]
    answers = [keyed.client.get("/v1/models", headers=headers) for headers in wrong]
    assert [a.status_code for a in answers] == [401, 401, 401, 429]
    assert keyed.caller().open("/v1/models").status_code == 200


def by_libretranslate(keyed: Keyed, secret: str) -> Any:
    return keyed.client.post(
        "/translate", json={"q": "سطر", "source": "ar", "target": "en", "api_key": secret}
    )


def by_libretranslate_form(keyed: Keyed, secret: str) -> Any:
    return keyed.client.post("/detect", data={"q": "سطر", "api_key": secret})


def by_google(keyed: Keyed, secret: str) -> Any:
    query = {"q": "سطر", "target": "en", "key": secret}
    return keyed.client.get("/language/translate/v2", query_string=query)


def by_google_header(keyed: Keyed, secret: str) -> Any:
    body, headers = {"q": "سطر", "target": "en"}, {"X-Goog-Api-Key": secret}
    return keyed.client.post("/language/translate/v2", json=body, headers=headers)


@pytest.mark.parametrize("send", [by_libretranslate, by_libretranslate_form, by_google, by_google_header])
def test_a_key_is_limited_however_it_is_sent(keyed: Keyed, send: Any) -> None:
    first, second = keyed.caller(), keyed.caller()
    assert first.open("/v1/models").status_code == 200
    answers = [send(keyed, first.secret) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["RateLimit-Remaining"] for a in answers] == ["1", "0", "0"]
    assert send(keyed, second.secret).status_code == 200  # although it comes from the same address


@pytest.mark.parametrize("send", [by_libretranslate, by_libretranslate_form, by_google, by_google_header])
def test_guesses_are_counted_by_address_however_they_are_sent(keyed: Keyed, send: Any) -> None:
    answers = [send(keyed, f"mjz_{c * 52}").status_code for c in "abcd"]
    assert answers[3] == 429
    assert not {200, 429} & set(answers[:3])
    assert send(keyed, keyed.caller().secret).status_code == 200


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[]"])
def test_what_cannot_be_read_is_counted_too(data: bytes) -> None:
    for path in ("/translate", "/language/translate/v2"):
        made = Keyed(LimitsConfig(requests_per_minute=3))
        try:
            sent = [made.client.post(path, data=data, content_type="application/json") for _ in range(4)]
            assert [a.status_code for a in sent] == [400, 400, 400, 429]
        finally:
            made.close()


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/docs", "/openapi.json", "/ui/mujaz.css", "/languages"]
)
def test_what_is_open_is_not_limited(keyed: Keyed, path: str) -> None:
    for _ in range(5):
        with keyed.client.get(path) as response:
            assert response.status_code == 200
            assert "RateLimit-Limit" not in response.headers


def test_preflights_are_not_limited(keyed: Keyed) -> None:
    for _ in range(5):
        response = keyed.client.options("/v1/models")
        assert response.status_code == 200
        assert "RateLimit-Limit" not in response.headers


def test_no_limit_no_headers(client: Any) -> None:
    response = client.get("/v1/models")
    assert not [name for name in response.headers.keys() if name.startswith("RateLimit")]  # noqa: SIM118


@pytest.mark.parametrize(("proxies", "fourth"), [(1, 200), (0, 429)])
def test_addresses_behind_a_proxy(client_of: Any, proxies: int, fourth: int) -> None:
    """With trusted proxies the client's address counts; without them the header is only somebody's claim."""
    client = client_of(
        Config(server=ServerConfig(trusted_proxies=proxies), limits=LimitsConfig(requests_per_minute=3))
    )
    for last in (1, 1, 1):
        headers = {"X-Forwarded-For": f"203.0.113.{last}"}
        assert client.get("/v1/models", headers=headers).status_code == 200
    assert client.get("/v1/models", headers={"X-Forwarded-For": "203.0.113.2"}).status_code == fourth


def test_an_address_cannot_be_invented_in_front_of_the_proxy(client_of: Any) -> None:
    client = client_of(
        Config(server=ServerConfig(trusted_proxies=1), limits=LimitsConfig(requests_per_minute=2))
    )
    for invented in ("1.1.1.1", "2.2.2.2", "3.3.3.3"):
        headers = {"X-Forwarded-For": f"{invented}, 203.0.113.9"}
        last = client.get("/v1/models", headers=headers).status_code
    assert last == 429


def services_on(counters: str, number: int) -> list[Any]:
    """Several processes of a service, as far as Redis can tell."""
    config = Config(limits=LimitsConfig(requests_per_minute=4, counters=counters))
    return [runtime(config=config) for _ in range(number)]


def test_processes_share_a_count_in_redis(redis_url: str) -> None:
    made = services_on(redis_url, 2)
    clients = [create_app(parts.config, parts).test_client() for parts in made]
    answers = [clients[n % 2].get("/v1/models") for n in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    assert int(answers[4].headers["Retry-After"]) <= 60
    for parts in made:
        parts.close()


def test_redis_that_is_gone_stops_nobody() -> None:
    [parts] = services_on("redis://127.0.0.1:1/0", 1)
    client = create_app(parts.config, parts).test_client()
    started = time.monotonic()
    answers = [client.get("/v1/models").status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]  # counted here meanwhile
    assert time.monotonic() - started < 5
    parts.close()
