"""The table of what is searched of entries."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base


class EntryWordsRow(Base):
    """The words of an entry as `word_rows.py` cuts them; `policy` says by which rules. `id` counts the time
    of publication (see `entry_search.place`), so that the index itself lists the newest first."""

    __tablename__ = "entry_words"
    __table_args__ = (
        Index("entry_words_by_owner", "owner", "id", "feed_id"),
        Index("entry_words_by_policy", "policy"),
    )
    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), unique=True)
    owner: Mapped[str]
    feed_id: Mapped[str]
    policy: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    marks: Mapped[str]
