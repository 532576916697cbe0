"""One self-contained HTML file: opens anywhere without a network, prints, pastes into a content system."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from models.document import BilingualSummary
from service.export.outline import outline, places


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def to_html(result: BilingualSummary) -> str:
    """The same parts as the other formats, the translation segment beside segment."""
    template = _environment().get_template("article.html")
    return template.render(out=outline(result), places=places) + "\n"
