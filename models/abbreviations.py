"""Abbreviations whose full stop does not end a sentence, as they stand in Arabic news.

Single letters and dotted letters (د. أ.د. ق.م. U.N.) need no list: `segment` knows them by their shape.
"""

import re

#: Arabic abbreviations of two letters and more. Those that usually stand last (إلخ.) are not here.
ARABIC = frozenset("مج تح تحق صص بروف أد ود لد وأ وم".split())
#: Latin abbreviations always followed by a name, a number or an example.
LATIN_OPENING = frozenset(
    "mr mrs ms dr prof st mt gen col maj capt lt sgt rev hon sen rep gov pres vs cf e.g i.e approx ave blvd "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
#: Latin abbreviations only before a number ("No. 5"); otherwise ordinary words.
LATIN_NUMBERED = frozenset("no nos fig figs vol vols p pp ed eds".split())
#: Latin abbreviations that may end a sentence: the next word decides.
LATIN_CLOSING = frozenset("etc inc ltd co corp jr sr al bros dept est a.m p.m".split())

#: Era and unit letters after a number: `1445هـ.` and `622 م.` close their sentence like any other word.
AFTER_NUMBER = frozenset("م هـ ه كم سم مم كلم".split())

#: Verbs that carry a sentence on after a quotation: «هل تأتي؟» سأل الرجل.
REPORTING = frozenset(
    "قال قالت قالوا يقول تقول سأل سألت يسأل تساءل تساءلت أجاب أجابت يجيب رد ردت أضاف أضافت تابع تابعت هتف "
    "هتفت هتفوا صاح صاحت صرخ صرخت كتب كتبت علق علقت همس همست أردف أردفت استطرد هكذا بهذه".split()
)

#: Dotted letters: أ.د ق.م ص.ب أ.ف.ب U.N (the last full stop not included).
DOTTED = re.compile(r"(?:[^\W\d_]{1,2}ـ?\.)+[^\W\d_]{1,2}ـ?\Z")
