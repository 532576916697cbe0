"""Does a model translate at all? A dozen plain sentences against reference translations.

Comparing engines isn't enough: ported weights have been broken before they reached any engine
(huggingface/transformers#26216), and two engines agree on the same bad weights.
"""

from collections.abc import Sequence
from pathlib import Path

from models import chunk
from models.arabic import for_model
from models.engines.registry import EngineOptions, create
from models.errors import ModelBroken
from models.manifest import InstalledModel

SENTENCES = Path(__file__).resolve().parent.parent / "data" / "selfcheck.tsv"


def chrf(model: InstalledModel, compute_type: str = "int8") -> float:
    """Corpus chrF (0 to 100, sacreBLEU's) of the model on the self-check's sentences.

    Raises `ModelBroken` when it can't be loaded or gives no answer."""
    from sacrebleu.metrics.chrf import CHRF

    pairs = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    outputs = _translate(model, [arabic for arabic, _ in pairs], compute_type)
    return float(CHRF().corpus_score(outputs, [[english for _, english in pairs]]).score)


def require(model: InstalledModel, floor: float, compute_type: str = "int8") -> float:
    """The chrF; raises `ModelBroken` when it is under `floor`."""
    score = chrf(model, compute_type)
    if score < floor:
        raise ModelBroken(
            f"Model {model.id} fails its self-check: chrF {score:.1f}, it should reach {floor:.0f}. "
            "Its weights are damaged, wrongly converted, or not for Arabic to English."
        )
    return score


def _translate(model: InstalledModel, texts: Sequence[str], compute_type: str) -> list[str]:
    engine = create(model, EngineOptions("ct2", compute_type, device="cpu"))

    def count(parts: Sequence[str]) -> list[int]:
        return [len(pieces) for pieces in engine.encode(parts)]

    try:
        outputs = []
        for text in (for_model(raw).text for raw in texts):
            spans = chunk.cut(text, engine.info.max_source_tokens, count)
            chunks = engine.encode([span.of(text) for span in spans])
            found = engine.translate(chunks, model.manifest.decoding_options())
            outputs.append(" ".join(engine.decode([hypotheses[0].pieces for hypotheses in found])))
        return outputs
    except (RuntimeError, ValueError) as error:
        raise ModelBroken(f"Model {model.id} can't translate: {error}") from error
    finally:
        engine.close()
