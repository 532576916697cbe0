"""Percent signs and thousands separators of Western digits in Arabic text, put as English has them.

The text stays as long as it was.
"""

import re
from collections.abc import Iterator

from models.document import Span

#: `٪٣٫٥`: Arabic has the sign before the number as often as behind it. Not inside addresses (`a%20`).
_PERCENT_BEFORE = re.compile(r"(?<![^\s(\[\x22'\-–\u0620-\u064a])(?<!\d )%(\d+(?:[.,]\d+)*)(?![\w%])(?! ?%)")
_GROUPS = re.compile(r"(?<![\w.,:/-])[1-9]\d?\d?\.\d{3}(?:\.\d{3})?(?![%\w]|[.,:/-]\d)")
#: What follows a decimal as well as thousands: scales, currencies, measures, percent.
_MEASURE = re.compile(
    r" ?(?:ال)?(?:[أا]لف|[آا]لاف|مليون|ملايين|مليار|بليون|تريليون|ترليون|دولار|يورو|جنيه|لير[ةا]|ريال|درهم"
    r"|دراهم|دينار|دنانير|ين|يوان|روبل|روبية|شيكل|فرنك|متر|كلم|كم|كيلو|سنتيمتر|ملي|غرام|جرام|كغ|كجم|طن|[أا]طنان|لتر"
    r"|ليتر|برميل|هكتار|فدان|ميل|[أا]ميال|قدم|بوصة|[أا]ونصة|درجة|نقطة|نقاط|ثانية|ساعة|دقيقة|واط|هرتز|بايت"
    r"|(?:في |ب)الم|%|[$€£])"
)
_WORD_FOLLOWS = re.compile(r" [^\W\d_]{3}")


def as_in_english(text: str) -> str:
    """`%3.5` as `3.5%`; `1.200.000` with commas, and `1.200` too where a word follows that is no measure: no
    decimal ends in zero there."""
    if "%" in text:
        text = _PERCENT_BEFORE.sub(r"\1%", text)
    return _GROUPS.sub(_grouped, text) if "." in text else text


def doubtful(text: str) -> Iterator[Span]:
    """Numbers such as `1.250`, which may be thousands in Arabic and are a decimal in English, where no
    measure speaks for the decimal. `text` has Western digits."""
    for match in _GROUPS.finditer(text):
        if match[0].count(".") == 1 and _WORD_FOLLOWS.match(text, match.end()) and not _measured(match):
            yield Span(*match.span())


def _grouped(match: re.Match[str]) -> str:
    number = match[0]
    follows = _WORD_FOLLOWS.match(match.string, match.end())
    sure = number.count(".") == 2 or (number.endswith("0") and follows and not _measured(match))
    return number.replace(".", ",") if sure else number


def _measured(match: re.Match[str]) -> bool:
    return _MEASURE.match(match.string, match.end()) is not None
