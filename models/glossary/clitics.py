"""The readings of one written Arabic word: what may lean on a word from before and from behind.

    وبالأمم = و + ب + الأمم        للأمم = ل + الأمم        سيعلن = س + يعلن        حكومتها = حكومة + ها

All in the matching form of `arabic.for_matching`. A reading is only a possibility: that its core is a term
decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.cache import cached_by_word
from models.wordlists import word_set

#: Longer runs of letters are no words, and taking them apart would cost their length many times.
_ARABIC = re.compile("[\u0620-\u064a]{1,40}")
ARTICLE = "ال"
_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = "بكل"
_FUTURE = "س"
#: A verb in the imperfect starts with one of these.
_IMPERFECT = "يتنا"
_PRONOUNS = ("هما", "ها", "هم", "هن", "نا", "كم", "ه")
#: Fewer letters than these left, and the clitic is more likely a letter of another word.
_MIN_AFTER_PREPOSITION, _MIN_AFTER_CONJUNCTION, _MIN_AFTER_ARTICLE, _MIN_BEFORE_PRONOUN = 3, 3, 2, 3
_MIN_BEFORE_TANWIN = 4
#: Everyday words that look like a clitic and a short word, and are neither.
_WHOLE = word_set("""
باب بابا بيت بحر بحث بلد بنك برج بطل بين بعد بعض بدل برد برق بذر بشر بقي بكي بلغ بني بنت بنات بنيه بدا
بدء بدر بديل برنامج بريد بسيط بصر بطن بقره بقاء بلاد بلدي بلده بليد بيان بيءه بيع برلين بروت بدون براءه
بناء بترول بسبب كتاب كتب كاتب كاس كان كانت كبير كبري كثير كره كرم كرسي كسر كشف كفر كل كلام كلب كلم كلمه
كما كم كمال كنز كون كيف كامل كاشف كارثه كافي كاميرا كذلك كراء كلف كندا كويت كوكب كنيسه كنت لبن لبنان
لجنه لحم لحظه لدي لذا لسان لعب لعبه لغه لغم لقاء لقب لقد لماذا لما لم لن لها لهم لو لوح لون ليبيا ليس
ليل ليله ليره لين لاجء لاجءين لازم لاعب لكن لكم لواء لذلك لندن لطف لوز لاحق لدغ سيد سيده سياره سياسه سيف
سيل سينا سينما سيناء سير سيره سنه سن سنا سناء ستار ستره ستين سته ساحه ساعه سيرا سيول سبب سبت سبع سبق سجن
سجل سحب سحر سد سر سطح سعر سعي سفر سفن سقف سكر سكن سلاح سلام سلع سلم سماء سمع سمك سهل سوء سوق وزير وزاره
وزن وقت وفد وفاه وفق وطن وضع وصل وصول وعد وعي وقع وقود وقف وكاله وكيل وكر ولد ولي ولايه ولاء وثيقه وجه
وجود وجع وحده وحيد ورد ورده ورق ورقه ورشه وسط وسام وسيط وسيم وهم واجب واحد وادي واقع والد والي وراء واسع
واثق وارد واصل والده والدين وافق واضح وهج وليد وليمه وهران وعر فرق فريق فيلم فصل فصيل فقر فقير فقد فقط
فكر فكره فلم فلس فلسطين فم فن فنان فندق فهم فوز فوق فيل فيما فاز فارس فاعل فاس فتح فتره فتاه فتي فجر فحص
فحم فخر فرد فرار فرح فرس فرصه فرض فرع فرن فساد فضاء فضل فضيحه فعل فكان فهد فاطمه فضه فلان فلك فيلق فول
فوج فيزا فليم فيضان فيض فيفا فءه
""")


@dataclass(frozen=True, slots=True)
class Reading:
    """`form` is the word without clitics, or with the article that belongs to it; it stands for
    word[start:end]. `clitics` counts what was taken off. `article`: ال was taken off. `pronoun`: a possessive
    ending was. `tanwin`: an accusative alef was."""

    form: str
    start: int
    end: int
    clitics: int = 0
    article: bool = False
    pronoun: bool = False
    tanwin: bool = False


@cached_by_word(5_000)
def readings(word: str) -> tuple[Reading, ...]:
    """Every reading of a word in matching form, the bare one first."""
    return tuple(_readings(word))


def _readings(word: str) -> Iterator[Reading]:
    yield Reading(word, 0, len(word))
    if not _ARABIC.fullmatch(word):
        return
    for front in _front(word):
        yield front
        if not (front.article or front.form.startswith(ARTICLE)):
            yield from _back(front)
    if not word.startswith(ARTICLE):
        yield from _back(Reading(word, 0, len(word)))


def _front(word: str) -> Iterator[Reading]:
    for conjunction in _CONJUNCTIONS:
        if not word.startswith(conjunction):
            continue
        start = len(conjunction)
        rest = word[start:]
        clitics = bool(conjunction)
        if conjunction:
            if len(rest) < _MIN_AFTER_CONJUNCTION or word in _WHOLE:
                continue
            yield Reading(rest, start, len(word), 1)
        yield from _definite(rest, start, clitics)
        if rest not in _WHOLE:
            yield from _leaning(rest, start, clitics)


def _definite(rest: str, start: int, clitics: int, gone: int = 2) -> Iterator[Reading]:
    """ال off; `gone` characters of the written word stood for it."""
    if rest.startswith(ARTICLE) and len(rest) - 2 >= _MIN_AFTER_ARTICLE:
        end = start + gone + len(rest) - 2
        yield Reading(rest[2:], start + gone, end, clitics + 1, article=True)


def _leaning(rest: str, start: int, clitics: int) -> Iterator[Reading]:
    """A preposition or the future's س off."""
    end = start + len(rest)
    if rest[:1] == _FUTURE and rest[1:2] in _IMPERFECT and len(rest) > _MIN_AFTER_PREPOSITION:
        yield Reading(rest[1:], start + 1, end, clitics + 1)
    if rest[:1] not in _PREPOSITIONS or len(rest) <= _MIN_AFTER_PREPOSITION:
        return
    yield Reading(rest[1:], start + 1, end, clitics + 1)
    yield from _definite(rest[1:], start + 1, clitics + 1)
    if rest.startswith("لل"):  # ل + ال: the alef is not written; nor is the third ل of ل + اللاذقية
        for form in (ARTICLE + rest[2:], ARTICLE + rest[1:]):
            yield Reading(form, start + 1, end, clitics + 1)
            yield Reading(form[2:], end - len(form) + 2, end, clitics + 2, article=True)


def _back(front: Reading) -> Iterator[Reading]:
    """A possessive ending or the alef of tanwin off; ت before an ending is the ة of the word."""
    form = front.form
    for pronoun in _PRONOUNS:
        stem = form.removesuffix(pronoun)
        if stem != form and len(stem) >= _MIN_BEFORE_PRONOUN:
            end = front.end - len(pronoun)
            for core in (stem, stem[:-1] + "ه") if stem.endswith("ت") else (stem,):
                yield Reading(core, front.start, end, front.clitics + 1, pronoun=True)
    if form.endswith("ا") and len(form) > _MIN_BEFORE_TANWIN:
        yield Reading(form[:-1], front.start, front.end - 1, front.clitics + 1, tanwin=True)
