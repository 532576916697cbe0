"""How many event streams are open: each takes a thread of the server."""

import threading


class Streams:
    """Counts; `enter` says whether there is room. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._room = threading.BoundedSemaphore(most)

    def enter(self) -> bool:
        return self._room.acquire(blocking=False)

    def leave(self) -> None:
        self._room.release()
