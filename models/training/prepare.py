"""From files to examples: reading with a listing of rejects, normalising, weighting, encoding."""

import hashlib
import json
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.arabic import MODEL_POLICY_VERSION, for_model
from models.training.batches import Example, encode
from models.training.errors import DataError
from models.training.pairs import Pair, PairLimits, Reading, Reject, read_pairs, write_rejects
from models.training.vocabulary import Vocabulary

log = logging.getLogger(__name__)
REJECTS = "rejects.tsv"


@dataclass(frozen=True, slots=True)
class Encoded:
    """Examples, and the pairs that were left out for their length in tokens."""

    examples: list[Example]
    rejects: list[Reject]


def read_all(paths: Sequence[Path], limits: PairLimits, exclude: frozenset[str] = frozenset()) -> Reading:
    """Reads pairs; those of which a side is in `exclude` (see `sides`) are rejected: development text."""
    reading = read_pairs(paths, limits)
    kept, rejects = [], list(reading.rejects)
    for pair in reading.pairs:
        if pair.source in exclude or pair.target in exclude:
            rejects.append(_reject(pair, "stands in the development or held-out text"))
        else:
            kept.append(pair)
    return Reading(tuple(kept), tuple(rejects))


def sides(pairs: Sequence[Pair]) -> frozenset[str]:
    """Every side of the pairs, to keep them out of training."""
    return frozenset(side for pair in pairs for side in (pair.source, pair.target))


def normalised(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs with the Arabic as the engine will read it in use."""
    return [Pair(for_model(p.source).text, p.target, p.origin, p.line) for p in pairs]


def weighted(pairs: Sequence[Pair], weights: Mapping[str, float], seed: int) -> list[Pair]:
    """Each pair as often as the weight of its file says: 3 is three times, 0.5 is half of the pairs."""
    rng = random.Random(seed)
    out: list[Pair] = []
    for pair in pairs:
        weight = weights.get(pair.origin, 1.0)
        out.extend([pair] * (int(weight) + (rng.random() < weight % 1)))
    return out


def encoded(pairs: Sequence[Pair], vocabulary: Vocabulary, max_length: int) -> Encoded:
    """Pairs in numbers; what is too long in tokens is listed, not cut."""
    examples, left_out = encode(pairs, vocabulary, max_length)
    reason = f"over {max_length} tokens, or with characters outside the vocabulary"
    return Encoded(examples, [_reject(pair, reason) for pair in left_out])


def list_rejects(rejects: Sequence[Reject], folder: Path) -> Path:
    """Writes the rejects to the folder, in the order of files and lines."""
    path = folder / REJECTS
    write_rejects(sorted(set(rejects), key=lambda r: (r.origin, r.line)), path)
    return path


def split(pairs: Sequence[Pair], count: int, seed: int) -> tuple[list[Pair], list[Pair]]:
    """(rest, `count` pairs drawn at random); pairs that share a side stay together on the side of the rest.

    Otherwise a sentence translated twice would stand on both sides and flatter the score.
    """
    seen: dict[str, int] = {}
    for pair in pairs:
        for side in (pair.source, pair.target):
            seen[side] = seen.get(side, 0) + 1
    lone = [i for i, pair in enumerate(pairs) if seen[pair.source] == 1 and seen[pair.target] == 1]
    if count >= len(pairs) or count > len(lone):
        raise DataError(f"{count} pairs can't be held out of {len(pairs)}; give more pairs or hold out fewer")
    drawn = frozenset(random.Random(seed).sample(lone, count))
    return [p for i, p in enumerate(pairs) if i not in drawn], [pairs[i] for i in sorted(drawn)]


def fingerprint(examples: Sequence[Example], settings: Mapping[str, object]) -> str:
    """Names data and settings of a run, so that a checkpoint isn't continued with others."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    digest.update(str(MODEL_POLICY_VERSION).encode())
    for example in examples:
        digest.update(repr((example.source, example.target)).encode())
    return digest.hexdigest()[:16]


def _reject(pair: Pair, reason: str) -> Reject:
    return Reject(pair.origin, pair.line, reason, f"{pair.source} | {pair.target}"[:160])
