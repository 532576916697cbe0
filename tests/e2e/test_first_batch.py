"""docs/first-batch.md, run as a newcomer would: a real service that asks for keys, the bundled model, curl, the receiver
of docs/webhooks.md, and the Python client."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "first-batch.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, dict[str, str], dict[str, str]]:
    """A folder with an installation and the two programs that are to be saved, a new environment to work in, and what
    to put for the page's two addresses."""
    for page, name in (("webhooks.md", "receiver.py"), ("first-batch.md", "program.py")):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        (tmp_path / name).write_text(program, encoding="utf-8")
    (tmp_path / ".venv").symlink_to(BIN.parent)
    port, receiver = free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MUJAZ_", "PYTHON"))}
    environment = {
        **kept,
        "PATH": ":".join(part for part in os.environ["PATH"].split(":") if Path(part) != BIN),
        "PYTHONIOENCODING": "utf-8",
        "MUJAZ_DATA_DIR": str(tmp_path / "data"),
        "MUJAZ_SERVER__PORT": str(port),
    }
    return tmp_path, environment, {"127.0.0.1:8000": f"127.0.0.1:{port}", "9000": str(receiver)}


def test_every_command_of_the_page(place: tuple[Path, dict[str, str], dict[str, str]]) -> None:
    """As they stand there, one after the other, where nothing was set up before."""
    folder, environment, changes = place
    script = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    script = script.replace("curl -s ", "curl -sS --fail-with-body ")
    program = folder / "program.py"
    program.write_text(replaced(program.read_text(encoding="utf-8"), changes), encoding="utf-8")
    with (folder / "output.txt").open("w") as output:
        run = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", replaced(script, changes) + "\nwait"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            assert run.wait(120) == 0, (folder / "output.txt").read_text(encoding="utf-8")
        finally:
            with suppress(ProcessLookupError):  # the page's last command ended them
                os.killpg(run.pid, signal.SIGTERM)
    said = (folder / "output.txt").read_text(encoding="utf-8")
    results = [
        json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [(r["custom_id"], r["state"]) for r in results] == [("wheat", "succeeded"), ("port", "succeeded")]
    assert results[1]["result"]["title"]["ar"] == "إعادة فتح المرفأ"
    assert "batch.finished" in (folder / "messages.txt").read_text(encoding="utf-8")
    assert '"characters"' in said
    assert re.search(r"beirut \w+", said)
