"""Pages of a server on loopback as articles, in the encodings of Arabic sites."""

from collections.abc import Iterator

import pytest

from service.ingest.fetch import Fetcher, FetchError, FetchFailed, FetchOptions, FetchUnsupported
from service.ingest.pages import read_url
from service.ingest.pool import Pool, PoolOptions
from service.ingest.uploads import NoText, UnreadableFile
from tests.service.ingest.fetch_servers import Server, answer, redirect, serve
from tests.service.ingest.test_extract import ARTICLE, PARAGRAPHS

TEXT = "أعلنت الوزارة اليوم خطة جديدة.\nوقال الوزير إنها تبدأ غداً."


def typed(body: bytes, kind: str) -> bytes:
    return answer(body, headers={"Content-Type": kind})


PAGES = {
    "/utf8": typed(ARTICLE.encode(), "text/html; charset=utf-8"),
    "/old": typed(ARTICLE.encode("cp1256", "xmlcharrefreplace"), "Text/HTML; Charset=\"windows-1256\""),
    "/silent": typed(ARTICLE.encode("cp1256", "xmlcharrefreplace"), "text/html"),
    "/lies": typed(ARTICLE.encode(), "text/html; charset=windows-1256"),
    "/untyped": answer(ARTICLE.encode()),
    "/xhtml": typed(ARTICLE.encode(), "application/xhtml+xml"),
    "/text": typed(TEXT.encode("cp1256"), "text/plain; charset=windows-1256"),
    "/text-with-a-tag": typed(f"<p>{TEXT}".encode(), "text/plain"),
    "/moved": redirect("/utf8", "301 Moved Permanently"),
    "/pdf": typed(b"%PDF-1.7", "application/pdf"),
    "/json": typed(b"{}", "application/json"),
    "/binary": typed(b"\x89PNG\r\n\x1a\n", "text/html"),
    "/empty": typed(b"<html><body></body></html>", "text/html"),
    "/gone": answer(b"secret", "410 Gone"),
    "/broken": answer(b"secret", "503 Service Unavailable"),
    "/slower": answer(b"", "429 Too Many Requests"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(PAGES) as running:
        yield running


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(PoolOptions())
    yield made
    made.close()


@pytest.fixture(scope="module")
def fetcher(server: Server) -> Iterator[Fetcher]:
    made = Fetcher(FetchOptions(allow=(server.netloc,)))
    yield made
    made.close()


@pytest.mark.parametrize("path", ["/utf8", "/old", "/silent", "/lies", "/untyped", "/xhtml", "/moved"])
def test_arabic_pages(fetcher: Fetcher, pool: Pool, server: Server, path: str) -> None:
    article = read_url(fetcher, pool, f" {server.url}{path}#top\n")
    assert all(paragraph in article.text for paragraph in PARAGRAPHS)
    assert article.url == server.url + ("/utf8" if path == "/moved" else path)
    assert article.title


def test_title_author_and_date_are_found(fetcher: Fetcher, pool: Pool, server: Server) -> None:
    page = (
        "<html><head><title>خطة جديدة</title><meta name='author' content='ليلى حسن'>"
        "<meta property='article:published_time' content='2026-11-20T10:00:00Z'></head><body><article>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
        + "</article></body></html>"
    )
    with serve({"/": typed(page.encode(), "text/html")}) as other:
        client = Fetcher(FetchOptions(allow=(other.netloc,)))
        article = read_url(client, pool, other.url)
        client.close()
    assert (article.title, article.author, article.published) == ("خطة جديدة", "ليلى حسن", "2026-11-20")


def test_plain_text(fetcher: Fetcher, pool: Pool, server: Server) -> None:
    assert read_url(fetcher, pool, f"{server.url}/text").text == TEXT
    assert read_url(fetcher, pool, f"{server.url}/text-with-a-tag").text == f"<p>{TEXT}"


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("/pdf", FetchUnsupported, "neither HTML nor plain text"),
        ("/json", FetchUnsupported, "neither HTML nor plain text"),
        ("/binary", UnreadableFile, "picture"),
        ("/empty", NoText, "no text"),
        ("/gone", FetchFailed, "status 410"),
        ("/broken", FetchFailed, "status 503"),
        ("/nothing", FetchFailed, "status 404"),
    ],
)
def test_what_is_no_article(
    fetcher: Fetcher, pool: Pool, server: Server, path: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        read_url(fetcher, pool, server.url + path)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("path", "again"), [("/gone", False), ("/broken", True), ("/slower", True)])
def test_which_errors_may_pass(fetcher: Fetcher, pool: Pool, server: Server, path: str, again: bool) -> None:
    with pytest.raises(FetchError) as raised:
        read_url(fetcher, pool, server.url + path)
    assert raised.value.retryable is again
