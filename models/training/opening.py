"""Opening data files with a cap on what comes out of them, so that a small `.gz` can't fill the memory."""

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from models.training.errors import DataError

MAX_FILE_BYTES = 4 * 1024**3  # unpacked; the largest public Arabic-English memories are smaller


class CappedReader(io.RawIOBase):
    """Reads from `raw` and raises `DataError` once more than `limit` bytes came out."""

    def __init__(self, raw: BinaryIO, limit: int, name: str) -> None:
        super().__init__()
        self._raw, self._left, self._name = raw, limit, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._raw.read(len(view))
        self._left -= len(data)
        if self._left < 0:
            raise DataError(f"{self._name} unpacks to more than the allowed size; split it and try again")
        view[: len(data)] = data
        return len(data)


@contextmanager
def open_capped(path: Path, limit: int = MAX_FILE_BYTES) -> Iterator[BinaryIO]:
    """The bytes of `path`, unpacked if its name ends in `.gz`; `DataError` when it can't be opened."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        raw = opener(path, "rb")
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    with raw:
        capped = CappedReader(cast(BinaryIO, raw), limit, path.name)
        try:
            yield cast(BinaryIO, io.BufferedReader(capped, 1 << 16))
        except (gzip.BadGzipFile, EOFError) as error:
            raise DataError(f"{path.name} is not a whole gzip file: {error}") from error
