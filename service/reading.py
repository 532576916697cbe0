"""The article that an order speaks of: as it came, out of a page that was sent, or from one on the web."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models import detect
from models.document import Article
from service.ingest.uploads import NoText
from service.jobs.orders import SummaryOrder

if TYPE_CHECKING:
    from service.runtime import Runtime


def article_of(runtime: "Runtime", order: SummaryOrder, *, background: bool = False) -> Article:
    """The order's article. A title that the order names wins over the page's own; its language `auto` means
    that the text says it. Raises `NoText`, `FetchError`, and what `read_page` raises."""
    named = order.article
    if order.url is not None:
        found = runtime.read_url(order.url, background=background)
    elif order.html is not None:
        found = runtime.read_page(order.html, background=background)
    else:
        found = named
    if not found.text.strip():
        raise NoText("There is no text to translate.")
    language = detect.detect(found.text).language if named.language == "auto" else named.language
    return replace(found, title=named.title or found.title, language=language)
