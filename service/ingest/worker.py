"""The process that takes pages and feeds apart: `python -m service.ingest.worker`, started by `pool.py`.

Reads, from standard input, a line of JSON {"size": bytes} and so many bytes of UTF-8 HTML; writes one line of
JSON, the fields of `Extracted` or {"failed": reason}. With {"feed": …} in the line the bytes are a feed, and
the answer is what `feed_reader.py` makes of it. Ends when its input does, so it never outlives the service.
Imports neither Flask nor the model.
"""

import json
import logging
import resource
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

#: Address space in bytes: a page that makes the parser eat more ends this process, not the machine.
MEMORY_LIMIT = 2 * 1024**3


def serve(inputs: BinaryIO, outputs: BinaryIO) -> None:
    """Answer requests until the input ends."""
    while head := inputs.readline():
        asked = json.loads(head)
        data = inputs.read(asked["size"])
        try:
            answer = _answer(data, asked)
        except Exception as error:  # whatever lxml and trafilatura raise on broken pages
            answer = {"failed": type(error).__name__}
        outputs.write(json.dumps(answer).encode() + b"\n")
        outputs.flush()


def _answer(data: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    if "feed" in asked:  # feeds and pages are different libraries, and no process needs both
        from service.ingest import feed_reader

        return feed_reader.answer(data, asked["feed"])
    from service.ingest.extract import extract

    return asdict(extract(data.decode("utf-8")))


def main() -> None:
    logging.disable(logging.CRITICAL)  # trafilatura logs pieces of pages
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
