"""`python -m tests.service.webhooks.serving PORT STORE HOST:PORT`: the real server over a fake pipeline, which may
send to HOST:PORT, to be killed by `test_kill.py`."""

import sys

from service import logs
from service.config import Config, FetchConfig, JobsConfig, ServerConfig, StoreConfig, WebhooksConfig
from service.runtime import Runtime
from service.server import Server
from tests.service.fakes import FakePipeline, runtime

if __name__ == "__main__":
    config = Config(
        server=ServerConfig(port=int(sys.argv[1]), drain_seconds=5, threads=8),
        store=StoreConfig(url=sys.argv[2]),
        fetch=FetchConfig(allow=(sys.argv[3],)),
        jobs=JobsConfig(lease_seconds=1, max_attempts=10),
        webhooks=WebhooksConfig(timeout_seconds=1),
    )
    logs.configure(config.log)
    Runtime.load = staticmethod(lambda config: runtime(FakePipeline(), config))  # type: ignore
    Server(config).run()
