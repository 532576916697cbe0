"""Words that turn a statement round, in the form of `arabic.for_matching`."""

from collections.abc import Sequence
from enum import Enum, auto

from models.wordlists import word_set

_NEGATORS = word_set("""
لم لن لا ليس ليست ليسوا لست دون بدون بلا عدم غير ولم ولن ولا وليس وليست فلم فلن فلا ودون بعدم
وعدم وبدون وبلا لعدم
not no never without none nobody nothing neither nor cannot can't won't don't doesn't didn't isn't aren't
wasn't weren't hasn't haven't hadn't wouldn't couldn't shouldn't
""")
#: Verbs that say that what follows is not so.
_DENIALS = word_set("""
نفي نفت ينفي تنفي نفوا ونفي ونفت نافيا نافيه نفيه نفيها استبعد استبعدت يستبعد تستبعد يستبعدون واستبعد مستبعدا
deny denies denied denying refuted refutes dismissed dismisses rejected
""")
#: Negators that negate nothing: "still", "but", "not only", "especially".
_HARMLESS = {
    ("لا", "تزال"), ("لا", "يزال"), ("لا", "يزالون"), ("لا", "زال"), ("لا", "سيما"), ("لا", "بد"),
    ("ولا", "يزال"), ("ولا", "تزال"), ("ولا", "سيما"), ("لا", "شك"), ("غير", "ان"), ("غير", "انه"),
    ("غير", "انها"), ("not", "only"), ("no", "doubt"), ("no", "matter"), ("دون", "سن"),
}  # fmt: skip
#: Helpers beside a negation that state nothing themselves.
NEUTRAL = _NEGATORS | word_set(
    "تزال يزال زال زالت سيما do does did can could would will shall may might must to able"
)


class Cue(Enum):
    """What a word does to those after it."""

    NEGATION = auto()
    DENIAL = auto()
    DOUBLE = auto()


def cue(forms: Sequence[str], at: int) -> tuple[Cue | None, int]:
    """What stands at `at`, and over how many words. A negated denial ("did not rule out") is `DOUBLE`."""
    form = forms[at]
    following = forms[at + 1] if at + 1 < len(forms) else ""
    if form in _NEGATORS:
        if (form, following) in _HARMLESS:
            return None, 1
        if following in _DENIALS:
            return Cue.DOUBLE, 2
        return Cue.NEGATION, 1
    return (Cue.DENIAL, 1) if form in _DENIALS else (None, 1)
