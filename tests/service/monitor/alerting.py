"""`python -m tests.service.monitor.alerting STORE HOST:PORT MAILPORT`: translates what waits over a fake pipeline whose
articles take a little while, and tells webhooks at HOST:PORT and a mail server, to be killed by `test_kill_alerts.py`."""

import sys
import threading

from service.config import Config, FetchConfig, JobsConfig, MailConfig, StoreConfig, WebhooksConfig
from service.mail import sender
from tests.service.fakes import runtime
from tests.service.monitor.monitoring import UnhurriedPipeline

if __name__ == "__main__":
    sender.LEASE_MARGIN = 1.0
    config = Config(
        store=StoreConfig(url=sys.argv[1]),
        fetch=FetchConfig(allow=(sys.argv[2],)),
        jobs=JobsConfig(lease_seconds=1, max_attempts=20),
        webhooks=WebhooksConfig(timeout_seconds=1),
        mail=MailConfig(
            host="127.0.0.1",
            port=int(sys.argv[3]),
            security="none",
            sender="mujaz@news.example",
            timeout_seconds=2,
        ),
    )
    made = runtime(UnhurriedPipeline(), config)
    threading.Event().wait()
