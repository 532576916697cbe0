"""Alignment error of a model's cross-attention on hand-aligned sentences, by layer and head.

    python -m benchmarks.alignment [--model models/starter]

The reference is forced through the decoder; each English word is linked to the Arabic word that its pieces
attend to most. The error is AER (Och & Ney 2003) with sure links only, that is, 1 - F1 of the links; links
from both directions are not merged, since a decoder has but one. Heads are chosen among all subsets of one
layer's; that the choice is no accident shows the error on each half of the sentences for the heads that the
other half chooses.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from models import arabic

HERE = Path(__file__).parent
GOLD = HERE / "data" / "alignment.tsv"
Link = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A sentence pair and its gold links (Arabic word, English word), from 0."""

    source: str
    target: str
    links: frozenset[Link]


def read(path: Path = GOLD) -> list[Aligned]:
    """Arabic, English, and for each Arabic word the numbers, from 1, of its English words."""
    result = []
    for line in path.read_text(encoding="utf-8").splitlines():
        source, target, groups = line.split("\t")
        links = {(a, int(e) - 1) for a, group in enumerate(groups.split()) for e in group.split(",")}
        result.append(Aligned(source, target, frozenset(links)))
    return result


def word_of_piece(pieces: Sequence[str]) -> list[int]:
    """Number of the word that each piece belongs to."""
    words, number = [], -1
    for piece in pieces:
        number += piece.startswith("▁") or number < 0
        words.append(number)
    return words


def links_of(attention: Any, source_words: Sequence[int], target_words: Sequence[int]) -> set[Link]:
    """Links by the greatest attention summed over the pieces of words; `attention` is (target, source)."""
    import numpy as np

    table = np.zeros((target_words[-1] + 1, source_words[-1] + 1))
    for t, target in enumerate(target_words):
        for s, source in enumerate(source_words):
            table[target, source] += attention[t, s]
    return {(int(row.argmax()), t) for t, row in enumerate(table)}


def error(found: Sequence[set[Link]], gold: Sequence[Aligned]) -> float:
    """AER over all sentences."""
    right = sum(len(f & g.links) for f, g in zip(found, gold, strict=True))
    return 1.0 - 2.0 * right / (sum(map(len, found)) + sum(len(g.links) for g in gold))


def attentions(folder: Path, gold: Sequence[Aligned]) -> list[tuple[Any, list[int], list[int]]]:
    """For each sentence: cross-attention (layer, head, target, source), and each side's words of pieces."""
    import sentencepiece
    import torch
    from transformers import MarianMTModel

    from models.training.vocabulary import Vocabulary

    model: Any = MarianMTModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    vocabulary = Vocabulary(folder)
    sides = [
        sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{s}.spm"))
        for s in ("source", "target")
    ]
    result = []
    for pair in gold:
        text = arabic.for_model(pair.source).text
        source = torch.tensor(vocabulary.encode_source([text]))
        target = torch.tensor(vocabulary.encode_target([pair.target]))
        with torch.no_grad():
            out = model(input_ids=source, labels=target, output_attentions=True)
        layers = torch.stack([layer[0, :, :-1, :-1] for layer in out.cross_attentions])  # without </s>
        pieces = [sides[0].encode(text, out_type=str), sides[1].encode(pair.target, out_type=str)]
        result.append((layers.numpy(), word_of_piece(pieces[0]), word_of_piece(pieces[1])))
    return result


def by_heads(data: Sequence[tuple[Any, list[int], list[int]]], gold: Sequence[Aligned], layer: int,
             heads: Sequence[int]) -> float:  # fmt: skip
    """Error of the mean attention of these heads of one layer."""
    found = [links_of(a[layer, list(heads)].mean(0), s, t) for a, s, t in data]
    return error(found, gold)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=HERE.parent / "models" / "starter")
    given = parser.parse_args()
    gold = read()
    data = attentions(given.model / "hf", gold)
    layers, heads = data[0][0].shape[:2]
    choices = [
        (layer, subset)
        for layer in range(layers)
        for size in range(1, heads + 1)
        for subset in combinations(range(heads), size)
    ]

    def error_of(choice: tuple[int, tuple[int, ...]], part: slice) -> float:
        return by_heads(data[part], gold[part], *choice)

    whole, even, odd = slice(None), slice(0, None, 2), slice(1, None, 2)
    for layer, subset in sorted(choices, key=lambda c: error_of(c, whole)):
        value = error_of((layer, subset), whole)
        print(f"layer {layer} heads {','.join(map(str, subset)):<10} AER {value:.3f}")
    for chosen_on, shown_on in ((even, odd), (odd, even)):
        best = min(choices, key=lambda c: error_of(c, chosen_on))
        value = error_of(best, shown_on)
        print(f"chosen on one half: layer {best[0]} heads {best[1]}, AER on the other {value:.3f}")


if __name__ == "__main__":
    main()
