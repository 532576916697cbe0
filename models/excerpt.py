"""A translation of parts of an article: of what a summary picked, where nobody has to read the rest.

Spans stay those of the whole article, so that an excerpt is checked, cited and stored like a translation of
all of it; what isn't translated stands in no segment.
"""

from collections.abc import Sequence
from dataclasses import replace

from models.document import Notice, Segment, Source, Span, TextTranslation, Translation
from models.summarize import Pick

CODE = "summary_only"


def places(picks: Sequence[Pick]) -> list[Span]:
    """Where the picks stand in the article; picks of more than one place have several."""
    return [Span(source.start, source.end) for pick in picks for source in pick.sources]


def excerpt(text: str, parts: Sequence[Span], translated: Sequence[TextTranslation]) -> TextTranslation:
    """The article's translation as far as there is one: `translated[i]` is that of `parts[i]`, a piece of
    `text`. Pieces are in article order; each is a paragraph of the English. A notice says what is left."""
    translations: list[Translation] = []
    spans: list[Span] = []
    english = ""
    for number, (part, one) in enumerate(zip(parts, translated, strict=True)):
        english += "\n" if english else ""
        for translation, place in zip(one.translations, one.english_spans, strict=True):
            own = translation.segment
            moved = Segment(len(translations), own.start + part.start, own.end + part.start, number)
            translations.append(replace(translation, segment=moved))
            spans.append(place.shifted(len(english)))
        english += one.english
    left = len(text) - sum(part.end - part.start for part in parts)
    return TextTranslation(
        source=text,
        translations=tuple(translations),
        english=english,
        english_spans=tuple(spans),
        notices=(
            Notice(
                CODE,
                "Only the title and the sentences of the summary were translated; "
                f"{left:,} characters of the text are left in Arabic.",
            ),
            *dict.fromkeys(notice for one in translated for notice in one.notices),
        ),
        cached_segments=sum(one.cached_segments for one in translated),
    )


def among(pick: Pick, body: TextTranslation) -> Pick:
    """The pick with its sources by the segments of the excerpt."""
    found = [
        Source(t.segment.index, t.segment.start, t.segment.end)
        for t in body.translations
        if any(s.start <= t.segment.start and t.segment.end <= s.end for s in pick.sources)
    ]
    return replace(pick, sources=tuple(found))
