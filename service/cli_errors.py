"""What the command's exit codes mean, and how an error becomes one line and a code. See docs/cli.md."""

import click

OK = 0
FAILED = 1
USAGE = 2
MODEL = 3
INPUT = 4
BUSY = 5
DOWNLOAD = 6
INTERRUPTED = 130
BROKEN_PIPE = 141


class Failure(click.ClickException):
    """One line for the user on standard error, and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click declares it for the class, and reads the instance


def failure(error: Exception) -> Failure | None:
    """The failure that stands for a known error; None for one that is a bug and deserves its traceback."""
    # Imported here: `mujaz --help` needs none of them.
    from models import errors
    from service.config import ConfigError
    from service.store.errors import StoreBusy, StoreError

    codes: tuple[tuple[type[Exception], int], ...] = (
        (ConfigError, USAGE),
        (errors.PullFailed, DOWNLOAD),
        (errors.ModelError, MODEL),
        (errors.EngineUnavailable, MODEL),
        (errors.TooLong, INPUT),
        (errors.Busy, BUSY),
        (errors.Closed, BUSY),
        (errors.MujazError, FAILED),
        (StoreBusy, BUSY),
        (StoreError, FAILED),
    )
    code = next((code for kind, code in codes if isinstance(error, kind)), None)
    return None if code is None else Failure(str(error), code)
