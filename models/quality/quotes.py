"""Quotation marks that do not pair, and quotations that lost their marks."""

import re

from models.arabic import for_matching
from models.document import Flag, Span
from models.quality import dictionary, stems

CODE = "quotes"
_STRAIGHT = '"＂〝〞'
_OPEN, _CLOSE = "“„‟«", "”»"
_MARKS = re.compile(f"[{_STRAIGHT}{_OPEN}{_CLOSE}]|''|``")
#: Marks that go together; each family is paired by itself, so that one can stand inside another.
_FAMILIES = tuple(map(re.compile, (f"[{_STRAIGHT}]", "[“”„‟]", "[«»]", "[‹›]", "''|``")))
#: Single quotes round words serve as quotation marks too; an apostrophe inside a word does not.
_SINGLE = re.compile(r"(?<![\w'’‘])['‘‚’](?=[^\s'’‘])(?:[^'’‘‚\n]|(?<=\w)['’‘](?=\w))+['’‘](?![\w'’‘])")
#: Shorter quotations are mostly titles and names, which English style sets in italics or leaves plain.
MIN_QUOTED_WORDS = 3
_WORD = re.compile(r"[^\W_]+")
#: Latin letters by their Arabic names, in matching form: a name that is spelled out is one word.
_LETTER = (
    "(?:ال)?(?:اي|ايه|بي|سي|دي|اف|جي|اتش|جيه|جاي|كيه|كاي|كي|ال|ام|ان|او|كيو|ار|اس|تي|يو|في|دبليو|اكس|واي"
    "|زد|اند)"
)
_SPELLED = re.compile(rf"(?<!\w){_LETTER}(?:[ .-]+{_LETTER})+(?!\w)")
_LOST = "The quotation in the Arabic has no quotation marks in the English."
#: What stands before a title or a name, in matching form: a work, or a body that is named and doesn't speak.
_TITLED = re.compile(
    r"(?<!\w)[وفبل]{0,2}(?:(?:ال)?(?:فيلم|كتاب|روايه|مسرحيه|قصيده|اغنيه|البوم|اسطوانه|مسلسل|برنامج"
    r"|سلسله|لعبه|قصه|اوبرا|مقال|تطبيق|حلقه|نتيجه)(?: [^\W\d_]+)?"
    r"|(?:فيلم|كتاب|روايت|اغنيت|البوم|قصيدت|مسرحيت|فلم)(?:ه|ها|هم|ي|يه|يها)"
    r"|مجله|صحيفه|جريده|موقع|منصه|قناه|مدرسه|فرقه|شركه|منظمه|جمعيه|جاءزه|متجر|نادي) ?$"
)


def check(source: str, target: str) -> list[Flag]:
    """English marks that do not pair although the Arabic ones do, or one for each Arabic quotation of at
    least MIN_QUOTED_WORDS words whose words stand outside of all English marks."""
    if (mark := _unpaired(source, target)) is not None:
        return [Flag(CODE, "minor", "A quotation mark in the English has no partner.", None, mark)]
    return [Flag(CODE, "minor", _LOST, span) for span in _lost(source, target)]


def _unpaired(source: str, target: str) -> Span | None:
    """The last English mark where one has no partner. In a segment of a longer quotation one may stand alone,
    but then the Arabic has as many."""
    here, there = len(_MARKS.findall(source)), list(_MARKS.finditer(target))
    if _balanced(target) or (not _balanced(source) and len(there) <= here):
        return None
    return Span(*there[-1].span())


def _balanced(text: str) -> bool:
    text = text.replace("''", '"').replace("``", '"')
    straight = sum(text.count(c) for c in _STRAIGHT)
    return straight % 2 == 0 and sum(text.count(c) for c in _OPEN) == sum(text.count(c) for c in _CLOSE)


def _quotations(text: str) -> list[Span]:
    """The stretches between marks of one family, marks included."""
    found = [Span(*m.span()) for m in _SINGLE.finditer(text)]
    for family in _FAMILIES:
        marks = list(family.finditer(text))
        found += [Span(a.start(), b.end()) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    return sorted(found, key=lambda span: span.start)


def _words(quotation: str) -> int:
    return len(_WORD.findall(_SPELLED.sub("x", for_matching(quotation).text)))


def _lost(source: str, target: str) -> list[Span]:
    """The long quotations of the Arabic, but for titles, of which the English has more words outside of its
    marks than inside."""
    every = _quotations(source)
    long = [s for s in every if _words(s.of(source)) >= MIN_QUOTED_WORDS and not _titled(source[: s.start])]
    kept = _quotations(target) if long else []
    if not kept:
        return [] if _MARKS.search(target) else long
    inside = {stem for span in kept for _, _, stem in stems.english_words(span.of(target))}
    outside = {stem for _, _, stem in stems.english_words(_without(target, kept))} - inside
    sparse = 2 * sum(_words(s.of(target)) for s in kept) < sum(_words(s.of(source)) for s in every)
    found = []
    for span in long:
        within, beyond = _places(span.of(source), inside, outside)
        if beyond > within or (beyond == within and sparse):
            found.append(span)
    return found


def _titled(before: str) -> bool:
    return _TITLED.search(for_matching(before[-40:]).text) is not None


def _places(quotation: str, inside: set[str], outside: set[str]) -> tuple[int, int]:
    """How many words of an Arabic quotation have a counterpart inside and only outside of English marks."""
    table, _ = dictionary.by_stem()
    found = [table.get(stem, frozenset()) for _, _, stem in stems.arabic_words(for_matching(quotation).text)]
    within = sum(not words.isdisjoint(inside) for words in found)
    return within, sum(not w.isdisjoint(outside) and w.isdisjoint(inside) for w in found)


def _without(text: str, spans: list[Span]) -> str:
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text
