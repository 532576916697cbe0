"""Does a summary sentence follow from the article? Which passages does it rest on?

No model: content words found again (under light stems), numbers, names, negation, word order. It measures
whether a sentence was made from the article's own material without turning it round; a free paraphrase may
be called unsupported, a subtle inference supported. docs/summaries.md has its measured accuracy.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.document import Span
from models.summarize.contradiction import Contradiction, find
from models.summarize.statement import Statement, read

#: Changes whenever the same sentence could be judged differently.
SUPPORT_VERSION = 2


@dataclass(frozen=True, slots=True)
class SupportOptions:
    """`covered`: share of the sentence's words and numbers that its passages must have; `invented`: so many
    content words in a row that none has are a detail of the model's own; `passages`: most that one sentence
    may rest on."""

    covered: float = 0.6
    invented: int = 3
    passages: int = 3


@dataclass(frozen=True, slots=True)
class Support:
    """`passages` are indexes in order, the best-fitting ones even where `supported` is False (then `reasons`
    tell why); `covered` is the share of the sentence's content found in them."""

    supported: bool
    passages: tuple[int, ...]
    covered: float
    reasons: tuple[Contradiction, ...] = ()


def check(sentence: str, passages: Sequence[str], options: SupportOptions = SupportOptions()) -> Support:
    """Judge `sentence` against passages in its own language. A sentence without content is not supported."""
    claim = read(sentence)
    statements = [read(p) for p in passages]
    wanted = _items(claim)
    chosen = _choose(wanted, [_items(s) for s in statements], options.passages)
    if not chosen:
        return Support(False, (), 0.0)
    evidence = [statements[i] for i in sorted(chosen)]
    there = {item for s in evidence for item in _items(s)}
    covered = sum(n for item, n in wanted.items() if item in there) / sum(wanted.values())
    reasons = find(claim, evidence, statements) + _invented(claim, there, options.invented)
    return Support(
        covered >= options.covered and not reasons, tuple(sorted(chosen)), round(covered, 3), tuple(reasons)
    )


def _items(statement: Statement) -> Counter[str]:
    """Content words and numbers; a number counts like a word."""
    numbers = (f"#{min(m.values)}" for m in statement.numbers if m.kind == "number")
    return Counter([*statement.keys, *numbers])


def _choose(wanted: Counter[str], offered: Sequence[Counter[str]], most: int) -> list[int]:
    """Passages that together have the most of the sentence, greedily; rare words weigh more. Each passage
    after the first must bring a number or two words of its own."""
    spread = Counter(item for items in offered for item in items)
    missing = {item: 1.0 / spread[item] ** 0.5 for item in wanted if spread[item]}
    chosen: list[int] = []
    while missing and len(chosen) < most:
        gains = [sum(w for item, w in missing.items() if item in items) for items in offered]
        best = max(range(len(offered)), key=lambda i: (gains[i], -i))
        new = [item for item in missing if item in offered[best]]
        if not new or (chosen and len(new) < 2 and not any(item[0] == "#" for item in new)):
            break
        chosen.append(best)
        for item in new:
            del missing[item]
    return chosen


def _invented(claim: Statement, there: set[str], run: int) -> list[Contradiction]:
    """Words in a row that no passage has."""
    found: list[Contradiction] = []
    words = claim.words
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and words[end].key not in there:
            end += 1
        if end - start >= run:
            span = Span(words[start].span.start, words[end - 1].span.end)
            found.append(Contradiction("detail", f"Not in the article: {span.of(claim.text)}", span))
        start = max(end, start + 1)
    return found
