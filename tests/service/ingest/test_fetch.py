"""The guarded client against real servers on loopback: pinning, redirects, TLS, caps, time."""

import gzip
import logging
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.fetch import (
    Fetcher,
    FetchError,
    FetchFailed,
    FetchOptions,
    FetchRefused,
    FetchTimeout,
    FetchTooLarge,
)
from tests.service.ingest.fetch_servers import Server, answer, proxy, redirect, serve

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:4700::1111"
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Network:
    """A resolver and a connector: names have the addresses given, every address leads to one port here."""

    def __init__(self, names: dict[str, list[str]], port: int) -> None:
        self.names = names
        self.port = port
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return self.names[host]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append((address, port))
        return socket.create_connection(("127.0.0.1", self.port), seconds)


@pytest.fixture
def make() -> Iterator[Callable[..., Fetcher]]:
    made: list[Fetcher] = []

    def fetcher(
        network: Network | None = None, *, tls: ssl.SSLContext = NO_AUTHORITIES, **options: object
    ) -> Fetcher:
        chosen = FetchOptions(**options)  # type: ignore[arg-type]
        if network is None:
            made.append(Fetcher(chosen, tls=tls))
        else:
            made.append(Fetcher(chosen, network.resolve, connect=network.connect, tls=tls))
        return made[-1]

    yield fetcher
    for one in made:
        one.close()


Make = Callable[..., Fetcher]


def local(make: Make, server: Server, **options: object) -> Fetcher:
    return make(allow=(server.netloc,), **options)


def test_a_page_comes_with_status_headers_and_the_right_host(make: Make) -> None:
    page = answer("مرحبا".encode(), headers={"Set-Cookie": "a=1", "X-Two": "1\r\nX-Two: 2", "X-Raw": "خبر"})
    with serve({"/a?b=%D8%A7": page}) as server:
        got = local(make, server).fetch(f"{server.url}/a?b=ا#part")
        assert got.content.decode() == "مرحبا"
        assert (got.status, got.url, got.redirects) == (200, f"{server.url}/a?b=%D8%A7", ())
        assert got.headers.getlist("x-two") == ["1", "2"]
        assert got.headers["x-raw"] == "خبر"
        assert f"Host: {server.netloc}\r\n" in server.heads[0]
        assert "User-Agent: Mujaz/" in server.heads[0]


def test_connections_are_kept_and_cookies_are_not(make: Make) -> None:
    with serve({"/": answer(b"x", headers={"Set-Cookie": "secret=1; Path=/"})}) as server:
        fetcher = local(make, server)
        for _ in range(3):
            assert fetcher.fetch(server.url).content == b"x"
        assert server.accepted == 1
        assert not any("cookie" in head.lower() for head in server.heads)


def test_a_kept_connection_that_the_server_closes_is_replaced(make: Make) -> None:
    def once(connection: socket.socket, path: str) -> None:
        connection.sendall(answer(path.encode()))
        connection.recv(10_000)  # the next request comes and is never answered

    with serve(once) as server:
        fetcher = local(make, server)
        assert [fetcher.fetch(f"{server.url}/{i}").content for i in range(3)] == [b"/0", b"/1", b"/2"]
        assert server.accepted == 3
        with pytest.raises(FetchFailed):  # it may have been received
            fetcher.fetch(server.url, method="POST", content=b"x")


def test_posts_a_body_and_the_callers_headers(make: Make) -> None:
    with serve({"/hook": answer(b"", "204 No Content", length=False)}) as server:
        headers = {"Mujaz-Signature": "t=1,v1=ab", "Host": "internal", "content-length": "3"}
        got = local(make, server).fetch(
            f"{server.url}/hook", method="POST", headers=headers, content="نص".encode(), follow=False
        )
        assert (got.status, got.content) == (204, b"")
        assert server.bodies == ["نص".encode()]
        assert "Mujaz-Signature: t=1,v1=ab" in server.heads[0]
        assert "internal" not in server.heads[0]


