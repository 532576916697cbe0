"""Which language a text is in: the letters first, a small classifier only where they don't decide.

Arabic script is shared by a dozen languages, but most of them have letters that Arabic lacks (پ, ٹ, ڕ, ټ …),
and Arabic has some that they lack (ة, and ى or ك in their Arabic code points). A sentence of Arabic news
holds several of these. The classifier (py3langid, offline, 60 MB once loaded) is imported at the first text
that needs it.
"""

import threading
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol

from models import arabic

#: Languages in Arabic script that can be told apart. The classifier has no Sorani (ckb) and no Sindhi; they
#: are found by their letters alone.
ARABIC_SCRIPT = ("ar", "fa", "ur", "ps", "ug", "ckb", "sd")
#: What the classifier may answer, by script. Few, since every further one costs short texts accuracy.
CANDIDATES = {
    "Arab": ("ar", "fa", "ur", "ps", "ug"),
    "Latn": ("en", "fr", "de", "es", "it", "pt", "nl", "tr", "id", "sw", "so"),
    "Cyrl": ("ru", "uk", "bg", "sr"),
}
#: Scripts with one language worth naming.
BY_SCRIPT = {"Hebr": "he", "Grek": "el", "Armn": "hy", "Geor": "ka", "Thai": "th", "Hang": "ko", "Jpan": "ja",
             "Hani": "zh", "Deva": "hi", "Ethi": "am"}  # fmt: skip
#: What people send here, times the classifier's probability: it decides only where a few letters could be
#: anything ("قال", "hello").
PRIOR = {"ar": 6.0, "en": 6.0, "fr": 2.0, "ru": 4.0, "fa": 2.0, "ur": 2.0}
#: Letters that speak for languages; a letter of several counts for each.
_LETTERS = {
    "ar": "ةىكيأإؤ",
    "fa": "پچژگکی",
    "ur": "ٹڈڑںےہھپچژگکیئؤ",
    "ps": "ټډړږښڅځڼۍېګپچژيئ",
    "ug": "ۇۆۈېۋڭەپچژگىيئك",
    "ckb": "ێۆڕڵڤەپچژگکیئ",
    "sd": "ٻڀٺٿڄڃڇڌڏڊڙڦڪڳڱڻہھپچگکيئ",
}
_SPEAKS_FOR = {
    c: [lang for lang, letters in _LETTERS.items() if c in letters] for c in "".join(_LETTERS.values())
}
#: Letters that no other language of the table writes: one of them outweighs many shared ones.
_OWN = {c: langs[0] for c, langs in _SPEAKS_FOR.items() if len(langs) == 1}
#: The definite article and the commonest words: Arabic that happens to hold none of its own letters.
_ARABIC_WORDS = frozenset({"من", "في", "عن", "ما", "لا", "هذا", "ذلك", "هل", "قد", "ثم", "هو", "الذي", "كان"})
_ARTICLES = ("ال", "وال", "بال")


@dataclass(frozen=True, slots=True)
class Guess:
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Detection:
    """`language` is an ISO 639 code, "und" for no language at all; `script` an ISO 15924 code ("Zyyy": none).
    `mixed` is true when another script holds at least a tenth of the letters. `confidence` is 0…1."""

    language: str
    script: str
    confidence: float
    alternatives: tuple[Guess, ...] = ()
    mixed: bool = False


class Classifier(Protocol):
    """Probabilities of languages for a text, best first."""

    def rank(self, text: str, languages: tuple[str, ...]) -> list[Guess]: ...


class _Langid:
    """py3langid, restricted to the asked languages. It holds one restriction at a time: hence the lock."""

    def __init__(self) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        full: Any = LanguageIdentifier.from_model_file(MODEL_FILE)
        wanted = {language for languages in CANDIDATES.values() for language in languages}
        columns = [n for n, language in enumerate(full.nb_classes) if language in wanted]
        # Only our twenty of its 142 languages stay in memory: 24 MB less.
        self._identifier: Any = LanguageIdentifier(
            full.nb_ptc[:, columns].copy(),
            full.nb_pc[columns],
            [full.nb_classes[n] for n in columns],
            full.tk_nextmove,
            full.tk_output,
            norm_probs=True,
            tk_row=full.tk_row,
        )
        self._lock = threading.Lock()
        self._languages: tuple[str, ...] = ()

    def rank(self, text: str, languages: tuple[str, ...]) -> list[Guess]:
        with self._lock:
            if languages != self._languages:
                self._identifier.set_languages(list(languages))
                self._languages = languages
            ranked = self._identifier.rank(text)
        return [Guess(language, float(p)) for language, p in ranked]


