"""A service that needs keys, over a fake pipeline, and callers who have them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.config import AuthConfig, Config, LimitsConfig, MailConfig
from service.keyring import NewKey
from service.principal import SCOPES, Scope
from service.runtime import Runtime
from tests.service.fakes import FakePipeline, runtime


@dataclass(frozen=True)
class Caller:
    """Somebody with a key. `id` is the key's."""

    client: FlaskClient
    secret: str
    id: str
    owner: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def open(self, path: str, method: str = "GET", **options: Any) -> TestResponse:
        headers = self.headers | options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **options)


class Keyed:
    """The service. `caller` makes a key and whoever holds it."""

    def __init__(self, limits: LimitsConfig | None = None, pipeline: FakePipeline | None = None) -> None:
        self.pipeline = pipeline or FakePipeline()
        # Nobody listens there: mail can be written, and stays.
        mail = MailConfig(host="127.0.0.1", port=1, security="none", sender="mujaz@example.org")
        config = Config(auth=AuthConfig(mode="keys"), limits=limits or LimitsConfig(), mail=mail)
        self.runtime: Runtime = runtime(self.pipeline, config)
        self.app = create_app(self.runtime.config, self.runtime)
        self.client = self.app.test_client()

    def caller(
        self,
        name: str = "somebody",
        team: str | None = None,
        scopes: Iterable[Scope] = SCOPES,
        daily_characters: int | None = None,
    ) -> Caller:
        wanted = NewKey(name, team, tuple(scopes), daily_characters)
        key, secret = self.runtime.services.keyring.create(wanted)
        return Caller(self.app.test_client(), secret, key.id, key.owner)

    def close(self) -> None:
        self.runtime.close()
