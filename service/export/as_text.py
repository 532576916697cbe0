"""Plain text: one language to a block, so that lines need no direction marks."""

from models.document import BilingualSummary
from service.export.outline import Outline, arabic_paragraphs, english_paragraphs, outline, places


def _heading(words: str) -> str:
    return f"{words}\n{'-' * len(words)}"


def _checks(out: Outline) -> list[str]:
    if not out.view.issues:
        return []
    lines = [
        f"* {issue.flag.severity.capitalize()}, {issue.place}: {issue.flag.label}. {issue.flag.message}"
        for issue in out.view.issues
    ]
    return [_heading("Check before you publish"), "\n".join(lines)]


def to_text(result: BilingualSummary) -> str:
    """Summary in both languages, places to check, translation, original, origin; ends with a line feed."""
    out = outline(result)
    summary_en = [f"{s.number}. {s.en}  [segment {places(s)}]" for s in out.view.sentences]
    summary_ar = [f"{s.number}. {s.ar}" for s in out.view.sentences]
    blocks = [
        "\n".join(dict.fromkeys(title for title in (out.title_en, out.title_ar) if title)),
        _heading("Summary") if out.view.sentences else "",
        "\n".join(summary_en),
        "\n".join(summary_ar),
        *_checks(out),
        _heading("Translation"),
        *english_paragraphs(out.view),
        _heading("Original"),
        *arabic_paragraphs(out.view),
        _heading("About this text"),
        "\n".join([*(f"{name}: {value}" for name, value in out.facts), *out.notices, out.made_by]),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"
