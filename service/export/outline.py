"""The parts that every format has, in words: so that a file says the same whatever its format."""

from dataclasses import dataclass

from models.document import BilingualSummary
from service.rows import PageView, SentenceView, page_view


@dataclass(frozen=True, slots=True)
class Outline:
    """`facts` are (name, value) lines about the article; `view` holds rows, sentences and flags."""

    title_ar: str
    title_en: str
    facts: tuple[tuple[str, str], ...]
    view: PageView
    notices: tuple[str, ...]
    made_by: str


def outline(result: BilingualSummary) -> Outline:
    article = result.article
    title_ar, title_en = (result.title.ar, result.title.en) if result.title else (article.title or "", "")
    named = (
        ("Source", article.source),
        ("Author", article.author),
        ("Published", article.published),
        ("Address", article.url),
    )
    return Outline(
        title_ar,
        title_en,
        tuple((name, value) for name, value in named if value),
        page_view(result),
        tuple(notice.message for notice in result.warnings),
        f"Mujaz, machine translation. {result.method.capitalize()} summary. {result.signature}",
    )


def english_paragraphs(view: PageView) -> list[str]:
    return [" ".join(row.en.text for row in rows if row.en.text) for rows in view.paragraphs]


def arabic_paragraphs(view: PageView) -> list[str]:
    return [" ".join(row.ar.text for row in rows) for rows in view.paragraphs]


def places(sentence: SentenceView) -> str:
    """The numbers of the segments that a summary sentence rests on, for people."""
    return ", ".join(dict.fromkeys(str(source.number) for source in sentence.sources))
