"""The headline: translated like a text, checked like a segment."""

from models.document import TextTranslation, Title


def title(done: TextTranslation) -> Title:
    """What came of translating a headline. It is as sure as the least sure of its sentences."""
    return Title(
        ar=done.source,
        en=done.english,
        confidence=min((t.confidence for t in done.translations), default=1.0),
        flags=tuple(
            flag.shifted(t.segment.start, place.start)
            for t, place in zip(done.translations, done.english_spans, strict=True)
            for flag in t.flags
        ),
    )
