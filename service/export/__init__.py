"""A bilingual summary as a file: one module per format, each a function from `BilingualSummary` to text.

Used by the page's downloads and by the command line's `--format`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from models.document import BilingualSummary
from service.export.as_html import to_html
from service.export.as_markdown import to_markdown
from service.export.as_text import to_text


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is called, served and written. `suffix` is without the dot."""

    name: str
    suffix: str
    mimetype: str
    write: Callable[[BilingualSummary], str]


FORMATS = {
    "md": Format("Markdown", "md", "text/markdown", to_markdown),
    "html": Format("HTML", "html", "text/html", to_html),
    "txt": Format("Plain text", "txt", "text/plain", to_text),
}

__all__ = ["FORMATS", "Format", "to_html", "to_markdown", "to_text"]
