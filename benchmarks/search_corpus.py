"""Entries made up for `benchmarks.search`: words by Zipf's law, so that a few stand everywhere and most are rare.

The vocabulary is built, not copied: Arabic from consonants and patterns with what leans on words, English from
syllables and endings, both after a few hundred real words. Which words stand beside each other is chance, but for
set phrases, which every language has.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

START = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 90
FEEDS = 300
#: Words of title and text, on each side.
TITLE, TEXT = 9, (40, 160)

ARABIC = [
    "في",
    "من",
    "على",
    "إلى",
    "عن",
    "أن",
    "التي",
    "الذي",
    "هذا",
    "مع",
    "بعد",
    "قبل",
    "خلال",
    "كما",
    "قال",
    "رئيس",
    "وزير",
    "الحكومة",
    "الدولة",
    "اليوم",
    "مجلس",
    "الشعب",
    "الأمن",
    "الخارجية",
    "الداخلية",
    "الدفاع",
    "الاقتصاد",
    "النفط",
    "الغاز",
    "القمح",
    "أسعار",
    "سوق",
    "بنك",
    "شركة",
    "عقد",
    "اتفاق",
    "محادثات",
    "زيارة",
    "قمة",
    "مؤتمر",
    "انتخابات",
    "حزب",
    "برلمان",
    "قانون",
    "محكمة",
    "حكم",
    "سجن",
    "شرطة",
    "جيش",
    "قوات",
    "هجوم",
    "قصف",
    "هدنة",
    "حدود",
    "لاجئون",
    "مساعدات",
    "مدينة",
    "قرية",
    "طريق",
    "جسر",
    "ماء",
    "كهرباء",
    "مدرسة",
    "جامعة",
    "طلاب",
    "مستشفى",
    "أطباء",
    "مرض",
    "لقاح",
    "مباراة",
    "فريق",
    "كأس",
    "لاعب",
    "مدرب",
    "صحيفة",
    "كتاب",
    "فيلم",
    "معرض",
    "تاريخ",
    "مصر",
    "لبنان",
    "سوريا",
    "العراق",
    "الأردن",
    "فلسطين",
    "السعودية",
    "الكويت",
    "قطر",
    "عمان",
    "اليمن",
    "ليبيا",
    "تونس",
    "الجزائر",
    "المغرب",
    "السودان",
    "تركيا",
    "إيران",
    "روسيا",
    "أوكرانيا",
    "الصين",
    "أمريكا",
    "فرنسا",
    "بريطانيا",
    "القاهرة",
    "بيروت",
    "دمشق",
    "بغداد",
    "الرياض",
    "الدوحة",
    "طرابلس",
    "الخرطوم",
    "باريس",
    "لندن",
    "موسكو",
    "واشنطن",
    "مليون",
    "ألف",
    "عام",
    "شهر",
    "أسبوع",
    "نسبة",
]
ENGLISH = [
    "the",
    "of",
    "to",
    "in",
    "and",
    "a",
    "that",
    "for",
    "on",
    "said",
    "with",
    "by",
    "from",
    "at",
    "as",
    "is",
    "was",
    "has",
    "its",
    "he",
    "after",
    "before",
    "during",
    "minister",
    "president",
    "government",
    "state",
    "council",
    "security",
    "foreign",
    "interior",
    "defence",
    "economy",
    "oil",
    "gas",
    "wheat",
    "price",
    "market",
    "bank",
    "company",
    "contract",
    "agreement",
    "talk",
    "visit",
    "summit",
    "conference",
    "election",
    "party",
    "parliament",
    "law",
    "court",
    "ruling",
    "prison",
    "police",
    "army",
    "force",
    "attack",
    "shelling",
    "truce",
    "border",
    "refugee",
    "aid",
    "city",
    "village",
    "road",
    "bridge",
    "water",
    "electricity",
    "school",
    "university",
    "student",
    "hospital",
    "doctor",
    "disease",
    "vaccine",
    "match",
    "team",
    "cup",
    "player",
    "coach",
    "newspaper",
    "book",
    "film",
    "exhibition",
    "history",
    "egypt",
    "lebanon",
    "syria",
    "iraq",
    "jordan",
    "palestine",
    "saudi",
    "kuwait",
    "qatar",
    "oman",
    "yemen",
    "libya",
    "tunisia",
    "algeria",
    "morocco",
    "sudan",
    "turkey",
    "iran",
    "russia",
    "ukraine",
    "china",
    "america",
    "france",
    "britain",
    "cairo",
    "beirut",
    "damascus",
    "baghdad",
    "riyadh",
    "doha",
    "tripoli",
    "khartoum",
    "paris",
    "london",
    "moscow",
    "washington",
    "million",
    "thousand",
    "year",
    "month",
    "week",
    "percent",
]
PHRASES = (
    (("رئيس", "الوزراء"), ("prime", "minister")),
    (("وزير", "الخارجية"), ("foreign", "minister")),
    (("مجلس", "الأمن"), ("security", "council")),
    (("أسعار", "القمح"), ("wheat", "prices")),
    (("الأمم", "المتحدة"), ("united", "nations")),
)
_PATTERNS = (
    "{}{}{}",
    "{}ا{}{}",
    "{}{}ا{}",
    "{}{}ي{}",
    "م{}{}و{}",
    "ت{}{}ي{}",
    "م{}ا{}{}ة",
    "ا{}ت{}ا{}",
    "{}{}{}ان",
    "{}{}{}ية",
)
_CLITICS = ("", "", "", "", "ال", "ال", "ال", "و", "وال", "بال", "لل", "ل", "ب")
_SYLLABLES = [
    "ba",
    "be",
    "bi",
    "ca",
    "co",
    "da",
    "de",
    "di",
    "fa",
    "fe",
    "ga",
    "ha",
    "in",
    "ka",
    "la",
    "le",
    "li",
    "ma",
    "me",
    "mi",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "ra",
    "re",
    "ri",
    "sa",
    "se",
    "si",
    "ta",
    "te",
    "ti",
    "va",
    "vi",
]
_ENDINGS = ("", "", "", "s", "ed", "ing", "er", "tion", "al", "ly")


@dataclass(frozen=True, slots=True)
class Made:
    """An entry. Feeds are numbered."""

    guid: str
    feed: int
    published: datetime
    title: str
    title_en: str
    text: str
    english: str


class Vocabulary:
    """Words from the commonest to the rarest; `some` draws them by Zipf's law."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))

    def some(self, chosen: random.Random, number: int) -> list[str]:
        return chosen.choices(self.words, cum_weights=self._weights, k=number)


