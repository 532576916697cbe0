"""Reads `made_set.txt`: reports with the story that each tells, to measure the grouping by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from models.segment import segment

_FILE = Path(__file__).with_name("made_set.txt")


@dataclass(frozen=True)
class Report:
    """`kind` says what it is to the story's first report; `family` (else the story) is shared by stories that
    are told in the same words, `topic` by those of one kind of event."""

    story: str
    family: str
    topic: str
    kind: str
    published: datetime
    title: str
    text: str


@cache
def reports() -> tuple[Report, ...]:
    """All reports in the order of their publication."""
    blocks = re.split(r"^(?=[=~])", _FILE.read_text(encoding="utf-8"), flags=re.M)[1:]
    found = [report for block in blocks for report in _block(block)]
    return tuple(sorted(found, key=lambda report: report.published))


def _block(block: str) -> Iterator[Report]:
    lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
    head, title, text, *rest = lines
    if head.startswith("="):
        _, story, day, hour, topic = head.split()
        yield from _story(Report(story, story, topic, "first", _moment(day, hour), title[2:], text), rest)
        return
    _, family, topic = head.split()
    while rest:
        label, *slots = rest[0].split(" | ")
        end = next((i for i, line in enumerate(rest) if i and line.startswith(":")), len(rest))
        _, story, day, hour = label.split()
        headline, told = _filled(title[2:], slots), _filled(text, slots)
        yield from _story(
            Report(story, family, topic, "first", _moment(day, hour), headline, told), rest[1:end]
        )
        rest = rest[end:]


def _story(first: Report, lines: list[str]) -> Iterator[Report]:
    yield first
    while lines:
        end = next((i for i, line in enumerate(lines) if i and line.startswith("+")), len(lines))
        yield _version(first, lines[0], lines[1:end])
        lines = lines[end:]


def _version(first: Report, head: str, body: list[str]) -> Report:
    match = re.fullmatch(r"\+ (copy|cut|correction|reword) (?:(\d) )?(\d+) (.+)", head)
    assert match, head
    kind, sentences, minutes, title = match.groups()
    text = first.text
    if kind == "cut":
        assert sentences, head
        assert not body, head
        text = text[: segment(text)[int(sentences) - 1].end]
    elif kind == "reword":
        [text] = body
    else:
        for line in body:
            old, new = line.split(" => ")
            assert old in text, line
            text = text.replace(old, new)
        assert kind == "copy" or body, head
    later = first.published + timedelta(minutes=int(minutes))
    return replace(first, kind=kind, published=later, title=title, text=text)


def _filled(text: str, slots: list[str]) -> str:
    return re.sub(r"\{(\d+)\}", lambda m: slots[int(m[1]) - 1], text)


def _moment(day: str, hour: str) -> datetime:
    hours, minutes = hour.split(":")
    return datetime(2026, 11, int(day), int(hours), int(minutes), tzinfo=UTC)
