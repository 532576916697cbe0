"""What the page's routes do: read the form, ask for a summary, show it or say kindly why not."""

import logging
import math
import traceback
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from flask import Response, current_app, g, render_template, request

from models.document import Article, BilingualSummary
from models.pipeline import SummaryOptions
from models.translator import Progress
from service import logs
from service.api.admission import admit
from service.body import Body, Upload, read_body
from service.context import principal
from service.errors import as_problem
from service.export import FORMATS, Format
from service.ingest.uploads import begins_like_html
from service.rows import chips, direction, page_view
from service.runtime import Runtime
from service.ui.form import Form, FormProblem
from service.ui.progress import Report, lines
from service.ui.samples import SAMPLES

log = logging.getLogger(__name__)

#: What the page's script asks for, to show progress.
STREAM = "application/x-ndjson"


class View:
    """The two routes."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._summary_defaults = runtime.config.summary

    def page(self) -> Response:
        """GET: the empty form, or one filled with `?sample=`. POST: the article and its summary."""
        if request.method != "POST":  # HEAD is GET without the page
            return Response(self._render(self._offered(request.args.get("sample"))))
        form = Form()
        try:
            body = self._body()
            form = Form.of(body.fields)
            form, article = self._article(form, body)
            options = form.options(self._summary_defaults.method)
            if request.accept_mimetypes.best == STREAM:
                return self._stream(form, article, options)
            return Response(self._render(form, self._summary(article, options)))
        except FormProblem as problem:
            return self._refuse(form, problem)

    def download(self) -> Response:
        """The article and its summary as a file, in the format named by the button."""
        form = Form()
        try:
            body = self._body()
            form = Form.of(body.fields)
            wanted = FORMATS.get(str(body.fields.get("format")))
            if wanted is None:
                raise FormProblem("There is no such format.", f"Choose one of {', '.join(FORMATS)}.", 400)
            result = self._summary(form.article(), form.options(self._summary_defaults.method))
        except FormProblem as problem:
            return self._refuse(form, problem)
        return _file(wanted, result)

    def _body(self) -> Body:
        try:
            return read_body(request, self._runtime.config.limits.max_body_bytes, files=("file",))
        except Exception as error:
            raise kindly(error) from error

    def _article(self, form: Form, body: Body) -> tuple[Form, Article]:
        """The article typed, pasted as a web page's source or uploaded, and the form as it then reads."""
        upload = body.files.get("file")
        if upload is None and not begins_like_html(form.text):
            return form, form.article()
        if upload is not None:
            form = form.cleared()
            if form.text.strip():
                raise FormProblem("There are two articles.", "Clear the text, or send it without the file.")
        try:
            article = self._read(form, upload)
        except Exception as error:
            raise kindly(error) from error
        if form.title.strip():
            article = replace(article, title=form.title.strip())
        return replace(form, text=article.text, title=article.title or ""), article

    def _read(self, form: Form, upload: Upload | None) -> Article:
        """The article in the file, or else in the source of a web page that was pasted as text."""
        if upload is None:
            return self._runtime.read_page(form.text)
        return self._runtime.read_file(upload.data, upload.name, upload.mimetype, upload.charset)

    def _summary(
        self, article: Article, options: SummaryOptions, progress: Progress | None = None
    ) -> BilingualSummary:
        try:
            with admit(len(article.text) + len(article.title or "")):
                return self._runtime.summarise(article, options, progress)
        except Exception as error:
            raise kindly(error) from error

    def _stream(self, form: Form, article: Article, options: SummaryOptions) -> Response:
        application = current_app._get_current_object()  # type: ignore[attr-defined]
        environ, named, caller = request.environ, g.request_id, principal()

        def work(report: Report) -> str:
            # The thread that computes has no request of its own, and the templates build addresses from one.
            with (
                application.request_context(environ),
                logs.work_of(named, caller.key_id, caller.owner),
            ):
                g.request_id, g.principal = named, caller
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
        headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
        return Response(page, problem.status, headers)

    def _offered(self, sample: str | None) -> Form:
        form = Form(length=str(self._summary_defaults.sentences))
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
            samples=SAMPLES,
            formats=FORMATS,
            shown=form.fingerprint() if result else None,
            direction=direction,
            chips=chips,
            seconds=_seconds,
        )


def kindly(error: Exception) -> FormProblem:
    """An error in words for the person at the page; one that nobody foresaw is logged too."""
    problem = as_problem(error)
    if problem.kind.code == "internal":
        # Without its message: that may hold a piece of the article.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("unforeseen %s\n%s", type(error).__qualname__, frames)
        return FormProblem("Something went wrong here.", "Your text is kept; the log has the reason.", 500)
    wait = None if problem.retry_after is None else max(1, math.ceil(problem.retry_after))
    again = "" if wait is None else f" Your text is kept: try again in about {wait} s."
    return FormProblem(f"{problem.kind.title}.", problem.detail + again, problem.kind.status, wait)


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _file(wanted: Format, result: BilingualSummary) -> Response:
    name = f"{_slug(result.title.en if result.title else '')}.{wanted.suffix}"
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
