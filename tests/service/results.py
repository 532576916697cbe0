"""Hand-made results for the page and the exports: real shapes, no model."""

from models.document import (
    Article,
    BilingualSummary,
    Flag,
    Notice,
    Segment,
    Source,
    Span,
    SummarySentence,
    Title,
    Translation,
)

ARABIC = "أعلنت وزارة الصحة اليوم تطعيم ٣٥٠ ألف طفل.\n\nوقال الوزير: «سنصل إلى كل قرية». BBC نقلت الخبر."
PIECES = (
    (
        "أعلنت وزارة الصحة اليوم تطعيم ٣٥٠ ألف طفل.",
        "The Health Ministry announced vaccinating 530,000 children.",
        0,
        0.31,
    ),
    ("وقال الوزير: «سنصل إلى كل قرية».", "“We will reach every village,” the minister said.", 1, 0.86),
    ("BBC نقلت الخبر.", "BBC reported the news.", 1, 0.55),
)


def _flags(arabic: str, english: str) -> tuple[Flag, ...]:
    ar, en = arabic.index("٣٥٠"), english.index("530")
    message = "The Arabic has ٣٥٠, the English has 530."
    return (
        Flag("number_mismatch", "critical", message, Span(ar, ar + 3), Span(en, en + 3)),
        Flag("low_confidence", "minor", "The model was unsure."),
    )


HEADLINE = Title(
    "تطعيم 350 ألف طفل",
    "530,000 children vaccinated",
    0.3,
    (Flag("number_mismatch", "critical", "The headline has 350, its English 530.", Span(6, 9), Span(0, 3)),),
)


def make(*, title: bool = True, flagged: bool = True, sentences: bool = True) -> BilingualSummary:
    """A three-segment article in two paragraphs, with one flagged number and two summary sentences."""
    translations, spans, parts = [], [], []
    for index, (arabic, english, paragraph, confidence) in enumerate(PIECES):
        start = ARABIC.index(arabic)
        parts.append(("", "\n\n", " ")[index])
        begin = len("".join(parts))
        parts.append(english)
        spans.append(Span(begin, begin + len(english)))
        flags = _flags(arabic, english) if flagged and index == 0 else ()
        segment = Segment(index, start, start + len(arabic), paragraph)
        translations.append(Translation(segment, english, confidence, flags))
    clause = ARABIC.index("سنصل")
    picks = (
        SummarySentence(PIECES[0][0], PIECES[0][1], 0.9, (Source(0, 0, 43),), translations[0].flags),
        SummarySentence(
            "سنصل إلى كل قرية", "We will reach every village", 0.7, (Source(1, clause, clause + 16),)
        ),
    )
    return BilingualSummary(
        article=Article(ARABIC, "حملة تطعيم" if title else None, author="ليلى حداد", published="2026-03-04"),
        translations=tuple(translations),
        english="".join(parts),
        english_spans=tuple(spans),
        sentences=picks if sentences else (),
        method="extractive",
        signature="model:starter@1|beam:4",
        title=Title("حملة تطعيم", "Vaccination campaign", 0.6) if title else None,
        warnings=(Notice("starter_model", "The bundled starter model is small: check everything."),),
        timing_ms={"total_ms": 41.0, "translate_ms": 36.0},
    )
