"""Our own service as a separate process, as users start it, and what it weighs."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.http import free_port, wait_until_ready

#: Nothing is remembered: every request is computed.
CACHES_OFF = {"MUJAZ_CACHE__SEGMENT_CHARS": "0", "MUJAZ_CACHE__ARTICLE_CHARS": "0"}


@dataclass(frozen=True, slots=True)
class Service:
    """A running service. `ready_seconds`: from the start of the process to the first 200 on /readyz."""

    url: str
    process: subprocess.Popen[bytes]
    ready_seconds: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident and proportional set size of all processes of the service, in MiB."""

    rss: float
    pss: float
    processes: int


@contextmanager
def service(model: str = "starter", settings: Mapping[str, str] | None = None) -> Iterator[Service]:
    """`mujaz serve` on a free port with defaults plus `settings`; ended by SIGTERM. Its log is shown when it
    does not come up."""
    port = free_port()
    mujaz = Path(sys.executable).parent / "mujaz"
    command = [str(mujaz), "--model", model, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryFile() as output:
        # Installed software is compiled once; a shell that forbids it would have it compiled at every start.
        shell = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = shell | {"MUJAZ_DATA_DIR": data} | dict(settings or {})
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
            yield Service(f"http://127.0.0.1:{port}", process, time.perf_counter() - started)
        except RuntimeError:
            output.seek(0)
            sys.stderr.write(output.read().decode(errors="replace")[-2000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=40)


def memory(pid: int) -> Memory:
    """Summed over the process and its descendants (Linux: /proc)."""
    everyone = _tree(pid)
    rolled = [_rollup(one) for one in everyone]
    return Memory(sum(r["Rss"] for r in rolled) / 1024, sum(r["Pss"] for r in rolled) / 1024, len(everyone))


def cpu_seconds(pid: int) -> float:
    """Processor time used so far by the process and its living descendants."""
    ticks = 0
    for one in _tree(pid):
        # The command may hold blanks; what follows its closing bracket doesn't.
        fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that ended meanwhile
            for child in (task / "children").read_text(encoding="ascii").split():
                found += _tree(int(child))
    return found


def _rollup(pid: int) -> dict[str, int]:
    """Kilobytes by name from smaps_rollup."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}
