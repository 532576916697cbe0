"""Documentation that may not lag: routes, commands, flag codes, links."""

import re
from pathlib import Path

import pytest

from service.cli import COMMANDS
from tests.service.fakes import FakePipeline, runtime

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_route_of_the_api_is_documented() -> None:
    from service.app import create_app

    parts = runtime(FakePipeline())
    rules = {str(rule) for rule in create_app(parts.config, parts).url_map.iter_rules()}
    parts.close()
    api = {
        rule for rule in rules if rule.startswith("/v1/") or rule in ("/healthz", "/readyz", "/openapi.json")
    }
    assert len(api) >= 7
    assert [rule for rule in sorted(api) if rule not in text("docs/api.md")] == []


def test_every_command_is_documented() -> None:
    assert [name for name in COMMANDS if f"mujaz {name}" not in text("docs/cli.md")] == []


def test_every_flag_code_is_documented() -> None:
    codes = {
        match
        for path in (ROOT / "models/quality").glob("*.py")
        for match in re.findall(r'^\w*CODE = "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(codes) >= 6
    assert [code for code in sorted(codes) if code not in text("docs/quality.md")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_the_two_commands() -> None:
    assert "make run" in text("README.md")
    assert "make test" in text("README.md")
