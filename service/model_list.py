"""The models that callers are told of: known, installed, active."""

from dataclasses import dataclass
from typing import Any

from models import catalog
from models.catalog import Entry
from models.errors import ModelError
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
    """The configured model: the bundled one, a pulled one, or a local folder. Raises `ModelNotFound`,
    `ModelBroken`."""
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
    """The catalogue, then other installed models; the active one is among them wherever it lies."""
    present = {model.id: model for model in catalog.installed(config.data_path)}
    try:
        active = find(config)
        present[active.id] = active
        active_id = active.id
    except ModelError:  # `mujaz models list` is how to find out what there is instead
        active_id = catalog.model_id(config.model.name)
    listed = [
        facts(present.pop(entry.id), active=entry.id == active_id)
        if entry.id in present
        else _known(entry, active=entry.id == active_id)
        for entry in catalog.CATALOGUE
    ]
    return listed + [facts(model, active=model.id == active_id) for model in present.values()]


def _known(entry: Entry, *, active: bool) -> ModelFacts:
    """A model of the catalogue that isn't installed."""
    return ModelFacts(
        id=entry.id,
        tier=entry.tier,
        installed=False,
        active=active,
        licence=entry.licence,
        size_bytes=None,
        revision=None,
        scores=dict(entry.scores),
        limits=entry.limits or None,
    )
