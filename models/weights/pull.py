"""From a name to an installed model: fetch or copy, convert, self-check, and only then let it be seen.

All work is done in `<data folder>/models/.partial-<id>`, which nothing ever loads. Its manifest is written
last, then the folder gets its name in one step: a pull that stops half-way leaves what was installed as it
was, and the next one goes on from it.
"""

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from models import catalog
from models.catalog import Entry
from models.errors import ModelBroken, ModelError, ModelNotFound, PullFailed
from models.manifest import STARTER, InstalledModel, Manifest, ModelFile
from models.training.alignment_heads import recorded
from models.weights import selfcheck
from models.weights.convert import QUANTIZATIONS, convert
from models.weights.download import RemoteFile, Repository, checksum, fetch, resolve

log = logging.getLogger(__name__)

#: What a Marian model can't do without, what it may bring, and its weights in order of preference.
REQUIRED = ("config.json", "source.spm", "target.spm", "vocab.json")
OPTIONAL = ("generation_config.json", "tokenizer_config.json", "special_tokens_map.json")
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
#: Beside the download: both conversions, each smaller than the float32 weights they come from, and some air.
_CONVERSION_SHARE = 1.5
_AIR = 100_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """Where a pull is: `what` it does, and of how many bytes it has how many (0 of 0: can't be told)."""

    what: str
    done: int = 0
    total: int = 0


