"""Things to put into a store."""

from datetime import UTC, datetime

NOW = datetime(2026, 3, 4, 5, 6, 7, 89_000, UTC)
