"""`mujaz watch`: works on the store itself; a running server, or `mujaz monitor`, finds and tells."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from service.cli import Choices
from service.cli_errors import INPUT, Failure
from service.cli_store import database, recipients

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.store.alerts import Alert
    from service.store.watches import Watch

_TEAM = click.option("--team", metavar="T", default="local", show_default=True, help="Whose watches.")
#: What the fields of a watch are called on the command line.
_OPTIONS = {
    "name": "--name",
    "query": "QUERY",
    "emails": "--email",
    "throttle_minutes": "--throttle",
    "quiet_from": "--quiet",
    "quiet_to": "--quiet",
    "zone": "--zone",
}


@click.group()
def watch() -> None:
    """Be told what comes in: add, list, show, remove, preview, alerts."""


@watch.command()
@click.argument("query")
@click.option("--name", help="What messages call it [default: the query].")
@click.option("--email", "emails", multiple=True, metavar="ADDRESS", help="Who is written to; repeatable.")
@click.option("--webhooks/--no-webhooks", default=True, help="Whether the team's webhooks are told [yes].")
@click.option("--throttle", "throttle_minutes", type=int, default=0, metavar="MINUTES",
              help="The least time between two messages.")  # fmt: skip
@click.option("--quiet", metavar="FROM-TO", help="Nothing is sent then, such as 22:00-06:00.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone of --quiet, such as Asia/Riyadh.")
@_TEAM
@click.pass_obj
def add(choices: Choices, /, query: str, name: str | None, quiet: str | None, team: str, **said: Any) -> None:
    """Watch for QUERY in everything that comes in, such as 'القمح OR wheat'."""
    from service.monitor import watch_rules
    from service.store import watches
    from service.store.watches import TooManyWatches

    begin, _, end = (quiet or "").partition("-")
    fields = said | {
        "name": name or query.strip()[: watch_rules.LONGEST_NAME],
        "query": query,
        "quiet_from": begin or None,
        "quiet_to": end or None,
    }
    wrong = watch_rules.wrong(fields, recipients(choices))
    if wrong:
        raise Failure("\n".join(f"{_OPTIONS[one.field]}: {one.reason}" for one in wrong), INPUT)
    with database(choices) as store, store.write() as session:
        try:
            made = watches.add(session, team, datetime.now(UTC), watch_rules.tidy(fields))
        except TooManyWatches as error:
            raise Failure(str(error), INPUT) from None
    click.echo(made.id)
    click.echo("It is asked of what comes in from now on; `mujaz watch preview` of what is there.", err=True)


@watch.command("list")
@_TEAM
@click.pass_obj
def list_watches(choices: Choices, team: str) -> None:
    """List the watches, newest first."""
    from service.store import watches

    with database(choices) as store, store.read() as session:
        for found in watches.page(session, team, watches.MOST):
            paused = "" if found.active else "  (paused)"
            click.echo(f"{found.id}  {found.name}{paused}  {found.query}")


@watch.command()
@click.argument("watch_id", metavar="ID")
@_TEAM
@click.pass_obj
def show(choices: Choices, watch_id: str, team: str) -> None:
    """Show the watch ID."""
    with database(choices) as store, store.read() as session:
        found = _own(session, team, watch_id)
    quiet = f"{found.quiet_from}-{found.quiet_to} {found.zone}" if found.quiet_from else "none"
    sent = "never" if found.last_sent is None else f"{found.last_sent:%Y-%m-%d %H:%M} UTC"
    for label, value in (
        ("name", found.name),
        ("query", found.query),
        ("active", "yes" if found.active else "no: it is paused"),
        ("e-mail", ", ".join(found.emails) or "nobody"),
        ("webhooks", "told" if found.webhooks else "not told"),
        ("throttle", f"{found.throttle_minutes} minutes"),
        ("quiet", quiet),
        ("last sent", sent),
    ):
        click.echo(f"{label:10}{value}")


@watch.command()
@click.argument("watch_id", metavar="ID")
@_TEAM
@click.pass_obj
def remove(choices: Choices, watch_id: str, team: str) -> None:
    """Delete the watch ID with its alerts."""
    from service.store import watches

    with database(choices) as store, store.write() as session:
        _own(session, team, watch_id)
        watches.remove(session, team, watch_id)


@watch.command()
@click.argument("query")
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How far back.")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True, help="How many to show.")
@_TEAM
@click.pass_obj
def preview(choices: Choices, query: str, days: int, limit: int, team: str) -> None:
    """Show what QUERY would have found, the latest first."""
    from service.monitor import previewing, watch_rules

    reason = watch_rules.wrong_query(query)
    if reason is not None:
        raise Failure(f"QUERY: {reason}", INPUT)
    since = datetime.now(UTC) - timedelta(days=days)
    with database(choices) as store, store.read() as session:
        found = previewing.preview(session, team, query, since, limit)
    for match in found.matches:
        entry = match.entry
        click.echo(f"{entry.published:%Y-%m-%d %H:%M}  {match.feed}  {entry.title_en or entry.title}")
        click.echo(f"    {entry.title}")
    more = "more than " if found.more else ""
    click.echo(f"{more}{found.count} entries in {found.stories} stories in {days} days.", err=True)


@watch.command("alerts")
@click.argument("watch_id", metavar="ID")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@_TEAM
@click.pass_obj
def show_alerts(choices: Choices, watch_id: str, limit: int, team: str) -> None:
    """Show what the watch ID has found, the latest first."""
    from service.store import alerts

    with database(choices) as store, store.read() as session:
        found = alerts.page(session, team, _own(session, team, watch_id).id, limit)
    for alert in found:
        click.echo(_alert_line(alert))


def _alert_line(alert: "Alert") -> str:
    about = alert.about
    title = "(the entry was deleted)" if about is None else about.title_en or about.title
    state = f"waits until {alert.due:%H:%M}" if alert.state == "waiting" else alert.state
    return f"{alert.created:%Y-%m-%d %H:%M}  {state}  {alert.story_id}  {title}"


def _own(session: "Session", team: str, watch_id: str) -> "Watch":
    from service.store import watches

    found = watches.get(session, team, watch_id)
    if found is None:
        raise Failure(f"There is no watch {watch_id}; see `mujaz watch list`.", INPUT)
    return found
