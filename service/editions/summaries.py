"""Summaries of stories for editions: made in transactions that write, then only read."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.store.feed_tables import EntryRow
from service.store.stories import Story
from service.store.story_tables import PlacementRow, StoryRow
from service.store.tables import SummaryRow

#: The summary of the first article that has one.
METHOD = "first"


def missing(session: Session, found: Sequence[Story]) -> list[str]:
    """Which of the stories have no summary of their present revision."""
    stale = or_(StoryRow.summary_revision.is_(None), StoryRow.summary_revision != StoryRow.revision)
    wanted = select(StoryRow.id).where(StoryRow.id.in_([story.id for story in found]), stale)
    old = set(session.scalars(wanted))
    return [s.id for s in found if s.id in old or (s.summary or {}).get("method") != METHOD]


def make(session: Session, owner: str, story_id: str) -> None:
    """Have the summary made unless it is there."""
    row = session.get(StoryRow, story_id)
    if row is None or row.owner != owner or row.summary_revision == row.revision:
        return
    wanted = (
        select(SummaryRow.sentences)
        .join(EntryRow, EntryRow.article_id == SummaryRow.article_id)
        .join(PlacementRow, PlacementRow.entry_id == EntryRow.id)
        .where(PlacementRow.story_id == story_id)
        .order_by(PlacementRow.published)
        .limit(1)
    )
    row.summary = {"method": METHOD, "sentences": session.scalar(wanted) or []}
    row.summary_revision = row.revision
    session.flush()
