"""Corruptions of reference translations: what the checks must notice. FROZEN before any rule was tuned.

Each corruption takes a human pair (Arabic, English) and damages the English in one known way, or returns
None where it does not apply. The damage depends only on the pair's index, the corruption's name and SEED, so
every run sees the same texts. Recall of a rule on these is its recall on *this kind of damage*, not on what a
model really does; `labelled_outputs.jsonl` holds real outputs for that.

Changing this file makes recall figures incomparable: raise VERSION and state both when you must.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

VERSION = 1
SEED = 20261128

Pair = tuple[str, str]
#: (Arabic, English, random source, all pairs of the set) -> damaged English, or None where it does not apply.
Damage = Callable[[str, str, random.Random, Sequence[Pair]], str | None]

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_YEAR = re.compile(r"(?<![\w.,])(?:1[5-9]|20)\d\d(?![\w])")
_WORD = re.compile(r"[A-Za-z]+(?:['\u2019-][A-Za-z]+)*")
_ARABIC_WORD = re.compile(r"[\u0621-\u063a\u0641-\u064a]{3,}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.'\u2019-]+")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_UNITS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SCALES = ("hundred", "thousand", "million", "billion")
_QUOTES = '"\u201c\u201d\u00ab\u00bb'


@dataclass(frozen=True)
class Corruption:
    """`expected`: the codes of which at least one should fire."""

    name: str
    expected: tuple[str, ...]
    damage: Damage

    def apply(self, index: int, pairs: Sequence[Pair]) -> str | None:
        rng = random.Random(f"{SEED}:{self.name}:{index}")
        arabic, english = pairs[index]
        damaged = self.damage(arabic, english, rng, pairs)
        return None if damaged is None or damaged == english else damaged


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r" ([,.;:!?%])", r"\1", text).strip()


def _replace(text: str, match: re.Match[str], by: str) -> str:
    return text[: match.start()] + by + text[match.end() :]


def _pick(pattern: re.Pattern[str], text: str, rng: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


def drop_number(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    match = _pick(_NUMBER, en, rng)
    return _tidy(_replace(en, match, "")) if match else None


def change_digit(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    match = _pick(_NUMBER, en, rng)
    if match is None:
        return None
    places = [i for i, c in enumerate(match.group()) if c.isdigit()]
    place = rng.choice(places)
    old = match.group()[place]
    new = rng.choice([d for d in "123456789" if d != old])
    return _replace(en, match, match.group()[:place] + new + match.group()[place + 1 :])


def shift_year(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    match = _pick(_YEAR, en, rng)
    return _replace(en, match, str(int(match.group()) + rng.choice((-10, -1, 1, 10)))) if match else None


def swap_numbers(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    found = list(_NUMBER.finditer(en))
    if len({m.group() for m in found}) < 2:
        return None
    first, second = sorted(rng.sample(found, 2), key=lambda m: m.start())
    if first.group() == second.group():
        return None
    between = en[first.end() : second.start()]
    return en[: first.start()] + second.group() + between + first.group() + en[second.end() :]


def add_number(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = list(_WORD.finditer(en))
    if len(words) < 4:
        return None
    place = rng.choice(words[1:]).start()
    return f"{en[:place]}{rng.randint(13, 989)} {en[place:]}"


def change_month(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    # "May" and "March" are also a verb; only as a date are they a month for sure.
    pattern = re.compile(r"\b(?:" + "|".join(m for m in _MONTHS if m not in ("May", "March")) + r")\b")
    match = _pick(pattern, en, rng)
    return _replace(en, match, rng.choice([m for m in _MONTHS if m != match.group()])) if match else None


def change_number_word(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    match = _pick(re.compile(r"\b(?:" + "|".join(_UNITS) + r")\b", re.IGNORECASE), en, rng)
    if match is None:
        return None
    new = rng.choice([u for u in _UNITS if u != match.group().lower()])
    return _replace(en, match, new.capitalize() if match.group()[0].isupper() else new)


def change_scale(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    match = _pick(re.compile(r"\b(?:hundred|thousand|million|billion)\b"), en, rng)
    return _replace(en, match, rng.choice([s for s in _SCALES if s != match.group()])) if match else None


def leave_arabic_word(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    arabic, word = _pick(_ARABIC_WORD, ar, rng), _pick(_WORD, en, rng)
    return _replace(en, word, arabic.group()) if arabic and word else None


def leave_arabic_tail(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    arabic, words = ar.split(), en.split()
    if len(arabic) < 6 or len(words) < 6:
        return None
    return " ".join(words[: len(words) * 2 // 3] + arabic[len(arabic) * 2 // 3 :])


def copy_source(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    return ar if _ARABIC_WORD.search(ar) else None


def _shared_latin(ar: str, en: str) -> list[re.Match[str]]:
    names = {m.group() for m in _LATIN.finditer(ar)}
    return [m for m in _LATIN.finditer(en) if m.group() in names]


def drop_latin_name(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    shared = _shared_latin(ar, en)
    if not shared:
        return None
    name = rng.choice(shared).group()
    return _tidy(re.sub(r"(?<!\w)" + re.escape(name) + r"(?!\w)", "", en))


def garble_latin_name(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    shared = [m for m in _shared_latin(ar, en) if len(m.group()) >= 3]
    if not shared:
        return None
    name = rng.choice(shared).group()
    letters = list(name)
    place = rng.randrange(len(letters))
    letters[place] = rng.choice([c for c in "bdgklmprstvz" if c != letters[place].lower()])
    return re.sub(r"(?<!\w)" + re.escape(name) + r"(?!\w)", "".join(letters), en)


def repeat_phrase(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = en.split()
    if len(words) < 6:
        return None
    length = rng.randint(2, 5)
    start = rng.randrange(len(words) - length)
    phrase = words[start : start + length]
    return " ".join(words[: start + length] + phrase * rng.randint(1, 4) + words[start + length :])


def repeat_word(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    word = _pick(_WORD, en, rng)
    return _replace(en, word, " ".join([word.group()] * rng.randint(3, 8))) if word else None


def repeat_sentence(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    return f"{en} {en}" if len(en.split()) >= 4 else None


def drop_last_third(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = en.split()
    return " ".join(words[: len(words) * 2 // 3]) if len(words) >= 9 else None


def drop_half(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = en.split()
    return " ".join(words[: len(words) // 2]).rstrip(",;:") + "." if len(words) >= 8 else None


def drop_clause(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    parts = re.split(r"(?<=[,;:])\s+", en)
    long_parts = [i for i, part in enumerate(parts) if len(part.split()) >= 4]
    if len(parts) < 2 or not long_parts:
        return None
    gone = rng.choice(long_parts)
    return " ".join(part for i, part in enumerate(parts) if i != gone)


def drop_middle(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = en.split()
    if len(words) < 12:
        return None
    third = len(words) // 3
    return " ".join(words[:third] + words[-third:])


def only_first_words(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = en.split()
    return " ".join(words[:3]) + "." if len(words) >= 10 else None


def empty(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    return ""


def append_sentence(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    other = rng.choice(pairs)[1]
    return f"{en} {other}" if other != en else None


def replace_sentence(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    return rng.choice(pairs)[1]


def unbalance_quote(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    found = [i for i, c in enumerate(en) if c in _QUOTES]
    if not found or len(found) % 2:
        return None
    place = rng.choice(found)
    return _tidy(en[:place] + en[place + 1 :])


def drop_quotes(ar: str, en: str, rng: random.Random, pairs: Sequence[Pair]) -> str | None:
    if sum(c in _QUOTES for c in ar) < 2 or sum(c in _QUOTES for c in en) < 2:
        return None
    return "".join(c for c in en if c not in _QUOTES)


CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("drop_number", ("number_mismatch",), drop_number),
    Corruption("change_digit", ("number_mismatch",), change_digit),
    Corruption("shift_year", ("number_mismatch",), shift_year),
    Corruption("swap_numbers", ("number_mismatch",), swap_numbers),
    Corruption("add_number", ("number_mismatch",), add_number),
    Corruption("change_month", ("number_mismatch",), change_month),
    Corruption("change_number_word", ("number_mismatch",), change_number_word),
    Corruption("change_scale", ("number_mismatch",), change_scale),
    Corruption("leave_arabic_word", ("untranslated",), leave_arabic_word),
    Corruption("leave_arabic_tail", ("untranslated",), leave_arabic_tail),
    Corruption("copy_source", ("untranslated",), copy_source),
    Corruption("drop_latin_name", ("name_lost",), drop_latin_name),
    Corruption("garble_latin_name", ("name_lost",), garble_latin_name),
    Corruption("repeat_phrase", ("repetition",), repeat_phrase),
    Corruption("repeat_word", ("repetition",), repeat_word),
    Corruption("repeat_sentence", ("repetition", "addition"), repeat_sentence),
    Corruption("drop_last_third", ("omission",), drop_last_third),
    Corruption("drop_half", ("omission",), drop_half),
    Corruption("drop_clause", ("omission",), drop_clause),
    Corruption("drop_middle", ("omission",), drop_middle),
    Corruption("only_first_words", ("omission",), only_first_words),
    Corruption("empty", ("omission",), empty),
    Corruption("append_sentence", ("addition",), append_sentence),
    Corruption("replace_sentence", ("omission", "addition", "number_mismatch"), replace_sentence),
    Corruption("unbalance_quote", ("quotes",), unbalance_quote),
    Corruption("drop_quotes", ("quotes",), drop_quotes),
)
