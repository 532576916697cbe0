"""Whether work that is accepted now and done later can be done at all, as far as the request itself shows it.

No page is read and nobody is asked. Whoever sent the request hears at once what a failed job would have told.
"""

from models.errors import MujazError
from service.context import current, services
from service.errors import FieldError, Problem, as_problem
from service.ingest.fetch_errors import FetchRefused
from service.jobs.orders import SummaryOrder, TranslationOrder


def check_summary(order: SummaryOrder) -> None:
    """Raises `Problem` for an article that is too long (one on a page is known only when that is read), or a
    way to summarise that isn't to be had here."""
    runtime = current()
    try:
        if order.html is None:
            runtime.check_length(order.characters)
        runtime.pipeline.signature(order.method)
    except MujazError as error:
        raise as_problem(error) from error


def check_translation(order: TranslationOrder) -> None:
    """Raises `Problem` for texts that are too many, or too long together."""
    try:
        current().check_texts(order.texts)
    except MujazError as error:
        raise as_problem(error) from error


def check_url(url: str | None) -> None:
    """Raises `Problem` for a URL that nothing is fetched from, whatever its host turns out to be."""
    if url is None:
        return
    try:
        services().fetcher.check_written(url)
    except FetchRefused as refused:
        detail = str(refused)
        raise Problem("url_refused", detail, errors=[FieldError("/url", detail)]) from refused
