"""Engines by name. An engine's library is imported when one is made, not before."""

import os
from dataclasses import dataclass

from models.engines.base import Engine, EngineInfo
from models.errors import EngineUnavailable
from models.manifest import InstalledModel

NAMES = ("ct2", "transformers", "stub")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`device` "auto" takes a GPU when there is one; `threads` 0 uses every core; `workers` batches compute
    side by side and share those cores (0: one per core for the small batches of a CPU)."""

    engine: str = "ct2"
    compute_type: str = "int8"
    device: str = "auto"
    threads: int = 0
    workers: int = 0

    def resolved_workers(self) -> int:
        return self.workers or max(1, min(self.threads or os.cpu_count() or 1, os.cpu_count() or 1))


def create(model: InstalledModel, options: EngineOptions = EngineOptions()) -> Engine:
    """An engine with the model loaded. Raises `EngineUnavailable` (library, device or files missing)."""
    if options.engine == "stub":
        from models.engines.stub import StubEngine

        return StubEngine()
    if options.engine == "ct2":
        return _ct2(model, options)
    if options.engine == "transformers":
        from models.engines.transformers_engine import TransformersEngine

        return TransformersEngine(
            _info(model, options, "float32", _torch_device(options.device)), model.path / "hf"
        )
    raise EngineUnavailable(f"There is no engine {options.engine!r}; there are {', '.join(NAMES)}.")


def _ct2(model: InstalledModel, options: EngineOptions) -> Engine:
    from models.engines.ct2 import CTranslate2Engine

    device = _ct2_device(options.device)
    weights = model.converted(options.compute_type)
    if not weights.is_dir():
        raise EngineUnavailable(
            f"Model {model.id} has no {options.compute_type} weights; "
            f"`mujaz models pull {model.id}` makes them."
        )
    workers = options.resolved_workers() if device == "cpu" else 1
    cores = options.threads or os.cpu_count() or 1
    return CTranslate2Engine(
        _info(model, options, options.compute_type, device),
        weights,
        model.tokenizer,
        workers=workers,
        threads_per_worker=max(1, cores // workers),
    )


def _info(model: InstalledModel, options: EngineOptions, compute_type: str, device: str) -> EngineInfo:
    manifest = model.manifest
    return EngineInfo(
        model=manifest.id,
        revision=manifest.revision[:12],
        engine=options.engine,
        compute_type=compute_type,
        device=device,
        max_source_tokens=manifest.max_source_tokens,
        has_alignment=manifest.has_alignment,
    )


def _ct2_device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    import ctranslate2

    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"


def _torch_device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
