"""The day's quota of a key: how large it is, when it begins anew, and what whoever has used it up is told."""

from datetime import UTC, datetime, time, timedelta

from service.config import LimitsConfig
from service.errors import Problem


def size(own: int | None, limits: LimitsConfig) -> int | None:
    """Characters that may be translated in a day: the key's own quota, else the configured one; None for no
    limit."""
    return own if own is not None else limits.daily_characters or None


def day_after(now: datetime) -> datetime:
    """The midnight (UTC) at which quotas begin anew."""
    return datetime.combine(now.date() + timedelta(days=1), time(tzinfo=UTC))


def exceeded(characters: int, quota: int | None, now: datetime) -> Problem:
    """`quota_exceeded`, for `characters` that don't fit into what is left of the day's quota."""
    return Problem(
        "quota_exceeded",
        f"{characters:,} characters are more than is left of today's {quota:,} (until midnight UTC).",
        retry_after=(day_after(now) - now).total_seconds(),
    )
