"""The real server is killed while jobs run. The long form, on the bundled model, is benchmarks/kill_jobs.py."""

import sys
from pathlib import Path

from benchmarks.http import free_port
from benchmarks.kill_jobs import Plan, Target, run


def test_jobs_outlive_the_process(store_url: str, tmp_path: Path) -> None:
    texts = [f"خبر رقم {n}.\nوسطر آخر." for n in range(24)]
    port = free_port()
    command = [sys.executable, "-m", "tests.service.jobs.serving", str(port), store_url]
    target = Target(command, port, {}, tmp_path / "log")
    try:
        report = run(target, store_url, Plan(texts[:12], texts[12:], kills=3, pauses=(0.1, 0.5)))
    finally:
        target.stop()
    assert report.wrong == [], (tmp_path / "log").read_text()[-5000:]
    assert sum(report.at_work) > 0, "it was never killed while a job ran"
    assert max(report.attempts) > 1
