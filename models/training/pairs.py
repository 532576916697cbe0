"""Parallel text: reading, and the judgement of each line.

A line is used or it is listed with its reason; nothing is silently dropped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.arabic import arabic_share
from models.training.errors import DataError
from models.training.opening import open_capped
from models.training.tmx import read_units

# Letters of Persian and Urdu that modern standard Arabic doesn't use, or writes with another code point.
_FOREIGN_ARABIC_SCRIPT = frozenset("پچژگکیےٹڈڑںہھ")
_ENGLISH_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be been but by can do for from had has have he her his i if in is it
        its more not of on or she so than that the their them there these they this to up was we
        were when which who will with would you your""",
    )
)
_LATIN_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Pair:
    """An Arabic sentence and its English translation, with the place it came from."""

    source: str
    target: str
    origin: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that is not used, and why. `excerpt` holds the first characters of both sides."""

    origin: str
    line: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class PairLimits:
    """What counts as a usable pair. Lengths and ratio (Arabic / English) are in characters.

    The ratio is not applied to sides under `ratio_from` characters: "U.N." for "الأمم المتحدة" is right.
    """

    max_characters: int = 1200
    min_ratio: float = 0.3
    max_ratio: float = 2.5
    ratio_from: int = 20
    min_arabic_share: float = 0.3
    max_arabic_share_of_target: float = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the usable pairs in file order, and every reject."""

    pairs: tuple[Pair, ...]
    rejects: tuple[Reject, ...]

    def reasons(self) -> dict[str, int]:
        """Number of rejects by reason, most frequent first."""
        return dict(Counter(reject.reason for reject in self.rejects).most_common())


def judge(source: str, target: str, limits: PairLimits | None = None) -> str | None:
    """Why a pair can't be used, or None if it can."""
    limits = limits or PairLimits()
    if not source:
        return "empty source"
    if not target:
        return "empty target"
    if source == target:
        return "both sides the same"
    if max(len(source), len(target)) > limits.max_characters:
        return "too long"
    return _judge_language(source, target, limits) or _judge_ratio(source, target, limits)


def _judge_language(source: str, target: str, limits: PairLimits) -> str | None:
    source_share, target_share = arabic_share(source), arabic_share(target)
    if _has_letters(source) and source_share < limits.min_arabic_share:
        return "sides swapped" if target_share > 0.5 else "source is not Arabic"
    if target_share > limits.max_arabic_share_of_target:
        return "target is not English"
    letters = [c for c in source if c.isalpha()]
    if sum(c in _FOREIGN_ARABIC_SCRIPT for c in letters) > 0.08 * len(letters):
        return "source is not Arabic"
    if _has_letters(target) and not _looks_english(target):
        return "target is not English"
    return None


def _has_letters(text: str) -> bool:
    return any(c.isalpha() for c in text)


def _looks_english(target: str) -> bool:
    """Latin letters, and a function word in anything as long as a sentence (lists of names are shorter)."""
    words = _LATIN_WORD.findall(target.lower())
    if not words:
        return False
    return len(words) < 12 or not _ENGLISH_FUNCTION_WORDS.isdisjoint(words)


def _judge_ratio(source: str, target: str, limits: PairLimits) -> str | None:
    if max(len(source), len(target)) < limits.ratio_from:
        return None
    ratio = len(source) / len(target)
    return None if limits.min_ratio <= ratio <= limits.max_ratio else "length ratio"


def read_pairs(paths: Sequence[Path], limits: PairLimits | None = None) -> Reading:
    """Pairs of TSV (Arabic<TAB>English) and TMX files, plain or `.gz`, judged and without exact duplicates.

    Raises `DataError` for a file that can't be read at all.
    """
    pairs: list[Pair] = []
    rejects: list[Reject] = []
    seen: set[tuple[str, str]] = set()
    for path in paths:
        for item in _read_file(path):
            if isinstance(item, Pair):
                key = (item.source, item.target)
                reason = judge(item.source, item.target, limits) or ("duplicate" if key in seen else None)
                if reason is None:
                    seen.add(key)
                    pairs.append(item)
                    continue
                item = _reject(item.origin, item.line, reason, f"{item.source} | {item.target}")
            rejects.append(item)
    return Reading(tuple(pairs), tuple(rejects))


def _read_file(path: Path) -> Iterator[Pair | Reject]:
    name = path.name.removesuffix(".gz").lower()
    if name.endswith(".tmx"):
        return _read_tmx(path)
    if name.endswith((".tsv", ".txt")):
        return _read_tsv(path)
    raise DataError(f"{path.name}: parallel text must be .tsv (Arabic<TAB>English) or .tmx, plain or .gz")


def _read_tmx(path: Path) -> Iterator[Pair | Reject]:
    for unit in read_units(path):
        if unit.source is None or unit.target is None:
            missing = "Arabic" if unit.source is None else "English"
            yield _reject(path.name, unit.line, f"no {missing} variant", unit.source or unit.target or "")
        else:
            yield Pair(unit.source, unit.target, path.name, unit.line)


def _read_tsv(path: Path) -> Iterator[Pair | Reject]:
    with open_capped(path) as stream:
        for number, raw in enumerate(stream, 1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                yield _reject(path.name, number, "not UTF-8", raw[:80].decode("utf-8", "replace"))
                continue
            if not line.strip():
                continue
            sides = line.split("\t")
            if len(sides) != 2:
                yield _reject(path.name, number, "not two columns", line)
            else:
                yield Pair(sides[0].strip(), sides[1].strip(), path.name, number)


def _reject(origin: str, line: int, reason: str, text: str) -> Reject:
    return Reject(origin, line, reason, " ".join(text.split())[:160])


def write_rejects(rejects: Iterable[Reject], path: Path) -> None:
    """Lists rejects as TSV: file, line, reason, excerpt."""
    with path.open("w", encoding="utf-8") as out:
        out.write("file\tline\treason\texcerpt\n")
        out.writelines(f"{r.origin}\t{r.line}\t{r.reason}\t{r.excerpt}\n" for r in rejects)
