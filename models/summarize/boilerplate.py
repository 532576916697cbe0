"""Lines that belong to the page and not to the story: they must never stand in a summary."""

import re

from models import arabic
from models.wordlists import word_set

#: Openings (in matching form) that no sentence of a story has.
_CERTAIN = """
اقرا ايضا|اقرا المزيد|تابعونا|تابعنا|تابعوا|شاهدوا|بالفيديو|بالصور|التعليق علي الصوره|حقوق النشر|جميع الحقوق
تاريخ النشر|اخر تحديث|كلمات مفتاحيه|كلمات دلاليه|مواضيع متعلقه|مواضيع ذات صله|اخبار ذات صله|مقالات ذات صله
يمكنكم متابعه|يمكنك متابعه|هذا المحتوي|ننشر لكم|شارك المقال|شارك هذا|read more|follow us|subscribe
""".strip().replace("\n", "|")
#: Openings that are also verbs and nouns of the news: تابع الوزير زيارته, شاهد عشرات السكان, صور الأقمار.
_DOUBTFUL = """
للمزيد|المزيد من|تابع|اشترك|شاهد|فيديو|صور|صوره|تصوير|المصدر|المصادر|كتب|كتبت|تحرير|اعداد|ترجمه|نشر في|نشرت في
شارك|انشر|وسوم|روابط|انقر|اضغط|حمل|لمتابعه|اعلان|تقرير|photo|image|source|copyright|advertisement|share
""".strip().replace("\n", "|")
#: Of photographs, whatever follows: agencies' captions end like sentences.
_CAPTION = re.compile(r"\W*(?:صدر الصوره|مصدر الصوره|التعليق علي الصوره)\s*[،,:：]")
_ANYWHERE = re.compile(
    r"حقوق النشر محفوظه|جميع الحقوق محفوظه|تابعونا علي|للاشتراك في|النشره البريديه|صفحتنا علي|قناتنا علي|"
    r"(?:اضغط|انقر|اضغطوا|انقروا) هنا|all rights reserved|click here"
)
_ADDRESS = re.compile(r"https?://\S")
#: As the label of a line.
_LABEL = re.compile(rf"\W*(?:{_CERTAIN}|{_DOUBTFUL})(?:\s+ايضا)?\s*(?:[:：|/]|\.\.|…|[-–—]\s)")
_CERTAIN_OPENING = re.compile(rf"\W*(?:{_CERTAIN})(?!\w)")
_DOUBTFUL_OPENING = re.compile(rf"\W*(?:{_DOUBTFUL})(?!\w)")
_AGENCY = "وكالات|رويترز|ا ف ب|اف ب|د ب ا|سانا|واس|وام|قنا|بترا"
_DATELINE = re.compile(rf"\W*(?:[\w ]{{2,30}}\s?[-–—(/،|]\s?)?\(?(?:{_AGENCY})\)?\s*[-–—]?\s*")
_ASKING = word_set("""
هل لماذا كيف متي اين من ما ماذا كم اي ايه الا اليس اليست فهل وهل فماذا وماذا فكيف وكيف ومن فمن فما وما
what why how when where who which is are do does did can could will would should has have
""")
_BULLET = re.compile(r"\s*(?:[•●▪■◦‣*–—-]|\d{1,2}[.)-])\s")
_SENTENCE_ENDS = tuple(".!؟?")
_ENDS = (*_SENTENCE_ENDS, *"…۔»”\"'’)]")
#: In words: an unfinished line that opens like furniture is furniture up to this length.
_CERTAIN_LENGTH, _DOUBTFUL_LENGTH = 12, 5


def is_boilerplate(text: str) -> bool:
    """Site furniture, bylines, captions, datelines.

    A sentence that ends as one is the story's, unless it opens with a label (المصدر: …) or says what only
    sites say."""
    plain = arabic.for_matching(text).text.strip()
    if _ANYWHERE.search(plain) or _LABEL.match(plain) or _CAPTION.match(plain) or _DATELINE.fullmatch(plain):
        return True
    written = plain.split()
    if written and _ADDRESS.search(written[-1]):
        return True
    words = len(written)
    if words > _CERTAIN_LENGTH or plain.endswith(_SENTENCE_ENDS):
        return False
    return bool(
        _CERTAIN_OPENING.match(plain) or (words <= _DOUBTFUL_LENGTH and _DOUBTFUL_OPENING.match(plain))
    )


def is_heading(text: str) -> bool:
    """A short line without an end mark, or a list item: true of titles, table cells and captions."""
    return (len(text.split()) < 10 and not text.rstrip().endswith(_ENDS)) or bool(_BULLET.match(text))


def is_question(text: str) -> bool:
    """Is it nothing but a question (closing quotes and brackets aside)? A long sentence that states something
    before it asks is not."""
    if not text.rstrip(" »”\"'’)]").endswith(("؟", "?")):
        return False
    words = arabic.for_matching(text).text.split()
    return len(words) < _CERTAIN_LENGTH or words[0].strip("«\"'([-–— ") in _ASKING
