"""Trying a query on a document, and showing where it hits."""

from datetime import UTC, datetime

import pytest

from models.query import document, highlights, matches, parse

PAPER = document(
    "رئيس الوزراء يلتقي وفد الأمم المتحدة",
    "Prime minister meets UN delegation",
    "قال وزير الخارجية إنّ أسعار القمح ارتفعت ١٢٬٥٠٠ ليرة.",
    "The foreign minister said wheat prices in these countries rose by 12,500 pounds.",
    "رويترز العربية\nWorld/Middle East\nfeeds.reuters.com",
    datetime(2026, 11, 2, 23, 30, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("typed", "holds"),
    [
        ("وزير", True), ("الوزير", True), ("وزيرها", True), ("والوزراء", True), ("قمح", True), ("country", True),
        ("price", True), ("pric", False), ("pric*", True), ("وزر*", True), ("الوزر*", True), ("زير*", False),
        ('"وزير الخارجية"', True), ('"الوزير الخارجية"', True), ('"خارجية وزير"', False),
        ('"المتحدة Prime"', False), ('"المتحدة قال"', False), ("12,500", True), ("12500", False),
        ("wheat oil", False), ("wheat OR oil", True), ("wheat -oil", True), ("wheat -prices", False),
        ("NOT oil", True), ("title:minister", True), ("title:wheat", False), ("title:(wheat OR un)", True),
        ('title:"الأمم المتحدة"', True), ("title:(un NOT wheat)", True), ("-title:wheat", True),
        ("source:reuters", True), ("source:العربيه", True), ('source:"middle east"', True), ("source:bbc", False),
        ("after:2026-11-02", True), ("after:2026-11-03", False), ("before:2026-11-02", False),
        ("before:2026-11-03", True), ("after:2026-11 before:2026-12 wheat", True),
        ("(wheat OR oil) (source:bbc OR after:2026-11)", True),
    ],
)  # fmt: skip
def test_matches(typed: str, holds: bool) -> None:
    query = parse(typed)
    assert query is not None
    assert matches(query, PAPER) is holds


@pytest.mark.parametrize(
    ("typed", "source", "holds"),
    [
        ('source:"قناة 2"', "قناة 2", True),
        ('source:"قناة 2"', "قناة 24", False),
        ('source:"قناة ٢"', "أخبار قناة 2 الليلية", True),
        ('source:"feed 1"', "Feed 12\nfeed 1", True),
        ('source:"feed 1"', "feed 12\n1.example", False),
        ("source:bbc", "bbcarabic.com", False),
        ("source:bbc.co.uk", "www.bbc.co.uk", True),
        ("source:جزيرة", "قناة الجزيرة", True),
        ('source:"a b"', "a\nb", False),
        ("source:*", "*", False),
    ],
)
def test_sources_are_told_by_whole_words(typed: str, source: str, holds: bool) -> None:
    query = parse(typed)
    assert query is not None
    assert matches(query, document("", "", "", "", source, datetime(2026, 11, 2, tzinfo=UTC))) is holds


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("وزير", "قال الوزيرُ لوزيرها", ["الوزيرُ", "لوزيرها"]),
        ('"prime minister"', "The Prime Minister, a minister", ["Prime Minister"]),
        ('minister "prime minister"', "The Prime Minister, a minister", ["Prime Minister", "minister"]),
        ("minister -prime", "The Prime Minister", ["Minister"]),
        ("title:prime OR source:x", "The Prime Minister", ["Prime"]),
        ("coun*", "countries, the council", ["countries", "council"]),
        ("القمح wheat", "أســـعار الـقـمح", ["الـقـمح"]),
        ("after:2026-11", "2026-11", []),
        ("aa", "", []),
    ],
)
def test_highlights(typed: str, text: str, shown: list[str]) -> None:
    query = parse(typed)
    assert query is not None
    assert [span.of(text) for span in highlights(query, text)] == shown