def test_without_allow_loopback_is_refused(make: Make) -> None:
    with serve({"/": answer(b"secret")}) as server:
        with pytest.raises(FetchRefused) as refused:
            make().fetch(server.url)
        assert refused.value.reason == "port"
        with pytest.raises(FetchRefused):
            make(allow=(f"127.0.0.1:{server.port + 1}", f"localhost:{server.port}")).fetch(server.url)
        assert server.accepted == 0


def test_allow_is_logged_when_used(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    with serve({"/": answer(b"x")}) as server, caplog.at_level(logging.INFO, "service.ingest.fetch"):
        local(make, server).fetch(server.url)
    assert caplog.messages == [f"fetch.allow lets {server.netloc} be fetched"]


@pytest.mark.parametrize(
    "entry", ["feeds.lan", "feeds.lan:", "http://a:80", "a:b", "a:0", ":80", "a@b:80", "*:80"]
)
def test_a_bad_entry_of_allow_stops_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        Fetcher(FetchOptions(allow=(entry,)), tls=NO_AUTHORITIES)


def test_rebinding_one_look_up_and_the_checked_address(make: Make) -> None:
    with serve({"/": answer(b"public")}) as server:
        network = Network({}, server.port)
        answers = iter([[PUBLIC], ["127.0.0.1"]])
        fetcher = Fetcher(
            FetchOptions(),
            lambda host, port: network.asked.append(host) or next(answers),  # type: ignore[func-returns-value]
            connect=network.connect,
            tls=NO_AUTHORITIES,
        )
        assert fetcher.fetch("http://rebind.example/").content == b"public"
        assert network.asked == ["rebind.example"]
        assert network.connected == [(PUBLIC, 80)]
        with pytest.raises(FetchRefused, match="loopback"):  # although a connection is still open
            fetcher.fetch("http://rebind.example/")
        fetcher.close()
        assert server.heads[0].count("Host: rebind.example\r\n") == 1
        assert len(server.heads) == 1


def test_the_next_checked_address_is_tried(make: Make) -> None:
    with serve({"/": answer(b"x")}) as server:
        network = Network({"two.example": [PUBLIC_6, PUBLIC]}, server.port)
        reach = network.connect

        def connect(address: str, port: int, seconds: float) -> socket.socket:
            if ":" in address:
                network.connected.append((address, port))
                raise OSError("no IPv6 here")
            return reach(address, port, seconds)

        network.connect = connect  # type: ignore[method-assign]
        assert make(network).fetch("http://two.example/").content == b"x"
        assert network.connected == [(PUBLIC_6, 80), (PUBLIC, 80)]


def test_arabic_host_and_path(make: Make) -> None:
    with serve({"/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/100%25?q=%D9%86%D8%B5": answer(b"x")}) as server:
        network = Network({"xn--mgbeiue0iwb.xn--wgbl6a": [PUBLIC]}, server.port)
        got = make(network).fetch("http://الجزيرة.قطر/أخبار/100%?q=نص")
        assert got.status == 200
        assert got.url.startswith("http://xn--mgbeiue0iwb.xn--wgbl6a/")
        assert "Host: xn--mgbeiue0iwb.xn--wgbl6a\r\n" in server.heads[0]


def test_redirects_are_followed_and_told(make: Make) -> None:
    pages = {
        "/old": redirect("/new", "301 Moved Permanently"),
        "/new": redirect("here page", "307 Temporary Redirect"),
        "/here%20page": redirect("/أخبار", "308 Permanent Redirect"),
        "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1": answer(b"end"),
    }
    with serve(pages) as server:
        got = local(make, server).fetch(f"{server.url}/old")
        assert got.content == b"end"
        assert [(step.url.removeprefix(server.url), step.permanent) for step in got.redirects] == [
            ("/old", True), ("/new", False), ("/here%20page", True),
        ]  # fmt: skip
        assert got.moved_to == f"{server.url}/new"
        stayed = local(make, server).fetch(f"{server.url}/old", follow=False)
        assert (stayed.status, stayed.redirects, stayed.moved_to) == (301, (), None)
        posted = local(make, server).fetch(f"{server.url}/old", method="POST", content=b"x")
        assert posted.status == 301


def test_redirects_end(make: Make) -> None:
    with serve({"/": redirect("/")}) as server:
        with pytest.raises(FetchRefused, match="more than 3 times"):
            local(make, server, max_redirects=3).fetch(server.url)
        assert len(server.heads) == 4


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1/", "address"),
        ("//169.254.169.254/latest/meta-data/", "address"),
        ("http://inside.example/", "address"),
        ("http://[::ffff:10.0.0.1]/", "address"),
        ("http://0x7f.1/", "address"),
        ("http://other.example:6379/", "port"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://other.example/", "scheme"),
        ("http://user:pw@other.example/", "credentials"),
        ("http://[::1", "host"),
        ("http://a\\b/", "characters"),
    ],
)
def test_a_redirect_is_judged_like_any_url(make: Make, location: str, reason: str) -> None:
    with serve({"/": redirect(location)}) as server:
        network = Network({"inside.example": ["10.0.0.1"]}, server.port)
        with pytest.raises(FetchRefused) as refused:
            make(network, allow=(server.netloc,)).fetch(server.url)
        assert refused.value.reason == reason
        assert len(network.connected) == 1


