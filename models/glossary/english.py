"""A term's English in running text: found in whatever form it stands, and put in with the article, the
capital and the possessive that its place asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.document import Span
from models.glossary.wording import Edit
from models.joining import AS_WRITTEN
from models.quality.stems import english_stem
from models.wordlists import SENTENCE_STARTERS, word_set

_ARTICLE = re.compile(r"(the|an?) (?=\S)", re.IGNORECASE)
_JOINT = re.compile(r"[\s\-‐‑–]+")
#: The last word and what follows it. A word begins where it begins: at each letter, a search would take time
#: with the square of its length.
_BEFORE = re.compile(r"(?<![\w'’])([\w'’]+)(\s+[\"“‘(\[]*)$")
_DETERMINERS = word_set("the a an this that these those his her its their our my your every each no some any")
#: Words that start something new after a name.
_NO_NOUNS = SENTENCE_STARTERS | word_set("said says is are has have do will would must might to or")
#: Adjectives that stand between an article and a name: "the northern Gaza Strip".
_ADJECTIVES = re.compile(
    r"((?:north|south)(?:east|west)?ern|eastern|western|central|former|neighbou?ring|new|entire|whole)",
    re.IGNORECASE,
)
_QUOTES = "\"'“‘«([ "
#: A full stop with its blank, but not the point of an abbreviation.
_STOP = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bGen)(?<!\bSt)(?<=[a-z\d)])[.!?][\"'”’)]*\s+[\"'“‘(\[]*$"
)
_SPACED = re.compile(r"\S+")
#: The next one, two, three words.
_FOLLOWING = tuple(re.compile(rf"(?: [\w-]+){{{count}}}(?![\w-])") for count in range(1, 12))
#: Capitals show that such a word inside a sentence is left of a name.
_LEFT = r"(Without|Beyond|Against|Between|Of|For|And|In|On|To|With|From|By)"
_LEFT_BEFORE = re.compile(rf"(?<=\w ){_LEFT} \Z")
_LEFT_BEHIND = re.compile(rf" {_LEFT}(?= [\w(\"“])")
#: Letters whose names start with a vowel sound, for abbreviations that are spelled out ("an SDF patrol").
_VOWEL_NAMES = "AEFHILMNORSX"
_CONSONANT_SOUND = re.compile(r"(?:u(?:ni|s[aeiou]|k|n\b|t[aeiou])|eu|one\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class English:
    """A target taken apart. `core` is what must stand; `article` may be put before it. `bare`: an article
    that stands before its place goes, unless it belongs to a noun that follows."""

    article: str
    core: str
    pattern: re.Pattern[str]
    bare: bool = False

    @property
    def is_name(self) -> bool:
        """Written with capitals wherever it stands."""
        return self.core.lower() != self.core

    @property
    def is_plural(self) -> bool:
        return self.core.endswith("s") and not self.core.endswith(("ss", "us", "is"))

    def find(self, text: str) -> list[Span]:
        """Where it stands, whatever the case of its letters and the hyphens and blanks between its parts;
        a common noun in the plural too."""
        return [Span(m.start(), m.end()) for m in self.pattern.finditer(text)]

    def spelled(self, written: str) -> str:
        """`written`, which `find` found, in the glossary's spelling; only a first letter may be a capital
        beside it, and a common noun may be all in capitals (headlines)."""
        if not self.is_name and _JOINT.sub(" ", written).lower().startswith(
            _JOINT.sub(" ", self.core).lower()
        ):
            return written
        return _capital(self.core) if written[:1].isupper() else self.core


@lru_cache(maxsize=4096)
def english(target: str) -> English:
    found = _ARTICLE.match(target)
    article, core = (found[1].lower(), target[found.end() :]) if found else ("", target)
    words = [re.escape(word) for word in _JOINT.split(core) if word] or [re.escape(core)]
    plural = "" if core.lower() != core or not core[-1:].isalpha() else "(?:e?s)?"
    pattern = rf"(?<![^\W_])(?<![^\W_]-){_JOINT.pattern.join(words)}{plural}(?![^\W_])"
    return English(article, core, re.compile(pattern, re.IGNORECASE))


def place(text: str, at: Span, target: English) -> Edit:
    """The edit that puts `target` in the place of text[at], a whole word or phrase, with the article before
    and the possessive behind as English has them. Words of the target that stand beside `at` already don't
    come twice."""
    at = _widened(text, at, target)
    before, after = text[: at.start], text[at.end :]
    core = target.core
    changed, article = _article(_bared(before, after) if target.bare else before, target)
    if _opens_sentence(changed) and at.of(text)[:1].isupper():
        article, core = (_capital(article), core) if article else ("", _capital(core))
    start = len(_common(before, changed))
    possessive = re.match(r"(['’])s\b", after) if target.core.endswith("s") else None
    end = at.end + (2 if possessive else 0)
    new = f"{changed[start:]}{article}{' ' if article else ''}{core}{possessive[1] if possessive else ''}"
    return Edit(Span(start, end), new)


def _widened(text: str, at: Span, target: English) -> Span:
    """`at` with the words around it that the target brings along: "X camp" for "Neirab camp"; several words
    in other forms too ("food program"), and what is left of a name ("Without X will meet")."""
    words = target.core.split()[-len(_FOLLOWING) :]
    start, end = at.start, at.end
    for count in range(len(words) - 1, 0, -1):
        if end == at.end and (found := _FOLLOWING[count - 1].match(text, at.end)) is not None:
            end = found.end() if _alike(found[0].split(), words[-count:]) else end
        if start == at.start and _alike(text[: at.start].split()[-count:], words[:count]):
            start = [m.start() for m in _SPACED.finditer(text, 0, at.start)][-count]
    before, after = _LEFT_BEFORE.search(text, max(0, start - 30), start), _LEFT_BEHIND.match(text, end)
    if start == at.start and before and before[1] in words:
        start = before.start(1)
    if end == at.end and after and after[1] in words:
        end = after.end(1)
    return Span(start, end)


def _alike(found: Sequence[str], words: Sequence[str]) -> bool:
    """The same words; of several also other forms of them."""
    there, wanted = [w.lower() for w in found], [w.lower() for w in words]
    return there == wanted or (
        len(wanted) > 1 and [english_stem(w) for w in there] == [english_stem(w) for w in wanted]
    )


def _opens_sentence(before: str) -> bool:
    return not before.strip(_QUOTES) or _STOP.search(before) is not None


def _common(old: str, new: str) -> str:
    """What both start with, up to a blank."""
    if old == new:
        return old
    length = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    return old[: old.rfind(" ", 0, length) + 1]


def _bared(before: str, after: str) -> str:
    """Without a "the" at the end, when no noun follows that it could belong to."""
    following = re.match(r"[\s'’]*([A-Za-z]*)", after)
    alone = following is None or not following[1] or following[1].lower() in _NO_NOUNS
    return re.sub(r"\b[Tt]he\s+$", "", before) if alone else before


def _article(before: str, target: English) -> tuple[str, str]:
    """The text before the term, and the article to put between, if any."""
    found = _BEFORE.search(before)
    word = found[1] if found else ""
    lower = word.lower()
    if found and lower in ("a", "an"):
        wanted = target.article if target.article == "the" else indefinite(target.core)
        return before[: found.start()] + (wanted.capitalize() if word[0].isupper() else wanted) + found[2], ""
    if not target.article or lower in _DETERMINERS or re.search(r"['’]s?$", word):
        return before, ""
    if found and _ADJECTIVES.fullmatch(word):
        earlier, article = _article(before[: found.start()], target)
        if not article:
            return earlier + found[0], ""
        if not earlier.strip(_QUOTES) and word[0].isupper():
            article, word = article.capitalize(), lower
        return f"{earlier}{article} {word}{found[2]}", ""
    return before, target.article


def indefinite(word: str) -> str:
    """ "a" or "an" by the sound that `word` starts with."""
    first = _JOINT.split(word)[0]
    if len(first) > 1 and first.isupper() and not (len(first) > 3 and re.search("[AEIOU]", first[1])):
        return "an" if first[0] in _VOWEL_NAMES else "a"
    if _CONSONANT_SOUND.match(first):
        return "a"
    return "an" if first[:1].lower() in "aeiou" else "a"


def _capital(text: str) -> str:
    """With a capital, but for iPhone, eBay and addresses."""
    return text if AS_WRITTEN.match(text) else text[:1].upper() + text[1:]
