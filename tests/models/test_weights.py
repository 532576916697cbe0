"""The whole way of a model onto this machine, with the real Hub client against a Hub on the loopback."""

import errno
import io
import json
import pickle
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models import catalog
from models.engines.registry import EngineOptions, create
from models.errors import EngineUnavailable, ModelBroken, ModelError, ModelNotFound, PullFailed
from models.manifest import STARTER, InstalledModel, Manifest
from models.weights import convert as conversion
from models.weights import pull as pulling
from models.weights import selfcheck
from models.weights.download import RemoteFile, checksum, fetch, resolve
from models.weights.pull import Request, Step, pull
from models.weights.verify import remove, verify
from tests.hub_server import COMMIT, Hub, serving

REPO = "newsroom/marian-ar-en"
ID = "newsroom--marian-ar-en"
#: What a repository holds besides what is needed.
BALLAST = {"README.md": b"# card", "tf_model.h5": b"x" * 20_000, "rust_model.ot": b"x" * 20_000}
ROOT = Path(__file__).resolve().parents[2]


def starter_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (STARTER / "hf").iterdir()}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A repository with the bundled weights, and the Hub client pointed at it."""
    with serving({REPO: {**starter_files(), **BALLAST}}) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield served


def change(hub: Hub, name: str, content: bytes | None) -> None:
    """Another content of a file, or None for no such file."""
    files = {n: c for n, c in hub.repositories[REPO].items() if n != name}
    hub.repositories[REPO] = files if content is None else {**files, name: content}


@pytest.fixture
def ready_conversion(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Copies the bundled conversion instead of making it: seconds of torch for each test. One test converts."""
    made = []

    def copy(folder: Path, out: Path, kind: str = "int8") -> None:
        assert (folder / "config.json").is_file()
        made.append(kind)
        shutil.copytree(STARTER / "ct2-int8", out, dirs_exist_ok=True)

    monkeypatch.setattr(pulling, "convert", copy)
    return made


def weights_dir(data: Path) -> list[str]:
    """What can be seen in the models folder, locks aside."""
    place = data / "models"
    return sorted(p.name for p in place.iterdir() if not p.name.startswith(".lock")) if place.exists() else []


@pytest.mark.torch
def test_from_repository_to_translation(hub: Hub, tmp_path: Path) -> None:
    """The real way, conversion included."""
    steps: list[Step] = []
    model = pull(Request(REPO), tmp_path, steps.append)
    manifest = Manifest.read(tmp_path / "models" / ID)
    assert (model.id, manifest.revision, manifest.source) == (ID, hub.commit, REPO)
    assert manifest.licence == "cc-by-4.0"
    assert manifest.scores["selfcheck"]["chrf"] > 60
    assert weights_dir(tmp_path) == [ID]
    assert catalog.find(REPO, tmp_path) == catalog.find(ID, tmp_path) == model
    engine = create(model, EngineOptions(device="cpu", threads=1))
    answer = engine.translate(engine.encode(["أعلنت الحكومة خطة جديدة."]), model.manifest.decoding_options())
    assert "government" in engine.decode([answer[0][0].pieces])[0]
    engine.close()
    total = sum(f.size for name, f in manifest.files.items() if name.startswith("hf/"))
    assert max(s.done for s in steps) == total == max(s.total for s in steps)


def test_only_the_files_needed_are_fetched(hub: Hub, tmp_path: Path, ready_conversion: list[str]) -> None:
    change(hub, "pytorch_model.bin", b"x" * 20_000)
    model = pull(Request(REPO), tmp_path)
    assert {path.name for path in (model.path / "hf").iterdir()} == set(starter_files())
    assert not any(hub.fetched(name) for name in (*BALLAST, "pytorch_model.bin"))


def test_every_file_of_the_manifest_is_there_with_its_checksum(
    hub: Hub, tmp_path: Path, ready_conversion: list[str]
) -> None:
    model = pull(Request(REPO), tmp_path)
    on_disk = {p.relative_to(model.path).as_posix() for p in model.path.rglob("*") if p.is_file()}
    assert on_disk == {*model.manifest.files, "manifest.json"}
    for name, entry in model.manifest.files.items():
        assert checksum(model.path / name) == entry.sha256