def test_secrets_stay_with_their_origin(make: Make) -> None:
    with serve({"/": answer(b"end")}) as other, serve({"/": redirect(other.url)}) as server:
        headers = {"Authorization": "Bearer x", "Cookie": "a=b", "If-None-Match": '"e"'}
        make(allow=(server.netloc, other.netloc)).fetch(server.url, headers=headers)
        assert "Bearer x" in server.heads[0]
        assert "authorization" not in other.heads[0].lower()
        assert "cookie" not in other.heads[0].lower()
        assert 'If-None-Match: "e"' in other.heads[0]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certified(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def test_https_names_the_host_in_sni_certificate_and_head(make: Make, authority: trustme.CA) -> None:
    with serve({"/": answer(b"safe")}, certified(authority, "أخبار.example", "a.example")) as server:
        network = Network({"xn--igbicxr.example": [PUBLIC], "a.example": [PUBLIC]}, server.port)
        fetcher = make(network, tls=trusting(authority))
        assert fetcher.fetch("https://أخبار.example/").content == b"safe"
        assert fetcher.fetch("https://a.example./").content == b"safe"
        assert server.names == ["xn--igbicxr.example", "a.example"]
        assert "Host: xn--igbicxr.example\r\n" in server.heads[0]
        assert network.connected == [(PUBLIC, 443), (PUBLIC, 443)]


def test_https_by_address(make: Make, authority: trustme.CA) -> None:
    with serve({"/": answer(b"safe")}, certified(authority, "127.0.0.1")) as server:
        fetcher = local(make, server, tls=trusting(authority))
        assert fetcher.fetch(f"https://{server.netloc}/").content == b"safe"


def test_a_certificate_for_another_name_is_refused(make: Make, authority: trustme.CA) -> None:
    """Also when a connection to the same address is open under the name that it is valid for."""
    with serve({"/": answer(b"safe")}, certified(authority, "a.example")) as server:
        network = Network({"a.example": [PUBLIC], "b.example": [PUBLIC]}, server.port)
        fetcher = make(network, tls=trusting(authority))
        fetcher.fetch("https://a.example/")
        with pytest.raises(FetchFailed) as failed:
            fetcher.fetch("https://b.example/")
        assert (failed.value.reason, failed.value.retryable) == ("certificate", False)
        assert len(server.heads) == 1


def test_an_unknown_authority_is_refused(make: Make, authority: trustme.CA) -> None:
    with serve({"/": answer(b"safe")}, certified(authority, "127.0.0.1")) as server:
        strict = Fetcher(FetchOptions(allow=(server.netloc,)))
        with pytest.raises(FetchFailed, match="certificate"):
            strict.fetch(f"https://{server.netloc}/")
        strict.close()


def test_https_is_not_left_for_http(make: Make, authority: trustme.CA) -> None:
    with serve({"/": answer(b"x")}) as plain:
        pages = {"/": redirect(plain.url)}
        with serve(pages, certified(authority, "127.0.0.1")) as server:
            fetcher = make(allow=(server.netloc, plain.netloc), tls=trusting(authority))
            with pytest.raises(FetchRefused) as refused:
                fetcher.fetch(f"https://{server.netloc}/")
            assert refused.value.reason == "downgrade"
        assert plain.accepted == 0


TEXT = ("خبر عاجل\n" * 2000).encode()


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:]) + b"\0\0"),
        ("x-gzip", gzip.compress(TEXT, 0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("identity", TEXT),
    ],
)
def test_compressed_pages(make: Make, coding: str, body: bytes) -> None:
    with serve({"/": answer(body, headers={"Content-Encoding": coding})}) as server:
        assert local(make, server).fetch(server.url).content == TEXT


