"""Strictness is the point: each kind of mistake is found, all at once, and named."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.config import Config, ConfigError, ServerConfig, load_config
from service.config_sources import OTHER_VARIABLES, options, variable

ROOT = Path(__file__).parents[2]
ALL = [(key, field) for key, field in options(Config)]


def problems(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ or {})
    return str(caught.value).splitlines()


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "config.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_defaults_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config(environ={}) == Config()


def test_file_in_the_current_folder_is_found(write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write("server: {port: 9001}").parent)
    assert load_config(environ={}).server.port == 9001


def test_the_shipped_file_lists_every_option_with_its_default() -> None:
    tree = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    listed = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            listed.update({(name, inner): v for inner, v in value.items()})
        else:
            listed[(name,)] = value
    expected = {key: list(f.default) if isinstance(f.default, tuple) else f.default for key, f in ALL}
    assert listed == expected
    assert load_config(ROOT / "config.yaml", {}) == Config()


def test_every_option_of_the_shipped_file_has_a_comment() -> None:
    """The line before an option is a comment, or another option that shares its comment."""
    lines = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\s*\w+: \S", line):
            before = lines[number - 1].strip()
            assert before.startswith("#") or re.match(r"\w+: \S", before), line


def test_every_option_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_.0-9]+)` \| `(.*?)` \|", page, flags=re.MULTILINE))
    assert set(rows) == {".".join(key) for key, _ in ALL}
    for key, field in ALL:
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        assert yaml.safe_load(rows[".".join(key)]) == default, key
    for name in OTHER_VARIABLES:
        assert f"| `{name}` |" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prot: 1", [":1: prot: unknown key"]),
        ("server: {prot: 1}", [":1: server.prot: unknown key; did you mean port?"]),
        ("server:\n  port: 1\n  port: 2", [":3: server.port: stands twice (first on line 2)"]),
        ("server: {}\nserver: {}", [":2: server: stands twice (first on line 1)"]),
        ("server:\n  port: '8000'", [":2: server.port: input should be a valid integer, not '8000'"]),
        ("server: {port: true}", [":1: server.port: input should be a valid integer, not True"]),
        ("server: {port: 65536}", [":1: server.port: input should be less than or equal to 65535"]),
        ("server: [1]", [":1: server: must be a mapping of options"]),
        ("- 1", [":1: must be a mapping of options"]),
        ("? [a]\n: 1", [":1: a key must be a word"]),
        ("log: {level: LOUD}", [":1: log.level: input should be 'DEBUG', 'INFO', 'WARNING'"]),
        ("server: {drain_seconds: .nan}", [":1: server.drain_seconds: input should be a finite number"]),
        ("server: {host: null}", [":1: server.host: input should be a valid string, not None"]),
        ("server: {allowed_hosts: [a, 3]}", [":1: server.allowed_hosts.1: input should be a valid string"]),
        ("server: {allowed_hosts: ['http://a']}", [":1: server.allowed_hosts.0: string should match"]),
        ("data_dir: !!python/object:os.system {}", [":1: data_dir: isn't a plain value"]),
        ("server: {port: 1", [":1: isn't valid YAML: expected ',' or '}'"]),
        ("a: 'é", [":1: isn't valid YAML"]),
        (b"data_dir: caf\xe9", [": isn't UTF-8: byte 0xe9 at offset 13"]),
        ("port: 1\nserver: {port: x}\nmodel: {nam: s}", [
            ":1: port: unknown key", ":3: model.nam: unknown key; did you mean", ":2: server.port: input",
        ]),
    ],
)  # fmt: skip
def test_mistakes_in_the_file(write, text: str | bytes, expected: list[str]) -> None:
    path = write(text)
    found = problems(path)
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(f"{path}{start}")


@pytest.mark.parametrize("text", ["", "# nothing\n", "server:\n  # port: 1\n", "\ufeffserver: {port: 8000}"])
def test_files_without_settings(write, text: str) -> None:
    assert load_config(write(text), {}) == Config()


def test_missing_file(tmp_path: Path) -> None:
    gone = tmp_path / "gone.yaml"
    assert problems(gone) == [f"{gone}: there is no such file"]
    assert problems(None, {"MUJAZ_CONFIG": str(gone)}) == [f"{gone}: there is no such file"]
    assert problems(tmp_path) == [f"{tmp_path}: can't be read: Is a directory"]


def test_environment_wins_over_the_file(write) -> None:
    path = write("server: {port: 1, threads: 5}")
    config = load_config(path, {"MUJAZ_SERVER__PORT": "2", "PATH": "/bin"})
    assert (config.server.port, config.server.threads) == (2, 5)
    named = load_config(None, {"MUJAZ_CONFIG": str(path), "MUJAZ_SERVER__PORT": "3"})
    assert (named.server.port, named.server.threads) == (3, 5)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("MUJAZ_DATA_DIR", "/srv/mujaz", "/srv/mujaz"),
        ("MUJAZ_DATA_DIR", "null", None),
        ("MUJAZ_MODEL__NAME", "123", "123"),
        ("MUJAZ_MODEL__BEAM_SIZE", "3", 3),
        ("MUJAZ_MODEL__BEAM_SIZE", "", None),
        ("MUJAZ_SERVER__ALLOW_PUBLIC", "true", True),
        ("MUJAZ_SERVER__DRAIN_SECONDS", "2.5", 2.5),
        ("MUJAZ_SERVER__ALLOWED_HOSTS", "a.example, [::1]:80", ("a.example", "[::1]:80")),
        ("MUJAZ_SERVER__ALLOWED_HOSTS", "", ()),
        ("MUJAZ_SERVER__ROOT_PATH", "", ""),
    ],
)
def test_values_from_the_environment(name: str, text: str, value: object) -> None:
    found: object = load_config(ROOT / "config.yaml", {name: text})
    for part in name.removeprefix("MUJAZ_").lower().split("__"):
        found = getattr(found, part)
    assert found == value


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("MUJAZ_SERVER_PORT", "1", "unknown variable; did you mean MUJAZ_SERVER__PORT?"),
        ("mujaz_data_dir", "x", "unknown variable; did you mean MUJAZ_DATA_DIR?"),
        ("MUJAZ_", "x", "unknown variable"),
        ("MUJAZ_SERVER", "{}", "unknown variable"),
        ("MUJAZ_SERVER__PORT", "50O0", "server.port: input should be a valid integer"),
        ("MUJAZ_SERVER__PORT", "", "server.port: input should be a valid integer"),
        ("MUJAZ_SERVER__ALLOW_PUBLIC", "perhaps", "server.allow_public: input should be a valid boolean"),
        ("MUJAZ_LOG__LEVEL", "info", "log.level: input should be 'DEBUG'"),
        ("MUJAZ_SERVER__ALLOWED_HOSTS", "http://a", "server.allowed_hosts.0: string should match pattern"),
    ],
)
def test_mistakes_in_the_environment(name: str, text: str, expected: str) -> None:
    found = problems(ROOT / "config.yaml", {name: text})
    assert len(found) == 1
    assert found[0].startswith(f"environment {name}: {expected}")


def test_test_suite_variables_are_let_through() -> None:
    assert load_config(ROOT / "config.yaml", {"MUJAZ_REQUIRE_ALL": "1", "MUJAZ_HYPOTHESIS": "ci"}) == Config()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("server: {host: 0.0.0.0}\nauth: {mode: open}", "auth.mode"),
        ("server: {host: '::'}\nauth: {mode: open}", "auth.mode"),
        ("server: {host: localhost.example.org}\nauth: {mode: open}", "auth.mode"),
        ("model: {engine: transformers, compute_type: int8}", "model.compute_type"),
        ("model: {device: cpu, compute_type: float16}", "model.compute_type"),
        ("limits: {max_body_bytes: 1024}", "limits.max_body_bytes"),
        ("batching: {queue_tokens: 2000}", "batching.max_tokens"),
        ("batching: {queue_tokens: 3000, bulk_max_tokens: 3001}", "batching.bulk_max_tokens"),
        ("summary: {method: abstractive}", "summary.method"),
    ],
)
def test_combinations_that_cannot_work(write, text: str, key: str) -> None:
    found = problems(write(text))
    assert len(found) == 1
    assert f" {key}: " in found[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST"])
def test_loopback_needs_no_permission(host: str) -> None:
    assert load_config(ROOT / "config.yaml", {"MUJAZ_SERVER__HOST": host}).server.is_loopback


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("", False),
        ("auth: {mode: keys}", True),
        ("auth: {mode: open}", False),
        ("server: {host: 0.0.0.0}", True),
        ("server: {host: '::'}", True),
        ("server: {host: localhost.example.org}", True),
        ("server: {host: 0.0.0.0, allow_public: true}", False),
        ("server: {host: 0.0.0.0, allow_public: true}\nauth: {mode: keys}", True),
        ("server: {host: 0.0.0.0, allow_public: true}\nauth: {mode: open}", False),
    ],
)
def test_when_keys_are_needed(write, text: str, needed: bool) -> None:
    assert load_config(write(text), {}).needs_keys is needed


def test_public_address_with_permission() -> None:
    environ = {"MUJAZ_SERVER__HOST": "0.0.0.0", "MUJAZ_SERVER__ALLOW_PUBLIC": "true"}
    assert load_config(ROOT / "config.yaml", environ).server.host == "0.0.0.0"


def test_data_folder(tmp_path: Path) -> None:
    assert Config(data_dir=str(tmp_path)).data_path == tmp_path
    assert Config().data_path.name == "mujaz"


def test_variables_are_unambiguous() -> None:
    names = [variable(key) for key, _ in ALL]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "::1", "port": 81}, "http://[::1]:81"),
        ({"host": "[::1]", "root_path": "/mujaz"}, "http://[::1]:8000/mujaz"),
        ({"host": "0.0.0.0", "allow_public": True}, None),
        ({"port": 0}, None),
        (
            {"host": "0.0.0.0", "public_url": "https://news.example.org/mujaz/"},
            "https://news.example.org/mujaz",
        ),
        ({"public_url": "http://[2001:db8::1]:8000"}, "http://[2001:db8::1]:8000"),
    ],
)
def test_the_address_by_which_people_reach_it(server: dict[str, Any], expected: str | None) -> None:
    assert Config(server=ServerConfig(**server)).public_url == expected


@pytest.mark.parametrize(
    "url", ["news.example.org", "ftp://x.org", "https://x.org/?a=1", "https://x.org/a b"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigError, match=r"server\.public_url"):
        load_config(None, {"MUJAZ_SERVER__PUBLIC_URL": url})
