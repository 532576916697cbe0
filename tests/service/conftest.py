"""An application over a fake pipeline, for everything that isn't about translating."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Config
from tests.service.fakes import FakePipeline, runtime


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def client(pipeline: FakePipeline) -> Iterator[FlaskClient]:
    parts = runtime(pipeline)
    yield create_app(parts.config, parts).test_client()
    parts.close()


@pytest.fixture
def client_of(pipeline: FakePipeline) -> Iterator[object]:
    """A client of an application with other options."""
    made = []

    def make(config: Config) -> FlaskClient:
        made.append(runtime(pipeline, config))
        return create_app(config, made[-1]).test_client()

    yield make
    for parts in made:
        parts.close()
