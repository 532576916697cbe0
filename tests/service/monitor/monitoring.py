"""`python -m tests.service.monitor.monitoring STORE ALLOW [slow]`: polls and translates over a fake pipeline
whose articles take a little while, to be killed by `test_kill.py`; unless it is to be `slow`, with short leases."""

import logging
import sys
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from models.document import TextTranslation
from models.pipeline import Partial
from models.translator import Progress, TranslateOptions
from service.config import Config, FetchConfig, JobsConfig, StoreConfig
from service.monitor import hosts, leader
from tests.service.fakes import TRANSLATE, FakePipeline, runtime

#: Seconds that each article takes.
TAKES = 0.03


class UnhurriedPipeline(FakePipeline):
    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions = TRANSLATE,
        progress: Progress | None = None,
        partial: Partial | None = None,
    ) -> list[TextTranslation]:
        time.sleep(TAKES)
        return super().translate(texts, options, progress, partial)


if __name__ == "__main__":
    hosts.APART = 0.0
    if "slow" not in sys.argv:
        leader.LEASE, leader.GRACE, leader.RENEW_EVERY = timedelta(seconds=1), timedelta(0), 0.2
    logging.basicConfig(level=logging.INFO)
    config = Config(
        store=StoreConfig(url=sys.argv[1]),
        fetch=FetchConfig(allow=tuple(sys.argv[2].split(","))),
        jobs=JobsConfig(lease_seconds=1, max_attempts=20),
    )
    made = runtime(UnhurriedPipeline(), config)
    print("running", flush=True)
    threading.Event().wait()