def test_a_second_pull_asks_nobody(hub: Hub, tmp_path: Path, ready_conversion: list[str]) -> None:
    pull(Request(REPO), tmp_path)
    asked = len(hub.requests)
    assert pull(Request(REPO), tmp_path).id == ID
    assert len(hub.requests) == asked


def test_update_follows_the_repository(hub: Hub, tmp_path: Path, ready_conversion: list[str]) -> None:
    before = pull(Request(REPO), tmp_path).manifest.revision
    change(hub, "generation_config.json", b"{}")
    hub.commit = COMMIT[::-1]
    assert pull(Request(REPO), tmp_path).manifest.revision == before
    after = pull(Request(REPO, update=True), tmp_path)
    assert after.manifest.revision == hub.commit != before
    assert (after.path / "hf" / "generation_config.json").read_bytes() == b"{}"
    assert weights_dir(tmp_path) == [ID]


def test_a_revision_can_be_named(hub: Hub, tmp_path: Path, ready_conversion: list[str]) -> None:
    assert pull(Request(REPO, revision=hub.commit), tmp_path).manifest.revision == hub.commit
    with pytest.raises(ModelNotFound, match="no revision 0000"):
        pull(Request(REPO, revision="0000"), tmp_path)


# Faults


def test_a_broken_transfer_goes_on_in_the_same_pull(
    hub: Hub, tmp_path: Path, ready_conversion: list[str]
) -> None:
    hub.break_after = {"model.safetensors": 5_000_000, "source.spm": 1}
    pull(Request(REPO), tmp_path)
    assert hub.fetched("model.safetensors") == [None, f"bytes={4 << 20}-"], "whole blocks are kept"
    assert hub.fetched("source.spm") == [None, None]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_pull_that_breaks_off_is_never_loaded_and_goes_on_later(
    hub: Hub, tmp_path: Path, ready_conversion: list[str], ranges: bool
) -> None:
    hub.break_after, hub.ranges = {"model.safetensors": 9_000_000}, ranges

    def watch(step: Step) -> None:
        if step.done > 8_000_000:
            hub.status = 503  # and the Hub is gone for the next try

    with pytest.raises(PullFailed, match="answered 503"):
        pull(Request(REPO), tmp_path, watch)
    hub.status = 0
    assert weights_dir(tmp_path) == [f".partial-{ID}"]
    assert [m.id for m in catalog.installed(tmp_path)] == ["starter"]
    with pytest.raises(ModelNotFound, match="mujaz models pull"):
        catalog.find(REPO, tmp_path)
    hub.requests.clear()
    assert verify(pull(Request(REPO), tmp_path)).chrf > 60
    assert hub.fetched("model.safetensors")[-1] == f"bytes={8 << 20}-"
    assert not hub.fetched("source.spm"), "whole files aren't fetched again"


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_wrong_checksum_is_refused(
    hub: Hub, tmp_path: Path, ready_conversion: list[str], name: str
) -> None:
    """Large files by SHA-256, small ones by git's name of their content."""
    hub.corrupt = {name}
    with pytest.raises(PullFailed, match=f"{name} .* wrong checksum"):
        pull(Request(REPO), tmp_path)
    assert weights_dir(tmp_path) == [f".partial-{ID}"]
    hub.corrupt = set()
    assert verify(pull(Request(REPO), tmp_path)).chrf > 60


