"""Any text through the whole text layer: normalise, segment, cut with the real tokenizer, join.

A handful of examples by default; `MUJAZ_HYPOTHESIS=thorough` makes 10,000.
"""

import os
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import sentencepiece
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.arabic import INVISIBLE, for_matching, for_model, has_arabic
from models.chunk import cut, join
from models.document import Span
from models.segment import segment

EXAMPLES = 10_000 if os.environ.get("MUJAZ_HYPOTHESIS") == "thorough" else 150
STARTER_SPM = Path(__file__).parents[2] / "models" / "starter" / "hf" / "source.spm"
#: White space, invisible characters, borders and rules of tables.
NOTHING_VISIBLE = re.compile(rf"[\s{INVISIBLE}|+:=\-‐-―_]*")

_WORDS = (
    "وصل الوفد إلى دمشق، وقال: «لن نعود.» حيث د. أ.د. ق.م. هـ. ص.ب. "
    "مُحَمَّدٌ العـــربية ﻻ ﷲ ﷺ ١٬٢٣٤٫٥ 12,500 3.5 "
    "BBC U.N. Mr. https://example.com/a?b=c. info@example.com "
    '… ... ؟! ؛ “قسد” "نعم" ( ) [1] • — 😀 👍🏽 👨‍👩‍👧 '
    "e\u0301 \u200f \u202b \ufeff \x00 \x85 \u2028 \u00a0 \t \n \r\n \n\n "
    "ا\u0653 Straße İ ｆｕｌｌ 中文。 \ud800"
)
PIECES = st.one_of(
    st.sampled_from(_WORDS.split(" ")),
    st.text(max_size=12),
    st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ", min_size=1, max_size=40),
    st.text(alphabet="ًٌٍَُِّْـ٠١٢۳۴", min_size=1, max_size=6),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Zs", "So", "Mn", "Cs"]), max_size=6),
)


@st.composite
def articles(draw: st.DrawFn) -> str:
    """Pieces of every kind with and without white space between them."""
    pieces = draw(
        st.lists(st.tuples(PIECES, st.sampled_from(["", " ", " ", " ", "\n", ". ", "، "])), max_size=40)
    )
    return "".join(piece + gap for piece, gap in pieces)


@cache
def tokenizer() -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_file=str(STARTER_SPM))


def count(texts: Sequence[str]) -> list[int]:
    return [len(pieces) for pieces in tokenizer().encode(list(texts))]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=articles(), limit=st.sampled_from([4, 8, 16, 40]))
def test_nothing_lost_or_reordered(text: str, limit: int) -> None:
    segments = segment(text)
    at = 0
    for s in segments:
        assert NOTHING_VISIBLE.fullmatch(text, at, s.start)
        check_segment(s.span.of(text), limit)
        at = s.end
    assert NOTHING_VISIBLE.fullmatch(text, at)
    assert [s.index for s in segments] == list(range(len(segments)))


def check_segment(sentence: str, limit: int) -> None:
    normalised = for_model(sentence)
    assert for_model(normalised.text).text == normalised.text
    assert has_arabic(normalised.text) == has_arabic(sentence)
    for_matching(sentence)
    spans = cut(normalised.text, limit, count)
    check_chunks(normalised.text, spans, limit)
    originals = [normalised.to_original(s.start, s.end) for s in spans]
    for before, after in pairwise(originals):
        assert before.start <= after.start  # a ligature may be cut between two chunks: both have it
        assert before.end <= after.end
    for original in originals:
        assert 0 <= original.start < original.end <= len(sentence)
    if originals:
        # what stands before, between and behind the chunks is invisible in the original too, or a hashtag's sign
        ends = [0, *(o.end for o in originals)]
        starts = [*(o.start for o in originals), len(sentence)]
        for end, start in zip(ends, starts, strict=True):
            assert start < end or not re.sub(r"[\s#＃_]", "", for_model(sentence[end:start]).text)
    check_join(normalised.text, spans)


def check_chunks(text: str, spans: Sequence[Span], limit: int) -> None:
    at = 0
    for span in spans:
        assert at <= span.start < span.end
        assert not text[at : span.start].strip()
        at = span.end
    assert not text[at:].strip()
    if spans:
        sizes = count([s.of(text) for s in spans])
        assert all(n <= limit or s.end - s.start == 1 for n, s in zip(sizes, spans, strict=True))


def check_join(text: str, spans: Sequence[Span]) -> None:
    """With an engine that numbers its chunks every output stands once, in order, at its place."""
    outputs = [f"The {k} part." for k in range(len(spans))]
    english, places = join(text, spans, outputs)
    assert re.findall(r"\d+", english) == [str(k) for k in range(len(spans))]
    at = 0
    for k, place in enumerate(places):
        assert english[at : place.start] in ("", " ")
        assert f" {k} part" in place.of(english)
        at = place.end
    assert at == len(english)
