"""Files of JSON Lines: a line for each line, in order, whatever is wrong with one and however a run ends."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Busy, EngineUnavailable
from service import batch_file
from service.batch_file import NotResumable, Worker
from service.cli import main
from service.config import Config
from service.runtime import Runtime
from tests.service.fakes import STARTER, FakePipeline, runtime


@pytest.fixture
def parts(pipeline: FakePipeline) -> Iterator[Runtime]:
    made = runtime(pipeline)
    yield made
    made.close()


def run(parts: Runtime, source: Path, target: Path, kind: Any = "summary", stop_after: int = 10**9) -> None:
    """A run that is broken off after so many lines."""
    before, count = batch_file.resume(target), 0

    def written(_: bool) -> None:
        nonlocal count
        count += 1
        if count == stop_after:
            raise KeyboardInterrupt

    with target.open("ab") as out:
        Worker(parts, kind).run(batch_file.left(source, before), out, written)


def read(target: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def article(n: int) -> str:
    return json.dumps({"text": f"خبر {n}.", "custom_id": f"n{n}"}, ensure_ascii=False)


def test_a_line_for_each_line_in_order(parts: Runtime, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text("\n".join(article(n) for n in range(100)), encoding="utf-8")
    run(parts, source, target)
    found = read(target)
    assert [line["custom_id"] for line in found] == [f"n{n}" for n in range(100)]
    assert [line["line"] for line in found] == list(range(1, 101))
    assert found[7]["result"]["translation"]["text"] == "EN:خبر 7."


def test_bad_lines_are_lines_too(parts: Runtime, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    bad = [b'{"text": }', b"[]", b"\xff\xfe", b'{"text": " ", "custom_id": "x"}', b'{"url": 3}',
           '{"text": "أ", "glossary_id": "glo_1"}'.encode()]  # fmt: skip
    source.write_bytes(b"\xef\xbb\xbf" + b"\r\n\n".join([article(1).encode(), *bad, article(2).encode()]))
    run(parts, source, target)
    found = read(target)
    assert [line["state"] for line in found] == ["succeeded", *["failed"] * 6, "succeeded"]
    assert [line["problem"]["type"].split("#")[1] for line in found[1:-1]] == [
        "bad_json", "not_an_object", "bad_utf8", "invalid", "invalid", "not_available"]  # fmt: skip
    assert "line 3" in found[1]["problem"]["detail"]


def test_translations(parts: Runtime, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text('{"texts": ["أول", "ثان"]}', encoding="utf-8")
    run(parts, source, target, "translation")
    assert [t["text"] for t in read(target)[0]["result"]["translations"]] == ["EN:أول", "EN:ثان"]


@given(
    texts=st.lists(st.integers(0, 5), min_size=1, max_size=25),
    stops=st.lists(st.integers(1, 8), max_size=4),
    torn=st.integers(0, 60),
)
def test_runs_that_end_at_any_place_do_all_and_nothing_twice(
    tmp_path_factory: pytest.TempPathFactory, texts: list[int], stops: list[int], torn: int
) -> None:
    """Equal lines are items of their own. After each end the output's last line may be cut anywhere."""
    folder = tmp_path_factory.mktemp("runs")
    source, target = folder / "in", folder / "out"
    source.write_text("\n".join(article(n) for n in texts), encoding="utf-8")
    parts = Runtime(Config(), FakePipeline(), STARTER, lambda: [STARTER])
    for stop in stops:
        try:
            run(parts, source, target, stop_after=stop)
        except KeyboardInterrupt:
            whole = target.read_bytes()
            last = whole[:-1].rfind(b"\n") + 1
            target.write_bytes(whole[: max(last, len(whole) - torn)])
    run(parts, source, target)
    run(parts, source, target)  # nothing is left to do
    parts.close()
    found = read(target)
    assert Counter(line["custom_id"] for line in found) == Counter(f"n{n}" for n in texts)


def test_new_lines_in_the_input_are_done(parts: Runtime, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text(article(1) + "\n", encoding="utf-8")
    run(parts, source, target)
    source.write_text("\n".join([article(0), article(1), article(2)]), encoding="utf-8")
    run(parts, source, target)
    assert [line["custom_id"] for line in read(target)] == ["n1", "n0", "n2"]


def test_a_full_queue_is_waited_for(parts: Runtime, pipeline: FakePipeline, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text(article(1), encoding="utf-8")
    translate, refused = pipeline.translate, iter([Busy("full", 0.01), Busy("full", 0.01)])

    def busy(*given: Any, **named: Any) -> Any:
        error = next(refused, None)
        if error is not None:
            raise error
        return translate(*given, **named)

    pipeline.translate = busy  # type: ignore[method-assign]
    run(parts, source, target)
    assert read(target)[0]["state"] == "succeeded"


def test_an_engine_that_is_gone_ends_the_run_and_spoils_no_line(
    parts: Runtime, pipeline: FakePipeline, tmp_path: Path
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text("\n".join(article(n) for n in range(20)), encoding="utf-8")
    pipeline.error = EngineUnavailable("The engine is gone.")
    with pytest.raises(EngineUnavailable):
        run(parts, source, target)
    assert read(target) == []
    pipeline.error = None
    run(parts, source, target)
    assert len(read(target)) == 20


@pytest.mark.parametrize("line", ["not JSON\n", '{"a": 1}\n', "[]\n"])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, line: str) -> None:
    target = tmp_path / "out"
    target.write_text(line)
    with pytest.raises(NotResumable):
        batch_file.resume(target)
    assert target.read_text() == line


def test_the_command_on_the_bundled_model(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = '{"text": "وصل الوفد إلى القاهرة.", "custom_id": "a"}\n'
    source.write_text(good, encoding="utf-8")

    def call() -> Any:
        return CliRunner().invoke(main, ["batch", str(source), str(target)])

    first = call()
    assert (first.exit_code, first.stderr) == (0, "")
    assert "delegation" in read(target)[0]["result"]["translation"]["text"].lower()
    source.write_text(good + "{}\n", encoding="utf-8")
    second = call()
    assert second.exit_code == 1
    assert "1 lines are done already." in second.stderr
    assert "1 of 2 items failed" in second.stderr
    assert len(read(target)) == 2


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [(None, 2, "same file"), ("something of mine\n", 4, "was not written by `mujaz batch`")],
)
def test_the_command_refuses(tmp_path: Path, content: str | None, code: int, says: str) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("{}\n")
    if content is None:
        target = source
    else:
        target.write_text(content)
    refused = CliRunner().invoke(main, ["batch", str(source), str(target)])
    assert refused.exit_code == code
    assert says in refused.stderr
