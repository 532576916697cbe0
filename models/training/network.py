"""The Marian network: sizes, building, loading, and which pieces an output may hold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.errors import TrainingError

BARRED = -10_000.0  # a float16 holds it, and no sum of real logits comes near it


@dataclass(frozen=True, slots=True)
class Size:
    """Shape of a network. A deep encoder with a shallow decoder is the cheapest to run at equal quality
    (Kasai et al. 2021)."""

    width: int
    feed_forward: int
    heads: int
    encoder_layers: int
    decoder_layers: int


SIZES = {
    "micro": Size(32, 64, 2, 1, 1),  # for tests and for trying the command; learns nothing of use
    "tiny": Size(256, 1024, 4, 4, 2),
    "small": Size(384, 1536, 6, 6, 2),
    "base": Size(512, 2048, 8, 6, 3),
}


def build(size: Size, vocabulary_size: int, dropout: float) -> Any:
    """A new network with random weights; the last number of the vocabulary is `<pad>`."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    pad = vocabulary_size - 1
    model: Any = MarianMTModel(
        MarianConfig(
            vocab_size=vocabulary_size, d_model=size.width, encoder_ffn_dim=size.feed_forward,
            decoder_ffn_dim=size.feed_forward, encoder_attention_heads=size.heads,
            decoder_attention_heads=size.heads, encoder_layers=size.encoder_layers,
            decoder_layers=size.decoder_layers, max_position_embeddings=512, activation_function="relu",
            scale_embedding=True, static_position_embeddings=True, dropout=dropout, attention_dropout=0.0,
            activation_dropout=0.0, pad_token_id=pad, eos_token_id=0, decoder_start_token_id=pad,
            forced_eos_token_id=0, share_encoder_decoder_embeddings=True, tie_word_embeddings=True,
        )
    )  # fmt: skip
    with torch.no_grad():  # CTranslate2 starts the decoder from zero, so <pad> has to be zero here
        model.model.shared.weight[pad].zero_()
    return model


def load(folder: Path, dropout: float) -> Any:
    """A Marian model from a transformers folder, in float32 for training, with this dropout."""
    import torch
    from transformers import MarianMTModel

    try:
        kind = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError) as error:
        raise TrainingError(f"{folder} is no transformers model folder: {error}") from error
    if kind != "marian":
        raise TrainingError(f"{folder} holds a {kind!r} model; only Marian models can be trained")
    return MarianMTModel.from_pretrained(folder, dtype=torch.float32, dropout=dropout, local_files_only=True)


def bar_all_but(model: Any, allowed: Sequence[int]) -> None:
    """Lets outputs hold the pieces with these numbers only, by the bias that every engine adds to the logits.

    Source-side pieces and `<unk>` can't be right in an English output, and leaving them out of the softmax
    saves a third of its time.
    """
    import torch

    bias = torch.full_like(model.final_logits_bias, BARRED)
    bias[0, list(allowed)] = 0.0
    model.final_logits_bias.copy_(bias)


def allowed_outputs(model: Any) -> Any:
    """Numbers of the pieces an output may hold, ascending, on the model's device; never `<pad>`."""
    allowed = model.final_logits_bias[0] > BARRED / 2
    allowed[model.config.pad_token_id] = False
    return allowed.nonzero()[:, 0]


def parameter_count(model: Any) -> int:
    """Number of trained parameters, tied ones once."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def pick_device(name: str) -> str:
    """`auto` is the GPU when there is one; anything else is checked and passed on."""
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise TrainingError("no CUDA device is available; use --device cpu")
    return name


def has_bfloat16(device: str) -> bool:
    """Whether bfloat16 is computed by the hardware; where it is emulated it is slower than float32."""
    import torch

    if device.startswith("cuda"):
        return bool(torch.cuda.get_device_capability()[0] >= 8)
    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(probe and probe())
