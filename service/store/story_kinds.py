"""What each entry of a story is to its first one: compared when either comes, changes or moves, and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models import stories
from models.stories import Profile
from service.store.feed_tables import EntryRow
from service.store.story_tables import PlacementRow, StoryRow


@dataclass(frozen=True, slots=True)
class _Labelled:
    entry_id: str
    kind: str
    sketch: bytes | None
    terms: Mapping[str, Any] | None
    revision: int
    first_id: str | None

    @property
    def is_first(self) -> bool:
        return self.entry_id == self.first_id

    @property
    def profile(self) -> Profile | None:
        """None for what is too old to be compared."""
        return None if self.sketch is None else Profile.unpacked(self.sketch, self.terms or {})


_ALL = (
    select(
        PlacementRow.entry_id,
        PlacementRow.kind,
        PlacementRow.sketch,
        PlacementRow.terms,
        EntryRow.revision,
        StoryRow.first_entry_id,
    )
    .join(EntryRow, EntryRow.id == PlacementRow.entry_id)
    .join(StoryRow, StoryRow.id == PlacementRow.story_id)
    .where(PlacementRow.story_id == bindparam("story_id"))
)
_BOTH = _ALL.where(PlacementRow.entry_id.in_((bindparam("entry_id"), StoryRow.first_entry_id)))
_LABEL = (
    update(PlacementRow)
    .where(PlacementRow.entry_id == bindparam("labelled"))
    .values(kind=bindparam("new_kind"))
)


def label(session: Session, story_id: str, entry_id: str | None = None) -> None:
    """Write down what the story's entries, or this one, are to the first one."""
    connection = session.connection()
    wanted, values = (_ALL, {}) if entry_id is None else (_BOTH, {"entry_id": entry_id})
    found = [_Labelled(*row) for row in connection.execute(wanted, {"story_id": story_id} | values)]
    first = next((one for one in found if one.is_first), None)
    if first is None:
        return
    compared = first.profile
    kinds = [(one, "first" if one is first else _kind(one, first, compared)) for one in found]
    changed = [{"labelled": one.entry_id, "new_kind": kind} for one, kind in kinds if kind != one.kind]
    if changed:
        connection.execute(_LABEL, changed)


def _kind(one: _Labelled, first: _Labelled, compared: Profile | None) -> str:
    profile = one.profile
    if profile is None or compared is None:
        return "related" if one.kind == "first" else one.kind
    kind = stories.relation(profile, compared)
    if kind == "correction" and first.revision > one.revision:
        return "copy"  # it is the first one that was corrected, by its publisher
    return kind
