"""Where the tags of a block go in its English.

An element goes round the English words that come from the words it stood round: of all stretches the one
that gains most, where a word of its own counts for it and a stranger against it, function words less (they
are aligned to whatever is near). So one stray word does not pull a tag over half the sentence. What holds no
words goes between the words that it stood between. The tree of the tags stays what it was: children inside
their parent, nothing across.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.markup.edges import fitted, trimmed, without_loose_front
from models.markup.links import Links
from models.markup.nodes import Node
from models.wordlists import word_set

_LETTER = re.compile(r"[^\W_]")
#: Gain of a stretch by a word: its own and a stranger, each content and function word.
OWN, OWN_FUNCTION, STRANGER, STRANGER_FUNCTION = 1.0, 0.5, -1.0, -0.25
#: How many words the gap for a picture or comment may be away from the words that it stood next to.
MAX_DISTANCE = 20
#: Words that English needs and Arabic doesn't have, or has as a letter of another word.
FUNCTION = word_set("""
a about after all also an and any are as at be been before being but by for from had has have he her him his
if in into is it its of on one or our out over she so some such than that the their them then there these they
this those to under up was were which while who whom will with would
""")


@dataclass(slots=True)
class Placed:
    """A node at [start, end) of the English; `children` in the order in which they stand there."""

    node: Node
    start: int
    end: int
    children: list["Placed"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Window:
    """Where the children of a node may go: English words `low` to `high`, characters `start` to `end`."""

    low: int
    high: int
    start: int
    end: int


class Placer:
    """One block's work. `estimated` counts elements that no word could be found for."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.estimated = 0
        self._function = [w.of(links.english).strip(".,;:!?\"'()[]").lower() in FUNCTION for w in links.words]
        self._against = [0.0]
        for function in self._function:
            self._against.append(self._against[-1] + (STRANGER_FUNCTION if function else STRANGER))

    def place(self, roots: Sequence[Node]) -> list[Placed]:
        """All nodes, in the order in which they stand in the English."""
        whole = _Window(0, len(self.links.words), 0, len(self.links.english))
        return self._arrange(roots, whole)

    def _arrange(self, nodes: Sequence[Node], window: _Window) -> list[Placed]:
        placed: list[Placed] = []
        closed: list[Node] = []
        for node in nodes:
            if node.from_before or node.goes_beyond:
                place, window = self._open_ended(node, window)
                placed.append(place)
            else:
                closed.append(node)
        placed += self._siblings(closed, window)
        placed.sort(key=lambda p: (p.start, p.end, p.node.order))
        return placed

    def _open_ended(self, node: Node, window: _Window) -> tuple[Placed, _Window]:
        """An element that goes on beyond the block: it reaches to that end of the window, the rest stays."""
        stretch = self._stretch(self._targets(node, window), window, [], node)
        if node.from_before:
            high = stretch[1] if stretch else window.low
            end = self.links.words[high - 1].end if high > window.low else window.start
            own = _Window(window.low, high, window.start, end)
            rest = _Window(high, window.high, end, window.end)
        else:
            low = stretch[0] if stretch else window.high
            start = self.links.words[low].start if low < window.high else window.end
            own = _Window(low, window.high, start, window.end)
            rest = _Window(window.low, low, window.start, start)
        return Placed(node, own.start, own.end, self._arrange(node.children, own)), rest

    def _siblings(self, nodes: Sequence[Node], window: _Window) -> list[Placed]:
        wanted = [(node, self._targets(node, window)) for node in nodes]
        taken: list[tuple[int, int, int]] = []
        placed: list[Placed] = []
        # The fewer words an element has, the less it can do without them.
        for node, targets in sorted(wanted, key=lambda w: (len(w[1]), w[0].order)):
            stretch = self._stretch(targets, window, taken, node) if targets else None
            if stretch is not None:
                insort(taken, (*stretch, node.order))
                placed.append(self._around(node, stretch, window))
        settled = {id(p.node) for p in placed}
        for node, _ in wanted:
            if id(node) not in settled:
                placed.append(self._between(node, window, taken))
        return placed

    def _around(self, node: Node, stretch: tuple[int, int], window: _Window) -> Placed:
        start, end = fitted(self.links, node, *stretch)
        start, end = max(start, window.start), min(end, window.end)
        if node.kind == "kept":
            return Placed(node, start, end)
        return Placed(node, start, end, self._arrange(node.children, _Window(*stretch, start, end)))

    def _targets(self, node: Node, window: _Window) -> list[int]:
        """Numbers of the English words inside the window that come from the node's words, in order."""
        links = self.links
        if node.start >= node.end or not _LETTER.search(links.source, node.start, node.end):
            return []
        found: set[int] = set()
        for number in range(links.sentence_at(node.start), links.sentence_at(node.end - 1) + 1):
            sentence = links.sentences[min(number, len(links.sentences) - 1)]
            if links.covered(sentence, node.start, node.end):
                found.update(range(sentence.low, sentence.high))
        for origin in links.within(node.start, node.end):
            found.update(origin.targets)
        return sorted(t for t in found if window.low <= t < window.high)

    def _stretch(
        self, targets: Sequence[int], window: _Window, taken: list[tuple[int, int, int]], node: Node
    ) -> tuple[int, int] | None:
        """The stretch of words (low, high) that gains most and leaves alone what siblings have."""
        free = [t for t in targets if not _touches(taken, t, t + 1)]
        if not free:
            return None
        best = self._best(free, window, taken, node)
        if node.kind == "element" and not (node.from_before or node.goes_beyond):
            low, high = trimmed(self.links, node, best, self._function)
            if window.low <= low and high <= window.high and not _touches(taken, low, high):
                return low, high
        if node.goes_beyond:
            return without_loose_front(self.links, node, *best), best[1]
        return best

    def _best(
        self, free: Sequence[int], window: _Window, taken: list[tuple[int, int, int]], node: Node
    ) -> tuple[int, int]:
        """Largest sum of a stretch (Kadane's algorithm) over the node's own words; a node that reaches to an
        end of the window pays for all words up to there."""
        if node.goes_beyond:
            return self._best_to_end(free, window)
        first = free[0]
        gain = self._strangers(window.low, first) if node.from_before else 0.0
        best, best_range = float("-inf"), (first, first + 1)
        start, previous = first, first
        for target in free:
            gap = self._strangers(previous + 1, target) if target > previous else 0.0
            broken = target > previous and _touches(taken, previous + 1, target)
            if not node.from_before and (broken or gain + gap <= 0) and target > previous:
                start, gain = target, 0.0
            else:
                gain += gap
            gain += OWN_FUNCTION if self._function[target] else OWN
            if gain > best:
                best, best_range = gain, (start, target + 1)
            previous = target
        return best_range

    def _best_to_end(self, free: Sequence[int], window: _Window) -> tuple[int, int]:
        gain, best, start = 0.0, float("-inf"), free[-1]
        following = window.high
        for target in reversed(free):
            gain += self._strangers(target + 1, following)
            gain += OWN_FUNCTION if self._function[target] else OWN
            if gain > best:
                best, start = gain, target
            following = target
        return start, window.high

    def _strangers(self, low: int, high: int) -> float:
        return self._against[high] - self._against[low] if high > low else 0.0

    def _between(self, node: Node, window: _Window, taken: list[tuple[int, int, int]]) -> Placed:
        """A node without words of its own, between its neighbours' words."""
        gap = min(max(self._gap(node), window.low), window.high)
        k = bisect_right(taken, (gap, -1, -1)) - 1
        if k >= 0 and taken[k][0] < gap < taken[k][1]:
            gap = taken[k][0] if node.order < taken[k][2] else taken[k][1]
        if node.kind == "element" and _LETTER.search(self.links.source, node.start, node.end):
            self.estimated += 1
            lent = self._lent(gap, window, taken)
            if lent is not None:
                low, high = trimmed(self.links, node, lent, self._function)
                if window.low <= low and high <= window.high and not _touches(taken, low, high):
                    lent = low, high
                insort(taken, (*lent, node.order))
                return self._around(node, lent, window)
        at = self._character(node, gap, window)
        inside = _Window(gap, gap, at, at)
        return Placed(node, at, at, self._arrange(node.children, inside))

    def _lent(self, gap: int, window: _Window, taken: list[tuple[int, int, int]]) -> tuple[int, int] | None:
        """A word for an element whose own words the model left out: a link needs something to click on."""
        for low in (gap, gap - 1):
            if window.low <= low < window.high and not _touches(taken, low, low + 1):
                return (low, low + 1)
        return None

    def _gap(self, node: Node) -> int:
        """Number of the English word before which the node goes."""
        links = self.links
        k = links.sentence_at(node.start)
        if k == len(links.sentences):
            return len(links.words)
        sentence = links.sentences[k]
        if node.start <= sentence.source.start:
            return sentence.low
        after = links.first_starting_at(node.start)
        before = after - 1
        left = right = None
        if before >= 0 and links.origins[before].start >= sentence.source.start:
            left = max(links.origins[before].targets) + 1
        if after < len(links.origins) and links.origins[after].start < sentence.source.end:
            right = min(links.origins[after].targets)
        if left is None:
            return sentence.low
        if right is None:
            return sentence.high
        if not node.before:
            return left
        return self._parting(node.start, left, right) if node.after else right

    def _parting(self, at: int, left: int, right: int) -> int:
        """The gap that best parts the words from before `at` from those from behind it, of those between two
        that are not too far from each other."""
        low = min(left, right)
        costs = [0]
        for owner in self.links.owner[low : min(max(left, right), low + MAX_DISTANCE)]:
            costs.append(costs[-1] + (0 if owner is None else 1 if owner.start >= at else -1))
        return low + min(range(len(costs)), key=lambda n: (costs[n], abs(low + n - left)))

    def _character(self, node: Node, gap: int, window: _Window) -> int:
        """Where between the words: close to the one it stood close to, else before the next."""
        words, source = self.links.words, self.links.source
        at = window.start
        if gap > window.low and (not node.before or gap == window.high):
            at = words[gap - 1].end
            if node.start < len(source) and not (
                source[node.start].isalnum() or source[node.start].isspace()
            ):
                at = words[gap - 1].start + len(words[gap - 1].of(self.links.english).rstrip(".,;:!?"))
        elif gap < window.high:
            at = words[gap].start
        return min(max(at, window.start), window.end)


def _touches(taken: list[tuple[int, int, int]], low: int, high: int) -> bool:
    """Is one of the words low to high taken? The stretches are in order and apart."""
    k = bisect_left(taken, (high, -1, -1)) - 1
    return k >= 0 and taken[k][1] > low
