"""The search: one suite on both databases."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from service.store import articles, search
from service.store.database import Database
from service.store.search import All, Phrase
from service.store.tables import ArticleRow, WordsRow
from tests.service import servers
from tests.service.fakes import fresh_database
from tests.service.store.rows import NOW, content

ARTICLES: Mapping[str, tuple[str | None, str, str | None, str]] = {
    "wheat": ("ارتفاعُ الأسعار", "قال الوزير إنّ أسعار القمح ارتفعت ١٢٬٥٠٠ ليرة.", "Prices rise",
              "The minister said wheat prices rose by 12,500 pounds."),
    "hall": ("قاعة", "اجتمع رئيسُ مجلس الوزراء الحريري في مستشفى طرابلس.", "A hall",
             "Prime Minister Al-Hariri met in the hospital's hall in Tripoli."),
    "bbc": (None, "نقلت BBC الخبر، والوزير نفى.", None, "BBC reported it; the well-known minister denied."),
    "marks": (None, "ﻻ ﷲ لا إله مـــحـــمـــد\u200f", None, "Straße ﬁnally İstanbul naïve café"),
}  # fmt: skip


def fill(database: Database) -> Database:
    with database.write() as session:
        for name, (title, text, title_en, english) in ARTICLES.items():
            kept = content(title=title, text=text, title_en=title_en, english=english)
            articles.add(session, "o", name, kept, NOW, f"art_{name}")
    return database


@pytest.fixture
def filled(database: Database) -> Database:
    return fill(database)


@pytest.fixture(scope="module")
def both(postgres: servers.Postgres, postgres_template: str) -> Iterator[tuple[Database, Database]]:
    """A database of each kind, shared."""
    name = postgres.create(postgres_template)
    opened = Database(fresh_database()), Database(postgres.url(name))
    yield opened
    for database in opened:
        database.close()
    postgres.drop(name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The articles above, to be read only."""
    if request.param == "sqlite":
        opened = fill(Database(fresh_database()))
        yield opened
        opened.close()
        return
    cluster: servers.Postgres = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("postgres_template"))
    opened = fill(Database(cluster.url(name)))
    yield opened
    opened.close()
    cluster.drop(name)


def found(database: Database, typed: str) -> set[str]:
    query = search.parse(typed)
    assert query is not None
    with database.read() as session:
        return {item.id.removeprefix("art_") for item in articles.newest(session, "o", 99, query=query)}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # Arabic: spellings that readers take for the same
        ("القمح", {"wheat"}),
        ("أسعار", {"wheat"}),
        ("اسعار", {"wheat"}),
        ("الاسعار", {"wheat"}),
        ("أَسْعَار", {"wheat"}),
        ("أســـعار", {"wheat"}),
        ("ان", {"wheat"}),
        ("رئيس", {"hall"}),
        ("مستشفي", {"hall"}),
        ("قاعه", {"hall"}),
        ("محمد", {"marks"}),
        ("اله", {"marks"}),
        ("لا", {"marks"}),
        ("١٢٬٥٠٠", {"wheat"}),
        ("12,500", {"wheat"}),
        ("12500", set()),
        ("۱۲٬۵۰۰", {"wheat"}),
        # no stemming: another word is another word
        ("قمح", set()),
        ("الوزير", {"wheat"}),
        ("والوزير", {"bbc"}),
        # English
        ("wheat", {"wheat"}),
        ("WHEAT", {"wheat"}),
        ("hariri", {"hall"}),
        ("Al-Hariri", {"hall"}),
        ("al hariri", {"hall"}),
        ("hariri-al", set()),
        ("hospital", {"hall"}),
        ("hospital’s", {"hall"}),
        ("known-well", set()),
        ("well-known", {"bbc"}),
        ("strasse", {"marks"}),
        ("FINALLY", {"marks"}),
        ("café", {"marks"}),
        ("cafe", set()),
        # every word, in either language, in the title or the text
        ("القمح minister", {"wheat"}),
        ("minister", {"wheat", "hall", "bbc"}),
        ("minister القمح hariri", set()),
        ("bbc", {"bbc"}),
        ("prices rise قال", {"wheat"}),
        # phrases
        ('"مجلس الوزراء"', {"hall"}),
        ("«مجلس الوزراء»", {"hall"}),
        ("“مجلس الوزراء”", {"hall"}),
        ("„prime minister”", {"hall"}),
        ('"الوزراء مجلس"', set()),
        ('"مجلس الحريري"', set()),
        ('"مجلس الوزراء', {"hall"}),
        ('"prime minister" طرابلس', {"hall"}),
        ('طرابلس"prime minister"', {"hall"}),
        ('"minister said" "said wheat"', {"wheat"}),
        # no phrase reaches from one text into another
        ('"ليرة The"', set()),
        ('"الأسعار Prices"', set()),
        ('"rise قال"', set()),
        # a part of a word is no word
        ("وزير", set()),
        ("minist", set()),
        # what means something to a query language of a database, and is only words here
        ("wheat AND prices", set()),
        ("wheat OR hariri", set()),
        ("NOT wheat", set()),
        ("wheat* -prices", {"wheat"}),
        ("title:wheat", set()),
        ("wheat & !prices | 'x", set()),
        ("'wheat' (prices)", {"wheat"}),
        ("NEAR(wheat prices)", set()),
        ("%", None),
        ("wheat%", {"wheat"}),
        ("w_eat", set()),
        ("wheat\x00prices", set()),
        ("wheat \x00 prices", {"wheat"}),
    ],
)  # fmt: skip
def test_what_is_found(library: Database, typed: str, expected: set[str] | None) -> None:
    if expected is None:
        assert search.parse(typed) is None
    else:
        assert found(library, typed) == expected


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", None),
        ("  ؟ - \"\" « » _", None),
        ("أسعار", All((Phrase(("اسعار",)),))),
        ("a a b", All((Phrase(("a",)), Phrase(("b",))))),
        ('x "a b" y', All((Phrase(("x",)), Phrase(("a", "b")), Phrase(("y",))))),
        ("l'eau", All((Phrase(("l", "eau")),))),
    ],
)  # fmt: skip
def test_parse(typed: str, query: All | None) -> None:
    assert search.parse(typed) == query