def test_no_network_is_said_within_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{unused.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(PullFailed, match="can't be reached") as caught:
            pull(Request(REPO), tmp_path)
    assert time.monotonic() - started < 15
    assert "\n" not in str(caught.value)


def test_a_silent_network_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections are accepted and nothing is ever said."""
    monkeypatch.setattr("models.weights.download.FIRST_ANSWER", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(PullFailed, match="can't be reached"):
            pull(Request(REPO), tmp_path)


def test_an_installed_model_needs_no_network(
    hub: Hub, tmp_path: Path, ready_conversion: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(Request(REPO), tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert pull(Request(REPO), tmp_path).id == ID
    with pytest.raises(PullFailed):
        pull(Request(REPO, update=True), tmp_path)
    assert verify(catalog.find(REPO, tmp_path)).chrf > 60


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (500, PullFailed, "500"),
        (503, PullFailed, "503"),
        (403, PullFailed, "403"),
        (401, ModelNotFound, "no repo"),
    ],
)
def test_answers_of_a_troubled_hub(
    hub: Hub, tmp_path: Path, status: int, kind: type[ModelError], says: str
) -> None:
    hub.status = status
    with pytest.raises(kind, match=says) as caught:
        pull(Request(REPO), tmp_path)
    assert "\n" not in str(caught.value)


def test_a_repository_that_isnt_there(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="no repository nobody/nothing"):
        pull(Request("nobody/nothing"), tmp_path)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("vocab.json", "lacks vocab.json"),
        ("source.spm", "lacks source.spm"),
        ("model.safetensors", "lacks model.safetensors or pytorch_model.bin"),
    ],
)
def test_a_repository_without_the_files(hub: Hub, tmp_path: Path, missing: str, says: str) -> None:
    change(hub, missing, None)
    with pytest.raises(ModelBroken, match=says):
        pull(Request(REPO), tmp_path)
    assert not hub.fetched("config.json")


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (b'{"model_type": "m2m_100"}', "is a m2m_100 model"),
        (b"not json", "unreadable configuration"),
        (b'{"model_type": "marian", "share_encoder_decoder_embeddings": false}', "separate vocabularies"),
    ],
)
def test_another_kind_of_model_is_refused_before_its_weights(
    hub: Hub, tmp_path: Path, config: bytes, says: str
) -> None:
    change(hub, "config.json", config)
    with pytest.raises(ModelBroken, match=says):
        pull(Request(REPO), tmp_path)
    assert not hub.fetched("model.safetensors")


def test_a_disk_that_is_too_small_is_seen_before(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(PullFailed, match="Not enough room"):
        pull(Request(REPO), tmp_path)
    assert not hub.fetched("config.json")


def test_a_disk_that_fills_up(
    hub: Hub, tmp_path: Path, ready_conversion: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write itself fails, as another program fills the disk meanwhile."""
    from models.weights import download

    written = download._Counted.write

    def full(self: Any, data: bytes) -> int:
        if self._out.tell() > 8_000_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(download._Counted, "write", full)
        with pytest.raises(PullFailed, match="disk is full"):
            pull(Request(REPO), tmp_path)
    assert weights_dir(tmp_path) == [f".partial-{ID}"]
    assert verify(pull(Request(REPO), tmp_path)).chrf > 60


def test_two_pulls_of_one_model(hub: Hub, tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "models").mkdir()
    with (
        FileLock(tmp_path / "models" / f".lock-{ID}"),
        pytest.raises(PullFailed, match="another process"),
    ):
        pull(Request(REPO), tmp_path)


def test_a_conversion_that_fails_leaves_nothing_to_load(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, out: Path, kind: str = "int8") -> None:
        raise ModelBroken("can't be converted")

    monkeypatch.setattr(pulling, "convert", fail)
    with pytest.raises(ModelBroken, match="converted"):
        pull(Request(REPO), tmp_path)
    assert weights_dir(tmp_path) == [f".partial-{ID}"]


@pytest.mark.torch
def test_weights_that_are_a_program_are_not_run(tmp_path: Path) -> None:
    """A pickle can name any function; torch's loader of weights alone refuses it."""

    class Program:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
            return Path.touch, (tmp_path / "it-ran",)

    folder = tmp_path / "evil"
    shutil.copytree(STARTER / "hf", folder)
    (folder / "model.safetensors").unlink()
    out = io.BytesIO()
    pickle.dump({"model.shared.weight": Program()}, out)
    (folder / "pytorch_model.bin").write_bytes(out.getvalue())
    with pytest.raises(ModelBroken, match="can't be converted"):
        conversion.convert(folder, tmp_path / "ct2")
    assert not (tmp_path / "it-ran").exists()
    assert not (tmp_path / "ct2").exists()


# Folders, self-check, further conversions


def test_a_local_folder_is_copied_and_left_alone(tmp_path: Path, ready_conversion: list[str]) -> None:
    folder = tmp_path / "My Model"
    shutil.copytree(STARTER / "hf", folder)
    before = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    with pytest.raises(ModelNotFound, match="mujaz models pull"):
        catalog.find(str(folder), tmp_path / "data")
    model = pull(Request(str(folder)), tmp_path / "data")
    assert model.id == "My-Model"
    assert catalog.find(str(folder), tmp_path / "data") == model
    assert model.manifest.revision == checksum(folder / "model.safetensors")
    assert (model.manifest.tier, model.manifest.licence) == ("local", "unstated")
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == before


def test_a_folder_of_ours_keeps_what_its_manifest_says(tmp_path: Path, ready_conversion: list[str]) -> None:
    bundled = InstalledModel.at(STARTER).manifest
    model = pull(Request(str(STARTER)), tmp_path)
    made = model.manifest
    assert ready_conversion == []  # the conversion is copied, with the shortlist beside it
    names = {path.name for path in (STARTER / "ct2-int8").iterdir()}
    assert {path.name for path in (model.path / "ct2-int8").iterdir()} == names
    kept = ("revision", "licence", "max_source_tokens", "limits", "decoding", "confidence", "tier")
    assert {name: getattr(made, name) for name in kept} == {name: getattr(bundled, name) for name in kept}


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match=r"lacks config\.json"):
        pull(Request(str(tmp_path)), tmp_path / "data")


