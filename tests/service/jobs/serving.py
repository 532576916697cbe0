"""`python -m tests.service.jobs.serving PORT STORE`: the real server over a fake pipeline whose articles take a
little while, with a short lease, to be killed by `test_kill.py`."""

import sys
import time
from collections.abc import Sequence

from models.document import TextTranslation
from models.pipeline import Partial
from models.translator import Progress, TranslateOptions
from service import logs
from service.config import Config, JobsConfig, ServerConfig, StoreConfig
from service.runtime import Runtime
from service.server import Server
from tests.service.fakes import TRANSLATE, FakePipeline, runtime

#: Seconds that each article takes.
TAKES = 0.15


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
    config = Config(
        server=ServerConfig(port=int(sys.argv[1]), drain_seconds=5, threads=8),
        store=StoreConfig(url=sys.argv[2]),
        jobs=JobsConfig(lease_seconds=1, max_attempts=10),
    )
    logs.configure(config.log)
    Runtime.load = staticmethod(lambda config: runtime(UnhurriedPipeline(), config))  # type: ignore
    Server(config).run()
