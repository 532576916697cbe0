"""Why something was not fetched. Each message is one sentence for whoever gave the URL; none repeats what the
server sent, an address that a name resolved to, or the proxy."""


class FetchError(Exception):
    """The URL was not fetched. `retryable`: whether the same may work later. `reason` is one word for
    programs."""

    reason = "failed"
    retryable = False


class FetchRefused(FetchError):
    """The URL, or one that it redirects to, is not fetched by policy; nothing was sent there."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class FetchFailed(FetchError):
    """The server could not be reached, or its answer is no valid HTTP."""

    def __init__(self, message: str, *, reason: str = "failed", retryable: bool = True) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable


class FetchTimeout(FetchError):
    """The answer wasn't complete in time."""

    reason = "timeout"
    retryable = True


class FetchTooLarge(FetchError):
    """The answer is over the cap. `status` is what the server answered."""

    reason = "too_large"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class FetchUnsupported(FetchError):
    """What came is neither HTML nor text."""

    reason = "unsupported"