def test_a_model_that_talks_nonsense_fails_its_self_check(
    tmp_path: Path, ready_conversion: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights in the right shapes with the target vocabulary shuffled, as ports have been broken."""

    def nonsense(folder: Path, out: Path, kind: str = "int8") -> None:
        shutil.copytree(STARTER / "ct2-int8", out, dirs_exist_ok=True)
        path = out / "shared_vocabulary.json"
        pieces = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(pieces[:4] + pieces[5:] + pieces[4:5]), encoding="utf-8")

    monkeypatch.setattr(pulling, "convert", nonsense)
    with pytest.raises(ModelBroken, match="fails its self-check"):
        pull(Request(str(STARTER / "hf")), tmp_path)
    assert [m.path for m in catalog.installed(tmp_path)] == [STARTER]
    assert weights_dir(tmp_path) == [".partial-hf"]


def test_the_bundled_model_passes_its_self_check() -> None:
    found = verify(InstalledModel.at(STARTER))
    assert found.chrf >= found.floor == 50
    assert found.files > 8


def test_the_self_check_is_a_dozen_sentences_with_references() -> None:
    pairs = [line.split("\t") for line in selfcheck.SENTENCES.read_text(encoding="utf-8").splitlines()]
    assert len(pairs) == 12
    assert all(len(pair) == 2 and all(pair) for pair in pairs)


@pytest.mark.torch
def test_float32_is_added_to_the_starter_outside_the_package(tmp_path: Path) -> None:
    options = EngineOptions(compute_type="float32", device="cpu", threads=1)
    with pytest.raises(EngineUnavailable, match="mujaz models pull starter --compute-type float32"):
        create(catalog.find("starter", tmp_path), options)
    assert pull(Request("starter"), tmp_path).path == STARTER
    pull(Request("starter", compute_type="float32"), tmp_path)
    model = catalog.find("starter", tmp_path)
    assert model.path == tmp_path / "models" / "starter"
    create(model, options).close()
    assert not (STARTER / "ct2-float32").exists()


def test_a_missing_conversion_is_added_without_the_network(
    hub: Hub, tmp_path: Path, ready_conversion: list[str]
) -> None:
    pull(Request(REPO), tmp_path)
    asked = len(hub.requests)
    model = pull(Request(REPO, compute_type="float32"), tmp_path)
    assert ready_conversion == ["int8", "float32"]
    assert len(hub.requests) == asked
    assert any(name.startswith("ct2-float32/") for name in model.manifest.files)
    assert verify(model).chrf > 60


@pytest.mark.parametrize(
    ("tokens", "prefix"),
    [({}, ""), ({">>fra<<": 5, ">>eng<<": 6}, ">>eng<<"), ({">>deu<<": 5}, "")],
)
def test_the_target_token_of_multilingual_models(tmp_path: Path, tokens: dict[str, int], prefix: str) -> None:
    (tmp_path / "vocab.json").write_text(json.dumps({"</s>": 0, "<unk>": 1, **tokens}), encoding="utf-8")
    assert pulling._target_token(tmp_path) == prefix


# Verify and remove


@pytest.fixture
def pulled(tmp_path: Path, ready_conversion: list[str]) -> InstalledModel:
    folder = tmp_path / "source" / "local"
    shutil.copytree(STARTER / "hf", folder)
    return pull(Request(str(folder)), tmp_path)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda p: p.unlink(), "hf/source.spm is missing"),
        (lambda p: p.write_bytes(p.read_bytes()[:-1]), "bytes instead of"),
        (lambda p: p.write_bytes(p.read_bytes()[:-1] + b"~"), "hf/source.spm was altered"),
    ],
)
def test_verify_names_what_changed(pulled: InstalledModel, harm: Callable[[Path], None], says: str) -> None:
    assert verify(pulled).chrf > 60
    harm(pulled.path / "hf" / "source.spm")
    with pytest.raises(ModelBroken, match=says):
        verify(pulled)


def test_remove_takes_all_of_it(pulled: InstalledModel, tmp_path: Path) -> None:
    (tmp_path / "models" / ".partial-local").mkdir()
    assert len(remove("local", tmp_path)) == 2
    assert list((tmp_path / "models").iterdir()) == []
    with pytest.raises(ModelNotFound):
        remove("local", tmp_path)


@pytest.mark.parametrize("name", ["starter", "../..", "/", ".", "a/../b"])
def test_remove_touches_nothing_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "models" / "other").mkdir(parents=True)
    with pytest.raises(ModelError):
        remove(name, tmp_path)
    assert (tmp_path / "models" / "other").is_dir()
    assert STARTER.is_dir()


# The Hub client itself


def test_the_hub_states_checksums(hub: Hub) -> None:
    repository = resolve(REPO)
    weights, config = repository.file("model.safetensors"), repository.file("config.json")
    assert weights is not None
    assert config is not None
    assert weights.sha256 == checksum(STARTER / "hf" / "model.safetensors")
    assert config.sha256 is None
    assert config.matches(STARTER / "hf" / "config.json")
    assert not config.matches(STARTER / "hf" / "vocab.json")


def test_a_part_that_is_too_long_is_thrown_away(hub: Hub, tmp_path: Path) -> None:
    repository = resolve(REPO)
    file = repository.file("source.spm")
    assert isinstance(file, RemoteFile)
    assert file.sha256 is not None
    (tmp_path / f".source.spm.{file.sha256[:12]}.part").write_bytes(b"x" * (file.size + 1))
    assert fetch(repository, file, tmp_path, lambda n: None).read_bytes() == starter_files()["source.spm"]


def test_importing_needs_nothing_heavy() -> None:
    code = (
        "import sys, models.catalog, models.weights.pull, models.weights.verify, models.engines.registry\n"
        "heavy = ('torch', 'transformers', 'ctranslate2', 'huggingface_hub', 'sacrebleu', 'numpy')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_serving_imports_neither_torch_nor_transformers() -> None:
    code = (
        "import sys\n"
        "from models.engines.registry import create\n"
        "from models.manifest import STARTER, InstalledModel\n"
        "engine = create(InstalledModel.at(STARTER))\n"
        "from models.engines.base import DecodingOptions\n"
        "engine.translate(engine.encode(['نعم']), DecodingOptions())\n"
        "print([m for m in ('torch', 'transformers', 'huggingface_hub') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"
