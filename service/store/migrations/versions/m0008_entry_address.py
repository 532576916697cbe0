"""Entries are found by their address: a look at a feed asks whether what came under a new guid is known."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("entries_by_address", "entries", ["url"], postgresql_using="hash")
