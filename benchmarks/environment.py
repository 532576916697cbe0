"""Machine, weights, settings and versions: printed above every result, since none means anything without."""

import hashlib
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.manifest import InstalledModel
from service.version import VERSION

_PACKAGES = (
    "ctranslate2",
    "sentencepiece",
    "transformers",
    "torch",
    "flask",
    "gunicorn",
    "numpy",
    "sacrebleu",
)


def describe(model: InstalledModel, settings: Mapping[str, object] | None = None) -> str:
    """Markdown lines. `settings`: what this run was told."""
    options = model.manifest.decoding_options()
    told = {
        "beam": options.beam_size,
        "length penalty": options.length_penalty,
        "output at most": f"{options.max_length_ratio:g} x source + 20 tokens",
        "chunk": f"{model.manifest.max_source_tokens} tokens",
        **(settings or {}),
    }
    return "\n".join(
        (
            f"- machine: {machine()}",
            f"- model: {model.id}, int8 weights sha256 {weights_sha(model)[:16]}",
            f"- settings: {', '.join(f'{name} {value}' for name, value in told.items())}",
            f"- versions: Mujaz {VERSION}, Python {platform.python_version()}, {_versions()}",
        )
    )


def machine() -> str:
    """Processor, cores, memory, load at this moment."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, load {load:.1f} before the run"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    names = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    return next(
        (line.split(":", 1)[1].strip() for line in names if line.startswith("model name")), platform.machine()
    )


def weights_sha(model: InstalledModel, compute_type: str = "int8") -> str:
    """SHA-256 of the weights that run, read from the file and not from what the manifest says."""
    with (model.converted(compute_type) / "model.bin").open("rb") as weights:
        return hashlib.file_digest(weights, "sha256").hexdigest()


def _versions() -> str:
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)
