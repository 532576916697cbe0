"""Feeds that a page names."""

import pytest

from service.ingest import discovery

URL = "https://news.example.org/section/index.html"


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (link("/feed"), ["https://news.example.org/feed"]),
        (link("feed.xml", "application/atom+xml; charset=utf-8"), ["https://news.example.org/section/feed.xml"]),
        (link("//cdn.example.org/f", "APPLICATION/RSS+XML"), ["https://cdn.example.org/f"]),
        (link("/f.json", "application/feed+json"), ["https://news.example.org/f.json"]),
        ('<base href="https://b.example.org/x/">' + link("feed"), ["https://b.example.org/x/feed"]),
        (link("/c", title="تعليقات") + link("/f"), ["https://news.example.org/f", "https://news.example.org/c"]),
        (link("/comments/feed") + link("/feed"),
         ["https://news.example.org/feed", "https://news.example.org/comments/feed"]),
        (link("/f") * 3, ["https://news.example.org/f"]),
        (link("/f", rel="home alternate"), ["https://news.example.org/f"]),
        (link("/en", "text/html"), []),
        (link("/f", rel="stylesheet"), []),
        (link(""), []),
        (link("javascript:alert(1)"), []),
        (link("http://[broken"), []),
        ("", []),
    ],
)  # fmt: skip
def test_feeds_of(head: str, expected: list[str]) -> None:
    page = f"<!doctype html><html><head><title>صحيفة</title>{head}</head><body><p>نص</p></body></html>"
    assert discovery.feeds_of(page.encode(), URL) == expected
    assert discovery.feeds_of(page.encode("cp1256"), URL) == expected


@pytest.mark.parametrize("data", [b"", b"\x00", b"%PDF-1.7", b"<", b"<?xml version='1.0'?><x/>", b"   "])
def test_what_is_no_page(data: bytes) -> None:
    assert discovery.feeds_of(data, URL) == []
