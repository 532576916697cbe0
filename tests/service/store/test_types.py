"""Texts and times come back as they were, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from service.store.database import Database
from service.store.tables import BatchRow, GlossaryRow, JobRow
from tests.service.store.rows import NOW

#: Also NUL, halves of surrogate pairs, and what they are written as.
ANY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x1a0af\ud800\udfff"), st.characters(categories=["Cs"]))
)
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)


def stored(database: Database, row: GlossaryRow | JobRow) -> None:
    with database.write() as session:
        session.merge(row)


ODD = ("", "\x00", "\x1a", "\x1a0000", "\x1a\x1a0000\x00", "\ud83d", "\ude00\ud83d", "😀", "\ufffe\U0010ffff")


def test_texts(database: Database) -> None:
    for text in ODD:
        stored(database, GlossaryRow(id="g", owner=text, name=text, created=NOW))
        with database.read() as session:
            assert session.scalars(select(GlossaryRow.name)).all() == [text]
            assert session.scalars(select(GlossaryRow.id).where(GlossaryRow.owner == text)).all() == ["g"]


@SLOW
@given(texts=st.lists(ANY, min_size=1, max_size=20, unique=True))
def test_any_text(database: Database, texts: list[str]) -> None:
    """Different texts stay different, and are found by equality."""
    with database.write() as session:
        for row in session.scalars(select(GlossaryRow)):
            session.delete(row)
        session.flush()
        for n, text in enumerate(texts):
            session.add(GlossaryRow(id=f"{n:03}", owner=text, name=text, created=NOW))
    with database.read() as session:
        assert session.scalars(select(GlossaryRow.name).order_by(GlossaryRow.id)).all() == texts
        wanted = select(GlossaryRow.id).where(GlossaryRow.owner == texts[-1])
        assert session.scalars(wanted).all() == [f"{len(texts) - 1:03}"]


@SLOW
@given(text=ANY)
def test_any_text_in_json(database: Database, text: str) -> None:
    row = JobRow(id="j", owner="o", kind="summary", lane="bulk", state="queued", request={"t": [text]}, characters=1,
                 created=NOW)  # fmt: skip
    stored(database, row)
    with database.read() as session:
        assert session.scalars(select(JobRow.request)).all() == [{"t": [text]}]


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-11, minutes=-30))]
)
def test_times(database: Database, zone: timezone) -> None:
    moment = datetime(2026, 3, 4, 23, 59, 59, 999_999, zone)
    with database.write() as session:
        session.add(BatchRow(id="b", owner="o", kind="summary", total=1, created=moment))
    with database.read() as session:
        [found] = session.scalars(select(BatchRow.created)).all()
        assert found == moment
        assert found.tzinfo is UTC
        later = moment.astimezone(UTC) + timedelta(microseconds=1)
        assert session.scalars(select(BatchRow.id).where(BatchRow.created < later)).all() == ["b"]
        assert session.scalars(select(BatchRow.id).where(BatchRow.created < moment)).all() == []