def test_pages_that_compress_well_are_whole(make: Make) -> None:
    """zlib may have taken all of the input and still hold output."""
    page = b"a" * 3_000_001
    with serve({"/": answer(gzip.compress(page), headers={"Content-Encoding": "gzip"})}) as server:
        assert local(make, server).fetch(server.url).content == page


BOMB = gzip.compress(bytes(50_000_000))
CAP = 100_000


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", BOMB),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("gzip", gzip.compress(b"") * 10_000),  # compressed data without any output
        ("gzip", b"\x1f\x8b\x08\x08\0\0\0\0\0\0" + b"n" * 200_000),  # a file name without an end
        ("", bytes(CAP + 1)),
    ],
)
@pytest.mark.parametrize("length", [True, False])
def test_bombs_end_at_the_cap(make: Make, coding: str, body: bytes, length: bool) -> None:
    page = answer(body, headers={"Content-Encoding": coding, "Connection": "close"}, length=length)
    with serve({"/": page}) as server:
        with pytest.raises(FetchTooLarge, match=f"{CAP} bytes") as large:
            local(make, server).fetch(server.url, max_bytes=CAP)
        assert large.value.status == 200


def test_the_cap_itself_fits(make: Make) -> None:
    with serve({"/": answer(bytes(CAP))}) as server:
        assert len(local(make, server, max_bytes=CAP).fetch(server.url).content) == CAP


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip\r\nContent-Encoding: gzip", "compress"])
def test_codings_that_were_not_asked_for_stay_closed(make: Make, coding: str) -> None:
    with serve({"/": answer(BOMB, headers={"Content-Encoding": coding})}) as server:
        with pytest.raises(FetchFailed) as failed:
            local(make, server).fetch(server.url)
        assert (failed.value.reason, failed.value.retryable) == ("coding", False)
        assert "Accept-Encoding: gzip, deflate\r\n" in server.heads[0]


def pour(connection: socket.socket, path: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(bytes(65536))


def test_an_endless_body_ends(make: Make) -> None:
    with serve(pour) as server, pytest.raises(FetchTooLarge):
        local(make, server, max_bytes=1_000_000).fetch(server.url)


def drip(prefix: bytes) -> Callable[[socket.socket, str], None]:
    def send(connection: socket.socket, path: str) -> None:
        connection.sendall(prefix)
        while True:
            connection.sendall(b"a")
            time.sleep(0.05)

    return send


def stall(connection: socket.socket, path: str) -> None:
    while connection.recv(1000):
        pass


def interim(connection: socket.socket, path: str) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.02)


@pytest.mark.parametrize(
    "behaviour",
    [drip(b"HTTP/1.1 200 OK\r\n\r\n"), drip(b"HTTP/1.1 200 OK\r\nX: "), drip(b"HTTP/1.1 "), stall, interim],
    ids=["body", "headers", "status", "silence", "interim"],
)
def test_slow_servers_are_cut_off(make: Make, behaviour: Callable[[socket.socket, str], None]) -> None:
    with serve(behaviour) as server:
        start = time.monotonic()
        with pytest.raises(FetchTimeout, match=r"0\.4 seconds"):
            local(make, server, timeout_seconds=0.4).fetch(server.url)
        assert 0.35 < time.monotonic() - start < 20