def test_the_longest_query_is_answered(library: Database) -> None:
    assert found(library, " ".join(f"w{n}" for n in range(250))) == set()
    assert found(library, " ".join(f"{n}-b" for n in range(250))) == set()
    assert found(library, "minister " * 111) == {"wheat", "hall", "bbc"}


def test_deleted_and_changed_words_are_not_found(filled: Database) -> None:
    with filled.write() as session:
        assert articles.remove(session, "o", "art_wheat")
        session.execute(update(WordsRow).where(WordsRow.article_id == "art_bbc").values(body="zebra"))
        session.execute(delete(ArticleRow).where(ArticleRow.id == "art_hall"))
    assert found(filled, "minister") == set()
    assert found(filled, "zebra") == {"bbc"}


def test_an_empty_article_can_be_stored(database: Database) -> None:
    with database.write() as session:
        articles.add(session, "o", "f", content(title=None, title_en=None, text="…", english="—"), NOW)
        assert articles.newest(session, "o", 9, query=search.parse("a")) == []


def test_refresh_takes_only_what_is_stale(filled: Database) -> None:
    with filled.write() as session:
        assert search.refresh(session, 10) == 0
        session.execute(update(WordsRow).values(policy="tokens:0"))
        assert search.refresh(session, 3) == 3
        assert search.refresh(session, 3) == 1
        session.execute(delete(WordsRow).where(WordsRow.article_id == "art_wheat"))
        assert search.refresh(session, 3) == 1
        assert set(session.scalars(select(WordsRow.policy))) == {search.POLICY}
    assert found(filled, "wheat") == {"wheat"}


def test_a_text_of_too_many_different_words_is_searched_at_its_beginning(database: Database) -> None:
    """Three times as many bytes of different words as PostgreSQL's vector can hold."""
    words = [f"كلمه{n:07}" for n in range(120_000)]
    with database.write() as session:
        text = " ".join(words)
        articles.add(session, "o", "f", content(text=text, english=text), NOW, "art_long")
    assert found(database, words[0]) == {"long"}
    assert found(database, words[25_000]) == {"long"}
    assert found(database, f'"{words[20_000]} {words[20_001]}"') == {"long"}
    assert found(database, words[-1]) == set()


def test_an_endless_word_counts_at_its_beginning(database: Database) -> None:
    with database.write() as session:
        articles.add(session, "o", "f", content(text="ب" * 50_000), NOW, "art_long")
    assert found(database, "ب" * 900) == {"long"}
    assert found(database, "ب" * 100) == set()


LETTERS = st.text(st.characters(categories=["L", "N", "M"]), min_size=1, max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(
    texts=st.lists(st.one_of(LETTERS, st.text(max_size=8)), min_size=1, max_size=6), pick=st.integers(0, 5)
)
@example(texts=["\U0001e900\U0001e922", "ꟽ"], pick=0)  # letters younger than SQLite's tables of them
@example(texts=["क्षि", "ไทย"], pick=0)
def test_any_word_that_is_there_is_found_by_both(
    both: tuple[Database, Database], texts: list[str], pick: int
) -> None:
    """Whatever the script, and also when it is a phrase of all the words side by side."""
    whole = " ".join(texts)
    wanted = [texts[pick % len(texts)], f'"{whole.replace(chr(34), " ")}"', "zzz"]
    answers = []
    for database in both:
        with database.write() as session:
            session.execute(delete(ArticleRow))
            articles.add(session, "o", "f", content(title=None, text=whole, english=""), NOW, "art_1")
        queries = [search.parse(typed) for typed in wanted]
        answers.append([None if query is None else bool(found_by(database, query)) for query in queries])
    assert answers[0] == answers[1]
    assert False not in answers[0][:1]


def found_by(database: Database, query: search.Query) -> list[articles.Listed]:
    with database.read() as session:
        return articles.newest(session, "o", 9, query=query)


def test_sqlite_does_not_go_through_all_hits_for_each_article() -> None:
    database = Database(fresh_database())
    query = search.parse("a")
    assert query is not None
    with database.read() as session:
        wanted = select(ArticleRow.id).join(WordsRow, WordsRow.article_id == ArticleRow.id)
        wanted = wanted.where(ArticleRow.owner == "o", search.matches(session, query))
        asked = wanted.compile(session.connection(), compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    database.close()
    assert [step for step in plan if "article_words" in step and "rowid=?" in step] == []
    assert [step for step in plan if "SCAN article_words" in step] == []
