"""Rows of tables in plain text, and their cells: between tabs, or between pipes (`| نهر النيل | 7 |`).

A pipe alone makes no table, headlines have it too (`عاجل | وصل الوفد`). A row begins with one and has
another, or stands in a run of lines with pipes that has a rule (`---|---`), or next to one with as many pipes
as itself, at least two.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from models.arabic import INVISIBLE

_TABBED = re.compile(r"[^\t]+")
_PIPED = re.compile(r"[^\t|]+")
_FRAMED = re.compile(rf"[\s{INVISIBLE}]*\|[^|]*\|")
#: Nothing but pipes and what rules are drawn with; `|---|`, `:--|--:`, `+---+---|`.
_RULE = re.compile(rf"(?=[^|]*\|)[\s{INVISIBLE}|+:=\-‐-―_]*\Z")


def piped_rows(lines: Sequence[str]) -> list[bool]:
    """For each of the lines: are its pipes the borders of cells?"""
    found: list[bool] = []
    for has_pipe, run in groupby(lines, key=lambda line: "|" in line):
        part = list(run)
        found += _of_run(part) if has_pipe else [False] * len(part)
    return found


def _of_run(lines: Sequence[str]) -> list[bool]:
    if any(_RULE.match(line) and "-" in line for line in lines):
        return [True] * len(lines)
    pipes = [line.count("|") for line in lines]
    beside = [set(pipes[max(0, n - 1) : n] + pipes[n + 1 : n + 2]) for n in range(len(lines))]
    return [
        _FRAMED.match(line) is not None or (count > 1 and count in near)
        for line, count, near in zip(lines, pipes, beside, strict=True)
    ]


def cells(line: str, piped: bool) -> Iterator[tuple[int, int]]:
    """The spans between the borders; none in a rule."""
    if not (piped and _RULE.match(line)):
        for cell in (_PIPED if piped else _TABBED).finditer(line):
            yield cell.span()
