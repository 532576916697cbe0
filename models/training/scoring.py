"""Translating held-out text with a model folder and scoring it with chrF (sacreBLEU)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.vocabulary import SOURCE, TARGET

_SAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Comparison:
    """Corpus chrF (0..100) of two models on the same pairs; `p` is the chance that the difference is luck,
    by paired bootstrap resampling (Koehn 2004)."""

    before: float
    after: float
    p: float
    pairs: int
    signature: str

    @property
    def gain(self) -> float:
        return self.after - self.before


def translate(
    transformers_folder: Path, ct2_folder: Path, sources: Sequence[str], beam: int = 4, threads: int = 0
) -> list[str]:
    """English of each Arabic text, in order; decoded as the service decodes without its chunking."""
    import ctranslate2
    import sentencepiece as spm

    source: Any = spm.SentencePieceProcessor(str(transformers_folder / SOURCE))
    target: Any = spm.SentencePieceProcessor(str(transformers_folder / TARGET))
    translator: Any = ctranslate2.Translator(str(ct2_folder), device="cpu", intra_threads=threads)
    pieces = [[*text, "</s>"] for text in source.encode(list(sources), out_type=str)]
    results = translator.translate_batch(
        pieces, beam_size=beam, max_batch_size=1024, batch_type="tokens", max_decoding_length=256
    )
    return [target.decode_pieces(result.hypotheses[0]) for result in results]


def chrf(outputs: Sequence[str], references: Sequence[str]) -> float:
    """Corpus chrF2, 0..100."""
    from sacrebleu.metrics.chrf import CHRF

    return float(CHRF().corpus_score(list(outputs), [list(references)]).score)


def compare(before: Sequence[str], after: Sequence[str], references: Sequence[str]) -> Comparison:
    """Scores two sets of outputs against the same references."""
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.significance import PairedTest

    test = PairedTest(
        [("before", list(before)), ("after", list(after))], {"chrF": CHRF(references=[list(references)])},
        references=None, test_type="bs", n_samples=_SAMPLES,
    )  # fmt: skip
    signatures, scores = test()
    name = next(key for key in scores if key != "System")  # "chrF2" today
    first, second = scores[name]
    return Comparison(
        first.score, second.score, second.p_value, len(references), f"{name}|{signatures[name]}"
    )
