"""Arabic left in the English, and marks of characters that the model could not write."""

import re

from models.arabic import LETTERS, arabic_share
from models.document import Flag, Severity, Span
from models.list_marks import list_mark

CODE = "untranslated"
_RUN = re.compile(rf"[{LETTERS}][^A-Za-z\n]*[{LETTERS}]|[{LETTERS}]")
_UNKNOWN = re.compile(r"[⁇\ufffd]+|<unk>")
#: Above this share of Arabic letters the sentence as a whole counts as not translated.
_MOSTLY = 0.5


def check(source: str, target: str) -> list[Flag]:
    """One flag for each stretch of Arabic letters in `target` and for each run of unknown-character marks.
    A letter that numbers a list item stays on purpose."""
    flags = []
    mark = list_mark(source)
    kept = len(mark.english) if mark is not None and target.startswith(mark.english) else 0
    runs = list(_RUN.finditer(target, kept))
    if runs:
        severity: Severity = "critical" if arabic_share(target) > _MOSTLY else "major"
        for run in runs:
            place = source.find(run[0])
            where = Span(place, place + len(run[0])) if place >= 0 else None
            message = f"Arabic was left in the English: {_shortened(run[0])}"
            flags.append(Flag(CODE, severity, message, where, Span(*run.span())))
    for unknown in _UNKNOWN.finditer(target):
        if unknown[0] not in source:
            message = "A character that the model could not write was left out of the English."
            flags.append(Flag(CODE, "major", message, None, Span(*unknown.span())))
    return flags


def _shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
