"""The feeds that a web page names (`<link rel="alternate">`), for those who know a site and not its feed."""

from typing import Any
from urllib.parse import urljoin

from service.ingest.charsets import NotText, decode

TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "text/xml"})
#: Sites offer a feed of comments beside that of their articles.
_SECOND = ("comment", "تعليق")


def feeds_of(data: bytes, url: str) -> list[str]:
    """Addresses of the feeds that the page at `url` names, each once, those of comments last; none when it
    is no page."""
    import lxml.etree  # the process that watches the workers has no use for it
    import lxml.html

    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        page: Any = lxml.html.fromstring(decode(data, html=True).encode(), parser=parser)
    except (NotText, lxml.etree.LxmlError, ValueError):
        return []
    bases = page.xpath("//base/@href")
    base = _joined(url, str(bases[0])) or url if bases else url
    found: dict[str, bool] = {}
    for link in page.xpath("//link[@href]"):
        kind = str(link.get("type", "")).partition(";")[0].strip().lower()
        if "alternate" not in str(link.get("rel", "")).lower().split() or kind not in TYPES:
            continue
        address = _joined(base, str(link.get("href")))
        about = f"{link.get('title', '')} {address}".lower()
        if address is not None and address != url:
            found.setdefault(address, any(word in about for word in _SECOND))
    return sorted(found, key=lambda address: found[address])


def _joined(base: str, link: str) -> str | None:
    try:
        whole = urljoin(base, link.strip())
    except ValueError:
        return None
    return whole if whole.lower().startswith(("http://", "https://")) else None
