"""Crude stems under which a word and its inflected forms meet; the dictionary is made of them."""

import re

from models.cache import cached_by_word

_ARABIC_PREFIX = re.compile(r"^(?:وال|بال|كال|فال|ولل|لل|ال|و|ف)(?=\w{3})")
_ARABIC_SECOND_PREFIX = re.compile(r"^(?:سي|ست|سن|[بلك])(?=\w{3})")
_ARABIC_SUFFIX = re.compile(
    r"(?<=\w{3})(?:اتها|اتهم|يتها|ات|تها|تهم|تنا|ون|ين|ان|ها|هم|هن|نا|يه|تي|ته|وا|ي|ه|ا|ت|ن)$"
)
_WORD = re.compile(r"[^\W\d_]+")
#: Words that say where and how, not what: their translation can be anything. In matching form.
_ARABIC_FUNCTION = frozenset(
    re.findall(
        r"\w+",
        """
        في من علي الي عن مع ان انه انها انهم التي الذي الذين هذا هذه ذلك تلك هو هي هم قد لقد
        كان كانت يكون تكون كما او ثم لا لم لن ما اذا لو كل بعض بين بعد قبل عند منذ حتي خلال حول
        ضد لدي غير اي ايضا فقط اكثر وقد وكان وكانت ولا وهو وهي وان الا اما عبر فيما بينما حيث
        عندما لان لكن اذ نحو حوالي فوق تحت امام وراء ليس ليست سوف هنا هناك مثل نفس لها له لهم
        لنا لي به بها بهم فيه فيها عليه عليها عليهم منه منها منهم اليه اليها عنه عنها وذلك كذلك
        يتم تم اكد ضمن دون بشكل بسبب
        """,
    )
)
_ENGLISH_FUNCTION = frozenset(
    re.findall(
        r"\w+",
        """
        a an the of to in on at by for from with without and or but nor so as if than that this
        these those it its he him his she her they them their we us our you your i me my who
        whom whose which what when where while how why there here be is am are was were been
        being do does did done have has had having will would shall should can could may might
        must not no into onto over under about after before between during through against
        among until since because although though also only more most very some any all each
        every other another such own same out up down off then just s t one ones et re ve ll d
        m
        """,
    )
)


def arabic_words(folded: str) -> list[tuple[int, int, str]]:
    """(start, end, stem) of each content word of a text in matching form."""
    found = []
    for match in _WORD.finditer(folded):
        word = match[0]
        if len(word) < 3 or word in _ARABIC_FUNCTION:
            continue
        stem = arabic_stem(word)
        if stem not in _ARABIC_FUNCTION:
            found.append((match.start(), match.end(), stem))
    return found


@cached_by_word(20_000)
def arabic_stem(word: str) -> str:
    """Clitics, article and the commonest endings off, three letters left at least."""
    word = _ARABIC_PREFIX.sub("", word)
    word = _ARABIC_SECOND_PREFIX.sub("", word)
    return _ARABIC_SUFFIX.sub("", word)


def english_words(text: str) -> list[tuple[int, int, str]]:
    """(start, end, stem) of each content word of an English text."""
    return [
        (match.start(), match.end(), stem)
        for match in _WORD.finditer(text)
        if (stem := english_content(match[0].lower()))
    ]


@cached_by_word(20_000)
def english_content(word: str) -> str:
    """The stem of a lower-case word, "" for a function word."""
    return "" if word in _ENGLISH_FUNCTION else english_stem(word)


def english_stem(word: str) -> str:
    """The first five letters (so that `announce` and `announcement` meet), plural s off."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:5]
