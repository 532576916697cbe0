"""Lines that belong to the page and not to the story: they must never stand in a summary."""

import re

from models import arabic

#: Openings (after matching normalisation) of lines that sites put around an article.
_OPENINGS = """
اقرا ايضا|اقرا المزيد|للمزيد|المزيد من|تابعونا|تابعنا|تابع|اشترك|شاهد|شاهدوا|بالفيديو|بالصور|فيديو|صور|تصوير
المصدر|مصدر الصوره|التعليق علي الصوره|صدر الصوره|حقوق النشر|جميع الحقوق|كتب|كتبت|تحرير|اعداد|ترجمه|نشر في
تاريخ النشر|اخر تحديث|شارك|انشر|وسوم|كلمات مفتاحيه|مواضيع متعلقه|مواضيع ذات صله|اخبار ذات صله|روابط|انقر
اضغط|حمل تطبيق|لمتابعه|يمكنكم متابعه|يمكنك متابعه|هذا المحتوي|اعلان|ننشر لكم|رويترز
read more|follow us|subscribe|photo|image|source:|copyright|advertisement|share
""".strip().replace("\n", "|")
_ANYWHERE = re.compile(
    r"حقوق النشر محفوظه|جميع الحقوق محفوظه|تابعونا علي|للاشتراك في|النشره البريديه|صفحتنا علي|قناتنا علي|"
    r"all rights reserved|click here|https?://\S+$"
)
#: Such an opening alone makes a short line; before a colon or a bar it makes any line.
_OPENING = re.compile(rf"\W*(?:{_OPENINGS})(?:\s*[:：؛|/\-–(]|\s+\S+(?:\s+\S+){{0,11}}\W*$)")
_BULLET = re.compile(r"\s*(?:[•●▪■◦‣*–—-]|\d{1,2}[.)-])\s")
_DATELINE = re.compile(
    r"^\W*[\w ]{2,30}\W{1,3}(?:\(?(?:وكالات|رويترز|ا ف ب|د ب ا|سانا|واس|وام|قنا|بترا)\)?)\W*$"
)
_ENDS = tuple(".!؟?…۔»”\"'’)]")


def is_boilerplate(text: str) -> bool:
    """Site furniture, bylines, captions, datelines."""
    plain = arabic.for_matching(text).text.strip()
    return bool(_ANYWHERE.search(plain) or _OPENING.match(plain) or _DATELINE.match(plain))


def is_heading(text: str) -> bool:
    """A short line without an end mark, or a list item: true of titles, table cells and captions."""
    return (len(text.split()) < 10 and not text.rstrip().endswith(_ENDS)) or bool(_BULLET.match(text))


def is_question(text: str) -> bool:
    return text.rstrip(" »”\"'’)]").endswith(("؟", "?"))
