"""The index finds what trying every query would find, and tries few."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import query as queries
from models.query import Document, Word, matches, parse, written
from service.monitor.watch_index import WatchIndex, filed_under

NOW = datetime(2026, 11, 28, tzinfo=UTC)
WORDS = ("قمح", "وزير", "لبنان", "سعر", "wheat", "price", "minister", "oil")


def document(title: str = "", title_en: str = "", text: str = "", text_en: str = "", source: str = "رويترز") -> Document:  # fmt: skip
    return queries.document(title, title_en, text, text_en, source, NOW)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("القمح", {"قمح"}),
        ("القمح وزير", {"وزير"}),
        ("القمح OR wheat", {"قمح", "wheat"}),
        ('"وزير الخارجية"', {"خارجيه"}),
        ("title:(القمح OR النفط)", {"قمح", "نفط"}),
        ("source:reuters القمح after:2026-01-01", {"قمح"}),
        ("ريا*", {"ريا*"}),
        ("ريا* OR القمح", {"ريا*", "قمح"}),
        ("ريا* القمح", {"قمح"}),
        ("source:reuters", {"@reuters"}),
        ("source:reuters ريا*", {"ريا*"}),
        ("NOT القمح", None),
        ("القمح OR source:reuters", {"قمح", "@reuters"}),
        ("القمح OR after:2026-01-01", None),
    ],
)
def test_where_a_query_is_filed(query: str, expected: set[str] | None) -> None:
    parsed = parse(query)
    assert parsed is not None
    anchors = filed_under(parsed)
    assert (None if anchors is None else set(map(shown, anchors))) == expected


def shown(anchor: Word | queries.Source) -> str:
    if isinstance(anchor, queries.Source):
        return f"@{anchor.text}"
    return f"{anchor.token}*" if anchor.prefix else anchor.token


TREES = st.recursive(
    st.sampled_from(WORDS).map(Word) | st.sampled_from(["قم", "wh", "pri"]).map(lambda t: Word(t, True)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: queries.All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: queries.Any(tuple(parts))),
        inner.map(queries.Not),
        inner.map(queries.Title),
        st.just(queries.Source("رويترز")),
        st.just(queries.Source("جريده")),
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)


@given(st.lists(TREES, max_size=8), TEXTS, TEXTS, TEXTS, TEXTS)
def test_what_is_found_is_what_trying_all_finds(
    trees: list[queries.Query], title: str, title_en: str, text: str, text_en: str
) -> None:
    texts = {f"wat_{n}": written(tree) for n, tree in enumerate(trees)}
    try:
        parsed = {id: parse(text) for id, text in texts.items()}
    except queries.QueryError:  # a title within a title
        return
    asked = document(title, title_en, text, text_en)
    expected = {id for id, query in parsed.items() if query is not None and matches(query, asked)}
    assert WatchIndex(texts).answered(asked).keys() == expected


def test_a_watch_on_one_channel_does_not_hear_of_another() -> None:
    index = WatchIndex({"wat_1": 'source:"قناة 2"', "wat_2": 'source:"قناة 24" OR source:قناة'})
    assert index.answered(document("خبر", source="قناة 24")).keys() == {"wat_2"}
    assert index.answered(document("خبر", source="قناة 2")).keys() == {"wat_1", "wat_2"}


def test_few_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, tried = random.Random(1), []
    alphabet = "ابتثجحخدذرز"
    texts = {f"wat_{n}": " ".join("".join(draw.choices(alphabet, k=7)) for _ in range(2)) for n in range(500)}
    index = WatchIndex(texts)
    monkeypatch.setattr(queries, "matches", lambda query, asked: tried.append(query) or True)
    index.answered(document(texts["wat_7"]))
    assert len(tried) <= 2


def test_a_query_that_cannot_be_read_any_more_finds_nothing() -> None:
    index = WatchIndex({"wat_1": "(القمح", "wat_2": "القمح", "wat_3": ""})
    assert index.answered(document("ارتفع القمح")).keys() == {"wat_2"}
