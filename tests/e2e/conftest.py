"""A real Chromium against a real server on loopback, over the fake pipeline."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from service.app import create_app
from service.runtime import Runtime
from tests.service.fakes import FakePipeline, runtime

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run")  # fmt: skip


@dataclass
class Site:
    """A running service and what it answers with."""

    address: str
    pipeline: FakePipeline
    runtime: Runtime


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("MUJAZ_REQUIRE_ALL") == "1":
            pytest.fail("no Chromium is installed, and MUJAZ_REQUIRE_ALL=1 asks for all tests")
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def site() -> Iterator[Site]:
    pipeline = FakePipeline()
    parts = runtime(pipeline)
    server = make_server("127.0.0.1", 0, create_app(parts.config, parts), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", pipeline, parts)
    server.shutdown()
    thread.join()
    server.server_close()
    parts.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page on which any complaint in the console fails the test. It is closed before its site is."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []
