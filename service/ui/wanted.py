"""Which stories a reader wants to see, as the address of the page says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from models import query as queries
from models.query import Query, QueryError
from service.store.inbox import Place
from service.store.stories import StoryFilter

#: What a reader can choose to see, with the word for it.
SHOWS = {"all": "All", "unread": "Unread", "starred": "Starred"}
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """The choice. Empty strings: all. `after`: where the page goes on, see `place`."""

    show: str = "all"
    folder: str = ""
    feed: str = ""
    q: str = ""
    after: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Self:
        """From the query of an address; what it can't mean counts as not chosen."""
        values = {name: args.get(name, "").strip()[:_LONGEST] for name in cls.__slots__}
        values["show"] = values["show"] if values["show"] in SHOWS else "all"
        return cls(**values)

    def query(self, **changes: str) -> dict[str, Any]:
        """The query of an address that means this choice, changed; a change begins at the first page."""
        other = replace(self, **({"after": ""} | changes)) if changes else self
        values = {name: getattr(other, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value and (name, value) != ("show", "all")}

    def choice(self) -> dict[str, Any]:
        """The same without the place: what a story's page keeps of the list it was opened from."""
        return self.query(after="")

    def filter(self, reader: str) -> StoryFilter:
        return StoryFilter(
            folder=self.folder or None,
            feed_id=self.feed or None,
            reader=reader,
            unread=self.show == "unread",
            starred=self.show == "starred",
        )

    def outlet(self) -> dict[str, str] | None:
        """The choice for the form that makes a feed that goes out; None where no feed can show it."""
        if self.show != "all" or self.feed or (self.folder and self.q):
            return None
        if self.q:
            return {"what": "search", "query": self.q}
        return {"what": f"folder:{self.folder}" if self.folder else "stories"}

    def search(self) -> Query | None:
        """What is looked for; None: nothing. Raises `QueryError`."""
        return queries.parse(self.q)

    def readable(self) -> Query | None:
        """The same; None also for what can't be read."""
        try:
            return self.search()
        except QueryError:
            return None

    @property
    def narrowed(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.choice())

    @property
    def place(self) -> Place | None:
        """After which story the page begins; None: at the newest."""
        moment, mark, id = self.after.partition("~")
        try:
            when = datetime.fromisoformat(moment)
            when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None
        return Place(when, id) if mark else None
