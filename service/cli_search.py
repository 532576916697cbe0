"""`mujaz search`: entries of feeds that answer a query, from the store itself."""

import json
from typing import TYPE_CHECKING

import click

from models import query as queries
from service.cli import Choices
from service.cli_errors import INPUT, Failure
from service.cli_store import database

if TYPE_CHECKING:
    from service.store.entries import Entry


# After the first word a minus stands before a word that must not occur, and not before an option.
@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@click.option("--team", metavar="T", default="local", show_default=True, help="Whose feeds.")
@click.pass_obj
def search(choices: Choices, query: tuple[str, ...], limit: int, as_json: bool, team: str) -> None:
    """Search the entries of feeds, last published first."""
    from service.store import entry_search

    wanted = parsed(" ".join(query))
    with database(choices) as store, store.read() as session:
        found = [hit.entry for hit in entry_search.find(session, team, wanted, limit)]
    for entry in found:
        click.echo(_as_json(entry) if as_json else _line(entry))
    if not found:
        click.echo("No entry answers the query.", err=True)


def parsed(typed: str) -> queries.Query:
    """The query as it was typed. Raises `Failure` with the place that can't be read."""
    try:
        wanted = queries.parse(typed)
    except queries.QueryError as error:
        raise Failure(f"{_pointed_at(typed, error)}{error.message}", INPUT) from None
    if wanted is None:
        raise Failure("The query has no letters or digits to look for.", INPUT)
    return wanted


def _line(entry: "Entry") -> str:
    titles = " | ".join(filter(None, (entry.title_en, entry.title)))
    return f"{entry.published:%Y-%m-%d %H:%M}  {titles}  {entry.url or ''}".rstrip()


def _as_json(entry: "Entry") -> str:
    shown = {
        "id": entry.id, "feed_id": entry.feed_id, "published": entry.published.isoformat(),
        "title": {"ar": entry.title, "en": entry.title_en}, "link": entry.url, "article_id": entry.article_id,
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=False)


def _pointed_at(typed: str, error: queries.QueryError) -> str:
    place = error.place.of(typed)
    return f"{place}: " if place.strip() else ""
