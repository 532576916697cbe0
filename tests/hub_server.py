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
    once. `corrupt`: files whose content has a wrong byte while the stated checksum is right."""

    repositories: dict[str, Mapping[str, bytes]]
    break_after: dict[str, int] = field(default_factory=dict)
    corrupt: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    address: str = ""

    def fetched(self, name: str) -> list[str | None]:
        """The Range headers of the GET requests for a file."""
        return [span for verb, path, span in self.requests if verb == "GET" and path.endswith("/" + name)]


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
        if about := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
            self._about(about[1], about[2] or "main")
        elif wanted := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._file(wanted[1], wanted[3], body)
        else:
            self._send(404, b"{}")

    def _about(self, repository: str, revision: str) -> None:
        files = self.hub.repositories.get(repository)
        if files is None or revision not in ("main", COMMIT):
            self._send(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})
            return
        siblings = [
            {
                "rfilename": name,
                "size": len(content),
                "blobId": hashlib.sha1(content).hexdigest(),
                "lfs": {"sha256": _sha256(content), "size": len(content), "pointerSize": 134},
            }
            for name, content in files.items()
        ]
        answer = {"id": repository, "modelId": repository, "sha": COMMIT, "siblings": siblings, "tags": []}
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _file(self, repository: str, name: str, body: bool) -> None:
        content = self.hub.repositories.get(repository, {}).get(name)
        if content is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        etag = f'"{_sha256(content)}"'
        if name in self.hub.corrupt:
            content = content[:-1] + bytes([content[-1] ^ 1])
        headers = {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(len(content)),
            "X-Linked-ETag": etag,
            "ETag": etag,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        start = int(m[1]) if (m := re.match(r"bytes=(\d+)-", self.headers.get("Range") or "")) else 0
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
