"""`python -m benchmarks.kill_jobs`: the service is killed (SIGKILL) at random moments while jobs run. Every job
that was accepted must finish, each with one stored result, whole, and paid for once.

Every other time the whole process tree is killed and started anew, else only the process that works. The short
form with a fake pipeline runs with the tests (tests/service/jobs/test_kill.py).
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.http import free_port, get_status
from benchmarks.servers import CACHES_OFF
from benchmarks.texts import read_article, sentences
from service.store.database import Database
from service.store.tables import ArticleRow, BatchRow, JobRow, UsageRow

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
#: Seconds for a server to come up, and for one that nobody kills any more to finish.
START_SECONDS = 120.0
END_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done: articles sent as single jobs and as a batch, and how often the server is killed, each time
    after a pause between the two numbers of `pauses` (seconds of a server that answers)."""

    singles: Sequence[str]
    batched: Sequence[str]
    kills: int
    pauses: tuple[float, float]
    seed: int = 0


@dataclass(slots=True)
class Report:
    """What was found afterwards. `wrong` is empty when everything that was promised was kept."""

    jobs: int
    kills: int = 0
    seconds: float = 0.0
    at_work: list[int] = field(default_factory=list)  # jobs running when the server was killed
    attempts: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Target:
    """A server of ours that can be killed; `command` starts it on `port`."""

    def __init__(self, command: Sequence[str], port: int, settings: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environment = os.environ | dict(settings)
        self._log = log
        self.url = f"http://127.0.0.1:{port}"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while get_status(f"{self.url}/readyz") != 200:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(
                    f"the server doesn't come up; its log ends:\n{self._log.read_text()[-3000:]}"
                )
            time.sleep(0.02)

    def kill_all(self) -> None:
        """End the whole process tree at once, and start anew."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = self._start()

    def kill_worker(self) -> None:
        """End the process that serves; the one that watches replaces it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        while get_status(f"{self.url}/healthz") == 200 and self._alive(children):
            time.sleep(0.01)

    def _alive(self, children: Sequence[str]) -> bool:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return found == list(children)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise

    def ask(self, path: str, body: Any = None) -> Any:
        """The JSON of an answer, tried again while nobody is there to answer a read."""
        headers = {"Content-Type": "application/json", "Prefer": "respond-async"}
        data = None if body is None else json.dumps(body).encode()
        for _ in range(600):
            try:
                with _DIRECT.open(
                    urllib.request.Request(self.url + path, data, headers), timeout=30
                ) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code != 503 or data is not None:
                    raise RuntimeError(f"{path}: {error.code} {error.read().decode()[:300]}") from error
            except OSError:
                if data is not None:
                    raise
            time.sleep(0.1)
        raise RuntimeError(f"{path} isn't answered")


def run(target: Target, store: str, plan: Plan) -> Report:
    """Send the work, kill the server as planned, wait for the end, and look at what is in `store`."""
    target.wait_ready()
    ids = [str(target.ask("/v1/summaries", {"text": text})["id"]) for text in plan.singles]
    if plan.batched:
        target.ask("/v1/batches", {"items": [{"text": text} for text in plan.batched]})
    report = Report(len(plan.singles) + len(plan.batched))
    dice, started = random.Random(plan.seed), time.monotonic()
    database = Database(store)
    try:
        for number in range(plan.kills):
            target.wait_ready()
            time.sleep(dice.uniform(*plan.pauses))
            report.at_work.append(_count(database, "running"))
            (target.kill_all if number % 2 else target.kill_worker)()
            report.kills += 1
        target.wait_ready()
        _wait_for_end(database, report.jobs)
        report.seconds = time.monotonic() - started
        _examine(database, report, ids, [*plan.singles, *plan.batched])
    finally:
        database.close()
    return report


def _count(database: Database, *states: str) -> int:
    with database.read() as session:
        wanted = select(func.count()).select_from(JobRow).where(JobRow.state.in_(states))
        return session.scalar(wanted) or 0


def _wait_for_end(database: Database, jobs: int) -> None:
    until = time.monotonic() + END_SECONDS
    while _count(database, "queued", "running"):
        if time.monotonic() > until:
            raise RuntimeError(f"{_count(database, 'queued', 'running')} of {jobs} jobs never end")
        time.sleep(0.2)


def _examine(database: Database, report: Report, ids: Sequence[str], texts: Sequence[str]) -> None:
    with database.read() as session:
        jobs = session.scalars(select(JobRow)).all()
        articles = {row.id: row for row in session.scalars(select(ArticleRow))}
        batches = session.scalars(select(BatchRow)).all()
        paid = session.scalar(select(func.sum(UsageRow.characters)))
    report.attempts = Counter(job.attempts for job in jobs)
    missing = set(ids) - {job.id for job in jobs}
    results = Counter(job.article_id for job in jobs)
    failures = [(job.state, job.attempts, job.problem) for job in jobs if job.state != "succeeded"]
    checks = {
        f"{len(missing)} accepted jobs are gone": not missing,
        f"{len(jobs)} jobs instead of {len(texts)}": len(jobs) == len(texts),
        f"not succeeded: {failures}": not failures,
        f"{len(articles)} articles instead of {len(texts)}": len(articles) == len(texts),
        "a result belongs to two jobs, or to none": results.keys() == articles.keys()
        and set(results.values()) == {1},
        "texts are missing or changed": sorted(row.text for row in articles.values()) == sorted(texts),
        "an article has no translation": all(row.english.strip() for row in articles.values()),
        "the end of a batch was not seen": all(batch.announced is not None for batch in batches),
        f"{paid} characters paid for, {sum(map(len, texts))} sent": paid == sum(map(len, texts)),
    }
    report.wrong = [what for what, kept in checks.items() if not kept]


def _articles(number: int, length: int) -> list[str]:
    """Different ones: each begins with a sentence of its own."""
    text = sentences(read_article(), length)
    return [f"هذا هو الخبر رقم {n} من أخبار اليوم. {text}" for n in range(number)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--sentences", type=int, default=12, help="of each article")
    parser.add_argument("--pauses", type=float, nargs=2, default=(1.0, 10.0), metavar=("FROM", "TO"))
    parser.add_argument("--lease", type=float, default=2.0, help="jobs.lease_seconds")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    texts = _articles(given.jobs, given.sentences)
    with tempfile.TemporaryDirectory() as folder:
        port, store = free_port(), f"sqlite:///{folder}/mujaz.db"
        settings = CACHES_OFF | {"MUJAZ_DATA_DIR": folder, "MUJAZ_JOBS__LEASE_SECONDS": str(given.lease)}
        # A job that is at work at three kills in a row would be taken for the reason of them, and given up.
        command = [str(Path(sys.executable).parent / "mujaz"), "serve", "--port", str(port)]
        target = Target(command, port, settings, Path(folder) / "serve.log")
        try:
            half = given.jobs // 2
            plan = Plan(texts[:half], texts[half:], given.kills, tuple(given.pauses), given.seed)
            report = run(target, store, plan)
        finally:
            target.stop()
    print(f"{report.jobs} jobs ({half} single, {report.jobs - half} in a batch), {report.kills} kills "
          f"while {report.at_work} jobs were at work, done after {report.seconds:.0f} s")  # fmt: skip
    print("attempts: " + ", ".join(f"{count} jobs {n}" for n, count in sorted(report.attempts.items())))
    print("kept: every job finished, none twice, none lost" if not report.wrong else "BROKEN:")
    for what in report.wrong:
        print(f"- {what}")
    sys.exit(bool(report.wrong))


if __name__ == "__main__":
    main()
