"""`mujaz feeds` and `mujaz monitor`. The first works on the store itself; a running server, or the second,
looks at the feeds."""

import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

import click

from service.cli import Choices
from service.cli_errors import INPUT, Failure
from service.cli_store import database as opened

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.store.feeds import Feed, Policy

_TEAM = click.option("--team", metavar="T", default="local", show_default=True, help="Whose feeds.")


def _zone(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    from service.field_rules import wrong_zone

    reason = None if name is None else wrong_zone(name)
    if reason is not None:
        raise click.BadParameter(f"it {reason}")
    return name


def _policy_options(command: Any) -> Any:
    """The options that say what is done with entries."""
    for option in (
        click.option("--zone", callback=_zone, metavar="ZONE",
                     help="Of dates without one, such as Africa/Cairo [default: UTC]."),
        click.option("--keep-days", type=click.IntRange(1), help="Delete entries after so many days."),
        click.option("--sentences", type=click.IntRange(1, 20), default=2, help="Sentences of a summary."),
        click.option("--full-text", type=click.Choice(["auto", "always", "never"]), default="auto",
                     help="Whether the article's page is read [default: where the feed has a stub]."),
        click.option("--depth", type=click.Choice(["title", "summary", "article"]), default="summary",
                     help="What is translated of an entry."),
        click.option("--folder", default="", help="Folder; outer/inner is one within another."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def feeds() -> None:
    """Follow Arabic feeds: add, list, import, export, poll, health."""


@feeds.command()
@click.argument("url")
@_policy_options
@_TEAM
@click.pass_obj
def add(choices: Choices, /, url: str, team: str, **policy: Any) -> None:
    """Follow the feed at URL, or the one that the page there names."""
    from service.ingest import urls
    from service.ingest.fetch_errors import FetchError
    from service.store import feeds as store

    try:
        urls.parse(url.strip())
    except FetchError as error:
        raise Failure(str(error), INPUT) from None
    if urls.is_too_long_to_keep(url.strip()):
        raise Failure(f"The address is longer than {urls.MOST_KEPT:,} bytes.", INPUT)
    with opened(choices) as database, database.write() as session:
        if store.by_url(session, team, url.strip()) is None:
            _check_room(choices, session, team)
        feed, is_new = store.add(session, team, url.strip(), datetime.now(UTC), policy=_policy(policy))
    click.echo(feed.id)
    click.echo("It will be looked at within seconds of a server's running." if is_new else
               "It is followed already.", err=True)  # fmt: skip


@feeds.command("list")
@_TEAM
@click.pass_obj
def list_feeds(choices: Choices, team: str) -> None:
    """List the feeds, by folder."""
    for feed in sorted(_all(choices, team), key=lambda feed: (feed.policy.folder, feed.title)):
        folder = f"{feed.policy.folder}: " if feed.policy.folder else ""
        click.echo(f"{feed.id}  {folder}{feed.title or '(no title yet)'}  {feed.url}")


@feeds.command("import")
@click.argument("file", type=click.File("rb"))
@_policy_options
@_TEAM
@click.pass_obj
def import_feeds(choices: Choices, /, file: IO[bytes], team: str, **policy: Any) -> None:
    """Follow all feeds of an OPML file ("-": standard input), in its folders; others go into --folder."""
    from service.ingest import opml
    from service.monitor import subscriptions

    try:
        outlines = opml.read(file.read())
    except opml.NotOpml as error:
        raise Failure(str(error), INPUT) from None
    most = choices.load().monitoring.max_feeds
    with opened(choices) as database, database.write() as session:
        taken = subscriptions.follow(session, team, outlines.found, _policy(policy), datetime.now(UTC), most)
    for outline in taken.over:
        click.echo(f"left out: {outline.title or '(no title)'}  {outline.url}", err=True)
    if taken.over:
        click.echo(str(subscriptions.TooManyFeeds(most)), err=True)
    for wrong in outlines.wrong:
        click.echo(f"left out: {wrong.title or '(no title)'}  {wrong.url}  {wrong.reason}", err=True)
    known, left = taken.known + outlines.repeated, len(outlines.wrong) + len(taken.over)
    click.echo(f"{taken.added} feeds added, {known} known already, {left} left out.")


@feeds.command("export")
@_TEAM
@click.pass_obj
def export_feeds(choices: Choices, team: str) -> None:
    """Write all feeds as OPML to standard output."""
    from service.ingest import opml

    followed = _all(choices, team)
    outlines = (opml.Outline(f.url, f.title, f.policy.folder, f.site) for f in followed)
    click.echo(opml.write(outlines, "Mujaz"), nl=False)


@feeds.command()
@click.argument("feed_id", metavar="[ID]", required=False)
@_TEAM
@click.pass_obj
def poll(choices: Choices, feed_id: str | None, team: str) -> None:
    """Have the feed ID looked at now, whatever its rhythm; without an ID all that aren't retired."""
    from service.store import feeds as store

    active = [feed.id for feed in _all(choices, team) if feed.state == "active"]
    now = datetime.now(UTC)
    with opened(choices) as database, database.write() as session:
        wanted = active if feed_id is None else [feed_id]
        due = [id for id in wanted if store.due_now(session, team, id, now) is not None]
    if feed_id is not None and not due:
        raise Failure(f"There is no feed {feed_id}; see `mujaz feeds list`.", INPUT)
    click.echo(f"{len(due)} feeds are due now.", err=True)


@feeds.command("health")
@_TEAM
@click.pass_obj
def show_health(choices: Choices, team: str) -> None:
    """Show how the feeds are, the worst first."""
    from service.monitor import health
    from service.store import entries

    now, followed = datetime.now(UTC), _all(choices, team)
    order = ("dead", "failing", "retired", "new", "ok")
    with opened(choices) as database, database.read() as session:
        week: dict[str, int] = {}
        for start in range(0, len(followed), 500):
            ids = [feed.id for feed in followed[start : start + 500]]
            week |= entries.per_feed(session, ids, now - timedelta(days=7))
    for feed in sorted(followed, key=lambda feed: (order.index(health.of(feed, now)), feed.title)):
        click.echo(_health_line(feed, health.of(feed, now), week.get(feed.id, 0)))


@click.command()
@click.pass_obj
def monitor(choices: Choices) -> None:
    """Poll feeds and translate what comes in, without a web server."""
    from service import logs
    from service.runtime import Runtime

    config = choices.load(monitoring__scheduler="true")
    logs.configure(config.log)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runtime = Runtime.load(config)
    try:
        runtime.start()
        stop.wait()
    finally:
        runtime.close()


def _health_line(feed: "Feed", state: str, week: int) -> str:
    success = "never" if feed.last_success is None else f"{feed.last_success:%Y-%m-%d %H:%M}"
    following = "" if feed.state == "retired" else f"  next {feed.next_poll:%Y-%m-%d %H:%M}"
    said = [text for text in (feed.error, *feed.remarks) if text]
    name = feed.title or feed.url
    line = f"{state:8}{feed.id}  last success {success}{following}  {week} entries in a week  {name}"
    return "\n".join([line, *(f"        {text}" for text in said)])


def _check_room(choices: Choices, session: "Session", team: str) -> None:
    from service.monitor import subscriptions

    try:
        subscriptions.check_room(session, team, choices.load().monitoring.max_feeds)
    except subscriptions.TooManyFeeds as error:
        raise Failure(str(error), INPUT) from None


def _policy(options: dict[str, Any]) -> "Policy":
    from service.store.feeds import Policy

    return replace(Policy(), **options)


def _all(choices: Choices, team: str) -> "list[Feed]":
    from service.monitor import subscriptions

    with opened(choices) as database, database.read() as session:
        return subscriptions.everything(session, team)
