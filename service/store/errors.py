"""Errors of the store, with what to do about them.

StoreError
├── StoreBusy       another process holds the database; try again
├── StoreFull       the disk is full: nothing was written, what was accepted before is safe
├── StoreUnavailable  the database can't be reached or opened
└── StoreOutdated   the database was written by a newer version
"""


class StoreError(Exception):
    """Root. The message is a sentence for the user; nothing of the failed write was kept."""


class StoreBusy(StoreError):
    """The database is locked by someone else for longer than we wait."""


class StoreFull(StoreError):
    """There is no room on the disk."""


class StoreUnavailable(StoreError):
    """The database doesn't answer, or its file can't be opened."""


class StoreOutdated(StoreError):
    """The database has migrations that this version doesn't know."""
