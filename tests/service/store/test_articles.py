"""Articles in the store: once each, whole, and nobody else's."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import query as queries
from models.document import Span
from service.store import articles
from service.store.articles import Content, StoredSegment
from service.store.database import Database
from service.store.tables import ArticleRow, SegmentRow, SummaryRow, WordsRow
from tests.service.store.rows import CONTENT, NOW, content

TABLES = (ArticleRow, SegmentRow, SummaryRow, WordsRow)
SEGMENTS = tuple(
    StoredSegment(
        n // 3,
        Span(n, n + 1),
        Span(2 * n, 2 * n + 1),
        n / 7,
        [{"code": "quotes", "severity": "minor", "message": "\x00 «»", "ar": {"start": n, "end": n + 1}, "en": None}] * n,
        [[[0, 1], [2, 3]]] if n % 2 else None,
    )
    for n in range(12)
)  # fmt: skip


def add(database: Database, fingerprint: str = "f", owner: str = "o", **fields: object) -> str:
    with database.write() as session:
        return articles.add(session, owner, fingerprint, content(**fields), NOW)


def rows(database: Database) -> list[int]:
    with database.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


@pytest.mark.parametrize(
    "kept",
    [
        CONTENT,
        content(segments=SEGMENTS),
        content(segments=(), sentences=[], warnings=[]),
        content(title=None, title_en=None, url=None, published=None, author=None),
        content(title="", title_en=None),
        content(text="\x00\r\n\u2028" * 9, english=" \x1a0000\n"),
    ],
    ids=["whole", "segments", "empty", "nothing known", "empty title", "odd characters"],
)
def test_what_comes_out_is_what_went_in(database: Database, kept: Content) -> None:
    with database.write() as session:
        made = articles.add(session, "o", "f", kept, NOW)
    with database.read() as session:
        found = articles.get(session, "o", made)
    assert found == articles.StoredArticle(made, NOW, kept)


def test_the_id_may_be_known_before(database: Database) -> None:
    with database.write() as session:
        assert articles.add(session, "o", "f", CONTENT, NOW, "art_1") == "art_1"
        assert articles.add(session, "o", "f", CONTENT, NOW, "art_1") == "art_1"
        assert articles.add(session, "o", "f", CONTENT, NOW, "art_2") == "art_1"
    assert rows(database) == [1, 1, 1, 1]


def test_the_same_work_of_another_owner_is_another_article(database: Database) -> None:
    assert add(database, owner="a") != add(database, owner="b")


def test_two_at_the_same_moment_store_one(database: Database) -> None:
    start = threading.Barrier(8)
    made: list[str] = []

    def work() -> None:
        start.wait()
        made.append(add(database, segments=SEGMENTS))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert rows(database) == [1, len(SEGMENTS), 1, 1]


def test_an_owner_sees_and_deletes_only_their_own(database: Database) -> None:
    mine, theirs = add(database, owner="me"), add(database, owner="they")
    with database.write() as session:
        assert articles.get(session, "me", theirs) is None
        assert articles.find(session, "me", "f") == mine
        assert [item.id for item in articles.newest(session, "me", 9)] == [mine]
        found = articles.newest(session, "me", 9, query=queries.parse("القمح"))
        assert [item.id for item in found] == [mine]
        assert not articles.remove(session, "me", theirs)
        assert articles.remove(session, "me", mine)
    assert rows(database) == [1, 1, 1, 1]


def test_nothing_of_a_deleted_article_is_left(database: Database) -> None:
    made = add(database, segments=SEGMENTS)
    with database.write() as session:
        assert articles.remove(session, "o", made)
    assert rows(database) == [0, 0, 0, 0]


def test_what_is_rolled_back_was_never_there(database: Database) -> None:
    def half() -> None:
        with database.write() as session:
            articles.add(session, "o", "f", CONTENT, NOW)
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert rows(database) == [0, 0, 0, 0]
    with database.read() as session:
        assert articles.newest(session, "o", 9, query=queries.parse("القمح")) == []


def test_the_oldest_expire_first(database: Database) -> None:
    for n in range(5):
        with database.write() as session:
            articles.add(session, f"o{n % 2}", f"f{n}", CONTENT, NOW - timedelta(days=n), f"art_{n}")
    with database.write() as session:
        assert articles.expire(session, NOW - timedelta(days=1), limit=2) == 2
        assert sorted(session.scalars(select(ArticleRow.id))) == ["art_0", "art_1", "art_2"]
        assert articles.expire(session, NOW - timedelta(days=1), limit=2) == 1
        assert articles.expire(session, NOW - timedelta(days=1), limit=2) == 0
    assert rows(database) == [2, 2, 2, 2]


def test_a_list_reads_what_it_shows(database: Database) -> None:
    add(database, segments=SEGMENTS, text="\x00ك😀", title="ع\x00")
    with database.read() as session:
        [item] = articles.newest(session, "o", 9)
    assert (item.characters, item.flag_count, item.title) == (3, 1 + sum(range(12)), "ع\x00")
