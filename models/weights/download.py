"""Files of a Hugging Face repository, with the Hub's own client: resumable, and checked against the checksums
that the Hub states.

`hf_hub_download` of huggingface_hub 2 starts anew after a break (each process has a temporary file of its
own), so the client's `http_get` is used, which can go on where a file ends.
"""

import errno
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from models.errors import ModelNotFound, PullFailed

log = logging.getLogger(__name__)

#: Seconds for the first answer of the Hub: what is longer means that there is no network.
FIRST_ANSWER = 10.0
#: Transfers of one file in a row that may break without bringing anything before it is given up.
ATTEMPTS = 2
#: Bytes that are written at once: what a broken transfer loses at most. The client's own 10 MB would also
#: make a jerky progress bar.
_CHUNK = 1 << 20

#: Bytes of this file that are there.
OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What the Hub says of a file. It states a SHA-256 for large files only, a git blob id for all."""

    name: str
    size: int
    sha256: str | None
    blob_id: str | None

    def matches(self, path: Path) -> bool:
        """Is this that file? Size first, then the strongest checksum that was stated."""
        if path.stat().st_size != self.size:
            return False
        if self.sha256 is not None:
            return checksum(path) == self.sha256
        return self.blob_id is None or _blob_id(path) == self.blob_id


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit. `licence` is the card's, "" where it names none."""

    id: str
    revision: str
    licence: str
    files: tuple[RemoteFile, ...]

    def file(self, name: str) -> RemoteFile | None:
        return next((f for f in self.files if f.name == name), None)


def resolve(repository: str, revision: str | None = None) -> Repository:
    """The repository's present commit, or the named one's, with its files.

    Raises `ModelNotFound` (no such repository or revision, or not for this user), `PullFailed` (the Hub
    can't be reached) within seconds."""
    hub = _hub()

    def ask() -> Any:
        api = hub.HfApi(endpoint=_endpoint())
        return api.model_info(repository, revision=revision, files_metadata=True, timeout=FIRST_ANSWER / 2)

    with _told(repository, revision):
        info = _within(FIRST_ANSWER, ask)
    if not info.sha:
        raise PullFailed(f"{_host()} names no commit for {repository}: is it a Hugging Face Hub?")
    files = tuple(
        RemoteFile(s.rfilename, s.size, s.lfs.sha256 if s.lfs else None, s.blob_id if not s.lfs else None)
        for s in info.siblings or ()
        if s.size is not None
    )
    return Repository(repository, info.sha, _licence(info), files)


def fetch(repository: Repository, file: RemoteFile, folder: Path, on_bytes: OnBytes) -> Path:
    """The file in `folder`, checked. What an earlier, broken call brought is kept and gone on from.

    Raises `PullFailed`: transfer broken too often, wrong checksum, disk full."""
    target = folder / file.name
    if target.is_file() and file.matches(target):
        on_bytes(file.size)
        return target
    # Named after its content: a part of another revision is never gone on from.
    part = folder / f".{file.name}.{(file.sha256 or file.blob_id or repository.revision)[:12]}.part"
    if part.is_file() and part.stat().st_size > file.size:
        part.unlink()
    with _told(repository.id, repository.revision):
        _transfer(repository, file, part, on_bytes)
    if not file.matches(part):
        part.unlink()
        raise PullFailed(
            f"{file.name} of {repository.id} came with a wrong checksum and was thrown away; pull again."
        )
    part.replace(target)
    return target


