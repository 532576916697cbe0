"""A pipeline without a model: real shapes and offsets, English that says what it translates."""

import atexit
import re
import shutil
import tempfile
import threading
import uuid
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from models.document import (
    Article,
    BilingualSummary,
    Flag,
    Notice,
    Segment,
    Source,
    Span,
    SummarySentence,
    TextTranslation,
    Title,
    Translation,
)
from models.errors import SummaryFailed
from models.glossary import Glossary
from models.pipeline import Partial, SummaryOptions
from models.translator import Progress, TranslateOptions
from service.config import Config
from service.model_list import ModelFacts
from service.runtime import Runtime
from service.store import migrate
from service.store.database import Database

SUMMARY = SummaryOptions()
TRANSLATE = TranslateOptions()
STARTER = ModelFacts("starter", "starter", True, True, "CC-BY-4.0", 1234, "abc", {"chrf": 30.0}, "small")
QUALITY = ModelFacts("quality", "quality", False, False, "CC-BY-4.0", None, None, {}, None)


class FakePipeline:
    """One segment per line; its English is "EN:" and the Arabic. `gate`, when set, holds every call up."""

    def __init__(self) -> None:
        self.gate: threading.Event | None = None
        self.entered = threading.Semaphore(0)
        self.error: Exception | None = None
        self.options: object = None
        self.methods = {"extractive", "abstractive"}

    def signature(self, method: str | None = None, glossary: Glossary | None = None) -> str:
        if method is not None and method not in self.methods:
            raise SummaryFailed(f"No {method!r} summarizer is set up.")
        return "fake" if method is None else f"fake|summary:{method}"

    def run(
        self,
        article: Article,
        options: SummaryOptions = SUMMARY,
        progress: Progress | None = None,
        partial: Partial | None = None,
    ) -> BilingualSummary:
        [body] = self.translate([article.text], options.translate, progress, partial)
        self.options = options
        first = body.translations[:1]
        return BilingualSummary(
            article=article,
            translations=body.translations,
            english=body.english,
            english_spans=body.english_spans,
            sentences=tuple(
                SummarySentence(
                    t.segment.span.of(article.text),
                    t.text,
                    0.5,
                    (Source(t.segment.index, t.segment.start, t.segment.end),),
                )
                for t in first
            ),
            method=options.method,
            signature=self.signature(options.method) + ("" if options.whole else "|summary_only"),
            title=_title(article.title) if article.title else None,
            warnings=(Notice("starter_model", "small"),),
            timing_ms={"total_ms": 2.0, "translate_ms": 1.0},
        )

    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions = TRANSLATE,
        progress: Progress | None = None,
        partial: Partial | None = None,
    ) -> list[TextTranslation]:
        self.options = options
        self.entered.release()
        if self.gate is not None:
            assert self.gate.wait(30)
        if self.error is not None:
            raise self.error
        made = [self._text(text, options) for text in texts]
        total = sum(len(one.translations) for one in made)
        for n, (translation, place) in enumerate(
            zip(made[0].translations, made[0].english_spans, strict=True)
        ):
            if partial is not None:
                partial([translation], [place], len(made[0].translations))
            if progress is not None:
                progress(n + 1, total)
        return made

    def _text(self, text: str, options: TranslateOptions) -> TextTranslation:
        translations, spans, english = [], [], ""
        for index, found in enumerate(re.finditer(r"\S.*", text)):
            piece = f"EN:{found.group()}"
            english += "\n" if english else ""
            spans.append(Span(len(english), len(english) + len(piece)))
            english += piece
            flag = Flag("quotes", "minor", "a remark", Span(0, 1), Span(3, 4))
            translations.append(
                Translation(
                    Segment(index, found.start(), found.end(), index),
                    piece,
                    0.5,
                    (flag,),
                    alignment=((Span(0, 1), Span(3, 4)),) if options.alignments else None,
                )
            )
        others = tuple(f"{english}~{n}" for n in range(options.alternatives))
        return TextTranslation(text, tuple(translations), english, tuple(spans), others)


def _title(title: str) -> Title:
    return Title(title, f"EN:{title}", 0.5, (Flag("name_lost", "major", "a name", Span(0, 1), Span(3, 4)),))


@cache
def _folder() -> Path:
    """For the databases of this process's tests, with one that is up to date to copy from."""
    folder = Path(tempfile.mkdtemp(prefix="mujaz-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    template = Database(f"sqlite:///{folder / 'template.db'}")
    migrate.upgrade(template)
    template.close()
    return folder


def fresh_database() -> str:
    """The URL of a new, migrated SQLite database."""
    copy = _folder() / f"{uuid.uuid4().hex}.db"
    shutil.copyfile(_folder() / "template.db", copy)
    return f"sqlite:///{copy}"


def runtime(pipeline: FakePipeline | None = None, config: Config | None = None) -> Runtime:
    """A started runtime over a fake pipeline; the database is its own unless `config` names one."""
    config = config or Config()
    if config.store.url is None and config.data_dir is None:
        store = config.store.model_copy(update={"url": fresh_database()})
        config = config.model_copy(update={"store": store})
    made = Runtime(config, pipeline or FakePipeline(), STARTER, lambda: [STARTER, QUALITY])
    made.start()
    return made
