"""The summary of a story, as editions need it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.feed_tables import EntryRow
from service.store.stories import Story
from service.store.story_tables import PlacementRow
from service.store.tables import SummaryRow


def is_ready(story: Story) -> bool:
    return True


def of(session: Session, owner: str, story_id: str) -> dict[str, Any]:
    wanted = (
        select(SummaryRow.sentences)
        .join(EntryRow, EntryRow.article_id == SummaryRow.article_id)
        .join(PlacementRow, PlacementRow.entry_id == EntryRow.id)
        .where(PlacementRow.story_id == story_id, EntryRow.owner == owner)
        .order_by(PlacementRow.published)
        .limit(1)
    )
    return {"sentences": session.scalar(wanted) or []}
