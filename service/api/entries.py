"""/v1/entries: what came in through feeds."""

from collections.abc import Sequence

from flask import Response
from sqlalchemy.orm import Session

from service.api.acceptance import accept, order
from service.api.feed_schemas import EntryPath, EntryQuery, EntryTitleJson, FeedEntryJson, FeedEntryList
from service.api.job_schemas import JobJson
from service.api.requests import answer, reads
from service.api.routes import Route
from service.context import principal, services
from service.errors import Problem
from service.jobs import orders
from service.store import articles, entries
from service.store.entries import Entry, Filter
from service.store.jobs import NewJob


@reads()
def list_entries(query: EntryQuery) -> Response:
    """List entries of feeds, those that came in last first."""
    wanted = Filter(query.feed_id, query.folder, query.state)
    with services().database.read() as session:
        found = entries.page(session, principal().owner, wanted, query.limit + 1, query.after)
        page = found[: query.limit]
        items = shown(session, page)
    after = page[-1].id if len(found) > len(page) else None
    return answer(FeedEntryList(items=items, next=after))


@reads()
def get_entry(path: EntryPath) -> Response:
    """Look an entry up."""
    with services().database.read() as session:
        found = entries.get(session, principal().owner, path.entry_id)
        if found is None:
            raise _unknown()
        return answer(shown(session, [found])[0])


@reads()
def translate_entry(path: EntryPath) -> Response:
    """Translate all of an entry, whatever is translated of its feed by itself.

    For articles of which somebody wants to read more than the summary. The answer is a job; when it has
    ended, the entry's `article_id` names the whole article.
    """
    return accept(whole(path.entry_id))


def whole(entry_id: str) -> NewJob:
    """The order of the caller to translate all of an entry. Raises `Problem`."""
    with services().database.read() as session:
        found = entries.get(session, principal().owner, entry_id)
    if found is None:
        raise _unknown()
    request = {"entry_id": found.id, "digest": found.digest, "whole": True}
    return order(orders.ENTRY, request, len(found.title) + len(found.text))


def _unknown() -> Problem:
    return Problem("not_found", "There is no entry with this id.")


def shown(session: Session, found: Sequence[Entry]) -> list[FeedEntryJson]:
    """Entries as the API sends them."""
    ids = [entry.article_id for entry in found if entry.article_id is not None]
    summaries = articles.summaries(session, ids)
    return [_json(entry, summaries.get(entry.article_id or "")) for entry in found]


def _json(entry: Entry, summary: list[str] | None) -> FeedEntryJson:
    return FeedEntryJson.model_validate(
        {
            "id": entry.id,
            "feed_id": entry.feed_id,
            "link": entry.url,
            "title": EntryTitleJson(ar=entry.title, en=entry.title_en),
            "author": entry.author,
            "published": entry.published,
            "seen": entry.seen,
            "revision": entry.revision,
            "state": entry.state,
            "remark": entry.remark,
            "summary": summary,
            "article_id": entry.article_id,
        }
    )


ROUTES = (
    Route("GET", "/v1/entries", list_entries, FeedEntryList, "feeds", scope="feeds"),
    Route("GET", "/v1/entries/<entry_id>", get_entry, FeedEntryJson, "feeds", scope="feeds"),
    Route(
        "POST", "/v1/entries/<entry_id>/translation", translate_entry, JobJson, "feeds",
        scope="feeds", status=202,
    ),
)  # fmt: skip
