"""A service that follows the feeds of a `FeedServer`, over a fake pipeline."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Config, FetchConfig, StoreConfig
from service.monitor import hosts
from service.runtime import Runtime
from tests.service.fakes import FakePipeline, runtime


class Following:
    """`client` asks its API; `poll` has feeds looked at and waits for it."""

    def __init__(self, made: Runtime) -> None:
        self.runtime = made
        self.client: FlaskClient = create_app(made.config, made).test_client()

    def get(self, path: str) -> Any:
        response = self.client.get(path)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    def add(self, url: str, **policy: Any) -> dict[str, Any]:
        response = self.client.post("/v1/feeds", json={"url": url, **policy})
        assert response.status_code in (200, 201), response.get_data(as_text=True)
        answered: dict[str, Any] = response.get_json()
        return answered

    def poll(self, feed_id: str) -> dict[str, Any]:
        """Look at a feed; answers how it is then."""
        before = self.get(f"/v1/feeds/{feed_id}")["last_poll"]
        assert self.client.post(f"/v1/feeds/{feed_id}/poll").status_code == 202
        return wait_for(lambda: self.feed(feed_id, after=before), "the feed isn't looked at")

    def feed(self, feed_id: str, after: str | None) -> dict[str, Any] | None:
        feed: dict[str, Any] = self.get(f"/v1/feeds/{feed_id}")
        return feed if feed["last_poll"] != after else None

    def entries(self, feed_id: str) -> list[dict[str, Any]]:
        """All entries of a feed, when none waits any more; oldest first."""
        path = f"/v1/entries?feed_id={feed_id}&limit=200"
        wait_for(lambda: not self.get(f"{path}&state=waiting")["items"], "entries stay waiting")
        return sorted(self.get(path)["items"], key=lambda entry: (entry["published"], entry["id"]))


def wait_for(ask: Callable[[], Any], otherwise: str, seconds: float = 30.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.03)
    return found


@contextmanager
def following(
    allow: tuple[str, ...],
    pipeline: FakePipeline | None = None,
    store: str | None = None,
    apart: float = 0.0,
    timeout: float = 5,
) -> Iterator[Following]:
    """Runs while the block does; `apart`: seconds between two requests to a host; `timeout`: for a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hosts, "APART", apart)
        config = Config(fetch=FetchConfig(allow=allow, timeout_seconds=timeout), store=StoreConfig(url=store))
        made = Following(runtime(pipeline, config))
        try:
            yield made
        finally:
            made.runtime.close()
