"""Gunicorn's threaded worker, with a drain that talks to the service. Named in `server.py`."""

import importlib
import threading
from types import FrameType
from typing import TYPE_CHECKING

from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    from service.runtime import Runtime


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
        # The first summary wants it, and being ready needn't wait for it.
        threading.Thread(
            target=importlib.import_module, args=("numpy",), name="mujaz-warm", daemon=True
        ).start()
        try:
            super().run()
        finally:
            runtime = self._runtime()
            if runtime is not None:
                runtime.close()

    def _runtime(self) -> "Runtime | None":
        # `wsgi` is set once the application is loaded.
        app = getattr(self, "wsgi", None)
        if app is None:
            return None
        from service.context import runtime_of  # not at the top: the watching process imports this module

        return runtime_of(app)
