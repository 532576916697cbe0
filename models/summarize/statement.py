"""A text taken apart for comparing what it states: content words with keys under which inflected forms meet,
numbers, and which words stand under a negation. Arabic and English.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models import arabic
from models.cache import cached_by_word
from models.document import Span
from models.quality import arabic_numbers, english_numbers
from models.quality.mention import Mention
from models.summarize.negation import NEUTRAL, Cue, cue
from models.summarize.places import place
from models.summarize.terms import STOP_WORDS, stem
from models.wordlists import word_set

#: Words under a negation: so many content words after it, unless the clause ends before.
_SCOPE = 5
_BREAK = re.compile(r"[.,;:!?؟،؛…()\[\]«»]|[–—-] ")
_CONTRAST = word_set("but while whereas although though because لكن ولكن لكنه بينما فيما اما بل لان حيث وان")
#: Endings by which a country and its people differ (Sweden, Swedish), taken off again and again.
_DEMONYM = re.compile(r"(?<=\w{3})(?:ian|ean|ese|ish|an|en|on|ey|ia|is|i|n|a|y|e|s)$")
#: After these a word has a capital anyway.
_STARTER = re.compile('[.!?:"“]')
_POSSESSIVE = re.compile(r"['’]s?$")
_WEAK = re.compile("[اويء]")
#: Person of the present and future tense, participles and verbal nouns.
_CONJUGATION = re.compile(r"^(?:س?[يتن](?=\w{3})|م(?=\w{3}))ت?(?=\w{3})")
_ARTICLE = re.compile(r"^(?:وال|بال|كال|فال|ولل|لل|ال)(?=\w{3})")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word. `key` is equal for forms of the same word, as far as light rules see; `name` means that
    it has a capital inside an English sentence, or is a place's name in an Arabic one."""

    key: str
    span: Span
    name: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """Content words and certain numbers of a text in order; `passive` where English says "was … by"."""

    text: str
    words: tuple[Word, ...]
    numbers: tuple[Mention, ...]
    all_numbers: tuple[Mention, ...]
    passive: bool

    @property
    def keys(self) -> list[str]:
        return [word.key for word in self.words]


@lru_cache(maxsize=2000)
def read(text: str) -> Statement:
    """Take a text apart. Linear in it; never raises."""
    normalised = arabic.for_matching(text)
    is_arabic = arabic.arabic_share(text) > 0.5
    mentions = arabic_numbers.mentions(normalised) if is_arabic else english_numbers.mentions(text)
    certain = [m for m in mentions if m.certain]
    counted = [m.span for m in certain if m.kind == "number"]
    words = _words(text, normalised, counted)
    passive = (
        re.search(r"\b(?:was|were|been|being|is|are|be) \w+(?:ed|en|ght|ld|de|t) by\b", text) is not None
    )
    return Statement(text, tuple(words), tuple(certain), tuple(mentions), passive)


def _words(text: str, normalised: arabic.Normalised, counted: Sequence[Span]) -> list[Word]:
    spans = arabic.words(text)
    forms = [_form(normalised, span) for span in spans]
    negated = _negated(text, spans, forms)
    found: list[Word] = []
    for i, (span, form) in enumerate(zip(spans, forms, strict=True)):
        if form in NEUTRAL or form in STOP_WORDS or len(form) < 2 or _inside(span, counted):
            continue
        capital = span.of(text)[0].isupper()
        inside = i > 0 and not _STARTER.search(text, spans[i - 1].end, span.start)
        if not inside:  # every word has a capital there; one that the stemmer leaves alone may be a name
            capital = capital and stem(form) == form
        name = (capital and inside) or place(form)
        found.append(Word(key(form, capital), span, name, i in negated))
    return found


def _negated(text: str, spans: Sequence[Span], forms: Sequence[str]) -> set[int]:
    """Numbers of the words that a negation or a denial reaches."""
    found: set[int] = set()
    left, i = 0, 0
    while i < len(forms):
        if _opens_clause(forms[i]) or (i and _BREAK.search(text, spans[i - 1].end, spans[i].start)):
            left = 0
        seen, taken = cue(forms, i)
        if seen is Cue.DOUBLE:
            left = 0
        elif seen is not None:
            left = _SCOPE
        elif left and forms[i] not in STOP_WORDS:
            found.add(i)
            left -= 1
        i += taken
    return found


def _opens_clause(form: str) -> bool:
    """A contrast, or Arabic "and" with a verb in the present tense."""
    return form in _CONTRAST or (form[:2] in ("وي", "وت") and len(form) > 4)


def _form(normalised: arabic.Normalised, span: Span) -> str:
    place = normalised.to_normalised(span.start, span.end)
    return _POSSESSIVE.sub("", place.of(normalised.text))


def _inside(span: Span, places: Sequence[Span]) -> bool:
    return any(p.start < span.end and span.start < p.end for p in places)


@cached_by_word(20_000)
def key(form: str, capital: bool = False) -> str:
    """Under what a normalised word is compared: an Arabic word's consonants without clitics and the commonest
    patterns' additions, an English word's Porter2 stem, a capitalised one's without the ending of peoples."""
    if arabic.has_arabic(form):
        return _consonants(form)
    if capital:
        bare = form
        while (shorter := _DEMONYM.sub("", bare)) != bare:
            bare = shorter
        return bare
    return stem(form)


def _consonants(form: str) -> str:
    """خفض / خفضا, حريق / حرائق, تسجيل / سجلت, مشاركة / تشارك meet; so do some strangers."""
    root = _CONJUGATION.sub("", stem(_ARTICLE.sub("", form)))
    bare = root[:1] + _WEAK.sub("", root[1:])
    if bare[0] in "اء" and len(bare) > 3:
        bare = bare[1:]
    if len(bare) > 3 and bare[-1] in "تهن":
        bare = bare[:-1]
    return bare.replace("ء", "ا", 1) if bare[0] == "ء" else bare
