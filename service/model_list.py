"""The models that callers are told of: known, installed, active."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.manifest import STARTER, InstalledModel
from service.config import Config


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What callers are told of a model. `size_bytes` and `revision` are None until it is installed."""

    id: str
    tier: str
    installed: bool
    active: bool
    licence: str | None
    size_bytes: int | None
    revision: str | None
    scores: dict[str, Any]
    limits: str | None


def find(config: Config) -> InstalledModel:
    """The configured model: the bundled one, a pulled one, or a local folder. Raises `ModelNotFound`,
    `ModelBroken`."""
    name = config.model.name
    if name == "starter":
        return InstalledModel.at(STARTER)
    pulled = config.data_path / "models" / name
    return InstalledModel.at(pulled if pulled.is_dir() else Path(name).expanduser())


def facts(installed: InstalledModel, *, active: bool) -> ModelFacts:
    manifest = installed.manifest
    return ModelFacts(
        id=installed.id,
        tier=manifest.tier,
        installed=True,
        active=active,
        licence=manifest.licence,
        size_bytes=manifest.size_bytes,
        revision=manifest.revision,
        scores=dict(manifest.scores),
        limits=manifest.limits or None,
    )


def items(config: Config) -> list[ModelFacts]:
    """The bundled model and the active one."""
    active = find(config)
    models = {model.id: model for model in (InstalledModel.at(STARTER), active)}
    return [facts(model, active=model.id == active.id) for model in models.values()]
