import pytest

from models.training.batches import Example, collate
from models.training.vocabulary import Vocabulary

pytestmark = pytest.mark.torch


def test_equals_the_definition() -> None:
    import torch

    from models.training.loss import smoothed

    torch.manual_seed(0)
    logits, gold = torch.randn(6, 11), torch.randint(0, 11, (6,))
    expected = torch.nn.functional.cross_entropy(logits, gold, label_smoothing=0.1)
    assert smoothed(logits, gold, 0.1).item() == pytest.approx(expected.item(), abs=1e-6)
    plain = torch.nn.functional.cross_entropy(logits, gold)
    assert smoothed(logits, gold, 0.0).item() == pytest.approx(plain.item(), abs=1e-6)


def test_equals_the_loss_of_transformers(vocabulary: Vocabulary, examples: list[Example]) -> None:
    import torch

    from models.training import network
    from models.training.loss import SmoothedLoss

    torch.manual_seed(0)
    model = network.build(network.SIZES["micro"], len(vocabulary), 0.0).eval()
    network.bar_all_but(model, vocabulary.target_ids())
    batch = collate(examples[:7])
    source = torch.from_numpy(batch.source)
    pad = model.config.pad_token_id
    labels = torch.from_numpy(batch.target)
    with torch.no_grad():
        ours = SmoothedLoss(model, 0.1, autocast=False)(batch, smooth=False)
        theirs = model(
            input_ids=source.masked_fill(source < 0, pad), attention_mask=(source >= 0).long(), labels=labels
        ).loss
    assert ours.tokens == int((labels >= 0).sum())
    assert float(ours.mean) == pytest.approx(float(theirs), abs=1e-4)


def test_padding_changes_nothing(vocabulary: Vocabulary, examples: list[Example]) -> None:
    import torch

    from models.training import network
    from models.training.loss import SmoothedLoss

    torch.manual_seed(0)
    model = network.build(network.SIZES["micro"], len(vocabulary), 0.0).eval()
    loss = SmoothedLoss(model, 0.0, autocast=False)
    short, long = min(examples, key=lambda e: e.longer), max(examples, key=lambda e: e.longer)
    with torch.no_grad():
        alone = [loss(collate([e])) for e in (short, long)]
        together = loss(collate([short, long]))
    total = sum(float(one.mean) * one.tokens for one in alone)
    assert float(together.mean) * together.tokens == pytest.approx(total, rel=1e-5)
