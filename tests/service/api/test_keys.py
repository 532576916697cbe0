"""/v1/keys and /v1/usage."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.store import usage
from tests.service.keyed import Caller, Keyed


@pytest.fixture
def keyed() -> Iterator[Keyed]:
    made = Keyed()
    yield made
    made.close()


@pytest.fixture
def admin(keyed: Keyed) -> Caller:
    return keyed.caller("admin", scopes=["admin"])


def test_a_key_from_making_to_revoking(keyed: Keyed, admin: Caller) -> None:
    body = {"name": "مكتب القاهرة", "team": "news", "scopes": ["translate", "feeds"], "daily_characters": 9}
    response = admin.open("/v1/keys", "POST", json=body)
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    made = response.get_json()
    assert {name: made[name] for name in body} == body
    secret = {"Authorization": f"Bearer {made['secret']}"}
    assert keyed.client.get("/v1/usage", headers=secret).get_json()["team"] == "news"
    [first, _] = admin.open("/v1/keys").get_json()["items"]
    assert first == {name: value for name, value in made.items() if name != "secret"}
    assert first["revoked"] is None
    assert admin.open(f"/v1/keys/{made['id']}", "DELETE").status_code == 204
    assert keyed.client.get("/v1/usage", headers=secret).status_code == 401
    assert admin.open("/v1/keys").get_json()["items"][0]["revoked"].endswith("Z")
    assert admin.open(f"/v1/keys/{made['id']}", "DELETE").status_code == 204  # again is no harm


def test_a_key_by_default_can_translate_and_is_by_itself(admin: Caller) -> None:
    made = admin.open("/v1/keys", "POST", json={"name": "desk"}).get_json()
    assert (made["scopes"], made["team"], made["daily_characters"]) == (["translate"], made["id"], None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"name": "a\n"}, "/name"),
        ({"name": "a" * 101}, "/name"),
        ({"name": "a", "team": ""}, "/team"),
        ({"name": "a", "team": "a/b"}, "/team"),
        ({"name": "a", "scopes": []}, "/scopes"),
        ({"name": "a", "scopes": ["root"]}, "/scopes/0"),
        ({"name": "a", "daily_characters": 0}, "/daily_characters"),
        ({"name": "a", "daily_characters": "5"}, "/daily_characters"),
        ({"name": "a", "id": "key_x"}, "/id"),
    ],
)
def test_keys_that_cannot_be_made(admin: Caller, body: dict[str, Any], pointer: str) -> None:
    response = admin.open("/v1/keys", "POST", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == [pointer]


def test_pages_of_keys(keyed: Keyed, admin: Caller) -> None:
    made = {admin.id, *(keyed.caller().id for _ in range(6))}
    seen: list[str] = []
    after = ""
    while True:
        page = admin.open(f"/v1/keys?limit=3{after}").get_json()
        seen += [item["id"] for item in page["items"]]
        assert all("secret" not in item for item in page["items"])
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sorted(made, reverse=True)
    for query in ("limit=0", "limit=201", "limit=x", "page=2"):
        assert admin.open(f"/v1/keys?{query}").status_code == 422


def test_there_is_no_such_key(admin: Caller) -> None:
    assert admin.open("/v1/keys/key_nobody", "DELETE").status_code == 404


def test_usage_by_day(keyed: Keyed) -> None:
    caller = keyed.caller(daily_characters=100)
    today = datetime.now(UTC).date()
    with keyed.runtime.services.database.write() as session:
        for back in (0, 1, 40):
            usage.charge(session, caller.id, today - timedelta(days=back), 10, None)
        usage.charge(session, "somebody else", today, 99, None)
    answer = caller.open("/v1/usage").get_json()
    assert (answer["used"], answer["left"], answer["daily_characters"]) == (10, 90, 100)
    assert [day["day"] for day in answer["items"]] == [
        today.isoformat(), (today - timedelta(days=1)).isoformat()
    ]  # fmt: skip
    assert answer["resets"] == f"{today + timedelta(days=1)}T00:00:00Z"
    assert len(caller.open("/v1/usage?days=1").get_json()["items"]) == 1
    assert len(caller.open("/v1/usage?days=366").get_json()["items"]) == 3


def test_without_a_quota_nothing_is_left_to_say(keyed: Keyed) -> None:
    answer = keyed.caller().open("/v1/usage").get_json()
    assert (answer["daily_characters"], answer["left"], answer["used"], answer["items"]) == (
        None,
        None,
        0,
        [],
    )
