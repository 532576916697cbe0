"""Articles can be searched, and counted without being read.

The words themselves are filled in by `service.store.search` (also for articles that were there before), as
the rules for cutting them change with the software and not with the schema.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: `search.py` makes the tokens; every character but the space between them belongs to one.
FTS5 = (
    """CREATE VIRTUAL TABLE article_index USING fts5(title, body, content='article_words', content_rowid='id',
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
    """CREATE TRIGGER article_words_added AFTER INSERT ON article_words BEGIN
    INSERT INTO article_index(rowid, title, body) VALUES (new.id, new.title, new.body); END""",
    """CREATE TRIGGER article_words_removed AFTER DELETE ON article_words BEGIN
    INSERT INTO article_index(article_index, rowid, title, body)
    VALUES ('delete', old.id, old.title, old.body); END""",
    """CREATE TRIGGER article_words_changed AFTER UPDATE ON article_words BEGIN
    INSERT INTO article_index(article_index, rowid, title, body)
    VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO article_index(rowid, title, body) VALUES (new.id, new.title, new.body); END""",
)
#: Without positions, which PostgreSQL can't count beyond 16,383; phrases are looked for in the texts.
GIN = (
    """ALTER TABLE article_words ADD COLUMN vector tsvector GENERATED ALWAYS AS
    (array_to_tsvector(array_remove(string_to_array(title || ' ' || body, ' '), ''))) STORED""",
    "CREATE INDEX article_words_vector ON article_words USING gin (vector)",
)


def upgrade() -> None:
    op.add_column("articles", sa.Column("characters", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("flag_count", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE articles SET characters = length(text), flag_count = (SELECT coalesce(sum(json_array_length("
        "segments.flags)), 0) FROM segments WHERE segments.article_id = articles.id)"
    )
    op.create_table(
        "article_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id"),
    )
    for statement in FTS5 if op.get_bind().dialect.name == "sqlite" else GIN:
        op.execute(statement)
