"""/docs in a real browser: Swagger UI comes up under its strict policy, offline, and can be tried."""

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser


def test_api_can_be_tried_from_the_docs(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}/docs")
    page.locator("#operations-summaries-create_summary_v1_summaries_post .opblock-summary").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("textarea").first.fill('{"text": "سطر أول"}')
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table").get_by_text("EN:سطر أول").first.wait_for()
    assert all(url.startswith((site.address, "data:")) for url in asked)
