"""docs/first-batch.md and docs/client.md, run as a newcomer would: a real service that asks for keys, the bundled
model, curl, and the receiver of docs/webhooks.md."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "first-batch.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """A folder with the receiver, the environment to work in, and what to put for the page's two addresses. The
    key is made by the page's first command, while the service runs."""
    (program,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8"), re.DOTALL
    )
    (tmp_path / "receiver.py").write_text(program, encoding="utf-8")
    port, receiver = free_port(), free_port()
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "MUJAZ_DATA_DIR": str(tmp_path / "data"),
        "MUJAZ_AUTH__MODE": "keys",
        "MUJAZ_FETCH__ALLOW": f"127.0.0.1:{receiver}",
    }
    # A service without any key refuses to start, so there is one before; the page's own comes while it runs.
    subprocess.run(
        [BIN / "mujaz", "keys", "create", "first"], env=environment, check=True, capture_output=True
    )
    command = [BIN / "mujaz", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield tmp_path, environment, {"127.0.0.1:8000": f"127.0.0.1:{port}", "9000": str(receiver)}
    finally:
        server.terminate()
        server.wait(40)


def test_every_command_of_the_page(place: tuple[Path, dict[str, str], dict[str, str]]) -> None:
    folder, environment, changes = place
    program = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert program is not None
    (folder / "program.py").write_text(program[1], encoding="utf-8")
    ready = "until curl -sf http://127.0.0.1:8000/readyz > ready.txt; do sleep 0.1; done\n"
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    script = ready + "\n".join(blocks).replace("curl -s ", "curl -sS --fail-with-body ")
    script += f"\nKEY=$KEY {sys.executable} program.py\n"
    (folder / "program.py").write_text(program[1].replace("127.0.0.1:8000", changes["127.0.0.1:8000"]))
    for old, new in changes.items():
        script = script.replace(old, new)
    with (folder / "output.txt").open("w") as output:
        run = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            assert run.wait(120) == 0, (folder / "output.txt").read_text(encoding="utf-8")
        finally:
            os.killpg(run.pid, signal.SIGTERM)  # the receiver
    said = (folder / "output.txt").read_text(encoding="utf-8")
    results = [
        json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [(r["custom_id"], r["state"]) for r in results] == [("wheat", "succeeded"), ("port", "succeeded")]
    assert results[1]["result"]["title"]["ar"] == "إعادة فتح المرفأ"
    assert "batch.finished" in (folder / "messages.txt").read_text(encoding="utf-8")
    assert '"characters"' in said
    assert re.search(r"beirut \w+", said)
