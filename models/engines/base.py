"""The seam between the translator and whatever computes translations.

An engine turns chunks (lists of source pieces) into hypotheses. It is stateless between calls, may be
called from several threads, and never cuts or drops input: a chunk longer than the model can take is the
translator's business, which is why `Engine.encode` lets it count tokens first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """How to search. Part of the signature: two runs with different options are different translations.

    `max_length_ratio` bounds the output at `ratio * source tokens + 20` tokens: a hypothesis that reaches
    the bound has not ended by itself and is reported as not `finished`.
    """

    beam_size: int = 4
    length_penalty: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    num_hypotheses: int = 1
    max_length_ratio: float = 2.5
    attention: bool = False

    def with_(self, **changes: float | int | bool) -> "DecodingOptions":
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One output. `score` is the mean log-probability per token (<= 0). `attention[t][s]` is the weight of
    source piece s for target piece t, when it was asked for and the engine can give it."""

    pieces: tuple[str, ...]
    score: float
    finished: bool
    attention: tuple[tuple[float, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What an engine runs: enough to sign an output and to size its input.

    `max_source_tokens` is the length, in the model's own source pieces without end-of-sentence, that the
    model was trained on (from its manifest), not the number of positions it could take. `shortlist`: only
    the target pieces that go with the source's are scored.
    """

    model: str
    revision: str
    engine: str
    compute_type: str
    device: str
    max_source_tokens: int
    has_alignment: bool = False
    shortlist: bool = False


class Engine(Protocol):
    """See the module docstring. Implementations: `ct2`, `transformers_engine`, `stub`."""

    @property
    def info(self) -> EngineInfo: ...

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Source pieces of each text, without end-of-sentence; same length and order as `texts`."""
        ...

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        """Plain text of each sequence of target pieces; same length and order."""
        ...

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        """`options.num_hypotheses` hypotheses for each chunk, best first; same length and order as `chunks`.

        The engine computes the whole list as one batch (the caller sizes it). An empty chunk gives one empty
        finished hypothesis."""
        ...

    def close(self) -> None:
        """Free the weights. Calls after this raise `models.errors.Closed`."""
        ...
