"""Hard-wrapped text: which line breaks stand inside a paragraph and end nothing.

E-mail and PDF break lines at a common width, wherever the sentence happens to be. A line that was broken
there has no room for the next line's first word; that is looked for first. Lists of headlines can look the
same by chance, so there must be proof as well: lines that end in a word which ends no sentence (في، أن،
التي), or sentences that end inside lines. Tables, list items and verse are no prose. In doubt a line ends a
sentence.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from models.arabic import INVISIBLE, TASHKEEL, TATWEEL, arabic_share
from models.list_marks import list_mark
from models.sentence_ends import sentence_ends
from models.wordlists import word_set

#: Lines of a paragraph at least; the widths in characters that people and programs wrap at.
LINES = 3
NARROWEST, WIDEST = 25, 160
#: Letters of a proportional font differ in width, so a full line may have so much less than the longest.
SLACK = 0.12
#: One running word for so many line ends; or any proof, if the paragraph ends a sentence and no line of it
#: had room at all for another word.
ENDS_PER_PROOF = 8
#: So many full lines in a row are no chance, if some of them, and not most, end a sentence.
SURE_ENDS = 6
#: Above this share of vowel signs it is verse or scripture, which are broken where they mean to be.
MOST_VOWELS = 0.15

_STOP = re.compile(rf"[.!?؟…۔:؛][\"'”»’)\]{INVISIBLE}]*\Z")
_VOWEL = re.compile(f"[{TASHKEEL}]")
_UNSEEN = re.compile(f"[{TASHKEEL}{TATWEEL}{INVISIBLE}]")
#: Two half lines of a verse, a tab, a quoted line of an e-mail.
_NO_PROSE = re.compile(r"\S(?:\s{3,}| *(?:\.{3,}|…|\*+) +)\S|\t|^\s*>")
#: Words that must have another behind them in their sentence.
_RUNNING = word_set("""
في من إلى الى على عن مع بين بعد قبل عند منذ حتى خلال ضد دون تحت فوق حول لدى أمام وراء عبر ضمن حسب وفق عقب
أن إن أنه أنها أنهم إنه إنها بأن لأن لأنه لأنها كأن لكن بل أو أم ثم
التي الذي الذين اللذين اللتين اللذان اللتان
لم لن قد لقد سوف كما إذا لو حين عندما بينما حيث إذ كي لكي مثل غير كل بعض أي سوى رغم بسبب
""")


def joints(lines: Sequence[str]) -> list[bool]:
    """For each of the lines, between which stand single line breaks: does its paragraph go on in the next?"""
    lines = [line.strip() for line in lines]
    found = [False] * len(lines)
    prose = _prose(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and prose[end]:
            end += 1
        width = max(map(len, lines[start:end]), default=0)
        for low, high in _full(lines, start, end, width):
            if _is_paragraph(lines[low:high], width):
                found[low : high - 1] = [True] * (high - 1 - low)
        start = end + 1
    return found


def _prose(lines: Sequence[str]) -> list[bool]:
    """Which lines may be a paragraph's. What one line alone begins with, and not the first, marks no item."""
    short = [len(line) <= WIDEST for line in lines]
    items = [fits and list_mark(line) is not None for line, fits in zip(lines, short, strict=True)]
    if sum(items) == 1 and not items[0]:
        items = [False] * len(lines)
    return [
        fits and not item and arabic_share(line) > 0.5 and _NO_PROSE.search(line) is None
        for line, fits, item in zip(lines, short, items, strict=True)
    ]


def _full(lines: Sequence[str], start: int, end: int, width: int) -> list[tuple[int, int]]:
    """Runs of lines[start:end] of which all but the last are full."""
    runs: list[tuple[int, int]] = []
    low = start
    for n in range(start, end):
        if n + 1 == end or _room(lines[n], lines[n + 1]) <= width * (1 - SLACK):
            runs.append((low, n + 1))
            low = n + 1
    return runs


def _room(line: str, following: str) -> int:
    """The length of the line if the next one's first word stood in it too."""
    return len(line) + 1 + len(following.split(maxsplit=1)[0])


def _is_paragraph(lines: Sequence[str], width: int) -> bool:
    if len(lines) < LINES or width < NARROWEST:
        return False
    text = "".join(lines)
    if len(_VOWEL.findall(text)) > MOST_VOWELS * len(text):
        return False
    ends = len(lines) - 1
    stops = sum(_STOP.search(line) is not None for line in lines[:-1])
    if 2 * stops > ends:
        return False
    running = sum(map(_runs_on, lines[:-1]))
    if ENDS_PER_PROOF * running >= ends:
        return True
    if not _STOP.search(lines[-1]) or any(_room(a, b) <= width for a, b in pairwise(lines)):
        return False
    if running:
        return True
    within = ends >= SURE_ENDS and stops > 0  # sentences of more lines than one
    return 3 * stops <= ends and (within or any(sentence_ends(line) for line in lines))


def _runs_on(line: str) -> bool:
    last = _UNSEEN.sub("", line).split()[-1:]
    return bool(last) and (last[0] in _RUNNING or (last[0][0] in "وف" and last[0][1:] in _RUNNING))
