"""/v1/glossaries and `glossary_id`, over the fake pipeline; what a glossary does to the English is tested in
tests/models/glossary."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.glossary import Glossary, Term, news_glossary
from service.config import AuthConfig, Config, GlossaryConfig
from service.context import runtime_of
from service.keyring import NewKey
from tests.service.fakes import FakePipeline

TSV = "داعش\tIslamic State\nقسد\tthe SDF\n"
ENTRIES = [{"source": "داعش", "target": "Islamic State"}, {"source": "قسد", "target": "the SDF"}]


def make(client: FlaskClient, name: str = "names", **headers: str) -> dict[str, Any]:
    response = client.post("/v1/glossaries", json={"name": name, "tsv": TSV}, headers=headers)
    assert response.status_code == 201
    made: dict[str, Any] = response.get_json()
    assert response.headers["Location"] == f"/v1/glossaries/{made['id']}"
    return made


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"name": "names", "entries": ENTRIES}},
        {"json": {"name": "names", "tsv": TSV}},
        {"json": {"name": "names", "csv": 'داعش,"Islamic State"\nقسد,the SDF'}},
        {"query_string": {"name": "names"}, "data": TSV, "content_type": "text/tab-separated-values"},
        {
            "query_string": {"name": "names"},
            "data": "\ufeff" + TSV,
            "content_type": "text/tab-separated-values",
        },
        {"query_string": {"name": "names"}, "data": TSV.replace("\t", ","), "content_type": "text/csv"},
    ],
)
def test_made_from_every_form_and_read_again(client: FlaskClient, request_: dict[str, Any]) -> None:
    made = client.post("/v1/glossaries", **request_)
    assert made.status_code == 201, made.text
    shown = made.get_json()
    assert shown["id"].startswith("gls_")
    assert (shown["name"], shown["entry_count"]) == ("names", 2)
    at = f"/v1/glossaries/{shown['id']}"
    assert client.get(at).get_json() == shown
    assert client.get(f"{at}/entries").get_json() == {"items": ENTRIES, "next": None}
    tsv = client.get(f"{at}/entries", headers={"Accept": "text/tab-separated-values"})
    assert (tsv.mimetype, tsv.text) == ("text/tab-separated-values", TSV)


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({"name": "n"}, None, "Exactly one of"),
        ({"name": "n", "tsv": TSV, "entries": ENTRIES}, None, "not both entries and tsv"),
        ({"tsv": TSV}, "/name", "is missing"),
        ({"name": " ", "tsv": TSV}, "/name", "match"),
        ({"name": "n", "tsv": "داعش"}, "/tsv", "Line 1 (starting at position 0) has no tab"),
        ({"name": "n", "tsv": "ا\ta\nب\t"}, "/tsv", "Line 2 (starting at position 4)"),
        ({"name": "n", "tsv": "\n"}, "/tsv", "holds no entries"),
        ({"name": "n", "entries": []}, "/entries", "holds no entries"),
        ({"name": "n", "entries": [*ENTRIES, ENTRIES[0]]}, "/entries", "index 2"),
        ({"name": "n", "csv": "ا,b,c"}, "/csv", "3 columns"),
    ],
)
def test_refused(client: FlaskClient, body: dict[str, Any], pointer: str | None, detail: str) -> None:
    response = client.post("/v1/glossaries", json=body)
    assert response.status_code == 422
    problem = response.get_json()
    assert detail in problem["detail"]
    assert [e["pointer"] for e in problem["errors"]] == ([pointer] if pointer else [])


def test_a_file_that_is_not_utf8(client: FlaskClient) -> None:
    response = client.post(
        "/v1/glossaries?name=n", data=TSV.encode("cp1256"), content_type="text/tab-separated-values"
    )
    assert (response.status_code, "offset 0" in response.get_json()["detail"]) == (422, True)


def test_replaced_and_removed(client: FlaskClient) -> None:
    at = f"/v1/glossaries/{make(client)['id']}"
    changed = client.put(at, json={"name": "other", "entries": ENTRIES[:1]}).get_json()
    assert (changed["name"], changed["entry_count"]) == ("other", 1)
    assert client.get(f"{at}/entries").get_json()["items"] == ENTRIES[:1]
    assert client.delete(at).status_code == 204
    for response in (
        client.get(at),
        client.get(f"{at}/entries"),
        client.delete(at),
        client.put(at, json={"name": "n", "entries": ENTRIES}),
    ):
        assert (response.status_code, response.get_json()["type"][-10:]) == (404, "#not_found")


def test_listed_newest_first_in_pages(client: FlaskClient) -> None:
    made = [make(client, f"n{n}")["id"] for n in range(5)]
    found, after = [], None
    while True:
        page = client.get("/v1/glossaries", query_string={"limit": 2} | ({"after": after} if after else {}))
        found += [g["id"] for g in page.get_json()["items"]]
        after = page.get_json()["next"]
        if after is None:
            break
    assert found == made[::-1]


def test_a_translation_with_a_glossary(client_of: Any, pipeline: FakePipeline) -> None:
    client = client_of(Config(glossary=GlossaryConfig(default=False)))
    made = make(client)["id"]
    body = {"texts": ["سطر"], "glossary_id": made}
    assert client.post("/v1/translations", json=body).status_code == 200
    assert pipeline.options.glossary == Glossary.from_tsv(TSV)  # type: ignore[attr-defined]
    summary = {"text": "سطر أول.", "glossary_id": made}
    assert client.post("/v1/summaries", json=summary).status_code == 200
    assert pipeline.options.translate.glossary == Glossary.from_tsv(TSV)  # type: ignore[attr-defined]


def test_the_news_glossary_applies_where_configured(client_of: Any, pipeline: FakePipeline) -> None:
    client = client_of(Config(glossary=GlossaryConfig(default=True)))
    client.post("/v1/translations", json={"texts": ["سطر"]})
    assert pipeline.options.glossary == news_glossary()  # type: ignore[attr-defined]
    source = news_glossary().terms[0].source
    body = {"name": "own", "entries": [{"source": source, "target": "Ours"}]}
    made = client.post("/v1/glossaries", json=body).get_json()["id"]
    client.post("/v1/translations", json={"texts": ["سطر"], "glossary_id": made})
    both: Glossary = pipeline.options.glossary  # type: ignore[attr-defined]
    assert both.terms[0] == Term(source, "Ours")
    assert both.entry_count == news_glossary().entry_count


def test_nobody_sees_the_glossary_of_another(client_of: Any) -> None:
    client: FlaskClient = client_of(Config(auth=AuthConfig(mode="keys")))
    keyring = runtime_of(client.application).services.keyring
    mine, theirs = (
        {"Authorization": f"Bearer {keyring.create(NewKey(team, team, ('translate',), None))[1]}"}
        for team in ("desk", "others")
    )
    made = make(client, "names", **mine)["id"]
    at = f"/v1/glossaries/{made}"
    answers = [
        client.get(at, headers=theirs),
        client.get(f"{at}/entries", headers=theirs),
        client.delete(at, headers=theirs),
        client.put(at, headers=theirs, json={"name": "n", "entries": ENTRIES}),
    ]
    assert [a.status_code for a in answers] == [404] * 4
    used = client.post("/v1/translations", headers=theirs, json={"texts": ["سطر"], "glossary_id": made})
    assert used.get_json()["type"].endswith("#unknown_glossary")
    assert client.get("/v1/glossaries", headers=theirs).get_json()["items"] == []
    assert client.get(at, headers=mine).status_code == 200