Progress = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What to pull: a catalogue name, a Hub repository or a folder. `revision` is a commit, branch or tag of
    the repository; `compute_type` "float32" adds those weights to the int8 ones; `update` looks for a newer
    revision of what is installed."""

    name: str
    revision: str | None = None
    compute_type: str = "int8"
    update: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The conversions wanted."""
        return ("int8",) if self.compute_type.startswith("int8") else ("int8", "float32")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the files came from, for the manifest. `folder` and `manifest` are those of a model of ours."""

    source: str
    revision: str
    licence: str
    folder: Path | None = None
    manifest: Manifest | None = None


def pull(request: Request, data_dir: Path, progress: Progress = lambda step: None) -> InstalledModel:
    """The model, installed. What is installed already is only completed by missing conversions, without any
    network, unless another revision is asked for.

    Raises `ModelNotFound`, `ModelBroken` (not a Marian model, failed self-check), `PullFailed` (network,
    disk, checksum, another pull at work). On each of them everything installed is as it was."""
    if request.name == "starter" and request.kinds == ("int8",):
        return InstalledModel.at(STARTER)
    name = catalog.model_id(request.name)
    place = catalog.folder(data_dir)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _alone(place / f".lock-{name}"):
            present = _present(request, place / name)
            if present is not None:
                return _complete(present, request.kinds, progress)
            _install(request, place / f".partial-{name}", place / name, progress)
    except OSError as error:
        raise PullFailed(f"{place} can't be written: {error.strerror}.") from error
    return InstalledModel.at(place / name)


def _install(request: Request, staging: Path, folder: Path, progress: Progress) -> None:
    """The whole way in `staging`, which becomes `folder` at the end."""
    hf = staging / "hf"
    hf.mkdir(parents=True, exist_ok=True)
    for converted in staging.glob("ct2-*"):
        shutil.rmtree(converted)  # of an earlier try, perhaps of another revision
    origin = _gather(request, hf, progress)
    _check_kind(hf, origin.source)
    for kind in request.kinds:
        ready = origin.folder / f"ct2-{kind}" if origin.folder is not None else None
        if ready is not None and ready.is_dir():
            shutil.copytree(ready, staging / ready.name)  # with its shortlist, which no conversion makes
        else:
            _convert(staging, kind, progress)
    _describe(staging, folder.name, catalog.entry(request.name), origin, progress)
    _show(staging, folder)


def _present(request: Request, folder: Path) -> InstalledModel | None:
    """What is installed, where that will do."""
    if request.update:
        return None
    try:
        model = InstalledModel.at(folder)
    except ModelError:
        return None
    if request.name == "starter" and model.manifest.revision != InstalledModel.at(STARTER).manifest.revision:
        return None
    same = request.revision is None or model.manifest.revision.startswith(request.revision)
    return model if same else None


def _complete(model: InstalledModel, kinds: tuple[str, ...], progress: Progress) -> InstalledModel:
    """Adds missing conversions to an installed model."""
    missing = [kind for kind in kinds if not model.converted(kind).is_dir()]
    if not missing:
        return model
    for kind in missing:
        _convert(model.path, kind, progress)
    replace(model.manifest, files=_files(model.path)).write(model.path)
    return InstalledModel.at(model.path)


def _gather(request: Request, hf: Path, progress: Progress) -> Origin:
    """Brings the files of the model into `hf`."""
    known = catalog.entry(request.name)
    if request.name == "starter":
        return _copy(STARTER, hf, progress)
    if known is None and Path(request.name).expanduser().is_dir():
        return _copy(Path(request.name).expanduser(), hf, progress)
    repository = known.repository if known is not None else request.name
    if not catalog.is_repository(repository):
        raise ModelNotFound(f"{request.name!r} is neither in the catalogue, nor a repository, nor a folder.")
    progress(Step(f"looking for {repository}"))
    found = resolve(repository, request.revision)
    _download(found, hf, progress)
    return Origin(repository, found.revision, found.licence or (known.licence if known else "unstated"))


def _download(repository: Repository, hf: Path, progress: Progress) -> None:
    files = _needed(repository)
    total, done = sum(f.size for f in files), 0
    _require_space(hf, total, next(f.size for f in files if f.name in WEIGHTS))
    for file in files:
        before = done
        fetch(repository, file, hf, lambda n, b=before, f=file: progress(Step(f.name, b + n, total)))  # type: ignore[misc]
        done += file.size
        if file.name == "config.json":
            _check_kind(hf, repository.id)  # before the big files, not after
    for stray in hf.iterdir():
        if stray.name not in {file.name for file in files}:
            stray.unlink()  # of an earlier revision


def _needed(repository: Repository) -> list[RemoteFile]:
    """Small files first: what is wrong shows before the weights are fetched."""
    missing = [name for name in REQUIRED if repository.file(name) is None]
    weights = next((f for name in WEIGHTS if (f := repository.file(name)) is not None), None)
    if weights is None:
        missing.append(" or ".join(WEIGHTS))
    if missing or weights is None:
        raise ModelBroken(
            f"{repository.id} is no Marian model that can be used: it lacks {', '.join(missing)}."
        )
    small = [f for name in REQUIRED + OPTIONAL if (f := repository.file(name)) is not None]
    return [*small, weights]


def _require_space(hf: Path, download: int, weights: int) -> None:
    have = sum(path.stat().st_size for path in hf.iterdir())
    needed = download - min(have, download) + int(weights * _CONVERSION_SHARE) + _AIR
    free = shutil.disk_usage(hf).free
    if free < needed:
        raise PullFailed(
            f"Not enough room in {hf.parent.parent}: about {needed / 1e6:,.0f} MB are needed, "
            f"{free / 1e6:,.0f} MB are free."
        )


def _copy(folder: Path, hf: Path, progress: Progress) -> Origin:
    """From a local folder, which stays as it is: a transformers folder, or one of ours with `hf/` inside."""
    inner = folder / "hf" if (folder / "hf" / "config.json").is_file() else folder
    missing = [name for name in REQUIRED if not (inner / name).is_file()]
    weights = next((inner / name for name in WEIGHTS if (inner / name).is_file()), None)
    if weights is None:
        missing.append(" or ".join(WEIGHTS))
    if missing or weights is None:
        raise ModelBroken(f"{folder} holds no Marian model that can be used: it lacks {', '.join(missing)}.")
    _require_space(hf, weights.stat().st_size, weights.stat().st_size)
    progress(Step(f"copying {folder}"))
    shutil.rmtree(hf)
    hf.mkdir()
    try:
        for name in (*REQUIRED, *OPTIONAL, weights.name):
            if (inner / name).is_file():
                shutil.copyfile(inner / name, hf / name)
    except OSError as error:
        raise PullFailed(f"{folder} can't be copied: {error.strerror}.") from error
    manifest = _manifest_of(folder)
    if manifest is None:
        return Origin(str(folder.resolve()), checksum(weights), "unstated")
    return Origin(manifest.source, manifest.revision, manifest.licence, folder, manifest)


def _manifest_of(folder: Path) -> Manifest | None:
    try:
        return Manifest.read(folder)
    except ModelNotFound:
        return None


def _check_kind(hf: Path, source: str) -> None:
    """Is it a Marian model with one vocabulary?"""
    try:
        config = json.loads((hf / "config.json").read_text(encoding="utf-8"))
        tokenizer = hf / "tokenizer_config.json"
        settings = json.loads(tokenizer.read_text(encoding="utf-8")) if tokenizer.is_file() else {}
    except (OSError, ValueError) as error:
        raise ModelBroken(f"{source} has an unreadable configuration: {error}") from error
    if config.get("model_type") != "marian":
        raise ModelBroken(f"{source} is a {config.get('model_type')} model; Mujaz takes Marian models.")
    if settings.get("separate_vocabs") or config.get("share_encoder_decoder_embeddings") is False:
        raise ModelBroken(f"{source} has separate vocabularies; Mujaz takes Marian models with one.")


def _convert(folder: Path, kind: str, progress: Progress) -> None:
    assert kind in QUANTIZATIONS, kind
    progress(Step(f"converting to CTranslate2 {kind}"))
    convert(folder / "hf", folder / f"ct2-{kind}", kind)


def _describe(
    staging: Path, name: str, known: Entry | None, origin: Origin, progress: Progress
) -> InstalledModel:
    """Self-check, then the manifest, last of all."""
    base = origin.manifest
    draft = Manifest(
        id=name,
        tier=base.tier if base is not None else known.tier if known is not None else "local",
        revision=origin.revision,
        source=origin.source,
        licence=origin.licence,
        max_source_tokens=(base or known or catalog.DEFAULTS).max_source_tokens,
        limits=(base or known or catalog.DEFAULTS).limits,
        source_prefix=base.source_prefix if base is not None else _target_token(staging / "hf"),
        has_alignment=_aligns(staging / "hf"),
        decoding=base.decoding if base is not None else {},
        scores=base.scores if base is not None else known.scores if known is not None else {},
        confidence=base.confidence if base is not None else None,
    )
    progress(Step("checking against reference translations"))
    floor = (known or catalog.DEFAULTS).chrf_floor
    score = selfcheck.require(InstalledModel(name, staging, draft), floor)
    scores = {**draft.scores, "selfcheck": {"chrf": round(score, 1), "floor": floor}}
    made = replace(draft, scores=scores, files=_files(staging))
    made.write(staging)
    return InstalledModel(name, staging, made)


def _target_token(hf: Path) -> str:
    """`>>eng<<` where the model translates into several languages, else ""."""
    vocabulary = json.loads((hf / "vocab.json").read_text(encoding="utf-8"))
    tokens = [piece for piece in vocabulary if re.fullmatch(r">>\w+<<", piece)]
    return next((token for token in (">>eng<<", ">>en<<") if token in tokens), "")


def _aligns(hf: Path) -> bool:
    return recorded(json.loads((hf / "config.json").read_text(encoding="utf-8"))) is not None


def _files(folder: Path) -> dict[str, ModelFile]:
    """Size and checksum of every file of the model."""
    return {
        path.relative_to(folder).as_posix(): ModelFile(path.stat().st_size, checksum(path))
        for part in sorted(folder.iterdir())
        if part.is_dir() and (part.name == "hf" or part.name.startswith("ct2-"))
        for path in sorted(part.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }


def _show(staging: Path, folder: Path) -> None:
    """The staging folder takes its name; what had it before goes."""
    old = folder.with_name(f".old-{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staging.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One pull of a model at a time on this machine."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise PullFailed("This model is being pulled by another process just now.") from None
    try:
        yield
    finally:
        lock.release()
