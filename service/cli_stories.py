"""`mujaz stories`: what the feeds report, each event once, from the store itself."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from service.cli import Choices
from service.cli_digests import Span
from service.cli_search import parsed
from service.cli_store import database

if TYPE_CHECKING:
    from service.store.inbox import Line


# After the first word a minus stands before a word that must not occur, and not before an option.
@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("query", nargs=-1)
@click.option("--since", type=Span(), default="24h", show_default=True, help="With an entry since then.")
@click.option("--folder", metavar="F", help="Only what came in through feeds of this folder.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@click.option("--team", metavar="T", default="local", show_default=True, help="Whose feeds.")
@click.pass_obj
def stories(
    choices: Choices,
    query: tuple[str, ...],
    since: timedelta,
    folder: str | None,
    limit: int,
    as_json: bool,
    team: str,
) -> None:
    """List what the feeds report, each event once.

    Those with the latest entry come first; with a QUERY, stories in which an entry answers it.
    """
    from service.store import inbox
    from service.store.stories import StoryFilter

    asked = parsed(" ".join(query)) if query else None
    wanted = StoryFilter(folder=folder, since=datetime.now(UTC) - since)
    with database(choices) as store, store.read() as session:
        only = None if asked is None else inbox.found(session, team, asked)
        found = inbox.lines(session, team, team, wanted, limit, only=only)
    for line in found:
        click.echo(_as_json(line) if as_json else _shown(line))
    if not found:
        click.echo("There is no such story. `mujaz feeds health` says how the feeds are.", err=True)


def _shown(line: "Line") -> str:
    story = line.story
    reports = f"{story.entries} in {story.sources} feeds" if story.entries > 1 else line.source
    flags = f"{story.flags} flagged" if story.flags else None
    about = f"  ({', '.join(filter(None, (reports, flags)))})" if reports or flags else ""
    titles = " | ".join(filter(None, (story.title_en, story.title)))
    told = "".join(f"\n    {sentence}" for sentence in line.sentences)
    return f"{story.last_published:%Y-%m-%d %H:%M}  {titles}{about}{told}"


def _as_json(line: "Line") -> str:
    story = line.story
    shown = {
        "id": story.id, "title": {"ar": story.title, "en": story.title_en},
        "first_published": story.first_published.isoformat(),
        "last_published": story.last_published.isoformat(), "entries": story.entries,
        "sources": story.sources, "source": line.source, "flags": story.flags,
        "article_id": line.article_id, "summary_en": list(line.sentences),
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=False)
