"""Emoji and flags of the Arabic that are not in the English."""

import re
from collections import Counter

from models.document import Flag, Span

CODE = "emoji_lost"
_EMOJI = (
    "\U0001f1e6-\U0001f1ff\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff"
    "\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23fa"
)
_RUN = re.compile(
    f"[{_EMOJI}](?:[\u200d\ufe0f{_EMOJI}\U000e0020-\U000e007f]| (?=[{_EMOJI}]))*|[0-9#*]\ufe0f?\u20e3"
)
#: Skin tones, variation selectors, joiners and tags say how one looks, not which one it is.
_LOOKS = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f ]+")


def check(source: str, target: str) -> list[Flag]:
    """One flag for each run of emoji of which one is not in the English as often."""
    left = Counter(_LOOKS.sub("", target))
    flags = []
    for run in _RUN.finditer(source):
        wanted = Counter(_LOOKS.sub("", run[0]))
        if any(left[sign] < count for sign, count in wanted.items()):
            message = f"The English lost {run[0]}, which stands in the Arabic."
            flags.append(Flag(CODE, "minor", message, Span(*run.span())))
        left -= wanted
    return flags
