"""The tables of what goes out in English: digests, and feeds with secret addresses."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base


class DigestPlanRow(Base):
    """A team's wish for digests: at `hours` (such as "07:00") in `zone`, the `stories` top ones, sent to
    `emails`. `next_due` is when the next one is made; `covered_to` where it begins."""

    __tablename__ = "digest_plans"
    __table_args__ = (
        Index("digest_plans_by_owner", "owner", "id"),
        Index("digest_plans_due", "active", "next_due"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    hours: Mapped[list[Any]]
    zone: Mapped[str]
    stories: Mapped[int]
    folder: Mapped[str | None]
    emails: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    next_due: Mapped[datetime]
    covered_to: Mapped[datetime]
    created: Mapped[datetime]


class DigestRow(Base):
    """A digest as it was made: `content` is its JSON, from which page, mail and Markdown are rendered."""

    __tablename__ = "digests"
    __table_args__ = (Index("digests_by_owner", "owner", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    plan_id: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    created: Mapped[datetime]


class OutletRow(Base):
    """A feed that goes out, at an address that holds `secret`. `kind`: stories, folder (`target` names it),
    watch (its id) or search (a query)."""

    __tablename__ = "outlets"
    __table_args__ = (Index("outlets_by_owner", "owner", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    target: Mapped[str]
    secret: Mapped[str] = mapped_column(unique=True)
    created: Mapped[datetime]
