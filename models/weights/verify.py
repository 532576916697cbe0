"""Is an installed model what its manifest says, and does it translate? And how to get rid of one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from models import catalog
from models.errors import ModelBroken, ModelError, ModelNotFound
from models.manifest import InstalledModel
from models.weights import selfcheck
from models.weights.download import checksum


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at: `files` with matching checksums, and the self-check's chrF with its floor."""

    files: int
    size_bytes: int
    chrf: float
    floor: float


def verify(model: InstalledModel) -> Verified:
    """Checksums of all files, then the self-check. Raises `ModelBroken` naming what is wrong."""
    wrong = wrong_files(model)
    if wrong:
        raise ModelBroken(
            f"Model {model.id} isn't what was installed: {'; '.join(wrong)}. "
            f"`mujaz models remove {model.id}`, then `mujaz models pull {model.id}`."
        )
    known = catalog.entry(model.id) or catalog.DEFAULTS
    kind = "int8" if model.converted("int8").is_dir() else "float32"
    score = selfcheck.require(model, known.chrf_floor, kind)
    return Verified(len(model.manifest.files), model.manifest.size_bytes, score, known.chrf_floor)


def wrong_files(model: InstalledModel) -> list[str]:
    """One phrase for each file that is missing or differs; a manifest that names no files is wrong too."""
    wrong = [] if model.manifest.files else ["its manifest names no files"]
    for name, expected in model.manifest.files.items():
        path = model.path / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.stat().st_size != expected.size:
            wrong.append(f"{name} has {path.stat().st_size:,} bytes instead of {expected.size:,}")
        elif checksum(path) != expected.sha256:
            wrong.append(f"{name} was altered")
    return wrong


def remove(name: str, data_dir: Path) -> list[Path]:
    """Delete a pulled model and what half-finished pulls of it left. Returns the folders that went.

    Raises `ModelNotFound` when there is nothing of that name, `ModelError` when the folder can't be deleted.
    The bundled model stays; only its copy in the data folder, with further conversions, goes."""
    place, folder_name = catalog.folder(data_dir), catalog.model_id(name)
    prefixes = ("", ".partial-", ".old-")
    found = [path for prefix in prefixes if (path := place / f"{prefix}{folder_name}").is_dir()]
    if not found and folder_name == "starter":
        raise ModelError("The starter is bundled with Mujaz and can't be removed.")
    if not found:
        raise ModelNotFound(f"There is no pulled model {name}; `mujaz models list` shows what there is.")
    try:
        for path in found:
            # Out of sight first, so that a half-deleted folder is never taken for a model.
            gone = path.rename(path.with_name(f".removed-{path.name}"))
            shutil.rmtree(gone)
    except OSError as error:
        raise ModelError(f"{error.filename or place} can't be removed: {error.strerror}.") from error
    (place / f".lock-{folder_name}").unlink(missing_ok=True)
    return found
