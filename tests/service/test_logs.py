import json
import logging
import threading

import pytest

from service import logs
from service.config import LogConfig


@pytest.fixture
def restored():
    """The root logger as pytest set it up, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_json_lines(restored, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(LogConfig(format="json", level="INFO"))
    token = logs.request_id.set("abc")
    log = logging.getLogger("mujaz.test")
    log.info("سطر\nثان %d", 3, extra={"fields": {"ms": 1.5}})
    logs.request_id.reset(token)
    log.debug("not at this level")
    try:
        raise ValueError("wrong")
    except ValueError:
        log.exception("failed")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "INFO", "logger": "mujaz.test", "message": "سطر\nثان 3", "request_id": "abc", "ms": 1.5,
    }  # fmt: skip
    assert "request_id" not in second
    assert second["exception"].endswith("ValueError: wrong")


def test_text_lines_cannot_be_forged(restored, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(LogConfig())
    logging.getLogger("mujaz.test").warning("a\n2026-01-01 forged\rb", extra={"fields": {"n": 1}})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("WARNING mujaz.test: a")
    assert lines[1] == "  2026-01-01 forged\\rb n=1"


def test_configuring_twice_does_not_double(restored, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(LogConfig())
    logs.configure(LogConfig())
    logging.getLogger("mujaz.test").warning("once")
    assert capsys.readouterr().err.count("once") == 1


def test_work_in_a_thread_names_its_request_and_key(restored, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(LogConfig(format="json"))
    log = logging.getLogger("mujaz.test")

    def work() -> None:
        with logs.work_of("job_1", "key_1", "news"):
            log.info("inside")
            with logs.work_of("job_2", "local", "local"):
                log.info("nobody")
            log.info("inside again")
        log.info("outside")

    logs.request_id.set("of the main thread")
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    logs.request_id.set(None)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    named = [(line.get("request_id"), line.get("key"), line.get("owner")) for line in lines]
    mine = ("job_1", "key_1", "news")
    assert named == [mine, ("job_2", None, None), mine, (None, None, None)]


def test_text_lines_name_them_too(restored, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(LogConfig())
    with logs.work_of("abc", "key_1", "news"):
        logging.getLogger("mujaz.test").warning("a")
    assert capsys.readouterr().err.endswith("mujaz.test: a request_id=abc key=key_1 owner=news\n")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/out/s3cret/rss.xml", "/out/*/rss.xml"),
        ("/Out/s3cret", "/Out/*"),
        ("//out/s3cret/x/y", "//out/*/x/y"),
        ("/v1/outlets/out_1", "/v1/outlets/out_1"),
        ("/a\n" + "b" * 300, "/a\\n" + "b" * 197),
        ("/خبر", "/\\u062e\\u0628\\u0631"),
    ],
)
def test_paths_are_shown_without_their_secrets(path: str, shown: str) -> None:
    assert logs.shown_path(path) == shown
