"""Numbers, months and weekdays that an English text mentions: digits, words, ordinals, decades, Roman."""

import re
from dataclasses import dataclass

from models.arabic import to_western_digits
from models.document import Span
from models.quality import numerals, ranges
from models.quality.english_lexicon import (
    DOUBTFUL_MONTHS,
    HIJRI_MONTHS,
    MONTHS,
    SCALES,
    SHARES,
    SHORT_SCALES,
    TEENS,
    TENS,
    UNITS,
    WEEKDAYS,
    WORDS,
)
from models.quality.mention import Mention, share

_HIJRI = re.compile(
    r"\b(?:rab(?:i|ee)['’ʿ`]?[ -]?(?:(?:al|ul|el|a[tw]h?|u[tw]h?)[ -])?"
    r"(?:(?P<r1>aww?al|i\b)|(?P<r2>thani|akhir|ii\b))"
    r"|j[ua]m[ao]d[ai][ -]?(?:(?:al|ul|el|ath?|uth?)[ -])?"
    r"(?:(?P<j1>aww?al|ula|oola|i\b)|(?P<j2>thani|akhir|ii\b))"
    r"|(?:dh|th|z)[ui]['’]?[ -]?(?:[aeu]?l)?[ -]?['’ʿ`]?(?:(?P<q>q[aei]['’ʿ`]?d)|(?P<h>h[aei]j)))\w*",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"\b(?=[XVI]{1,6}\b)(X{0,3})(IX|IV|V?I{0,3})\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_TOKEN = re.compile(
    rf"(?P<before>[A-Za-z]+-?)?(?P<number>{numerals.PATTERN})"
    r"(?P<after>(?:'?s|st|nd|rd|th|(?i:bn|tn|mn|mln|[kmb]))\b)?"
    r"|(?P<word>[A-Za-z]+(?:['’][a-z]+)?)"
)
#: What stands between the ends of a range.
_RANGE = re.compile(r"(?: ?[-–] ?| (?:and|to|or) )[$€£]?")
_PERCENT = re.compile(r" ?%|[ -]per[ -]?cent", re.IGNORECASE)
_KNOWN = frozenset(
    (
        *UNITS,
        *TEENS,
        *TENS,
        *SCALES,
        *WORDS,
        *MONTHS,
        *WEEKDAYS,
        "hundred",
        "and",
        "a",
        "an",
        "half",
        "quarter",
    )
)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    match: re.Match[str]


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

    def extend(self, word: str, joined: bool) -> bool:
        """Take the next word (after "and" when `joined`), or say that it does not belong to the number."""
        small = UNITS.get(word) or TEENS.get(word) or TENS.get(word)
        if word == "hundred" and not joined and 0 < self.current < 100 and self.last != "scale":
            self.current *= 100
            self.last = "hundred"
        elif word in SCALES and not joined and self.current > 0 and SCALES[word] < self.scale:
            self.total += self.current * SCALES[word]
            self.current, self.scale, self.last = 0.0, SCALES[word], "scale"
        elif small and self.last == "tens" and not joined and small < 10:
            self.current += small
            self.last = "unit"
        elif small and self.last in ("hundred", "scale"):
            self.current += small
            self.last = "tens" if word in TENS else "unit"
        else:
            return False
        return True


def mentions(text: str) -> list[Mention]:
    """All mentions in an English text, in no particular order; spans are over `text`."""
    text = text if text.isascii() else to_western_digits(text)
    found = [
        Mention("number", Span(*m.span()), frozenset({float(_roman(m[0]))}), False)
        for m in _ROMAN.finditer(text)
    ]
    for match in _HIJRI.finditer(text):
        month = next(HIJRI_MONTHS[name] for name, value in match.groupdict().items() if value)
        found.append(Mention("month", Span(*match.span()), frozenset({float(month)}), False))
    tokens = []
    for match in _TOKEN.finditer(text):
        word = match[0].lower().replace("’", "'")
        if match["number"] is not None or word in _KNOWN or word.removesuffix("'s") in _KNOWN:
            tokens.append(_Token(match.start(), match.end(), word, match))
    place, pieces = 0, list[ranges.Piece]()
    while place < len(tokens):
        used, here = _read(text, tokens, place)
        pieces.append((here, _scale(tokens, place, used)))
        place += used
    return found + ranges.scaled(text, pieces, _RANGE)


