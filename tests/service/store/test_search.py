"""The search: one suite over articles and entries on both databases, and over `models.query.matches`."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from models import query as queries
from models.query.parsing import DEEPEST
from service.store import articles, entry_search, search, word_rows
from service.store.database import Database
from service.store.feed_tables import EntryRow, FeedRow
from service.store.search_tables import EntryWordsRow
from service.store.tables import ArticleRow, WordsRow
from tests.service import servers
from tests.service.fakes import fresh_database
from tests.service.store import searching
from tests.service.store.rows import NOW, content
from tests.service.store.searching import TEXTS, Library, Shelf


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of each kind for the whole module."""
    if request.param == "sqlite":
        opened = Database(fresh_database())
        yield opened
        opened.close()
        return
    cluster: servers.Postgres = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("postgres_template"))
    opened = Database(cluster.url(name))
    yield opened
    opened.close()
    cluster.drop(name)


@pytest.fixture(scope="module")
def both(postgres: servers.Postgres, postgres_template: str) -> Iterator[tuple[Database, Database]]:
    """A database of each kind at once, shared."""
    name = postgres.create(postgres_template)
    opened = Database(fresh_database()), Database(postgres.url(name))
    yield opened
    for database in opened:
        database.close()
    postgres.drop(name)


@pytest.fixture(scope="module", params=[searching.Articles, searching.Entries, searching.Memory])
def library(request: pytest.FixtureRequest, shared: Database) -> Library:
    """The texts of `searching`, to be read only."""
    made: Library = request.param(shared, f"o{request.param.__name__}")
    made.fill(TEXTS)
    return made


@pytest.fixture
def filled(database: Database) -> searching.Articles:
    made = searching.Articles(database, "o")
    made.fill(TEXTS)
    return made


@pytest.fixture
def entered(database: Database) -> searching.Entries:
    made = searching.Entries(database, "o")
    made.fill(TEXTS)
    return made


def found(library: Library, typed: str) -> set[str]:
    query = queries.parse(typed)
    assert query is not None
    return library.found(query)


