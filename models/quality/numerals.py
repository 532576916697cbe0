"""Numbers written in digits, in either language: grouping, decimals, clock times.

Works on text whose digits and separators are Western already (`arabic.to_western_digits`).
"""

import re

#: A number with its inner separators. A sign before it is left out: a hyphen is usually a dash or a range.
PATTERN = r"\d+(?:[.,:]\d+)*"
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?!\d)")


def readings(literal: str) -> list[frozenset[float]]:
    """The numbers that one literal holds, each with its possible readings.

    `1,200` is 1200; `1.5` is 1.5; `1.234` may be either a decimal or thousands; `3:30` is an hour (in both
    clocks) and minutes, each also as 330 and 3.30; `2014,2015` is two numbers.
    """
    if ":" in literal:
        return _clock(literal)
    separators = [c for c in literal if c in ".,"]
    if not separators:
        return [frozenset({float(literal)})]
    kinds = set(separators)
    if len(kinds) == 2:
        return [frozenset({_mixed(literal)})]
    if _GROUPED.fullmatch(literal):
        whole = float(re.sub("[.,]", "", literal))
        ambiguous = separators == ["."]
        return [frozenset({whole, float(literal)} if ambiguous else {whole})]
    if len(separators) == 1:
        decimal = float(literal.replace(",", "."))
        if separators[0] == "," and len(literal.split(",")[1]) > 2:
            return [frozenset({float(p)}) for p in literal.split(",")]
        return [frozenset({decimal})]
    return [frozenset({float(p)}) for p in re.split("[.,]", literal)]


def _mixed(literal: str) -> float:
    """`1,234.5` and `1.234,5`: the last separator is the decimal one."""
    last = max(literal.rfind("."), literal.rfind(","))
    return float(re.sub("[.,]", "", literal[:last]) + "." + re.sub("[.,]", "", literal[last + 1 :]))


def _clock(literal: str) -> list[frozenset[float]]:
    parts = [float(re.sub("[.,]", "", p)) for p in literal.split(":")]
    if len(parts) != 2 or parts[0] > 24 or parts[1] > 59:
        return [frozenset({p}) for p in parts]
    hour, minutes = parts
    either = {hour, hour + 12 if hour < 12 else hour - 12}
    joined = {value for h in either for value in (100 * h + minutes, round(h + minutes / 100, 6))}
    found = [frozenset(either | joined)]
    if minutes:
        words = {15.0: {0.25}, 30.0: {0.5}, 45.0: {0.25, 0.75, 15.0}}
        found.append(frozenset({minutes, *words.get(minutes, set()), *joined}))
    return found
