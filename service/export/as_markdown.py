"""CommonMark with the Arabic in `<div dir="rtl">` blocks, which GitHub, GitLab and most editors honour."""

import re

from models.document import BilingualSummary
from service.export.outline import Outline, arabic_paragraphs, english_paragraphs, outline, places

# What starts or ends markup anywhere in a line; an ampersand only where it would be read as a character
# reference. More would be safe too, but a file full of backslashes is no good to an editor.
_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~]|&(?=#|\w+;)")
# What makes a block only at the beginning of a line: headings, bullets, underlines, numbered lists.
_AT_START = re.compile(r"^([#+\-=:]|\d{1,9}(?=[.)]))")


def escape(text: str) -> str:
    """The text as one Markdown line that renders as that text and nothing else (runs of space become one)."""
    line = " ".join(text.split())
    line = _ANYWHERE.sub(r"\\\g<0>", line)
    return _AT_START.sub(lambda m: m[1] + "\\" if m[1].isdigit() else "\\" + m[1], line)


def _rtl(blocks: list[str]) -> str:
    return "\n\n".join(['<div dir="rtl" lang="ar">', *blocks, "</div>"])


def _numbered(lines: list[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _summary(out: Outline) -> list[str]:
    sentences = out.view.sentences
    if not sentences:
        return []
    english = [f"{escape(s.en)} *(segment {places(s)})*" for s in sentences]
    return ["## Summary", _numbered(english), _rtl([_numbered([escape(s.ar) for s in sentences])])]


def _checks(out: Outline) -> list[str]:
    lines = [
        f"- **{issue.flag.severity.capitalize()}, {issue.place}: {escape(issue.flag.label)}.** "
        f"{escape(issue.flag.message)}"
        for issue in out.view.issues
    ]
    return ["## Check before you publish", "\n".join(lines)] if lines else []


def to_markdown(result: BilingualSummary) -> str:
    """Summary in both languages, places to check, translation, original, origin."""
    out = outline(result)
    facts = [f"{name}: {escape(value)}" for name, value in out.facts]
    about = [*facts, *(escape(notice) for notice in out.notices), escape(out.made_by)]
    blocks = [
        f"# {escape(out.title_en)}" if out.title_en else "",
        _rtl([f"# {escape(out.title_ar)}"]) if out.title_ar else "",
        *_summary(out),
        *_checks(out),
        "## Translation",
        *(escape(paragraph) for paragraph in english_paragraphs(out.view)),
        "## Original",
        _rtl([escape(paragraph) for paragraph in arabic_paragraphs(out.view)]),
        "## About this text",
        "\n".join(f"- {line}" for line in about),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"
