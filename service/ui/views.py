"""What the page's routes do: read the form, ask for a summary, show it or say kindly why not."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import quote

from flask import Response, current_app, render_template, request, url_for

from models.document import Article, BilingualSummary
from models.errors import Busy, Closed, MujazError, TooLong
from models.pipeline import SummaryOptions
from models.translator import Progress
from service.export import FORMATS, Format
from service.rows import direction, page_view
from service.ui.form import Form, FormProblem
from service.ui.progress import Report, lines
from service.ui.samples import SAMPLES
from service.version import VERSION

#: What the page's script asks for, to show progress.
STREAM = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the footer says of the model in use."""

    id: str
    licence: str | None
    limits: str | None


class Desk(Protocol):
    """What the page needs of the service."""

    @property
    def model(self) -> ModelFacts: ...

    @property
    def method(self) -> str:
        """The summarizer to use."""
        ...

    @property
    def sentences(self) -> int:
        """The summary length offered first."""
        ...

    def read(self, data: bytes, filename: str) -> Article:
        """The article in an uploaded file. Raises `FormProblem`."""
        ...

    def summarise(
        self, article: Article, options: SummaryOptions, progress: Progress | None = None
    ) -> BilingualSummary:
        """Raises `models.errors.MujazError`."""
        ...


class View:
    """The two routes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self) -> Response:
        """GET: the empty form, or one filled with `?sample=`. POST: the article and its summary."""
        if request.method == "GET":
            return Response(self._render(self._offered(request.args.get("sample"))))
        form = Form.of(request.form)
        try:
            form, article = self._article(form)
            options = form.options(self._desk.method)
        except FormProblem as problem:
            return self._refuse(form, problem)
        if request.accept_mimetypes.best == STREAM:
            return self._stream(form, article, options)
        try:
            return Response(self._render(form, self._summary(article, options)))
        except FormProblem as problem:
            return self._refuse(form, problem)

    def download(self) -> Response:
        """The article and its summary as a file, in the format named by the button."""
        form = Form.of(request.form)
        wanted = FORMATS.get(request.form.get("format", ""))
        try:
            if wanted is None:
                raise FormProblem("There is no such format.", f"Choose one of {', '.join(FORMATS)}.", 400)
            result = self._summary(form.article(), form.options(self._desk.method))
        except FormProblem as problem:
            return self._refuse(form, problem)
        return _file(wanted, result)

    def _article(self, form: Form) -> tuple[Form, Article]:
        """The article typed or uploaded, and the form as it then reads."""
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            return form, form.article()
        if form.text.strip():
            raise FormProblem("There are two articles.", "Clear the text, or send it without the file.")
        article = self._desk.read(upload.read(), upload.filename)
        if form.title.strip():
            article = replace(article, title=form.title.strip())
        return replace(form, text=article.text, title=article.title or ""), article

    def _summary(
        self, article: Article, options: SummaryOptions, progress: Progress | None = None
    ) -> BilingualSummary:
        try:
            return self._desk.summarise(article, options, progress)
        except Busy as error:
            wait = max(1, round(error.retry_after))
            raise FormProblem("Mujaz is busy.", f"Try again in about {wait} s.", 503) from error
        except Closed as error:
            raise FormProblem("Mujaz is restarting.", "Try again in a moment.", 503) from error
        except TooLong as error:
            raise FormProblem("The article is too long.", str(error), 413) from error
        except MujazError as error:
            raise FormProblem("That did not work.", str(error), 500) from error

    def _stream(self, form: Form, article: Article, options: SummaryOptions) -> Response:
        application = current_app._get_current_object()  # type: ignore[attr-defined]
        environ = request.environ

        def work(report: Report) -> str:
            # The thread that computes has no request of its own, and the templates build addresses from one.
            with application.request_context(environ):
                try:
                    return self._render(form, self._summary(article, options, report))
                except FormProblem as problem:
                    return self._render(form, problem=problem)

        answer: Iterator[str] = lines(work)
        return Response(answer, mimetype=STREAM, headers={"X-Accel-Buffering": "no"})

    def _refuse(self, form: Form, problem: FormProblem) -> Response:
        page = self._render(form, problem=problem)
        if request.accept_mimetypes.best == STREAM:
            return Response(lines(lambda _: page), mimetype=STREAM)
        return Response(page, problem.status)

    def _offered(self, sample: str | None) -> Form:
        form = Form(length=str(self._desk.sentences))
        for known in SAMPLES:
            if known.name == sample:
                title, text = known.read()
                return replace(form, title=title, text=text)
        return form

    def _render(
        self, form: Form, result: BilingualSummary | None = None, problem: FormProblem | None = None
    ) -> str:
        return render_template(
            "page.html",
            form=form,
            result=result,
            problem=problem,
            page=page_view(result) if result else None,
            model=self._desk.model,
            samples=SAMPLES,
            formats=FORMATS,
            version=VERSION,
            docs_url=url_for("ui.page") + "docs",
            direction=direction,
            seconds=_seconds,
        )


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _file(wanted: Format, result: BilingualSummary) -> Response:
    name = f"{_slug(result.title[1] if result.title else '')}.{wanted.suffix}"
    disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        wanted.write(result),
        content_type=f"{wanted.mimetype}; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


def _slug(title: str) -> str:
    """A file name of plain letters, digits and hyphens from the English headline."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = "".join(c if c.isalnum() else " " for c in plain.lower()).split()
    return "-".join(words)[:60].strip("-") or "article"
