"""GET /v1/usage: what the caller's key used, and what is left of the day's quota."""

from datetime import UTC, datetime, timedelta

from flask import Response

from service import quotas
from service.api.admission import quota_of
from service.api.key_schemas import DayJson, UsageQuery, UsageResponse
from service.api.requests import answer, reads
from service.api.routes import Route
from service.context import principal, services
from service.store import usage


@reads()
def show_usage(query: UsageQuery) -> Response:
    """Show what this key used, by day.

    Callers without a key, where none is needed, share one count.
    """
    caller, now = principal(), datetime.now(UTC)
    today = now.date()
    services().ledger.flush()
    with services().database.read() as session:
        days = usage.days(session, caller.key_id, today - timedelta(days=query.days - 1))
    used = next((day.characters for day in days if day.day == today), 0)
    quota = quota_of(caller)
    return answer(
        UsageResponse(
            key_id=caller.key_id,
            team=caller.owner,
            daily_characters=quota,
            used=used,
            left=None if quota is None else max(0, quota - used),
            resets=quotas.day_after(now),
            items=[DayJson(day=d.day, characters=d.characters, requests=d.requests) for d in days],
            next=None,
        )
    )


ROUTES = (Route("GET", "/v1/usage", show_usage, UsageResponse, "keys"),)