def test_the_time_is_for_all_redirects_together(make: Make) -> None:
    def slow(connection: socket.socket, path: str) -> None:
        time.sleep(0.2)
        connection.sendall(redirect("/again"))

    with serve(slow) as server, pytest.raises(FetchTimeout):
        local(make, server, timeout_seconds=0.5, max_redirects=20).fetch(server.url)


def test_a_slow_look_up_is_left_behind() -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        over.wait(10)
        return [PUBLIC]

    fetcher = Fetcher(FetchOptions(timeout_seconds=0.2), resolve, tls=NO_AUTHORITIES)
    start = time.monotonic()
    with pytest.raises(FetchTimeout):
        fetcher.fetch("http://slow.example/")
    assert time.monotonic() - start < 8  # the look-up takes ten seconds
    over.set()
    fetcher.close()


def test_a_receiver_that_does_not_read_is_cut_off(make: Make) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    netloc = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(FetchTimeout):
        make(allow=(netloc,), timeout_seconds=0.4).fetch(
            f"http://{netloc}/", method="POST", content=bytes(50_000_000)
        )
    listener.close()


@pytest.mark.parametrize(
    "page",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 50_000 + b"\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"+PONG\r\n-ERR secret\r\n\r\n",
    ],
)
def test_broken_answers(make: Make, page: bytes) -> None:
    with serve({"/": page}) as server, pytest.raises(FetchFailed) as failed:
        local(make, server).fetch(server.url)
    assert failed.value.reason == "protocol"
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort", "protocol"),
        (answer(gzip.compress(TEXT)[:-20], headers={"Content-Encoding": "gzip"}), "incomplete"),
        (answer(b"no gzip at all", headers={"Content-Encoding": "gzip"}), "coding"),
        (b"HTTP/1.1 200 OK\r\nConte", "protocol"),
        (b"", "protocol"),
    ],
)
def test_answers_that_end_early_are_errors(make: Make, page: bytes, reason: str) -> None:
    def send(connection: socket.socket, path: str) -> None:
        connection.sendall(page)

    with serve(send) as server, pytest.raises(FetchFailed) as failed:
        local(make, server).fetch(server.url)
    assert failed.value.reason == reason
    assert failed.value.retryable


PIECES = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 302\r\n", b"HTTP/1.1 999 \xff\r\n", b"\r\n", b"\n", b"\r", b"\0", b" ",
     b"Content-Length: 5\r\n", b"Content-Length: \xd9\xa3\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\n",
     b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate\r\n", b"Location: http://[\r\n", b"Location:\r\n",
     b"Location: \xff\xfe\r\n", b"X: a\r b\r\n", b"X: a\r\n b\r\n", b"X: \x0b\x85\r\n", b"hello", b"\x1f\x8b\x08"]
)  # fmt: skip


def test_whatever_a_server_sends_is_an_answer_or_a_fetch_error(make: Make) -> None:
    sent = b""

    def send(connection: socket.socket, path: str) -> None:
        connection.sendall(sent)

    with serve(send) as server:
        fetcher = local(make, server, timeout_seconds=5)

        @given(st.lists(PIECES | st.binary(max_size=5), max_size=12).map(b"".join))
        def check(data: bytes) -> None:
            nonlocal sent
            sent = data
            try:
                got = fetcher.fetch(server.url)
            except FetchError as error:
                assert str(error).endswith(".")  # noqa: PT017
                return
            assert 200 <= got.status <= 999

        check()


def test_nobody_there(make: Make) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    netloc = f"127.0.0.1:{closed.getsockname()[1]}"
    closed.close()
    with pytest.raises(FetchFailed) as failed:
        make(allow=(netloc,)).fetch(f"http://{netloc}/")
    assert failed.value.reason == "unreachable"
    with pytest.raises(FetchFailed) as failed:
        make(Network({}, 0)).fetch("http://nowhere.example/")
    assert failed.value.reason == "unknown_host"


def test_a_header_with_a_line_break_is_not_sent(make: Make) -> None:
    with serve({"/": answer(b"x")}) as server:
        with pytest.raises(FetchError):
            local(make, server).fetch(server.url, headers={"X": "a\r\nY: b"})
        assert server.heads == []


