"""A small server on loopback in the shape of the Hugging Face Hub, for the real client.

It answers what `huggingface_hub` asks when it resolves a revision and fetches files, and misbehaves on request.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """`repositories`: id -> file name -> content. `break_after`: a file's transfer stops after so many bytes,
    once. `corrupt`: files whose content has a wrong byte while the stated checksum is right. `status`: every
    answer is this error. `ranges` False: Range headers are ignored. `commit`: the revision of `main`. Files
    from `large` bytes on are kept as the real Hub keeps them: SHA-256 stated, content behind a redirect."""

    repositories: dict[str, Mapping[str, bytes]]
    status: int = 0
    ranges: bool = True
    commit: str = COMMIT
    large: int = 10_000
    break_after: dict[str, int] = field(default_factory=dict)
    corrupt: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    address: str = ""

    def fetched(self, name: str) -> list[str | None]:
        """The Range headers of the GET requests for a file."""
        return [
            span
            for verb, path, span in self.requests
            if verb == "GET" and path.endswith("/" + name) and self.stands_at_the_end(path)
        ]

    def stands_at_the_end(self, path: str) -> bool:
        """Is this where the bytes come from, not the redirect before?"""
        if path.startswith("/cdn/"):
            return True
        repository, name = "/".join(path.split("/")[1:3]), path.rsplit("/", 1)[1]
        return len(self.repositories.get(repository, {}).get(name, b"")) < self.large


@contextmanager
def serving(repositories: Mapping[str, Mapping[str, bytes]]) -> Iterator[Hub]:
    """A running hub; set HF_ENDPOINT to its `address`."""
    hub = Hub(dict(repositories))

    class Handler(_Handler):
        pass

    Handler.hub = hub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Quiet; requests are kept in `Hub.requests`."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append((self.command, path, self.headers.get("Range")))
        if self.hub.status:
            self._send(self.hub.status, b"{}")
        elif about := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
            self._about(about[1], about[2] or "main")
        elif wanted := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(wanted[1], wanted[2], wanted[3], body)
        elif wanted := re.fullmatch(r"/cdn/([^/]+/[^/]+)/(.+)", path):
            self._file(wanted[1], wanted[2], body)
        else:
            self._send(404, b"{}")

    def _about(self, repository: str, revision: str) -> None:
        files = self.hub.repositories.get(repository)
        if files is None:
            self._send(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})
            return
        if revision not in ("main", self.hub.commit):
            self._send(404, b'{"error": "Revision not found"}', {"X-Error-Code": "RevisionNotFound"})
            return
        answer = {
            "id": repository,
            "modelId": repository,
            "sha": self.hub.commit,
            "siblings": [self._sibling(name, content) for name, content in files.items()],
            "tags": [],
            "cardData": {"license": "cc-by-4.0"},
        }
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _sibling(self, name: str, content: bytes) -> dict[str, object]:
        entry: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": _blob_id(content)}
        if len(content) >= self.hub.large:
            entry["lfs"] = {"sha256": _sha256(content), "size": len(content), "pointerSize": 134}
        return entry

    def _resolve(self, repository: str, revision: str, name: str, body: bool) -> None:
        content = self.hub.repositories.get(repository, {}).get(name)
        if content is None or revision not in ("main", self.hub.commit):
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": self.hub.commit})
        elif len(content) < self.hub.large:
            self._file(repository, name, body)
        else:
            headers = {
                "Location": f"{self.hub.address}/cdn/{repository}/{name}",
                "X-Repo-Commit": self.hub.commit,
                "X-Linked-Size": str(len(content)),
                "X-Linked-ETag": f'"{_sha256(content)}"',
            }
            self._send(302, b"", headers)

    def _file(self, repository: str, name: str, body: bool) -> None:
        content = self.hub.repositories.get(repository, {}).get(name)
        if content is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": self.hub.commit})
            return
        etag = f'"{_sha256(content)}"'
        if name in self.hub.corrupt:
            content = content[:-1] + bytes([content[-1] ^ 1])
        headers = {
            "X-Repo-Commit": self.hub.commit,
            "X-Linked-Size": str(len(content)),
            "X-Linked-ETag": etag,
            "ETag": etag,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        start = int(m[1]) if (m := re.match(r"bytes=(\d+)-", self.headers.get("Range") or "")) else 0
        start = start if self.hub.ranges else 0
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206 if start else 200, content[start:], headers, body, self.hub.break_after.get(name))
        if body:
            self.hub.break_after.pop(name, None)

    def _send(
        self,
        status: int,
        content: bytes,
        headers: Mapping[str, str] | None = None,
        body: bool = True,
        stop_after: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not body or self.command == "HEAD":
            return
        self.wfile.write(content if stop_after is None else content[:stop_after])
        if stop_after is not None:
            self.wfile.flush()
            self.connection.close()
            self.close_connection = True


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _blob_id(content: bytes) -> str:
    """Git's name of a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
