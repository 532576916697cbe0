"""The mail about what a watch found: subject, text and HTML, each language in its own direction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.store.alerts import Alert, Highlight
from service.store.watches import Watch

#: Characters of a title in the subject.
_LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Written:
    """A mail without its recipient."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Item:
    """A story in the mail. Titles and excerpts are highlights; `where`: feed and time; the rest are links."""

    title: Highlight | None
    title_en: Highlight | None
    where: str
    english: tuple[Highlight, ...]
    arabic: tuple[Highlight, ...]
    story: str | None
    original: str | None


def write(watch: Watch, found: Sequence[Alert], public_url: str | None) -> Written:
    """A mail about these alerts (at least one). `public_url`: the address by which people reach the service;
    without it there are no links to it."""
    items = [_item(alert, public_url) for alert in found]
    note = "Machine translation: check it against the Arabic before you rely on it."
    return _written(watch, _subject(watch, items), items, public_url, note)


def write_test(watch: Watch, public_url: str | None) -> Written:
    """A mail that only shows that mails about this watch arrive."""
    note = "This is a test: mail about this watch arrives here."
    return _written(watch, f"Test: {watch.name}", (), public_url, note)


def pieces(highlight: Highlight) -> Iterator[tuple[str, bool]]:
    """An excerpt cut where its hits begin and end; each piece with whether it is one."""
    text, at = highlight["text"], 0
    for span in highlight["spans"]:
        if span["start"] > at:
            yield text[at : span["start"]], False
        yield text[span["start"] : span["end"]], True
        at = span["end"]
    if at < len(text):
        yield text[at:], False


def _item(alert: Alert, public_url: str | None) -> _Item:
    hits = {highlight["field"]: highlight for highlight in alert.highlights}
    about = alert.about
    return _Item(
        hits.get("title") or _plain(about.title if about else None),
        hits.get("title_en") or _plain(about.title_en if about else None),
        f"{about.feed}, {about.published:%Y-%m-%d %H:%M} UTC" if about else "",
        tuple(hits[field] for field in ("text_en",) if field in hits),
        tuple(hits[field] for field in ("text",) if field in hits),
        None if public_url is None else f"{public_url}/stories/{alert.story_id}",
        _link(about.url if about else None),
    )


def _plain(text: str | None) -> Highlight | None:
    return {"text": text, "spans": []} if text else None


def _link(url: str | None) -> str | None:
    """Feeds are strangers: only what leads to the web becomes a link."""
    return url if url and url.lower().startswith(("http://", "https://")) else None


def _subject(watch: Watch, items: Sequence[_Item]) -> str:
    if len(items) > 1:
        return f"{watch.name}: {len(items)} stories"
    title = items[0].title_en or items[0].title
    return f"{watch.name}: {title['text'][:_LONGEST_SUBJECT]}" if title else watch.name


def _text(watch: Watch, items: Sequence[_Item]) -> Iterator[str]:
    yield f"Watch: {watch.name}"
    yield watch.query
    for item in items:
        yield ""
        for part in (item.title_en, item.title):
            if part is not None:
                yield str(part["text"])
        if item.where:
            yield item.where
        for excerpt in (*item.english, *item.arabic):
            yield f"… {excerpt['text']} …"
        for link in (item.story, item.original):
            if link is not None:
                yield link


def _written(
    watch: Watch, subject: str, items: Sequence[_Item], public_url: str | None, note: str
) -> Written:
    html = (
        _environment()
        .get_template("alerts.html")
        .render(
            watch=watch,
            items=items,
            subject=subject,
            pieces=pieces,
            note=note,
            manage=None if public_url is None else f"{public_url}/watches",
        )
    )
    return Written(subject, "\n".join((*_text(watch, items), "", note)), html)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("service.mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