def checksum(path: Path) -> str:
    """SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _blob_id(path: Path) -> str:
    """Git's name of the content: SHA-1 over a header and the bytes."""
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _transfer(repository: Repository, file: RemoteFile, part: Path, on_bytes: OnBytes) -> None:
    """Bring `part` to its full size, going on after breaks as long as tries bring something."""
    from httpx2 import HTTPError

    fruitless = 0
    while True:
        have = part.stat().st_size if part.is_file() else 0
        try:
            with part.open("ab") as out:
                _get(repository, file, _Counted(out, on_bytes), have)
            return
        except (HTTPError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's, not the network's
            now = part.stat().st_size
            fruitless = 0 if now > have else fruitless + 1
            if fruitless >= ATTEMPTS:
                raise
            log.warning("transfer of %s broke at %d bytes: going on", file.name, now)


def _get(repository: Repository, file: RemoteFile, out: "_Counted", have: int) -> None:
    hub = _hub()
    from huggingface_hub.file_download import http_get

    headers = hub.utils.build_hf_headers(library_name="mujaz")
    headers["Accept-Encoding"] = "identity"  # a range of compressed bytes is no range of the file
    url = hub.hf_hub_url(repository.id, file.name, revision=repository.revision, endpoint=_endpoint())
    http_get(url, out, resume_size=have, headers=headers, expected_size=file.size, _nb_retries=0)  # type: ignore[arg-type]


class _Counted:
    """A file for `http_get` that tells how far it is."""

    def __init__(self, out: BinaryIO, on_bytes: OnBytes) -> None:
        self._out = out
        self._on_bytes = on_bytes

    def write(self, data: bytes) -> int:
        written = self._out.write(data)
        self._on_bytes(self._out.tell())
        return written

    def seek(self, offset: int) -> int:
        return self._out.seek(offset)

    def tell(self) -> int:
        return self._out.tell()

    def truncate(self) -> int:
        return self._out.truncate()


def _hub() -> Any:
    """The Hub's client, with plain HTTP transfers, which can be resumed, without its bars and warnings."""
    os.environ["HF_HUB_DISABLE_XET"] = "1"
    import huggingface_hub
    from huggingface_hub import constants
    from huggingface_hub.utils.tqdm import disable_progress_bars

    constants.HF_HUB_DISABLE_XET = True  # where somebody imported it before us
    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK
    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    return huggingface_hub


def _endpoint() -> str | None:
    """HF_ENDPOINT, a mirror that a company or a country may need; None for the Hub itself."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def _host() -> str:
    return _endpoint() or "https://huggingface.co"


def _licence(info: Any) -> str:
    card = getattr(info, "card_data", None)
    named = getattr(card, "license", None) if card is not None else None
    return named if isinstance(named, str) else ""


@contextmanager
def _told(repository: str, revision: str | None) -> Iterator[None]:
    """Errors of client, network and disk as ours, one line each."""
    from httpx2 import HTTPError
    from huggingface_hub import errors as hub

    try:
        yield
    except hub.GatedRepoError as error:
        raise ModelNotFound(
            f"{repository} wants its terms accepted on {_host()}, and HF_TOKEN set."
        ) from error
    except hub.RepositoryNotFoundError as error:
        raise ModelNotFound(f"There is no repository {repository} on {_host()}.") from error
    except (hub.RevisionNotFoundError, hub.EntryNotFoundError) as error:
        raise ModelNotFound(f"{repository} has no revision {revision} with that file.") from error
    except hub.OfflineModeIsEnabled as error:
        raise PullFailed("HF_HUB_OFFLINE is set: nothing can be fetched.") from error
    except hub.HfHubHTTPError as error:
        status = error.response.status_code
        if status == 401:  # also what the Hub says to strangers of repositories that don't exist
            raise ModelNotFound(
                f"There is no repository {repository} on {_host()}, or it needs HF_TOKEN."
            ) from error
        raise PullFailed(f"{_host()} answered {status} for {repository}; try again later.") from error
    except (HTTPError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise PullFailed(
            f"{_host()} can't be reached or broke off ({reason}); pull again to go on where it stopped."
        ) from error
    except OSError as error:
        raise PullFailed(_disk_message(error)) from error


def _disk_message(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: free some space and pull again; it goes on where it stopped."
    return f"The download failed: {error.strerror or str(error).splitlines()[0]}"


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """The call's result, or `TimeoutError`. In a thread: looking up a name has no time limit of its own."""
    results: list[Any] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not results:
        raise TimeoutError(f"no answer within {seconds:.0f} seconds")
    return results[0]
