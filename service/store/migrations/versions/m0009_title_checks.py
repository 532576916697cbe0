"""What the checks found in an article's title. Null in both columns: stored before titles were checked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("title_confidence", sa.Double(), nullable=True))
    op.add_column("articles", sa.Column("title_flags", sa.JSON(), nullable=True))
