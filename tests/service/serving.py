"""`python -m tests.service.serving PORT DRAIN`: the real server over a fake pipeline, for `test_server.py`.

The text "slow 2" takes two seconds, "die" ends the process that serves. With the third argument
"broken" the model can't be loaded, with "keys" callers need a key and there is none.
"""

import os
import sys
import time
from collections.abc import Sequence

from models.document import TextTranslation
from models.errors import ModelNotFound
from models.pipeline import Partial
from models.translator import Progress, TranslateOptions
from service import logs
from service.config import AuthConfig, Config, LogConfig, ServerConfig
from service.runtime import Runtime
from service.server import Server
from tests.service.fakes import TRANSLATE, FakePipeline, runtime


class SlowPipeline(FakePipeline):
    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions = TRANSLATE,
        progress: Progress | None = None,
        partial: Partial | None = None,
    ) -> list[TextTranslation]:
        if texts[0].startswith("slow"):
            time.sleep(float(texts[0].split()[1]))
        if texts[0] == "die":
            os._exit(9)
        return super().translate(texts, options, progress, partial)


def load(config: Config) -> Runtime:
    if "broken" in sys.argv:
        raise ModelNotFound("There is no model 'gone'; see `mujaz models list`.")
    return runtime(SlowPipeline(), config)


if __name__ == "__main__":
    port, drain = int(sys.argv[1]), float(sys.argv[2])
    config = Config(
        auth=AuthConfig(mode="keys" if "keys" in sys.argv else "auto"),
        server=ServerConfig(port=port, drain_seconds=drain, threads=5),
        log=LogConfig(format="json"),
    )
    logs.configure(config.log)
    Runtime.load = staticmethod(load)  # type: ignore[method-assign, assignment]
    Server(config).run()
