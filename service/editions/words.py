"""What editions say in figures, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from service.editions import legal
from service.editions.digest import Content, Top
from service.editions.schedule import zone_of


def count(number: int, noun: str) -> str:
    """Such as "1 report" and "1,204 reports"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def moment(when: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The time of the day, with the day where that is another than now's."""
    local, today = when.astimezone(zone), now.astimezone(zone)
    day = "" if local.date() == today.date() else f"{local.day} {local:%b} "
    year = f"{local:%Y} " if local.year != today.year else ""
    return f"{day}{year}{local:%H:%M}"


def reports(top: Top) -> str:
    """How much is new about a story."""
    whole = count(top.brief.entries, "report")
    if top.fresh >= top.brief.entries:
        return whole
    return f"{whole}, {top.fresh:,} of them new"


def facts(content: Content) -> str:
    """The period, what came in, and how much that is against the time before."""
    counts, zone = content.counts, zone_of(content.zone)
    since, until = content.since.astimezone(zone), content.until.astimezone(zone)
    parts = [
        f"{since.day} {since:%b %H:%M} to {until.day} {until:%b %H:%M} ({content.zone})",
        f"{count(counts.entries, 'report')} in {_stories(counts.stories)} "
        f"from {count(counts.sources, 'source')}",
        f"{counts.before:,} in the time before",
    ]
    if counts.waiting:
        parts.append(f"{counts.waiting:,} still to be translated")
    if content.folder is not None:
        parts.append(f"folder {legal.isolated(content.folder)}")
    return " · ".join(parts)


def _stories(number: int) -> str:
    return "1 story" if number == 1 else f"{number:,} stories"
