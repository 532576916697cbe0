"""Pairs of opposites that news lives on; a summary that has one where the article has the other is wrong."""

from functools import cache
from itertools import product

from models import arabic
from models.summarize.statement import key

#: One side and the other; a comma between words of the same side.
_PAIRS = """
خفض رفع|تراجع ارتفع|انخفض ارتفع|هبط صعد|قبل رفض|وافق رفض|ايد عارض|اكد نفي|فاز خسر|نجح فشل|افتتح اختتم
بدا انتهي|فتح اغلق|زاد نقص|اكثر اقل|قبل بعد|مع ضد|سمح منع|اعتقل افرج|دخل خرج|الغي اقر|سلم حرب
مدين بريء|حي ميت
rose,risen,rise,increased,grew,climbed fell,fallen,fall,decreased,dropped,declined|more less|up down
won,win lost,lose
accept reject|accepted rejected|approved rejected|confirmed denied|supported opposed|opened closed
allow forbid|allowed banned|before after|arrested released|succeeded failed|gained lost|higher lower
largest smallest|first last|began ended|agreed refused|raised cut|raise cut|all none|guilty innocent
alive dead|increase cut|soared plunged
"""


@cache
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.replace("\n", "|").strip("|").split("|"):
        sides = [[key(arabic.for_matching(word).text) for word in side.split(",")] for side in pair.split()]
        for one, other in product(*sides):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


def opposite(word_key: str) -> frozenset[str]:
    """Keys of the opposites of a word's key."""
    return _table().get(word_key, frozenset())
