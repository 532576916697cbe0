"""One summary over all articles of a story: their own sentences, each with the places where it stands.

Sentences that nearly say the same are one candidate with several places, so that the twentieth copy of a
report doesn't outvote the others; its wording is that of the latest article that isn't a cut version, which
has the corrections, and it is quoted from the first article that says it so. Then
as in a summary of one article: centrality, place in its article, likeness to the headline, and maximal
marginal relevance. English is never made here: a candidate is a stretch of an article that has its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import arabic
from models.document import Source
from models.summarize.boilerplate import is_boilerplate, is_heading, is_question
from models.summarize.ranking import (
    centrality,
    cosines,
    leans_back,
    position,
    tf_idf,
    title_likeness,
)
from models.summarize.terms import stems

if TYPE_CHECKING:
    from models.summarize.ranking import Matrix

#: Changes whenever the same story could be summarised differently.
SUMMARY_VERSION = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an article in both languages. `order` is its place among those of its article; `flags` are
    carried along. `cut`: its article is a cut version of another one."""

    article: str
    source: Source
    order: int
    ar: str
    en: str
    flags: tuple[Any, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class StorySentence:
    """`stretch` is what is shown; `sources` are all places that nearly say it, that one first."""

    stretch: Stretch
    sources: tuple[Stretch, ...]
    score: float


@dataclass(frozen=True, slots=True)
class StoryOptions:
    """Weights of the score's parts. `same`: cosine from which two sentences say the same; `redundancy`: the
    price of likeness to what is in already, high because every article begins with the same news."""

    sentences: int = 4
    centrality: float = 1.0
    position: float = 1.5
    title: float = 0.6
    redundancy: float = 2.0
    dangling: float = 0.8
    same: float = 0.75
    duplicate: float = 0.6
    min_words: int = 8
    max_words: int = 45
    candidates: int = 200


def summarize(
    stretches: Sequence[Stretch], title: str | None, options: StoryOptions = StoryOptions()
) -> list[StorySentence]:
    """Up to `options.sentences` of the stretches, which come article by article, earliest first; in that
    order. Deterministic; empty only for no stretches."""
    offered = _offered(stretches, options)[: options.candidates]
    groups = _groups(offered, options.same)
    if not groups:
        return []
    likeness = cosines(tf_idf([stems(group[0].ar) for group in groups]))
    scores = _scores(groups, likeness, title, options)
    chosen = _choose(scores, likeness, options)
    return [StorySentence(groups[i][0], tuple(groups[i]), round(float(scores[i]), 4)) for i in sorted(chosen)]


def _offered(stretches: Sequence[Stretch], options: StoryOptions) -> list[Stretch]:
    """Whole sentences of a readable length where there are any."""
    story = [s for s in stretches if not is_boilerplate(s.ar)]
    prose = [s for s in story if not is_heading(s.ar) and not is_question(s.ar)]
    short = [s for s in prose if len(s.ar.split()) <= options.max_words]
    return short or prose or story or list(stretches)


def _groups(offered: Sequence[Stretch], same: float) -> list[list[Stretch]]:
    """Stretches that nearly say the same, in the order of the first ones; the one to quote leads each."""
    if not offered:
        return []
    plain = [" ".join(arabic.for_matching(s.ar).text.split()) for s in offered]
    likeness = cosines(tf_idf([stems(s.ar) for s in offered]))
    groups: list[list[int]] = []
    for i in range(len(offered)):
        fitting = (g for g in groups if plain[g[0]] == plain[i] or likeness[g[0], i] >= same)
        group = next(fitting, None)
        if group is None:
            groups.append([i])
        elif all(offered[j].article != offered[i].article for j in group):
            group.append(i)
    return [_led(group, offered, plain) for group in groups]


def _led(group: Sequence[int], offered: Sequence[Stretch], plain: Sequence[str]) -> list[Stretch]:
    """The words of the latest that isn't of a cut version, where they stood first."""
    whole = [i for i in group if not offered[i].cut] or group
    lead = next(i for i in whole if plain[i] == plain[whole[-1]])
    return [offered[lead], *(offered[i] for i in group if i != lead)]


def _scores(
    groups: Sequence[Sequence[Stretch]], likeness: "Matrix", title: str | None, options: StoryOptions
) -> "Matrix":
    import numpy as np  # 50 ms: a start does without

    texts = [group[0].ar for group in groups]
    scores = options.centrality * centrality(likeness)
    scores += options.position * np.array([max(position(s.order) for s in group) for group in groups])
    if title:
        scores += options.title * title_likeness(texts, title)
    for i, text in enumerate(texts):
        scores[i] *= min(1.0, len(text.split()) / options.min_words)
        if leans_back(text):
            scores[i] *= options.dangling
    return scores


def _choose(scores: "Matrix", likeness: "Matrix", options: StoryOptions) -> list[int]:
    import numpy as np

    chosen: list[int] = []
    closest = np.zeros(len(scores))
    open_ = np.ones(len(scores), dtype=bool)
    while len(chosen) < options.sentences:
        open_ &= closest < options.duplicate
        if not open_.any():
            break
        best = int(np.argmax(np.where(open_, scores - options.redundancy * closest, -np.inf)))
        open_[best] = False
        chosen.append(best)
        closest = np.maximum(closest, likeness[:, best])
    return chosen
