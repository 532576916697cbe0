"""A story's summary as its page shows it: every sentence with the places it rests on, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models.document import Span
from service.rows import Direction, FlagView, Mark, Piece, cut, direction, flag_view
from service.store import articles
from service.store.articles import StoredArticle
from service.store.stories import Member
from service.ui.articles import flag

#: Places of a sentence whose words are shown; thirty copies of a report say them thirty times.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Rest:
    """A place that a sentence rests on. `ar` is the segment's Arabic, the words themselves marked (`cites`);
    `number` counts segments from 1."""

    article_id: str
    source: str
    number: int
    ar: tuple[Piece, ...]
    en: str
    ar_direction: Direction
    en_direction: Direction


@dataclass(frozen=True, slots=True)
class Further:
    """A place that says the same: only the way there."""

    article_id: str
    source: str
    number: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the first places it rests on, and the `further` ones."""

    number: int
    ar: str
    en: str
    ar_direction: Direction
    en_direction: Direction
    rests: tuple[Rest, ...]
    further: tuple[Further, ...]
    flags: tuple[FlagView, ...]


def sentences(
    session: Session, owner: str, summary: Mapping[str, Any], members: Sequence[Member]
) -> list[Sentence]:
    """The sentences of `summary` (as `stories.summary_of` has it). A source whose article was deleted since
    is left out."""
    names = {member.entry.id: member.feed_title for member in members}
    kept = {member.article_id for member in members}
    parted = [
        ([source for source in sentence["sources"] if source["article_id"] in kept], sentence)
        for sentence in summary["sentences"]
    ]
    wanted = {source["article_id"] for sources, _ in parted for source in sources[:SHOWN]}
    found = {id: article for id in wanted if (article := articles.get(session, owner, id)) is not None}
    return [
        Sentence(
            number,
            sentence["ar"],
            sentence["en"],
            direction(sentence["ar"], "rtl"),
            direction(sentence["en"], "ltr"),
            tuple(
                rest
                for source in sources[:SHOWN]
                if (rest := _rest(source, found, names.get(source["entry_id"], ""))) is not None
            ),
            tuple(
                Further(source["article_id"], names.get(source["entry_id"], ""), source["segment"] + 1)
                for source in sources[SHOWN:]
            ),
            tuple(flag_view(flag(one)) for one in sentence.get("flags", ())),
        )
        for number, (sources, sentence) in enumerate(parted, 1)
    ]


def _rest(source: Mapping[str, Any], found: Mapping[str, StoredArticle], name: str) -> Rest | None:
    article = found.get(source["article_id"])
    if article is None or source["segment"] >= len(article.content.segments):
        return None
    segment = article.content.segments[source["segment"]]
    ar, en = segment.ar.of(article.content.text), segment.en.of(article.content.english)
    words = Mark(Span(source["start"], source["end"]).shifted(-segment.ar.start), cite=0)
    return Rest(
        article.id,
        name,
        source["segment"] + 1,
        cut(ar, [words]),
        en,
        direction(ar, "rtl"),
        direction(en, "ltr"),
    )
