import random

import pytest

from benchmarks import ablation
from models.training import network
from models.training.pairs import Pair

PAIRS = [Pair(f"نص {n}", "x" * 10) for n in range(20)]


@pytest.mark.parametrize(("characters", "count"), [(0, 0), (95, 10), (200, 20), (410, 41)])
def test_draw_goes_round_until_there_is_enough(characters: int, count: int) -> None:
    drawn = ablation.draw(PAIRS, characters, random.Random(1))
    assert len(drawn) == count
    assert len(set(drawn)) == min(count, len(PAIRS))


def test_every_group_of_text_has_a_share_and_every_arm_a_base() -> None:
    assert set(ablation.without("long")) == set(ablation.SHARES) - {"long"}
    shared = {group for arm in ablation.ARMS.values() for group in arm.shares or ()}
    assert shared == set(ablation.GROUPS)
    assert all(arm.base in ablation.ARMS for arm in ablation.ARMS.values())


def test_new_layers_pass_on_what_they_get() -> None:
    import torch

    torch.manual_seed(1)
    model = network.build(network.Size(32, 64, 2, 2, 2), 50, dropout=0.0).eval()
    words = torch.tensor([[5, 7, 9, 0]])

    def logits(of: object) -> torch.Tensor:
        with torch.no_grad():
            return of(input_ids=words, decoder_input_ids=words).logits  # type: ignore[operator]

    deeper = ablation.relayered(model, (4, 3), 0.0).eval()
    assert len(deeper.model.encoder.layers) == 4
    assert torch.allclose(logits(deeper), logits(model), atol=1e-3)
    shallower = ablation.relayered(model, (2, 1), 0.0).eval()
    assert len(shallower.model.decoder.layers) == 1
    assert not torch.allclose(logits(shallower), logits(model), atol=1e-3)
