"""A page on the web as an article."""

import re
from dataclasses import replace

from models.document import Article
from service.ingest.fetch import Fetched, Fetcher, FetchFailed, FetchUnsupported
from service.ingest.pool import Pool
from service.ingest.uploads import read_file

_ACCEPT = "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1"
#: Content type -> a file name that says the same to `read_file`; where none is declared, the bytes speak.
_NAMES = {"text/html": "page.html", "application/xhtml+xml": "page.xhtml", "text/plain": "page.txt", "": ""}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_WAIT = frozenset({408, 425, 429})


def read_url(fetcher: Fetcher, pool: Pool, url: str) -> Article:
    """The article at `url`, with the URL that it came from in the end. Raises `FetchError`, and what
    `read_file` raises."""
    return read_answer(fetcher.fetch(url.strip(), headers={"Accept": _ACCEPT}), pool)


def read_answer(fetched: Fetched, pool: Pool) -> Article:
    """The article in an answer of the guarded client. Raises like `read_url`."""
    if not 200 <= fetched.status < 300:
        raise FetchFailed(
            f"The server answered with status {fetched.status}.",
            reason="status",
            retryable=fetched.status >= 500 or fetched.status in _WAIT,
        )
    declared = fetched.headers.get("Content-Type", "")
    kind = declared.partition(";")[0].strip().lower()
    name = _NAMES.get(kind)
    if name is None:
        raise FetchUnsupported("The URL leads to something that is neither HTML nor plain text.")
    charset = _CHARSET.search(declared)
    article = read_file(pool, fetched.content, name, kind, charset[1] if charset else None)
    return replace(article, url=fetched.url)
