"""What counts the service's memory, on processes of a known shape."""

import os
import subprocess
import sys

import pytest

from benchmarks.http import free_port, get_status, wait_until_ready
from benchmarks.servers import memory

CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"


def test_memory_counts_children():
    own = memory(os.getpid())
    assert own.processes >= 1
    assert own.rss >= own.pss > 5
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE) as parent:
        try:
            while (found := memory(parent.pid)).processes < 2:
                pass
            assert found.rss > 5
        finally:
            parent.communicate(b"\n")


def test_nobody_answers_on_a_free_port():
    assert get_status(f"http://127.0.0.1:{free_port()}/readyz") is None


def test_a_server_that_ends_is_not_waited_for():
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as server:
        server.wait()
        with pytest.raises(RuntimeError, match="code 3"):
            wait_until_ready("http://127.0.0.1:9/readyz", server)
