"""Open mode: which Host and Origin headers are let through, exactly."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Config, ServerConfig
from service.guards import host_allowed, origin_allowed, split_host

SERVER = ServerConfig(
    allowed_hosts=("news.example.org", "desk.example.org:8443", "10.0.0.5", "[fe80::1]:80"),
    allowed_origins=("https://app.example.net",),
)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("LocalHost:80", True),
        ("localhost.", True),
        ("127.0.0.1", True),
        ("127.0.0.1:9", True),
        ("127.3.2.1:9", True),
        ("[::1]", True),
        ("[::1]:8000", True),
        ("news.example.org", True),
        ("news.example.org:123", True),
        ("NEWS.example.org.", True),
        ("desk.example.org:8443", True),
        ("10.0.0.5:8000", True),
        ("[fe80::1]:80", True),
        ("desk.example.org", False),
        ("desk.example.org:8444", False),
        ("[fe80::1]", False),
        ("", False),
        ("evil.example.com", False),
        ("localhost.evil.example.com", False),
        ("evil.localhost", False),
        ("sub.news.example.org", False),
        ("news.example.org.evil.com", False),
        ("127.0.0.1.nip.io", False),
        ("127.0.0.1@evil.com", False),
        ("localhost:8000:1", False),
        ("localhost/", False),
        ("localhost, evil.com", False),
        ("localhost evil.com", False),
        (" localhost", False),
        ("192.168.1.1", False),
        ("0.0.0.0", False),
        ("2130706433", False),
        ("0x7f.1", False),
        ("127.1", False),
        ("::1", False),
        ("[::1", False),
        ("localhost:999999", False),
    ],
)
def test_hosts(host: str, allowed: bool) -> None:
    assert host_allowed(host, SERVER) is allowed


def test_only_loopback_names_by_default() -> None:
    assert not host_allowed("news.example.org", ServerConfig())
    assert host_allowed("localhost", ServerConfig())


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://localhost", "localhost", True),
        ("http://localhost", "localhost:80", True),
        ("https://news.example.org", "news.example.org", True),
        ("https://news.example.org", "news.example.org:443", True),
        ("https://app.example.net", "localhost:8000", True),
        ("http://app.example.net", "localhost:8000", False),
        ("https://app.example.net:444", "localhost:8000", False),
        ("https://app.example.net.evil.com", "localhost:8000", False),
        ("http://localhost:3000", "localhost:8000", False),
        ("http://localhost:8000", "127.0.0.1:8000", False),
        ("http://evil.com", "localhost:8000", False),
        ("http://evil.com:8000", "localhost:8000", False),
        ("https://news.example.org", "news.example.org:80", False),
        ("null", "localhost:8000", False),
        ("", "localhost:8000", False),
        ("file://", "localhost:8000", False),
        ("chrome-extension://localhost:8000", "localhost:8000", False),
        ("http://user@localhost:8000", "localhost:8000", False),
        ("http://localhost:8000\t", "localhost:8000", False),
        ("localhost:8000", "localhost:8000", False),
    ],
)
def test_origins(origin: str, host: str, allowed: bool) -> None:
    assert origin_allowed(origin, host, SERVER) is allowed


@pytest.mark.parametrize("host", ["[", "a b", "é.example", "a:b", "a:", "[::1]x"])
def test_what_is_no_host(host: str) -> None:
    assert split_host(host) is None


@pytest.fixture
def guarded(client_of: Any) -> FlaskClient:
    client: FlaskClient = client_of(Config(server=SERVER))
    return client


@pytest.mark.parametrize("path", ["/", "/v1/summaries", "/v1/models", "/openapi.json", "/docs", "/nowhere"])
def test_rebound_names_are_refused_on_every_path(guarded: FlaskClient, path: str) -> None:
    response = guarded.get(path, headers={"Host": "evil.example.com"})
    assert response.status_code == 403
    assert response.get_json()["type"].endswith("#host_not_allowed")
    assert "evil" not in response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_may_name_any_address(guarded: FlaskClient, path: str) -> None:
    assert guarded.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_pages_of_other_sites_are_refused(guarded: FlaskClient) -> None:
    headers = {"Host": "localhost:8000", "Origin": "https://evil.example.com"}
    for response in (
        guarded.post("/v1/translations", json={"texts": ["a"]}, headers=headers),
        guarded.post("/", data={"text": "a"}, headers=headers),
        guarded.get("/v1/models", headers=headers),
        guarded.options("/v1/translations", headers=headers),
    ):
        assert response.status_code == 403
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("method", "site", "status"),
    [
        ("POST", "cross-site", 403),
        ("POST", "same-site", 403),
        ("POST", "same-origin", 200),
        ("POST", "none", 200),
        ("GET", "cross-site", 200),
    ],
)
def test_requests_without_origin_that_name_their_site(
    guarded: FlaskClient, method: str, site: str, status: int
) -> None:
    """A link from elsewhere may open the page; a form from elsewhere may not be sent."""
    path = "/" if method == "GET" else "/v1/translations"
    body = None if method == "GET" else {"texts": ["سطر"]}
    response = guarded.open(path, method=method, json=body, headers={"Sec-Fetch-Site": site})
    assert response.status_code == status


def test_allowed_origins_may_read_the_answer(guarded: FlaskClient) -> None:
    headers = {"Origin": "https://app.example.net"}
    preflight = guarded.options("/v1/translations", headers=headers)
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    response = guarded.post("/v1/translations", json={"texts": ["سطر"]}, headers=headers)
    assert response.headers["Access-Control-Allow-Origin"] == "https://app.example.net"
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Location", "Retry-After", "Idempotent-Replayed", "RateLimit-Remaining"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]


def test_no_cors_by_default(client: FlaskClient) -> None:
    response = client.post("/v1/detect", json={"texts": ["سطر"]}, headers={"Origin": "http://localhost"})
    assert response.status_code == 200
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


@pytest.mark.parametrize(("proxies", "status"), [(0, 403), (1, 200)])
def test_forwarded_host_counts_only_behind_trusted_proxies(client_of: Any, proxies: int, status: int) -> None:
    server = ServerConfig(allowed_hosts=("news.example.org",), trusted_proxies=proxies)
    headers = {"Host": "backend:8000", "X-Forwarded-Host": "news.example.org"}
    assert client_of(Config(server=server)).get("/v1/models", headers=headers).status_code == status


def test_forwarded_host_cannot_widen_what_is_allowed(client_of: Any) -> None:
    server = ServerConfig(allowed_hosts=("news.example.org",), trusted_proxies=1)
    headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example.com"}
    assert client_of(Config(server=server)).get("/v1/models", headers=headers).status_code == 403