@cache
def _langid() -> Classifier:
    return _Langid()


def scripts(text: str) -> Counter[str]:
    """Letters by script."""
    found: Counter[str] = Counter()
    for character, n in Counter(text).items():
        if character.isalpha() and (script := _script(character)):
            found[script] += n
    return found


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """ISO 15924 code from the character's Unicode name; "" for scripts we have no name for."""
    name = unicodedata.name(character, "").split(" ", 1)[0].split("-", 1)[0]
    return _NAMED.get(name, "")


_NAMED = {"ARABIC": "Arab", "LATIN": "Latn", "FULLWIDTH": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek",
          "HEBREW": "Hebr", "ARMENIAN": "Armn", "GEORGIAN": "Geor", "THAI": "Thai", "HANGUL": "Hang",
          "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "CJK": "Hani", "DEVANAGARI": "Deva",
          "ETHIOPIC": "Ethi"}  # fmt: skip


def detect(text: str, classifier: Classifier | None = None) -> Detection:
    """The language of `text`. Deterministic; reads at most its first 20,000 characters."""
    sample = _plain(text[:20_000])
    found = scripts(sample)
    if not found:
        return Detection("und", "Zyyy", 1.0)
    if found["Jpan"]:  # Japanese writes with Chinese characters too
        found["Jpan"] += found.pop("Hani", 0)
    (script, count), *_ = found.most_common(1)
    mixed = (found.total() - count) * 10 >= found.total()
    guesses = _guess(sample, script, classifier)
    best, *others = guesses
    shown = tuple(g for g in others if g.confidence >= 0.01)[:3]
    return Detection(best.language, script, best.confidence, shown, mixed)


def _plain(text: str) -> str:
    """Arabic presentation forms, full-width letters and the like as the letters that they stand for."""
    return unicodedata.normalize("NFKC", arabic.few_marks(text))


def _guess(text: str, script: str, classifier: Classifier | None) -> list[Guess]:
    if script in BY_SCRIPT:
        return [Guess(BY_SCRIPT[script], 1.0)]
    if script == "Arab":
        decided = by_letters(text)
        if decided is not None:
            return decided
    own = "".join(c if not c.isalpha() or _script(c) == script else " " for c in text)
    ranked = (classifier or _langid()).rank(own, CANDIDATES[script])
    weighed = {g.language: g.confidence * PRIOR.get(g.language, 1.0) for g in ranked}
    total = sum(weighed.values()) or 1.0
    order = sorted(weighed, key=lambda language: -weighed[language])
    return [Guess(language, round(weighed[language] / total, 4)) for language in order]


def by_letters(text: str) -> list[Guess] | None:
    """Languages of an Arabic-script text by their letters, best first; None when the letters don't decide.

    A letter that only one language has counts ten times as much as a shared one; the shares of the counts
    are the confidences, drawn towards doubt for texts with little evidence."""
    weights = _weights(text)
    total = weights.total()
    if not total:
        return None
    guesses = [Guess(lang, round(n / (total + 2), 4)) for lang, n in weights.most_common() if n]
    best = guesses[0]
    unknown_to_classifier = best.language not in CANDIDATES["Arab"]
    return guesses if best.confidence >= 0.8 or unknown_to_classifier else None


def _weights(text: str) -> Counter[str]:
    """How much the letters and commonest words speak for each Arabic-script language."""
    weights: Counter[str] = Counter()
    for character, n in Counter(text).items():
        for language in _SPEAKS_FOR.get(character, ()):
            weights[language] += n * (10 if character in _OWN else 1)
    words = text.split()
    weights["ar"] += 4 * sum(w in _ARABIC_WORDS or (len(w) > 4 and w.startswith(_ARTICLES)) for w in words)
    return weights


def language_of(text: str) -> str:
    """The language alone, as cheaply as it can be told: Arabic without the classifier wherever the letters
    don't speak against it (three words of Arabic may hold none of its own)."""
    sample = _plain(text[:5_000])
    found = scripts(sample)
    if found and found.most_common(1)[0][0] == "Arab":
        weights = _weights(sample)
        if weights["ar"] * 5 >= weights.total():
            decided = by_letters(sample)
            return decided[0].language if decided else "ar"
    return detect(text).language
