"""Glossaries in the store: made, listed, read, changed and removed, each by its owner alone.

A glossary has one dictionary for each language pair. Its id is 128 bits in two spellings, `gls_…` in our API
and a UUID in DeepL's; every function takes either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from service.store.ids import canonical, new_id
from service.store.owner_lock import lock
from service.store.tables import DictionaryRow, GlossaryRow

#: Glossaries of one owner, as at DeepL.
MOST = 1000


class TooManyGlossaries(Exception):
    """The owner has `MOST` of them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A language pair: ISO 639 codes, lower case."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The terms of one pair. `entries` is TSV as `models.glossary.Glossary.to_tsv` writes it."""

    pair: Pair
    entries: str
    entry_count: int


@dataclass(frozen=True, slots=True)
class StoredGlossary:
    """A glossary without its terms: how many each dictionary has."""

    id: str
    name: str
    created: datetime
    counts: tuple[tuple[Pair, int], ...]

    def count(self, pair: Pair) -> int:
        return dict(self.counts).get(pair, 0)


def add(
    session: Session, owner: str, name: str, dictionaries: Iterable[Dictionary], now: datetime
) -> StoredGlossary:
    """Keep a new glossary. Raises `TooManyGlossaries`."""
    lock(session, "glossaries", owner)
    held = session.scalar(select(func.count()).where(GlossaryRow.owner == owner)) or 0
    if held >= MOST:
        raise TooManyGlossaries(f"There are {MOST:,} glossaries already.")
    row = GlossaryRow(id=new_id("gls"), owner=owner, name=name, created=now)
    session.add(row)
    session.flush()
    for dictionary in dictionaries:
        put(session, row.id, dictionary)
    return _stored(session, row)


def put(session: Session, glossary_id: str, dictionary: Dictionary) -> None:
    """Keep a dictionary in place of the one that the glossary has for this pair."""
    session.merge(
        DictionaryRow(
            glossary_id=canonical("gls", glossary_id),
            source_language=dictionary.pair.source,
            target_language=dictionary.pair.target,
            entries=dictionary.entries,
            entry_count=dictionary.entry_count,
        )
    )
    session.flush()


def get(session: Session, owner: str, glossary_id: str) -> StoredGlossary | None:
    row = _row(session, owner, glossary_id)
    return None if row is None else _stored(session, row)


def newest(session: Session, owner: str, limit: int, after: str | None = None) -> list[StoredGlossary]:
    """Up to `limit` glossaries, newest first; `after` is the last id of the page before."""
    wanted = select(GlossaryRow).where(GlossaryRow.owner == owner)
    if after is not None:
        wanted = wanted.where(GlossaryRow.id < canonical("gls", after))
    return [
        _stored(session, row) for row in session.scalars(wanted.order_by(GlossaryRow.id.desc()).limit(limit))
    ]


def entries(session: Session, owner: str, glossary_id: str, pair: Pair) -> str | None:
    """The dictionary's TSV; None when there is no such glossary or no such dictionary."""
    row = _row(session, owner, glossary_id)
    if row is None:
        return None
    return session.scalar(select(DictionaryRow.entries).where(*_is(row.id, pair)))


def rename(session: Session, owner: str, glossary_id: str, name: str) -> bool:
    """False when there is no such glossary."""
    row = _row(session, owner, glossary_id)
    if row is not None:
        row.name = name
    return row is not None


def remove(session: Session, owner: str, glossary_id: str) -> bool:
    """With all dictionaries; False when there is no such glossary."""
    row = _row(session, owner, glossary_id)
    if row is not None:
        session.execute(delete(DictionaryRow).where(DictionaryRow.glossary_id == row.id))
        session.delete(row)
    return row is not None


def remove_dictionary(session: Session, owner: str, glossary_id: str, pair: Pair) -> bool:
    """False when there is no such glossary or no such dictionary."""
    row = _row(session, owner, glossary_id)
    if row is None:
        return False
    return (
        session.execute(
            delete(DictionaryRow).where(*_is(row.id, pair)).returning(DictionaryRow.entry_count)
        ).first()
        is not None
    )


def _row(session: Session, owner: str, glossary_id: str) -> GlossaryRow | None:
    wanted = select(GlossaryRow).where(
        GlossaryRow.id == canonical("gls", glossary_id), GlossaryRow.owner == owner
    )
    return session.scalar(wanted)


def _is(glossary_id: str, pair: Pair) -> tuple[ColumnElement[bool], ...]:
    return (
        DictionaryRow.glossary_id == glossary_id,
        DictionaryRow.source_language == pair.source,
        DictionaryRow.target_language == pair.target,
    )


def _stored(session: Session, row: GlossaryRow) -> StoredGlossary:
    found = session.execute(
        select(DictionaryRow.source_language, DictionaryRow.target_language, DictionaryRow.entry_count)
        .where(DictionaryRow.glossary_id == row.id)
        .order_by(DictionaryRow.source_language, DictionaryRow.target_language)
    )
    counts = tuple((Pair(source, target), count) for source, target, count in found)
    return StoredGlossary(row.id, row.name, row.created, counts)
