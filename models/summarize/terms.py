"""Content words of Arabic (or English) text, as stems, for comparing sentences."""

import re
import threading
from collections.abc import Sequence
from typing import Any

from models import arabic
from models.cache import LONGEST_WORD, cached_by_word
from models.wordlists import word_set

#: Function words after matching normalisation, and the verbs of saying that every news sentence has.
STOP_WORDS = word_set(
    """
في من الي علي عن مع ان انه انها هذا هذه ذلك تلك التي الذي الذين ما لا لم لن قد كان كانت يكون تكون هو هي هم
كما او ثم بل لكن حيث بين بعد قبل عند عندما كل بعض غير اي حتي اذا لو منذ خلال ضد حول عبر لدي دون نحو فيما
بينما اذ وقد فقد وقال قال قالت واضاف اضاف اضافت واضافت اكد واكد اكدت واكدت اوضح واوضح ذكر وذكر ذكرت بحسب
وفق وفقا وفي ومن وعلي والتي والذي وكان وكانت وان وهو وهي كانوا ايضا يوم امس اليوم عام سنه شهر الان هناك هنا
به بها له لها فيه فيها عليه عليها منه منها اليه اليها عنه عنها معه انهم لهم بهم وهذا وهذه ولا وما ولم ولن
الا سوف
the a an of in on at to for from by with and or but that this these those it its he she they his her their is
are was were be been being has have had not no as which who whom will would said says say after before also
than then there here about into over under between during
"""
)

_CONJUNCTION = re.compile(r"^[وف](?=ال\w{3})")
_INITIAL_WAW = re.compile(r"^و(?=\w{3})")
_local = threading.local()


def _stemmers() -> tuple[Any, Any]:
    """A pair for each thread: a stemmer keeps the word that it works on."""
    if not hasattr(_local, "stemmers"):
        import snowballstemmer

        _local.stemmers = (snowballstemmer.stemmer("arabic"), snowballstemmer.stemmer("english"))
    pair: tuple[Any, Any] = _local.stemmers
    return pair


@cached_by_word(20_000)
def stem(word: str) -> str:
    """Light stem of one normalised word (Snowball: Arabic light stemmer, English Porter2).

    Snowball keeps the conjunction of والوزير and takes the first letter of وزير for one; here both lose it,
    and so does what is left of الوزير. What is too long for a word stays as it is: Snowball would take its
    square."""
    if len(word) > LONGEST_WORD:
        return word
    arabic_stemmer, english_stemmer = _stemmers()
    if not arabic.has_arabic(word):
        return str(english_stemmer.stemWord(word))
    return _INITIAL_WAW.sub("", str(arabic_stemmer.stemWord(_CONJUNCTION.sub("", word))))


def content_words(text: str) -> list[str]:
    """Normalised content words and numbers of `text` in order."""
    normalised = arabic.for_matching(text).text
    found = (span.of(normalised) for span in arabic.words(normalised))
    return [word for word in found if (len(word) > 1 or word.isdigit()) and word not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """Stems of the content words of `text` in order."""
    return [stem(word) for word in content_words(text)]


def count_words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
