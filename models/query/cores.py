"""The core of a word: without what leans on it in Arabic, without the plural of English.

    والوزير = و + ال + وزير      وزيرهم = وزير + هم      بحكومتها = ب + حكومة + ها      للأمم = ل + ال + أمم

One function for index, query and watch, so that what matters is which words fall together. Letters are taken
off by rules that look at the rest alone, one after the other until none fits: so `core(clitic + word)` is
`core(word)`, and a rule that takes the first letter of an unknown name does so wherever that name stands.
What would fall together with another word stands in `models.query.whole`.
"""

import re
from collections.abc import Iterator

from models.cache import cached_by_word
from models.query import whole

#: Change with any rule or list of words here.
VERSION = 1

_ARABIC = re.compile("[\u0620-\u064a]{3,40}")
#: و ف and ب ك before the article; ل takes its alef away. A word for each beginning that is not the article's.
_ARTICLE = re.compile(r"(?:[وف]?[بك]?ال|[وف]?لل)(?=\w{2})")
#: What may stand before that.
_LEANING_FRONT = re.compile("[وف]?[بكل]?")
_PRONOUNS = ("هما", "ها", "هم", "هن", "نا", "كم", "ه")
_CONJUNCTION, _PREPOSITIONS, _FUTURE, _IMPERFECT = "و", "فبكل", "س", "يتن"
#: Letters that have to be left of a word whose first letter might be a clitic, or not.
_AFTER_CONJUNCTION, _AFTER_PREPOSITION, _BEFORE_PRONOUN, _BEFORE_TANWIN = 3, 4, 3, 3

_LATIN = re.compile("[a-z]{4,40}")
_NO_PLURAL = re.compile("(?:[aiosu]s|news)$")
_HISSING = re.compile("(?:ch|sh|x|ss|zz)es$")
_SOFT = re.compile("(?:y|ie)$")


@cached_by_word(20_000)
def core(word: str) -> str:
    """The core of a word in matching form; `core(core(word)) == core(word)`."""
    if _LATIN.fullmatch(word):
        return _singular(word)
    while _ARABIC.fullmatch(word):
        shorter = _shorter(word)
        if shorter == word:
            break
        word = shorter
    return word


def beginnings(run: str) -> Iterator[str]:
    """How cores of the words begin that begin with `run` (in matching form)."""
    yield run
    if not _ARABIC.fullmatch(run):
        return
    article = _ARTICLE.match(run)
    if article and run not in whole.ARTICLE:
        yield run[article.end() :]
    elif len(run) > _AFTER_PREPOSITION and not _is_whole(run):
        bare = _front(run)
        if bare != run:
            yield bare


def _shorter(word: str) -> str:
    """One thing off; the word itself where there is nothing to take."""
    for step in (_definite, _back, _front):
        shorter = step(word)
        if shorter != word:
            return shorter
    return word


def _definite(word: str) -> str:
    """The article off, with what stands before it."""
    article = _ARTICLE.match(word)
    if article is None or _begins_whole(word):
        return word
    own = word[article.end() - 1 :]  # ل + لبنان: the second ل may be the word's own
    return own if article[0].endswith("لل") and _is_whole(own) else word[article.end() :]


def _begins_whole(word: str) -> bool:
    """Is what looks like the article part of the word, behind conjunction and preposition?"""
    return any(
        rest in whole.ARTICLE or _stem_of(rest, whole.ARTICLE) or whole.WITH_PRONOUN.match(rest)
        for rest in _rests(word)
    )


def _ends_whole(word: str) -> bool:
    return any(rest in whole.ENDINGS for rest in _rests(word))


def _rests(word: str) -> Iterator[str]:
    """The word without none, one and all of a conjunction and a preposition."""
    front = _LEANING_FRONT.match(word)
    for at in range(front.end() + 1 if front else 1):
        yield word[at:]


def _back(word: str) -> str:
    """A pronoun or the alef of tanwin off; ت before a pronoun is the ة of the word."""
    if _ends_whole(word):
        return word
    for pronoun in _PRONOUNS:
        stem = word.removesuffix(pronoun)
        if stem == word:
            continue
        if pronoun == "نا" and stem.endswith(("ا", "و", "ي")):
            break  # لبنانا، قانونا، يقينا: tanwin
        if pronoun == "ه" and not (stem.endswith("ت") and len(stem) > _BEFORE_PRONOUN):
            break  # one letter with ة: only after ت is it known what it is
        if (
            stem.endswith("ت")
            and not _is_own_ta(stem)
            and (not stem.endswith("ات") or stem.endswith(whole.SHORT_AT))
        ):
            stem = stem[:-1] + "ه"
        if len(stem) >= _BEFORE_PRONOUN + _leaning(stem):
            return stem
    stem = word[:-1]
    tanwin = word.endswith("ا") and not stem.endswith(("ا", "و", "ي"))
    return stem if tanwin and len(stem) >= _BEFORE_TANWIN + _leaning(stem) else word


def _is_own_ta(stem: str) -> bool:
    return any(rest in whole.OWN_TA for rest in _rests(stem))


def _front(word: str) -> str:
    """A conjunction, a preposition or the future's س off."""
    first, rest = word[0], word[1:]
    if _is_whole(word):
        return word
    if first == _CONJUNCTION and len(rest) >= _AFTER_CONJUNCTION:
        return rest
    if first in _PREPOSITIONS and (len(rest) >= _AFTER_PREPOSITION or rest in whole.SHORT):
        return rest
    if first == _FUTURE and rest[0] in _IMPERFECT and len(rest) >= _AFTER_PREPOSITION:
        return rest
    return word


def _leaning(stem: str) -> int:
    """How many of the first letters may be clitics."""
    number = 0
    while number < 2 and stem[:1] and stem[0] in _CONJUNCTION + _PREPOSITIONS and not _is_whole(stem):
        number, stem = number + 1, stem[1:]
    return number


def _is_whole(word: str) -> bool:
    return word in whole.WORDS or _stem_of(word, whole.WORDS)


def _stem_of(word: str, words: frozenset[str]) -> bool:
    """Is it an inflected form of one of these?"""
    found = [ending for ending in whole.INFLECTIONS if word.endswith(ending)]
    return any(word[: -len(ending)] in words for ending in found) or any(
        word[: -len(ending)] + "ه" in words for ending in found if ending in whole.OF_TA
    )


def _singular(word: str) -> str:
    """Plural s off, y and ie as i: `countries` and `country` meet, `news` and `new` don't."""
    if word in whole.ENGLISH:
        return word
    if _HISSING.search(word):
        word = word[:-2]
    elif word.endswith("s") and not _NO_PLURAL.search(word):
        word = word[:-1]
    return _SOFT.sub("i", word) if len(word) > 3 else word
