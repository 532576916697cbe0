"""A question that became a statement, or a statement that became a question."""

import re

from models.arabic import Normalised
from models.document import Flag, Span

CODE = "question"
_MARK = re.compile("[?؟]")
_WHETHER = re.compile(r"(?<!\w)[وف]?هل(?!\w)")
#: A question that is told: "asked whether".
_TOLD = re.compile(r"\b(?:if|whether|or)\b", re.IGNORECASE)
#: In matching form. Where one of these stands, the mark may have been left out. ما, من and أي are mostly no
#: question words, but short questions begin with them.
_ASKS = re.compile(
    r"(?<!\w)[وف]?(?:هل|ماذا|لماذا|كيف|اين|متي|كم|اليس|الم|الن|هلا|لما|لم|بكم|لمن|ايمكن)(?!\w)"
    r"|(?<!\w)[وف]?(?:شو|ليش|وين|ازاي|ليه|فين)(?!\w)"
    r"|^\W*[وف]?(?:ما|من|اي|ايه|عم|مم|بم|ممكن)(?!\w)|(?:كذلك|كذالك|صحيح)\W*$"
)


def check(source: str, target: str, folded: Normalised) -> list[Flag]:
    """At most one flag. `folded` is the source in matching form."""
    asks = list(_MARK.finditer(target))
    if not asks:
        span = _asked(source, target, folded)
        return (
            [Flag(CODE, "major", "The question in the Arabic is none in the English.", span)] if span else []
        )
    if _MARK.search(source) or _ASKS.search(folded.text):
        return []
    mark = Span(*asks[-1].span())
    return [Flag(CODE, "major", "The English asks what the Arabic says.", None, mark)]


def _asked(source: str, target: str, folded: Normalised) -> Span | None:
    """Where the Arabic asks: its mark, or a هل that the English doesn't tell of."""
    if (mark := _MARK.search(source)) is not None:
        return Span(*mark.span())
    word = None if _TOLD.search(target) else _WHETHER.search(folded.text)
    return folded.to_original(*word.span()) if word else None
