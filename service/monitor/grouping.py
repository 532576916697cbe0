"""Puts an entry that has been translated into its story: that of a copy, of another version, or of a report
of the same event that came before it; else into one of its own.

Runs in the transaction that writes the entry's translation. Entries are found by keys that stand in the
database (`story_bands`), so several processes place into the same stories, and compared as
`models.stories` does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from models import stories
from models.stories import Profile
from service.store import placements, story_changes
from service.store.placements import Candidate, Placement, Standing
from service.store.story_changes import Opening

if TYPE_CHECKING:
    from service.monitor.arrivals import Arrived

#: Reports further apart are never of one story.
WINDOW = timedelta(hours=stories.Thresholds().hours)


def place(session: Session, item: "Arrived", now: datetime) -> str:
    """Put an entry into its story, or look again where one that was changed belongs; the story's id. One that
    somebody placed by hand stays where it is, and one that is still the same report stays with the others."""
    entry = item.entry
    found = item.fingerprint or stories.fingerprint(item.title, item.arabic or entry.text)
    placements.lock(session, entry.owner)
    former = placements.placed(session, entry.id)
    terms = list(found.terms)
    counted = placements.count_terms if former is None else placements.occurrences
    occurs, reports = counted(session, entry.owner, terms)
    profile = stories.profile(found, occurs, reports)
    keys = [stories.key(entry.owner, "band", band) for band in found.bands]
    keys += [stories.key(entry.owner, "term", term) for term in stories.anchors(profile)]
    is_still = former is not None and _is_still(former, profile, entry.published)
    if former is not None and (former.by_hand or (is_still and not former.alone)):
        story_id, kind = former.story_id, former.kind
    else:
        story_id, kind = _story(session, item, profile, keys, former) or _alone(session, item, former, now)
        if former is not None and is_still and story_id != former.story_id:
            story_changes.hand_over(session, entry.owner, story_id, former.story_id)
    sketch, rest = profile.packed()
    placement = Placement(
        entry.id, entry.owner, story_id, entry.feed_id, entry.published, kind, item.flags, sketch, rest, keys
    )
    if former is not None:
        placements.move(session, placement)
        story_changes.recount(session, {story_id, former.story_id}, now, entry.id)
    else:
        placements.put(session, placement)
        if kind != "first":
            story_changes.recount(session, {story_id}, now, entry.id)
    return story_id


def _is_still(former: Standing, profile: Profile, published: datetime) -> bool:
    """Whether an entry that was changed is still the report that it was. What came before is unknown of old
    ones, which are taken for the same."""
    if abs(published - former.published) > WINDOW:
        return False
    if former.sketch is None or former.terms is None:
        return True
    return stories.still(profile, Profile.unpacked(former.sketch, former.terms))


def _story(
    session: Session, item: "Arrived", profile: Profile, keys: Sequence[int], former: Standing | None
) -> tuple[str, str] | None:
    """The story that the entry belongs to, and as what."""
    entry = item.entry
    near = placements.candidates(session, entry.owner, keys, entry.published, WINDOW, entry.id)
    if former is not None:
        apart = placements.apart_from(session, former.story_id)
        near = [candidate for candidate in near if candidate.story_id not in apart]
    choice = stories.choose(profile, [_other(candidate, entry.published) for candidate in near])
    return None if choice is None else (choice[0], choice[1].kind)


def _alone(session: Session, item: "Arrived", former: Standing | None, now: datetime) -> tuple[str, str]:
    """A story of its own: the one in which the entry stands alone already, or a new one."""
    if former is not None and former.alone:
        return former.story_id, "first"
    entry = item.entry
    title = item.title or entry.text[: story_changes.LEAD]
    opening = Opening(entry.id, title, item.title_en, entry.published, item.flags)
    return story_changes.make(session, entry.owner, now, opening), "first"


def _other(candidate: Candidate, published: datetime) -> tuple[str, float, Profile]:
    hours = abs((published - candidate.published).total_seconds()) / 3600
    return candidate.story_id, hours, Profile.unpacked(candidate.sketch, candidate.terms)
