import json
import socket

import pytest
from click.testing import CliRunner

from models.manifest import STARTER, InstalledModel
from service import doctor, model_list
from service.cli import main
from service.config import AuthConfig, Config, ModelConfig, ServerConfig
from service.keyring import Keyring, NewKey
from service.store import migrate
from service.store.database import Database


def test_everything_works_with_the_bundled_model(tmp_path, monkeypatch):
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MUJAZ_SERVER__PORT", "0")
    result = CliRunner().invoke(main, ["doctor", "--json"])
    answer = json.loads(result.stdout)
    found = {finding["name"]: finding for finding in answer["findings"]}
    assert (result.exit_code, answer["works"]) == (0, True), found
    assert "loaded in" in found["Self test"]["detail"]
    assert not (tmp_path / "data").exists(), "looking changes nothing"


def test_a_missing_model_has_its_own_exit_code_and_a_remedy():
    result = CliRunner().invoke(main, ["--model", "nothere", "doctor"])
    assert result.exit_code == 3
    assert "FAIL  Model files" in result.output
    assert "FAIL  Self test" in result.output
    assert "--model starter" in result.output


def test_a_wrong_configuration_is_said_first(monkeypatch):
    monkeypatch.setenv("MUJAZ_SERVER__PORT", "eight")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 2
    assert "MUJAZ_SERVER__PORT" in result.output


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_harmed_model_file_is_named(harm, tmp_path, monkeypatch):
    model = InstalledModel.at(STARTER)
    for name in model.manifest.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(STARTER / name)
    (tmp_path / "manifest.json").write_bytes((STARTER / "manifest.json").read_bytes())
    victim = sorted(model.manifest.files)[0]
    (tmp_path / victim).unlink()
    if harm == "altered":
        data = bytearray((STARTER / victim).read_bytes())
        data[-2] ^= 1
        (tmp_path / victim).write_bytes(data)
    monkeypatch.setattr(model_list, "find", lambda _: InstalledModel.at(tmp_path))
    finding = doctor.model_files(Config())
    assert finding.status == "fail"
    assert victim in finding.detail
    assert finding.remedy


def test_a_taken_port_is_noted():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = doctor.port(Config(server=ServerConfig(port=taken.getsockname()[1])))
    assert finding.status == "note"
    assert "--port" in finding.remedy


def test_a_data_folder_that_cant_be_made(tmp_path):
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert doctor.data_folder(Config(data_dir=str(file / "data"))).status == "fail"


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "sentencepiece" else "1")
    finding = doctor.packages(Config())
    assert (finding.status, "sentencepiece" in finding.detail) == ("fail", True)


@pytest.mark.parametrize(("engine", "status"), [("ct2", "note"), ("transformers", "fail")])
def test_torch_is_needed_by_its_engine_only(engine, status, monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "torch" else "1")
    model = ModelConfig(engine=engine, compute_type="int8" if engine == "ct2" else "float32")
    assert doctor.optional_packages(Config(model=model)).status == status


@pytest.mark.parametrize(
    ("config", "made", "status", "says"),
    [
        (Config(), 0, "ok", "only this machine"),
        (Config(server=ServerConfig(host="0.0.0.0", allow_public=True)), 0, "ok", "allow_public"),
        (Config(server=ServerConfig(host="0.0.0.0")), 0, "fail", "none yet"),
        (Config(auth=AuthConfig(mode="keys")), 1, "ok", "there are some"),
        (Config(auth=AuthConfig(mode="keys")), 2, "fail", "none works"),
    ],
)
def test_keys(config, made, status, says, tmp_path):
    """`made`: 0 no store, 1 a key, 2 a revoked one."""
    config = config.model_copy(update={"data_dir": str(tmp_path)})
    if made:
        database = Database(config.database_url)
        migrate.upgrade(database)
        keyring = Keyring(database)
        key, _ = keyring.create(NewKey("desk"))
        if made == 2:
            keyring.revoke(key.id)
        database.close()
    finding = doctor.keys(config)
    assert (finding.status, says in finding.detail) == (status, True), finding
    assert ("mujaz keys create NAME" in finding.remedy) == (status == "fail")
    assert made or not (tmp_path / "mujaz.db").exists()


def test_keys_in_a_store_that_cannot_be_read(tmp_path):
    (tmp_path / "mujaz.db").write_bytes(b"not a database" * 100)
    finding = doctor.keys(Config(auth=AuthConfig(mode="keys"), data_dir=str(tmp_path)))
    assert (finding.status, "can't be asked" in finding.detail) == ("fail", True)


def test_little_memory_is_a_failure(monkeypatch):
    monkeypatch.setattr(doctor, "_available_memory", lambda: 10 * 1024**2)
    assert doctor.memory(Config()).status == "fail"


def test_every_finding_but_ok_has_a_remedy_or_needs_none(tmp_path):
    for finding in doctor.examine(Config(data_dir=str(tmp_path), server=ServerConfig(port=0))):
        assert finding.detail
        assert finding.status != "fail" or finding.remedy
