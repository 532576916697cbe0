"""From what was sent as a batch to the jobs that it means. Everything that is wrong is told at once, with the
number of its item, and of its line where it came in a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.api import bounds, summaries, translations
from service.api.batch_schemas import BatchKind, BatchRequest, SummaryItem, TranslationItem
from service.api.glossaries import glossary_of
from service.api.requests import parse
from service.body import Body, Upload, json_object
from service.context import current
from service.errors import FieldError, Problem, pointer

#: Errors told of one batch: a file can be wrong in every line, and an answer has to end.
MOST_ERRORS = 1000


@dataclass(frozen=True, slots=True)
class Work:
    """What one item asks for: the request of a job, how many characters it is, whether its result is
    stored as an article."""

    request: Mapping[str, Any]
    characters: int
    stored: bool
    custom_id: str | None


@dataclass(slots=True)
class _Reader:
    """Reads items one by one and remembers what is wrong with them."""

    kind: BatchKind
    works: list[Work] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    glossaries: set[str] = field(default_factory=set)

    def item(self, index: int, fields: Any, origin: str = "") -> None:
        """Take an item; `origin` ("line 12: ") says where it stood."""
        try:
            if not isinstance(fields, dict):
                raise Problem("invalid", "must be a JSON object")
            asked = work(self.kind, fields)
            bounds.check_url(asked.request.get("url"))
            self._glossary(asked.request["glossary_id"])
            self._name(index, asked.custom_id)
            self.works.append(asked)
        except Problem as problem:
            self.wrong(index, problem, origin)

    def wrong(self, index: int, problem: Problem, origin: str) -> None:
        at = pointer("items", index)
        found = problem.errors or [FieldError("", problem.detail)]
        self.errors.extend(FieldError(at + e.pointer, origin + e.detail) for e in found)

    def _glossary(self, glossary_id: str | None) -> None:
        """Each is looked for once."""
        if glossary_id is not None and glossary_id not in self.glossaries:
            glossary_of(glossary_id)
            self.glossaries.add(glossary_id)

    def _name(self, index: int, custom_id: str | None) -> None:
        if custom_id is None:
            return
        first = self.names.setdefault(custom_id, index)
        if first != index:
            same = FieldError("/custom_id", f"is that of item {first} too")
            raise Problem("invalid", same.detail, errors=[same])


def read(body: BatchRequest, upload: Upload | None) -> list[Work]:
    """The work that a batch asks for. Raises `Problem`."""
    if (body.items is None) == (upload is None):
        raise Problem("invalid", "Exactly one of items and file is needed.")
    reader = _Reader(body.kind)
    count = _from_list(reader, body.items) if upload is None else _from_lines(reader, upload.data)
    most = current().config.limits.max_batch
    if count > most:
        raise Problem("too_many_items", f"{count:,} items are over the limit of {most:,}.")
    if reader.errors:
        number = len({e.pointer.split("/")[2] for e in reader.errors})
        raise Problem(
            "invalid",
            f"{number:,} of {count:,} items are wrong, and nothing was taken; see errors.",
            errors=reader.errors[:MOST_ERRORS],
        )
    if not count:
        raise Problem("invalid", "The batch holds no items.")
    return reader.works


def _from_list(reader: _Reader, items: Sequence[Any] | None) -> int:
    for index, fields in enumerate(items or ()):
        reader.item(index, fields)
    return len(items or ())


def _from_lines(reader: _Reader, data: bytes) -> int:
    index = -1
    for index, (number, line) in enumerate(_lines(data)):
        origin = f"line {number}: "
        try:
            fields = json_object(line, what="it", line=number)
        except Problem as problem:
            reader.wrong(index, problem, origin)
        else:
            reader.item(index, fields, origin)
    return index + 1


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines with something on them, each with its number from 1 on."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield number, line


def work(kind: BatchKind, fields: Mapping[str, Any]) -> Work:
    """What an item asks for; whether its glossary exists isn't looked up. Raises `Problem`."""
    return _summary(fields) if kind == "summary" else _translation(fields)


def _summary(fields: Mapping[str, Any]) -> Work:
    item = parse(SummaryItem, Body(fields))
    order = summaries.later(item)
    bounds.check_summary(order)
    return Work(order.to_json(), order.characters, item.store, item.custom_id)


def _translation(fields: Mapping[str, Any]) -> Work:
    item = parse(TranslationItem, Body(fields))
    order = translations.later(item)
    bounds.check_translation(order)
    return Work(order.to_json(), sum(map(len, order.texts)), False, item.custom_id)
