"""A webhook whose receiver answers 410 is remembered as gone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("gone", sa.DateTime(timezone=True)))
