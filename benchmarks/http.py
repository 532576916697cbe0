"""The little HTTP that the benchmarks need: loopback only, standard library only."""

import http.client
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

#: Loopback must not go through a proxy that the environment may name.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """A loopback port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get_status(url: str) -> int | None:
    """HTTP status, None when nobody answers."""
    try:
        with _DIRECT.open(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return None


def post_json(url: str, body: dict[str, Any], seconds: float = 600) -> dict[str, Any]:
    """The JSON answer. Raises `RuntimeError` with the server's words on any status but 200."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with _DIRECT.open(request, timeout=seconds) as answer:
            result: dict[str, Any] = json.load(answer)
            return result
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.code} {error.read().decode(errors='replace')[:400]}") from error


def wait_until_ready(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> float:
    """Poll until `url` answers 200; returns the seconds waited. Raises when the server ends or time is up."""
    started = time.perf_counter()
    while get_status(url) != 200:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode} before it was ready")
        if time.perf_counter() - started > seconds:
            raise RuntimeError(f"{url} was not ready after {seconds:g} s")
        time.sleep(0.01)
    return time.perf_counter() - started
