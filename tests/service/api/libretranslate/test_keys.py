"""Keys, quotas and limits, in LibreTranslate's words."""

from collections.abc import Iterator
from typing import Any

import pytest

from models.errors import Busy
from service.config import LimitsConfig
from tests.service.keyed import Keyed

NEEDED = ("/translate", "/detect", "/translate_file", "/suggest")
BODY = {"q": "سطر", "source": "ar", "target": "en"}
WRONG = f"mjz_{'a' * 52}"


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    made = Keyed()
    yield made
    made.close()


@pytest.mark.parametrize("path", NEEDED)
@pytest.mark.parametrize("body", [{}, BODY, BODY | {"api_key": None}, BODY | {"api_key": ""}])
def test_a_missing_key_is_400_before_anything_else(keyed: Keyed, path: str, body: Any) -> None:
    response = keyed.client.post(path, json=body)
    assert (response.status_code, response.get_json()) == (
        400,
        {"error": "Please contact the server operator to get an API key"},
    )


@pytest.mark.parametrize("path", NEEDED)
@pytest.mark.parametrize("key", [WRONG, "x", 5])
def test_a_wrong_key_is_403(keyed: Keyed, path: str, key: object) -> None:
    response = keyed.client.post(path, json={"api_key": key})
    assert (response.status_code, response.get_json()) == (403, {"error": "Invalid API key"})


def test_every_place_for_a_key(keyed: Keyed) -> None:
    secret = keyed.caller().secret
    for options in (
        {"json": BODY | {"api_key": secret}},
        {"data": BODY | {"api_key": secret}},
        {"query_string": {"api_key": secret}, "data": BODY},
        {"query_string": {"api_key": secret}, "json": BODY},
        {"headers": {"Authorization": f"Bearer {secret}"}, "json": BODY | {"api_key": None}},
    ):
        response = keyed.client.post("/translate", **options)  # type: ignore[arg-type]
        assert response.get_json() == {"translatedText": "EN:سطر"}


def test_a_key_needs_the_scope(keyed: Keyed) -> None:
    secret = keyed.caller(scopes=["feeds"]).secret
    response = keyed.client.post("/translate", json=BODY | {"api_key": secret})
    assert response.status_code == 403
    assert response.get_json() == {"error": "This needs a key with the scope translate."}


@pytest.mark.parametrize("path", ["/languages", "/frontend/settings", "/health", "/spec"])
def test_what_a_client_asks_first_needs_none(keyed: Keyed, path: str) -> None:
    response = keyed.client.get(path)
    assert response.status_code == 200
    if path == "/frontend/settings":
        assert (response.get_json()["apiKeys"], response.get_json()["keyRequired"]) == (True, True)


def test_the_quota_of_the_key_is_charged(keyed: Keyed) -> None:
    caller = keyed.caller(daily_characters=8)
    body = BODY | {"api_key": caller.secret}
    assert keyed.client.post("/translate", json=body | {"q": ["سطر", "سط"]}).status_code == 200
    refused = keyed.client.post("/translate", json=body | {"q": "سطر آخر"})
    assert refused.status_code == 403
    assert "of today's 8" in refused.get_json()["error"]
    assert int(refused.headers["Retry-After"]) > 0
    assert keyed.client.post("/translate", json=body).status_code == 200


def test_a_wrong_key_is_noticed_where_none_is_needed(client: Any) -> None:
    assert client.post("/translate", json=BODY | {"api_key": WRONG}).status_code == 403
    assert client.post("/translate", json=BODY | {"api_key": "some key of before"}).status_code == 200


def test_too_many_requests_slow_down() -> None:
    keyed = Keyed(LimitsConfig(requests_per_minute=1))
    try:
        body = BODY | {"api_key": keyed.caller().secret}
        assert keyed.client.post("/translate", json=body).status_code == 200
        response = keyed.client.post("/translate", json=body)
        assert response.status_code == 429
        assert response.get_json()["error"].startswith("Slowdown: ")
        assert int(response.headers["Retry-After"]) > 0
    finally:
        keyed.close()


def test_a_busy_model_slows_down(client: Any, pipeline: Any) -> None:
    pipeline.error = Busy("The queue is full.", 7.2)
    response = client.post("/translate", json=BODY)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "8")
    assert response.get_json() == {"error": "Slowdown: The queue is full."}
