from pathlib import Path

import pytest

from models.training.pairs import Pair
from models.training.vocabulary import Vocabulary

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("heads", [(1,), (3, 1), (0, 2, 3)])
def test_the_same_network_and_the_chosen_heads_first(
    vocabulary: Vocabulary, pairs: list[Pair], heads: tuple[int, ...], tmp_path: Path
) -> None:
    import ctranslate2
    import torch
    from transformers import MarianMTModel

    from models.training import export, network
    from models.training.alignment_heads import put_first, recorded

    torch.manual_seed(0)
    size = network.Size(32, 64, 4, 1, 2)
    model = network.build(size, len(vocabulary), 0.0).eval()
    with torch.no_grad():  # fresh weights attend to everything alike
        for parameter in model.parameters():
            parameter.mul_(8.0)
    source = torch.tensor(vocabulary.encode_source([pairs[0].source]))
    target = torch.tensor(vocabulary.encode_target([pairs[0].target]))
    model.set_attn_implementation("eager")
    with torch.no_grad():
        before = model(input_ids=source, labels=target, output_attentions=True)
        put_first(model, 1, heads)
        after = model(input_ids=source, labels=target, output_attentions=True)
    assert torch.allclose(before.logits, after.logits, atol=1e-3)
    assert torch.allclose(before.cross_attentions[1][0, list(heads)],
                          after.cross_attentions[1][0, : len(heads)], atol=1e-4)  # fmt: skip

    export.save_transformers(model, vocabulary, tmp_path / "hf")
    export.convert(tmp_path / "hf", tmp_path / "ct2", "float32")
    kept = MarianMTModel.from_pretrained(tmp_path / "hf", dtype=torch.float32, attn_implementation="eager")
    assert recorded(kept.config) == recorded(model.config)
    translator = ctranslate2.Translator(str(tmp_path / "ct2"), compute_type="float32", intra_threads=1)
    names = {number: piece for piece, number in vocabulary.numbers.items()}
    result = translator.translate_batch(
        [[names[i] for i in source[0].tolist()]], beam_size=1, max_decoding_length=12, return_attention=True
    )[0]
    made = torch.tensor([[vocabulary.numbers[piece] for piece in result.hypotheses[0]]])
    with torch.no_grad():
        expected = kept.eval()(input_ids=source, labels=made, output_attentions=True).cross_attentions[1]
    mean = expected[0, : len(heads)].mean(0)
    got = torch.tensor(result.attention[0])[: made.shape[1]]
    assert torch.allclose(mean, got, atol=1e-3)


def test_only_heads_that_exist(vocabulary: Vocabulary) -> None:
    from models.training import network
    from models.training.alignment_heads import put_first

    model = network.build(network.SIZES["micro"], len(vocabulary), 0.0)
    for heads in ((), (2,), (0, 0)):
        with pytest.raises(ValueError, match="from 0 to 1"):
            put_first(model, 0, heads)