EVERYTHING = {"wheat", "hall", "bbc", "marks"}


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
        # what leans on a word
        ("قمح", {"wheat"}),
        ("وقمحهم", {"wheat"}),
        ("وزير", {"wheat", "bbc"}),
        ("الوزير", {"wheat", "bbc"}),
        ("وللوزير", {"wheat", "bbc"}),
        ("وزراء", {"hall"}),
        ("زير", set()),
        # English
        ("wheat", {"wheat"}),
        ("WHEAT", {"wheat"}),
        ("price", {"wheat"}),
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
        ('"مجلس وزرائها"', {"hall"}),
        ("«مجلس الوزراء»", {"hall"}),
        ("“مجلس الوزراء”", {"hall"}),
        ("„prime minister”", {"hall"}),
        ('"الوزراء مجلس"', set()),
        ('"مجلس الحريري"', set()),
        ('"مجلس الوزراء', {"hall"}),
        ('"prime minister" طرابلس', {"hall"}),
        ('طرابلس"prime minister"', {"hall"}),
        ('"minister said" "said wheat"', {"wheat"}),
        ('"the minister said wheat prices rose by"', {"wheat"}),
        ('"the minister said wheat rose prices by"', set()),
        # no phrase reaches from one text into another
        ('"ليرة The"', set()),
        ('"الأسعار Prices"', set()),
        ('"rise قال"', set()),
        # operators
        ("wheat AND prices", {"wheat"}),
        ("wheat OR hariri", {"wheat", "hall"}),
        ("wheat OR hariri denied", {"wheat"}),
        ("(wheat OR bbc) denied", {"bbc"}),
        ("NOT wheat", EVERYTHING - {"wheat"}),
        ("-wheat -hall", {"bbc", "marks"}),
        ("minister -wheat", {"hall", "bbc"}),
        ("minister NOT (wheat OR bbc)", {"hall"}),
        ('minister -"prime minister"', {"wheat", "bbc"}),
        ('minister -("prime minister" OR "minister said")', {"bbc"}),
        ('minister -("prime minister" tripoli)', {"wheat", "bbc"}),
        ("wheat OR NOT minister", {"wheat", "marks"}),
        ('-"prime minister" -"minister said"', {"bbc", "marks"}),
        ("wheat* -prices", set()),
        # beginnings
        ("minist", set()),
        ("minist*", {"wheat", "hall", "bbc"}),
        ("ministers*", {"wheat", "hall", "bbc"}),
        ("وزر*", {"hall"}),
        ("الوز*", {"wheat", "hall", "bbc"}),
        ("وز* -minist*", set()),
        # titles
        ("title:wheat", set()),
        ("title:price", {"wheat"}),
        ("title:السعر OR title:أسعار", {"wheat"}),
        ('title:"prices rise"', {"wheat"}),
        ('title:"rise prices"', set()),
        ('title:"minister said"', set()),
        ("title:pric*", {"wheat"}),
        ("title:minist*", set()),
        ("title:(hall OR prices)", {"wheat", "hall"}),
        ("title:(hall -prices)", {"hall"}),
        ("title:(NOT hall)", EVERYTHING - {"hall"}),
        ("hall -title:prices", {"hall"}),
        # sources and dates
        ("source:herald", {"wheat", "marks"}),
        ("source:TRIBUNE.example", {"hall", "bbc"}),
        ("source:nowhere", set()),
        ("minister source:tribune", {"hall", "bbc"}),
        ("minister -source:tribune", {"wheat"}),
        ("wheat OR source:tribune", {"wheat", "hall", "bbc"}),
        ("source:herald -wheat", {"marks"}),
        ("after:2026-02-22", {"wheat", "hall"}),
        ("after:2026-02-23", {"wheat"}),
        ("before:2026-02-22", {"bbc", "marks"}),
        ("after:2026-02-01 before:2026-03-01 minister", {"hall", "bbc"}),
        ("minister (after:2026-03 OR source:tribune) -bbc", {"wheat", "hall"}),
        ("wheat OR before:2026-02-10", {"wheat", "marks"}),
        ("NOT (after:2026-02-20 minister)", {"bbc", "marks"}),
        # what means something to a query language of a database, and is only words here
        ("wheat & !prices | 'x", set()),
        ("'wheat' (prices)", {"wheat"}),
        ("NEAR(wheat prices)", set()),
        ("wheat%", {"wheat"}),
        ("w_eat", set()),
        ("wheat\x00prices", set()),
        ("wheat \x00 prices", {"wheat"}),
        ("body:wheat", set()),
    ],
)  # fmt: skip
def test_what_is_found(library: Library, typed: str, expected: set[str]) -> None:
    assert found(library, typed) == expected


def test_feeds_have_titles_and_folders(library: Library) -> None:
    if isinstance(library, searching.Articles):
        pytest.skip("articles have an address only")
    assert found(library, "source:منبر") == {"hall", "bbc"}
    assert found(library, 'source:"world/القمح"') == {"wheat", "marks"}
    assert found(library, 'source:"the her"') == set()  # whole words only
    assert found(library, 'source:"صحيفة المن"') == set()
    assert found(library, 'source:"herald world"') == set()  # not from one name into the next
    assert found(library, "source:قمح") == {"wheat", "marks"}


