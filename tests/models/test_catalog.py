"""Names of models, and where the models of those names lie."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models import catalog
from models.errors import ModelBroken, ModelNotFound
from models.manifest import STARTER, InstalledModel, Manifest


def install(data: Path, name: str, **changes: str) -> Path:
    """A folder with a manifest and nothing else: finding needs no more."""
    folder = catalog.folder(data) / name
    folder.mkdir(parents=True)
    replace(Manifest.read(STARTER), id=name, **changes).write(folder)  # type: ignore[arg-type]
    return folder


def test_the_catalogue_is_whole() -> None:
    assert [e.id for e in catalog.CATALOGUE] == ["starter", "fast", "quality"]
    assert len({e.repository for e in catalog.CATALOGUE}) == len(catalog.CATALOGUE)
    for entry in catalog.CATALOGUE:
        assert entry.licence in ("Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0")
        assert 0 < entry.max_source_tokens < 512
        assert catalog.BROKEN_BELOW <= entry.chrf_floor < 100
        if entry.repository:
            assert catalog.is_repository(entry.repository)
            assert entry.size_bytes > 100e6
            assert entry.limits
            assert entry.scores["published"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("fast", "fast"),
        ("Helsinki-NLP/opus-mt-ar-en", "fast"),
        ("Helsinki-NLP/opus-mt-tc-big-ar-en", "quality"),
        ("starter", "starter"),
        ("", None),
        ("Fast", None),
        ("opus-mt-ar-en", None),
    ],
)
def test_entries_go_by_name_or_repository(name: str, found: str | None) -> None:
    entry = catalog.entry(name)
    assert (entry.id if entry else None) == found


@pytest.mark.parametrize(
    ("name", "spelled_well"),
    [
        ("owner/name", True),
        ("Helsinki-NLP/opus-mt_tc.big", True),
        ("name", False),
        ("a/b/c", False),
        ("../name", False),
        ("owner/..", False),
        ("owner/a..b", False),
        ("/owner/name", False),
        ("owner/", False),
        ("owner/na me", False),
        ("https://huggingface.co/owner/name", False),
    ],
)
def test_repositories_by_their_spelling(name: str, spelled_well: bool) -> None:
    assert catalog.is_repository(name) is spelled_well


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("quality", "quality"),
        ("Helsinki-NLP/opus-mt-tc-big-ar-en", "quality"),
        ("owner/name", "owner--name"),
        ("./My Model", "My-Model"),
        ("/some/where/model.v2/", "model.v2"),
        ("/", "model"),
        ("/some/.hidden", "hidden"),
    ],
)
def test_folder_names(name: str, folder: str) -> None:
    assert catalog.model_id(name) == folder


@pytest.mark.parametrize("name", ["fast", "Helsinki-NLP/opus-mt-ar-en"])
def test_a_pulled_model_is_found_by_name_and_by_repository(tmp_path: Path, name: str) -> None:
    folder = install(tmp_path, "fast")
    assert catalog.find(name, tmp_path) == InstalledModel.at(folder)


def test_other_repositories_are_found_by_both_spellings(tmp_path: Path) -> None:
    folder = install(tmp_path, "owner--name")
    assert catalog.find("owner/name", tmp_path).path == folder
    assert catalog.find("owner--name", tmp_path).path == folder


def test_a_folder_is_used_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(tmp_path / "elsewhere", "ours")
    assert catalog.find(str(folder), tmp_path).path == folder
    monkeypatch.chdir(folder.parent)
    assert catalog.find("ours", tmp_path).id == catalog.find("./ours", tmp_path).id == "ours"


def test_a_pulled_model_goes_before_a_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name means the pulled model; only a path (./fast) means the folder."""
    pulled = install(tmp_path, "fast")
    here = install(tmp_path / "work", "fast")
    monkeypatch.chdir(here.parent)
    assert catalog.find("fast", tmp_path).path == pulled
    assert catalog.find("./fast", tmp_path).path.resolve() == here


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("quality", "`mujaz models pull quality`"),
        ("owner/name", "`mujaz models pull owner/name`"),
        ("nonsense", "neither starter, fast, quality"),
        ("./no-such-folder", "no model in"),
    ],
)
def test_what_is_not_there_is_told_with_the_remedy(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(ModelNotFound, match=says):
        catalog.find(name, tmp_path)


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    (install(tmp_path, "fast") / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelBroken):
        catalog.find("fast", tmp_path)
    assert [m.id for m in catalog.installed(tmp_path)] == ["starter"]


def test_a_file_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"x")
    with pytest.raises(ModelNotFound, match="no model in"):
        catalog.find(str(path), tmp_path)


def test_installed_models_and_nothing_else(tmp_path: Path) -> None:
    assert [m.id for m in catalog.installed(tmp_path / "nothing")] == ["starter"]
    install(tmp_path, "quality")
    install(tmp_path, "fast")
    install(tmp_path, ".partial-owner--name")  # even one that has a manifest already
    (catalog.folder(tmp_path) / "empty").mkdir()
    (catalog.folder(tmp_path) / "a-file").write_text("", encoding="utf-8")
    assert [m.id for m in catalog.installed(tmp_path)] == ["starter", "fast", "quality"]


def test_the_starter_is_the_bundled_one_unless_the_copy_is_of_the_same_weights(tmp_path: Path) -> None:
    assert catalog.find("starter", tmp_path).path == STARTER
    copy = install(tmp_path, "starter")
    assert catalog.find("starter", tmp_path).path == copy
    shutil.rmtree(copy)
    install(tmp_path, "starter", revision="0" * 40)  # left by an older version of Mujaz
    assert catalog.find("starter", tmp_path).path == STARTER
    assert [m.path for m in catalog.installed(tmp_path)] == [STARTER]
