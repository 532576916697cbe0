"""Rules of the layout that are tests, not wiki pages."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "transformers", "ctranslate2", "huggingface_hub", "trafilatura", "py3langid")
#: folder -> imports that it must not have
FORBIDDEN = {
    "models": ("service", "flask", "sqlalchemy", "yaml", "os.environ"),
    "service/store": ("service.api", "service.ui"),
    "service/ingest": ("service.api", "service.ui"),
    "service/jobs": ("service.api", "service.ui"),
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_point_one_way(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(folder)
        for name in imports(path)
        if any(name == bad or name.startswith(bad + ".") for bad in FORBIDDEN[folder])
    ]
    assert wrong == []


def test_models_reads_no_environment() -> None:
    """But for the weights, which set the Hub client's switches before importing it."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources("models")
        if "os.environ" in path.read_text(encoding="utf-8") and "weights" not in str(path)
    ]
    assert wrong == []


@pytest.mark.parametrize("module", ["models", "models.pipeline", "service.cli", "service.app"])
def test_importing_pulls_in_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_no_catch_all_module_names() -> None:
    bad = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [p for folder in ("models", "service") for p in sources(folder) if p.name in bad] == []


def test_no_print_outside_the_command_line() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("models", "service")
        for path in sources(folder)
        if not path.name.startswith("cli")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert wrong == []
