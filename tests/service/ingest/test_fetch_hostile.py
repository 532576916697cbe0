"""A corpus of hostile URLs: each is refused for the right reason, and nothing is ever connected to."""

import json
import socket
import ssl
from pathlib import Path

import pytest

from service.ingest.fetch import Fetcher, FetchOptions, FetchRefused

CORPUS = [
    line.split("\t")
    for line in (Path(__file__).parent / "hostile_urls.tsv").read_text(encoding="ascii").splitlines()
    if not line.startswith("#")
]

#: Loading the real authorities for each URL would take most of the time; none of them is connected to.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def test_the_corpus_is_large() -> None:
    assert len({row[3] for row in CORPUS}) == len(CORPUS) >= 200


@pytest.mark.parametrize("proxy", [None, "http://192.0.2.1:3128"])
@pytest.mark.parametrize(("reason", "place", "answer", "url"), CORPUS, ids=lambda value: value[:60])
def test_is_refused(reason: str, place: str, answer: str, url: str, proxy: str | None) -> None:
    asked: list[str] = []
    connected: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answer.split(",")

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        connected.append(address)
        raise OSError

    fetcher = Fetcher(FetchOptions(proxy=proxy), resolve, connect=connect, tls=NO_AUTHORITIES)
    with pytest.raises(FetchRefused) as refused:
        fetcher.fetch(json.loads(url))
    fetcher.close()
    assert refused.value.reason == reason
    assert connected == []
    assert len(asked) == (answer != "-")
    if place != "-":
        assert f"({place})" in str(refused.value)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)
