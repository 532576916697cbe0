"""Summaries of stories for editions: made in transactions that write, then only read."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.store.stories import Story
from service.store.story_summaries import METHOD, summary_of
from service.store.story_tables import StoryRow


def missing(session: Session, found: Sequence[Story]) -> list[str]:
    """Which of the stories have no summary of their present revision."""
    stale = or_(StoryRow.summary_revision.is_(None), StoryRow.summary_revision != StoryRow.revision)
    wanted = select(StoryRow.id).where(StoryRow.id.in_([story.id for story in found]), stale)
    old = set(session.scalars(wanted))
    return [s.id for s in found if s.id in old or (s.summary or {}).get("method") != METHOD]


def make(session: Session, owner: str, story_id: str) -> None:
    """Have the summary made unless it is there."""
    summary_of(session, owner, story_id)
