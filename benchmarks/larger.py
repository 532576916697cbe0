"""Weights of the shape of `Helsinki-NLP/opus-mt-ar-en`, made here: right in every size, knowing nothing.

Overhead and speed depend on a model's shape, and the real weights need a download. Six encoder and six
decoder layers of width 512, feed-forward 2,048, eight heads, 62,834 words; random values from a fixed seed.

Random weights never end a sentence, so that every output would run into its bound and be repaired. These
end all of them after about 30 tokens: some dimensions of the decoder carry nothing but the slow sines of the
position signal, which grow with the position, and the end-of-sentence row of the output layer looks along
them. Input and output embeddings are not tied (the computing is the same), or each word would ask for itself
again.
"""

import json
import math
import random
import shutil
from pathlib import Path
from typing import Any

from benchmarks.environment import weights_sha
from models.manifest import STARTER, InstalledModel, Manifest, ModelFile

VOCABULARY = 62_834
WIDTH, FEED_FORWARD, HEADS, LAYERS = 512, 2048, 8, 6
SEED = 20261128
#: Where end-of-sentence takes over, in output tokens.
END_AFTER = 25
#: Log-probability at which the end beats the best word (one of 62,834 that are all about as likely).
END_SCORE = -3.0
#: How much the end gains with each position.
SLOPE = 4.0
_END, _PAD = "</s>", "<pad>"


def make(folder: Path) -> InstalledModel:
    """The model in `folder`, made if it isn't there (half a minute, 600 MB of memory). Imports torch."""
    if not (folder / "manifest.json").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        vocabulary = _write_tokenizer(folder / "hf")
        _write_weights(folder, vocabulary)
        _write_manifest(folder)
    return InstalledModel.at(folder)


def _write_tokenizer(hf: Path) -> dict[str, int]:
    """The bundled model's SentencePiece files, and its vocabulary filled up with made-up words."""
    hf.mkdir(parents=True)
    for name in ("source.spm", "target.spm"):
        shutil.copy(STARTER / "hf" / name, hf / name)
    settings = json.loads((STARTER / "hf" / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings.pop("added_tokens_decoder", None)  # numbers of the bundled model's own vocabulary
    (hf / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    known: dict[str, int] = json.loads((STARTER / "hf" / "vocab.json").read_text(encoding="utf-8"))
    known.pop(_PAD)
    rng = random.Random(SEED)
    words = list(known)
    while len(words) < VOCABULARY - 1:
        word = "\u2581" + "".join(rng.choices("abcdefghilmnoprstuvwy", k=rng.randint(3, 9)))
        if word not in known:
            known[word] = len(words)
            words.append(word)
    vocabulary = {word: i for i, word in enumerate([*words, _PAD])}
    (hf / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    return vocabulary


def _network(pad: int, end: int) -> Any:
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(SEED)
    config = MarianConfig(
        vocab_size=VOCABULARY,
        d_model=WIDTH,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        encoder_ffn_dim=FEED_FORWARD,
        decoder_ffn_dim=FEED_FORWARD,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        activation_function="swish",
        scale_embedding=True,
        static_position_embeddings=True,
        max_position_embeddings=512,
        tie_word_embeddings=False,
        pad_token_id=pad,
        eos_token_id=end,
        forced_eos_token_id=end,
        decoder_start_token_id=pad,
    )
    model: Any = MarianMTModel(config)
    with torch.no_grad():
        # Words must tell in the hidden state (their length is that of the position signal), or every
        # position would ask for the word that the last one asked for.
        for side in (model.model.encoder, model.model.decoder):
            side.embed_tokens.weight.normal_(0, 0.7 / math.sqrt(WIDTH))
        model.lm_head.weight.normal_(0, 0.1)
        model.model.decoder.embed_tokens.weight[:, _RISING] = 0
        for layer in model.model.decoder.layers:
            for last in (layer.self_attn.out_proj, layer.encoder_attn.out_proj, layer.fc2):
                last.weight[_RISING] = 0
        model.lm_head.weight[end] = 0
        model.lm_head.weight[end, _RISING] = SLOPE
    return model


#: Dimensions whose sine still rises over the first 40 to 150 tokens. Marian's position signal has sines in
#: its first half; dimension i is sin(position / 10000^(2i/width)).
_RISING = [i for i in range(WIDTH // 2) if 25 < 10000 ** (2 * i / WIDTH) < 100]


def _write_weights(folder: Path, vocabulary: dict[str, int]) -> None:
    """Convert twice: what the end scores in the converted int8 network sets its bias."""
    from ctranslate2.converters import TransformersConverter

    end = vocabulary[_END]
    model = _network(vocabulary[_PAD], end)
    for correction in (-1.0, 0.0):
        model.final_logits_bias[0, end] += correction  # a bias of zero would not be converted at all
        model.save_pretrained(folder / "hf")
        converter = TransformersConverter(str(folder / "hf"))
        converter.convert(str(folder / "ct2-int8"), quantization="int8", force=True)
        if correction:
            model.final_logits_bias[0, end] += END_SCORE - _score_of_end(folder, list(vocabulary))


def _score_of_end(folder: Path, words: list[str]) -> float:
    """Mean log-probability of end-of-sentence after END_AFTER random words."""
    import ctranslate2

    rng = random.Random(SEED)
    translator = ctranslate2.Translator(str(folder / "ct2-int8"), compute_type="int8")
    texts = [rng.choices(words[2:-1], k=END_AFTER) for _ in range(16)]
    scores = translator.score_batch([[*text, _END] for text in texts], texts)
    return sum(score.log_probs[-1] for score in scores) / len(scores)


def _write_manifest(folder: Path) -> None:
    sizes = {
        str(path.relative_to(folder)): ModelFile(path.stat().st_size, "")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = Manifest(
        id="opus-shape",
        tier="benchmark",
        revision=str(SEED),
        source="made by benchmarks/larger.py",
        licence="Apache-2.0",
        max_source_tokens=100,
        limits="Random weights: for measuring time only.",
        decoding={"beam_size": 4},
        files=sizes,
    )
    manifest.write(folder)


def main() -> None:
    """Make the model and print where it is: `python -m benchmarks.larger FOLDER`."""
    import sys

    model = make(Path(sys.argv[1]))
    sys.stdout.write(f"{model.path}: int8 weights sha256 {weights_sha(model)[:16]}\n")


if __name__ == "__main__":
    main()
