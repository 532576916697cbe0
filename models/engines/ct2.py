"""CTranslate2 engine: the one that serves. int8 weights by default, float32 on request, GPU when present."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.engines.sentencepieces import END, SentencePieces
from models.errors import Closed, EngineUnavailable, TooLong


class CTranslate2Engine:
    """Thread-safe; the GIL is free while it computes. Not fork-safe: fork before, never after."""

    def __init__(
        self,
        info: EngineInfo,
        weights: Path,
        tokenizer: Path,
        *,
        prefix: str = "",
        workers: int = 1,
        threads_per_worker: int = 0,
    ) -> None:
        """`weights`: a converted model folder; `tokenizer`: the folder of the SentencePiece models.

        `prefix` is the token put before every source (`>>eng<<`), "" for none. `workers` batches compute
        side by side, each on `threads_per_worker` cores (0: all cores shared out).
        Raises `EngineUnavailable` when CTranslate2 can't run the model here."""
        import ctranslate2

        cores = os.cpu_count() or 1
        # CTranslate2 looks for a file of this name (`models.training.shortlist` writes it).
        self.info = replace(info, shortlist=(weights / "vmap.txt").is_file())
        self._pieces = SentencePieces(tokenizer)
        self._prefix = (prefix,) if prefix else ()
        try:
            self._translator: Any = ctranslate2.Translator(
                str(weights),
                device=info.device,
                compute_type=info.compute_type,
                inter_threads=workers,
                intra_threads=threads_per_worker or max(1, cores // workers),
            )
        except (RuntimeError, ValueError) as error:
            raise EngineUnavailable(f"CTranslate2 can't load {weights.name}: {error}") from error

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return self._pieces.encode(texts)

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return self._pieces.decode(pieces)

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        """See `base.Engine`. CTranslate2 takes one length bound per call, the longest chunk's; whether a
        hypothesis finished is read from its own end-of-sentence. Raises `TooLong` when a chunk has more
        pieces than the model has positions."""
        translator = self._translator
        if translator is None:
            raise Closed("The engine is closed.")
        filled = [[*self._prefix, *chunk, END] for chunk in chunks if chunk]
        results = iter(self._search(translator, filled, options) if filled else [])
        empty = (Hypothesis((), 0.0, True),)
        return [self._hypotheses(next(results), len(c), options) if c else empty for c in chunks]

    def _search(self, translator: Any, sources: list[list[str]], options: DecodingOptions) -> Any:
        longest = max(map(len, sources))
        if longest > self._pieces.positions:
            raise TooLong(f"A chunk of {longest} pieces is more than the model's {self._pieces.positions}.")
        return translator.translate_batch(
            sources,
            beam_size=max(options.beam_size, options.num_hypotheses),
            num_hypotheses=options.num_hypotheses,
            length_penalty=options.length_penalty,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            max_input_length=0,  # never cut silently
            # CTranslate2 fails, rather than stops, past the last position.
            max_decoding_length=min(int(options.max_length_ratio * longest) + 20, self._pieces.positions),
            disable_unk=True,
            return_scores=True,
            return_end_token=True,
            return_attention=options.attention,
            use_vmap=self.info.shortlist,
        )

    def _hypotheses(self, result: Any, pieces_in: int, options: DecodingOptions) -> tuple[Hypothesis, ...]:
        made = []
        source = slice(len(self._prefix), len(self._prefix) + pieces_in)
        for n, (tokens, score) in enumerate(zip(result.hypotheses, result.scores, strict=True)):
            finished = bool(tokens) and tokens[-1] == END
            pieces = tuple(tokens[:-1] if finished else tokens)
            attention = None
            if options.attention:
                attention = tuple(tuple(row[source]) for row in result.attention[n][: len(pieces)])
            made.append(Hypothesis(pieces, self._mean(score, len(tokens), options), finished, attention))
        return tuple(made)

    @staticmethod
    def _mean(score: float, tokens: int, options: DecodingOptions) -> float:
        """CTranslate2 scores a hypothesis with sum(log p) / length**penalty, end-of-sentence counted in
        both; ours is the mean, whatever the penalty. (A repetition penalty changes the log p themselves.)"""
        length = max(1, tokens)
        return float(score * length ** (options.length_penalty - 1))

    def close(self) -> None:
        translator, self._translator = self._translator, None
        if translator is not None:
            translator.unload_model()
