"""Where a query hits, ready to be shown: texts cut at the places. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.query import QueryError
from service.store.alerts import Alert

#: Which of an entry's texts are Arabic.
_ARABIC = frozenset({"title", "text"})
#: A stretch of a text, and whether the query hits it.
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text with what is hit in it."""

    arabic: bool
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a query found. `state` is that of its alert; empty in a preview."""

    title: Pieces
    title_en: Pieces
    excerpts: Sequence[Excerpt]
    feed: str
    when: datetime
    story_id: str | None
    url: str | None
    state: str = ""
    due: datetime | None = None


def of_match(match: Mapping[str, Any]) -> Hit:
    """From the fields of a preview's match."""
    title, title_en, excerpts = _texts(match["highlights"], match["title"], match["title_en"] or "")
    return Hit(
        title, title_en, excerpts, match["feed"], match["published"], match["story_id"], web(match["link"])
    )


def of_alert(alert: Alert) -> Hit:
    """From an alert; of an entry that is gone only what was kept with the alert is left."""
    about = alert.about
    titles = ("", "") if about is None else (about.title, about.title_en or "")
    title, title_en, excerpts = _texts(alert.highlights, *titles)
    return Hit(
        title,
        title_en,
        excerpts,
        "" if about is None else about.feed,
        alert.created,
        alert.story_id,
        None if about is None else web(about.url),
        alert.state,
        alert.due if alert.state == "waiting" else None,
    )


def web(url: str | None) -> str | None:
    """An address that may be a link: publishers write what they like."""
    return url if url is not None and url.startswith(("http://", "https://")) else None


def pieces(text: str, spans: Sequence[Mapping[str, int]]) -> Pieces:
    """The text cut at the spans, which don't overlap."""
    made: list[tuple[str, bool]] = []
    at = 0
    for span in spans:
        made += [(text[at : span["start"]], False), (text[span["start"] : span["end"]], True)]
        at = span["end"]
    made.append((text[at:], False))
    return [(piece, hit) for piece, hit in made if piece]


def faulty(query: str, error: QueryError) -> Pieces:
    """The query with the place of its error."""
    start, end = error.place.start, error.place.end
    if start >= len(query):
        return [(query, False), ("…", True)]
    return pieces(query, [{"start": start, "end": max(end, start + 1)}])


def _texts(
    highlights: Sequence[Mapping[str, Any]], title: str, title_en: str
) -> tuple[Pieces, Pieces, list[Excerpt]]:
    shown: dict[str, Pieces] = {"title": pieces(title, ()), "title_en": pieces(title_en, ())}
    excerpts = []
    for one in highlights:
        cut = pieces(one["text"], one["spans"])
        if one["field"] in shown:
            shown[one["field"]] = cut
        else:
            excerpts.append(Excerpt(one["field"] in _ARABIC, cut))
    return shown["title"], shown["title_en"], excerpts
