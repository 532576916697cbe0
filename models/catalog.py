"""The models that Mujaz knows by name, and those that lie on this machine.

    starter   bundled with the package, works without any network
    fast      Helsinki-NLP/opus-mt-ar-en
    quality   Helsinki-NLP/opus-mt-tc-big-ar-en

Any other Marian model goes by its Hugging Face repository ("owner/name") or by a folder. Pulled models lie in
`<data folder>/models/<id>`; `models.weights` puts them there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import ModelError, ModelNotFound
from models.manifest import STARTER, InstalledModel

#: Chunk length of the OPUS-MT models in their own pieces, about 60 Arabic words. Their papers and cards name
#: no training length; users report shortened output past about 60 words (Helsinki-NLP/OPUS-CAT issues 93 and
#: 115), and the training text, OPUS, is sentences. The network's 512 positions are no promise.
OPUS_CHUNK = 100
#: A model whose chrF on the self-check is lower is broken, not weak: see `models.weights.selfcheck`.
BROKEN_BELOW = 25.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that can be pulled. `repository` is its place on the Hugging Face Hub, "" for the bundled one.
    `chrf_floor` is the least it must reach on the self-check. `size_bytes` is about what it takes up."""

    id: str
    tier: str
    repository: str
    licence: str
    size_bytes: int = 0
    max_source_tokens: int = OPUS_CHUNK
    limits: str = ""
    chrf_floor: float = BROKEN_BELOW
    scores: Mapping[str, Any] = field(default_factory=dict)


_DIALECTS = "Trained on Modern Standard Arabic; much weaker on dialects. Check names and numbers."

#: Scores: OPUS-MT leaderboard, FLORES devtest, as published by the models' makers; not measured here.
CATALOGUE = (
    Entry("starter", "starter", "", "CC-BY-SA-4.0", chrf_floor=50.0),
    Entry(
        "fast", "fast", "Helsinki-NLP/opus-mt-ar-en", "Apache-2.0", 390_000_000,
        limits=_DIALECTS, chrf_floor=45.0,
        scores={"published": {"flores101_bleu": 33.9, "flores101_chrf": 61.0}},
    ),
    Entry(
        "quality", "quality", "Helsinki-NLP/opus-mt-tc-big-ar-en", "CC-BY-4.0", 1_200_000_000,
        limits=_DIALECTS, chrf_floor=50.0,
        scores={"published": {"flores200_bleu": 42.8, "flores200_chrf": 67.2}},
    ),
)  # fmt: skip

#: What holds for a model that isn't in the catalogue.
DEFAULTS = Entry("", "local", "", "unstated")

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def entry(name: str) -> Entry | None:
    """The catalogue's entry of that name or repository."""
    return next((e for e in CATALOGUE if name and name in (e.id, e.repository)), None)


def is_repository(name: str) -> bool:
    """Can this be a Hugging Face repository, as far as its spelling goes?"""
    return _REPOSITORY.fullmatch(name) is not None and ".." not in name


def model_id(name: str) -> str:
    """The folder name of a model: its catalogue name, "owner--name" of a repository, or a plain name."""
    known = entry(name)
    if known is not None:
        return known.id
    if is_repository(name):
        return name.replace("/", "--")
    return re.sub(r"[^\w.-]+", "-", Path(name).expanduser().resolve().name).strip(".-") or "model"


def folder(data_dir: Path) -> Path:
    """Where pulled models lie."""
    return data_dir / "models"


def find(name: str, data_dir: Path) -> InstalledModel:
    """The model of that catalogue name, id, repository or folder.

    Raises `ModelNotFound` with the command that fetches it, `ModelBroken` when its manifest can't be read."""
    if name == "starter":
        return _starter(data_dir)
    pulled = folder(data_dir) / model_id(name)
    if (pulled / "manifest.json").is_file() and not _is_path(name):
        return InstalledModel.at(pulled)
    here = Path(name).expanduser()
    if _is_path(name) or here.is_dir():
        return _at_path(here, pulled)
    if entry(name) is not None or is_repository(name):
        raise ModelNotFound(f"Model {name} isn't on this machine yet; `mujaz models pull {name}` fetches it.")
    known = ", ".join(e.id for e in CATALOGUE)
    raise ModelNotFound(
        f"There is no model {name!r}: neither {known}, nor a pulled one, nor a repository, nor a folder."
    )


def _at_path(here: Path, pulled: Path) -> InstalledModel:
    """The folder itself where it is one of ours; of a bare transformers folder, the copy that a pull made."""
    if (here / "manifest.json").exists() or not (here / "config.json").is_file():
        return InstalledModel.at(here)
    try:
        copy = InstalledModel.at(pulled)
    except ModelNotFound:
        copy = None
    if copy is None or copy.manifest.source != str(here.resolve()):
        raise ModelNotFound(f"{here} isn't converted yet; `mujaz models pull {here}` makes a copy that is.")
    return copy


def installed(data_dir: Path) -> list[InstalledModel]:
    """The bundled model and the pulled ones, by id. Folders that can't be read are left out."""
    found = {"starter": _starter(data_dir)}
    found |= {model.id: model for model in _pulled(data_dir) if model.id != "starter"}
    return list(found.values())


def _pulled(data_dir: Path) -> Iterator[InstalledModel]:
    place = folder(data_dir)
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path.name.startswith(".") or not path.is_dir():  # half-finished pulls; what others left
            continue
        try:
            yield InstalledModel.at(path)
        except ModelError:
            continue


def _starter(data_dir: Path) -> InstalledModel:
    """The bundled model; or its copy in the data folder, which holds further conversions, as long as that
    is of the same weights."""
    bundled = InstalledModel.at(STARTER)
    try:
        copy = InstalledModel.at(folder(data_dir) / "starter")
    except ModelError:
        return bundled
    return copy if copy.manifest.revision == bundled.manifest.revision else bundled


def _is_path(name: str) -> bool:
    """Said as a path, not as a name: `./x`, `/x`, `~/x`."""
    return name.startswith((".", "/", "~"))
