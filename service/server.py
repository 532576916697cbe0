"""`serve`: gunicorn inside our own process tree. One worker with threads holds the model.

The first process only watches; it imports neither Flask nor the model, so that a worker that dies is replaced
by a fork of something small, and nothing ever forks after weights are loaded. On SIGTERM running requests
finish, for `server.drain_seconds` at most; who comes meanwhile is answered 503 instead of being refused.
"""

import ctypes
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from models.errors import MujazError
from service import garbage, logs
from service.concurrency import JOINING
from service.config import Config
from service.slots import WAITING

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

#: Seconds without a sign of life after which the worker is replaced. Its main loop only accepts connections,
#: so this covers the loading of the largest model and a hung library, not slow requests.
WORKER_TIMEOUT = 300

#: Seconds that an idle connection is kept for its next request.
KEEP_ALIVE = 15
#: Seconds that a client may be silent within its request's body before its thread is taken back. Of its head:
#: `gunicorn_worker.HEAD_SECONDS`.
SILENCE = 30.0


class GunicornLog(Logger):  # type: ignore[misc]
    """Gunicorn's own messages through our logging; it writes no access log."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True
        self.error_log.handlers[:] = []
        self.error_log.setLevel(logging.WARNING)


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn's view of the service. `load` runs in the worker, after the only fork."""

    def __init__(self, config: Config) -> None:
        self.config = config
        super().__init__()

    def load_config(self) -> None:
        server = self.config.server
        host = f"[{server.host}]" if ":" in server.host.strip("[]") else server.host
        settings = {
            "bind": f"{host}:{server.port}",
            "workers": 1,
            "worker_class": "service.gunicorn_worker.DrainingWorker",
            # Those that wait, and those that serve event streams, take none of the others.
            "threads": server.threads + WAITING + JOINING + self.config.limits.event_streams,
            "timeout": WORKER_TIMEOUT,
            "graceful_timeout": max(1, round(server.drain_seconds)),
            "keepalive": KEEP_ALIVE,
            "preload_app": False,
            "logger_class": GunicornLog,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # X-Forwarded-* is read once, by `server.trusted_proxies`
            "proc_name": "mujaz",
            "when_ready": _announce,
            "pre_request": _bound_reading,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        _share_arenas()
        with garbage.kept(), ThreadPoolExecutor(1) as beside:
            from service.runtime import Runtime

            # A model loads without the interpreter for the most part: that is for what is imported meanwhile.
            loading = beside.submit(Runtime.load, self.config)
            from service import auth
            from service.app import create_app
            from service.store.errors import StoreError

            try:
                runtime = loading.result()
                runtime.start()
                auth.check_start(self.config, any_active=runtime.services.keyring.any_active())
            except (MujazError, StoreError, auth.MissingKeys) as error:
                log.error("can't start: %s", error)
                sys.exit(Arbiter.WORKER_BOOT_ERROR)
            return create_app(self.config, runtime)


def _share_arenas() -> None:
    """glibc gives every thread a heap of its own and rarely returns it: with 32 threads memory creeps up for
    hundreds of articles. Two heaps are enough here, since the engine allocates for itself. `M_ARENA_MAX` is
    mallopt(3)'s parameter -8; other C libraries have no mallopt, and no such heaps."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(-8, 2)


def _announce(arbiter: Any) -> None:
    for listener in arbiter.LISTENERS:
        log.info("listening at %s", listener)


def _bound_reading(worker: Any, request: Any) -> None:
    request.unreader.sock.settimeout(SILENCE)


def serve(config: Config) -> None:
    """Run the service until it is stopped. Ends the process with gunicorn's exit status."""
    logs.configure(config.log)
    if not (config.server.is_loopback or config.needs_keys):
        log.warning("serving other machines without keys: anyone who can connect can use it")
    Server(config).run()
