"""How central sentences are, how like each other and their headline: what extractive summaries rank by.

LexRank in its continuous form (Erkan and Radev 2004) over TF-IDF cosines.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.summarize.terms import stems
from models.wordlists import CLAUSE_OPENERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
#: A sentence's words with their weights.
Row = dict[str, float]


def position(order: int) -> float:
    """1 for the first sentence, falling fast: the inverted pyramid of news."""
    return 1.0 / (1.0 + order)


def leans_back(text: str) -> bool:
    """Does it open with a word that needs the clause before it?"""
    first = text.split(maxsplit=1)[0].strip("،؛,.\"'«»“”()")
    return first in CLAUSE_OPENERS


def tf_idf(documents: Sequence[Sequence[str]]) -> list[Row]:
    """One row of unit length (or empty) per document; idf over the documents themselves."""
    frequency = Counter(word for document in documents for word in set(document))
    rows: list[Row] = []
    for document in documents:
        row = {
            word: (1 + math.log(count)) * math.log((1 + len(documents)) / (0.5 + frequency[word]))
            for word, count in Counter(document).items()
        }
        norm = math.sqrt(sum(weight * weight for weight in row.values()))
        rows.append({word: weight / norm for word, weight in row.items()} if norm else {})
    return rows


def cosines(rows: Sequence[Row]) -> "Matrix":
    """Dense, so for a bounded number of rows."""
    import numpy as np  # 50 ms: a start does without

    column = {word: i for i, word in enumerate(dict.fromkeys(word for row in rows for word in row))}
    matrix = np.zeros((len(rows), max(1, len(column))))
    for i, row in enumerate(rows):
        matrix[i, [column[word] for word in row]] = list(row.values())
    cosines: Matrix = matrix @ matrix.T
    return cosines


def centrality(likeness: "Matrix", damping: float = 0.85, rounds: int = 50) -> "Matrix":
    """LexRank scores, scaled so that the highest is 1."""
    import numpy as np

    n = len(likeness)
    totals = likeness.sum(axis=1, keepdims=True)
    transition = np.divide(likeness, totals, out=np.full_like(likeness, 1 / n), where=totals > 0)
    rank = np.full(n, 1 / n)
    for _ in range(rounds):
        rank = (1 - damping) / n + damping * (rank @ transition)
    scaled: Matrix = rank / rank.max()
    return scaled


def title_likeness(texts: Sequence[str], title: str) -> "Matrix":
    """Share of the title's content words in each text."""
    import numpy as np

    wanted = set(stems(title))
    if not wanted:
        return np.zeros(len(texts))
    return np.array([len(wanted & set(stems(text))) / len(wanted) for text in texts])
