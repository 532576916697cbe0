"""Numbers that Arabic says in a form of its own: clock times, parts of a whole ("three quarters"), duals.

Works on the text's matching form.
"""

import re
from functools import cache

from models.document import Span
from models.quality import arabic_lexicon
from models.quality.mention import Mention, share

_HOURS = {
    1: "واحدة", 2: "ثانية", 3: "ثالثة", 4: "رابعة", 5: "خامسة", 6: "سادسة", 7: "سابعة", 8: "ثامنة",
    9: "تاسعة", 10: "عاشرة", 11: "حادية عشرة", 12: "ثانية عشرة",
}  # fmt: skip
_PARTS_OF_HOUR = {"نصف": 30, "ربع": 15, "ثلث": 20}
_PARTS = {
    3: "أثلاث", 4: "أرباع", 5: "أخماس", 6: "أسداس", 7: "أسباع", 8: "أثمان", 9: "أتساع", 10: "أعشار",
}  # fmt: skip
_COUNTS = {3: "ثلاثة ثلاث", 4: "أربعة أربع", 5: "خمسة خمس", 6: "ستة ست", 7: "سبعة سبع", 9: "تسعة تسع"}
_CLITICS = "(?:[وفبك]|وب)?"
#: "and the half", "less a quarter", "and ten minutes", "less 20 minutes"
_MINUTES = re.compile(
    r"(?P<less> الا )?(?(less)| و ?)(?:(?:ال)?(?P<part>نصف|ربع|ثلث)ا?(?![^\W\d_])"
    r"|(?P<count>\d{1,2}|[^\W\d_]{3,9}(?: و?[^\W\d_]{3,7})?) (?:دقيقه|دقاءق)(?![^\W\d_]))"
)
#: The length is bounded: a run of letters without end must not cost its square.
_DUAL = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,20}(?:ان|ين|تا|تي)(?:ه|ها|هم|هن|نا)?(?![^\W\d_])")
#: "two weeks" are also 14 days: smaller units in a pair of larger ones.
_PAIRS = {"اسبوع": 14, "شهر": 60, "يوم": 48, "عام": 24, "سنت": 24, "ساعت": 120, "عقد": 20, "قرن": 200}
_PAIR = re.compile(rf"(?:[وفبلك]|ال|وال|بال|لل|ول|وب)?({'|'.join(_PAIRS)})(?:ين|ان)")


def find(folded: str) -> list[Mention]:
    """The clock times with minutes (two mentions each, at one place) and the parts of a whole."""
    return [*_clock_times(folded), *_parts(folded)]


@cache
def _hours() -> tuple[re.Pattern[str], dict[str, int]]:
    names = {arabic_lexicon.fold(name): hour for hour, name in _HOURS.items()}
    choice = "|".join(sorted(names, key=len, reverse=True))
    pattern = (
        rf"(?<![^\W\d_])(?:(?:{_CLITICS}ال|لل)(?:ساعه ال)?(?P<name>{choice})"
        rf"|{_CLITICS}الساعه (?P<digits>\d\d?))"
        "(?= (?:و|الا ))"
    )
    return re.compile(pattern), names


def _clock_times(folded: str) -> list[Mention]:
    pattern, names = _hours()
    found = []
    for match in pattern.finditer(folded):
        hour = names[match["name"]] if match["name"] else int(match["digits"])
        end, minutes = _minutes(folded, match.end())
        if end > match.end() and 1 <= hour <= 12 and -60 < minutes < 60:
            span = Span(match.start(), end)
            digits = any(c.isdigit() for c in span.of(folded))
            for values in _readings(hour, minutes):
                found.append(Mention("number", span, values, True, digits))
    return found


def _minutes(folded: str, at: int) -> tuple[int, int]:
    """Where the minutes that begin at `at` end, and how many they are; less than 0 before the hour."""
    total = 0
    while (match := _MINUTES.match(folded, at)) is not None:
        size = _PARTS_OF_HOUR[match["part"]] if match["part"] else _count(match["count"])
        if not size:
            break
        total += -size if match["less"] else size
        at = match.end()
    return at, total


def _count(text: str) -> int:
    """The minutes of "ten", "five and twenty" or "15"; 0 for what is no such number."""
    if text.isdigit():
        return int(text)
    entries = [arabic_lexicon.words().get(word) for word in text.split()]
    if any(entry is None or entry.part not in ("unit", "ten", "tens") for entry in entries):
        return 0
    return int(sum(entry.value for entry in entries if entry is not None))


def _readings(hour: int, minutes: int) -> tuple[frozenset[float], frozenset[float]]:
    """How English may write hour and minutes: 10:30, 22:30, half past ten, 10.30, 1030."""
    named, start = hour, hour if minutes >= 0 else hour - 1 or 12
    past = minutes % 60
    either = (start % 24, (start + 12) % 24)
    joined = {
        value
        for h in either
        for value in (100.0 * h + past, round(h + past / 100, 6), round(h + past / 60, 6))
    }
    hours = {float(h) for h in (*either, named)} | ({float(start % 12 + 1)} if past > 30 else set())
    parts = {float(past), float(60 - past), round(past / 60, 6), round(1 - past / 60, 6)}
    return frozenset(hours | joined), frozenset(parts | joined)


@cache
def _part_names() -> tuple[re.Pattern[str], dict[str, int], dict[str, int]]:
    counts = {arabic_lexicon.fold(f): n for n, forms in _COUNTS.items() for f in forms.split()}
    parts = {arabic_lexicon.fold(name): n for n, name in _PARTS.items()}
    pattern = (
        rf"(?<![^\W\d_])(?:{_CLITICS}|ل)({'|'.join(sorted(counts, key=len, reverse=True))}) "
        rf"(?:ال)?({'|'.join(parts)})(?![^\W\d_])"
    )
    return re.compile(pattern), counts, parts


def _parts(folded: str) -> list[Mention]:
    pattern, counts, parts = _part_names()
    found = []
    for match in pattern.finditer(folded):
        count, part = counts[match[1]], parts[match[2]]
        values = frozenset({float(count), round(count / part, 6)}) | share(count / part)
        found.append(Mention("number", Span(*match.span()), values, True))
    return found


def duals(folded: str) -> list[Mention]:
    """Nouns that end as duals do; they may be taken for "two" and need no counterpart."""
    found = []
    for match in _DUAL.finditer(folded):
        if match[0] not in arabic_lexicon.words():
            pair = _PAIR.fullmatch(match[0])
            values = frozenset({2.0, float(_PAIRS[pair[1]])} if pair else {2.0})
            found.append(Mention("number", Span(*match.span()), values, False))
    return found
