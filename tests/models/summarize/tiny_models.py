"""Summarization models of a few thousand parameters, with tokenizers trained on the test's own text."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SPECIAL = ["<pad>", "</s>", "<unk>", "<s>"]


def save_tokenizer(folder: Path, texts: Sequence[str], most: int, wrapped: bool) -> Any:
    """A unigram tokenizer that ends (and, as BART's do, starts) every text with a special token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        texts,
        trainers.UnigramTrainer(
            vocab_size=300, special_tokens=_SPECIAL, unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>" if wrapped else "$A </s>", special_tokens=[("<s>", 3), ("</s>", 1)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        bos_token="<s>",
        model_max_length=most,
    )
    fast.save_pretrained(folder)
    return fast


def save_t5(folder: Path, texts: Sequence[str], learnt: str | None = None, most: int = 64) -> None:
    """A tiny T5; with `learnt` it is trained to write that text whatever it reads."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = save_tokenizer(folder, texts, most, wrapped=False)
    torch.manual_seed(1)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=len(tokenizer),
            d_model=32,
            d_kv=16,
            d_ff=32,
            num_layers=1,
            num_heads=2,
            dropout_rate=0.0,
            pad_token_id=0,
            eos_token_id=1,
            decoder_start_token_id=0,
            task_specific_params={"summarization": {"prefix": "summarize: "}},
        )
    )
    if learnt is not None:
        _teach(model, tokenizer, texts, learnt)
    model.save_pretrained(folder)


def _teach(model: Any, tokenizer: Any, texts: Sequence[str], learnt: str) -> None:
    import torch

    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    inputs = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
    labels = tokenizer([learnt] * len(texts), return_tensors="pt")["input_ids"]
    for _ in range(200):
        loss = model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], labels=labels
        ).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if loss.item() < 0.01:
            break


def save_bart(folder: Path, texts: Sequence[str], most: int = 64) -> None:
    """A tiny BART with random weights and learned positions: one token too many is an error."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    tokenizer = save_tokenizer(folder, texts, 10**30, wrapped=True)
    torch.manual_seed(1)
    BartForConditionalGeneration(
        BartConfig(
            vocab_size=len(tokenizer),
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            max_position_embeddings=most,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=3,
            decoder_start_token_id=1,
            forced_eos_token_id=1,
            forced_bos_token_id=3,
        )
    ).save_pretrained(folder)