def arabic(size: int = 60_000) -> Vocabulary:
    chosen = random.Random(1)
    words = dict.fromkeys(ARABIC)
    while len(words) < size:
        root = chosen.sample("بتجحخدذرزسشصطعغفقكلمنهوي", 3)
        words[chosen.choice(_CLITICS) + chosen.choice(_PATTERNS).format(*root)] = None
    return Vocabulary(list(words))


def english(size: int = 40_000) -> Vocabulary:
    chosen = random.Random(2)
    words = dict.fromkeys(ENGLISH)
    while len(words) < size:
        words["".join(chosen.choices(_SYLLABLES, k=chosen.randint(2, 4))) + chosen.choice(_ENDINGS)] = None
    return Vocabulary(list(words))


def entries(number: int, seed: int = 3) -> Iterator[Made]:
    """The same in every run."""
    chosen = random.Random(seed)
    one, other = arabic(), english()
    for n in range(number):
        size = chosen.randint(*TEXT)
        text, translation = one.some(chosen, size), other.some(chosen, int(size * 1.2))
        for ar, en in PHRASES:
            if chosen.random() < 0.12:
                at = chosen.randrange(size)
                text[at:at] = ar
                translation[at:at] = en
        yield Made(
            guid=f"g{n}",
            feed=min(int(chosen.expovariate(1 / 60)), FEEDS - 1),
            published=START + timedelta(seconds=chosen.randrange(DAYS * 86_400)),
            title=" ".join(one.some(chosen, TITLE)),
            title_en=" ".join(other.some(chosen, TITLE)),
            text=" ".join(text),
            english=" ".join(translation),
        )
