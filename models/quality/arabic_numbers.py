"""Numbers, months and weekdays that an Arabic text mentions: digits of all kinds and words.

The grammar is that of modern written Arabic: unit + عشر, unit + و + ten, number × scale, and each lower
scale joined with و. It runs on the text's matching form; spans are mapped back.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from models.arabic import Normalised
from models.document import Span
from models.quality import arabic_lexicon, arabic_phrases, numerals, ranges
from models.quality.arabic_lexicon import Entry
from models.quality.mention import Mention, share

_TOKEN = re.compile(rf"(?P<letters>[^\W\d_]*)(?P<number>{numerals.PATTERN})|(?P<word>[^\W\d_]+)")
_BESIDE_MONTH = re.compile(
    r"(?:\d|(?<!\w)(?:في|من|شهر|شهري|اواءل|اوايل|اواخر|منتصف|مطلع|نهايه|بدايه|حتي|منذ))\W{0,2}$"
)
_AFTER_MONTH = re.compile(r"\W{0,2}\d|\s(?:الماضي|المقبل|الجاري|القادم|الحالي|عام|من عام)(?!\w)")
#: "fifty in the hundred", "three parts of the hundred", "between the two"
_IN_THE_HUNDRED = re.compile(r"(?<!\w)(?:في|من) $")
_BETWEEN = re.compile(r"(?<!\w)(?:بين|قبل|كلا|هذين) $")
_PERCENT = re.compile(r" ?(?:%|(?:في |ب)الما?ءه(?!\w))")
#: "and", "to", "until", "or", a dash: what stands between the ends of a range.
_RANGE = re.compile(r" ?[-–] ?| (?:و|(?:الي|حتي|او) ?) ?")
_SMALL = ("digits", "unit", "ten", "tens", "hundreds")
_SPACES = re.compile(" +")
#: The Arabic comma inside a number, as if it were the Western one.
_COMMA = re.compile(r"(?<=\d)،(?=\d)")
_CLITICS = frozenset(("", "و", "ب", "ل", "ال", "ك", "ف", "وال", "لل", "بال"))


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a number of the folded text; words without an `entry` are left out. Those that are
    `apart` never go on after a scale."""

    start: int
    end: int
    text: str
    entry: Entry
    apart: bool = False


@dataclass(slots=True)
class _Run:
    """A number being read: `total` of the scales that are complete, `current` below the next scale."""

    total: float = 0.0
    current: float = 0.0
    last: str = ""
    scale: float = float("inf")

    @property
    def value(self) -> float:
        return self.total + self.current

    def start(self, entry: Entry) -> None:
        self.last = entry.part
        if entry.part in ("scale", "dual"):
            self.total = entry.value
            self.scale = entry.value / (2 if entry.part == "dual" else 1)
        else:
            self.current = entry.value

    def extend(self, entry: Entry) -> bool:
        """Take the next word into the number, or say that it does not belong to it."""
        return self._joined(entry) if entry.joined else self._adjacent(entry)

    def _adjacent(self, entry: Entry) -> bool:
        if entry.part == "ten" and self.last == "unit" and self.current % 100 < 10:
            self.current += 10
            self.last = "teen"
        elif entry.part == "hundreds" and entry.value == 100 and self.last == "unit" and self.current < 10:
            self.current *= 100
            self.last = "hundreds"
        elif (
            entry.part == "scale"
            and self.current > 0
            and entry.value < self.scale
            and self.last not in ("half", "done")
        ):
            self.total += self.current * entry.value
            self.current, self.scale, self.last = 0.0, entry.value, "scale"
        elif entry.part == "scale" and entry.value == self.scale and self.last == "half":
            self.last = "done"  # مليونان ونصف المليون
        elif entry.part == "scale" and self.last == "scale" and not self.current and entry.value > self.scale:
            self.total *= entry.value  # ألف مليون
            self.scale = entry.value
        else:
            return False
        return True

    def _joined(self, entry: Entry) -> bool:
        small = entry.part in ("unit", "ten", "tens")
        if entry.part == "fraction" and self.last not in ("fraction", "half"):
            self.current += entry.value * (self.scale if self.last in ("scale", "dual") else 1)
            self.last = "half"
            return True
        if entry.part == "scale" and self.last in ("scale", "dual") and entry.value < self.scale:
            self.total += entry.value
            self.scale, self.last = entry.value, "scale"
            return True
        after_unit = entry.part == "tens" and self.last == "unit" and self.current % 100 < 10
        after_hundreds = small and self.last == "hundreds"
        after_scale = self.last in ("scale", "dual") and entry.value < self.scale
        if after_unit or after_hundreds or (after_scale and (small or entry.part in ("hundreds", "digits"))):
            self.current += entry.value
            self.last = entry.part
            return True
        return False


