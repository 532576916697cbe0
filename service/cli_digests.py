"""`mujaz digest`: a digest on the screen, and the plans by which a running server makes them."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from service import cli_store
from service.cli import Choices
from service.cli_errors import INPUT, Failure
from service.cli_store import recipients

_TEAM = click.option("--team", metavar="T", default="local", show_default=True, help="Whose news.")
_ZONE = click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Asia/Riyadh.")
_FOLDER = click.option("--folder", metavar="F", help="Only what came in through feeds of this folder.")
_STORIES = click.option("--stories", type=click.IntRange(1, 50), default=10, show_default=True,
                        help="How many stories, at most.")  # fmt: skip
_SPAN = re.compile(r"([0-9]{1,4})([mhd])")
_OPTIONS = {name: f"--{name}" for name in ("name", "folder", "zone")} | {"hours": "HOUR", "emails": "--email"}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Span(click.ParamType[timedelta]):
    """Such as 90m, 24h, 7d."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = _SPAN.fullmatch(str(value).strip())
        span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
        if not timedelta() < span <= timedelta(days=31):
            self.fail("is written like 90m, 24h or 7d, and is 31 days at most", param, ctx)
        return span


@click.group(invoke_without_command=True)
@click.option("--since", type=Span(), default="24h", show_default=True, help="What came in since then.")
@click.option("--format", "form", type=click.Choice(["md", "html", "json", "txt"]), default="md",
              show_default=True)  # fmt: skip
@_FOLDER
@_STORIES
@_ZONE
@_TEAM
@click.pass_context
def digest(
    ctx: click.Context, /, since: timedelta, form: str, folder: str | None, stories: int, zone: str, team: str
) -> None:
    """Write a digest of the news, or have digests made at set hours."""
    if ctx.invoked_subcommand is not None:
        return
    from service.editions import as_html, as_text
    from service.editions import digest as digests
    from service.store.period import Period

    now, choices = datetime.now(UTC), ctx.obj
    base = choices.load().public_url
    wanted = digests.Wanted(Period(now - since, now, folder), zone=_checked_zone(zone), stories=stories)
    with cli_store.database(choices) as database:
        digests.prepare(database, team, wanted)
        with database.read() as session:
            content = digests.make(session, team, wanted, now)
    if form == "json":
        click.echo(json.dumps(digests.to_json(content), ensure_ascii=False, indent=2))
    elif form == "html":
        click.echo(as_html.document(content, base), nl=False)
    else:
        write = as_text.to_markdown if form == "md" else as_text.to_text
        click.echo(write(content, base), nl=False)


@digest.group()
def plan() -> None:
    """Have digests made at set hours by a running server: add, list, remove."""


@plan.command()
@click.argument("hours", nargs=-1, required=True, metavar="HOUR…")
@click.option("--name", default="Digest", show_default=True, help="What the digests are called.")
@click.option("--email", "emails", multiple=True, metavar="ADDRESS", help="Who gets them; may be repeated.")
@_FOLDER
@_STORIES
@_ZONE
@_TEAM
@click.pass_obj
def add(choices: Choices, /, hours: tuple[str, ...], emails: tuple[str, ...], team: str, **rest: Any) -> None:
    """Make a digest at each HOUR, such as 07:00 18:00, by the clock of --zone."""
    from service.editions import plan_rules, schedule
    from service.store import digests

    now, sent = datetime.now(UTC), {"hours": hours, "emails": emails, **rest}
    wrong = plan_rules.wrong(sent, recipients(choices))
    if wrong:
        raise Failure("\n".join(f"{_OPTIONS[one.field]}: {one.reason}" for one in wrong), INPUT)
    fields = plan_rules.tidy(sent)
    zone = fields["zone"]
    due = schedule.next_due(fields["hours"], schedule.zone_of(zone), now)
    with cli_store.database(choices) as database, database.write() as session:
        try:
            made = digests.add_plan(session, team, now, due, fields)
        except digests.TooManyPlans as error:
            raise Failure(str(error), INPUT) from None
    click.echo(made.id)
    click.echo(f"The first digest is due at {_local(due, zone)}.", err=True)


@plan.command("list")
@_TEAM
@click.pass_obj
def list_plans(choices: Choices, team: str) -> None:
    """List the plans, with the time of their next digest."""
    from service.store import digests

    with cli_store.database(choices) as database, database.read() as session:
        found = digests.plans(session, team, digests.MOST)
    for made in found:
        due = _local(made.next_due, made.zone) if made.active else "paused"
        folder = f"  folder {made.folder}" if made.folder else ""
        emails = f"  to {', '.join(made.emails)}" if made.emails else ""
        click.echo(f"{made.id}  {made.name}: {' '.join(made.hours)} {made.zone}, next {due}{folder}{emails}")


@plan.command()
@click.argument("plan_id", metavar="ID")
@_TEAM
@click.pass_obj
def remove(choices: Choices, plan_id: str, team: str) -> None:
    """End the plan ID. Digests that were made by it stay."""
    from service.store import digests

    with cli_store.database(choices) as database, database.write() as session:
        if not digests.remove_plan(session, team, plan_id):
            raise Failure(f"There is no plan {plan_id}; see `mujaz digest plan list`.", INPUT)


def _checked_zone(name: str) -> str:
    from service.field_rules import wrong_zone

    reason = wrong_zone(name)
    if reason is not None:
        raise Failure(f"--zone: {reason}", INPUT)
    return name


def _local(moment: datetime, zone: str) -> str:
    from service.editions.schedule import zone_of

    return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M}"
