"""Things to put into a store."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from models.document import Span
from service.store.articles import Content, StoredSegment

NOW = datetime(2026, 3, 4, 5, 6, 7, 89_000, UTC)

CONTENT = Content(
    title="أسعار",
    text="قال الوزير إن أسعار القمح ارتفعت.",
    language="ar",
    url="https://example.org/a",
    published="2026-03-04",
    author="ليلى حداد",
    title_en="Prices",
    english="The minister said wheat prices rose.",
    segments=(StoredSegment(0, Span(0, 33), Span(0, 36), 0.7312, [{"code": "quotes", "ar": None}], None),),
    method="extractive",
    sentences=[{"ar": "أسعار القمح", "en": "wheat prices", "score": 0.5, "sources": [], "flags": []}],
    warnings=[{"code": "starter_model", "message": "small"}],
    model="starter",
    signature="fake|summary:extractive",
    title_confidence=0.25,
    title_flags=[{"code": "name_lost", "ar": {"start": 0, "end": 1}}],
)


def content(**fields: Any) -> Content:
    """An article to store, with other fields where given."""
    return replace(CONTENT, **fields)
