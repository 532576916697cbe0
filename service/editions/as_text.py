"""A digest as Markdown, and as the plain text that stands beside the HTML in a mail."""

from service.editions import legal, words
from service.editions.brief import Brief
from service.editions.digest import Content, Doubtful, Line, Silent, Top
from service.editions.schedule import zone_of
from service.export.as_markdown import escape as escaped


def to_markdown(content: Content, base: str | None = None) -> str:
    """CommonMark with the Arabic in `<div dir="rtl">` blocks. Without `base` (the service's address) only the
    originals are linked."""
    blocks = [f"# {_md(content.title)}", escaped(words.facts(content))]
    if content.top:
        blocks += ["## Top stories", *(_md_top(top, content, base) for top in content.top)]
    else:
        blocks.append("Nothing new came in.")
    if content.rising:
        blocks += ["## Rising", "\n".join(_md_line(line, base) for line in content.rising)]
    if content.flagged:
        blocks += ["## Check before you quote", *(_md_doubtful(story, base) for story in content.flagged)]
    if content.silent:
        blocks += [
            "## Feeds that need a look",
            "\n".join(_md_silent(feed, content) for feed in content.silent),
        ]
    blocks.append("*Machine translation by Mujaz: check it before you quote it.*")
    return "\n\n".join(blocks) + "\n"


def to_text(content: Content, base: str | None = None, digest_id: str | None = None) -> str:
    """Plain text, one language to a line, so that lines need no direction marks."""
    blocks = [legal.line(content.title), words.facts(content)]
    blocks += ["TOP STORIES", *(_top(top, content) for top in content.top)] if content.top else [
        "Nothing new came in."
    ]  # fmt: skip
    if content.rising:
        lines = (f"* {legal.isolated(line.headline)} ({_grew(line)})" for line in content.rising)
        blocks += ["RISING", "\n".join(lines)]
    if content.flagged:
        lines = (f"* {legal.isolated(story.headline)}: {_flags(story)}" for story in content.flagged)
        blocks += ["CHECK BEFORE YOU QUOTE", "\n".join(lines)]
    if content.silent:
        silent = (f"* {legal.isolated(feed.title)}: {_silent(feed, content)}" for feed in content.silent)
        blocks += ["FEEDS THAT NEED A LOOK", "\n".join(silent)]
    blocks.append("Machine translation by Mujaz: check it before you quote it.")
    if base is not None and digest_id is not None:
        blocks.append(f"This digest in Mujaz: {base}/digests/{digest_id}")
    return "\n\n".join(blocks) + "\n"


def _md(text: str) -> str:
    return escaped(legal.text(text))


def _md_apart(text: str) -> str:
    return escaped(legal.isolated(text))


def _md_link(text: str, url: str | None) -> str:
    # Brackets would end the address early.
    apart = _md_apart(text)
    return apart if url is None else f"[{apart}]({url.replace('(', '%28').replace(')', '%29')})"


def _md_story(id: str, headline: str, base: str | None) -> str:
    return _md_link(headline, None if base is None else f"{base}/stories/{id}")


def _md_top(top: Top, content: Content, base: str | None) -> str:
    brief = top.brief
    about = f"{words.reports(top)} · {_sources(brief)} · {_moment(content, brief)}"
    arabic = [brief.title] if brief.title_en else []
    arabic += [sentence.ar for sentence in brief.sentences]
    last = [_md_link("Original", url)] if (url := legal.address(brief.link)) else []
    last += [words.count(brief.flags, "flag")] if brief.flags else []
    blocks = [
        f"### {_md_story(brief.id, brief.headline, base)}",
        escaped(about),
        *(_md(sentence.en + _doubt(sentence.flags)) for sentence in brief.sentences),
        "\n\n".join(['<div dir="rtl" lang="ar">', *map(_md, arabic), "</div>"]) if arabic else "",
        " · ".join(last),
    ]
    return "\n\n".join(block for block in blocks if block)


def _md_line(line: Line, base: str | None) -> str:
    return f"- {_md_story(line.id, line.headline, base)} ({_grew(line)})"


def _md_doubtful(story: Doubtful, base: str | None) -> str:
    places = [f"- **{_md(place.label)}:** {_md(place.message)} “{_md(place.en)}”" for place in story.places]
    return "\n\n".join(
        [f"### {_md_story(story.id, story.headline, base)}", _md(_flags(story)), "\n".join(places)]
    )


def _md_silent(feed: Silent, content: Content) -> str:
    return f"- {_md_apart(feed.title)}: {_md(_silent(feed, content))}"


def _top(top: Top, content: Content) -> str:
    brief = top.brief
    lines = [
        legal.line(brief.headline),
        f"{words.reports(top)} · {_sources(brief)} · {_moment(content, brief)}",
        *(legal.line(sentence.en) + _doubt(sentence.flags) for sentence in brief.sentences),
        legal.line(brief.title) if brief.title_en else "",
        *(legal.line(sentence.ar) for sentence in brief.sentences),
        legal.address(brief.link) or "",
    ]
    return "\n".join(line for line in lines if line)


def _doubt(flags: tuple[str, ...]) -> str:
    return f" ({', '.join(flags)})" if flags else ""


def _sources(brief: Brief) -> str:
    named = ", ".join(legal.isolated(origin.title) for origin in brief.origins)
    more = brief.sources - len(brief.origins)
    return f"{named} and {more} more" if more > 0 else named


def _moment(content: Content, brief: Brief) -> str:
    return words.moment(brief.latest, content.until, zone_of(content.zone))


def _grew(line: Line) -> str:
    return f"{words.count(line.fresh, 'report')}, {line.before} before"


def _flags(story: Doubtful) -> str:
    return ", ".join(f"{f.label} ×{f.number}" if f.number > 1 else f.label for f in story.flags)


def _silent(feed: Silent, content: Content) -> str:
    zone = zone_of(content.zone)
    success = feed.last_success
    last = "never read" if success is None else f"last success {words.moment(success, content.until, zone)}"
    return f"{feed.health}, {last}" + (f"; {legal.line(feed.error)}" if feed.error else "")