def test_the_longest_query_is_answered(library: Library) -> None:
    assert found(library, " ".join(f"w{n}" for n in range(250))) == set()
    assert found(library, " OR ".join(f"w{n}" for n in range(140)) + " OR wheat") == {"wheat"}
    assert found(library, " ".join(f"{n}-b" for n in range(250))) == set()
    assert found(library, "minister " * 111) == {"wheat", "hall", "bbc"}
    deep = "wheat OR (aa bb AND (" * (DEEPEST // 2) + "minister" + "))" * (DEEPEST // 2)
    assert found(library, deep) == {"wheat"}


def test_deleted_and_changed_words_are_not_found(filled: searching.Articles) -> None:
    with filled.database.write() as session:
        assert articles.remove(session, "o", "art_o_wheat")
        session.execute(update(WordsRow).where(WordsRow.article_id == "art_o_bbc").values(body="zebra"))
        session.execute(delete(ArticleRow).where(ArticleRow.id == "art_o_hall"))
    assert found(filled, "minister") == set()
    assert found(filled, "zebra") == {"bbc"}


def test_words_of_entries_go_with_them_and_change_with_them(entered: searching.Entries) -> None:
    with entered.database.write() as session:
        session.execute(delete(EntryRow).where(EntryRow.guid == "hall"))
        [entry] = session.scalars(select(EntryRow).where(EntryRow.guid == "bbc"))
        moved = entry_search.Item(
            entry.id, "o", entry.feed_id, NOW + timedelta(days=1), "عنوان", "Zebra", "", "A minister"
        )
        entry_search.index(session, moved)
    assert found(entered, "hariri") == set()
    assert found(entered, "denied") == set()
    assert found(entered, "title:zebra") == {"bbc"}
    query = queries.parse("minister")
    assert query is not None
    assert entered.listed(query) == ["bbc", "wheat"]
    with entered.database.write() as session:
        session.execute(delete(FeedRow))
        assert session.scalars(select(EntryWordsRow)).all() == []
    assert found(entered, "minister") == set()


def test_entries_come_newest_first_and_page_by_page(entered: searching.Entries) -> None:
    with entered.database.write() as session:
        for n in range(5):  # published in the same second
            entered.add(session, f"same{n}", replace(TEXTS["hall"], age=5))
    for typed in ("minister", '"prime minister" OR minister', "after:2020 -zebra", "source:example minister"):
        query = queries.parse(typed)
        assert query is not None
        whole = entered.listed(query)
        times = [entry.published for entry in entries_of(entered, whole)]
        assert times == sorted(times, reverse=True)
        seen: list[str] = []
        after = None
        while True:
            with entered.database.read() as session:
                page = entry_search.find(session, "o", query, 2, after)
            seen += [hit.entry.guid for hit in page]
            if len(page) < 2:
                break
            after = page[-1].place
        assert seen == whole
        assert len(set(seen)) == len(seen)


def entries_of(library: searching.Entries, guids: Sequence[str]) -> list[EntryRow]:
    with library.database.read() as session:
        rows = {row.guid: row for row in session.scalars(select(EntryRow))}
    return [rows[guid] for guid in guids]


def test_others_find_nothing_of_it(entered: searching.Entries) -> None:
    other = searching.Entries(entered.database, "p")
    with entered.database.write() as session:
        other.add(session, "theirs", replace(TEXTS["wheat"], source="tribune"))
    for typed in ("wheat", '"minister said"', "NOT zebra", "source:tribune", "wheat OR source:herald"):
        assert "theirs" not in found(entered, typed)
        assert found(other, typed) <= {"theirs"}
    assert found(other, "source:herald") == set()


def test_an_empty_article_can_be_stored(database: Database) -> None:
    with database.write() as session:
        articles.add(session, "o", "f", content(title=None, title_en=None, text="…", english="—"), NOW)
        assert articles.newest(session, "o", 9, query=queries.parse("aa")) == []


def test_refresh_takes_only_what_is_stale(filled: searching.Articles) -> None:
    with filled.database.write() as session:
        assert search.refresh(session, 10) == 0
        session.execute(update(WordsRow).values(policy="tokens:0"))
        assert search.refresh(session, 3) == 3
        assert search.refresh(session, 3) == 1
        session.execute(delete(WordsRow).where(WordsRow.article_id == "art_o_wheat"))
        assert search.refresh(session, 3) == 1
        assert set(session.scalars(select(WordsRow.policy))) == {word_rows.POLICY}
    assert found(filled, "wheat") == {"wheat"}


def test_entries_are_refreshed_too(entered: searching.Entries) -> None:
    with entered.database.write() as session:
        assert entry_search.refresh(session, 10) == 0  # none of them is translated
        session.execute(update(EntryRow).values(state="translated", title_en="Of the store"))
        session.execute(update(EntryWordsRow).values(policy="tokens:0"))
        assert entry_search.refresh(session, 3) == 3
        assert entry_search.refresh(session, 3) == 1
        session.execute(delete(EntryWordsRow))
        kept = content(text="سنبلة", english="An ear")
        articles.add(session, "o", "f", kept, NOW, "art_1")
        session.execute(update(EntryRow).where(EntryRow.guid == "hall").values(article_id="art_1"))
        session.flush()
        assert [entry_search.refresh(session, 3) for _ in range(3)] == [3, 1, 0]
        assert set(session.scalars(select(EntryWordsRow.policy))) == {word_rows.POLICY}
    assert found(entered, "القمح") == {"wheat"}
    assert found(entered, "title:store") == EVERYTHING
    assert found(entered, "ear") == {"hall"}


def test_a_text_of_too_many_different_words_is_searched_at_its_beginning(database: Database) -> None:
    """Three times as many bytes of different words as PostgreSQL's vector can hold."""
    words = [f"كلمه{n:07}" for n in range(120_000)]
    library = searching.Articles(database, "o")
    text = " ".join(words)
    library.fill({"long": Shelf("", text, "", text)})
    assert found(library, words[0]) == {"long"}
    assert found(library, words[25_000]) == {"long"}
    assert found(library, f'"{words[20_000]} {words[20_001]}"') == {"long"}
    assert found(library, f'"{words[20_001]} {words[20_000]}"') == set()
    assert found(library, words[-1]) == set()


def test_an_endless_word_counts_at_its_beginning(database: Database) -> None:
    library = searching.Articles(database, "o")
    library.fill({"long": Shelf("", "ت" * 50_000, "", "")})
    assert found(library, "ت" * 900) == {"long"}
    assert found(library, "ت" * 100) == set()


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
    wanted = [f'"{part.replace(chr(34), " ")}"' for part in (texts[pick % len(texts)], whole)]
    answers = []
    for database in both:
        library = searching.Articles(database, "o")
        library.fill({"it": Shelf("", whole, "", "")})
        asked = [queries.parse(typed) for typed in (*wanted, "zzz")]
        answers.append([None if query is None else bool(library.found(query)) for query in asked])
    assert answers[0] == answers[1]
    assert False not in answers[0][:1]


# Few words, so that random queries meet random texts.
WORD = st.sampled_from(["قمح", "وزير", "wheat", "oil", "price"])
TOKENS = st.lists(WORD, min_size=2, max_size=3).map(tuple)
LEAF = st.one_of(
    st.builds(queries.Word, WORD),
    st.builds(queries.Word, st.sampled_from(["وز", "whe", "oi", "pri"]), st.just(True)),
    st.builds(queries.Phrase, TOKENS),
)


def _joined(parts: st.SearchStrategy[queries.Query]) -> st.SearchStrategy[queries.Query]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(queries.All, several), st.builds(queries.Any, several), st.builds(queries.Not, parts)
    )


