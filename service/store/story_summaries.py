"""A story's summary: made when it is first asked for, kept until something is added or taken away."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.document import Source
from models.stories.summary import SUMMARY_VERSION, StorySentence, Stretch, summarize
from service.store import articles
from service.store.articles import Content, StoredArticle
from service.store.feed_tables import EntryRow
from service.store.story_tables import PlacementRow, StoryRow

#: Articles that are read for a summary; of more, the earliest and the latest. Copies count once.
ARTICLES = 40
METHOD = f"story:{SUMMARY_VERSION}"


def summary_of(session: Session, owner: str, story_id: str) -> dict[str, Any] | None:
    """The summary of a story as it is now, in a transaction that may write; None when there is no such story.

    `sentences` have `ar`, `en`, `flags` (with places in the first source's article) and `sources`: the places
    in articles that say it, the one that is quoted first. Without a stored article there are none."""
    row = session.get(StoryRow, story_id)
    if row is None or row.owner != owner:
        return None
    if row.summary is None or row.summary_revision != row.revision or row.summary["method"] != METHOD:
        entries: dict[str, str] = {}
        read = _articles(session, row, entries)
        stretches = [s for article, cut in read for s in _stretches(article, cut)]
        found = summarize(stretches, row.title)
        row.summary = {"method": METHOD, "sentences": [_json(sentence, entries) for sentence in found]}
        row.summary_revision = row.revision
        session.flush()
    return row.summary


def _articles(
    session: Session, story: StoryRow, entries: dict[str, str]
) -> Iterator[tuple[StoredArticle, bool]]:
    """Different articles of the story, earliest first, and whether each is a cut version; `entries` is told
    the first entry of each."""
    wanted = (
        select(EntryRow.id, EntryRow.article_id, PlacementRow.kind)
        .join(PlacementRow, PlacementRow.entry_id == EntryRow.id)
        .where(PlacementRow.story_id == story.id, EntryRow.article_id.is_not(None))
        .order_by(
            PlacementRow.published, PlacementRow.entry_id != story.first_entry_id, PlacementRow.entry_id
        )
    )
    cut: dict[str, bool] = {}
    for entry_id, article_id, kind in session.execute(wanted):
        entries.setdefault(str(article_id), entry_id)
        cut.setdefault(str(article_id), kind == "part")
    ids = list(entries)
    if len(ids) > ARTICLES:
        ids = ids[: ARTICLES // 2] + ids[-ARTICLES // 2 :]
    for id in ids:
        article = articles.get(session, story.owner, id)
        if article is not None:
            yield article, cut[id]


def _stretches(article: StoredArticle, cut: bool) -> Iterator[Stretch]:
    """What of the article has an English of its own: its sentences, and the clauses of long ones that its own
    summary quotes."""
    content = article.content
    quoted = dict(_quoted(content))
    extractive = content.method == "extractive"
    for index, segment in enumerate(content.segments):
        source = Source(index, segment.ar.start, segment.ar.end)
        line = quoted.pop((source.start, source.end), None)
        # The same English; but where the segment is a clause, an excerpt's, the summary gave it an end.
        en = line["en"] if line and extractive else segment.en.of(content.english)
        yield Stretch(article.id, source, index, segment.ar.of(content.text), en, tuple(segment.flags), cut)
    for sentence in quoted.values():
        place = sentence["sources"][0]
        source = Source(place["segment"], place["start"], place["end"])
        ar, en, flags = sentence["ar"], sentence["en"], tuple(sentence["flags"])
        yield Stretch(article.id, source, source.segment, ar, en, flags, cut)


def _quoted(content: Content) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    """The sentences of the article's summary that stand in it to the letter, by their places."""
    for sentence in content.sentences:
        if len(sentence["sources"]) == 1:
            start, end = sentence["sources"][0]["start"], sentence["sources"][0]["end"]
            if content.text[start:end] == sentence["ar"]:
                yield (start, end), sentence


def _json(sentence: StorySentence, entries: dict[str, str]) -> dict[str, Any]:
    return {
        "ar": sentence.stretch.ar,
        "en": sentence.stretch.en,
        "sources": [
            {
                "article_id": place.article,
                "entry_id": entries[place.article],
                "segment": place.source.segment,
                "start": place.source.start,
                "end": place.source.end,
            }
            for place in sentence.sources
        ],
        "flags": list(sentence.stretch.flags),
    }
