"""Which attention heads give the word alignment, recorded so that CTranslate2 returns those and no others.

CTranslate2 returns the mean attention of the first N heads of one decoder layer. The heads that align best
are therefore moved to the front: a network computes the same whatever the order of its heads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Names in config.json; transformers keeps keys that it doesn't know.
_LAYER, _HEADS = "alignment_layer", "alignment_heads"


@dataclass(frozen=True, slots=True)
class AlignmentHeads:
    """The first `count` heads of the cross-attention of decoder layer `layer`."""

    layer: int
    count: int


def put_first(model: Any, layer: int, heads: Sequence[int]) -> AlignmentHeads:
    """Moves these heads of the cross-attention of `layer` to the front, in place, and records it."""
    import torch

    attention = model.model.decoder.layers[layer].encoder_attn
    total, width = attention.num_heads, attention.head_dim
    if not heads or len(set(heads)) != len(heads) or not set(heads) <= set(range(total)):
        raise ValueError(f"heads must be different numbers from 0 to {total - 1}")
    order = [*heads, *(head for head in range(total) if head not in heads)]
    rows = torch.tensor([head * width + i for head in order for i in range(width)])
    with torch.no_grad():
        for projection in (attention.q_proj, attention.k_proj, attention.v_proj):
            projection.weight.copy_(projection.weight[rows].clone())
            projection.bias.copy_(projection.bias[rows].clone())
        attention.out_proj.weight.copy_(attention.out_proj.weight[:, rows].clone())
    setattr(model.config, _LAYER, layer)
    setattr(model.config, _HEADS, len(heads))
    return AlignmentHeads(layer, len(heads))


def recorded(config: Any) -> AlignmentHeads | None:
    """What `put_first` left in a model's configuration (of transformers, or config.json as a dict)."""
    values: dict[str, Any] = config if isinstance(config, dict) else config.to_dict()
    layer, count = values.get(_LAYER), values.get(_HEADS)
    return AlignmentHeads(layer, count) if layer is not None and count is not None else None
