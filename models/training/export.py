"""A trained model as files: the transformers folder and the CTranslate2 folder that engines load."""

import copy
import hashlib
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

from models.manifest import Manifest, ModelFile
from models.training.alignment_heads import recorded
from models.training.vocabulary import Vocabulary

HF, CT2 = "hf", "ct2-int8"  # the layout of every model folder
_TOKENIZER = "tokenizer_config.json"
_TOKENIZER_SETTINGS = {
    "tokenizer_class": "MarianTokenizer",
    "source_lang": "ar",
    "target_lang": "en",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "model_max_length": 512,
    "separate_vocabs": False,
}


def save_transformers(model: Any, vocabulary: Vocabulary, folder: Path) -> None:
    """Writes a folder that `MarianMTModel.from_pretrained` and `MarianTokenizer` load; weights in float16."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary.save(folder)
    half = copy.deepcopy(model).to("cpu", torch.float16)
    half.config.dropout = 0.0  # the folder is for use; training sets its own
    half.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)  # written as 0600, which another user's service can't read
    given = vocabulary.folder / _TOKENIZER
    text = given.read_text(encoding="utf-8") if given.exists() else json.dumps(_TOKENIZER_SETTINGS, indent=2)
    (folder / _TOKENIZER).write_text(text, encoding="utf-8")


def convert(transformers_folder: Path, folder: Path, quantization: str = "int8_float32") -> None:
    """Converts to CTranslate2. The folder appears whole or not at all.

    Plain "int8" would keep what isn't quantised in the float16 of the file, to be widened at each load.
    """
    temporary = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(temporary, ignore_errors=True)
    with warnings.catch_warnings():
        # the tokenizer is loaded for its vocabulary alone; the punctuation normaliser it misses isn't used
        warnings.filterwarnings("ignore", message=".*sacremoses")
        _converter(transformers_folder).convert(str(temporary), quantization=quantization)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


def _converter(transformers_folder: Path) -> Any:
    """CTranslate2's converter, made to record the heads that align (else it takes the last layer's first)."""
    import numpy as np
    from ctranslate2.converters import TransformersConverter

    heads = recorded(json.loads((transformers_folder / "config.json").read_text(encoding="utf-8")))

    class Converter(TransformersConverter):  # type: ignore[misc]
        def _load(self) -> Any:
            spec = super()._load()
            if heads is not None:
                spec.decoder.alignment_layer = np.int16(heads.layer)
                spec.decoder.alignment_heads = np.int16(heads.count)
            return spec

    return Converter(str(transformers_folder))


def describe(folder: Path, source: str, licence: str, max_source_tokens: int) -> Manifest:
    """Writes the manifest, last of all, which makes the folder a model that loads like any other.

    The revision is the checksum of the weights: these files came from no commit.
    """
    files = {
        str(path.relative_to(folder)): ModelFile(path.stat().st_size, _sha256(path))
        for part in (HF, CT2)
        for path in sorted((folder / part).iterdir())
    }
    weights = files[f"{HF}/model.safetensors"].sha256
    manifest = Manifest(
        id=folder.name, tier="local", revision=weights, source=source, licence=licence,
        max_source_tokens=max_source_tokens, has_alignment=_aligns(folder), files=files,
    )  # fmt: skip
    manifest.write(folder)
    return manifest


def _aligns(folder: Path) -> bool:
    return recorded(json.loads((folder / HF / "config.json").read_text(encoding="utf-8"))) is not None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def transformers_folder(model_folder: Path) -> Path:
    """The transformers files of a model: in `hf/`, or the folder itself when it comes from elsewhere."""
    inner = model_folder / HF
    return inner if (inner / "config.json").exists() else model_folder
