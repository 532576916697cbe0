"""Configuration: typed, built once by the entry points, strict.

`load_config` reads `config.yaml` and `MUJAZ_…` variables and raises `ConfigError` with everything that is
wrong: unknown keys and variables, duplicate keys, wrong types, values out of range, combinations that can't
work. There is no other reader of settings or of the environment.

Plain pydantic, not pydantic-settings: every error has to name its file and line or its variable, all errors
have to come at once, the environment is an argument, and unknown variables are refused. pydantic-settings
does none of these, and costs 70 ms and 8 MB at the start.
"""

import ipaddress
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from service.config_sources import Problem, Settings, read_environment, read_yaml, validate
from service.mail.addresses import canonical_recipient

DEFAULT_FILE = Path("config.yaml")

Hosts = Annotated[
    tuple[Annotated[str, Field(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:\d{1,5})?$")], ...],
    Field(strict=False),
]
Origins = Annotated[
    tuple[Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9_.\[\]:-]+$")], ...], Field(strict=False)
]
Recipients = Annotated[tuple[Annotated[str, AfterValidator(canonical_recipient)], ...], Field(strict=False)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ServerConfig(_Section):
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=0, le=65535)
    allow_public: bool = False
    threads: int = Field(default=32, ge=3, le=512)
    drain_seconds: float = Field(default=30, ge=0, le=3600)
    allowed_hosts: Hosts = ()
    allowed_origins: Origins = ()
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    root_path: str = Field(default="", pattern=r"^(/[A-Za-z0-9_.~-]+)*$")
    public_url: str | None = Field(
        default=None, pattern=r"^https?://[A-Za-z0-9_.\[\]:-]+(/[A-Za-z0-9_.~-]+)*/?$"
    )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False


class ModelConfig(_Section):
    name: str = Field(default="starter", min_length=1)
    engine: Literal["ct2", "transformers", "stub"] = "ct2"
    compute_type: Literal["int8", "float32", "int8_float16", "float16"] = "int8"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = Field(default=0, ge=0, le=1024)
    beam_size: int | None = Field(default=None, ge=1, le=32)


class LimitsConfig(_Section):
    max_body_bytes: int = Field(default=8 * 1024 * 1024, ge=1024, le=1024**3)
    max_text_chars: int = Field(default=500_000, ge=1, le=100_000_000)
    max_texts: int = Field(default=1000, ge=1, le=100_000)
    max_batch: int = Field(default=5000, ge=1, le=100_000)
    max_batch_bytes: int = Field(default=64 * 1024 * 1024, ge=1024, le=1024**3)
    sync_chars: int = Field(default=100_000, ge=0, le=100_000_000)
    requests_per_minute: int = Field(default=0, ge=0, le=1_000_000)
    daily_characters: int = Field(default=0, ge=0, le=10**12)
    concurrent_requests: int = Field(default=0, ge=0, le=512)
    event_streams: int = Field(default=8, ge=1, le=256)
    counters: str | None = Field(default=None, pattern=r"^rediss?://\S+$")


class StoreConfig(_Section):
    url: str | None = Field(default=None, pattern=r"^(sqlite:///|postgresql(\+psycopg)?://)\S+$")
    retention_days: int = Field(default=0, ge=0, le=36_500)


class JobsConfig(_Section):
    workers: int = Field(default=2, ge=1, le=64)
    bulk_workers: int = Field(default=2, ge=1, le=64)
    lease_seconds: float = Field(default=30, ge=1, le=3600)
    max_attempts: int = Field(default=12, ge=1, le=100)
    max_waiting: int = Field(default=20_000, ge=1, le=10_000_000)
    retention_days: int = Field(default=7, ge=1, le=3650)


class AuthConfig(_Section):
    mode: Literal["auto", "open", "keys"] = "auto"


class FetchConfig(_Section):
    allow: Hosts = ()
    proxy: str | None = Field(default=None, pattern=r"^http://\S+$")
    timeout_seconds: float = Field(default=20, gt=0, le=600)
    max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, le=1024**3)
    max_redirects: int = Field(default=5, ge=0, le=20)


class MonitoringConfig(_Section):
    scheduler: bool = True
    max_feeds: int = Field(default=2000, ge=1, le=1_000_000)
    first_entries: int = Field(default=50, ge=1, le=2000)
    story_days: int = Field(default=7, ge=2, le=365)


class WebhooksConfig(_Section):
    max_attempts: int = Field(default=8, ge=1, le=50)
    timeout_seconds: float = Field(default=10, gt=0, le=120)


class MailConfig(_Section):
    host: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.:-]+$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str | None = Field(default=None, pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+$")
    user: str | None = Field(default=None, min_length=1)
    password: SecretStr | None = None
    ca_file: str | None = Field(default=None, min_length=1)
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    max_attempts: int = Field(default=12, ge=1, le=50)
    recipients: Recipients = ()

    @property
    def is_local(self) -> bool:
        """Whether the mail server is on this machine."""
        return self.host in ("localhost", "127.0.0.1", "::1")


class GlossaryConfig(_Section):
    default: bool = True


class BatchingConfig(_Section):
    workers: int = Field(default=0, ge=0, le=64)
    max_tokens: int = Field(default=2048, ge=64, le=1_000_000)
    bulk_max_tokens: int = Field(default=1024, ge=64, le=1_000_000)
    bulk_target_ms: float = Field(default=150, ge=10, le=10_000)
    queue_tokens: int = Field(default=200_000, ge=1000, le=1_000_000_000)


class CacheConfig(_Section):
    segment_chars: int = Field(default=2_000_000, ge=0)
    article_chars: int = Field(default=1_000_000, ge=0)


class SummaryConfig(_Section):
    method: Literal["extractive", "abstractive"] = "extractive"
    sentences: int = Field(default=3, ge=1, le=50)
    abstractive_model: str | None = Field(default=None, min_length=1)
    abstractive_side: Literal["ar", "en"] = "ar"


class ExtractionConfig(_Section):
    workers: int = Field(default=1, ge=1, le=64)
    timeout_seconds: float = Field(default=20, gt=0, le=600)
    pages_per_worker: int = Field(default=500, ge=1)


class LogConfig(_Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"


class Config(_Section):
    """All options. Frozen; `docs/configuration.md` explains each."""

    data_dir: str | None = Field(default=None, min_length=1)
    server: ServerConfig = ServerConfig()
    model: ModelConfig = ModelConfig()
    limits: LimitsConfig = LimitsConfig()
    batching: BatchingConfig = BatchingConfig()
    cache: CacheConfig = CacheConfig()
    summary: SummaryConfig = SummaryConfig()
    extraction: ExtractionConfig = ExtractionConfig()
    store: StoreConfig = StoreConfig()
    jobs: JobsConfig = JobsConfig()
    auth: AuthConfig = AuthConfig()
    fetch: FetchConfig = FetchConfig()
    webhooks: WebhooksConfig = WebhooksConfig()
    mail: MailConfig = MailConfig()
    monitoring: MonitoringConfig = MonitoringConfig()
    glossary: GlossaryConfig = GlossaryConfig()
    log: LogConfig = LogConfig()

    @property
    def needs_keys(self) -> bool:
        """Whether every caller must show a key. By default as soon as other machines can connect, unless
        `server.allow_public` says that something in front controls access."""
        if self.auth.mode == "auto":
            return not self.server.is_loopback and not self.server.allow_public
        return self.auth.mode == "keys"

    @property
    def public_url(self) -> str | None:
        """The address by which people reach the service, without a slash at the end: for links in mail and
        feeds. Unless configured it is known where only this machine can connect; else None."""
        server = self.server
        if server.public_url is not None:
            return server.public_url.rstrip("/")
        if not server.is_loopback or server.port == 0:
            return None
        host = server.host.strip("[]")
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{server.port}{server.root_path}"

    @property
    def database_url(self) -> str:
        """Where the store is; an SQLite file in the data folder unless configured."""
        return self.store.url or f"sqlite:///{self.data_path / 'mujaz.db'}"

    @property
    def downloads_path(self) -> Path:
        """The folder of translated files that wait to be fetched."""
        return self.data_path / "downloads"

    @property
    def data_path(self) -> Path:
        """The data folder; it may not exist yet."""
        if self.data_dir is None:
            return Path(platformdirs.user_data_dir("mujaz", appauthor=False))
        return Path(self.data_dir).expanduser()


class ConfigError(Exception):
    """The configuration can't be used. `problems` holds everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


def load_config(path: Path | str | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration from `path` (else `MUJAZ_CONFIG`, else ./config.yaml where there is one) and the
    environment, which wins. Raises `ConfigError` with every problem found."""
    problems: list[Problem] = []
    named = path if path is not None else environ.get("MUJAZ_CONFIG") or None
    settings: Settings = {}
    if named is not None or DEFAULT_FILE.is_file():
        settings = read_yaml(Path(named if named is not None else DEFAULT_FILE), Config, problems)
    settings |= read_environment(environ, Config, problems)
    config = validate(settings, Config, problems)
    if config is not None:
        problems.extend(
            Problem(settings[key].origin if key in settings else "defaults", ".".join(key), reason)
            for key, reason in _conflicts(config)
        )
    if config is None or problems:
        raise ConfigError(problems)
    return config


def _conflicts(config: Config) -> Iterator[tuple[tuple[str, ...], str]]:
    """Values that are right by themselves but can't work together."""
    server, model, limits = config.server, config.model, config.limits
    if config.auth.mode == "open" and not server.is_loopback and not server.allow_public:
        yield (
            ("auth", "mode"),
            (
                f"open, but {server.host} can be reached from other machines; "
                "set server.allow_public to true if a proxy in front controls access"
            ),
        )
    if model.engine == "transformers" and model.compute_type.startswith("int8"):
        yield (
            ("model", "compute_type"),
            (f"{model.compute_type} needs the ct2 engine; transformers computes in float32 or float16"),
        )
    if model.device == "cpu" and model.compute_type.endswith("float16"):
        yield ("model", "compute_type"), f"{model.compute_type} needs a GPU, but model.device is cpu"
    if limits.max_body_bytes < limits.max_text_chars:
        yield (
            ("limits", "max_body_bytes"),
            (
                f"a text of limits.max_text_chars ({limits.max_text_chars}) doesn't fit into "
                f"{limits.max_body_bytes} bytes"
            ),
        )
    if config.batching.bulk_max_tokens > config.batching.queue_tokens:
        yield ("batching", "bulk_max_tokens"), "is more than batching.queue_tokens can hold"
    if config.batching.max_tokens > config.batching.queue_tokens:
        yield ("batching", "max_tokens"), "is more than batching.queue_tokens can hold"
    if config.summary.method == "abstractive" and config.summary.abstractive_model is None:
        yield ("summary", "method"), "abstractive needs summary.abstractive_model"
    yield from _mail_conflicts(config.mail)


def _mail_conflicts(mail: MailConfig) -> Iterator[tuple[tuple[str, ...], str]]:
    if mail.host is not None and mail.sender is None:
        yield ("mail", "sender"), "is missing: mail.host needs an address that mail comes from"
    if (mail.user is None) != (mail.password is None):
        missing, there = ("user", "password") if mail.user is None else ("password", "user")
        yield ("mail", missing), f"is missing, but mail.{there} is set"
    if mail.user is not None and mail.security == "none" and not mail.is_local:
        yield ("mail", "security"), "none would send mail.password in the clear; use starttls or tls"
    if mail.ca_file is not None and not Path(mail.ca_file).is_file():
        yield ("mail", "ca_file"), "there is no such file"
