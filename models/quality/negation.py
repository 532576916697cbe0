"""A negation or a denial of the Arabic of which the English knows nothing: "he will not resign", "he would".

Fires only where the English has no word at all that denies, excludes or undoes: the rule is to be right, not
to find everything. A negation too many is not looked for: good English says much by its opposite.
"""

import re

from models.arabic import Normalised
from models.document import Flag

CODE = "negation"
#: In matching form, as all Arabic here. Before a verb, or before a noun that there is none of.
_NOT = re.compile(
    r"(?<!\w)[وف]?(?:ليس|ليست|ليسوا|لست|لسنا|ل[نم](?= [يتنا]\w\w)"
    r"|لا(?= [يتنا]\w\w| (?:شيء|وجود|حاجه|مجال|علاقه)))(?!\w)"
)
_DENIED = re.compile(r"(?<!\w)[وف]?(?:نفي|نفت|ينفي|تنفي|ينفون|نفوا|نافيا|نافيه|نافين)(?:ه|ها|هم)?(?!\w)")
#: "Not … but" is "only", "no doubt" affirms, "not yet" and "not before" are mostly said positively.
_NO_DENIAL = re.compile(
    r"(?<!\w)(?:[وف]?الا|سوي|غير|فحسب|فقط|بعد|حتي|قبل|دون|بدون"
    r"|[وف]?ل[ام] (?:[يتن]?زال\w*|ازال|[يت]زل|بد|سيما|شك|ريب|باس|محاله|حصر|[يت]قل|[يت]?كا?د|مانع))(?!\w)"
)


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b", re.IGNORECASE)


_NO = _any_of(
    r"""
    no not none non nor neither never nothing nobody nowhere without cannot \w+n['’]t hardly barely rarely
    scarcely seldom only but yet until unless little less \w+less few\w* instead rather too beyond zero
    otherwise poorly unable least fail\w* refus\w* reject\w* den(?:y|ied|ies|ying|ial)\w* lack\w* except\w*
    stop\w* avoid\w* prevent\w* absen\w* miss\w* ban(?:s|ned|ning)? prohibit\w* forbid\w* declin\w* exclud\w*
    doubt\w* ignor\w* oppos\w* resist\w* neglect\w* omit\w* wrong\w* agnost\w* impossib\w* cut los[et]\w*
    halt\w* ceas\w* abstain\w* refrain\w* withh\w+ dismiss\w* free non\w+
    dis(?!cuss|tr|cover|play|put|tinct|hes|pla|co)\w+ un(?!der|til|it|i|cles?\b)\w+
    ir(?:reg|res|rele|rev|rat|rep)\w* il(?:leg|log|liter)\w*
    im(?:mun|mut|mature|patient|perfect|polite|moral|mobil|partial|probab|prop|balance)\w*
    in(?:correct|direct|complete|accura|sufficien|adequa|capab|abil|action|visib|valid|depend|effectiv)\w*
    in(?:eligib|secur|significan|compatib|evitab|accessib|different|flex|expens|voluntar|consisten)\w*
    in(?:conclus|comprehens|curab|toler|justice|nocen|valuab|dispens|credib)\w*
    """
)
#: Further words that answer a denial.
_DENIES = _any_of(
    r"refut\w* disput\w* neg\w+ exil\w* banish\w* false\w* rul\w+\sout rebut\w* contradict\w* repudiat\w*"
)


def check(source: str, target: str, folded: Normalised) -> list[Flag]:
    """At most one flag. `folded` is the source in matching form."""
    if _NO.search(target):
        return []
    text = folded.text
    found = None if _DENIES.search(target) else _DENIED.search(text)
    if found is None and _NO_DENIAL.search(text) is None:
        asks = "؟" in source or "?" in source  # where لم is "why"
        found = next((m for m in _NOT.finditer(text) if not (asks and m[0].endswith("لم"))), None)
    if found is None:
        return []
    span = folded.to_original(*found.span())
    message = f"What {span.of(source)} negates in the Arabic may have become its opposite in the English."
    return [Flag(CODE, "major", message, span)]