def test_through_a_proxy_to_the_checked_address(make: Make, authority: trustme.CA) -> None:
    with (
        serve({"/": answer(b"plain")}) as plain,
        serve({"/": answer(b"safe")}, certified(authority, "a.example")) as safe,
        proxy({f"{PUBLIC}:80": plain.port, f"[{PUBLIC_6}]:443": safe.port}) as through,
    ):
        names = {"a.example": [PUBLIC_6], "b.example": [PUBLIC]}
        network = Network(names, through.port)
        fetcher = make(network, tls=trusting(authority), proxy="http://me:p%40ss@proxy.lan:3128")
        assert fetcher.fetch("https://a.example/").content == b"safe"
        assert fetcher.fetch("http://b.example/").content == b"plain"
        assert network.connected == [("proxy.lan", 3128)] * 2
        assert network.asked == ["a.example", "b.example"]
        assert through.heads[0].startswith(f"CONNECT [{PUBLIC_6}]:443 HTTP/1.1\r\n")
        assert "Proxy-Authorization: Basic bWU6cEBzcw==\r\n" in through.heads[0]
        assert safe.names == ["a.example"]
        assert "Host: b.example\r\n" in plain.heads[0]
        assert not any("proxy" in head.lower() for head in plain.heads + safe.heads)


def test_behind_a_proxy_private_addresses_are_refused_and_allowed_ones_direct(make: Make) -> None:
    with serve({"/": answer(b"lan")}) as server, proxy({}) as through:
        fetcher = make(allow=(server.netloc,), proxy=through.url)
        assert fetcher.fetch(server.url).content == b"lan"
        with pytest.raises(FetchRefused):
            fetcher.fetch("http://10.0.0.1/")
        assert through.accepted == 0


@pytest.mark.parametrize(
    ("refuse", "retryable"),
    [("403 Forbidden", False), ("407 Proxy Authentication Required", False), ("502 Bad", True)],
)
def test_a_proxy_that_refuses(make: Make, refuse: str, retryable: bool) -> None:
    with proxy({}, refuse=refuse) as through:
        network = Network({"a.example": [PUBLIC]}, through.port)
        with pytest.raises(FetchFailed, match=f"status {refuse[:3]}") as failed:
            make(network, proxy="http://secret:pw@proxy.lan:3128").fetch("http://a.example/")
    assert (failed.value.reason, failed.value.retryable) == ("proxy", retryable)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("line", [b"", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 20_000])
def test_a_proxy_that_is_none(make: Make, line: bytes) -> None:
    def send(connection: socket.socket, path: str) -> None:
        connection.sendall(line)

    with serve(send) as server:
        network = Network({"a.example": [PUBLIC]}, server.port)
        with pytest.raises(FetchFailed) as failed:
            make(network, proxy="http://proxy.lan:3128").fetch("http://a.example/")
    assert failed.value.reason == "proxy"


@pytest.mark.parametrize(
    "url", ["https://p:1", "socks5://p:1", "http://", "p:1", "http://p:x", "http://p:1/path"]
)
def test_a_bad_proxy_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"fetch\.proxy"):
        Fetcher(FetchOptions(proxy=url), tls=NO_AUTHORITIES)


def test_the_environments_proxy_is_not_used(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serve({"/": answer(b"x")}) as server:
        assert local(make, server).fetch(server.url).content == b"x"


def test_many_threads_share_a_client(make: Make, authority: trustme.CA) -> None:
    """Each thread's connections follow its own checks."""

    def page(connection: socket.socket, path: str) -> None:
        connection.sendall(answer(path.encode()))

    with serve(page) as server:
        names = {f"n{i}.example": [f"93.184.215.{i}"] for i in range(1, 17)}
        network = Network(names, server.port)
        fetcher = make(network)
        wrong: list[str] = []

        def work(i: int) -> None:
            for turn in range(5):
                got = fetcher.fetch(f"http://n{i}.example/{i}-{turn}")
                if got.content != f"/{i}-{turn}".encode():
                    wrong.append(got.url)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(1, 17)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert {address for address, _ in network.connected} == {a for [a] in names.values()}
