"""What feeds ask of those who poll them, kept for the looks at which they haven't changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feeds", sa.Column("wishes", sa.JSON(), nullable=True))
