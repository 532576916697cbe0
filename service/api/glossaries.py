"""/v1/glossaries: terms that must come out in one way. Each is seen by its owner alone."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, request

from models.glossary import Glossary, GlossaryError, Term
from service import glossaries as terms
from service.api.glossary_schemas import (
    EntryJson,
    EntryList,
    GlossaryJson,
    GlossaryList,
    GlossaryPath,
    GlossaryQuery,
    GlossaryRequest,
)
from service.api.requests import answer, invalid, reads
from service.api.routes import Route
from service.body import Upload
from service.context import current, principal, services
from service.errors import FieldError, Problem
from service.glossaries import ARABIC_ENGLISH, UnknownGlossary
from service.store import glossaries
from service.store.glossaries import StoredGlossary, TooManyGlossaries

TSV, CSV = "text/tab-separated-values", "text/csv"
#: Fields of which a request has exactly one.
INPUTS = ("entries", "tsv", "csv", "file")
_RAW = {TSV: "file", CSV: "file"}


@reads(files=("file",), raw=_RAW)
def create_glossary(body: GlossaryRequest, uploads: Mapping[str, Upload]) -> Response:
    """Make a glossary.

    A body of `text/tab-separated-values` or `text/csv` is the terms themselves, with the name in the query.
    """
    glossary = _read(body, uploads.get("file"))
    with services().database.write() as session:
        try:
            stored = glossaries.add(
                session,
                principal().owner,
                body.name.strip(),
                [terms.dictionary(ARABIC_ENGLISH, glossary)],
                datetime.now(UTC),
            )
        except TooManyGlossaries as error:
            raise invalid(FieldError("", str(error))) from error
    response = answer(_json(stored))
    response.status_code = 201
    response.headers["Location"] = f"{request.script_root}/v1/glossaries/{stored.id}"
    return response


@reads()
def list_glossaries(query: GlossaryQuery) -> Response:
    """List the glossaries, newest first."""
    with services().database.read() as session:
        found = glossaries.newest(session, principal().owner, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(GlossaryList(items=[_json(g) for g in page], next=after))


@reads()
def show_glossary(path: GlossaryPath) -> Response:
    """Show a glossary without its terms."""
    with services().database.read() as session:
        found = glossaries.get(session, principal().owner, path.glossary_id)
    if found is None:
        raise _missing()
    return answer(_json(found))


@reads()
def list_glossary_entries(path: GlossaryPath) -> Response:
    """Show a glossary's terms.

    With `Accept: text/tab-separated-values` they come as `source<TAB>target` a line.
    """
    try:
        glossary = terms.load(services().database, principal().owner, path.glossary_id)
    except UnknownGlossary as error:
        raise _missing() from error
    if request.accept_mimetypes.best_match(["application/json", TSV]) == TSV:
        return Response(glossary.to_tsv(), mimetype=TSV)
    return answer(
        EntryList(items=[EntryJson(source=t.source, target=t.target) for t in glossary.terms], next=None)
    )


@reads(files=("file",), raw=_RAW)
def replace_glossary(path: GlossaryPath, body: GlossaryRequest, uploads: Mapping[str, Upload]) -> Response:
    """Replace a glossary's name and all its terms."""
    glossary = _read(body, uploads.get("file"))
    owner = principal().owner
    with services().database.write() as session:
        if not glossaries.rename(session, owner, path.glossary_id, body.name.strip()):
            raise _missing()
        glossaries.put(session, path.glossary_id, terms.dictionary(ARABIC_ENGLISH, glossary))
        stored = glossaries.get(session, owner, path.glossary_id)
    assert stored is not None
    return answer(_json(stored))


@reads()
def delete_glossary(path: GlossaryPath) -> Response:
    """Remove a glossary."""
    with services().database.write() as session:
        if not glossaries.remove(session, principal().owner, path.glossary_id):
            raise _missing()
    return Response(status=204)


def glossary_of(glossary_id: str | None) -> Glossary | None:
    """What applies to a translation of the caller's that asks for `glossary_id`. Raises `Problem`."""
    own = None
    if glossary_id is not None:
        try:
            own = terms.load(services().database, principal().owner, glossary_id)
        except UnknownGlossary as error:
            detail = "There is no glossary with this id."
            raise Problem("unknown_glossary", detail, errors=[FieldError("/glossary_id", detail)]) from error
    return terms.with_news(own, default=current().config.glossary.default)


def _read(body: GlossaryRequest, upload: Upload | None) -> Glossary:
    given = [n for n in INPUTS if getattr(body, n, None) is not None or (n == "file" and upload)]
    if len(given) != 1:
        some = f"not both {' and '.join(given)}" if given else "there is none"
        raise Problem("invalid", f"Exactly one of {', '.join(INPUTS)} is needed, {some}.")
    [field] = given
    try:
        glossary = _parsed(body, upload)
    except GlossaryError as error:
        raise invalid(FieldError(f"/{field}", str(error))) from error
    if not glossary.entry_count:
        raise invalid(FieldError(f"/{field}", "holds no entries"))
    return glossary


def _parsed(body: GlossaryRequest, upload: Upload | None) -> Glossary:
    if body.entries is not None:
        return Glossary.from_terms(Term(e.source, e.target) for e in body.entries)
    if body.tsv is not None:
        return Glossary.from_tsv(body.tsv)
    if body.csv is not None:
        return Glossary.from_csv(body.csv)
    assert upload is not None
    try:
        text = upload.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(FieldError("/file", f"isn't UTF-8: wrong byte at offset {error.start}")) from error
    is_csv = upload.mimetype == CSV or upload.name.lower().endswith(".csv")
    return Glossary.from_csv(text) if is_csv else Glossary.from_tsv(text)


def _missing() -> Problem:
    return Problem("not_found", "There is no glossary with this id.")


def _json(stored: StoredGlossary) -> GlossaryJson:
    return GlossaryJson(
        id=stored.id, name=stored.name, entry_count=stored.count(ARABIC_ENGLISH), created=stored.created
    )


ROUTES = (
    Route("POST", "/v1/glossaries", create_glossary, GlossaryJson, "glossaries", status=201),
    Route("GET", "/v1/glossaries", list_glossaries, GlossaryList, "glossaries"),
    Route("GET", "/v1/glossaries/<glossary_id>", show_glossary, GlossaryJson, "glossaries"),
    Route("PUT", "/v1/glossaries/<glossary_id>", replace_glossary, GlossaryJson, "glossaries"),
    Route("DELETE", "/v1/glossaries/<glossary_id>", delete_glossary, None, "glossaries", status=204),
    Route("GET", "/v1/glossaries/<glossary_id>/entries", list_glossary_entries, EntryList, "glossaries"),
)