def _scale(tokens: list[_Token], place: int, used: int) -> float:
    """The scale of the number that takes `used` tokens from `place`, 1 without one."""
    words = [SCALES[t.text] for t in tokens[place + 1 : place + used] if t.text in SCALES]
    return float(words[0]) if words else SHORT_SCALES.get((tokens[place].match["after"] or "").lower(), 1.0)


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[c] for c in numeral]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))


def _read(text: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    """How many tokens the mention at `place` takes (at least one), and the mention(s)."""
    token = tokens[place]
    if token.match["number"]:
        return _digits(text, tokens, place)
    span, word = Span(token.start, token.end), token.text.removesuffix("'s")
    capital = token.match[0][0].isupper()
    if capital and word in WEEKDAYS:
        return 1, [Mention("weekday", span, frozenset({float(WEEKDAYS[word])}), True)]
    if capital and word in MONTHS:
        return 1, _month(text, span, word)
    if word in WORDS:
        return _fraction_of_scale(text, tokens, place)
    if word in UNITS or word in TEENS or word in TENS or word == "hundred" or word in SCALES:
        return _words(text, tokens, place)
    return 1, []


def _month(text: str, span: Span, word: str) -> list[Mention]:
    beside = re.search(r"\d(?:st|nd|rd|th)?(?: of)?[ ,-]*$", text[: span.start][-9:]) is not None
    beside = beside or re.match(r"[ ,.]{0,2}\d", text[span.end : span.end + 3]) is not None
    month = MONTHS[word]
    return [
        Mention("month", span, frozenset({float(month)}), beside or word not in DOUBTFUL_MONTHS),
        Mention("number", span, frozenset({float(month % 100)}), False),
    ]


def _words(text: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    word = tokens[place].text
    run = _Run()
    if word in SCALES or word == "hundred":
        run.current, run.last = 1.0, "unit"
        run.extend(word, False)
    else:
        run.current = float(UNITS.get(word, 0) or TEENS.get(word, 0) or TENS.get(word, 0))
        run.last = "tens" if word in TENS else "unit"
    used, values = _extend(text, tokens, place, run)
    certain = used > 1 or run.value > 2
    span = Span(tokens[place].start, tokens[place + used - 1].end)
    values |= _shares(text, span, values)
    if used == 1:
        values |= frozenset[float]().union(*map(share, SHARES.get(word, ())))
    return used, [Mention("number", span, values, certain)]


def _shares(text: str, span: Span, values: frozenset[float]) -> frozenset[float]:
    """50% is also a half."""
    if not _PERCENT.match(text, span.end):
        return frozenset()
    return frozenset[float]().union(*(share(value / 100) for value in values))


def _extend(text: str, tokens: list[_Token], place: int, run: _Run) -> tuple[int, frozenset[float]]:
    """Read on from `place`; the number of tokens used and the possible values."""
    used = 1
    while place + used < len(tokens):
        token = tokens[place + used]
        gap = text[tokens[place + used - 1].end : token.start]
        joined = token.text == "and" and gap == " " and place + used + 1 < len(tokens)
        following = tokens[place + used + 1] if joined else token
        if gap not in (" ", "-", "") or following.match["number"]:
            break
        if joined and following.text in ("a", "half"):
            used, value = _and_a_part(text, tokens, place + used, used, run)
            return used, frozenset({round(value, 6)})
        if joined and _scale_ahead(text, tokens, place + used + 1) >= run.scale:
            break
        if not run.extend(following.text, joined):
            break
        used += 2 if joined else 1
    return used, frozenset({round(run.value, 6)})


def _scale_ahead(text: str, tokens: list[_Token], place: int) -> float:
    """The scale of the number word at `place`, 0 without one: "five thousand and ten thousand" are two."""
    for k in range(place, len(tokens)):
        if k > place and text[tokens[k - 1].end : tokens[k].start] not in (" ", "-"):
            break
        word = tokens[k].text
        if word in SCALES:
            return SCALES[word]
        if word not in UNITS and word not in TEENS and word not in TENS and word != "hundred":
            break
    return 0.0


def _and_a_part(text: str, tokens: list[_Token], place: int, used: int, run: _Run) -> tuple[int, float]:
    """Two and a half [million], two and a quarter billion: tokens used, and the value. `place` is that of
    "and"; without a part after it the number ends before it."""
    rest = re.match(
        r"and (?:a )?(half|quarter)(?:[ -](thousand|million|billion))?\b", text[tokens[place].start :]
    )
    if rest is None:
        return used, run.value
    part, scale = {"half": 0.5, "quarter": 0.25}[rest[1]], SCALES.get(rest[2] or "")
    size = used + len(rest[0].replace("-", " ").split())
    if scale is not None and run.total == 0:
        return size, (run.value + part) * scale
    return size, run.value + part * (run.scale if run.last == "scale" else 1)


def _digits(text: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    token = tokens[place]
    match, after = token.match, (token.match["after"] or "").lower()
    start = match.start("number")
    glued = bool(match["before"]) or text[match.end() : match.end() + 1].isalpha()
    parts = numerals.readings(match["number"])
    if len(parts) > 1 or after in ("s", "'s"):
        return 1, [
            Mention("number", Span(start, token.end), p | _century(p, after), not glued, True) for p in parts
        ]
    values: set[float] = set()
    used = 1
    for reading in parts[0]:
        if after in SHORT_SCALES:
            values |= {reading, round(reading * SHORT_SCALES[after], 6)}
            continue
        run = _Run(current=reading, last="digits")
        used, readings = _extend(text, tokens, place, run)
        values |= readings
    values |= ranges.short_year(text, start, match.end("number"))
    span = Span(start, tokens[place + used - 1].end)
    certain = not glued and not (max(parts[0]) <= 1 and _in_score(text, span))
    readings_ = frozenset(values)
    found = [Mention("number", span, readings_ | _shares(text, span, readings_), certain, True)]
    if "/" in text[max(0, start - 1) : start] + text[token.end : token.end + 1] and max(parts[0]) <= 12:
        found.append(Mention("month", span, parts[0], False))
    return used, found


def _in_score(text: str, span: Span) -> bool:
    """2-1 and 2-0: the Arabic mostly says "for a goal" and "for nothing"."""
    before, after = text[max(0, span.start - 3) : span.start], text[span.end : span.end + 3]
    return re.search(r"\d[-–]$", before) is not None or re.match(r"[-–]\d", after) is not None


def _century(values: frozenset[float], after: str) -> frozenset[float]:
    """`1990s` is also the nineties, `90s` also the 1990s."""
    if not after.endswith("s"):
        return frozenset()
    return frozenset({v % 100 for v in values if v >= 1000} | {v + 1900 for v in values if 20 <= v < 100})


def _fraction_of_scale(text: str, tokens: list[_Token], place: int) -> tuple[int, list[Mention]]:
    """ "half a million", "a dozen", "quarter of a million" or the word by itself."""
    token = tokens[place]
    values = frozenset(float(v) for v in WORDS[token.text.removesuffix("'s")])
    rest = re.match(
        r"(?:[ -]of)?(?:[ -]an?)?[ -](thousand|million|billion|trillion)\b", text[token.end : token.end + 20]
    )
    if rest is None or min(values) >= 1:
        shares = frozenset[float]().union(*map(share, SHARES.get(token.text, ())))
        return 1, [Mention("number", Span(token.start, token.end), values | shares, False)]
    used = 1 + len(re.findall("[a-z]+", rest[0]))
    span = Span(token.start, token.end + rest.end())
    return used, [Mention("number", span, frozenset({min(values) * SCALES[rest[1]]}), True)]
