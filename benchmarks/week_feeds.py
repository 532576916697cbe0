"""Feeds whose next week is known beforehand, and a server of them that shows each as it is at a moment.

`python -m benchmarks.week_feeds FEEDS ENTRIES DAYS` serves them on the loopback net, each on a host of its own, and
prints its port; the moment (seconds since the beginning) is read, a line each, from standard input. A third of the
entries are copies of another feed's within hours: with the same text, or cut, or under another headline.
"""

import bisect
import random
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from benchmarks.texts import read_article

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
#: Entries that a feed lists at most.
LISTED = 40
#: Sentences of an entry.
SENTENCES = 9
COPIED = 0.33


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as it will be published, `at` seconds after the beginning."""

    feed: int
    at: float
    guid: str
    title: str
    text: str


def host(feed: int) -> str:
    return f"127.{20 + feed // 250}.0.{1 + feed % 250}"


def plan(feeds: int, entries: int, days: int, seed: int = 5) -> list[list[Told]]:
    """For each feed its entries in the order of publication; some feeds publish far more than others."""
    dice = random.Random(seed)
    words = [word.strip('،.؛:؟!"()') for word in read_article().split()]
    words = sorted({word for word in words if len(word) > 3})
    weights = [1 / (1 + n % 40) for n in range(feeds)]
    found: list[list[Told]] = [[] for _ in range(feeds)]
    fresh: list[Told] = []
    moments = sorted(dice.uniform(0, days * 86_400 - 1) for _ in range(entries))
    for number, at in enumerate(moments):
        [feed] = dice.choices(range(feeds), weights)
        recent = [told for told in fresh[-60:] if told.feed != feed]
        if recent and dice.random() < COPIED:
            told = _copy(dice.choice(recent), feed, at, number, dice)
        else:
            told = Told(feed, at, f"{number}", _sentence(words, 6, number, dice), _text(words, number, dice))
            fresh.append(told)
        found[feed].append(told)
    return found


def _sentence(words: Sequence[str], length: int, number: int, dice: random.Random) -> str:
    return " ".join([*dice.choices(words, k=length), str(number)])


def _text(words: Sequence[str], number: int, dice: random.Random) -> str:
    return " ".join(
        f"{_sentence(words, dice.randint(9, 16), number * 10 + n, dice)}." for n in range(SENTENCES)
    )


def _copy(told: Told, feed: int, at: float, number: int, dice: random.Random) -> Told:
    text, title = told.text, told.title
    way = dice.randrange(3)
    if way == 1:
        title = f"عاجل {title}"
    if way == 2:
        text = text[: text.rindex(".", 0, -1) + 1]
    return Told(feed, at, f"{number}", title, text)


def listing(entries: Sequence[Told], until: float) -> bytes:
    """The feed in RSS at that moment."""
    known = bisect.bisect_right(entries, until, key=lambda told: told.at)
    items = "".join(
        f"<item><guid isPermaLink='false'>{told.guid}</guid><title>{escape(told.title)}</title>"
        f"<link>/{told.guid}</link><description>{escape(told.text)}</description>"
        f"<pubDate>{format_datetime(BEGIN + timedelta(seconds=told.at))}</pubDate></item>"
        for told in reversed(entries[max(0, known - LISTED) : known])
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>أخبار</title>{items}'
        "</channel></rss>"
    ).encode()


def main() -> None:
    feeds, entries, days = map(int, sys.argv[1:4])
    told = plan(feeds, entries, days)
    by_host = {host(feed): own for feed, own in enumerate(told)}
    moment = [0.0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            own = by_host[self.headers["Host"].partition(":")[0]]
            known = bisect.bisect_right(own, moment[0], key=lambda one: one.at)
            etag = f'"{known}"'
            same = self.headers.get("If-None-Match") == etag
            body = b"" if same else listing(own, moment[0])
            self.send_response(304 if same else 200)
            self.send_header("ETag", etag)
            if not same:
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        moment[0] = float(line)
        sys.stdout.write("ok\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
