"""Reading pages in tests."""

from html.parser import HTMLParser
from typing import Any

VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "wbr"})


class Page(HTMLParser):
    """A page's elements with their attributes in `elements`, and all words that are shown in `text`."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attrs: Any) -> list[dict[str, str]]:
        found = [a for t, a in self.elements if t == tag]
        return [a for a in found if all(a.get(name) == value for name, value in attrs.items())]

    def one(self, tag: str, **attrs: Any) -> dict[str, str]:
        [found] = self.all(tag, **attrs)
        return found


def check(markup: str) -> Page:
    """The page, of which this holds: nothing comes from elsewhere or stands inline, ids are unique, and every
    field has a name that is told."""
    page = Page(markup)
    for _, attrs in page.elements:
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        assert attrs.get("src", "/").startswith("/")
    assert all("src" in attrs for attrs in page.all("script"))
    assert not page.all("style")
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids)), sorted(id for id in ids if ids.count(id) > 1)
    labelled = {attrs["for"] for attrs in page.all("label") if "for" in attrs}
    assert labelled <= set(ids)
    for tag in ("input", "select", "textarea"):
        for attrs in page.all(tag):
            hidden = attrs.get("type") in ("hidden", "checkbox", "radio")
            assert hidden or attrs.get("id") in labelled or "aria-label" in attrs, attrs
    described = {id for _, attrs in page.elements for id in attrs.get("aria-describedby", "").split()}
    assert described <= set(ids)
    return page
