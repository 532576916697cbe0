"""A model folder and the manifest that describes it.

    <folder>/manifest.json    this module
    <folder>/hf/              transformers Marian layout: config, SentencePiece models, vocabulary, weights
    <folder>/ct2-int8/        CTranslate2 conversion(s), one folder a compute type

The manifest is written last, so a folder without one is not a model.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.engines.base import DecodingOptions
from models.errors import ModelBroken, ModelNotFound

FILE_NAME = "manifest.json"
#: Where the bundled model lies.
STARTER = Path(__file__).parent / "starter"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """Size in bytes and SHA-256 of one file of the model."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of an installed model.

    `revision` is the commit that the files came from, as the Hub resolved it. `max_source_tokens` is the
    chunk length in the model's own pieces that it was trained for. `decoding` overrides the defaults of
    `DecodingOptions`. `files` is keyed by path relative to the folder. `confidence` is the calibration of
    `models.quality`, None for a model without one. `source_prefix` is put before every source text
    (`>>eng<<` of multilingual Marian models).
    """

    id: str
    tier: str
    revision: str
    source: str
    licence: str
    max_source_tokens: int
    limits: str = ""
    source_prefix: str = ""
    has_alignment: bool = False
    decoding: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    confidence: Mapping[str, Any] | None = None
    files: Mapping[str, ModelFile] = field(default_factory=dict)

    def decoding_options(self) -> DecodingOptions:
        return DecodingOptions(**self.decoding)

    @property
    def size_bytes(self) -> int:
        return sum(f.size for f in self.files.values())

    def write(self, folder: Path) -> None:
        """Write `folder`/manifest.json, whole or not at all."""
        partial = folder / f".{FILE_NAME}.partial"
        partial.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        partial.replace(folder / FILE_NAME)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises `ModelNotFound` when there is no manifest, `ModelBroken` when it can't be read."""
        try:
            data = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
            files = {name: ModelFile(**entry) for name, entry in data.pop("files").items()}
            return cls(**data, files=files)
        except (FileNotFoundError, NotADirectoryError):
            raise ModelNotFound(f"There is no model in {folder} (no {FILE_NAME}).") from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelBroken(f"{folder / FILE_NAME} can't be read: {error}") from error


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model folder that can be loaded."""

    id: str
    path: Path
    manifest: Manifest

    @classmethod
    def at(cls, folder: Path) -> "InstalledModel":
        manifest = Manifest.read(folder)
        return cls(manifest.id, folder, manifest)

    @property
    def tokenizer(self) -> Path:
        return self.path / "hf"

    def converted(self, compute_type: str) -> Path:
        """The folder of the CTranslate2 conversion for a compute type."""
        return self.path / f"ct2-{compute_type}"
