"""Errors of training.

TrainingError
└── DataError     the parallel text cannot be read or leaves nothing to learn from
"""

from models.errors import MujazError


class TrainingError(MujazError):
    """A training run cannot start or go on. The message names the remedy."""


class DataError(TrainingError):
    """Parallel text is unreadable, unsafe, over a limit, or nothing usable is left of it."""
