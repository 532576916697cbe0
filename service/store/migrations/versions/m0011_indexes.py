"""What each feed listed last, by which its old entries are told. Indexes: of what goes with a story,
which the database looks for when one is deleted, and of what is sent next to each webhook."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("listed", sa.JSON(), nullable=True))
    op.create_index("story_marks_by_story", "story_marks", ["story_id"])
    op.create_index("stories_apart_by_other", "stories_apart", ["other"])
    op.create_index("deliveries_next", "deliveries", ["webhook_id", "state", "next_attempt"])
