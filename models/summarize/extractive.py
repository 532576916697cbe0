"""The default summary: the article's own most central clauses, so nothing in it can be invented.

Graph centrality over TF-IDF cosines (LexRank, Erkan and Radev 2004, continuous form), a prior for the opening
(news tells the most important thing first), likeness to the title, and maximal marginal relevance (Carbonell
and Goldstein 1998) against saying a thing twice. Deterministic. Weights were chosen on one half of a
development set and measured on the other (docs/summaries.md).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import arabic, chunk
from models.document import Segment, Source, Span
from models.summarize import Pick, SummaryInput
from models.summarize.boilerplate import is_boilerplate, is_heading, is_question
from models.summarize.ranking import (
    Row,
    centrality,
    cosines,
    leans_back,
    position,
    tf_idf,
    title_likeness,
)
from models.summarize.terms import count_words, stems

if TYPE_CHECKING:
    from models.summarize.ranking import Matrix

#: Changes whenever the same article could be summarised differently.
EXTRACTIVE_VERSION = 5


@dataclass(frozen=True, slots=True)
class ExtractiveOptions:
    """Weights of the score's parts (each part lies in 0..1) and bounds in words.

    Sentences over `long_words` words are offered as clauses of `min_words` to `max_words`; candidates
    shorter than `min_words` lose in proportion. `redundancy` is the price of likeness to what is already in;
    from `duplicate` on it says the same and stays out.
    `candidates` bounds the graph: an article with more keeps the opening and the most central ones.
    """

    centrality: float = 1.0
    position: float = 4.0
    title: float = 0.6
    redundancy: float = 0.2
    dangling: float = 0.8
    duplicate: float = 0.9
    long_words: int = 45
    min_words: int = 8
    max_words: int = 40
    candidates: int = 400


@dataclass(frozen=True, slots=True)
class _Candidate:
    segment: Segment
    span: Span  # over the article's text
    text: str
    order: int  # in the story: the segment's, and two more for each clause before it in its sentence
    opening: bool  # starts its sentence


class ExtractiveSummarizer:
    """See the module docstring. Holds no state."""

    def __init__(self, options: ExtractiveOptions = ExtractiveOptions()) -> None:
        self.options = options

    @property
    def signature(self) -> str:
        return f"extractive:{EXTRACTIVE_VERSION}"

    def summarize(self, article: SummaryInput) -> list[Pick]:
        """Picks in article order. An article of nothing but headings gives its headings."""
        candidates = self._candidates(article)
        if not candidates:
            return []
        rows = tf_idf([stems(c.text) for c in candidates])
        candidates, rows = self._capped(candidates, rows)
        likeness = cosines(rows)
        scores = self._scores(candidates, likeness, article.title)
        chosen = self._choose(candidates, scores, likeness, article)
        return [
            Pick(c.text, round(float(scores[i]), 4), (Source(c.segment.index, c.span.start, c.span.end),))
            for i, c in sorted(((i, candidates[i]) for i in chosen), key=lambda pair: pair[1].span.start)
        ]

    def _candidates(self, article: SummaryInput) -> list[_Candidate]:
        texts = [(s, s.span.of(article.text)) for s in article.segments]
        story = [(s, t) for s, t in texts if not is_boilerplate(t)]
        prose = [(s, t) for s, t in story if not is_heading(t) and not is_question(t)]
        found: list[_Candidate] = []
        for order, (segment, text) in enumerate(prose or story or texts):
            for n, span in enumerate(self._clauses(text)):
                place = span.shifted(segment.start)
                found.append(_Candidate(segment, place, place.of(article.text), order + 2 * n, n == 0))
        return found

    def _clauses(self, text: str) -> list[Span]:
        if len(text.split()) <= self.options.long_words:
            return [Span(0, len(text))]
        return chunk.clauses(text, self.options.min_words, self.options.max_words)

    def _capped(self, candidates: list[_Candidate], rows: list[Row]) -> tuple[list[_Candidate], list[Row]]:
        """The graph is quadratic in its nodes; a long article keeps those nearest to its centre of mass,
        with a bonus for the opening."""
        limit = self.options.candidates
        if len(candidates) <= limit:
            return candidates, rows
        import numpy as np  # 50 ms: a start does without

        centre: defaultdict[str, float] = defaultdict(float)
        for row in rows:
            for word, weight in row.items():
                centre[word] += weight / len(rows)
        worth = [
            sum(weight * centre[word] for word, weight in row.items()) + 0.5 * position(candidate.order)
            for row, candidate in zip(rows, candidates, strict=True)
        ]
        kept = np.sort(np.argsort(-np.array(worth), kind="stable")[:limit])
        return [candidates[i] for i in kept], [rows[i] for i in kept]

    def _scores(self, candidates: Sequence[_Candidate], likeness: "Matrix", title: str | None) -> "Matrix":
        import numpy as np

        o = self.options
        scores = o.centrality * centrality(likeness)
        scores += o.position * np.array([position(c.order) for c in candidates])
        if title:
            scores += o.title * title_likeness([c.text for c in candidates], title)
        for i, candidate in enumerate(candidates):
            scores[i] *= min(1.0, len(candidate.text.split()) / o.min_words)
            if not candidate.opening or leans_back(candidate.text):
                scores[i] *= o.dangling
        return scores

    def _choose(
        self, candidates: Sequence[_Candidate], scores: "Matrix", likeness: "Matrix", article: SummaryInput
    ) -> list[int]:
        """Maximal marginal relevance: the best of what is left, less its likeness to what is in. The budget
        is kept unless every candidate is over it."""
        import numpy as np

        sizes = np.array([len(c.text.split()) for c in candidates])
        room = article.length.word_budget(count_words([article.text]))
        left = float("inf") if room is None else float(max(room, sizes.min()))
        wanted = article.length.sentences or len(candidates)
        chosen: list[int] = []
        closest = np.zeros(len(candidates))
        said: set[str] = set()
        open_ = np.ones(len(candidates), dtype=bool)
        while len(chosen) < wanted:
            open_ &= (sizes <= left) & (closest < self.options.duplicate)
            if not open_.any():
                break
            best = int(np.argmax(np.where(open_, scores - self.options.redundancy * closest, -np.inf)))
            open_[best] = False
            plain = arabic.for_matching(candidates[best].text).text
            if plain not in said:  # a text of function words only has no vector to be like another's
                said.add(plain)
                chosen.append(best)
                left -= sizes[best]
                closest = np.maximum(closest, likeness[:, best])
        return chosen
