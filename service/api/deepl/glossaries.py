"""DeepL's glossaries: /v2 (one language pair each), /v3 (several), and the pairs there can be. They are those
of /v1/glossaries."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, json, request

from models.glossary import Glossary, GlossaryError
from service import glossaries as terms
from service.api.deepl import fields
from service.api.deepl.errors import Refused
from service.api.deepl.fields import Fields
from service.api.deepl.languages import supported
from service.context import principal, services
from service.store import glossaries
from service.store.glossaries import Dictionary, Pair, StoredGlossary, TooManyGlossaries
from service.store.ids import as_uuid

TSV = "text/tab-separated-values"


def list_pairs() -> Response:
    pairs = [{"source_lang": p.source, "target_lang": p.target} for p in supported().pairs()]
    return _answer({"supported_languages": pairs})


def create_v2() -> Response:
    given = fields.read()
    name = given.needed("name")
    return _answer(_v2(_add(name, [_dictionary(given)])), 201)


def list_v2() -> Response:
    return _answer({"glossaries": [_v2(g) for g in _all() if len(g.counts) == 1]})


def show_v2(glossary_id: str) -> Response:
    return _answer(_v2(_single(glossary_id)))


def entries_v2(glossary_id: str) -> Response:
    if not request.accept_mimetypes.quality(TSV):
        raise Refused(415, "No supported media type specified in Accept header")
    stored = _single(glossary_id)
    [(pair, _)] = stored.counts
    return Response(_entries(stored.id, pair), mimetype=TSV)


def delete(glossary_id: str) -> Response:
    with services().database.write() as session:
        if not glossaries.remove(session, principal().owner, glossary_id):
            raise _missing()
    return Response(status=204)


def create_v3() -> Response:
    given = fields.read()
    name = given.needed("name")
    dictionaries = [_dictionary(d) for d in given.items("dictionaries")]
    if not dictionaries or len({d.pair for d in dictionaries}) < len(dictionaries):
        raise Refused(400, "Invalid glossary", "One dictionary for each language pair is needed.")
    return _answer(_v3(_add(name, dictionaries), dictionaries), 201)


def list_v3() -> Response:
    return _answer({"glossaries": [_v3(g) for g in _all()]})


def show_v3(glossary_id: str) -> Response:
    return _answer(_v3(_get(glossary_id)))


def update_v3(glossary_id: str) -> Response:
    """Another name, or more terms: what a dictionary has already stays, unless it is among the new ones."""
    given, owner = fields.read(), principal().owner
    stored = _get(glossary_id)
    changed = [_merged(stored.id, _dictionary(d)) for d in _optional(given, "dictionaries")]
    with services().database.write() as session:
        name = given.text("name") or stored.name
        if not glossaries.rename(session, owner, stored.id, name):
            raise _missing()
        for dictionary in changed:
            glossaries.put(session, stored.id, dictionary)
    return _answer(_v3(_get(glossary_id)))


def replace_dictionary(glossary_id: str) -> Response:
    dictionary = _dictionary(fields.read())
    stored = _get(glossary_id)
    with services().database.write() as session:
        if not glossaries.rename(session, principal().owner, stored.id, stored.name):
            raise _missing()
        glossaries.put(session, stored.id, dictionary)
    return _answer(_counted(dictionary.pair, dictionary.entry_count))


def delete_dictionary(glossary_id: str) -> Response:
    pair = _pair(fields.query())
    with services().database.write() as session:
        if not glossaries.remove_dictionary(session, principal().owner, glossary_id, pair):
            raise _missing()
    return Response(status=204)


def entries_v3(glossary_id: str) -> Response:
    pair = _pair(fields.query())
    entries = _entries(_get(glossary_id).id, pair)
    found = {"source_lang": pair.source, "target_lang": pair.target, "entries": entries}
    return _answer({"dictionaries": [found | {"entries_format": "tsv"}]})


def no_memories() -> Response:
    return _answer({"translation_memories": [], "total_count": 0})


def no_style_rules() -> Response:
    return _answer({"style_rules": []})


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _missing() -> Refused:
    return Refused(404, "Glossary not found")


def _pair(given: Fields) -> Pair:
    """The two languages, without regions. Raises `Refused` for a pair that nothing can be made for."""
    source = supported().source(given.needed("source_lang"))
    target = supported().target(given.needed("target_lang"))
    pair = Pair((source or "").lower(), target.base.lower() if target else "")
    if pair not in supported().pairs():
        raise Refused(400, "Unsupported glossary source and target language pair")
    return pair


def _dictionary(given: Fields) -> Dictionary:
    kind = given.choice("entries_format", ("tsv", "csv"), "tsv")
    pair, entries = _pair(given), given.needed("entries")
    try:
        glossary = Glossary.from_csv(entries) if kind == "csv" else Glossary.from_tsv(entries)
    except GlossaryError as error:
        raise Refused(400, "Invalid glossary entries provided", str(error)) from error
    if not glossary.entry_count:
        raise Refused(400, "Invalid glossary entries provided", "There are no entries.")
    return terms.dictionary(pair, glossary)


def _merged(glossary_id: str, added: Dictionary) -> Dictionary:
    with services().database.read() as session:
        known = glossaries.entries(session, principal().owner, glossary_id, added.pair)
    if known is None:
        return added
    merged = {term.source: term for tsv in (known, added.entries) for term in Glossary.from_tsv(tsv).terms}
    return terms.dictionary(added.pair, Glossary(merged.values()))


def _optional(given: Fields, name: str) -> Sequence[Fields]:
    return given.items(name) if name in given.body.fields else ()


def _add(name: str, dictionaries: Sequence[Dictionary]) -> StoredGlossary:
    with services().database.write() as session:
        try:
            return glossaries.add(session, principal().owner, name, dictionaries, datetime.now(UTC))
        except TooManyGlossaries as error:
            raise Refused(400, "Too many glossaries", str(error)) from error


def _get(glossary_id: str) -> StoredGlossary:
    with services().database.read() as session:
        found = glossaries.get(session, principal().owner, glossary_id)
    if found is None:
        raise _missing()
    return found


def _single(glossary_id: str) -> StoredGlossary:
    """Version 2 sees glossaries with one dictionary only."""
    found = _get(glossary_id)
    if len(found.counts) != 1:
        raise _missing()
    return found


def _all() -> list[StoredGlossary]:
    with services().database.read() as session:
        return glossaries.newest(session, principal().owner, glossaries.MOST)


def _entries(glossary_id: str, pair: Pair) -> str:
    with services().database.read() as session:
        entries = glossaries.entries(session, principal().owner, glossary_id, pair)
    if entries is None:
        raise Refused(404, "Dictionary not found")
    return entries.rstrip("\n")


def _v2(stored: StoredGlossary) -> dict[str, Any]:
    [(pair, count)] = stored.counts
    return _named(stored) | {"ready": True} | _counted(pair, count)


def _v3(stored: StoredGlossary, order: Sequence[Dictionary] = ()) -> dict[str, Any]:
    """The answer to a request lists the dictionaries in its order."""
    pairs = [d.pair for d in order] or [pair for pair, _ in stored.counts]
    return _named(stored) | {"dictionaries": [_counted(pair, stored.count(pair)) for pair in pairs]}


def _named(stored: StoredGlossary) -> dict[str, Any]:
    created = stored.created.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "glossary_id": str(as_uuid(stored.id)),
        "name": stored.name,
        "creation_time": created,
    }


def _counted(pair: Pair, count: int) -> dict[str, Any]:
    return {"source_lang": pair.source, "target_lang": pair.target, "entry_count": count}


ROUTES = (
    ("GET", "/v2/glossary-language-pairs", list_pairs),
    ("POST", "/v2/glossaries", create_v2),
    ("GET", "/v2/glossaries", list_v2),
    ("GET", "/v2/glossaries/<glossary_id>", show_v2),
    ("DELETE", "/v2/glossaries/<glossary_id>", delete),
    ("GET", "/v2/glossaries/<glossary_id>/entries", entries_v2),
    ("POST", "/v3/glossaries", create_v3),
    ("GET", "/v3/glossaries", list_v3),
    ("GET", "/v3/glossaries/<glossary_id>", show_v3),
    ("PATCH", "/v3/glossaries/<glossary_id>", update_v3),
    ("DELETE", "/v3/glossaries/<glossary_id>", delete),
    ("GET", "/v3/glossaries/<glossary_id>/entries", entries_v3),
    ("PUT", "/v3/glossaries/<glossary_id>/dictionaries", replace_dictionary),
    ("DELETE", "/v3/glossaries/<glossary_id>/dictionaries", delete_dictionary),
    ("GET", "/v3/translation_memories", no_memories),
    ("GET", "/v3/style_rules", no_style_rules),
)
