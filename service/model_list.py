"""The models that callers are told of: known, installed, active."""

from dataclasses import dataclass
from typing import Any

from models import catalog
from models.manifest import InstalledModel
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
    """The configured model. Raises `ModelNotFound`, `ModelBroken`."""
    return catalog.find(config.model.name, config.data_path)


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
    """Every model of the catalogue and every installed one, the active one marked."""
    active = find(config).id
    installed = {model.id: model for model in catalog.installed(config.data_path)}
    known = [_not_installed(entry) for entry in catalog.CATALOGUE if entry.id not in installed]
    return [facts(model, active=model.id == active) for model in installed.values()] + known
