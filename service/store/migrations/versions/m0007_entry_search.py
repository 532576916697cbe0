"""Entries can be searched; titles and phrases have their own marks in PostgreSQL's index.

The words are filled in by `service.store.search` and `entry_search` (also for what was there before), as the
rules for cutting them change with the software and not with the schema.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: The tokens are made by the software; every character but the space between them belongs to one.
FTS5 = (
    """CREATE VIRTUAL TABLE entry_index USING fts5(title, body, content='entry_words', content_rowid='id',
    prefix='2 3', tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
    """CREATE TRIGGER entry_words_added AFTER INSERT ON entry_words BEGIN
    INSERT INTO entry_index(rowid, title, body) VALUES (new.id, new.title, new.body); END""",
    """CREATE TRIGGER entry_words_removed AFTER DELETE ON entry_words BEGIN
    INSERT INTO entry_index(entry_index, rowid, title, body)
    VALUES ('delete', old.id, old.title, old.body); END""",
    """CREATE TRIGGER entry_words_changed AFTER UPDATE ON entry_words BEGIN
    INSERT INTO entry_index(entry_index, rowid, title, body)
    VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO entry_index(rowid, title, body) VALUES (new.id, new.title, new.body); END""",
)
VECTOR = """ALTER TABLE {0} ADD COLUMN vector tsvector GENERATED ALWAYS AS (array_to_tsvector(array_remove(
    string_to_array(title || ' ' || body || ' ' || marks, ' '), ''))) STORED"""
GIN = (
    "DROP INDEX article_words_vector",
    "ALTER TABLE article_words DROP COLUMN vector",
    VECTOR.format("article_words"),
    "CREATE INDEX article_words_vector ON article_words USING gin (vector)",
    VECTOR.format("entry_words"),
    "CREATE INDEX entry_words_vector ON entry_words USING gin (vector)",
)


def upgrade() -> None:
    op.add_column("article_words", sa.Column("marks", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "entry_words",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False
        ),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("entry_words_by_owner", "entry_words", ["owner", "id", "feed_id"])
    op.create_index("entry_words_by_policy", "entry_words", ["policy"])
    for statement in FTS5 if op.get_bind().dialect.name == "sqlite" else GIN:
        op.execute(statement)
