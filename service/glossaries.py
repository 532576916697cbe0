"""Which terms a translation must use: the caller's own glossary from the store, and the news glossary that
ships where `glossary.default` says so. A caller's own terms win."""

from collections.abc import Sequence

from models.cache import LruCache
from models.glossary import Glossary, news_glossary
from service.store import glossaries
from service.store.database import Database
from service.store.glossaries import Dictionary, Pair

#: What the model translates.
ARABIC_ENGLISH = Pair("ar", "en")
#: Glossaries ready for use, so that a long one isn't read again for each request; in characters of TSV.
_ready: LruCache[Glossary] = LruCache(10_000_000)


class UnknownGlossary(LookupError):
    """The owner has no such glossary, or it has no dictionary for the pair."""


def dictionary(pair: Pair, glossary: Glossary) -> Dictionary:
    """A glossary as the store keeps it."""
    return Dictionary(pair, glossary.to_tsv(), glossary.entry_count)


def load(database: Database, owner: str, glossary_id: str, pair: Pair = ARABIC_ENGLISH) -> Glossary:
    """The terms of a stored glossary. Raises `UnknownGlossary`."""
    with database.read() as session:
        tsv = glossaries.entries(session, owner, glossary_id, pair)
    if tsv is None:
        raise UnknownGlossary(f"There is no glossary with this id for {pair.source} to {pair.target}.")
    return _parsed(tsv)


def load_all(
    database: Database, owner: str, ids: Sequence[str], pair: Pair = ARABIC_ENGLISH
) -> Glossary | None:
    """Several as one, where the terms of an earlier one win; None for no ids. Raises `UnknownGlossary`."""
    found: Glossary | None = None
    for glossary_id in ids:
        terms = load(database, owner, glossary_id, pair)
        found = terms if found is None else found.over(terms)
    return found


def with_news(own: Glossary | None, *, default: bool) -> Glossary | None:
    """What applies to a translation: `own`, over the news glossary when that is the `default`."""
    if not default:
        return own
    news = news_glossary()
    if own is None:
        return news
    key = ("over news", own.signature)
    both = _ready.get(key)
    if both is None:
        both = own.over(news)
        _ready.put(key, both, 40 * both.entry_count)
    return both


def _parsed(tsv: str) -> Glossary:
    known = _ready.get(tsv)
    if known is None:
        known = Glossary.from_tsv(tsv)
        _ready.put(tsv, known, len(tsv) + 100)
    return known
