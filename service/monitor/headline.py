"""What of a page's title is the headline of its article. Pure."""

import re

from models import arabic

#: Between a headline and the name of its site.
_BETWEEN = re.compile(r"\s+[-–—|·•»«:]+\s+")
_AT_AN_END = re.compile(r"^\s*[-–—|·•»«:]+(?:\s+|$)|(?:^|\s+)[-–—|·•»«:]+\s*$")


def of_page(title: str | None, site: str) -> str | None:
    """The title without the name of the site that it stands on (`site`, as its feed is called); None when
    nothing else is there. Before or after a sign that parts nothing the headline was left out."""
    if title is None or _AT_AN_END.search(title):
        return None
    names = {_plain(name) for name in (site, *_BETWEEN.split(site))}
    parts = _BETWEEN.split(title.strip())
    told = [part for part in parts if _plain(part) not in names | {""}]
    return title.strip() if len(told) == len(parts) else " - ".join(told) or None


def _plain(text: str) -> str:
    folded = arabic.for_matching(text).text
    return " ".join(span.of(folded) for span in arabic.words(folded))
