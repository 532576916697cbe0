"""Translated files that wait in the data folder to be fetched, for an hour at most.

Each lies under a random id of 128 bits, which nobody guesses and whoever has it may use; what its sender
called it stands inside. All processes on one data folder share them.
"""

import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

#: Seconds that a file is kept.
KEPT = 3600.0
#: Bytes that all files together may take; the oldest make room.
MOST_BYTES = 256 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Download:
    """A file: its name for people, its content type, its text (to be written in UTF-8)."""

    name: str
    mimetype: str
    text: str


class Downloads:
    """The files in `folder`, which is made when there is one to keep. `clock` gives seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._clock = clock
        self._most = most

    def put(self, download: Download) -> str:
        """Keep a file; answers its id. Raises `OSError`."""
        data = json.dumps(asdict(download), ensure_ascii=False).encode()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_room(len(data))
        made = secrets.token_hex(16)
        unfinished = self._folder / f"{made}.part"
        unfinished.write_bytes(data)
        unfinished.replace(self._folder / made)
        return made

    def get(self, made: str) -> Download | None:
        """The file with this id; None when there is none (any more)."""
        if not is_id(made):
            return None
        path = self._folder / made
        try:
            if path.stat().st_mtime < self._clock() - KEPT:
                return None
            return Download(**json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None

    def expire(self) -> int:
        """Delete files that were kept long enough; answers how many."""
        oldest = self._clock() - KEPT
        return sum(_delete(path) for path, age, _ in self._files() if age < oldest)

    def _make_room(self, wanted: int) -> None:
        self.expire()
        files = sorted(self._files(), key=lambda file: file[1])
        over = sum(size for _, _, size in files) + wanted - self._most
        for path, _, size in files:
            if over <= 0:
                break
            _delete(path)
            over -= size

    def _files(self) -> list[tuple[Path, float, int]]:
        """Path, time of writing and size of each file; another process may delete them meanwhile."""
        found = []
        for path in self._folder.glob("*"):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            found.append((path, facts.st_mtime, facts.st_size))
        return found


def is_id(given: str) -> bool:
    return _ID.fullmatch(given) is not None


def _delete(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
