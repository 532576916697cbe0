"""What a request wants translated, and the one place where DeepL's texts become work of the runtime."""

import re
from dataclasses import dataclass
from typing import Literal

from models.glossary import Glossary
from models.markup import MarkupOptions
from models.translator import TranslateOptions
from service.api.deepl.errors import Refused, unsupported
from service.api.deepl.fields import Fields
from service.api.deepl.languages import Language, supported
from service.context import current, principal, services
from service.glossaries import UnknownGlossary, load_all, with_news
from service.store.glossaries import Pair

Split = Literal["0", "1", "nonewlines"]
FORMALITIES = ("default", "more", "less", "prefer_more", "prefer_less")
#: Glossaries that one request can name.
MOST_GLOSSARIES = 5
#: White space with a line break in it, and the breaks. It is looked for only where the white space begins: at
#: each blank, the search would take time with the square of a row's length.
_BROKEN = re.compile(r"(?<!\s)\s*[\r\n\x0b\x0c\x85\u2028]\s*")
_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028]")


@dataclass(frozen=True, slots=True)
class Direction:
    """From where to where: `source` is None when it is to be detected."""

    source: str | None
    target: Language
    glossary: Glossary | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Texts to translate; two requests for the same have equal ones."""

    texts: tuple[str, ...]
    direction: Direction
    split: Split = "1"
    markup: MarkupOptions | None = None

    @property
    def characters(self) -> int:
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True)
class Done:
    """A translation and the language (code as DeepL writes it) that it was made from."""

    text: str
    language: str


def direction(given: Fields) -> Direction:
    """Languages, formality and glossaries of a request. Raises `Refused`."""
    target = supported().target(given.needed("target_lang"))
    if target is None:
        raise unsupported("target_lang")
    sent = given.text("source_lang")
    source = None if sent is None else supported().source(sent)
    if sent is not None and source is None:
        raise unsupported("source_lang")
    formality = given.choice("formality", FORMALITIES, "default")
    if formality in ("more", "less") and not target.supports_formality:
        raise Refused(
            400,
            f"Target language '{target.code}' doesn't support formality.",
            "'formality' can't be used with this 'target_lang'.",
        )
    return Direction(source, target, _glossary(given, source, target))


def glossary_ids(given: Fields) -> tuple[str, ...]:
    """Those that the request names, the most important first. Raises `Refused` for too many."""
    one = given.text("glossary_id")
    ids = ((one,) if one else ()) + given.names("glossary_ids")
    if len(ids) > MOST_GLOSSARIES:
        raise Refused(400, f"At most {MOST_GLOSSARIES} glossaries can be used together.")
    return ids


def _glossary(given: Fields, source: str | None, target: Language) -> Glossary | None:
    ids = glossary_ids(given)
    if ids and source is None:
        raise Refused(400, "Use of a glossary requires the source_lang parameter to be specified")
    try:
        pair = Pair((source or "").lower(), target.base.lower())
        own = load_all(services().database, principal().owner, ids, pair)
    except UnknownGlossary as error:
        raise Refused(404, "Glossary not found", str(error)) from error
    return with_news(own, default=current().config.glossary.default)


def results(wanted: Wanted) -> list[Done]:
    """One for each text, in order. Raises what the runtime raises."""
    # `split_sentences` says what a line break means
    options = TranslateOptions(glossary=wanted.direction.glossary, unwrap=False)
    if wanted.markup is not None:
        pages = current().translate_markup(wanted.texts, wanted.markup, options)
        return [_done(wanted, r.text, lang) for r, lang in zip(pages.results, pages.languages, strict=True)]
    texts = wanted.texts if wanted.split == "1" else [unwrapped(text) for text in wanted.texts]
    made = current().translate(texts, options)
    return [_done(wanted, r.english, lang) for r, lang in zip(made.results, made.languages, strict=True)]


def _done(wanted: Wanted, text: str, language: str) -> Done:
    """Text without words is in the target language as much as in any other."""
    found = wanted.direction.target.base if language == "und" else language.upper()
    return Done(text, wanted.direction.source or found)


def unwrapped(text: str) -> str:
    """A text whose single line breaks are no ends of anything: they become blanks. Blank lines stay, and so
    does white space at both ends."""

    def joined(match: re.Match[str]) -> str:
        inside = match.start() > 0 and match.end() < len(text)
        return " " if inside and len(_BREAK.findall(match[0])) == 1 else match[0]

    return _BROKEN.sub(joined, text)
