"""An application over a fake pipeline, for everything that isn't about translating; and real databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Config
from service.store import migrate
from service.store.database import Database
from tests.service import servers
from tests.service.fakes import FakePipeline, fresh_database, runtime


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A running PostgreSQL; skips (or fails, under MUJAZ_REQUIRE_ALL=1) where there is none."""
    with servers.postgres() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A running Redis, shared by the tests of the session."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: servers.Postgres) -> str:
    """The name of a database with all tables, to clone."""
    name = postgres.create()
    database = Database(postgres.url(name))
    migrate.upgrade(database)
    database.close()
    return name


@pytest.fixture
def empty_postgres(postgres: servers.Postgres) -> Iterator[Callable[[], str]]:
    """Makes PostgreSQL databases without tables; answers the URL of each."""
    made: list[str] = []

    def make() -> str:
        made.append(postgres.create())
        return postgres.url(made[-1])

    yield make
    for name in made:
        postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of the test's own, with all tables; every test runs on both kinds."""
    if request.param == "sqlite":
        yield fresh_database()
        return
    template: str = request.getfixturevalue("postgres_template")
    cluster: servers.Postgres = request.getfixturevalue("postgres")
    name = cluster.create(template)
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables, of both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    make: Callable[[], str] = request.getfixturevalue("empty_postgres")
    return make()


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """An open database with all tables, of both kinds."""
    opened = Database(store_url)
    yield opened
    opened.close()


@pytest.fixture
def postgres_database(postgres: servers.Postgres, postgres_template: str) -> Iterator[Database]:
    """An open PostgreSQL database with all tables, for what only PostgreSQL does."""
    name = postgres.create(postgres_template)
    opened = Database(postgres.url(name))
    yield opened
    opened.close()
    postgres.drop(name)
