"""The process that takes pages apart: `python -m service.ingest.worker`, started by `pool.py`.

Reads, from standard input, a line of JSON {"size": bytes} and so many bytes of UTF-8 HTML; writes one line of
JSON, the fields of `Extracted` or {"failed": reason}. Ends when its input does, so it never outlives the
service. Imports neither Flask nor the model.
"""

import json
import logging
import resource
import sys
from dataclasses import asdict
from typing import BinaryIO

#: Address space in bytes: a page that makes the parser eat more ends this process, not the machine.
MEMORY_LIMIT = 2 * 1024**3


def serve(inputs: BinaryIO, outputs: BinaryIO) -> None:
    """Answer requests until the input ends."""
    from service.ingest.extract import extract

    while head := inputs.readline():
        page = inputs.read(json.loads(head)["size"]).decode("utf-8")
        try:
            answer = asdict(extract(page))
        except Exception as error:  # whatever lxml and trafilatura raise on broken pages
            answer = {"failed": type(error).__name__}
        outputs.write(json.dumps(answer).encode() + b"\n")
        outputs.flush()


def main() -> None:
    logging.disable(logging.CRITICAL)  # trafilatura logs pieces of pages
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
