"""Engines by name. An engine's library is imported when one is made, not before."""

import os
from dataclasses import dataclass
from pathlib import Path

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

        device = _torch_device(options.device)
        info = _info(model, options, "float16" if options.compute_type == "float16" else "float32", device)
        return TransformersEngine(
            info, model.tokenizer, prefix=model.manifest.source_prefix, threads=options.threads
        )
    raise EngineUnavailable(f"There is no engine {options.engine!r}; there are {', '.join(NAMES)}.")


def _ct2(model: InstalledModel, options: EngineOptions) -> Engine:
    from models.engines.ct2 import CTranslate2Engine

    device = _ct2_device(options.device)
    compute_type = options.compute_type
    if device == "cuda" and compute_type == "int8":
        compute_type = "int8_float16"  # what isn't quantised in half precision: faster there, same weights
    weights = _weights(model, compute_type)
    workers = options.resolved_workers() if device == "cpu" else 1
    cores = options.threads or os.cpu_count() or 1
    return CTranslate2Engine(
        _info(model, options, compute_type, device),
        weights,
        model.tokenizer,
        prefix=model.manifest.source_prefix,
        workers=workers,
        threads_per_worker=max(1, cores // workers),
    )


def _weights(model: InstalledModel, compute_type: str) -> Path:
    """The conversion to load: int8 weights are computed with whatever goes with them, float ones never come
    from rounded weights."""
    stored = "int8" if compute_type.startswith("int8") else "float32"
    weights = model.converted(stored)
    if not weights.is_dir():
        raise EngineUnavailable(
            f"Model {model.id} has no {stored} weights; "
            f"`mujaz models pull {model.id} --compute-type {stored}` makes them."
        )
    return weights


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
