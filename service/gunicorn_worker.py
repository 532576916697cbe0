"""Gunicorn's threaded worker, with a drain that talks to the service. Named in `server.py`."""

from types import FrameType
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """On SIGTERM: tell the service to take no new work, and go on accepting connections while requests run,
    so that newcomers are answered (503) instead of left hanging in the listen queue."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        runtime = self._runtime()
        if runtime is not None:
            runtime.drain()
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool) -> None:
        if enabled or self.alive:
            super().set_accept_enabled(enabled)

    def run(self) -> None:
        try:
            super().run()
        finally:
            runtime = self._runtime()
            if runtime is not None:
                runtime.close()

    def _runtime(self) -> Any:
        # `wsgi` is set once the application is loaded.
        return getattr(self, "wsgi", None) and self.wsgi.extensions["mujaz"]
