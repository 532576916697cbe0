"""Summarization models of a few thousand parameters, with word tokenizers, made without any training."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

_SPECIAL = ["<pad>", "</s>", "<unk>", "<s>"]


def save_tokenizer(folder: Path, texts: Sequence[str], most: int, wrapped: bool) -> Any:
    """One token for each word between spaces; ends (and, as BART's does, starts) a text with a special one."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = dict.fromkeys([*_SPECIAL, "summarize:", *" ".join(texts).split()])
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
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


def save_t5(folder: Path, writes: str, most: int = 64) -> None:
    """A T5 that writes one text, of words that are all different, whatever it reads: attention and feed-forward
    layers are zero, so that each word calls the next."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = save_tokenizer(folder, [writes], most, wrapped=False)
    size = len(tokenizer)
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=size,
            d_model=size,
            d_kv=4,
            d_ff=8,
            num_layers=1,
            num_heads=1,
            pad_token_id=0,
            eos_token_id=1,
            decoder_start_token_id=0,
            tie_word_embeddings=False,
            task_specific_params={"summarization": {"prefix": "summarize: "}},
        )
    )
    chain = [0, *tokenizer(writes)["input_ids"]]
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "layer_norm" not in name:
                weights.zero_()
        model.set_input_embeddings(torch.nn.Embedding.from_pretrained(torch.eye(size), freeze=False))
        for word, following in pairwise(chain):
            model.lm_head.weight[following, word] = 10.0
    model.config.tie_word_embeddings = False
    model.save_pretrained(folder)


def save_bart(folder: Path, texts: Sequence[str], most: int = 64) -> None:
    """A BART with random weights and learned positions: one token too many is an error."""
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
