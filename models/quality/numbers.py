"""Numbers, dates and weekdays that changed, went missing, came from nowhere or changed places."""

import re

from models import separators
from models.arabic import Normalised, to_western_digits
from models.document import Flag, Severity, Span
from models.quality import arabic_numbers, english_numbers
from models.quality.mention import KINDS, Mention, unmatched

CODE = "number_mismatch"
_RANKS: tuple[Severity, ...] = ("critical", "major", "minor")


def check(source: str, target: str, folded: Normalised) -> list[Flag]:
    """One flag for each number, month or weekday without a counterpart. A single stray one on each side is
    taken to be one that changed. Where all have one, a flag when two of them have changed places. `folded` is
    the source in matching form. A point that may stand for thousands is a minor matter. What may be one
    number or two ("12 thousand and 500", `2،3`) is read as what the English fits better."""
    arabic, english = arabic_numbers.mentions(folded), english_numbers.mentions(target)
    flags = _compared(source, target, arabic, english)
    if flags and (apart := arabic_numbers.mentions(folded, apart=True)) != arabic:
        flags = min(flags, _compared(source, target, apart, english), key=len)
    return flags + _doubtful(source, target)


def _compared(source: str, target: str, arabic: list[Mention], english: list[Mention]) -> list[Flag]:
    lost, extra = unmatched(arabic, english), unmatched(english, arabic)
    flags = []
    for kind in KINDS:
        gone = [m for m in lost if m.kind == kind]
        new = [m for m in extra if m.kind == kind]
        if len(gone) == 1 and len(new) == 1:
            flags.append(_changed(source, target, gone[0], new[0]))
        else:
            flags += [_without_counterpart(m, m.span.of(source), "ar") for m in gone]
            flags += [_without_counterpart(m, m.span.of(target), "en") for m in new]
    return flags or _out_of_order(source, target, arabic, english)


def _doubtful(source: str, target: str) -> list[Flag]:
    """Numbers such as 1.250 that came out as they were."""
    if "." not in target:
        return []
    flags = []
    for span in separators.doubtful(to_western_digits(source)):
        number = to_western_digits(span.of(source))
        if (place := re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d.,]?\d)", target)) is not None:
            said = number.replace(".", ",")
            message = f"{span.of(source)} may mean {said}; in English {number} is a decimal."
            flags.append(Flag(CODE, "minor", message, span, Span(*place.span())))
    return flags


def _severity(*mentions: Mention) -> Severity:
    """Digits and months are what an editor copies unread; a spelled-out number may be an idiom."""
    return "critical" if any(m.digits or m.kind == "month" for m in mentions) else "major"


def _changed(source: str, target: str, gone: Mention, new: Mention) -> Flag:
    before, after = gone.span.of(source), new.span.of(target)
    message = f"The {gone.kind} {before} in the Arabic has become {after} in the English."
    return Flag(CODE, _severity(gone, new), message, gone.span, new.span)


def _without_counterpart(mention: Mention, text: str, side: str) -> Flag:
    here, there = ("Arabic", "English") if side == "ar" else ("English", "Arabic")
    message = f"The {mention.kind} {text} in the {here} has no counterpart in the {there}."
    span = mention.span
    return Flag(CODE, _severity(mention), message, *((span, None) if side == "ar" else (None, span)))


def _out_of_order(source: str, target: str, arabic: list[Mention], english: list[Mention]) -> list[Flag]:
    """Two numbers in digits that stand the other way round. In human translations digits keep their order;
    says nothing when a number occurs twice, since then the pairs are not known."""
    left = sorted((m for m in arabic if m.digits and m.certain), key=_place)
    right = sorted((m for m in english if m.digits and m.certain), key=_place)
    if len(left) != len(right):
        return []
    found: dict[float, int] = {}
    for k, mention in enumerate(right):
        for value in mention.values:
            found[value] = -1 if value in found else k
    places = [{found[value] for value in m.values if value in found} for m in left]
    if any(len(p) != 1 or -1 in p for p in places):
        return []
    order = [next(iter(p)) for p in places]
    for i in range(1, len(order)):
        if order[i] < order[i - 1]:
            first, second = left[i - 1], left[i]
            message = (
                f"The numbers {first.span.of(source)} and {second.span.of(source)} stand the other way round "
                "in the English."
            )
            ar = Span(first.span.start, second.span.end)
            en = Span(right[order[i]].span.start, right[order[i - 1]].span.end)
            return [Flag(CODE, "major", message, ar, en)]
    return []


def _place(mention: Mention) -> int:
    return mention.span.start