OTHERS = st.one_of(
    st.builds(queries.Source, st.sampled_from(["herald", "trib", "example", "none"])),
    st.builds(queries.After, st.sampled_from([NOW.date() - timedelta(days=n) for n in range(4)])),
    st.builds(queries.Before, st.sampled_from([NOW.date() - timedelta(days=n) for n in range(4)])),
)
IN_TITLE = st.builds(queries.Title, st.recursive(LEAF, _joined, max_leaves=3))
QUERY = st.recursive(st.one_of(LEAF, LEAF, IN_TITLE, OTHERS), _joined, max_leaves=6)


def made_up(number: int) -> dict[str, Shelf]:
    """Short texts of these few words, the same in every run."""
    chosen = random.Random(7)

    def some(most: int) -> str:
        return " ".join(chosen.choices(["قمح", "وزير", "wheat", "oil", "price"], k=chosen.randint(0, most)))

    return {
        f"t{n}": Shelf(
            some(3), some(6), some(3), some(6), chosen.choice(list(searching.FEEDS)), chosen.randint(0, 3)
        )
        for n in range(number)
    }


@pytest.fixture(scope="module")
def alike(both: tuple[Database, Database]) -> list[Library]:
    """The same texts in memory, as entries and as articles, on SQLite and PostgreSQL."""
    kinds = (searching.Entries, searching.Articles)
    made: list[Library] = [searching.Memory(both[0], "same")]
    made += [kind(database, "same") for kind in kinds for database in both]
    for library in made:
        library.fill(made_up(60))
    return made


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100, deadline=None)
@given(QUERY)
def test_all_mean_the_same(alike: list[Library], query: queries.Query) -> None:
    """Whatever the query."""
    expected = alike[0].found(query)
    for library in alike[1:]:
        assert library.found(query) == expected, type(library).__name__


def test_sqlite_does_not_go_through_all_hits_for_each_article() -> None:
    database = Database(fresh_database())
    query = queries.parse("aa")
    assert query is not None
    with database.read() as session:
        wanted = select(ArticleRow.id).join(WordsRow, WordsRow.article_id == ArticleRow.id)
        wanted = wanted.where(ArticleRow.owner == "o", search.matches(session, query))
        asked = wanted.compile(session.connection(), compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    database.close()
    assert [step for step in plan if "article_words" in step and "rowid=?" in step] == []
    assert [step for step in plan if "SCAN article_words" in step] == []
