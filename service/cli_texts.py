"""`mujaz summarize` and `mujaz translate`."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import garbage
from service.cli import Choices

if TYPE_CHECKING:
    from models.document import Article, BilingualSummary, TextTranslation
    from models.pipeline import SummaryOptions
    from models.translator import Progress
    from service.config import Config
    from service.runtime import Runtime

#: Lines that go to the engine together with `--lines`: enough for full batches, few enough to see them move.
LINES = 256


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of one call; the names are those of the command line."""

    as_json: bool
    format_: str | None
    model: str | None
    encoding: str | None
    quiet: bool
    title: str | None = None
    sentences: int | None = None
    words: int | None = None
    method: str | None = None
    lines: bool = False


def _encoding(ctx: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    from service.cli_input import known_encoding

    return known_encoding(name)


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands take."""
    options = [
        click.argument("file", type=click.Path(path_type=Path, allow_dash=True)),
        click.option("--json", "as_json", is_flag=True, help="The same JSON as the web API."),
        click.option(
            "--format", "format_", type=click.Choice(["txt", "md", "html"]), help="A bilingual document."
        ),
        click.option("--title", help="The article's headline, where the input has none of its own."),
        click.option("--model", metavar="NAME|PATH", help="Model to use instead of the configured one."),
        click.option("--encoding", callback=_encoding, help="Encoding of the input [default: found out]."),
        click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks on standard error."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@reading
@click.option("--sentences", type=click.IntRange(1, 50), help="Length of the summary in sentences.")
@click.option("--words", type=click.IntRange(1, 2000), help="Length of the summary in words.")
@click.option("--method", type=click.Choice(["extractive", "abstractive"]), help="How to summarise.")
@click.pass_obj
def summarize(choices: Choices, /, file: Path, **given: Any) -> None:
    """Translate an article and summarise it in both languages.

    FILE is plain text or HTML; - reads standard input.
    """
    wanted = Wanted(**given)
    if wanted.sentences and wanted.words:
        raise click.UsageError("Choose --sentences or --words, not both.")
    config = choices.load(model__name=wanted.model)
    article = _article(file, wanted)
    with _runtime(config) as runtime, _progress(wanted, "Translating") as progress:
        result = runtime.pipeline.run(article, _options(wanted, config), progress)
        answer = _summary_json(runtime, result) if wanted.as_json else ""
    _remark(wanted, [notice.message for notice in result.warnings])
    _write(answer or _document(result, wanted.format_ or "txt"))


@click.command()
@reading
@click.option("--lines", is_flag=True, help="One text a line in, exactly one line out for each.")
@click.pass_obj
def translate(choices: Choices, /, file: Path, **given: Any) -> None:
    """Translate an article, or one text a line.

    FILE is plain text or HTML; - reads standard input. Without --format the English alone is written.
    """
    wanted = Wanted(**given)
    if wanted.lines and wanted.format_:
        raise click.UsageError("--lines and --format don't go together.")
    config = choices.load(model__name=wanted.model)
    if wanted.lines:
        _translate_lines(config, file, wanted)
        return
    article = _article(file, wanted)
    texts = [article.text, *([article.title] if article.title else [])]
    with _runtime(config) as runtime, _progress(wanted, "Translating") as progress:
        started = time.monotonic()
        results = runtime.pipeline.translate(texts, progress=progress)
        seconds = time.monotonic() - started
        answer = _translations_json(runtime, results[0], seconds) if wanted.as_json else ""
    _remark(wanted, [notice.message for notice in results[0].notices])
    if wanted.format_:
        answer = _document(_without_summary(article, results), wanted.format_)
    _write(answer or "\n\n".join(result.english for result in reversed(results)))


def _article(file: Path, wanted: Wanted) -> "Article":
    from service.cli_input import article

    found = article(file, wanted.encoding)
    return replace(found, title=wanted.title) if wanted.title else found


@contextmanager
def _runtime(config: "Config") -> "Iterator[Runtime]":
    with garbage.kept():
        from service.runtime import Runtime

        runtime = Runtime.load(config)
    try:
        yield runtime
    finally:
        runtime.close()


@contextmanager
def _progress(wanted: Wanted, what: str) -> "Iterator[Progress | None]":
    """A bar on standard error where that is a terminal; nothing otherwise."""
    if wanted.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _options(wanted: Wanted, config: "Config") -> "SummaryOptions":
    from models.pipeline import SummaryOptions
    from models.summarize import Length

    if wanted.words:
        length = Length(words=wanted.words)
    else:
        length = Length(sentences=wanted.sentences or config.summary.sentences)
    return SummaryOptions(length=length, method=wanted.method or config.summary.method)


def _without_summary(article: "Article", results: "Sequence[TextTranslation]") -> "BilingualSummary":
    """A plain translation in the shape that the document formats write."""
    from models.document import BilingualSummary
    from models.titles import title as titled

    body, *title = results
    return BilingualSummary(
        article=article,
        translations=body.translations,
        english=body.english,
        english_spans=body.english_spans,
        sentences=(),
        method="no",
        signature=body.translations[0].signature if body.translations else "",
        title=titled(title[0]) if title else None,
        warnings=body.notices,
    )


def _document(result: "BilingualSummary", format_: str) -> str:
    from service.export import FORMATS

    return FORMATS[format_].write(result)


def _summary_json(runtime: "Runtime", result: "BilingualSummary") -> str:
    from service.api import render

    return render.summary(result, runtime.model.id).model_dump_json(indent=2, exclude_unset=True)


def _translations_json(runtime: "Runtime", result: "TextTranslation", seconds: float) -> str:
    from service.api import render
    from service.api.schemas import ModelRefJson, TranslationResponse

    answer = TranslationResponse(
        translations=[render.translation(result, _language(result.source))],
        warnings=render.notices(result.notices),
        model=ModelRefJson(id=runtime.model.id, signature=runtime.pipeline.signature()),
        timing=render.timing(1000 * seconds, 1000 * seconds, result.cached_segments),
    )
    return answer.model_dump_json(indent=2, exclude_unset=True)


def _language(text: str) -> str:
    from models import detect

    return detect.language_of(text)


def _translate_lines(config: "Config", file: Path, wanted: Wanted) -> None:
    """Streams: answers what has come in, in order, one line for each."""
    from service.cli_input import batches, opened

    with opened(file) as source, _runtime(config) as runtime:
        done, started = 0, time.monotonic()
        for texts in batches(source, LINES, wanted.encoding):
            for line in _answers(runtime, texts, wanted.as_json):
                click.echo(line.encode("utf-8"))
            sys.stdout.flush()
            done += len(texts)
            if sys.stderr.isatty() and not wanted.quiet and not sys.stdout.isatty():
                click.echo(f"\r{done} lines, {time.monotonic() - started:.0f} s ", err=True, nl=False)


def _answers(runtime: "Runtime", texts: list[str], as_json: bool) -> Iterator[str]:
    from service.api import render
    from service.cli_input import one_line

    for result in runtime.pipeline.translate(texts):
        if as_json:
            answer = render.translation(result, _language(result.source))
            yield answer.model_dump_json(exclude_unset=True)
        else:
            yield one_line(result.english)


def _remark(wanted: Wanted, remarks: Sequence[str]) -> None:
    if not wanted.quiet:
        for remark in remarks:
            click.echo(f"Note: {remark}", err=True)


def _write(text: str) -> None:
    """UTF-8 whatever the locale says: a pipe must not lose Arabic to an ASCII terminal setting."""
    click.echo(text.removesuffix("\n").encode("utf-8"))
