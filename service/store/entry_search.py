"""Full-text search over the entries of feeds, newest first. What a query means is in `models.query`, how it
is looked up in `query_sql`; both are the same for articles.

A row of words has a number that counts the time of publication. SQLite's index lists its rows by that number,
so the newest hits come first and the rest is never looked at. PostgreSQL's lists all hits of a query at once;
whether the words of a phrase stand side by side is then looked up from the newest on until there are enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    delete,
    exists,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Session

from models.query import After, Before, Query, comes_from
from service.store import entries, query_sql, word_rows
from service.store.entries import Entry
from service.store.feed_tables import EntryRow, FeedRow
from service.store.query_sql import Split, Target
from service.store.search_tables import EntryWordsRow
from service.store.tables import ArticleRow

#: Numbers that a second has: entries that were published in the same one get different ones.
_IN_A_SECOND = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

WORDS = EntryWordsRow.__table__.c


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of the rows of words. SQLAlchemy can't name the index that SQLite is to use; a table in a FROM
    that is written out needs columns that are, too. `published` is the id, but where the index leads
    not the key by which rows are looked up."""

    id: ColumnElement[int]
    published: ColumnElement[int]
    entry_id: ColumnElement[str]
    owner: ColumnElement[str]
    feed_id: ColumnElement[str]


_ROWS = _Columns(WORDS.id, WORDS.id, WORDS.entry_id, WORDS.owner, WORDS.feed_id)
_BESIDE = replace(_ROWS, published=WORDS.id + 0)
_LED = _Columns(
    literal_column("entry_words.id", BigInteger),
    literal_column("entry_words.id + 0", BigInteger),
    literal_column("entry_words.entry_id", Text),
    literal_column("entry_words.owner", Text),
    literal_column("entry_words.feed_id", Text),
)


@dataclass(frozen=True, slots=True)
class Item:
    """What is searched of an entry. `arabic` is its text, `english` the translation; empty where there is
    none."""

    entry_id: str
    owner: str
    feed_id: str
    published: datetime
    title: str
    title_en: str
    arabic: str
    english: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `place` names it in the order of results: a page continues `after` it."""

    entry: Entry
    place: int


def index(session: Session, item: Item) -> None:
    """Write the entry's words, or write them again."""
    session.execute(delete(EntryWordsRow).where(EntryWordsRow.entry_id == item.entry_id))
    found = word_rows.words((item.title, item.title_en), (item.arabic, item.english), not _is_sqlite(session))
    session.add(
        EntryWordsRow(
            id=_free(session, item),
            entry_id=item.entry_id,
            owner=item.owner,
            feed_id=item.feed_id,
            policy=word_rows.POLICY,
            title=found.title,
            body=found.body,
            marks=found.marks,
        )
    )
    session.flush()


def refresh(session: Session, limit: int) -> int:
    """Write the words of up to `limit` translated entries that have none yet or were indexed by other rules;
    answers how many there were."""
    words = EntryWordsRow.__table__
    stale = select(words.c.entry_id).where(words.c.policy != word_rows.POLICY).limit(limit)
    ids = list(session.scalars(stale))
    if not ids:
        has_words = exists().where(EntryWordsRow.entry_id == EntryRow.id)
        ids = list(
            session.scalars(
                select(EntryRow.id).where(EntryRow.state == "translated", ~has_words).limit(limit)
            )
        )
    wanted = (
        select(EntryRow, ArticleRow)
        .outerjoin(ArticleRow, ArticleRow.id == EntryRow.article_id)
        .where(EntryRow.id.in_(ids))
    )
    for entry, article in session.execute(wanted).all():
        index(session, _item(entry, article))
    return len(ids)


def find(session: Session, owner: str, query: Query, limit: int, after: int | None = None) -> list[Hit]:
    """Up to `limit` of the owner's entries that answer the query, last published first; `after` is the place
    of the last one of the page before."""
    parted = query_sql.split(query)
    wanted = _wanted(session, owner, parted, after)
    by_vector = parted.words is not None and not _is_sqlite(session)
    if by_vector:
        # For a word of every other entry PostgreSQL would rather read them all than its index, not knowing
        # that a vector is kept outside of its row.
        session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"))
    places = {row.entry_id: row.id for row in session.execute(wanted.limit(limit))}
    if by_vector:
        session.execute(text("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on"))
    return [Hit(entry, places[entry.id]) for entry in entries.several(session, list(places))]


