"""Errors that `models` raises. Callers may catch the root.

MujazError
├── ModelError
│   ├── ModelNotFound        no such model in the catalogue, on disk or at that path
│   ├── ModelBroken          files missing, checksum wrong, conversion or self-check failed
│   └── PullFailed           the download did not finish; nothing was changed
├── EngineUnavailable        the library or device an engine needs is not there
├── Busy                     the bounded queue is full; `retry_after` seconds say when to try again
├── Closed                   the translator is shutting down
├── TooLong                  a text is over a stated limit
└── SummaryFailed            a summarizer could not do its work (the reason is in the message)
"""


class MujazError(Exception):
    """Root of the package's errors. The message is one sentence for the user, with the remedy."""


class ModelError(MujazError):
    """Something is wrong with a model."""


class ModelNotFound(ModelError):
    """No model of that name or at that place."""


class ModelBroken(ModelError):
    """The model's files are incomplete, altered or give wrong output."""


class PullFailed(ModelError):
    """A download or conversion did not finish; what was installed before is untouched."""


class EngineUnavailable(MujazError):
    """A library or a device that the chosen engine needs is missing."""


class Busy(MujazError):
    """The queue is full. `retry_after` is an estimate in seconds from the present backlog."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Closed(MujazError):
    """The translator is draining or closed and takes no new work."""


class TooLong(MujazError):
    """A text is over the stated limit."""


class SummaryFailed(MujazError):
    """A summarizer could not do its work."""
