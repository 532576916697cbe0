"""The tables that the dashboard is drawn from: what was flagged, and the words of headlines, day by day."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base


class TallyRow(Base):
    """What there was to check in a translated entry. `day` (UTC) is that of its publication; `flagged` of its
    `segments` have a flag, `serious` one that is critical or major. Everything a day's share needs is in the
    index."""

    __tablename__ = "tallies"
    __table_args__ = (Index("tallies_by_day", "owner", "day", "segments", "flagged", "serious"),)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str]
    day: Mapped[date]
    segments: Mapped[int]
    flagged: Mapped[int]
    serious: Mapped[int]


class WordDayRow(Base):
    """In how many headlines of a day (UTC) a word stood. `token` is the word's core, by which its spellings
    count as one; `form` the shortest of them as it was written, to be shown."""

    __tablename__ = "headline_words"
    # The key is also the order in which a window of days is summed up, word by word.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own name for it
    owner: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    entries: Mapped[int]
    form: Mapped[str]