def mentions(normalised: Normalised, *, apart: bool = False) -> list[Mention]:
    """All mentions in an Arabic text given in matching form, in no particular order; spans are over the
    original. `12 ألفا و500` and `3،5` are one number each, and two when read `apart`: as a list."""
    folded = normalised.text if apart else _COMMA.sub(",", normalised.text)
    found, taken = _months(folded)
    phrases = arabic_phrases.find(folded)
    found += phrases
    taken = sorted([*taken, *(mention.span for mention in phrases)], key=lambda span: span.start)
    starts = [span.start for span in taken]
    ends = list(accumulate((span.end for span in taken), max))
    tokens = [t for t in _tokens(folded, apart) if not _begins_in(t, starts, ends)]
    place, pieces = 0, list[ranges.Piece]()
    while place < len(tokens):
        used, here = _read(folded, tokens, place)
        scales = [t.entry.value for t in tokens[place + 1 : place + used] if t.entry.part == "scale"]
        pieces.append((here, scales[0] if scales else 1.0))
        place += used
    found += ranges.scaled(folded, pieces, _RANGE)
    found += arabic_phrases.duals(folded)
    return [replace(m, span=normalised.to_original(m.span.start, m.span.end)) for m in found]


def _begins_in(token: _Token, starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether a span that starts no later ends behind the token's start. `starts` is sorted; each of `ends`
    is the furthest end so far."""
    before = bisect_right(starts, token.start)
    return before > 0 and token.start < ends[before - 1]


def _months(folded: str) -> tuple[list[Mention], list[Span]]:
    """Months, and the stretches of text that they take (تشرين الثاني holds no "second")."""
    pattern, names, doubtful = arabic_lexicon.months()
    found: list[Mention] = []
    taken: list[Span] = []
    for match in pattern.finditer(folded):
        start, end = match.span(1)
        span = Span(start, end)
        beside = bool(taken) and match.start() - taken[-1].end <= 3
        beside = beside or _BESIDE_MONTH.search(folded[max(0, start - 14) : start]) is not None
        beside = beside or _AFTER_MONTH.match(folded[end : end + 9]) is not None
        month = names[match[1]]
        sure = beside or (match[1] not in doubtful and month < 100)
        found.append(Mention("month", span, frozenset({float(month)}), sure))
        found.append(Mention("number", span, frozenset({float(month % 100)}), False))
        taken.append(span)
    return found, taken


def _tokens(folded: str, apart: bool) -> list[_Token]:
    lexicon = arabic_lexicon.words()
    tokens = []
    for match in _TOKEN.finditer(folded):
        if (number := match["number"]) is not None:
            letters = match["letters"]
            entry = Entry("digits", 0.0, letters == "و", letters in _CLITICS)
            tokens.append(_Token(match.start("number"), match.end(), number, entry, apart))
        elif (known := lexicon.get(match[0])) is not None:
            tokens.append(_Token(match.start(), match.end(), match[0], known, apart))
    return tokens


def _read(folded: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    """How many tokens the mention at `place` takes (at least one), and the mention(s)."""
    token = tokens[place]
    entry, span, before = (
        token.entry,
        Span(token.start, token.end),
        folded[max(0, token.start - 6) : token.start],
    )
    if entry.part == "weekday":
        mention = Mention("weekday", span, entry.readings, entry.certain and not _BETWEEN.search(before))
        return 1, [mention, Mention("number", span, frozenset({entry.value}), False)]
    if entry.part in ("count", "century"):
        return _century(folded, tokens, place)
    if entry.part == "hundreds" and token.text.startswith("ال") and _IN_THE_HUNDRED.search(before):
        return 1, []
    if entry.part == "digits":
        return _digits(folded, tokens, place)
    return _run(folded, tokens, place, entry)


def _century(folded: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    """القرن التاسع عشر is 19 and the 1800s; خمسينيات القرن التاسع عشر the 1850s; else as in the table."""
    first = tokens[place]
    used = 1
    if first.entry.part == "count" and place + 1 < len(tokens) and tokens[place + 1].entry.part == "century":
        used = 2 if folded[first.end : tokens[place + 1].start] == " " else 1
    last = tokens[place + used - 1]
    plain = Mention("number", Span(first.start, first.end), first.entry.readings, first.entry.certain)
    if last.entry.part != "century" or place + used >= len(tokens):
        return used, [plain]
    following = tokens[place + used]
    if folded[last.end : following.start] != " " or following.entry.part not in (
        "unit",
        "ten",
        "tens",
        "digits",
    ):
        return used, [plain]
    more, (ordinal, *_) = _read(folded, tokens, place + used)
    number = max(ordinal.values)
    years = 100 * (number - 1)
    span = Span(first.start, ordinal.span.end)
    if used == 2:
        decade = first.entry.value
        return used + more, [Mention("number", span, frozenset({decade, years + decade}), True)]
    return used + more, [Mention("number", span, ordinal.values | {years}, True)]


def _digits(folded: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    token = tokens[place]
    certain = token.entry.certain
    parts = numerals.readings(token.text)
    if len(parts) > 1:
        return 1, [Mention("number", Span(token.start, token.end), p, certain, True) for p in parts]
    used, end, values = 1, token.end, frozenset[float]()
    for reading in parts[0] | ranges.short_year(folded, token.start, token.end):
        used, (mention,) = _run(folded, tokens, place, Entry("digits", reading, False, certain))
        values |= mention.values
        end = mention.span.end
    found = [Mention("number", Span(token.start, end), values, certain, True)]
    return used, found + _date_month(folded, token, parts[0])


def _run(folded: str, tokens: list[_Token], place: int, first: Entry) -> tuple[int, list[Mention]]:
    run = _Run()
    run.start(first)
    used = 1
    while place + used < len(tokens):
        gap = _SPACES.sub(" ", folded[tokens[place + used - 1].end : tokens[place + used].start])
        entry = _continuing(folded, tokens, place + used, run.scale)
        if gap not in (" ", " و", " و ", "-") or entry is None:
            break
        if not run.extend(replace(entry, joined=True) if gap == " و " else entry):
            break
        used += 1
    certain = first.certain or used > 1
    values = {round(run.value, 6)} | ({run.value + first.value} if first.readings else set())
    if first.part == "fraction" and used == 1:
        values |= {round(1 / first.value, 6), 60 * first.value, *share(first.value)}
        if tokens[place].text.endswith("ثلثا"):
            values |= share(2 / 3)  # a dual before its noun, or an accusative
    if first.part == "unit" and used == 1 and not tokens[place].text.endswith("ه"):
        values |= share(1 / first.value)  # خمس السكان
    span = Span(tokens[place].start, tokens[place + used - 1].end)
    if _PERCENT.match(folded, span.end):
        values |= share(run.value / 100)
    return used, [Mention("number", span, frozenset(values), certain, first.part == "digits")]


def _continuing(folded: str, tokens: list[_Token], place: int, scale: float) -> Entry | None:
    """What the token at `place` may add to a number of that scale. `و200` continues it before a lower one (5
    ملايين و200 ألف) and as its end (12 ألفا و500); before one that is as high it is the other end of a
    range (120 ألفاً و300 ألف), and so is a word (ألف وخمسة آلاف)."""
    token, ahead = tokens[place], _scale_ahead(folded, tokens, place)
    if token.entry.part in _SMALL and (ahead >= scale or (token.apart and scale < float("inf"))):
        return None
    if token.entry.part != "digits":
        return token.entry
    values = numerals.readings(token.text)
    if len(values) > 1:
        return None
    number = min(values[0]) if ahead else max(values[0])
    fits = ahead > 0 or (number < scale and number.is_integer())
    return Entry("digits", number, token.entry.joined, True) if fits else None


def _scale_ahead(folded: str, tokens: list[_Token], place: int) -> float:
    """The scale of the number that goes on at `place`, 0 without one."""
    for before, token in pairwise(tokens[place : place + 6]):
        gap = _SPACES.sub(" ", folded[before.end : token.start])
        if gap != " " or token.entry.part not in (*_SMALL, "scale"):
            break
        if token.entry.part == "scale":
            return 0.0 if token.entry.joined else token.entry.value
    return 0.0


def _date_month(folded: str, token: _Token, values: frozenset[float]) -> list[Mention]:
    """12/5/2014: the middle (or first) number may be the month."""
    beside = folded[max(0, token.start - 1) : token.start] + folded[token.end : token.end + 1]
    if "/" not in beside and "-" not in beside:
        return []
    return [Mention("month", Span(token.start, token.end), values, False)] if max(values) <= 12 else []