def source_text(title: str, folder: str, url: str, site: str | None) -> str:
    """What `source:` looks into, of a feed: title, folder and hosts, a line each."""
    hosts = dict.fromkeys(urlsplit(address).hostname or "" for address in (url, site or ""))
    return "\n".join(filter(None, (title, folder, *hosts)))


def place(published: datetime) -> int:
    """The first number of the second in which something was published."""
    return int((published - _EPOCH) // timedelta(seconds=1)) * _IN_A_SECOND


def _wanted(session: Session, owner: str, parted: Split, after: int | None) -> Select[int, str]:
    is_sqlite = _is_sqlite(session)
    leads = is_sqlite and parted.words is not None
    words = _LED if leads else _ROWS if parted.words is None else _BESIDE
    target = _target(session, owner, words, is_sqlite)
    rows = select(words.id.label("id"), words.entry_id.label("entry_id"))
    rows = rows.where(words.owner == owner, query_sql.holds(parted.rest, target))
    if parted.words is not None and leads:
        return _by_fts5(rows, parted, target, after)
    if after is not None:
        rows = rows.where(words.published < after)
    if parted.words is not None:
        return _by_vector(rows, parted.words, target)
    return rows.order_by(words.id.desc())


def _by_fts5(rows: Select[int, str], parted: Split, target: Target, after: int | None) -> Select[int, str]:
    """The index leads, from its highest rowid down; owner and feed of each hit are looked up in an index of
    their own, which is small enough to stay in memory. Days bound the rowid itself, so that hits of other
    days are never met."""
    assert parted.words is not None
    rowid = literal_column("entry_index.rowid", BigInteger)
    found = rows.select_from(text("entry_index CROSS JOIN entry_words INDEXED BY entry_words_by_owner"))
    found = found.where(query_sql.match_of(parted.words, target), _LED.id == rowid + 0)
    for part in parted.rest:
        if isinstance(part, After):
            found = found.where(rowid >= place(_midnight(part.day)))
        elif isinstance(part, Before):
            found = found.where(rowid < place(_midnight(part.day)))
    if after is not None:
        found = found.where(rowid < after)
    return found.order_by(rowid.desc())


def _by_vector(rows: Select[int, str], words: Query, target: Target) -> Select[int, str]:
    """The sum in the order keeps PostgreSQL from trying entry after entry, which takes all of them for two
    words that never meet. OFFSET 0 has it sort before texts are looked at."""
    found = rows.where(query_sql.has(words, target)).order_by((WORDS.id + 0).desc())
    if not query_sql.has_phrases(words):
        return found
    vector: ColumnElement[str] = literal_column("entry_words.vector")
    near = found.add_columns(WORDS.title, WORDS.body, vector.label("vector")).offset(0).subquery("near")
    looked_at = replace(target, title=near.c.title, body=near.c.body, vector=near.c.vector)
    return select(near.c.id, near.c.entry_id).where(query_sql.reads(words, looked_at))


def _target(session: Session, owner: str, words: _Columns, is_sqlite: bool) -> Target:
    return Target(
        index="entry_index",
        id=words.id,
        title=WORDS.title,
        body=WORDS.body,
        vector=literal_column("entry_words.vector"),
        source=lambda part: words.feed_id.in_(_feeds_with(session, owner, part)),
        since=lambda day: words.published >= place(_midnight(day)),
        is_sqlite=is_sqlite,
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _feeds_with(session: Session, owner: str, text: str) -> Sequence[str]:
    """The owner's feeds with these words in title, folder or host."""
    columns = (FeedRow.id, FeedRow.title, FeedRow.folder, FeedRow.url, FeedRow.site)
    found = session.execute(select(*columns).where(FeedRow.owner == owner))
    return [
        row.id for row in found if comes_from(text, source_text(row.title, row.folder, row.url, row.site))
    ]


def _free(session: Session, item: Item) -> int:
    """A number in the second of publication, most likely nobody else's at the same moment."""
    number = place(item.published) + crc32(item.entry_id.encode()) % (_IN_A_SECOND // 2)
    while session.scalar(select(WORDS.id).where(WORDS.id == number)) is not None:
        number += 1
    return number


def _item(entry: EntryRow, article: ArticleRow | None) -> Item:
    return Item(
        entry_id=entry.id,
        owner=entry.owner,
        feed_id=entry.feed_id,
        published=entry.published,
        title=entry.title,
        title_en=entry.title_en or "",
        arabic=entry.text if article is None else article.text,
        english="" if article is None else article.english,
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
