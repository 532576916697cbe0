"""Signs that a sentence says something else than the passages that it was made from.

Each rule looks at words that both sides share, so it finds what summarization models do wrong with copied
material: numbers changed or exchanged, negations lost or added, names swapped, one word put for another.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from models.document import Span
from models.quality.mention import unmatched
from models.summarize.opposites import opposite
from models.summarize.roles import exchanged
from models.summarize.statement import Statement, Word

Kind = Literal["number", "name", "negation", "order", "word", "detail"]
Side = tuple[str, str]

#: How far a number's or a name's neighbourhood goes, in content words.
_NEAR = 3
#: Something belongs to another's place when it fits there better by this much.
_MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is wrong, and where in the sentence."""

    kind: Kind
    message: str
    span: Span


def find(
    sentence: Statement, passages: Sequence[Statement], article: Sequence[Statement]
) -> list[Contradiction]:
    """All signs against `sentence`, given the passages that support it best and all there are."""
    rules = (_numbers, _number_places, _negations, _exchanged, _opposites, _replaced)
    return [*_names(sentence, article), *(found for rule in rules for found in rule(sentence, passages))]


def _numbers(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    offered = [m for p in passages for m in p.all_numbers]
    for mention in unmatched(list(sentence.numbers), offered):
        text = mention.span.of(sentence.text)
        yield Contradiction("number", f"The {mention.kind} {text} isn't in the article there.", mention.span)


def _number_places(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    """A number that stands where the article has another one."""
    for mention in sentence.numbers:
        if mention.kind != "number":
            continue
        here = _neighbours(sentence, mention.span)
        same = other = 0.0
        for passage in passages:
            for candidate in passage.numbers:
                fit = _fit(here, _neighbours(passage, candidate.span))
                if candidate.values & mention.values:
                    same = max(same, fit)
                elif candidate.kind == "number":
                    other = max(other, fit)
        if other >= same + _MARGIN:
            text = mention.span.of(sentence.text)
            yield Contradiction(
                "number", f"The article has another number where {text} stands.", mention.span
            )


def _names(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    """English names and Arabic names of places that stand nowhere in the article."""
    known = {word.key for p in passages for word in p.words} | set(_acronyms(passages))
    for word in sentence.words:
        text = word.span.of(sentence.text)
        if word.name and word.key not in known and text.casefold().strip(".") not in known:
            yield Contradiction("name", f"The name {text} isn't in the article.", word.span)


def _acronyms(passages: Sequence[Statement]) -> Iterator[str]:
    for passage in passages:
        initials = [w.span.of(passage.text)[0] for w in passage.words]
        for i in range(len(initials)):
            for j in range(i + 2, min(len(initials), i + 6) + 1):
                if all(c.isupper() for c in initials[i:j]):
                    yield "".join(initials[i:j]).casefold()


def _negations(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    """What is negated here and nowhere in the passages, or in the passages only."""
    there = _polarities(passages)
    here = _polarities([sentence])
    for scope in _scopes(sentence):
        shared = [w for w in scope if w.key in there]
        wrong = [w for w in shared if True not in there[w.key]]
        if shared and 2 * len(wrong) > len(shared):
            yield _negation("negated here but not in the article", shared[0], sentence)
    for passage in passages:
        for scope in _scopes(passage):
            shared = [w for w in scope if w.key in here and there[w.key] == {True}]
            wrong = [w for w in shared if True not in here[w.key]]
            if (len(shared) > 1 or len(scope) < 3) and 2 * len(wrong) > len(shared):
                word = next(w for w in sentence.words if w.key == wrong[0].key)
                yield _negation("negated in the article but not here", word, sentence)


def _negation(what: str, word: Word, sentence: Statement) -> Contradiction:
    return Contradiction("negation", f"{word.span.of(sentence.text)} is {what}.", word.span)


def _polarities(statements: Sequence[Statement]) -> dict[str, set[bool]]:
    found: dict[str, set[bool]] = {}
    for statement in statements:
        for word in statement.words:
            found.setdefault(word.key, set()).add(word.negated)
    return found


def _scopes(statement: Statement) -> Iterator[list[Word]]:
    """Runs of negated words."""
    run: list[Word] = []
    for word in statement.words:
        if word.negated:
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _exchanged(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    span = exchanged(sentence, passages)
    if span is not None:
        text = span.of(sentence.text)
        yield Contradiction("order", f"Two parties have changed places: {text}", span)


def _neighbours(statement: Statement, place: Span) -> Counter[Side]:
    """Content words on each side of a place, the nearer the heavier."""
    before = [w.key for w in statement.words if w.span.end <= place.start][-_NEAR:]
    after = [w.key for w in statement.words if w.span.start >= place.end][:_NEAR]
    weights: Counter[Side] = Counter()
    for side, keys in (("before", before[::-1]), ("after", after)):
        for distance, key in enumerate(keys):
            weights[side, key] += 2 // (1 + distance) or 1
    return weights


def _fit(one: Counter[Side], other: Counter[Side]) -> float:
    return sum((one & other).values()) / 2


def _opposites(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    known = {word.key for p in passages for word in p.words}
    for word in sentence.words:
        contrary = opposite(word.key)
        if word.key not in known and contrary & known:
            text = word.span.of(sentence.text)
            yield Contradiction("word", f"The article says the opposite of {text}.", word.span)


def _replaced(sentence: Statement, passages: Sequence[Statement]) -> Iterator[Contradiction]:
    """One word instead of another, between words that are the same on both sides."""
    known = {word.key for p in passages for word in p.words}
    keys = sentence.keys
    for passage in passages:
        blocks = SequenceMatcher(None, keys, passage.keys, autojunk=False).get_opcodes()
        for n, (kind, i, j, k, m) in enumerate(blocks):
            if kind != "replace" or j - i != 1 or m - k != 1:
                continue
            one, other = keys[i], passage.keys[k]
            if one in known or other in keys or one[:3] == other[:3]:
                continue
            left = blocks[n - 1][2] - blocks[n - 1][1] if n else 0
            right = blocks[n + 1][2] - blocks[n + 1][1] if n + 1 < len(blocks) else 0
            if min(left, right) >= 2 or (min(left, right) == 0 and max(left, right) >= 3):
                word, was = sentence.words[i], passage.words[k]
                yield Contradiction(
                    "word",
                    f"{word.span.of(sentence.text)} stands where the article has "
                    f"{was.span.of(passage.text)}.",
                    word.span,
                )
